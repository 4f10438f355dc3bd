//! The things that results have shown: each by its id, with its plain fields, how
//! they went, and the sums of money in it. What a text says of a thing is held
//! against this.

use super::date::time;
use super::known::{hundredths, is_money_key, lower};
use super::literal::id_of;
use super::origin::is_id_key;
use crate::engine::world::{Hashed, Map, Node};
use std::collections::{HashMap, HashSet};

/// Nothing of ours nests deeper; what does is not read on.
const DEPTH: usize = 64;
/// Rows that are kept: a result with more things than a reader can hold says
/// nothing about a single one.
const ROWS: usize = 20_000;

/// Times of day of one thing that are kept.
const TIMES: usize = 32;

/// One thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its id, in lower case and without `#`.
    pub(super) id: Box<str>,
    /// Its plain words by key.
    fields: HashMap<Box<str>, Field, Hashed>,
    /// The sums of money in it, by their keys from the thing: `prices.economy`.
    pub(super) money: Vec<(Box<str>, i64)>,
    /// Its times of day by their keys, in minutes since midnight, with the step that
    /// showed each last.
    pub(super) times: Vec<(Box<str>, u16, u32)>,
    /// Whether a write has gone to it since it was shown.
    stale: bool,
    /// The step that showed it last.
    pub(super) step: u32,
}

/// A field and how it went.
#[derive(Clone, Debug, Default)]
struct Field {
    /// Values in the order they were shown, each with its step.
    values: Vec<(Box<str>, u32)>,
    /// Whether it had two values with no write between: then it is not a property
    /// of the thing alone.
    torn: bool,
    /// How many writes there had been when it was shown last.
    writes: usize,
}

/// All things shown so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    rows: HashMap<Box<str>, Row, Hashed>,
    /// Values that a key had, for keys whose values are words.
    vocabulary: HashMap<Box<str>, HashSet<Box<str>>, Hashed>,
    /// Things by the numbers that they have among their fields.
    owners: HashMap<Box<str>, Vec<Box<str>>, Hashed>,
    /// Writes so far.
    writes: usize,
}

/// An id in its normal form.
pub(super) fn normal(id: &str) -> Box<str> {
    id.trim().trim_start_matches('#').to_lowercase().into()
}

/// Whether two ids have one shape: `w123` and `w999`.
pub(super) fn alike(a: &str, b: &str) -> bool {
    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
    a.chars().map(shape).eq(b.chars().map(shape))
}

/// Whether a value is a word or two, as states and classes are.
pub(super) fn wordy(value: &str) -> bool {
    // `PHL` is a name, no state.
    let code = || value.len() <= 4 && value.bytes().all(|c| c.is_ascii_uppercase());
    let gaps = || value.bytes().filter(|c| matches!(c, b' ' | b'_' | b'-'));
    (2..=40).contains(&value.len())
        && value
            .bytes()
            .all(|c| c.is_ascii_alphabetic() || matches!(c, b' ' | b'_' | b'-' | b'(' | b')'))
        && !code()
        && gaps().count() < 4
}

/// Whether a key says how a thing stands.
pub(super) fn is_status_key(key: &str) -> bool {
    let last = key.rsplit_once('_').map_or(key, |(_, last)| last);
    last.eq_ignore_ascii_case("status") || last.eq_ignore_ascii_case("state")
}

impl Records {
    /// A result was read.
    pub(super) fn read(&mut self, result: &Node, step: u32) {
        self.walk(result, None, step, 0);
    }

    /// A write went to the things that these arguments name: what was shown of
    /// them may hold no longer.
    pub(super) fn wrote(&mut self, args: &Node) {
        self.writes += 1;
        self.stale(args, 0);
    }

    fn stale(&mut self, args: &Node, depth: usize) {
        match args {
            Node::Str(s) => {
                if let Some(row) = self.rows.get_mut(&normal(s)) {
                    row.stale = true;
                }
            }
            Node::List(list) if depth < DEPTH => list.iter().for_each(|n| self.stale(n, depth + 1)),
            Node::Map(map) if depth < DEPTH => map.values().for_each(|n| self.stale(n, depth + 1)),
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::List(_)
            | Node::Map(_) => {}
        }
    }

