//! The grounding check on labelled records and on recorded conversations.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice
)]

#[path = "mutations.rs"]
mod mutations;
#[path = "records.rs"]
mod records;
#[path = "results.rs"]
mod results;
