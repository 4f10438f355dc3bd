//! Tools and agents as a whole: what tools.yaml says, joined with the rules,
//! the world's tables and the agents, with all that does not fit together.

use super::super::rules::ToolSig;
use super::super::world::canon::Render;
use super::super::world::path::Seg;
use super::super::world::{Node, Pattern, Schema};
use super::nearest::{did_you_mean, nearest};
use super::report::Report;
use super::tools_file::{FILE, Places, ToolEntry};
use super::tree::{At, Tree};
use super::{ArgsMode, Executor, TableOp, Tool};
use serde_json::{Map as JsonMap, Value as Json, json};

/// What the tools are joined with.
pub struct Facts<'a> {
    /// Tools of the rules files.
    pub sigs: &'a [ToolSig],
    /// The world at the start.
    pub world: &'a Node,
    /// Names of the agents.
    pub agents: &'a [String],
    /// How results are rendered where the tool does not say.
    pub render: Render,
}

/// Joins entries and rules into tools; an entry that cannot be one is left out
/// and reported.
pub fn build(entries: &[ToolEntry], facts: &Facts<'_>, report: &mut Report) -> Vec<Tool> {
    let mut out = Vec::new();
    for entry in entries {
        let sig = facts.sigs.iter().find(|s| s.name == entry.name);
        let Some(executor) = executor(entry, sig, facts, report) else {
            continue;
        };
        out.extend(one(entry, executor, sig, facts, report));
    }
    for sig in facts.sigs {
        if entries.iter().any(|e| e.name == sig.name) || out.iter().any(|t| t.name == sig.name) {
            continue;
        }
        let entry = ToolEntry {
            name: sig.name.clone(),
            at: At {
                line: sig.line,
                column: 1,
            },
            ..ToolEntry::default()
        };
        out.extend(one(&entry, Executor::Rules, Some(sig), facts, report));
    }
    out
}

fn executor(
    entry: &ToolEntry,
    sig: Option<&ToolSig>,
    facts: &Facts<'_>,
    report: &mut Report,
) -> Option<Executor> {
    let name = &entry.name;
    let rules = || facts.sigs.iter().map(|s| s.name.as_str());
    let key = format!("tools.{name}.executor");
    let word = match &entry.executor {
        Some((word, _)) => word.as_str(),
        None if entry.agent.is_some() => {
            report.infer(FILE, key, "agent", "`agent:`");
            "agent"
        }
        None if entry.table.is_some() => {
            report.infer(FILE, key, "table", "`table:`");
            "table"
        }
        None if sig.is_some() => {
            report.infer(FILE, key, "rules", "the rule of that name");
            "rules"
        }
        None => {
            let help = nearest(name, rules()).map_or_else(
                || format!("write a rule `tool {name}:`, or one of `table:`, `agent:`, `executor: model`, `executor: human`"),
                |rule| format!("did you mean the rule `{rule}`? Else write `table:`, `agent:`, `executor: model` or `executor: human`"),
            );
            report.error(
                FILE,
                entry.at,
                format!("nothing says how `{name}` answers"),
                help,
            );
            return None;
        }
    };
    let at = entry.executor.as_ref().map_or(entry.at, |(_, at)| *at);
    for (is, other) in [
        (entry.table.is_some() && word != "table", "table"),
        (entry.agent.is_some() && word != "agent", "agent"),
    ] {
        if is {
            report.error(
                FILE,
                at,
                format!("`{name}` has `executor: {word}` and `{other}:`"),
                "keep one of them",
            );
        }
    }
    if let Some(sig) = sig
        && matches!(word, "table" | "agent" | "human")
    {
        report.error(
            FILE,
            entry.at,
            format!(
                "`{name}` answers by {word}, but {}:{} has a rule of that name",
                sig.file, sig.line
            ),
            "rename one, or remove one",
        );
    }
    match word {
        "rules" => {
            if sig.is_none() {
                report.error(
                    FILE,
                    at,
                    format!("no rules file has a `tool {name}`"),
                    did_you_mean(name, rules()),
                );
                return None;
            }
            Some(Executor::Rules)
        }
        "table" => {
            let Some((op, tree)) = &entry.table else {
                report.error(
                    FILE,
                    at,
                    format!("`{name}` has no `table:`"),
                    "write `table: {name: orders, get: order_id}`",
                );
                return None;
            };
            check_table(op, tree, facts.world, report).then(|| Executor::Table(op.clone()))
        }
        "agent" => {
            let Some((agent, at)) = &entry.agent else {
                report.error(
                    FILE,
                    at,
                    format!("`{name}` has no `agent:`"),
                    "name the agent that answers",
                );
                return None;
            };
            if !facts.agents.contains(agent) {
                let help = did_you_mean(agent, facts.agents.iter().map(String::as_str));
                report.error(FILE, *at, format!("no agent is named `{agent}`"), help);
                return None;
            }
            Some(Executor::Agent(agent.clone()))
        }
        "model" => Some(Executor::Model),
        "human" => Some(Executor::Human),
        _ => None,
    }
}

