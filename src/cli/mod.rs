//! The command line: one file a command, all of them headless.
//!
//! Everything that came from a model or a world passes `surface::text::clean`
//! before it is printed. The workbench itself is not started here: `main.rs`
//! does that where [`main`] says so.

pub mod again;
pub mod case;
pub mod check;
pub mod config;
pub mod context;
pub mod decide;
pub mod exit;
pub mod export;
pub mod exports;
pub mod faults;
pub mod finding;
pub mod freeze;
pub mod help;
pub mod init;
pub mod judge;
pub mod lines;
pub mod lint;
pub mod list;
pub mod models;
pub mod new;
pub mod persona;
pub mod ping;
pub mod replay;
pub mod run;
pub mod schema;
pub mod setup;
pub mod show;
pub mod similar;
pub mod since;
pub mod step;
pub mod tool;
mod tries;
pub mod verdicts;
pub mod why;
mod wire;

use crate::engine::fault::{Deck, Spec};
use crate::store::Choice;
use crate::surface::text::{self, clean};
use clap::{Parser, Subcommand};
use context::Context;
use exit::{Exit, Outcome};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Multi-turn, tool-using conversations that stay true to a world.
///
/// Without a command it opens the workbench. Outside a project (a folder with
/// stategen.toml) conversations are kept in the scratch folder of your data
/// directory, and the built-in sample scenarios can be used by name.
#[derive(Debug, Parser)]
#[command(name = "stategen", version, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 done; 1 the thing asked about is wrong; 2 wrong command \
    line; 3 store or file; 4 a call failed."
)]
pub struct Cli {
    /// The project's folder; else the nearest at or above the working folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Theme of the workbench.
    #[arg(long, global = true)]
    pub theme: Option<String>,
    /// Signs and gauges: unicode or ascii.
    #[arg(long, global = true, value_parser = ["unicode", "ascii"])]
    pub glyphs: Option<String>,
    /// Milliseconds between the words that the scripted stand-in streams.
    #[arg(long, global = true, value_name = "MS")]
    pub live_delay_ms: Option<u64>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the workbench with a scenario or a stored conversation.
    Open(Open),
    /// Run a conversation to its end, step by step on the output.
    Run(run::Args),
    /// Step through a conversation at a prompt, a line at a time.
    Step(step::Args),
    /// Show a stored conversation: turns, what changed, scores.
    Show(show::Args),
    /// Where a value came from, link by link, back to where it began.
    Why(why::Args),
    /// List the stored conversations: filtered, in an order.
    List(list::Args),
    /// Check conversations, stored or in files, without a model: what is not so,
    /// and whose fault it is.
    Lint(lint::Args),
    /// Mark findings as wrong, add those that were missed, list both.
    Finding(finding::Args),
    /// Approve conversations, so that they may be exported.
    Approve(decide::Args),
    /// Discard conversations; nothing is deleted.
    Discard(decide::Args),
    /// Take back what was decided about conversations.
    Undecide(decide::Undecide),
    /// Write what is approved to a new folder.
    Export(export::Args),
    /// List the exports that were made, or those that hold a conversation.
    Exports(exports::Args),
    /// Hold a conversation against its scenario as it is now: would it still
    /// happen?
    Since(since::Args),
    /// Findings like those of a conversation or a step, in other conversations.
    Similar(similar::Args),
    /// Make an accepted answer of a model a row of the tool, or a draft of its
    /// rule.
    Freeze(freeze::Args),
    /// Rebuild conversations from their logs and compare every step.
    Replay(replay::Args),
    /// Check scenarios: every problem with its place, every inference.
    Check(check::Args),
    /// Print the JSON Schema of a scenario file, for editors.
    Schema(schema::Args),
    /// Begin a scenario.
    New(new::Args),
    /// Work with a scenario's tools by hand.
    Tool(tool::Args),
    /// List the faults that can be put in on purpose, and a scenario's decks.
    Faults(faults::Args),
    /// Print a persona: its numbers, and the words that the user simulator gets.
    Persona(persona::Args),
    /// Save a conversation as one file that replays anywhere, or take one in.
    Case(case::Args),
    /// Begin a project in a folder.
    Init(init::Args),
    /// Print every setting with where it comes from.
    Config(config::Args),
    /// Who plays each seat, and what is known of each model; nobody is asked.
    Models(models::Args),
    /// Judge a stored conversation, beside the verdicts that it has.
    Judge(judge::Args),
    /// Send the request of a step many times: what comes, and what is refused.
    Again(again::Args),
    /// Try each seat's model once with what that seat needs.
    Ping(ping::Args),
    /// This help; `stategen help rules`, `help scenario`, `help models`, `help
    /// exports` and `help lint` print a page.
    Help(help::Args),
}

