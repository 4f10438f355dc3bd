//! The world: one authoritative JSON state as a persistent tree, changed only
//! by patches.
//!
//! `node` is the tree (values, lists, maps, hashes), `path` its addresses and
//! path patterns, `patch` RFC 6902 and diff, `ledger` the origin of each value,
//! `schema` JSON Schema over the tree, `canon` RFC 8785 and sorted dumps.

pub mod canon;
pub mod ledger;
pub mod node;
pub mod patch;
pub mod path;
pub mod schema;

pub use ledger::{Ledger, Origin};
pub use node::{List, Map, Node, NodeHash};
pub use patch::{Applied, Op, Patch, PatchError};
pub use path::{Path, Pattern};
pub use schema::Schema;
