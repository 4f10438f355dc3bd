//! Tasks without a reference path: look-ups from the facts, and an account of them.

use super::{Desk, LOOKUPS, fact_in, scalars};
use crate::engine::rng::Rng;
use crate::engine::role::Reply;
use crate::engine::scenario::Executor;
use crate::providers::scripted::action::Form;
use crate::providers::scripted::desk::Say;
use crate::providers::scripted::facts::Fact;
use crate::providers::scripted::{action, hear, words};
use serde_json::{Map, Value};

impl<'a> Desk<'a> {
    pub(super) fn without_path(&self, rng: &mut Rng) -> Reply {
        let made = &self.progress.made;
        if made.len() < LOOKUPS {
            let next = self.request.tools.iter().find_map(|spec| {
                let tool = self.s.scenario.tool(&spec.name)?;
                let reads = tool.writes.is_empty()
                    && !matches!(tool.executor, Executor::Agent(_) | Executor::Human);
                if !reads || made.iter().any(|m| m.tool == spec.name) {
                    return None;
                }
                let args = self.args_from_facts(&spec.parameters)?;
                Some((spec.name.clone(), args))
            });
            if let Some((tool, args)) = next {
                let unsaid: Vec<&Fact<'a>> = {
                    let mut values = Vec::new();
                    scalars(&args, &mut values, 0);
                    self.facts
                        .iter()
                        .filter(|f| fact_in(f, &values) && !self.told(f))
                        .collect()
                };
                if !unsaid.is_empty() {
                    return self.ask(&unsaid, rng);
                }
                let mut parts = self.opener(rng);
                parts.push(self.line(Say::Look, "", rng));
                let doing = action::action(&tool, &args, Form::Doing);
                return self.calling(
                    &parts,
                    &format!("No way is laid out for this, so I begin by {doing}."),
                    &[(tool, args)],
                );
            }
        }
        let last = made.iter().map(|m| m.at).max();
        if last.is_some_and(|last| self.own.iter().any(|(at, _)| *at > last)) {
            return self.close(rng);
        }
        let found = self.findings();
        let mut parts = self.opener(rng);
        if found.is_empty() {
            let told = self.own.iter().any(|(_, t)| hear::refuses(t));
            parts.push(self.line(if told { Say::StillNo } else { Say::FailedSorry }, "", rng));
        } else {
            parts.push(self.line(Say::Found, "", rng));
            parts.extend(found);
            parts.push(self.line(Say::OnlyTell, "", rng));
            parts.push(self.line(Say::Else, "", rng));
        }
        Self::text(&parts, "I tell what the look-ups gave and change nothing.")
    }

    /// Arguments for a look-up from the facts; `None` where one that is required
    /// is no fact. A look-up of nothing in particular counts only if it asks for
    /// nothing.
    pub(super) fn args_from_facts(&self, parameters: &Value) -> Option<Value> {
        let properties = parameters.get("properties").and_then(Value::as_object);
        let required: Vec<&str> = parameters
            .get("required")
            .and_then(Value::as_array)
            .map(|r| r.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let mut out = Map::new();
        for (name, schema) in properties.into_iter().flatten() {
            let norm = |key: &str| words::parts(key).join("_");
            let fact = self
                .facts
                .iter()
                .find(|f| norm(f.key) == norm(name) && fits(schema, f.value));
            match fact {
                Some(fact) => {
                    out.insert(name.clone(), fact.value.clone());
                }
                None if required.contains(&name.as_str()) => return None,
                None => {}
            }
        }
        Some(Value::Object(out))
    }
}

/// Whether a value's kind is what a parameter's schema wants.
fn fits(schema: &Value, value: &Value) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    }
}
