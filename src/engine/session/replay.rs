//! A session from its log, checked as it grows: each step's name and world must
//! come out as they were written.

use super::Session;
use crate::engine::event::Event;
use crate::engine::id::Sha;
use crate::engine::scenario::{Files, Scenario, load};
use crate::engine::step::Step;
use std::fmt;
use std::sync::Arc;

/// Why a log does not replay. Nothing was changed by trying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadLog {
    /// The log does not begin with `Opened`.
    NotOpened,
    /// A file of the scenario is not among the blobs.
    MissingBlob {
        /// Path in the scenario.
        file: String,
        /// Its content's hash.
        sha: Sha,
    },
    /// The scenario of the log cannot be read by this version.
    Scenario(String),
    /// A step's id is not the hash of what it holds.
    Step {
        /// Its number.
        number: u32,
        /// The id in the log.
        logged: Sha,
        /// The id computed.
        computed: Sha,
    },
    /// A step's world is not what its patch makes of the world before.
    World {
        /// Its number.
        number: u32,
        /// The hash in the log.
        logged: String,
        /// The hash computed.
        computed: String,
    },
    /// A step whose parent is not in the log.
    Orphan {
        /// Its number.
        number: u32,
    },
}

impl fmt::Display for BadLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpened => f.write_str("the log does not begin with an opening event"),
            Self::MissingBlob { file, sha } => {
                write!(
                    f,
                    "the content of {file} ({}) is not in the store",
                    sha.short()
                )
            }
            Self::Scenario(why) => write!(f, "the scenario of the log cannot be read: {why}"),
            Self::Step {
                number,
                logged,
                computed,
            } => write!(
                f,
                "step {number}: the log says {}, its content hashes to {}",
                logged.short(),
                computed.short()
            ),
            Self::World {
                number,
                logged,
                computed,
            } => write!(
                f,
                "step {number}: the log says world {logged}, its patch makes {computed}"
            ),
            Self::Orphan { number } => write!(f, "step {number}: its parent is not in the log"),
        }
    }
}
impl std::error::Error for BadLog {}

impl Session {
    /// Rebuilds a session from its events; `blob` gives a file's content by hash.
    /// The session is paused where the log ends.
    ///
    /// # Errors
    /// The first thing that does not agree.
    pub fn replay(
        events: &[Event],
        blob: &dyn Fn(Sha) -> Option<Arc<[u8]>>,
    ) -> Result<Self, BadLog> {
        let Some(Event::Opened(opened)) = events.first() else {
            return Err(BadLog::NotOpened);
        };
        let mut files = Files::new();
        for (file, sha) in &opened.files {
            let bytes =
                blob(*sha)
                    .filter(|b| Sha::of(b) == *sha)
                    .ok_or_else(|| BadLog::MissingBlob {
                        file: file.clone(),
                        sha: *sha,
                    })?;
            files.insert(file.clone(), bytes);
        }
        let loaded = load(&opened.scenario, &files);
        let scenario = loaded.scenario.ok_or_else(|| {
            let first = loaded
                .problems
                .first()
                .map_or(String::new(), ToString::to_string);
            BadLog::Scenario(first)
        })?;
        Self::rebuild(events, scenario)
    }

    /// As [`Session::replay`], with the scenario at hand: its version must be the
    /// log's.
    ///
    /// # Errors
    /// The first thing that does not agree.
    pub fn rebuild(events: &[Event], scenario: Arc<Scenario>) -> Result<Self, BadLog> {
        let Some((Event::Opened(opened), rest)) = events.split_first() else {
            return Err(BadLog::NotOpened);
        };
        if scenario.version != opened.version {
            let (ours, theirs) = (scenario.version.short(), opened.version.short());
            return Err(BadLog::Scenario(format!(
                "it is version {ours}, the log's is {theirs}"
            )));
        }
        let mut session = Self::begin((**opened).clone(), scenario).map_err(BadLog::Scenario)?;
        for event in rest {
            session.check_and_apply(event)?;
        }
        session.state = session.rest();
        Ok(session)
    }

    fn check_and_apply(&mut self, event: &Event) -> Result<(), BadLog> {
        if let Event::Stepped { step, .. } = event {
            let number = step.body.number;
            let computed = Step::new(step.parent, None, step.body.clone()).id;
            if computed != step.id {
                return Err(BadLog::Step {
                    number,
                    logged: step.id,
                    computed,
                });
            }
            if step.parent.is_some_and(|id| !self.places.contains_key(&id)) {
                return Err(BadLog::Orphan { number });
            }
        }
        self.apply(event);
        if let Event::Stepped { step, .. } = event {
            let made = self.place(Some(step.id)).world.hash();
            if made != step.body.world {
                return Err(BadLog::World {
                    number: step.body.number,
                    logged: step.body.world.to_string(),
                    computed: made.to_string(),
                });
            }
        }
        Ok(())
    }
}
