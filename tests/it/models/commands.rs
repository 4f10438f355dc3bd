//! The commands that speak of models, as a shell sees them, against a server of
//! our own and with cassettes.

use super::server::{Answer, Got, Say, Server, nobody};
use crate::shell::KEY;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A project of its own, with a provider.
struct Shell(crate::shell::Shell);

impl std::ops::Deref for Shell {
    type Target = crate::shell::Shell;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Shell {
    /// With a provider `local` at `url`, more lines for it, and more tables.
    fn new(url: &str, provider: &str, tables: &str) -> Self {
        let shell = Self(crate::shell::Shell::new());
        let text = format!(
            "[providers.local]\nkind = \"chat\"\nurl = \"{url}\"\nretries = 0\n{provider}\n{tables}\n"
        );
        shell.write("stategen.toml", &text);
        shell
    }

    /// At a server.
    fn at(server: &Server) -> Self {
        Self::new(&server.url("/v1"), "", "")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    /// What `ping` says of one seat, which it tried and found wanting.
    #[track_caller]
    fn fails(&self, seat: &str, words: &str) -> String {
        let told = self
            .run(&["ping", seat, "--model", "local/m", "--json"])
            .is(4);
        let line = &told.lines()[0];
        assert_eq!(line["ok"], false);
        let wrong = line["wrong"][0].as_str().unwrap().to_owned();
        assert!(wrong.contains(words), "no `{words}` in: {wrong}");
        wrong
    }
}

/// A model that does what every seat needs.
fn good(got: &Got) -> Answer {
    let body = got.json();
    let shaped = body["response_format"].is_object() || body["output_config"].is_object();
    let say = if shaped {
        Say::text(r#"{"colour": "red", "seeds_visible": false}"#)
    } else if body["tools"].is_array() {
        Say::calls("c1", "get_local_time", r#"{"city": "Oslo"}"#)
    } else {
        Say::text("My kettle is broken.")
    };
    say.answer(got)
}

/// A judge for the sample's rubric: every axis of the schema gets `score`.
fn verdict(got: &Got, score: u32) -> Say {
    let body = got.json();
    let schema = &body["response_format"]["json_schema"]["schema"];
    let axes = &schema["properties"]["axes"]["required"];
    let axes: Vec<Value> = axes
        .as_array()
        .unwrap_or_else(|| panic!("no axes in {body}"))
        .iter()
        .map(|a| json!({"axis": a, "score": score, "reason": "it was so", "steps": [1]}))
        .collect();
    Say::text(&json!({"axes": axes, "findings": []}).to_string())
}

#[test]
fn models_says_who_plays_and_what_is_known() {
    let shell = Shell::new(
        "http://127.0.0.1:9/v1",
        "key_env = \"LOCAL_KEY\"\nrpm = 60\nstructured = \"prompt\"",
        "[models.\"local/small\"]\ninput = 0.15\noutput = 0.6\ncontext = 8192\n\
         [roles.agent]\nmodel = \"local/small\"\ntemperature = 0.2\n\
         [roles.\"agent/flights\"]\nmodel = \"local/large\"\n\
         [roles.judge]\nmodel = \"local/small\"\nsamples = 3\n[limits]\nconversation_usd = 0.5\n",
    );
    shell
        .run(&["models"])
        .is(0)
        .says("user           scripted  asks no model")
        .says("agent          local/small  temperature 0.2")
        .says("agent/flights  local/large  temperature 0.2")
        .says("3 verdicts each time")
        .says("key from $LOCAL_KEY (not set)")
        .says("60 requests a minute")
        .says("JSON by words")
        .says("local/small  context 8192 tokens  $0.15 in, $0.6 out a million tokens")
        .says("a conversation may cost $0.500");
    let told = shell
        .run_with(&[("LOCAL_KEY", KEY)], &["models", "--json"])
        .is(0);
    let lines = told.lines();
    let seats: Vec<&str> = lines.iter().map(|l| l["seat"].as_str().unwrap()).collect();
    assert_eq!(seats, ["user", "agent", "agent/flights", "tool", "judge"]);
    assert_eq!(lines[0]["plays"], "scripted");
    let agent = &lines[1];
    assert_eq!(
        (&agent["key_set"], &agent["context"]),
        (&json!(true), &json!(8192))
    );
    assert_eq!(agent["price"]["input"], 0.15);
    assert_eq!(agent["limits"]["rpm"], 60);
    shell
        .run_with(&[("LOCAL_KEY", KEY)], &["config"])
        .is(0)
        .says("$LOCAL_KEY (set)")
        .says("stategen.toml:");
    Shell::new("http://127.0.0.1:9/v1", "strem = true", "")
        .run(&["models"])
        .is(2)
        .warns("Did you mean `stream`?")
        .warns("`stategen config` lists them");
}

#[test]
fn ping_tries_what_each_seat_needs() {
    let server = Server::by(good);
    let shell = Shell::new(&server.url("/v1"), "key_env = \"LOCAL_KEY\"", "");
    let told = shell
        .run_with(
            &[("LOCAL_KEY", KEY)],
            &["ping", "--model", "local/m", "--json"],
        )
        .is(0);
    for line in told.lines() {
        assert_eq!(
            (&line["ok"], &line["plays"]),
            (&json!(true), &json!("local/m")),
            "{line}"
        );
        assert!(
            line["first_ms"].is_u64() && line["total_ms"].is_u64(),
            "{line}"
        );
        assert_eq!(line["usage"]["input"], 12);
    }
    let got = server.got();
    assert_eq!(got.len(), 4);
    assert!(
        got.iter()
            .all(|g| g.header("authorization") == Some(&*format!("Bearer {KEY}")))
    );
    let shell = Shell::at(&server);
    shell
        .run(&["ping"])
        .is(0)
        .says("agent  scripted  nobody is asked");
    assert_eq!(server.got().len(), 4, "the stand-in was asked over HTTP");
    shell
        .run(&["ping", "agent/flights", "--model", "agent=local/m"])
        .is(0)
        .says("agent/flights  local/m  ok")
        .says(r#"it called get_local_time({"city": "Oslo"})"#);
    shell
        .run(&["ping", "agnt"])
        .is(2)
        .warns("Did you mean `agent`?");
    shell
        .run(&["ping", "--model", "locla/m"])
        .is(2)
        .warns("Did you mean `local`?");
}

#[test]
fn ping_speaks_messages_as_well() {
    let server = Server::by(good);
    let shell = Shell::at(&server);
    let text = format!(
        "[providers.far]\nkind = \"messages\"\nurl = \"{}\"\nkey_env = \"LOCAL_KEY\"\n",
        server.url("/v1")
    );
    shell.write("stategen.toml", &text);
    shell
        .run_with(&[("LOCAL_KEY", KEY)], &["ping", "--model", "far/m"])
        .is(0)
        .says("judge  far/m  ok");
    let got = server.got();
    assert_eq!(got.len(), 4);
    assert!(
        got.iter()
            .all(|g| g.messages() && g.header("x-api-key") == Some(KEY))
    );
}

#[test]
fn ping_says_what_is_wrong_and_what_to_set() {
    let error = |status, words: &str| {
        Server::always(Answer::status(
            status,
            &json!({"error": {"message": words}}).to_string(),
        ))
    };
    // Nothing is sent without the key.
    let server = Server::by(good);
    let shell = Shell::new(&server.url("/v1"), "key_env = \"LOCAL_KEY\"", "");
    shell.fails("user", "LOCAL_KEY is not set");
    assert_eq!(server.got().len(), 0);
    // A wrong key.
    let server = error(401, "no such key");
    let shell = Shell::new(&server.url("/v1"), "key_env = \"LOCAL_KEY\"", "");
    shell
        .run_with(
            &[("LOCAL_KEY", KEY)],
            &["ping", "user", "--model", "local/m"],
        )
        .is(4)
        .says("FAILED")
        .says("401")
        .says("LOCAL_KEY");
    // A model that is not there; the server says which are.
    let server = Server::by(|got| {
        if got.method == "GET" {
            return Answer::json(
                r#"{"object": "list", "data": [{"id": "small"}, {"id": "large"}]}"#,
            );
        }
        Answer::status(
            404,
            r#"{"error": {"message": "the model `smal` does not exist"}}"#,
        )
    });
    Shell::at(&server)
        .run(&["ping", "user", "--model", "local/smal"])
        .is(4)
        .says("does not exist")
        .says("Did you mean `small`? It knows small, large.");
    // Nobody there, and no TLS there.
    Shell::new(&nobody(), "", "").fails("user", "refused");
    let plain = speaks_plain_http();
    Shell::new(&plain, "", "").fails("user", "Does this server speak plain HTTP?");
    // A web page.
    let server = Server::always(Answer::html(200, "<title>Log in</title>"));
    Shell::at(&server).fails("user", "Log in");
    // A call as text, tools ignored, arguments that do not fit.
    let text =
        r#"<tool_call>{"name": "get_local_time", "arguments": {"city": "Oslo"}}</tool_call>"#;
    let server = Server::by(move |got| Say::text(text).answer(got));
    Shell::at(&server).fails("agent", "--enable-auto-tool-choice");
    let server = Server::by(|got| Say::text("It is noon.").answer(got));
    let shell = Shell::at(&server);
    shell.fails("agent", "no tool was called: the server ignores tools");
    let server_by_name =
        Server::by(|got| Say::calls("c", "get_local_time", r#"{"town": 1}"#).answer(got));
    Shell::at(&server_by_name).fails("agent", "arguments are not as its schema says");
    // A schema that is ignored, and one that is refused.
    let wrong = shell.fails("judge", "not the JSON that was asked for in words");
    assert!(wrong.contains("It is noon."), "{wrong}");
    Shell::new(&server.url("/v1"), "structured = \"schema\"", "")
        .fails("judge", "ignored it. Set `structured = \"prompt\"`");
    let server = Server::by(|got| {
        let shaped = got.json()["response_format"].is_object();
        let text = r#"{"colour": "green", "seeds_visible": true}"#;
        Say::text(if shaped { "It is noon." } else { text }).answer(got)
    });
    Shell::at(&server)
        .run(&["ping", "judge", "--model", "local/m"])
        .is(0)
        .says("takes a JSON Schema and passes over it: words ask");
    let server = Server::by(|got| {
        if got.json()["response_format"].is_object() {
            let words = r#"{"error": {"message": "unknown field response_format"}}"#;
            return Answer::status(400, words);
        }
        Say::text(r#"{"colour": "red", "seeds_visible": true}"#).answer(got)
    });
    Shell::at(&server)
        .run(&["ping", "tool", "--model", "local/m"])
        .is(0)
        .says("refuses a JSON Schema");
    // Cut off.
    let server = Server::by(|got| Say::text("My").stop("length").answer(got));
    Shell::at(&server).fails("user", "Raise `max_tokens`");
}

#[test]
fn ping_says_whether_the_longest_prompt_fits() {
    let server = Server::by(good);
    let shell = |context: u32| {
        let tables = format!(
            "[models.\"local/m\"]\ncontext = {context}\n[roles.judge]\nmodel = \"local/m\"\n"
        );
        Shell::new(&server.url("/v1"), "", &tables)
    };
    shell(1_000_000)
        .run(&["ping", "judge", "--scenario", "returns_desk"])
        .is(0)
        .says("the longest prompt of returns_desk has about");
    let told = shell(1024)
        .run(&["ping", "judge", "--scenario", "returns_desk", "--json"])
        .is(4);
    let line = &told.lines()[0];
    assert_eq!(line["context"], 1024);
    assert!(line["prompt_tokens"].as_u64().unwrap() > 1000, "{line}");
    assert!(
        line["wrong"][0]
            .as_str()
            .unwrap()
            .contains("it does not fit"),
        "{line}"
    );
    shell(1024)
        .run(&["ping", "judge", "--scenario", "no_such"])
        .is(2)
        .warns("no scenario `no_such`");
}

#[test]
fn a_conversation_is_recorded_and_played_back() {
    let server = Server::by(|got| {
        let words = got.json()["messages"].as_array().unwrap().len();
        Say::text(&format!("I have a question, number {words}."))
            .reasoning("What would they say?")
            .answer(got)
    });
    let shell = Shell::new(
        &server.url("/v1"),
        "key_env = \"LOCAL_KEY\"",
        "[models.\"local/m\"]\ninput = 1\noutput = 2\n",
    );
    let run = |flags: &[&str]| {
        let args = ["run", "returns_desk", "--json", "--model", "user=local/m"];
        shell.run_with(&[("LOCAL_KEY", KEY)], &[&args[..], flags].concat())
    };
    let first = run(&["--record", "desk.tape"]).is(0).warns("tokens in");
    let asked = server.got().len();
    assert!(asked > 2, "{asked}");
    let tape = std::fs::read_to_string(shell.path("desk.tape")).unwrap();
    assert!(
        !tape.contains(KEY) && tape.lines().count() == asked + 1,
        "{tape}"
    );
    let again = shell
        .run(&[
            "run",
            "returns_desk",
            "--json",
            "--model",
            "user=local/m",
            "--replay",
            "desk.tape",
        ])
        .is(0);
    assert_eq!(first.out, again.out);
    assert_eq!(
        server.got().len(),
        asked,
        "the server was asked on a replay"
    );
    let steps = first.lines();
    let user = steps.iter().find(|l| l["body"]["role"] == "user").unwrap();
    assert_eq!(user["body"]["by"]["model"], "local/m");
    // Another seed asks for what is not on it.
    run(&["--replay", "desk.tape", "--seed", "99"])
        .is(4)
        .warns("stategen open");
    shell
        .run(&["run", "returns_desk", "--replay", "no.tape"])
        .is(3)
        .warns("no.tape");
    run(&["--replay", "a", "--record", "b"]).is(2);
    // What went over the wire can be looked at, without the key.
    let wire = shell.run(&["show", "last", "--wire"]);
    assert_ne!(wire.code, 2, "{}", wire.err);
    let list = shell.run(&["list"]).is(0);
    let ids: Vec<&str> = list
        .out
        .lines()
        .filter_map(|l| l.split_whitespace().next())
        .filter(|w| w.len() == 26)
        .collect();
    let oldest = ids.last().unwrap();
    let wire = shell
        .run(&["show", oldest, "--wire", "--at", "1"])
        .is(0)
        .says("step 1: 1 request")
        .says("answered after")
        .says("/v1/chat/completions")
        .says("[from $LOCAL_KEY]")
        .says("<-- 200")
        .says("\"reasoning\": \"What would they say?\"");
    assert!(!wire.out.contains("data: {"), "{}", wire.out);
    shell
        .run(&["show", oldest, "--wire", "--at", "1", "--raw"])
        .is(0)
        .says("data: {");
    shell
        .run(&["show", oldest, "--wire", "--at", "2"])
        .is(2)
        .warns("nothing went over the wire for step 2");
}

#[test]
fn a_special_seat_must_be_in_the_scenario() {
    let shell = Shell::new(&nobody(), "", "");
    let run = |scenario: &str, seat: &str| {
        shell.run(&["run", scenario, "--model", &format!("{seat}=local/m")])
    };
    run("travel_desk", "agent/flihgts_desk")
        .is(2)
        .warns("Did you mean `agent/flights_desk`?");
    run("returns_desk", "tool/get_order")
        .is(2)
        .warns("there is none");
    shell.run(&["list"]).is(0).says("no conversations");
}

#[test]
fn a_cap_stops_before_the_next_call() {
    let server = Server::by(|got| {
        Say::text("I have a question.")
            .usage(1000, 1000)
            .answer(got)
    });
    let shell = Shell::new(
        &server.url("/v1"),
        "",
        "[models.\"local/m\"]\ninput = 1\noutput = 9\n[roles.user]\nmodel = \"local/m\"\n",
    );
    shell
        .run(&["run", "returns_desk", "--cap", "0.015"])
        .is(4)
        .warns("its cap is $0.015")
        .says("$0.020 of $0.015");
    assert_eq!(server.got().len(), 2);
    shell
        .run(&["run", "returns_desk", "--cap", "much"])
        .is(2)
        .warns("dollars");
}

#[test]
fn a_failed_call_ends_with_4_and_is_kept_on_the_wire() {
    let server = Server::always(Answer::status(
        500,
        r#"{"error": {"message": "out of \u001b[31mmemory"}}"#,
    ));
    let shell = Shell::at(&server);
    let told = shell
        .run(&["run", "returns_desk", "--model", "local/m"])
        .is(4)
        .warns("the user could not be asked")
        .warns("stategen open");
    assert!(!told.err.contains('\u{1b}'), "{}", told.err);
    let wire = shell
        .run(&["show", "last", "--wire"])
        .is(0)
        .says("after step 0, no step came of it: 1 request")
        .says("FAILED")
        .says("<-- 500");
    assert!(!wire.out.contains('\u{1b}'));
}

#[test]
fn judges_stand_side_by_side() {
    let server = Server::by(|got| verdict(got, 6 + got.number as u32).answer(got));
    let shell = Shell::at(&server);
    shell.run(&["run", "returns_desk", "--quiet"]).is(0);
    shell
        .run(&["judge", "last", "--model", "local/m"])
        .is(0)
        .says("local/m")
        .says("2 verdicts (step)")
        .says("scripted (")
        .says("overall");
    let told = shell
        .run(&[
            "judge",
            "last",
            "--model",
            "local/n",
            "--samples",
            "2",
            "--json",
        ])
        .is(0);
    let line = &told.lines()[0];
    assert_eq!(line["by"]["model"], "local/n");
    assert_eq!(line["all"].as_array().unwrap().len(), 3);
    assert_eq!(line["all"][2]["samples"], 2, "{line}");
    assert_eq!(line["all"][2]["overall"], 7.5);
    assert!(line["mean"]["overall"]["spread"].as_f64().unwrap() > 0.0);
    assert_eq!(server.got().len(), 3);
    shell
        .run(&["show", "last"])
        .is(0)
        .says("3 verdicts (step)")
        .says("±0.71");
    shell.run(&["replay", "last"]).is(0).says("the same");
    // One that cannot be used is told, and the conversation goes on to be shown.
    let server = Server::by(|got| Say::text("It was fine.").answer(got));
    let shell = Shell::at(&server);
    shell.run(&["run", "returns_desk", "--quiet"]).is(0);
    shell
        .run(&["judge", "last", "--model", "local/m"])
        .is(4)
        .warns("no verdict that can be used");
    shell
        .run(&["judge", "last", "--model", "scripted"])
        .is(0)
        .says("2 verdicts");
    shell.run(&["judge", "01zz"]).is(2).warns("01zz");
}

#[test]
fn a_step_is_asked_for_again() {
    let server = Server::by(|got| match got.number % 5 {
        0 => Say::calls("c", "get_order", r#"{"order_id": "RD-0"}"#).answer(got),
        1 => Say::calls("c", "no_such_tool", "{}").answer(got),
        _ => Say::text("One moment please.").answer(got),
    });
    let shell = Shell::at(&server);
    shell.run(&["run", "returns_desk", "--quiet"]).is(0);
    let before = shell.run(&["show", "last"]).is(0).out;
    let told = shell
        .run(&["again", "last", "2", "--model", "local/m", "--json"])
        .is(0);
    let line = &told.lines()[0];
    assert_eq!((&line["step"], &line["seat"]), (&json!(2), &json!("agent")));
    assert_eq!(
        (&line["answered"], &line["by"]),
        (&json!(10), &json!("local/m"))
    );
    let times: u64 = line["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["times"].as_u64().unwrap())
        .sum();
    assert_eq!(times, 10);
    assert_eq!(line["groups"][0]["times"], 6, "{line}");
    assert_eq!(server.got().len(), 10);
    assert_eq!(
        before,
        shell.run(&["show", "last"]).is(0).out,
        "the conversation changed"
    );
    // Before and after an edit.
    copy_sample("returns_desk", &shell.path("scenarios/returns_desk"));
    shell
        .run(&[
            "again",
            "last",
            "2",
            "-n",
            "5",
            "--model",
            "local/m",
            "--edited",
            "scenarios/returns_desk",
        ])
        .is(0)
        .says("before  step 2  agent  local/m  5 of 5 answered")
        .says("after  step 2")
        .says("refused by the state manager ")
        .says(" -> ");
    shell
        .run(&["again", "last", "99"])
        .is(2)
        .warns("there is no step 99");
    shell.run(&["again", "last", "1", "-n", "0"]).is(2);
    let down = Shell::new(&nobody(), "", "");
    down.run(&["run", "returns_desk", "--quiet"]).is(0);
    down.run(&["again", "last", "1", "-n", "2", "--model", "local/m"])
        .is(4)
        .says("failed: ");
}

/// An https address at which a server answers without TLS.
fn speaks_plain_http() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        while let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        }
    });
    url
}

fn copy_sample(name: &str, to: &std::path::Path) {
    let from = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("sample_scenarios")
        .join(name);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_run_whose_call_failed_goes_on_with_another_model() {
    let server = Server::always(Answer::status(503, r#"{"error":{"message":"no room"}}"#));
    let shell = Shell::new(
        &server.url("/v1"),
        "",
        "[roles.agent]\nmodel = \"local/m\"\n",
    );
    let failed = shell.run(&["run", "returns_desk", "--quiet"]).is(4);
    let id = shell.run(&["list", "--json"]).is(0).lines()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(failed.err.contains("no room"), "{}", failed.err);
    // What cannot be chosen any more is said; nothing else happens.
    shell
        .run(&["run", &id, "--seed", "4"])
        .is(2)
        .warns("has its task, seed, persona and faults already");
    shell
        .run(&["run", &id, "--model", "agent=scripted", "--strict"])
        .is(0)
        .says("assertions hold");
    shell.run(&["run", &id]).is(2).warns("has ended");
    shell.run(&["replay", &id]).is(0);
}
