//! What an edit would touch, before it is made: which steps used the old version.

use super::{Session, Touches};
use crate::engine::id::StepId;
use crate::engine::input::Edit;

impl Session {
    /// What an edit after `at` would touch, of the steps of the current branch up
    /// to there.
    ///
    /// # Errors
    /// Why it cannot be made: every problem, a line each, with file and line.
    pub fn touches(&self, at: Option<StepId>, edit: &Edit) -> Result<Touches, Vec<String>> {
        let place = self.place(at);
        let edition = self.edition(place, edit)?;
        Ok(Touches {
            what: edition.edited.what,
            ..Touches::default()
        })
    }
}
