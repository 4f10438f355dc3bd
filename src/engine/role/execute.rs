//! Runs a tool that code can run, as one transaction: rules or a table, then
//! `after` blocks, schema and invariants. What breaks them is refused before
//! anybody sees a result.

use super::table;
use crate::engine::rules::{Broken, Env, Explain, Failure, FailureKind};
use crate::engine::scenario::{Executor, Scenario, Tool};
use crate::engine::world::canon::{Render, render};
use crate::engine::world::{Node, Patch, Path};

/// What running a tool gave.
#[derive(Clone, Debug)]
pub struct Executed {
    /// Whether it succeeded.
    pub ok: bool,
    /// The value; the error text where it did not.
    pub result: Node,
    /// What the agent reads.
    pub text: String,
    /// What it wrote; empty where it failed.
    pub patch: Patch,
    /// For each operation, the rule's line (0: none).
    pub lines: Vec<u32>,
    /// The world after.
    pub world: Node,
    /// Why it failed, where a statement says so.
    pub explain: Option<Explain>,
    /// Whether the failure is the rule's own fault, not its word to the caller.
    pub broken_rule: bool,
    /// Schema misfits and broken invariants that made the backend refuse.
    pub refused: Vec<String>,
    /// Policy checks that the call broke (soft).
    pub policy: Vec<Broken>,
}

/// The facts of a place that a run depends on.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The scenario's clock.
    pub now: &'a str,
    /// Names the draws of `new_id`.
    pub id_key: u64,
}

impl Executed {
    /// A failed call: the world is as it was.
    #[must_use]
    pub fn failed(world: &Node, render: Render, message: &str) -> Self {
        Self {
            ok: false,
            result: Node::str(message),
            text: error_text(render, message),
            patch: Patch::default(),
            lines: Vec::new(),
            world: world.clone(),
            explain: None,
            broken_rule: false,
            refused: Vec::new(),
            policy: Vec::new(),
        }
    }
}

/// How an error is told to the agent: `Error: ` and the tool's own words.
#[must_use]
pub fn error_text(render: Render, message: &str) -> String {
    match render {
        Render::Compact | Render::Python => format!("Error: {message}"),
    }
}

/// The environment of a run over `world`.
#[must_use]
pub fn env<'a>(scenario: &Scenario, world: &'a Node, args: &'a Node, at: At<'a>) -> Env<'a> {
    Env {
        world,
        args,
        now: at.now,
        id_key: at.id_key,
        budget: scenario.limits.rule_budget,
    }
}

/// Runs a `table` or `rules` tool (and, as a dry run, the draft of a `model`
/// tool) on `world` with arguments that were read.
#[must_use]
pub fn execute(
    scenario: &Scenario,
    tool: &Tool,
    world: &Node,
    args: &Node,
    at: At<'_>,
) -> Executed {
    let env = env(scenario, world, args, at);
    let ran = match &tool.executor {
        Executor::Table(op) => {
            return match table::run(op, world, args) {
                Ok(result) => {
                    let done = commit(
                        scenario,
                        tool,
                        world,
                        args,
                        at,
                        result,
                        &Patch::default(),
                        &[],
                    );
                    done.unwrap_or_else(|failed| *failed)
                }
                Err(message) => Executed::failed(world, tool.render, &message),
            };
        }
        Executor::Rules | Executor::Model => scenario.program.call(&tool.name, &env),
        Executor::Agent(_) | Executor::Human => {
            return Executed::failed(world, tool.render, "this tool is not run by code");
        }
    };
    match ran {
        Ok(ran) => {
            let done = check(
                scenario, tool, world, args, at, ran.result, ran.world, ran.patch, ran.lines,
            );
            done.unwrap_or_else(|failed| *failed)
        }
        Err(failure) => refused(world, tool, failure),
    }
}

