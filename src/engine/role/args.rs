//! Arguments of a tool call, read the way its tool asks: strict, coerced or lenient.

use crate::engine::scenario::ArgsMode;
use crate::engine::world::schema::Misfit;
use crate::engine::world::{List, Map, Node, Path, Schema};
use serde_json::Value;

/// Schemas inside each other that coercion follows.
const MAX_DEPTH: usize = 64;

/// Reads the arguments; the error is what the agent is told.
///
/// - `Strict`: they fit the schema as they are, and no name is unknown.
/// - `Coerce`: as declared: `"189"` becomes 189 and 122.0 becomes 122 where an
///   integer is declared (186.5 does not), a number or boolean in a text is
///   read, unknown keys of inner objects are dropped; then they must fit.
/// - `Lenient`: names are checked (unknown or missing ones are refused), values
///   are as they came, as in a call of a dynamic language.
///
/// # Errors
/// Every misfit, in one sentence.
pub fn read(mode: ArgsMode, schema: &Schema, raw: &Node) -> Result<Node, String> {
    let source = schema.source();
    let Node::Map(given) = raw else {
        return Err(format!(
            "Invalid arguments: an object was expected, not {}",
            raw.kind()
        ));
    };
    let mut wrong = names(source, given);
    let read = match mode {
        ArgsMode::Lenient => raw.clone(),
        ArgsMode::Strict => {
            fit(schema, raw, &mut wrong);
            raw.clone()
        }
        ArgsMode::Coerce => {
            let read = coerce(source, source, raw, 0);
            fit(schema, &read, &mut wrong);
            read
        }
    };
    if wrong.is_empty() {
        Ok(read)
    } else {
        Err(format!("Invalid arguments: {}", wrong.join("; ")))
    }
}

/// Argument names that are unknown or missing.
fn names(source: &Value, given: &Map) -> Vec<String> {
    let mut wrong = Vec::new();
    let properties = source.get("properties").and_then(Value::as_object);
    let open = match source.get("additionalProperties") {
        Some(Value::Bool(open)) => *open,
        Some(_) => true,
        None => false,
    };
    if !open {
        for key in given.keys() {
            if !properties.is_some_and(|p| p.contains_key(&**key)) {
                wrong.push(format!("unknown argument `{key}`"));
            }
        }
    }
    let required = source.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if given.get(name).is_none() {
            wrong.push(format!("missing argument `{name}`"));
        }
    }
    wrong
}

/// Misfits that are not told by name already.
fn fit(schema: &Schema, value: &Node, wrong: &mut Vec<String>) {
    let misfits = schema.check(value);
    let mut told: Vec<String> = misfits
        .iter()
        .filter(|m| !m.path.0.is_empty() || wrong.is_empty())
        .filter(|m| m.path.find(value).is_some() && !surplus(schema, m))
        .map(|m| format!("{}: {}", place(&m.path), m.what))
        .collect();
    if told.is_empty() && wrong.is_empty() {
        told.extend(
            misfits
                .iter()
                .map(|m| format!("{}: {}", place(&m.path), m.what)),
        );
    }
    wrong.append(&mut told);
}

/// Whether a misfit is about an argument that the schema does not know.
fn surplus(schema: &Schema, misfit: &Misfit) -> bool {
    let [name] = misfit.path.0.as_slice() else {
        return false;
    };
    let properties = schema.source().get("properties");
    properties.is_none_or(|p| p.get(&**name).is_none())
}

fn place(path: &Path) -> String {
    if path.0.is_empty() {
        return String::from("arguments");
    }
    path.0.join(".")
}

/// The value as its schema declares it, as far as that is possible.
fn coerce(root: &Value, schema: &Value, value: &Node, depth: usize) -> Node {
    if depth > MAX_DEPTH {
        return value.clone();
    }
    let Some(schema) = follow(root, schema) else {
        return value.clone();
    };
    for word in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get(word).and_then(Value::as_array) {
            return choice(root, choices, value, depth);
        }
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    match value {
        Node::Map(map) => Node::Map(object(root, schema, map, depth)),
        Node::List(list) => match schema.get("items") {
            Some(items) => Node::List(
                list.iter()
                    .map(|item| coerce(root, items, item, depth + 1))
                    .collect::<List>(),
            ),
            None => value.clone(),
        },
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
            if kinds.is_empty() || kinds.iter().any(|kind| fits(kind, value)) {
                return as_declared(&kinds, value);
            }
            kinds
                .iter()
                .find_map(|kind| scalar(kind, value))
                .unwrap_or_else(|| value.clone())
        }
    }
}

/// A float where both are numbers: `5` for a `number` stays 5, 5.0 for an
/// `integer` becomes 5.
fn as_declared(kinds: &[&str], value: &Node) -> Node {
    match value {
        Node::Float(_) if kinds.contains(&"integer") && !kinds.contains(&"number") => {
            scalar("integer", value).unwrap_or_else(|| value.clone())
        }
        _ => value.clone(),
    }
}

/// The schema behind a reference inside the same document.
fn follow<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    let mut at = schema;
    for _ in 0..16 {
        match at.get("$ref").and_then(Value::as_str) {
            Some(target) => at = root.pointer(target.strip_prefix('#')?)?,
            None => return Some(at),
        }
    }
    None
}

