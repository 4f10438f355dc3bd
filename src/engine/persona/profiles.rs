//! Profiles: where a persona's traits and emotions are drawn around.
//!
//! The eight names and the ranges' meaning are those of arXiv 2609.08592, which
//! publishes only two numbers of its base vectors (tech_savvy: digital literacy
//! 0.95, domain knowledge 0.85). All other numbers here are our own, chosen to
//! fit the names; `tier_1` and `tier_2` are read as large and smaller cities.

use super::{EMOTIONS, TRAITS};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::LazyLock;

/// A centre for sampling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name in files.
    pub name: Cow<'static, str>,
    /// One line on who this is, for people.
    pub about: Cow<'static, str>,
    /// Base of each trait in [0, 1], in [`TRAITS`] order.
    pub base: [f64; 12],
    /// Low and high of each emotion in [0, 1], in [`EMOTIONS`] order.
    pub emotions: [(f64, f64); 5],
}

impl Profile {
    /// A middling profile to change from: every trait 0.5, emotions 0.2 to 0.5.
    #[must_use]
    pub fn neutral(name: &str) -> Self {
        Self {
            name: Cow::Owned(name.to_owned()),
            about: Cow::Borrowed(""),
            base: [0.5; 12],
            emotions: [(0.2, 0.5); 5],
        }
    }

    /// The base of a trait by name.
    #[must_use]
    pub fn trait_base(&self, name: &str) -> Option<f64> {
        let at = TRAITS.iter().position(|t| *t == name)?;
        self.base.get(at).copied()
    }

    /// The range of an emotion by name.
    #[must_use]
    pub fn emotion_range(&self, name: &str) -> Option<(f64, f64)> {
        let at = EMOTIONS.iter().position(|e| *e == name)?;
        self.emotions.get(at).copied()
    }
}

static BUILT_IN: LazyLock<[Profile; 8]> = LazyLock::new(|| {
    let of = |name, about, base, emotions| Profile {
        name: Cow::Borrowed(name),
        about: Cow::Borrowed(about),
        base,
        emotions,
    };
    // Traits: cost, patience, assertiveness, verbosity, politeness, domain,
    // risk, compliance, platform trust, digital, slang, emoji.
    // Emotions: frustration, anxiety, trust, confidence, stress.
    [
        of(
            "tech_savvy",
            "At home with technology; asks precise questions and expects precise answers.",
            [
                0.40, 0.45, 0.60, 0.40, 0.50, 0.85, 0.60, 0.45, 0.60, 0.95, 0.45, 0.25,
            ],
            [
                (0.10, 0.35),
                (0.05, 0.25),
                (0.45, 0.75),
                (0.70, 0.95),
                (0.10, 0.35),
            ],
        ),
        of(
            "budget_conscious",
            "Watches every amount; compares before agreeing.",
            [
                0.90, 0.68, 0.50, 0.50, 0.60, 0.42, 0.22, 0.60, 0.48, 0.52, 0.28, 0.22,
            ],
            [
                (0.20, 0.45),
                (0.25, 0.55),
                (0.35, 0.65),
                (0.40, 0.70),
                (0.25, 0.50),
            ],
        ),
        of(
            "error_prone",
            "Mixes up numbers and steps, mistypes, corrects itself late.",
            [
                0.50, 0.48, 0.38, 0.55, 0.58, 0.22, 0.48, 0.48, 0.55, 0.25, 0.40, 0.35,
            ],
            [
                (0.25, 0.55),
                (0.30, 0.60),
                (0.40, 0.70),
                (0.15, 0.40),
                (0.30, 0.60),
            ],
        ),
        of(
            "ambiguous",
            "Says little and leaves out what matters; has to be asked.",
            [
                0.45, 0.60, 0.25, 0.22, 0.55, 0.28, 0.45, 0.50, 0.52, 0.45, 0.42, 0.32,
            ],
            [
                (0.15, 0.45),
                (0.20, 0.50),
                (0.40, 0.65),
                (0.20, 0.50),
                (0.20, 0.45),
            ],
        ),
        of(
            "power_user",
            "Knows the service inside out; wants results, not explanations.",
            [
                0.38, 0.25, 0.82, 0.30, 0.40, 0.90, 0.68, 0.38, 0.62, 0.88, 0.25, 0.12,
            ],
            [
                (0.15, 0.45),
                (0.05, 0.25),
                (0.45, 0.75),
                (0.75, 0.95),
                (0.15, 0.40),
            ],
        ),
        of(
            "tier_1",
            "Lives in a large city; does most things online and expects them to be quick.",
            [
                0.40, 0.38, 0.65, 0.45, 0.50, 0.60, 0.58, 0.50, 0.65, 0.78, 0.50, 0.45,
            ],
            [
                (0.15, 0.40),
                (0.10, 0.35),
                (0.50, 0.80),
                (0.55, 0.80),
                (0.25, 0.50),
            ],
        ),
        of(
            "tier_2",
            "Lives in a smaller city; newer to online services, careful with money and steps.",
            [
                0.75, 0.62, 0.40, 0.52, 0.74, 0.30, 0.28, 0.76, 0.42, 0.28, 0.38, 0.40,
            ],
            [
                (0.15, 0.40),
                (0.30, 0.60),
                (0.30, 0.60),
                (0.25, 0.50),
                (0.20, 0.50),
            ],
        ),
        of(
            "curious",
            "Asks why and what else; enjoys the conversation.",
            [
                0.45, 0.85, 0.38, 0.78, 0.75, 0.48, 0.60, 0.55, 0.62, 0.60, 0.40, 0.48,
            ],
            [
                (0.05, 0.25),
                (0.05, 0.30),
                (0.55, 0.85),
                (0.45, 0.75),
                (0.05, 0.25),
            ],
        ),
    ]
});

/// The eight built-in profiles.
#[must_use]
pub fn profiles() -> &'static [Profile] {
    BUILT_IN.as_slice()
}

/// A profile by name: the scenario's own before the built-in ones.
#[must_use]
pub fn profile<'a>(name: &str, own: &'a [Profile]) -> Option<&'a Profile> {
    own.iter().chain(profiles()).find(|p| p.name == name)
}
