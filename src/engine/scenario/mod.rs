//! What a scenario means: plain data, read from files that a person wrote and
//! checked as a whole. A broken scenario is a list of problems, never half of one.
//!
//! `yaml`, `json` and `csv` read text with places; `*_file` read what each file
//! says; `tools`, `agents` and `world_files` join it; `task_names` and `prove` check
//! each task, the latter by running its reference path; `load` does all of it in order.

#![allow(
    clippy::single_match_else,
    clippy::naive_bytecount,
    reason = "a match says both cases alike; lines are counted only to report a problem"
)]

mod agents;
mod answers;
mod bind;
mod cast;
mod csv;
pub mod draft;
mod emit;
mod expand;
mod faults;
pub mod harden;
mod json;
mod keys;
mod lines;
mod load;
pub mod nearest;
mod people;
pub mod played;
mod prove;
mod report;
mod scenario_file;
pub mod schemas;
mod shape;
mod task_names;
mod tasks_file;
mod template;
mod tool_fit;
mod tool_reach;
mod tools;
mod tools_file;
mod tree;
mod world_files;
mod yaml;

pub use expand::expand;
pub use faults::never as fault_never;
pub use lines::{fact_line, policy_line, tool_line, world_line};

use super::fault::{Deck, Spec};
use super::id::Sha;
use super::persona::{Complexity, Context, PersonaSpec, Profile};
use super::problem::Problem;
use super::rules::{Expr, Program};
use super::score::Rubric;
use super::world::canon::Render;
use super::world::{Node, Patch, Pattern, Reach, Schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The files of a scenario's folder: path inside it (with `/`) to content.
pub type Files = BTreeMap<String, Arc<[u8]>>;

/// A checked scenario. Immutable; an edit makes another with another version.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Folder name, or `id:` of scenario.yaml.
    pub id: String,
    /// For people.
    pub title: String,
    /// Content hash over all files (names and bytes).
    pub version: Sha,
    /// The files as read.
    pub files: Files,
    /// The scenario's clock, RFC 3339, UTC.
    pub now: String,
    /// The world at the start, before a task's start patch.
    pub world: Node,
    /// The world's schema, given or inferred.
    pub schema: Schema,
    /// Rules: tools, invariants, policy checks.
    pub program: Program,
    /// All tools.
    pub tools: Vec<Tool>,
    /// All agents; the first is the one the user talks to.
    pub agents: Vec<Agent>,
    /// Named personas; empty: sampled from the eight profiles.
    pub personas: Vec<PersonaSpec>,
    /// The scenario's own profiles; they come before the built-in ones.
    pub profiles: Vec<Profile>,
    /// Axes, gates, weights.
    pub rubric: Rubric,
    /// Tasks; at least one.
    pub tasks: Vec<Task>,
    /// When a conversation ends.
    pub stop: Stop,
    /// Bounds on what one conversation may spend.
    pub limits: Limits,
    /// When the judge speaks.
    pub judge: JudgeWhen,
    /// Decks of faults that can be put in.
    pub faults: Vec<Deck>,
    /// Scripted replies of `replies.jsonl`, in order of use (see `providers::scripted`).
    pub replies: Vec<serde_json::Value>,
}

/// When the judge speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeWhen {
    /// Once, on the finished transcript.
    #[default]
    End,
    /// After each round as well.
    EachRound,
    /// Not by itself.
    Never,
}

/// When a conversation ends without the user saying so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stop {
    /// User turns at most.
    pub max_turns: u32,
    /// Goodbyes in a row (turns that carry nothing new) that are taken as an end.
    pub goodbyes: u32,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            max_turns: 20,
            goodbyes: 2,
        }
    }
}

/// Bounds on what one conversation may spend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Sub-agents inside sub-agents.
    pub depth: u32,
    /// Agent calls (model replies) in one turn, sub-agents included.
    pub agent_steps: u32,
    /// Repairs of a `model` tool's answer (k).
    pub repairs: u32,
    /// Times a malformed or empty reply of a role is asked for again.
    pub retries: u32,
    /// Rule budget of one call.
    pub rule_budget: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 3,
            agent_steps: 24,
            repairs: 2,
            retries: 2,
            rule_budget: super::rules::DEFAULT_BUDGET,
        }
    }
}

