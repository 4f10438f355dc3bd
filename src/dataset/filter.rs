//! A filter in one line: `overall<6 scenario:returns_desk status:open tag!=seed
//! findings>0 broken kettle`. Every part must hold.
//!
//! A part is a comparison (`NAME OP VALUE`) or a word to be found in scenario,
//! task, persona, title, tags or comment; `-word` must not be found. Quotes hold
//! several words together.

use crate::engine::scenario::nearest::nearest;
use crate::engine::score::{Blame, Disagree, Rubric};
use crate::store::{Compare, Condition, Figure, Word, tag};
use std::fmt;

/// What the help says of it, one line each.
pub const HELP: &[(&str, &str)] = &[
    (
        "word \"two words\" -word",
        "stands, or stands not, in scenario, task, persona, title, tags, comment",
    ),
    (
        "overall<6 lowest<=4 tool_usage>7",
        "the judge's scores: overall, the lowest axis, one axis",
    ),
    (
        "spread>1 findings>0 steps>20 turns=3",
        "the judge's samples apart; findings; how long",
    ),
    ("held=2 failed>0", "assertions that hold, and that do not"),
    ("status:open", "open, approved, discarded, stale"),
    ("scenario:NAME task:NAME persona:NAME", "what it is of"),
    ("ended:no ended:user_done", "whether and why it ended"),
    (
        "tag:seed tag!=seed marked:yes comment:yes",
        "what people wrote beside it",
    ),
    (
        "gate:failed gate:met gate:AXIS",
        "below a gate, or below none",
    ),
    ("tool:NAME", "a tool that was called"),
    (
        "kind:wrong_amount blame:tool",
        "a kind of finding, whose fault one is: user, agent, tool, judge, scenario",
    ),
    (
        "rate>0.1 untraced>0",
        "the share of turns that is untrue; values without a source",
    ),
    (
        "wrong>0 missed>0",
        "findings that a person marked as wrong, or added",
    ),
    (
        "disagree disagree:judge_high",
        "the judge and the check contradict each other: judge_high, judge_low",
    ),
    (
        "scripted:no branch:main seed:7 id:01k",
        "who made it, and names",
    ),
];

/// A filter, read.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Filter {
    text: String,
    conditions: Vec<Condition>,
}

/// Why a filter cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where in the line, in letters from 0.
    pub at: usize,
    /// What is wrong, in one sentence.
    pub why: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "letter {} of the filter: {}", self.at + 1, self.why)
    }
}

impl std::error::Error for FilterError {}

const FIGURES: [(&str, Figure); 12] = [
    ("overall", Figure::Overall),
    ("lowest", Figure::Lowest),
    ("spread", Figure::Spread),
    ("findings", Figure::Findings),
    ("rate", Figure::Rate),
    ("untraced", Figure::Untraced),
    ("wrong", Figure::Wrong),
    ("missed", Figure::Missed),
    ("steps", Figure::Steps),
    ("turns", Figure::Turns),
    ("held", Figure::Held),
    ("failed", Figure::Failed),
];

const WORDS: [(&str, Word); 18] = [
    ("scenario", Word::Scenario),
    ("task", Word::Task),
    ("persona", Word::Persona),
    ("status", Word::Status),
    ("ended", Word::Ended),
    ("branch", Word::Branch),
    ("seed", Word::Seed),
    ("id", Word::Id),
    ("tag", Word::Tag),
    ("gate", Word::Gate),
    ("tool", Word::Tool),
    ("finding", Word::Finding),
    ("kind", Word::Finding),
    ("blame", Word::Blame),
    ("disagree", Word::Disagree),
    ("marked", Word::Marked),
    ("comment", Word::Comment),
    ("scripted", Word::Scripted),
];

const STATUS: [&str; 4] = ["open", "approved", "discarded", "stale"];

impl Filter {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut reader = Reader {
            letters: text.chars().collect(),
            at: 0,
        };
        let mut conditions = Vec::new();
        while let Some(condition) = reader.condition()? {
            conditions.push(condition);
        }
        Ok(Self {
            text: text.trim().to_owned(),
            conditions,
        })
    }

    /// The line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What must hold.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// The same with one more condition.
    #[must_use]
    pub fn and(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// Names that a comparison may begin with, for completion.
pub fn names() -> impl Iterator<Item = &'static str> {
    let figures = FIGURES.iter().map(|(name, _)| *name);
    figures.chain(WORDS.iter().map(|(name, _)| *name))
}

