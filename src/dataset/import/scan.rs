//! How JSON hangs together, byte by byte: where values begin and end, and the
//! first byte that cannot stand where it does. Numbers and words are taken as
//! they are: who reads a value says what is wrong inside it.

use std::fmt;

/// Levels of nesting at most. What reads a value takes far fewer; this many are
/// followed, so that what comes after such a value can still be found.
const DEEP: usize = 1 << 16;

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// From 1.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
}

impl Spot {
    /// Where a file begins.
    pub const START: Self = Self { line: 1, column: 1 };

    /// Goes over bytes.
    #[allow(
        clippy::naive_bytecount,
        reason = "the compiler counts many at once; a crate for it would be no faster here"
    )]
    pub fn walk(&mut self, bytes: &[u8]) {
        let lines = bytes.iter().filter(|b| **b == b'\n').count();
        let last = (lines > 0)
            .then(|| bytes.iter().rposition(|b| *b == b'\n'))
            .flatten();
        self.line = self.line.saturating_add(lines);
        self.column = match last {
            Some(at) => bytes.len() - at,
            None => self.column.saturating_add(bytes.len()),
        };
    }
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

/// What the next byte is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Nothing,
    Text,
    Escape,
    Word,
}

/// What was met, and at which level: 0 for a value that is in nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// The first byte of a value, the last one that was taken.
    Begin(usize, u8),
    /// The first byte of a key, the last one that was taken.
    Key(usize),
    /// A value ended with the last byte that was taken.
    End(usize),
    /// Nothing that was asked for: more bytes are needed.
    More,
    /// The next byte cannot stand here, or there may be none.
    Fault(Fault),
}

/// Why JSON cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A byte where something else is needed.
    Found(u8, &'static str),
    /// The end of a line inside a text.
    Line,
    /// Too many levels.
    Deep,
    /// More than there is room for.
    Long,
    /// The end of the input.
    End(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(byte, wanted) if byte.is_ascii_graphic() => {
                write!(f, "`{}` stands where {wanted} is needed", *byte as char)
            }
            Self::Found(byte, wanted) => {
                write!(f, "the byte {byte:#04x} stands where {wanted} is needed")
            }
            Self::Line => f.write_str("the line ends inside a text: its closing `\"` is missing"),
            Self::Deep => write!(f, "more than {DEEP} levels are nested"),
            Self::Long => f.write_str("it has no end"),
            Self::End(wanted) => write!(f, "the file ends where {wanted} is needed"),
        }
    }
}

/// Follows one value after the other.
#[derive(Debug)]
pub(super) struct Scanner {
    /// What is open: whether it is an object.
    open: Vec<bool>,
    want: Want,
    inside: Inside,
    /// Whether the text that is read is a key.
    key: bool,
    /// Where the next byte is.
    pub spot: Spot,
}

impl Scanner {
    /// Before a value at a place.
    pub fn at(spot: Spot) -> Self {
        Self {
            open: Vec::new(),
            want: Want::Value,
            inside: Inside::Nothing,
            key: false,
            spot,
        }
    }

    /// Goes on to the next thing at a level up to `watch`, else to the end of the
    /// bytes. How many were taken, and what was met.
    pub fn next(&mut self, bytes: &[u8], watch: usize) -> (usize, Met) {
        let (taken, met) = self.go(bytes, watch);
        self.spot.walk(bytes.get(..taken).unwrap_or_default());
        (taken, met)
    }

    /// What is missing where the input ends here.
    pub fn missing(&self) -> Fault {
        Fault::End(match self.inside {
            Inside::Text | Inside::Escape => "the closing `\"` of a text",
            Inside::Word => self.after(),
            Inside::Nothing => self.wanted(),
        })
    }

