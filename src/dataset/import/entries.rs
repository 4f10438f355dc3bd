//! The conversations of a file, one at a time, as the file has them: one a line,
//! in a list, in a list inside an object, or values one after the other over any
//! number of lines. Each is bounded, whatever its bytes. A file is never held
//! whole.
//!
//! A file of lines is read by lines: a line that is broken says nothing about the
//! next. A list cannot be read beyond a place where it is broken. Which of both a
//! file is shows in its first value; an object that a line leaves open is tried as
//! a value over several lines, and taken back where that fails.

use super::input::Input;
use super::place::{BadEntry, By, Entry, LINE, Place};
use super::scan::{Fault, Met, Scanner, Spot, is_space};
use super::split::{Piece, Split, Step};
use std::collections::VecDeque;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// The conversations of an input, in order. Empty lines are left out.
pub struct Entries {
    input: Input,
    name: PathBuf,
    /// Where the next byte is.
    spot: Spot,
    /// How many were handed out.
    number: usize,
    /// The line in which the value before this one ended.
    ended: usize,
    /// Whether the value before this one was an object alone in its line so far.
    single: bool,
    /// Whether conversations stand one a line.
    by_line: bool,
    /// Whether a value was read that no file of lines has.
    document: bool,
    /// Whether the next line is to be taken as it is.
    as_it_is: bool,
    /// Bytes that may still be read for nothing.
    patience: usize,
    /// The value that is read.
    split: Option<Split>,
    /// What was taken out of it.
    ready: VecDeque<Piece>,
    /// Where it cannot go on, once all of `ready` is out.
    fault: Option<Fault>,
    over: bool,
}

type Item = Result<Entry, BadEntry>;

impl Entries {
    /// Those of a file; `-` is the standard input.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let stdin = path == Path::new("-");
        let name = if stdin { Path::new("stdin") } else { path };
        Ok(Self::from(Input::open(path)?, name))
    }

    /// Those of any input.
    ///
    /// # Errors
    /// Its first bytes cannot be read.
    pub fn of(input: Box<dyn BufRead + Send>, name: &Path) -> std::io::Result<Self> {
        Ok(Self::from(Input::of(input)?, name))
    }

    fn from(input: Input, name: &Path) -> Self {
        Self {
            input,
            name: name.to_owned(),
            spot: Spot::START,
            number: 0,
            ended: 0,
            single: false,
            by_line: false,
            document: false,
            as_it_is: false,
            patience: LINE / 2,
            split: None,
            ready: VecDeque::new(),
            fault: None,
            over: false,
        }
    }

    /// What it reads from.
    #[must_use]
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// The next thing; `None` where there is none yet.
    fn step(&mut self) -> std::io::Result<Option<Item>> {
        if let Some(piece) = self.ready.pop_front() {
            return Ok(Some(self.hand_out(piece)));
        }
        if let Some(fault) = self.fault.take() {
            return self.stop(fault);
        }
        if self.split.is_some() {
            self.read_on()?;
            return Ok(None);
        }
        if self.by_line || self.as_it_is {
            return self.line();
        }
        self.begin()
    }

    /// Finds the beginning of a value, where it is not known yet that the file is
    /// one of lines.
    fn begin(&mut self) -> std::io::Result<Option<Item>> {
        if self.spot == Spot::START {
            self.input.skip_mark()?;
        }
        let seen = self.input.piece()?;
        let spaces = seen.iter().take_while(|b| is_space(**b)).count();
        let byte = seen.get(spaces).copied();
        let before = seen.get(..spaces).unwrap_or_default();
        self.over = seen.is_empty();
        self.by_line = self.single && (before.contains(&b'\n') || self.over);
        self.spot.walk(before);
        self.input.consume(spaces);
        if self.by_line {
            return Ok(None);
        }
        match byte {
            None => {}
            Some(b'{' | b'[') => self.split = Some(Split::at(self.spot)),
            Some(byte) if self.document => {
                let fault = Fault::Found(byte, "another conversation or the end of the file");
                self.over = true;
                return Ok(Some(Err(self.broken(self.spot, fault, None))));
            }
            Some(_) => self.as_it_is = true,
        }
        Ok(None)
    }

    /// Reads more of a value.
    fn read_on(&mut self) -> std::io::Result<()> {
        let Some(split) = &mut self.split else {
            return Ok(());
        };
        let bytes = self.input.piece()?;
        if bytes.is_empty() {
            self.fault = Some(split.missing());
            return Ok(());
        }
        let (used, step) = split.feed(bytes, &mut self.ready);
        self.input.consume(used);
        match step {
            Step::More if self.by_line && split.length() > self.patience => {
                self.fault = Some(Fault::Long);
            }
            Step::More => {}
            Step::Fault(fault) => self.fault = Some(fault),
            Step::Done => {
                self.spot = split.spot();
                let alone = !split.is_list() && split.start.line == self.spot.line;
                self.document |= !self.by_line && !alone;
                self.single = alone && !self.document && split.start.line != self.ended;
                self.split = None;
                if self.ready.is_empty() {
                    self.ended = self.spot.line;
                }
            }
        }
        Ok(())
    }

    /// A value that was taken out of a document.
    fn hand_out(&mut self, piece: Piece) -> Item {
        self.number += 1;
        let beside = piece.listed || piece.spot.line == self.ended;
        if self.split.is_none() && self.ready.is_empty() {
            self.ended = self.spot.line;
        }
        let by = if beside {
            By::Number(self.number)
        } else {
            By::Line
        };
        let place = Place::at(piece.spot, by);
        if !piece.whole() {
            return Err(BadEntry::long(place, piece.length));
        }
        match String::from_utf8(piece.bytes) {
            Ok(text) => Ok(Entry {
                place,
                text,
                around: piece.around,
            }),
            Err(_) => Err(BadEntry::no_text(place)),
        }
    }

    /// A value cannot go on: a line of it is taken as it is where the file may be
    /// one of lines, else this is the end.
    fn stop(&mut self, fault: Fault) -> std::io::Result<Option<Item>> {
        let Some(split) = self.split.take() else {
            return Ok(None);
        };
        let (start, spot, inside) = (split.start, split.spot(), split.inside());
        let (list, bare, length) = (split.is_list(), split.is_bare_list(), split.length());
        let next_line = spot.column == 1 && matches!(fault, Fault::Found(b'{', _));
        if !list && !self.document {
            if let Some(taken) = split.taken() {
                let second = next_line || matches!(fault, Fault::End(_));
                if self.by_line || may_be_lines(&taken, second) {
                    self.patience = self.patience.saturating_sub(taken.len());
                    self.by_line |= taken.contains(&b'\n');
                    self.as_it_is = true;
                    self.spot = start;
                    self.input.put_back(taken);
                    return Ok(None);
                }
            } else if start.line == spot.line {
                let rest = self.input.skip_line()?;
                self.number += 1;
                self.spot = below(start);
                let place = Place::at(start, By::Line);
                return Ok(Some(Err(BadEntry::long(
                    place,
                    length.saturating_add(rest),
                ))));
            }
        }
        let bad = self.broken(spot, fault, inside);
        // An object that ended with its line, and a list was taken for its own: what
        // begins the next line is read again.
        self.by_line = list && !bare && next_line;
        self.over = !self.by_line;
        self.spot = spot;
        Ok(Some(Err(bad)))
    }

    fn broken(&self, spot: Spot, fault: Fault, inside: Option<Spot>) -> BadEntry {
        let how = match fault {
            Fault::End(_) => "is cut off",
            Fault::Found(..) | Fault::Line | Fault::Deep | Fault::Long => "is broken",
        };
        let inside = inside.map_or_else(String::new, |at| {
            format!(
                ", in the one that begins at line {} column {}",
                at.line, at.column
            )
        });
        let read = match self.number {
            0 => String::from("No conversation stands before it"),
            1 => String::from("The conversation before it was read"),
            n => format!("The {n} conversations before it were read"),
        };
        BadEntry {
            place: Place::at(spot, By::Column),
            why: format!("{how}: {fault}{inside}. {read}; what comes after it was not."),
        }
    }

    /// The next line as a value of its own.
    fn line(&mut self) -> std::io::Result<Option<Item>> {
        let place = Place::at(self.spot, By::Line);
        let Some(read) = self.input.line(LINE)? else {
            self.over = true;
            return Ok(None);
        };
        let as_it_is = std::mem::take(&mut self.as_it_is);
        let mut bytes = match read {
            Ok(bytes) => bytes,
            Err(length) => {
                self.number += 1;
                self.spot = below(self.spot);
                return Ok(Some(Err(BadEntry::long(place, length))));
            }
        };
        if self.by_line && !as_it_is && self.patience > 0 && is_open(&bytes) {
            self.input.put_back(bytes);
            self.split = Some(Split::whole(self.spot));
            return Ok(None);
        }
        self.spot = below(self.spot);
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) if text.trim().is_empty() => return Ok(None),
            text => text.map_err(|_| BadEntry::no_text(place)),
        };
        self.number += 1;
        self.ended = place.line;
        Ok(Some(text.map(|text| Entry {
            place,
            text,
            around: None,
        })))
    }
}

