//! Schemas that a person need not write: the shorthand of tools.yaml, and the
//! world's schema inferred from its data.

use super::super::world::Node;
use super::nearest::did_you_mean;
use super::report::Reader;
use super::tree::{Entry, Tree, Value};
use serde_json::{Map as JsonMap, Value as Json, json};

/// Names of types in shorthand.
pub const TYPES: &[&str] = &[
    "string", "integer", "number", "boolean", "object", "array", "any",
];

/// Words of JSON Schema that make a map a schema rather than a shorthand object.
const KEYWORDS: &[&str] = &[
    "$ref",
    "$defs",
    "$schema",
    "$id",
    "$comment",
    "type",
    "enum",
    "const",
    "title",
    "description",
    "default",
    "examples",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "items",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// Whether a map is a whole JSON Schema of an object.
#[must_use]
pub fn is_whole_schema(tree: &Tree) -> bool {
    let is_type = tree.get("type").and_then(Tree::text) == Some("object");
    let has_properties = tree
        .get("properties")
        .is_some_and(|p| p.entries().is_some());
    let all_keywords = tree
        .entries()
        .is_some_and(|all| all.iter().all(|e| KEYWORDS.contains(&e.key.as_str())));
    is_type && (has_properties || all_keywords)
}

/// `parameters` or `output`: a shorthand object or a whole schema, as JSON Schema.
pub fn object(reader: &mut Reader<'_>, tree: &Tree, what: &str) -> Option<Json> {
    if is_whole_schema(tree) {
        return Some(tree.to_json());
    }
    let entries = reader.map(tree, what)?;
    Some(fields(reader, entries, what))
}

/// A shorthand value: what `output` may be as a whole.
pub fn value(reader: &mut Reader<'_>, tree: &Tree, what: &str) -> Option<Json> {
    match &tree.value {
        Value::Text(name, _) => {
            if TYPES.contains(&name.as_str()) {
                return Some(named(name));
            }
            let help = did_you_mean(name, TYPES.iter().copied());
            reader.error(tree.at, format!("unknown type `{name}` of `{what}`"), help);
            None
        }
        Value::List(items) => match items.as_slice() {
            [one] => Some(json!({"type": "array", "items": value(reader, one, what)?})),
            [] => Some(json!({"type": "array"})),
            [..] => {
                let words = items.iter().all(|i| i.entries().is_none());
                let help = if words {
                    "a choice is written `{enum: [a, b]}`, a list of texts `[string]`"
                } else {
                    "a list has one type of element: `[string]`"
                };
                reader.error(
                    tree.at,
                    format!("`{what}` lists {} types", items.len()),
                    help,
                );
                None
            }
        },
        Value::Map(entries) => {
            let is_schema = !entries.is_empty()
                && entries.iter().all(|e| KEYWORDS.contains(&e.key.as_str()))
                && !shadows(entries);
            if is_schema {
                Some(tree.to_json())
            } else {
                Some(fields(reader, entries, what))
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            let kind = tree.kind();
            reader.error(
                tree.at,
                format!("`{what}` is {kind}; a type is expected"),
                "write string, integer, number, boolean, object, array or any, or a JSON Schema",
            );
            None
        }
    }
}

/// `{title: string, description: string}` are fields that happen to be named
/// like keywords: no schema has only texts that are type names under them.
fn shadows(entries: &[Entry]) -> bool {
    entries
        .iter()
        .all(|e| e.key != "type" && e.value.text().is_some_and(|t| TYPES.contains(&t)))
}

fn fields(reader: &mut Reader<'_>, entries: &[Entry], what: &str) -> Json {
    let mut properties = JsonMap::new();
    let mut required = Vec::new();
    for entry in entries {
        let (name, optional) = match entry.key.strip_suffix('?') {
            Some(name) => (name, true),
            None => (entry.key.as_str(), false),
        };
        if name.is_empty() || properties.contains_key(name) {
            reader.error(
                entry.at,
                format!("`{what}.{name}` stands twice or has no name"),
                "",
            );
            continue;
        }
        let schema = value(reader, &entry.value, &format!("{what}.{name}"));
        properties.insert(name.to_owned(), schema.unwrap_or_else(|| json!({})));
        if !optional {
            required.push(Json::from(name));
        }
    }
    let mut out = JsonMap::new();
    out.insert(String::from("type"), Json::from("object"));
    out.insert(String::from("properties"), Json::Object(properties));
    if !required.is_empty() {
        out.insert(String::from("required"), Json::Array(required));
    }
    out.insert(String::from("additionalProperties"), Json::from(false));
    Json::Object(out)
}

fn named(name: &str) -> Json {
    if name == "any" {
        json!({})
    } else {
        json!({"type": name})
    }
}

/// Deepest level of the world whose shape is inferred.
const DEEPEST: usize = 64;
/// Maps of scalars with more keys than this are collections, not records.
const RECORD: usize = 24;

/// What values at one place of the world have in common.
#[derive(Clone, Debug, Default)]
struct Shape {
    null: bool,
    boolean: bool,
    number: bool,
    string: bool,
    list: Option<Box<Shape>>,
    map: Option<Box<MapShape>>,
}

#[derive(Clone, Debug, Default)]
struct MapShape {
    /// Fields, while it still looks like a record.
    fields: Vec<(String, Shape)>,
    /// All values together, for a collection.
    all: Shape,
    /// Values that were no map.
    others: bool,
    any: bool,
}

impl Shape {
    fn add(&mut self, node: &Node, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match node {
            Node::Null => self.null = true,
            Node::Bool(_) => self.boolean = true,
            Node::Int(_) | Node::Float(_) => self.number = true,
            Node::Str(_) => self.string = true,
            Node::List(list) => {
                let inner = self.list.get_or_insert_default();
                for item in list {
                    inner.add(item, depth + 1);
                }
            }
            Node::Map(map) => {
                let inner = self.map.get_or_insert_default();
                for (key, value) in map {
                    inner.any = true;
                    inner.others |= value.as_map().is_none();
                    inner.all.add(value, depth + 1);
                    // Rows of a collection are not kept apart: with a thousand
                    // of them this would be quadratic, and nobody reads it.
                    if inner.fields.len() > RECORD {
                        continue;
                    }
                    match inner.fields.iter_mut().find(|(k, _)| **k == **key) {
                        Some((_, shape)) => shape.add(value, depth + 1),
                        None => {
                            let mut shape = Self::default();
                            shape.add(value, depth + 1);
                            inner.fields.push((key.to_string(), shape));
                        }
                    }
                }
            }
        }
    }

    fn schema(&self) -> Json {
        let mut types = Vec::new();
        let mut out = JsonMap::new();
        for (is, name) in [
            (self.boolean, "boolean"),
            (self.number, "number"),
            (self.string, "string"),
            (self.list.is_some(), "array"),
            (self.map.is_some(), "object"),
        ] {
            if is {
                types.push(name);
            }
        }
        if types.is_empty() {
            return json!({});
        }
        if self.null {
            types.push("null");
        }
        let types = match types.as_slice() {
            [one] => Json::from(*one),
            _ => Json::from(types),
        };
        out.insert(String::from("type"), types);
        if let Some(list) = &self.list {
            let items = list.schema();
            if items != json!({}) {
                out.insert(String::from("items"), items);
            }
        }
        if let Some(map) = &self.map {
            let collection = map.any && (!map.others || map.fields.len() > RECORD);
            if collection {
                out.insert(String::from("additionalProperties"), map.all.schema());
            } else if map.any {
                let fields = map.fields.iter().map(|(k, s)| (k.clone(), s.schema()));
                out.insert(String::from("properties"), Json::Object(fields.collect()));
            }
        }
        Json::Object(out)
    }
}

/// The schema that a world's data suggests: types of what is there, nothing
/// required, nothing forbidden. Whole numbers are numbers: a balance that is 50
/// today may be 57.5 tomorrow.
#[must_use]
pub fn infer(world: &Node) -> Json {
    let mut properties = JsonMap::new();
    if let Node::Map(tables) = world {
        for (name, table) in tables {
            let mut shape = Shape::default();
            shape.add(table, 0);
            properties.insert(name.to_string(), shape.schema());
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scenario::report::Report;

    fn short(text: &str) -> (Json, usize) {
        let mut report = Report::default();
        let tree = super::super::yaml::read("t", text.as_bytes())
            .0
            .unwrap_or_default();
        let mut reader = Reader {
            file: "t",
            report: &mut report,
        };
        let out = object(&mut reader, &tree, "p").unwrap_or_default();
        (out, report.errors())
    }

    #[test]
    fn shorthand_becomes_json_schema() {
        let (schema, errors) = short(
            "{id: string, note?: string, kind: {enum: [a, b]}, ids: [string], \
             item: {sku: string, qty?: integer}, what: any}",
        );
        assert_eq!(errors, 0);
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {
                "id": {"type": "string"}, "note": {"type": "string"},
                "kind": {"enum": ["a", "b"]}, "ids": {"type": "array", "items": {"type": "string"}},
                "item": {"type": "object", "properties": {"sku": {"type": "string"}, "qty": {"type": "integer"}},
                         "required": ["sku"], "additionalProperties": false},
                "what": {}},
              "required": ["id", "kind", "ids", "item", "what"], "additionalProperties": false})
        );
        assert_eq!(short("{a: strng}").1, 1);
        assert_eq!(short("{a: [x, y]}").1, 1);
        assert_eq!(short("{a: }").1, 1);
        let (whole, _) = short("{type: object, properties: {a: {type: string}}}");
        assert_eq!(
            whole,
            json!({"type": "object", "properties": {"a": {"type": "string"}}})
        );
        let (fields, errors) = short("{x: {title: string, description: string}}");
        assert_eq!(
            (errors, &fields["properties"]["x"]["required"]),
            (0, &json!(["title", "description"]))
        );
    }

    #[test]
    fn a_worlds_schema_follows_from_its_rows() {
        let world = Node::from_json(&json!({
            "orders": {"1": {"total": 5, "note": null, "lines": [{"sku": "a"}]},
                       "2": {"total": 5.5, "note": "x", "lines": []}},
            "stats": {"open": 1}}));
        assert_eq!(
            infer(&world)["properties"],
            json!({
                "orders": {"type": "object", "additionalProperties": {"type": "object", "properties": {
                    "total": {"type": "number"}, "note": {"type": ["string", "null"]},
                    "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}}}},
                "stats": {"type": "object", "properties": {"open": {"type": "number"}}}})
        );
    }
}
