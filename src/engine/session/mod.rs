//! One conversation as a state machine: inputs in, effects out.
//!
//! A [`Session`] is a tree of places (what the conversation was after each
//! step) and names for paths in it. Each place has its own [`Setting`]: the
//! scenario's version, the task bound under it, the persona. `next` says what
//! must happen from a place; `handle` turns inputs into events; `apply` is the
//! only code that changes the session, and it does so from events alone, so that
//! a replayed log and a live session cannot differ. `read` and `tree` are what
//! everybody may ask; looking never changes anything.
//!
//! `faults` puts in what was ordered of the deck.
//!
//! What a person does in the midst of it: `moving` names, `edit` (and `touches`,
//! what an edit would touch), `person` (seats and turns), `trial`, `halts`. Seats
//! that are taken and breakpoints are wishes of who looks on, and in no log.

mod apply;
mod ask;
mod asked;

mod chain;
mod chain_find;
mod chain_world;
mod checked;
mod contract;
mod edit;
mod faults;
mod findings;
mod freeze;
mod frozen;
mod grounded;
mod halts;
mod handle;
mod judged;

mod moving;
mod next;
mod person;
mod propose;
mod read;
mod recovery;
mod replay;
mod reply;
mod run;
mod sample;
mod setting;
mod settle;
mod since;
mod touches;
mod tree;
mod trial;
mod weigh;

use super::event::{EndedBy, Opened};
use super::fault::Fault;
use super::halt::Break;
use super::id::Sha;
use super::id::{CallId, StepId};
use super::input::Go;
use super::role::{Role, ToolCall, Try};
use super::scenario::Scenario;
use super::score::{Sample, Unusable};
use super::step::Step;
use super::world::{Ledger, Node, Patch};
use std::sync::Arc;

pub use checked::{Checked, is_turn, told_of};
pub use contract::{Contract, Proposed};
pub use freeze::{Freeze, Frozen};
pub use person::Turn;
pub use read::Judgement;
pub use recovery::{How, Recovery};
pub use replay::BadLog;
pub use setting::Setting;
pub use since::{
    Asked, Differs, FileChange, Found, Held, Line, Since, Told, Tone, Value, Would, lines,
};
pub use weigh::Weighed;

/// A live conversation. Clone is cheap: everything below is shared.
#[derive(Clone, Debug)]
pub struct Session {
    opened: Arc<Opened>,
    start: Arc<Place>,
    places: imbl::HashMap<StepId, Arc<Place>>,
    /// Steps made from a place, oldest first.
    children: imbl::HashMap<Option<StepId>, Arc<[StepId]>>,
    /// Versions of the scenario that edits made, by content.
    versions: imbl::HashMap<Sha, Arc<Scenario>>,
    /// Highest attempt made below a place, so that a retry draws new numbers.
    attempts: imbl::HashMap<Option<StepId>, u32>,
    /// The highest of all.
    highest: u32,
    names: Arc<Names>,
    /// What names were before each command, newest last.
    undo: Vec<Arc<Names>>,
    redo: Vec<Arc<Names>>,
    state: State,
    /// How far to go on without being asked again.
    going: Option<Going>,
    flight: Option<Flight>,
    last_call: CallId,
    /// How many verdicts the judge is asked for each time.
    samples: u32,
    /// Seats that a person has, and whether for one turn alone. Like what
    /// follows it is no part of the log.
    taken: Arc<[(String, bool)]>,
    /// Where going on stops by itself.
    breaks: Arc<[Break]>,
    /// The trial under way or the last one, as the log tells it.
    trial: Option<trial::Told>,
    /// The trial under way.
    work: Option<trial::Work>,
    /// How far the check was followed.
    memo: grounded::Memo,
}

/// Where the branch names point.
#[derive(Clone, Debug, PartialEq)]
struct Names {
    branches: Vec<Branch>,
    current: usize,
}

/// A command to go on, at work.
#[derive(Clone, Copy, Debug)]
struct Going {
    how: Go,
    /// No step was made under it yet.
    fresh: bool,
    /// The attempt of its first step; in a trial, of all.
    attempt: u32,
    /// The judge is asked, whoever's turn it is.
    judge: bool,
    /// A fault that a person puts into its first step.
    fault: Option<Fault>,
}

