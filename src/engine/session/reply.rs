//! From a role's reply to a step: read strictly, checked by code, kept as it
//! came where it cannot be used.

use super::next::Next;
use super::{Flight, Place, Session};
use crate::engine::effect::{Effect, Notice};
use crate::engine::grounding::contract;
use crate::engine::role::execute::{self, At, Executed};
use crate::engine::role::{By, Reply, Role, ToolCall, Try, agent, user};
use crate::engine::scenario::{Executor, Tool};
use crate::engine::score;
use crate::engine::step::{Act, Body, ToolRun};
use crate::engine::world::{Node, Patch};
use std::fmt::Write;

impl Session {
    /// A call was answered.
    pub(super) fn replied(&mut self, mut flight: Flight, reply: Reply, out: &mut Vec<Effect>) {
        let place = self.place(self.head()).clone();
        flight.injected.extend(reply.injected.iter().cloned());
        let read = match &flight.what {
            Next::User => user::read(&reply).map(|(text, done)| Act::Said { text, done }),
            Next::Agent => agent::read(&reply, place.calls.saturating_add(1))
                .map(|(text, calls)| Act::Answered { text, calls }),
            Next::Judge => {
                let transcript = self.transcript(&place);
                score::read_verdict(&reply.text, &self.scenario.rubric, &transcript)
                    .map(|mut verdict| {
                        verdict.assertions = self.assertions(self.head());
                        Act::Judged(Box::new(verdict))
                    })
                    .map_err(|problems| problems.join("; "))
            }
            Next::Model(call) => {
                let call = call.clone();
                return self.proposed(flight, &call, &place, reply, out);
            }
            Next::Code(_) | Next::Human(_) | Next::Nothing => return,
        };
        let act = read.unwrap_or_else(|why| {
            let seat = flight.what.seat().to_owned();
            out.push(Effect::Tell(Notice::Repair {
                seat,
                why: why.clone(),
            }));
            Act::Malformed {
                text: as_it_came(&reply),
                why,
            }
        });
        let body = self.body(&place, &flight, reply, act);
        self.made(body, Some(flight.call), out);
    }

    fn body(&self, place: &Place, flight: &Flight, reply: Reply, act: Act) -> Body {
        let mut body = self.bare(place, flight.what.role(), reply.by, flight.attempt, act);
        body.reasoning = reply.reasoning;
        body.injected.clone_from(&flight.injected);
        body.findings = self.findings(place, &body);
        body
    }

    /// A body with the facts of its place, and no finding yet.
    fn bare(&self, place: &Place, role: Role, by: By, attempt: u32, act: Act) -> Body {
        let agent = match role {
            Role::Agent | Role::Tool => Self::agents(place),
            Role::User | Role::Judge => Vec::new(),
        };
        Body {
            number: place.number().saturating_add(1),
            role,
            agent,
            by,
            version: self.opened.version,
            attempt,
            act,
            reasoning: String::new(),
            findings: Vec::new(),
            injected: Vec::new(),
            world: place.world.hash(),
        }
    }

    /// A tool that code runs: the step it makes.
    pub(super) fn run_code(&self, place: &Place, call: &ToolCall, attempt: u32) -> Body {
        let (run, done) = self.execute(place, call, attempt);
        self.tool_body(place, By::Code, attempt, run, &done)
    }

    fn tool_body(
        &self,
        place: &Place,
        by: By,
        attempt: u32,
        run: ToolRun,
        done: &Executed,
    ) -> Body {
        // A sub-agent's answer is a result in the hands of the agent that asked.
        let mut body = self.bare(place, Role::Tool, by, attempt, Act::Ran(Box::new(run)));
        if place.stack.last().is_some_and(|f| f.answer.is_some()) {
            body.agent.pop();
        }
        body.world = done.world.hash();
        body.findings = self.findings(place, &body);
        if done.broken_rule {
            body.findings
                .push(super::findings::broken_rule(&body, done));
        }
        body
    }

    fn execute(&self, place: &Place, call: &ToolCall, attempt: u32) -> (ToolRun, Executed) {
        if let Some(answer) = place.stack.last().and_then(|f| f.answer.clone()) {
            let done = Executed {
                ok: true,
                result: Node::str(answer.as_str()),
                text: answer,
                ..Executed::failed(&place.world, self.scenario_render(), "")
            };
            return (
                tool_run(call, call.args.clone(), "agent", &done, Vec::new()),
                done,
            );
        }
        let agent = place.stack.last().map_or("", |f| f.agent.as_str());
        match self.callable(agent, call) {
            Err(why) => {
                let done = Executed::failed(&place.world, self.scenario_render(), &why);
                (
                    tool_run(call, call.args.clone(), "none", &done, Vec::new()),
                    done,
                )
            }
            Ok((tool, args)) => {
                if matches!(tool.executor, Executor::Agent(_)) {
                    // A sub-agent that could not be entered: the depth is used up.
                    let why = "Sub-agents are nested too deeply; answer without this call.";
                    let done = Executed::failed(&place.world, tool.render, why);
                    return (tool_run(call, args, "none", &done, Vec::new()), done);
                }
                let at = self.at(place, attempt);
                let done = execute::execute(&self.scenario, tool, &place.world, &args, at);
                (
                    tool_run(call, args, executor_word(tool), &done, Vec::new()),
                    done,
                )
            }
        }
    }

