//! Faults put in on purpose: which one is due at a place, what fits there, and
//! what it makes of a tool's run.
//!
//! What is due follows from the place alone (the decks of its scenario, what the
//! conversation was opened with, what was put in on the path before, the seed), so
//! that any step can be made anew. A fault that a person orders is no part of the
//! log: the step that it shaped is, and names it.

use super::handle::refuse;
use super::next::Next;
use super::run::{executor_word, tool_run};
use super::{Going, Place, Session};
use crate::engine::effect::Effect;
use crate::engine::fault::{Fault, Means, Spec, When, values};
use crate::engine::id::StepId;
use crate::engine::input::{Go, Onto};
use crate::engine::rng::Rng;
use crate::engine::role::execute::{self, Executed};
use crate::engine::role::{By, Role, ToolCall};
use crate::engine::scenario::{Executor, Tool, fault_never};
use crate::engine::step::{Act, Body, Step, ToolRun};
use crate::engine::world::Node;
use crate::engine::world::reach::project;

/// Seconds that a slow tool takes, from and below.
const SLOW: (usize, usize) = (20, 100);
/// Letters below which a result has no middle to be cut in.
const SHORTEST: usize = 12;

impl Session {
    /// The fault that a deck puts in at what follows `place`, if any.
    pub(super) fn drawn(&self, place: &Place, next: &Next, attempt: u32) -> Option<Fault> {
        let setting = &place.setting;
        let specs = setting
            .scenario
            .faults_for(&setting.task.task, &self.opened.faults);
        if specs.is_empty() {
            return None;
        }
        let path = self.path(place.step.as_ref().map(|s| s.id));
        let before: Vec<&Body> = path
            .iter()
            .filter_map(|p| p.step.as_ref().map(|s| &s.body))
            // What could not be used is no turn, unless that was the fault.
            .filter(|b| !matches!(b.act, Act::Malformed { .. }) || has(b, Fault::MalformedVerdict))
            .collect();
        let call = next.call();
        specs.iter().enumerate().find_map(|(at, spec)| {
            let here = spec.fault.seat() == next.role()
                && !spec.is_free()
                && spec
                    .tool
                    .as_ref()
                    .is_none_or(|tool| call.is_some_and(|c| c.tool == *tool));
            if !here {
                return None;
            }
            let like = before.iter().filter(|b| occasion(spec, b));
            let (mut count, mut made) = (0u32, 0u32);
            for body in like {
                count = count.saturating_add(1);
                made = made.saturating_add(u32::from(has(body, spec.fault)));
            }
            let count = count.saturating_add(1);
            let due = match spec.when {
                When::From(first) => count >= first,
                When::Every(nth) => count.is_multiple_of(nth.max(1)),
                When::Chance(p) => {
                    let seed = self.step_seed(place, &format!("fault/{at}"), attempt);
                    Rng::new(seed, "fault").chance(p)
                }
            };
            (due && made < spec.times && self.fits(place, next, spec.fault).is_ok())
                .then_some(spec.fault)
        })
    }

    /// Whether a fault can be made at what follows `place`.
    ///
    /// The error says why not, without its full stop.
    pub(super) fn fits(&self, place: &Place, next: &Next, fault: Fault) -> Result<(), String> {
        if next.role() != fault.seat() || *next == Next::Nothing {
            return Err(format!(
                "it is a fault of the {}, and {}",
                role_word(fault.seat()),
                whose(next)
            ));
        }
        match fault.means() {
            Means::After if fault.seat() == Role::Judge => self.fits_verdict(place, fault),
            Means::Instead | Means::After => self.fits_call(place, next, fault),
            Means::Told => self.fits_turn(place, fault),
            Means::StandIn => fits_stand_in(place, fault),
        }
    }

