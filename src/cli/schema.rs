//! `stategen schema`: the JSON Schema of a scenario file, for editors.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use crate::engine::scenario::nearest::did_you_mean;
use crate::engine::scenario::schemas::{ALL, published};
use std::io::Write;

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "An editor with a YAML language server takes it from a line at the top of a file:\n  \
    # yaml-language-server: $schema=tasks.schema.json"
)]
pub struct Args {
    /// scenario, tools, tasks, personas or rubric; without it, the list.
    pub name: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// There is no schema of that name.
pub fn run(args: &Args, _ctx: &Context, out: &mut dyn Write) -> Outcome {
    let Some(name) = &args.name else {
        for schema in ALL {
            writeln!(out, "{:10} {}", schema.name, schema.file)?;
        }
        return Ok(Exit::Ok);
    };
    let schema = published(name).ok_or_else(|| {
        let help = did_you_mean(name, ALL.iter().map(|s| s.name));
        Failure::usage(format!("there is no schema `{name}`; {help}"))
    })?;
    out.write_all(schema.text.as_bytes())?;
    Ok(Exit::Ok)
}
