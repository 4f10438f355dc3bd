//! From what comes next to the request that a role is sent: each role gets the
//! history that it may see, and nothing else.

use super::next::Next;
use super::{Before, Place, Session};
use crate::engine::id::CallId;
use crate::engine::rng::Rng;
use crate::engine::role::{
    About, Message, Request, Role, Speaker, agent, judge, shortened, told, tool, user,
};
use crate::engine::score::{Finding, verdict_schema};
use crate::engine::step::Act;
use crate::engine::world::reach::project;
use std::fmt::Write;
use std::sync::Arc;

/// Letters of an unusable reply that go back to the role that wrote it: enough
/// to mend it, little enough for a small context when it ran on without end.
const SENT_BACK: usize = 4000;

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
        before: &Before,
    ) -> Option<Request> {
        let head = place.step.as_ref().map(|s| s.id);
        let path = self.path(head);
        let scenario = &place.setting.scenario;
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
            fault: before.fault.map(|f| f.name().to_owned()),
        };
        let label = match next {
            Next::User => {
                request.system = user::system(&place.setting.persona, &place.setting.task);
                if let Some(told) = before.fault.and_then(user::told) {
                    request.system.push_str(told);
                }
                request.messages = seen_by_user(&path);
                "user"
            }
            Next::Agent => {
                let frame = place.stack.last()?;
                let def = scenario.agent(&frame.agent)?;
                request.role = Role::Agent;
                request.agent = Self::agents(place);
                request.system = agent::system(scenario, def);
                request.messages = seen_by_agent(&path, place)?;
                request.tools = agent::tools(scenario, def);
                request.about = About::AgentTurn;
                "agent"
            }
            Next::Model(wanted) => {
                let frame = place.stack.last()?;
                let (def, args) = Self::callable(scenario, &frame.agent, wanted).ok()?;
                let seen = self.seen_by_tool(place, next, before.fault);
                let projection = project(&def.reads, &args, &seen.world);
                request.role = Role::Tool;
                request.agent = Self::agents(place);
                request.system = tool::system(scenario, def);
                request.schema = Some(tool::schema(def));
                let runs =
                    path.iter()
                        .filter_map(|p| p.step.as_ref())
                        .filter_map(|s| match &s.body.act {
                            Act::Ran(run) => Some(&**run),
                            Act::Said { .. }
                            | Act::Answered { .. }
                            | Act::Judged(_)
                            | Act::Malformed { .. }
                            | Act::Edited(_) => None,
                        });
                let recent = tool::recent(scenario, def, runs);
                let text = tool::ask(def, &args, &seen.world, &projection, &recent);
                request.messages = vec![message(Speaker::User, text, 0)];
                for refused in &before.tries {
                    let why = tool::refused(&refused.refused);
                    send_back(&mut request.messages, &refused.text, why, 0);
                }
                request.about = About::ToolAnswer {
                    tool: def.name.clone(),
                    args,
                    projection,
                    refused: before
                        .tries
                        .iter()
                        .flat_map(|t| t.refused.clone())
                        .collect(),
                };
                "tool"
            }
            Next::Judge => {
                request.role = Role::Judge;
                request.system = judge::system(scenario, &place.setting.task);
                request.messages = seen_by_judge(&path);
                let findings: Vec<Finding> = path
                    .iter()
                    .filter_map(|p| p.step.as_ref())
                    // What is said of other verdicts is no evidence.
                    .filter(|s| s.body.role != Role::Judge)
                    .flat_map(|s| s.body.findings.clone())
                    .collect();
                let mut facts = judge::faults(&self.recoveries(head));
                facts.push_str(&judge::facts(
                    &self.assertions(head),
                    &findings,
                    &self.start.world,
                    &place.world,
                ));
                request.messages.push(message(Speaker::System, facts, 0));
                request.schema = Some(verdict_schema(&scenario.rubric));
                request.about = About::Verdict;
                "judge"
            }
            Next::Code(_) | Next::Human(_) | Next::Nothing => return None,
        };
        // The first sample draws what a judge draws that is asked once.
        request.seed = match before.samples.len() {
            0 => self.step_seed(place, label, attempt),
            sample => self.step_seed(place, &format!("{label}/sample {sample}"), attempt),
        };
        unusable_before(&path, &mut request);
        for sent in &before.unusable {
            send_back(&mut request.messages, &sent.text, told(&sent.why), 0);
        }
        Some(request)
    }
}

/// Shows a role its unusable replies just before, and says why each was.
fn unusable_before(path: &[Arc<Place>], request: &mut Request) {
    let mut run = Vec::new();
    for step in path.iter().rev().filter_map(|p| p.step.as_ref()) {
        match &step.body.act {
            Act::Malformed { text, why }
                if step.body.role == request.role && step.body.agent == request.agent =>
            {
                run.push((text, why, step.body.number));
            }
            Act::Malformed { .. }
            | Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Edited(_)
            | Act::Judged(_) => break,
        }
    }
    for (text, why, number) in run.into_iter().rev() {
        send_back(&mut request.messages, text, told(why), number);
    }
}

/// A role's own reply and why it could not be used.
fn send_back(messages: &mut Vec<Message>, text: &str, why: String, step: u32) {
    let text = shortened(text.trim(), SENT_BACK);
    if !text.is_empty() {
        messages.push(message(Speaker::Own, text, step));
    }
    messages.push(message(Speaker::System, why, 0));
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
            Act::Answered { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
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
            | Act::Malformed { .. }
            | Act::Edited(_) => {}
        }
    }
    Some(out)
}

/// Everything but what judges said, each message headed by its step number.
fn seen_by_judge(path: &[Arc<Place>]) -> Vec<Message> {
    let mut out = Vec::new();
    for step in path.iter().filter_map(|p| p.step.as_ref()) {
        let body = &step.body;
        let number = body.number;
        if body.role == Role::Judge {
            continue;
        }
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
            Act::Judged(_) | Act::Edited(_) => {}
        }
    }
    out
}
