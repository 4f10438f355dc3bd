//! Holds what the user says against what the task tells the user.
//!
//! A user simulator may say what its task tells it, what it has heard, and what
//! it makes up about itself that names nothing: moods, wishes, counts. An id, an
//! address, a name or a day of birth is none of these: it must come from
//! somewhere, and where the task gives one of the same kind it must be that one.

mod by_name;

use super::check::{Check, Coverage, Report};
use super::date::date;
use super::literal::{Literal, LiteralKind, LiteralValue, literals};
use super::turn::{Turn, UserFacts};
use crate::engine::score::{Blame, Finding};
use crate::engine::world::Node;
use by_name::{answered, slipped, stated, states};
use std::sync::{Arc, OnceLock};

/// What a user has heard and said so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    texts: Vec<Text>,
    /// What the agent said last.
    last: String,
}

impl Heard {
    /// Takes a turn in, as far as a user hears it: what is said to the user, and
    /// what the user's own tools answer.
    pub fn hear(&mut self, turn: &Turn<'_>) {
        let text = match turn {
            Turn::User { text } => *text,
            Turn::Agent { agent, text, .. } if agent.len() < 2 => *text,
            Turn::Ran(ran) if ran.agent.is_empty() => ran.text,
            Turn::Agent { .. } | Turn::Asked { .. } | Turn::Ran(_) => return,
        };
        if text.is_empty() {
            return;
        }
        if matches!(turn, Turn::Agent { .. }) {
            text.clone_into(&mut self.last);
        }
        self.texts.push(Text::of(text));
    }

    fn says(&self, bare: &str) -> bool {
        self.has(&Sought::of(bare))
    }

    fn has(&self, sought: &Sought) -> bool {
        self.texts.iter().rev().any(|t| t.has(sought))
    }
}

/// What the task tells the user, taken apart once it is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Task(Arc<OnceLock<Facts>>);

/// A text that words are looked for in.
#[derive(Clone, Debug)]
struct Text {
    /// In lower case.
    lower: String,
    /// Without signs as well, once it is asked for.
    plain: OnceLock<String>,
}

impl Text {
    fn of(text: &str) -> Self {
        Self {
            lower: text.to_lowercase(),
            plain: OnceLock::new(),
        }
    }

    /// Whether a value stands in it as a word of its own, whatever its case and
    /// the signs in it.
    fn has(&self, sought: &Sought) -> bool {
        let (lower, want) = (self.lower.as_str(), sought.lower.as_str());
        let figure = want.chars().all(|c| c.is_ascii_digit());
        let whole = lower.match_indices(want).any(|(at, _)| {
            let (left, right) = (lower.get(..at), lower.get(at + want.len()..));
            let mut left = left.unwrap_or_default().chars().rev();
            let mut right = right.unwrap_or_default().chars();
            let apart = |side: &mut dyn Iterator<Item = char>| match side.next() {
                Some(c) if c.is_alphanumeric() => false,
                // `20:45` and `121.60` hold no 45 and no 60.
                Some('.' | ':' | ',') if figure => !side.next().is_some_and(|c| c.is_ascii_digit()),
                Some(_) | None => true,
            };
            apart(&mut left) && apart(&mut right)
        });
        whole
            || sought.digits.as_ref().is_some_and(|digits| {
                let plain = self.plain.get_or_init(|| plain(&self.lower));
                plain.contains(digits)
            })
    }
}

/// A value that is looked for in texts.
struct Sought {
    lower: String,
    plain: String,
    /// A number of a telephone is written in many ways: its digits.
    digits: Option<String>,
}

impl Sought {
    fn of(bare: &str) -> Self {
        let lower = bare.to_lowercase();
        let long = lower.bytes().filter(u8::is_ascii_digit).count() >= 7;
        Self {
            plain: plain(bare),
            digits: long.then(|| plain(&lower)),
            lower,
        }
    }
}

