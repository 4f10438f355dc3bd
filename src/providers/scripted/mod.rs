//! The scripted stand-in: plays all four roles of any scenario offline, from its
//! tasks, rules and persona. It asks no model and says so (`By::Scripted`).
//!
//! A reply is a function of the request alone. `user` talks as the persona and
//! tells facts when asked; `agent` follows the task's reference path; `tool`
//! proposes what the draft rule would do; `judge` scores from what the checks
//! found; `faults` spoils one thing on purpose. It must never keep state, ask a
//! clock, or invent a fact (unless that is the fault).

mod action;
mod agent;
mod bank;
mod bank_asides;
mod bank_opening;
mod desk;
mod facts;
mod faults;
mod goal;
mod handover;
mod hear;
mod judge;
mod opening;
mod path;
mod surface;
mod tell;
mod tool;
mod user;
mod user_faults;
mod voice;
mod words;

pub use faults::Fault;

use crate::engine::persona::Persona;
use crate::engine::role::{About, By, Finish, Reply, Request, Role, Speaker};
use crate::engine::scenario::{Bound, Scenario};
use serde_json::Value;
use std::sync::Arc;

/// The stand-in for one conversation.
#[derive(Clone, Debug)]
pub struct Scripted {
    scenario: Arc<Scenario>,
    bound: Bound,
    persona: Persona,
    seed: u64,
    faults: Vec<Fault>,
}

impl Scripted {
    /// A stand-in for a task with its bindings drawn, a persona and the
    /// conversation's seed; `faults` are made on purpose, once each.
    #[must_use]
    pub fn new(
        scenario: Arc<Scenario>,
        bound: Bound,
        persona: Persona,
        seed: u64,
        faults: Vec<Fault>,
    ) -> Self {
        Self {
            scenario,
            bound,
            persona,
            seed,
            faults,
        }
    }

    /// The same stand-in where an edit made other things hold.
    #[must_use]
    pub fn under(&self, scenario: Arc<Scenario>, bound: Bound, persona: Persona) -> Self {
        Self::new(scenario, bound, persona, self.seed, self.faults.clone())
    }

    /// The same stand-in, with one more fault to be made.
    fn with(&self, fault: Fault) -> Self {
        let mut out = self.clone();
        out.faults.push(fault);
        out
    }

    /// The reply to a request: the same for the same request, always.
    #[must_use]
    pub fn reply(&self, request: &Request) -> Reply {
        let mut reply = match &request.about {
            About::UserTurn => user::reply(self, request),
            About::AgentTurn => agent::reply(self, request),
            About::ToolAnswer {
                tool,
                args,
                projection,
                refused,
            } => tool::reply(self, request, tool, args, projection, refused),
            About::Verdict => judge::reply(self, request),
        };
        if let Some(text) = self.overridden(request, &reply) {
            reply.text = text;
            reply.injected.clear();
        }
        reply.by = By::Scripted;
        reply.finish = if reply.calls.is_empty() {
            Finish::Stop
        } else {
            Finish::ToolCalls
        };
        reply
    }

    /// Whether a fault is to be made.
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// The text that `replies.jsonl` has for this turn. `turn` counts a role's
    /// own turns from 1 (for an agent: the user's turn that it answers);
    /// `task` and, for the tool simulator, `tool` narrow it down.
    fn overridden(&self, request: &Request, reply: &Reply) -> Option<String> {
        if request.agent.len() > 1 || !reply.calls.is_empty() {
            return None;
        }
        let said = |who: Speaker| request.messages.iter().filter(|m| m.from == who).count() as u64;
        let (role, turn) = match request.role {
            Role::User => ("user", said(Speaker::User) + 1),
            Role::Agent => ("agent", said(Speaker::User)),
            Role::Tool => ("tool", 1),
            Role::Judge => ("judge", 1),
        };
        let tool = match &request.about {
            About::ToolAnswer { tool, .. } => Some(tool.as_str()),
            About::UserTurn | About::AgentTurn | About::Verdict => None,
        };
        self.scenario.replies.iter().find_map(|line| {
            let is = |key: &str, wanted: &str| {
                line.get(key)
                    .is_none_or(|v| v.as_str().is_some_and(|v| v == wanted))
            };
            let fits = line.get("role").and_then(Value::as_str) == Some(role)
                && line.get("turn").is_none_or(|t| t.as_u64() == Some(turn))
                && is("task", &self.bound.task)
                && tool.is_none_or(|t| is("tool", t));
            if !fits {
                return None;
            }
            match line.get("text")? {
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            }
        })
    }
}

/// A reply in pieces, as a stream would bring it: words with the space before
/// them. Joined, they are the text.
#[must_use]
pub fn chunks(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in text.chars() {
        if c.is_whitespace() && in_word || out.is_empty() {
            out.push(String::new());
        }
        in_word = !c.is_whitespace();
        if let Some(piece) = out.last_mut() {
            piece.push(c);
        }
    }
    out
}
