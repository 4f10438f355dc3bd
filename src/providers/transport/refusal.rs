//! What a server says when it says no, in its own words, and what to do then.

use super::super::error::{CallError, Kind, Retry};
use super::super::model::Endpoint;
use super::super::wire::HttpRequest;
use super::retry_after;
use crate::providers::secret::clean_url;
use serde_json::Value;

/// Characters of a server's own words at most.
const WORDS: usize = 300;

/// A status that is no 2xx.
pub(super) fn refusal(
    endpoint: &Endpoint,
    request: &HttpRequest,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
) -> CallError {
    let body = String::from_utf8_lossy(body);
    let said = words(&body);
    let at = place(endpoint);
    let name = meaning(status);
    let what = match (name, said.is_empty()) {
        ("", true) => format!("{at} answers {status}"),
        (name, true) => format!("{at} answers {status} ({name})"),
        ("", false) => format!("{at} answers {status}: {said}"),
        (name, false) => format!("{at} answers {status} ({name}): {said}"),
    };
    let low = format!("{said} {}", code(&body)).to_lowercase();
    CallError::new(Kind::Status(status), what)
        .help(advice(
            endpoint,
            request,
            status,
            headers,
            &low,
            is_page(&body),
        ))
        .retry(again(status, headers, &low))
}

/// An answer that is neither JSON nor a stream of events.
pub(super) fn wrong_type(endpoint: &Endpoint, content_type: &str, body: &[u8]) -> CallError {
    let body = String::from_utf8_lossy(body);
    let at = place(endpoint);
    let said = words(&body);
    let quoted = if said.is_empty() {
        String::new()
    } else {
        format!(": {said}")
    };
    if is_page(&body) || content_type.contains("html") {
        return CallError::new(
            Kind::ContentType,
            format!("the address {at} answers with a web page{quoted}"),
        )
        .help("Is `url` the API's base, such as …/v1? A login page of a network answers so, too");
    }
    if content_type.starts_with("text/event-stream") {
        return CallError::new(
            Kind::ContentType,
            format!("{at} streams its answer, though it was asked not to"),
        )
        .help("Set `stream = true` for this provider");
    }
    let named = if content_type.is_empty() {
        "an answer that does not say what it is".to_owned()
    } else {
        format!("an answer of type {}", one_line(content_type, 60))
    };
    CallError::new(
        Kind::ContentType,
        format!("{at} sends {named}, no JSON and no event stream{quoted}"),
    )
    .help(
        "Is `url` the API's base, such as …/v1, and does this server speak the provider's `kind`?",
    )
}

/// The address as it is spoken of: without secrets, and without fields.
fn place(endpoint: &Endpoint) -> String {
    let url = clean_url(&endpoint.url);
    url.split('?').next().unwrap_or("").to_owned()
}

fn meaning(status: u16) -> &'static str {
    match status {
        301 | 302 | 303 | 307 | 308 => "it is elsewhere",
        400 | 422 => "it refuses the request",
        401 => "it wants a key",
        402 => "it wants to be paid",
        403 => "not allowed",
        404 => "not found",
        405 => "not in this way",
        408 => "it waited too long",
        413 => "the request is too large",
        429 => "too many requests",
        500 => "an error of the server",
        502..=504 => "the server is not there for now",
        529 => "overloaded",
        _ => "",
    }
}

/// Whether trying again may help.
fn again(status: u16, headers: &[(String, String)], said: &str) -> Retry {
    let asked = headers.iter().find(|(n, _)| n == "x-should-retry");
    let may = match asked.map(|(_, v)| v.as_str()) {
        Some("true") => true,
        Some("false") => false,
        // A quota that is used up does not come back by waiting a minute.
        _ if status == 429 => !said.contains("insufficient_quota"),
        _ if parser(said) => false,
        _ => matches!(status, 408 | 409 | 425 | 500..=599),
    };
    if !may {
        return Retry::No;
    }
    retry_after::read(headers).map_or(Retry::Soon, Retry::After)
}

/// Whether a server says that it was started without what reads tool calls.
fn parser(said: &str) -> bool {
    [
        "--jinja",
        "tool-call-parser",
        "enable-auto-tool-choice",
        "does not support tools",
    ]
    .iter()
    .any(|mark| said.contains(mark))
}

