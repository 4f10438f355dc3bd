//! Nodes to and from JSON text and serde's own value.

use super::node::{List, MAX_DEPTH, Map, Node};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

impl Node {
    /// From serde's value. Integers beyond 64 bits with sign become floats;
    /// what is nested deeper than [`MAX_DEPTH`] becomes null.
    #[must_use]
    pub fn from_json(value: &serde_json::Value) -> Self {
        from_json(value, MAX_DEPTH)
    }
    /// From a text, where it is JSON: the same as [`Self::from_json`] of it, read
    /// in one go.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(node) => Some(node),
            // Nested deeper than is read here.
            Err(why) if why.is_data() => {
                let value = serde_json::from_str(text).ok()?;
                Some(Self::from_json(&value))
            }
            Err(_) => None,
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
}

fn from_json(value: &serde_json::Value, levels: u16) -> Node {
    use serde_json::Value;
    match value {
        Value::Null => Node::Null,
        Value::Bool(b) => Node::Bool(*b),
        Value::Number(n) => n
            .as_i64()
            .map_or_else(|| n.as_f64().map_or(Node::Null, Node::from), Node::Int),
        Value::String(s) => Node::str(s.as_str()),
        Value::Array(_) | Value::Object(_) if levels == 0 => Node::Null,
        Value::Array(items) => Node::List(items.iter().map(|v| from_json(v, levels - 1)).collect()),
        Value::Object(map) => Node::Map(
            map.iter()
                .map(|(k, v)| (k.as_str(), from_json(v, levels - 1)))
                .collect(),
        ),
    }
}

/// Compact JSON, floats in their shortest form and never without a point or
/// exponent, so that reading it again gives an equal node.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde_json::to_writer(Bytes(f), self).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Node {
    /// Its JSON, cut after so many letters with `…`; a large value is not
    /// written out to be cut.
    #[must_use]
    pub fn brief(&self, letters: usize) -> String {
        use std::fmt::Write as _;
        let mut brief = Brief {
            text: String::new(),
            left: letters,
        };
        if write!(brief, "{self}").is_err() {
            brief.text.push('…');
        }
        brief.text
    }
}

/// Takes so many letters and then fails, which ends the writing.
struct Brief {
    text: String,
    left: usize,
}

impl fmt::Write for Brief {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(letter);
        }
        Ok(())
    }
}

/// Lets the JSON writer, which speaks bytes, write into a formatter.
struct Bytes<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl std::io::Write for Bytes<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| self.0.write_str(text).ok())
            .map(|()| bytes.len())
            .ok_or_else(|| std::io::ErrorKind::InvalidData.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Serialize for Node {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => s.serialize_unit(),
            Self::Bool(b) => s.serialize_bool(*b),
            Self::Int(i) => s.serialize_i64(*i),
            Self::Float(f) => s.serialize_f64(*f),
            Self::Str(text) => s.serialize_str(text),
            Self::List(list) => {
                let mut seq = s.serialize_seq(Some(list.len()))?;
                for node in list {
                    seq.serialize_element(node)?;
                }
                seq.end()
            }
            Self::Map(map) => {
                let mut entries = s.serialize_map(Some(map.len()))?;
                for (key, node) in map {
                    entries.serialize_entry(&**key, node)?;
                }
                entries.end()
            }
        }
    }
}

/// Of a key that comes twice the last value holds. Nesting deeper than
/// [`MAX_DEPTH`] is an error.
impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Reader { levels: MAX_DEPTH }.deserialize(d)
    }
}

/// Reads one value of at most so many levels of lists and maps.
#[derive(Clone, Copy)]
struct Reader {
    levels: u16,
}

impl Reader {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        let levels = self.levels.checked_sub(1).ok_or_else(|| {
            E::custom(format!(
                "lists and objects nest deeper than {MAX_DEPTH} levels"
            ))
        })?;
        Ok(Self { levels })
    }
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Node;
    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<Node, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Node;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_some<D: serde::Deserializer<'de>>(self, d: D) -> Result<Node, D::Error> {
        self.deserialize(d)
    }
    fn visit_newtype_struct<D: serde::Deserializer<'de>>(self, d: D) -> Result<Node, D::Error> {
        self.deserialize(d)
    }
    fn visit_bool<E>(self, b: bool) -> Result<Node, E> {
        Ok(Node::Bool(b))
    }
    fn visit_i64<E>(self, i: i64) -> Result<Node, E> {
        Ok(Node::Int(i))
    }
    fn visit_u64<E>(self, i: u64) -> Result<Node, E> {
        Ok(i64::try_from(i).map_or(Node::Float(i as f64), Node::Int))
    }
    fn visit_f64<E>(self, f: f64) -> Result<Node, E> {
        Ok(Node::from(f))
    }
    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::str(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let below = self.below()?;
        let mut items = Vec::new();
        while let Some(node) = seq.next_element_seed(below)? {
            items.push(node);
        }
        Ok(Node::List(items.into_iter().collect::<List>()))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let below = self.below()?;
        let mut pairs: Vec<(Arc<str>, Node)> = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            pairs.push((key, map.next_value_seed(below)?));
        }
        Ok(Node::Map(pairs.into_iter().collect::<Map>()))
    }
}

/// Reads a key without a copy of it in between.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Arc<str>;
    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<Arc<str>, D::Error> {
        d.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Arc<str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(Arc::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_keeps_order_and_number_type() {
        let text = r#"{"b":1,"a":1.0,"c":[1e+20,-0.0,null,18446744073709551615]}"#;
        let node: Node = serde_json::from_str(text).unwrap();
        assert_eq!(
            node.to_string(),
            r#"{"b":1,"a":1.0,"c":[1e+20,-0.0,null,1.8446744073709552e+19]}"#
        );
        assert_eq!(serde_json::to_string(&node).unwrap(), node.to_string());
    }

    #[test]
    fn a_float_read_back_is_the_same_float() {
        let mut bits = 1_u64;
        for _ in 0..50_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            for float in [f64::from_bits(bits), bits as f64 / 1e13] {
                let node = Node::from(float);
                assert_eq!(
                    serde_json::from_str::<Node>(&node.to_string()).unwrap(),
                    node
                );
            }
        }
    }

    #[test]
    fn a_text_is_read_as_its_value_is() {
        for text in [
            r#"{"b":1,"a":1.0,"b":[1e20,-0,18446744073709551615,"\u00e9\n"],"":{}}"#,
            "[[], {}, null, true, \"x\"]",
            " -3 ",
            "1e400",
            "12 or so",
            "{\"a\": }",
            "",
        ] {
            let value = serde_json::from_str::<serde_json::Value>(text).ok();
            assert_eq!(
                Node::parse(text),
                value.map(|v| Node::from_json(&v)),
                "{text}"
            );
        }
    }

    #[test]
    fn of_a_key_twice_the_last_holds() {
        let node: Node = serde_json::from_str(r#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!(node.to_string(), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(serde_json::from_str::<Node>(&deep(100)).is_ok());
        let error = serde_json::from_str::<Node>(&deep(101)).unwrap_err();
        assert!(error.to_string().contains("deeper than 100 levels"));
        let mut value = serde_json::Value::Null;
        for _ in 0..300 {
            value = serde_json::json!([value]);
        }
        assert_eq!(Node::from_json(&value).depth(), 100);
        assert_eq!(Node::parse(&deep(101)).unwrap().depth(), 100);
        assert_eq!(Node::parse(&deep(200)), None);
        let mut node = Node::Null;
        for _ in 0..100_000 {
            node = Node::List([node].into_iter().collect());
            assert!(node.depth() <= 256);
        }
    }
}
