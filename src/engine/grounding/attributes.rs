//! How things stand, as a text says it: the status of an order, the class of a
//! booking, held against what was read of that very thing.
//!
//! A word counts as a statement only in the forms that state one (`status:
//! pending`, `is now cancelled`, `(delivered)`, `the delivered order W1`); plans,
//! conditions and rules about things in general are left alone.

use super::check::Check;
use super::claims::{BETWEEN, HEDGES, Word, sentences, words};
use super::literal::{Literal, LiteralKind, LiteralValue};
use super::records::{Row, is_status_key};
use super::verbs::listed;
use crate::engine::score::{Blame, Finding};

/// What is done to a thing, and is not the thing.
const ERRANDS: &[&str] = &[
    "request", "return", "exchange", "refund", "change", "item", "address", "payment", "update",
];

/// What a text says of a thing that is not so.
pub(super) fn misstated(
    check: &Check,
    text: &str,
    found: &[Literal],
    step: u32,
    out: &mut Vec<Finding>,
) {
    // Only what is said of things that were read can be held against them.
    if !found.iter().any(|l| row_of(check, l).is_some()) {
        return;
    }
    let states = states(check);
    let classes = classes(check);
    if states.is_empty() && classes.is_empty() {
        return;
    }
    let mut focus: Option<&Row> = None;
    for (from, to) in sentences(text) {
        let Some(sentence) = text.get(from..to) else {
            continue;
        };
        let here: Vec<(usize, &Row)> = found
            .iter()
            .filter(|l| l.span.0 >= from && l.span.1 <= to)
            .filter_map(|l| Some((l.span.0 - from, row_of(check, l)?)))
            .collect();
        let question = sentence.trim_end().ends_with('?');
        let parts = Sentence {
            text: sentence,
            words: words(sentence),
            rows: &here,
            focus,
        };
        if !question {
            for said in parts.states(&states) {
                push(out, wrong_state(&said), step, from, sentence);
            }
            for (key, values) in &classes {
                for said in parts.classes(key, values) {
                    push(out, wrong_class(check, key, &said), step, from, sentence);
                }
            }
        }
        // Of several things none is the one that is spoken of next.
        let standing: Vec<&Row> = here
            .iter()
            .map(|(_, row)| *row)
            .filter(|r| r.status().is_some())
            .collect();
        focus = match (here.as_slice(), standing.as_slice()) {
            ([], _) => focus,
            ([(_, row)], _) | (_, [row]) => Some(row),
            _ => None,
        };
    }
}

fn push(out: &mut Vec<Finding>, wrong: Option<Wrong>, step: u32, from: usize, sentence: &str) {
    let Some(wrong) = wrong else { return };
    let span = (from + wrong.span.0, from + wrong.span.1);
    let inside = |f: &Finding| f.span.is_some_and(|s| s.0 <= span.0 && span.1 <= s.1);
    if out.iter().any(inside) {
        return;
    }
    let quote = sentence.get(wrong.span.0..wrong.span.1).unwrap_or_default();
    let source = format!("step {}", wrong.step);
    out.push(
        Finding::of(wrong.kind, step, Blame::Agent, wrong.what)
            .said(quote, Some(span))
            .truth(wrong.truth, source),
    );
}

struct Wrong {
    kind: &'static str,
    what: String,
    truth: String,
    step: u32,
    span: (usize, usize),
}

/// A value that a sentence gives a thing.
struct Said<'a> {
    row: &'a Row,
    /// In lower case.
    value: String,
    span: (usize, usize),
    /// Whether it is said of this moment (`is now`, `currently`).
    now: bool,
}

struct Sentence<'a> {
    text: &'a str,
    words: Vec<Word>,
    /// Things that are named, by where.
    rows: &'a [(usize, &'a Row)],
    /// The thing that was named last before.
    focus: Option<&'a Row>,
}

fn row_of<'a>(check: &'a Check, literal: &Literal) -> Option<&'a Row> {
    match (&literal.kind, &literal.value) {
        (LiteralKind::Id, LiteralValue::Text(id)) => check.records.get(id),
        (
            LiteralKind::Id
            | LiteralKind::Amount
            | LiteralKind::Date
            | LiteralKind::Time
            | LiteralKind::Percent
            | LiteralKind::Tail
            | LiteralKind::Email
            | LiteralKind::Number,
            _,
        ) => None,
    }
}

/// All states that are known as words, each as its words.
fn states(check: &Check) -> Vec<Vec<String>> {
    let all = check.records.statuses().map(String::from);
    let told = check.told.statuses.iter().map(ToString::to_string);
    let mut out: Vec<Vec<String>> = all.chain(told).filter_map(|s| plain(&s)).collect();
    out.sort();
    out.dedup();
    // The longest first: `return requested` before `return`.
    out.sort_by_key(|w| std::cmp::Reverse(w.len()));
    out
}

