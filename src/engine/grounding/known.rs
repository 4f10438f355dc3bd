//! What is known at a moment of a conversation: a bag of ids, numbers, dates and
//! words gathered from texts and values, asked whether a literal has a source.

use super::date::{Date, either_half};
use super::derive::Derived;
use super::literal::{
    Literal, LiteralKind, LiteralValue, Token, among, hyphened, id_of, literals, tokens,
};
use super::turn::Trace;
use super::words::Words;
use crate::engine::world::{Hashed, Node};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Nothing of ours nests deeper; what does is not read on.
const DEPTH: usize = 128;
/// How many of the newest sums of money take part in derivations: more would
/// derive any amount at all.
const RECENT: usize = 16;

/// Sums of money in one value up to which they take part in derivations: of a long
/// list of prices any amount would follow. What is named of it still counts.
const CROWD: usize = 14;
/// Whole numbers below this count something, unless their key says that they are
/// money.
const SMALL: f64 = 20.0;

/// Values by what they say, each with the newest step that has it.
#[derive(Clone, Debug, Default)]
struct Bag {
    /// Whole strings and keys, as they are.
    strings: Words,
    /// Words, ids and addresses in lower case, without `#`.
    words: Words,
    /// Last four digits of longer runs of digits.
    tails: Words,
    /// All numbers, in millionths.
    numbers: HashMap<i64, u32, Hashed>,
    /// All numbers without their sign, in hundredths.
    cents: HashMap<i64, u32, Hashed>,
    /// Days as they were said, with a year or without.
    dates: HashMap<Date, u32>,
    /// Month and day of all days.
    days: HashMap<(u8, u8), u32>,
    times: HashMap<u16, u32>,
}

/// Everything that was said, read or written so far. Adding is linear; asking
/// is constant, and bounded by the newest sums of money for derivations. What
/// was [sealed](Known::seal) is shared by all copies.
#[derive(Clone, Debug, Default)]
pub struct Known {
    sealed: Vec<Arc<Bag>>,
    own: Bag,
    /// Numbers of which a derivation may be made, newest last, in hundredths,
    /// with their steps.
    money: Vec<(i64, u32)>,
    /// Shares of a hundred.
    percents: Vec<f64>,
    /// Tools on offer: name, and the stems of its words.
    tools: Arc<Vec<(Box<str>, Vec<String>)>>,
    /// The step that is heard.
    step: u32,
    /// Whether the value that is read has too many sums of money to reckon with.
    crowded: bool,
}

fn millionths(value: f64) -> i64 {
    (value * 1e6).round() as i64
}

/// An amount in hundredths.
pub(super) fn hundredths(value: f64) -> i64 {
    (value * 100.0).round() as i64
}

impl Known {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes what is known so far shared by all copies that are made from now on.
    pub fn seal(&mut self) {
        let own = std::mem::take(&mut self.own);
        self.sealed.push(Arc::new(own));
    }

    /// What is added from now on stands in this step; 0 is the start.
    pub fn at(&mut self, step: u32) {
        self.step = step;
    }

    /// The step that is heard.
    pub(super) fn step(&self) -> u32 {
        self.step
    }

    /// The newest step that says something, over all that is known.
    fn newest(&self, find: impl Fn(&Bag) -> Option<u32>) -> Option<u32> {
        let mut layers = std::iter::once(&self.own).chain(self.sealed.iter().rev().map(|b| &**b));
        layers.find_map(find)
    }

    fn word(&mut self, word: &str) {
        self.own.words.put(word, self.step);
    }

    /// All that a text says. Where it is JSON, its values are known as well.
    pub fn text(&mut self, text: &str) {
        if !self.json(text) {
            self.plain(text);
        }
    }

    /// The same, with the literals of the text as it stands.
    pub(super) fn read(&mut self, text: &str) -> Vec<Literal> {
        if self.json(text) {
            literals(text)
        } else {
            self.plain(text)
        }
    }

    fn json(&mut self, text: &str) -> bool {
        let node = text.trim_start().starts_with(['{', '[']);
        let node = node.then(|| Node::parse(text)).flatten();
        node.inspect(|node| self.node(node)).is_some()
    }

    fn plain(&mut self, text: &str) -> Vec<Literal> {
        let tokens = tokens(text);
        self.words_of(&tokens);
        let found = among(text, &tokens);
        for literal in &found {
            self.literal(literal);
        }
        found
    }

