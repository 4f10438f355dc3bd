//! Then and now, and cases like one: read off the store and the files as they
//! are now.

use super::Room;
use super::touch::Shared;
use crate::config::{read_folder, resolve};
use crate::dataset::export;
use crate::dataset::similar::{self, Case};
use crate::engine::id::{ConvId, StepId};
use crate::engine::problem::Severity;
use crate::engine::scenario::{Scenario, load};
use crate::engine::session::{Freeze, Frozen, Told as Row, Tone};
use crate::store::Like;
use std::sync::Arc;

/// Cases of each kind that are listed.
const CASES: u32 = 200;

/// What is to be found out.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// What has become of the branch to `at` under the files as they are now.
    Since {
        /// Comes back with the answer.
        id: u64,
        /// The conversation.
        session: Shared,
        /// The branch's newest step.
        at: Option<StepId>,
    },
    /// Cases like these in other conversations.
    Similar {
        /// Comes back with the answer.
        id: u64,
        /// Not of this one.
        except: ConvId,
        /// What is looked for.
        likes: Vec<Like>,
    },
    /// A step's answer made part of the scenario.
    Freeze {
        /// Comes back with the answer.
        id: u64,
        /// The conversation.
        session: Shared,
        /// The step.
        step: StepId,
        /// What it becomes.
        how: Freeze,
    },
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Told {
    /// The report's rows, or why there is none.
    Since {
        /// As it was asked.
        id: u64,
        /// It.
        rows: Result<Vec<Row>, String>,
    },
    /// The cases, by what was looked for.
    Similar {
        /// As it was asked.
        id: u64,
        /// Them.
        cases: Result<Vec<(Like, Vec<Case>)>, String>,
    },
    /// What an answer becomes.
    Frozen {
        /// As it was asked.
        id: u64,
        /// It, or why nothing comes of it.
        frozen: Box<Result<Frozen, String>>,
    },
}

/// Finds out.
#[must_use]
pub fn perform(room: &Room, ask: Ask) -> Told {
    match ask {
        Ask::Since { id, session, at } => Told::Since {
            id,
            rows: since(room, &session, at),
        },
        Ask::Freeze {
            id,
            session,
            step,
            how,
        } => {
            let base = session.0.scenario_at(Some(step));
            Told::Frozen {
                id,
                frozen: Box::new(session.0.freeze(step, how, base)),
            }
        }
        Ask::Similar { id, except, likes } => {
            let of = |like: Like| {
                let found = similar::cases(&room.store, &like, &except, CASES);
                found.map(|cases| (like, cases))
            };
            let cases: Result<_, _> = likes.into_iter().map(of).collect();
            Told::Similar {
                id,
                cases: cases.map_err(|why| why.to_string()),
            }
        }
    }
}

fn since(room: &Room, session: &Shared, at: Option<StepId>) -> Result<Vec<Row>, String> {
    let session = &session.0;
    let now = now(room, &session.opened().scenario)?;
    let since = session
        .since(at, &now)
        .map_err(|why| format!("it would not happen again: {why}"))?;
    let mut rows = since.told();
    let kept = room.store.exports_of(&session.opened().conversation);
    let kept = export::in_words(&kept.map_err(|why| why.to_string())?);
    if !kept.is_empty() {
        let before_files = rows
            .iter()
            .position(|r| r.tone == Tone::Head && r.text == "the files");
        let at = before_files.unwrap_or(rows.len());
        let told = kept.into_iter().map(|(there, line)| {
            let tone = if there { Tone::Text } else { Tone::Muted };
            Row::of(tone, line).inset(2)
        });
        let head = Row::of(Tone::Head, "where it was exported");
        rows.splice(at..at, std::iter::once(head).chain(told));
    }
    Ok(rows)
}

/// A scenario as its files are now: those of the folder that is open, where it is
/// of this scenario, else those that go by its name.
pub(super) fn now(room: &Room, name: &str) -> Result<Arc<Scenario>, String> {
    let open = room.folder.as_ref().and_then(|f| read_folder(f).ok());
    let open = open.filter(|files| load(name, files).scenario.is_none_or(|s| s.id == name));
    let files = match open {
        Some(files) => files,
        None => {
            resolve(name, &room.project, &room.config)
                .map_err(|why| why.to_string())?
                .files
        }
    };
    let loaded = load(name, &files);
    loaded.scenario.ok_or_else(|| {
        let errors = loaded
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error);
        let first = errors.map(ToString::to_string).next().unwrap_or_default();
        format!("the files of {name} cannot be used as they are now: {first}")
    })
}
