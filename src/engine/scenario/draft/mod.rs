//! Begins a scenario from what a person has: tables, an OpenAPI file, a policy.
//! What comes out loads without errors and runs; the parts that only a person
//! can know are drafts with a comment that says what to mend.

mod follow;
mod openapi;
mod sheet;

use super::super::problem::Problem;
use super::super::world::{Map, Node};
use super::{Files, emit};
use serde_json::{Map as JsonMap, Value as Json, json};
use sheet::Sheet;
use std::fmt::Write as _;
use std::sync::Arc;

/// How the tools that read tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ToolStyle {
    /// As `table:` entries of tools.yaml.
    #[default]
    Table,
    /// As rules.
    Rules,
}

/// What a scenario is begun from.
#[derive(Clone, Debug, Default)]
pub struct Begin {
    /// Files of data: name (`orders.csv`, `stock.json`) and bytes.
    pub data: Vec<(String, Vec<u8>)>,
    /// An OpenAPI file: name and bytes.
    pub openapi: Option<(String, Vec<u8>)>,
    /// Ids of its operations; all of them where empty.
    pub operations: Vec<String>,
    /// The policy's text.
    pub policy: Option<String>,
    /// How the tools that read tables are written.
    pub style: ToolStyle,
}

/// The table of a scenario that is begun from nothing.
const EXAMPLE: &str = "order_id,customer,item,total,status\n\
8841,Ada Obi,kettle,39.50,delivered\n\
8842,Noor Haq,toaster,25.00,pending\n\
8843,Ada Obi,brass lamp,80.25,pending\n\
8844,Kim Lund,desk fan,31.90,pending\n";

/// What a scenario's files are made of while they grow.
#[derive(Debug, Default)]
struct Growing {
    tools: JsonMap<String, Json>,
    rules: String,
    world: Map,
    tables: JsonMap<String, Json>,
    files: Files,
}

impl Growing {
    fn put(&mut self, name: &str, text: impl Into<Vec<u8>>) {
        self.files.insert(name.to_owned(), Arc::from(text.into()));
    }
}

/// The files of a new scenario of this name.
///
/// # Errors
/// What is wrong with the files that it is begun from.
pub fn begin(name: &str, from: &Begin) -> Result<Files, Vec<Problem>> {
    let example;
    let data = if from.data.is_empty() && from.openapi.is_none() {
        example = vec![(String::from("orders.csv"), EXAMPLE.as_bytes().to_vec())];
        &example
    } else {
        &from.data
    };
    let sheets = sheet::read(data)?;
    let mut growing = Growing::default();
    for sheet in &sheets {
        match &sheet.file {
            Some((file, bytes)) => {
                growing.put(file, bytes.clone());
                if sheet.key_given {
                    growing
                        .tables
                        .insert(sheet.name.clone(), json!({"key": sheet.key}));
                }
            }
            None => {
                growing
                    .world
                    .insert(sheet.name.as_str(), sheet.node.clone());
            }
        }
    }
    let mut covered = Vec::new();
    if let Some((file, bytes)) = &from.openapi {
        for (tool, entry, table) in openapi::tools(file, bytes, &from.operations, &sheets)? {
            covered.extend(table);
            growing.tools.insert(tool, entry);
        }
    }
    for sheet in &sheets {
        read_tools(sheet, from.style, &covered, &mut growing);
    }
    let chosen = sheets.iter().find(|s| s.status.is_some() && s.rows > 0);
    let chosen = chosen.or_else(|| sheets.iter().find(|s| s.rows > 0));
    for sheet in &sheets {
        let is_chosen = chosen.is_some_and(|c| c.name == sheet.name);
        if sheet.status.is_some() || is_chosen {
            growing.rules.push_str(&sheet.update_rule(&sheets));
        }
    }
    Ok(finish(name, from, chosen, &sheets, growing))
}

