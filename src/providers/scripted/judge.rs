//! The judge's side: scores each axis from what the checks found, the task's
//! assertions and the calls that failed. Deterministic, with its reasons said.

use super::Scripted;
use crate::engine::grounding::{Family, kind_of};
use crate::engine::role::{Message, Reply, Request, Speaker};
use serde_json::{Value, json};

/// Which standard axis a kind of finding counts against: what is untrue counts
/// against the axis that is about it.
fn axis_of(kind: &str) -> &'static str {
    let untrue = kind_of(kind).filter(|k| k.untrue).map(|k| k.family);
    match (kind, untrue) {
        (_, Some(Family::Result | Family::Call)) => "tool_hallucination",
        (_, Some(Family::Text)) => "reasoning_hallucination",
        ("policy", _) => "tool_usage",
        ("contradiction", _) => "consistency",
        ("premature_goodbye", _) => "goal_achievement",
        ("ignored_error", _) => "error_handling",
        _ => "reasoning_quality",
    }
}

struct Note {
    kind: String,
    step: u32,
    what: String,
    quote: String,
    blame: String,
    /// Whether it came about by itself.
    own: bool,
}

/// The verdict as JSON.
pub(super) fn reply(s: &Scripted, request: &Request) -> Reply {
    let (held, failed, notes) = evidence(request);
    let facts = Facts::read(s, &request.messages);
    let axes: serde_json::Map<String, Value> = s
        .scenario
        .rubric
        .axes
        .iter()
        .map(|axis| {
            let (score, reason, steps) = judge(&axis.id, &held, &failed, &notes, &facts);
            let judged = json!({"reason": reason, "steps": steps, "score": score});
            (axis.id.clone(), judged)
        })
        .collect();
    let findings: Vec<Value> = notes
        .iter()
        .filter_map(|n| {
            let quote = quote(&request.messages, n)?;
            Some(json!({"kind": n.kind, "step": n.step, "quote": quote, "what": n.what, "blame": n.blame}))
        })
        .collect();
    let reasoning = format!(
        "{} of {} assertions hold, the checks have {} findings, {} calls failed.",
        held.len(),
        held.len() + failed.len(),
        notes.len(),
        facts.errors.len()
    );
    Reply {
        text: json!({"axes": axes, "findings": findings}).to_string(),
        reasoning,
        ..Reply::default()
    }
}

