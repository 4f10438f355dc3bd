//! Answers of a `model` tool that stand in its file: proposed in the place of a
//! model, and taken only where the contract takes them. In a world that they do
//! not fit the model is asked as ever.

use crate::engine::grounding::contract::check_proposal;
use crate::engine::role::execute::{self, At, Executed};
use crate::engine::scenario::{Scenario, Tool};
use crate::engine::world::Node;
use crate::engine::world::reach::project;

/// Whether an answer stands there for these arguments, and fits this world.
pub(super) fn answers(scenario: &Scenario, tool: &Tool, world: &Node, args: &Node) -> bool {
    let at = At {
        now: &scenario.now,
        id_key: 0,
    };
    answer(scenario, tool, world, args, at).is_some()
}

/// What it comes to.
pub(super) fn answer(
    scenario: &Scenario,
    tool: &Tool,
    world: &Node,
    args: &Node,
    at: At<'_>,
) -> Option<Executed> {
    let mut found = tool.answers.iter().filter(|a| a.args.same_value(args));
    found.find_map(|answer| {
        let text = answer.proposal.to_string();
        let projection = project(&tool.reads, args, world);
        let accepted = check_proposal(tool, scenario, world, &projection, args, &text, at).ok()?;
        if let Some(message) = accepted.error {
            return Some(Executed::failed(world, tool.render, &message));
        }
        let (result, patch) = (accepted.result, accepted.patch);
        execute::commit(scenario, tool, world, args, at, result, &patch, &[]).ok()
    })
}
