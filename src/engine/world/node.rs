//! Values of the world: a persistent tree whose clone is a pointer copy and
//! whose every list and map carries its own hash.

use super::path::{Path, Pattern, Seg, index};
use super::sum::Sum;
use super::trie::Item;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128_with_seed;

pub use super::list::List;
pub use super::map::Map;

/// How deep lists and maps may nest in what comes from outside: JSON, patches.
/// A step of the log wraps world values in a few levels of its own, and the
/// JSON reader stops at 128.
pub const MAX_DEPTH: u16 = 100;

/// Where lists and maps stop nesting whoever builds them, so that no walk over a
/// tree can run out of stack: deeper values become null. Only code that builds
/// values without a patch can get there.
const HARD_DEPTH: u16 = 256;

/// A 128-bit fingerprint of a value. It sees key order and number type (`0`
/// is not `0.0`). For equality, not for security.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct NodeHash(pub u128);

impl fmt::Display for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeHash({:032x})", self.0)
    }
}

impl Serialize for NodeHash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NodeHash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        u128::from_str_radix(&text, 16)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// One JSON value. Integers and floats stay distinct; maps keep their order.
#[derive(Clone, Default)]
pub enum Node {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer that fits 64 bits with sign.
    Int(i64),
    /// Any other number; always finite.
    Float(f64),
    /// A text.
    Str(Arc<str>),
    /// A list.
    List(List),
    /// An object, in its own key order.
    Map(Map),
}

