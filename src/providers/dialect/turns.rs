//! From what a role may see to the two sides of a talk with a model: the asked
//! role is the assistant. Both dialects write what is made here.

use super::text_tools;
use crate::engine::role::{Message, Request, Role, Speaker, ToolCall};
use crate::providers::model::Tools;

/// Said to a user simulator that is to speak first.
const BEGIN_USER: &str = "(The conversation begins. Write your first message.)";
/// Said where a talk would begin with the model's own words.
const BEGIN: &str = "(The conversation begins.)";
/// Said where a talk would end with the model's own words: servers refuse that,
/// or go on with those words.
const GO_ON: &str = "(Go on.)";
/// The result of a call that has none: servers refuse a call without one.
const NOT_RUN: &str = "(This call was not run.)";

/// One turn of the talk; no two of the same side stand next to each other,
/// except for results and what the other side says after them.
#[derive(Debug, PartialEq)]
pub(super) enum Turn<'a> {
    /// The other side.
    User(String),
    /// The model.
    Own {
        /// What it said.
        text: String,
        /// What it called.
        calls: Vec<&'a ToolCall>,
    },
    /// Results of the calls before, all of them.
    Results(Vec<(&'a str, &'a str)>),
}

/// The talk of a request.
pub(super) fn turns(request: &Request, tools: Tools) -> Vec<Turn<'_>> {
    let mut talk = Talk {
        turns: Vec::new(),
        open: Vec::new(),
        tools,
    };
    match request.role {
        Role::Judge => talk.judge(&request.messages),
        Role::User | Role::Agent | Role::Tool => {
            for message in &request.messages {
                talk.add(request.role, message);
            }
        }
    }
    talk.close();
    if !matches!(talk.turns.first(), Some(Turn::User(_))) {
        let begin = match request.role {
            Role::User => BEGIN_USER,
            Role::Agent | Role::Tool | Role::Judge => BEGIN,
        };
        talk.turns.insert(0, Turn::User(begin.to_owned()));
    }
    if matches!(talk.turns.last(), Some(Turn::Own { .. })) {
        talk.turns.push(Turn::User(GO_ON.to_owned()));
    }
    talk.turns
}

struct Talk<'a> {
    turns: Vec<Turn<'a>>,
    /// Calls of the last own turn that have no result yet.
    open: Vec<&'a ToolCall>,
    tools: Tools,
}

impl<'a> Talk<'a> {
    fn add(&mut self, role: Role, message: &'a Message) {
        let own = match message.from {
            Speaker::Own => true,
            Speaker::User => role == Role::User,
            Speaker::Agent => role == Role::Agent,
            Speaker::Tool => role == Role::Tool,
            Speaker::System => false,
        };
        match (own, message.from, role) {
            (true, _, _) => self.own(&message.text, &message.calls),
            (false, Speaker::Tool, Role::Agent) => self.result(message),
            // A tool's payload is not for the user's eyes.
            (false, Speaker::Tool, Role::User) => {}
            (false, _, _) => self.user(&message.text),
        }
    }

    /// The judge reads one text up to its own refused reply.
    fn judge(&mut self, messages: &'a [Message]) {
        for message in messages {
            match message.from {
                Speaker::Own => self.own(&message.text, &[]),
                Speaker::User | Speaker::Agent | Speaker::Tool | Speaker::System => {
                    self.user(&message.text);
                }
            }
        }
    }

    fn user(&mut self, text: &str) {
        // Servers refuse a text of nothing.
        if text.trim().is_empty() {
            return;
        }
        self.close();
        match self.turns.last_mut() {
            Some(Turn::User(said)) => join(said, text),
            _ => self.turns.push(Turn::User(text.to_owned())),
        }
    }

    fn own(&mut self, text: &str, calls: &'a [ToolCall]) {
        let mut text = if text.trim().is_empty() { "" } else { text }.to_owned();
        let mut native: Vec<&ToolCall> = calls.iter().collect();
        if self.tools == Tools::Text {
            for call in native.drain(..) {
                join(&mut text, &text_tools::call(call));
            }
        }
        if text.is_empty() && calls.is_empty() {
            return;
        }
        if !matches!(self.turns.last(), Some(Turn::Own { .. })) {
            self.close();
            self.turns.push(Turn::Own {
                text: String::new(),
                calls: Vec::new(),
            });
        }
        if let Some(Turn::Own {
            text: said,
            calls: called,
        }) = self.turns.last_mut()
        {
            join(said, &text);
            called.extend_from_slice(&native);
        }
        self.open.extend(native);
    }

    fn result(&mut self, message: &'a Message) {
        let id = message.call_id.as_deref().unwrap_or_default();
        if self.tools == Tools::Text {
            return self.user(&text_tools::result(id, &message.text));
        }
        let Some(at) = self.open.iter().position(|call| call.id == id) else {
            // An answer to nothing: a server would refuse it as a result.
            return self.user(&message.text);
        };
        self.open.remove(at);
        self.put(id, &message.text);
    }

    fn put(&mut self, id: &'a str, text: &'a str) {
        match self.turns.last_mut() {
            Some(Turn::Results(results)) => results.push((id, text)),
            _ => self.turns.push(Turn::Results(vec![(id, text)])),
        }
    }

    /// Before anything but a result: no call may be left without one.
    fn close(&mut self) {
        for call in std::mem::take(&mut self.open) {
            self.put(&call.id, NOT_RUN);
        }
    }
}

fn join(said: &mut String, text: &str) {
    if !said.is_empty() && !text.is_empty() {
        said.push_str("\n\n");
    }
    said.push_str(text);
}
