//! What the state manager says to a proposal of the tool simulator.

use super::run::tool_run;
use super::{Before, Flight, Place, Session};
use crate::engine::effect::{Effect, Notice};
use crate::engine::fault::{Fault, values};
use crate::engine::grounding::contract;
use crate::engine::role::execute::{self, Executed};
use crate::engine::role::{CUT_OFF, DECLINED, Finish, Reply, ToolCall, Try};
use crate::engine::scenario::Tool;
use crate::engine::score::json_of;
use crate::engine::step::Body;
use crate::engine::world::Node;
use crate::engine::world::reach::project;

/// A proposal that was looked at.
pub(super) struct Looked {
    pub tool: Tool,
    pub args: Node,
    /// The proposal, and why it is refused where it is.
    pub tried: Try,
    /// What it comes to; `None` where it is refused.
    pub done: Option<Executed>,
}

impl Session {
    /// Looks at a proposal for `call`; `None` where there is no such tool.
    pub(super) fn looked(
        &self,
        place: &Place,
        call: &ToolCall,
        attempt: u32,
        reply: &Reply,
    ) -> Option<Looked> {
        let agent = place.stack.last().map_or("", |f| f.agent.as_str());
        let (tool, args) = Self::callable(&place.setting.scenario, agent, call).ok()?;
        let tool = tool.clone();
        let at = self.at(place, attempt);
        let projection = project(&tool.reads, &args, &place.world);
        let checked = contract::check_proposal(
            &tool,
            &place.setting.scenario,
            &place.world,
            &projection,
            &args,
            &reply.text,
            at,
        );
        let mut tried = Try {
            text: reply.text.clone(),
            result: None,
            patch: None,
            refused: Vec::new(),
        };
        let done = match checked {
            Ok(accepted) => {
                tried.result = Some(accepted.result.clone());
                tried.patch = Some(accepted.patch.clone());
                if let Some(message) = accepted.error {
                    Some(Executed::failed(&place.world, tool.render, &message))
                } else {
                    let done = execute::commit(
                        &place.setting.scenario,
                        &tool,
                        &place.world,
                        &args,
                        at,
                        accepted.result,
                        &accepted.patch,
                        &[],
                    );
                    match done {
                        Ok(done) => Some(done),
                        Err(failed) => {
                            tried.refused = reasons(&failed);
                            None
                        }
                    }
                }
            }
            Err(refusal) => {
                // What could not be read has its reason in how the reply ended.
                let unread = refusal.result.is_none() && refusal.patch.is_none();
                tried.refused = match reply.finish {
                    Finish::Length if unread => vec![String::from(CUT_OFF)],
                    Finish::Refusal if unread => vec![String::from(DECLINED)],
                    Finish::Stop | Finish::ToolCalls | Finish::Length | Finish::Refusal => {
                        refusal.why
                    }
                };
                tried.result = refusal.result;
                tried.patch = refusal.patch;
                None
            }
        };
        Some(Looked {
            tool,
            args,
            tried,
            done,
        })
    }

    /// A `model` tool proposed a result and a patch: the state manager decides.
    pub(super) fn proposed(
        &mut self,
        mut flight: Flight,
        call: &ToolCall,
        place: &Place,
        reply: &Reply,
        out: &mut Vec<Effect>,
    ) {
        let seen = self.seen_by_tool(place, &flight.what, flight.before.fault);
        let spoilt = self.ungrounded_proposal(&seen, call, &flight, reply);
        if spoilt.is_some() {
            let word = Fault::UngroundedResult.name().to_owned();
            flight.before.injected.push(word);
        }
        let looked = spoilt.or_else(|| self.looked(&seen, call, flight.attempt, reply));
        let Some(looked) = looked else {
            return;
        };
        if looked.done.is_none() {
            let repairs = looked
                .tool
                .repairs
                .unwrap_or(place.setting.scenario.limits.repairs);
            let why = looked.tried.refused.join("; ");
            if (flight.before.tries.len() as u32) < repairs {
                let seat = flight.what.seat().to_owned();
                out.push(Effect::Tell(Notice::Repair { seat, why }));
                flight.before.tries.push(looked.tried);
                return self.call(flight.what, flight.attempt, flight.before, out);
            }
        }
        let tries = std::mem::take(&mut flight.before.tries);
        let before = Before {
            tries,
            ..flight.before
        };
        let body = self.proposal_body(place, call, flight.attempt, reply, looked, before);
        self.made(body, Some(flight.call), out);
    }

    /// The first proposal with a value in it that is nowhere, where that is the
    /// fault: as it is refused. `None` where nothing of it can be spoilt so that the
    /// state manager refuses it.
    fn ungrounded_proposal(
        &self,
        seen: &Place,
        call: &ToolCall,
        flight: &Flight,
        reply: &Reply,
    ) -> Option<Looked> {
        let before = &flight.before;
        if before.fault != Some(Fault::UngroundedResult) || !before.tries.is_empty() {
            return None;
        }
        let agent = seen.stack.last().map_or("", |f| f.agent.as_str());
        let (tool, _) = Self::callable(&seen.setting.scenario, agent, call).ok()?;
        let spoilt = Reply {
            text: values::ungrounded(&json_of(&reply.text).ok()?, tool)?.to_string(),
            ..reply.clone()
        };
        self.looked(seen, call, flight.attempt, &spoilt)
            .filter(|looked| looked.done.is_none())
    }

    /// The step that a proposal makes: accepted, or the last that is refused.
    pub(super) fn proposal_body(
        &self,
        place: &Place,
        call: &ToolCall,
        attempt: u32,
        reply: &Reply,
        looked: Looked,
        before: Before,
    ) -> Body {
        let mut tries = before.tries;
        tries.push(looked.tried);
        let accepted = looked.done.is_some();
        let mut done = looked.done.unwrap_or_else(|| {
            Executed::failed(
                &place.world,
                looked.tool.render,
                "The tool is not available at the moment. Nothing was changed.",
            )
        });
        let mut run = tool_run(call, looked.args, "model", &done, tries);
        let mut injected = before.injected;
        if let Some(fault) = before.fault.filter(|_| accepted) {
            let stale = fault == Fault::StaleRead;
            if stale {
                // It only reads: the world is what it is.
                done.world.clone_from(&place.world);
            }
            if stale || self.spoil(place, attempt, fault, &mut run) {
                injected.push(fault.name().to_owned());
            }
        }
        let mut body = self.tool_body(place, reply.by.clone(), attempt, run, &done, injected);
        if accepted {
            body.reasoning.clone_from(&reply.reasoning);
        }
        body
    }
}

fn reasons(failed: &Executed) -> Vec<String> {
    if failed.refused.is_empty() {
        vec![failed.text.clone()]
    } else {
        failed.refused.clone()
    }
}