fn read_tools(sheet: &Sheet, style: ToolStyle, covered: &[String], growing: &mut Growing) {
    if covered.contains(&sheet.name) {
        return;
    }
    let (get, find) = (sheet.get_name(), sheet.find_name());
    match style {
        ToolStyle::Table => {
            growing.tools.insert(
                get,
                json!({
                    "description": format!("Get one {} by its {}.", sheet.words(), sheet.key_words()),
                    "table": {"name": sheet.name, "get": sheet.param},
                    "parameters": {&sheet.param: "string"},
                }),
            );
            let filters = sheet.filters();
            if !filters.is_empty() {
                let parameters: JsonMap<String, Json> = filters
                    .iter()
                    .map(|(name, kind)| (format!("{name}?"), Json::from(*kind)))
                    .collect();
                growing.tools.insert(
                    find,
                    json!({
                        "description": format!("Find rows of {} by the fields given.", sheet.name),
                        "table": {"name": sheet.name, "limit": 20},
                        "parameters": parameters,
                    }),
                );
            }
        }
        ToolStyle::Rules => growing.rules.push_str(&sheet.read_rules()),
    }
}

fn finish(
    name: &str,
    from: &Begin,
    chosen: Option<&Sheet>,
    sheets: &[Sheet],
    mut growing: Growing,
) -> Files {
    let mut scenario =
        String::from("# Everything here has a default; `stategen check` shows what is inferred.\n");
    let _ = writeln!(
        scenario,
        "title: {}",
        emit::yaml(&Json::from(title(name))).trim_end()
    );
    scenario.push_str("now: 2026-03-14T09:30:00Z      # the clock that tools see\n");
    if !growing.tables.is_empty() {
        scenario.push_str(&emit::yaml(&json!({"tables": growing.tables})));
    }
    growing.put("scenario.yaml", scenario);
    if growing.world.is_empty() && sheets.iter().all(|s| s.file.is_none()) {
        growing.put("world.json", "{}\n");
    } else if !growing.world.is_empty() {
        let world = Node::Map(growing.world.clone()).to_json();
        let text = serde_json::to_string_pretty(&world).unwrap_or_default();
        growing.put("world.json", text + "\n");
    }
    if !growing.tools.is_empty() {
        let text = emit::yaml(&Json::Object(growing.tools.clone()));
        growing.put(
            "tools.yaml",
            format!("# Tools of the rules files need no entry here.\n{text}"),
        );
    }
    if !growing.rules.is_empty() {
        let rules = std::mem::take(&mut growing.rules);
        growing.put(
            "tools.rules",
            format!("# What the tools do. `stategen help rules` explains the language.\n\n{rules}"),
        );
    }
    let policy = from.policy.clone().unwrap_or_else(|| {
        String::from(
            "You help customers with the tools that you have.\n\n\
             - Look facts up instead of guessing them.\n\
             - Before you change anything, say what you are about to change.\n\
             - When something cannot be done, say so and say why.\n",
        )
    });
    growing.put("policy.md", policy);
    growing.put(
        "tasks.yaml",
        chosen.map_or_else(
            || empty_task(&growing.tools),
            |s| s.task(sheets, &growing.tools),
        ),
    );
    growing.files
}

/// A task where there is no data to bind it to.
fn empty_task(tools: &JsonMap<String, Json>) -> String {
    let tool = tools.keys().next().map_or("a_tool", String::as_str);
    format!(
        "# A draft: there is no data yet that a task could be about.\n\
         first_task:\n  \
         goal: Find out what {tool} has to say.\n  \
         # path: the calls that reach the goal, in order\n  \
         # assertions: conditions on the last world, false before and true after\n"
    )
}

/// `returns_desk` as words with a capital.
fn title(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut letters = spaced.trim().chars();
    letters.next().map_or_else(
        || String::from("Scenario"),
        |first| first.to_uppercase().chain(letters).collect(),
    )
}
