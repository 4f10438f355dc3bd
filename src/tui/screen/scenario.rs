//! The scenario screen: what a scenario is made of, edited where it is seen.

use crate::surface::{Action, Key, Place};
use crate::tui::job::opening::Read;
use crate::tui::model::Model;
use crate::tui::msg::Cmd;
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// Its state.
#[derive(Debug, Default)]
pub struct Desk {}

/// The screen was switched to: what it needs to know.
pub fn entered(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// What its actions do; `None` for an action that is not of this screen.
pub fn about(_model: &mut Model, _action: Action) -> Option<Vec<Cmd>> {
    None
}

/// Why an action of this screen cannot be done now; `None` for an action that
/// is not of this screen.
#[must_use]
pub fn able(_model: &Model, _action: Action) -> Option<Result<(), String>> {
    None
}

/// What a verb of this kind does; `None` for another kind.
pub fn verb(
    _model: &mut Model,
    _verb: crate::surface::Verb,
    _rest: &str,
) -> Option<Result<Vec<Cmd>, String>> {
    None
}

/// What may come next behind a verb of this kind; `None` for another kind.
#[must_use]
pub fn words(
    _model: &Model,
    _verb: crate::surface::Verb,
    _before: &[&str],
) -> Option<Vec<crate::surface::Word>> {
    None
}

/// Where its keys have their meaning.
#[must_use]
pub(in crate::tui) fn places(_model: &Model) -> Vec<Place> {
    vec![Place::Scenario, Place::Everywhere]
}

/// A key that is no action.
pub(in crate::tui) fn typed(_model: &mut Model, _key: Key) -> Vec<Cmd> {
    Vec::new()
}

/// Pasted text.
pub(in crate::tui) fn paste(_model: &mut Model, _text: &str) {}

/// A conversation was opened.
pub(in crate::tui) fn opened(_model: &mut Model) {}

/// A scenario was read.
pub(in crate::tui) fn loaded(_model: &mut Model, _asked: &str, _read: Result<Box<Read>, String>) {}

/// Shows a scenario by name.
pub(in crate::tui) fn show(_model: &mut Model, _name: &str) -> Vec<Cmd> {
    Vec::new()
}

/// What the mode line says of it, between the mode and the right.
#[must_use]
pub fn mode(_model: &Model) -> Line {
    Line::new()
}

/// Paints it.
pub fn paint(_canvas: &mut Canvas<'_>, _model: &Model, _area: Rect) {}
