//! `stategen help`: the commands, or a page on the tool language, on scenarios,
//! on models, on exports or on the check.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use clap::CommandFactory;
use std::io::Write;

/// A scenario's folder on a page.
const SCENARIO: &str = include_str!("../../docs/scenario.md");
/// Models in the seats, on a page.
const MODELS: &str = include_str!("../../docs/models.md");
/// Deciding and exporting, on a page.
const EXPORTS: &str = include_str!("../../docs/exports.md");
/// Checking without a model, on a page.
const LINT: &str = include_str!("../../docs/lint.md");
/// The pages; one that is also a command has its flags under `--help`.
const PAGES: [&str; 5] = ["rules", "scenario", "models", "exports", "lint"];

/// Arguments of `help`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `rules`, `scenario`, `models`, `exports`, `lint`, or a command.
    pub topic: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// There is no such topic.
pub fn run(args: &Args, _ctx: &Context, out: &mut dyn Write) -> Outcome {
    let mut command = super::Cli::command();
    let text = match args.topic.as_deref() {
        None => command.render_long_help().to_string(),
        Some("rules") => String::from(crate::engine::rules::HELP),
        Some("scenario") => SCENARIO.to_owned(),
        Some("models") => MODELS.to_owned(),
        Some("exports") => EXPORTS.to_owned(),
        Some("lint") => LINT.to_owned(),
        Some(name) => {
            let names: Vec<String> = command
                .get_subcommands()
                .map(|c| c.get_name().to_owned())
                .filter(|name| !PAGES.contains(&name.as_str()))
                .collect();
            let Some(found) = command.find_subcommand_mut(name) else {
                let all = PAGES.into_iter().chain(names.iter().map(String::as_str));
                let near = crate::config::nearest(name, all)
                    .map(|near| format!(" Did you mean `{near}`?"))
                    .unwrap_or_default();
                return Err(Failure::usage(format!(
                    "there is no help on `{name}`.{near} There are: {}, {}.",
                    PAGES.join(", "),
                    names.join(", ")
                )));
            };
            found.render_long_help().to_string()
        }
    };
    writeln!(out, "{}", text.trim_end())?;
    Ok(Exit::Ok)
}
