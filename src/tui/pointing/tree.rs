//! A world as rows that open and close. Only the rows that are asked for are
//! made, so that a world of megabytes costs what is on the screen.

use crate::engine::world::{Node, Path};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Places that a filter or a search lists; more are cut.
pub const MOST: usize = 1000;

/// Places that are open; the root always is.
pub type Open = BTreeSet<Path>;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it is.
    pub path: Path,
    /// How deep it stands below the first row above it that is not indented.
    pub depth: usize,
}

/// What is shown of a world: all of it, or the places that a filter lists, each
/// with what is open below it.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The world.
    pub world: &'a Node,
    /// What is open.
    pub open: &'a Open,
    /// The places of a filter.
    pub listed: Option<&'a [Path]>,
}

/// An open child, and how many rows stand below it.
struct Kid {
    place: usize,
    path: Path,
    rows: usize,
}

/// How many children a value has.
#[must_use]
pub fn children(node: &Node) -> usize {
    match node {
        Node::Map(map) => map.len(),
        Node::List(list) => list.len(),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => 0,
    }
}

/// Which of its siblings a child is.
fn position(node: &Node, key: &str) -> Option<usize> {
    match node {
        Node::Map(map) => map.position(key),
        Node::List(list) => key.parse().ok().filter(|at| *at < list.len()),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => None,
    }
}

/// The child at a place.
fn nth(node: &Node, place: usize) -> Option<(Arc<str>, &Node)> {
    match node {
        Node::Map(map) => map.at(place).map(|(key, kid)| (Arc::clone(key), kid)),
        Node::List(list) => list.get(place).map(|kid| (place.to_string().into(), kid)),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => None,
    }
}

/// The open children of a value, in order, each with the rows below it.
fn kids(node: &Node, at: &Path, open: &Open) -> Vec<Kid> {
    let depth = at.0.len();
    let mut out: Vec<Kid> = open
        .range(at.clone()..)
        .take_while(|path| at.covers(path))
        .filter(|path| path.0.len() == depth + 1)
        .filter_map(|path| {
            let key = path.0.last()?;
            let kid = node.child(key)?;
            Some(Kid {
                place: position(node, key)?,
                rows: below(kid, path, open),
                path: path.clone(),
            })
        })
        .collect();
    out.sort_by_key(|kid| kid.place);
    out
}

/// How many rows stand below an open place.
fn below(node: &Node, at: &Path, open: &Open) -> usize {
    kids(node, at, open)
        .iter()
        .map(|kid| kid.rows)
        .fold(children(node), usize::saturating_add)
}

/// Rows being taken: so many are left out first, then so many taken.
struct Taking<'a> {
    open: &'a Open,
    skip: usize,
    left: usize,
    out: Vec<Row>,
}

impl Taking<'_> {
    fn done(&self) -> bool {
        self.left == 0
    }

    fn push(&mut self, path: Path, depth: usize) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.left > 0 {
            self.left -= 1;
            self.out.push(Row { path, depth });
        }
    }

    /// Children of a value by place.
    fn some(&mut self, node: &Node, at: &Path, depth: usize, places: Range<usize>) {
        let skipped = self.skip.min(places.len());
        self.skip -= skipped;
        for place in places.skip(skipped) {
            if self.done() {
                return;
            }
            if let Some((key, _)) = nth(node, place) {
                self.push(at.join(key), depth);
            }
        }
    }

    /// All rows below an open place.
    fn below(&mut self, node: &Node, at: &Path, depth: usize) {
        let mut next = 0;
        for kid in kids(node, at, self.open) {
            self.some(node, at, depth, next..kid.place.saturating_add(1));
            next = kid.place.saturating_add(1);
            if self.done() {
                return;
            }
            if self.skip >= kid.rows {
                self.skip -= kid.rows;
            } else if let Some((_, below)) = nth(node, kid.place) {
                self.below(below, &kid.path, depth.saturating_add(1));
            }
        }
        self.some(node, at, depth, next..children(node));
    }
}