/// What is wrong with the user's words.
pub(super) fn check(check: &Check, text: &str, step: u32) -> Report {
    let mut report = Report::default();
    let Some(facts) = &check.told.user else {
        return report;
    };
    let told = check.task.0.get_or_init(|| Facts::of(facts));
    if told.texts.is_empty() {
        return report;
    }
    let mut add = |finding: Finding, out: &mut Coverage| {
        out.literals += 1;
        out.untraced += 1;
        report.findings.push(finding);
    };
    let mut coverage = Coverage::default();
    for literal in literals(text) {
        match verdict(&literal, text, told, &check.heard) {
            Verdict::Fine => {
                coverage.literals += 1;
                coverage.traced += 1;
            }
            Verdict::Skip => {
                coverage.literals += 1;
                coverage.unchecked += 1;
            }
            Verdict::Against(fact) => add(
                against(&literal.text, literal.span, fact, step),
                &mut coverage,
            ),
            Verdict::Nowhere => {
                let what = format!(
                    "the user says {}, which neither the task nor anybody has said",
                    literal.text
                );
                let finding = Finding::of("contradicts_facts", step, Blame::User, what)
                    .said(literal.text.clone(), Some(literal.span));
                add(finding, &mut coverage);
            }
        }
    }
    if let Some((name, span, fact)) = other_name(text, told, &check.heard) {
        add(against(&name, span, fact, step), &mut coverage);
    }
    let heard = &check.heard;
    let by_name = stated(text, told, heard).into_iter();
    let others = answered(text, told, heard)
        .into_iter()
        .chain(slipped(text, told, heard));
    for (said, span, fact) in by_name.chain(others) {
        let is_new = |f: &Finding| f.span.is_none_or(|(a, b)| b <= span.0 || span.1 <= a);
        if report.findings.iter().all(is_new) {
            coverage.literals += 1;
            coverage.untraced += 1;
            report.findings.push(against(&said, span, fact, step));
        }
    }
    report.coverage = coverage;
    report
}

fn against(said: &str, span: (usize, usize), fact: Fact, step: u32) -> Finding {
    let what = format!("the user says {said}, the task says {}", fact.value);
    Finding::of("contradicts_facts", step, Blame::User, what)
        .said(said, Some(span))
        .truth(fact.value, fact.source)
}

/// A value that the task gives, and where.
#[derive(Clone, Debug)]
struct Fact {
    /// The fact's name; empty where a text gives it.
    name: String,
    value: String,
    source: String,
    /// Whether it is all that is given there, and no part of it.
    whole: bool,
}

/// What the task tells the user, taken apart.
#[derive(Debug, Default)]
struct Facts {
    texts: Vec<Text>,
    values: Vec<Value>,
    /// The user's name, where it is told.
    own: Option<Fact>,
}

/// A value that the task gives, with what it is compared by.
#[derive(Debug)]
struct Value {
    fact: Fact,
    plain: String,
    sort: String,
}

impl Facts {
    fn of(facts: &UserFacts) -> Self {
        let mut out = Self::default();
        for text in &facts.texts {
            out.text(text);
            for literal in literals(text) {
                out.value("", literal.text, "task", false);
            }
        }
        for (name, node) in &facts.facts {
            out.fact(name, node, &format!("task known.{name}"), 0);
        }
        let named = out.values.iter().map(|v| &v.fact).find(|f| {
            let name = f.name.to_lowercase();
            name == "name"
                || name.ends_with("full_name")
                || name == "user_name"
                || name == "customer_name"
        });
        if let Some(fact) = named {
            out.own = Some(fact.clone());
        }
        out
    }

    fn text(&mut self, text: &str) {
        self.texts.push(Text::of(text));
        if self.own.is_none() {
            let name = names_after(text, &YOU_ARE).into_iter().next();
            self.own = name.map(|(value, _)| Fact {
                name: String::new(),
                value,
                source: String::from("task"),
                whole: false,
            });
        }
    }

    fn value(&mut self, name: &str, value: String, source: &str, whole: bool) {
        self.values.push(Value {
            plain: plain(&value),
            sort: sort_of(&value),
            fact: Fact {
                name: name.to_owned(),
                value,
                source: source.to_owned(),
                whole,
            },
        });
    }

