//! What the check says of each step of a branch as it is now, which may be more
//! or less than what it said when the step was made.

use super::grounded::{as_turn, told};
use super::{Place, Session};
use crate::engine::fault::Fault;
use crate::engine::grounding::{Check, Coverage, Told};
use crate::engine::id::StepId;
use crate::engine::role::Role;
use crate::engine::scenario::Scenario;
use crate::engine::score::{Counted, Finding};
use crate::engine::step::{Act, Body};
use std::sync::Arc;

/// Kinds that are found while a step is made, by what goes on beside the check:
/// of these the log's word holds.
const LIVED: [&str; 8] = [
    "policy",
    "refused_proposal",
    "bad_call",
    "broken_rule",
    "cut_off",
    "premature_goodbye",
    "not_recovered",
    "bad_verdict",
];

/// A step, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Which.
    pub step: StepId,
    /// Its number on the branch.
    pub number: u32,
    /// Which seat acted.
    pub role: Role,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// How much of it was looked at.
    pub coverage: Coverage,
}

impl Checked {
    /// As it counts in a rate.
    #[must_use]
    pub fn counted(&self) -> Counted {
        Counted {
            turns: u32::from(self.role != Role::Judge),
            untrue: u32::from(self.findings.iter().any(Finding::is_untrue)),
        }
    }
}

/// Whether a step is a turn of somebody: what a rate counts.
#[must_use]
pub fn is_turn(body: &Body) -> bool {
    match &body.act {
        Act::Said { .. } | Act::Answered { .. } | Act::Ran(_) => true,
        Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => false,
    }
}

/// What everybody is told under a scenario, whatever the task.
#[must_use]
pub fn told_of(scenario: &Scenario) -> Told {
    let bound = scenario.tasks.first();
    let bound = bound.and_then(|task| scenario.bind(&task.id, 0).ok());
    bound.map_or_else(Told::default, |bound| {
        let mut told = told(scenario, &bound);
        told.user = None;
        told
    })
}

impl Session {
    /// Every turn up to a step, as the check sees it now, and each word of a judge;
    /// in one walk.
    #[must_use]
    pub fn checked(&self, at: Option<StepId>) -> Vec<Checked> {
        let mut check = Check::new(Arc::clone(self.place(at).setting.told()));
        let mut before: Arc<Place> = Arc::new(self.place(None).clone());
        check.stand(&before.world);
        let mut out: Vec<Checked> = Vec::new();
        let path = self.path(at);
        for (at, place) in path.iter().enumerate() {
            let Some(step) = place.step.as_ref() else {
                continue;
            };
            let body = &step.body;
            let number = body.number;
            let report = as_turn(&before, body, Some(place), |turn| {
                let report = check.judge(turn, number);
                check.hear(turn, number);
                report
            });
            let turn = report.is_some();
            let mut report = report.unwrap_or_default();
            if let Act::Judged(verdict) = &body.act {
                let (found, coverage) = so_far(&out);
                report.findings = super::judged::against(verdict, &found, coverage, number);
            }
            // A text that was cut off and is no JSON looks like any other text.
            let cut = super::faults::has(body, Fault::Malformed)
                && !report.findings.iter().any(|f| f.kind == "wrong_type");
            let lived = body.findings.iter().filter(|f| {
                f.by != "check" || LIVED.contains(&f.kind.as_str()) || cut && f.kind == "wrong_type"
            });
            let mut findings: Vec<Finding> = lived.cloned().collect();
            if let Act::Ran(run) = &body.act {
                self.held_to_rule(&before, body, run, &mut report.findings);
            }
            let so_far = path.get(..at).unwrap_or_default();
            self.lay_to_faults(&mut report.findings, body, so_far);
            for found in report.findings {
                if !findings.contains(&found) {
                    findings.push(found);
                }
            }
            if turn || body.role == Role::Judge {
                out.push(Checked {
                    step: step.id,
                    number,
                    role: body.role,
                    findings,
                    coverage: report.coverage,
                });
            }
            before = Arc::clone(place);
        }
        out
    }
}

/// What was found of the turns so far, and how much was looked at.
fn so_far(turns: &[Checked]) -> (Vec<Finding>, Coverage) {
    let turns = turns.iter().filter(|c| c.role != Role::Judge);
    let mut coverage = Coverage::default();
    let mut found = Vec::new();
    for turn in turns {
        coverage += turn.coverage;
        found.extend(turn.findings.iter().filter(|f| f.by == "check").cloned());
    }
    (found, coverage)
}
