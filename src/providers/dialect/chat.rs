//! The body of a request in chat completions.

use super::turns::{Turn, turns};
use super::{json, put_sampling, words};
use crate::engine::role::{Request, ToolCall};
use crate::providers::model::{Model, Structured, Tools};
use serde_json::{Map, Value, json};

/// The fields, in the order of sending.
pub(super) fn body(model: &Model, request: &Request) -> Map<String, Value> {
    let endpoint = &model.endpoint;
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
    put("model", Value::from(model.name.as_str()));
    put("messages", Value::Array(messages(model, request)));
    if endpoint.tools == Tools::Native && !request.tools.is_empty() {
        put("tools", request.tools.iter().map(tool).collect());
    }
    if let Some(schema) = words::enforced(model, request) {
        let wanted = json!({"name": "answer", "schema": schema, "strict": false});
        put(
            "response_format",
            json!({"type": "json_schema", "json_schema": wanted}),
        );
    } else if request.schema.is_some() && endpoint.structured == Structured::Json {
        put("response_format", json!({"type": "json_object"}));
    }
    put_sampling(&mut put, &model.sampling, "stop");
    if let Some(most) = model.sampling.max_tokens {
        put(limit(model), Value::from(most));
    }
    if let Some(effort) = &model.sampling.effort {
        put("reasoning_effort", Value::from(effort.as_str()));
    }
    if endpoint.seed {
        // 31 bits: some servers read a signed integer of 32.
        put("seed", Value::from(request.seed & 0x7fff_ffff));
    }
    put("stream", Value::from(endpoint.stream));
    if endpoint.stream {
        put("stream_options", json!({"include_usage": true}));
    }
    body
}

/// The name of the bound on tokens. OpenAI's newer models refuse the old name,
/// most other servers know it alone.
fn limit(model: &Model) -> &'static str {
    let new = "max_completion_tokens";
    let named = model.endpoint.extra.contains_key(new) || model.sampling.extra.contains_key(new);
    if named || model.endpoint.url.starts_with("https://api.openai.com/") {
        new
    } else {
        "max_tokens"
    }
}

fn tool(tool: &crate::engine::role::ToolSpec) -> Value {
    json!({"type": "function", "function": {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
    }})
}

fn messages(model: &Model, request: &Request) -> Vec<Value> {
    let mut out = Vec::new();
    let system = words::system(model, request);
    if !system.trim().is_empty() {
        out.push(json!({"role": "system", "content": system}));
    }
    for turn in turns(request, model.endpoint.tools) {
        match turn {
            Turn::User(text) => out.push(json!({"role": "user", "content": text})),
            Turn::Own { text, calls } if calls.is_empty() => {
                out.push(json!({"role": "assistant", "content": text}));
            }
            Turn::Own { text, calls } => {
                let content = if text.is_empty() {
                    Value::Null
                } else {
                    Value::from(text)
                };
                let calls: Vec<Value> = calls.into_iter().map(call).collect();
                out.push(json!({"role": "assistant", "content": content, "tool_calls": calls}));
            }
            Turn::Results(results) => out.extend(results.into_iter().map(
                |(call, text)| json!({"role": "tool", "tool_call_id": id(call), "content": text}),
            )),
        }
    }
    out
}

/// An id of ours (`c12`) as nine letters and digits (`c00000012`): Mistral's
/// models take no other, all others take that too.
fn id(ours: &str) -> String {
    const LENGTH: usize = 9;
    let digits = ours.strip_prefix('c').unwrap_or_default();
    let short = !digits.is_empty() && digits.len() < LENGTH;
    if short && digits.bytes().all(|b| b.is_ascii_digit()) {
        format!("c{digits:0>width$}", width = LENGTH - 1)
    } else {
        super::name(ours).into_owned()
    }
}

/// A call of the history. vLLM and llama.cpp read its arguments as JSON and
/// refuse every later request where one of them is none, so that such a one is
/// sent as an object without anything in it; its result says what was wrong.
fn call(call: &ToolCall) -> Value {
    let arguments = if json::is_object(&call.raw) {
        call.raw.as_str()
    } else {
        "{}"
    };
    json!({
        "id": id(&call.id),
        "type": "function",
        "function": {"name": super::name(&call.tool), "arguments": arguments},
    })
}
