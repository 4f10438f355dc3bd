//! Then and now: a branch that was made under another version of its scenario,
//! lived again under this one as far as code alone can.
//!
//! What roles said stays as it was; each tool call is run anew with the same
//! arguments on the world as it comes to be. Nothing here changes the session:
//! the places under the other version are made beside it and dropped.

mod again;
mod lines;
mod meaning;
mod tell;

pub use lines::{Line, lines};
pub use tell::{Told, Tone};

use super::{Place, Session};
use crate::engine::id::{Sha, StepId};
use crate::engine::scenario::Scenario;
use crate::engine::score::Blame;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whether a conversation would happen again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Would {
    /// Code gives the same at each step, and nobody is asked anything else.
    Happen,
    /// Code gives the same, but somebody is asked something else and may answer
    /// otherwise.
    Depends,
    /// Code gives something else.
    Differ,
}

/// What has become of a branch under another version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Since {
    /// The version that held at its end.
    pub was: Sha,
    /// The version that it is held against.
    pub is: Sha,
    /// Whether it would happen again.
    pub would: Would,
    /// Number of the first step at which code gives something else.
    pub first: Option<u32>,
    /// Files that differ, with their lines.
    pub files: Vec<FileChange>,
    /// What that means, a line each.
    pub meaning: Vec<String>,
    /// What differs in the world at the start, for this task and seed.
    pub start: Vec<Value>,
    /// Steps at which something is otherwise, in order.
    pub steps: Vec<Differs>,
    /// Seats that would be asked something else, by their first step.
    pub seats: Vec<Asked>,
    /// Findings of the check that are gone, or new.
    pub findings: Vec<Found>,
    /// Assertions that hold otherwise, or are new, or gone.
    pub assertions: Vec<Held>,
    /// How many steps there are.
    pub of: u32,
    /// How many tool calls code ran again.
    pub ran: u32,
    /// How many recorded proposals were held against the contract again.
    pub held: u32,
}

/// A file that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileChange {
    /// Its path in the folder.
    pub file: String,
    /// `new`, `gone` or `changed`.
    pub how: &'static str,
    /// What differs in it; empty for what is no text.
    pub lines: Vec<Line>,
}

/// A value then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// Where: `result.total`, `writes /orders/7/status`.
    pub place: String,
    /// As it was; `None`: it was not there.
    pub was: Option<String>,
    /// As it is now; `None`: it is not there.
    pub is: Option<String>,
}

/// A step that would be otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Differs {
    /// Its number.
    pub step: u32,
    /// The step.
    pub id: StepId,
    /// Who acted: a tool's name, or a role.
    pub who: String,
    /// How, in one sentence.
    pub what: String,
    /// Whether it is not known, because somebody would have to be asked.
    pub open: bool,
    /// Value by value.
    pub values: Vec<Value>,
}

/// A seat that would be asked something else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// `user`, `agent main`, `tool get_order`, `judge`.
    pub seat: String,
    /// Number of the first step.
    pub step: u32,
    /// The step.
    pub id: StepId,
    /// What is otherwise.
    pub what: Vec<String>,
}

/// A finding of the check that is there in one of the two only.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// Number of the step.
    pub step: u32,
    /// The step.
    pub id: StepId,
    /// Whether it is new; else it is gone.
    pub new: bool,
    /// Its kind.
    pub kind: String,
    /// What it says.
    pub what: String,
    /// Whose fault.
    pub blame: Blame,
}

/// An assertion of the task, then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// As written.
    pub text: String,
    /// Whether it held; `None`: it was not asked.
    pub was: Option<bool>,
    /// Whether it holds now; `None`: it is not asked any more.
    pub is: Option<bool>,
}

