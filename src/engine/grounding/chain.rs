//! Where a value came from, link by link: what each link is and how it reads.
//! `Session::chain` makes them.

use crate::engine::role::Role;
use crate::engine::world::Path;
use serde::Serialize;
use std::fmt::Write as _;

/// The part of a step that a value is pointed at in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Wherever in the step it stands first.
    Any,
    /// What was said.
    Said,
    /// The arguments of its calls, or those that a tool was called with.
    Args,
    /// The result of a tool.
    Result,
    /// A place of the world after the step.
    World(Path),
}

/// A value at one place, and where it had come from to get there. Of several
/// sources it was derived; of none it began here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// The value as it stands here.
    pub value: String,
    /// Where.
    #[serde(flatten)]
    pub at: Stand,
    /// What it came from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Link>,
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "at")]
pub enum Stand {
    /// In what the user or an agent said.
    Said {
        /// The step.
        step: u32,
        /// Who.
        role: Role,
        /// Byte range of the text.
        span: (usize, usize),
    },
    /// In the arguments of an agent's call.
    Argument {
        /// The agent's step.
        step: u32,
        /// Which of its calls, from 0.
        call: usize,
        /// The tool.
        tool: String,
        /// Where in the arguments.
        path: Path,
    },
    /// In a tool's result.
    Result {
        /// The step.
        step: u32,
        /// The tool.
        tool: String,
        /// Where in the result.
        path: Path,
    },
    /// An operation of a step's patch wrote it.
    Patch {
        /// The step.
        step: u32,
        /// The tool.
        tool: String,
        /// Which operation, from 0.
        op: usize,
        /// Where in the world.
        path: Path,
    },
    /// A statement of a rule made it.
    Rule {
        /// The rules file.
        file: String,
        /// Its line.
        line: u32,
        /// The statement.
        text: String,
    },
    /// In the world as it was after a step (0: at the start).
    World {
        /// The step.
        step: u32,
        /// Where.
        path: Path,
        /// Whether it lies outside what the tool that shows it declares to read.
        outside: bool,
    },
    /// In the world of the scenario.
    Start {
        /// The file.
        file: String,
        /// Its line; 0 where it could not be told.
        line: u32,
        /// Where in the world.
        path: Path,
        /// Whether the task's start patch put it there.
        patch: bool,
    },
    /// A fact that the task gives the user.
    Fact {
        /// Its name; empty for the goal and the opening.
        name: String,
        /// What of the task: `known`, `hidden`, `goal`, `opening`.
        part: String,
        /// Line of the tasks' file; 0 where it could not be told.
        line: u32,
    },
    /// The policy of an agent.
    Policy {
        /// The agent.
        agent: String,
        /// The file.
        file: String,
        /// Its line; 0 where it could not be told.
        line: u32,
    },
    /// The description or the schema of a tool.
    Tool {
        /// The tool.
        tool: String,
        /// The tools' file.
        file: String,
        /// Its line; 0 where it could not be told.
        line: u32,
    },
    /// The scenario's clock.
    Clock,
    /// A person put it there.
    Person {
        /// The step.
        step: u32,
        /// What the person did.
        what: String,
    },
    /// It follows from others.
    Derived {
        /// How: `302.67 - 254.00`.
        how: String,
    },
    /// A new id that a tool drew.
    Drawn {
        /// The step.
        step: u32,
        /// The tool.
        tool: String,
    },
    /// A tool worded it freely, where it may.
    Worded {
        /// The step.
        step: u32,
        /// The tool.
        tool: String,
    },
    /// Nowhere: whoever said it had it from nobody.
    Nowhere {
        /// Who said it first, and in which step.
        step: u32,
        /// Who.
        role: Role,
    },
}

impl Stand {
    /// The step that it is in, where it is in one.
    #[must_use]
    pub fn step(&self) -> Option<u32> {
        match self {
            Self::Said { step, .. }
            | Self::Argument { step, .. }
            | Self::Result { step, .. }
            | Self::Patch { step, .. }
            | Self::World { step, .. }
            | Self::Person { step, .. }
            | Self::Drawn { step, .. }
            | Self::Worded { step, .. }
            | Self::Nowhere { step, .. } => Some(*step),
            Self::Rule { .. }
            | Self::Start { .. }
            | Self::Fact { .. }
            | Self::Policy { .. }
            | Self::Tool { .. }
            | Self::Clock
            | Self::Derived { .. } => None,
        }
    }

    /// The file and line that it is in, where it is in one.
    #[must_use]
    pub fn file(&self) -> Option<(&str, u32)> {
        match self {
            Self::Rule { file, line, .. }
            | Self::Start { file, line, .. }
            | Self::Policy { file, line, .. }
            | Self::Tool { file, line, .. } => Some((file.as_str(), *line)),
            Self::Fact { line, .. } => Some((TASKS, *line)),
            Self::Said { .. }
            | Self::Argument { .. }
            | Self::Result { .. }
            | Self::Patch { .. }
            | Self::World { .. }
            | Self::Clock
            | Self::Person { .. }
            | Self::Derived { .. }
            | Self::Drawn { .. }
            | Self::Worded { .. }
            | Self::Nowhere { .. } => None,
        }
        .filter(|(file, _)| !file.is_empty())
    }

