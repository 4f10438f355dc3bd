//! `stategen list`: the stored conversations, newest first.

use super::context::{Context, json_line};
use super::exit::{Exit, Outcome};
use crate::store::{Filter, Row};
use crate::surface::text::{clean_line, shorten};
use std::io::Write;

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only those with these words in scenario, task, persona or first turn.
    pub text: Option<String>,
    /// Only of this scenario.
    #[arg(long)]
    pub scenario: Option<String>,
    /// Only of this task.
    #[arg(long)]
    pub task: Option<String>,
    /// So many at most.
    #[arg(long, short = 'n', default_value_t = 50)]
    pub limit: u32,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// The store cannot be read.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let rows = match ctx.stored()? {
        Some(store) => store.list(&Filter {
            scenario: args.scenario.clone(),
            task: args.task.clone(),
            ended: None,
            text: args.text.clone(),
            limit: Some(args.limit),
        })?,
        None => Vec::new(),
    };
    for row in &rows {
        if args.json {
            json_line(out, row)?;
        } else {
            writeln!(out, "{}", line(row))?;
        }
    }
    if rows.is_empty() && !args.json {
        writeln!(
            out,
            "no conversations in {}. `stategen run SCENARIO` makes one.",
            ctx.project.root.display()
        )?;
    }
    Ok(Exit::Ok)
}

fn line(row: &Row) -> String {
    let state = row.ended.as_deref().unwrap_or("open");
    let overall = row
        .overall
        .map_or_else(|| String::from("  - "), |o| format!("{o:4.1}"));
    let scripted = if row.scripted { "  scripted" } else { "" };
    let branches = if row.branches > 1 {
        format!("  {} branches", row.branches)
    } else {
        String::new()
    };
    let held = if row.assertions > 0 {
        format!("  {}/{} hold", row.held, row.assertions)
    } else {
        String::new()
    };
    let findings = match row.findings {
        0 => String::new(),
        1 => String::from("  1 finding"),
        n => format!("  {n} findings"),
    };
    format!(
        "{}  {overall}  {state}  {}/{}  seed {}  {} steps{held}{findings}{branches}{scripted}  {}",
        row.id,
        clean_line(&row.scenario),
        clean_line(&row.task),
        row.seed,
        row.steps,
        shorten(&clean_line(&row.title), 60),
    )
}
