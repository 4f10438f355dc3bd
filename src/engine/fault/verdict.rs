//! What becomes of a judge's answer under a fault: changed as JSON, whoever gave
//! it, before it is read. An answer that is no JSON stays as it is.

use crate::engine::score::{Blame, json_of};
use serde_json::{Map, Value, json};

/// The lowest and the highest score that a judge put wrong gives.
const HARSH: u32 = 2;
const LENIENT: u32 = 10;
/// What a made up step's number lies beyond the last.
const BEYOND: u32 = 40;

/// What a harsh judge accuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accused {
    /// On which axis.
    pub axis: String,
    /// Which step.
    pub step: u32,
    /// Words of it.
    pub quote: String,
    /// Who said them.
    pub blame: Blame,
}

/// Passes over what was found: these axes get the best score, and nothing is said
/// of these steps.
#[must_use]
pub fn lenient(text: &str, axes: &[&str], steps: &[u32]) -> Option<String> {
    let mut answer = json_of(text).ok()?;
    for axis in axes {
        let entry = entry(answer.get_mut("axes")?, axis)?;
        say(entry, LENIENT, "Nothing was made up.", &[]);
    }
    if let Some(findings) = answer.get_mut("findings").and_then(Value::as_array_mut) {
        let of = |f: &Value| f.get("step").and_then(Value::as_u64);
        findings.retain(|f| !steps.iter().any(|s| of(f) == Some(u64::from(*s))));
    }
    Some(answer.to_string())
}

/// Accuses a step of something made up.
#[must_use]
pub fn harsh(text: &str, accused: &Accused) -> Option<String> {
    let mut answer = json_of(text).ok()?;
    let entry = entry(answer.get_mut("axes")?, &accused.axis)?;
    let what = format!("Step {} says what nothing backs.", accused.step);
    say(entry, HARSH, &what, &[accused.step]);
    answer.get_mut("findings")?.as_array_mut()?.push(
        json!({"kind": "made_up", "step": accused.step, "quote": accused.quote,
            "what": what, "blame": accused.blame.word()}),
    );
    Some(answer.to_string())
}

/// Cites a step beyond the `last`, or an axis that the rubric has not.
#[must_use]
pub fn malformed(text: &str, last: u32, cites_step: bool) -> Option<String> {
    let mut answer = json_of(text).ok()?;
    let axes = answer.get_mut("axes")?;
    if cites_step {
        let entry = match &mut *axes {
            Value::Object(map) => map.values_mut().next()?,
            Value::Array(list) => list.first_mut()?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
        let step = last.saturating_add(BEYOND);
        entry.as_object_mut()?.insert("steps".into(), json!([step]));
        return Some(answer.to_string());
    }
    match axes {
        Value::Object(map) => {
            let name = map.keys().next()?.clone();
            let entry = map.shift_remove(&name)?;
            map.insert(other(&name), entry);
        }
        Value::Array(list) => {
            let name = list.first_mut()?.get_mut("axis")?;
            *name = Value::from(other(name.as_str()?));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    }
    Some(answer.to_string())
}

/// A name that no axis has.
fn other(axis: &str) -> String {
    format!("overall_{axis}")
}

/// An axis of an answer, by its name or in a list.
fn entry<'a>(axes: &'a mut Value, axis: &str) -> Option<&'a mut Map<String, Value>> {
    match axes {
        Value::Object(map) => map.get_mut(axis)?.as_object_mut(),
        Value::Array(list) => list
            .iter_mut()
            .find(|e| e.get("axis").and_then(Value::as_str) == Some(axis))?
            .as_object_mut(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn say(entry: &mut Map<String, Value>, score: u32, reason: &str, steps: &[u32]) {
    entry.insert("reason".into(), json!(reason));
    entry.insert("steps".into(), json!(steps));
    entry.insert("score".into(), json!(score));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::role::Role;
    use crate::engine::score::{Rubric, Transcript, read_verdict};

    fn answer(as_list: bool) -> String {
        let rubric = Rubric::standard();
        let one = |id: &str| json!({"axis": id, "score": 6, "reason": "fine", "steps": [1]});
        let list: Vec<Value> = rubric.axes.iter().map(|a| one(&a.id)).collect();
        let map: Map<String, Value> = rubric
            .axes
            .iter()
            .map(|a| (a.id.clone(), one(&a.id)))
            .collect();
        let axes = if as_list { json!(list) } else { json!(map) };
        json!({"axes": axes, "findings": [
            {"kind": "lie", "step": 1, "quote": "cancelled", "what": "not so", "blame": "agent"}]})
        .to_string()
    }

    #[test]
    fn an_answer_is_changed_and_still_read_or_not() {
        let rubric = Rubric::standard();
        let mut said = Transcript::default();
        said.push(1, Role::Agent, "I have cancelled it.");
        for as_list in [false, true] {
            let text = answer(as_list);
            let read = |text: &str| read_verdict(text, &rubric, &said);
            let score = |text: &str, axis: &str| {
                let verdict = read(text).unwrap();
                verdict.axes.iter().find(|a| a.axis == axis).unwrap().score
            };
            let mild = lenient(&text, &["tool_hallucination"], &[1]).unwrap();
            assert!((score(&mild, "tool_hallucination") - 10.0).abs() < 1e-9);
            assert!((score(&mild, "tool_usage") - 6.0).abs() < 1e-9);
            assert!(read(&mild).unwrap().findings.is_empty());
            let accused = Accused {
                axis: String::from("reasoning_hallucination"),
                step: 1,
                quote: String::from("I have cancelled"),
                blame: Blame::Agent,
            };
            let hard = harsh(&text, &accused).unwrap();
            assert!((score(&hard, "reasoning_hallucination") - 2.0).abs() < 1e-9);
            assert_eq!(read(&hard).unwrap().findings.len(), 2);
            for cites_step in [false, true] {
                let bad = malformed(&text, 1, cites_step).unwrap();
                let why = read(&bad).unwrap_err().join("; ");
                let part = if cites_step {
                    "cites step 41"
                } else {
                    "unknown axis"
                };
                assert!(why.contains(part), "{why}");
            }
        }
        for text in ["", "I would say 9.", "[]", "{\"axes\": 3}"] {
            assert_eq!(lenient(text, &["tool_usage"], &[]), None);
            assert_eq!(malformed(text, 1, true), None);
            assert_eq!(malformed(text, 1, false), None);
        }
    }
}
