//! One TOML file of settings, read as far as it goes, with the line of each value.

use super::did_you_mean;
use super::models::{KINDS, PROVIDER_KEYS, ProviderConfig, ROLE_KEYS, ROLES, RoleConfig, SCRIPTED};
use super::setting::{Kind, SETTINGS, Setting};
use crate::engine::problem::Problem;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct TomlFile {
    pub settings: Vec<(&'static Setting, String, u32)>,
    pub roles: BTreeMap<String, RoleConfig>,
    pub providers: BTreeMap<String, ProviderConfig>,
}

/// A file larger than this is no file of settings.
const LARGEST: u64 = 1 << 20;

/// Reads a file; `None` where there is none or it cannot be read.
pub(super) fn read(path: &Path, problems: &mut Vec<Problem>) -> Option<TomlFile> {
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
        Ok(text) => Some(parse(path, &text, problems)),
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
struct Reader<'a> {
    path: &'a Path,
    file: String,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

fn parse(path: &Path, text: &str, problems: &mut Vec<Problem>) -> TomlFile {
    let mut reader = Reader {
        path,
        file: path.display().to_string(),
        text,
        problems,
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().unwrap_or_default();
        reader.error(&at, error.message(), "The rest of the file is used.");
    }
    let mut out = TomlFile::default();
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("roles", DeValue::Table(table)) => reader.roles(table, &mut out),
            ("providers", DeValue::Table(table)) => reader.providers(table, &mut out),
            ("roles" | "providers", _) => {
                reader.error(&key.span(), "must be a table", "Write `[roles.agent]`.");
            }
            (name, value_ref) => reader.setting(name, key, value_ref, &value.span(), &mut out),
        }
    }
    out
}

impl Reader<'_> {
    fn at(&self, span: &Range<usize>) -> (u32, u32) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line as u32, column as u32)
    }

    fn error(&mut self, span: &Range<usize>, what: &str, help: &str) {
        let (line, column) = self.at(span);
        self.problems
            .push(Problem::error(&self.file, line, column, what).help(help));
    }

    fn setting(
        &mut self,
        name: &str,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &DeValue<'_>,
        span: &Range<usize>,
        out: &mut TomlFile,
    ) {
        let Some(setting) = Setting::named(name) else {
            let known = SETTINGS
                .iter()
                .map(|s| s.name)
                .chain(["roles", "providers"]);
            let help = did_you_mean(name, known);
            self.error(&key.span(), &format!("unknown setting `{name}`"), &help);
            return;
        };
        let text = match (setting.kind, value) {
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
                self.error(span, &what, "The next source is used instead.");
                return;
            }
        };
        match setting.check(&text) {
            Ok(()) => out.settings.push((setting, text, self.at(span).0)),
            Err(why) => self.error(span, &why, "The next source is used instead."),
        }
    }

    fn roles(&mut self, table: &DeTable<'_>, out: &mut TomlFile) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !ROLES.contains(&name) {
                let help = did_you_mean(name, ROLES.into_iter());
                self.error(&key.span(), &format!("unknown role `{name}`"), &help);
                continue;
            }
            let mut role = RoleConfig {
                provider: SCRIPTED.to_owned(),
                file: self.path.to_owned(),
                line: self.at(&key.span()).0,
                ..RoleConfig::default()
            };
            for (field, text) in self.fields(key, value.get_ref(), &ROLE_KEYS) {
                match field {
                    "provider" => role.provider = text,
                    _ => role.model = text,
                }
            }
            out.roles.insert(name.to_owned(), role);
        }
    }

    fn providers(&mut self, table: &DeTable<'_>, out: &mut TomlFile) {
        for (key, value) in table {
            let mut provider = ProviderConfig {
                file: self.path.to_owned(),
                line: self.at(&key.span()).0,
                ..ProviderConfig::default()
            };
            for (field, text) in self.fields(key, value.get_ref(), &PROVIDER_KEYS) {
                match field {
                    "kind" => provider.kind = text,
                    "url" => provider.url = text,
                    _ => provider.key_env = text,
                }
            }
            if !KINDS.contains(&provider.kind.as_str()) {
                let what = format!("the provider's `kind` must be one of {}", KINDS.join(", "));
                self.error(&key.span(), &what, "The provider is left out.");
                continue;
            }
            out.providers.insert(key.get_ref().to_string(), provider);
        }
    }

    /// The text fields of a table of which only `known` can be there.
    fn fields(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &DeValue<'_>,
        known: &'static [&'static str],
    ) -> Vec<(&'static str, String)> {
        let DeValue::Table(table) = value else {
            self.error(
                &key.span(),
                "must be a table",
                "Write `provider = \"…\"` below it.",
            );
            return Vec::new();
        };
        let mut out = Vec::new();
        for (field, value) in table {
            let name = field.get_ref().as_ref();
            let Some(known_name) = known.iter().find(|k| **k == name) else {
                // A key that stands in a file is already out of its owner's
                // hands: it is refused, and never repeated.
                if matches!(name, "key" | "api_key" | "token" | "secret" | "password") {
                    self.error(
                        &field.span(),
                        "a key must not stand in a file",
                        "Take it out (and make a new one), put it in a variable of the \
                         environment, and name that: `key_env = \"MY_KEY\"`.",
                    );
                } else {
                    let help = did_you_mean(name, known.iter().copied());
                    self.error(&field.span(), &format!("unknown key `{name}`"), &help);
                }
                continue;
            };
            match value.get_ref() {
                DeValue::String(text) => out.push((*known_name, text.to_string())),
                other => {
                    let what = format!("`{name}` must be a text, not {}", other.type_str());
                    self.error(&value.span(), &what, "");
                }
            }
        }
        out
    }
}
