//! The deck of faults over the sample scenarios' own rules, many seeds: how often
//! each fault could be put in, is put in, found, blamed rightly, recovered from,
//! what else is found that follows from it, and what is found beside it that
//! nobody put in.
//!
//! The stand-in plays all seats; whether it recovers is asked twice, once as it is
//! and once with `blind_retry` and `ignores_errors`. Where a fault is one of tools
//! that a model answers, one look-up of the path is answered so. A lenient judge is put beside a mistyped id, or it has nothing to pass
//! over.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    missing_docs,
    reason = "a measurement asks the clock and may stop at the first surprise"
)]

use stategen::config::samples;
use stategen::driver::Seats;
use stategen::driver::seats::At;
use stategen::engine::effect::Effect;
use stategen::engine::fault::{DECK, Fault, Means};
use stategen::engine::id::ConvId;
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::role::Role;
use stategen::engine::scenario::{Executor, Scenario, Tool, load};
use stategen::engine::score::{Blame, Finding};
use stategen::engine::session::{How, Session, State};
use stategen::engine::step::{Act, Body};
use stategen::engine::world::Node;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

/// What a fault is to be found as, and whose it is; nothing where the step itself
/// says nothing that is not so.
fn wanted(fault: Fault) -> Option<(&'static [&'static str], Blame)> {
    const CUT: &[&str] = &["wrong_type"];
    const LEFT: &[&str] = &["premature_goodbye"];
    const CONTRADICTS: &[&str] = &["contradicts_facts"];
    match fault {
        // The state manager saw the write land.
        Fault::LostReply | Fault::NotFound => Some((&["false_error"], Blame::Tool)),
        Fault::Malformed => Some((CUT, Blame::Tool)),
        Fault::StaleRead => Some((&["stale_read"], Blame::Tool)),
        Fault::UngroundedResult => Some((&["refused_proposal"], Blame::Tool)),
        Fault::FalseClaim | Fault::MisgivesId => Some((CONTRADICTS, Blame::User)),
        Fault::ChangesMind | Fault::WalksAway | Fault::PrematureGoodbye => {
            Some((LEFT, Blame::User))
        }
        Fault::WrongId => Some((&["wrong_id"], Blame::Agent)),
        Fault::InventedAmount => Some((&["ungrounded_literal"], Blame::Agent)),
        Fault::ClaimNotDone => Some((&["claim_not_done"], Blame::Agent)),
        Fault::LenientJudge => Some((&["judge_lenient"], Blame::Judge)),
        Fault::HarshJudge => Some((&["judge_harsh"], Blame::Judge)),
        Fault::MalformedVerdict => Some((&["bad_verdict"], Blame::Judge)),
        Fault::Timeout
        | Fault::RateLimit
        | Fault::ServerError
        | Fault::Permission
        | Fault::Slow
        | Fault::BlindRetry
        | Fault::IgnoresErrors => None,
    }
}

/// Counts of one fault.
#[derive(Default)]
struct Row {
    played: usize,
    could: usize,
    put_in: usize,
    follows: usize,
    found: usize,
    blamed: usize,
    beside: BTreeMap<String, usize>,
    recovered: usize,
    failed: usize,
    harmless: usize,
    held: usize,
}

fn play(scenario: &Arc<Scenario>, task: &str, seed: u64, faults: Vec<String>) -> Session {
    let persona = scenario.persona_for(task, None, seed).unwrap();
    let id = ConvId(String::from("bench"));
    let (mut session, _) =
        Session::open(id, Arc::clone(scenario), task, persona, seed, faults).unwrap();
    let seats = Seats::scripted(&session);
    let mut queue: VecDeque<Effect> = session.handle(Input::Command(Command::Go(Go::End))).into();
    for _ in 0..4000 {
        let Some(effect) = queue.pop_front() else {
            if !matches!(session.state(), State::Human { .. }) {
                break;
            }
            let answer = Command::Answer {
                result: Node::str("Done."),
                ok: true,
            };
            queue.extend(session.handle(Input::Command(answer)));
            queue.extend(session.handle(Input::Command(Command::Go(Go::End))));
            continue;
        };
        match effect {
            Effect::Call(request) => {
                let at = At::after(&session, session.head());
                let body = Box::new(seats.stand_in_at(&request, &at));
                let call = request.call;
                queue.extend(session.handle(Input::Reply { call, body }));
            }
            Effect::Continue => queue.extend(session.handle(Input::Continue)),
            Effect::Append(_) | Effect::Cancel(_) | Effect::Tell(_) => {}
        }
    }
    session
}

