//! The schema of a world that came without one: types, fields and which of them
//! every row has. Never bounds or choices: what was not seen yet may come.

use crate::engine::world::map::Map;
use crate::engine::world::node::Node;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Rows of a table share their fields: on average a row has at least this part
/// of all fields seen in any row.
const ALIKE: f64 = 0.4;

/// A map of plain values with more keys than this is a table too.
const MANY_KEYS: usize = 24;

/// A schema that the value fits. A map whose values are all maps of similar
/// shape is a table: one schema for its rows, any keys. A column of whole
/// numbers is `integer`, with any float in it `number`; one of nulls alone may
/// become anything.
#[must_use]
pub fn infer(world: &Node) -> Value {
    let mut schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema"});
    let found = world
        .as_map()
        .map_or_else(|| of(&[world], 1), |map| record(&[map], 1));
    if let (Value::Object(schema), Value::Object(found)) = (&mut schema, found) {
        schema.extend(found);
    }
    schema
}

/// One schema for all values of a column.
fn of(column: &[&Node], depth: usize) -> Value {
    let mut maps = Vec::new();
    let mut elements = Vec::new();
    let (mut null, mut boolean, mut integer, mut float) = (false, false, false, false);
    let (mut string, mut array) = (false, false);
    for node in column {
        match node {
            Node::Null => null = true,
            Node::Bool(_) => boolean = true,
            Node::Int(_) => integer = true,
            Node::Float(_) => float = true,
            Node::Str(_) => string = true,
            Node::List(list) => {
                array = true;
                elements.extend(list.iter());
            }
            Node::Map(map) => maps.push(map),
        }
    }
    let types: Vec<&str> = [
        (!maps.is_empty(), "object"),
        (array, "array"),
        (string, "string"),
        (float, "number"),
        (integer && !float, "integer"),
        (boolean, "boolean"),
        (null, "null"),
    ]
    .into_iter()
    .filter_map(|(seen, name)| seen.then_some(name))
    .collect();
    let mut schema = serde_json::Map::new();
    match types.as_slice() {
        // Only ever null: what comes in its place is not known yet.
        [] | ["null"] => {}
        [one] => {
            schema.insert("type".into(), json!(one));
        }
        several => {
            schema.insert("type".into(), json!(several));
        }
    }
    if !elements.is_empty() {
        schema.insert("items".into(), of(&elements, depth + 1));
    }
    if !maps.is_empty() {
        let fields = if is_table(&maps, depth) {
            let rows: Vec<&Node> = maps.iter().flat_map(|map| map.values()).collect();
            json!({"additionalProperties": of(&rows, depth + 1)})
        } else {
            record(&maps, depth)
        };
        if let Value::Object(fields) = fields {
            schema.extend(fields.into_iter().filter(|(key, _)| key != "type"));
        }
    }
    Value::Object(schema)
}

/// Maps with fields of their own.
fn record(maps: &[&Map], depth: usize) -> Value {
    let mut order: Vec<&str> = Vec::new();
    let mut columns: HashMap<&str, Vec<&Node>> = HashMap::new();
    for map in maps {
        for (key, node) in *map {
            let column = columns.entry(key).or_default();
            if column.is_empty() {
                order.push(key);
            }
            column.push(node);
        }
    }
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for key in order {
        let column = columns.get(key).map(Vec::as_slice).unwrap_or_default();
        properties.insert(key.to_owned(), of(column, depth + 1));
        if column.len() == maps.len() {
            required.push(key);
        }
    }
    let mut schema = serde_json::Map::new();
    schema.insert("type".into(), json!("object"));
    if !properties.is_empty() {
        schema.insert("properties".into(), Value::Object(properties));
    }
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    Value::Object(schema)
}

/// Whether maps at one place are tables: any keys, values of one shape.
fn is_table(maps: &[&Map], depth: usize) -> bool {
    let rows: Vec<&Node> = maps.iter().flat_map(|map| map.values()).collect();
    let Some(first) = rows.first() else {
        return false;
    };
    let mut keys: HashMap<&str, usize> = HashMap::new();
    for key in maps.iter().flat_map(|map| map.keys()) {
        *keys.entry(key).or_default() += 1;
    }
    // The same keys in most of several maps are fields.
    let in_most = keys
        .values()
        .filter(|count| **count * 2 > maps.len())
        .count();
    if maps.len() > 1 && in_most * 2 >= keys.len() {
        return false;
    }
    let like_ids = keys
        .keys()
        .all(|key| key.bytes().any(|b| b.is_ascii_digit()));
    let all_maps: Option<Vec<&Map>> = rows.iter().map(|row| row.as_map()).collect();
    if let Some(all) = all_maps {
        // A lone map in a map is a row where its key says so, and right below
        // the root, where tables stand.
        return (all.len() > 1 || like_ids || depth <= 2) && alike(&all);
    }
    let family = |node: &Node| match node.kind() {
        "integer" => "number",
        other => other,
    };
    let one_kind = rows.iter().all(|row| family(row) == family(first));
    one_kind && (like_ids || keys.len() > MANY_KEYS)
}

fn alike(rows: &[&Map]) -> bool {
    let mut fields: HashSet<&str> = HashSet::new();
    let mut seen = 0;
    for row in rows {
        seen += row.len();
        fields.extend(row.keys().map(|key| &**key));
    }
    seen as f64 >= ALIKE * (fields.len() * rows.len()) as f64
}
