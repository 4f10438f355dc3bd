//! Times of day that are known, and said of the wrong thing: another flight's hour
//! behind `Departure:`, the arrival given as the departure.
//!
//! A time is held against a thing only where the words before it name one of the
//! thing's own times (`departs at`, `Arrival:`), so that a wish, a deadline or an
//! opening hour in the same line is left alone.

use super::check::Check;
use super::claims::{Word, sentences, words};
use super::date::either_half;
use super::literal::{Literal, LiteralKind, LiteralValue};
use super::records::Row;
use crate::engine::score::{Blame, Finding};

/// Words between what a time is called and the time: `departs from DEN at 9:00`.
const NEAR: usize = 4;

/// Letters that two words of one stem share at least: `departing`, `departure`.
const STEM: usize = 4;

/// Parts of keys that say nothing of which time it is.
const DULL: &[&str] = &[
    "time",
    "date",
    "scheduled",
    "estimated",
    "actual",
    "local",
    "start",
    "timestamp",
];

/// Words that make of a time a wish or a bound.
const BOUNDS: &[&str] = &[
    "before",
    "after",
    "by",
    "until",
    "till",
    "between",
    "around",
    "about",
    "than",
    "earliest",
    "latest",
    "or",
    "no",
    "not",
    "instead",
    "prefer",
    "preferred",
    "want",
    "wanted",
    "originally",
    "from",
    "within",
    "if",
    "would",
    "could",
    "past",
    "least",
    "most",
    "outside",
    "inside",
    "your",
    "window",
];

/// Findings about times that have a source, and not the right one.
pub(super) fn misstated(
    check: &Check,
    text: &str,
    found: &[Literal],
    step: u32,
    out: &mut Vec<Finding>,
) {
    if !found.iter().any(|l| l.kind == LiteralKind::Time) {
        return;
    }
    let mut focus: Option<&Row> = None;
    for (from, to) in sentences(text) {
        let line = text.get(from..to).unwrap_or_default();
        let inside = |l: &&Literal| l.span.0 >= from && l.span.1 <= to;
        // The things of the line that have times at all, by where.
        let rows: Vec<(usize, &Row)> = found
            .iter()
            .filter(inside)
            .filter_map(|l| Some((l.span.0, row(check, l)?)))
            .collect();
        let named = found
            .iter()
            .filter(inside)
            .any(|l| l.kind == LiteralKind::Id);
        for literal in found.iter().filter(inside) {
            let before = rows.iter().rev().find(|(at, _)| *at < literal.span.0);
            let thing = before.map(|(_, row)| *row).or(focus.filter(|_| !named));
            let start = before.map_or(from, |(at, _)| *at);
            let words = words(text.get(start..literal.span.0).unwrap_or_default());
            let Some(wrong) = thing.and_then(|row| wrong(row, &words, literal)) else {
                continue;
            };
            // `between` may be left out of `10 a.m. – 3 p.m.`
            let behind = text.get(literal.span.1..).unwrap_or_default();
            let behind = behind.trim_start_matches(['.', ' ']);
            if behind.starts_with(['–', '-', '—']) {
                continue;
            }
            let taken = |f: &Finding| f.span == Some(literal.span);
            if line.trim_end().ends_with('?') || out.iter().any(taken) {
                continue;
            }
            out.push(
                Finding::of("misstated_value", step, Blame::Agent, wrong.0)
                    .said(literal.text.clone(), Some(literal.span))
                    .truth(wrong.1, format!("step {}", wrong.2)),
            );
        }
        focus = match rows.as_slice() {
            [(_, row)] => Some(row),
            // A line under the thing goes on about it; an empty one does not end it.
            [] if !named && (is_under(line) || line.trim().is_empty()) => focus,
            _ => None,
        };
    }
}

/// Whether a line is a point of a list, or a field: `Departure: 9:00`.
fn is_under(line: &str) -> bool {
    let body = line.trim_start();
    let body = body.trim_start_matches(['-', '•', '*', '–', ' ', '"']);
    let key = body.split(':').next().unwrap_or_default();
    body.len() < line.trim_start().len()
        || key.len() < body.len() && key.split_whitespace().count() <= 4
}

fn row<'a>(check: &'a Check, literal: &Literal) -> Option<&'a Row> {
    match (&literal.kind, &literal.value) {
        (LiteralKind::Id, LiteralValue::Text(id)) => {
            check.records.get(id).filter(|r| !r.times.is_empty())
        }
        (_, LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_)) => None,
    }
}

