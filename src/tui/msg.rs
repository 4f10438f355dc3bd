//! What can happen to the workbench, and what it can ask for: two closed sets.

use super::job::watch::OnDisk;
use super::job::{Done, Job};
use crate::driver::{AgainReport, Order, SeatRow, Spend};
use crate::engine::effect::Notice;
use crate::engine::id::{CallId, ConvId, Seed, StepId};
use crate::engine::role::Role;
use crate::engine::session::Session;
use crate::store::CallRecord;
use crate::surface::Key;
use std::sync::Arc;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize(u16, u16),
    /// A second went by while a call is in flight.
    Second,
    /// A conversation was opened.
    Opened(Arc<Session>),
    /// A conversation could not be opened, and why.
    NotOpened(String),
    /// The session moved on.
    Session(Arc<Session>),
    /// More of the text of a call in flight.
    Partial(Partial),
    /// A call in flight waits, and why.
    Waiting(CallId, String),
    /// What the conversation has cost so far.
    Spend(Spend),
    /// Who plays which seat.
    Seats(Vec<SeatRow>),
    /// How far sending a request again has come.
    Again(Arc<AgainReport>),
    /// What went over the wire for the calls that were asked about.
    Wire(Result<Arc<Vec<CallRecord>>, String>),
    /// A word of the engine.
    Notice(Notice),
    /// The log is on disk up to here.
    Saved(usize),
    /// Something could not be written.
    StoreTrouble(String),
    /// Something in a person's files is wrong; it stays until dealt with.
    Problem(String),
    /// Something was done, in words.
    Log(String),
    /// A job came to its end.
    Done(Done),
    /// The text came back from `$EDITOR`, or why it did not.
    External(Result<String, String>),
    /// Files of the scenario that is open changed on disk.
    OnDisk(Arc<OnDisk>),
}

/// What a call in flight has said so far. It never enters the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Which call.
    pub call: CallId,
    /// The seat asked.
    pub role: Role,
    /// Path of agents.
    pub agent: Vec<String>,
    /// The text so far.
    pub text: String,
    /// The reasoning so far.
    pub reasoning: String,
}

/// What the mouse did, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub press: Press,
    /// From the left, from 0.
    pub column: u16,
    /// From the top, from 0.
    pub row: u16,
}

/// What a mouse can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// The left button went down.
    Down,
    /// It moved with the left button down.
    Drag,
    /// The left button came up.
    Up,
    /// The wheel, away from the person.
    WheelUp,
    /// The wheel, towards the person.
    WheelDown,
}

/// Something has to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Cmd {
    /// An order for the session.
    Send(Order),
    /// What went over the wire for the calls that followed a step; answered by
    /// [`Msg::Wire`].
    Wire(Option<StepId>),
    /// Another theme, by name.
    Theme(String),
    /// Open a conversation; answered by [`Msg::Opened`] or [`Msg::NotOpened`], for
    /// a stored one once it is read.
    Open(Open),
    /// Work for a thread of its own; answered by [`Msg::Done`].
    Job(Job),
    /// Put a text on the clipboard; see `copying::copy`, which makes it.
    Copy(String),
    /// Take the mouse from the terminal, or give it back.
    Mouse(bool),
    /// Hand a text to `$EDITOR`, which has the terminal meanwhile; answered by
    /// [`Msg::External`].
    External(External),
    /// Leave.
    Quit,
    /// Hand the terminal back to the shell for a while.
    Suspend,
    /// Draw every cell anew.
    Redraw,
}

/// A text for `$EDITOR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Name of the file that holds it meanwhile.
    pub name: String,
    /// It.
    pub text: String,
    /// The line to begin at, from 1.
    pub line: usize,
}

/// Which conversation to open.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Open {
    /// A stored conversation to go on with, before all others; by its whole
    /// name.
    pub conversation: Option<ConvId>,
    /// The branch of it that is to be current; `None`: as it was left.
    pub branch: Option<String>,
    /// The scenario, as the list names it; `None`: the one that is open.
    pub scenario: Option<String>,
    /// The task.
    pub task: Option<String>,
    /// A persona of the scenario or a profile; `None`: as the options or the task
    /// say.
    pub persona: Option<String>,
    /// The seed; `None`: as the options say.
    pub seed: Option<Seed>,
}