    /// Where, in a few words: `step 4 tool`, `desk.rules:12`.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Said { step, role, .. } | Self::Nowhere { step, role } => {
                format!("step {step} {}", word(*role))
            }
            Self::Argument { step, .. } => format!("step {step} agent"),
            Self::Result { step, .. }
            | Self::Patch { step, .. }
            | Self::Drawn { step, .. }
            | Self::Worded { step, .. } => format!("step {step} tool"),
            Self::World { step: 0, .. } => String::from("world at the start"),
            Self::World { step, .. } => format!("world after step {step}"),
            Self::Person { step, .. } => format!("step {step} person"),
            Self::Clock => String::from("clock"),
            Self::Derived { .. } => String::from("derived"),
            Self::Rule { .. }
            | Self::Start { .. }
            | Self::Fact { .. }
            | Self::Policy { .. }
            | Self::Tool { .. } => match self.file() {
                Some((file, 0)) => file.to_owned(),
                Some((file, line)) => format!("{file}:{line}"),
                None => String::from("scenario"),
            },
        }
    }

    /// What it is there, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Said { role, .. } => match role {
                Role::User => String::from("the user says it"),
                Role::Agent => String::from("the agent says it"),
                Role::Tool => String::from("the tool says it"),
                Role::Judge => String::from("the judge says it"),
            },
            Self::Argument { tool, path, .. } => {
                format!("{tool} is called with it as {}", dotted(path, "arguments"))
            }
            Self::Result { tool, path, .. } => {
                format!("{tool} answers it, {}", dotted(path, "the whole result"))
            }
            Self::Patch { tool, path, op, .. } => format!(
                "{tool} writes it to {}, operation {}",
                dotted(path, "the world"),
                op + 1
            ),
            Self::Rule { text, .. } => text.clone(),
            Self::World { path, outside, .. } => {
                let mut out = dotted(path, "the whole world");
                if *outside {
                    out.push_str(", outside what the tool declares to read");
                }
                out
            }
            Self::Start { path, patch, .. } => {
                let from = if *patch {
                    "the task's start patch"
                } else {
                    "the scenario's world"
                };
                format!("{}: {from}", dotted(path, "the whole world"))
            }
            Self::Fact { name, part, .. } => match (part.as_str(), name.is_empty()) {
                ("known", false) => format!("the user is told {name}"),
                ("hidden", false) => format!("the user is told {name}, to tell when asked"),
                ("opening", _) => String::from("the task's opening words"),
                (_, _) => String::from("the task's goal"),
            },
            Self::Policy { agent, .. } => format!("the policy of {agent}"),
            Self::Tool { tool, .. } => format!("what {tool} says of itself"),
            Self::Clock => String::from("the scenario's time"),
            Self::Person { what, .. } => what.clone(),
            Self::Derived { how } => how.clone(),
            Self::Drawn { tool, .. } => format!("{tool} draws a new id"),
            Self::Worded { tool, .. } => format!("{tool} words it freely, as it may"),
            Self::Nowhere { .. } => String::from("nowhere: no source that it could have had"),
        }
    }
}

/// The file of tasks.
pub(crate) const TASKS: &str = "tasks.yaml";

fn word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Agent => "agent",
        Role::Tool => "tool",
        Role::Judge => "judge",
    }
}

/// A path as a person reads it.
fn dotted(path: &Path, root: &str) -> String {
    let mut out = String::new();
    for key in &path.0 {
        let index = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()) && key.len() < 4;
        let _ = match (out.is_empty(), index) {
            (false, true) => write!(out, "[{key}]"),
            (false, false) => write!(out, ".{key}"),
            (true, _) => write!(out, "{key}"),
        };
    }
    if out.is_empty() { root.to_owned() } else { out }
}

impl Link {
    /// A link that something begins at.
    #[must_use]
    pub fn new(value: impl Into<String>, at: Stand) -> Self {
        Self {
            value: value.into(),
            at,
            from: Vec::new(),
        }
    }

    /// The same, from one other.
    #[must_use]
    pub fn after(mut self, from: Link) -> Self {
        self.from.push(from);
        self
    }

    /// Whether it is this line of a rules file.
    pub(crate) fn is_at(&self, file: &str, line: u32) -> bool {
        matches!(&self.at, Stand::Rule { file: f, line: l, .. } if f == file && *l == line)
    }

    /// All links, each with how many derivations it lies below, in the order of
    /// reading: backwards.
    #[must_use]
    pub fn rows(&self) -> Vec<(usize, &Link)> {
        let mut out = Vec::new();
        let mut left = vec![(0usize, self)];
        while let Some((depth, link)) = left.pop() {
            out.push((depth, link));
            let below = depth + usize::from(link.from.len() > 1);
            left.extend(link.from.iter().rev().map(|l| (below, l)));
        }
        out
    }

    /// The ends of it: where the value, or each part of it, began.
    #[must_use]
    pub fn ends(&self) -> Vec<&Link> {
        let rows = self.rows().into_iter().map(|(_, link)| link);
        rows.filter(|link| link.from.is_empty()).collect()
    }

    /// Whether the value, or a part of it, came from nowhere.
    #[must_use]
    pub fn is_ungrounded(&self) -> bool {
        self.ends()
            .iter()
            .any(|l| matches!(l.at, Stand::Nowhere { .. }))
    }

    /// One line: where, the value, what it is there.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.at {
            Stand::Derived { how } => format!("derived: {} = {how}", self.value),
            at => format!("{}: {}  {}", at.place(), self.value, at.words()),
        }
    }
}
