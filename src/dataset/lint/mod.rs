//! The check over conversations that are there already, in the store or in a
//! file: what is wrong with each, how much of it was looked at, and what that
//! comes to over all of them.

mod many;
mod marking;
mod totals;

pub use many::in_order;
pub use marking::{Missed, speaker, wrong};
pub use totals::{Totals, kinds_table};

use super::import::{Conversation, Recorded, Said};
use crate::engine::grounding::Coverage;
use crate::engine::id::StepId;
use crate::engine::role::Role;
use crate::engine::score::{Counted, Disagree, Finding, Looks, disagree, still_holds, weights};
use crate::engine::session::Session;
use crate::store::Marks;

/// What the check says of a conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linted {
    /// What is wrong, by step.
    pub findings: Vec<Found>,
    /// What a person added, by step.
    pub missed: Vec<Finding>,
    /// How much was looked at.
    pub coverage: Coverage,
    /// Its turns, and the untrue ones among them.
    pub counted: Counted,
    /// The newest verdict's axes.
    pub axes: Vec<(String, f64)>,
    /// How the judge contradicts that, where it does.
    pub disagree: Option<Disagree>,
}

/// A finding of the check.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// It.
    pub finding: Finding,
    /// Who spoke in its step.
    pub role: Role,
    /// Whether a person marked it as wrong.
    pub wrong: bool,
}

impl Linted {
    /// A conversation that was read from a file.
    #[must_use]
    pub fn of(conversation: &Conversation) -> Self {
        match conversation {
            Conversation::Recorded(recorded) => Self::recorded(recorded),
            Conversation::Lived { session, at, .. } => Self::lived(session, *at, &Marks::default()),
        }
    }

    /// A branch of one of ours, with what a person marked.
    #[must_use]
    pub fn lived(session: &Session, at: Option<StepId>, marks: &Marks) -> Self {
        let mut out = Self::default();
        for turn in session.checked(at) {
            let mut untrue = false;
            for finding in &turn.findings {
                let wrong = marks.is_wrong(turn.step, &finding.key());
                untrue |= finding.is_untrue() && !wrong;
                out.findings.push(Found {
                    finding: finding.clone(),
                    role: turn.role,
                    wrong,
                });
            }
            out.missed.extend(marks.missed(turn.step).cloned());
            out.coverage += turn.coverage;
            out.counted += Counted {
                turns: turn.counted().turns,
                untrue: u32::from(untrue),
            };
        }
        if let Some(verdict) = session.verdict(at) {
            let axes = verdict.axes.into_iter();
            out.axes = axes.map(|a| (a.axis, a.score)).collect();
        }
        out.compared()
    }

    fn recorded(recorded: &Recorded) -> Self {
        let mut out = Self::default();
        recorded.follow(&mut |step, said, check, turn| {
            if step as usize <= recorded.from {
                return;
            }
            let report = check.judge(turn, step);
            let role = match said {
                Said::User(_) | Said::UserCalls { .. } => Role::User,
                Said::Agent { .. } => Role::Agent,
                Said::Ran(_) => Role::Tool,
            };
            out.coverage += report.coverage;
            out.counted += Counted {
                turns: 1,
                untrue: u32::from(report.findings.iter().any(Finding::is_untrue)),
            };
            out.findings
                .extend(report.findings.into_iter().map(|finding| Found {
                    finding,
                    role,
                    wrong: false,
                }));
        });
        out
    }

    /// With how judge and check compare.
    fn compared(mut self) -> Self {
        let axes: Vec<(&str, f64)> = self.axes.iter().map(|(a, s)| (a.as_str(), *s)).collect();
        let right = self.findings.iter().filter(|f| !f.wrong);
        let weights = weights(right.map(|f| &f.finding));
        let how = disagree(&axes, &weights, Some(self.coverage));
        self.findings.retain(|f| still_holds(&f.finding, how));
        self.disagree = how;
        self
    }

    /// How the check did where a person looked: nothing where nobody did.
    #[must_use]
    pub fn looks(&self) -> Looks {
        let wrong = self.findings.iter().filter(|f| f.wrong).count();
        let looks = Looks {
            found: u32::try_from(self.findings.len()).unwrap_or(u32::MAX),
            wrong: u32::try_from(wrong).unwrap_or(u32::MAX),
            missed: u32::try_from(self.missed.len()).unwrap_or(u32::MAX),
        };
        if looks.any() { looks } else { Looks::default() }
    }
}
