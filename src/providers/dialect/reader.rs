//! Reads an answer while it comes, streamed or whole: finds out which it is,
//! and at the end whether it is one.

use super::heard::{Heard, finish};
use super::messages_read::Blocks;
use super::{chat_read, json, messages_read, text_tools, think, trouble, words};
use crate::engine::role::{By, Finish, Reply, Request};
use crate::providers::ask::{Answer, Delta};
use crate::providers::error::{CallError, Kind, Retry};
use crate::providers::model::{Dialect, Model, Tools};
use crate::providers::sse::{Event, Parser};
use crate::providers::wire::HttpResponse;
use serde_json::Value;

/// Bytes of a page of HTML that are looked at.
const PAGE: usize = 4096;

/// Bytes kept for a word about an answer that is none.
const HEAD: usize = 512;

/// White space before an answer at most; a gateway may send some to keep the
/// connection open.
const SPACE: usize = 1 << 16;

/// Told where a server has not read its own model's call.
const AS_TEXT: &str = "The call came as text: the server has no tool parser (vLLM: \
                       --enable-auto-tool-choice; llama.cpp: --jinja); or set tools = \"text\".";

/// Told where a server has taken a schema and not kept to it: some answer 200
/// and leave out the field that they do not know.
const NO_SCHEMA: &str = "The server was sent a schema and answered without JSON: it may not know \
                         that field; set structured = \"prompt\".";

/// Reads an answer while it comes, streamed or whole.
#[derive(Debug)]
pub struct Reader {
    model: Model,
    /// Names of the tools on offer.
    offered: Vec<String>,
    /// The server was asked to enforce a schema.
    enforced: bool,
    form: Form,
    heard: Heard,
    blocks: Blocks,
    /// The first bytes, for a word about an answer that is none.
    head: Vec<u8>,
    /// Something was read.
    any: bool,
}

/// What kind of body comes.
#[derive(Debug)]
enum Form {
    /// Not known: nothing but white space so far.
    Unknown(Vec<u8>),
    /// A stream of events.
    Events(Box<Parser>),
    /// One JSON value.
    Whole(Vec<u8>),
    /// A page for people.
    Page(Vec<u8>),
}

impl Reader {
    /// A reader of the answer to a request.
    #[must_use]
    pub fn new(model: &Model, request: &Request) -> Self {
        Self {
            model: model.clone(),
            offered: request.tools.iter().map(|t| t.name.clone()).collect(),
            enforced: words::enforced(model, request).is_some(),
            form: Form::Unknown(Vec::new()),
            heard: Heard::default(),
            blocks: Blocks::default(),
            head: Vec::new(),
            any: false,
        }
    }

