//! Going through what is approved, one conversation at a time: what is written,
//! what is left, and why.

use super::{ExportError, Format, Left, Preview, Record, Wanted, format, unread};
use crate::engine::event::Event;
use crate::engine::id::Sha;
use crate::engine::scenario::Scenario;
use crate::engine::session::{Place, Session};
use crate::engine::step::Act;
use crate::store::{
    Choice, Condition, Decision, Envelope, Item, Sort, Status, Store, Word, branch_of,
};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// An approved conversation, as formats see it.
#[derive(Debug)]
pub struct Approved<'a> {
    /// As the queue has it.
    pub item: &'a Item,
    /// The decision.
    pub decision: &'a Decision,
    /// The whole session; what is exported is the path to the decision's head.
    pub session: &'a Session,
    /// The log of that path alone: it replays by itself.
    pub events: &'a [(Event, Envelope)],
    /// The places of that path, oldest first.
    pub path: Vec<Arc<Place>>,
}

/// Takes what is to be written.
pub(super) type Sink<'a> =
    dyn FnMut(&'static dyn Format, &Approved<'_>, &[Record]) -> Result<(), ExportError> + 'a;

/// Goes through everything that is wanted and hands it to `sink`.
pub(super) fn walk(
    store: &Store,
    wanted: &Wanted,
    sink: &mut Sink<'_>,
) -> Result<Preview, ExportError> {
    let formats: Vec<&'static dyn Format> = wanted
        .formats
        .iter()
        .map(|name| format(name).map_err(ExportError::Wanted))
        .collect::<Result<_, _>>()?;
    let counts = store.queue_counts(wanted.filter.conditions())?;
    let mut told = Preview {
        approved: counts.approved,
        open: counts.open,
        discarded: counts.discarded,
        records: formats.iter().map(|f| (f.name().to_owned(), 0)).collect(),
        ..Preview::default()
    };
    let of = |status: Status| {
        let more = Condition::Word(Word::Status, true, status.word().to_owned());
        let filter = wanted.filter.clone().and(more);
        store.queue(filter.conditions(), Sort::Oldest, 0, u64::MAX)
    };
    for item in of(Status::Stale)? {
        if let Some(decision) = &item.decision
            && decision.choice == Choice::Approve
        {
            let why = String::from("the branch went on after it was approved");
            told.stale.push(left(&item, None, why));
        }
    }
    let mut seen = Seen::default();
    for item in of(Status::Approved)? {
        one(store, wanted, &formats, &item, &mut seen, &mut told, sink)?;
    }
    Ok(told)
}

/// Scenarios that are held at most; a world may be large.
const HELD: usize = 8;

/// What earlier conversations were.
#[derive(Default)]
struct Seen {
    /// What was said and done, and by which conversation first.
    said: HashMap<Sha, String>,
    /// Scenarios by version: most conversations share one.
    scenarios: HashMap<Sha, Arc<Scenario>>,
}

fn left(item: &Item, format: Option<&str>, why: String) -> Left {
    Left {
        conversation: item.row.id.0.clone(),
        branch: item.row.branch.clone(),
        format: format.map(str::to_owned),
        why,
    }
}

fn one(
    store: &Store,
    wanted: &Wanted,
    formats: &[&'static dyn Format],
    item: &Item,
    seen: &mut Seen,
    told: &mut Preview,
    sink: &mut Sink<'_>,
) -> Result<(), ExportError> {
    let Some(decision) = &item.decision else {
        return Ok(());
    };
    let known = |version| seen.scenarios.get(&version).cloned();
    let stored = match store.look_with(&item.row.id, &known) {
        Ok(stored) => stored,
        Err(why) => {
            told.skipped.push(left(item, None, unread(&why)));
            return Ok(());
        }
    };
    let Some(events) = branch_of(&stored.events, Some(decision.head)) else {
        let why = String::from("the step that was approved is not in its log");
        told.skipped.push(left(item, None, why));
        return Ok(());
    };
    let first = stored.session.scenario_at(None);
    if !seen.scenarios.contains_key(&first.version) {
        if seen.scenarios.len() >= HELD {
            seen.scenarios.clear();
        }
        seen.scenarios.insert(first.version, Arc::clone(first));
    }
    let path = stored.session.path(Some(decision.head));
    let key = said(&stored.session, &path);
    if let Some(first) = seen.said.get(&key) {
        if !wanted.duplicates {
            let why = format!("it says the same as {first}");
            told.duplicates.push(left(item, None, why));
            return Ok(());
        }
    } else {
        seen.said.insert(key, item.row.id.0.clone());
    }
    let approved = Approved {
        item,
        decision,
        session: &stored.session,
        events: &events,
        path,
    };
    let mut any = false;
    for format in formats {
        match format.records(&approved) {
            Ok(records) if records.is_empty() => {
                let why = String::from("no agent says anything in it");
                told.skipped.push(left(item, Some(format.name()), why));
            }
            Ok(records) => {
                any = true;
                sink(*format, &approved, &records)?;
                for record in &records {
                    for note in &record.notes {
                        told.notes
                            .push(left(item, Some(format.name()), note.clone()));
                    }
                }
                if let Some(slot) = told.records.iter_mut().find(|r| r.0 == format.name()) {
                    slot.1 += records.len() as u64;
                }
            }
            Err(why) => told.skipped.push(left(item, Some(format.name()), why)),
        }
    }
    told.written += u64::from(any);
    Ok(())
}

/// What is said and done on a path, by content: equal for conversations that
/// would teach the same.
fn said(session: &Session, path: &[Arc<Place>]) -> Sha {
    let mut out = vec![json!(session.opened().scenario)];
    for step in path.iter().filter_map(|p| p.step.as_ref()) {
        let body = &step.body;
        match &body.act {
            Act::Said { text, .. } => out.push(json!(["user", text])),
            Act::Answered { text, calls } => {
                let calls: Vec<_> = calls.iter().map(|c| json!([c.tool, c.raw])).collect();
                out.push(json!([body.agent, text, calls]));
            }
            Act::Ran(run) => out.push(json!([run.call.tool, run.text])),
            Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => {}
        }
    }
    Sha::of(serde_json::Value::from(out).to_string().as_bytes())
}
