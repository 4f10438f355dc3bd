//! How things stand, as a text says it: the status of an order, the class of a
//! booking, held against what was read of that very thing.
//!
//! A word counts as a statement only in the forms that state one (`status:
//! pending`, `is now cancelled`, `(delivered)`, `the delivered order W1`); plans,
//! conditions and rules about things in general are left alone.

use super::check::Check;
use super::claims::{BETWEEN, HEDGES, Word, sentences, words};
use super::literal::{Literal, LiteralKind, LiteralValue, tokens};
use super::records::{Row, alike, is_status_key};
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
    let ids = named(check, text, found);
    if ids.iter().all(|n| n.row.is_none()) {
        return;
    }
    let states = states(check);
    let classes = classes(check);
    if states.is_empty() && classes.is_empty() {
        return;
    }
    let mut past: Vec<Vec<Named<'_>>> = Vec::new();
    for (from, to) in sentences(text) {
        let Some(sentence) = text.get(from..to) else {
            continue;
        };
        let inside = ids.iter().filter(|n| (from..to).contains(&n.at));
        let named: Vec<Named<'_>> = inside.cloned().collect();
        let here: Vec<(usize, &Row)> = named
            .iter()
            .filter_map(|n| Some((n.at - from, n.row?)))
            .collect();
        let question = sentence.trim_end().ends_with('?');
        let parts = Sentence {
            text: sentence,
            words: words(sentence),
            rows: &here,
            past: &past,
        };
        if !question {
            for said in parts.states(&states) {
                // `I have opened a return for order 8841. Its status is …` is of the
                // return, as the write showed it.
                let mut made = check.fresh().filter(|d| d.ok && d.wrote);
                let shown = |step| check.records.state_at(step, &said.value);
                if here.is_empty() && made.any(|d| shown(d.step)) {
                    continue;
                }
                push(out, wrong_state(&said), step, from, sentence);
            }
            for (key, values) in &classes {
                for said in parts.classes(key, values) {
                    push(
                        out,
                        wrong_class(check, key, values, &said),
                        step,
                        from,
                        sentence,
                    );
                }
            }
        }
        if !named.is_empty() {
            past.push(named);
        }
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
    /// Things that the sentences before name.
    past: &'a [Vec<Named<'a>>],
}

/// A thing that a text names.
#[derive(Clone, Debug)]
struct Named<'a> {
    /// Where, in bytes.
    at: usize,
    id: String,
    /// What was read of it, where anything was.
    row: Option<&'a Row>,
}

