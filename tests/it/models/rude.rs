//! Every way in which an endpoint can misbehave, each with its notice and a safe state.

mod before;
mod cut;
mod driver;
mod much;
mod no;
mod other;
mod secret;
mod stop;
mod time;

use super::server::{Answer, Asked, Server, asked, model};
use stategen::providers::{Dialect, Kind, Retry};

const HELLO: &str = "Hello, I am looking at your order now.";

fn chat(server: &Server) -> stategen::providers::Model {
    model(Dialect::Chat, &server.url("/v1"))
}

/// Asks a chat server that gives this one answer.
fn given(answer: Answer) -> Asked {
    asked(&chat(&Server::script([answer])))
}

/// The error of a call: kind, words that must be told, and whether to try again.
#[track_caller]
fn fails(asked: &Asked, kind: &Kind, retry: Retry, words: &[&str]) {
    let (error, told) = asked.error();
    assert_eq!(&error.kind, kind, "{told}");
    assert_eq!(error.retry, retry, "{told}");
    for word in words {
        assert!(told.contains(word), "{word:?} is not in: {told}");
    }
    assert!(
        !error.what.ends_with('.') && !error.help.ends_with('.'),
        "{told}"
    );
    assert!(!error.help.is_empty(), "what to do: {told}");
}
