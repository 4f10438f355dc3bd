//! Objects and lists of a result: which row each is a view of, and what is
//! wrong with the view.

use super::about::means;
use super::same::{Alike, alike};
use super::sources::covered;
use super::tables::{Row, as_key};
use super::view::{Miss, Strict, differences, empty, lacking};
use super::{Judge, leaves};
use crate::engine::grounding::literal::id_of;
use crate::engine::grounding::origin::is_id_key;
use crate::engine::score::Finding;
use crate::engine::world::{List, Map, Node, Path};
use std::sync::Arc;

const DEEP: usize = 48;

impl<'a> Judge<'a> {
    /// The whole result.
    pub(super) fn result(&mut self) {
        let ran = self.ran;
        match ran.result {
            Node::Map(_) | Node::List(_) => {
                self.value(ran.result, "result", None, 0);
                if self.did_nothing() && self.findings.is_empty() {
                    self.nothing_done(self.viewed);
                }
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                if self.did_nothing() {
                    self.nothing_done(false);
                }
                self.plain_result(ran.result);
            }
        }
    }

    pub(super) fn value(
        &mut self,
        node: &'a Node,
        place: &str,
        among: Option<&List>,
        depth: usize,
    ) {
        if depth > DEEP {
            return;
        }
        match node {
            Node::List(list) => {
                for (i, item) in list.iter().enumerate() {
                    self.value(item, &format!("{place}.{i}"), Some(list), depth + 1);
                }
            }
            Node::Map(map) => self.object(map, place, among, depth),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                let key = place.rsplit('.').find(|k| k.parse::<usize>().is_err());
                let key = key.filter(|k| *k != "result").unwrap_or("").to_owned();
                self.loose(&key, node, place, None);
            }
        }
    }

    fn object(&mut self, map: &'a Map, place: &str, among: Option<&List>, depth: usize) {
        if let Some(row) = self.row_of(map) {
            self.view(map, &row, place, among);
            return;
        }
        if let Some(finding) = self.invented(map, place) {
            self.coverage.literals += 1;
            self.coverage.untraced += 1;
            self.find(finding);
            return;
        }
        if self.directory(map, place) {
            return;
        }
        for (key, value) in map {
            let place = format!("{place}.{key}");
            match value {
                Node::Map(_) | Node::List(_) => self.value(value, &place, None, depth + 1),
                Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                    self.loose(key, value, &place, Some(map));
                }
            }
        }
    }

    /// The row that an object is a view of: named by the object's own ids, or by
    /// the call, and sharing most of its fields.
    fn row_of(&self, map: &Map) -> Option<Row<'a>> {
        let mut best: Option<(usize, Row<'a>)> = None;
        let mut consider = |row: Row<'a>, bonus: usize| {
            let Some(truth) = row.node.as_map() else {
                return;
            };
            let shared = map.keys().filter(|k| truth.contains(k)).count();
            // Most of the object is the row's, or most of the row is in the object.
            let enough = shared * 2 >= map.len() || shared >= 2 && shared * 2 >= truth.len();
            if shared == 0 || !enough || shared + bonus < 2 && map.len() > 1 {
                return;
            }
            let equal = map
                .iter()
                .filter(|(k, v)| truth.get(k).is_some_and(|t| t == *v))
                .count();
            let score = shared * 3 + equal + bonus * 4;
            if best.as_ref().is_none_or(|(s, _)| score > *s) {
                best = Some((score, row));
            }
        };
        for (key, value) in map {
            let Some(id) = as_key(value).filter(|id| id.len() <= 128) else {
                continue;
            };
            if !is_id_key(key) && id_of(&id).is_none() {
                continue;
            }
            let mut rows = self.about.tables.rows(self.now, &id);
            for named in &self.about.named {
                rows.extend(self.about.tables.inside(&named.row, &id));
            }
            for row in rows {
                let table = self.about.tables.0.get(row.table);
                let own = table.is_some_and(|t| t.id.as_ref().is_some_and(|i| i == key));
                let means = table.is_some_and(|t| means(key, t.id.as_deref(), t.name()));
                if own || means || id_of(&id).is_some() {
                    consider(row, if own { 2 } else { usize::from(means) });
                }
            }
        }
        for named in &self.about.named {
            // An object that says its own id is no view of another row.
            let table = self.about.tables.0.get(named.row.table);
            let id = table.and_then(|t| t.id.as_deref());
            let other = id.is_some_and(|id| {
                let own = map.get(id).and_then(as_key);
                own.is_some_and(|k| self.key_of(&named.row).is_none_or(|n| n != k))
            });
            if !other {
                consider(named.row.clone(), 1);
            }
        }
        best.map(|(_, row)| row)
    }

    /// What names a row: its id, or its key.
    fn key_of(&self, row: &Row<'_>) -> Option<Arc<str>> {
        let table = self.about.tables.0.get(row.table)?;
        let own = table.id.as_deref().and_then(|id| row.node.child(id));
        own.and_then(as_key)
            .or_else(|| row.path.0.last().filter(|_| !table.list).cloned())
    }

    /// An object that looks like the row of a table and says an id that no row
    /// has.
    fn invented(&mut self, map: &Map, place: &str) -> Option<Finding> {
        for table in &self.about.tables.0 {
            let Some(id) = table.id.as_deref() else {
                continue;
            };
            let Some(own) = map.get(id).and_then(as_key) else {
                continue;
            };
            let example = self.example(table.path.as_slice())?;
            let shared = map.keys().filter(|k| example.contains(k)).count();
            if shared * 3 < map.len() * 2 || shared < 2 || shared * 2 < example.len() {
                continue;
            }
            if table.nested() && self.about.in_world(&own) {
                // It stands somewhere that nothing here leads to.
                continue;
            }
            let kind = if self.did_nothing() {
                "write_not_done"
            } else {
                "invented_entity"
            };
            return Some(
                self.finding(
                    kind,
                    format!("{own} is none of the world's {}", table.name()),
                )
                .said(own.to_string(), None)
                .at(format!("{place}.{id}")),
            );
        }
        None
    }

    /// A row of a table, for its fields.
    pub(super) fn example(&self, path: &[crate::engine::world::path::Seg]) -> Option<&'a Map> {
        use crate::engine::world::path::Seg;
        let mut node = self.now;
        for seg in path {
            node = match (seg, node) {
                (Seg::Key(k), _) => node.child(k)?,
                (Seg::Any, Node::Map(map)) => map.at(0)?.1,
                (Seg::Any, Node::List(list)) => list.get(0)?,
                (
                    Seg::Any,
                    Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_),
                ) => return None,
            };
        }
        match node {
            Node::Map(map) => map.at(0)?.1.as_map(),
            Node::List(list) => list.get(0)?.as_map(),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => None,
        }
    }

    /// A map from names to ids of one table: each pair must be so.
    fn directory(&mut self, map: &Map, place: &str) -> bool {
        if map.len() < 3 {
            return false;
        }
        let found: Vec<(&Arc<str>, &str, Option<Row<'a>>)> = map
            .iter()
            .filter_map(|(k, v)| Some((k, v.as_str()?)))
            .map(|(k, v)| (k, v, self.about.tables.rows(self.now, v).into_iter().next()))
            .collect();
        let known = found.iter().filter(|(_, _, row)| row.is_some()).count();
        if found.len() < map.len() || known * 5 < map.len() * 4 {
            return false;
        }
        self.coverage.literals += found.len();
        for (key, id, row) in found {
            let place = format!("{place}.{key}");
            let Some(row) = row else {
                self.coverage.untraced += 1;
                let what = format!("{id} is not in the world");
                let finding = self.finding("unknown_id", what).said(id, None).at(place);
                self.find(finding);
                continue;
            };
            let fits = row.node.as_map().is_some_and(|m| {
                m.values()
                    .any(|v| v.as_str().is_some_and(|s| s.eq_ignore_ascii_case(key)))
            });
            // Names that stand in no row at all say nothing about the pair.
            let named = self
                .about
                .tables
                .all(self.now, row.table)
                .into_iter()
                .find(|r| {
                    r.node
                        .as_map()
                        .is_some_and(|m| m.values().any(|v| v.as_str() == Some(key)))
                });
            match named {
                Some(right) if !fits => {
                    self.coverage.untraced += 1;
                    let truth = self.key_of(&right).unwrap_or_default();
                    let finding = self
                        .finding("wrong_entity", format!("{key} is {truth}, not {id}"))
                        .said(id, None)
                        .at(place)
                        .truth(&*truth, right.source());
                    self.find(finding);
                }
                Some(_) | None => self.coverage.traced += 1,
            }
        }
        true
    }

    /// An object that is a view of a row.
    fn view(&mut self, map: &'a Map, row: &Row<'a>, place: &str, among: Option<&List>) {
        let Some(truth) = row.node.as_map() else {
            return;
        };
        self.viewed = true;
        let literals = map.values().map(|n| leaves(n, 1)).sum::<usize>();
        self.coverage.literals += literals;
        let strict = strictness(map, truth);
        let mut misses = Vec::new();
        differences(map, truth, place, &row.path, strict, &mut misses);
        let extras = self.extras(map, row, place, strict, &mut misses);
        if strict == Strict::Whole {
            self.missing(map, row, place, among, extras, &mut misses);
        }
        self.asked_for_another(map, row, place);
        let wrong = misses.iter().filter(|m| m.said.is_some()).count();
        self.coverage.untraced += wrong.min(literals);
        self.coverage.traced += literals.saturating_sub(wrong);
        if misses.is_empty() {
            self.outside_reads(map, row, place);
        } else {
            self.explain(map, row, place, strict, misses);
        }
    }

    /// Fields that the row does not have. The number of those that come from
    /// elsewhere is told.
    fn extras(
        &mut self,
        map: &'a Map,
        row: &Row<'a>,
        place: &str,
        strict: Strict,
        misses: &mut Vec<Miss>,
    ) -> usize {
        let mut joined = 0;
        let Some(truth) = row.node.as_map() else {
            return joined;
        };
        let extra: Vec<_> = map
            .iter()
            .filter(|(k, v)| !truth.contains(k) && !empty(v))
            .collect();
        if extra.is_empty() {
            return joined;
        }
        let facets = self.about.facets(row, Some(map));
        for (key, value) in extra {
            let place = format!("{place}.{key}");
            let mut invented = |kind: &'static str, truth: Option<(Node, Path)>| {
                let (truth, source) = truth.map_or((None, row.path.clone()), |(t, p)| (Some(t), p));
                misses.push(Miss {
                    kind,
                    key: key.to_string(),
                    place: place.clone(),
                    said: Some(value.clone()),
                    truth,
                    source,
                });
            };
            let elsewhere = self.elsewhere(key, row, &facets);
            // The day of a flight names the row of that day.
            let names =
                as_key(value).is_some_and(|v| facets.iter().any(|f| f.path.0.last() == Some(&v)));
            if names
                || elsewhere.iter().any(|(_, n)| says_same(value, n))
                || self.is_argument(key, value)
            {
                joined += 1;
                continue;
            }
            if let Some((path, true_value)) = elsewhere.first() {
                // A name put together from its parts is the name.
                if value
                    .as_str()
                    .is_some_and(|s| self.about.near().has_words(s))
                {
                    joined += 1;
                } else if matches!(
                    (value, true_value),
                    (Node::Map(_), Node::Map(_)) | (Node::List(_), Node::List(_))
                ) {
                    super::view::differs(key, value, true_value, &place, path, strict, misses, 0);
                } else {
                    let kind = super::same::kind(key, value, true_value);
                    invented(kind, Some(((*true_value).clone(), path.clone())));
                }
                continue;
            }
            let declared = self.declares(key);
            let had = self.seen.had(self.ran.tool, map, key) == Some(true);
            let follows = self.reckoned(key, value)
                || (declared || had) && self.grounded(value)
                || self.renamed(value) && strict == Strict::Part;
            if follows {
                joined += 1;
            } else if declared || had {
                invented("ungrounded_result", None);
            } else if strict == Strict::Whole
                || !matches!(value, Node::Bool(_)) && !self.grounded(value)
            {
                invented("invented_field", None);
            } else {
                joined += 1;
            }
        }
        joined
    }

    /// Values under the same key in what belongs to the row: objects in it, rows
    /// in it that are named, rows that it refers to, other rows of the call.
    fn elsewhere(&self, key: &str, row: &Row<'a>, facets: &[Row<'a>]) -> Vec<(Path, &'a Node)> {
        let mut out = Vec::new();
        let mut add = |path: &Path, node: &'a Node| {
            if let Some(value) = node.child(key) {
                out.push((path.join(key), value));
            }
        };
        for facet in facets {
            add(&facet.path, facet.node);
        }
        for (name, inner) in row.node.as_map().into_iter().flat_map(Map::iter) {
            if inner.as_map().is_some() {
                add(&row.path.join(Arc::clone(name)), inner);
            }
        }
        let mut links = Vec::new();
        self.about.links_of(row.node, &mut links);
        for link in &links {
            add(&link.path, link.node);
        }
        for named in self.about.named.iter().filter(|n| n.row.path != row.path) {
            add(&named.row.path, named.row.node);
        }
        for link in self.about.linked() {
            add(&link.path, link.node);
        }
        out
    }

    /// Fields of the row that a view of the whole row lacks.
    fn missing(
        &mut self,
        map: &Map,
        row: &Row<'a>,
        place: &str,
        among: Option<&List>,
        joined: usize,
        misses: &mut Vec<Miss>,
    ) {
        let Some(truth) = row.node.as_map() else {
            return;
        };
        let had = |key: &str| self.seen.had(self.ran.tool, map, key);
        for (key, value) in lacking(map, truth) {
            // A list whose rows all lack it is a choice of fields; so is a view
            // that is joined with other rows, or one that never had it.
            let chosen = among
                .is_some_and(|list| list.len() > 1 && list.iter().all(|n| n.child(key).is_none()));
            let schema = self.facts.and_then(|f| f.output.as_ref());
            let left_out =
                schema.is_some() && !self.declares(key) && map.keys().any(|k| self.declares(k));
            let hidden = self
                .ran
                .reads
                .is_some_and(|r| !covered(r, &row.path.join(Arc::clone(key))));
            if chosen || left_out || hidden || joined > 0 && !self.declares(key) {
                continue;
            }
            if had(key) == Some(false) {
                continue;
            }
            misses.push(Miss {
                kind: "missing_field",
                key: key.to_string(),
                place: format!("{place}.{key}"),
                said: None,
                truth: Some(value.clone()),
                source: row.path.join(Arc::clone(key)),
            });
        }
    }

    /// A row that is not the one that the call asks for, by an id of the same
    /// name.
    fn asked_for_another(&mut self, map: &Map, row: &Row<'a>, place: &str) {
        if self.mutates {
            return;
        }
        let args = self.ran.args.as_map();
        for (key, asked) in args.into_iter().flat_map(Map::iter) {
            let (Some(asked), Some(shown)) = (as_key(asked), map.get(key).and_then(as_key)) else {
                continue;
            };
            if !is_id_key(key)
                || alike(&Node::Str(shown.clone()), &Node::Str(asked.clone())) == Alike::Same
            {
                continue;
            }
            let what = format!("the call asks for {asked}, the result shows {shown}");
            let finding = self
                .finding("wrong_entity", what)
                .said(shown.to_string(), None)
                .at(format!("{place}.{key}"))
                .truth(asked.to_string(), row.source());
            self.find(finding);
            return;
        }
    }
}

/// Whether an object shows a row as it is, or is put together.
fn strictness(said: &Map, truth: &Map) -> Strict {
    let shared = said.keys().filter(|k| truth.contains(k)).count();
    let told = truth.values().filter(|v| !empty(v)).count();
    if shared * 5 >= truth.len() * 3 || shared * 5 >= told * 4 && shared > 2 {
        Strict::Whole
    } else {
        Strict::Part
    }
}

/// Whether two values say the same; whole objects and lists too.
pub(super) fn says_same(said: &Node, truth: &Node) -> bool {
    said == truth
        || said.same_value(truth)
        || matches!(alike(said, truth), Alike::Same | Alike::Retyped)
}
