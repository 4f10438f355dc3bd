//! Messages in blocks: `system` beside them, calls as `tool_use` and answers as
//! `tool_result` blocks of the user's messages.

use super::reader::Reader;
use super::turns::{Turns, call_of, text_of, word};
use super::{Conversation, Format, Recorded};
use serde_json::Value;

/// See the module.
pub struct Anthropic;

fn blocks(message: &Value) -> impl Iterator<Item = &Value> {
    let content = message.get("content").and_then(Value::as_array);
    content.into_iter().flatten()
}

impl Format for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn about(&self) -> &'static str {
        "messages in blocks: `tool_use`, `tool_result`, `system` beside them"
    }

    fn is(&self, value: &Value) -> bool {
        let messages = value.get("messages").and_then(Value::as_array);
        let Some(messages) = messages else {
            return false;
        };
        let tools = value.get("tools").and_then(Value::as_array);
        let by_tools = |t: &Vec<Value>| t.iter().any(|t| t.get("input_schema").is_some());
        let block = |b: &Value| matches!(word(b, "type"), "tool_use" | "tool_result");
        value.get("system").is_some()
            || tools.is_some_and(by_tools)
            || messages.iter().any(|m| blocks(m).any(block))
    }

    fn read(&self, value: &Value, reader: &mut Reader) -> Result<Conversation, String> {
        let messages = value
            .get("messages")
            .and_then(Value::as_array)
            .ok_or("there are no `messages`")?;
        let mut turns = Turns::default();
        for message in messages {
            let of = |kind: &'static str| blocks(message).filter(move |b| word(b, "type") == kind);
            let text = text_of(message.get("content"));
            match word(message, "role") {
                "assistant" => turns.agent(text, of("tool_use").map(call_of).collect()),
                "user" => {
                    for answer in of("tool_result") {
                        let text = text_of(answer.get("content"));
                        let failed = answer.get("is_error").and_then(Value::as_bool);
                        turns.answer(word(answer, "tool_use_id"), "", text, failed);
                    }
                    let answered = of("tool_result").next().is_some();
                    if !text.is_empty() || !answered {
                        turns.user(text);
                    }
                }
                other => return Err(format!("a message has the role `{other}`")),
            }
        }
        let system = text_of(value.get("system"));
        Ok(Conversation::recorded(Recorded {
            id: word(value, "id").to_owned(),
            told: reader.told(&system, value.get("tools")),
            world: reader.given.world.clone(),
            turns: turns.said,
            from: 0,
        }))
    }
}
