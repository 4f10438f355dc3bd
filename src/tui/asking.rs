//! What a person does about models: looks at the wire, gives a seat another
//! model, asks again.

use super::calls::seat_next;
use super::model::{Cursor, Model, Run};
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::again::Report;
use super::overlay::models::Models;
use super::overlay::wire::{Of, Target, Wire};
use super::palette::unknown;
use crate::driver::Order;
use crate::engine::id::CallId;
use crate::engine::input::Command;
use crate::engine::role::By;
use crate::engine::session::State;
use crate::engine::step::Step;
use crate::surface::{Action, Verb, Word};

/// How often a request is sent again where nobody says more.
const TIMES: u32 = 10;
/// How often at most.
const MOST: u32 = 200;

/// What is done, where an action is of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::Wire
        | Action::WireNext
        | Action::WirePrev
        | Action::WireBack
        | Action::WireForward
        | Action::WireDown
        | Action::WireUp
        | Action::WirePageDown
        | Action::WirePageUp
        | Action::WireTop
        | Action::WireEnd
        | Action::WireRaw => Some(wire(model, action)),
        Action::Models
        | Action::ModelsOnce
        | Action::ModelsStay
        | Action::ModelsNext
        | Action::ModelsPrev
        | Action::ModelsDown
        | Action::ModelsUp => Some(models(model, action)),
        Action::Again
        | Action::AgainStop
        | Action::AgainOpen
        | Action::AgainDown
        | Action::AgainUp
        | Action::AgainPageDown
        | Action::AgainPageUp => Some(again(model, action)),
        Action::WireClose | Action::ModelsClose | Action::AgainClose => {
            model.overlay = None;
            Some(Vec::new())
        }
        _ => None,
    }
}

/// What the wire is shown of: the call in flight or the one that failed last,
/// where one looks at the newest; else the step under the cursor.
#[must_use]
pub fn target(run: &Run) -> Option<Target> {
    let step = run.step();
    let asked = step.is_some_and(|s| matches!(s.body.by, By::Model(_)));
    let first = run.busy() || run.failed().is_some() || !asked;
    if let Some(pending) = pending(run).filter(|_| first && !run.past()) {
        return Some(pending);
    }
    step.map(|step| of_step(run, step))
}

/// The call behind the newest step: in flight, failed or stopped.
fn pending(run: &Run) -> Option<Target> {
    let flying = run.calls.flying.as_ref();
    let flying = flying.filter(|f| f.parent == run.session.head())?;
    Some(Target {
        parent: flying.parent,
        number: flying.number,
        role: flying.role,
        agent: flying.agent.clone(),
        of: Of::Pending {
            from: flying.first,
            flies: matches!(run.session.state(), State::Calling { .. }),
        },
    })
}

fn of_step(run: &Run, step: &Step) -> Target {
    // Steps of other branches in the same place: their calls are not of this.
    let after = run
        .session
        .branches()
        .iter()
        .flat_map(|b| run.session.path(b.head))
        .filter_map(|place| place.step.clone())
        .filter(|s| s.parent == step.parent && s.id != step.id)
        .filter_map(|s| s.call)
        .filter(|call| step.call.is_some_and(|own| *call < own))
        .max()
        .unwrap_or(CallId(0));
    Target {
        parent: step.parent,
        number: step.body.number,
        role: step.body.role,
        agent: step.body.agent.clone(),
        of: Of::Step {
            by: step.body.by.clone(),
            attempt: step.body.attempt,
            call: step.call,
            after,
        },
    }
}

/// Reads the wire anew where what is shown may have more by now.
pub(super) fn fresh(model: &mut Model) -> Vec<Cmd> {
    let Some(Overlay::Wire(wire)) = &mut model.overlay else {
        return Vec::new();
    };
    let Of::Pending { from, flies } = wire.target.of else {
        return Vec::new();
    };
    if let Some(run) = &model.run {
        let now = run.calls.flying.as_ref();
        let same = now.is_some_and(|f| f.first == from);
        let calling = matches!(run.session.state(), State::Calling { .. });
        if flies != (same && calling) {
            wire.target.of = Of::Pending {
                from,
                flies: same && calling,
            };
        }
    }
    vec![Cmd::Wire(wire.target.parent)]
}

