//! Scenario folders: what loads, and each problem where it is.

mod problems;
mod shell;
mod task_problems;

use proptest::prelude::*;
use stategen::engine::scenario::draft::{Begin, ToolStyle, begin};
use stategen::engine::scenario::schemas::{ALL, yaml_to_json};
use stategen::engine::scenario::{Executor, Files, Loaded, Scenario, expand, load};
use stategen::engine::world::Node;
use std::path::Path;
use std::sync::Arc;

/// The files of a fixture folder.
fn fixture(name: &str) -> Files {
    folder(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name),
    )
}

fn folder(path: &Path) -> Files {
    stategen::config::read_folder(path).unwrap()
}

fn sample_names() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_scenarios");
    let entries = std::fs::read_dir(root).unwrap().flatten();
    entries
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().into_string().unwrap())
        .collect()
}

fn sample(name: &str) -> Files {
    folder(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("sample_scenarios")
            .join(name),
    )
}

/// Problems without their help.
fn said(loaded: &Loaded) -> Vec<String> {
    let lines = loaded.problems.iter().map(ToString::to_string);
    lines
        .map(|l| l.lines().next().unwrap_or("").to_owned())
        .collect()
}

fn put(files: &mut Files, name: &str, text: &str) {
    files.insert(name.to_owned(), Arc::from(text.as_bytes()));
}

fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].to_vec()).unwrap()
}

/// The tiny fixture with a text replaced in a file (`""`: the whole file).
fn changed(file: &str, old: &str, new: &str) -> Files {
    let mut files = fixture("tiny");
    if new == "REMOVED" {
        files.remove(file);
    } else if old.is_empty() {
        put(&mut files, file, new);
    } else {
        let before = text(&files, file);
        assert!(before.contains(old), "{file} has no {old}");
        let after = before.replacen(old, new, 1);
        put(&mut files, file, &after);
    }
    files
}

fn loads(name: &str, files: &Files) -> Arc<Scenario> {
    let loaded = load(name, files);
    let Some(scenario) = loaded.scenario.clone() else {
        panic!("{name}: {:#?}", said(&loaded));
    };
    scenario
}

#[test]
fn the_tiny_fixture_and_the_samples_load_without_a_word() {
    let loaded = load("tiny", &fixture("tiny"));
    assert_eq!(said(&loaded), Vec::<String>::new());
    assert_eq!(loaded.scenario.unwrap().title, "Kettle desk");
    for name in sample_names() {
        let loaded = load(&name, &sample(&name));
        assert_eq!(said(&loaded), Vec::<String>::new(), "{name}");
        assert!(loaded.scenario.is_some());
    }
}

