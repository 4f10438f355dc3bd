//! From what comes next to the request that a role is sent: each role gets the
//! history that it may see, and nothing else.

use super::next::Next;
use super::{Place, Session};
use crate::engine::id::CallId;
use crate::engine::rng::Rng;
use crate::engine::role::{About, Message, Request, Role, Speaker, Try, agent, judge, tool, user};
use crate::engine::score::{Finding, verdict_schema};
use crate::engine::step::Act;
use std::fmt::Write;
use std::sync::Arc;

impl Session {
    /// The path of agents at a place.
    pub(super) fn agents(place: &Place) -> Vec<String> {
        place.stack.iter().map(|f| f.agent.clone()).collect()
    }

    /// The seed of the step after `place`: hash(seed, path of the step, try).
    pub(super) fn step_seed(&self, place: &Place, label: &str, attempt: u32) -> u64 {
        let number = place.number().saturating_add(1);
        let path = Self::agents(place).join("/");
        Rng::new(
            self.opened.seed,
            &format!("{label}/{number}/{path}/{attempt}"),
        )
        .next_u64()
    }

    /// The request for `next`, where it asks somebody.
    pub(super) fn request(
        &self,
        place: &Place,
        next: &Next,
        call: CallId,
        attempt: u32,
        tries: &[Try],
    ) -> Option<Request> {
        let head = place.step.as_ref().map(|s| s.id);
        let path = self.path(head);
        let mut request = Request {
            call,
            role: Role::User,
            agent: Vec::new(),
            step: place.number().saturating_add(1),
            attempt,
            seed: 0,
            system: String::new(),
            messages: Vec::new(),
            tools: Vec::new(),
            schema: None,
            about: About::UserTurn,
        };
        let label = match next {
            Next::User => {
                request.system = user::system(&self.opened.persona, &self.bound);
                request.messages = seen_by_user(&path);
                "user"
            }
            Next::Agent => {
                let frame = place.stack.last()?;
                let def = self.scenario.agent(&frame.agent)?;
                request.role = Role::Agent;
                request.agent = Self::agents(place);
                request.system = agent::system(&self.scenario, def);
                request.messages = seen_by_agent(&path, place)?;
                request.tools = agent::tools(&self.scenario, def);
                request.about = About::AgentTurn;
                "agent"
            }
            Next::Model(wanted) => {
                let frame = place.stack.last()?;
                let (def, args) = self.callable(&frame.agent, wanted).ok()?;
                let projection = place.world.project(&def.reads);
                request.role = Role::Tool;
                request.agent = Self::agents(place);
                request.system = tool::system(&self.scenario, def);
                request.schema = None;
                request.messages = vec![message(Speaker::User, tool::ask(&args, &projection), 0)];
                for refused in tries {
                    request
                        .messages
                        .push(message(Speaker::Tool, refused.text.clone(), 0));
                    request.messages.push(message(
                        Speaker::System,
                        tool::refused(&refused.refused),
                        0,
                    ));
                }
                request.about = About::ToolAnswer {
                    tool: def.name.clone(),
                    args,
                    projection,
                    refused: tries.iter().flat_map(|t| t.refused.clone()).collect(),
                };
                "tool"
            }
            Next::Judge => {
                request.role = Role::Judge;
                request.system = judge::system(&self.scenario.rubric, &self.bound);
                request.messages = seen_by_judge(&path);
                let findings: Vec<Finding> = path
                    .iter()
                    .filter_map(|p| p.step.as_ref())
                    .flat_map(|s| s.body.findings.clone())
                    .collect();
                let facts = judge::facts(&self.assertions(head), &findings);
                request.messages.push(message(Speaker::System, facts, 0));
                request.schema = Some(verdict_schema(&self.scenario.rubric));
                request.about = About::Verdict;
                "judge"
            }
            Next::Code(_) | Next::Human(_) | Next::Nothing => return None,
        };
        request.seed = self.step_seed(place, label, attempt);
        Self::why_refused(&path, &mut request);
        Some(request)
    }

