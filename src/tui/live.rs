//! Conversations at work: opens them through the driver, hands commands on,
//! and turns what the driver tells into messages.

use super::event::Backend;
use super::job::watch::{OnDisk, Watch};
use super::job::{Done, Job, Room, perform};
use super::msg::{Msg, Open, Partial};
use super::start::Options;
use crate::config::{Found, Origin, resolve};
use crate::driver::{Driver, Handle, Order, Seats, Update, clock, start};
use crate::engine::effect::Effect;
use crate::engine::id::{ConvId, StepId};
use crate::engine::input::Command;
use crate::engine::scenario::Scenario;
use crate::engine::session::Session;
use crate::store::{CallRecord, Store, new_id, os_random};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long leaving waits for the last commit.
const CLOSING: Duration = Duration::from_secs(5);

/// The conversation that is open, if any.
pub struct Live {
    options: Options,
    store: Option<Arc<Store>>,
    open: Option<Running>,
    done: UnboundedSender<Word>,
    jobs: UnboundedReceiver<Word>,
    stirred: UnboundedSender<OnDisk>,
    disk: UnboundedReceiver<OnDisk>,
}

/// What a thread of its own has to say.
enum Word {
    /// A job came to its end.
    Done(Done),
    /// A stored conversation was read.
    Read(Box<Session>, Option<String>),
    /// Something else happened.
    Msg(Msg),
}

struct Running {
    handle: Handle,
    updates: UnboundedReceiver<Update>,
    scenario: Arc<Scenario>,
    task: String,
    conversation: ConvId,
    /// The scenario's folder, where it has one, and who watches it.
    folder: Option<PathBuf>,
    _watch: Option<Watch>,
}

impl Live {
    /// Nothing open yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let (done, jobs) = unbounded_channel();
        let (stirred, disk) = unbounded_channel();
        Self {
            options,
            store: None,
            open: None,
            done,
            jobs,
            stirred,
            disk,
        }
    }

    fn begin(&mut self, open: &Open) -> anyhow::Result<Arc<Session>> {
        if let Some(id) = &open.conversation {
            let session = self.store()?.replay(id)?.session;
            return self.go_on(session, open.branch.as_ref());
        }
        let folder = match (&open.scenario, &self.open) {
            (Some(wanted), _) => self.folder(wanted),
            (None, Some(running)) => running.folder.clone(),
            (None, None) => None,
        };
        let (scenario, before) = match (&open.scenario, &self.open) {
            (Some(wanted), _) => (self.options.scenario(wanted)?, None),
            (None, Some(running)) => (Arc::clone(&running.scenario), Some(running.task.clone())),
            (None, None) => anyhow::bail!("no scenario is open"),
        };
        let first = scenario.tasks.first().map(|t| t.id.clone());
        let Some(task) = open.task.clone().or(before).or(first) else {
            anyhow::bail!("the scenario has no task");
        };
        let seed = open
            .seed
            .or(self.options.seed)
            .unwrap_or(self.options.config.seed.value);
        let wanted = open.persona.as_deref();
        let wanted = wanted.or(self.options.persona.as_deref());
        let persona = scenario
            .persona_for(&task, wanted, seed)
            .map_err(anyhow::Error::msg)?;
        let store = self.store()?;
        let name = new_id(clock::now_ms(), os_random());
        let faults = self.options.faults.clone();
        let (session, opening) = Session::open(name, scenario, &task, persona, seed, faults)
            .map_err(anyhow::Error::msg)?;
        self.drive(session, &opening, store, task, folder)
    }

    /// Goes on with a stored conversation where its log ends, or where another
    /// branch of it does.
    fn go_on(&mut self, session: Session, branch: Option<&String>) -> anyhow::Result<Arc<Session>> {
        let task = session.opened().task.clone();
        let folder = self.folder(&session.opened().scenario);
        let store = self.store()?;
        let session = self.drive(session, &[], store, task, folder)?;
        if let Some(branch) = branch.filter(|name| **name != session.current().name)
            && let Some(running) = &self.open
        {
            let branch = branch.clone();
            running.handle.send(Command::Switch { branch });
        }
        Ok(session)
    }

    /// The folder of a scenario, where it has one.
    fn folder(&self, wanted: &str) -> Option<PathBuf> {
        let found = resolve(wanted, &self.options.project, &self.options.config).ok()?;
        match found {
            Found {
                origin: Origin::Folder(path),
                ..
            } => Some(path),
            Found {
                origin: Origin::Sample,
                ..
            } => None,
        }
    }

    fn store(&mut self) -> anyhow::Result<Arc<Store>> {
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => Arc::new(Store::open(&self.options.project.root)?),
        };
        self.store = Some(Arc::clone(&store));
        Ok(store)
    }

    fn drive(
        &mut self,
        session: Session,
        opening: &[Effect],
        store: Arc<Store>,
        task: String,
        folder: Option<PathBuf>,
    ) -> anyhow::Result<Arc<Session>> {
        let scenario = Arc::clone(session.scenario());
        let shown = Arc::new(session.clone());
        let conversation = session.opened().conversation.clone();
        let seats = Seats::new(
            &session,
            self.options.setup.clone(),
            Some(Arc::clone(&store)),
        );
        let driver = Driver::open(session, opening, Some(store))?;
        let delay = Duration::from_millis(self.options.config.live_delay_ms.value);
        let (handle, updates) = start(driver, seats, delay)?;
        // Where the system does not watch files, all else works.
        let watch = folder.clone().and_then(|folder| {
            let (name, files) = (scenario.id.clone(), scenario.files.clone());
            Watch::new(name, folder, files, self.stirred.clone()).ok()
        });
        self.open = Some(Running {
            handle,
            updates,
            scenario,
            task,
            conversation,
            folder,
            _watch: watch,
        });
        Ok(shown)
    }
}

