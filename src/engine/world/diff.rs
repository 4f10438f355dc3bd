//! What differs between two worlds: as a patch, and as a list of changes for a
//! reader. Equal parts are recognised by their hash and not looked into.

use super::node::{List, Map, Node};
use super::patch::{Op, Patch};
use super::path::Path;
use std::sync::Arc;

/// One place that differs between two worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where. What is gone from a list has its index of before, all else of after.
    pub path: Path,
    /// What stood there; `None` where it is new.
    pub before: Option<Node>,
    /// What stands there; `None` where it is gone.
    pub after: Option<Node>,
}

/// Two lists are matched exactly up to so many pairs of unlike elements;
/// longer ones only by their common start and end.
const MAX_PAIRS: usize = 1 << 16;

/// Two long lists are compared place by place where so few places differ.
const FEW: usize = 64;

/// The operations that lead from `from` to `to`, key order included.
#[must_use]
pub fn diff(from: &Node, to: &Node) -> Patch {
    let mut out = Vec::new();
    operations(from, to, &Path::root(), &mut out);
    Patch(out)
}

/// What differs, in document order, down to plain values; what is new or gone
/// as a whole is one change. Key order alone is no change.
#[must_use]
pub fn changes(from: &Node, to: &Node) -> Vec<Change> {
    let mut out = Vec::new();
    collect(from, to, &Path::root(), &mut out);
    out
}

/// A pair of parts that differ.
enum Pair<K> {
    /// In both, with unequal values.
    Both(K, K),
    /// Only in the first; for a list also where in the second it would stand.
    Gone(K, usize),
    /// Only in the second.
    New(K),
}

fn operations(from: &Node, to: &Node, path: &Path, out: &mut Vec<Op>) {
    if from == to {
        return;
    }
    let start = out.len();
    match (from, to) {
        (Node::Map(a), Node::Map(b)) => map_operations(a, b, path, out),
        (Node::List(a), Node::List(b)) => list_operations(a, b, path, out),
        _ => {
            out.push(Op::Replace {
                path: path.clone(),
                value: to.clone(),
            });
            return;
        }
    }
    // Where nearly all differs, the new value says it in fewer words.
    let cost = |op: &Op| match op {
        Op::Add { value, .. } | Op::Replace { value, .. } => value.weight().saturating_add(8),
        Op::Remove { .. } | Op::Move { .. } | Op::Copy { .. } | Op::Test { .. } => 8,
    };
    let all = out
        .iter()
        .skip(start)
        .map(cost)
        .fold(0, u64::saturating_add);
    if all > to.weight().saturating_mul(2).max(64) {
        out.truncate(start);
        out.push(Op::Replace {
            path: path.clone(),
            value: to.clone(),
        });
    }
}

fn map_operations(a: &Map, b: &Map, path: &Path, out: &mut Vec<Op>) {
    let (pairs, in_order) = match_maps(a, b);
    let mut new = Vec::new();
    for pair in pairs {
        match pair {
            Pair::Both(key, _) => {
                if let (Some(from), Some(to)) = (a.get(&key), b.get(&key)) {
                    operations(from, to, &path.join(key), out);
                }
            }
            Pair::Gone(key, _) => out.push(Op::Remove {
                path: path.join(key),
            }),
            Pair::New(key) => new.push(key),
        }
    }
    let add = |key: &Arc<str>| {
        let value = b.get(key)?.clone();
        let path = path.join(key.clone());
        Some(Op::Add { path, value })
    };
    if in_order {
        out.extend(new.iter().filter_map(add));
        return;
    }
    // The longest start of the new order that is in the old order too stays;
    // all behind it is put at the end, one after the other.
    let mut last = None;
    let staying = b.keys().take_while(|key| {
        let at = a.position(key);
        let stays = at.is_some() && at > last;
        last = at;
        stays
    });
    let staying = staying.count();
    for key in b.keys().skip(staying) {
        if a.contains(key) {
            let path = path.join(key.clone());
            let from = path.clone();
            out.push(Op::Move { from, path });
        } else {
            out.extend(add(key));
        }
    }
}

