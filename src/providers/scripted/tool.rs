//! The tool simulator's side: runs the draft rule of the tool, where there is
//! one, on what the tool may read, and proposes what it did. Without a draft it
//! fills the tool's output schema from what it sees, and writes nothing.

use super::Scripted;
use crate::engine::rng::Rng;
use crate::engine::role::{Reply, Request};
use crate::engine::rules::{DEFAULT_BUDGET, Env, FailureKind};
use crate::engine::scenario::Tool;
use crate::engine::world::Node;
use serde_json::{Map, Value, json};

/// The proposal for one call.
pub(super) fn reply(
    s: &Scripted,
    request: &Request,
    name: &str,
    args: &Node,
    projection: &Node,
    refused: &[String],
) -> Reply {
    let tool = s.scenario.tool(name);
    let answer = draft(s, request, name, args, projection)
        .unwrap_or_else(|| from_schema(request, tool, args, projection));
    let reasoning = if refused.is_empty() {
        format!("I answer {name} from what it may read and from its arguments.")
    } else {
        format!(
            "The last proposal was refused ({}), so I keep to what is there.",
            refused.last().map_or("", String::as_str)
        )
    };
    Reply {
        text: answer.to_string(),
        reasoning,
        ..Reply::default()
    }
}

/// What the draft rule does; `None` where there is none, or where it needs
/// something that the tool may not read.
fn draft(
    s: &Scripted,
    request: &Request,
    name: &str,
    args: &Node,
    projection: &Node,
) -> Option<Value> {
    if !s.scenario.program.tools().iter().any(|t| t.name == name) {
        return None;
    }
    let env = Env {
        world: projection,
        args,
        now: &s.scenario.now,
        id_key: request.seed,
        budget: DEFAULT_BUDGET,
    };
    match s.scenario.program.draft(name, &env) {
        Ok(ran) => {
            let patch = serde_json::to_value(&ran.patch).unwrap_or_else(|_| json!([]));
            Some(json!({"result": ran.result.to_json(), "patch": patch}))
        }
        Err(failure) if failure.kind == FailureKind::Refused => {
            Some(json!({"error": failure.message}))
        }
        Err(_) => None,
    }
}

/// A result that fits the output schema as far as values can be found.
fn from_schema(request: &Request, tool: Option<&Tool>, args: &Node, projection: &Node) -> Value {
    let args = args.to_json();
    let world = projection.to_json();
    let row = matching_row(&world, &args);
    let result = match tool.and_then(|t| t.output.as_ref()) {
        Some(schema) => {
            let mut rng = Rng::new(request.seed, "tool");
            fill(schema.source(), "", &args, row, &mut rng, 0)
        }
        None => row.map_or_else(|| json!({"ok": true}), |r| Value::Object(r.clone())),
    };
    json!({"result": result, "patch": []})
}

/// The row that an argument names: by its key in a table, or by a field.
fn matching_row<'a>(world: &'a Value, args: &Value) -> Option<&'a Map<String, Value>> {
    let args = args.as_object()?;
    let mut wanted = args.values().filter(|v| v.is_string() || v.is_number());
    wanted.find_map(|v| {
        let by_key = v.as_str().and_then(|key| {
            world
                .as_object()?
                .values()
                .find_map(|table| table.as_object()?.get(key)?.as_object())
        });
        by_key.or_else(|| super::tell::row_with(world, v, 0))
    })
}

fn fill(
    schema: &Value,
    key: &str,
    args: &Value,
    row: Option<&Map<String, Value>>,
    rng: &mut Rng,
    depth: u32,
) -> Value {
    let known = [row.and_then(|r| r.get(key)), args.get(key)]
        .into_iter()
        .flatten()
        .find(|v| kind_fits(schema, v));
    if !key.is_empty()
        && let Some(known) = known
    {
        return known.clone();
    }
    if let Some(one) = schema.get("const") {
        return one.clone();
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return rng.pick(choices).cloned().unwrap_or(Value::Null);
    }
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ => "null",
    };
    match kind {
        "object" if depth < 16 => {
            let fields = schema.get("properties").and_then(Value::as_object);
            let required = schema.get("required").and_then(Value::as_array);
            let out: Map<String, Value> = fields
                .into_iter()
                .flatten()
                .map(|(k, s)| (k, fill(s, k, args, row, rng, depth + 1)))
                // What is not there and not asked for is left out.
                .filter(|(k, v)| {
                    !v.is_null()
                        || required
                            .is_some_and(|r| r.iter().any(|n| n.as_str() == Some(k.as_str())))
                })
                .map(|(k, v)| (k.clone(), v))
                .collect();
            Value::Object(out)
        }
        "array" => json!([]),
        "boolean" => json!(true),
        // Any number or text would be one that is nowhere: the one that reads
        // like the key, else an argument's.
        "integer" | "number" => {
            nearest(key, args, row, Value::is_number).unwrap_or_else(|| json!(0))
        }
        "string" => nearest(key, args, row, Value::is_string).unwrap_or_else(|| json!("")),
        _ => Value::Null,
    }
}

fn nearest(
    key: &str,
    args: &Value,
    row: Option<&Map<String, Value>>,
    fits: fn(&Value) -> bool,
) -> Option<Value> {
    let parts = super::words::parts(key);
    let of = |map: &Map<String, Value>| {
        let alike = map
            .iter()
            .find(|(k, v)| fits(v) && super::words::parts(k).iter().any(|p| parts.contains(p)));
        alike
            .or_else(|| map.iter().find(|(_, v)| fits(v)))
            .map(|(_, v)| v.clone())
    };
    row.and_then(of).or_else(|| args.as_object().and_then(of))
}

fn kind_fits(schema: &Value, v: &Value) -> bool {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return choices.contains(v);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => v.is_string(),
        Some("integer") => v.is_i64(),
        Some("number") => v.is_number(),
        Some("boolean") => v.is_boolean(),
        Some("array") => v.is_array(),
        Some("object") => v.is_object(),
        Some("null") => v.is_null(),
        _ => true,
    }
}
