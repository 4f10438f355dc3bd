//! The whole workbench in a test: a session answered by the scripted stand-in
//! at once, keys as a person writes them, frames as text with their roles.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use stategen::config::{Config, Inputs, Project, resolve};
use stategen::driver::{Order, SeatRow};
use stategen::engine::effect::Effect;
use stategen::engine::event::Event;
use stategen::engine::id::ConvId;
use stategen::engine::input::{Command, Input};
use stategen::engine::persona::{PersonaSpec, sample};
use stategen::engine::role::{Reply, Request};
use stategen::engine::scenario::{Files, Scenario, load};
use stategen::engine::session::Session;
use stategen::providers::scripted::{Fault, Scripted};
use stategen::store::{CallRecord, Envelope, Store};
use stategen::surface::Key;
use stategen::tui::job::queue::Ask;
use stategen::tui::job::{Job, Room, perform};
use stategen::tui::model::{Entry, Model};
use stategen::tui::msg::{Cmd, Msg, Open, Partial};
use stategen::tui::theme::Theme;
use stategen::tui::update::update;
use stategen::tui::view::view;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::panic::Location;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Which test holds which frame.
static FRAMES: Mutex<BTreeMap<String, &'static Location<'static>>> = Mutex::new(BTreeMap::new());

/// The workbench, with what a terminal and the driver would do.
pub struct App {
    pub model: Model,
    pub session: Option<Session>,
    scenario: Arc<Scenario>,
    scripted: Option<Scripted>,
    faults: Vec<Fault>,
    /// Calls that were not answered yet, while `hold` is on.
    pub calls: VecDeque<Request>,
    pub hold: bool,
    ticks: i64,
    pub commands: Vec<Cmd>,
    /// What went over the wire.
    pub records: Vec<CallRecord>,
    /// Who plays which seat.
    pub seats: Vec<SeatRow>,
    /// What `$EDITOR` makes of the next text.
    pub editor: Option<Result<String, String>>,
    /// A project of its own, with a store; every event is in it.
    pub room: Room,
    /// The persona that the next conversation is opened with.
    persona: Option<String>,
    _folder: tempfile::TempDir,
}

/// Every file of a sample.
pub fn files(name: &str) -> Files {
    fn walk(dir: &Path, above: &str, out: &mut Files) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let name = format!("{above}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{name}/"), out);
            } else {
                out.insert(name, std::fs::read(entry.path()).unwrap().into());
            }
        }
    }
    let mut out = Files::new();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample_scenarios")
        .join(name);
    walk(&dir, "", &mut out);
    out
}

pub fn scenario(name: &str, files: &Files) -> Arc<Scenario> {
    let loaded = load(name, files);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    loaded
        .scenario
        .unwrap_or_else(|| panic!("{name}:\n{}", problems.join("\n")))
}

impl App {
    /// The first task of a sample.
    pub fn at(name: &str, width: u16, height: u16) -> Self {
        let scenario = scenario(name, &files(name));
        let task = scenario.tasks[0].id.clone();
        Self::of(scenario, &task, 7, Vec::new(), width, height)
    }

    /// Any task, with faults that the stand-in makes on purpose.
    pub fn of(
        scenario: Arc<Scenario>,
        task: &str,
        seed: u64,
        faults: Vec<Fault>,
        width: u16,
        height: u16,
    ) -> Self {
        let mut app = Self::closed(scenario, faults, width, height);
        app.open(task, seed);
        // What opening asks for is no matter of the keys that follow.
        app.commands.clear();
        app
    }

