//! Exports that were made: which folder holds which conversation, at which step.
//! Append-only: a folder that goes away is still an export that was made.

use super::{Store, StoreError};
use crate::engine::id::{ConvId, StepId};
use rusqlite::{OptionalExtension, Row as SqlRow};
use serde::{Deserialize, Serialize};

/// An export that was made.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Export {
    /// Its number in the store, from 1; 0 before it is there.
    #[serde(default)]
    pub number: u64,
    /// The folder, from the root on.
    pub folder: String,
    /// When it was made, in milliseconds since 1970.
    pub time_ms: i64,
    /// The filter, as written; empty: all that was approved.
    pub filter: String,
    /// How many conversations it holds.
    pub conversations: u64,
    /// SHA-256 of its manifest.
    pub sha256: String,
}

/// A conversation in a file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The conversation.
    pub conversation: ConvId,
    /// The branch that was approved.
    pub branch: String,
    /// Its newest step as it was approved and written.
    pub head: StepId,
    /// The format.
    pub format: String,
    /// The file in the folder.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// How many lines of the file are of it.
    pub lines: u64,
}

/// Where a conversation went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The export.
    pub export: Export,
    /// The files of it that hold the conversation, by branch and format.
    pub files: Vec<Exported>,
}

const SELECT: &str =
    "SELECT e.number, e.folder, e.time_ms, e.filter, e.conversations, e.sha256 FROM export e";

impl Store {
    /// Notes that an export was made. One with the same folder and manifest is
    /// known already and is not noted twice.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn keep_export(&self, export: &Export, files: &[Exported]) -> Result<u64, StoreError> {
        self.transaction(|tx| {
            let known: rusqlite::Result<Option<i64>> = tx
                .prepare_cached("SELECT number FROM export WHERE folder = ?1 AND sha256 = ?2")
                .and_then(|mut get| {
                    get.query_row((&export.folder, &export.sha256), |row| row.get(0))
                        .optional()
                });
            if let Some(number) = known.map_err(|e| self.fail(&e))? {
                return Ok(number.unsigned_abs());
            }
            let put = || -> rusqlite::Result<u64> {
                tx.prepare_cached(
                    "INSERT INTO export (folder, time_ms, filter, conversations, sha256)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute((
                    &export.folder,
                    export.time_ms,
                    &export.filter,
                    export.conversations as i64,
                    &export.sha256,
                ))?;
                let number = tx.last_insert_rowid();
                let mut put = tx.prepare_cached(
                    "INSERT OR IGNORE INTO exported
                         (export, conversation, branch, head, format, file, sha256, lines)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?;
                for file in files {
                    put.execute((
                        number,
                        &file.conversation.0,
                        &file.branch,
                        file.head.to_string(),
                        &file.format,
                        &file.file,
                        &file.sha256,
                        file.lines as i64,
                    ))?;
                }
                Ok(number.unsigned_abs())
            };
            put().map_err(|e| self.fail(&e))
        })
    }

    /// Every export, newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn exports(&self) -> Result<Vec<Export>, StoreError> {
        self.inner()
            .db
            .prepare_cached(&format!("{SELECT} ORDER BY e.number DESC"))
            .and_then(|mut get| get.query_map([], export)?.collect())
            .map_err(|e| self.fail(&e))
    }

    /// The exports that hold a conversation, newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn exports_of(&self, conversation: &ConvId) -> Result<Vec<Kept>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE e.number IN (SELECT x.export FROM exported x WHERE x.conversation = ?1)
             ORDER BY e.number DESC"
        );
        let inner = self.inner();
        let read = || -> rusqlite::Result<Vec<Kept>> {
            let exports: Vec<Export> = inner
                .db
                .prepare_cached(&sql)?
                .query_map([&conversation.0], export)?
                .collect::<rusqlite::Result<_>>()?;
            let mut get = inner.db.prepare_cached(
                "SELECT conversation, branch, head, format, file, sha256, lines FROM exported
                 WHERE export = ?1 AND conversation = ?2 ORDER BY branch, format",
            )?;
            exports
                .into_iter()
                .map(|export| {
                    let key = (export.number as i64, &conversation.0);
                    let files = get.query_map(key, exported)?;
                    let files = files.collect::<rusqlite::Result<_>>()?;
                    Ok(Kept { export, files })
                })
                .collect()
        };
        read().map_err(|e| self.fail(&e))
    }
}

fn export(row: &SqlRow<'_>) -> rusqlite::Result<Export> {
    Ok(Export {
        number: row.get::<_, i64>(0)?.unsigned_abs(),
        folder: row.get(1)?,
        time_ms: row.get(2)?,
        filter: row.get(3)?,
        conversations: row.get::<_, i64>(4)?.unsigned_abs(),
        sha256: row.get(5)?,
    })
}

fn exported(row: &SqlRow<'_>) -> rusqlite::Result<Exported> {
    let head: String = row.get(2)?;
    let odd =
        || rusqlite::Error::InvalidColumnType(2, String::from("head"), rusqlite::types::Type::Text);
    Ok(Exported {
        conversation: ConvId(row.get(0)?),
        branch: row.get(1)?,
        head: StepId::parse(&head).ok_or_else(odd)?,
        format: row.get(3)?,
        file: row.get(4)?,
        sha256: row.get(5)?,
        lines: row.get::<_, i64>(6)?.unsigned_abs(),
    })
}
