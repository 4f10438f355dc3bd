//! The check over stored conversations and over files, as a shell sees it.

use crate::shell::{Shell, did};
use crate::tui::readme::WRITING;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::PoisonError;

/// A conversation in which the agent says an amount that nobody named.
pub fn chat(id: &str, said: &str) -> Value {
    json!({
        "id": id,
        "messages": [
            {"role": "system", "content": "You help with orders. A refund takes 5 days."},
            {"role": "user", "content": "What did order RD-27917 cost?"},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function":
                    {"name": "get_order", "arguments": "{\"order_id\":\"RD-27917\"}"}}]},
            {"role": "tool", "tool_call_id": "c1",
                "content": "{\"order_id\":\"RD-27917\",\"total\":44.9}"},
            {"role": "assistant", "content": said},
        ],
        "tools": [{"type": "function", "function": {"name": "get_order",
            "description": "An order by its id.",
            "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}},
                "required": ["order_id"]}}}],
    })
}

pub const TRUE: &str = "It cost $44.90.";
pub const UNTRUE: &str = "It cost $87.31.";

/// The same conversation in every format of messages.
pub fn everywhere(said: &str) -> Vec<(&'static str, Value)> {
    let order = json!({"order_id": "RD-27917", "total": 44.9}).to_string();
    let schema = json!({"type": "object", "properties": {"order_id": {"type": "string"}}});
    vec![
        ("openai", chat("o", said)),
        (
            "tau",
            json!({"id": "t", "domain": "nowhere", "messages": [
                {"role": "user", "content": "What did order RD-27917 cost?"},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c1", "name": "get_order", "args": {"order_id": "RD-27917"}, "by": "assistant"}]},
                {"role": "tool", "tool_call_id": "c1", "content": order},
                {"role": "assistant", "content": said}]}),
        ),
        (
            "anthropic",
            json!({"id": "a", "system": "You help with orders.",
                "tools": [{"name": "get_order", "input_schema": schema}],
                "messages": [
                {"role": "user", "content": "What did order RD-27917 cost?"},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "u1",
                    "name": "get_order", "input": {"order_id": "RD-27917"}}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "u1",
                    "content": [{"type": "text", "text": order}]}]},
                {"role": "assistant", "content": [{"type": "text", "text": said}]}]}),
        ),
        (
            "sharegpt",
            json!({"id": "s", "system": "You help with orders.",
                "tools": json!([{"name": "get_order", "parameters": schema}]).to_string(),
                "conversations": [
                {"from": "human", "value": "What did order RD-27917 cost?"},
                {"from": "function_call",
                    "value": "{\"name\":\"get_order\",\"arguments\":{\"order_id\":\"RD-27917\"}}"},
                {"from": "observation", "value": order},
                {"from": "gpt", "value": said}]}),
        ),
        (
            "sharegpt",
            json!({"id": "h", "conversations": [
                {"from": "system", "value": "You help with orders."},
                {"from": "human", "value": "What did order RD-27917 cost?"},
                {"from": "gpt", "value": "<tool_call>{\"name\":\"get_order\",\"arguments\":{\"order_id\":\"RD-27917\"}}</tool_call>"},
                {"from": "tool", "value": format!("<tool_response>{order}</tool_response>")},
                {"from": "gpt", "value": said}]}),
        ),
    ]
}

pub fn lines(values: &[Value]) -> String {
    values.iter().fold(String::new(), |mut out, value| {
        let _ = writeln!(out, "{value}");
        out
    })
}

#[test]
fn every_format_is_known_by_its_looks_and_says_the_same() {
    let shell = Shell::new();
    for (format, value) in everywhere(UNTRUE) {
        shell.write("chat.jsonl", &lines(&[value]));
        let told = shell.run(&["lint", "chat.jsonl", "--json"]).is(1).lines();
        assert_eq!(told[0]["of"], format);
        assert_eq!(told[0]["turns"], 4, "{told:?}");
        let found = told[0]["findings"].as_array().unwrap();
        assert_eq!(found.len(), 1, "{format}: {found:?}");
        assert_eq!(
            (&found[0]["step"], &found[0]["blame"]),
            (&json!(4), &json!("agent"))
        );
        assert!(
            found[0]["quote"].as_str().unwrap().contains("87.31"),
            "{found:?}"
        );
        assert_eq!(
            (&told[0]["untrue"], &told[0]["rate"]),
            (&json!(1), &json!(0.25))
        );
        assert_eq!(told[1]["summary"]["findings"], Value::Null);
        assert_eq!(told[1]["summary"]["untrue"], 1);
    }
    for (format, value) in everywhere(TRUE) {
        shell.write("chat.jsonl", &lines(&[value]));
        let told = shell.run(&["lint", "chat.jsonl", "--json"]).is(0).lines();
        assert_eq!(told[0]["findings"], json!([]), "{format}");
        assert!(
            told[0]["coverage"]["traced"].as_u64().unwrap() > 0,
            "{format}"
        );
    }
    // A format that is named wins over looks, and is held to its word.
    shell
        .run(&["lint", "chat.jsonl", "--format", "openai"])
        .is(3)
        .warns("chat.jsonl:1: there are no `messages`");
    shell
        .run(&["lint", "chat.jsonl", "--format", "open"])
        .is(2)
        .warns("there are own, labelled, tau, anthropic, openai, sharegpt");
}

