//! One small call of one model, and what its answer says about the server.

use crate::config::nearest;
use crate::driver::refuses_schema;
use crate::engine::id::CallId;
use crate::engine::role::{About, Finish, Message, RawCall, Request, Role, Speaker, ToolSpec};
use crate::engine::world::{Map, Node};
use crate::providers::dialect::encode;
use crate::providers::wire::Tape;
use crate::providers::{Answer, CallError, Kind, Model, Structured, Tools, Transport, Usage, ask};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;

/// What a seat needs of its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A short text.
    Text,
    /// A tool call.
    Call,
    /// JSON of a shape.
    Json(Role),
}

/// What a try came to.
#[derive(Debug, Default)]
pub struct Found {
    /// Nobody was asked.
    scripted: bool,
    /// What is wrong, with what to do; empty where the seat can be played.
    pub wrong: Vec<String>,
    /// What a person should know beside it.
    pub notes: Vec<String>,
    /// Milliseconds to the first byte, and in all.
    took: Option<(u64, u64)>,
    usage: Option<Usage>,
    /// Tokens of the longest prompt, and of the context.
    pub room: Option<(u64, u64)>,
}

/// Names of models that are told.
const NAMES: usize = 8;
/// The tool that an agent is offered.
const TOOL: &str = "get_local_time";

impl Need {
    /// Of a seat.
    #[must_use]
    pub fn of(seat: &str) -> Self {
        match seat.split_once('/').map_or(seat, |(role, _)| role) {
            "agent" => Self::Call,
            "tool" => Self::Json(Role::Tool),
            "judge" => Self::Json(Role::Judge),
            _ => Self::Text,
        }
    }

    fn request(self) -> Request {
        let (role, system, text) = match self {
            Self::Text => (
                Role::User,
                "You play a customer who writes to a help desk.",
                "How can I help you? Please answer in one short sentence.",
            ),
            Self::Call => (
                Role::Agent,
                "You are a helpful assistant. Use your tools; never guess.",
                "What time is it in Oslo now?",
            ),
            // Says nothing of the shape: only the schema does.
            Self::Json(role) => (
                role,
                "You describe things in a few words.",
                "Describe a ripe tomato.",
            ),
        };
        let from = match role {
            Role::User => Speaker::Agent,
            Role::Agent | Role::Tool | Role::Judge => Speaker::User,
        };
        let message = Message {
            from,
            text: text.to_owned(),
            calls: Vec::new(),
            call_id: None,
            step: 0,
        };
        let about = match role {
            Role::User => About::UserTurn,
            Role::Agent => About::AgentTurn,
            Role::Tool => About::ToolAnswer {
                tool: String::from("describe"),
                args: Node::Map(Map::new()),
                projection: Node::Map(Map::new()),
                refused: Vec::new(),
            },
            Role::Judge => About::Verdict,
        };
        let tool = ToolSpec {
            name: TOOL.to_owned(),
            description: String::from("The local time in a city."),
            parameters: json!({
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            }),
        };
        Request {
            call: CallId(0),
            role,
            agent: match role {
                Role::Agent | Role::Tool => vec![String::from("main")],
                Role::User | Role::Judge => Vec::new(),
            },
            step: 1,
            attempt: 0,
            seed: 1,
            system: system.to_owned(),
            messages: vec![message],
            tools: match self {
                Self::Call => vec![tool],
                Self::Text | Self::Json(_) => Vec::new(),
            },
            schema: match self {
                Self::Json(_) => Some(schema()),
                Self::Text | Self::Call => None,
            },
            about,
            fault: None,
        }
    }
}

/// The shape that is asked for.
fn schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["colour", "seeds_visible"],
        "properties": {
            "colour": {"type": "string", "enum": ["red", "green"]},
            "seeds_visible": {"type": "boolean"},
        },
    })
}

/// Whether an answer has that shape.
fn fits_schema(text: &str) -> bool {
    let text = text.trim();
    let inside = text
        .strip_prefix("```json")
        .or_else(|| text.strip_prefix("```"))
        .and_then(|t| t.strip_suffix("```"))
        .unwrap_or(text);
    let Ok(Value::Object(map)) = serde_json::from_str(inside) else {
        return false;
    };
    let colour = map.get("colour").and_then(Value::as_str);
    map.len() == 2
        && matches!(colour, Some("red" | "green"))
        && map.get("seeds_visible").is_some_and(Value::is_boolean)
}

