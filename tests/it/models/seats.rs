//! Models in the seats: retries, limits, money, stopping, switching.
//!
//! The server answers with what the scripted stand-in says at the same place,
//! so that a conversation over the wire must come to the same steps.

use super::server::{Answer, Say, Server, nobody, wait_until};
use crate::support::sample;
use stategen::driver::setup::{Bounds, Player, Price};
use stategen::driver::{AgainReport, Driver, Handle, Order, Seats, Setup, Update, headless, start};
use stategen::engine::effect::Notice;
use stategen::engine::event::Event;
use stategen::engine::id::{CallId, ConvId};
use stategen::engine::input::{Command, Go};
use stategen::engine::persona;
use stategen::engine::role::{By, Reply};
use stategen::engine::session::{Session, State};
use stategen::engine::step::{Act, Step};
use stategen::providers::{Dialect, Endpoint, Model, Sampling, Structured, Timeouts};
use stategen::store::{CallRecord, Outcome, Store};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// A conversation of a sample with its store.
pub(super) struct Bench {
    pub(super) session: Session,
    pub(super) driver: Driver,
    pub(super) store: Arc<Store>,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn open(name: &str) -> Self {
        let scenario = sample(name);
        let task = scenario.tasks[0].clone();
        let spec = persona::PersonaSpec::default();
        let persona = persona::sample(&spec, &[], task.context, task.complexity, 3);
        let id = ConvId(String::from("over-the-wire"));
        let (session, opening) =
            Session::open(id, scenario, &task.id, persona, 3, Vec::new()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path()).unwrap());
        let driver = Driver::open(session.clone(), &opening, Some(Arc::clone(&store))).unwrap();
        Self {
            session,
            driver,
            store,
            _folder: folder,
        }
    }

    pub(super) fn seats(&self, setup: Setup) -> Seats {
        Seats::new(&self.session, setup, Some(Arc::clone(&self.store)))
    }

    pub(super) fn calls(&self) -> Vec<CallRecord> {
        self.store
            .calls(&self.session.opened().conversation)
            .unwrap()
    }

    /// Goes on; the notices, and what was said of waiting.
    pub(super) fn go(&mut self, seats: &Seats, how: Go) -> (Vec<Notice>, Vec<String>) {
        let (mut notices, mut waits) = (Vec::new(), Vec::new());
        headless::run(
            &mut self.driver,
            seats,
            how,
            Duration::ZERO,
            |seen| match seen {
                headless::Seen::Notice(notice) => notices.push(notice.clone()),
                headless::Seen::Waiting(words) => waits.push(words.to_owned()),
                headless::Seen::Committed(_) | headless::Seen::Log(_) => {}
            },
        )
        .unwrap();
        (notices, waits)
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        let session = self.driver.session();
        let path = session.path(session.head());
        path.iter().filter_map(|p| p.step.clone()).collect()
    }
}

pub(super) fn model(url: &str) -> Model {
    let mut endpoint = Endpoint::new("here", Dialect::Chat, url);
    endpoint.timeouts = Timeouts {
        connect: Duration::from_secs(5),
        first: Duration::from_secs(5),
        idle: Duration::from_secs(5),
        total: Duration::from_secs(20),
    };
    Model {
        endpoint: Arc::new(endpoint),
        name: String::from("small"),
        sampling: Sampling::default(),
    }
}

/// One model in all four seats, with pauses that a test can wait for.
pub(super) fn setup(model: &Model) -> Setup {
    let player = Player::Model(Box::new(model.clone()));
    let mut setup = Setup::default();
    for seat in ["user", "agent", "tool", "judge"] {
        setup.seats.insert(seat.to_owned(), player.clone());
    }
    setup.choices.insert(model.id(), player);
    let bounds = Bounds {
        retries: 2,
        pause: Duration::from_millis(5),
        ..Bounds::default()
    };
    setup.bounds.insert(model.endpoint.name.clone(), bounds);
    setup
}

