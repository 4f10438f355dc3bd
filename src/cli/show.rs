//! `stategen show`: a stored conversation as lines.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::{lines, tries, verdicts, wire};
use crate::dataset::queue::{self, Status};
use crate::engine::id::ConvId;
use crate::engine::role::{Request, Role, Speaker};
use crate::engine::session::{Place, Session};
use crate::store::Store;
use crate::surface::text::{clean, clean_line};
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    pub conversation: String,
    /// Up to this step of the branch; the newest where none is named.
    #[arg(long, value_name = "STEP")]
    pub at: Option<u32>,
    /// Another branch than the current one.
    #[arg(long)]
    pub branch: Option<String>,
    /// Lines without boxes, for reading aloud and for reports. It is what is
    /// printed without it, too.
    #[arg(long)]
    pub plain: bool,
    /// What a role was asked at that step (the role's last one before it), word
    /// for word.
    #[arg(long, value_name = "ROLE", value_parser = ["user", "agent", "tool", "judge"])]
    pub prompt: Option<String>,
    /// The world at that step, as JSON.
    #[arg(long, conflicts_with = "prompt")]
    pub world: bool,
    /// What went over the wire for that step: every request and answer, without
    /// secrets. Without --at: of the newest step that a model made.
    #[arg(long, conflicts_with_all = ["prompt", "world"])]
    pub wire: bool,
    /// The tries of a `model` tool at that step: what was proposed, why it was
    /// refused, the contract it was given. Without --at: of the newest such step.
    #[arg(long, conflicts_with_all = ["prompt", "world", "wire"])]
    pub tries: bool,
    /// With --wire: bodies byte for byte, streams in their pieces.
    #[arg(long, requires = "wire")]
    pub raw: bool,
}

/// Runs the command.
///
/// # Errors
/// There is no such conversation, branch or step, or the log does not replay.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let (store, id) = ctx.conversation(&args.conversation)?;
    let opened = store.replay(&id)?;
    let session = &opened.session;
    let branch = match &args.branch {
        None => session.current(),
        Some(name) => session
            .branches()
            .iter()
            .find(|b| b.name == *name)
            .ok_or_else(|| {
                let names: Vec<&str> = session.branches().iter().map(|b| &*b.name).collect();
                Failure::usage(format!(
                    "there is no branch `{name}`. There are: {}.",
                    names.join(", ")
                ))
            })?,
    };
    let mut path = session.path(branch.head);
    if let Some(at) = args.at {
        if at as usize > path.len() {
            return Err(Failure::usage(format!(
                "there is no step {at}: {} has {} steps.",
                branch.name,
                path.len()
            )));
        }
        path.truncate(at as usize);
    }
    if args.wire {
        let newest = args.at.is_none();
        wire::show(&store, &id, session, &path, newest, args.raw, out)?;
    } else if args.tries {
        return tries::show(session, &path, args.at.is_some(), out);
    } else if args.world {
        let head = path.last().and_then(|p| Some(p.step.as_ref()?.id));
        writeln!(out, "{}", session.place(head).world)?;
    } else if let Some(role) = &args.prompt {
        prompt(session, &path, role, out)?;
    } else {
        writeln!(out, "{id}  branch {}", clean_line(&branch.name))?;
        writeln!(out, "{}", lines::head(session))?;
        if session.branches().len() > 1 {
            writeln!(out, "{}", branches(session))?;
        }
        transcript(session, &path, out)?;
        people(&store, &id, &branch.name, out)?;
        for (_, line) in super::exports::lines(&super::exports::of(&store, &id)?) {
            writeln!(out, "{}", clean_line(&line))?;
        }
    }
    Ok(Exit::Ok)
}

/// The branches, a line each: how long, from where, which one goes on.
pub(super) fn branches(session: &Session) -> String {
    let mut out = Vec::new();
    for branch in session.branches() {
        let here = if branch.name == session.current().name {
            ">"
        } else {
            " "
        };
        let steps = session.place(branch.head).number() as usize;
        let mut line = format!("{here} {}  {}", branch.name, lines::count(steps, "step"));
        if let Some(from) = branch.from.and_then(|id| session.step(id)) {
            let _ = write!(line, "  from step {}", from.body.number);
        }
        if let Some(why) = session.ended(branch.head) {
            let _ = write!(line, "  {}", lines::ended_word(why));
        }
        if let Some(verdict) = session.verdict(branch.head) {
            let _ = write!(line, "  overall {:.2}", verdict.overall);
        }
        out.push(clean_line(&line).into_owned());
    }
    out.join("\n")
}

