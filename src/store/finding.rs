//! Findings of all conversations, a row each, so that cases like one can be
//! looked up by tool, kind and path. A reading of the log.

use super::{Store, StoreError};
use crate::engine::id::{ConvId, StepId};
use crate::engine::score::Finding;
use crate::engine::step::{Act, Step};
use rusqlite::{Connection, Row as SqlRow};
use serde::Serialize;

/// A finding in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// The conversation.
    pub conversation: ConvId,
    /// Its scenario.
    pub scenario: String,
    /// What its user said first.
    pub title: String,
    /// The step that has it: for a judge's finding the judge's.
    pub step: StepId,
    /// Number of the step that it is about, on the way to `step`.
    pub number: u32,
    /// Its kind.
    pub kind: String,
    /// Whose fault.
    pub blame: String,
    /// Who found it.
    pub by: String,
    /// The tool that it is about; empty for none.
    pub tool: String,
    /// Where, with indices and ids left out: `result.items.*.price`.
    pub path: String,
    /// What was said.
    pub quote: String,
    /// What is wrong, in one sentence.
    pub what: String,
}

/// What cases are looked for.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Like {
    /// A kind of finding; `None`: any, of the tool.
    pub kind: Option<String>,
    /// The tool; empty for none.
    pub tool: String,
    /// The path, with indices and ids left out.
    pub path: String,
}

/// How much alike two cases are, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alike {
    /// Tool, kind and path.
    Path,
    /// Tool and kind.
    Tool,
    /// The kind alone, or the tool alone where no kind is looked for.
    Loose,
}

impl Like {
    /// What is like a finding of a step.
    #[must_use]
    pub fn of(step: &Step, finding: &Finding) -> Self {
        Self {
            kind: Some(finding.kind.clone()),
            tool: tool_of(step, finding),
            path: general(&finding.place),
        }
    }

    /// What is like a step without findings: findings about its tool.
    #[must_use]
    pub fn step(step: &Step) -> Option<Self> {
        let tool = match &step.body.act {
            Act::Ran(run) => Some(run.call.tool.clone()),
            Act::Answered { calls, .. } => calls.first().map(|c| c.tool.clone()),
            Act::Said { .. } | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => None,
        };
        tool.map(|tool| Self {
            tool,
            ..Self::default()
        })
    }

    /// In words: `wrong_amount of get_order at result.items.*.price`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut out = self
            .kind
            .clone()
            .unwrap_or_else(|| String::from("any finding"));
        if !self.tool.is_empty() {
            out.push_str(" of ");
            out.push_str(&self.tool);
        }
        if !self.path.is_empty() {
            out.push_str(" at ");
            out.push_str(&self.path);
        }
        out
    }
}

/// A place with indices, ids and the number of the call left out:
/// `2.args.items.0.id` is `args.items.*.id`.
#[must_use]
pub fn general(place: &str) -> String {
    let numbered = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts: Vec<&str> = place.split('.').collect();
    if parts.len() > 1 && parts.first().is_some_and(|p| numbered(p)) {
        parts.remove(0);
    }
    let parts: Vec<&str> = parts
        .into_iter()
        .map(|part| {
            if part.bytes().any(|b| b.is_ascii_digit()) {
                "*"
            } else {
                part
            }
        })
        .collect();
    parts.join(".")
}

/// The tool that a finding is about; empty for none.
#[must_use]
pub fn tool_of(step: &Step, finding: &Finding) -> String {
    match &step.body.act {
        Act::Ran(run) => run.call.tool.clone(),
        Act::Answered { calls, .. } => {
            let (first, rest) = finding
                .place
                .split_once('.')
                .unwrap_or((finding.place.as_str(), ""));
            let at = match first.parse::<usize>() {
                Ok(at) if rest.starts_with("args") => Some(at),
                _ if first == "args" => Some(0),
                _ => None,
            };
            at.and_then(|at| calls.get(at))
                .map_or_else(String::new, |call| call.tool.clone())
        }
        Act::Said { .. } | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => String::new(),
    }
}

/// Adds a step's findings.
pub(super) fn add(db: &Connection, id: &ConvId, step: &Step) -> rusqlite::Result<()> {
    let judged = match &step.body.act {
        Act::Judged(verdict) => verdict.findings.as_slice(),
        Act::Said { .. }
        | Act::Answered { .. }
        | Act::Ran(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => &[],
    };
    for (at, found) in step.body.findings.iter().chain(judged).enumerate() {
        db.prepare_cached(
            "INSERT OR IGNORE INTO finding_row (conversation, step, place, number, kind, blame,
                 found_by, tool, path, quote, what)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute((
            &id.0,
            step.id.to_string(),
            at as i64,
            found.step,
            &found.kind,
            found.blame.word(),
            &found.by,
            tool_of(step, found),
            general(&found.place),
            &found.quote,
            &found.what,
        ))?;
    }
    Ok(())
}

impl Store {
    /// Cases like one in other conversations, the most alike first, then the
    /// newest.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn similar(
        &self,
        like: &Like,
        except: &ConvId,
        limit: u32,
    ) -> Result<Vec<(Alike, FindingRow)>, StoreError> {
        let sql = "SELECT f.conversation, p.scenario, p.title, f.step, f.number, f.kind, f.blame,
                f.found_by, f.tool, f.path, f.quote, f.what,
                CASE WHEN ?1 IS NULL THEN 2 WHEN f.tool <> ?2 THEN 2 WHEN f.path <> ?3 THEN 1
                     ELSE 0 END AS alike
            FROM finding_row f JOIN projection p ON p.id = f.conversation
            WHERE f.conversation <> ?4
              AND CASE WHEN ?1 IS NULL THEN f.tool = ?2 ELSE f.kind = ?1 END
            ORDER BY alike, p.started_ms DESC, f.conversation DESC, f.number, f.place LIMIT ?5";
        self.inner()
            .db
            .prepare_cached(sql)
            .and_then(|mut get| {
                get.query_map(
                    (&like.kind, &like.tool, &like.path, &except.0, limit),
                    |row| {
                        let alike = match row.get::<_, i64>(12)? {
                            0 => Alike::Path,
                            1 => Alike::Tool,
                            _ => Alike::Loose,
                        };
                        Ok((alike, read(row)?))
                    },
                )?
                .collect()
            })
            .map_err(|e| self.fail(&e))
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<FindingRow> {
    let step: String = row.get(3)?;
    let odd =
        || rusqlite::Error::InvalidColumnType(3, String::from("step"), rusqlite::types::Type::Text);
    Ok(FindingRow {
        conversation: ConvId(row.get(0)?),
        scenario: row.get(1)?,
        title: row.get(2)?,
        step: StepId::parse(&step).ok_or_else(odd)?,
        number: row.get(4)?,
        kind: row.get(5)?,
        blame: row.get(6)?,
        by: row.get(7)?,
        tool: row.get(8)?,
        path: row.get(9)?,
        quote: row.get(10)?,
        what: row.get(11)?,
    })
}

#[cfg(test)]
mod tests {
    use super::general;

    #[test]
    fn a_path_is_told_without_indices_and_ids() {
        for (place, wanted) in [
            ("", ""),
            ("result.items.0.price", "result.items.*.price"),
            ("2.args.order_id", "args.order_id"),
            ("args.order_id", "args.order_id"),
            ("result.orders.O-8841.total", "result.orders.*.total"),
            ("result", "result"),
        ] {
            assert_eq!(general(place), wanted);
        }
    }
}
