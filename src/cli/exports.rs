//! `stategen exports`: exports that were made, and which of them hold a
//! conversation.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
pub(super) use crate::dataset::export::in_words as lines;
use crate::dataset::export::take_in;
use crate::engine::id::ConvId;
use crate::store::{Export, Kept, Store};
use crate::surface::text::clean_line;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `exports`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only those that hold this conversation: its name, the beginning or end of
    /// it, or `last`.
    pub conversation: Option<String>,
    /// Note an export's folder that the store does not know of.
    #[arg(long, value_name = "FOLDER", conflicts_with = "conversation")]
    pub add: Option<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// There is no such conversation, or the store cannot be read or written.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    if let Some(folder) = &args.add {
        let number = take_in(&ctx.store()?, folder)
            .map_err(|why| Failure::store(format!("{why}. Nothing was noted.")))?;
        writeln!(out, "export {number} is noted: {}", folder.display())?;
        return Ok(Exit::Ok);
    }
    let Some(wanted) = &args.conversation else {
        let exports = match ctx.stored()? {
            Some(store) => store.exports()?,
            None => Vec::new(),
        };
        for export in &exports {
            if args.json {
                json_line(out, &one(export))?;
            } else {
                writeln!(out, "{}", clean_line(&line(export)))?;
            }
        }
        if exports.is_empty() && !args.json {
            writeln!(out, "nothing was exported yet. `stategen export` does.")?;
        }
        return Ok(Exit::Ok);
    };
    let (store, id) = ctx.conversation(wanted)?;
    let kept = of(&store, &id)?;
    for found in &kept {
        if args.json {
            json_line(out, found)?;
        }
    }
    if !args.json {
        for (_, line) in lines(&kept) {
            writeln!(out, "{}", clean_line(&line))?;
        }
        if kept.is_empty() {
            writeln!(out, "{id} is in no export.")?;
        }
    }
    Ok(Exit::Ok)
}

/// The exports that hold a conversation.
pub(super) fn of(store: &Store, id: &ConvId) -> Result<Vec<Kept>, Failure> {
    Ok(store.exports_of(id)?)
}

/// As JSON, each with whether its folder is still there.
pub(super) fn value(kept: &[Kept]) -> Value {
    kept.iter()
        .map(|k| json!({"export": one(&k.export), "files": k.files}))
        .collect()
}

fn one(export: &Export) -> Value {
    let mut value = serde_json::to_value(export).unwrap_or_default();
    if let Some(map) = value.as_object_mut() {
        map.insert(String::from("there"), there(export).into());
    }
    value
}

fn there(export: &Export) -> bool {
    Path::new(&export.folder).is_dir()
}

fn line(export: &Export) -> String {
    let gone = if there(export) {
        ""
    } else {
        "  (the folder is gone)"
    };
    let filter = if export.filter.is_empty() {
        String::new()
    } else {
        format!("  {}", export.filter)
    };
    format!(
        "{}  {}  {}{filter}{gone}",
        export.number,
        export.folder,
        count(export.conversations as usize, "conversation")
    )
}
