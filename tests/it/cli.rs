//! The program as a shell sees it: words, JSON lines, exit codes.

use crate::shell::{Shell, did};
use std::process::{Command, Stdio};

#[test]
fn wrong_command_lines_end_with_2_and_say_what_was_meant() {
    let shell = Shell::new();
    shell.run(&["replya"]).is(2).warns("replay");
    shell.run(&["list", "--jsn"]).is(2).warns("--json");
    shell.run(&["run"]).is(2).warns("<SCENARIO>");
    shell
        .run(&["run", "no_such"])
        .is(2)
        .warns("no scenario `no_such`");
    shell.run(&["show", "01x"]).is(2).warns("nothing is stored");
    shell
        .run(&["replay", "01x"])
        .is(2)
        .warns("nothing is stored");
    shell
        .run(&["help", "rulse"])
        .is(2)
        .warns("There are: rules, scenario, models, exports, lint, open");
    shell
        .run(&["--project", "nowhere", "list"])
        .is(2)
        .warns("stategen init nowhere");
    assert!(
        !shell.dir.path().join("data").exists(),
        "asking made a store"
    );
}

#[test]
fn help_and_version_end_with_0() {
    let shell = Shell::new();
    shell.run(&["--help"]).is(0).says("Exit codes");
    shell.run(&["help"]).is(0).says("Exit codes");
    shell
        .run(&["help", "rules"])
        .is(0)
        .says("invariant")
        .says("need ");
    shell.run(&["help", "scenario"]).is(0).says("tasks.yaml");
    shell.run(&["help", "models"]).is(0).says("key_env");
    shell.run(&["help", "replay"]).is(0).says("--all");
    shell
        .run(&["--version"])
        .is(0)
        .says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_project_begins_once() {
    let shell = Shell::new();
    shell.run(&["init", "mine"]).is(0).says("stategen.toml");
    shell.run(&["init", "mine"]).is(2).warns("is there already");
    let ignore = shell.work().join("mine/.gitignore");
    assert_eq!(std::fs::read_to_string(ignore).unwrap(), ".stategen/\n");
}

#[test]
fn config_says_where_each_value_comes_from() {
    let shell = Shell::project();
    shell.write("stategen.toml", "seed = 5\nglyphs = \"ascii\"\n");
    let mut command = shell.command(&["config", "--theme", "mono"]);
    let told = did(command.env("STATEGEN_SEED", "8").output().unwrap()).is(0);
    let row = |name: &str| {
        let line = told.out.lines().find(|l| l.starts_with(name)).unwrap();
        line.split_whitespace()
            .map(String::from)
            .collect::<Vec<_>>()
    };
    assert_eq!(row("seed"), ["seed", "8", "$STATEGEN_SEED"]);
    assert_eq!(row("theme"), ["theme", "mono", "--theme"]);
    assert!(
        row("glyphs")[2].ends_with("stategen.toml:2"),
        "{}",
        told.out
    );
    assert_eq!(row("from_past"), ["from_past", "ask", "default"]);
    let json = shell.run(&["config", "--json"]).is(0);
    for line in json.out.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn a_wrong_setting_is_told_and_stops_nothing() {
    let shell = Shell::project();
    shell.write("stategen.toml", "sede = 5\n");
    shell
        .run(&["config"])
        .is(1)
        .says("stategen.toml:1:1: error: unknown setting `sede`");
    shell.run(&["list"]).is(0).warns("Did you mean `seed`?");
}

#[test]
fn an_empty_project_lists_nothing() {
    let shell = Shell::project();
    shell.run(&["list"]).is(0).says("no conversations in");
    assert_eq!(shell.run(&["list", "--json"]).is(0).out, "");
    shell
        .run(&["replay", "--all"])
        .is(0)
        .says("nothing is stored");
}

#[test]
fn a_store_that_cannot_be_read_ends_with_3() {
    let shell = Shell::project();
    shell.write(".stategen/store.sqlite", &"x".repeat(9000));
    for args in [&["list"][..], &["show", "last"], &["replay", "--all"]] {
        shell.run(args).is(3).warns("store.sqlite is damaged");
    }
}

#[test]
fn a_case_file_that_is_none_is_refused_with_its_line() {
    let shell = Shell::project();
    shell
        .run(&["case", "open", "no.case"])
        .is(3)
        .warns("cannot be read");
    let head = r#"{"stategen_case":1,"conversation":"01a","program":"0","blobs":1,"events":1}"#;
    let other = r#"{"stategen_case":9,"conversation":"01a","program":"0","blobs":0,"events":0}"#;
    let name = "0".repeat(64);
    for (text, words) in [
        (String::new(), "line 1 of the case file is missing"),
        ("{}\n".into(), "line 1 of the case file is no head"),
        (format!("{other}\n"), "format 9"),
        (head.into(), "line 1 of the case file was cut off"),
        (format!("{head}\n"), "line 2 of the case file is missing"),
        (
            format!("{head}\n{{\"blob\":\"{name}\",\"text\":\"x\"}}\n"),
            "line 2 of the case file holds other bytes",
        ),
    ] {
        shell.write("bad.case", &text);
        shell.run(&["case", "open", "bad.case"]).is(1).warns(words);
    }
    assert!(
        !shell.work().join(".stategen").exists(),
        "a bad case made a store"
    );
}

#[test]
fn without_a_terminal_the_workbench_says_so() {
    let shell = Shell::new();
    shell.run(&[]).is(2).warns("needs a terminal");
    shell
        .run(&["open", "returns_desk"])
        .is(2)
        .warns("needs a terminal");
    shell
        .run(&["open", "retruns_desk"])
        .is(2)
        .warns("Did you mean `returns_desk`?");
    shell.run(&["run", "returns_desk", "--quiet"]).is(0);
    shell.run(&["open", "last"]).is(2).warns("needs a terminal");
    shell
        .run(&["open", "01zzz"])
        .is(2)
        .warns("No stored conversation");
}

/// A small scenario whose world tries to get at the terminal.
fn hostile(shell: &Shell) {
    shell.write(
        "scenarios/desk/world.json",
        "{\"items\": {\"a1\": {\"id\": \"a1\", \"name\": \"\\u001b[31mred\\u001b]0;owned\\u0007 kettle\\u202e\", \
         \"state\": \"new\"}}}\n",
    );
    shell.write(
        "scenarios/desk/desk.rules",
        "## Look an item up.\ntool look(id: string):\n    let item = items[id] else 404 \"no item {id}\"\n    \
         return item\n\n## Mark an item as sold.\ntool sell(id: string):\n    \
         let item = items[id] else 404 \"no item {id}\"\n    \
         need item.state == \"new\" else 409 \"item {id} is {item.state}\"\n    \
         set item.state = \"sold\"\n    return item\n",
    );
    shell.write(
        "scenarios/desk/tasks.yaml",
        "buy:\n  goal: Buy the item a1.\n  known: {item: a1}\n  path:\n    - look: {id: a1}\n    \
         - sell: {id: a1}\n  assertions:\n    - items.a1.state == \"sold\"\n",
    );
    shell.write("scenarios/desk/policy.md", "Sell what is new.\n");
}

/// No byte that a terminal obeys, line ends aside.
#[track_caller]
fn harmless(text: &str) {
    let bad = text
        .chars()
        .find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
    assert_eq!(bad, None, "{text:?}");
}

#[test]
fn a_tool_can_be_called_by_hand() {
    let shell = Shell::project();
    hostile(&shell);
    let told = shell
        .run(&["tool", "call", "desk", "sell", r#"{"id": "a1"}"#])
        .is(0)
        .says("can read   items[*]")
        .says("can write  items[*].state")
        .says("~ /items/a1/state  \"new\" -> \"sold\"  (rule line 10)");
    harmless(&told.out);
    shell
        .run(&["tool", "call", "desk", "sell", r#"{"id": "b2"}"#])
        .is(1)
        .says("no item b2")
        .says("desk.rules:8")
        .says("the world is unchanged");
    shell.write(
        "world.json",
        r#"{"items": {"a1": {"id": "a1", "name": "x", "state": "sold"}}}"#,
    );
    let args = [
        "tool",
        "call",
        "desk",
        "sell",
        r#"{"id": "a1"}"#,
        "--world",
        "world.json",
        "--json",
    ];
    let told = shell.run(&args).is(1);
    let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(json["ok"], false);
    assert_eq!(json["explain"]["line"], 9);
    assert_eq!(json["world_before"], json["world_after"]);
    shell
        .run(&["tool", "call", "desk", "sel", "{}"])
        .is(2)
        .warns("Did you mean `sell`?");
    shell
        .run(&["tool", "call", "desk", "sell", "[1]"])
        .is(2)
        .warns("no JSON object");
    shell
        .run(&["tool", "call", "desk", "sell", "{}"])
        .is(1)
        .says("id");
}

#[test]
fn a_scenario_with_errors_is_not_run() {
    let shell = Shell::project();
    hostile(&shell);
    shell.write("scenarios/desk/tasks.yaml", "buy: {gaol: x}\n");
    shell.run(&["check", "desk"]).is(1).says("tasks.yaml:1:");
    shell
        .run(&["run", "desk"])
        .is(1)
        .warns("cannot be used before this is mended");
    assert!(!shell.work().join(".stategen").exists());
}

#[test]
fn a_persona_is_drawn_by_the_seed() {
    let shell = Shell::new();
    let draw = |args: &[&str]| shell.run(&[&["persona", "returns_desk"], args].concat());
    let one = draw(&["--seed", "7"])
        .is(0)
        .says("digital_literacy")
        .says("How you are:");
    assert_eq!(one.out, draw(&["--seed", "7"]).is(0).out);
    assert_ne!(one.out, draw(&["--seed", "8"]).is(0).out);
    draw(&["--whole"])
        .is(0)
        .says("What you want:")
        .says("<done>");
    draw(&["--persona", "tech_savy"])
        .is(2)
        .warns("Did you mean `tech_savvy`?");
    let json = draw(&["--persona", "tech_savvy", "--json"]).is(0);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["profile"], "tech_savvy");
}

#[test]
fn a_conversation_runs_is_listed_shown_and_replayed() {
    let shell = Shell::project();
    hostile(&shell);
    let told = shell
        .run(&["run", "desk", "--strict"])
        .is(0)
        .says("scripted");
    harmless(&told.out);
    let id = told.out.lines().next().unwrap().to_owned();
    let shown = shell
        .run(&["show", "last"])
        .is(0)
        .says(&id)
        .says("ended: the user was done");
    harmless(&shown.out);
    // What was printed as it went is what is shown afterwards.
    let steps = |text: &str| -> Vec<String> {
        let heads = text
            .lines()
            .filter(|l| l.starts_with("  ") && !l.starts_with("    "));
        heads.map(String::from).collect()
    };
    assert_eq!(steps(&told.out), steps(&shown.out));
    assert!(steps(&told.out).len() > 4, "{}", told.out);
    shell
        .run(&["list"])
        .is(0)
        .says(&id)
        .says("desk/buy")
        .says("scripted");
    shell.run(&["replay", &id]).is(0).says("the same");
    shell
        .run(&["show", &id, "--at", "1"])
        .is(0)
        .says("  1 U user");
    shell.run(&["show", &id, "--at", "999"]).is(2).warns("has");
    shell
        .run(&["show", &id, "--branch", "other"])
        .is(2)
        .warns("There are: main");
    let world = shell.run(&["show", &id, "--world"]).is(0);
    let world: serde_json::Value = serde_json::from_str(&world.out).unwrap();
    assert_eq!(world["items"]["a1"]["state"], "sold");
    let prompt = shell.run(&["show", &id, "--prompt", "agent"]).is(0);
    harmless(&prompt.out);
    assert!(prompt.out.contains("Sell what is new.") && prompt.out.contains("--- tool sell"));
    shell
        .run(&["show", &id, "--prompt", "user", "--at", "1"])
        .is(0)
        .says("Buy the item a1.");
}

#[test]
fn a_log_that_was_changed_is_found_out() {
    let shell = Shell::project();
    hostile(&shell);
    shell.run(&["run", "desk", "--quiet"]).is(0);
    shell.run(&["run", "desk", "--quiet", "--seed", "2"]).is(0);
    shell
        .run(&["replay", "--all"])
        .is(0)
        .says("2 conversations replayed");
    let db = rusqlite::Connection::open(shell.work().join(".stategen/store.sqlite")).unwrap();
    db.execute_batch(
        "DROP TRIGGER event_fixed;
         UPDATE event SET body = replace(body, 'sold', 'lost')
         WHERE conversation = (SELECT min(id) FROM conversation)",
    )
    .unwrap();
    drop(db);
    shell
        .run(&["replay", "--all"])
        .is(1)
        .says("does not replay: step")
        .says("the same");
    shell.run(&["show", "last"]).is(0);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let shell = Shell::new();
    let run = |seed: &str| {
        shell
            .run(&["run", "returns_desk", "--json", "--seed", seed])
            .is(0)
            .out
    };
    let (one, two) = (run("5"), run("5"));
    assert_eq!(one, two);
    assert_ne!(one, run("6"));
    let lines: Vec<serde_json::Value> = one
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["event"], "opened");
    assert_eq!(lines.last().unwrap()["event"], "summary");
    assert!(lines.iter().filter(|l| l["event"] == "step").count() > 4);
    // Envelopes and names would differ from run to run.
    assert!(
        !one.contains("time_ms") && !one.contains("\"conversation\""),
        "{one}"
    );
    shell
        .run(&["replay", "--all"])
        .is(0)
        .says("3 conversations replayed");
}

#[test]
fn a_case_goes_to_another_machine_and_replays_there() {
    let (here, there) = (Shell::new(), Shell::project());
    here.run(&["run", "returns_desk", "--quiet"]).is(0);
    let file = there.work().join("bug.case");
    let file = file.to_str().unwrap();
    here.run(&["case", "save", "last", file])
        .is(0)
        .says("events");
    here.run(&["case", "save", "last", file])
        .is(2)
        .warns("was kept");
    here.run(&["case", "save", "last", file, "--force"]).is(0);
    there
        .run(&["case", "open", "bug.case"])
        .is(0)
        .says("taken in");
    there
        .run(&["case", "open", "bug.case"])
        .is(0)
        .says("the same");
    let show = |shell: &Shell| shell.run(&["show", "last"]).is(0).out;
    assert_eq!(show(&here), show(&there));
    there
        .run(&["replay", "--all"])
        .is(0)
        .says("1 conversation replayed");
    // One digit of one world, sealed again, still does not replay.
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.replacen("\"world\":\"", "\"world\":\"f", 1);
    there.write("forged.case", &text);
    there.run(&["case", "open", "forged.case"]).is(1);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let shell = Shell::new();
    shell.run(&["run", "returns_desk", "--quiet"]).is(0);
    let mut command = shell.command(&["show", "last"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let did = did(child.wait_with_output().unwrap());
    assert_eq!((did.code, did.err.as_str()), (0, ""));
}

/// A shell's bound on file sizes stands for a disk that takes no more.
#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_ends_with_3_and_keeps_what_was_stored() {
    let shell = Shell::new();
    shell.run(&["run", "returns_desk", "--quiet"]).is(0);
    let script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
    let program = env!("CARGO_BIN_EXE_stategen");
    let folder = shell.dir.path().join("data/scratch/.stategen");
    let size = std::fs::metadata(folder.join("store.sqlite"))
        .unwrap()
        .len();
    let mut cut = 0;
    for spare in [0u64, 30, 60, 90, 120] {
        let blocks = (size / 512 + spare).to_string();
        let mut command = Command::new("sh");
        let bare = shell.command(&[]);
        for (name, value) in bare.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .args(["-c", script, "sh", &blocks, program])
            .args(["run", "returns_desk", "--seed", &spare.to_string()])
            .current_dir(shell.work());
        let told = did(command.output().unwrap());
        if told.code == 3 {
            assert!(told.err.contains("this step is not"), "{}", told.err);
            cut += 1;
        } else {
            told.is(0);
        }
        shell.run(&["replay", "--all"]).is(0);
    }
    assert!(cut > 0, "no run met the bound");
}

/// Kills the program again and again in the middle of a run: every step that it
/// had shown is in the store, and what is there replays.
#[cfg(unix)]
#[test]
fn what_was_shown_survives_a_kill() {
    use std::io::{BufRead, BufReader};
    let shell = Shell::new();
    let mut shown = Vec::new();
    for n in 1..=8usize {
        let seed = n.to_string();
        let args = [
            "run",
            "returns_desk",
            "--json",
            "--seed",
            &seed,
            "--pause",
            "5",
        ];
        let mut child = shell.command(&args).stdout(Stdio::piped()).spawn().unwrap();
        let mut ids = Vec::new();
        // The more often, the later.
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            if let Some(id) = line["id"].as_str() {
                ids.push(id.to_owned());
            }
            if ids.len() == n {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(ids.len(), n, "the run was over before it was killed");
        shown.push((n as u64, ids));
    }
    shell
        .run(&["replay", "--all"])
        .is(0)
        .says("8 conversations replayed");
    let store = stategen::store::Store::open(&shell.dir.path().join("data/scratch")).unwrap();
    let rows = store.list(&stategen::store::Filter::default()).unwrap();
    for (seed, ids) in shown {
        let row = rows.iter().find(|r| r.seed == seed).unwrap();
        let stored: Vec<String> = store
            .events(&row.id)
            .unwrap()
            .iter()
            .filter_map(|(event, _)| match event {
                stategen::engine::event::Event::Stepped { step, .. } => Some(step.id.to_string()),
                _ => None,
            })
            .collect();
        assert!(stored.starts_with(&ids), "shown {ids:?}, stored {stored:?}");
        assert!(row.steps as usize >= ids.len());
    }
    // The list was written in the same transactions.
    store.rebuild().unwrap();
    assert_eq!(
        store.list(&stategen::store::Filter::default()).unwrap(),
        rows
    );
}
