//! What a YAML file holds, with the line and column of every part, so that an
//! error of meaning points as exactly as an error of syntax.

use super::super::world::Node;
use serde_json::Value as Json;

/// Deepest nesting that is read.
pub const DEEPEST: usize = 100;

/// A place in a file; lines and columns count from 1, 0 means none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct At {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One value and where it begins.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Tree {
    /// Where.
    pub at: At,
    /// What.
    pub value: Value,
}

/// A value as YAML means it.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Any other finite number.
    Float(f64),
    /// A text, and whether quotes stand around it.
    Text(String, Quoted),
    /// A list.
    List(Vec<Tree>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoted {
    /// Plain, or a block (`|`, `>`): its first letter stands at the tree's place.
    No,
    /// In quotes: its first letter stands one column after.
    Yes,
}

/// A key of a map and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, always text (`8841:` is `"8841"`).
    pub key: String,
    /// Where the key begins.
    pub at: At,
    /// The value.
    pub value: Tree,
}

impl Tree {
    /// The entries, where it is a map.
    #[must_use]
    pub fn entries(&self) -> Option<&[Entry]> {
        if let Value::Map(entries) = &self.value {
            Some(entries)
        } else {
            None
        }
    }

    /// The value under a key of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?
            .iter()
            .find(|e| e.key == key)
            .map(|e| &e.value)
    }

    /// The text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text, _) = &self.value {
            Some(text)
        } else {
            None
        }
    }

    /// Where the first letter of a text stands.
    #[must_use]
    pub fn text_at(&self) -> At {
        match &self.value {
            Value::Text(_, Quoted::Yes) => At {
                column: self.at.column.saturating_add(1),
                ..self.at
            },
            Value::Text(_, Quoted::No)
            | Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::List(_)
            | Value::Map(_) => self.at,
        }
    }

    /// What it is, in a person's words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing (null)",
            Value::Bool(_) => "true or false",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Text(..) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// The deepest place along `keys` (map keys, list indices) that is there,
    /// and its position. Of a map's value the key's position is given.
    #[must_use]
    pub fn locate<S: AsRef<str>>(&self, keys: &[S]) -> At {
        let mut here = self;
        let mut at = self.at;
        for key in keys {
            let key = key.as_ref();
            match &here.value {
                Value::Map(entries) => match entries.iter().find(|e| e.key == key) {
                    Some(entry) => {
                        at = entry.at;
                        here = &entry.value;
                    }
                    None => return at,
                },
                Value::List(items) => match key.parse().ok().and_then(|i: usize| items.get(i)) {
                    Some(item) => {
                        at = item.at;
                        here = item;
                    }
                    None => return at,
                },
                Value::Null
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Text(..) => return at,
            }
        }
        at
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::from(*b),
            Value::Int(i) => Json::from(*i),
            Value::Float(f) => Json::from(*f),
            Value::Text(text, _) => Json::from(text.as_str()),
            Value::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|e| (e.key.clone(), e.value.to_json()))
                    .collect(),
            ),
        }
    }

    /// As a value of the world.
    #[must_use]
    pub fn to_node(&self) -> Node {
        match &self.value {
            Value::Null => Node::Null,
            Value::Bool(b) => Node::Bool(*b),
            Value::Int(i) => Node::Int(*i),
            Value::Float(f) => Node::Float(*f),
            Value::Text(text, _) => Node::str(text.as_str()),
            Value::List(items) => Node::List(items.iter().map(Self::to_node).collect()),
            Value::Map(entries) => Node::Map(
                entries
                    .iter()
                    .map(|e| (e.key.as_str(), e.value.to_node()))
                    .collect(),
            ),
        }
    }
}