    /// Nothing opened: the list to choose from.
    pub fn closed(scenario: Arc<Scenario>, faults: Vec<Fault>, width: u16, height: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().to_owned();
        let room = Room {
            store: Arc::new(Store::open(&root).expect("a store")),
            project: Project {
                root: root.clone(),
                scratch: false,
            },
            config: Config::load(&Inputs {
                project: Some(root),
                ..Inputs::default()
            })
            .0,
            folder: None,
            person: String::from("tester"),
        };
        let mut model = Model::new(width, height);
        model.picker.entries = scenario
            .tasks
            .iter()
            .map(|task| Entry {
                scenario: scenario.id.clone(),
                title: scenario.title.clone(),
                task: task.id.clone(),
                goal: scenario.bind(&task.id, 7).expect("binds").goal,
                from: String::from("sample"),
            })
            .collect();
        Self {
            model,
            session: None,
            scenario,
            scripted: None,
            faults,
            calls: VecDeque::new(),
            hold: false,
            ticks: 0,
            commands: Vec::new(),
            records: Vec::new(),
            seats: Vec::new(),
            editor: None,
            room,
            persona: None,
            _folder: folder,
        }
    }

    /// Goes on with a stored conversation.
    fn resume(&mut self, open: &Open) {
        let id = open.conversation.as_ref().expect("a name");
        let session = self.room.store.replay(id).expect("it replays").session;
        let opened = session.opened().clone();
        self.scenario = Arc::clone(session.scenario());
        self.scripted = Some(Scripted::new(
            Arc::clone(&self.scenario),
            session.task().clone(),
            opened.persona,
            opened.seed,
            self.faults.clone(),
        ));
        self.session = Some(session.clone());
        let elsewhere = open.branch.clone().filter(|b| *b != session.current().name);
        self.tell(Msg::Opened(Arc::new(session)));
        if let Some(branch) = elsewhere {
            self.input(Input::Command(Command::Switch { branch }));
        }
    }

    fn open(&mut self, task: &str, seed: u64) {
        let def = self.scenario.task(task).expect("a task of the scenario");
        let spec = def
            .persona
            .as_ref()
            .and_then(|name| self.scenario.personas.iter().find(|p| p.id == *name))
            .or(self.scenario.personas.first())
            .cloned()
            .unwrap_or_else(PersonaSpec::default);
        let persona = match self.persona.take() {
            Some(wanted) => self
                .scenario
                .persona_for(task, Some(&wanted), seed)
                .expect("a persona"),
            None => sample(&spec, &[], def.context, def.complexity, seed),
        };
        let names = self.faults.iter().map(|f| f.name().to_owned()).collect();
        let (session, opening) = Session::open(
            ConvId(format!("conversation-{seed}")),
            Arc::clone(&self.scenario),
            task,
            persona.clone(),
            seed,
            names,
        )
        .expect("opens");
        for effect in &opening {
            if let Effect::Append(Event::Opened(opened)) = effect {
                let envelope = Envelope::at(self.clock());
                // Opened twice under one name: the first stays in the store.
                let files = &session.scenario().files;
                let _ = self.room.store.open_conversation(opened, files, &envelope);
            }
        }
        let bound = session.task().clone();
        self.scripted = Some(Scripted::new(
            Arc::clone(&self.scenario),
            bound,
            persona,
            seed,
            self.faults.clone(),
        ));
        self.session = Some(session.clone());
        self.tell(Msg::Opened(Arc::new(session)));
    }

