//! Whether two plain values say the same, and what it is called where they do
//! not.

use crate::engine::grounding::date::date;
use crate::engine::grounding::literal::{id_of, number};
use crate::engine::grounding::origin::is_id_key;
use crate::engine::world::Node;

/// How one value stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alike {
    /// The same, however written.
    Same,
    /// The same in another type: `"$109"` for 109, `"true"` for true.
    Retyped,
    /// Something else of the same type.
    Other,
    /// Something else of another type.
    OtherType,
}

/// A text that is a number with at most a sign of currency on it.
pub(super) fn read_number(text: &str) -> Option<f64> {
    let bare = text.trim().trim_start_matches(['$', '€', '£', '₹', '¥']);
    let bare = bare.trim_end_matches(['%', '€', '£']).trim();
    number(bare)
}

/// Whether a text has more on it than the number.
pub(super) fn decorated(text: &str) -> bool {
    number(text.trim()).is_none() && read_number(text).is_some()
}

fn truth_word(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

pub(super) fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn same_text(a: &str, b: &str) -> bool {
    let bare = |s: &str| s.trim().trim_start_matches('#').to_lowercase();
    // A moment of a day is more than the day.
    let day = |s: &str| date(s.trim()).filter(|_| !s.contains(':'));
    a == b || bare(a) == bare(b) || day(a).is_some_and(|d| day(b) == Some(d))
}

/// How what was said stands to what is true; both plain values.
pub(super) fn alike(said: &Node, truth: &Node) -> Alike {
    match (said, truth) {
        (Node::Int(_) | Node::Float(_), Node::Int(_) | Node::Float(_)) => {
            let same = said
                .as_f64()
                .zip(truth.as_f64())
                .is_some_and(|(a, b)| close(a, b));
            if same { Alike::Same } else { Alike::Other }
        }
        (Node::Str(a), Node::Str(b)) => {
            if same_text(a, b) {
                Alike::Same
            } else {
                Alike::Other
            }
        }
        (Node::Str(text), Node::Int(_) | Node::Float(_))
        | (Node::Int(_) | Node::Float(_), Node::Str(text)) => {
            let value = said.as_f64().or(truth.as_f64());
            match read_number(text).zip(value) {
                Some((a, b)) if close(a, b) => Alike::Retyped,
                Some(_) | None => Alike::OtherType,
            }
        }
        (Node::Str(text), Node::Bool(b)) | (Node::Bool(b), Node::Str(text)) => {
            if truth_word(text) == Some(*b) {
                Alike::Retyped
            } else {
                Alike::OtherType
            }
        }
        (Node::Null, Node::Null) => Alike::Same,
        // An empty text says as little as null.
        (Node::Null, Node::Str(s)) | (Node::Str(s), Node::Null) if s.is_empty() => Alike::Same,
        (Node::Bool(a), Node::Bool(b)) if a == b => Alike::Same,
        (Node::Bool(_), Node::Bool(_)) => Alike::Other,
        (
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Str(_)
            | Node::List(_)
            | Node::Map(_),
            _,
        ) => Alike::OtherType,
    }
}

/// Whether a key says how things stand with its row.
pub(super) fn tells_status(key: &str) -> bool {
    const WORDS: [&str; 14] = [
        "status",
        "active",
        "enabled",
        "available",
        "activated",
        "locked",
        "open",
        "closed",
        "paid",
        "suspended",
        "cancelled",
        "phase",
        "stage",
        "progress",
    ];
    let key = key.to_ascii_lowercase();
    WORDS.iter().any(|w| key.split('_').any(|p| p == *w)) || key.ends_with("status")
}

/// Whether a key names a value that is reckoned from others.
pub(super) fn tells_reckoning(key: &str) -> bool {
    const WORDS: [&str; 25] = [
        "count",
        "counts",
        "total",
        "totals",
        "sum",
        "subtotal",
        "number",
        "num",
        "remaining",
        "left",
        "difference",
        "diff",
        "average",
        "avg",
        "mean",
        "min",
        "max",
        "net",
        "new",
        "old",
        "charge",
        "charged",
        "refund",
        "due",
        "size",
    ];
    let key = key.to_ascii_lowercase();
    key.split(['_', ' ', '-']).any(|p| WORDS.contains(&p))
}

/// The kind of a finding where a plain value is not what the world says.
pub(super) fn kind(key: &str, said: &Node, truth: &Node) -> &'static str {
    let id = |n: &Node| n.as_str().is_some_and(|s| id_of(s).is_some());
    match alike(said, truth) {
        Alike::Retyped => "wrong_type",
        Alike::OtherType => match (said, truth) {
            (Node::Map(_) | Node::List(_), _) | (_, Node::Map(_) | Node::List(_)) => "wrong_type",
            _ if tells_status(key) => "wrong_status",
            (Node::Null, _) | (_, Node::Null) => "wrong_value",
            (Node::Str(s), Node::Int(_) | Node::Float(_)) if read_number(s).is_some() => {
                "wrong_amount"
            }
            (Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_), _) => "wrong_type",
        },
        Alike::Same | Alike::Other => match said {
            Node::Int(_) | Node::Float(_) => "wrong_amount",
            _ if tells_status(key) => "wrong_status",
            Node::Str(_) if id(said) && (id(truth) || is_id_key(key)) => "wrong_entity",
            Node::Null | Node::Bool(_) | Node::Str(_) | Node::List(_) | Node::Map(_) => {
                "wrong_value"
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_however_written() {
        let f = Node::Float;
        let s = |t: &str| Node::str(t);
        assert_eq!(alike(&Node::Int(5), &f(5.0)), Alike::Same);
        assert_eq!(alike(&s("#W12"), &s("w12")), Alike::Same);
        assert_eq!(alike(&s("May 17, 2024"), &s("May 17, 2024")), Alike::Same);
        assert_eq!(alike(&s("$1,109.50"), &f(1109.5)), Alike::Retyped);
        assert_eq!(alike(&s("$1,109.50"), &f(1109.6)), Alike::OtherType);
        assert_eq!(alike(&s("yes"), &Node::Bool(true)), Alike::Retyped);
        assert_eq!(alike(&Node::Null, &s("x")), Alike::OtherType);
        assert!(decorated("$5") && !decorated("5") && !decorated("five"));
        assert_eq!(kind("order_status", &s("sent"), &s("open")), "wrong_status");
        assert_eq!(kind("price", &Node::Int(4), &f(5.0)), "wrong_amount");
        assert_eq!(kind("user_id", &s("ada_12"), &s("bob_13")), "wrong_entity");
    }
}
