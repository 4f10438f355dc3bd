//! The tables of a world, told from its shape alone: maps whose keys are data,
//! and lists of rows with an id. Reads a few rows of each, never all.

use crate::engine::grounding::date::date;
use crate::engine::grounding::literal::id_of;
use crate::engine::world::path::Seg;
use crate::engine::world::{Map, Node, Path};
use std::sync::Arc;

/// Rows that are looked at to tell what a table is.
const SAMPLE: usize = 8;
/// Keys of a map that is no table, and containers, that are followed.
const WIDE: usize = 256;
const DEEP: usize = 12;

/// Where rows of one kind stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    /// The container; `Any` stands for the rows of a table around it.
    pub path: Vec<Seg>,
    /// The field that names a row: equal to its key in a map, its own in a list.
    pub id: Option<Arc<str>>,
    /// Whether it is a list.
    pub list: bool,
}

impl Table {
    /// Whether it stands inside the rows of another.
    pub fn nested(&self) -> bool {
        self.path.contains(&Seg::Any)
    }

    /// Its name: the last key of its path.
    pub fn name(&self) -> &str {
        let mut named = self.path.iter().rev().filter_map(|s| match s {
            Seg::Key(k) => Some(&**k),
            Seg::Any => None,
        });
        named.next().unwrap_or("")
    }
}

/// A row and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub path: Path,
    pub node: &'a Node,
    /// Which of the tables.
    pub table: usize,
}

impl Row<'_> {
    /// `world /orders/8841/status`
    pub fn source(&self) -> String {
        format!("world {}", self.path)
    }
}

/// All tables of a world.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables(pub Vec<Table>);

/// A few members of a map, evenly spread, the first and the last among them.
pub(super) fn sample(map: &Map, most: usize) -> impl Iterator<Item = (&Arc<str>, &Node)> {
    let len = map.len();
    let n = len.min(most);
    (0..n).filter_map(move |i| {
        let at = if n < 2 { 0 } else { i * (len - 1) / (n - 1) };
        map.at(at)
    })
}

/// A plain value as a key would write it.
pub(super) fn as_key(node: &Node) -> Option<Arc<str>> {
    match node {
        Node::Str(s) => Some(Arc::clone(s)),
        Node::Int(i) => Some(i.to_string().into()),
        Node::Null | Node::Bool(_) | Node::Float(_) | Node::List(_) | Node::Map(_) => None,
    }
}

impl Tables {
    /// Those of a world.
    pub fn of(world: &Node) -> Self {
        let mut out = Self::default();
        out.walk(world, &mut Vec::new());
        out
    }

    fn add(&mut self, path: &[Seg], id: Option<Arc<str>>, list: bool) {
        let same = |t: &&mut Table| t.path == path && t.list == list;
        match self.0.iter_mut().find(same) {
            // A row without its id says that the id is not one of every row.
            Some(table) if table.id != id => table.id = table.id.take().filter(|_| id.is_some()),
            Some(_) => {}
            None => self.0.push(Table {
                path: path.to_vec(),
                id,
                list,
            }),
        }
    }

