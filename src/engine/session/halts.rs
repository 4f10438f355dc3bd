//! Breakpoints looked at after a step.

use super::Session;
use crate::engine::effect::{Effect, Notice};
use crate::engine::halt::Break;
use crate::engine::role::Try;
use crate::engine::step::{Act, Body, ToolRun};

impl Session {
    /// Where going on stops by itself.
    #[must_use]
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }

    /// Whether the newest step makes going on stop; says which breakpoint held,
    /// and where.
    pub(super) fn broke(&self, out: &mut Vec<Effect>) -> bool {
        let Some(step) = self.head().and_then(|id| self.step(id)) else {
            return false;
        };
        let held: Vec<String> = self
            .breaks
            .iter()
            .filter_map(|on| Some((on, holds(on, &step.body)?)))
            .map(|(on, why)| match on {
                Break::Step(_) => String::new(),
                Break::Rule | Break::Tool(_) | Break::Score { .. } | Break::Finding => {
                    format!("{on} ({why})")
                }
            })
            .collect();
        if held.is_empty() {
            return false;
        }
        let said: Vec<String> = held.into_iter().filter(|held| !held.is_empty()).collect();
        let words = if said.is_empty() {
            format!("step {}", step.body.number)
        } else {
            format!("step {}: {}", step.body.number, said.join("; "))
        };
        out.push(Effect::Tell(Notice::Broke(words)));
        true
    }
}

/// Why a breakpoint holds at a step.
fn holds(on: &Break, body: &Body) -> Option<String> {
    match on {
        Break::Rule => match &body.act {
            Act::Ran(run) => rule(run),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        },
        Break::Tool(name) => match &body.act {
            Act::Answered { calls, .. } => calls
                .iter()
                .any(|c| c.tool == *name)
                .then(|| format!("{} called it", body.agent.join("/"))),
            Act::Said { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        },
        Break::Score { axis, below } => match &body.act {
            Act::Judged(verdict) => {
                let score = if axis == "overall" {
                    Some(verdict.overall)
                } else {
                    let found = verdict.axes.iter().find(|a| a.axis == *axis);
                    found.map(|a| a.score)
                };
                score.filter(|s| s < below).map(|s| format!("it is {s}"))
            }
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        },
        Break::Finding => {
            let judged = match &body.act {
                Act::Judged(verdict) => verdict.findings.first(),
                Act::Said { .. }
                | Act::Answered { .. }
                | Act::Ran(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => None,
            };
            let found = body.findings.first().or(judged)?;
            Some(format!("{}: {}", found.kind, found.what))
        }
        Break::Step(number) => (body.number == *number).then(String::new),
    }
}

/// The rule that a run broke: a policy check, or an invariant that refused it.
fn rule(run: &ToolRun) -> Option<String> {
    if let Some(broken) = run.policy.first() {
        return Some(format!("policy {}: {}", broken.name, broken.message));
    }
    let refused = |all: &[String]| {
        let mut all = all.iter();
        all.find(|why| why.starts_with("invariant ")).cloned()
    };
    refused(&run.refused).or_else(|| run.tries.iter().find_map(|t: &Try| refused(&t.refused)))
}
