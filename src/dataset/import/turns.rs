//! What formats of messages have in common: texts in parts, calls that are
//! answered later, tools as JSON, an agent's prompt.

use super::{Answered, Called, Said};
use crate::engine::grounding::{Told, ToolFacts};
use crate::engine::world::{Node, Schema};
use serde_json::Value;
use std::collections::VecDeque;

/// Calls that wait for their answer at most; a transcript that leaves more open
/// is no conversation.
const WAITING: usize = 10_000;

/// Turns as they come together from messages.
#[derive(Default)]
pub(super) struct Turns {
    waiting: VecDeque<Called>,
    /// What was said.
    pub said: Vec<Said>,
}

impl Turns {
    /// The user.
    pub fn user(&mut self, text: String) {
        self.said.push(Said::User(text));
    }

    /// The agent. A turn with neither words nor calls is left out.
    pub fn agent(&mut self, text: String, calls: Vec<Called>) {
        if text.is_empty() && calls.is_empty() {
            return;
        }
        self.waiting.extend(calls.iter().cloned());
        while self.waiting.len() > WAITING {
            self.waiting.pop_front();
        }
        self.said.push(Said::Agent { text, calls });
    }

    /// A tool's answer to the call of an id; else to the oldest open call of this
    /// name; else, where neither is told, to the oldest open one.
    pub fn answer(&mut self, id: &str, name: &str, text: String, failed: Option<bool>) {
        let by_id = |c: &Called| !id.is_empty() && c.id == id;
        let by_name = |c: &Called| !name.is_empty() && c.tool == name;
        let at = self.waiting.iter().position(by_id).or_else(|| {
            if id.is_empty() && name.is_empty() {
                (!self.waiting.is_empty()).then_some(0)
            } else {
                self.waiting.iter().position(by_name)
            }
        });
        let call = at.and_then(|at| self.waiting.remove(at));
        let (tool, args) = call.map_or((name.to_owned(), Node::Null), |c| (c.tool, c.args));
        let value = serde_json::from_str::<Value>(&text).ok();
        let says_so = match &value {
            Some(Value::Object(map)) => map.get("error").is_some_and(|e| match e {
                Value::Null | Value::Bool(false) => false,
                Value::Bool(true)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => true,
            }),
            Some(_) => false,
            None => text.trim_start().to_lowercase().starts_with("error"),
        };
        let result = value.map_or_else(|| Node::str(text.as_str()), |v| Node::from_json(&v));
        self.said.push(Said::Ran(Box::new(Answered {
            by_user: false,
            tool,
            args,
            ok: !failed.unwrap_or(says_so),
            text,
            result,
            patch: None,
        })));
    }
}

/// A field that is a text.
pub(super) fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// A text, or the texts of its parts.
pub(super) fn text_of(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| match part {
                Value::String(text) => Some(text.as_str()),
                other => other.get("text").and_then(Value::as_str),
            });
            texts.collect::<Vec<_>>().join("\n")
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            String::new()
        }
    }
}

/// Arguments, as a value or as the text of one.
pub(super) fn args_of(value: Option<&Value>) -> Node {
    match value {
        Some(Value::String(text)) => Node::parse(text).unwrap_or_else(|| Node::str(text.as_str())),
        Some(other) => Node::from_json(other),
        None => Node::Null,
    }
}

/// A call of any dialect: `{id, name, args}`, `{id, name, arguments}`, `{id,
/// function: {name, arguments}}`.
pub(super) fn call_of(call: &Value) -> Called {
    let inner = call.get("function").filter(|f| f.is_object());
    let inner = inner.unwrap_or(call);
    let args = ["args", "arguments", "input"];
    Called {
        id: word(call, "id").to_owned(),
        tool: word(inner, "name").to_owned(),
        args: args_of(args.iter().find_map(|key| inner.get(*key))),
    }
}

/// Tools of any dialect: a list, or the text of one. Whether there was any list.
#[must_use]
pub fn hear_tools(told: &mut Told, tools: &Value) -> bool {
    let parsed;
    let list = match tools {
        Value::Array(list) => list,
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Array(list)) => {
                parsed = list;
                &parsed
            }
            Ok(_) | Err(_) => return false,
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return false,
    };
    for tool in list {
        told.known.text(&tool.to_string());
        let inner = tool.get("function").filter(|f| f.is_object());
        let inner = inner.unwrap_or(tool);
        let Some(name) = inner.get("name").and_then(Value::as_str) else {
            continue;
        };
        let schema = |keys: &[&str]| {
            let found = keys.iter().find_map(|key| inner.get(*key));
            found.and_then(|v| Schema::compile(v).ok())
        };
        told.tool(ToolFacts {
            name: name.to_owned(),
            description: word(inner, "description").to_owned(),
            parameters: schema(&["parameters", "input_schema"]),
            output: schema(&["returns", "output"]),
            mutates: inner.get("mutates_state").and_then(Value::as_bool),
            coerces: false,
        });
    }
    true
}
