//! An agent that says that something was not done, and it was.

use super::check::Check;
use super::claims::{Claim, Done, mentions, sentences, words};
use super::literal::{LiteralKind, LiteralValue, literals};
use super::verbs::{same, stem};
use crate::engine::score::{Blame, Finding};

/// How a finished failure is told.
const FAILED: &[&str] = &[
    "couldn't",
    "could not",
    "was unable to",
    "wasn't able to",
    "was not able to",
    "were unable to",
    "failed to",
    "did not go through",
    "didn't go through",
    "has not been",
    "hasn't been",
    "was not",
    "wasn't",
    "did not succeed",
    "nothing was",
    "no changes were",
];

/// Words that make it about something else than what was done.
const ELSE: &[&str] = &[
    "another",
    "other",
    "further",
    "again",
    "also",
    "more",
    "each",
    "both",
    "rest",
    "additional",
    "yet",
    "if",
    "would",
    "find",
    "locate",
    "verify",
    "see",
];

/// Sentences that deny a write of this turn, though the world was changed. Where
/// the tool itself said that it failed, the agent passes on what it was told: then
/// the tool is to blame.
pub(super) fn denials(
    check: &Check,
    text: &str,
    claims: &[(Claim, bool)],
    step: u32,
) -> Vec<Finding> {
    let landed: Vec<&Done> = check.fresh().filter(|d| d.landed || d.wrote).collect();
    if landed.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (from, to) in sentences(text) {
        let Some(sentence) = text.get(from..to) else {
            continue;
        };
        let lower = sentence.to_lowercase().replace('’', "'");
        if lower.trim_end().ends_with('?') || !FAILED.iter().any(|w| lower.contains(w)) {
            continue;
        }
        let words: Vec<String> = words(sentence).into_iter().map(|w| w.text).collect();
        if words.iter().any(|w| ELSE.contains(&w.as_str())) {
            continue;
        }
        let ids: Vec<String> = literals(sentence)
            .into_iter()
            .filter(|l| l.kind == LiteralKind::Id)
            .filter_map(|l| match l.value {
                LiteralValue::Text(id) => Some(id),
                LiteralValue::Number(_) | LiteralValue::Date(_) => None,
            })
            .collect();
        let stems: Vec<String> = words.iter().map(|w| stem(w)).collect();
        let says = |d: &&&Done| {
            let verb = d.tool.split('_').next().map(stem).unwrap_or_default();
            stems.iter().any(|s| same(s, &verb)) && (ids.is_empty() || mentions(d, &ids))
        };
        // A later attempt that failed is what the sentence may be about.
        let newest = check.fresh().last();
        let Some(done) = landed.iter().rev().find(says) else {
            continue;
        };
        // `It was not enabled; I have now enabled it` denies nothing.
        let verb = done.tool.split('_').next().map(stem).unwrap_or_default();
        if claims.iter().any(|(c, _)| same(&stem(&c.verb), &verb)) {
            continue;
        }
        if newest.is_some_and(|n| n.step > done.step && !n.error.is_empty() && n.tool != done.tool)
        {
            continue;
        }
        let blame = if done.error.is_empty() {
            Blame::Agent
        } else {
            Blame::Tool
        };
        let lead = sentence.len() - sentence.trim_start().len();
        let span = (from + lead, from + sentence.trim_end().len().max(lead));
        let what = format!(
            "the text says that it was not done, and {} did it at step {}",
            done.tool, done.step
        );
        out.push(
            Finding::of("done_but_denied", step, blame, what)
                .said(sentence.trim(), Some(span))
                .truth(
                    format!("{} changed the world", done.tool),
                    format!("step {}", done.step),
                ),
        );
    }
    out
}
