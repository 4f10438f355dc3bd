//! `stategen ping`: tries each seat's model once with what that seat needs, and
//! says in words what is wrong and what to set.

mod probe;
mod room;

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::models::{in_clear, seats};
use super::setup::{Flags, setup};
use crate::config::{ROLES, is_seat, nearest};
use crate::driver::Setup;
use crate::driver::setup::Player;
use crate::surface::text::clean;
use probe::{Found, Need};
use room::Longest;
use std::io::Write;

/// Arguments of `ping`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The seats to try; all where none is named.
    pub seats: Vec<String>,
    /// The scenario whose longest prompt must fit; else the project's first,
    /// else the first sample.
    #[arg(long)]
    pub scenario: Option<String>,
    /// One JSON object a line: a seat each.
    #[arg(long)]
    pub json: bool,
    /// Who plays.
    #[command(flatten)]
    pub flags: Flags,
}

/// Runs the command; it ends with 4 where a seat's model cannot do its work.
///
/// # Errors
/// There is no such seat; the configuration has errors.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let setup = setup(ctx, &args.flags)?;
    let wanted = wanted(&args.seats, &setup)?;
    let width = wanted.iter().map(|(seat, _)| seat.len()).max().unwrap_or(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| Failure::call(format!("no runtime for calls: {why}")))?;
    let needs_room = wanted.iter().any(|(_, player)| {
        matches!(player, Player::Model(_)) && setup.contexts.contains_key(&player.id())
    });
    let longest = if needs_room || args.scenario.is_some() {
        Some(room::longest(ctx, args.scenario.as_deref())?)
    } else {
        None
    };
    let mut failed = 0;
    for (seat, player) in &wanted {
        let found = match player {
            Player::Scripted => Found::nobody(),
            Player::Model(model) => {
                let need = Need::of(seat);
                let mut found = runtime.block_on(probe::try_once(model, need, &setup.transport));
                found.notes.extend(in_clear(&model.endpoint));
                if let Some(longest) = &longest {
                    fits(&setup, seat, player, longest, &mut found);
                }
                found
            }
        };
        failed += usize::from(!found.wrong.is_empty());
        if args.json {
            json_line(out, &found.json(seat, &player.id()))?;
        } else {
            let head = format!("{seat:width$}  {}  {}", player.id(), found.head());
            writeln!(out, "{}", clean(&head))?;
            for line in found.wrong.iter().chain(&found.notes) {
                writeln!(out, "{:width$}  {}", "", clean(line))?;
            }
        }
        out.flush()?;
    }
    Ok(if failed > 0 { Exit::Call } else { Exit::Ok })
}

fn wanted(named: &[String], setup: &Setup) -> Result<Vec<(String, Player)>, Failure> {
    let all = seats(setup);
    if named.is_empty() {
        return Ok(all);
    }
    let mut out = Vec::new();
    for name in named {
        if !is_seat(name) {
            let near = nearest(name, ROLES)
                .map(|near| format!(" Did you mean `{near}`?"))
                .unwrap_or_default();
            return Err(Failure::usage(format!(
                "there is no seat `{name}`.{near} There are: {}, agent/NAME, tool/NAME.",
                ROLES.join(", ")
            )));
        }
        // A special seat that nobody named is its role's.
        let role = name.split_once('/').map_or(name.as_str(), |(role, _)| role);
        let found = [name.as_str(), role]
            .iter()
            .find_map(|n| setup.seats.get(*n));
        out.push((name.clone(), found.cloned().unwrap_or_default()));
    }
    Ok(out)
}

/// Whether the longest prompt fits, where the context is named.
fn fits(setup: &Setup, seat: &str, player: &Player, longest: &Longest, found: &mut Found) {
    let Player::Model(model) = player else { return };
    let Some(context) = setup.contexts.get(&player.id()).copied() else {
        return;
    };
    let Some(chars) = longest.of(seat) else {
        return;
    };
    let tokens = room::tokens(chars);
    let answer = u64::from(model.sampling.max_tokens.unwrap_or(room::ANSWER));
    found.room = Some((tokens, context));
    let words = format!(
        "the longest prompt of {} has about {tokens} tokens ({chars} characters), its answer up \
         to {answer}; the context has {context}",
        longest.scenario
    );
    if tokens.saturating_add(answer) > context {
        found.wrong.push(format!(
            "{words}: it does not fit. Start the server with a longer context and set `context`, \
             or take another model; a shorter `max_tokens` helps a little."
        ));
    } else {
        found.notes.push(words);
    }
}
