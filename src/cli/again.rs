//! `stategen again`: the request of one step many times; how often is the answer
//! the same, and how often is it refused, before and after an edit?

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines;
use super::setup::{Flags, setup};
use crate::driver::{AgainReport, Seats, Setup, again};
use crate::engine::id::StepId;
use crate::engine::session::Session;
use crate::store::Store;
use crate::surface::text::{clean, clean_line};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;

/// Arguments of `again`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    pub conversation: String,
    /// The step's number on the current branch.
    pub step: u32,
    /// How often.
    #[arg(short = 'n', long = "times", value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub times: u32,
    /// A scenario (folder or name) as it is now: the step is asked for under it
    /// as well, to compare.
    #[arg(long, value_name = "DIR")]
    pub edited: Option<String>,
    /// One JSON object a line: a report each.
    #[arg(long)]
    pub json: bool,
    /// Who plays.
    #[command(flatten)]
    pub flags: Flags,
}

/// Runs the command. Nothing of the conversation changes.
///
/// # Errors
/// There is no such step, nobody was asked for it, or nobody answers.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let setup = setup(ctx, &args.flags)?;
    ctx.conversation(&args.conversation)?;
    let store = Arc::new(ctx.store()?);
    let id = store.find(&args.conversation)?;
    let session = store.replay(&id)?.session;
    let path = session.path(session.head());
    let step = (args.step as usize)
        .checked_sub(1)
        .and_then(|n| path.get(n)?.step.as_ref().map(|s| s.id))
        .ok_or_else(|| {
            Failure::usage(format!(
                "there is no step {}: {} has {}.",
                args.step,
                session.current().name,
                lines::count(path.len(), "step")
            ))
        })?;
    let edited = match &args.edited {
        None => None,
        Some(wanted) => {
            let scenario = ctx.scenario(wanted)?;
            Some(session.under(&scenario).map_err(Failure::wrong)?)
        }
    };
    let before = ask(args, &session, step, &setup, &store)?;
    let label = edited.as_ref().map(|_| "before");
    print(args, label, &session, &before, out)?;
    let Some(edited) = edited else {
        return Ok(ended(&[&before]));
    };
    let after = ask(args, &edited, step, &setup, &store)?;
    print(args, Some("after"), &edited, &after, out)?;
    if !args.json {
        writeln!(
            out,
            "refused by the state manager {} -> {}; found by a check {} -> {}",
            rate(before.refused(), &before),
            rate(after.refused(), &after),
            rate(before.found(), &before),
            rate(after.found(), &after),
        )?;
    }
    Ok(ended(&[&before, &after]))
}

fn ask(
    args: &Args,
    session: &Session,
    step: StepId,
    setup: &Setup,
    store: &Arc<Store>,
) -> Result<AgainReport, Failure> {
    let seats = Seats::new(session, setup.clone(), Some(Arc::clone(store)));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| Failure::call(format!("no runtime for calls: {why}")))?;
    runtime
        .block_on(again::run(&seats, session, step, args.times, |_| {}))
        .map_err(|why| Failure::usage(format!("{why}.")))
}

/// Nothing is told of a model that did not answer at all.
fn ended(reports: &[&AgainReport]) -> Exit {
    if reports.iter().any(|r| r.answered == 0) {
        Exit::Call
    } else {
        Exit::Ok
    }
}

/// `2 of 10 (20 %)`.
fn rate(n: u32, report: &AgainReport) -> String {
    if report.answered == 0 {
        return String::from("none answered");
    }
    let share = f64::from(n) * 100.0 / f64::from(report.answered);
    format!("{n} of {} ({share:.0} %)", report.answered)
}

fn print(
    args: &Args,
    label: Option<&str>,
    session: &Session,
    report: &AgainReport,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if args.json {
        return json_line(out, &row(label, session, report));
    }
    let by = if report.by.is_empty() {
        "scripted"
    } else {
        &report.by
    };
    let head = format!(
        "{}step {}  {}  {by}  {} of {} answered  scenario version {}",
        label.map(|l| format!("{l}  ")).unwrap_or_default(),
        report.step,
        report.seat,
        report.answered,
        report.wanted,
        session.scenario().version.short(),
    );
    writeln!(out, "{}", clean(&head))?;
    for group in &report.groups {
        writeln!(out, "{:>4}x {}", group.times, clean_line(&group.what))?;
        for why in &group.refused {
            writeln!(out, "      refused: {}", clean_line(why))?;
        }
        for found in &group.findings {
            writeln!(out, "      a check: {}", clean_line(found))?;
        }
    }
    let mut seen: Vec<(&String, usize)> = Vec::new();
    for why in &report.failed {
        match seen.iter_mut().find(|(w, _)| *w == why) {
            Some((_, n)) => *n += 1,
            None => seen.push((why, 1)),
        }
    }
    for (why, n) in seen {
        writeln!(out, "{n:>4}x failed: {}", clean_line(why))?;
    }
    writeln!(
        out,
        "refused by the state manager {}; found by a check {}",
        rate(report.refused(), report),
        rate(report.found(), report)
    )?;
    Ok(())
}

fn row(label: Option<&str>, session: &Session, report: &AgainReport) -> Value {
    let groups: Vec<Value> = report
        .groups
        .iter()
        .map(|g| {
            json!({
                "times": g.times, "what": g.what, "text": g.text, "refused": g.refused,
                "findings": g.findings,
            })
        })
        .collect();
    json!({
        "when": label.unwrap_or("now"),
        "version": session.scenario().version,
        "step": report.step,
        "seat": report.seat,
        "by": report.by,
        "wanted": report.wanted,
        "answered": report.answered,
        "refused": report.refused(),
        "found": report.found(),
        "failed": report.failed,
        "groups": groups,
    })
}
