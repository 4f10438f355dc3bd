//! Amounts that are known, and said of the wrong thing: another's price under this
//! id, or another sum than the one that was just booked.

use super::check::Check;
use super::claims::{Claim, Done, sentences, words};
use super::known::hundredths;
use super::literal::{Literal, LiteralKind, LiteralValue};
use super::records::Row;
use super::sums::Sums;
use super::turn::Trace;
use crate::engine::score::{Blame, Finding};

/// Words that say that an amount went to or fro.
const MOVED: &[&str] = &[
    "refund",
    "charge",
    "credited",
    "paid",
    "payment",
    "certificate",
    "deducted",
    "debited",
    "reimburse",
    "balance",
];

/// Findings about amounts that have a source, and not the right one.
pub(super) fn misstated(
    check: &Check,
    text: &str,
    found: &[Literal],
    traces: &[Trace],
    sums: &Sums,
    step: u32,
) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut focus: Option<&str> = None;
    for (from, to) in sentences(text) {
        let inside = |l: &Literal| l.span.0 >= from && l.span.1 <= to;
        let line = text.get(from..to).unwrap_or_default();
        let mut ids = found
            .iter()
            .filter(|l| inside(l) && l.kind == LiteralKind::Id)
            .filter_map(|l| id(l));
        let one = match (ids.next(), ids.next()) {
            (Some(one), None) => Some(one),
            // A point under the thing that the line above names.
            (None, _) if is_point(line) => focus,
            (Some(_) | None, _) => None,
        };
        focus = one;
        let Some(row) = one
            .and_then(|one| check.records.get(one))
            .filter(|r| !r.money.is_empty())
        else {
            continue;
        };
        for (literal, trace) in found.iter().zip(traces).filter(|(l, _)| inside(l)) {
            let Some(cents) = amount(literal) else {
                continue;
            };
            // How it is wrong, in words before the truth and behind it; which field has the
            // truth, and what that is.
            let wrong = |how: &str, path: &str, mine: i64, more: &str| {
                let truth = format!("{}.{:02}", mine / 100, mine % 100);
                let what = format!("{} is {how} {path} is {truth}{more}", literal.text);
                Finding::of("misstated_amount", step, Blame::Agent, what)
                    .said(literal.text.clone(), Some(literal.span))
                    .truth(truth, format!("step {}", row.step))
            };
            let plainly = format!("said of {}, whose", row.id);
            let before = text.get(from..literal.span.0).unwrap_or_default();
            if let Some((path, mine)) = of_another_class(before, row, cents) {
                out.push(wrong(&plainly, path, mine, ""));
                continue;
            }
            let own = |c: i64| row.money.iter().any(|(_, m)| *m == c);
            let reckoned = || {
                let money: Vec<(i64, u32)> = row.money.iter().map(|(_, m)| (*m, 0)).collect();
                let newest = money.get(money.len().saturating_sub(24)..).unwrap_or(&[]);
                super::derive::from(cents, newest, &[]).is_some()
            };
            if !(trace.found() || sums.explains(literal))
                || cents == 0
                || row
                    .money
                    .iter()
                    .any(|(_, m)| amounts(from, to, found).any(|a| a == *m))
                || own(cents)
                || check.said_cents.contains(&cents)
                || check.told_cents(cents)
                || sums.reckons(cents)
                || reckoned()
            {
                continue;
            }
            // It stands right beside the id: `certificate_77, which has $601`.
            let beside = found
                .iter()
                .find(|l| inside(l) && l.kind == LiteralKind::Id)
                .and_then(|l| text.get(l.span.1..literal.span.0))
                .is_some_and(|gap| gap.split_whitespace().count() <= 4 && gap.len() < 32);
            if let (true, [(path, mine)]) = (beside, row.money.as_slice()) {
                out.push(wrong(&plainly, path, *mine, ""));
                continue;
            }
            if let Some((path, mine)) = keyed(before, row, cents) {
                let how = format!(
                    "said to be a price of {}, which has no such one; its",
                    row.id
                );
                out.push(wrong(&how, path, mine, ""));
                continue;
            }
            // The same field of another thing has it.
            let other = row.money.iter().find_map(|(path, mine)| {
                let other = check.records.has_sum(path, cents)?;
                Some((path, *mine, other))
            });
            if let Some((path, mine, other)) = other {
                let more = format!("; it is that of {}", other.id);
                out.push(wrong(&plainly, path, mine, &more));
            }
        }
    }
    out
}

