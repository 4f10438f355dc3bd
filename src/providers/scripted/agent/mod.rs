//! The agent's side: follows the task's reference path with its own tools, asks
//! for what it needs, asks before it writes, and reports what the results say.
//! A sub-agent does its part of the path and answers with values.

mod ask;
mod call;
mod errand;
mod free;
mod mend;
mod report;
mod spoil;

use super::desk::{self, Say};
use super::facts::{self, Fact};
use super::faults::Fault;
use super::path::{self, Progress, Status};
use super::voice::join;
use super::{Scripted, hear};
use crate::engine::rng::Rng;
use crate::engine::role::{Message, Reply, Request, Speaker};
use serde_json::Value;

/// Times a missing fact is asked for.
const ASKS: usize = 3;
/// Look-ups at most where a task has no path.
const LOOKUPS: usize = 3;

/// The agent's next reply.
pub(super) fn reply(s: &Scripted, request: &Request) -> Reply {
    // A fault that a person orders, at this very turn.
    let ordered = request.fault.as_deref().and_then(Fault::of);
    let with;
    let s = match ordered {
        Some(fault @ (Fault::BlindRetry | Fault::IgnoresErrors)) => {
            with = s.with(fault);
            &with
        }
        _ => s,
    };
    let desk = Desk::new(s, request);
    let mut reply = if request.agent.len() > 1 {
        desk.errand()
    } else {
        desk.main()
    };
    if s.has(Fault::IgnoresErrors) && desk.passes_over() {
        reply.injected.push(Fault::IgnoresErrors.name().to_owned());
    }
    if let Some(fault) = ordered
        && !reply.injected.iter().any(|w| w == fault.name())
        && desk.fail(fault, &mut reply)
    {
        reply.injected.push(fault.name().to_owned());
    }
    reply
}

