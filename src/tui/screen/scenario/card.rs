//! What is shown of the chosen row of the outline: what it is, who uses it, and
//! the lines of the file that say it.

use super::outline::{Item, Row, executor, text};
use crate::engine::scenario::{Files, Scenario, Task, Tool};
use crate::engine::score::formula_text;
use crate::engine::world::{Node, Reach};
use crate::surface::Meaning;
use crate::tui::paint::{Line, wrapped};
use crate::tui::pane::conversation::count;
use serde_json::Value;

/// Letters of a line that are shown at most.
const LONGEST: usize = 2000;
/// Lines of a file that are shown at most.
const MOST: usize = 4000;
/// Rows of a table that are shown.
const ROWS: usize = 200;

/// Steps of the open branch that used a tool.
pub type Used = Vec<u32>;

/// All lines of a row.
#[must_use]
pub fn lines(
    row: &Row,
    scenario: Option<&Scenario>,
    files: &Files,
    used: Option<&Used>,
    seed: u64,
    width: usize,
) -> Vec<Line> {
    let mut out = Vec::new();
    if let Some(scenario) = scenario {
        about(row, scenario, used, seed, width, &mut out);
    }
    if !out.is_empty() && !row.file.is_empty() {
        out.push(Line::new());
        out.push(Line::of(
            Meaning::TextMuted,
            format!("{}:{}", row.file, row.line),
        ));
    }
    if !row.file.is_empty() {
        let whole = row.item == Item::File || row.item == Item::Gate;
        out.extend(source(files, &row.file, row.line, whole, width));
    }
    out
}

/// The lines of a file from one on; `whole`: to its end, else to the end of what
/// begins there.
#[must_use]
pub fn source(files: &Files, path: &str, from: usize, whole: bool, width: usize) -> Vec<Line> {
    let Some(text) = text(files, path) else {
        let words = match files.get(path) {
            Some(bytes) => format!("{} bytes that are no text", bytes.len()),
            None => String::from("there is no such file"),
        };
        return vec![Line::of(Meaning::TextMuted, words)];
    };
    let start = from.saturating_sub(1);
    let depth = |line: &str| line.len() - line.trim_start().len();
    // What stands above a definition of the rules is said of it.
    let above: Vec<&str> = text.lines().take(start).collect();
    let said = above
        .iter()
        .rev()
        .take_while(|line| !whole && line.starts_with("##"))
        .count();
    let start = start - said;
    let first = text.lines().nth(from.saturating_sub(1)).unwrap_or_default();
    let first = depth(first);
    let mut out = Vec::new();
    for (n, line) in text.lines().enumerate().skip(start).take(MOST) {
        let past = n >= from && !line.trim().is_empty() && depth(line) <= first;
        if past && !whole {
            break;
        }
        let line: String = line.chars().take(LONGEST).collect();
        let clean = crate::surface::text::clean(&line);
        let parts = crate::surface::text::wrap(&clean, width.saturating_sub(5));
        let parts = if parts.is_empty() { vec![""] } else { parts };
        for (i, part) in parts.into_iter().enumerate() {
            let number = if i == 0 {
                format!("{:>4} ", n + 1)
            } else {
                String::from("     ")
            };
            out.push(Line::of(Meaning::TextMuted, number).and(Meaning::Text, part));
        }
        if out.len() >= MOST {
            break;
        }
    }
    // An empty line at the end belongs to what follows.
    while !whole && out.last().is_some_and(|line| line.width() <= 5) {
        out.pop();
    }
    out
}

