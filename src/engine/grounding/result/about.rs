//! What a call is about: the rows that its arguments name, the rows that those
//! refer to, and all that stands in them.

use super::tables::{Row, Tables, as_key};
use crate::engine::grounding::known::Known;
use crate::engine::grounding::literal::id_of;
use crate::engine::grounding::origin::is_id_key;
use crate::engine::grounding::turn::Ran;
use crate::engine::world::{Map, Node, Op};
use std::cell::OnceCell;
use std::sync::Arc;

const DEEP: usize = 16;
/// Arguments that are looked at.
const ARGS: usize = 128;
/// Rows that are followed from the rows named.
const LINKS: usize = 64;

/// A plain value of the arguments.
#[derive(Clone, Debug)]
pub(super) struct Arg<'a> {
    /// The nearest key above it.
    pub key: Arc<str>,
    pub value: &'a Node,
    /// Whether it stands at the top, not in a list or an object.
    pub top: bool,
}

/// A row that an argument names.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    pub row: Row<'a>,
    pub top: bool,
    /// Whether it was named by its id, not found by its fields.
    pub by_id: bool,
}

/// What a call is about.
pub(super) struct About<'a> {
    pub tables: Tables,
    pub args: Vec<Arg<'a>>,
    pub named: Vec<Named<'a>>,
    now: &'a Node,
    ran: &'a Ran<'a>,
    linked: OnceCell<Vec<Row<'a>>>,
    near: OnceCell<Known>,
}

fn args_of<'a>(key: &Arc<str>, node: &'a Node, top: bool, depth: usize, out: &mut Vec<Arg<'a>>) {
    if depth > DEEP || out.len() >= ARGS {
        return;
    }
    match node {
        Node::Null => {}
        Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => out.push(Arg {
            key: Arc::clone(key),
            value: node,
            top,
        }),
        Node::List(list) => list
            .iter()
            .for_each(|n| args_of(key, n, false, depth + 1, out)),
        Node::Map(map) => map
            .iter()
            .for_each(|(k, n)| args_of(k, n, depth == 0, depth + 1, out)),
    }
}

/// Whether an argument's key can mean a table's rows: `order_id`, `order`,
/// `item_ids` for `orders` or rows with an `order_id`, `item_id`.
pub(super) fn means(key: &str, id: Option<&str>, table: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let table = table.to_ascii_lowercase();
    let one = |s: &str| s.strip_suffix('s').unwrap_or(s).to_owned();
    let single = one(&table);
    let key = one(&key);
    id.is_some_and(|id| one(&id.to_ascii_lowercase()) == key)
        || key == single
        || !single.is_empty() && key.contains(&single)
}

impl<'a> About<'a> {
    pub fn of(ran: &'a Ran<'a>, now: &'a Node, before: &'a Node) -> Self {
        let mut args = Vec::new();
        args_of(&Arc::from(""), ran.args, false, 0, &mut args);
        let mut out = Self {
            tables: Tables::of(now),
            args,
            named: Vec::new(),
            now,
            ran,
            linked: OnceCell::new(),
            near: OnceCell::new(),
        };
        out.name(now, before);
        out
    }

    fn name(&mut self, now: &'a Node, before: &'a Node) {
        let mut open = Vec::new();
        for arg in &self.args {
            let Some(id) = as_key(arg.value).filter(|id| (1..=128).contains(&id.len())) else {
                continue;
            };
            let mut rows = self.tables.rows(now, &id);
            if rows.is_empty() {
                // A call may have taken out what it names.
                rows = self.tables.rows(before, &id);
            }
            let shaped = arg.value.as_str().is_some() && (id_of(&id).is_some() || id.len() > 1);
            rows.retain(|row| {
                shaped
                    || self
                        .tables
                        .0
                        .get(row.table)
                        .is_some_and(|t| means(&arg.key, t.id.as_deref(), t.name()))
            });
            if rows.is_empty() {
                open.push((arg.clone(), id));
            }
            self.named.extend(rows.into_iter().map(|row| Named {
                row,
                top: arg.top,
                by_id: true,
            }));
        }
        // Rows inside rows: a card of the person, a day of the flight.
        for (arg, id) in open {
            let mut rows: Vec<Row<'a>> = Vec::new();
            for named in &self.named {
                rows.extend(self.tables.inside(&named.row, &id));
            }
            if rows.is_empty() && id_of(&id).is_some() {
                for row in self.linked() {
                    rows.extend(self.tables.inside(row, &id));
                }
                if rows.is_empty() {
                    rows = self.tables.anywhere(now, &id);
                }
                self.linked = OnceCell::new();
            }
            self.named.extend(rows.into_iter().map(|row| Named {
                row,
                top: arg.top,
                by_id: true,
            }));
        }
        if self.named.is_empty() {
            self.named = self
                .by_fields(now)
                .into_iter()
                .map(|row| Named {
                    row,
                    top: true,
                    by_id: false,
                })
                .collect();
        }
    }