    fn fits_call(&self, place: &Place, next: &Next, fault: Fault) -> Result<(), String> {
        let Some((tool, args, call)) = called(place, next) else {
            return Err(String::from("the call is none that a tool runs"));
        };
        if let Some(why) = fault_never(fault, tool) {
            return Err(why.to_owned());
        }
        if fault == Fault::StaleRead {
            return self
                .stale_world(place, tool, &args, call)
                .map(|_| ())
                .ok_or_else(|| String::from("nothing that it reads has changed yet"));
        }
        if fault == Fault::UngroundedResult {
            return match next {
                Next::Model(_) => Ok(()),
                Next::Code(_)
                | Next::Human(_)
                | Next::User
                | Next::Agent
                | Next::Judge
                | Next::Nothing => Err(String::from("no model answers this call")),
            };
        }
        // What code runs can be looked at before; a model and a person cannot.
        if !matches!(next, Next::Code(_)) {
            return Ok(());
        }
        let run = self.execute(place, call, 0).0;
        match fault {
            Fault::LostReply if run.patch.is_empty() => {
                Err(String::from("the call writes nothing"))
            }
            Fault::NotFound | Fault::Malformed | Fault::Slow if !run.ok => {
                Err(String::from("the call fails by itself"))
            }
            Fault::Malformed if run.text.chars().count() < SHORTEST => {
                Err(String::from("the result is too short to be cut"))
            }
            Fault::Timeout
            | Fault::RateLimit
            | Fault::ServerError
            | Fault::Permission
            | Fault::NotFound
            | Fault::Malformed
            | Fault::StaleRead
            | Fault::LostReply
            | Fault::Slow
            | Fault::UngroundedResult
            | Fault::FalseClaim
            | Fault::MisgivesId
            | Fault::ChangesMind
            | Fault::WalksAway
            | Fault::PrematureGoodbye
            | Fault::WrongId
            | Fault::InventedAmount
            | Fault::ClaimNotDone
            | Fault::BlindRetry
            | Fault::IgnoresErrors
            | Fault::LenientJudge
            | Fault::HarshJudge
            | Fault::MalformedVerdict => Ok(()),
        }
    }

    /// Whether a user's turn can hold a fault.
    fn fits_turn(&self, place: &Place, fault: Fault) -> Result<(), String> {
        let task = &place.setting.task;
        if place.turns == 0 {
            return Err(match fault {
                Fault::WalksAway | Fault::ChangesMind => {
                    String::from("the user has not said yet what it is about")
                }
                _ if task.opening.is_some() => {
                    String::from("the task gives the first message word for word")
                }
                _ => String::from("the user begins with what it is about"),
            });
        }
        let facts = || task.known.iter().chain(&task.hidden);
        let is_id = |(name, value): (&String, &serde_json::Value)| match value.as_str() {
            Some(text) => values::is_id(name, text),
            None => value.is_number() && values::is_id(name, &value.to_string()),
        };
        // Who leaves when all is done leaves as anybody does.
        let held = self.assertions(place.step.as_ref().map(|s| s.id));
        let done = !held.is_empty() && held.iter().all(|a| a.holds);
        match fault {
            Fault::WalksAway | Fault::ChangesMind if done => {
                Err(String::from("what the user came for is done"))
            }
            Fault::MisgivesId if !facts().any(is_id) => Err(String::from("the user knows no id")),
            Fault::FalseClaim if facts().next().is_none() => {
                Err(String::from("the user knows no fact"))
            }
            _ => Ok(()),
        }
    }

    /// Every fault of the deck for what follows `at`: that it fits, or why not.
    #[must_use]
    pub fn faults_at(&self, at: Option<StepId>) -> Vec<(Fault, Result<(), String>)> {
        let place = self.place(at);
        let next = Self::next(place);
        crate::engine::fault::DECK
            .iter()
            .map(|row| (row.fault, self.fits(place, &next, row.fault)))
            .collect()
    }

    /// The fault that a person put into a step: one that stands on it and that no
    /// deck has put there.
    #[must_use]
    pub fn put_in_by_hand(&self, id: StepId) -> Option<Fault> {
        let step = self.step(id)?;
        let mut put_in = step.body.injected.iter().filter_map(|word| Fault::of(word));
        let place = self.place(step.parent);
        let next = Self::due(step, place);
        put_in.find(|fault| match fault.means() {
            Means::StandIn => {
                let setting = &place.setting;
                let asked = &self.opened.faults;
                let specs = setting.scenario.faults_for(&setting.task.task, asked);
                specs.iter().all(|spec| spec.fault != *fault)
            }
            Means::Instead | Means::After | Means::Told => {
                self.drawn(place, &next, step.body.attempt) != Some(*fault)
            }
        })
    }

    /// The fault that a person put into what follows `at` on the current branch.
    pub(super) fn armed(&self, at: Option<StepId>) -> Option<Fault> {
        let path = self.path(self.head());
        let steps = path.iter().filter_map(|p| p.step.as_ref());
        let next = steps.into_iter().find(|s| s.parent == at)?;
        self.put_in_by_hand(next.id)
    }

    /// The fault that a step was asked for with.
    pub(super) fn ordered(&self, step: &Step) -> Option<Fault> {
        Fault::ordered(&step.body.injected).or_else(|| self.put_in_by_hand(step.id))
    }

