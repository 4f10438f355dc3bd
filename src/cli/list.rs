//! `stategen list`: the stored conversations, newest first.

use super::context::{Context, json_line};
use super::exit::{Exit, Outcome};
use super::lines::count;
use crate::store::{Filter, Row};
use crate::surface::text::{clean_line, shorten, width};
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
    if args.json {
        for row in &rows {
            json_line(out, row)?;
        }
    } else {
        let cells: Vec<_> = rows.iter().map(cells).collect();
        let widest = |at: usize| {
            let widths = cells.iter().filter_map(|c| c.get(at)).map(|c| width(c));
            widths.max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..COLUMNS).map(widest).collect();
        for row in &cells {
            let mut line = String::new();
            for (cell, wide) in row.iter().zip(&widths) {
                line.push_str(cell);
                // A column that is empty everywhere takes no room.
                let gap = if *wide == 0 { 0 } else { 2 };
                line.push_str(&" ".repeat(wide + gap - width(cell).min(*wide)));
            }
            writeln!(out, "{}", line.trim_end())?;
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

/// Columns of the list.
const COLUMNS: usize = 9;

fn cells(row: &Row) -> [String; COLUMNS] {
    let some = |n: u32, noun: &str| {
        if n == 0 {
            String::new()
        } else {
            count(n as usize, noun)
        }
    };
    let held = if row.assertions > 0 {
        format!("{}/{} hold", row.held, row.assertions)
    } else {
        String::new()
    };
    let mut more = String::new();
    if row.branches > 1 {
        more = format!("{} branches", row.branches);
    }
    if row.scripted {
        more.push_str(if more.is_empty() {
            "scripted"
        } else {
            "  scripted"
        });
    }
    [
        row.id.to_string(),
        row.overall
            .map_or_else(|| String::from("   -"), |o| format!("{o:4.1}")),
        row.ended.clone().unwrap_or_else(|| String::from("open")),
        clean_line(&format!("{}/{}", row.scenario, row.task)).into_owned(),
        format!("seed {}", row.seed),
        some(row.steps, "step"),
        held,
        some(row.findings, "finding"),
        format!("{more}  {}", shorten(&clean_line(&row.title), 60))
            .trim()
            .to_owned(),
    ]
}