/// What the workbench opens with.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Open {
    /// A scenario (folder, name, sample) or a stored conversation.
    pub what: Option<String>,
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
    /// Who plays.
    #[command(flatten)]
    pub flags: setup::Flags,
}

impl Open {
    /// The faults that new conversations are opened with.
    #[must_use]
    pub fn asked_faults(&self) -> Vec<String> {
        let decks = self.decks.iter().map(|name| Deck::asked_as(name));
        self.faults.iter().cloned().chain(decks).collect()
    }
}

/// What follows after the arguments were read.
#[derive(Debug)]
pub enum Next {
    /// Nothing: the command ran.
    Done(ExitCode),
    /// The workbench is to be opened.
    Workbench(Box<Context>, Box<Open>),
}

/// Reads the arguments and runs the command.
#[must_use]
pub fn main() -> Next {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(why) => {
            let code = if why.use_stderr() {
                Exit::Usage
            } else {
                Exit::Ok
            };
            let _ = why.print();
            return Next::Done(code.code().into());
        }
    };
    let settings = [
        ("theme", "--theme", cli.theme),
        ("glyphs", "--glyphs", cli.glyphs),
        (
            "live_delay_ms",
            "--live-delay-ms",
            cli.live_delay_ms.map(|n| n.to_string()),
        ),
    ];
    let flags = settings
        .into_iter()
        .filter_map(|(name, flag, value)| Some((name.to_owned(), value?, flag.to_owned())))
        .collect();
    let ctx = match Context::read(cli.project.as_deref(), flags) {
        Ok(ctx) => ctx,
        Err(why) => {
            eprintln!("stategen: {why}");
            return Next::Done(why.exit.code().into());
        }
    };
    let command = match cli.command {
        None => return Next::Workbench(Box::new(ctx), Box::default()),
        Some(Command::Open(open)) => {
            if let Some(why) = open.faults.iter().find_map(|f| Spec::parse(f).err()) {
                eprintln!("stategen: {}", clean(&text::sentence(&why)));
                return Next::Done(Exit::Usage.code().into());
            }
            return Next::Workbench(Box::new(ctx), Box::new(open));
        }
        Some(command) => command,
    };
    if !matches!(command, Command::Config(_)) {
        for problem in &ctx.problems {
            eprintln!("{}", clean(&problem.to_string()));
        }
    }
    let mut out = std::io::stdout().lock();
    let outcome = dispatch(&command, &ctx, &mut out);
    let exit = match outcome.and_then(|exit| out.flush().map(|()| exit).map_err(Into::into)) {
        Ok(exit) => exit,
        Err(why) => {
            if !why.message.is_empty() {
                eprintln!("stategen: {}", clean(&why.message));
            }
            why.exit
        }
    };
    Next::Done(exit.code().into())
}

fn dispatch(command: &Command, ctx: &Context, out: &mut dyn Write) -> Outcome {
    match command {
        Command::Open(_) => Ok(Exit::Ok),
        Command::Run(args) => run::run(args, ctx, out),
        Command::Step(args) => step::run(args, ctx, out),
        Command::Show(args) => show::run(args, ctx, out),
        Command::Why(args) => why::run(args, ctx, out),
        Command::List(args) => list::run(args, ctx, out),
        Command::Lint(args) => lint::run(args, ctx, out),
        Command::Finding(args) => finding::run(args, ctx, out),
        Command::Approve(args) => decide::run(args, Choice::Approve, ctx, out),
        Command::Discard(args) => decide::run(args, Choice::Discard, ctx, out),
        Command::Undecide(args) => decide::undecide(args, ctx, out),
        Command::Export(args) => export::run(args, ctx, out),
        Command::Exports(args) => exports::run(args, ctx, out),
        Command::Since(args) => since::run(args, ctx, out),
        Command::Similar(args) => similar::run(args, ctx, out),
        Command::Freeze(args) => freeze::run(args, ctx, out),
        Command::Replay(args) => replay::run(args, ctx, out),
        Command::Check(args) => check::run(args, ctx, out),
        Command::Schema(args) => schema::run(args, ctx, out),
        Command::New(args) => new::run(args, ctx, out),
        Command::Tool(args) => tool::run(args, ctx, out),
        Command::Faults(args) => faults::run(args, ctx, out),
        Command::Persona(args) => persona::run(args, ctx, out),
        Command::Case(args) => case::run(args, ctx, out),
        Command::Init(args) => init::run(args, ctx, out),
        Command::Config(args) => config::run(args, ctx, out),
        Command::Models(args) => models::run(args, ctx, out),
        Command::Judge(args) => judge::run(args, ctx, out),
        Command::Again(args) => again::run(args, ctx, out),
        Command::Ping(args) => ping::run(args, ctx, out),
        Command::Help(args) => help::run(args, ctx, out),
    }
}
