//! What can lie on top of a screen; one at a time, `esc` takes it away.

pub mod again;
pub mod command;
pub mod editor;
pub mod help;
pub mod models;
pub mod question;
pub mod strip;
pub mod wire;
mod wire_body;

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
    /// What went over the wire.
    Wire(Box<wire::Wire>),
    /// Who plays which seat.
    Models(models::Models),
    /// The command line.
    Command(command::CommandLine),
    /// What came of a request sent again.
    Again(again::Report),
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
            Self::Wire(_) => Place::Wire,
            Self::Models(_) => Place::Models,
            Self::Command(_) => Place::Command,
            Self::Again(_) => Place::Again,
        }
    }
}
