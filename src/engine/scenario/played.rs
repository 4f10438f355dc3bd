//! A path that was played becomes the task's reference path: its calls, with
//! values named by the task's bindings and by earlier results, and assertions
//! read off what it did to the world. All of it is a proposal for a person, who
//! edits the text; nothing is proposed that does not hold.

use super::{Bound, PathCall, Scenario, emit};
use crate::engine::rules::{Env, Expr};
use crate::engine::world::{Change, Map, Node, Path, changes};
use serde_json::{Map as JsonMap, Value as Json, json};

/// Assertions that are proposed at most.
const MOST: usize = 6;
/// Deepest value inside a binding or a result that is looked at.
const DEEP: usize = 4;
/// Elements of a list that are looked at.
const FEW: usize = 4;
/// Values of one binding or result that are looked at.
const LEAVES: usize = 500;

/// A call that was made, and what came of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The tool.
    pub tool: String,
    /// Its arguments, read.
    pub args: Node,
    /// Its result.
    pub result: Node,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// The calls.
    pub path: Vec<PathCall>,
    /// What is true at the end and was not at the start.
    pub assertions: Vec<String>,
}

/// A value that has a name: an expression over the bindings or an earlier result.
struct Named {
    expr: String,
    key: String,
    value: Node,
    /// The call whose result it is of; `None` for a binding.
    call: Option<usize>,
}

/// Proposes a path and assertions for what was played from `start` to `end`.
#[must_use]
pub fn played(
    scenario: &Scenario,
    bound: &Bound,
    calls: &[Made],
    start: &Node,
    end: &Node,
) -> Played {
    let mut named = Vec::new();
    for (name, value) in &bound.bindings {
        leaves(name, name, value, None, DEEP, &mut named);
    }
    let bindings = named.len();
    let mut path: Vec<PathCall> = Vec::new();
    for (i, call) in calls.iter().enumerate() {
        let mut used = Vec::new();
        let args = argument("", &call.args, &named, &mut used);
        path.push(PathCall {
            tool: call.tool.clone(),
            args,
            save: None,
        });
        for at in used {
            if let Some(call) = path.get_mut(at) {
                call.save = Some(saved(at, &call.tool));
            }
        }
        leaves(
            &saved(i, &call.tool),
            "",
            &call.result,
            Some(i),
            DEEP,
            &mut named,
        );
    }
    named.truncate(bindings);
    let mut assertions: Vec<String> = scenario
        .task(&bound.task)
        .into_iter()
        .flat_map(|task| &task.assertions)
        .map(|expr| expr.source().to_owned())
        .filter(|text| holds(scenario, bound, text, end))
        .collect();
    for change in changes(start, end) {
        for text in proposed(&change, start, end, &named) {
            let fresh = !assertions.contains(&text);
            if assertions.len() < MOST
                && fresh
                && holds(scenario, bound, &text, end)
                && !holds(scenario, bound, &text, start)
            {
                assertions.push(text);
            }
        }
    }
    Played { path, assertions }
}

/// The name under which a result is kept.
fn saved(at: usize, tool: &str) -> String {
    format!("from_{tool}_{}", at + 1)
}

/// Names every plain value in a binding or result.
fn leaves(
    expr: &str,
    key: &str,
    value: &Node,
    call: Option<usize>,
    deep: usize,
    out: &mut Vec<Named>,
) {
    match value {
        Node::Map(map) if deep > 0 => {
            for (key, value) in map.iter().take(LEAVES) {
                let inner = field(expr, key);
                leaves(&inner, key, value, call, deep - 1, out);
            }
        }
        Node::List(list) if deep > 0 => {
            for (i, value) in list.iter().enumerate().take(FEW) {
                leaves(&format!("{expr}[{i}]"), key, value, call, deep - 1, out);
            }
        }
        Node::Map(_) | Node::List(_) | Node::Null | Node::Bool(_) => {}
        Node::Int(_) | Node::Float(_) | Node::Str(_) => out.push(Named {
            expr: expr.to_owned(),
            key: key.to_owned(),
            value: value.clone(),
            call,
        }),
    }
}

/// `expr.key`, or with the key in quotes where it is no name.
fn field(expr: &str, key: &str) -> String {
    if super::tasks_file::is_name(key) {
        format!("{expr}.{key}")
    } else {
        format!("{expr}[{}]", Json::from(key))
    }
}

