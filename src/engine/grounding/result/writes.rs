//! What a call did to the world, held against what it is about: rows that it
//! names, rows that belong to those, and nothing else.

use super::Judge;
use super::about::has_leaf;
use super::same::{Alike, alike, tells_status};
use super::sources::covered;
use super::tables::{Row, Table, as_key};
use super::view::{brief, empty};
use crate::engine::grounding::date::date;
use crate::engine::grounding::literal::id_of;
use crate::engine::grounding::origin::is_id_key;
use crate::engine::score::Finding;
use crate::engine::world::{Map, Node, Op, Path};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Different values that a field can have and still be a list of words.
const WORDS: usize = 12;
/// Rows that are read to tell whether it is.
const ROWS: usize = 400;

/// How a row that was written stands to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    /// The call names it, or it is new.
    Named,
    /// It belongs to a row that the call names.
    Linked,
    /// The call names another row of its table.
    Rival,
    /// Nothing leads from the call to it.
    Stranger,
}

impl Judge<'_> {
    /// What was written.
    pub(super) fn writes(&mut self) {
        let Some(patch) = self.ran.patch else { return };
        let mut new: BTreeSet<Arc<str>> = BTreeSet::new();
        for op in &patch.0 {
            if let Some((_, row)) = self.about.tables.owner(op.path())
                && row.find(self.before).is_none()
            {
                new.extend(row.0.last().cloned());
            }
        }
        for op in &patch.0 {
            if matches!(op, Op::Test { .. }) {
                continue;
            }
            let path = op.path();
            if let Some(writes) = self.ran.writes
                && !covered(writes, path)
            {
                let what = format!("{} wrote {path}, which it does not declare", self.ran.tool);
                let finding = self
                    .finding("undeclared_write", what)
                    .said(value_of(op).map(brief).unwrap_or_default(), None)
                    .truth("", format!("world {path}"));
                self.find(finding);
                continue;
            }
            if let Some(finding) = self.write(op, &new) {
                self.find(finding);
            }
        }
    }

    fn write(&self, op: &Op, new: &BTreeSet<Arc<str>>) -> Option<Finding> {
        let path = op.path();
        let Some((at, row)) = self.about.tables.owner(path) else {
            return self.sourceless(op, None, new);
        };
        let table = self.about.tables.0.get(at)?;
        let name = |p: &Path| p.0.last().cloned().unwrap_or_default();
        match self.tie(at, table, &row, new) {
            Tie::Named => self.sourceless(op, None, new),
            Tie::Linked => self.sourceless(op, Some(&row), new),
            Tie::Rival | Tie::Stranger => {
                let asked = self
                    .about
                    .named
                    .iter()
                    .find(|n| n.row.table == at)
                    .or(self.about.named.first())
                    .map(|n| name(&n.row.path));
                let asked = asked.unwrap_or_default();
                let what = format!(
                    "{path} was written; the call is about {}",
                    if asked.is_empty() {
                        "nothing there"
                    } else {
                        &asked
                    }
                );
                Some(
                    self.finding("write_elsewhere", what)
                        .said(value_of(op).map(brief).unwrap_or_default(), None)
                        .truth(asked.to_string(), format!("world {path}")),
                )
            }
        }
    }

    fn tie(&self, at: usize, table: &Table, row: &Path, new: &BTreeSet<Arc<str>>) -> Tie {
        let Some(node) = row.find(self.before) else {
            return Tie::Named;
        };
        let within = |n: &Row<'_>| row.covers(&n.path);
        let named = &self.about.named;
        if named.iter().any(|n| within(&n.row) && n.row.path == *row) {
            return Tie::Named;
        }
        if named.iter().any(|n| n.by_id && n.top && n.row.table == at) {
            return Tie::Rival;
        }
        if named.iter().any(|n| within(&n.row)) {
            return Tie::Named;
        }
        if named.is_empty() && new.is_empty() {
            // A call without ids may be about anything.
            return Tie::Named;
        }
        // Its id in a row of the call, or such a row's id in it.
        let key = table
            .id
            .as_deref()
            .and_then(|id| node.child(id))
            .and_then(as_key)
            .or_else(|| row.0.last().cloned())
            .unwrap_or_default();
        let mut ids: BTreeSet<Arc<str>> = new.clone();
        ids.extend(named.iter().filter_map(|n| n.row.path.0.last().cloned()));
        ids.extend(named.iter().filter_map(|n| {
            let table = self.about.tables.0.get(n.row.table)?;
            as_key(n.row.node.child(table.id.as_deref()?)?)
        }));
        let of_named = named
            .iter()
            .any(|n| mentions(n.row.node, &|k| *k == *key, 0));
        let of_new = self.ran.patch.is_some_and(|p| {
            p.0.iter()
                .filter_map(value_of)
                .any(|v| mentions(v, &|k| *k == *key, 0))
        });
        let of_linked = self
            .about
            .linked()
            .iter()
            .any(|r| r.path == *row || mentions(r.node, &|k| *k == *key, 0));
        if of_named || of_new || of_linked || mentions(node, &|k| ids.contains(k), 0) {
            Tie::Linked
        } else {
            Tie::Stranger
        }
    }

    /// A text that was written although nothing near the call says it. In a row
    /// that only belongs to the call's, a text must be the call's own.
    fn sourceless(
        &self,
        op: &Op,
        linked: Option<&Path>,
        new: &BTreeSet<Arc<str>>,
    ) -> Option<Finding> {
        let path = op.path();
        let value = value_of(op)?;
        let key = path
            .0
            .iter()
            .rev()
            .find(|k| k.parse::<usize>().is_err() && &***k != "-")
            .cloned()
            .unwrap_or_default();
        let Node::Str(text) = value else { return None };
        if text.is_empty() || path.find(self.before).is_none() && linked.is_none() {
            return None;
        }
        if self.said_in_call(text) || new.contains(text) {
            return None;
        }
        let named_path = path
            .0
            .iter()
            .any(|k| self.said_in_call(k) || new.contains(k));
        let free = date(text.get(..10).unwrap_or(text)).is_some() || tells_status(&key);
        if free || self.is_vocabulary(path, &key, text, linked.is_some()) {
            return None;
        }
        let near = self.near_text(text);
        let may = match linked {
            None => near || id_of(text).is_some() && is_id_key(&key) || text.contains(' '),
            Some(_) => named_path && near,
        };
        if may {
            return None;
        }
        let old = path.find(self.before).map(brief).unwrap_or_default();
        let what = format!("{path} was set to {text}, which the call does not say");
        Some(
            self.finding("undeclared_write", what)
                .said(&**text, None)
                .truth(old, format!("world {path}")),
        )
    }

    fn said_in_call(&self, text: &str) -> bool {
        self.about
            .args
            .iter()
            .any(|a| as_key(a.value).is_some_and(|k| *k == *text))
    }

    /// Whether a text stands in the rows that the call is about, as they were.
    fn near_text(&self, text: &str) -> bool {
        let is = |k: &str| *k == *text;
        let found = |node: &Node| mentions(node, &|k| is(k), 0);
        let named = self.about.named.iter().map(|n| &n.row);
        named
            .chain(self.about.linked())
            .filter_map(|r| r.path.find(self.before))
            .any(found)
            || self.facts.is_some_and(|f| {
                !text.contains('@')
                    && text.chars().any(char::is_alphabetic)
                    && f.description.to_lowercase().contains(&text.to_lowercase())
            })
    }

    /// Whether the field is one of a few words in all rows, and this is one of
    /// them: a status, a class. In a row of somebody else's it must also be
    /// spoken of by the tool.
    fn is_vocabulary(&self, path: &Path, key: &str, text: &str, linked: bool) -> bool {
        let Some((at, row)) = self.about.tables.owner(path) else {
            return !text.contains('@');
        };
        let rest = path.0.get(row.0.len()..).unwrap_or(&[]);
        let mut words: BTreeSet<&str> = BTreeSet::new();
        let rows = self.about.tables.all(self.before, at);
        let many = rows.len() > WORDS * 2;
        for other in rows.iter().take(ROWS) {
            let found = rest.iter().try_fold(other.node, |n, k| n.child(k));
            if let Some(word) = found.and_then(Node::as_str) {
                words.insert(word);
            }
            if words.len() > WORDS {
                return false;
            }
        }
        if linked {
            let spoken = self.facts.is_some_and(|f| {
                let about = format!("{} {}", f.name, f.description).to_lowercase();
                key.split('_').any(|w| w.len() > 3 && about.contains(w))
            });
            return words.contains(text) && spoken;
        }
        words.contains(text) || many && words.len() > 1 && !text.contains(['@', ' '])
    }

    /// A tool that writes said that it succeeded, and wrote nothing. `shown` says
    /// whether the result shows rows, which were found to be as the world is.
    pub(super) fn nothing_done(&mut self, shown: bool) {
        let text = self.ran.text.to_lowercase();
        const EXCUSES: [&str; 10] = [
            "already",
            "no change",
            "not ",
            "nothing",
            "unchanged",
            "cannot",
            "can't",
            "unable",
            "fail",
            "error",
        ];
        if EXCUSES.iter().any(|e| text.contains(e)) {
            return;
        }
        let wanted: Vec<_> = self
            .about
            .args
            .iter()
            .filter(|a| !is_id_key(&a.key))
            .filter(|a| !empty(a.value))
            .collect();
        let named: Vec<&Map> = self
            .about
            .named
            .iter()
            .filter_map(|n| n.row.node.as_map())
            .collect();
        let differs = |key: &str, value: &Node| {
            let own = named.iter().find_map(|m| leaf(m, key));
            own.is_some_and(|o| alike(value, o) != Alike::Same)
        };
        let against = wanted.iter().find(|a| differs(&a.key, a.value));
        let quoted = match against {
            Some(arg) => brief(arg.value),
            None if shown => return,
            None => {
                // Said done in words alone: it may have been so already.
                let satisfied = !wanted.is_empty()
                    && wanted.iter().all(|a| {
                        let text = a.value.as_str().unwrap_or("");
                        named.iter().any(|m| {
                            has_leaf(m, &a.key, text)
                                || leaf(m, &a.key).is_some_and(|o| alike(a.value, o) == Alike::Same)
                        })
                    });
                if satisfied || self.ran.agent.is_empty() {
                    return;
                }
                self.ran.text.chars().take(80).collect()
            }
        };
        let what = format!(
            "{} says that it is done, but nothing was written",
            self.ran.tool
        );
        let place = if shown { "result" } else { "" };
        let finding = self
            .finding("write_not_done", what)
            .said(quoted, None)
            .at(place);
        self.find(finding);
    }
}

/// A plain value under a key, at the top or in an object of the row.
fn leaf<'n>(map: &'n Map, key: &str) -> Option<&'n Node> {
    let plain = |n: &&Node| !matches!(n, Node::Map(_) | Node::List(_));
    map.get(key).filter(plain).or_else(|| {
        map.values()
            .filter_map(Node::as_map)
            .find_map(|m| m.get(key).filter(plain))
    })
}

fn value_of(op: &Op) -> Option<&Node> {
    match op {
        Op::Add { value, .. } | Op::Replace { value, .. } => Some(value),
        Op::Remove { .. } | Op::Move { .. } | Op::Copy { .. } | Op::Test { .. } => None,
    }
}

/// Whether a key or a plain value of a value fits.
fn mentions(node: &Node, is: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    match node {
        _ if depth > 32 => false,
        Node::Str(s) => is(s),
        Node::Int(i) => is(&i.to_string()),
        Node::List(list) => list.iter().any(|n| mentions(n, is, depth + 1)),
        Node::Map(map) => map.iter().any(|(k, n)| is(k) || mentions(n, is, depth + 1)),
        Node::Null | Node::Bool(_) | Node::Float(_) => false,
    }
}
