//! Holds the arguments of a call against what is known.

use super::check::{Check, Coverage};
use super::known::Known;
use super::literal::{LiteralKind, id_of, literals};
use super::origin::is_id_key;
use super::records::{Row, normal};
use super::text::is_checked;
use super::turn::{Call, ToolFacts};
use super::verbs::{only_looks, stem};
use crate::engine::score::{Blame, Finding};
use crate::engine::world::{Node, Path};

/// An id in a call's arguments that is not in context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StrayArg {
    /// Where in the arguments.
    pub(super) path: Path,
    /// The value.
    pub(super) value: String,
    /// Whether it is an id.
    pub(super) id: bool,
}

/// What is wrong with the call in this place of a step, and how much of it was
/// looked at.
pub(super) fn findings_of_call(
    check: &Check,
    known: &Known,
    at: usize,
    call: &Call<'_>,
    step: u32,
) -> (Vec<Finding>, Coverage) {
    let mut coverage = Coverage::default();
    let tool = check.told.tools.iter().find(|t| t.name == call.tool);
    let Some(tool) = tool else {
        let mut out = Vec::new();
        if check.told.all_tools {
            let what = format!(
                "there is no tool {}{}",
                call.tool,
                nearest(check, call.tool)
            );
            out.push(
                Finding::of("unknown_tool", step, Blame::Agent, what)
                    .said(call.tool, None)
                    .at(place(at, &Path::root())),
            );
        }
        return (out, coverage);
    };
    let mut out = shape(at, call, tool, step);
    let mut stray = Vec::new();
    walk(&Path::root(), "", call.args, known, &mut stray, 0);
    // What the agent has told the user already was looked at there.
    stray.retain(|s| s.id || !check.said(&s.value));
    if only_looks(&tool.name) {
        // Looking on the days around is no mistake, and thinking aloud no deed.
        stray.retain(|s| s.id || !known.date_near_text(&s.value, AROUND));
    }
    count(call.args, &mut coverage, 0);
    coverage.untraced = stray.len();
    coverage.literals = coverage
        .literals
        .max(coverage.untraced + coverage.unchecked);
    coverage.traced = coverage.literals - coverage.untraced - coverage.unchecked;
    out.extend(stray.into_iter().map(|stray| {
        let kind = if stray.id {
            "wrong_id"
        } else {
            "ungrounded_argument"
        };
        let what = format!(
            "{} is called with {}, which nobody has named (at {})",
            call.tool, stray.value, stray.path
        );
        Finding::of(kind, step, Blame::Agent, what)
            .said(stray.value, None)
            .at(place(at, &stray.path))
    }));
    out.extend(unmet(check, at, call, tool, step));
    (out, coverage)
}

/// Days that a look-up may go beyond those that were said.
const AROUND: i64 = 3;

fn nearest(check: &Check, name: &str) -> String {
    let words: Vec<String> = name.split('_').map(stem).collect();
    let likeness = |t: &&ToolFacts| {
        t.name
            .split('_')
            .filter(|w| words.contains(&stem(w)))
            .count()
    };
    check
        .told
        .tools
        .iter()
        .max_by_key(likeness)
        .filter(|t| likeness(t) > 0)
        .map_or_else(String::new, |t| format!("; the nearest is {}", t.name))
}

/// Arguments that are missing, unknown or of another type.
fn shape(at: usize, call: &Call<'_>, tool: &ToolFacts, step: u32) -> Vec<Finding> {
    let Some(schema) = tool.parameters.as_ref().filter(|_| !tool.coerces) else {
        return Vec::new();
    };
    let mut out: Vec<Finding> = Vec::new();
    let mut add = |path: &Path, quote: String, what: String| {
        out.push(
            Finding::of("bad_arguments", step, Blame::Agent, what)
                .said(quote, None)
                .at(place(at, path)),
        );
    };
    for misfit in schema.check(call.args) {
        let quote = misfit.path.0.iter().try_fold(call.args, |n, k| n.child(k));
        let quote = quote.map_or_else(String::new, ToString::to_string);
        let where_ = if misfit.path.0.is_empty() {
            String::new()
        } else {
            format!(" at {}", misfit.path)
        };
        let what = format!("{}{where_}: {}", call.tool, misfit.what);
        add(&misfit.path, quote, what);
    }
    let source = schema.source();
    let open = source
        .get("additionalProperties")
        .is_some_and(|a| a != false)
        || source.get("patternProperties").is_some();
    if let (Some(named), Some(args), false) = (
        source
            .get("properties")
            .and_then(serde_json::Value::as_object),
        call.args.as_map(),
        open,
    ) {
        for key in args.keys().filter(|k| !named.contains_key(&***k)) {
            let path = Path::root().join(&**key);
            let known = |f: &Finding| f.place == place(at, &path);
            if source.get("additionalProperties").is_none() && !out.iter().any(known) {
                let what = format!("{} has no argument {key}", call.tool);
                out.push(
                    Finding::of("bad_arguments", step, Blame::Agent, what)
                        .said(&**key, None)
                        .at(place(at, &path)),
                );
            }
        }
    }
    out
}

