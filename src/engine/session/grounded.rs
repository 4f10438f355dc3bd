//! The grounding check over a branch: its steps as turns of the check.

use super::{Place, Session};
use crate::engine::grounding::{
    Call, Check, Coverage, Ran, Report, Told, ToolFacts, Turn, UserFacts,
};
use crate::engine::id::StepId;
use crate::engine::scenario::{ArgsMode, Bound, Executor, Scenario};
use crate::engine::score::Finding;
use crate::engine::step::{Act, Body};
use crate::engine::world::{Node, Pattern, Reach, reach};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What everybody is told under a version, for a task.
pub(super) fn told(scenario: &Scenario, task: &Bound) -> Told {
    let mut told = Told {
        all_tools: true,
        ..Told::default()
    };
    told.known.text(&scenario.now);
    for agent in &scenario.agents {
        told.policy(&agent.policy);
    }
    for tool in &scenario.tools {
        told.tool(ToolFacts {
            name: tool.name.clone(),
            description: tool.description.clone(),
            parameters: Some(tool.parameters_schema.clone()),
            output: tool.output.clone(),
            mutates: Some(!tool.writes.is_empty()),
            coerces: tool.args != ArgsMode::Strict,
        });
    }
    told.world(&task.world);
    told.known.seal();
    let facts = task.known.iter().chain(&task.hidden);
    told.user = Some(UserFacts {
        texts: [&task.goal]
            .into_iter()
            .chain(&task.opening)
            .cloned()
            .collect(),
        facts: facts
            .map(|(name, value)| (name.clone(), Node::from_json(value)))
            .collect(),
    });
    told
}

/// A step as a turn, handed to `then`; `None` for steps that nobody hears.
pub(super) fn as_turn<T>(
    before: &Place,
    body: &Body,
    after: Option<&Place>,
    then: impl FnOnce(&Turn<'_>) -> T,
) -> Option<T> {
    let scenario = &before.setting.scenario;
    match &body.act {
        Act::Said { text, .. } => Some(then(&Turn::User { text })),
        Act::Answered { text, calls } => {
            let calls: Vec<Call<'_>> = calls
                .iter()
                .map(|call| Call {
                    tool: &call.tool,
                    args: &call.args,
                    agent: scenario
                        .tool(&call.tool)
                        .is_some_and(|t| matches!(t.executor, Executor::Agent(_))),
                })
                .collect();
            Some(then(&Turn::Agent {
                agent: &body.agent,
                text,
                calls: &calls,
            }))
        }
        Act::Ran(run) => {
            let places =
                |list: &[Reach]| -> Vec<Pattern> { reach::bound(list, &run.args, &before.world) };
            let tool = scenario.tool(&run.call.tool);
            let reads = tool.map(|t| places(&t.reads));
            let writes = tool.map(|t| {
                let mut writes = places(&t.writes);
                // What runs after every call is part of what it did.
                writes.extend(scenario.program.after_writes());
                writes
            });
            Some(then(&Turn::Ran(&Ran {
                agent: &body.agent,
                tool: &run.call.tool,
                args: &run.args,
                ok: run.ok,
                result: &run.result,
                text: &run.text,
                patch: Some(&run.patch),
                before: Some(&before.world),
                after: after.map(|p| &p.world),
                reads: reads.as_deref(),
                writes: writes.as_deref(),
                computed: matches!(run.executor.as_str(), "table" | "rules" | "agent" | "none")
                    && !body.is_override()
                    && body.injected.iter().all(|word| word == "slow"),
            })))
        }
        Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => None,
    }
}

/// Checks that were followed to a place, so that the next step is one turn more.
/// It holds what could be made anew: no part of what a session is. Shared by
/// copies of a session, whose steps are named by their content.
#[derive(Clone, Default)]
pub(super) struct Memo(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// Newest last.
    checks: Vec<(Option<StepId>, Arc<Check>)>,
    /// How much of a step was looked at.
    covered: HashMap<StepId, Coverage>,
}

/// Checks that are kept: the head, where one looks back, and a little more.
const KEPT: usize = 4;

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

impl Memo {
    /// The check that was followed farthest along these places, and how far. The
    /// newest one is taken out where it is to go on by one place.
    fn nearest(&self, path: &[Option<StepId>]) -> Option<(usize, Arc<Check>)> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let far = |id: &Option<StepId>| path.iter().rposition(|p| p == id);
        let (slot, at) = kept
            .checks
            .iter()
            .enumerate()
            .filter_map(|(slot, (id, _))| far(id).map(|at| (slot, at)))
            .max_by_key(|(_, at)| *at)?;
        if at + 2 == path.len() {
            return Some((at, kept.checks.remove(slot).1));
        }
        kept.checks
            .get(slot)
            .map(|(_, check)| (at, Arc::clone(check)))
    }

    fn keep(&self, at: Option<StepId>, check: &Arc<Check>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.checks.retain(|(id, _)| *id != at);
        if kept.checks.len() >= KEPT {
            kept.checks.remove(0);
        }
        kept.checks.push((at, Arc::clone(check)));
    }

    fn covered(&self, step: StepId) -> Option<Coverage> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.covered.get(&step).copied()
    }

    fn cover(&self, step: StepId, coverage: Coverage) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.covered.insert(step, coverage);
    }
}

