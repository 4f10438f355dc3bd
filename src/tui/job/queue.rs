//! Jobs about stored conversations: a part of the queue, one of them rebuilt,
//! decisions and notes, and taking both back.

use super::Room;
use crate::dataset::filter::Filter;
use crate::dataset::lint::{Missed, wrong};
use crate::dataset::queue;
use crate::driver::clock;
use crate::engine::id::{ConvId, StepId};
use crate::engine::input::{Command, Input};
use crate::engine::score::Finding;
use crate::engine::session::Session;
use crate::store::{
    Choice, Corpus, Counts, Decision, Item, Marks, Note, Says, Sort, Status, Store, StoreError,
    Sums,
};
use std::sync::Arc;

/// Decisions that are written in one transaction, so that a conversation at
/// work need not wait for all of them.
const AT_ONCE: usize = 500;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A part of the queue.
    List {
        /// For which screen.
        of: Of,
        /// Comes back with the answer.
        stamp: u64,
        /// Which part.
        want: Want,
    },
    /// A conversation, rebuilt.
    Read(Key),
    /// The decisions that stand about a conversation.
    Standing(ConvId),
    /// A decision.
    Decide {
        /// About what.
        on: On,
        /// Which way.
        choice: Choice,
        /// Why; may be empty.
        reason: String,
    },
    /// Notes beside a conversation.
    Note {
        /// Beside which.
        on: On,
        /// What is written.
        notes: Vec<Note>,
        /// What takes it back.
        back: Vec<Note>,
    },
    /// Marks a finding as wrong; takes it back where that, or that it was added,
    /// is what a person said of it.
    Wrong {
        /// In which branch.
        on: On,
        /// The step that the finding is about.
        step: StepId,
        /// It.
        finding: Box<Finding>,
    },
    /// Adds a finding that was missed.
    Missed {
        /// In which branch.
        on: On,
        /// It.
        missed: Box<Missed>,
    },
    /// How many would be approved of those that a filter lets through.
    Match(String),
    /// Approves those that a filter lets through, that nobody decided about and
    /// that meet every gate.
    ApproveAll(String),
    /// Takes back what was done, or does it again.
    Turn {
        /// What.
        did: Did,
        /// Whether it is taken back.
        back: bool,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Told {
    /// A part of the queue, or why it cannot be shown.
    Listed {
        /// For which screen.
        of: Of,
        /// As it was asked.
        stamp: u64,
        /// The rows.
        page: Result<Page, String>,
    },
    /// A conversation, or why it cannot be rebuilt.
    Read {
        /// Which.
        key: Key,
        /// At the branch that was asked for.
        session: Result<Arc<Session>, String>,
    },
    /// What stands about a conversation.
    Standing(ConvId, Box<Standing>),
    /// Something was decided or noted, taken back, or done again.
    Changed(Box<Changed>),
    /// It was not done, and why.
    Refused(String),
    /// What approving all would do, or why the filter cannot be read.
    Matched(String, Result<Match, String>),
}

/// What people said of a conversation, and what was found in it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The decisions that stand, one a branch.
    pub decisions: Vec<Decision>,
    /// The marks of findings that stand.
    pub marks: Marks,
    /// What was found on its current branch.
    pub sums: Option<Sums>,
}

/// Which screen a list is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The curate screen.
    Curate,
    /// The batch screen.
    Batch,
}

/// Which part of a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Want {
    /// The filter, as typed.
    pub filter: String,
    /// The order.
    pub sort: Sort,
    /// The first row.
    pub from: usize,
    /// So many rows at most.
    pub many: usize,
}

/// A part of a queue.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Place of the first row.
    pub from: usize,
    /// The rows.
    pub rows: Vec<Item>,
    /// How many the filter lets through, of each status.
    pub counts: Counts,
    /// Tags that are in use, the most used first.
    pub tags: Vec<String>,
    /// What was found in all that the filter lets through; for the batch screen
    /// alone.
    pub corpus: Corpus,
    /// What each row's models cost so far, in millionths of a dollar; for the
    /// batch screen alone.
    pub costs: Vec<u64>,
}

/// A state of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The conversation.
    pub conversation: ConvId,
    /// The branch.
    pub branch: String,
    /// Its newest step.
    pub head: Option<StepId>,
}

impl Key {
    /// That of a row.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        Self {
            conversation: item.row.id.clone(),
            branch: item.row.branch.clone(),
            head: item.row.head,
        }
    }
}

