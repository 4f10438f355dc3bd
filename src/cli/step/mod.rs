//! `stategen step`: a conversation step by step at a prompt, a line in and lines
//! out: for screen readers, scripts and logs. It does what the Run screen does.

mod order;
mod tell;

use super::context::{Context, Named};
use super::exit::{Exit, Failure, Outcome};
use super::lines;
use super::run::{self, told};
use crate::driver::{Driver, Seats, headless, headless::Seen};
use crate::engine::effect::Notice;
use crate::engine::event::Event;
use crate::engine::id::StepId;
use crate::engine::input::Command;
use crate::engine::session::Session;
use crate::engine::world::Node;
use crate::store::Store;
use crate::surface::text::{clean, clean_line, sentence};
use order::Order;
use std::collections::HashMap;
use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

/// Arguments of `step`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scenario (a folder, a name of the project's, a sample), or a stored
    /// conversation to go on with.
    pub what: String,
    /// Lines without boxes. It is what is printed without it, too.
    #[arg(long)]
    pub plain: bool,
    /// The task; the scenario's first where none is named.
    #[arg(long)]
    pub task: Option<String>,
    /// The seed.
    #[arg(long)]
    pub seed: Option<u64>,
    /// A persona of the scenario, or a profile.
    #[arg(long)]
    pub persona: Option<String>,
    /// A fault to put in: `timeout`, `lost_reply@issue_refund`, `slow:every 3`; may
    /// be given several times. `stategen faults` lists them.
    #[arg(long = "fault", value_name = "FAULT")]
    pub faults: Vec<String>,
    /// A deck of faults of the scenario; may be given several times.
    #[arg(long = "faults", value_name = "DECK")]
    pub decks: Vec<String>,
    /// Go on after a line that cannot be done, when lines come from a file or a
    /// pipe.
    #[arg(long)]
    pub keep_going: bool,
    /// Who plays.
    #[command(flatten)]
    pub flags: super::setup::Flags,
}

/// A conversation at the prompt.
struct Desk<'a> {
    driver: Driver,
    seats: Seats,
    store: Arc<Store>,
    out: &'a mut dyn Write,
}

/// Runs the command.
///
/// # Errors
/// It cannot be opened; or, where lines come from a pipe, the first of them that
/// could not be done: 2 for one that is not understood, 1 for one that cannot be
/// done there, 4 where a role could not be asked.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let setup = super::setup::setup(ctx, &args.flags)?;
    let like = run::Args {
        scenario: args.what.clone(),
        task: args.task.clone(),
        seed: args.seed,
        persona: args.persona.clone(),
        faults: args.faults.clone(),
        decks: args.decks.clone(),
        ..run::Args::default()
    };
    let (session, opening) = match ctx.named(&args.what)? {
        Named::Scenario(name) => run::begin(&like, ctx, &name)?,
        Named::Conversation(id) => (run::stored(&like, ctx, &id)?, Vec::new()),
    };
    super::setup::fit(&args.flags, session.scenario())?;
    let store = Arc::new(ctx.store()?);
    let seats = Seats::new(&session, setup, Some(Arc::clone(&store)));
    let driver = Driver::open(session, &opening, Some(Arc::clone(&store)))?;
    let mut desk = Desk {
        driver,
        seats,
        store,
        out,
    };
    writeln!(desk.out, "{}", desk.driver.session().opened().conversation)?;
    writeln!(desk.out, "{}", lines::head(desk.driver.session()))?;
    desk.place()?;
    let stdin = std::io::stdin();
    let asked = stdin.is_terminal();
    if asked {
        writeln!(
            desk.out,
            "`help` lists what can be said; an empty line is `step`."
        )?;
    }
    let mut lines = stdin.lock().lines();
    loop {
        if asked {
            write!(desk.out, "> ")?;
        }
        desk.out.flush()?;
        let Some(line) = lines.next() else {
            break;
        };
        let line = line.map_err(|why| Failure::store(format!("no line can be read: {why}")))?;
        if !asked {
            writeln!(desk.out, "> {}", clean_line(&line))?;
        }
        // A line of a script may be empty or a comment.
        if !asked && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        let done = Order::read(&line)
            .map_err(|why| Failure::usage(format!("{why}.")))
            .and_then(|order| desk.perform(order));
        match done {
            Ok(true) => {}
            Ok(false) => break,
            // Nothing more can be stored, or nobody reads: there is no going on.
            Err(why) if matches!(why.exit, Exit::Store | Exit::Ok) => return Err(why),
            Err(why) if asked || args.keep_going => {
                desk.out.flush()?;
                eprintln!("stategen: {}", clean(&why.message));
            }
            Err(why) => return Err(why),
        }
    }
    Ok(Exit::Ok)
}

impl Desk<'_> {
    fn session(&self) -> &Session {
        self.driver.session()
    }

    /// A command, and everything that follows from it, printed as it is stored.
    fn command(&mut self, command: Command) -> Result<(), Failure> {
        let shown = self.driver.session().clone();
        // Worlds after the steps that are being made; the older ones are in `shown`.
        let mut worlds: HashMap<StepId, Node> = HashMap::new();
        let mut lost: Option<Failure> = None;
        let mut failed: Option<Failure> = None;
        let out = &mut *self.out;
        headless::command(
            &mut self.driver,
            &self.seats,
            command,
            Duration::ZERO,
            |seen| match seen {
                Seen::Committed(events) => {
                    for event in events {
                        let printed = print(&shown, &mut worlds, event, out);
                        if let Err(why) = printed {
                            lost.get_or_insert(why);
                        }
                    }
                }
                Seen::Waiting(words) => eprintln!("stategen: {}", clean(words)),
                Seen::Log(_) => {}
                Seen::Notice(notice) => match notice {
                    Notice::CallFailed { seat, error } => {
                        let words = format!("the {seat} could not be asked: {error}");
                        failed = Some(Failure::call(format!(
                            "{} Everything before it is stored; `step` asks again.",
                            sentence(&words)
                        )));
                    }
                    Notice::Refused(why) => failed = Some(Failure::wrong(sentence(why))),
                    Notice::Broke(_)
                    | Notice::Repair { .. }
                    | Notice::LateReply(_)
                    | Notice::SeatWaits(_)
                    | Notice::HumanNeeded { .. } => {
                        if let Some(words) = told(notice) {
                            let _ = writeln!(out, "{}", clean(&words));
                        }
                    }
                },
            },
        )?;
        match (lost, failed) {
            (Some(why), _) | (None, Some(why)) => Err(why),
            (None, None) => Ok(()),
        }
    }
}

/// One event, after it was stored.
fn print(
    shown: &Session,
    worlds: &mut HashMap<StepId, Node>,
    event: &Event,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    match event {
        Event::Stepped { step, .. } => {
            let before = step
                .parent
                .and_then(|parent| worlds.get(&parent).cloned())
                .unwrap_or_else(|| shown.place(step.parent).world.clone());
            writeln!(out, "{}", lines::step(step, &before))?;
            let after = match step.body.patch().map(|patch| patch.apply(&before)) {
                Some(Ok(applied)) => applied.world,
                Some(Err(_)) | None => before,
            };
            worlds.insert(step.id, after);
        }
        Event::Ended { why, .. } => writeln!(out, "ended: {}", lines::ended(why))?,
        Event::Moved { .. } | Event::Opened(_) => {}
    }
    out.flush()?;
    Ok(())
}
