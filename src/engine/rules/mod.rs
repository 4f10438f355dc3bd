//! The tool language: what a rules file says, parsed once, run on a world.
//!
//! `lexer` and `parser` read the text and point at what is wrong; `ast` is the
//! tree; `resolve` gives each name its slot; `statics` works out which places a
//! tool can read and write; `run`, `eval` and `funcs` execute one tool as one
//! transaction; `checks` runs invariants and policies; `explain` says what
//! happened; `line` are a tool's statements as written; `expr` is a single expression or template outside of any file.
#![allow(
    clippy::unnecessary_box_returns,
    clippy::result_large_err,
    reason = "failures are rare: inside they travel boxed, outside they are plain data"
)]

mod ast;
mod builtins;
mod calc;
mod checks;
mod dates;
mod eval;
mod explain;
mod expr;
mod funcs;
mod lex_text;
mod lexer;
mod line;
mod names;
mod near;
mod num;
mod ops;
mod parse_def;
mod parse_expr;
mod parser;
mod place;
mod resolve;
mod run;
mod statics;

pub(in crate::engine) use calc::calc;
/// Whether a name is a function of the language.
#[must_use]
pub fn is_builtin(name: &str) -> bool {
    builtins::Builtin::named(name).is_some()
}

pub use expr::{Expr, Template, fill_template, template_exprs};
pub use line::{Statement, StatementKind, gives};

use super::problem::Problem;
use super::world::path::Seg;
use super::world::{Node, Patch, Path, Pattern};
use ast::{Def, DefKind};
use run::{Res, Run};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// The language for people: what `stategen help rules` prints.
pub const HELP: &str = include_str!("../../../docs/rules.md");

/// A parsed set of rules files: tools, procedures, invariants, policy checks
/// and what runs after every call. Clone is a pointer copy.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The parsed definitions.
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    defs: Vec<Def>,
    tools: HashMap<Arc<str>, usize>,
    invariants: Vec<checks::Plan>,
    policies: Vec<checks::Plan>,
    afters: Vec<usize>,
    sigs: Vec<ToolSig>,
}

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

/// A policy check's name, place and tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicySig {
    /// Its name.
    pub name: String,
    /// File of its header.
    pub file: String,
    /// Line of its header, from 1.
    pub line: u32,
    /// The tools it is on; none: it looks at the world after every call.
    pub on: Vec<String>,
}

impl Program {
    /// Parses rules files given as (name, text); every problem of all of them.
    #[must_use]
    pub fn parse(files: &[(&str, &str)]) -> (Self, Vec<Problem>) {
        let mut defs = Vec::new();
        let mut problems = Vec::new();
        for (name, text) in files {
            let (mut found, mut wrong) = parser::file(name, text);
            for def in &mut found {
                resolve::def(def, &mut wrong);
            }
            wrong.sort_by_key(|p| (p.line, p.column));
            defs.append(&mut found);
            problems.append(&mut wrong);
        }
        resolve::link(&mut defs, &mut problems);
        let mut inner = Inner {
            defs,
            ..Inner::default()
        };
        for (at, def) in inner.defs.iter().enumerate() {
            match def.kind {
                DefKind::Tool => {
                    inner.tools.entry(def.name.clone()).or_insert(at);
                    inner.sigs.push(names::sig(&inner, def));
                }
                DefKind::Invariant => inner.invariants.push(checks::plan(&inner, at, def)),
                DefKind::Policy => inner.policies.push(checks::plan(&inner, at, def)),
                DefKind::After => inner.afters.push(at),
                DefKind::Proc | DefKind::Expr => {}
            }
        }
        let program = Self {
            inner: Arc::new(inner),
        };
        (program, problems)
    }
    /// The tools, in file order. Without a world, the free names of a tool that
    /// lists no parameters cannot be told from tables: they stand in `uses` and
    /// as tables in `reads`. [`Program::tools_in`] knows.
    #[must_use]
    pub fn tools(&self) -> Vec<ToolSig> {
        self.inner.sigs.clone()
    }
    /// The tools with `uses`, `reads` and `writes` sorted out by the tables of
    /// `world`.
    #[must_use]
    pub fn tools_in(&self, world: &Node) -> Vec<ToolSig> {
        let table = |p: &Pattern| match p.0.first() {
            Some(Seg::Key(key)) => world.child(key).is_some(),
            Some(Seg::Any) | None => true,
        };
        let mut sigs = self.tools();
        for sig in &mut sigs {
            sig.uses.retain(|name| world.child(name).is_none());
            sig.reads.retain(&table);
            sig.writes.retain(&table);
        }
        sigs
    }
    /// Places that the `after` blocks can write, whatever the call.
    #[must_use]
    pub fn after_writes(&self) -> Vec<Pattern> {
        let inner = &*self.inner;
        let afters = inner.afters.iter().filter_map(|at| inner.defs.get(*at));
        afters
            .flat_map(|def| statics::of(inner, def).writes)
            .collect()
    }
    /// Names of the invariants, in file order.
    #[must_use]
    pub fn invariants(&self) -> Vec<String> {
        self.names(&self.inner.invariants)
    }
    /// Names of the policy checks, in file order.
    #[must_use]
    pub fn policies(&self) -> Vec<String> {
        self.names(&self.inner.policies)
    }
    fn names(&self, plans: &[checks::Plan]) -> Vec<String> {
        plans
            .iter()
            .filter_map(|plan| self.inner.defs.get(plan.def))
            .map(|def| def.name.to_string())
            .collect()
    }
    /// The policy checks with the tools they are on.
    #[must_use]
    pub fn policy_sigs(&self) -> Vec<PolicySig> {
        self.inner
            .policies
            .iter()
            .filter_map(|plan| self.inner.defs.get(plan.def))
            .map(|def| PolicySig {
                name: def.name.to_string(),
                file: def.file.to_string(),
                line: def.at.line,
                on: def.on.iter().map(|(name, _)| name.to_string()).collect(),
            })
            .collect()
    }
    /// Meaning errors that need the world: unknown names, names that shadow a
    /// table. `params` gives the argument names of a tool.
    #[must_use]
    pub fn check(&self, world: &Node, params: &dyn Fn(&str) -> Vec<String>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for def in &self.inner.defs {
            names::check(def, world, params, &mut problems);
        }
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        problems
    }
    /// The statements that a tool can come to: its own, those of the procedures
    /// that it calls, and what runs after every call.
    #[must_use]
    pub fn statements(&self, tool: &str) -> Vec<Statement> {
        line::statements(&self.inner, tool)
    }
    /// Runs a tool, then the `after` blocks, as one transaction. Schema and
    /// invariants are the caller's to check.
    ///
    /// # Errors
    /// The tool's refusal, a broken rule or an empty budget; the world is unchanged.
    pub fn call(&self, tool: &str, env: &Env<'_>) -> Result<Ran, Failure> {
        self.run(Some(tool), env, false, true).0
    }
    /// Runs a tool without the `after` blocks: what a `model` tool's draft
    /// proposes, on a world that holds only what the tool may read. The `after`
    /// blocks are the state manager's, once the proposal is accepted.
    ///
    /// # Errors
    /// As [`Program::call`].
    pub fn draft(&self, tool: &str, env: &Env<'_>) -> Result<Ran, Failure> {
        self.run(Some(tool), env, false, false).0
    }
    /// As [`Program::call`], and every place of the world that it read, in order.
    ///
    /// # Errors
    /// As [`Program::call`]; the reads up to there are given all the same.
    pub fn call_traced(&self, tool: &str, env: &Env<'_>) -> (Result<Ran, Failure>, Vec<Path>) {
        self.run(Some(tool), env, true, true)
    }
    /// The `after` blocks alone, on a world that something else (a table, a
    /// model, a person) just wrote.
    ///
    /// # Errors
    /// As [`Program::call`].
    pub fn after(&self, env: &Env<'_>) -> Result<Ran, Failure> {
        self.run(None, env, false, true).0
    }

