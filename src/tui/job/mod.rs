//! Work that the workbench has done outside its loop: reading and writing the
//! store and files. A job is data; `perform` does it on a thread of its own and
//! answers with data, so that no frame ever waits for a disk.
//!
//! One file a kind of job; each has its own pair of enums, joined here.

pub mod check;
pub mod copy;
pub mod export;
pub mod opening;
pub mod queue;
pub mod save;
pub mod then;
pub mod touch;
pub mod watch;

use crate::config::{Config, Project};
use crate::store::Store;
use std::path::PathBuf;
use std::sync::Arc;

/// What jobs may use.
#[derive(Clone, Debug)]
pub struct Room {
    /// The project.
    pub project: Project,
    /// Its settings.
    pub config: Config,
    /// Who sits before it: decisions are made in this name.
    pub person: String,
    /// Its store.
    pub store: Arc<Store>,
    /// The folder of the scenario that is open, where it was opened by one.
    pub folder: Option<PathBuf>,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// Nothing: answers at once.
    Nothing,
    /// A text too long for the clipboard goes into a file.
    Copy(String),
    /// Read a scenario with a text that is being typed.
    Check(Box<check::Checking>),
    /// About what can be opened, made and found.
    Opening(opening::Ask),
    /// Find out what an edit would touch.
    Touch(Box<touch::Touching>),
    /// Write a file of a scenario.
    Save(Box<save::Saving>),
    /// About stored conversations and what is decided about them.
    Queue(queue::Ask),
    /// Writing what is approved into a folder.
    Export(export::Ask),
    /// Then and now, cases like one.
    Then(Box<then::Ask>),
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Done {
    /// Nothing.
    Nothing,
    /// Where the text is that was too long for the clipboard, or why it is
    /// nowhere.
    Copied(Result<PathBuf, String>),
    /// What is wrong with the text.
    Checked(Box<check::Checked>),
    /// About what can be opened, made and found.
    Opening(opening::Answer),
    /// What an edit would touch.
    Touched(Box<touch::Touched>),
    /// A file of a scenario was written, or not.
    Saved(Box<save::Saved>),
    /// About stored conversations and what is decided about them.
    Queue(queue::Told),
    /// Writing what is approved into a folder.
    Export(export::Told),
    /// Then and now, cases like one.
    Then(then::Told),
}

/// Does it. Errors are part of what is answered, as sentences for a person.
#[must_use]
pub fn perform(room: &Room, job: Job) -> Done {
    match job {
        Job::Nothing => Done::Nothing,
        Job::Copy(text) => Done::Copied(copy::write(room, &text)),
        Job::Check(job) => Done::Checked(Box::new(check::check(&job))),
        Job::Opening(ask) => Done::Opening(opening::perform(room, ask)),
        Job::Touch(job) => Done::Touched(Box::new(touch::touch(room, &job))),
        Job::Save(job) => Done::Saved(Box::new(save::save(room, &job))),
        Job::Export(ask) => Done::Export(export::perform(room, ask)),
        Job::Then(ask) => Done::Then(then::perform(room, *ask)),
        Job::Queue(ask) => Done::Queue(queue::perform(room, ask)),
    }
}
