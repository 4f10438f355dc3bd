//! One try as rows: headers, and bodies either laid out for reading or as they
//! went over the wire. Everything here was written by a server or a model; it
//! is cleaned where it is painted.

use super::wire::seconds;
use crate::store::CallRecord;
use crate::surface::Meaning;
use crate::tui::calls::{money, tokens};
use crate::tui::paint::{Line, wrapped};
use serde_json::Value;

/// Rows of a body that are shown; the command line shows all.
const MOST: usize = 20_000;
/// Bytes of a body that are laid out.
const MOST_BYTES: usize = 4 << 20;

/// How bodies are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// JSON over lines, streams piece by piece with their times.
    LaidOut,
    /// As they went over the wire.
    Raw,
}

/// All rows of a try.
#[must_use]
pub fn rows(record: &CallRecord, bodies: Bodies, width: usize) -> Vec<Line> {
    let mut out = wrapped(
        Meaning::TextStrong,
        &format!("POST {}", record.url),
        0,
        width,
    );
    let used = format!(
        "took {}, first byte after {}; {} tokens read{}, {} written{}; {}",
        seconds(record.duration_ms),
        seconds(record.first_ms),
        tokens(record.tokens_in),
        part(record.cached, "cached"),
        tokens(record.tokens_out),
        part(record.reasoning, "reasoning"),
        record
            .cost_micros
            .map_or_else(|| String::from("cost not known"), money),
    );
    out.extend(wrapped(Meaning::TextMuted, &used, 0, width));
    heading(&mut out, format!("sent, {}", bytes(record.request.len())));
    out.extend(headers(&record.request_headers, width));
    out.extend(body(&record.request, bodies, width));
    let size = record.response.iter().map(|(_, text)| text.len()).sum();
    let status = match record.status {
        0 => String::from("came: no answer"),
        code => format!("came, {code}, {}", bytes(size)),
    };
    heading(&mut out, status);
    out.extend(headers(&record.response_headers, width));
    let streams = record.response_headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && value.contains("event-stream")
    });
    let mut whole = String::new();
    for (_, text) in &record.response {
        if whole.len() > MOST_BYTES {
            break;
        }
        whole.push_str(text);
    }
    if streams && bodies == Bodies::LaidOut {
        out.extend(together(&whole, width));
        out.push(Line::of(Meaning::TextMuted, "piece by piece:"));
        for (ms, text) in &record.response {
            let at = format!("{ms:>6} ms  ");
            let columns = width.saturating_sub(at.len());
            let mut first = Some(at);
            for line in wrapped(Meaning::Text, text.trim_end(), 0, columns) {
                let lead = first.take().unwrap_or_else(|| " ".repeat(11));
                let mut row = Line::of(Meaning::TextMuted, lead);
                row.spans.extend(line.spans);
                out.push(row);
            }
            if out.len() > MOST {
                break;
            }
        }
    } else {
        out.extend(body(&whole, bodies, width));
    }
    if out.len() > MOST || record.request.len().max(size) > MOST_BYTES {
        out.truncate(MOST);
        out.push(Line::of(
            Meaning::TextMuted,
            "… the rest is left out here; `stategen show --wire` has all of it",
        ));
    }
    out
}

fn heading(out: &mut Vec<Line>, words: String) {
    out.push(Line::new());
    out.push(Line::of(Meaning::TextStrong, words));
}

/// ` (600 cached)`, where there is something.
fn part(n: u64, word: &str) -> String {
    match n {
        0 => String::new(),
        n => format!(" ({} {word})", tokens(n)),
    }
}

fn bytes(n: usize) -> String {
    match n {
        0..1_000 => format!("{n} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        _ => format!("{:.1} MB", n as f64 / 1e6),
    }
}

fn headers(list: &[(String, String)], width: usize) -> Vec<Line> {
    list.iter()
        .flat_map(|(name, value)| {
            wrapped(Meaning::TextMuted, &format!("{name}: {value}"), 0, width)
        })
        .collect()
}

fn body(text: &str, bodies: Bodies, width: usize) -> Vec<Line> {
    if text.is_empty() {
        return vec![Line::of(Meaning::TextMuted, "no body")];
    }
    let small = text.len() <= MOST_BYTES;
    if let (Bodies::LaidOut, true, Ok(value)) = (bodies, small, serde_json::from_str(text)) {
        let mut rows = Vec::new();
        json(&value, "", "", 0, &mut rows);
        return rows
            .into_iter()
            .flat_map(|(indent, text)| wrapped(Meaning::Text, &text, indent.min(width / 2), width))
            .collect();
    }
    let mut cut = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    wrapped(Meaning::Text, text.get(..cut).unwrap_or(""), 0, width)
}

/// JSON over rows, each with its indent. Line breaks within a text are line
/// breaks here, so that a prompt can be read.
fn json(value: &Value, lead: &str, tail: &str, indent: usize, out: &mut Vec<(usize, String)>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push((indent, format!("{lead}{{")));
            for (i, (key, value)) in map.iter().enumerate() {
                let comma = if i + 1 == map.len() { "" } else { "," };
                let key = format!("{}: ", Value::from(key.as_str()));
                json(value, &key, comma, indent + 2, out);
            }
            out.push((indent, format!("}}{tail}")));
        }
        // A list of plain values takes one row.
        Value::Array(list) if list.iter().any(|v| v.is_object() || v.is_array()) => {
            out.push((indent, format!("{lead}[")));
            for (i, value) in list.iter().enumerate() {
                let comma = if i + 1 == list.len() { "" } else { "," };
                json(value, "", comma, indent + 2, out);
            }
            out.push((indent, format!("]{tail}")));
        }
        Value::String(text) if text.contains('\n') => {
            let parts = text.split('\n').map(|part| {
                let quoted = Value::from(part).to_string();
                let inside = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
                inside.unwrap_or_default().to_owned()
            });
            let text = parts.collect::<Vec<_>>().join("\n");
            out.push((indent, format!("{lead}\"{text}\"{tail}")));
        }
        other => out.push((indent, format!("{lead}{other}{tail}"))),
    }
}

