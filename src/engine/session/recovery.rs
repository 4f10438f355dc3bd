//! Whether an agent recovered from the faults that were put in: read from the
//! steps that follow, without a model.
//!
//! The first thing that settles it counts: the call made again, a look at what
//! came of it, the truth told to the user; or a write made twice, a success told
//! that nobody saw, silence to the end.

use super::faults::has;
use super::{Place, Session};
use crate::engine::fault::{DECK, Fault, Means};
use crate::engine::grounding::{Outcome, Told, outcome};
use crate::engine::id::StepId;
use crate::engine::role::Role;
use crate::engine::scenario::Scenario;
use crate::engine::score::{Blame, Finding};
use crate::engine::step::{Act, Body, Step, ToolRun};
use crate::engine::world::{Node, Op};

/// How an agent recovers that could do no more.
const TOLD: &str = "told the user";

/// A fault that was put in, and what the agent made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The step that it was put into.
    pub step: u32,
    /// Which.
    pub fault: Fault,
    /// The tool, where it is one of a tool.
    pub tool: String,
    /// What became of it.
    pub how: How,
}

/// What an agent made of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Nothing is settled yet.
    Open,
    /// There was nothing to do, or nothing came of it.
    Harmless,
    /// It recovered, at a step, and how.
    Recovered(u32, String),
    /// It did not, as a step shows, and why not.
    Failed(u32, String),
}

impl How {
    /// Whether the agent was stopped by the fault, and the user was not served.
    #[must_use]
    pub fn stopped(&self) -> bool {
        match self {
            Self::Open | Self::Failed(..) => true,
            Self::Recovered(_, what) => what == TOLD,
            Self::Harmless => false,
        }
    }

    /// In words, for a line: `recovered at step 9: called again`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Open => String::from("not settled yet"),
            Self::Harmless => String::from("nothing to recover from"),
            Self::Recovered(step, what) => format!("recovered at step {step}: {what}"),
            Self::Failed(step, what) => format!("not recovered, step {step}: {what}"),
        }
    }
}

/// The steps of a branch, and what they are held against.
struct Course<'a> {
    bodies: Vec<&'a Body>,
    scenario: &'a Scenario,
    told: &'a Told,
    /// Whether the conversation is over.
    ended: bool,
    /// Whether every assertion of the task holds at the end.
    held: bool,
}

impl Session {
    /// The faults that were put in up to `at`, and what the agent made of each.
    #[must_use]
    pub fn recoveries(&self, at: Option<StepId>) -> Vec<Recovery> {
        let path = self.path(at);
        let bodies: Vec<&Body> = bodies(&path).collect();
        if bodies.iter().all(|b| b.injected.is_empty()) {
            return Vec::new();
        }
        let place = self.place(at);
        self.course(place, bodies, place.ended.is_some()).all()
    }

    fn course<'a>(&self, place: &'a Place, bodies: Vec<&'a Body>, ended: bool) -> Course<'a> {
        let held = ended && {
            let at = place.step.as_ref().map(|s| s.id);
            self.assertions(at).iter().all(|a| a.holds)
        };
        Course {
            bodies,
            scenario: &place.setting.scenario,
            told: place.setting.told(),
            ended,
            held,
        }
    }

    /// The finding that an agent did not recover, on the step that settles it.
    pub(super) fn not_recovered(&self, place: &Place, body: &Body) -> Vec<Finding> {
        let path = self.path(place.step.as_ref().map(|s| s.id));
        let before = bodies(&path);
        if before.clone().all(|b| b.injected.is_empty()) && body.injected.is_empty() {
            return Vec::new();
        }
        let step = Step {
            id: crate::engine::id::Sha::of(&[]),
            parent: None,
            call: None,
            body: body.clone(),
        };
        // Nothing is said of what was over before.
        let ended = place.ended.is_none() && self.after(place, &step).ended.is_some();
        let all = self
            .course(place, before.chain([body]).collect(), ended)
            .all();
        all.into_iter()
            .filter_map(|found| match found.how {
                How::Failed(at, why) if at == body.number => {
                    let fault = format!("{} at step {}", found.fault, found.step);
                    let what = format!("{fault}: {why}");
                    Some(Finding {
                        fault,
                        ..Finding::of("not_recovered", at, Blame::Agent, what)
                    })
                }
                How::Failed(..) | How::Open | How::Harmless | How::Recovered(..) => None,
            })
            .collect()
    }
}

fn bodies(path: &[std::sync::Arc<Place>]) -> impl Iterator<Item = &Body> + Clone {
    path.iter().filter_map(|p| p.step.as_ref().map(|s| &s.body))
}