/// Keys of classes with their values, each value as its words.
fn classes(check: &Check) -> Vec<(String, Vec<Vec<String>>)> {
    let mut out: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    let told = check.told.classes.iter().map(|(k, v)| (&**k, v));
    for (key, values) in check.records.classes().chain(told) {
        let Some(word) = key.rsplit(['_', ' ', '-']).next().filter(|w| w.len() >= 4) else {
            continue;
        };
        // Names and places are as good as endless; kinds are written small.
        let mut values: Vec<Vec<String>> = values.iter().filter_map(|v| plain(v)).collect();
        values.sort_by_key(|w| std::cmp::Reverse(w.len()));
        let dull = |v: &[String]| matches!(v, [w] if matches!(w.as_str(), "yes" | "no" | "none" | "true" | "false"));
        if values.iter().any(|v| dull(v)) {
            continue;
        }
        out.push((word.to_lowercase(), values));
    }
    out.sort();
    out.dedup();
    out
}

/// The words of a value, without what stands in brackets.
fn plain(value: &str) -> Option<Vec<String>> {
    let head = value.split('(').next().unwrap_or(value);
    let words: Vec<String> = head
        .split([' ', '_', '-'])
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    (!words.is_empty() && words.len() <= 3).then_some(words)
}

impl<'a> Sentence<'a> {
    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |w| w.text.as_str())
    }

    fn end(&self, at: usize) -> usize {
        self.words.get(at).map_or(0, |w| {
            // The word's own length may differ from the text's where its case did.
            let rest = self.text.get(w.start..).unwrap_or_default();
            let long = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '_' | '-')))
                .unwrap_or(rest.len());
            w.start + long
        })
    }

    /// How many words of the sentence from `at` on are this value: `basic
    /// economy`, `basic_economy` and `basic-economy` are one.
    fn is_at(&self, at: usize, value: &[String]) -> Option<usize> {
        let joined = self.word(at).replace(['_', '-'], " ");
        if value.len() > 1 && joined == value.join(" ") {
            return Some(1);
        }
        let fits = value
            .iter()
            .enumerate()
            .all(|(i, w)| self.word(at + i) == w);
        fits.then_some(value.len())
    }

    /// Whether the words before take the statement away.
    fn hedged(&self, at: usize) -> bool {
        let from = at.saturating_sub(7);
        let clause = (from..at).rev().take_while(|i| !self.ends(*i));
        let hedge = |w: &str| {
            HEDGES.contains(&w) && !matches!(w, "no")
                || matches!(
                    w,
                    "or" | "only"
                        | "any"
                        | "every"
                        | "all"
                        | "was"
                        | "were"
                        | "had"
                        | "be"
                        | "become"
                        | "becomes"
                        | "either"
                        | "your-other"
                        | "previous"
                        | "previously"
                        | "original"
                        | "originally"
                        | "new"
                        | "change"
                        | "changed"
                        | "changes"
                        | "keep"
                        | "kept"
                        | "remain"
                        | "for"
                        | "while"
                        | "because"
                        | "since"
                        | "requires"
                        | "need"
                        | "needs"
                )
        };
        clause.into_iter().any(|i| hedge(self.word(i)))
            || matches!(self.word(at + 1), "or" | "orders" | "if" | "once" | "when")
    }

    /// Whether a clause ends after a word.
    fn ends(&self, at: usize) -> bool {
        let (end, next) = (self.end(at), self.words.get(at + 1).map_or(0, |w| w.start));
        self.text
            .get(end..next)
            .is_some_and(|gap| gap.contains([';', '—', '.']) || gap.contains(", "))
    }

    /// The thing that words at `from..to` are about: the one named nearest before
    /// them, the one named right after, or the one in focus.
    fn about(&self, from: usize, to: usize) -> Option<(&'a Row, bool)> {
        let before = self.rows.iter().rev().find(|(at, _)| *at < from);
        let after = self.rows.iter().find(|(at, _)| *at >= to);
        if let Some((at, row)) = after
            && self
                .text
                .get(to..*at)
                .is_some_and(|gap| gap.split_whitespace().count() <= 1 && gap.len() < 24)
        {
            return Some((row, true));
        }
        match (before, self.rows) {
            (Some((_, row)), _) => Some((row, false)),
            (None, []) => self.focus.map(|row| (row, false)),
            (None, _) => None,
        }
    }

    fn states(&self, states: &[Vec<String>]) -> Vec<Said<'a>> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let hit = states.iter().find_map(|s| self.is_at(at, s));
            let Some(used) = hit else {
                at += 1;
                continue;
            };
            if let Some(said) = self.state(at, used) {
                out.push(said);
            }
            at += used;
        }
        out
    }

    fn state(&self, at: usize, used: usize) -> Option<Said<'a>> {
        let start = self.words.get(at)?.start;
        let end = self.end(at + used - 1);
        let (row, after) = self.about(start, end)?;
        row.status()?;
        // Back over adverbs to what joins the word to its thing.
        let mut back = at;
        let mut now = false;
        while back > 0
            && (BETWEEN.contains(&self.word(back - 1)) || self.word(back - 1) == "currently")
        {
            now |= matches!(self.word(back - 1), "now" | "currently");
            back -= 1;
        }
        let here = if back == 0 { "" } else { self.word(back - 1) };
        let before = if back < 2 { "" } else { self.word(back - 2) };
        let keyed = (at.saturating_sub(4)..at)
            .any(|i| is_status_key(self.word(i)) || matches!(self.word(i), "status" | "state"));
        let gap = |n: usize| {
            let from = if n == 0 { 0 } else { self.end(n - 1) };
            self.text.get(from..start).unwrap_or_default()
        };
        let bracketed =
            gap(at).contains('(') || gap(at).contains(": ") || gap(at).contains("\": \"");
        let perfect = here == "been" && matches!(before, "has" | "have");
        let stated = matches!(here, "is" | "it's" | "shows" | "already" | "remains")
            || perfect
            || keyed
            || bracketed
            || after;
        now |= perfect
            || keyed && (0..at).any(|i| matches!(self.word(i), "current" | "now" | "currently"));
        // `Your exchange request for W1 has been processed` is about the request.
        let errand = perfect
            && listed(self.word(at)).is_some()
            && (0..at).any(|i| ERRANDS.iter().any(|e| self.word(i).starts_with(e)));
        if !stated || errand || self.hedged(at) {
            return None;
        }
        let value: Vec<&str> = (at..at + used).map(|i| self.word(i)).collect();
        Some(Said {
            row,
            value: value.join(" "),
            span: (start, end),
            now,
        })
    }

    /// Values that stand beside the word of their key: `Cabin: economy`.
    fn classes(&self, key: &str, values: &[Vec<String>]) -> Vec<Said<'a>> {
        let mut out = Vec::new();
        for at in 0..self.words.len() {
            if self.word(at) != key {
                continue;
            }
            for next in at + 1..at + 4 {
                let hit = values.iter().find_map(|v| self.is_at(next, v));
                if let Some(used) = hit
                    && !self.hedged(next)
                    && let Some(word) = self.words.get(next)
                {
                    let span = (word.start, self.end(next + used - 1));
                    if let Some((row, _)) = self.about(span.0, span.1) {
                        let value: Vec<&str> = (next..next + used).map(|i| self.word(i)).collect();
                        out.push(Said {
                            row,
                            value: value.join(" ").replace(['_', '-'], " "),
                            span,
                            now: false,
                        });
                    }
                    break;
                }
                if self.ends(next) {
                    break;
                }
            }
        }
        out
    }
}

