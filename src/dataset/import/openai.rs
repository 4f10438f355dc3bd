//! Chat messages as chat-completions endpoints are trained with: `messages` with
//! a system message, calls with `function`, arguments as text or as a value.

use super::reader::Reader;
use super::turns::{Turns, call_of, text_of, word};
use super::{Conversation, Format, Recorded, Said};
use serde_json::Value;

/// See the module.
pub struct OpenAi;

impl Format for OpenAi {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn about(&self) -> &'static str {
        "chat messages with `tool_calls` and `tools`, as in fine-tuning files"
    }

    fn is(&self, value: &Value) -> bool {
        value.get("messages").is_some_and(Value::is_array)
    }

    fn read(&self, value: &Value, reader: &mut Reader) -> Result<Conversation, String> {
        let messages = value
            .get("messages")
            .and_then(Value::as_array)
            .ok_or("there are no `messages`")?;
        let (system, turns) = heard(messages)?;
        let id = ["id", "conversation", "conversation_id"];
        let id = id
            .iter()
            .map(|key| word(value, key))
            .find(|w| !w.is_empty());
        Ok(Conversation::recorded(Recorded {
            id: id.unwrap_or_default().to_owned(),
            told: reader.told(&system, value.get("tools")),
            world: reader.given.world.clone(),
            turns,
            from: 0,
        }))
    }
}

/// Messages as turns, and what the system said.
pub(super) fn heard(messages: &[Value]) -> Result<(String, Vec<Said>), String> {
    let mut system = Vec::new();
    let mut turns = Turns::default();
    for message in messages {
        let text = text_of(message.get("content"));
        match word(message, "role") {
            "system" | "developer" => system.push(text),
            "user" => turns.user(text),
            "tool" | "function" => {
                let failed = message.get("error").and_then(Value::as_bool);
                let id = word(message, "tool_call_id");
                turns.answer(id, word(message, "name"), text, failed);
            }
            "assistant" => {
                let calls = message.get("tool_calls").and_then(Value::as_array);
                let calls = calls.into_iter().flatten().map(call_of);
                turns.agent(text, calls.collect());
            }
            other => return Err(format!("a message has the role `{other}`")),
        }
    }
    Ok((system.join("\n"), turns.said))
}