    fn fact(&mut self, name: &str, node: &Node, source: &str, depth: usize) {
        match node {
            _ if depth > 8 => {}
            Node::Null | Node::Bool(_) => {}
            Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                let value = node
                    .as_str()
                    .map_or_else(|| node.to_string(), ToOwned::to_owned);
                self.text(&value);
                for literal in literals(&value).into_iter().filter(|l| l.text != value) {
                    self.value(name, literal.text, source, false);
                }
                self.value(name, value, source, true);
            }
            Node::List(list) => {
                for (i, item) in list.iter().enumerate() {
                    self.fact(name, item, &format!("{source}.{i}"), depth + 1);
                }
            }
            Node::Map(map) => {
                for (key, item) in map {
                    self.fact(key, item, &format!("{source}.{key}"), depth + 1);
                }
            }
        }
    }

    fn says(&self, bare: &str) -> bool {
        self.has(&Sought::of(bare))
    }

    fn has(&self, sought: &Sought) -> bool {
        self.texts.iter().any(|t| t.has(sought))
            || self.values.iter().any(|v| v.plain == sought.plain)
    }

    /// The value of the same sort that is most like what was said.
    fn like(&self, said: &str) -> Option<Fact> {
        let sort = sort_of(said);
        let said = plain(said);
        let near = |v: &&Value| {
            let pairs = said.chars().zip(v.plain.chars());
            pairs.filter(|(x, y)| x == y).count()
        };
        let like = self.values.iter().filter(|v| v.sort == sort);
        like.max_by_key(near).map(|v| v.fact.clone())
    }
}

enum Verdict {
    Fine,
    Skip,
    Against(Fact),
    Nowhere,
}

fn verdict(literal: &Literal, text: &str, told: &Facts, heard: &Heard) -> Verdict {
    let bare = literal.text.trim_start_matches('#');
    let known = || {
        let sought = Sought::of(bare);
        told.has(&sought) || heard.has(&sought)
    };
    match literal.kind {
        LiteralKind::Id | LiteralKind::Email => {
            if known() {
                return Verdict::Fine;
            }
            match told.like(&literal.text) {
                Some(fact) => Verdict::Against(fact),
                None if literal.kind == LiteralKind::Id && weak(bare) => Verdict::Skip,
                None => Verdict::Nowhere,
            }
        }
        LiteralKind::Date => {
            let LiteralValue::Date(said) = literal.value else {
                return Verdict::Skip;
            };
            let same = |d: super::date::Date| {
                (d.month, d.day) == (said.month, said.day)
                    && (d.year == said.year || d.year.is_none() || said.year.is_none())
            };
            // Days are wished for; one that is said to be what a fact is called, and
            // the day of one's birth, are not.
            let ahead = before(text, literal.span.0, 48);
            let named = told.values.iter().map(|v| &v.fact).find_map(|f| {
                let day = date(&f.value).filter(|_| states(&f.name, &ahead, true))?;
                Some((f, day))
            });
            if let Some((fact, day)) = named {
                return if same(day) || known() {
                    Verdict::Fine
                } else {
                    Verdict::Against(fact.clone())
                };
            }
            let birth = ["born", "birth", "dob", "birthday"]
                .iter()
                .any(|w| ahead.contains(w));
            if !birth || known() {
                return Verdict::Skip;
            }
            let days: Vec<_> = told
                .values
                .iter()
                .filter_map(|v| Some((&v.fact, date(&v.fact.value)?)))
                .collect();
            if days.is_empty() {
                Verdict::Skip
            } else if days.iter().any(|(_, d)| same(*d)) {
                Verdict::Fine
            } else {
                let birth = |f: &&(&Fact, super::date::Date)| {
                    let name = f.0.name.to_lowercase();
                    name.contains("birth") || name == "dob"
                };
                match days
                    .iter()
                    .find(birth)
                    .or(days.first().filter(|_| days.len() == 1))
                {
                    Some((fact, _)) => Verdict::Against((*fact).clone()),
                    None => Verdict::Skip,
                }
            }
        }
        LiteralKind::Number | LiteralKind::Amount => {
            let LiteralValue::Number(said) = literal.value else {
                return Verdict::Skip;
            };
            // Only where it is said by the fact's own name: `order 8842`.
            let ahead = before(text, literal.span.0, 32);
            let stated = |f: &Fact| f.whole && states(&f.name, &ahead, false);
            let named = |f: &&Fact| {
                !f.name.is_empty()
                    && super::literal::number(&f.value).is_some()
                    && (names(&f.name, &ahead) || stated(f))
            };
            let Some(fact) = told.values.iter().map(|v| &v.fact).find(named) else {
                return Verdict::Skip;
            };
            let sought = Sought::of(bare);
            let digits = |s: &str| s.chars().filter(char::is_ascii_digit).count();
            let same_sort = literal.kind == LiteralKind::Amount
                || stated(fact)
                || digits(&literal.text) == digits(&fact.value) && digits(&fact.value) >= 3;
            let equal =
                super::literal::number(&fact.value).is_some_and(|v| (v - said).abs() < 0.005);
            if equal || told.has(&sought) {
                Verdict::Fine
            } else if same_sort && !heard.has(&sought) {
                Verdict::Against(fact.clone())
            } else {
                Verdict::Skip
            }
        }
        LiteralKind::Time | LiteralKind::Percent | LiteralKind::Tail => Verdict::Skip,
    }
}

