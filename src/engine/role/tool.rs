//! The tool simulator: the contract it is given for one call. Its answer is
//! read and checked by `grounding::contract`.

use crate::engine::scenario::{Scenario, Tool};
use crate::engine::step::ToolRun;
use crate::engine::world::path::Seg;
use crate::engine::world::reach::bound;
use crate::engine::world::{Node, Pattern, Reach};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Earlier calls that a request tells of.
const RECENT: usize = 5;
/// Letters of an earlier call's arguments, and of its result.
const RECENT_LETTERS: usize = 400;
/// Letters of a table's schema that is shown whole.
const SCHEMA_LETTERS: usize = 4000;
/// Places that a call may write which are listed one by one.
const MAY: usize = 50;
/// Schemas inside each other whose references are followed.
const DEEPEST: usize = 128;

/// The system prompt: what the tool is, what it may see and write, how to answer.
#[must_use]
pub fn system(scenario: &Scenario, tool: &Tool) -> String {
    let mut out = format!(
        "You are the back end of the tool `{}`. You are sent one call and the state that the \
         tool may see, and you answer as a real system would: truthfully, from that state.\n\n\
         What the tool does:\n{}\n\nParameters (JSON Schema):\n{}\n",
        tool.name, tool.description, tool.parameters
    );
    if let Some(output) = &tool.output {
        let _ = write!(
            out,
            "\nThe result must fit this JSON Schema:\n{}\n",
            output.source()
        );
    }
    if tool.writes.is_empty() {
        out.push_str("\nThe tool changes nothing: `patch` is always [].\n");
    } else {
        match fixed(tool) {
            Some(writes) => places(
                &mut out,
                "You may write only these places of the state (`*` stands for any key), and all \
                 that lies below them:",
                &writes,
            ),
            None => out.push_str(
                "\nYou may write only the places of the state that are listed with the call.\n",
            ),
        }
        rows(&mut out, scenario, tool);
    }
    places(
        &mut out,
        "These may hold text in your own words:",
        &tool.free_text,
    );
    let _ = write!(
        out,
        "\nThe current time is {}.\n\n\
         Answer with one JSON object and nothing else, without words around it:\n\
         {{\"result\": …, \"patch\": […]}}\n\
         `result` is what the caller gets. `patch` lists the changes of the state as RFC 6902 \
         operations, such as {{\"op\": \"replace\", \"path\": \"/table/key/field\", \"value\": …}} \
         or {{\"op\": \"add\", \"path\": \"/table/new_key\", \"value\": {{…}}}}; it is [] where \
         nothing changes.\n\
         Where the call cannot be served (what it names is not there, or the state forbids it), \
         answer instead:\n\
         {{\"error\": \"why, in one sentence\"}}\n\n\
         Rules:\n\
         - Every value that you write must come from the arguments, the state, the current time \
         or a list of allowed values. Make up nothing: text in your own words names no id, amount \
         or date but these.\n\
         - A new id has the form PREFIX-123456 (letters, a hyphen, six digits) and does not stand \
         in the state yet.\n\
         - Everything in the result must follow from the arguments, the state and your patch.\n",
        scenario.now
    );
    out
}

fn places(out: &mut String, title: &str, patterns: &[Pattern]) {
    if patterns.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for pattern in patterns {
        match pattern.0.first() {
            // A field of the answer, not of the state.
            Some(Seg::Key(key)) if &**key == "result" => {
                let _ = writeln!(out, "- {pattern}");
            }
            Some(_) | None => {
                let _ = writeln!(out, "- {}", pointer(pattern));
            }
        }
    }
}

/// A pattern in the form that paths of a patch have.
fn pointer(pattern: &Pattern) -> String {
    let mut out = String::new();
    for seg in &pattern.0 {
        out.push('/');
        match seg {
            Seg::Any => out.push('*'),
            Seg::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
        }
    }
    out
}

/// What must fit where the tool writes: without it nobody could write the first
/// row of an empty table.
fn rows(out: &mut String, scenario: &Scenario, tool: &Tool) {
    let source = scenario.schema.source();
    let mut seen: Vec<&str> = Vec::new();
    for table in tool.writes.iter().filter_map(Reach::table) {
        if seen.contains(&table) {
            continue;
        }
        seen.push(table);
        let Some(schema) = source.get("properties").and_then(|p| p.get(table)) else {
            continue;
        };
        let mut text = schema.to_string();
        if text.contains("\"$ref\"")
            && let Some(defs) = source.get("$defs")
        {
            let _ = write!(text, "\nwith $defs {defs}");
        }
        if text.len() <= SCHEMA_LETTERS {
            let _ = writeln!(out, "\n/{table} must fit this JSON Schema:\n{text}");
        }
    }
}

