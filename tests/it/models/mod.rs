//! Models over HTTP: dialects, failures, cassettes, seats, commands.

mod cassette;
mod commands;
mod dialect;
mod rude;
mod seats;
mod server;