impl Course<'_> {
    fn all(&self) -> Vec<Recovery> {
        let mut out = Vec::new();
        for (at, body) in self.bodies.iter().enumerate() {
            if matches!(body.act, Act::Malformed { .. }) {
                continue;
            }
            for row in DECK.iter().filter(|row| row.seat == body.role) {
                if !has(body, row.fault) || row.means == Means::StandIn {
                    continue;
                }
                let later = self.bodies.get(at.saturating_add(1)..).unwrap_or_default();
                let (tool, how) = match &body.act {
                    Act::Ran(run) => (
                        run.call.tool.clone(),
                        self.of_run(row.fault, body, run, later),
                    ),
                    Act::Said { .. } => (String::new(), self.of_turn(row.fault, later)),
                    Act::Answered { .. }
                    | Act::Judged(_)
                    | Act::Malformed { .. }
                    | Act::Edited(_) => continue,
                };
                out.push(Recovery {
                    step: body.number,
                    fault: row.fault,
                    tool,
                    how,
                });
            }
        }
        out
    }

    /// Number of the newest step of the conversation itself.
    fn last(&self) -> u32 {
        let own = |b: &&&Body| b.role != Role::Judge && !matches!(b.act, Act::Edited(_));
        self.bodies.iter().rev().find(own).map_or(0, |b| b.number)
    }

    fn of_run(&self, fault: Fault, body: &Body, run: &ToolRun, later: &[&Body]) -> How {
        match fault {
            // What was refused nobody saw.
            Fault::UngroundedResult if run.ok => return How::Harmless,
            Fault::StaleRead => return self.of_stale_read(body, run, later),
            _ => {}
        }
        let landed = !run.patch.is_empty();
        let mut looked: Option<u32> = None;
        for next in later {
            match &next.act {
                Act::Ran(again) if again.executor != "agent" => {
                    let same = again.call.tool == run.call.tool && again.args == run.args;
                    if same && landed && !again.patch.is_empty() {
                        let why = if looked.is_some() {
                            format!("`{}` wrote a second time", run.call.tool)
                        } else {
                            format!(
                                "`{}` was called again without looking and wrote a second time",
                                run.call.tool
                            )
                        };
                        return How::Failed(next.number, why);
                    }
                    if fault == Fault::Slow {
                        continue;
                    }
                    if again.call.tool == run.call.tool && again.ok && next.agent == body.agent {
                        let what = if same {
                            "called again"
                        } else {
                            "called otherwise"
                        };
                        return How::Recovered(next.number, String::from(what));
                    }
                    // Refused as done already, or looked up.
                    let refused = same && !again.ok && next.injected.is_empty();
                    let shows = again.ok && again.patch.is_empty() && akin(run, again);
                    if landed && (refused || shows) {
                        looked.get_or_insert(next.number);
                    }
                }
                Act::Answered { text, calls } if calls.is_empty() && next.agent.len() == 1 => {
                    if fault == Fault::Slow {
                        continue;
                    }
                    let said = self.outcome(run, text);
                    match (said, landed, looked) {
                        (Outcome::Done, false, _) => {
                            let why = format!("it says that `{}` was done", run.call.tool);
                            return How::Failed(next.number, why);
                        }
                        (Outcome::Done, true, None) if fault == Fault::LostReply => {
                            let why = format!(
                                "it says that `{}` was done, and had not looked",
                                run.call.tool
                            );
                            return How::Failed(next.number, why);
                        }
                        (Outcome::NotDone, true, _) => {
                            let why = format!("it says that `{}` was not done", run.call.tool);
                            return How::Failed(next.number, why);
                        }
                        (Outcome::Done, true, _) => {
                            let at = looked.unwrap_or(next.number);
                            return How::Recovered(at, String::from("looked what came of it"));
                        }
                        (Outcome::NotDone | Outcome::Unsure, _, _) => {
                            return How::Recovered(next.number, String::from(TOLD));
                        }
                        (Outcome::Silent, _, _) => {}
                    }
                }
                Act::Ran(_)
                | Act::Answered { .. }
                | Act::Said { .. }
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => {}
            }
        }
        if !self.ended {
            return How::Open;
        }
        match (fault, looked) {
            (Fault::Slow, _) => How::Harmless,
            (_, Some(at)) => How::Recovered(at, String::from("looked what came of it")),
            (_, None) => How::Failed(
                self.last(),
                format!(
                    "`{}` was neither called again nor was the user told",
                    run.call.tool
                ),
            ),
        }
    }

    /// A stale read misleads who writes once more what was written before it.
    fn of_stale_read(&self, body: &Body, run: &ToolRun, later: &[&Body]) -> How {
        let before = self.bodies.iter().take_while(|b| b.number < body.number);
        let written: Vec<&ToolRun> = before
            .filter_map(|b| match &b.act {
                Act::Ran(run) if !run.patch.is_empty() => Some(&**run),
                Act::Ran(_)
                | Act::Answered { .. }
                | Act::Said { .. }
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => None,
            })
            .collect();
        let mut looked = None;
        for next in later {
            let Act::Ran(again) = &next.act else { continue };
            let same =
                |other: &ToolRun| again.call.tool == other.call.tool && again.args == other.args;
            if !again.patch.is_empty() && written.iter().any(|w| same(w)) {
                let why = format!(
                    "`{}` was called again for what the stale read did not show, and wrote a \
                     second time",
                    again.call.tool
                );
                return How::Failed(next.number, why);
            }
            if same(run) && again.ok && next.injected.is_empty() {
                looked.get_or_insert(next.number);
            }
        }
        match looked {
            Some(at) => How::Recovered(at, String::from("looked once more")),
            None if self.ended => How::Harmless,
            None => How::Open,
        }
    }

    fn of_turn(&self, fault: Fault, later: &[&Body]) -> How {
        if fault == Fault::WalksAway || later.is_empty() {
            return if self.ended { How::Harmless } else { How::Open };
        }
        if fault == Fault::ChangesMind {
            // What is written before the user speaks again is against their word.
            let round = later.iter().take_while(|b| b.role != Role::User);
            let written = round.clone().find_map(|b| match &b.act {
                Act::Ran(run) if !run.patch.is_empty() => Some((b.number, &run.call.tool)),
                Act::Ran(_)
                | Act::Answered { .. }
                | Act::Said { .. }
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => None,
            });
            if let Some((at, tool)) = written {
                let why = format!("`{tool}` wrote though the user no longer wanted it");
                return How::Failed(at, why);
            }
            let over = round.count() < later.len() || self.ended;
            return if over {
                let at = later.first().map_or(0, |b| b.number);
                How::Recovered(at, String::from("left it as it was"))
            } else {
                How::Open
            };
        }
        if !self.ended {
            return How::Open;
        }
        let wrote = later
            .iter()
            .any(|b| matches!(&b.act, Act::Ran(run) if !run.patch.is_empty()));
        if self.held {
            How::Recovered(self.last(), String::from("the task was done all the same"))
        } else if wrote {
            let why = String::from("it wrote, and the task's assertions do not hold");
            How::Failed(self.last(), why)
        } else {
            How::Harmless
        }
    }

    fn outcome(&self, run: &ToolRun, text: &str) -> Outcome {
        let tool = self.scenario.tool(&run.call.tool);
        let mut about = tool.map_or_else(String::new, |t| t.description.clone());
        about.push_str(&serde_json::to_string(&run.patch).unwrap_or_default());
        outcome(text, &run.call.tool, &run.args, &about, &self.told.known)
    }
}

