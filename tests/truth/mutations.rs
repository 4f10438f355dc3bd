//! Slips put into real texts, one at a time: how many of them are found. The
//! records of others hold few of a kind; these are thousands, made by a seed.

use super::records::{cases, values};
use stategen::dataset::import::tau::{Domains, conversation};
use stategen::dataset::import::{Recorded, Said};
use stategen::engine::grounding::{Literal, LiteralKind, LiteralValue, Turn, literals};
use stategen::engine::id::Sha;

/// A draw from 0 to 1, the same for the same words.
fn draw(words: &str) -> f64 {
    let sha = Sha::of(words.as_bytes());
    let bits = sha
        .0
        .iter()
        .take(6)
        .fold(0u64, |n, b| n << 8 | u64::from(*b));
    bits as f64 / (1u64 << 48) as f64
}

/// An amount that is some way off, written in the same way.
fn other_amount(literal: &Literal, seed: &str) -> Option<String> {
    let LiteralValue::Number(value) = literal.value else {
        return None;
    };
    let digits: String = literal
        .text
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let (up, by) = (
        draw(&format!("{seed} up")) < 0.5,
        draw(&format!("{seed} by")),
    );
    let factor = if up {
        1.08 + 0.25 * by
    } else {
        0.92 - 0.2 * by
    };
    let changed = value.abs() * factor;
    let changed = if digits.contains('.') {
        format!("{changed:.2}")
    } else {
        format!("{changed:.0}")
    };
    let plain = literal.text.replace([',', '$', '€', '-', '+', '−'], "");
    ((changed.parse::<f64>().ok()? - value.abs()).abs() > 0.001
        && plain == digits
        && digits.len() > 1)
        .then(|| literal.text.replace(',', "").replacen(&digits, &changed, 1))
}

/// An id with two digits changed.
fn other_id(literal: &Literal, seed: &str) -> Option<String> {
    let mut left = 2;
    let out: String = literal
        .text
        .chars()
        .rev()
        .map(|c| match c.to_digit(10) {
            Some(d) if left > 0 => {
                left -= 1;
                let by = 1 + (draw(&format!("{seed} {left}")) * 8.0) as u32;
                char::from_digit((d + by) % 10, 10).unwrap_or('0')
            }
            Some(_) | None => c,
        })
        .collect();
    let out: String = out.chars().rev().collect();
    (left == 0 && out != literal.text).then_some(out)
}

/// The first run of digits of a literal with another number in it.
fn other_digits(text: &str, change: impl Fn(u32) -> u32) -> Option<String> {
    let from = text.find(|c: char| c.is_ascii_digit())?;
    let long = text[from..]
        .chars()
        .take_while(char::is_ascii_digit)
        .count();
    let digits = &text[from..from + long];
    let changed = change(digits.parse().ok()?);
    let changed = format!("{changed:0long$}");
    (changed != digits).then(|| format!("{}{changed}{}", &text[..from], &text[from + long..]))
}

/// A time of another hour, on the same half of the day.
fn other_time(literal: &Literal, seed: &str) -> Option<String> {
    let by = 1 + (draw(seed) * 10.0) as u32;
    other_digits(&literal.text, |hour| (hour + 11 + by) % 12 + 1)
}

/// A share that is some points off.
fn other_share(literal: &Literal, seed: &str) -> Option<String> {
    let by = 3 + (draw(seed) * 9.0) as u32;
    other_digits(&literal.text, |share| share + by)
}

/// Another day of the same month: `2024-05-17`, `May 17`.
fn other_day(literal: &Literal, seed: &str) -> Option<String> {
    let LiteralValue::Date(date) = literal.value else {
        return None;
    };
    let by = 2 + (draw(seed) * 24.0) as u8;
    let day = (date.day - 1 + by) % 28 + 1;
    let (old, new) = (format!("{:02}", date.day), format!("{day:02}"));
    let plain = literal.text.rsplit_once(&old)?;
    let alone = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_digit());
    (alone(plain.0.chars().next_back()) && alone(plain.1.chars().next()) && day != date.day)
        .then(|| format!("{}{new}{}", plain.0, plain.1))
}

/// Found and all of the slips of one kind in all texts of agents.
fn found(kind: LiteralKind, slip: fn(&Literal, &str) -> Option<String>) -> Option<(usize, usize)> {
    let cases = cases()?;
    let mut domains = Domains::at(&cases);
    let (mut hit, mut all) = (0, 0);
    for value in values(&cases.join("conversations.jsonl.gz")) {
        let recorded: Recorded = conversation(&value, &mut domains).unwrap();
        recorded.follow(&mut |step, said, check, turn| {
            let (Said::Agent { text, .. }, Turn::Agent { agent, .. }) = (said, turn) else {
                return;
            };
            let seed = format!("{} {step}", recorded.id);
            let own: Vec<Literal> = literals(text)
                .into_iter()
                .filter(|l| l.kind == kind)
                .collect();
            let at = (draw(&seed) * own.len() as f64) as usize;
            let Some((literal, slipped)) = own.get(at).and_then(|l| Some((l, slip(l, &seed)?)))
            else {
                return;
            };
            let (from, to) = literal.span;
            let text = format!("{}{slipped}{}", &text[..from], &text[to..]);
            all += 1;
            let told = check.judge(
                &Turn::Agent {
                    agent,
                    text: &text,
                    calls: &[],
                },
                step,
            );
            let seen = told
                .findings
                .iter()
                .any(|f| f.span.is_some_and(|s| s.0 <= from && from < s.1));
            hit += usize::from(seen);
            if !seen && std::env::var("STATEGEN_VERBOSE").is_ok_and(|v| v == "slips") {
                let near = &text[..from];
                let start = near.char_indices().rev().nth(90).map_or(0, |c| c.0);
                println!(
                    "missed {seed}: {} -> {slipped}: {}",
                    literal.text,
                    near[start..].replace('\n', " ")
                );
            }
        });
    }
    Some((hit, all))
}