    fn walk(&mut self, node: &Node, key: Option<&str>, step: u32, depth: usize) {
        if depth > DEPTH || self.rows.len() > ROWS {
            return;
        }
        match node {
            Node::Map(map) => {
                if let Some(id) = id_in(map, key) {
                    self.row(&id, map, step);
                }
                for (key, value) in map {
                    self.walk(value, Some(key), step, depth + 1);
                }
            }
            Node::List(list) => list
                .iter()
                .for_each(|n| self.walk(n, None, step, depth + 1)),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
        }
    }

    fn row(&mut self, id: &str, map: &Map, step: u32) {
        let id = normal(id);
        let writes = self.writes;
        let row = self.rows.entry(id.clone()).or_insert_with(|| Row {
            id,
            ..Row::default()
        });
        row.stale = false;
        row.step = step;
        let mut path = String::new();
        for (key, value) in map {
            match value {
                Node::Str(text) if wordy(text) => {
                    let value = lower(text);
                    with(&mut self.vocabulary, key, |words| {
                        if !words.contains(&*value) {
                            words.insert((&*value).into());
                        }
                    });
                    with(&mut row.fields, key, |field| {
                        let changed = field.values.last().is_some_and(|(v, _)| **v != *value);
                        field.torn |= changed && field.writes == writes;
                        field.writes = writes;
                        match field.values.last_mut() {
                            Some(last) if !changed => last.1 = step,
                            Some(_) | None => field.values.push(((&*value).into(), step)),
                        }
                    });
                }
                Node::Str(text) => {
                    if let Some(minutes) = time_of(text) {
                        row.time(key, minutes, step);
                    }
                    if let Some(number) = id_of(text).filter(|n| **n != *row.id) {
                        let owners = self.owners.entry(number.into()).or_default();
                        if !owners.contains(&row.id) {
                            owners.push(row.id.clone());
                        }
                    }
                }
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::List(_)
                | Node::Map(_) => {}
            }
        }
        sums(map, &mut path, &mut row.money, 0);
    }

    /// Whether a thing that was read after a step has an amount.
    pub(super) fn shown_since(&self, step: u32, cents: i64) -> bool {
        let mut read = self.rows.values().filter(|row| row.step > step);
        read.any(|row| row.money.iter().any(|(_, own)| *own == cents))
    }

    /// Whether a step showed a thing that stood like this.
    pub(super) fn state_at(&self, step: u32, state: &str) -> bool {
        self.rows.values().any(|row| {
            let keys = row.fields.iter().filter(|(key, _)| is_status_key(key));
            keys.flat_map(|(_, field)| &field.values)
                .any(|(value, read)| *read == step && **value == *state)
        })
    }

    /// The thing of this id, as a literal has it.
    pub(super) fn get(&self, id: &str) -> Option<&Row> {
        self.rows.get(id)
    }

    /// The things that have this number among their fields, where it is not one's
    /// own name.
    pub(super) fn owners(&self, number: &str) -> impl Iterator<Item = &str> {
        let own = self.rows.contains_key(number);
        let owners = self.owners.get(number).filter(|_| !own);
        owners.into_iter().flatten().map(|o| &**o)
    }

    /// Every value that a status had so far.
    pub(super) fn statuses(&self) -> impl Iterator<Item = &str> {
        self.vocabulary
            .iter()
            .filter(|(key, _)| is_status_key(key))
            .flat_map(|(_, words)| words.iter().map(|w| &**w))
    }

    /// Keys whose values are a few words, with these.
    pub(super) fn classes(&self) -> impl Iterator<Item = (&str, &HashSet<Box<str>>)> {
        self.vocabulary
            .iter()
            .filter(|(key, words)| !is_status_key(key) && (2..=12).contains(&words.len()))
            .map(|(key, words)| (&**key, words))
    }

    /// The thing that has this sum under this path; of several always the same.
    pub(super) fn has_sum(&self, path: &str, cents: i64) -> Option<&Row> {
        self.rows
            .values()
            .filter(|r| r.money.iter().any(|(p, c)| *c == cents && **p == *path))
            .min_by(|a, b| a.id.cmp(&b.id))
    }
}

/// The time of day of a value: `10:30`, `01:30:00+1`, `2024-05-17T10:30:00`.
fn time_of(value: &str) -> Option<u16> {
    match value.as_bytes().get(10) {
        Some(b'T' | b' ') => value.get(11..16).and_then(time),
        Some(_) | None => time(value),
    }
}

