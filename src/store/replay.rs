//! From a log in the store back to the session that wrote it.

use super::{Envelope, Store, StoreError};
use crate::engine::event::Event;
use crate::engine::id::{ConvId, Sha};
use crate::engine::session::{BadLog, Session};
use std::cell::RefCell;
use std::fmt;

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
        self.rebuilt(id, self.events(id)?)
    }

    /// As [`Store::replay`], to look at alone: an append through this handle does
    /// not count on what was read here.
    ///
    /// # Errors
    /// As [`Store::replay`].
    pub fn look(&self, id: &ConvId) -> Result<Stored, ReplayError> {
        self.rebuilt(id, self.read_log(id)?)
    }

    fn rebuilt(&self, id: &ConvId, events: Vec<(Event, Envelope)>) -> Result<Stored, ReplayError> {
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
        let replayed = Session::replay(&log, &blob);
        if let Some(why) = trouble.into_inner() {
            return Err(why.into());
        }
        let session = replayed.map_err(|why| ReplayError::Log(id.clone(), why))?;
        Ok(Stored { events, session })
    }
}
