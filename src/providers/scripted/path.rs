//! Where an agent stands on the task's reference path: which calls are its own,
//! which a sub-agent makes for it, what is done, and what comes next with its
//! arguments filled. All of it is read from the messages, each time anew.

use super::faults::Fault;
use super::handover::{fill, groups};
use super::{Scripted, facts, hear};
use crate::engine::role::{Message, Request, Speaker};
use crate::engine::scenario::{Executor, Scenario, Tool};
use crate::engine::world::Reach;
use serde_json::{Map, Value};

pub(super) use super::hear::Trouble;

/// Sub-agents inside sub-agents that are looked through.
const DEPTH: u32 = 8;

/// A call that was made, with its answer.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) tool: String,
    pub(super) args: Value,
    /// Place of the agent's message among the messages.
    pub(super) at: usize,
    pub(super) answer: Option<String>,
    pub(super) ok: bool,
    /// What went wrong on its way, be it mended later or not.
    pub(super) trouble: Option<Trouble>,
}

/// The calls in the messages, in order, with their answers.
pub(super) fn made(s: &Scripted, messages: &[Message]) -> Vec<Made> {
    let mut out: Vec<(String, Made)> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        for call in &message.calls {
            let args = match call.args.to_json() {
                Value::Null => serde_json::from_str(&call.raw).unwrap_or(Value::Null),
                args => args,
            };
            let made = Made {
                tool: call.tool.clone(),
                args,
                at,
                answer: None,
                ok: false,
                trouble: None,
            };
            out.push((call.id.clone(), made));
        }
        if message.from == Speaker::Tool {
            let id = message.call_id.as_deref();
            // An id that came twice answers in order.
            let open = out
                .iter_mut()
                .find(|(own, m)| m.answer.is_none() && id.is_none_or(|id| own == id));
            if let Some((_, call)) = open {
                let text = came(s, &call.tool, &message.text);
                call.ok = succeeded(&s.scenario, &call.tool, &text);
                call.trouble = hear::trouble(&text);
                call.answer = Some(text);
            }
        }
    }
    let mut out: Vec<Made> = out.into_iter().map(|(_, m)| m).collect();
    settle(s, &mut out);
    out
}

/// A tool's answer as it is meant: without the word that it came late, and a
/// result that is cut off as what it is.
fn came(s: &Scripted, tool: &str, text: &str) -> String {
    let late = text.strip_prefix("(answered after ");
    let text = late
        .and_then(|rest| rest.split_once('\n'))
        .map_or(text, |(_, rest)| rest);
    let own = s
        .scenario
        .tool(tool)
        .is_some_and(|t| !matches!(t.executor, Executor::Agent(_)));
    let begins = text.starts_with(['{', '[', '"']);
    if own && begins && serde_json::from_str::<Value>(text).is_err() {
        return String::from("Error: the answer was cut off");
    }
    text.to_owned()
}

fn is_write(s: &Scripted, made: &Made) -> bool {
    s.scenario
        .tool(&made.tool)
        .is_some_and(|t| !t.writes.is_empty())
}

/// Takes a write whose answer was lost for done where a later look shows another
/// state than the look before it; and every trouble for done where the stand-in
/// is to ignore errors.
fn settle(s: &Scripted, all: &mut [Made]) {
    let mut done: Vec<(usize, String)> = Vec::new();
    for (at, bad) in all.iter().enumerate() {
        if bad.trouble.is_none() {
            continue;
        }
        if s.has(Fault::IgnoresErrors) {
            done.push((at, String::from("{}")));
            continue;
        }
        if bad.trouble != Some(Trouble::Unknown) {
            continue;
        }
        // A second call that is refused as done says that the first was.
        let already = all.iter().any(|m| {
            let same = m.at > bad.at && m.tool == bad.tool && m.args == bad.args;
            let answer = m.answer.as_deref().unwrap_or_default();
            same && !m.ok && m.trouble.is_none() && answer.contains("already")
        });
        if already {
            done.push((at, String::from("{}")));
            continue;
        }
        let Some(before) = look_for(s, all, bad) else {
            continue;
        };
        let after = all
            .iter()
            .skip(at + 1)
            .find(|m| m.ok && m.tool == before.tool && m.args == before.args && m.at > bad.at);
        let Some(answer) = after.and_then(|m| m.answer.clone()) else {
            continue;
        };
        let was = before.answer.as_deref().unwrap_or_default();
        // What another write changed in between shows nothing of this one.
        let between = all
            .iter()
            .any(|m| m.at > before.at && m.at < bad.at && m.ok && is_write(s, m));
        let named = texts(&bad.args);
        let shows = named
            .iter()
            .any(|v| answer.contains(v.as_str()) && !was.contains(v.as_str()));
        if was != answer && (shows || !between) {
            done.push((at, answer));
        }
    }
    for (at, answer) in done {
        if let Some(made) = all.get_mut(at) {
            made.ok = true;
            made.answer = Some(answer);
        }
    }
}

