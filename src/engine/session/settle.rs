//! From a place and a step to the place after it.

use super::{Frame, Place, Session};
use crate::engine::event::EndedBy;
use crate::engine::role::{By, Role, ToolCall};
use crate::engine::scenario::{Executor, Scenario, Tool};
use crate::engine::step::{Act, Step};
use crate::engine::world::{Node, Origin};
use std::sync::Arc;

impl Session {
    /// The tool that an agent means by a call, with its arguments read.
    ///
    /// The error is what the agent is told.
    pub(super) fn callable<'a>(
        scenario: &'a Scenario,
        agent: &str,
        call: &ToolCall,
    ) -> Result<(&'a Tool, Node), String> {
        let offered = scenario
            .agent(agent)
            .map_or(&[][..], |a| a.tools.as_slice());
        let tool = scenario
            .tool(&call.tool)
            .filter(|t| offered.contains(&t.name))
            .ok_or_else(|| format!("Tool '{}' not found.", call.tool))?;
        if call.args.as_map().is_none() {
            return Err(String::from("The arguments are not a JSON object."));
        }
        let args = crate::engine::role::args::read(tool.args, &tool.parameters_schema, &call.args)?;
        Ok((tool, args))
    }

    /// The place after `step`, whose body is trusted: it comes from `handle` or
    /// from the log. A patch that does not apply leaves the world as it was
    /// (replay reports it through the world's hash).
    pub(super) fn after(&self, before: &Place, step: &Step) -> Place {
        let mut place = before.clone();
        let scenario = &before.setting.scenario;
        let number = step.body.number;
        place.judged = false;
        match &step.body.act {
            Act::Said { text, done } => {
                place.malformed = 0;
                place.turns = place.turns.saturating_add(1);
                place.agent_steps = 0;
                place.goodbyes = if is_goodbye(text) {
                    place.goodbyes.saturating_add(1)
                } else {
                    0
                };
                if *done {
                    place.ended = Some(EndedBy::UserDone);
                } else if place.goodbyes >= scenario.stop.goodbyes.max(1) {
                    place.ended = Some(EndedBy::Goodbyes);
                } else {
                    let agent = scenario.agents.first().map_or("main", |a| &a.name);
                    place.stack = vec![Frame {
                        agent: agent.to_owned(),
                        request: String::new(),
                        pending: Vec::new(),
                        since: 0,
                        answer: None,
                    }];
                }
            }
            Act::Answered { text, calls } => {
                place.malformed = 0;
                place.agent_steps = place.agent_steps.saturating_add(1);
                place.calls = place.calls.saturating_add(calls.len() as u32);
                let inner = place.stack.len() > 1;
                if let Some(frame) = place.stack.last_mut() {
                    frame.pending.clone_from(calls);
                    if calls.is_empty() && inner {
                        frame.answer = Some(text.clone());
                    }
                }
                if calls.is_empty() && !inner {
                    place.stack.clear();
                    if place.turns >= scenario.stop.max_turns {
                        place.ended = Some(EndedBy::MaxTurns);
                    }
                } else if place.agent_steps >= scenario.limits.agent_steps {
                    place.ended = Some(EndedBy::Unusable(format!(
                        "the agents replied {} times in one turn without answering the user",
                        place.agent_steps
                    )));
                }
            }
            Act::Ran(run) => {
                place.malformed = 0;
                if run.executor == "agent" {
                    place.stack.pop();
                }
                if let Some(frame) = place.stack.last_mut()
                    && !frame.pending.is_empty()
                {
                    frame.pending.remove(0);
                }
                if let Ok(applied) = run.patch.apply(&before.world) {
                    // What a person wrote in the place of code is the person's.
                    let by_hand = step.body.by == By::Person
                        && run.lines.first().is_none_or(|line| *line == 0);
                    let origin = if by_hand || run.executor == "human" {
                        Origin::Person { step: number }
                    } else {
                        Origin::Step {
                            step: number,
                            tool: run.call.tool.clone(),
                            line: 0,
                        }
                    };
                    place
                        .ledger
                        .record(&before.world, &run.patch, &origin, &run.lines);
                    place.world = applied.world;
                }
            }
            Act::Judged(_) => {
                place.malformed = 0;
                place.judged = true;
            }
            Act::Edited(edited) => {
                // Whose turn it is stays as it was, and so does what was judged:
                // only going on shows what the edit does.
                place.judged = before.judged;
                place.setting = self.set(&before.setting, edited, step.body.version);
                if let Ok(applied) = edited.patch.apply(&before.world) {
                    let origin = Origin::Person { step: number };
                    place
                        .ledger
                        .record(&before.world, &edited.patch, &origin, &[]);
                    place.world = applied.world;
                }
            }
            Act::Malformed { why, .. } => {
                // Another role's unusable replies are not counted against this
                // one, nor those after which it was given up and asked anew.
                let same = before.step.as_ref().is_some_and(|s| {
                    matches!(s.body.act, Act::Malformed { .. }) && s.body.role == step.body.role
                });
                let more = before.malformed <= scenario.limits.retries;
                place.malformed = if same && more {
                    place.malformed.saturating_add(1)
                } else {
                    1
                };
                if place.malformed > scenario.limits.retries {
                    if step.body.role == Role::Judge {
                        place.judged = true;
                    } else {
                        place.ended = Some(EndedBy::Unusable(why.clone()));
                    }
                }
            }
        }
        place.step = Some(step.clone());
        if place.ended.is_none() {
            Self::enter_sub_agents(&mut place, number);
        }
        place
    }

    /// Opens the frame of a sub-agent whose call comes next, so that the place
    /// alone says who acts.
    fn enter_sub_agents(place: &mut Place, number: u32) {
        let setting = Arc::clone(&place.setting);
        let scenario = &setting.scenario;
        let Some(frame) = place.stack.last() else {
            return;
        };
        if frame.answer.is_some() || place.stack.len() as u32 > scenario.limits.depth {
            return;
        }
        let Some(call) = frame.pending.first() else {
            return;
        };
        let Ok((tool, args)) = Self::callable(scenario, &frame.agent, call) else {
            return;
        };
        let Executor::Agent(agent) = &tool.executor else {
            return;
        };
        // One text argument is the request itself; several are shown as JSON.
        let request = match args.as_map() {
            Some(map) if map.len() == 1 => map
                .values()
                .next()
                .and_then(Node::as_str)
                .map(str::to_owned),
            _ => None,
        }
        .unwrap_or_else(|| args.to_string());
        place.stack.push(Frame {
            agent: agent.clone(),
            request,
            pending: Vec::new(),
            since: number,
            answer: None,
        });
    }
}

/// Whether a user turn carries nothing but thanks and farewell.
fn is_goodbye(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "bye", "goodbye", "thanks", "thank", "cheers", "ta", "ciao", "farewell", "you", "take",
        "care", "good", "great", "day", "ok", "okay",
    ];
    let mut words = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .peekable();
    words.peek().is_some()
        && words.all(|w| {
            WORDS.contains(&w.as_str())
                || [
                    "a", "nice", "have", "so", "much", "very", "again", "for", "your", "help",
                ]
                .contains(&w.as_str())
        })
}
