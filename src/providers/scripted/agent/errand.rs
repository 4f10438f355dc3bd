//! A sub-agent's part of the path.

use super::Desk;
use crate::engine::role::Reply;
use crate::providers::scripted::action::Form;
use crate::providers::scripted::desk::Say;
use crate::providers::scripted::path::Leg;
use crate::providers::scripted::path::Status;
use crate::providers::scripted::voice::join;
use crate::providers::scripted::{action, handover, path, tell, words};
use serde_json::{Map, Value};

impl Desk<'_> {
    pub(super) fn errand(&self) -> Reply {
        let mut rng = self.rng("errand");
        if let Some(reply) = self.mend(&mut rng) {
            return reply;
        }
        let Some((leg, status)) = self.progress.next(self.s) else {
            return self.hand_back();
        };
        if let Status::Failed { times, answer, .. } = status
            && (*times >= 2 || !self.is_model(leg) || Self::is_open(answer))
        {
            let answer: String = answer
                .replace("Error:", "")
                .trim()
                .chars()
                .take(200)
                .collect();
            return Self::text(
                &[format!(
                    "I was not able to finish this: {}",
                    answer.trim().trim_end_matches('.')
                )],
                "The call was refused; I hand back what the system said.",
            );
        }
        match leg {
            Leg::Own(at) => {
                let Some(call) = self.s.bound.path.get(*at) else {
                    return self.hand_back();
                };
                match self.progress.fill(self.s, *at) {
                    Ok(args) => {
                        let doing = action::action(&call.tool, &args, Form::Doing);
                        let mut parts = Vec::new();
                        if rng.chance(0.2) {
                            parts.push(self.line(Say::Look, "", &mut rng));
                        }
                        self.calling(
                            &parts,
                            &format!("My part of this is {doing}."),
                            &[(call.tool.clone(), args)],
                        )
                    }
                    Err(missing) => Self::text(
                        &[format!(
                            "I was not able to finish this: the request does not say {}",
                            words::label(&missing)
                        )],
                        "A value that I need is neither in the request nor in a result.",
                    ),
                }
            }
            Leg::Sub { tool, steps, .. } => {
                let args = self.request_for(tool, steps);
                self.calling(
                    &[],
                    "Someone else has the tools for this.",
                    &[(tool.clone(), args)],
                )
            }
        }
    }

    /// Of a list, the row that the rest of the path goes on with (`found[1]`, the
    /// first where none is named); anything else as it is.
    fn picked<'v>(&self, at: usize, result: &'v Value) -> &'v Value {
        let Some(rows) = result.as_array() else {
            return result;
        };
        let path = &self.s.bound.path;
        let name = path
            .get(at)
            .and_then(|c| c.save.as_deref())
            .unwrap_or_default();
        let later: String = path
            .iter()
            .skip(at + 1)
            .map(|c| c.args.to_string())
            .collect();
        let index = later
            .split_once(&format!("{{{name}["))
            .and_then(|(_, rest)| rest.split_once(']'))
            .and_then(|(index, _)| index.parse::<usize>().ok());
        rows.get(index.unwrap_or(0)).unwrap_or(result)
    }

    /// The rows of this errand's results that the rest of the path is about.
    fn pointed(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for (leg, status) in &self.progress.legs {
            let (Leg::Own(at), Status::Done { answer, .. }) = (leg, status) else {
                continue;
            };
            let Ok(result) = serde_json::from_str::<Value>(answer) else {
                continue;
            };
            for later in at + 1..self.s.bound.path.len() {
                let args = self.progress.known(self.s, later);
                for (key, v) in args.as_object().into_iter().flatten() {
                    if words::is_person(key) || !v.as_str().is_some_and(words::is_id_like) {
                        continue;
                    }
                    let Some(row) = tell::own_row(&result, v, 0) else {
                        continue;
                    };
                    let fields = tell::row(&Value::Object(row.clone()), "", &self.wanted, 5);
                    let text = format!(
                        "{} {}: {fields}.",
                        words::subject(key),
                        words::value(key, v)
                    );
                    let text = words::capital(&text);
                    if !fields.is_empty() && !out.contains(&text) && out.len() < 3 {
                        out.push(text);
                    }
                }
            }
        }
        out
    }

    /// A sub-agent's answer: what was done or found, with the values.
    pub(super) fn hand_back(&self) -> Reply {
        let mut parts = Vec::new();
        let wrote = self.done_writes();
        for (action, _) in &wrote {
            parts.push(format!("I have {action}."));
        }
        if wrote.is_empty() {
            parts.extend(self.pointed());
        }
        if parts.is_empty() {
            parts.extend(self.findings());
        }
        if parts.is_empty() {
            parts.push(String::from(
                "There is nothing in this request that I can do.",
            ));
        }
        // Values that the caller may need, under their own names: a group for
        // each call that keeps or writes something.
        let mut groups = Vec::new();
        for (leg, status) in &self.progress.legs {
            let Status::Done { answer, .. } = status else {
                continue;
            };
            match leg {
                Leg::Own(at) if !path::answering(self.s, &[*at]).is_empty() => {
                    let result: Value = serde_json::from_str(answer).unwrap_or(Value::Null);
                    let mut values = Map::new();
                    plain_values(self.picked(*at, &result), &mut values, 0);
                    if values.is_empty() {
                        values.insert(String::from("ok"), Value::Bool(true));
                    }
                    groups.push(handover::details(&values));
                }
                Leg::Own(_) => {}
                Leg::Sub { .. } => {
                    groups.extend(handover::groups(answer).iter().map(handover::details));
                }
            }
        }
        let mut text = join(&parts);
        if !groups.is_empty() {
            text.push(' ');
            text.push_str(&groups.join(" "));
        }
        Reply {
            text,
            reasoning: String::from(
                "My part is done; I answer with the values that the results gave.",
            ),
            ..Reply::default()
        }
    }
}

/// The plain values of an object and of what lies in it, under their own names;
/// the outer ones go first.
fn plain_values(value: &Value, out: &mut Map<String, Value>, depth: u32) {
    let Some(map) = value.as_object().filter(|_| depth < 3) else {
        return;
    };
    for (k, v) in map {
        let plain =
            matches!(v, Value::String(t) if t.len() <= 80) || v.is_number() || v.is_boolean();
        if plain && out.len() < 12 {
            out.entry(k.clone()).or_insert_with(|| v.clone());
        }
    }
    map.values().for_each(|v| plain_values(v, out, depth + 1));
}