impl Node {
    /// A text node.
    pub fn str(text: impl Into<Arc<str>>) -> Self {
        Self::Str(text.into())
    }
    /// The fingerprint: cached on lists and maps, computed for plain values.
    #[must_use]
    pub fn hash(&self) -> NodeHash {
        NodeHash(match self {
            Self::Null => xxh3_128_with_seed(b"", 0),
            Self::Bool(b) => xxh3_128_with_seed(&[u8::from(*b)], 1),
            Self::Int(i) => xxh3_128_with_seed(&i.to_le_bytes(), 2),
            Self::Float(f) => xxh3_128_with_seed(&f.to_bits().to_le_bytes(), 3),
            Self::Str(s) => xxh3_128_with_seed(s.as_bytes(), 4),
            Self::List(list) => return list.hash(),
            Self::Map(map) => return map.hash(),
        })
    }
    /// How deep lists and maps nest in it; 0 for a plain value. Costs nothing.
    #[must_use]
    pub fn depth(&self) -> u16 {
        match self {
            Self::List(list) => list.depth(),
            Self::Map(map) => map.depth(),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) => 0,
        }
    }
    /// About how many bytes it is as JSON; cached as the hash is.
    #[must_use]
    pub fn weight(&self) -> u64 {
        match self {
            Self::Null | Self::Bool(_) => 5,
            Self::Int(_) | Self::Float(_) => 8,
            Self::Str(s) => s.len() as u64 + 3,
            Self::List(list) => list.sum().weight.saturating_add(2),
            Self::Map(map) => map.sum().weight.saturating_add(2),
        }
    }
    pub(super) fn shallow(mut self) -> Self {
        self.keep_shallow();
        self
    }
    pub(super) fn keep_shallow(&mut self) {
        if self.depth() >= HARD_DEPTH {
            *self = Self::Null;
        }
    }
    /// The child under a key of a map, or at an index of a list (in digits).
    #[must_use]
    pub fn child(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(key),
            Self::List(list) => list.get(index(key)?),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) => None,
        }
    }
    /// Changes what is at a path, in place where nobody else holds it, else in
    /// a copy of the way there; false where nothing is there.
    pub fn update(&mut self, path: &Path, change: &mut dyn FnMut(&mut Self)) -> bool {
        self.update_below(&path.0, change)
    }
    fn update_below(&mut self, keys: &[Arc<str>], change: &mut dyn FnMut(&mut Self)) -> bool {
        let Some((key, rest)) = keys.split_first() else {
            change(self);
            return true;
        };
        let mut found = false;
        let mut go = |kid: &mut Self| found = kid.update_below(rest, change);
        match self {
            Self::Map(map) => map.update(key, &mut go),
            Self::List(list) => index(key).is_some_and(|at| list.update(at, &mut go)),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) => false,
        };
        found
    }
    /// Only the places that the patterns cover, with what leads there. In a
    /// list each element keeps its place: what no pattern covers is null.
    #[must_use]
    pub fn project(&self, patterns: &[Pattern]) -> Self {
        let patterns: Vec<&[Seg]> = patterns.iter().map(|p| &*p.0).collect();
        self.covered(&patterns).unwrap_or_else(|| match self {
            Self::Map(_) => Self::Map(Map::new()),
            Self::List(_) => Self::List(List::new()),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) => Self::Null,
        })
    }
    fn covered(&self, patterns: &[&[Seg]]) -> Option<Self> {
        if patterns.iter().any(|p| p.is_empty()) {
            return Some(self.clone());
        }
        let mut any: Vec<&[Seg]> = Vec::new();
        let mut named: HashMap<&str, Vec<&[Seg]>> = HashMap::new();
        for (seg, rest) in patterns.iter().filter_map(|p| p.split_first()) {
            match seg {
                Seg::Any => any.push(rest),
                Seg::Key(key) => named.entry(key).or_default().push(rest),
            }
        }
        let below = |key: &str| -> Vec<&[Seg]> {
            let named = named.get(key).into_iter().flatten();
            any.iter().chain(named).copied().collect()
        };
        if patterns.is_empty() {
            return None;
        }
        match self {
            Self::Map(map) => Some(Self::Map(
                map.iter()
                    .filter_map(|(k, v)| Some((k.clone(), v.covered(&below(k))?)))
                    .collect(),
            )),
            Self::List(list) => Some(Self::List(
                list.iter()
                    .enumerate()
                    .map(|(i, v)| v.covered(&below(&i.to_string())).unwrap_or_default())
                    .collect(),
            )),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) => None,
        }
    }
    /// The text, where it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(s) = self {
            Some(s)
        } else {
            None
        }
    }
    /// The integer, where it is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Int(i) = self {
            Some(*i)
        } else {
            None
        }
    }
    /// Any number as a float.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(*i as f64),
            Self::Float(f) => Some(*f),
            Self::Null | Self::Bool(_) | Self::Str(_) | Self::List(_) | Self::Map(_) => None,
        }
    }
    /// The truth value, where it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(b) = self {
            Some(*b)
        } else {
            None
        }
    }
    /// The map, where it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(m) = self {
            Some(m)
        } else {
            None
        }
    }
    /// The list, where it is one.
    #[must_use]
    pub fn as_list(&self) -> Option<&List> {
        if let Self::List(l) = self {
            Some(l)
        } else {
            None
        }
    }
    /// What kind of value, in JSON Schema's words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) => "integer",
            Self::Float(_) => "number",
            Self::Str(_) => "string",
            Self::List(_) => "array",
            Self::Map(_) => "object",
        }
    }
    /// Equal as JSON: numbers by value (`1` is `1.0`), maps in any key order.
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(i), Self::Float(f)) | (Self::Float(f), Self::Int(i)) => int_is(*i, *f),
            (Self::Float(a), Self::Float(b)) => {
                a.partial_cmp(b).is_some_and(std::cmp::Ordering::is_eq)
            }
            (Self::List(a), Self::List(b)) => {
                a.same(b)
                    || a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same_value(b))
            }
            (Self::Map(a), Self::Map(b)) => {
                a.same(b)
                    || a.len() == b.len()
                        && a.iter()
                            .all(|(k, v)| b.get(k).is_some_and(|w| v.same_value(w)))
            }
            _ => self == other,
        }
    }
}

/// Whether an integer and a float are the same number, exactly.
fn int_is(int: i64, float: f64) -> bool {
    // 2^63 itself is the first float past the integers.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float)
        && float.fract() == 0.0
        && float as i64 == int
}

impl Item for Node {
    fn sum(&self) -> Sum {
        Sum::of(self.hash(), self.weight().saturating_add(1))
    }
    fn depth(&self) -> u16 {
        Self::depth(self)
    }
}

/// Equal in value, key order and number type.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            _ => false,
        }
    }
}
impl Eq for Node {}

impl From<bool> for Node {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}
impl From<i64> for Node {
    fn from(i: i64) -> Self {
        Self::Int(i)
    }
}
/// What is not finite becomes null.
impl From<f64> for Node {
    fn from(f: f64) -> Self {
        if f.is_finite() {
            Self::Float(f)
        } else {
            Self::Null
        }
    }
}
impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::str(text)
    }
}
impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::str(text)
    }
}