    fn walk(&mut self, node: &Node, path: &mut Vec<Seg>) {
        if path.len() > DEEP || self.0.len() > WIDE {
            return;
        }
        match node {
            Node::Map(map) => {
                let is = if path.is_empty() { None } else { table_of(map) };
                if let Some(id) = is {
                    self.add(path, id, false);
                    for (_, row) in sample(map, SAMPLE) {
                        self.row(row, path);
                    }
                } else {
                    for (key, value) in map.iter().take(WIDE) {
                        path.push(Seg::Key(Arc::clone(key)));
                        self.walk(value, path);
                        path.pop();
                    }
                }
            }
            Node::List(list) => {
                let rows: Vec<&Node> = list.iter().take(SAMPLE).collect();
                if rows.is_empty() || rows.iter().any(|r| r.as_map().is_none()) {
                    return;
                }
                // Lists in rows say what the row has; they are no place to look up.
                if !path.contains(&Seg::Any)
                    && let Some(id) = list_id(&rows)
                {
                    self.add(path, Some(id), true);
                }
                for row in rows {
                    self.row(row, path);
                }
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
        }
    }

    fn row(&mut self, row: &Node, path: &mut Vec<Seg>) {
        path.push(Seg::Any);
        for (key, value) in row.as_map().into_iter().flat_map(Map::iter).take(WIDE) {
            path.push(Seg::Key(Arc::clone(key)));
            self.walk(value, path);
            path.pop();
        }
        path.pop();
    }

    /// Rows of tables of their own with this id.
    pub fn rows<'a>(&self, world: &'a Node, id: &str) -> Vec<Row<'a>> {
        let mut out = Vec::new();
        for (at, table) in self.0.iter().enumerate().filter(|(_, t)| !t.nested()) {
            let path = plain(&table.path);
            if let Some(container) = path.find(world) {
                out.extend(Self::pick(table, at, container, &path, id));
            }
        }
        out
    }

    /// Rows with this id of the tables inside a row (or below it).
    pub fn inside<'a>(&self, row: &Row<'a>, id: &str) -> Vec<Row<'a>> {
        let mut out = Vec::new();
        for (at, table) in self.0.iter().enumerate().filter(|(_, t)| t.nested()) {
            let Some(rest) = below(&table.path, &row.path) else {
                continue;
            };
            containers(row.node, &row.path, rest, &mut |path, container| {
                out.extend(Self::pick(table, at, container, path, id));
            });
        }
        out
    }

    /// Rows with this id of any table inside others, wherever they stand; only
    /// of tables whose rows say their own id, or any date would be one.
    pub fn anywhere<'a>(&self, world: &'a Node, id: &str) -> Vec<Row<'a>> {
        let mut out = Vec::new();
        let inner = |t: &Table| t.nested() && t.id.is_some();
        for (at, table) in self.0.iter().enumerate().filter(|(_, t)| inner(t)) {
            containers(world, &Path::root(), &table.path, &mut |path, container| {
                out.extend(Self::pick(table, at, container, path, id));
            });
        }
        out
    }

    fn pick<'a>(
        table: &Table,
        at: usize,
        container: &'a Node,
        path: &Path,
        id: &str,
    ) -> Option<Row<'a>> {
        match container {
            Node::Map(map) => map.get(id).map(|node| Row {
                path: path.join(id),
                node,
                table: at,
            }),
            Node::List(list) => {
                let field = table.id.as_deref()?;
                let is = |n: &Node| n.child(field).and_then(as_key).is_some_and(|k| *k == *id);
                let (i, node) = list.iter().enumerate().find(|(_, n)| is(n))?;
                Some(Row {
                    path: path.join(i.to_string()),
                    node,
                    table: at,
                })
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => None,
        }
    }

    /// The row of a table of its own that a place lies in: the table, and the
    /// path of the row.
    pub fn owner(&self, place: &Path) -> Option<(usize, Path)> {
        self.0.iter().enumerate().find_map(|(at, table)| {
            if table.nested() || place.0.len() <= table.path.len() {
                return None;
            }
            let path = plain(&table.path);
            path.covers(place).then(|| {
                let keys = place.0.iter().take(table.path.len() + 1);
                (at, Path(keys.cloned().collect()))
            })
        })
    }

    /// The rows of a table of its own.
    pub fn all<'a>(&self, world: &'a Node, at: usize) -> Vec<Row<'a>> {
        let mut out = Vec::new();
        let Some(table) = self.0.get(at) else {
            return out;
        };
        let root = Path::root();
        containers(world, &root, &table.path, &mut |path, container| {
            let mut add = |key: Arc<str>, node: &'a Node| {
                out.push(Row {
                    path: path.join(key),
                    node,
                    table: at,
                });
            };
            match container {
                Node::Map(map) => map.iter().for_each(|(k, n)| add(Arc::clone(k), n)),
                Node::List(list) => list
                    .iter()
                    .enumerate()
                    .for_each(|(i, n)| add(i.to_string().into(), n)),
                Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
            }
        });
        out
    }
}

/// A path without `Any`.
fn plain(path: &[Seg]) -> Path {
    Path(
        path.iter()
            .filter_map(|s| match s {
                Seg::Key(k) => Some(Arc::clone(k)),
                Seg::Any => None,
            })
            .collect(),
    )
}

/// What is left of a table's path below a row.
fn below<'t>(table: &'t [Seg], row: &Path) -> Option<&'t [Seg]> {
    let (above, rest) = table.split_at_checked(row.0.len())?;
    let fits = above.iter().zip(&row.0).all(|(seg, key)| match seg {
        Seg::Key(k) => k == key,
        Seg::Any => true,
    });
    (fits && !rest.is_empty()).then_some(rest)
}