fn about(
    row: &Row,
    scenario: &Scenario,
    used: Option<&Used>,
    seed: u64,
    width: usize,
    out: &mut Vec<Line>,
) {
    let mut say = |role: Meaning, words: &str| {
        if !words.is_empty() {
            out.extend(wrapped(role, words, 0, width));
        }
    };
    match row.item {
        Item::Heading | Item::File => {}
        Item::Tool => {
            if let Some(tool) = scenario.tool(&row.name) {
                of_tool(tool, scenario, used, width, out);
            }
        }
        Item::Agent => {
            if let Some(agent) = scenario.agent(&row.name) {
                say(Meaning::Text, &agent.description);
                say(
                    Meaning::TextMuted,
                    &format!("tools  {}", agent.tools.join(", ")),
                );
                say(Meaning::TextMuted, "policy");
                say(Meaning::Text, &agent.policy);
            }
        }
        Item::Persona => {
            let spec = scenario.personas.iter().find(|p| p.id == row.name);
            if let Some(spec) = spec {
                say(Meaning::TextStrong, &spec.name);
                let mut fixed: Vec<String> = spec.tier1.values().cloned().collect();
                fixed.extend(spec.values.iter().map(|(k, v)| format!("{k} {v}")));
                let fixed = if fixed.is_empty() {
                    String::from("nothing is fixed; all is drawn from the profile")
                } else {
                    format!("fixed  {}", fixed.join(", "))
                };
                say(Meaning::TextMuted, &fixed);
            }
        }
        Item::Task => {
            if let Some(task) = scenario.task(&row.name) {
                of_task(task, scenario, seed, width, out);
            }
        }
        Item::Table => {
            if let Some(table) = scenario.world.child(&row.name) {
                of_table(table, out);
            }
        }
        Item::Invariant => say(
            Meaning::TextMuted,
            "a hard rule: the backend refuses what breaks it",
        ),
        Item::Policy => {
            let sigs = scenario.program.policy_sigs();
            let on = sigs.iter().find(|s| s.name == row.name);
            let on = on.map(|s| s.on.join(", ")).unwrap_or_default();
            let on = if on.is_empty() { "every call" } else { &on };
            say(
                Meaning::TextMuted,
                &format!("a soft rule on {on}: breaking it is a finding against the agent"),
            );
        }
        Item::Axis => {
            let axis = scenario.rubric.axes.iter().find(|a| a.id == row.name);
            if let Some(axis) = axis {
                say(Meaning::TextStrong, &axis.title);
                say(Meaning::Text, &axis.description);
                let gate = axis
                    .gate
                    .map_or_else(String::new, |gate| format!(", at least {gate}"));
                say(
                    Meaning::TextMuted,
                    &format!("1 to 10, weight {}{gate}", axis.weight),
                );
            }
        }
        Item::Gate => {
            say(Meaning::Text, &formula_text(&scenario.rubric));
            let gate = scenario
                .rubric
                .gate
                .map_or_else(String::new, |gate| format!("overall at least {gate}"));
            say(Meaning::TextMuted, &gate);
        }
    }
}

/// Places that a tool reads or writes, in one line.
#[must_use]
pub fn places(all: &[Reach]) -> String {
    if all.is_empty() {
        return String::from("nothing");
    }
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    all.join(", ")
}

fn of_tool(
    tool: &Tool,
    scenario: &Scenario,
    used: Option<&Used>,
    width: usize,
    out: &mut Vec<Line>,
) {
    let mut say = |role: Meaning, words: &str| {
        if !words.is_empty() {
            out.extend(wrapped(role, words, 0, width));
        }
    };
    say(Meaning::Text, &tool.description);
    let holders: Vec<&str> = scenario
        .agents
        .iter()
        .filter(|agent| agent.tools.contains(&tool.name))
        .map(|agent| agent.name.as_str())
        .collect();
    let holders = if holders.is_empty() {
        String::from("no agent has it")
    } else {
        format!("of {}", holders.join(", "))
    };
    let mut words = format!("{}  {holders}", executor(tool));
    if let Some(used) = used {
        words.push_str("  ");
        words.push_str(&used_by(used));
    }
    say(Meaning::TextMuted, &words);
    for line in parameters(&tool.parameters) {
        say(Meaning::Text, &line);
    }
    say(
        Meaning::TextMuted,
        &format!("can read   {}", places(&tool.reads)),
    );
    say(
        Meaning::TextMuted,
        &format!("can write  {}", places(&tool.writes)),
    );
}

