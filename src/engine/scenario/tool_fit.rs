//! How a tool fits the world and its rule: tables and their columns, places,
//! parameters against a rule's header.

use super::super::rules::ToolSig;
use super::super::world::path::Seg;
use super::super::world::{Node, Pattern, Schema};
use super::nearest::{did_you_mean, nearest};
use super::report::Report;
use super::tools::{Facts, names, table_names};
use super::tools_file::{FILE, Places, ToolEntry};
use super::tree::{At, Tree};
use super::{Executor, TableOp};
use serde_json::{Map as JsonMap, Value as Json, json};

/// The rows of a table, whether it is a map or a list.
fn rows(table: &Node) -> Vec<&Node> {
    match table {
        Node::Map(map) => map.values().collect(),
        Node::List(list) => list.iter().collect(),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => Vec::new(),
    }
}

/// The fields that rows of a table have, and the type of the first value each.
pub fn columns(table: &Node) -> Vec<(String, &Node)> {
    let mut out: Vec<(String, &Node)> = Vec::new();
    for row in rows(table).into_iter().take(200) {
        for (key, value) in row.as_map().into_iter().flat_map(|m| m.iter()) {
            match out.iter_mut().find(|(k, _)| **k == **key) {
                Some((_, seen)) if matches!(seen, Node::Null) => *seen = value,
                Some(_) => {}
                None => out.push((key.to_string(), value)),
            }
        }
    }
    out
}

/// Whether the table and its fields are there.
pub fn check_table(op: &TableOp, tree: &Tree, facts: &Facts<'_>, report: &mut Report) -> bool {
    if !facts.world_is_whole {
        return true;
    }
    let world = facts.world;
    let Some(table) = world.child(&op.table) else {
        let names: Vec<String> = table_names(world);
        let help = did_you_mean(&op.table, names.iter().map(String::as_str));
        report.error(
            FILE,
            tree.locate(&["name"]),
            format!("the world has no table `{}`", op.table),
            help,
        );
        return false;
    };
    if !matches!(table, Node::Map(_) | Node::List(_)) {
        let what = format!(
            "`{}` of the world is {}, not a table",
            op.table,
            table.kind()
        );
        report.error(
            FILE,
            tree.locate(&["name"]),
            what,
            "a table is a map of rows by key, or a list of rows",
        );
        return false;
    }
    let known = columns(table);
    let mut fine = true;
    for (at, field) in op.fields.iter().enumerate() {
        if !known.is_empty() && !known.iter().any(|(k, _)| k == field) {
            let place = tree.locate(&["fields", &at.to_string()]);
            let help = did_you_mean(field, known.iter().map(|(k, _)| k.as_str()));
            report.error(
                FILE,
                place,
                format!("no row of `{}` has a field `{field}`", op.table),
                help,
            );
            fine = false;
        }
    }
    fine
}

