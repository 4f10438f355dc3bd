//! The sample scenarios: they load without a word of complaint, every task can
//! be drawn, every reference path leads from "not yet" to "done", and what must
//! always hold still holds afterwards.

use serde_json::Value;
use stategen::engine::role::execute::{At, execute};
use stategen::engine::rules::{DEFAULT_BUDGET, Env, Expr, Program};
use stategen::engine::scenario::{Executor, Files, Scenario, load};
use stategen::engine::world::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const SAMPLES: [&str; 3] = ["bank_desk", "returns_desk", "travel_desk"];

fn read(name: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample_scenarios")
        .join(name);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, Arc::from(fs::read(path).unwrap()))
        })
        .collect()
}

fn sample(name: &str) -> Arc<Scenario> {
    let loaded = load(name, &read(name));
    let told: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, Vec::<String>::new(), "{name}");
    loaded.scenario.unwrap()
}

fn node(value: &Value) -> Node {
    serde_json::from_value(value.clone()).unwrap()
}

/// Fills `{name.field}` over results that were saved earlier on the path.
fn fill(value: &Value, saved: &[(String, Node)], env: &Env<'_>) -> Value {
    match value {
        Value::String(text) => {
            let names: Vec<(&str, &Node)> = saved.iter().map(|(n, v)| (n.as_str(), v)).collect();
            let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
            match inner {
                Some(inner) => {
                    let expr = Expr::parse("path", 1, 1, inner).unwrap();
                    serde_json::to_value(expr.eval(env, &names).unwrap()).unwrap()
                }
                None => value.clone(),
            }
        }
        Value::Array(list) => list.iter().map(|v| fill(v, saved, env)).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| (k.clone(), fill(v, saved, env)))
            .collect(),
        other => other.clone(),
    }
}

fn holds(expr: &Expr, scenario: &Scenario, world: &Node, names: &[(String, Node)]) -> bool {
    let names: Vec<(&str, &Node)> = names.iter().map(|(n, v)| (n.as_str(), v)).collect();
    match expr.eval(&env(scenario, world, &Node::Null), &names) {
        Ok(value) => value == Node::Bool(true),
        Err(failure) => panic!("{}: {failure:?}", expr.source()),
    }
}

fn env<'a>(scenario: &'a Scenario, world: &'a Node, args: &'a Node) -> Env<'a> {
    Env {
        world,
        args,
        now: &scenario.now,
        id_key: 1,
        budget: scenario.limits.rule_budget,
    }
}

#[test]
fn every_sample_loads_without_a_problem() {
    for name in SAMPLES {
        let scenario = sample(name);
        assert_eq!(scenario.id, name);
        assert!(scenario.tasks.len() >= 5, "{name}");
        assert!((3..=5).contains(&scenario.personas.len()), "{name}");
        assert!(
            scenario.schema.check(&scenario.world).is_empty(),
            "{name}: the world fits its schema"
        );
        let args = Node::Null;
        let broken = scenario
            .program
            .broken_invariants(&env(&scenario, &scenario.world, &args), None);
        assert!(broken.is_empty(), "{name}: {broken:?}");
    }
}

#[test]
fn the_worlds_are_large_enough_to_draw_from() {
    let size = |scenario: &Scenario, table: &str| match scenario.world.child(table).unwrap() {
        Node::Map(map) => map.len(),
        other => panic!("{table} is {other}"),
    };
    let returns = sample("returns_desk");
    assert_eq!(size(&returns, "customers"), 40);
    assert_eq!(size(&returns, "products"), 60);
    assert_eq!(size(&returns, "orders"), 140);
    let travel = sample("travel_desk");
    assert_eq!(size(&travel, "travellers"), 60);
    assert_eq!(size(&travel, "bookings"), 180);
    let bank = sample("bank_desk");
    assert_eq!(size(&bank, "clients"), 40);
    assert!(size(&bank, "transactions") > 300);
}

#[test]
fn reference_paths_flip_their_assertions_and_break_nothing() {
    for name in SAMPLES {
        let scenario = sample(name);
        for task in &scenario.tasks {
            for seed in 0..20 {
                replay(&scenario, &task.id, seed);
            }
        }
    }
}

