//! What other parts of the engine are about to offer, in their shape.

use crate::engine::role::Role;
use crate::engine::role::execute::At;
use crate::engine::scenario::{Scenario, Tool};
use crate::engine::score::{Rubric, Verdict};
use crate::engine::world::{Node, Patch, Pattern};

pub struct Accepted {
    pub result: Node,
    pub patch: Patch,
    pub error: Option<String>,
}
pub struct Refusal {
    pub result: Option<Node>,
    pub patch: Option<Patch>,
    pub why: Vec<String>,
}
pub fn check_proposal(
    _: &Tool,
    _: &Scenario,
    _: &Node,
    _: &Node,
    _: &Node,
    _: &str,
    _: At<'_>,
) -> Result<Accepted, Refusal> {
    Err(Refusal {
        result: None,
        patch: None,
        why: vec![String::from("not checked")],
    })
}
#[allow(dead_code)]
pub struct Transcript(pub Vec<(u32, Role, String)>);
pub fn read_verdict(_: &str, _: &Rubric, _: &Transcript) -> Result<Verdict, Vec<String>> {
    Ok(Verdict::default())
}
pub fn project(node: &Node, _: &[Pattern]) -> Node {
    node.clone()
}
