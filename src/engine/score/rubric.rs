//! The rubric: eight standard axes, the visible formula of overall, gates.

use super::{Axis, AxisScore, Rubric};

/// Ids, titles and descriptions of the eight standard axes, in order.
const STANDARD: [(&str, &str, &str); 8] = [
    (
        "goal_achievement",
        "Goal achievement",
        "Did the user get what they came for, as far as policy and world allow? Judge the last world, not what was promised.",
    ),
    (
        "tool_usage",
        "Tool usage",
        "Were the right tools called with the right arguments, in a sensible order, none missing and none without need?",
    ),
    (
        "tool_hallucination",
        "Tool-call hallucination",
        "Are all tools, arguments and tool results backed by the conversation and the world? 10: nothing invented.",
    ),
    (
        "reasoning_quality",
        "Reasoning quality",
        "Does the agent draw the right conclusions from policy and facts, and plan its next step well?",
    ),
    (
        "reasoning_hallucination",
        "Reasoning hallucination",
        "Is everything that the agent states or assumes backed by what it was told and what its tools returned? 10: nothing invented.",
    ),
    (
        "communication",
        "Communication quality",
        "Is the agent clear, complete, polite and of a length that suits this user?",
    ),
    (
        "consistency",
        "Consistency",
        "Do user, agent and tools stay true to what they said before, to the persona and to the policy?",
    ),
    (
        "error_handling",
        "Error handling",
        "Are errors, refusals and misunderstandings noticed, told honestly and recovered from? 10 where none occurred.",
    ),
];

impl Rubric {
    /// The eight axes of the paper, equally weighted, without gates.
    #[must_use]
    pub fn standard() -> Self {
        let axes = STANDARD
            .iter()
            .map(|(id, title, description)| Axis {
                id: (*id).to_owned(),
                title: (*title).to_owned(),
                description: (*description).to_owned(),
                weight: 1.0,
                gate: None,
            })
            .collect();
        Self { axes, gate: None }
    }

    /// An axis by id.
    #[must_use]
    pub fn axis(&self, id: &str) -> Option<&Axis> {
        self.axes.iter().find(|a| a.id == id)
    }
}

impl Default for Rubric {
    fn default() -> Self {
        Self::standard()
    }
}

/// A weight that can be added up: a negative or infinite one counts as none.
fn weight(axis: &Axis) -> f64 {
    if axis.weight.is_finite() {
        axis.weight.max(0.0)
    } else {
        0.0
    }
}

/// The rubric's formula: the weighted mean over the axes that were scored.
/// Where all their weights are 0 each counts the same; 0 where none was scored.
#[must_use]
pub fn overall(rubric: &Rubric, scores: &[AxisScore]) -> f64 {
    let scored = |axis: &Axis| {
        let found = scores.iter().find(|s| s.axis == axis.id);
        found.map(|s| s.score).filter(|s| s.is_finite())
    };
    let mean = |weight: &dyn Fn(&Axis) -> f64| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for axis in &rubric.axes {
            if let Some(score) = scored(axis) {
                sum += weight(axis) * score;
                weights += weight(axis);
            }
        }
        (weights > 0.0).then(|| sum / weights)
    };
    mean(&weight).or_else(|| mean(&|_| 1.0)).unwrap_or(0.0)
}

/// The formula in words: `(goal_achievement + 2 × tool_usage) / 3`.
#[must_use]
pub fn formula_text(rubric: &Rubric) -> String {
    let zero = rubric.axes.iter().all(|a| weight(a) <= 0.0);
    let counted = |axis: &Axis| if zero { 1.0 } else { weight(axis) };
    let terms: Vec<String> = rubric
        .axes
        .iter()
        .filter(|a| counted(a) > 0.0)
        .map(|a| {
            if (counted(a) - 1.0).abs() < f64::EPSILON {
                a.id.clone()
            } else {
                format!("{} × {}", counted(a), a.id)
            }
        })
        .collect();
    let sum: f64 = rubric.axes.iter().map(counted).sum();
    format!("({}) / {sum}", terms.join(" + "))
}

/// The axes below their gates, in rubric order, then `overall` where it is.
#[must_use]
pub fn gates_failed(rubric: &Rubric, scores: &[AxisScore], overall: f64) -> Vec<String> {
    let mut out: Vec<String> = rubric
        .axes
        .iter()
        .filter(|axis| {
            let score = scores.iter().find(|s| s.axis == axis.id);
            score.zip(axis.gate).is_some_and(|(s, gate)| s.score < gate)
        })
        .map(|axis| axis.id.clone())
        .collect();
    if rubric.gate.is_some_and(|gate| overall < gate) {
        out.push(String::from("overall"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(values: &[f64]) -> Vec<AxisScore> {
        let rubric = Rubric::standard();
        let of = |(axis, score): (&Axis, &f64)| AxisScore {
            axis: axis.id.clone(),
            score: *score,
            reason: String::new(),
            steps: Vec::new(),
            spread: None,
        };
        rubric.axes.iter().zip(values).map(of).collect()
    }

    #[test]
    fn overall_is_the_formula_that_is_shown() {
        let mut rubric = Rubric::standard();
        let s = scores(&[10.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]);
        assert!((overall(&rubric, &s) - 4.75).abs() < 1e-12);
        assert!(formula_text(&rubric).ends_with("error_handling) / 8"));
        rubric.axes[0].weight = 3.0;
        assert!((overall(&rubric, &s) - 5.8).abs() < 1e-12);
        assert!(formula_text(&rubric).starts_with("(3 × goal_achievement + tool_usage + "));
        for axis in &mut rubric.axes {
            axis.weight = 0.0;
        }
        assert!((overall(&rubric, &s) - 4.75).abs() < 1e-12);
        assert!(overall(&rubric, &[]).abs() < 1e-12);
    }

    #[test]
    fn gates_name_what_is_below_them() {
        let mut rubric = Rubric::standard();
        rubric.axes[1].gate = Some(5.0);
        rubric.axes[2].gate = Some(4.0);
        rubric.gate = Some(6.0);
        let s = scores(&[10.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]);
        let failed = gates_failed(&rubric, &s, overall(&rubric, &s));
        assert_eq!(failed, ["tool_usage", "overall"]);
    }
}