    fn at(&self, place: &Place, attempt: u32) -> At<'_> {
        At {
            now: &self.scenario.now,
            id_key: self.step_seed(place, "run", attempt),
        }
    }

    fn scenario_render(&self) -> crate::engine::world::canon::Render {
        self.scenario
            .tools
            .first()
            .map(|t| t.render)
            .unwrap_or_default()
    }

    /// A `model` tool proposed a result and a patch: the state manager decides.
    fn proposed(
        &mut self,
        mut flight: Flight,
        call: &ToolCall,
        place: &Place,
        reply: Reply,
        out: &mut Vec<Effect>,
    ) {
        let scenario = std::sync::Arc::clone(&self.scenario);
        let agent = place.stack.last().map_or("", |f| f.agent.as_str());
        let Ok((tool, args)) = self.callable(agent, call).map(|(t, a)| (t.clone(), a)) else {
            return;
        };
        let projection = place.world.project(&tool.reads);
        let at = self.at(place, flight.attempt);
        let checked = contract::check_proposal(
            &tool,
            &scenario,
            &place.world,
            &projection,
            &args,
            &reply.text,
            at,
        );
        let verdict = match checked {
            Ok(accepted) => {
                let seen = Try {
                    text: reply.text.clone(),
                    result: Some(accepted.result.clone()),
                    patch: Some(accepted.patch.clone()),
                    refused: Vec::new(),
                };
                if let Some(message) = accepted.error {
                    Ok((seen, Executed::failed(&place.world, tool.render, &message)))
                } else {
                    execute::commit(
                        &scenario,
                        &tool,
                        &place.world,
                        &args,
                        at,
                        accepted.result,
                        &accepted.patch,
                        &[],
                    )
                    .map(|done| (seen.clone(), done))
                    .map_err(|failed| Try {
                        refused: reasons(&failed),
                        ..seen
                    })
                }
            }
            Err(refusal) => Err(Try {
                text: reply.text.clone(),
                result: refusal.result,
                patch: refusal.patch,
                refused: refusal.why,
            }),
        };
        let (seen, done) = match verdict {
            Ok(accepted) => accepted,
            Err(refused) => {
                let repairs = tool.repairs.unwrap_or(scenario.limits.repairs);
                let why = refused.refused.join("; ");
                flight.tries.push(refused);
                if flight.tries.len() as u32 <= repairs {
                    let seat = flight.what.seat().to_owned();
                    out.push(Effect::Tell(Notice::Repair { seat, why }));
                    let injected = std::mem::take(&mut flight.injected);
                    self.call(flight.what, flight.attempt, flight.tries, out);
                    if let Some(next) = &mut self.flight {
                        next.injected = injected;
                    }
                    return;
                }
                let done = Executed::failed(
                    &place.world,
                    tool.render,
                    "The tool is not available at the moment. Nothing was changed.",
                );
                let run = tool_run(call, args, "model", &done, flight.tries.clone());
                let mut body = self.tool_body(place, reply.by, flight.attempt, run, &done);
                body.injected.clone_from(&flight.injected);
                return self.made(body, Some(flight.call), out);
            }
        };
        let mut tries = flight.tries.clone();
        tries.push(seen);
        let run = tool_run(call, args, "model", &done, tries);
        let mut body = self.tool_body(place, reply.by, flight.attempt, run, &done);
        body.reasoning = reply.reasoning;
        body.injected.clone_from(&flight.injected);
        self.made(body, Some(flight.call), out);
    }

    /// A person answered a `human` tool.
    pub(super) fn answered_by_person(
        &mut self,
        call: &ToolCall,
        result: Node,
        ok: bool,
        out: &mut Vec<Effect>,
    ) {
        let place = self.place(self.head()).clone();
        let agent = place.stack.last().map_or("", |f| f.agent.as_str());
        let Ok((tool, args)) = self.callable(agent, call).map(|(t, a)| (t.clone(), a)) else {
            return;
        };
        let mut done = Executed::failed(&place.world, tool.render, "");
        done.ok = ok;
        done.text = if ok {
            crate::engine::world::canon::render(&result, tool.render)
        } else {
            execute::error_text(tool.render, result.as_str().unwrap_or(&result.to_string()))
        };
        done.result = result;
        let run = tool_run(call, args, "human", &done, Vec::new());
        let body = self.tool_body(&place, By::Person, 0, run, &done);
        self.made(body, None, out);
    }
}

fn executor_word(tool: &Tool) -> &'static str {
    match tool.executor {
        Executor::Table(_) => "table",
        Executor::Rules => "rules",
        Executor::Model => "model",
        Executor::Agent(_) => "agent",
        Executor::Human => "human",
    }
}

fn tool_run(
    call: &ToolCall,
    args: Node,
    executor: &str,
    done: &Executed,
    tries: Vec<Try>,
) -> ToolRun {
    ToolRun {
        call: call.clone(),
        args,
        executor: executor.to_owned(),
        ok: done.ok,
        result: done.result.clone(),
        text: done.text.clone(),
        patch: if done.ok {
            done.patch.clone()
        } else {
            Patch::default()
        },
        lines: if done.ok {
            done.lines.clone()
        } else {
            Vec::new()
        },
        explain: done.explain.clone(),
        refused: done.refused.clone(),
        policy: done.policy.clone(),
        tries,
    }
}

fn reasons(failed: &Executed) -> Vec<String> {
    if failed.refused.is_empty() {
        vec![failed.text.clone()]
    } else {
        failed.refused.clone()
    }
}

/// A reply as text, for the record of one that could not be used.
fn as_it_came(reply: &Reply) -> String {
    let mut out = reply.text.clone();
    for call in &reply.calls {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = write!(out, "{}({})", call.name, call.arguments);
    }
    out
}
