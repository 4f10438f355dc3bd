//! `stategen why`: where a value came from, a line a link, back to where it began.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use crate::engine::grounding::{Link, Part, Sought, Stand};
use crate::engine::id::StepId;
use crate::engine::session::Session;
use crate::engine::world::Path;
use crate::surface::text::clean_line;
use std::io::Write;

/// Arguments of `why`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The conversation: its name, the beginning or end of it, or `last`.
    pub conversation: String,
    /// The step that the value stands in; 0 is the start.
    pub step: u32,
    /// The value as it stands there, or a place of the world: `/orders/8841/status`.
    pub value: String,
    /// Another branch than the current one.
    #[arg(long)]
    pub branch: Option<String>,
    /// Which of several in the step that are the same, from 1.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub nth: usize,
    /// Look in this part of the step alone.
    #[arg(long = "in", value_name = "PART", value_parser = ["text", "args", "result"])]
    pub part: Option<String>,
    /// One JSON object: the link, and under `from` what it came from.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command; it ends with 1 where the value, or a part of it, came from
/// nowhere.
///
/// # Errors
/// There is no such conversation, branch or step.
pub fn run(args: &Args, ctx: &Context, out: &mut dyn Write) -> Outcome {
    let (store, id) = ctx.conversation(&args.conversation)?;
    let opened = store.replay(&id)?;
    let session = &opened.session;
    let head = head(session, args)?;
    let path = Path::parse(&args.value).filter(|p| !p.0.is_empty());
    let (part, value) = match (path, args.part.as_deref()) {
        (Some(path), None) => {
            let value = value_at(session, head, args.step, &path)?;
            (Part::World(path), value)
        }
        (_, Some("text")) => (Part::Said, Sought::of_text(&args.value)),
        (_, Some("args")) => (Part::Args, Sought::of_text(&args.value)),
        (_, Some("result")) => (Part::Result, Sought::of_text(&args.value)),
        (_, _) => (Part::Any, Sought::of_text(&args.value)),
    };
    let nth = args.nth.saturating_sub(1);
    let chain = session.chain(head, args.step, &part, &value, nth);
    if args.json {
        let json = serde_json::to_string(&chain)
            .map_err(|why| Failure::wrong(format!("the chain cannot be written: {why}")))?;
        writeln!(out, "{json}")?;
    } else {
        for line in lines(&chain) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(if chain.is_ungrounded() {
        Exit::Wrong
    } else {
        Exit::Ok
    })
}

/// A line a link; what a derivation is made of stands further to the right.
fn lines(chain: &Link) -> Vec<String> {
    let rows = chain.rows();
    let mut out = Vec::new();
    for (i, (depth, link)) in rows.iter().enumerate() {
        let sign = match (i, &link.at) {
            (0, _) => "",
            (_, Stand::Nowhere { .. }) => "!! ",
            (_, _) => "<- ",
        };
        let line = format!("{:indent$}{sign}{}", "", link.line(), indent = depth * 2);
        out.push(clean_line(&line).into_owned());
    }
    out
}

fn head(session: &Session, args: &Args) -> Result<Option<StepId>, Failure> {
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
    let steps = session.place(branch.head).number();
    if args.step > steps {
        return Err(Failure::usage(format!(
            "there is no step {}: {} has {steps} steps.",
            args.step, branch.name
        )));
    }
    Ok(branch.head)
}

/// What stands at a place of the world after a step.
fn value_at(
    session: &Session,
    head: Option<StepId>,
    step: u32,
    path: &Path,
) -> Result<Sought, Failure> {
    let places = session.path(head);
    let at = (step as usize).checked_sub(1);
    let place = at
        .and_then(|i| places.get(i))
        .map_or(session.place(None), |p| &**p);
    path.find(&place.world).map(Sought::of_node).ok_or_else(|| {
        Failure::usage(format!(
            "there is no {path} in the world after step {step}; `stategen show --world --at \
             {step}` prints it."
        ))
    })
}
