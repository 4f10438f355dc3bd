//! `stategen freeze`: an accepted answer of a model becomes a row of the tool, or
//! a draft of its rule. It is proved before it is offered.

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::config::{Origin, replace_file};
use crate::engine::scenario::load;
use crate::engine::session::{Freeze, Frozen, lines};
use crate::surface::text::{clean, clean_line};
use serde_json::json;
use std::io::Write;

/// Arguments of `freeze`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    pub conversation: String,
    /// The number of the step in which a model answered a tool.
    pub step: u32,
    /// What it becomes: `row` answers this call alone, `rule` all calls.
    #[arg(long = "as", value_name = "FORM", default_value = "row", value_parser = ["row", "rule"])]
    pub form: String,
    /// Draft a new rule, also where one is there that does the same.
    #[arg(long)]
    pub anew: bool,
    /// The branch; else the current one.
    #[arg(long)]
    pub branch: Option<String>,
    /// The scenario (folder or name) that it goes into; else the one of its name.
    #[arg(long, value_name = "DIR")]
    pub scenario: Option<String>,
    /// Write the files. Else they are only shown.
    #[arg(long)]
    pub write: bool,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command; it ends with 1 where the answer cannot be frozen so, or the
/// draft does something else.
///
/// # Errors
/// There is no such step or scenario, or a file cannot be written.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let (store, id) = ctx.conversation(&args.conversation)?;
    let session = store.replay(&id)?.session;
    let (branch, head) = super::since::branch(&session, args.branch.as_deref())?;
    let path = session.path(head);
    let step = (args.step as usize)
        .checked_sub(1)
        .and_then(|n| path.get(n)?.step.as_ref().map(|s| s.id))
        .ok_or_else(|| {
            Failure::usage(format!(
                "there is no step {}: {} has {}.",
                args.step,
                clean_line(&branch),
                count(path.len(), "step")
            ))
        })?;
    let wanted = args.scenario.as_ref().unwrap_or(&session.opened().scenario);
    let found = ctx.find(wanted)?;
    let base = ctx.scenario(wanted)?;
    let how = match (args.form.as_str(), args.anew) {
        ("row", _) => Freeze::Row,
        (_, false) => Freeze::Rule,
        (_, true) => Freeze::NewRule,
    };
    let frozen = session
        .freeze(step, how, &base)
        .map_err(|why| Failure::wrong(format!("step {} is not frozen: {why}.", args.step)))?;
    let written = args.write && frozen.proved();
    if written {
        let Origin::Folder(folder) = &found.origin else {
            return Err(Failure::usage(format!(
                "{} is built in and has no file; copy it to the project first. Nothing was \
                 written.",
                found.name
            )));
        };
        // What is on disk may have changed since it was read a moment ago.
        if load(&found.name, &ctx.find(wanted)?.files)
            .scenario
            .is_none_or(|now| now.version != base.version)
        {
            return Err(Failure::store(format!(
                "the files of {} changed at this moment. Nothing was written; try again.",
                found.name
            )));
        }
        for (file, bytes) in &frozen.files {
            replace_file(&folder.join(file), bytes).map_err(|why| {
                Failure::store(format!(
                    "{} cannot be written: {why}",
                    folder.join(file).display()
                ))
            })?;
        }
    }
    if args.json {
        let files: Vec<&String> = frozen.files.keys().collect();
        json_line(
            out,
            &json!({
                "conversation": id, "step": frozen.step, "tool": frozen.tool, "how": frozen.how,
                "proved": frozen.proved(), "differs": frozen.differs, "ids": frozen.ids,
                "text": frozen.text, "files": files, "written": written,
            }),
        )?;
    } else {
        tell(&frozen, &base.files, written, out)?;
    }
    Ok(if frozen.proved() {
        Exit::Ok
    } else {
        Exit::Wrong
    })
}

fn tell(
    frozen: &Frozen,
    before: &crate::engine::scenario::Files,
    written: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    writeln!(out, "{}", clean_line(&frozen.in_words()))?;
    for value in &frozen.differs {
        let none = || String::from("nothing");
        let was = value.was.clone().unwrap_or_else(none);
        let is = value.is.clone().unwrap_or_else(none);
        let line = format!("  {}: {was} -> {is}", value.place);
        writeln!(out, "{}", clean_line(&line))?;
    }
    for (file, bytes) in &frozen.files {
        writeln!(out, "{}:", clean_line(file))?;
        let old = before
            .get(file)
            .map(|b| String::from_utf8_lossy(b).into_owned());
        let new = String::from_utf8_lossy(bytes);
        for line in lines(&old.unwrap_or_default(), &new) {
            let sign = if line.sign == '@' { '…' } else { line.sign };
            writeln!(out, "  {sign} {}", clean(&line.text))?;
        }
    }
    if written {
        writeln!(out, "written.")?;
    } else if frozen.proved() {
        writeln!(out, "nothing was written; --write does.")?;
    } else {
        writeln!(out, "nothing was written.")?;
    }
    Ok(())
}
