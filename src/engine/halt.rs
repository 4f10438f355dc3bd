//! Where going on stops by itself: breakpoints, and how they are written.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One condition, looked at after each step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Break {
    /// A step that broke a rule: an invariant that refused it, or a policy check.
    Rule,
    /// An agent called this tool.
    Tool(String),
    /// The judge gave an axis (or `overall`) less than this.
    Score {
        /// The axis, by id; or `overall`.
        axis: String,
        /// 1 to 10.
        below: f64,
    },
    /// A finding was raised.
    Finding,
    /// The branch has this many steps.
    Step(u32),
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule => f.write_str("rule"),
            Self::Tool(name) => write!(f, "tool {name}"),
            Self::Score { axis, below } => write!(f, "score {axis}<{below}"),
            Self::Finding => f.write_str("finding"),
            Self::Step(number) => write!(f, "step {number}"),
        }
    }
}

impl Break {
    /// Reads one as it is written: `rule`, `finding`, `tool NAME`, `step N`,
    /// `score AXIS<N`.
    ///
    /// # Errors
    /// One sentence that says how they are written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (word, rest) = text
            .trim()
            .split_once(char::is_whitespace)
            .unwrap_or((text.trim(), ""));
        let rest = rest.trim();
        match (word, rest) {
            ("rule", "") => Ok(Self::Rule),
            ("finding", "") => Ok(Self::Finding),
            ("tool", name) if !name.is_empty() => Ok(Self::Tool(name.to_owned())),
            ("step", number) => match number.parse() {
                Ok(number) if number > 0 => Ok(Self::Step(number)),
                Ok(_) | Err(_) => Err(String::from("`step` takes a number from 1: step 12")),
            },
            ("score", rest) => {
                let read = rest.split_once('<').and_then(|(axis, below)| {
                    let below: f64 = below.trim().parse().ok()?;
                    let axis = axis.trim();
                    (!axis.is_empty() && below.is_finite()).then(|| Self::Score {
                        axis: axis.to_owned(),
                        below,
                    })
                });
                read.ok_or_else(|| {
                    String::from("`score` takes an axis and a bound: score overall<6")
                })
            }
            _ => Err(String::from(
                "a breakpoint is one of: rule, finding, tool NAME, step N, score AXIS<N",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for text in [
            "rule",
            "finding",
            "tool refund",
            "step 12",
            "score overall<6.5",
        ] {
            assert_eq!(Break::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "rules",
            "tool",
            "step 0",
            "step x",
            "score overall",
            "score <3",
        ] {
            assert!(Break::parse(text).is_err(), "{text}");
        }
    }
}
