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

/// The lines of a pane at a width and height (inside its frame), and the row to
/// begin with.
#[must_use]
pub fn content(pane: Pane, run: &Run, width: usize, height: usize) -> (Vec<Line>, usize) {
    let (lines, follow) = match pane {
        Pane::Conversation => conversation::content(run, width, height),
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
    let most = lines.len().saturating_sub(height);
    let offset = match run.scroll.get(&pane) {
        Some(Scroll::At(row)) => *row,
        Some(Scroll::Follow) | None => follow,
    };
    (lines, offset.min(most))
}
