//! Seats that a person takes, and what is done in them.

use super::editing;
use super::model::{Cursor, FromPast, Model, Run};
use super::msg::Cmd;
use super::overlay::seats::{self, Seats};
use super::overlay::speak::{Speak, Tools};
use super::overlay::{Overlay, Then};
use super::palette;
use super::pane::conversation::count;
use super::screen::Screen;
use super::travel::turn;
use super::update::from_past;
use crate::engine::input::{Acted, Command, Onto};
use crate::engine::scenario::played::{Made, played};
use crate::engine::session::{State, Turn};
use crate::engine::step::Act;
use crate::surface::{Action, Verb, Word};

/// The file that holds the tasks.
const TASKS: &str = "tasks.yaml";

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::Answer => {
            open(model);
            Some(Vec::new())
        }
        Action::SpeakGive | Action::SpeakEnd => Some(give(model, action == Action::SpeakEnd)),
        Action::SpeakLeave => {
            leave(model);
            Some(Vec::new())
        }
        Action::SpeakCall
        | Action::SpeakDrop
        | Action::SpeakNext
        | Action::SpeakPrev
        | Action::SpeakPick
        | Action::SpeakDown
        | Action::SpeakUp
        | Action::SpeakBack => {
            in_box(model, action);
            Some(Vec::new())
        }
        Action::Seats => {
            model.overlay = Some(Overlay::Seats(Seats::default()));
            Some(Vec::new())
        }
        Action::SeatsTake | Action::SeatsOnce | Action::SeatsDown | Action::SeatsUp => {
            Some(in_seats(model, action))
        }
        Action::SeatsClose => {
            model.overlay = None;
            Some(Vec::new())
        }
        Action::SavePath => Some(save_path(model)),
        _ => None,
    }
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let run = model.run.as_ref()?;
    let no = |why: &str| Some(Err(why.to_owned()));
    let in_box = match &model.overlay {
        Some(Overlay::Speak(speak)) => Some(&speak.turn),
        _ => None,
    };
    let agent = matches!(in_box, Some(Turn::Agent { .. }));
    match action {
        Action::Answer if run.busy() => no("a call is in flight; x stops it"),
        Action::Answer => match run.session.turn(run.at()) {
            Turn::Judge => no("it is the judge's turn; J asks it"),
            Turn::Nobody => no("the conversation has ended here; go back to an earlier step"),
            Turn::User | Turn::Agent { .. } | Turn::Tool { .. } => Some(Ok(())),
        },
        Action::SavePath if calls(run).is_empty() => no("no tool was called before this step"),
        Action::SavePath if !has_tasks(run) => no("the scenario has no tasks.yaml"),
        Action::SpeakCall | Action::SpeakDrop if !agent => no("only an agent calls tools"),
        Action::SpeakDrop => match &model.overlay {
            Some(Overlay::Speak(speak)) if speak.calls.is_empty() => no("there is no call yet"),
            _ => Some(Ok(())),
        },
        Action::SpeakEnd if agent => no("the user ends the conversation, a tool fails"),
        Action::SpeakNext | Action::SpeakPrev => match &model.overlay {
            Some(Overlay::Speak(speak)) if speak.fields() < 2 => no("there is one field only"),
            _ => Some(Ok(())),
        },
        _ => None,
    }
}

/// Whether a person is waited for, where one looks at the newest.
#[must_use]
pub fn waits(run: &Run) -> bool {
    !run.past()
        && matches!(
            run.session.state(),
            State::Human { .. } | State::Person { .. }
        )
}

/// Opens the box for whoever's turn it is, with what was typed there before.
pub(super) fn open(model: &mut Model) {
    let Some(run) = &mut model.run else { return };
    let at = run.at();
    let turn = run.session.turn(at);
    if matches!(turn, Turn::Judge | Turn::Nobody) {
        return;
    }
    let draft = run.travel.draft.take();
    let speak = match draft.filter(|d| d.at == at && d.turn == turn) {
        Some(draft) => draft,
        None => Box::new(Speak::new(&run.session, at, turn)),
    };
    model.overlay = Some(Overlay::Speak(speak));
}

