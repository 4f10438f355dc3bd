//! From keys to actions: what a press means, given those before it and where
//! the person is.

use super::action::{ACTIONS, Action, Place, Row};
use super::key::{self, Key};
use std::collections::BTreeSet;

/// Bindings in the order of the table; those that a person changed go first.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    changed: BTreeSet<Action>,
}

/// Keys in a row, and what they do in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub place: Place,
    pub keys: Vec<Key>,
    pub action: Action,
}

/// What some keys in a row mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This.
    Action(Action),
    /// More has to come: what may follow, each with what it does.
    Prefix(Vec<(Key, Action)>),
    /// Nothing.
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        let bindings = ACTIONS
            .iter()
            .flat_map(|row| {
                row.keys
                    .iter()
                    .filter_map(|text| Some(Binding::of(row, Key::parse_all(text).ok()?)))
            })
            .collect();
        Self {
            bindings,
            changed: BTreeSet::new(),
        }
    }
}

impl Binding {
    pub(super) fn of(row: &Row, keys: Vec<Key>) -> Self {
        Self {
            place: row.place,
            keys,
            action: row.action,
        }
    }
}

impl Keymap {
    /// Other keys for an action, first choice first; none unbinds it.
    pub fn bind(&mut self, row: &Row, keys: Vec<Vec<Key>>) {
        self.bindings.retain(|b| b.action != row.action);
        let at = self
            .bindings
            .iter()
            .position(|b| !self.changed.contains(&b.action))
            .unwrap_or(self.bindings.len());
        let own = keys.into_iter().map(|keys| Binding::of(row, keys));
        self.bindings.splice(at..at, own);
        self.changed.insert(row.action);
    }

    /// The bindings, in the order in which they are asked.
    pub(super) fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Whether a person gave an action other keys.
    #[must_use]
    pub fn changed(&self, action: Action) -> bool {
        self.changed.contains(&action)
    }

    /// Whether a person gave any action other keys.
    #[must_use]
    pub fn any_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// What `keys` mean in the first of `places` that knows them.
    #[must_use]
    pub fn find(&self, places: &[Place], keys: &[Key]) -> Found {
        let mut next = Vec::new();
        for place in places {
            // Keys that go on in a nearer place are not cut off by a farther one.
            let nearer = !next.is_empty();
            for bound in self.bindings.iter().filter(|b| b.place == *place) {
                if bound.keys == keys && !nearer {
                    return Found::Action(bound.action);
                }
                if let Some(rest) = bound.keys.strip_prefix(keys)
                    && let Some(key) = rest.first()
                    && !next.iter().any(|(k, _)| k == key)
                {
                    next.push((*key, bound.action));
                }
            }
        }
        if next.is_empty() {
            Found::Nothing
        } else {
            Found::Prefix(next)
        }
    }

    /// The keys of an action, first choice first.
    #[must_use]
    pub fn keys_of(&self, action: Action) -> Vec<&[Key]> {
        self.bindings
            .iter()
            .filter(|b| b.action == action)
            .map(|b| b.keys.as_slice())
            .collect()
    }

    /// The same, as help writes them.
    #[must_use]
    pub fn texts(&self, action: Action) -> Vec<String> {
        let keys = self.keys_of(action).into_iter();
        keys.map(key::sequence).collect()
    }

    /// The first choice, as help writes it; empty where there is none.
    #[must_use]
    pub fn shown(&self, action: Action) -> String {
        self.keys_of(action)
            .first()
            .map(|keys| key::sequence(keys))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_reads_and_means_one_thing_in_one_place() {
        let map = Keymap::default();
        for row in ACTIONS {
            for text in row.keys {
                let keys = Key::parse_all(text).unwrap();
                assert_eq!(
                    map.find(&[row.place], &keys),
                    Found::Action(row.action),
                    "{text} in {:?}",
                    row.place
                );
                for cut in 1..keys.len() {
                    assert!(
                        matches!(map.find(&[row.place], &keys[..cut]), Found::Prefix(_)),
                        "a key that begins `{text}` has a meaning of its own"
                    );
                }
            }
        }
    }

    #[test]
    fn a_letter_of_the_run_screen_is_not_taken_twice() {
        let map = Keymap::default();
        for row in ACTIONS.iter().filter(|r| r.place == Place::Run) {
            for text in row.keys {
                let keys = Key::parse_all(text).unwrap();
                assert_eq!(
                    map.find(&[Place::Everywhere], &keys),
                    Found::Nothing,
                    "{text} of {} is taken everywhere",
                    row.id
                );
            }
        }
    }
}
