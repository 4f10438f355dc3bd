//! Who sits in the four seats: here, the scripted stand-in in all of them.

use crate::engine::role::{Reply, Request};
use crate::engine::session::Session;
use crate::providers::scripted::{Fault, Scripted};

/// The provider of each seat.
#[derive(Debug)]
pub struct Seats {
    scripted: Scripted,
}

impl Seats {
    /// The scripted provider in all four seats, with the faults that the
    /// session was opened with.
    #[must_use]
    pub fn scripted(session: &Session) -> Self {
        let opened = session.opened();
        let faults = opened
            .faults
            .iter()
            .filter_map(|f| Fault::parse(f).ok())
            .collect();
        Self {
            scripted: Scripted::new(
                std::sync::Arc::clone(session.scenario()),
                session.task().clone(),
                opened.persona.clone(),
                opened.seed,
                faults,
            ),
        }
    }

    /// Asks a seat; the answer is whole.
    #[must_use]
    pub fn ask(&self, request: &Request) -> Reply {
        self.scripted.reply(request)
    }
}
