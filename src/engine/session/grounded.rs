//! The grounding check over a branch: its steps as turns of the check.

use super::{Place, Session};
use crate::engine::grounding::{
    Call, Check, Coverage, Ran, Report, Told, ToolFacts, Turn, UserFacts,
};
use crate::engine::id::StepId;
use crate::engine::scenario::{Bound, Executor, Scenario};
use crate::engine::score::Finding;
use crate::engine::step::{Act, Body};
use crate::engine::world::{Node, Pattern, Reach, reach};
use std::sync::Arc;

/// What everybody is told under a version, for a task.
pub(super) fn told(scenario: &Scenario, task: &Bound) -> Told {
    let mut told = Told {
        all_tools: true,
        ..Told::default()
    };
    told.known.text(&scenario.now);
    for agent in &scenario.agents {
        told.known.text(&agent.policy);
    }
    for tool in &scenario.tools {
        told.known.tool(&tool.name);
        told.known.text(&tool.description);
        told.known.text(&tool.parameters.to_string());
        told.tools.push(ToolFacts {
            name: tool.name.clone(),
            description: tool.description.clone(),
            parameters: Some(tool.parameters_schema.clone()),
            output: tool.output.clone(),
            mutates: Some(!tool.writes.is_empty()),
        });
    }
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
                    && body.injected.is_empty(),
            })))
        }
        Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => None,
    }
}

impl Session {
    /// The check with everything heard up to a place.
    fn heard(&self, place: &Place) -> Check {
        let mut check = Check::new(Arc::clone(place.setting.told()));
        let mut before = self.place(None).clone();
        for place in self.path(place.step.as_ref().map(|s| s.id)) {
            if let Some(step) = &place.step {
                as_turn(&before, &step.body, Some(&place), |turn| {
                    check.hear(turn, step.body.number);
                });
            }
            before = (*place).clone();
        }
        check
    }

    /// What the check says of a step that follows `place`.
    pub(super) fn ungrounded(&self, place: &Place, body: &Body) -> Vec<Finding> {
        as_turn(place, body, None, |turn| {
            self.heard(place).judge(turn, body.number)
        })
        .map(|report: Report| report.findings)
        .unwrap_or_default()
    }

    /// How much of the steps up to `at` was checked, and with what outcome:
    /// `41 literals: 38 traced, 1 not, 2 not checked`.
    #[must_use]
    pub fn coverage(&self, at: Option<StepId>) -> Coverage {
        let mut check = Check::new(Arc::clone(self.place(at).setting.told()));
        let mut out = Coverage::default();
        let mut before = self.place(None).clone();
        for place in self.path(at) {
            if let Some(step) = &place.step {
                let number = step.body.number;
                as_turn(&before, &step.body, Some(&place), |turn| {
                    out += check.judge(turn, number).coverage;
                    check.hear(turn, number);
                });
            }
            before = (*place).clone();
        }
        out
    }
}
