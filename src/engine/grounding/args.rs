//! Holds the arguments of a call against what is known.

use super::known::Known;
use super::literal::{LiteralKind, id_of, literals};
use super::origin::is_id_key;
use super::turn::Call;
use crate::engine::score::{Blame, Finding};
use crate::engine::world::{Node, Path};

/// An id in a call's arguments that is not in context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StrayArg {
    /// Where in the arguments.
    pub(super) path: Path,
    /// The value.
    pub(super) value: String,
}

/// Every id in the arguments of a call that neither the user, nor a tool, nor
/// the policy has said (`wrong_id`).
pub(super) fn check_args(args: &Node, known: &Known) -> Vec<StrayArg> {
    let mut out = Vec::new();
    walk(&Path::root(), "", args, known, &mut out, 0);
    out
}

/// The findings of [`check_args`] for the call in this place of a step.
pub(super) fn findings_of_args(
    at: usize,
    call: &Call<'_>,
    step: u32,
    known: &Known,
) -> Vec<Finding> {
    check_args(call.args, known)
        .into_iter()
        .map(|stray| {
            let what = format!(
                "{} is called with {}, which nobody has named (at {})",
                call.tool, stray.value, stray.path
            );
            Finding::of("wrong_id", step, Blame::Agent, what)
                .said(stray.value, None)
                .at(place(at, &stray.path))
        })
        .collect()
}

/// `args.order_id`; `2.args.order_id` for the third call.
fn place(at: usize, path: &Path) -> String {
    let keys: Vec<&str> = path.0.iter().map(|k| &**k).collect();
    let number = if at == 0 {
        String::new()
    } else {
        format!("{at}.")
    };
    format!("{number}args.{}", keys.join("."))
}

fn walk(path: &Path, key: &str, node: &Node, known: &Known, out: &mut Vec<StrayArg>, depth: usize) {
    if depth > 128 {
        return;
    }
    match node {
        Node::Null | Node::Bool(_) | Node::Float(_) => {}
        Node::Int(value) => {
            // Numbers are ids only where the key says so and they are long.
            let text = value.to_string();
            if is_id_key(key) && text.len() >= 4 && !known.has_word(&text) {
                out.push(StrayArg {
                    path: path.clone(),
                    value: text,
                });
            }
        }
        Node::Str(text) => {
            if is_stray(key, text, known) {
                out.push(StrayArg {
                    path: path.clone(),
                    value: text.to_string(),
                });
            }
        }
        Node::List(list) => {
            for (i, item) in list.iter().enumerate() {
                walk(&path.join(i.to_string()), key, item, known, out, depth + 1);
            }
        }
        Node::Map(map) => {
            for (key, item) in map {
                walk(&path.join(&**key), key, item, known, out, depth + 1);
            }
        }
    }
}

fn is_stray(key: &str, text: &str, known: &Known) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > 128 || text.contains(char::is_whitespace) {
        return false;
    }
    if text.contains('@') && text.contains('.') {
        return !known.has_word(text);
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let named = is_id_key(key) && digits > 0;
    let shaped = id_of(text).is_some();
    // Dates and plain numbers have their own ways of being written.
    let plain = super::literal::number(text).is_some() && !named;
    let dated = literals(text)
        .first()
        .is_some_and(|l| matches!(l.kind, LiteralKind::Date | LiteralKind::Time));
    (named || shaped) && !plain && !dated && !known.has_id(text) && !parts_known(text, known)
}

/// `flight-HAT490-2024`: put together from known parts.
fn parts_known(text: &str, known: &Known) -> bool {
    let mut parts = text
        .split(['-', '/', ':'])
        .filter(|p| !p.is_empty())
        .peekable();
    text.contains(['-', '/', ':']) && parts.peek().is_some() && parts.all(|p| known.has_word(p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn known() -> Known {
        let mut k = Known::new();
        k.text("My order is #W123 and my mail is mia@example.com.");
        k.node(&Node::from_json(
            &json!({"items": [{"price": 302.67}, {"price": 254.0}], "status": "pending"}),
        ));
        k
    }

    #[test]
    fn ids_in_arguments_must_be_in_context() {
        let stray = |v| {
            let args = Node::from_json(&v);
            check_args(&args, &known())
                .into_iter()
                .map(|s| s.value)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            stray(json!({"order_id": "#W123", "email": "mia@example.com"})),
            [] as [&str; 0]
        );
        assert_eq!(stray(json!({"order_id": "#W132"})), ["#W132"]);
        assert_eq!(
            stray(json!({"email": "mia@example.org", "n": 3})),
            ["mia@example.org"]
        );
        assert_eq!(
            stray(json!({"ids": ["W123", "9988776655"], "date": "2024-05-01"})),
            ["9988776655"]
        );
        assert_eq!(
            stray(json!({"reason": "no longer needed", "kind": "basic_economy"})),
            [] as [&str; 0]
        );
    }
}
