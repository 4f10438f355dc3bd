//! `stategen run`: a conversation from its opening to the judge, on the output.

use super::context::Context;
use super::exit::{Failure, Outcome};
use crate::engine::scenario::Scenario;
use std::io::Write;

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scenario: a folder, a name of the project's, or a sample.
    pub scenario: String,
    /// The task; the scenario's first where none is named.
    #[arg(long)]
    pub task: Option<String>,
    /// The seed.
    #[arg(long)]
    pub seed: Option<u64>,
    /// A persona of the scenario, or a profile.
    #[arg(long)]
    pub persona: Option<String>,
    /// A fault for the scripted stand-in to make; may be given several times.
    #[arg(long = "fault", value_name = "KIND")]
    pub faults: Vec<String>,
    /// One JSON object a line: bodies alone, so that the same seed gives the
    /// same bytes.
    #[arg(long)]
    pub json: bool,
    /// Only what it came to.
    #[arg(long)]
    pub quiet: bool,
    /// End with 1 where an assertion does not hold or a gate is not met.
    #[arg(long)]
    pub strict: bool,
}

/// The task of a name, or the scenario's first.
///
/// # Errors
/// There is no such task: the names that there are.
pub fn task_of(scenario: &Scenario, wanted: Option<&str>) -> Result<String, Failure> {
    let names: Vec<&str> = scenario.tasks.iter().map(|t| t.id.as_str()).collect();
    match wanted {
        Some(name) if names.contains(&name) => Ok(name.to_owned()),
        Some(name) => {
            let near = crate::config::nearest(name, names.iter().copied())
                .map(|near| format!(" Did you mean `{near}`?"))
                .unwrap_or_default();
            Err(Failure::usage(format!(
                "there is no task `{name}`.{near} There are: {}.",
                names.join(", ")
            )))
        }
        None => names
            .first()
            .map(|name| (*name).to_owned())
            .ok_or_else(|| Failure::wrong("the scenario has no task")),
    }
}

/// Runs the command.
///
/// # Errors
/// Always, so far.
pub fn run(args: &Args, ctx: &Context, _out: &mut dyn Write) -> Outcome {
    let scenario = ctx.scenario(&args.scenario)?;
    let _ = task_of(&scenario, args.task.as_deref())?;
    Err(Failure::call("`run` is not built yet"))
}