fn wire(model: &mut Model, action: Action) -> Vec<Cmd> {
    let size = model.size;
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    if action == Action::Wire {
        let Some(target) = target(run) else {
            return Vec::new();
        };
        let parent = target.parent;
        let mut wire = Wire::new(target);
        wire.lay_out(size);
        model.overlay = Some(Overlay::Wire(Box::new(wire)));
        return vec![Cmd::Wire(parent)];
    }
    let Some(Overlay::Wire(wire)) = &mut model.overlay else {
        return Vec::new();
    };
    match action {
        Action::WireNext | Action::WirePrev => wire.turn(action == Action::WireNext, size),
        Action::WireRaw => wire.flip(size),
        Action::WireDown => wire.scroll(|at, _| at.saturating_add(1), size),
        Action::WireUp => wire.scroll(|at, _| at.saturating_sub(1), size),
        Action::WirePageDown => wire.scroll(usize::saturating_add, size),
        Action::WirePageUp => wire.scroll(usize::saturating_sub, size),
        Action::WireTop => wire.scroll(|_, _| 0, size),
        Action::WireEnd => wire.scroll(|_, _| usize::MAX, size),
        Action::WireBack | Action::WireForward => {
            let to = match (action, &wire.target.of) {
                // What is not yet a step stands behind the newest.
                (Action::WireBack, Of::Pending { .. }) => run.step().map(|s| of_step(run, s)),
                (Action::WireForward, Of::Step { .. }) if !run.past() => pending(run),
                (Action::WireForward, Of::Pending { .. }) => None,
                (back, _) => {
                    let upto = run.seen.upto;
                    run.go(if back == Action::WireBack {
                        upto.saturating_sub(1).max(1)
                    } else {
                        upto.saturating_add(1)
                    });
                    run.step().map(|s| of_step(run, s))
                }
            };
            if let Some(to) = to.filter(|to| *to != wire.target) {
                let parent = to.parent;
                wire.go(to, size);
                return vec![Cmd::Wire(parent)];
            }
        }
        _ => {}
    }
    Vec::new()
}

fn models(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let calls = &run.calls;
    if action == Action::Models {
        let next = seat_next(&run.session);
        model.overlay = Some(Overlay::Models(Models::new(calls, &next)));
        return Vec::new();
    }
    let Some(Overlay::Models(models)) = &mut model.overlay else {
        return Vec::new();
    };
    let choices = calls
        .seats
        .get(models.seat)
        .map_or(0, |row| row.choices.len());
    match action {
        Action::ModelsNext | Action::ModelsPrev => {
            models.turn(calls, action == Action::ModelsNext);
        }
        Action::ModelsDown => {
            models.at = models.at.saturating_add(1).min(choices.saturating_sub(1));
        }
        Action::ModelsUp => models.at = models.at.saturating_sub(1),
        _ => {
            let chosen = models.chosen(calls);
            let Some((row, choice)) = chosen else {
                return Vec::new();
            };
            let (seat, choice) = (row.seat.clone(), choice.to_owned());
            model.overlay = None;
            return seated(model, seat, choice, action == Action::ModelsOnce);
        }
    }
    Vec::new()
}

/// Gives a seat another player.
fn seated(model: &mut Model, seat: String, choice: String, once: bool) -> Vec<Cmd> {
    let failed = model.run.as_ref().is_some_and(|run| run.failed().is_some());
    let then = if failed { "; r asks again" } else { "" };
    model.note = Some(if once {
        format!("{choice} takes the next call of {seat}{then}")
    } else {
        format!("{choice} plays {seat} from now on{then}")
    });
    vec![Cmd::Send(Order::Seat { seat, choice, once })]
}

fn again(model: &mut Model, action: Action) -> Vec<Cmd> {
    let size = model.size;
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let Some(Overlay::Again(report)) = &mut model.overlay else {
        return if action == Action::Again {
            ask_again(model, TIMES)
        } else {
            Vec::new()
        };
    };
    let Some(again) = &mut run.calls.again else {
        return Vec::new();
    };
    match action {
        Action::AgainStop => {
            again.stopped = true;
            return vec![Cmd::Send(Order::Again {
                step: again.step,
                times: 0,
            })];
        }
        Action::AgainOpen => {
            report.whole = !report.whole;
            report.scroll(again, |at, _| at, size);
        }
        Action::AgainDown => report.scroll(again, |at, _| at.saturating_add(1), size),
        Action::AgainUp => report.scroll(again, |at, _| at.saturating_sub(1), size),
        Action::AgainPageDown => report.scroll(again, usize::saturating_add, size),
        _ => report.scroll(again, usize::saturating_sub, size),
    }
    Vec::new()
}