fn advice(
    endpoint: &Endpoint,
    request: &HttpRequest,
    status: u16,
    headers: &[(String, String)],
    said: &str,
    page: bool,
) -> String {
    if parser(said) {
        return "Start the server with its tool parser (vLLM: --enable-auto-tool-choice --tool-call-parser NAME; llama.cpp: --jinja), or set `tools = \"text\"` for this provider".to_owned();
    }
    let model = serde_json::from_str::<Value>(&request.body)
        .ok()
        .and_then(|b| b.get("model").and_then(Value::as_str).map(str::to_owned))
        .unwrap_or_default();
    let variable = endpoint.key_env.as_deref();
    let long = [
        "context length",
        "context size",
        "context window",
        "too many tokens",
        "maximum context",
        "prompt is too long",
    ];
    match status {
        300..=399 => {
            let to = headers.iter().find(|(n, _)| n == "location");
            to.map_or_else(
                || "Put the address that it stands at into `url`".to_owned(),
                |(_, to)| format!("It points to {}: put that base into `url`", one_line(&clean_url(to), 200)),
            )
        }
        400 | 413 | 422 if long.iter().any(|mark| said.contains(mark)) => {
            "The conversation is longer than the model can read: take a model (or start the server) with a larger context, or fewer turns".to_owned()
        }
        400 | 422 => "Look at the request as it was sent: a field of `extra` or a setting may be unknown to this model".to_owned(),
        401 => match variable {
            Some(v) => format!("It does not take the key in the variable {v}: is it the right one, for this server?"),
            None => "Name the variable that holds the key in `key_env` of this provider".to_owned(),
        },
        402 => "The account has no credit".to_owned(),
        403 => match variable {
            Some(v) => format!("May the key in the variable {v} use the model `{model}`?"),
            None => "Does it want a key? `key_env` names the variable that holds it".to_owned(),
        },
        404 if said.contains("model") && !page => {
            format!("Is `{model}` the model's name at this server?")
        }
        404 | 405 => format!(
            "Is `url` the API's base, such as …/v1? Asked was {}; or the model `{model}` is not known there",
            clean_url(&request.url)
        ),
        413 => "The server, or a proxy before it, bounds the size of a request".to_owned(),
        429 if said.contains("insufficient_quota") => "The account's quota is used up".to_owned(),
        429 => "`rpm`, `tpm` and `in_flight` keep this provider's calls below its limits".to_owned(),
        500..=599 => "The server's own log says more".to_owned(),
        408 | 409 | 425 => "It may pass by itself; else the server's own log says more".to_owned(),
        _ => "The server's own log, or its documentation, says what it means".to_owned(),
    }
}

/// What a body says to a person: the message of a JSON error, the title of a
/// page, else its first line.
pub(super) fn words(body: &str) -> String {
    let body = body.trim_start_matches('\u{feff}').trim();
    if let Ok(value) = serde_json::from_str::<Value>(body) {
        return one_line(&message(&value), WORDS);
    }
    if is_page(body) {
        let low = body.to_ascii_lowercase();
        let title = low.split_once("<title").and_then(|(before, rest)| {
            let open = rest.find('>')? + 1;
            let close = rest.find("</title")?;
            let start = before.len() + "<title".len();
            body.get(start + open..start + close)
        });
        return one_line(title.unwrap_or(""), WORDS);
    }
    one_line(
        body.lines().find(|l| !l.trim().is_empty()).unwrap_or(""),
        WORDS,
    )
}

/// The message of an error object, in the shapes in which servers write one.
fn message(value: &Value) -> String {
    let error = value.get("error").unwrap_or(value);
    let texts = [
        error.as_str(),
        error.get("message").and_then(Value::as_str),
        value.get("message").and_then(Value::as_str),
        value.get("detail").and_then(Value::as_str),
        error.get("detail").and_then(Value::as_str),
    ];
    if let Some(text) = texts.into_iter().flatten().find(|t| !t.is_empty()) {
        return text.to_owned();
    }
    let list = value.get("detail").and_then(Value::as_array);
    if let Some(first) = list.and_then(|l| l.first()) {
        let at = first
            .get("loc")
            .map(ToString::to_string)
            .unwrap_or_default();
        let text = first.get("msg").and_then(Value::as_str).unwrap_or("");
        return format!("{text} {at}");
    }
    match value {
        Value::Array(list) => list.first().map(message).unwrap_or_default(),
        Value::Object(fields) if fields.is_empty() => String::new(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The short names that an error object has beside its message.
fn code(body: &str) -> String {
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        return String::new();
    };
    let error = value.get("error").unwrap_or(&value);
    ["code", "type"]
        .iter()
        .filter_map(|name| error.get(name).and_then(Value::as_str))
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_page(body: &str) -> bool {
    let start: String = body.trim_start().chars().take(200).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.contains("<html")
}

/// One line without control characters, cut where it is long.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > most {
        line = line.chars().take(most).collect::<String>() + "…";
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_server_are_found_in_every_shape() {
        for (body, words_) in [
            (
                r#"{"error":{"message":"no such model","type":"x"}}"#,
                "no such model",
            ),
            (r#"{"error":"model 'x' not found"}"#, "model 'x' not found"),
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                "Overloaded",
            ),
            (r#"{"object":"error","message":"bad"}"#, "bad"),
            (r#"{"detail":"Not Found"}"#, "Not Found"),
            (
                r#"{"detail":[{"loc":["body","model"],"msg":"field required"}]}"#,
                "field required [\"body\",\"model\"]",
            ),
            (r#"[{"error":{"message":"in a list"}}]"#, "in a list"),
            (
                "<!DOCTYPE html><html><head><TITLE>502 Bad\n Gateway</TITLE>",
                "502 Bad Gateway",
            ),
            ("<html><body>x", ""),
            (
                "\n\n upstream \u{1b}[31mfailed\nmore",
                "upstream [31mfailed",
            ),
            ("", ""),
            ("{}", ""),
        ] {
            assert_eq!(words(body), words_, "{body}");
        }
        assert_eq!(words(&"x".repeat(1000)).chars().count(), WORDS + 1);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (status, retry) in [
            (400, Retry::No),
            (401, Retry::No),
            (404, Retry::No),
            (408, Retry::Soon),
            (429, Retry::Soon),
            (500, Retry::Soon),
            (529, Retry::Soon),
        ] {
            assert_eq!(again(status, &[], ""), retry, "{status}");
        }
        assert_eq!(again(429, &[], "you … insufficient_quota"), Retry::No);
        assert_eq!(
            again(500, &[], "tools param requires --jinja flag"),
            Retry::No
        );
        let no = [("x-should-retry".to_owned(), "false".to_owned())];
        assert_eq!(again(500, &no, ""), Retry::No);
    }
}
