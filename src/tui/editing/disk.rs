//! What was changed on disk while a conversation is open: it is offered, and taken
//! over as an edit.

use super::{Change, Subject, ask, fresh};
use crate::engine::input::Edit as Edited;
use crate::engine::problem::Severity;
use crate::tui::job::watch::OnDisk;
use crate::tui::model::Model;
use crate::tui::msg::Cmd;
use crate::tui::overlay::Overlay;

/// Files of the scenario changed on disk.
pub(in crate::tui) fn on_disk(model: &mut Model, found: &OnDisk) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        return Vec::new();
    };
    let scenario = run.session.scenario();
    if scenario.id != found.scenario {
        return Vec::new();
    }
    let mut names = Vec::new();
    for (path, bytes) in &found.changed {
        // What this conversation has already is no news: it was written from here.
        if scenario.files.get(path) == bytes.as_ref() {
            model.editing.disk.remove(path);
        } else {
            names.push(path.as_str());
            model.editing.disk.insert(path.clone(), bytes.clone());
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    // An editor of that file that nobody has typed in has it at once.
    if let Some(Overlay::Edit(edit)) = &mut model.overlay
        && let Subject::File(path, _) = &edit.subject
        && let Some(Some(bytes)) = found.changed.get(path)
        && let Ok(text) = std::str::from_utf8(bytes)
        && !edit.text.changed()
    {
        edit.text.replace(text);
    }
    let errors: Vec<_> = found
        .problems
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .collect();
    let names = names.join(", ");
    let words = match errors.first() {
        None => format!("{names} changed on disk, and can be used: e offers it"),
        Some(first) => format!(
            "{names} changed on disk, and cannot be used yet: {}:{}: {}",
            first.file, first.line, first.what
        ),
    };
    if let Some(run) = &mut model.run {
        run.logged(words.clone());
    }
    model.problem = Some(words);
    fresh(model)
}

/// What was changed on disk, as an edit.
pub(super) fn from_disk(model: &mut Model) -> Vec<Cmd> {
    let files = model.editing.disk.clone();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let name = names.join(", ");
    let change = Change::Edit {
        edit: Edited::Files(files),
        file: Err(String::from("the file has it already")),
    };
    model.problem = None;
    ask(model, name, change)
}