/// A transcript alone: neither its tools nor its policy are described anywhere.
#[test]
fn what_a_bare_transcript_leaves_open_is_not_held_against_it() {
    let call = |id: &str, name: &str| {
        json!({"role": "assistant", "content": null, "tool_calls": [{"id": id, "type": "function",
            "function": {"name": name, "arguments": "{\"order_id\":\"W-1001\"}"}}]})
    };
    let told = |tool: &str, claim: &str, policy: &str| {
        json!({"messages": [
            {"role": "system", "content": policy},
            {"role": "user", "content": "Please cancel order W-1001."},
            call("a", tool),
            {"role": "tool", "tool_call_id": "a", "content": "{\"order_id\":\"W-1001\"}"},
            {"role": "assistant", "content": claim}]})
    };
    let done = "I have cancelled order W-1001. The fee is $30, until May 15, 2024.";
    let shell = Shell::new();
    let found = |value: Value| -> Vec<String> {
        shell.write("chat.jsonl", &lines(&[value]));
        let told = shell.run(&["lint", "chat.jsonl", "--json"]).lines();
        let found = told[0]["findings"].as_array().unwrap();
        let kind = |f: &Value| f["kind"].as_str().unwrap().to_owned();
        found.iter().map(kind).collect()
    };
    for tool in ["cancel_order", "cancelOrder"] {
        assert_eq!(found(told(tool, done, "")), [""; 0], "{tool}");
    }
    // What only looks does nothing, and what is no round sum is no rule.
    for tool in ["get_order", "getOrder", "Find.order"] {
        assert_eq!(found(told(tool, done, "")), ["claim_not_done"], "{tool}");
    }
    let exact = "I have cancelled order W-1001. The fee is $31.37.";
    assert_eq!(
        found(told("cancel_order", exact, "")),
        ["ungrounded_literal"]
    );
    // A policy that does not say it.
    assert_eq!(
        found(told("cancel_order", done, "You cancel orders.")),
        ["ungrounded_literal", "ungrounded_literal"]
    );
}

#[test]
fn what_is_found_is_told_with_totals_and_exit_codes() {
    let shell = Shell::new();
    shell.write(
        "two.jsonl",
        &lines(&[chat("good", TRUE), chat("bad", UNTRUE)]),
    );
    shell
        .run(&["lint", "two.jsonl"])
        .is(1)
        .says("two.jsonl:2  bad  openai  4 turns  1 finding  rate 0.250")
        .says("    4 A ")
        .says("87.31")
        .says("literals: ")
        .says("2 conversations checked, 1 with findings")
        .says("blame: agent 1")
        .says("hallucination rate 0.1250: 1 of 8 turns untrue")
        .warns("2 conversations in ");
    let quiet = shell.run(&["lint", "two.jsonl", "--quiet"]).is(1);
    assert!(!quiet.out.contains("two.jsonl:2"), "{}", quiet.out);
    let quiet = shell.run(&["lint", "two.jsonl", "--quiet", "--json"]).is(1);
    assert_eq!(quiet.lines().len(), 1);
    // The rate decides where one is named; a filter of findings leaves it alone.
    shell.run(&["lint", "two.jsonl", "--max-rate", "0.2"]).is(0);
    shell.run(&["lint", "two.jsonl", "--max-rate", "0.1"]).is(1);
    shell
        .run(&["lint", "two.jsonl", "--blame", "tool"])
        .is(0)
        .says("0 with findings")
        .says("hallucination rate 0.1250");
    shell
        .run(&["lint", "two.jsonl", "--kind", "claim_not_done"])
        .is(0);
    shell
        .run(&["lint", "two.jsonl", "--kind", "claim_not_don"])
        .is(2)
        .warns("Did you mean `claim_not_done`?");
    for wrong in [
        ["--severity", "grave"],
        ["--blame", "nobody"],
        ["--max-rate", "7"],
    ] {
        let mut args = vec!["lint", "two.jsonl"];
        args.extend(wrong);
        shell.run(&args).is(2);
    }
    shell.run(&["lint"]).is(2);
    shell.run(&["lint", "no/such.jsonl"]).is(3).warns("no file");
    shell.run(&["lint", "."]).is(2).warns("is a folder");
    shell.run(&["lint", "01x"]).is(2).warns("nothing is stored");
}

