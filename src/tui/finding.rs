//! Findings: the pane, next and previous; marks of findings that are wrong, and
//! of those that were missed.

use super::job::Job;
use super::job::queue::{Ask, On};
use super::layout::Pane;
use super::model::{Model, Run};
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::prompt::{For, Prompt, Stage};
use super::pane::findings::{Found, in_words};
use super::pointing::to_quote;
use crate::dataset::lint::{Missed, speaker};
use crate::engine::grounding::{KINDS, kind_of};
use crate::engine::score::Blame;
use crate::surface::{Action, Verb, Word};

/// Words that the list of findings can be narrowed with.
const FILTERS: [&str; 12] = [
    "severity:high",
    "severity:medium",
    "blame:agent",
    "blame:tool",
    "blame:user",
    "blame:scenario",
    "by:check",
    "by:judge",
    "by:person",
    "kind:ungrounded_literal",
    "kind:wrong_amount",
    "kind:claim_not_done",
];

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::FindingWrong => return Some(mark(model)),
        Action::FindingMissed => {
            ask(model);
            return Some(Vec::new());
        }
        Action::FindingFilter => {
            let text = model.run.as_ref().map(|run| run.only.text.clone());
            let known = FILTERS.iter().map(|w| (*w).to_owned()).collect();
            let prompt = Prompt::new(For::FindingFilter, &text.unwrap_or_default(), known);
            model.overlay = Some(Overlay::Prompt(prompt));
            return Some(Vec::new());
        }
        _ => {}
    }
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
        Action::NextFinding
            | Action::PrevFinding
            | Action::FindingOpen
            | Action::FindingWrong
            | Action::FindingMissed
            | Action::FindingFilter
    ) {
        return None;
    }
    let no = |why: &str| Some(Err(why.to_owned()));
    let Some(run) = &model.run else {
        return no("no conversation is open");
    };
    match action {
        Action::FindingMissed if run.step().is_none() => no("there is no step here"),
        Action::FindingFilter | Action::FindingMissed => Some(Ok(())),
        _ if run.seen.found.is_empty() => no("nothing was found on this branch"),
        Action::NextFinding if next(run).is_none() => no("this is the last finding"),
        Action::PrevFinding if previous(run).is_none() => no("this is the first finding"),
        Action::FindingWrong => match chosen(run) {
            None => no("no finding is chosen: > goes to the next, g f lists them"),
            Some(found) if found.finding.by == "person" || found.step.is_some() => Some(Ok(())),
            Some(_) => no("this is the judge's: marks count against the check"),
        },
        _ => Some(Ok(())),
    }
}

/// The finding that is chosen: in its pane, else the one that one has gone to.
fn chosen(run: &Run) -> Option<&Found> {
    if run.focus == Pane::Findings {
        let last = run.seen.found.len().checked_sub(1)?;
        return run.seen.found.get(run.finding.min(last));
    }
    here(run).and_then(|i| run.seen.found.get(i))
}

/// Marks the chosen finding as wrong, or takes back what a person said of it.
fn mark(model: &mut Model) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let (Some(found), Some(on)) = (chosen(run), On::session(&run.session)) else {
        return Vec::new();
    };
    let Some(step) = found.step else {
        return Vec::new();
    };
    let finding = Box::new(found.finding.clone());
    let ask = Ask::Wrong { on, step, finding };
    vec![Cmd::Job(Job::Queue(ask))]
}

/// Begins to ask what was missed at the step under the cursor.
fn ask(model: &mut Model) {
    let Some(run) = &model.run else { return };
    let Some(step) = run.step() else { return };
    let quote = run.pointing.quote.as_ref();
    let quote = quote.filter(|(at, _)| *at == step.id);
    let missed = Missed {
        step: step.body.number,
        quote: quote.map(|(_, words)| words.clone()).unwrap_or_default(),
        blame: Some(speaker(&step.body)),
        ..Missed::default()
    };
    model.overlay = Some(Overlay::Prompt(prompt(missed, Stage::Kind)));
}

/// The line that asks for one part.
fn prompt(missed: Missed, stage: Stage) -> Prompt {
    let blames = || Blame::ALL.iter().map(|b| b.word().to_owned()).collect();
    let (text, known): (String, Vec<String>) = match stage {
        Stage::Kind => (
            missed.kind.clone(),
            KINDS.iter().map(|k| k.word.to_owned()).collect(),
        ),
        Stage::Quote => (missed.quote.clone(), Vec::new()),
        Stage::Blame => {
            let word = missed.blame.map_or("", Blame::word);
            (word.to_owned(), blames())
        }
        Stage::Note => (missed.note.clone(), Vec::new()),
    };
    Prompt::new(For::Missed(Box::new(missed), stage), &text, known)
}

/// One part was answered: the next is asked for, or the finding is added.
pub(super) fn answered(
    model: &mut Model,
    mut missed: Missed,
    stage: Stage,
    answer: &str,
) -> Vec<Cmd> {
    let refuse = |model: &mut Model, why: String| {
        if let Some(Overlay::Prompt(prompt)) = &mut model.overlay {
            prompt.said = Some(why);
        }
        Vec::new()
    };
    let next = match stage {
        Stage::Kind => {
            let word = answer.trim().replace(' ', "_");
            if kind_of(&word).is_none() {
                let why = format!("there is no kind `{answer}`; down chooses one of those below");
                return refuse(model, why);
            }
            missed.kind = word;
            Stage::Quote
        }
        Stage::Quote => {
            answer.clone_into(&mut missed.quote);
            Stage::Blame
        }
        Stage::Blame => {
            let Some(blame) = Blame::parse(answer.trim()) else {
                return refuse(model, String::from("user, agent, tool, judge or scenario"));
            };
            missed.blame = Some(blame);
            Stage::Note
        }
        Stage::Note => {
            answer.clone_into(&mut missed.note);
            model.overlay = None;
            let Some(run) = &model.run else {
                return Vec::new();
            };
            let Some(on) = On::session(&run.session) else {
                return Vec::new();
            };
            let missed = Box::new(missed);
            return vec![Cmd::Job(Job::Queue(Ask::Missed { on, missed }))];
        }
    };
    model.overlay = Some(Overlay::Prompt(prompt(missed, next)));
    Vec::new()
}

/// Which findings are listed, as typed.
pub(super) fn filter(model: &mut Model, text: &str) {
    if let Some(run) = &mut model.run {
        text.clone_into(&mut run.only.text);
        run.find_anew();
    }
}

/// The session moved on: where it rests, the store knows more of it.
pub(super) fn moved(model: &Model) -> Vec<Cmd> {
    let Some(run) = model.run.as_ref().filter(|run| !run.busy()) else {
        return Vec::new();
    };
    if run.seen.path.is_empty() {
        return Vec::new();
    }
    let id = run.session.opened().conversation.clone();
    vec![Cmd::Job(Job::Queue(Ask::Standing(id)))]
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
