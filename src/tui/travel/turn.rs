//! Whose turn it is at a place, in words.

use crate::engine::session::Turn;

/// Who that is, in words.
#[must_use]
pub fn words(turn: &Turn) -> String {
    match turn {
        Turn::User => String::from("the user"),
        Turn::Agent { agent } => match agent.as_slice() {
            [] | [_] => String::from("the agent"),
            path => format!("the agent {}", path.join("/")),
        },
        Turn::Tool { call, .. } => format!("the tool {}", call.tool),
        Turn::Judge => String::from("the judge"),
        Turn::Nobody => String::from("nobody"),
    }
}
