//! What is given beside a file, and what was read of it before: shared by the
//! conversations that have the same.

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
        }
    }

    /// The same, with domains sought in another folder.
    #[must_use]
    pub fn with_domains(mut self, folder: &Path) -> Self {
        self.domains = Domains::at(folder);
        self
    }

    /// What the conversations of a domain are told: what is given, else what lies
    /// beside the file.
    pub(super) fn base(&mut self, domain: &str) -> Arc<Told> {
        match &self.given.told {
            Some(told) => Arc::clone(told),
            None => self.domains.told(domain),
        }
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
