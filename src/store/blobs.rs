//! Blobs: bytes under the name of their own hash, each kept once.

use super::{Store, StoreError};
use crate::engine::id::Sha;
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;

impl Store {
    /// Keeps some bytes; the same bytes are kept once.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Sha, StoreError> {
        put(&self.inner().db, bytes).map_err(|e| self.fail(&e))
    }

    /// The bytes of a name, held against it; `None` where there are none.
    ///
    /// # Errors
    /// Where the store cannot be read, or the bytes are not what the name says.
    pub fn blob(&self, sha: Sha) -> Result<Option<Arc<[u8]>>, StoreError> {
        let found: Option<Vec<u8>> = self
            .inner()
            .db
            .prepare_cached("SELECT bytes FROM blob WHERE sha = ?1")
            .and_then(|mut get| {
                get.query_row([sha.0.as_slice()], |row| row.get(0))
                    .optional()
            })
            .map_err(|e| self.fail(&e))?;
        match found {
            Some(bytes) if Sha::of(&bytes) == sha => Ok(Some(bytes.into())),
            Some(_) => Err(StoreError::Blob {
                sha,
                why: String::from("does not hold what its name says"),
            }),
            None => Ok(None),
        }
    }
}

pub(super) fn put(db: &Connection, bytes: &[u8]) -> rusqlite::Result<Sha> {
    let sha = Sha::of(bytes);
    db.prepare_cached("INSERT OR IGNORE INTO blob (sha, bytes) VALUES (?1, ?2)")?
        .execute((sha.0.as_slice(), bytes))?;
    Ok(sha)
}
