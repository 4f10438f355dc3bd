//! What a person does in the midst of it: edits, turns taken for a role, tries,
//! trials and breakpoints.

use super::{Session, Touches, Trial};
use crate::engine::effect::{Effect, Notice};
use crate::engine::halt::Break;
use crate::engine::id::StepId;
use crate::engine::input::{Command, Edit};

impl Session {
    /// Takes a command of a person that is none of going on and moving about.
    pub(super) fn by_person(&mut self, _command: Command, out: &mut Vec<Effect>) {
        out.push(Effect::Tell(Notice::Refused(String::from(
            "this cannot be done here",
        ))));
    }

    /// What an edit after `at` would touch, of the steps of the current branch up
    /// to there.
    ///
    /// # Errors
    /// Why it cannot be made: every problem, a line each, with file and line.
    pub fn touches(&self, _at: Option<StepId>, _edit: &Edit) -> Result<Touches, Vec<String>> {
        Err(Vec::new())
    }

    /// The trial under way, or the last one.
    #[must_use]
    pub fn trial(&self) -> Option<&Trial> {
        None
    }

    /// Seats that a person has, each with whether it is for one turn alone.
    #[must_use]
    pub fn taken(&self) -> &[(String, bool)] {
        &[]
    }

    /// Where going on stops by itself.
    #[must_use]
    pub fn breaks(&self) -> &[Break] {
        &[]
    }
}
