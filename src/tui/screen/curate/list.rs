//! What is known of the queue, how one moves in it, and the conversation that
//! is shown beside it. Both are read by jobs; the list stands still while one
//! decides.

use super::Curate;
use crate::engine::session::Session;
use crate::engine::step::Act;
use crate::store::{Item, Status};
use crate::tui::job::Job;
use crate::tui::job::queue::{Ask, Key, Of, Page, Want, open};
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Run, Scroll};
use crate::tui::msg::Cmd;
use std::collections::VecDeque;
use std::sync::Arc;

/// Rows that are asked for at once.
pub const PAGE: usize = 200;
/// Rows from the edge of what is known at which more are asked for.
const EDGE: usize = 20;
/// Conversations that are kept after they were shown.
const KEPT: usize = 4;

/// A part of a queue.
#[derive(Debug, Default)]
pub struct List {
    /// Place of the first known row in the whole queue.
    pub from: usize,
    /// Known rows.
    pub rows: Vec<Item>,
    /// Rows of the whole queue.
    pub total: usize,
    /// Which is chosen, in the whole queue.
    pub at: usize,
    /// Number of the newest question; an answer to an older one is put aside.
    stamp: u64,
    /// Whether an answer is awaited.
    pub waits: bool,
    /// Rows still to be looked at for one that is open; 0 where none is sought.
    seeks: usize,
    /// Whether it was ever read.
    pub known: bool,
}

impl List {
    /// The chosen row, where it is known.
    #[must_use]
    pub fn chosen(&self) -> Option<&Item> {
        self.at
            .checked_sub(self.from)
            .and_then(|i| self.rows.get(i))
    }
    /// Goes to the first row, without looking.
    pub fn first(&mut self) {
        self.at = 0;
        // The row that was chosen is not looked for in the new list.
        self.rows.clear();
    }
    /// Puts what a row became in its place.
    ///
    /// Answers the status that it had; `None` where the row is not known.
    pub fn put(&mut self, item: &Item) -> Option<Status> {
        let same = |row: &&mut Item| same(row, item);
        let row = self.rows.iter_mut().find(same)?;
        let before = row.status;
        row.clone_from(item);
        Some(before)
    }
    /// The question for the rows around the chosen one.
    pub fn question(&mut self) -> (u64, usize, usize) {
        self.stamp = self.stamp.wrapping_add(1);
        self.waits = true;
        let from = self.at.saturating_sub(PAGE / 2);
        (self.stamp, from, PAGE)
    }
    /// Takes an answer; false where it answers an older question.
    pub fn take(&mut self, stamp: u64, page: Page) -> bool {
        if stamp != self.stamp {
            return false;
        }
        let chosen = self.chosen().cloned();
        self.waits = false;
        self.known = true;
        self.from = page.from;
        self.rows = page.rows;
        self.total = usize::try_from(page.counts.all()).unwrap_or(usize::MAX);
        // The chosen one is followed to where it stands now.
        if let Some(item) = chosen
            && let Some(i) = self.rows.iter().position(|row| same(row, &item))
        {
            self.at = self.from.saturating_add(i);
        }
        self.at = self.at.min(self.total.saturating_sub(1));
        true
    }
    /// Whether rows around the chosen one are to be asked for.
    #[must_use]
    pub fn wants(&self) -> bool {
        let upto = self.from.saturating_add(self.rows.len());
        let below = upto < self.total && self.at.saturating_add(EDGE) >= upto;
        let above = self.from > 0 && self.at < self.from.saturating_add(EDGE);
        below || above
    }
}

/// Whether two rows are of the same branch.
fn same(a: &Item, b: &Item) -> bool {
    a.row.id == b.row.id && a.row.branch == b.row.branch
}

/// A conversation that is shown.
#[derive(Debug)]
pub struct Shown {
    /// Which.
    pub key: Key,
    /// As the panes read it; `None` while it is being read.
    pub run: Option<Run>,
    /// Why it cannot be shown.
    pub why: Option<String>,
    /// What was shown before, newest last.
    kept: VecDeque<(Key, Run)>,
    /// Which one a job reads at this moment.
    reading: Option<Key>,
}

/// Asks for the rows around the chosen one.
pub(super) fn ask(model: &mut Model) -> Vec<Cmd> {
    let curate = &mut model.curate;
    let (stamp, from, many) = curate.list.question();
    let want = Want {
        filter: curate.filter.clone(),
        sort: curate.sort,
        from,
        many,
    };
    let of = Of::Curate;
    vec![Cmd::Job(Job::Queue(Ask::List { of, stamp, want }))]
}

/// Rows came.
pub fn came(model: &mut Model, stamp: u64, page: Result<Page, String>) -> Vec<Cmd> {
    match page {
        Err(why) => {
            model.curate.trouble = Some(why);
            model.curate.list.waits = false;
            Vec::new()
        }
        Ok(page) => {
            let (counts, tags) = (page.counts, page.tags.clone());
            if !model.curate.list.take(stamp, page) {
                return Vec::new();
            }
            model.curate.trouble = None;
            model.curate.counts = counts;
            model.curate.tags = tags;
            if model.curate.list.seeks > 0 {
                return seek(model);
            }
            let list = &model.curate.list;
            if list.chosen().is_none() && !list.rows.is_empty() {
                // One went on while it was read, out of what came.
                return ask(model);
            }
            look(model)
        }
    }
}

