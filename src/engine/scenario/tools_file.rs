//! tools.yaml: what each tool is called, takes, gives, may read and write, and
//! how it answers. Read here; joined with the rules in `tools`.

use super::super::world::canon::Render;
use super::super::world::{Pattern, Reach};
use super::report::{Reader, Report};
use super::scenario_file::{NAME_HELP, is_tool_name, read_render};
use super::shape;
use super::tree::{At, Tree, Value};
use super::{Answer, ArgsMode, TableOp, answers, keys};
use serde_json::Value as Json;

/// The file's name.
pub const FILE: &str = "tools.yaml";

/// Rows a `find` shows where no `limit` is written.
pub const DEFAULT_LIMIT: usize = 20;

/// Patterns with their places.
pub type Places = Vec<(Reach, At)>;

/// A tool as written.
#[derive(Debug, Default)]
pub struct ToolEntry {
    /// Its name.
    pub name: String,
    /// Where it is named.
    pub at: At,
    /// `description:`
    pub description: Option<String>,
    /// `parameters:` as JSON Schema.
    pub parameters: Option<(Json, Tree)>,
    /// `output:` as JSON Schema.
    pub output: Option<(Json, Tree)>,
    /// `executor:`
    pub executor: Option<(String, At)>,
    /// Whether `executor:` is written and means nothing.
    pub executor_unknown: bool,
    /// `table:`, with whether a limit was written.
    pub table: Option<(TableOp, Tree)>,
    /// `agent:`
    pub agent: Option<(String, At)>,
    /// `reads:`
    pub reads: Option<Places>,
    /// `writes:`
    pub writes: Option<Places>,
    /// `free_text:`
    pub free_text: Vec<(Pattern, At)>,
    /// `args:`
    pub args: Option<ArgsMode>,
    /// `repairs:`
    pub repairs: Option<u32>,
    /// `render:`
    pub render: Option<Render>,
    /// `answers:`
    pub answers: Vec<(Answer, At)>,
}

/// Reads tools.yaml.
pub fn read(tree: &Tree, report: &mut Report) -> Vec<ToolEntry> {
    let mut reader = Reader { file: FILE, report };
    if tree.value == Value::Null {
        return Vec::new();
    }
    if let Some(openapi) = tree.entries().and_then(|all| {
        all.iter()
            .find(|e| e.key == "openapi" && e.value.get("operations").is_some())
    }) {
        reader.error(
            openapi.at,
            "OpenAPI operations are not read from tools.yaml",
            "`stategen new NAME --openapi FILE --operation ID` writes them out as tools",
        );
        return Vec::new();
    }
    let mut out = Vec::new();
    for (name, at, tree) in reader.named(tree, "tools", "name") {
        if !is_tool_name(&name) {
            reader.error(at, format!("`{name}` is no name of a tool"), NAME_HELP);
        }
        let mut entry = ToolEntry {
            name,
            at,
            ..ToolEntry::default()
        };
        // A name with nothing after it: all is inferred.
        if tree.value != Value::Null {
            tool(&mut reader, tree, &mut entry);
        }
        out.push(entry);
    }
    out
}

