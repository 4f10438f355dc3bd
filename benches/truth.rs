//! The grounding check, measured: precision and recall per kind and family on
//! labelled records, and conversations per second, parsing included, on all cores.
//!
//! Aims: results that the state decides recall 1.00 at precision 0.99; all kinds
//! precision 0.95 and recall 0.90; hard negatives at most 5 % flagged; 64,698
//! conversations in a minute on two cores, 1,078 a second.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a measurement asks the clock and may stop at the first surprise"
)]

use serde_json::Value;
use stategen::dataset::import::labelled::{Scores, record};
use stategen::dataset::import::lines;
use stategen::dataset::import::tau::{Domains, conversation};
use stategen::dataset::lint::in_order;
use stategen::engine::grounding::Coverage;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn main() {
    let cases = std::env::var_os("STATEGEN_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"),
        PathBuf::from,
    );
    if !cases.join("hallucinations_dev.jsonl.gz").exists() {
        println!("truth: skipped, no recorded cases (STATEGEN_CASES or ../shared/cases)");
        return;
    }
    let quick = std::env::var_os("STATEGEN_BENCH_QUICK").is_some();
    labelled(&cases);
    speed(&cases, if quick { 1 } else { 10 });
}

fn labelled(cases: &Path) {
    let mut domains = Domains::at(cases);
    let mut scores = Scores::default();
    let (mut n, mut spent, mut slowest) = (0u32, Duration::ZERO, Duration::ZERO);
    for (_, line) in lines(&cases.join("hallucinations_dev.jsonl.gz")).unwrap() {
        let value: Value = serde_json::from_str(&line).unwrap();
        let record = record(&value, &mut domains).unwrap();
        let begin = Instant::now();
        let report = record.judge();
        let took = begin.elapsed();
        n += 1;
        spent += took;
        slowest = slowest.max(took);
        scores.count(&record, !report.findings.is_empty());
    }
    println!("{scores}");
    println!(
        "{n} records followed and judged: {:.2} ms each, slowest {:.1} ms",
        spent.as_secs_f64() * 1e3 / f64::from(n.max(1)),
        slowest.as_secs_f64() * 1e3
    );
}

fn speed(cases: &Path, times: usize) {
    let all = lines(&cases.join("conversations.jsonl.gz")).unwrap();
    let begin = Instant::now();
    let (mut done, mut turns, mut found) = (0usize, 0usize, 0usize);
    let mut coverage = Coverage::default();
    in_order(
        (0..times).flat_map(|_| all.iter()),
        || Domains::at(cases),
        |domains, (_, line)| {
            let value: Value = serde_json::from_str(line).unwrap();
            conversation(&value, domains).unwrap().check()
        },
        |reports| {
            done += 1;
            turns += reports.len();
            for report in reports {
                found += report.findings.len();
                coverage += report.coverage;
            }
            Ok::<(), ()>(())
        },
    )
    .unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    let each = done as f64 / seconds;
    println!(
        "{done} conversations, {turns} turns, {found} findings in {seconds:.2} s: {each:.0} a second, \
         64,698 in {:.0} s",
        64_698.0 / each
    );
    println!(
        "{} literals: {} traced, {} not, {} not checked",
        coverage.literals, coverage.traced, coverage.untraced, coverage.unchecked
    );
}
