//! Everything that can happen to a session, as one closed set.

use super::id::{CallId, StepId};
use super::role::Reply;
use super::world::Node;
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A person, or a script, wants something.
    Command(Command),
    /// The answer to [`super::effect::Effect::Continue`]: make the next step of code.
    Continue,
    /// A call was answered.
    Reply {
        /// Which call.
        call: CallId,
        /// The answer.
        body: Box<Reply>,
    },
    /// A call failed for good (the driver has retried what can be).
    Failed {
        /// Which call.
        call: CallId,
        /// What happened, for a person.
        error: String,
    },
}

/// How far to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Go {
    /// One role acts once; an unusable reply of it is no act and is asked for
    /// again, within the scenario's limit.
    Step,
    /// Until it is the user's turn again.
    Round,
    /// Until the end, the judge included.
    End,
}

/// What a person can ask of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Go on from the head of the current branch.
    Go(Go),
    /// Finish the call in flight, then wait.
    Pause,
    /// Drop the call in flight and wait.
    Stop,
    /// A new branch from a step (`None`: from the start), made current.
    Fork {
        /// From where.
        at: Option<StepId>,
    },
    /// Go on in this branch from a step of it; the old tail is hidden.
    Overwrite {
        /// From where.
        at: Option<StepId>,
    },
    /// Make the last step again with the next attempt's seed.
    Retry,
    /// Make another branch current.
    Switch {
        /// Its name.
        branch: String,
    },
    /// Take the last moving command back.
    Undo,
    /// Do it again.
    Redo,
    /// The person's answer to a `human` tool.
    Answer {
        /// The result.
        result: Node,
        /// Whether the tool succeeded.
        ok: bool,
    },
    /// Ask the judge now, on an ended conversation too: a verdict that was given
    /// before stays beside the new one.
    Judge,
}
