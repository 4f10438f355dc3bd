//! The fields of an answer in chat completions: a chunk of a stream, or the whole.

use super::calls::Part;
use super::heard::{Heard, count, too_many};
use super::trouble;
use crate::providers::ask::{Delta, Usage};
use crate::providers::error::CallError;
use serde_json::Value;

/// Takes a chunk, or a whole answer.
///
/// # Errors
/// The server reports an error in it.
pub(super) fn take(heard: &mut Heard, value: &Value) -> Result<Vec<Delta>, CallError> {
    if let Some(error) = trouble::of(value) {
        return Err(error);
    }
    heard.model(value);
    let groq = value.get("x_groq").and_then(|g| g.get("usage"));
    if let Some(found) = value.get("usage").and_then(usage).or(groq.and_then(usage)) {
        heard.usage = Some(found);
    }
    let mut out = Vec::new();
    let choices = value.get("choices").and_then(Value::as_array);
    for choice in choices.into_iter().flatten() {
        // We ask for one answer; of several the first is read.
        if count(choice.get("index")).unwrap_or(0) == 0 {
            take_choice(heard, choice, &mut out)?;
        }
    }
    Ok(out)
}

fn take_choice(heard: &mut Heard, choice: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
    if let Some(error) = trouble::of(choice) {
        return Err(error);
    }
    let object = |key: &str| choice.get(key).filter(|v| v.is_object());
    match (object("delta"), object("message")) {
        (Some(delta), _) => said(heard, delta, false, out)?,
        // Some end a stream with the whole message once more.
        (None, Some(message)) if heard.text.is_empty() && heard.calls.is_empty() => {
            said(heard, message, true, out)?;
        }
        (None, _) => {}
    }
    match choice.get("finish_reason").and_then(Value::as_str) {
        None | Some("") => {}
        Some("error") => return Err(trouble::told(&Value::from("it stopped with an error"))),
        Some(stop) => heard.stop = Some(stop.to_owned()),
    }
    Ok(())
}

fn said(
    heard: &mut Heard,
    said: &Value,
    whole: bool,
    out: &mut Vec<Delta>,
) -> Result<(), CallError> {
    // Servers that name reasoning in two ways send the same under both names.
    let reasoning = ["reasoning_content", "reasoning", "thinking"]
        .iter()
        .filter_map(|key| said.get(key).and_then(Value::as_str))
        .find(|text| !text.is_empty());
    if let Some(text) = reasoning {
        heard.reasoning(text, out);
    }
    match said.get("content") {
        Some(Value::String(text)) => heard.text(text, out),
        Some(Value::Array(parts)) => parts.iter().for_each(|part| content(heard, part, out)),
        Some(part @ Value::Object(_)) => content(heard, part, out),
        _ => {}
    }
    if let Some(text) = said.get("refusal").and_then(Value::as_str) {
        heard.refusal(text, out);
    }
    let calls = said.get("tool_calls").and_then(Value::as_array);
    for found in calls.into_iter().flatten() {
        call(heard, found, whole, out)?;
    }
    if calls.is_none_or(Vec::is_empty)
        && let Some(old) = said.get("function_call").filter(|v| v.is_object())
    {
        let arguments = arguments(old.get("arguments"));
        let part = Part {
            index: Some(0),
            id: "",
            name: text(old.get("name")),
            arguments: &arguments,
        };
        heard.call(part, out)?;
    }
    Ok(())
}

/// A part of content that is no plain text.
fn content(heard: &mut Heard, part: &Value, out: &mut Vec<Delta>) {
    let text = |key: &str| part.get(key).and_then(Value::as_str).unwrap_or_default();
    match part.get("type").and_then(Value::as_str) {
        Some("text" | "output_text") | None => heard.text(text("text"), out),
        Some("refusal") => heard.refusal(text("refusal"), out),
        Some("thinking" | "reasoning") => {
            heard.reasoning(text("thinking"), out);
            heard.reasoning(text("text"), out);
            let inner = part.get("thinking").and_then(Value::as_array);
            for piece in inner.into_iter().flatten() {
                let piece = piece.get("text").and_then(Value::as_str);
                heard.reasoning(piece.unwrap_or_default(), out);
            }
        }
        Some(_) => {}
    }
}

fn call(
    heard: &mut Heard,
    call: &Value,
    whole: bool,
    out: &mut Vec<Delta>,
) -> Result<(), CallError> {
    // Some leave out the object between.
    let function = call
        .get("function")
        .filter(|v| v.is_object())
        .unwrap_or(call);
    let arguments = arguments(function.get("arguments"));
    let id = match call.get("id") {
        Some(Value::Number(number)) => number.to_string(),
        other => text(other).to_owned(),
    };
    let name = text(function.get("name"));
    if whole {
        heard
            .calls
            .whole(&id, name, &arguments)
            .ok_or_else(too_many)?;
        return Ok(());
    }
    let part = Part {
        index: count(call.get("index")),
        id: &id,
        name,
        arguments: &arguments,
    };
    heard.call(part, out)
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Arguments as they came; an object in place of a text is written as one.
fn arguments(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn usage(value: &Value) -> Option<Usage> {
    let number = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| count(value.get(key)));
        found.unwrap_or(0)
    };
    let detail = |group: &str, key: &str| count(value.get(group)?.get(key));
    let input = number(&["prompt_tokens", "input_tokens"]);
    let mut output = number(&["completion_tokens", "output_tokens"]);
    let mut reasoning = detail("completion_tokens_details", "reasoning_tokens")
        .or_else(|| detail("output_tokens_details", "reasoning_tokens"))
        .unwrap_or_else(|| number(&["reasoning_tokens"]));
    // Some count reasoning beside what was written; the sum tells.
    let beside = number(&["total_tokens"]).saturating_sub(input.saturating_add(output));
    if beside > 0 && (reasoning == 0 || reasoning == beside) {
        output = output.saturating_add(beside);
        reasoning = beside;
    }
    let cached = detail("prompt_tokens_details", "cached_tokens")
        .or_else(|| detail("input_tokens_details", "cached_tokens"))
        .unwrap_or_else(|| number(&["prompt_cache_hit_tokens", "cached_tokens"]));
    let found = Usage {
        input,
        cached: cached.min(input),
        cache_write: detail("prompt_tokens_details", "cache_write_tokens").unwrap_or(0),
        output,
        reasoning: reasoning.min(output),
    };
    (found != Usage::default()).then_some(found)
}
