//! The calls an agent makes, and the words that go with them.

use super::{Desk, scalars};
use crate::engine::rng::Rng;
use crate::engine::role::{RawCall, Reply, Speaker};
use crate::engine::scenario::Executor;
use crate::providers::scripted::action::Form;
use crate::providers::scripted::desk::Say;
use crate::providers::scripted::faults::Fault;
use crate::providers::scripted::path::Leg;
use crate::providers::scripted::path::Status;
use crate::providers::scripted::voice::join;
use crate::providers::scripted::words::join_and;
use crate::providers::scripted::{action, facts, handover, path, words};
use serde_json::{Map, Value};

impl Desk<'_> {
    pub(super) fn act(&self, leg: &Leg, rng: &mut Rng) -> Reply {
        let mut calls: Vec<(String, Value)> = Vec::new();
        let mut injected = Vec::new();
        match leg {
            Leg::Own(_) => {
                let many = if self.fixed("batch").chance(0.4) && !self.s.has(Fault::WrongId) {
                    3
                } else {
                    1
                };
                let from = self
                    .progress
                    .legs
                    .iter()
                    .position(|(l, _)| l == leg)
                    .unwrap_or(0);
                for (next, status) in self.progress.legs.iter().skip(from) {
                    let Leg::Own(at) = next else { break };
                    let Some(call) = self.s.bound.path.get(*at) else {
                        break;
                    };
                    let first = calls.is_empty();
                    let free = matches!(status, Status::Open)
                        && !path::writes(self.s, next)
                        && self.missing(next).is_empty();
                    if !first && (!free || path::writes(self.s, leg)) {
                        break;
                    }
                    let Ok(args) = self.progress.fill(self.s, *at) else {
                        break;
                    };
                    // An id that nobody has named yet comes from a result that is
                    // still to come.
                    let ids = args
                        .as_object()
                        .into_iter()
                        .flatten()
                        .filter(|(_, v)| v.is_string());
                    if !first && !ids.into_iter().all(|(_, v)| self.named(v)) {
                        break;
                    }
                    calls.push((call.tool.clone(), args));
                    if calls.len() >= many {
                        break;
                    }
                }
            }
            Leg::Sub { tool, steps, .. } => {
                calls.push((tool.clone(), self.request_for(tool, steps)));
            }
        }
        if calls.is_empty() {
            // A template that no result fills: the path cannot be followed.
            return self.stuck(rng);
        }
        if self.s.has(Fault::WrongId)
            && let Some((tool, wrong)) = self.wrong_call(leg)
            && !self
                .progress
                .made
                .iter()
                .any(|m| m.tool == tool && m.args == wrong)
        {
            calls = vec![(tool, wrong)];
            injected.push(Fault::WrongId.name().to_owned());
        }
        let writing = path::tells(self.s, leg);
        let mut parts = self.opener(rng);
        let talks = self
            .request
            .messages
            .last()
            .is_some_and(|m| m.from == Speaker::User);
        if talks {
            parts.push(self.line(if writing { Say::Act } else { Say::Look }, "", rng));
        } else if rng.chance(0.15) {
            parts.push(self.line(Say::Next, "", rng));
        }
        let doing: Vec<String> = calls
            .iter()
            .map(|(tool, args)| self.doing(tool, args))
            .collect();
        let doing = join_and(&doing);
        let why: &[&str] = match (writing, self.progress.made.is_empty()) {
            (true, _) => &[
                "The user agreed, so now I am {x}.",
                "With the user's yes I go on by {x}.",
                "All that is needed is there; next comes {x}.",
            ],
            (false, true) => &[
                "I start by {x}; what follows depends on it.",
                "First I need the facts, so I begin by {x}.",
                "Nothing is known yet, hence {x}.",
            ],
            (false, false) => &[
                "Next I am {x}.",
                "Before I decide anything, I go on by {x}.",
                "What I have is not enough, so I am {x}.",
            ],
        };
        let reasoning = rng
            .pick(why)
            .copied()
            .unwrap_or("{x}")
            .replace("{x}", &doing);
        let mut reply = self.calling(&parts, &reasoning, &calls);
        reply.injected = injected;
        reply
    }

    /// Whether each id and number among the arguments was said by the user or
    /// stands in a result.
    pub(super) fn named(&self, args: &Value) -> bool {
        let mut values = Vec::new();
        scalars(args, &mut values, 0);
        values
            .iter()
            .filter(|v| v.is_number() || v.as_str().is_some_and(words::is_id_like))
            .all(|id| {
                self.request
                    .messages
                    .iter()
                    .any(|m| m.from != Speaker::Agent && facts::says(&m.text, id))
            })
    }

    pub(super) fn doing(&self, tool: &str, args: &Value) -> String {
        match self.s.scenario.tool(tool).map(|t| &t.executor) {
            Some(Executor::Agent(agent)) => format!("handing this to {}", words::label(agent)),
            Some(Executor::Table(_) | Executor::Rules | Executor::Model | Executor::Human)
            | None => action::action(tool, args, Form::Doing),
        }
    }

    pub(super) fn calling(
        &self,
        parts: &[String],
        reasoning: &str,
        calls: &[(String, Value)],
    ) -> Reply {
        let raw = calls.iter().enumerate().map(|(n, (tool, args))| RawCall {
            id: format!("call_{}_{}", self.request.step, n + 1),
            name: tool.clone(),
            arguments: args.to_string(),
        });
        Reply {
            text: join(parts),
            reasoning: reasoning.to_owned(),
            calls: raw.collect(),
            ..Reply::default()
        }
    }

    /// The request to a sub-agent, in words that hold every value it needs.
    pub(super) fn request_for(&self, tool: &str, steps: &[usize]) -> Value {
        let mut actions = Vec::new();
        for at in steps {
            let Some(call) = self.s.bound.path.get(*at) else {
                continue;
            };
            actions.push(action::action(
                &call.tool,
                &self.progress.known(self.s, *at),
                Form::Base,
            ));
        }
        actions.dedup();
        let agreed = steps.iter().any(|at| path::tells(self.s, &Leg::Own(*at))) && self.agreed();
        let agreed = if agreed {
            " The user has agreed to this."
        } else {
            ""
        };
        let details: Vec<String> = path::asking(self.s, steps)
            .into_iter()
            .filter_map(|at| {
                self.progress
                    .known(self.s, at)
                    .as_object()
                    .map(handover::details)
            })
            .collect();
        let text = format!(
            "Please {}.{agreed} {}",
            join_and(&actions),
            details.join(" ")
        );
        let key = self
            .s
            .scenario
            .tool(tool)
            .and_then(|t| {
                t.parameters
                    .get("properties")?
                    .as_object()?
                    .keys()
                    .next()
                    .cloned()
            })
            .unwrap_or_else(|| String::from("request"));
        let map: Map<String, Value> = std::iter::once((key, Value::from(text.trim()))).collect();
        Value::Object(map)
    }
}
