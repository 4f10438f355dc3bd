//! From a key to a frame, with a long conversation over a big world; and the
//! program as a whole: start to first frame in a full store, idle, memory.
//! `STATEGEN_BENCH_QUICK=1` makes a smoke run of a short one.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark measures time and may stop at the first surprise"
)]

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::{TerminalOptions, Viewport, layout::Rect};
use stategen::engine::effect::Effect;
use stategen::engine::event::Event;
use stategen::engine::id::ConvId;
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::persona::{PersonaSpec, sample};
use stategen::engine::role::{RawCall, Reply, Request, Role};
use stategen::engine::scenario::{Files, Scenario, load};
use stategen::engine::session::Session;
use stategen::store::{Envelope, Store};
use stategen::surface::Key;
use stategen::tui::model::Model;
use stategen::tui::msg::Msg;
use stategen::tui::theme::Theme;
use stategen::tui::update::update;
use stategen::tui::view::view;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A world of about three megabytes: orders that a tool can change.
fn files(bytes: usize) -> Files {
    let mut orders = String::from("{\"orders\": {");
    let mut i = 0;
    while orders.len() < bytes {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(
            orders,
            "{comma}\"W{i:06}\": {{\"status\": \"open\", \"total\": {i}.5, \"note\": \"to be called before it is sent\", \
             \"items\": [{{\"sku\": \"S{}\", \"qty\": 2}}, {{\"sku\": \"S{}\", \"qty\": 1}}]}}",
            i * 7 % 991,
            i * 3 % 991
        );
        i += 1;
    }
    orders.push_str("}}");
    let rules = "## Look an order up.\n\
        tool get_order(order_id: string):\n    \
            let order = orders[order_id] else 404 \"Order {order_id} not found\"\n    \
            return order\n\n\
        ## Change the note of an order.\n\
        tool set_note(order_id: string, note: string):\n    \
            let order = orders[order_id] else 404 \"Order {order_id} not found\"\n    \
            set order.note = note\n    \
            return order\n";
    let scenario = "title: Long desk\nstop: {max_turns: 1000, goodbyes: 9}\nlimits: {agent_steps: 9}\njudge: never\n";
    let tasks = "notes:\n  goal: Have the notes of the orders changed.\n  path:\n    - set_note: {order_id: \"W000001\", note: \"x\"}\n  assertions:\n    - orders[\"W000001\"].note == \"x\"\n";
    [
        ("scenario.yaml", scenario.to_owned()),
        ("world.json", orders),
        ("desk.rules", rules.to_owned()),
        ("tasks.yaml", tasks.to_owned()),
        ("policy.md", "Help with orders.\n".to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), Arc::from(text.into_bytes())))
    .into()
}

fn scenario(bytes: usize) -> Arc<Scenario> {
    let loaded = load("long_desk", &files(bytes));
    let told: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    loaded
        .scenario
        .unwrap_or_else(|| panic!("{}", told.join("\n")))
}

/// What a role answers: users ask, agents look up or change and then say so.
fn answer(request: &Request) -> Reply {
    let order = format!("W{:06}", request.step / 5 % 4000);
    let text = match request.role {
        Role::User => format!(
            "Hello, I am calling about my order {order}. The note on it is not what I asked for, \
             and I would like it changed to \"ring twice\" before it is sent, if that can be done."
        ),
        _ if request.messages.last().is_some_and(|m| m.call_id.is_some())
            && request.step.is_multiple_of(2) =>
        {
            format!(
                "I have looked at order {order}. Its note has been changed as you asked. \
                 Is there anything else that I can do for you today?"
            )
        }
        _ => {
            return Reply {
                calls: vec![RawCall {
                    id: String::new(),
                    name: String::from("set_note"),
                    arguments: format!(
                        "{{\"order_id\": \"{order}\", \"note\": \"ring twice {}\"}}",
                        request.step
                    ),
                }],
                ..Reply::default()
            };
        }
    };
    Reply {
        text,
        ..Reply::default()
    }
}

/// A conversation of so many steps, and its log.
fn long(steps: u32, bytes: usize) -> (Session, Vec<Event>) {
    let scenario = scenario(bytes);
    let persona = sample(&PersonaSpec::default(), &[], None, None, 1);
    let id = ConvId(String::from("long"));
    let (mut session, opening) =
        Session::open(id, scenario, "notes", persona, 1, Vec::new()).unwrap();
    let mut log = Vec::new();
    let mut inputs = vec![Input::Command(Command::Go(Go::End))];
    let keep = |effects: &[Effect], log: &mut Vec<Event>| {
        log.extend(effects.iter().filter_map(|e| match e {
            Effect::Append(event) => Some(event.clone()),
            _ => None,
        }));
    };
    keep(&opening, &mut log);
    while let Some(input) = inputs.pop() {
        let effects = session.handle(input);
        keep(&effects, &mut log);
        let number = session.place(session.head()).number();
        if number >= steps {
            let rest = session.handle(Input::Command(Command::Stop));
            keep(&rest, &mut log);
            break;
        }
        for effect in effects {
            match effect {
                Effect::Call(request) => inputs.push(Input::Reply {
                    call: request.call,
                    body: Box::new(answer(&request)),
                }),
                Effect::Continue => inputs.push(Input::Continue),
                _ => {}
            }
        }
    }
    (session, log)
}