/// What a person decides about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct On {
    /// The conversation.
    pub conversation: ConvId,
    /// The branch.
    pub branch: String,
    /// Its newest step, as the person sees it.
    pub head: StepId,
}

impl On {
    /// A row of the queue; `None` where it has no step yet.
    #[must_use]
    pub fn item(item: &Item) -> Option<Self> {
        Some(Self {
            conversation: item.row.id.clone(),
            branch: item.row.branch.clone(),
            head: item.row.head?,
        })
    }
    /// The current branch of a session; `None` where it has no step yet.
    #[must_use]
    pub fn session(session: &Session) -> Option<Self> {
        Some(Self {
            conversation: session.opened().conversation.clone(),
            branch: session.current().name.clone(),
            head: session.head()?,
        })
    }
    /// The end of its name, which tells conversations of one day apart.
    #[must_use]
    pub fn short(&self) -> String {
        short(&self.conversation)
    }
}

/// Whether a row is still to be decided about: nobody has, or it changed since.
#[must_use]
pub fn open(item: &Item) -> bool {
    matches!(item.status, Status::Open | Status::Stale)
}

/// The end of a conversation's name.
#[must_use]
pub fn short(id: &ConvId) -> String {
    let name = id.to_string();
    let start = name.char_indices().rev().nth(3).map_or(0, |(i, _)| i);
    name.get(start..).unwrap_or(&name).to_owned()
}

/// Something that was done and can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Did {
    /// What became of it, in words: `approved`.
    pub words: String,
    /// About what; the first ones, where it was about many.
    pub on: Vec<On>,
    /// What stands in the store.
    pub what: What,
}

/// What stands in the store.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Decisions, by their numbers.
    Decided(Vec<u64>),
    /// Marks of findings, by their numbers.
    Marked {
        /// Which.
        numbers: Vec<u64>,
        /// Whether what was done is that they were taken back.
        taken: bool,
    },
    /// Notes beside a conversation, and those that take them back.
    Noted {
        /// What was written.
        notes: Vec<Note>,
        /// What takes it back.
        back: Vec<Note>,
    },
}

/// Which way something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It was done.
    Done,
    /// It was taken back.
    Back,
    /// It was done again.
    Again,
}

/// What changed.
#[derive(Clone, Debug)]
pub struct Changed {
    /// What was done.
    pub did: Did,
    /// Which way.
    pub way: Way,
    /// The rows as they are now; none where it was about many.
    pub items: Vec<Item>,
    /// The marks of a conversation as they are now, where marks changed.
    pub marks: Option<(ConvId, Marks)>,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// What approving all would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// How many the filter lets through, of each status.
    pub counts: Counts,
    /// How many of them would be approved.
    pub passing: usize,
}

/// Does it.
#[must_use]
pub fn perform(room: &Room, ask: Ask) -> Told {
    let store = &room.store;
    match ask {
        Ask::List { of, stamp, want } => Told::Listed {
            of,
            stamp,
            page: page(store, of, &want),
        },
        Ask::Read(key) => {
            let session = read(store, &key);
            Told::Read { key, session }
        }
        Ask::Standing(id) => {
            let row = store.queue_item(&id, None).ok().flatten();
            let standing = Standing {
                decisions: standing(store, &id),
                marks: store.marks(&id).unwrap_or_default(),
                sums: row.map(|item| item.sums),
            };
            Told::Standing(id, Box::new(standing))
        }
        Ask::Wrong { on, step, finding } => mark(room, on, step, &finding),
        Ask::Missed { on, missed } => missing(room, on, &missed),
        Ask::Decide { on, choice, reason } => {
            let now = clock::now_ms();
            let decision = decision(room, &on, choice, &reason, now);
            match store.decide(&[decision]) {
                Err(why) => Told::Refused(why.to_string()),
                Ok(made) => {
                    let words = choice.done().to_owned();
                    let numbers = made.iter().map(|d| d.number).collect();
                    changed(room, words, vec![on], What::Decided(numbers), Way::Done)
                }
            }
        }
        Ask::Note { on, notes, back } => {
            if let Err(why) = note(room, &on, &notes) {
                return Told::Refused(why.to_string());
            }
            let words = noted(&notes);
            let what = What::Noted { notes, back };
            changed(room, words, vec![on], what, Way::Done)
        }
        Ask::Match(filter) => {
            let found = matching(store, &filter);
            Told::Matched(filter, found)
        }
        Ask::ApproveAll(filter) => approve_all(room, &filter),
        Ask::Turn { did, back } => {
            let now = clock::now_ms();
            let turned = match (&did.what, back) {
                (What::Decided(numbers), true) => store.undecide(numbers, &room.person, now),
                (What::Decided(numbers), false) => store.redecide(numbers, &room.person, now),
                (What::Marked { numbers, taken }, _) => {
                    if back == *taken {
                        store.remark(numbers, &room.person, now)
                    } else {
                        store.unmark(numbers, &room.person, now)
                    }
                }
                (What::Noted { notes, back: undo }, _) => {
                    let notes = if back { undo } else { notes };
                    did.on.iter().try_for_each(|on| note(room, on, notes))
                }
            };
            if let Err(why) = turned {
                return Told::Refused(why.to_string());
            }
            let way = if back { Way::Back } else { Way::Again };
            changed(room, did.words, did.on, did.what, way)
        }
    }
}

