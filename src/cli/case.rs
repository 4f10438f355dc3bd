//! `stategen case`: a conversation as one file, out of the store and into it.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use crate::dataset::case::{Case, CaseError, Taken};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Arguments of `case`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What can be done with a case file.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Save a conversation, with all that it needs, as one file.
    Save {
        /// The conversation: its name, the beginning or end of it, or `last`.
        conversation: String,
        /// The file; an existing one is kept unless `--force`.
        file: PathBuf,
        /// Replace an existing file.
        #[arg(long)]
        force: bool,
    },
    /// Replay a case file, and take its conversation into the store.
    Open {
        /// The file.
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// The conversation or file cannot be read, or does not replay.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    match &args.what {
        What::Save {
            conversation,
            file,
            force,
        } => {
            let (store, id) = ctx.conversation(conversation)?;
            let case = Case::from_store(&store, &id).map_err(failure)?;
            write(&case, file, *force)?;
            writeln!(
                out,
                "{id}  {} events and {} files in {}",
                case.events.len(),
                case.blobs.len(),
                file.display()
            )?;
        }
        What::Open { file } => {
            let from = File::open(file).map_err(|why| {
                Failure::store(format!("{} cannot be read: {why}", file.display()))
            })?;
            let case = Case::read(&mut BufReader::new(from)).map_err(failure)?;
            let steps = case.replay().map_err(failure)?;
            let store = ctx.store()?;
            let id = case.conversation().clone();
            let word = match case.take_in(&store).map_err(failure)? {
                Taken::New => "taken in",
                Taken::Same => "here already, the same",
            };
            writeln!(out, "{id}  {steps} steps replayed  {word}")?;
            writeln!(
                out,
                "`stategen show {id}` prints it, `stategen open {id}` opens it."
            )?;
        }
    }
    Ok(Exit::Ok)
}

/// Writes beside the file and moves it there, so that it is whole or not there.
fn write(case: &Case, file: &Path, force: bool) -> Result<(), Failure> {
    if file.exists() && !force {
        return Err(Failure::usage(format!(
            "{} is there already, and was kept. Name another file, or say --force.",
            file.display()
        )));
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let bad = |why: std::io::Error| {
        Failure::store(format!("{} cannot be written: {why}", file.display()))
    };
    let written = File::create(&part).and_then(|to| {
        let mut to = BufWriter::new(to);
        case.write(&mut to)?;
        to.flush()?;
        std::fs::rename(&part, file)
    });
    written.map_err(|why| {
        let _ = std::fs::remove_file(&part);
        bad(why)
    })
}

fn failure(why: CaseError) -> Failure {
    match why {
        CaseError::Store(why) => why.into(),
        CaseError::Io(why) => Failure::store(format!("the case file cannot be read: {why}")),
        CaseError::Bad { .. } | CaseError::Replay(_) => Failure::wrong(why.to_string()),
    }
}
