//! Files that are no list of lines: one list of conversations, an object around
//! one, conversations over many lines. As a shell sees them, and as bytes.

mod broken;
mod bytes;
mod results;

use crate::lint::{TRUE, UNTRUE, chat, everywhere, lines, packed};
use crate::shell::{Did, Shell, did};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Stdio;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// What is said of each conversation, but for where it is.
fn said(told: &Did) -> Vec<Value> {
    let mut lines = told.lines();
    for line in &mut lines {
        if let Some(map) = line.as_object_mut() {
            map.remove("source");
        }
    }
    lines
}

fn sources(told: &Did) -> Vec<String> {
    let lines = told.lines();
    let all = lines.iter().filter_map(|l| l["source"].as_str());
    all.map(str::to_owned).collect()
}

fn piped(shell: &Shell, bytes: &[u8]) -> Did {
    let mut child = shell
        .command(&["lint", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(bytes).unwrap();
    drop(input);
    did(child.wait_with_output().unwrap())
}

#[test]
fn however_a_file_holds_them_the_same_is_said() {
    let shell = Shell::new();
    let mut all: Vec<Value> = everywhere(UNTRUE).into_iter().map(|(_, v)| v).collect();
    all.push(chat("last", TRUE));
    shell.write("chats.jsonl", &lines(&all));
    let told = shell.run(&["lint", "chats.jsonl", "--json"]).is(1);
    let wanted = said(&told);
    assert_eq!(wanted.len(), 7);
    assert_eq!(wanted[6]["summary"]["with_findings"], 5);

    let mut shapes = vec![json!(all)];
    for key in [
        "data",
        "conversations",
        "results",
        "simulations",
        "records",
        "any of them",
    ] {
        shapes.push(json!({ key: all }));
        shapes.push(
            json!({"version": 2, "made": {"by": ["x", {"y": [1, 2]}]}, "none": [],
            "words": ["a", "b"], key: all, "after": {"n": [{"id": 1}]}}),
        );
    }
    let (train, test) = all.split_at(2);
    shapes.push(json!({"train": train, "test": test, "n": 6}));
    let mut texts: Vec<String> = shapes
        .iter()
        .flat_map(|shape| [shape.to_string(), pretty(shape)])
        .collect();
    let each = |text: &dyn Fn(&Value) -> String, between: &str| {
        let all: Vec<String> = all.iter().map(text).collect();
        all.join(between)
    };
    for between in ["", " ", "\n", "\r\n\r\n"] {
        texts.push(each(&pretty, between));
        texts.push(each(&Value::to_string, between));
    }
    texts.push(format!("\u{feff}\r\n {}\r\n", shapes[0]));
    for text in texts {
        shell.write("some.json", &text);
        let told = shell.run(&["lint", "some.json", "--json"]);
        assert_eq!(said(&told), wanted, "{text:.300}");
        assert_eq!(told.code, 1);
        std::fs::write(shell.work().join("some.json.gz"), packed(&text)).unwrap();
        let told = shell.run(&["lint", "some.json.gz", "--json"]).is(1);
        assert_eq!(said(&told), wanted, "packed: {text:.300}");
        assert_eq!(
            said(&piped(&shell, text.as_bytes())),
            wanted,
            "piped: {text:.300}"
        );
    }
    // One conversation as a whole file.
    for value in &all {
        shell.write("one.json", &pretty(value));
        let told = shell.run(&["lint", "one.json", "--json"]);
        let at = all.iter().position(|v| v == value).unwrap();
        assert_eq!(said(&told)[0], wanted[at]);
        assert_eq!(sources(&told), ["one.json:1"]);
    }
}

#[test]
fn each_is_named_by_its_line_and_in_a_list_by_its_number() {
    let shell = Shell::new();
    let all = [chat("a", TRUE), chat("b", UNTRUE), chat("c", UNTRUE)];
    shell.write("line.json", &json!(all).to_string());
    shell
        .run(&["lint", "line.json"])
        .is(1)
        .says("line.json:1#2  b  openai  4 turns  1 finding")
        .says("line.json:1#3  c  openai");
    let told = shell.run(&["lint", "line.json", "--json"]);
    assert_eq!(
        sources(&told),
        ["line.json:1#1", "line.json:1#2", "line.json:1#3"]
    );
    let text = pretty(&json!({"note": "x", "data": all}));
    shell.write("many.json", &text);
    let begins: Vec<usize> = text
        .lines()
        .enumerate()
        .filter(|(_, l)| *l == "    {")
        .map(|(at, _)| at + 1)
        .collect();
    let told = shell.run(&["lint", "many.json", "--json"]);
    let wanted: Vec<String> = begins
        .iter()
        .enumerate()
        .map(|(n, line)| format!("many.json:{line}#{}", n + 1))
        .collect();
    assert_eq!(sources(&told), wanted);
    assert_eq!(begins.len(), 3);
    // Without a list a line says it, unless there is more in the line.
    let one = pretty(&all[0]);
    shell.write(
        "row.json",
        &format!("{one}\n{one} {} {}\n\n{one}", all[1], all[2]),
    );
    let n = one.lines().count();
    let told = shell.run(&["lint", "row.json", "--json"]);
    assert_eq!(
        sources(&told),
        [
            String::from("row.json:1"),
            format!("row.json:{}", n + 1),
            format!("row.json:{}#3", 2 * n),
            format!("row.json:{}#4", 2 * n),
            format!("row.json:{}", 2 * n + 2),
        ]
    );
}

#[test]
fn a_conversation_with_a_list_of_others_is_read_as_itself() {
    let shell = Shell::new();
    // Known to be one before its list comes.
    let mut value = chat("own", TRUE);
    value["examples"] = json!([chat("other", UNTRUE)]);
    for text in [value.to_string(), pretty(&value)] {
        shell.write("one.json", &text);
        let told = shell.run(&["lint", "one.json", "--json"]).is(0).lines();
        assert_eq!(told[0]["id"], "own");
    }
    // Not known: then both are told, and nothing is lost.
    let value = json!({"examples": [chat("other", UNTRUE)], "messages": chat("own", TRUE)["messages"],
        "id": "own"});
    shell.write("both.json", &pretty(&value));
    let told = shell.run(&["lint", "both.json", "--json"]).is(1).lines();
    assert_eq!(
        (&told[0]["id"], &told[1]["id"]),
        (&json!("other"), &json!("own"))
    );
    // A long list of what is none is one value, and one error.
    shell.write(
        "no.json",
        &pretty(&json!({"data": vec![json!({"x": 1}); 300]})),
    );
    let told = shell.run(&["lint", "no.json"]).is(3);
    assert_eq!(told.err.matches("is no conversation").count(), 1);
    shell.write("empty.json", "[ ]\n");
    shell
        .run(&["lint", "empty.json"])
        .is(0)
        .says("0 conversations checked");
}
