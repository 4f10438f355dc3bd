//! Axes, gates, overall and blame: what the judge says, read strictly, and what
//! the rubric makes of it.
//!
//! `rubric` holds the eight standard axes, the formula of overall and the gates;
//! `verdict` reads the judge's answer strictly; `samples` makes one verdict of
//! several; `transcript` is what a quote is looked up in; `rate` is the share of
//! untrue turns, and where the judge and the check disagree; `beside` makes
//! findings of that.

mod beside;
mod rate;
mod rubric;
mod samples;
mod transcript;
mod verdict;

pub use beside::{beside, still_holds, weights};
pub use rate::{
    Contradiction, Counted, Disagree, Looks, Weight, compared, contradictions, disagree,
};
pub use rubric::{formula_text, gates_failed, overall};
pub use samples::join;
pub use transcript::{Line, Transcript};
pub use verdict::{json_of, read_verdict, verdict_schema};

use super::fault::{Fault, Means};
use super::role::By;
use serde::{Deserialize, Serialize};

/// One judge criterion, 1 to 10, higher is better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Its name in files: `goal_achievement`.
    pub id: String,
    /// Its name on screen.
    pub title: String,
    /// What is judged, for the judge's prompt.
    pub description: String,
    /// Its share of overall (relative to the others).
    pub weight: f64,
    /// The minimum for acceptance, if any.
    pub gate: Option<f64>,
}

/// The rubric of a scenario: its axes and the minimum of overall.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rubric {
    /// The eight standard axes, then the scenario's own.
    pub axes: Vec<Axis>,
    /// The minimum of overall, if any.
    pub gate: Option<f64>,
}

/// One axis as judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AxisScore {
    /// Which axis.
    pub axis: String,
    /// 1 to 10; the mean where the judge was asked several times.
    pub score: f64,
    /// One line.
    pub reason: String,
    /// Steps it cites.
    pub steps: Vec<u32>,
    /// Standard deviation over the samples; `None` for fewer than two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
}

/// Who is to blame for a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The user simulator.
    User,
    /// The agent under test.
    Agent,
    /// The tool simulator.
    Tool,
    /// The judge.
    Judge,
    /// The scenario's author.
    Scenario,
}

impl Blame {
    /// All of them, in the order of the loop.
    pub const ALL: [Self; 5] = [
        Self::User,
        Self::Agent,
        Self::Tool,
        Self::Judge,
        Self::Scenario,
    ];

    /// As it stands in files and in the judge's answer.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Agent => "agent",
            Self::Tool => "tool",
            Self::Judge => "judge",
            Self::Scenario => "scenario",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|b| b.word() == word)
    }
}

/// How much a finding weighs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Untidy: nobody is misled about the world.
    Low,
    /// Something is said that has no source or is not so.
    #[default]
    Medium,
    /// Somebody is misled about what was done, or about whose data it is.
    High,
}

impl Severity {
    /// As it stands in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

// serde hands a reference in.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_medium(severity: &Severity) -> bool {
    *severity == Severity::Medium
}

/// One thing wrong, pinned to a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable word. Those of the check stand in [`crate::engine::grounding::KINDS`];
    /// a judge has its own.
    pub kind: String,
    /// The step's number on its branch, from 1.
    pub step: u32,
    /// Byte range in the step's text, where it is about a part of it.
    pub span: Option<(usize, usize)>,
    /// Where in a call's arguments or in a result: `args.order_id`,
    /// `2.args.order_id` for the third call of the step, `result.items.0.price`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What is wrong, in one sentence with the values.
    pub what: String,
    /// What was said; must be in the transcript where the judge says it.
    pub quote: String,
    /// What is true instead; empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub truth: String,
    /// Where the truth stands: `world /orders/8841/status`, `step 4`, `task known.name`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// How much it weighs.
    #[serde(default, skip_serializing_if = "is_medium")]
    pub severity: Severity,
    /// Whose fault.
    pub blame: Blame,
    /// Who found it: `check`, `judge` or `person`.
    pub by: String,
    /// The fault that was put in and that it comes of, with the fault's step:
    /// `lost_reply at step 14`. Empty where it came about by itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fault: String,
}

