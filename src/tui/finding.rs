//! Findings: the pane, next and previous.

use super::layout::Pane;
use super::model::{Model, Run};
use super::msg::Cmd;
use super::pane::findings::{Found, in_words};
use super::pointing::to_quote;
use crate::surface::{Action, Verb, Word};

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let run = model.run.as_mut()?;
    let last = run.seen.found.len().saturating_sub(1);
    let in_pane = run.focus == Pane::Findings;
    match action {
        Action::NextFinding => {
            if let Some(to) = next(run) {
                show(model, to);
            }
        }
        Action::PrevFinding => {
            if let Some(to) = previous(run) {
                show(model, to);
            }
        }
        Action::FindingOpen => {
            let to = run.finding.min(last);
            show(model, to);
        }
        Action::Down if in_pane => run.finding = run.finding.saturating_add(1).min(last),
        Action::Up if in_pane => run.finding = run.finding.min(last).saturating_sub(1),
        Action::PageDown if in_pane => run.finding = run.finding.saturating_add(5).min(last),
        Action::PageUp if in_pane => run.finding = run.finding.min(last).saturating_sub(5),
        _ => return None,
    }
    Some(Vec::new())
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    if !matches!(
        action,
        Action::NextFinding | Action::PrevFinding | Action::FindingOpen
    ) {
        return None;
    }
    let no = |why: &str| Some(Err(why.to_owned()));
    let Some(run) = &model.run else {
        return no("no conversation is open");
    };
    match action {
        _ if run.seen.found.is_empty() => no("nothing was found on this branch"),
        Action::NextFinding if next(run).is_none() => no("this is the last finding"),
        Action::PrevFinding if previous(run).is_none() => no("this is the first finding"),
        _ => Some(Ok(())),
    }
}

/// The finding that one is at: the chosen one, while the cursor is at its step.
fn here(run: &Run) -> Option<usize> {
    let chosen = run.seen.found.get(run.finding)?;
    let shown = run.pointing.quote.as_ref().map(|(step, _)| *step);
    (chosen.upto == run.seen.upto && shown.is_some() && shown == run.at()).then_some(run.finding)
}

fn next(run: &Run) -> Option<usize> {
    let found = &run.seen.found;
    let to = match here(run) {
        Some(at) => at.saturating_add(1),
        // At the newest step all has been seen: from there it goes around.
        None if !run.past() => 0,
        None => found.partition_point(|f| f.upto < run.seen.upto),
    };
    (to < found.len()).then_some(to)
}

fn previous(run: &Run) -> Option<usize> {
    if let Some(at) = here(run) {
        return at.checked_sub(1);
    }
    let before = |f: &Found| f.upto <= run.seen.upto;
    run.seen.found.partition_point(before).checked_sub(1)
}

/// Puts the cursor at the step of a finding, its quote in view.
fn show(model: &mut Model, to: usize) {
    let Some(run) = &mut model.run else { return };
    let Some(found) = run.seen.found.get(to).cloned() else {
        return;
    };
    run.finding = to;
    let all = run.seen.found.len();
    to_quote(model, found.upto, &found.finding.quote);
    model.note = Some(format!("finding {} of {all}: {}", to + 1, in_words(&found)));
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(
    _model: &mut Model,
    _verb: Verb,
    _rest: &str,
) -> Option<Result<Vec<Cmd>, String>> {
    None
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(_model: &Model, _verb: Verb, _before: &[&str]) -> Option<Vec<Word>> {
    None
}
