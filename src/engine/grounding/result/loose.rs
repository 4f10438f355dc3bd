//! Values of a result that stand in no view of a row: texts, single answers,
//! fields of an object that is put together.

use super::Judge;
use super::same::{Alike, alike, tells_status};
use super::tables::as_key;
use crate::engine::grounding::literal::{LiteralKind, LiteralValue, id_of, literals};
use crate::engine::grounding::origin::is_id_key;
use crate::engine::world::{Map, Node, Path};

/// Keys of what surrounds an answer, in any tool.
const ENVELOPE: [&str; 28] = [
    "success",
    "ok",
    "message",
    "result",
    "results",
    "error",
    "note",
    "notes",
    "info",
    "detail",
    "details",
    "summary",
    "text",
    "data",
    "done",
    "valid",
    "found",
    "exists",
    "eligible",
    "allowed",
    "approved",
    "accepted",
    "confirmed",
    "confirmation",
    "reason",
    "answer",
    "status",
    "more",
];

enum Told {
    Traced,
    Unchecked,
    Wrong(&'static str, Option<(Path, Node)>),
}

impl<'a> Judge<'a> {
    /// A plain value under a key of an object that is no view of one row.
    pub(super) fn loose(&mut self, key: &str, value: &'a Node, place: &str, among: Option<&Map>) {
        let told = match value {
            Node::Null | Node::Map(_) | Node::List(_) => return,
            Node::Bool(_) => {
                let foreign = among.is_some_and(|m| self.is_foreign(key, m));
                if !foreign {
                    return;
                }
                Told::Wrong("invented_field", None)
            }
            Node::Str(s) if s.is_empty() => return,
            Node::Str(s) if s.split_whitespace().count() > 1 => {
                self.sentence(s, place);
                return;
            }
            Node::Str(_) | Node::Int(_) | Node::Float(_) => self.told(key, value, among),
        };
        self.coverage.literals += 1;
        let shown = super::view::brief(value);
        match told {
            Told::Traced => {
                self.coverage.traced += 1;
                self.loose_unread(value, place);
            }
            Told::Unchecked => self.coverage.unchecked += 1,
            Told::Wrong(kind, truth) => {
                self.coverage.untraced += 1;
                let what = match (kind, &truth) {
                    ("unknown_id", _) => format!("{shown} is not in the world"),
                    ("invented_field", _) => {
                        format!(
                            "`{key}` ({shown}) is no field of anything, and follows from nothing"
                        )
                    }
                    (_, Some((_, t))) => {
                        format!(
                            "`{key}` says {shown}, the world says {}",
                            super::view::brief(t)
                        )
                    }
                    (_, None) => format!("`{key}` says {shown}, which follows from nothing"),
                };
                let mut finding = self.finding(kind, what).said(shown, None).at(place);
                if let Some((path, t)) = truth {
                    finding = finding.truth(super::view::brief(&t), format!("world {path}"));
                }
                self.find(finding);
            }
        }
    }