/// Amounts in a report of what was just done that are none of what was done.
pub(super) fn differs(
    check: &Check,
    text: &str,
    found: &[Literal],
    claims: &[(Claim, bool)],
    sums: &Sums,
    step: u32,
) -> Vec<Finding> {
    let fresh: Vec<&Done> = check.fresh().filter(|d| d.ok && d.wrote).collect();
    let pool: Vec<(i64, u32)> = check.fresh().flat_map(|d| d.sums.iter().copied()).collect();
    if fresh.is_empty()
        || pool.is_empty()
        || pool.len() > 60
        || !claims.iter().any(|(_, backed)| *backed)
    {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (from, to) in sentences(text) {
        let inside = |l: &&Literal| l.span.0 >= from && l.span.1 <= to;
        // Another thing than the ones that were written to is another matter.
        let strange = found.iter().filter(inside).filter_map(id).any(|id| {
            let one = [id.to_owned()];
            !fresh.iter().any(|d| super::claims::mentions(d, &one))
        });
        if strange {
            break;
        }
        let sentence = text.get(from..to).unwrap_or_default().to_lowercase();
        let claimed = claims
            .iter()
            .any(|(c, backed)| *backed && c.span.0 >= from && c.span.1 <= to);
        if sentence.trim_end().ends_with('?')
            || !claimed && !MOVED.iter().any(|w| sentence.contains(w))
        {
            continue;
        }
        for literal in found.iter().filter(inside) {
            let Some(cents) = amount(literal) else {
                continue;
            };
            // `The balance is now …`, as a look afterwards shows it, says nothing of
            // what was moved.
            let looked = || {
                fresh
                    .first()
                    .is_some_and(|d| check.records.shown_since(d.step, cents))
            };
            if cents == 0
                || check.said_cents.contains(&cents)
                || check.told_cents(cents)
                || !claimed && looked()
                || pool.iter().any(|(c, _)| *c == cents)
                || sums.reckons(cents)
                || super::derive::from(cents, &pool, &[]).is_some()
            {
                continue;
            }
            let near = pool
                .iter()
                .min_by_key(|(c, _)| c.abs_diff(cents))
                .copied()
                .unwrap_or_default();
            let truth = format!("{}.{:02}", near.0 / 100, near.0 % 100);
            let what = format!(
                "{} is said of what was done at step {}, which has no such amount; the nearest is {truth}",
                literal.text, near.1
            );
            out.push(
                Finding::of("claim_differs", step, Blame::Agent, what)
                    .said(literal.text.clone(), Some(literal.span))
                    .truth(truth, format!("step {}", near.1)),
            );
        }
    }
    out
}

/// Whether a line is a point of a list.
fn is_point(line: &str) -> bool {
    let body = line.trim_start();
    body.len() + 2 <= line.len() || body.starts_with(['-', '•', '*', '–'])
}

/// The price of a thing nearest to an amount, where the words before the amount
/// say that it is the price.
fn keyed<'a>(before: &str, row: &'a Row, cents: i64) -> Option<(&'a str, i64)> {
    let words = words(before);
    let last = words.get(words.len().saturating_sub(3)..)?;
    let price = |w: &str| matches!(w, "price" | "fare" | "cost" | "costs" | "priced");
    let other = |w: &str| {
        [
            "total",
            "difference",
            "new",
            "old",
            "refund",
            "extra",
            "additional",
            "original",
        ]
        .iter()
        .any(|o| w.starts_with(o))
    };
    let key = last.iter().rev().find(|w| price(&w.text))?;
    // `fare: standard; kept: 36.18` is no price.
    let joined = before
        .get(key.start..)
        .is_some_and(|gap| !gap.contains([';', ',', '|']));
    if !joined || words.iter().any(|w| other(&w.text)) {
        return None;
    }
    row.money
        .iter()
        .filter(|(path, _)| ["price", "fare", "cost"].iter().any(|w| path.contains(w)))
        .min_by_key(|(_, c)| c.abs_diff(cents))
        .map(|(path, c)| (&**path, *c))
}

/// The field of a thing that the words before an amount name (`Economy price:`),
/// where the amount is that of another field beside it.
fn of_another_class<'a>(before: &str, row: &'a Row, cents: i64) -> Option<(&'a str, i64)> {
    let words = words(before);
    let near = words.get(words.len().saturating_sub(3)..)?;
    let near: Vec<&str> = near.iter().map(|w| w.text.as_str()).collect();
    let (_, leaf) = row
        .money
        .iter()
        .filter_map(|(path, _)| {
            let (above, leaf) = path.rsplit_once('.')?;
            let parts: Vec<&str> = leaf.split(['_', '-', ' ']).collect();
            let named = near.windows(parts.len()).any(|w| w == parts.as_slice());
            // Words that name any price are none of a class.
            let telling = parts
                .iter()
                .any(|p| !matches!(*p, "price" | "total" | "amount"));
            (named && telling).then_some((parts.len(), (above, leaf)))
        })
        .max_by_key(|(long, _)| *long)?;
    let beside = |path: &str| {
        path.rsplit_once('.')
            .is_some_and(|(above, _)| above == leaf.0)
    };
    let is = |path: &str| path.rsplit_once('.') == Some(leaf);
    let mut own = row.money.iter().filter(|(path, _)| is(path));
    if own.clone().any(|(_, c)| *c == cents) {
        return None;
    }
    let others = row
        .money
        .iter()
        .filter(|(path, _)| !is(path) && beside(path));
    // `Economy price: $140` says itself that it is that field; what several of it
    // cost may stand there too.
    let priced = near
        .last()
        .is_some_and(|w| matches!(*w, "price" | "fare" | "costs"));
    let several = |c: i64| c != 0 && cents % c == 0 && cents / c <= 9;
    let another = others.into_iter().any(|(_, c)| *c == cents)
        || priced && !own.clone().any(|(_, c)| several(*c));
    let (path, mine) = own.next_back().filter(|_| another)?;
    Some((path, *mine))
}

/// The amounts of a sentence.
fn amounts(from: usize, to: usize, found: &[Literal]) -> impl Iterator<Item = i64> + '_ {
    found
        .iter()
        .filter(move |l| l.span.0 >= from && l.span.1 <= to)
        .filter_map(amount)
}

fn id(literal: &Literal) -> Option<&str> {
    match (&literal.kind, &literal.value) {
        (LiteralKind::Id, LiteralValue::Text(id)) => Some(id),
        (_, LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_)) => None,
    }
}

/// The amount of a literal in hundredths, where it is one.
fn amount(literal: &Literal) -> Option<i64> {
    match (&literal.kind, &literal.value) {
        (LiteralKind::Amount, LiteralValue::Number(v)) => Some(hundredths(v.abs())),
        (_, LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_)) => None,
    }
}
