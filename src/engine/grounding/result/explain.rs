//! What the differences between a view and its row mean together: an old world
//! that is shown, a write that was not done, another row's data, or each for
//! itself.

use super::Judge;
use super::shown::says_same;
use super::tables::{Row, as_key};
use super::view::{Miss, Strict, brief, differences, lacking};
use crate::engine::grounding::literal::id_of;
use crate::engine::grounding::origin::is_id_key;
use crate::engine::score::{Blame, Finding};
use crate::engine::world::{Map, Node, Path};
use std::sync::Arc;

impl<'a> Judge<'a> {
    /// What the differences mean together.
    pub(super) fn explain(
        &mut self,
        map: &Map,
        row: &Row<'a>,
        place: &str,
        strict: Strict,
        misses: Vec<Miss>,
    ) {
        let first = misses.iter().find(|m| m.said.is_some()).or(misses.first());
        let Some(first) = first.cloned() else { return };
        let lacks_only = misses.iter().all(|m| m.said.is_none());
        let reached = |kind: &str| misses.iter().any(|m| m.kind == kind);
        let same_world = self.before == self.now;
        let older = (!same_world).then_some(self.before);
        let shows_old = !reached("invented_field")
            && older
                .into_iter()
                .chain(self.seen.worlds())
                .filter_map(|w| row.path.find(w)?.as_map())
                .any(|old| {
                    let mut now = Vec::new();
                    differences(map, old, place, &row.path, strict, &mut now);
                    if strict == Strict::Whole {
                        let lost = lacking(map, old).len();
                        now.is_empty()
                            && (lost == 0
                                || lost
                                    <= misses.iter().filter(|m| m.kind == "missing_field").count())
                    } else {
                        now.is_empty()
                    }
                });
        // A row of a list that is not there yet is as old as any other difference; a
        // field that is left out may have been left out for itself.
        let element = |m: &Miss| {
            m.source
                .0
                .last()
                .is_some_and(|k| k.parse::<usize>().is_ok())
        };
        let lacks_elements = misses.iter().all(element);
        if shows_old && (!lacks_only || lacks_elements) {
            let what = format!("{} is shown as it was before a write", name(&row.path));
            self.one(&first, "stale_read", what, Blame::Tool);
            return;
        }
        if self.did_nothing() && !lacks_only && reached_value(&misses) {
            let what = format!(
                "the result shows {} changed, but nothing was written",
                name(&row.path)
            );
            self.one(&first, "write_not_done", what, Blame::Tool);
            return;
        }
        if let Some((other, miss)) = self.another(map, row, &misses) {
            let what = format!(
                "{} is that of {}, not of {}",
                last(&miss.place),
                name(&other.path),
                name(&row.path)
            );
            self.one(&miss, "wrong_entity", what, Blame::Tool);
            return;
        }
        for miss in misses {
            let kind = self.exact_kind(&miss);
            let what = sentence(kind, &miss);
            self.one(&miss, kind, what, Blame::Tool);
        }
    }

    /// The kind of a difference, now that the whole world can be asked.
    fn exact_kind(&self, miss: &Miss) -> &'static str {
        let said = miss.said.as_ref();
        let id = said
            .and_then(|n| {
                let own = n
                    .as_map()
                    .and_then(|m| m.iter().find(|(k, _)| is_id_key(k)));
                own.map_or(Some(n), |(_, v)| Some(v))
            })
            .and_then(as_key)
            .filter(|s| id_of(s).is_some());
        match (miss.kind, id) {
            ("wrong_entity" | "wrong_value" | "invented_entity", Some(id)) => {
                if self.about.in_world(&id) {
                    "wrong_entity"
                } else {
                    "unknown_id"
                }
            }
            (kind, _) => kind,
        }
    }

    /// Another row of the table that what differs is taken from.
    fn another(&self, map: &Map, row: &Row<'a>, misses: &[Miss]) -> Option<(Row<'a>, Miss)> {
        let depth = row.path.0.len();
        let first = misses
            .iter()
            .find(|m| m.said.is_some() && m.truth.is_some())?;
        let top = first.source.0.get(depth)?;
        let said = map.get(top)?;
        let whole = matches!(said, Node::Map(m) if m.len() > 1);
        let several = misses.iter().filter(|m| m.said.is_some()).count() > 1;
        if !whole && !several {
            return None;
        }
        let table = self.about.tables.0.get(row.table)?;
        let id = table.id.as_deref();
        let rows = if table.nested() {
            return None;
        } else {
            self.about.tables.all(self.now, row.table)
        };
        let other = rows.into_iter().filter(|r| r.path != row.path).find(|r| {
            if whole {
                return r.node.child(top) == Some(said);
            }
            map.iter()
                .filter(|(k, _)| id != Some(&***k))
                .all(|(k, v)| r.node.child(k).is_some_and(|n| says_same(v, n)))
        })?;
        let miss = Miss {
            key: top.to_string(),
            place: if whole {
                let cut = first
                    .place
                    .find(&format!(".{top}"))
                    .map(|i| i + 1 + top.len());
                cut.and_then(|c| first.place.get(..c))
                    .unwrap_or(&first.place)
                    .to_owned()
            } else {
                first.place.clone()
            },
            said: Some(if whole {
                said.clone()
            } else {
                first.said.clone()?
            }),
            truth: if whole {
                row.node.child(top).cloned()
            } else {
                first.truth.clone()
            },
            source: if whole {
                row.path.join(Arc::clone(top))
            } else {
                first.source.clone()
            },
            ..first.clone()
        };
        Some((other, miss))
    }

    fn one(&mut self, miss: &Miss, kind: &str, what: String, blame: Blame) {
        let mut finding = Finding::of(kind, self.step, blame, what)
            .said(miss.said.as_ref().map(brief).unwrap_or_default(), None)
            .at(miss.place.clone());
        if let Some(truth) = &miss.truth {
            finding = finding.truth(brief(truth), format!("world {}", miss.source));
        }
        self.find(finding);
    }
}

fn reached_value(misses: &[Miss]) -> bool {
    misses
        .iter()
        .any(|m| m.said.is_some() && !matches!(m.kind, "wrong_type" | "invented_field"))
}

/// The last key of a row's path, as one calls it.
fn name(path: &Path) -> String {
    path.0.last().map_or_else(String::new, ToString::to_string)
}

fn last(place: &str) -> &str {
    place.rsplit('.').next().unwrap_or(place)
}

/// What is wrong, in words.
fn sentence(kind: &str, miss: &Miss) -> String {
    let said = miss.said.as_ref().map(brief).unwrap_or_default();
    let truth = miss.truth.as_ref().map(brief).unwrap_or_default();
    let key = &miss.key;
    match kind {
        "missing_field" => format!("`{key}` is missing; the world has {truth}"),
        "invented_field" => format!("`{key}` ({said}) is no field of {}", name(&miss.source)),
        "unknown_id" => format!("`{key}` says {said}, which is not in the world"),
        "wrong_type" => format!("`{key}` is {said} in another type than the world's {truth}"),
        "ungrounded_result" => format!("`{key}` says {said}, which follows from nothing"),
        _ if miss.truth.is_none() => {
            format!("`{key}` says {said}, which the world does not have there")
        }
        _ => format!("`{key}` says {said}, the world says {truth}"),
    }
}
