//! `calc(text)`: a small arithmetic over numbers, evaluated as Python does.
//! Integers are exact to 127 bits and go on as floats beyond.

use super::num::floor_rem;
use crate::engine::world::Node;

/// Longest text it reads, in bytes.
const MAX_TEXT: usize = 4096;
/// Parentheses and signs inside each other at most.
const MAX_DEPTH: u32 = 64;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Num {
    Int(i128),
    Float(f64),
}

impl Num {
    fn float(self) -> f64 {
        match self {
            Self::Int(i) => i as f64,
            Self::Float(f) => f,
        }
    }
    fn is_zero(self) -> bool {
        match self {
            Self::Int(i) => i == 0,
            Self::Float(f) => f == 0.0,
        }
    }
}

/// The value; `None` where the text is no arithmetic, divides by zero, or
/// grows out of the numbers.
pub(in crate::engine) fn calc(text: &str) -> Option<Node> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
    };
    let value = reader.sum()?;
    reader.space();
    if reader.at < reader.bytes.len() {
        return None;
    }
    match value {
        Num::Int(i) => Some(i64::try_from(i).map_or(Node::Float(i as f64), Node::Int)),
        Num::Float(f) => f.is_finite().then_some(Node::Float(f)),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }
    fn eat(&mut self, sign: &str) -> bool {
        self.space();
        let found = self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(sign.as_bytes()));
        if found {
            self.at += sign.len();
        }
        found
    }

    fn sum(&mut self) -> Option<Num> {
        let mut left = self.product()?;
        loop {
            if self.eat("+") {
                left = add(left, self.product()?);
            } else if self.eat("-") {
                left = add(left, negate(self.product()?));
            } else {
                return Some(left);
            }
        }
    }

    fn product(&mut self) -> Option<Num> {
        let mut left = self.signed()?;
        loop {
            self.space();
            let power = self
                .bytes
                .get(self.at..)
                .is_some_and(|rest| rest.starts_with(b"**"));
            left = if !power && self.eat("*") {
                multiply(left, self.signed()?)
            } else if self.eat("//") {
                floor_divide(left, self.signed()?)?
            } else if self.eat("/") {
                let right = self.signed()?;
                if right.is_zero() {
                    return None;
                }
                Num::Float(left.float() / right.float())
            } else if self.eat("%") {
                remainder(left, self.signed()?)?
            } else {
                return Some(left);
            };
        }
    }

    fn signed(&mut self) -> Option<Num> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = if self.eat("-") {
            self.signed().map(negate)
        } else if self.eat("+") {
            self.signed()
        } else {
            self.power()
        };
        self.depth -= 1;
        value
    }

    fn power(&mut self) -> Option<Num> {
        let base = self.atom()?;
        if self.eat("**") {
            let exponent = self.signed()?;
            return raise(base, exponent);
        }
        Some(base)
    }

    fn atom(&mut self) -> Option<Num> {
        if self.eat("(") {
            let value = self.sum()?;
            return self.eat(")").then_some(value);
        }
        self.space();
        let from = self.at;
        let mut float = false;
        while let Some(b) = self.peek() {
            match b {
                b'0'..=b'9' => {}
                b'.' if !float => float = true,
                _ => break,
            }
            self.at += 1;
        }
        let text = std::str::from_utf8(self.bytes.get(from..self.at)?).ok()?;
        if !text.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        if float {
            return text.parse().ok().map(Num::Float);
        }
        if text.len() > 1 && text.starts_with('0') && text.bytes().any(|b| b != b'0') {
            // A whole number with zeros in front is a mistake, not octal.
            return None;
        }
        match text.parse() {
            Ok(value) => Some(Num::Int(value)),
            Err(_) => text
                .parse::<f64>()
                .ok()
                .filter(|f| f.is_finite())
                .map(Num::Float),
        }
    }
}

fn negate(value: Num) -> Num {
    match value {
        Num::Int(i) => i.checked_neg().map_or(Num::Float(-(i as f64)), Num::Int),
        Num::Float(f) => Num::Float(-f),
    }
}

fn add(a: Num, b: Num) -> Num {
    if let (Num::Int(x), Num::Int(y)) = (a, b)
        && let Some(sum) = x.checked_add(y)
    {
        return Num::Int(sum);
    }
    Num::Float(a.float() + b.float())
}

fn multiply(a: Num, b: Num) -> Num {
    if let (Num::Int(x), Num::Int(y)) = (a, b)
        && let Some(product) = x.checked_mul(y)
    {
        return Num::Int(product);
    }
    Num::Float(a.float() * b.float())
}

fn floor_divide(a: Num, b: Num) -> Option<Num> {
    if b.is_zero() {
        return None;
    }
    if let (Num::Int(x), Num::Int(y)) = (a, b) {
        let quotient = x.checked_div(y)?;
        let rest = x.wrapping_rem(y);
        return Some(Num::Int(
            quotient - i128::from(rest != 0 && (rest < 0) != (y < 0)),
        ));
    }
    let (x, y) = (a.float(), b.float());
    Some(Num::Float(((x - floor_rem(x, y)) / y).round()))
}

fn remainder(a: Num, b: Num) -> Option<Num> {
    if b.is_zero() {
        return None;
    }
    if let (Num::Int(x), Num::Int(y)) = (a, b) {
        let rest = x.wrapping_rem(y);
        return Some(Num::Int(if rest != 0 && (rest < 0) != (y < 0) {
            rest + y
        } else {
            rest
        }));
    }
    Some(Num::Float(floor_rem(a.float(), b.float())))
}

fn raise(base: Num, exponent: Num) -> Option<Num> {
    if let (Num::Int(x), Num::Int(y)) = (base, exponent)
        && y >= 0
        && let Ok(y) = u32::try_from(y)
        && let Some(power) = x.checked_pow(y)
    {
        return Some(Num::Int(power));
    }
    let (x, y) = (base.float(), exponent.float());
    if x == 0.0 && y < 0.0 {
        return None;
    }
    let power = x.powf(y);
    power.is_finite().then_some(Num::Float(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_evaluates_as_python_does() {
        for (text, value) in [
            ("2 + 2", Some(Node::Int(4))),
            ("-2**2", Some(Node::Int(-4))),
            ("2**-1", Some(Node::Float(0.5))),
            ("2**3**2", Some(Node::Int(512))),
            ("10//3", Some(Node::Int(3))),
            ("-7//2", Some(Node::Int(-4))),
            ("-7.0//2", Some(Node::Float(-4.0))),
            ("1--1", Some(Node::Int(2))),
            (".5+.5", Some(Node::Float(1.0))),
            ("1.", Some(Node::Float(1.0))),
            ("00", Some(Node::Int(0))),
            ("007", None),
            ("1 2", None),
            ("", None),
            ("5 +", None),
            ("1/0", None),
            ("0.0//0", None),
            ("((1)", None),
            ("1 * * 2", None),
            ("9**9**9", None),
            ("2**100", Some(Node::Float(1.267_650_600_228_229_4e30))),
            ("1e3", None),
        ] {
            assert_eq!(calc(text), value, "{text}");
        }
        assert_eq!(calc(&"(".repeat(5000)), None);
        assert_eq!(calc(&"-".repeat(4000)), None);
    }
}