fn page(store: &Store, of: Of, want: &Want) -> Result<Page, String> {
    let filter = filter(&want.filter)?;
    let said = |why: StoreError| why.to_string();
    let (from, most) = (want.from as u64, want.many as u64);
    let page = queue::page(store, &filter, want.sort, from, most).map_err(said)?;
    let tags = store.tags().map_err(said)?;
    let corpus = match of {
        Of::Curate => Corpus::default(),
        Of::Batch => store.corpus(filter.conditions()).map_err(said)?,
    };
    let costs = match of {
        Of::Curate => Vec::new(),
        Of::Batch => {
            let ids: Vec<&ConvId> = page.items.iter().map(|item| &item.row.id).collect();
            store.costs(&ids).map_err(said)?
        }
    };
    Ok(Page {
        from: want.from,
        rows: page.items,
        counts: page.counts,
        tags: tags.into_iter().map(|(tag, _)| tag).collect(),
        corpus,
        costs,
    })
}

fn filter(text: &str) -> Result<Filter, String> {
    Filter::parse(text).map_err(|why| why.to_string())
}

/// A conversation as it was left, with another branch current where that is
/// asked for. Nothing of it is written.
fn read(store: &Store, key: &Key) -> Result<Arc<Session>, String> {
    let stored = store.replay(&key.conversation);
    let mut session = stored.map_err(|why| why.to_string())?.session;
    if session.current().name != key.branch {
        let branch = key.branch.clone();
        let _ = session.handle(Input::Command(Command::Switch { branch }));
    }
    Ok(Arc::new(session))
}

/// The decision that stands about each branch that was decided about.
fn standing(store: &Store, id: &ConvId) -> Vec<Decision> {
    // A store that cannot be read says so where something is asked of it.
    let mut all = store.decisions(id).unwrap_or_default();
    all.retain(|d| !d.undone);
    let mut out: Vec<Decision> = Vec::new();
    for decision in all.into_iter().rev() {
        if out.iter().all(|d| d.branch != decision.branch) {
            out.push(decision);
        }
    }
    out
}

fn decision(room: &Room, on: &On, choice: Choice, reason: &str, now: i64) -> Decision {
    Decision {
        number: 0,
        conversation: on.conversation.clone(),
        branch: on.branch.clone(),
        head: on.head,
        choice,
        reason: reason.trim().to_owned(),
        by: room.person.clone(),
        time_ms: now,
        undone: false,
    }
}

fn note(room: &Room, on: &On, notes: &[Note]) -> Result<(), StoreError> {
    let now = clock::now_ms();
    let ids = [on.conversation.clone()];
    notes
        .iter()
        .try_for_each(|note| room.store.note(&ids, note, &room.person, now))
}

fn noted(notes: &[Note]) -> String {
    match notes.first() {
        Some(Note::Mark(true)) => String::from("marked"),
        Some(Note::Mark(false)) => String::from("no longer marked"),
        Some(Note::Tag(word)) => format!("tagged {word}"),
        Some(Note::Untag(word)) => format!("no longer tagged {word}"),
        Some(Note::Comment(text)) if text.is_empty() => String::from("without its comment"),
        Some(Note::Comment(_)) => String::from("commented"),
        None => String::from("as it was"),
    }
}