struct Reader {
    letters: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn condition(&mut self) -> Result<Option<Condition>, FilterError> {
        self.spaces();
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let start = self.at;
        let not = first == '-'
            && self
                .letters
                .get(start + 1)
                .is_some_and(|c| !c.is_whitespace());
        if not {
            self.at += 1;
        }
        if self.peek() == Some('"') {
            let text = self.quoted()?;
            return Ok(Some(Condition::Text(!not, text)));
        }
        let name = self.word(|c| !c.is_whitespace() && !is_sign(c));
        let after = self.at;
        self.spaces();
        // `:` belongs to the name before it, so that "note: this" is two words.
        let op = if self.peek() == Some(':') && self.at > after {
            None
        } else {
            self.op()
        };
        let Some((op, colon)) = op else {
            self.at = after;
            // The one word that is a condition by itself; in quotes it is a text.
            if name == "disagree" {
                let yes = String::from("yes");
                return Ok(Some(Condition::Word(Word::Disagree, !not, yes)));
            }
            if name.is_empty() {
                return Err(FilterError {
                    at: start,
                    why: String::from("a name or a word is wanted here"),
                });
            }
            return Ok(Some(Condition::Text(!not, name)));
        };
        if not {
            return Err(FilterError {
                at: start,
                why: format!("`-` goes before words; write `{name}!=…`"),
            });
        }
        self.spaces();
        let value_at = self.at;
        let value = if self.peek() == Some('"') {
            self.quoted()?
        } else {
            self.word(|c| !c.is_whitespace())
        };
        if value.is_empty() {
            return Err(FilterError {
                at: value_at,
                why: format!("a value for `{name}` is wanted here"),
            });
        }
        compared(&name, op, colon, &value)
            .map(Some)
            .map_err(|(of_value, why)| FilterError {
                at: if of_value { value_at } else { start },
                why,
            })
    }

    fn word(&mut self, part: impl Fn(char) -> bool) -> String {
        let mut out = String::new();
        while let Some(letter) = self.peek().filter(|c| part(*c)) {
            out.push(letter);
            self.at += 1;
        }
        out
    }

    fn quoted(&mut self) -> Result<String, FilterError> {
        let start = self.at;
        self.at += 1;
        let text = self.word(|c| c != '"');
        if self.peek() != Some('"') {
            return Err(FilterError {
                at: start,
                why: String::from("this quote does not end"),
            });
        }
        self.at += 1;
        Ok(text)
    }

    fn op(&mut self) -> Option<(Compare, bool)> {
        let first = self.peek().filter(|c| is_sign(*c))?;
        let second = self.letters.get(self.at + 1).copied();
        let (op, long) = match (first, second) {
            ('<', Some('=')) => (Compare::AtMost, true),
            ('>', Some('=')) => (Compare::AtLeast, true),
            ('=', Some('=')) => (Compare::Is, true),
            ('!', Some('=')) | ('<', Some('>')) => (Compare::Not, true),
            ('<', _) => (Compare::Less, false),
            ('>', _) => (Compare::More, false),
            ('=' | ':', _) => (Compare::Is, false),
            _ => return None,
        };
        self.at += 1 + usize::from(long);
        Some((op, first == ':'))
    }
}

fn is_sign(letter: char) -> bool {
    matches!(letter, '<' | '>' | '=' | ':' | '!')
}

