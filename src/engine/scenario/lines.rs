//! Where in a scenario's files something stands that is told of: a value of the
//! world, a fact, a policy's words. Best effort on the text: a line is where one
//! looks first, never what something is decided by.

use super::super::grounding::Sought;
use super::super::world::Path;
use super::{Files, Scenario};

fn text<'a>(files: &'a Files, name: &str) -> Option<&'a str> {
    files.get(name).and_then(|b| std::str::from_utf8(b).ok())
}

/// Whether a file is of a kind.
fn is(name: &str, kind: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ext)| ext == kind)
}

/// The line (from 1) of a byte of a text.
fn line_at(text: &str, at: usize) -> u32 {
    let before = text.get(..at).unwrap_or("");
    u32::try_from(before.matches('\n').count())
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

/// The file, and the line in it, of a place of the scenario's world; line 0
/// where it cannot be told.
#[must_use]
pub fn world_line(scenario: &Scenario, path: &Path) -> (String, u32) {
    let Some(table) = path.0.first() else {
        return (String::new(), 0);
    };
    let files = &scenario.files;
    let own = ["csv", "json", "yaml", "yml"].into_iter().find_map(|ext| {
        let named = format!("{table}.{ext}");
        let inside = format!("/{named}");
        files
            .keys()
            .find(|f| **f == named || f.ends_with(&inside))
            .cloned()
    });
    if let Some(name) = own {
        let keys = path.0.get(1..).unwrap_or(&[]);
        let keys: Vec<&str> = keys.iter().map(|k| &**k).collect();
        let line = text(files, &name).map_or(0, |t| {
            if is(&name, "csv") {
                row_of(t, keys.first().copied().unwrap_or(""))
            } else {
                keys_line(t, &keys)
            }
        });
        return (name, line);
    }
    let keys: Vec<&str> = path.0.iter().map(|k| &**k).collect();
    let key = quoted(table);
    let has = |name: &&String| {
        let told = text(files, name).unwrap_or("");
        !name.contains("schema")
            && (is(name, "json") && told.contains(&key)
                || is(name, "yaml") && name.starts_with("world"))
    };
    let named = |n: &&String| n.starts_with("world.");
    let found = files
        .keys()
        .filter(has)
        .find(named)
        .or_else(|| files.keys().find(has));
    match found {
        Some(name) => {
            let line = text(files, name).map_or(0, |t| keys_line(t, &keys));
            (name.clone(), line)
        }
        None => (String::new(), 0),
    }
}

fn quoted(key: &str) -> String {
    serde_json::to_string(key).unwrap_or_default()
}

/// The line of a CSV whose row has a key as one of its fields.
fn row_of(text: &str, key: &str) -> u32 {
    let has = |line: &str| line.split(',').any(|f| f.trim().trim_matches('"') == key);
    let at = text.lines().position(has);
    at.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(0)
}

/// The line of JSON or YAML where the last of some keys stands, each looked for
/// behind the one before it; a list's index counts the next key.
fn keys_line(text: &str, keys: &[&str]) -> u32 {
    let mut at = 0;
    let mut skip = 0;
    for key in keys {
        let rest = text.get(at..).unwrap_or("");
        let forms = [quoted(key), format!("{key}:")];
        let found = forms
            .iter()
            .find_map(|form| rest.match_indices(form.as_str()).nth(skip).map(|(i, _)| i));
        match (found, key.parse::<usize>()) {
            (Some(i), _) => {
                at += i;
                skip = 0;
            }
            (None, Ok(index)) => skip = index,
            (None, Err(_)) => {}
        }
    }
    if at == 0 { 0 } else { line_at(text, at) }
}

/// The file and line where an agent's policy says a value.
#[must_use]
pub fn policy_line(scenario: &Scenario, agent: &str, value: &Sought) -> (String, u32) {
    let Some(agent) = scenario.agent(agent) else {
        return (String::new(), 0);
    };
    let whole = agent.policy.trim();
    let file = scenario.files.iter().find(|(_, bytes)| {
        std::str::from_utf8(bytes).is_ok_and(|t| !t.trim().is_empty() && t.trim() == whole)
    });
    match file.and_then(|(name, _)| Some((name, text(&scenario.files, name)?))) {
        Some((name, text)) => {
            let at = value.in_text(text).first().map(|(from, _)| *from);
            (name.clone(), at.map_or(0, |at| line_at(text, at)))
        }
        None => (String::from("scenario.yaml"), 0),
    }
}

/// The line of tasks.yaml where a task tells a fact, or its goal.
#[must_use]
pub fn fact_line(scenario: &Scenario, task: &str, name: &str) -> u32 {
    let Some(text) = text(&scenario.files, "tasks.yaml") else {
        return 0;
    };
    let head = |line: &str| {
        line.strip_prefix(task)
            .is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    let Some(from) = text.lines().position(head) else {
        return 0;
    };
    let named = |line: &str| {
        let key = line.trim_start().trim_start_matches("- ");
        let key = key.trim_start_matches(['"', '\'']);
        key.strip_prefix(name).is_some_and(|rest| {
            rest.trim_start_matches(['"', '\''])
                .trim_start()
                .starts_with(':')
        })
    };
    let inside = text.lines().skip(from + 1);
    let found = inside
        .take_while(|l| l.is_empty() || l.starts_with([' ', '#']))
        .position(named);
    let at = found.map_or(from, |i| from + 1 + i);
    u32::try_from(at + 1).unwrap_or(0)
}

/// The file and line where a tool says what it is.
#[must_use]
pub fn tool_line(scenario: &Scenario, tool: &str) -> (String, u32) {
    let files = &scenario.files;
    if let Some(text) = text(files, "tools.yaml") {
        let head = |line: &str| {
            line.trim_start()
                .trim_start_matches("- name:")
                .trim_start()
                .strip_prefix(tool)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        if let Some(at) = text.lines().position(head) {
            return (
                String::from("tools.yaml"),
                u32::try_from(at + 1).unwrap_or(0),
            );
        }
    }
    let sigs = scenario.program.tools();
    sigs.into_iter()
        .find(|sig| sig.name == tool)
        .map_or((String::from("tools.yaml"), 0), |sig| (sig.file, sig.line))
}
