//! What a user says by a fact's own name, or bare in answer to a question for it:
//! `my postcode is HQ32 1LP`, and `HQ32 1LP.` where that was asked for.

use super::{Fact, Facts, Heard, plain};
use crate::engine::grounding::date::date;
use crate::engine::grounding::literal::{Literal, LiteralKind, LiteralValue, literals, number};

/// Words of a fact's name that people say or leave out.
const LOOSE: [&str; 5] = ["id", "number", "no", "nr", "code"];

/// The words of a fact's name that are said, in lower case.
fn name_words(name: &str) -> Vec<String> {
    let words = || {
        let all = name.split(|c: char| !c.is_alphanumeric());
        all.filter(|w| !w.is_empty()).map(str::to_lowercase)
    };
    let firm: Vec<String> = words().filter(|w| !LOOSE.contains(&w.as_str())).collect();
    if firm.is_empty() {
        words().collect()
    } else {
        firm
    }
}

/// Whether what leads up to a value says that it is what the fact is called: `the
/// date of birth is`, `extra night:`, and of days also `it was promised for`.
pub(super) fn states(name: &str, ahead: &str, of_days: bool) -> bool {
    let wanted = name_words(name);
    let mut heard: Vec<&str> = ahead
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let mut says = ahead.trim_end().ends_with([':', '=']);
    while let Some(last) = heard.last() {
        let is = matches!(*last, "is" | "are")
            || of_days && matches!(*last, "was" | "on" | "for" | "from");
        if !is && !LOOSE.contains(last) || heard.len() <= wanted.len() {
            break;
        }
        says |= is;
        heard.pop();
    }
    says && !wanted.is_empty()
        && heard.ends_with(&wanted.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What is said, by a fact's own name, to be another value than the fact's: `my
/// postcode is HQ32 1LP`. Values that are no number, no day and no single id are
/// looked for here, word for word.
pub(super) fn stated(
    text: &str,
    told: &Facts,
    heard: &Heard,
) -> Vec<(String, (usize, usize), Fact)> {
    let lower = text.to_lowercase();
    // Lower case of these letters keeps its length, or nothing is looked for.
    if lower.len() != text.len() {
        return Vec::new();
    }
    let words = places(&lower, char::is_alphanumeric);
    let mut out: Vec<(String, (usize, usize), Fact)> = Vec::new();
    for fact in told.values.iter().map(|v| &v.fact).filter(|f| f.whole) {
        let value: Vec<&str> = fact.value.split_whitespace().collect();
        if !(1..=6).contains(&value.len()) || !value.iter().any(|w| numbered(w)) {
            continue;
        }
        let plain_value = number(&fact.value).is_some() || date(&fact.value).is_some();
        if plain_value {
            continue;
        }
        let name = name_words(&fact.name);
        for (at, _) in words.iter().enumerate() {
            let Some(run) = words.get(at..at + name.len()) else {
                break;
            };
            let is_name = run
                .iter()
                .zip(&name)
                .all(|((a, b), w)| lower.get(*a..*b) == Some(w));
            let Some((_, end)) = run.last().filter(|_| is_name) else {
                continue;
            };
            // Then `is`, a colon, or the value at once.
            let mut from = *end;
            for (a, b) in words.iter().skip(at + name.len()) {
                let word = lower.get(*a..*b).unwrap_or_default();
                if !(LOOSE.contains(&word) || matches!(word, "is" | "are")) {
                    break;
                }
                from = *b;
            }
            let rest = text.get(from..).unwrap_or_default();
            let lead = rest.len() - rest.trim_start_matches([' ', ':', '=', '#']).len();
            let from = from + lead;
            let said = places(text.get(from..).unwrap_or_default(), |c| !c.is_whitespace());
            let Some((_, last)) = said.get(value.len() - 1).filter(|_| lead > 0) else {
                continue;
            };
            let whole = text.get(from..from + last).unwrap_or_default();
            let whole = whole.trim_end_matches(['.', ',', '!', '?', ';', ')']);
            let alike = whole.split_whitespace().count() == value.len()
                && whole
                    .split_whitespace()
                    .zip(&value)
                    .all(|(a, b)| numbered(a) == numbered(b));
            let known = plain(whole) == plain(&fact.value) || told.says(whole) || heard.says(whole);
            let span = (from, from + whole.len());
            let free = out
                .iter()
                .all(|(_, (a, b), _)| *b <= span.0 || span.1 <= *a);
            if alike && !known && free && !whole.contains('\n') {
                out.push((whole.to_owned(), span, fact.clone()));
            }
        }
    }
    out
}

/// What answers a question for a fact, bare, with another value than the fact's:
/// `What is your postcode?`, `HQ32 1LP.` Of a day, a number or a code, where the
/// answer has one that stands nowhere and no right one.
pub(super) fn answered(
    text: &str,
    told: &Facts,
    heard: &Heard,
) -> Vec<(String, (usize, usize), Fact)> {
    let asked = heard.last.to_lowercase();
    if !asked.contains('?') {
        return Vec::new();
    }
    let asks = places(&asked, char::is_alphanumeric);
    let asked_for = |fact: &&Fact| {
        let name = name_words(&fact.name);
        fact.whole
            && numbered(&fact.value)
            && !name.is_empty()
            && asks.windows(name.len()).any(|run| {
                let same = |((a, b), w): (&(usize, usize), &String)| asked.get(*a..*b) == Some(w);
                run.iter().zip(&name).all(same)
            })
    };
    let found = literals(text);
    let words = places(text, |c| !c.is_whitespace());
    let mut out = Vec::new();
    for fact in told.values.iter().map(|v| &v.fact).filter(asked_for) {
        let strange = |said: &str| !told.says(said) && !heard.says(said);
        let day = date(&fact.value);
        let figure = number(&fact.value);
        let said = if day.is_some() || figure.is_some() {
            let mut of_sort = found.iter().filter(|l| match &l.value {
                LiteralValue::Date(_) => day.is_some(),
                LiteralValue::Number(_) => {
                    figure.is_some() && matches!(l.kind, LiteralKind::Amount | LiteralKind::Number)
                }
                LiteralValue::Text(_) => false,
            });
            let right = |l: &Literal| match &l.value {
                LiteralValue::Date(said) => day.is_some_and(|d| {
                    (d.month, d.day) == (said.month, said.day)
                        && (d.year == said.year || d.year.is_none() || said.year.is_none())
                }),
                LiteralValue::Number(said) => figure.is_some_and(|n| (n - said).abs() < 0.005),
                LiteralValue::Text(_) => false,
            };
            // Of several it is not known which is meant.
            match (of_sort.next(), of_sort.next()) {
                (Some(one), None) if !right(one) && strange(one.text.trim_start_matches('#')) => {
                    Some((one.text.clone(), one.span))
                }
                _ => None,
            }
        } else {
            let many = fact.value.split_whitespace().count();
            let right = plain(text).contains(&plain(&fact.value));
            let windows = words.windows(many.max(1)).filter_map(|run| {
                let from = run.first()?.0;
                let said = text.get(from..run.last()?.1)?;
                let said = said.trim_end_matches(['.', ',', '!', '?', ';', ')']);
                (shape(said) == shape(&fact.value)).then_some((said, from))
            });
            let mut windows = windows.filter(|(said, _)| strange(said) && !right);
            windows
                .next()
                .map(|(said, from)| (said.to_owned(), (from, from + said.len())))
        };
        out.extend(said.map(|(said, span)| (said, span, fact.clone())));
    }
    out
}

/// What is a fact's value all but for a letter or two, and stands nowhere: `NB9 2WA`
/// of one who lives in `NB9 1WA`, whether it was asked for or not.
pub(super) fn slipped(
    text: &str,
    told: &Facts,
    heard: &Heard,
) -> Vec<(String, (usize, usize), Fact)> {
    let words = places(text, |c| !c.is_whitespace());
    let coded = |f: &&Fact| {
        let letters = f.value.chars().any(char::is_alphabetic);
        f.whole && letters && numbered(&f.value) && f.value.chars().count() >= 5
    };
    let mut out = Vec::new();
    for fact in told.values.iter().map(|v| &v.fact).filter(coded) {
        let many = fact.value.split_whitespace().count();
        for run in words.windows(many.clamp(1, 6)) {
            let (Some((from, _)), Some((_, to))) = (run.first(), run.last()) else {
                continue;
            };
            let said = text.get(*from..*to).unwrap_or_default();
            let said = said.trim_end_matches(['.', ',', '!', '?', ';', ')']);
            if shape(said) != shape(&fact.value) || told.says(said) || heard.says(said) {
                continue;
            }
            let pairs = said.chars().zip(fact.value.chars());
            let other = pairs.filter(|(a, b)| !a.to_lowercase().eq(b.to_lowercase()));
            if (1..=2).contains(&other.count()) {
                out.push((said.to_owned(), (*from, from + said.len()), fact.clone()));
            }
        }
    }
    out
}

/// A value with its letters and digits made equal: `HQ32 1LP` is `AA00 0AA`.
fn shape(text: &str) -> String {
    let class = |c: char| match c {
        _ if c.is_ascii_digit() => '0',
        _ if c.is_alphabetic() => 'A',
        _ if c.is_whitespace() => ' ',
        c => c,
    };
    text.chars().map(class).collect()
}

fn numbered(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
}

/// Where the runs of such letters begin and end.
fn places(text: &str, is: impl Fn(char) -> bool) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        if is(c) {
            let end = at + c.len_utf8();
            match out.last_mut() {
                Some(last) if open => last.1 = end,
                Some(_) | None => out.push((at, end)),
            }
        }
        open = is(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::engine::grounding::Told;
    use crate::engine::grounding::check::Check;
    use crate::engine::grounding::turn::{Turn, UserFacts};
    use crate::engine::world::Node;
    use std::sync::Arc;

    fn one(quote: &str, truth: &str) -> Vec<(String, String)> {
        vec![(quote.to_owned(), truth.to_owned())]
    }

    #[test]
    fn what_is_said_by_a_facts_name_is_held_against_it() {
        let told = Told {
            user: Some(UserFacts {
                texts: vec![String::from("Move 320 before the rent is due.")],
                facts: [
                    ("postcode", "HQ23 1LP"),
                    ("new street", "3 Pilot Steps"),
                    ("extra night", "2026-05-05"),
                    ("starts", "2026-05-09"),
                    ("voucher value", "25"),
                    ("amount", "320"),
                    ("what happened", "KV131 came in 108 minutes late"),
                ]
                .into_iter()
                .map(|(name, value)| (String::from(name), Node::str(value)))
                .collect(),
            }),
            ..Told::default()
        };
        let check = Check::new(Arc::new(told));
        let found = |text: &str| -> Vec<(String, String)> {
            let report = check.judge(&Turn::User { text }, 1);
            let each = report.findings.into_iter();
            each.inspect(|f| {
                let (from, to) = f.span.expect("it has a place");
                assert_eq!(text.get(from..to), Some(f.quote.as_str()));
            })
            .map(|f| (f.quote, f.truth))
            .collect()
        };
        for (text, quote, truth) in [
            (
                "My postcode is HQ32 1LP, for your records.",
                "HQ32 1LP",
                "HQ23 1LP",
            ),
            (
                "Old things. New street: 4 Pilot Steps, thanks",
                "4 Pilot Steps",
                "3 Pilot Steps",
            ),
            ("Extra night: 2026-05-14.", "2026-05-14", "2026-05-05"),
            (
                "By the way, it starts on 18 May 2026.",
                "18 May 2026",
                "2026-05-09",
            ),
            ("Voucher value: 30, that is all.", "30", "25"),
            ("The amount is 370.", "370", "320"),
        ] {
            assert_eq!(found(text), one(quote, truth), "{text}");
        }
        for text in [
            "Postcode HQ23 1LP, or HQ23-1LP.",
            "The new street is 3 Pilot Steps.",
            "It starts on 9 May. I want 2 nights, from 2026-05-06.",
            "I'd spend 30 more, whatever the voucher value.",
            "My postcode is the one on the account.",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_bare_answer_is_held_against_what_was_asked_for() {
        let facts = [
            ("date of birth", "1946-08-31"),
            ("postcode", "NB26 4GS"),
            ("amount", "320"),
        ];
        let told = Told {
            user: Some(UserFacts {
                texts: vec![String::from("Move it before the rent is due.")],
                facts: facts
                    .iter()
                    .map(|(name, value)| (String::from(*name), Node::str(*value)))
                    .collect(),
            }),
            ..Told::default()
        };
        let found = |asked: &str, text: &str| -> Vec<(String, String)> {
            let mut check = Check::new(Arc::new(told.clone()));
            let turn = Turn::Agent {
                agent: &[],
                text: asked,
                calls: &[],
            };
            check.hear(&turn, 1);
            let report = check.judge(&Turn::User { text }, 2);
            let each = report.findings.into_iter();
            each.map(|f| (f.quote, f.truth)).collect()
        };
        let both = "May I have your full name, your date of birth and your postcode?";
        assert_eq!(
            found(both, "Pilar Navas. 1946-08-13."),
            one("1946-08-13", "1946-08-31")
        );
        assert_eq!(
            found(both, "Not happy, to be honest. It's NB62 4GS."),
            one("NB62 4GS", "NB26 4GS")
        );
        assert_eq!(found("Which amount?", "370, please."), one("370", "320"));
        // Told without being asked.
        assert_eq!(
            found("Hello!", "Leonie Navas, NB62 4GS."),
            one("NB62 4GS", "NB26 4GS")
        );
        for (asked, text) in [
            (both, "31 August 1946, NB26 4GS"),
            (both, "I bought it on 2026-03-01, I was born on 1946-08-31."),
            ("Your postcode is on file.", "It's WX40 9RD."),
            ("When did it arrive?", "2026-03-04."),
            ("Which amount? It was 370 last time.", "370 again."),
        ] {
            assert_eq!(found(asked, text), [], "{text}");
        }
    }
}
