//! Operations of an OpenAPI file as tools: parameters of path, query and body
//! in one object, the result's schema, and how the tool can answer.

use super::super::super::problem::Problem;
use super::super::super::world::Schema;
use super::super::nearest::did_you_mean;
use super::super::scenario_file::is_tool_name;
use super::super::{json, yaml};
use super::sheet::Sheet;
use serde_json::{Map as JsonMap, Value as Json, json};

/// Operations that are taken where none is named.
const MOST: usize = 64;
/// Deepest schema that is written out.
const DEEPEST: usize = 24;
/// Parts of all schemas of one operation together.
const LARGEST: usize = 2_000;
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Keywords of a schema that are kept.
const KEPT: &[&str] = &[
    "type",
    "enum",
    "const",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "default",
];

/// A tool: its name, its entry of tools.yaml, and the table that answers it.
pub type Made = (String, Json, Option<String>);

struct Operation<'a> {
    id: String,
    method: &'static str,
    path: &'a str,
    item: &'a Json,
    body: &'a Json,
}

/// The tools of an OpenAPI file.
///
/// # Errors
/// The file cannot be read, or an operation is not there.
pub fn tools(
    file: &str,
    bytes: &[u8],
    wanted: &[String],
    sheets: &[Sheet],
) -> Result<Vec<Made>, Vec<Problem>> {
    let text = std::str::from_utf8(bytes).unwrap_or("").trim_start();
    let api: Json = if text.starts_with('{') {
        json::read(file, bytes).map_err(|p| vec![p])?.to_json()
    } else {
        let (tree, problems) = yaml::read(file, bytes);
        if !problems.is_empty() {
            return Err(problems);
        }
        tree.unwrap_or_default().to_json()
    };
    let operations = operations(&api);
    if operations.is_empty() {
        return Err(vec![
            Problem::error(file, 0, 0, "there is no operation in this file")
                .help("an OpenAPI file has `paths` with `get`, `post` … below"),
        ]);
    }
    let mut problems = Vec::new();
    for id in wanted
        .iter()
        .filter(|w| !operations.iter().any(|o| o.id == **w))
    {
        let help = did_you_mean(id, operations.iter().map(|o| o.id.as_str()));
        problems
            .push(Problem::error(file, 0, 0, format!("there is no operation `{id}`")).help(help));
    }
    if wanted.is_empty() && operations.len() > MOST {
        let what = format!(
            "the file has {} operations; at most {MOST} become tools",
            operations.len()
        );
        problems.push(
            Problem::error(file, 0, 0, what).help("name those that you want with `--operation`"),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut out: Vec<Made> = Vec::new();
    for operation in operations
        .iter()
        .filter(|o| wanted.is_empty() || wanted.contains(&o.id))
    {
        let name = tool_name(&operation.id);
        if !out.iter().any(|(n, ..)| *n == name) {
            let (entry, table) = tool(&api, operation, sheets);
            out.push((name, entry, table));
        }
    }
    Ok(out)
}

fn operations(api: &Json) -> Vec<Operation<'_>> {
    let mut out = Vec::new();
    for (path, item) in api
        .get("paths")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        for method in METHODS {
            let Some(operation) = item.get(method).filter(|o| o.is_object()) else {
                continue;
            };
            let id = operation.get("operationId").and_then(Json::as_str);
            let id = id.map_or_else(
                || format!("{method}{}", path.replace(['/', '{', '}'], "_")),
                str::to_owned,
            );
            out.push(Operation {
                id,
                method,
                path,
                item,
                body: operation,
            });
        }
    }
    out
}

fn tool_name(id: &str) -> String {
    let mut name: String = id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .take(64)
        .collect();
    while name.contains("__") {
        name = name.replace("__", "_");
    }
    let name = name.trim_matches('_').to_owned();
    if is_tool_name(&name) {
        name
    } else {
        String::from("operation")
    }
}

