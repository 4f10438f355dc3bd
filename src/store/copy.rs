//! A copy of a conversation under a new name, up to one of its steps.

use super::{Envelope, Store, StoreError, log};
use crate::engine::event::Event;
use crate::engine::id::{ConvId, StepId};
use std::collections::{HashMap, HashSet};

impl Store {
    /// Copies the path to a step (`None`: to the head of the current branch) as
    /// the one branch of a new conversation `to`. Who made each step is kept; the
    /// copy took no tokens and cost nothing. It is not decided about.
    ///
    /// # Errors
    /// There is no such conversation or step, `to` is there already, or the store
    /// cannot be written.
    pub fn duplicate(
        &self,
        from: &ConvId,
        to: &ConvId,
        at: Option<StepId>,
        now: i64,
    ) -> Result<(), StoreError> {
        let events = self.read_log(from)?;
        let head = match at {
            Some(step) => Some(step),
            None => self.queue_item(from, None)?.and_then(|item| item.row.head),
        };
        let branch = branch_of(&events, head).ok_or_else(|| StoreError::Unknown {
            wanted: format!("{from}, at a step that it does not have"),
            near: Vec::new(),
        })?;
        let copied = branch.into_iter().map(|(event, envelope)| {
            let event = match event {
                Event::Opened(mut opened) => {
                    opened.conversation = to.clone();
                    Event::Opened(opened)
                }
                Event::Ended { why, .. } => Event::Ended {
                    branch: String::from("main"),
                    why,
                },
                other @ (Event::Stepped { .. } | Event::Moved { .. }) => other,
            };
            let envelope = Envelope {
                by: envelope.by,
                ..Envelope::at(now)
            };
            (event, envelope)
        });
        let copied: Vec<(Event, Envelope)> = copied.collect();
        self.transaction(|tx| {
            if log::count(tx, to).map_err(|e| self.fail(&e))?.is_some() {
                return Err(StoreError::Exists(to.clone()));
            }
            if let Some((Event::Opened(opened), _)) = copied.first() {
                tx.execute(
                    "INSERT INTO conversation (id, opened, time_ms) VALUES (?1, ?2, ?3)",
                    (&to.0, log::json(opened), now),
                )
                .map_err(|e| self.fail(&e))?;
            }
            log::insert_all(tx, to, &copied).map_err(|e| self.fail(&e))
        })?;
        self.inner().seen.insert(to.clone(), copied.len() as u64);
        Ok(())
    }
}

/// The events of the path to a step (`None`: the start), as a log of their own
/// that replays: the opening, each step once, and where it ended. `None` where
/// there is no such step.
#[must_use]
pub fn branch_of(
    events: &[(Event, Envelope)],
    head: Option<StepId>,
) -> Option<Vec<(Event, Envelope)>> {
    let mut parents: HashMap<StepId, Option<StepId>> = HashMap::new();
    for (event, _) in events {
        if let Event::Stepped { step, .. } = event {
            parents.insert(step.id, step.parent);
        }
    }
    let mut path = HashSet::new();
    let mut at = head;
    while let Some(step) = at {
        // A step names its parent by a hash over it, so there is no ring; the
        // set ends the walk all the same.
        at = *parents.get(&step)?;
        if !path.insert(step) {
            break;
        }
    }
    let mut out = Vec::new();
    let mut newest = None;
    for (event, envelope) in events {
        let keep = match event {
            Event::Opened(_) => true,
            Event::Stepped { step, .. } => {
                newest = Some(step.id);
                // The same step may have been made twice: it is one step.
                path.remove(&step.id)
            }
            Event::Ended { .. } => {
                matches!(out.last(), Some((Event::Stepped { step, .. }, _)) if Some(step.id) == newest)
            }
            Event::Moved { .. } => false,
        };
        if keep {
            out.push((event.clone(), envelope.clone()));
        }
    }
    Some(out)
}