/// What the stand-in says, call by call, in a conversation of the sample.
pub(super) fn lines_of(name: &str) -> (Vec<Reply>, Vec<Step>) {
    type Lines = (Vec<Reply>, Vec<Step>);
    static SAID: Mutex<Vec<(String, Lines)>> = Mutex::new(Vec::new());
    let mut said = SAID.lock().unwrap();
    if let Some((_, lines)) = said.iter().find(|(known, _)| known == name) {
        return lines.clone();
    }
    let lines = play(name);
    said.push((name.to_owned(), lines.clone()));
    lines
}

fn play(name: &str) -> (Vec<Reply>, Vec<Step>) {
    let mut bench = Bench::open(name);
    let seats = bench.seats(Setup::default());
    let mut replies = Vec::new();
    let mut todo = bench
        .driver
        .take(stategen::engine::input::Input::Command(Command::Go(
            Go::End,
        )))
        .unwrap();
    loop {
        let input = if let Some(request) = todo.calls.first() {
            let body = Box::new(seats.stand_in(request));
            replies.push((*body).clone());
            let call = request.call;
            stategen::engine::input::Input::Reply { call, body }
        } else if todo.on {
            stategen::engine::input::Input::Continue
        } else {
            return (replies, bench.steps());
        };
        todo = bench.driver.take(input).unwrap();
    }
}

pub(super) fn say(reply: &Reply) -> Say {
    let mut say = Say::text(&reply.text).usage(1_000, 100);
    for (n, call) in reply.calls.iter().enumerate() {
        say = say.call(&format!("call_{n}"), &call.name, &call.arguments);
    }
    say
}

/// A server that says what the stand-in would say, in order.
pub(super) fn good(name: &str) -> (Server, Vec<Step>) {
    let (replies, steps) = lines_of(name);
    let server = Server::by(move |got| match replies.get(got.number) {
        Some(reply) => say(reply).answer(got),
        None => Answer::status(500, r#"{"error":{"message":"nothing more to say"}}"#),
    });
    (server, steps)
}

/// The steps without who made them and by which call.
pub(super) fn bare(steps: &[Step]) -> Vec<(u32, Act, String)> {
    steps
        .iter()
        .map(|s| (s.body.number, s.body.act.clone(), s.body.world.to_string()))
        .collect()
}

#[test]
fn a_conversation_over_the_wire_comes_to_the_same_steps() {
    for name in ["returns_desk", "bank_desk", "travel_desk"] {
        for dialect in [Dialect::Chat, Dialect::Messages] {
            for stream in [true, false] {
                let (server, expected) = good(name);
                let mut model = model(&server.url("/v1"));
                let mut endpoint = (*model.endpoint).clone();
                endpoint.dialect = dialect;
                endpoint.stream = stream;
                model.endpoint = Arc::new(endpoint);
                let mut setup = setup(&model);
                let price = Price {
                    input: 1_000_000,
                    cached: None,
                    cache_write: None,
                    output: 10_000_000,
                };
                setup.prices.insert(model.id(), price);
                let mut bench = Bench::open(name);
                let seats = bench.seats(setup);
                let (notices, _) = bench.go(&seats, Go::End);
                assert!(
                    !notices
                        .iter()
                        .any(|n| matches!(n, Notice::CallFailed { .. })),
                    "{name} {dialect:?} {stream}: {notices:?}"
                );
                let steps = bench.steps();
                assert_eq!(bare(&steps), bare(&expected), "{name} {dialect:?} {stream}");
                let asked = steps.iter().filter(|s| s.body.by != By::Code).count();
                assert!(asked > 4);
                assert!(
                    steps
                        .iter()
                        .all(|s| matches!(&s.body.by, By::Code | By::Model(_))),
                    "every step says who made it"
                );
                // Every call is kept, and what it cost.
                let calls = bench.calls();
                assert_eq!(calls.len(), server.got().len());
                assert!(
                    calls
                        .iter()
                        .all(|c| c.outcome == Outcome::Ok && c.status == 200)
                );
                for (call, got) in calls.iter().zip(server.got()) {
                    assert_eq!(call.request, got.body);
                }
                // 1,000 at one dollar and 100 at ten dollars a million: 2,000.
                let total = seats.spend().total();
                assert_eq!(total.cost_micros, 2_000 * calls.len() as u64);
                let events = bench.store.events(&bench.session.opened().conversation);
                let paid: u64 = events.unwrap().iter().map(|(_, e)| e.cost_micros).sum();
                assert_eq!(paid, total.cost_micros);
                // The log alone gives the conversation back.
                let again = bench.store.replay(&bench.session.opened().conversation);
                assert_eq!(again.unwrap().session.head(), bench.driver.session().head());
            }
        }
    }
}

#[test]
fn a_provider_that_is_busy_is_asked_again_after_the_time_that_it_names() {
    let (replies, _) = lines_of("returns_desk");
    let server = Server::script([
        Answer::status(429, r#"{"error":{"message":"slow down"}}"#).header("retry-after", "1"),
        say(&replies[0]).chat(),
    ]);
    let mut bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    let begun = std::time::Instant::now();
    let (notices, waits) = bench.go(&seats, Go::Step);
    assert!(begun.elapsed() >= Duration::from_secs(1), "it did not wait");
    assert_eq!(notices, []);
    assert!(waits.iter().any(|w| w.contains("try 2 of 3")), "{waits:?}");
    assert_eq!(bench.steps().len(), 1);
    let calls = bench.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].outcome, calls[0].status), (Outcome::Failed, 429));
    assert_eq!((calls[1].outcome, calls[1].tried), (Outcome::Ok, 2));
    assert!(calls[0].is_for(&bench.steps()[0]) && calls[1].is_for(&bench.steps()[0]));
}