fn refused(world: &Node, tool: &Tool, failure: Failure) -> Executed {
    let mut out = Executed::failed(world, tool.render, &failure.message);
    out.broken_rule = match failure.kind {
        FailureKind::Refused => false,
        FailureKind::Broken | FailureKind::Budget => true,
    };
    out.explain = Some(failure.explain);
    out
}

/// Applies a patch that something other than a rule proposed (a model that was
/// checked, a person), runs the `after` blocks, and checks as for a rule.
///
/// # Errors
/// The failed call, with why.
#[allow(
    clippy::too_many_arguments,
    reason = "one call's facts, each of them used"
)]
pub fn commit(
    scenario: &Scenario,
    tool: &Tool,
    world: &Node,
    args: &Node,
    at: At<'_>,
    result: Node,
    patch: &Patch,
    lines: &[u32],
) -> Result<Executed, Box<Executed>> {
    let mut patch = patch.clone();
    let mut lines = lines.to_vec();
    lines.resize(patch.0.len(), 0);
    let mut after = world.clone();
    if !patch.is_empty() {
        after = match patch.apply(world) {
            Ok(applied) => applied.world,
            Err(error) => {
                let mut out = Executed::failed(world, tool.render, "the patch does not apply");
                out.refused.push(error.to_string());
                return Err(Box::new(out));
            }
        };
        match scenario.program.after(&env(scenario, &after, args, at)) {
            Ok(ran) => {
                patch.0.extend(ran.patch.0);
                lines.extend(ran.lines);
                after = ran.world;
            }
            Err(failure) => return Err(Box::new(refused(world, tool, failure))),
        }
    }
    check(scenario, tool, world, args, at, result, after, patch, lines)
}

/// Schema and invariants where the patch touched the world, then the soft checks.
#[allow(
    clippy::too_many_arguments,
    reason = "one call's facts, each of them used"
)]
fn check(
    scenario: &Scenario,
    tool: &Tool,
    world: &Node,
    args: &Node,
    at: At<'_>,
    result: Node,
    after: Node,
    patch: Patch,
    lines: Vec<u32>,
) -> Result<Executed, Box<Executed>> {
    let touched = touched(&patch);
    let mut wrong = Vec::new();
    let mut explain = None;
    if !touched.is_empty() {
        for misfit in scenario.schema.check_touched(&after, &touched) {
            wrong.push(format!("schema: {}: {}", misfit.path, misfit.what));
        }
        let env = env(scenario, &after, args, at);
        for broken in scenario.program.broken_invariants(&env, Some(&touched)) {
            wrong.push(format!("invariant {}: {}", broken.name, broken.message));
            explain.get_or_insert(broken.explain);
        }
    }
    if !wrong.is_empty() {
        let message = format!("The system refused this change: {}", wrong.join("; "));
        let mut out = Executed::failed(world, tool.render, &message);
        out.refused = wrong;
        out.explain = explain;
        return Err(Box::new(out));
    }
    let before = env(scenario, world, args, at);
    let policy = scenario
        .program
        .broken_policies(&tool.name, &before, &after, &touched);
    Ok(Executed {
        ok: true,
        text: render(&result, tool.render),
        result,
        patch,
        lines,
        world: after,
        explain: None,
        broken_rule: false,
        refused: Vec::new(),
        policy,
    })
}

/// The places that a patch writes, for checks that look only there.
#[must_use]
pub fn touched(patch: &Patch) -> Vec<Path> {
    use crate::engine::world::Op;
    let mut out: Vec<Path> = Vec::new();
    for op in &patch.0 {
        let (first, second) = match op {
            Op::Add { path, .. }
            | Op::Replace { path, .. }
            | Op::Copy { path, .. }
            | Op::Remove { path } => (path, None),
            Op::Move { from, path } => (from, Some(path)),
            Op::Test { .. } => continue,
        };
        for path in std::iter::once(first).chain(second) {
            if !out.contains(path) {
                out.push(path.clone());
            }
        }
    }
    out
}
