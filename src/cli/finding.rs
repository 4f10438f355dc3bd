//! `stategen finding`: what was found in a conversation, marked wrong, or added
//! where it was missed. Nothing is deleted: a mark is taken back by another row.

use super::context::{Context, json_line};
use super::decide::person;
use super::exit::{Exit, Failure, Outcome};
use crate::dataset::lint::{Linted, Missed, wrong};
use crate::driver::clock;
use crate::engine::id::{ConvId, StepId};
use crate::engine::input::{Command, Input};
use crate::engine::score::{Blame, Finding};
use crate::engine::session::Session;
use crate::store::{Mark, Says, Store};
use crate::surface::text::clean_line;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write;

/// Arguments of `finding`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What can be done about findings.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List the check's findings with their names, and what people marked.
    List {
        /// The conversation: its name, the beginning or end of it, or `last`.
        conversation: String,
        /// Another branch than the current one.
        #[arg(long)]
        branch: Option<String>,
        /// One JSON object a finding or mark.
        #[arg(long)]
        json: bool,
    },
    /// Mark findings as wrong: they count against the check.
    Wrong {
        /// The conversation.
        conversation: String,
        /// Names as `finding list` has them, or beginnings of them.
        #[arg(required = true)]
        findings: Vec<String>,
        /// Another branch than the current one.
        #[arg(long)]
        branch: Option<String>,
        /// Why.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Add a finding that the check missed.
    Missed {
        /// The conversation.
        conversation: String,
        /// The number of the step that it is about.
        #[arg(long)]
        step: u32,
        /// Its kind; `stategen help lint` lists them.
        #[arg(long)]
        kind: String,
        /// The words of the step that are meant.
        #[arg(long, default_value = "")]
        quote: String,
        /// Whose fault: user, agent, tool, judge, scenario; else the step's speaker.
        #[arg(long)]
        blame: Option<String>,
        /// What is wrong, in a sentence.
        #[arg(long, default_value = "")]
        what: String,
        /// What is true instead.
        #[arg(long, default_value = "")]
        truth: String,
        /// Another branch than the current one.
        #[arg(long)]
        branch: Option<String>,
        /// Why.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Take marks back, by their numbers.
    Unmark {
        /// The conversation.
        conversation: String,
        /// Numbers as `finding list` has them.
        #[arg(required = true)]
        marks: Vec<u64>,
    },
}

/// A stored conversation at one of its branches.
fn opened(
    ctx: &Context,
    name: &str,
    branch: Option<&str>,
) -> Result<(Store, ConvId, Session), Failure> {
    let (_, id) = ctx.conversation(name)?;
    let store = ctx.store()?;
    let mut session = store.look(&id)?.session;
    if let Some(branch) = branch.filter(|b| **b != session.current().name) {
        let names: Vec<String> = session.branches().iter().map(|b| b.name.clone()).collect();
        if !names.iter().any(|name| name == branch) {
            return Err(Failure::usage(format!(
                "there is no branch `{branch}`. There are: {}.",
                names.join(", ")
            )));
        }
        let branch = branch.to_owned();
        let _ = session.handle(Input::Command(Command::Switch { branch }));
    }
    Ok((store, id, session))
}

/// The check's findings of the branch, with their steps.
fn found(session: &Session) -> Vec<(StepId, Finding)> {
    let checked = session.checked(session.head()).into_iter();
    let each = checked.flat_map(|c| {
        let step = c.step;
        c.findings.into_iter().map(move |f| (step, f))
    });
    each.collect()
}

/// Runs the command.
///
/// # Errors
/// There is no such conversation, branch, finding or mark, or the store cannot
/// be written.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    match &args.what {
        What::List {
            conversation,
            branch,
            json,
        } => {
            let (store, id, session) = opened(ctx, conversation, branch.as_deref())?;
            list(&store, &id, &session, *json, out)?;
        }
        What::Wrong {
            conversation,
            findings,
            branch,
            note,
        } => {
            let (store, id, session) = opened(ctx, conversation, branch.as_deref())?;
            let found = found(&session);
            let (by, now) = (person(), clock::now_ms());
            let standing = store.marks(&id)?;
            let mut marks = Vec::new();
            for name in findings {
                let (step, finding) = one(&found, name)?;
                if standing.is_wrong(*step, &finding.key()) {
                    return Err(Failure::usage(format!(
                        "{name} is marked as wrong already. Nothing was written."
                    )));
                }
                marks.push(wrong(&id, *step, finding, note, &by, now));
            }
            store.keep_checks(&id, &session.checked(session.head()))?;
            for mark in store.mark(&marks)? {
                writeln!(out, "{}", line(&mark))?;
            }
        }
        What::Missed {
            conversation,
            step,
            kind,
            quote,
            blame,
            what,
            truth,
            branch,
            note,
        } => {
            let blame = blame.as_deref().map(|word| {
                Blame::parse(word)
                    .ok_or_else(|| Failure::usage(format!("nobody `{word}` is to blame.")))
            });
            let (store, id, session) = opened(ctx, conversation, branch.as_deref())?;
            let missed = Missed {
                step: *step,
                kind: kind.clone(),
                quote: quote.clone(),
                blame: blame.transpose()?,
                what: what.clone(),
                truth: truth.clone(),
                note: note.clone(),
            };
            let mark = missed.mark(&session, session.head(), &person(), clock::now_ms());
            let mark =
                mark.map_err(|why| Failure::usage(format!("{why}. Nothing was written.")))?;
            store.keep_checks(&id, &session.checked(session.head()))?;
            for mark in store.mark(&[mark])? {
                writeln!(out, "{}", line(&mark))?;
            }
        }
        What::Unmark {
            conversation,
            marks,
        } => {
            let (_, id) = ctx.conversation(conversation)?;
            let store = ctx.store()?;
            let known = store.all_marks(&id)?;
            if let Some(other) = marks.iter().find(|n| known.iter().all(|m| m.number != **n)) {
                return Err(Failure::usage(format!(
                    "{id} has no mark {other}. Nothing was written."
                )));
            }
            store.unmark(marks, &person(), clock::now_ms())?;
            for number in marks {
                writeln!(out, "mark {number} taken back")?;
            }
        }
    }
    Ok(Exit::Ok)
}