/// Parameters that follow from a table: its key, or its plain columns.
pub fn from_table(op: &TableOp, world: &Node) -> Json {
    let columns = world.child(&op.table).map(columns).unwrap_or_default();
    let kind = |value: &Node| match value {
        Node::Bool(_) => json!({"type": "boolean"}),
        Node::Int(_) | Node::Float(_) => json!({"type": "number"}),
        Node::Null | Node::Str(_) | Node::List(_) | Node::Map(_) => json!({"type": "string"}),
    };
    let mut properties = JsonMap::new();
    let mut required = Vec::new();
    if let Some(key) = &op.get {
        properties.insert(key.clone(), json!({"type": "string"}));
        required.push(key.clone());
    } else {
        for (name, value) in columns {
            if !matches!(value, Node::List(_) | Node::Map(_)) {
                properties.insert(name, kind(value));
            }
        }
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// Reports parameters that the table cannot answer by.
pub fn table_arguments(
    entry: &ToolEntry,
    op: &TableOp,
    given: &Json,
    tree: &Tree,
    world: &Node,
    report: &mut Report,
) {
    let given = names(given);
    if let Some(key) = &op.get {
        if !given.contains(key) {
            let help = did_you_mean(key, given.iter().map(String::as_str));
            let at = entry
                .table
                .as_ref()
                .map_or(entry.at, |(_, t)| t.locate(&["get"]));
            report.error(
                FILE,
                at,
                format!(
                    "`{}` gets by `{key}`, which is none of its parameters",
                    entry.name
                ),
                help,
            );
        }
        return;
    }
    let columns = world.child(&op.table).map(columns).unwrap_or_default();
    if columns.is_empty() {
        return;
    }
    for name in given {
        if !columns.iter().any(|(c, _)| *c == name) {
            let help = did_you_mean(&name, columns.iter().map(|(c, _)| c.as_str()));
            let at = tree
                .locate(&[&name])
                .max(tree.locate(&["properties", &name]));
            report.error(
                FILE,
                at,
                format!("no row of `{}` has a field `{name}`", op.table),
                help,
            );
        }
    }
}

/// Reports parameters that the rule's header does not have, and the other way round.
pub fn against_header(
    name: &str,
    given: &Json,
    tree: &Tree,
    header: &Json,
    sig: &ToolSig,
    report: &mut Report,
) {
    let (given, header) = (names(given), names(header));
    for extra in given.iter().filter(|g| !header.contains(g)) {
        let at = [vec!["properties", extra.as_str()], vec![extra.as_str()]]
            .iter()
            .map(|keys| tree.locate(keys))
            .max()
            .unwrap_or(tree.at);
        let help = did_you_mean(extra, header.iter().map(String::as_str));
        report.error(
            FILE,
            at,
            format!(
                "`{name}` takes `{extra}` here, but not in {}:{}",
                sig.file, sig.line
            ),
            help,
        );
    }
    for lacking in header.iter().filter(|h| !given.contains(h)) {
        let what = format!(
            "`{name}` takes `{lacking}` in {}:{}, but not here",
            sig.file, sig.line
        );
        report.error(
            FILE,
            tree.at,
            what,
            "leave `parameters` out: the rule's header says them",
        );
    }
}

/// Compiles a schema of a tool, or reports where it is none.
pub fn compile(
    schema: &Json,
    tree: Option<&Tree>,
    entry: &ToolEntry,
    what: &str,
    report: &mut Report,
) -> Option<Schema> {
    match Schema::compile(schema) {
        Ok(compiled) => Some(compiled),
        Err(wrong) => {
            for (path, why) in wrong {
                let at = tree.map_or(entry.at, |t| t.locate(&path.0));
                report.error(
                    FILE,
                    at,
                    format!("`{}.{what}` is no JSON Schema: {why}", entry.name),
                    "",
                );
            }
            None
        }
    }
}

/// What the executor can read and write by its nature.
pub fn can(
    executor: &Executor,
    sig: Option<&ToolSig>,
    parameters: &Json,
) -> (Vec<Pattern>, Vec<Pattern>) {
    match (executor, sig) {
        (Executor::Rules | Executor::Model, Some(sig)) => (sig.reads.clone(), sig.writes.clone()),
        (Executor::Table(op), _) => {
            let base = vec![Seg::Key(op.table.as_str().into()), Seg::Any];
            if op.fields.is_empty() {
                return (vec![Pattern(base)], Vec::new());
            }
            let mut fields = op.fields.clone();
            if op.get.is_none() {
                fields.extend(names(parameters));
            }
            let mut out: Vec<Pattern> = Vec::new();
            for field in fields {
                let mut segs = base.clone();
                segs.push(Seg::Key(field.as_str().into()));
                if !out.iter().any(|p| p.0 == segs) {
                    out.push(Pattern(segs));
                }
            }
            (out, Vec::new())
        }
        (Executor::Rules | Executor::Model | Executor::Agent(_) | Executor::Human, _) => {
            (Vec::new(), Vec::new())
        }
    }
}

/// Whether a place begins with a table of the world.
pub fn table_exists(what: &str, table: &str, at: At, facts: &Facts<'_>, report: &mut Report) {
    let world = facts.world;
    if facts.world_is_whole && world.child(table).is_none() {
        let known = table_names(world);
        let help = nearest(table, known.iter().map(String::as_str)).map_or_else(
            || {
                format!(
                    "known: {}; a tool that makes a new table wants it empty in the world first",
                    known.join(", ")
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        report.error(
            FILE,
            at,
            format!("`{what}` names `{table}`, which is no table of the world"),
            help,
        );
    }
}

/// Reports what a rule touches beyond what is declared.
pub fn undeclared(
    name: &str,
    key: &str,
    declared: Option<&Places>,
    can: &[Pattern],
    sig: Option<&ToolSig>,
    report: &mut Report,
) {
    let (Some(declared), Some(sig)) = (declared, sig) else {
        return;
    };
    for pattern in can {
        if declared.iter().any(|(d, _)| d.widest().includes(pattern)) {
            continue;
        }
        let at = declared.first().map_or(
            At {
                line: sig.line,
                column: 1,
            },
            |(_, at)| *at,
        );
        let file = if declared.is_empty() {
            sig.file.as_str()
        } else {
            FILE
        };
        let what =
            format!("the rule `{name}` {key} `{pattern}`, which its declared `{key}` do not cover");
        if key == "writes" {
            report.error(
                file,
                at,
                what,
                format!(
                    "add `{pattern}` to `{key}`, or leave `{key}` out: they follow from the rule"
                ),
            );
        } else {
            report.warn(
                file,
                at,
                what,
                format!("leave `{key}` out: they follow from the rule"),
            );
        }
    }
}
