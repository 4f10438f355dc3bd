//! The tree of steps: tries of one step, branches side by side, and what holds
//! at a place of it.

use super::{Compared, Session};
use crate::engine::id::StepId;
use crate::engine::persona::Persona;
use crate::engine::scenario::{Bound, Scenario};
use crate::engine::world::diff;
use std::sync::Arc;

impl Session {
    /// The scenario that holds after `at`.
    #[must_use]
    pub fn scenario_at(&self, _at: Option<StepId>) -> &Arc<Scenario> {
        self.scenario()
    }
    /// The task as it is bound after `at`.
    #[must_use]
    pub fn task_at(&self, _at: Option<StepId>) -> &Bound {
        self.task()
    }
    /// The user's persona after `at`.
    #[must_use]
    pub fn persona_at(&self, _at: Option<StepId>) -> &Persona {
        self.persona()
    }
    /// All tries of a step, itself among them: steps with the same parent, in the
    /// order in which they were made.
    #[must_use]
    pub fn tries(&self, id: StepId) -> Vec<StepId> {
        vec![id]
    }
    /// Two heads held against each other.
    #[must_use]
    pub fn compared(&self, left: Option<StepId>, right: Option<StepId>) -> Compared {
        let (a, b) = (self.path(left), self.path(right));
        let same = |(x, y): &(&Arc<super::Place>, &Arc<super::Place>)| {
            x.step.as_ref().map(|s| s.id) == y.step.as_ref().map(|s| s.id)
        };
        let common = a.iter().zip(&b).take_while(same).count();
        Compared {
            common,
            world: diff(&self.place(left).world, &self.place(right).world),
            left: a.into_iter().skip(common).collect(),
            right: b.into_iter().skip(common).collect(),
        }
    }
}
