//! What is focused, as text and as JSON.

use super::find::pieces;
use super::rows::text_of;
use super::tree::{dotted, plain};
use crate::engine::step::{Act, Step};
use crate::engine::world::Path;
use crate::tui::layout::Pane;
use crate::tui::model::{Run, WorldView};
use crate::tui::pane::{self, conversation::signature, findings};
use serde_json::{Value, json};

/// Something to copy, with its name.
pub struct Copied {
    /// What it is, for the note.
    pub what: String,
    /// The text.
    pub text: String,
}

fn copied(what: impl Into<String>, text: String) -> Copied {
    Copied {
        what: what.into(),
        text,
    }
}

/// What is focused, as text.
///
/// # Errors
/// Why there is nothing.
pub fn text(run: &Run) -> Result<Copied, String> {
    match run.focus {
        Pane::Conversation => {
            let step = step(run)?;
            Ok(copied(format!("step {}", step.body.number), turn(step)))
        }
        Pane::World => match in_tree(run) {
            Some((path, what)) => {
                let node = path.find(&run.session.place(run.at()).world);
                let node = node.ok_or("there is no row")?;
                Ok(copied(
                    what,
                    plain(node).unwrap_or_else(|| node.to_string()),
                ))
            }
            None => Ok(copied("the world's changes", shown(run, Pane::World))),
        },
        Pane::Findings => {
            let found = chosen(run)?;
            Ok(copied("the finding", findings::in_words(found)))
        }
        pane @ (Pane::Persona | Pane::Judge | Pane::Timeline | Pane::Log) => Ok(copied(
            format!("the {} pane", pane.title().1),
            shown(run, pane),
        )),
    }
}

/// What is focused, as JSON.
///
/// # Errors
/// Why there is none.
pub fn json(run: &Run) -> Result<Copied, String> {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let of = |what: String, value: &Value| Ok(copied(format!("{what} as JSON"), pretty(value)));
    match run.focus {
        Pane::Conversation => {
            let step = step(run)?;
            of(format!("step {}", step.body.number), &act(step))
        }
        Pane::World => {
            let place = run.session.place(run.at());
            if let Some((path, what)) = in_tree(run) {
                let node = path.find(&place.world).ok_or("there is no row")?;
                return of(what, &node.to_json());
            }
            let before = match run.world_view {
                WorldView::Start => None,
                WorldView::Step | WorldView::Whole => run.step().and_then(|s| s.parent),
            };
            let before = &run.session.place(before).world;
            let patch = crate::engine::world::diff(before, &place.world);
            of(String::from("the patch"), &json!(patch))
        }
        Pane::Persona => of(
            String::from("the persona"),
            &json!(run.session.persona_at(run.at())),
        ),
        Pane::Judge => match &run.seen.verdict {
            Some(verdict) => of(String::from("the verdict"), &json!(verdict)),
            None => of(String::from("the assertions"), &json!(run.seen.assertions)),
        },
        Pane::Findings => of(String::from("the finding"), &json!(chosen(run)?.finding)),
        Pane::Timeline => {
            let branches = run.session.branches().iter();
            let branches: Vec<Value> = branches
                .map(|b| json!({"name": b.name, "head": b.head, "from": b.from}))
                .collect();
            of(String::from("the branches"), &json!(branches))
        }
        Pane::Log => of(String::from("the log"), &json!(run.log)),
    }
}

fn step(run: &Run) -> Result<&Step, String> {
    run.step()
        .ok_or_else(|| String::from("there is no step here"))
}

fn chosen(run: &Run) -> Result<&findings::Found, String> {
    let last = run.seen.found.len().saturating_sub(1);
    let found = run.seen.found.get(run.finding.min(last));
    found.ok_or_else(|| String::from("nothing was found"))
}

/// The chosen row of the whole tree.
fn in_tree(run: &Run) -> Option<(Path, String)> {
    let tree = run.world_view == WorldView::Whole && !run.pointing.broken;
    let at = &run.pointing.tree.at;
    let world = &run.session.place(run.at()).world;
    tree.then(|| (at.clone(), dotted(world, at)))
        .map(|(at, name)| {
            let name = if name.is_empty() {
                String::from("the world")
            } else {
                name
            };
            (at, name)
        })
}

/// A turn as one reads it, whole.
fn turn(step: &Step) -> String {
    if let Act::Answered { text, calls } = &step.body.act {
        let calls = calls.iter().map(signature);
        let text = (!text.is_empty()).then(|| text.clone());
        let all: Vec<String> = text.into_iter().chain(calls).collect();
        return all.join("\n");
    }
    pieces(step, false).join("\n")
}

/// A step as data: what was said, called or done.
fn act(step: &Step) -> Value {
    match &step.body.act {
        Act::Answered { text, calls } => {
            let calls: Vec<Value> = calls
                .iter()
                .map(|c| json!({"tool": c.tool, "arguments": c.args}))
                .collect();
            json!({"text": text, "calls": calls})
        }
        Act::Ran(run) => json!({
            "tool": run.call.tool,
            "arguments": run.args,
            "ok": run.ok,
            "result": run.result,
            "patch": run.patch,
        }),
        other @ (Act::Said { .. } | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_)) => {
            json!(other)
        }
    }
}

/// A pane as it is read, all of it.
fn shown(run: &Run, pane: Pane) -> String {
    const WIDE: usize = 120;
    const HIGH: usize = 10_000;
    let window = pane::window(pane, run, WIDE, HIGH);
    let lines: Vec<String> = window
        .lines
        .iter()
        .map(|line| text_of(line).trim_end().to_owned())
        .collect();
    lines.join("\n")
}
