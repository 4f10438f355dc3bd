//! `stategen since`: a stored conversation held against its scenario as it is
//! now. What has changed, and would it still happen?

use super::context::{Context, json_line};
use super::exit::{Exit, Failure, Outcome};
use super::exports;
use crate::engine::session::{Session, Since, Told, Tone, Would};
use crate::surface::text::clean_line;
use std::io::Write;

/// Arguments of `since`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    pub conversation: String,
    /// Its branch; else the current one.
    #[arg(long)]
    pub branch: Option<String>,
    /// The scenario (folder or name) as it is now; else the one of its name.
    #[arg(long, value_name = "DIR")]
    pub scenario: Option<String>,
    /// End with 1 also where only somebody would be asked something else.
    #[arg(long)]
    pub strict: bool,
    /// Without the lines of the files.
    #[arg(long, short)]
    pub quiet: bool,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command; it ends with 1 where it would not happen again.
///
/// # Errors
/// There is no such conversation, branch or scenario.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let (store, id) = ctx.conversation(&args.conversation)?;
    let session = store.replay(&id)?.session;
    let (branch, head) = branch(&session, args.branch.as_deref())?;
    let wanted = args.scenario.as_ref().unwrap_or(&session.opened().scenario);
    let now = ctx.scenario(wanted)?;
    let since = session
        .since(head, &now)
        .map_err(|why| Failure::wrong(format!("it would not happen again: {why}.")))?;
    let kept = exports::of(&store, &id)?;
    if args.json {
        let mut value = serde_json::to_value(&since).unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.insert(String::from("conversation"), id.0.clone().into());
            map.insert(String::from("branch"), branch.into());
            map.insert(String::from("exports"), exports::value(&kept));
        }
        json_line(out, &value)?;
        return Ok(exit(&since, args.strict));
    }
    writeln!(
        out,
        "{id}  branch {}  version {} then, {} now",
        clean_line(&branch),
        since.was.short(),
        since.is.short()
    )?;
    let mut rows = since.told();
    if args.quiet {
        let files = rows
            .iter()
            .position(|row| row.tone == Tone::Head && row.text == "the files");
        rows.truncate(files.unwrap_or(rows.len()));
    }
    for row in &rows {
        tell(row, out)?;
    }
    for (_, line) in exports::lines(&kept) {
        writeln!(out, "{}", clean_line(&line))?;
    }
    Ok(exit(&since, args.strict))
}

fn exit(since: &Since, strict: bool) -> Exit {
    match since.would {
        Would::Happen => Exit::Ok,
        Would::Depends if !strict => Exit::Ok,
        Would::Depends | Would::Differ => Exit::Wrong,
    }
}

fn tell(row: &Told, out: &mut dyn Write) -> Result<(), Failure> {
    let text = clean_line(&row.text);
    let colon = if row.tone == Tone::Head { ":" } else { "" };
    writeln!(out, "{}{text}{colon}", " ".repeat(row.indent))?;
    Ok(())
}

/// A branch by name, or the current one, with its head.
pub(super) fn branch(
    session: &Session,
    wanted: Option<&str>,
) -> Result<(String, Option<crate::engine::id::StepId>), Failure> {
    let found = match wanted {
        None => Some(session.current()),
        Some(name) => session.branches().iter().find(|b| b.name == name),
    };
    let found = found.ok_or_else(|| {
        let names: Vec<&str> = session.branches().iter().map(|b| &*b.name).collect();
        Failure::usage(format!(
            "there is no branch `{}`. There are: {}.",
            wanted.unwrap_or_default(),
            names.join(", ")
        ))
    })?;
    Ok((found.name.clone(), found.head))
}
