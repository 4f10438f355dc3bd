//! `stategen approve`, `discard`, `undecide`: what a person thinks of a branch.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::dataset::filter::Filter;
use crate::dataset::queue::{self, Item, Sort, Status};
use crate::driver::clock;
use crate::store::{Choice, Store};
use crate::surface::text::{clean, clean_line, shorten};
use std::io::Write;

/// Arguments of `approve` and `discard`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversations: names, beginnings or ends of them, or `last`.
    #[arg(required_unless_present = "all")]
    pub conversations: Vec<String>,
    /// Another branch than the current one.
    #[arg(long)]
    pub branch: Option<String>,
    /// Why, in words.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// All that a filter lets through, that nobody has decided about, and that
    /// meet every gate; says which, and needs --yes.
    #[arg(long, value_name = "FILTER", conflicts_with_all = ["conversations", "branch"])]
    pub all: Option<String>,
    /// With --all: do it.
    #[arg(long, requires = "all")]
    pub yes: bool,
}

/// Arguments of `undecide`.
#[derive(Debug, clap::Args)]
pub struct Undecide {
    /// The conversations: names, beginnings or ends of them, or `last`.
    #[arg(required = true)]
    pub conversations: Vec<String>,
    /// Another branch than the current one.
    #[arg(long)]
    pub branch: Option<String>,
}

/// Who decides: the name that the system knows the person by.
#[must_use]
pub fn person() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .map(|name| clean_line(name.trim()).into_owned())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| String::from("a person"))
}

/// The branches that are named, as the queue has them.
fn named(
    ctx: &Context,
    wanted: &[String],
    branch: Option<&str>,
) -> Result<(Store, Vec<Item>), Failure> {
    // Looked for first, so that a wrong name makes no store.
    for name in wanted {
        ctx.conversation(name)?;
    }
    let store = ctx.store()?;
    let mut items = Vec::new();
    for name in wanted {
        let id = store.find(name)?;
        let item = queue::item(&store, &id, branch)?.ok_or_else(|| {
            Failure::usage(format!(
                "{id} has no branch `{}`; `stategen show {id}` names them.",
                clean_line(branch.unwrap_or("main"))
            ))
        })?;
        items.push(item);
    }
    Ok((store, items))
}

/// Runs `approve` and `discard`.
///
/// # Errors
/// There is no such conversation or branch, it has no step, or the store cannot
/// be written.
pub fn run(args: &Args, choice: Choice, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let (store, items) = match &args.all {
        Some(filter) => {
            let filter = Filter::parse(filter).map_err(|why| Failure::usage(why.to_string()))?;
            let Some(seen) = ctx.stored()? else {
                writeln!(out, "nothing is stored yet, so nothing matches.")?;
                return Ok(Exit::Ok);
            };
            let items = queue::passing(&seen, &filter, Sort::Newest)?;
            if !args.yes {
                for item in &items {
                    writeln!(out, "{}", line(item))?;
                }
                writeln!(
                    out,
                    "{} would be {}; say --yes to do it.",
                    count(items.len(), "conversation"),
                    choice.done()
                )?;
                return Ok(Exit::Ok);
            }
            (ctx.store()?, items)
        }
        None => named(ctx, &args.conversations, args.branch.as_deref())?,
    };
    let now = clock::now_ms();
    let by = person();
    let mut decisions = Vec::new();
    for item in &items {
        let decision = queue::decision(item, choice, &args.reason, &by, now);
        decisions.push(decision.ok_or_else(|| {
            Failure::usage(format!(
                "{} has no step yet, so there is nothing to decide about.",
                item.row.id
            ))
        })?);
    }
    for decision in store.decide(&decisions)? {
        writeln!(
            out,
            "{}  {}  {}",
            decision.conversation,
            clean_line(&decision.branch),
            choice.done()
        )?;
    }
    if args.all.is_some() {
        writeln!(
            out,
            "{} {}",
            count(items.len(), "conversation"),
            choice.done()
        )?;
    }
    Ok(Exit::Ok)
}

/// Runs `undecide`: takes back every decision that stands about the branch.
///
/// # Errors
/// There is no such conversation or branch, nobody decided about it, or the
/// store cannot be written.
pub fn undecide(args: &Undecide, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let (store, items) = named(ctx, &args.conversations, args.branch.as_deref())?;
    let (now, by) = (clock::now_ms(), person());
    let mut none = Vec::new();
    for item in items {
        let (id, branch) = (&item.row.id, &item.row.branch);
        if !take_back(&store, &item, &by, now)? {
            none.push(format!("{id} {branch}"));
            continue;
        }
        writeln!(out, "{id}  {}  open again", clean_line(branch))?;
    }
    if none.is_empty() {
        return Ok(Exit::Ok);
    }
    Err(Failure::usage(format!(
        "nobody has decided about {}.",
        clean(&none.join(", "))
    )))
}

/// Takes back all that stands about a branch; whether there was any.
pub(super) fn take_back(store: &Store, item: &Item, by: &str, now: i64) -> Result<bool, Failure> {
    let standing: Vec<u64> = store
        .decisions(&item.row.id)?
        .into_iter()
        .filter(|d| d.branch == item.row.branch && !d.undone)
        .map(|d| d.number)
        .collect();
    store.undecide(&standing, by, now)?;
    Ok(!standing.is_empty())
}

/// An item in one line.
#[must_use]
pub fn line(item: &Item) -> String {
    let overall = item
        .row
        .overall
        .map_or_else(|| String::from("   -"), |o| format!("{o:4.1}"));
    let status = match item.status {
        Status::Open => "",
        Status::Approved | Status::Discarded | Status::Stale => item.status.word(),
    };
    clean_line(&format!(
        "{}  {overall}  {status:<9}  {}/{}  {}",
        item.row.id,
        item.row.scenario,
        item.row.task,
        shorten(&clean_line(&item.row.title), 60)
    ))
    .trim_end()
    .to_owned()
}