/// A tool.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Name, as models see it.
    pub name: String,
    /// Description, as models see it.
    pub description: String,
    /// JSON Schema of the arguments, exactly as models see it.
    pub parameters: serde_json::Value,
    /// The same, compiled.
    pub parameters_schema: Schema,
    /// Schema of the result, where declared.
    pub output: Option<Schema>,
    /// Places it may read (inferred for rules; what a `model` tool is shown).
    pub reads: Vec<Reach>,
    /// Places it may write.
    pub writes: Vec<Reach>,
    /// Places of the world, and fields of the result (`result.note`), whose text
    /// a `model` tool may word freely.
    pub free_text: Vec<Pattern>,
    /// How arguments are read.
    pub args: ArgsMode,
    /// How it answers.
    pub executor: Executor,
    /// How its result is rendered for the agent.
    pub render: Render,
    /// Repairs, where not the scenario's limit.
    pub repairs: Option<u32>,
    /// Answers of a `model` tool that stand in the place of asking: the first
    /// whose arguments are those of the call is proposed, and held to the same
    /// contract.
    pub answers: Vec<Answer>,
}

/// An answer to one call, as it was accepted before.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The arguments, read.
    pub args: Node,
    /// What is proposed: `{"result": …, "patch": […]}`, or `{"error": "…"}`.
    pub proposal: serde_json::Value,
}

/// How strictly arguments are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArgsMode {
    /// Against the schema; anything else is an error result.
    #[default]
    Strict,
    /// Coerced as declared (`"189"` to 189, 122.0 to 122); unknown keys dropped
    /// in inner objects.
    Coerce,
    /// Whatever came.
    Lenient,
}

/// How a tool answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Executor {
    /// Rows of a table, without a rule.
    Table(TableOp),
    /// A `tool` of the rules files, by the same name.
    Rules,
    /// The tool simulator proposes, the state manager checks. A `tool` of the
    /// same name in the rules files is a draft that the scripted stand-in uses.
    Model,
    /// A sub-agent on the same world; the request is its first message.
    Agent(String),
    /// A person types the result.
    Human,
}

/// What a `table` tool does.
#[derive(Clone, Debug, PartialEq)]
pub struct TableOp {
    /// The table of the world.
    pub table: String,
    /// `get`: the argument that holds the row's key. `find`: rows whose fields
    /// equal all the arguments given.
    pub get: Option<String>,
    /// Fields to show; all where empty.
    pub fields: Vec<String>,
    /// Rows at most, for `find`.
    pub limit: usize,
}

/// An agent: a policy and tools.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Name, as it stands in paths (`main/flights`).
    pub name: String,
    /// For the agent that calls it.
    pub description: String,
    /// System prompt.
    pub policy: String,
    /// Names of its tools, sub-agent tools included.
    pub tools: Vec<String>,
}

/// One user goal.
#[derive(Clone, Debug)]
pub struct Task {
    /// Name in the file.
    pub id: String,
    /// What the user wants, in words. May hold `{binding.field}` templates.
    pub goal: String,
    /// Facts the user knows and may tell.
    pub known: serde_json::Map<String, serde_json::Value>,
    /// Facts the user knows but tells only when asked.
    pub hidden: serde_json::Map<String, serde_json::Value>,
    /// Shifts the persona's emotions.
    pub context: Option<Context>,
    /// Overlay on the opening turn.
    pub complexity: Option<Complexity>,
    /// A persona of personas.yaml, where the task wants one.
    pub persona: Option<String>,
    /// First user turn, word for word.
    pub opening: Option<String>,
    /// Names bound to a value of the world before the start, by seed: an
    /// expression that gives a list has one element drawn.
    pub bind: Vec<(String, Expr)>,
    /// Applied to the world before the first turn.
    pub start: Patch,
    /// The reference path: calls that reach the goal, in order.
    pub path: Vec<PathCall>,
    /// False before, true after.
    pub assertions: Vec<Expr>,
    /// The deck of faults that is put in while this task is played.
    pub faults: Option<String>,
}