    fn words_of(&mut self, tokens: &[Token<'_>]) {
        for token in tokens {
            let lower = lower(token.text.trim_start_matches('#'));
            let word = hyphened(&lower);
            if !self.own.words.put(&word, self.step) {
                continue;
            }
            self.tail_of(&word);
            if word.contains('-') && word.bytes().any(|c| c.is_ascii_digit()) {
                // A phone number with or without its hyphens.
                self.word(&word.replace('-', ""));
            }
            if let Some((user, _)) = word.split_once('@') {
                // What stands before the sign names its owner as well.
                self.word(user);
            }
            if word.contains(['-', '_', '.']) {
                for part in word.split(['-', '_', '.']) {
                    self.word(part);
                }
            }
        }
    }

    fn tail_of(&mut self, word: &str) {
        let digits = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        if digits.len() > 4
            && digits.chars().all(|c| c.is_ascii_digit())
            && let Some(tail) = digits.get(digits.len() - 4..)
        {
            self.own.tails.put(tail, self.step);
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match (&literal.kind, &literal.value) {
            (LiteralKind::Time, LiteralValue::Number(minutes)) => {
                let time = *minutes as u16;
                self.own.times.insert(time, self.step);
                if either_half(&literal.text) {
                    let other = self.own.times.entry((time + 720) % 1440);
                    other.or_insert(self.step);
                }
            }
            (LiteralKind::Percent, LiteralValue::Number(share)) => {
                self.percents.push(*share);
                self.number(*share);
            }
            (LiteralKind::Amount, LiteralValue::Number(value)) => {
                self.number(*value);
                self.money(*value);
            }
            // What a user or a tool says without a sign may be money (`under 200`);
            // the small numbers of a policy are not.
            (_, LiteralValue::Number(value)) if self.step > 0 => self.number(*value),
            (_, LiteralValue::Number(value)) => self.count(*value),
            (_, LiteralValue::Date(date)) => self.date(*date),
            (_, LiteralValue::Text(text)) => {
                self.word(text);
                // A long count is an id by shape; it may still be an amount.
                if let Some(value) = super::literal::number(text) {
                    self.number(value);
                }
            }
        }
    }

    /// A tool on offer: its name says which actions can be claimed at all.
    pub fn tool(&mut self, name: &str) {
        let stems = name.split('_').map(super::verbs::stem).collect();
        Arc::make_mut(&mut self.tools).push((name.into(), stems));
    }

    pub(super) fn tools(&self) -> &[(Box<str>, Vec<String>)] {
        &self.tools
    }

    fn number(&mut self, value: f64) {
        self.own.numbers.insert(millionths(value), self.step);
        self.own.numbers.insert(millionths(value.abs()), self.step);
        self.own.cents.insert(hundredths(value.abs()), self.step);
    }

    /// A number that is no sum of money.
    fn count(&mut self, value: f64) {
        self.own.numbers.insert(millionths(value), self.step);
        self.own.numbers.insert(millionths(value.abs()), self.step);
    }

    /// A number that amounts may be derived from.
    fn money(&mut self, value: f64) {
        let cents = hundredths(value.abs());
        let recent = self.money.iter().rev().take(RECENT);
        if cents != 0 && !self.crowded && !recent.map(|(m, _)| m).any(|m| *m == cents) {
            self.money.push((cents, self.step));
        }
    }

    fn date(&mut self, date: Date) {
        self.own.dates.insert(date, self.step);
        self.own.days.insert((date.month, date.day), self.step);
    }

    /// All leaves and keys of a value, the lengths of its lists, and the sums of
    /// equal fields over a list.
    pub fn node(&mut self, node: &Node) {
        let mut left = CROWD;
        self.crowded = crowded("", node, &mut left, 0);
        self.walk("", node, 0);
        self.crowded = false;
    }

    fn walk(&mut self, key: &str, node: &Node, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match node {
            Node::Null | Node::Bool(_) => {}
            Node::Int(_) | Node::Float(_) => {
                if let Some(value) = node.as_f64() {
                    if is_money_key(key) || value.abs() >= SMALL || value.fract() != 0.0 {
                        self.number(value);
                    } else {
                        self.count(value);
                    }
                    let text = node.to_string();
                    self.word(&text);
                    self.tail_of(&text);
                    if is_money_key(key) {
                        self.money(value);
                    }
                }
            }
            Node::Str(text) => {
                // What was read before says nothing new.
                if !self.own.strings.put(text, self.step) {
                    return;
                }
                self.plain(text);
                self.word(&lower(text));
                // `2024-05-17T10:30:00`: the scanner took the day alone.
                if let Some(time) = text.get(11..16).and_then(super::date::time) {
                    self.own.times.insert(time, self.step);
                }
            }
            Node::List(list) => {
                self.count(list.len() as f64);
                self.sums(list.iter());
                for item in list {
                    self.walk(key, item, depth + 1);
                }
            }
            Node::Map(map) => {
                if map.values().all(|v| v.as_map().is_some()) {
                    // A table: how many rows it has is a fact.
                    self.count(map.len() as f64);
                }
                self.sums(map.values());
                for (key, value) in map {
                    if self.own.strings.put(key, self.step) {
                        self.words_of(&tokens(key));
                        self.word(&lower(key));
                    }
                    self.walk(key, value, depth + 1);
                }
            }
        }
    }

    /// The sum of each numeric field over rows that have it, and of each price
    /// times its quantity.
    fn sums<'a>(&mut self, rows: impl Iterator<Item = &'a Node>) {
        let mut sums: BTreeMap<(&str, &str), (f64, f64, usize)> = BTreeMap::new();
        for row in rows {
            match row {
                Node::Map(map) => {
                    let mut counts = map.iter().filter(|(k, _)| is_count_key(k));
                    let count = counts.find_map(|(_, v)| v.as_f64());
                    let mut add = |outer: &'a str, key: &'a str, value: &Node| {
                        let Some(v) = value.as_f64() else { return };
                        if !(key.is_empty() || is_money_key(key) || is_money_key(outer)) {
                            return;
                        }
                        let slot = sums.entry((outer, key)).or_default();
                        *slot = (slot.0 + v, slot.1 + v * count.unwrap_or(1.0), slot.2 + 1);
                    };
                    for (key, value) in map {
                        add("", key, value);
                        // `prices: {economy: 112, business: 438}` of each row.
                        for (inner, value) in value.as_map().into_iter().flatten() {
                            add(key, inner, value);
                        }
                    }
                }
                Node::Int(_) | Node::Float(_) => {
                    let slot = sums.entry(("", "")).or_default();
                    let v = row.as_f64().unwrap_or(0.0);
                    *slot = (slot.0 + v, slot.1 + v, slot.2 + 1);
                }
                Node::Null | Node::Bool(_) | Node::Str(_) | Node::List(_) => {}
            }
        }
        for ((outer, _), (sum, times, n)) in sums {
            let few = if outer.is_empty() { 200 } else { 6 };
            if (2..=few).contains(&n) {
                for sum in [sum, times] {
                    self.number(sum);
                    self.money(sum);
                }
            }
        }
    }

    /// Whether a whole string or key is known, exactly.
    #[must_use]
    pub fn has_string(&self, text: &str) -> bool {
        self.newest(|b| b.strings.get(text)).is_some()
    }

    /// Whether a word or id is known, whatever its case and `#`.
    #[must_use]
    pub fn has_word(&self, word: &str) -> bool {
        self.word_at(word).is_some()
    }

    fn word_at(&self, word: &str) -> Option<u32> {
        let word = word.trim_start_matches('#');
        match lower(word) {
            Cow::Borrowed(word) => self.newest(|b| b.words.get(word)),
            Cow::Owned(lower) => {
                self.newest(|b| b.words.get(word).or_else(|| b.words.get(lower.as_str())))
            }
        }
    }

    /// Whether a number is known, to a millionth.
    #[must_use]
    pub fn has_number(&self, value: f64) -> bool {
        self.number_at(value).is_some()
    }

    fn number_at(&self, value: f64) -> Option<u32> {
        self.newest(|b| b.numbers.get(&millionths(value)).copied())
    }

    fn cents_at(&self, value: f64) -> Option<u32> {
        self.newest(|b| b.cents.get(&hundredths(value.abs())).copied())
    }

    /// Whether every word of a text is known: a name put together from its
    /// parts, an address on one line.
    #[must_use]
    pub fn has_words(&self, text: &str) -> bool {
        let all = tokens(text);
        !all.is_empty() && all.iter().all(|t| self.has_word(t.text))
    }

    /// The newest sums of money, in hundredths, with their steps.
    pub(super) fn recent(&self) -> &[(i64, u32)] {
        let from = self.money.len().saturating_sub(RECENT);
        self.money.get(from..).unwrap_or(&[])
    }

    /// An amount that follows from known sums of money: one more or less
    /// another, a small multiple, a known share, half.
    #[must_use]
    pub fn derives(&self, value: f64) -> Option<Derived> {
        super::derive::from(hundredths(value.abs()), self.recent(), &self.percents)
    }

    /// Whether a literal has a source.
    #[must_use]
    pub fn trace(&self, literal: &Literal) -> Trace {
        let known = |step: Option<u32>| step.map_or(Trace::None, |step| Trace::Known { step });
        match (&literal.kind, &literal.value) {
            (LiteralKind::Amount, LiteralValue::Number(value)) => {
                if let Some(step) = self.cents_at(*value) {
                    Trace::Known { step }
                } else if let Some(derived) = self.derives(*value) {
                    derived.trace()
                } else {
                    Trace::None
                }
            }
            (LiteralKind::Time, LiteralValue::Number(minutes)) => {
                let at = |t: u16| self.newest(|b| b.times.get(&t).copied());
                let time = *minutes as u16;
                let other = || either_half(&literal.text).then(|| at((time + 720) % 1440));
                known(at(time).or_else(|| other().flatten()))
            }
            (_, LiteralValue::Number(value)) => {
                known(self.cents_at(*value).or_else(|| self.number_at(*value)))
            }
            (_, LiteralValue::Date(date)) => known(self.date_at(*date)),
            (LiteralKind::Tail, LiteralValue::Text(text)) => {
                let tail = self.newest(|b| b.tails.get(text.as_str()));
                known(tail.or_else(|| self.word_at(text)))
            }
            (LiteralKind::Id, LiteralValue::Text(text)) => {
                let plain: String = text.chars().filter(|c| *c != '-').collect();
                let number = || super::literal::number(text).and_then(|v| self.number_at(v));
                let parts = || self.has_numbered_parts(text).then_some(0);
                let word = self.word_at(text).or_else(|| self.word_at(&plain));
                known(word.or_else(parts).or_else(number))
            }
            (_, LiteralValue::Text(text)) => known(self.word_at(text)),
        }
    }

    /// `card_7359776` of `credit_card_7359776`, `HAT235_seats` of `HAT235`: each
    /// part that holds three digits or more is known.
    fn has_numbered_parts(&self, text: &str) -> bool {
        let numbered = |p: &&str| p.chars().filter(char::is_ascii_digit).count() >= 3;
        let mut parts = text.split('_').filter(numbered).peekable();
        text.contains('_') && parts.peek().is_some() && parts.all(|p| self.has_word(p))
    }

    /// A day that was said: with this year, or without one.
    fn date_at(&self, date: Date) -> Option<u32> {
        let whole = self.newest(|b| b.dates.get(&date).copied());
        let bare = || self.newest(|b| b.dates.get(&Date { year: None, ..date }).copied());
        let any = || self.newest(|b| b.days.get(&(date.month, date.day)).copied());
        if date.year.is_some() {
            whole.or_else(bare)
        } else {
            whole.or_else(any)
        }
    }

    /// Whether a text is a day at most so many days from one that was said, or no
    /// day at all.
    pub(super) fn date_near_text(&self, text: &str, days: i64) -> bool {
        literals(text).iter().all(|l| match l.value {
            LiteralValue::Date(date) => self.date_near(date, days),
            LiteralValue::Number(_) => true,
            LiteralValue::Text(_) => false,
        })
    }

    pub(super) fn date_near(&self, date: Date, days: i64) -> bool {
        let own = date.number();
        let layers = std::iter::once(&self.own).chain(self.sealed.iter().map(|b| &**b));
        layers.flat_map(|b| b.dates.keys()).any(|d| {
            let there = Date {
                year: d.year.or(date.year),
                ..*d
            };
            own.abs_diff(there.number()) <= days.unsigned_abs()
        })
    }

    /// Whether a value's own text is one id that is known.
    #[must_use]
    pub fn has_id(&self, text: &str) -> bool {
        id_of(text).map_or_else(|| self.has_word(text), |id| self.has_word(&id))
    }
}

/// Whether a value has more sums of money than `left`.
fn crowded(key: &str, node: &Node, left: &mut usize, depth: usize) -> bool {
    match node {
        Node::Int(_) | Node::Float(_) if is_money_key(key) => {
            let none = *left == 0;
            *left = left.saturating_sub(1);
            none
        }
        Node::List(list) if depth < DEPTH => list.iter().any(|n| crowded(key, n, left, depth + 1)),
        // `prices: {economy: 112}` is money by the outer key.
        Node::Map(map) if depth < DEPTH => map.iter().any(|(k, n)| {
            let own = is_money_key(k) || n.as_f64().is_none();
            crowded(if own { k } else { key }, n, left, depth + 1)
        }),
        Node::Int(_)
        | Node::Float(_)
        | Node::Null
        | Node::Bool(_)
        | Node::Str(_)
        | Node::List(_)
        | Node::Map(_) => false,
    }
}

/// A text in lower case: itself where it is so already.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if !text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Cow::Borrowed(text);
        }
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Owned(text.to_lowercase())
}

