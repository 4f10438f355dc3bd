//! Conversations of the tau family: messages with tool calls of both sides, a
//! domain with policy, tools and a world beside them in a folder, or both in the
//! file of results that they are in.

use super::reader::Reader;
use super::results::{flat, id_of, run, trajectory};
use super::turns::{call_of, hear_tools, word};
use super::{Answered, Called, Conversation, Format, Open, Recorded, Said, text};
use crate::engine::grounding::{SharedTold, Told, ToolFacts, UserFacts};
use crate::engine::world::Node;
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Domains beside the conversations: `FOLDER/retail/{policy.md,tools.json,initial.json.gz}`.
/// Read once each.
#[derive(Clone, Debug, Default)]
pub struct Domains {
    folder: PathBuf,
    told: HashMap<String, Arc<Told>>,
    worlds: HashMap<String, Node>,
}

impl Domains {
    /// Those of a folder. A domain that is not there is known by name only.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            ..Self::default()
        }
    }

    /// What everybody is told in a domain.
    pub fn told(&mut self, domain: &str) -> Arc<Told> {
        if let Some(told) = self.told.get(domain) {
            return Arc::clone(told);
        }
        let told = Arc::new(self.read(domain));
        self.told.insert(domain.to_owned(), Arc::clone(&told));
        told
    }

    /// The world that a domain begins with, if it has one.
    pub fn world(&mut self, domain: &str) -> Option<Node> {
        if let Some(world) = self.worlds.get(domain) {
            return Some(world.clone());
        }
        let path = self.path(domain, "initial.json.gz")?;
        let value: Value = serde_json::from_str(&text(&path).ok()?).ok()?;
        let node = Node::from_json(&value);
        self.worlds.insert(domain.to_owned(), node.clone());
        Some(node)
    }

    /// A file of a domain. A domain is a plain name: nothing leads out of the folder.
    fn path(&self, domain: &str, file: &str) -> Option<PathBuf> {
        let plain = !domain.is_empty()
            && domain
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        plain.then(|| self.folder.join(domain).join(file))
    }

    fn read(&self, domain: &str) -> Told {
        let mut told = Told {
            from_elsewhere: true,
            ..Told::default()
        };
        let file = |name: &str| self.path(domain, name).and_then(|p| text(&p).ok());
        if let Some(policy) = file("policy.md") {
            told.policy(&policy);
        }
        let tools = file("tools.json").and_then(|t| serde_json::from_str::<Value>(&t).ok());
        told.all_tools = tools.is_some_and(|tools| hear_tools(&mut told, &tools));
        told.known.seal();
        told
    }
}

/// Reads one conversation.
///
/// # Errors
/// It has no `messages`.
pub fn conversation(value: &Value, domains: &mut Domains) -> Result<Recorded, String> {
    let messages = value
        .get("messages")
        .and_then(Value::as_array)
        .ok_or("there are no `messages`")?;
    let told = domains.told(word(value, "domain"));
    let user = value.pointer("/task/user_scenario");
    Ok(Recorded {
        id: word(value, "id").to_owned(),
        told: told_with(&told, user, messages, value.get("task")),
        world: None,
        turns: turns(messages),
        from: 0,
    })
}

/// See the module.
pub struct Tau;

impl Format for Tau {
    fn name(&self) -> &'static str {
        "tau"
    }

    fn about(&self) -> &'static str {
        "`messages` with calls `{id, name, args}` of both sides and a `domain`; results of tau-bench \
         and tau2-bench"
    }

    fn is(&self, value: &Value) -> bool {
        if run(value).is_some() {
            return true;
        }
        let Some(messages) = value.get("messages").and_then(Value::as_array) else {
            return false;
        };
        let calls = || {
            let lists = messages
                .iter()
                .filter_map(|m| m.get("tool_calls")?.as_array());
            lists.flatten()
        };
        let ran = ["termination_reason", "reward_info"];
        value.get("domain").is_some_and(Value::is_string)
            || calls().any(|c| c.get("name").is_some())
            // A run in which nobody called a tool.
            || value.get("task_id").is_some()
                && ran.iter().any(|key| value.get(*key).is_some())
                && calls().next().is_none()
    }

    fn read(&self, value: &Value, reader: &mut Reader) -> Result<Conversation, String> {
        if let Some(messages) = run(value) {
            return trajectory(value, messages, reader);
        }
        let messages = value
            .get("messages")
            .and_then(Value::as_array)
            .ok_or("there are no `messages`")?;
        let mut told = reader.base(word(value, "domain"));
        let (system, flat) = flat(messages);
        for policy in [word(value, "policy"), &system] {
            // One word is the name of a policy.
            if policy.trim().contains(char::is_whitespace) {
                Arc::make_mut(&mut told).policy(policy);
            }
        }
        let messages = flat.as_deref().unwrap_or(messages);
        let around = reader.task(value.get("task_id"));
        let task = value.get("task").or(around);
        let user = task.and_then(|t| t.get("user_scenario"));
        // What a run ought to have done stands in a task of results as well: of
        // that nobody was told.
        let ticket = value.get("task").or(around.and_then(|t| t.get("ticket")));
        Ok(Conversation::recorded(Recorded {
            id: id_of(value),
            told: told_with(&told, user, messages, ticket),
            world: reader.given.world.clone(),
            turns: turns(messages),
            from: 0,
        }))
    }
}

