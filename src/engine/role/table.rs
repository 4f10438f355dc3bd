//! The `table` executor: rows of a world's table, without a rule.

use crate::engine::scenario::TableOp;
use crate::engine::world::Node;

/// Answers a call: one row by key, or the rows whose fields equal the arguments.
///
/// # Errors
/// What the agent is told where there is no such row.
pub fn run(op: &TableOp, world: &Node, args: &Node) -> Result<Node, String> {
    let rows = world
        .child(&op.table)
        .ok_or_else(|| format!("No table {}", op.table))?;
    let key = op.get.as_ref().and_then(|arg| args.child(arg));
    let key = key
        .map(|k| k.as_str().map_or_else(|| k.to_string(), str::to_owned))
        .unwrap_or_default();
    rows.child(&key)
        .cloned()
        .ok_or_else(|| format!("No {} row {key}", op.table))
}