#[test]
fn a_call_that_fails_for_good_changes_nothing_and_another_model_can_take_it() {
    let broken = Server::always(Answer::status(503, r#"{"error":{"message":"no room"}}"#));
    let (replies, _) = lines_of("returns_desk");
    let first = replies[0].clone();
    let well = Server::by(move |got| say(&first).answer(got));
    let mut setup = setup(&model(&broken.url("/v1")));
    let mut other = model(&well.url("/v1"));
    let mut endpoint = (*other.endpoint).clone();
    endpoint.name = String::from("other");
    other.endpoint = Arc::new(endpoint);
    setup
        .choices
        .insert(other.id(), Player::Model(Box::new(other.clone())));
    let mut bench = Bench::open("returns_desk");
    let seats = bench.seats(setup);
    let (notices, _) = bench.go(&seats, Go::End);
    let [Notice::CallFailed { seat, error }] = notices.as_slice() else {
        panic!("{notices:?}");
    };
    assert_eq!(seat, "user");
    for word in ["503", "no room", "3 tries", "here/small"] {
        assert!(error.contains(word), "{word} is not in: {error}");
    }
    assert_eq!(bench.steps(), []);
    assert_eq!(bench.driver.session().state(), &State::Paused);
    assert_eq!(broken.got().len(), 3);
    seats.switch("user", "other/small", true).unwrap();
    assert_eq!(seats.rows()[0].once.as_deref(), Some("other/small"));
    bench.go(&seats, Go::Step);
    let steps = bench.steps();
    assert_eq!(steps[0].body.by, By::Model(String::from("other/small")));
    // It was for one call alone.
    assert_eq!(seats.rows()[0].once, None);
    assert!(seats.switch("agent", "nowhere/none", false).is_err());
    assert!(seats.switch("waiter", "scripted", false).is_err());
    // The stand-in can take a seat, too.
    seats.switch("agent", "scripted", false).unwrap();
    bench.go(&seats, Go::Step);
    assert_eq!(bench.steps()[1].body.by, By::Scripted);
}

#[test]
fn nobody_at_the_address_is_said_in_words() {
    let mut bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&nobody())));
    let (notices, _) = bench.go(&seats, Go::Step);
    let [Notice::CallFailed { error, .. }] = notices.as_slice() else {
        panic!("{notices:?}");
    };
    assert!(error.contains("nobody answers"), "{error}");
    let calls = bench.calls();
    assert_eq!(calls.len(), 3);
    assert!(
        calls
            .iter()
            .all(|c| c.status == 0 && c.outcome == Outcome::Failed)
    );
}

