//! Files of results of the tau family: what stands around the list of runs (which
//! domain was played, under which policy, what each task told the user), and how
//! their runs differ from other conversations.

use super::openai::heard;
use super::reader::Reader;
use super::turns::word;
use super::{Conversation, Recorded};
use crate::engine::grounding::{Told, UserFacts};
use serde_json::Value;
use std::sync::Arc;

/// What stands around a list, with what it tells everybody, once that was asked
/// for.
#[derive(Clone, Debug)]
pub(super) struct Around {
    value: Arc<Value>,
    told: Option<Arc<Told>>,
}

impl Around {
    pub fn of(value: &Arc<Value>) -> Self {
        Self {
            value: Arc::clone(value),
            told: None,
        }
    }

    /// Whether it is of this list.
    pub fn is(&self, value: &Arc<Value>) -> bool {
        Arc::ptr_eq(&self.value, value)
    }

    /// The task of a name or number.
    pub fn task(&self, id: &Value) -> Option<&Value> {
        let tasks = self.value.get("tasks")?.as_array()?;
        tasks.iter().find(|task| task.get("id") == Some(id))
    }

    /// What everybody is told: what the domain says, and what stands here.
    pub fn told(&mut self, mut of_domain: impl FnMut(&str) -> Arc<Told>) -> Arc<Told> {
        if let Some(told) = &self.told {
            return Arc::clone(told);
        }
        let environment = self.value.pointer("/info/environment_info");
        let said = |key: &str| environment.map_or("", |e| word(e, key));
        let mut told = of_domain(said("domain_name"));
        if !said("policy").is_empty() {
            let own = Arc::make_mut(&mut told);
            own.policy(said("policy"));
            own.known.seal();
        }
        self.told = Some(Arc::clone(&told));
        told
    }
}

/// Its name, or the task and the trial that it is.
pub(super) fn id_of(value: &Value) -> String {
    let id = word(value, "id");
    if !id.is_empty() {
        return id.to_owned();
    }
    let part = |key: &str| match value.get(key)? {
        Value::String(text) => Some(format!("{}-{text}", key.trim_end_matches("_id"))),
        Value::Number(number) => Some(format!("{}-{number}", key.trim_end_matches("_id"))),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let parts: Vec<String> = ["task_id", "trial"]
        .iter()
        .filter_map(|k| part(k))
        .collect();
    parts.join("-")
}

/// The messages of a run of tau-bench.
pub(super) fn run(value: &Value) -> Option<&Vec<Value>> {
    let messages = value.get("traj")?.as_array()?;
    let all = messages.iter().all(|m| m.get("role").is_some());
    all.then_some(messages)
}

/// A run of tau-bench: messages as a model is asked, and what the user was told.
pub(super) fn trajectory(
    value: &Value,
    messages: &[Value],
    reader: &mut Reader,
) -> Result<Conversation, String> {
    let (system, turns) = heard(messages)?;
    let mut told = reader.told(&system, value.get("tools"));
    let user = value.pointer("/info/task/instruction");
    if let Some(text) = user.and_then(Value::as_str) {
        Arc::make_mut(&mut told).user = Some(UserFacts {
            texts: vec![text.to_owned()],
            facts: Vec::new(),
        });
    }
    Ok(Conversation::recorded(Recorded {
        id: id_of(value),
        told,
        world: reader.given.world.clone(),
        turns,
        from: 0,
    }))
}

/// What the system said, and messages without that and with several answers of
/// tools one by one, where it is not so already.
pub(super) fn flat(messages: &[Value]) -> (String, Option<Vec<Value>>) {
    let answers = |m: &Value| m.get("tool_messages").and_then(Value::as_array).cloned();
    let system = |m: &Value| word(m, "role") == "system";
    if !messages.iter().any(|m| system(m) || answers(m).is_some()) {
        return (String::new(), None);
    }
    let said: Vec<&str> = messages
        .iter()
        .filter(|m| system(m))
        .map(|m| word(m, "content"))
        .collect();
    let rest = messages.iter().filter(|m| !system(m));
    let rest = rest.flat_map(|m| answers(m).unwrap_or_else(|| vec![m.clone()]));
    (said.join("\n"), Some(rest.collect()))
}
