//! The curate screen: conversations with their status, scores and findings;
//! decide, go on. `list` is what is known of the queue and how one moves in it,
//! `paint` its frame; what a decision does stands in `deciding`.

mod list;
mod paint;

pub use list::{List, PAGE, Shown, came, read};
pub use paint::paint;

use crate::engine::id::ConvId;
use crate::engine::input::Command;
use crate::store::{Choice, Counts, Item, Sort, Status};
use crate::surface::Action;
use crate::tui::job::queue::{self, On};
use crate::tui::layout::Pane;
use crate::tui::looking;
use crate::tui::model::{Model, Scroll};
use crate::tui::msg::{Cmd, Open};
use crate::tui::overlay::Overlay;
use crate::tui::overlay::prompt::{For, Prompt};
use crate::tui::paint::Line;
use crate::tui::{opening, pane};

/// Words that a filter may begin with, and one that may be written as it is.
pub const FILTERS: &[&str] = &[
    "status:open",
    "status:approved",
    "status:discarded",
    "status:stale",
    "overall<6",
    "lowest<4",
    "findings>0",
    "rate>0.1",
    "disagree",
    "kind:",
    "blame:tool",
    "blame:agent",
    "spread>1",
    "marked:yes",
    "scenario:",
    "task:",
    "persona:",
    "tag:",
    "tag!=",
];

/// Which part of the screen has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Part {
    /// The queue.
    #[default]
    Queue,
    /// The conversation.
    Conversation,
    /// The judge.
    Judge,
}

/// Its state.
#[derive(Debug, Default)]
pub struct Curate {
    /// What is known of the queue.
    pub list: List,
    /// Which conversations are in it, as typed.
    pub filter: String,
    /// In which order.
    pub sort: Sort,
    /// Tells one random order from the next.
    shuffles: u64,
    /// How many the filter lets through, of each status.
    pub counts: Counts,
    /// Tags that are in use, the most used first.
    pub tags: Vec<String>,
    /// The conversation that is shown.
    pub shown: Option<Shown>,
    /// Which part has the keys.
    pub part: Part,
    /// Whether the judge is hidden until one has decided.
    pub blind: bool,
    /// Why the queue cannot be shown.
    pub trouble: Option<String>,
}

impl Curate {
    /// The chosen one.
    #[must_use]
    pub fn chosen(&self) -> Option<&Item> {
        self.list.chosen()
    }
    /// Whether what the judge said of one is hidden.
    #[must_use]
    pub fn hides(&self, item: &Item) -> bool {
        self.blind && queue::open(item)
    }
}

/// The screen was switched to: what it needs to know.
pub fn entered(model: &mut Model) -> Vec<Cmd> {
    list::ask(model)
}

/// What its actions do; `None` for an action that is not of this screen.
pub fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    Some(match action {
        Action::CurateDown | Action::CurateUp => match model.curate.part {
            Part::Queue => {
                let at = model.curate.list.at;
                let to = if action == Action::CurateDown {
                    at.saturating_add(1)
                } else {
                    at.saturating_sub(1)
                };
                list::go(model, to)
            }
            Part::Conversation | Part::Judge => scroll(model, action),
        },
        Action::CuratePageDown | Action::CuratePageUp => scroll(model, action),
        Action::CurateFirst => list::go(model, 0),
        Action::CurateLast => list::go(model, usize::MAX),
        Action::CurateNext => list::next_open(model),
        Action::CurateBack | Action::CurateForward => {
            step(model, action);
            Vec::new()
        }
        Action::CurateUnfold => {
            if let Some(run) = model.curate.shown.as_mut().and_then(|s| s.run.as_mut())
                && let Some(at) = run.at()
                && !run.unfolded.remove(&at)
            {
                run.unfolded.insert(at);
            }
            Vec::new()
        }
        Action::CurateReasoning => {
            if let Some(run) = model.curate.shown.as_mut().and_then(|s| s.run.as_mut()) {
                run.reasoning = !run.reasoning;
            }
            Vec::new()
        }
        Action::CuratePane | Action::CuratePrevPane => {
            let forward = action == Action::CuratePane;
            model.curate.part = match (model.curate.part, forward) {
                (Part::Queue, true) | (Part::Judge, false) => Part::Conversation,
                (Part::Conversation, true) | (Part::Queue, false) => Part::Judge,
                (Part::Judge, true) | (Part::Conversation, false) => Part::Queue,
            };
            Vec::new()
        }
        Action::CurateGoQueue => part(model, Part::Queue),
        Action::CurateGoConversation => part(model, Part::Conversation),
        Action::CurateGoJudge => part(model, Part::Judge),
        Action::CurateOpen => open(model),
        Action::CurateBlind => {
            model.curate.blind = !model.curate.blind;
            let words = if model.curate.blind {
                "blind: what the judge said is hidden until you decide"
            } else {
                "what the judge said is shown"
            };
            model.note = Some(words.to_owned());
            list::veil(model);
            Vec::new()
        }
        Action::CurateSort => {
            let curate = &mut model.curate;
            curate.sort = curate.sort.next(curate.shuffles);
            curate.shuffles = curate.shuffles.wrapping_add(1);
            curate.list.first();
            list::ask(model)
        }
        Action::CurateFilter => {
            let known = FILTERS.iter().map(|word| (*word).to_owned()).collect();
            let prompt = Prompt::new(For::CurateFilter, &model.curate.filter, known);
            model.overlay = Some(Overlay::Prompt(prompt));
            Vec::new()
        }
        Action::CurateReload => list::ask(model),
        // `esc` goes one part out, as it goes one pane out on the run screen.
        Action::Out if shown(model) && model.curate.part != Part::Queue => part(model, Part::Queue),
        Action::Out if shown(model) => Vec::new(),
        _ => return None,
    })
}