/// The evidence lines: assertions that hold, that do not, and findings.
fn evidence(request: &Request) -> (Vec<String>, Vec<String>, Vec<Note>) {
    let mut held = Vec::new();
    let mut failed = Vec::new();
    let mut notes: Vec<Note> = Vec::new();
    let system = request
        .messages
        .iter()
        .filter(|m| m.from == Speaker::System)
        .map(|m| m.text.as_str());
    for line in std::iter::once(request.system.as_str())
        .chain(system)
        .flat_map(str::lines)
    {
        let Ok(Value::Object(map)) = serde_json::from_str::<Value>(line.trim()) else {
            continue;
        };
        if let Some(text) = map.get("assertion").and_then(Value::as_str) {
            let holds = map.get("holds").and_then(Value::as_bool).unwrap_or(false);
            if holds {
                held.push(text.to_owned());
            } else {
                failed.push(text.to_owned());
            }
        }
        if let Some(finding) = map.get("finding").and_then(Value::as_object) {
            let text = |key: &str| {
                finding
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let step = finding.get("step").and_then(Value::as_u64).unwrap_or(0);
            notes.push(Note {
                kind: text("kind"),
                step: u32::try_from(step).unwrap_or(u32::MAX),
                what: text("what"),
                quote: text("quote"),
                blame: text("blame"),
                own: text("fault").is_empty(),
            });
        }
    }
    (held, failed, notes)
}

/// What the transcript itself shows.
struct Facts {
    /// Steps of calls that failed.
    errors: Vec<u32>,
    /// Steps of calls made twice.
    twice: Vec<u32>,
    /// Calls in all.
    calls: usize,
    /// Turns of the user.
    turns: usize,
    /// Step of the agent's last words.
    last: u32,
    /// Whether the agent asked before its first change.
    asked: Option<u32>,
    /// Whether the last words tell of a failure, where there was one.
    told: bool,
}

impl Facts {
    fn read(s: &Scripted, messages: &[Message]) -> Self {
        let mut seen: Vec<(&str, &str)> = Vec::new();
        let mut twice = Vec::new();
        let mut names: Vec<(&str, &str)> = Vec::new();
        for m in messages {
            for call in &m.calls {
                names.push((&call.id, &call.tool));
                if seen.contains(&(call.tool.as_str(), call.raw.as_str())) {
                    twice.push(m.step);
                }
                seen.push((&call.tool, &call.raw));
            }
        }
        let errors: Vec<u32> = messages
            .iter()
            .filter(|m| m.from == Speaker::Tool)
            .filter(|m| {
                let name = m
                    .call_id
                    .as_deref()
                    .and_then(|id| names.iter().find(|(i, _)| *i == id))
                    .map(|(_, n)| *n);
                name.is_some_and(|name| !super::path::succeeded(&s.scenario, name, bare(m)))
            })
            .map(|m| m.step)
            .collect();
        let agent: Vec<&Message> = messages
            .iter()
            .filter(|m| m.from == Speaker::Agent && !m.text.is_empty())
            .collect();
        let told = errors.is_empty()
            || agent.iter().any(|m| {
                super::hear::refuses(&m.text)
                    || m.text.contains("typo")
                    || m.text.contains("mistyped")
                    || m.text.contains("got that wrong")
            })
            || errors.last().is_some_and(|e| {
                messages
                    .iter()
                    .any(|m| m.from == Speaker::Tool && m.step > *e)
            });
        Self {
            told,
            errors,
            twice,
            calls: names.len(),
            turns: messages.iter().filter(|m| m.from == Speaker::User).count(),
            last: agent.last().map_or(0, |m| m.step),
            asked: agent
                .iter()
                .find(|m| super::hear::proposes(&m.text))
                .map(|m| m.step),
        }
    }
}

/// A message's text without the head that the judge's transcript puts before
/// it: `[7] tool get_order: …`.
fn bare(message: &Message) -> &str {
    let text = message.text.as_str();
    text.strip_prefix(&format!("[{}] ", message.step))
        .and_then(|rest| rest.split_once(": "))
        .map_or(text, |(_, bare)| bare)
}

fn judge(
    axis: &str,
    held: &[String],
    failed: &[String],
    notes: &[Note],
    facts: &Facts,
) -> (f64, String, Vec<u32>) {
    let mine: Vec<&Note> = notes
        .iter()
        .filter(|n| axis_of(&n.kind) == axis)
        // What was put into a tool is nobody's mistake.
        .filter(|n| matches!(n.blame.as_str(), "agent" | "user") || n.blame == "tool" && n.own)
        .collect();
    let steps: Vec<u32> = mine.iter().map(|n| n.step).filter(|s| *s > 0).collect();
    let off = 3.0 * mine.len() as f64;
    let first = mine
        .first()
        .map(|n| n.what.trim_end_matches('.').to_owned());
    let clean = |score: f64, reason: String, cited: Vec<u32>| {
        let score = (score - off).clamp(1.0, 10.0);
        match &first {
            Some(what) => (score, format!("{what}."), steps.clone()),
            None => (score, reason, cited),
        }
    };
    let last = if facts.last > 0 {
        vec![facts.last]
    } else {
        Vec::new()
    };
    match axis {
        "goal_achievement" => {
            let all = held.len() + failed.len();
            if all == 0 {
                return clean(
                    7.0,
                    String::from(
                        "The task states no assertion, so only the transcript speaks for it.",
                    ),
                    last,
                );
            }
            let score = 1.0 + 9.0 * held.len() as f64 / all as f64;
            let reason = match failed.first() {
                None if all == 1 => {
                    String::from("The task's one assertion holds on the last world.")
                }
                None => format!("All {all} assertions hold on the last world."),
                Some(one) => format!(
                    "{} of {all} assertions do not hold, among them `{one}`.",
                    failed.len()
                ),
            };
            clean(score, reason, last)
        }
        "tool_usage" => {
            let spent = facts.errors.len() + facts.twice.len();
            let score = 10.0 - 1.5 * facts.errors.len() as f64 - facts.twice.len() as f64;
            let reason = match (facts.calls, spent) {
                (0, _) => String::from("No tool was called."),
                (1, 0) => String::from("The one call went through."),
                (n, 0) => format!("All {n} calls went through, none of them twice."),
                (n, _) => format!(
                    "{} of {n} calls failed and {} were repeated.",
                    facts.errors.len(),
                    facts.twice.len()
                ),
            };
            let mut cited = facts.errors.clone();
            cited.extend(&facts.twice);
            clean(if facts.calls == 0 { 6.0 } else { score }, reason, cited)
        }
        "tool_hallucination" => clean(
            10.0,
            format!("Every argument of {} calls can be traced.", facts.calls),
            Vec::new(),
        ),
        "reasoning_quality" => {
            let score = if failed.is_empty() { 9.0 } else { 6.0 };
            clean(
                score,
                format!(
                    "The steps follow from one another over {} turns of the user.",
                    facts.turns
                ),
                last,
            )
        }
        "reasoning_hallucination" => clean(
            10.0,
            String::from("No check found a value or a claim without a source."),
            Vec::new(),
        ),
        "communication" => {
            let asked = facts.asked.is_some();
            let long = facts.turns > 8;
            let score = 9.0
                - if long { 2.0 } else { 0.0 }
                - if asked || facts.calls == 0 { 0.0 } else { 1.0 };
            let reason = match (asked, long) {
                (_, true) => format!("It took {} turns of the user to get there.", facts.turns),
                (true, false) => {
                    String::from("The agent said what it would do and asked before it did it.")
                }
                (false, false) => {
                    String::from("Clear, though nothing was put to the user before it was done.")
                }
            };
            clean(score, reason, facts.asked.into_iter().chain(last).collect())
        }
        "consistency" => clean(
            10.0,
            String::from("Nothing said later contradicts what was said before."),
            Vec::new(),
        ),
        "error_handling" => {
            let (score, reason) = match (facts.errors.len(), facts.told) {
                (0, _) => (
                    9.0,
                    String::from("No call failed, so there was nothing to handle."),
                ),
                (n, true) => (
                    9.0,
                    format!("{n} failed calls were put right or told to the user."),
                ),
                (n, false) => (
                    4.0,
                    format!("{n} failed calls were passed over in silence."),
                ),
            };
            clean(score, reason, facts.errors.clone())
        }
        _ => {
            let score =
                9.0 - 1.5 * notes.len().min(4) as f64 - if failed.is_empty() { 0.0 } else { 2.0 };
            clean(
                score,
                format!(
                    "Judged from {} findings and {} unmet assertions.",
                    notes.len(),
                    failed.len()
                ),
                last,
            )
        }
    }
}

/// The finding's quote, word for word as the transcript has it at that step;
/// `None` where neither its quote nor any of its words are there.
fn quote(messages: &[Message], note: &Note) -> Option<String> {
    let at: Vec<&Message> = messages
        .iter()
        .filter(|m| m.step == note.step && m.step > 0)
        .collect();
    if !note.quote.is_empty() && at.iter().any(|m| bare(m).contains(&note.quote)) {
        return Some(note.quote.clone());
    }
    // The check may quote a call's arguments, which are not in the text: then
    // the step's own first sentence stands for it.
    at.iter()
        .find(|m| !m.text.trim().is_empty())
        .and_then(|m| super::hear::sentences(bare(m)).into_iter().next())
}