/// `used by steps 3, 7`, as far as one looks.
fn used_by(used: &Used) -> String {
    let numbers: Vec<String> = used.iter().take(12).map(ToString::to_string).collect();
    match used.len() {
        0 => String::from("no step used it"),
        1 => format!("used by step {}", numbers.join("")),
        n if n > numbers.len() => {
            format!("used by {}: {}, …", count(n, "step"), numbers.join(", "))
        }
        _ => format!("used by steps {}", numbers.join(", ")),
    }
}

/// A line for each parameter: `amount: number, needed.  What it is.`
fn parameters(schema: &Value) -> Vec<String> {
    let needed = |name: &str| {
        let all = schema.get("required").and_then(Value::as_array);
        all.is_some_and(|all| all.iter().any(|n| n == name))
    };
    let all = schema.get("properties").and_then(Value::as_object);
    let lines = all.into_iter().flatten().map(|(name, of)| {
        let mark = if needed(name) { "" } else { "?" };
        let words = of.get("description").and_then(Value::as_str).unwrap_or("");
        format!("  {name}{mark}: {}  {words}", kind(of))
    });
    lines.collect()
}

/// What a value may be, in a word or by its choices.
#[must_use]
pub fn kind(of: &Value) -> String {
    if let Some(choices) = of.get("enum").and_then(Value::as_array) {
        let all: Vec<String> = choices.iter().map(ToString::to_string).collect();
        return all.join(" | ");
    }
    match of.get("type") {
        Some(Value::String(word)) if word == "array" => {
            let items = of.get("items").map_or_else(String::new, kind);
            format!("[{items}]")
        }
        Some(Value::String(word)) => word.clone(),
        Some(Value::Array(words)) => {
            let all: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            all.join(" or ")
        }
        _ => String::from("any"),
    }
}

fn of_task(task: &Task, scenario: &Scenario, seed: u64, width: usize, out: &mut Vec<Line>) {
    let mut say = |role: Meaning, words: &str| {
        if !words.is_empty() {
            out.extend(wrapped(role, words, 0, width));
        }
    };
    match scenario.bind(&task.id, seed) {
        Ok(bound) => {
            say(Meaning::Text, &bound.goal);
            for (word, facts) in [("knows ", &bound.known), ("hides ", &bound.hidden)] {
                for (name, value) in facts {
                    say(Meaning::TextMuted, &format!("{word} {name}: {value}"));
                }
            }
        }
        Err(why) => {
            say(Meaning::Text, &task.goal);
            say(Meaning::ScorePoor, &format!("!! with seed {seed}: {why}"));
        }
    }
    say(
        Meaning::TextMuted,
        &format!(
            "{} of the reference path, {} of success; goal as seed {seed} draws it",
            count(task.path.len(), "call"),
            count(task.assertions.len(), "assertion"),
        ),
    );
}

fn of_table(table: &Node, out: &mut Vec<Line>) {
    let row = |name: &str, value: &Node| {
        Line::of(Meaning::TextStrong, format!("{name}  ")).and(Meaning::Text, value.to_string())
    };
    let (n, rows): (usize, Vec<Line>) = match table {
        Node::Map(map) => (
            map.len(),
            map.iter().take(ROWS).map(|(k, v)| row(k, v)).collect(),
        ),
        Node::List(list) => {
            let numbered = list.iter().take(ROWS).enumerate();
            (
                list.len(),
                numbered.map(|(i, v)| row(&i.to_string(), v)).collect(),
            )
        }
        other => (1, vec![Line::of(Meaning::Text, other.to_string())]),
    };
    let of = if n > rows.len() {
        format!("{}, the first {} of them", count(n, "row"), rows.len())
    } else {
        count(n, "row")
    };
    out.push(Line::of(
        Meaning::TextMuted,
        format!("{of}, before any task begins"),
    ));
    out.extend(rows);
}