impl Backend for Live {
    fn open(&mut self, open: &Open) -> Result<Arc<Session>, String> {
        self.begin(open).map_err(|why| format!("{why:#}"))
    }

    fn send(&mut self, order: Order) -> bool {
        // From now on: in the next conversation, too.
        if let Order::Seat {
            seat,
            choice,
            once: false,
        } = &order
            && let Ok(player) = self.options.setup.player(seat, choice)
        {
            self.options.setup.seats.insert(seat.clone(), player);
        }
        self.open
            .as_ref()
            .is_none_or(|running| running.handle.send(order))
    }

    fn wire(&mut self, parent: Option<StepId>) -> Result<Arc<Vec<CallRecord>>, String> {
        let (Some(running), Some(store)) = (&self.open, &self.store) else {
            return Err(String::from("no conversation is open"));
        };
        let found = store.calls_after(&running.conversation, parent);
        found.map(Arc::new).map_err(|why| why.to_string())
    }

    fn job(&mut self, job: Job) {
        let store = match self.store() {
            Ok(store) => store,
            Err(why) => {
                let _ = self
                    .done
                    .send(Word::Msg(Msg::StoreTrouble(format!("{why:#}"))));
                return;
            }
        };
        let room = Room {
            project: self.options.project.clone(),
            config: self.options.config.clone(),
            person: self.options.person.clone(),
            store,
            folder: self.open.as_ref().and_then(|open| open.folder.clone()),
        };
        let done = self.done.clone();
        tokio::task::spawn_blocking(move || {
            // Nobody listens any more: the screen is closing.
            let _ = done.send(Word::Done(perform(&room, job)));
        });
    }

    fn resume(&mut self, open: Open) {
        let Open {
            conversation: Some(id),
            branch,
            ..
        } = open
        else {
            return;
        };
        let store = match self.store() {
            Ok(store) => store,
            Err(why) => {
                let _ = self
                    .done
                    .send(Word::Msg(Msg::NotOpened(format!("{why:#}"))));
                return;
            }
        };
        let done = self.done.clone();
        tokio::task::spawn_blocking(move || {
            let word = match store.replay(&id) {
                Ok(stored) => Word::Read(Box::new(stored.session), branch),
                Err(why) => Word::Msg(Msg::NotOpened(why.to_string())),
            };
            // Nobody listens any more: the screen is closing.
            let _ = done.send(word);
        });
    }

    async fn next(&mut self) -> Msg {
        let Self {
            open, jobs, disk, ..
        } = self;
        let updates = async {
            let update = match open {
                Some(running) => running.updates.recv().await,
                None => None,
            };
            match update {
                Some(update) => message(update),
                // The session's thread is gone; there is nothing more to come.
                None => std::future::pending().await,
            }
        };
        let word = tokio::select! {
            msg = updates => return msg,
            Some(found) = disk.recv() => return Msg::OnDisk(Arc::new(found)),
            Some(word) = jobs.recv() => word,
        };
        match word {
            Word::Done(done) => Msg::Done(done),
            Word::Msg(msg) => msg,
            Word::Read(session, branch) => {
                let opened = self.go_on(*session, branch.as_ref());
                opened.map_or_else(|why| Msg::NotOpened(format!("{why:#}")), Msg::Opened)
            }
        }
    }

    async fn close(&mut self) {
        let Some(running) = self.open.take() else {
            return;
        };
        let Running {
            handle,
            mut updates,
            ..
        } = running;
        handle.send(Command::Stop);
        drop(handle);
        let rest = async { while updates.recv().await.is_some() {} };
        // What was shown is stored already; this only lets a commit finish.
        let _ = tokio::time::timeout(CLOSING, rest).await;
    }
}

fn message(update: Update) -> Msg {
    match update {
        Update::Session(session) => Msg::Session(session),
        Update::Partial {
            call,
            role,
            agent,
            text,
            reasoning,
        } => Msg::Partial(Partial {
            call,
            role,
            agent,
            text,
            reasoning,
        }),
        Update::Waiting { call, words } => Msg::Waiting(call, words),
        Update::Spend(spend) => Msg::Spend(spend),
        Update::Seats(seats) => Msg::Seats(seats),
        Update::Again(report) => Msg::Again(report),
        Update::Notice(notice) => Msg::Notice(notice),
        Update::Saved { steps } => Msg::Saved(steps),
        Update::StoreTrouble(why) => Msg::StoreTrouble(why),
        Update::Log(line) => Msg::Log(line),
    }
}