#[test]
fn each_problem_is_reported_where_it_is() {
    let mut wrong = Vec::new();
    for (file, old, new, wanted) in problems::PROBLEMS.iter().chain(task_problems::PROBLEMS) {
        let files = changed(file, old, new);
        let loaded = load("tiny", &files);
        let said = said(&loaded);
        let has_error = said.iter().any(|l| l.contains(": error: "));
        assert_eq!(loaded.scenario.is_none(), has_error, "{new}: {said:#?}");
        if said != *wanted {
            wrong.push(format!("({file:?}, {old:?}, {new:?}, &{said:#?}),"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every part of a scenario that expanding may not change.
fn meaning(s: &Scenario) -> Vec<String> {
    let mut out = vec![format!(
        "{} {} {} {:?} {:?} {:?} {:?}",
        s.id, s.title, s.now, s.stop, s.limits, s.judge, s.faults
    )];
    out.push(s.world.to_string());
    out.push(format!("{:?} {:?}", s.rubric, s.personas));
    for t in &s.tools {
        out.push(format!(
            "{} {} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            t.name,
            t.description,
            t.parameters,
            t.output.as_ref().map(|o| o.source().clone()),
            t.reads,
            t.writes,
            t.free_text,
            t.args,
            t.executor,
            t.render,
            t.repairs
        ));
    }
    for a in &s.agents {
        out.push(format!(
            "{} {} {} {:?}",
            a.name, a.description, a.policy, a.tools
        ));
    }
    for t in &s.tasks {
        out.push(format!("{} {:?}", t.id, s.bind(&t.id, 7)));
    }
    out
}

#[test]
fn expanding_writes_every_inference_out_and_changes_nothing() {
    let mut all: Vec<(String, Files)> = sample_names()
        .into_iter()
        .map(|n| (n.clone(), sample(&n)))
        .collect();
    all.push((String::from("tiny"), fixture("tiny")));
    let mut bare = fixture("tiny");
    for file in ["scenario.yaml", "tools.yaml", "rubric.yaml", "policy.md"] {
        bare.remove(file);
    }
    all.push((String::from("bare"), bare));
    for (name, files) in all {
        let before = loads(&name, &files);
        assert!(!load(&name, &files).inferences.is_empty(), "{name}");
        let expanded = expand(&name, &files).unwrap();
        let after = load("another_name", &expanded);
        assert_eq!(after.inferences, vec![], "{name}");
        let after = after
            .scenario
            .unwrap_or_else(|| panic!("{name}: {:?}", after.problems));
        assert_eq!(meaning(&after), meaning(&before), "{name}");
    }
}

#[test]
fn the_schemas_take_every_file_that_loads_and_refuse_others() {
    let mut folders: Vec<Files> = sample_names().iter().map(|n| sample(n)).collect();
    folders.push(fixture("tiny"));
    folders.push(expand("tiny", &fixture("tiny")).unwrap());
    for style in [ToolStyle::Table, ToolStyle::Rules] {
        folders.push(
            begin(
                "new",
                &Begin {
                    style,
                    ..Begin::default()
                },
            )
            .unwrap(),
        );
    }
    for published in ALL {
        let schema: serde_json::Value = serde_json::from_str(published.text).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{}", published.name);
        let schema = jsonschema::validator_for(&schema).unwrap();
        for files in &folders {
            let Some(bytes) = files.get(published.file) else {
                continue;
            };
            let value = yaml_to_json(published.file, bytes).unwrap();
            let wrong: Vec<String> = schema
                .iter_errors(&value)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert_eq!(wrong, Vec::<String>::new(), "{}", published.file);
        }
        let unknown = serde_json::json!({"no_such_key": {"no_such_key": 1}});
        assert!(!schema.is_valid(&unknown), "{}", published.name);
    }
}

#[test]
fn bindings_are_drawn_by_seed_and_data_is_never_a_template() {
    let files = changed(
        "orders.csv",
        "8841,17,kettle",
        "8841,17,\"kettle {1 + 1} \\{x}\"",
    );
    let scenario = loads("tiny", &files);
    let bound: Vec<_> = (0..20)
        .map(|seed| scenario.bind("broken_kettle", seed).unwrap())
        .collect();
    for b in &bound {
        let again = scenario.bind(
            "broken_kettle",
            bound.iter().position(|x| x == b).unwrap() as u64,
        );
        assert_eq!(again.as_ref(), Ok(b));
    }
    let orders: std::collections::BTreeSet<String> = bound
        .iter()
        .map(|b| b.known["order_id"].to_string())
        .collect();
    assert_eq!(orders.len(), 2, "{orders:?}");
    let kettle = bound
        .iter()
        .find(|b| b.known["order_id"] == "8841")
        .unwrap();
    assert!(
        kettle.goal.contains("kettle {1 + 1} \\{x} of order 8841"),
        "{}",
        kettle.goal
    );
    assert_eq!(
        kettle.path[1].args,
        serde_json::json!({"order_id": "8841", "reason": "broken"})
    );
    assert!(scenario.bind("nope", 0).is_err());
}

#[test]
fn results_that_hold_braces_reach_later_arguments_as_they_are() {
    let files = changed(
        "tasks.yaml",
        "- get_order: {order_id: \"{refunds[ret.refund_id].order_id ?? order.order_id}\"}",
        "- get_order: {order_id: \"{order.order_id}\"}\n      save: seen\n    - find_orders: {customer_id: \"{seen.customer_id}\", status: \"{customer.name} {seen.item}\"}",
    );
    let mut files = files;
    let customers = text(&files, "customers.csv").replace("Ada Obi", "Ada {now()} \\\\} Obi");
    put(&mut files, "customers.csv", &customers);
    let scenario = loads("tiny", &files);
    let bound = (0..20)
        .map(|seed| scenario.bind("broken_kettle", seed).unwrap())
        .find(|b| b.known["order_id"] == "8841")
        .unwrap();
    let seen = Node::from_json(&serde_json::json!({"customer_id": "17", "item": "a {b} \\{c}"}));
    let args = bound
        .arguments(&scenario, &bound.path[3], &[(String::from("seen"), seen)])
        .unwrap();
    assert_eq!(
        args.to_json(),
        serde_json::json!({"customer_id": "17", "status": "Ada {now()} \\\\} Obi a {b} \\{c}"})
    );
}

const PETS: &str = r##"
openapi: 3.0.3
paths:
  /orders/{orderId}:
    parameters:
      - {name: orderId, in: path, required: true, schema: {type: string}}
    get:
      operationId: getOrder
      summary: Get an order.
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
    patch:
      operationId: changeOrder
      parameters:
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: dryRun, in: query, schema: {type: boolean}}
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [status], properties: {status: {type: string, nullable: true}, next: {$ref: "#/components/schemas/Order"}}}}}
      responses: {"204": {description: done}}
  /orders:
    get:
      operationId: listOrders
      parameters: [{name: status, in: query, schema: {type: string}}]
      responses: {"200": {description: ok}}
  /ping:
    get: {responses: {"200": {description: ok}}}
components:
  schemas:
    Order: {type: object, example: {a: 1}, properties: {id: {type: string, pattern: "(?=x)"}, parent: {$ref: "#/components/schemas/Order"}}}
"##;

/// What a scenario is begun from, by name.
fn beginnings() -> Vec<(&'static str, Begin)> {
    let data = |files: &[(&str, &str)]| Begin {
        data: files
            .iter()
            .map(|(n, t)| ((*n).to_owned(), t.as_bytes().to_vec()))
            .collect(),
        ..Begin::default()
    };
    vec![
        ("nothing", Begin::default()),
        (
            "rules",
            Begin {
                style: ToolStyle::Rules,
                policy: Some(String::from("Be kind.\n")),
                ..Begin::default()
            },
        ),
        (
            "two tables",
            data(&[
                (
                    "orders.csv",
                    "id,customer_id,total,Order status\n1,7,10,open\n2,7,12.5,open\n3,8,1,sent\n",
                ),
                ("customers.csv", "customer_id,name\n7,Ada\n8,Kim\n"),
            ]),
        ),
        (
            "no status, odd names",
            data(&[("My Things (2).csv", "Name of thing,in,row\nx,1,2\ny,1,2\n")]),
        ),
        (
            "no column names a row",
            data(&[("log.csv", "who,what\nada,in\nada,in\n")]),
        ),
        (
            "key is not first",
            data(&[(
                "stock.csv",
                "colour,sku,state\nred,A,new\nred,B,used {worn}\n",
            )]),
        ),
        ("no rows", data(&[("orders.csv", "id,status\n")])),
        (
            "json rows",
            data(&[(
                "tickets.json",
                r#"[{"id": "T1", "state": "open", "tags": ["a"]}, {"id": "T2", "state": "done"}, {"id": "T3"}]"#,
            )]),
        ),
        (
            "json by key",
            data(&[(
                "users.json",
                r#"{"u1": {"name": "Ada", "status": "active"}, "u2": {"name": "Kim", "status": "locked"}}"#,
            )]),
        ),
        (
            "json tables",
            data(&[(
                "db.json",
                r#"{"users": {"u1": {"name": "Ada"}}, "orders": [{"id": 1, "user": "u1"}]}"#,
            )]),
        ),
        (
            "api",
            Begin {
                openapi: Some((String::from("api.yaml"), PETS.as_bytes().to_vec())),
                ..Begin::default()
            },
        ),
        (
            "api with data",
            Begin {
                openapi: Some((String::from("api.yaml"), PETS.as_bytes().to_vec())),
                operations: vec![
                    String::from("getOrder"),
                    String::from("changeOrder"),
                    String::from("listOrders"),
                ],
                ..data(&[("orders.csv", "id,status\n1,open\n2,sent\n")])
            },
        ),
    ]
}

#[test]
fn every_begun_scenario_loads_without_errors() {
    for (name, from) in beginnings() {
        let files = begin("begun", &from).unwrap_or_else(|p| panic!("{name}: {p:?}"));
        let loaded = load("begun", &files);
        let said = said(&loaded);
        let Some(scenario) = loaded.scenario else {
            let shown: Vec<String> = files
                .keys()
                .map(|f| format!("--- {f}\n{}", text(&files, f)))
                .collect();
            panic!("{name}: {said:#?}\n{}", shown.join("\n"));
        };
        // Without rows there is nothing that a task could be about.
        let proved = !matches!(name, "no rows" | "api");
        assert_eq!(said.is_empty(), proved, "{name}: {said:#?}");
        assert_eq!(!scenario.tasks[0].path.is_empty(), proved, "{name}");
    }
}

#[test]
fn operations_become_tools_and_tables_answer_where_they_can() {
    let (_, from) = beginnings().pop().unwrap();
    let scenario = loads("api", &begin("api", &from).unwrap());
    let get = scenario.tool("getOrder").unwrap();
    assert!(matches!(&get.executor, Executor::Table(op) if op.get.as_deref() == Some("orderId")));
    assert!(
        matches!(&scenario.tool("listOrders").unwrap().executor, Executor::Table(op) if op.get.is_none())
    );
    let change = scenario.tool("changeOrder").unwrap();
    assert_eq!(change.executor, Executor::Model);
    let properties = &change.parameters["properties"];
    let names: Vec<&String> = properties.as_object().unwrap().keys().collect();
    assert_eq!(names, ["orderId", "dryRun", "status", "next"]);
    assert_eq!(
        properties["status"]["type"],
        serde_json::json!(["string", "null"])
    );
    assert_eq!(
        change.parameters["required"],
        serde_json::json!(["orderId", "status"])
    );
    assert_eq!(
        change
            .writes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["orders[*]"]
    );

    let wrong = Begin {
        operations: vec![String::from("getOrdr")],
        ..from
    };
    let problems = begin("api", &wrong).unwrap_err();
    assert_eq!(problems[0].help, "did you mean `getOrder`?");
}

/// All files of a small scenario with one of them cut, doubled or overwritten.
fn mutated() -> impl Strategy<Value = (String, Vec<u8>)> {
    let files = fixture("tiny");
    let names: Vec<String> = files.keys().cloned().collect();
    (
        prop::sample::select(names),
        any::<prop::sample::Index>(),
        0usize..40,
        prop_oneof![
            Just(Vec::new()),
            prop::collection::vec(any::<u8>(), 0..6),
            "[\\[\\]{}:,#&*!|>'\"%@`\\- \n\t0-9a-z.]{0,12}".prop_map(String::into_bytes),
        ],
    )
        .prop_map(move |(name, at, cut, put)| {
            let mut bytes = files[&name].to_vec();
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, put);
            (name, bytes)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_mutation_of_a_good_scenario_is_read_without_panic((name, bytes) in mutated()) {
        let mut files = fixture("tiny");
        files.insert(name, bytes.into());
        let loaded = load("tiny", &files);
        let errors = loaded.problems.iter().any(|p| p.severity == stategen::engine::problem::Severity::Error);
        prop_assert_eq!(loaded.scenario.is_none(), errors);
    }

    #[test]
    fn arbitrary_bytes_in_any_file_are_read_without_panic(
        name in prop::sample::select(vec![
            "scenario.yaml", "tools.yaml", "tasks.yaml", "personas.yaml", "rubric.yaml", "world.json", "world.yaml",
            "orders.csv", "desk.rules", "replies.jsonl", "world.schema.json", "policy.md",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut files = fixture("tiny");
        files.insert(name.to_owned(), bytes.clone().into());
        let _ = load("tiny", &files);
        let alone: Files = [(name.to_owned(), Arc::from(bytes.clone()))].into();
        let _ = load("tiny", &alone);
        let from = Begin { data: vec![(name.to_owned(), bytes.clone())], ..Begin::default() };
        let _ = begin("x", &from);
        let from = Begin { openapi: Some((name.to_owned(), bytes)), ..Begin::default() };
        let _ = begin("x", &from);
    }

    #[test]
    fn yaml_of_any_letters_is_read_without_panic(
        letters in "[\\[\\]{}:,#&*!|>'\"%@`?~\\-+ \n\t0a.é]{0,60}",
    ) {
        let _ = yaml_to_json("t.yaml", letters.as_bytes());
    }

    #[test]
    fn begun_from_any_table_it_loads(
        header in prop::collection::hash_set("[a-zA-Z_{}'\"?][a-zA-Z_ {}'\"?]{0,8}", 1..5),
        rows in prop::collection::vec(prop::collection::vec("[a-z0-9 {}'\"\\\\.-]{0,6}", 5), 0..8),
        style in prop::sample::select(vec![ToolStyle::Table, ToolStyle::Rules]),
    ) {
        let quote = |t: &str| format!("\"{}\"", t.replace('"', "\"\""));
        let header: Vec<String> = header.into_iter().collect();
        let mut csv = header.iter().map(|h| quote(h)).collect::<Vec<_>>().join(",");
        for row in &rows {
            csv.push('\n');
            csv.push_str(&row.iter().take(header.len()).map(|c| quote(c)).collect::<Vec<_>>().join(","));
        }
        let from = Begin { data: vec![(String::from("rows.csv"), csv.clone().into_bytes())], style, ..Begin::default() };
        let files = begin("x", &from).unwrap();
        let loaded = load("x", &files);
        prop_assert!(loaded.scenario.is_some(), "{}\n{:#?}\n{}", csv, said(&loaded), text(&files, "tasks.yaml"));
    }
}
