//! Cassettes: recorded once, played back byte for byte, no secret in them.

use super::server::{
    Answer, Asked, Say, Server, ask_once, keyed, model, nobody, request, with, within,
};
use serde_json::Value;
use stategen::providers::cassette::{Player, Recorder};
use stategen::providers::wire::{Chunk, Tape};
use stategen::providers::{Dialect, Kind, Model, Retry, Transport, ask};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const KEY: &str = "sk-live-0123456789abcdef";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn tape(&self) -> PathBuf {
        self.0.path().join("talk.jsonl")
    }
}

fn record(path: &Path) -> Transport {
    Transport::Record(Recorder::create(path).unwrap())
}

fn replay(path: &Path) -> Transport {
    Transport::Replay(Player::open(path).unwrap())
}

fn say(model: &Model, text: &str, transport: &Transport) -> Asked {
    within(ask_once(model, text, transport))
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn chunks(asked: &Asked) -> Vec<Chunk> {
    asked.tape.response.clone().unwrap().chunks
}

/// The same endpoint, where nobody listens any more.
fn gone(model: &Model) -> Model {
    with(model, |e| e.url = nobody())
}

#[test]
fn what_was_recorded_is_played_back_byte_for_byte() {
    let folder = Folder::new();
    let server = Server::by(|got| {
        let say = Say::text("It is on its way, Zoë.").reasoning("Let me see.");
        let say = say.call("c1", "get_order", "{\"order_id\": \"W-1\"}");
        say.answer(got).paced(Duration::from_millis(2))
    });
    let mut models = Vec::new();
    for dialect in [Dialect::Chat, Dialect::Messages] {
        for stream in [true, false] {
            let model = model(dialect, &server.url("/v1"));
            models.push(with(&model, |e| e.stream = stream));
        }
    }
    let transport = record(&folder.tape());
    let first: Vec<Asked> = models
        .iter()
        .map(|m| say(m, "Where is it?", &transport))
        .collect();
    drop(server);
    let transport = replay(&folder.tape());
    // In another order, without the server, and without a wait.
    for (model, first) in models.iter().zip(&first).rev() {
        let again = say(&gone(model), "Where is it?", &transport);
        assert_eq!(
            again.result.as_ref().unwrap(),
            first.result.as_ref().unwrap()
        );
        assert_eq!(chunks(&again), chunks(first));
        assert_eq!(again.deltas, first.deltas);
        assert!(again.tape.response.unwrap().whole);
    }
    let lines = lines(&folder.tape());
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["stategen_cassette"], 1);
    for line in &lines[1..] {
        assert_eq!(line["asked"], "local/small");
        assert_eq!(
            (&line["status"], &line["whole"]),
            (&Value::from(200), &Value::from(true))
        );
        assert_eq!(line["usage"]["input"], 12);
        assert!(
            line["stop"].as_str().unwrap().starts_with("tool_"),
            "{}",
            line["stop"]
        );
        assert_eq!(line["key"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn failures_come_again_in_their_order_and_the_last_stays() {
    let folder = Folder::new();
    let good = Say::text("Good morning.").chat();
    let server = Server::script([
        Answer::status(429, r#"{"error": "slow down"}"#).header("retry-after", "2"),
        good.clone().cut_after(3),
        Answer::html(200, "<html><title>Wifi</title></html>"),
        good.clone().stall_after(2),
        good,
    ]);
    let model = model(Dialect::Chat, &server.url("/v1"));
    let transport = record(&folder.tape());
    let live: Vec<Asked> = (0..5).map(|_| say(&model, "Hello?", &transport)).collect();
    assert_eq!(live[3].error().0.kind, Kind::Timeout("idle"));
    drop(server);
    let transport = replay(&folder.tape());
    // The time-out was on this side: there is nothing of it to play.
    for i in [0, 1, 2, 4, 4, 4] {
        let again = say(&model, "Hello?", &transport);
        assert_eq!(again.result, live[i].result, "{i}");
        assert_eq!(chunks(&again), chunks(&live[i]), "{i}");
    }
    let again = say(&model, "Hello?", &replay(&folder.tape()));
    assert_eq!(again.error().0.retry, Retry::After(Duration::from_secs(2)));
    let lines = lines(&folder.tape());
    assert_eq!(lines.len(), 5);
    assert!(lines[1]["error"].as_str().unwrap().contains("slow down"));
    assert_eq!(lines[2]["whole"], false);
}

#[test]
fn bytes_that_are_no_text_come_back_as_they_were() {
    let folder = Folder::new();
    let body = Say::text("Zoë → ☕ Ω").chat_whole().body();
    let pieces: Vec<&[u8]> = body.chunks(1).collect();
    let answer = Answer::pieces("application/json", pieces).paced(Duration::from_micros(300));
    let server = Server::script([answer]);
    let model = model(Dialect::Chat, &server.url("/v1"));
    let first = say(&model, "Hello?", &record(&folder.tape()));
    let again = say(&model, "Hello?", &replay(&folder.tape()));
    assert_eq!(first.text(), "Zoë → ☕ Ω");
    assert_eq!(chunks(&again), chunks(&first));
    let text = fs::read_to_string(folder.tape()).unwrap();
    assert!(
        text.contains("base64"),
        "a letter was cut between two pieces"
    );
}

#[test]
fn no_secret_is_on_it_wherever_the_server_puts_it() {
    let folder = Folder::new();
    let events = Say::text(&format!("Your key is {KEY}, is it not?"))
        .chat_events()
        .concat();
    let at = events.find(KEY).unwrap() + 7;
    let server = Server::script([
        Answer::events([&events[..at], &events[at..at + 5], &events[at + 5..]])
            .paced(Duration::from_millis(30))
            .header("x-request-id", KEY),
        Answer::status(401, &format!("{{\"error\": \"no such key: {KEY}\"}}")),
    ]);
    let model = keyed(
        &model(
            Dialect::Chat,
            &format!("{}?api_key={KEY}", server.url("/v1")),
        ),
        KEY,
    );
    let model = with(&model, |e| {
        let header = ("x-gate".to_owned(), "GATE".to_owned(), e.key.clone());
        e.secret_headers.push(header);
    });
    let transport = record(&folder.tape());
    let first = say(&model, "Hello?", &transport);
    assert_eq!(first.text(), "Your key is [redacted], is it not?");
    let second = say(&model, &format!("Mine is {KEY}."), &transport);
    assert_eq!(second.error().0.kind, Kind::Status(401));
    assert_eq!(server.got()[0].header("x-gate"), Some(KEY));

    let text = fs::read_to_string(folder.tape()).unwrap();
    assert!(!text.contains(&KEY[8..]), "{text}");
    assert_eq!(text.matches("[redacted]").count(), 5, "{text}");

    let transport = replay(&folder.tape());
    assert_eq!(say(&model, "Hello?", &transport).result, first.result);
    // Nothing is sent, so that no key is wanted.
    let keyless = with(&model, |e| {
        e.key = None;
        e.secret_headers.clear();
        e.url = nobody();
    });
    assert_eq!(say(&keyless, "Hello?", &transport).result, first.result);
}

#[test]
fn a_miss_shows_the_nearest_request_and_the_difference() {
    let folder = Folder::new();
    let server = Server::by(|got| Say::text("Yes.").answer(got));
    let model = model(Dialect::Chat, &server.url("/v1"));
    let transport = record(&folder.tape());
    say(&model, "Is it raining in Delft?", &transport);
    say(
        &model,
        "Where is the order W-1, which I made in May?",
        &transport,
    );
    let transport = replay(&folder.tape());
    let asked = say(
        &model,
        "Where is the order W-2, which I made in May?",
        &transport,
    );
    let (error, told) = asked.error();
    assert_eq!((&error.kind, error.retry), (&Kind::NotOnTape, Retry::No));
    for words in [
        "talk.jsonl",
        "local/small",
        "/v1/chat/completions",
        "nearest is line 3",
        "/messages/1/content",
        "W-1, which I made in May?\" → \"",
        "W-2, which",
        "record it again",
    ] {
        assert!(told.contains(words), "{words:?} is not in: {told}");
    }
    assert!(!told.contains("raining"), "{told}");
    assert!(asked.tape.response.is_none());

    let other = Model {
        name: "large".to_owned(),
        ..model
    };
    let told = say(&other, "Is it raining in Delft?", &transport).error().1;
    assert!(
        told.contains("line 2") && told.contains("/model: \"small\" → \"large\""),
        "{told}"
    );
    assert_eq!(server.got().len(), 2, "nothing is sent");
}

#[test]
fn one_player_serves_many_sessions_at_once() {
    let folder = Folder::new();
    let server =
        Server::by(|got| Say::text(&got.json()["messages"][1]["content"].to_string()).answer(got));
    let model = model(Dialect::Chat, &server.url("/v1"));
    let many = |transport: Transport| {
        within(async {
            let calls: Vec<_> = (0..60)
                .map(|i| {
                    let (model, transport) = (model.clone(), transport.clone());
                    let text = format!("number {}", i % 30);
                    tokio::spawn(async move {
                        let asked = ask_once(&model, &text, &transport).await;
                        assert!(asked.text().contains(&text));
                    })
                })
                .collect();
            for call in calls {
                call.await.unwrap();
            }
        });
    };
    many(record(&folder.tape()));
    assert_eq!(
        lines(&folder.tape()).len(),
        61,
        "no line is torn by another"
    );
    many(replay(&folder.tape()));
    assert_eq!(server.got().len(), 60);
}

#[test]
fn a_recording_goes_on_where_it_was_left() {
    let folder = Folder::new();
    let server = Server::by(|got| Say::text(&format!("answer {}", got.number)).answer(got));
    let model = model(Dialect::Chat, &server.url("/v1"));
    for _ in 0..2 {
        say(&model, "Hello?", &record(&folder.tape()));
    }
    let transport = replay(&folder.tape());
    assert_eq!(say(&model, "Hello?", &transport).text(), "answer 0");
    assert_eq!(say(&model, "Hello?", &transport).text(), "answer 1");
}

#[test]
fn a_call_that_is_stopped_is_not_recorded() {
    let folder = Folder::new();
    let server = Server::script([Say::text("Hello there.").chat().stall_after(3)]);
    let model = model(Dialect::Chat, &server.url("/v1"));
    let transport = record(&folder.tape());
    let (tape, request) = (Tape::default(), request("Hello?"));
    within(async {
        let mut seen = |_| {};
        let call = ask(&model, &request, &transport, &tape, &mut seen);
        tokio::time::timeout(Duration::from_millis(150), call)
            .await
            .unwrap_err();
    });
    assert!(tape.read().response.is_some());
    assert_eq!(lines(&folder.tape()).len(), 1);
}

#[test]
fn a_damaged_file_is_an_error_with_its_line() {
    let folder = Folder::new();
    let server = Server::by(|got| Say::text("Yes.").answer(got));
    let model = model(Dialect::Chat, &server.url("/v1"));
    let transport = record(&folder.tape());
    for text in ["one", "two", "three"] {
        say(&model, text, &transport);
    }
    let good = fs::read_to_string(folder.tape()).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let torn = format!(
        "{}\n{}",
        lines[..3].join("\n"),
        &lines[3][..lines[3].len() / 2]
    );
    let changed = good.replacen("two", "2", 1);
    let newer = good.replacen(":1,", ":2,", 1);
    for (text, words) in [
        (torn.as_str(), &["damaged at line 4"][..]),
        (changed.as_str(), &["damaged at line 3", "key"]),
        (newer.as_str(), &["format 2", "format 1"]),
        ("", &["no cassette"]),
        ("# Notes\n", &["no cassette"]),
        (
            &good.replacen("\"status\":200", "\"status\":\"ok\"", 1),
            &["damaged at line 2"],
        ),
    ] {
        fs::write(folder.tape(), text).unwrap();
        let error = Player::open(&folder.tape()).unwrap_err();
        let told = error.to_string();
        assert_eq!(error.kind, Kind::Cassette, "{told}");
        for word in words.iter().chain(&["talk.jsonl"]) {
            assert!(told.contains(word), "{word:?} is not in: {told}");
        }
        if !text.is_empty() {
            // What is damaged is not made worse.
            assert_eq!(
                Recorder::create(&folder.tape()).unwrap_err().to_string(),
                told
            );
            assert_eq!(fs::read_to_string(folder.tape()).unwrap(), text);
        }
    }
}

#[test]
fn a_file_that_cannot_be_had_is_told() {
    let folder = Folder::new();
    let nowhere = folder.0.path().join("no/such/folder/talk.jsonl");
    for error in [
        Player::open(&nowhere).unwrap_err(),
        Recorder::create(&nowhere).unwrap_err(),
        Recorder::create(folder.0.path()).unwrap_err(),
    ] {
        assert_eq!(error.kind, Kind::Cassette);
        assert!(!error.help.is_empty());
    }
}
