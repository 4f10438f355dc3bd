//! The panes of the run screen: each reads the model and gives lines.

pub mod conversation;
pub mod judge;
pub mod log;
pub mod persona;
pub mod timeline;
pub mod world;

use super::layout::Pane;
use super::model::{Run, Scroll};
use super::paint::Line;

/// The rows of a pane that are in view.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// The rows, from the top.
    pub lines: Vec<Line>,
    /// Rows above them.
    pub above: usize,
    /// All rows that there are.
    pub total: usize,
}

impl Window {
    /// Rows below what is in view.
    #[must_use]
    pub fn below(&self) -> usize {
        self.total.saturating_sub(self.above + self.lines.len())
    }
}

/// What a pane shows at a width and height (inside its frame).
#[must_use]
pub fn window(pane: Pane, run: &Run, width: usize, height: usize) -> Window {
    let scroll = match run.scroll.get(&pane) {
        Some(Scroll::At(row)) => Some(*row),
        Some(Scroll::Follow) | None => None,
    };
    let (lines, follow) = match pane {
        Pane::Conversation => return conversation::window(run, width, height, scroll),
        Pane::World => (world::lines(run, width), 0),
        Pane::Persona => (persona::lines(run, width), 0),
        Pane::Judge => (judge::lines(run, width, height), 0),
        Pane::Timeline => timeline::content(run, width, height),
        Pane::Log => {
            let lines = log::lines(run);
            let follow = lines.len().saturating_sub(height);
            (lines, follow)
        }
    };
    let total = lines.len();
    let above = scroll.unwrap_or(follow).min(total.saturating_sub(height));
    Window {
        lines: lines.into_iter().skip(above).take(height).collect(),
        above,
        total,
    }
}
