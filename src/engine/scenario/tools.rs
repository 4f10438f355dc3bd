//! Tools as a whole: what tools.yaml says, joined with the rules, the world's
//! tables and the agents.

use super::super::rules::ToolSig;
use super::super::world::canon::Render;
use super::super::world::path::Seg;
use super::super::world::{Node, Pattern, Reach};
use super::nearest::{did_you_mean, nearest};
use super::report::Report;
use super::tool_fit::{
    against_header, can, check_table, compile, from_table, table_arguments, table_exists,
    undeclared,
};
use super::tool_reach;
use super::tools_file::{FILE, Places, ToolEntry};
use super::tree::At;
use super::{ArgsMode, Executor, Tool};
use serde_json::{Value as Json, json};

/// What the tools are joined with.
pub struct Facts<'a> {
    /// Tools of the rules files.
    pub sigs: &'a [ToolSig],
    /// The world at the start.
    pub world: &'a Node,
    /// Whether it could be read: what a broken world lacks is not reported.
    pub world_is_whole: bool,
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
        report.infer(
            FILE,
            format!("tools.{}.executor", sig.name),
            "rules",
            "the rule of that name",
        );
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
        None if entry.executor_unknown => return None,
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
            check_table(op, tree, facts, report).then(|| Executor::Table(op.clone()))
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

fn one(
    entry: &ToolEntry,
    executor: Executor,
    sig: Option<&ToolSig>,
    facts: &Facts<'_>,
    report: &mut Report,
) -> Option<Tool> {
    let name = &entry.name;
    let key = |k: &str| format!("tools.{name}.{k}");
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
    let parameters = parameters(entry, &executor, sig, facts, report)?;
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
    let model = executor == Executor::Model;
    for (key, given) in [("reads", &entry.reads), ("writes", &entry.writes)] {
        for (reach, at) in given.iter().flatten() {
            let what = format!("{name}.{key}");
            tool_reach::check(&what, reach, *at, model, &parameters, facts, report);
        }
    }
    let free_text: Vec<Pattern> = entry.free_text.iter().map(|(p, _)| p.clone()).collect();
    for (pattern, at) in &entry.free_text {
        if let Some(Seg::Key(table)) = pattern.0.first()
            && &**table != "result"
        {
            table_exists(&format!("{name}.free_text"), table, *at, facts, report);
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
    if let Some((_, at)) = entry.answers.first().filter(|_| !model) {
        report.error(
            FILE,
            *at,
            format!("`{name}` has `answers`, but no model answers it"),
            "write `executor: model`, or take `answers` away",
        );
    }
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
    let mut inferred = |what: &str, given: Option<&Places>, can: Vec<Pattern>| -> Vec<Reach> {
        if let Some(given) = given {
            return given.iter().map(|(reach, _)| reach.clone()).collect();
        }
        report.infer(FILE, key(what), listed(&can), from);
        can.into_iter().map(Reach::from).collect()
    };
    let reads = inferred("reads", entry.reads.as_ref(), can_read);
    let writes = inferred("writes", entry.writes.as_ref(), can_write);
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
        answers: entry.answers.iter().map(|(a, _)| a.clone()).collect(),
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
) -> Option<Json> {
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
        return Some(given.clone());
    }
    let key = format!("tools.{name}.parameters");
    if let Some(header) = header {
        report.infer(FILE, key, names(&header).join(", "), "the rule's header");
        return Some(header);
    }
    match executor {
        Executor::Agent(_) => {
            report.infer(FILE, key, "request", "`agent:`");
            Some(request())
        }
        Executor::Table(op) => {
            let made = from_table(op, facts.world);
            report.infer(FILE, key, names(&made).join(", "), "the table's rows");
            Some(made)
        }
        Executor::Rules | Executor::Model | Executor::Human => {
            let uses = sig.map_or(&[][..], |s| &s.uses);
            let uses: Vec<&str> = uses
                .iter()
                .map(String::as_str)
                .filter(|u| facts.world_is_whole && facts.world.child(u).is_none())
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
                return None;
            }
            let from = if sig.is_some() {
                "the rule"
            } else {
                "the default"
            };
            report.infer(FILE, key, "none", from);
            Some(empty())
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

/// Names of the world's tables.
pub fn table_names(world: &Node) -> Vec<String> {
    world
        .as_map()
        .into_iter()
        .flat_map(|m| m.keys().map(ToString::to_string))
        .collect()
}
