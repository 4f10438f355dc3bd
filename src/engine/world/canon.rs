//! Bytes that outside references want: RFC 8785 canonical JSON, and dumps with
//! sorted keys as Python writes them.

use super::node::Node;
use std::fmt::Write as _;
use std::sync::Arc;

/// RFC 8785 (JCS). Numbers as ECMAScript prints doubles, keys by UTF-16 units.
/// An integer beyond 2^53 is printed as the nearest double, as the RFC asks.
#[must_use]
pub fn jcs(node: &Node) -> String {
    let style = Style {
        comma: ",",
        colon: ":",
        ascii: false,
        sort: Some(|a, b| a.encode_utf16().cmp(b.encode_utf16())),
        number: ecma_number,
    };
    let mut out = String::new();
    style.node(node, &mut out);
    out
}

/// How a result becomes the text an agent reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Render {
    /// No spaces, UTF-8 as it is.
    #[default]
    Compact,
    /// As Python's `json.dumps`: `", "` and `": "`, ASCII escapes, `1e+20`.
    Python,
}

/// A node as text. A plain text node is the text itself, without quotes.
#[must_use]
pub fn render(node: &Node, how: Render) -> String {
    match (node, how) {
        (Node::Str(text), _) => text.to_string(),
        (_, Render::Compact) => node.to_string(),
        (_, Render::Python) => python(node, None),
    }
}

/// Python's `json.dumps(state, sort_keys=True)`: the form whose SHA-256 is
/// `final_hash` in recorded traces.
#[must_use]
pub fn python_sorted(node: &Node) -> String {
    python(node, Some(str::cmp))
}

fn python(node: &Node, sort: Option<Order>) -> String {
    let style = Style {
        comma: ", ",
        colon: ": ",
        ascii: true,
        sort,
        number: python_number,
    };
    let mut out = String::new();
    style.node(node, &mut out);
    out
}

type Order = fn(&str, &str) -> std::cmp::Ordering;

/// One way to write JSON.
struct Style {
    comma: &'static str,
    colon: &'static str,
    /// Whether all beyond ASCII is escaped.
    ascii: bool,
    /// The order of keys, where not their own.
    sort: Option<Order>,
    number: fn(Number) -> String,
}

#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Float(f64),
}

impl Style {
    fn node(&self, node: &Node, out: &mut String) {
        match node {
            Node::Bool(true) => out.push_str("true"),
            Node::Bool(false) => out.push_str("false"),
            Node::Int(i) => out.push_str(&(self.number)(Number::Int(*i))),
            Node::Float(f) if f.is_finite() => out.push_str(&(self.number)(Number::Float(*f))),
            Node::Null | Node::Float(_) => out.push_str("null"),
            Node::Str(text) => self.text(text, out),
            Node::List(list) => {
                out.push('[');
                for (i, node) in list.iter().enumerate() {
                    if i > 0 {
                        out.push_str(self.comma);
                    }
                    self.node(node, out);
                }
                out.push(']');
            }
            Node::Map(map) => {
                let mut pairs: Vec<(&Arc<str>, &Node)> = map.iter().collect();
                if let Some(order) = self.sort {
                    pairs.sort_by(|a, b| order(a.0, b.0));
                }
                out.push('{');
                for (i, (key, node)) in pairs.into_iter().enumerate() {
                    if i > 0 {
                        out.push_str(self.comma);
                    }
                    self.text(key, out);
                    out.push_str(self.colon);
                    self.node(node, out);
                }
                out.push('}');
            }
        }
    }

    fn text(&self, text: &str, out: &mut String) {
        out.push('"');
        for letter in text.chars() {
            match letter {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                ' '..='~' => out.push(letter),
                '\0'..='\u{1f}' => escape(letter, out),
                // Python's ASCII mode escapes DEL too.
                _ if self.ascii => escape(letter, out),
                _ => out.push(letter),
            }
        }
        out.push('"');
    }
}