    /// Presses keys, written as in `surface::key`, and lets all calls be
    /// answered unless they are held.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in Key::parse_all(keys).expect("keys") {
            self.tell(Msg::Key(key));
        }
        self
    }

    /// Types a text, letter by letter.
    pub fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let code = stategen::surface::Code::Char(c);
            self.tell(Msg::Key(Key::plain(code)));
        }
        self
    }

    pub fn tell(&mut self, msg: Msg) -> &mut Self {
        let cmds = update(&mut self.model, msg);
        for cmd in cmds {
            // That the store is asked what stands is no matter of keys.
            if !matches!(&cmd, Cmd::Job(Job::Queue(Ask::Standing(_)))) {
                self.commands.push(cmd.clone());
            }
            match cmd {
                Cmd::Send(Order::Command(command)) => self.input(Input::Command(command)),
                Cmd::Send(Order::Seat { seat, choice, once }) => self.seated(&seat, choice, once),
                Cmd::Wire(parent) => {
                    let all = self.records.iter();
                    let found = all.filter(|r| r.parent == parent).cloned().collect();
                    self.tell(Msg::Wire(Ok(Arc::new(found))));
                }
                Cmd::Open(open) if open.conversation.is_some() => self.resume(&open),
                Cmd::Open(open) => {
                    let now = self.session.as_ref().map(|s| s.opened().task.clone());
                    if let Some(other) = open.scenario.filter(|s| *s != self.scenario.id) {
                        let found = resolve(&other, &self.room.project, &self.room.config);
                        self.scenario = scenario(&other, &found.expect("a scenario").files);
                    }
                    self.persona = open.persona;
                    let task = open.task.or(now).expect("a task");
                    self.open(&task, open.seed.unwrap_or(7));
                }
                Cmd::Theme(name) => self.model.theme = name,
                Cmd::External(_) => {
                    if let Some(result) = self.editor.take() {
                        self.tell(Msg::External(result));
                    }
                }
                Cmd::Job(job) => {
                    let done = perform(&self.room, job);
                    self.tell(Msg::Done(done));
                }
                Cmd::Send(Order::Again { .. })
                | Cmd::Copy(_)
                | Cmd::Mouse(_)
                | Cmd::Quit
                | Cmd::Suspend
                | Cmd::Redraw => {}
            }
        }
        self
    }

    /// Another player in a seat, as the driver does it.
    fn seated(&mut self, seat: &str, choice: String, once: bool) {
        let row = self.seats.iter_mut().find(|row| row.seat == seat);
        let row = row.expect("a seat");
        assert!(row.choices.contains(&choice));
        if once {
            row.once = Some(choice);
        } else {
            row.plays = choice;
            row.once = None;
        }
        let rows = self.seats.clone();
        self.tell(Msg::Seats(rows));
    }

    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let session = self.session.as_mut().expect("a session");
            let effects = session.handle(input);
            let now = Arc::new(session.clone());
            let id = now.opened().conversation.clone();
            // As the driver does it: stored first, then shown.
            let mut rests = true;
            for effect in &effects {
                match effect {
                    Effect::Append(event) => {
                        let envelope = Envelope::at(self.clock());
                        let stored = self.room.store.append(&id, &[(event.clone(), envelope)]);
                        stored.expect("the store takes it");
                    }
                    Effect::Call(_) | Effect::Continue => rests = false,
                    Effect::Cancel(_) | Effect::Tell(_) => {}
                }
            }
            if rests {
                let checks = now.checked(now.head());
                let kept = self.room.store.keep_checks(&id, &checks);
                kept.expect("the store takes it");
            }
            self.tell(Msg::Session(now));
            for effect in effects {
                match effect {
                    Effect::Append(_) => {}
                    Effect::Call(request) if self.hold => self.calls.push_back(*request),
                    Effect::Call(request) => {
                        let body = Box::new(self.scripted.as_ref().unwrap().reply(&request));
                        inputs.push_back(Input::Reply {
                            call: request.call,
                            body,
                        });
                    }
                    Effect::Continue => inputs.push_back(Input::Continue),
                    Effect::Cancel(call) => self.calls.retain(|r| r.call != call),
                    Effect::Tell(notice) => {
                        self.tell(Msg::Notice(notice));
                    }
                }
            }
        }
    }

    /// Milliseconds since 1970 that only ever grow, the same in every run.
    fn clock(&mut self) -> i64 {
        self.ticks += 1;
        1_700_000_000_000 + self.ticks * 1000
    }

    /// Answers a held call as given.
    pub fn reply(&mut self, body: Reply) -> &mut Self {
        let request = self.calls.pop_front().expect("a call in flight");
        self.input(Input::Reply {
            call: request.call,
            body: Box::new(body),
        });
        self
    }

    /// Answers a held call as the stand-in does.
    pub fn answer(&mut self) -> &mut Self {
        let body = self.scripted.as_ref().unwrap().reply(&self.calls[0]);
        self.reply(body)
    }

    /// Fails a held call.
    pub fn fail(&mut self, error: &str) -> &mut Self {
        let request = self.calls.pop_front().expect("a call in flight");
        self.input(Input::Failed {
            call: request.call,
            error: error.to_owned(),
        });
        self
    }

    /// The call in flight has said so much.
    pub fn streams(&mut self, text: &str) -> &mut Self {
        self.thinks("", text)
    }

    /// The call in flight has thought and said so much.
    pub fn thinks(&mut self, reasoning: &str, text: &str) -> &mut Self {
        let request = self.calls.front().expect("a call in flight");
        let partial = Partial {
            reasoning: reasoning.to_owned(),
            call: request.call,
            role: request.role,
            agent: request.agent.clone(),
            text: text.to_owned(),
        };
        self.tell(Msg::Partial(partial))
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.tell(Msg::Resize(width, height))
    }

    /// The frame as cells.
    pub fn buffer(&self) -> Buffer {
        let area = Rect::new(0, 0, self.model.size.0, self.model.size.1);
        let mut buf = Buffer::empty(area);
        view(&self.model, &Theme::probe(), area, &mut buf);
        buf
    }

    /// The frame as text.
    pub fn text(&self) -> String {
        rows(&self.buffer()).join("\n")
    }

    pub fn sees(&mut self, wanted: &str) -> &mut Self {
        let text = self.text();
        assert!(
            text.contains(wanted),
            "`{wanted}` is not on the screen:\n{text}"
        );
        self
    }

    pub fn lacks(&mut self, unwanted: &str) -> &mut Self {
        let text = self.text();
        assert!(
            !text.contains(unwanted),
            "`{unwanted}` is on the screen:\n{text}"
        );
        self
    }

    /// Holds the frame, text and roles, against the stored one. The name ends
    /// in the size.
    #[track_caller]
    pub fn frame(&mut self, name: &str) -> &mut Self {
        let name = format!("{name}__{}x{}", self.model.size.0, self.model.size.1);
        // Two tests that share a name would overwrite each other's frame.
        let here = std::panic::Location::caller();
        let mut taken = FRAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *taken.entry(name.clone()).or_insert(here);
        assert_eq!(first.file(), here.file(), "two tests have a frame `{name}`");
        drop(taken);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let shown = probe(&self.buffer());
        settings.bind(|| insta::assert_snapshot!(name, shown));
        self
    }
}

