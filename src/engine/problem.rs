//! One thing wrong in a file that a person wrote: where, what, and what to do.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether a scenario can be used in spite of the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Works, but is probably not what was meant.
    Warning,
    /// Nothing runs until it is mended.
    Error,
}

/// A problem at a place. Lines and columns count from 1; 0 means "the file as
/// a whole".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// Path inside the scenario's folder, with `/`.
    pub file: String,
    /// From 1; 0 where no line is meant.
    pub line: u32,
    /// From 1, in characters; 0 where no column is meant.
    pub column: u32,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What to do about it; empty where `what` says it all.
    pub help: String,
}

impl Problem {
    /// An error at a place.
    #[must_use]
    pub fn error(file: &str, line: u32, column: u32, what: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.to_owned(),
            line,
            column,
            what: what.into(),
            help: String::new(),
        }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(file: &str, line: u32, column: u32, what: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(file, line, column, what)
        }
    }

    /// The same with what to do.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: help.into(),
            ..self
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, ": {word}: {}", self.what)?;
        if self.help.is_empty() {
            Ok(())
        } else {
            write!(f, "\n    {}", self.help)
        }
    }
}
