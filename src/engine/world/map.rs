//! Objects of the world: one block while small; when big, a trie in insertion
//! order and an index from key to place.

use super::node::{Node, NodeHash};
use super::run::{Run, SHORT};
use super::sum::Sum;
use super::trie::{self, Item, Trie};
use imbl::shared_ptr::DefaultSharedPtr;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

/// An object in insertion order; clone is a pointer copy. Reading, writing,
/// adding and taking out by key cost O(log n).
#[derive(Clone)]
pub struct Map(Rep);

#[derive(Clone)]
enum Rep {
    Small(Arc<Run<Pair>>),
    Big(Arc<Big>),
}

#[derive(Clone)]
struct Big {
    pairs: Trie<Pair>,
    index: Index,
}

type Index = imbl::GenericHashMap<Arc<str>, u64, Hashed, DefaultSharedPtr>;

/// Hashes keys the same in every process, so that nothing here is drawn by chance.
#[derive(Clone, Copy, Default)]
pub(in crate::engine) struct KeyHasher(u64);

/// How tables of the engine hash: quicker than what std does against keys that are
/// made to collide, which no key here gains anything by.
pub(in crate::engine) type Hashed = BuildHasherDefault<KeyHasher>;

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }
    fn write_u8(&mut self, byte: u8) {
        self.0 ^= u64::from(byte);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// A key and its value.
#[derive(Clone)]
pub(super) struct Pair(pub Arc<str>, pub Node);

impl Item for Pair {
    fn sum(&self) -> Sum {
        let mut bytes = [0; 32];
        let (left, right) = bytes.split_at_mut(16);
        left.copy_from_slice(&xxh3_128(self.0.as_bytes()).to_le_bytes());
        right.copy_from_slice(&self.1.hash().0.to_le_bytes());
        let weight = self.1.weight().saturating_add(self.0.len() as u64 + 4);
        Sum::of(NodeHash(xxh3_128(&bytes)), weight)
    }
    fn depth(&self) -> u16 {
        self.1.depth()
    }
}

/// Keys and values of an object in order.
pub struct Iter<'a>(Inner<'a>);

