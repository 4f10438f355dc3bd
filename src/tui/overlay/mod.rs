//! What can lie on top of a screen; one at a time, `esc` takes it away.

pub mod editor;
pub mod help;
pub mod question;
pub mod strip;

use crate::engine::input::Go;
use crate::surface::Place;
use editor::Editor;

/// What lies on top.
#[derive(Debug)]
pub enum Overlay {
    /// The list of keys.
    Help(help::Help),
    /// Going on from the past: in a new branch, or in this one.
    FromPast(Go),
    /// Leaving while something runs.
    Quit,
    /// A person's answer to a tool call.
    Editor(Box<Editor>),
}

impl Overlay {
    /// Where keys have their meaning while it is there.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Help(_) => Place::Help,
            Self::FromPast(_) => Place::FromPast,
            Self::Quit => Place::Quit,
            Self::Editor(_) => Place::Editor,
        }
    }
}
