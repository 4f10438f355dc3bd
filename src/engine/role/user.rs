//! The user simulator: what it is asked, and how its reply is read. It sees no
//! world and no tool payload.

use super::{Message, Reply};
use crate::engine::fault::Fault;
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
        "You play a customer who writes to a service agent. You are the customer and nobody \
         else: the other side is the agent, and its part is never yours to write.\n\n",
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
         - Write only the customer's next message, as this person would write it: no name \
         before it, no quotation marks around it, no notes about it.\n\
         - Never make up an order, an id, an amount or a date that is not listed above. Asked \
         for something that you do not know, say that you do not know it.\n\
         - You see only what the agent tells you, and you can only write: whatever has to be \
         looked up or changed, the agent does.\n\
         - As long as something is open, go on without {DONE}.\n\
         - When what you want is done, or clearly cannot be done, say so and end your message \
         with a last line that is exactly {DONE}\n"
    );
    out
}

/// What the user simulator is told for a turn in which it makes a fault; `None`
/// for faults that are none of a user.
#[must_use]
pub fn told(fault: Fault) -> Option<&'static str> {
    let text = match fault {
        Fault::FalseClaim => {
            "\nIn your next message, and only there, state one of the facts listed above with \
             another value (another amount, date or name), as if you were sure of it.\n"
        }
        Fault::MisgivesId => {
            "\nIn your next message, and only there, give one of the numbers or ids listed above \
             with one character wrong, and do not notice it.\n"
        }
        Fault::ChangesMind => {
            "\nYou have just changed your mind: in your next message say that you no longer want \
             what you asked for, and that whatever is not done yet should be left as it is.\n"
        }
        Fault::WalksAway => {
            "\nYou have to leave now: say so in your next message, whatever is still open, and end \
             it with a last line that is exactly <done>\n"
        }
        Fault::Timeout
        | Fault::RateLimit
        | Fault::ServerError
        | Fault::Permission
        | Fault::NotFound
        | Fault::Malformed
        | Fault::StaleRead
        | Fault::LostReply
        | Fault::Slow
        | Fault::UngroundedResult
        | Fault::PrematureGoodbye
        | Fault::WrongId
        | Fault::InventedAmount
        | Fault::ClaimNotDone
        | Fault::BlindRetry
        | Fault::IgnoresErrors
        | Fault::LenientJudge
        | Fault::HarshJudge
        | Fault::MalformedVerdict => return None,
    };
    Some(text)
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
    let (text, done) = ending(reply.text.trim());
    if text.is_empty() && !done {
        return Err(String::from("the user simulator's reply is empty"));
    }
    Ok((text.to_owned(), done))
}

/// The text without the end mark, and whether it was there: last in the text,
/// on a line of its own or not, in any case, and with marks around it as models
/// put them there. One in the middle of a text ends nothing.
fn ending(text: &str) -> (&str, bool) {
    const CLOSING: [char; 15] = [
        '`', '*', '_', '~', '"', '\'', ')', ']', '.', ',', ';', ':', '!', '?', '…',
    ];
    let (mut rest, mut done) = (text, false);
    loop {
        let bare = rest.trim_end_matches(|c: char| c.is_whitespace() || CLOSING.contains(&c));
        let before = [DONE, "<done/>", "<done />", "</done>"]
            .iter()
            .find_map(|mark| {
                let at = bare.len().checked_sub(mark.len())?;
                let tail = bare.get(at..)?;
                tail.eq_ignore_ascii_case(mark).then(|| bare.get(..at))?
            });
        let Some(mut before) = before else {
            return (rest.trim_end(), done);
        };
        // What opened around the mark goes with what closed after it.
        let after = rest.get(bare.len()..).unwrap_or_default();
        for closed in after.chars() {
            let opened = match closed {
                ')' => '(',
                ']' => '[',
                same => same,
            };
            if matches!(opened, '`' | '*' | '_' | '~' | '"' | '\'' | '(' | '[') {
                before = before.strip_suffix(opened).unwrap_or(before);
            }
        }
        (rest, done) = (before.trim_end(), true);
    }
}

/// Whether the user may see a message at all; kept as one place to look.
#[must_use]
pub fn may_see(message: &Message) -> bool {
    match message.from {
        super::Speaker::User | super::Speaker::Agent => !message.text.is_empty(),
        super::Speaker::Tool | super::Speaker::System | super::Speaker::Own => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_mark_is_read_as_models_write_it() {
        for (written, text, done) in [
            ("Thanks, bye.\n<done>", "Thanks, bye.", true),
            ("Thanks, bye. <DONE>", "Thanks, bye.", true),
            ("Thanks, bye!\n\n`<done>`", "Thanks, bye!", true),
            ("That is all.\n**<Done>**.\n", "That is all.", true),
            ("So be it (<done>).", "So be it", true),
            ("He said \"no\". <done>", "He said \"no\".", true),
            ("Fine.<done/>", "Fine.", true),
            ("Fine.\n<done></done>", "Fine.", true),
            ("Grüße …\n<done>\n<done>", "Grüße …", true),
            ("<done>", "", true),
            (
                "I write <done> when it is done.",
                "I write <done> when it is done.",
                false,
            ),
            ("<done>\nOne more thing", "<done>\nOne more thing", false),
            ("Are we done?", "Are we done?", false),
            ("ü>", "ü>", false),
        ] {
            let reply = Reply {
                text: written.to_owned(),
                ..Reply::default()
            };
            assert_eq!(read(&reply), Ok((text.to_owned(), done)), "{written}");
        }
    }
}
