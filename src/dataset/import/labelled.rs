//! Labelled records: a conversation up to the turn that is to be judged, the
//! world before it, what the back end did, and whether the turn is true. The
//! check is measured against them: precision and recall, per kind and family.

use super::reader::Reader;
use super::tau::{Domains, told_with, turns};
use super::{Conversation, Format, Recorded, Said};
use crate::engine::grounding::Report;
use crate::engine::world::Patch;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub id: String,
    /// What was done to it, or would have been done: `T01_result_unknown_id`.
    pub kind: String,
    /// `tool_result`, `tool_call`, `agent_claim`, `user_turn`, `hard_negative`.
    pub family: String,
    /// Whether the turn is untrue.
    pub untrue: bool,
    /// The conversation, up to and including the turn.
    pub recorded: Recorded,
    /// The turn's place in it, from 0: the last one.
    pub target: usize,
    /// What was changed, for a person.
    pub evidence: String,
}

/// Reads one record.
///
/// # Errors
/// What is missing or cannot be read.
pub fn record(value: &Value, domains: &mut Domains) -> Result<Record, String> {
    let word = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or("");
    let messages = value
        .get("messages")
        .and_then(Value::as_array)
        .ok_or("there are no `messages`")?;
    let target = value
        .get("target")
        .and_then(Value::as_u64)
        .and_then(|t| usize::try_from(t).ok())
        .filter(|t| *t < messages.len())
        .ok_or("`target` is no message")?;
    let messages = messages.get(..=target).unwrap_or(messages);
    let domain = word("domain");
    let before = value.pointer("/state/patch_before");
    let world = domains
        .world(domain)
        .map(|world| {
            let Some(patch) = before else {
                return Ok(world);
            };
            let patch: Patch = serde_json::from_value(patch.clone())
                .map_err(|e| format!("`patch_before`: {e}"))?;
            let applied = patch.apply(&world);
            applied
                .map(|a| a.world)
                .map_err(|e| format!("`patch_before`: {e}"))
        })
        .transpose()?;
    let mut said = turns(messages);
    if let (Some(Said::Ran(ran)), Some(patch)) = (said.last_mut(), value.get("backend_patch")) {
        ran.patch = Some(
            serde_json::from_value(patch.clone()).map_err(|e| format!("`backend_patch`: {e}"))?,
        );
    }
    let told = told_with(
        &domains.told(domain),
        value.get("scenario"),
        messages,
        value.get("task"),
    );
    Ok(Record {
        id: word("id").to_owned(),
        kind: word("kind").to_owned(),
        family: word("family").to_owned(),
        untrue: value.get("label").and_then(Value::as_u64) == Some(1),
        recorded: Recorded {
            id: word("id").to_owned(),
            told,
            world,
            turns: said,
            from: target,
        },
        target,
        evidence: value
            .get("evidence")
            .map_or_else(String::new, Value::to_string),
    })
}

/// See the module. Of a record the labelled turn alone is judged.
pub struct Labelled;

impl Format for Labelled {
    fn name(&self) -> &'static str {
        "labelled"
    }

    fn about(&self) -> &'static str {
        "records with a `label` for their `target`, the turn to judge"
    }

    fn is(&self, value: &Value) -> bool {
        ["label", "target", "messages"]
            .iter()
            .all(|key| value.get(*key).is_some())
    }

    fn read(&self, value: &Value, reader: &mut Reader) -> Result<Conversation, String> {
        let record = record(value, &mut reader.domains)?;
        Ok(Conversation::recorded(record.recorded))
    }
}

impl Record {
    /// What the check says of the turn.
    #[must_use]
    pub fn judge(&self) -> Report {
        let mut out = Report::default();
        self.recorded.follow(&mut |step, _, check, turn| {
            if step as usize == self.target + 1 {
                out = check.judge(turn, step);
            }
        });
        out
    }
}

/// How often the check was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// True turns that were left alone.
    pub passed: usize,
    /// True turns that were flagged.
    pub flagged: usize,
    /// Untrue turns that were missed.
    pub missed: usize,
    /// Untrue turns that were found.
    pub found: usize,
}

impl Tally {
    /// Counts one turn.
    pub fn count(&mut self, untrue: bool, flagged: bool) {
        match (untrue, flagged) {
            (false, false) => self.passed += 1,
            (false, true) => self.flagged += 1,
            (true, false) => self.missed += 1,
            (true, true) => self.found += 1,
        }
    }

    /// Of those flagged, the share that is untrue; 1 where none was flagged.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.found, self.found + self.flagged)
    }

    /// Of those untrue, the share that was found; 1 where none is untrue.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.found, self.found + self.missed)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// Counts per kind, per family and over all.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Scores {
    /// Per kind.
    pub kinds: BTreeMap<String, Tally>,
    /// Per family.
    pub families: BTreeMap<String, Tally>,
    /// Over all.
    pub all: Tally,
}

impl Scores {
    /// Counts one record.
    pub fn count(&mut self, record: &Record, flagged: bool) {
        let tallies = [
            self.kinds.entry(record.kind.clone()).or_default(),
            self.families.entry(record.family.clone()).or_default(),
            &mut self.all,
        ];
        for tally in tallies {
            tally.count(record.untrue, flagged);
        }
    }
}

impl std::fmt::Display for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{:44} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7}",
            "kind", "precision", "recall", "found", "missed", "flagged", "passed"
        )?;
        let all = [(String::from("all"), self.all)];
        let rows = self.kinds.iter().chain(&self.families);
        let all = all.iter().map(|(n, t)| (n, t));
        for (name, t) in rows.chain(all) {
            writeln!(
                f,
                "{name:44} {:>9.3} {:>7.3} {:>7} {:>7} {:>7} {:>7}",
                t.precision(),
                t.recall(),
                t.found,
                t.missed,
                t.flagged,
                t.passed
            )?;
        }
        Ok(())
    }
}
