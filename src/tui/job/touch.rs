//! What an edit would touch: steps of this conversation, other conversations,
//! and the file on disk.

use super::Room;
use super::save::{FileChange, fits};
use crate::dataset::stale::{Changed, stale};
use crate::engine::id::StepId;
use crate::engine::input::Edit;
use crate::engine::scenario::load;
use crate::engine::session::{Session, Touches};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A session that a job reads. Equal where it is the same one.
#[derive(Clone)]
pub struct Shared(pub Arc<Session>);

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.opened().conversation)
    }
}
impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// An edit that is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Touching {
    /// Who asks.
    pub id: u64,
    /// The conversation.
    pub session: Shared,
    /// After which step it would be made.
    pub at: Option<StepId>,
    /// It.
    pub edit: Edit,
    /// The file that it could go into, or why there is none.
    pub file: Result<FileChange, String>,
    /// Whether other conversations are looked for.
    pub others: bool,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Touched {
    /// Who asked.
    pub id: u64,
    /// What it touches here; every problem where it cannot be made.
    pub touches: Result<Touches, Vec<String>>,
    /// Other conversations that it makes stale, newest first, each with the
    /// number of the step from which.
    pub others: Result<Vec<(String, u32)>, String>,
    /// Where the file is, or why it cannot be written.
    pub file: Result<PathBuf, String>,
}

/// Finds out.
#[must_use]
pub fn touch(room: &Room, job: &Touching) -> Touched {
    let session = &job.session.0;
    let touches = session.touches(job.at, &job.edit);
    let old = session.scenario_at(job.at);
    let others = match (&job.edit, job.others && touches.is_ok()) {
        (Edit::Files(changed), true) => {
            let mut files = old.files.clone();
            for (path, bytes) in changed {
                match bytes {
                    Some(bytes) => files.insert(path.clone(), Arc::clone(bytes)),
                    None => files.remove(path),
                };
            }
            let this = &session.opened().conversation;
            match load(&old.id, &files).scenario {
                Some(new) => stale(&room.store, &old.id, &Changed::between(old, &new))
                    .map(|all| {
                        all.into_iter()
                            .filter(|s| s.item.row.id != *this)
                            .map(|s| (s.item.row.id.to_string(), s.step))
                            .collect()
                    })
                    .map_err(|why| why.to_string()),
                None => Ok(Vec::new()),
            }
        }
        _ => Ok(Vec::new()),
    };
    Touched {
        id: job.id,
        touches,
        others,
        file: job.file.clone().and_then(|file| fits(room, &old.id, &file)),
    }
}