/// Asks once (twice where a schema is refused or passed over, and words may do).
pub async fn try_once(model: &Model, need: Need, transport: &Transport) -> Found {
    let mut found = Found::default();
    let mut asked = model.clone();
    let mut answer = one(model, need, transport, &mut found).await;
    let auto = model.endpoint.structured == Structured::Auto;
    let refused = match &answer {
        Err(why) if refuses_schema(why) => Some(format!("refuses a JSON Schema ({})", why.what)),
        Ok(answer) if answer.schema_ignored => {
            Some(String::from("takes a JSON Schema and passes over it"))
        }
        Ok(_) | Err(_) => None,
    };
    if let Some(refused) = refused.filter(|_| auto && matches!(need, Need::Json(_))) {
        found.notes.push(format!(
            "the server {refused}: words ask for the shape instead. `structured = \"prompt\"` \
             spares the first try."
        ));
        let mut endpoint = (*asked.endpoint).clone();
        endpoint.structured = Structured::Prompt;
        asked.endpoint = Arc::new(endpoint);
        answer = one(&asked, need, transport, &mut found).await;
    }
    match answer {
        Ok(answer) => {
            judge(&asked, need, &answer, &mut found);
            if !found.wrong.is_empty() {
                // What the reader noted is said in full already.
                found.notes.retain(|note| !answer.notes.contains(note));
            }
        }
        Err(why) => {
            let mut words = words(model, &why);
            if matches!(why.kind, Kind::Status(400 | 404 | 422)) {
                words.push_str(&known(model, need, transport).await);
            }
            found.wrong.push(words);
        }
    }
    found
}

/// Some names that the server knows, where the one that was asked for is none
/// of them.
async fn known(model: &Model, need: Need, transport: &Transport) -> String {
    let Ok(sent) = encode(model, &need.request()) else {
        return String::new();
    };
    let names = transport.names(&model.endpoint, &sent.headers).await;
    if names.is_empty() || names.contains(&model.name) {
        return String::new();
    }
    let near = nearest(&model.name, names.iter().map(String::as_str))
        .map(|near| format!(" Did you mean `{near}`?"))
        .unwrap_or_default();
    let some: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
    let more = names.len().saturating_sub(NAMES);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{near} It knows {}{more}.", some.join(", "))
}

async fn one(
    model: &Model,
    need: Need,
    transport: &Transport,
    found: &mut Found,
) -> Result<Answer, CallError> {
    let tape = Tape::default();
    let answer = ask(model, &need.request(), transport, &tape, &mut |_| {}).await;
    if let Some(response) = tape.read().response {
        let at = |chunk: Option<&crate::providers::wire::Chunk>| chunk.map(|c| c.at_ms);
        found.took = at(response.chunks.first()).zip(at(response.chunks.last()));
    }
    if let Ok(answer) = &answer {
        found.usage = answer.usage;
    }
    answer
}

/// What went wrong, what to set.
fn words(model: &Model, why: &CallError) -> String {
    let mut out = why.to_string();
    if !out.ends_with(['.', '?']) {
        out.push('.');
    }
    if why.kind == Kind::Status(500) && model.endpoint.tools == Tools::Native {
        out.push_str(
            " A server can fail on what a small model writes where it wants a tool call; `tools = \
             \"text\"` asks without its parser.",
        );
    }
    out
}

