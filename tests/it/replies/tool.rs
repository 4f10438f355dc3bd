//! What the tool simulator is sent: the schema of its answer, the calls before.

use super::{at_the_tool, scripted, steps};
use crate::support::{SAMPLES, sample};
use serde_json::{Value, json};
use stategen::engine::input::Command;
use stategen::engine::role::{Role, tool};
use stategen::engine::scenario::Executor;
use stategen::engine::step::Act;
use stategen::engine::world::Schema;

#[test]
fn the_schema_of_a_tools_answer_is_a_schema_and_fits_what_is_accepted() {
    let mut looked = 0;
    for name in SAMPLES {
        for def in &sample(name).tools {
            let schema = tool::schema(def);
            assert!(
                jsonschema::meta::is_valid(&schema),
                "{}: {schema}",
                def.name
            );
            looked += usize::from(def.executor == Executor::Model);
        }
    }
    assert!(looked >= 4);
    let mut desk = at_the_tool(&[]);
    let request = desk.waiting.clone().unwrap();
    let schema = request.schema.clone().expect("a schema");
    let good: Value = serde_json::from_str(&scripted(&desk).text).unwrap();
    for (answer, fits) in [
        (good.clone(), true),
        (json!({"error": "no such transaction"}), true),
        (json!({"error": 4}), false),
        (json!({"result": good["result"]}), false),
        (json!({"result": "ok", "patch": []}), false),
        (
            json!({"result": good["result"], "patch": [], "more": 1}),
            false,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "add", "path": "/a"}]}),
            false,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "add", "path": "/a", "value": null}]}),
            true,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "remove", "path": "/a"}]}),
            true,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "move", "path": "/a", "from": "/b"}]}),
            true,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "wipe", "path": "/a"}]}),
            false,
        ),
    ] {
        assert_eq!(jsonschema::is_valid(&schema, &answer), fits, "{answer}");
    }
    desk.command(Command::Stop);
}

#[test]
fn a_schema_that_refers_to_itself_keeps_its_references() {
    let mut def = sample("bank_desk")
        .tool("classify_dispute")
        .unwrap()
        .clone();
    let source = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/tree",
        "$ref": "#/$defs/node",
        "$defs": {"node": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"enum": ["a", {"$ref": "#/nowhere"}]},
                "$ref": {"type": "string"},
                "next": {"$ref": "#"},
                "all": {"items": {"$ref": "#/$defs/node"}},
            },
        }},
    });
    def.output = Some(Schema::compile(&source).unwrap());
    let schema = tool::schema(&def);
    assert!(jsonschema::meta::is_valid(&schema));
    let fits = |result: Value| {
        let answer = json!({"result": result, "patch": []});
        jsonschema::validator_for(&schema)
            .expect("every reference is found")
            .is_valid(&answer)
    };
    assert!(fits(
        json!({"name": "a", "next": {"name": {"$ref": "#/nowhere"}}, "$ref": "x"})
    ));
    assert!(!fits(json!({"name": "a", "next": {"name": "b"}})));
    assert!(!fits(
        json!({"name": "a", "all": [{"name": "a", "$ref": 4}]})
    ));
}

#[test]
fn the_tool_simulator_reads_the_calls_before_its_own_and_no_more() {
    let mut desk = at_the_tool(&[]);
    let mut seen = 0;
    loop {
        if let Some(request) = desk.waiting.clone().filter(|r| r.role == Role::Tool) {
            let asked = &request.messages[0].text;
            let before: Vec<&str> = asked.lines().filter(|l| l.starts_with("- ")).collect();
            assert!(before.len() <= 5, "{asked}");
            for step in steps(&desk.session) {
                // Blocking a card is no business of these tools.
                if let Act::Ran(run) = &step.body.act
                    && run.call.tool == "block_card"
                {
                    assert!(!asked.contains("block_card"), "{asked}");
                }
            }
            seen = seen.max(before.len());
        }
        if !desk.answer() {
            break;
        }
    }
    assert!(seen >= 2, "calls before are told: {seen}");
}
