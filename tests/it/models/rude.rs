//! Every way in which an endpoint can misbehave, each with its notice and a safe state.

use super::server::{
    Act, Answer, Asked, Say, Server, ask_once, asked, keyed, model, nobody, request, untrusted,
    wait_until, with, within,
};
use stategen::engine::role::Finish;
use stategen::providers::wire::Tape;
use stategen::providers::{Delta, Dialect, Kind, Retry, Transport, ask};
use std::time::Duration;

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

// --- before anything is answered

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
fn calls_one_after_the_other_share_a_connection() {
    let server = Server::by(|got| Say::text(HELLO).answer(got));
    let model = chat(&server);
    within(async {
        for _ in 0..5 {
            let asked = ask_once(&model, "Hello?", &Transport::Http).await;
            assert_eq!(asked.text(), HELLO);
        }
    });
    assert_eq!((server.got().len(), server.connections()), (5, 1));
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
        stream.read(&mut [0; 4096]).ok();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            .ok();
        stream.read(&mut [0; 4096]).ok();
    });
    let asked = asked(&model(
        Dialect::Chat,
        &format!("https://127.0.0.1:{port}/v1"),
    ));
    fails(&asked, &Kind::Tls, Retry::No, &["no TLS", "http://"]);
}

// --- time

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
        e.timeouts.total = Duration::from_millis(1500)
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

// --- cut

#[test]
fn a_cut_stream_is_no_answer_and_is_kept() {
    let events = Say::text(HELLO).chat_events();
    for answer in [
        Answer::events(&events).cut_after(4),
        Answer::events(&events).to_close().cut_after(4),
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

// --- what is no answer

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

// --- too much

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
    answer.framing = super::server::Framing::Length(100 << 20);
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

// --- no

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

// --- stopping

#[test]
fn a_call_that_is_dropped_leaves_what_came_and_closes_the_connection() {
    let events = Say::text(HELLO).chat_events();
    let server = Server::script([Answer::events(&events).stall_after(5)]);
    let model = with(&chat(&server), |e| {
        e.timeouts = stategen::providers::Timeouts::default()
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

// --- secrets

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
    let asked = super::server::asked(&model(Dialect::Chat, &gone));
    assert!(!format!("{:?} {:?}", asked.error(), asked.tape).contains("hush"));
}
