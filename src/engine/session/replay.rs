//! A session from its log, checked as it grows: each step's name and world must
//! come out as they were written.

use super::Session;
use crate::engine::event::Event;
use crate::engine::id::Sha;
use crate::engine::scenario::{Files, Scenario, load};
use crate::engine::step::{Act, Edited, Step};
use std::collections::{BTreeMap, HashMap};
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
        let files = read(&opened.files, blob)?;
        let loaded = load(&opened.scenario, &files);
        let scenario = loaded.scenario.ok_or_else(|| {
            let first = loaded
                .problems
                .first()
                .map_or(String::new(), ToString::to_string);
            BadLog::Scenario(first)
        })?;
        Self::rebuilt(events, scenario, blob)
    }

    /// As [`Session::replay`], with the scenario at hand: its version must be the
    /// log's. What edits changed in its files is not at hand.
    ///
    /// # Errors
    /// The first thing that does not agree.
    pub fn rebuild(events: &[Event], scenario: Arc<Scenario>) -> Result<Self, BadLog> {
        Self::rebuilt(events, scenario, &|_| None)
    }

    /// As [`Session::replay`], with the scenario at hand that the log opens with.
    ///
    /// # Errors
    /// The first thing that does not agree.
    pub fn rebuilt(
        events: &[Event],
        scenario: Arc<Scenario>,
        blob: &dyn Fn(Sha) -> Option<Arc<[u8]>>,
    ) -> Result<Self, BadLog> {
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
            session.check_and_apply(event, blob)?;
        }
        session.state = session.rest();
        session.no_trial_runs();
        Ok(session)
    }

    fn check_and_apply(
        &mut self,
        event: &Event,
        blob: &dyn Fn(Sha) -> Option<Arc<[u8]>>,
    ) -> Result<(), BadLog> {
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
            if let Act::Edited(edited) = &step.body.act {
                self.learn(edited, step.body.version, blob)?;
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

    /// Reads the version of the scenario that an edit made.
    fn learn(
        &mut self,
        edited: &Edited,
        version: Sha,
        blob: &dyn Fn(Sha) -> Option<Arc<[u8]>>,
    ) -> Result<(), BadLog> {
        if edited.files.is_empty() || self.versions.contains_key(&version) {
            return Ok(());
        }
        // Most files are those of the version before.
        let known: HashMap<Sha, Arc<[u8]>> = self
            .versions
            .values()
            .chain([&self.start.setting.scenario])
            .flat_map(|scenario| scenario.files.values())
            .map(|bytes| (Sha::of(bytes), Arc::clone(bytes)))
            .collect();
        let files = read(&edited.files, &|sha| {
            known.get(&sha).cloned().or_else(|| blob(sha))
        })?;
        let scenario = self
            .read_version(&files)
            .map_err(|why| BadLog::Scenario(why.into_iter().next().unwrap_or_default()))?;
        if scenario.version != version {
            let (ours, theirs) = (scenario.version.short(), version.short());
            return Err(BadLog::Scenario(format!(
                "an edit made version {theirs}, its files are {ours}"
            )));
        }
        self.versions.insert(version, scenario);
        Ok(())
    }
}

/// The files of a version, by the names of their contents.
fn read(
    named: &BTreeMap<String, Sha>,
    blob: &dyn Fn(Sha) -> Option<Arc<[u8]>>,
) -> Result<Files, BadLog> {
    let mut files = Files::new();
    for (file, sha) in named {
        let bytes = blob(*sha).filter(|b| Sha::of(b) == *sha);
        let bytes = bytes.ok_or_else(|| BadLog::MissingBlob {
            file: file.clone(),
            sha: *sha,
        })?;
        files.insert(file.clone(), bytes);
    }
    Ok(files)
}