/// Whether nothing lies over the screen.
fn shown(model: &Model) -> bool {
    model.screen == super::Screen::Curate && model.overlay.is_none() && model.problem.is_none()
}

fn part(model: &mut Model, part: Part) -> Vec<Cmd> {
    model.curate.part = part;
    Vec::new()
}

/// A filter was typed.
pub fn filter(model: &mut Model, text: &str) -> Vec<Cmd> {
    text.clone_into(&mut model.curate.filter);
    model.curate.list.first();
    list::ask(model)
}

/// The order of the queue, by its name.
///
/// # Errors
/// There is none of this name: one sentence with those that there are.
pub fn sort(model: &mut Model, word: &str) -> Result<Vec<Cmd>, String> {
    model.curate.sort = Sort::parse(word, model.curate.shuffles)?;
    model.curate.shuffles = model.curate.shuffles.wrapping_add(1);
    let mut cmds = opening::go(model, super::Screen::Curate);
    model.curate.list.first();
    cmds.extend(list::ask(model));
    Ok(cmds)
}

/// Marks the chosen one as decided before the store has it, and goes on to the
/// next that is open.
pub fn decided(model: &mut Model, choice: Choice) -> Vec<Cmd> {
    if let Some(mut item) = model.curate.chosen().cloned() {
        item.status = match choice {
            Choice::Approve => Status::Approved,
            Choice::Discard => Status::Discarded,
        };
        put(model, &item);
    }
    list::next_open(model)
}

/// Puts a row as it is now in the place of what it was, and counts anew.
pub fn put(model: &mut Model, item: &Item) {
    let curate = &mut model.curate;
    if let Some(before) = curate.list.put(item) {
        let mut count = |status: Status, by: i64| {
            let slot = match status {
                Status::Open => &mut curate.counts.open,
                Status::Approved => &mut curate.counts.approved,
                Status::Discarded => &mut curate.counts.discarded,
                Status::Stale => &mut curate.counts.stale,
            };
            *slot = slot.saturating_add_signed(by);
        };
        count(before, -1);
        count(item.status, 1);
    }
    list::veil(model);
}

/// Puts the cursor on the first of these that is in the list.
pub fn choose(model: &mut Model, on: &[On]) -> Vec<Cmd> {
    let list = &model.curate.list;
    let found = on.iter().find_map(|on| {
        list.rows
            .iter()
            .position(|item| item.row.id == on.conversation && item.row.branch == on.branch)
    });
    match found {
        Some(i) => list::go(model, list.from.saturating_add(i)),
        None => Vec::new(),
    }
}

/// Reads the queue anew: more changed than one row.
pub fn anew(model: &mut Model) -> Vec<Cmd> {
    list::ask(model)
}

/// Moves the cursor in the conversation by a step.
fn step(model: &mut Model, action: Action) {
    let Some(run) = model.curate.shown.as_mut().and_then(|s| s.run.as_mut()) else {
        return;
    };
    let back = action == Action::CurateBack;
    looking::look(run, if back { Action::Back } else { Action::Forward });
    list::veil(model);
}

