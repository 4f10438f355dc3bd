//! From a log in the store back to the session that wrote it.

use super::{Envelope, Store, StoreError};
use crate::engine::event::Event;
use crate::engine::id::{ConvId, Sha};
use crate::engine::scenario::Scenario;
use crate::engine::session::{BadLog, Session};
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// A conversation out of the store.
#[derive(Debug)]
pub struct Stored {
    /// Its log.
    pub events: Vec<(Event, Envelope)>,
    /// Rebuilt from the log, and held against it.
    pub session: Session,
}

/// Why a conversation is not what it was. Nothing was changed.
#[derive(Debug)]
pub enum ReplayError {
    /// It cannot be read.
    Store(StoreError),
    /// Its log does not give what it says.
    Log(ConvId, BadLog),
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(why) => why.fmt(f),
            Self::Log(id, why) => write!(f, "conversation {id} does not replay: {why}"),
        }
    }
}

impl std::error::Error for ReplayError {}

impl From<StoreError> for ReplayError {
    fn from(why: StoreError) -> Self {
        Self::Store(why)
    }
}

impl Store {
    /// Reads a conversation and rebuilds its session, checking every step. An
    /// append through this handle goes on from there.
    ///
    /// # Errors
    /// It cannot be read, or its log does not replay: the first difference.
    pub fn replay(&self, id: &ConvId) -> Result<Stored, ReplayError> {
        self.rebuilt(id, self.events(id)?, &|_| None)
    }

    /// As [`Store::replay`], to look at alone: an append through this handle does
    /// not count on what was read here.
    ///
    /// # Errors
    /// As [`Store::replay`].
    pub fn look(&self, id: &ConvId) -> Result<Stored, ReplayError> {
        self.look_with(id, &|_| None)
    }

    /// As [`Store::look`], for who looks at many: `known` gives the scenario of a
    /// version where it is at hand, so that it is not read again.
    ///
    /// # Errors
    /// As [`Store::replay`].
    pub fn look_with(
        &self,
        id: &ConvId,
        known: &dyn Fn(Sha) -> Option<Arc<Scenario>>,
    ) -> Result<Stored, ReplayError> {
        self.rebuilt(id, self.read_log(id)?, known)
    }

    fn rebuilt(
        &self,
        id: &ConvId,
        events: Vec<(Event, Envelope)>,
        known: &dyn Fn(Sha) -> Option<Arc<Scenario>>,
    ) -> Result<Stored, ReplayError> {
        let log: Vec<Event> = events.iter().map(|(event, _)| event.clone()).collect();
        // What went wrong with a blob says more than that it is not there.
        let trouble: RefCell<Option<StoreError>> = RefCell::new(None);
        let blob = |sha: Sha| match self.blob(sha) {
            Ok(found) => found,
            Err(why) => {
                trouble.borrow_mut().get_or_insert(why);
                None
            }
        };
        let at_hand = match log.first() {
            Some(Event::Opened(opened)) => known(opened.version),
            Some(Event::Stepped { .. } | Event::Moved { .. } | Event::Ended { .. }) | None => None,
        };
        let replayed = match at_hand {
            Some(scenario) => Session::rebuilt(&log, scenario, &blob),
            None => Session::replay(&log, &blob),
        };
        if let Some(why) = trouble.into_inner() {
            return Err(why.into());
        }
        let session = replayed.map_err(|why| ReplayError::Log(id.clone(), why))?;
        Ok(Stored { events, session })
    }
}
