//! Finding a value in a tree: as a value, as a key, inside a text, as a sum; and
//! the words of a statement that name it.

use crate::engine::grounding::Sought;
use crate::engine::world::{Map, Node, Path};
use std::sync::Arc;

/// Values of one tree that are looked at; the rest of a larger one is not.
const NODES: usize = 400_000;
/// Hits that are kept.
const HITS: usize = 400;
/// Rows over which a sum is taken.
const ROWS: usize = 200;
/// Nothing of ours nests deeper; what does is not read on.
const DEPTH: usize = 128;

/// A place where a value was found.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub path: Path,
    /// Whether it is all that stands there, and no key.
    pub whole: bool,
}

impl Hit {
    /// A place that was not looked for.
    pub fn at(path: Path) -> Self {
        Self { path, whole: true }
    }
    /// All of something.
    pub fn whole() -> Self {
        Self::at(Path::root())
    }
}

/// Where a value stands in a tree, in its order: as a value, as a key, and with
/// `within` inside longer texts where it is nowhere by itself.
pub(super) fn hits(root: &Node, want: &Sought, within: bool) -> Vec<Hit> {
    let mut out = Vec::new();
    walk(root, &mut |path, key, node| {
        if out.len() >= HITS {
            return;
        }
        let keyed = key.is_some_and(|key| want.is_key(key));
        if want.is(node) {
            out.push(Hit::at(Path(path.to_vec())));
        } else if keyed && matches!(node, Node::Map(_) | Node::List(_)) {
            out.push(Hit {
                path: Path(path.to_vec()),
                whole: false,
            });
        }
    });
    if out.is_empty() && within {
        walk(root, &mut |path, _, node| {
            if out.len() < HITS
                && let Node::Str(text) = node
                && text.len() > want.text.len()
                && !want.in_text(text).is_empty()
            {
                out.push(Hit {
                    path: Path(path.to_vec()),
                    whole: false,
                });
            }
        });
    }
    out
}

/// The place of a value that stands in one place alone, or names one thing.
pub(super) fn only(root: &Node, want: &Sought) -> Option<Path> {
    let all = hits(root, want, false);
    let first = all.first()?;
    let one = all.len() == 1 || want.is_telling();
    one.then(|| first.path.clone())
}

pub(super) type See<'a> = dyn FnMut(&[Arc<str>], Option<&str>, &Node) + 'a;

pub(super) fn walk(root: &Node, see: &mut See<'_>) {
    let mut left = NODES;
    into(root, &mut Vec::new(), None, &mut left, see);
}

fn into(
    node: &Node,
    path: &mut Vec<Arc<str>>,
    key: Option<&str>,
    left: &mut usize,
    see: &mut See<'_>,
) {
    if *left == 0 || path.len() > DEPTH {
        return;
    }
    *left -= 1;
    see(path, key, node);
    match node {
        Node::Map(map) => {
            for (key, child) in map {
                path.push(Arc::clone(key));
                into(child, path, Some(key), left, see);
                path.pop();
            }
        }
        Node::List(list) => {
            for (i, child) in list.iter().enumerate() {
                path.push(i.to_string().into());
                into(child, path, None, left, see);
                path.pop();
            }
        }
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
    }
}

/// The numbers of a value.
pub(super) fn numbers(root: &Node, see: &mut dyn FnMut(Path, &Node)) {
    walk(root, &mut |path, _, node| {
        if matches!(node, Node::Int(_) | Node::Float(_)) {
            see(Path(path.to_vec()), node);
        }
    });
}

/// The numbers of one field over the rows of a list that come to a value.
pub(super) fn sum(root: &Node, value: f64) -> Option<Vec<(Path, Node)>> {
    let mut found = None;
    walk(root, &mut |path, _, node| {
        let Node::List(list) = node else { return };
        if found.is_some() || list.len() < 2 || list.len() > ROWS {
            return;
        }
        let fields = list.get(0).and_then(Node::as_map).into_iter();
        for field in fields.flat_map(Map::keys) {
            let rows: Vec<(Path, Node)> = list
                .iter()
                .enumerate()
                .filter_map(|(i, row)| {
                    let node = row.child(field).filter(|n| n.as_f64().is_some())?;
                    let at = Path(path.to_vec()).join(i.to_string());
                    Some((at.join(Arc::clone(field)), node.clone()))
                })
                .collect();
            let total: f64 = rows.iter().filter_map(|(_, n)| n.as_f64()).sum();
            if rows.len() > 1 && (total.abs() - value.abs()).abs() < 0.005 {
                found = Some(rows);
                return;
            }
        }
    });
    found
}

/// The texts of a value: what its rows are known by.
pub(super) fn texts(root: &Node, out: &mut Vec<String>) {
    walk(root, &mut |_, _, node| {
        if out.len() < 64
            && let Node::Str(text) = node
            && text.len() <= 80
        {
            out.push(text.to_string());
        }
    });
}

/// The last key of a path that is no place in a list.
pub(super) fn field(path: &Path) -> Option<&str> {
    let named = |key: &&Arc<str>| !key.bytes().all(|b| b.is_ascii_digit());
    path.0.iter().rev().find(named).map(|k| &**k)
}

/// Whether a word stands in a statement as a name.
pub(super) fn names(statement: &str, word: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !word.is_empty()
        && statement.match_indices(word).take(64).any(|(at, _)| {
            let before = statement.get(..at).and_then(|s| s.chars().next_back());
            let after = statement.get(at + word.len()..);
            !inner(before) && !inner(after.and_then(|s| s.chars().next()))
        })
}

/// Whether a statement has a value written in it.
pub(super) fn writes_out(statement: &str, want: &Sought) -> bool {
    let quoted = format!("\"{}\"", want.text);
    statement.contains(&quoted)
        || want.number().is_some()
            && want
                .in_text(statement)
                .iter()
                .any(|(a, b)| statement.get(*a..*b).is_some_and(|t| !t.starts_with('"')))
}
