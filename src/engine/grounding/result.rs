//! Holds the result of a tool against the world.

use super::check::{Check, Report};
use super::turn::Ran;

/// What is wrong with a result.
pub(super) fn check(_check: &Check, _ran: &Ran<'_>, _step: u32) -> Report {
    Report::default()
}
