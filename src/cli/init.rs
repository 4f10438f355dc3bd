//! `stategen init`: begins a project.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use crate::config::{self, InitError};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; made where there is none.
    #[arg(default_value = ".")]
    pub dir: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// There is a project already, or it cannot be made.
pub fn run(args: &Args, _ctx: &Context, out: &mut dyn Write) -> Outcome {
    let made = config::init(&args.dir).map_err(|why| match why {
        InitError::Exists(_) => Failure::usage(why.to_string()),
        InitError::Io(..) => Failure::store(why.to_string()),
    })?;
    for path in made {
        writeln!(out, "made {}", path.display())?;
    }
    writeln!(
        out,
        "`stategen new NAME` begins a scenario there; `stategen run returns_desk` runs a sample."
    )?;
    Ok(Exit::Ok)
}