fn tool(reader: &mut Reader<'_>, tree: &Tree, out: &mut ToolEntry) {
    let name = out.name.clone();
    let Some(fields) = reader.fields(tree, &name, keys::TOOL) else {
        return;
    };
    let what = |key: &str| format!("{name}.{key}");
    if let Some(inner) = fields
        .get("name")
        .filter(|t| t.text() != Some(name.as_str()))
    {
        reader.error(
            inner.at,
            format!("the tool `{name}` is named otherwise by `name`"),
            "leave `name` out: the key is the name",
        );
    }
    if let Some(t) = fields.get("description") {
        out.description = reader.words(t, &what("description"));
    }
    if let Some(t) = fields.get("parameters") {
        out.parameters = shape::object(reader, t, &what("parameters")).map(|s| (s, t.clone()));
    }
    if let Some(t) = fields.get("output") {
        let schema = if shape::is_whole_schema(t) {
            Some(t.to_json())
        } else {
            shape::value(reader, t, &what("output"))
        };
        out.output = schema.map(|s| (s, t.clone()));
    }
    if let Some(t) = fields.get("executor") {
        out.executor = reader
            .word(t, "executor", keys::EXECUTORS)
            .map(|e| (e, t.at));
        out.executor_unknown = out.executor.is_none();
    }
    if let Some(t) = fields.get("table") {
        out.table = table(reader, t, &what("table")).map(|op| (op, t.clone()));
    }
    if let Some(t) = fields.get("agent") {
        out.agent = reader.words(t, &what("agent")).map(|a| (a, t.at));
    }
    out.reads = fields
        .get("reads")
        .map(|t| places(reader, t, &what("reads"), Reach::parse));
    out.writes = fields
        .get("writes")
        .map(|t| places(reader, t, &what("writes"), Reach::parse));
    if let Some(t) = fields.get("free_text") {
        out.free_text = places(reader, t, &what("free_text"), Pattern::parse);
    }
    if let Some(t) = fields.get("args") {
        let word = reader.word(t, "args mode", keys::ARGS);
        out.args = word.map(|w| match w.as_str() {
            "coerce" => ArgsMode::Coerce,
            "lenient" => ArgsMode::Lenient,
            _ => ArgsMode::Strict,
        });
    }
    if let Some(t) = fields.get("repairs") {
        let n = reader.whole(t, &what("repairs"), 0, 20);
        out.repairs = n.and_then(|n| u32::try_from(n).ok());
    }
    if let Some(t) = fields.get("render") {
        out.render = read_render(reader, t);
    }
    if let Some(t) = fields.get("answers") {
        out.answers = answers::read(reader, t, &what("answers"));
    }
}

fn table(reader: &mut Reader<'_>, tree: &Tree, what: &str) -> Option<TableOp> {
    let mut op = TableOp {
        table: String::new(),
        get: None,
        fields: Vec::new(),
        limit: DEFAULT_LIMIT,
    };
    if let Some(name) = tree.text() {
        name.clone_into(&mut op.table);
        return Some(op);
    }
    let fields = reader.fields(tree, what, keys::TABLE_OP)?;
    let Some(name) = fields.get("name") else {
        reader.error(
            tree.at,
            format!("`{what}` has no `name`"),
            "name a table of the world: `table: {name: orders, get: order_id}`",
        );
        return None;
    };
    op.table = reader.words(name, &format!("{what}.name"))?;
    if let Some(t) = fields.get("get") {
        op.get = reader.words(t, &format!("{what}.get"));
    }
    if let Some(t) = fields.get("fields") {
        let texts = reader
            .texts(t, &format!("{what}.fields"))
            .unwrap_or_default();
        op.fields = texts.into_iter().map(|(f, _)| f).collect();
    }
    if let Some(t) = fields.get("limit") {
        let n = reader.whole(t, &format!("{what}.limit"), 1, 10_000);
        op.limit = n
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(DEFAULT_LIMIT);
    }
    Some(op)
}

fn places<T>(
    reader: &mut Reader<'_>,
    tree: &Tree,
    what: &str,
    parse: fn(&str) -> Result<T, String>,
) -> Vec<(T, At)> {
    let one;
    let items = if let Some(text) = tree.text() {
        one = vec![(text.to_owned(), tree.at)];
        one
    } else {
        reader.texts(tree, what).unwrap_or_default()
    };
    let mut out = Vec::new();
    for (text, at) in items {
        if text.trim().is_empty() {
            reader.error(
                at,
                format!("`{what}` names no place"),
                "name a table: `orders[*].status`",
            );
            continue;
        }
        match parse(&text) {
            Ok(pattern) => out.push((pattern, at)),
            Err(why) => reader.error(at, why, "places are written `orders[*].status`"),
        }
    }
    out
}
