//! A table that a scenario is begun from: what names a row, which column is a
//! status, and the tools, rules and task that follow.

use super::super::super::problem::Problem;
use super::super::super::world::{Map, Node};
use super::super::{csv, json};
use std::collections::HashSet;
use std::sync::Arc;

/// Most values that a status column may have.
const MOST_STATES: usize = 10;

/// A table of the new world.
#[derive(Debug)]
pub struct Sheet {
    /// The table's name.
    pub name: String,
    /// The rows by key.
    pub node: Node,
    /// The file that it stays in; else it goes into world.json.
    pub file: Option<(String, Vec<u8>)>,
    /// The column that names a row, or what its key is called.
    pub key: String,
    /// Whether the key must be written, as it is not the first column.
    pub key_given: bool,
    /// Name of the argument that holds the key.
    pub param: String,
    /// How many rows.
    pub rows: usize,
    /// A column that says how far a row has come, with its values, the most
    /// common first.
    pub status: Option<(String, Vec<String>)>,
    /// All other columns that hold plain values, with their types.
    pub columns: Vec<(String, &'static str, bool)>,
}

/// States that something is in before anything happened to it.
const EARLY: [&str; 12] = [
    "pending",
    "open",
    "new",
    "draft",
    "requested",
    "processing",
    "active",
    "todo",
    "waiting",
    "scheduled",
    "booked",
    "confirmed",
];

/// Words of the tool language, which a name may not be.
pub(super) const RESERVED: [&str; 32] = [
    "tool",
    "proc",
    "invariant",
    "policy",
    "after",
    "on",
    "let",
    "need",
    "fail",
    "if",
    "elif",
    "else",
    "each",
    "in",
    "set",
    "push",
    "del",
    "call",
    "return",
    "pass",
    "and",
    "or",
    "not",
    "for",
    "find",
    "true",
    "false",
    "null",
    "by",
    "desc",
    "row",
    "key",
];

/// Reads all files of data into tables.
///
/// # Errors
/// Everything wrong with them.
pub fn read(data: &[(String, Vec<u8>)]) -> Result<Vec<Sheet>, Vec<Problem>> {
    let mut out: Vec<Sheet> = Vec::new();
    let mut problems = Vec::new();
    // Columns named as some table's key are text, as the key is.
    let is_csv = |file: &str| file.to_ascii_lowercase().ends_with(".csv");
    let ids: Vec<String> = data
        .iter()
        .filter(|(file, _)| is_csv(file))
        .filter_map(|(file, bytes)| key_of(&csv::read(file, bytes).0).map(|(_, key)| key))
        .collect();
    for (file, bytes) in data {
        let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let (stem, ending) = base.rsplit_once('.').unwrap_or((base, ""));
        let name = name_of(stem);
        if ending.eq_ignore_ascii_case("csv") {
            let (sheet, wrong) = csv::read(file, bytes);
            if wrong.is_empty() {
                out.push(from_csv(name, &sheet, bytes, &ids));
            }
            problems.extend(wrong);
        } else if ending.eq_ignore_ascii_case("json") {
            match json::read(file, bytes) {
                Ok(node) => match from_json(name, &node) {
                    Some(made) => out.extend(made),
                    None => problems.push(
                        Problem::error(file, 0, 0, "there are no rows in this file").help(
                            "give a list of objects, a map of rows by key, or a map of tables",
                        ),
                    ),
                },
                Err(wrong) => problems.push(wrong),
            }
        } else {
            problems.push(
                Problem::error(file, 0, 0, "data is read from .csv and .json files")
                    .help("convert it first"),
            );
        }
    }
    let names: Vec<String> = out.iter().map(|s| s.name.clone()).collect();
    for (at, sheet) in out.iter_mut().enumerate() {
        if names.iter().take(at).any(|n| *n == sheet.name) {
            let what = format!("two files make a table `{}`", sheet.name);
            problems.push(Problem::error(&sheet.name, 0, 0, what).help("rename one"));
        }
        // An argument may not hide a table.
        while names.contains(&sheet.param) {
            sheet.param.push_str("_id");
        }
    }
    if problems.is_empty() {
        Ok(out)
    } else {
        Err(problems)
    }
}

/// A text as a name of the tool language.
pub(super) fn name_of(text: &str) -> String {
    let mut out: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .take(40)
        .collect();
    let begins = out.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins || RESERVED.contains(&out.as_str()) {
        out.insert_str(0, "t_");
    }
    out
}

/// The first column whose values name each row.
fn key_of(sheet: &csv::Csv) -> Option<(usize, String)> {
    let unique = |at: usize| {
        let mut seen = HashSet::new();
        let mut cells = sheet
            .rows
            .iter()
            .map(|(_, r)| r.get(at).map_or("", String::as_str));
        cells.all(|c| !c.is_empty() && seen.insert(c))
    };
    let at = (0..sheet.header.len()).find(|at| unique(*at))?;
    Some((at, sheet.header.get(at)?.clone()))
}

fn from_csv(name: String, sheet: &csv::Csv, bytes: &[u8], ids: &[String]) -> Sheet {
    let mut problems = Vec::new();
    if let Some((at, key)) = key_of(sheet)
        && let Some(table) = csv::table(&name, sheet, Some(&key), &[], ids, &mut problems)
    {
        // The file is read again as it is, so its name must be the table's.
        let file = Some((format!("{name}.csv"), bytes.to_vec()));
        return Sheet::new(name, table.node, file, key, at != 0);
    }
    // No column names a row: rows are numbered, and the table moves to world.json.
    let mut numbered = sheet.clone();
    numbered.header.insert(0, String::from("number"));
    for (at, (_, row)) in numbered.rows.iter_mut().enumerate() {
        row.insert(0, (at + 1).to_string());
    }
    let table = csv::table(&name, &numbered, None, &[], ids, &mut problems);
    let node = table.map_or_else(|| Node::Map(Map::new()), |t| t.node);
    Sheet::new(name, node, None, String::from("number"), false)
}

/// The tables of a JSON file: a list of rows, a map of rows, or a map of tables.
fn from_json(name: String, node: &Node) -> Option<Vec<Sheet>> {
    match node {
        Node::List(_) => Some(vec![from_list(name, node)?]),
        Node::Map(map) => {
            let holds_tables = !map.is_empty()
                && map.values().all(|v| match v {
                    Node::List(list) => list.iter().all(|r| r.as_map().is_some()),
                    Node::Map(rows) => {
                        !rows.is_empty() && rows.values().all(|r| r.as_map().is_some())
                    }
                    Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                        false
                    }
                });
            let shared = map
                .values()
                .next()
                .and_then(Node::as_map)
                .is_some_and(|first| {
                    first
                        .keys()
                        .any(|k| map.len() > 1 && map.values().all(|v| v.child(k).is_some()))
                });
            if holds_tables && !shared {
                let tables = map.iter().filter_map(|(k, v)| match v {
                    Node::List(_) => from_list(name_of(k), v),
                    _ => from_rows(name_of(k), v),
                });
                return Some(tables.collect());
            }
            Some(vec![from_rows(name, node)?])
        }
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => None,
    }
}