/// The things that a text names, in order. A word in capitals is a name too where a
/// thing of that name was read: `IIHXDG`.
fn named<'a>(check: &'a Check, text: &str, found: &[Literal]) -> Vec<Named<'a>> {
    let of = |at: usize, id: &str| Named {
        at,
        id: id.to_owned(),
        row: check.records.get(id),
    };
    let ids = found.iter().filter_map(|l| match (&l.kind, &l.value) {
        (LiteralKind::Id, LiteralValue::Text(id)) => Some(of(l.span.0, id)),
        (_, LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_)) => None,
    });
    let mut out: Vec<Named<'_>> = ids.collect();
    for token in tokens(text) {
        if token.text.len() >= 5 && token.text.bytes().all(|b| b.is_ascii_uppercase()) {
            let named = of(token.start, &token.text.to_ascii_lowercase());
            out.extend(Some(named).filter(|n| n.row.is_some()));
        }
    }
    out.sort_by_key(|n| n.at);
    out
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
        let here = self.word(at);
        if value.len() > 1
            && here.contains(['_', '-'])
            && here.replace(['_', '-'], " ") == value.join(" ")
        {
            return Some(1);
        }
        let fits = value
            .iter()
            .enumerate()
            .all(|(i, w)| self.word(at + i) == w);
        fits.then_some(value.len())
    }

    /// Whether the words before take the statement away.
    fn hedged(&self, at: usize, from: usize) -> bool {
        let from = at.saturating_sub(7).max(from);
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

    /// The first word in the bracket that is open at this byte.
    fn bracket(&self, start: usize) -> Option<usize> {
        let before = self.text.get(..start)?;
        let open = before.rfind('(')?;
        let closed = before.get(open..)?.contains(')');
        let inside = |w: &Word| w.start > open;
        self.words.iter().position(inside).filter(|_| !closed)
    }

    /// Whether a clause ends after a word.
    fn ends(&self, at: usize) -> bool {
        let (end, next) = (self.end(at), self.words.get(at + 1).map_or(0, |w| w.start));
        self.text
            .get(end..next)
            .is_some_and(|gap| gap.contains([';', '—', '.']) || gap.contains(", "))
    }

    /// The thing of a kind that words at `from..to` are about: the one named nearest
    /// before them, the one named right after, or the one that is spoken of.
    fn about(&self, from: usize, to: usize, is: impl Fn(&Row) -> bool) -> Option<(&'a Row, bool)> {
        let of_kind = || self.rows.iter().filter(|(_, row)| is(row));
        let before = of_kind().rev().find(|(at, _)| *at < from);
        let after = of_kind().find(|(at, _)| *at >= to);
        if let Some((at, row)) = after
            && self
                .text
                .get(to..*at)
                .is_some_and(|gap| gap.split_whitespace().count() <= 1 && gap.len() < 24)
        {
            return Some((row, true));
        }
        match (before, after) {
            (Some((_, row)), _) => Some((row, false)),
            (None, None) => self.focus(is).map(|row| (row, false)),
            (None, Some(_)) => None,
        }
    }

    /// The thing of a kind that was named last; none of several together, and none
    /// where one like it stands between of which nothing was read.
    fn focus(&self, is: impl Fn(&Row) -> bool) -> Option<&'a Row> {
        let mut between: Vec<&str> = Vec::new();
        for named in self.past.iter().rev() {
            let mut rows = named.iter().filter_map(|n| n.row).filter(|r| is(r));
            let Some(first) = rows.next() else {
                let unknown = named.iter().filter(|n| n.row.is_none());
                between.extend(unknown.map(|n| n.id.as_str()));
                continue;
            };
            let alone = rows.all(|r| r.id == first.id)
                && !named
                    .iter()
                    .any(|n| n.row.is_none() && alike(&n.id, &first.id));
            let passed = between.iter().any(|id| alike(id, &first.id));
            return (alone && !passed).then_some(first);
        }
        None
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
        let (row, after) = self.about(start, end, Row::has_status)?;
        row.status()?;
        let elsewhere = !self.rows.iter().any(|(_, r)| r.id == row.id);
        // Back over adverbs to what joins the word to its thing.
        let mut back = at;
        let mut now = false;
        while back > 0
            && (BETWEEN.contains(&self.word(back - 1))
                || matches!(self.word(back - 1), "currently" | "still"))
        {
            now |= matches!(self.word(back - 1), "now" | "currently" | "still");
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
        // `is in processed status`, `remains in “pending” status`
        let named = matches!(here, "in" | "remains" | "a")
            && matches!(self.word(at + used), "status" | "state");
        let is = matches!(here, "is" | "are" | "it's" | "shows" | "remains" | "stays");
        let stated = is || perfect || named || keyed || bracketed && !elsewhere || after;
        now |= perfect
            || keyed && (0..at).any(|i| matches!(self.word(i), "current" | "now" | "currently"));
        // `Your exchange request for W1 has been processed` is about the request.
        let errand = perfect
            && listed(self.word(at)).is_some()
            && (0..at).any(|i| ERRANDS.iter().any(|e| self.word(i).starts_with(e)));
        // What is said before the thing is named takes nothing from what is behind it
        // in brackets: `what I have for W1 (status: pending)`.
        let from = match (after, self.bracket(start)) {
            (true, _) => at.saturating_sub(1),
            (false, Some(first)) if bracketed || keyed || is => first,
            // `does not contain a chair and is still pending`
            (false, _) if is => {
                let and = (0..back).rev().take(7).find(|i| self.word(*i) == "and");
                and.map_or(0, |i| i + 1)
            }
            (false, _) => 0,
        };
        if !stated || errand || self.hedged(at, from) {
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
                    && !self.hedged(next, 0)
                    && let Some(word) = self.words.get(next)
                {
                    let span = (word.start, self.end(next + used - 1));
                    let of = |r: &Row| r.has_class(key);
                    if let Some((row, _)) = self.about(span.0, span.1, of) {
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
        out.extend(self.bare(key, values));
        out
    }

    /// Values right behind their thing, without the word of their key: `DF89BM is in
    /// economy`, `M20IZO (one way, business, 2 passengers)`.
    fn bare(&self, key: &str, values: &[Vec<String>]) -> Vec<Said<'a>> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let Some(used) = values.iter().find_map(|v| self.is_at(at, v)) else {
                at += 1;
                continue;
            };
            let said = self.behind(key, at, used);
            // One value of a thing in a sentence: a second one is a plan or a price.
            if let Some(said) = said
                && !out.iter().any(|s: &Said<'_>| s.row.id == said.row.id)
            {
                out.push(said);
            }
            at += used;
        }
        out
    }

    fn behind(&self, key: &str, at: usize, used: usize) -> Option<Said<'a>> {
        const JOINS: &[&str] = &["is", "in", "a", "an", "the", "booked", "currently", "now"];
        const CHANGES: &[&str] = &[
            "upgrad", "downgrad", "chang", "switch", "mov", "modif", "updat", "book", "rebook",
            "instead", "would", "new", "search",
        ];
        const OTHER: &[&str] = &[
            "day",
            "days",
            "price",
            "prices",
            "fare",
            "fares",
            "seat",
            "seats",
            "option",
            "options",
            "availability",
            "available",
            "cost",
            "costs",
            "or",
            "to",
        ];
        let start = self.words.get(at)?.start;
        let end = self.end(at + used - 1);
        let (from, row) = self.rows.iter().rev().find(|(from, _)| *from < start)?;
        if !row.has_class(key) {
            return None;
        }
        // A lone hyphen is a word here.
        let real = |w: &Word| w.start > *from + 1 && w.text != "-";
        let first = self.words.iter().position(real)?;
        let between: Vec<&str> = (first..at)
            .map(|i| self.word(i))
            .filter(|w| *w != "-")
            .collect();
        let joined = between.iter().all(|w| JOINS.contains(w));
        // Opened right behind the name: a bracket, or what a colon begins.
        let gap = self.text.get(from + row.id.len()..start)?;
        let gap = gap.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '*' | ' '));
        let opened = self.bracket(start) == Some(first) || gap.starts_with(':');
        let change = |w: &&str| CHANGES.iter().any(|c| w.starts_with(c));
        let behind = self.text.get(end..)?.trim_start_matches([' ', '*']);
        let priced = behind.starts_with(['$', '€', '£'])
            || behind.starts_with("($")
            || behind.starts_with(": $")
            || OTHER.contains(&self.word(at + used));
        // `after the change, cancel W1 (now business)` says how it will be.
        let later = |w: &str| matches!(w, "after" | "once" | "when" | "if" | "will" | "then");
        let changed = (0..first).any(|i| change(&self.word(i)) || later(self.word(i)));
        if !(joined || opened && between.len() <= 14 && !between.iter().any(change))
            || priced
            || changed
            || self.hedged(at, first)
        {
            return None;
        }
        let value: Vec<&str> = (at..at + used).map(|i| self.word(i)).collect();
        Some(Said {
            row,
            value: value.join(" ").replace(['_', '-'], " "),
            span: (start, end),
            now: between
                .iter()
                .any(|w| matches!(*w, "is" | "currently" | "now")),
        })
    }
}

