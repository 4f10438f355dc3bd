//! `stategen export`: what is approved, in a new folder.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::dataset::export::{
    self, ExportError, FORMATS, Left, Manifest, Preview, Wanted, fresh_folder,
};
use crate::dataset::filter::Filter;
use crate::driver::clock;
use crate::surface::text::clean_line;
use std::io::Write;
use std::path::PathBuf;

/// Lines of one kind at most, before the rest is only counted.
const SHOWN: usize = 20;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder, which must not be there yet; `export-N` in the project where
    /// none is named.
    pub folder: Option<PathBuf>,
    /// Only these formats; may be given several times. All where none is named.
    #[arg(long = "format", value_name = "NAME")]
    pub formats: Vec<String>,
    /// Only those of the approved that this filter lets through.
    #[arg(long, value_name = "FILTER", default_value = "")]
    pub filter: String,
    /// Keep conversations that say the same as one before them.
    #[arg(long)]
    pub duplicates: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The manifest (or with --dry-run what it would say) as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// The folder is there already, nothing is approved, or something cannot be
/// read or written.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let mut wanted = Wanted {
        filter: Filter::parse(&args.filter).map_err(|why| Failure::usage(why.to_string()))?,
        duplicates: args.duplicates,
        ..Wanted::default()
    };
    if !args.formats.is_empty() {
        wanted.formats.clone_from(&args.formats);
        wanted.formats.dedup();
    }
    for name in &wanted.formats {
        export::format(name).map_err(|why| Failure::usage(format!("{why}.")))?;
    }
    let Some(store) = ctx.stored()? else {
        return Err(Failure::wrong(
            "nothing is stored yet, so there is nothing to export. `stategen run SCENARIO` makes a \
             conversation, `stategen approve` lets it out.",
        ));
    };
    if args.dry_run {
        let told = export::preview(&store, &wanted).map_err(failure)?;
        if args.json {
            json_line(out, &told)?;
        } else {
            preview(&told, out)?;
            writeln!(out, "nothing was written.")?;
        }
        return Ok(Exit::Ok);
    }
    // The store notes what was made; where it cannot be written, reading it is
    // enough to export.
    let store = ctx.store().unwrap_or(store);
    let folder = args
        .folder
        .clone()
        .unwrap_or_else(|| fresh_folder(&ctx.project.root));
    let made = export::export(&store, &wanted, &folder, clock::now_ms()).map_err(failure)?;
    if args.json {
        json_line(out, &made)?;
        return Ok(Exit::Ok);
    }
    preview(&made.told, out)?;
    files(&made, out)?;
    writeln!(out, "written to {}", folder.display())?;
    if let Some(why) = &made.unkept {
        writeln!(
            out,
            "the store could not note it: {why}. `stategen exports --add {}` does.",
            folder.display()
        )?;
    }
    Ok(Exit::Ok)
}

fn failure(why: ExportError) -> Failure {
    let words = why.to_string();
    match why {
        ExportError::Exists(_) | ExportError::Wanted(_) => Failure::usage(words),
        ExportError::Nothing(told) => {
            let mut words = words;
            for left in told.skipped.iter().take(SHOWN) {
                words.push_str("\n  ");
                words.push_str(&one(left));
            }
            Failure::wrong(words)
        }
        ExportError::Store(why) => why.into(),
        ExportError::Io(..) => Failure::store(words),
    }
}

/// What is written, and what is not and why.
fn preview(told: &Preview, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(
        out,
        "{} of {} approved are written; {} open, {} discarded",
        told.written, told.approved, told.open, told.discarded
    )?;
    for (name, records) in &told.records {
        let about = FORMATS
            .iter()
            .find(|f| f.name() == name)
            .map_or("", |f| f.about());
        writeln!(
            out,
            "  {name:<8} {}  {about}",
            count(*records as usize, "record")
        )?;
    }
    for (words, list) in [
        ("changed since they were approved", &told.stale),
        ("the same as another", &told.duplicates),
        ("not written in a format", &told.skipped),
        ("changed to fit", &told.notes),
    ] {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "{} {words}:", list.len())?;
        for left in list.iter().take(SHOWN) {
            writeln!(out, "  {}", one(left))?;
        }
        if list.len() > SHOWN {
            writeln!(out, "  and {} more", list.len() - SHOWN)?;
        }
    }
    Ok(())
}

fn one(left: &Left) -> String {
    let format = left
        .format
        .as_ref()
        .map_or_else(String::new, |f| format!("  {f}"));
    clean_line(&format!(
        "{}  {}{format}  {}",
        left.conversation, left.branch, left.why
    ))
    .into_owned()
}

fn files(made: &Manifest, out: &mut dyn Write) -> Result<(), Failure> {
    for file in &made.files {
        writeln!(
            out,
            "  {:<14} {:>7} lines {:>11} bytes  {}",
            file.file,
            file.lines,
            file.bytes,
            file.sha256.chars().take(12).collect::<String>()
        )?;
    }
    Ok(())
}
