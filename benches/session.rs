//! Steps per second of whole scripted conversations, and what replay costs.
//! `STATEGEN_BENCH_QUICK=1` makes a smoke run.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark measures time and may stop at the first surprise"
)]

use stategen::driver::{Driver, Seats, headless};
use stategen::engine::effect::Effect;
use stategen::engine::event::Event;
use stategen::engine::id::{ConvId, Sha};
use stategen::engine::input::Go;
use stategen::engine::persona;
use stategen::engine::scenario::{Files, Scenario, load};
use stategen::engine::session::Session;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn files(folder: &Path, root: &Path, out: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, root, out);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            out.insert(name, Arc::from(std::fs::read(&path).unwrap()));
        }
    }
}

fn sample(name: &str) -> Arc<Scenario> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("sample_scenarios")
        .join(name);
    let mut all = Files::new();
    files(&folder, &folder, &mut all);
    load(name, &all)
        .scenario
        .unwrap_or_else(|| panic!("{name} does not load"))
}

fn conversation(scenario: &Arc<Scenario>, seed: u64) -> Vec<Event> {
    let task = &scenario.tasks[usize::try_from(seed).unwrap() % scenario.tasks.len()];
    let spec = persona::PersonaSpec::default();
    let who = persona::sample(&spec, &[], task.context, task.complexity, seed);
    let id = ConvId(seed.to_string());
    let (session, opening) =
        Session::open(id, Arc::clone(scenario), &task.id, who, seed, Vec::new()).unwrap();
    let seats = Seats::scripted(&session);
    let mut events: Vec<Event> = opening
        .iter()
        .filter_map(|e| {
            if let Effect::Append(event) = e {
                Some(event.clone())
            } else {
                None
            }
        })
        .collect();
    let mut driver = Driver::open(session, &opening, None).unwrap();
    headless::run(&mut driver, &seats, Go::End, Duration::ZERO, |seen| {
        if let headless::Seen::Committed(new) = seen {
            events.extend_from_slice(new);
        }
    })
    .unwrap();
    events
}

fn main() {
    let quick = std::env::var_os("STATEGEN_BENCH_QUICK").is_some();
    let rounds = if quick { 3 } else { 300 };
    println!(
        "{:<14} {:>14} {:>8} {:>10} {:>12}",
        "sample", "conversations", "steps", "steps/s", "replayed/s"
    );
    for name in ["returns_desk", "travel_desk", "bank_desk"] {
        let scenario = sample(name);
        let began = Instant::now();
        let logs: Vec<Vec<Event>> = (0..rounds)
            .map(|seed| conversation(&scenario, seed))
            .collect();
        let live = began.elapsed().as_secs_f64();
        let steps = logs
            .iter()
            .flatten()
            .filter(|e| matches!(e, Event::Stepped { .. }))
            .count();
        // Replay reads the scenario's files again, as `stategen replay` does.
        let blob = |sha: Sha| scenario.files.values().find(|b| Sha::of(b) == sha).cloned();
        let again = logs.len().min(if quick { 1 } else { 20 });
        let began = Instant::now();
        for log in logs.iter().take(again) {
            Session::replay(log, &blob).unwrap();
        }
        let replay = began.elapsed().as_secs_f64();
        println!(
            "{name:<14} {:>14} {steps:>8} {:>10.0} {:>12.1}",
            logs.len(),
            steps as f64 / live,
            again as f64 / replay
        );
    }
}
