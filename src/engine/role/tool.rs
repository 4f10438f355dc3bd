//! The tool simulator: the contract it is given for one call. Its answer is
//! read and checked by `grounding::contract`.

use crate::engine::scenario::{Scenario, Tool};
use crate::engine::world::{Node, Pattern};
use std::fmt::Write;

/// The system prompt: what the tool is, what it may see and write, how to answer.
#[must_use]
pub fn system(scenario: &Scenario, tool: &Tool) -> String {
    let mut out = format!(
        "You are the back end of the tool `{}`. You answer one call, truthfully, from the \
         state you are shown.\n\n{}\n\nParameters (JSON Schema):\n{}\n",
        tool.name, tool.description, tool.parameters
    );
    if let Some(output) = &tool.output {
        let _ = write!(
            out,
            "\nThe result must fit this JSON Schema:\n{}\n",
            output.source()
        );
    }
    places(
        &mut out,
        "You may write only these places of the state:",
        &tool.writes,
    );
    places(
        &mut out,
        "These may hold text in your own words:",
        &tool.free_text,
    );
    let _ = write!(
        out,
        "\nThe current time is {}.\n\n\
         Answer with one JSON object and nothing else:\n\
         {{\"result\": …, \"patch\": [RFC 6902 operations on the state]}}\n\
         or, where the call cannot be served, {{\"error\": \"why\"}}.\n\
         Every value that you write must come from the arguments, the state, the current time \
         or a list of allowed values; a new id has the form PREFIX-123456. Everything in the \
         result must follow from the arguments, the state and your patch.\n",
        scenario.now
    );
    out
}

fn places(out: &mut String, title: &str, patterns: &[Pattern]) {
    if patterns.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for pattern in patterns {
        let _ = writeln!(out, "- {pattern}");
    }
}

/// The message that carries one call.
#[must_use]
pub fn ask(args: &Node, projection: &Node) -> String {
    format!("Arguments:\n{args}\n\nState that you may see:\n{projection}")
}

/// The message that says why a proposal was refused.
#[must_use]
pub fn refused(why: &[String]) -> String {
    let mut out =
        String::from("The state manager refused this answer; nothing was written. Mend it:\n");
    for line in why {
        let _ = writeln!(out, "- {line}");
    }
    out
}
