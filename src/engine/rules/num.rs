//! Numbers: integers and floats stay apart, floats follow IEEE from left to
//! right, and both are written the shortest way.

use super::ast::Op;
use super::run::{Res, Stop};
use crate::engine::world::Node;
use std::cmp::Ordering;

/// A float as Python and JSON write it: shortest digits, a point or an
/// exponent always, the exponent from 1e16 up and below 1e-4.
pub(super) fn float_text(value: f64) -> String {
    if value == 0.0 {
        return String::from(if value.is_sign_negative() {
            "-0.0"
        } else {
            "0.0"
        });
    }
    let shortest = format!("{value:e}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        return if plain.contains('.') {
            plain
        } else {
            plain + ".0"
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

/// Rounds the exact binary value to `digits` decimals, ties to even.
pub(super) fn round_to(value: f64, digits: usize) -> f64 {
    if value.abs() >= 1e17 {
        return value;
    }
    format!("{value:.digits$}").parse().unwrap_or(value)
}

/// A float that is a number, as a node.
pub(super) fn float(value: f64) -> Res<Node> {
    if value.is_finite() {
        Ok(Node::Float(value))
    } else {
        Err(Stop::broken("the result is too large for a number"))
    }
}

fn overflow() -> Box<Stop> {
    Stop::broken("the result does not fit a 64-bit integer")
}

/// `a op b` for numbers.
pub(super) fn arithmetic(op: Op, a: &Node, b: &Node) -> Res<Node> {
    if let (Node::Int(a), Node::Int(b)) = (a, b) {
        let (a, b) = (*a, *b);
        return match op {
            Op::Sub => a.checked_sub(b).map(Node::Int).ok_or_else(overflow),
            Op::Mul => a.checked_mul(b).map(Node::Int).ok_or_else(overflow),
            Op::Div | Op::FloorDiv | Op::Rem if b == 0 => Err(Stop::broken("division by zero")),
            Op::Div => float(a as f64 / b as f64),
            Op::FloorDiv => {
                let quotient = a.checked_div(b).ok_or_else(overflow)?;
                let rest = a.wrapping_rem(b);
                Ok(Node::Int(
                    quotient - i64::from(rest != 0 && (rest < 0) != (b < 0)),
                ))
            }
            Op::Rem => {
                let rest = a.wrapping_rem(b);
                Ok(Node::Int(if rest != 0 && (rest < 0) != (b < 0) {
                    rest + b
                } else {
                    rest
                }))
            }
            _ => a.checked_add(b).map(Node::Int).ok_or_else(overflow),
        };
    }
    let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) else {
        return Err(Stop::broken(format!(
            "`{}` needs numbers, not {} and {}",
            op.sign(),
            told(a),
            told(b)
        )));
    };
    match op {
        Op::Sub => float(x - y),
        Op::Mul => float(x * y),
        Op::Div | Op::FloorDiv | Op::Rem if y == 0.0 => Err(Stop::broken("division by zero")),
        Op::Div => float(x / y),
        Op::FloorDiv => float(((x - floor_rem(x, y)) / y).round()),
        Op::Rem => float(floor_rem(x, y)),
        _ => float(x + y),
    }
}

/// The rest with the divisor's sign.
pub(super) fn floor_rem(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest != 0.0 && (rest < 0.0) != (y < 0.0) {
        rest + y
    } else {
        rest
    }
}

/// Orders two numbers by value, exactly: 2^53 + 1 is not 2^53.
pub(super) fn compare(a: &Node, b: &Node) -> Option<Ordering> {
    match (a, b) {
        (Node::Int(a), Node::Int(b)) => Some(a.cmp(b)),
        (Node::Float(a), Node::Float(b)) => a.partial_cmp(b),
        (Node::Int(a), Node::Float(b)) => int_float(*a, *b),
        (Node::Float(a), Node::Int(b)) => int_float(*b, *a).map(Ordering::reverse),
        _ => None,
    }
}

fn int_float(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if b < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(
        a.cmp(&(whole as i64))
            .then_with(|| 0.0_f64.partial_cmp(&(b - whole)).unwrap_or(Ordering::Equal)),
    )
}

/// A value in a message: its kind, and itself where it is short.
pub(super) fn told(node: &Node) -> String {
    match node {
        Node::Null => String::from("null"),
        Node::Bool(_) | Node::Int(_) | Node::Float(_) => {
            format!("{} `{}`", node.kind(), plain(node))
        }
        Node::Str(s) if s.chars().count() <= 40 => format!("string \"{s}\""),
        Node::Str(_) => String::from("a long string"),
        Node::List(l) => format!("an array of {}", l.len()),
        Node::Map(m) => format!("an object of {} fields", m.len()),
    }
}

/// A value inside a text: texts as they are, numbers shortest, the rest as
/// compact JSON.
pub(super) fn plain(node: &Node) -> String {
    match node {
        Node::Null => String::from("null"),
        Node::Bool(b) => b.to_string(),
        Node::Int(i) => i.to_string(),
        Node::Float(f) => float_text(*f),
        Node::Str(s) => s.to_string(),
        Node::List(_) | Node::Map(_) => node.to_string(),
    }
}

impl Op {
    /// Whether it answers true or false.
    pub fn compares(self) -> bool {
        match self {
            Self::Add | Self::Sub | Self::Mul | Self::Div | Self::FloorDiv | Self::Rem => false,
            Self::Eq
            | Self::Ne
            | Self::Lt
            | Self::Le
            | Self::Gt
            | Self::Ge
            | Self::In
            | Self::NotIn => true,
        }
    }
    /// As written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::FloorDiv => "//",
            Self::Rem => "%",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_shortest_as_python_does() {
        for (value, text) in [
            (0.1 + 0.2, "0.30000000000000004"),
            (4.0, "4.0"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-0.0, "-0.0"),
            (1e100, "1e+100"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }

    #[test]
    fn rounding_takes_the_exact_binary_value() {
        for (value, digits, right) in [
            (2.675, 2, 2.67),
            (1.115, 2, 1.11),
            (0.125, 2, 0.12),
            (0.375, 2, 0.38),
            (0.005, 2, 0.01),
            (2.5, 0, 2.0),
        ] {
            assert_eq!(
                round_to(value, digits).to_bits(),
                f64::to_bits(right),
                "{value}"
            );
        }
    }

    #[test]
    fn whole_division_goes_down_and_the_rest_has_the_divisors_sign() {
        let run = |op, a, b| arithmetic(op, &Node::Int(a), &Node::Int(b)).ok();
        assert_eq!(run(Op::FloorDiv, -7, 2), Some(Node::Int(-4)));
        assert_eq!(run(Op::Rem, -7, 2), Some(Node::Int(1)));
        assert_eq!(run(Op::Rem, 7, -2), Some(Node::Int(-1)));
        assert_eq!(run(Op::FloorDiv, i64::MIN, -1), None);
        assert_eq!(run(Op::Rem, i64::MIN, -1), Some(Node::Int(0)));
        assert_eq!(run(Op::Div, 1, 0), None);
    }

    #[test]
    fn integers_and_floats_compare_exactly() {
        let big = 9_007_199_254_740_993;
        assert_eq!(
            compare(&Node::Int(big), &Node::Float(9_007_199_254_740_992.0)),
            Some(Ordering::Greater)
        );
        assert_eq!(
            compare(&Node::Int(1), &Node::Float(1.0)),
            Some(Ordering::Equal)
        );
        assert_eq!(
            compare(&Node::Float(-1.5), &Node::Int(-1)),
            Some(Ordering::Less)
        );
    }
}
