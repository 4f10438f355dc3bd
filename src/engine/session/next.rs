//! What must happen from a place: a function of the place alone, so that going
//! on from anywhere, inside a sub-agent too, is exact.

use super::{Place, Session};
use crate::engine::role::ToolCall;
use crate::engine::scenario::{Executor, JudgeWhen};

/// The next act.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// The user's turn.
    User,
    /// The agent at the top of the stack replies.
    Agent,
    /// Code runs a tool: unknown, badly called, table, rules, or a sub-agent's
    /// answer that becomes a result.
    Code(ToolCall),
    /// The tool simulator is asked.
    Model(ToolCall),
    /// A person is asked.
    Human(ToolCall),
    /// The judge is asked.
    Judge,
    /// The branch is at its end.
    Nothing,
}

impl Session {
    /// What follows at `place`.
    pub(super) fn next(place: &Place) -> Next {
        let scenario = &place.setting.scenario;
        let when = scenario.judge;
        if place.ended.is_some() {
            return if place.judged || when == JudgeWhen::Never {
                Next::Nothing
            } else {
                Next::Judge
            };
        }
        let Some(frame) = place.stack.last() else {
            let due = when == JudgeWhen::EachRound && place.turns > 0 && !place.judged;
            return if due { Next::Judge } else { Next::User };
        };
        if frame.answer.is_some() {
            // A sub-agent is done: its answer becomes the result of the call
            // that the frame below still waits for.
            let below = place
                .stack
                .len()
                .checked_sub(2)
                .and_then(|at| place.stack.get(at));
            return below
                .and_then(|f| f.pending.first())
                .map_or(Next::Agent, |call| Next::Code(call.clone()));
        }
        let Some(call) = frame.pending.first() else {
            return Next::Agent;
        };
        match Self::callable(scenario, &frame.agent, call) {
            Ok((tool, args)) => match tool.executor {
                Executor::Model if super::frozen::answers(scenario, tool, &place.world, &args) => {
                    Next::Code(call.clone())
                }
                Executor::Model => Next::Model(call.clone()),
                Executor::Human => Next::Human(call.clone()),
                Executor::Table(_) | Executor::Rules | Executor::Agent(_) => {
                    Next::Code(call.clone())
                }
            },
            Err(_) => Next::Code(call.clone()),
        }
    }
}
