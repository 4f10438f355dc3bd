//! What is known at a moment of a conversation: a bag of ids, numbers, dates and
//! words gathered from texts and values, asked whether a literal has a source.

use super::date::Date;
use super::literal::{Literal, LiteralKind, LiteralValue, id_of, literals, tokens};
use super::turn::Trace;
use crate::engine::world::Node;
use std::collections::{BTreeMap, HashSet};

/// Nothing of ours nests deeper; what does is not read on.
const DEPTH: usize = 128;
/// How many of the newest sums of money take part in derivations: more would
/// derive any amount at all.
const RECENT: usize = 48;

/// Everything that was said, read or written so far. Adding is linear; asking
/// is constant, and bounded by the newest sums of money for derivations.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Whole strings and keys, as they are.
    strings: HashSet<Box<str>>,
    /// Words, ids and addresses in lower case, without `#`.
    words: HashSet<Box<str>>,
    /// Last four digits of longer runs of digits.
    tails: HashSet<Box<str>>,
    /// All numbers, in millionths.
    numbers: HashSet<i64>,
    /// Numbers of which a derivation may be made, newest last, in hundredths.
    money: Vec<i64>,
    /// The same, for asking.
    cents: HashSet<i64>,
    /// Shares of a hundred.
    percents: Vec<f64>,
    dates: HashSet<Date>,
    times: HashSet<u16>,
    /// Tools on offer: name, and the stems of its words.
    tools: Vec<(Box<str>, Vec<String>)>,
}

fn millionths(value: f64) -> i64 {
    (value * 1e6).round() as i64
}

fn hundredths(value: f64) -> i64 {
    (value * 100.0).round() as i64
}

impl Known {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All that a text says. Where it is JSON, its values are known as well.
    pub fn text(&mut self, text: &str) {
        let trimmed = text.trim_start();
        if trimmed.starts_with(['{', '['])
            && let Ok(value) = serde_json::from_str::<serde_json::Value>(text)
        {
            return self.node(&Node::from_json(&value));
        }
        self.words_of(text);
        for literal in literals(text) {
            self.literal(&literal);
        }
    }

    fn words_of(&mut self, text: &str) {
        for token in tokens(text) {
            let word = token.text.trim_start_matches('#').to_lowercase();
            let word = word.replace(['\u{2010}', '\u{2011}', '\u{2012}'], "-");
            self.tail_of(&word);
            if word.contains('-') && word.chars().any(|c| c.is_ascii_digit()) {
                // A phone number with or without its hyphens.
                self.words.insert(word.replace('-', "").into());
            }
            if word.contains(['-', '_', '.']) {
                for part in word.split(['-', '_', '.']) {
                    self.words.insert(part.into());
                }
            }
            self.words.insert(word.into());
        }
    }

