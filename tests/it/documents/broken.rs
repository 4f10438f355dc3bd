//! Files that are cut off, broken, or hold what cannot be read.

use super::{pretty, sources};
use crate::lint::{TRUE, UNTRUE, chat, packed};
use crate::shell::Shell;
use serde_json::{Value, json};
use std::io::Write as _;

#[test]
fn one_that_cannot_be_read_is_named_and_the_list_goes_on() {
    let shell = Shell::new();
    let good = chat("good", TRUE).to_string();
    let mut bytes = format!(
        "[{good},\n 7, {{\"messages\": 7}},\n{{\"messages\": [],\n  \"cost\": NaN}},\n{{\"messages\": [\""
    )
    .into_bytes();
    bytes.extend(b"\xff\xfe");
    bytes.extend(
        format!("\"]}},\n[1, 2], {{\"messages\":[{{\"role\":\"king\"}}]}},{good}]").bytes(),
    );
    std::fs::write(shell.work().join("bad.json"), bytes).unwrap();
    shell
        .run(&["lint", "bad.json"])
        .is(3)
        .says("2 conversations checked, 0 with findings, 6 could not be read")
        .warns("bad.json:2#2: is no conversation of a known format")
        .warns("bad.json:2#3: is no conversation of a known format")
        .warns("bad.json:3#4: is no JSON: expected value at line 4 column 11")
        .warns("bad.json:5#5: is no UTF-8")
        .warns("bad.json:6#6: is no conversation")
        .warns("bad.json:6#7: a message has the role `king`");
    // In one line the column is that of the file.
    shell.write("line.json", &format!("[{good},{{\"cost\":NaN}}]"));
    let column = good.len() + 3 + "{\"cost\":".len();
    shell.run(&["lint", "line.json"]).is(3).warns(&format!(
        "line.json:1#2: is no JSON: expected value at line 1 column {column}"
    ));
    // Nesting beyond what is read is no way to stop it either.
    let deep = format!("{{\"messages\":{}{}}}", "[".repeat(9000), "]".repeat(9000));
    shell.write("deep.json", &format!("[{good},{deep},{good}]"));
    shell
        .run(&["lint", "deep.json"])
        .is(3)
        .says("2 conversations checked")
        .warns("deep.json:1#2: is no JSON: recursion limit exceeded");
}

#[test]
fn what_stands_before_a_break_is_told_and_then_where_it_is() {
    let shell = Shell::new();
    let all: Vec<Value> = (0..4).map(|n| chat(&format!("n{n}"), UNTRUE)).collect();
    let whole = pretty(&json!({"n": 4, "data": all}));
    let check = |text: &str, read: usize, place: &str, words: &str| {
        shell.write("cut.json", text);
        let told = shell.run(&["lint", "cut.json", "--json"]).is(3);
        let lines = told.lines();
        let ids: Vec<&str> = lines.iter().filter_map(|l| l["id"].as_str()).collect();
        let mut wanted: Vec<String> = (0..read).map(|n| format!("n{n}")).collect();
        wanted.push(String::new());
        assert_eq!(ids, wanted, "{text:.200}");
        let last = &lines[read];
        assert_eq!(last["source"], format!("cut.json:{place}"));
        let error = last["error"].as_str().unwrap();
        assert!(error.contains(words), "{error}");
        assert_eq!(lines[read + 1]["summary"]["unread"], 1);
        shell
            .run(&["lint", "cut.json"])
            .is(3)
            .warns(&format!("cut.json:{place}: is "));
    };
    // Cut off in a text, between two, after a comma, after the list.
    let third = whole.match_indices("\n    {").nth(2).unwrap().0 + 1;
    let at = |offset: usize| {
        let before = &whole[..offset];
        let line = before.matches('\n').count() + 1;
        let column = offset - before.rfind('\n').map_or(0, |n| n + 1) + 1;
        (line, column)
    };
    let inside = third + whole[third..].find("You help").unwrap() + 3;
    let (line, column) = at(inside);
    let begins = at(third).0;
    check(
        &whole[..inside],
        2,
        &format!("{line}:{column}"),
        &format!(
            "is cut off: the file ends where the closing `\"` of a text is needed, in the one that \
             begins at line {begins} column 5. The 2 conversations before it were read; what comes \
             after it was not."
        ),
    );
    let (line, column) = at(third - 1);
    check(
        &whole[..third - 1],
        2,
        &format!("{line}:{column}"),
        "where a value is needed. The 2",
    );
    let end = whole.rfind("\n}").unwrap();
    let (line, column) = at(end);
    check(
        &whole[..end],
        4,
        &format!("{line}:{column}"),
        "where `,` or `}` is needed. The 4",
    );
    // Broken in the middle: a bracket, a quote, a comma too few or too many.
    let quote = third + whole[third..].find("\"You help").unwrap();
    let mut broken = whole.clone();
    broken.remove(quote);
    let (line, column) = at(quote);
    check(
        &broken,
        2,
        &format!("{line}:{}", column + "You".len() + 1),
        "`h` stands where `,` or `}` is needed, in the one",
    );
    let close = third + whole[third..].find("days.\"").unwrap() + 5;
    let mut broken = whole.clone();
    broken.remove(close);
    let (line, column) = at(close);
    check(
        &broken,
        2,
        &format!("{line}:{column}"),
        "the line ends inside a text",
    );
    let line = json!(all).to_string();
    let second = line.find("{\"id\":\"n1\"").unwrap();
    let mut broken = line.clone();
    broken.remove(second - 1);
    check(
        &broken,
        1,
        &format!("1:{second}"),
        "is broken: `{` stands where `,` or `]` is needed. The conversation before it was read",
    );
    check(
        &format!("{},]", &line[..line.len() - 1]),
        4,
        &format!("1:{}", line.len() + 1),
        "`]` stands where a value is needed",
    );
    check(
        &format!("{line}]\n"),
        4,
        &format!("1:{}", line.len() + 1),
        "`]` stands where another conversation or the end of the file is needed",
    );
    check("[", 0, "1:2", "No conversation stands before it");
    check("{\n  \"a\": tru\u{0},", 0, "2:11", "the byte 0x00 stands");
    let two = format!(
        "{}\n{}",
        pretty(&all[0]),
        pretty(&all[1]).replace("\"id\":", "\"id\"")
    );
    let lines = pretty(&all[0]).lines().count();
    check(&two, 1, &format!("{}:8", lines + 2), "where `:` is needed");
    // The same where it is packed, and cut there.
    let many: Vec<Value> = (0..400).map(|n| chat(&format!("n{n}"), TRUE)).collect();
    let mut bytes = packed(&json!(many).to_string());
    bytes.truncate(bytes.len() / 2);
    std::fs::write(shell.work().join("cut.json.gz"), bytes).unwrap();
    let told = shell.run(&["lint", "cut.json.gz", "--json"]).is(3).lines();
    assert!(told.len() > 100, "{}", told.len());
    let last = told[told.len() - 2]["error"].as_str().unwrap();
    assert!(last.starts_with("cannot be read"), "{last}");
}