    /// Takes the next bytes (none: only the head is there).
    ///
    /// # Errors
    /// The stream reports an error, or is no stream of this dialect.
    pub fn take(
        &mut self,
        status: u16,
        _headers: &[(String, String)],
        bytes: &[u8],
    ) -> Result<Vec<Delta>, CallError> {
        // What is no 2xx is told by the transport.
        if !(200..300).contains(&status) {
            return Ok(Vec::new());
        }
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(room));
        let taken = self.bytes(bytes);
        taken.map_err(|error| self.clean(error))
    }

    /// The whole answer, once the body has come to its end.
    ///
    /// # Errors
    /// It is empty, cut, or cannot be read.
    pub fn finish(mut self, response: Option<&HttpResponse>) -> Result<Answer, CallError> {
        let whole = response.is_some_and(|r| r.whole);
        let answer = self.end(whole).and_then(|()| self.answer());
        answer.map_err(|error| self.clean(error))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Vec<Delta>, CallError> {
        let most = usize::try_from(self.model.endpoint.max_answer).unwrap_or(usize::MAX);
        match &mut self.form {
            Form::Unknown(held) => {
                held.extend_from_slice(bytes);
                let Some(form) = form(held, most) else {
                    return Ok(Vec::new());
                };
                let Form::Unknown(held) = std::mem::replace(&mut self.form, form) else {
                    return Ok(Vec::new());
                };
                self.bytes(&held)
            }
            Form::Whole(held) | Form::Page(held) => {
                held.extend_from_slice(bytes);
                if held.len() > most {
                    return Err(too_large(most));
                }
                if let Form::Page(held) = &self.form
                    && held.len() >= PAGE
                {
                    return Err(page(held));
                }
                Ok(Vec::new())
            }
            Form::Events(parser) => {
                let (events, over) = parser.take(bytes);
                let mut out = Vec::new();
                for event in events {
                    out.extend(self.event(&event)?);
                }
                if over {
                    return Err(too_large(most));
                }
                Ok(out)
            }
        }
    }

    fn event(&mut self, event: &Event) -> Result<Vec<Delta>, CallError> {
        let data = event.data.trim();
        if data.is_empty() {
            return Ok(Vec::new());
        }
        self.any = true;
        if data == "[DONE]" {
            self.heard.done = true;
            return Ok(Vec::new());
        }
        if event.name == "error" {
            let value = read(data).unwrap_or_else(|| Value::from(data));
            return Err(trouble::of(&value).unwrap_or_else(|| trouble::told(&value)));
        }
        if let Some(value) = read(data) {
            return self.value(&event.name, &value);
        }
        // Some servers end an event with one line feed where two are due, so
        // that several stand in one.
        let mut out = Vec::new();
        for line in data.lines().map(str::trim) {
            if line == "[DONE]" {
                self.heard.done = true;
            } else if let Some(value) = read(line).filter(|_| line.len() < data.len()) {
                out.extend(self.value(&event.name, &value)?);
            } else {
                let what = format!(
                    "the stream holds what is no JSON: {}",
                    trouble::excerpt(data)
                );
                return Err(CallError::new(Kind::Malformed, what).retry(Retry::Soon));
            }
        }
        Ok(out)
    }

    fn value(&mut self, name: &str, value: &Value) -> Result<Vec<Delta>, CallError> {
        match self.model.endpoint.dialect {
            Dialect::Chat => chat_read::take(&mut self.heard, value),
            Dialect::Messages => {
                messages_read::take(&mut self.heard, &mut self.blocks, name, value)
            }
        }
    }

    /// The end of the body; `whole`: it came to its end.
    fn end(&mut self, whole: bool) -> Result<(), CallError> {
        match std::mem::replace(&mut self.form, Form::Unknown(Vec::new())) {
            Form::Unknown(_) if whole => Err(self.empty("the server answered with an empty body")),
            Form::Unknown(_) => Err(self.cut()),
            Form::Page(held) => Err(page(&held)),
            Form::Whole(held) => self.end_of_value(&held, whole),
            Form::Events(parser) => {
                if let Some(event) = parser.finish().filter(|_| whole)
                    && let Err(error) = self.event(&event)
                    && error.kind != Kind::Malformed
                {
                    return Err(error);
                }
                if whole && !self.any {
                    let what = format!(
                        "the answer is neither JSON nor an event stream: {}",
                        trouble::excerpt(&String::from_utf8_lossy(&self.head))
                    );
                    return Err(CallError::new(Kind::ContentType, what)
                        .help("Look whether the provider's url is right"));
                }
                // A stop reason says that the answer is done, the transport
                // that nothing was cut off behind it.
                let ended = self.heard.done || (whole && self.heard.stop.is_some());
                if ended { Ok(()) } else { Err(self.cut()) }
            }
        }
    }

    fn end_of_value(&mut self, bytes: &[u8], whole: bool) -> Result<(), CallError> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let Some(value) = read(text) else {
            if !whole {
                return Err(self.cut());
            }
            let what = format!("the answer is no JSON: {}", trouble::excerpt(text));
            return Err(CallError::new(Kind::Malformed, what).retry(Retry::Soon));
        };
        // Errors come in a list from some gateways.
        let value = match &value {
            Value::Array(list) => list.first().unwrap_or(&Value::Null),
            other => other,
        };
        let known = match self.model.endpoint.dialect {
            Dialect::Chat => value.get("choices").is_some_and(Value::is_array),
            Dialect::Messages => value.get("content").is_some(),
        };
        self.value("message", value)?;
        if !known {
            let what = format!(
                "the answer is none of this dialect: {}",
                trouble::excerpt(&value.to_string())
            );
            return Err(CallError::new(Kind::Malformed, what)
                .help("Look whether the provider's kind and url are right"));
        }
        Ok(())
    }

    fn answer(&mut self) -> Result<Answer, CallError> {
        self.heard.end_of_text();
        let heard = std::mem::take(&mut self.heard);
        let stop = heard.stop.unwrap_or_default();
        let mut notes = heard.notes;
        let mut finish = finish(&stop);
        let mut text = heard.text;
        let mut reasoning = heard.reasoning;
        if reasoning.is_empty()
            && let Some((thought, said)) = think::headless(&text)
        {
            (reasoning, text) = (thought.to_owned(), said.to_owned());
        }
        let mut calls = heard.calls.finish();
        if !heard.refusal.is_empty() {
            finish = Finish::Refusal;
            if text.trim().is_empty() {
                text = heard.refusal;
            }
        }
        if calls.is_empty() && !self.offered.is_empty() {
            if self.model.endpoint.tools == Tools::Text {
                (text, calls) = text_tools::read(&text, &self.offered);
            } else if text_tools::is_call(&text, &self.offered) {
                notes.push(AS_TEXT.to_owned());
            }
        }
        if text.trim().is_empty() && calls.is_empty() {
            return Err(self.nothing(finish, &reasoning));
        }
        if calls.is_empty() && finish == Finish::ToolCalls {
            notes.push(format!(
                "The server says that tools were called ({stop}), and sent no call."
            ));
            finish = Finish::Stop;
        }
        if !calls.is_empty() && finish == Finish::Stop {
            finish = Finish::ToolCalls;
        }
        let schema_ignored = self.enforced && finish != Finish::Length && !is_json(&text);
        if schema_ignored {
            notes.push(NO_SCHEMA.to_owned());
        }
        if stop.is_empty() {
            notes.push(String::from("The server gave no reason for stopping."));
        }
        Ok(Answer {
            reply: Reply {
                text,
                reasoning: reasoning.trim_end().to_owned(),
                calls,
                finish,
                by: By::Model(self.model.id()),
                injected: Vec::new(),
            },
            usage: heard.usage,
            stop,
            model: heard.model,
            notes,
            schema_ignored,
        })
    }

    /// Why an answer holds nothing.
    fn nothing(&self, finish: Finish, reasoning: &str) -> CallError {
        let thought = !reasoning.trim().is_empty();
        match finish {
            Finish::Length if thought => self
                .empty("the model spent all its tokens on reasoning and wrote no answer")
                .help("Raise max_tokens, or lower effort")
                .retry(Retry::No),
            Finish::Length => self
                .empty("the token limit was reached before the answer began")
                .help("Raise max_tokens, or shorten what the model is sent")
                .retry(Retry::No),
            Finish::Refusal => self
                .empty("the answer was withheld, and nothing says why")
                .help("A content filter of the provider may have done that")
                .retry(Retry::No),
            Finish::Stop | Finish::ToolCalls if thought => self
                .empty("the model reasoned and wrote no answer")
                .help("Where that happens each time, the server takes the answer for reasoning: look at its reasoning parser"),
            Finish::Stop | Finish::ToolCalls => {
                self.empty("the answer holds neither text nor a tool call")
            }
        }
    }

    fn empty(&self, what: &str) -> CallError {
        let what = format!("{what} ({})", self.model.id());
        CallError::new(Kind::Empty, what).retry(Retry::Soon)
    }

    fn cut(&self) -> CallError {
        let letters = self.heard.text.chars().count();
        let what = format!(
            "the answer was cut off: the connection ended before it did, after {letters} \
             characters of text"
        );
        CallError::new(Kind::Cut, what).retry(Retry::Soon)
    }

    /// An error without a secret that a server may have echoed.
    fn clean(&self, mut error: CallError) -> CallError {
        let endpoint = &self.model.endpoint;
        let others = endpoint.secret_headers.iter().filter_map(|h| h.2.as_ref());
        for secret in endpoint.key.iter().chain(others) {
            error.what = secret.remove_from(&error.what);
        }
        error
    }
}

