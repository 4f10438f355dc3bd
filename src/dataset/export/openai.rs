//! Chat fine-tuning JSONL: `messages`, `tools`, `parallel_tool_calls`, as
//! chat-completions endpoints are trained with.
//!
//! A record is what one agent saw: its policy as the system message, its own
//! tools exactly as the scenario has them, what it was told, said and called.
//! A sub-agent's run is a record of its own. What judges, checks, people and the
//! state manager said is in none, and replies that could not be used are not.

use super::{Approved, Format, Record};
use crate::engine::role::{ToolSpec, agent};
use crate::engine::scenario::Scenario;
use crate::engine::session::{Frame, Place};
use crate::engine::step::{Act, Body, ToolRun};
use crate::engine::world::{Node, Schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A last line by which a user simulator ends a conversation.
const END: &str = "<done>";

/// See the module.
pub struct OpenAi;

impl Format for OpenAi {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn about(&self) -> &'static str {
        "chat fine-tuning JSONL: a record an agent, with its exact tools"
    }

    fn records(&self, c: &Approved<'_>) -> Result<Vec<Record>, String> {
        let mut out = Vec::new();
        for run in runs(c) {
            if let Some(record) = record(c, &run)? {
                out.push(record);
            }
        }
        Ok(out)
    }
}

/// What one agent did from being asked to its answer: the outermost from the
/// first turn to the last.
struct Run<'a> {
    /// Its path: `["main", "flights"]`.
    agents: Vec<String>,
    /// What it was asked, for a sub-agent.
    request: String,
    steps: Vec<(&'a Place, &'a Body)>,
}

/// The runs of a branch, in the order in which they began.
fn runs<'a>(c: &'a Approved<'_>) -> Vec<Run<'a>> {
    let mut out: Vec<Run<'a>> = Vec::new();
    // Place in `out` by path and the step at which it began.
    let mut at: BTreeMap<(Vec<String>, u32), usize> = BTreeMap::new();
    for place in &c.path {
        let Some(step) = &place.step else { continue };
        let before = c.session.place(step.parent);
        let body = &step.body;
        let (agents, frame): (Vec<String>, Option<&Frame>) = match &body.act {
            Act::Said { .. } => (outermost(c.session.scenario_at(step.parent)), None),
            Act::Answered { .. } | Act::Ran(_) => {
                let inner = body.agent.len().checked_sub(1).filter(|n| *n > 0);
                (body.agent.clone(), inner.and_then(|n| before.stack.get(n)))
            }
            Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => continue,
        };
        let since = frame.map_or(0, |f| f.since);
        let slot = *at.entry((agents.clone(), since)).or_insert_with(|| {
            out.push(Run {
                agents,
                request: frame.map_or_else(String::new, |f| f.request.clone()),
                steps: Vec::new(),
            });
            out.len() - 1
        });
        if let Some(run) = out.get_mut(slot) {
            run.steps.push((before, body));
        }
    }
    out
}

fn outermost(scenario: &Scenario) -> Vec<String> {
    let name = scenario.agents.first().map_or("main", |a| &a.name);
    vec![name.to_owned()]
}

