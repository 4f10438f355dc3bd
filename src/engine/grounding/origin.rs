//! Where a value that a `model` tool proposes may come from: the arguments, the
//! projection of the world, the clock, a generator, a list of allowed values, or
//! arithmetic on known numbers.

use super::known::Known;
use super::literal::{LiteralKind, literals};
use crate::engine::world::{Map, Node, Path};
use serde_json::Value;
use std::collections::BTreeSet;

/// Numbers beside the call (arguments, the touched rows), and numbers of the
/// projection: a derived number takes one operand from the first list.
const NEAR: usize = 64;
const FAR: usize = 512;
/// A schema may refer to itself; a look-up gives up here.
const SCHEMA_STEPS: usize = 256;

/// What one proposal may draw on.
pub(super) struct Sources<'a> {
    known: Known,
    /// All texts of the arguments, for "a part of one".
    said: Vec<String>,
    near: Vec<f64>,
    far: Vec<f64>,
    now: &'a str,
    /// New ids accepted so far.
    fresh: BTreeSet<String>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(args: &Node, projection: &Node, now: &'a str) -> Self {
        let mut known = Known::new();
        known.node(projection);
        known.node(args);
        known.text(now);
        let mut out = Self {
            known,
            said: Vec::new(),
            near: Vec::new(),
            far: Vec::new(),
            now,
            fresh: BTreeSet::new(),
        };
        texts(args, &mut out.said, 0);
        numbers(args, &mut out.near, NEAR, 0);
        // The rows that the arguments name stand beside the call as well.
        for table in projection.as_map().into_iter().flat_map(Map::values) {
            for key in out.said.iter().take(NEAR) {
                if let Some(row) = table.as_map().and_then(|t| t.get(key)) {
                    numbers(row, &mut out.near, NEAR, 0);
                }
            }
        }
        numbers(projection, &mut out.far, FAR, 0);
        out
    }

    /// The row that a write touches gives operands.
    pub(super) fn row(&mut self, node: &Node) {
        numbers(node, &mut self.near, NEAR, 0);
    }

    /// What was accepted is a source for what follows.
    pub(super) fn learn(&mut self, node: &Node) {
        self.known.node(node);
        numbers(node, &mut self.near, NEAR, 0);
    }

    /// A new id that was accepted.
    pub(super) fn learn_id(&mut self, id: &str) {
        self.known.text(id);
        self.fresh.insert(id.to_owned());
    }

    pub(super) fn is_fresh(&self, id: &str) -> bool {
        self.fresh.contains(id)
    }

    /// A text as it stands: known, a part of an argument, or the clock's.
    pub(super) fn has_text(&self, text: &str) -> bool {
        text.is_empty()
            || self.known.has_string(text)
            || self.is_now(text)
            || self.fresh.contains(text)
            || self.said.iter().any(|s| part_of(text, s))
    }

    fn is_now(&self, text: &str) -> bool {
        text == self.now
            || self.now.strip_suffix('Z') == Some(text)
            || self.now.get(..10) == Some(text)
            || self.now.get(11..16) == Some(text)
            || self.now.get(..19) == Some(text)
    }

    /// A text that is one literal, or is put together from known words.
    pub(super) fn composes(&self, text: &str) -> bool {
        let whole = text.trim();
        let found = literals(whole);
        let one = found
            .first()
            .is_some_and(|l| l.text.len() == whole.len() && self.known.trace(l).found());
        one || self.known.has_words(whole)
    }

    /// A number that is known or follows from known ones.
    pub(super) fn has_number(&self, value: f64) -> bool {
        if value.abs() < f64::EPSILON || self.known.has_number(value) {
            return true;
        }
        let is = |v: f64| (v - value).abs() < 0.005 + 1e-9;
        self.near.iter().any(|a| {
            self.near
                .iter()
                .chain(&self.far)
                .any(|b| is(a + b) || is(a - b) || is(b - a) || is(a * b) || is(a * b / 100.0))
        })
    }

    /// The first literal of a freely worded text that has no source.
    pub(super) fn stray(&self, text: &str) -> Option<String> {
        literals(text)
            .into_iter()
            .find(|l| match l.kind {
                LiteralKind::Id | LiteralKind::Email | LiteralKind::Date | LiteralKind::Tail => {
                    !self.known.trace(l).found()
                }
                LiteralKind::Amount => {
                    let super::LiteralValue::Number(v) = l.value else {
                        return false;
                    };
                    !self.known.trace(l).found() && !self.has_number(v)
                }
                LiteralKind::Time | LiteralKind::Percent | LiteralKind::Number => false,
            })
            .map(|l| l.text)
    }

    pub(super) fn has_id(&self, text: &str) -> bool {
        self.known.has_id(text)
    }
}

