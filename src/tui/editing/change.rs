//! What an edit comes to: a change of what shapes the next steps, or a step that
//! a person makes in the place of another.

use super::person;
use super::subject::Subject;
use crate::engine::id::StepId;
use crate::engine::input::{Acted, Edit};
use crate::engine::persona::Persona;
use crate::engine::session::Session;
use crate::engine::step::Act;
use crate::engine::world::{Node, Op, Patch, Schema};
use crate::tui::job::save::FileChange;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A step of its own, and the file that it could go into as well.
    Edit {
        /// It.
        edit: Edit,
        /// The file, or why there is none.
        file: Result<FileChange, String>,
    },
    /// A step in the place of another.
    Act {
        /// What the person does.
        act: Acted,
        /// The step that stays in the log.
        instead: StepId,
        /// The step before it.
        after: Option<StepId>,
        /// Its number.
        number: u32,
    },
}

/// The text that an editor of a subject begins with; `None` where the subject is
/// not there (any more).
#[must_use]
pub fn text_of(session: &Session, at: Option<StepId>, subject: &Subject) -> Option<String> {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    match subject {
        Subject::File(path, _) => match session.scenario_at(at).files.get(path) {
            Some(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
            None => Some(String::new()),
        },
        Subject::Message(id) => match &session.step(*id)?.body.act {
            Act::Said { text, .. } | Act::Answered { text, .. } => Some(text.clone()),
            Act::Ran(_) | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => None,
        },
        Subject::Args(id, i) => match &session.step(*id)?.body.act {
            Act::Answered { calls, .. } => calls.get(*i).map(|c| match &c.args {
                Node::Null => c.raw.clone(),
                args => pretty(&args.to_json()),
            }),
            Act::Said { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        },
        Subject::Outcome(id) => match &session.step(*id)?.body.act {
            Act::Ran(run) => {
                let patch = serde_json::to_value(&run.patch).unwrap_or_default();
                Some(pretty(
                    &json!({"ok": run.ok, "result": run.result.to_json(), "patch": patch}),
                ))
            }
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        },
        Subject::Proposal(id, at) => match &session.step(*id)?.body.act {
            Act::Ran(run) => Some(match run.tries.get(*at) {
                Some(one) if one.result.is_some() || one.patch.is_some() => {
                    let result = one.result.as_ref().map(Node::to_json);
                    let patch = serde_json::to_value(&one.patch).unwrap_or_default();
                    pretty(&json!({"result": result, "patch": patch}))
                }
                Some(one) => one.text.clone(),
                None => {
                    let patch = serde_json::to_value(&run.patch).unwrap_or_default();
                    pretty(&json!({"result": run.result.to_json(), "patch": patch}))
                }
            }),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        },
        Subject::Value(path) => {
            let node = path.find(&session.place(at).world)?;
            Some(pretty(&node.to_json()))
        }
        Subject::Person => Some(person::text(session.persona_at(at))),
        Subject::Sliders | Subject::OnDisk => None,
    }
}

/// What the text of a tool's outcome must be.
#[must_use]
pub fn outcome_schema() -> Option<Schema> {
    Schema::compile(&json!({
        "type": "object",
        "properties": {
            "ok": {"type": "boolean"},
            "result": true,
            "patch": {"type": "array", "items": {
                "type": "object",
                "properties": {
                    "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
                    "path": {"type": "string"},
                    "from": {"type": "string"},
                    "value": true,
                },
                "required": ["op", "path"],
            }},
        },
        "required": ["ok", "result"],
        "additionalProperties": false,
    }))
    .ok()
}

/// What a text comes to.
///
/// # Errors
/// Why it comes to nothing, in one sentence.
pub fn change(
    session: &Session,
    at: Option<StepId>,
    subject: &Subject,
    text: &str,
) -> Result<Change, String> {
    let gone = || String::from("what was edited is not there any more");
    let read = || -> Result<Value, String> {
        serde_json::from_str(text).map_err(|why| format!("this is no JSON: {why}"))
    };
    match subject {
        Subject::File(path, _) => Ok(in_file(session, at, path, text.as_bytes().into())),
        Subject::Message(id) => match &session.step(*id).ok_or_else(gone)?.body.act {
            Act::Said { done, .. } => act(
                session,
                *id,
                Acted::Said {
                    text: text.to_owned(),
                    done: *done,
                },
            ),
            Act::Answered { calls, .. } => act(
                session,
                *id,
                Acted::Answered {
                    text: text.to_owned(),
                    calls: calls.clone(),
                },
            ),
            Act::Ran(_) | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => Err(gone()),
        },
        Subject::Args(id, i) => match &session.step(*id).ok_or_else(gone)?.body.act {
            Act::Answered { text: said, calls } => {
                let value = read()?;
                let mut calls = calls.clone();
                let call = calls.get_mut(*i).ok_or_else(gone)?;
                call.args = Node::from_json(&value);
                call.raw = value.to_string();
                act(
                    session,
                    *id,
                    Acted::Answered {
                        text: said.clone(),
                        calls,
                    },
                )
            }
            Act::Said { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => Err(gone()),
        },
        Subject::Outcome(id) => {
            let value = read()?;
            let patch = value.get("patch").cloned().unwrap_or(json!([]));
            let patch: Patch = serde_json::from_value(patch)
                .map_err(|why| format!("`patch` is no list of operations: {why}"))?;
            act(
                session,
                *id,
                Acted::Result {
                    result: Node::from_json(value.get("result").unwrap_or(&Value::Null)),
                    ok: value.get("ok").and_then(Value::as_bool).unwrap_or(true),
                    patch: Some(patch),
                },
            )
        }
        Subject::Proposal(id, _) => {
            let weighed = session.weigh_proposal(*id, text).ok_or_else(gone)?;
            if let Some(first) = weighed.tried.refused.first() {
                let more = match weighed.tried.refused.len() - 1 {
                    0 => String::new(),
                    n => format!(" (and {n} more)"),
                };
                return Err(format!("the state manager refuses it: {first}{more}"));
            }
            act(
                session,
                *id,
                Acted::Result {
                    result: weighed.result,
                    ok: weighed.ok,
                    patch: weighed.tried.patch.filter(|_| weighed.ok),
                },
            )
        }
        Subject::Value(path) => {
            let value = Node::from_json(&read()?);
            let path = path.clone();
            let op = match path.find(&session.place(at).world) {
                Some(_) => Op::Replace { path, value },
                None => Op::Add { path, value },
            };
            Ok(Change::Edit {
                edit: Edit::World(Patch(vec![op])),
                file: Err(String::from(
                    "a file of the world says how it begins, not how it is here",
                )),
            })
        }
        Subject::Person | Subject::Sliders => {
            let before = session.persona_at(at);
            let after = person::read(text, before)
                .ok_or_else(|| String::from("this is no persona: every key must be there"))?;
            Ok(persona(session, at, after))
        }
        Subject::OnDisk => Err(gone()),
    }
}

/// A whole file of the scenario.
#[must_use]
pub fn in_file(session: &Session, at: Option<StepId>, path: &str, text: Arc<[u8]>) -> Change {
    Change::Edit {
        edit: Edit::Files(BTreeMap::from([(path.to_owned(), Some(Arc::clone(&text)))])),
        file: Ok(FileChange::of(
            path,
            session.scenario_at(at).files.get(path).cloned(),
            text,
        )),
    }
}

/// Another persona.
#[must_use]
pub fn persona(session: &Session, at: Option<StepId>, after: Persona) -> Change {
    let scenario = session.scenario_at(at);
    let before = session.persona_at(at);
    let file = person::in_file(scenario, before, &after).map(|text| {
        let before = scenario.files.get("personas.yaml").cloned();
        FileChange::of("personas.yaml", before, text.as_bytes().into())
    });
    Change::Edit {
        edit: Edit::Persona(Box::new(after)),
        file,
    }
}

fn act(session: &Session, id: StepId, act: Acted) -> Result<Change, String> {
    let step = session
        .step(id)
        .ok_or_else(|| String::from("the step is not there any more"))?;
    Ok(Change::Act {
        act,
        instead: id,
        after: step.parent,
        number: step.body.number,
    })
}
