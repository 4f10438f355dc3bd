//! What was heard of an answer so far, whichever dialect it comes in.

use super::calls::{Calls, Part};
use super::think::{Piece, Think};
use crate::engine::role::Finish;
use crate::providers::ask::{Delta, Usage};
use crate::providers::error::{CallError, Kind};
use serde_json::Value;

/// The parts of an answer, gathered.
#[derive(Debug, Default)]
pub(super) struct Heard {
    think: Think,
    /// The text so far.
    pub text: String,
    /// The reasoning so far.
    pub reasoning: String,
    /// What the server wrote in place of an answer it declines.
    pub refusal: String,
    /// The calls so far.
    pub calls: Calls,
    /// The stop reason, where one came.
    pub stop: Option<String>,
    /// The model, as the server names it.
    pub model: String,
    /// What was counted.
    pub usage: Option<Usage>,
    /// The mark of the end came.
    pub done: bool,
    /// What a person should know.
    pub notes: Vec<String>,
}

impl Heard {
    /// More of the text.
    pub(super) fn text(&mut self, piece: &str, out: &mut Vec<Delta>) {
        for piece in self.think.take(piece) {
            self.piece(piece, out);
        }
    }

    /// More of the reasoning.
    pub(super) fn reasoning(&mut self, piece: &str, out: &mut Vec<Delta>) {
        if !piece.is_empty() {
            self.reasoning.push_str(piece);
            out.push(Delta::Reasoning(piece.to_owned()));
        }
    }

    /// More of a refusal.
    pub(super) fn refusal(&mut self, piece: &str, out: &mut Vec<Delta>) {
        if !piece.is_empty() {
            self.refusal.push_str(piece);
            out.push(Delta::Text(piece.to_owned()));
        }
    }

    /// More of a call.
    ///
    /// # Errors
    /// There are too many calls.
    pub(super) fn call(&mut self, part: Part<'_>, out: &mut Vec<Delta>) -> Result<(), CallError> {
        let seen = self.calls.part(part).ok_or_else(too_many)?;
        if !seen.is_empty() {
            out.push(Delta::Call(seen));
        }
        Ok(())
    }

    /// The model's name.
    pub(super) fn model(&mut self, value: &Value) {
        if let Some(model) = value.get("model").and_then(Value::as_str)
            && !model.is_empty()
        {
            model.clone_into(&mut self.model);
        }
    }

    /// What was held back, at the end of the text.
    pub(super) fn end_of_text(&mut self) {
        if let Some(piece) = self.think.finish() {
            self.piece(piece, &mut Vec::new());
        }
    }

    fn piece(&mut self, piece: Piece, out: &mut Vec<Delta>) {
        match piece {
            Piece::Text(text) => {
                self.text.push_str(&text);
                out.push(Delta::Text(text));
            }
            Piece::Reasoning(text) => self.reasoning(&text, out),
        }
    }
}

/// The error for an answer of calls without end.
pub(super) fn too_many() -> CallError {
    CallError::new(
        Kind::Malformed,
        "the answer calls tools without end; nothing of it was kept",
    )
}

/// A stop reason of any server, as one of ours.
pub(super) fn finish(stop: &str) -> Finish {
    match stop {
        "tool_calls" | "function_call" | "tool_use" => Finish::ToolCalls,
        "length" | "max_tokens" | "model_length" | "model_context_window_exceeded" => {
            Finish::Length
        }
        "content_filter" | "refusal" | "safety" | "sensitive" => Finish::Refusal,
        _ => Finish::Stop,
    }
}

/// A count, however it is written.
pub(super) fn count(value: Option<&Value>) -> Option<u64> {
    let value = value?;
    let float = || {
        let number = value.as_f64()?;
        (number >= 0.0).then_some(number as u64)
    };
    let text = || value.as_str()?.trim().parse().ok();
    value.as_u64().or_else(float).or_else(text)
}