#[test]
fn bad_lines_are_named_and_the_rest_goes_on() {
    let shell = Shell::new();
    let mut bytes = Vec::new();
    bytes.extend(format!("{}\n\n", chat("one", TRUE)).into_bytes());
    bytes.extend(
        b"{\"messages\": 7}\nno json\n\xff\xfe\n[1,2]\n{\"messages\":[{\"role\":\"king\"}]}\n",
    );
    bytes.extend(chat("last", TRUE).to_string().into_bytes());
    std::fs::write(shell.work().join("bad.jsonl"), bytes).unwrap();
    let told = shell.run(&["lint", "bad.jsonl"]).is(3);
    let told = told
        .says("2 conversations checked, 0 with findings, 5 could not be read")
        .warns("bad.jsonl:3: is no conversation of a known format")
        .warns("bad.jsonl:4: is no JSON")
        .warns("bad.jsonl:5: is no UTF-8")
        .warns("bad.jsonl:6: is no conversation")
        .warns("bad.jsonl:7: a message has the role `king`");
    assert!(!told.err.contains("bad.jsonl:8"), "{}", told.err);
    // An empty file has nothing wrong in it.
    shell.write("empty.jsonl", "");
    shell
        .run(&["lint", "empty.jsonl"])
        .is(0)
        .says("0 conversations checked");
    // Deep nesting is no way to stop it.
    let deep = format!("{{\"messages\":{}{}}}", "[".repeat(9000), "]".repeat(9000));
    shell.write("deep.jsonl", &deep);
    shell.run(&["lint", "deep.jsonl"]).is(3).warns("is no JSON");
}

#[test]
fn nothing_of_a_file_reaches_the_terminal_as_it_is() {
    let shell = Shell::new();
    let mut evil = chat(
        "\u{1b}[2Jid\u{202e}",
        "It cost \u{1b}]52;c;aGk=\u{7} $87.31 \u{1b}[31mtoday.",
    );
    evil["messages"][1]["content"] = json!("\u{1b}[31mWhat did order RD-27917 cost?");
    shell.write(
        "evil.jsonl",
        &lines(&[evil, json!({"messages": "\u{1b}[1m"})]),
    );
    let told = shell.run(&["lint", "evil.jsonl"]).is(3).says("87.31");
    for text in [&told.out, &told.err] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    }
    // A domain is a name, and leads nowhere.
    let away = json!({"id": "x", "domain": "../../etc", "messages": []});
    shell.write("away.jsonl", &lines(&[away]));
    shell.run(&["lint", "away.jsonl"]).is(0);
}

