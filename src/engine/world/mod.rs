//! The world: one authoritative JSON state as a persistent tree, changed only
//! by patches.
//!
//! `node` is the tree (`list` and `map` its containers, stored as a `run` while
//! small and a `trie` when big, `sum` their fingerprints, `json` its text), `path`
//! its addresses and path patterns, `reach` patterns that a call completes, `patch` RFC 6902 (`edit` one operation), `diff` what differs between
//! two worlds, `ledger` the origin of each value, `schema` JSON Schema over the
//! tree, `canon` RFC 8785 and sorted dumps.

pub mod canon;
pub mod diff;
mod edit;
mod json;
pub mod ledger;
mod list;
mod map;
pub mod node;
pub mod patch;
pub mod path;
pub mod reach;
mod run;
pub mod schema;
mod sum;
mod trie;

pub(in crate::engine) use map::Hashed;

pub use diff::{Change, changes, diff};
pub use ledger::{Ledger, Origin};
pub use node::{List, Map, Node, NodeHash};
pub use patch::{Applied, Op, Patch, PatchError};
pub use path::{Path, Pattern};
pub use reach::Reach;
pub use schema::Schema;
