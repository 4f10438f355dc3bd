//! A result held against the row of the world that it is a view of: field by
//! field, nested values and lists too.

use super::same::{Alike, alike, decorated, kind};
use super::tables::as_key;
use crate::engine::grounding::origin::is_id_key;
use crate::engine::world::{List, Map, Node, Path};
use std::sync::Arc;

const DEEP: usize = 64;
/// Letters of a value that are shown.
const LETTERS: usize = 80;

/// One place where a view is not what its row is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Miss {
    /// Kind of finding.
    pub kind: &'static str,
    /// The last key.
    pub key: String,
    /// In the result: `result.items.0.price`.
    pub place: String,
    /// What was said; `None` where a field is missing.
    pub said: Option<Node>,
    /// What is true; `None` where a field is invented.
    pub truth: Option<Node>,
    /// Where the truth stands.
    pub source: Path,
}

/// How strictly a view is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strict {
    /// It shows the row as it is: types and missing parts count.
    Whole,
    /// It is put together from parts of rows: only what is said counts.
    Part,
}

pub(super) fn brief(node: &Node) -> String {
    match node {
        Node::Str(s) if s.chars().count() <= LETTERS => s.to_string(),
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Str(_)
        | Node::List(_)
        | Node::Map(_) => node.brief(LETTERS),
    }
}

/// All that differs, into `out`; keys that `truth` lacks at the top are left to
/// the caller, who knows what else they may be.
pub(super) fn differences(
    said: &Map,
    truth: &Map,
    place: &str,
    source: &Path,
    strict: Strict,
    out: &mut Vec<Miss>,
) {
    for (key, value) in said {
        if let Some(true_value) = truth.get(key) {
            let place = format!("{place}.{key}");
            let source = source.join(Arc::clone(key));
            differs(key, value, true_value, &place, &source, strict, out, 0);
        }
    }
}

#[allow(clippy::too_many_arguments)] // what is compared, and where both stand
pub(super) fn differs(
    key: &str,
    said: &Node,
    truth: &Node,
    place: &str,
    source: &Path,
    strict: Strict,
    out: &mut Vec<Miss>,
    depth: usize,
) {
    if depth > DEEP || said == truth {
        return;
    }
    match (said, truth) {
        (Node::Map(a), Node::Map(b)) => {
            differences_below(a, b, place, source, strict, out, depth);
        }
        (Node::List(a), Node::List(b)) => lists(key, a, b, place, source, strict, out, depth),
        (
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Str(_)
            | Node::List(_)
            | Node::Map(_),
            _,
        ) => {
            let wrong = match alike(said, truth) {
                Alike::Same => false,
                Alike::Retyped => {
                    strict == Strict::Whole || said.as_str().is_some_and(decorated) && !money(key)
                }
                Alike::Other | Alike::OtherType => !empty(said) || !empty(truth),
            };
            if wrong {
                out.push(Miss {
                    kind: kind(key, said, truth),
                    key: key.to_owned(),
                    place: place.to_owned(),
                    said: Some(said.clone()),
                    truth: Some(truth.clone()),
                    source: source.clone(),
                });
            }
        }
    }
}

/// Nothing: null, an empty text, list or map.
pub(super) fn empty(node: &Node) -> bool {
    match node {
        Node::Null => true,
        Node::Str(s) => s.is_empty(),
        Node::List(l) => l.is_empty(),
        Node::Map(m) => m.is_empty(),
        Node::Bool(_) | Node::Int(_) | Node::Float(_) => false,
    }
}

fn money(key: &str) -> bool {
    const PARTS: [&str; 8] = [
        "price", "amount", "total", "cost", "fee", "balance", "charge", "refund",
    ];
    let key = key.to_ascii_lowercase();
    PARTS.iter().any(|p| key.contains(p))
}

fn miss(kind: &'static str, key: &str, place: String, source: Path) -> Miss {
    Miss {
        kind,
        key: key.to_owned(),
        place,
        said: None,
        truth: None,
        source,
    }
}