fn texts(node: &Node, out: &mut Vec<String>, depth: usize) {
    if depth > 128 {
        return;
    }
    match node {
        Node::Str(s) => out.push(s.to_string()),
        Node::List(list) => list.iter().for_each(|n| texts(n, out, depth + 1)),
        Node::Map(map) => map.values().for_each(|n| texts(n, out, depth + 1)),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => {}
    }
}

/// Numbers of a value, those written as text too, and lengths of lists.
fn numbers(node: &Node, out: &mut Vec<f64>, most: usize, depth: usize) {
    if depth > 128 || out.len() >= most {
        return;
    }
    match node {
        Node::Int(_) | Node::Float(_) => out.extend(node.as_f64()),
        Node::Str(s) if s.len() <= 16 => out.extend(super::literal::number(s)),
        Node::List(list) => {
            out.push(list.len() as f64);
            list.iter().for_each(|n| numbers(n, out, most, depth + 1));
        }
        Node::Map(map) => map.values().for_each(|n| numbers(n, out, most, depth + 1)),
        Node::Null | Node::Bool(_) | Node::Str(_) => {}
    }
}

/// Whether `part` stands in `whole` between borders of words.
fn part_of(part: &str, whole: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !part.trim().is_empty()
        && whole.match_indices(part).take(64).any(|(at, _)| {
            let before = whole.get(..at).and_then(|s| s.chars().next_back());
            let after = whole.get(at + part.len()..).and_then(|s| s.chars().next());
            !inner(before) && !inner(after)
        })
}

/// Whether a text has the shape of a generated id: `R-123456`.
#[must_use]
pub fn is_new_id(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(prefix, digits)| {
        (1..=16).contains(&prefix.len())
            && prefix.starts_with(|c: char| c.is_ascii_alphabetic())
            && prefix
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
            && digits.len() == 6
            && digits.chars().all(|c| c.is_ascii_digit())
    })
}

/// Whether a key names things: `id`, `order_id`, `number`, `ref`, `code`.
pub(super) fn is_id_key(key: &str) -> bool {
    let ends = |word: &str| {
        let at = key.len().checked_sub(word.len());
        let split = at.and_then(|at| key.split_at_checked(at));
        let split = split.filter(|(_, end)| end.eq_ignore_ascii_case(word));
        split.map(|(before, _)| before)
    };
    ["id", "ids", "number", "ref", "reference", "code", "key"]
        .iter()
        .filter_map(|w| ends(w))
        .any(|before| before.is_empty() || before.ends_with('_'))
        || key.len() <= 12 && ends("id").is_some()
}

/// Whether a text stands anywhere in a value, as key or as text.
pub(super) fn occurs(text: &str, node: &Node, depth: usize) -> bool {
    if depth > 128 {
        return false;
    }
    match node {
        Node::Str(s) => **s == *text,
        Node::List(list) => list.iter().any(|n| occurs(text, n, depth + 1)),
        Node::Map(map) => map.contains(text) || map.values().any(|n| occurs(text, n, depth + 1)),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => false,
    }
}

/// Whether a text stands anywhere in a value, as key or as text.
#[must_use]
pub fn stands_in(text: &str, node: &Node) -> bool {
    occurs(text, node, 0)
}

/// What a schema says about one place.
#[derive(Default)]
pub(super) struct Said<'a> {
    /// The subschemas that apply there.
    places: Vec<&'a Value>,
}

