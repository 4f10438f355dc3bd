//! `stategen check`: every problem of a scenario, and every inference.

use super::context::{Context, json_line};
use super::exit::{Exit, Outcome};
use crate::engine::problem::Severity;
use crate::engine::scenario::load;
use crate::surface::text::clean;
use std::io::Write;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scenarios: folders, names of the project's, or samples.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Problems and inferences as JSON, one a line.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command; it ends with 1 where there are errors.
///
/// # Errors
/// There is no such scenario, or it cannot be read.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let mut exit = Exit::Ok;
    for wanted in &args.scenarios {
        let found = ctx.find(wanted)?;
        let loaded = load(&found.name, &found.files);
        if args.json {
            for problem in &loaded.problems {
                json_line(out, &serde_json::json!({"problem": problem}))?;
            }
            for inference in &loaded.inferences {
                json_line(out, &serde_json::json!({"inferred": inference}))?;
            }
        } else {
            for problem in &loaded.problems {
                writeln!(out, "{}", clean(&problem.to_string()))?;
            }
            for i in &loaded.inferences {
                let line = format!("{}: {} = {}  (from {})", i.file, i.key, i.value, i.from);
                writeln!(out, "{}", clean(&line))?;
            }
        }
        let errors = loaded
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .count();
        if errors > 0 || loaded.scenario.is_none() {
            exit = Exit::Wrong;
        }
        if !args.json {
            let warnings = loaded.problems.len() - errors;
            writeln!(out, "{}: {errors} errors, {warnings} warnings", found.name)?;
        }
    }
    Ok(exit)
}