/// The domain's, with what this conversation's user was told.
pub(super) fn told_with(
    base: &Arc<Told>,
    user: Option<&Value>,
    messages: &[Value],
    task: Option<&Value>,
) -> SharedTold {
    // Without a user, the agent was given a ticket that is no message.
    let alone = messages.iter().all(|m| word(m, "role") != "user");
    let mut told = (**base).clone();
    if alone && let Some(task) = task {
        told.known.text(&task.to_string());
    }
    // A tool that has answered is on offer, whatever a list says.
    for name in answered(messages) {
        if !told.tools.iter().any(|t| t.name == name) {
            Arc::make_mut(&mut told.tools).push(ToolFacts {
                name,
                ..ToolFacts::default()
            });
        }
    }
    told.user = user.map(|user| {
        let mut texts = Vec::new();
        strings(user, &mut texts, 0);
        UserFacts {
            texts,
            facts: Vec::new(),
        }
    });
    Arc::new(told)
}

/// Tools that answered something else than an error.
fn answered(messages: &[Value]) -> Vec<String> {
    let mut open: HashMap<&str, &str> = HashMap::new();
    let mut out = Vec::new();
    for message in messages {
        let calls = message.get("tool_calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten() {
            open.insert(word(call, "id"), word(call, "name"));
        }
        let failed = message.get("error").and_then(Value::as_bool) == Some(true)
            || word(message, "content").starts_with("Error");
        if word(message, "role") == "tool"
            && !failed
            && let Some(name) = open.get(answers(message))
        {
            out.push((*name).to_owned());
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The call that a tool's message answers; some recorders name a message after it.
fn answers(message: &Value) -> &str {
    match word(message, "tool_call_id") {
        "" => word(message, "id"),
        id => id,
    }
}

fn strings(value: &Value, out: &mut Vec<String>, depth: usize) {
    match value {
        _ if depth > 64 => {}
        Value::String(s) => out.push(s.clone()),
        Value::Array(list) => list.iter().for_each(|v| strings(v, out, depth + 1)),
        Value::Object(map) => map.values().for_each(|v| strings(v, out, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The messages as turns, one for one.
pub(super) fn turns(messages: &[Value]) -> Vec<Said> {
    let mut open = Open::default();
    messages.iter().map(|m| turn(m, &mut open)).collect()
}

fn turn(message: &Value, open: &mut Open) -> Said {
    let text = word(message, "content").to_owned();
    let role = word(message, "role");
    if role == "tool" {
        let (tool, args, by_user) =
            open.calls
                .get(answers(message))
                .cloned()
                .unwrap_or((String::new(), Node::Null, false));
        let failed = message.get("error").and_then(Value::as_bool);
        // Some recorders keep no mark: the text of an error says so.
        let ok = failed != Some(true) && !text.starts_with("Error");
        let result = Node::parse(&text).unwrap_or_else(|| Node::str(text.as_str()));
        return Said::Ran(Box::new(Answered {
            by_user: by_user
                || ["by", "requestor"]
                    .iter()
                    .any(|k| word(message, k) == "user"),
            tool,
            args,
            ok,
            text,
            result,
            patch: None,
        }));
    }
    let calls: Vec<Called> = message
        .get("tool_calls")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(call_of)
        .collect();
    for call in &calls {
        open.call(call, role == "user");
    }
    match role {
        "user" if calls.is_empty() => Said::User(text),
        "user" => Said::UserCalls { text, calls },
        _ => Said::Agent { text, calls },
    }
}
