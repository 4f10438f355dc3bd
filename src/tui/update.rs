//! What happens next: one message in, the model changed, what has to be done
//! outside out.

use super::able::able;
use super::job::Done;
use super::layout::Pane;
use super::looking::{focus, look, scroll};
use super::model::{Cursor, FromPast, Model, Run, WorldView};
use super::msg::{Cmd, Msg, Open};
use super::overlay::{Overlay, Then};
use super::screen::Screen;
use super::{
    asking, copying, deciding, editing, exporting, faulting, finding, looks, mouse, opening,
    palette, pointing, screen, taking, then, travel, trying,
};
use crate::engine::effect::Notice;
use crate::engine::input::{Command, Go, Onto};
use crate::engine::session::{Session, State};
use crate::surface::{Action, Code, Found, Key, Place, key};
use std::sync::Arc;

/// Does an action of one kind; `None` for another kind.
type About = fn(&mut Model, Action) -> Option<Vec<Cmd>>;

/// Each kind of action with its own file; what none of them knows is done here.
const ABOUT: &[About] = &[
    asking::about,
    travel::about,
    taking::about,
    faulting::about,
    trying::about,
    editing::about,
    pointing::about,
    finding::about,
    deciding::about,
    exporting::about,
    then::about,
    opening::about,
    looks::about,
    palette::about,
    screen::curate::about,
    screen::scenario::about,
    screen::batch::about,
];

/// Takes one message.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Cmd> {
    match msg {
        Msg::Key(key) => return press(model, key),
        Msg::Mouse(did) => return mouse::moved(model, did),
        Msg::Paste(text) => {
            match &mut model.overlay {
                Some(overlay) => overlay.paste(&text),
                None => screen::paste(model, &text),
            }
            pointing::typed(model);
            let mut cmds = editing::fresh(model);
            cmds.extend(opening::typed(model));
            return cmds;
        }
        // The terminal library notices a new size by itself and clears once.
        Msg::Resize(width, height) => {
            model.size = (width, height);
            if let Some(Overlay::Wire(wire)) = &mut model.overlay {
                wire.lay_out(model.size);
            }
            pointing::fresh(model);
        }
        Msg::Second => {
            if let Some(run) = &mut model.run {
                run.seconds = run.seconds.saturating_add(1);
            }
        }
        Msg::Opened(session) => return opened(model, session),
        Msg::Session(session) => {
            let mut follows = None;
            if let Some(run) = &mut model.run {
                let again = run.session.head() != session.head() && model.editing.moved();
                run.moved(session);
                follows = again.then(|| trying::step(run));
            }
            pointing::fresh(model);
            deciding::moved(model);
            let mut cmds = screen::scenario::moved(model);
            cmds.extend(finding::moved(model));
            cmds.extend(follows);
            cmds.extend(then::arrive(model));
            cmds.extend(asking::fresh(model));
            return cmds;
        }
        Msg::Partial(partial) => {
            if let Some(run) = &mut model.run
                && matches!(run.session.state(), State::Calling { call, .. } if *call == partial.call)
            {
                run.calls.waiting = None;
                run.partial = Some(partial);
            }
            pointing::fresh(model);
        }
        Msg::Waiting(call, words) => {
            if let Some(run) = &mut model.run
                && matches!(run.session.state(), State::Calling { call: now, .. } if *now == call)
            {
                // What a broken-off try said is not the answer.
                run.partial = None;
                run.calls.waiting = Some((call, words));
            }
            return asking::fresh(model);
        }
        Msg::Spend(spend) => {
            if let Some(run) = &mut model.run {
                run.calls.spend = spend;
            }
            return asking::fresh(model);
        }
        Msg::Seats(seats) => {
            if let Some(run) = &mut model.run {
                run.calls.seats = seats;
            }
        }
        Msg::Again(report) => {
            if let Some(run) = &mut model.run {
                run.calls.came_again(report);
            }
        }
        Msg::Wire(found) => {
            if let Some(Overlay::Wire(wire)) = &mut model.overlay {
                wire.take(found, model.size);
            }
        }
        Msg::Notice(notice) => {
            noticed(model, notice);
            return asking::fresh(model);
        }
        Msg::Saved(steps) => {
            if let Some(run) = &mut model.run {
                run.saved = steps;
            }
        }
        Msg::StoreTrouble(why) => {
            model.problem = Some(why);
            model.stuck = true;
        }
        Msg::NotOpened(why) | Msg::Problem(why) => {
            model.problem = Some(why);
            model.stuck = false;
        }
        Msg::Log(line) => {
            if let Some(run) = &mut model.run {
                run.logged(line);
            }
        }
        Msg::Done(done) => return finished(model, done),
        Msg::External(result) => return editing::came_back(model, result),
        Msg::OnDisk(found) => return editing::on_disk(model, &found),
    }
    Vec::new()
}

