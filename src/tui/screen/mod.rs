//! The four screens. Run is painted by `view`; each of the others has a file:
//! its state, what its actions do, and its frame.

pub mod batch;
pub mod curate;
pub mod scenario;

use super::model::Model;
use super::msg::Cmd;
use super::paint::{Canvas, Line};
use crate::surface::Key;
use ratatui::layout::Rect;

/// Which screen is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Screen {
    /// The live loop.
    #[default]
    Run,
    /// Decide: approve or discard.
    Curate,
    /// Tools, personas, world, judge.
    Scenario,
    /// Progress of many.
    Batch,
}

impl Screen {
    /// All of them, in the order of their keys.
    pub const ALL: [Self; 4] = [Self::Run, Self::Curate, Self::Scenario, Self::Batch];
    /// Its name on screen.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Run => "Run",
            Self::Curate => "Curate",
            Self::Scenario => "Scenario",
            Self::Batch => "Batch",
        }
    }
}

/// What the mode line says of a screen other than Run.
#[must_use]
pub fn mode(model: &Model) -> Line {
    match model.screen {
        Screen::Run => Line::new(),
        Screen::Curate => curate::mode(model),
        Screen::Scenario => scenario::mode(model),
        Screen::Batch => batch::mode(model),
    }
}

/// A key that is no action, on a screen that text is typed into.
pub(super) fn typed(model: &mut Model, key: Key) -> Vec<Cmd> {
    match model.screen {
        Screen::Scenario => scenario::typed(model, key),
        Screen::Run | Screen::Curate | Screen::Batch => Vec::new(),
    }
}

/// Text pasted into a screen; nothing of it is obeyed.
pub(super) fn paste(model: &mut Model, text: &str) {
    match model.screen {
        Screen::Scenario => scenario::paste(model, text),
        Screen::Run | Screen::Curate | Screen::Batch => {}
    }
}

/// Paints a screen other than Run into `area` (between the title row and the
/// mode line, which `view` paints for all screens alike).
pub fn paint(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    match model.screen {
        Screen::Run => {}
        Screen::Curate => curate::paint(canvas, model, area),
        Screen::Scenario => scenario::paint(canvas, model, area),
        Screen::Batch => batch::paint(canvas, model, area),
    }
}
