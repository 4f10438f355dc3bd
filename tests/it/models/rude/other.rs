//! Answers that are none: pages, wrong types, garbage, nothing.

use super::{HELLO, chat, fails, given};
use crate::models::server::{Answer, Say, Server, asked, with};
use stategen::providers::{Kind, Retry};

#[test]
fn a_web_page_is_told_by_its_title() {
    let page = "<!doctype html><html><head><title>Sign in to Wifi</title></head><body>x</body>";
    let asked = given(Answer::html(200, page));
    let words = ["web page", "Sign in to Wifi", "such as …/v1"];
    fails(&asked, &Kind::ContentType, Retry::No, &words);
    assert_eq!(asked.body(), page);
    assert!(asked.deltas.is_empty());
}

#[test]
fn a_wrong_content_type_is_told() {
    for (name, body) in [
        ("text/plain", "pong"),
        ("application/octet-stream", "\u{1}\u{2}"),
    ] {
        let asked = given(Answer::whole(200, name, body));
        fails(&asked, &Kind::ContentType, Retry::No, &[name, "no JSON"]);
    }
    let mut nameless = Answer::json("{}");
    nameless.headers.clear();
    fails(
        &given(nameless),
        &Kind::ContentType,
        Retry::No,
        &["does not say what it is"],
    );
    let server = Server::script([Say::text(HELLO).chat()]);
    let unasked = asked(&with(&chat(&server), |e| e.stream = false));
    fails(
        &unasked,
        &Kind::ContentType,
        Retry::No,
        &["asked not to", "stream = true"],
    );
}

#[test]
fn what_is_no_http_is_told() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}P",
        "}{}{}{\r\n\r\n",
    ] {
        fails(
            &given(Answer::garbage(bytes)),
            &Kind::Malformed,
            Retry::No,
            &["no HTTP", "port"],
        );
    }
}

#[test]
fn json_that_is_none_is_told() {
    let asked = given(Answer::json("{\"choices\": [{]}"));
    let (error, told) = asked.error();
    assert_eq!(error.kind, Kind::Malformed, "{told}");
    let asked = given(Answer::events(["data: {\"choices\": [{]}\n\n"]));
    assert_eq!(asked.error().0.kind, Kind::Malformed);
    // It says that it is packed, and is not.
    let asked = given(
        Say::text(HELLO)
            .chat_whole()
            .header("content-encoding", "gzip"),
    );
    fails(&asked, &Kind::Malformed, Retry::No, &["cannot be unpacked"]);
}

#[test]
fn a_packed_answer_is_unpacked_on_the_tape() {
    let asked = given(Say::text(HELLO).chat().gzip());
    assert_eq!(asked.text(), HELLO);
    assert!(asked.body().starts_with("data: {"), "{}", asked.body());
}

#[test]
fn an_empty_answer_is_told() {
    for answer in [
        Say::text("").chat(),
        Say::text("").chat_whole(),
        Answer::json(""),
        Answer::events([""]),
    ] {
        let asked = given(answer);
        let (error, told) = asked.error();
        assert_eq!(
            (&error.kind, error.retry),
            (&Kind::Empty, Retry::Soon),
            "{told}"
        );
    }
}

#[test]
fn an_error_inside_a_stream_is_told_in_the_servers_words() {
    let mut events = Say::text(HELLO).chat_events();
    events.truncate(3);
    events.push("data: {\"error\": {\"message\": \"Overloaded by kettles\", \"type\": \"overloaded_error\"}}\n\n".to_owned());
    let asked = given(Answer::events(&events));
    let (error, told) = asked.error();
    assert_eq!(
        (&error.kind, error.retry),
        (&Kind::InStream, Retry::Soon),
        "{told}"
    );
    assert!(told.contains("Overloaded by kettles"), "{told}");
    assert_eq!(asked.body(), events.concat());
}
