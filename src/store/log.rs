//! The log: conversations and their events, appended a transaction at a time.

use super::{Envelope, Store, StoreError, blobs, projection, queue};
use crate::engine::event::{Event, Opened};
use crate::engine::id::{ConvId, Sha};
use crate::engine::scenario::Files;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::Arc;

impl Store {
    /// Begins a conversation: its files as blobs and `Opened` as event 0, in
    /// one transaction.
    ///
    /// # Errors
    /// A conversation of this name is there; a file is not what `opened.files`
    /// says; the store cannot be written.
    pub fn open_conversation(
        &self,
        opened: &Opened,
        files: &Files,
        envelope: &Envelope,
    ) -> Result<(), StoreError> {
        let event = Event::Opened(Box::new(opened.clone()));
        self.import(files, &[(event, envelope.clone())])
    }

    /// Takes in a whole log with its files, in one transaction: `Opened` first.
    ///
    /// # Errors
    /// As [`Store::open_conversation`]; or the log does not begin with `Opened`.
    pub fn import(&self, files: &Files, events: &[(Event, Envelope)]) -> Result<(), StoreError> {
        self.import_with(files, &[], events)
    }

    /// As [`Store::import`], with the contents that edits of the log name.
    ///
    /// # Errors
    /// As [`Store::import`].
    pub fn import_with(
        &self,
        files: &Files,
        contents: &[Arc<[u8]>],
        events: &[(Event, Envelope)],
    ) -> Result<(), StoreError> {
        let Some((Event::Opened(opened), envelope)) = events.first() else {
            return Err(StoreError::Event {
                conversation: ConvId(String::new()),
                seq: 0,
                why: String::from("a log begins by opening its conversation"),
            });
        };
        for (name, sha) in &opened.files {
            if files.get(name).map(|bytes| Sha::of(bytes)) != Some(*sha) {
                return Err(StoreError::Blob {
                    sha: *sha,
                    why: format!("is named for `{name}`, whose bytes are others"),
                });
            }
        }
        let id = &opened.conversation;
        self.transaction(|tx| {
            let there = count(tx, id).map_err(|e| self.fail(&e))?;
            if there.is_some() {
                return Err(StoreError::Exists(id.clone()));
            }
            for name in opened.files.keys() {
                if let Some(bytes) = files.get(name) {
                    blobs::put(tx, bytes).map_err(|e| self.fail(&e))?;
                }
            }
            for bytes in contents {
                blobs::put(tx, bytes).map_err(|e| self.fail(&e))?;
            }
            tx.execute(
                "INSERT INTO conversation (id, opened, time_ms) VALUES (?1, ?2, ?3)",
                (&id.0, json(opened), envelope.time_ms),
            )
            .map_err(|e| self.fail(&e))?;
            insert_all(tx, id, events).map_err(|e| self.fail(&e))
        })?;
        self.inner().seen.insert(id.clone(), events.len() as u64);
        Ok(())
    }

    /// Appends events in one transaction, all or none. Committed when it
    /// returns.
    ///
    /// # Errors
    /// The conversation is unknown, another process went on with it since this
    /// handle read it, or the store cannot be written.
    pub fn append(
        &self,
        conversation: &ConvId,
        events: &[(Event, Envelope)],
    ) -> Result<(), StoreError> {
        self.append_with(conversation, &[], events)
    }