/// The look-up before a call that shows best what came of it.
pub(super) fn look_for<'m>(s: &Scripted, all: &'m [Made], bad: &Made) -> Option<&'m Made> {
    let tool = s.scenario.tool(&bad.tool);
    let wrote: Vec<String> = tool.into_iter().flat_map(tables).collect();
    look_at(s, all, bad.at, texts(&bad.args), &wrote)
}

/// The tables that a tool writes to.
pub(super) fn tables(tool: &Tool) -> impl Iterator<Item = String> + '_ {
    tool.writes.iter().map(table)
}

/// The look-up before the message at `before` that shows best what was written to
/// these tables: one that names what the write names, or what a call names that
/// does. Rows of tables go first, then those with the fewest arguments, then the
/// newest.
pub(super) fn look_at<'m>(
    s: &Scripted,
    all: &'m [Made],
    before: usize,
    mut named: Vec<String>,
    wrote: &[String],
) -> Option<&'m Made> {
    // The newest first: what it was called with came from those before it.
    for made in all.iter().rev().filter(|m| m.at < before) {
        let own = texts(&made.args);
        let answer = made.answer.as_deref().unwrap_or_default();
        let akin = named
            .iter()
            .any(|v| own.contains(v) || answer.contains(v.as_str()));
        if akin {
            named.extend(own);
        }
    }
    all.iter()
        .filter(|m| m.at < before && m.ok && m.trouble.is_none())
        .filter(|m| texts(&m.args).iter().any(|v| named.contains(v)))
        .filter_map(|m| {
            let tool = s.scenario.tool(&m.tool)?;
            let reads = tool.writes.is_empty() && !matches!(tool.executor, Executor::Agent(_));
            let rules = !matches!(tool.executor, Executor::Table(_));
            let shows = tool.reads.iter().any(|r| wrote.contains(&table(r)));
            (reads && shows).then(|| ((rules, texts(&m.args).len(), usize::MAX - m.at), m))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, m)| m)
}

/// The part of the world that a place lies in: `orders` of `orders[order_id].status`.
fn table(place: &Reach) -> String {
    let text = place.to_string();
    text.split(['.', '[']).next().unwrap_or_default().to_owned()
}

/// Texts among a call's arguments that can name something.
pub(super) fn texts(args: &Value) -> Vec<String> {
    let values = args.as_object().into_iter().flat_map(Map::values);
    values
        .filter_map(|v| v.as_str().filter(|t| t.len() > 2).map(str::to_owned))
        .collect()
}

/// Whether a tool's text is a result and no error: errors begin with `Error`
/// (as the engine words them), or are an object that says `error`. A sub-agent
/// answers in words: a refusal is an error.
pub(super) fn succeeded(scenario: &Scenario, tool: &str, text: &str) -> bool {
    if text.trim_start().to_lowercase().starts_with("error") {
        return false;
    }
    let Some(tool) = scenario.tool(tool) else {
        return false;
    };
    if matches!(tool.executor, Executor::Agent(_)) {
        return !hear::refuses(text) || hear::reports(text);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(map)) => {
            !(map.len() == 1 && map.get("error").is_some_and(Value::is_string))
        }
        Ok(_) | Err(_) => true,
    }
}

/// A part of the path as one agent sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Leg {
    /// A call of its own: the place on the path.
    Own(usize),
    /// Calls that a sub-agent makes.
    Sub {
        tool: String,
        agent: String,
        steps: Vec<usize>,
    },
}

impl Leg {
    /// The places on the path.
    pub(super) fn steps(&self) -> Vec<usize> {
        match self {
            Self::Own(at) => vec![*at],
            Self::Sub { steps, .. } => steps.clone(),
        }
    }
}

