//! tasks.yaml: goals, facts, bindings, start, reference path, assertions. Read
//! here with the place of each part; proved in `prove`.

use super::super::persona::{Complexity, Context};
use super::super::rules::Expr;
use super::super::world::{Op, Patch};
use super::report::{Reader, Report};
use super::tree::{At, Tree, Value};
use super::{PathCall, Task, keys};

/// The file's name.
pub const FILE: &str = "tasks.yaml";

/// A task and where its parts stand.
#[derive(Debug)]
pub struct TaskEntry {
    /// The task.
    pub task: Task,
    /// Where it is named.
    pub at: At,
    /// The task's map, for places inside it.
    pub tree: Tree,
    /// Where each binding stands.
    pub bind_at: Vec<At>,
    /// Bindings that could not be read: who uses them is not to blame.
    pub unread: Vec<String>,
    /// Where each call of the path stands.
    pub path_at: Vec<At>,
    /// Each call of the path as written.
    pub path_tree: Vec<Tree>,
    /// Whether a path was written, be it empty.
    pub has_path: bool,
    /// Where each assertion stands.
    pub assertion_at: Vec<At>,
    /// Where the persona is named.
    pub persona_at: At,
    /// Whether all of it could be read.
    pub whole: bool,
}

/// Reads tasks.yaml.
pub fn read(tree: &Tree, report: &mut Report) -> Vec<TaskEntry> {
    let mut reader = Reader { file: FILE, report };
    let errors = reader.report.errors();
    let named = if tree.value == Value::Null {
        Vec::new()
    } else {
        reader.named(tree, "tasks", "id")
    };
    if named.is_empty() && reader.report.errors() == errors {
        reader.error(
            tree.at,
            "there is no task",
            "write one: `my_task:` with a `goal:`",
        );
    }
    named
        .into_iter()
        .filter_map(|(id, at, tree)| task(&mut reader, id, at, tree))
        .collect()
}

fn task(reader: &mut Reader<'_>, id: String, at: At, tree: &Tree) -> Option<TaskEntry> {
    let errors = reader.report.errors();
    let fields = reader.fields(tree, &id, keys::TASK)?;
    let what = |key: &str| format!("{id}.{key}");
    let goal = match fields.get("goal") {
        Some(t) => reader.words(t, &what("goal")),
        None => {
            reader.error(
                at,
                format!("the task `{id}` has no `goal`"),
                "write what the user wants, in a sentence or two",
            );
            None
        }
    };
    let facts = |reader: &mut Reader<'_>, key: &str| {
        let mut out = serde_json::Map::new();
        let given = fields.get(key);
        for entry in given
            .and_then(|t| reader.map(t, &what(key)))
            .unwrap_or_default()
        {
            if entry.value.value == Value::Null {
                reader.error(
                    entry.at,
                    format!("`{}.{}` is empty", what(key), entry.key),
                    "write the fact, or remove the key",
                );
            }
            unquoted(reader, &entry.value);
            out.insert(entry.key.clone(), entry.value.to_json());
        }
        out
    };
    let (known, hidden) = (facts(reader, "known"), facts(reader, "hidden"));
    let context = fields
        .get("context")
        .and_then(|t| reader.word(t, "context", keys::CONTEXTS));
    let complexity = fields
        .get("complexity")
        .and_then(|t| reader.word(t, "complexity", keys::COMPLEXITIES));
    let persona = fields
        .get("persona")
        .and_then(|t| reader.words(t, &what("persona")));
    let opening = fields
        .get("opening")
        .and_then(|t| reader.words(t, &what("opening")));
    let mut bind = Vec::new();
    let mut bind_at = Vec::new();
    let mut unread = Vec::new();
    if let Some(t) = fields.get("bind") {
        for entry in reader.map(t, &what("bind")).unwrap_or_default() {
            let key = format!("{}.{}", what("bind"), entry.key);
            if !is_name(&entry.key) {
                reader.error(
                    entry.at,
                    format!("`{}` is no name of a binding", entry.key),
                    "use letters, digits and `_`, and begin with a letter",
                );
            }
            if let Some(expr) = expression(reader, &entry.value, &key, "an expression") {
                bind.push((entry.key.clone(), expr));
                bind_at.push(entry.at);
            } else {
                unread.push(entry.key.clone());
            }
        }
    }
    let start = fields
        .get("start")
        .map(|t| start(reader, t, &what("start")))
        .unwrap_or_default();
    let mut path = Vec::new();
    let mut path_at = Vec::new();
    let mut path_tree = Vec::new();
    if let Some(t) = fields.get("path") {
        for item in reader.list(t, &what("path")).unwrap_or_default() {
            if let Some((call, at)) = call(reader, item, &what("path")) {
                path.push(call);
                path_at.push(at);
                path_tree.push(item.clone());
            }
        }
    }
    let mut assertions = Vec::new();
    let mut assertion_at = Vec::new();
    if let Some(t) = fields.get("assertions") {
        let one = std::slice::from_ref(t);
        let items = if t.text().is_some() {
            one
        } else {
            reader.list(t, &what("assertions")).unwrap_or_default()
        };
        for item in items {
            if let Some(expr) = expression(reader, item, &what("assertions"), "a condition") {
                assertions.push(expr);
                assertion_at.push(item.at);
            }
        }
    }
    let faults = fields
        .get("faults")
        .and_then(|t| reader.words(t, &what("faults")));
    let whole = reader.report.errors() == errors;
    Some(TaskEntry {
        task: Task {
            id,
            goal: goal.unwrap_or_default(),
            known,
            hidden,
            context: context.as_deref().and_then(context_of),
            complexity: complexity.as_deref().and_then(complexity_of),
            persona,
            opening,
            bind,
            start,
            path,
            assertions,
            faults,
        },
        at,
        tree: tree.clone(),
        bind_at,
        unread,
        path_at,
        path_tree,
        has_path: fields.get("path").is_some(),
        assertion_at,
        persona_at: fields.get("persona").map_or(at, |t| t.at),
        whole,
    })
}