/// What the pieces of a stream say, read together: text, reasoning, arguments.
fn together(whole: &str, width: usize) -> Vec<Line> {
    const PLACES: [(&str, &str); 7] = [
        ("reasoning", "/choices/0/delta/reasoning_content"),
        ("reasoning", "/choices/0/delta/reasoning"),
        ("reasoning", "/delta/thinking"),
        ("text", "/choices/0/delta/content"),
        ("text", "/delta/text"),
        ("text", "/choices/0/delta/refusal"),
        ("calls", "/delta/partial_json"),
    ];
    let mut found = [
        ("reasoning", String::new()),
        ("text", String::new()),
        ("calls", String::new()),
    ];
    let mut add = |what: &str, text: &str| {
        for (_, all) in found.iter_mut().filter(|(name, _)| *name == what) {
            all.push_str(text);
        }
    };
    let lines = whole.lines().filter_map(|l| l.strip_prefix("data:"));
    for data in lines.filter_map(|l| serde_json::from_str::<Value>(l.trim()).ok()) {
        for (what, place) in PLACES {
            if let Some(text) = data.pointer(place).and_then(Value::as_str) {
                add(what, text);
            }
        }
        if let Some(name) = data.pointer("/content_block/name").and_then(Value::as_str) {
            add("calls", &format!("\n{name} "));
        }
        let calls = data.pointer("/choices/0/delta/tool_calls");
        for call in calls.and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = call.pointer("/function/name").and_then(Value::as_str) {
                add("calls", &format!("\n{name} "));
            }
            let arguments = call.pointer("/function/arguments");
            if let Some(text) = arguments.and_then(Value::as_str) {
                add("calls", text);
            }
        }
    }
    let mut out = Vec::new();
    for (what, text) in &found {
        let text = text.trim_matches('\n');
        if !text.is_empty() {
            out.push(Line::of(
                Meaning::TextMuted,
                format!("{what} read together:"),
            ));
            let role = if *what == "reasoning" {
                Meaning::TextMuted
            } else {
                Meaning::Text
            };
            out.extend(wrapped(role, text, 2, width));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[Line]) -> Vec<String> {
        lines
            .iter()
            .map(|l| l.spans.iter().map(|s| s.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn json_is_laid_out_and_a_prompt_keeps_its_lines() {
        let text = r#"{"model":"m","messages":[{"role":"system","content":"One \"rule\".\nTwo."}],"stop":["a","b"],"e":{},"n":1.0}"#;
        assert_eq!(
            shown(&body(text, Bodies::LaidOut, 60)),
            [
                "{",
                "  \"model\": \"m\",",
                "  \"messages\": [",
                "    {",
                "      \"role\": \"system\",",
                "      \"content\": \"One \\\"rule\\\".",
                "      Two.\"",
                "    }",
                "  ],",
                "  \"stop\": [\"a\",\"b\"],",
                "  \"e\": {},",
                "  \"n\": 1.0",
                "}",
            ]
        );
        assert_eq!(shown(&body(text, Bodies::Raw, 500)), [text]);
        assert_eq!(shown(&body("<html>", Bodies::LaidOut, 60)), ["<html>"]);
    }

    #[test]
    fn a_stream_is_read_together_in_both_dialects() {
        let chat = "data: {\"choices\":[{\"delta\":{\"content\":null,\"reasoning_content\":\"Hm.\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"lo\",\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"get\",\"arguments\":\"{\\\"a\\\"\"}}]}}]}\n\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]}}]}\n\ndata: [DONE]\n\n";
        assert_eq!(
            shown(&together(chat, 60)),
            [
                "reasoning read together:",
                "  Hm.",
                "text read together:",
                "  Hello",
                "calls read together:",
                "  get {\"a\":1}",
            ]
        );
        let messages = "event: content_block_start\ndata: {\"content_block\":{\"type\":\"tool_use\",\"name\":\"get\"}}\n\nevent: content_block_delta\ndata: {\"delta\":{\"partial_json\":\"{}\"}}\n\ndata: {\"delta\":{\"text\":\"Hi\"}}\n\n";
        assert_eq!(
            shown(&together(messages, 60)),
            [
                "text read together:",
                "  Hi",
                "calls read together:",
                "  get {}",
            ]
        );
    }
}
