//! One integration binary: every test that speaks keys, scripts and files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a test may stop at the first surprise, and may wait"
)]

mod arch;
mod chain;
mod cli;
mod config;
mod config_models;
mod dataset;
mod documents;
mod faults;
mod lint;
mod models;
mod persona;
mod prompt;
mod pty;
mod replies;
mod retail;
mod rewind;
mod rules;
mod samples;
mod scenario;
mod scripted;
mod session;
mod shell;
mod store;
mod support;
mod then;
mod tmux;
mod tui;
mod world;
