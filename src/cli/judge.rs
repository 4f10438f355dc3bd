//! `stategen judge`: a stored conversation is judged, for the first time or
//! again; the new verdict stands beside the others.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::run::told;
use super::setup::{Flags, setup};
use super::{lines, verdicts};
use crate::driver::headless::{self, Seen};
use crate::driver::{Driver, Seats};
use crate::engine::effect::Notice;
use crate::engine::input::Command;
use crate::engine::score::Verdict;
use crate::engine::session::{Judgement, Session};
use crate::engine::step::Act;
use crate::surface::text::clean;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// Arguments of `judge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    pub conversation: String,
    /// Verdicts to ask for, of which the mean counts; else as configured.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub samples: Option<u32>,
    /// One JSON object: the new verdict, and all of them.
    #[arg(long)]
    pub json: bool,
    /// Who plays.
    #[command(flatten)]
    pub flags: Flags,
}

/// Runs the command.
///
/// # Errors
/// There is no such conversation; the judge could not be asked, or gave no
/// verdict that can be used.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let mut setup = setup(ctx, &args.flags)?;
    setup.samples = args.samples.unwrap_or(setup.samples);
    // Looked for first, so that a wrong name makes no store.
    ctx.conversation(&args.conversation)?;
    let store = Arc::new(ctx.store()?);
    let id = store.find(&args.conversation)?;
    let session = store.replay(&id)?.session;
    let before = session.path(session.head()).len();
    let seats = Seats::new(&session, setup, Some(Arc::clone(&store)));
    let mut driver = Driver::open(session, &[], Some(store))?;
    let mut failed = None;
    headless::command(
        &mut driver,
        &seats,
        Command::Judge,
        Duration::ZERO,
        |seen| match seen {
            Seen::Committed(_) | Seen::Log(_) => {}
            Seen::Waiting(words) => eprintln!("stategen: {}", clean(words)),
            Seen::Notice(notice) => {
                if let Some(words) = told(notice) {
                    eprintln!("stategen: {}", clean(&words));
                }
                match notice {
                    Notice::CallFailed { seat, error } => {
                        failed = Some(format!("the {seat} could not be asked: {error}"));
                    }
                    Notice::Refused(why) => failed = Some(why.clone()),
                    Notice::Repair { .. }
                    | Notice::HumanNeeded { .. }
                    | Notice::SeatWaits(_)
                    | Notice::Broke(_)
                    | Notice::LateReply(_) => {}
                }
            }
        },
    )?;
    if let Some(why) = failed {
        return Err(Failure::call(format!(
            "{}. The conversation is as it was.",
            clean(why.trim_end_matches('.'))
        )));
    }
    let session = driver.session();
    print(args, session, before, out)?;
    if let Some(words) = lines::spent(&seats.spend()) {
        if args.json {
            eprintln!("stategen: {words}");
        } else {
            writeln!(out, "{words}")?;
        }
    }
    unusable(session, before).map_or(Ok(Exit::Ok), Err)
}

fn print(
    args: &Args,
    session: &Session,
    before: usize,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let path = session.path(session.head());
    let all = session.verdicts(session.head());
    if args.json {
        let new = all.iter().rfind(|j| j.number as usize > before);
        let line = json!({
            "conversation": session.opened().conversation,
            "step": new.map(|j| j.number),
            "by": new.map(|j| &j.by),
            "verdict": new.map(|j| &j.verdict),
            "all": all.iter().map(row).collect::<Vec<_>>(),
            "mean": means(&all),
        });
        return json_line(out, &line);
    }
    for step in path.iter().skip(before).filter_map(|p| p.step.as_ref()) {
        let world = &session.place(step.parent).world;
        writeln!(out, "{}", lines::step(step, world))?;
    }
    if let Some(table) = verdicts::side_by_side(&all) {
        writeln!(out, "{table}")?;
    }
    Ok(())
}

fn row(judgement: &Judgement) -> Value {
    let verdict: &Verdict = &judgement.verdict;
    let axes: serde_json::Map<String, Value> = verdict
        .axes
        .iter()
        .map(|a| {
            (
                a.axis.clone(),
                json!({"score": a.score, "spread": a.spread}),
            )
        })
        .collect();
    json!({
        "step": judgement.number,
        "by": judgement.by,
        "overall": verdict.overall,
        "spread": verdict.spread,
        "samples": verdict.samples.len().max(1),
        "axes": axes,
    })
}

/// Mean and spread over all verdicts; null where there is one alone.
fn means(all: &[Judgement]) -> Value {
    if all.len() < 2 {
        return Value::Null;
    }
    let mut out = serde_json::Map::new();
    for row in verdicts::compared(all) {
        let value = json!({"mean": row.mean, "spread": row.spread});
        out.insert(row.name, value);
    }
    out.into()
}

/// Why the judge gave no verdict, where it gave none.
fn unusable(session: &Session, before: usize) -> Option<Failure> {
    let path = session.path(session.head());
    let new = path.iter().skip(before).filter_map(|p| p.step.as_ref());
    let mut why = None;
    for step in new {
        match &step.body.act {
            Act::Judged(_) => return None,
            Act::Malformed { why: words, .. } => why = Some(words.clone()),
            Act::Said { .. } | Act::Answered { .. } | Act::Ran(_) | Act::Edited(_) => {}
        }
    }
    Some(Failure::call(format!(
        "the judge gave no verdict that can be used: {}",
        clean(&why.unwrap_or_else(|| String::from("it was not asked")))
    )))
}
