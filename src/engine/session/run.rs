//! Tools that run without a model: code and persons, and what a run is on record.

use super::next::Next;
use super::{Place, Session};
use crate::engine::fault::Fault;
use crate::engine::role::execute::{self, At, Executed};
use crate::engine::role::{By, Role, ToolCall, Try};
use crate::engine::scenario::{Executor, Tool};
use crate::engine::step::{Act, Body, ToolRun};
use crate::engine::world::canon::Render;
use crate::engine::world::{Node, Patch};

impl Session {
    /// A tool that code runs: the step it makes.
    pub(super) fn run_code(
        &self,
        place: &Place,
        call: &ToolCall,
        attempt: u32,
        fault: Option<Fault>,
    ) -> Body {
        let seen = self.seen_by_tool(place, &Next::Code(call.clone()), fault);
        let (mut run, mut done) = self.execute(&seen, call, attempt);
        let stale = seen.world.hash() != place.world.hash();
        if stale {
            // It only reads: the world is what it is.
            done.world.clone_from(&place.world);
        }
        let made = fault.filter(|f| stale || self.spoil(place, attempt, *f, &mut run));
        let injected = made.iter().map(|f| f.name().to_owned()).collect();
        self.tool_body(place, By::Code, attempt, run, &done, injected)
    }

    pub(super) fn tool_body(
        &self,
        place: &Place,
        by: By,
        attempt: u32,
        run: ToolRun,
        done: &Executed,
        injected: Vec<String>,
    ) -> Body {
        // A sub-agent's answer is a result in the hands of the agent that asked.
        let mut body = Self::bare(place, Role::Tool, by, attempt, Act::Ran(Box::new(run)));
        if place.stack.last().is_some_and(|f| f.answer.is_some()) {
            body.agent.pop();
        }
        body.world = done.world.hash();
        body.injected = injected;
        body.findings = self.findings(place, &body);
        if done.broken_rule {
            body.findings
                .push(super::findings::broken_rule(&body, done));
        }
        body
    }

    pub(super) fn execute(
        &self,
        place: &Place,
        call: &ToolCall,
        attempt: u32,
    ) -> (ToolRun, Executed) {
        if let Some(answer) = place.stack.last().and_then(|f| f.answer.clone()) {
            let done = Executed {
                ok: true,
                result: Node::str(answer.as_str()),
                text: answer,
                ..Executed::failed(&place.world, plain_render(place), "")
            };
            return (
                tool_run(call, call.args.clone(), "agent", &done, Vec::new()),
                done,
            );
        }
        let agent = place.stack.last().map_or("", |f| f.agent.as_str());
        let scenario = &place.setting.scenario;
        match Self::callable(scenario, agent, call) {
            Err(why) => {
                let done = Executed::failed(&place.world, plain_render(place), &why);
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
                if tool.executor == Executor::Model
                    && let Some(done) =
                        super::frozen::answer(scenario, tool, &place.world, &args, at)
                {
                    return (tool_run(call, args, "table", &done, Vec::new()), done);
                }
                let done = execute::execute(scenario, tool, &place.world, &args, at);
                (
                    tool_run(call, args, executor_word(tool), &done, Vec::new()),
                    done,
                )
            }
        }
    }

    pub(super) fn at<'a>(&self, place: &'a Place, attempt: u32) -> At<'a> {
        At {
            now: &place.setting.scenario.now,
            id_key: self.step_seed(place, "run", attempt),
        }
    }
}

/// How a result is rendered that no tool gave.
pub(super) fn plain_render(place: &Place) -> Render {
    let first = place.setting.scenario.tools.first();
    first.map(|t| t.render).unwrap_or_default()
}

/// How the results of a tool are rendered.
pub(super) fn render_of(place: &Place, tool: &str) -> Render {
    let tool = place.setting.scenario.tool(tool);
    tool.map_or_else(|| plain_render(place), |t| t.render)
}

pub(super) fn executor_word(tool: &Tool) -> &'static str {
    match tool.executor {
        Executor::Table(_) => "table",
        Executor::Rules => "rules",
        Executor::Model => "model",
        Executor::Agent(_) => "agent",
        Executor::Human => "human",
    }
}

pub(super) fn tool_run(
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
