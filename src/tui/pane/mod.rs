//! The panes of the run screen: each reads the model and gives lines.

pub mod conversation;
pub mod findings;
pub mod judge;
pub mod log;
pub mod marks;
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
    /// For each row the value of the world that stands in it; may be shorter.
    pub spots: Vec<Option<world::Spot>>,
    /// Rows above them.
    pub above: usize,
    /// All rows that there are.
    pub total: usize,
    /// The row in view that is chosen, where one is.
    pub chosen: Option<usize>,
}

impl Window {
    /// The rows of a pane from one on, as many as fit.
    #[must_use]
    pub fn of(lines: Vec<Line>, above: usize, height: usize) -> Self {
        let total = lines.len();
        let above = above.min(total.saturating_sub(height));
        Self {
            lines: lines.into_iter().skip(above).take(height).collect(),
            above,
            total,
            ..Self::default()
        }
    }
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
        Pane::World => return world::window(run, width, height, scroll),
        Pane::Findings => return findings::window(run, width, height),
        Pane::Persona => (persona::lines(run, width), 0),
        Pane::Judge => (judge::lines(run, width, height), 0),
        Pane::Timeline => timeline::content(run, width, height),
        Pane::Log => {
            let lines = log::lines(run);
            let follow = lines.len().saturating_sub(height);
            (lines, follow)
        }
    };
    Window::of(lines, scroll.unwrap_or(follow), height)
}