/// What came of a job.
fn finished(model: &mut Model, done: Done) -> Vec<Cmd> {
    match done {
        Done::Nothing => {}
        Done::Then(told) => then::told(model, told),
        Done::Export(told) => exporting::told(model, told),
        Done::Queue(told) => return deciding::told(model, told),
        Done::Copied(copied) => copying::done(model, copied),
        Done::Checked(found) => return editing::checked(model, &found),
        Done::Opening(answer) => return opening::done(model, answer),
        Done::Touched(found) => return editing::touched(model, *found),
        Done::Saved(found) => return editing::saved(model, &found),
    }
    Vec::new()
}

fn opened(model: &mut Model, session: Arc<Session>) -> Vec<Cmd> {
    let (focus, inspector) = model
        .run
        .as_ref()
        .map_or((Pane::Conversation, Pane::World), |run| {
            (run.focus, run.inspector)
        });
    let mut run = Run::new(session);
    run.focus = focus;
    run.inspector = inspector;
    model.run = Some(run);
    model.screen = Screen::Run;
    model.overlay = None;
    model.problem = None;
    model.pending.clear();
    model.editing = editing::Editing::default();
    let mut cmds = opening::opened(model);
    cmds.extend(travel::opened(model));
    cmds.extend(deciding::opened(model));
    cmds.extend(then::arrive(model));
    cmds
}

fn noticed(model: &mut Model, notice: Notice) {
    match notice {
        Notice::LateReply(call) => {
            model.note = Some(format!("a late answer to call {} was put aside", call.0));
        }
        Notice::Refused(why) => {
            model.note = Some(format!("not done: {why}"));
            editing::refused(model);
            // It may be the request that was to be sent again.
            if let Some(again) = model.run.as_mut().and_then(|r| r.calls.again.as_mut())
                && again.report.is_none()
            {
                again.stopped = true;
            }
        }
        Notice::CallFailed { seat, error } => {
            let error = error.trim_end().trim_end_matches('.');
            let error = crate::surface::text::sentence(error);
            model.problem = Some(format!("{seat} call failed: {error} Nothing was written."));
            if let Some(run) = &mut model.run {
                run.calls.failed = true;
            }
        }
        Notice::Repair { seat, why } => {
            model.note = Some(format!("{seat} was asked again: {why}"));
        }
        Notice::Broke(why) => model.note = Some(format!("stopped: {why}")),
        Notice::SeatWaits(seat) => {
            model.note = Some(format!("the {seat} waits for you"));
            taking::waited_for(model);
        }
        Notice::HumanNeeded { tool } => {
            model.note = Some(format!("{tool} waits for a person"));
            taking::waited_for(model);
        }
    }
}

/// Where keys have their meaning now, nearest first.
#[must_use]
pub fn places(model: &Model) -> Vec<Place> {
    match &model.overlay {
        Some(overlay) => vec![overlay.place()],
        None => under(model),
    }
}

/// Where keys have their meaning under what lies on top.
#[must_use]
pub fn under(model: &Model) -> Vec<Place> {
    match (model.screen, &model.run) {
        (Screen::Run, Some(run)) => {
            let rest = [Place::Run, Place::Everywhere];
            place_of(run.focus).into_iter().chain(rest).collect()
        }
        (Screen::Run, None) => vec![Place::Picker, Place::Everywhere],
        (Screen::Curate, _) => vec![Place::Curate, Place::Everywhere],
        (Screen::Scenario, _) => screen::scenario::places(model),
        (Screen::Batch, _) => vec![Place::Batch, Place::Everywhere],
    }
}

/// Where keys have their meaning while a pane of the run screen has them.
#[must_use]
pub fn place_of(pane: Pane) -> Option<Place> {
    match pane {
        Pane::Conversation => Some(Place::Conversation),
        Pane::World => Some(Place::World),
        Pane::Persona => Some(Place::Persona),
        Pane::Judge => Some(Place::Judging),
        Pane::Findings => Some(Place::Findings),
        Pane::Timeline => Some(Place::Timeline),
        Pane::Log => None,
    }
}

