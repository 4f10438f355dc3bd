//! The chain of a value back to where it began: who said it, from which result,
//! which the world shows, which a patch wrote, by which statement, from which
//! argument, that an agent had from the user, whom the task told.
//!
//! It walks the branch backwards: each link lies in an earlier step than the one
//! before it, or deeper in the same step, so that it comes to an end. `chain_world`
//! does the part of results, patches and the world, `chain_find` looks for values.

use super::chain_find::{self, Hit};
use super::{Place, Session};
use crate::engine::grounding::{Link, LiteralKind, LiteralValue, Part, Sought, Stand, literals};
use crate::engine::id::StepId;
use crate::engine::role::{By, Role};
use crate::engine::scenario::{Executor, fact_line, policy_line, tool_line};
use crate::engine::step::{Act, Body, ToolRun};
use crate::engine::world::{Node, Path};
use std::cell::Cell;
use std::sync::Arc;

/// Links that one chain has at most.
const MOST: u32 = 60;
/// Derivations that one is made of in turn.
const DERIVED: u32 = 2;
/// Numbers that a derivation is made of at most: more would derive anything.
const OPERANDS: usize = 48;

/// A walk back over a branch.
pub(super) struct Walk<'a> {
    pub session: &'a Session,
    path: Vec<Arc<Place>>,
    left: Cell<u32>,
    /// Derivations around the link that is made.
    deep: Cell<u32>,
}

/// A number that something may be derived from, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub value: f64,
    pub text: String,
    pub at: From,
}

/// Where a number stands.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// In a text that was said.
    Said(u32, (usize, usize)),
    /// In a result.
    Result(u32, Path),
    /// In the arguments that a tool ran with.
    Args(u32, Path),
    /// In the world after a step.
    World(u32, Path),
    /// In what an agent is told from the start.
    Told,
}

impl Session {
    /// Where a value came from that stands in a part of a step of the branch up to
    /// `head`; `nth` of those that are the same, from 0. Step 0 is the start.
    #[must_use]
    pub fn chain(
        &self,
        head: Option<StepId>,
        step: u32,
        part: &Part,
        value: &Sought,
        nth: usize,
    ) -> Link {
        let walk = Walk {
            session: self,
            path: self.path(head),
            left: Cell::new(MOST),
            deep: Cell::new(0),
        };
        // A step behind the last is the last.
        let steps = u32::try_from(walk.path.len()).unwrap_or(u32::MAX);
        walk.begin(step.min(steps), part, value, nth)
    }
}

