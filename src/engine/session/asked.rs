//! What was asked: the request whose reply became a step, as it was sent.

use super::Session;
use super::next::Next;
use crate::engine::id::StepId;
use crate::engine::role::{Request, Role};
use crate::engine::step::Act;

impl Session {
    /// The request whose reply a step is; `None` where nobody was asked (code or
    /// a person made it) or the step is unknown.
    #[must_use]
    pub fn asked(&self, id: StepId) -> Option<Request> {
        let step = self.step(id)?;
        let place = self.place(step.parent);
        let next = match step.body.role {
            Role::Judge => Next::Judge,
            Role::User | Role::Agent | Role::Tool => self.next(place),
        };
        // All proposals but the last were refused, and the last request says so.
        let tries = match &step.body.act {
            Act::Ran(run) => run.tries.split_last().map_or(&[][..], |(_, before)| before),
            Act::Said { .. } | Act::Answered { .. } | Act::Judged(_) | Act::Malformed { .. } => &[],
        };
        let call = step.call.unwrap_or_default();
        self.request(place, &next, call, step.body.attempt, tries)
    }
}
