//! What the check follows: the turns of a conversation, lived through or
//! recorded, in one shape.

use super::known::Known;
use crate::engine::world::{Node, Patch, Pattern, Schema};
use std::sync::Arc;

/// What is known before the first turn, and never changes: policies, tools, the
/// clock, what the user was told. Shared by all conversations of a version.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What agents are told from the start: policies, tools, the clock.
    pub known: Known,
    /// The tools on offer to anybody.
    pub tools: Vec<ToolFacts>,
    /// Whether `tools` is all there is: only then a call of another tool is a
    /// finding. A transcript from elsewhere may not say.
    pub all_tools: bool,
    /// What the user simulator was told.
    pub user: Option<UserFacts>,
}

/// What is known of a tool.
#[derive(Clone, Debug, Default)]
pub struct ToolFacts {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Schema of its arguments.
    pub parameters: Option<Schema>,
    /// Schema of its result.
    pub output: Option<Schema>,
    /// Whether it may write; `None` where nobody says.
    pub mutates: Option<bool>,
}

/// What the user simulator knows: texts as it was given them, and facts by name.
#[derive(Clone, Debug, Default)]
pub struct UserFacts {
    /// Goal, instructions, known and hidden facts, as text.
    pub texts: Vec<String>,
    /// Facts as values.
    pub facts: Vec<(String, Node)>,
}

/// One turn.
#[derive(Clone, Copy, Debug)]
pub enum Turn<'a> {
    /// The user speaks.
    User {
        /// The words.
        text: &'a str,
    },
    /// An agent answers, calls, or both.
    Agent {
        /// Its path: `["main"]`, `["main", "flights"]`.
        agent: &'a [String],
        /// The words.
        text: &'a str,
        /// The calls, in order.
        calls: &'a [Call<'a>],
    },
    /// A sub-agent is asked: its first message.
    Asked {
        /// The sub-agent's path.
        agent: &'a [String],
        /// The request.
        text: &'a str,
    },
    /// A tool answers.
    Ran(&'a Ran<'a>),
}

/// A call as an agent wrote it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The tool.
    pub tool: &'a str,
    /// The arguments.
    pub args: &'a Node,
    /// Whether it is a sub-agent that is called: its request is text.
    pub agent: bool,
}

/// A call that was run.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a> {
    /// Path of the agent that called; empty where the user's side did.
    pub agent: &'a [String],
    /// The tool.
    pub tool: &'a str,
    /// The arguments.
    pub args: &'a Node,
    /// Whether it says that it succeeded.
    pub ok: bool,
    /// The result as a value.
    pub result: &'a Node,
    /// The result as the agent reads it.
    pub text: &'a str,
    /// What it did to the world, where that is known.
    pub patch: Option<&'a Patch>,
    /// The world before it, where there is one.
    pub before: Option<&'a Node>,
    /// The world after it, where there is one.
    pub after: Option<&'a Node>,
    /// Places that this call may read, where the tool declares them.
    pub reads: Option<&'a [Pattern]>,
    /// Places that this call may write, where the tool declares them.
    pub writes: Option<&'a [Pattern]>,
    /// Whether code computed result and patch: then they are true by definition.
    pub computed: bool,
}

/// Where a literal stands in a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Byte range of the text.
    Text(usize, usize),
    /// In the arguments of a call of the turn, by its place and the path in it.
    Args(usize, String),
    /// In the result, by its path.
    Result(String),
}

/// Where the value of a literal was known from.
#[derive(Clone, Debug, PartialEq)]
pub enum Trace {
    /// It was said or read before; the number of the newest step that has it, 0
    /// for what was told from the start.
    Known {
        /// The step.
        step: u32,
    },
    /// It follows from values that were.
    Derived {
        /// In words: `302.67 - 254.00`.
        how: String,
        /// Steps of the operands.
        steps: Vec<u32>,
    },
    /// Nowhere.
    None,
}

impl Trace {
    /// Whether there is a source.
    #[must_use]
    pub fn found(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// A literal of a turn and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// Where it stands.
    pub spot: Spot,
    /// As written.
    pub text: String,
    /// Where it comes from.
    pub trace: Trace,
}

/// What everybody of a version is told, shared.
pub type SharedTold = Arc<Told>;
