//! Readings of the log for the list: the same code adds one event's part in the
//! transaction of its append, and makes all of them anew.

use super::{Envelope, StoreError, finding, log, queue};
use crate::engine::event::{EndedBy, Event};
use crate::engine::id::{ConvId, StepId};
use crate::engine::role::By;
use crate::engine::session::is_turn;
use crate::engine::step::{Act, Step};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

/// Characters of a title at most.
const TITLE: usize = 80;

/// What holds after a step.
#[derive(Clone, Debug, Default)]
struct Node {
    steps: i64,
    turns: i64,
    findings: i64,
    overall: Option<f64>,
    held: i64,
    assertions: i64,
    ended: Option<String>,
    axes: String,
    lowest: Option<f64>,
    spread: Option<f64>,
    gates: String,
}

/// Adds what one event means to the rows of its conversation.
pub(super) fn add(
    db: &Connection,
    id: &ConvId,
    event: &Event,
    envelope: &Envelope,
) -> rusqlite::Result<()> {
    add_part(db, id, event, envelope)?;
    let current: String = db
        .prepare_cached("SELECT current FROM projection WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))?;
    match event {
        Event::Moved { .. } => queue::switched(db, id, &current)?,
        Event::Ended { branch, .. } if *branch != current => queue::refresh(db, id, branch)?,
        Event::Opened(_) | Event::Stepped { .. } | Event::Ended { .. } => {}
    }
    queue::refresh(db, id, &current)
}

/// As [`add`], all but the queue.
pub(super) fn add_part(
    db: &Connection,
    id: &ConvId,
    event: &Event,
    envelope: &Envelope,
) -> rusqlite::Result<()> {
    match event {
        Event::Opened(opened) => {
            db.prepare_cached(
                "INSERT INTO projection (id, scenario, title, task, persona, seed, started_ms,
                     updated_ms, current, head, scripted)
                 VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?6, 'main', NULL, 0)",
            )?
            .execute((
                &id.0,
                &opened.scenario,
                &opened.task,
                &opened.persona.name,
                // As text: SQLite has no 64 bits without sign.
                opened.seed.to_string(),
                envelope.time_ms,
            ))?;
            set_branch(db, id, "main", None)?;
        }
        Event::Stepped { step, .. } => stepped(db, id, step)?,
        Event::Moved { branch, head, .. } => {
            set_branch(db, id, branch, *head)?;
            db.prepare_cached("UPDATE projection SET current = ?2, head = ?3 WHERE id = ?1")?
                .execute((&id.0, branch, head.map(|h| h.to_string())))?;
        }
        Event::Ended { branch, why } => {
            db.prepare_cached(
                "UPDATE node SET ended = ?3 WHERE conversation = ?1 AND step =
                     (SELECT head FROM branch WHERE conversation = ?1 AND name = ?2)",
            )?
            .execute((&id.0, branch, ended(why)))?;
        }
    }
    db.prepare_cached("UPDATE projection SET updated_ms = max(updated_ms, ?2) WHERE id = ?1")?
        .execute((&id.0, envelope.time_ms))?;
    Ok(())
}

