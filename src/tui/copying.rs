//! Text that leaves for the clipboard.

use super::job::Job;
use super::model::Model;
use super::msg::Cmd;
use super::terminal::COPY_MOST;
use crate::surface::text;
use std::path::PathBuf;

/// Copies a text, and says so: `what` names it (`step 4`). What is too long for
/// a terminal's clipboard goes into a file of the project.
pub(super) fn copy(model: &mut Model, what: &str, text: &str) -> Vec<Cmd> {
    let text = text::clean(text).into_owned();
    if text.len() > COPY_MOST {
        model.note = Some(format!("{what} is too long for the clipboard"));
        return vec![Cmd::Job(Job::Copy(text))];
    }
    let lines = text.lines().count();
    model.note = Some(match lines {
        0 | 1 => format!("copied {what}"),
        n => format!("copied {what}: {n} lines"),
    });
    vec![Cmd::Copy(text)]
}

/// A long text is in its file, or it could not be written.
pub(super) fn done(model: &mut Model, copied: Result<PathBuf, String>) {
    match copied {
        Ok(file) => {
            model.note = Some(format!(
                "too long for the clipboard; it is in {}",
                file.display()
            ));
        }
        Err(why) => model.problem = Some(format!("nothing was copied: {why}")),
    }
}
