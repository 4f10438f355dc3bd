//! A value that somebody points at, and whether another is the same: formats
//! are seen through (`$1,234.50` is 1234.5, `#W1` is `w1`, `in transit` is
//! `in_transit`), so that it is found again wherever it stands.

use super::date::time;
use super::literal::{Literal, LiteralKind, LiteralValue, literals};
use crate::engine::world::Node;

/// A value that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Sought {
    /// As it was written.
    pub text: String,
    /// How it reads, where it is a literal.
    pub literal: Option<(LiteralKind, LiteralValue)>,
}

impl Sought {
    /// A text, which may be a literal as a whole.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let trimmed = text.trim();
        let literal = literals(trimmed)
            .into_iter()
            .find(|l| l.text == trimmed)
            .map(|l| (l.kind, l.value));
        Self {
            text: text.to_owned(),
            literal,
        }
    }

    /// A literal of a text. Broken over two lines it is one all the same.
    #[must_use]
    pub fn of_literal(literal: &Literal) -> Self {
        let words: Vec<&str> = literal.text.split_whitespace().collect();
        Self {
            text: words.join(" "),
            literal: Some((literal.kind, literal.value.clone())),
        }
    }

    /// A plain value of a world or a result; a list or a map is its own text.
    #[must_use]
    pub fn of_node(node: &Node) -> Self {
        match node {
            Node::Str(text) => Self::of_text(text),
            Node::Int(_) | Node::Float(_) => Self {
                text: node.to_string(),
                literal: node
                    .as_f64()
                    .map(|v| (LiteralKind::Number, LiteralValue::Number(v))),
            },
            Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => Self {
                text: node.brief(80),
                literal: None,
            },
        }
    }

    /// What it is as a number.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match &self.literal {
            Some((kind, LiteralValue::Number(value))) if *kind != LiteralKind::Time => Some(*value),
            Some((_, LiteralValue::Number(_) | LiteralValue::Text(_) | LiteralValue::Date(_)))
            | None => None,
        }
    }

    /// Whether it names one thing or one day: two that are alike are the same.
    #[must_use]
    pub fn is_telling(&self) -> bool {
        match &self.literal {
            Some((
                LiteralKind::Id | LiteralKind::Date | LiteralKind::Email | LiteralKind::Tail,
                _,
            )) => true,
            Some((LiteralKind::Amount, LiteralValue::Number(v))) => v.fract() != 0.0,
            Some((LiteralKind::Number, LiteralValue::Number(v))) => {
                v.fract() != 0.0 || v.abs() >= 1000.0
            }
            Some(_) | None => false,
        }
    }

    /// Whether a plain value is this one.
    #[must_use]
    pub fn is(&self, node: &Node) -> bool {
        match (&self.literal, node) {
            (Some((kind, LiteralValue::Number(want))), Node::Int(_) | Node::Float(_)) => {
                *kind != LiteralKind::Time
                    && node
                        .as_f64()
                        .is_some_and(|have| (have.abs() - want.abs()).abs() < 1e-6)
            }
            (_, Node::Str(have)) if same_words(have, &self.text) => true,
            (Some((LiteralKind::Time, LiteralValue::Number(want))), Node::Str(have)) => {
                let stamp = have.get(11..16).and_then(time);
                stamp.or_else(|| time(have)).map(f64::from) == Some(*want)
            }
            (Some((_, LiteralValue::Number(want))), Node::Str(have)) if have.len() <= 24 => {
                super::literal::number(have).is_some_and(|v| (v.abs() - want.abs()).abs() < 1e-6)
            }
            (Some((LiteralKind::Tail, LiteralValue::Text(want))), _) => {
                let have = match node {
                    Node::Str(have) => have.to_string(),
                    Node::Int(have) => have.to_string(),
                    Node::Null | Node::Bool(_) | Node::Float(_) | Node::List(_) | Node::Map(_) => {
                        return false;
                    }
                };
                let digits = have.bytes().rev().take_while(u8::is_ascii_digit).count();
                digits >= want.len() && have.ends_with(want.as_str())
            }
            (Some((_, LiteralValue::Text(want))), Node::Str(have)) => {
                have.trim_start_matches('#').eq_ignore_ascii_case(want)
            }
            (Some((_, LiteralValue::Text(want))), Node::Int(have)) => have.to_string() == *want,
            (Some((_, LiteralValue::Date(want))), Node::Str(have)) => {
                // A date, perhaps with a time behind it.
                have.len() <= 32
                    && literals(have).iter().any(|l| match &l.value {
                        LiteralValue::Date(date) => {
                            date.month == want.month
                                && date.day == want.day
                                && (want.year.is_none()
                                    || date.year.is_none()
                                    || date.year == want.year)
                        }
                        LiteralValue::Text(_) | LiteralValue::Number(_) => false,
                    })
            }
            (
                _,
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Str(_)
                | Node::List(_)
                | Node::Map(_),
            ) => false,
        }
    }

    /// Whether a key is this one.
    #[must_use]
    pub fn is_key(&self, key: &str) -> bool {
        key == self.text
            || matches!(&self.literal, Some((_, LiteralValue::Text(want)))
                if key.trim_start_matches('#').eq_ignore_ascii_case(want))
    }

    /// Where a text says it; byte ranges, in order.
    #[must_use]
    pub fn in_text(&self, said: &str) -> Vec<(usize, usize)> {
        if let Some((kind, want)) = &self.literal {
            let same = |l: &Literal| match (&l.value, want) {
                (LiteralValue::Number(a), LiteralValue::Number(b)) => {
                    (a.abs() - b.abs()).abs() < 1e-6
                        && (l.kind == LiteralKind::Time) == (*kind == LiteralKind::Time)
                }
                // An id by shape may be an amount by use.
                (LiteralValue::Text(a), LiteralValue::Number(b)) => {
                    super::literal::number(a).is_some_and(|a| (a - b).abs() < 1e-6)
                }
                (LiteralValue::Text(a), LiteralValue::Text(b)) => {
                    a == b || *kind == LiteralKind::Tail && a.ends_with(b.as_str())
                }
                (LiteralValue::Date(a), LiteralValue::Date(b)) => {
                    (a.month, a.day) == (b.month, b.day)
                        && (a.year == b.year || a.year.is_none() || b.year.is_none())
                }
                (
                    LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_),
                    LiteralValue::Text(_) | LiteralValue::Number(_) | LiteralValue::Date(_),
                ) => false,
            };
            let found: Vec<(usize, usize)> = literals(said)
                .iter()
                .filter(|l| same(l))
                .map(|l| l.span)
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
        words_in(said, &self.text)
    }
}

