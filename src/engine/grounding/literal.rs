//! Finding the literals of a text: ids, amounts, dates, times, shares, numbers,
//! addresses of mail. Hand-written scanning, one pass, no model.
//!
//! What is an id is a matter of shape alone (`#W123`, `HAT490`, `DF89BM`,
//! `credit_card_77`, `5676696062`); units and ordinals (`256GB`, `2nd`, `30-day`)
//! are none. Where a shape is doubtful it is left out: silence is counted as not
//! checked, a false alarm costs a reader's trust.

use super::date::{Date, date, day, half_of_day, month, time, time_in_half};
use super::known::is_money_key;
use std::borrow::Cow;

/// What kind of literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiteralKind {
    /// Names one thing: an order, a user, a flight, a card.
    Id,
    /// Money.
    Amount,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A share of a hundred.
    Percent,
    /// The last digits of a longer number (`ending in 9734`).
    Tail,
    /// An address of mail.
    Email,
    /// Any other number: a count, a size, a year.
    Number,
}

/// What a literal says, apart from how it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum LiteralValue {
    /// In lower case and without `#`.
    Text(String),
    /// The number.
    Number(f64),
    /// The day; the year where one is written.
    Date(Date),
}

/// A literal of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// What kind.
    pub kind: LiteralKind,
    /// As written.
    pub text: String,
    /// Byte range in the text.
    pub span: (usize, usize),
    /// What it says.
    pub value: LiteralValue,
}

/// A run of characters that may hold a literal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Token<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// [`separates`] for the letters of ASCII, one bit each: nearly all that is read.
const SEPARATES: u128 = {
    let signs = b"()[]{}<>\"`*;!?|=~\\^ \x7f";
    let mut mask = (1 << 0x20) - 1;
    let mut at = 0;
    while at < signs.len() {
        mask |= 1 << signs[at];
        at += 1;
    }
    mask
};

/// Signs that only ever stand around a literal.
fn separates(c: char) -> bool {
    if c.is_ascii() {
        return SEPARATES >> (c as u32) & 1 == 1;
    }
    // What no reader sees hides no id: `\u{7}W999` is W999.
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
        || matches!(c, '“' | '”' | '‘' | '–' | '—' | '→' | '…' | '•' | '×')
}

/// Signs that end or begin a sentence's part but may stand inside a literal.
fn trims(c: char) -> bool {
    matches!(c, '.' | ',' | ':' | '/' | '\'' | '’' | '&')
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '₹' | '¥')
}

/// The tokens of a text, trimmed, none empty.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    // A word and its gap are six letters.
    let mut out = Vec::with_capacity(text.len() / 6 + 1);
    let mut begin = None;
    let mut escaped = false;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, c) in ends {
        // Texts that are JSON hold `\n` as two letters.
        if std::mem::take(&mut escaped) && matches!(c, 'n' | 'r' | 't') {
            continue;
        }
        escaped = c == '\\';
        if !separates(c) {
            begin.get_or_insert(at);
            continue;
        }
        let Some(from) = begin.take() else { continue };
        let Some(raw) = text.get(from..at) else {
            continue;
        };
        push(raw, from, &mut out, 0);
    }
    out
}

fn push<'a>(raw: &'a str, from: usize, out: &mut Vec<Token<'a>>, depth: u8) {
    // Most words are only words.
    if !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        out.push(Token {
            text: raw,
            start: from,
        });
        return;
    }
    let left = raw.trim_start_matches(|c| trims(c) || c == '-' && !money_after(raw));
    let start = from + (raw.len() - left.len());
    let mut body = left.trim_end_matches(|c| trims(c) || c == '-' || c == '+');
    if let Some(owner) = body.strip_suffix("'s").or_else(|| body.strip_suffix("’s")) {
        body = owner;
    }
    if body.is_empty() {
        return;
    }
    // `a,b`, `x/y`, `total:5` are several tokens; `1,234`, `2024/05/17`, `10:30` are one.
    let whole = || {
        let digits = body.bytes().any(|b| b.is_ascii_digit());
        body.contains('@')
            || digits
                && (number(body).is_some()
                    || amount(body).is_some()
                    || date(body).is_some()
                    || time(body).is_some())
    };
    if depth == 0 && body.bytes().any(|b| matches!(b, b',' | b'/' | b':')) && !whole() {
        let mut at = start;
        for part in body.split([',', '/', ':']) {
            push(part, at, out, 1);
            at += part.len() + 1;
        }
        return;
    }
    out.push(Token { text: body, start });
}