/// `\uXXXX`, as a surrogate pair beyond the basic plane.
fn escape(letter: char, out: &mut String) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// The shortest digits that read back as the same double, and the power of ten
/// of the first one: 1250.0 is ("125", 3).
fn digits(float: f64) -> (String, i32) {
    let text = format!("{float:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (digits, exponent.parse().unwrap_or(0))
}

/// `125` with its first digit at ten to the `power`, without an exponent.
fn plain(digits: &str, power: i32) -> String {
    let Ok(before) = usize::try_from(power + 1) else {
        let zeros = usize::try_from(-1 - power).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    match digits.len().checked_sub(before) {
        None | Some(0) => format!("{digits:0<before$}"),
        Some(_) if before == 0 => format!("0.{digits}"),
        Some(_) => {
            let (whole, part) = digits.split_at(before);
            format!("{whole}.{part}")
        }
    }
}

fn with_point(digits: &str) -> String {
    let (first, rest) = digits.split_at(digits.len().min(1));
    if rest.is_empty() {
        first.to_owned()
    } else {
        format!("{first}.{rest}")
    }
}

/// ECMAScript's Number::toString: plain from 1e-6 to below 1e21.
fn ecma_number(number: Number) -> String {
    let float = match number {
        Number::Int(i) => i as f64,
        Number::Float(f) => f,
    };
    if float == 0.0 {
        return String::from("0");
    }
    let sign = if float < 0.0 { "-" } else { "" };
    let (digits, power) = digits(float.abs());
    if (-6..21).contains(&power) {
        format!("{sign}{}", plain(&digits, power))
    } else {
        format!("{sign}{}e{power:+}", with_point(&digits))
    }
}

/// Python's `repr` of a float (plain from 1e-4 to below 1e16, always with a
/// point or an exponent of two digits) or an int.
fn python_number(number: Number) -> String {
    let float = match number {
        Number::Int(i) => return i.to_string(),
        Number::Float(f) => f,
    };
    let sign = if float.is_sign_negative() { "-" } else { "" };
    if float == 0.0 {
        return format!("{sign}0.0");
    }
    let (digits, power) = digits(float.abs());
    if (-4..16).contains(&power) {
        let text = plain(&digits, power);
        let point = if text.contains('.') { "" } else { ".0" };
        format!("{sign}{text}{point}")
    } else {
        let direction = if power < 0 { '-' } else { '+' };
        let power = power.unsigned_abs();
        format!("{sign}{}e{direction}{power:02}", with_point(&digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn ecmascript_numbers() {
        for (number, expected) in [
            ("0.0", "0"),
            ("-0.0", "0"),
            ("1.0", "1"),
            ("-1.5", "-1.5"),
            ("4.50", "4.5"),
            ("2e-3", "0.002"),
            ("1e-6", "0.000001"),
            ("1e-7", "1e-7"),
            ("1.25e-7", "1.25e-7"),
            ("1e20", "100000000000000000000"),
            ("1e21", "1e+21"),
            ("123456789012345680000", "123456789012345680000"),
            ("333333333.33333329", "333333333.3333333"),
            ("9007199254740993", "9007199254740992"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("0.1", "0.1"),
            ("12.0", "12"),
        ] {
            assert_eq!(jcs(&node(number)), expected, "{number}");
        }
    }

    #[test]
    fn python_numbers() {
        for (number, expected) in [
            ("4.0", "4.0"),
            ("4", "4"),
            ("-0.0", "-0.0"),
            ("1e16", "1e+16"),
            ("123456789012345.0", "123456789012345.0"),
            ("1234567890123456.0", "1234567890123456.0"),
            ("12345678901234567.0", "1.2345678901234568e+16"),
            ("1e-4", "0.0001"),
            ("1e-5", "1e-05"),
            ("1e-07", "1e-07"),
            ("1e20", "1e+20"),
            ("1e300", "1e+300"),
            ("0.04999999999999716", "0.04999999999999716"),
            ("-150.25", "-150.25"),
        ] {
            assert_eq!(render(&node(number), Render::Python), expected, "{number}");
        }
    }

    #[test]
    fn keys_are_sorted_by_their_own_rule() {
        // By UTF-16 units the emoji (a surrogate pair) comes before U+FB33.
        let both = node(r#"{"\ufb33":1,"\ud83d\ude00":2,"b":3,"a\n":[true]}"#);
        assert_eq!(
            jcs(&both),
            "{\"a\\n\":[true],\"b\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}"
        );
        assert_eq!(
            python_sorted(&both),
            r#"{"a\n": [true], "b": 3, "\ufb33": 1, "\ud83d\ude00": 2}"#
        );
    }

    #[test]
    fn a_text_result_is_the_text() {
        assert_eq!(render(&node(r#""a \"b\"""#), Render::Python), "a \"b\"");
        assert_eq!(
            render(&node(r#"{"b":["é",1.0],"a":{}}"#), Render::Python),
            r#"{"b": ["\u00e9", 1.0], "a": {}}"#
        );
        assert_eq!(
            render(&node(r#"{"b":["é",1.0],"a":{}}"#), Render::Compact),
            r#"{"b":["é",1.0],"a":{}}"#
        );
    }
}
