//! What the log holds. Replaying the events of a conversation gives the live
//! session back, byte for byte.

use super::id::{ConvId, Seed, Sha, StepId};
use super::persona::Persona;
use super::step::Step;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One entry of a conversation's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// The conversation began: everything that it depends on, by content.
    Opened(Box<Opened>),
    /// A step was made; the current branch's head moves to it.
    Stepped {
        /// The step.
        step: Box<Step>,
        /// Whether it is the first of a command: undo goes back to before it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        opens: bool,
    },
    /// A branch name now points at a step (fork, overwrite, undo, switch, try).
    Moved {
        /// Why, in the words of the command: `fork`, `overwrite`, `undo`, …
        why: String,
        /// The branch that is current afterwards.
        branch: String,
        /// Its head; `None` is the start, before the first step.
        head: Option<StepId>,
        /// The step that a new branch was forked from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<StepId>,
    },
    /// The current branch ended.
    Ended {
        /// The branch.
        branch: String,
        /// Why.
        why: EndedBy,
    },
}

/// What a conversation depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Global name; envelope, not hashed.
    pub conversation: ConvId,
    /// The scenario's id (its folder's name).
    pub scenario: String,
    /// Its version.
    pub version: Sha,
    /// Its files: path to the hash of the blob that holds the content.
    pub files: BTreeMap<String, Sha>,
    /// The task.
    pub task: String,
    /// The whole persona.
    pub persona: Persona,
    /// The seed.
    pub seed: Seed,
    /// Faults the scripted provider was told to make, by kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// Version of StateGen that wrote it.
    pub program: String,
}

/// Why a branch ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The user said so.
    UserDone,
    /// Nothing new was said any more.
    Goodbyes,
    /// The scenario's bound on turns.
    MaxTurns,
    /// A role could not give a usable reply, in spite of repairs.
    Unusable(String),
}