/// A state that the tool's name asks for (`cancel_pending_order`), and the thing
/// that is named was read to be in another.
fn unmet(
    check: &Check,
    at: usize,
    call: &Call<'_>,
    tool: &ToolFacts,
    step: u32,
) -> Option<Finding> {
    if only_looks(&tool.name) {
        return None;
    }
    let words: Vec<&str> = tool.name.split('_').collect();
    // The verb of the name is what it does, not what it asks for.
    let asks = words.iter().skip(1).find(|w| {
        let is = |s: &str| s.split([' ', '_', '(']).next() == Some(**w);
        check.told.statuses.iter().any(|s| is(s)) || check.records.statuses().any(is)
    })?;
    let args = call.args.as_map()?;
    for (key, value) in args {
        let Some(id) = value.as_str().filter(|_| is_id_key(key)) else {
            continue;
        };
        let row = check.records.get(&normal(id));
        let Some((_, now, since)) = row.and_then(Row::status) else {
            continue;
        };
        let now_word = now.split([' ', '_', '(']).next().unwrap_or(now);
        if now_word != *asks {
            let what = format!(
                "{} is for what is {asks}, and step {since} says that {id} is {now}",
                tool.name
            );
            return Some(
                Finding::of("known_unmet", step, Blame::Agent, what)
                    .said(id, None)
                    .at(place(at, &Path::root().join(&**key)))
                    .truth(now, format!("step {since}")),
            );
        }
    }
    None
}

/// How many literals the arguments hold.
fn count(args: &Node, coverage: &mut Coverage, depth: usize) {
    match args {
        Node::Int(_) | Node::Float(_) => {
            coverage.literals += 1;
            coverage.unchecked += 1;
        }
        Node::Str(text) => {
            let found = literals(text);
            coverage.literals += found.len();
            coverage.unchecked += found.iter().filter(|l| !is_checked(l.kind)).count();
        }
        Node::List(list) if depth < 128 => list.iter().for_each(|n| count(n, coverage, depth + 1)),
        Node::Map(map) if depth < 128 => map.values().for_each(|n| count(n, coverage, depth + 1)),
        Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => {}
    }
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
                    id: true,
                });
            }
        }
        Node::Str(text) => {
            if is_stray(key, text, known) {
                out.push(StrayArg {
                    path: path.clone(),
                    value: text.to_string(),
                    id: true,
                });
            } else {
                worded(path, text, known, out);
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
    // `LCHLWZ` is a code where the key says so.
    let code = text.len() >= 5 && text.chars().all(|c| c.is_ascii_uppercase());
    let named = is_id_key(key) && (digits > 0 || code);
    let shaped = id_of(text).is_some();
    // Dates and plain numbers have their own ways of being written.
    let plain = super::literal::number(text).is_some() && !named;
    let dated = literals(text)
        .first()
        .is_some_and(|l| matches!(l.kind, LiteralKind::Date | LiteralKind::Time));
    (named || shaped) && !plain && !dated && !known.has_id(text) && !parts_known(text, known)
}

/// Days, addresses and sums of money that stand in a text of the arguments.
fn worded(path: &Path, text: &str, known: &Known, out: &mut Vec<StrayArg>) {
    for literal in literals(text) {
        let checked = match literal.kind {
            LiteralKind::Date | LiteralKind::Email => true,
            LiteralKind::Amount => text.len() > literal.text.len(),
            LiteralKind::Id
            | LiteralKind::Time
            | LiteralKind::Percent
            | LiteralKind::Tail
            | LiteralKind::Number => false,
        };
        if checked && !known.trace(&literal).found() {
            out.push(StrayArg {
                path: path.clone(),
                value: literal.text,
                id: false,
            });
        }
    }
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
            let mut out = Vec::new();
            walk(&Path::root(), "", &args, &known(), &mut out, 0);
            out.into_iter().map(|s| s.value).collect::<Vec<_>>()
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
            ["9988776655", "2024-05-01"]
        );
        assert_eq!(
            stray(json!({"reason": "no longer needed", "kind": "basic_economy"})),
            [] as [&str; 0]
        );
    }
}
