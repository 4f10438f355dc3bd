//! A conversation of a file before it is read, what is said where there is none,
//! and where either is.

use super::scan::Spot;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// Bytes of a conversation at most: many thousand turns.
pub const LINE: usize = 64 << 20;

/// Where something is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line in which it begins, from 1.
    pub line: usize,
    /// Where in this line, in bytes, from 1.
    pub column: usize,
    /// How it is told from its neighbours.
    pub by: By,
}

impl Place {
    pub(super) fn at(spot: Spot, by: By) -> Self {
        let Spot { line, column } = spot;
        Self { line, column, by }
    }
}

/// How a place is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By its line, in which it begins alone.
    Line,
    /// By its line and its number among the file's conversations, from 1: of a
    /// list, many can stand in one line.
    Number(usize),
    /// By line and column: a byte.
    Column,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.line)?;
        match self.by {
            By::Line => Ok(()),
            By::Number(number) => write!(f, "#{number}"),
            By::Column => write!(f, ":{}", self.column),
        }
    }
}

/// A conversation of a file, not yet read.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it begins.
    pub place: Place,
    /// It, as JSON.
    pub text: String,
    /// What stands around its list, where that is in an object.
    pub around: Option<Arc<Value>>,
}

impl Entry {
    /// What is said where it is no JSON: with the place in the file, not in the
    /// text.
    pub(super) fn no_json(&self, why: &serde_json::Error) -> String {
        let words = why.to_string();
        let words = words.rsplit_once(" at line ").map_or(&*words, |w| w.0);
        let below = why.line().saturating_sub(1);
        let line = self.place.line + below;
        let column = match below {
            0 => self.place.column + why.column().saturating_sub(1),
            _ => why.column(),
        };
        format!("is no JSON: {words} at line {line} column {column}")
    }
}

/// A conversation that could not be read, or where a file is broken. What follows
/// can still be read, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEntry {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub why: String,
}

impl BadEntry {
    /// It has too many bytes.
    pub(super) fn long(place: Place, length: usize) -> Self {
        let why = format!("has {length} bytes, and a conversation may have {LINE} at most");
        Self { place, why }
    }

    /// It is no text.
    pub(super) fn no_text(place: Place) -> Self {
        let why = String::from("is no UTF-8");
        Self { place, why }
    }
}

impl fmt::Display for BadEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}
