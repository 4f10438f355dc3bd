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
    pub fn scenario_at(&self, at: Option<StepId>) -> &Arc<Scenario> {
        &self.place(at).setting.scenario
    }
    /// The task as it is bound after `at`.
    #[must_use]
    pub fn task_at(&self, at: Option<StepId>) -> &Bound {
        &self.place(at).setting.task
    }
    /// The user's persona after `at`.
    #[must_use]
    pub fn persona_at(&self, at: Option<StepId>) -> &Persona {
        &self.place(at).setting.persona
    }
    /// All tries of a step, itself among them: steps with the same parent, in the
    /// order in which they were made.
    #[must_use]
    pub fn tries(&self, id: StepId) -> Vec<StepId> {
        match self.step(id) {
            Some(step) => self.after_place(step.parent).to_vec(),
            None => vec![id],
        }
    }
    /// The steps that were made from a place (`None`: the start), oldest first.
    #[must_use]
    pub fn after_place(&self, at: Option<StepId>) -> &[StepId] {
        self.children.get(&at).map_or(&[], |ids| ids)
    }
    /// The last step of what was made newest after a step; the step itself where
    /// nothing was.
    #[must_use]
    pub fn newest_after(&self, id: StepId) -> StepId {
        let mut at = id;
        while let Some(next) = self.after_place(Some(at)).last() {
            at = *next;
        }
        at
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

    /// Notes a step among those of its parent; one that was made again stays
    /// where it was.
    pub(super) fn note_child(&mut self, parent: Option<StepId>, id: StepId) {
        let known = self.after_place(parent);
        if !known.contains(&id) {
            let mut all = known.to_vec();
            all.push(id);
            self.children.insert(parent, all.into());
        }
    }
}
