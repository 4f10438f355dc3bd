//! One try of one call: request in, reply out, every byte on the tape.

use super::dialect::{self, Reader};
use super::error::CallError;
use super::model::Model;
use super::secret::Secrets;
use super::transport::Transport;
use super::wire::Tape;
use crate::engine::role::{Reply, Request};
use serde::{Deserialize, Serialize};

/// What a provider counted. Zero where it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read, those from a cache included.
    pub input: u64,
    /// Of those, read from a cache.
    pub cached: u64,
    /// Of those, written to a cache.
    pub cache_write: u64,
    /// Tokens written, reasoning included.
    pub output: u64,
    /// Of those, reasoning.
    pub reasoning: u64,
}

/// A model's answer with what the provider says beside it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Answer {
    /// The reply; `by` is `Model("provider/model")`.
    pub reply: Reply,
    /// What it cost in tokens; `None` where the provider does not say.
    pub usage: Option<Usage>,
    /// The stop reason as written.
    pub stop: String,
    /// The model that answered, as the provider names it.
    pub model: String,
    /// Things a person should know, each a sentence: a call that came as text,
    /// tools that were ignored.
    pub notes: Vec<String>,
    /// Whether a schema was sent to be enforced, and no JSON came: the server
    /// may not know that field. Asking in words is what is left.
    pub schema_ignored: bool,
}

/// A piece of a streamed answer, for the eye alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// Of the text.
    Text(String),
    /// Of the reasoning.
    Reasoning(String),
    /// Of the tool calls, as text to read along.
    Call(String),
}

/// Asks a model once. What was sent and what came is on the tape, also where
/// the answer is an error or the future is dropped in the middle.
///
/// # Errors
/// Everything that can go wrong on the way, in words.
pub async fn ask(
    model: &Model,
    request: &Request,
    transport: &Transport,
    tape: &Tape,
    seen: &mut (dyn FnMut(Delta) + Send),
) -> Result<Answer, CallError> {
    let sent = dialect::encode(model, request)?;
    let mut reader = Reader::new(model, request);
    let came = transport
        .send(
            &model.endpoint,
            sent,
            tape,
            &mut |status, headers, bytes| {
                for delta in reader.take(status, headers, bytes)? {
                    seen(delta);
                }
                Ok(())
            },
        )
        .await;
    let answer = came.and_then(|()| reader.finish(tape.read().response.as_ref()));
    let answer = answer.map(|answer| without(answer, &Secrets::of(&model.endpoint)));
    transport.keep(model, tape, answer.as_ref())?;
    answer
}

/// The answer without a secret that came word by word, so that no piece of the
/// body showed it.
fn without(mut answer: Answer, secrets: &Secrets) -> Answer {
    let reply = &mut answer.reply;
    let calls = reply.calls.iter_mut().map(|call| &mut call.arguments);
    for text in [&mut reply.text, &mut reply.reasoning]
        .into_iter()
        .chain(calls)
    {
        *text = secrets.remove_from(text);
    }
    answer
}