/// `_`, `-` and spaces are one, and so are letters of either case.
fn fold(c: char) -> char {
    match c {
        '_' | '-' => ' ',
        _ if c.is_whitespace() => ' ',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

fn same_words(one: &str, other: &str) -> bool {
    one == other || one.len() == other.len() && one.chars().map(fold).eq(other.chars().map(fold))
}

/// Where words stand in a text, between borders of words.
pub(super) fn words_in(said: &str, words: &str) -> Vec<(usize, usize)> {
    let want: Vec<char> = words.trim().chars().map(fold).collect();
    let Some(first) = want.first() else {
        return Vec::new();
    };
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut out = Vec::new();
    let mut free = 0;
    let mut before = None;
    for (at, c) in said.char_indices() {
        let here = before.replace(c);
        if at < free || fold(c) != *first || inner(here) {
            continue;
        }
        let rest = said.get(at..).unwrap_or("");
        let mut letters = rest.char_indices();
        let mut end = at;
        let same = want.iter().all(|w| match letters.next() {
            Some((i, c)) => {
                end = at + i + c.len_utf8();
                fold(c) == *w
            }
            None => false,
        });
        if same && !inner(said.get(end..).and_then(|s| s.chars().next())) {
            out.push((at, end));
            free = end;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_seen_through() {
        let is = |text: &str, node: Node| Sought::of_text(text).is(&node);
        assert!(is("$1,234.50", Node::Float(1234.5)));
        assert!(is("#W12345", Node::str("W12345")));
        assert!(is("in transit", Node::str("in_transit")));
        assert!(is("17 May 2024", Node::str("2024-05-17T10:30:00Z")));
        assert!(is("10:30", Node::str("2024-05-17T10:30:00Z")));
        assert!(!is("delivered", Node::str("undelivered")));
        assert!(!is("12", Node::str("2024-05-12")));
    }

    #[test]
    fn texts_say_it_between_borders_of_words() {
        let places = |text: &str, said: &str| Sought::of_text(text).in_text(said);
        assert_eq!(places("in_transit", "It is In transit."), [(6, 16)]);
        assert_eq!(places("44.9", "pay $44.90 now, 144.90 later"), [(4, 10)]);
        assert_eq!(places("order", "reorder the orders"), []);
        assert_eq!(places("é", "é éé é"), [(0, 2), (8, 10)]);
        assert_eq!(places("", "x"), []);
    }
}
