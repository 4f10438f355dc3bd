//! What is otherwise between two versions of a scenario, in a few lines of what
//! it means: tools, policies, rules, rows, personas, rubric.

use super::super::touches::blocks;
use crate::engine::scenario::{Executor, Scenario, Tool};
use crate::engine::world::diff::changes;
use std::collections::BTreeSet;

/// Names that a line lists before it counts the rest.
const NAMED: usize = 4;

/// What a person would say that changed, most weighty first; of the tasks only
/// the one that the conversation runs is told in full.
#[must_use]
pub fn meaning(old: &Scenario, new: &Scenario, task: &str) -> Vec<String> {
    let mut out = Vec::new();
    tools(old, new, &mut out);
    agents(old, new, &mut out);
    rules(old, new, &mut out);
    world(old, new, &mut out);
    tasks(old, new, task, &mut out);
    people(old, new, &mut out);
    rubric(old, new, &mut out);
    if old.stop != new.stop {
        out.push(format!(
            "stop: {} turns at most, before {}",
            new.stop.max_turns, old.stop.max_turns
        ));
    }
    if old.limits != new.limits {
        out.push(String::from("limits changed"));
    }
    if old.judge != new.judge {
        out.push(String::from("when the judge speaks changed"));
    }
    if old.replies != new.replies {
        out.push(String::from("what the stand-in says word for word changed"));
    }
    out
}

fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = names.len().saturating_sub(NAMED);
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Names of both, in order, each once.
fn names<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<&'a str> {
    let all: BTreeSet<&str> = old.iter().chain(new).copied().collect();
    all.into_iter().collect()
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

fn tools(old: &Scenario, new: &Scenario, out: &mut Vec<String>) {
    let all = |s: &'_ Scenario| -> Vec<String> { s.tools.iter().map(|t| t.name.clone()).collect() };
    let (was, is) = (all(old), all(new));
    let was: Vec<&str> = was.iter().map(String::as_str).collect();
    let is: Vec<&str> = is.iter().map(String::as_str).collect();
    let (rules_were, rules_are) = (blocks(old), blocks(new));
    for name in names(&was, &is) {
        let (a, b) = match (old.tool(name), new.tool(name)) {
            (Some(a), Some(b)) => (a, b),
            (Some(_), None) => {
                out.push(format!("tool {name}: gone"));
                continue;
            }
            (None, _) => {
                out.push(format!("tool {name}: new"));
                continue;
            }
        };
        let mut what = Vec::new();
        if executor(a) != executor(b) {
            what.push(format!(
                "answered by {}, before by {}",
                executor(b),
                executor(a)
            ));
        } else if a.executor != b.executor {
            what.push(format!("{} changed", executor(b)));
        }
        parameters(a, b, &mut what);
        if a.description != b.description {
            what.push(String::from("description"));
        }
        let output = |t: &Tool| t.output.as_ref().map(|o| o.source().clone());
        if output(a) != output(b) {
            what.push(String::from("output"));
        }
        if a.reads != b.reads && b.executor == Executor::Model {
            what.push(String::from("what it may read"));
        }
        if a.writes != b.writes && b.executor == Executor::Model {
            what.push(String::from("what it may write"));
        }
        if a.free_text != b.free_text {
            what.push(String::from("what it may word freely"));
        }
        if a.answers != b.answers {
            what.push(format!(
                "{} frozen answers, before {}",
                b.answers.len(),
                a.answers.len()
            ));
        }
        if a.args != b.args {
            what.push(String::from("how arguments are read"));
        }
        if a.render != b.render {
            what.push(String::from("how the result is shown"));
        }
        let head = format!("tool {name}");
        if rules_were.get(&head) != rules_are.get(&head) {
            what.push(match (rules_were.get(&head), rules_are.get(&head)) {
                (None, _) => String::from("a rule is new"),
                (_, None) => String::from("its rule is gone"),
                (Some(_), Some(_)) => String::from("its rule"),
            });
        }
        if !what.is_empty() {
            out.push(format!("tool {name}: {}", what.join("; ")));
        }
    }
}

