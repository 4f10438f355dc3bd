//! What can go wrong with the store: what happened, what is safe, what to do.

use crate::engine::id::{ConvId, Sha};
use std::fmt;
use std::path::{Path, PathBuf};

/// Why the store could not do what was asked. Nothing is half written in any
/// of these cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The folder or file cannot be opened or made.
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// No space is left.
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be written.
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file's pages are damaged, or it is no database at all.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        why: String,
    },
    /// A newer StateGen wrote it.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// An older StateGen wrote it, and it was opened for reading only.
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
    },
    /// A database of another program.
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The system could not read or write the file: a quota, a disk that is gone.
    Disk {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        why: String,
    },
    /// Another process held the file for longer than the store waits.
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Another process went on with the same conversation meanwhile.
    Conflict {
        /// The conversation.
        conversation: ConvId,
        /// Events that this process knew.
        expected: u64,
        /// Events that are there.
        found: u64,
    },
    /// A conversation of this name is there already.
    Exists(ConvId),
    /// No conversation of this name.
    Unknown {
        /// What was asked for.
        wanted: String,
        /// Names that are near, newest first.
        near: Vec<String>,
    },
    /// More than one conversation begins so.
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// Those that it could be, newest first.
        candidates: Vec<String>,
    },
    /// A blob whose bytes are not what its name says, or that is not there.
    Blob {
        /// Its name.
        sha: Sha,
        /// What is wrong with it.
        why: String,
    },
    /// An event that cannot be read.
    Event {
        /// The conversation.
        conversation: ConvId,
        /// Its number, from 0.
        seq: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A decision that cannot be kept or taken back.
    Decision {
        /// The conversation, or the decision's number.
        what: String,
        /// Why.
        why: String,
    },
    /// A mark of a finding that cannot be kept or taken back.
    Mark {
        /// The conversation, or the mark's number.
        what: String,
        /// Why.
        why: String,
    },
    /// Anything else that SQLite said.
    Other {
        /// The file.
        path: PathBuf,
        /// What it said.
        why: String,
    },
}

impl StoreError {
    pub(super) fn from_sqlite(path: &Path, why: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let path = path.to_owned();
        let text = why.to_string();
        match why.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full { path },
            Some(Code::ReadOnly | Code::PermissionDenied) => Self::ReadOnly { path },
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Corrupt { path, why: text },
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy { path },
            Some(Code::CannotOpen) => Self::Open { path, why: text },
            Some(Code::SystemIoFailure) => Self::Disk { path, why: text },
            Some(_) | None => Self::Other { path, why: text },
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { path, why } => write!(
                f,
                "the store {} cannot be opened: {why}. Nothing was changed. \
                 Check that the folder exists and that you may write there.",
                path.display()
            ),
            Self::Full { path } => write!(
                f,
                "the disk is full, so {} could not take the step. Everything before it is \
                 stored; this step is not. Free some space and go on.",
                path.display()
            ),
            Self::ReadOnly { path } => write!(
                f,
                "the store {} cannot be written. What is in it is safe and can be read. \
                 Make the file and its folder writable, or copy the project.",
                path.display()
            ),
            Self::Corrupt { path, why } => write!(
                f,
                "the store {} is damaged: {why}. It was left as it is. Move it aside together \
                 with its -wal and -shm files and start again; case files and exports are not \
                 touched by this.",
                path.display()
            ),
            Self::Newer { path, found, known } => write!(
                f,
                "the store {} was written by a newer StateGen (schema {found}; this one knows \
                 {known}). It was left as it is. Use the newer StateGen.",
                path.display()
            ),
            Self::Older { path, found } => write!(
                f,
                "the store {} was written by an older StateGen (schema {found}) and must be \
                 brought up to date before it can be read. Nothing was changed. Open it once \
                 where it can be written.",
                path.display()
            ),
            Self::NotAStore { path } => write!(
                f,
                "{} is a database of another program. It was left as it is. Move it out of the \
                 way.",
                path.display()
            ),
            Self::Disk { path, why } => write!(
                f,
                "the system would not read or write {}: {why}. Everything before this step is \
                 stored; this step is not. Look at the disk (space, quota, connection) and go on.",
                path.display()
            ),
            Self::Busy { path } => write!(
                f,
                "another process is writing {} and did not finish in time. Nothing was lost. \
                 Try again.",
                path.display()
            ),
            Self::Conflict {
                conversation,
                expected,
                found,
            } => write!(
                f,
                "conversation {conversation} was continued by another process (it has {found} \
                 events, {expected} were known here). Both are safe: what is stored stays, this \
                 step was not added. Open the conversation again to go on from there.",
            ),
            Self::Exists(conversation) => write!(
                f,
                "conversation {conversation} is in this store already. Nothing was changed."
            ),
            Self::Unknown { wanted, near } => {
                write!(f, "no conversation is named `{wanted}`.")?;
                if near.is_empty() {
                    f.write_str(" This store has none; `stategen run SCENARIO` makes one.")
                } else {
                    write!(f, " Newest: {}.", near.join(", "))
                }
            }
            Self::Ambiguous { wanted, candidates } => write!(
                f,
                "`{wanted}` could be any of {}. Give more of the name.",
                candidates.join(", ")
            ),
            Self::Blob { sha, why } => write!(
                f,
                "blob {} {why}. Conversations that use it cannot be replayed; the others are \
                 safe.",
                sha.short()
            ),
            Self::Event {
                conversation,
                seq,
                why,
            } => write!(
                f,
                "event {seq} of conversation {conversation} cannot be read: {why}. The other \
                 conversations are safe.",
            ),
            Self::Mark { what, why } => {
                write!(
                    f,
                    "the mark of {what} cannot be changed: {why}. Nothing was written."
                )
            }
            Self::Decision { what, why } => {
                write!(f, "nothing was decided about {what}: {why}.")
            }
            Self::Other { path, why } => write!(
                f,
                "the store {} could not do it: {why}. Everything that was stored before is safe.",
                path.display()
            ),
        }
    }
}

impl std::error::Error for StoreError {}
