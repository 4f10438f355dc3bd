//! A new conversation, chosen in a dialog.

use super::{Wants, ask};
use crate::surface::Action;
use crate::tui::job::opening::{Ask, Read};
use crate::tui::model::Model;
use crate::tui::msg::{Cmd, Open};
use crate::tui::overlay::Overlay;
use crate::tui::overlay::begin::Begin;
use crate::tui::screen::Screen;

/// Of what one looks at: the open conversation's scenario, or the one that the
/// picker has chosen.
pub(super) fn open(model: &mut Model) -> Vec<Cmd> {
    if let Some(run) = model.run.as_ref().filter(|_| model.screen != Screen::Batch) {
        let session = &run.session;
        let seed = session.opened().seed.wrapping_add(1);
        let task = session.task().task.clone();
        let begin = Begin::new(None, session.scenario(), Some(&task), seed);
        model.overlay = Some(Overlay::Begin(Box::new(begin)));
        return Vec::new();
    }
    let entry = model.picker.entries.get(model.picker.at).cloned();
    match entry {
        Some(entry) => of(model, entry.scenario, Some(entry.task)),
        None => Vec::new(),
    }
}

/// Of a scenario by name, once it is read.
pub(super) fn of(model: &mut Model, scenario: String, task: Option<String>) -> Vec<Cmd> {
    model.opening.wants = Some(Wants {
        scenario: scenario.clone(),
        task,
    });
    model.note = Some(format!("reading {scenario}"));
    vec![ask(Ask::Load(scenario))]
}

/// The scenario was read.
pub(super) fn read(model: &mut Model, read: &Read, task: Option<&str>) {
    model.note = None;
    let Some(scenario) = &read.scenario else {
        model.problem = Some(format!(
            "the scenario `{}` cannot be used before it is mended; 3 shows what is wrong",
            read.name
        ));
        return;
    };
    let seed = model.opening.seed;
    let begin = Begin::new(Some(read.name.clone()), scenario, task, seed);
    model.overlay = Some(Overlay::Begin(Box::new(begin)));
}

pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let Some(Overlay::Begin(begin)) = &mut model.overlay else {
        return None;
    };
    match action {
        Action::BeginClose => model.overlay = None,
        Action::BeginNext => begin.turn(true),
        Action::BeginPrev => begin.turn(false),
        Action::BeginDown => begin.step(true),
        Action::BeginUp => begin.step(false),
        Action::BeginGo => {
            let name = |all: &[crate::tui::overlay::begin::Choice], at: usize| {
                all.get(at)
                    .map(|choice| choice.name.clone())
                    .filter(|name| !name.is_empty())
            };
            let Some(seed) = begin.number() else {
                return Some(Vec::new());
            };
            let open = Open {
                scenario: begin.scenario.clone(),
                task: name(&begin.tasks, begin.task),
                persona: name(&begin.personas, begin.persona),
                seed: Some(seed),
                ..Open::default()
            };
            model.overlay = None;
            model.problem = None;
            return Some(vec![Cmd::Open(open)]);
        }
        _ => return None,
    }
    Some(Vec::new())
}