/// The best name of a value; how well the keys fit decides, then where it is
/// from: a text rather from a binding, a number rather from the newest result.
fn name_of<'a>(key: &str, value: &Node, named: &'a [Named]) -> Option<&'a Named> {
    let telling = match value {
        // A text that could be anything else as well is no sign of a bond.
        Node::Str(text) => {
            text.len() >= 4 && text.contains(|c: char| c.is_ascii_digit() || c == '@')
        }
        Node::Float(_) => true,
        Node::Int(_) | Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => false,
    };
    let fit = |named: &Named| {
        if named.key == key {
            Some(0)
        } else if !key.is_empty() && (named.key.ends_with(key) || key.ends_with(&named.key)) {
            Some(1)
        } else if telling {
            Some(2)
        } else {
            None
        }
    };
    let number = value.as_f64().is_some();
    named
        .iter()
        .enumerate()
        .filter(|(_, n)| n.value.same_value(value))
        .filter_map(|(at, n)| Some((fit(n)?, at, n)))
        .min_by_key(|(fit, at, n)| {
            // A value at the top of a binding is meant sooner than one deep inside.
            let deep = n.expr.matches(['.', '[']).count();
            if number {
                (*fit, usize::MAX - at, deep)
            } else {
                (*fit, deep, *at)
            }
        })
        .map(|(_, _, n)| n)
}

/// An argument with its values named. A text of the world stays what it is: its
/// braces are no template.
fn argument(key: &str, value: &Node, named: &[Named], used: &mut Vec<usize>) -> Json {
    if let Some(found) = name_of(key, value, named) {
        used.extend(found.call);
        return Json::from(format!("{{{}}}", found.expr));
    }
    match value {
        Node::Map(map) => Json::Object(
            map.iter()
                .map(|(key, value)| (key.to_string(), argument(key, value, named, used)))
                .collect(),
        ),
        Node::List(list) => Json::Array(
            list.iter()
                .map(|value| argument(key, value, named, used))
                .collect(),
        ),
        Node::Str(text) => Json::from(text.replace('{', "\\{").replace('}', "\\}")),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => value.to_json(),
    }
}

/// Whether an assertion holds on a world.
fn holds(scenario: &Scenario, bound: &Bound, text: &str, world: &Node) -> bool {
    let Ok(expr) = Expr::parse("", 1, 1, text) else {
        return false;
    };
    let empty = Node::Map(Map::new());
    let env = Env {
        world,
        args: &empty,
        now: &scenario.now,
        id_key: 0,
        budget: scenario.limits.rule_budget,
    };
    let locals: Vec<(&str, &Node)> = bound
        .bindings
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    expr.eval(&env, &locals)
        .is_ok_and(|value| value.as_bool() == Some(true))
}

/// A place of the world as an expression; keys that a binding has are named.
fn place(path: &[std::sync::Arc<str>], world: &Node, named: &[Named]) -> Option<String> {
    let (table, rest) = path.split_first()?;
    if !super::tasks_file::is_name(table) {
        return None;
    }
    let mut out = table.to_string();
    let mut node = world.child(table);
    for (i, key) in rest.iter().enumerate() {
        if matches!(node, Some(Node::List(_))) {
            out = format!("{out}[{key}]");
        } else if i == 0 {
            // The key of a row.
            let key_node = Node::str(std::sync::Arc::clone(key));
            let same = named.iter().find(|n| n.value.same_value(&key_node));
            out = match same {
                Some(named) => format!("{out}[{}]", named.expr),
                None if super::tasks_file::is_name(key) => format!("{out}.{key}"),
                None => format!("{out}[{}]", Json::from(&**key)),
            };
        } else {
            out = field(&out, key);
        }
        node = node.and_then(|n| n.child(key));
    }
    Some(out)
}

/// A plain value as an expression.
fn literal(key: &str, value: &Node, named: &[Named]) -> Option<String> {
    match value {
        Node::Map(_) | Node::List(_) => None,
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
            Some(match name_of(key, value, named) {
                Some(named) => named.expr.clone(),
                None => value.to_json().to_string(),
            })
        }
    }
}

/// Whether a text looks like one of a few words, as a status does.
fn wordlike(value: &Node) -> bool {
    value.as_str().is_some_and(|text| {
        (2..=24).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-')
    })
}