/// A terminal that forgets what it is told, and how much that was.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<usize>>);

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        *self.0.lock().unwrap() += bytes.len();
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keys that a person presses on the Run screen, each of which changes it.
const KEYS: &str = "h h h l l k k j j <c-u> <c-u> <c-d> o o h h l R R v v v H L tab tab tab g w j j \
                    g c z z g t g g l l l h G ? esc g p g j g c";

fn frames(session: &Session, width: u16, height: u16, rounds: usize) {
    let mut model = Model::new(width, height);
    update(&mut model, Msg::Opened(Arc::new(session.clone())));
    let sink = Sink::default();
    let area = Rect::new(0, 0, width, height);
    let mut terminal = Terminal::with_options(
        CrosstermBackend::new(sink.clone()),
        TerminalOptions {
            viewport: Viewport::Fixed(area),
        },
    )
    .unwrap();
    let theme = Theme::built_in("ansi").unwrap().0;
    let keys = Key::parse_all(KEYS).unwrap();
    let mut took: Vec<(Duration, Key)> = Vec::new();
    for _ in 0..rounds {
        for key in &keys {
            let began = Instant::now();
            update(&mut model, Msg::Key(*key));
            terminal
                .draw(|frame| view(&model, &theme, area, frame.buffer_mut()))
                .unwrap();
            took.push((began.elapsed(), *key));
        }
    }
    // A reply that streams: the whole text so far, thirty times a second.
    let mut streamed = Vec::new();
    let mut live = session.clone();
    for effect in live.handle(Input::Command(Command::Go(Go::Step))) {
        if let Effect::Call(request) = effect {
            update(&mut model, Msg::Session(Arc::new(live.clone())));
            let mut text = String::new();
            for word in 0..rounds * 20 {
                let _ = write!(text, "word{word} ");
                let began = Instant::now();
                let partial = stategen::tui::msg::Partial {
                    call: request.call,
                    role: request.role,
                    agent: request.agent.clone(),
                    text: text.clone(),
                    reasoning: String::new(),
                };
                update(&mut model, Msg::Partial(partial));
                terminal
                    .draw(|frame| view(&model, &theme, area, frame.buffer_mut()))
                    .unwrap();
                streamed.push(began.elapsed());
            }
            break;
        }
    }
    if std::env::var_os("STATEGEN_BENCH_KEYS").is_some() {
        // The slowest keys, each with its median.
        let mut by_key: std::collections::BTreeMap<Key, Vec<f64>> =
            std::collections::BTreeMap::new();
        for (time, key) in &took {
            by_key
                .entry(*key)
                .or_default()
                .push(time.as_secs_f64() * 1e3);
        }
        for (key, times) in &mut by_key {
            times.sort_by(f64::total_cmp);
            println!(
                "  {key:<8} median {:.2} ms, slowest {:.2} ms",
                times[times.len() / 2],
                times[times.len() - 1]
            );
        }
    }
    took.sort();
    streamed.sort();
    let at = |all: &[Duration], share: f64| {
        let i = (all.len() as f64 * share) as usize;
        all[i.min(all.len() - 1)].as_secs_f64() * 1e3
    };
    let keyed: Vec<Duration> = took.iter().map(|(t, _)| *t).collect();
    let (slowest, key) = took.last().unwrap();
    println!(
        "{width:>3}x{height:<3} key to frame: median {:.2} ms, 99th of 100 {:.2} ms, slowest {:.2} ms ({key}); \
         streaming: median {:.2} ms, 99th {:.2} ms; {} bytes a frame",
        at(&keyed, 0.5),
        at(&keyed, 0.99),
        slowest.as_secs_f64() * 1e3,
        at(&streamed, 0.5),
        at(&streamed, 0.99),
        *sink.0.lock().unwrap() / (took.len() + streamed.len())
    );
}

