//! Jobs that write approved conversations into a new folder, or say beforehand
//! what would be written.

use super::Room;
use crate::dataset::export::{Made, Preview, Wanted, export, fresh_folder, preview};
use crate::driver::clock;
use std::path::{Path, PathBuf};

/// Folder of a project that exports are proposed in.
const WITHIN: &str = "exports";

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// What would be written.
    Preview {
        /// Comes back with the answer.
        stamp: u64,
        /// What is wanted.
        wanted: Wanted,
    },
    /// Write it.
    Write {
        /// The folder, as typed: from the project's folder on, where it does not
        /// begin at the root.
        folder: String,
        /// What is wanted.
        wanted: Wanted,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Told {
    /// What would be written, with a folder that is not there yet.
    Previewed {
        /// As it was asked.
        stamp: u64,
        /// The counts, or why there are none.
        preview: Result<Preview, String>,
        /// The folder.
        folder: String,
    },
    /// What was written, or why nothing was.
    Written(Result<Written, String>),
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The folder.
    pub folder: PathBuf,
    /// Conversations.
    pub conversations: u64,
    /// Its files.
    pub files: Vec<Made>,
}

/// Does it.
#[must_use]
pub fn perform(room: &Room, ask: Ask) -> Told {
    let root = &room.project.root;
    match ask {
        Ask::Preview { stamp, wanted } => Told::Previewed {
            stamp,
            preview: preview(&room.store, &wanted).map_err(|why| why.to_string()),
            folder: shown(root, &fresh_folder(&root.join(WITHIN))),
        },
        Ask::Write { folder, wanted } => {
            let folder = root.join(folder.trim());
            let made = export(&room.store, &wanted, &folder, clock::now_ms());
            Told::Written(
                made.map(|manifest| Written {
                    folder,
                    conversations: manifest.told.written,
                    files: manifest.files,
                })
                .map_err(|why| why.to_string()),
            )
        }
    }
}

/// A path from the project's folder on, where it lies in there.
fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}