/// One run as a record; `None` where the agent never said anything.
fn record(c: &Approved<'_>, run: &Run<'_>) -> Result<Option<Record>, String> {
    let name = run.agents.last().map_or("", String::as_str);
    // What it knew when it spoke last is what a model is to be trained with.
    let last = run
        .steps
        .iter()
        .rev()
        .find(|(_, body)| matches!(body.act, Act::Answered { .. }));
    let Some((last, _)) = last else {
        return Ok(None);
    };
    let scenario = scenario_of(c, last);
    let knows = known(&scenario, name)
        .ok_or_else(|| format!("its scenario has no agent `{name}` any more"))?;
    let mut messages = vec![json!({"role": "system", "content": knows.0.trim_end()})];
    let mut notes = Vec::new();
    let mut older = 0;
    let mut parallel = false;
    if run.agents.len() > 1 {
        messages.push(json!({"role": "user", "content": run.request}));
    }
    for (at, (before, body)) in run.steps.iter().enumerate() {
        match &body.act {
            Act::Said { text, .. } => {
                let text = without_end(text);
                if !text.is_empty() {
                    messages.push(json!({"role": "user", "content": text}));
                }
            }
            Act::Answered { text, calls } => {
                let mut message = Map::new();
                message.insert("role".into(), "assistant".into());
                // With calls a message may have no text; without, it always has.
                let content = if text.is_empty() && !calls.is_empty() {
                    Value::Null
                } else {
                    text.as_str().into()
                };
                message.insert("content".into(), content);
                let mut written = Vec::new();
                for call in calls {
                    let ran = result_of(run, at, &call.id);
                    let (arguments, note) = arguments(&scenario, &knows.1, body, call, ran)?;
                    notes.extend(note);
                    written.push(json!({
                        "id": call.id, "type": "function",
                        "function": {"name": call.tool, "arguments": arguments},
                    }));
                }
                parallel |= written.len() > 1;
                if !written.is_empty() {
                    message.insert("tool_calls".into(), written.into());
                }
                // Words that another policy or other tools brought about are
                // context, and not to be learned.
                if known(&scenario_of(c, before), name).as_ref() != Some(&knows) {
                    message.insert("weight".into(), 0.into());
                    older += 1;
                }
                messages.push(message.into());
            }
            Act::Ran(ran) => messages.push(json!({
                "role": "tool", "tool_call_id": ran.call.id, "content": ran.text,
            })),
            Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => {}
        }
    }
    // Nothing is learned from what no agent answered.
    while messages.last().is_some_and(|m| m["role"] != "assistant") {
        messages.pop();
    }
    if messages.len() < 2 {
        return Ok(None);
    }
    if older > 0 {
        notes.push(format!(
            "{older} of {name}'s messages were written before an edit of its policy or tools: \
             they have weight 0"
        ));
    }
    let mut value = Map::new();
    value.insert("messages".into(), messages.into());
    if !knows.1.is_empty() {
        let tools: Vec<Value> = knows.1.iter().map(tool).collect();
        value.insert("tools".into(), tools.into());
        value.insert("parallel_tool_calls".into(), parallel.into());
    }
    Ok(Some(Record {
        agent: run.agents.join("/"),
        value: value.into(),
        notes,
    }))
}

fn scenario_of(c: &Approved<'_>, place: &Place) -> Arc<Scenario> {
    let at = place.step.as_ref().map(|s| s.id);
    Arc::clone(c.session.scenario_at(at))
}

/// The system prompt and the tools of an agent, as it is sent them.
fn known(scenario: &Scenario, name: &str) -> Option<(String, Vec<ToolSpec>)> {
    let found = scenario.agent(name)?;
    Some((
        agent::system(scenario, found),
        agent::tools(scenario, found),
    ))
}

fn tool(spec: &ToolSpec) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": spec.name, "description": spec.description, "parameters": spec.parameters,
        },
    })
}

/// The run of a call that was made at a place of the run, before the next reply.
fn result_of<'a>(run: &Run<'a>, at: usize, id: &str) -> Option<&'a ToolRun> {
    run.steps
        .iter()
        .skip(at + 1)
        .map_while(|(_, body)| match &body.act {
            Act::Ran(ran) => Some(&**ran),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        })
        .find(|ran| ran.call.id == id)
}

/// The arguments of a call as text: as the agent wrote them where they fit the
/// tool's schema, else as they were read.
fn arguments(
    scenario: &Scenario,
    tools: &[ToolSpec],
    body: &Body,
    call: &crate::engine::role::ToolCall,
    ran: Option<&ToolRun>,
) -> Result<(String, Option<String>), String> {
    let number = body.number;
    let offered = tools.iter().any(|t| t.name == call.tool);
    let Some(found) = scenario.tool(&call.tool).filter(|_| offered) else {
        return Err(format!(
            "step {number} calls `{}`, which the agent does not have",
            call.tool
        ));
    };
    let fits =
        |schema: &Schema, args: &Node| args.as_map().is_some() && schema.check(args).is_empty();
    let schema = &found.parameters_schema;
    if fits(schema, &call.args) {
        let raw = call.raw.trim();
        return Ok((if raw.is_empty() { "{}" } else { raw }.to_owned(), None));
    }
    match ran {
        Some(ran) if fits(schema, &ran.args) => Ok((
            ran.args.to_string(),
            Some(format!(
                "step {number}: the arguments of `{}` are written as they were read",
                call.tool
            )),
        )),
        Some(_) | None => Err(format!(
            "step {number} calls `{}` with arguments that do not fit its schema",
            call.tool
        )),
    }
}

/// What a user said, without lines that end the conversation.
fn without_end(text: &str) -> String {
    if !text.lines().any(|line| line.trim() == END) {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.lines().filter(|line| line.trim() != END).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_mark_is_no_word_of_the_user() {
        assert_eq!(without_end("thanks\n<done>"), "thanks");
        assert_eq!(without_end("<done>"), "");
        assert_eq!(without_end("what is <done>?"), "what is <done>?");
    }
}