/// Which parameters came, went or are otherwise.
fn parameters(old: &Tool, new: &Tool, what: &mut Vec<String>) {
    if old.parameters == new.parameters {
        return;
    }
    let properties = |tool: &Tool| {
        let found = tool
            .parameters
            .get("properties")
            .and_then(|p| p.as_object());
        found.cloned().unwrap_or_default()
    };
    let (a, b) = (properties(old), properties(new));
    let before = what.len();
    let only = |a: &serde_json::Map<_, _>, b: &serde_json::Map<_, _>| -> Vec<String> {
        a.keys().filter(|k| !b.contains_key(*k)).cloned().collect()
    };
    for (word, found) in [
        ("new parameter", only(&b, &a)),
        ("parameter gone", only(&a, &b)),
    ] {
        if !found.is_empty() {
            what.push(format!("{word} {}", listed(&found)));
        }
    }
    let other: Vec<String> = a
        .iter()
        .filter(|(k, v)| b.get(*k).is_some_and(|w| w != *v))
        .map(|(k, _)| k.clone())
        .collect();
    if !other.is_empty() {
        what.push(format!("parameter {} changed", listed(&other)));
    }
    if old.parameters.get("required") != new.parameters.get("required") {
        what.push(String::from("which parameters are required"));
    }
    if what.len() == before {
        what.push(String::from("parameters"));
    }
}

fn agents(old: &Scenario, new: &Scenario, out: &mut Vec<String>) {
    let was: Vec<&str> = old.agents.iter().map(|a| a.name.as_str()).collect();
    let is: Vec<&str> = new.agents.iter().map(|a| a.name.as_str()).collect();
    for name in names(&was, &is) {
        let (a, b) = match (old.agent(name), new.agent(name)) {
            (Some(a), Some(b)) => (a, b),
            (Some(_), None) => {
                out.push(format!("agent {name}: gone"));
                continue;
            }
            (None, _) => {
                out.push(format!("agent {name}: new"));
                continue;
            }
        };
        let mut what = Vec::new();
        if a.policy != b.policy {
            let (gone, came) = counted(&a.policy, &b.policy);
            what.push(format!("policy -{gone} +{came} lines"));
        }
        let only = |a: &[String], b: &[String]| -> Vec<String> {
            a.iter().filter(|t| !b.contains(t)).cloned().collect()
        };
        let (gone, came) = (only(&a.tools, &b.tools), only(&b.tools, &a.tools));
        if !came.is_empty() {
            what.push(format!("now has {}", listed(&came)));
        }
        if !gone.is_empty() {
            what.push(format!("no longer has {}", listed(&gone)));
        }
        if a.description != b.description {
            what.push(String::from("description"));
        }
        if !what.is_empty() {
            out.push(format!("agent {name}: {}", what.join("; ")));
        }
    }
}

fn counted(old: &str, new: &str) -> (usize, usize) {
    let all = super::lines::lines(old, new);
    let of = |sign| all.iter().filter(|l| l.sign == sign).count();
    (of('-'), of('+'))
}

/// What holds for all calls: invariants, policy checks, procedures, `after`.
fn rules(old: &Scenario, new: &Scenario, out: &mut Vec<String>) {
    let (was, is) = (blocks(old), blocks(new));
    let heads: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    for head in heads {
        if head.is_empty() || head.starts_with("tool ") || was.get(head) == is.get(head) {
            continue;
        }
        let word = match (was.get(head), is.get(head)) {
            (None, _) => "new",
            (_, None) => "gone",
            (Some(_), Some(_)) => "changed",
        };
        out.push(format!("{head}: {word}"));
    }
}

fn world(old: &Scenario, new: &Scenario, out: &mut Vec<String>) {
    if old.now != new.now {
        out.push(format!("clock: {}, before {}", new.now, old.now));
    }
    if old.schema.source() != new.schema.source() {
        out.push(String::from("schema of the world changed"));
    }
    // By table: rows that came, went, are otherwise.
    let found = changes(&old.world, &new.world);
    let tables: BTreeSet<&str> = found
        .iter()
        .map(|c| c.path.0.first().map_or("", |k| &**k))
        .collect();
    for table in tables {
        let of: Vec<_> = found
            .iter()
            .filter(|c| c.path.0.first().is_some_and(|k| &**k == table))
            .collect();
        let row =
            |c: &&&crate::engine::world::diff::Change| c.path.0.get(1).map(ToString::to_string);
        let whole = |c: &&&crate::engine::world::diff::Change| c.path.0.len() == 2;
        let came: BTreeSet<String> = of
            .iter()
            .filter(|c| whole(c) && c.before.is_none())
            .filter_map(|c| row(&c))
            .collect();
        let gone: BTreeSet<String> = of
            .iter()
            .filter(|c| whole(c) && c.after.is_none())
            .filter_map(|c| row(&c))
            .collect();
        let other: BTreeSet<String> = of
            .iter()
            .filter_map(|c| row(&c))
            .filter(|r| !came.contains(r) && !gone.contains(r))
            .collect();
        let mut what = Vec::new();
        for (sign, rows) in [("+", came), ("-", gone), ("~", other)] {
            if !rows.is_empty() {
                let rows: Vec<String> = rows.into_iter().collect();
                what.push(format!("{sign}{} ({})", rows.len(), listed(&rows)));
            }
        }
        if what.is_empty() {
            what.push(String::from("changed"));
        }
        out.push(format!("world {table}: {}", what.join(" ")));
    }
}

