//! What a model over HTTP costs beside the model's own time: whole conversations
//! against a server on this machine that answers at once, in pieces, beside the
//! same conversations played by the stand-in. `STATEGEN_BENCH_QUICK=1` makes a
//! smoke run.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark measures time and may stop at the first surprise"
)]

use serde_json::{Value, json};
use stategen::driver::setup::{Player, SEATS};
use stategen::driver::{Driver, Seats, Setup, headless};
use stategen::engine::effect::Effect;
use stategen::engine::id::ConvId;
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::persona;
use stategen::engine::role::{Finish, Reply};
use stategen::engine::scenario::{Files, Scenario, load};
use stategen::engine::session::Session;
use stategen::providers::{Dialect, Endpoint, Model, Sampling};
use stategen::store::Store;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A model of a person's patience: what a step's overhead is held against.
const A_SECOND: f64 = 1.0;

/// Answers the requests of one conversation, in order, each at once.
struct Server {
    url: String,
    replies: Arc<Mutex<VecDeque<Vec<String>>>>,
    /// From the last byte of each request to the last byte of its answer.
    busy: Arc<Mutex<Duration>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let replies = Arc::new(Mutex::new(VecDeque::new()));
        let busy = Arc::new(Mutex::new(Duration::ZERO));
        let (ours, counted) = (Arc::clone(&replies), Arc::clone(&busy));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (ours, counted) = (Arc::clone(&ours), Arc::clone(&counted));
                thread::spawn(move || serve(&stream, &ours, &counted));
            }
        });
        Self { url, replies, busy }
    }
}

/// One connection, for as long as it is kept open.
fn serve(
    stream: &TcpStream,
    replies: &Mutex<VecDeque<Vec<String>>>,
    busy: &Mutex<Duration>,
) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim().to_ascii_lowercase();
            if let Some(n) = line.strip_prefix("content-length:") {
                length = n.trim().parse().ok()?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let began = Instant::now();
        let pieces = replies.lock().unwrap().pop_front()?;
        let length: usize = pieces.iter().map(String::len).sum();
        write!(
            writer,
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {length}\r\n\r\n"
        )
        .ok()?;
        for piece in pieces {
            writer.write_all(piece.as_bytes()).ok()?;
        }
        *busy.lock().unwrap() += began.elapsed();
    }
}

/// A reply as a stream of chat completions: a word a piece, arguments in pieces.
fn stream(reply: &Reply) -> Vec<String> {
    let choice = |delta: Value, finish: Value| {
        json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "quick",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
    };
    let mut out = vec![choice(
        json!({"role": "assistant", "content": null}),
        Value::Null,
    )];
    if !reply.reasoning.is_empty() {
        let delta = json!({"reasoning_content": reply.reasoning});
        out.push(choice(delta, Value::Null));
    }
    for word in reply.text.split_inclusive(' ') {
        out.push(choice(json!({"content": word}), Value::Null));
    }
    for (index, call) in reply.calls.iter().enumerate() {
        let head = json!({"index": index, "id": call.id, "type": "function",
            "function": {"name": call.name, "arguments": ""}});
        out.push(choice(json!({"tool_calls": [head]}), Value::Null));
        for piece in call.arguments.split_inclusive(',') {
            let more = json!({"index": index, "function": {"arguments": piece}});
            out.push(choice(json!({"tool_calls": [more]}), Value::Null));
        }
    }
    let finish = if reply.finish == Finish::ToolCalls || !reply.calls.is_empty() {
        "tool_calls"
    } else {
        "stop"
    };
    out.push(choice(json!({}), json!(finish)));
    out.push(json!({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 50}}));
    let mut lines: Vec<String> = out.iter().map(|c| format!("data: {c}\n\n")).collect();
    lines.push("data: [DONE]\n\n".to_owned());
    lines
}

fn files(folder: &Path, root: &Path, out: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, root, out);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy();
            out.insert(name.into_owned(), Arc::from(std::fs::read(&path).unwrap()));
        }
    }
}

fn sample(name: &str) -> Arc<Scenario> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample_scenarios");
    let folder = folder.join(name);
    let mut all = Files::new();
    files(&folder, &folder, &mut all);
    load(name, &all)
        .scenario
        .unwrap_or_else(|| panic!("{name} does not load"))
}

fn open(scenario: &Arc<Scenario>, seed: u64) -> (Session, Vec<Effect>) {
    let task = &scenario.tasks[usize::try_from(seed).unwrap() % scenario.tasks.len()];
    let spec = persona::PersonaSpec::default();
    let who = persona::sample(&spec, &[], task.context, task.complexity, seed);
    let id = ConvId(format!("bench-{seed}"));
    Session::open(id, Arc::clone(scenario), &task.id, who, seed, Vec::new()).unwrap()
}

