//! Tools in words, for a server without a tool parser: how they are offered,
//! how calls and results stand in the talk, and how calls are read back.

use super::json;
use crate::engine::role::{RawCall, ToolCall, ToolSpec};
use serde_json::{Value, json};

const OPEN: &str = "<tool_call>";
const CLOSE: &str = "</tool_call>";

/// Marks that are looked at; nothing that is meant has more.
const MOST: usize = 256;

/// What other servers' models write where nobody reads their calls.
const MARKS: [&str; 5] = [
    OPEN,
    "<|tool_call|>",
    "[TOOL_CALLS]",
    "<|python_tag|>",
    "<function=",
];

/// The words that offer tools.
pub(super) fn offer(tools: &[ToolSpec]) -> String {
    let mut out = String::from(
        "You can call these tools. Each line is one of them, with the JSON Schema of its \
         parameters:\n",
    );
    for tool in tools {
        let line = json!({
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        });
        out.push_str(&line.to_string());
        out.push('\n');
    }
    out.push_str(
        "To call one, write a line of exactly this form, one line for each call, and then stop:\n",
    );
    out.push_str(OPEN);
    out.push_str("{\"name\": \"NAME\", \"arguments\": {…}}");
    out.push_str(CLOSE);
    out.push_str("\nThe results come back as <tool_result>…</tool_result>.");
    out
}

/// A call as it stands in the talk.
pub(super) fn call(call: &ToolCall) -> String {
    let name = Value::from(call.tool.as_str());
    let raw = call.raw.trim();
    let arguments = if raw.is_empty() { "{}" } else { raw };
    format!("{OPEN}{{\"name\": {name}, \"arguments\": {arguments}}}{CLOSE}")
}

/// A result as it stands in the talk.
pub(super) fn result(id: &str, text: &str) -> String {
    let id = Value::from(id);
    let result = if json::is_one(text) {
        text.trim().to_owned()
    } else {
        Value::from(text).to_string()
    };
    format!("<tool_result>{{\"call\": {id}, \"result\": {result}}}</tool_result>")
}

/// Takes the calls out of a text; what is left is the text. `offered` are the
/// names of the tools: a text that is nothing but a call of one of them is a
/// call also without its marks.
pub(super) fn read(text: &str, offered: &[String]) -> (String, Vec<RawCall>) {
    let mut left = String::new();
    let mut calls = Vec::new();
    let mut rest = text;
    for _ in 0..MOST {
        let Some((before, inner)) = rest.split_once(OPEN) else {
            break;
        };
        left.push_str(before);
        let (body, after) = body(inner);
        if let Some(call) = one(body).or_else(|| broken(body)) {
            calls.push(call);
        } else {
            left.push_str(OPEN);
            left.push_str(body);
            left.push_str(CLOSE);
        }
        rest = after;
    }
    left.push_str(rest);
    if calls.is_empty() {
        if let Some(call) = bare(text, offered) {
            return (String::new(), vec![call]);
        }
        return (text.to_owned(), calls);
    }
    (left.trim().to_owned(), calls)
}

/// Whether a text is nothing but a call that nobody has read.
pub(super) fn is_call(text: &str, offered: &[String]) -> bool {
    let head = text.trim_start();
    MARKS.iter().any(|mark| head.starts_with(mark)) || bare(text, offered).is_some()
}

/// What stands between the marks, and what comes after. The JSON itself says
/// where it ends, so that a mark inside one of its texts ends nothing.
fn body(inner: &str) -> (&str, &str) {
    if let Some((object, rest)) = json::first(inner)
        && let Some(after) = rest.trim_start().strip_prefix(CLOSE)
    {
        return (object, after);
    }
    // Where its own mark was forgotten, the next call ends this one.
    let length = inner.find(OPEN).unwrap_or(inner.len());
    let (body, next) = inner.split_at(length);
    match body.split_once(CLOSE) {
        Some((body, _)) => {
            let after = inner.get(body.len() + CLOSE.len()..);
            (body, after.unwrap_or_default())
        }
        None => (body, next),
    }
}

/// A call as JSON, its arguments byte for byte.
fn one(body: &str) -> Option<RawCall> {
    let fields = json::fields(body)?;
    let field = |names: &[&str]| fields.iter().find(|(key, _)| names.contains(&key.as_str()));
    let name: String = serde_json::from_str(field(&["name"])?.1).ok()?;
    let written = field(&["arguments", "parameters"]).map_or("", |(_, value)| *value);
    // Some write the object as a text, as it stands in the native field.
    let arguments = serde_json::from_str::<String>(written).unwrap_or_else(|_| written.to_owned());
    Some(RawCall {
        id: String::new(),
        name,
        arguments,
    })
}

/// A call that is no JSON, cut off perhaps: its name, and what it has of
/// arguments as they stand.
fn broken(body: &str) -> Option<RawCall> {
    let (_, after) = body.split_once("\"name\"")?;
    let after = after.trim_start().strip_prefix(':')?;
    let (name, rest) = json::first(after)?;
    let name: String = serde_json::from_str(name).ok()?;
    let arguments = rest
        .split_once("\"arguments\"")
        .and_then(|(_, a)| a.trim_start().strip_prefix(':'));
    Some(RawCall {
        id: String::new(),
        name,
        arguments: arguments.unwrap_or_default().trim().to_owned(),
    })
}

/// A text that is a call of a tool on offer and nothing else, in a fence perhaps.
fn bare(text: &str, offered: &[String]) -> Option<RawCall> {
    let text = unfenced(text).unwrap_or(text.trim());
    if !json::is_one(text) {
        return None;
    }
    let fields = json::fields(text)?;
    let called = fields
        .iter()
        .any(|(key, _)| key == "arguments" || key == "parameters");
    one(text).filter(|call| called && offered.contains(&call.name))
}

/// What stands in the fence that a text is.
pub(super) fn unfenced(text: &str) -> Option<&str> {
    let fenced = text.trim().strip_prefix("```")?;
    let (_, inner) = fenced.split_once('\n')?;
    Some(inner.strip_suffix("```")?.trim())
}