impl Session {
    /// The check with everything heard up to a place (`None`: the start). What was
    /// heard before is not heard again: on a branch that goes on, this costs one turn.
    #[must_use]
    pub fn check_at(&self, at: Option<StepId>) -> Arc<Check> {
        let place = self.place(at);
        let told = place.setting.told();
        let path = self.path(at);
        let ids: Vec<Option<StepId>> = std::iter::once(None)
            .chain(
                path.iter()
                    .filter_map(|p| p.step.as_ref())
                    .map(|s| Some(s.id)),
            )
            .collect();
        // Under another version everybody was told something else.
        let kept = self
            .memo
            .nearest(&ids)
            .filter(|(_, check)| Arc::ptr_eq(check.told(), told));
        let (from, mut check) = kept.unwrap_or_else(|| (0, Arc::new(Check::new(Arc::clone(told)))));
        let steps = path.iter().filter(|p| p.step.is_some());
        let mut before: &Place = self.place(None);
        for (i, place) in steps.enumerate() {
            if let Some(step) = place.step.as_ref().filter(|_| i >= from) {
                let number = step.body.number;
                as_turn(before, &step.body, Some(place), |turn| {
                    Arc::make_mut(&mut check).hear(turn, number);
                });
            }
            before = place;
        }
        self.memo.keep(at, &check);
        check
    }

    /// What the check says of a step that follows `place`.
    pub(super) fn ungrounded(&self, place: &Place, body: &Body) -> Vec<Finding> {
        let at = place.step.as_ref().map(|s| s.id);
        as_turn(place, body, None, |turn| {
            self.check_at(at).judge(turn, body.number)
        })
        .map(|report: Report| report.findings)
        .unwrap_or_default()
    }

    /// The report of every step up to `at` as the check makes it now, with the
    /// step's number. Findings that were kept with a step may be older.
    #[must_use]
    pub fn reports(&self, at: Option<StepId>) -> Vec<(u32, Report)> {
        let mut check = Check::new(Arc::clone(self.place(at).setting.told()));
        let mut out = Vec::new();
        let mut before = self.place(None).clone();
        for place in self.path(at) {
            if let Some(step) = &place.step {
                let number = step.body.number;
                as_turn(&before, &step.body, Some(&place), |turn| {
                    let report = check.judge(turn, number);
                    self.memo.cover(step.id, report.coverage);
                    out.push((number, report));
                    check.hear(turn, number);
                });
            }
            before = (*place).clone();
        }
        out
    }

    /// How much of the steps up to `at` was checked, and with what outcome:
    /// `41 literals: 38 traced, 1 not, 2 not checked`.
    #[must_use]
    pub fn coverage(&self, at: Option<StepId>) -> Coverage {
        let path = self.path(at);
        let steps = path.iter().filter_map(|p| p.step.as_ref());
        let mut out = Coverage::default();
        let mut all = true;
        for step in steps {
            match (&step.body.act, self.memo.covered(step.id)) {
                (_, Some(coverage)) => out += coverage,
                (Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_), None) => {}
                (Act::Said { .. } | Act::Answered { .. } | Act::Ran(_), None) => all = false,
            }
        }
        if all {
            return out;
        }
        let mut out = Coverage::default();
        for (_, report) in self.reports(at) {
            out += report.coverage;
        }
        out
    }
}
