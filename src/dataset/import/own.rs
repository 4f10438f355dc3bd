//! Our own export: a record holds the whole log, and the files of its scenario
//! lie in `blobs/` beside it, so that it is checked with all that it ran under.

use super::reader::Reader;
use super::turns::word;
use super::{Conversation, Format};
use crate::dataset::export::OWN;
use crate::engine::event::Event;
use crate::engine::id::{Sha, StepId};
use crate::engine::session::Session;
use serde_json::Value;
use std::sync::Arc;

/// See the module.
pub struct Own;

/// Bytes of one file of a scenario at most.
const BLOB: u64 = 96 << 20;

impl Format for Own {
    fn name(&self) -> &'static str {
        "own"
    }

    fn about(&self) -> &'static str {
        "our own export, with `blobs/` beside it"
    }

    fn is(&self, value: &Value) -> bool {
        value.get("stategen_conversation").is_some()
    }

    fn read(&self, value: &Value, reader: &mut Reader) -> Result<Conversation, String> {
        let format = value.get("stategen_conversation").and_then(Value::as_u64);
        if format != Some(u64::from(OWN)) {
            return Err(format!("this StateGen reads records of version {OWN}"));
        }
        let events = value.get("events").and_then(Value::as_array);
        let events = events.ok_or("there are no `events`")?;
        let mut log: Vec<Event> = Vec::with_capacity(events.len());
        for (at, line) in events.iter().enumerate() {
            let event = line.get("event").cloned().unwrap_or_default();
            let event = serde_json::from_value(event);
            log.push(event.map_err(|why| format!("event {at} cannot be read: {why}"))?);
        }
        let folder = reader.folder.join("blobs");
        // A blob is named by its hash: nothing of the record becomes a path.
        let blob = |sha: Sha| -> Option<Arc<[u8]>> {
            let path = folder.join(sha.to_string());
            let there = std::fs::metadata(&path).ok()?;
            let bytes = (there.len() <= BLOB).then(|| std::fs::read(&path).ok())??;
            (Sha::of(&bytes) == sha).then(|| bytes.into())
        };
        let known = match log.first() {
            Some(Event::Opened(opened)) => reader.scenarios.get(&opened.version).cloned(),
            Some(Event::Stepped { .. } | Event::Moved { .. } | Event::Ended { .. }) | None => None,
        };
        let replayed = match known {
            Some(scenario) => Session::rebuilt(&log, scenario, &blob),
            None => Session::replay(&log, &blob),
        };
        let session = replayed.map_err(|why| {
            format!(
                "it does not replay: {why}. The files of its scenario belong in `blobs/` beside it"
            )
        })?;
        let version = session.opened().version;
        let scenario = session.scenario_at(None);
        reader
            .scenarios
            .entry(version)
            .or_insert_with(|| Arc::clone(scenario));
        let at = value.get("head").and_then(Value::as_str);
        let at = at
            .and_then(StepId::parse)
            .filter(|id| session.step(*id).is_some());
        let id = word(value, "conversation").to_owned();
        let at = at.or_else(|| session.head());
        Ok(Conversation::Lived {
            id,
            session: Box::new(session),
            at,
        })
    }
}