/// A call whose reply is awaited, with what a repair needs.
#[derive(Clone, Debug)]
struct Flight {
    call: CallId,
    what: next::Next,
    attempt: u32,
    before: Before,
}

/// What was answered before under the same step.
#[derive(Clone, Debug, Default)]
struct Before {
    /// Refused proposals of a `model` tool.
    tries: Vec<Try>,
    /// Samples of the judge.
    samples: Vec<Sample>,
    /// Unusable answers of the sample that is being asked for.
    unusable: Vec<Unusable>,
    /// Faults that were put into these answers.
    injected: Vec<String>,
    /// The fault that is being put in.
    fault: Option<Fault>,
}

/// Where the conversation was after a step: what going on from there needs.
#[derive(Clone, Debug)]
pub struct Place {
    /// The step; `None` before the first.
    pub step: Option<Step>,
    /// What holds from here on: scenario, task, persona.
    pub setting: Arc<Setting>,
    /// The world after it.
    pub world: Node,
    /// Where each value of it came from.
    pub ledger: Ledger,
    /// Agents at work, outermost first, each with the calls it still waits for;
    /// empty when it is the user's turn.
    pub stack: Vec<Frame>,
    /// User turns so far.
    pub turns: u32,
    /// Replies of agents in this turn.
    pub agent_steps: u32,
    /// Unusable replies in a row.
    pub malformed: u32,
    /// Goodbyes in a row.
    pub goodbyes: u32,
    /// Calls of tools so far: the number in call ids.
    pub calls: u32,
    /// Set where the conversation ended with this step or before it.
    pub ended: Option<EndedBy>,
    /// Whether the judge has spoken (or could not) since the last other step.
    pub judged: bool,
}

/// An agent at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Its name.
    pub agent: String,
    /// What it was asked, for a sub-agent; empty for the outermost.
    pub request: String,
    /// The calls of its last reply that have not run yet, in order.
    pub pending: Vec<ToolCall>,
    /// Number of the step at which it began (0 for the outermost).
    pub since: u32,
    /// A sub-agent's answer, once it has one.
    pub answer: Option<String>,
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
    /// A step of code follows at once.
    Working,
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
    /// It is the turn of a seat that a person has taken (a tool that a person
    /// plays is [`State::Human`]).
    Person {
        /// The user, or an agent.
        role: Role,
        /// The agent path.
        agent: Vec<String>,
    },
    /// Nothing follows on this branch.
    Ended(EndedBy),
}

/// Runs of the rest of a branch, for comparison.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Trial {
    /// From where.
    pub at: Option<StepId>,
    /// How many were asked for.
    pub times: u32,
    /// Those that came to an end, oldest first.
    pub runs: Vec<Trialled>,
    /// Whether more are to come.
    pub running: bool,
}

/// One run of the rest of a branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Trialled {
    /// Its branch.
    pub branch: String,
    /// Its last step.
    pub head: Option<StepId>,
    /// How many assertions of the task hold on its last world.
    pub held: usize,
    /// How many there are.
    pub of: usize,
    /// Why it ended; `None` where it was stopped or a call failed.
    pub ended: Option<EndedBy>,
}

/// What an edit would touch, before it is made.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Touches {
    /// What changes, in words.
    pub what: String,
    /// Numbers of the steps of the branch that used the old version.
    pub used: Vec<u32>,
    /// The place before the first of them: where the edit would go, were it made
    /// *from the first use*; `None` where no step used it.
    pub first: Option<FirstUse>,
}

/// Where an edit would go from the first use on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstUse {
    /// The step after which it would go; `None` is the start.
    pub after: Option<StepId>,
    /// Number of the step that used it first.
    pub number: u32,
}

/// Two branches side by side.
#[derive(Clone, Debug)]
pub struct Compared {
    /// How many steps they share from the start.
    pub common: usize,
    /// The places after those, of the one and of the other.
    pub left: Vec<Arc<Place>>,
    /// Of the other.
    pub right: Vec<Arc<Place>>,
    /// What makes the one's last world the other's.
    pub world: Patch,
}
