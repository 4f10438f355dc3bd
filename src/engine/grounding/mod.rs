//! Where literals come from: a deterministic check with no model in it.
//!
//! `turn` is the shape that every conversation takes here, `check` follows one.
//! `literal` finds values in a text, `known` is what was said so far, `text`,
//! `args`, `result` and `user` hold each kind of turn against it and against the
//! world, `claims` finds actions that are claimed, `kind` is the table of what can
//! be found, `contract` decides on a `model` tool's proposal (`held` whether it is true).
//! `sought` is a value that somebody points at, `chain` where it came from.

mod amounts;
mod args;
mod attributes;
mod chain;
mod check;
mod claims;
pub mod contract;
mod date;
mod denials;
mod derive;
mod held;
mod kind;
mod known;
mod literal;
mod norms;
mod origin;
mod outcome;
mod records;
mod result;
mod sought;
mod sums;
mod text;
mod times;
mod turn;
mod user;
mod verbs;
mod words;

pub use chain::{Link, Part, Stand};
pub use check::{Check, Coverage, Report};
pub use date::Date;
pub use derive::{Derived, With};
pub use kind::{Family, KINDS, Kind, kind_of, severity};
pub use known::Known;
pub use literal::{Literal, LiteralKind, LiteralValue, literals};
pub use norms::Norm;
pub use origin::{is_new_id, stands_in};
pub use outcome::{Outcome, outcome};
pub(in crate::engine) use result::says_absent;
pub use sought::Sought;
pub use turn::{Call, Ran, SharedTold, Spot, Told, ToolFacts, Trace, Traced, Turn, UserFacts};
