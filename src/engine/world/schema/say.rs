//! What does not fit, in one sentence that follows the name of the place.

use super::compile::{Rule, Type};
use crate::engine::world::node::Node;
use std::sync::Arc;

/// Letters of a found value that a sentence shows.
const FOUND: usize = 60;

pub(super) fn found(node: &Node) -> String {
    node.brief(FOUND)
}

pub(super) fn types(node: &Node, types: &[Type]) -> String {
    let names: Vec<&str> = types.iter().map(|t| with_article(*t)).collect();
    format!("is {}, but must be {}", found(node), either(&names))
}

fn with_article(kind: Type) -> &'static str {
    match kind {
        Type::Null => "null",
        Type::Boolean => "true or false",
        Type::Integer => "an integer",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Array => "a list",
        Type::Object => "an object",
    }
}

fn either<S: AsRef<str>>(names: &[S]) -> String {
    match names.split_last() {
        None => String::from("nothing"),
        Some((last, [])) => last.as_ref().to_owned(),
        Some((last, rest)) => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", rest.join(", "), last.as_ref())
        }
    }
}

/// At most eight of some things, and how many more there are.
fn some<S: AsRef<str>>(all: impl ExactSizeIterator<Item = S>) -> String {
    let more = all.len().saturating_sub(8);
    let mut shown: Vec<String> = all.take(8).map(|s| s.as_ref().to_owned()).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(", ")
}

pub(super) fn values(node: &Node, values: &[Node]) -> String {
    let values = some(values.iter().map(|v| v.brief(FOUND)));
    format!("is {}, but must be one of {values}", found(node))
}

pub(super) fn bound(node: &Node, words: &str, bound: &Node) -> String {
    format!("is {}, but must be {words} {bound}", found(node))
}

pub(super) fn length(node: &Node, letters: usize, words: &str, bound: u64) -> String {
    format!(
        "is {}, {letters} letters long, but must have {words} {bound}",
        found(node)
    )
}

pub(super) fn count(what: &str, count: usize, words: &str, bound: u64) -> String {
    format!("has {count} {what}, but must have {words} {bound}")
}

pub(super) fn additional(rule: &Rule) -> String {
    if rule.properties.is_empty() {
        return String::from("is not a field that is allowed here");
    }
    let known = some(rule.properties.keys().map(|key| format!("`{key}`")));
    format!("is not a field that is allowed here (known are {known})")
}

pub(super) fn lacks(names: &[&Arc<str>]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("lacks {}", names.join(", "))
}
