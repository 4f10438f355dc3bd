//! Decisions: approve or discard of a branch at one step, append-only like the
//! log. Taking one back, and doing it again, are rows of their own.

use super::{Store, StoreError, queue};
use crate::engine::id::{ConvId, StepId};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};
use serde::{Deserialize, Serialize};

/// What a person thinks of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It may be exported.
    Approve,
    /// It may not.
    Discard,
}

impl Choice {
    /// As it stands in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Discard => "discard",
        }
    }

    /// As a list says it.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Discard => "discarded",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Approve, Self::Discard]
            .into_iter()
            .find(|c| c.word() == word)
    }
}

/// A decision about a branch as it was at one step. It is stale where the
/// branch has gone on, or back, since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its number in the store, from 1; 0 before it is there.
    #[serde(default)]
    pub number: u64,
    /// The conversation.
    pub conversation: ConvId,
    /// The branch.
    pub branch: String,
    /// The newest step of the branch when it was decided about.
    pub head: StepId,
    /// Which way.
    pub choice: Choice,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
    /// By whom.
    #[serde(default)]
    pub by: String,
    /// When, in milliseconds since 1970.
    #[serde(default)]
    pub time_ms: i64,
    /// Whether it was taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
}

const SELECT: &str = "SELECT d.number, d.conversation, d.branch, d.head, d.choice, d.reason,
        d.who, d.time_ms, coalesce((SELECT u.choice = 'undo' FROM decision u
            WHERE u.about = d.number ORDER BY u.number DESC LIMIT 1), 0)
    FROM decision d";

impl Store {
    /// Keeps decisions, all or none, and answers them with their numbers. What
    /// was decided about the same branch before stays in the store beneath it.
    ///
    /// # Errors
    /// A conversation, branch or step is not there; the store cannot be written.
    pub fn decide(&self, decisions: &[Decision]) -> Result<Vec<Decision>, StoreError> {
        self.transaction(|tx| {
            let mut out = Vec::with_capacity(decisions.len());
            for decision in decisions {
                check(tx, decision)
                    .map_err(|e| self.fail(&e))?
                    .map_err(|why| StoreError::Decision {
                        what: decision.conversation.0.clone(),
                        why,
                    })?;
                let number = add(tx, decision).map_err(|e| self.fail(&e))?;
                queue::refresh(tx, &decision.conversation, &decision.branch)
                    .map_err(|e| self.fail(&e))?;
                out.push(Decision {
                    number,
                    undone: false,
                    ..decision.clone()
                });
            }
            Ok(out)
        })
    }

    /// Takes decisions back, all or none: what stood before each stands again.
    ///
    /// # Errors
    /// There is no such decision, or it is taken back already; the store cannot
    /// be written.
    pub fn undecide(&self, numbers: &[u64], by: &str, now: i64) -> Result<(), StoreError> {
        self.turn(numbers, true, by, now)
    }

    /// Gives decisions that were taken back their force again, all or none.
    ///
    /// # Errors
    /// There is no such decision, or it was not taken back; the store cannot be
    /// written.
    pub fn redecide(&self, numbers: &[u64], by: &str, now: i64) -> Result<(), StoreError> {
        self.turn(numbers, false, by, now)
    }

    fn turn(&self, numbers: &[u64], back: bool, by: &str, now: i64) -> Result<(), StoreError> {
        let bad = |number: u64, why: &str| StoreError::Decision {
            what: number.to_string(),
            why: why.to_owned(),
        };
        self.transaction(|tx| {
            for number in numbers {
                let found = one(tx, *number)
                    .map_err(|e| self.fail(&e))?
                    .ok_or_else(|| bad(*number, "there is no such decision"))?;
                if found.undone == back {
                    let why = if back {
                        "it was taken back already"
                    } else {
                        "it was not taken back"
                    };
                    return Err(bad(*number, why));
                }
                tx.prepare_cached(
                    "INSERT INTO decision (conversation, branch, head, choice, reason, who, time_ms,
                         about)
                     VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7)",
                )
                .and_then(|mut put| {
                    put.execute((
                        &found.conversation.0,
                        &found.branch,
                        found.head.to_string(),
                        if back { "undo" } else { "redo" },
                        by,
                        now,
                        *number as i64,
                    ))
                })
                .and_then(|_| queue::refresh(tx, &found.conversation, &found.branch))
                .map_err(|e| self.fail(&e))?;
            }
            Ok(())
        })
    }

    /// Every decision about a conversation, oldest first, those that were taken
    /// back among them.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn decisions(&self, conversation: &ConvId) -> Result<Vec<Decision>, StoreError> {
        let sql =
            format!("{SELECT} WHERE d.conversation = ?1 AND d.about IS NULL ORDER BY d.number");
        self.inner()
            .db
            .prepare_cached(&sql)
            .and_then(|mut get| get.query_map([&conversation.0], read)?.collect())
            .map_err(|e| self.fail(&e))
    }

    /// The decision that stands about a branch.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn decision(
        &self,
        conversation: &ConvId,
        branch: &str,
    ) -> Result<Option<Decision>, StoreError> {
        standing(&self.inner().db, conversation, branch).map_err(|e| self.fail(&e))
    }
}