/// The path as `agent` sees it; calls it cannot reach are left out.
pub(super) fn legs(s: &Scripted, agent: &str) -> Vec<Leg> {
    let mut out: Vec<Leg> = Vec::new();
    let own = s
        .scenario
        .agent(agent)
        .map_or(&[][..], |a| a.tools.as_slice());
    for (at, call) in s.bound.path.iter().enumerate() {
        if own.contains(&call.tool) {
            out.push(Leg::Own(at));
            continue;
        }
        let sub = own
            .iter()
            .find_map(|name| match &s.scenario.tool(name)?.executor {
                Executor::Agent(sub) => reaches(&s.scenario, sub, &call.tool, DEPTH)
                    .then(|| (name.clone(), sub.clone())),
                Executor::Table(_) | Executor::Rules | Executor::Model | Executor::Human => None,
            });
        let Some((tool, agent)) = sub else { continue };
        // Looking comes back before anything is done: one asks the user in between.
        let parted = |steps: &[usize]| {
            tells(s, &Leg::Own(at)) && !steps.iter().any(|at| tells(s, &Leg::Own(*at)))
        };
        match out.last_mut() {
            Some(Leg::Sub { tool: t, steps, .. }) if *t == tool && !parted(steps) => steps.push(at),
            _ => out.push(Leg::Sub {
                tool,
                agent,
                steps: vec![at],
            }),
        }
    }
    out
}

fn reaches(scenario: &Scenario, agent: &str, tool: &str, depth: u32) -> bool {
    let Some(agent) = scenario.agent(agent).filter(|_| depth > 0) else {
        return false;
    };
    agent.tools.iter().any(|t| {
        t == tool
            || scenario.tool(t).is_some_and(|t| match &t.executor {
                Executor::Agent(sub) => reaches(scenario, sub, tool, depth - 1),
                Executor::Table(_) | Executor::Rules | Executor::Model | Executor::Human => false,
            })
    })
}

/// How a leg stands.
#[derive(Clone, Debug)]
pub(super) enum Status {
    /// Done, with the answer.
    Done { answer: String, at: usize },
    /// Tried and refused: how often, and the last words.
    Failed {
        times: usize,
        answer: String,
        at: usize,
    },
    /// Not tried.
    Open,
}

/// Where an agent stands.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    pub(super) legs: Vec<(Leg, Status)>,
    pub(super) made: Vec<Made>,
    /// Results kept under the names that the path gives them.
    pub(super) saved: Map<String, Value>,
    /// Values that a request in words gave for each place of the path
    /// (sub-agents only).
    pub(super) given: Vec<(usize, Map<String, Value>)>,
}

/// Reads where the agent of `request` stands.
pub(super) fn read(s: &Scripted, request: &Request) -> Progress {
    let name = request.agent.last().map_or_else(
        || {
            s.scenario
                .agents
                .first()
                .map_or("main", |a| a.name.as_str())
        },
        String::as_str,
    );
    let mut all = legs(s, name);
    let mut given = Vec::new();
    if let Some(caller) = request
        .agent
        .len()
        .checked_sub(2)
        .and_then(|at| request.agent.get(at))
    {
        let words = request
            .messages
            .iter()
            .find(|m| m.from == Speaker::User)
            .map_or("", |m| m.text.as_str());
        let steps = errand(s, caller, name, words);
        given = asking(s, &steps).into_iter().zip(groups(words)).collect();
        all.retain(|leg| leg.steps().iter().any(|at| steps.contains(at)));
    }
    let made = made(s, &request.messages);
    let mut progress = Progress {
        legs: Vec::new(),
        made,
        saved: Map::new(),
        given,
    };
    let mut used = vec![false; progress.made.len()];
    for leg in all {
        let status = progress.status(s, &leg, &mut used);
        if let Status::Done { answer, .. } = &status {
            progress.keep(s, &leg, answer);
        }
        progress.legs.push((leg, status));
    }
    progress
}

