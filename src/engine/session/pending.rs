//! What other parts of the engine are about to offer, in their shape.

use crate::engine::role::execute::At;
use crate::engine::scenario::{Scenario, Tool};
use crate::engine::world::{Node, Patch};

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
