//! The deterministic hallucination rate, and where the judge and the check do
//! not say the same.

use super::{Blame, Finding, Severity};
use crate::engine::grounding::{Coverage, Family, kind_of};
use serde::{Deserialize, Serialize};

/// Turns, and those of them with something untrue.
///
/// A turn is one message of the user, one answer of an agent (with its calls) or
/// one result of a tool. It is untrue where the check has a finding about it
/// whose kind is `untrue` and that nobody marked as wrong. The rate of a
/// conversation is the share of its turns that are untrue; that of a corpus the
/// share of the turns of all its conversations, so that long ones weigh more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Turns.
    pub turns: u32,
    /// Those that are untrue.
    pub untrue: u32,
}

impl Counted {
    /// The share that is untrue; `None` where there is no turn.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.turns > 0).then(|| f64::from(self.untrue) / f64::from(self.turns))
    }
}

impl std::ops::AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.turns = self.turns.saturating_add(other.turns);
        self.untrue = self.untrue.saturating_add(other.untrue);
    }
}

/// How the check did where a person looked: what a person marked wrong counts
/// against its precision, what a person added against its recall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looks {
    /// Findings of the check in conversations that a person marked something in.
    pub found: u32,
    /// Of them, those marked as wrong.
    pub wrong: u32,
    /// Findings that a person added.
    pub missed: u32,
}

impl Looks {
    /// The share of the check's findings that is right; `None` where there is none.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        let right = self.found.saturating_sub(self.wrong);
        (self.found > 0).then(|| f64::from(right) / f64::from(self.found))
    }

    /// The share of what is wrong that the check found; `None` where nothing is.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        let right = self.found.saturating_sub(self.wrong);
        let all = right.saturating_add(self.missed);
        (all > 0).then(|| f64::from(right) / f64::from(all))
    }

    /// Whether a person has looked at anything.
    #[must_use]
    pub fn any(self) -> bool {
        self.wrong > 0 || self.missed > 0
    }
}

impl std::ops::AddAssign for Looks {
    fn add_assign(&mut self, other: Self) {
        self.found = self.found.saturating_add(other.found);
        self.wrong = self.wrong.saturating_add(other.wrong);
        self.missed = self.missed.saturating_add(other.missed);
    }
}

impl std::fmt::Display for Looks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let s = if self.found == 1 { "" } else { "s" };
        write!(
            f,
            "{} finding{s}, {} marked wrong, {} missed",
            self.found, self.wrong, self.missed
        )?;
        if let Some(precision) = self.precision() {
            write!(f, ": precision {precision:.2}")?;
        }
        if let Some(recall) = self.recall() {
            let sign = if self.found == 0 { ":" } else { "" };
            write!(f, "{sign} recall {recall:.2}")?;
        }
        f.write_str(" where a person looked")
    }
}

impl Finding {
    /// Whether it counts in the rate: the check found that somebody said what is
    /// not so or has no source.
    #[must_use]
    pub fn is_untrue(&self) -> bool {
        self.by == "check" && kind_of(&self.kind).is_some_and(|k| k.untrue)
    }

    /// Whether another finding is about the same words of the same step, so that
    /// both are one thing that was found twice.
    #[must_use]
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        let overlap = if let (Some((a, b)), Some((c, d))) = (self.span, other.span) {
            a < d && c < b
        } else {
            let (a, b) = (self.quote.trim(), other.quote.trim());
            !a.is_empty() && !b.is_empty() && (a.contains(b) || b.contains(a))
        };
        self.step == other.step && self.blame == other.blame && overlap
    }
}

/// The judge's axes about what was made up, and the kinds of findings each is
/// about.
const AXES: [(&str, &[Family]); 2] = [
    ("tool_hallucination", &[Family::Result, Family::Call]),
    ("reasoning_hallucination", &[Family::Text]),
];
/// From here on a judge says that nothing (or next to nothing) was made up.
const CLEAN: f64 = 8.0;
/// Up to here a judge says that much was.
const POOR: f64 = 4.0;
/// Literals from which on a check that found nothing has looked at something.
const ENOUGH: usize = 5;

/// How the judge and the check contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disagree {
    /// The judge gives a high score, and the check has findings of weight.
    JudgeHigh,
    /// The judge gives a low score, and the check, which could see, has nothing.
    JudgeLow,
}

impl Disagree {
    /// In files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::JudgeHigh => "judge_high",
            Self::JudgeLow => "judge_low",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::JudgeHigh, Self::JudgeLow]
            .into_iter()
            .find(|d| d.word() == word)
    }

    /// The graver, the more.
    #[must_use]
    pub fn weight(self) -> i64 {
        match self {
            Self::JudgeLow => 1,
            Self::JudgeHigh => 2,
        }
    }

    /// The one of this weight.
    #[must_use]
    pub fn of_weight(weight: i64) -> Option<Self> {
        [Self::JudgeHigh, Self::JudgeLow]
            .into_iter()
            .find(|d| d.weight() == weight)
    }

    /// For a person, in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::JudgeHigh => "judge content, check is not",
            Self::JudgeLow => "judge is not content, check finds nothing",
        }
    }
}

/// A finding as far as the comparison needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// How much it weighs.
    pub severity: Severity,
    /// Whose fault.
    pub blame: Blame,
    /// The step that it is about.
    pub step: u32,
}

