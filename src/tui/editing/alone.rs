//! Files of a scenario that no conversation is open of: an edit goes to the file
//! and nowhere else.

use super::{Subject, edit_with};
use crate::engine::problem::Severity;
use crate::engine::scenario::Files;
use crate::tui::job::Job;
use crate::tui::job::check::Checked;
use crate::tui::job::save::{FileChange, Saved, Saving};
use crate::tui::model::Model;
use crate::tui::msg::Cmd;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::edit::Edit;
use crate::tui::pane::conversation::count;
use crate::tui::screen::scenario;
use crate::tui::widget::{Check, InScenario, TextEdit};
use std::path::PathBuf;
use std::sync::Arc;

/// A scenario whose file is edited outside of any conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alone {
    /// Its name.
    pub scenario: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its files as they were read.
    pub files: Files,
}

/// Opens the editor of a file.
pub(in crate::tui) fn open(
    model: &mut Model,
    alone: Alone,
    path: &str,
    line: usize,
    outside: bool,
) -> Vec<Cmd> {
    let bytes = alone.files.get(path);
    let Some(text) = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        model.note = Some(String::from("not now: this is no text that can be edited"));
        return Vec::new();
    };
    let check = Check::File(Arc::new(InScenario {
        folder: alone.scenario.clone(),
        files: alone.files.clone(),
        path: path.to_owned(),
    }));
    let mut text = TextEdit::new(path, text, check);
    text.go(line, 1);
    edit_with(
        model,
        Subject::File(path.to_owned(), line),
        text,
        Some(alone),
        outside,
    )
}

/// The editor, where its file is edited outside of any conversation.
fn edit(model: &mut Model) -> Option<(&mut Edit, Alone)> {
    match &mut model.overlay {
        Some(Overlay::Edit(edit)) => {
            let alone = edit.alone.clone()?;
            Some((edit, alone))
        }
        _ => None,
    }
}

/// Writes the file.
pub(super) fn apply(model: &mut Model) -> Option<Vec<Cmd>> {
    let (edit, alone) = edit(model)?;
    let path = edit.text.name().to_owned();
    let file = FileChange {
        before: alone.files.get(&path).cloned(),
        after: edit.text.text().as_bytes().into(),
        path,
        with: Vec::new(),
    };
    Some(vec![Cmd::Job(Job::Save(Box::new(Saving {
        id: edit.text.id(),
        scenario: alone.scenario,
        home: Some(alone.folder),
        file,
    })))])
}

/// The file was written, or not.
pub(super) fn saved(model: &mut Model, done: &Saved) -> Option<Vec<Cmd>> {
    let (edit, alone) = edit(model).filter(|(edit, _)| edit.text.id() == done.id)?;
    let errors = edit.text.problems().iter();
    let errors = errors.filter(|p| p.severity == Severity::Error).count();
    match &done.result {
        Ok(path) => {
            let rest = match errors {
                0 => String::new(),
                n => format!("; {} stand in its way", count(n, "error")),
            };
            model.overlay = None;
            let cmds = scenario::show(model, &alone.scenario);
            model.note = Some(format!("{} was written{rest}", path.display()));
            Some(cmds)
        }
        Err(why) => {
            model.note = Some(format!("not written: {why}; nothing was done"));
            Some(Vec::new())
        }
    }
}

/// The text was checked.
pub(super) fn checked(model: &mut Model, found: &Checked) -> Option<Vec<Cmd>> {
    let (edit, _) = edit(model).filter(|(edit, _)| edit.text.id() == found.id)?;
    Some(edit.text.take(found).into_iter().collect())
}
