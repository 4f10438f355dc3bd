//! A step: one role acting once. Its body is deterministic and hashed; times,
//! cost and the rest live in an envelope that is not.

use super::id::{CallId, Sha, StepId};
use super::persona::Persona;
use super::role::{By, Role, ToolCall, Try};
use super::rules::{Broken, Explain};
use super::score::{Finding, Verdict};
use super::world::{Node, NodeHash, Patch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one role did, and what the world was after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Depth on its branch, from 1.
    pub number: u32,
    /// Which seat acted.
    pub role: Role,
    /// Path of agents, for agent and tool steps: `["main", "flights"]`.
    pub agent: Vec<String>,
    /// Who made it.
    pub by: By,
    /// The scenario version that it ran under.
    pub version: Sha,
    /// Which try this was, from 0.
    pub attempt: u32,
    /// What was done.
    pub act: Act,
    /// Reasoning, kept apart from text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// What code found about this step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Faults put in on purpose, by kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub injected: Vec<String>,
    /// The step that a person edited to make this one: same parent, kept in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<StepId>,
    /// The world's hash after the step.
    pub world: NodeHash,
}

/// What a role did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum Act {
    /// The user said something; `done` ends the conversation.
    Said {
        /// The text, without the end mark.
        text: String,
        /// Whether the user ended the conversation.
        done: bool,
    },
    /// An agent answered, called tools, or both.
    Answered {
        /// The text.
        text: String,
        /// The calls, in order.
        calls: Vec<ToolCall>,
    },
    /// A tool ran.
    Ran(Box<ToolRun>),
    /// The judge spoke.
    Judged(Box<Verdict>),
    /// A reply that could not be used: kept as it came.
    Malformed {
        /// What came.
        text: String,
        /// Why it could not be used.
        why: String,
    },
    /// A person changed what shapes the steps that follow. No role sees it.
    Edited(Box<Edited>),
}

/// A change by a person, as a step of its own. `Body::version` is the version
/// after it; `Body::role` the seat that it concerns most: the user for a persona
/// and tasks, the judge for the rubric, the agent for a policy, the tool for all else.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Edited {
    /// What was changed, in words: `tools.yaml`, `persona maya`, `world orders.8841.status`.
    pub what: String,
    /// All files of the version after it, path to the hash of the blob that holds
    /// the content; empty where no file changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, Sha>,
    /// The user's persona after it, where that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<Persona>,
    /// What it did to the world.
    #[serde(default, skip_serializing_if = "Patch::is_empty")]
    pub patch: Patch,
}

/// One tool call executed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRun {
    /// The call as the agent wrote it.
    pub call: ToolCall,
    /// The arguments as read (after coercion).
    pub args: Node,
    /// `table`, `rules`, `model`, `agent`, `human`, or `none` for an unknown tool.
    pub executor: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// The value.
    pub result: Node,
    /// What the agent reads.
    pub text: String,
    /// What it did to the world.
    pub patch: Patch,
    /// For each operation, the line of the rule that wrote it (0: none).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<u32>,
    /// Why it failed, where a rule or a check says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explain: Option<Explain>,
    /// Schema misfits and broken invariants that made the backend refuse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// Policy checks that this call broke (soft).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy: Vec<Broken>,
    /// Every proposal of a `model` tool, the last one accepted or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tries: Vec<Try>,
}

/// A step as the log has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Hash of (parent, body).
    pub id: StepId,
    /// The step before; `None` for the first.
    pub parent: Option<StepId>,
    /// The call whose reply it is; envelope, not hashed.
    pub call: Option<CallId>,
    /// The body.
    pub body: Body,
}

impl Step {
    /// A step with its id computed.
    #[must_use]
    pub fn new(parent: Option<StepId>, call: Option<CallId>, body: Body) -> Self {
        let mut bytes = parent.map(|p| p.0.to_vec()).unwrap_or_default();
        bytes.extend(serde_json::to_vec(&body).unwrap_or_default());
        Self {
            id: Sha::of(&bytes),
            parent,
            call,
            body,
        }
    }
}

impl Body {
    /// The text that a reader sees first.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.act {
            Act::Said { text, .. } | Act::Answered { text, .. } | Act::Malformed { text, .. } => {
                text
            }
            Act::Ran(run) => &run.text,
            Act::Judged(_) => "",
            Act::Edited(edited) => &edited.what,
        }
    }
    /// Whether a person wrote the result of a tool that code runs.
    #[must_use]
    pub fn is_override(&self) -> bool {
        match &self.act {
            Act::Ran(run) => {
                self.by == By::Person && matches!(run.executor.as_str(), "table" | "rules")
            }
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => false,
        }
    }
    /// The patch it made, if any.
    #[must_use]
    pub fn patch(&self) -> Option<&Patch> {
        match &self.act {
            Act::Ran(run) if !run.patch.is_empty() => Some(&run.patch),
            Act::Edited(edited) if !edited.patch.is_empty() => Some(&edited.patch),
            Act::Edited(_)
            | Act::Ran(_)
            | Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. } => None,
        }
    }
}