fn differences_below(
    said: &Map,
    truth: &Map,
    place: &str,
    source: &Path,
    strict: Strict,
    out: &mut Vec<Miss>,
    depth: usize,
) {
    for (key, value) in said {
        let place = format!("{place}.{key}");
        let source = source.join(Arc::clone(key));
        match truth.get(key) {
            Some(true_value) => {
                differs(
                    key,
                    value,
                    true_value,
                    &place,
                    &source,
                    strict,
                    out,
                    depth + 1,
                );
            }
            None if strict == Strict::Whole && !empty(value) => {
                let kind = if value.as_map().is_some() {
                    "invented_entity"
                } else {
                    "invented_field"
                };
                out.push(Miss {
                    said: Some(value.clone()),
                    ..miss(kind, key, place, source)
                });
            }
            None => {}
        }
    }
    if strict == Strict::Whole {
        for (key, value) in lacking(said, truth) {
            out.push(Miss {
                truth: Some(value.clone()),
                ..miss(
                    "missing_field",
                    key,
                    format!("{place}.{key}"),
                    source.join(Arc::clone(key)),
                )
            });
        }
    }
}

/// What a view of a whole row lacks of it; nothing where it lacks so much that
/// it is a choice of fields.
pub(super) fn lacking<'a>(said: &Map, truth: &'a Map) -> Vec<(&'a Arc<str>, &'a Node)> {
    // Who shows what is empty elsewhere leaves nothing out for being empty.
    let shows_empty = said.values().any(empty);
    let lacks: Vec<_> = truth
        .iter()
        .filter(|(k, v)| !said.contains(k) && (shows_empty || !empty(v)))
        .collect();
    if lacks.len() <= (truth.len() / 5).max(1) && said.len() > lacks.len() {
        lacks
    } else {
        Vec::new()
    }
}

/// The field that tells the rows of a list apart.
fn row_id(list: &List) -> Option<Arc<str>> {
    let first = list.get(0)?.as_map()?;
    let tells = |key: &&Arc<str>| {
        let mut all: Vec<_> = list
            .iter()
            .filter_map(|n| n.child(key).and_then(as_key))
            .collect();
        all.sort();
        all.len() == list.len() && all.windows(2).all(|w| w.first() != w.last())
    };
    first.keys().find(|k| is_id_key(k) && tells(k)).cloned()
}

#[allow(clippy::too_many_arguments)] // as `differs`
fn lists(
    key: &str,
    said: &List,
    truth: &List,
    place: &str,
    source: &Path,
    strict: Strict,
    out: &mut Vec<Miss>,
    depth: usize,
) {
    // What stands in both, in whatever order, is settled first.
    let mut rest: Vec<Option<(usize, &Node)>> = truth.iter().enumerate().map(Some).collect();
    let mut open: Vec<(usize, &Node)> = Vec::new();
    for (i, value) in said.iter().enumerate() {
        let here = rest
            .get(i)
            .is_some_and(|slot| slot.is_some_and(|(_, t)| t == value));
        let at = if here {
            Some(i)
        } else {
            rest.iter()
                .position(|slot| slot.is_some_and(|(_, t)| same_part(value, t)))
        };
        match at.and_then(|at| rest.get_mut(at)) {
            Some(slot) => *slot = None,
            None => open.push((i, value)),
        }
    }
    let mut rest: Vec<(usize, &Node)> = rest.into_iter().flatten().collect();
    let id = row_id(truth);
    for (i, value) in open {
        let by_id = id.as_deref().and_then(|id| {
            let own = value.child(id)?;
            rest.iter().position(|(_, t)| t.child(id) == Some(own))
        });
        let by_place = || rest.iter().position(|(at, _)| *at == i);
        let plain = !matches!(value, Node::Map(_) | Node::List(_));
        let pair = by_id.or_else(by_place).or(if plain || rest.is_empty() {
            None
        } else {
            Some(0)
        });
        let place = format!("{place}.{i}");
        match pair {
            Some(at) => {
                let (j, true_value) = rest.remove(at);
                let source = source.join(j.to_string());
                differs(
                    key,
                    value,
                    true_value,
                    &place,
                    &source,
                    strict,
                    out,
                    depth + 1,
                );
            }
            None => out.push(Miss {
                said: Some(value.clone()),
                ..miss("wrong_value", key, place, source.clone())
            }),
        }
    }
    if strict == Strict::Whole {
        for (j, value) in rest {
            out.push(Miss {
                truth: Some(value.clone()),
                ..miss(
                    "missing_field",
                    key,
                    place.to_owned(),
                    source.join(j.to_string()),
                )
            });
        }
    }
}

fn same_part(said: &Node, truth: &Node) -> bool {
    said == truth || said.same_value(truth) || alike(said, truth) == Alike::Same
}
