//! Screens, and opening, making and searching scenarios and conversations.

mod begin;
mod finder;
mod make;

use super::job::Job;
use super::job::opening::{Answer, Ask};
use super::model::{Entry, Model, Run};
use super::msg::{Cmd, Open};
use super::overlay::Overlay;
use super::screen::{Screen, batch, curate, scenario};
use crate::engine::id::{ConvId, Seed};
use crate::surface::Action;

/// What is known of opening beside what the picker shows.
#[derive(Debug, Default)]
pub struct Opening {
    /// The seed where nobody says more.
    pub seed: Seed,
    /// What is to follow once a scenario was read.
    wants: Option<Wants>,
    /// Whether the names of all scenarios were asked for.
    asked: bool,
}

/// What follows once a scenario was read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wants {
    scenario: String,
    task: Option<String>,
}

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let screen = match action {
        Action::ScreenRun => Screen::Run,
        Action::ScreenCurate => Screen::Curate,
        Action::ScreenScenario => Screen::Scenario,
        Action::ScreenBatch => Screen::Batch,
        Action::OpenAny => return Some(finder::open(model)),
        Action::New | Action::PickNew | Action::DeskNew => return Some(begin::open(model)),
        Action::Duplicate => {
            let run = model.run.as_ref();
            let copy = run.map(|run| Ask::Duplicate {
                from: run.session.opened().conversation.clone(),
                at: run.at(),
            });
            return Some(copy.into_iter().map(ask).collect());
        }
        Action::PickMake | Action::DeskMake => return Some(make::open(model)),
        other => {
            return finder::about(model, other)
                .or_else(|| begin::about(model, other))
                .or_else(|| make::about(model, other));
        }
    };
    Some(go(model, screen))
}

/// Shows a screen, and asks for what it shows.
pub(super) fn go(model: &mut Model, screen: Screen) -> Vec<Cmd> {
    model.screen = screen;
    match screen {
        Screen::Run => Vec::new(),
        Screen::Curate => curate::entered(model),
        Screen::Scenario => scenario::entered(model),
        Screen::Batch => batch::entered(model),
    }
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    match action {
        Action::Duplicate if model.run.as_ref().is_some_and(|run| run.at().is_none()) => {
            no("there is no step yet; ctrl-n begins a new conversation")
        }
        Action::New | Action::DeskNew | Action::BeginGo | Action::Duplicate if busy(model) => {
            no("a call is in flight; x stops it")
        }
        Action::FinderOpen if busy(model) && finder::opens_another(model) => {
            no("a call is in flight; x stops it")
        }
        Action::PickNew if model.picker.entries.is_empty() => no("there is nothing to open"),
        Action::FinderOpen | Action::FinderNew if !finder::any(model) => no("nothing is found"),
        _ => None,
    }
}

fn busy(model: &Model) -> bool {
    model.run.as_ref().is_some_and(Run::busy)
}

fn ask(ask: Ask) -> Cmd {
    Cmd::Job(Job::Opening(ask))
}

/// Goes on with a stored conversation, on a branch of it: the one that is open
/// stays open where it is that.
pub(super) fn resume(model: &mut Model, id: &ConvId, branch: Option<String>) -> Vec<Cmd> {
    model.overlay = None;
    model.problem = None;
    let open = model.run.as_ref().map(|run| run.session.opened());
    if open.is_some_and(|opened| opened.conversation == *id) {
        model.screen = Screen::Run;
        return Vec::new();
    }
    model.note = Some(String::from("reading the conversation"));
    vec![Cmd::Open(Open {
        conversation: Some(id.clone()),
        branch,
        ..Open::default()
    })]
}

/// A conversation was opened.
pub(super) fn opened(model: &mut Model) -> Vec<Cmd> {
    model.note = None;
    model.opening.wants = None;
    scenario::opened(model);
    Vec::new()
}

/// Text was typed into what lies on top.
pub(super) fn typed(model: &mut Model) -> Vec<Cmd> {
    match &model.overlay {
        Some(Overlay::Finder(_)) => finder::typed(model),
        _ => Vec::new(),
    }
}

/// What came of a job.
pub(super) fn done(model: &mut Model, answer: Answer) -> Vec<Cmd> {
    match answer {
        Answer::Names(names) => {
            let mut cmds = named(model, names);
            make::sources(model);
            cmds.extend(finder::again(model));
            cmds
        }
        Answer::Tasks { scenario, entries } => {
            let picker = &mut model.picker;
            let chosen = picker.entries.get(picker.at).cloned();
            let first = picker.entries.iter().position(|e| e.scenario == scenario);
            picker.entries.retain(|e| e.scenario != scenario);
            let at = first.unwrap_or(picker.entries.len());
            picker.entries.splice(at..at, entries);
            // What was chosen stays chosen.
            let same = |e: &Entry| chosen.as_ref().is_some_and(|c| c == e);
            let near = |e: &Entry| chosen.as_ref().is_some_and(|c| c.scenario == e.scenario);
            let entries = &picker.entries;
            let at = entries.iter().position(same);
            picker.at = at.or_else(|| entries.iter().position(near)).unwrap_or(0);
            finder::again(model)
        }
        Answer::Loaded { scenario, read } => {
            let wanted = model.opening.wants.take_if(|w| w.scenario == scenario);
            match (&read, wanted) {
                (Ok(read), Some(wants)) => begin::read(model, read, wants.task.as_deref()),
                (Err(why), Some(_)) => model.problem = Some(why.clone()),
                (_, None) => {}
            }
            scenario::loaded(model, &scenario, read);
            Vec::new()
        }
        Answer::Found(found) => finder::found(model, *found),
        Answer::Duplicated(Ok(id)) => resume(model, &id, None),
        Answer::Duplicated(Err(why)) => {
            model.problem = Some(why);
            Vec::new()
        }
        Answer::Made { name, problem } => make::made(model, &name, problem),
    }
}

/// The names of all scenarios: each stands in the picker before its tasks are
/// read.
pub(super) fn named(model: &mut Model, names: Vec<(String, String)>) -> Vec<Cmd> {
    model.opening.asked = true;
    let seed = model.opening.seed;
    let entries = &mut model.picker.entries;
    entries.retain(|e| names.iter().any(|(name, _)| *name == e.scenario));
    let mut cmds = Vec::new();
    let mut at = 0;
    for (name, from) in names {
        if let Some(first) = entries.iter().position(|e| e.scenario == name) {
            at = first;
        } else {
            let waiting = Entry {
                scenario: name.clone(),
                title: name.clone(),
                task: String::new(),
                goal: String::from("reading its tasks"),
                from,
            };
            entries.insert(at.min(entries.len()), waiting);
        }
        while entries.get(at).is_some_and(|e| e.scenario == name) {
            at += 1;
        }
        cmds.push(ask(Ask::Tasks {
            scenario: name,
            seed,
        }));
    }
    model.picker.at = model.picker.at.min(entries.len().saturating_sub(1));
    cmds
}