    fn told(&self, key: &str, value: &Node, among: Option<&Map>) -> Told {
        let mut rival = None;
        let rows = self.about.named.iter().map(|n| &n.row);
        for row in rows.chain(self.about.linked()) {
            for facet in self.about.facets(row, among) {
                if let Some(true_value) = facet.node.child(key)
                    && matches!(alike(value, true_value), Alike::Same | Alike::Retyped)
                {
                    return Told::Traced;
                }
            }
            let Some(true_value) = row.node.child(key) else {
                continue;
            };
            if matches!(alike(value, true_value), Alike::Same | Alike::Retyped) {
                return Told::Traced;
            }
            rival.get_or_insert((row.path.join(key), true_value.clone()));
        }
        if self.is_argument(key, value) || self.reckoned(key, value) {
            return Told::Traced;
        }
        let text = as_key(value);
        let id = text.as_deref().filter(|s| id_of(s).is_some());
        if let Some(id) = id.filter(|_| value.as_str().is_some()) {
            let known = self.about.near().has_id(id)
                || self.about.in_world(id)
                || self.known.is_some_and(|k| k.has_id(id));
            return if known {
                Told::Traced
            } else {
                Told::Wrong("unknown_id", None)
            };
        }
        if self.about.named.is_empty() || ENVELOPE.contains(&key) {
            return Told::Unchecked;
        }
        let had = among.and_then(|m| self.seen.had(self.ran.tool, m, key)) == Some(true);
        let foreign = !had && !self.declares(key) && !self.is_field(key);
        if foreign {
            // A field that nobody knows: its value must follow from something.
            let date = value
                .as_str()
                .is_some_and(|s| crate::engine::grounding::date::date(s).is_some());
            let counts = value.as_str().is_none() || date;
            if !counts {
                let foreign = among.is_some_and(|m| self.is_foreign(key, m));
                return if foreign && !self.grounded(value) {
                    Told::Wrong("invented_field", None)
                } else {
                    Told::Unchecked
                };
            }
            let near = self.about.near();
            let follows = match value {
                Node::Str(s) => {
                    near.has_words(s)
                        || literals(s).iter().all(|l| {
                            near.trace(l).found() || self.known.is_some_and(|k| k.trace(l).found())
                        })
                }
                Node::Int(_)
                | Node::Float(_)
                | Node::Null
                | Node::Bool(_)
                | Node::List(_)
                | Node::Map(_) => value.as_f64().is_none_or(|n| near.has_number(n)),
            };
            return if follows {
                Told::Traced
            } else {
                Told::Wrong("invented_field", None)
            };
        }
        if self.grounded(value) {
            return Told::Traced;
        }
        match (rival, value) {
            (Some((path, t)), _) => Told::Wrong(super::same::kind(key, value, &t), Some((path, t))),
            (None, Node::Int(_) | Node::Float(_)) => Told::Wrong("ungrounded_result", None),
            (None, Node::Null | Node::Bool(_) | Node::Str(_) | Node::List(_) | Node::Map(_)) => {
                Told::Unchecked
            }
        }
    }

    /// Whether a field of an answer that a call about rows is given has a name
    /// that nobody speaks of: not the tool, its arguments, its schema, the world,
    /// nor what stands beside it.
    fn is_foreign(&self, key: &str, among: &Map) -> bool {
        let Some(facts) = self.facts else {
            return false;
        };
        if self.about.named.is_empty()
            || among.len() < 2
            || ENVELOPE.iter().any(|e| key.split('_').any(|w| w == *e))
            || self.declares(key)
            || self.seen.had(self.ran.tool, among, key) == Some(true)
            || self.is_field(key)
        {
            return false;
        }
        let mut spoken = format!("{} {}", facts.name, facts.description).to_lowercase();
        for (beside, value) in among.iter().filter(|(k, _)| &***k != key) {
            spoken.push_str(&format!(" {beside}").to_lowercase());
            if let Some(text) = value.as_str() {
                spoken.push_str(&format!(" {text}").to_lowercase());
            }
        }
        for arg in &self.about.args {
            spoken.push_str(&format!(" {}", arg.key).to_lowercase());
        }
        let stem = |w: &str| w.chars().take(5).collect::<String>().to_lowercase();
        !key.split(['_', ' ', '-'])
            .filter(|w| w.len() > 2)
            .any(|w| spoken.contains(&stem(w)))
    }