/// A template without quotes is a map of one key to nothing.
fn unquoted(reader: &mut Reader<'_>, tree: &Tree) {
    match &tree.value {
        Value::Map(entries) => {
            if let [one] = entries.as_slice()
                && one.value.value == Value::Null
            {
                let key = &one.key;
                reader.error(
                    tree.at,
                    format!("YAML reads `{{{key}}}` as a map"),
                    format!("write \"{{{key}}}\", with quotes around it"),
                );
            }
            for entry in entries {
                unquoted(reader, &entry.value);
            }
        }
        Value::List(items) => items.iter().for_each(|item| unquoted(reader, item)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(..) => {}
    }
}

fn context_of(word: &str) -> Option<Context> {
    Some(match word {
        "complaint" => Context::Complaint,
        "escalation" => Context::Escalation,
        "checkout" => Context::Checkout,
        "dispute" => Context::Dispute,
        "account_issue" => Context::AccountIssue,
        _ => return None,
    })
}

fn complexity_of(word: &str) -> Option<Complexity> {
    Some(match word {
        "simple" => Complexity::Simple,
        "medium" => Complexity::Medium,
        "complex" => Complexity::Complex,
        "vague" => Complexity::Vague,
        _ => return None,
    })
}

/// Whether the tool language reads this as one name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn expression(reader: &mut Reader<'_>, tree: &Tree, what: &str, wanted: &str) -> Option<Expr> {
    let Some(text) = tree.text() else {
        // A tag in front of it was reported already.
        if tree.value == Value::Null && reader.report.has_error_at(reader.file, tree.at) {
            return None;
        }
        let (kind, help) = match &tree.value {
            Value::Null => ("null", "write it in quotes: YAML read nothing here"),
            Value::Map(_) => (
                "a map",
                "put quotes around the whole expression: YAML read the `: ` or `{` in it",
            ),
            Value::List(_) => (
                "a list",
                "put quotes around the whole expression: YAML read the `[` in it",
            ),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(..) => {
                (tree.kind(), "write an expression over the world")
            }
        };
        reader.error(
            tree.at,
            format!("`{what}` is {kind} where {wanted} was meant"),
            help,
        );
        return None;
    };
    if text.trim().is_empty() {
        reader.error(
            tree.at,
            format!("`{what}` is empty where {wanted} was meant"),
            "",
        );
        return None;
    }
    let at = tree.text_at();
    match Expr::parse(reader.file, at.line, at.column, text) {
        Ok(expr) => Some(expr),
        Err(problems) => {
            reader.report.extend(problems);
            None
        }
    }
}

fn start(reader: &mut Reader<'_>, tree: &Tree, what: &str) -> Patch {
    let mut ops = Vec::new();
    for item in reader.list(tree, what).unwrap_or_default() {
        if let Some(value) = item.get("value") {
            unquoted(reader, value);
        }
        match serde_json::from_value::<Op>(item.to_json()) {
            Ok(op) => ops.push(op),
            Err(why) => reader.error(
                item.at,
                format!("this is no operation of a patch: {why}"),
                "write `{op: replace, path: /orders/8841/status, value: delivered}` (RFC 6902)",
            ),
        }
    }
    Patch(ops)
}

/// `- tool: {args}`, with `save: name` beside it; or `- tool`.
fn call(reader: &mut Reader<'_>, tree: &Tree, what: &str) -> Option<(PathCall, At)> {
    const HELP: &str = "write `- get_order: {order_id: \"8841\"}`";
    if let Some(tool) = tree.text() {
        let args = serde_json::Value::Object(serde_json::Map::new());
        return Some((
            PathCall {
                tool: tool.to_owned(),
                args,
                save: None,
            },
            tree.at,
        ));
    }
    let Some(entries) = tree.entries() else {
        let kind = tree.kind();
        reader.error(
            tree.at,
            format!("`{what}` holds {kind}; a call is expected"),
            HELP,
        );
        return None;
    };
    let mut tool = None;
    let mut save = None;
    for entry in entries {
        if entry.key == "save" {
            save = reader.words(&entry.value, "save");
            if let Some(name) = save.as_ref().filter(|n| !is_name(n)) {
                reader.error(
                    entry.value.at,
                    format!("`{name}` is no name for a result"),
                    "use letters, digits and `_`",
                );
            }
        } else if tool.is_none() {
            tool = Some(entry);
        } else {
            reader.error(
                entry.at,
                format!("`{}` stands beside another call", entry.key),
                "one `- ` a call; only `save: name` stands beside it",
            );
        }
    }
    let Some(entry) = tool else {
        reader.error(tree.at, format!("`{what}` names no tool here"), HELP);
        return None;
    };
    let args = match &entry.value.value {
        Value::Null => serde_json::Value::Object(serde_json::Map::new()),
        Value::Map(arguments) => {
            for argument in arguments {
                unquoted(reader, &argument.value);
            }
            entry.value.to_json()
        }
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(..) | Value::List(_) => {
            let kind = entry.value.kind();
            reader.error(
                entry.value.at,
                format!(
                    "the arguments of `{}` are {kind}; a map is expected",
                    entry.key
                ),
                HELP,
            );
            return None;
        }
    };
    Some((
        PathCall {
            tool: entry.key.clone(),
            args,
            save,
        },
        entry.at,
    ))
}
