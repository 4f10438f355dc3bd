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
                near.has_number(n) || near.derives(n)
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
                .is_none_or(|n| near.has_number(n) || near.derives(n)),
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
        let Some(reads) = self.ran.reads else { return };
        let writes = self.ran.writes.unwrap_or(&[]);
        for (key, value) in map {
            let path = row.path.join(Arc::clone(key));
            let plain = !matches!(
                value,
                Node::Map(_) | Node::List(_) | Node::Null | Node::Bool(_)
            );
            if !plain
                || row.node.child(key).is_none()
                || covered(reads, &path)
                || covered(writes, &path)
                || self.otherwise_known(value)
            {
                continue;
            }
            let what = format!(
                "{} is true, but {} does not declare to read {path}",
                brief(value),
                self.ran.tool
            );
            let finding = Finding::of("outside_reads", self.step, Blame::Scenario, what)
                .said(brief(value), None)
                .at(format!("{place}.{key}"))
                .truth(brief(value), format!("world {path}"));
            self.find(finding);
            return;
        }
    }

    /// Whether a value follows from what the tool may read, or from the call.
    pub(super) fn otherwise_known(&self, value: &Node) -> bool {
        let Some(reads) = self.ran.reads else {
            return true;
        };
        let mut known = Known::new();
        known.node(self.ran.args);
        known.node(&self.before.project(reads));
        for op in self.ran.patch.iter().flat_map(|p| &p.0) {
            if let Op::Add { value, .. } | Op::Replace { value, .. } = op {
                known.node(value);
            }
        }
        match value {
            Node::Str(s) => known.has_string(s) || known.has_words(s),
            Node::Int(_) | Node::Float(_) => value
                .as_f64()
                .is_none_or(|n| known.has_number(n) || known.derives(n)),
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