pub fn packed(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

#[test]
fn packed_files_and_the_standard_input_are_read_as_they_come() {
    let shell = Shell::new();
    let many: Vec<Value> = (0..300)
        .map(|n| chat(&format!("c{n}"), if n % 3 == 0 { UNTRUE } else { TRUE }))
        .collect();
    let text = lines(&many);
    std::fs::write(shell.work().join("many.jsonl.gz"), packed(&text)).unwrap();
    let told = shell
        .run(&["lint", "many.jsonl.gz", "--json"])
        .is(1)
        .lines();
    let ids: Vec<&str> = told.iter().filter_map(|l| l["id"].as_str()).collect();
    let wanted: Vec<String> = (0..300).map(|n| format!("c{n}")).collect();
    assert_eq!(ids, wanted, "in the order of the file");
    assert_eq!(told[300]["summary"]["with_findings"], 100);
    // The same by the standard input, in one go.
    let mut child = shell
        .command(&["lint", "-", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    did(child.wait_with_output().unwrap())
        .is(1)
        .says("300 conversations checked, 100 with findings");
    // A packed file that was cut off: what was whole is checked, the rest is named.
    let mut cut = packed(&text);
    cut.truncate(cut.len() / 2);
    std::fs::write(shell.work().join("cut.jsonl.gz"), cut).unwrap();
    shell
        .run(&["lint", "cut.jsonl.gz", "--quiet"])
        .is(3)
        .says("1 could not be read")
        .warns("cannot be read");
    // One who stops listening ends it, without a word.
    let mut child = shell
        .command(&["lint", "many.jsonl.gz", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(did(child.wait_with_output().unwrap()).is(0).err, "");
}

#[test]
fn a_line_beyond_all_measure_is_read_over() {
    let shell = Shell::new();
    let path = shell.work().join("huge.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(file, "{}", chat("before", TRUE)).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..65 {
        file.write_all(&piece).unwrap();
    }
    writeln!(file).unwrap();
    writeln!(file, "{}", chat("after", UNTRUE)).unwrap();
    drop(file);
    shell
        .run(&["lint", "huge.jsonl"])
        .is(3)
        .says("huge.jsonl:3  after")
        .warns("huge.jsonl:2: has 68157440 bytes");
}

#[test]
fn what_a_file_does_not_say_can_be_given() {
    let shell = Shell::new();
    let value = json!({"id": "x", "messages": [
        {"role": "user", "content": "How long does a refund take?"},
        {"role": "assistant", "content": "It costs a fee of $7.35."}]});
    shell.write("one.jsonl", &lines(&[value]));
    shell.run(&["lint", "one.jsonl"]).is(1).says("7.35");
    shell.write("policy.md", "The fee of a return is $7.35.");
    shell
        .run(&["lint", "one.jsonl", "--policy", "policy.md"])
        .is(0);
    shell.write("desk/policy.md", "The fee of a return is $7.35.");
    shell.write("desk/tools.json", "[]");
    shell.write("desk/world.json", "{}");
    shell.run(&["lint", "one.jsonl", "--domain", "desk"]).is(0);
    shell
        .run(&["lint", "one.jsonl", "--domain", "nowhere"])
        .is(3)
        .warns("no folder");
    shell.write("tools.json", "{}");
    shell
        .run(&["lint", "one.jsonl", "--tools", "tools.json"])
        .is(2)
        .warns("no JSON list of tools");
    shell
        .run(&["lint", "one.jsonl", "--world", "no.json"])
        .is(3);
    shell
        .run(&["lint", "one.jsonl", "--scenario", "returns_desk"])
        .is(1);
    shell
        .run(&["lint", "one.jsonl", "--scenario", "no_such"])
        .is(2);
}

/// A project with a stored conversation that has findings.
fn faulty() -> Shell {
    let shell = Shell::project();
    shell
        .run(&["run", "returns_desk", "--seed", "7", "--fault", "wrong_id"])
        .is(0);
    shell
}

#[test]
fn stored_conversations_exports_and_cases_are_checked_with_all_that_they_ran_under() {
    let shell = faulty();
    let told = shell.run(&["lint", "last", "--json"]);
    let stored = told.lines();
    assert_eq!(told.code, 1, "{}", told.out);
    assert_eq!(stored[0]["source"], "store");
    assert_eq!(stored[0]["of"], "returns_desk/broken_kettle");
    assert!(!stored[0]["findings"].as_array().unwrap().is_empty());
    assert!(stored[0]["judge"]["tool_hallucination"].is_number());
    let all = shell.run(&["lint", "--all", "--json"]).is(1).lines();
    assert_eq!(all[0], stored[0]);
    let none = shell.run(&["lint", "--all", "scenario:other"]).is(0);
    none.says("0 conversations checked");
    shell.run(&["lint", "--all", "rate>"]).is(2);
    // The queue knows it.
    let row = |filter: &str| shell.run(&["list", filter, "--json"]).is(0).lines().len();
    assert_eq!(
        (row("rate>0"), row("blame:agent"), row("rate>0.9")),
        (1, 1, 0)
    );
    let kind = stored[0]["findings"][0]["kind"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(row(&format!("kind:{kind}")), 1);
    assert_eq!(row("kind:stale_read"), 0);
    // What leaves says the same where it comes to.
    shell.run(&["approve", "last"]).is(0);
    shell.run(&["export", "out"]).is(0);
    let mut own = shell
        .run(&["lint", "out/own.jsonl", "--json"])
        .is(1)
        .lines();
    assert_eq!(own[0]["findings"], stored[0]["findings"]);
    assert_eq!(own[0]["coverage"], stored[0]["coverage"]);
    assert_eq!(own[0]["of"], "own");
    shell.run(&["case", "save", "last", "one.case"]).is(0);
    own = shell.run(&["lint", "one.case", "--json"]).is(1).lines();
    assert_eq!(own[0]["findings"], stored[0]["findings"]);
    // Without its blobs a record cannot be rebuilt, and says so.
    std::fs::remove_dir_all(shell.work().join("out/blobs")).unwrap();
    shell
        .run(&["lint", "out/own.jsonl"])
        .is(3)
        .warns("belong in `blobs/` beside it");
    // As chat messages it is checked from the transcript alone.
    let chats = shell.run(&["lint", "out/openai.jsonl", "--json"]).lines();
    assert_eq!(chats[0]["of"], "openai");
}

#[test]
fn a_person_marks_what_the_check_got_wrong() {
    let shell = faulty();
    let before = shell.run(&["lint", "last", "--json"]).is(1).lines();
    let found = before[0]["findings"].as_array().unwrap();
    let key = found[0]["key"].as_str().unwrap();
    shell
        .run(&["finding", "list", "last"])
        .is(0)
        .says(key)
        .says("(agent)");
    shell
        .run(&["finding", "wrong", "last", &key[..8], "--note", "a sum"])
        .is(0)
        .says("mark 1  marked wrong: step")
        .says("a sum");
    shell
        .run(&["finding", "wrong", "last", key])
        .is(2)
        .warns("already");
    shell
        .run(&["finding", "wrong", "last", "zzz"])
        .is(2)
        .warns("no finding `zzz`");
    shell
        .run(&[
            "finding",
            "missed",
            "last",
            "--step",
            "1",
            "--kind",
            "contradicts_facts",
            "--what",
            "it was no kettle",
        ])
        .is(0)
        .says("mark 2  added: step 1 contradicts facts  (user)  it was no kettle");
    for wrong in [
        ["--step", "99", "--kind", "policy"],
        ["--step", "1", "--kind", "odd"],
    ] {
        let mut args = vec!["finding", "missed", "last"];
        args.extend(wrong);
        shell.run(&args).is(2).warns("Nothing was written");
    }
    let looks = match found.len() {
        1 => String::from("1 finding, 1 marked wrong, 1 missed: precision"),
        n => format!("{n} findings, 1 marked wrong, 1 missed: precision"),
    };
    shell
        .run(&["lint", "last"])
        .is(1)
        .says("[marked wrong]")
        .says("it was no kettle")
        .says("[added by a person]")
        .says(&looks);
    let row = |filter: &str| shell.run(&["list", filter, "--json"]).is(0).lines().len();
    assert_eq!(
        (row("wrong=1 missed=1"), row("kind:contradicts_facts")),
        (1, 1)
    );
    // They travel with the conversation, and come in once.
    shell.run(&["case", "save", "last", "one.case"]).is(0);
    shell
        .run(&["case", "open", "one.case"])
        .is(0)
        .says("the same");
    let other = Shell::project();
    std::fs::copy(shell.work().join("one.case"), other.work().join("one.case")).unwrap();
    other.run(&["case", "open", "one.case"]).is(0);
    other.run(&["case", "open", "one.case"]).is(0);
    let list = other
        .run(&["finding", "list", "last", "--json"])
        .is(0)
        .lines();
    let marks: Vec<&Value> = list.iter().filter(|l| l["mark"].is_object()).collect();
    assert_eq!(marks.len(), 2, "{list:?}");
    assert_eq!(marks[0]["mark"]["note"], "a sum");
    // Taken back, nothing of it counts, and all of it is still there.
    shell.run(&["finding", "unmark", "last", "1", "2"]).is(0);
    shell.run(&["finding", "unmark", "last", "1"]).is(2);
    shell
        .run(&["finding", "unmark", "last", "7"])
        .is(2)
        .warns("no mark 7");
    let after = shell.run(&["lint", "last", "--json"]).is(1).lines();
    assert_eq!(after, before);
    shell
        .run(&["finding", "list", "last"])
        .is(0)
        .says("[taken back]");
    assert_eq!(row("wrong=0 missed=0"), 1);
}

#[test]
fn the_page_lists_every_kind_and_every_format() {
    let _turn = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lint.md");
    let mut page = std::fs::read_to_string(&path).unwrap();
    let table = stategen::dataset::lint::kinds_table();
    let (begins, ends) = ("<!-- kinds -->\n", "<!-- /kinds -->");
    let from = page.find(begins).unwrap() + begins.len();
    let to = from + page[from..].find(ends).unwrap();
    if std::env::var_os("STATEGEN_UPDATE").is_some() {
        page.replace_range(from..to, &table);
        std::fs::write(&path, &page).unwrap();
    }
    assert!(
        page.contains(&table),
        "STATEGEN_UPDATE=1 cargo test writes it anew"
    );
    for format in stategen::dataset::import::FORMATS {
        assert!(page.contains(&format!("| `{}` |", format.name())));
    }
    let shell = Shell::new();
    shell
        .run(&["help", "lint"])
        .is(0)
        .says("ungrounded_literal");
    shell.run(&["lint", "--help"]).is(0).says("--max-rate");
}
