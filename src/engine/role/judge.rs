//! The judge: what it is asked. Its answer is read by `score::read_verdict`.

use crate::engine::scenario::Bound;
use crate::engine::score::{AssertionResult, Finding, Rubric};
use std::fmt::Write;

/// The system prompt: the axes, the task, and how to answer.
#[must_use]
pub fn system(rubric: &Rubric, bound: &Bound) -> String {
    let mut out = format!(
        "You judge a conversation between a customer and a service agent that uses tools.\n\n\
         What the customer wanted:\n{}\n\n\
         Score each axis from 1 (worst) to 10 (best):\n",
        bound.goal
    );
    for axis in &rubric.axes {
        let _ = writeln!(out, "- {} ({}): {}", axis.id, axis.title, axis.description);
    }
    out.push_str(
        "\nEach message is headed by its step number. Answer with one JSON object and nothing \
         else:\n\
         {\"axes\": [{\"axis\": …, \"score\": 1 to 10, \"reason\": one sentence, \"steps\": \
         [numbers]}], \"findings\": [{\"kind\": …, \"step\": number, \"quote\": words copied \
         from that step, \"what\": one sentence, \"blame\": user | agent | tool | judge | \
         scenario}]}\n\
         A finding whose quote does not stand in its step is void.\n",
    );
    out
}

/// What code knows about the conversation, one JSON object a line.
#[must_use]
pub fn facts(assertions: &[AssertionResult], findings: &[Finding]) -> String {
    let mut out = String::from("What was checked by code:\n");
    for result in assertions {
        let line = serde_json::json!({"assertion": result.text, "holds": result.holds});
        let _ = writeln!(out, "{line}");
    }
    for finding in findings {
        let line = serde_json::json!({ "finding": finding });
        let _ = writeln!(out, "{line}");
    }
    out
}
