//! Who sits in the seats, and how each is asked: the scripted stand-in answers
//! at once; a model is asked over the wire, in tries.

mod books;
mod retry;
mod tries;

pub use tries::refuses_schema;

use super::setup::{Player, SCRIPTED, SEATS, Setup};
use super::spend::{Spend, Used};
use crate::engine::id::{CallId, StepId};
use crate::engine::role::{About, Reply, Request, Role};
use crate::engine::session::{Session, Setting};
use crate::providers::scripted::Scripted;
use crate::providers::{Delta, Structured};
use crate::store::Store;
use books::Books;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The players of one conversation.
#[derive(Debug)]
pub struct Seats {
    scripted: Scripted,
    setup: Setup,
    table: Mutex<Table>,
    /// How JSON is asked for, where the endpoint refused the first way.
    learnt: Mutex<HashMap<String, Structured>>,
    books: Books,
}

/// Who plays what now.
#[derive(Debug, Default)]
struct Table {
    plays: BTreeMap<String, Player>,
    once: BTreeMap<String, Player>,
}

/// Who plays a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRow {
    /// `user`, `agent`, `tool`, `judge`, `agent/NAME`, `tool/NAME`.
    pub seat: String,
    /// `scripted` or `provider/model`.
    pub plays: String,
    /// Who takes the next call alone.
    pub once: Option<String>,
    /// All that it can be switched to, `scripted` first.
    pub choices: Vec<String>,
}

/// Where in the conversation a call belongs.
#[derive(Clone, Debug, Default)]
pub struct At {
    /// The step that it follows.
    pub parent: Option<StepId>,
    /// Whether it is asked beside the conversation.
    pub aside: bool,
    /// What holds there, for the stand-in; `None`: what the seats were made for.
    pub setting: Option<Arc<Setting>>,
}

impl At {
    /// After a step of a session, and what holds there.
    #[must_use]
    pub fn after(session: &Session, parent: Option<StepId>) -> Self {
        Self {
            parent,
            aside: false,
            setting: Some(Arc::clone(session.setting_at(parent))),
        }
    }
}

/// What is seen of a call while it is in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A piece of the answer.
    Delta(Delta),
    /// A try begins, or came to nothing: what came so far counts no more, and
    /// what was waited for is over.
    Anew,
    /// It waits, and why.
    Waiting(String),
    /// A line for the log: what a try took, how it ended.
    Log(String),
}

/// What is told while a call is in flight.
pub type Watch<'a> = dyn FnMut(Seen) + Send + 'a;

impl Seats {
    /// The scripted provider in all four seats, with the faults that the
    /// session was opened with.
    #[must_use]
    pub fn scripted(session: &Session) -> Self {
        Self::new(session, Setup::default(), None)
    }

    /// The seats as they are set up. With a store every try of every call is
    /// kept in it, and what the conversation has cost is read from it.
    #[must_use]
    pub fn new(session: &Session, setup: Setup, store: Option<Arc<Store>>) -> Self {
        let opened = session.opened();
        // Those that the stand-in makes where it likes, and those that it makes room
        // for; the engine puts the others in.
        let specs = session.scenario().faults_for(&opened.task, &opened.faults);
        let own = specs.iter().filter(|spec| spec.is_known_to_stand_in());
        let faults = own.map(|spec| spec.fault).collect();
        let scripted = Scripted::new(
            Arc::clone(session.scenario()),
            session.task().clone(),
            session.persona().clone(),
            opened.seed,
            faults,
        );
        let table = Table {
            plays: setup.seats.clone(),
            once: BTreeMap::new(),
        };
        let books = Books::open(store, &opened.conversation, setup.cap_micros);
        Self {
            scripted,
            setup,
            table: Mutex::new(table),
            learnt: Mutex::default(),
            books,
        }
    }

    /// How it was set up.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What the conversation has cost so far.
    #[must_use]
    pub fn spend(&self) -> Spend {
        self.books.spend()
    }

    /// The highest number that a call of this conversation had in the store.
    #[must_use]
    pub fn last_call(&self) -> CallId {
        self.books.last_call()
    }

    /// What calls took since this was last asked, and who answered last: for
    /// the envelope of the step that came of them.
    pub(super) fn taken(&self) -> (Used, String) {
        self.books.taken()
    }

