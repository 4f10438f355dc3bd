//! The grounding check over a conversation: hears its turns one by one and says
//! of each what is not backed by what its speaker could know at that moment.
//!
//! No model, no IO: a function of the turns heard so far. A session, a stored
//! conversation and a transcript from elsewhere are all checked by this.

use super::args::findings_of_call;
use super::claims::Done;
use super::known::{Known, hundredths};
use super::literal::{Literal, LiteralKind, LiteralValue, literals};
use super::records::Records;
use super::text::check_agent_text;
use super::turn::{Ran, SharedTold, Traced, Turn};
use super::verbs::only_looks;
use super::{result, user};
use crate::engine::score::Finding;
use crate::engine::world::{Hashed, Node};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// How much of a text was checked, so that silence can be told from blindness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Literals in the text.
    pub literals: usize,
    /// Of them, those with a source.
    pub traced: usize,
    /// Those without, each a finding.
    pub untraced: usize,
    /// Those that this check does not decide on (counts, sizes, durations).
    pub unchecked: usize,
}

impl std::ops::AddAssign for Coverage {
    fn add_assign(&mut self, other: Self) {
        self.literals += other.literals;
        self.traced += other.traced;
        self.untraced += other.untraced;
        self.unchecked += other.unchecked;
    }
}

/// What the check says of one turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What is wrong, in the order of the turn.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub coverage: Coverage,
    /// Where each literal comes from; only where it was asked for.
    pub traced: Vec<Traced>,
}

/// What was said, read and done so far, and what follows from it for the next
/// turn. Cheap to make: what is told from the start is shared.
#[derive(Clone, Debug)]
pub struct Check {
    pub(super) told: SharedTold,
    /// What the outermost agent has heard.
    pub(super) known: Known,
    /// What sub-agents at work have heard, by their paths.
    inner: BTreeMap<Vec<String>, Known>,
    /// The arguments of the newest call of a sub-agent: its first message.
    handed: Node,
    /// What was done.
    pub(super) done: Vec<Done>,
    /// The world as it is now, where there is one.
    pub(super) world: Option<Node>,
    /// What earlier results leave for judging the next.
    pub(super) results: result::Seen,
    /// What the user has heard.
    pub(super) heard: user::Heard,
    /// What the user's task says.
    pub(super) task: user::Task,
    /// The things that results have shown.
    pub(super) records: Records,
    /// What the user has said, in lower case.
    pub(super) user_said: String,
    /// Sums of money that user and agents have said, in hundredths.
    pub(super) said_cents: HashSet<i64, Hashed>,
    /// Words that calls have asked for, in lower case.
    asked: HashSet<Box<str>>,
    /// How many calls had been run when the user spoke last.
    fresh_from: usize,
}

impl Check {
    /// Nothing heard yet.
    #[must_use]
    pub fn new(told: SharedTold) -> Self {
        let known = told.known.clone();
        Self {
            told,
            known,
            inner: BTreeMap::new(),
            handed: Node::Null,
            done: Vec::new(),
            world: None,
            results: result::Seen::default(),
            heard: user::Heard::default(),
            task: user::Task::default(),
            records: Records::default(),
            user_said: String::new(),
            said_cents: HashSet::default(),
            asked: HashSet::new(),
            fresh_from: 0,
        }
    }

    /// The world as it is before the turn that comes next: a pointer copy.
    pub fn stand(&mut self, world: &Node) {
        self.world = Some(world.clone());
    }

    /// What is wrong with a turn that comes next, as step `step`.
    #[must_use]
    pub fn judge(&self, turn: &Turn<'_>, step: u32) -> Report {
        match turn {
            Turn::User { text } => user::check(self, text, step),
            Turn::Agent { agent, text, calls } => {
                let known = self.known_to(agent);
                let mut report = check_agent_text(self, &known, text, step);
                for (at, call) in calls.iter().enumerate().filter(|(_, c)| !c.agent) {
                    let (findings, coverage) = findings_of_call(self, &known, at, call, step);
                    report.findings.extend(findings);
                    report.coverage += coverage;
                }
                report
            }
            Turn::Asked { .. } => Report::default(),
            Turn::Ran(ran) => result::check(self, ran, step),
        }
    }

    /// What everybody was told.
    #[must_use]
    pub fn told(&self) -> &SharedTold {
        &self.told
    }

