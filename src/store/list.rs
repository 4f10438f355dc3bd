//! What the list shows, and how a conversation is found by part of its name.

use super::{Store, StoreError, projection};
use crate::engine::id::{ConvId, Seed, StepId};
use rusqlite::Row as SqlRow;
use serde::{Deserialize, Serialize};

/// A conversation as the list shows it: the current branch, read from the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Global name.
    pub id: ConvId,
    /// The scenario's id.
    pub scenario: String,
    /// The first line of what the user said first; empty before that.
    pub title: String,
    /// The task.
    pub task: String,
    /// The persona's name.
    pub persona: String,
    /// The seed.
    pub seed: Seed,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When its newest event was made.
    pub updated_ms: i64,
    /// The branch that goes on.
    pub branch: String,
    /// Its newest step.
    pub head: Option<StepId>,
    /// Steps on it.
    pub steps: u32,
    /// User turns on it.
    pub turns: u32,
    /// Why it ended (`user_done`, `goodbyes`, `max_turns`, `unusable`); `None`
    /// where it can go on.
    pub ended: Option<String>,
    /// The rubric's formula over the newest verdict's axes.
    pub overall: Option<f64>,
    /// Findings of checks and of the judge.
    pub findings: u32,
    /// Assertions that hold, as the newest verdict has them.
    pub held: u32,
    /// Assertions of the task, as the newest verdict has them; 0 before it.
    pub assertions: u32,
    /// Whether the scripted stand-in made any step of it.
    pub scripted: bool,
    /// Names of branches.
    pub branches: u32,
}

/// Which conversations to list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only this scenario.
    pub scenario: Option<String>,
    /// Only this task.
    pub task: Option<String>,
    /// Only those that ended (`true`) or that can go on (`false`).
    pub ended: Option<bool>,
    /// Only those with these words in scenario, task, persona or title.
    pub text: Option<String>,
    /// So many at most.
    pub limit: Option<u32>,
}

const SELECT: &str = "SELECT p.id, p.scenario, p.title, p.task, p.persona, p.seed, p.started_ms,
        p.updated_ms, p.current, p.head, coalesce(n.steps, 0), coalesce(n.turns, 0), n.ended,
        n.overall, coalesce(n.findings, 0), coalesce(n.held, 0), coalesce(n.assertions, 0),
        p.scripted, (SELECT count(*) FROM branch b WHERE b.conversation = p.id)
    FROM projection p LEFT JOIN node n ON n.conversation = p.id AND n.step = p.head";

/// Names that an error lists at most.
const NAMED: usize = 8;

impl Store {
    /// The conversations that a filter lets through, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Row>, StoreError> {
        let sql = format!(
            "{SELECT}
             WHERE (?1 IS NULL OR p.scenario = ?1)
               AND (?2 IS NULL OR p.task = ?2)
               AND (?3 IS NULL OR (n.ended IS NOT NULL) = ?3)
               AND (?4 IS NULL OR instr(lower(p.scenario || ' ' || p.task || ' ' || p.persona
                    || ' ' || p.title), lower(?4)) > 0)
             ORDER BY p.started_ms DESC, p.id DESC LIMIT ?5"
        );
        let inner = self.inner();
        let mut get = inner.db.prepare_cached(&sql).map_err(|e| self.fail(&e))?;
        let rows = get.query_map(
            (
                &filter.scenario,
                &filter.task,
                filter.ended,
                &filter.text,
                filter.limit.map_or(-1, i64::from),
            ),
            row,
        );
        rows.and_then(Iterator::collect).map_err(|e| self.fail(&e))
    }

    /// The one conversation whose name is, begins with or (with four characters
    /// and more) ends with `wanted`; `last` is the newest.
    ///
    /// # Errors
    /// None or several: the error lists what it could be.
    pub fn find(&self, wanted: &str) -> Result<ConvId, StoreError> {
        let all: Vec<String> = {
            let inner = self.inner();
            inner
                .db
                .prepare_cached("SELECT id FROM projection ORDER BY started_ms DESC, id DESC")
                .and_then(|mut get| get.query_map([], |row| row.get(0))?.collect())
                .map_err(|e| self.fail(&e))?
        };
        let name = wanted.trim().to_ascii_lowercase();
        // `l` is in no name, so `last` cannot be one.
        if name == "last"
            && let Some(newest) = all.first()
        {
            return Ok(ConvId(newest.clone()));
        }
        if all.contains(&name) {
            return Ok(ConvId(name));
        }
        let pick = |matches: &dyn Fn(&str) -> bool| -> Vec<String> {
            all.iter().filter(|id| matches(id)).cloned().collect()
        };
        let mut candidates = if name.is_empty() {
            Vec::new()
        } else {
            pick(&|id| id.starts_with(&name))
        };
        if candidates.is_empty() && name.len() >= 4 {
            candidates = pick(&|id| id.ends_with(&name));
        }
        match candidates.as_slice() {
            [one] => Ok(ConvId(one.clone())),
            [] => Err(StoreError::Unknown {
                wanted: wanted.to_owned(),
                near: all.into_iter().take(NAMED).collect(),
            }),
            _ => Err(StoreError::Ambiguous {
                wanted: wanted.to_owned(),
                candidates: candidates.into_iter().take(NAMED).collect(),
            }),
        }
    }

    /// Makes everything that the list shows anew from the log. Answers which
    /// conversations cannot be read; the list is without them.
    ///
    /// # Errors
    /// Where the log cannot be read or the store cannot be written.
    pub fn rebuild(&self) -> Result<Vec<StoreError>, StoreError> {
        self.transaction(|tx| projection::rebuild(tx, &self.path))
    }
}

fn row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let seed: String = row.get(5)?;
    let head: Option<String> = row.get(9)?;
    Ok(Row {
        id: ConvId(row.get(0)?),
        scenario: row.get(1)?,
        title: row.get(2)?,
        task: row.get(3)?,
        persona: row.get(4)?,
        seed: seed.parse().unwrap_or_default(),
        started_ms: row.get(6)?,
        updated_ms: row.get(7)?,
        branch: row.get(8)?,
        head: head.as_deref().and_then(StepId::parse),
        steps: row.get(10)?,
        turns: row.get(11)?,
        ended: row.get(12)?,
        overall: row.get(13)?,
        findings: row.get(14)?,
        held: row.get(15)?,
        assertions: row.get(16)?,
        scripted: row.get(17)?,
        branches: row.get(18)?,
    })
}
