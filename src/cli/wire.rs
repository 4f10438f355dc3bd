//! `stategen show --wire`: what went over the wire for a step, every try.

use super::exit::Failure;
use super::lines::count;
use crate::engine::id::{CallId, ConvId};
use crate::engine::role::{About, Request};
use crate::engine::session::{Place, Session};
use crate::engine::step::Step;
use crate::providers::dialect::Reader;
use crate::providers::wire::{Chunk, HttpResponse};
use crate::providers::{Dialect, Endpoint, Model, Sampling};
use crate::store::{CallRecord, Outcome, Store};
use crate::surface::text::{clean, clean_line};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

/// Prints the calls of the last step of `path`; where `newest` is set, the
/// calls that followed it without making a step, or those of the newest step
/// that has any.
pub(super) fn show(
    store: &Store,
    id: &ConvId,
    session: &Session,
    path: &[Arc<Place>],
    newest: bool,
    raw: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let steps: Vec<&Step> = path.iter().filter_map(|p| p.step.as_ref()).collect();
    let last = steps.last().copied();
    if newest {
        let after: Vec<CallRecord> = store
            .calls_after(id, last.map(|s| s.id))?
            .into_iter()
            .filter(|r| !r.aside && !made(session, r))
            .collect();
        if !after.is_empty() {
            let words = format!("after step {}, no step came of it", steps.len());
            return print(&words, &after, raw, out);
        }
    }
    let look = if newest { steps.len() } else { 1 };
    for step in steps.iter().rev().take(look) {
        let records = store.calls_for(id, step)?;
        if !records.is_empty() {
            return print(&format!("step {}", step.body.number), &records, raw, out);
        }
    }
    Err(Failure::usage(match last {
        Some(step) if !newest => format!(
            "nothing went over the wire for step {}: code, a person or the scripted stand-in made \
             it, or it came from another machine.",
            step.body.number
        ),
        _ => String::from("nothing went over the wire in this conversation: no model was asked."),
    }))
}

/// Whether a step came of a call.
fn made(session: &Session, record: &CallRecord) -> bool {
    session.branches().iter().any(|b| {
        let path = session.path(b.head);
        path.iter()
            .filter_map(|p| p.step.as_ref())
            .any(|step| record.is_for(step))
    })
}

fn print(
    what: &str,
    records: &[CallRecord],
    raw: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    writeln!(out, "{what}: {}", count(records.len(), "request"))?;
    for record in records {
        writeln!(out, "\n{}", clean_line(&head(record)))?;
        writeln!(out, "--> POST {}", clean_line(&record.url))?;
        headers(&record.request_headers, out)?;
        let body = if raw {
            record.request.clone()
        } else {
            pretty(&record.request).unwrap_or_else(|| record.request.clone())
        };
        writeln!(out, "{}", clean(&body))?;
        if record.status == 0 {
            writeln!(out, "<-- no answer")?;
            continue;
        }
        writeln!(out, "<-- {}", record.status)?;
        headers(&record.response_headers, out)?;
        if raw {
            for (at, piece) in &record.response {
                writeln!(out, "[{at} ms]\n{}", clean(piece.trim_end()))?;
            }
        } else {
            writeln!(out, "{}", clean(&joined(record)))?;
        }
    }
    Ok(())
}

fn head(record: &CallRecord) -> String {
    let seat = match record.agent.last() {
        Some(agent) => format!("{:?} {agent}", record.role).to_lowercase(),
        None => format!("{:?}", record.role).to_lowercase(),
    };
    let mut out = format!(
        "call {} try {}  {seat}  {}  {} after {} ms (first byte {} ms)",
        record.call,
        record.tried,
        record.by,
        match record.outcome {
            Outcome::Ok => "answered",
            Outcome::Failed => "FAILED",
            Outcome::Stopped => "stopped",
        },
        record.duration_ms,
        record.first_ms,
    );
    if record.tokens_in + record.tokens_out > 0 {
        let _ = write!(
            out,
            "  {} tokens in ({} from a cache), {} out ({} reasoning)",
            record.tokens_in, record.cached, record.tokens_out, record.reasoning
        );
    }
    if let Some(cost) = record.cost_micros {
        let _ = write!(out, "  ${:.6}", cost as f64 / 1e6);
    }
    if !record.what.is_empty() {
        let _ = write!(out, "  {}", record.what);
    }
    out
}

fn headers(headers: &[(String, String)], out: &mut dyn Write) -> Result<(), Failure> {
    for (name, value) in headers {
        writeln!(out, "    {}: {}", clean_line(name), clean_line(value))?;
    }
    Ok(())
}

fn pretty(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    serde_json::to_string_pretty(&value).ok()
}

/// The answer in one piece: JSON laid out, a stream read as the program reads
/// it, anything else as it came.
fn joined(record: &CallRecord) -> String {
    let text: String = record.response.iter().map(|(_, t)| t.as_str()).collect();
    if let Some(pretty) = pretty(&text) {
        return pretty;
    }
    match read(record) {
        Some(value) => {
            let words = serde_json::to_string_pretty(&value).unwrap_or_default();
            format!(
                "a stream of {} pieces, joined (--raw shows them):\n{words}",
                record.response.len()
            )
        }
        None => text,
    }
}

/// A request of the call's seat; the reader looks at no more than its tools.
fn blank(record: &CallRecord) -> Request {
    Request {
        call: CallId(record.call),
        role: record.role,
        agent: record.agent.clone(),
        step: record.step,
        attempt: record.attempt,
        seed: 0,
        system: String::new(),
        messages: Vec::new(),
        tools: Vec::new(),
        schema: None,
        about: About::UserTurn,
        fault: None,
    }
}

/// A stream as the dialect's reader takes it.
fn read(record: &CallRecord) -> Option<Value> {
    if !(200..300).contains(&record.status) {
        return None;
    }
    let dialect = if record.url.ends_with("/messages") {
        Dialect::Messages
    } else {
        Dialect::Chat
    };
    let (provider, name) = record.by.split_once('/').unwrap_or(("", &record.by));
    let mut endpoint = Endpoint::new(provider, dialect, &record.url);
    endpoint.stream = true;
    let model = Model {
        endpoint: Arc::new(endpoint),
        name: name.to_owned(),
        sampling: Sampling::default(),
    };
    let chunk = |(at_ms, text): &(u64, String)| Chunk {
        at_ms: *at_ms,
        bytes: text.clone().into_bytes(),
    };
    let response = HttpResponse {
        status: record.status,
        headers: record.response_headers.clone(),
        chunks: record.response.iter().map(chunk).collect(),
        whole: record.outcome == Outcome::Ok,
    };
    let mut reader = Reader::new(&model, &blank(record));
    reader.take(record.status, &response.headers, b"").ok()?;
    for chunk in &response.chunks {
        reader
            .take(record.status, &response.headers, &chunk.bytes)
            .ok()?;
    }
    let answer = reader.finish(Some(&response)).ok()?;
    Some(json!({
        "reply": answer.reply,
        "stop": answer.stop,
        "model": answer.model,
        "usage": answer.usage,
        "notes": answer.notes,
    }))
}