enum Inner<'a> {
    Small(std::slice::Iter<'a, Pair>),
    Big(trie::Iter<'a, Pair>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Arc<str>, &'a Node);
    fn next(&mut self) -> Option<Self::Item> {
        let pair = match &mut self.0 {
            Inner::Small(iter) => iter.next(),
            Inner::Big(iter) => iter.next(),
        };
        pair.map(|pair| (&pair.0, &pair.1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Inner::Small(iter) => iter.size_hint(),
            Inner::Big(iter) => iter.size_hint(),
        }
    }
}
impl ExactSizeIterator for Iter<'_> {}

impl Big {
    fn new(pairs: Vec<Pair>) -> Self {
        let index = (0..).zip(&pairs).map(|(i, pair)| (pair.0.clone(), i));
        Self {
            index: index.collect(),
            pairs: Trie::new(pairs),
        }
    }
}

fn find(pairs: &[Pair], key: &str) -> Option<usize> {
    pairs.iter().position(|pair| &*pair.0 == key)
}

impl Map {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// How many keys.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Rep::Small(run) => run.items().len(),
            Rep::Big(big) => big.pairs.len(),
        }
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.0 {
            Rep::Small(run) => run.items().iter().find(|p| &*p.0 == key).map(|p| &p.1),
            Rep::Big(big) => big.pairs.get(*big.index.get(key)?).map(|p| &p.1),
        }
    }
    /// Whether the key is there.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
    /// The place of a key in the order, from 0.
    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        match &self.0 {
            Rep::Small(run) => find(run.items(), key),
            Rep::Big(big) => Some(big.pairs.rank(*big.index.get(key)?)),
        }
    }
    /// The key and value at a place in the order, from 0.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<(&Arc<str>, &Node)> {
        let pair = match &self.0 {
            Rep::Small(run) => run.items().get(place)?,
            Rep::Big(big) => big.pairs.get(big.pairs.number(place)?)?,
        };
        Some((&pair.0, &pair.1))
    }
    /// Keys and values in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter(match &self.0 {
            Rep::Small(run) => Inner::Small(run.items().iter()),
            Rep::Big(big) => Inner::Big(big.pairs.iter()),
        })
    }
    /// Keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.iter().map(|(k, _)| k)
    }
    /// Values in order.
    pub fn values(&self) -> impl Iterator<Item = &Node> {
        self.iter().map(|(_, v)| v)
    }
    /// Sets a key: an existing one keeps its place, a new one goes last.
    /// Answers what stood there.
    pub fn insert(&mut self, key: impl Into<Arc<str>>, node: Node) -> Option<Node> {
        let key = key.into();
        let node = node.shallow();
        match &mut self.0 {
            Rep::Small(run) => match find(run.items(), &key) {
                Some(at) => Run::change(run, |pairs| {
                    pairs.get_mut(at).map(|p| std::mem::replace(&mut p.1, node))
                }),
                None if run.items().len() < SHORT => {
                    Run::change(run, |pairs| pairs.push(Pair(key, node)));
                    None
                }
                None => {
                    let mut pairs = run.items().to_vec();
                    pairs.push(Pair(key, node));
                    self.0 = Rep::Big(Arc::new(Big::new(pairs)));
                    None
                }
            },
            Rep::Big(big) => {
                let big = Arc::make_mut(big);
                let Some(&number) = big.index.get(&*key) else {
                    let number = big.pairs.push(Pair(key.clone(), node));
                    big.index.insert(key, number);
                    return None;
                };
                let (mut node, mut was) = (Some(node), None);
                big.pairs.edit(number, &mut |slot| {
                    if let (Some(pair), Some(node)) = (slot, node.take()) {
                        was = Some(std::mem::replace(&mut pair.1, node));
                    }
                });
                was
            }
        }
    }
    /// Changes the value under a key, in place where nobody else holds the
    /// object; false where the key is not there.
    pub fn update(&mut self, key: &str, change: &mut dyn FnMut(&mut Node)) -> bool {
        match &mut self.0 {
            Rep::Small(run) => {
                let Some(at) = find(run.items(), key) else {
                    return false;
                };
                Run::change(run, |pairs| {
                    if let Some(pair) = pairs.get_mut(at) {
                        change(&mut pair.1);
                        pair.1.keep_shallow();
                    }
                });
            }
            Rep::Big(big) => {
                let Some(&number) = big.index.get(key) else {
                    return false;
                };
                Arc::make_mut(big).pairs.edit(number, &mut |slot| {
                    if let Some(pair) = slot {
                        change(&mut pair.1);
                        pair.1.keep_shallow();
                    }
                });
            }
        }
        true
    }
    /// Takes a key out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        match &mut self.0 {
            Rep::Small(run) => {
                let at = find(run.items(), key)?;
                Some(Run::change(run, |pairs| pairs.remove(at)).1)
            }
            Rep::Big(big) => {
                let number = *big.index.get(key)?;
                let big = Arc::make_mut(big);
                big.index.remove(key);
                let mut out = None;
                big.pairs.edit(number, &mut |slot| out = slot.take());
                if big.pairs.len() <= SHORT / 2 {
                    let rest = big.pairs.iter().cloned().collect();
                    self.0 = Rep::Small(Arc::new(Run::new(rest)));
                } else if big.pairs.is_sparse() {
                    *big = Big::new(big.pairs.iter().cloned().collect());
                }
                out.map(|pair| pair.1)
            }
        }
    }
    /// Whether both are the same pointer: equal without looking.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Rep::Small(a), Rep::Small(b)) => Arc::ptr_eq(a, b),
            (Rep::Big(a), Rep::Big(b)) => Arc::ptr_eq(a, b) || a.pairs.same(&b.pairs),
            (Rep::Small(_), Rep::Big(_)) | (Rep::Big(_), Rep::Small(_)) => false,
        }
    }
    pub(super) fn sum(&self) -> &Sum {
        match &self.0 {
            Rep::Small(run) => run.sum(),
            Rep::Big(big) => big.pairs.sum(),
        }
    }
    /// The fingerprint.
    #[must_use]
    pub fn hash(&self) -> NodeHash {
        self.sum().seal(6)
    }
    pub(super) fn depth(&self) -> u16 {
        1 + match &self.0 {
            Rep::Small(run) => run.depth(),
            Rep::Big(big) => big.pairs.depth(),
        }
    }
    pub(super) fn trie(&self) -> Option<&Trie<Pair>> {
        match &self.0 {
            Rep::Small(_) => None,
            Rep::Big(big) => Some(&big.pairs),
        }
    }
}

impl Default for Map {
    fn default() -> Self {
        Self(Rep::Small(Arc::default()))
    }
}

/// Of a key that comes twice the last value holds, at the first one's place.
impl<K: Into<Arc<str>>> FromIterator<(K, Node)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Node)>>(iter: I) -> Self {
        let mut iter = iter.into_iter();
        let mut few = Vec::new();
        while few.len() < SHORT {
            let Some((key, node)) = iter.next() else {
                return Self(Rep::Small(Arc::new(Run::new(few))));
            };
            let (key, node) = (key.into(), node.shallow());
            match find(&few, &key).and_then(|at| few.get_mut(at)) {
                Some(pair) => pair.1 = node,
                None => few.push(Pair(key, node)),
            }
        }
        let mut index: Index = (0..).zip(&few).map(|(i, p)| (p.0.clone(), i)).collect();
        for (key, node) in iter {
            let (key, node) = (key.into(), node.shallow());
            let at = index.get(&*key).map(|&at| at as usize);
            if let Some(pair) = at.and_then(|at| few.get_mut(at)) {
                pair.1 = node;
            } else {
                index.insert(key.clone(), few.len() as u64);
                few.push(Pair(key, node));
            }
        }
        if few.len() <= SHORT {
            return Self(Rep::Small(Arc::new(Run::new(few))));
        }
        let pairs = Trie::new(few);
        Self(Rep::Big(Arc::new(Big { pairs, index })))
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Arc<str>, &'a Node);
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Equal in keys, values, order and number type.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.len() == other.len() && self.hash() == other.hash()
    }
}
impl Eq for Map {}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