    /// What an agent has heard: a sub-agent hears what it was asked and what its
    /// own tools answered.
    fn known_to(&self, agent: &[String]) -> Cow<'_, Known> {
        if agent.len() <= 1 {
            return Cow::Borrowed(&self.known);
        }
        self.inner
            .get(agent)
            .map_or_else(|| Cow::Owned(self.begun()), Cow::Borrowed)
    }

    /// What a sub-agent knows when it begins.
    fn begun(&self) -> Known {
        let mut known = self.told.known.clone();
        known.at(self.known.step());
        known.node(&self.handed);
        known
    }

    /// What ran since the user spoke last.
    pub(super) fn fresh(&self) -> impl Iterator<Item = &Done> {
        self.done.iter().skip(self.fresh_from)
    }

    /// Whether a call had this word among its arguments.
    pub(super) fn asked_for(&self, word: &str) -> bool {
        self.asked.contains(word)
    }

    /// Whether a text is a sum of money that user or agent have said.
    pub(super) fn said(&self, text: &str) -> bool {
        let mut found = literals(text).into_iter();
        found.next().is_some_and(|l| match l.value {
            LiteralValue::Number(v) => self.said_cents.contains(&hundredths(v.abs())),
            LiteralValue::Text(_) | LiteralValue::Date(_) => false,
        })
    }

    /// Whether an amount stands in what everybody is told from the start.
    pub(super) fn told_cents(&self, cents: i64) -> bool {
        self.told.known.has_number(cents as f64 / 100.0)
    }

    /// Takes a turn in. An agent's own text is no source, or a lie would back its
    /// repetition.
    pub fn hear(&mut self, turn: &Turn<'_>, step: u32) {
        self.heard.hear(turn);
        self.known.at(step);
        match turn {
            Turn::User { text } => {
                let found = self.known.read(text);
                self.user_said.push_str(&text.to_lowercase());
                self.user_said.push('\n');
                self.sums_of(&found);
                self.fresh_from = self.done.len();
            }
            Turn::Agent { text, calls, .. } => {
                self.sums_of(&literals(text));
                for call in *calls {
                    asked(call.args, &mut self.asked, 0);
                    if call.agent {
                        self.handed = call.args.clone();
                    }
                }
            }
            Turn::Asked { .. } => {}
            Turn::Ran(ran) => self.ran(ran, step),
        }
    }

    fn sums_of(&mut self, found: &[Literal]) {
        let sums = found.iter().filter_map(|l| match l.value {
            LiteralValue::Number(v) if l.kind == LiteralKind::Amount => Some(hundredths(v.abs())),
            LiteralValue::Number(_) | LiteralValue::Text(_) | LiteralValue::Date(_) => None,
        });
        self.said_cents.extend(sums);
    }

    fn ran(&mut self, ran: &Ran<'_>, step: u32) {
        self.results.hear(ran);
        if let Some(after) = ran.after {
            self.world = Some(after.clone());
        }
        let begun =
            (ran.agent.len() > 1 && !self.inner.contains_key(ran.agent)).then(|| self.begun());
        // A sub-agent that was asked before begins anew when it is asked again.
        self.inner
            .retain(|path, _| path.len() <= ran.agent.len() || !path.starts_with(ran.agent));
        let known = match begun {
            Some(begun) => self.inner.entry(ran.agent.to_vec()).or_insert(begun),
            None => self.inner.get_mut(ran.agent).unwrap_or(&mut self.known),
        };
        known.at(step);
        known.node(ran.result);
        if ran.result.as_map().is_none() && ran.result.as_list().is_none() {
            known.text(ran.text);
        }
        if ran.ok {
            // An accepted call: its arguments are facts from now on.
            known.node(ran.args);
        }
        let facts = self.told.tools.iter().find(|t| t.name == ran.tool);
        let mut about = facts.map_or_else(String::new, |t| t.description.clone());
        // A write that landed is done, also where its reply was lost.
        let landed = ran.patch.is_some_and(|p| !p.is_empty());
        let patch = ran.patch.filter(|p| !p.is_empty());
        let patch = patch.map(|p| serde_json::to_value(p).unwrap_or_default());
        let mut sums = Vec::new();
        if let Some(patch) = &patch {
            about.push_str(&patch.to_string());
            sums_in(&Node::from_json(patch), &mut sums, step, 0);
        }
        let wrote = ran.patch.map_or_else(
            || {
                // A file that says nothing of its tools: what is not called after a
                // look may have written.
                let told = facts.and_then(|t| t.mutates);
                told.unwrap_or_else(|| !only_looks(ran.tool))
            },
            |p| !p.is_empty(),
        );
        if landed || ran.ok && wrote {
            self.records.wrote(ran.args);
            about.push_str(ran.text.get(..ran.text.len().min(LONG)).unwrap_or_default());
            sums_in(ran.args, &mut sums, step, 0);
        }
        if ran.ok && (wrote || ran.result.as_map().is_none() && ran.result.as_list().is_none()) {
            // What was written, or reckoned.
            sums_in(ran.result, &mut sums, step, 0);
        }
        if ran.ok {
            self.records.read(ran.result, step);
        }
        self.done.push(Done {
            tool: ran.tool.to_owned(),
            ok: ran.ok || landed,
            wrote: landed || ran.ok && wrote,
            args: ran.args.clone(),
            about: about.to_lowercase(),
            step,
            error: if ran.ok {
                String::new()
            } else {
                ran.text.to_owned()
            },
            landed,
            sums,
        });
    }
}

/// What of an answer is looked into for words that say what was done.
const LONG: usize = 16_384;

/// The words among arguments.
fn asked(args: &Node, out: &mut HashSet<Box<str>>, depth: usize) {
    match args {
        Node::Str(s) if s.len() <= 64 => {
            out.insert(s.to_lowercase().replace(['_', '-'], " ").into());
        }
        Node::List(list) if depth < 64 => list.iter().for_each(|n| asked(n, out, depth + 1)),
        Node::Map(map) if depth < 64 => map.values().for_each(|n| asked(n, out, depth + 1)),
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Str(_)
        | Node::List(_)
        | Node::Map(_) => {}
    }
}

/// All numbers of a value, as sums of money in hundredths; also those written in
/// texts.
fn sums_in(node: &Node, out: &mut Vec<(i64, u32)>, step: u32, depth: usize) {
    if depth > 64 || out.len() > 200 {
        return;
    }
    match node {
        Node::Int(_) | Node::Float(_) => {
            let cents = node.as_f64().map(|v| hundredths(v.abs()));
            if let Some(cents) = cents.filter(|c| *c != 0 && !out.contains(&(*c, step))) {
                out.push((cents, step));
            }
        }
        Node::Str(text) if text.len() < 400 => {
            for literal in literals(text) {
                if let LiteralValue::Number(v) = literal.value {
                    out.push((hundredths(v.abs()), step));
                }
            }
        }
        Node::List(list) => list.iter().for_each(|n| sums_in(n, out, step, depth + 1)),
        Node::Map(map) => map.values().for_each(|n| sums_in(n, out, step, depth + 1)),
        Node::Null | Node::Bool(_) | Node::Str(_) => {}
    }
}
