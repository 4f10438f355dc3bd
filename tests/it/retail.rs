//! The retail fixture against recorded traces of the reference: every result,
//! every state.

use serde_json::Value;
use sha2::{Digest, Sha256};
use stategen::engine::role::args;
use stategen::engine::rules::{Env, Program};
use stategen::engine::scenario::ArgsMode;
use stategen::engine::world::NodeHash;
use stategen::engine::world::canon::{Render, jcs, python_sorted, render};
use stategen::engine::world::{Node, Patch, Schema};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

const RULES: &str = include_str!("../fixtures/retail/retail.rules");

/// Where the recorded cases are, if they are here.
pub fn cases() -> Option<PathBuf> {
    let dir = std::env::var_os("STATEGEN_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"),
        PathBuf::from,
    );
    dir.join("retail").is_dir().then_some(dir)
}

fn text(path: &std::path::Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let mut out = String::new();
    if path.extension().is_some_and(|e| e == "gz") {
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut out)
            .unwrap();
    } else {
        out = String::from_utf8(bytes).unwrap();
    }
    out
}

#[allow(clippy::format_collect, reason = "once a state")]
fn sha(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

#[derive(Default, Debug)]
struct Count {
    calls: usize,
    same: usize,
    states: usize,
    same_states: usize,
    skipped_texts: usize,
    wrong: Vec<String>,
}

/// Whether only "it failed and changed nothing" can be compared.
fn runtime_error(call: &Value) -> bool {
    let result = call["result"].as_str().unwrap_or("");
    matches!(call["error_class"].as_str(), Some("argument" | "python"))
        || (call["tool"] == "calculate"
            && call["ok"] == false
            && result != "Error: Invalid characters in expression")
}

/// Dumps of rows that were dumped before: a state differs from the last one in
/// a few rows of 1,550.
type Rows = RefCell<HashMap<(NodeHash, bool), String>>;

struct Bench {
    rows: Rows,
    program: Program,
    schemas: HashMap<String, Schema>,
    initial: Node,
    writes: HashMap<String, Vec<stategen::engine::world::Pattern>>,
    reads: HashMap<String, Vec<stategen::engine::world::Pattern>>,
}

impl Bench {
    fn new(dir: &std::path::Path) -> Self {
        let (program, problems) = Program::parse(&[("retail.rules", RULES)]);
        assert!(problems.is_empty(), "{problems:#?}");
        let initial: Value =
            serde_json::from_str(&text(&dir.join("retail/initial.json.gz"))).unwrap();
        let initial = Node::from_json(&initial);
        let wrong = program.check(&initial, &|_| Vec::new());
        assert!(wrong.is_empty(), "{wrong:#?}");
        let sigs = program.tools_in(&initial);
        assert_eq!(sigs.len(), 16);
        Self {
            rows: Rows::default(),
            schemas: sigs
                .iter()
                .map(|s| {
                    (
                        s.name.clone(),
                        Schema::compile(s.parameters.as_ref().unwrap()).unwrap(),
                    )
                })
                .collect(),
            writes: sigs
                .iter()
                .map(|s| (s.name.clone(), s.writes.clone()))
                .collect(),
            reads: sigs
                .iter()
                .map(|s| (s.name.clone(), s.reads.clone()))
                .collect(),
            program,
            initial,
        }
    }

    /// What the agent reads, and the world after.
    fn call(&self, world: &Node, tool: &str, raw: &Node) -> (Result<String, String>, Node) {
        let run = || -> Result<(String, Node), String> {
            let schema = self.schemas.get(tool).ok_or("no such tool")?;
            let args = args::read(ArgsMode::Lenient, schema, raw)?;
            let env = Env {
                world,
                args: &args,
                now: "2026-01-01T00:00:00Z",
                id_key: 1,
                budget: 1_000_000,
            };
            let (ran, reads) = self.program.call_traced(tool, &env);
            for path in reads {
                assert!(
                    self.reads[tool].iter().any(|p| p.covers(&path)),
                    "{tool} read {path}, not in {:?}",
                    self.reads[tool]
                );
            }
            let quick = self.program.call(tool, &env);
            let ran = ran.map_err(|f| f.message)?;
            let quick = quick.map_err(|f| f.message)?;
            assert_eq!(quick.world, ran.world, "tracing changes nothing");
            assert_eq!(quick.result, ran.result);
            let applied = ran.patch.apply(world).expect("the patch applies");
            assert_eq!(applied.world, ran.world, "the patch leads to the world");
            for path in &applied.touched {
                assert!(
                    self.writes[tool].iter().any(|p| p.covers(path)),
                    "{tool} wrote {path}, not in {:?}",
                    self.writes[tool]
                );
            }
            Ok((render(&ran.result, Render::Python), ran.world))
        };
        match run() {
            Ok((text, world)) => (Ok(text), world),
            Err(why) => (Err(why), world.clone()),
        }
    }

    /// The whole state as an outside reference dumps it, row by row.
    fn dump(&self, world: &Node, python: bool) -> String {
        let (comma, colon) = if python { (", ", ": ") } else { (",", ":") };
        let mut rows = self.rows.borrow_mut();
        let mut table = |node: &Node| -> String {
            let map = node.as_map().unwrap();
            let mut keys: Vec<&str> = map.keys().map(|k| &**k).collect();
            keys.sort_unstable();
            let parts: Vec<String> = keys
                .iter()
                .map(|key| {
                    let row = map.get(key).unwrap();
                    let text = rows
                        .entry((row.hash(), python))
                        .or_insert_with(|| if python { python_sorted(row) } else { jcs(row) });
                    format!("\"{key}\"{colon}{text}")
                })
                .collect();
            format!("{{{}}}", parts.join(comma))
        };
        let tables: Vec<String> = ["orders", "products", "users"]
            .iter()
            .map(|name| format!("\"{name}\"{colon}{}", table(world.child(name).unwrap())))
            .collect();
        format!("{{{}}}", tables.join(comma))
    }

    fn file(&self, path: &std::path::Path) -> Count {
        let mut count = Count::default();
        for line in text(path).lines() {
            let trace: Value = serde_json::from_str(line).unwrap();
            let name = ["task_id", "conv", "session"]
                .iter()
                .find_map(|k| trace.get(*k))
                .map(ToString::to_string)
                .unwrap_or_default();
            let mut world = self.initial.clone();
            if let Some(patch) = trace.get("init_patch").filter(|p| !p.is_null()) {
                let patch: Patch = serde_json::from_value(patch.clone()).unwrap();
                world = patch.apply(&world).unwrap().world;
            }
            for call in trace["calls"].as_array().unwrap() {
                count.calls += 1;
                let tool = call["tool"].as_str().unwrap();
                let wanted = call["result"].as_str().unwrap();
                let (got, after) = self.call(&world, tool, &Node::from_json(&call["args"]));
                let ok = call["ok"] == true;
                let same = if ok {
                    got.as_deref() == Ok(wanted)
                } else if runtime_error(call) {
                    count.skipped_texts += 1;
                    got.is_err()
                } else {
                    got.as_ref()
                        .is_err_and(|why| format!("Error: {why}") == wanted)
                };
                if same {
                    count.same += 1;
                } else {
                    count.wrong.push(format!(
                        "{name} {tool} {}: got {got:?}, wanted {wanted:?}",
                        call["args"]
                    ));
                }
                if call.get("patch").is_none_or(Value::is_null) && after != world {
                    count
                        .wrong
                        .push(format!("{name} {tool}: changed the state"));
                }
                world = after;
            }
            count.states += 1;
            if trace["final_hash"] == sha(&self.dump(&world, true)).as_str()
                && trace["final_jcs_sha256"] == sha(&self.dump(&world, false)).as_str()
            {
                count.same_states += 1;
            } else {
                count.wrong.push(format!("{name}: another final state"));
            }
        }
        count
    }
}

#[test]
fn the_fixture_is_a_scenario_whose_task_can_be_done() {
    use stategen::engine::role::execute::{At, execute};
    use stategen::engine::scenario::{Files, load};
    let Some(dir) = cases() else {
        eprintln!("skipped: no recorded cases (STATEGEN_CASES or ../shared/cases)");
        return;
    };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/retail");
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        files.insert(name, std::fs::read(entry.path()).unwrap().into());
    }
    let world = text(&dir.join("retail/initial.json.gz"));
    files.insert("world.json".into(), world.into_bytes().into());
    let loaded = load("retail", &files);
    let told: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{told:#?}");
    let scenario = loaded.scenario.unwrap();
    assert_eq!(scenario.tools.len(), 16);
    let bound = scenario.bind("cancel_a_pending_order", 3).unwrap();
    let mut world = bound.world.clone();
    for call in &bound.path {
        let tool = scenario.tool(&call.tool).unwrap();
        assert_eq!(
            (tool.args, tool.render),
            (ArgsMode::Lenient, Render::Python)
        );
        let at = At {
            now: &scenario.now,
            id_key: 1,
        };
        let done = execute(&scenario, tool, &world, &Node::from_json(&call.args), at);
        assert!(done.ok, "{}", done.text);
        world = done.world;
    }
    let tool = scenario.tool("get_order_details").unwrap();
    let args = Node::from_json(&serde_json::json!({"order_id": "#W0"}));
    let at = At {
        now: &scenario.now,
        id_key: 1,
    };
    let failed = execute(&scenario, tool, &world, &args, at);
    assert_eq!(
        (failed.ok, failed.text.as_str()),
        (false, "Error: Order not found")
    );
}

#[test]
fn the_fixture_answers_as_the_reference_did() {
    let Some(dir) = cases() else {
        eprintln!("skipped: no recorded cases (STATEGEN_CASES or ../shared/cases)");
        return;
    };
    let bench = Bench::new(&dir);
    assert_eq!(
        bench.dump(&bench.initial, true),
        python_sorted(&bench.initial)
    );
    assert_eq!(bench.dump(&bench.initial, false), jcs(&bench.initial));
    let mut wrong = Vec::new();
    for (file, calls, states) in [
        ("gold.jsonl.gz", 550, 114),
        ("replay.jsonl.gz", 1464, 194),
        ("fuzz.jsonl.gz", 1800, 150),
        ("edge.jsonl", 50, 11),
    ] {
        let count = bench.file(&dir.join("retail").join(file));
        println!(
            "{file}: {}/{} results ({} compared as failed only), {}/{} final states",
            count.same, count.calls, count.skipped_texts, count.same_states, count.states
        );
        assert_eq!((count.calls, count.states), (calls, states), "{file}");
        wrong.extend(count.wrong);
    }
    assert!(
        wrong.is_empty(),
        "{} differ, the first:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
}
