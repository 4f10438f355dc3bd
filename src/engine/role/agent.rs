//! The agent under test and its sub-agents: what each is asked, and how a reply
//! is read. A reply may hold text, calls, or both; calls that make no sense are
//! kept as they came and become error results, never dropped.

use super::{CUT_OFF, Finish, Reply, ToolCall, ToolSpec};
use crate::engine::scenario::{Agent, Scenario};
use crate::engine::world::Node;

/// The system prompt: the policy as written, and the scenario's clock.
#[must_use]
pub fn system(scenario: &Scenario, agent: &Agent) -> String {
    format!(
        "{}\n\nThe current time is {}.\n",
        agent.policy.trim_end(),
        scenario.now
    )
}

/// The tools on offer, exactly as the scenario has them.
#[must_use]
pub fn tools(scenario: &Scenario, agent: &Agent) -> Vec<ToolSpec> {
    agent
        .tools
        .iter()
        .filter_map(|name| scenario.tool(name))
        .map(|tool| ToolSpec {
            name: tool.name.clone(),
            description: tool.description.clone(),
            parameters: tool.parameters.clone(),
        })
        .collect()
}

/// Reads a reply: the text, and its calls with ids that are unique in the
/// conversation (`first` numbers the first of them).
///
/// # Errors
/// A reply with neither text nor calls, or with a call that was cut off.
pub fn read(reply: &Reply, first: u32) -> Result<(String, Vec<ToolCall>), String> {
    let text = reply.text.trim();
    if text.is_empty() && reply.calls.is_empty() {
        return Err(String::from(
            "the agent's reply has neither text nor a tool call",
        ));
    }
    let calls: Vec<ToolCall> = reply
        .calls
        .iter()
        .zip(first..)
        .map(|(raw, number)| {
            let args = arguments(&raw.arguments);
            ToolCall {
                id: format!("c{number}"),
                tool: raw.name.clone(),
                raw: raw.arguments.clone(),
                args,
            }
        })
        .collect();
    if reply.finish == Finish::Length && calls.iter().any(|c| c.args.as_map().is_none()) {
        return Err(String::from(CUT_OFF));
    }
    Ok((text.to_owned(), calls))
}

/// Arguments as they were written, read; null where they are no JSON object.
#[must_use]
pub fn arguments(written: &str) -> Node {
    let written = written.trim();
    // No arguments at all is how many models call a tool without parameters.
    let parsed = if written.is_empty() { "{}" } else { written };
    let args = serde_json::from_str::<Node>(parsed).unwrap_or_default();
    if args.as_map().is_some() {
        args
    } else {
        Node::Null
    }
}
