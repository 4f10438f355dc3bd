//! The world at the start: which files make it, what each holds, and where in
//! them a value stands.

use super::super::problem::Problem;
use super::super::world::{Map, Node, Path};
use super::nearest::did_you_mean;
use super::report::{Reader, Report};
use super::tree::{At, Tree};
use super::{Files, csv, json, keys, yaml};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What scenario.yaml says of the world's files.
#[derive(Debug, Default)]
pub struct Wanted {
    /// `world:`, each with its place.
    pub files: Option<Vec<(String, At)>>,
    /// `tables:` by name.
    pub tables: Vec<TableSpec>,
}

/// `tables.NAME` of scenario.yaml.
#[derive(Debug, Default)]
pub struct TableSpec {
    /// The table.
    pub name: String,
    /// Where it is named.
    pub at: At,
    /// The key column.
    pub key: Option<String>,
    /// Types of columns.
    pub columns: Vec<(String, csv::Column)>,
}

/// The world as read, and where its parts came from.
#[derive(Debug, Default)]
pub struct World {
    /// The value.
    pub node: Node,
    /// The files it was read from, in order.
    pub files: Vec<String>,
    /// Whether a file that was named is not there or is none of a world.
    pub lacks_files: bool,
    /// Each table's source.
    sources: BTreeMap<Arc<str>, Source>,
    /// Tables that were made from CSV.
    pub tables: Vec<Made>,
}

/// A table that was made from CSV: its name, its key, its columns.
pub type Made = (String, String, Vec<(String, csv::Column)>);

#[derive(Debug)]
enum Source {
    Json(String),
    Yaml(String, Arc<Tree>),
    Csv(String, HashMap<Arc<str>, u32>),
}

/// Reads `tables:` of scenario.yaml.
pub fn tables(reader: &mut Reader<'_>, tree: &Tree) -> Vec<TableSpec> {
    let mut out = Vec::new();
    for entry in reader.map(tree, "tables").unwrap_or_default() {
        let what = format!("tables.{}", entry.key);
        let mut spec = TableSpec {
            name: entry.key.clone(),
            at: entry.at,
            ..TableSpec::default()
        };
        if let Some(fields) = reader.fields(&entry.value, &what, keys::TABLE) {
            spec.key = fields
                .get("key")
                .and_then(|t| reader.words(t, &format!("{what}.key")));
            let columns = fields.get("columns");
            for column in columns
                .and_then(|t| reader.map(t, &format!("{what}.columns")))
                .unwrap_or_default()
            {
                let known = ["string", "integer", "number", "boolean"];
                let word = reader.word(&column.value, "column type", &known);
                if let Some(kind) = word.and_then(|w| csv::Column::parse(&w)) {
                    spec.columns.push((column.key.clone(), kind));
                }
            }
        }
        out.push(spec);
    }
    out
}

/// The files that make the world where scenario.yaml does not say.
fn default_files(files: &Files) -> Vec<String> {
    let mut out: Vec<String> = ["world.json", "world.yaml"]
        .into_iter()
        .filter(|f| files.contains_key(*f))
        .map(str::to_owned)
        .collect();
    out.extend(
        files
            .keys()
            .filter(|f| has_ending(f, "csv") && !f.contains('/'))
            .cloned(),
    );
    out
}

/// Whether a file's name ends in `.ending`, whatever its case.
#[must_use]
pub fn has_ending(file: &str, ending: &str) -> bool {
    file.rsplit_once('.')
        .is_some_and(|(stem, e)| !stem.is_empty() && e.eq_ignore_ascii_case(ending))
}