#[test]
fn a_cut_stream_is_tried_again_and_leaves_no_trace_in_the_step() {
    let (replies, expected) = lines_of("returns_desk");
    let server = Server::script([
        say(&replies[0]).chat().cut_after(3),
        say(&replies[0]).chat(),
    ]);
    let mut bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    let (notices, _) = bench.go(&seats, Go::Step);
    assert_eq!(notices, []);
    assert_eq!(bare(&bench.steps()), bare(&expected[..1]));
    let calls = bench.calls();
    assert_eq!(calls[0].outcome, Outcome::Failed);
    assert!(!calls[0].response.is_empty(), "what came is kept");
}

#[test]
fn the_cap_stops_before_a_call_and_says_so() {
    let (server, _) = good("returns_desk");
    let model = model(&server.url("/v1"));
    let mut setup = setup(&model);
    let price = Price {
        input: 1_000_000,
        cached: None,
        cache_write: None,
        output: 0,
    };
    setup.prices.insert(model.id(), price);
    setup.cap_micros = Some(3_000);
    let mut bench = Bench::open("returns_desk");
    let seats = bench.seats(setup.clone());
    let (notices, _) = bench.go(&seats, Go::End);
    let [Notice::CallFailed { error, .. }] = notices.as_slice() else {
        panic!("{notices:?}");
    };
    assert!(error.contains("its cap is $0.003"), "{error}");
    assert_eq!(server.got().len(), 3);
    assert_eq!(seats.spend().total().cost_micros, 3_000);
    // Opened again, it knows what was spent, and stays where it was.
    let steps = bench.steps();
    let seats = bench.seats(setup);
    assert_eq!(seats.last_call(), CallId(3));
    bench.go(&seats, Go::End);
    assert_eq!(bench.steps(), steps);
    assert_eq!(server.got().len(), 3);
}

#[test]
fn an_endpoint_without_schemas_is_asked_in_words_and_that_is_remembered() {
    let (replies, expected) = lines_of("bank_desk");
    let given = Mutex::new(replies.into_iter());
    let server = Server::by(move |got| {
        if !got.json()["response_format"].is_null() {
            let body = r#"{"error":{"message":"response_format is not supported here"}}"#;
            return Answer::status(400, body);
        }
        match given.lock().unwrap().next() {
            Some(reply) => say(&reply).answer(got),
            None => Answer::status(500, "{}"),
        }
    });
    let mut bench = Bench::open("bank_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    bench.go(&seats, Go::End);
    assert_eq!(bare(&bench.steps()), bare(&expected));
    let refused = bench.calls().iter().filter(|c| c.status == 400).count();
    assert_eq!(refused, 1, "the endpoint is asked that way once");
}

#[test]
fn a_server_that_passes_over_a_schema_is_asked_in_words_from_then_on() {
    let (replies, expected) = lines_of("returns_desk");
    let verdict = replies.last().unwrap().clone();
    let server = Server::by(move |got| {
        let last = replies.len() - 1;
        match replies.get(got.number.min(last)) {
            // Its first word as a judge is prose: it does not know the field.
            _ if got.number == last => {
                assert!(!got.json()["response_format"].is_null());
                Say::text("I would give it eight out of ten.").answer(got)
            }
            _ if got.number > last => {
                assert!(got.json()["response_format"].is_null());
                assert!(got.body.contains("fits this JSON Schema"), "{}", got.body);
                say(&verdict).answer(got)
            }
            Some(reply) => say(reply).answer(got),
            None => Answer::status(500, "{}"),
        }
    });
    let mut bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    bench.go(&seats, Go::End);
    let steps = bench.steps();
    let (Some(made), Some(wanted)) = (steps.last(), expected.last()) else {
        panic!("no steps");
    };
    let (Act::Judged(made), Act::Judged(wanted)) = (&made.body.act, &wanted.body.act) else {
        panic!("not judged: {:?}", made.body.act);
    };
    assert_eq!(made.axes, wanted.axes);
}

#[test]
fn a_schema_that_must_be_enforced_is_not_given_up() {
    let server = Server::by(|got| {
        if got.json()["response_format"].is_null() {
            Say::text("Hello there.").answer(got)
        } else {
            Answer::status(
                400,
                r#"{"error":{"message":"json_schema is not supported"}}"#,
            )
        }
    });
    let mut model = model(&server.url("/v1"));
    let mut endpoint = (*model.endpoint).clone();
    endpoint.structured = Structured::Schema;
    model.endpoint = Arc::new(endpoint);
    let mut bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model));
    bench.go(&seats, Go::Step);
    let (mut failed, before) = (Vec::new(), bench.steps().len());
    headless::command(
        &mut bench.driver,
        &seats,
        Command::Judge,
        Duration::ZERO,
        |seen| {
            if let headless::Seen::Notice(notice) = seen {
                failed.push(notice.clone());
            }
        },
    )
    .unwrap();
    assert!(
        matches!(failed.as_slice(), [Notice::CallFailed { error, .. }] if error.contains("json_schema")),
        "{failed:?}"
    );
    assert_eq!(bench.steps().len(), before);
}