/// One comparison. The error says whether it is about the value.
fn compared(
    name: &str,
    op: Compare,
    colon: bool,
    value: &str,
) -> Result<Condition, (bool, String)> {
    let small = name.to_lowercase();
    let number = || -> Result<f64, (bool, String)> {
        value
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .ok_or_else(|| {
                (
                    true,
                    format!("`{name}` is compared with a number, not `{value}`"),
                )
            })
    };
    if let Some((_, figure)) = FIGURES.iter().find(|(n, _)| *n == small) {
        return Ok(Condition::Number(figure.clone(), op, number()?));
    }
    if let Some((_, word)) = WORDS.iter().find(|(n, _)| *n == small) {
        let is = match op {
            Compare::Is => true,
            Compare::Not => false,
            Compare::Less | Compare::AtMost | Compare::More | Compare::AtLeast => {
                return Err((
                    false,
                    format!("`{small}` is a word: write `{small}:{value}` or `{small}!={value}`"),
                ));
            }
        };
        let value = match word {
            Word::Status if !STATUS.contains(&value) => {
                return Err((
                    true,
                    format!(
                        "there is no status `{value}`; there are {}",
                        STATUS.join(", ")
                    ),
                ));
            }
            Word::Marked | Word::Comment | Word::Scripted
                if !matches!(value, "yes" | "no" | "true" | "false") =>
            {
                return Err((true, format!("`{small}` is `yes` or `no`")));
            }
            Word::Disagree
                if !matches!(value, "yes" | "no" | "true" | "false")
                    && Disagree::parse(value).is_none() =>
            {
                let why = "`disagree` is `yes`, `no`, `judge_high` or `judge_low`";
                return Err((true, String::from(why)));
            }
            Word::Blame if Blame::parse(value).is_none() => {
                let names: Vec<&str> = Blame::ALL.iter().map(|b| b.word()).collect();
                return Err((
                    true,
                    format!(
                        "nobody `{value}` is to blame; there are {}",
                        names.join(", ")
                    ),
                ));
            }
            Word::Tag => tag(value),
            _ => value.to_owned(),
        };
        return Ok(Condition::Word(*word, is, value));
    }
    // Any other name is an axis, unless it is a slip of one that is known: a
    // scenario may have axes of its own.
    if name.is_empty() {
        return Err((false, String::from("a name is wanted before this sign")));
    }
    let standard = Rubric::standard().axes;
    let known = standard.iter().any(|a| a.id == small);
    let mut all: Vec<&str> = standard.iter().map(|a| a.id.as_str()).collect();
    for name in names() {
        all.push(name);
    }
    if let Some(near) = nearest(&small, all).filter(|near| !known && !small.starts_with(near)) {
        return Err((
            false,
            format!("there is no `{name}`; did you mean `{near}`?"),
        ));
    }
    if colon {
        let all: Vec<&str> = names().collect();
        return Err((
            false,
            format!(
                "there is no `{name}`; there are {}, and the judge's axes with `<` and `>`",
                all.join(", ")
            ),
        ));
    }
    Ok(Condition::Number(Figure::Axis(small), op, number()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Condition> {
        Filter::parse(text).unwrap().conditions
    }

    #[test]
    fn a_line_is_read_part_by_part() {
        use Condition as C;
        let found = read(
            "overall<4.2  tag!=seed findings > 0 status:open tool_usage>=7 kettle \"two words\" -gift",
        );
        assert_eq!(
            found,
            [
                C::Number(Figure::Overall, Compare::Less, 4.2),
                C::Word(Word::Tag, false, "seed".into()),
                C::Number(Figure::Findings, Compare::More, 0.0),
                C::Word(Word::Status, true, "open".into()),
                C::Number(Figure::Axis("tool_usage".into()), Compare::AtLeast, 7.0),
                C::Text(true, "kettle".into()),
                C::Text(true, "two words".into()),
                C::Text(false, "gift".into()),
            ]
        );
        assert!(Filter::parse("  ").unwrap().is_empty());
        assert_eq!(read("-"), [C::Text(true, "-".into())]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, at, why) in [
            ("kettle overal<6", 7, "did you mean `overall`"),
            ("tool_usag<6", 0, "did you mean `tool_usage`"),
            ("overall<six", 8, "compared with a number"),
            ("status:opne", 7, "open, approved"),
            ("scenario<3", 0, "is a word"),
            ("colour:red", 0, "there is no `colour`"),
            ("task:", 5, "a value for `task`"),
            ("\"open", 0, "does not end"),
            ("-overall<3", 0, "goes before words"),
            ("<3", 0, "a name is wanted"),
            ("!", 0, "a name or a word"),
            ("marked:perhaps", 7, "`yes` or `no`"),
        ] {
            let found = Filter::parse(text).unwrap_err();
            assert_eq!(found.at, at, "{text}: {found}");
            assert!(found.why.contains(why), "{text}: {found}");
        }
    }
}
