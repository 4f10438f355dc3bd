//! The outline: everything that a scenario is made of, and where each of it
//! stands in the files.

use crate::engine::scenario::{Executor, Files, Scenario, Tool};
use crate::engine::world::Node;
use crate::tui::pane::conversation::count;

/// What a row of the outline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// The name of the rows that follow.
    Heading,
    /// A tool.
    Tool,
    /// An agent.
    Agent,
    /// A named persona.
    Persona,
    /// A task.
    Task,
    /// A table of the world.
    Table,
    /// A hard rule.
    Invariant,
    /// A soft rule.
    Policy,
    /// An axis of the judge.
    Axis,
    /// The formula of overall, and the gates.
    Gate,
    /// A file.
    File,
}

/// A row of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub item: Item,
    /// Its name.
    pub name: String,
    /// A word or number on it.
    pub detail: String,
    /// The file that says it; empty where none does.
    pub file: String,
    /// The line there, from 1.
    pub line: usize,
}

/// How a tool answers, in a word.
#[must_use]
pub fn executor(tool: &Tool) -> &'static str {
    match tool.executor {
        Executor::Table(_) => "table",
        Executor::Rules => "rules",
        Executor::Model => "model",
        Executor::Agent(_) => "agent",
        Executor::Human => "human",
    }
}

/// All rows; of a scenario that cannot be used the files alone.
#[must_use]
pub fn rows(scenario: Option<&Scenario>, files: &Files) -> Vec<Row> {
    let mut out = Vec::new();
    if let Some(scenario) = scenario {
        parts(scenario, files, &mut out);
    }
    out.push(heading("files", files.len()));
    for (path, bytes) in files {
        let detail = match bytes.len() {
            n if n < 10_000 => n.to_string(),
            n => format!("{}k", n / 1000),
        };
        out.push(Row {
            item: Item::File,
            name: path.clone(),
            detail,
            file: path.clone(),
            line: 1,
        });
    }
    out
}

fn heading(name: &str, n: usize) -> Row {
    Row {
        item: Item::Heading,
        name: name.to_owned(),
        detail: n.to_string(),
        file: String::new(),
        line: 0,
    }
}

fn parts(scenario: &Scenario, files: &Files, out: &mut Vec<Row>) {
    let row = |item: Item, name: &str, detail: String, file: &str, line: usize| Row {
        item,
        name: name.to_owned(),
        detail,
        file: file.to_owned(),
        line,
    };
    let named = |item: Item, name: &str, detail: String, file: &str| {
        let line = line_of(files, file, name);
        let file = if line == 0 { "" } else { file };
        row(item, name, detail, file, line)
    };
    let sigs = scenario.program.tools();
    out.push(heading("tools", scenario.tools.len()));
    for tool in &scenario.tools {
        let detail = executor(tool).to_owned();
        let sig = sigs.iter().find(|s| s.name == tool.name);
        out.push(match sig {
            Some(sig) => row(Item::Tool, &tool.name, detail, &sig.file, sig.line as usize),
            None if line_of(files, "tools.yaml", &tool.name) > 0 => {
                named(Item::Tool, &tool.name, detail, "tools.yaml")
            }
            None => named(Item::Tool, &tool.name, detail, "scenario.yaml"),
        });
    }
    out.push(heading("agents", scenario.agents.len()));
    for agent in &scenario.agents {
        let detail = count(agent.tools.len(), "tool");
        out.push(named(Item::Agent, &agent.name, detail, "scenario.yaml"));
        if let Some(last) = out.last_mut().filter(|last| last.line == 0)
            && files.contains_key("policy.md")
        {
            last.file = String::from("policy.md");
            last.line = 1;
        }
    }
    out.push(heading("personas", scenario.personas.len()));
    for spec in &scenario.personas {
        let detail = spec.profile.replace('_', " ");
        out.push(named(Item::Persona, &spec.id, detail, "personas.yaml"));
    }
    out.push(heading("tasks", scenario.tasks.len()));
    for task in &scenario.tasks {
        let detail = count(task.path.len(), "call");
        out.push(named(Item::Task, &task.id, detail, "tasks.yaml"));
    }
    if let Node::Map(world) = &scenario.world {
        out.push(heading("world", world.len()));
        for (name, table) in world {
            let detail = match table {
                Node::Map(map) => map.len().to_string(),
                Node::List(list) => list.len().to_string(),
                other => other.kind().to_owned(),
            };
            let (file, line) = table_file(files, name);
            out.push(row(Item::Table, name, detail, &file, line));
        }
    }
    let (invariants, policies) = (
        scenario.program.invariants(),
        scenario.program.policy_sigs(),
    );
    out.push(heading("rules", invariants.len() + policies.len()));
    for name in &invariants {
        let (file, line) = rule(files, "invariant", name);
        let detail = String::from("hard");
        out.push(row(Item::Invariant, name, detail, &file, line));
    }
    for sig in &policies {
        let (detail, line) = (String::from("soft"), sig.line as usize);
        out.push(row(Item::Policy, &sig.name, detail, &sig.file, line));
    }
    out.push(heading("judge", scenario.rubric.axes.len()));
    let gates = scenario.rubric.axes.iter().filter(|a| a.gate.is_some());
    let gates = gates.count() + usize::from(scenario.rubric.gate.is_some());
    let rubric = if files.contains_key("rubric.yaml") {
        "rubric.yaml"
    } else {
        ""
    };
    let detail = count(gates, "gate");
    out.push(row(Item::Gate, "overall", detail, rubric, 1));
    for axis in &scenario.rubric.axes {
        let detail = match axis.gate {
            Some(gate) => format!("gate {gate}"),
            None => String::new(),
        };
        out.push(named(Item::Axis, &axis.id, detail, "rubric.yaml"));
    }
}

