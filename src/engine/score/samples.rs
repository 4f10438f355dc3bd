//! One verdict out of several answers of the judge: means, spread, findings once.

use super::rubric::{gates_failed, overall};
use super::{AxisScore, Finding, Rubric, Sample, Verdict};

/// The verdict that the usable samples come to; `None` where none is usable.
/// The assertions are the caller's to add.
///
/// An axis has the mean of its scores, the reason of the answer nearest to that
/// mean, and all the steps that were cited. Findings of the same kind at the same
/// quote of a step are one, in the words of the first.
#[must_use]
pub fn join(rubric: &Rubric, samples: Vec<Sample>) -> Option<Verdict> {
    let mut verdict = Verdict::default();
    let used = || samples.iter().filter(|s| s.usable());
    used().next()?;
    for axis in &rubric.axes {
        let scores: Vec<&AxisScore> = used()
            .filter_map(|s| s.axes.iter().find(|a| a.axis == axis.id))
            .collect();
        verdict.axes.extend(joined(&scores));
    }
    for sample in used() {
        for finding in &sample.findings {
            if !verdict.findings.iter().any(|f| same(f, finding)) {
                let said = used().filter(|s| s.findings.iter().any(|f| same(f, finding)));
                verdict.said.push(said.count() as u32);
                verdict.findings.push(finding.clone());
            }
        }
        for finding in &sample.voided {
            if !verdict.voided.iter().any(|f| same(f, finding)) {
                verdict.voided.push(finding.clone());
            }
        }
    }
    let all: Vec<f64> = used().map(|s| s.overall).collect();
    verdict.spread = spread(&all);
    verdict.overall = overall(rubric, &verdict.axes);
    verdict.gates_failed = gates_failed(rubric, &verdict.axes, verdict.overall);
    verdict.samples = samples;
    Some(verdict)
}

impl Sample {
    /// Whether its answer could be used.
    #[must_use]
    pub fn usable(&self) -> bool {
        !self.axes.is_empty()
    }
}

/// One axis over the samples.
fn joined(scores: &[&AxisScore]) -> Option<AxisScore> {
    let all: Vec<f64> = scores.iter().map(|s| s.score).collect();
    let mean = mean(&all)?;
    let nearest = scores
        .iter()
        .min_by(|a, b| (a.score - mean).abs().total_cmp(&(b.score - mean).abs()))?;
    let mut steps: Vec<u32> = scores.iter().flat_map(|s| s.steps.clone()).collect();
    steps.sort_unstable();
    steps.dedup();
    Some(AxisScore {
        axis: nearest.axis.clone(),
        score: mean,
        reason: nearest.reason.clone(),
        steps,
        spread: spread(&all),
    })
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample standard deviation (divided by n - 1).
fn spread(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// Whether two findings say the same of the same words.
fn same(a: &Finding, b: &Finding) -> bool {
    let words =
        |f: &Finding| -> Vec<String> { f.quote.split_whitespace().map(str::to_owned).collect() };
    a.kind == b.kind && a.step == b.step && words(a) == words(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::score::Blame;

    fn sample(scores: [f64; 2], quotes: &[&str]) -> Sample {
        let score = |axis: &str, score: f64| AxisScore {
            axis: axis.to_owned(),
            score,
            reason: format!("{axis} {score}"),
            steps: vec![score as u32],
            spread: None,
        };
        let findings = quotes.iter().map(|quote| Finding {
            by: String::from("judge"),
            ..Finding::of("tone", 2, Blame::Agent, "rude").said(*quote, None)
        });
        let [a, b] = scores;
        Sample {
            axes: vec![score("goal_achievement", a), score("tool_usage", b)],
            overall: f64::midpoint(a, b),
            findings: findings.collect(),
            ..Sample::default()
        }
    }

    #[test]
    fn several_answers_make_one_verdict() {
        let mut rubric = Rubric::standard();
        rubric.axes.truncate(2);
        rubric.gate = Some(7.0);
        let samples = vec![
            sample([4.0, 8.0], &["go  away", "so what"]),
            Sample::default(),
            sample([5.0, 8.0], &["go away", "go away"]),
            sample([9.0, 8.0], &["go\naway"]),
        ];
        let v = join(&rubric, samples.clone()).unwrap();
        assert!((v.axes[0].score - 6.0).abs() < 1e-12);
        assert_eq!(v.axes[0].spread, Some(7.0_f64.sqrt()));
        assert_eq!(v.axes[0].reason, "goal_achievement 5");
        assert_eq!(v.axes[0].steps, [4, 5, 9]);
        assert_eq!(v.axes[1].spread, Some(0.0));
        assert!((v.overall - 7.0).abs() < 1e-12);
        assert!((v.spread.unwrap() - 7.0_f64.sqrt() / 2.0).abs() < 1e-12);
        assert_eq!((v.findings.len(), v.said.as_slice()), (2, &[3, 1][..]));
        assert!(v.gates_failed.is_empty());
        assert_eq!(
            v.samples, samples,
            "each answer is kept, the unusable one too"
        );
        let one = join(&rubric, vec![sample([4.0, 8.0], &[])]).unwrap();
        assert_eq!((one.spread, one.axes[0].spread), (None, None));
        assert_eq!(one.gates_failed, ["overall"]);
        assert_eq!(join(&rubric, vec![Sample::default()]), None);
    }
}