    /// A text of several words: the ids, amounts and addresses in it.
    pub(super) fn sentence(&mut self, text: &str, place: &str) {
        for literal in literals(text) {
            self.coverage.literals += 1;
            let near = self.about.near();
            let known = near.trace(&literal).found()
                || self.known.is_some_and(|k| k.trace(&literal).found());
            if known {
                self.coverage.traced += 1;
                if literal.kind == LiteralKind::Id {
                    self.loose_unread(&Node::str(literal.text.as_str()), place);
                }
                continue;
            }
            let wrong = match (&literal.kind, &literal.value) {
                (LiteralKind::Id | LiteralKind::Email, LiteralValue::Text(_)) => {
                    let bare = literal.text.trim_start_matches('#');
                    let in_world = self.about.in_world(&literal.text)
                        || self.about.in_world(bare)
                        || self.about.in_world(&format!("#{bare}"));
                    (!in_world).then_some("unknown_id")
                }
                (LiteralKind::Amount, LiteralValue::Number(_)) => {
                    (!self.about.named.is_empty()).then_some("wrong_amount")
                }
                (
                    LiteralKind::Id
                    | LiteralKind::Email
                    | LiteralKind::Amount
                    | LiteralKind::Date
                    | LiteralKind::Time
                    | LiteralKind::Percent
                    | LiteralKind::Tail
                    | LiteralKind::Number,
                    _,
                ) => None,
            };
            let Some(kind) = wrong else {
                self.coverage.unchecked += 1;
                continue;
            };
            self.coverage.untraced += 1;
            let what = if kind == "unknown_id" {
                format!("{} is not in the world", literal.text)
            } else {
                format!(
                    "{} follows from nothing that the call is about",
                    literal.text
                )
            };
            let span = (place == "result" && self.ran.text == text).then_some(literal.span);
            let finding = self
                .finding(kind, what)
                .said(literal.text.clone(), span)
                .at(place);
            self.find(finding);
        }
    }

    /// A result that is one plain value: an id, a status, a number, a text.
    pub(super) fn plain_result(&mut self, node: &'a Node) {
        let text = match node {
            Node::Str(s) => s.trim(),
            Node::Int(_) | Node::Float(_) => {
                self.number_result(node);
                return;
            }
            Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => return,
        };
        if text.is_empty() {
            return;
        }
        if text.contains(char::is_whitespace) {
            self.sentence(text, "result");
            return;
        }
        self.coverage.literals += 1;
        let rows = self.about.tables.rows(self.now, text);
        if !rows.is_empty() {
            self.identified(text, &rows);
            return;
        }
        if self.holds_leaf(node) || self.said_by_call(node) {
            self.coverage.traced += 1;
            self.loose_unread(node, "result");
            return;
        }
        // One word that some row has under the same key as the row asked about:
        // a status that is not so.
        if let Some((path, truth)) = self.rival_of(node) {
            self.coverage.untraced += 1;
            let key = path.0.last().cloned().unwrap_or_default();
            let kind = if tells_status(&key) {
                "wrong_status"
            } else {
                "wrong_value"
            };
            let shown = super::view::brief(&truth);
            let finding = self
                .finding(kind, format!("the world says {shown}, not {text}"))
                .said(text, None)
                .at("result")
                .truth(shown, format!("world {path}"));
            self.find(finding);
            return;
        }
        let numbered = text.chars().any(|c| c.is_ascii_digit());
        // An id that others only refer to is no answer to a search that finds no row.
        let lost = self.about.named.is_empty() && !self.mutates && !self.about.args.is_empty();
        let known =
            !lost && (self.about.in_world(text) || self.known.is_some_and(|k| k.has_id(text)));
        if numbered && !known {
            self.coverage.untraced += 1;
            let kind = if self.mutates {
                "unknown_id"
            } else {
                "invented_entity"
            };
            let finding = self
                .finding(kind, format!("{text} is not in the world"))
                .said(text, None)
                .at("result");
            self.find(finding);
        } else if known {
            self.coverage.traced += 1;
        } else {
            self.coverage.unchecked += 1;
        }
    }

