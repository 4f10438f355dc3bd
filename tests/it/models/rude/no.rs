//! Servers that say no, in their own words and with what to do.

use super::{HELLO, chat, fails, given};
use crate::models::server::{Answer, Say, Server, asked, keyed};
use stategen::providers::{Kind, Retry};
use std::time::Duration;

#[test]
fn a_refusal_is_told_in_the_servers_words_with_what_to_do() {
    let said = |words: &str| format!(r#"{{"error":{{"message":"{words}","type":"x"}}}}"#);
    for (status, words, retry, told) in [
        (
            400,
            "unknown field kettle",
            Retry::No,
            &["unknown field kettle", "extra"][..],
        ),
        (
            400,
            "maximum context length is 8192 tokens",
            Retry::No,
            &["larger context"],
        ),
        (
            400,
            "\\\"auto\\\" tool choice requires --enable-auto-tool-choice",
            Retry::No,
            &["tool parser", "tools = \"text\""],
        ),
        (401, "bad key", Retry::No, &["bad key", "key_env"]),
        (403, "not yours", Retry::No, &["not yours", "key_env"]),
        (
            404,
            "the model `small` does not exist",
            Retry::No,
            &["Is `small` the model's name"],
        ),
        (
            404,
            "no route",
            Retry::No,
            &["such as …/v1", "/v1/chat/completions", "small"],
        ),
        (405, "no", Retry::No, &["such as …/v1"]),
        (408, "late", Retry::Soon, &["late"]),
        (413, "big", Retry::No, &["too large"]),
        (429, "slow down", Retry::Soon, &["slow down", "rpm"]),
        (429, "insufficient_quota", Retry::No, &["used up"]),
        (500, "oops", Retry::Soon, &["oops", "log"]),
        (
            500,
            "tools param requires --jinja flag",
            Retry::No,
            &["tool parser"],
        ),
        (503, "loading model", Retry::Soon, &["loading model"]),
        (529, "kettles", Retry::Soon, &["overloaded", "kettles"]),
    ] {
        let asked = given(Answer::status(status, &said(words)));
        fails(&asked, &Kind::Status(status), retry, told);
        assert!(asked.deltas.is_empty());
        assert_eq!(asked.body(), said(words));
    }
}

#[test]
fn a_key_that_is_not_taken_is_named_by_its_variable() {
    for status in [401, 403] {
        let server = Server::script([Answer::status(status, "{}")]);
        let asked = asked(&keyed(&chat(&server), "sk-live-0123456789"));
        fails(&asked, &Kind::Status(status), Retry::No, &["TEST_KEY"]);
        assert_eq!(
            server.got()[0].header("authorization"),
            Some("Bearer sk-live-0123456789")
        );
    }
}

#[test]
fn a_gateway_page_keeps_its_status_and_title() {
    let asked = given(Answer::html(502, "<html><title>502 Bad Gateway</title>"));
    fails(
        &asked,
        &Kind::Status(502),
        Retry::Soon,
        &["502", "Bad Gateway"],
    );
}

#[test]
fn an_error_that_stalls_is_told_all_the_same() {
    let answer = Answer::pieces("text/plain", ["busy", "never"]).stall_after(1);
    let asked = given(Answer {
        status: 503,
        ..answer
    });
    fails(&asked, &Kind::Status(503), Retry::Soon, &["busy"]);
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let server = Server::script([
        Answer::status(308, "").header("location", "https://me:hush-hush@elsewhere.example/v1"),
        Say::text(HELLO).chat(),
    ]);
    let asked = asked(&chat(&server));
    fails(
        &asked,
        &Kind::Status(308),
        Retry::No,
        &["https://elsewhere.example/v1", "url"],
    );
    assert!(!asked.error().1.contains("hush"));
    assert_eq!(server.got().len(), 1);
}

#[test]
fn the_time_that_a_server_asks_for_is_read_in_both_forms() {
    let now = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (after, wait) in [
        ("3", Some(3)),
        ("Sun, 06 Nov 1994 08:49:42 GMT", Some(5)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("whenever", None),
    ] {
        let answer = Answer::status(429, "{}")
            .header("date", now)
            .header("retry-after", after);
        let retry = wait.map_or(Retry::Soon, |s| Retry::After(Duration::from_secs(s)));
        fails(
            &given(answer),
            &Kind::Status(429),
            retry,
            &["429", "in_flight"],
        );
    }
}

#[test]
fn after_a_refusal_the_next_try_is_answered() {
    let server = Server::script([
        Answer::status(429, "{}").header("retry-after", "1"),
        Say::text(HELLO).chat().cut_after(2),
        Say::text(HELLO).chat(),
    ]);
    let model = chat(&server);
    assert_eq!(asked(&model).error().0.kind, Kind::Status(429));
    assert_eq!(asked(&model).error().0.kind, Kind::Cut);
    assert_eq!(asked(&model).text(), HELLO);
    let bodies: Vec<String> = server.got().into_iter().map(|g| g.body).collect();
    assert!(
        bodies.iter().all(|b| *b == bodies[0]),
        "each try asks the same"
    );
}