/// One call of a reference path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathCall {
    /// The tool.
    pub tool: String,
    /// Arguments; strings may hold `{name.field}` templates over bindings and
    /// earlier results saved by `save`. A string that is one template keeps the
    /// value's type.
    pub args: serde_json::Value,
    /// Name under which the result is kept for later templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
}

/// A task with its bindings drawn and its templates filled: what a
/// conversation runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The task.
    pub task: String,
    /// The goal, filled.
    pub goal: String,
    /// Known facts, filled.
    pub known: serde_json::Map<String, serde_json::Value>,
    /// Hidden facts, filled.
    pub hidden: serde_json::Map<String, serde_json::Value>,
    /// The opening, filled.
    pub opening: Option<String>,
    /// The bindings drawn.
    pub bindings: Vec<(String, Node)>,
    /// The reference path; templates over bindings are filled, those over
    /// earlier results are still there (fill them with [`Bound::arguments`]).
    pub path: Vec<PathCall>,
    /// The world at the start of the conversation: scenario, then start patch.
    pub world: Node,
}

/// Something that was not written and was inferred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inference {
    /// File it would stand in.
    pub file: String,
    /// What was inferred, as it would be written (`tools.get_order.reads`).
    pub key: String,
    /// The value, for people.
    pub value: String,
    /// From what.
    pub from: String,
}

/// What reading a folder gave.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The scenario, where there is no error.
    pub scenario: Option<Arc<Scenario>>,
    /// Everything wrong, errors and warnings, in file order.
    pub problems: Vec<Problem>,
    /// What was inferred.
    pub inferences: Vec<Inference>,
}

/// Reads and checks a scenario's files. `folder` is the folder's name.
#[must_use]
pub fn load(folder: &str, files: &Files) -> Loaded {
    let mut report = report::Report::default();
    let parts = load::read(folder, files, &mut report);
    let fine = !report.has_errors();
    let (problems, inferences) = report.finish();
    Loaded {
        scenario: parts.scenario.filter(|_| fine).map(Arc::new),
        problems,
        inferences,
    }
}

impl Scenario {
    /// A tool by name.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|t| t.name == name)
    }
    /// An agent by name.
    #[must_use]
    pub fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.iter().find(|a| a.name == name)
    }
    /// A task by name.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|t| t.id == id)
    }
    /// A deck of faults by name.
    #[must_use]
    pub fn deck(&self, name: &str) -> Option<&Deck> {
        self.faults.iter().find(|d| d.name == name)
    }
    /// The faults that are put into conversations of a task: those of the deck
    /// `always`, of the task's own deck, and what was `asked` for, in words of the
    /// command line. What cannot be read is none.
    #[must_use]
    pub fn faults_for(&self, task: &str, asked: &[String]) -> Vec<Spec> {
        let own = self.task(task).and_then(|t| t.faults.as_deref());
        let named = asked.iter().filter_map(|word| Deck::named_by(word));
        let mut out: Vec<Spec> = Vec::new();
        for name in std::iter::once(faults::ALWAYS).chain(own).chain(named) {
            for spec in self.deck(name).into_iter().flat_map(|d| &d.specs) {
                if !out.contains(spec) {
                    out.push(spec.clone());
                }
            }
        }
        out.extend(asked.iter().filter_map(|word| Spec::parse(word).ok()));
        out
    }
    /// Draws a task's bindings and fills its templates.
    ///
    /// # Errors
    /// An unknown task, an empty draw, a template or start patch that does not
    /// apply: one sentence.
    pub fn bind(&self, task: &str, seed: u64) -> Result<Bound, String> {
        let found = self.task(task);
        let task = found.ok_or_else(|| format!("no task `{task}`"))?;
        bind::bind(self, task, seed).map_err(prove::sentence)
    }
}
