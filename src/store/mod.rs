//! The store: one SQLite file a project, that holds every conversation's log.
//!
//! The log (`events`), the blobs and what people decided and noted are the truth
//! and only ever grow: triggers refuse to change or delete them. What the list
//! and the queue show (`projection`, `queue`) is a reading of them, written in
//! the same transaction and rebuilt by [`Store::rebuild`]. Several processes may read while one writes.
//!
//! The store must never interpret what a model wrote: text is bound as data,
//! and no name in a log reaches the file system.

mod blobs;
mod calls;
mod copy;
mod cost;
mod decision;
mod error;
mod export;
mod finding;
mod id;
mod list;
mod log;
mod mark;
mod note;
mod open;
mod projection;
mod queue;
mod replay;
mod sums;

pub use calls::{CallRecord, Outcome};
pub use copy::branch_of;
pub use decision::{Choice, Decision};
pub use error::StoreError;
pub use export::{Export, Exported, Kept};
pub use finding::{Alike, FindingRow, Like};
pub use id::{new_id, os_random};
pub use list::{Filter, Row};
pub use mark::{Mark, Marks, Says};
pub use note::{Note, Notes, tag};
pub use queue::{Compare, Condition, Counts, Figure, Item, Score, Sort, Status, Word};
pub use replay::{ReplayError, Stored};
pub use sums::{Corpus, Sums};

use crate::engine::id::ConvId;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Folder of a project that the store lives in.
pub const FOLDER: &str = ".stategen";
/// The file's name in [`FOLDER`].
pub const FILE: &str = "store.sqlite";

/// What is known of an event beside its body: never hashed, never compared.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Envelope {
    /// When it was made, in milliseconds since 1970 (UTC).
    pub time_ms: i64,
    /// How long the reply took, in milliseconds; 0 where nobody was asked.
    #[serde(skip_serializing_if = "is_zero")]
    pub duration_ms: u64,
    /// `provider/model` that answered; empty where no model was asked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Tokens read, as the provider counted them.
    #[serde(skip_serializing_if = "is_zero")]
    pub tokens_in: u64,
    /// Tokens written, as the provider counted them.
    #[serde(skip_serializing_if = "is_zero")]
    pub tokens_out: u64,
    /// Cost in millionths of a dollar.
    #[serde(skip_serializing_if = "is_zero")]
    pub cost_micros: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Envelope {
    /// An envelope that knows the time alone.
    #[must_use]
    pub fn at(time_ms: i64) -> Self {
        Self {
            time_ms,
            ..Self::default()
        }
    }
}

/// An open store. It may be shared between threads; calls take turns.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Connection,
    /// How many events of a conversation this handle has seen: an append that
    /// finds another number was overtaken by another writer.
    seen: HashMap<ConvId, u64>,
}

impl Store {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic in another thread leaves SQLite's own transaction rolled
        // back; the connection is still sound.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, why: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, why)
    }
}
