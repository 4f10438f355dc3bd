//! What went over the wire: every try of every call, append-only like the log,
//! but no part of it: a conversation replays without it.

use super::{Store, StoreError};
use crate::engine::id::{ConvId, StepId};
use crate::engine::role::Role;
use crate::engine::step::Step;
use serde::{Deserialize, Serialize};

/// How a try of a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An answer.
    #[default]
    Ok,
    /// An error.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

/// One try of one call. It holds no secret: what sent it took them out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Number of the call within the session that made it.
    pub call: u64,
    /// Which try of the call, from 1.
    pub tried: u32,
    /// The step that it follows; `None`: the first.
    pub parent: Option<StepId>,
    /// The number of the step that the answer would become.
    pub step: u32,
    /// Which attempt of that step, from 0.
    pub attempt: u32,
    /// Whether it was asked beside the conversation, and no step came of it.
    #[serde(default)]
    pub aside: bool,
    /// The seat.
    pub role: Role,
    /// The agent path; empty for user and judge.
    pub agent: Vec<String>,
    /// `provider/model`.
    pub by: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The stop reason as the provider wrote it, or what went wrong.
    pub what: String,
    /// When it was sent, in milliseconds since 1970.
    pub time_ms: i64,
    /// Milliseconds from sending to the end.
    pub duration_ms: u64,
    /// Milliseconds from sending to the first byte of the body.
    pub first_ms: u64,
    /// Tokens read.
    pub tokens_in: u64,
    /// Of those, from a cache.
    pub cached: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Of those, reasoning.
    pub reasoning: u64,
    /// Millionths of a dollar; `None` where price or usage are not known.
    pub cost_micros: Option<u64>,
    /// The address.
    pub url: String,
    /// Headers as sent, secrets as `[from $VARIABLE]`.
    pub request_headers: Vec<(String, String)>,
    /// The body as sent.
    #[serde(skip)]
    pub request: String,
    /// Status; 0 where no answer came.
    pub status: u16,
    /// Headers as they came.
    pub response_headers: Vec<(String, String)>,
    /// The body as it came, in pieces: milliseconds after sending, bytes as
    /// text (what is no UTF-8 is replaced).
    #[serde(skip)]
    pub response: Vec<(u64, String)>,
}

impl CallRecord {
    /// Whether it was made for a step (its repairs and refused tries included).
    #[must_use]
    pub fn is_for(&self, step: &Step) -> bool {
        let body = &step.body;
        !self.aside
            && self.parent == step.parent
            && self.role == body.role
            && self.attempt == body.attempt
    }
}

impl Store {
    /// Keeps a try of a call.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn add_call(&self, conversation: &ConvId, record: &CallRecord) -> Result<(), StoreError> {
        let head = serde_json::to_string(record).unwrap_or_default();
        let response = serde_json::to_string(&record.response).unwrap_or_default();
        self.transaction(|tx| {
            tx.prepare_cached(
                "INSERT INTO call (conversation, head, request, response) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut put| put.execute((&conversation.0, &head, &record.request, &response)))
            .map_err(|why| self.fail(&why))?;
            Ok(())
        })
    }

    /// All tries of a conversation's calls, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn calls(&self, conversation: &ConvId) -> Result<Vec<CallRecord>, StoreError> {
        self.read_calls(conversation, true, |_| true)
    }

    /// The tries made for one step, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn calls_for(
        &self,
        conversation: &ConvId,
        step: &Step,
    ) -> Result<Vec<CallRecord>, StoreError> {
        self.read_calls(conversation, true, |record| record.is_for(step))
    }

    /// The tries of calls that followed a step (`None`: of the first step),
    /// oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn calls_after(
        &self,
        conversation: &ConvId,
        parent: Option<StepId>,
    ) -> Result<Vec<CallRecord>, StoreError> {
        self.read_calls(conversation, true, |record| record.parent == parent)
    }

    /// As [`Store::calls`], without bodies: for what they cost.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn call_heads(&self, conversation: &ConvId) -> Result<Vec<CallRecord>, StoreError> {
        self.read_calls(conversation, false, |_| true)
    }

    fn read_calls(
        &self,
        conversation: &ConvId,
        bodies: bool,
        wanted: impl Fn(&CallRecord) -> bool,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let inner = self.inner();
        let fail = |why: rusqlite::Error| self.fail(&why);
        let mut get = inner
            .db
            .prepare_cached("SELECT seq, head FROM call WHERE conversation = ?1 ORDER BY seq")
            .map_err(fail)?;
        let rows = get
            .query_map([&conversation.0], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })
            .map_err(fail)?;
        let mut body = inner
            .db
            .prepare_cached("SELECT request, response FROM call WHERE seq = ?1")
            .map_err(fail)?;
        let mut out = Vec::new();
        for row in rows {
            let (seq, head) = row.map_err(fail)?;
            // One that another version wrote in another way is passed over: it
            // is no part of the conversation.
            let Ok(mut record) = serde_json::from_str::<CallRecord>(&head) else {
                continue;
            };
            if !wanted(&record) {
                continue;
            }
            if bodies {
                let (request, response): (String, String) = body
                    .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
                    .map_err(fail)?;
                record.request = request;
                record.response = serde_json::from_str(&response).unwrap_or_default();
            }
            out.push(record);
        }
        Ok(out)
    }
}
