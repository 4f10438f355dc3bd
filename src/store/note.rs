//! What a person writes beside a conversation: a mark, tags, a comment.
//! Append-only: the newest word holds, the older ones stay.

use super::{Store, StoreError, queue};
use crate::engine::id::ConvId;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

/// One word of a person beside a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Sets the mark, or takes it away.
    Mark(bool),
    /// Adds a tag: one word, without spaces.
    Tag(String),
    /// Takes a tag away.
    Untag(String),
    /// The comment from now on; empty: none.
    Comment(String),
}

/// What holds of all that was written.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Notes {
    /// Whether it is marked.
    pub marked: bool,
    /// Its tags, in the order in which they were given.
    pub tags: Vec<String>,
    /// The comment; empty where there is none.
    pub comment: String,
}

impl Notes {
    fn take(&mut self, kind: &str, value: String) {
        match kind {
            "mark" => self.marked = true,
            "unmark" => self.marked = false,
            "tag" if !self.tags.contains(&value) => self.tags.push(value),
            "untag" => self.tags.retain(|t| *t != value),
            "comment" => self.comment = value,
            _ => {}
        }
    }
}

/// A tag as it is kept: one word.
#[must_use]
pub fn tag(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("-")
}

impl Store {
    /// Keeps a note beside each of some conversations, all or none.
    ///
    /// # Errors
    /// A conversation is not there; the store cannot be written.
    pub fn note(
        &self,
        conversations: &[ConvId],
        note: &Note,
        by: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let (kind, value) = match note {
            Note::Mark(true) => ("mark", String::new()),
            Note::Mark(false) => ("unmark", String::new()),
            Note::Tag(word) => ("tag", tag(word)),
            Note::Untag(word) => ("untag", tag(word)),
            Note::Comment(text) => ("comment", text.trim().to_owned()),
        };
        self.transaction(|tx| {
            for id in conversations {
                tx.prepare_cached(
                    "INSERT INTO note (conversation, kind, value, who, time_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )
                .and_then(|mut put| put.execute((&id.0, kind, &value, by, now)))
                .and_then(|_| queue::refresh_all(tx, id))
                .map_err(|e| self.fail(&e))?;
            }
            Ok(())
        })
    }

    /// What is written beside a conversation.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn notes(&self, conversation: &ConvId) -> Result<Notes, StoreError> {
        of(&self.inner().db, conversation).map_err(|e| self.fail(&e))
    }

    /// Every tag in the store with how many conversations have it, most first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn tags(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.inner()
            .db
            .prepare_cached(
                "SELECT n.value, count(DISTINCT n.conversation) AS times FROM note n
                 WHERE n.kind = 'tag' AND NOT EXISTS (SELECT 1 FROM note u
                     WHERE u.conversation = n.conversation AND u.kind = 'untag'
                     AND u.value = n.value AND u.number > n.number)
                 GROUP BY n.value ORDER BY times DESC, n.value",
            )
            .and_then(|mut get| {
                get.query_map([], |row| {
                    Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
                })?
                .collect()
            })
            .map_err(|e| self.fail(&e))
    }
}

pub(super) fn of(db: &Connection, id: &ConvId) -> rusqlite::Result<Notes> {
    let mut get =
        db.prepare_cached("SELECT kind, value FROM note WHERE conversation = ?1 ORDER BY number")?;
    let rows = get.query_map([&id.0], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut notes = Notes::default();
    for row in rows {
        let (kind, value) = row?;
        notes.take(&kind, value);
    }
    Ok(notes)
}