/// Whether one way to say a state is short for the other.
fn same(a: &str, b: &str) -> bool {
    let plain = |s: &str| s.replace(['_', '-'], " ").replace(['(', ')'], "");
    let (a, b) = (plain(a), plain(b));
    let (a, b) = (a.trim(), b.trim());
    let starts = |long: &str, short: &str| {
        long.strip_prefix(short)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    starts(a, b) || starts(b, a)
}

fn wrong_state(said: &Said<'_>) -> Option<Wrong> {
    let (key, now, step) = said.row.status()?;
    if same(&said.value, now) {
        return None;
    }
    // What it was before may still be told, where nothing says that it is so now.
    if !said.now && said.row.had(key, |v| same(&said.value, v)) {
        return None;
    }
    Some(Wrong {
        kind: "misstated_status",
        what: format!(
            "{} is said to be {}, and step {step} says {now}",
            said.row.id, said.value
        ),
        truth: now.to_owned(),
        step,
        span: said.span,
    })
}

fn wrong_class(check: &Check, key: &str, said: &Said<'_>) -> Option<Wrong> {
    let (now, step) = said.row.class(key)?;
    let wanted = check.user_said.contains(&said.value);
    if same(&said.value, now) || wanted || check.asked_for(&said.value) {
        return None;
    }
    Some(Wrong {
        kind: "misstated_value",
        what: format!(
            "the {key} of {} is said to be {}, and step {step} says {}",
            said.row.id,
            said.value,
            now.replace('_', " ")
        ),
        truth: now.to_owned(),
        step,
        span: said.span,
    })
}