impl<'a> Said<'a> {
    /// The subschemas of `root` at `path`.
    pub(super) fn at(root: &'a Value, path: &[&str]) -> Self {
        let mut left = SCHEMA_STEPS;
        let mut here = Vec::new();
        open(root, root, &mut here, &mut left);
        for key in path {
            let mut below = Vec::new();
            for schema in here {
                for next in children(schema, key) {
                    open(root, next, &mut below, &mut left);
                }
            }
            here = below;
        }
        Self { places: here }
    }

    /// Whether the value is one of an `enum`, or the `const`, of the place.
    pub(super) fn allows(&self, value: &Node) -> bool {
        self.places.iter().any(|s| {
            let listed = s.get("enum").and_then(Value::as_array);
            listed.is_some_and(|l| l.iter().any(|v| Node::from_json(v).same_value(value)))
                || s.get("const")
                    .is_some_and(|v| Node::from_json(v).same_value(value))
        })
    }

    /// Whether the place's objects declare a property of this name.
    pub(super) fn declares(&self, key: &str) -> bool {
        self.places
            .iter()
            .any(|s| s.get("properties").is_some_and(|p| p.get(key).is_some()))
    }
}

/// A schema with all that it refers to or combines.
fn open<'a>(root: &'a Value, schema: &'a Value, out: &mut Vec<&'a Value>, left: &mut usize) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    out.push(schema);
    if let Some(target) = schema.get("$ref").and_then(Value::as_str)
        && let Some(found) = target.strip_prefix('#').and_then(|p| root.pointer(p))
    {
        open(root, found, out, left);
    }
    for word in ["anyOf", "oneOf", "allOf"] {
        if let Some(list) = schema.get(word).and_then(Value::as_array) {
            for each in list {
                open(root, each, out, left);
            }
        }
    }
    for word in ["then", "else"] {
        if let Some(each) = schema.get(word) {
            open(root, each, out, left);
        }
    }
}

/// The subschemas under a key or index.
fn children<'a>(schema: &'a Value, key: &str) -> Vec<&'a Value> {
    let mut out = Vec::new();
    out.extend(schema.get("properties").and_then(|p| p.get(key)));
    if out.is_empty() {
        out.extend(schema.get("additionalProperties"));
        out.extend(
            schema
                .get("patternProperties")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|m| m.values()),
        );
    }
    let index = key.parse::<usize>().ok();
    if index.is_some() || key == "-" {
        let prefix = index.and_then(|i| schema.get("prefixItems").and_then(|p| p.get(i)));
        out.extend(prefix.or_else(|| schema.get("items")));
    }
    out
}

/// A path as a person reads it.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string();
    if text.is_empty() {
        String::from("the whole state")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shapes() {
        assert!(is_new_id("R-123456") && is_new_id("RET-000001"));
        assert!(!is_new_id("R-12345") && !is_new_id("-123456") && !is_new_id("R123456"));
        assert!(is_id_key("order_id") && is_id_key("id") && is_id_key("ticketId"));
        assert!(!is_id_key("paid_by") && !is_id_key("status"));
        assert!(part_of("arrived broken", "It arrived broken."));
        assert!(!part_of("rok", "It arrived broken."));
    }

    #[test]
    fn a_schema_is_followed_to_a_place() {
        let schema = json!({
            "properties": {"orders": {"additionalProperties": {"$ref": "#/$defs/order"}}},
            "$defs": {"order": {"properties": {
                "status": {"enum": ["open", "closed"]},
                "parts": {"items": {"anyOf": [{"const": 7}, {"$ref": "#/$defs/order"}]}},
            }}}
        });
        let at = |p: &[&str]| Said::at(&schema, p);
        assert!(at(&["orders", "8", "status"]).allows(&Node::str("open")));
        assert!(!at(&["orders", "8", "status"]).allows(&Node::str("lost")));
        assert!(at(&["orders", "8"]).declares("status"));
        assert!(at(&["orders", "8", "parts", "-"]).allows(&Node::Int(7)));
        assert!(at(&["orders", "8", "parts", "0", "status"]).allows(&Node::str("closed")));
        let endless = json!({"$ref": "#"});
        assert!(!Said::at(&endless, &["a"; 50]).allows(&Node::Null));
    }
}