fn stepped(db: &Connection, id: &ConvId, step: &Step) -> rusqlite::Result<()> {
    let before = match step.parent {
        Some(parent) => node(db, id, parent)?.unwrap_or_default(),
        None => Node::default(),
    };
    let mut after = Node {
        steps: i64::from(step.body.number),
        findings: before.findings + step.body.findings.len() as i64,
        ended: None,
        ..before.clone()
    };
    match &step.body.act {
        Act::Said { text, .. } => {
            after.turns += 1;
            db.prepare_cached("UPDATE projection SET title = ?2 WHERE id = ?1 AND title = ''")?
                .execute((&id.0, title(text)))?;
        }
        Act::Judged(verdict) => {
            // The verdict is about an ended branch, and does not open it again.
            after.ended = before.ended;
            after.findings += verdict.findings.len() as i64;
            after.overall = (!verdict.axes.is_empty()).then_some(verdict.overall);
            (after.axes, after.lowest, after.spread) = queue::axes(&verdict.axes);
            after.gates = verdict.gates_failed.join(" ");
            after.held = verdict.assertions.iter().filter(|a| a.holds).count() as i64;
            after.assertions = verdict.assertions.len() as i64;
        }
        // An edit leaves an ended branch ended.
        Act::Edited(_) => after.ended = before.ended,
        Act::Answered { .. } | Act::Ran(_) | Act::Malformed { .. } => {}
    }
    let mut own = step.body.findings.clone();
    if let Act::Judged(verdict) = &step.body.act {
        own.extend(verdict.findings.iter().cloned());
    }
    let own = if own.is_empty() {
        String::from("[]")
    } else {
        log::json(&own)
    };
    db.prepare_cached(
        "INSERT OR IGNORE INTO node (conversation, step, steps, turns, findings, overall, held,
             assertions, ended, axes, lowest, spread, gates, parent, turn, own)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?
    .execute((
        &id.0,
        step.id.to_string(),
        after.steps,
        after.turns,
        after.findings,
        after.overall,
        after.held,
        after.assertions,
        after.ended,
        if after.axes.is_empty() {
            "[]"
        } else {
            &after.axes
        },
        after.lowest,
        after.spread,
        after.gates,
        step.parent.map(|p| p.to_string()),
        is_turn(&step.body),
        own,
    ))?;
    uses(db, id, step)?;
    finding::add(db, id, step)?;
    let current: String = db
        .prepare_cached("SELECT current FROM projection WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))?;
    set_branch(db, id, &current, Some(step.id))?;
    db.prepare_cached(
        "UPDATE projection SET head = ?2, scripted = max(scripted, ?3) WHERE id = ?1",
    )?
    .execute((&id.0, step.id.to_string(), step.body.by == By::Scripted))?;
    Ok(())
}

/// What a step used, for who asks what an edit touches.
fn uses(db: &Connection, id: &ConvId, step: &Step) -> rusqlite::Result<()> {
    let body = &step.body;
    match &body.act {
        Act::Said { .. } => queue::uses(db, id, "user", body.number)?,
        Act::Answered { calls, .. } => {
            if let Some(agent) = body.agent.last() {
                queue::uses(db, id, &format!("agent:{agent}"), body.number)?;
            }
            for call in calls {
                queue::uses(db, id, &format!("tool:{}", call.tool), body.number)?;
            }
        }
        Act::Judged(verdict) => {
            queue::uses(db, id, "judge", body.number)?;
            for found in &verdict.findings {
                queue::uses(db, id, &format!("finding:{}", found.kind), body.number)?;
            }
        }
        Act::Ran(_) | Act::Malformed { .. } | Act::Edited(_) => {}
    }
    for found in &body.findings {
        queue::uses(db, id, &format!("finding:{}", found.kind), body.number)?;
    }
    Ok(())
}

fn node(db: &Connection, id: &ConvId, step: StepId) -> rusqlite::Result<Option<Node>> {
    db.prepare_cached(
        "SELECT steps, turns, findings, overall, held, assertions, ended, axes, lowest, spread, gates
         FROM node WHERE conversation = ?1 AND step = ?2",
    )?
    .query_row((&id.0, step.to_string()), |row| {
        Ok(Node {
            steps: row.get(0)?,
            turns: row.get(1)?,
            findings: row.get(2)?,
            overall: row.get(3)?,
            held: row.get(4)?,
            assertions: row.get(5)?,
            ended: row.get(6)?,
            axes: row.get(7)?,
            lowest: row.get(8)?,
            spread: row.get(9)?,
            gates: row.get(10)?,
        })
    })
    .optional()
}

fn set_branch(
    db: &Connection,
    id: &ConvId,
    name: &str,
    head: Option<StepId>,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO branch (conversation, name, head) VALUES (?1, ?2, ?3)
         ON CONFLICT (conversation, name) DO UPDATE SET head = excluded.head",
    )?
    .execute((&id.0, name, head.map(|h| h.to_string())))?;
    Ok(())
}

/// One word for the list.
fn ended(why: &EndedBy) -> &'static str {
    match why {
        EndedBy::UserDone => "user_done",
        EndedBy::Goodbyes => "goodbyes",
        EndedBy::MaxTurns => "max_turns",
        EndedBy::Unusable(_) => "unusable",
    }
}

/// The first line of what the user said first.
fn title(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("(nothing)")
        .chars()
        .take(TITLE)
        .collect()
}

/// Makes all rows anew from the log. A conversation whose log cannot be read has
/// no row; the answer says which and why.
pub(super) fn rebuild(db: &Connection, path: &Path) -> Result<Vec<StoreError>, StoreError> {
    let fail = |why: &rusqlite::Error| StoreError::from_sqlite(path, why);
    db.execute_batch(
        "DELETE FROM projection; DELETE FROM branch; DELETE FROM node; DELETE FROM queue;
         DELETE FROM used; DELETE FROM finding_row;",
    )
    .map_err(|e| fail(&e))?;
    let ids: Vec<String> = db
        .prepare("SELECT id FROM conversation ORDER BY id")
        .and_then(|mut get| get.query_map([], |row| row.get(0))?.collect())
        .map_err(|e| fail(&e))?;
    let mut unread = Vec::new();
    for id in ids.into_iter().map(ConvId) {
        match log::read(db, path, &id) {
            Ok(events) => {
                for (event, envelope) in events {
                    add_part(db, &id, &event, &envelope).map_err(|e| fail(&e))?;
                }
                queue::refresh_all(db, &id).map_err(|e| fail(&e))?;
            }
            Err(bad @ StoreError::Event { .. }) => unread.push(bad),
            Err(other) => return Err(other),
        }
    }
    Ok(unread)
}
