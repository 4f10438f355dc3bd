//! Words, each with the newest step that has it. All words of a table stand in one
//! text, so that adding one is no allocation of its own and a copy of the whole is
//! a few.
//!
//! The hash is the same in every process. Who writes words only to collide makes
//! the check of the own text slow, and nothing else.

use xxhash_rust::xxh3::xxh3_64;

/// A set of words with a step each.
#[derive(Clone, Default)]
pub(super) struct Words {
    /// All words, one after the other.
    text: String,
    /// In the order they came.
    entries: Vec<Entry>,
    /// For each hash a place in `entries`, from 1; 0 where there is none. As many
    /// as a power of two, at most half of them taken.
    slots: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    /// Where the word begins in the text.
    from: usize,
    /// Its bytes.
    long: u32,
    step: u32,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.entries.iter().map(|e| (self.word(e), e.step));
        f.debug_map().entries(words).finish()
    }
}

impl Words {
    /// The newest step that has a word.
    pub(super) fn get(&self, word: &str) -> Option<u32> {
        let (_, at) = self.find(word, xxh3_64(word.as_bytes()));
        self.entries.get(at?).map(|e| e.step)
    }

    /// Notes a word of a step; whether it is new.
    pub(super) fn put(&mut self, word: &str, step: u32) -> bool {
        let hash = xxh3_64(word.as_bytes());
        let (mut slot, at) = self.find(word, hash);
        if let Some(entry) = at.and_then(|at| self.entries.get_mut(at)) {
            entry.step = step;
            return false;
        }
        // Beyond these there is no text that is read.
        let (Ok(long), Ok(number)) = (
            u32::try_from(word.len()),
            u32::try_from(self.entries.len() + 1),
        ) else {
            return true;
        };
        if self.slots.len() < self.entries.len() * 2 + 2 {
            self.grow();
            slot = self.find(word, hash).0;
        }
        self.entries.push(Entry {
            hash,
            from: self.text.len(),
            long,
            step,
        });
        self.text.push_str(word);
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = number;
        }
        true
    }

    fn word(&self, entry: &Entry) -> &str {
        let to = entry.from + entry.long as usize;
        self.text.get(entry.from..to).unwrap_or_default()
    }

    /// The slot of a word, taken or free, and its place where it has one.
    fn find(&self, word: &str, hash: u64) -> (usize, Option<usize>) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = hash as usize & mask;
        while let Some(taken) = self.slots.get(slot) {
            let Some(at) = (*taken as usize).checked_sub(1) else {
                break;
            };
            let entry = self.entries.get(at);
            if entry.is_some_and(|e| e.hash == hash && self.word(e) == word) {
                return (slot, Some(at));
            }
            slot = (slot + 1) & mask;
        }
        (slot, None)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        self.slots.clear();
        self.slots.resize(size, 0);
        let mask = size - 1;
        for (number, entry) in (1..).zip(&self.entries) {
            let mut slot = entry.hash as usize & mask;
            while self.slots.get(slot).is_some_and(|s| *s != 0) {
                slot = (slot + 1) & mask;
            }
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn nothing_is_in_an_empty_table() {
        assert_eq!(Words::default().get(""), None);
        assert_eq!(Words::default().get("a"), None);
    }

    proptest! {
        #[test]
        fn it_holds_what_a_map_holds(words in prop::collection::vec("[a-cé]{0,4}", 0..200)) {
            let (mut table, mut map) = (Words::default(), HashMap::new());
            for (step, word) in (1..).zip(&words) {
                prop_assert_eq!(table.put(word, step), map.insert(word.clone(), step).is_none());
            }
            let copy = table.clone();
            for word in words.iter().map(String::as_str).chain(["", "d", "aaaaa"]) {
                prop_assert_eq!(table.get(word), map.get(word).copied());
                prop_assert_eq!(copy.get(word), map.get(word).copied());
            }
        }
    }
}
