//! The grounding check on labelled records and on recorded conversations.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice
)]

#[path = "records.rs"]
mod records;
#[path = "results.rs"]
mod results;