/// A person is waited for: the box comes up by itself, where nothing else is up.
pub(super) fn waited_for(model: &mut Model) {
    let live = model.run.as_ref().is_some_and(|run| !run.past());
    if model.overlay.is_none() && model.screen == Screen::Run && live {
        open(model);
    }
}

/// Leaves the box; what was typed is kept.
fn leave(model: &mut Model) {
    let left = model.overlay.take();
    if let (Some(Overlay::Speak(speak)), Some(run)) = (left, &mut model.run)
        && !speak.untouched()
    {
        run.travel.draft = Some(speak);
    }
}

fn in_box(model: &mut Model, action: Action) {
    let Some(Overlay::Speak(speak)) = &mut model.overlay else {
        return;
    };
    let last = speak.offered().len().saturating_sub(1);
    match (action, &mut speak.tools) {
        (Action::SpeakCall, _) => speak.tools = Some(Tools::default()),
        (Action::SpeakDrop, _) => speak.drop_call(),
        (Action::SpeakNext | Action::SpeakPrev, _) => {
            speak.turn_field(action == Action::SpeakNext);
        }
        (Action::SpeakDown, Some(tools)) => tools.at = tools.at.saturating_add(1).min(last),
        (Action::SpeakUp, Some(tools)) => tools.at = tools.at.min(last).saturating_sub(1),
        (Action::SpeakPick, Some(_)) => speak.pick(),
        (_, _) => speak.tools = None,
    }
}

/// Gives what stands in the box.
fn give(model: &mut Model, end: bool) -> Vec<Cmd> {
    let (Some(Overlay::Speak(speak)), Some(run)) = (&mut model.overlay, &model.run) else {
        return Vec::new();
    };
    let acted = match speak.acted(end) {
        Ok(acted) => acted,
        Err(why) => {
            speak.said = Some(why);
            return Vec::new();
        }
    };
    let past = speak.at != run.session.head();
    if !past {
        model.overlay = None;
        return act(model, acted, Onto::Head);
    }
    // The box stays as it was, should the question be answered with nothing.
    leave(model);
    model.overlay = Some(Overlay::FromPast(Then::Act(Box::new(acted))));
    match model.from_past {
        FromPast::Ask => Vec::new(),
        FromPast::Fork => from_past(model, Action::PastFork),
        FromPast::Overwrite => from_past(model, Action::PastOverwrite),
    }
}

/// A person acts.
pub(super) fn act(model: &mut Model, act: Acted, onto: Onto) -> Vec<Cmd> {
    model.problem = None;
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    run.cursor = Cursor::Live;
    run.scroll.clear();
    run.travel.draft = None;
    let human = matches!(run.session.state(), State::Human { .. }) && onto == Onto::Head;
    let command = match act {
        // The tool waits already; what it answers goes on with what is at work.
        Acted::Result {
            result,
            ok,
            patch: None,
        } if human => Command::Answer { result, ok },
        act => Command::Act {
            onto,
            act,
            instead: None,
        },
    };
    vec![Cmd::Send(command.into())]
}

fn in_seats(model: &mut Model, action: Action) -> Vec<Cmd> {
    let (Some(Overlay::Seats(state)), Some(run)) = (&mut model.overlay, &model.run) else {
        return Vec::new();
    };
    let rows = seats::rows(run);
    let last = rows.len().saturating_sub(1);
    state.at = state.at.min(last);
    match action {
        Action::SeatsDown => state.at = state.at.saturating_add(1).min(last),
        Action::SeatsUp => state.at = state.at.saturating_sub(1),
        _ => {
            let once = action == Action::SeatsOnce;
            let Some(row) = rows.get(state.at) else {
                return Vec::new();
            };
            let seat = row.seat.clone();
            let command = match row.taken {
                Some(before) if before == once || !once => Command::HandBack { seat },
                Some(_) | None => Command::Take { seat, once },
            };
            return vec![Cmd::Send(command.into())];
        }
    }
    Vec::new()
}

