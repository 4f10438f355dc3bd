//! One table of a configuration file as it is after all files were read: each
//! value with where it came from.

use super::Source;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A value of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The value; it was checked against its field.
    pub value: Value,
    /// The file and line.
    pub source: Source,
    /// The column, from 1.
    pub column: u32,
}

/// A table: `[providers.NAME]`, `[roles.NAME]`, …
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its values by field.
    pub items: BTreeMap<&'static str, Item>,
    /// Where the table begins, in the last file that has it.
    pub source: Source,
    /// The column there.
    pub column: u32,
}

impl Section {
    pub(super) fn new(source: Source, column: u32) -> Self {
        Self {
            items: BTreeMap::new(),
            source,
            column,
        }
    }

    /// Puts a later file's values over these.
    pub(super) fn overlay(&mut self, later: Self) {
        self.items.extend(later.items);
        self.source = later.source;
        self.column = later.column;
    }

    /// Any value.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.items.get(field).map(|item| &item.value)
    }
    /// A text.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_str()
    }
    /// Yes or no.
    #[must_use]
    pub fn flag(&self, field: &str) -> Option<bool> {
        self.get(field)?.as_bool()
    }
    /// A whole number.
    #[must_use]
    pub fn whole(&self, field: &str) -> Option<u64> {
        self.get(field)?.as_u64()
    }
    /// A number.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<f64> {
        self.get(field)?.as_f64()
    }
    /// A list of texts; empty where there is none.
    #[must_use]
    pub fn texts(&self, field: &str) -> Vec<String> {
        let list = self.get(field).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|v| v.as_str().map(String::from))
            .collect()
    }
    /// A table; empty where there is none.
    #[must_use]
    pub fn table(&self, field: &str) -> Map<String, Value> {
        let table = self.get(field).and_then(Value::as_object);
        table.cloned().unwrap_or_default()
    }
    /// A table of texts, in the file's order; empty where there is none.
    #[must_use]
    pub fn pairs(&self, field: &str) -> Vec<(String, String)> {
        let text = |(k, v): (String, Value)| Some((k, v.as_str()?.to_owned()));
        self.table(field).into_iter().filter_map(text).collect()
    }
}
