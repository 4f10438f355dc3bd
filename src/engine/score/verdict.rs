//! Reading the judge's answer: strictly, and with sentences that can be sent
//! back where it does not fit.

use super::rubric::{gates_failed, overall};
use super::{AxisScore, Blame, Finding, Rubric, Transcript, Verdict};
use serde_json::{Map, Value, json};

/// The JSON of an answer: the whole text, or the one block fenced as
/// ` ```json ` in it.
///
/// # Errors
/// One sentence fit for sending back.
pub fn json_of(text: &str) -> Result<Value, String> {
    let text = text.trim();
    let whole = serde_json::from_str(text);
    let why = match whole {
        Ok(value) => return Ok(value),
        Err(why) => why,
    };
    let mut blocks = text.split("```json").skip(1);
    match (blocks.next(), blocks.next()) {
        (Some(block), None) => {
            let (inside, _) = block
                .split_once("```")
                .ok_or("the ```json block is not closed")?;
            serde_json::from_str(inside.trim())
                .map_err(|why| format!("the ```json block is not JSON: {why}"))
        }
        (Some(_), Some(_)) => Err(String::from(
            "there is more than one ```json block; answer with one JSON object alone",
        )),
        (None, _) => Err(format!(
            "the answer is not JSON ({why}); answer with one JSON object alone"
        )),
    }
}

/// JSON Schema of the answer, for providers with structured output.
///
/// An axis is a property, not an entry of a list: a decoder that is held to a
/// schema can then leave none out. Lists are bounded, so that none runs on where
/// bounds are kept. Scores are whole, because bounds of fractions are enforced by
/// few; one with a fraction is read all the same. The reason stands before the
/// score that it is for.
#[must_use]
pub fn verdict_schema(rubric: &Rubric) -> Value {
    let object = |properties: Map<String, Value>| {
        let required: Vec<&String> = properties.keys().collect();
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": required,
            "properties": properties,
        })
    };
    let fields = |list: &[(&str, Value)]| {
        let owned = list.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        object(owned.collect())
    };
    let scores: Vec<u32> = (1..=10).collect();
    let axis = fields(&[
        ("reason", json!({"type": "string"})),
        (
            "steps",
            json!({"type": "array", "items": {"type": "integer"}, "maxItems": 12}),
        ),
        ("score", json!({"type": "integer", "enum": scores})),
    ]);
    let axes = rubric.axes.iter().map(|a| (a.id.clone(), axis.clone()));
    let finding = fields(&[
        ("kind", json!({"type": "string"})),
        ("step", json!({"type": "integer"})),
        ("quote", json!({"type": "string"})),
        ("what", json!({"type": "string"})),
        (
            "blame",
            json!({"type": "string", "enum": Blame::ALL.map(Blame::word)}),
        ),
    ]);
    fields(&[
        ("axes", object(axes.collect())),
        (
            "findings",
            json!({"type": "array", "items": finding, "maxItems": 50}),
        ),
    ])
}

