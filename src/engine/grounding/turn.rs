//! What the check follows: the turns of a conversation, lived through or
//! recorded, in one shape.

use super::known::Known;
use super::norms::{Norm, norms};
use super::records::{is_status_key, wordy};
use crate::engine::world::{Node, Patch, Pattern, Schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// What is known before the first turn, and never changes: policies, tools, the
/// clock, what the user was told. Shared by all conversations of a version; one
/// that differs in what its user was told is a cheap copy.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What agents are told from the start: policies, tools, the clock.
    pub known: Known,
    /// The tools on offer to anybody.
    pub tools: Arc<Vec<ToolFacts>>,
    /// Whether `tools` is all there is: only then a call of another tool is a
    /// finding. A transcript from elsewhere may not say.
    pub all_tools: bool,
    /// Whether this is of a transcript from elsewhere, which may leave out what its
    /// agents were told.
    pub from_elsewhere: bool,
    /// Whether a policy is known.
    pub ruled: bool,
    /// What the user simulator was told.
    pub user: Option<UserFacts>,
    /// Words that say how a thing stands, in lower case: from policies and from
    /// the world that it begins with.
    pub statuses: Arc<BTreeSet<Box<str>>>,
    /// Values that tools take for a key, where those are a few words.
    pub classes: Arc<BTreeMap<Box<str>, HashSet<Box<str>>>>,
    /// What policies forbid or allow.
    pub norms: Arc<Vec<Norm>>,
}

impl Told {
    /// A policy that an agent is told: its values, and the states it names
    /// (`the status can be **pending** or 'delivered'`).
    pub fn policy(&mut self, text: &str) {
        self.ruled |= !text.trim().is_empty();
        self.known.text(text);
        Arc::make_mut(&mut self.norms).extend(norms(text));
        for line in text.lines() {
            let lower = line.to_lowercase();
            if !lower.contains("status") && !lower.contains("state") {
                continue;
            }
            for mark in ["**", "'", "\"", "`"] {
                // Every second piece stands between two marks.
                for word in lower.split(mark).skip(1).step_by(2) {
                    let words = word.split_whitespace().count();
                    if (1..=3).contains(&words) && wordy(word) {
                        Arc::make_mut(&mut self.statuses).insert(word.into());
                    }
                }
            }
        }
    }

    /// Whether agents may have been told what is not here: fees, limits, today's
    /// date. Then a round sum or a day without a source is no finding.
    pub(super) fn lacks_policy(&self) -> bool {
        self.from_elsewhere && !self.ruled
    }

    /// A tool on offer.
    pub fn tool(&mut self, tool: ToolFacts) {
        self.known.tool(&tool.name);
        self.known.text(&tool.description);
        if let Some(schema) = &tool.parameters {
            self.known.text(&schema.source().to_string());
            self.listed("", schema.source(), 0);
        }
        Arc::make_mut(&mut self.tools).push(tool);
    }