/// A contradiction of judge and check on one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction<'a> {
    /// The axis.
    pub axis: &'static str,
    /// How.
    pub how: Disagree,
    /// The first finding of weight that a high score contradicts.
    pub kind: Option<&'a str>,
    /// Its step.
    pub step: Option<u32>,
}

/// Where the judge's axes about what was made up and the check's findings (those
/// that nobody marked as wrong) contradict each other; the graver case first.
///
/// A score of 8 and more contradicts an untrue finding of high severity about
/// what the axis is about. A score of 4 and less contradicts that there is no
/// untrue finding about it, where the check could see: it met five literals at
/// least and decided on four of five.
#[must_use]
pub fn disagree(
    axes: &[(&str, f64)],
    findings: &[Weight<'_>],
    coverage: Option<Coverage>,
) -> Option<Disagree> {
    let all = contradictions(axes, findings, coverage);
    all.into_iter()
        .map(|c| c.how)
        .max_by_key(|how| how.weight())
}

/// The same, axis by axis.
#[must_use]
pub fn contradictions<'a>(
    axes: &[(&str, f64)],
    findings: &[Weight<'a>],
    coverage: Option<Coverage>,
) -> Vec<Contradiction<'a>> {
    let mut out = Vec::new();
    for (axis, families) in AXES {
        let Some((_, score)) = axes.iter().find(|(name, _)| *name == axis) else {
            continue;
        };
        let about = findings
            .iter()
            .filter(|f| kind_of(f.kind).is_some_and(|k| k.untrue && families.contains(&k.family)));
        let heavy = about.clone().find(|f| f.severity == Severity::High);
        let any = about.count() > 0;
        if let Some(heavy) = heavy.filter(|_| *score >= CLEAN) {
            out.push(Contradiction {
                axis,
                how: Disagree::JudgeHigh,
                kind: Some(heavy.kind),
                step: Some(heavy.step),
            });
        }
        let saw = coverage.is_some_and(|c| {
            let decided = c.traced.saturating_add(c.untraced);
            c.literals >= ENOUGH && decided.saturating_mul(5) >= c.literals.saturating_mul(4)
        });
        if *score <= POOR && !any && saw {
            out.push(Contradiction {
                axis,
                how: Disagree::JudgeLow,
                kind: None,
                step: None,
            });
        }
    }
    out
}

/// The axes that judge and check are held against each other on.
pub fn compared() -> impl Iterator<Item = &'static str> {
    AXES.iter().map(|(axis, _)| *axis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAW: Coverage = Coverage {
        literals: 10,
        traced: 8,
        untraced: 0,
        unchecked: 2,
    };

    fn of(kind: &str, severity: Severity) -> Weight<'_> {
        Weight {
            kind,
            severity,
            blame: Blame::Agent,
            step: 1,
        }
    }

    #[test]
    fn each_axis_is_held_against_what_it_is_about() {
        let high = [
            ("tool_hallucination", 9.0),
            ("reasoning_hallucination", 9.0),
        ];
        let claim = [of("claim_not_done", Severity::High)];
        let light = [of("ungrounded_literal", Severity::Medium)];
        assert_eq!(
            disagree(&high, &claim, Some(SAW)),
            Some(Disagree::JudgeHigh)
        );
        assert_eq!(disagree(&high, &light, Some(SAW)), None);
        assert_eq!(disagree(&high, &[], Some(SAW)), None);
        // A claim says nothing about an axis of calls and results.
        let other = [
            ("tool_hallucination", 9.0),
            ("reasoning_hallucination", 6.0),
        ];
        assert_eq!(disagree(&other, &claim, Some(SAW)), None);
        // Nor does what is no hallucination count, however heavy.
        let policy = [of("policy", Severity::High)];
        assert_eq!(disagree(&high, &policy, Some(SAW)), None);
        let low = [
            ("tool_hallucination", 3.0),
            ("reasoning_hallucination", 9.0),
        ];
        assert_eq!(disagree(&low, &[], Some(SAW)), Some(Disagree::JudgeLow));
        let result = [of("missing_field", Severity::Medium)];
        assert_eq!(disagree(&low, &result, Some(SAW)), None);
        // Silence of one who could not see is no contradiction.
        assert_eq!(disagree(&low, &[], None), None);
        let blind = Coverage {
            unchecked: 7,
            traced: 3,
            ..SAW
        };
        assert_eq!(disagree(&low, &[], Some(blind)), None);
        // The graver case wins, whichever axis comes first.
        assert_eq!(disagree(&low, &claim, Some(SAW)), Some(Disagree::JudgeHigh));
        assert_eq!(disagree(&[], &claim, Some(SAW)), None);
    }

    #[test]
    fn marks_count_against_the_check() {
        let looks = Looks {
            found: 12,
            wrong: 2,
            missed: 1,
        };
        assert_eq!(
            looks.to_string(),
            "12 findings, 2 marked wrong, 1 missed: precision 0.83 recall 0.91 where a person \
             looked"
        );
        let blind = Looks {
            missed: 1,
            ..Looks::default()
        };
        assert_eq!(
            blind.to_string(),
            "0 findings, 0 marked wrong, 1 missed: recall 0.00 where a person looked"
        );
        assert_eq!(Looks::default().precision(), None);
        assert_eq!(Counted::default().rate(), None);
    }
}