    /// An id as the whole answer: the row must be the one asked for.
    fn identified(&mut self, id: &str, rows: &[super::tables::Row<'a>]) {
        let asks: Vec<super::about::Arg<'_>> = self
            .about
            .args
            .iter()
            .filter(|a| a.top && a.value.as_str().is_some())
            .cloned()
            .collect();
        for row in rows {
            let Some(map) = row.node.as_map() else {
                continue;
            };
            let mut against = None;
            for ask in &asks {
                let own = map.get(&ask.key).or_else(|| {
                    let mut inner = map.values().filter_map(Node::as_map);
                    inner.find_map(|m| m.get(&ask.key))
                });
                if let Some(own) = own
                    && !matches!(own, Node::Map(_) | Node::List(_))
                    && alike(ask.value, own) != Alike::Same
                {
                    against = Some((ask.key.clone(), ask.value.clone(), own.clone()));
                    break;
                }
            }
            let Some((key, asked, own)) = against.filter(|_| !self.mutates) else {
                self.coverage.traced += 1;
                return;
            };
            if row.path == rows.last().map_or_else(Path::root, |r| r.path.clone()) {
                self.coverage.untraced += 1;
                let (asked, own) = (super::view::brief(&asked), super::view::brief(&own));
                let finding = self
                    .finding(
                        "wrong_entity",
                        format!("{id} has `{key}` {own}, the call asks for {asked}"),
                    )
                    .said(id, None)
                    .at("result")
                    .truth(own, format!("{}/{key}", row.source()));
                self.find(finding);
            }
        }
    }

    /// Whether a row of the call has the value in it.
    fn holds_leaf(&self, value: &Node) -> bool {
        let mut rows: Vec<&Node> = Vec::new();
        for named in &self.about.named {
            rows.push(named.row.node);
        }
        rows.extend(self.about.linked().iter().map(|r| r.node));
        let facets = self.facets_of_named();
        if !facets.is_empty() {
            // The day of the flight is what is asked about, not the other days.
            return facets.iter().any(|f| holds(f.node, value, 0))
                || self.about.named.iter().any(|n| {
                    n.row
                        .node
                        .as_map()
                        .is_some_and(|m| m.values().any(|v| alike(value, v) == Alike::Same))
                });
        }
        rows.into_iter().any(|row| holds(row, value, 0))
    }

    fn facets_of_named(&self) -> Vec<super::tables::Row<'a>> {
        let named = self.about.named.iter();
        let mut out: Vec<super::tables::Row<'a>> = Vec::new();
        for facet in named.flat_map(|n| self.about.facets(&n.row, None)) {
            if out.iter().all(|r| r.path != facet.path) {
                out.push(facet);
            }
        }
        out
    }

    fn said_by_call(&self, value: &Node) -> bool {
        self.about
            .args
            .iter()
            .any(|a| alike(value, a.value) == Alike::Same)
    }

    /// The truth under a key under which other rows have the value.
    fn rival_of(&self, value: &Node) -> Option<(Path, Node)> {
        let mut asked = self.facets_of_named();
        if asked.is_empty() {
            asked = self.about.named.iter().map(|n| n.row.clone()).collect();
        }
        let others = |key: &str, row: &super::tables::Row<'a>| {
            let (above, _) = row.path.split()?;
            let container = above.find(self.now)?;
            let mut found = match container {
                Node::Map(m) => m.values().take(4096).any(|n| n.child(key) == Some(value)),
                Node::List(l) => l.iter().take(4096).any(|n| n.child(key) == Some(value)),
                Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => false,
            };
            if !found {
                let rows = self.about.tables.all(self.now, row.table);
                found = rows
                    .iter()
                    .take(20_000)
                    .any(|r| r.node.child(key) == Some(value));
            }
            found.then_some(())
        };
        for row in &asked {
            for (key, truth) in row.node.as_map().into_iter().flat_map(Map::iter) {
                let word = truth.as_str().is_some_and(|s| !s.contains(' '));
                if word && !is_id_key(key) && others(key, row).is_some() {
                    return Some((row.path.join(std::sync::Arc::clone(key)), truth.clone()));
                }
            }
        }
        None
    }

    fn number_result(&mut self, node: &Node) {
        self.coverage.literals += 1;
        if self.about.named.is_empty() {
            self.coverage.unchecked += 1;
        } else if self.grounded(node) {
            self.coverage.traced += 1;
        } else {
            self.coverage.untraced += 1;
            let shown = super::view::brief(node);
            let finding = self
                .finding(
                    "ungrounded_result",
                    format!("{shown} follows from nothing that the call is about"),
                )
                .said(shown, None)
                .at("result");
            self.find(finding);
        }
    }
}

fn holds(node: &Node, value: &Node, depth: usize) -> bool {
    match node {
        _ if depth > 32 => false,
        Node::Map(map) => map.values().any(|n| holds(n, value, depth + 1)),
        Node::List(list) => list.iter().any(|n| holds(n, value, depth + 1)),
        Node::Null => false,
        Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
            alike(value, node) == Alike::Same
        }
    }
}