/// The text of a file, where it is text.
#[must_use]
pub fn text<'a>(files: &'a Files, path: &str) -> Option<&'a str> {
    std::str::from_utf8(files.get(path)?).ok()
}

/// The line, from 1, on which a file begins to say something of a name; 0 where
/// none does. Of several the one that stands furthest left.
fn line_of(files: &Files, path: &str, name: &str) -> usize {
    let Some(text) = text(files, path) else {
        return 0;
    };
    let mut best: Option<(usize, usize)> = None;
    for (n, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let bare = bare.strip_prefix("- ").unwrap_or(bare);
        let value = ["name:", "id:"]
            .iter()
            .find_map(|key| bare.strip_prefix(key))
            .map(|rest| rest.trim().trim_matches(['"', '\'']));
        let key = bare.trim_start_matches(['"', '\'']).strip_prefix(name);
        let key = key.is_some_and(|rest| {
            rest.trim_start_matches(['"', '\''])
                .trim_start()
                .starts_with(':')
        });
        if (key || value == Some(name)) && best.is_none_or(|(at, _)| indent < at) {
            best = Some((indent, n + 1));
        }
    }
    best.map_or(0, |(_, line)| line)
}

/// The file and line of a definition of the rules files.
fn rule(files: &Files, kind: &str, name: &str) -> (String, usize) {
    for path in files.keys().filter(|path| has_ending(path, "rules")) {
        let lines = text(files, path).unwrap_or_default().lines();
        for (n, line) in lines.enumerate() {
            let rest = line.strip_prefix(kind).map(str::trim_start);
            let rest = rest.and_then(|rest| rest.strip_prefix(name));
            if rest.is_some_and(|rest| rest.trim_start().starts_with([':', '('])) {
                return (path.clone(), n + 1);
            }
        }
    }
    (String::new(), 0)
}

/// The file that a table of the world comes from.
fn table_file(files: &Files, name: &str) -> (String, usize) {
    let csv = format!("{name}.csv");
    if files.contains_key(&csv) {
        return (csv, 1);
    }
    let world = |path: &&String| {
        has_ending(path, "json") && !path.contains("schema") || **path == "world.yaml"
    };
    for path in files.keys().filter(world) {
        let line = line_of(files, path, name);
        if line > 0 {
            return (path.clone(), line);
        }
    }
    (String::new(), 0)
}

fn has_ending(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == ending)
}
