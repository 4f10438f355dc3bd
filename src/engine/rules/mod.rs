//! The tool language: what a rules file says, parsed once, run on a world.
//!
//! `lexer` and `parser` read the text and point at what is wrong; `ast` is the
//! tree; `statics` works out which places a tool can read and write; `run`
//! executes one tool as one transaction; `explain` says what happened.

use super::problem::Problem;
use super::world::{Node, Patch, Path, Pattern};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A parsed set of rules files: tools, procedures, invariants, policy checks
/// and what runs after every call. Clone is a pointer copy.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The parsed definitions.
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {}

/// What a `tool` header says of itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolSig {
    /// The tool's name.
    pub name: String,
    /// File and line of its header.
    pub file: String,
    /// Line of its header, from 1.
    pub line: u32,
    /// The `##` lines above it, joined; empty where there are none.
    pub doc: String,
    /// JSON Schema of the arguments, where the header lists them:
    /// `tool cancel(order_id: string, reason: "a" | "b", note?: string):`.
    pub parameters: Option<serde_json::Value>,
    /// Argument names the body uses that the header does not list (all free
    /// names that are no table, where the header lists none).
    pub uses: Vec<String>,
    /// Places it can read.
    pub reads: Vec<Pattern>,
    /// Places it can write.
    pub writes: Vec<Pattern>,
}

/// What a run may see and spend.
#[derive(Clone, Debug)]
pub struct Env<'a> {
    /// The world before the call.
    pub world: &'a Node,
    /// The arguments, a map.
    pub args: &'a Node,
    /// The scenario's clock, RFC 3339 (`2026-03-14T09:30:00Z`).
    pub now: &'a str,
    /// Names the draws of `new_id`; the same key gives the same ids.
    pub id_key: u64,
    /// Statements and expression nodes it may evaluate before it is stopped.
    pub budget: u64,
}

/// The default of [`Env::budget`].
pub const DEFAULT_BUDGET: u64 = 1_000_000;

/// What a run did.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The returned value (null where the tool returns none).
    pub result: Node,
    /// The world after; the one before where nothing was written.
    pub world: Node,
    /// What was written, in order. Applying it to the world before gives `world`.
    pub patch: Patch,
    /// For each operation of `patch`, the line of the statement that wrote it.
    pub lines: Vec<u32>,
    /// Statements and expression nodes evaluated.
    pub spent: u64,
}

/// Why a run stopped: nothing was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Whose failure.
    pub kind: FailureKind,
    /// The number after `else`, where one is given (404, 409, …).
    pub code: Option<i64>,
    /// What the agent is told.
    pub message: String,
    /// Which statement, and what it saw.
    pub explain: Explain,
}

/// Whose failure a failed run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// A `need` or `else` of the tool: its own word to the caller.
    Refused,
    /// The rule itself cannot go on (a missing field, a number where a text
    /// was meant, division by zero): a finding against the scenario.
    Broken,
    /// The step budget ran out.
    Budget,
}

/// The statement that decided, and the values that it saw.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Explain {
    /// Rules file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// The statement as written.
    pub statement: String,
    /// Each name or path in it with the value it had, in order of use.
    pub saw: Vec<(String, Node)>,
}

/// A broken invariant or policy check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    /// The name of the invariant or check.
    pub name: String,
    /// Its own words.
    pub message: String,
    /// Where in the world, where it is about one row.
    pub at: Option<Path>,
    /// Which statement, and what it saw.
    pub explain: Explain,
}

/// A single expression with the places it reads (assertions, bindings, templates).
#[derive(Clone, Debug)]
pub struct Expr {
    source: String,
}

impl Expr {
    /// Parses one expression that stands at `line`, `column` of `file`.
    ///
    /// # Errors
    /// Every problem of the text, placed in the file.
    pub fn parse(file: &str, line: u32, column: u32, text: &str) -> Result<Self, Vec<Problem>> {
        let _ = (file, line, column);
        Ok(Self {
            source: text.to_owned(),
        })
    }
    /// As written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
    /// The places it reads.
    #[must_use]
    pub fn reads(&self) -> Vec<Pattern> {
        Vec::new()
    }
    /// Free names: neither `locals` nor a table of `world`.
    #[must_use]
    pub fn unknown(&self, world: &Node, locals: &[&str]) -> Vec<String> {
        let _ = (world, locals);
        Vec::new()
    }
    /// Its value; `locals` come before the world's tables.
    ///
    /// # Errors
    /// Where it cannot be evaluated (a missing field, wrong types, budget).
    pub fn eval(&self, env: &Env<'_>, locals: &[(&str, &Node)]) -> Result<Node, Failure> {
        let _ = (env, locals);
        Ok(Node::Null)
    }
}

impl Program {
    /// Parses rules files given as (name, text); every problem of all of them.
    #[must_use]
    pub fn parse(files: &[(&str, &str)]) -> (Self, Vec<Problem>) {
        let _ = files;
        (Self::default(), Vec::new())
    }
    /// The tools, in file order.
    #[must_use]
    pub fn tools(&self) -> Vec<ToolSig> {
        let _ = &self.inner;
        Vec::new()
    }
    /// Names of the invariants, in file order.
    #[must_use]
    pub fn invariants(&self) -> Vec<String> {
        Vec::new()
    }
    /// Names of the policy checks, in file order.
    #[must_use]
    pub fn policies(&self) -> Vec<String> {
        Vec::new()
    }
    /// Meaning errors that need the world: unknown names, names that shadow a
    /// table. `params` gives the argument names of a tool.
    #[must_use]
    pub fn check(&self, world: &Node, params: &dyn Fn(&str) -> Vec<String>) -> Vec<Problem> {
        let _ = (world, params);
        Vec::new()
    }
    /// Runs a tool, then the `after` blocks, as one transaction. Schema and
    /// invariants are the caller's to check.
    ///
    /// # Errors
    /// The tool's refusal, a broken rule or an empty budget; the world is unchanged.
    pub fn call(&self, tool: &str, env: &Env<'_>) -> Result<Ran, Failure> {
        let _ = (tool, env);
        Ok(Ran {
            result: Node::Null,
            world: env.world.clone(),
            patch: Patch::default(),
            lines: Vec::new(),
            spent: 0,
        })
    }
    /// The `after` blocks alone, on a world that something else (a table, a
    /// model, a person) just wrote.
    ///
    /// # Errors
    /// As [`Program::call`].
    pub fn after(&self, env: &Env<'_>) -> Result<Ran, Failure> {
        self.call("", env)
    }
    /// The invariants that writes at `touched` can have broken (all of them
    /// where `touched` is `None`). Rows that were not touched are not looked at.
    #[must_use]
    pub fn broken_invariants(&self, env: &Env<'_>, touched: Option<&[Path]>) -> Vec<Broken> {
        let _ = (env, touched);
        Vec::new()
    }
    /// The policy checks that this call breaks: those `on` the tool, with the
    /// arguments as names and `env.world` as the world BEFORE the call; and
    /// those on no tool, over `after`.
    #[must_use]
    pub fn broken_policies(
        &self,
        tool: &str,
        env: &Env<'_>,
        after: &Node,
        touched: &[Path],
    ) -> Vec<Broken> {
        let _ = (tool, env, after, touched);
        Vec::new()
    }
}
