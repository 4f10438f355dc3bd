//! What is given beside a file, and what was read of it before: shared by the
//! conversations that have the same.

use super::results::Around;
use super::tau::Domains;
use super::turns::hear_tools;
use crate::engine::grounding::{SharedTold, Told};
use crate::engine::id::Sha;
use crate::engine::scenario::Scenario;
use crate::engine::world::Node;
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Prompts with their tools that are kept at most.
const KEPT: usize = 64;

/// What holds for all conversations of a file, where it was given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// What everybody is told.
    pub told: Option<Arc<Told>>,
    /// The world before the first turn.
    pub world: Option<Node>,
}

/// Reads conversations of one file. Cheap to clone for another thread.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub(super) domains: Domains,
    pub(super) given: Given,
    pub(super) folder: PathBuf,
    kept: HashMap<Sha, SharedTold>,
    /// Scenarios of conversations of ours, by version.
    pub(super) scenarios: HashMap<Sha, Arc<Scenario>>,
    /// What stands around the list that the conversation is in.
    around: Option<Around>,
}

impl Reader {
    /// For a file in `folder`, with what is given beside it.
    #[must_use]
    pub fn new(folder: &Path, given: Given) -> Self {
        Self {
            domains: Domains::at(folder),
            given,
            folder: folder.to_owned(),
            kept: HashMap::new(),
            scenarios: HashMap::new(),
            around: None,
        }
    }

    /// The same, with domains sought in another folder.
    #[must_use]
    pub fn with_domains(mut self, folder: &Path) -> Self {
        self.domains = Domains::at(folder);
        self
    }

    /// What stands around the list that the next conversation is in; read once for
    /// all of the list.
    pub(super) fn stand_in(&mut self, around: Option<&Arc<Value>>) {
        match around {
            Some(now) if self.around.as_ref().is_some_and(|a| a.is(now)) => {}
            now => self.around = now.map(Around::of),
        }
    }

    /// What the conversations of a domain are told: what is given, else what lies
    /// beside the file; and what stands around the list that they are in.
    pub(super) fn base(&mut self, domain: &str) -> Arc<Told> {
        let (given, domains) = (&self.given.told, &mut self.domains);
        let mut plain = |domain: &str| match given {
            Some(told) => Arc::clone(told),
            None => domains.told(domain),
        };
        match &mut self.around {
            Some(around) if domain.is_empty() => around.told(plain),
            Some(_) | None => plain(domain),
        }
    }

    /// The task of a name or number, where the list has tasks beside it.
    pub(super) fn task(&self, id: Option<&Value>) -> Option<&Value> {
        self.around.as_ref()?.task(id?)
    }

    /// What an agent with this prompt and these tools is told, beside what is
    /// given; read once for all conversations that share them.
    pub(super) fn told(&mut self, system: &str, tools: Option<&Value>) -> SharedTold {
        let tools = tools.filter(|t| !t.is_null());
        let text = tools.map(Value::to_string).unwrap_or_default();
        let key = Sha::of(format!("{}\0{system}\0{text}", system.len()).as_bytes());
        if let Some(told) = self.kept.get(&key) {
            return Arc::clone(told);
        }
        let mut told = self
            .given
            .told
            .as_ref()
            .map_or_else(Told::default, |told| (**told).clone());
        told.from_elsewhere = true;
        told.policy(system);
        if let Some(tools) = tools {
            told.all_tools |= hear_tools(&mut told, tools);
        }
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        told.known.seal();
        let told = Arc::new(told);
        self.kept.insert(key, Arc::clone(&told));
        told
    }
}
