//! The grounding check over a conversation: hears its turns one by one and says
//! of each what is not backed by what its speaker could know at that moment.
//!
//! No model, no IO: a function of the turns heard so far. A session, a stored
//! conversation and a transcript from elsewhere are all checked by this.

use super::args::findings_of_args;
use super::claims::Done;
use super::known::Known;
use super::text::check_agent_text;
use super::turn::{Ran, SharedTold, Traced, Turn};
use super::{result, user};
use crate::engine::score::Finding;
use crate::engine::world::Node;
use serde::{Deserialize, Serialize};

/// How much of a text was checked, so that silence can be told from blindness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Literals in the text.
    pub literals: usize,
    /// Of them, those with a source.
    pub traced: usize,
    /// Those without, each a finding.
    pub untraced: usize,
    /// Those that this check does not decide on (counts, times, shares).
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
    /// What agents have heard.
    pub(super) known: Known,
    /// What was done.
    pub(super) done: Vec<Done>,
    /// The world as it is now, where there is one.
    pub(super) world: Option<Node>,
    /// What earlier results leave for judging the next.
    pub(super) results: result::Seen,
    /// What the user has heard.
    pub(super) heard: user::Heard,
}

impl Check {
    /// Nothing heard yet.
    #[must_use]
    pub fn new(told: SharedTold) -> Self {
        let known = told.known.clone();
        Self {
            told,
            known,
            done: Vec::new(),
            world: None,
            results: result::Seen::default(),
            heard: user::Heard::default(),
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
            Turn::Agent { text, calls, .. } => {
                let (mut findings, coverage) =
                    check_agent_text(text, step, &self.known, &self.done);
                for (at, call) in calls.iter().enumerate().filter(|(_, c)| !c.agent) {
                    findings.extend(findings_of_args(at, call, step, &self.known));
                }
                Report {
                    findings,
                    coverage,
                    traced: Vec::new(),
                }
            }
            Turn::Asked { .. } => Report::default(),
            Turn::Ran(ran) => result::check(self, ran, step),
        }
    }

    /// Takes a turn in. An agent's own text is no source, or a lie would back its
    /// repetition.
    pub fn hear(&mut self, turn: &Turn<'_>, step: u32) {
        let _ = step;
        self.heard.hear(turn);
        match turn {
            Turn::User { text } => self.known.text(text),
            Turn::Agent { .. } | Turn::Asked { .. } => {}
            Turn::Ran(ran) => self.ran(ran),
        }
    }

    fn ran(&mut self, ran: &Ran<'_>) {
        self.results.hear(ran);
        if let Some(after) = ran.after {
            self.world = Some(after.clone());
        }
        self.known.node(ran.result);
        self.known.text(ran.text);
        if ran.ok {
            // An accepted call: its arguments are facts from now on.
            self.known.node(ran.args);
        }
        let facts = self.told.tools.iter().find(|t| t.name == ran.tool);
        let mut about = facts.map_or_else(String::new, |t| t.description.clone());
        if let Some(patch) = ran.patch.filter(|p| !p.is_empty()) {
            about.push_str(&serde_json::to_string(patch).unwrap_or_default());
        }
        let wrote = ran.patch.map_or_else(
            || facts.and_then(|t| t.mutates).unwrap_or(false),
            |p| !p.is_empty(),
        );
        // A write that landed is done, also where its reply was lost.
        let landed = ran.patch.is_some_and(|p| !p.is_empty());
        self.done.push(Done {
            tool: ran.tool.to_owned(),
            ok: ran.ok || landed,
            wrote: landed || ran.ok && wrote,
            args: ran.args.clone(),
            about,
        });
    }
}
