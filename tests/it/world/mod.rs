//! The world: properties of the tree, patches, diff, ledger and schema over
//! random values, and the hashes of recorded states.

mod gen_values;
mod ledger;
mod patch;
mod path;
mod schema;
mod traces;
mod tree;
