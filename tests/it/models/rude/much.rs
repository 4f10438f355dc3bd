//! Answers that are larger than anybody wants.

use super::{chat, fails, given};
use crate::models::server::{Answer, Server, asked, wait_until, with};
use stategen::providers::{Kind, Retry};

#[test]
fn an_answer_of_100_mebibytes_is_stopped_at_the_bound() {
    for kind in ["application/json", "text/event-stream"] {
        let server = Server::script([Answer::flood(kind, 100)]);
        let asked = asked(&with(&chat(&server), |e| e.max_answer = 1 << 20));
        fails(
            &asked,
            &Kind::TooLarge,
            Retry::No,
            &["1 MiB", "max_answer_mb"],
        );
        assert_eq!(asked.body().len(), 1 << 20, "what came until then is kept");
        wait_until("the connection to be closed", || server.hung_up() == 1);
    }
}

#[test]
fn an_answer_that_says_it_is_too_large_is_not_begun() {
    let mut answer = Answer::json("{");
    answer.framing = crate::models::server::Framing::Length(100 << 20);
    let asked = given(answer.stall_after(1));
    fails(&asked, &Kind::TooLarge, Retry::No, &["16 MiB"]);
    assert_eq!(asked.body(), "");
}

#[test]
fn an_error_without_end_is_read_as_far_as_it_speaks() {
    let mut answer = Answer::flood("application/json", 100);
    answer.status = 500;
    let server = Server::script([answer]);
    let asked = asked(&chat(&server));
    fails(&asked, &Kind::Status(500), Retry::Soon, &["500", "log"]);
    assert_eq!(asked.body().len(), 64 << 10);
    wait_until("the connection to be closed", || server.hung_up() == 1);
}
