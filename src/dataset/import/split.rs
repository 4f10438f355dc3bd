//! One value of a document, taken apart while it is read: a list hands out its
//! elements; an object that holds a list of conversations hands out those; any
//! other object is handed out whole. Never more than one of them is held, and
//! what stands around a list in its object.

use super::format::looks;
use super::place::LINE;
use super::scan::{Fault, Met, Scanner, Spot};
use serde_json::Value;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// Elements of a list in an object that are tried at most: where none of them is a
/// conversation, the list is no list of conversations.
const TRIED: usize = 8;

/// A value that is handed out.
#[derive(Debug)]
pub(super) struct Piece {
    /// Where it begins.
    pub spot: Spot,
    /// Its bytes; none where it has more than [`LINE`].
    pub bytes: Vec<u8>,
    /// How many it has.
    pub length: usize,
    /// Whether it is one of a list.
    pub listed: bool,
    /// What stands around the list in its object.
    pub around: Option<Arc<Value>>,
}

impl Piece {
    fn at(spot: Spot, listed: bool) -> Self {
        Self {
            spot,
            bytes: Vec::new(),
            length: 0,
            listed,
            around: None,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len());
        if self.length <= LINE {
            self.bytes.extend_from_slice(bytes);
        } else if !self.bytes.is_empty() {
            self.bytes = Vec::new();
        }
    }

    /// Whether all its bytes are there.
    pub fn whole(&self) -> bool {
        self.length == self.bytes.len()
    }
}

/// How far a value was read.
#[derive(Debug)]
pub(super) enum Step {
    /// There is more of it.
    More,
    /// It ended.
    Done,
    /// It cannot go on.
    Fault(Fault),
}

/// A value that is being read.
pub(super) struct Split {
    scan: Scanner,
    /// Where it begins.
    pub start: Spot,
    /// Whether an object is one value, whatever lists it has.
    plain: bool,
    shape: Shape,
}

enum Shape {
    /// Nothing was read yet.
    New,
    /// A list, and the element that is read.
    List(Option<Piece>),
    /// An object.
    Object(Box<Object>),
}

/// An object that may hold a list of conversations.
struct Object {
    /// All of it that was read, but for lists that were handed out.
    head: Piece,
    /// Where the newest key begins in it.
    key: usize,
    /// The list that is read.
    list: Option<List>,
    /// Whether a list was handed out.
    found: bool,
    /// Whether it is a conversation itself, whatever lists it has.
    plain: bool,
    around: Option<Arc<Value>>,
}

/// A list right in an object.
enum List {
    /// Not known what it holds: its elements so far, and where the newest begins.
    Unknown {
        seen: Vec<(Spot, Range<usize>)>,
        begins: Option<(Spot, usize)>,
    },
    /// Handed out: the element that is read.
    Told(Option<Piece>),
    /// No list of conversations.
    Other,
}

impl Split {
    /// Before a value at a place.
    pub fn at(spot: Spot) -> Self {
        Self {
            scan: Scanner::at(spot),
            start: spot,
            plain: false,
            shape: Shape::New,
        }
    }

    /// Before an object that is handed out whole.
    pub fn whole(spot: Spot) -> Self {
        Self {
            plain: true,
            ..Self::at(spot)
        }
    }

    /// Bytes of an object that are held.
    pub fn length(&self) -> usize {
        match &self.shape {
            Shape::Object(object) => object.head.length,
            Shape::New | Shape::List(_) => 0,
        }
    }

    /// Where the next byte is.
    pub fn spot(&self) -> Spot {
        self.scan.spot
    }

    /// Whether the value is a list, or holds one that was handed out.
    pub fn is_list(&self) -> bool {
        match &self.shape {
            Shape::New => false,
            Shape::List(_) => true,
            Shape::Object(object) => object.found,
        }
    }

    /// Whether it is a list by itself.
    pub fn is_bare_list(&self) -> bool {
        matches!(self.shape, Shape::List(_))
    }

    /// What it was read from, where nothing was handed out and all is there yet.
    pub fn taken(self) -> Option<Vec<u8>> {
        match self.shape {
            Shape::Object(object) if !object.found && object.head.whole() => {
                Some(object.head.bytes)
            }
            Shape::New | Shape::List(_) | Shape::Object(_) => None,
        }
    }

    /// What is missing where the input ends here.
    pub fn missing(&self) -> Fault {
        self.scan.missing()
    }

    /// The element that is read where the value stops: where it begins.
    pub fn inside(&self) -> Option<Spot> {
        match &self.shape {
            Shape::New => None,
            Shape::List(element) => element.as_ref().map(|e| e.spot),
            Shape::Object(object) => match &object.list {
                Some(List::Told(element)) => element.as_ref().map(|e| e.spot),
                Some(List::Unknown { .. } | List::Other) | None if object.found => None,
                Some(List::Unknown { .. } | List::Other) | None => Some(self.start),
            },
        }
    }

