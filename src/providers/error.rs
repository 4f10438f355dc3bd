//! Why a call failed: what happened, what to do, and whether to try again.

use std::fmt;
use std::time::Duration;

/// What kind of failure it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The variable that should hold the key is not set.
    NoKey,
    /// The address cannot be used.
    BadUrl,
    /// A header cannot be sent.
    BadHeader,
    /// Nobody answers there (refused, no route, unknown name).
    Connect,
    /// TLS could not be agreed on.
    Tls,
    /// Nothing came in time: `connect`, `first`, `idle` or `total`.
    Timeout(&'static str),
    /// The server said no.
    Status(u16),
    /// The stream ended before the answer did.
    Cut,
    /// The answer is larger than the bound.
    TooLarge,
    /// The answer is no JSON and no event stream (HTML, say).
    ContentType,
    /// The answer cannot be read.
    Malformed,
    /// The answer holds nothing.
    Empty,
    /// The server reported an error inside a stream.
    InStream,
    /// The cassette does not hold this request.
    NotOnTape,
    /// The cassette cannot be read or written.
    Cassette,
}

/// Whether trying again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It will not.
    No,
    /// After the usual pause.
    Soon,
    /// After the time that the server asked for.
    After(Duration),
}

/// A failed call. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// What kind.
    pub kind: Kind,
    /// What happened, in one sentence without a full stop at its end.
    pub what: String,
    /// What to do, in one sentence; may be empty.
    pub help: String,
    /// Whether trying again may help.
    pub retry: Retry,
}

impl CallError {
    /// An error that trying again does not mend.
    #[must_use]
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            help: String::new(),
            retry: Retry::No,
        }
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// With whether trying again may help.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.help.is_empty() {
            write!(f, ". {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for CallError {}
