//! The two dialects: a request becomes a body, an answer becomes a reply.
//!
//! Writing: `turns` makes the two sides of a talk, `chat` and `messages`
//! write them. Reading: `reader` finds out what kind of body comes, the two
//! `_read` modules know its fields, and `heard` gathers what was said.

mod calls;
mod chat;
mod chat_read;
mod heard;
mod json;
mod messages;
mod messages_read;
mod reader;
mod text_tools;
mod think;
mod trouble;
mod turns;
mod words;

#[cfg(test)]
mod tests;

pub use reader::Reader;

use super::error::{CallError, Kind};
use super::model::{Dialect, Endpoint, Model, Sampling};
use super::wire::HttpRequest;
use crate::engine::role::Request;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Writes the request of a call. Secret headers stand as `[from $VARIABLE]`
/// (the key of chat completions as `Bearer [from $VARIABLE]`).
///
/// # Errors
/// The request cannot be said in this dialect.
pub fn encode(model: &Model, request: &Request) -> Result<HttpRequest, CallError> {
    let endpoint = &model.endpoint;
    let mut body = match endpoint.dialect {
        Dialect::Chat => chat::body(model, request),
        Dialect::Messages => messages::body(model, request)?,
    };
    lay_over(&mut body, &endpoint.extra);
    lay_over(&mut body, &model.sampling.extra);
    Ok(HttpRequest {
        url: url(endpoint)?,
        headers: headers(endpoint),
        body: Value::Object(body).to_string(),
    })
}

fn url(endpoint: &Endpoint) -> Result<String, CallError> {
    let (base, query) = match endpoint.url.split_once('?') {
        Some((base, query)) => (base, format!("?{query}")),
        None => (endpoint.url.as_str(), String::new()),
    };
    let base = base.trim_end_matches('/');
    let host = base
        .strip_prefix("http://")
        .or_else(|| base.strip_prefix("https://"));
    if host.is_none_or(|h| h.is_empty() || h.starts_with('/')) {
        let what = format!(
            "the url `{}` of provider {} is no http address",
            endpoint.url, endpoint.name
        );
        return Err(CallError::new(Kind::BadUrl, what)
            .help("Write it as http://HOST:PORT/v1 or https://HOST/v1"));
    }
    let last = match endpoint.dialect {
        Dialect::Chat => "/chat/completions",
        Dialect::Messages => "/messages",
    };
    // Somebody may have pasted the whole address.
    let base = base.strip_suffix(last).unwrap_or(base);
    Ok(format!("{base}{last}{query}"))
}

/// The headers; one that the configuration names goes over ours.
fn headers(endpoint: &Endpoint) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| {
        let name = name.to_ascii_lowercase();
        match out.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => out.push((name, value)),
        }
    };
    put("content-type", String::from("application/json"));
    let accept = if endpoint.stream {
        "text/event-stream"
    } else {
        "application/json"
    };
    put("accept", accept.to_owned());
    let key = endpoint.key_env.as_deref().map(from);
    match endpoint.dialect {
        Dialect::Chat => {
            if let Some(key) = key {
                put("authorization", format!("Bearer {key}"));
            }
        }
        Dialect::Messages => {
            put("anthropic-version", String::from("2023-06-01"));
            if let Some(key) = key {
                put("x-api-key", key);
            }
        }
    }
    for (name, value) in &endpoint.headers {
        put(name, value.clone());
    }
    for (name, variable, _) in &endpoint.secret_headers {
        put(name, from(variable));
    }
    out
}

fn from(variable: &str) -> String {
    format!("[from ${variable}]")
}

/// Puts fields over those of a body; an object goes into one of the same name.
fn lay_over(body: &mut Map<String, Value>, extra: &Map<String, Value>) {
    for (key, value) in extra {
        match (body.get_mut(key), value) {
            (Some(Value::Object(inner)), Value::Object(more)) => {
                for (key, value) in more {
                    inner.insert(key.clone(), value.clone());
                }
            }
            _ => {
                body.insert(key.clone(), value.clone());
            }
        }
    }
}

/// What both dialects call alike.
fn put_sampling(
    put: &mut impl FnMut(&str, Value) -> Option<Value>,
    sampling: &Sampling,
    stop: &str,
) {
    if let Some(temperature) = sampling.temperature {
        put("temperature", Value::from(temperature));
    }
    if let Some(top_p) = sampling.top_p {
        put("top_p", Value::from(top_p));
    }
    if !sampling.stop.is_empty() {
        put(stop, Value::from(sampling.stop.as_slice()));
    }
}

/// A name or id of the history with nothing in it that a server refuses: a
/// model can write any name, and has to be shown its call all the same.
fn name(written: &str) -> Cow<'_, str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if written.is_empty() {
        return Cow::Borrowed("_");
    }
    if written.chars().all(fits) && written.len() <= 64 {
        return Cow::Borrowed(written);
    }
    let fitting = written.chars().take(64);
    Cow::Owned(fitting.map(|c| if fits(c) { c } else { '_' }).collect())
}
