//! One TOML file of settings, read as far as it goes, with the line of each value.

use super::field::{Field, LIMIT, MODEL, PROVIDER, ROLE};
use super::models::{ROLES, is_seat};
use super::section::{Item, Section};
use super::setting::{Kind, SETTINGS, Setting};
use super::value::Reading;
use super::{Source, did_you_mean, secrets};
use crate::engine::problem::Problem;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct TomlFile {
    pub settings: Vec<(&'static Setting, String, u32)>,
    pub roles: BTreeMap<String, Section>,
    pub providers: BTreeMap<String, Section>,
    pub models: BTreeMap<String, Section>,
    pub limits: Option<Section>,
    /// Problems that touch models: with one, nobody is asked.
    pub wrong: usize,
}

/// A key with its place.
pub(super) type Key<'a> = Spanned<Cow<'a, str>>;

/// A file larger than this is no file of settings.
const LARGEST: u64 = 1 << 20;
/// The tables.
const TABLES: [&str; 4] = ["roles", "providers", "models", "limits"];
/// Said of a key in a file.
const NO_KEY: &str = "a key must not stand in a file";
/// What to do about it.
const NO_KEY_HELP: &str = "Take it out (and make a new one), put it in a variable of the \
     environment, and name that: `key_env = \"MY_KEY\"`.";

/// Reads a file; `None` where there is none or it cannot be read. `source`
/// makes a line of it a source.
pub(super) fn read(
    path: &Path,
    source: &dyn Fn(u32) -> Source,
    problems: &mut Vec<Problem>,
) -> Option<TomlFile> {
    let file = path.display().to_string();
    let size = std::fs::metadata(path).map(|m| m.len()).unwrap_or_default();
    if size > LARGEST {
        problems.push(Problem::error(
            &file,
            0,
            0,
            "is larger than 1 MiB, and was not read",
        ));
        return None;
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Some(parse(file, &text, source, problems)),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => None,
        Err(why) => {
            problems.push(
                Problem::error(&file, 0, 0, format!("cannot be read: {why}"))
                    .help("The defaults are used."),
            );
            None
        }
    }
}

/// Where problems of one file go.
pub(super) struct Reader<'a> {
    file: String,
    text: &'a str,
    source: &'a dyn Fn(u32) -> Source,
    problems: &'a mut Vec<Problem>,
}

fn parse(
    file: String,
    text: &str,
    source: &dyn Fn(u32) -> Source,
    problems: &mut Vec<Problem>,
) -> TomlFile {
    let mut reader = Reader {
        file,
        text,
        source,
        problems,
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    let tables = table
        .get_ref()
        .keys()
        .any(|k| TABLES.contains(&k.get_ref().as_ref()));
    let broken = if tables { errors.len() } else { 0 };
    for error in errors {
        let at = error.span().unwrap_or_default();
        reader.error(&at, error.message(), "The rest of the file is used.");
    }
    let mut out = TomlFile::default();
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        if !TABLES.contains(&name) {
            reader.setting(name, key, value, &mut out);
            continue;
        }
        let before = reader.problems.len();
        match (name, value.get_ref()) {
            ("limits", DeValue::Table(_)) => out.limits = reader.section(key, value, LIMIT),
            ("roles", DeValue::Table(table)) => reader.roles(table, &mut out),
            ("providers", DeValue::Table(table)) => {
                out.providers = reader.named(table, PROVIDER);
            }
            ("models", DeValue::Table(table)) => reader.models(table, &mut out),
            _ => {
                let help = match name {
                    "limits" => "Write `[limits]`.",
                    "models" => "Write `[models.\"PROVIDER/MODEL\"]`.",
                    "providers" => "Write `[providers.NAME]`.",
                    _ => "Write `[roles.agent]`.",
                };
                reader.error(&key.span(), "must be a table", help);
            }
        }
        out.wrong += reader.problems.len() - before;
    }
    out.wrong += broken;
    out
}

