//! What tests share: samples from the repository, sessions driven by hand.

use stategen::driver::Seats;
use stategen::driver::seats::At;
use stategen::engine::effect::{Effect, Notice};
use stategen::engine::event::Event;
use stategen::engine::id::{ConvId, Sha};
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::persona;
use stategen::engine::role::Request;
use stategen::engine::scenario::{Files, Scenario, load};
use stategen::engine::session::Session;
use stategen::engine::step::Act;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The three samples.
pub const SAMPLES: [&str; 3] = ["returns_desk", "travel_desk", "bank_desk"];

/// A folder of the repository, read as a scenario's files.
pub fn files(folder: &Path) -> Files {
    fn walk(root: &Path, dir: &Path, out: &mut Files) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                out.insert(name, Arc::from(std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut out = Files::new();
    walk(folder, folder, &mut out);
    out
}

/// A sample scenario by name; stops with its problems where it has any error.
pub fn sample(name: &str) -> Arc<Scenario> {
    static CACHE: std::sync::Mutex<Vec<(String, Arc<Scenario>)>> =
        std::sync::Mutex::new(Vec::new());
    let mut cache = CACHE.lock().unwrap();
    if let Some((_, found)) = cache.iter().find(|(n, _)| n == name) {
        return Arc::clone(found);
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("sample_scenarios")
        .join(name);
    let loaded = load(name, &files(&folder));
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{name}:\n{}", problems.join("\n")));
    cache.push((name.to_owned(), Arc::clone(&scenario)));
    scenario
}

/// A session driven without store or clock: every event is kept, every call is
/// answered by the scripted provider when the script says so.
pub struct Desk {
    pub session: Session,
    pub log: Vec<Event>,
    pub seats: Seats,
    pub waiting: Option<Request>,
    pub stale: Vec<Request>,
    pub notices: Vec<Notice>,
    pub on: bool,
    /// Contents of all versions, by name.
    pub blobs: HashMap<Sha, Arc<[u8]>>,
}

impl Desk {
    /// A conversation of a sample's task (by place), not yet begun.
    pub fn open(name: &str, task: usize, seed: u64, faults: &[&str]) -> Self {
        Self::of(sample(name), task, seed, faults)
    }

    /// The same of any scenario.
    pub fn of(scenario: Arc<Scenario>, task: usize, seed: u64, faults: &[&str]) -> Self {
        let task = &scenario.tasks[task % scenario.tasks.len()];
        let spec = persona::PersonaSpec::default();
        let persona = persona::sample(&spec, &[], task.context, task.complexity, seed);
        let faults = faults.iter().map(|f| (*f).to_owned()).collect();
        let id = ConvId(String::from("test"));
        let task = task.id.clone();
        let (session, effects) =
            Session::open(id, scenario, &task, persona, seed, faults).expect("the task binds");
        let seats = Seats::scripted(&session);
        let blobs = session.scenario().files.values();
        let blobs = blobs.map(|b| (Sha::of(b), Arc::clone(b))).collect();
        let mut desk = Self {
            blobs,
            session,
            log: Vec::new(),
            seats,
            waiting: None,
            stale: Vec::new(),
            notices: Vec::new(),
            on: false,
        };
        desk.take(effects);
        desk
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Append(event) => {
                    if let Event::Stepped { step, .. } = &event
                        && let Act::Edited(edited) = &step.body.act
                    {
                        let files = &self.session.scenario_at(Some(step.id)).files;
                        for (name, sha) in &edited.files {
                            self.blobs.insert(*sha, Arc::clone(&files[name]));
                        }
                    }
                    self.log.push(event);
                }
                Effect::Call(request) => {
                    if let Some(old) = self.waiting.replace(*request) {
                        self.stale.push(old);
                    }
                }
                Effect::Cancel(call) => {
                    if self.waiting.as_ref().is_some_and(|r| r.call == call) {
                        self.stale.extend(self.waiting.take());
                    }
                }
                Effect::Continue => self.on = true,
                Effect::Tell(notice) => self.notices.push(notice),
            }
        }
    }

    /// One input.
    pub fn give(&mut self, input: Input) {
        self.on = false;
        let effects = self.session.handle(input);
        self.take(effects);
    }

    /// One command.
    pub fn command(&mut self, command: Command) {
        self.give(Input::Command(command));
    }

    /// Answers what is waited for, or continues; false where nothing is due.
    pub fn answer(&mut self) -> bool {
        if let Some(request) = self.waiting.take() {
            let at = At::after(&self.session, self.session.head());
            let body = Box::new(self.seats.stand_in_at(&request, &at));
            self.stale.push(request.clone());
            self.give(Input::Reply {
                call: request.call,
                body,
            });
            true
        } else if self.on {
            self.give(Input::Continue);
            true
        } else {
            false
        }
    }

    /// A command, and everything that follows from it.
    pub fn run(&mut self, command: Command) {
        self.command(command);
        let mut bound = 0;
        while self.answer() {
            bound += 1;
            assert!(bound < 5000, "the conversation does not end");
        }
    }

    /// To the end.
    pub fn finish(&mut self) {
        self.run(Command::Go(Go::End));
    }

    /// The files as blobs.
    pub fn blob(&self) -> impl Fn(Sha) -> Option<Arc<[u8]>> + '_ {
        |sha| self.blobs.get(&sha).cloned()
    }
}
