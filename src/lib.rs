//! StateGen: state-grounded, multi-agent synthetic conversations in a terminal.
#![forbid(unsafe_code)]

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "dataset")]
pub mod dataset;
#[cfg(feature = "driver")]
pub mod driver;
pub mod engine;
#[cfg(feature = "providers")]
pub mod providers;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "surface")]
pub mod surface;
#[cfg(feature = "tui")]
pub mod tui;