impl Reader<'_> {
    fn at(&self, span: &Range<usize>) -> (u32, u32) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line as u32, column as u32)
    }

    pub(super) fn error(&mut self, span: &Range<usize>, what: &str, help: &str) {
        let (line, column) = self.at(span);
        self.problems
            .push(Problem::error(&self.file, line, column, what).help(help));
    }

    /// Said of something that looks like a key, which is never repeated.
    pub(super) fn key_in_file(&mut self, span: &Range<usize>) {
        self.error(span, NO_KEY, NO_KEY_HELP);
    }

    fn setting(
        &mut self,
        name: &str,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
        out: &mut TomlFile,
    ) {
        let Some(setting) = Setting::named(name) else {
            if secrets::names_a_key(name) {
                self.key_in_file(&key.span());
                return;
            }
            let known = SETTINGS.iter().map(|s| s.name).chain(TABLES);
            let help = did_you_mean(name, known);
            self.error(&key.span(), &format!("unknown setting `{name}`"), &help);
            return;
        };
        let text = match (setting.kind, value.get_ref()) {
            (Kind::Number(_), DeValue::Integer(n)) => {
                let digits = n.as_str().replace('_', "");
                u64::from_str_radix(digits.trim_start_matches('+'), n.radix())
                    .map_or(digits, |n| n.to_string())
            }
            (Kind::Choice(_) | Kind::Text, DeValue::String(text)) => text.to_string(),
            (kind, other) => {
                let wanted = match kind {
                    Kind::Number(_) => "a whole number",
                    Kind::Choice(_) | Kind::Text => "a text in quotes",
                };
                let what = format!("`{name}` must be {wanted}, not {}", other.type_str());
                self.error(&value.span(), &what, "The next source is used instead.");
                return;
            }
        };
        match setting.check(&text) {
            Ok(()) => {
                let line = self.at(&value.span()).0;
                out.settings.push((setting, text, line));
            }
            Err(why) => self.error(&value.span(), &why, "The next source is used instead."),
        }
    }

    fn roles(&mut self, table: &DeTable<'_>, out: &mut TomlFile) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !is_seat(name) {
                let help = if name.contains('/') {
                    String::from("Write `agent/NAME` for a sub-agent or `tool/NAME` for a tool.")
                } else {
                    did_you_mean(name, ROLES.into_iter())
                };
                self.error(&key.span(), &format!("unknown role `{name}`"), &help);
                continue;
            }
            let Some(section) = self.section(key, value, ROLE) else {
                continue;
            };
            if name != "judge" && section.items.contains_key("samples") {
                self.error(
                    &key.span(),
                    &format!("role `{name}` has `samples`, which only the judge takes"),
                    "Write it below `[roles.judge]`.",
                );
            }
            out.roles.insert(name.to_owned(), section);
        }
    }

    fn models(&mut self, table: &DeTable<'_>, out: &mut TomlFile) {
        for (name, section) in self.named(table, MODEL) {
            if name.contains('/') {
                out.models.insert(name, section);
                continue;
            }
            let span = table.iter().find(|(k, _)| k.get_ref() == name.as_str());
            self.error(
                &span.map(|(k, _)| k.span()).unwrap_or_default(),
                &format!("`{name}` names no provider and model"),
                "Write `[models.\"PROVIDER/MODEL\"]`, in quotes.",
            );
        }
    }

    fn named(
        &mut self,
        table: &DeTable<'_>,
        fields: &'static [Field],
    ) -> BTreeMap<String, Section> {
        let mut out = BTreeMap::new();
        for (key, value) in table {
            if let Some(section) = self.section(key, value, fields) {
                out.insert(key.get_ref().to_string(), section);
            }
        }
        out
    }

    /// A table of which only `fields` can be there.
    fn section(
        &mut self,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
        fields: &'static [Field],
    ) -> Option<Section> {
        let DeValue::Table(table) = value.get_ref() else {
            if secrets::names_a_key(key.get_ref()) {
                self.key_in_file(&key.span());
                return None;
            }
            let first = fields.first().map_or("", |f| f.name);
            let help = format!("Write `{first} = …` below it.");
            self.error(
                &key.span(),
                &format!("`{}` must be a table", key.get_ref()),
                &help,
            );
            return None;
        };
        let (line, column) = self.at(&key.span());
        let mut out = Section::new((self.source)(line), column);
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(field) = fields.iter().find(|f| f.name == name) else {
                // A key that stands in a file is already out of its owner's
                // hands: it is refused, and never repeated.
                if secrets::names_a_key(name) {
                    self.key_in_file(&key.span());
                } else {
                    let help = did_you_mean(name, fields.iter().map(|f| f.name));
                    self.error(&key.span(), &format!("unknown key `{name}`"), &help);
                }
                continue;
            };
            if let Some(read) = (Reading { to: self, field }).read(value) {
                let (line, column) = self.at(&value.span());
                let item = Item {
                    value: read,
                    source: (self.source)(line),
                    column,
                };
                out.items.insert(field.name, item);
            }
        }
        Some(out)
    }
}