/// The rows of a table, whether it is a map or a list.
fn rows(table: &Node) -> Vec<&Node> {
    match table {
        Node::Map(map) => map.values().collect(),
        Node::List(list) => list.iter().collect(),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => Vec::new(),
    }
}

/// The fields that rows of a table have, and the type of the first value each.
fn columns(table: &Node) -> Vec<(String, &Node)> {
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

fn check_table(op: &TableOp, tree: &Tree, world: &Node, report: &mut Report) -> bool {
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

/// Names of the world's tables.
pub fn table_names(world: &Node) -> Vec<String> {
    world
        .as_map()
        .into_iter()
        .flat_map(|m| m.keys().map(ToString::to_string))
        .collect()
}

fn one(
    entry: &ToolEntry,
    executor: Executor,
    sig: Option<&ToolSig>,
    facts: &Facts<'_>,
    report: &mut Report,
) -> Option<Tool> {
    let name = &entry.name;
    let key = |k: &str| format!("tools.{name}.{k}");
    let written = entry.executor.is_some()
        || entry.table.is_some()
        || entry.agent.is_some()
        || entry.parameters.is_some()
        || entry.description.is_some();
    if !written && executor == Executor::Rules {
        report.infer(FILE, key("executor"), "rules", "the rule of that name");
    }
    let description = entry.description.clone().unwrap_or_else(|| {
        let (text, from) = describe(&executor, sig);
        if text.is_empty() {
            let (file, at) = sig.map_or((FILE, entry.at), |s| (s.file.as_str(), At { line: s.line, column: 1 }));
            report.warn(file, at, format!("`{name}` has no description"), "models choose tools by it: write `## …` above the rule, or `description:` in tools.yaml");
        } else {
            report.infer(FILE, key("description"), text.clone(), from);
        }
        text
    });
    let parameters = parameters(entry, &executor, sig, facts, report);
    let parameters_schema = compile(
        &parameters,
        entry.parameters.as_ref().map(|(_, t)| t),
        entry,
        "parameters",
        report,
    );
    if parameters.get("type").and_then(Json::as_str) != Some("object") {
        report.error(
            FILE,
            entry.at,
            format!("`{}` is no schema of an object", key("parameters")),
            "arguments have names: `type: object` with `properties`",
        );
    }
    let output = entry
        .output
        .as_ref()
        .map(|(schema, tree)| compile(schema, Some(tree), entry, "output", report));
    let (can_read, can_write) = can(&executor, sig, &parameters);
    let declared_reads = places(entry, "reads", entry.reads.as_ref(), facts, report);
    let declared_writes = places(entry, "writes", entry.writes.as_ref(), facts, report);
    let free_text: Vec<Pattern> = entry.free_text.iter().map(|(p, _)| p.clone()).collect();
    for (pattern, at) in &entry.free_text {
        if !matches!(pattern.0.first(), Some(Seg::Key(k)) if &**k == "result") {
            table_exists(&key("free_text"), pattern, *at, facts.world, report);
        }
    }
    if executor == Executor::Rules {
        undeclared(
            name,
            "writes",
            entry.writes.as_ref(),
            &can_write,
            sig,
            report,
        );
        undeclared(name, "reads", entry.reads.as_ref(), &can_read, sig, report);
    }
    let model = executor == Executor::Model;
    if model && entry.reads.is_none() && sig.is_none() {
        report.error(
            FILE,
            entry.at,
            format!("`{name}` is a model tool and does not say what it may read"),
            "write `reads: [orders[*]]`: what the tool simulator sees of the world (`[]` for nothing)",
        );
    }
    let from = if sig.is_some() {
        "the rule"
    } else {
        "the executor"
    };
    let reads = declared_reads.unwrap_or_else(|| {
        report.infer(FILE, key("reads"), listed(&can_read), from);
        can_read
    });
    let writes = declared_writes.unwrap_or_else(|| {
        report.infer(FILE, key("writes"), listed(&can_write), from);
        can_write
    });
    if entry.args.is_none() {
        report.infer(FILE, key("args"), "strict", "the default");
    }
    if entry.render.is_none() {
        let word = match facts.render {
            Render::Compact => "compact",
            Render::Python => "python",
        };
        report.infer(FILE, key("render"), word, "the scenario");
    }
    Some(Tool {
        name: name.clone(),
        description,
        parameters,
        parameters_schema: parameters_schema?,
        output: match output {
            Some(schema) => Some(schema?),
            None => None,
        },
        reads,
        writes,
        free_text,
        args: entry.args.unwrap_or(ArgsMode::Strict),
        executor,
        render: entry.render.unwrap_or(facts.render),
        repairs: entry.repairs,
    })
}

/// Patterns for people.
fn listed(patterns: &[Pattern]) -> String {
    let all: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    format!("[{}]", all.join(", "))
}

/// A description that need not be written, and what it follows from.
fn describe(executor: &Executor, sig: Option<&ToolSig>) -> (String, &'static str) {
    if let Some(sig) = sig.filter(|s| !s.doc.trim().is_empty()) {
        return (sig.doc.trim().to_owned(), "the `##` lines above the rule");
    }
    match executor {
        Executor::Table(op) => match &op.get {
            Some(key) => (format!("Get one row of {} by {key}.", op.table), "`table:`"),
            None => (
                format!("Find rows of {} by the fields given.", op.table),
                "`table:`",
            ),
        },
        Executor::Agent(agent) => (
            format!("Hand a request to the {agent} agent and get its answer."),
            "`agent:`",
        ),
        Executor::Rules | Executor::Model | Executor::Human => (String::new(), ""),
    }
}

fn parameters(
    entry: &ToolEntry,
    executor: &Executor,
    sig: Option<&ToolSig>,
    facts: &Facts<'_>,
    report: &mut Report,
) -> Json {
    let name = &entry.name;
    let empty = || json!({"type": "object", "properties": {}});
    let header = sig.and_then(|s| s.parameters.clone());
    if let Some((given, tree)) = &entry.parameters {
        if let (Some(sig), Some(header)) = (sig, &header) {
            against_header(name, given, tree, header, sig, report);
        }
        if let Executor::Table(op) = executor {
            table_arguments(entry, op, given, tree, facts.world, report);
        }
        return given.clone();
    }
    let key = format!("tools.{name}.parameters");
    if let Some(header) = header {
        report.infer(FILE, key, names(&header).join(", "), "the rule's header");
        return header;
    }
    match executor {
        Executor::Agent(_) => {
            report.infer(FILE, key, "request", "`agent:`");
            request()
        }
        Executor::Table(op) => {
            let made = from_table(op, facts.world);
            report.infer(FILE, key, names(&made).join(", "), "the table's rows");
            made
        }
        Executor::Rules | Executor::Model | Executor::Human => {
            let uses = sig.map_or(&[][..], |s| &s.uses);
            let uses: Vec<&str> = uses
                .iter()
                .map(String::as_str)
                .filter(|u| facts.world.child(u).is_none())
                .collect();
            if let Some(sig) = sig.filter(|_| !uses.is_empty()) {
                let typed: Vec<String> = uses.iter().map(|u| format!("{u}: string")).collect();
                report.error(
                    &sig.file,
                    At {
                        line: sig.line,
                        column: 1,
                    },
                    format!(
                        "`{name}` uses {}, but nothing says that it takes arguments",
                        uses.join(", ")
                    ),
                    format!(
                        "write `tool {name}({}):`, or `parameters:` in tools.yaml",
                        typed.join(", ")
                    ),
                );
            } else {
                report.infer(
                    FILE,
                    key,
                    "none",
                    if sig.is_some() {
                        "the rule"
                    } else {
                        "the default"
                    },
                );
            }
            empty()
        }
    }
}

/// Parameters of a tool that hands a request to an agent.
pub fn request() -> Json {
    json!({
        "type": "object",
        "properties": {"request": {"type": "string", "description": "What is wanted, with every fact that is needed."}},
        "required": ["request"],
        "additionalProperties": false,
    })
}

/// Names of a schema's properties.
pub fn names(schema: &Json) -> Vec<String> {
    schema
        .get("properties")
        .and_then(Json::as_object)
        .map(|p| p.keys().cloned().collect())
        .unwrap_or_default()
}

fn from_table(op: &TableOp, world: &Node) -> Json {
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

fn table_arguments(
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

fn against_header(
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

fn compile(
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
fn can(
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

fn places(
    entry: &ToolEntry,
    key: &str,
    given: Option<&Places>,
    facts: &Facts<'_>,
    report: &mut Report,
) -> Option<Vec<Pattern>> {
    let given = given?;
    for (pattern, at) in given {
        table_exists(
            &format!("{}.{key}", entry.name),
            pattern,
            *at,
            facts.world,
            report,
        );
    }
    Some(given.iter().map(|(p, _)| p.clone()).collect())
}

fn table_exists(what: &str, pattern: &Pattern, at: At, world: &Node, report: &mut Report) {
    let Some(Seg::Key(table)) = pattern.0.first() else {
        return;
    };
    if world.child(table).is_none() {
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

fn undeclared(
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
        if declared.iter().any(|(d, _)| d.includes(pattern)) {
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
