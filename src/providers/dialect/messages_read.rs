//! The fields of an answer in Anthropic messages: an event of a stream, or the whole.

use super::heard::{Heard, count, too_many};
use super::trouble;
use crate::providers::ask::{Delta, Usage};
use crate::providers::error::CallError;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the pieces of a stream belong to.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    open: BTreeMap<u64, Block>,
    last: u64,
    /// A block of another kind stood behind the text.
    gap: bool,
    /// Another block of thought begins.
    thought: bool,
    counted: Counted,
}

#[derive(Clone, Copy, Debug)]
enum Block {
    Text,
    Thinking,
    /// A call: its place, and whether its arguments came with the block and
    /// give way to those that follow.
    Call(usize, bool),
    Other,
}

#[derive(Debug, Default)]
struct Counted {
    input: Option<u64>,
    cached: Option<u64>,
    written: Option<u64>,
    output: Option<u64>,
    reasoning: Option<u64>,
}

/// Takes an event's data, or a whole answer. `name` is the event's name, for
/// servers that leave the type out of the data.
///
/// # Errors
/// The server reports an error in it.
pub(super) fn take(
    heard: &mut Heard,
    blocks: &mut Blocks,
    name: &str,
    value: &Value,
) -> Result<Vec<Delta>, CallError> {
    if let Some(error) = trouble::of(value) {
        return Err(error);
    }
    let mut out = Vec::new();
    let kind = value.get("type").and_then(Value::as_str).unwrap_or(name);
    match kind {
        "message_start" => {
            if let Some(message) = value.get("message") {
                whole(heard, blocks, message, &mut out)?;
            }
        }
        "message" => {
            whole(heard, blocks, value, &mut out)?;
            heard.done = true;
        }
        "content_block_start" => {
            let index = count(value.get("index")).unwrap_or(blocks.last.saturating_add(1));
            if let Some(block) = value.get("content_block") {
                start(heard, blocks, index, block, &mut out)?;
            }
        }
        "content_block_delta" => {
            let index = count(value.get("index")).unwrap_or(blocks.last);
            if let Some(delta) = value.get("delta") {
                more(heard, blocks, index, delta, &mut out);
            }
        }
        "message_delta" => {
            if let Some(delta) = value.get("delta") {
                stop(heard, delta);
            }
            blocks.usage(heard, value.get("usage"));
        }
        "message_stop" => heard.done = true,
        // `ping`, `content_block_stop`, and what we do not know.
        _ => {}
    }
    Ok(out)
}

fn whole(
    heard: &mut Heard,
    blocks: &mut Blocks,
    message: &Value,
    out: &mut Vec<Delta>,
) -> Result<(), CallError> {
    heard.model(message);
    match message.get("content") {
        Some(Value::Array(content)) => {
            for (index, block) in (0..).zip(content) {
                start(heard, blocks, index, block, out)?;
            }
        }
        Some(Value::String(text)) => heard.text(text, out),
        _ => {}
    }
    stop(heard, message);
    blocks.usage(heard, message.get("usage"));
    Ok(())
}

fn stop(heard: &mut Heard, value: &Value) {
    if let Some(stop) = value.get("stop_reason").and_then(Value::as_str)
        && !stop.is_empty()
    {
        heard.stop = Some(stop.to_owned());
    }
}

fn start(
    heard: &mut Heard,
    blocks: &mut Blocks,
    index: u64,
    block: &Value,
    out: &mut Vec<Delta>,
) -> Result<(), CallError> {
    let text = |key: &str| block.get(key).and_then(Value::as_str).unwrap_or_default();
    let kind = match block.get("type").and_then(Value::as_str) {
        Some("text") => {
            blocks.text(heard, text("text"), out);
            Block::Text
        }
        Some("thinking") => {
            blocks.thought = !heard.reasoning.is_empty();
            blocks.thinking(heard, text("thinking"), out);
            Block::Thinking
        }
        Some("tool_use") => {
            let (input, given) = match block.get("input") {
                None | Some(Value::Null) => (String::new(), false),
                Some(Value::String(text)) => (text.clone(), !text.is_empty()),
                Some(input) => (input.to_string(), true),
            };
            let at = heard.calls.whole(text("id"), text("name"), &input);
            let gap = if out.is_empty() && blocks.open.is_empty() {
                ""
            } else {
                "\n"
            };
            out.push(Delta::Call(format!("{gap}{} ", text("name"))));
            Block::Call(at.ok_or_else(too_many)?, given)
        }
        // `redacted_thinking`, and what we do not know.
        _ => Block::Other,
    };
    blocks.gap |= matches!(kind, Block::Call(..) | Block::Other) && !heard.text.is_empty();
    blocks.last = index;
    blocks.open.insert(index, kind);
    Ok(())
}

fn more(heard: &mut Heard, blocks: &mut Blocks, index: u64, delta: &Value, out: &mut Vec<Delta>) {
    let text = |key: &str| delta.get(key).and_then(Value::as_str).unwrap_or_default();
    match delta.get("type").and_then(Value::as_str) {
        Some("text_delta") => blocks.text(heard, text("text"), out),
        Some("thinking_delta") => blocks.thinking(heard, text("thinking"), out),
        Some("input_json_delta") => {
            let piece = text("partial_json");
            let Some(Block::Call(at, given)) = blocks.open.get_mut(&index) else {
                return;
            };
            if piece.is_empty() {
                return;
            }
            if std::mem::take(given)
                && let Some(arguments) = heard.calls.arguments(*at)
            {
                arguments.clear();
            }
            heard.calls.append(*at, piece);
            out.push(Delta::Call(piece.to_owned()));
        }
        // `signature_delta`, `citations_delta`, and what we do not know.
        _ => {}
    }
}

impl Blocks {
    fn text(&mut self, heard: &mut Heard, text: &str, out: &mut Vec<Delta>) {
        if !text.is_empty() && std::mem::take(&mut self.gap) {
            heard.text("\n\n", out);
        }
        heard.text(text, out);
    }

    fn thinking(&mut self, heard: &mut Heard, text: &str, out: &mut Vec<Delta>) {
        if !text.is_empty() && std::mem::take(&mut self.thought) {
            heard.reasoning("\n\n", out);
        }
        heard.reasoning(text, out);
    }

    /// Counts are told at the start and, grown, at the end.
    fn usage(&mut self, heard: &mut Heard, usage: Option<&Value>) {
        let Some(usage) = usage.filter(|u| u.is_object()) else {
            return;
        };
        let all = &mut self.counted;
        let detail = usage.get("output_tokens_details");
        let thought = detail.and_then(|d| d.get("thinking_tokens").or(d.get("reasoning_tokens")));
        for (place, found) in [
            (&mut all.input, usage.get("input_tokens")),
            (&mut all.cached, usage.get("cache_read_input_tokens")),
            (&mut all.written, usage.get("cache_creation_input_tokens")),
            (&mut all.output, usage.get("output_tokens")),
            (&mut all.reasoning, thought),
        ] {
            *place = count(found).or(*place);
        }
        let number = |count: Option<u64>| count.unwrap_or(0);
        let (cached, cache_write) = (number(all.cached), number(all.written));
        let input = number(all.input)
            .saturating_add(cached)
            .saturating_add(cache_write);
        let output = number(all.output);
        heard.usage = Some(Usage {
            input,
            cached,
            cache_write,
            output,
            reasoning: number(all.reasoning).min(output),
        });
    }
}
