//! Where literals come from: a deterministic check with no model in it.
//!
//! `literal` finds them in a text, `known` is what a conversation has said so
//! far, `check` holds an agent's text and its calls against it, `claims` finds
//! actions that are claimed, `contract` decides on a `model` tool's proposal.

mod check;
mod claims;
pub mod contract;
mod date;
mod known;
mod literal;
mod origin;
mod verbs;

pub use check::{Coverage, StrayArg, check_agent_text, check_args, findings_of_args};
pub use claims::{Claim, Done, backed, claims};
pub use date::Date;
pub use known::{Known, Trace};
pub use literal::{Literal, LiteralKind, LiteralValue, literals};
