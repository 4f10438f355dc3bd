//! Where replies come from: models over HTTP, the scripted stand-in that needs
//! no model, and cassettes that play back what a model once said.
//!
//! A provider turns one [`crate::engine::role::Request`] into one
//! [`crate::engine::role::Reply`]. It keeps no conversation of its own: all it
//! may know stands in the request, so that a retry, a fork and a replay ask the
//! same thing in the same way. It never touches the world and never writes to
//! the log.
//!
//! One call goes through these parts, each of which knows only its own matter:
//! [`dialect`] writes the body and reads the answer (chat completions or
//! messages, streamed or whole); [`transport`] moves bytes (HTTP, or a
//! [`cassette`]) onto a [`wire::Tape`]; [`mod@ask`] joins them. Retries, limits and
//! money are the driver's.

pub mod ask;
pub mod cassette;
pub mod dialect;
pub mod error;
pub mod model;
pub mod scripted;
pub mod secret;
pub mod sse;
pub mod transport;
pub mod wire;

pub use ask::{Answer, Delta, Usage, ask};
pub use error::{CallError, Kind, Retry};
pub use model::{Dialect, Endpoint, Model, Sampling, Structured, Timeouts, Tools};
pub use secret::{Secret, Secrets};
pub use transport::Transport;
