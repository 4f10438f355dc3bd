//! Writing what is approved into a folder: the dialog of it.

use super::job::Job;
use super::job::export::{Ask, Told};
use super::model::Model;
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::export::Export;
use super::screen::Screen;
use crate::surface::{Action, Verb, Word};

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    Some(match action {
        Action::Export => begin(model),
        Action::ExportClose => {
            model.overlay = None;
            Vec::new()
        }
        Action::ExportDown | Action::ExportUp => {
            if let Some(Overlay::Export(export)) = &mut model.overlay {
                export.turn(action == Action::ExportDown);
            }
            Vec::new()
        }
        Action::ExportClear => {
            if let Some(Overlay::Export(export)) = &mut model.overlay {
                export.name("");
            }
            Vec::new()
        }
        Action::ExportToggle => {
            if let Some(Overlay::Export(export)) = &mut model.overlay {
                export.toggle();
            }
            count(model)
        }
        Action::ExportWrite => match &mut model.overlay {
            Some(Overlay::Export(export)) => {
                export.writing = true;
                export.written = None;
                let (folder, wanted) = (export.folder.clone(), export.wanted());
                vec![Cmd::Job(Job::Export(Ask::Write { folder, wanted }))]
            }
            _ => Vec::new(),
        },
        _ => return None,
    })
}

fn begin(model: &mut Model) -> Vec<Cmd> {
    let filter = match model.screen {
        Screen::Curate => model.curate.filter.as_str(),
        Screen::Run | Screen::Scenario | Screen::Batch => "",
    };
    let mut export = Export::new(filter);
    export.stamp = model.exports;
    model.overlay = Some(Overlay::Export(Box::new(export)));
    count(model)
}

/// Has it counted what would be written.
fn count(model: &mut Model) -> Vec<Cmd> {
    model.exports = model.exports.wrapping_add(1);
    let Some(Overlay::Export(export)) = &mut model.overlay else {
        return Vec::new();
    };
    export.stamp = model.exports;
    export.preview = None;
    let (stamp, wanted) = (export.stamp, export.wanted());
    vec![Cmd::Job(Job::Export(Ask::Preview { stamp, wanted }))]
}

/// What came of a job.
pub(super) fn told(model: &mut Model, told: Told) {
    match told {
        Told::Previewed {
            stamp,
            preview,
            folder,
        } => {
            if let Some(Overlay::Export(export)) = &mut model.overlay
                && export.stamp == stamp
            {
                export.preview = Some(preview);
                export.propose(folder);
            }
        }
        Told::Written(written) => {
            let words = match &written {
                Ok(written) => format!(
                    "{} conversations written to {}",
                    written.conversations,
                    written.folder.display()
                ),
                Err(why) => why.clone(),
            };
            if let Some(run) = &mut model.run {
                run.logged(words.clone());
            }
            match &mut model.overlay {
                Some(Overlay::Export(export)) => {
                    export.writing = false;
                    export.written = Some(written);
                }
                // The dialog was left in the meantime.
                Some(_) | None if written.is_ok() => model.note = Some(words),
                Some(_) | None => model.problem = Some(words),
            }
        }
    }
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    match (action, &model.overlay) {
        (Action::ExportWrite, Some(Overlay::Export(export))) => {
            Some(export.lacks().map_or(Ok(()), |why| Err(why.to_owned())))
        }
        (Action::ExportToggle, Some(Overlay::Export(export))) if export.writing => {
            Some(Err(String::from("it is being written")))
        }
        _ => None,
    }
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    if verb != Verb::Export {
        return None;
    }
    let mut cmds = begin(model);
    let mut words = rest.split_whitespace();
    let folder = words.next();
    let formats: Vec<&str> = words.collect();
    if let Some(Overlay::Export(export)) = &mut model.overlay {
        if let Some(folder) = folder {
            export.name(folder);
        }
        if !formats.is_empty() {
            if !export.only(&formats) {
                model.overlay = None;
                let format = formats.join(" ");
                return Some(Err(format!("there is no such format: {format}")));
            }
            cmds = count(model);
        }
    }
    Some(Ok(cmds))
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(_model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    if verb != Verb::Export {
        return None;
    }
    let formats = crate::dataset::export::FORMATS.iter();
    Some(match before {
        [] => Vec::new(),
        _ => formats.map(|f| Word::new(f.name(), f.about())).collect(),
    })
}
