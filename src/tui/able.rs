//! What can be done now, and why not: help, hints and keys all ask here.

use super::model::Model;
use crate::engine::session::State;
use crate::surface::Action;

/// Whether something can be done now.
///
/// # Errors
/// Why it cannot.
pub fn able(model: &Model, action: Action) -> Result<(), String> {
    let no = |why: &str| Err(why.to_owned());
    let Some(run) = &model.run else {
        return match action {
            Action::PickDown
            | Action::PickUp
            | Action::PickFirst
            | Action::PickLast
            | Action::PickOpen
                if model.picker.entries.is_empty() =>
            {
                no("there is nothing to open")
            }
            _ => Ok(()),
        };
    };
    let ended = matches!(run.session.state(), State::Ended(_));
    let human = matches!(run.session.state(), State::Human { .. });
    match action {
        Action::RunPause | Action::Step | Action::Round if !run.past() && ended => {
            no("the conversation has ended; fork from an earlier step to go on")
        }
        Action::RunPause | Action::Step | Action::Round if human && !run.past() => {
            no("a person must answer the tool call first (a)")
        }
        Action::Step
        | Action::Round
        | Action::Retry
        | Action::Judge
        | Action::Fork
        | Action::Switch
        | Action::Undo
        | Action::Redo
        | Action::New
            if run.busy() =>
        {
            no("a call is in flight; x stops it")
        }
        Action::Stop if !run.busy() => no("no call is in flight"),
        Action::Undo if !run.session.can_undo() => no("there is nothing to take back"),
        Action::Redo if !run.session.can_redo() => no("nothing was taken back"),
        Action::Retry if run.seen.path.is_empty() => no("there is no step to make again"),
        Action::Judge if run.seen.path.is_empty() => no("there is nothing to judge yet"),
        Action::Answer if !human => no("no tool waits for a person"),
        Action::Switch if run.session.branches().len() < 2 => no("there is one branch only"),
        Action::Back | Action::First if run.seen.upto == 0 => no("this is the start"),
        Action::Forward if run.seen.upto >= run.seen.path.len() => no("this is the newest step"),
        Action::BackBranch if run.forks().iter().all(|f| *f >= run.seen.upto) => {
            no("no branch leaves before this step")
        }
        Action::NextBranch if run.forks().iter().all(|f| *f <= run.seen.upto) => {
            no("no branch leaves after this step")
        }
        Action::Live if !run.past() => no("this is the newest step"),
        Action::Unfold if run.step().is_none() => no("there is no step here"),
        _ => Ok(()),
    }
}
