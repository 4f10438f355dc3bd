//! The tries of a `model` tool: looked at, and made again with another entry of
//! the tool, with another proposal, or just once more.

use super::editing::{self, Subject};
use super::model::{Cursor, Model, Run};
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::tries::Tries;
use crate::engine::input::{Command, Go};
use crate::engine::scenario::tool_line;
use crate::engine::step::Act;
use crate::surface::Action;

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let area = model.area();
    match action {
        Action::Tries => {
            let run = model.run.as_ref()?;
            let step = run.step()?;
            // The first that was refused is what one wants to see.
            let at = match &step.body.act {
                Act::Ran(ran) => ran.tries.iter().position(|t| !t.refused.is_empty()),
                _ => None,
            };
            model.overlay = Some(Overlay::Tries(Tries {
                step: step.id,
                at: at.unwrap_or(0),
                offset: 0,
            }));
        }
        Action::TriesNext | Action::TriesPrev => {
            if let (Some(Overlay::Tries(tries)), Some(run)) = (&mut model.overlay, &model.run) {
                tries.choose(run, area, action == Action::TriesNext);
            }
        }
        Action::TriesDown | Action::TriesUp | Action::TriesPageDown | Action::TriesPageUp => {
            let half = isize::try_from(area.height / 2).unwrap_or(1).max(1);
            let by = match action {
                Action::TriesDown => 1,
                Action::TriesUp => -1,
                Action::TriesPageDown => half,
                _ => -half,
            };
            if let (Some(Overlay::Tries(tries)), Some(run)) = (&mut model.overlay, &model.run) {
                tries.scroll(run, area, by);
            }
        }
        Action::TriesClose => model.overlay = None,
        Action::TriesAgain => return Some(again(model)),
        Action::TriesEdit => return Some(edit(model)),
        Action::TriesHand => return Some(by_hand(model)),
        _ => return None,
    }
    Some(Vec::new())
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    let run = model.run.as_ref();
    match action {
        Action::Tries => {
            let Some(run) = run else {
                return no("no conversation is open");
            };
            if simulated(run) {
                Some(Ok(()))
            } else {
                no("no `model` tool made this step")
            }
        }
        Action::TriesNext | Action::TriesPrev => match (&model.overlay, run) {
            (Some(Overlay::Tries(tries)), Some(run))
                if tries.ran(run).is_some_and(|r| r.tries.len() > 1) =>
            {
                Some(Ok(()))
            }
            _ => no("there is no other try"),
        },
        Action::TriesAgain | Action::TriesEdit | Action::TriesHand
            if run.is_some_and(Run::busy) =>
        {
            no("a call is in flight; x stops it")
        }
        Action::TriesAgain
        | Action::TriesEdit
        | Action::TriesHand
        | Action::TriesDown
        | Action::TriesUp
        | Action::TriesPageDown
        | Action::TriesPageUp
        | Action::TriesClose => Some(Ok(())),
        _ => None,
    }
}

/// Whether the step under the cursor is an answer of a `model` tool.
fn simulated(run: &Run) -> bool {
    run.step().is_some_and(|step| match &step.body.act {
        Act::Ran(ran) => ran.executor == "model",
        Act::Said { .. }
        | Act::Answered { .. }
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => false,
    })
}

/// The same step once more: where it is not the newest, in a new branch.
fn again(model: &mut Model) -> Vec<Cmd> {
    let Some(Overlay::Tries(tries)) = model.overlay.take() else {
        return Vec::new();
    };
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let mut cmds = Vec::new();
    if run.session.head() != Some(tries.step) {
        let at = Some(tries.step);
        cmds.push(Cmd::Send(Command::Fork { at }.into()));
    }
    let again = Command::Retry { clean: false };
    run.calls.asked = Some(again.clone());
    run.cursor = Cursor::Live;
    run.scroll.clear();
    cmds.push(Cmd::Send(again.into()));
    cmds
}

/// The tool's entry in an editor, from before the step; once it is applied the
/// step is made again.
fn edit(model: &mut Model) -> Vec<Cmd> {
    let Some(Overlay::Tries(tries)) = model.overlay.take() else {
        return Vec::new();
    };
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let Some(ran) = tries.ran(run) else {
        return Vec::new();
    };
    let tool = ran.call.tool.clone();
    let parent = run.session.step(tries.step).and_then(|s| s.parent);
    let (file, line) = tool_line(run.session.scenario_at(parent), &tool);
    let upto = run.seen.upto.saturating_sub(1);
    run.go(upto);
    let cmds = editing::open(model, Subject::File(file, line.max(1) as usize), false);
    if let Some(Overlay::Edit(edit)) = &mut model.overlay {
        edit.again = true;
    }
    cmds
}

/// The chosen proposal in an editor: what is made of it the state manager checks.
fn by_hand(model: &mut Model) -> Vec<Cmd> {
    let Some(Overlay::Tries(tries)) = model.overlay.take() else {
        return Vec::new();
    };
    editing::open(model, Subject::Proposal(tries.step, tries.at), false)
}

/// What follows an edit that was made to try a step again.
pub(super) fn step(run: &mut Run) -> Cmd {
    run.calls.asked = Some(Command::Go(Go::Step));
    run.going = Some(Go::Step);
    Cmd::Send(Command::Go(Go::Step).into())
}