    fn tail_of(&mut self, word: &str) {
        let digits = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        if digits.len() > 4
            && digits.chars().all(|c| c.is_ascii_digit())
            && let Some(tail) = digits.get(digits.len() - 4..)
        {
            self.tails.insert(tail.into());
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match (&literal.kind, &literal.value) {
            (LiteralKind::Time, LiteralValue::Number(minutes)) => {
                self.times.insert(*minutes as u16);
            }
            (LiteralKind::Percent, LiteralValue::Number(share)) => {
                self.percents.push(*share);
                self.number(*share);
            }
            (LiteralKind::Amount, LiteralValue::Number(value)) => {
                self.number(*value);
                self.money(*value);
            }
            (_, LiteralValue::Number(value)) => self.number(*value),
            (_, LiteralValue::Date(date)) => self.date(*date),
            (_, LiteralValue::Text(text)) => {
                self.words.insert(text.as_str().into());
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
        self.tools.push((name.into(), stems));
    }

    pub(super) fn tools(&self) -> &[(Box<str>, Vec<String>)] {
        &self.tools
    }

    fn number(&mut self, value: f64) {
        self.numbers.insert(millionths(value));
        self.numbers.insert(millionths(value.abs()));
        self.cents.insert(hundredths(value.abs()));
    }

    /// A number that amounts may be derived from.
    fn money(&mut self, value: f64) {
        let cents = hundredths(value.abs());
        if cents != 0 && !self.money.iter().rev().take(RECENT).any(|m| *m == cents) {
            self.money.push(cents);
        }
    }

    fn date(&mut self, date: Date) {
        self.dates.insert(date);
        self.dates.insert(Date { year: None, ..date });
    }

    /// All leaves and keys of a value, the lengths of its lists, and the sums of
    /// equal fields over a list.
    pub fn node(&mut self, node: &Node) {
        self.walk("", node, 0);
    }

    fn walk(&mut self, key: &str, node: &Node, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match node {
            Node::Null | Node::Bool(_) => {}
            Node::Int(_) | Node::Float(_) => {
                if let Some(value) = node.as_f64() {
                    self.number(value);
                    self.words.insert(node.to_string().into());
                    self.tail_of(&node.to_string());
                    if is_money_key(key) {
                        self.money(value);
                    }
                }
            }
            Node::Str(text) => {
                self.strings.insert(text.as_ref().into());
                self.words.insert(text.to_lowercase().into());
                self.words_of(text);
                for literal in literals(text) {
                    self.literal(&literal);
                }
                // `2024-05-17T10:30:00`: the scanner took the day alone.
                if let Some(time) = text.get(11..16).and_then(super::date::time) {
                    self.times.insert(time);
                }
            }
            Node::List(list) => {
                self.number(list.len() as f64);
                self.sums(list.iter());
                for item in list {
                    self.walk(key, item, depth + 1);
                }
            }
            Node::Map(map) => {
                if map.values().all(|v| v.as_map().is_some()) {
                    // A table: how many rows it has is a fact.
                    self.number(map.len() as f64);
                }
                self.sums(map.values());
                for (key, value) in map {
                    self.strings.insert(key.as_ref().into());
                    self.words_of(key);
                    self.words.insert(key.to_lowercase().into());
                    self.walk(key, value, depth + 1);
                }
            }
        }
    }

    /// The sum of each numeric field over rows that have it, and of each price
    /// times its quantity.
    fn sums<'a>(&mut self, rows: impl Iterator<Item = &'a Node>) {
        let mut sums: BTreeMap<&str, (f64, f64, usize)> = BTreeMap::new();
        for row in rows {
            match row {
                Node::Map(map) => {
                    let mut counts = map.iter().filter(|(k, _)| is_count_key(k));
                    let count = counts.find_map(|(_, v)| v.as_f64());
                    for (key, value) in map {
                        let Some(v) = value.as_f64() else { continue };
                        let slot = sums.entry(key).or_default();
                        *slot = (slot.0 + v, slot.1 + v * count.unwrap_or(1.0), slot.2 + 1);
                    }
                }
                Node::Int(_) | Node::Float(_) => {
                    let slot = sums.entry("").or_default();
                    let v = row.as_f64().unwrap_or(0.0);
                    *slot = (slot.0 + v, slot.1 + v, slot.2 + 1);
                }
                Node::Null | Node::Bool(_) | Node::Str(_) | Node::List(_) => {}
            }
        }
        for (key, (sum, times, n)) in sums {
            if n <= 200 && (key.is_empty() || is_money_key(key)) {
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
        self.strings.contains(text)
    }

    /// Whether a word or id is known, whatever its case and `#`.
    #[must_use]
    pub fn has_word(&self, word: &str) -> bool {
        let word = word.trim_start_matches('#');
        self.words.contains(word) || self.words.contains(word.to_lowercase().as_str())
    }

    /// Whether a number is known, to a millionth.
    #[must_use]
    pub fn has_number(&self, value: f64) -> bool {
        self.numbers.contains(&millionths(value))
    }

    /// Whether every word of a text is known: a name put together from its
    /// parts, an address on one line.
    #[must_use]
    pub fn has_words(&self, text: &str) -> bool {
        let all = tokens(text);
        !all.is_empty() && all.iter().all(|t| self.has_word(t.text))
    }

    /// An amount that follows from known sums of money: one more or less
    /// another, a small multiple, a known share, half.
    #[must_use]
    pub fn derives(&self, value: f64) -> bool {
        let want = hundredths(value.abs());
        if want == 0 {
            return true;
        }
        let from = self.money.len().saturating_sub(RECENT);
        let recent = self.money.get(from..).unwrap_or(&[]);
        let set: HashSet<i64> = recent.iter().copied().collect();
        recent.iter().any(|a| {
            set.contains(&(want.saturating_sub(*a)))
                || set.contains(&(want.saturating_add(*a)))
                || (2..=12).any(|k| a.saturating_mul(k) == want || want.saturating_mul(k) == *a)
                || self.percents.iter().rev().take(8).any(|p| {
                    let share = *a as f64 * p / 100.0;
                    let rest = *a as f64 - share;
                    let more = *a as f64 + share;
                    [share, rest, more]
                        .iter()
                        .any(|v| (v - want as f64).abs() < 0.51)
                })
        })
    }

    /// Whether a literal has a source.
    #[must_use]
    pub fn trace(&self, literal: &Literal) -> Trace {
        let known = |yes: bool| {
            if yes {
                Trace::Known { step: 0 }
            } else {
                Trace::None
            }
        };
        match (&literal.kind, &literal.value) {
            (LiteralKind::Amount, LiteralValue::Number(value)) => {
                if self.cents.contains(&hundredths(value.abs())) {
                    Trace::Known { step: 0 }
                } else if self.derives(*value) {
                    Trace::Derived {
                        how: String::new(),
                        steps: Vec::new(),
                    }
                } else {
                    Trace::None
                }
            }
            (LiteralKind::Time, LiteralValue::Number(minutes)) => {
                known(self.times.contains(&(*minutes as u16)))
            }
            (_, LiteralValue::Number(value)) => {
                let cents = self.cents.contains(&hundredths(value.abs()));
                known(cents || self.has_number(*value))
            }
            (_, LiteralValue::Date(date)) => known(
                self.dates.contains(date) || {
                    // Known without its year: any year may be meant.
                    let bare = Date {
                        year: None,
                        ..*date
                    };
                    date.year.is_some() && self.dates.contains(&bare) && !self.has_year_of(*date)
                },
            ),
            (LiteralKind::Tail, LiteralValue::Text(text)) => {
                known(self.tails.contains(text.as_str()) || self.has_word(text))
            }
            (LiteralKind::Id, LiteralValue::Text(text)) => {
                let plain: String = text.chars().filter(|c| *c != '-').collect();
                known(
                    self.has_word(text)
                        || self.has_word(&plain)
                        || self.has_numbered_parts(text)
                        || super::literal::number(text).is_some_and(|v| self.has_number(v)),
                )
            }
            (_, LiteralValue::Text(text)) => known(self.has_word(text)),
        }
    }

    /// `card_7359776` of `credit_card_7359776`, `HAT235_seats` of `HAT235`: each
    /// part that holds three digits or more is known.
    fn has_numbered_parts(&self, text: &str) -> bool {
        let numbered = |p: &&str| p.chars().filter(char::is_ascii_digit).count() >= 3;
        let mut parts = text.split('_').filter(numbered).peekable();
        text.contains('_') && parts.peek().is_some() && parts.all(|p| self.has_word(p))
    }

    /// Whether the day is known with some other year.
    fn has_year_of(&self, date: Date) -> bool {
        self.dates
            .iter()
            .any(|d| d.month == date.month && d.day == date.day && d.year.is_some())
    }

    /// Whether a value's own text is one id that is known.
    #[must_use]
    pub fn has_id(&self, text: &str) -> bool {
        id_of(text).map_or_else(|| self.has_word(text), |id| self.has_word(&id))
    }
}

/// Whether numbers under a key say how many of a row there are.
fn is_count_key(key: &str) -> bool {
    ["qty", "quantity", "count", "units"]
        .iter()
        .any(|p| key.eq_ignore_ascii_case(p))
}

/// Whether numbers under a key are sums of money.
fn is_money_key(key: &str) -> bool {
    const PARTS: [&str; 12] = [
        "price", "amount", "total", "cost", "fee", "balance", "paid", "refund", "credit", "charge",
        "due", "tax",
    ];
    let key = key.to_ascii_lowercase();
    PARTS.iter().any(|p| key.contains(p))
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
