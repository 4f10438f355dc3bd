//! A short run of values in one block: what small lists and maps are stored in.

use super::sum::Sum;
use super::trie::Item;
use std::sync::{Arc, OnceLock};

/// Longest run kept in one block; longer ones become a trie.
pub(super) const SHORT: usize = 32;

/// Values in one block, with their fingerprint once somebody asked for it.
#[derive(Clone)]
pub(super) struct Run<T> {
    items: Vec<T>,
    depth: u16,
    sum: OnceLock<Sum>,
}

impl<T> Default for Run<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            depth: 0,
            sum: OnceLock::new(),
        }
    }
}

impl<T: Item> Run<T> {
    /// Of values in order.
    pub fn new(items: Vec<T>) -> Self {
        Self {
            depth: deepest(&items),
            items,
            sum: OnceLock::new(),
        }
    }
    /// The values.
    pub fn items(&self) -> &[T] {
        &self.items
    }
    /// The deepest nesting in any value.
    pub fn depth(&self) -> u16 {
        self.depth
    }
    /// The fingerprint of all values in order.
    pub fn sum(&self) -> &Sum {
        self.sum.get_or_init(|| {
            self.items
                .iter()
                .fold(Sum::EMPTY, |sum, item| sum.then(item.sum()))
        })
    }
    /// Changes the values in place where nobody else holds them, else in a copy.
    pub fn change<R>(this: &mut Arc<Self>, change: impl FnOnce(&mut Vec<T>) -> R) -> R {
        let run = Arc::make_mut(this);
        let result = change(&mut run.items);
        run.depth = deepest(&run.items);
        run.sum = OnceLock::new();
        result
    }
}

fn deepest<T: Item>(items: &[T]) -> u16 {
    items.iter().map(Item::depth).max().unwrap_or(0)
}