/// The symbols of each row.
pub fn rows(buf: &Buffer) -> Vec<String> {
    let width = usize::from(buf.area.width).max(1);
    buf.content
        .chunks(width)
        .map(|row| {
            let mut out = String::new();
            let mut skip = 0;
            for cell in row {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                out.push_str(cell.symbol());
                skip = stategen::surface::text::width(cell.symbol()).saturating_sub(1);
            }
            out.trim_end().to_owned()
        })
        .collect()
}

/// The text, then for each row the roles of its runs.
pub fn probe(buf: &Buffer) -> String {
    let mut out = rows(buf).join("\n");
    out.push_str("\n\n");
    let width = usize::from(buf.area.width).max(1);
    for (y, row) in buf.content.chunks(width).enumerate() {
        let mut runs: Vec<(usize, usize, String)> = Vec::new();
        for (x, cell) in row.iter().enumerate() {
            let role = Theme::probed(cell.style());
            // A blank cell looks the same in every role but a background's.
            if cell.symbol().trim().is_empty()
                && !role.contains("selection")
                && role != "editor.cursor"
            {
                continue;
            }
            match runs.last_mut() {
                Some((_, to, last)) if *last == role && x - *to <= 3 => *to = x,
                _ => runs.push((x, x, role)),
            }
        }
        let runs: Vec<String> = runs
            .iter()
            .map(|(from, to, role)| format!("{from}-{to} {role}"))
            .collect();
        let _ = writeln!(out, "{y:3}| {}", runs.join(", "));
    }
    out
}