/// A live session, with a bound on every wait.
struct Screen {
    handle: Handle,
    updates: UnboundedReceiver<Update>,
    runtime: tokio::runtime::Runtime,
}

impl Screen {
    fn of(driver: Driver, seats: Seats) -> Self {
        let (handle, updates) = start(driver, seats, Duration::ZERO).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self {
            handle,
            updates,
            runtime,
        }
    }

    /// The first update that is wanted; stops the test after ten seconds.
    fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(Update) -> Option<T>) -> T {
        let (updates, runtime) = (&mut self.updates, &self.runtime);
        let found = runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(10), async {
                while let Some(update) = updates.recv().await {
                    if let Some(found) = wanted(update) {
                        return Some(found);
                    }
                }
                None
            })
            .await
        });
        found
            .unwrap_or_else(|_| panic!("waited for {what}"))
            .unwrap_or_else(|| panic!("the session ended before {what}"))
    }
}

#[test]
fn a_call_in_mid_stream_is_stopped_at_once_and_can_be_asked_again() {
    let (replies, expected) = lines_of("returns_desk");
    let (stalls, good) = (say(&replies[0]).chat().stall_after(3), say(&replies[0]));
    let server = Server::by(move |got| {
        if got.number == 0 {
            stalls.clone()
        } else {
            good.answer(got)
        }
    });
    let bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    let (store, id) = (
        Arc::clone(&bench.store),
        bench.session.opened().conversation.clone(),
    );
    let mut screen = Screen::of(bench.driver, seats);
    screen.handle.send(Command::Go(Go::Step));
    let text = screen.until("some text", |update| match update {
        Update::Partial { text, .. } if !text.is_empty() => Some(text),
        _ => None,
    });
    assert!(replies[0].text.starts_with(&text), "{text}");
    screen.handle.send(Command::Stop);
    screen.until("a pause", |update| match update {
        Update::Session(session) if *session.state() == State::Paused => Some(()),
        _ => None,
    });
    wait_until("the server to see that nobody listens", || {
        server.hung_up() == 1
    });
    wait_until("the stopped call in the store", || {
        store.calls(&id).unwrap().len() == 1
    });
    let stopped = &store.calls(&id).unwrap()[0];
    assert_eq!(stopped.outcome, Outcome::Stopped);
    assert!(!stopped.response.is_empty(), "what came is kept");
    assert_eq!(store.events(&id).unwrap().len(), 1, "no step came of it");
    screen.handle.send(Command::Go(Go::Step));
    let session = screen.until("the step", |update| match update {
        Update::Session(session) if session.head().is_some() => Some(session),
        _ => None,
    });
    let step = session.step(session.head().unwrap()).unwrap().clone();
    assert_eq!(bare(&[step]), bare(&expected[..1]));
    assert!(
        matches!(
            store.events(&id).unwrap().last(),
            Some((Event::Stepped { .. }, _))
        ),
        "it is stored"
    );
}