/// The file's name without folder and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Reads all files of the world.
pub fn read(files: &Files, wanted: &Wanted, report: &mut Report) -> World {
    let mut out = World::default();
    let mut tables = Map::new();
    let list = wanted.files.clone().unwrap_or_else(|| {
        let found = default_files(files);
        let shown = if found.is_empty() {
            String::from("[]")
        } else {
            format!("[{}]", found.join(", "))
        };
        report.infer("scenario.yaml", "world", shown, "the files of the folder");
        found.into_iter().map(|f| (f, At::default())).collect()
    });
    let mut sheets: Vec<(String, String, csv::Csv, usize)> = Vec::new();
    for (file, at) in list {
        let Some(bytes) = files.get(&file) else {
            out.lacks_files = true;
            report.error(
                "scenario.yaml",
                at,
                format!("`world` names `{file}`, which is not in the folder"),
                did_you_mean(&file, files.keys().map(String::as_str)),
            );
            continue;
        };
        out.files.push(file.clone());
        if has_ending(&file, "csv") {
            let (sheet, problems) = csv::read(&file, bytes);
            let wrong = problems.len();
            report.extend(problems);
            sheets.push((stem(&file).to_owned(), file, sheet, wrong));
            continue;
        }
        let is_yaml = has_ending(&file, "yaml") || has_ending(&file, "yml");
        let (node, tree) = if is_yaml {
            let (tree, problems) = yaml::read(&file, bytes);
            report.extend(problems);
            match tree {
                Some(tree) => (tree.to_node(), Some(Arc::new(tree))),
                None => continue,
            }
        } else if has_ending(&file, "json") {
            match json::read(&file, bytes) {
                Ok(node) => (node, None),
                Err(problem) => {
                    report.push(problem);
                    continue;
                }
            }
        } else {
            out.lacks_files = true;
            report.error(
                "scenario.yaml",
                at,
                format!("`{file}` is no file of a world"),
                "a world is made of .json, .yaml and .csv files",
            );
            continue;
        };
        let Node::Map(map) = node else {
            let what = format!(
                "the world must be an object of tables; this is {}",
                node.kind()
            );
            report.push(
                Problem::error(&file, 1, 1, what)
                    .help("write {\"orders\": …}: each key is a table"),
            );
            continue;
        };
        for (name, table) in &map {
            if let Some(other) = out.sources.get(name) {
                let other = other.file().to_owned();
                let place = tree
                    .as_ref()
                    .map_or_else(|| json::locate(bytes, &[name]), |t| t.locate(&[name]));
                report.error(
                    &file,
                    place,
                    format!("the table `{name}` is in {other} as well"),
                    "rename one",
                );
                continue;
            }
            let source = match &tree {
                Some(tree) => Source::Yaml(file.clone(), Arc::clone(tree)),
                None => Source::Json(file.clone()),
            };
            out.sources.insert(Arc::clone(name), source);
            tables.insert(Arc::clone(name), table.clone());
        }
    }
    read_sheets(sheets, wanted, &mut out, &mut tables, report);
    for spec in &wanted.tables {
        if !out.tables.iter().any(|(name, ..)| *name == spec.name) && !report.has_errors() {
            let names = out.tables.iter().map(|(n, ..)| n.as_str());
            let help = did_you_mean(&spec.name, names);
            report.error(
                "scenario.yaml",
                spec.at,
                format!("no CSV file makes a table `{}`", spec.name),
                help,
            );
        }
    }
    out.node = Node::Map(tables);
    out
}

fn read_sheets(
    sheets: Vec<(String, String, csv::Csv, usize)>,
    wanted: &Wanted,
    out: &mut World,
    tables: &mut Map,
    report: &mut Report,
) {
    let spec = |name: &str| wanted.tables.iter().find(|t| t.name == name);
    // A column named as another table's key refers to it: text, like the key.
    let ids: Vec<String> = sheets
        .iter()
        .filter_map(|(name, _, sheet, _)| {
            let given = spec(name).and_then(|t| t.key.clone());
            given.or_else(|| sheet.header.first().cloned())
        })
        .collect();
    for (name, file, sheet, wrong) in sheets {
        let spec = spec(&name);
        let key = spec.and_then(|t| t.key.as_deref());
        let given = spec.map_or(&[][..], |t| &t.columns);
        let mut problems = Vec::new();
        for (column, _) in given
            .iter()
            .filter(|(c, _)| wrong == 0 && !sheet.header.contains(c))
        {
            let names = sheet.header.iter().map(String::as_str);
            problems.push(
                Problem::error(
                    "scenario.yaml",
                    spec.map_or(0, |t| t.at.line),
                    0,
                    format!("{file} has no column `{column}`"),
                )
                .help(did_you_mean(column, names)),
            );
        }
        let made = csv::table(&file, &sheet, key, given, &ids, &mut problems);
        report.extend(problems);
        let Some(made) = made else { continue };
        let arc: Arc<str> = name.as_str().into();
        if let Some(other) = out.sources.get(&arc) {
            let what = format!("the table `{name}` is in {} as well", other.file());
            report.error(
                &file,
                At::default(),
                what,
                "rename the file, or one of the tables",
            );
            continue;
        }
        if key.is_none() {
            report.infer(
                "scenario.yaml",
                format!("tables.{name}.key"),
                made.key.clone(),
                "the first column",
            );
        }
        let inferred: Vec<String> = made
            .columns
            .iter()
            .filter(|(c, _)| !given.iter().any(|(g, _)| g == c))
            .map(|(c, kind)| format!("{c}: {}", kind.name()))
            .collect();
        if !inferred.is_empty() {
            report.infer(
                "scenario.yaml",
                format!("tables.{name}.columns"),
                format!("{{{}}}", inferred.join(", ")),
                format!("the values of {file}"),
            );
        }
        tables.insert(Arc::clone(&arc), made.node);
        out.sources.insert(arc, Source::Csv(file, made.lines));
        out.tables.push((name, made.key, made.columns));
    }
}

impl Source {
    fn file(&self) -> &str {
        match self {
            Self::Json(file) | Self::Yaml(file, _) | Self::Csv(file, _) => file,
        }
    }
}

impl World {
    /// The file, line and column of a place of the world.
    #[must_use]
    pub fn locate(&self, files: &Files, path: &Path) -> (String, At) {
        let first = self
            .files
            .first()
            .map_or("scenario.yaml", String::as_str)
            .to_owned();
        let Some(source) = path.0.first().and_then(|table| self.sources.get(table)) else {
            return (first, At::default());
        };
        let at = match source {
            Source::Json(file) => files
                .get(file)
                .map(|b| json::locate(b, &path.0))
                .unwrap_or_default(),
            Source::Yaml(_, tree) => tree.locate(&path.0),
            Source::Csv(_, lines) => At {
                line: path
                    .0
                    .get(1)
                    .and_then(|key| lines.get(key))
                    .copied()
                    .unwrap_or(0),
                column: 0,
            },
        };
        (source.file().to_owned(), at)
    }
}
