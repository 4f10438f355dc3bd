//! The judge held against the check: what a verdict contradicts, and the faults
//! that are put into one.

use super::{Place, Session};
use crate::engine::fault::Fault;
use crate::engine::fault::verdict::{self, Accused};
use crate::engine::grounding::Coverage;
use crate::engine::id::StepId;
use crate::engine::rng::Rng;
use crate::engine::role::{Reply, Role};
use crate::engine::score::{
    Blame, Contradiction, Finding, Verdict, beside, compared, contradictions, weights,
};
use crate::engine::step::{Act, Body};

/// Letters of the step that a harsh judge accuses.
const QUOTE: usize = 60;

impl Session {
    /// What the check found before a place, and how much it looked at. What was
    /// said of verdicts is no part of it.
    pub(super) fn found_before(&self, at: Option<StepId>) -> (Vec<Finding>, Coverage) {
        let path = self.path(at);
        let steps = path.iter().filter_map(|p| p.step.as_ref());
        let found = steps
            .filter(|s| s.body.role != Role::Judge)
            .flat_map(|s| &s.body.findings)
            .filter(|f| f.by == "check")
            .cloned()
            .collect();
        (found, self.coverage(at))
    }

    /// What the check says of a judge's step that follows `place`.
    pub(super) fn against_judge(&self, place: &Place, body: &Body) -> Vec<Finding> {
        match &body.act {
            Act::Judged(verdict) => {
                let (found, coverage) = self.found_before(place.step.as_ref().map(|s| s.id));
                against(verdict, &found, coverage, body.number)
            }
            Act::Malformed { why, .. } if body.role == Role::Judge => {
                let what = format!("the verdict could not be used: {why}");
                vec![Finding::of("bad_verdict", body.number, Blame::Judge, what)]
            }
            Act::Malformed { .. }
            | Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Edited(_) => Vec::new(),
        }
    }

    /// Whether a verdict at `place` can hold a fault; the error says why not.
    pub(super) fn fits_verdict(&self, place: &Place, fault: Fault) -> Result<(), String> {
        let at = place.step.as_ref().map(|s| s.id);
        if fault == Fault::MalformedVerdict {
            return Ok(());
        }
        let (found, coverage) = self.found_before(at);
        let lenient = fault == Fault::LenientJudge;
        if !open_to(place, &found, coverage, lenient).is_empty() {
            return Ok(());
        }
        let axes = || compared().any(|axis| place.setting.scenario.rubric.axis(axis).is_some());
        Err(String::from(match (axes(), lenient) {
            (false, _) => "the rubric has no axis about what is made up",
            (true, true) => "the check has found nothing of weight that a judge could pass over",
            (true, false) => "the check has found something itself, or has too little to look at",
        }))
    }

    /// Changes a judge's answer as the fault wants it; `false` where it stays as it
    /// is.
    pub(super) fn spoil_verdict(
        &self,
        place: &Place,
        attempt: u32,
        fault: Fault,
        reply: &mut Reply,
    ) -> bool {
        let at = place.step.as_ref().map(|s| s.id);
        let changed = match fault {
            Fault::LenientJudge => {
                let (found, coverage) = self.found_before(at);
                let open = open_to(place, &found, coverage, true);
                let axes: Vec<&str> = open.iter().map(|c| c.axis).collect();
                let steps: Vec<u32> = found.iter().map(|f| f.step).collect();
                verdict::lenient(&reply.text, &axes, &steps)
            }
            Fault::HarshJudge => {
                let (found, coverage) = self.found_before(at);
                let open = open_to(place, &found, coverage, false);
                let mut accused = open.iter().rev().filter_map(|c| self.accused(at, c.axis));
                accused.find_map(|one| verdict::harsh(&reply.text, &one))
            }
            Fault::MalformedVerdict => {
                let seed = self.step_seed(place, "spoil", attempt);
                let cites_step = Rng::new(seed, fault.name()).chance(0.5);
                verdict::malformed(&reply.text, place.number(), cites_step)
            }
            _ => None,
        };
        let Some(text) = changed else { return false };
        reply.text = text;
        true
    }

    /// The newest step that an axis is about and that has no finding.
    fn accused(&self, at: Option<StepId>, axis: &str) -> Option<Accused> {
        let of_tools = axis == "tool_hallucination";
        let path = self.path(at);
        let steps = path.iter().rev().filter_map(|p| p.step.as_ref());
        steps
            .map(|s| &s.body)
            .filter(|b| b.findings.is_empty())
            .find_map(|body| {
                let blame = match &body.act {
                    Act::Answered { text, .. } if !of_tools && !text.trim().is_empty() => {
                        Blame::Agent
                    }
                    Act::Ran(run) if of_tools && run.ok => Blame::Tool,
                    Act::Answered { .. }
                    | Act::Ran(_)
                    | Act::Said { .. }
                    | Act::Judged(_)
                    | Act::Malformed { .. }
                    | Act::Edited(_) => return None,
                };
                let quote: String = body.text().trim().chars().take(QUOTE).collect();
                Some(Accused {
                    axis: axis.to_owned(),
                    step: body.number,
                    quote,
                    blame,
                })
            })
    }
}

/// What a verdict contradicts among these findings.
pub(super) fn against(
    verdict: &Verdict,
    found: &[Finding],
    coverage: Coverage,
    step: u32,
) -> Vec<Finding> {
    let found: Vec<&Finding> = found.iter().collect();
    beside(verdict, &found, coverage, step)
}

/// The axes on which a judge who says the best (or the worst) of all would
/// contradict the check.
fn open_to(
    place: &Place,
    found: &[Finding],
    coverage: Coverage,
    lenient: bool,
) -> Vec<Contradiction<'static>> {
    let score = if lenient { 10.0 } else { 1.0 };
    let rubric = &place.setting.scenario.rubric;
    let axes = compared().filter(|axis| rubric.axis(axis).is_some());
    let scores: Vec<(&str, f64)> = axes.map(|axis| (axis, score)).collect();
    let weights = weights(found);
    contradictions(&scores, &weights, Some(coverage))
        .into_iter()
        .map(|c| Contradiction {
            axis: c.axis,
            how: c.how,
            kind: None,
            step: c.step,
        })
        .collect()
}