fn replay(scenario: &Scenario, task: &str, seed: u64) {
    let at = format!("{} {task} seed {seed}", scenario.id);
    let bound = scenario
        .bind(task, seed)
        .unwrap_or_else(|why| panic!("{at}: {why}"));
    for text in std::iter::once(&bound.goal).chain(
        bound
            .known
            .values()
            .chain(bound.hidden.values())
            .filter_map(|v| match v {
                Value::String(text) => Some(text),
                _ => None,
            }),
    ) {
        assert!(
            !text.contains('{') && !text.contains("null"),
            "{at}: {text}"
        );
    }
    let assertions = &scenario.task(task).unwrap().assertions;
    assert!(!assertions.is_empty(), "{at}");
    for a in assertions {
        assert!(
            !holds(a, scenario, &bound.world, &bound.bindings),
            "{at}: `{}` holds before",
            a.source()
        );
    }
    let mut world = bound.world.clone();
    let mut saved = bound.bindings.clone();
    for (n, call) in bound.path.iter().enumerate() {
        let tool = scenario.tool(&call.tool).unwrap();
        let args = node(&fill(
            &call.args,
            &saved,
            &env(scenario, &world, &Node::Null),
        ));
        let misfits = tool.parameters_schema.check(&args);
        assert!(misfits.is_empty(), "{at}: {} {misfits:?}", call.tool);
        let done = execute(
            scenario,
            tool,
            &world,
            &args,
            At {
                now: &scenario.now,
                id_key: seed * 100 + n as u64,
            },
        );
        assert!(
            done.ok,
            "{at}: {}({args}) said {}: {:?}",
            call.tool, done.text, done.explain
        );
        assert!(done.policy.is_empty(), "{at}: {:?}", done.policy);
        if let Some(output) = &tool.output {
            let misfits = output.check(&done.result);
            assert!(misfits.is_empty(), "{at}: {} {misfits:?}", call.tool);
        }
        let may = stategen::engine::world::reach::bound(&tool.writes, &args, &world);
        for place in stategen::engine::role::execute::touched(&done.patch) {
            let derived = place.0.first().is_some_and(|t| &**t == "desk");
            assert!(
                derived || may.iter().any(|w| w.covers(&place)),
                "{at}: {} wrote {place}, which it does not declare",
                call.tool
            );
        }
        world = done.world;
        if let Some(name) = &call.save {
            saved.push((name.clone(), done.result));
        }
    }
    for a in assertions {
        assert!(
            holds(a, scenario, &world, &bound.bindings),
            "{at}: `{}` does not hold after",
            a.source()
        );
    }
    if !seed.is_multiple_of(7) {
        // Each call was checked where it wrote; the whole world is a slow look.
        return;
    }
    assert!(scenario.schema.check(&world).is_empty(), "{at}");
    let args = Node::Null;
    let broken = scenario
        .program
        .broken_invariants(&env(scenario, &world, &args), None);
    assert!(broken.is_empty(), "{at}: {broken:?}");
}

#[test]
fn ten_seeds_bring_different_people() {
    for name in SAMPLES {
        let scenario = sample(name);
        for task in &scenario.tasks {
            let people: BTreeSet<String> = (0..10)
                .map(|seed| {
                    let bound = scenario.bind(&task.id, seed).unwrap();
                    Value::Object(bound.known).to_string()
                })
                .collect();
            assert!(people.len() >= 6, "{name} {}: {}", task.id, people.len());
        }
    }
}

#[test]
fn every_tool_belongs_to_an_agent_and_most_stand_on_a_path() {
    for name in SAMPLES {
        let scenario = sample(name);
        let held: BTreeSet<&str> = scenario
            .agents
            .iter()
            .flat_map(|a| a.tools.iter().map(String::as_str))
            .collect();
        let used: BTreeSet<&str> = scenario
            .tasks
            .iter()
            .flat_map(|t| t.path.iter().map(|c| c.tool.as_str()))
            .collect();
        for tool in &scenario.tools {
            assert!(held.contains(tool.name.as_str()), "{name} {}", tool.name);
            assert!(tool.description.len() > 15, "{name} {}", tool.name);
        }
        let unused: Vec<&str> = scenario
            .tools
            .iter()
            .filter(|t| !matches!(t.executor, Executor::Agent(_)))
            .map(|t| t.name.as_str())
            .filter(|t| !used.contains(t))
            .collect();
        assert!(unused.len() <= 1, "{name}: {unused:?}");
    }
}

