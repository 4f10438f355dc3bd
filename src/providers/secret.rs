//! A key: it can be sent, and is never printed.

use std::fmt;

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// A secret text. Neither `Debug` nor anything else shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The text without the secret, wherever it stands in it.
    #[must_use]
    pub fn remove_from(&self, text: &str) -> String {
        // A shorter one would eat ordinary words; no key is that short.
        if self.0.len() < 4 {
            return text.to_owned();
        }
        text.replace(&self.0, REDACTED)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}
