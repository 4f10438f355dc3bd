//! The agent's side: follows the task's reference path with its own tools, asks
//! for what it needs, asks before it writes, and reports what the results say.
//! A sub-agent does its part of the path and answers with values.

use super::desk::{self, Say};
use super::facts::{self, Fact};
use super::faults::{self, Fault};
use super::path::{self, Leg, Progress, Status};
use super::voice::join;
use super::words::{self, Form, join_and};
use super::{Scripted, hear};
use crate::engine::rng::Rng;
use crate::engine::role::{Message, RawCall, Reply, Request, Speaker};
use crate::engine::scenario::Executor;
use serde_json::{Map, Value};

/// Times a missing fact is asked for.
const ASKS: usize = 3;
/// Look-ups at most where a task has no path.
const LOOKUPS: usize = 3;

/// The agent's next reply.
pub(super) fn reply(s: &Scripted, request: &Request) -> Reply {
    let desk = Desk::new(s, request);
    if request.agent.len() > 1 {
        desk.errand()
    } else {
        desk.main()
    }
}

struct Desk<'a> {
    s: &'a Scripted,
    request: &'a Request,
    facts: Vec<Fact<'a>>,
    progress: Progress,
    /// Texts of the user.
    user: Vec<(usize, &'a str)>,
    /// Texts of the agent that came without calls.
    own: Vec<(usize, &'a str)>,
    /// All that the agent said, to vary its wording.
    before: String,
    /// Words of the goal, so that what they name is told first.
    wanted: Vec<String>,
}

fn texts(messages: &[Message], who: Speaker) -> Vec<(usize, &str)> {
    messages
        .iter()
        .enumerate()
        .filter(|(_, m)| m.from == who && m.calls.is_empty() && !m.text.trim().is_empty())
        .map(|(i, m)| (i, m.text.as_str()))
        .collect()
}

impl<'a> Desk<'a> {
    fn new(s: &'a Scripted, request: &'a Request) -> Self {
        let before = request
            .messages
            .iter()
            .filter(|m| m.from == Speaker::Agent)
            .map(|m| m.text.as_str())
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            s,
            request,
            facts: facts::all(&s.bound),
            progress: path::read(s, request),
            user: texts(&request.messages, Speaker::User),
            own: texts(&request.messages, Speaker::Agent),
            before,
            wanted: facts::tokens(&s.bound.goal)
                .into_iter()
                .filter(|w| w.len() > 3)
                .collect(),
        }
    }

    fn rng(&self, label: &str) -> Rng {
        Rng::new(
            self.request.seed,
            &format!("agent/{label}/{}", self.request.attempt),
        )
    }

    /// Draws that hold for the whole conversation.
    fn fixed(&self, label: &str) -> Rng {
        Rng::new(self.s.seed, &format!("scripted/{label}"))
    }

    fn line(&self, say: Say, x: &str, rng: &mut Rng) -> String {
        desk::line(say, x, &self.before, rng)
    }

    fn text(parts: &[String], reasoning: impl Into<String>) -> Reply {
        Reply {
            text: join(parts),
            reasoning: reasoning.into(),
            ..Reply::default()
        }
    }

    /// Opening words of the first reply to the user, and none later.
    fn opener(&self, rng: &mut Rng) -> Vec<String> {
        if !self.before.is_empty() {
            return Vec::new();
        }
        let mut parts = vec![self.line(Say::Greet, "", rng)];
        let first = self.user.first().map_or("", |(_, t)| *t).to_lowercase();
        const SAD: [&str; 19] = [
            "annoy",
            "frustrat",
            "ridiculous",
            "sick of",
            "broken",
            "unhappy",
            "disappoint",
            "not acceptable",
            "joke",
            "wrong",
            "damaged",
            "worried",
            "not happy",
            "mad",
            "ugh",
            "problem",
            "nerves",
            "had enough",
            "nervous",
        ];
        if SAD.iter().any(|w| first.contains(w)) {
            parts.push(self.line(Say::Sorry, "", rng));
        }
        parts
    }

    // --- the agent that the user talks to

    fn main(&self) -> Reply {
        let mut rng = self.rng("turn");
        if self.user.is_empty() {
            let parts = [
                self.line(Say::Greet, "", &mut rng),
                self.line(Say::Listening, "", &mut rng),
            ];
            return Self::text(&parts, "Nobody has said anything yet, so I greet and wait.");
        }
        if self.claimed() {
            return self.close(&mut rng);
        }
        if let Some(reply) = self.recover(&mut rng) {
            return reply;
        }
        if self.unclear() {
            let mut parts = self.opener(&mut rng);
            parts.push(self.line(Say::Clarify, "", &mut rng));
            return Self::text(
                &parts,
                "The user has not said what it is about, so I ask before I look anything up.",
            );
        }
        if self.progress.legs.is_empty() {
            return self.without_path(&mut rng);
        }
        let Some((leg, status)) = self.progress.next(self.s) else {
            return self.finish(&mut rng);
        };
        if let Status::Failed { times, answer, at } = status {
            let again = *times < 2 && self.is_model(leg);
            if !again {
                return self.failed(leg, answer, *at, &mut rng);
            }
        }
        if self.declined() {
            return self.stopped(&mut rng);
        }
        let missing = self.missing(leg);
        if !missing.is_empty() {
            return self.ask(&missing, &mut rng);
        }
        let first_write = path::writes(self.s, leg);
        if first_write {
            let open = self.unasked();
            if !open.is_empty() {
                return self.ask(&open, &mut rng);
            }
        }
        if first_write && !self.agreed() {
            return self.propose(leg, &mut rng);
        }
        if first_write && self.s.has(Fault::ClaimNotDone) && self.is_claim(leg) {
            return self.claim(&mut rng);
        }
        self.act(leg, &mut rng)
    }

    /// Values of a leg's arguments that are facts of the user and were not told.
    fn missing(&self, leg: &Leg) -> Vec<&Fact<'a>> {
        let mut legs = vec![leg];
        // Some desks ask for everything at once.
        if self.fixed("ask_all").chance(0.4) {
            legs.extend(
                self.progress
                    .legs
                    .iter()
                    .map(|(l, _)| l)
                    .filter(|l| *l != leg),
            );
        }
        let mut out: Vec<&Fact<'a>> = Vec::new();
        for leg in legs {
            for at in leg.steps() {
                let Some(call) = self.s.bound.path.get(at) else {
                    continue;
                };
                let Ok(args) = self.progress.fill(self.s, &call.args) else {
                    continue;
                };
                let mut values = Vec::new();
                scalars(&args, &mut values, 0);
                for fact in &self.facts {
                    let needed = facts::yes_no(fact).is_none() && fact_in(fact, &values);
                    if needed && !self.told(fact.value) && !out.iter().any(|f| f.key == fact.key) {
                        out.push(fact);
                    }
                }
            }
        }
        out
    }

    /// Whether a value was said by the user or stands in a result.
    fn told(&self, value: &Value) -> bool {
        self.user.iter().any(|(_, t)| facts::says(t, value))
            || self.user.len() > 1 && {
                let all: Vec<&str> = self.user.iter().map(|(_, t)| *t).collect();
                facts::says(&all.join("\n"), value)
            }
            || self
                .request
                .messages
                .iter()
                .any(|m| m.from == Speaker::Tool && facts::says(&m.text, value))
    }

    /// Hidden facts that this desk asks about before it changes anything: those
    /// its policy speaks of, others by chance, each once.
    fn unasked(&self) -> Vec<&Fact<'a>> {
        let policy = self
            .s
            .scenario
            .agents
            .first()
            .map_or("", |a| a.policy.as_str());
        let policy = facts::tokens(policy);
        self.facts
            .iter()
            .filter(|f| f.hidden && !self.told(f.value))
            .filter(|f| {
                !self
                    .own
                    .iter()
                    .any(|(_, t)| hear::agent(t, std::slice::from_ref(*f)).asks == [0])
            })
            .filter(|f| {
                let named = words::parts(f.key)
                    .iter()
                    .any(|p| p.len() > 3 && policy.contains(p));
                named || self.fixed(f.key).chance(0.5)
            })
            .collect()
    }

    fn ask(&self, wanted: &[&Fact<'a>], rng: &mut Rng) -> Reply {
        let asked = |f: &Fact<'_>| {
            self.own
                .iter()
                .filter(|(_, t)| {
                    hear::sentences(t)
                        .iter()
                        .any(|s| s.ends_with('?') && facts::asked(f.key, s))
                })
                .count()
        };
        let nouns: Vec<String> = wanted
            .iter()
            .map(|f| format!("your {}", facts::noun(f.key)))
            .collect();
        let nouns = join_and(&nouns);
        let times = wanted.iter().map(|f| asked(f)).max().unwrap_or(0);
        if times >= ASKS {
            let parts = [self.line(Say::NoGo, &nouns, rng)];
            return Self::text(
                &parts,
                format!("I asked for {nouns} several times and cannot go on without it."),
            );
        }
        let questions: Vec<&&Fact<'a>> = wanted
            .iter()
            .filter(|f| facts::yes_no(f).is_some())
            .collect();
        let mut parts = self.opener(rng);
        if !self.before.is_empty() && rng.chance(0.4) {
            parts.push(self.line(Say::Got, "", rng));
        }
        let plain: Vec<String> = wanted
            .iter()
            .filter(|f| facts::yes_no(f).is_none())
            .map(|f| {
                format!(
                    "{} {}",
                    if f.hidden && !facts::is_personal(f.key) {
                        "the"
                    } else {
                        "your"
                    },
                    facts::noun(f.key)
                )
            })
            .collect();
        if !plain.is_empty() {
            let say = if times == 0 { Say::Ask } else { Say::AskAgain };
            parts.push(plural(self.line(say, &join_and(&plain), rng), plain.len()));
        }
        for fact in questions {
            parts.push(yes_no_question(fact.key, rng));
        }
        Self::text(
            &parts,
            format!("Before I go on I need {nouns}, which the user has not told me yet."),
        )
    }

    /// Whether a proposal was agreed to.
    fn agreed(&self) -> bool {
        self.answers().any(|yes| yes != Some(false)) && !self.declined()
    }

    /// Whether the last proposal was turned down.
    fn declined(&self) -> bool {
        self.answers().last() == Some(Some(false))
    }

    /// What the user said to each proposal. An answer that asks back once is
    /// none; the second time it counts as agreement.
    fn answers(&self) -> impl DoubleEndedIterator<Item = Option<bool>> + '_ {
        let proposals: Vec<usize> = self
            .own
            .iter()
            .filter(|(_, t)| hear::proposes(t))
            .map(|(i, _)| *i)
            .collect();
        let many = proposals.len();
        proposals
            .into_iter()
            .enumerate()
            .filter_map(move |(n, at)| {
                let (_, text) = self.user.iter().find(|(i, _)| *i > at)?;
                match hear::yes(text) {
                    None if text.contains('?') && many < 2 && n == 0 => None,
                    answer => Some(answer),
                }
            })
    }

    fn propose(&self, leg: &Leg, rng: &mut Rng) -> Reply {
        let mut parts = self.opener(rng);
        let asked = self.user.last().is_some_and(|(_, t)| t.contains('?'))
            && self.own.iter().any(|(_, t)| hear::proposes(t));
        if asked {
            parts.push(self.line(Say::CannotSay, "", rng));
        }
        let actions = self.actions(leg, Form::Base);
        parts.extend(self.seen(leg, &actions.join(" ")));
        parts.push(self.line(Say::Propose, &join_and(&actions), rng));
        let mut injected = Vec::new();
        if self.s.has(Fault::InventedAmount) && self.fixed("amount_at").chance(0.5) && !asked {
            parts.push(format!(
                "There is a handling charge of {} for this.",
                self.invented()
            ));
            injected.push(Fault::InventedAmount.name().to_owned());
        }
        parts.push(self.line(Say::Shall, "", rng));
        let mut reply = Self::text(
            &parts,
            format!(
                "This would change records, so I ask before I {}.",
                join_and(&actions)
            ),
        );
        reply.injected = injected;
        reply
    }

    /// What is still to be written, in words: this leg and later ones whose
    /// arguments are known already.
    fn actions(&self, leg: &Leg, form: Form) -> Vec<String> {
        let from = self
            .progress
            .legs
            .iter()
            .position(|(l, _)| l == leg)
            .unwrap_or(0);
        let mut out: Vec<String> = Vec::new();
        for (leg, _) in self.progress.legs.iter().skip(from).take(6) {
            for at in leg.steps() {
                let Some(call) = self.s.bound.path.get(at) else {
                    continue;
                };
                if self
                    .s
                    .scenario
                    .tool(&call.tool)
                    .is_none_or(|t| t.writes.is_empty())
                {
                    continue;
                }
                let args = self.known_args(&call.args);
                let said = words::action(&call.tool, &args, form);
                if !out.contains(&said) {
                    out.push(said);
                }
            }
        }
        out
    }

    /// Arguments without those that nothing fills yet.
    fn known_args(&self, args: &Value) -> Value {
        let Some(map) = args.as_object() else {
            return Value::Object(Map::new());
        };
        let known = map.iter().filter_map(|(k, v)| {
            let one: Map<String, Value> = std::iter::once((k.clone(), v.clone())).collect();
            let filled = self.progress.fill(self.s, &Value::Object(one)).ok()?;
            Some((k.clone(), filled.get(k)?.clone()))
        });
        Value::Object(known.collect())
    }

    /// "I can see order 8841: status delivered, total 59.90.", from the newest
    /// result that holds an id of the leg.
    fn seen(&self, leg: &Leg, said: &str) -> Option<String> {
        for at in leg.steps() {
            let call = self.s.bound.path.get(at)?;
            let args = self.known_args(&call.args);
            let mut values = Vec::new();
            scalars(&args, &mut values, 0);
            let ids = values
                .iter()
                .filter(|v| v.as_str().is_some_and(words::is_id_like));
            for id in ids {
                for made in self.progress.made.iter().rev().filter(|m| m.ok) {
                    let Some(answer) = made
                        .answer
                        .as_deref()
                        .and_then(|a| serde_json::from_str::<Value>(a).ok())
                    else {
                        continue;
                    };
                    let named = made
                        .args
                        .as_object()
                        .is_some_and(|m| m.values().any(|v| v == id));
                    let row = desk::row_with(&answer, id, 0)
                        .or_else(|| answer.as_object().filter(|_| named));
                    let Some(row) = row else { continue };
                    let fields = desk::row(&Value::Object(row.clone()), said, &self.wanted, 3);
                    if !fields.is_empty() {
                        return Some(format!("I can see {}: {fields}.", words::value("", id)));
                    }
                }
            }
        }
        None
    }

    // --- calls

    fn act(&self, leg: &Leg, rng: &mut Rng) -> Reply {
        let mut calls: Vec<(String, Value)> = Vec::new();
        let mut injected = Vec::new();
        match leg {
            Leg::Own(_) => {
                let many = if self.fixed("batch").chance(0.4) {
                    3
                } else {
                    1
                };
                let from = self
                    .progress
                    .legs
                    .iter()
                    .position(|(l, _)| l == leg)
                    .unwrap_or(0);
                for (next, status) in self.progress.legs.iter().skip(from) {
                    let Leg::Own(at) = next else { break };
                    let Some(call) = self.s.bound.path.get(*at) else {
                        break;
                    };
                    let first = calls.is_empty();
                    let free = matches!(status, Status::Open)
                        && !path::writes(self.s, next)
                        && self.missing(next).is_empty();
                    if !first && (!free || path::writes(self.s, leg)) {
                        break;
                    }
                    let Ok(args) = self.progress.fill(self.s, &call.args) else {
                        break;
                    };
                    calls.push((call.tool.clone(), args));
                    if calls.len() >= many {
                        break;
                    }
                }
            }
            Leg::Sub { tool, steps, .. } => {
                calls.push((tool.clone(), self.request_for(tool, steps)))
            }
        }
        if calls.is_empty() {
            // A template that no result fills: the path cannot be followed.
            return self.stuck(rng);
        }
        if self.s.has(Fault::WrongId)
            && let Some((tool, wrong)) = self.wrong_call(leg)
            && !self
                .progress
                .made
                .iter()
                .any(|m| m.tool == tool && m.args == wrong)
        {
            calls = vec![(tool, wrong)];
            injected.push(Fault::WrongId.name().to_owned());
        }
        let writing = path::writes(self.s, leg);
        let mut parts = self.opener(rng);
        let talks = self
            .request
            .messages
            .last()
            .is_some_and(|m| m.from == Speaker::User);
        if talks || rng.chance(0.15) {
            parts.push(self.line(if writing { Say::Act } else { Say::Look }, "", rng));
        }
        let doing: Vec<String> = calls
            .iter()
            .map(|(tool, args)| self.doing(tool, args))
            .collect();
        let reasoning = if writing {
            format!("The user agreed, so I go on with {}.", join_and(&doing))
        } else {
            format!(
                "I start with {}; what follows depends on it.",
                join_and(&doing)
            )
        };
        let mut reply = self.calling(&parts, &reasoning, &calls);
        reply.injected = injected;
        reply
    }

    fn doing(&self, tool: &str, args: &Value) -> String {
        match self.s.scenario.tool(tool).map(|t| &t.executor) {
            Some(Executor::Agent(agent)) => format!("handing this to {}", words::label(agent)),
            Some(Executor::Table(_) | Executor::Rules | Executor::Model | Executor::Human)
            | None => words::action(tool, args, Form::Doing),
        }
    }

    fn calling(&self, parts: &[String], reasoning: &str, calls: &[(String, Value)]) -> Reply {
        let raw = calls.iter().enumerate().map(|(n, (tool, args))| RawCall {
            id: format!("call_{}_{}", self.request.step, n + 1),
            name: tool.clone(),
            arguments: args.to_string(),
        });
        Reply {
            text: join(parts),
            reasoning: reasoning.to_owned(),
            calls: raw.collect(),
            ..Reply::default()
        }
    }

    /// The request to a sub-agent, in words that hold every value it needs.
    fn request_for(&self, tool: &str, steps: &[usize]) -> Value {
        let mut actions = Vec::new();
        let mut details = Map::new();
        for at in steps {
            let Some(call) = self.s.bound.path.get(*at) else {
                continue;
            };
            let args = self.known_args(&call.args);
            actions.push(words::action(&call.tool, &args, Form::Base));
            for (k, v) in args.as_object().into_iter().flatten() {
                details.entry(k.clone()).or_insert_with(|| v.clone());
            }
        }
        actions.dedup();
        let agreed = if steps.iter().any(|at| path::writes(self.s, &Leg::Own(*at))) && self.agreed()
        {
            " The user has agreed to this."
        } else {
            ""
        };
        let details = path::details(&details);
        let text = format!("Please {}.{agreed} {details}", join_and(&actions));
        let key = self
            .s
            .scenario
            .tool(tool)
            .and_then(|t| {
                t.parameters
                    .get("properties")?
                    .as_object()?
                    .keys()
                    .next()
                    .cloned()
            })
            .unwrap_or_else(|| String::from("request"));
        let map: Map<String, Value> = std::iter::once((key, Value::from(text.trim()))).collect();
        Value::Object(map)
    }

    // --- after the calls

    fn is_model(&self, leg: &Leg) -> bool {
        let Leg::Own(at) = leg else { return false };
        self.s
            .bound
            .path
            .get(*at)
            .and_then(|c| self.s.scenario.tool(&c.tool))
            .is_some_and(|t| t.executor == Executor::Model)
    }

    /// All done: report, or close where that was said.
    fn finish(&self, rng: &mut Rng) -> Reply {
        let last = self
            .progress
            .legs
            .iter()
            .filter_map(|(_, s)| match s {
                Status::Done { at, .. } | Status::Failed { at, .. } => Some(*at),
                Status::Open => None,
            })
            .max()
            .unwrap_or(0);
        if self.own.iter().any(|(at, _)| *at > last) {
            return self.close(rng);
        }
        self.report(rng)
    }

    /// What was done (or found), with the values of the results.
    fn report(&self, rng: &mut Rng) -> Reply {
        let mut parts = self.opener(rng);
        let wrote = self.done_writes();
        let mut said = String::new();
        if wrote.is_empty() {
            let found = self.findings();
            if found.is_empty() {
                parts.push(String::from(
                    "I've looked it up, and nothing more is on record.",
                ));
            } else {
                parts.push(self.line(Say::Found, "", rng));
                parts.extend(found);
                if rng.chance(0.5) {
                    parts.push(self.line(Say::OnlyTell, "", rng));
                }
            }
        }
        let many = wrote.len();
        for (n, (action, answer)) in wrote.iter().enumerate() {
            let lead = match n {
                0 => "I have",
                _ if n + 1 == many => "Finally, I have",
                _ => "I have also",
            };
            let lead = if n > 0 && many == 2 {
                "I have also"
            } else {
                lead
            };
            parts.push(format!("{lead} {action}."));
            said.push_str(action);
            let fields = desk::telling(answer, &said, &self.wanted, 3);
            if !fields.is_empty() {
                let told = desk::tell(&fields, true);
                said.push_str(&told);
                parts.push(format!("{}.", words::capital(&told)));
            }
        }
        let mut injected = Vec::new();
        let amount = self.s.has(Fault::InventedAmount)
            && !self.own.iter().any(|(_, t)| t.contains("handling charge"));
        if amount {
            parts.push(format!(
                "A goodwill credit of {} comes on top of that.",
                self.invented()
            ));
            injected.push(Fault::InventedAmount.name().to_owned());
        }
        parts.push(self.line(Say::Else, "", rng));
        let mut reply = Self::text(
            &parts,
            "Every step is done; I report what the results say and nothing more.",
        );
        reply.injected = injected;
        reply
    }

    /// The writing calls that were made, in words, each with its result.
    fn done_writes(&self) -> Vec<(String, Value)> {
        let mut out = Vec::new();
        for (leg, status) in &self.progress.legs {
            let Status::Done { answer, .. } = status else {
                continue;
            };
            if !path::writes(self.s, leg) {
                continue;
            }
            let result = match leg {
                Leg::Own(_) => serde_json::from_str(answer).unwrap_or(Value::Null),
                Leg::Sub { .. } => Value::Object(path::pairs(answer)),
            };
            let writes: Vec<usize> = leg
                .steps()
                .into_iter()
                .filter(|at| path::writes(self.s, &Leg::Own(*at)))
                .collect();
            let many = writes.len();
            for (n, at) in writes.into_iter().enumerate() {
                let Some(call) = self.s.bound.path.get(at) else {
                    continue;
                };
                let action = words::action(&call.tool, &self.known_args(&call.args), Form::Past);
                out.push((
                    action,
                    if n + 1 == many {
                        result.clone()
                    } else {
                        Value::Null
                    },
                ));
            }
        }
        out
    }

    /// What look-ups gave, as sentences.
    fn findings(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for made in self.progress.made.iter().filter(|m| m.ok) {
            let answer = made.answer.as_deref().unwrap_or_default();
            let sub = matches!(
                self.s.scenario.tool(&made.tool).map(|t| &t.executor),
                Some(Executor::Agent(_))
            );
            let text = if sub {
                answer.split(" [").next().unwrap_or_default().to_owned()
            } else {
                desk::found(&made.tool, &made.args, answer, &self.wanted)
            };
            if !text.is_empty() && !out.contains(&text) {
                out.push(text);
            }
        }
        out.reverse();
        out.truncate(3);
        out.reverse();
        out
    }

    /// After the report: answers a last question, or says goodbye.
    fn close(&self, rng: &mut Rng) -> Reply {
        let last = self.user.last().map_or("", |(_, t)| *t);
        if last.contains('?') {
            let mut parts = vec![self.line(Say::CannotSay, "", rng)];
            if let Some(id) = self.reference() {
                parts.push(format!("If you come back to it, please mention {id}."));
            }
            parts.push(self.line(Say::Else, "", rng));
            return Self::text(
                &parts,
                "The user asks for something that no result told me, so I say that I don't know.",
            );
        }
        let parts = [
            self.line(Say::Welcome, "", rng),
            self.line(Say::Bye, "", rng),
        ];
        Self::text(&parts, "Everything is said; I close politely.")
    }

    /// An id that a writing call returned, to be quoted: "return ID R-207".
    fn reference(&self) -> Option<String> {
        self.done_writes().iter().rev().find_map(|(_, result)| {
            result.as_object()?.iter().find_map(|(k, v)| {
                let id = v.as_str().filter(|v| words::is_id_like(v))?;
                words::parts(k).last().filter(|p| *p == "id")?;
                Some(format!("the {} {id}", words::label(k)))
            })
        })
    }

    fn failed(&self, leg: &Leg, answer: &str, at: usize, rng: &mut Rng) -> Reply {
        if self.own.iter().any(|(i, _)| *i > at) {
            let parts = [self.line(Say::StillNo, "", rng)];
            return Self::text(
                &parts,
                "The system has refused this already and nothing has changed since.",
            );
        }
        let action = match leg {
            Leg::Own(at) => self.s.bound.path.get(*at).map_or_else(String::new, |c| {
                words::action(&c.tool, &self.known_args(&c.args), Form::Base)
            }),
            Leg::Sub { tool, .. } => format!("get this done through {}", words::label(tool)),
        };
        let answer = answer.trim().trim_start_matches("Error:").trim();
        let short: String = answer.chars().take(200).collect();
        let parts = [
            self.line(Say::Failed, &action, rng),
            format!("\"{}\"", short.replace('"', "'").replace('\n', " ")),
            self.line(Say::FailedSorry, "", rng),
        ];
        let text = parts.join(" ");
        Reply {
            text,
            reasoning: String::from(
                "The call was refused; I tell the user what the system said instead of trying again.",
            ),
            ..Reply::default()
        }
    }

    fn stuck(&self, rng: &mut Rng) -> Reply {
        let told = self.own.iter().any(|(_, t)| hear::refuses(t));
        let say = if told { Say::StillNo } else { Say::FailedSorry };
        let mut parts = self.opener(rng);
        let found = self.findings();
        if !told && !found.is_empty() {
            parts.push(self.line(Say::Found, "", rng));
            parts.extend(found);
        }
        parts.push(self.line(say, "", rng));
        Self::text(
            &parts,
            "What I would need for the next step is in no result, so I cannot go on.",
        )
    }

    fn stopped(&self, rng: &mut Rng) -> Reply {
        let parts = [
            self.line(Say::Stopped, "", rng),
            self.line(Say::Else, "", rng),
        ];
        Self::text(&parts, "The user does not want this, so I change nothing.")
    }

    // --- before anything is clear

    /// Whether the user has not yet said what it is about; asked about twice at most.
    fn unclear(&self) -> bool {
        let asked = self
            .own
            .iter()
            .filter(|(_, t)| hear::agent(t, &[]).clarify)
            .count();
        if asked >= 2 || !self.progress.made.is_empty() || self.own.len() > asked {
            return false;
        }
        let said: Vec<&str> = self.user.iter().map(|(_, t)| *t).collect();
        let said = facts::tokens(&said.join(" "));
        const EMPTY: [&str; 16] = [
            "want", "with", "from", "that", "this", "your", "user", "they", "them", "have",
            "which", "because", "their", "need", "would", "like",
        ];
        let mut topic = self
            .wanted
            .iter()
            .filter(|w| !EMPTY.contains(&w.as_str()))
            .peekable();
        topic.peek().is_some()
            && !topic.any(|w| {
                let stem: String = w.chars().take(5).collect();
                said.iter().any(|h| h.starts_with(&stem))
            })
    }

    // --- tasks without a reference path

    fn without_path(&self, rng: &mut Rng) -> Reply {
        let made = &self.progress.made;
        if made.len() < LOOKUPS {
            let next = self.request.tools.iter().find_map(|spec| {
                let tool = self.s.scenario.tool(&spec.name)?;
                let reads = tool.writes.is_empty()
                    && !matches!(tool.executor, Executor::Agent(_) | Executor::Human);
                if !reads || made.iter().any(|m| m.tool == spec.name) {
                    return None;
                }
                let args = self.args_from_facts(&spec.parameters)?;
                Some((spec.name.clone(), args))
            });
            if let Some((tool, args)) = next {
                let unsaid: Vec<&Fact<'a>> = {
                    let mut values = Vec::new();
                    scalars(&args, &mut values, 0);
                    self.facts
                        .iter()
                        .filter(|f| fact_in(f, &values) && !self.told(f.value))
                        .collect()
                };
                if !unsaid.is_empty() {
                    return self.ask(&unsaid, rng);
                }
                let mut parts = self.opener(rng);
                parts.push(self.line(Say::Look, "", rng));
                let doing = words::action(&tool, &args, Form::Doing);
                return self.calling(
                    &parts,
                    &format!("No way is laid out for this, so I begin by {doing}."),
                    &[(tool, args)],
                );
            }
        }
        let last = made.iter().map(|m| m.at).max();
        if last.is_some_and(|last| self.own.iter().any(|(at, _)| *at > last)) {
            return self.close(rng);
        }
        let found = self.findings();
        let mut parts = self.opener(rng);
        if found.is_empty() {
            let told = self.own.iter().any(|(_, t)| hear::refuses(t));
            parts.push(self.line(if told { Say::StillNo } else { Say::FailedSorry }, "", rng));
        } else {
            parts.push(self.line(Say::Found, "", rng));
            parts.extend(found);
            parts.push(self.line(Say::OnlyTell, "", rng));
            parts.push(self.line(Say::Else, "", rng));
        }
        Self::text(&parts, "I tell what the look-ups gave and change nothing.")
    }

    /// Arguments for a look-up from the facts; `None` where one that is required
    /// is no fact. A look-up of nothing in particular counts only if it asks for
    /// nothing.
    fn args_from_facts(&self, parameters: &Value) -> Option<Value> {
        let properties = parameters.get("properties").and_then(Value::as_object);
        let required: Vec<&str> = parameters
            .get("required")
            .and_then(Value::as_array)
            .map(|r| r.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let mut out = Map::new();
        for (name, schema) in properties.into_iter().flatten() {
            let norm = |key: &str| words::parts(key).join("_");
            let fact = self
                .facts
                .iter()
                .find(|f| norm(f.key) == norm(name) && fits(schema, f.value));
            match fact {
                Some(fact) => {
                    out.insert(name.clone(), fact.value.clone());
                }
                None if required.contains(&name.as_str()) => return None,
                None => {}
            }
        }
        Some(Value::Object(out))
    }

    // --- faults

    /// An amount that stands nowhere in what was said, found or set up.
    fn invented(&self) -> String {
        let mut rng = self.fixed("amount");
        let world = self.s.bound.world.to_string();
        let said =
            |a: &str| self.request.messages.iter().any(|m| m.text.contains(a)) || world.contains(a);
        let mut amount = String::from("17.43");
        for _ in 0..64 {
            let cents = 1 + 10 * rng.below(10) + rng.below(8);
            amount = format!("{}.{cents:02}", 6 + rng.below(48));
            if !amount.ends_with('0') && !said(&amount) {
                break;
            }
        }
        amount
    }

    /// The call of this leg with an id mistyped, where this is the leg drawn for
    /// it: a look-up before a write, since a look-up harms nothing.
    fn wrong_call(&self, leg: &Leg) -> Option<(String, Value)> {
        let with_id = |leg: &Leg| {
            let Leg::Own(at) = leg else { return None };
            let call = self.s.bound.path.get(*at)?;
            let args = self.progress.fill(self.s, &call.args).ok()?;
            let (key, id) = args.as_object()?.iter().find_map(|(k, v)| {
                v.as_str()
                    .filter(|v| words::is_id_like(v))
                    .map(|v| (k.clone(), v.to_owned()))
            })?;
            let mut wrong = args;
            wrong
                .as_object_mut()?
                .insert(key, Value::from(faults::mistyped(&id)));
            Some((call.tool.clone(), wrong))
        };
        let has_id = |leg: &Leg| {
            let Leg::Own(at) = leg else { return false };
            self.s
                .bound
                .path
                .get(*at)
                .and_then(|c| c.args.as_object())
                .is_some_and(|m| {
                    m.values()
                        .any(|v| v.as_str().is_some_and(words::is_id_like))
                })
        };
        let legs: Vec<&Leg> = self
            .progress
            .legs
            .iter()
            .map(|(l, _)| l)
            .filter(|l| has_id(l))
            .collect();
        let reads: Vec<&Leg> = legs
            .iter()
            .copied()
            .filter(|l| !path::writes(self.s, l))
            .collect();
        let from = if reads.is_empty() { legs } else { reads };
        let drawn = self.fixed("wrong_id").pick(&from).copied()?;
        if drawn == leg { with_id(leg) } else { None }
    }

    /// Right after the mistyped call: the same call with the right id.
    fn recover(&self, rng: &mut Rng) -> Option<Reply> {
        if !self.s.has(Fault::WrongId) || self.request.messages.last()?.from != Speaker::Tool {
            return None;
        }
        let (leg, status) = self.progress.next(self.s)?;
        let (tool, wrong) = self.wrong_call(leg)?;
        let last = self.progress.made.last()?;
        if !matches!(status, Status::Open) || last.tool != tool || last.args != wrong {
            return None;
        }
        let Leg::Own(at) = leg else { return None };
        let call = self.s.bound.path.get(*at)?;
        let args = self.progress.fill(self.s, &call.args).ok()?;
        let action = words::action(&tool, &args, Form::Base);
        let parts = [self.line(Say::Slip, &action, rng)];
        Some(self.calling(
            &parts,
            "The id in my last call had a typo; I call again with the right one.",
            &[(tool, args)],
        ))
    }

    /// Whether this leg is the one that is claimed instead of done.
    fn is_claim(&self, leg: &Leg) -> bool {
        let writes: Vec<&Leg> = self
            .progress
            .legs
            .iter()
            .map(|(l, _)| l)
            .filter(|l| path::writes(self.s, l))
            .collect();
        self.fixed("claim").pick(&writes).copied() == Some(leg)
    }

    fn claim(&self, rng: &mut Rng) -> Reply {
        let mut parts = Vec::new();
        let next = self.progress.next(self.s).map(|(l, _)| l.clone());
        let mut actions: Vec<String> = self.done_writes().into_iter().map(|(a, _)| a).collect();
        if let Some(leg) = next {
            actions.extend(self.actions(&leg, Form::Past));
        }
        parts.push(format!("I have {}.", join_and(&actions)));
        parts.push(self.line(Say::Else, "", rng));
        let mut reply = Self::text(&parts, "The user agreed; I report it as done.");
        reply.injected = vec![Fault::ClaimNotDone.name().to_owned()];
        reply
    }

    /// Whether the claim was made: a report to the user after the agreement
    /// while the leg drawn for it is open.
    fn claimed(&self) -> bool {
        if !self.s.has(Fault::ClaimNotDone) {
            return false;
        }
        self.progress.next(self.s).is_some_and(|(leg, status)| {
            matches!(status, Status::Open)
                && self.is_claim(leg)
                && self.own.iter().any(|(_, t)| hear::reports(t))
        })
    }

    // --- sub-agents

    fn errand(&self) -> Reply {
        let mut rng = self.rng("errand");
        let Some((leg, status)) = self.progress.next(self.s) else {
            return self.hand_back();
        };
        if let Status::Failed { times, answer, .. } = status
            && (*times >= 2 || !self.is_model(leg))
        {
            let answer: String = answer.chars().take(200).collect();
            return Self::text(
                &[format!(
                    "I was not able to finish this: {}",
                    answer.trim().trim_end_matches('.')
                )],
                "The call was refused; I hand back what the system said.",
            );
        }
        match leg {
            Leg::Own(at) => {
                let Some(call) = self.s.bound.path.get(*at) else {
                    return self.hand_back();
                };
                match self.progress.fill(self.s, &call.args) {
                    Ok(args) => {
                        let doing = words::action(&call.tool, &args, Form::Doing);
                        let mut parts = Vec::new();
                        if rng.chance(0.2) {
                            parts.push(self.line(Say::Look, "", &mut rng));
                        }
                        self.calling(
                            &parts,
                            &format!("My part of this is {doing}."),
                            &[(call.tool.clone(), args)],
                        )
                    }
                    Err(missing) => Self::text(
                        &[format!(
                            "I was not able to finish this: the request does not say {}",
                            words::label(&missing)
                        )],
                        "A value that I need is neither in the request nor in a result.",
                    ),
                }
            }
            Leg::Sub { tool, steps, .. } => {
                let args = self.request_for(tool, steps);
                self.calling(
                    &[],
                    "Someone else has the tools for this.",
                    &[(tool.clone(), args)],
                )
            }
        }
    }

    /// A sub-agent's answer: what was done or found, with the values.
    fn hand_back(&self) -> Reply {
        let mut parts = Vec::new();
        let wrote = self.done_writes();
        for (action, _) in &wrote {
            parts.push(format!("I have {action}."));
        }
        if wrote.is_empty() {
            parts.extend(self.findings());
        }
        if parts.is_empty() {
            parts.push(String::from(
                "There is nothing in this request that I can do.",
            ));
        }
        // Values that the caller may need, under their own names.
        let mut values = Map::new();
        for (_, status) in self.progress.legs.iter().rev() {
            let Status::Done { answer, .. } = status else {
                continue;
            };
            let result: Value =
                serde_json::from_str(answer).unwrap_or_else(|_| Value::Object(path::pairs(answer)));
            for (k, v) in result.as_object().into_iter().flatten() {
                let plain = matches!(v, Value::String(t) if t.len() <= 80)
                    || v.is_number()
                    || v.is_boolean();
                if plain && !values.contains_key(k) && values.len() < 12 {
                    values.insert(k.clone(), v.clone());
                }
            }
        }
        let mut text = join(&parts);
        let details = path::details(&values);
        if !details.is_empty() {
            text.push(' ');
            text.push_str(&details);
        }
        Reply {
            text,
            reasoning: String::from(
                "My part is done; I answer with the values that the results gave.",
            ),
            ..Reply::default()
        }
    }
}