pub(super) fn press(model: &mut Model, key: Key) -> Vec<Cmd> {
    model.note = None;
    if key == Key::STOP {
        return act(model, Action::Interrupt);
    }
    model.interrupted = false;
    model.pending.push(key);
    match model.keymap.find(&places(model), &model.pending) {
        Found::Action(action) => {
            model.pending.clear();
            match able(model, action) {
                Ok(()) => act(model, action),
                Err(why) => {
                    model.note = Some(format!("not now: {why}"));
                    Vec::new()
                }
            }
        }
        Found::Prefix(_) => Vec::new(),
        Found::Nothing => {
            let pressed = std::mem::take(&mut model.pending);
            if pressed.len() == 1 {
                match &mut model.overlay {
                    Some(overlay) => overlay.typed(key),
                    None => return screen::typed(model, key),
                }
                pointing::typed(model);
                let mut cmds = editing::fresh(model);
                cmds.extend(opening::typed(model));
                return cmds;
            } else if key.code != Code::Esc {
                model.note = Some(format!("{} means nothing here", key::sequence(&pressed)));
            }
            Vec::new()
        }
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    for about in ABOUT {
        if let Some(cmds) = about(model, action) {
            return cmds;
        }
    }
    match action {
        Action::Out => out(model),
        Action::Quit => {
            if model.run.as_ref().is_some_and(Run::busy) {
                model.overlay = Some(Overlay::Quit);
            } else {
                return vec![Cmd::Quit];
            }
        }
        Action::QuitYes => return vec![Cmd::Send(Command::Stop.into()), Cmd::Quit],
        Action::Interrupt => return interrupt(model),
        Action::Suspend => return vec![Cmd::Suspend],
        Action::Redraw => {
            #[cfg(debug_assertions)]
            wanted_panic();
            return vec![Cmd::Redraw];
        }
        Action::QuitNo | Action::PastCancel => {
            model.overlay = None;
        }
        Action::PickDown
        | Action::PickUp
        | Action::PickFirst
        | Action::PickLast
        | Action::PickOpen => {
            return pick(model, action);
        }
        Action::PastFork | Action::PastOverwrite => return from_past(model, action),
        Action::RunPause
        | Action::Step
        | Action::Round
        | Action::Stop
        | Action::Retry
        | Action::RetryClean
        | Action::Judge
        | Action::Fork
        | Action::Switch
        | Action::Undo
        | Action::Redo => return command(model, action),
        Action::Back
        | Action::Forward
        | Action::BackBranch
        | Action::NextBranch
        | Action::First
        | Action::Live => {
            if let Some(run) = &mut model.run {
                look(run, action);
            }
        }
        Action::NextPane
        | Action::PrevPane
        | Action::GoConversation
        | Action::GoWorld
        | Action::GoPersona
        | Action::GoJudge
        | Action::GoFindings
        | Action::GoTimeline
        | Action::GoLog
        | Action::Zoom => focus(model, action),
        Action::Down | Action::Up | Action::PageDown | Action::PageUp => scroll(model, action),
        Action::Unfold => {
            if let Some(run) = &mut model.run
                && let Some(at) = run.at()
                && !run.unfolded.remove(&at)
            {
                run.unfolded.insert(at);
            }
        }
        Action::Reasoning => {
            if let Some(run) = &mut model.run {
                run.reasoning = !run.reasoning;
            }
        }
        Action::WorldView => {
            if let Some(run) = &mut model.run {
                run.world_view = match run.world_view {
                    WorldView::Step => WorldView::Start,
                    WorldView::Start => WorldView::Whole,
                    WorldView::Whole => WorldView::Step,
                };
                run.pointing.broken = false;
                run.scroll.remove(&Pane::World);
                run.look();
            }
        }
        // Done above.
        _ => {}
    }
    Vec::new()
}

/// A panic that a test asks for, to see the terminal restored.
#[cfg(debug_assertions)]
fn wanted_panic() {
    assert!(
        std::env::var_os("STATEGEN_TEST_PANIC").is_none(),
        "a panic that a test asked for"
    );
}

/// One level out, never out of the program.
fn out(model: &mut Model) {
    if model.overlay.take().is_some() {
        return;
    }
    if model.problem.take().is_some() {
        return;
    }
    if let Some(run) = &mut model.run {
        if run.zoom {
            run.zoom = false;
        } else if run.focus != Pane::Conversation {
            run.focus(Pane::Conversation);
        } else if !run.scroll.is_empty() {
            run.scroll.clear();
        } else if run.past() {
            look(run, Action::Live);
        }
    }
}

fn interrupt(model: &mut Model) -> Vec<Cmd> {
    if model.interrupted {
        return vec![Cmd::Send(Command::Stop.into()), Cmd::Quit];
    }
    model.interrupted = true;
    if model.run.as_ref().is_some_and(Run::busy) {
        model.note = Some(String::from("stopped; ctrl-c again quits"));
        vec![Cmd::Send(Command::Stop.into())]
    } else {
        model.note = Some(String::from("ctrl-c again quits"));
        Vec::new()
    }
}

fn pick(model: &mut Model, action: Action) -> Vec<Cmd> {
    let picker = &mut model.picker;
    let last = picker.entries.len().saturating_sub(1);
    match action {
        Action::PickDown => picker.at = picker.at.saturating_add(1).min(last),
        Action::PickUp => picker.at = picker.at.saturating_sub(1),
        Action::PickFirst => picker.at = 0,
        Action::PickLast => picker.at = last,
        _ => {
            if let Some(entry) = picker.entries.get(picker.at) {
                model.problem = None;
                return vec![Cmd::Open(Open {
                    scenario: Some(entry.scenario.clone()),
                    task: Some(entry.task.clone()).filter(|task| !task.is_empty()),
                    ..Open::default()
                })];
            }
        }
    }
    Vec::new()
}

fn command(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let go = match action {
        Action::RunPause if run.busy() => {
            model.note = Some(String::from("pausing after the call in flight"));
            return vec![Cmd::Send(Command::Pause.into())];
        }
        Action::RunPause => Go::End,
        Action::Step => Go::Step,
        Action::Round => Go::Round,
        Action::Retry if run.failed().is_some() => {
            model.problem = None;
            return asking::once_more(run);
        }
        other => return moving(run, other),
    };
    if run.past() {
        model.overlay = Some(Overlay::FromPast(Then::Go(go)));
        return match model.from_past {
            FromPast::Ask => Vec::new(),
            FromPast::Fork => from_past(model, Action::PastFork),
            FromPast::Overwrite => from_past(model, Action::PastOverwrite),
        };
    }
    model.problem = None;
    run.calls.asked = Some(Command::Go(go));
    run.going = Some(go);
    run.scroll.remove(&Pane::Conversation);
    vec![Cmd::Send(Command::Go(go).into())]
}

fn moving(run: &mut Run, action: Action) -> Vec<Cmd> {
    let command = match action {
        Action::Stop => Command::Stop,
        Action::Retry => Command::Retry { clean: false },
        Action::RetryClean => Command::Retry { clean: true },
        Action::Judge => Command::Judge,
        Action::Fork => Command::Fork { at: run.at() },
        Action::Undo => Command::Undo,
        Action::Redo => Command::Redo,
        Action::Switch => {
            let names: Vec<&str> = run
                .session
                .branches()
                .iter()
                .map(|b| b.name.as_str())
                .collect();
            let here = names
                .iter()
                .position(|n| *n == run.session.current().name)
                .unwrap_or(0);
            let next = names
                .get((here + 1) % names.len().max(1))
                .copied()
                .unwrap_or("main");
            Command::Switch {
                branch: next.to_owned(),
            }
        }
        _ => return Vec::new(),
    };
    if matches!(command, Command::Retry { .. } | Command::Judge) {
        run.calls.asked = Some(command.clone());
    }
    if action != Action::Stop {
        // What is made next is shown where it is made.
        run.cursor = Cursor::Live;
        run.scroll.clear();
    }
    vec![Cmd::Send(command.into())]
}

pub(super) fn from_past(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(Overlay::FromPast(then)) = model.overlay.take() else {
        return Vec::new();
    };
    let Some(run) = &mut model.run else {
        return Vec::new();
    };
    let at = run.at();
    let fork = action == Action::PastFork;
    let go = match then {
        Then::Go(go) => go,
        Then::Act(act) => {
            let onto = if fork {
                Onto::Fork(at)
            } else {
                Onto::Overwrite(at)
            };
            return taking::act(model, *act, onto);
        }
        Then::Fault(fault) => {
            let onto = if fork {
                Onto::Fork(at)
            } else {
                Onto::Overwrite(at)
            };
            return faulting::inject(model, fault, onto);
        }
    };
    run.cursor = Cursor::Live;
    run.scroll.clear();
    run.going = Some(go);
    run.calls.asked = Some(Command::Go(go));
    let first = if fork {
        Command::Fork { at }
    } else {
        Command::Overwrite { at }
    };
    vec![Cmd::Send(first.into()), Cmd::Send(Command::Go(go).into())]
}