/// Whether numbers under a key say how many of a row there are.
fn is_count_key(key: &str) -> bool {
    ["qty", "quantity", "count", "units"]
        .iter()
        .any(|p| key.eq_ignore_ascii_case(p))
}

/// Whether numbers under a key are sums of money.
pub(super) fn is_money_key(key: &str) -> bool {
    let bytes = key.as_bytes();
    bytes.iter().enumerate().any(|(at, first)| {
        // By their first letter: this is asked for every key that is read.
        let parts: &[&[u8]] = match first.to_ascii_lowercase() {
            b'a' => &[b"amount"],
            b'b' => &[b"balance"],
            b'c' => &[b"cost", b"credit", b"charge"],
            b'd' => &[b"due"],
            b'f' => &[b"fee", b"fare"],
            b'p' => &[b"price", b"paid", b"payment"],
            b'r' => &[b"refund"],
            b't' => &[b"total", b"tax"],
            _ => return false,
        };
        parts.iter().any(|part| {
            let here = bytes.get(at..at + part.len());
            here.is_some_and(|here| here.eq_ignore_ascii_case(part))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let mut k = Known::new();
        k.node(&Node::from_json(&serde_json::json!({
            "order_id": "#W123", "user": "mei_taylor_6640", "card": {"last_four": "9734"},
            "items": [{"price": 10.5, "item_id": "5676696062"}, {"price": 20, "item_id": "111222333"}],
            "at": "2024-05-17T10:30:00", "discount": "10%"
        })));
        k.text("My zip is 92164, and I was born on 3 June.");
        k
    }

    #[derive(Debug, PartialEq)]
    enum Is {
        Known,
        Derived,
        None,
    }

    fn trace(text: &str) -> Vec<Is> {
        let k = known();
        let is = |t| match t {
            Trace::Known { .. } => Is::Known,
            Trace::Derived { .. } => Is::Derived,
            Trace::None => Is::None,
        };
        literals(text).iter().map(|l| is(k.trace(l))).collect()
    }

    #[test]
    fn what_is_known_is_traced_however_written() {
        use Is::{Derived, Known, None};
        assert_eq!(trace("W123 and #w123"), [Known, Known]);
        assert_eq!(trace("#W124"), [None]);
        assert_eq!(trace("$10.50, $20.00, 10.50 USD"), [Known, Known, Known]);
        assert_eq!(trace("in all $30.50"), [Known], "sum of a list");
        assert_eq!(
            trace("$9.50 less, $21 for two, $18 after it"),
            [Derived, Derived, Derived]
        );
        assert_eq!(trace("$77"), [None]);
        assert_eq!(
            trace("May 17, 2024; 17 May; 10:30am; June 3rd"),
            [Known, Known, Known, Known]
        );
        assert_eq!(trace("May 18"), [None]);
        assert_eq!(trace("May 17, 2023"), [None]);
        assert_eq!(
            trace("ending in 9734, ending in 6062, ending in 1234"),
            [Known, Known, None]
        );
        assert_eq!(trace("92164"), [Known]);
    }

    #[test]
    fn json_in_a_text_is_read_as_values() {
        let mut k = Known::new();
        k.text("{\"a\": [{\"price\": 1.25}, {\"price\": 2}]}");
        assert!(k.has_number(3.25));
        assert!(k.has_string("price"));
    }
}
