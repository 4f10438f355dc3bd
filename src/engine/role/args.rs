//! Arguments of a tool call, read the way its tool asks: strict, coerced or lenient.

use crate::engine::scenario::ArgsMode;
use crate::engine::world::{Node, Schema};

/// Reads the arguments; the error is what the agent is told.
///
/// # Errors
/// Where they do not fit the schema in the given mode.
pub fn read(mode: ArgsMode, schema: &Schema, raw: &Node) -> Result<Node, String> {
    match mode {
        ArgsMode::Lenient => Ok(raw.clone()),
        ArgsMode::Strict | ArgsMode::Coerce => {
            let misfits = schema.check(raw);
            if misfits.is_empty() {
                return Ok(raw.clone());
            }
            let what: Vec<String> = misfits.iter().map(|m| m.what.clone()).collect();
            Err(format!("Invalid arguments: {}", what.join("; ")))
        }
    }
}
