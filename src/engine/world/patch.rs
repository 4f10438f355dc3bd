//! RFC 6902 patches over the world: applied in one transaction, with the patch
//! that leads back.

use super::edit::{Done, perform};
use super::node::Node;
use super::path::Path;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;

pub use super::diff::diff;

/// One operation of RFC 6902, in its own JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Op {
    /// Adds or replaces a key; inserts into a list (`-` appends).
    Add {
        /// Where.
        path: Path,
        /// What.
        value: Node,
    },
    /// Takes out.
    Remove {
        /// Where.
        path: Path,
    },
    /// Replaces what is there.
    Replace {
        /// Where.
        path: Path,
        /// With what.
        value: Node,
    },
    /// Takes out at `from`, adds at `path`. A key of a map moved onto itself
    /// becomes the last key.
    Move {
        /// From where.
        from: Path,
        /// To where.
        path: Path,
    },
    /// Adds what is at `from` at `path`.
    Copy {
        /// From where.
        from: Path,
        /// To where.
        path: Path,
    },
    /// Fails unless the value is there (numbers compare by value).
    Test {
        /// Where.
        path: Path,
        /// What must be there.
        value: Node,
    },
}

/// A list of operations that apply together or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(pub Vec<Op>);

/// What a patch did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The world after it.
    pub world: Node,
    /// The patch that leads back, key order included.
    pub inverse: Patch,
    /// Each place that was written, once, in order; below them all may have
    /// changed. A removal names what is gone; in a list it names the list, and
    /// so does an insertion that moves other elements.
    pub touched: Vec<Path>,
}

/// Why a patch was not applied. The world is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    /// Which operation, from 0.
    pub op: usize,
    /// What was wrong with it.
    pub why: String,
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operation {}: {}", self.op, self.why)
    }
}
impl std::error::Error for PatchError {}

impl Op {
    /// The place it writes (or tests).
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Add { path, .. }
            | Self::Remove { path }
            | Self::Replace { path, .. }
            | Self::Move { path, .. }
            | Self::Copy { path, .. }
            | Self::Test { path, .. } => path,
        }
    }
    /// Applies this one operation. On an error the world is as it was.
    ///
    /// # Errors
    /// Why it does not apply.
    pub fn apply(&self, world: &mut Node) -> Result<(), String> {
        let before = world.clone();
        perform(world, self)
            .map(|_| ())
            .inspect_err(|_| *world = before)
    }
}

impl Patch {
    /// Whether it has no operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Applies all operations, or none.
    ///
    /// # Errors
    /// The first operation that does not apply, and why.
    pub fn apply(&self, world: &Node) -> Result<Applied, PatchError> {
        let mut world = world.clone();
        let mut back: Vec<Vec<Op>> = Vec::new();
        let (mut touched, mut seen) = (Vec::new(), HashSet::new());
        for (i, op) in self.0.iter().enumerate() {
            let done = perform(&mut world, op).map_err(|why| PatchError { op: i, why })?;
            for path in done.iter().map(touches) {
                if seen.insert(path.clone()) {
                    touched.push(path);
                }
            }
            back.push(undo(op, &done));
        }
        Ok(Applied {
            world,
            inverse: Self(back.into_iter().rev().flatten().collect()),
            touched,
        })
    }
    /// The patch that takes the world after this one back to `before`, key
    /// order included.
    ///
    /// # Errors
    /// Where this patch does not apply to `before`.
    pub fn invert(&self, before: &Node) -> Result<Self, PatchError> {
        self.apply(before).map(|applied| applied.inverse)
    }
    /// This patch, then another, as one.
    #[must_use]
    pub fn compose(&self, then: &Self) -> Self {
        Self(self.0.iter().chain(&then.0).cloned().collect())
    }
}

impl FromIterator<Op> for Patch {
    fn from_iter<I: IntoIterator<Item = Op>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

fn touches(done: &Done) -> Path {
    match done {
        Done::Put { path, .. } | Done::Cut { path, .. } => path.clone(),
        Done::Inserted {
            list,
            at,
            last: true,
        } => list.join(at.to_string()),
        Done::Inserted { list, .. } | Done::CutAt { list, .. } => list.clone(),
    }
}

/// The operations that undo what one operation did.
fn undo(op: &Op, done: &[Done]) -> Vec<Op> {
    if let (Op::Move { from, .. }, [cut, put]) = (op, done) {
        let place = match put {
            Done::Put { path, was: None } => Some(path.clone()),
            Done::Inserted { list, at, .. } => Some(list.join(at.to_string())),
            Done::Put { .. } | Done::Cut { .. } | Done::CutAt { .. } => None,
        };
        if let Some(place) = place {
            match cut {
                Done::Cut {
                    path,
                    behind: Ok(behind),
                    ..
                } => {
                    let mut ops = vec![Op::Move {
                        from: place,
                        path: from.clone(),
                    }];
                    ops.extend(to_the_end(path, behind));
                    return ops;
                }
                Done::CutAt { list, at, .. } => {
                    let path = list.join(at.to_string());
                    return vec![Op::Move { from: place, path }];
                }
                Done::Cut { .. } | Done::Put { .. } | Done::Inserted { .. } => {}
            }
        }
    }
    done.iter().rev().flat_map(undo_one).collect()
}

fn undo_one(done: &Done) -> Vec<Op> {
    match done {
        Done::Put { path, was: None } => vec![Op::Remove { path: path.clone() }],
        Done::Put {
            path,
            was: Some(was),
        } => vec![Op::Replace {
            path: path.clone(),
            value: was.clone(),
        }],
        Done::Inserted { list, at, .. } => vec![Op::Remove {
            path: list.join(at.to_string()),
        }],
        Done::CutAt { list, at, was } => vec![Op::Add {
            path: list.join(at.to_string()),
            value: was.clone(),
        }],
        Done::Cut { path, was, behind } => match (behind, path.split()) {
            (Err(map), Some((above, _))) => vec![Op::Replace {
                path: above,
                value: map.clone(),
            }],
            (Err(_), None) => Vec::new(),
            (Ok(behind), _) => {
                let mut ops = vec![Op::Add {
                    path: path.clone(),
                    value: was.clone(),
                }];
                ops.extend(to_the_end(path, behind));
                ops
            }
        },
    }
}

/// Moves the keys that stood behind `path` behind it again.
fn to_the_end(path: &Path, behind: &[std::sync::Arc<str>]) -> Vec<Op> {
    let Some((above, _)) = path.split() else {
        return Vec::new();
    };
    let places = behind.iter().map(|key| above.join(key.clone()));
    places
        .map(|path| Op::Move {
            from: path.clone(),
            path,
        })
        .collect()
}
