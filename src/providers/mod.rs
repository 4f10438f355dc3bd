//! Where replies come from: models over HTTP, the scripted stand-in that needs
//! no model, and cassettes that play back what a model once said.
//!
//! A provider turns one [`crate::engine::role::Request`] into one
//! [`crate::engine::role::Reply`]. It keeps no conversation of its own: all it
//! may know stands in the request, so that a retry, a fork and a replay ask the
//! same thing in the same way. It never touches the world and never writes to
//! the log.

pub mod scripted;