impl Shown<'_> {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self.listed {
            None => below(self.world, &Path::root(), self.open),
            Some(listed) => listed
                .iter()
                .map(|path| self.under(path))
                .fold(listed.len(), usize::saturating_add),
        }
    }

    /// Rows below a place, where it is open.
    fn under(&self, path: &Path) -> usize {
        if !self.open.contains(path) {
            return 0;
        }
        path.find(self.world)
            .map_or(0, |node| below(node, path, self.open))
    }

    /// So many rows from one on.
    #[must_use]
    pub fn window(&self, from: usize, count: usize) -> Vec<Row> {
        let mut taking = Taking {
            open: self.open,
            skip: from,
            left: count,
            out: Vec::new(),
        };
        let Some(listed) = self.listed else {
            taking.below(self.world, &Path::root(), 0);
            return taking.out;
        };
        for path in listed {
            if taking.done() {
                break;
            }
            taking.push(path.clone(), 0);
            if self.open.contains(path)
                && let Some(node) = path.find(self.world)
            {
                taking.below(node, path, 1);
            }
        }
        taking.out
    }

    /// Which row a place is; `None` where it is not shown.
    #[must_use]
    pub fn index(&self, path: &Path) -> Option<usize> {
        let Some(listed) = self.listed else {
            return self.index_below(&Path::root(), path);
        };
        let mut before = 0usize;
        for one in listed {
            if one == path {
                return Some(before);
            }
            if one.covers(path)
                && self.open.contains(one)
                && let Some(found) = self.index_below(one, path)
            {
                return Some(before.saturating_add(1).saturating_add(found));
            }
            before = before.saturating_add(1).saturating_add(self.under(one));
        }
        None
    }

    /// Which row below an open place another one is.
    fn index_below(&self, top: &Path, path: &Path) -> Option<usize> {
        let keys = path.0.get(top.0.len()..).filter(|keys| !keys.is_empty())?;
        let mut node = top.find(self.world)?;
        let mut at = top.clone();
        let mut row = 0usize;
        for (i, key) in keys.iter().enumerate() {
            if i > 0 {
                if !self.open.contains(&at) {
                    return None;
                }
                row = row.saturating_add(1);
            }
            let place = position(node, key)?;
            let above = kids(node, &at, self.open);
            let above = above.iter().filter(|kid| kid.place < place);
            row = above
                .map(|kid| kid.rows)
                .fold(row.saturating_add(place), usize::saturating_add);
            node = node.child(key)?;
            at = at.join(Arc::clone(key));
        }
        Some(row)
    }
}

/// Opens all that stands above a place, so that it is shown.
pub fn open_to(open: &mut Open, path: &Path) {
    let mut at = path.clone();
    while let Some((above, _)) = at.split() {
        if !above.0.is_empty() {
            open.insert(above.clone());
        }
        at = above;
    }
}

/// Whether one place of a world stands before another in its order.
#[must_use]
pub fn before(world: &Node, one: &Path, other: &Path) -> bool {
    let mut node = world;
    for (a, b) in one.0.iter().zip(&other.0) {
        if a == b {
            let Some(kid) = node.child(a) else {
                return false;
            };
            node = kid;
            continue;
        }
        return position(node, a) < position(node, b);
    }
    one.0.len() < other.0.len()
}

/// A path as one reads it: `orders.8841.payments[1].amount`.
#[must_use]
pub fn dotted(world: &Node, path: &Path) -> String {
    let mut out = String::new();
    let mut node = Some(world);
    for key in &path.0 {
        name(&mut out, matches!(node, Some(Node::List(_))), key);
        node = node.and_then(|n| n.child(key));
    }
    out
}

/// Adds a key to a dotted path.
fn name(out: &mut String, in_list: bool, key: &str) {
    if in_list {
        out.extend(["[", key, "]"]);
        return;
    }
    if !out.is_empty() {
        out.push('.');
    }
    out.push_str(key);
}

/// Sees a value: its keys, its dotted path, itself. Ends the visit by a no.
pub type See<'a> = dyn FnMut(&[Arc<str>], &str, &Node) -> bool + 'a;

/// Sees every value below the root in order.
pub fn visit(world: &Node, see: &mut See<'_>) {
    let (mut keys, mut words) = (Vec::new(), String::new());
    walk(world, &mut keys, &mut words, see);
}