/// What a change lets one say.
fn proposed(change: &Change, start: &Node, end: &Node, named: &[Named]) -> Vec<String> {
    let keys = &change.path.0;
    let Some(after) = &change.after else {
        let parts = keys.split_last();
        return parts
            .and_then(|(key, above)| {
                let above = place(above, start, named)?;
                Some(format!("not has({above}, {})", Json::from(&**key)))
            })
            .into_iter()
            .collect();
    };
    let Some((key, above)) = keys.split_last() else {
        return Vec::new();
    };
    let parent = Path(above.to_vec());
    let in_list = matches!(parent.find(end), Some(Node::List(_)));
    match (after, in_list) {
        (Node::Map(row), true) => {
            let Some(list) = place(above, end, named) else {
                return Vec::new();
            };
            row.iter()
                .filter(|(_, v)| wordlike(v) || matches!(v, Node::Float(_)))
                .filter_map(|(key, v)| {
                    Some(format!("last({list}).{key} == {}", literal(key, v, named)?))
                })
                .collect()
        }
        (Node::Map(row), false) if above.len() == 1 => {
            let facts: Vec<String> = row
                .iter()
                .filter_map(|(key, v)| {
                    let bound = name_of(key, v, named).filter(|n| n.key == **key);
                    let value = match bound {
                        Some(named) => named.expr.clone(),
                        None if wordlike(v) => v.to_json().to_string(),
                        None => return None,
                    };
                    Some(format!("{} == {value}", field("r", key)))
                })
                .take(3)
                .collect();
            let table = above.first().map(ToString::to_string).unwrap_or_default();
            if facts.is_empty() || !super::tasks_file::is_name(&table) {
                return Vec::new();
            }
            vec![format!("any([{} for r in {table}])", facts.join(" and "))]
        }
        (value, _) => {
            let at = place(keys, end, named);
            at.and_then(|at| Some(format!("{at} == {}", literal(key, value, named)?)))
                .into_iter()
                .collect()
        }
    }
}

impl Played {
    /// As it stands in tasks.yaml, before it is moved in.
    fn yaml(&self) -> String {
        let path: Vec<Json> = self
            .path
            .iter()
            .map(|call| {
                let mut out = JsonMap::new();
                out.insert(call.tool.clone(), call.args.clone());
                if let Some(save) = &call.save {
                    out.insert(String::from("save"), Json::from(save.as_str()));
                }
                Json::Object(out)
            })
            .collect();
        emit::yaml(&json!({"path": path, "assertions": self.assertions}))
    }

    /// As [`Played::into_file`], without assertions that other seeds, or a world
    /// drawn otherwise, make false: the whole scenario is checked with the text.
    ///
    /// # Errors
    /// As [`Played::into_file`].
    pub fn sound(
        mut self,
        scenario: &Scenario,
        task: &str,
    ) -> Result<(Self, String, usize), String> {
        let file = super::tasks_file::FILE;
        let text = scenario.files.get(file).map(|b| String::from_utf8_lossy(b));
        let text = text.unwrap_or_default();
        loop {
            let (made, line) = self.into_file(&text, task)?;
            let mut files = scenario.files.clone();
            files.insert(file.to_owned(), made.as_bytes().into());
            let problems = super::load(&scenario.id, &files).problems;
            let wrong = |text: &String| {
                let quoted = format!("`{text}`");
                problems
                    .iter()
                    .any(|p| p.file == file && p.what.contains(&quoted))
            };
            let before = self.assertions.len();
            let own = scenario.task(task).map_or(&[][..], |t| &t.assertions);
            self.assertions
                .retain(|a| own.iter().any(|expr| expr.source() == a) || !wrong(a));
            if self.assertions.len() == before {
                return Ok((self, made, line));
            }
        }
    }

    /// The text of tasks.yaml with this path and these assertions in a task, and
    /// the line where they stand. All else is left as it is.
    ///
    /// # Errors
    /// The task is not there, or not written a key a line: one sentence.
    pub fn into_file(&self, text: &str, task: &str) -> Result<(String, usize), String> {
        let lines: Vec<&str> = text.lines().collect();
        let (from, to, indent) = block(&lines, task)?;
        let mut out: Vec<String> = Vec::new();
        let mut at = None;
        let mut skip = false;
        for (i, line) in lines.iter().enumerate() {
            if i <= from || i >= to {
                if i == to {
                    at.get_or_insert_with(|| self.put(&mut out, indent));
                }
                out.push((*line).to_owned());
                continue;
            }
            let depth = depth(line);
            if depth == Some(indent) && !line.trim_start().starts_with('-') {
                skip = key_is(line, "path") || key_is(line, "assertions");
                if skip {
                    at.get_or_insert_with(|| self.put(&mut out, indent));
                }
            }
            // Blank lines and comments behind a part belong to what follows.
            let kept = depth.is_none() && !inside(&lines, i, to, indent);
            if !skip || kept {
                out.push((*line).to_owned());
            }
        }
        let at = at.unwrap_or_else(|| self.put(&mut out, indent));
        Ok((out.join("\n") + "\n", at))
    }

