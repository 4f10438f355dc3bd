//! What is asked for in words where no field of the body asks for it: the shape
//! of the answer, and tools for a server without a tool parser.

use super::text_tools;
use crate::engine::role::Request;
use crate::providers::model::{Model, Structured, Tools};
use serde_json::Value;

/// The schema that the server is to enforce.
pub(super) fn enforced<'a>(model: &Model, request: &'a Request) -> Option<&'a Value> {
    match model.endpoint.structured {
        Structured::Auto | Structured::Schema => request.schema.as_ref(),
        Structured::Json | Structured::Prompt => None,
    }
}

/// The system prompt with the words that this endpoint needs.
pub(super) fn system(model: &Model, request: &Request) -> String {
    let mut out = request.system.clone();
    if model.endpoint.tools == Tools::Text && !request.tools.is_empty() {
        add(&mut out, &text_tools::offer(&request.tools));
    }
    if let (Some(schema), None) = (&request.schema, enforced(model, request)) {
        let words = format!(
            "Answer with one JSON object that fits this JSON Schema, and nothing else:\n{schema}"
        );
        add(&mut out, &words);
    }
    out
}

fn add(out: &mut String, words: &str) {
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push_str("\n\n");
    }
    out.push_str(words);
}
