//! One conversation as a state machine: inputs in, effects out.
//!
//! `read` is what everybody may ask of it; looking never changes anything.

mod read;

use super::event::{EndedBy, Opened};
use super::id::{CallId, StepId};
use super::role::{Role, ToolCall};
use super::scenario::{Bound, Scenario};
use super::step::Step;
use super::world::{Ledger, Node};
use std::sync::Arc;

/// A live conversation. Clone is cheap: everything below is shared.
#[derive(Clone, Debug)]
pub struct Session {
    opened: Arc<Opened>,
    scenario: Arc<Scenario>,
    bound: Arc<Bound>,
    start: Arc<Place>,
    places: imbl::HashMap<StepId, Arc<Place>>,
    main: Branch,
    branches: Vec<Branch>,
    current: usize,
    state: State,
}

/// Where the conversation was after a step: what going on from there needs.
#[derive(Clone, Debug)]
pub struct Place {
    /// The step; `None` before the first.
    pub step: Option<Step>,
    /// The world after it.
    pub world: Node,
    /// Where each value of it came from.
    pub ledger: Ledger,
    /// Agents at work, outermost first, each with the calls it still waits for.
    pub stack: Vec<Frame>,
    /// User turns so far.
    pub turns: u32,
    /// Set where the conversation ended with this step.
    pub ended: Option<EndedBy>,
}

/// An agent at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Its name.
    pub agent: String,
    /// The calls of its last reply that have not run yet, in order.
    pub pending: Vec<ToolCall>,
    /// Number of the step at which it began (0 for the outermost).
    pub since: u32,
}

/// A name for a path of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Its name: `main`, `main.2`, …
    pub name: String,
    /// Its newest step; `None` before the first.
    pub head: Option<StepId>,
    /// The step that it was forked from, where it was.
    pub from: Option<StepId>,
}

/// What the session is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Waiting for a command.
    Paused,
    /// A call is in flight.
    Calling {
        /// Its number.
        call: CallId,
        /// The seat asked.
        role: Role,
        /// The agent path of the step it will become.
        agent: Vec<String>,
    },
    /// A person must answer a tool call.
    Human {
        /// The call.
        call: ToolCall,
        /// The agent path.
        agent: Vec<String>,
    },
    /// Nothing follows on this branch.
    Ended(EndedBy),
}
