//! What a policy forbids or allows a class of things, held against what an agent
//! says of it: `business flights cannot be modified`, where the policy says so of
//! basic economy. And lists of a class that name one of it twice.
//!
//! Only the passive is read (`cannot be modified`, `can be changed`), on both
//! sides, and only without a condition: what may be done when is not decided here.

use super::check::Check;
use super::claims::{Word, sentences, words};
use super::verbs::stem;
use crate::engine::score::{Blame, Finding};
use std::collections::HashSet;

/// Sentences that are kept of all policies at most.
const MOST: usize = 512;

/// Words between a class and what is said of it: `business class flights cannot`.
const NEAR: usize = 3;

/// Words that make a sentence hold only sometimes.
const CONDITIONS: &[&str] = &[
    "if",
    "unless",
    "once",
    "after",
    "until",
    "when",
    "only",
    "without",
    "within",
    "except",
    "because",
    "since",
    "while",
    "before",
    "where",
    "otherwise",
    "other",
];

/// A sentence that forbids something, or allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Norm {
    /// The words before the verb, in lower case.
    subject: Vec<Box<str>>,
    /// The stem of the verb.
    verb: Box<str>,
    forbids: bool,
    conditional: bool,
    /// The sentence.
    text: Box<str>,
}

/// The norms of a policy.
pub(super) fn norms(policy: &str) -> Vec<Norm> {
    let mut out = Vec::new();
    for (from, to) in sentences(policy) {
        let text = policy.get(from..to).unwrap_or_default();
        let words = words(text);
        let plain = plain(&words);
        for modal in modals(&plain) {
            if out.len() >= MOST {
                return out;
            }
            let subject = plain.iter().take(modal.at).map(|w| Box::from(*w));
            out.push(Norm {
                subject: subject.collect(),
                verb: modal.verb.into(),
                forbids: modal.forbids,
                conditional: conditional(&plain),
                text: text.trim().trim_start_matches(['-', '*', ' ']).into(),
            });
        }
    }
    out
}

fn plain(words: &[Word]) -> Vec<&str> {
    words.iter().map(|w| w.text.as_str()).collect()
}

fn conditional(words: &[&str]) -> bool {
    words.iter().any(|w| CONDITIONS.contains(w))
}

/// `cannot be modified`, in a list of words.
struct Modal<'a> {
    /// Its first word.
    at: usize,
    /// Its last.
    last: usize,
    forbids: bool,
    participle: &'a str,
    verb: String,
}

fn modals<'a>(words: &[&'a str]) -> Vec<Modal<'a>> {
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let mut out = Vec::new();
    for at in 0..words.len() {
        let not = usize::from(word(at + 1) == "not");
        let (forbids, be) = match word(at) {
            "cannot" | "can't" => (true, at + 1),
            "can" | "may" => (not == 1, at + 1 + not),
            _ => continue,
        };
        let participle = word(be + 1);
        if word(be) == "be" && super::verbs::participle(participle) {
            out.push(Modal {
                at,
                last: be + 1,
                forbids,
                participle,
                verb: stem(participle),
            });
        }
    }
    out
}

/// What a text says of classes that the policy does not say, and lists of a class
/// that cannot be right.
pub(super) fn misstated(check: &Check, text: &str, step: u32, out: &mut Vec<Finding>) {
    let told = &check.told;
    if told.classes.is_empty() {
        return;
    }
    let lower = text.to_lowercase();
    let named =
        |v: &str| lower.contains(v) || v.contains('_') && lower.contains(&v.replace('_', " "));
    for values in told.classes.values() {
        if !values.iter().any(|v| named(v)) {
            continue;
        }
        for (from, to) in sentences(text) {
            let Some(sentence) = text.get(from..to) else {
                continue;
            };
            let words = words(sentence);
            let classes = found(&plain(&words), values);
            let question = sentence.trim_end().ends_with('?');
            let wrong = twice(sentence, &words, &classes, values)
                .or_else(|| against(&told.norms, &words, &classes, values).filter(|_| !question));
            let Some(wrong) = wrong else { continue };
            let end = words.get(wrong.last).map_or(0, |w| w.start + w.text.len());
            let span = (from + wrong.start, (from + end).min(to));
            let taken = |f: &Finding| f.span.is_some_and(|s| s.0 < span.1 && span.0 < s.1);
            if out.iter().any(taken) {
                continue;
            }
            let quote = text.get(span.0..span.1).unwrap_or_default();
            out.push(
                Finding::of("misstated_value", step, Blame::Agent, wrong.what)
                    .said(quote, Some(span))
                    .truth(wrong.truth, wrong.source),
            );
        }
    }
}