/// Every container that a path with `Any` leads to.
fn containers<'a>(node: &'a Node, at: &Path, path: &[Seg], see: &mut dyn FnMut(&Path, &'a Node)) {
    let Some((seg, rest)) = path.split_first() else {
        return see(at, node);
    };
    match seg {
        Seg::Key(key) => {
            if let Some(child) = node.child(key) {
                containers(child, &at.join(Arc::clone(key)), rest, see);
            }
        }
        Seg::Any => match node {
            Node::Map(map) => {
                for (key, child) in map {
                    containers(child, &at.join(Arc::clone(key)), rest, see);
                }
            }
            Node::List(list) => {
                for (i, child) in list.iter().enumerate() {
                    containers(child, &at.join(i.to_string()), rest, see);
                }
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
        },
    }
}

/// The field that names the rows of a table, where one does.
type Id = Option<Arc<str>>;

/// Whether the keys of a map are data, and which field of a row repeats them.
fn table_of(map: &Map) -> Option<Id> {
    let rows: Vec<(&Arc<str>, &Map)> = sample(map, SAMPLE)
        .map(|(k, n)| n.as_map().filter(|m| !m.is_empty()).map(|m| (k, m)))
        .collect::<Option<_>>()?;
    let (first_key, first) = rows.first()?;
    let names = |field: &&Arc<str>| {
        rows.iter()
            .all(|(key, row)| row.get(field).and_then(as_key).is_some_and(|k| k == **key))
    };
    if let Some(id) = first.keys().find(names) {
        return Some(Some(Arc::clone(id)));
    }
    if rows.len() < 2 {
        return id_of(first_key).map(|_| None);
    }
    let shared = first
        .keys()
        .filter(|k| rows.iter().all(|(_, row)| row.contains(k)))
        .count();
    // Days and numbers are data, however different the rows.
    let data = rows
        .iter()
        .all(|(k, _)| id_of(k).is_some() || date(k).is_some() || k.parse::<f64>().is_ok());
    (shared * 5 >= first.len() * 3 || data && shared > 0).then_some(None)
}

/// The field that names the rows of a list.
fn list_id(rows: &[&Node]) -> Option<Arc<str>> {
    let first = rows.first()?.as_map()?;
    let distinct = |key: &str| {
        let all: Option<Vec<Arc<str>>> =
            rows.iter().map(|r| r.child(key).and_then(as_key)).collect();
        all.is_some_and(|mut all| {
            all.sort();
            all.windows(2).all(|w| w.first() != w.last())
        })
    };
    let named = |key: &&Arc<str>| crate::engine::grounding::origin::is_id_key(key) && distinct(key);
    first.keys().find(named).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn world() -> Node {
        Node::from_json(&json!({
            "people": {"ada_1": {"id": "ada_1", "cards": {"c_10": {"id": "c_10"}}, "home": {"zip": "1"}},
                       "bob_2": {"id": "bob_2", "cards": {}, "home": {"zip": "2"}}},
            "days": {"2024-05-01": {"open": true, "seats": 3}, "2024-05-02": {"open": false, "seats": 0}},
            "back": {"lines": [{"line_id": "L1", "up": true}, {"line_id": "L2", "up": false}]},
            "switch": {"on": true}
        }))
    }

    #[test]
    fn tables_are_told_from_their_shape() {
        let world = world();
        let tables = Tables::of(&world);
        let names: Vec<(&str, Option<&str>, bool)> = tables
            .0
            .iter()
            .map(|t| (t.name(), t.id.as_deref(), t.nested()))
            .collect();
        assert_eq!(
            names,
            [
                ("people", Some("id"), false),
                ("cards", Some("id"), true),
                ("days", None, false),
                ("lines", Some("line_id"), false),
            ]
        );
        let at = |rows: Vec<Row<'_>>| -> Vec<String> {
            rows.iter().map(|r| r.path.to_string()).collect()
        };
        assert_eq!(at(tables.rows(&world, "ada_1")), ["/people/ada_1"]);
        assert_eq!(at(tables.rows(&world, "L2")), ["/back/lines/1"]);
        assert_eq!(
            at(tables.anywhere(&world, "c_10")),
            ["/people/ada_1/cards/c_10"]
        );
        let ada = tables.rows(&world, "ada_1").remove(0);
        assert_eq!(
            at(tables.inside(&ada, "c_10")),
            ["/people/ada_1/cards/c_10"]
        );
        let place = Path::parse("/back/lines/1/up").unwrap();
        assert_eq!(tables.owner(&place).unwrap().1.to_string(), "/back/lines/1");
    }
}
