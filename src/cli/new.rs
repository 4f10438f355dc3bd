//! `stategen new`: begins a scenario.

use super::context::Context;
use super::exit::{Failure, Outcome};
use std::io::Write;

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to make.
    pub name: String,
}

/// Runs the command.
///
/// # Errors
/// Always, so far.
pub fn run(args: &Args, _ctx: &Context, _out: &mut dyn Write) -> Outcome {
    Err(Failure::usage(format!(
        "`new` is not built yet ({:?})",
        args.name
    )))
}
