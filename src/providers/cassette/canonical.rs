//! A request in the one form that its key is made of.

use crate::providers::wire::HttpRequest;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The path of an address, without the fields behind it.
pub(super) fn path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or("");
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    format!("/{path}")
}

/// The body as it is compared.
pub(super) fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// The key of a request.
pub(super) fn key(path: &str, body: &Value) -> String {
    let mut text = format!("{path}\n");
    put(body, &mut text);
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

pub(super) fn key_of(request: &HttpRequest) -> String {
    key(&path(&request.url), &body(&request.body))
}

/// Keys sorted, no spaces. As deep as JSON is read, which is bounded.
fn put(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            out.push('{');
            for (i, (name, inner)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                put(inner, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                put(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str, body: &str) -> String {
        key_of(&HttpRequest {
            url: url.to_owned(),
            body: body.to_owned(),
            ..HttpRequest::default()
        })
    }

    #[test]
    fn the_key_knows_the_path_and_the_body_and_nothing_else() {
        let one = of(
            "http://a:1/v1/chat/completions",
            r#"{"a":1,"b":[{"x":1,"y":2}]}"#,
        );
        let same = of(
            "https://b/v1/chat/completions?v=2",
            r#"{ "b": [{"y":2,"x":1}], "a": 1}"#,
        );
        assert_eq!(one, same);
        assert_eq!(one.len(), 64);
        assert_ne!(
            one,
            of("http://a:1/v1/messages", r#"{"a":1,"b":[{"x":1,"y":2}]}"#)
        );
        assert_ne!(
            one,
            of(
                "http://a:1/v1/chat/completions",
                r#"{"a":1,"b":[{"x":1,"y":3}]}"#
            )
        );
        // The order of a list is part of it.
        assert_ne!(of("http://a/x", "[1,2]"), of("http://a/x", "[2,1]"));
        // What the format's table says, by hand: printf '/x\n{"a":1}' | sha256sum
        assert_eq!(
            of("http://a/x", r#"{"a": 1}"#),
            "ef49c8be11be4779b231c8aea9d9c40942bed999ab0264803dd193acfebe1c1b"
        );
    }
}
