//! Good answers, and what goes wrong before one comes: keys, addresses, TLS.

use super::{HELLO, chat, fails};
use crate::models::server::{
    Say, Server, ask_once, asked, keyed, model, nobody, untrusted, with, within,
};
use stategen::engine::role::Finish;
use stategen::providers::{Dialect, Kind, Retry, Transport};

#[test]
fn a_good_answer_is_read_in_both_dialects_streamed_and_whole() {
    let server = Server::by(|got| {
        let say = Say::text(HELLO).reasoning("Which one?").usage(40, 9);
        say.call("c1", "get_order", "{\"order_id\": \"W-1\"}")
            .answer(got)
    });
    for dialect in [Dialect::Chat, Dialect::Messages] {
        for stream in [true, false] {
            let model = model(dialect, &server.url("/v1"));
            let model = with(&model, |e| e.stream = stream);
            let asked = asked(&model);
            assert_eq!(asked.text(), HELLO, "{dialect:?} {stream}");
            let answer = asked.result.as_ref().unwrap();
            assert_eq!(answer.reply.reasoning, "Which one?");
            assert_eq!(answer.reply.calls.len(), 1);
            assert_eq!(answer.reply.finish, Finish::ToolCalls);
            let usage = answer.usage.unwrap();
            assert_eq!((usage.input, usage.output), (40, 9));
            let response = asked.tape.response.as_ref().unwrap();
            assert!(response.whole && response.status == 200);
            assert_eq!(asked.tape.request.body, server.got().last().unwrap().body);
        }
    }
}

#[test]
fn calls_without_tls_trust_no_connection_that_was_left_open() {
    let server = Server::by(|got| Say::text(HELLO).answer(got));
    let model = chat(&server);
    within(async {
        for _ in 0..5 {
            let asked = ask_once(&model, "Hello?", &Transport::Http).await;
            assert_eq!(asked.text(), HELLO);
        }
    });
    // The server keeps them open; one that did not would lose us every second call.
    assert_eq!((server.got().len(), server.connections()), (5, 5));
}

#[test]
fn many_calls_at_once_are_all_answered() {
    let server =
        Server::by(|got| Say::text(&got.json()["messages"][1]["content"].to_string()).answer(got));
    let model = chat(&server);
    within(async {
        let calls = (0..100).map(|i| {
            let model = model.clone();
            tokio::spawn(async move {
                let text = format!("number {i}");
                let asked = ask_once(&model, &text, &Transport::Http).await;
                assert!(asked.text().contains(&text), "{}", asked.text());
            })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap();
        }
    });
    assert_eq!(server.got().len(), 100);
}

#[test]
fn without_its_key_nothing_is_sent() {
    let server = Server::always(Say::text(HELLO).chat());
    let no_key = with(&chat(&server), |e| e.key_env = Some("SHOP_KEY".to_owned()));
    fails(
        &asked(&no_key),
        &Kind::NoKey,
        Retry::No,
        &["SHOP_KEY is not set", "export SHOP_KEY"],
    );
    let header = ("x-api-key".to_owned(), "GATE_KEY".to_owned(), None);
    let no_header = with(&chat(&server), |e| e.secret_headers = vec![header]);
    fails(
        &asked(&no_header),
        &Kind::NoKey,
        Retry::No,
        &["GATE_KEY is not set"],
    );
    fails(
        &asked(&keyed(&chat(&server), "")),
        &Kind::NoKey,
        Retry::No,
        &["TEST_KEY"],
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_key_that_no_header_can_carry_is_told_without_showing_it() {
    let server = Server::always(Say::text(HELLO).chat());
    let asked = asked(&keyed(&chat(&server), "sk-live-0123456789\n"));
    fails(
        &asked,
        &Kind::BadHeader,
        Retry::No,
        &["authorization", "TEST_KEY", "line break"],
    );
    assert!(!asked.error().1.contains("0123456789"));
}

#[test]
fn an_address_that_is_none_is_told() {
    for url in [
        "nonsense",
        "ftp://127.0.0.1/v1",
        "http://",
        "http://exa mple/v1",
        "http://h:99999/v1",
    ] {
        let asked = asked(&model(Dialect::Chat, url));
        fails(
            &asked,
            &Kind::BadUrl,
            Retry::No,
            &["provider local", "http://HOST:PORT/v1"],
        );
    }
}

#[test]
fn where_nobody_listens_the_server_is_asked_after() {
    let url = nobody();
    let asked = asked(&model(Dialect::Chat, &url));
    let host = url.trim_end_matches("/v1");
    fails(
        &asked,
        &Kind::Connect,
        Retry::Soon,
        &["nobody answers", host, "refused", "running"],
    );
    assert!(asked.tape.response.is_none());
    assert!(asked.tape.request.body.contains("Where is my order?"));
}

#[test]
fn an_unknown_name_is_told() {
    // `.localhost` never goes to a proxy; a label of 64 letters is no name.
    let name = format!("{}.localhost", "a".repeat(64));
    let asked = asked(&model(Dialect::Chat, &format!("http://{name}:9/v1")));
    let (error, told) = asked.error();
    assert_eq!(error.kind, Kind::Connect, "{told}");
    assert!(told.contains("no machine is known as"), "{told}");
}

#[test]
fn tls_that_fails_says_what_to_set() {
    let port = untrusted();
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("https://{host}:{port}/v1");
        let asked = asked(&model(Dialect::Chat, &url));
        let words = [
            "certificate is not accepted",
            "SSL_CERT_FILE",
            &port.to_string(),
        ];
        fails(&asked, &Kind::Tls, Retry::No, &words);
    }
    let url = format!("http://127.0.0.1:{port}/v1");
    fails(
        &asked(&model(Dialect::Chat, &url)),
        &Kind::Malformed,
        Retry::No,
        &["no HTTP", "https://"],
    );
}

#[test]
fn a_plain_server_behind_https_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let _some = stream.read(&mut [0; 4096]).unwrap_or(0);
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            .ok();
        let _some = stream.read(&mut [0; 4096]).unwrap_or(0);
    });
    let asked = asked(&model(
        Dialect::Chat,
        &format!("https://127.0.0.1:{port}/v1"),
    ));
    fails(&asked, &Kind::Tls, Retry::No, &["no TLS", "http://"]);
}