fn from_list(name: String, node: &Node) -> Option<Sheet> {
    let rows: Vec<&Node> = node.as_list()?.iter().collect();
    let first = rows.first()?.as_map()?;
    let text = |v: &Node| match v {
        Node::Str(s) if !s.is_empty() => Some(s.to_string()),
        Node::Int(i) => Some(i.to_string()),
        Node::Str(_)
        | Node::Null
        | Node::Bool(_)
        | Node::Float(_)
        | Node::List(_)
        | Node::Map(_) => None,
    };
    let unique = |key: &str| -> Option<Vec<String>> {
        let mut seen = HashSet::new();
        rows.iter()
            .map(|row| {
                row.child(key)
                    .and_then(&text)
                    .filter(|t| seen.insert(t.clone()))
            })
            .collect()
    };
    let found = first
        .keys()
        .find_map(|k| unique(k).map(|keys| (k.to_string(), keys)));
    let (key, keys) = found.unwrap_or_else(|| {
        (
            String::from("number"),
            (1..=rows.len()).map(|n| n.to_string()).collect(),
        )
    });
    let map: Map = keys
        .into_iter()
        .zip(rows.iter().map(|r| (*r).clone()))
        .collect();
    Some(Sheet::new(name, Node::Map(map), None, key, false))
}

fn from_rows(name: String, node: &Node) -> Option<Sheet> {
    let rows = node.as_map()?;
    if rows.is_empty() || !rows.values().all(|r| r.as_map().is_some()) {
        return None;
    }
    // A field that repeats the key names it.
    let first = rows.iter().next();
    let named = first.and_then(|(key, row)| {
        let fields = row.as_map()?;
        let field = fields.iter().find(|(_, v)| v.as_str() == Some(&**key))?;
        Some(field.0.to_string())
    });
    let key = named.unwrap_or_else(|| format!("{}_id", singular(&name)));
    Some(Sheet::new(name, node.clone(), None, key, false))
}

