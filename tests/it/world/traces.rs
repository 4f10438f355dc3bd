//! Recorded traces of real worlds: our canonical forms and patches give the
//! hashes that somebody else computed.

use sha2::{Digest, Sha256};
use stategen::engine::world::canon::{jcs, python_sorted};
use stategen::engine::world::schema::infer;
use stategen::engine::world::{Node, Patch, Schema, diff};
use std::io::Read;
use std::path::PathBuf;

/// A file of recorded cases, unpacked; none where the cases are not here.
fn case_file(name: &str) -> Option<String> {
    let folder = std::env::var_os("STATEGEN_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"),
        PathBuf::from,
    );
    let path = folder.join(name);
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: no {} (set STATEGEN_CASES)", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    Some(text)
}

fn sha(text: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut out, byte| {
            write!(out, "{byte:02x}").unwrap();
            out
        })
}

#[test]
fn recorded_hashes_come_out() {
    let (Some(initial), Some(gold)) = (
        case_file("retail/initial.json.gz"),
        case_file("retail/gold.jsonl.gz"),
    ) else {
        return;
    };
    let start: Node = serde_json::from_str(&initial).unwrap();
    let mut dumped = std::collections::HashMap::new();
    let mut start_hash = String::new();
    let mut lines = 0;
    // A dump of 1.4 MB is slow without optimisation: a sample of the tasks.
    for line in gold.lines().step_by(16) {
        let trace: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut world = start.clone();
        if let Some(patch) = trace.get("init_patch") {
            let patch: Patch = serde_json::from_value(patch.clone()).unwrap();
            world = patch.apply(&world).unwrap().world;
        }
        let mut hashes = |world: &Node| {
            dumped
                .entry(world.hash())
                .or_insert_with(|| (sha(&python_sorted(world)), sha(&jcs(world))))
                .clone()
        };
        assert_eq!(hashes(&world).0, trace["start_hash"].as_str().unwrap());
        start_hash.clone_from(&hashes(&world).0);
        let before = world.clone();
        for call in trace["calls"].as_array().unwrap() {
            if let Some(patch) = call.get("patch").filter(|p| !p.is_null()) {
                let patch: Patch = serde_json::from_value(patch.clone()).unwrap();
                let applied = patch.apply(&world).unwrap();
                assert_eq!(applied.inverse.apply(&applied.world).unwrap().world, world);
                world = applied.world;
            }
        }
        let (python, canonical) = hashes(&world);
        assert_eq!(python, trace["final_hash"].as_str().unwrap());
        assert_eq!(canonical, trace["final_jcs_sha256"].as_str().unwrap());
        assert_eq!(diff(&before, &world).apply(&before).unwrap().world, world);
        lines += 1;
    }
    assert!(lines > 5 && start_hash.len() == 64);
}

#[test]
fn a_schema_inferred_from_data_accepts_what_tools_write() {
    let (Some(initial), Some(gold)) = (
        case_file("retail/initial.json.gz"),
        case_file("retail/gold.jsonl.gz"),
    ) else {
        return;
    };
    let start: Node = serde_json::from_str(&initial).unwrap();
    let inferred = infer(&start);
    let tables = inferred["properties"].as_object().unwrap();
    assert!(
        tables
            .values()
            .all(|t| t["additionalProperties"]["properties"].is_object())
    );
    let schema = Schema::compile(&inferred).unwrap();
    assert_eq!(schema.check(&start), Vec::new());
    let mut patches = 0;
    for line in gold.lines() {
        let trace: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut world = start.clone();
        for call in trace["calls"].as_array().unwrap() {
            if let Some(patch) = call.get("patch").filter(|p| !p.is_null()) {
                let patch: Patch = serde_json::from_value(patch.clone()).unwrap();
                let applied = patch.apply(&world).unwrap();
                let misfits = schema.check_touched(&applied.world, &applied.touched);
                assert_eq!(misfits, Vec::new(), "{}", trace["task_id"]);
                world = applied.world;
                patches += 1;
            }
        }
    }
    assert!(patches > 100);
}