/// What people decided and wrote.
fn people(store: &Store, id: &ConvId, branch: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(item) = queue::item(store, id, Some(branch))? {
        if let Some(decision) = &item.decision {
            let why = if decision.reason.is_empty() {
                String::new()
            } else {
                format!(": {}", decision.reason)
            };
            let stale = if item.status == Status::Stale {
                "  stale: the branch went on"
            } else {
                ""
            };
            let words = format!("{} by {}{why}{stale}", decision.choice.done(), decision.by);
            writeln!(out, "{}", clean_line(&words))?;
        }
        let notes = &item.notes;
        let mut words: Vec<String> = notes.tags.iter().map(|tag| format!("#{tag}")).collect();
        if notes.marked {
            words.insert(0, String::from("marked"));
        }
        if !words.is_empty() {
            writeln!(out, "{}", clean_line(&words.join("  ")))?;
        }
        if !notes.comment.is_empty() {
            writeln!(out, "comment: {}", clean(&notes.comment))?;
        }
    }
    Ok(())
}

/// The steps, then what holds after the last of them.
fn transcript(session: &Session, path: &[Arc<Place>], out: &mut dyn Write) -> Result<(), Failure> {
    for step in path.iter().filter_map(|p| p.step.as_ref()) {
        let before = &session.place(step.parent).world;
        writeln!(out, "{}", lines::step(step, before))?;
    }
    let head = path.last().and_then(|p| Some(p.step.as_ref()?.id));
    if let Some(why) = session.ended(head) {
        writeln!(out, "ended: {}", lines::ended(why))?;
    }
    let results = session.assertions(head);
    if !results.is_empty() {
        writeln!(out, "{}", lines::assertions(&results))?;
    }
    if let Some(words) = super::faults::recoveries(&session.recoveries(head)) {
        writeln!(out, "{words}")?;
    }
    if let Some(table) = verdicts::side_by_side(&session.verdicts(head)) {
        writeln!(out, "{table}")?;
    }
    Ok(())
}

/// The request of the role's last step on the path.
pub(super) fn prompt(
    session: &Session,
    path: &[Arc<Place>],
    role: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let wanted = match role {
        "user" => Role::User,
        "agent" => Role::Agent,
        "tool" => Role::Tool,
        _ => Role::Judge,
    };
    let request = path
        .iter()
        .rev()
        .filter_map(|p| p.step.as_ref())
        .filter(|s| s.body.role == wanted)
        .find_map(|s| session.asked(s.id))
        .ok_or_else(|| {
            Failure::usage(format!(
                "no model played `{role}` up to there: nobody was asked, or code answered."
            ))
        })?;
    for block in blocks(&request) {
        writeln!(out, "{}", clean(&block))?;
    }
    Ok(())
}

fn blocks(request: &Request) -> Vec<String> {
    let mut out = vec![
        format!(
            "--- step {}  try {}  seed {}",
            request.step,
            request.attempt + 1,
            request.seed
        ),
        format!("--- system\n{}", request.system.trim_end()),
    ];
    for message in &request.messages {
        let who = match message.from {
            Speaker::User => "user",
            Speaker::Agent => "agent",
            Speaker::Tool => "tool",
            Speaker::System => "state manager",
            Speaker::Own => "unusable reply",
        };
        let mut text = format!("--- {who}");
        if message.step > 0 {
            let _ = write!(text, "  (step {})", message.step);
        }
        if let Some(id) = &message.call_id {
            let _ = write!(text, "  answers {id}");
        }
        if !message.text.is_empty() {
            text.push('\n');
            text.push_str(&message.text);
        }
        for call in &message.calls {
            let _ = write!(text, "\ncalls {} {}({})", call.id, call.tool, call.raw);
        }
        out.push(text);
    }
    for tool in &request.tools {
        out.push(format!(
            "--- tool {}\n{}\n{}",
            tool.name, tool.description, tool.parameters
        ));
    }
    if let Some(schema) = &request.schema {
        out.push(format!("--- schema of the answer\n{schema}"));
    }
    out
}