/// Reads `{"axes": {…}, "findings": […]}`, the axes by name or, as some models
/// write them, as a list of entries with an `axis` each. Every axis of the rubric must be
/// scored exactly once, from 1 to 10; a finding whose step or quote is not in
/// the transcript is voided, which is no problem of the answer. The assertions
/// are the caller's to add.
///
/// # Errors
/// Every problem of the answer, each a sentence fit for sending back.
pub fn read_verdict(
    text: &str,
    rubric: &Rubric,
    transcript: &Transcript,
) -> Result<Verdict, Vec<String>> {
    let value = json_of(text).map_err(|why| vec![why])?;
    let Some(map) = value.as_object() else {
        return Err(vec![String::from(
            "the answer must be a JSON object with `axes` and `findings`",
        )]);
    };
    let mut problems = Vec::new();
    let mut verdict = Verdict::default();
    for (key, _) in map {
        if key != "axes" && key != "findings" {
            problems.push(format!("unknown key `{key}`; only `axes` and `findings`"));
        }
    }
    let scores = read_axes(map.get("axes"), rubric, transcript, &mut problems);
    for axis in &rubric.axes {
        match scores.iter().filter(|s| s.axis == axis.id).count() {
            0 => {
                // Said once: a score that could not be read was named already.
                let said = problems
                    .iter()
                    .any(|p| p.contains(&format!("`{}`", axis.id)));
                if !said {
                    problems.push(format!("the axis `{}` is missing", axis.id));
                }
            }
            1 => {}
            n => problems.push(format!("the axis `{}` is scored {n} times", axis.id)),
        }
        verdict
            .axes
            .extend(scores.iter().find(|s| s.axis == axis.id).cloned());
    }
    for (finding, void) in read_findings(map.get("findings"), transcript, &mut problems) {
        if void {
            verdict.voided.push(finding);
        } else {
            verdict.findings.push(finding);
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    verdict.overall = overall(rubric, &verdict.axes);
    verdict.gates_failed = gates_failed(rubric, &verdict.axes, verdict.overall);
    Ok(verdict)
}

fn read_axes(
    value: Option<&Value>,
    rubric: &Rubric,
    transcript: &Transcript,
    problems: &mut Vec<String>,
) -> Vec<AxisScore> {
    let mut out = Vec::new();
    let mut entries: Vec<(&str, &Value)> = Vec::new();
    match value {
        Some(Value::Object(map)) => {
            entries.extend(map.iter().map(|(id, entry)| (id.as_str(), entry)));
        }
        Some(Value::Array(list)) => {
            for (at, entry) in list.iter().enumerate() {
                match entry.get("axis").and_then(Value::as_str) {
                    Some(id) => entries.push((id, entry)),
                    None => problems.push(format!("entry {} of `axes` has no `axis`", at + 1)),
                }
            }
        }
        Some(_) | None => {
            problems.push(String::from(
                "`axes` must be an object with every axis by its name",
            ));
            return out;
        }
    }
    for (id, entry) in entries {
        if rubric.axis(id).is_none() {
            let known: Vec<&str> = rubric.axes.iter().map(|a| a.id.as_str()).collect();
            problems.push(format!(
                "unknown axis `{}`; the axes are {}",
                short(id),
                known.join(", ")
            ));
            continue;
        }
        let Some(Value::Number(score)) = entry.get("score") else {
            problems.push(format!("the score of `{id}` must be a number from 1 to 10"));
            continue;
        };
        let Some(score) = score.as_f64().filter(|s| (1.0..=10.0).contains(s)) else {
            problems.push(format!(
                "the score of `{id}` must be from 1 to 10, not {}",
                entry.get("score").unwrap_or(&Value::Null)
            ));
            continue;
        };
        let reason = entry.get("reason").and_then(Value::as_str).unwrap_or("");
        if reason.trim().is_empty() {
            problems.push(format!("the axis `{id}` needs a `reason` of one line"));
        }
        let mut steps = Vec::new();
        match entry.get("steps") {
            None | Some(Value::Null) => {}
            Some(Value::Array(list)) => {
                for step in list {
                    match number(step) {
                        Some(step) if transcript.has(step) => steps.push(step),
                        Some(_) | None => problems.push(format!(
                            "the axis `{id}` cites step {}, which is not in the transcript",
                            short(&step.to_string())
                        )),
                    }
                }
            }
            Some(_) => problems.push(format!("`steps` of `{id}` must be a list of step numbers")),
        }
        out.push(AxisScore {
            axis: id.to_owned(),
            score,
            reason: reason.to_owned(),
            steps,
            spread: None,
        });
    }
    out
}

/// Each finding, and whether it is void.
fn read_findings(
    value: Option<&Value>,
    transcript: &Transcript,
    problems: &mut Vec<String>,
) -> Vec<(Finding, bool)> {
    let Some(list) = value.and_then(Value::as_array) else {
        problems.push(String::from(
            "`findings` must be a list, empty where there are none",
        ));
        return Vec::new();
    };
    let mut out = Vec::new();
    for (at, entry) in list.iter().enumerate() {
        let Some(map) = entry.as_object() else {
            problems.push(format!("finding {} is not an object", at + 1));
            continue;
        };
        match read_finding(map, transcript) {
            Ok(found) => out.push(found),
            Err(why) => problems.push(format!("finding {}: {why}", at + 1)),
        }
    }
    out
}

fn read_finding(
    map: &Map<String, Value>,
    transcript: &Transcript,
) -> Result<(Finding, bool), String> {
    let text = |key: &str| match map.get(key).and_then(Value::as_str) {
        Some(s) if !s.trim().is_empty() => Ok(s.trim().to_owned()),
        Some(_) | None => Err(format!("`{key}` is missing")),
    };
    let blame = text("blame")?;
    let Some(blame) = Blame::parse(&blame) else {
        return Err(format!(
            "unknown blame `{}`; it is one of {}",
            short(&blame),
            Blame::ALL.map(Blame::word).join(", ")
        ));
    };
    let step = map.get("step").and_then(number);
    let step = step.ok_or("`step` must be the number of a step")?;
    let quote = map.get("quote").and_then(Value::as_str).unwrap_or("");
    let found = transcript.find(step, quote);
    let finding = Finding {
        by: String::from("judge"),
        ..Finding::of(&text("kind")?, step, blame, text("what")?).said(quote, found.flatten())
    };
    Ok((finding, found.is_none()))
}

fn number(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

/// Model text inside a problem: enough to recognise it, on one line.
fn short(text: &str) -> String {
    let one: String = text
        .chars()
        .take(60)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().count() > 60 {
        format!("{one}…")
    } else {
        one
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::role::Role;
    use proptest::prelude::*;

    fn transcript() -> Transcript {
        let mut t = Transcript::default();
        t.push(1, Role::User, "Please cancel order 88.");
        t.push(2, Role::Agent, "I have cancelled  it.");
        t
    }

    fn answer(rubric: &Rubric) -> Value {
        let axes: Vec<Value> = rubric
            .axes
            .iter()
            .map(|a| json!({"axis": a.id, "score": 6, "reason": "fine", "steps": [1, 2]}))
            .collect();
        json!({"axes": axes, "findings": [
            {"kind": "claim_not_done", "step": 2, "quote": "I have cancelled it", "what": "nothing was cancelled", "blame": "agent"},
            {"kind": "tone", "step": 2, "quote": "go away", "what": "rude", "blame": "agent"},
            {"kind": "tone", "step": 9, "quote": "I have", "what": "no such step", "blame": "user"},
        ]})
    }

    #[test]
    fn a_good_answer_is_read_and_lies_are_voided() {
        let rubric = Rubric::standard();
        let text = answer(&rubric).to_string();
        let v = read_verdict(&text, &rubric, &transcript()).unwrap();
        assert!((v.overall - 6.0).abs() < 1e-12);
        assert_eq!((v.findings.len(), v.voided.len()), (1, 2));
        assert_eq!(v.findings[0].span, Some((0, 20)));
        let fenced = format!("Here it is:\n```json\n{text}\n```\n");
        assert_eq!(read_verdict(&fenced, &rubric, &transcript()), Ok(v));
        let around = format!("Here it is: {text}");
        assert!(read_verdict(&around, &rubric, &transcript()).is_err());
    }

    #[test]
    fn the_own_schema_fits_the_answer() {
        let rubric = Rubric::standard();
        let schema = verdict_schema(&rubric);
        let list = answer(&rubric);
        let mut axes = Map::new();
        for entry in list["axes"].as_array().unwrap() {
            let mut entry = entry.clone();
            let id = entry.as_object_mut().unwrap().shift_remove("axis").unwrap();
            axes.insert(id.as_str().unwrap().to_owned(), entry);
        }
        let named = json!({"axes": axes, "findings": list["findings"]});
        assert!(jsonschema::is_valid(&schema, &named));
        assert!(!jsonschema::is_valid(
            &schema,
            &json!({"axes": {}, "findings": []})
        ));
        // By name or in a list, it is the same verdict.
        let read = |value: &Value| read_verdict(&value.to_string(), &rubric, &transcript());
        assert_eq!(read(&named), read(&list));
        assert!(read(&named).is_ok());
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let rubric = Rubric::standard();
        let mut a = answer(&rubric);
        a["axes"][0]["score"] = json!(11);
        a["axes"][1]["score"] = json!("7");
        a["axes"][2]["axis"] = json!("charm");
        a["axes"][3]["steps"] = json!([7]);
        a["findings"][0]["blame"] = json!("weather");
        let all = read_verdict(&a.to_string(), &rubric, &transcript()).unwrap_err();
        for part in [
            "`goal_achievement` must be from 1 to 10, not 11",
            "`tool_usage` must be a number",
            "unknown axis `charm`",
            "cites step 7",
            "unknown blame `weather`",
            "`tool_hallucination` is missing",
        ] {
            assert!(
                all.iter().any(|p| p.contains(part)),
                "{part} not in {all:#?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_can_stop_it(text in ".{0,200}", body in "[\\[\\]{}\",:a-z0-9 ]{0,80}") {
            let rubric = Rubric::standard();
            let _ = read_verdict(&text, &rubric, &transcript());
            let _ = read_verdict(&format!("```json{body}```"), &rubric, &transcript());
            let _ = read_verdict(&format!("{{\"axes\": [{body}], \"findings\": [{body}]}}"), &rubric, &transcript());
        }
    }
}