impl Walk<'_> {
    /// The step of a number.
    pub fn body(&self, number: u32) -> Option<&Body> {
        let index = (number as usize).checked_sub(1)?;
        self.path.get(index)?.step.as_ref().map(|s| &s.body)
    }

    /// The place after a step; the start for 0.
    pub fn place(&self, number: u32) -> &Place {
        let index = (number as usize).checked_sub(1);
        index
            .and_then(|i| self.path.get(i))
            .map_or(self.session.place(None), |p| &**p)
    }

    /// The place before a step.
    pub fn before(&self, number: u32) -> &Place {
        self.place(number.saturating_sub(1))
    }

    /// Whether another link may be made.
    pub fn spend(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    pub fn nowhere(value: &Sought, step: u32, role: Role) -> Link {
        Link::new(value.text.clone(), Stand::Nowhere { step, role })
    }

    fn begin(&self, step: u32, part: &Part, want: &Sought, nth: usize) -> Link {
        if let Part::World(path) = part {
            return self.world(step, path, want, false);
        }
        let Some(body) = self.body(step) else {
            return self.anywhere(step, want, Role::Agent);
        };
        let takes = |wanted: &Part| *part == *wanted || *part == Part::Any;
        let pick = |all: &[(usize, usize)]| all.get(nth).or(all.last()).copied();
        match &body.act {
            Act::Said { text, .. } | Act::Malformed { text, .. } => match pick(&want.in_text(text))
            {
                Some(span) => self.said(step, span, want),
                None => self.anywhere(step, want, body.role),
            },
            Act::Answered { text, calls } => {
                if takes(&Part::Said)
                    && let Some(span) = pick(&want.in_text(text))
                {
                    return self.said(step, span, want);
                }
                let mut left = nth;
                let mut last = None;
                for (at, call) in calls.iter().enumerate() {
                    for hit in chain_find::hits(&call.args, want, true) {
                        last = Some((at, hit.path));
                        if left == 0 {
                            break;
                        }
                        left -= 1;
                    }
                    if left == 0 && last.is_some() {
                        break;
                    }
                }
                match last {
                    Some((at, path)) => self.argument(step, at, &path, want),
                    None => self.anywhere(step, want, Role::Agent),
                }
            }
            Act::Ran(run) => {
                if takes(&Part::Result) {
                    let all = chain_find::hits(&run.result, want, true);
                    if let Some(hit) = all.get(nth).or(all.last()) {
                        return self.result(step, hit, want);
                    }
                    if !want.in_text(&run.text).is_empty() {
                        let whole = Hit::whole();
                        return self.result(step, &whole, want);
                    }
                }
                let all = chain_find::hits(&run.args, want, true);
                match all.get(nth).or(all.last()) {
                    Some(hit) => self.run_argument(step, run, &hit.path, want),
                    None => self.anywhere(step, want, Role::Tool),
                }
            }
            Act::Edited(edited) => {
                let what = format!("a person edited {}", edited.what);
                Link::new(want.text.clone(), Stand::Person { step, what })
            }
            Act::Judged(_) => self.anywhere(step, want, Role::Judge),
        }
    }

    /// The newest place up to a step where a value stands, whoever sees it.
    fn anywhere(&self, step: u32, want: &Sought, role: Role) -> Link {
        for number in (1..=step).rev() {
            let Some(body) = self.body(number) else {
                continue;
            };
            match &body.act {
                Act::Said { text, .. } | Act::Answered { text, .. } => {
                    if let Some(span) = want.in_text(text).last() {
                        return self.said(number, *span, want);
                    }
                }
                Act::Ran(run) => {
                    if let Some(hit) = chain_find::hits(&run.result, want, true).first() {
                        return self.result(number, hit, want);
                    }
                    if let Some(hit) = chain_find::hits(&run.args, want, false).first() {
                        return self.run_argument(number, run, &hit.path, want);
                    }
                }
                Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => {}
            }
        }
        let place = self.place(step);
        if let Some(path) = chain_find::only(&place.world, want) {
            return self.world(step, &path, want, false);
        }
        let first = place.setting.scenario.agents.first();
        let told = first.and_then(|agent| Self::told(place, &agent.name, want));
        told.or_else(|| self.fact(place, want))
            .unwrap_or_else(|| Self::nowhere(want, step, role))
    }

    // --- what is said

    /// A value in the words of the user or of an agent.
    pub fn said(&self, number: u32, span: (usize, usize), want: &Sought) -> Link {
        let Some(body) = self.body(number) else {
            return Self::nowhere(want, number, Role::Agent);
        };
        let value = body.text().get(span.0..span.1).unwrap_or(&want.text);
        let role = body.role;
        let at = Stand::Said {
            step: number,
            role,
            span,
        };
        let link = Link::new(value, at);
        if !self.spend() {
            return link;
        }
        let from = match role {
            Role::User => self.known_to_user(number, want),
            Role::Agent | Role::Tool | Role::Judge => self.known_to(&body.agent, number, want),
        };
        link.after(Self::by_person(body, number, from))
    }

    /// What a person typed has its source in the person, where it has no other.
    fn by_person(body: &Body, number: u32, from: Link) -> Link {
        if body.by == By::Person && matches!(from.at, Stand::Nowhere { .. }) {
            let what = if body.instead.is_some() {
                "a person edited it"
            } else {
                "a person wrote it"
            };
            let at = Stand::Person {
                step: number,
                what: String::from(what),
            };
            return Link::new(from.value, at);
        }
        from
    }

    /// Where the user had a value from: the task, then what was said aloud.
    fn known_to_user(&self, number: u32, want: &Sought) -> Link {
        let place = self.before(number);
        if let Some(link) = self.fact(place, want) {
            return link;
        }
        for earlier in (1..number).rev() {
            let Some(body) = self.body(earlier) else {
                continue;
            };
            let text = match &body.act {
                Act::Said { text, .. } => text,
                Act::Answered { text, .. } if body.agent.len() == 1 => text,
                Act::Answered { .. }
                | Act::Ran(_)
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => continue,
            };
            if let Some(span) = want.in_text(text).last() {
                return self.said(earlier, *span, want);
            }
        }
        Self::nowhere(want, number, Role::User)
    }

    /// What the task tells the user of a value.
    fn fact(&self, place: &Place, want: &Sought) -> Option<Link> {
        let setting = &place.setting;
        let task = &setting.task;
        let scenario = &setting.scenario;
        let parts = [("known", &task.known), ("hidden", &task.hidden)];
        let facts = parts
            .iter()
            .flat_map(|(part, facts)| facts.iter().map(move |(name, value)| (*part, name, value)));
        let texts = [
            ("opening", task.opening.as_deref()),
            ("goal", Some(&*task.goal)),
        ];
        let fact = facts
            .filter(|(_, _, value)| {
                let node = Node::from_json(value);
                !chain_find::hits(&node, want, true).is_empty()
            })
            .map(|(part, name, _)| (part, name.clone()))
            .next();
        let told = fact.or_else(|| {
            let has = |text: &&str| !want.in_text(text).is_empty();
            let (part, _) = texts
                .into_iter()
                .find(|(_, text)| text.as_ref().is_some_and(has))?;
            Some((part, String::new()))
        });
        let (part, name) = told?;
        let key = if name.is_empty() { part } else { &name };
        let line = fact_line(scenario, &task.task, key);
        let at = Stand::Fact {
            part: part.to_owned(),
            line,
            name,
        };
        let link = Link::new(want.text.clone(), at);
        // Facts are drawn from the world: one thing that it names is shown there.
        let start = if want.is_telling() || want.literal.is_none() && want.text.len() > 3 {
            chain_find::only(&task.world, want)
        } else {
            None
        };
        Some(match start {
            Some(path) if self.spend() => link.after(self.start(&path, want)),
            Some(_) | None => link,
        })
    }

    // --- what an agent could know

    /// Where an agent had a value from, in a step: the newest that it could read.
    pub fn known_to(&self, agents: &[String], number: u32, want: &Sought) -> Link {
        let (since, request) = self.frame(agents, number);
        let inner = agents.len() > 1;
        for earlier in (since.saturating_add(1)..number).rev() {
            let Some(body) = self.body(earlier) else {
                continue;
            };
            match &body.act {
                Act::Said { text, .. } if !inner => {
                    if let Some(span) = want.in_text(text).last() {
                        return self.said(earlier, *span, want);
                    }
                }
                Act::Ran(run) if body.agent == *agents => {
                    if let Some(hit) = chain_find::hits(&run.result, want, true).first() {
                        return self.result(earlier, hit, want);
                    }
                    if !want.in_text(&run.text).is_empty() {
                        return self.result(earlier, &Hit::whole(), want);
                    }
                }
                Act::Said { .. }
                | Act::Ran(_)
                | Act::Answered { .. }
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => {}
            }
        }
        if inner && !want.in_text(request).is_empty() {
            return self.requested(agents, since, want);
        }
        // A call that was accepted made its arguments facts.
        for earlier in (since.saturating_add(1)..number).rev() {
            if let Some(body) = self.body(earlier)
                && let Act::Ran(run) = &body.act
                && run.ok
                && body.agent == *agents
                && let Some(hit) = chain_find::hits(&run.args, want, false).first()
            {
                return self.run_argument(earlier, run, &hit.path, want);
            }
        }
        let place = self.before(number);
        let name = agents.last().map_or("", String::as_str);
        if let Some(link) = Self::told(place, name, want) {
            return link;
        }
        if let Some(link) = self.derived(agents, number, want) {
            return link;
        }
        Self::nowhere(want, number, Role::Agent)
    }

    /// When an agent was asked, and what.
    fn frame(&self, agents: &[String], number: u32) -> (u32, &str) {
        let depth = agents.len().saturating_sub(1);
        let frame = self.before(number).stack.get(depth);
        frame
            .filter(|f| Some(&f.agent) == agents.last())
            .filter(|_| depth > 0)
            .map_or((0, ""), |f| (f.since, f.request.as_str()))
    }

    /// A value in what a sub-agent was asked: the words of the agent above it.
    fn requested(&self, agents: &[String], since: u32, want: &Sought) -> Link {
        if let Some(body) = self.body(since)
            && let Act::Answered { calls, .. } = &body.act
        {
            let name = agents.last();
            let scenario = &self.before(since).setting.scenario;
            for (at, call) in calls.iter().enumerate() {
                let asks = scenario.tool(&call.tool).is_some_and(
                    |t| matches!(&t.executor, Executor::Agent(who) if Some(who) == name),
                );
                let hits = chain_find::hits(&call.args, want, true);
                if let Some(hit) = hits.first().filter(|_| asks) {
                    return self.argument(since, at, &hit.path, want);
                }
            }
        }
        Self::nowhere(want, since, Role::Agent)
    }

    /// What an agent is told from the start: its policy, its tools, the time.
    pub fn told(place: &Place, agent: &str, want: &Sought) -> Option<Link> {
        let scenario = &place.setting.scenario;
        let def = scenario.agent(agent)?;
        let value = want.text.clone();
        if !want.in_text(&def.policy).is_empty() {
            let (file, line) = policy_line(scenario, agent, want);
            let agent = agent.to_owned();
            return Some(Link::new(value, Stand::Policy { agent, file, line }));
        }
        let now = Node::str(scenario.now.as_str());
        if want.is(&now) || !want.in_text(&scenario.now).is_empty() {
            return Some(Link::new(value, Stand::Clock));
        }
        let tool = def.tools.iter().find(|name| {
            scenario.tool(name).is_some_and(|tool| {
                !want.in_text(&tool.description).is_empty()
                    || !want.in_text(&tool.parameters.to_string()).is_empty()
            })
        })?;
        let (file, line) = tool_line(scenario, tool);
        let tool = tool.clone();
        Some(Link::new(value, Stand::Tool { tool, file, line }))
    }

    // --- arguments

    /// A value in the arguments of an agent's call.
    fn argument(&self, number: u32, at: usize, path: &Path, want: &Sought) -> Link {
        let Some(body) = self.body(number) else {
            return Self::nowhere(want, number, Role::Agent);
        };
        let call = match &body.act {
            Act::Answered { calls, .. } => calls.get(at),
            Act::Said { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        };
        let Some(call) = call else {
            return Self::nowhere(want, number, Role::Agent);
        };
        let node = path.find(&call.args);
        let link = Link::new(
            node.map_or_else(|| want.text.clone(), |n| brief(n, want)),
            Stand::Argument {
                step: number,
                call: at,
                tool: call.tool.clone(),
                path: path.clone(),
            },
        );
        if !self.spend() {
            return link;
        }
        let from = self.known_to(&body.agent, number, want);
        link.after(Self::by_person(body, number, from))
    }

    /// A value in the arguments that a tool ran with: the call of the agent.
    pub fn run_argument(&self, number: u32, run: &ToolRun, path: &Path, want: &Sought) -> Link {
        for earlier in (1..number).rev() {
            let Some(Act::Answered { calls, .. }) = self.body(earlier).map(|b| &b.act) else {
                continue;
            };
            if let Some(at) = calls.iter().position(|c| c.id == run.call.id) {
                return self.argument(earlier, at, path, want);
            }
        }
        Self::nowhere(want, number, Role::Agent)
    }

    // --- derivations

    /// A number that follows from those that an agent had read.
    fn derived(&self, agents: &[String], number: u32, want: &Sought) -> Option<Link> {
        let value = want.number()?;
        if !self.reckons(want) {
            return None;
        }
        let (since, _) = self.frame(agents, number);
        let inner = agents.len() > 1;
        let mut found: Vec<Operand> = Vec::new();
        for earlier in (since.saturating_add(1)..number).rev() {
            let Some(body) = self.body(earlier) else {
                continue;
            };
            match &body.act {
                Act::Said { text, .. } if !inner => {
                    operands_of(text, &mut found, |span| From::Said(earlier, span));
                }
                Act::Ran(run) if body.agent == *agents => {
                    if let Some(link) = self.total(earlier, run, value, want) {
                        return Some(link);
                    }
                    chain_find::numbers(&run.result, &mut |path, node| {
                        push(
                            &mut found,
                            node.as_f64().unwrap_or(0.0),
                            &node.to_string(),
                            || From::Result(earlier, path),
                        );
                    });
                }
                Act::Said { .. }
                | Act::Ran(_)
                | Act::Answered { .. }
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => {}
            }
        }
        let place = self.before(number);
        let def = place.setting.scenario.agent(agents.last()?)?;
        operands_of(&def.policy, &mut found, |_| From::Told);
        let agent = def.name.clone();
        self.reckoned(value, want, &found, place, &agent)
    }

    /// A number as two others make it.
    pub fn reckoned(
        &self,
        value: f64,
        want: &Sought,
        found: &[Operand],
        place: &Place,
        agent: &str,
    ) -> Option<Link> {
        let is = |v: f64| (v.abs() - value.abs()).abs() < 0.005;
        let pairs = found
            .iter()
            .enumerate()
            .flat_map(|(i, a)| found.iter().skip(i + 1).map(move |b| (a, b)));
        let mut made = None;
        for (a, b) in pairs {
            let (high, low) = if a.value.abs() >= b.value.abs() {
                (a, b)
            } else {
                (b, a)
            };
            let sign = if is(high.value - low.value) {
                "-"
            } else if is(high.value + low.value) {
                "+"
            } else if is(high.value * low.value) && low.value.abs() > 1.0 {
                "×"
            } else if is(high.value * low.value / 100.0) && low.text.ends_with('%') {
                "% of"
            } else {
                continue;
            };
            made = Some((high, sign, low));
            break;
        }
        let (a, sign, b) = made?;
        let how = if sign == "% of" {
            format!("{} of {}", b.text, a.text)
        } else {
            format!("{} {sign} {}", a.text, b.text)
        };
        let mut link = Link::new(want.text.clone(), Stand::Derived { how });
        self.deeper(1);
        for operand in [a, b] {
            if !self.spend() {
                break;
            }
            link = link.after(self.operand(operand, place, agent));
        }
        self.deeper(-1);
        Some(link)
    }

    /// Goes into a derivation, or out of it.
    pub fn deeper(&self, by: i32) {
        self.deep.set(self.deep.get().saturating_add_signed(by));
    }

    /// Whether enough derivations lie around what is made.
    pub fn is_deep(&self) -> bool {
        self.deep.get() >= DERIVED
    }

    /// Whether a number is one that is reckoned with: any small count follows from
    /// others by chance, and so does any number from enough of them.
    pub fn reckons(&self, want: &Sought) -> bool {
        !self.is_deep()
            && match &want.literal {
                Some((LiteralKind::Amount | LiteralKind::Percent, _)) => true,
                Some((_, LiteralValue::Number(v))) => v.fract() != 0.0 || v.abs() >= 10.0,
                Some((_, LiteralValue::Text(_) | LiteralValue::Date(_))) | None => false,
            }
    }

    fn operand(&self, operand: &Operand, place: &Place, agent: &str) -> Link {
        let want = Sought::of_text(&operand.text);
        match &operand.at {
            From::Said(step, span) => self.said(*step, *span, &want),
            From::Result(step, path) => self.result(*step, &Hit::at(path.clone()), &want),
            From::World(step, path) => self.world(*step, path, &want, false),
            From::Args(step, path) => match self.body(*step).map(|b| &b.act) {
                Some(Act::Ran(run)) => self.run_argument(*step, run, path, &want),
                Some(_) | None => Self::nowhere(&want, *step, Role::Agent),
            },
            From::Told => Self::told(place, agent, &want)
                .unwrap_or_else(|| Self::nowhere(&want, place.number(), Role::Agent)),
        }
    }

    /// A number that is the sum of a field over the rows of a result, or how many
    /// rows there are.
    fn total(&self, step: u32, run: &ToolRun, value: f64, want: &Sought) -> Option<Link> {
        let sum = chain_find::sum(&run.result, value)?;
        let texts: Vec<String> = sum.iter().map(|(_, node)| node.to_string()).collect();
        let mut link = Link::new(
            want.text.clone(),
            Stand::Derived {
                how: texts.join(" + "),
            },
        );
        for (path, node) in sum {
            if !self.spend() {
                break;
            }
            link = link.after(self.result(step, &Hit::at(path), &Sought::of_node(&node)));
        }
        Some(link)
    }
}

/// The numbers of a text as operands.
fn operands_of(text: &str, out: &mut Vec<Operand>, at: impl Fn((usize, usize)) -> From) {
    for literal in literals(text) {
        if let (
            LiteralKind::Amount | LiteralKind::Number | LiteralKind::Percent,
            LiteralValue::Number(value),
        ) = (literal.kind, &literal.value)
        {
            push(out, *value, &literal.text, || at(literal.span));
        }
    }
}

/// Adds an operand, once for each value, the newest first.
pub(super) fn push(out: &mut Vec<Operand>, value: f64, text: &str, at: impl FnOnce() -> From) {
    let known = |o: &Operand| (o.value - value).abs() < 0.005;
    if value != 0.0 && value.is_finite() && out.len() < OPERANDS && !out.iter().any(known) {
        out.push(Operand {
            value,
            text: text.to_owned(),
            at: at(),
        });
    }
}

/// A value as it stands at a place: a long text by the words in it.
pub(super) fn brief(node: &Node, want: &Sought) -> String {
    match node {
        Node::Str(text) if text.chars().count() <= 60 => text.to_string(),
        Node::Str(text) => {
            let span = want.in_text(text).first().copied();
            let found = span.and_then(|(a, b)| text.get(a..b));
            found.unwrap_or(&want.text).to_owned()
        }
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::List(_)
        | Node::Map(_) => node.brief(60),
    }
}
