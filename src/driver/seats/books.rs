//! What every try took: kept in the store, added up for the screen, the cap and
//! the envelopes of steps.

use super::super::spend::{Spend, Used, dollars};
use super::seat_word;
use crate::engine::id::{CallId, ConvId};
use crate::store::{CallRecord, Outcome, Store};
use std::sync::{Arc, Mutex, PoisonError};

/// The books of one conversation.
#[derive(Debug)]
pub(super) struct Books {
    store: Option<Arc<Store>>,
    conversation: ConvId,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    spend: Spend,
    last_call: u64,
    /// Since the last step.
    taken: Used,
    by: String,
    /// What could not be kept, to be said once.
    trouble: Option<String>,
}

impl Books {
    /// Reads what was spent before.
    pub(super) fn open(
        store: Option<Arc<Store>>,
        conversation: &ConvId,
        cap_micros: Option<u64>,
    ) -> Self {
        let mut inner = Inner {
            spend: Spend {
                cap_micros,
                ..Spend::default()
            },
            ..Inner::default()
        };
        let heads = store
            .as_ref()
            .and_then(|store| store.call_heads(conversation).ok())
            .unwrap_or_default();
        for record in &heads {
            inner.last_call = inner.last_call.max(record.call);
            add(inner.spend.seats.entry(seat(record)).or_default(), record);
        }
        Self {
            store,
            conversation: conversation.clone(),
            inner: Mutex::new(inner),
        }
    }

    /// Keeps a try. A store that cannot be written does not lose the answer:
    /// what went wrong is said by [`Books::trouble`].
    pub(super) fn file(&self, record: &CallRecord) {
        let kept = match &self.store {
            Some(store) => store.add_call(&self.conversation, record),
            None => Ok(()),
        };
        let mut inner = self.inner();
        if let Err(why) = kept {
            inner.trouble = Some(format!(
                "what went over the wire for call {} was not kept: {why}",
                record.call
            ));
        }
        inner.last_call = inner.last_call.max(record.call);
        add(inner.spend.seats.entry(seat(record)).or_default(), record);
        if !record.aside {
            add(&mut inner.taken, record);
            if record.outcome == Outcome::Ok {
                inner.by.clone_from(&record.by);
            }
        }
    }

    pub(super) fn trouble(&self) -> Option<String> {
        self.inner().trouble.take()
    }

    pub(super) fn spend(&self) -> Spend {
        self.inner().spend.clone()
    }

    pub(super) fn last_call(&self) -> CallId {
        CallId(self.inner().last_call)
    }

    pub(super) fn taken(&self) -> (Used, String) {
        let mut inner = self.inner();
        (
            std::mem::take(&mut inner.taken),
            std::mem::take(&mut inner.by),
        )
    }

    /// Why nothing more may be spent.
    pub(super) fn capped(&self) -> Option<String> {
        let inner = self.inner();
        let cap = inner.spend.cap_micros?;
        let spent = inner.spend.total().cost_micros;
        (spent >= cap).then(|| {
            format!(
                "this conversation has cost {}, and its cap is {}. Nothing was sent. Raise \
                 `conversation_usd` (or `--cap`), or put `scripted` in the seat",
                dollars(spent),
                dollars(cap)
            )
        })
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seat(record: &CallRecord) -> String {
    seat_word(record.role).to_owned()
}

fn add(used: &mut Used, record: &CallRecord) {
    used.calls += 1;
    used.failed += u64::from(record.outcome != Outcome::Ok);
    used.tokens_in += record.tokens_in;
    used.cached += record.cached;
    used.tokens_out += record.tokens_out;
    used.reasoning += record.reasoning;
    match record.cost_micros {
        Some(cost) => used.cost_micros += cost,
        None => used.unpriced += u64::from(record.outcome != Outcome::Failed),
    }
}