/// All plain values inside a value.
fn scalars(value: &Value, out: &mut Vec<Value>, depth: u32) {
    match value {
        Value::Array(items) if depth < 32 => items.iter().for_each(|i| scalars(i, out, depth + 1)),
        Value::Object(map) if depth < 32 => map.values().for_each(|v| scalars(v, out, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
        Value::Number(_) | Value::String(_) => out.push(value.clone()),
    }
}

/// Whether a fact's value is among an argument's values.
fn fact_in(fact: &Fact<'_>, values: &[Value]) -> bool {
    let mut own = Vec::new();
    scalars(fact.value, &mut own, 0);
    !own.is_empty() && own.iter().all(|v| values.contains(v))
}

/// Whether a value's kind is what a parameter's schema wants.
fn fits(schema: &Value, value: &Value) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    }
}

/// "What is your order number and your email address?" takes "are".
fn plural(text: String, many: usize) -> String {
    if many < 2 {
        return text;
    }
    text.replacen("What is ", "What are ", 1)
        .replacen("what is ", "what are ", 1)
        .replacen("share that?", "share them?", 1)
}

/// A question for a fact that is a yes or no: `photo_taken` is "a photo taken".
fn yes_no_question(key: &str, rng: &mut Rng) -> String {
    let parts = words::parts(key);
    let participle = parts
        .last()
        .filter(|p| p.ends_with("ed") || p.ends_with("en") || *p == "sent" || *p == "kept");
    match (participle, parts.split_last()) {
        (Some(last), Some((_, init)))
            if !init.is_empty()
                && !matches!(init.first().map(String::as_str), Some("is" | "was" | "has")) =>
        {
            let thing = init.join(" ");
            let verb = ["Was", "Has"];
            match rng.below(2) {
                0 => format!(
                    "One more thing: {} the {thing} {last}?",
                    verb.first().copied().unwrap_or("Was").to_lowercase()
                ),
                _ => format!("May I also ask: {} the {thing} been {last}?", "has"),
            }
        }
        _ => {
            let topic: Vec<&str> = parts
                .iter()
                .map(String::as_str)
                .filter(|p| !matches!(*p, "is" | "was" | "has" | "have" | "had"))
                .collect();
            match parts.first().map(String::as_str) {
                Some("has" | "have" | "had") => {
                    format!("May I ask, do you have the {}?", topic.join(" "))
                }
                Some("is" | "was") => format!("May I ask, is it {}?", topic.join(" ")),
                _ => format!(
                    "May I ask about one more thing: {}, yes or no?",
                    topic.join(" ")
                ),
            }
        }
    }
}
