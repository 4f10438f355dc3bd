//! Reading a scenario with a text that is being typed.

use crate::engine::problem::Problem;
use crate::engine::scenario::{Inference, Scenario, load};
use crate::tui::widget::InScenario;
use std::sync::Arc;

/// A text to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checking {
    /// The editor that asks.
    pub id: u64,
    /// Which of its changes.
    pub version: u64,
    /// The file, and those that it is read with.
    pub file: Arc<InScenario>,
    /// The text.
    pub text: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The editor that asked.
    pub id: u64,
    /// Which of its changes.
    pub version: u64,
    /// Everything wrong.
    pub problems: Vec<Problem>,
    /// What was not written and was inferred.
    pub inferences: Vec<Inference>,
    /// The scenario, where nothing stands in its way.
    pub scenario: Option<Arc<Scenario>>,
}

/// Does it.
#[must_use]
pub fn check(job: &Checking) -> Checked {
    let loaded = load(&job.file.folder, &job.file.with(&job.text));
    Checked {
        id: job.id,
        version: job.version,
        problems: loaded.problems,
        inferences: loaded.inferences,
        scenario: loaded.scenario,
    }
}