    /// Rows that have every text of the arguments under its own key, at the top
    /// or in an object of theirs.
    pub fn by_fields(&self, world: &'a Node) -> Vec<Row<'a>> {
        let texts: Vec<(&str, &str)> = self
            .args
            .iter()
            .filter(|a| a.top)
            .filter_map(|a| Some((&*a.key, a.value.as_str()?)))
            .collect();
        if texts.is_empty() || texts.len() < self.args.len() {
            return Vec::new();
        }
        let mut out = Vec::new();
        for (at, table) in self.tables.0.iter().enumerate() {
            if table.nested() {
                continue;
            }
            out.extend(self.tables.all(world, at).into_iter().filter(|row| {
                row.node
                    .as_map()
                    .is_some_and(|map| texts.iter().all(|(k, v)| has_leaf(map, k, v)))
            }));
            if !out.is_empty() {
                break;
            }
        }
        out.truncate(LINKS);
        out
    }

    /// Rows that the rows named refer to.
    pub fn linked(&self) -> &[Row<'a>] {
        self.linked.get_or_init(|| {
            let mut out: Vec<Row<'a>> = Vec::new();
            for named in &self.named {
                self.links_of(named.row.node, &mut out);
            }
            out
        })
    }

    /// Rows that a value refers to by their ids.
    pub fn links_of(&self, node: &'a Node, out: &mut Vec<Row<'a>>) {
        let mut ids: Vec<&str> = Vec::new();
        texts(node, 0, &mut ids);
        for id in ids {
            if out.len() >= LINKS {
                return;
            }
            for row in self.tables.rows(self.now, id) {
                let new = out.iter().all(|r| r.path != row.path)
                    && self.named.iter().all(|n| n.row.path != row.path);
                if new {
                    out.push(row);
                }
            }
        }
    }

    /// Numbers, words and dates of all that the call is about.
    pub fn near(&self) -> &Known {
        self.near.get_or_init(|| {
            let mut known = Known::new();
            known.node(self.ran.args);
            for row in self.linked() {
                known.node(row.node);
            }
            for named in &self.named {
                known.node(named.row.node);
            }
            for op in self.ran.patch.iter().flat_map(|p| &p.0) {
                if let Op::Add { path, value } | Op::Replace { path, value } = op {
                    known.node(value);
                    // A row that was written to.
                    let row = crate::engine::world::Path(path.0.iter().take(2).cloned().collect());
                    if let Some((_, owner)) = self.tables.owner(path)
                        && let Some(node) = owner.find(self.now).or_else(|| row.find(self.now))
                    {
                        known.node(node);
                    }
                    for key in &path.0 {
                        known.text(key);
                    }
                }
            }
            known
        })
    }

    /// Whether a text stands in the world as a row's id, or anywhere at all.
    pub fn in_world(&self, text: &str) -> bool {
        !self.tables.rows(self.now, text).is_empty()
            || crate::engine::grounding::origin::occurs(text, self.now, 0)
    }

    /// Rows inside a row that the call or the object itself names: the day of a
    /// flight.
    pub fn facets(&self, row: &Row<'a>, object: Option<&Map>) -> Vec<Row<'a>> {
        let mut out = Vec::new();
        let own = object.into_iter().flat_map(Map::values).filter_map(as_key);
        let ids = self.args.iter().filter_map(|a| as_key(a.value)).chain(own);
        for id in ids.take(ARGS) {
            for inner in self.tables.inside(row, &id) {
                if out.iter().all(|r: &Row<'_>| r.path != inner.path) {
                    out.push(inner);
                }
            }
        }
        out
    }
}

/// Whether a map has a text under a key, or an object in it has.
pub(super) fn has_leaf(map: &Map, key: &str, text: &str) -> bool {
    let is = |node: &Node| node.as_str() == Some(text);
    map.get(key).is_some_and(is)
        || map
            .values()
            .filter_map(Node::as_map)
            .any(|inner| inner.get(key).is_some_and(is))
}

/// Texts that may be ids of other rows.
fn texts<'n>(node: &'n Node, depth: usize, out: &mut Vec<&'n str>) {
    if depth > 4 || out.len() >= LINKS * 2 {
        return;
    }
    match node {
        Node::Str(s) if s.len() > 1 && s.len() <= 64 && !s.contains(' ') => out.push(s),
        Node::List(list) => list.iter().for_each(|n| texts(n, depth + 1, out)),
        Node::Map(map) => map.iter().for_each(|(key, n)| match n {
            // A short word is an id only under a key that says so.
            Node::Str(s) if !is_id_key(key) && id_of(s).is_none() => {}
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Str(_)
            | Node::List(_)
            | Node::Map(_) => texts(n, depth + 1, out),
        }),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
    }
}
