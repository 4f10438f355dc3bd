//! The driver: runs a session's effects. The only layer with a clock and tasks.
//!
//! It hands inputs to the pure engine, commits what is to be appended before
//! anything else happens, sends calls to the seats, and tells whoever watches.
//! If the store cannot be written, the session stays as it was before the
//! input, which is kept and tried again at the next command to go on: nothing
//! is lost, and nothing is shown that is not stored.

pub mod again;
pub mod clock;
pub mod headless;
pub mod limits;
mod live;
pub mod seats;
pub mod setup;
pub mod spend;

pub use again::AgainReport;
pub use live::{Handle, Order, Update, start};
pub use seats::{SeatRow, Seats, refuses_schema};
pub use setup::Setup;
pub use spend::Spend;

use crate::engine::effect::{Effect, Notice};
use crate::engine::event::Event;
use crate::engine::id::CallId;
use crate::engine::input::{Command, Input};
use crate::engine::role::Request;
use crate::engine::session::Session;
use crate::engine::step::Act;
use crate::store::{Envelope, Store, StoreError};
use spend::Used;
use std::collections::HashMap;
use std::sync::Arc;

/// A session with its store: inputs in, what is left to be done out.
#[derive(Debug)]
pub struct Driver {
    session: Session,
    store: Option<Arc<Store>>,
    /// An input whose events could not be stored.
    stuck: Option<Input>,
    /// When each call in flight was sent.
    sent: HashMap<CallId, i64>,
    /// What calls took since the last step, and who answered.
    taken: (Used, String),
}

/// What is left to be done after an input.
#[derive(Debug, Default)]
pub struct Todo {
    /// Calls to send.
    pub calls: Vec<Request>,
    /// Calls to drop.
    pub cancel: Vec<CallId>,
    /// Whether [`Input::Continue`] must follow.
    pub on: bool,
    /// Words to the person.
    pub notices: Vec<Notice>,
    /// The events that were committed.
    pub committed: Vec<Event>,
}

impl Driver {
    /// A driver of a session whose opening effects are still to be stored.
    /// Without a store nothing is kept (tests, dry runs).
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn open(
        session: Session,
        opening: &[Effect],
        store: Option<Arc<Store>>,
    ) -> Result<Self, StoreError> {
        if let Some(store) = &store {
            for effect in opening {
                if let Effect::Append(Event::Opened(opened)) = effect {
                    let files = &session.scenario().files;
                    store.open_conversation(opened, files, &Envelope::at(clock::now_ms()))?;
                }
            }
        }
        Ok(Self {
            session,
            store,
            stuck: None,
            sent: HashMap::new(),
            taken: (Used::default(), String::new()),
        })
    }

    /// The session as it is stored.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Makes the session ready for its seats: how often the judge is asked, and
    /// from which number calls go on.
    pub fn seat(&mut self, seats: &Seats) {
        self.session.sample_judge(seats.setup().samples);
        self.session.calls_from(seats.last_call());
    }

    /// Notes what the seats' calls took, for the envelope of the next step.
    pub fn note(&mut self, seats: &Seats) {
        let (used, by) = seats.taken();
        self.taken.0.add(&used);
        if !by.is_empty() {
            self.taken.1 = by;
        }
    }

    /// Whether an input waits for the store to be writable again.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        self.stuck.is_some()
    }

    /// Takes one input: the engine first, then the store, then what is left.
    ///
    /// # Errors
    /// The store could not be written; the session is as before the input,
    /// which the next command to go on tries again.
    pub fn take(&mut self, input: Input) -> Result<Todo, StoreError> {
        let input = match (&input, self.stuck.take()) {
            (Input::Command(Command::Go(_)), Some(stuck)) => stuck,
            (_, _) => input,
        };
        let before = self.session.clone();
        let effects = self.session.handle(input.clone());
        let mut todo = Todo::default();
        for effect in effects {
            match effect {
                Effect::Append(event) => todo.committed.push(event),
                Effect::Call(request) => todo.calls.push(*request),
                Effect::Cancel(call) => todo.cancel.push(call),
                Effect::Continue => todo.on = true,
                Effect::Tell(notice) => todo.notices.push(notice),
            }
        }
        if let Err(error) = self.commit(&todo.committed) {
            self.session = before;
            self.stuck = Some(input);
            return Err(error);
        }
        for call in &todo.calls {
            self.sent.insert(call.call, clock::now_ms());
        }
        if todo.calls.is_empty() && !todo.on && !todo.committed.is_empty() {
            self.keep_checks();
        }
        Ok(todo)
    }

    /// Where it comes to rest the queue learns how much of the branch was
    /// checked. It is a reading: where it cannot be written now it is made by the
    /// next rest, or by `lint`.
    fn keep_checks(&self) {
        if let Some(store) = &self.store {
            let checks = self.session.checked(self.session.head());
            let _ = store.keep_checks(&self.session.opened().conversation, &checks);
        }
    }

    fn commit(&mut self, events: &[Event]) -> Result<(), StoreError> {
        let stored = self.store_events(events);
        if stored.is_ok() && events.iter().any(|e| matches!(e, Event::Stepped { .. })) {
            self.taken = (Used::default(), String::new());
        }
        stored
    }

    /// The files that edits among these events brought in.
    fn contents(&self, events: &[Event]) -> Vec<Arc<[u8]>> {
        let mut out = Vec::new();
        for event in events {
            let Event::Stepped { step, .. } = event else {
                continue;
            };
            let Act::Edited(edited) = &step.body.act else {
                continue;
            };
            let before = &self.session.scenario_at(step.parent).files;
            let after = &self.session.scenario_at(Some(step.id)).files;
            for name in edited.files.keys() {
                if let Some(bytes) = after.get(name).filter(|b| before.get(name) != Some(b)) {
                    out.push(Arc::clone(bytes));
                }
            }
        }
        out
    }

    fn store_events(&mut self, events: &[Event]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let Some(store) = &self.store else {
            return Ok(());
        };
        let now = clock::now_ms();
        let records: Vec<(Event, Envelope)> = events
            .iter()
            .map(|event| {
                let mut envelope = Envelope::at(now);
                if let Event::Stepped { step, .. } = event {
                    let sent = step.call.and_then(|call| self.sent.remove(&call));
                    envelope.duration_ms = sent.map_or(0, |at| now.abs_diff(at));
                    envelope.by.clone_from(&self.taken.1);
                    envelope.tokens_in = self.taken.0.tokens_in;
                    envelope.tokens_out = self.taken.0.tokens_out;
                    envelope.cost_micros = self.taken.0.cost_micros;
                }
                (event.clone(), envelope)
            })
            .collect();
        let contents = self.contents(events);
        store.append_with(&self.session.opened().conversation, &contents, &records)
    }
}
