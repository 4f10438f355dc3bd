//! Errors that a server reports inside an answer: an object in place of a chunk,
//! or in the body of a 200.

use crate::providers::error::{CallError, Kind, Retry};
use serde_json::Value;

/// Words of an error's type, code or message that say that it may pass.
const PASSING: [&str; 12] = [
    "overloaded",
    "rate_limit",
    "rate limit",
    "server_error",
    "server error",
    "api_error",
    "internal",
    "timeout",
    "timed out",
    "unavailable",
    "capacity",
    "try again",
];

/// Words that say that it will not, whatever else it says.
const LASTING: [&str; 5] = [
    "quota",
    "billing",
    "invalid_request",
    "authentication",
    "permission",
];

/// The error that a JSON value is, where it is one.
pub(super) fn of(value: &Value) -> Option<CallError> {
    let error = value.get("error").filter(|e| match e {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    });
    let marked = ["object", "type"]
        .iter()
        .any(|key| value.get(key).and_then(Value::as_str) == Some("error"));
    match error {
        Some(error) => Some(told(error)),
        None if marked => Some(told(value)),
        None => None,
    }
}

/// The error that a value says, known to be one.
pub(super) fn told(error: &Value) -> CallError {
    let text = |key: &str| error.get(key).and_then(Value::as_str);
    let words = error
        .as_str()
        .or_else(|| text("message"))
        .or_else(|| text("detail"))
        .or_else(|| text("msg"))
        .map_or_else(|| error.to_string(), str::to_owned);
    let names: Vec<String> = ["type", "code", "status"]
        .iter()
        .filter_map(|key| match error.get(key)? {
            Value::String(name) if name != "error" => Some(name.clone()),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        })
        .collect();
    let kind = names.first().map(|n| format!(" ({n})")).unwrap_or_default();
    let what = format!(
        "the server reported an error in its answer: {}{kind}",
        excerpt(&words)
    );
    let retry = if passes(&names, &words) {
        Retry::Soon
    } else {
        Retry::No
    };
    CallError::new(Kind::InStream, what).retry(retry)
}

fn passes(names: &[String], words: &str) -> bool {
    let code = names.iter().find_map(|n| n.parse::<u16>().ok());
    let all = format!("{} {words}", names.join(" ")).to_lowercase();
    if LASTING.iter().any(|word| all.contains(word)) {
        return false;
    }
    match code {
        Some(408 | 409 | 425 | 429 | 500..=599) => true,
        Some(400..=499) => false,
        _ => PASSING.iter().any(|word| all.contains(word)),
    }
}

/// A short piece of foreign text, in one line.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 300;
    let mut out = String::new();
    for (count, letter) in text.trim().chars().enumerate() {
        if count == MOST {
            out.push('…');
            break;
        }
        out.push(if letter.is_control() { ' ' } else { letter });
    }
    out.trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_are_known_in_all_their_shapes() {
        for (value, words, retry) in [
            (
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
                "Overloaded (overloaded_error)",
                Retry::Soon,
            ),
            (
                json!({"error": {"message": "No such model.", "code": 404, "type": "server_error"}}),
                "No such model (server_error)",
                Retry::No,
            ),
            (
                json!({"error": {"message": "You exceeded your quota", "code": "insufficient_quota", "status": 429}}),
                "You exceeded your quota (insufficient_quota)",
                Retry::No,
            ),
            (
                json!({"error": "rate limit reached"}),
                "rate limit reached",
                Retry::Soon,
            ),
            (
                json!({"object": "error", "message": "boom", "code": 500}),
                "boom (500)",
                Retry::Soon,
            ),
            (json!({"error": {"x": 1}}), "{\"x\":1}", Retry::No),
        ] {
            let error = of(&value).unwrap();
            assert_eq!(error.kind, Kind::InStream);
            assert!(error.what.ends_with(words), "{} / {words}", error.what);
            assert_eq!(error.retry, retry, "{value}");
        }
        for value in [
            json!({"error": null, "choices": []}),
            json!({"type": "ping"}),
            json!(1),
        ] {
            assert_eq!(of(&value), None);
        }
    }
}