impl Since {
    /// The whole in one sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        let said = match (self.would, self.first) {
            (Would::Happen, _) => {
                return String::from(if self.meaning.is_empty() && self.files.is_empty() {
                    "nothing has changed since: it would happen again"
                } else {
                    "it would still happen: what has changed since does not touch it"
                });
            }
            (Would::Depends, _) => {
                let seats: Vec<String> = self
                    .seats
                    .iter()
                    .map(|a| format!("{} from step {}", a.seat, a.step))
                    .chain(
                        self.steps
                            .iter()
                            .filter(|d| d.open)
                            .map(|d| format!("{} at step {}", d.who, d.step)),
                    )
                    .collect();
                return format!(
                    "what code decides would happen again; asked something else: {}",
                    seats.join(", ")
                );
            }
            (Would::Differ, first) => first
                .and_then(|n| self.steps.iter().find(|d| d.step == n && !d.open))
                .map(|d| format!("step {} is the first: {} {}", d.step, d.who, d.what)),
        };
        if let Some(said) = said {
            return format!("it would not happen again: {said}");
        }
        let held = self.assertions.iter().find(|h| h.was != h.is);
        let held = held.map_or_else(
            || String::from("the start differs"),
            |h| match h.is {
                Some(false) => format!("`{}` does not hold any more", h.text),
                Some(true) => format!("`{}` holds now", h.text),
                None => format!("`{}` is not asked any more", h.text),
            },
        );
        format!("every step would be the same, but not what comes of it: {held}")
    }
}

impl Session {
    /// What has become of the path to `at` under another version of the
    /// scenario: what changed, and whether it would still happen.
    ///
    /// # Errors
    /// One sentence where the task is not in it, or cannot be bound.
    pub fn since(&self, at: Option<StepId>, now: &Arc<Scenario>) -> Result<Since, String> {
        let bound = now.bind(&self.opened.task, self.opened.seed)?;
        let was = &self.place(at).setting.scenario;
        let again = again::Again::live(self, at, now, bound);
        let assertions = held(
            &self.assertions(at),
            &again.session.assertions(again.session.head()),
        );
        let first = again.steps.iter().find(|d| !d.open).map(|d| d.step);
        let turned = assertions
            .iter()
            .any(|h| h.was != h.is && h.is == Some(false));
        let would = if first.is_some() || turned {
            Would::Differ
        } else if again.seats.is_empty() && again.steps.is_empty() {
            Would::Happen
        } else {
            Would::Depends
        };
        Ok(Since {
            was: was.version,
            is: now.version,
            would,
            first,
            files: files(was, now),
            meaning: meaning::meaning(was, now, &self.opened.task),
            start: again.start,
            steps: again.steps,
            seats: again.seats,
            findings: again.findings,
            assertions,
            of: self.place(at).number(),
            ran: again.ran,
            held: again.held,
        })
    }
}

/// The files that differ.
fn files(old: &Scenario, new: &Scenario) -> Vec<FileChange> {
    let names: BTreeSet<&String> = old.files.keys().chain(new.files.keys()).collect();
    let mut out = Vec::new();
    for name in names {
        let (a, b) = (old.files.get(name), new.files.get(name));
        let how = match (a, b) {
            (Some(a), Some(b)) if a == b => continue,
            (Some(_), Some(_)) => "changed",
            (None, _) => "new",
            (Some(_), None) => "gone",
        };
        let text = |bytes: Option<&Arc<[u8]>>| match bytes {
            None => Some(String::new()),
            Some(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        };
        let lines = match (text(a), text(b)) {
            (Some(a), Some(b)) => lines(&a, &b),
            _ => Vec::new(),
        };
        out.push(FileChange {
            file: name.clone(),
            how,
            lines,
        });
    }
    out
}

/// The assertions that are otherwise.
fn held(
    was: &[crate::engine::score::AssertionResult],
    is: &[crate::engine::score::AssertionResult],
) -> Vec<Held> {
    let of = |all: &[crate::engine::score::AssertionResult], text: &str| {
        all.iter().find(|a| a.text == text).map(|a| a.holds)
    };
    let mut out: Vec<Held> = Vec::new();
    for found in was.iter().chain(is) {
        let held = Held {
            text: found.text.clone(),
            was: of(was, &found.text),
            is: of(is, &found.text),
        };
        if held.was != held.is && !out.contains(&held) {
            out.push(held);
        }
    }
    out
}

/// The seat of a place's next act, in words.
fn seat(place: &Place, next: &super::next::Next) -> String {
    use super::next::Next;
    match next {
        Next::User => String::from("user"),
        Next::Agent => format!("agent {}", Session::agents(place).join("/")),
        Next::Code(call) | Next::Model(call) | Next::Human(call) => format!("tool {}", call.tool),
        Next::Judge => String::from("judge"),
        Next::Nothing => String::from("nobody"),
    }
}
