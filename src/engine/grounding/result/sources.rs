//! Where a value of a result can come from beside the row that it is shown
//! with: the arguments, the schema, what is reckoned, what the tool may read.

use super::Judge;
use super::same::{Alike, alike, tells_reckoning};
use super::tables::{Row, sample};
use super::view::brief;
use crate::engine::grounding::known::Known;
use crate::engine::grounding::origin::Said;
use crate::engine::score::{Blame, Finding};
use crate::engine::world::{Map, Node, Op, Path, Pattern};
use std::sync::Arc;

/// Rows of a table that are looked at to tell what its rows have.
const ROWS: usize = 48;

impl<'a> Judge<'a> {
    /// Whether an argument of the same name has the value.
    pub(super) fn is_argument(&self, key: &str, value: &Node) -> bool {
        let args = self.about.args.iter();
        args.filter(|a| &*a.key == key)
            .any(|a| alike(value, a.value) == Alike::Same)
            || self
                .ran
                .args
                .child(key)
                .is_some_and(|a| a.same_value(value))
    }

    /// Whether the tool's output schema has a property of this name anywhere
    /// near the top.
    pub(super) fn declares(&self, key: &str) -> bool {
        let Some(schema) = self.facts.and_then(|f| f.output.as_ref()) else {
            return false;
        };
        let source = schema.source();
        [&[][..], &["0"], &["returns"], &["returns", "0"]]
            .iter()
            .any(|path| Said::at(source, path).declares(key))
    }

    /// A number that follows from those nearby, under a key that says so.
    pub(super) fn reckoned(&self, key: &str, value: &Node) -> bool {
        let number = value
            .as_f64()
            .or_else(|| value.as_str().and_then(super::same::read_number));
        tells_reckoning(key)
            && number.is_some_and(|n| {
                let near = self.about.near();
                near.has_number(n) || near.derives(n).is_some()
            })
    }

    /// A value that is distinctive and stands in what the call is about, under
    /// another name.
    pub(super) fn renamed(&self, value: &Node) -> bool {
        match value {
            Node::Str(s) => s.len() > 2 && self.about.near().has_string(s),
            Node::Float(f) => f.fract() != 0.0 && self.about.near().has_number(*f),
            Node::Int(i) => i.abs() > 999 && self.about.near().has_number(*i as f64),
            Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => false,
        }
    }

    /// Whether every plain value follows from what the call is about.
    pub(super) fn grounded(&self, value: &Node) -> bool {
        let near = self.about.near();
        match value {
            Node::Null | Node::Bool(_) => true,
            Node::Int(_) | Node::Float(_) => value
                .as_f64()
                .is_none_or(|n| near.has_number(n) || near.derives(n).is_some()),
            Node::Str(s) => {
                near.has_string(s)
                    || near.has_words(s)
                    || self.known.is_some_and(|k| k.has_words(s))
                    || s.split_whitespace().count() > 2
            }
            Node::List(list) => list.iter().all(|n| self.grounded(n)),
            Node::Map(map) => map.values().all(|n| self.grounded(n)),
        }
    }

    /// A true view that needed more of the world than the tool declares to read.
    pub(super) fn outside_reads(&mut self, map: &Map, row: &Row<'a>, place: &str) {
        if self.ran.reads.is_none() {
            return;
        }
        for (key, value) in map {
            let path = row.path.join(Arc::clone(key));
            if let Some(truth) = row.node.child(key) {
                self.needs(value, truth, &path, &format!("{place}.{key}"), 0);
            }
        }
    }

    fn needs(&mut self, value: &Node, truth: &Node, path: &Path, place: &str, depth: usize) {
        let reads = self.ran.reads.unwrap_or(&[]);
        let writes = self.ran.writes.unwrap_or(&[]);
        if depth > 16 || covered(reads, path) || covered(writes, path) {
            return;
        }
        match (value, truth) {
            (Node::Map(said), Node::Map(true_map)) => {
                for (key, value) in said {
                    if let Some(truth) = true_map.get(key) {
                        let path = path.join(Arc::clone(key));
                        self.needs(value, truth, &path, &format!("{place}.{key}"), depth + 1);
                    }
                }
            }
            (Node::Str(_) | Node::Int(_) | Node::Float(_), _) if !self.otherwise_known(value) => {
                self.unread(value, place, path);
            }
            (
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Str(_)
                | Node::List(_)
                | Node::Map(_),
                _,
            ) => {}
        }
    }

