//! `stategen list`: the stored conversations, filtered and in order.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::dataset::filter::{Filter, HELP};
use crate::dataset::queue::{self, Item, Sort, Status};
use crate::engine::score::Disagree;
use crate::store::{Condition, Word};
use crate::surface::text::{clean_line, shorten, width};
use serde_json::{Value, json};
use std::io::Write;

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A filter: words in scenario, task, persona, first turn, tags or comment,
    /// and comparisons such as `overall<6 status:open tag!=seed findings>0`.
    /// `stategen list --filters` lists them.
    pub filter: Vec<String>,
    /// Only of this scenario.
    #[arg(long)]
    pub scenario: Option<String>,
    /// Only of this task.
    #[arg(long)]
    pub task: Option<String>,
    /// In which order: newest, oldest, lowest, disagreement, findings, rate, check
    /// (against the judge), random.
    #[arg(long, default_value = "newest")]
    pub sort: String,
    /// For a random order: the same seed gives the same order.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// So many at most.
    #[arg(long, short = 'n', default_value_t = 50)]
    pub limit: u64,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// What a filter can say.
    #[arg(long)]
    pub filters: bool,
}

/// Runs the command.
///
/// # Errors
/// The filter or the order is not one, or the store cannot be read.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    if args.filters {
        for (written, what) in HELP {
            writeln!(out, "{written}\n    {what}")?;
        }
        return Ok(Exit::Ok);
    }
    let mut filter =
        Filter::parse(&args.filter.join(" ")).map_err(|why| Failure::usage(why.to_string()))?;
    for (word, value) in [(Word::Scenario, &args.scenario), (Word::Task, &args.task)] {
        if let Some(value) = value {
            filter = filter.and(Condition::Word(word, true, value.clone()));
        }
    }
    let sort =
        Sort::parse(&args.sort, args.seed).map_err(|why| Failure::usage(format!("{why}.")))?;
    let page = match ctx.stored()? {
        Some(store) => queue::page(&store, &filter, sort, 0, args.limit)?,
        None => queue::Page::default(),
    };
    if args.json {
        for item in &page.items {
            json_line(out, &value(item))?;
        }
        return Ok(Exit::Ok);
    }
    let cells: Vec<_> = page.items.iter().map(cells).collect();
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
    let shown = page.items.len() as u64;
    if shown == 0 && filter.is_empty() {
        writeln!(
            out,
            "no conversations in {}. `stategen run SCENARIO` makes one.",
            ctx.project.root.display()
        )?;
    } else if shown == 0 {
        writeln!(out, "no conversations are let through by this filter.")?;
    } else if shown < page.counts.all() {
        writeln!(out, "{shown} of {}; -n shows more", page.counts.all())?;
    }
    Ok(Exit::Ok)
}

/// The row's own fields, and what people think of it.
fn value(item: &Item) -> Value {
    let mut value = serde_json::to_value(&item.row).unwrap_or_default();
    if let Some(map) = value.as_object_mut() {
        let axes: serde_json::Map<String, Value> = item
            .axes
            .iter()
            .map(|a| (a.axis.clone(), json!(a.score)))
            .collect();
        map.insert("status".into(), json!(item.status.word()));
        map.insert("decision".into(), json!(item.decision));
        map.insert("axes".into(), Value::Object(axes));
        map.insert("lowest".into(), json!(item.lowest));
        map.insert("spread".into(), json!(item.spread));
        map.insert("gates_failed".into(), json!(item.gates));
        map.insert("kinds".into(), json!(item.sums.kinds));
        map.insert("blames".into(), json!(item.sums.blames));
        map.insert("rate".into(), json!(item.sums.counted.rate()));
        map.insert("coverage".into(), json!(item.sums.coverage));
        map.insert(
            "disagree".into(),
            json!(item.sums.disagree.map(Disagree::word)),
        );
        map.insert("marked".into(), json!(item.notes.marked));
        map.insert("tags".into(), json!(item.notes.tags));
        map.insert("comment".into(), json!(item.notes.comment));
    }
    value
}

/// Columns of the list.
const COLUMNS: usize = 10;

fn cells(item: &Item) -> [String; COLUMNS] {
    let row = &item.row;
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
    let mut more: Vec<String> = Vec::new();
    if item.notes.marked {
        more.push(String::from("marked"));
    }
    if row.branches > 1 {
        more.push(format!("{} branches", row.branches));
    }
    if row.scripted {
        more.push(String::from("scripted"));
    }
    if item.sums.disagree.is_some() {
        more.push(String::from("judge and check disagree"));
    }
    more.extend(item.notes.tags.iter().map(|tag| format!("#{tag}")));
    more.push(shorten(&clean_line(&row.title), 60).into_owned());
    let status = match item.status {
        Status::Open => String::new(),
        Status::Approved | Status::Discarded | Status::Stale => item.status.word().to_owned(),
    };
    [
        row.id.to_string(),
        row.overall
            .map_or_else(|| String::from("   -"), |o| format!("{o:4.1}")),
        row.ended.clone().unwrap_or_else(|| String::from("open")),
        status,
        clean_line(&format!("{}/{}", row.scenario, row.task)).into_owned(),
        format!("seed {}", row.seed),
        some(row.steps, "step"),
        held,
        some(row.findings, "finding"),
        clean_line(&more.join("  ")).trim().to_owned(),
    ]
}