/// The same scenario with a model for one look-up of a task's path: the first that
/// is answered so without anything being found.
fn by_model(scenario: &Arc<Scenario>, task: &str, seed: u64) -> Arc<Scenario> {
    let path = scenario.task(task).map(|t| &t.path).unwrap();
    let looks = path.iter().map(|call| &call.tool).filter(|name| {
        let tool = scenario.tool(name).unwrap();
        matches!(tool.executor, Executor::Rules | Executor::Table(_)) && tool.writes.is_empty()
    });
    let played = looks.map(|name| {
        let mut out = (**scenario).clone();
        for tool in out.tools.iter_mut().filter(|t| t.name == *name) {
            tool.executor = Executor::Model;
        }
        Arc::new(out)
    });
    let clean = |scenario: &Arc<Scenario>| {
        let session = play(scenario, task, seed, Vec::new());
        let path = session.path(session.head());
        let mut steps = path.iter().filter_map(|p| p.step.as_ref());
        steps.all(|s| s.body.findings.is_empty())
    };
    let is_model = |tool: &Tool| tool.executor == Executor::Model;
    if path
        .iter()
        .any(|c| scenario.tool(&c.tool).is_some_and(is_model))
    {
        return Arc::clone(scenario);
    }
    played
        .into_iter()
        .find(clean)
        .unwrap_or_else(|| Arc::clone(scenario))
}

/// Whether a fault could be put in anywhere on a branch, from an occasion on.
fn could(session: &Session, fault: Fault, from: u64) -> bool {
    let mut at = None;
    let mut occasions = 0;
    for place in session.path(session.head()) {
        let step = place.step.as_ref().unwrap();
        let all = session.faults_at(at);
        let fits = all.iter().any(|(f, fits)| *f == fault && fits.is_ok());
        let ran = match &step.body.act {
            Act::Ran(run) => !matches!(run.executor.as_str(), "agent" | "none"),
            _ => true,
        };
        occasions += u64::from(step.body.role == fault.seat() && ran);
        if fits && occasions >= from {
            return true;
        }
        at = Some(step.id);
    }
    false
}

fn count(row: &mut Row, session: &Session, fault: Fault, from: u64) {
    row.played += 1;
    let head = session.head();
    let path = session.path(head);
    let bodies: Vec<&Body> = path
        .iter()
        .filter_map(|p| p.step.as_ref().map(|s| &s.body))
        .collect();
    let put_in: Vec<u32> = bodies
        .iter()
        .filter(|b| b.injected.iter().any(|w| w == fault.name()))
        .map(|b| b.number)
        .collect();
    let Some(first) = put_in.first() else {
        let missed = fault.means() != Means::StandIn && could(session, fault, from);
        row.could += usize::from(missed);
        if missed && std::env::var_os("STATEGEN_BENCH_SHOW").is_some() {
            let opened = session.opened();
            println!(
                "    not put in: {} {} {}",
                opened.scenario, opened.task, opened.seed
            );
        }
        return;
    };
    row.could += 1;
    row.put_in += 1;
    let all: Vec<&Finding> = bodies.iter().flat_map(|b| &b.findings).collect();
    let expected = wanted(fault);
    let mine = |f: &&&Finding| match expected {
        // Who leaves early is seen where they leave.
        Some((kinds, _)) => {
            kinds.contains(&f.kind.as_str()) && (f.step >= *first) && {
                let here = put_in.contains(&f.step);
                here || f.kind == "premature_goodbye"
            }
        }
        None => false,
    };
    if let Some((_, blame)) = expected {
        let found: Vec<&&Finding> = all.iter().filter(mine).collect();
        row.found += usize::from(!found.is_empty());
        if found.is_empty() && std::env::var_os("STATEGEN_BENCH_SHOW").is_some() {
            let opened = session.opened();
            println!(
                "    not found: {} {} {}: step {first}",
                opened.scenario, opened.task, opened.seed
            );
        }
        row.blamed += usize::from(found.iter().any(|f| f.blame == blame));
    }
    for finding in all.iter().filter(|f| !mine(f)) {
        if !finding.fault.is_empty() {
            row.follows += 1;
            continue;
        }
        if std::env::var_os("STATEGEN_BENCH_SHOW").is_some() {
            let opened = session.opened();
            println!(
                "    {} {} {} {}: step {} {}",
                opened.scenario,
                opened.task,
                opened.seed,
                opened.faults.join(" "),
                finding.step,
                finding.what
            );
        }
        let key = format!("{}/{}", finding.kind, finding.blame.word());
        *row.beside.entry(key).or_default() += 1;
    }
    match session.recoveries(head).first().map(|r| &r.how) {
        Some(How::Recovered(..)) => row.recovered += 1,
        Some(How::Failed(..)) => row.failed += 1,
        Some(How::Harmless | How::Open) | None => row.harmless += 1,
    }
    row.held += usize::from(session.assertions(head).iter().all(|a| a.holds));
}

