//! `stategen check`: every problem of a scenario, and every inference.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use crate::config::{Found, write_folder};
use crate::engine::problem::Severity;
use crate::engine::scenario::{Files, Loaded, Scenario, expand, load};
use crate::engine::world::Node;
use crate::surface::text::clean;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scenarios: folders, names of the project's, or samples.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Write the scenario with every inference spelled out into a new folder.
    #[arg(long, value_name = "FOLDER")]
    pub expand: Option<PathBuf>,
    /// Problems alone, without what is inferred.
    #[arg(long, short)]
    pub quiet: bool,
    /// Problems, inferences and the summary as JSON, one a line.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command; it ends with 1 where there are errors.
///
/// # Errors
/// There is no such scenario, or it cannot be read or written.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    if args.expand.is_some() && args.scenarios.len() > 1 {
        return Err(Failure::usage("--expand takes one scenario at a time"));
    }
    let mut exit = Exit::Ok;
    for wanted in &args.scenarios {
        let found = ctx.find(wanted)?;
        let loaded = load(&found.name, &found.files);
        if args.json {
            as_json(&found, &loaded, out)?;
        } else {
            as_text(&found, &loaded, args.quiet, out)?;
        }
        if loaded.scenario.is_none() {
            exit = Exit::Wrong;
        } else if let Some(folder) = &args.expand {
            spell_out(&found, folder, out)?;
        }
    }
    Ok(exit)
}

fn spell_out(found: &Found, folder: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let files: Files = expand(&found.name, &found.files).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::wrong(clean(&lines.join("\n")).into_owned())
    })?;
    write_folder(folder, &files).map_err(|why| {
        Failure::store(format!(
            "{} cannot be made: {why}. Nothing is overwritten; name a folder that is not there yet",
            folder.display()
        ))
    })?;
    writeln!(
        out,
        "wrote {} files to {}",
        files.len(),
        clean(&folder.display().to_string())
    )?;
    Ok(())
}

fn as_text(
    found: &Found,
    loaded: &Loaded,
    quiet: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for problem in &loaded.problems {
        writeln!(out, "{}", clean(&problem.to_string()))?;
    }
    if !quiet && !loaded.inferences.is_empty() {
        writeln!(
            out,
            "inferred ({} things; `--expand FOLDER` writes them out):",
            loaded.inferences.len()
        )?;
        for i in &loaded.inferences {
            let value: String = i.value.chars().take(160).collect();
            let line = format!("  {}: {} = {value}  (from {})", i.file, i.key, i.from);
            writeln!(out, "{}", clean(&line))?;
        }
    }
    let line = format!("{}: {}", found.name, summary(loaded));
    writeln!(out, "{}", clean(&line))?;
    Ok(())
}

fn as_json(found: &Found, loaded: &Loaded, out: &mut dyn Write) -> Result<(), Failure> {
    for problem in &loaded.problems {
        json_line(out, &serde_json::json!({"problem": problem}))?;
    }
    for inference in &loaded.inferences {
        json_line(out, &serde_json::json!({"inferred": inference}))?;
    }
    let (errors, warnings) = counts(loaded);
    json_line(
        out,
        &serde_json::json!({"scenario": found.name, "errors": errors, "warnings": warnings}),
    )
}

fn counts(loaded: &Loaded) -> (usize, usize) {
    let of = |severity: Severity| {
        let problems = loaded.problems.iter();
        problems.filter(|p| p.severity == severity).count()
    };
    (of(Severity::Error), of(Severity::Warning))
}

/// `2 tools, 1 agent, 3 tasks, world of 14 tables and 1,204 rows; 0 errors, 1 warning`
#[must_use]
pub fn summary(loaded: &Loaded) -> String {
    let (errors, warnings) = counts(loaded);
    let found = format!("{}, {}", many(errors, "error"), many(warnings, "warning"));
    match &loaded.scenario {
        Some(scenario) => format!("{}; {found}", contents(scenario)),
        None => found,
    }
}

fn contents(scenario: &Scenario) -> String {
    let tables = scenario.world.as_map();
    let rows: usize = tables
        .into_iter()
        .flat_map(crate::engine::world::Map::values)
        .map(|table| match table {
            Node::Map(rows) => rows.len(),
            Node::List(rows) => rows.len(),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => 1,
        })
        .sum();
    format!(
        "{}, {}, {}, {}, {}, world of {} and {}",
        many(scenario.tools.len(), "tool"),
        many(scenario.agents.len(), "agent"),
        many(scenario.tasks.len(), "task"),
        many(scenario.program.invariants().len(), "invariant"),
        many(scenario.program.policies().len(), "policy check"),
        many(tables.map_or(0, crate::engine::world::Map::len), "table"),
        many(rows, "row"),
    )
}

/// `1 error`, `2 errors`.
fn many(n: usize, thing: &str) -> String {
    if n == 1 {
        format!("1 {thing}")
    } else {
        format!("{n} {thing}s")
    }
}
