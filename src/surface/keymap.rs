//! From keys to actions: what a press means, given those before it and where
//! the person is.

use super::action::{ACTIONS, Action, Place};
use super::key::Key;

/// Bindings in the order of the table.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<(Place, Vec<Key>, Action)>,
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
                    .filter_map(|text| Some((row.place, Key::parse_all(text).ok()?, row.action)))
            })
            .collect();
        Self { bindings }
    }
}

impl Keymap {
    /// What `keys` mean in the first of `places` that knows them.
    #[must_use]
    pub fn find(&self, places: &[Place], keys: &[Key]) -> Found {
        let mut next = Vec::new();
        for place in places {
            for (at, bound, action) in &self.bindings {
                if at != place {
                    continue;
                }
                if bound == keys {
                    return Found::Action(*action);
                }
                if let Some(rest) = bound.strip_prefix(keys)
                    && let Some(key) = rest.first()
                    && !next.iter().any(|(k, _)| k == key)
                {
                    next.push((*key, *action));
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
            .filter(|(_, _, a)| *a == action)
            .map(|(_, keys, _)| keys.as_slice())
            .collect()
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
