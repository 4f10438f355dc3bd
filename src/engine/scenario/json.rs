//! JSON files of the world: straight into nodes, duplicate keys refused, and
//! the line and column of a pointer found only when a problem must point there.

use super::super::problem::Problem;
use super::super::world::{Map, Node};
use super::tree::At;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// Largest JSON file that is read, in bytes.
pub const LARGEST: usize = 64 * 1024 * 1024;

/// Reads a JSON file.
///
/// # Errors
/// The first syntax error, or a key that stands twice in one object.
pub fn read(file: &str, bytes: &[u8]) -> Result<Node, Problem> {
    if bytes.len() > LARGEST {
        let what = format!("the file is larger than {} MB", LARGEST / 1024 / 1024);
        return Err(Problem::error(file, 0, 0, what).help("split it, or cut it down"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice::<Read>(bytes) {
        Ok(Read(node)) => Ok(node),
        Err(wrong) => {
            let all = wrong.to_string();
            let what = all.split(" at line ").next().unwrap_or(&all);
            let help = if what.contains("stands here twice") {
                "only one of them would count: remove or rename one"
            } else {
                ""
            };
            let (line, column) = (wrong.line() as u32, wrong.column() as u32);
            Err(Problem::error(
                file,
                line,
                column.max(1),
                format!("this is not JSON: {what}"),
            )
            .help(help))
        }
    }
}

/// A node read with serde, refusing repeated keys.
struct Read(Node);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Visit).map(Self)
    }
}

struct Visit;

impl<'de> Visitor<'de> for Visit {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, v: bool) -> Result<Node, E> {
        Ok(Node::Bool(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Node, E> {
        Ok(Node::Int(v))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Node, E> {
        Ok(i64::try_from(v).map_or(Node::Float(v as f64), Node::Int))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Node, E> {
        Ok(Node::Float(v))
    }
    fn visit_str<E>(self, v: &str) -> Result<Node, E> {
        Ok(Node::str(v))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(Read(node)) = seq.next_element()? {
            items.push(node);
        }
        Ok(Node::List(items.into_iter().collect()))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut seen: HashSet<Arc<str>> = HashSet::new();
        let mut entries: Vec<(Arc<str>, Node)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let key: Arc<str> = key.into();
            if !seen.insert(Arc::clone(&key)) {
                return Err(A::Error::custom(format!(
                    "the key \"{key}\" stands here twice"
                )));
            }
            let Read(node) = map.next_value()?;
            entries.push((key, node));
        }
        Ok(Node::Map(entries.into_iter().collect::<Map>()))
    }
}

/// Where the value under `keys` begins in a JSON text, or the deepest value
/// above it that is there.
#[must_use]
pub fn locate<S: AsRef<str>>(bytes: &[u8], keys: &[S]) -> At {
    let mut scan = Scan { bytes, at: 0 };
    scan.blank();
    let mut found = scan.at;
    'keys: for key in keys {
        let key = key.as_ref();
        match scan.peek() {
            Some(b'{') => {
                scan.at += 1;
                loop {
                    scan.blank();
                    if scan.peek() != Some(b'"') {
                        break 'keys;
                    }
                    let start = scan.at;
                    scan.text();
                    let name = bytes.get(start..scan.at).unwrap_or_default();
                    let name: String = serde_json::from_slice(name).unwrap_or_default();
                    scan.blank();
                    scan.at += 1; // the colon
                    scan.blank();
                    if name == key {
                        found = scan.at;
                        continue 'keys;
                    }
                    scan.value();
                    scan.blank();
                    scan.at += 1; // a comma, or the end, which stops the loop above
                }
            }
            Some(b'[') => {
                let Ok(wanted) = key.parse::<usize>() else {
                    break;
                };
                scan.at += 1;
                for place in 0.. {
                    scan.blank();
                    if matches!(scan.peek(), None | Some(b']')) {
                        break 'keys;
                    }
                    if place == wanted {
                        found = scan.at;
                        continue 'keys;
                    }
                    scan.value();
                    scan.blank();
                    if scan.peek() == Some(b',') {
                        scan.at += 1;
                    }
                }
            }
            Some(_) | None => break,
        }
    }
    position(bytes, found)
}

/// Line and column of a byte.
fn position(bytes: &[u8], at: usize) -> At {
    let before = bytes.get(..at).unwrap_or(bytes);
    let start = before
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|b| **b == b'\n').count();
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default())
        .chars()
        .count();
    At {
        line: line as u32 + 1,
        column: column as u32 + 1,
    }
}

/// Walks over JSON that is known to be well formed; on anything else it stops
/// early, never late.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
    fn blank(&mut self) {
        while matches!(
            self.peek(),
            Some(b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf)
        ) {
            self.at += 1;
        }
    }
    fn text(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }
    fn value(&mut self) {
        let mut open = 0u32;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.text();
                    if open == 0 {
                        return;
                    }
                }
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if open == 0 => return,
                b'}' | b']' => {
                    open -= 1;
                    self.at += 1;
                    if open == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_found_in_the_text() {
        let text = "{\n  \"a\": {\"x\\ty\": [1, {\"é\": \"q\\\"\", \"b\": true}]},\n  \"c\": []\n}";
        for (keys, line, column) in [
            (vec![], 1, 1),
            (vec!["a"], 2, 8),
            (vec!["a", "x\ty"], 2, 17),
            (vec!["a", "x\ty", "0"], 2, 18),
            (vec!["a", "x\ty", "1", "b"], 2, 39),
            (vec!["a", "x\ty", "7"], 2, 17),
            (vec!["a", "none"], 2, 8),
            (vec!["c"], 3, 8),
            (vec!["c", "0"], 3, 8),
        ] {
            assert_eq!(
                locate(text.as_bytes(), &keys),
                At { line, column },
                "{keys:?}"
            );
        }
    }

    #[test]
    fn numbers_keep_their_kind_and_keys_stand_once() {
        let node = read(
            "w.json",
            b"{\"a\": 1, \"b\": 1.0, \"c\": 18446744073709551615}",
        );
        assert_eq!(
            node.map(|n| (
                n.child("a").cloned(),
                n.child("b").cloned(),
                n.child("c").map(Node::kind)
            )),
            Ok((Some(Node::Int(1)), Some(Node::Float(1.0)), Some("number")))
        );
        let twice = read("w.json", b"{\n \"a\": 1,\n \"a\": 2}").unwrap_err();
        assert_eq!(
            (twice.line, twice.what.as_str()),
            (3, "this is not JSON: the key \"a\" stands here twice")
        );
        let broken = read("w.json", b"{\n \"a\": }").unwrap_err();
        assert_eq!((broken.line, broken.column), (2, 7));
    }
}
