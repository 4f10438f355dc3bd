//! The one clock. Everything else gets its time from here, or as an input.

use std::time::Instant;

/// Milliseconds since 1970, UTC; 0 where the machine's clock stands before it.
#[expect(clippy::disallowed_methods, reason = "the one clock")]
#[must_use]
pub fn now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// A moment to measure from.
#[expect(clippy::disallowed_methods, reason = "the one clock")]
#[must_use]
pub fn moment() -> Instant {
    Instant::now()
}