    /// Tells a role why its last reply could not be used.
    fn why_refused(path: &[Arc<Place>], request: &mut Request) {
        let last = path.last().and_then(|p| p.step.as_ref());
        if let Some(Act::Malformed { why, .. }) = last.map(|s| &s.body.act) {
            let text = format!("Your last reply could not be used: {why}. Reply again.");
            request.messages.push(message(Speaker::System, text, 0));
        }
    }
}

impl Place {
    /// The number of its step; 0 before the first.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.step.as_ref().map_or(0, |s| s.body.number)
    }
}

fn message(from: Speaker, text: String, step: u32) -> Message {
    Message {
        from,
        text,
        calls: Vec::new(),
        call_id: None,
        step,
    }
}

/// What was said aloud: the user's words and those of the outermost agent.
fn seen_by_user(path: &[Arc<Place>]) -> Vec<Message> {
    path.iter()
        .filter_map(|p| p.step.as_ref())
        .filter_map(|step| match &step.body.act {
            Act::Said { text, .. } => Some(message(Speaker::User, text.clone(), step.body.number)),
            Act::Answered { text, .. } if step.body.agent.len() == 1 => {
                Some(message(Speaker::Agent, text.clone(), step.body.number))
            }
            Act::Answered { .. } | Act::Ran(_) | Act::Judged(_) | Act::Malformed { .. } => None,
        })
        .filter(user::may_see)
        .collect()
}

/// What the agent at the top of the stack has seen: for the outermost the whole
/// talk, for a sub-agent what happened since it was asked.
fn seen_by_agent(path: &[Arc<Place>], place: &Place) -> Option<Vec<Message>> {
    let frame = place.stack.last()?;
    let agents = Session::agents(place);
    let inner = agents.len() > 1;
    let mut out = Vec::new();
    if inner {
        out.push(message(Speaker::User, frame.request.clone(), frame.since));
    }
    for step in path.iter().filter_map(|p| p.step.as_ref()) {
        let body = &step.body;
        if inner && body.number <= frame.since {
            continue;
        }
        match &body.act {
            Act::Said { text, .. } if !inner => {
                out.push(message(Speaker::User, text.clone(), body.number));
            }
            Act::Answered { text, calls } if body.agent == agents => out.push(Message {
                calls: calls.clone(),
                ..message(Speaker::Agent, text.clone(), body.number)
            }),
            Act::Ran(run) if body.agent == agents => out.push(Message {
                call_id: Some(run.call.id.clone()),
                ..message(Speaker::Tool, run.text.clone(), body.number)
            }),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. } => {}
        }
    }
    Some(out)
}

/// Everything, each message headed by its step number.
fn seen_by_judge(path: &[Arc<Place>]) -> Vec<Message> {
    let mut out = Vec::new();
    for step in path.iter().filter_map(|p| p.step.as_ref()) {
        let body = &step.body;
        let number = body.number;
        match &body.act {
            Act::Said { text, .. } => {
                out.push(message(
                    Speaker::User,
                    format!("[{number}] user: {text}"),
                    number,
                ));
            }
            Act::Answered { text, calls } => {
                let who = body.agent.join("/");
                let mut line = format!("[{number}] {who}: {text}");
                for call in calls {
                    let _ = write!(line, "\n  calls {}({})", call.tool, call.raw);
                }
                out.push(Message {
                    calls: calls.clone(),
                    ..message(Speaker::Agent, line, number)
                });
            }
            Act::Ran(run) => out.push(Message {
                call_id: Some(run.call.id.clone()),
                ..message(
                    Speaker::Tool,
                    format!("[{number}] tool {}: {}", run.call.tool, run.text),
                    number,
                )
            }),
            Act::Malformed { text, why } => out.push(message(
                Speaker::System,
                format!("[{number}] unusable reply ({why}): {text}"),
                number,
            )),
            Act::Judged(_) => {}
        }
    }
    out
}
