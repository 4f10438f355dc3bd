//! Lists of the world: one block while short, a trie when long.

use super::node::{Node, NodeHash};
use super::run::{Run, SHORT};
use super::sum::Sum;
use super::trie::{self, Trie};
use std::fmt;
use std::sync::Arc;

/// An ordered list; clone is a pointer copy. Reading and writing by index,
/// appending and taking out cost O(log n); inserting before the end costs O(n)
/// in a long list.
#[derive(Clone)]
pub struct List(Rep);

#[derive(Clone)]
enum Rep {
    Short(Arc<Run<Node>>),
    Long(Arc<Trie<Node>>),
}

/// Values of a list in order.
pub struct Iter<'a>(Inner<'a>);

enum Inner<'a> {
    Short(std::slice::Iter<'a, Node>),
    Long(trie::Iter<'a, Node>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Node;
    fn next(&mut self) -> Option<&'a Node> {
        match &mut self.0 {
            Inner::Short(iter) => iter.next(),
            Inner::Long(iter) => iter.next(),
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Inner::Short(iter) => iter.size_hint(),
            Inner::Long(iter) => iter.size_hint(),
        }
    }
}
impl ExactSizeIterator for Iter<'_> {}

impl List {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// How many values.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Rep::Short(run) => run.items().len(),
            Rep::Long(trie) => trie.len(),
        }
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The value at a place, from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Node> {
        match &self.0 {
            Rep::Short(run) => run.items().get(at),
            Rep::Long(trie) => trie.get(trie.number(at)?),
        }
    }
    /// The last value.
    #[must_use]
    pub fn last(&self) -> Option<&Node> {
        self.get(self.len().checked_sub(1)?)
    }
    /// In order.
    pub fn iter(&self) -> Iter<'_> {
        Iter(match &self.0 {
            Rep::Short(run) => Inner::Short(run.items().iter()),
            Rep::Long(trie) => Inner::Long(trie.iter()),
        })
    }
    /// Appends.
    pub fn push(&mut self, node: Node) {
        let node = node.shallow();
        match &mut self.0 {
            Rep::Short(run) if run.items().len() < SHORT => {
                Run::change(run, |items| items.push(node));
            }
            Rep::Short(run) => {
                let all = run.items().iter().cloned().chain([node]);
                self.0 = Rep::Long(Arc::new(Trie::new(all)));
            }
            Rep::Long(trie) => {
                Arc::make_mut(trie).push(node);
            }
        }
    }
    /// Replaces the value at a place; false where there is none.
    pub fn set(&mut self, at: usize, node: Node) -> bool {
        let mut node = Some(node);
        self.update(at, &mut |slot| {
            if let Some(node) = node.take() {
                *slot = node;
            }
        })
    }
    /// Changes the value at a place, in place where nobody else holds the
    /// list; false where there is none.
    pub fn update(&mut self, at: usize, change: &mut dyn FnMut(&mut Node)) -> bool {
        match &mut self.0 {
            Rep::Short(run) => {
                if at >= run.items().len() {
                    return false;
                }
                Run::change(run, |items| {
                    if let Some(slot) = items.get_mut(at) {
                        change(slot);
                        slot.keep_shallow();
                    }
                });
            }
            Rep::Long(trie) => {
                let Some(number) = trie.number(at) else {
                    return false;
                };
                Arc::make_mut(trie).edit(number, &mut |slot| {
                    if let Some(slot) = slot {
                        change(slot);
                        slot.keep_shallow();
                    }
                });
            }
        }
        true
    }
    /// Inserts before `at` (`at == len` appends); false where out of range.
    pub fn insert(&mut self, at: usize, node: Node) -> bool {
        let len = self.len();
        if at > len {
            return false;
        }
        if at == len {
            self.push(node);
            return true;
        }
        let node = node.shallow();
        match &mut self.0 {
            Rep::Short(run) if len < SHORT => Run::change(run, |items| items.insert(at, node)),
            Rep::Short(_) | Rep::Long(_) => {
                let all = self.iter().take(at).cloned();
                let all = all.chain([node]).chain(self.iter().skip(at).cloned());
                self.0 = Rep::Long(Arc::new(Trie::new(all)));
            }
        }
        true
    }
    /// Takes the value at a place out; later ones move up.
    pub fn remove(&mut self, at: usize) -> Option<Node> {
        if at >= self.len() {
            return None;
        }
        match &mut self.0 {
            Rep::Short(run) => Some(Run::change(run, |items| items.remove(at))),
            Rep::Long(trie) => {
                let number = trie.number(at)?;
                let mut out = None;
                let trie = Arc::make_mut(trie);
                trie.edit(number, &mut |slot| out = slot.take());
                if trie.len() <= SHORT / 2 {
                    let rest = trie.iter().cloned().collect();
                    self.0 = Rep::Short(Arc::new(Run::new(rest)));
                } else if trie.is_sparse() {
                    *trie = Trie::new(trie.iter().cloned());
                }
                out
            }
        }
    }
    /// Whether both are the same pointer: equal without looking.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Rep::Short(a), Rep::Short(b)) => Arc::ptr_eq(a, b),
            (Rep::Long(a), Rep::Long(b)) => Arc::ptr_eq(a, b) || a.same(b),
            (Rep::Short(_), Rep::Long(_)) | (Rep::Long(_), Rep::Short(_)) => false,
        }
    }
    pub(super) fn sum(&self) -> &Sum {
        match &self.0 {
            Rep::Short(run) => run.sum(),
            Rep::Long(trie) => trie.sum(),
        }
    }
    /// The fingerprint.
    #[must_use]
    pub fn hash(&self) -> NodeHash {
        self.sum().seal(5)
    }
    pub(super) fn depth(&self) -> u16 {
        1 + match &self.0 {
            Rep::Short(run) => run.depth(),
            Rep::Long(trie) => trie.depth(),
        }
    }
    pub(super) fn trie(&self) -> Option<&Trie<Node>> {
        match &self.0 {
            Rep::Short(_) => None,
            Rep::Long(trie) => Some(trie),
        }
    }
}

impl Default for List {
    fn default() -> Self {
        Self(Rep::Short(Arc::default()))
    }
}

impl FromIterator<Node> for List {
    fn from_iter<I: IntoIterator<Item = Node>>(iter: I) -> Self {
        let items: Vec<Node> = iter.into_iter().map(Node::shallow).collect();
        Self(if items.len() <= SHORT {
            Rep::Short(Arc::new(Run::new(items)))
        } else {
            Rep::Long(Arc::new(Trie::new(items)))
        })
    }
}

impl<'a> IntoIterator for &'a List {
    type Item = &'a Node;
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Equal in values, order and number type.
impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.len() == other.len() && self.hash() == other.hash()
    }
}
impl Eq for List {}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