    /// As [`Store::append`], with the contents that the events name, in the same
    /// transaction.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub fn append_with(
        &self,
        conversation: &ConvId,
        contents: &[Arc<[u8]>],
        events: &[(Event, Envelope)],
    ) -> Result<(), StoreError> {
        let known = self.inner().seen.get(conversation).copied();
        let after = self.transaction(|tx| {
            let found = count(tx, conversation)
                .map_err(|e| self.fail(&e))?
                .ok_or_else(|| StoreError::Unknown {
                    wanted: conversation.0.clone(),
                    near: Vec::new(),
                })?;
            if let Some(expected) = known.filter(|known| *known != found) {
                return Err(StoreError::Conflict {
                    conversation: conversation.clone(),
                    expected,
                    found,
                });
            }
            for bytes in contents {
                blobs::put(tx, bytes).map_err(|e| self.fail(&e))?;
            }
            let mut seq = found;
            for (event, envelope) in events {
                insert(tx, conversation, seq, event, envelope).map_err(|e| self.fail(&e))?;
                seq += 1;
            }
            Ok(seq)
        })?;
        self.inner().seen.insert(conversation.clone(), after);
        Ok(())
    }

    /// All events of a conversation, in order.
    ///
    /// # Errors
    /// The conversation is unknown, an event cannot be read, a number is
    /// missing, or the store cannot be read.
    pub fn events(&self, conversation: &ConvId) -> Result<Vec<(Event, Envelope)>, StoreError> {
        let mut inner = self.inner();
        let events = whole(&inner.db, &self.path, conversation)?;
        inner.seen.insert(conversation.clone(), events.len() as u64);
        Ok(events)
    }

    /// As [`Store::events`], without an append counting on it.
    pub(super) fn read_log(
        &self,
        conversation: &ConvId,
    ) -> Result<Vec<(Event, Envelope)>, StoreError> {
        whole(&self.inner().db, &self.path, conversation)
    }

    /// Runs `work` in a transaction that has the writer's lock from its start;
    /// an error rolls all of it back.
    pub(super) fn transaction<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut inner = self.inner();
        let tx = inner
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|e| self.fail(&e))?;
        let value = work(&tx)?;
        tx.commit().map_err(|e| self.fail(&e))?;
        Ok(value)
    }
}

/// How many events a conversation has; `None` where there is none of this name.
pub(super) fn count(db: &Connection, id: &ConvId) -> rusqlite::Result<Option<u64>> {
    let there: Option<i64> = db
        .prepare_cached("SELECT 1 FROM conversation WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    if there.is_none() {
        return Ok(None);
    }
    let last: Option<i64> = db
        .prepare_cached("SELECT max(seq) FROM event WHERE conversation = ?1")?
        .query_row([&id.0], |row| row.get(0))?;
    Ok(Some(last.map_or(0, |seq| seq.unsigned_abs() + 1)))
}

/// A whole log; what it means for the queue is worked out once.
pub(super) fn insert_all(
    tx: &Transaction<'_>,
    id: &ConvId,
    events: &[(Event, Envelope)],
) -> rusqlite::Result<()> {
    for (seq, (event, envelope)) in (0..).zip(events) {
        write(tx, id, seq, event, envelope)?;
        projection::add_part(tx, id, event, envelope)?;
    }
    queue::refresh_all(tx, id)
}

fn insert(
    tx: &Transaction<'_>,
    id: &ConvId,
    seq: u64,
    event: &Event,
    envelope: &Envelope,
) -> rusqlite::Result<()> {
    write(tx, id, seq, event, envelope)?;
    projection::add(tx, id, event, envelope)
}

fn write(
    tx: &Transaction<'_>,
    id: &ConvId,
    seq: u64,
    event: &Event,
    envelope: &Envelope,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO event (conversation, seq, body, envelope) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((&id.0, seq as i64, json(event), json(envelope)))?;
    Ok(())
}

/// As [`read`], of a conversation that must be there.
fn whole(db: &Connection, path: &Path, id: &ConvId) -> Result<Vec<(Event, Envelope)>, StoreError> {
    let events = read(db, path, id)?;
    if events.is_empty() {
        return Err(StoreError::Unknown {
            wanted: id.0.clone(),
            near: Vec::new(),
        });
    }
    Ok(events)
}

/// Reads a log without remembering how far it went.
pub(super) fn read(
    db: &Connection,
    path: &Path,
    id: &ConvId,
) -> Result<Vec<(Event, Envelope)>, StoreError> {
    let fail = |why: &rusqlite::Error| StoreError::from_sqlite(path, why);
    let bad = |seq: u64, why: String| StoreError::Event {
        conversation: id.clone(),
        seq,
        why,
    };
    let mut get = db
        .prepare_cached(
            "SELECT seq, body, envelope FROM event WHERE conversation = ?1 ORDER BY seq",
        )
        .map_err(|e| fail(&e))?;
    let rows = get
        .query_map([&id.0], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ))
        })
        .map_err(|e| fail(&e))?;
    let mut out = Vec::new();
    for row in rows {
        let (seq, body, envelope) = row.map_err(|e| fail(&e))?;
        let want = out.len() as u64;
        if seq != want as i64 {
            return Err(bad(want, format!("it is missing (the next is {seq})")));
        }
        let event = serde_json::from_str(&body).map_err(|e| bad(want, e.to_string()))?;
        let envelope = serde_json::from_str(&envelope).map_err(|e| bad(want, e.to_string()))?;
        out.push((event, envelope));
    }
    Ok(out)
}

/// JSON of our own plain data, which always has one.
pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