    /// Goes over bytes: how many belong to the value, and how far it is. What is
    /// to be handed out is put into `out`.
    pub fn feed(&mut self, bytes: &[u8], out: &mut VecDeque<Piece>) -> (usize, Step) {
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            let (taken, met) = self.scan.next(rest, self.watch());
            let now = rest.get(..taken).unwrap_or_default();
            used += taken;
            match (&mut self.shape, met) {
                (Shape::New, Met::Begin(_, byte)) => {
                    self.start = last(self.scan.spot);
                    self.shape = self.begun(byte);
                }
                (Shape::New, _) => {}
                (Shape::List(element), met) => {
                    if met == Met::End(0) {
                        return (used, Step::Done);
                    }
                    follow(element, self.scan.spot, now, met, 1, None, out);
                }
                (Shape::Object(object), met) => {
                    object.take(self.scan.spot, now, met, out);
                    if met == Met::End(0) {
                        object.close(out);
                        return (used, Step::Done);
                    }
                }
            }
            if let Met::Fault(fault) = met {
                return (used, Step::Fault(fault));
            }
        }
        (used, Step::More)
    }

    fn begun(&self, byte: u8) -> Shape {
        if byte == b'[' {
            return Shape::List(None);
        }
        let mut head = Piece::at(self.start, false);
        head.push(&[byte]);
        Shape::Object(Box::new(Object {
            head,
            key: 1,
            list: None,
            found: false,
            plain: self.plain,
            around: None,
        }))
    }

    /// Down to which level things are to be met.
    fn watch(&self) -> usize {
        match &self.shape {
            Shape::New => 0,
            Shape::List(_) => 1,
            Shape::Object(object) => match &object.list {
                Some(List::Unknown { .. } | List::Told(_)) => 2,
                Some(List::Other) | None => 1,
            },
        }
    }
}

/// The place of the byte that was taken last; it ended no line.
fn last(spot: Spot) -> Spot {
    Spot {
        column: spot.column.saturating_sub(1),
        ..spot
    }
}

/// Follows the elements of a list at a level, and hands them out.
fn follow(
    element: &mut Option<Piece>,
    spot: Spot,
    now: &[u8],
    met: Met,
    level: usize,
    around: Option<&Arc<Value>>,
    out: &mut VecDeque<Piece>,
) {
    match met {
        Met::Begin(at, byte) if at == level => {
            let mut piece = Piece::at(last(spot), true);
            piece.push(&[byte]);
            piece.around = around.cloned();
            *element = Some(piece);
        }
        met => {
            if let Some(piece) = element {
                piece.push(now);
            }
            if met == Met::End(level) {
                out.extend(element.take());
            }
        }
    }
}

impl Object {
    /// Bytes that were taken, and what was met with them.
    fn take(&mut self, spot: Spot, now: &[u8], met: Met, out: &mut VecDeque<Piece>) {
        if let Some(List::Told(element)) = &mut self.list {
            if met == Met::End(1) {
                self.head.push(b"]");
                self.list = None;
            } else {
                follow(element, spot, now, met, 2, self.around.as_ref(), out);
            }
            return;
        }
        self.head.push(now);
        let length = self.head.bytes.len();
        match (met, &mut self.list) {
            (Met::Key(1), _) => self.key = length.saturating_sub(1),
            (Met::Begin(1, b'['), _) if !self.plain && self.head.whole() => {
                self.list = Some(List::Unknown {
                    seen: Vec::new(),
                    begins: None,
                });
            }
            (Met::End(1), _) => self.list = None,
            (Met::Begin(2, _), Some(List::Unknown { begins, .. })) => {
                *begins = Some((last(spot), length.saturating_sub(1)));
            }
            (Met::End(2), Some(List::Unknown { seen, begins })) => {
                if let Some((spot, from)) = begins.take() {
                    seen.push((spot, from..length));
                }
                let bytes = seen.last().and_then(|(_, at)| {
                    let whole = self.head.whole();
                    whole.then(|| self.head.bytes.get(at.clone())).flatten()
                });
                match bytes {
                    Some(bytes) if looks(bytes) => self.discover(out),
                    Some(_) if seen.len() < TRIED => {}
                    Some(_) | None => self.list = Some(List::Other),
                }
            }
            _ => {}
        }
    }

    /// The list that is read holds conversations, unless the object is one itself.
    fn discover(&mut self, out: &mut VecDeque<Piece>) {
        let Some(List::Unknown { seen, .. }) = self.list.take() else {
            return;
        };
        let before = self.head.bytes.get(..self.key).unwrap_or_default();
        let mut closed = before.trim_ascii_end().to_vec();
        if closed.last() == Some(&b',') {
            closed.pop();
        }
        closed.push(b'}');
        if looks(&closed) {
            self.plain = true;
            return;
        }
        self.found = true;
        self.around = serde_json::from_slice(&closed).ok().map(Arc::new);
        for (spot, at) in seen {
            let mut piece = Piece::at(spot, true);
            piece.push(self.head.bytes.get(at).unwrap_or_default());
            piece.around.clone_from(&self.around);
            out.push_back(piece);
        }
        // The list is gone from the head; an empty one of no name keeps the commas
        // right.
        self.head.bytes.truncate(self.key);
        self.head.length = self.head.bytes.len();
        self.head.push(b"\"\":[");
        self.list = Some(List::Told(None));
    }

    /// The end: what was not handed out yet and may be a conversation, or is too long
    /// to say.
    fn close(&mut self, out: &mut VecDeque<Piece>) {
        let empty = Piece::at(self.head.spot, false);
        let head = std::mem::replace(&mut self.head, empty);
        if !self.found || !head.whole() || looks(&head.bytes) {
            out.push_back(head);
        }
    }
}