#[test]
fn what_came_of_a_try_is_taken_back_before_the_wait_for_the_next_is_told() {
    let (replies, _) = lines_of("returns_desk");
    let server = Server::script([
        say(&replies[0])
            .chat()
            .paced(Duration::from_millis(60))
            .cut_after(5),
        say(&replies[0]).chat(),
    ]);
    let bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    let mut screen = Screen::of(bench.driver, seats);
    screen.handle.send(Command::Go(Go::Step));
    let mut told = Vec::new();
    screen.until("the step", |update| {
        match update {
            Update::Partial { text, .. } => {
                told.push(if text.is_empty() { "none" } else { "text" });
            }
            Update::Waiting { .. } => told.push("waits"),
            Update::Session(session) if session.head().is_some() => return Some(()),
            _ => {}
        }
        None
    });
    told.dedup();
    // Once more when the wait is over, so that its words do not stay.
    assert_eq!(told[..4], ["text", "none", "waits", "none"], "{told:?}");
}

#[test]
fn a_seat_is_switched_while_a_session_is_live() {
    let (server, _) = good("returns_desk");
    let bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    let mut screen = Screen::of(bench.driver, seats);
    screen.handle.send(Order::Seat {
        seat: String::from("user"),
        choice: String::from("scripted"),
        once: true,
    });
    let rows = screen.until("the seats", |update| match update {
        Update::Seats(rows) if rows[0].once.is_some() => Some(rows),
        _ => None,
    });
    assert_eq!(rows[0].choices, ["scripted", "here/small"]);
    screen.handle.send(Command::Go(Go::Step));
    let session = screen.until("the step", |update| match update {
        Update::Session(session) if session.head().is_some() => Some(session),
        _ => None,
    });
    let step = session.step(session.head().unwrap()).unwrap();
    assert_eq!(step.body.by, By::Scripted);
    assert_eq!(server.got().len(), 0);
}

/// Sends the request of the first agent step ten times.
fn ten_times(answers: impl Fn(u64) -> Say + Send + Sync + 'static) -> (AgainReport, usize) {
    let (replies, _) = lines_of("returns_desk");
    let opening = replies[0].clone();
    let server = Server::by(move |got| match got.number {
        0 => say(&opening).answer(got),
        n => answers(n as u64).answer(got),
    });
    let bench = Bench::open("returns_desk");
    let seats = bench.seats(setup(&model(&server.url("/v1"))));
    let mut screen = Screen::of(bench.driver, seats);
    screen.handle.send(Command::Go(Go::Step));
    let session = screen.until("the first step", |update| match update {
        Update::Session(session) if session.head().is_some() => Some(session),
        _ => None,
    });
    screen.handle.send(Command::Go(Go::Step));
    let first = session.head();
    let session = screen.until("the second step", |update| match update {
        Update::Session(session) if session.head() != first => Some(session),
        _ => None,
    });
    let step = session.head().unwrap();
    screen.handle.send(Order::Again { step, times: 10 });
    let report = screen.until("ten answers", |update| match update {
        Update::Again(report) if report.answered + report.failed.len() as u32 == 10 => Some(report),
        _ => None,
    });
    let seeds: std::collections::BTreeSet<String> = server
        .got()
        .iter()
        .skip(2)
        .map(|got| got.json()["seed"].to_string())
        .collect();
    // The conversation itself stands where it was.
    assert_eq!(session.head(), Some(step));
    ((*report).clone(), seeds.len())
}

#[test]
fn the_same_request_ten_times_is_grouped_and_each_has_a_seed_of_its_own() {
    let (report, seeds) = ten_times(|n| {
        if n % 5 == 0 {
            Say::text("Your order 999999 was sent on 2031-01-01 for 12345.67 dollars.")
        } else {
            Say::text("Which  order is it about?")
        }
    });
    assert_eq!(seeds, 10);
    assert_eq!((report.seat.as_str(), report.answered), ("agent", 10));
    assert_eq!(report.by, "here/small");
    assert_eq!(report.groups.len(), 2);
    assert_eq!(report.groups[0].times + report.groups[1].times, 10);
    assert_eq!(report.groups[1].times, 2);
    // What is in no world is found by a check, not refused: it is an agent's text.
    assert_eq!((report.refused(), report.found()), (0, 2));
}