/// A project with so many conversations in its store, the long one the newest.
fn project(many: u32, log: &[Event], files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("stategen.toml"), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (small, short) = {
        let scenario = scenario(2_000);
        let files = scenario.files.clone();
        let (_, log) = long(4, 2_000);
        (files, log)
    };
    for i in 0..many {
        let name = ConvId(format!("01{i:010}"));
        let log: Vec<(Event, Envelope)> = named(&short, &name)
            .into_iter()
            .map(|e| (e, Envelope::at(1_700_000_000_000 + i64::from(i))))
            .collect();
        store.import(&small, &log).unwrap();
    }
    let last = named(log, &ConvId(String::from("0199999999990")));
    let last: Vec<(Event, Envelope)> = last
        .into_iter()
        .map(|e| (e, Envelope::at(1_800_000_000_000)))
        .collect();
    store.import(files, &last).unwrap();
    folder
}

fn named(log: &[Event], name: &ConvId) -> Vec<Event> {
    log.iter()
        .map(|event| match event {
            Event::Opened(opened) => {
                let mut opened = opened.clone();
                opened.conversation = name.clone();
                Event::Opened(opened)
            }
            other => other.clone(),
        })
        .collect()
}

/// Starts the program in a terminal, waits for a text, and says how long that
/// took, how often its threads woke in two idle seconds, and its memory.
fn program(folder: &std::path::Path, args: &[&str], wanted: &str, idle: Duration) {
    let pty = native_pty_system()
        .openpty(PtySize {
            rows: 40,
            cols: 120,
            ..PtySize::default()
        })
        .unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_stategen"));
    command.args(args);
    command.cwd(folder);
    command.env("TERM", "xterm-256color");
    command.env("HOME", folder);
    command.env("XDG_CONFIG_HOME", folder);
    command.env("XDG_DATA_HOME", folder);
    let began = Instant::now();
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut out = pty.master.try_clone_reader().unwrap();
    let (send, seen) = std::sync::mpsc::channel();
    let wanted_too = wanted.to_owned();
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        let mut some = vec![0; 65536];
        let mut told = false;
        while let Ok(n) = out.read(&mut some) {
            if n == 0 {
                break;
            }
            all.extend_from_slice(&some[..n]);
            if !told && String::from_utf8_lossy(&all).contains(&wanted_too) {
                told = true;
                let _ = send.send(Instant::now());
            }
        }
    });
    let shown = seen
        .recv_timeout(Duration::from_secs(120))
        .unwrap_or_else(|_| panic!("`{wanted}` was never shown"));
    let pid = child.process_id().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let before = wakes(pid);
    std::thread::sleep(idle);
    let woke = wakes(pid).zip(before).map(|(a, b)| a - b);
    println!(
        "start to first frame, `stategen {}`: {:.0} ms; idle for {:.0} s: {} wake-ups; memory {}",
        args.join(" "),
        shown.duration_since(began).as_secs_f64() * 1e3,
        idle.as_secs_f64(),
        woke.map_or_else(|| String::from("?"), |n| n.to_string()),
        status(pid, "VmRSS:").map_or_else(|| String::from("?"), |kb| format!("{} MB", kb / 1024)),
    );
    let mut keys = pty.master.take_writer().unwrap();
    let _ = keys.write_all(b"q");
    let _ = child.wait();
    drop(keys);
    drop(pty.master);
    let _ = reader.join();
}

/// A number of a process, where the system has /proc.
fn status(pid: u32, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|l| l.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// How often all threads of a process gave up the processor and came back.
fn wakes(pid: u32) -> Option<u64> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let mut all = 0;
    for task in tasks.flatten() {
        let text = std::fs::read_to_string(task.path().join("status")).ok()?;
        let line = text
            .lines()
            .find(|l| l.starts_with("voluntary_ctxt_switches"))?;
        all += line.split_whitespace().nth(1)?.parse::<u64>().ok()?;
    }
    Some(all)
}

fn main() {
    let quick = std::env::var_os("STATEGEN_BENCH_QUICK").is_some();
    let (steps, bytes, rounds, many) = if quick {
        (60, 100_000, 1, 50)
    } else {
        (2_000, 3_000_000, 20, 65_000)
    };
    let began = Instant::now();
    let (session, log) = long(steps, bytes);
    println!(
        "a conversation of {steps} steps over a world of {} KB, made in {:.1} s",
        session.place(session.head()).world.to_string().len() / 1000,
        began.elapsed().as_secs_f64()
    );
    for (width, height) in [(120, 40), (200, 60)] {
        frames(&session, width, height, rounds);
    }
    let folder = project(many, &log, &session.scenario().files);
    println!("a store of {} conversations", many + 1);
    let idle = Duration::from_secs(if quick { 1 } else { 5 });
    program(folder.path(), &["open", "returns_desk"], "gc ", idle);
    program(folder.path(), &["open", "last"], "gc ", idle);
    program(folder.path(), &[], "StateGen", idle);
}
