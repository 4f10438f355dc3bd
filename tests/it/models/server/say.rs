//! What a good model says, in both dialects, streamed and whole.

use super::{Answer, Got};
use serde_json::{Value, json};

/// A model's answer, to be put into a dialect.
#[derive(Clone, Debug)]
pub struct Say {
    pub text: String,
    pub reasoning: String,
    /// Id, name, arguments.
    pub calls: Vec<(String, String, String)>,
    /// Tokens read and written.
    pub usage: (u64, u64),
    /// The stop reason as the dialect writes it; else the one that fits.
    pub stop: Option<String>,
    pub model: String,
}

impl Say {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            reasoning: String::new(),
            calls: Vec::new(),
            usage: (12, 5),
            stop: None,
            model: "test-model".to_owned(),
        }
    }

    /// A call and no text.
    pub fn calls(id: &str, name: &str, arguments: &str) -> Self {
        Self::text("").call(id, name, arguments)
    }

    /// With another call.
    pub fn call(mut self, id: &str, name: &str, arguments: &str) -> Self {
        self.calls
            .push((id.to_owned(), name.to_owned(), arguments.to_owned()));
        self
    }

    /// With reasoning before the text.
    pub fn reasoning(mut self, text: &str) -> Self {
        text.clone_into(&mut self.reasoning);
        self
    }

    /// With tokens read and written.
    pub fn usage(mut self, read: u64, written: u64) -> Self {
        self.usage = (read, written);
        self
    }

    /// With a stop reason as the dialect writes it.
    pub fn stop(mut self, reason: &str) -> Self {
        self.stop = Some(reason.to_owned());
        self
    }

    /// In the way in which it was asked for: dialect by the path, streamed or
    /// whole by the body.
    pub fn answer(&self, got: &Got) -> Answer {
        match (got.messages(), got.stream()) {
            (false, true) => self.chat(),
            (false, false) => self.chat_whole(),
            (true, true) => self.messages(),
            (true, false) => self.messages_whole(),
        }
    }

    /// Chat completions, streamed.
    pub fn chat(&self) -> Answer {
        Answer::events(self.chat_events())
    }

    /// Chat completions, whole.
    pub fn chat_whole(&self) -> Answer {
        let calls: Vec<Value> = self.calls.iter().map(chat_call).collect();
        let mut message = json!({"role": "assistant", "content": self.text});
        if !self.reasoning.is_empty() {
            message["reasoning_content"] = json!(self.reasoning);
        }
        if !calls.is_empty() {
            message["tool_calls"] = json!(calls);
        }
        let (read, written) = self.usage;
        let body = json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": self.chat_stop()}],
            "usage": {"prompt_tokens": read, "completion_tokens": written,
                      "total_tokens": read + written},
        });
        Answer::json(&body.to_string())
    }

    /// The events of a chat stream, the last of them `[DONE]`.
    pub fn chat_events(&self) -> Vec<String> {
        let chunk = |choices: Value, usage: Value| {
            let body = json!({
                "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                "model": self.model, "choices": choices, "usage": usage,
            });
            format!("data: {body}\n\n")
        };
        let delta = |delta: Value| {
            let choices = json!([{"index": 0, "delta": delta, "finish_reason": null}]);
            chunk(choices, Value::Null)
        };
        let mut out = vec![delta(json!({"role": "assistant", "content": null}))];
        for piece in pieces(&self.reasoning) {
            out.push(delta(json!({"reasoning_content": piece})));
        }
        for piece in pieces(&self.text) {
            out.push(delta(json!({"content": piece})));
        }
        for (index, (id, name, arguments)) in self.calls.iter().enumerate() {
            out.push(delta(
                json!({"tool_calls": [{"index": index, "id": id, "type": "function",
                "function": {"name": name, "arguments": ""}}]}),
            ));
            for piece in halves(arguments) {
                out.push(delta(json!({"tool_calls": [{"index": index,
                    "function": {"arguments": piece}}]})));
            }
        }
        let last = json!([{"index": 0, "delta": {}, "finish_reason": self.chat_stop()}]);
        out.push(chunk(last, Value::Null));
        let (read, written) = self.usage;
        let usage = json!({"prompt_tokens": read, "completion_tokens": written,
            "total_tokens": read + written});
        out.push(chunk(json!([]), usage));
        out.push("data: [DONE]\n\n".to_owned());
        out
    }

    /// Messages, streamed.
    pub fn messages(&self) -> Answer {
        Answer::events(self.messages_events())
    }

    /// Messages, whole.
    pub fn messages_whole(&self) -> Answer {
        let mut content = Vec::new();
        if !self.reasoning.is_empty() {
            content.push(json!({"type": "thinking", "thinking": self.reasoning,
                "signature": "c2ln"}));
        }
        if !self.text.is_empty() {
            content.push(json!({"type": "text", "text": self.text}));
        }
        for (id, name, arguments) in &self.calls {
            let input: Value = serde_json::from_str(arguments).unwrap_or(json!({}));
            content.push(json!({"type": "tool_use", "id": id, "name": name, "input": input}));
        }
        let (read, written) = self.usage;
        let body = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": self.model,
            "content": content, "stop_reason": self.messages_stop(), "stop_sequence": null,
            "usage": {"input_tokens": read, "output_tokens": written},
        });
        Answer::json(&body.to_string())
    }

    /// The events of a messages stream, the last of them `message_stop`.
    pub fn messages_events(&self) -> Vec<String> {
        let event = |body: Value| {
            let name = body["type"].as_str().unwrap().to_owned();
            format!("event: {name}\ndata: {body}\n\n")
        };
        let (read, written) = self.usage;
        let mut out = vec![
            event(json!({"type": "message_start", "message": {
                "id": "msg_1", "type": "message", "role": "assistant", "model": self.model,
                "content": [], "stop_reason": null, "stop_sequence": null,
                "usage": {"input_tokens": read, "output_tokens": 1}}})),
            event(json!({"type": "ping"})),
        ];
        let mut index = 0;
        let mut block = |start: Value, deltas: Vec<Value>| {
            out.push(event(json!({"type": "content_block_start", "index": index,
                "content_block": start})));
            for delta in deltas {
                out.push(event(json!({"type": "content_block_delta", "index": index,
                    "delta": delta})));
            }
            out.push(event(json!({"type": "content_block_stop", "index": index})));
            index += 1;
        };
        if !self.reasoning.is_empty() {
            let mut deltas: Vec<Value> = pieces(&self.reasoning)
                .map(|p| json!({"type": "thinking_delta", "thinking": p}))
                .collect();
            deltas.push(json!({"type": "signature_delta", "signature": "c2ln"}));
            block(
                json!({"type": "thinking", "thinking": "", "signature": ""}),
                deltas,
            );
        }
        if !self.text.is_empty() {
            let deltas = pieces(&self.text).map(|p| json!({"type": "text_delta", "text": p}));
            block(json!({"type": "text", "text": ""}), deltas.collect());
        }
        for (id, name, arguments) in &self.calls {
            let deltas = halves(arguments)
                .into_iter()
                .map(|p| json!({"type": "input_json_delta", "partial_json": p}));
            let start = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
            block(start, deltas.collect());
        }
        out.push(event(json!({"type": "message_delta",
            "delta": {"stop_reason": self.messages_stop(), "stop_sequence": null},
            "usage": {"output_tokens": written}})));
        out.push(event(json!({"type": "message_stop"})));
        out
    }

    fn chat_stop(&self) -> String {
        let fits = if self.calls.is_empty() {
            "stop"
        } else {
            "tool_calls"
        };
        self.stop.clone().unwrap_or_else(|| fits.to_owned())
    }

    fn messages_stop(&self) -> String {
        let fits = if self.calls.is_empty() {
            "end_turn"
        } else {
            "tool_use"
        };
        self.stop.clone().unwrap_or_else(|| fits.to_owned())
    }
}

fn chat_call((id, name, arguments): &(String, String, String)) -> Value {
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
}

/// A text word by word.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(' ')
}

/// A text in two pieces.
fn halves(text: &str) -> Vec<&str> {
    let middle = (0..=text.len() / 2)
        .rev()
        .find(|i| text.is_char_boundary(*i));
    let (a, b) = text.split_at(middle.unwrap_or(0));
    vec![a, b]
}
