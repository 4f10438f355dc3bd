//! What follows from a table: the names, rules and task of a scenario that is
//! begun from it.

use super::super::super::world::{Map, Node};
use super::super::emit;
use super::super::tasks_file::is_name;
use super::sheet::{RESERVED, Sheet, name_of, singular};
use serde_json::{Map as JsonMap, Value as Json, json};
use std::collections::HashSet;
use std::fmt::Write as _;

/// A text as a literal of the tool language.
fn literal(text: &str) -> String {
    Json::from(text).to_string().replace('{', "\\{")
}

/// `.status`, or `["Order status"]` where that is no name.
fn field(name: &str) -> String {
    let plain = name_of(name) == name || is_name(name) && !RESERVED.contains(&name);
    if plain {
        format!(".{name}")
    } else {
        format!("[{}]", literal(name))
    }
}

impl Sheet {
    /// What one row is called: `order`.
    pub fn words(&self) -> String {
        singular(&self.name).replace('_', " ")
    }

    /// What its key is called: `order id`.
    pub fn key_words(&self) -> String {
        self.param.replace('_', " ")
    }

    pub fn get_name(&self) -> String {
        format!("get_{}", singular(&self.name))
    }

    pub fn find_name(&self) -> String {
        format!("find_{}", self.name)
    }

    fn update_name(&self) -> String {
        match &self.status {
            Some((column, _)) => format!("set_{}_{}", singular(&self.name), name_of(column)),
            None => format!("note_{}", singular(&self.name)),
        }
    }

    /// Columns that rows are looked for by: those whose values repeat or refer
    /// to something, four at most.
    pub fn filters(&self) -> Vec<(String, &'static str)> {
        let rows: Vec<&Map> = self
            .node
            .as_map()
            .into_iter()
            .flat_map(Map::values)
            .filter_map(Node::as_map)
            .collect();
        let repeats = |column: &str| {
            let distinct: HashSet<String> = rows
                .iter()
                .filter_map(|r| r.get(column))
                .map(ToString::to_string)
                .collect();
            distinct.len() < rows.len()
        };
        let others = self.columns.iter().filter(|(c, ..)| *c != self.key);
        let good =
            others.filter(|(c, kind, _)| *kind != "number" && (repeats(c) || c.ends_with("_id")));
        let mut out: Vec<(String, &'static str)> = good
            .map(|(c, kind, _)| (c.clone(), *kind))
            .take(4)
            .collect();
        if out.is_empty() {
            let others = self.columns.iter().filter(|(c, ..)| *c != self.key);
            out = others
                .map(|(c, kind, _)| (c.clone(), *kind))
                .take(2)
                .collect();
        }
        // `name?` marks an optional argument, so a column cannot end in one.
        out.retain(|(c, _)| !c.is_empty() && !c.ends_with('?'));
        out
    }

    /// A name for the row that hides neither a table nor the arguments.
    fn local(&self, sheets: &[Self]) -> &'static str {
        let free = |name: &&&str| self.param != **name && sheets.iter().all(|s| s.name != **name);
        ["row", "entry", "this_row"]
            .iter()
            .find(free)
            .copied()
            .unwrap_or("the_row")
    }

    pub fn read_rules(&self) -> String {
        let (name, param) = (&self.name, &self.param);
        format!(
            "## Get one {} by its {}.\ntool {}({param}: string):\n    let found = {name}[{param}] else 404 \"No {} {{{param}}}\"\n    return found\n\n",
            self.words(),
            self.key_words(),
            self.get_name(),
            self.words(),
        )
    }

    /// The rule that changes a row.
    pub fn update_rule(&self, sheets: &[Self]) -> String {
        let (name, param, words, row) = (&self.name, &self.param, self.words(), self.local(sheets));
        let tool = self.update_name();
        let head = format!("    let {row} = {name}[{param}] else 404 \"No {words} {{{param}}}\"\n");
        match &self.status {
            Some((column, values)) => {
                let place = format!("{row}{}", field(column));
                let whole = self.columns.iter().any(|(c, _, all)| c == column && *all);
                let now = if whole {
                    place.clone()
                } else {
                    format!("({place} ?? \"\")")
                };
                let choice: Vec<String> = values.iter().map(|v| literal(v)).collect();
                let mut out = format!(
                    "## Change the {} of one {words}.\n",
                    column.replace('_', " ")
                );
                let _ = writeln!(
                    out,
                    "tool {tool}({param}: string, to: {}):",
                    choice.join(" | ")
                );
                out.push_str(
                    "    # A draft: which changes are allowed, and what else changes with them?\n",
                );
                out.push_str(&head);
                let _ = writeln!(
                    out,
                    "    need {now} != to else 409 \"The {words} {{{param}}} is {{to}} already\""
                );
                let _ = writeln!(out, "    set {place} = to\n    return {row}\n");
                out
            }
            None => {
                let mut out = format!("## Leave a note on one {words}.\n");
                let _ = writeln!(out, "tool {tool}({param}: string, text: string):");
                out.push_str(
                    "    # A draft: no column looks like a status. What do your tools change?\n",
                );
                out.push_str(&head);
                let _ = writeln!(out, "    set {row}.note = text\n    return {row}\n");
                out
            }
        }
    }

    /// tasks.yaml with one task on this table.
    pub fn task(&self, sheets: &[Self], tools: &JsonMap<String, Json>) -> String {
        let (name, param, words) = (&self.name, &self.param, self.words());
        let row = self.local(sheets);
        let var = if param == "k" || sheets.iter().any(|s| s.name == "k") {
            "each_key"
        } else {
            "k"
        };
        let template = format!("{{{param}}}");
        let (id, goal, bind, args, assertion) = match &self.status {
            Some((column, values)) => {
                let from = values.first().map_or("", String::as_str);
                let to = values.get(1).map_or("", String::as_str);
                let place = field(column);
                let now = format!("({row}{place} ?? \"\")");
                (
                    format!("change_one_{}", singular(name)),
                    format!(
                        "Have the {} of {words} {template} changed from {} to {}.",
                        column.replace('_', " "),
                        braces(from),
                        braces(to)
                    ),
                    format!(
                        "[{var} for {var}, {row} in {name} if {now} == {}]",
                        literal(from)
                    ),
                    json!({param: template, "to": braces(to)}),
                    format!("{name}[{param}]{place} == {}", literal(to)),
                )
            }
            None => (
                format!("note_on_one_{}", singular(name)),
                format!("Have a note put on {words} {template}: please call back."),
                format!("keys({name})"),
                json!({param: template, "text": "Please call back."}),
                format!("({name}[{param}].note ?? \"\") == \"Please call back.\""),
            ),
        };
        let mut path = Vec::new();
        if tools.contains_key(&self.get_name()) {
            path.push(json!({self.get_name(): {param: template}}));
        }
        path.push(json!({self.update_name(): args}));
        let task = json!({id: {
            "goal": goal,
            "known": {param: template},
            "bind": {param: bind},
            "path": path,
            "assertions": [assertion],
        }});
        format!(
            "# A task: what the user wants, what they know, the calls that get there, and\n\
             # conditions on the last world that are false before and true after.\n\
             # `bind` draws from the world by seed, so one task makes many conversations.\n{}",
            emit::yaml(&task)
        )
    }
}

/// A value inside a text that is a template.
fn braces(text: &str) -> String {
    text.replace('{', "\\{")
}