fn tool(api: &Json, operation: &Operation<'_>, sheets: &[Sheet]) -> (Json, Option<String>) {
    let mut budget = LARGEST;
    let mut fields = Fields::default();
    let listed = |from: &Json| {
        from.get("parameters")
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default()
    };
    for given in listed(operation.item).iter().chain(&listed(operation.body)) {
        parameter(api, given, &mut fields, &mut budget);
    }
    if let Some(body) = operation.body.get("requestBody") {
        let body = resolve(api, body);
        let required = body
            .get("required")
            .and_then(Json::as_bool)
            .unwrap_or(false);
        if let Some(schema) = content(&body) {
            fields.body(clean(api, &schema, 0, &mut budget), required);
        }
    }
    let parameters = sound(fields.schema());
    let output = result(api, operation.body).map(|s| sound(clean(api, &s, 0, &mut budget)));
    let words = ["summary", "description"]
        .iter()
        .find_map(|k| operation.body.get(*k).and_then(Json::as_str));
    let words = words.map_or_else(
        || format!("{} {}", operation.method.to_uppercase(), operation.path),
        |w| w.trim().chars().take(400).collect(),
    );
    let mut entry = JsonMap::new();
    entry.insert(String::from("description"), Json::from(words));
    entry.insert(String::from("parameters"), parameters);
    let segments: Vec<&str> = operation
        .path
        .split('/')
        .filter(|s| !s.is_empty())
        .collect();
    let table = segments
        .iter()
        .filter(|s| !s.starts_with('{'))
        .rev()
        .find_map(|s| sheets.iter().find(|t| t.is_called(s)));
    let mut answered = None;
    if let Some(op) = table.and_then(|t| table_op(operation, &segments, &fields, t)) {
        entry.insert(String::from("table"), op);
        answered = table.map(|t| t.name.clone());
    } else {
        // What it may see: its table, or all of them for a look-up.
        let read = operation.method == "get";
        let named: Vec<&Sheet> = match table {
            Some(table) => vec![table],
            None if read => sheets.iter().collect(),
            None => Vec::new(),
        };
        let places: Vec<String> = named.iter().map(|t| format!("{}[*]", t.name)).collect();
        if let Some(output) = output {
            entry.insert(String::from("output"), output);
        }
        entry.insert(String::from("executor"), Json::from("model"));
        entry.insert(String::from("reads"), json!(places));
        entry.insert(
            String::from("writes"),
            if read { json!([]) } else { json!(places) },
        );
    }
    (Json::Object(entry), answered)
}

/// `GET /orders/{id}` as a row by key, `GET /orders` as rows by equality.
fn table_op(
    operation: &Operation<'_>,
    segments: &[&str],
    fields: &Fields,
    table: &Sheet,
) -> Option<Json> {
    if operation.method != "get" {
        return None;
    }
    let names: Vec<String> = fields.properties.keys().cloned().collect();
    match segments {
        [.., collection, last] if last.starts_with('{') && table.is_called(collection) => {
            let argument = last.trim_matches(['{', '}']);
            (names.len() == 1 && names.first().is_some_and(|n| n == argument))
                .then(|| json!({"name": table.name, "get": argument}))
        }
        [.., collection]
            if table.is_called(collection) && !names.is_empty() && table.has_columns(&names) =>
        {
            Some(json!({"name": table.name, "limit": 20}))
        }
        _ => None,
    }
}

#[derive(Default)]
struct Fields {
    properties: JsonMap<String, Json>,
    required: Vec<String>,
}

impl Fields {
    fn add(&mut self, name: &str, schema: Json, required: bool) {
        self.properties.insert(name.to_owned(), schema);
        self.required.retain(|r| r != name);
        if required {
            self.required.push(name.to_owned());
        }
    }

