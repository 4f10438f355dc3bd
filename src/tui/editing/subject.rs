//! What can be edited: the step under the cursor itself, and what shaped it.

use crate::engine::id::StepId;
use crate::engine::role::Role;
use crate::engine::scenario::{Executor, Files, Scenario};
use crate::engine::step::{Act, Step, ToolRun};
use crate::engine::world::Path;
use crate::tui::model::Run;

/// Something that can be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A file of the scenario, from a line on (counted from 1).
    File(String, usize),
    /// The text of a step of the user or an agent.
    Message(StepId),
    /// The arguments of one call of an agent's step.
    Args(StepId, usize),
    /// A tool's result, whether it succeeded, and what it did to the world.
    Outcome(StepId),
    /// A proposal of a `model` tool for a step, by the number of its try from 0:
    /// the state manager checks what becomes of it.
    Proposal(StepId, usize),
    /// A value of the world.
    Value(Path),
    /// The persona, as sliders.
    Sliders,
    /// The persona, as text.
    Person,
    /// What was changed on disk meanwhile.
    OnDisk,
}

/// A line of the list of what can be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// It.
    pub subject: Subject,
    /// Its name.
    pub what: String,
    /// What it has to do with the step.
    pub why: String,
}

fn offer(subject: Subject, what: impl Into<String>, why: impl Into<String>) -> Offer {
    Offer {
        subject,
        what: what.into(),
        why: why.into(),
    }
}

/// Everything that can be edited at the cursor: the step first, then what shaped
/// it, then all other files.
#[must_use]
pub fn offers(run: &Run) -> Vec<Offer> {
    let at = run.at();
    let session = &run.session;
    let scenario = session.scenario_at(at);
    let mut out = Vec::new();
    if let Some(step) = run.step() {
        itself(run, step, &mut out);
        shaped(scenario, step, &mut out);
    }
    let named = |out: &[Offer], path: &str| {
        out.iter()
            .any(|o| matches!(&o.subject, Subject::File(p, _) if p == path))
    };
    let role = run.step().map(|s| s.body.role);
    let persona = session.persona_at(at);
    let (who, as_text) = (format!("persona {}", persona.name), "persona as text");
    let at_user = out.len();
    out.push(offer(Subject::Sliders, who, "who the user is: 23 sliders"));
    out.push(offer(Subject::Person, as_text, "the same as JSON"));
    let task = &session.task_at(at).task;
    let line = line_of(&scenario.files, "tasks.yaml", |l| begins(l, task));
    let tasks = Subject::File(String::from("tasks.yaml"), line);
    out.push(offer(
        tasks,
        "tasks.yaml",
        format!("goal and facts of {task}"),
    ));
    let rubric = offer(
        Subject::File(String::from("rubric.yaml"), 1),
        "rubric.yaml",
        "axes, weights and gates of the judge",
    );
    match role {
        Some(Role::Judge) => out.insert(0, rubric),
        Some(Role::User | Role::Agent | Role::Tool) | None => out.push(rubric),
    }
    // A step of the user was shaped by the persona before all else.
    if role == Some(Role::User) {
        let first = out.len().min(1);
        if let Some(moved) = out.get(at_user..at_user + 3).map(<[Offer]>::to_vec) {
            out.drain(at_user..at_user + 3);
            for (i, one) in moved.into_iter().enumerate() {
                out.insert(first + i, one);
            }
        }
    }
    let rest: Vec<&String> = scenario
        .files
        .keys()
        .filter(|path| !named(&out, path))
        .collect();
    for path in rest {
        let file = Subject::File(path.clone(), 1);
        out.push(offer(file, path.clone(), "a file of the scenario"));
    }
    out
}

/// What the step says itself.
fn itself(run: &Run, step: &Step, out: &mut Vec<Offer>) {
    let number = step.body.number;
    match &step.body.act {
        Act::Said { .. } => out.push(offer(
            Subject::Message(step.id),
            "message",
            format!("what the user said in step {number}"),
        )),
        Act::Answered { text, calls } => {
            if !text.is_empty() || calls.is_empty() {
                let why = format!("what the agent said in step {number}");
                out.push(offer(Subject::Message(step.id), "message", why));
            }
            for (i, call) in calls.iter().enumerate() {
                let what = format!("arguments of {}", call.tool);
                let why = format!("what step {number} called it with");
                out.push(offer(Subject::Args(step.id, i), what, why));
            }
        }
        Act::Ran(tool) => {
            let what = format!("result of {}", tool.call.tool);
            let mut why = String::from("what the agent reads, and the patch");
            if code_runs(tool) {
                why.push_str("; code made it, so it is marked as an override");
            }
            out.push(offer(Subject::Outcome(step.id), what, why));
            if let Some((id, i, number)) = asked_by(run, tool) {
                let what = format!("arguments of {}", tool.call.tool);
                let why = format!("what step {number} called it with");
                out.push(offer(Subject::Args(id, i), what, why));
            }
        }
        Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => {}
    }
}

