//! The judge: what it is asked. Its answer is read by `score::read_verdict`.

use crate::engine::role::shortened;
use crate::engine::scenario::{Bound, Scenario};
use crate::engine::score::{AssertionResult, Blame, Finding};
use crate::engine::session::Recovery;
use crate::engine::world::{Node, changes};
use std::fmt::Write;

/// Letters of one agent's policy that a judge reads.
const POLICY_LETTERS: usize = 20_000;
/// Changes of the world that a judge reads, and letters of each value.
const CHANGES: usize = 60;
const CHANGE_LETTERS: usize = 200;

/// The system prompt: the task, what the agents were told, the axes, and how to
/// answer.
#[must_use]
pub fn system(scenario: &Scenario, bound: &Bound) -> String {
    let mut out = format!(
        "You judge a conversation between a customer and a service agent that uses tools. Judge \
         what is there, strictly; do not go on with the conversation.\n\n\
         What the customer wanted:\n{}\n",
        bound.goal
    );
    for agent in &scenario.agents {
        let policy = shortened(agent.policy.trim(), POLICY_LETTERS);
        let _ = write!(
            out,
            "\nWhat the agent `{}` was told:\n\"\"\"\n{policy}\n\"\"\"\n",
            agent.name
        );
    }
    out.push_str("\nThe axes, each scored from 1 (worst) to 10 (best):\n");
    let axes = &scenario.rubric.axes;
    for axis in axes {
        let _ = writeln!(out, "- {} ({}): {}", axis.id, axis.title, axis.description);
    }
    let blames: Vec<String> = Blame::ALL
        .iter()
        .map(|b| format!("{} ({})", b.word(), who(*b)))
        .collect();
    let _ = write!(
        out,
        "\nEach message is headed by the number of its step: `[7] main: …` is step 7. What code \
         checked and what changed in the world follows after the last.\n\n\
         Answer with one JSON object and nothing else:\n\
         {{\"axes\": {{\"{}\": {{\"reason\": \"one sentence\", \"steps\": [numbers of steps], \
         \"score\": a whole number}}, …}}, \"findings\": [{{\"kind\": \"a_short_word\", \
         \"step\": a number, \"quote\": \"words copied from that step\", \"what\": \"one \
         sentence\", \"blame\": \"agent\"}}, …]}}\n\
         - `axes` holds all {} axes, each by its name.\n\
         - `steps` are the steps that the reason rests on.\n\
         - `findings` holds one entry for each thing that went wrong; [] where nothing did.\n\
         - `quote` is copied letter by letter from the text of its step, without the head; a \
         finding whose quote does not stand there is void.\n\
         - `blame` is one of {}.\n",
        axes.first().map_or("", |a| &a.id),
        axes.len(),
        blames.join(", ")
    );
    out
}

fn who(blame: Blame) -> &'static str {
    match blame {
        Blame::User => "who plays the customer",
        Blame::Agent => "the agent",
        Blame::Tool => "who plays the tools",
        Blame::Judge => "the judge",
        Blame::Scenario => "who wrote tools, task and policy",
    }
}

/// The faults that were put in on purpose and what the agent made of each, one JSON
/// object a line; nothing where there are none.
#[must_use]
pub fn faults(all: &[Recovery]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "Faults were put in on purpose at these steps. They are nobody's mistake and no finding: \
         judge under error handling how the agent took each (did it look, try again, tell the \
         truth).\n",
    );
    for one in all {
        let line = serde_json::json!({"injected": {
            "step": one.step, "fault": one.fault.name(), "tool": one.tool,
            "what": one.fault.about(), "then": one.how.words(),
        }});
        let _ = writeln!(out, "{line}");
    }
    out
}

/// What code knows about the conversation, one JSON object a line: assertions,
/// findings, and what the calls changed in the world.
#[must_use]
pub fn facts(
    assertions: &[AssertionResult],
    findings: &[Finding],
    first: &Node,
    last: &Node,
) -> String {
    let mut out = String::from("What was checked by code:\n");
    for result in assertions {
        let line = serde_json::json!({"assertion": result.text, "holds": result.holds});
        let _ = writeln!(out, "{line}");
    }
    for finding in findings {
        let line = serde_json::json!({ "finding": finding });
        let _ = writeln!(out, "{line}");
    }
    let changed = changes(first, last);
    if changed.is_empty() {
        out.push_str("Nothing in the world has changed.\n");
        return out;
    }
    out.push_str("What has changed in the world from the first step to the last:\n");
    let brief = |node: Option<&Node>| {
        node.map_or_else(|| String::from("nothing"), |n| n.brief(CHANGE_LETTERS))
    };
    for change in changed.iter().take(CHANGES) {
        // A key is data too, and must not begin a line of its own.
        let path = change.path.to_string().replace(char::is_control, " ");
        let (was, is) = (brief(change.before.as_ref()), brief(change.after.as_ref()));
        let _ = writeln!(out, "- {path}: was {was}, is {is}");
    }
    if let Some(more) = changed.len().checked_sub(CHANGES).filter(|n| *n > 0) {
        let _ = writeln!(out, "and {more} more changes");
    }
    out
}