/// The path's places that a sub-agent was asked to do: those of the errand of
/// its caller whose values the request names best.
fn errand(s: &Scripted, caller: &str, agent: &str, words: &str) -> Vec<usize> {
    let errands = legs(s, caller).into_iter().filter_map(|leg| match leg {
        Leg::Sub {
            agent: a, steps, ..
        } if a == agent => Some(steps),
        Leg::Sub { .. } | Leg::Own(_) => None,
    });
    let mut best: Option<(usize, Vec<usize>)> = None;
    for steps in errands {
        let named = steps
            .iter()
            .filter_map(|at| s.bound.path.get(*at))
            .flat_map(|call| call.args.as_object().into_iter().flat_map(Map::values))
            .filter(|v| !is_template(v) && facts::says(words, v))
            .count()
            + steps
                .iter()
                .filter_map(|at| s.bound.path.get(*at))
                .filter(|call| {
                    words.contains(&super::action::action(
                        &call.tool,
                        &Value::Null,
                        super::action::Form::Base,
                    ))
                })
                .count();
        if best.as_ref().is_none_or(|(n, _)| named > *n) {
            best = Some((named, steps));
        }
    }
    best.map(|(_, steps)| steps).unwrap_or_default()
}

fn is_template(v: &Value) -> bool {
    v.as_str().is_some_and(|s| s.contains('{'))
}

impl Progress {
    fn status(&self, s: &Scripted, leg: &Leg, used: &mut [bool]) -> Status {
        let mut failed: Option<(usize, String, usize)> = None;
        let fits: Vec<usize> = match leg {
            Leg::Own(at) => {
                let Some(call) = s.bound.path.get(*at) else {
                    return Status::Open;
                };
                let Ok(args) = self.fill(s, *at) else {
                    return Status::Open;
                };
                let mut fits = self.matching(used, |m| m.tool == call.tool && same(&m.args, &args));
                if fits.is_empty() {
                    // Someone else worded the call: the same ids are the same call.
                    fits = self.matching(used, |m| {
                        m.tool == call.tool && m.ok && same_ids(&m.args, &args)
                    });
                }
                fits
            }
            Leg::Sub { tool, .. } => self.matching(used, |m| m.tool == *tool),
        };
        for i in fits {
            let Some(made) = self.made.get(i) else {
                continue;
            };
            if let Some(slot) = used.get_mut(i) {
                *slot = true;
            }
            let answer = made.answer.clone().unwrap_or_default();
            if made.ok {
                return Status::Done {
                    answer,
                    at: made.at,
                };
            }
            if made.answer.is_some() {
                failed = Some((failed.map_or(1, |(n, ..)| n + 1), answer, made.at));
            }
        }
        failed.map_or(Status::Open, |(times, answer, at)| Status::Failed {
            times,
            answer,
            at,
        })
    }

    fn matching(&self, used: &[bool], fits: impl Fn(&Made) -> bool) -> Vec<usize> {
        self.made
            .iter()
            .enumerate()
            .filter(|(i, m)| !used.get(*i).copied().unwrap_or(true) && fits(m))
            .map(|(i, _)| i)
            .collect()
    }

    fn keep(&mut self, s: &Scripted, leg: &Leg, answer: &str) {
        let values = match leg {
            Leg::Own(at) => {
                vec![(
                    *at,
                    serde_json::from_str(answer).unwrap_or_else(|_| Value::from(answer)),
                )]
            }
            Leg::Sub { steps, .. } => {
                let groups = groups(answer).into_iter().map(Value::Object);
                answering(s, steps).into_iter().zip(groups).collect()
            }
        };
        for (at, value) in values {
            if let Some(name) = s.bound.path.get(at).and_then(|c| c.save.clone()) {
                self.saved.insert(name, value);
            }
        }
    }

    /// The first leg that is neither done nor given up; a look-up that failed is
    /// passed over.
    pub(super) fn next(&self, s: &Scripted) -> Option<(&Leg, &Status)> {
        self.legs
            .iter()
            .find(|(leg, status)| match status {
                Status::Done { .. } => false,
                Status::Open => true,
                Status::Failed { .. } => writes(s, leg) || matches!(leg, Leg::Sub { .. }),
            })
            .map(|(leg, status)| (leg, status))
    }

    /// The arguments of a place on the path, with their templates filled.
    ///
    /// The error is the template that nothing fills yet.
    pub(super) fn fill(&self, s: &Scripted, at: usize) -> Result<Value, String> {
        let args = s.bound.path.get(at).map_or(&Value::Null, |c| &c.args);
        fill(s, args, &self.saved, self.given(at), None, 0)
    }

    /// The same, without the arguments that nothing fills yet.
    pub(super) fn known(&self, s: &Scripted, at: usize) -> Value {
        let Some(map) = s.bound.path.get(at).and_then(|c| c.args.as_object()) else {
            return Value::Object(Map::new());
        };
        let known = map.iter().filter_map(|(k, v)| {
            let filled = fill(s, v, &self.saved, self.given(at), Some(k), 0).ok()?;
            Some((k.clone(), filled))
        });
        Value::Object(known.collect())
    }