struct Wrong {
    what: String,
    truth: String,
    source: &'static str,
    /// Where it begins, in bytes of the sentence.
    start: usize,
    /// The last word of it.
    last: usize,
}

/// A value of a class in a sentence: its first word, how many they are, and itself.
struct Class {
    at: usize,
    used: usize,
    value: String,
}

/// The classes that a sentence names, the longest first where two begin together.
fn found(words: &[&str], values: &HashSet<Box<str>>) -> Vec<Class> {
    let mut parts: Vec<Vec<String>> = values
        .iter()
        .map(|v| v.split([' ', '_', '-']).map(String::from).collect())
        .collect();
    parts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let hit = parts.iter().find_map(|value| {
            if value.len() > 1 && word(at).replace(['_', '-'], " ") == value.join(" ") {
                return Some((1, value.join(" ")));
            }
            let all = value.iter().enumerate().all(|(i, w)| word(at + i) == w);
            all.then(|| (value.len(), value.join(" ")))
        });
        let Some((used, value)) = hit else {
            at += 1;
            continue;
        };
        out.push(Class { at, used, value });
        at += used;
    }
    out
}

/// `basic economy, economy, or basic economy`: to choose from, one stands twice.
fn twice(
    sentence: &str,
    words: &[Word],
    classes: &[Class],
    values: &HashSet<Box<str>>,
) -> Option<Wrong> {
    let mut from = 0;
    while from < classes.len() {
        let mut to = from + 1;
        let mut choice = false;
        while let (Some(left), Some(right)) = (classes.get(to - 1), classes.get(to)) {
            let between = words.get(left.at + left.used..right.at)?;
            let or = between.iter().any(|w| w.text == "or");
            if !(between.is_empty() || or && between.len() == 1) {
                break;
            }
            // Nothing but a comma or a stroke: `economy (business)` is no list.
            let end = words.get(left.at + left.used - 1)?;
            let gap = sentence.get(end.start + end.text.len()..words.get(right.at)?.start)?;
            if !or
                && !gap
                    .trim()
                    .chars()
                    .all(|c| matches!(c, ',' | '/' | '*' | '"' | '`'))
            {
                break;
            }
            choice |= or;
            to += 1;
        }
        let list = classes.get(from..to)?;
        let again = list.iter().enumerate().find_map(|(i, c)| {
            let first = list.iter().take(i).any(|b| b.value == c.value);
            first.then_some(c)
        });
        let missing = |v: &str| list.iter().all(|c| c.value != v.replace(['_', '-'], " "));
        if let (true, true, Some(again)) = (choice, list.len() > 2, again)
            && let Some(other) = values.iter().filter(|v| missing(v)).min()
        {
            return Some(Wrong {
                what: format!(
                    "the choices name {} twice, and leave out {}",
                    again.value,
                    other.replace('_', " ")
                ),
                truth: other.replace('_', " "),
                source: "tool schema",
                start: words.get(again.at)?.start,
                last: again.at + again.used - 1,
            });
        }
        from = to;
    }
    None
}