/// Whether code made a result.
#[must_use]
pub fn code_runs(run: &ToolRun) -> bool {
    matches!(run.executor.as_str(), "rules" | "table")
}

/// The step of the agent that made a call, and which of its calls it is.
fn asked_by(run: &Run, tool: &ToolRun) -> Option<(StepId, usize, u32)> {
    let before = run.seen.path.get(..run.seen.upto)?;
    before.iter().rev().find_map(|place| {
        let step = place.step.as_ref()?;
        let Act::Answered { calls, .. } = &step.body.act else {
            return None;
        };
        let at = calls.iter().position(|c| c.id == tool.call.id)?;
        Some((step.id, at, step.body.number))
    })
}

/// What shaped a step: the entry of its tool, its rules, the agent's policy.
fn shaped(scenario: &Scenario, step: &Step, out: &mut Vec<Offer>) {
    let tools: Vec<&str> = match &step.body.act {
        Act::Ran(run) => vec![run.call.tool.as_str()],
        Act::Answered { calls, .. } => calls.iter().map(|c| c.tool.as_str()).collect(),
        Act::Said { .. } | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => Vec::new(),
    };
    let mut seen: Vec<&str> = Vec::new();
    for name in tools {
        if !seen.contains(&name) {
            seen.push(name);
            tool(scenario, name, out);
        }
    }
    let agent = step.body.agent.last().and_then(|n| scenario.agent(n));
    if let Some(agent) = agent
        && let Some((path, _)) = scenario
            .files
            .iter()
            .find(|(_, bytes)| !agent.policy.is_empty() && text(bytes) == Some(&agent.policy))
    {
        let file = Subject::File(path.clone(), 1);
        out.push(offer(
            file,
            path.clone(),
            format!("policy of {}", agent.name),
        ));
    }
}

fn tool(scenario: &Scenario, name: &str, out: &mut Vec<Offer>) {
    let files = &scenario.files;
    let line = line_of(files, "tools.yaml", |l| begins(l, name));
    let entry = files
        .get("tools.yaml")
        .and_then(|bytes| text(bytes))
        .and_then(|text| text.lines().nth(line.saturating_sub(1)))
        .is_some_and(|l| begins(l, name));
    let code = scenario
        .tool(name)
        .is_some_and(|t| matches!(t.executor, Executor::Rules | Executor::Model));
    for (path, _) in files.iter().filter(|(path, _)| rules(path)) {
        let found = line_of(files, path, |l| defines(l, name));
        let there = files
            .get(path)
            .and_then(|bytes| text(bytes))
            .and_then(|text| text.lines().nth(found.saturating_sub(1)))
            .is_some_and(|l| defines(l, name));
        if there && code {
            let why = format!("the rules of {name}, line {found}");
            out.push(offer(Subject::File(path.clone(), found), path.clone(), why));
        }
    }
    if entry || !out.iter().any(|o| matches!(&o.subject, Subject::File(..))) {
        let file = Subject::File(String::from("tools.yaml"), line);
        let why = format!("schema, description and executor of {name}");
        out.push(offer(file, "tools.yaml", why));
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The first line of a file that a test holds for, from 1; else 1.
#[must_use]
pub fn line_of(files: &Files, path: &str, test: impl Fn(&str) -> bool) -> usize {
    files
        .get(path)
        .and_then(|bytes| text(bytes))
        .and_then(|text| text.lines().position(test))
        .map_or(1, |at| at + 1)
}

/// Whether a line of YAML begins the entry of a name.
fn begins(line: &str, name: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ").trim_start();
    let plain = line
        .strip_prefix(name)
        .is_some_and(|rest| rest.trim_start().starts_with(':'));
    plain
        || ["name:", "id:"]
            .iter()
            .filter_map(|key| line.strip_prefix(key))
            .any(|rest| rest.trim().trim_matches(['"', '\'']) == name)
}

/// Whether a file holds rules.
fn rules(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == "rules")
}

/// Whether a line of rules begins the tool of a name.
fn defines(line: &str, name: &str) -> bool {
    line.strip_prefix("tool ")
        .and_then(|rest| rest.trim_start().strip_prefix(name))
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_name() {
        assert!(begins("get_order:", "get_order"));
        assert!(begins("  - name: \"get_order\"", "get_order"));
        assert!(!begins("get_orders:", "get_order"));
        assert!(defines("tool refund(id: string):", "refund"));
        assert!(!defines("tool refund_all:", "refund"));
        assert!(!defines("# tool refund", "refund"));
    }
}
