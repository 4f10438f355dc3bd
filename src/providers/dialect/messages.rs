//! The body of a request in Anthropic messages.

use super::turns::{Turn, turns};
use super::{json, name, put_sampling, words};
use crate::engine::role::{Request, ToolCall};
use crate::providers::error::{CallError, Kind};
use crate::providers::model::{Model, Sampling, Tools};
use serde_json::{Map, Value, json};

/// Tokens to write at most, where none is set: the dialect demands a number.
const MAX_TOKENS: u32 = 4096;

/// The fields, in the order of sending.
///
/// # Errors
/// An effort that this dialect has no word for.
pub(super) fn body(model: &Model, request: &Request) -> Result<Map<String, Value>, CallError> {
    let endpoint = &model.endpoint;
    let turns = turns(request, endpoint.tools);
    let budget = budget(&model.sampling, &turns)?;
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
    put("model", Value::from(model.name.as_str()));
    let mut most = model.sampling.max_tokens.unwrap_or(MAX_TOKENS);
    if let Some(budget) = budget.filter(|b| *b >= most) {
        // The budget counts as written, and has to be below the bound.
        most = most.saturating_add(budget);
    }
    put("max_tokens", Value::from(most));
    let system = words::system(model, request);
    if !system.trim().is_empty() {
        put("system", Value::from(system));
    }
    put("messages", Value::Array(messages(turns)));
    if endpoint.tools == Tools::Native && !request.tools.is_empty() {
        put("tools", request.tools.iter().map(tool).collect());
    }
    if let Some(schema) = words::enforced(model, request) {
        let format = json!({"type": "json_schema", "schema": unbounded(schema)});
        put("output_config", json!({ "format": format }));
    }
    if let Some(budget) = budget {
        put(
            "thinking",
            json!({"type": "enabled", "budget_tokens": budget}),
        );
        // A thinking model draws as it will: a temperature is refused.
        if !model.sampling.stop.is_empty() {
            put(
                "stop_sequences",
                Value::from(model.sampling.stop.as_slice()),
            );
        }
    } else {
        put_sampling(&mut put, &model.sampling, "stop_sequences");
    }
    put("stream", Value::from(endpoint.stream));
    Ok(body)
}

/// Tokens to think with. None in a message that holds results: the dialect wants
/// the signed thought back that led to the calls, and a conversation does not
/// keep it.
fn budget(sampling: &Sampling, turns: &[Turn<'_>]) -> Result<Option<u32>, CallError> {
    let budget = match sampling.effort.as_deref() {
        None | Some("none") => return Ok(None),
        Some("minimal" | "low") => 1024,
        Some("medium") => 4096,
        Some("high" | "xhigh" | "max") => 16384,
        Some(other) => {
            let what = format!("the effort `{other}` is none that the messages API knows");
            let help = "Set effort to low, medium or high";
            return Err(CallError::new(Kind::Malformed, what).help(help));
        }
    };
    let results = matches!(
        turns,
        [.., Turn::Results(_)] | [.., Turn::Results(_), Turn::User(_)]
    );
    Ok((!results).then_some(budget))
}

fn tool(tool: &crate::engine::role::ToolSpec) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.parameters,
    })
}

fn messages(turns: Vec<Turn<'_>>) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    let mut results: Vec<Value> = Vec::new();
    for turn in turns {
        match turn {
            Turn::Results(found) => results.extend(found.into_iter().map(|(id, text)| {
                json!({"type": "tool_result", "tool_use_id": name(id), "content": text})
            })),
            // What is said after results stands behind them in the same message.
            Turn::User(text) if !results.is_empty() => {
                results.push(json!({"type": "text", "text": text}));
            }
            Turn::User(text) => out.push(json!({"role": "user", "content": text})),
            Turn::Own { text, calls } => {
                flush(&mut out, &mut results);
                if calls.is_empty() {
                    // The dialect refuses white space at the end of the model's words.
                    out.push(json!({"role": "assistant", "content": text.trim_end()}));
                    continue;
                }
                let mut blocks = Vec::new();
                if !text.is_empty() {
                    blocks.push(json!({"type": "text", "text": text.trim_end()}));
                }
                blocks.extend(calls.into_iter().map(call));
                out.push(json!({"role": "assistant", "content": blocks}));
            }
        }
    }
    flush(&mut out, &mut results);
    out
}

fn flush(out: &mut Vec<Value>, results: &mut Vec<Value>) {
    if !results.is_empty() {
        out.push(json!({"role": "user", "content": std::mem::take(results)}));
    }
}

fn call(call: &ToolCall) -> Value {
    let input = json::is_object(&call.raw)
        .then(|| serde_json::from_str(&call.raw).ok())
        .flatten()
        .unwrap_or_else(|| json!({}));
    json!({
        "type": "tool_use",
        "id": name(&call.id),
        "name": name(&call.tool),
        "input": input,
    })
}

/// A schema without the bounds that this API refuses ("Structured outputs", the
/// list of what JSON Schema it takes): of numbers, of texts, of lists. The words
/// of the request say them, and the reader holds the answer to them.
fn unbounded(schema: &Value) -> Value {
    const REFUSED: [&str; 10] = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
    ];
    match schema {
        Value::Object(map) => {
            let kept = map.iter().filter_map(|(key, value)| {
                // Below `properties` a key is a name, and its value a schema.
                let named = matches!(key.as_str(), "properties" | "$defs" | "definitions");
                let value = match value {
                    Value::Object(names) if named => {
                        let each = names.iter().map(|(n, s)| (n.clone(), unbounded(s)));
                        Value::Object(each.collect())
                    }
                    // Values, and no schemas.
                    other if matches!(key.as_str(), "enum" | "const" | "default") => other.clone(),
                    other => unbounded(other),
                };
                let refused = REFUSED.contains(&key.as_str()) && !value.is_object();
                (!refused).then(|| (key.clone(), value))
            });
            Value::Object(kept.collect())
        }
        Value::Array(list) => list.iter().map(unbounded).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_left_out_and_names_and_values_are_not() {
        let schema = json!({
            "type": "object",
            "required": ["minimum"],
            "properties": {
                "minimum": {"type": "integer", "minimum": 1, "enum": [1, 2]},
                "list": {"type": "array", "maxItems": 3, "items": {"anyOf": [
                    {"type": "string", "maxLength": 5},
                    {"const": {"maxLength": 5}},
                ]}},
            },
        });
        assert_eq!(
            unbounded(&schema),
            json!({
                "type": "object",
                "required": ["minimum"],
                "properties": {
                    "minimum": {"type": "integer", "enum": [1, 2]},
                    "list": {"type": "array", "items": {"anyOf": [
                        {"type": "string"},
                        {"const": {"maxLength": 5}},
                    ]}},
                },
            })
        );
    }
}
