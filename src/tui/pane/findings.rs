//! What is wrong, step by step: what code found and what the judge says, with
//! the step, the kind, who is to blame, and the words.

use super::Window;
use super::conversation::{count, role_word};
use crate::engine::score::{Blame, Finding};
use crate::engine::session::Place;
use crate::engine::step::Act;
use crate::surface::Meaning;
use crate::tui::model::Run;
use crate::tui::paint::{Line, wrapped};
use std::collections::HashMap;
use std::sync::Arc;

/// Columns before the words of a finding.
const INDENT: usize = 5;

/// A finding of the branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What was found.
    pub finding: Finding,
    /// How many steps there are up to the one it is about.
    pub upto: usize,
    /// How many of the judge's samples say so, of how many; `None` for one sample.
    pub said: Option<(u32, usize)>,
}

/// All findings of a branch, by step. What several verdicts say in the same words
/// stands once.
#[must_use]
pub fn found(path: &[Arc<Place>]) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    let steps = path.iter().filter_map(|p| p.step.as_ref());
    let upto: HashMap<u32, usize> = steps.clone().map(|s| s.body.number).zip(1..).collect();
    // Of each step those that are listed, so that a long list is not read for each.
    let mut listed: HashMap<u32, Vec<usize>> = HashMap::new();
    for step in steps {
        let own = step.body.findings.iter().map(|f| (f, None));
        let judged = match &step.body.act {
            Act::Judged(verdict) => Some(verdict),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        };
        let judged = judged.into_iter().flat_map(|verdict| {
            let all = verdict.samples.iter().filter(|s| s.usable()).count();
            let said = verdict.said.iter().copied().map(Some);
            let said = said.chain(std::iter::repeat(None));
            verdict
                .findings
                .iter()
                .zip(said.map(move |n| n.map(|n| (n, all))))
        });
        for (finding, said) in own.chain(judged) {
            let same = listed.entry(finding.step).or_default();
            let known = |i: &usize| out.get(*i).is_some_and(|f| f.finding == *finding);
            if same.iter().any(known) {
                continue;
            }
            same.push(out.len());
            out.push(Found {
                finding: finding.clone(),
                upto: upto.get(&finding.step).copied().unwrap_or(0),
                said,
            });
        }
    }
    out.sort_by_key(|f| f.upto);
    out
}

/// Who is to blame, in words.
#[must_use]
pub fn blamed(blame: Blame) -> &'static str {
    match blame {
        Blame::User => "user simulator",
        Blame::Agent => "agent",
        Blame::Tool => "tool simulator",
        Blame::Judge => "judge",
        Blame::Scenario => "scenario",
    }
}

/// A finding in a line, for the mode line and the clipboard.
#[must_use]
pub fn in_words(found: &Found) -> String {
    let one = &found.finding;
    let mut out = format!(
        "step {}: {} ({}): {}",
        one.step,
        one.kind.replace('_', " "),
        blamed(one.blame),
        one.what
    );
    if !one.quote.is_empty() {
        out.push_str(": \"");
        out.push_str(&one.quote);
        out.push('"');
    }
    out
}

/// What of the pane is in view.
#[must_use]
pub fn window(run: &Run, width: usize, height: usize) -> Window {
    let all = &run.seen.found;
    let mut lines = vec![head(run)];
    let mut chosen = None;
    let mut chosen_to = 0;
    for (i, one) in all.iter().enumerate() {
        let here = i == run.finding.min(all.len().saturating_sub(1));
        if here {
            chosen = Some(lines.len());
        }
        let block = block(run, one, here, width);
        let later = one.upto > run.seen.upto;
        lines.extend(block.into_iter().map(|line| {
            if later {
                line.all(Meaning::TextMuted)
            } else {
                line
            }
        }));
        if here {
            chosen_to = lines.len();
        }
    }
    // The chosen one is in view, with its beginning where it is long.
    let from = chosen.unwrap_or(0);
    let above = chosen_to.saturating_sub(height).min(from);
    let above = if from == 1 { 0 } else { above };
    let above = above.min(lines.len().saturating_sub(height));
    let mut window = Window::of(lines, above, height);
    window.chosen = chosen.map(|row| row.saturating_sub(above));
    window
}

fn head(run: &Run) -> Line {
    let all = run.seen.found.len();
    let later = run
        .seen
        .found
        .iter()
        .filter(|f| f.upto > run.seen.upto)
        .count();
    let words = match (all, later) {
        (0, _) => String::from("nothing found on this branch"),
        (n, 0) => count(n, "finding"),
        (n, later) => format!("{}, {later} after the cursor", count(n, "finding")),
    };
    Line::of(Meaning::TextMuted, words)
}

fn block(run: &Run, found: &Found, here: bool, width: usize) -> Vec<Line> {
    let one = &found.finding;
    let step = found.upto.checked_sub(1);
    let step = step.and_then(|i| run.seen.path.get(i)?.step.as_ref());
    let sign = if here { ">" } else { " " };
    let mut head =
        Line::of(Meaning::TextStrong, sign).and(Meaning::TextMuted, format!("{:>3} ", one.step));
    if let Some(step) = step {
        let (letter, _, role) = role_word(step.body.role);
        head.push(role, format!("{letter} "));
    }
    head.push(
        Meaning::ScorePoor,
        format!("!! {}", one.kind.replace('_', " ")),
    );
    head.push(Meaning::TextMuted, format!("  {}", blamed(one.blame)));
    match found.said {
        Some((n, all)) => head.push(Meaning::TextMuted, format!("  {n} of {all} say so")),
        None if width >= 44 => head.push(Meaning::TextMuted, format!("  by the {}", one.by)),
        None => {}
    }
    let mut out = vec![head];
    out.extend(wrapped(Meaning::Text, &one.what, INDENT, width));
    if !one.quote.is_empty() {
        let quote = format!("\"{}\"", one.quote);
        out.extend(wrapped(Meaning::TextMuted, &quote, INDENT, width));
    }
    out
}