/// Sends the request of the step under the cursor again, or shows the report
/// where that is under way.
fn ask_again(model: &mut Model, times: u32) -> Vec<Cmd> {
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let Some((step, number)) = run.step().map(|s| (s.id, s.body.number)) else {
        return Vec::new();
    };
    model.overlay = Some(Overlay::Again(Report::default()));
    if let Some(again) = run.calls.again.as_ref().filter(|a| a.running()) {
        if again.step != step || again.times != times {
            model.note = Some(String::from("this one is under way; x stops it"));
        }
        return Vec::new();
    }
    run.calls.ask_again(step, number, times);
    vec![Cmd::Send(Order::Again { step, times })]
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let done = match (verb, words.as_slice()) {
        (Verb::Again, []) => Ok(ask_again(model, TIMES)),
        (Verb::Again, [times]) => match times.parse::<u32>() {
            Ok(times) if (1..=MOST).contains(&times) => Ok(ask_again(model, times)),
            _ => Err(format!("`again` takes a number from 1 to {MOST}")),
        },
        (Verb::Again, _) => Err(String::from("`again` takes one number")),
        (Verb::Model, [seat, choice]) => named(model, seat, choice, false),
        (Verb::Model, [seat, choice, "once"]) => named(model, seat, choice, true),
        (Verb::Model, _) => Err(String::from(
            "`model` takes a seat, a model and perhaps `once`",
        )),
        (Verb::Report, []) if model.run.as_ref().is_none_or(|r| r.calls.again.is_none()) => {
            Err(String::from("not now: nothing was sent again yet"))
        }
        (Verb::Report, []) => {
            model.overlay = Some(Overlay::Again(Report::default()));
            Ok(Vec::new())
        }
        (Verb::Report, _) => Err(String::from("nothing follows `report`")),
        _ => return None,
    };
    Some(done)
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    let seats = model
        .run
        .as_ref()
        .map_or(&[][..], |run| run.calls.seats.as_slice());
    Some(match (verb, before) {
        (Verb::Again, []) => vec![Word::new(TIMES.to_string(), "times")],
        (Verb::Model, []) => seats
            .iter()
            .map(|row| Word::new(&row.seat, format!("played by {}", row.plays)))
            .collect(),
        (Verb::Model, [seat]) => seats
            .iter()
            .filter(|row| row.seat == *seat)
            .flat_map(|row| {
                row.choices.iter().map(|choice| {
                    let what = if *choice == row.plays { "plays" } else { "" };
                    Word::new(choice, what)
                })
            })
            .collect(),
        (Verb::Model, [_, _]) => vec![Word::new("once", "for the next call alone")],
        (Verb::Again | Verb::Model | Verb::Report, _) => Vec::new(),
        _ => return None,
    })
}

/// Gives a seat another player, where both have these names.
fn named(model: &mut Model, seat: &str, choice: &str, once: bool) -> Result<Vec<Cmd>, String> {
    let seats = model
        .run
        .as_ref()
        .map_or(&[][..], |run| run.calls.seats.as_slice());
    let Some(row) = seats.iter().find(|row| row.seat == seat) else {
        return Err(unknown("seat", seat, seats.iter().map(|r| r.seat.as_str())));
    };
    if !row.choices.iter().any(|c| c == choice) {
        let known = row.choices.iter().map(String::as_str);
        return Err(unknown("model", choice, known));
    }
    Ok(seated(model, seat.to_owned(), choice.to_owned(), once))
}

/// What asks again after a call that failed: the same command, with the same aim.
pub(super) fn once_more(run: &mut Run) -> Vec<Cmd> {
    run.cursor = Cursor::Live;
    run.scroll.clear();
    let commands = match run.calls.asked.clone() {
        // The step that was to be made anew is hidden by now; it comes back, so
        // that the new one draws numbers of its own again.
        Some(again @ Command::Retry { .. }) => vec![Command::Undo, again],
        Some(Command::Go(go)) => {
            run.going = Some(go);
            vec![Command::Go(go)]
        }
        Some(other) => vec![other],
        None => vec![Command::Go(crate::engine::input::Go::Step)],
    };
    commands.into_iter().map(|c| Cmd::Send(c.into())).collect()
}