    /// Adds the lines; answers the number of the first, from 1.
    fn put(&self, out: &mut Vec<String>, indent: usize) -> usize {
        let mut blank = 0;
        while out.last().is_some_and(|line| line.trim().is_empty()) {
            out.pop();
            blank += 1;
        }
        let at = out.len() + 1;
        let pad = " ".repeat(indent);
        out.extend(self.yaml().lines().map(|line| format!("{pad}{line}")));
        out.extend(std::iter::repeat_n(String::new(), blank));
        at
    }
}

/// Spaces before a line's text; `None` for a blank line or a comment.
fn depth(line: &str) -> Option<usize> {
    let text = line.trim_start_matches(' ');
    (!text.trim().is_empty() && !text.starts_with('#')).then(|| line.len() - text.len())
}

/// Whether a line begins with this key.
fn key_is(line: &str, key: &str) -> bool {
    let text = line.trim_start();
    [key.to_owned(), format!("\"{key}\""), format!("'{key}'")]
        .iter()
        .any(|key| {
            text.strip_prefix(key.as_str())
                .is_some_and(|rest| rest.trim_start().starts_with(':'))
        })
}

/// Whether a blank line or comment lies inside a part that goes on after it.
fn inside(lines: &[&str], at: usize, to: usize, indent: usize) -> bool {
    lines
        .iter()
        .take(to)
        .skip(at)
        .find_map(|line| depth(line).map(|d| (d, line)))
        .is_some_and(|(d, line)| d > indent || d == indent && line.trim_start().starts_with('-'))
}

/// The line of a task's key, the line after its last, and how far its own keys
/// are moved in.
fn block(lines: &[&str], task: &str) -> Result<(usize, usize, usize), String> {
    const HAND: &str = "write the path into tasks.yaml by hand";
    let from = lines.iter().position(|line| {
        key_is(line, task)
            && line
                .split_once(':')
                .is_some_and(|(_, rest)| rest.trim().is_empty() || rest.trim().starts_with('#'))
    });
    let Some(from) = from else {
        return Err(format!(
            "the task `{task}` does not stand on a line of its own; {HAND}"
        ));
    };
    let own = lines.get(from).and_then(|line| depth(line)).unwrap_or(0);
    let after = lines.iter().enumerate().skip(from + 1);
    let to = after
        .clone()
        .find(|(_, line)| depth(line).is_some_and(|d| d <= own))
        .map_or(lines.len(), |(i, _)| i);
    let indent = after
        .take_while(|(i, _)| *i < to)
        .find_map(|(_, line)| depth(line));
    // Comments above the next task are that task's.
    let mut end = to;
    while end > from + 1 && lines.get(end - 1).is_some_and(|line| depth(line).is_none()) {
        end -= 1;
    }
    match indent {
        Some(indent) if indent > own => Ok((from, end, indent)),
        Some(_) | None => Err(format!("the task `{task}` has no keys; {HAND}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASKS: &str = "# All tasks.\n\none:\n  goal: Get it. # really\n  path:\n    # looks\n    - get: {id: \"1\"}\n  assertions:\n  - a == 1\n  - a == 2\n  # what is asked\n  context: complaint\n\n# The other.\ntwo:\n  goal: Get more.\n";

    fn played_so() -> Played {
        Played {
            path: vec![PathCall {
                tool: String::from("get"),
                args: json!({"id": "{order.id}"}),
                save: Some(String::from("x")),
            }],
            assertions: vec![String::from("b[\"1\"] == 3")],
        }
    }

    #[test]
    fn the_parts_of_a_task_are_put_in_place_and_all_else_is_left() {
        let (text, line) = played_so().into_file(TASKS, "one").unwrap();
        assert_eq!(
            text,
            "# All tasks.\n\none:\n  goal: Get it. # really\n  path:\n    - get: {id: \"{order.id}\"}\n      save: x\n  assertions:\n    - 'b[\"1\"] == 3'\n  # what is asked\n  context: complaint\n\n# The other.\ntwo:\n  goal: Get more.\n"
        );
        assert_eq!(line, 5);
    }

    #[test]
    fn a_task_without_a_path_gets_one_at_its_end() {
        let (text, line) = played_so().into_file(TASKS, "two").unwrap();
        assert!(
            text.ends_with("two:\n  goal: Get more.\n  path:\n    - get: {id: \"{order.id}\"}\n      save: x\n  assertions:\n    - 'b[\"1\"] == 3'\n"),
            "{text}"
        );
        assert_eq!(line, 17);
        assert!(played_so().into_file(TASKS, "three").is_err());
        assert!(played_so().into_file("one: {goal: x}\n", "one").is_err());
    }
}
