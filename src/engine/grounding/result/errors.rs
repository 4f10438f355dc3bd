//! Errors held against the world: what is not found must not be there, what is
//! not so must not be so, and what failed must have done nothing.

use super::Judge;
use super::about::means;
use super::same::tells_status;
use super::tables::as_key;
use crate::engine::grounding::literal::{LiteralKind, literals};
use crate::engine::grounding::origin::is_id_key;
use crate::engine::world::{Map, Node, Path};
use std::sync::Arc;

/// How an error says that something is not there.
const ABSENT: [&str; 9] = [
    "not found",
    "not exist",
    "doesn't exist",
    "no such",
    "does not exist",
    "unknown",
    "could not find",
    "cannot find",
    "not be found",
];

/// Whether an error says that something is not there.
pub(in crate::engine) fn says_absent(text: &str) -> bool {
    let lower = text.to_lowercase();
    ABSENT.iter().any(|w| lower.contains(w))
}

impl Judge<'_> {
    /// An error.
    pub(super) fn error(&mut self) {
        let text = match self.ran.result {
            Node::Str(s) => s.to_string(),
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::List(_)
            | Node::Map(_) => self.ran.text.to_owned(),
        };
        if self.ran.patch.is_some_and(|p| !p.is_empty()) {
            let what = format!(
                "{} says that it failed, but the world changed",
                self.ran.tool
            );
            let at = self
                .ran
                .patch
                .and_then(|p| p.0.first())
                .map_or_else(Path::root, |op| op.path().clone());
            let finding = self
                .finding("false_error", what)
                .said(text.clone(), None)
                .at("result")
                .truth("", format!("world {at}"));
            self.find(finding);
        }
        self.coverage.literals += 1;
        if self.facts.is_none() && self.others {
            // A tool that nobody offers fails whatever it is asked.
            self.coverage.unchecked += 1;
            return;
        }
        let lower = text.to_lowercase();
        let found = if says_absent(&text) {
            self.there(&text, &lower)
        } else {
            self.contradicted(&lower)
        };
        if let Some((truth, path)) = found {
            self.coverage.untraced += 1;
            let what = if truth.is_empty() {
                format!("{path} is in the world")
            } else {
                format!("the world says {truth} at {path}")
            };
            let finding = self
                .finding("false_error", what)
                .said(text, None)
                .at("result")
                .truth(truth, format!("world {path}"));
            self.find(finding);
        } else {
            self.coverage.unchecked += 1;
        }
    }

    /// What an error calls absent although it is there.
    fn there(&self, text: &str, lower: &str) -> Option<(String, Path)> {
        let args = self.ran.args.as_map()?;
        let ids: Vec<(&Arc<str>, Arc<str>)> = args
            .iter()
            .filter_map(|(k, v)| Some((k, as_key(v)?)))
            .collect();
        // The error names an argument: that one.
        let quoted: Vec<String> = literals(text)
            .into_iter()
            .filter(|l| matches!(l.kind, LiteralKind::Id | LiteralKind::Email))
            .map(|l| l.text)
            .collect();
        let said = |id: &str| quoted.iter().any(|q| q == id) || word_in(text, id);
        let named: Vec<_> = ids.iter().filter(|(_, id)| said(id)).collect();
        if !named.is_empty() {
            let there = named.iter().find_map(|(key, id)| self.stands(key, id));
            return there.or_else(|| self.looked_for(""));
        }
        if !quoted.is_empty() {
            return None;
        }
        // It names the kind of thing: the argument that means it.
        let subject = subject(lower);
        let about: Vec<_> = ids
            .iter()
            .filter(|(key, _)| is_id_key(key) && speaks_of(&subject, key))
            .collect();
        if !about.is_empty() {
            let there = about.iter().find_map(|(key, id)| self.stands(key, id));
            return there.or_else(|| self.looked_for(""));
        }
        self.looked_for(&subject)
    }

    /// A row that has all that the arguments say, where none of them is an id
    /// of a table: who looks for such a row finds it.
    fn looked_for(&self, subject: &str) -> Option<(String, Path)> {
        let tables = &self.about.tables.0;
        let by_id = self.about.args.iter().any(|a| {
            tables.iter().any(|t| {
                t.id.as_deref()
                    .is_some_and(|id| means(&a.key, Some(id), ""))
            })
        });
        if by_id {
            return None;
        }
        let spoken = self.ran.tool.to_lowercase();
        let rows = self.about.by_fields(self.before);
        rows.into_iter().find_map(|row| {
            let one = tables.get(row.table)?.name().trim_end_matches('s');
            let one = one.to_lowercase();
            (subject.contains(&one) || spoken.contains(&one)).then_some((String::new(), row.path))
        })
    }

    /// Where a thing with this id stands, if it is one that an argument of this
    /// key can mean: a row of a table of its own, or of one inside others where
    /// the call names nothing else.
    fn stands(&self, key: &str, id: &str) -> Option<(String, Path)> {
        let tables = &self.about.tables;
        let rows = tables.rows(self.before, id);
        let fits = rows.into_iter().find(|row| {
            tables.0.get(row.table).is_some_and(|t| {
                means(key, t.id.as_deref(), t.name()) || key == "id" || t.id.is_none()
            })
        });
        if let Some(row) = fits {
            return Some((String::new(), row.path));
        }
        let alone = self.ran.args.as_map().is_some_and(|m| m.len() == 1);
        if !alone {
            return None;
        }
        let inner = tables.anywhere(self.before, id).into_iter().find(|row| {
            tables
                .0
                .get(row.table)
                .is_some_and(|t| means(key, t.id.as_deref(), t.name()) || key == "id")
        });
        inner.map(|row| (String::new(), row.path))
    }

    /// `Non-pending order`, `is not delivered`: a status that the row has after
    /// all.
    fn contradicted(&self, lower: &str) -> Option<(String, Path)> {
        let rows = self.about.named.iter().filter(|n| n.by_id && n.top);
        for named in rows {
            for (key, value) in named.row.node.as_map().into_iter().flat_map(Map::iter) {
                let Some(word) = value.as_str().filter(|_| tells_status(key)) else {
                    continue;
                };
                let word = word.to_lowercase();
                let said = [
                    format!("non-{word} "),
                    format!("is not {word}"),
                    format!("not {word}"),
                    format!("isn't {word}"),
                ];
                let denied = said.iter().any(|s| {
                    lower.find(s.as_str()).is_some_and(|at| {
                        let rest = lower.get(at + s.len()..).unwrap_or("");
                        s.ends_with(' ')
                            || !rest.starts_with(|c: char| c.is_alphanumeric() || c == ' ')
                    })
                });
                if denied {
                    let path = named.row.path.join(Arc::clone(key));
                    return Some((word, path));
                }
            }
        }
        None
    }
}