/// `orders` as `order`, `categories` as `category`.
pub(super) fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies").filter(|s| s.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if let Some(stem) = name.strip_suffix("es").filter(|_| name.ends_with(ending)) {
            return stem.to_owned();
        }
    }
    let keeps = ["ss", "us", "is"].iter().any(|e| name.ends_with(e));
    match name.strip_suffix('s').filter(|s| s.len() > 1 && !keeps) {
        Some(stem) => stem.to_owned(),
        None => name.to_owned(),
    }
}

impl Sheet {
    fn new(
        name: String,
        node: Node,
        file: Option<(String, Vec<u8>)>,
        key: String,
        key_given: bool,
    ) -> Self {
        let rows: Vec<&Map> = node
            .as_map()
            .into_iter()
            .flat_map(Map::values)
            .filter_map(Node::as_map)
            .collect();
        let mut columns: Vec<(String, &'static str, bool)> = Vec::new();
        for (column, _) in rows.iter().take(200).flat_map(|r| r.iter()) {
            if columns.iter().any(|(c, ..)| **c == **column) {
                continue;
            }
            let values: Vec<&Node> = rows.iter().filter_map(|r| r.get(column)).collect();
            let all =
                |is: fn(&Node) -> bool| values.iter().all(|v| is(v) || matches!(v, Node::Null));
            let kind = if all(|v| matches!(v, Node::Str(_))) {
                "string"
            } else if all(|v| matches!(v, Node::Int(_) | Node::Float(_))) {
                "number"
            } else if all(|v| matches!(v, Node::Bool(_))) {
                "boolean"
            } else {
                continue;
            };
            columns.push((column.to_string(), kind, values.len() == rows.len()));
        }
        let status = status_of(&rows, &columns, &key);
        let count = rows.len();
        let mut param = name_of(&key);
        if param.starts_with("t_") && !key.starts_with("t_") {
            param = format!("{}_id", singular(&name));
        }
        if matches!(param.as_str(), "id" | "number" | "code" | "name") {
            param = format!("{}_{param}", singular(&name));
        }
        Self {
            name,
            node,
            file,
            key,
            key_given,
            param,
            rows: count,
            status,
            columns,
        }
    }

    /// Whether a path segment or a parameter of an API speaks of this table.
    pub fn is_called(&self, word: &str) -> bool {
        let word = name_of(word);
        word == self.name || singular(&word) == singular(&self.name)
    }

    /// Whether every name is a column.
    pub fn has_columns(&self, names: &[String]) -> bool {
        names
            .iter()
            .all(|n| self.columns.iter().any(|(c, ..)| c == n))
    }
}

/// The column that says how far a row has come.
fn status_of(
    rows: &[&Map],
    columns: &[(String, &'static str, bool)],
    key: &str,
) -> Option<(String, Vec<String>)> {
    let values = |column: &str| -> Vec<String> {
        let mut counted: Vec<(Arc<str>, usize)> = Vec::new();
        for value in rows.iter().filter_map(|r| r.get(column)) {
            let Node::Str(text) = value else { continue };
            if let Some((_, n)) = counted.iter_mut().find(|(t, _)| t == text) {
                *n += 1;
                continue;
            }
            if counted.len() > MOST_STATES {
                return Vec::new();
            }
            counted.push((text.clone(), 1));
        }
        // A task begins where things begin; else where most things are.
        let early = |t: &str| EARLY.contains(&t.to_lowercase().as_str());
        counted.sort_by_key(|(t, n)| (!early(t), std::cmp::Reverse(*n)));
        counted.into_iter().map(|(t, _)| t.to_string()).collect()
    };
    let fits = |v: &Vec<String>| {
        (2..=MOST_STATES).contains(&v.len())
            && v.iter()
                .all(|t| !t.trim().is_empty() && t.len() < 60 && !t.contains(['\n', '\r']))
    };
    let named = |c: &str| {
        let c = c.to_lowercase();
        ["status", "state", "stage", "phase"]
            .iter()
            .any(|w| c == *w || c.ends_with(&format!("_{w}")) || c.ends_with(&format!(" {w}")))
    };
    let texts = || {
        columns
            .iter()
            .filter(|(c, kind, _)| *kind == "string" && c != key)
    };
    let by_name = texts()
        .filter(|(c, ..)| named(c))
        .find_map(|(c, ..)| Some((c.clone(), values(c))).filter(|(_, v)| fits(v)));
    // Else a column of few values, each of which stands in several rows.
    by_name.or_else(|| {
        texts()
            .filter(|(c, ..)| !c.ends_with("_id"))
            .map(|(c, ..)| (c.clone(), values(c)))
            .find(|(_, v)| fits(v) && v.len() * 3 <= rows.len())
    })
}
