//! `stategen replay`: rebuilds conversations from their logs alone and compares
//! every step's name and world with what was written.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::engine::event::Event;
use crate::engine::id::ConvId;
use crate::store::{Filter, Store};
use std::io::Write;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    #[arg(required_unless_present = "all")]
    pub conversation: Option<String>,
    /// Every stored conversation.
    #[arg(long, conflicts_with = "conversation")]
    pub all: bool,
}

/// Runs the command; it ends with 1 at the first difference.
///
/// # Errors
/// The store cannot be read, or there is no such conversation.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let Some(wanted) = &args.conversation else {
        let Some(store) = ctx.stored()? else {
            writeln!(out, "nothing is stored, so nothing differs.")?;
            return Ok(Exit::Ok);
        };
        let mut worst = Exit::Ok;
        let rows = store.list(&Filter::default())?;
        for row in &rows {
            match one(&store, &row.id, out) {
                Ok(()) => {}
                // The others are looked at as well.
                Err(why) if why.exit == Exit::Wrong || why.exit == Exit::Store => {
                    worst = Exit::Wrong;
                    writeln!(out, "{why}")?;
                }
                Err(why) => return Err(why),
            }
        }
        writeln!(out, "{} replayed", count(rows.len(), "conversation"))?;
        return Ok(worst);
    };
    let (store, id) = ctx.conversation(wanted)?;
    one(&store, &id, out)?;
    Ok(Exit::Ok)
}

fn one(store: &Store, id: &ConvId, out: &mut dyn Write) -> Result<(), Failure> {
    let opened = store.replay(id)?;
    let steps = opened
        .events
        .iter()
        .filter(|(event, _)| matches!(event, Event::Stepped { .. }))
        .count();
    let world = opened.session.place(opened.session.head()).world.hash();
    writeln!(out, "{id}  {steps} steps  the same  world {world}")?;
    Ok(())
}
