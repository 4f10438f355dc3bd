//! The persona: 23 dimensions in three tiers (arXiv 2609.08592), sampled from a
//! profile and a seed, and turned into the user simulator's prompt.
//!
//! `tables` holds the dimensions with their sentences, `profiles` the centres of
//! sampling, `sample` the draws, `prompt` the text, `spec` what `personas.yaml`
//! may say, `seen` the traits measured from what a user wrote.

mod profiles;
mod prompt;
mod sample;
mod seen;
mod spec;
pub mod tables;

pub use profiles::{Profile, profile, profiles};
pub use prompt::{RULES, Rule, fired_rules, opening_problems, prompt, prompt_for, words};
pub use sample::{Cover, DEFAULT_SIGMA, flip_rate, sample, stratified};
pub use seen::{Counts, Measures, drift, measure, seen};
pub use spec::{nearest, problems_of, profile_from, set};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names of the six categorical dimensions of tier 1, in prompt order.
pub const TIER1: [&str; 6] = [
    "jurisdiction",
    "age_bracket",
    "channel",
    "device_type",
    "language_proficiency",
    "time_availability",
];
/// Names of the twelve traits of tier 2, in prompt order.
pub const TRAITS: [&str; 12] = [
    "cost_sensitivity",
    "patience",
    "assertiveness",
    "verbosity",
    "politeness",
    "domain_knowledge",
    "risk_tolerance",
    "compliance_tendency",
    "platform_trust",
    "digital_literacy",
    "slang_usage",
    "emoji_usage",
];
/// Names of the five emotions of tier 3, in prompt order.
pub const EMOTIONS: [&str; 5] = ["frustration", "anxiety", "trust", "confidence", "stress"];

/// low < 0.35 ≤ medium < 0.70 ≤ high
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Below 0.35.
    Low,
    /// From 0.35, below 0.70.
    Medium,
    /// From 0.70.
    High,
}

impl Bucket {
    /// The bucket of a value.
    #[must_use]
    pub fn of(value: f64) -> Self {
        if value < 0.35 {
            Self::Low
        } else if value < 0.70 {
            Self::Medium
        } else {
            Self::High
        }
    }
}

/// What kind of situation the session is about; shifts emotions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// frustration +.20, trust -.15
    Complaint,
    /// frustration +.30, stress +.20, trust -.25
    Escalation,
    /// anxiety +.15, stress +.10
    Checkout,
    /// frustration +.25, anxiety +.20, trust -.20
    Dispute,
    /// anxiety +.20, stress +.15
    AccountIssue,
}

/// How the opening turn is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Complexity {
    /// 3 to 8 words.
    Simple,
    /// 8 to 15 words.
    #[default]
    Medium,
    /// 15 to 30 words.
    Complex,
    /// 3 to 15 words, without the domain's vocabulary.
    Vague,
}

/// One sampled user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Persona {
    /// What the screen calls them.
    pub name: String,
    /// The profile they were drawn from.
    pub profile: String,
    /// Tier 1 values by dimension, in [`TIER1`] order.
    pub tier1: [String; 6],
    /// Tier 2 in [0, 1], in [`TRAITS`] order.
    pub traits: [f64; 12],
    /// Tier 3 in [0, 1], in [`EMOTIONS`] order.
    pub emotions: [f64; 5],
    /// The situation.
    pub context: Option<Context>,
    /// The overlay on the opening turn.
    pub complexity: Complexity,
}

/// What a `personas.yaml` fixes of a persona; the rest is sampled.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonaSpec {
    /// Its name in the file.
    pub id: String,
    /// What the screen calls them; the id where empty.
    pub name: String,
    /// A built-in profile, or one of the file; drawn where empty.
    pub profile: String,
    /// Fixed tier 1 values by dimension.
    pub tier1: BTreeMap<String, String>,
    /// Fixed traits and emotions by name.
    pub values: BTreeMap<String, f64>,
    /// Fixed overlay.
    pub complexity: Option<Complexity>,
    /// sigma of the trait noise; 0.08 where absent.
    pub sigma: Option<f64>,
}
