//! Who plays the user: the persona of a conversation, from what the scenario
//! names, what the task wants and what was asked for.

use super::Scenario;
use crate::engine::persona::{Persona, PersonaSpec, nearest, profile, profiles, sample};
use crate::engine::rng::Rng;

impl Scenario {
    /// The persona of a task under a seed: `wanted` (a persona of the scenario,
    /// else a profile), else the task's own, else one of the scenario's drawn by
    /// the seed, else one drawn from the profiles.
    ///
    /// # Errors
    /// There is no such task or persona: one sentence with the names there are.
    pub fn persona_for(
        &self,
        task: &str,
        wanted: Option<&str>,
        seed: u64,
    ) -> Result<Persona, String> {
        let task = self.task(task).ok_or_else(|| {
            let names: Vec<&str> = self.tasks.iter().map(|t| t.id.as_str()).collect();
            unknown("task", task, &names)
        })?;
        let spec = match wanted.or(task.persona.as_deref()) {
            Some(name) => self.spec(name)?,
            None => Rng::new(seed, "persona/choice")
                .pick(&self.personas)
                .cloned()
                .unwrap_or_default(),
        };
        Ok(sample(
            &spec,
            &self.profiles,
            task.context,
            task.complexity,
            seed,
        ))
    }

    fn spec(&self, name: &str) -> Result<PersonaSpec, String> {
        if let Some(spec) = self.personas.iter().find(|p| p.id == name) {
            return Ok(spec.clone());
        }
        if profile(name, &self.profiles).is_some() {
            return Ok(PersonaSpec {
                profile: name.to_owned(),
                ..PersonaSpec::default()
            });
        }
        let named = self.personas.iter().map(|p| p.id.as_str());
        let names: Vec<&str> = named
            .chain(
                self.profiles
                    .iter()
                    .chain(profiles())
                    .map(|p| p.name.as_ref()),
            )
            .collect();
        Err(unknown("persona", name, &names))
    }
}

/// One sentence for a name that is not there.
fn unknown(what: &str, name: &str, names: &[&str]) -> String {
    let near = nearest(name, names.iter().copied())
        .map(|near| format!(" Did you mean `{near}`?"))
        .unwrap_or_default();
    format!(
        "there is no {what} `{name}`.{near} There are: {}.",
        names.join(", ")
    )
}
