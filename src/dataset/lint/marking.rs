//! Marks of findings, from what a person says: which finding is meant, and what
//! one that was missed is.

use crate::engine::grounding::{KINDS, kind_of};
use crate::engine::id::{ConvId, StepId};
use crate::engine::score::{Blame, Finding};
use crate::engine::session::Session;
use crate::engine::step::{Act, Body};
use crate::store::{Mark, Says};

/// A finding that was missed, as a person says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// The step's number.
    pub step: u32,
    /// A kind of the table.
    pub kind: String,
    /// The words that are meant; may be empty.
    pub quote: String,
    /// Whose fault; the speaker of the step where nobody is named.
    pub blame: Option<Blame>,
    /// What is wrong, in a sentence; may be empty.
    pub what: String,
    /// What is true instead; may be empty.
    pub truth: String,
    /// Why, or whatever else is to be said.
    pub note: String,
}

impl Missed {
    /// It as a mark of a branch, not yet kept.
    ///
    /// # Errors
    /// There is no such step or kind, in one sentence.
    pub fn mark(
        &self,
        session: &Session,
        at: Option<StepId>,
        by: &str,
        now: i64,
    ) -> Result<Mark, String> {
        let kind = kind_of(self.kind.trim()).ok_or_else(|| {
            let words: Vec<&str> = KINDS.iter().map(|k| k.word).collect();
            format!(
                "there is no kind of finding `{}`; there are {}",
                self.kind,
                words.join(", ")
            )
        })?;
        let path = session.path(at);
        let steps = path.iter().filter_map(|p| p.step.as_ref());
        let step = steps
            .clone()
            .find(|s| s.body.number == self.step)
            .ok_or_else(|| {
                format!(
                    "there is no step {}; the branch has {}",
                    self.step,
                    path.len()
                )
            })?;
        let blame = self.blame.unwrap_or_else(|| speaker(&step.body));
        let what = match self.what.trim() {
            "" => kind.about,
            what => what,
        };
        let quote = self.quote.trim();
        let text = step.body.text();
        let span = (!quote.is_empty())
            .then(|| text.find(quote))
            .flatten()
            .map(|from| (from, from + quote.len()));
        let mut finding = Finding::of(kind.word, self.step, blame, what)
            .said(quote, span)
            .truth(self.truth.trim(), "");
        finding.by = String::from("person");
        Ok(Mark {
            number: 0,
            conversation: session.opened().conversation.clone(),
            step: step.id,
            says: Says::Missed,
            finding,
            note: self.note.trim().to_owned(),
            by: by.to_owned(),
            time_ms: now,
            undone: false,
        })
    }
}

/// Whose fault a thing in a step is, unless somebody says otherwise.
#[must_use]
pub fn speaker(body: &Body) -> Blame {
    match &body.act {
        Act::Said { .. } => Blame::User,
        Act::Answered { .. } => Blame::Agent,
        Act::Ran(_) => Blame::Tool,
        Act::Judged(_) => Blame::Judge,
        Act::Edited(_) => Blame::Scenario,
        Act::Malformed { .. } => match body.role {
            crate::engine::role::Role::User => Blame::User,
            crate::engine::role::Role::Agent => Blame::Agent,
            crate::engine::role::Role::Tool => Blame::Tool,
            crate::engine::role::Role::Judge => Blame::Judge,
        },
    }
}

/// A mark that says a finding is wrong, not yet kept.
#[must_use]
pub fn wrong(
    conversation: &ConvId,
    step: StepId,
    finding: &Finding,
    note: &str,
    by: &str,
    now: i64,
) -> Mark {
    Mark {
        number: 0,
        conversation: conversation.clone(),
        step,
        says: Says::Wrong,
        finding: finding.clone(),
        note: note.trim().to_owned(),
        by: by.to_owned(),
        time_ms: now,
        undone: false,
    }
}
