//! Case files: one conversation with all that it needs, in one file that replays
//! anywhere and can be sent with a bug report.
//!
//! JSON lines, in this order:
//!
//! ```text
//! {"stategen_case":1,"conversation":"01k…","program":"0.1.0","blobs":7,"events":31}
//! {"blob":"<sha-256>","text":"…"}          or {"blob":"<sha-256>","base64":"…"}
//! {"event":{…},"envelope":{…}}              as the log has them, `opened` first
//! {"mark":{…}}                              findings that people marked, if any
//! {"end":"<sha-256 of all lines above, line ends included>"}
//! ```
//!
//! Nothing in a case file is trusted: sizes are bounded, every blob is held
//! against its name, the whole file against its last line, the log is replayed
//! before it is taken in, and no path in it reaches the file system.

use crate::engine::event::Event;
use crate::engine::id::{ConvId, Sha, StepId};
use crate::engine::scenario::Files;
use crate::engine::session::{BadLog, Session};
use crate::engine::step::Act;
use crate::store::{Envelope, Mark, Marks, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{BufRead, Read, Write};
use std::sync::Arc;

/// The format that this program writes and reads.
pub const FORMAT: u32 = 1;
/// Bytes of one line at most.
const LINE: u64 = 96 << 20;
/// Bytes of all lines at most.
const WHOLE: u64 = 512 << 20;
/// Blobs at most.
const BLOBS: usize = 10_000;
/// Events at most.
const EVENTS: usize = 1_000_000;

/// A conversation with all that it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    conversation: ConvId,
    /// Contents by name.
    pub blobs: BTreeMap<Sha, Arc<[u8]>>,
    /// The log, `Opened` first.
    pub events: Vec<(Event, Envelope)>,
    /// What people marked of what was found in it, oldest first.
    pub marks: Vec<Mark>,
}

/// What taking a case in did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is in the store now.
    New,
    /// It was there, the same to the last event.
    Same,
}

