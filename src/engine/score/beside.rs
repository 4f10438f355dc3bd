//! The judge's word about what was made up held against the check's: where the
//! two contradict each other, it is a finding about the verdict.

use super::rate::{Disagree, Weight, contradictions};
use super::{Blame, Finding, Verdict};
use crate::engine::grounding::Coverage;

/// Letters of a finding that are repeated where it is named.
const SAID: usize = 120;

/// The findings of the check that judge and check can be held against: nobody's
/// mistake is none of them, and the judge is told so.
#[must_use]
pub fn weights<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Weight<'a>> {
    let own = findings.into_iter().filter(|f| !f.is_put_in());
    own.map(|f| Weight {
        kind: &f.kind,
        severity: f.severity,
        blame: f.blame,
        step: f.step,
    })
    .collect()
}

/// What the check says of a verdict that is given as step `step`: on which axis it
/// contradicts what the check found before it.
#[must_use]
pub fn beside(
    verdict: &Verdict,
    found: &[&Finding],
    coverage: Coverage,
    step: u32,
) -> Vec<Finding> {
    let scores: Vec<(&str, f64)> = verdict
        .axes
        .iter()
        .map(|a| (a.axis.as_str(), a.score))
        .collect();
    let weights = weights(found.iter().copied());
    let all = contradictions(&scores, &weights, Some(coverage));
    all.into_iter()
        .map(|one| {
            let score = scores.iter().find(|(axis, _)| *axis == one.axis);
            let score = score.map_or(0.0, |(_, s)| *s);
            let finding = |kind: &str, what: String| {
                Finding::of(kind, step, Blame::Judge, what).at(format!("axes.{}", one.axis))
            };
            match (one.how, one.step) {
                (Disagree::JudgeHigh, Some(at)) => {
                    let passed = found
                        .iter()
                        .find(|f| f.step == at && one.kind == Some(&*f.kind));
                    let said = passed.map_or("", |f| f.what.as_str());
                    let said: String = said.chars().take(SAID).collect();
                    let kind = one.kind.unwrap_or_default();
                    finding(
                        "judge_lenient",
                        format!(
                            "{} is {score}, and the check found `{kind}` at step {at}",
                            one.axis
                        ),
                    )
                    .truth(said, format!("step {at}"))
                }
                (Disagree::JudgeHigh | Disagree::JudgeLow, _) => {
                    let accused = verdict.axes.iter().find(|a| a.axis == one.axis);
                    let cited: Vec<String> = accused
                        .into_iter()
                        .flat_map(|a| &a.steps)
                        .map(ToString::to_string)
                        .collect();
                    let cited = if cited.is_empty() {
                        String::new()
                    } else {
                        format!(" for step {}", cited.join(", "))
                    };
                    finding(
                        "judge_harsh",
                        format!(
                            "{} is {score}{cited}, and the check found nothing of the kind: {} of \
                             {} literals are traced",
                            one.axis, coverage.traced, coverage.literals
                        ),
                    )
                }
            }
        })
        .collect()
}

/// Whether a finding about a verdict still holds where a person marked others as
/// wrong: it falls with what it rests on.
#[must_use]
pub fn still_holds(finding: &Finding, disagree: Option<Disagree>) -> bool {
    match finding.kind.as_str() {
        "judge_lenient" => disagree == Some(Disagree::JudgeHigh),
        "judge_harsh" => disagree.is_some(),
        _ => true,
    }
}