    /// A body's fields stand beside the other parameters; a body that is no
    /// object, or whose names are taken, stands under `body`.
    fn body(&mut self, schema: Json, required: bool) {
        let properties = schema.get("properties").and_then(Json::as_object).cloned();
        match properties {
            Some(properties) if properties.keys().all(|k| !self.properties.contains_key(k)) => {
                let wanted: Vec<&str> = schema
                    .get("required")
                    .and_then(Json::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .collect();
                for (name, schema) in &properties {
                    self.add(name, schema.clone(), wanted.contains(&name.as_str()));
                }
            }
            Some(_) | None => self.add("body", schema, required),
        }
    }

    fn schema(&self) -> Json {
        let mut out = JsonMap::new();
        out.insert(String::from("type"), Json::from("object"));
        out.insert(
            String::from("properties"),
            Json::Object(self.properties.clone()),
        );
        if !self.required.is_empty() {
            out.insert(String::from("required"), json!(self.required));
        }
        out.insert(String::from("additionalProperties"), Json::from(false));
        Json::Object(out)
    }
}

fn parameter(api: &Json, given: &Json, fields: &mut Fields, budget: &mut usize) {
    let given = resolve(api, given);
    let Some(name) = given.get("name").and_then(Json::as_str) else {
        return;
    };
    let place = given.get("in").and_then(Json::as_str).unwrap_or("query");
    let required = given
        .get("required")
        .and_then(Json::as_bool)
        .unwrap_or(false);
    match place {
        "path" | "query" | "formData" => {
            // Version 2 writes the type beside the name.
            let schema = given
                .get("schema")
                .cloned()
                .or_else(|| content(&given))
                .unwrap_or_else(|| given.clone());
            let mut schema = clean(api, &schema, 0, budget);
            if let (Json::Object(map), Some(words)) = (&mut schema, given.get("description")) {
                map.entry("description").or_insert_with(|| words.clone());
            }
            fields.add(name, schema, required || place == "path");
        }
        "body" => {
            if let Some(schema) = given.get("schema") {
                let schema = clean(api, schema, 0, budget);
                fields.body(schema, required);
            }
        }
        // Headers and cookies are the API's own business, not the model's.
        _ => {}
    }
}

/// The JSON schema of a body or a response.
fn content(body: &Json) -> Option<Json> {
    let kinds = body.get("content")?.as_object()?;
    let kind = kinds
        .iter()
        .find(|(k, _)| k.contains("json"))
        .or_else(|| kinds.iter().next())?;
    kind.1.get("schema").cloned()
}

fn result(api: &Json, operation: &Json) -> Option<Json> {
    let responses = operation.get("responses")?.as_object()?;
    let good = ["200", "201", "202", "2XX", "2xx"]
        .iter()
        .find_map(|code| responses.get(*code));
    let good = good.or_else(|| {
        responses
            .iter()
            .find(|(code, _)| code.starts_with('2'))
            .map(|(_, r)| r)
    })?;
    let good = resolve(api, good);
    content(&good).or_else(|| good.get("schema").cloned())
}

/// Follows `$ref` inside the file.
fn resolve(api: &Json, value: &Json) -> Json {
    let mut here = value.clone();
    for _ in 0..8 {
        let Some(to) = here.get("$ref").and_then(Json::as_str) else {
            break;
        };
        let found = to
            .strip_prefix('#')
            .and_then(|pointer| api.pointer(pointer));
        here = found.cloned().unwrap_or_else(|| json!({}));
    }
    here
}

/// A schema without references and without what JSON Schema does not know.
fn clean(api: &Json, schema: &Json, depth: usize, budget: &mut usize) -> Json {
    if depth > DEEPEST || *budget == 0 {
        return json!({});
    }
    *budget -= 1;
    let schema = resolve(api, schema);
    let Some(map) = schema.as_object() else {
        return if schema.is_boolean() {
            schema
        } else {
            json!({})
        };
    };
    let mut out = JsonMap::new();
    for (key, value) in map.iter().filter(|(k, _)| KEPT.contains(&k.as_str())) {
        let value = match (key.as_str(), value) {
            ("properties", Json::Object(all)) => {
                let all = all
                    .iter()
                    .map(|(k, v)| (k.clone(), clean(api, v, depth + 1, budget)));
                Json::Object(all.collect())
            }
            ("items" | "not" | "additionalProperties", inner) => {
                clean(api, inner, depth + 1, budget)
            }
            ("allOf" | "anyOf" | "oneOf", Json::Array(all)) => Json::Array(
                all.iter()
                    .map(|v| clean(api, v, depth + 1, budget))
                    .collect(),
            ),
            ("required", required) if !required.is_array() => continue,
            ("description", Json::String(words)) => Json::from(words.trim()),
            ("type", Json::String(kind)) if kind == "file" => Json::from("string"),
            (_, other) => other.clone(),
        };
        out.insert(key.clone(), value);
    }
    if map.get("nullable").and_then(Json::as_bool) == Some(true)
        && let Some(Json::String(kind)) = out.get("type").cloned()
    {
        out.insert(String::from("type"), json!([kind, "null"]));
        if let Some(Json::Array(all)) = out.get_mut("enum")
            && !all.contains(&Json::Null)
        {
            all.push(Json::Null);
        }
    }
    Json::Object(out)
}

/// A schema that compiles: patterns that are none of ours are dropped, and
/// where that is not enough the types alone are kept.
fn sound(schema: Json) -> Json {
    if Schema::compile(&schema).is_ok() {
        return schema;
    }
    let plain = without(&schema, &["pattern", "format", "default"], 0);
    if Schema::compile(&plain).is_ok() {
        return plain;
    }
    json!({"type": "object", "properties": {}})
}

fn without(schema: &Json, drop: &[&str], depth: usize) -> Json {
    match schema {
        Json::Object(map) if depth < 64 => Json::Object(
            map.iter()
                .filter(|(k, v)| !drop.contains(&k.as_str()) || v.is_object())
                .map(|(k, v)| (k.clone(), without(v, drop, depth + 1)))
                .collect(),
        ),
        Json::Array(all) if depth < 64 => {
            Json::Array(all.iter().map(|v| without(v, drop, depth + 1)).collect())
        }
        Json::Object(_)
        | Json::Array(_)
        | Json::Null
        | Json::Bool(_)
        | Json::Number(_)
        | Json::String(_) => schema.clone(),
    }
}