/// The calls up to the cursor that did what they were to do.
fn calls(run: &Run) -> Vec<Made> {
    let upto = run.seen.path.iter().take(run.seen.upto);
    upto.filter_map(|place| match &place.step.as_ref()?.body.act {
        // A sub-agent's own calls stand in the path, not that it was asked.
        Act::Ran(ran) if ran.ok && !matches!(ran.executor.as_str(), "agent" | "none") => {
            Some(Made {
                tool: ran.call.tool.clone(),
                args: ran.args.clone(),
                result: ran.result.clone(),
            })
        }
        Act::Ran(_)
        | Act::Said { .. }
        | Act::Answered { .. }
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => None,
    })
    .collect()
}

/// Whether there is a file of tasks at the cursor.
fn has_tasks(run: &Run) -> bool {
    run.session.scenario_at(run.at()).files.contains_key(TASKS)
}

/// Puts the calls that were made into the task, with assertions read off the
/// world, as an edit of tasks.yaml that a person looks through and applies.
fn save_path(model: &mut Model) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let (session, at) = (&run.session, run.at());
    let bound = session.task_at(at);
    let start = &session.place(None).world;
    let end = &session.place(at).world;
    let played = played(session.scenario_at(at), bound, &calls(run), start, end);
    match played.sound(session.scenario_at(at), &bound.task) {
        Ok((played, text, line)) => {
            model.note = Some(format!(
                "{} and {} proposed; ctrl-s applies them",
                count(played.path.len(), "call"),
                count(played.assertions.len(), "assertion"),
            ));
            // The path is in view, and what follows it.
            let line = line.saturating_add(played.path.len());
            editing::propose(model, TASKS, &text, line)
        }
        Err(why) => {
            model.note = Some(why);
            Vec::new()
        }
    }
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    let run = model.run.as_ref()?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let send = |command: Command| vec![Cmd::Send(command.into())];
    Some(match (verb, words.as_slice()) {
        (Verb::Take, [seat] | [seat, "once"]) => {
            let rows = seats::rows(run);
            if rows.iter().any(|row| row.seat == *seat) {
                Ok(send(Command::Take {
                    seat: (*seat).to_owned(),
                    once: words.len() > 1,
                }))
            } else {
                let known = rows.iter().map(|row| row.seat.as_str());
                Err(palette::unknown("seat", seat, known))
            }
        }
        (Verb::Take, _) => Err(String::from(
            "`take` wants a seat, and `once` for its next turn alone: take user once",
        )),
        (Verb::HandBack, []) => Ok(run
            .session
            .taken()
            .iter()
            .flat_map(|(seat, _)| send(Command::HandBack { seat: seat.clone() }))
            .collect()),
        (Verb::HandBack, [seat]) if run.session.taken().iter().any(|(s, _)| s == seat) => {
            Ok(send(Command::HandBack {
                seat: (*seat).to_owned(),
            }))
        }
        (Verb::HandBack, _) => Err(String::from("you do not have that seat")),
        _ => return None,
    })
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    let run = model.run.as_ref();
    Some(match (verb, before, run) {
        (Verb::Take, [], Some(run)) => seats::rows(run)
            .into_iter()
            .map(|row| Word::new(row.seat, row.plays))
            .collect(),
        (Verb::Take, [_], _) => vec![Word::new("once", "for its next turn alone")],
        (Verb::HandBack, [], Some(run)) => run
            .session
            .taken()
            .iter()
            .map(|(seat, _)| Word::new(seat.clone(), "you"))
            .collect(),
        (Verb::Take | Verb::HandBack, ..) => Vec::new(),
        _ => return None,
    })
}

/// Who is waited for, in words.
#[must_use]
pub fn waiting(run: &Run) -> Option<String> {
    waits(run).then(|| turn::words(&run.session.turn(run.session.head())))
}
