//! Marks of findings: that one is wrong, and one that was missed. Append-only
//! like decisions; taking one back, and giving it again, are rows of their own.
//! A mark belongs to a step, so it holds on every branch that has the step.

use super::{Store, StoreError, queue};
use crate::engine::id::{ConvId, StepId};
use crate::engine::score::Finding;
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};
use serde::{Deserialize, Serialize};

/// What a person says of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It found what is none.
    Wrong,
    /// It did not find this.
    Missed,
}

impl Says {
    /// As it stands in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Missed => "missed",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Wrong, Self::Missed]
            .into_iter()
            .find(|s| s.word() == word)
    }
}

/// A mark of a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Its number in the store, from 1; 0 before it is there.
    #[serde(default)]
    pub number: u64,
    /// The conversation.
    pub conversation: ConvId,
    /// The step that the finding is about.
    pub step: StepId,
    /// What is said.
    pub says: Says,
    /// The finding, whole: the check may say it in other words one day.
    pub finding: Finding,
    /// Why; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
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

/// The marks of a conversation that stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Oldest first.
    pub all: Vec<Mark>,
}

impl Marks {
    /// Whether a finding of a step was marked as wrong, by its key.
    #[must_use]
    pub fn is_wrong(&self, step: StepId, key: &str) -> bool {
        self.wrong(step, key).is_some()
    }

    /// The mark that says a finding of a step is wrong.
    #[must_use]
    pub fn wrong(&self, step: StepId, key: &str) -> Option<&Mark> {
        let all = self.all.iter().rev();
        let mut of = all.filter(|m| m.step == step && m.says == Says::Wrong);
        of.find(|m| m.finding.key() == key)
    }

    /// What was added at a step.
    pub fn missed(&self, step: StepId) -> impl Iterator<Item = &Finding> {
        let of = move |m: &&Mark| m.step == step && m.says == Says::Missed;
        self.all.iter().filter(of).map(|m| &m.finding)
    }
}

const SELECT: &str = "SELECT m.number, m.conversation, m.step, m.says, m.finding, m.note, m.who,
        m.time_ms, coalesce((SELECT u.says = 'undo' FROM mark u
            WHERE u.about = m.number ORDER BY u.number DESC LIMIT 1), 0)
    FROM mark m";

impl Store {
    /// Keeps marks, all or none, and answers them with their numbers.
    ///
    /// # Errors
    /// A conversation or step is not there; the store cannot be written.
    pub fn mark(&self, marks: &[Mark]) -> Result<Vec<Mark>, StoreError> {
        self.transaction(|tx| {
            let mut out = Vec::with_capacity(marks.len());
            for mark in marks {
                let there: Option<i64> = tx
                    .prepare_cached("SELECT 1 FROM node WHERE conversation = ?1 AND step = ?2")
                    .and_then(|mut get| {
                        let key = (&mark.conversation.0, mark.step.to_string());
                        get.query_row(key, |row| row.get(0)).optional()
                    })
                    .map_err(|e| self.fail(&e))?;
                if there.is_none() {
                    return Err(StoreError::Mark {
                        what: mark.conversation.0.clone(),
                        why: String::from("it has no such step"),
                    });
                }
                let number = add(tx, mark).map_err(|e| self.fail(&e))?;
                out.push(Mark {
                    number,
                    undone: false,
                    ..mark.clone()
                });
                queue::refresh_all(tx, &mark.conversation).map_err(|e| self.fail(&e))?;
            }
            Ok(out)
        })
    }

    /// Takes marks back, all or none.
    ///
    /// # Errors
    /// There is no such mark, or it is taken back already; the store cannot be
    /// written.
    pub fn unmark(&self, numbers: &[u64], by: &str, now: i64) -> Result<(), StoreError> {
        self.turn_marks(numbers, true, by, now)
    }

    /// Gives marks that were taken back their force again, all or none.
    ///
    /// # Errors
    /// There is no such mark, or it was not taken back; the store cannot be
    /// written.
    pub fn remark(&self, numbers: &[u64], by: &str, now: i64) -> Result<(), StoreError> {
        self.turn_marks(numbers, false, by, now)
    }

