//! Calls that are dropped in the middle.

use super::{HELLO, chat};
use crate::models::server::{Answer, Say, Server, ask_once, request, wait_until, with, within};
use stategen::providers::wire::Tape;
use stategen::providers::{Delta, Transport, ask};
use std::time::Duration;

#[test]
fn a_call_that_is_dropped_leaves_what_came_and_closes_the_connection() {
    let events = Say::text(HELLO).chat_events();
    let server = Server::script([Answer::events(&events).stall_after(5)]);
    let model = with(&chat(&server), |e| {
        e.timeouts = stategen::providers::Timeouts::default();
    });
    let tape = Tape::default();
    let heard = within(async {
        let mut heard = String::new();
        let request = request("Hello?");
        let mut seen = |delta| {
            if let Delta::Text(text) = delta {
                heard.push_str(&text);
            }
        };
        let call = ask(&model, &request, &Transport::Http, &tape, &mut seen);
        let all = events[..5].concat().len();
        let enough = async {
            while tape.read().response.is_none_or(|r| r.body().len() < all) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = call => panic!("it was to be dropped"),
            () = enough => {}
        }
        heard
    });
    assert!(HELLO.starts_with(&heard) && heard.len() > 10, "{heard}");
    let response = tape.read().response.unwrap();
    assert_eq!(response.body(), events[..5].concat().into_bytes());
    assert!(!response.whole);
    wait_until("the connection to be closed", || server.hung_up() == 1);
}

#[test]
fn sessions_on_runtimes_of_their_own_leave_each_other_alone() {
    let server = Server::by(|got| {
        let good = Say::text(HELLO).answer(got);
        if got.body.contains("slow") {
            good.paced(Duration::from_millis(40))
        } else {
            good
        }
    });
    let model = chat(&server);
    // A session that has asked, and does not look at its runtime any more.
    let idle = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    idle.block_on(ask_once(&model, "first", &Transport::Http));
    let text = within(ask_once(&model, "second", &Transport::Http))
        .text()
        .to_owned();
    assert_eq!(text, HELLO);
    // And one that ends while another's call is under way.
    let slow = std::thread::spawn({
        let model = model.clone();
        move || {
            within(ask_once(&model, "slow", &Transport::Http))
                .text()
                .to_owned()
        }
    });
    server.wait_for(3);
    drop(idle);
    assert_eq!(slow.join().unwrap(), HELLO);
    assert_eq!(server.connections(), 3);
}
