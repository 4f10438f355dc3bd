//! What holds at a place: the scenario's version, the task as it is bound under
//! it, the persona. An edit makes another; places that follow share it.

use super::Session;
use crate::engine::grounding::Told;
use crate::engine::id::{Sha, StepId};
use crate::engine::persona::Persona;
use crate::engine::scenario::{Bound, Scenario};
use crate::engine::step::Edited;
use std::sync::{Arc, OnceLock};

/// What holds at a place.
#[derive(Debug)]
pub struct Setting {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The task, bound under it with the conversation's seed. Its world is that
    /// of the start under this version, not the place's.
    pub task: Arc<Bound>,
    /// The user's persona.
    pub persona: Arc<Persona>,
    /// What agents are told from the start, read once when it is first asked.
    told: OnceLock<Arc<Told>>,
}

impl Setting {
    /// These three together.
    #[must_use]
    pub fn new(scenario: Arc<Scenario>, task: Arc<Bound>, persona: Arc<Persona>) -> Self {
        Self {
            scenario,
            task,
            persona,
            told: OnceLock::new(),
        }
    }

    pub(super) fn told(&self) -> &Arc<Told> {
        self.told
            .get_or_init(|| Arc::new(super::grounded::told(&self.scenario, &self.task)))
    }
}

impl Session {
    /// What holds after `at`.
    #[must_use]
    pub fn setting_at(&self, at: Option<StepId>) -> &Arc<Setting> {
        &self.place(at).setting
    }

    /// What holds after an edit. A version that is not known leaves the scenario
    /// as it was: `handle` and replay see to it that it is.
    pub(super) fn set(&self, before: &Arc<Setting>, edited: &Edited, version: Sha) -> Arc<Setting> {
        let other = if edited.files.is_empty() {
            None
        } else {
            self.versions.get(&version).and_then(|scenario| {
                let task = scenario.bind(&self.opened.task, self.opened.seed).ok()?;
                Some((Arc::clone(scenario), Arc::new(task)))
            })
        };
        if other.is_none() && edited.persona.is_none() {
            return Arc::clone(before);
        }
        let (scenario, task) =
            other.unwrap_or_else(|| (Arc::clone(&before.scenario), Arc::clone(&before.task)));
        let persona = edited
            .persona
            .as_ref()
            .map_or_else(|| Arc::clone(&before.persona), |p| Arc::new(p.clone()));
        Arc::new(Setting::new(scenario, task, persona))
    }
}
