//! Faults that a person puts into the next step.

use super::model::{Cursor, FromPast, Model, Run};
use super::msg::Cmd;
use super::overlay::faults::{self, Faults};
use super::overlay::{Overlay, Then};
use super::palette;
use super::update::from_past;
use crate::engine::fault::{DECK, Fault};
use crate::engine::input::{Command, Go, Onto};
use crate::engine::session::Turn;
use crate::surface::{Action, Verb, Word};

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::Faults => {
            model.overlay = Some(Overlay::Faults(Faults::default()));
            Some(Vec::new())
        }
        Action::FaultsPut => Some(chosen(model)),
        Action::FaultsDown | Action::FaultsUp => {
            if let (Some(Overlay::Faults(state)), Some(run)) = (&mut model.overlay, &model.run) {
                let last = faults::rows(run).len().saturating_sub(1);
                state.at = if action == Action::FaultsDown {
                    state.at.saturating_add(1).min(last)
                } else {
                    state.at.min(last).saturating_sub(1)
                };
            }
            Some(Vec::new())
        }
        Action::FaultsClose => {
            model.overlay = None;
            Some(Vec::new())
        }
        _ => None,
    }
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let run = model.run.as_ref()?;
    match action {
        Action::Faults if run.busy() => Some(Err(String::from("a call is in flight; x stops it"))),
        Action::Faults if run.session.turn(run.at()) == Turn::Nobody => Some(Err(String::from(
            "nothing follows this step; go back to one that something follows",
        ))),
        Action::FaultsPut => match &model.overlay {
            Some(Overlay::Faults(state)) => faults::rows(run).get(state.at).map(|(_, f)| f.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn chosen(model: &mut Model) -> Vec<Cmd> {
    let (Some(Overlay::Faults(state)), Some(run)) = (&model.overlay, &model.run) else {
        return Vec::new();
    };
    match faults::rows(run).get(state.at) {
        Some((fault, Ok(()))) => {
            let fault = *fault;
            model.overlay = None;
            put(model, fault)
        }
        Some((_, Err(_))) | None => Vec::new(),
    }
}

/// Puts a fault into the step after the cursor; from the past it is asked how.
fn put(model: &mut Model, fault: Fault) -> Vec<Cmd> {
    if model.run.as_ref().is_some_and(Run::past) {
        model.overlay = Some(Overlay::FromPast(Then::Fault(fault)));
        return match model.from_past {
            FromPast::Ask => Vec::new(),
            FromPast::Fork => from_past(model, Action::PastFork),
            FromPast::Overwrite => from_past(model, Action::PastOverwrite),
        };
    }
    inject(model, fault, Onto::Head)
}

/// The step with the fault in it.
pub(super) fn inject(model: &mut Model, fault: Fault, onto: Onto) -> Vec<Cmd> {
    model.problem = None;
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    run.cursor = Cursor::Live;
    run.scroll.clear();
    run.going = Some(Go::Step);
    let command = Command::Inject { onto, fault };
    run.calls.asked = Some(command.clone());
    vec![Cmd::Send(command.into())]
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    if verb != Verb::Fault {
        return None;
    }
    if rest.is_empty() {
        return Some(Ok(about(model, Action::Faults).unwrap_or_default()));
    }
    let Some(fault) = Fault::of(rest) else {
        let known = DECK.iter().map(|row| row.word);
        return Some(Err(palette::unknown("fault", rest, known)));
    };
    let run = model.run.as_ref()?;
    let fits = run
        .session
        .faults_at(run.at())
        .into_iter()
        .find(|(f, _)| *f == fault);
    Some(match fits {
        Some((_, Err(why))) => Err(format!("`{fault}` does not fit here: {why}")),
        Some((_, Ok(()))) | None => Ok(put(model, fault)),
    })
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    if verb != Verb::Fault {
        return None;
    }
    let rows = model.run.as_ref().map(faults::rows).unwrap_or_default();
    let fit = rows.into_iter().filter(|(_, fits)| fits.is_ok());
    Some(if before.is_empty() {
        fit.map(|(fault, _)| Word::new(fault.name(), fault.about()))
            .collect()
    } else {
        Vec::new()
    })
}