/// The kind of a body, by its first byte that is no white space.
fn form(held: &[u8], most: usize) -> Option<Form> {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    if MARK.starts_with(held) {
        return None;
    }
    let bare = held.strip_prefix(MARK).unwrap_or(held);
    let looked = bare.get(..SPACE);
    let mut bytes = looked.unwrap_or(bare).iter();
    let first = bytes.find(|b| !b.is_ascii_whitespace());
    if first.is_none() && looked.is_none() {
        return None;
    }
    Some(match first {
        Some(b'{' | b'[') => Form::Whole(Vec::new()),
        Some(b'<') => Form::Page(Vec::new()),
        _ => Form::Events(Box::new(Parser::new(most))),
    })
}

/// Whether a text is JSON, in a fence perhaps.
fn is_json(text: &str) -> bool {
    json::is_one(text_tools::unfenced(text).unwrap_or(text))
}

/// JSON, also where half of a surrogate pair stands in it, which some servers
/// write when they cut a text between two tokens.
fn read(text: &str) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(_) if text.contains("\\u") => serde_json::from_str(&whole_letters(text)).ok(),
        Err(_) => None,
    }
}

/// The text with every lone half of a surrogate pair replaced.
fn whole_letters(text: &str) -> String {
    let half = |s: &str| {
        let digits = s
            .get(..4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        digits.and_then(|d| u16::from_str_radix(d, 16).ok())
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let code = after.strip_prefix('u').and_then(half);
        let next = after.get(5..).unwrap_or_default();
        let low = next.strip_prefix("\\u").and_then(half);
        let (keep, length) = match (code, low) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (true, 11),
            (Some(0xd800..=0xdfff), _) => (false, 5),
            // One letter behind a backslash, so that `\\` is taken whole.
            _ => (true, after.chars().next().map_or(0, char::len_utf8)),
        };
        let (taken, after) = after.split_at_checked(length).unwrap_or((after, ""));
        if keep {
            out.push('\\');
            out.push_str(taken);
        } else {
            out.push_str("\\ufffd");
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn too_large(most: usize) -> CallError {
    let what = format!("the answer is larger than {most} bytes; nothing of it was kept");
    CallError::new(Kind::TooLarge, what).help("Raise max_answer_mb where that is meant")
}

/// The error for a page of HTML, with its title.
fn page(held: &[u8]) -> CallError {
    let text = String::from_utf8_lossy(held.get(..PAGE).unwrap_or(held));
    let lower = text.to_ascii_lowercase();
    let title = lower
        .split_once("<title")
        .and_then(|(before, _)| text.get(before.len()..))
        .and_then(|t| t.split_once('>'))
        .and_then(|(_, t)| t.split('<').next())
        .map(trouble::excerpt)
        .filter(|t| !t.is_empty());
    let title = title.map(|t| format!(" (“{t}”)")).unwrap_or_default();
    let what = format!("the server answered with a web page, not with an answer{title}");
    CallError::new(Kind::ContentType, what).help("Look whether the provider's url is right")
}