    /// Who plays which seat.
    #[must_use]
    pub fn rows(&self) -> Vec<SeatRow> {
        let table = self.table();
        let mut choices = vec![SCRIPTED.to_owned()];
        choices.extend(self.setup.choices.keys().cloned());
        let special = table.plays.keys().chain(table.once.keys());
        let mut names: Vec<String> = SEATS.iter().map(|s| (*s).to_owned()).collect();
        for name in special {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
            .into_iter()
            .map(|seat| SeatRow {
                plays: table
                    .plays
                    .get(&seat)
                    .map_or_else(|| SCRIPTED.to_owned(), Player::id),
                once: table.once.get(&seat).map(Player::id),
                choices: choices.clone(),
                seat,
            })
            .collect()
    }

    /// Puts another player in a seat, for the next call that is answered or
    /// from now on.
    ///
    /// # Errors
    /// There is no such seat or no such player.
    pub fn switch(&self, seat: &str, choice: &str, once: bool) -> Result<(), String> {
        let player = self.setup.player(seat, choice)?;
        let mut table = self.table();
        if once {
            table.once.insert(seat.to_owned(), player);
        } else {
            table.once.remove(seat);
            table.plays.insert(seat.to_owned(), player);
        }
        Ok(())
    }

    /// Whether a request goes to the scripted stand-in.
    #[must_use]
    pub fn is_scripted(&self, request: &Request) -> bool {
        matches!(self.player(request).1, Player::Scripted)
    }

    /// Whether the stand-in sits in every seat.
    #[must_use]
    pub fn all_scripted(&self) -> bool {
        let table = self.table();
        let mut all = table.plays.values().chain(table.once.values());
        all.all(|player| matches!(player, Player::Scripted))
    }

    /// The stand-in's answer under what the seats were made for; it is whole at
    /// once.
    #[must_use]
    pub fn stand_in(&self, request: &Request) -> Reply {
        self.scripted.reply(request)
    }

    /// As [`Seats::stand_in`], under what holds where the call belongs.
    #[must_use]
    pub fn stand_in_at(&self, request: &Request, at: &At) -> Reply {
        match &at.setting {
            Some(setting) => self
                .scripted
                .under(
                    Arc::clone(&setting.scenario),
                    (*setting.task).clone(),
                    (*setting.persona).clone(),
                )
                .reply(request),
            None => self.scripted.reply(request),
        }
    }

    /// Asks the seat of a request, as often as it takes. Dropping the future
    /// stops the call; what came until then is kept.
    ///
    /// # Errors
    /// What happened, what is safe and what to do, for a person.
    pub async fn ask(
        &self,
        request: &Request,
        at: &At,
        watch: &mut Watch<'_>,
    ) -> Result<Reply, String> {
        let (seat, player) = self.player(request);
        let reply = match player {
            Player::Scripted => self.stand_in_at(request, at),
            Player::Model(model) => self.try_model(&model, request, at, watch).await?,
        };
        // The next call was this one. Others beside it (`at.aside`) do not count.
        if !at.aside {
            self.table().once.remove(&seat);
        }
        Ok(reply)
    }

    /// Who plays the request's seat now, and under which name it was found.
    fn player(&self, request: &Request) -> (String, Player) {
        let table = self.table();
        for name in seat_names(request) {
            let found = table.once.get(&name).or_else(|| table.plays.get(&name));
            if let Some(player) = found {
                return (name, player.clone());
            }
        }
        (seat_word(request.role).to_owned(), Player::Scripted)
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A role's seat.
#[must_use]
pub fn seat_word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Agent => "agent",
        Role::Tool => "tool",
        Role::Judge => "judge",
    }
}

/// The names under which a request's seat is looked up, the most special first.
fn seat_names(request: &Request) -> Vec<String> {
    let role = seat_word(request.role);
    let special = match &request.about {
        About::ToolAnswer { tool, .. } => Some(tool.as_str()),
        About::AgentTurn => request.agent.last().map(String::as_str),
        About::UserTurn | About::Verdict => None,
    };
    let mut names: Vec<String> = special
        .map(|name| format!("{role}/{name}"))
        .into_iter()
        .collect();
    names.push(role.to_owned());
    names
}
