//! Everything that can happen to a session, as one closed set.

use super::fault::Fault;
use super::id::{CallId, StepId};
use super::persona::Persona;
use super::role::{Reply, ToolCall};
use super::world::{Node, Patch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use super::halt::Break;

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
    /// Make the last step again with the next attempt's seed. A fault that a person
    /// put into it stays in, whichever try it is.
    Retry {
        /// Without the fault that a person put in.
        clean: bool,
    },
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
    /// Change something that shapes what follows: a step of its own, made by a
    /// person, with a new version of the scenario where its files change.
    Edit {
        /// Where it goes.
        onto: Onto,
        /// What changes.
        edit: Edit,
    },
    /// A person acts for the role whose turn it is there.
    Act {
        /// Where it goes.
        onto: Onto,
        /// What the person does.
        act: Acted,
        /// The step that it takes the place of, where a step was edited by hand:
        /// it has the same parent, and stays in the log.
        instead: Option<StepId>,
    },
    /// A person takes a seat: where it is that seat's turn, the session waits. The
    /// seat `tool` is every tool, also those that code runs. A call in flight is
    /// still answered by whoever was asked; a trial runs by itself.
    Take {
        /// `user`, `agent`, `agent/NAME`, `tool`, `tool/NAME`.
        seat: String,
        /// For its next turn alone.
        once: bool,
    },
    /// A person gives a seat back.
    HandBack {
        /// As it was taken.
        seat: String,
    },
    /// The current branch goes to another try of a step of it (a step with the
    /// same parent), or what was made newest after that.
    Try {
        /// The try.
        step: StepId,
    },
    /// Runs the rest from a place to the end several times, each with fresh
    /// seeds and in a branch of its own, then comes back to this branch. Stopping
    /// it keeps what was done; breakpoints do not stop it.
    Trial {
        /// From where; `None` is the start.
        at: Option<StepId>,
        /// How often, from 1.
        times: u32,
    },
    /// The next step is made, with a fault in it.
    Inject {
        /// Where it goes.
        onto: Onto,
        /// The fault; refused where it does not fit.
        fault: Fault,
    },
    /// Where going on stops by itself; replaces what was said before.
    Break {
        /// Any of these.
        on: Vec<Break>,
    },
}

/// Where something that a person does goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onto {
    /// After the head of the current branch.
    Head,
    /// After this step (`None`: the start), in a new branch that becomes current.
    Fork(Option<StepId>),
    /// After this step of the current branch; its old tail is hidden.
    Overwrite(Option<StepId>),
}

/// A change of what shapes the steps that follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Files of the scenario by path, whole; `None` takes one away. The world and
    /// the persona of the conversation stay as they are there; the task is bound
    /// anew with the same seed.
    Files(BTreeMap<String, Option<Arc<[u8]>>>),
    /// The user's persona, whole.
    Persona(Box<Persona>),
    /// Values of the world. Refused where it breaks the schema or an invariant.
    World(Patch),
}

/// What a person does in a role's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acted {
    /// The user's turn.
    Said {
        /// The text, without an end mark.
        text: String,
        /// Whether the user ends the conversation.
        done: bool,
    },
    /// An agent's reply.
    Answered {
        /// The text.
        text: String,
        /// Its calls; an empty id is given one.
        calls: Vec<ToolCall>,
    },
    /// A tool's result.
    Result {
        /// The value.
        result: Node,
        /// Whether the tool succeeded.
        ok: bool,
        /// What it does to the world; `None`: what code does by itself for a tool
        /// of table or rules, else nothing. Where the tool is one that code runs,
        /// the step is marked as an override.
        patch: Option<Patch>,
    },
}
