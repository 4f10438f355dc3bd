//! Records that somebody else labelled: what must be found, what must be left alone.

use serde_json::Value;
use stategen::dataset::import::labelled::{Scores, record};
use stategen::dataset::import::lines;
use stategen::dataset::import::tau::{Domains, conversation};
use stategen::engine::grounding::Coverage;
use std::path::PathBuf;

/// The folder of cases, or a line that says why the test is skipped.
pub fn cases() -> Option<PathBuf> {
    let folder = std::env::var_os("STATEGEN_CASES")
        .map_or_else(|| PathBuf::from("../shared/cases"), PathBuf::from);
    if folder.join("hallucinations_dev.jsonl.gz").exists() {
        return Some(folder);
    }
    println!("skipped: no labelled records at {}", folder.display());
    None
}

pub fn values(path: &std::path::Path) -> Vec<Value> {
    let lines = lines(path).unwrap();
    let read = |(_, l): (usize, String)| serde_json::from_str(&l).unwrap();
    lines.into_iter().map(read).collect()
}

/// `STATEGEN_VERBOSE=T` prints every wrong answer about kinds that begin so.
pub fn verbose(kind: &str) -> bool {
    std::env::var("STATEGEN_VERBOSE").is_ok_and(|v| kind.starts_with(&v))
}

#[test]
fn labelled_records_are_told_apart() {
    let Some(cases) = cases() else { return };
    let mut domains = Domains::at(&cases);
    let mut scores = Scores::default();
    for value in values(&cases.join("hallucinations_dev.jsonl.gz")) {
        let record = record(&value, &mut domains).unwrap();
        let report = record.judge();
        let flagged = !report.findings.is_empty();
        scores.count(&record, flagged);
        if verbose(&record.kind) && flagged != record.untrue {
            let what: Vec<&str> = report.findings.iter().map(|f| f.what.as_str()).collect();
            println!("{} {} {what:?} {}", record.id, record.kind, record.evidence);
        }
    }
    println!("{scores}");
    assert!(scores.all.precision() >= 0.95, "{scores}");
    assert!(scores.all.recall() >= 0.9, "{scores}");
    // What the state decides is found whole; what only follows from it is left alone.
    let results = scores.families["tool_result"];
    assert!(
        results.missed == 0 && results.precision() >= 0.99,
        "{scores}"
    );
    let derived = scores.families["hard_negative"];
    assert!(
        derived.flagged * 20 <= derived.flagged + derived.passed,
        "{scores}"
    );
}

#[test]
fn recorded_conversations_are_mostly_grounded() {
    let Some(cases) = cases() else { return };
    let mut domains = Domains::at(&cases);
    let (mut turns, mut flagged, mut coverage) = (0usize, 0usize, Coverage::default());
    for value in values(&cases.join("conversations.jsonl.gz")) {
        let recorded = conversation(&value, &mut domains).unwrap();
        for (i, report) in recorded.check().into_iter().enumerate() {
            turns += 1;
            flagged += usize::from(!report.findings.is_empty());
            coverage += report.coverage;
            for f in report.findings.iter().filter(|_| verbose("real")) {
                println!("real {} {} {} {}", recorded.id, i + 1, f.kind, f.what);
            }
        }
    }
    println!("{flagged} of {turns} turns flagged; {coverage:?}");
    assert!(turns > 1000);
    assert!(coverage.traced * 10 > coverage.literals * 7, "{coverage:?}");
    assert_eq!(
        coverage.literals,
        coverage.traced + coverage.untraced + coverage.unchecked
    );
}
