//! Finding anything to open: what was typed is looked for off the loop, and
//! answers to what is no longer typed are put aside.

use super::{ask, begin, resume};
use crate::surface::Action;
use crate::tui::job::opening::{Among, Ask, Find, Finds, Hit};
use crate::tui::model::Model;
use crate::tui::msg::{Cmd, Open};
use crate::tui::overlay::Overlay;
use crate::tui::overlay::finder::Finder;

/// Rows that a page moves by.
const PAGE: usize = 10;

fn finder(model: &mut Model) -> Option<&mut Finder> {
    match &mut model.overlay {
        Some(Overlay::Finder(finder)) => Some(finder),
        _ => None,
    }
}

fn chosen(model: &Model) -> Option<&Hit> {
    match &model.overlay {
        Some(Overlay::Finder(finder)) => finder.hits.get(finder.at),
        _ => None,
    }
}

/// Whether something was found.
pub(super) fn any(model: &Model) -> bool {
    chosen(model).is_some()
}

/// Whether the chosen one is not what is open.
pub(super) fn opens_another(model: &Model) -> bool {
    match (chosen(model), &model.run) {
        (Some(Hit::Stored(row)), Some(run)) => run.session.opened().conversation != row.id,
        _ => true,
    }
}

pub(super) fn open(model: &mut Model) -> Vec<Cmd> {
    model.overlay = Some(Overlay::Finder(Box::default()));
    let mut cmds = Vec::new();
    if !model.opening.asked {
        cmds.push(ask(Ask::Names));
    }
    cmds.extend(look(model));
    cmds
}

pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let cmds = match action {
        Action::FinderClose => {
            model.overlay = None;
            Vec::new()
        }
        Action::FinderDown => step(model, |at| at.saturating_add(1)),
        Action::FinderUp => step(model, |at| at.saturating_sub(1)),
        Action::FinderPageDown => step(model, |at| at.saturating_add(PAGE)),
        Action::FinderPageUp => step(model, |at| at.saturating_sub(PAGE)),
        Action::FinderAmong => {
            if let Some(finder) = finder(model) {
                finder.among = match finder.among {
                    Among::All => Among::Tasks,
                    Among::Tasks => Among::Stored,
                    Among::Stored => Among::All,
                };
                finder.at = 0;
            }
            look(model)
        }
        Action::FinderOpen => match chosen(model).cloned() {
            Some(Hit::Task(entry)) => {
                model.overlay = None;
                model.problem = None;
                vec![Cmd::Open(Open {
                    scenario: Some(entry.scenario),
                    task: Some(entry.task).filter(|task| !task.is_empty()),
                    ..Open::default()
                })]
            }
            Some(Hit::Stored(row)) => resume(model, &row.id, None),
            None => Vec::new(),
        },
        Action::FinderNew => match chosen(model).cloned() {
            Some(Hit::Task(entry)) => begin::of(model, entry.scenario, Some(entry.task)),
            Some(Hit::Stored(row)) => begin::of(model, row.scenario, Some(row.task)),
            None => Vec::new(),
        },
        _ => return None,
    };
    Some(cmds)
}

fn step(model: &mut Model, to: fn(usize) -> usize) -> Vec<Cmd> {
    if let Some(finder) = finder(model) {
        finder.at = to(finder.at).min(finder.hits.len().saturating_sub(1));
    }
    Vec::new()
}

/// Something was typed.
pub(super) fn typed(model: &mut Model) -> Vec<Cmd> {
    look(model)
}

/// There is more to look through.
pub(super) fn again(model: &mut Model) -> Vec<Cmd> {
    look(model)
}

/// Looks for what is typed, where that was not asked yet.
fn look(model: &mut Model) -> Vec<Cmd> {
    let tasks = model.picker.entries.clone();
    let Some(finder) = finder(model) else {
        return Vec::new();
    };
    finder.number += 1;
    // While all conversations are being read, what is typed waits for them.
    if finder.reading {
        return Vec::new();
    }
    finder.reading = finder.stored.is_none();
    vec![ask(Ask::Find(Box::new(Find {
        number: finder.number,
        query: finder.query.clone(),
        among: finder.among,
        tasks,
        stored: finder.stored.clone(),
        all: false,
    })))]
}

/// What was found.
pub(super) fn found(model: &mut Model, found: Finds) -> Vec<Cmd> {
    let tasks = model.picker.entries.clone();
    let Some(finder) = finder(model) else {
        return Vec::new();
    };
    finder.reading = false;
    let late = found.number != finder.number;
    if found.all {
        finder.stored = Some(found.stored);
    }
    finder.problem = found.problem;
    if !late {
        finder.at = finder.at.min(found.hits.len().saturating_sub(1));
        finder.hits = found.hits;
        finder.of = found.of;
        finder.all = found.all;
    }
    if late || !found.all {
        finder.number += 1;
        finder.reading = finder.stored.is_none();
        return vec![ask(Ask::Find(Box::new(Find {
            number: finder.number,
            query: finder.query.clone(),
            among: finder.among,
            tasks,
            stored: finder.stored.clone(),
            all: true,
        })))];
    }
    Vec::new()
}