    /// A person puts a fault into the next step, which is made at once.
    pub(super) fn inject(&mut self, onto: Onto, fault: Fault, out: &mut Vec<Effect>) {
        let at = match self.target(onto) {
            Ok(at) => at,
            Err(why) => return refuse(out, why),
        };
        let place = self.place(at);
        if let Err(why) = self.fits(place, &Self::next(place), fault) {
            return refuse(out, &format!("`{fault}` does not fit here: {why}"));
        }
        self.go_onto(onto, out);
        self.going = Some(Going {
            how: Go::Step,
            fresh: onto == Onto::Head,
            attempt: 0,
            judge: false,
            fault: Some(fault),
        });
        self.advance(out);
    }

    /// The step that a fault makes in the place of a call, whoever would have
    /// answered it; `None` where the fault is none of these.
    pub(super) fn instead(
        &self,
        place: &Place,
        next: &Next,
        attempt: u32,
        fault: Fault,
    ) -> Option<Body> {
        if fault.means() != Means::Instead {
            return None;
        }
        let (tool, args, call) = called(place, next)?;
        let says = fault.says(&tool.name, first_name(&args).as_deref())?;
        let done = Executed::failed(&place.world, tool.render, &says);
        let run = tool_run(call, args, executor_word(tool), &done, Vec::new());
        let injected = vec![fault.name().to_owned()];
        Some(self.tool_body(place, By::Code, attempt, run, &done, injected))
    }

    /// What a fault makes of a run; `false` where it leaves it as it is.
    pub(super) fn spoil(
        &self,
        place: &Place,
        attempt: u32,
        fault: Fault,
        run: &mut ToolRun,
    ) -> bool {
        let mut rng = Rng::new(self.step_seed(place, "spoil", attempt), fault.name());
        match fault {
            Fault::LostReply if run.ok && !run.patch.is_empty() => {
                let Some(says) = fault.says(&run.call.tool, None) else {
                    return false;
                };
                let render = super::run::render_of(place, &run.call.tool);
                run.ok = false;
                run.text = execute::error_text(render, &says);
                run.result = Node::str(says);
                true
            }
            Fault::Malformed if run.ok => {
                let letters = run.text.chars().count();
                if letters < SHORTEST {
                    return false;
                }
                let third = letters / 3;
                let cut: String = run.text.chars().take(third + rng.below(third)).collect();
                run.result = Node::str(cut.as_str());
                run.text = cut;
                true
            }
            Fault::Slow if run.ok => {
                let seconds = SLOW.0 + rng.below(SLOW.1 - SLOW.0);
                run.text = format!("(answered after {seconds} s)\n{}", run.text);
                true
            }
            Fault::LostReply
            | Fault::Malformed
            | Fault::Slow
            | Fault::StaleRead
            | Fault::Timeout
            | Fault::RateLimit
            | Fault::ServerError
            | Fault::Permission
            | Fault::NotFound
            | Fault::UngroundedResult
            | Fault::FalseClaim
            | Fault::MisgivesId
            | Fault::ChangesMind
            | Fault::WalksAway
            | Fault::PrematureGoodbye
            | Fault::WrongId
            | Fault::InventedAmount
            | Fault::ClaimNotDone
            | Fault::BlindRetry
            | Fault::IgnoresErrors
            | Fault::LenientJudge
            | Fault::HarshJudge
            | Fault::MalformedVerdict => false,
        }
    }

    /// The place as a tool sees it under a fault: a stale read sees an older world.
    pub(super) fn seen_by_tool(&self, place: &Place, next: &Next, fault: Option<Fault>) -> Place {
        let mut seen = place.clone();
        if fault == Some(Fault::StaleRead)
            && let Some((tool, args, call)) = called(place, next)
            && let Some(world) = self.stale_world(place, tool, &args, call)
        {
            seen.world = world;
        }
        seen
    }

    /// The newest world before this one in which what a call reads is otherwise.
    fn stale_world(
        &self,
        place: &Place,
        tool: &Tool,
        args: &Node,
        call: &ToolCall,
    ) -> Option<Node> {
        let by_model = tool.executor == Executor::Model;
        let now = if by_model {
            None
        } else {
            let (run, _) = self.execute(place, call, 0);
            if !run.ok || !run.patch.is_empty() {
                return None;
            }
            Some(run.text)
        };
        let seen = project(&tool.reads, args, &place.world);
        let mut last = place.world.hash();
        let path = self.path(place.step.as_ref().map(|s| s.id));
        let worlds = path.iter().rev().map(|p| &p.world);
        for world in worlds.chain([&self.start.world]) {
            let hash = world.hash();
            if std::mem::replace(&mut last, hash) == hash {
                continue;
            }
            let other = match &now {
                None => project(&tool.reads, args, world).hash() != seen.hash(),
                Some(text) => {
                    let old = Place {
                        world: world.clone(),
                        ..place.clone()
                    };
                    let (run, _) = self.execute(&old, call, 0);
                    run.ok && run.text != *text
                }
            };
            if other {
                return Some(world.clone());
            }
        }
        None
    }
}