impl Finding {
    /// A finding of the check about a step as a whole; the rest is filled in by
    /// whoever knows it.
    #[must_use]
    pub fn of(kind: &str, step: u32, blame: Blame, what: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            step,
            span: None,
            place: String::new(),
            what: what.into(),
            quote: String::new(),
            truth: String::new(),
            source: String::new(),
            severity: crate::engine::grounding::severity(kind),
            blame,
            by: String::from("check"),
            fault: String::new(),
        }
    }

    /// Whether it comes of a fault that code put in or that the user was told to
    /// make: it is found as ever and nobody's mistake, and the judge is told so. What
    /// an agent makes of such a fault is the agent's own.
    #[must_use]
    pub fn is_put_in(&self) -> bool {
        let word = self.fault.split(' ').next().unwrap_or_default();
        self.blame != Blame::Agent
            && Fault::of(word).is_some_and(|fault| fault.means() != Means::StandIn)
    }

    /// A name of the finding within its step, the same whenever the same thing is
    /// found there again: 12 hex digits over kind, place, span and quote.
    #[must_use]
    pub fn key(&self) -> String {
        let span = self.span.map(|(a, b)| format!("{a}-{b}"));
        let all = [
            &self.kind,
            &self.place,
            &span.unwrap_or_default(),
            &self.quote,
        ];
        let mut bytes = Vec::new();
        for part in all {
            bytes.extend(part.as_bytes());
            bytes.push(0);
        }
        let mut hex = super::id::Sha::of(&bytes).to_string();
        hex.truncate(12);
        hex
    }

    /// The same, about these words of the step's text.
    #[must_use]
    pub fn said(mut self, quote: impl Into<String>, span: Option<(usize, usize)>) -> Self {
        self.quote = quote.into();
        self.span = span;
        self
    }

    /// The same, about a place in arguments or in a result.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }

    /// The same, with what is true and where that stands.
    #[must_use]
    pub fn truth(mut self, truth: impl Into<String>, source: impl Into<String>) -> Self {
        self.truth = truth.into();
        self.source = source.into();
        self
    }
}

/// One of the task's assertions, on the last world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssertionResult {
    /// As written in the task.
    pub text: String,
    /// Whether it holds.
    pub holds: bool,
    /// The values it saw, as `name = value` lines.
    pub saw: Vec<String>,
}

/// A judge's whole answer, with what the rubric makes of it.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// In rubric order.
    pub axes: Vec<AxisScore>,
    /// What the judge found; those whose quote is not in the transcript are in `voided`.
    pub findings: Vec<Finding>,
    /// Findings refused, because the quote or the step is not there.
    pub voided: Vec<Finding>,
    /// The rubric's formula over `axes`.
    pub overall: f64,
    /// Axes (or `overall`) below their gate.
    pub gates_failed: Vec<String>,
    /// The task's assertions on the last world.
    pub assertions: Vec<AssertionResult>,
    /// Standard deviation of overall over the samples; `None` for fewer than two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// For each of `findings`, how many samples said so; empty for one sample.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<u32>,
    /// Every answer, where the judge was asked several times; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
}

/// One of several answers of the judge.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Sample {
    /// Who gave it.
    pub by: By,
    /// In rubric order; empty where no answer could be used.
    pub axes: Vec<AxisScore>,
    /// The rubric's formula over `axes`.
    pub overall: f64,
    /// What it found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Findings refused, because the quote or the step is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voided: Vec<Finding>,
    /// Its reasoning.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Answers before it that could not be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unusable: Vec<Unusable>,
}

/// An answer that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unusable {
    /// As it came.
    pub text: String,
    /// Why not.
    pub why: String,
}
