//! A persistent sequence: a 16-way trie over numbers that only grow, each branch
//! with the fingerprint of what is below. Taking a value out leaves a hole, so
//! that the others keep their number.

use super::sum::Sum;
use std::sync::Arc;

const BITS: u32 = 4;
const WIDTH: usize = 1 << BITS;

/// What the trie asks of the values it holds.
pub(super) trait Item: Clone {
    /// The fingerprint of this value as a run of one.
    fn sum(&self) -> Sum;
    /// How deep lists and maps nest in it; 0 for a plain value.
    fn depth(&self) -> u16;
}

#[derive(Clone)]
struct Branch<T> {
    sum: Sum,
    depth: u16,
    kids: Kids<T>,
}

#[derive(Clone)]
enum Kids<T> {
    Slots(Vec<Option<T>>),
    Inner(Vec<Arc<Branch<T>>>),
}

/// The sequence; clone is a pointer copy.
#[derive(Clone)]
pub(super) struct Trie<T> {
    root: Arc<Branch<T>>,
    /// Levels of inner branches above the slots.
    height: u32,
    /// The number that the next value gets.
    next: u64,
}

impl<T: Item> Branch<T> {
    fn slots(slots: Vec<Option<T>>) -> Self {
        let mut branch = Self {
            sum: Sum::EMPTY,
            depth: 0,
            kids: Kids::Slots(slots),
        };
        branch.resum();
        branch
    }
    fn inner(kids: Vec<Arc<Self>>) -> Self {
        let mut branch = Self {
            sum: Sum::EMPTY,
            depth: 0,
            kids: Kids::Inner(kids),
        };
        branch.resum();
        branch
    }
    fn resum(&mut self) {
        let (mut sum, mut depth) = (Sum::EMPTY, 0);
        match &self.kids {
            Kids::Slots(slots) => {
                for item in slots.iter().flatten() {
                    sum = sum.then(item.sum());
                    depth = depth.max(item.depth());
                }
            }
            Kids::Inner(kids) => {
                for kid in kids {
                    sum = sum.then(kid.sum);
                    depth = depth.max(kid.depth);
                }
            }
        }
        (self.sum, self.depth) = (sum, depth);
    }
    /// A branch `height` levels above its only slot.
    fn chain(height: u32, item: T) -> Self {
        if height == 0 {
            Self::slots(vec![Some(item)])
        } else {
            Self::inner(vec![Arc::new(Self::chain(height - 1, item))])
        }
    }
    fn push(this: &mut Arc<Self>, height: u32, number: u64, item: T) {
        let branch = Arc::make_mut(this);
        branch.sum = branch.sum.then(item.sum());
        branch.depth = branch.depth.max(item.depth());
        match &mut branch.kids {
            Kids::Slots(slots) => slots.push(Some(item)),
            Kids::Inner(kids) => {
                if let Some(kid) = kids.get_mut(place(number, height)) {
                    Self::push(kid, height.saturating_sub(1), number, item);
                } else {
                    kids.push(Arc::new(Self::chain(height.saturating_sub(1), item)));
                }
            }
        }
    }
    fn edit(
        this: &mut Arc<Self>,
        height: u32,
        number: u64,
        change: &mut dyn FnMut(&mut Option<T>),
    ) {
        let branch = Arc::make_mut(this);
        match &mut branch.kids {
            Kids::Slots(slots) => {
                if let Some(slot) = slots.get_mut(place(number, 0)) {
                    change(slot);
                }
            }
            Kids::Inner(kids) => {
                if let Some(kid) = kids.get_mut(place(number, height)) {
                    Self::edit(kid, height.saturating_sub(1), number, change);
                }
            }
        }
        branch.resum();
    }
}

/// Which child leads to `number` in a branch `height` levels above the slots.
fn place(number: u64, height: u32) -> usize {
    (number >> (BITS * height)) as usize & (WIDTH - 1)
}