impl Next {
    /// The call that follows, where one does.
    pub(super) fn call(&self) -> Option<&ToolCall> {
        match self {
            Self::Code(call) | Self::Model(call) | Self::Human(call) => Some(call),
            Self::User | Self::Agent | Self::Judge | Self::Nothing => None,
        }
    }
}

/// The word to a person whose fault was not made.
pub(super) fn not_made(fault: Fault, by: &By) -> String {
    let why = match (fault.means(), by) {
        (Means::StandIn, By::Model(_)) => "a model answered, and none is told to fail",
        (Means::StandIn | Means::Told, _) => {
            "what the stand-in says next holds nothing that it can be made with"
        }
        (Means::Instead | Means::After, _) => "the answer holds nothing that it can be made with",
    };
    format!("`{fault}` was not put in: {why}; the step was made without it")
}

/// The call that follows, where it is one of a tool that is no sub-agent.
fn called<'a>(place: &'a Place, next: &'a Next) -> Option<(&'a Tool, Node, &'a ToolCall)> {
    let call = next.call()?;
    let frame = place.stack.last().filter(|f| f.answer.is_none())?;
    let scenario = &place.setting.scenario;
    let (tool, args) = Session::callable(scenario, &frame.agent, call).ok()?;
    let by_agent = matches!(tool.executor, Executor::Agent(_));
    (!by_agent).then_some((tool, args, call))
}

/// Whether a step was an occasion for a fault.
fn occasion(spec: &Spec, body: &Body) -> bool {
    if body.role != spec.fault.seat() {
        return false;
    }
    match &body.act {
        Act::Ran(run) => {
            !matches!(run.executor.as_str(), "agent" | "none")
                && spec.tool.as_ref().is_none_or(|t| *t == run.call.tool)
        }
        Act::Said { .. } | Act::Answered { .. } | Act::Judged(_) => true,
        Act::Malformed { .. } => body.role == Role::Judge,
        Act::Edited(_) => false,
    }
}

pub(super) fn has(body: &Body, fault: Fault) -> bool {
    body.injected.iter().any(|word| word == fault.name())
}

/// Whether the stand-in can be asked for one of its own faults at this very turn.
/// Whether it is made then is said by its reply: not every next act can hold it.
fn fits_stand_in(place: &Place, fault: Fault) -> Result<(), String> {
    let agents = Session::agents(place);
    let scenario = &place.setting.scenario;
    let tools = || {
        let own = agents.last().and_then(|name| scenario.agent(name));
        own.into_iter()
            .flat_map(|agent| &agent.tools)
            .filter_map(|name| scenario.tool(name))
    };
    // The call that has just failed, of the agent whose turn it is.
    let failed = place.step.as_ref().and_then(|step| match &step.body.act {
        Act::Ran(run) if !run.ok && step.body.agent == agents => scenario.tool(&run.call.tool),
        Act::Ran(_)
        | Act::Said { .. }
        | Act::Answered { .. }
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => None,
    });
    let why = match fault {
        Fault::PrematureGoodbye => "by hand it is `walks_away`",
        Fault::WrongId if tools().next().is_none() => "the agent has no tool to call",
        Fault::ClaimNotDone if agents.len() > 1 => "a sub-agent does not speak to the user",
        Fault::ClaimNotDone if scenario.tools.iter().all(|t| t.writes.is_empty()) => {
            "no tool does anything that could be claimed"
        }
        Fault::IgnoresErrors if failed.is_none() => "no call has just failed",
        Fault::BlindRetry if failed.is_none_or(|t| t.writes.is_empty()) => {
            "no call that writes has just failed"
        }
        _ => return Ok(()),
    };
    Err(String::from(why))
}

/// The first id-like value of a call's arguments, for an error that names it.
fn first_name(args: &Node) -> Option<String> {
    let map = args.as_map()?;
    let texts: Vec<&str> = map.values().filter_map(Node::as_str).collect();
    let digit = |text: &&&str| text.len() <= 40 && text.chars().any(|c| c.is_ascii_digit());
    let found = texts.iter().find(digit).or_else(|| texts.first())?;
    Some((*found).to_owned())
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Agent => "agent",
        Role::Tool => "tools",
        Role::Judge => "judge",
    }
}

fn whose(next: &Next) -> &'static str {
    match next {
        Next::User => "it is the user's turn",
        Next::Agent => "it is an agent's turn",
        Next::Code(_) | Next::Model(_) | Next::Human(_) => "a tool is called",
        Next::Judge => "it is the judge's turn",
        Next::Nothing => "nothing follows there",
    }
}