/// Whether a leading minus belongs to a number or an amount.
fn money_after(raw: &str) -> bool {
    raw.strip_prefix('-')
        .and_then(|r| r.chars().next())
        .is_some_and(|c| c.is_ascii_digit() || is_currency(c))
}

/// Reads `1,234.50`, `1.234,50`, `-5`, `+3`, `12,5`: the number as a person
/// means it. `None` where anything else stands in it.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let body = text.strip_prefix(['-', '+', '−']).unwrap_or(text);
    let negative = text.starts_with(['-', '−']);
    if body.len() > 24
        || !body.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !body
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
    {
        return None;
    }
    let groups = |s: &str, sep: char| {
        let mut parts = s.split(sep);
        let first = parts.next().is_some_and(|p| (1..=3).contains(&p.len()));
        first && parts.all(|p| p.len() == 3)
    };
    let plain = match (body.contains(','), body.contains('.')) {
        (false, _) => Cow::Borrowed(body),
        (true, false) => match body.rsplit_once(',') {
            _ if groups(body, ',') => Cow::Owned(body.replace(',', "")),
            Some((whole, cents)) if (1..=2).contains(&cents.len()) && !whole.contains(',') => {
                Cow::Owned(format!("{whole}.{cents}"))
            }
            Some(_) | None => return None,
        },
        (true, true) => {
            let (comma, point) = (body.rfind(','), body.rfind('.'));
            let (sep, dot) = if comma < point {
                (',', '.')
            } else {
                ('.', ',')
            };
            let (whole, cents) = body.rsplit_once(dot)?;
            if !groups(whole, sep) || cents.contains(sep) {
                return None;
            }
            Cow::Owned(format!("{}.{cents}", whole.replace(sep, "")))
        }
    };
    let value: f64 = plain.parse().ok().filter(|v: &f64| v.is_finite())?;
    Some(if negative { -value } else { value })
}

/// An amount with its sign of currency on it: `$5`, `-$5`, `US$5`, `5€`.
fn amount(token: &str) -> Option<f64> {
    if token.is_ascii() && !token.contains('$') {
        return None;
    }
    let (negative, rest) = match token.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, token.strip_prefix('+').unwrap_or(token)),
    };
    let at = rest.find(is_currency)?;
    let (before, after) = rest.split_at_checked(at)?;
    let mut after = after.chars();
    after.next();
    let after = after.as_str();
    let value =
        if before.is_empty() || (before.len() <= 3 && before.chars().all(char::is_alphabetic)) {
            number(after)?
        } else if after.is_empty() {
            number(before)?
        } else {
            return None;
        };
    Some(if negative { -value } else { value })
}

