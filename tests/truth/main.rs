//! The grounding check on labelled records and on recorded conversations.

#[path = "records.rs"]
mod records;