/// Why a decision cannot be kept, where it cannot.
fn check(db: &Connection, decision: &Decision) -> rusqlite::Result<Result<(), String>> {
    let id = &decision.conversation.0;
    let there = |sql: &str, key: &str| -> rusqlite::Result<bool> {
        let found: Option<i64> = db
            .prepare_cached(sql)?
            .query_row((id, key), |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    };
    let branch = "SELECT 1 FROM branch WHERE conversation = ?1 AND name = ?2";
    if !there(branch, &decision.branch)? {
        return Ok(Err(format!("it has no branch `{}`", decision.branch)));
    }
    let step = "SELECT 1 FROM node WHERE conversation = ?1 AND step = ?2";
    if !there(step, &decision.head.to_string())? {
        return Ok(Err(String::from("it has no such step")));
    }
    Ok(Ok(()))
}

fn add(db: &Connection, decision: &Decision) -> rusqlite::Result<u64> {
    db.prepare_cached(
        "INSERT INTO decision (conversation, branch, head, choice, reason, who, time_ms, about)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
    )?
    .execute((
        &decision.conversation.0,
        &decision.branch,
        decision.head.to_string(),
        decision.choice.word(),
        &decision.reason,
        &decision.by,
        decision.time_ms,
    ))?;
    Ok(db.last_insert_rowid().unsigned_abs())
}

fn one(db: &Connection, number: u64) -> rusqlite::Result<Option<Decision>> {
    let sql = format!("{SELECT} WHERE d.number = ?1 AND d.about IS NULL");
    db.prepare_cached(&sql)?
        .query_row([number as i64], read)
        .optional()
}

/// The newest decision about a branch that was not taken back.
pub(super) fn standing(
    db: &Connection,
    conversation: &ConvId,
    branch: &str,
) -> rusqlite::Result<Option<Decision>> {
    let sql = format!(
        "{SELECT} WHERE d.conversation = ?1 AND d.branch = ?2 AND d.about IS NULL
         ORDER BY d.number DESC"
    );
    let mut get = db.prepare_cached(&sql)?;
    let rows = get.query_map((&conversation.0, branch), read)?;
    for row in rows {
        let decision = row?;
        if !decision.undone {
            return Ok(Some(decision));
        }
    }
    Ok(None)
}

/// The branches of a conversation that were ever decided about.
pub(super) fn branches(db: &Connection, conversation: &ConvId) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached("SELECT DISTINCT branch FROM decision WHERE conversation = ?1")?
        .query_map([&conversation.0], |row| row.get(0))?
        .collect()
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Decision> {
    let head: String = row.get(3)?;
    let choice: String = row.get(4)?;
    let odd = |column: usize| {
        rusqlite::Error::InvalidColumnType(
            column,
            String::from("decision"),
            rusqlite::types::Type::Text,
        )
    };
    Ok(Decision {
        number: row.get::<_, i64>(0)?.unsigned_abs(),
        conversation: ConvId(row.get(1)?),
        branch: row.get(2)?,
        head: StepId::parse(&head).ok_or_else(|| odd(3))?,
        choice: Choice::parse(&choice).ok_or_else(|| odd(4))?,
        reason: row.get(5)?,
        by: row.get(6)?,
        time_ms: row.get(7)?,
        undone: row.get(8)?,
    })
}