/// Scrolls the conversation or the judge.
fn scroll(model: &mut Model, action: Action) -> Vec<Cmd> {
    let pane = match model.curate.part {
        Part::Judge => Pane::Judge,
        Part::Queue | Part::Conversation => Pane::Conversation,
    };
    let Some(area) = paint::place(model, pane) else {
        return Vec::new();
    };
    let (width, height) = (
        usize::from(area.width.saturating_sub(2)),
        usize::from(area.height.saturating_sub(2)),
    );
    let Some(run) = model.curate.shown.as_mut().and_then(|s| s.run.as_mut()) else {
        return Vec::new();
    };
    let window = pane::window(pane, run, width, height);
    let (offset, most) = (window.above, window.total.saturating_sub(height));
    let half = (height / 2).max(1);
    let to = match action {
        Action::CurateDown => offset.saturating_add(1),
        Action::CurateUp => offset.saturating_sub(1),
        Action::CuratePageDown => offset.saturating_add(half),
        _ => offset.saturating_sub(half),
    };
    run.scroll.insert(pane, Scroll::At(to.min(most)));
    Vec::new()
}

/// Opens the chosen one on the run screen, at its branch.
fn open(model: &mut Model) -> Vec<Cmd> {
    let Some(item) = model.curate.chosen() else {
        return Vec::new();
    };
    let (id, branch) = (item.row.id.clone(), item.row.branch.clone());
    go_on_with(model, id, branch)
}

/// Shows a stored conversation on the run screen; the one that is there already
/// stays as it is.
pub fn go_on_with(model: &mut Model, conversation: ConvId, branch: String) -> Vec<Cmd> {
    let mut cmds = opening::go(model, super::Screen::Run);
    if let Some(run) = &model.run
        && run.session.opened().conversation == conversation
    {
        if run.session.current().name != branch {
            let switch = Command::Switch { branch };
            cmds.push(Cmd::Send(switch.into()));
        }
        return cmds;
    }
    model.problem = None;
    cmds.push(Cmd::Open(Open {
        conversation: Some(conversation),
        branch: Some(branch),
        ..Open::default()
    }));
    cmds
}

/// What a decision on this screen is about: the branch as one sees it.
#[must_use]
pub fn on(model: &Model) -> Option<On> {
    let item = model.curate.chosen()?;
    let shown = model.curate.shown.as_ref();
    let shown = shown.filter(|s| s.key == queue::Key::of(item));
    let run = shown.and_then(|s| s.run.as_ref());
    run.map_or_else(|| On::item(item), |run| On::session(&run.session))
}

/// Why an action of this screen cannot be done now; `None` for an action that
/// is not of this screen.
#[must_use]
pub fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    let curate = &model.curate;
    let run = curate.shown.as_ref().and_then(|s| s.run.as_ref());
    match action {
        Action::CurateDown
        | Action::CurateUp
        | Action::CurateFirst
        | Action::CurateLast
        | Action::CurateNext
        | Action::CurateOpen
        | Action::CurateMark
        | Action::CurateTag
        | Action::CurateComment
        | Action::CurateApprove
        | Action::CurateDiscard
            if curate.chosen().is_none() =>
        {
            no("there is no conversation in the queue")
        }
        Action::CurateDown
            if curate.part == Part::Queue
                && curate.list.at.saturating_add(1) >= curate.list.total =>
        {
            no("this is the last one")
        }
        Action::CurateUp if curate.part == Part::Queue && curate.list.at == 0 => {
            no("this is the first one")
        }
        Action::CuratePageDown
        | Action::CuratePageUp
        | Action::CurateBack
        | Action::CurateForward
        | Action::CurateUnfold
        | Action::CurateReasoning
            if run.is_none() =>
        {
            no("no conversation is shown")
        }
        Action::CurateBack if run.is_some_and(|r| r.seen.upto == 0) => no("this is the start"),
        Action::CurateForward if run.is_some_and(|r| !r.past()) => no("this is the newest step"),
        Action::CurateUnfold if run.is_some_and(|r| r.step().is_none()) => {
            no("there is no step here")
        }
        _ => None,
    }
}

/// What the mode line says of it, between the mode and the right.
#[must_use]
pub fn mode(model: &Model) -> Line {
    paint::mode(model)
}