/// Words that say that the number beside them is money.
fn is_money_word(word: &str) -> bool {
    const WORDS: [&str; 15] = [
        "usd", "eur", "gbp", "inr", "cad", "aud", "jpy", "dollar", "dollars", "euro", "euros",
        "pounds", "rupees", "rs", "bucks",
    ];
    WORDS.iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// A word with its typeset hyphens as plain ones.
pub(super) fn hyphened(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    Cow::Owned(word.replace(['\u{2010}', '\u{2011}', '\u{2012}'], "-"))
}

/// Whether a token has the shape of an id; its normal form.
#[must_use]
pub fn id_of(token: &str) -> Option<String> {
    let hash = token.starts_with('#');
    if !hash && !token.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let token = hyphened(token);
    let body = token.strip_prefix('#').unwrap_or(&token).trim_matches('-');
    if body.is_empty()
        || body.len() > 128
        || !body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    {
        return None;
    }
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let letters = body.bytes().filter(u8::is_ascii_alphabetic).count();
    let is = if hash {
        body.len() >= 3 && (digits > 0 || body.chars().all(|c| c.is_ascii_uppercase()))
    } else if digits == 0 {
        false
    } else if letters == 0 {
        if body.contains(['-', '_']) {
            digits >= 7
        } else {
            digits >= 5
        }
    } else if body.contains('_') {
        // `card_77`, `a_b_6640`; not `within_24_hours`.
        let count = |p: &str| p.chars().filter(char::is_ascii_digit).count();
        let last = body.rsplit('_').next().unwrap_or("");
        let numbered = count(last) == last.len() && body.matches('_').count() <= 2;
        // Names of things are short; `BOOK_NOAH_AT_725` is a label.
        let short = body.matches('_').count() <= 2;
        digits >= 2 && short && (numbered || body.split('_').any(|p| count(p) >= 3))
    } else if body.contains('-') {
        let mut parts = body.split('-');
        let counted = parts
            .next()
            .is_some_and(|p| p.chars().all(|c| c.is_ascii_digit()))
            && body
                .chars()
                .filter(char::is_ascii_alphabetic)
                .all(|c| c.is_ascii_lowercase())
            && letters > 2
            && digits < 7;
        !counted
            && body
                .split('-')
                .any(|p| p.chars().filter(char::is_ascii_digit).count() >= 3)
    } else {
        let upper = body
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        let tail = body.trim_start_matches(|c: char| c.is_ascii_digit());
        let unit = tail.len() < body.len()
            && tail.len() <= 3
            && tail.chars().all(|c| c.is_ascii_alphabetic());
        !unit && (digits >= 3 || upper && (6..=8).contains(&body.len()))
    };
    is.then(|| body.to_ascii_lowercase())
}

/// All literals of a text, in order. Time is linear in the text.
#[must_use]
pub fn literals(text: &str) -> Vec<Literal> {
    if may_hold(text) {
        among(text, &tokens(text))
    } else {
        Vec::new()
    }
}

/// Whether a text can have a literal at all: each has a digit, `#` or `@`.
fn may_hold(text: &str) -> bool {
    text.bytes()
        .any(|b| b.is_ascii_digit() || matches!(b, b'#' | b'@'))
}

/// The same, where the text's tokens are there already.
pub(super) fn among(text: &str, tokens: &[Token<'_>]) -> Vec<Literal> {
    let mut out: Vec<Literal> = Vec::new();
    if !may_hold(text) {
        return out;
    }
    let mut skip = 0;
    for (i, token) in tokens.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let before = i.checked_sub(1).and_then(|b| tokens.get(b));
        let next = tokens.get(i + 1);
        let mut add = |kind, value, end: usize| {
            if let Some(written) = text.get(token.start..end) {
                out.push(Literal {
                    kind,
                    text: written.to_owned(),
                    span: (token.start, end),
                    value,
                });
            }
        };
        // A plain word is no literal but the name of a month.
        let plain = token.text.bytes().all(|b| b.is_ascii_alphabetic());
        if plain && !token.text.starts_with(|c: char| c.is_ascii_uppercase()) {
            continue;
        }
        if let Some((found, used)) = written_date(text, tokens, i) {
            skip = used - 1;
            let end = tokens.get(i + skip).map_or(token.end(), Token::end);
            add(LiteralKind::Date, LiteralValue::Date(found), end);
            continue;
        }
        let word = token.text;
        if let Some((user, host)) = word.split_once('@') {
            if !user.is_empty() && host.contains('.') {
                let value = LiteralValue::Text(word.to_lowercase());
                add(LiteralKind::Email, value, token.end());
            }
        } else if let Some(found) = date(word) {
            add(LiteralKind::Date, LiteralValue::Date(found), token.end());
        } else if let Some(value) = amount(word) {
            add(
                LiteralKind::Amount,
                LiteralValue::Number(value),
                token.end(),
            );
        } else if let Some(value) = word.strip_suffix('%').and_then(number) {
            add(
                LiteralKind::Percent,
                LiteralValue::Number(value),
                token.end(),
            );
        } else if let Some((minutes, end)) = next.and_then(|n| {
            let half = half_of_day(n.text)?;
            let beside = text.get(token.end()..n.start) == Some(" ");
            Some((time_in_half(word, half).filter(|_| beside)?, n.end()))
        }) {
            skip = 1;
            let value = LiteralValue::Number(f64::from(minutes));
            add(LiteralKind::Time, value, end);
        } else if let Some(minutes) = time(word) {
            let value = LiteralValue::Number(f64::from(minutes));
            add(LiteralKind::Time, value, token.end());
        } else if let Some(value) = number(word) {
            let money = next
                .is_some_and(|n| is_money_word(n.text) || n.text.chars().all(is_currency))
                || before.is_some_and(|b| is_money_word(b.text) || b.text.chars().all(is_currency))
                || cents(word)
                || before.is_some_and(|b| under_money(text, b, token))
                || reckoned(text, token);
            if money {
                add(
                    LiteralKind::Amount,
                    LiteralValue::Number(value),
                    token.end(),
                );
            } else if word.len() == 4 && is_tail(tokens, i) {
                let value = LiteralValue::Text(word.to_owned());
                add(LiteralKind::Tail, value, token.end());
            } else if let Some(id) = id_of(word) {
                add(LiteralKind::Id, LiteralValue::Text(id), token.end());
            } else {
                add(
                    LiteralKind::Number,
                    LiteralValue::Number(value),
                    token.end(),
                );
            }
        } else if let Some(id) = id_of(word).filter(|_| !is_key(text, token)) {
            add(LiteralKind::Id, LiteralValue::Text(id), token.end());
        }
    }
    out
}

/// Whether a token is the key of a JSON object: `"within_200_cap": true`.
fn is_key(text: &str, token: &Token<'_>) -> bool {
    let quoted = text.get(..token.start).is_some_and(|t| t.ends_with('"'));
    quoted
        && text
            .get(token.end()..)
            .is_some_and(|t| t.starts_with("\":"))
}

/// Whether a number of a JSON object stands under a key of money: `"fare": 226`.
fn under_money(text: &str, key: &Token<'_>, token: &Token<'_>) -> bool {
    let joined = text
        .get(key.end()..token.start)
        .is_some_and(|gap| gap.trim_end() == "\":");
    joined && is_money_key(key.text)
}

/// Whether a number is a part of a sum: `(404 + 417) = `.
fn reckoned(text: &str, token: &Token<'_>) -> bool {
    let near = |c: char| !c.is_whitespace() && !matches!(c, '(' | ')');
    let before = text
        .get(..token.start)
        .and_then(|t| t.chars().rev().find(|c| near(*c)));
    let after = text
        .get(token.end()..)
        .and_then(|t| t.chars().find(|c| near(*c)));
    matches!(before, Some('+' | '=')) || matches!(after, Some('+'))
}

/// Two digits after the last point or comma: how prices are written.
fn cents(word: &str) -> bool {
    word.rsplit_once('.')
        .is_some_and(|(whole, cents)| cents.len() == 2 && !whole.is_empty())
}

/// `ending in 9734`, `last four digits 9734`, `ends with 9734`.
fn is_tail(tokens: &[Token<'_>], at: usize) -> bool {
    let from = at.saturating_sub(4);
    tokens.get(from..at).is_some_and(|before| {
        before.iter().any(|t| {
            ["ending", "ends", "last", "digits"]
                .iter()
                .any(|w| t.text.eq_ignore_ascii_case(w))
        })
    })
}

/// A date in words that begins at a token, and how many tokens it takes.
fn written_date(text: &str, tokens: &[Token<'_>], at: usize) -> Option<(Date, usize)> {
    // One after the other, with nothing but a comma between.
    let joined = |k: usize| {
        let (a, b) = (tokens.get(at + k - 1), tokens.get(at + k));
        let gap = a.zip(b).and_then(|(a, b)| text.get(a.end()..b.start));
        gap.is_some_and(|g| {
            g.chars()
                .all(|c| c.is_whitespace() || matches!(c, ',' | '.'))
        })
    };
    let word = |k: usize| {
        let run = (1..=k).all(joined);
        tokens.get(at + k).filter(|_| run).map(|t| t.text)
    };
    let year = |k: usize| {
        let y: i32 = word(k)?.parse().ok()?;
        (1900..=2200).contains(&y).then_some(y)
    };
    let first = word(0)?;
    if let (Some(month), Some(day)) = (month(first), word(1).and_then(day)) {
        let year = year(2);
        let used = 2 + usize::from(year.is_some());
        return Some((Date { year, month, day }, used));
    }
    let day = day(first)?;
    let of = usize::from(word(1).is_some_and(|w| w.eq_ignore_ascii_case("of")));
    let month = month(word(1 + of)?)?;
    let year = year(2 + of);
    let used = 2 + of + usize::from(year.is_some());
    Some((Date { year, month, day }, used))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<(LiteralKind, String)> {
        literals(text)
            .into_iter()
            .map(|l| (l.kind, l.text))
            .collect()
    }

    #[test]
    fn what_no_reader_sees_hides_no_id() {
        use LiteralKind::Id;
        for text in [
            "\u{7}W1654931",
            "\u{202e}W1654931\u{200b}",
            "\u{1b}W1654931",
        ] {
            assert_eq!(kinds(text), [(Id, "W1654931".into())], "{text:?}");
        }
    }

    #[test]
    fn ids_are_known_by_their_shape() {
        use LiteralKind::Id;
        for id in [
            "#W1654931",
            "W1654931",
            "HAT490",
            "COVE6R",
            "DF89BM",
            "5RJ7UH",
            "credit_card_3868454",
            "mei_taylor_6640",
            "5676696062",
            "R-123456",
            "ORD-1001",
            "#8841",
            "555-123-4567",
        ] {
            assert_eq!(
                kinds(&format!("see **{id}**, ok")),
                [(Id, id.into())],
                "{id}"
            );
        }
        for none in [
            "256GB",
            "2nd",
            "30-day",
            "IPX7",
            "COVID-19",
            "basic_economy",
            "1000ml",
            "USB-C",
            "4K",
            "24/7",
            "address1",
            "well-known",
            "HELLO",
            "iPhone15",
        ] {
            assert!(
                kinds(none).iter().all(|(k, _)| *k != Id),
                "{none} {:?}",
                kinds(none)
            );
        }
    }

    #[test]
    fn amounts_are_read_with_and_without_separators() {
        for (text, want) in [
            ("$1,234.50", 1234.5),
            ("1.234,50 €", 1234.5),
            ("USD 50", 50.0),
            ("-$5", -5.0),
            ("£12", 12.0),
            ("154.00", 154.0),
            ("50 dollars", 50.0),
            ("US$7", 7.0),
            ("12,50€", 12.5),
        ] {
            let found = literals(&format!("It is {text}, yes."));
            let amounts: Vec<_> = found
                .iter()
                .filter(|l| l.kind == LiteralKind::Amount)
                .collect();
            assert_eq!(amounts.len(), 1, "{text} {found:?}");
            assert_eq!(amounts[0].value, LiteralValue::Number(want), "{text}");
        }
    }

    #[test]
    fn dates_are_read_in_digits_and_in_words() {
        let d = |year, month, day| LiteralValue::Date(Date { year, month, day });
        for (text, want) in [
            ("2024-05-17", d(Some(2024), 5, 17)),
            ("2024-05-17T10:30:00", d(Some(2024), 5, 17)),
            ("May 17, 2024", d(Some(2024), 5, 17)),
            ("17th of May", d(None, 5, 17)),
            ("Sept. 3rd", d(None, 9, 3)),
        ] {
            let found = literals(&format!("on {text} at noon"));
            assert_eq!(found.len(), 1, "{text} {found:?}");
            assert_eq!(found[0].value, want, "{text}");
        }
        assert!(
            literals("you may 2 times")
                .iter()
                .all(|l| l.kind == LiteralKind::Number)
        );
    }

    #[test]
    fn the_rest_is_told_apart() {
        use LiteralKind::{Email, Id, Number, Percent, Tail, Time};
        assert_eq!(
            kinds("card ending in 9734, mail a.b@c.org, 20% of 3 at 10:30am order #88: W-1"),
            [
                (Tail, "9734".into()),
                (Email, "a.b@c.org".into()),
                (Percent, "20%".into()),
                (Number, "3".into()),
                (Time, "10:30am".into()),
            ]
        );
        assert_eq!(kinds("order_id:8841234/x"), [(Id, "8841234".into())]);
    }

    proptest! {
        #[test]
        fn spans_cut_the_text_as_written(text in "\\PC{0,120}", money in "[$€#0-9a-zA-Z ,.:/%@-]{0,60}") {
            for text in [text, money] {
                for l in literals(&text) {
                    prop_assert_eq!(text.get(l.span.0..l.span.1), Some(l.text.as_str()));
                }
            }
        }
    }
}