impl Row {
    fn time(&mut self, key: &str, minutes: u16, step: u32) {
        let same = |(k, t, _): &(Box<str>, u16, u32)| **k == *key && *t == minutes;
        match self.times.iter().position(same) {
            Some(at) => {
                // The newest stands last: it is the truth that is told.
                let mut kept = self.times.remove(at);
                kept.2 = step;
                self.times.push(kept);
            }
            None if self.times.len() < TIMES => self.times.push((key.into(), minutes, step)),
            None => {}
        }
    }

    /// How a field stands, with its step; `None` where that is not known.
    pub(super) fn now(&self, key: &str) -> Option<(&str, u32)> {
        let field = self.fields.get(key).filter(|f| !f.torn && !self.stale)?;
        field.values.last().map(|(v, step)| (&**v, *step))
    }

    /// Whether a field had this value before its last one.
    pub(super) fn had(&self, key: &str, is: impl Fn(&str) -> bool) -> bool {
        self.fields.get(key).is_some_and(|f| {
            let before = f.values.len().saturating_sub(1);
            f.values.iter().take(before).any(|(v, _)| is(v))
        })
    }

    /// The only field whose key ends in this word: its value and the step.
    pub(super) fn class(&self, word: &str) -> Option<(&str, u32)> {
        let mut keys = self.fields.keys().filter(|k| ends_in(k, word));
        let key = keys.next()?;
        if keys.next().is_some() {
            return None;
        }
        self.now(key)
    }

    /// Whether it has a status at all, however it stands now.
    pub(super) fn has_status(&self) -> bool {
        self.fields.keys().any(|k| is_status_key(k))
    }

    /// Whether it has a field whose key ends in this word.
    pub(super) fn has_class(&self, word: &str) -> bool {
        self.fields.keys().any(|k| ends_in(k, word))
    }

    /// The status of the thing: its key, its value and the step.
    pub(super) fn status(&self) -> Option<(&str, &str, u32)> {
        let mut keys = self.fields.keys().filter(|k| is_status_key(k));
        let key = keys.next()?;
        // Two states of one thing: none is *the* state.
        if keys.next().is_some() {
            return None;
        }
        self.now(key).map(|(v, step)| (&**key, v, step))
    }
}

/// Whether the last word of a key is this one.
fn ends_in(key: &str, word: &str) -> bool {
    let last = key.rsplit(['_', ' ', '-']).next().unwrap_or(key);
    last.eq_ignore_ascii_case(word)
}

/// Changes the value under a key, new where there is none.
fn with<T: Default>(
    map: &mut HashMap<Box<str>, T, Hashed>,
    key: &str,
    change: impl FnOnce(&mut T),
) {
    // Most keys are there: no copy of the key for them.
    match map.get_mut(key) {
        Some(value) => change(value),
        None => change(map.entry(key.into()).or_default()),
    }
}

/// What a thing is called: the key it stands under where that is an id, else the
/// first field that names it.
fn id_in(map: &Map, key: Option<&str>) -> Option<String> {
    if let Some(key) = key.filter(|k| id_of(k).is_some()) {
        return Some(key.to_owned());
    }
    map.iter().take(6).find_map(|(key, value)| match value {
        Node::Str(s) if is_id_key(key) && !s.contains(char::is_whitespace) && s.len() >= 2 => {
            Some(s.to_string())
        }
        Node::Int(n) if is_id_key(key) => Some(n.to_string()),
        Node::Str(_)
        | Node::Int(_)
        | Node::Null
        | Node::Bool(_)
        | Node::Float(_)
        | Node::List(_)
        | Node::Map(_) => None,
    })
}

/// The sums of money of a thing and of what stands in it.
fn sums(map: &Map, path: &mut String, out: &mut Vec<(Box<str>, i64)>, depth: usize) {
    let long = path.len();
    for (key, value) in map {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        below(value, path, out, depth);
        path.truncate(long);
    }
}

fn below(value: &Node, path: &mut String, out: &mut Vec<(Box<str>, i64)>, depth: usize) {
    if depth > 8 || out.len() > 400 {
        return;
    }
    match value {
        Node::Int(_) | Node::Float(_) => {
            let cents = value.as_f64().map(|v| hundredths(v.abs()));
            if let Some(cents) = cents.filter(|_| is_money_key(path))
                && !out.iter().any(|(p, c)| *c == cents && **p == **path)
            {
                out.push((path.as_str().into(), cents));
            }
        }
        Node::List(list) => {
            for item in list {
                below(item, path, out, depth + 1);
            }
        }
        Node::Map(map) => sums(map, path, out, depth + 1),
        Node::Null | Node::Bool(_) | Node::Str(_) => {}
    }
}
