//! Keys that a server echoes, and keys in an address.

use super::chat;
use crate::models::server::{Answer, Server, asked, keyed, model, nobody};
use stategen::providers::Dialect;
use std::time::Duration;

#[test]
fn a_key_that_a_server_echoes_is_nowhere_kept() {
    let key = "sk-live-0123456789abcdef";
    let (first, second) = key.split_at(9);
    let body = format!("data: {{\"error\": {{\"message\": \"bad key {key} for you\"}}}}\n\n");
    let at = body.find(key).unwrap() + 9;
    for answer in [
        Answer::status(
            401,
            &format!("{{\"error\": {{\"message\": \"bad key {key}\"}}}}"),
        )
        .header("x-request-id", &format!("of-{key}"))
        .header("set-cookie", "session=abcdefgh"),
        Answer::events([&body[..at], &body[at..]]).paced(Duration::from_millis(30)),
        Answer::html(200, &format!("<html><title>{key}</title>")),
        Answer::pieces("text/plain", [first, second]).paced(Duration::from_millis(30)),
    ] {
        let server = Server::script([answer]);
        let asked = asked(&keyed(&chat(&server), key));
        let (error, told) = asked.error();
        let kept = format!("{error:?} {told} {:?} {}", asked.tape, asked.body());
        assert!(
            !kept.contains(key) && !kept.contains("session=abc"),
            "{kept}"
        );
        assert!(asked.body().contains("[redacted]"), "{}", asked.body());
        assert!(kept.contains("[from $TEST_KEY]"));
        assert!(
            server.got()[0]
                .header("authorization")
                .unwrap()
                .contains(key)
        );
    }
}

#[test]
fn a_secret_in_the_address_is_nowhere_kept() {
    let server =
        Server::by(|got| Answer::status(404, &format!("{{\"error\": \"no {}\"}}", got.path)));
    let url = server
        .url("/v1?api_key=abcd-1234&version=2")
        .replace("127.", "me:hush-hush@127.");
    let asked = asked(&model(Dialect::Chat, &url));
    let (error, told) = asked.error();
    let kept = format!("{error:?} {told} {:?} {}", asked.tape, asked.body());
    assert!(
        !kept.contains("hush") && !kept.contains("abcd-1234"),
        "{kept}"
    );
    assert!(kept.contains("version=2"), "{kept}");
    let got = server.got();
    assert!(
        got[0].path.contains("api_key=abcd-1234"),
        "it is sent all the same"
    );
    assert!(
        got[0]
            .header("authorization")
            .unwrap()
            .starts_with("Basic ")
    );
    // An error below HTTP names the address, too.
    let gone = nobody().replace("127.", "me:hush-hush@127.");
    let asked = crate::models::server::asked(&model(Dialect::Chat, &gone));
    assert!(!format!("{:?} {:?}", asked.error(), asked.tape).contains("hush"));
}