/// What is wrong with a time of a thing: in words, the truth, the step.
fn wrong(row: &Row, words: &[Word], literal: &Literal) -> Option<(String, String, u32)> {
    let (LiteralKind::Time, LiteralValue::Number(minutes)) = (&literal.kind, &literal.value) else {
        return None;
    };
    let near = words.get(words.len().saturating_sub(NEAR)..)?;
    if near.iter().any(|w| BOUNDS.contains(&w.text.as_str())) {
        return None;
    }
    let called = |word: &str| -> Vec<&(Box<str>, u16, u32)> {
        let of = |key: &str| key.split(['_', ' ', '-', '.']).any(|part| stem(part, word));
        row.times.iter().filter(|(key, ..)| of(key)).collect()
    };
    let own = near.iter().rev().map(|w| called(&w.text));
    let own = own.into_iter().find(|list| !list.is_empty())?;
    let said = *minutes as u16;
    let is = |t: u16| t == said || either_half(&literal.text) && t == (said + 720) % 1440;
    if own.iter().any(|(_, t, _)| is(*t)) {
        return None;
    }
    let (key, truth, step) = own.last()?;
    let truth = format!("{:02}:{:02}", truth / 60, truth % 60);
    let what = format!(
        "{} is said to be a time of {}, whose {key} is {truth}",
        literal.text, row.id
    );
    Some((what, truth, *step))
}

/// Whether a part of a key and a word have one stem; `dep` and `arr` are short.
fn stem(part: &str, word: &str) -> bool {
    let part = part.to_ascii_lowercase();
    if part.len() < STEM || DULL.contains(&part.as_str()) {
        return false;
    }
    let same = part
        .bytes()
        .zip(word.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    same > STEM || same >= 3 && same == word.len() || same == part.len()
}

#[cfg(test)]
mod tests {
    use super::super::turn::{Ran, Told, Turn};
    use super::*;
    use crate::engine::world::Node;
    use serde_json::json;
    use std::sync::Arc;

    fn said(text: &str) -> Vec<(String, String)> {
        let mut check = Check::new(Arc::new(Told::default()));
        let result = Node::from_json(&json!([
            {"flight_number": "HAT023", "scheduled_departure_time_est": "14:00:00",
             "scheduled_arrival_time_est": "17:30:00", "price": 110},
            {"flight_number": "HAT041", "scheduled_departure_time_est": "09:00:00",
             "scheduled_arrival_time_est": "01:15:00+1"}
        ]));
        let args = Node::from_json(&json!({}));
        check.hear(&Turn::Ran(&Ran::through("search", &args, &result)), 2);
        let turn = Turn::Agent {
            agent: &[],
            text,
            calls: &[],
        };
        let found = check.judge(&turn, 3).findings;
        let wrong = found.into_iter().filter(|f| f.kind == "misstated_value");
        wrong.map(|f| (f.quote, f.truth)).collect()
    }

    #[test]
    fn a_time_of_another_thing_is_found() {
        let wrong = |quote: &str, truth: &str| vec![(quote.to_owned(), truth.to_owned())];
        assert_eq!(
            said("Flight HAT023 departs at 9:00 AM."),
            wrong("9:00 AM", "14:00")
        );
        assert_eq!(
            said("1. **HAT023**\n   - Departure: 5:30 PM\n   - Arrival: 5:30 PM"),
            wrong("5:30 PM", "14:00"),
        );
        assert_eq!(
            said("HAT041 (dep 09:00, arr 14:00) and HAT023 (dep 14:00, arr 17:30)"),
            wrong("14:00", "01:15")
        );
    }

    #[test]
    fn times_as_people_write_them_are_left_alone() {
        for so in [
            "Flight HAT023 departs at 2 PM and arrives at 5:30 pm.",
            "HAT023 departs at 2:00.",
            "HAT041 leaves at 09:00 and arrives at 1:15 AM the next day, HAT023 departs 14:00.",
            "1. **HAT041**\n   - Departure: 09:00 EST\n   - Arrival: 01:15 EST (next day)",
            "HAT023: you wanted to depart after 9:00 AM.",
            "HAT023 departs at 2 PM. The earliest arrival is 01:15.",
            "HAT023: its departure is outside your 10 a.m.–3 p.m. window.",
            "Does HAT023 depart at 9:00?",
        ] {
            assert_eq!(said(so), [], "{so}");
        }
    }
}
