//! Cassettes: what a model said, byte for byte and with its timing, to be
//! played back without it.
//!
//! A cassette is a file of JSON lines. The first says what it is:
//!
//! ```json
//! {"stategen_cassette": 1, "by": "stategen 0.1.0"}
//! ```
//!
//! Every other line is one exchange, in the order in which they ended:
//!
//! | field | meaning |
//! |---|---|
//! | `key` | SHA-256 of the canonical request, hexadecimal: the path, a line break, the body as JSON with sorted keys and no spaces |
//! | `asked` | `provider/model` |
//! | `path` | path of the address; scheme, host and port are no part of it |
//! | `request` | the body, as text |
//! | `status` | status code |
//! | `headers` | pairs of name and value: type, times, request ids, rate limits, and no others |
//! | `chunks` | pairs: milliseconds after sending, and the bytes; as text where they are UTF-8, else as `{"base64": …}` |
//! | `whole` | whether the body came to its end |
//! | `stop` | the stop reason as the provider writes it, where there is an answer |
//! | `usage` | the tokens that it counted, where it did |
//! | `error` | what was wrong with the answer, where something was |
//!
//! The order of requests does not matter when it is played. The same request
//! asked again gets what was recorded for it in that order, so that a refusal
//! and the good answer to the next try come again as they came; after the last,
//! the last again. Nothing waits: the times are kept for the eye.
//!
//! No key is in it: what is recorded is what stands on the tape, from which the
//! secrets are gone. A call that was stopped, and one that failed without an
//! answer, is not recorded.

mod base64;
mod canonical;
mod line;
mod nearest;
mod player;
mod recorder;

pub use player::Player;
pub use recorder::Recorder;

use super::error::{CallError, Kind};
use std::path::Path;

/// Something is wrong with the file.
fn trouble(path: &Path, what: &str, help: &str) -> CallError {
    let what = format!("the cassette {} {what}", path.display());
    CallError::new(Kind::Cassette, what).help(help)
}