/// Chooses a row.
pub(super) fn go(model: &mut Model, to: usize) -> Vec<Cmd> {
    let list = &mut model.curate.list;
    list.at = to.min(list.total.saturating_sub(1));
    list.seeks = 0;
    let mut cmds = if list.wants() && !list.waits {
        ask(model)
    } else {
        Vec::new()
    };
    cmds.extend(look(model));
    cmds
}

/// Goes to the next row that is not decided, from the top again after the last.
pub(super) fn next_open(model: &mut Model) -> Vec<Cmd> {
    model.curate.list.seeks = model.curate.list.total;
    seek(model)
}

fn seek(model: &mut Model) -> Vec<Cmd> {
    let list = &mut model.curate.list;
    while list.seeks > 0 {
        list.seeks -= 1;
        let next = list.at.saturating_add(1);
        list.at = if next < list.total { next } else { 0 };
        match list.chosen() {
            Some(item) if open(item) => {
                let at = list.at;
                return go(model, at);
            }
            Some(_) => {}
            // Not known yet: the row itself is looked at again when it is.
            None => {
                list.seeks += 1;
                list.at = list.at.checked_sub(1).unwrap_or(list.total - 1);
                return ask_from(model, next);
            }
        }
    }
    model.note = Some(String::from("no other one is open"));
    look(model)
}

/// Asks for the rows from a place on.
fn ask_from(model: &mut Model, at: usize) -> Vec<Cmd> {
    let was = model.curate.list.at;
    model.curate.list.at = if at < model.curate.list.total { at } else { 0 };
    let cmds = ask(model);
    model.curate.list.at = was;
    cmds
}

/// Shows the chosen conversation, and has it read where it is not at hand.
pub(super) fn look(model: &mut Model) -> Vec<Cmd> {
    let Some(item) = model.curate.list.chosen() else {
        if !model.curate.list.waits {
            model.curate.shown = None;
        }
        return Vec::new();
    };
    let key = Key::of(item);
    let live =
        model.run.as_ref().map(|run| &run.session).filter(|s| {
            s.opened().conversation == key.conversation && s.current().name == key.branch
        });
    let live = live.map(Arc::clone);
    let before = model.curate.shown.take();
    let mut shown = match before {
        Some(shown) if shown.key == key && (shown.run.is_some() || shown.why.is_some()) => {
            model.curate.shown = Some(shown);
            return Vec::new();
        }
        Some(mut shown) => {
            if let Some(run) = shown.run.take() {
                shown.kept.push_back((shown.key.clone(), run));
                while shown.kept.len() > KEPT {
                    shown.kept.pop_front();
                }
            }
            shown.why = None;
            shown.key = key.clone();
            shown
        }
        None => Shown {
            key: key.clone(),
            run: None,
            why: None,
            kept: VecDeque::new(),
            reading: None,
        },
    };
    let mut cmds = Vec::new();
    if let Some(session) = live {
        shown.run = Some(run(session));
    } else if let Some(i) = shown.kept.iter().position(|(kept, _)| *kept == key) {
        shown.run = shown.kept.remove(i).map(|(_, run)| run);
    } else if shown.reading.is_none() {
        shown.reading = Some(key.clone());
        cmds.push(Cmd::Job(Job::Queue(Ask::Read(key))));
    }
    model.curate.shown = Some(shown);
    veil(model);
    cmds
}

/// A conversation was read.
pub fn read(model: &mut Model, key: &Key, session: Result<Arc<Session>, String>) -> Vec<Cmd> {
    let Some(shown) = &mut model.curate.shown else {
        return Vec::new();
    };
    if shown.reading.as_ref() == Some(key) {
        shown.reading = None;
    }
    if shown.key == *key {
        match session {
            Ok(session) => shown.run = Some(run(session)),
            Err(why) => shown.why = Some(why),
        }
        veil(model);
        return Vec::new();
    }
    // One went on in the meantime: only where one stopped is read.
    look(model)
}

/// A conversation as the panes read it, from its beginning.
fn run(session: Arc<Session>) -> Run {
    let mut run = Run::new(session);
    run.scroll.insert(Pane::Conversation, Scroll::At(0));
    run
}

/// Takes the judge's steps out of what is shown where they are hidden, and puts
/// them back where they are not.
pub(super) fn veil(model: &mut Model) {
    let Curate {
        list, shown, blind, ..
    } = &mut model.curate;
    let hidden = *blind && list.chosen().is_some_and(open);
    let Some(run) = shown.as_mut().and_then(|s| s.run.as_mut()) else {
        return;
    };
    run.look();
    if hidden {
        let judged = |place: &crate::engine::session::Place| {
            let act = place.step.as_ref().map(|s| &s.body.act);
            matches!(act, Some(Act::Judged(_)))
        };
        let seen = &mut run.seen;
        let upto = seen.path.iter().take(seen.upto);
        seen.upto = upto.filter(|p| !judged(p)).count();
        Arc::make_mut(&mut seen.path).retain(|p| !judged(p));
        seen.verdict = None;
        seen.verdicts.clear();
    }
}