/// Plays a conversation by hand, for the replies of the stand-in.
fn replies(scenario: &Arc<Scenario>, seed: u64) -> VecDeque<Reply> {
    let (session, opening) = open(scenario, seed);
    let seats = Seats::scripted(&session);
    let mut driver = Driver::open(session, &opening, None).unwrap();
    let mut out = VecDeque::new();
    let mut todo = driver.take(Input::Command(Command::Go(Go::End))).unwrap();
    loop {
        todo = if let Some(request) = todo.calls.first() {
            let reply = seats.stand_in(request);
            out.push_back(reply.clone());
            let call = request.call;
            let body = Box::new(reply);
            driver.take(Input::Reply { call, body }).unwrap()
        } else if todo.on {
            driver.take(Input::Continue).unwrap()
        } else {
            return out;
        }
    }
}

/// How long a conversation takes, and how many steps it has.
fn play(
    scenario: &Arc<Scenario>,
    seed: u64,
    setup: Setup,
    store: Option<Arc<Store>>,
) -> (Duration, usize) {
    let (session, opening) = open(scenario, seed);
    let seats = Seats::new(&session, setup, store.clone());
    let mut driver = Driver::open(session, &opening, store).unwrap();
    let began = Instant::now();
    headless::run(&mut driver, &seats, Go::End, Duration::ZERO, |seen| {
        if let headless::Seen::Log(line) = seen {
            std::hint::black_box(line);
        }
    })
    .unwrap();
    let took = began.elapsed();
    let session = driver.session();
    let steps = session.path(session.head()).len();
    (took, steps)
}

/// A row of the table.
struct Row {
    name: &'static str,
    took: Duration,
    server: Duration,
    steps: usize,
    calls: usize,
}

impl Row {
    fn print(&self, against: f64) {
        let ours = (self.took.saturating_sub(self.server)).as_secs_f64();
        let step = ours / self.steps as f64;
        let call = ours / self.calls as f64;
        println!(
            "{:<26} {:>6} {:>6} {:>9.0} {:>12.0} {:>12.0} {:>11.2} {:>9.1}",
            self.name,
            self.steps,
            self.calls,
            self.steps as f64 / self.took.as_secs_f64(),
            step * 1e6,
            self.server.as_secs_f64() / self.calls as f64 * 1e6,
            call / A_SECOND * 100.0,
            step / against,
        );
    }
}

fn main() {
    let quick = std::env::var_os("STATEGEN_BENCH_QUICK").is_some();
    let rounds = if quick { 2 } else { 60 };
    let scenario = sample("returns_desk");
    let server = Server::start();
    let endpoint = Arc::new(Endpoint::new("local", Dialect::Chat, &server.url));
    let mut models = Setup::default();
    for seat in SEATS {
        let model = Model {
            endpoint: Arc::clone(&endpoint),
            name: "quick".to_owned(),
            sampling: Sampling::default(),
        };
        models
            .seats
            .insert(seat.to_owned(), Player::Model(Box::new(model)));
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(folder.path()).unwrap());

    let row = |name| Row {
        name,
        took: Duration::ZERO,
        server: Duration::ZERO,
        steps: 0,
        calls: 0,
    };
    let mut rows = [
        row("scripted, nothing kept"),
        row("over HTTP, nothing kept"),
        row("over HTTP, every byte kept"),
    ];
    for seed in 0..rounds {
        let said = replies(&scenario, seed);
        for (at, row) in rows.iter_mut().enumerate() {
            let (setup, store) = match at {
                0 => (Setup::default(), None),
                1 => (models.clone(), None),
                _ => (models.clone(), Some(Arc::clone(&store))),
            };
            *server.replies.lock().unwrap() = said.iter().map(stream).collect();
            *server.busy.lock().unwrap() = Duration::ZERO;
            let (took, steps) = play(&scenario, seed, setup, store);
            row.took += took;
            row.server += *server.busy.lock().unwrap();
            row.steps += steps;
            row.calls += said.len();
            let left = server.replies.lock().unwrap().len();
            assert!(at == 0 || left == 0, "{left} replies were not asked for");
        }
        assert_eq!(
            rows[0].steps, rows[1].steps,
            "the same replies make the same steps"
        );
    }
    println!(
        "{:<26} {:>6} {:>6} {:>9} {:>12} {:>12} {:>11} {:>9}",
        "returns_desk",
        "steps",
        "calls",
        "steps/s",
        "ours µs/step",
        "server/call",
        "% of 1 s",
        "scripted"
    );
    let base = rows[0].took.as_secs_f64() / rows[0].steps as f64;
    for row in &rows {
        row.print(base);
    }
    println!(
        "`% of 1 s`: our time of a call beside a model that takes a second; `scripted`: \
         our time of a step in scripted steps"
    );
}