fn choice(root: &Value, choices: &[Value], value: &Node, depth: usize) -> Node {
    let fitting = |node: &Node| {
        choices.iter().any(|c| {
            let kind = follow(root, c)
                .and_then(|c| c.get("type"))
                .and_then(Value::as_str);
            kind.is_some_and(|kind| fits(kind, node))
        })
    };
    if !matches!(value, Node::Map(_) | Node::List(_)) && fitting(value) {
        return value.clone();
    }
    for choice in choices {
        let made = coerce(root, choice, value, depth + 1);
        if fitting(&made) {
            return made;
        }
    }
    value.clone()
}

fn object(root: &Value, schema: &Value, map: &Map, depth: usize) -> Map {
    let properties = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties");
    map.iter()
        .filter_map(|(key, value)| {
            let known = properties.and_then(|p| p.get(&**key));
            match (known, others) {
                (Some(schema), _) => Some((key.clone(), coerce(root, schema, value, depth + 1))),
                // The tool's own arguments are told, not dropped.
                (None, _) if depth == 0 => Some((key.clone(), value.clone())),
                (None, Some(Value::Object(_))) => {
                    let made = others.map(|o| coerce(root, o, value, depth + 1));
                    Some((key.clone(), made.unwrap_or_else(|| value.clone())))
                }
                (None, Some(Value::Bool(true))) => Some((key.clone(), value.clone())),
                (None, _) if properties.is_none() => Some((key.clone(), value.clone())),
                (None, _) => None,
            }
        })
        .collect()
}

fn fits(kind: &str, value: &Node) -> bool {
    match value {
        Node::Null => kind == "null",
        Node::Bool(_) => kind == "boolean",
        Node::Int(_) => kind == "integer" || kind == "number",
        Node::Float(f) => kind == "number" || (kind == "integer" && f.fract() == 0.0),
        Node::Str(_) => kind == "string",
        Node::List(_) => kind == "array",
        Node::Map(_) => kind == "object",
    }
}

/// One plain value as another kind, where nothing is lost by it.
fn scalar(kind: &str, value: &Node) -> Option<Node> {
    match (kind, value) {
        ("integer", Node::Str(text)) => match text.trim().parse() {
            Ok(int) => Some(Node::Int(int)),
            Err(_) => whole(number(text)?),
        },
        ("integer", Node::Float(f)) => whole(*f),
        ("number", Node::Str(text)) => match text.trim().parse() {
            Ok(int) => Some(Node::Int(int)),
            Err(_) => number(text).map(Node::Float),
        },
        ("boolean", Node::Str(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(Node::Bool(true)),
            "false" | "no" | "off" | "0" => Some(Node::Bool(false)),
            _ => None,
        },
        ("boolean", Node::Int(0)) => Some(Node::Bool(false)),
        ("boolean", Node::Int(1)) => Some(Node::Bool(true)),
        _ => None,
    }
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|f| plain && f.is_finite())
}

fn whole(value: f64) -> Option<Node> {
    (value.fract() == 0.0 && value.abs() < 9.2e18).then_some(Node::Int(value as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Schema {
        Schema::compile(&json!({
            "type": "object",
            "properties": {
                "amount": {"type": "integer"},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "people": {"type": "array", "items": {"$ref": "#/$defs/Person"}}
            },
            "required": ["amount"],
            "$defs": {"Person": {"type": "object", "properties": {"age": {"type": "integer"}, "vip": {"type": "boolean"}}, "required": ["age"]}}
        }))
        .unwrap()
    }

    #[allow(clippy::needless_pass_by_value, reason = "`json!` at each call")]
    fn go(mode: ArgsMode, raw: serde_json::Value) -> Result<String, String> {
        read(mode, &schema(), &Node::from_json(&raw)).map(|n| n.to_string())
    }

    #[test]
    fn coercion_follows_the_schema_into_objects() {
        let raw = json!({"amount": "189", "note": null, "people": [{"age": 122.0, "vip": "true", "x": 1}]});
        assert_eq!(
            go(ArgsMode::Coerce, raw).as_deref(),
            Ok(r#"{"amount":189,"note":null,"people":[{"age":122,"vip":true}]}"#)
        );
        for raw in [
            json!({"amount": 186.5}),
            json!({"amount": "x"}),
            json!({"amount": 1, "people": [{"age": 1.5}]}),
            json!({"amount": 1, "verbose": true}),
            json!({}),
        ] {
            assert!(go(ArgsMode::Coerce, raw.clone()).is_err(), "{raw}");
        }
    }

    #[test]
    fn strict_names_every_misfit() {
        let why = go(ArgsMode::Strict, json!({"note": 5, "verbose": 1})).unwrap_err();
        for part in [
            "unknown argument `verbose`",
            "missing argument `amount`",
            "note",
        ] {
            assert!(why.contains(part), "{part} in {why}");
        }
        assert!(go(ArgsMode::Strict, json!({"amount": "189"})).is_err());
        assert!(go(ArgsMode::Strict, json!({"amount": 189})).is_ok());
    }

    #[test]
    fn lenient_checks_names_alone() {
        assert!(go(ArgsMode::Lenient, json!({"amount": "many"})).is_ok());
        assert!(go(ArgsMode::Lenient, json!({"amount": 1, "verbose": 1})).is_err());
        assert!(go(ArgsMode::Lenient, json!([1])).is_err());
    }
}