fn tasks(old: &Scenario, new: &Scenario, task: &str, out: &mut Vec<String>) {
    match (old.task(task), new.task(task)) {
        (Some(a), Some(b)) => {
            let mut what = Vec::new();
            if a.goal != b.goal {
                what.push("goal");
            }
            if a.known != b.known || a.hidden != b.hidden {
                what.push("facts");
            }
            if a.opening != b.opening {
                what.push("opening");
            }
            if a.start != b.start {
                what.push("start");
            }
            if format!("{:?}", a.bind) != format!("{:?}", b.bind) {
                what.push("bindings");
            }
            if a.path != b.path {
                what.push("reference path");
            }
            let sources = |t: &crate::engine::scenario::Task| -> Vec<String> {
                t.assertions.iter().map(|e| e.source().to_owned()).collect()
            };
            if sources(a) != sources(b) {
                what.push("assertions");
            }
            if a.persona != b.persona || a.context != b.context || a.complexity != b.complexity {
                what.push("who its user is");
            }
            if !what.is_empty() {
                out.push(format!("task {task}: {}", what.join(", ")));
            }
        }
        (_, None) => out.push(format!("task {task}: gone")),
        (None, Some(_)) => out.push(format!("task {task}: new")),
    }
    let text = |s: &Scenario, id: &str| s.task(id).map(|t| format!("{t:?}"));
    let was: Vec<&str> = old.tasks.iter().map(|t| t.id.as_str()).collect();
    let is: Vec<&str> = new.tasks.iter().map(|t| t.id.as_str()).collect();
    let others: Vec<String> = names(&was, &is)
        .into_iter()
        .filter(|id| *id != task && text(old, id) != text(new, id))
        .map(str::to_owned)
        .collect();
    if !others.is_empty() {
        out.push(format!("other tasks: {}", listed(&others)));
    }
}

fn people(old: &Scenario, new: &Scenario, out: &mut Vec<String>) {
    let text = |s: &Scenario, name: &str| {
        let found = s.personas.iter().find(|p| p.name == name);
        found.map(|p| format!("{p:?}"))
    };
    let was: Vec<&str> = old.personas.iter().map(|p| p.name.as_str()).collect();
    let is: Vec<&str> = new.personas.iter().map(|p| p.name.as_str()).collect();
    let other: Vec<String> = names(&was, &is)
        .into_iter()
        .filter(|name| text(old, name) != text(new, name))
        .map(str::to_owned)
        .collect();
    if !other.is_empty() {
        out.push(format!("personas: {}", listed(&other)));
    }
    if old.profiles != new.profiles {
        out.push(String::from("profiles of personas changed"));
    }
}

fn rubric(old: &Scenario, new: &Scenario, out: &mut Vec<String>) {
    if old.rubric == new.rubric {
        return;
    }
    let was: Vec<&str> = old.rubric.axes.iter().map(|a| a.id.as_str()).collect();
    let is: Vec<&str> = new.rubric.axes.iter().map(|a| a.id.as_str()).collect();
    let other: Vec<String> = names(&was, &is)
        .into_iter()
        .filter(|id| old.rubric.axis(id) != new.rubric.axis(id))
        .map(str::to_owned)
        .collect();
    let mut what = Vec::new();
    if !other.is_empty() {
        what.push(listed(&other));
    }
    if old.rubric.gate != new.rubric.gate {
        what.push(String::from("the minimum of overall"));
    }
    let what = if what.is_empty() {
        String::from("the order of its axes")
    } else {
        what.join("; ")
    };
    out.push(format!("rubric: {what}"));
}