impl<T: Item> Trie<T> {
    /// Of values in order; they get the numbers from 0.
    pub fn new(items: impl IntoIterator<Item = T>) -> Self {
        let mut leaves = Vec::new();
        let mut slots = Vec::with_capacity(WIDTH);
        let mut next = 0;
        for item in items {
            next += 1;
            slots.push(Some(item));
            if slots.len() == WIDTH {
                leaves.push(Arc::new(Branch::slots(std::mem::take(&mut slots))));
            }
        }
        if !slots.is_empty() || leaves.is_empty() {
            leaves.push(Arc::new(Branch::slots(slots)));
        }
        let mut height = 0;
        while leaves.len() > 1 {
            leaves = leaves
                .chunks(WIDTH)
                .map(|kids| Arc::new(Branch::inner(kids.to_vec())))
                .collect();
            height += 1;
        }
        let root = leaves
            .pop()
            .unwrap_or_else(|| Arc::new(Branch::slots(Vec::new())));
        Self { root, height, next }
    }
    /// The fingerprint of all values in order.
    pub fn sum(&self) -> &Sum {
        &self.root.sum
    }
    /// The deepest nesting in any value.
    pub fn depth(&self) -> u16 {
        self.root.depth
    }
    /// How many values.
    pub fn len(&self) -> usize {
        self.root.sum.count as usize
    }
    /// The number that the next value gets; more than `len` where there are holes.
    pub fn next(&self) -> u64 {
        self.next
    }
    /// Whether most numbers are holes, so that building anew pays.
    pub fn is_sparse(&self) -> bool {
        self.next > 64 + 2 * self.root.sum.count
    }
    /// Appends; answers the value's number.
    pub fn push(&mut self, item: T) -> u64 {
        let number = self.next;
        if number >> (BITS * (self.height + 1)) > 0 {
            self.root = Arc::new(Branch::inner(vec![self.root.clone()]));
            self.height += 1;
        }
        Branch::push(&mut self.root, self.height, number, item);
        self.next += 1;
        number
    }
    /// The value with a number.
    pub fn get(&self, number: u64) -> Option<&T> {
        if number >= self.next {
            return None;
        }
        let (mut branch, mut height) = (&self.root, self.height);
        loop {
            match &branch.kids {
                Kids::Slots(slots) => return slots.get(place(number, 0))?.as_ref(),
                Kids::Inner(kids) => {
                    branch = kids.get(place(number, height))?;
                    height = height.saturating_sub(1);
                }
            }
        }
    }
    /// The number of the value at a rank (from 0, holes not counted).
    pub fn number(&self, rank: usize) -> Option<u64> {
        if self.next == self.root.sum.count {
            return ((rank as u64) < self.next).then_some(rank as u64);
        }
        let (mut branch, mut left, mut number) = (&self.root, rank as u64, 0);
        loop {
            match &branch.kids {
                Kids::Slots(slots) => {
                    for (i, slot) in slots.iter().enumerate() {
                        if slot.is_some() {
                            if left == 0 {
                                return Some(number << BITS | i as u64);
                            }
                            left -= 1;
                        }
                    }
                    return None;
                }
                Kids::Inner(kids) => {
                    let mut found = None;
                    for (i, kid) in kids.iter().enumerate() {
                        if left < kid.sum.count {
                            found = Some((i, kid));
                            break;
                        }
                        left -= kid.sum.count;
                    }
                    let (i, kid) = found?;
                    (branch, number) = (kid, number << BITS | i as u64);
                }
            }
        }
    }
    /// How many values stand before a number.
    pub fn rank(&self, number: u64) -> usize {
        let (mut branch, mut height, mut before) = (&self.root, self.height, 0);
        loop {
            let at = place(number, height);
            match &branch.kids {
                Kids::Slots(slots) => {
                    before += slots.iter().take(at).flatten().count() as u64;
                    return before as usize;
                }
                Kids::Inner(kids) => {
                    before += kids.iter().take(at).map(|kid| kid.sum.count).sum::<u64>();
                    let Some(kid) = kids.get(at) else {
                        return before as usize;
                    };
                    (branch, height) = (kid, height.saturating_sub(1));
                }
            }
        }
    }
    /// Changes, or empties, the slot of a number.
    pub fn edit(&mut self, number: u64, change: &mut dyn FnMut(&mut Option<T>)) {
        if number < self.next {
            Branch::edit(&mut self.root, self.height, number, change);
        }
    }
    /// The values in order.
    pub fn iter(&self) -> Iter<'_, T> {
        let mut iter = Iter {
            above: Vec::new(),
            slots: [].iter(),
            left: self.len(),
        };
        iter.enter(&self.root);
        iter
    }
    /// Whether both are the same pointer.
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.root, &other.root)
    }
    /// The numbers where two sequences differ, with what stands there in each.
    /// Runs with equal fingerprints are not looked into.
    pub fn unlike<'a>(&'a self, other: &'a Self) -> Vec<Unlike<'a, T>> {
        let mut out = Vec::new();
        let (a, b) = (
            Some((&*self.root, self.height)),
            Some((&*other.root, other.height)),
        );
        unlike(a, b, 0, &mut out);
        out
    }
}

