//! The user simulator: what it is asked, and how its reply is read. It sees no
//! world and no tool payload.

use super::{Message, Reply};
use crate::engine::persona::{Persona, prompt_for};
use crate::engine::scenario::Bound;
use std::fmt::Write;

/// The last line by which the user simulator ends a conversation.
pub const DONE: &str = "<done>";

/// The system prompt: persona, goal, facts, and how to answer.
#[must_use]
pub fn system(persona: &Persona, bound: &Bound) -> String {
    let words = vocabulary(bound);
    let mut out = String::from(
        "You play a customer who talks to a service agent. Stay in this person's shoes.\n\n",
    );
    out.push_str(&prompt_for(persona, &words));
    let _ = write!(out, "\n\nWhat you want:\n{}\n", bound.goal);
    facts(
        &mut out,
        "What you know and may say when it is useful:",
        &bound.known,
    );
    facts(
        &mut out,
        "What you know but say only when you are asked for it:",
        &bound.hidden,
    );
    if let Some(opening) = &bound.opening {
        let _ = write!(out, "\nYour first message is exactly:\n{opening}\n");
    }
    let _ = write!(
        out,
        "\nRules:\n\
         - Write only what this person would write, one message at a time.\n\
         - Never make up an order, an id, an amount or a date that is not listed above.\n\
         - You see only what the agent tells you.\n\
         - When what you want is done, or clearly cannot be done, say so and end your message \
         with a last line that is exactly {DONE}\n"
    );
    out
}

/// The domain's own words: what its tables are called. A vague opening does
/// without them.
fn vocabulary(bound: &Bound) -> Vec<String> {
    let Some(tables) = bound.world.as_map() else {
        return Vec::new();
    };
    tables.keys().map(|name| name.replace('_', " ")).collect()
}

fn facts(out: &mut String, title: &str, facts: &serde_json::Map<String, serde_json::Value>) {
    if facts.is_empty() {
        return;
    }
    let _ = write!(out, "\n{title}\n");
    for (name, value) in facts {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let _ = writeln!(out, "- {}: {value}", name.replace('_', " "));
    }
}

/// Reads a reply: the text, and whether it ends the conversation.
///
/// # Errors
/// An empty reply, or one that calls tools: the user has none.
pub fn read(reply: &Reply) -> Result<(String, bool), String> {
    if !reply.calls.is_empty() {
        return Err(String::from(
            "the user simulator called a tool; it has none",
        ));
    }
    let text = reply.text.trim();
    let (text, done) = match text.strip_suffix(DONE) {
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => (rest.trim_end(), true),
        Some(_) | None => (text, false),
    };
    if text.is_empty() && !done {
        return Err(String::from("the user simulator's reply is empty"));
    }
    Ok((text.to_owned(), done))
}

/// Whether the user may see a message at all; kept as one place to look.
#[must_use]
pub fn may_see(message: &Message) -> bool {
    match message.from {
        super::Speaker::User | super::Speaker::Agent => !message.text.is_empty(),
        super::Speaker::Tool | super::Speaker::System | super::Speaker::Own => false,
    }
}