#[test]
fn wrong_ids_in_texts_are_found() {
    let Some((hit, all)) = found(LiteralKind::Id, other_id) else {
        return;
    };
    println!("ids: {hit} of {all} found");
    assert!(all > 300 && hit * 100 >= all * 97, "{hit} of {all}");
}

#[test]
fn wrong_amounts_in_texts_are_found() {
    let Some((hit, all)) = found(LiteralKind::Amount, other_amount) else {
        return;
    };
    println!("amounts: {hit} of {all} found");
    assert!(all > 200 && hit * 100 >= all * 72, "{hit} of {all}");
}

#[test]
fn wrong_times_shares_and_days_in_texts_are_found() {
    let Some(times) = found(LiteralKind::Time, other_time) else {
        return;
    };
    let shares = found(LiteralKind::Percent, other_share).unwrap();
    let days = found(LiteralKind::Date, other_day).unwrap();
    println!("times, shares, days (found, of): {times:?} {shares:?} {days:?}");
    // Few texts have a share; days of one month are mostly all known from a search.
    for ((hit, all), least) in [(times, 80), (shares, 80), (days, 70)] {
        assert!(all > 0 && hit * 100 >= all * least, "{hit} of {all}");
    }
    assert!(times.1 > 60 && days.1 > 150, "{times:?} {days:?}");
}

/// A word of how a thing stands, near the thing, put in the place of another.
fn words_found(domain: &str, words: &[&str], near: usize) -> Option<(usize, usize)> {
    let cases = cases()?;
    let mut domains = Domains::at(&cases);
    let (mut hit, mut all) = (0, 0);
    for value in values(&cases.join("conversations.jsonl.gz")) {
        if value["domain"] != domain {
            continue;
        }
        let recorded: Recorded = conversation(&value, &mut domains).unwrap();
        recorded.follow(&mut |step, said, check, turn| {
            let (Said::Agent { text, .. }, Turn::Agent { agent, .. }) = (said, turn) else {
                return;
            };
            let seed = format!("{} {step}", recorded.id);
            let lower = text.to_lowercase();
            if lower.len() != text.len() {
                return;
            }
            let ids: Vec<usize> = literals(text)
                .into_iter()
                .filter(|l| l.kind == LiteralKind::Id)
                .map(|l| l.span.1)
                .collect();
            let own: Vec<(usize, &str)> = words
                .iter()
                .flat_map(|w| lower.match_indices(w).map(|(at, _)| (at, *w)))
                .filter(|(at, w)| {
                    let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
                    let before = &lower[..*at];
                    alone(before.chars().next_back())
                        && alone(lower[at + w.len()..].chars().next())
                        && (*w != "economy" || !before.trim_end().ends_with("basic"))
                        && ids.iter().any(|id| id <= at && at - id < near)
                })
                .collect();
            let pick = (draw(&seed) * own.len() as f64) as usize;
            let Some((at, word)) = own.get(pick).copied() else {
                return;
            };
            let others: Vec<&&str> = words.iter().filter(|w| **w != word).collect();
            let other = others[(draw(&format!("{seed} other")) * others.len() as f64) as usize];
            let text = format!("{}{other}{}", &text[..at], &text[at + word.len()..]);
            all += 1;
            let told = check.judge(
                &Turn::Agent {
                    agent,
                    text: &text,
                    calls: &[],
                },
                step,
            );
            let seen = !told.findings.is_empty();
            hit += usize::from(seen);
            if !seen && std::env::var("STATEGEN_VERBOSE").is_ok_and(|v| v == "slips") {
                let (near, rest) = text.split_at(at);
                let start = near.char_indices().rev().nth(90).map_or(0, |c| c.0);
                let end = rest.char_indices().nth(60).map_or(rest.len(), |c| c.0);
                println!(
                    "missed {seed}: {word} -> {other}: {} [[{}",
                    near[start..].replace('\n', " "),
                    rest[..end].replace('\n', " ")
                );
            }
        });
    }
    Some((hit, all))
}

#[test]
fn wrong_states_and_classes_in_texts_are_found() {
    let states = ["pending", "processed", "delivered", "cancelled"];
    let Some(states) = words_found("retail", &states, 60) else {
        return;
    };
    let classes = words_found("airline", &["basic economy", "economy", "business"], 200).unwrap();
    println!("states, classes (found, of): {states:?} {classes:?}");
    // Not every such word says how a thing stands: `5 to 7 business days`.
    for ((hit, all), least) in [(states, 70), (classes, 33)] {
        assert!(all > 60 && hit * 100 >= all * least, "{hit} of {all}");
    }
}
