//! `stategen similar`: findings like those of a conversation, or of one step of
//! it, in other conversations.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::dataset::similar::{self, Case};
use crate::surface::text::clean_line;
use serde_json::json;
use std::io::Write;

/// Arguments of `similar`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    pub conversation: String,
    /// The step's number on the branch; else every step with findings.
    pub step: Option<u32>,
    /// Its branch; else the current one.
    #[arg(long)]
    pub branch: Option<String>,
    /// So many of each at most.
    #[arg(long, short = 'n', default_value_t = 20)]
    pub limit: u32,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// There is no such conversation, branch or step, or the step has nothing that
/// others could be like.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let (store, id) = ctx.conversation(&args.conversation)?;
    let session = store.replay(&id)?.session;
    let (branch, head) = super::since::branch(&session, args.branch.as_deref())?;
    let path = session.path(head);
    if let Some(step) = args.step
        && (step == 0 || step as usize > path.len())
    {
        return Err(Failure::usage(format!(
            "there is no step {step}: {} has {}.",
            clean_line(&branch),
            count(path.len(), "step")
        )));
    }
    let asked = similar::asked(&session, head, args.step);
    if asked.is_empty() {
        let what = match args.step {
            Some(step) => format!("step {step} has no finding and calls no tool"),
            None => String::from("nothing was found in it"),
        };
        return Err(Failure::wrong(format!(
            "{what}, so there is nothing that others could be like."
        )));
    }
    for (number, like) in asked {
        let cases = similar::cases(&store, &like, &id, args.limit)?;
        if args.json {
            for case in &cases {
                json_line(out, &json!({"step": number, "like": like, "case": case}))?;
            }
            continue;
        }
        let found = count(cases.len(), "case");
        let head = format!("step {number}  {}: {found}", like.in_words());
        writeln!(out, "{}", clean_line(&head))?;
        for case in &cases {
            writeln!(out, "  {}", clean_line(&line(case)))?;
        }
    }
    Ok(Exit::Ok)
}

fn line(case: &Case) -> String {
    let row = &case.row;
    format!(
        "{}  {}  step {}  {}  {}",
        row.conversation,
        row.scenario,
        row.number,
        case.how(),
        row.what
    )
}