/// What is said of a class that the policy says of others, or says otherwise.
fn against(
    norms: &[Norm],
    words: &[Word],
    classes: &[Class],
    values: &HashSet<Box<str>>,
) -> Option<Wrong> {
    let plain = plain(words);
    if norms.is_empty() || classes.is_empty() || conditional(&plain) {
        return None;
    }
    modals(&plain).into_iter().find_map(|modal| {
        let class = classes.iter().rev().find(|c| c.at < modal.at)?;
        if class.at + class.used + NEAR < modal.at {
            return None;
        }
        let of = |n: &Norm| n.classes(values).iter().any(|c| c.value == class.value);
        let general = |n: &Norm| n.classes(values).is_empty();
        let mut same: Vec<&Norm> = norms.iter().filter(|n| *n.verb == *modal.verb).collect();
        // What is said of this class, or of all things, and the same way, backs it.
        let backs = |n: &&Norm| n.forbids == modal.forbids && (of(n) || general(n));
        if same.iter().any(backs) {
            return None;
        }
        same.retain(|n| n.forbids && !n.conditional && (modal.forbids || of(n)));
        let norm = same.first()?;
        let can = if modal.forbids { "cannot" } else { "can" };
        Some(Wrong {
            what: format!(
                "it is said that {} {can} be {}, and the policy does not say so",
                class.value, modal.participle
            ),
            truth: norm.text.to_string(),
            source: "policy",
            start: words.get(class.at)?.start,
            last: modal.last,
        })
    })
}

impl Norm {
    /// The classes that it is about.
    fn classes(&self, values: &HashSet<Box<str>>) -> Vec<Class> {
        let words: Vec<&str> = self.subject.iter().map(|w| &**w).collect();
        found(&words, values)
    }
}

#[cfg(test)]
mod tests {
    use super::super::turn::{Told, ToolFacts};
    use super::*;
    use crate::engine::world::Schema;
    use serde_json::json;
    use std::sync::Arc;

    fn said(text: &str) -> Vec<(String, String)> {
        let mut told = Told::default();
        told.policy(
            "- Basic economy flights cannot be modified.\n\
             - Cabin cannot be changed if a flight has been flown.\n\
             - Business flights can be cancelled.",
        );
        let classes = json!({"type": "object", "properties": {
            "cabin": {"enum": ["basic_economy", "economy", "business"]}}});
        told.tool(ToolFacts {
            name: "book".into(),
            parameters: Some(Schema::compile(&classes).unwrap()),
            ..ToolFacts::default()
        });
        let mut out = Vec::new();
        misstated(&Check::new(Arc::new(told)), text, 3, &mut out);
        out.into_iter().map(|f| (f.quote, f.truth)).collect()
    }

    #[test]
    fn a_policy_is_not_said_of_another_class() {
        let wrong = |quote: &str, truth: &str| vec![(quote.to_owned(), truth.to_owned())];
        let rule = "Basic economy flights cannot be modified.";
        assert_eq!(
            said("By our policy, Business flights cannot be modified, sadly."),
            wrong("Business flights cannot be modified", rule)
        );
        assert_eq!(
            said("Your basic economy ticket can be modified."),
            wrong("basic economy ticket can be modified", rule)
        );
        for so in [
            "Basic economy flights cannot be modified.",
            "Basic-economy flights can't be modified.",
            "Business flights can be modified.",
            "Business flights cannot be modified once they have left.",
            "Economy flights cannot be cancelled.",
            "Can economy flights not be modified?",
        ] {
            assert_eq!(said(so), [], "{so}");
        }
    }

    #[test]
    fn a_choice_does_not_name_one_class_twice() {
        assert_eq!(
            said("Which cabin: business, economy, or business?"),
            [("business".to_owned(), "basic economy".to_owned())]
        );
        assert_eq!(
            said("Tell me the cabin (basic economy, economy, or Basic Economy)."),
            [("Basic Economy".to_owned(), "business".to_owned())]
        );
        for so in [
            "Tell me the cabin (basic economy, economy, or business).",
            "They are economy, economy and business.",
            "Economy or economy (business is full).",
        ] {
            assert_eq!(said(so), [], "{so}");
        }
    }
}