/// A few letters before a place, in lower case.
fn before(text: &str, at: usize, most: usize) -> String {
    let head = text.get(..at).unwrap_or("");
    let from = head
        .char_indices()
        .rev()
        .nth(most.saturating_sub(1))
        .map_or(0, |(i, _)| i);
    let head = head.get(from..).unwrap_or(head);
    // Not across the end of a sentence.
    let cut = head.rfind(['.', '!', '?', '\n']).map_or(0, |i| i + 1);
    head.get(cut..).unwrap_or(head).to_lowercase()
}

/// Whether the words that lead up to a number are a fact's name: `order number`,
/// `order` for `order_id`.
fn names(name: &str, ahead: &str) -> bool {
    let filler = [
        "is", "number", "id", "no", "my", "of", "the", "order's", "was",
    ];
    let heard: Vec<&str> = ahead
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !filler.contains(w))
        .collect();
    let name = name.to_lowercase();
    let mut words = name
        .split('_')
        .filter(|w| !["id", "number", "no", "amount"].contains(w))
        .peekable();
    words.peek().is_some() && words.next_back() == heard.last().copied()
}

/// Without case and without signs.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// An id that may be no id: a model, a size, a code of trade.
fn weak(bare: &str) -> bool {
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let signs = bare.contains(['_', '-']);
    digits < 4 && !signs || bare.chars().all(|c| c.is_ascii_digit()) && digits < 5
}