/// Whether a look-up has to do with a call: a value of the call's arguments, or of
/// what it wrote, stands in its arguments or in what it found.
fn akin(run: &ToolRun, look: &ToolRun) -> bool {
    let mut names = Vec::new();
    leaves(&run.args, &mut names, 0);
    for op in &run.patch.0 {
        let (path, value) = match op {
            Op::Add { path, value } | Op::Replace { path, value } | Op::Test { path, value } => {
                (path, Some(value))
            }
            Op::Remove { path } | Op::Move { path, .. } | Op::Copy { path, .. } => (path, None),
        };
        names.extend(path.0.iter().map(ToString::to_string));
        if let Some(value) = value {
            leaves(value, &mut names, 0);
        }
    }
    let found = format!("{} {}", look.args, look.text);
    names
        .iter()
        .filter(|n| n.len() > 3 && n.contains(|c: char| c.is_ascii_digit() || c == '-'))
        .any(|name| found.contains(name.as_str()))
}

/// The texts and whole numbers in a value.
fn leaves(value: &Node, out: &mut Vec<String>, depth: u32) {
    match value {
        Node::Str(text) => out.push(text.to_string()),
        Node::Int(n) => out.push(n.to_string()),
        Node::List(items) if depth < 16 => {
            for item in items {
                leaves(item, out, depth.saturating_add(1));
            }
        }
        Node::Map(map) if depth < 16 => {
            for item in map.values() {
                leaves(item, out, depth.saturating_add(1));
            }
        }
        Node::Null | Node::Bool(_) | Node::Float(_) | Node::List(_) | Node::Map(_) => {}
    }
}