#[test]
fn what_the_desks_forbid_is_refused_or_found() {
    let scenario = sample("returns_desk");
    let world = &scenario.world;
    let at = At {
        now: &scenario.now,
        id_key: 7,
    };
    let Some(Node::Map(orders)) = world.child("orders") else {
        panic!("orders")
    };
    let order = orders
        .iter()
        .map(|(_, o)| o)
        .find(|o| o.child("status").and_then(Node::as_str) == Some("in_transit"))
        .unwrap();
    let id = order.child("order_id").unwrap().as_str().unwrap();
    let args = node(&serde_json::json!({"order_id": id, "reason": "late"}));
    let done = execute(
        &scenario,
        scenario.tool("cancel_order").unwrap(),
        world,
        &args,
        at,
    );
    assert!(
        !done.ok && done.text.contains("in_transit"),
        "{}",
        done.text
    );
    assert_eq!(done.world, *world);

    let bound = scenario.bind("too_late_to_return", 3).unwrap();
    let check = bound
        .path
        .iter()
        .find(|c| c.tool == "check_return")
        .unwrap();
    let mut args = check.args.clone();
    args["reason"] = Value::from("changed_mind");
    let done = execute(
        &scenario,
        scenario.tool("create_return").unwrap(),
        &bound.world,
        &node(&args),
        at,
    );
    let found: Vec<&str> = done.policy.iter().map(|b| b.name.as_str()).collect();
    assert!(done.ok, "{}", done.text);
    assert_eq!(found, ["verified_first", "within_window"]);
}

/// The example of the reference is taken from the page and run, so that the
/// page cannot drift from the product.
#[test]
fn the_worked_example_of_the_reference_runs() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.md");
    let page = fs::read_to_string(page).unwrap();
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    for block in page.split("\n```").collect::<Vec<_>>() {
        let (head, body) = block.split_once('\n').unwrap_or((block, ""));
        if let Some((_, name)) = head.split_once(' ')
            && name.contains('.')
            && !name.contains(' ')
        {
            files.insert(name.to_owned(), Arc::from(format!("{body}\n").as_bytes()));
        }
    }
    assert_eq!(files.len(), 5, "{:?}", files.keys());
    let loaded = load("bike_hire", &files);
    let told: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, Vec::<String>::new());
    let scenario = loaded.scenario.unwrap();
    assert_eq!(scenario.title, "Bike hire");
    for seed in 0..5 {
        replay(&scenario, "weekend_ride", seed);
    }
}

/// The blocks of a page whose fence says `kind` after the language.
fn blocks(page: &str, kind: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let page = fs::read_to_string(path).unwrap();
    page.split("\n```")
        .filter_map(|block| block.split_once('\n'))
        .filter(|(head, _)| head.ends_with(&format!(" {kind}")))
        .map(|(_, body)| format!("{body}\n"))
        .collect()
}

#[test]
fn the_page_of_the_tool_language_is_true() {
    let world: Value = serde_json::from_str(&blocks("docs/rules.md", "world")[0]).unwrap();
    let world = Node::from_json(&world);
    let text = blocks("docs/rules.md", "rules").join("\n");
    let (program, problems) = Program::parse(&[("page.rules", text.as_str())]);
    assert!(problems.is_empty(), "{problems:?}");
    let problems = program.check(&world, &|tool| match tool {
        "lend" => vec!["book_id".into(), "reader_id".into(), "weeks".into()],
        _ => Vec::new(),
    });
    assert!(problems.is_empty(), "{problems:?}");
    let none = Node::Null;
    let plain = Env {
        world: &world,
        args: &none,
        now: "2026-03-14T09:30:00Z",
        id_key: 1,
        budget: DEFAULT_BUDGET,
    };
    let values = blocks("docs/rules.md", "values").concat();
    assert!(values.lines().count() > 15);
    for line in values.lines() {
        let (expr, want) = line.rsplit_once("-> ").unwrap();
        let expr = Expr::parse("page", 1, 1, expr.trim()).unwrap();
        let got = expr.eval(&plain, &[]);
        assert_eq!(got.unwrap().to_string(), want, "{}", expr.source());
    }
    let args = node(&serde_json::json!({"loan_id": "L-1"}));
    let env = Env {
        args: &args,
        ..plain.clone()
    };
    let ran = program.call("take_back", &env).unwrap();
    let want = r#"{"loan_id":"L-1","days_late":15,"fee":6.0}"#;
    assert_eq!(ran.result.to_string(), want);
    let out = ran.world.child("desk").unwrap().child("out").unwrap();
    assert_eq!(*out, Node::Int(0));
    let args = node(&serde_json::json!({"book_id": "B-1", "reader_id": "R-7"}));
    let env = Env {
        args: &args,
        ..plain.clone()
    };
    let ran = program.call("lend", &env).unwrap();
    assert_eq!(
        ran.result.child("due").and_then(Node::as_str),
        Some("2026-04-04")
    );
    let broken = program.broken_policies("lend", &env, &ran.world, &[]);
    assert_eq!(broken.len(), 1);
}