    /// Lists of allowed words in a schema.
    fn listed(&mut self, key: &str, schema: &Value, depth: usize) {
        if depth > 32 {
            return;
        }
        if let Some(list) = schema.get("enum").and_then(Value::as_array) {
            let words = list.iter().filter_map(Value::as_str).filter(|w| wordy(w));
            let words: Vec<Box<str>> = words.map(|w| w.to_lowercase().into()).collect();
            if words.len() == list.len() && (2..=12).contains(&words.len()) {
                if is_status_key(key) {
                    Arc::make_mut(&mut self.statuses).extend(words);
                } else {
                    let classes = Arc::make_mut(&mut self.classes);
                    classes.entry(key.into()).or_default().extend(words);
                }
            }
        }
        match schema {
            Value::Object(map) => {
                for (name, inner) in map {
                    // A list's items and a union's members go under the same key.
                    let own = matches!(name.as_str(), "items" | "properties" | "$defs");
                    let key = if own { key } else { name };
                    self.listed(key, inner, depth + 1);
                }
            }
            Value::Array(list) => {
                for inner in list {
                    self.listed(key, inner, depth + 1);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// The states that things of a world have.
    pub fn world(&mut self, world: &Node) {
        self.states(world, 0);
    }

    fn states(&mut self, node: &Node, depth: usize) {
        match node {
            Node::Map(map) if depth < 128 => {
                for (key, value) in map {
                    if let Some(word) = value.as_str()
                        && is_status_key(key)
                        && wordy(word)
                    {
                        let word = word.to_lowercase();
                        if !self.statuses.contains(word.as_str()) {
                            Arc::make_mut(&mut self.statuses).insert(word.into());
                        }
                    }
                    self.states(value, depth + 1);
                }
            }
            Node::List(list) if depth < 128 => {
                list.iter().for_each(|n| self.states(n, depth + 1));
            }
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Str(_)
            | Node::List(_)
            | Node::Map(_) => {}
        }
    }
}

/// What is known of a tool.
#[derive(Clone, Debug, Default)]
pub struct ToolFacts {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Schema of its arguments.
    pub parameters: Option<Schema>,
    /// Schema of its result.
    pub output: Option<Schema>,
    /// Whether it may write; `None` where nobody says.
    pub mutates: Option<bool>,
    /// Whether arguments of another type are read as the declared one.
    pub coerces: bool,
}

/// What the user simulator knows: texts as it was given them, and facts by name.
#[derive(Clone, Debug, Default)]
pub struct UserFacts {
    /// Goal, instructions, known and hidden facts, as text.
    pub texts: Vec<String>,
    /// Facts as values.
    pub facts: Vec<(String, Node)>,
}

/// One turn.
#[derive(Clone, Copy, Debug)]
pub enum Turn<'a> {
    /// The user speaks.
    User {
        /// The words.
        text: &'a str,
    },
    /// An agent answers, calls, or both.
    Agent {
        /// Its path: `["main"]`, `["main", "flights"]`.
        agent: &'a [String],
        /// The words.
        text: &'a str,
        /// The calls, in order.
        calls: &'a [Call<'a>],
    },
    /// A sub-agent is asked: its first message.
    Asked {
        /// The sub-agent's path.
        agent: &'a [String],
        /// The request.
        text: &'a str,
    },
    /// A tool answers.
    Ran(&'a Ran<'a>),
}

/// A call as an agent wrote it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The tool.
    pub tool: &'a str,
    /// The arguments.
    pub args: &'a Node,
    /// Whether it is a sub-agent that is called: its request is text.
    pub agent: bool,
}

/// A call that was run.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a> {
    /// Path of the agent that called; empty where the user's side did.
    pub agent: &'a [String],
    /// The tool.
    pub tool: &'a str,
    /// The arguments.
    pub args: &'a Node,
    /// Whether it says that it succeeded.
    pub ok: bool,
    /// The result as a value.
    pub result: &'a Node,
    /// The result as the agent reads it.
    pub text: &'a str,
    /// What it did to the world, where that is known.
    pub patch: Option<&'a Patch>,
    /// The world before it, where there is one.
    pub before: Option<&'a Node>,
    /// The world after it, where there is one.
    pub after: Option<&'a Node>,
    /// Places that this call may read, where the tool declares them.
    pub reads: Option<&'a [Pattern]>,
    /// Places that this call may write, where the tool declares them.
    pub writes: Option<&'a [Pattern]>,
    /// Whether code computed result and patch: then they are true by definition.
    pub computed: bool,
}

#[cfg(test)]
impl<'a> Ran<'a> {
    /// A call that went through, where nothing more is known.
    pub(super) fn through(tool: &'a str, args: &'a Node, result: &'a Node) -> Self {
        Self {
            agent: &[],
            tool,
            args,
            ok: true,
            result,
            text: "",
            patch: None,
            before: None,
            after: None,
            reads: None,
            writes: None,
            computed: false,
        }
    }
}

/// Where a literal stands in a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Byte range of the text.
    Text(usize, usize),
    /// In the arguments of a call of the turn, by its place and the path in it.
    Args(usize, String),
    /// In the result, by its path.
    Result(String),
}

/// Where the value of a literal was known from.
#[derive(Clone, Debug, PartialEq)]
pub enum Trace {
    /// It was said or read before; the number of the newest step that has it, 0
    /// for what was told from the start.
    Known {
        /// The step.
        step: u32,
    },
    /// It follows from values that were.
    Derived {
        /// In words: `302.67 - 254.00`.
        how: String,
        /// Steps of the operands.
        steps: Vec<u32>,
    },
    /// Nowhere.
    None,
}

impl Trace {
    /// Whether there is a source.
    #[must_use]
    pub fn found(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// A literal of a turn and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// Where it stands.
    pub spot: Spot,
    /// As written.
    pub text: String,
    /// Where it comes from.
    pub trace: Trace,
}

/// What everybody of a version is told, shared.
pub type SharedTold = Arc<Told>;