/// JSON Schema of the answer: result and patch, or an error.
#[must_use]
pub fn schema(tool: &Tool) -> Value {
    let any = || json!({"type": ["object", "array", "string", "number", "boolean", "null"]});
    let op = |names: &[&str], more: &[(&str, Value)]| {
        let mut properties = Map::new();
        properties.insert(String::from("op"), json!({"type": "string", "enum": names}));
        properties.insert(String::from("path"), json!({"type": "string"}));
        let mut required = vec!["op", "path"];
        for (name, schema) in more {
            properties.insert((*name).to_owned(), schema.clone());
            required.push(name);
        }
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
    };
    let mut defs = None;
    let result = match &tool.output {
        None => any(),
        Some(output) => {
            let mut refers = false;
            let moved = moved(output.source(), 0, &mut refers);
            if refers {
                // What refers to itself keeps one place that its references name.
                defs = Some(json!({ "result": moved }));
                json!({"$ref": "#/$defs/result"})
            } else {
                moved
            }
        }
    };
    let ops = [
        op(&["add", "replace", "test"], &[("value", any())]),
        op(&["remove"], &[]),
        op(&["move", "copy"], &[("from", json!({"type": "string"}))]),
    ];
    let mut out = json!({"anyOf": [
        {
            "type": "object",
            "properties": {
                "result": result,
                "patch": {"type": "array", "items": {"anyOf": ops}},
            },
            "required": ["result", "patch"],
            "additionalProperties": false,
        },
        {
            "type": "object",
            "properties": {"error": {"type": "string"}},
            "required": ["error"],
            "additionalProperties": false,
        },
    ]});
    if let (Some(defs), Some(map)) = (defs, out.as_object_mut()) {
        map.insert(String::from("$defs"), defs);
    }
    out
}

/// A schema as it reads at `#/$defs/result`: its references into itself are
/// moved along, its own name and dialect are left out.
fn moved(schema: &Value, depth: usize, refers: &mut bool) -> Value {
    let Some(map) = schema.as_object().filter(|_| depth <= DEEPEST) else {
        return schema.clone();
    };
    let mut out = Map::new();
    for (key, value) in map {
        let value = match (key.as_str(), value) {
            ("$id" | "$schema", Value::String(_)) if depth == 0 => continue,
            ("$ref", Value::String(text)) => match text.strip_prefix('#') {
                Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                    *refers = true;
                    Value::String(format!("#/$defs/result{rest}"))
                }
                Some(_) | None => value.clone(),
            },
            // Data, whatever it looks like.
            ("const" | "enum" | "default" | "examples", _) => value.clone(),
            // Names of the author's, each with a schema.
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas",
                Value::Object(named),
            ) => Value::Object(
                named
                    .iter()
                    .map(|(name, s)| (name.clone(), moved(s, depth + 1, refers)))
                    .collect(),
            ),
            (_, Value::Array(list)) => {
                Value::Array(list.iter().map(|s| moved(s, depth + 1, refers)).collect())
            }
            (_, value) => moved(value, depth + 1, refers),
        };
        out.insert(key.clone(), value);
    }
    Value::Object(out)
}

/// The last calls of this tool, or of tools that read or write its tables,
/// oldest first, a line each. What sub-agents were asked is no call of the
/// state, and what could not be called left no trace in it.
#[must_use]
pub fn recent<'a>(
    scenario: &Scenario,
    tool: &Tool,
    runs: impl DoubleEndedIterator<Item = &'a ToolRun>,
) -> Vec<String> {
    let mine = tables(tool);
    let mut out: Vec<String> = runs
        .rev()
        .filter(|run| !matches!(run.executor.as_str(), "agent" | "none"))
        .filter(|run| {
            run.call.tool == tool.name
                || scenario.tool(&run.call.tool).is_some_and(|other| {
                    let theirs = tables(other);
                    mine.iter().any(|table| theirs.contains(table))
                })
        })
        .take(RECENT)
        .map(|run| {
            let args = run.args.brief(RECENT_LETTERS);
            let result = run.result.brief(RECENT_LETTERS);
            let word = if run.ok { "answered" } else { "failed" };
            format!("{} {args} {word} {result}", run.call.tool)
        })
        .collect();
    out.reverse();
    out
}

/// The tables that a tool reads or writes.
fn tables(tool: &Tool) -> Vec<&str> {
    let all = tool.reads.iter().chain(&tool.writes);
    all.filter_map(Reach::table).collect()
}

/// The message that carries one call.
#[must_use]
pub fn ask(tool: &Tool, args: &Node, world: &Node, projection: &Node, recent: &[String]) -> String {
    let mut out = format!("State that you may see:\n{projection}\n\n");
    if !recent.is_empty() {
        out.push_str("Calls before this one, oldest first, so that you agree with them:\n");
        for line in recent {
            let _ = writeln!(out, "- {line}");
        }
        out.push('\n');
    }
    let _ = write!(out, "Call of `{}` with the arguments:\n{args}", tool.name);
    if !tool.writes.is_empty() && fixed(tool).is_none() {
        let may = bound(&tool.writes, args, world);
        if may.is_empty() {
            out.push_str("\n\nIt may write nothing: `patch` is [].");
        } else {
            out.push('\n');
            places(
                &mut out,
                "It may write only these places of the state (`*` stands for any key), and all \
                 that lies below them:",
                may.get(..MAY).unwrap_or(&may),
            );
            if may.len() > MAY {
                let _ = writeln!(out, "- and {} more of these rows", may.len() - MAY);
            }
        }
    }
    out
}

/// What the tool may write, where that is the same for every call.
fn fixed(tool: &Tool) -> Option<Vec<Pattern>> {
    tool.writes.iter().map(Reach::plain).collect()
}

/// The message that says why a proposal was refused.
#[must_use]
pub fn refused(why: &[String]) -> String {
    let mut out = String::from(
        "The state manager refused this answer; nothing was written. Answer again with the \
         whole JSON object, mended:\n",
    );
    for line in why {
        let _ = writeln!(out, "- {line}");
    }
    out
}
