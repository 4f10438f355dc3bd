//! Pieces of JSON as they stand in a text: where a value ends, and a value's
//! own bytes. Reading and writing it again would change numbers and spaces.

use serde::de::IgnoredAny;

/// The JSON value at the head of a text, and what comes after it.
pub(super) fn first(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    text.split_at_checked(values.byte_offset())
}

/// Whether a text is one JSON value and nothing else.
pub(super) fn is_one(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether a text is one JSON object and nothing else.
pub(super) fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && is_one(text)
}

/// The fields of the object that a text is, each value as it is written.
pub(super) fn fields(text: &str) -> Option<Vec<(String, &str)>> {
    if !is_object(text) {
        return None;
    }
    let mut out = Vec::new();
    let mut rest = text.trim_start().strip_prefix('{')?.trim_start();
    while !rest.starts_with('}') {
        let (key, after) = first(rest)?;
        let key = serde_json::from_str(key).ok()?;
        let (value, after) = first(after.trim_start().strip_prefix(':')?)?;
        out.push((key, value));
        let after = after.trim_start();
        rest = after.strip_prefix(',').unwrap_or(after).trim_start();
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_bytes() {
        let text = r#" {"a" : {"x": 1.50, "y": "}"} , "b\n":[ 1e2 ],"c":null} "#;
        let wanted = vec![
            (String::from("a"), r#"{"x": 1.50, "y": "}"}"#),
            (String::from("b\n"), "[ 1e2 ]"),
            (String::from("c"), "null"),
        ];
        assert_eq!(fields(text), Some(wanted));
        assert_eq!(fields("{}"), Some(Vec::new()));
        assert_eq!(fields("{\"a\": 1"), None);
        assert_eq!(fields("[1]"), None);
        assert_eq!(first(" {\"a\":1} x"), Some(("{\"a\":1}", " x")));
        assert_eq!(first("12 x"), Some(("12", " x")));
    }
}
