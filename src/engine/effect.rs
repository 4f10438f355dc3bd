//! Everything a session can ask of the outside, as data.

use super::event::Event;
use super::id::CallId;
use super::role::Request;
use serde::{Deserialize, Serialize};

/// One thing to be done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Append to the log; must be committed before what follows.
    Append(Event),
    /// Ask a role.
    Call(Box<Request>),
    /// Hand [`super::input::Input::Continue`] in, once what was appended is
    /// committed: one step, one transaction.
    Continue,
    /// Drop a call.
    Cancel(CallId),
    /// Tell the person.
    Tell(Notice),
}

/// A word to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// An answer to a call that nobody waits for; it changed nothing.
    LateReply(CallId),
    /// The command cannot be done now, and why.
    Refused(String),
    /// A call failed; the session is paused, nothing was written.
    CallFailed {
        /// Which seat.
        seat: String,
        /// What happened.
        error: String,
    },
    /// A reply could not be used and was asked for again.
    Repair {
        /// Which seat.
        seat: String,
        /// Why.
        why: String,
    },
    /// A breakpoint held: going on has stopped, and where it says why.
    Broke(String),
    /// It is the turn of a seat that a person has taken: `user`, `agent`.
    SeatWaits(String),
    /// A person must answer this tool call.
    HumanNeeded {
        /// The tool.
        tool: String,
    },
}
