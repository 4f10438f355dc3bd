//! `stategen schema`: the JSON Schema of a scenario file, for editors.

use super::context::Context;
use super::exit::{Failure, Outcome};
use std::io::Write;

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file it is of.
    pub name: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// Always, so far.
pub fn run(args: &Args, _ctx: &Context, _out: &mut dyn Write) -> Outcome {
    Err(Failure::usage(format!(
        "`schema` is not built yet ({:?})",
        args.name
    )))
}