/// A number, and what stands there in the first and in the second sequence.
pub(super) type Unlike<'a, T> = (u64, Option<&'a T>, Option<&'a T>);

/// A branch and its levels above the slots.
type Place<'a, T> = Option<(&'a Branch<T>, u32)>;

fn unlike<'a, T>(a: Place<'a, T>, b: Place<'a, T>, first: u64, out: &mut Vec<Unlike<'a, T>>) {
    if let (Some((a, _)), Some((b, _))) = (a, b)
        && (std::ptr::eq(a, b) || a.sum == b.sum)
    {
        return;
    }
    let height = |p: Place<'a, T>| p.map_or(0, |(_, height)| height);
    let level = height(a).max(height(b));
    // The lower of two unequal towers is what the taller has as its first child.
    let kid = |p: Place<'a, T>, i: usize| match p {
        Some((branch, height)) if height == level => match &branch.kids {
            Kids::Inner(kids) => kids.get(i).map(|kid| (&**kid, height.saturating_sub(1))),
            Kids::Slots(_) => None,
        },
        lower => lower.filter(|_| i == 0),
    };
    let slot = |p: Place<'a, T>, i: usize| match p.map(|(branch, _)| &branch.kids) {
        Some(Kids::Slots(slots)) => slots.get(i).and_then(Option::as_ref),
        Some(Kids::Inner(_)) | None => None,
    };
    for i in 0..WIDTH {
        let number = first << BITS | i as u64;
        if level == 0 {
            let (a, b) = (slot(a, i), slot(b, i));
            if a.is_some() || b.is_some() {
                out.push((number, a, b));
            }
        } else {
            let (a, b) = (kid(a, i), kid(b, i));
            if a.is_some() || b.is_some() {
                unlike(a, b, number, out);
            }
        }
    }
}

/// Values in order.
pub(super) struct Iter<'a, T> {
    above: Vec<std::slice::Iter<'a, Arc<Branch<T>>>>,
    slots: std::slice::Iter<'a, Option<T>>,
    left: usize,
}

impl<'a, T> Iter<'a, T> {
    fn enter(&mut self, branch: &'a Branch<T>) {
        match &branch.kids {
            Kids::Slots(slots) => self.slots = slots.iter(),
            Kids::Inner(kids) => self.above.push(kids.iter()),
        }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;
    fn next(&mut self) -> Option<&'a T> {
        loop {
            if let Some(item) = self.slots.by_ref().flatten().next() {
                self.left = self.left.saturating_sub(1);
                return Some(item);
            }
            match self.above.last_mut()?.next() {
                Some(kid) => self.enter(kid),
                None => {
                    self.above.pop();
                }
            }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}