/// Why a case file was not read, written or taken in. The store is as it was.
#[derive(Debug)]
pub enum CaseError {
    /// The file cannot be read or written.
    Io(std::io::Error),
    /// A line is not what it should be.
    Bad {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Its log does not replay.
    Replay(BadLog),
    /// The store.
    Store(StoreError),
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(why) => write!(f, "{why}"),
            Self::Bad { line, why } => write!(
                f,
                "line {line} of the case file {why}. Nothing was taken in. Ask for the file \
                 again, whole."
            ),
            Self::Replay(why) => {
                write!(f, "the case does not replay: {why}. Nothing was taken in.")
            }
            Self::Store(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for CaseError {}

impl From<std::io::Error> for CaseError {
    fn from(why: std::io::Error) -> Self {
        Self::Io(why)
    }
}

impl From<StoreError> for CaseError {
    fn from(why: StoreError) -> Self {
        Self::Store(why)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    stategen_case: u32,
    conversation: ConvId,
    program: String,
    blobs: usize,
    events: usize,
    #[serde(default, skip_serializing_if = "is_zero")]
    marks: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkLine {
    mark: Mark,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlobLine {
    blob: Sha,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    event: Event,
    envelope: Envelope,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: Sha,
}

/// The files that an event names: those of the opening, and those of an edit.
fn files(event: &Event) -> Option<&BTreeMap<String, Sha>> {
    match event {
        Event::Opened(opened) => Some(&opened.files),
        Event::Stepped { step, .. } => match &step.body.act {
            Act::Edited(edited) => Some(&edited.files),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. } => None,
        },
        Event::Moved { .. } | Event::Ended { .. } => None,
    }
}

impl Case {
    /// The conversation's name.
    #[must_use]
    pub fn conversation(&self) -> &ConvId {
        &self.conversation
    }

    /// Takes a conversation and its blobs out of a store.
    ///
    /// # Errors
    /// It is not there, a blob is missing or damaged, or the store cannot be read.
    pub fn from_store(store: &Store, id: &ConvId) -> Result<Self, CaseError> {
        let events = store.events(id)?;
        let mut blobs = BTreeMap::new();
        for (name, sha) in events
            .iter()
            .filter_map(|(event, _)| files(event))
            .flatten()
        {
            if !blobs.contains_key(sha) {
                let bytes = store.blob(*sha)?.ok_or_else(|| StoreError::Blob {
                    sha: *sha,
                    why: format!("({name}) is not in the store"),
                })?;
                blobs.insert(*sha, bytes);
            }
        }
        Ok(Self {
            conversation: id.clone(),
            blobs,
            events,
            marks: store.marks(id)?.all,
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut hash = Vec::new();
        let mut line = |out: &mut dyn Write, text: serde_json::Result<String>| {
            let mut text = text.map_err(std::io::Error::other)?;
            text.push('\n');
            hash.push(Sha::of(text.as_bytes()));
            out.write_all(text.as_bytes())
        };
        line(
            out,
            serde_json::to_string(&Head {
                stategen_case: FORMAT,
                conversation: self.conversation.clone(),
                program: String::from(env!("CARGO_PKG_VERSION")),
                blobs: self.blobs.len(),
                events: self.events.len(),
                marks: self.marks.len(),
            }),
        )?;
        for (sha, bytes) in &self.blobs {
            let (text, base64) = match std::str::from_utf8(bytes) {
                Ok(text) => (Some(text.to_owned()), None),
                Err(_) => (None, Some(to_base64(bytes))),
            };
            line(
                out,
                serde_json::to_string(&BlobLine {
                    blob: *sha,
                    text,
                    base64,
                }),
            )?;
        }
        for (event, envelope) in &self.events {
            line(
                out,
                serde_json::to_string(&EventLine {
                    event: event.clone(),
                    envelope: envelope.clone(),
                }),
            )?;
        }
        for mark in &self.marks {
            // A number counts in its store alone.
            let mark = Mark {
                number: 0,
                ..mark.clone()
            };
            line(out, serde_json::to_string(&MarkLine { mark }))?;
        }
        let end =
            serde_json::to_string(&End { end: seal(&hash) }).map_err(std::io::Error::other)?;
        writeln!(out, "{end}")
    }

    /// Reads a file, as far as it can be trusted: sizes, hashes, order.
    ///
    /// # Errors
    /// The first line that is not what it should be.
    pub fn read(input: &mut dyn BufRead) -> Result<Self, CaseError> {
        let mut lines = Lines {
            input,
            number: 0,
            left: WHOLE,
            hash: Vec::new(),
        };
        let head: Head = lines.next("is no head of a case file")?;
        if head.stategen_case != FORMAT {
            return Err(lines.bad(format!(
                "says format {}, and this StateGen reads format {FORMAT}",
                head.stategen_case
            )));
        }
        if head.blobs > BLOBS || head.events > EVENTS || head.marks > EVENTS {
            return Err(lines.bad("announces more than a conversation can have"));
        }
        let mut blobs = BTreeMap::new();
        for _ in 0..head.blobs {
            let found: BlobLine = lines.next("is no blob")?;
            let bytes = match (found.text, found.base64) {
                (Some(text), None) => Some(text.into_bytes()),
                (None, Some(text)) => from_base64(&text),
                (Some(_), Some(_)) | (None, None) => None,
            };
            let bytes = bytes.ok_or_else(|| lines.bad("has no content that can be read"))?;
            if Sha::of(&bytes) != found.blob {
                return Err(lines.bad("holds other bytes than its name says"));
            }
            blobs.insert(found.blob, Arc::from(bytes));
        }
        let mut events = Vec::new();
        for n in 0..head.events {
            let found: EventLine = lines.next("is no event")?;
            match (&found.event, n) {
                (Event::Opened(opened), 0) => {
                    if opened.conversation != head.conversation {
                        return Err(lines.bad("opens another conversation than the head names"));
                    }
                }
                (Event::Opened(_), _) => return Err(lines.bad("opens the conversation again")),
                (_, 0) => return Err(lines.bad("does not open the conversation")),
                (Event::Stepped { .. } | Event::Moved { .. } | Event::Ended { .. }, _) => {}
            }
            let named = files(&found.event);
            if let Some(path) = named
                .into_iter()
                .flat_map(|f| f.keys())
                .find(|p| !is_plain(p))
            {
                return Err(lines.bad(format!("names a file `{path}` outside its folder")));
            }
            let mut shas = named.into_iter().flat_map(|f| f.values());
            if let Some(sha) = shas.find(|s| !blobs.contains_key(s)) {
                return Err(lines.bad(format!("names a blob {} that is not here", sha.short())));
            }
            events.push((found.event, found.envelope));
        }
        if events.is_empty() {
            return Err(lines.bad("announces no events"));
        }
        let mut marks = Vec::new();
        for _ in 0..head.marks {
            let found: MarkLine = lines.next("is no mark of a finding")?;
            if found.mark.conversation != head.conversation {
                return Err(lines.bad("marks a finding of another conversation"));
            }
            marks.push(found.mark);
        }
        let sealed = seal(&lines.hash);
        let end: End = lines.next("is not the end of the case file")?;
        if end.end != sealed {
            return Err(lines.bad("says that a line above was changed"));
        }
        Ok(Self {
            conversation: head.conversation,
            blobs,
            events,
            marks,
        })
    }

    /// Rebuilds the conversation and holds it against its log; answers how many
    /// steps it has.
    ///
    /// # Errors
    /// The first thing that does not agree.
    pub fn replay(&self) -> Result<usize, CaseError> {
        self.session()?;
        let step = |(e, _): &&(Event, Envelope)| matches!(e, Event::Stepped { .. });
        Ok(self.events.iter().filter(step).count())
    }

    /// The conversation, rebuilt and held against its log.
    ///
    /// # Errors
    /// The first thing that does not agree.
    pub fn session(&self) -> Result<Session, CaseError> {
        let log: Vec<Event> = self.events.iter().map(|(event, _)| event.clone()).collect();
        let blob = |sha: Sha| self.blobs.get(&sha).cloned();
        Session::replay(&log, &blob).map_err(CaseError::Replay)
    }

    /// The marks that it carries.
    #[must_use]
    pub fn marks(&self) -> Marks {
        Marks {
            all: self.marks.clone(),
        }
    }

    /// Keeps the marks that the store does not have, at steps that it has.
    fn take_marks(&self, store: &Store) -> Result<(), CaseError> {
        let there = store.all_marks(&self.conversation)?;
        let known = |mark: &Mark| {
            there.iter().any(|t| {
                (t.step, t.says, t.time_ms, &t.by) == (mark.step, mark.says, mark.time_ms, &mark.by)
                    && t.finding.key() == mark.finding.key()
            })
        };
        let steps: BTreeSet<StepId> = self
            .events
            .iter()
            .filter_map(|(event, _)| match event {
                Event::Stepped { step, .. } => Some(step.id),
                Event::Opened(_) | Event::Moved { .. } | Event::Ended { .. } => None,
            })
            .collect();
        let new = self
            .marks
            .iter()
            .filter(|m| !known(m) && steps.contains(&m.step));
        let new: Vec<Mark> = new.cloned().collect();
        store.mark(&new)?;
        Ok(())
    }

    /// Puts the conversation into a store.
    ///
    /// # Errors
    /// Another conversation of this name is there, or the store cannot be written.
    pub fn take_in(&self, store: &Store) -> Result<Taken, CaseError> {
        match store.events(&self.conversation) {
            Ok(there) if there == self.events => {
                self.take_marks(store)?;
                return Ok(Taken::Same);
            }
            Ok(_) => return Err(StoreError::Exists(self.conversation.clone()).into()),
            Err(StoreError::Unknown { .. }) => {}
            Err(why) => return Err(why.into()),
        }
        let mut opened = Files::new();
        if let Some((Event::Opened(first), _)) = self.events.first() {
            for (name, sha) in &first.files {
                if let Some(bytes) = self.blobs.get(sha) {
                    opened.insert(name.clone(), Arc::clone(bytes));
                }
            }
        }
        let edits = self.events.iter().skip(1);
        let named = edits.filter_map(|(event, _)| files(event)).flatten();
        let contents: BTreeMap<&Sha, &Arc<[u8]>> = named
            .filter_map(|(_, sha)| self.blobs.get_key_value(sha))
            .collect();
        let contents: Vec<Arc<[u8]>> = contents.into_values().cloned().collect();
        store.import_with(&opened, &contents, &self.events)?;
        self.take_marks(store)?;
        Ok(Taken::New)
    }
}

/// The hash over all lines: of their hashes, so that no line need be kept.
fn seal(lines: &[Sha]) -> Sha {
    let bytes: Vec<u8> = lines.iter().flat_map(|sha| sha.0).collect();
    Sha::of(&bytes)
}

/// Whether a name stays inside a folder on every system.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 256
        && !path.contains(['\\', ':', '\0'])
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Lines of a case file, bounded, counted and hashed.
struct Lines<'a> {
    input: &'a mut dyn BufRead,
    number: usize,
    left: u64,
    hash: Vec<Sha>,
}

impl Lines<'_> {
    fn bad(&self, why: impl Into<String>) -> CaseError {
        CaseError::Bad {
            line: self.number,
            why: why.into(),
        }
    }

    fn next<T: serde::de::DeserializeOwned>(&mut self, why: &str) -> Result<T, CaseError> {
        self.number += 1;
        let most = LINE.min(self.left);
        let mut line = Vec::new();
        let read = (&mut *self.input).take(most).read_until(b'\n', &mut line)? as u64;
        if read == 0 && most > 0 {
            return Err(self.bad("is missing: the file was cut off"));
        }
        if line.last() != Some(&b'\n') {
            return Err(self.bad(if read == most {
                "is larger than a case file may be"
            } else {
                "was cut off"
            }));
        }
        self.left = self.left.saturating_sub(read);
        self.hash.push(Sha::of(&line));
        serde_json::from_slice(&line).map_err(|error| self.bad(format!("{why}: {error}")))
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648, with padding.
fn to_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0u32, |acc, byte| (acc << 8) | u32::from(*byte));
        for place in 0..4 {
            if place <= chunk.len() {
                let digit = DIGITS.get(((bits >> (18 - 6 * place)) & 63) as usize);
                out.push(digit.map_or('=', |d| char::from(*d)));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// The bytes; `None` where the text is not what [`to_base64`] writes.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let digits = text.trim_end_matches('=').as_bytes();
    let pad = text.len() - digits.len();
    if pad > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for digit in digits {
        let value = DIGITS.iter().position(|d| d == digit)? as u32;
        bits = (bits << 6) | value;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    // What is left over must be nothing, or two texts would stand for one blob.
    (bits == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc_and_comes_back() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(to_base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text).as_deref(), Some(bytes.as_bytes()));
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(from_base64(&to_base64(&all)), Some(all));
        for bad in ["Z", "Zg=", "Zh==", "Z===", "Zm9*", "====", "Zg==Zg=="] {
            assert_eq!(from_base64(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_that_leave_their_folder_are_seen() {
        for good in ["world.json", "a/b.rules", "ä b.md"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a\\b",
            "c:x",
            "./a",
            "a/",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
