//! Editing in place: what is under the cursor, checked as one types, applied as a step.

use super::job::check::Checked;
use super::model::Model;
use super::msg::Cmd;
use crate::surface::Action;

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(_model: &mut Model, _action: Action) -> Option<Vec<Cmd>> {
    None
}

/// A text was checked.
pub(super) fn checked(_model: &mut Model, _found: &Checked) -> Vec<Cmd> {
    Vec::new()
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(_model: &Model, _action: Action) -> Option<Result<(), String>> {
    None
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(
    _model: &mut Model,
    _verb: crate::surface::Verb,
    _rest: &str,
) -> Option<Result<Vec<Cmd>, String>> {
    None
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(
    _model: &Model,
    _verb: crate::surface::Verb,
    _before: &[&str],
) -> Option<Vec<crate::surface::Word>> {
    None
}
