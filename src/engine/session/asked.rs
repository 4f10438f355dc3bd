//! What was asked: the request whose reply became a step, as it was sent; and
//! the same again, to be answered beside the conversation.

use super::next::Next;
use super::{Before, Place, Session};
use crate::engine::id::StepId;
use crate::engine::role::{By, Request, Role};
use crate::engine::step::{Act, Step};

impl Session {
    /// The request whose reply a step is; `None` where nobody was asked (code or
    /// a person made it) or the step is unknown. Of several that made one step
    /// (repairs, samples of the judge) it is the last.
    #[must_use]
    pub fn asked(&self, id: StepId) -> Option<Request> {
        let step = self.step(id).filter(|s| was_asked(s))?;
        let place = self.place(step.parent);
        let mut before = Before {
            fault: self.ordered(step),
            ..Before::default()
        };
        match &step.body.act {
            // All proposals but the last were refused, and the last request says so.
            Act::Ran(run) => {
                if let Some((_, refused)) = run.tries.split_last() {
                    before.tries = refused.to_vec();
                }
            }
            Act::Judged(verdict) => {
                if let Some((last, others)) = verdict.samples.split_last() {
                    before.samples = others.to_vec();
                    before.unusable.clone_from(&last.unusable);
                    if !last.usable() {
                        before.unusable.pop();
                    }
                }
            }
            Act::Said { .. } | Act::Answered { .. } | Act::Malformed { .. } | Act::Edited(_) => {}
        }
        let next = Self::due(step, place);
        let call = step.call.unwrap_or_default();
        self.request(place, &next, call, step.body.attempt, &before)
    }

    /// The first request of a step, with the seed of another attempt: without
    /// the repairs that followed it, and without the unusable replies before it.
    /// `None` as for [`Session::asked`].
    #[must_use]
    pub fn asked_again(&self, id: StepId, attempt: u32) -> Option<Request> {
        let (step, place) = self.spot(id).filter(|(s, _)| was_asked(s))?;
        let next = Self::due(step, place);
        let call = step.call.unwrap_or_default();
        let before = Before {
            fault: self.ordered(step),
            ..Before::default()
        };
        self.request(place, &next, call, attempt, &before)
    }

    /// A step, and the place at which its role was first asked: before its own
    /// unusable replies.
    pub(super) fn spot(&self, id: StepId) -> Option<(&Step, &Place)> {
        let step = self.step(id)?;
        let mut place = self.place(step.parent);
        while let Some(last) = &place.step
            && matches!(last.body.act, Act::Malformed { .. })
            && last.body.role == step.body.role
            && last.body.agent == step.body.agent
        {
            place = self.place(last.parent);
        }
        Some((step, place))
    }

    /// What was due where a step was made: the judge may speak out of turn.
    pub(super) fn due(step: &Step, place: &Place) -> Next {
        match step.body.role {
            Role::Judge => Next::Judge,
            Role::User | Role::Agent | Role::Tool => Self::next(place),
        }
    }
}

/// Whether anybody was asked for a step.
pub(super) fn was_asked(step: &Step) -> bool {
    match step.body.by {
        By::Scripted | By::Model(_) => true,
        By::Person | By::Code => false,
    }
}
