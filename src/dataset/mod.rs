//! Conversations as data: the queue that a person decides through, what is
//! exported, what an edit makes stale, and files that replay anywhere.

pub mod case;
pub mod export;
pub mod filter;
pub mod import;
pub mod lint;
pub mod queue;
pub mod similar;
pub mod stale;
