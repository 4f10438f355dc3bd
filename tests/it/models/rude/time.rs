//! Answers that do not come in time, each left at its bound with what came.

use super::{HELLO, chat, fails, given};
use crate::models::server::{Act, Answer, Say, Server, asked, model, wait_until, with};
use stategen::providers::{Delta, Dialect, Kind, Retry};
use std::time::Duration;

#[test]
fn a_handshake_that_never_ends_is_left() {
    // A server of lines waits for the end of a line, and TLS sends none.
    let server = Server::always(Answer::silent());
    let url = server.url("/v1").replace("http://", "https://");
    let asked = asked(&model(Dialect::Chat, &url));
    fails(
        &asked,
        &Kind::Timeout("connect"),
        Retry::Soon,
        &["0.6 s", "connect_s"],
    );
}

#[test]
fn silence_before_the_first_byte_is_left() {
    let head_only = Say::text(HELLO).chat().stall_after(0);
    let mut dripping_head = Answer::garbage("");
    dripping_head.acts = vec![
        Act::Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Act::Drip(b"x-a: b\r\n".to_vec(), Duration::from_millis(50)),
    ];
    for answer in [Answer::silent(), head_only, dripping_head] {
        let server = Server::script([answer]);
        let asked = asked(&chat(&server));
        fails(
            &asked,
            &Kind::Timeout("first"),
            Retry::Soon,
            &["said nothing for 0.9 s", "first_token_s"],
        );
        wait_until("the connection to be closed", || server.hung_up() == 1);
    }
}

#[test]
fn a_late_answer_within_its_time_is_taken() {
    let late = Say::text(HELLO).chat().late(Duration::from_millis(300));
    assert_eq!(given(late).text(), HELLO);
}

#[test]
fn a_stream_that_stalls_is_left_with_what_came() {
    let events = Say::text(HELLO).chat_events();
    let server = Server::script([Answer::events(&events).stall_after(4)]);
    let asked = asked(&chat(&server));
    fails(
        &asked,
        &Kind::Timeout("idle"),
        Retry::Soon,
        &["stalled", "0.4 s", "idle_s"],
    );
    assert_eq!(asked.body(), events[..4].concat());
    assert!(!asked.tape.response.as_ref().unwrap().whole);
    let heard: String = asked
        .deltas
        .iter()
        .map(|d| match d {
            Delta::Text(text) | Delta::Reasoning(text) | Delta::Call(text) => text.as_str(),
        })
        .collect();
    assert!(!heard.is_empty() && HELLO.starts_with(&heard), "{heard}");
    wait_until("the connection to be closed", || server.hung_up() == 1);
}

#[test]
fn a_slow_loris_is_left_when_the_whole_time_is_over() {
    let server = Server::script([Answer::drip(": still there\n\n", Duration::from_millis(50))]);
    let model = with(&chat(&server), |e| {
        e.timeouts.total = Duration::from_millis(1500);
    });
    let asked = asked(&model);
    fails(
        &asked,
        &Kind::Timeout("total"),
        Retry::No,
        &["1.5 s", "total_s"],
    );
    assert!(asked.body().starts_with(": still there\n\n"));
    wait_until("the connection to be closed", || server.hung_up() == 1);
}
