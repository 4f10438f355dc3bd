//! What goes over the wire, as bytes, without secrets.

use std::sync::{Arc, Mutex, PoisonError};

/// A request as it is sent, except for its secret headers: those stand here as
/// `name: [from $VARIABLE]` and get their value at the last moment.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HttpRequest {
    /// The whole address.
    pub url: String,
    /// Headers in the order of sending.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: String,
}

/// A piece of an answer's body.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Chunk {
    /// Milliseconds after the request was sent.
    pub at_ms: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Headers, lower case names.
    pub headers: Vec<(String, String)>,
    /// The body in the pieces in which it came (decompressed, no secret in it).
    pub chunks: Vec<Chunk>,
    /// Whether the body came to its end.
    pub whole: bool,
}

impl HttpResponse {
    /// The body in one piece.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|c| c.bytes.clone()).collect()
    }

    /// A header's value, by its lower case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    }
}

/// One try of one call, over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Exchange {
    /// What was sent.
    pub request: HttpRequest,
    /// What came, as far as it came.
    pub response: Option<HttpResponse>,
}

/// Where an exchange is written down while it happens, so that a call that is
/// stopped in the middle leaves what came until then.
#[derive(Clone, Debug, Default)]
pub struct Tape(Arc<Mutex<Exchange>>);

impl Tape {
    /// What is on it now.
    #[must_use]
    pub fn read(&self) -> Exchange {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes what is on it.
    pub fn write<T>(&self, change: impl FnOnce(&mut Exchange) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