/// Whether a text has a value by itself: `economy`, and not within `basic economy`.
fn has_alone(text: &str, value: &str, values: &[Vec<String>]) -> bool {
    let longer: Vec<String> = values.iter().map(|v| v.join(" ")).collect();
    text.match_indices(value).any(|(at, _)| {
        let within = |long: &String| {
            let offsets = long.match_indices(value).map(|(offset, _)| offset);
            long.len() > value.len()
                && offsets.into_iter().any(|offset| {
                    let from = at.checked_sub(offset);
                    from.and_then(|from| text.get(from..))
                        .is_some_and(|t| t.starts_with(long.as_str()))
                })
        };
        !longer.iter().any(within)
    })
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

fn wrong_class(check: &Check, key: &str, values: &[Vec<String>], said: &Said<'_>) -> Option<Wrong> {
    let (now, step) = said.row.class(key)?;
    // What somebody wants may be told as it will be; what is so now may not.
    let wanted =
        || has_alone(&check.user_said, &said.value, values) || check.asked_for(&said.value);
    if same(&said.value, now) || !said.now && wanted() {
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

#[cfg(test)]
mod tests {
    use super::super::turn::{Ran, Told, Turn};
    use super::*;
    use crate::engine::world::Node;
    use serde_json::json;
    use std::sync::Arc;

    /// Quote and truth of what a text says wrongly of things that were read.
    fn said(user: &str, text: &str) -> Vec<(String, String)> {
        let mut check = Check::new(Arc::new(Told::default()));
        check.hear(&Turn::User { text: user }, 1);
        let result = Node::from_json(&json!([
            {"order_id": "#W111", "status": "pending", "items": [{"item_id": "5917587651"}]},
            {"order_id": "#W222", "status": "delivered", "items": [{"item_id": "6843647669"}]},
            {"reservation_id": "DF89BM", "cabin": "basic_economy"},
            {"reservation_id": "IIHXDG", "cabin": "economy"},
            {"reservation_id": "COVE6R", "cabin": "business"},
            {"flight_number": "HAT088", "prices": {"basic_economy": 90, "economy": 179, "business": 400}}
        ]));
        let args = Node::from_json(&json!({}));
        check.hear(&Turn::Ran(&Ran::through("get_all", &args, &result)), 2);
        let turn = Turn::Agent {
            agent: &[],
            text,
            calls: &[],
        };
        let wrong = check.judge(&turn, 3).findings.into_iter();
        let wrong = wrong.filter(|f| f.kind.starts_with("misstated"));
        wrong.map(|f| (f.quote, f.truth)).collect()
    }

    #[test]
    fn a_state_is_said_of_its_own_thing() {
        for (text, quote, truth) in [
            (
                "Order #W111 is still delivered, so it can wait.",
                "delivered",
                "pending",
            ),
            (
                "Here is what I have for order #W111 (status: delivered):",
                "delivered",
                "pending",
            ),
            (
                "Order #W111 is in “delivered” status.",
                "delivered",
                "pending",
            ),
            (
                "Return what came with #W222, or change the delivered order #W111.",
                "delivered",
                "pending",
            ),
            (
                "Order #W222 was found.\n- Item 6843647669 goes to 77159.\n- Status: pending",
                "pending",
                "delivered",
            ),
            (
                "Order #W222 does not contain a chair and is still pending.",
                "pending",
                "delivered",
            ),
        ] {
            assert_eq!(said("", text), [(quote.into(), truth.into())], "{text}");
        }
    }

    #[test]
    fn a_class_is_said_of_its_own_thing() {
        for (text, quote, truth) in [
            (
                "Reservation DF89BM is in economy, so it can be changed.",
                "economy",
                "basic_economy",
            ),
            (
                "1. COVE6R (one way, basic economy, no insurance)",
                "basic economy",
                "business",
            ),
            (
                "**IIHXDG** - Business class with insurance",
                "Business",
                "economy",
            ),
            (
                "Reservation COVE6R\n• Origin: MCO → BOS\n• Cabin: economy",
                "economy",
                "business",
            ),
            ("Flight HAT088\n   - Economy price: $400", "$400", "179.00"),
        ] {
            assert_eq!(said("", text), [(quote.into(), truth.into())], "{text}");
        }
    }

    #[test]
    fn what_is_not_said_of_a_thing_is_left_alone() {
        for text in [
            "Orders #W111 and #W333 were found.\n- Status: delivered",
            "I found #W222. Order #W333 came first.\n- Status: pending",
            "I will take the address of #W222.\n- Item change (pending order): only once.",
            "If #W111 is delivered, it can be returned.",
            "Upgrade DF89BM to business?",
            "After the change, cancel DF89BM (now business).",
            "DF89BM: the refund takes 5 to 7 business days.",
            "COVE6R (business, one way)\nIIHXDG\n• Cabin: economy",
            "Flight HAT088\n   - Economy price: $179\n   - Business ($400)",
        ] {
            assert_eq!(said("", text), [], "{text}");
        }
        // As it is to be, since the user wants it so; not as it is.
        let wish = "I want business for DF89BM.";
        assert_eq!(said(wish, "DF89BM\n- Cabin: business"), []);
        assert_eq!(said(wish, "DF89BM is currently in business.").len(), 1);
    }
}
