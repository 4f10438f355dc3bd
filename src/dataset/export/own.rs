//! Our own format: one line a conversation, with everything that is known of the
//! branch, so that it could be rebuilt: its log, which files of the scenario it
//! ran under (their contents lie in `blobs/` by hash), what people decided and
//! wrote, and what holds at its end.

use super::{Approved, Format, Record};
use crate::engine::step::Act;
use serde_json::{Value, json};

/// The version of the record that this program writes.
pub const FORMAT: u32 = 1;

/// See the module.
pub struct Own;

impl Format for Own {
    fn name(&self) -> &'static str {
        "own"
    }

    fn about(&self) -> &'static str {
        "everything, lossless: the log with all steps, worlds, findings, scores, decision"
    }

    fn with_blobs(&self) -> bool {
        true
    }

    fn records(&self, c: &Approved<'_>) -> Result<Vec<Record>, String> {
        let value = record(c).map_err(|why| format!("it has no JSON: {why}"))?;
        Ok(vec![Record {
            agent: String::new(),
            value,
            notes: Vec::new(),
        }])
    }
}

fn record(c: &Approved<'_>) -> Result<Value, serde_json::Error> {
    let mut events = Vec::with_capacity(c.events.len());
    for (event, envelope) in c.events {
        events.push(json!({
            "event": serde_json::to_value(event)?,
            "envelope": serde_json::to_value(envelope)?,
        }));
    }
    let head = Some(c.decision.head);
    let steps = || c.path.iter().filter_map(|p| p.step.as_ref());
    let checks: Vec<_> = steps().flat_map(|s| &s.body.findings).collect();
    let verdicts: Vec<Value> = steps()
        .filter_map(|s| match &s.body.act {
            Act::Judged(verdict) => Some(json!({
                "step": s.body.number, "by": s.body.by, "verdict": verdict,
            })),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        })
        .collect();
    let opened = c.session.opened();
    Ok(json!({
        "stategen_conversation": FORMAT,
        "conversation": opened.conversation,
        "branch": c.decision.branch,
        "head": c.decision.head,
        "scenario": opened.scenario,
        "version": opened.version,
        "task": opened.task,
        "persona": c.session.persona_at(head).name,
        "seed": opened.seed,
        "goal": c.session.task_at(head).goal,
        "ended": c.session.ended(head),
        "decision": c.decision,
        "marked": c.item.notes.marked,
        "tags": c.item.notes.tags,
        "comment": c.item.notes.comment,
        "findings": checks,
        "verdicts": verdicts,
        "assertions": c.session.assertions(head),
        "world_first": c.session.place(None).world,
        "world_last": c.session.place(head).world,
        "events": events,
    }))
}
