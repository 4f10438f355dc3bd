//! Values of the world: a persistent tree whose clone is a pointer copy and
//! whose every list and map carries its own hash.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

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

/// An ordered list; clone is a pointer copy.
#[derive(Clone, Default)]
pub struct List(Arc<Vec<Node>>);

/// An object in insertion order; clone is a pointer copy.
#[derive(Clone, Default)]
pub struct Map(Arc<Vec<(Arc<str>, Node)>>);

impl List {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// How many values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The value at a place, from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Node> {
        self.0.get(at)
    }
    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &Node> {
        self.0.iter()
    }
    /// Appends.
    pub fn push(&mut self, node: Node) {
        Arc::make_mut(&mut self.0).push(node);
    }
    /// Replaces the value at a place; false where there is none.
    pub fn set(&mut self, at: usize, node: Node) -> bool {
        match Arc::make_mut(&mut self.0).get_mut(at) {
            Some(slot) => {
                *slot = node;
                true
            }
            None => false,
        }
    }
    /// Inserts before `at` (`at == len` appends); false where out of range.
    pub fn insert(&mut self, at: usize, node: Node) -> bool {
        if at > self.0.len() {
            return false;
        }
        Arc::make_mut(&mut self.0).insert(at, node);
        true
    }
    /// Takes the value at a place out; later ones move up.
    pub fn remove(&mut self, at: usize) -> Option<Node> {
        (at < self.0.len()).then(|| Arc::make_mut(&mut self.0).remove(at))
    }
    /// Whether both are the same pointer: equal without looking.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl FromIterator<Node> for List {
    fn from_iter<T: IntoIterator<Item = Node>>(iter: T) -> Self {
        Self(Arc::new(iter.into_iter().collect()))
    }
}

impl Map {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// How many keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.0.iter().find(|(k, _)| &**k == key).map(|(_, v)| v)
    }
    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Node)> {
        self.0.iter().map(|(k, v)| (k, v))
    }
    /// Keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.iter().map(|(k, _)| k)
    }
    /// Values in order.
    pub fn values(&self) -> impl Iterator<Item = &Node> {
        self.iter().map(|(_, v)| v)
    }
    /// Sets a key: an existing one keeps its place, a new one goes last.
    /// Answers what stood there.
    pub fn insert(&mut self, key: impl Into<Arc<str>>, node: Node) -> Option<Node> {
        let key = key.into();
        let entries = Arc::make_mut(&mut self.0);
        if let Some((_, slot)) = entries.iter_mut().find(|(k, _)| *k == key) {
            return Some(std::mem::replace(slot, node));
        }
        entries.push((key, node));
        None
    }
    /// Takes a key out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let at = self.0.iter().position(|(k, _)| &**k == key)?;
        Some(Arc::make_mut(&mut self.0).remove(at).1)
    }
    /// Whether both are the same pointer: equal without looking.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Node)> for Map {
    fn from_iter<T: IntoIterator<Item = (K, Node)>>(iter: T) -> Self {
        let mut map = Self::new();
        for (k, v) in iter {
            map.insert(k, v);
        }
        map
    }
}

impl Node {
    /// A text node.
    pub fn str(text: impl Into<Arc<str>>) -> Self {
        Self::Str(text.into())
    }
    /// The fingerprint: cached on lists and maps, computed for plain values.
    #[must_use]
    pub fn hash(&self) -> NodeHash {
        NodeHash(xxhash_rust::xxh3::xxh3_128(self.to_string().as_bytes()))
    }
    /// From serde's value. Integers beyond 64 bits with sign become floats.
    #[must_use]
    pub fn from_json(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(*b),
            Value::Number(n) => n
                .as_i64()
                .map_or_else(|| n.as_f64().map_or(Self::Null, Self::Float), Self::Int),
            Value::String(s) => Self::str(s.as_str()),
            Value::Array(items) => Self::List(items.iter().map(Self::from_json).collect()),
            Value::Object(map) => Self::Map(
                map.iter()
                    .map(|(k, v)| (k.as_str(), Self::from_json(v)))
                    .collect(),
            ),
        }
    }
    /// To serde's value.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(*b),
            Self::Int(i) => Value::from(*i),
            Self::Float(f) => Value::from(*f),
            Self::Str(s) => Value::from(&**s),
            Self::List(list) => Value::Array(list.iter().map(Self::to_json).collect()),
            Self::Map(map) => Value::Object(
                map.iter()
                    .map(|(k, v)| (k.to_string(), v.to_json()))
                    .collect(),
            ),
        }
    }
    /// The child under a key of a map, or at an index of a list (in digits).
    #[must_use]
    pub fn child(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(key),
            Self::List(list) => key.parse().ok().and_then(|at: usize| list.get(at)),
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
}

/// Equal in value, key order and number type.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.hash() == other.hash()
    }
}
impl Eq for Node {}

/// Compact JSON, floats in their shortest form and never without a point or
/// exponent, so that reading it again gives an equal node.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Node {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(s)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(d).map(|v| Self::from_json(&v))
    }
}
