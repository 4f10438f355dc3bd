//! RFC 6902 patches over the world: apply in one transaction, invert, compose, diff.

use super::node::Node;
use super::path::Path;
use serde::{Deserialize, Serialize};
use std::fmt;

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
    /// Takes out at `from`, adds at `path`.
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
    /// The patch that leads back.
    pub inverse: Patch,
    /// Each place that was written, in order; below them all may have changed.
    /// A removal names what is gone; in a list it names the list.
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
        let _ = world;
        Err(PatchError {
            op: 0,
            why: String::from("unfinished"),
        })
    }
}

/// The operations that lead from `from` to `to`, key order included.
#[must_use]
pub fn diff(from: &Node, to: &Node) -> Patch {
    if from == to {
        return Patch::default();
    }
    Patch(vec![Op::Replace {
        path: Path::root(),
        value: to.clone(),
    }])
}