struct Desk<'a> {
    s: &'a Scripted,
    request: &'a Request,
    facts: Vec<Fact<'a>>,
    progress: Progress,
    /// Texts of the user.
    user: Vec<(usize, &'a str)>,
    /// Texts of the agent that came without calls.
    own: Vec<(usize, &'a str)>,
    /// All that the agent said, to vary its wording.
    before: String,
    /// Words of the goal, so that what they name is told first.
    wanted: Vec<String>,
}

fn texts(messages: &[Message], who: Speaker) -> Vec<(usize, &str)> {
    messages
        .iter()
        .enumerate()
        .filter(|(_, m)| m.from == who && m.calls.is_empty() && !m.text.trim().is_empty())
        .map(|(i, m)| (i, m.text.as_str()))
        .collect()
}

impl<'a> Desk<'a> {
    fn new(s: &'a Scripted, request: &'a Request) -> Self {
        let before = request
            .messages
            .iter()
            .filter(|m| m.from == Speaker::Agent)
            .map(|m| m.text.as_str())
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            s,
            request,
            facts: facts::all(&s.bound),
            progress: path::read(s, request),
            user: texts(&request.messages, Speaker::User),
            own: texts(&request.messages, Speaker::Agent),
            before,
            wanted: facts::tokens(&s.bound.goal)
                .into_iter()
                .filter(|w| w.len() > 3)
                .collect(),
        }
    }

    fn rng(&self, label: &str) -> Rng {
        Rng::new(
            self.request.seed,
            &format!("agent/{label}/{}", self.request.attempt),
        )
    }

    /// Draws that hold for the whole conversation.
    fn fixed(&self, label: &str) -> Rng {
        Rng::new(self.s.seed, &format!("scripted/{label}"))
    }

    fn line(&self, say: Say, x: &str, rng: &mut Rng) -> String {
        desk::line(say, x, &self.before, rng)
    }

    fn text(parts: &[String], reasoning: impl Into<String>) -> Reply {
        Reply {
            text: join(parts),
            reasoning: reasoning.into(),
            ..Reply::default()
        }
    }

    /// Opening words of the first reply to the user, and none later.
    fn opener(&self, rng: &mut Rng) -> Vec<String> {
        if !self.before.is_empty() {
            return Vec::new();
        }
        let mut parts = vec![self.line(Say::Greet, "", rng)];
        let first = self.user.first().map_or("", |(_, t)| *t).to_lowercase();
        const SAD: [&str; 18] = [
            "annoy",
            "frustrat",
            "ridiculous",
            "sick of",
            "broken",
            "unhappy",
            "disappoint",
            "not acceptable",
            "joke",
            "wrong",
            "damaged",
            "worried",
            "not happy",
            "mad",
            "ugh",
            "nerves",
            "had enough",
            "nervous",
        ];
        if SAD.iter().any(|w| first.contains(w)) {
            parts.push(self.line(Say::Sorry, "", rng));
        }
        parts
    }

    // --- the agent that the user talks to

    fn main(&self) -> Reply {
        let mut rng = self.rng("turn");
        if self.user.is_empty() {
            let parts = [
                self.line(Say::Greet, "", &mut rng),
                self.line(Say::Listening, "", &mut rng),
            ];
            return Self::text(&parts, "Nobody has said anything yet, so I greet and wait.");
        }
        if self.claimed() {
            return self.close(&mut rng);
        }
        if let Some(reply) = self.recover(&mut rng) {
            return reply;
        }
        if let Some(reply) = self.mend(&mut rng) {
            return reply;
        }
        if self.withdrawn() {
            return self.stopped(&mut rng);
        }
        if self.unclear() {
            let mut parts = self.opener(&mut rng);
            parts.push(self.line(Say::Clarify, "", &mut rng));
            return Self::text(
                &parts,
                "The user has not said what it is about, so I ask before I look anything up.",
            );
        }
        if self.progress.legs.is_empty() {
            return self.without_path(&mut rng);
        }
        let Some((leg, status)) = self.progress.next(self.s) else {
            return match self.look_again() {
                Some(reply) => reply,
                None => self.finish(&mut rng),
            };
        };
        if let Status::Failed { times, answer, at } = status {
            let again = *times < 2 && self.is_model(leg) && !Self::is_open(answer);
            if !again && self.is_lost(leg) {
                // Refused now, which may mean that it was done before.
                return self.stuck(&mut rng);
            }
            if !again {
                return self.failed(leg, answer, *at, &mut rng);
            }
        }
        if self.declined() {
            return self.stopped(&mut rng);
        }
        let missing = self.missing(leg);
        if !missing.is_empty() {
            return self.ask(&missing, &mut rng);
        }
        let first_write = path::tells(self.s, leg);
        if first_write {
            let open = self.unasked();
            if !open.is_empty() {
                return self.ask(&open, &mut rng);
            }
        }
        if first_write && !self.agreed() {
            return self.propose(leg, &mut rng);
        }
        if first_write && self.s.has(Fault::ClaimNotDone) && self.is_claim(leg) {
            return self.claim(&mut rng);
        }
        self.act(leg, &mut rng)
    }

    /// Whether the user has not yet said what it is about; asked about twice at most.
    fn unclear(&self) -> bool {
        let asked = self
            .own
            .iter()
            .filter(|(_, t)| hear::agent(t, &[]).clarify)
            .count();
        if asked >= 2 || !self.progress.made.is_empty() || self.own.len() > asked {
            return false;
        }
        let said: Vec<&str> = self.user.iter().map(|(_, t)| *t).collect();
        let said = facts::tokens(&said.join(" "));
        const EMPTY: [&str; 16] = [
            "want", "with", "from", "that", "this", "your", "user", "they", "them", "have",
            "which", "because", "their", "need", "would", "like",
        ];
        let mut topic = self
            .wanted
            .iter()
            .filter(|w| !EMPTY.contains(&w.as_str()))
            .peekable();
        topic.peek().is_some()
            && !topic.any(|w| {
                let stem: String = w.chars().take(5).collect();
                said.iter().any(|h| h.starts_with(&stem))
            })
    }
}

/// All plain values inside a value.
fn scalars(value: &Value, out: &mut Vec<Value>, depth: u32) {
    match value {
        Value::Array(items) if depth < 32 => items.iter().for_each(|i| scalars(i, out, depth + 1)),
        Value::Object(map) if depth < 32 => map.values().for_each(|v| scalars(v, out, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
        Value::Number(_) | Value::String(_) => out.push(value.clone()),
    }
}

/// Whether a fact's value is among an argument's values.
fn fact_in(fact: &Fact<'_>, values: &[Value]) -> bool {
    let mut own = Vec::new();
    scalars(fact.value, &mut own, 0);
    !own.is_empty() && own.iter().all(|v| values.contains(v))
}
