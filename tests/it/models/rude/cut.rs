//! Answers that break off.

use super::{HELLO, fails, given};
use crate::models::server::{Act, Answer, Say, Server, asked, model};
use stategen::engine::role::Finish;
use stategen::providers::{Dialect, Kind, Retry};

#[test]
fn a_cut_stream_is_no_answer_and_is_kept() {
    let events = Say::text(HELLO).chat_events();
    for answer in [
        Answer::events(&events).cut_after(4),
        Answer::events(&events).until_closed().cut_after(4),
        // Its end is told in good order, and the answer is not done.
        Answer::events(&events).end_after(4),
    ] {
        let asked = given(answer);
        let (error, told) = asked.error();
        assert_eq!(
            (&error.kind, error.retry),
            (&Kind::Cut, Retry::Soon),
            "{told}"
        );
        assert_eq!(asked.body(), events[..4].concat());
        assert!(!asked.deltas.is_empty());
    }
    let events = Say::text(HELLO).messages_events();
    let server = Server::script([Answer::events(&events).cut_after(6)]);
    let asked = asked(&model(Dialect::Messages, &server.url("/v1")));
    assert_eq!(asked.error().0.kind, Kind::Cut);
    assert_eq!(asked.body(), events[..6].concat());
}

#[test]
fn a_whole_body_that_is_shorter_than_it_says_is_cut() {
    let mut answer = Say::text(HELLO).chat_whole();
    let body = answer.body();
    answer.acts = vec![Act::Send(body[..60].to_vec())];
    answer.cut = true;
    let asked = given(answer);
    fails(
        &asked,
        &Kind::Cut,
        Retry::Soon,
        &["broke off after 60 bytes", "closed the connection"],
    );
    assert_eq!(asked.body().as_bytes(), &body[..60]);
}

#[test]
fn a_connection_that_breaks_after_the_last_event_loses_nothing() {
    for dialect in [Dialect::Chat, Dialect::Messages] {
        let server = Server::by(|got| {
            let good = Say::text(HELLO).answer(got);
            let all = good.acts.len();
            good.cut_after(all)
        });
        assert_eq!(asked(&model(dialect, &server.url("/v1"))).text(), HELLO);
    }
}

#[test]
fn a_server_that_hangs_up_is_told() {
    let asked = given(Answer::hang_up());
    fails(
        &asked,
        &Kind::Cut,
        Retry::Soon,
        &["closed the connection without an answer", "log"],
    );
}

#[test]
fn calls_cut_at_the_token_limit_are_kept_as_they_came() {
    let say = Say::calls("c1", "get_order", "{\"order_id\": \"W-").stop("length");
    let asked = given(say.chat());
    let answer = asked.result.unwrap();
    assert_eq!(answer.reply.finish, Finish::Length);
    assert_eq!(answer.reply.calls[0].arguments, "{\"order_id\": \"W-");
}
