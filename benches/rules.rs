//! How fast rules run: calls per second over the recorded retail traces, and
//! whole tasks per CPU second with a fresh world and a final fingerprint.
//!
//! Reference: the Python implementation of the same tools makes 16,135 calls
//! per CPU second. Aims: 80,000 calls and 5,000 tasks.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a measurement asks the clock and may stop at the first surprise"
)]

use serde_json::Value;
use stategen::engine::rules::{DEFAULT_BUDGET, Env, Program};
use stategen::engine::world::Node;
use stategen::engine::world::canon::{Render, render};
use std::hint::black_box;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Seconds this thread has computed, as the Python reference was measured; the
/// clock on the wall where the system does not say.
fn cpu() -> f64 {
    static BEGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let begin = BEGIN.get_or_init(Instant::now);
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map_or_else(|| begin.elapsed().as_secs_f64(), |ns| ns / 1e9)
}

fn main() {
    let dir = std::env::var_os("STATEGEN_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"),
        PathBuf::from,
    );
    if !dir.join("retail").is_dir() {
        println!("rules: skipped, no recorded cases (STATEGEN_CASES or ../shared/cases)");
        return;
    }
    let quick = std::env::var_os("STATEGEN_BENCH_QUICK").is_some();
    let time = if quick {
        Duration::from_millis(100)
    } else {
        Duration::from_secs(3)
    };
    let read = |name: &str| {
        let bytes = std::fs::read(dir.join("retail").join(name)).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        text
    };
    let rules = include_str!("../tests/fixtures/retail/retail.rules");
    let (program, problems) = Program::parse(&[("retail.rules", rules)]);
    assert!(problems.is_empty(), "{problems:?}");
    let initial: Value = serde_json::from_str(&read("initial.json.gz")).unwrap();
    let initial = Node::from_json(&initial);
    let _ = initial.hash();
    let tasks: Vec<Vec<(String, Node)>> = read("gold.jsonl.gz")
        .lines()
        .map(|line| {
            let trace: Value = serde_json::from_str(line).unwrap();
            let calls = trace["calls"].as_array().unwrap();
            calls
                .iter()
                .map(|c| {
                    (
                        c["tool"].as_str().unwrap().to_owned(),
                        Node::from_json(&c["args"]),
                    )
                })
                .collect()
        })
        .collect();

    let task = |calls: &[(String, Node)], text: bool| {
        let mut world = initial.clone();
        for (tool, args) in calls {
            let env = Env {
                world: &world,
                args,
                now: "2026-01-01T00:00:00Z",
                id_key: 1,
                budget: DEFAULT_BUDGET,
            };
            if let Ok(ran) = program.call(tool, &env) {
                if text {
                    black_box(render(&ran.result, Render::Python));
                }
                black_box(&ran.result);
                world = ran.world;
            }
        }
        world
    };
    let calls: usize = tasks.iter().map(Vec::len).sum();
    let measure = |run: &dyn Fn()| {
        run();
        let (begin, cpu, mut rounds) = (Instant::now(), cpu(), 0u32);
        while begin.elapsed() < time {
            run();
            rounds += 1;
        }
        (self::cpu() - cpu) / f64::from(rounds)
    };
    let all = |text: bool, hash: bool| {
        for calls in &tasks {
            let world = task(calls, text);
            if hash {
                black_box(world.hash());
            }
        }
    };
    let plain = measure(&|| all(false, false));
    println!(
        "rules: {:>9.0} calls per CPU second (gold traces)",
        calls as f64 / plain
    );
    let texts = measure(&|| all(true, false));
    println!(
        "rules: {:>9.0} calls per CPU second with the text that the agent reads",
        calls as f64 / texts
    );
    let whole = measure(&|| all(false, true));
    println!(
        "rules: {:>9.0} tasks per CPU second with a fresh world and its last hash",
        114.0 / whole
    );
    let mut by_tool: std::collections::BTreeMap<&str, (u32, f64)> =
        std::collections::BTreeMap::new();
    for calls in &tasks {
        let mut world = initial.clone();
        for (tool, args) in calls {
            let env = Env {
                world: &world,
                args,
                now: "2026-01-01T00:00:00Z",
                id_key: 1,
                budget: DEFAULT_BUDGET,
            };
            let mut spent = f64::MAX;
            for _ in 0..8 {
                let begin = Instant::now();
                let ran = black_box(program.call(tool, &env));
                spent = spent.min(begin.elapsed().as_secs_f64());
                drop(ran);
            }
            let ran = program.call(tool, &env);
            let entry = by_tool.entry(tool).or_default();
            entry.0 += 1;
            entry.1 += spent;
            if let Ok(ran) = ran {
                world = ran.world;
            }
        }
    }
    for (tool, (count, spent)) in by_tool {
        println!(
            "rules: {:>9.1} us a call of {tool} ({count})",
            spent / f64::from(count) * 1e6
        );
    }
}