impl Iterator for Entries {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while !self.over {
            match self.step() {
                Ok(Some(item)) => return Some(item),
                Ok(None) => {}
                Err(why) => {
                    // What comes after damage in a packed file is not known.
                    self.over = true;
                    let spot = self.split.take().map_or(self.spot, |s| s.spot());
                    let place = Place::at(spot, By::Line);
                    let why = format!("cannot be read: {why}");
                    return Some(Err(BadEntry { place, why }));
                }
            }
        }
        None
    }
}

/// The beginning of the next line.
fn below(spot: Spot) -> Spot {
    Spot {
        line: spot.line.saturating_add(1),
        column: 1,
    }
}

/// Whether a line begins an object and ends inside it, where another line could
/// go on.
fn is_open(line: &[u8]) -> bool {
    let first = line.iter().copied().find(|b| !is_space(*b));
    if first != Some(b'{') || line.last() != Some(&b'\n') {
        return false;
    }
    let mut scan = Scanner::at(Spot::START);
    // Asked for values in nothing alone: the first is the beginning.
    let (taken, _) = scan.next(line, 0);
    let rest = line.get(taken..).unwrap_or_default();
    scan.next(rest, 0).1 == Met::More
}

/// Whether what an object was read from, up to where it cannot go on, may be lines
/// of which the first is broken: there is but one, or an object begins the second.
/// `second` says whether that is so of what comes after it.
fn may_be_lines(taken: &[u8], second: bool) -> bool {
    let mut lines = taken.split(|b| *b == b'\n');
    lines.next();
    if lines.clone().next().is_none() {
        return true;
    }
    let line = lines.find(|line| !line.trim_ascii().is_empty());
    line.map_or(second, |line| line.first() == Some(&b'{'))
}

/// The conversations of a file, each with its line, all at once. For files that are
/// known to be small.
///
/// # Errors
/// The file cannot be read; where that happened is named.
pub fn lines(path: &Path) -> Result<Vec<(usize, String)>, String> {
    let all = Entries::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    all.map(|entry| match entry {
        Ok(entry) => Ok((entry.place.line, entry.text)),
        Err(bad) => Err(format!("{}:{} {bad}", path.display(), bad.place)),
    })
    .collect()
}
