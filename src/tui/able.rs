//! What can be done now, and why not: help, hints and keys all ask here.

use super::calls::Again;
use super::model::{Model, Run};
use super::overlay::Overlay;
use super::{
    asking, deciding, editing, exporting, faulting, finding, looks, opening, palette, pointing,
    screen, taking, then, travel, trying,
};
use crate::engine::role::By;
use crate::engine::session::State;
use crate::surface::Action;

/// Whether an action of one kind can be done; `None` for another kind.
type Able = fn(&Model, Action) -> Option<Result<(), String>>;

/// Each kind of action with its own file; what none of them knows stands here.
const ABLE: &[Able] = &[
    travel::able,
    taking::able,
    faulting::able,
    trying::able,
    editing::able,
    pointing::able,
    finding::able,
    deciding::able,
    exporting::able,
    then::able,
    opening::able,
    looks::able,
    palette::able,
    screen::curate::able,
    screen::scenario::able,
    screen::batch::able,
];

/// Whether something can be done now.
///
/// # Errors
/// Why it cannot.
pub fn able(model: &Model, action: Action) -> Result<(), String> {
    let no = |why: &str| Err(why.to_owned());
    for able in ABLE {
        if let Some(told) = able(model, action) {
            return told;
        }
    }
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
    let person = matches!(run.session.state(), State::Person { .. });
    match action {
        Action::RunPause | Action::Step | Action::Round if !run.past() && ended => {
            no("the conversation has ended; fork from an earlier step to go on")
        }
        Action::RunPause | Action::Step | Action::Round if human && !run.past() => {
            no("a person must answer the tool call first (i)")
        }
        Action::RunPause | Action::Step | Action::Round if person && !run.past() => {
            no("it is your turn (i), or hand the seat back (I)")
        }
        Action::Step
        | Action::Round
        | Action::Retry
        | Action::RetryClean
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
        Action::Retry if run.failed().is_some() => Ok(()),
        Action::Retry if run.seen.path.is_empty() => no("there is no step to make again"),
        Action::RetryClean if !by_hand(run) => no("nobody put a fault into the last step by hand"),
        Action::Judge if run.seen.path.is_empty() => no("there is nothing to judge yet"),
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
        Action::Wire if asking::target(run).is_none() => no("there is no step here"),
        Action::Models | Action::ModelsOnce | Action::ModelsStay if !run.calls.can_choose() => {
            no("no model is configured; name one in stategen.toml or with --model")
        }
        Action::Again if run.calls.again.as_ref().is_some_and(Again::running) => Ok(()),
        Action::Again => match run.step().map(|step| &step.body.by) {
            None => no("there is no step here"),
            Some(By::Code) => no("code made this step; nobody was asked"),
            Some(By::Person) => no("a person made this step; no model was asked"),
            Some(By::Scripted | By::Model(_)) => Ok(()),
        },
        Action::AgainStop if !run.calls.again.as_ref().is_some_and(Again::running) => {
            no("no more are to come")
        }
        Action::WireNext | Action::WirePrev => match &model.overlay {
            Some(Overlay::Wire(wire)) if wire.tries() > 1 => Ok(()),
            _ => no("there is no other try"),
        },
        Action::Unfold if run.step().is_none() => no("there is no step here"),
        _ => Ok(()),
    }
}

/// Whether a person put a fault into the newest step.
fn by_hand(run: &Run) -> bool {
    let head = run.session.head();
    head.is_some_and(|id| run.session.put_in_by_hand(id).is_some())
}