fn changed(room: &Room, words: String, on: Vec<On>, what: What, way: Way) -> Told {
    let items = on
        .iter()
        .filter_map(|on| {
            let found = room.store.queue_item(&on.conversation, Some(&on.branch));
            // It is done; a row that cannot be read is shown as it was.
            found.ok().flatten()
        })
        .collect();
    let marks = match (&what, on.first()) {
        (What::Marked { .. }, Some(on)) => {
            let marks = room.store.marks(&on.conversation).ok();
            marks.map(|marks| (on.conversation.clone(), marks))
        }
        (What::Decided(_) | What::Noted { .. } | What::Marked { .. }, _) => None,
    };
    Told::Changed(Box::new(Changed {
        did: Did { words, on, what },
        way,
        items,
        marks,
        at_ms: clock::now_ms(),
    }))
}

/// Marks a finding as wrong. One that a person marked, or added, is no longer.
fn mark(room: &Room, on: On, step: StepId, finding: &Finding) -> Told {
    let key = finding.key();
    let by = finding.by.as_str();
    let says = if by == "person" {
        Says::Missed
    } else {
        Says::Wrong
    };
    let standing = match room.store.marks(&on.conversation) {
        Ok(marks) => marks.all,
        Err(why) => return Told::Refused(why.to_string()),
    };
    let before = standing
        .into_iter()
        .rev()
        .find(|m| m.step == step && m.says == says && m.finding.key() == key);
    let now = clock::now_ms();
    let kind = finding.kind.replace('_', " ");
    let (done, words, taken) = if let Some(mark) = before {
        let done = room.store.unmark(&[mark.number], &room.person, now);
        let words = match says {
            Says::Wrong => format!("{kind} is no longer marked wrong"),
            Says::Missed => format!("{kind} is no longer added"),
        };
        (done.map(|()| vec![mark.number]), words, true)
    } else {
        let mark = wrong(&on.conversation, step, finding, "", &room.person, now);
        let done = room.store.mark(&[mark]);
        let numbers = done.map(|made| made.iter().map(|m| m.number).collect());
        (numbers, format!("{kind} is marked wrong"), false)
    };
    match done {
        Err(why) => Told::Refused(why.to_string()),
        Ok(numbers) => changed(
            room,
            words,
            vec![on],
            What::Marked { numbers, taken },
            Way::Done,
        ),
    }
}

/// Adds a finding that was missed.
fn missing(room: &Room, on: On, missed: &Missed) -> Told {
    let key = Key {
        conversation: on.conversation.clone(),
        branch: on.branch.clone(),
        head: Some(on.head),
    };
    let mark = read(&room.store, &key)
        .and_then(|session| missed.mark(&session, Some(on.head), &room.person, clock::now_ms()));
    let made = mark.and_then(|mark| room.store.mark(&[mark]).map_err(|why| why.to_string()));
    match made {
        Err(why) => Told::Refused(why),
        Ok(made) => {
            let numbers = made.iter().map(|m| m.number).collect();
            let words = format!("{} is added", missed.kind.replace('_', " "));
            let what = What::Marked {
                numbers,
                taken: false,
            };
            changed(room, words, vec![on], what, Way::Done)
        }
    }
}

fn matching(store: &Store, text: &str) -> Result<Match, String> {
    let filter = filter(text)?;
    let said = |why: StoreError| why.to_string();
    let passing = queue::passing(store, &filter, Sort::Newest).map_err(said)?;
    Ok(Match {
        counts: store.queue_counts(filter.conditions()).map_err(said)?,
        passing: passing.len(),
    })
}

fn approve_all(room: &Room, text: &str) -> Told {
    let found = filter(text).and_then(|filter| {
        let found = queue::passing(&room.store, &filter, Sort::Newest);
        found.map_err(|why| why.to_string())
    });
    let on: Vec<On> = match found {
        Err(why) => return Told::Refused(why),
        Ok(items) => items.iter().filter_map(On::item).collect(),
    };
    let mut numbers = Vec::with_capacity(on.len());
    for part in on.chunks(AT_ONCE) {
        let now = clock::now_ms();
        let decisions: Vec<Decision> = part
            .iter()
            .map(|on| decision(room, on, Choice::Approve, "all that pass", now))
            .collect();
        match room.store.decide(&decisions) {
            Ok(made) => numbers.extend(made.iter().map(|d| d.number)),
            Err(why) if numbers.is_empty() => return Told::Refused(why.to_string()),
            // What is done stands, and can be taken back.
            Err(_) => break,
        }
    }
    let words = format!("{} approved", numbers.len());
    Told::Changed(Box::new(Changed {
        did: Did {
            words,
            on: Vec::new(),
            what: What::Decided(numbers),
        },
        way: Way::Done,
        items: Vec::new(),
        marks: None,
        at_ms: clock::now_ms(),
    }))
}