    fn given(&self, at: usize) -> Option<&Map<String, Value>> {
        self.given
            .iter()
            .find(|(place, _)| *place == at)
            .map(|(_, map)| map)
    }
}

/// Whether a leg writes to the world.
pub(super) fn writes(s: &Scripted, leg: &Leg) -> bool {
    leg.steps()
        .iter()
        .filter_map(|at| s.bound.path.get(*at))
        .any(|call| {
            s.scenario
                .tool(&call.tool)
                .is_some_and(|t| !t.writes.is_empty())
        })
}

/// Whether a tool that writes can be called twice without harm: it only says who
/// somebody is, or what holds.
pub(super) fn is_harmless(tool: &str) -> bool {
    const SAFE: [&str; 6] = [
        "verify",
        "identify",
        "authenticate",
        "validate",
        "check",
        "calculate",
    ];
    let parts = super::words::parts(tool);
    parts.first().is_some_and(|w| SAFE.contains(&w.as_str()))
}

/// Verbs of tools that write, but only for the record: one neither asks the
/// user before them nor tells of them.
const QUIET: [&str; 14] = [
    "verify",
    "identify",
    "authenticate",
    "validate",
    "log",
    "note",
    "record",
    "classify",
    "summarize",
    "tag",
    "check",
    "close",
    "calculate",
    "track",
];

/// Whether a leg does something that the user is asked about first and told of
/// afterwards.
pub(super) fn tells(s: &Scripted, leg: &Leg) -> bool {
    leg.steps()
        .iter()
        .filter_map(|at| s.bound.path.get(*at))
        .any(|call| {
            let name = super::words::parts(&call.tool);
            let is = |at: usize, word: &str| name.get(at).is_some_and(|w| w == word);
            let quiet = QUIET.iter().any(|v| is(0, v)) && !(is(0, "close") && is(1, "account"));
            !quiet
                && s.scenario
                    .tool(&call.tool)
                    .is_some_and(|t| !t.writes.is_empty())
        })
}

/// Equal as JSON, numbers by value, absent and null alike.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
        }
        (Value::Object(x), Value::Object(y)) => {
            let covers = |x: &Map<String, Value>, y: &Map<String, Value>| {
                x.iter()
                    .all(|(k, v)| v.is_null() || y.get(k).is_some_and(|w| same(v, w)))
            };
            covers(x, y) && covers(y, x)
        }
        _ => a == b,
    }
}

/// Whether all ids of the wanted arguments are in the call's.
fn same_ids(made: &Value, wanted: &Value) -> bool {
    let (Some(made), Some(wanted)) = (made.as_object(), wanted.as_object()) else {
        return false;
    };
    let mut ids = wanted
        .iter()
        .filter(|(_, v)| v.as_str().is_some_and(super::words::is_id_like))
        .peekable();
    ids.peek().is_some() && ids.all(|(k, v)| made.get(k).is_some_and(|m| same(m, v)))
}

/// The steps of an errand that give values back: those whose result the path
/// keeps, and those that write.
pub(super) fn answering(s: &Scripted, steps: &[usize]) -> Vec<usize> {
    let answers = |at: &&usize| {
        s.bound.path.get(**at).is_some_and(|c| c.save.is_some()) || writes(s, &Leg::Own(**at))
    };
    steps.iter().filter(answers).copied().collect()
}

/// The steps of an errand that need values: those with arguments.
pub(super) fn asking(s: &Scripted, steps: &[usize]) -> Vec<usize> {
    let asks = |at: &&usize| {
        s.bound
            .path
            .get(**at)
            .and_then(|c| c.args.as_object())
            .is_some_and(|m| !m.is_empty())
    };
    steps.iter().filter(asks).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn calls_are_compared_by_value() {
        assert!(same(&json!({"a": 1, "b": null}), &json!({"a": 1.0})));
        assert!(!same(&json!({"a": 1}), &json!({"a": 2})));
        assert!(same_ids(
            &json!({"order_id": "8841", "x": 1}),
            &json!({"order_id": "8841", "x": 2})
        ));
        assert!(!same_ids(&json!({"x": 1}), &json!({"x": 1})));
    }
}
