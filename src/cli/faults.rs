//! `stategen faults`: the deck of faults that can be put in, and the decks of a
//! scenario.

use super::context::{Context, json_line};
use super::exit::{Exit, Outcome};
use crate::engine::fault::{DECK, Means};
use crate::engine::role::Role;
use crate::engine::session::Recovery;
use crate::surface::text::{clean, clean_line};
use serde_json::json;
use std::io::Write;

/// Arguments of `faults`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario whose own decks are listed too.
    pub scenario: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// There is no such scenario.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let scenario = match &args.scenario {
        Some(name) => Some(ctx.scenario(name)?),
        None => None,
    };
    for row in DECK {
        let (seat, by) = (seat(row.seat), means(row.means));
        if args.json {
            let line = json!({"fault": row.word, "seat": seat, "by": by, "about": row.about});
            json_line(out, &line)?;
        } else {
            writeln!(out, "{:<18} {seat:<6} {by:<22} {}", row.word, row.about)?;
        }
    }
    for deck in scenario.iter().flat_map(|s| &s.faults) {
        let specs: Vec<String> = deck.specs.iter().map(ToString::to_string).collect();
        if args.json {
            json_line(out, &json!({"deck": deck.name, "faults": specs}))?;
        } else {
            let line = format!("deck {}: {}", deck.name, specs.join(", "));
            writeln!(out, "{}", clean_line(&line))?;
        }
    }
    Ok(Exit::Ok)
}

fn seat(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Agent => "agent",
        Role::Tool => "tool",
        Role::Judge => "judge",
    }
}

/// Who brings it about, in words.
#[must_use]
pub fn means(means: Means) -> &'static str {
    match means {
        Means::Instead | Means::After => "code, whoever answers",
        Means::Told => "who plays the user",
        Means::StandIn => "the stand-in alone",
    }
}

/// One that was put in, as JSON.
#[must_use]
pub fn as_json(one: &Recovery) -> serde_json::Value {
    json!({"step": one.step, "fault": one.fault.name(), "tool": one.tool, "then": one.how.words()})
}

/// The faults that were put in and what the agent made of each, a line each.
#[must_use]
pub fn recoveries(all: &[Recovery]) -> Option<String> {
    let lines: Vec<String> = all
        .iter()
        .map(|one| {
            let at = if one.tool.is_empty() {
                String::new()
            } else {
                format!(" of {}", one.tool)
            };
            format!(
                "fault {}{at} at step {}: {}",
                one.fault,
                one.step,
                one.how.words()
            )
        })
        .collect();
    (!lines.is_empty()).then(|| clean(&lines.join("\n")).into_owned())
}
