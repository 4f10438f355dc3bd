//! A new scenario in the project.

use super::ask;
use crate::surface::Action;
use crate::tui::job::opening::{Ask, named};
use crate::tui::model::Model;
use crate::tui::msg::Cmd;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::make::Make;
use crate::tui::screen::{Screen, scenario};

pub(super) fn open(model: &mut Model) -> Vec<Cmd> {
    let mut make = Make::default();
    for entry in &model.picker.entries {
        let source = (entry.scenario.clone(), entry.from.clone());
        if !make.sources.contains(&source) {
            make.sources.push(source);
        }
    }
    model.overlay = Some(Overlay::Make(Box::new(make)));
    if model.opening.asked {
        Vec::new()
    } else {
        vec![ask(Ask::Names)]
    }
}

/// There are more scenarios to copy from.
pub(super) fn sources(model: &mut Model) {
    let Some(Overlay::Make(make)) = &mut model.overlay else {
        return;
    };
    for entry in &model.picker.entries {
        if !make.sources.iter().any(|(name, _)| *name == entry.scenario) {
            make.sources
                .push((entry.scenario.clone(), entry.from.clone()));
        }
    }
}

pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let Some(Overlay::Make(make)) = &mut model.overlay else {
        return None;
    };
    match action {
        Action::MakeClose => model.overlay = None,
        Action::MakeDown => make.at = (make.at + 1).min(make.sources.len()),
        Action::MakeUp => make.at = make.at.saturating_sub(1),
        Action::MakeGo => {
            if let Err(why) = named(&make.name) {
                make.problem = Some(why);
                return Some(Vec::new());
            }
            return Some(vec![ask(Ask::Make {
                name: make.name.clone(),
                from: make.from().map(str::to_owned),
            })]);
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// A scenario was made, or not.
pub(super) fn made(model: &mut Model, name: &str, problem: Option<String>) -> Vec<Cmd> {
    let Some(Overlay::Make(make)) = &mut model.overlay else {
        return Vec::new();
    };
    if let Some(why) = problem {
        make.problem = Some(why);
        return Vec::new();
    }
    model.overlay = None;
    model.note = Some(format!("made {name}"));
    model.screen = Screen::Scenario;
    let mut cmds = vec![ask(Ask::Names)];
    cmds.extend(scenario::show(model, name));
    cmds
}