    fn run(
        &self,
        tool: Option<&str>,
        env: &Env<'_>,
        trace: bool,
        then_after: bool,
    ) -> (Result<Ran, Failure>, Vec<Path>) {
        let inner = &*self.inner;
        let first = match tool {
            Some(name) => match inner.tools.get(name).and_then(|at| inner.defs.get(*at)) {
                Some(def) => Some(def),
                None => return (Err(no_tool(name)), Vec::new()),
            },
            None => None,
        };
        let afters = || inner.afters.iter().filter_map(|at| inner.defs.get(*at));
        let Some(begin) = first.or_else(|| afters().next()) else {
            let nothing = Ran {
                result: Node::Null,
                world: env.world.clone(),
                patch: Patch::default(),
                lines: Vec::new(),
                spent: 0,
            };
            return (Ok(nothing), Vec::new());
        };
        let mut run = Run::new(inner, begin, env);
        run.reads = trace.then(Vec::new);
        let done = (|| -> Res<Node> {
            let result = match first {
                Some(def) => run.start(def)?,
                None => Node::Null,
            };
            if then_after && (first.is_none() || !run.ops.is_empty()) {
                for def in afters() {
                    run.start(def)?;
                }
            }
            Ok(result)
        })();
        match done {
            Ok(result) => {
                let reads = run.reads.take().unwrap_or_default();
                let ran = Ran {
                    result,
                    world: run.world,
                    patch: Patch(run.ops),
                    lines: run.lines,
                    spent: run.budget - run.left,
                };
                (Ok(ran), reads)
            }
            Err(stop) => {
                let reads = run.reads.take().unwrap_or_default();
                (Err(explain::failure(&mut run, *stop)), reads)
            }
        }
    }
    /// The invariants that writes at `touched` can have broken (all of them
    /// where `touched` is `None`). Rows that were not touched are not looked at.
    #[must_use]
    pub fn broken_invariants(&self, env: &Env<'_>, touched: Option<&[Path]>) -> Vec<Broken> {
        let mut out = Vec::new();
        for plan in &self.inner.invariants {
            checks::run(&self.inner, plan, env, touched, &mut out);
        }
        out
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
        let mut out = Vec::new();
        let later = Env {
            world: after,
            ..env.clone()
        };
        for plan in &self.inner.policies {
            let Some(def) = self.inner.defs.get(plan.def) else {
                continue;
            };
            if def.on.is_empty() {
                checks::run(&self.inner, plan, &later, Some(touched), &mut out);
            } else if def.on.iter().any(|(name, _)| &**name == tool) {
                checks::whole(&self.inner, def, env, &mut out);
            }
        }
        out
    }
}

#[cold]
fn no_tool(name: &str) -> Failure {
    Failure {
        kind: FailureKind::Broken,
        code: None,
        message: format!("no rule is called `{name}`"),
        explain: Explain::default(),
    }
}
