//! `reads` and `writes` as declared, held against the world and against the
//! arguments that complete them.

use super::super::world::reach::{Part, Source, visit};
use super::super::world::{Node, Pattern, Reach};
use super::nearest::did_you_mean;
use super::report::Report;
use super::tool_fit::{columns, table_exists};
use super::tools::{Facts, names};
use super::tools_file::FILE;
use super::tree::At;
use serde_json::Value as Json;

/// Reports what is wrong with one declared pattern.
pub fn check(
    what: &str,
    reach: &Reach,
    at: At,
    model: bool,
    parameters: &Json,
    facts: &Facts<'_>,
    report: &mut Report,
) {
    if let Some(table) = reach.table() {
        table_exists(what, table, at, facts, report);
    }
    if reach.plain().is_some() {
        return;
    }
    if !model {
        report.error(
            FILE,
            at,
            format!("`{what}`: `{reach}` depends on the call, and only a model tool's places can"),
            format!(
                "write `{}`, or leave it out: it is inferred",
                reach.widest()
            ),
        );
        return;
    }
    for source in reach.sources() {
        match source {
            Source::Argument(name) => argument(what, name, at, parameters, report),
            Source::Place(inner) => check(what, inner, at, model, parameters, facts, report),
        }
    }
    if facts.world_is_whole {
        fields(what, reach, at, facts.world, report);
    }
}

/// An argument that the tool takes, of a type that can name something.
fn argument(what: &str, name: &str, at: At, parameters: &Json, report: &mut Report) {
    let Some(schema) = parameters.get("properties").and_then(|p| p.get(name)) else {
        let known = names(parameters);
        let help = if known.is_empty() {
            String::from("the tool takes no arguments")
        } else {
            did_you_mean(name, known.iter().map(String::as_str))
        };
        report.error(
            FILE,
            at,
            format!("`{what}` names the argument `{name}`, which the tool does not take"),
            help,
        );
        return;
    };
    let kind = |schema: &Json| schema.get("type").and_then(Json::as_str).map(str::to_owned);
    let one = match kind(schema) {
        Some(list) if list == "array" => schema.get("items").and_then(kind),
        other => other,
    };
    if let Some(kind) =
        one.filter(|k| matches!(k.as_str(), "boolean" | "object" | "array" | "null"))
    {
        report.error(
            FILE,
            at,
            format!("`{what}` is completed by `{name}`, which is of type {kind}"),
            "only a string, an integer or a list of these names rows",
        );
    }
}

/// Fields that are compared: a row has them, where there are rows.
fn fields(what: &str, reach: &Reach, at: At, world: &Node, report: &mut Report) {
    let segs = reach.widest().0;
    for (n, part) in reach.0.iter().enumerate() {
        let Part::Where(field, _) = part else {
            continue;
        };
        let head = Pattern(segs.iter().take(n).cloned().collect());
        let mut known: Vec<String> = Vec::new();
        visit(world, &head, &mut |table| {
            for (name, _) in columns(table) {
                if !known.contains(&name) {
                    known.push(name);
                }
            }
        });
        if !known.is_empty() && !known.iter().any(|k| **k == **field) {
            report.error(
                FILE,
                at,
                format!("`{what}`: no row of `{head}` has a field `{field}`"),
                did_you_mean(field, known.iter().map(String::as_str)),
            );
        }
    }
}
