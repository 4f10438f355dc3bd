//! Screens, and opening, making and searching scenarios and conversations.

use super::model::Model;
use super::msg::Cmd;
use super::screen::{Screen, batch, curate, scenario};
use crate::surface::Action;

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let screen = match action {
        Action::ScreenRun => Screen::Run,
        Action::ScreenCurate => Screen::Curate,
        Action::ScreenScenario => Screen::Scenario,
        Action::ScreenBatch => Screen::Batch,
        _ => return None,
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
pub(super) fn able(_model: &Model, _action: Action) -> Option<Result<(), String>> {
    None
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(
    _model: &mut Model,
    _verb: crate::surface::Verb,
    _rest: &str,
) -> Option<Result<Vec<Cmd>, String>> {
    None
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(
    _model: &Model,
    _verb: crate::surface::Verb,
    _before: &[&str],
) -> Option<Vec<crate::surface::Word>> {
    None
}
