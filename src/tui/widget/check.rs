//! What a text is held against while it is typed. What is quick is said at once;
//! a file of a scenario is read with all the others by a job.

use super::locate::locate;
use crate::engine::problem::Problem;
use crate::engine::scenario::Files;
use crate::engine::world::{Node, Op, Patch, Path, Schema};
use std::sync::Arc;

/// What a text has to be.
#[derive(Clone, Debug)]
pub enum Check {
    /// Anything.
    Nothing,
    /// Text that is not empty.
    Words,
    /// JSON, and of this schema where there is one.
    Json(Option<Schema>),
    /// JSON for a place of the world, which must fit the schema with it.
    Value {
        /// The world's schema.
        schema: Schema,
        /// The world as it is.
        world: Node,
        /// The place.
        path: Path,
    },
    /// A file of a scenario: nothing may be wrong with the whole.
    File(Arc<InScenario>),
}

/// A file of a scenario, and the others that it is read with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InScenario {
    /// The scenario's id.
    pub folder: String,
    /// All files, this one among them where it exists.
    pub files: Files,
    /// Its path inside the folder.
    pub path: String,
}

impl InScenario {
    /// All files, with this text in its place.
    #[must_use]
    pub fn with(&self, text: &str) -> Files {
        let mut files = self.files.clone();
        files.insert(self.path.clone(), text.as_bytes().into());
        files
    }
}

impl Check {
    /// What can be said at once: problems whose file is empty.
    #[must_use]
    pub fn quick(&self, text: &str) -> Vec<Problem> {
        match self {
            Self::Words if text.trim().is_empty() => {
                vec![Problem::error("", 1, 0, "there must be some text")]
            }
            Self::Nothing | Self::Words | Self::File(_) => Vec::new(),
            Self::Json(schema) => json(text, schema.as_ref()),
            Self::Value {
                schema,
                world,
                path,
            } => value(text, schema, world, path),
        }
    }

    /// What is said of a text without a problem.
    #[must_use]
    pub fn fine(&self) -> &'static str {
        match self {
            Self::Nothing | Self::Words => "text",
            Self::Json(None) => "valid JSON",
            Self::Json(Some(_)) => "valid JSON, as the schema wants it",
            Self::Value { .. } => "valid JSON, and the world's schema holds",
            Self::File(_) => "the scenario can be used",
        }
    }
}

fn json(text: &str, schema: Option<&Schema>) -> Vec<Problem> {
    let value: serde_json::Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(why) => {
            let (line, column) = (why.line() as u32, why.column() as u32);
            let words = why.to_string();
            // The place is said beside it.
            let words = words.split(" at line ").next().unwrap_or("").to_owned();
            return vec![Problem::error("", line.max(1), column, words)];
        }
    };
    let node = Node::from_json(&value);
    let misfits = schema.map(|s| s.check(&node)).unwrap_or_default();
    misfits
        .iter()
        .map(|misfit| {
            let (line, column) = locate(text, &misfit.path);
            Problem::error("", line, column, misfit.to_string())
        })
        .collect()
}

/// What a value breaks at its place of the world.
fn value(text: &str, schema: &Schema, world: &Node, path: &Path) -> Vec<Problem> {
    let problems = json(text, None);
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return problems;
    };
    let (path, value) = (path.clone(), Node::from_json(&value));
    let above = path.clone();
    let op = match path.find(world) {
        Some(_) => Op::Replace { path, value },
        None => Op::Add { path, value },
    };
    let applied = match Patch(vec![op]).apply(world) {
        Ok(applied) => applied,
        Err(why) => return vec![Problem::error("", 1, 0, why.why)],
    };
    let misfits = schema.check_touched(&applied.world, &applied.touched);
    misfits
        .iter()
        .map(|misfit| {
            let below = misfit.path.0.strip_prefix(above.0.as_slice());
            let (line, column) = locate(text, &Path(below.unwrap_or_default().to_vec()));
            Problem::error("", line, column, misfit.to_string())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_held_against_its_schema_with_lines() {
        let schema = Schema::compile(&serde_json::json!({
            "type": "object",
            "properties": {"amount": {"type": "number"}},
            "required": ["order_id"],
        }))
        .unwrap();
        let check = Check::Json(Some(schema));
        let problems = check.quick("{\n  \"amount\": \"much\"\n}");
        let lines: Vec<u32> = problems.iter().map(|p| p.line).collect();
        assert!(lines.contains(&2) && lines.contains(&1), "{problems:?}");
        let problems = check.quick("{\n  \"amount\": 3,,\n}");
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, 2);
        assert!(!problems[0].what.contains("line"), "{}", problems[0].what);
        assert!(check.quick("{\"order_id\": \"1\"}").is_empty());
    }
}