fn list_operations(a: &List, b: &List, path: &Path, out: &mut Vec<Op>) {
    let mut len = a.len();
    for pair in match_lists(a, b) {
        match pair {
            Pair::Both(i, j) => {
                if let (Some(from), Some(to)) = (a.get(i), b.get(j)) {
                    operations(from, to, &path.join(j.to_string()), out);
                }
            }
            Pair::Gone(_, at) => {
                len = len.saturating_sub(1);
                out.push(Op::Remove {
                    path: path.join(at.to_string()),
                });
            }
            Pair::New(j) => {
                let key = if j == len {
                    String::from("-")
                } else {
                    j.to_string()
                };
                len += 1;
                if let Some(value) = b.get(j).cloned() {
                    out.push(Op::Add {
                        path: path.join(key),
                        value,
                    });
                }
            }
        }
    }
}

fn collect(from: &Node, to: &Node, path: &Path, out: &mut Vec<Change>) {
    if from == to {
        return;
    }
    let mut put = |path: Path, before: Option<&Node>, after: Option<&Node>| match (before, after) {
        (Some(before), Some(after)) => collect(before, after, &path, out),
        (before, after) => out.push(Change {
            path,
            before: before.cloned(),
            after: after.cloned(),
        }),
    };
    match (from, to) {
        (Node::Map(a), Node::Map(b)) => {
            for pair in match_maps(a, b).0 {
                match pair {
                    Pair::Both(k, _) | Pair::Gone(k, _) | Pair::New(k) => {
                        put(path.join(k.clone()), a.get(&k), b.get(&k));
                    }
                }
            }
        }
        (Node::List(a), Node::List(b)) => {
            for pair in match_lists(a, b) {
                match pair {
                    Pair::Both(i, j) => put(path.join(j.to_string()), a.get(i), b.get(j)),
                    Pair::Gone(i, _) => put(path.join(i.to_string()), a.get(i), None),
                    Pair::New(j) => put(path.join(j.to_string()), None, b.get(j)),
                }
            }
        }
        _ => out.push(Change {
            path: path.clone(),
            before: Some(from.clone()),
            after: Some(to.clone()),
        }),
    }
}

/// The keys that differ, in the order of `a`, new ones at the end; and whether
/// taking out what is gone and appending what is new gives the order of `b`.
fn match_maps(a: &Map, b: &Map) -> (Vec<Pair<Arc<str>>>, bool) {
    if let Some(pairs) = match_big_maps(a, b) {
        return (pairs, true);
    }
    let (mut pairs, mut kept) = (Vec::new(), Vec::new());
    for (key, value) in a {
        match b.get(key) {
            Some(other) => {
                kept.push(key);
                if value != other {
                    pairs.push(Pair::Both(key.clone(), key.clone()));
                }
            }
            None => pairs.push(Pair::Gone(key.clone(), 0)),
        }
    }
    let new: Vec<_> = b.keys().filter(|key| !a.contains(key)).collect();
    kept.extend(&new);
    pairs.extend(new.into_iter().cloned().map(Pair::New));
    let in_order = kept.into_iter().eq(b.keys());
    (pairs, in_order)
}

/// The same by walking two tries side by side; `None` where their places do
/// not say everything (a key stands at another place than before).
fn match_big_maps(a: &Map, b: &Map) -> Option<Vec<Pair<Arc<str>>>> {
    let (old, new) = (a.trie()?, b.trie()?);
    let mut pairs = Vec::new();
    for (number, from, to) in old.unlike(new) {
        match (from, to) {
            (Some(from), Some(to)) if from.0 == to.0 => {
                if from.1 != to.1 {
                    pairs.push(Pair::Both(from.0.clone(), from.0.clone()));
                }
            }
            (Some(from), None) if !b.contains(&from.0) => {
                pairs.push(Pair::Gone(from.0.clone(), 0));
            }
            (None, Some(to)) if number >= old.next() && !a.contains(&to.0) => {
                pairs.push(Pair::New(to.0.clone()));
            }
            (None, None) => {}
            (Some(_) | None, Some(_)) | (Some(_), None) => return None,
        }
    }
    Some(pairs)
}

