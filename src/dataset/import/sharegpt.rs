//! `conversations` of `from` and `value`: calls as `function_call` and answers
//! as `observation`, or both between tags inside the text.

use super::reader::Reader;
use super::turns::{Turns, call_of, word};
use super::{Called, Conversation, Format, Recorded};
use serde_json::Value;

/// See the module.
pub struct ShareGpt;

impl Format for ShareGpt {
    fn name(&self) -> &'static str {
        "sharegpt"
    }

    fn about(&self) -> &'static str {
        "`conversations` of `from` and `value`, calls as parts or between tags"
    }

    fn is(&self, value: &Value) -> bool {
        value.get("conversations").is_some_and(Value::is_array)
    }

    fn read(&self, value: &Value, reader: &mut Reader) -> Result<Conversation, String> {
        let parts = value
            .get("conversations")
            .and_then(Value::as_array)
            .ok_or("there are no `conversations`")?;
        let mut system = vec![word(value, "system").to_owned()];
        let mut turns = Turns::default();
        for part in parts {
            let text = word(part, "value");
            match word(part, "from") {
                "system" => system.push(text.to_owned()),
                "human" | "user" => turns.user(text.to_owned()),
                "gpt" | "assistant" | "model" | "chatgpt" | "bing" | "bard" => {
                    let (text, calls) = tagged(text, "tool_call");
                    turns.agent(text, calls.iter().flat_map(|c| called(c)).collect());
                }
                "function_call" => {
                    let calls = called(text);
                    if calls.is_empty() {
                        return Err(String::from("a `function_call` is no JSON"));
                    }
                    turns.agent(String::new(), calls);
                }
                "observation" | "tool" | "function_response" => {
                    let (rest, answers) = tagged(text, "tool_response");
                    if answers.is_empty() {
                        turns.answer("", "", rest, None);
                    }
                    for answer in answers {
                        turns.answer("", "", answer, None);
                    }
                }
                other => return Err(format!("a part is from `{other}`")),
            }
        }
        Ok(Conversation::recorded(Recorded {
            id: word(value, "id").to_owned(),
            told: reader.told(&system.join("\n"), value.get("tools")),
            world: reader.given.world.clone(),
            turns: turns.said,
            from: 0,
        }))
    }
}

/// A call, or a list of calls, as a text; none where it is neither.
fn called(text: &str) -> Vec<Called> {
    match serde_json::from_str::<Value>(text.trim()) {
        Ok(Value::Array(list)) => list.iter().map(call_of).collect(),
        Ok(one @ Value::Object(_)) => vec![call_of(&one)],
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// A text without what stands between `<tag>` and `</tag>`, and that.
fn tagged(text: &str, tag: &str) -> (String, Vec<String>) {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let (mut rest, mut inside) = (String::new(), Vec::new());
    let mut left = text;
    while let Some((before, after)) = left.split_once(&open) {
        let Some((found, after)) = after.split_once(&close) else {
            break;
        };
        rest.push_str(before);
        inside.push(found.trim().to_owned());
        left = after;
    }
    rest.push_str(left);
    (rest.trim().to_owned(), inside)
}
