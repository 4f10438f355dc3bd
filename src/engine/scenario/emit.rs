//! JSON values as YAML that a person likes to read and that reads back equal.

use super::tree::Value;
use serde_json::Value as Json;

/// Longest list that stands on one line, in bytes.
const LINE: usize = 88;

/// A value as a YAML document.
#[must_use]
pub fn yaml(value: &Json) -> String {
    let mut out = String::new();
    match value {
        Json::Object(map) if !map.is_empty() => block(value, 0, &mut out),
        Json::Array(list) if !list.is_empty() => block(value, 0, &mut out),
        Json::Null
        | Json::Bool(_)
        | Json::Number(_)
        | Json::String(_)
        | Json::Array(_)
        | Json::Object(_) => {
            out.push_str(&flow(value));
            out.push('\n');
        }
    }
    out
}

fn block(value: &Json, indent: usize, out: &mut String) {
    let pad = "  ".repeat(indent);
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                out.push_str(&pad);
                out.push_str(&text(key));
                out.push(':');
                below(value, indent, out);
            }
        }
        Json::Array(list) => {
            for value in list {
                out.push_str(&pad);
                out.push('-');
                let open = match value {
                    Json::Object(map) => !map.is_empty() && !fits(value, indent),
                    Json::Array(_)
                    | Json::Null
                    | Json::Bool(_)
                    | Json::Number(_)
                    | Json::String(_) => false,
                };
                if open {
                    // The first key stands beside the dash.
                    let mut inner = String::new();
                    block(value, indent + 1, &mut inner);
                    out.push(' ');
                    out.push_str(inner.trim_start());
                } else {
                    below(value, indent, out);
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// What stands behind a `key:` or a `-`.
fn below(value: &Json, indent: usize, out: &mut String) {
    let short = flow(value);
    let has_inside = match value {
        Json::Object(map) => !map.is_empty(),
        Json::Array(list) => !list.is_empty(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    };
    if !has_inside || fits(value, indent) {
        out.push(' ');
        out.push_str(&short);
        out.push('\n');
    } else {
        out.push('\n');
        block(value, indent + 1, out);
    }
}

/// Whether a value is easily read on one line.
fn fits(value: &Json, indent: usize) -> bool {
    flow(value).len() + indent * 2 <= LINE && !deep(value)
}

/// Whether a value holds lists, maps or expressions.
fn deep(value: &Json) -> bool {
    let inside = |v: &Json| match v {
        Json::Object(_) | Json::Array(_) => true,
        Json::String(s) => s.contains(['"', '\n']),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    };
    match value {
        Json::Object(map) => map.values().any(inside),
        Json::Array(list) => list.iter().any(inside),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

fn flow(value: &Json) -> String {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::String(s) => text(s),
        Json::Array(list) => {
            let items: Vec<String> = list.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(map) => {
            let items: Vec<String> = map
                .iter()
                .map(|(k, v)| format!("{}: {}", text(k), flow(v)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

/// A text, in quotes unless it is one without them everywhere.
fn text(raw: &str) -> String {
    let simple = raw.chars().all(|c| {
        c.is_ascii_alphanumeric()
            || matches!(c, '_' | '-' | '.' | '/' | ' ' | '@' | '(' | ')' | ';' | '?')
    }) && raw.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !raw.ends_with(' ')
        && matches!(super::yaml::plain(raw), Ok(Value::Text(..)));
    let printable = raw
        .chars()
        .all(|c| (' '..='~').contains(&c) || c.is_alphabetic());
    if simple {
        raw.to_owned()
    } else if raw.contains('"') && !raw.contains('\'') && printable {
        format!("'{raw}'")
    } else {
        // JSON's quoted text is a YAML double-quoted one, but for the few
        // letters that YAML wants escaped and JSON does not.
        let quoted = serde_json::Value::from(raw).to_string();
        quoted
            .chars()
            .map(|c| {
                let wants = matches!(
                    c,
                    '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
                );
                if wants {
                    format!("\\u{:04x}", c as u32)
                } else {
                    c.to_string()
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn back(value: &Json) -> Json {
        let text = yaml(value);
        let (tree, problems) = super::super::yaml::read("t", text.as_bytes());
        assert_eq!(problems, vec![], "{text}");
        tree.unwrap_or_default().to_json()
    }

    #[test]
    fn it_looks_as_a_person_would_write_it() {
        let value = json!({"title": "Returns desk", "tools": ["a", "b"], "stop": {"max_turns": 20},
            "agents": {"main": {"policy": "policy.md", "tools": ["x"]}}, "empty": {}, "odd": "a: b"});
        assert_eq!(
            yaml(&value),
            "title: Returns desk\ntools: [a, b]\nstop: {max_turns: 20}\nagents:\n  main:\n    policy: policy.md\n    tools: [x]\nempty: {}\nodd: \"a: b\"\n"
        );
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1.0e12..1.0e12f64).prop_map(Json::from),
            ".{0,12}".prop_map(Json::from),
            "[ -~]{0,12}".prop_map(Json::from),
            prop_oneof![
                Just("no"),
                Just("null"),
                Just("1e3"),
                Just("- x"),
                Just("#"),
                Just("!x"),
                Just("a #b"),
                Just("a: b")
            ]
            .prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
                prop::collection::btree_map("[ -~]{1,8}", inner, 0..4)
                    .prop_map(|m| Json::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_reads_back_equal(value in any_json()) {
            prop_assert_eq!(back(&value), value);
        }
    }
}