/// What is said to be absent: the words before `not found`.
fn subject(lower: &str) -> String {
    let lower = lower.trim_start_matches("error:").trim();
    for word in ABSENT {
        if let Some(at) = lower.find(word) {
            let before = lower.get(..at).unwrap_or("").trim();
            let before = before.trim_end_matches(" does").trim_end_matches(" could");
            let after = lower.get(at + word.len()..).unwrap_or("").trim();
            let side = if before.is_empty() { after } else { before };
            return side.to_owned();
        }
    }
    String::new()
}

/// Whether the subject of an error is what a key names: `order` for `order_id`,
/// `payment method` for `payment_method_id`.
fn speaks_of(subject: &str, key: &str) -> bool {
    let key = key.to_lowercase();
    let thing = key
        .strip_suffix("_id")
        .or_else(|| key.strip_suffix("_number"))
        .or_else(|| key.strip_suffix("_code"))
        .unwrap_or(&key);
    let words: Vec<&str> = thing.split('_').filter(|w| !w.is_empty()).collect();
    let heard: Vec<&str> = subject
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
        .collect();
    !words.is_empty()
        && words.len() <= heard.len()
        && heard.len() <= words.len() + 2
        && words.iter().all(|w| heard.contains(w))
}

/// Whether a text has an id in it as a word of its own.
fn word_in(text: &str, id: &str) -> bool {
    id.len() > 1
        && text.match_indices(id).any(|(at, _)| {
            let before = text.get(..at).and_then(|s| s.chars().next_back());
            let after = text.get(at + id.len()..).and_then(|s| s.chars().next());
            let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !inner(before) && !inner(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_is_about() {
        assert_eq!(subject("error: order not found"), "order");
        assert_eq!(subject("no such line"), "line");
        assert!(speaks_of("order", "order_id"));
        assert!(speaks_of("payment method", "payment_method_id"));
        assert!(!speaks_of("variant", "order_id"));
        assert!(!speaks_of("method", "payment_method_id"));
    }
}