/// The elements that differ, in order.
fn match_lists(a: &List, b: &List) -> Vec<Pair<usize>> {
    if let Some(pairs) = match_long_lists(a, b) {
        return pairs;
    }
    let (a, b): (Vec<&Node>, Vec<&Node>) = (a.iter().collect(), b.iter().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest = (a.len().min(b.len())).saturating_sub(start);
    let ends = a.iter().rev().zip(b.iter().rev()).take(rest);
    let end = ends.take_while(|(x, y)| x == y).count();
    let (end_a, end_b) = (a.len() - end, b.len() - end);
    let mut pairs = Vec::new();
    let (mut i, mut j) = (start, start);
    let from = a.get(start..end_a).unwrap_or_default();
    let to = b.get(start..end_b).unwrap_or_default();
    for (next_i, next_j) in common(from, to) {
        gap(i..start + next_i, j..start + next_j, &mut pairs);
        (i, j) = (start + next_i + 1, start + next_j + 1);
    }
    gap(i..end_a, j..end_b, &mut pairs);
    pairs
}

/// The same by walking two tries side by side, where elements stand at the same
/// places in both but for a few.
fn match_long_lists(a: &List, b: &List) -> Option<Vec<Pair<usize>>> {
    let (old, new) = (a.trie()?, b.trie()?);
    if old.next() != old.len() as u64 || new.next() != new.len() as u64 {
        return None;
    }
    let unlike = old.unlike(new);
    let differ = |(_, from, to): &&(u64, Option<&Node>, Option<&Node>)| from != to;
    if unlike.iter().filter(differ).count() > FEW {
        return None;
    }
    let pairs = unlike.iter().filter(differ).map(|(number, from, to)| {
        let at = *number as usize;
        match (from, to) {
            (Some(_), Some(_)) => Pair::Both(at, at),
            (Some(_), None) => Pair::Gone(at, new.len()),
            (None, _) => Pair::New(at),
        }
    });
    Some(pairs.collect())
}

/// Pairs up what stands between two common elements.
fn gap(x: std::ops::Range<usize>, y: std::ops::Range<usize>, out: &mut Vec<Pair<usize>>) {
    let both = x.len().min(y.len());
    let (mid_x, mid_y) = (x.start + both, y.start + both);
    out.extend(
        (x.start..mid_x)
            .zip(y.start..mid_y)
            .map(|(i, j)| Pair::Both(i, j)),
    );
    out.extend((mid_x..x.end).map(|i| Pair::Gone(i, y.end)));
    out.extend((mid_y..y.end).map(Pair::New));
}

/// The places of a longest common subsequence; none where that is too much work.
fn common(a: &[&Node], b: &[&Node]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() || a.len().saturating_mul(b.len()) > MAX_PAIRS {
        return Vec::new();
    }
    let width = b.len() + 1;
    // longest[i * width + j]: the length for a[i..] and b[j..].
    let mut longest = vec![0u32; (a.len() + 1) * width];
    let at = |longest: &[u32], i: usize, j: usize| longest.get(i * width + j).copied().unwrap_or(0);
    let equal = |i: usize, j: usize| matches!((a.get(i), b.get(j)), (Some(x), Some(y)) if x == y);
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let best = if equal(i, j) {
                at(&longest, i + 1, j + 1) + 1
            } else {
                at(&longest, i + 1, j).max(at(&longest, i, j + 1))
            };
            if let Some(cell) = longest.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if equal(i, j) {
            out.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if at(&longest, i + 1, j) >= at(&longest, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}
