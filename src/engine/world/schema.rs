//! JSON Schema (2020-12, the part that states data) over the tree, checked only
//! where a patch touched it. `compile` reads a schema into rules, `check` holds
//! a value against them, `say` words what does not fit, `infer` writes the
//! schema of a world that has none.

use super::node::Node;
use super::path::Path;
use check::{Checker, Trail};
use compile::{Compiler, Rule};
use std::sync::Arc;

mod check;
mod compile;
mod infer;
mod number;
mod say;

pub use infer::infer;

/// A compiled schema; clone is cheap.
///
/// Understood are all keywords of the 2020-12 core, applicator and validation
/// vocabularies but `$dynamicRef`, `$id` inside the schema and `unevaluated…`;
/// references lead inside the document. `format` and annotations say nothing
/// about fit. `1.0` is an integer, and values compare as JSON does.
#[derive(Clone, Debug)]
pub struct Schema {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: serde_json::Value,
    rules: Vec<Rule>,
    root: usize,
    unsupported: Vec<(Path, String)>,
}

/// One place where a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where in the value.
    pub path: Path,
    /// What is wrong, with what was found.
    pub what: String,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.0.is_empty() {
            f.write_str(&self.what)
        } else {
            write!(f, "{} {}", self.path, self.what)
        }
    }
}

impl Schema {
    /// Compiles; every problem at once, each as (pointer into the schema, what).
    ///
    /// # Errors
    /// Keywords with a wrong shape, references that lead nowhere or outside.
    pub fn compile(source: &serde_json::Value) -> Result<Self, Vec<(Path, String)>> {
        let compiled = Compiler::new(source).run()?;
        Ok(Self {
            inner: Arc::new(Inner {
                source: source.clone(),
                rules: compiled.rules,
                root: compiled.root,
                unsupported: compiled.unsupported,
            }),
        })
    }
    /// The schema as written.
    #[must_use]
    pub fn source(&self) -> &serde_json::Value {
        &self.inner.source
    }
    /// What the schema says that is not checked, each as (pointer into the
    /// schema, what): an assertion that is not understood, or a pattern that
    /// needs more than linear time.
    #[must_use]
    pub fn unsupported(&self) -> &[(Path, String)] {
        &self.inner.unsupported
    }
    /// Every misfit of a whole value.
    #[must_use]
    pub fn check(&self, value: &Node) -> Vec<Misfit> {
        self.run(value, None)
    }
    /// Every misfit that writes at `touched` can have caused, where the value
    /// fitted before them: what is at and below those places, and what the
    /// maps and lists above say about having them.
    #[must_use]
    pub fn check_touched(&self, world: &Node, touched: &[Path]) -> Vec<Misfit> {
        if touched.is_empty() {
            return Vec::new();
        }
        self.run(world, Some(&Trail::new(touched)))
    }
    fn run(&self, value: &Node, trail: Option<&Trail>) -> Vec<Misfit> {
        Checker::run(&self.inner.rules, self.inner.root, value, trail)
    }
}
