//! Server-sent events from bytes that come in any pieces.
//! Source of the format: the WHATWG HTML standard, section "Server-sent events".

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Event {
    /// Its name; empty where none was given.
    pub name: String,
    /// Its data, lines joined by `\n`.
    pub data: String,
}