/// The finding that a name means.
fn one<'a>(found: &'a [(StepId, Finding)], name: &str) -> Result<&'a (StepId, Finding), Failure> {
    let meant: Vec<&(StepId, Finding)> = found
        .iter()
        .filter(|(_, f)| !name.is_empty() && f.key().starts_with(name))
        .collect();
    match meant.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::usage(format!(
            "there is no finding `{}`; `stategen finding list` names them. Nothing was written.",
            clean_line(name)
        ))),
        // The same words at two steps have the same name.
        [first, ..] => {
            let steps: Vec<String> = meant.iter().map(|(_, f)| f.step.to_string()).collect();
            if meant.iter().all(|(step, _)| *step == first.0) {
                return Ok(first);
            }
            Err(Failure::usage(format!(
                "`{}` is found at steps {}; say more of its name. Nothing was written.",
                clean_line(name),
                steps.join(", ")
            )))
        }
    }
}

fn list(
    store: &Store,
    id: &ConvId,
    session: &Session,
    json: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let marks = store.marks(id)?;
    for (step, finding) in found(session) {
        let key = finding.key();
        let wrong = marks.is_wrong(step, &key);
        if json {
            json_line(
                out,
                &json!({"key": key, "wrong": wrong, "finding": finding}),
            )?;
            continue;
        }
        let sign = if wrong { "  [marked wrong]" } else { "" };
        let words = format!(
            "{key}  {:>3} {:<6} {}  ({})  {}{sign}",
            finding.step,
            finding.severity.word(),
            finding.kind.replace('_', " "),
            finding.blame.word(),
            finding.what,
        );
        writeln!(out, "{}", clean_line(&words))?;
    }
    for mark in store.all_marks(id)? {
        if json {
            json_line(out, &json!({"mark": mark}))?;
        } else {
            writeln!(out, "{}", line(&mark))?;
        }
    }
    if !json {
        let linted = Linted::lived(session, session.head(), &marks);
        let looks = linted.looks();
        if looks.any() {
            writeln!(out, "{looks}")?;
        } else if linted.findings.is_empty() {
            writeln!(out, "nothing found; nothing marked.")?;
        }
    }
    Ok(())
}

/// A mark in a line.
fn line(mark: &Mark) -> String {
    let finding = &mark.finding;
    let says = match mark.says {
        Says::Wrong => "marked wrong",
        Says::Missed => "added",
    };
    let mut line = format!(
        "mark {}  {says}: step {} {}  ({})  {}",
        mark.number,
        finding.step,
        finding.kind.replace('_', " "),
        finding.blame.word(),
        finding.what
    );
    if !finding.quote.is_empty() && !finding.what.contains(&finding.quote) {
        let _ = write!(line, ": \"{}\"", finding.quote);
    }
    let _ = write!(line, "  by {}", mark.by);
    if !mark.note.is_empty() {
        let _ = write!(line, ": {}", mark.note);
    }
    if mark.undone {
        line.push_str("  [taken back]");
    }
    clean_line(&line).into_owned()
}