#[test]
fn a_broken_line_says_nothing_about_the_next() {
    let shell = Shell::new();
    let good = chat("good", TRUE).to_string();
    let broken = [
        "{\"messages\":[",
        "{\"messages\":[{\"role\":\"user\"},",
        "{\"messages\":",
        "{\"id\":\"x\",",
        "{\"id\"",
        "{",
        "{\"id\":\"x",
        "{\"id\":\"x\"}}",
        "{\"id\":\"x\"]",
        "no json",
        "[1,2]",
        "[",
        "[{\"id\":",
        "}",
        "\u{0}",
        "{\"data\":[{\"messages\":[]}]}",
        "{\"messages\":[]}{\"messages\":[]}",
    ];
    for bad in broken {
        let text = format!("{good}\n{bad}\n{good}\n{bad}\n{bad}\n{good}\n{bad}");
        shell.write("some.jsonl", &text);
        let told = shell.run(&["lint", "some.jsonl", "--json"]).is(3);
        let wanted: Vec<String> = (1..=7).map(|n| format!("some.jsonl:{n}")).collect();
        assert_eq!(sources(&told), wanted, "{bad}");
        let lines = told.lines();
        let errors: Vec<bool> = lines.iter().map(|l| l["error"].is_string()).collect();
        let wanted = [false, true, false, true, true, false, true, false];
        assert_eq!(errors, wanted, "{bad}");
    }
    // Where the first is the broken one, nothing is known of the file yet. What
    // follows is read all the same, unless a list began.
    for bad in broken.iter().filter(|bad| !bad.contains(['[', '\u{0}'])) {
        let text = format!("{bad}\n{good}\n{good}\n{bad}\n{good}\n");
        shell.write("some.jsonl", &text);
        let told = shell.run(&["lint", "some.jsonl", "--json"]).is(3);
        let lines = told.lines();
        let ids: Vec<&str> = lines.iter().filter_map(|l| l["id"].as_str()).collect();
        assert_eq!(ids.iter().filter(|id| **id == "good").count(), 3, "{bad}");
    }
    let text = format!("{{\"messages\":[\n{good}\n{good}\n{{\"id\":\n{good}\n");
    shell.write("some.jsonl", &text);
    let told = shell.run(&["lint", "some.jsonl", "--json"]).is(3);
    assert_eq!(
        sources(&told),
        [
            "some.jsonl:2#1",
            "some.jsonl:3:1",
            "some.jsonl:3",
            "some.jsonl:4",
            "some.jsonl:5"
        ]
    );
    // A value over many lines is one among lines, too.
    let one = pretty(&chat("long", UNTRUE));
    shell.write("some.jsonl", &format!("{good}\n{one}\n{good}\n"));
    let told = shell.run(&["lint", "some.jsonl", "--json"]).is(1);
    let n = one.lines().count();
    assert_eq!(
        sources(&told),
        [
            String::from("some.jsonl:1"),
            String::from("some.jsonl:2"),
            format!("some.jsonl:{}", n + 2)
        ]
    );
}

#[test]
fn one_beyond_all_measure_is_read_over() {
    let shell = Shell::new();
    let path = shell.work().join("huge.json");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    write!(file, "{{\"data\":[{},\n{{\"x\":\"", chat("before", TRUE)).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..65 {
        file.write_all(&piece).unwrap();
    }
    write!(file, "\"}},{}]}}", chat("after", UNTRUE)).unwrap();
    drop(file);
    shell
        .run(&["lint", "huge.json"])
        .is(3)
        .says("huge.json:2#3  after")
        .warns("huge.json:2#2: has 68157448 bytes, and a conversation may have 67108864 at most");
    // As the first line of many, broken.
    let path = shell.work().join("huge.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    write!(file, "{{\"x\":\"").unwrap();
    for _ in 0..65 {
        file.write_all(&piece).unwrap();
    }
    write!(file, "\n{}\nno json\n", chat("after", UNTRUE)).unwrap();
    drop(file);
    shell
        .run(&["lint", "huge.jsonl"])
        .is(3)
        .says("huge.jsonl:2  after")
        .warns("huge.jsonl:1: has 68157446 bytes")
        .warns("huge.jsonl:3: is no JSON");
}