/// Reads an answer as a sign of what the server does.
fn judge(model: &Model, need: Need, answer: &Answer, found: &mut Found) {
    let reply = &answer.reply;
    found.notes.extend(answer.notes.iter().cloned());
    if !answer.model.is_empty() && answer.model != model.name {
        found
            .notes
            .push(format!("the server calls it `{}`", answer.model));
    }
    if answer.usage.is_none() {
        found.notes.push(String::from(
            "the server does not say how many tokens it took: nothing can be counted or capped",
        ));
    }
    match reply.finish {
        Finish::Length => {
            found.wrong.push(String::from(
                "the answer was cut off at its token limit. Raise `max_tokens` of the role (a model \
                 that thinks needs room for it).",
            ));
            return;
        }
        Finish::Refusal => {
            found.wrong.push(String::from(
                "the model declined to answer a harmless question. Take another one.",
            ));
            return;
        }
        Finish::Stop | Finish::ToolCalls => {}
    }
    match need {
        Need::Text if reply.text.trim().is_empty() => {
            found.wrong.push(String::from("the answer holds no text."));
        }
        Need::Text => found.notes.push(format!("it said: {}", short(&reply.text))),
        Need::Call => called(model, &reply.calls, &reply.text, answer, found),
        Need::Json(_) if fits_schema(&reply.text) => {
            found.notes.push(format!("it answered {}", short(&reply.text)));
        }
        Need::Json(_) => found.wrong.push(format!(
            "{} It answered: {}",
            match model.endpoint.structured {
                Structured::Auto | Structured::Schema => {
                    "the server took the JSON Schema and ignored it. Set `structured = \"prompt\"` (words ask for the shape) or \"json\"."
                }
                Structured::Json | Structured::Prompt => {
                    "the answer is not the JSON that was asked for in words. Take a model that can do it, or a server that enforces a schema (`structured = \"schema\"`)."
                }
            },
            short(&reply.text)
        )),
    }
}

fn called(model: &Model, calls: &[RawCall], text: &str, answer: &Answer, found: &mut Found) {
    let Some(call) = calls.first() else {
        let as_text = (text.contains(TOOL) && text.contains('{'))
            || answer.notes.iter().any(|n| n.contains("came as text"));
        found.wrong.push(match (as_text, model.endpoint.tools) {
            (true, Tools::Native) => format!(
                "the tool call came as text: the server was started without its tool parser (vLLM: \
                 --enable-auto-tool-choice with --tool-call-parser; llama.cpp: --jinja). Start it \
                 with one, or set `tools = \"text\"`. It wrote: {}",
                short(text)
            ),
            (false, Tools::Native) => format!(
                "no tool was called: the server ignores tools (its chat template has none, or it was \
                 started without a tool parser), or the model does not use them. `tools = \"text\"` \
                 asks in words. It said: {}",
                short(text)
            ),
            (_, Tools::Text) => format!(
                "no tool was called, though words asked for it: take a model that can. It said: {}",
                short(text)
            ),
        });
        return;
    };
    let args: Result<Value, _> = serde_json::from_str(&call.arguments);
    if call.name != TOOL {
        found.wrong.push(format!(
            "it called a tool that was not on offer: {}.",
            short(&call.name)
        ));
    } else if !args.is_ok_and(|a| a["city"].is_string()) {
        found.wrong.push(format!(
            "the call's arguments are not as its schema says: {}",
            short(&call.arguments)
        ));
    } else {
        found
            .notes
            .push(format!("it called {TOOL}({})", short(&call.arguments)));
    }
}

/// The beginning of a text, on one line.
fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out: String = text.chars().take(120).collect();
    if text.chars().count() > 120 {
        out.push('…');
    }
    out
}

impl Found {
    /// The stand-in plays.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            scripted: true,
            ..Self::default()
        }
    }

    /// In a few words.
    #[must_use]
    pub fn head(&self) -> String {
        if self.scripted {
            return String::from("nobody is asked");
        }
        let mut out = String::from(if self.wrong.is_empty() {
            "ok"
        } else {
            "FAILED"
        });
        if let Some((first, all)) = self.took {
            let _ = write!(
                out,
                "  first byte {:.2} s, in all {:.2} s",
                first as f64 / 1e3,
                all as f64 / 1e3
            );
        }
        if let Some(usage) = &self.usage {
            let _ = write!(out, ", {} tokens in, {} out", usage.input, usage.output);
            if usage.reasoning > 0 {
                let _ = write!(out, " ({} reasoning)", usage.reasoning);
            }
        }
        out
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self, seat: &str, plays: &str) -> Value {
        json!({
            "seat": seat,
            "plays": plays,
            "asked": !self.scripted,
            "ok": self.wrong.is_empty(),
            "wrong": self.wrong,
            "notes": self.notes,
            "first_ms": self.took.map(|(first, _)| first),
            "total_ms": self.took.map(|(_, all)| all),
            "usage": self.usage,
            "prompt_tokens": self.room.map(|(prompt, _)| prompt),
            "context": self.room.map(|(_, context)| context),
        })
    }
}