    /// A true value that the tool was not shown: what is wrong is what it is
    /// declared to read. One such finding says it for a whole result.
    fn unread(&mut self, value: &Node, place: &str, path: &Path) {
        if self.findings.iter().any(|f| f.kind == "outside_reads") {
            return;
        }
        let shown = brief(value);
        let what = format!(
            "{shown} is true, but {} does not declare to read {path}",
            self.ran.tool
        );
        let finding = Finding::of("outside_reads", self.step, Blame::Scenario, what)
            .said(shown.clone(), None)
            .at(place)
            .truth(shown, format!("world {path}"));
        self.find(finding);
    }

    /// The same for a value that stands in no view of a row.
    pub(super) fn loose_unread(&mut self, value: &Node, place: &str) {
        if self.ran.reads.is_none() || self.otherwise_known(value) {
            return;
        }
        let named = self.about.named.iter().map(|n| &n.row);
        let found = named
            .chain(self.about.linked())
            .find_map(|row| place_of(value, row.node, &row.path, 0))
            .or_else(|| place_of(value, self.before, &Path::root(), 0));
        if let Some(path) = found {
            self.unread(value, place, &path);
        }
    }

    /// Whether a value follows from what the tool may read, or from the call.
    fn otherwise_known(&self, value: &Node) -> bool {
        let Some(reads) = self.ran.reads else {
            return true;
        };
        let known = self.may_know.get_or_init(|| {
            let mut known = Known::new();
            known.node(self.ran.args);
            known.node(&self.before.project(reads));
            for op in self.ran.patch.iter().flat_map(|p| &p.0) {
                if let Op::Add { value, .. } | Op::Replace { value, .. } = op {
                    known.node(value);
                }
                for key in &op.path().0 {
                    known.text(key);
                }
            }
            known
        });
        match value {
            Node::Str(s) => known.has_string(s) || known.has_words(s) || known.has_id(s),
            Node::Int(_) | Node::Float(_) => value
                .as_f64()
                .is_none_or(|n| known.has_number(n) || known.derives(n).is_some()),
            Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => true,
        }
    }

    /// Whether rows of any table have a field of this name.
    pub(super) fn is_field(&self, key: &str) -> bool {
        self.about.tables.0.iter().any(|table| {
            let Some(example) = self.example(&table.path) else {
                return false;
            };
            example.contains(key)
                || example
                    .values()
                    .filter_map(Node::as_map)
                    .any(|m| sample(m, 4).any(|(k, v)| &**k == key || v.child(key).is_some()))
        }) || self
            .about
            .named
            .iter()
            .any(|n| n.row.node.child(key).is_some())
            || self
                .about
                .tables
                .0
                .iter()
                .enumerate()
                .filter(|(_, t)| !t.nested())
                .any(|(at, _)| {
                    let rows = self.about.tables.all(self.now, at);
                    rows.iter().take(ROWS).any(|r| r.node.child(key).is_some())
                })
    }
}

pub(super) fn covered(patterns: &[Pattern], path: &Path) -> bool {
    patterns.iter().any(|p| p.covers(path))
}

/// Where a plain value stands in another, the first place of it.
fn place_of(value: &Node, node: &Node, at: &Path, depth: usize) -> Option<Path> {
    match node {
        _ if depth > 32 => None,
        Node::Map(map) => map
            .iter()
            .find_map(|(k, n)| place_of(value, n, &at.join(Arc::clone(k)), depth + 1)),
        Node::List(list) => list
            .iter()
            .enumerate()
            .find_map(|(i, n)| place_of(value, n, &at.join(i.to_string()), depth + 1)),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
            node.same_value(value).then(|| at.clone())
        }
    }
}