fn main() {
    let quick = std::env::var_os("STATEGEN_BENCH_QUICK").is_some();
    let only = std::env::var("STATEGEN_BENCH_FAULT").ok();
    let seeds: u64 = if quick { 1 } else { 8 };
    let scenarios: Vec<Arc<Scenario>> = samples()
        .iter()
        .map(|(name, files)| load(name, files).scenario.unwrap())
        .collect();
    let begin = Instant::now();
    println!(
        "{:<18} {:>6} {:>6} {:>6} {:>6} {:>7} {:>9} {:>6} {:>6} {:>5} {:>7}  beside",
        "fault",
        "played",
        "could",
        "put in",
        "found",
        "blamed",
        "recovered",
        "failed",
        "other",
        "held",
        "follows"
    );
    let (mut expected, mut found, mut blamed, mut beside, mut played) = (0, 0, 0, 0, 0);
    let (mut could, mut put_in) = (0, 0);
    for agents in [None, Some(Fault::BlindRetry), Some(Fault::IgnoresErrors)] {
        if let Some(agent) = agents {
            println!("--- with {agent}");
        }
        for row in DECK {
            if only.as_ref().is_some_and(|o| o != row.word) {
                continue;
            }
            let tool = row.seat == Role::Tool;
            if agents.is_some() && !tool
                || matches!(row.fault, Fault::BlindRetry | Fault::IgnoresErrors)
            {
                continue;
            }
            let mut counts = Row::default();
            for scenario in &scenarios {
                for task in &scenario.tasks {
                    for seed in 0..seeds {
                        let mut word = row.word.to_owned();
                        // Of the judge and of the one tool of a model there is one turn.
                        let one = row.seat == Role::Judge || row.fault == Fault::UngroundedResult;
                        let from = if one { 1 } else { 1 + seed % 4 };
                        if row.means != Means::StandIn {
                            word = format!("{word}:{from}");
                        }
                        let mut faults = vec![word];
                        if row.fault == Fault::LenientJudge {
                            faults.push(Fault::WrongId.name().to_owned());
                        }
                        faults.extend(agents.map(|a| a.name().to_owned()));
                        let own = match row.fault {
                            Fault::UngroundedResult => by_model(scenario, &task.id, seed),
                            _ => Arc::clone(scenario),
                        };
                        let session = play(&own, &task.id, seed, faults);
                        count(&mut counts, &session, row.fault, from);
                    }
                }
            }
            let wants = wanted(row.fault).is_some();
            let text = |n: usize| {
                if wants {
                    n.to_string()
                } else {
                    String::from("-")
                }
            };
            let other: Vec<String> = counts
                .beside
                .iter()
                .map(|(kind, n)| format!("{kind} {n}"))
                .collect();
            println!(
                "{:<18} {:>6} {:>6} {:>6} {:>6} {:>7} {:>9} {:>6} {:>6} {:>5} {:>7}  {}",
                row.word,
                counts.played,
                counts.could,
                counts.put_in,
                text(counts.found),
                text(counts.blamed),
                counts.recovered,
                counts.failed,
                counts.harmless,
                counts.held,
                counts.follows,
                other.join(", ")
            );
            played += counts.played;
            if agents.is_none() && wants {
                expected += counts.put_in;
                found += counts.found;
                blamed += counts.blamed;
            }
            // What an agent that is made to err does next is no fault of the check.
            if agents.is_none() {
                beside += counts.beside.values().sum::<usize>();
            }
            could += counts.could;
            put_in += counts.put_in;
        }
    }
    let share = |a: usize, b: usize| a as f64 / b.max(1) as f64;
    println!("put in: {put_in} of {could} in which the fault can be made");
    println!(
        "findings: recall {:.3} ({found} of {expected}), precision {:.3} ({beside} beside)",
        share(found, expected),
        share(found, found + beside)
    );
    println!("blame: {:.3} of what was found", share(blamed, found));
    let time = begin.elapsed().as_secs_f64();
    println!("{played} conversations in {time:.1} s");
}
