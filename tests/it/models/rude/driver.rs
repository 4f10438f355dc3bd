//! The same misbehaviour in the middle of a conversation: it goes on where it
//! was, and what came is filed.

use crate::models::seats::{Bench, bare, good, lines_of, model, say, setup};
use crate::models::server::{Act, Answer, Server};
use stategen::driver::Setup;
use stategen::engine::effect::Notice;
use stategen::engine::input::Go;
use stategen::engine::session::State;
use stategen::providers::cassette::{Player as Cassette, Recorder};
use stategen::providers::{Model, Timeouts, Transport};
use stategen::store::Outcome;
use std::sync::Arc;
use std::time::Duration;

/// A model with little patience.
fn hasty(url: &str) -> Model {
    let mut model = model(url);
    let mut endpoint = (*model.endpoint).clone();
    endpoint.timeouts = Timeouts {
        connect: Duration::from_secs(2),
        first: Duration::from_millis(600),
        idle: Duration::from_millis(300),
        total: Duration::from_millis(1500),
    };
    endpoint.max_answer = 1 << 20;
    model.endpoint = Arc::new(endpoint);
    model
}

/// Failures with a word of each, and whether the next try follows by itself.
fn failures() -> Vec<(Answer, &'static str, bool)> {
    let hello = || super::super::server::Say::text(super::HELLO);
    let error =
        "data: {\"error\": {\"message\": \"overloaded\", \"type\": \"overloaded_error\"}}\n\n";
    let mut short = hello().chat_whole();
    short.acts = vec![Act::Send(short.body()[..50].to_vec())];
    short.cut = true;
    vec![
        (
            Answer::status(429, "{}").header("retry-after", "0"),
            "429",
            true,
        ),
        (Answer::status(500, "{}"), "500", true),
        (
            Answer::html(502, "<html><title>Bad Gateway</title>"),
            "Bad Gateway",
            true,
        ),
        (hello().chat().cut_after(3), "broke off", true),
        (short, "broke off", true),
        (hello().chat().end_after(3), "cut off", true),
        (hello().chat().stall_after(3), "stalled", true),
        (Answer::silent(), "said nothing", true),
        (Answer::hang_up(), "without an answer", true),
        (
            super::super::server::Say::text("").chat(),
            "neither text nor",
            true,
        ),
        (Answer::events([error]), "overloaded", true),
        (Answer::status(401, "{}"), "401", false),
        (
            Answer::html(200, "<html><title>Wifi</title>"),
            "web page",
            false,
        ),
        (
            Answer::whole(200, "text/plain", "pong"),
            "text/plain",
            false,
        ),
        (Answer::garbage("}{}{\r\n\r\n"), "no HTTP", false),
        (
            Answer::flood("text/event-stream", 100),
            "larger than 1 MiB",
            false,
        ),
        (
            Answer::drip(": \n\n", Duration::from_millis(50)),
            "not done after 1.5 s",
            false,
        ),
    ]
}

#[test]
fn a_conversation_goes_on_after_every_failure_as_if_there_had_been_none() {
    let (replies, expected) = lines_of("returns_desk");
    for (answer, word, by_itself) in failures() {
        let told = replies.clone();
        // The third call goes wrong once.
        let server = Server::by(move |got| match got.number {
            2 => answer.clone(),
            n => say(&told[n - usize::from(n > 2)]).answer(got),
        });
        let mut bench = Bench::open("returns_desk");
        let seats = bench.seats(setup(&hasty(&server.url("/v1"))));
        let (notices, waits) = bench.go(&seats, Go::End);
        if by_itself {
            assert_eq!(notices, [], "{word}");
            assert!(waits.iter().any(|w| w.contains(word)), "{word}: {waits:?}");
        } else {
            let [Notice::CallFailed { error, .. }] = notices.as_slice() else {
                panic!("{word}: {notices:?}");
            };
            assert!(error.contains(word), "{word}: {error}");
            assert_eq!(bench.driver.session().state(), &State::Paused);
            let so_far = bench.steps();
            assert_eq!(bare(&so_far), bare(&expected[..so_far.len()]), "{word}");
            let (notices, _) = bench.go(&seats, Go::End);
            assert_eq!(notices, [], "{word}");
        }
        assert_eq!(bare(&bench.steps()), bare(&expected), "{word}");
        let calls = bench.calls();
        assert_eq!(calls.len(), replies.len() + 1, "{word}");
        let failed: Vec<_> = calls.iter().filter(|c| c.outcome != Outcome::Ok).collect();
        assert_eq!(failed.len(), 1, "{word}");
        assert!(failed[0].what.contains(word), "{word}: {}", failed[0].what);
        assert_eq!(failed[0].request, server.got()[2].body);
    }
}

#[test]
fn a_recorded_conversation_plays_again_to_the_last_byte_and_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let (replies, expected) = lines_of("returns_desk");
    let server = Server::by(move |got| match got.number {
        1 => Answer::status(429, "{}").header("retry-after", "0"),
        4 => say(&replies[2]).answer(got).cut_after(2),
        n => say(&replies[n - usize::from(n > 1) - usize::from(n > 4)]).answer(got),
    });
    let with = |transport: Transport| Setup {
        transport,
        ..setup(&hasty(&server.url("/v1")))
    };
    let mut live = Bench::open("returns_desk");
    let seats = live.seats(with(Transport::Record(Recorder::create(&path).unwrap())));
    assert_eq!(live.go(&seats, Go::End).0, []);
    assert_eq!(bare(&live.steps()), bare(&expected));
    let sent = server.got().len();
    for _ in 0..2 {
        let player = Cassette::open(&path).unwrap();
        let mut again = Bench::open("returns_desk");
        let seats = again.seats(with(Transport::Replay(player)));
        assert_eq!(again.go(&seats, Go::End).0, []);
        let body = |s: &stategen::engine::step::Step| serde_json::to_string(&s.body).unwrap();
        let bodies: Vec<String> = again.steps().iter().map(body).collect();
        assert_eq!(bodies, live.steps().iter().map(body).collect::<Vec<_>>());
        assert_eq!(again.driver.session().head(), live.driver.session().head());
        let wire = |b: &Bench| {
            let calls = b.calls().into_iter();
            calls
                .map(|c| (c.status, c.what, c.request, c.response))
                .collect::<Vec<_>>()
        };
        assert_eq!(wire(&again), wire(&live));
        assert_eq!(seats.spend().total().cost_micros, 0);
    }
    assert_eq!(server.got().len(), sent, "nothing was sent");
}

#[test]
fn a_request_that_was_not_recorded_stops_loudly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let (server, _) = good("returns_desk");
    let mut setup = setup(&hasty(&server.url("/v1")));
    setup.transport = Transport::Record(Recorder::create(&path).unwrap());
    let mut live = Bench::open("returns_desk");
    let seats = live.seats(setup.clone());
    live.go(&seats, Go::Step);
    setup.transport = Transport::Replay(Cassette::open(&path).unwrap());
    let mut again = Bench::open("returns_desk");
    let seats = again.seats(setup);
    let (notices, _) = again.go(&seats, Go::End);
    let [Notice::CallFailed { seat, error }] = notices.as_slice() else {
        panic!("{notices:?}");
    };
    assert_eq!(seat, "agent");
    for word in ["holds no answer", "nearest is line 2", "record it again"] {
        assert!(error.contains(word), "{word} is not in: {error}");
    }
    assert_eq!(again.steps().len(), 1);
    assert_eq!(server.got().len(), 1);
}