    fn turn_marks(
        &self,
        numbers: &[u64],
        back: bool,
        by: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let bad = |number: u64, why: &str| StoreError::Mark {
            what: number.to_string(),
            why: why.to_owned(),
        };
        self.transaction(|tx| {
            for number in numbers {
                let found = one(tx, *number)
                    .map_err(|e| self.fail(&e))?
                    .ok_or_else(|| bad(*number, "there is no such mark"))?;
                if found.undone == back {
                    let why = if back {
                        "it was taken back already"
                    } else {
                        "it was not taken back"
                    };
                    return Err(bad(*number, why));
                }
                tx.prepare_cached(
                    "INSERT INTO mark (conversation, step, says, finding, note, who, time_ms, about)
                     VALUES (?1, ?2, ?3, '', '', ?4, ?5, ?6)",
                )
                .and_then(|mut put| {
                    put.execute((
                        &found.conversation.0,
                        found.step.to_string(),
                        if back { "undo" } else { "redo" },
                        by,
                        now,
                        *number as i64,
                    ))
                })
                .and_then(|_| queue::refresh_all(tx, &found.conversation))
                .map_err(|e| self.fail(&e))?;
            }
            Ok(())
        })
    }

    /// Every mark of a conversation, oldest first, those that were taken back
    /// among them.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn all_marks(&self, conversation: &ConvId) -> Result<Vec<Mark>, StoreError> {
        all(&self.inner().db, conversation).map_err(|e| self.fail(&e))
    }

    /// The marks of a conversation that stand.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn marks(&self, conversation: &ConvId) -> Result<Marks, StoreError> {
        standing(&self.inner().db, conversation).map_err(|e| self.fail(&e))
    }

    /// The conversations that a person marked something in, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn marked(&self) -> Result<Vec<ConvId>, StoreError> {
        self.inner()
            .db
            .prepare_cached("SELECT DISTINCT conversation FROM mark ORDER BY conversation")
            .and_then(|mut get| get.query_map([], |row| Ok(ConvId(row.get(0)?)))?.collect())
            .map_err(|e| self.fail(&e))
    }
}

fn add(db: &Connection, mark: &Mark) -> rusqlite::Result<u64> {
    db.prepare_cached(
        "INSERT INTO mark (conversation, step, says, finding, note, who, time_ms, about)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
    )?
    .execute((
        &mark.conversation.0,
        mark.step.to_string(),
        mark.says.word(),
        super::log::json(&mark.finding),
        &mark.note,
        &mark.by,
        mark.time_ms,
    ))?;
    Ok(db.last_insert_rowid().unsigned_abs())
}

fn one(db: &Connection, number: u64) -> rusqlite::Result<Option<Mark>> {
    let sql = format!("{SELECT} WHERE m.number = ?1 AND m.about IS NULL");
    db.prepare_cached(&sql)?
        .query_row([number as i64], read)
        .optional()
}

fn all(db: &Connection, conversation: &ConvId) -> rusqlite::Result<Vec<Mark>> {
    let sql = format!("{SELECT} WHERE m.conversation = ?1 AND m.about IS NULL ORDER BY m.number");
    db.prepare_cached(&sql)?
        .query_map([&conversation.0], read)?
        .collect()
}

/// Those that were not taken back.
pub(super) fn standing(db: &Connection, conversation: &ConvId) -> rusqlite::Result<Marks> {
    let mut all = all(db, conversation)?;
    all.retain(|m| !m.undone);
    Ok(Marks { all })
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Mark> {
    let step: String = row.get(2)?;
    let says: String = row.get(3)?;
    let finding: String = row.get(4)?;
    let odd = |column: usize| {
        rusqlite::Error::InvalidColumnType(
            column,
            String::from("mark"),
            rusqlite::types::Type::Text,
        )
    };
    Ok(Mark {
        number: row.get::<_, i64>(0)?.unsigned_abs(),
        conversation: ConvId(row.get(1)?),
        step: StepId::parse(&step).ok_or_else(|| odd(2))?,
        says: Says::parse(&says).ok_or_else(|| odd(3))?,
        finding: serde_json::from_str(&finding).map_err(|_| odd(4))?,
        note: row.get(5)?,
        by: row.get(6)?,
        time_ms: row.get(7)?,
        undone: row.get(8)?,
    })
}