/// What sort of value it is by its shape; values of one sort can be mistaken for
/// each other.
fn sort_of(text: &str) -> String {
    let text = text.trim_start_matches('#');
    if text.contains('@') {
        return String::from("mail");
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits == 0 && text.chars().any(char::is_lowercase) {
        return String::from("word");
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let len = text.chars().count();
    match (letters, text.contains('_'), text.contains('-')) {
        (0, _, true) if digits >= 7 => String::from("telephone"),
        (0, _, _) => format!("{digits} digits"),
        (_, true, _) => {
            let parts = text.split('_').count();
            let numbered = text
                .rsplit('_')
                .next()
                .is_some_and(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()));
            format!("{parts} parts {numbered}")
        }
        (_, false, true) => String::from("parts with hyphens"),
        (_, false, false) if text.chars().all(|c| !c.is_lowercase()) => format!("code of {len}"),
        (_, false, false) => String::from("mixed"),
    }
}

/// How a person begins to say their name, and how a task does.
const I_AM: [&str; 8] = [
    "my name is ",
    "my name's ",
    "i am ",
    "i'm ",
    "i’m ",
    "this is ",
    "full name is ",
    "name: ",
];
const YOU_ARE: [&str; 6] = [
    "your name is ",
    "you name is ",
    "you are ",
    "you're ",
    "named ",
    "my name is ",
];

/// Two or three capitalised words right after one of the openings.
fn names_after(text: &str, openings: &[&str]) -> Vec<(String, (usize, usize))> {
    // Lower case of these letters keeps its length, or nothing is looked for.
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for opening in openings {
        for (at, _) in lower.match_indices(opening) {
            let from = at + opening.len();
            let inner = lower
                .get(..at)
                .and_then(|s| s.chars().next_back())
                .is_some_and(char::is_alphanumeric);
            if inner {
                continue;
            }
            let rest = text.get(from..).unwrap_or("");
            let mut end = 0;
            let mut words = 0;
            for word in rest.split(' ') {
                let bare = word.trim_end_matches(['.', ',', '!', '?', ';', ')']);
                let mut letters = bare.chars();
                let name = letters.next().is_some_and(char::is_uppercase)
                    && bare.chars().count() > 1
                    && letters
                        .all(|c| c.is_alphabetic() && c.is_lowercase() || c == '\'' || c == '-');
                if !name || words == 3 {
                    break;
                }
                words += 1;
                end += usize::from(words > 1) + bare.len();
                if bare.len() != word.len() {
                    break;
                }
            }
            if words >= 2
                && let Some(name) = rest.get(..end)
            {
                out.push((name.to_owned(), (from, from + end)));
            }
        }
    }
    out
}

/// A name that is not the task's.
fn other_name(text: &str, told: &Facts, heard: &Heard) -> Option<(String, (usize, usize), Fact)> {
    let own = told.own.as_ref()?;
    let (said, span) = names_after(text, &I_AM).into_iter().find(|(name, _)| {
        !name.split(' ').all(|w| {
            let sought = Sought::of(w);
            told.has(&sought) || heard.has(&sought)
        })
    })?;
    Some((said, span, own.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::grounding::Told;
    use std::sync::Arc;

    fn said(text: &str) -> Vec<(String, String)> {
        let told = Told {
            user: Some(UserFacts {
                texts: vec![String::from(
                    "You are Mei Kim. Your user id is mei_kim_6640, your mail mei@example.com, you live in 92164.",
                )],
                facts: vec![
                    (String::from("order_id"), Node::str("8841")),
                    (String::from("date_of_birth"), Node::str("1985-06-15")),
                ],
            }),
            ..Told::default()
        };
        let mut check = Check::new(Arc::new(told));
        check.hear(
            &Turn::Agent {
                agent: &[],
                text: "There is also order #W1234567.",
                calls: &[],
            },
            1,
        );
        let report = check.judge(&Turn::User { text }, 2);
        let c = report.coverage;
        assert_eq!(c.literals, c.traced + c.untraced + c.unchecked);
        report
            .findings
            .into_iter()
            .map(|f| (f.quote, f.truth))
            .collect()
    }

    fn one(quote: &str, truth: &str) -> Vec<(String, String)> {
        vec![(quote.to_owned(), truth.to_owned())]
    }

    #[test]
    fn what_the_task_says_is_left_alone() {
        assert_eq!(
            said("I'm Mei Kim (mei_kim_6640), zip 92164, mei@example.com."),
            []
        );
        assert_eq!(
            said("Then order W1234567, or order 8841. I was born June 15, 1985."),
            []
        );
        assert_eq!(said("I can spend $400 on 2 of them by 2 May."), []);
    }

    #[test]
    fn what_contradicts_the_task_is_found() {
        assert_eq!(
            said("I'm mei_kim_6641"),
            one("mei_kim_6641", "mei_kim_6640")
        );
        assert_eq!(said("My zip is 92165"), one("92165", "92164"));
        assert_eq!(
            said("mail me at may@example.com"),
            one("may@example.com", "mei@example.com")
        );
        assert_eq!(said("my order number is 8842"), one("8842", "8841"));
        assert_eq!(said("my name is Mei Kimura."), one("Mei Kimura", "Mei Kim"));
        assert_eq!(
            said("I was born on 16 June 1985"),
            one("16 June 1985", "1985-06-15")
        );
        assert_eq!(said("It is #W7654321"), one("#W7654321", ""));
    }
}