    fn go(&mut self, bytes: &[u8], watch: usize) -> (usize, Met) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.inside {
                Inside::Text => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let stop = |b: &u8| matches!(b, b'"' | b'\\' | b'\n');
                    let Some(found) = rest.iter().position(stop) else {
                        return (bytes.len(), Met::More);
                    };
                    at += found;
                    match rest.get(found) {
                        Some(b'\\') => self.inside = Inside::Escape,
                        Some(b'\n') => return (at, Met::Fault(Fault::Line)),
                        Some(_) | None => {
                            self.inside = Inside::Nothing;
                            if self.key {
                                self.want = Want::Colon;
                            } else {
                                self.want = Want::CommaOrEnd;
                                if self.open.len() <= watch {
                                    return (at + 1, Met::End(self.open.len()));
                                }
                            }
                        }
                    }
                    at += 1;
                }
                Inside::Escape if byte == b'\n' => return (at, Met::Fault(Fault::Line)),
                Inside::Escape => {
                    self.inside = Inside::Text;
                    at += 1;
                }
                Inside::Word if is_word(byte) => at += 1,
                Inside::Word => {
                    self.inside = Inside::Nothing;
                    self.want = Want::CommaOrEnd;
                    if self.open.len() <= watch {
                        return (at, Met::End(self.open.len()));
                    }
                }
                Inside::Nothing if is_space(byte) => at += 1,
                Inside::Nothing => {
                    if let Some(met) = self.sign(byte, watch) {
                        let taken = if matches!(met, Met::Fault(_)) {
                            at
                        } else {
                            at + 1
                        };
                        return (taken, met);
                    }
                    at += 1;
                }
            }
        }
        (at, Met::More)
    }

    /// A byte outside texts and words.
    fn sign(&mut self, byte: u8, watch: usize) -> Option<Met> {
        let level = self.open.len();
        match (self.want, byte) {
            (Want::Value | Want::ValueOrEnd, b'{' | b'[') => {
                if level >= DEEP {
                    return Some(Met::Fault(Fault::Deep));
                }
                self.open.push(byte == b'{');
                self.want = if byte == b'{' {
                    Want::KeyOrEnd
                } else {
                    Want::ValueOrEnd
                };
                (level <= watch).then_some(Met::Begin(level, byte))
            }
            (Want::Value | Want::ValueOrEnd, b'"') => {
                (self.inside, self.key) = (Inside::Text, false);
                (level <= watch).then_some(Met::Begin(level, byte))
            }
            (Want::Value | Want::ValueOrEnd, _) if is_word(byte) => {
                self.inside = Inside::Word;
                (level <= watch).then_some(Met::Begin(level, byte))
            }
            (Want::Key | Want::KeyOrEnd, b'"') => {
                (self.inside, self.key) = (Inside::Text, true);
                (level <= watch).then_some(Met::Key(level))
            }
            (Want::Colon, b':') => {
                self.want = Want::Value;
                None
            }
            (Want::CommaOrEnd, b',') if level > 0 => {
                self.want = if self.open.last() == Some(&true) {
                    Want::Key
                } else {
                    Want::Value
                };
                None
            }
            (Want::KeyOrEnd, b'}') | (Want::ValueOrEnd, b']') => self.close(watch),
            (Want::CommaOrEnd, b'}') if self.open.last() == Some(&true) => self.close(watch),
            (Want::CommaOrEnd, b']') if self.open.last() == Some(&false) => self.close(watch),
            _ => Some(Met::Fault(Fault::Found(byte, self.wanted()))),
        }
    }

    fn close(&mut self, watch: usize) -> Option<Met> {
        self.open.pop();
        self.want = Want::CommaOrEnd;
        let level = self.open.len();
        (level <= watch).then_some(Met::End(level))
    }

    fn wanted(&self) -> &'static str {
        match self.want {
            Want::Value => "a value",
            Want::ValueOrEnd => "a value or `]`",
            Want::Key => "a key in quotes",
            Want::KeyOrEnd => "a key in quotes or `}`",
            Want::Colon => "`:`",
            Want::CommaOrEnd => self.after(),
        }
    }

    fn after(&self) -> &'static str {
        match self.open.last() {
            Some(true) => "`,` or `}`",
            Some(false) => "`,` or `]`",
            None => "another value or the end",
        }
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// A byte of a number, of `true`, `false`, `null`, or of what others write there.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_')
}