fn walk(node: &Node, keys: &mut Vec<Arc<str>>, words: &mut String, see: &mut See<'_>) -> bool {
    let in_list = matches!(node, Node::List(_));
    let mut one = |key: Arc<str>, kid: &Node| {
        let cut = words.len();
        name(words, in_list, &key);
        keys.push(key);
        let on = see(keys, words, kid) && walk(kid, keys, words, see);
        keys.pop();
        words.truncate(cut);
        on
    };
    match node {
        Node::Map(map) => map.iter().all(|(key, kid)| one(Arc::clone(key), kid)),
        Node::List(list) => list
            .iter()
            .enumerate()
            .all(|(i, kid)| one(i.to_string().into(), kid)),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => true,
    }
}

/// A plain value as one writes it; texts without quotes, nothing for lists and maps.
#[must_use]
pub fn plain(node: &Node) -> Option<String> {
    match node {
        Node::Str(text) => Some(text.to_string()),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => Some(node.to_string()),
        Node::List(_) | Node::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> Node {
        serde_json::from_str(
            r#"{"orders":{"a":{"status":"open","lines":[1,2,3]},"b":{"status":"done"}},"log":["x","y"],"n":5}"#,
        )
        .unwrap()
    }

    fn path(text: &str) -> Path {
        Path::parse(text).unwrap()
    }

    /// All rows made one by one, the plain way.
    fn all(shown: &Shown<'_>) -> Vec<Row> {
        fn go(node: &Node, at: &Path, depth: usize, open: &Open, out: &mut Vec<Row>) {
            for place in 0..children(node) {
                let (key, kid) = nth(node, place).unwrap();
                let path = at.join(key);
                out.push(Row {
                    path: path.clone(),
                    depth,
                });
                if open.contains(&path) {
                    go(kid, &path, depth + 1, open, out);
                }
            }
        }
        let mut out = Vec::new();
        match shown.listed {
            None => go(shown.world, &Path::root(), 0, shown.open, &mut out),
            Some(listed) => {
                for path in listed {
                    out.push(Row {
                        path: path.clone(),
                        depth: 0,
                    });
                    if shown.open.contains(path) {
                        let node = path.find(shown.world).unwrap();
                        go(node, path, 1, shown.open, &mut out);
                    }
                }
            }
        }
        out
    }

    #[test]
    fn windows_counts_and_indices_agree_with_the_plain_walk() {
        let world = world();
        let places = [
            "/orders",
            "/orders/a",
            "/orders/a/lines",
            "/log",
            "/orders/b",
            "/gone",
        ];
        let listed = [path("/orders/a"), path("/log"), path("/n")];
        for bits in 0..(1 << places.len()) {
            let open: Open = places
                .iter()
                .enumerate()
                .filter(|(i, _)| bits & (1 << i) != 0)
                .map(|(_, p)| path(p))
                .collect();
            for listed in [None, Some(&listed[..])] {
                let shown = Shown {
                    world: &world,
                    open: &open,
                    listed,
                };
                let wanted = all(&shown);
                assert_eq!(shown.rows(), wanted.len(), "{open:?}");
                for from in 0..=wanted.len() {
                    for count in 0..4 {
                        let to = (from + count).min(wanted.len());
                        assert_eq!(
                            shown.window(from, count),
                            wanted[from..to],
                            "{open:?} {from}"
                        );
                    }
                }
                for (i, row) in wanted.iter().enumerate() {
                    assert_eq!(shown.index(&row.path), Some(i), "{open:?} {}", row.path);
                }
            }
        }
    }

    #[test]
    fn what_is_closed_or_gone_has_no_row() {
        let world = world();
        let shown = Shown {
            world: &world,
            open: &Open::new(),
            listed: None,
        };
        assert_eq!(shown.index(&path("/orders/a")), None);
        assert_eq!(shown.index(&path("/gone")), None);
        assert_eq!(shown.index(&Path::root()), None);
    }

    #[test]
    fn order_and_names() {
        let world = world();
        assert!(before(&world, &path("/orders/b"), &path("/log")));
        assert!(before(&world, &path("/orders"), &path("/orders/a")));
        assert!(!before(&world, &path("/log/1"), &path("/log/0")));
        assert_eq!(
            dotted(&world, &path("/orders/a/lines/2")),
            "orders.a.lines[2]"
        );
        let mut seen = Vec::new();
        visit(&world, &mut |_, name, _| {
            seen.push(name.to_owned());
            true
        });
        assert_eq!(seen[..3], ["orders", "orders.a", "orders.a.status"]);
        assert_eq!(seen.last().unwrap(), "n");
    }
}
