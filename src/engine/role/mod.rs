//! The four roles: what each is asked, from the history that it may see, and
//! how its reply is read.

pub mod agent;
pub mod args;
pub mod execute;
pub mod judge;
pub mod table;
pub mod tool;
pub mod user;

use super::id::CallId;
use super::world::{Node, Patch};
use serde::{Deserialize, Serialize};

/// The four seats of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The user simulator.
    User,
    /// The agent under test (and its sub-agents).
    Agent,
    /// The tool simulator, or whatever executes a tool.
    Tool,
    /// The judge.
    Judge,
}

/// Who says a message, as the asked role sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The user simulator (or the calling agent, for a sub-agent).
    User,
    /// The agent.
    Agent,
    /// A tool's result; `call_id` says which call.
    Tool,
    /// The state manager or the engine: why a reply was refused.
    System,
    /// The asked role itself: a reply that could not be used. A message of
    /// `System` that says why follows it.
    Own,
}

/// A tool call as the agent wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The call's id within the conversation (made unique by the engine).
    pub id: String,
    /// The tool's name as written; may be unknown.
    pub tool: String,
    /// The arguments exactly as written; not always JSON.
    pub raw: String,
    /// The arguments parsed; null where `raw` is no JSON object.
    pub args: Node,
}

/// One message of the history that a role may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who.
    pub from: Speaker,
    /// The text (of a tool: the result as the agent reads it).
    pub text: String,
    /// Calls, where an agent made some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ToolCall>,
    /// The call that a tool's result answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// The step's number, 0 for what is no step.
    pub step: u32,
}

/// A tool as a model is told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolSpec {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// JSON Schema of the parameters, exactly as the scenario has it.
    pub parameters: serde_json::Value,
}

/// What one call of a model is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Number of the call.
    pub call: CallId,
    /// Which seat.
    pub role: Role,
    /// Path of agents (`["main", "flights"]`); empty for user and judge.
    pub agent: Vec<String>,
    /// Number of the step that the reply will become, from 1.
    pub step: u32,
    /// Which try of this step, from 0 (a retry draws other numbers).
    pub attempt: u32,
    /// A seed of its own: hash(conversation seed, path of the step, attempt).
    pub seed: u64,
    /// System prompt.
    pub system: String,
    /// What the role may see, oldest first.
    pub messages: Vec<Message>,
    /// Tools on offer.
    pub tools: Vec<ToolSpec>,
    /// JSON Schema of the answer, where one is wanted.
    pub schema: Option<serde_json::Value>,
    /// The same facts as data, for seats that are asked about something.
    pub about: About,
    /// A fault of the deck to be made in this reply, for the stand-in; what a
    /// model is to know of it stands in `system`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// What a request is about, beyond its messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "about")]
pub enum About {
    /// The user's next turn.
    UserTurn,
    /// The agent's next turn.
    AgentTurn,
    /// A `model` tool's answer.
    ToolAnswer {
        /// The tool's name.
        tool: String,
        /// The arguments, read.
        args: Node,
        /// What the tool may read of the world, as a tree with only those places.
        projection: Node,
        /// Earlier proposals for this call and why each was refused.
        refused: Vec<String>,
    },
    /// The verdict.
    Verdict,
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It was done.
    #[default]
    Stop,
    /// It wants tools.
    ToolCalls,
    /// It was cut off.
    Length,
    /// It declined.
    Refusal,
}

/// Why a reply that was cut off cannot be used.
pub const CUT_OFF: &str = "the reply was cut off at its token limit; raise max_tokens";
/// Why a reply that says nothing because the model refused cannot be used.
pub const DECLINED: &str = "the model declined";

/// What a role is told of its reply that could not be used.
#[must_use]
pub fn told(why: &str) -> String {
    match why {
        CUT_OFF => String::from(
            "Your last reply was too long and was cut off before its end. Reply again, shorter.",
        ),
        DECLINED => String::from(
            "Your last reply was empty because you declined. Reply again; where you cannot do \
             what is asked, say so in the form that is asked for.",
        ),
        _ => format!("Your last reply could not be used: {why}. Reply again."),
    }
}

/// At most so many letters of a text, with `…` where it was longer.
#[must_use]
pub fn shortened(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A call as a model wrote it, before anything is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawCall {
    /// The model's own id; may be empty or repeated.
    pub id: String,
    /// The name as written.
    pub name: String,
    /// The arguments as written.
    pub arguments: String,
}

/// A model's whole reply, exactly as it came.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// Reasoning, kept apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Tool calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<RawCall>,
    /// Why it stopped.
    #[serde(default)]
    pub finish: Finish,
    /// Who wrote it.
    pub by: By,
    /// Faults put in on purpose (known ground truth), by kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub injected: Vec<String>,
}

/// Who made something.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The scripted stand-in: no model was asked.
    #[default]
    Scripted,
    /// A model, named `provider/model`.
    Model(String),
    /// A person.
    Person,
    /// Code: rules, tables, the engine itself.
    Code,
}

/// One proposal of a `model` tool and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Try {
    /// The text as it came.
    pub text: String,
    /// The result it proposed, where it could be read.
    pub result: Option<Node>,
    /// The patch it proposed, where it could be read.
    pub patch: Option<Patch>,
    /// Why it was refused, one sentence each; empty where it was accepted.
    pub refused: Vec<String>,
}
