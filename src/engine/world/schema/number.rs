//! Numbers of a schema against numbers of the world, exactly.

use crate::engine::world::node::Node;
use std::cmp::Ordering;

/// Which is larger; `None` where one is no number.
pub(super) fn compare(a: &Node, b: &Node) -> Option<Ordering> {
    match (a, b) {
        (Node::Int(a), Node::Int(b)) => Some(a.cmp(b)),
        (Node::Float(a), Node::Float(b)) => a.partial_cmp(b),
        (Node::Int(a), Node::Float(b)) => Some(int_and_float(*a, *b)),
        (Node::Float(a), Node::Int(b)) => Some(int_and_float(*b, *a).reverse()),
        (_, _) => None,
    }
}

/// 2^63, the first float past the integers.
const END: f64 = 9_223_372_036_854_775_808.0;

fn int_and_float(int: i64, float: f64) -> Ordering {
    if float >= END {
        return Ordering::Less;
    }
    if float < -END {
        return Ordering::Greater;
    }
    int.cmp(&(float as i64))
        .then_with(|| 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}

/// Whether a number is a whole multiple. Between floats a quotient counts as
/// whole within a few roundings: 19.99 is a multiple of 0.01, although the
/// nearest doubles are not.
pub(super) fn is_multiple(value: &Node, of: &Node) -> bool {
    if let (Some(value), Some(of)) = (whole(value), whole(of)) {
        return value.checked_rem(of).is_none_or(|rest| rest == 0);
    }
    let (Some(value), Some(of)) = (value.as_f64(), of.as_f64()) else {
        return true;
    };
    if value.fract() == 0.0 && of.fract() == 0.0 {
        return value % of == 0.0;
    }
    let quotient = value / of;
    quotient.is_finite()
        && (quotient - quotient.round()).abs() <= 4.0 * f64::EPSILON * quotient.abs()
}

fn whole(node: &Node) -> Option<i64> {
    match node {
        Node::Int(i) => Some(*i),
        Node::Float(f) => (f.fract() == 0.0 && (-END..END).contains(f)).then_some(*f as i64),
        Node::Null | Node::Bool(_) | Node::Str(_) | Node::List(_) | Node::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_compare_by_value() {
        let (max, end) = (Node::Int(i64::MAX), Node::Float(END));
        assert_eq!(compare(&max, &end), Some(Ordering::Less));
        assert_eq!(compare(&end, &max), Some(Ordering::Greater));
        assert_eq!(
            compare(&Node::Int(-1), &Node::Float(-1.5)),
            Some(Ordering::Greater)
        );
        assert_eq!(
            compare(&Node::Int(-1), &Node::Float(-0.5)),
            Some(Ordering::Less)
        );
        assert_eq!(
            compare(&Node::Int(2), &Node::Float(2.0)),
            Some(Ordering::Equal)
        );
        assert_eq!(compare(&Node::Null, &Node::Int(1)), None);
    }

    #[test]
    fn cents_are_multiples_of_a_cent() {
        let cent = Node::Float(0.01);
        for cents in 0..100_000_i64 {
            assert!(
                is_multiple(&Node::Float(cents as f64 / 100.0), &cent),
                "{cents}"
            );
        }
        assert!(!is_multiple(&Node::Float(0.015), &cent));
        assert!(!is_multiple(&Node::Float(1e9 + 0.005), &cent));
        assert!(!is_multiple(
            &Node::Float(2.095_070_244_182_157_4e197),
            &Node::Int(3)
        ));
        assert!(!is_multiple(&Node::Float(1e-200), &Node::Int(2)));
        assert!(
            is_multiple(&Node::Int(6), &Node::Int(3)) && !is_multiple(&Node::Int(7), &Node::Int(3))
        );
        assert!(is_multiple(&Node::Int(i64::MIN), &Node::Int(-1)));
    }
}
