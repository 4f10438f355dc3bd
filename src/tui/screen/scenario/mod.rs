//! The scenario screen: what a scenario is made of, what is wrong with it, and
//! its tools tried by hand.
//!
//! It shows the scenario of the open conversation as it is at the cursor; with
//! none open, the one that is chosen in the list.

mod card;
mod check;
mod frame;
mod hand;
mod outline;

use crate::engine::rng::Rng;
use crate::engine::scenario::{Scenario, Tool};
use crate::engine::step::Act;
use crate::surface::{Action, Key, Place, Verb, Word};
use crate::tui::editing::alone::Alone;
use crate::tui::editing::{self, Subject};
use crate::tui::job::Job;
use crate::tui::job::opening::{Ask, Read};
use crate::tui::model::Model;
use crate::tui::msg::Cmd;
use frame::{middle, own, parts};
use hand::{Ground, Hand};
use outline::{Item, Row};
use std::sync::Arc;

pub(in crate::tui) use frame::editor_area;
pub use frame::{mode, paint};

/// Its state.
#[derive(Debug, Default)]
pub struct Desk {
    shown: Option<Shown>,
    /// What was asked for by name and is not read yet.
    waits: Option<String>,
    /// Why it cannot be shown.
    problem: Option<String>,
    rows: Vec<Row>,
    at: usize,
    focus: Focus,
    /// Rows of the middle that are above.
    scroll: usize,
    /// A place in a file that is shown in the place of the chosen row.
    peek: Option<(String, usize)>,
    /// The problem that is chosen.
    wrong: usize,
    inferred: bool,
    hand: Option<Box<Hand>>,
}

/// A scenario on screen.
#[derive(Debug)]
struct Shown {
    read: Read,
    /// Whether it is that of the open conversation.
    open: bool,
    /// Whether it was checked.
    checked: bool,
}

/// What has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Focus {
    #[default]
    Outline,
    Middle,
    Check,
}

/// Rows that a page moves by.
const PAGE: usize = 10;

fn ask(ask: Ask) -> Cmd {
    Cmd::Job(Job::Opening(ask))
}

/// The screen was switched to: what it needs to know.
pub fn entered(model: &mut Model) -> Vec<Cmd> {
    let Some(run) = &model.run else {
        let entry = model.picker.entries.get(model.picker.at);
        let Some(name) = entry.map(|entry| entry.scenario.clone()) else {
            return Vec::new();
        };
        let desk = &mut model.desk;
        if desk.waits.is_some() {
            return Vec::new();
        }
        // It may have changed on disk.
        return show(model, &name);
    };
    let scenario = Arc::clone(run.session.scenario_at(run.at()));
    let desk = &mut model.desk;
    let same = |shown: &Shown| {
        let now = shown.read.scenario.as_ref();
        shown.open && now.is_some_and(|now| now.version == scenario.version)
    };
    if desk.shown.as_ref().is_some_and(same) {
        return Vec::new();
    }
    let cmd = ask(Ask::Check {
        scenario: scenario.id.clone(),
        files: scenario.files.clone(),
    });
    desk.waits = None;
    desk.put(Shown {
        open: true,
        checked: false,
        read: Read {
            name: scenario.id.clone(),
            files: scenario.files.clone(),
            folder: None,
            scenario: Some(scenario),
            problems: Vec::new(),
            inferences: Vec::new(),
        },
    });
    vec![cmd]
}

impl Desk {
    /// Shows another scenario, or another version: what was chosen stays chosen.
    fn put(&mut self, shown: Shown) {
        let before = self.rows.get(self.at).cloned();
        self.rows = outline::rows(shown.read.scenario.as_deref(), &shown.read.files);
        let same = |row: &Row| {
            before
                .as_ref()
                .is_some_and(|b| b.item == row.item && b.name == row.name)
        };
        self.at = self.rows.iter().position(same).unwrap_or(1);
        self.problem = None;
        self.hand = None;
        self.peek = None;
        self.scroll = 0;
        self.wrong = 0;
        self.shown = Some(shown);
    }

    fn row(&self) -> Option<&Row> {
        self.rows.get(self.at)
    }

    /// The file and line that the middle shows.
    #[must_use]
    pub fn place(&self) -> Option<(String, usize)> {
        if let Some(peek) = &self.peek {
            return Some(peek.clone());
        }
        let row = self.row().filter(|row| !row.file.is_empty())?;
        Some((row.file.clone(), row.line.max(1)))
    }

    fn tool(&self) -> Option<(&Arc<Scenario>, &Tool)> {
        let row = self.row().filter(|row| row.item == Item::Tool)?;
        let scenario = self.shown.as_ref()?.read.scenario.as_ref()?;
        Some((scenario, scenario.tool(&row.name)?))
    }

    fn choose(&mut self, at: usize) {
        self.at = at.min(self.rows.len().saturating_sub(1));
        self.peek = None;
        self.scroll = 0;
    }

    /// So many rows on, past the headings.
    fn step(&mut self, down: bool, by: usize) {
        let mut at = self.at;
        for _ in 0..by {
            let heads = |row: &Row| row.item == Item::Heading;
            let next = if down {
                let rest = self.rows.iter().enumerate().skip(at + 1);
                rest.filter(|(_, row)| !heads(row)).map(|(i, _)| i).next()
            } else {
                let rest = self.rows.iter().enumerate().take(at).rev();
                rest.filter(|(_, row)| !heads(row)).map(|(i, _)| i).next()
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        self.choose(at);
    }

    /// The next heading's first row, or the one before.
    fn section(&mut self, forward: bool) {
        let heads: Vec<usize> = (0..self.rows.len())
            .filter(|i| {
                let next = self.rows.get(i + 1);
                let here = self.rows.get(*i);
                here.is_some_and(|row| row.item == Item::Heading)
                    && next.is_some_and(|row| row.item != Item::Heading)
            })
            .map(|i| i + 1)
            .collect();
        let to = if forward {
            heads.iter().find(|i| **i > self.at)
        } else {
            heads.iter().rev().find(|i| **i < self.at)
        };
        if let Some(to) = to {
            self.choose(*to);
        }
    }

    /// Shows where a problem is.
    fn jump(&mut self) {
        let shown = self.shown.as_ref();
        let problem = shown.and_then(|s| s.read.problems.get(self.wrong));
        if let Some(problem) = problem {
            let line = (problem.line as usize).max(1);
            self.peek = Some((problem.file.clone(), line));
            self.scroll = 0;
        }
    }
}

/// What its actions do; `None` for an action that is not of this screen.
pub fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let desk = &mut model.desk;
    let wrongs = desk.shown.as_ref().map_or(0, |s| s.read.problems.len());
    match action {
        Action::DeskDown | Action::DeskUp | Action::DeskPageDown | Action::DeskPageUp => {
            let down = matches!(action, Action::DeskDown | Action::DeskPageDown);
            let by = if matches!(action, Action::DeskDown | Action::DeskUp) {
                1
            } else {
                PAGE
            };
            let moved = |at: usize, most: usize| {
                if down {
                    at.saturating_add(by).min(most)
                } else {
                    at.saturating_sub(by)
                }
            };
            match desk.focus {
                Focus::Outline => desk.step(down, by),
                Focus::Middle => {
                    let [_, area, _] = parts(model, own(model.area()));
                    let rows = usize::from(area.height.saturating_sub(2));
                    let most = middle(model, usize::from(area.width.saturating_sub(2)))
                        .len()
                        .saturating_sub(rows);
                    model.desk.scroll = moved(model.desk.scroll, most);
                }
                Focus::Check => desk.wrong = moved(desk.wrong, wrongs.saturating_sub(1)),
            }
        }
        Action::DeskFirst | Action::DeskLast => match desk.focus {
            Focus::Outline if action == Action::DeskFirst => desk.choose(1),
            Focus::Outline => desk.choose(usize::MAX),
            Focus::Middle if action == Action::DeskFirst => desk.scroll = 0,
            Focus::Middle => {
                desk.scroll = usize::MAX / 2;
                return about(model, Action::DeskDown);
            }
            Focus::Check if action == Action::DeskFirst => desk.wrong = 0,
            Focus::Check => desk.wrong = wrongs.saturating_sub(1),
        },
        Action::DeskSection => desk.section(true),
        Action::DeskSectionBack => desk.section(false),
        Action::DeskNext | Action::DeskPrev => {
            desk.focus = match (desk.focus, action == Action::DeskNext) {
                (Focus::Outline, true) | (Focus::Check, false) => Focus::Middle,
                (Focus::Middle, true) | (Focus::Outline, false) => Focus::Check,
                (Focus::Check, true) | (Focus::Middle, false) => Focus::Outline,
            };
        }
        Action::GoOutline => desk.focus = Focus::Outline,
        Action::GoMiddle => desk.focus = Focus::Middle,
        Action::GoCheck => desk.focus = Focus::Check,
        Action::DeskOpen => match desk.focus {
            Focus::Check => {
                desk.jump();
                desk.focus = Focus::Middle;
            }
            Focus::Outline => desk.focus = Focus::Middle,
            Focus::Middle => desk.focus = Focus::Outline,
        },
        Action::DeskProblem => {
            if desk.peek.is_some() {
                desk.wrong = (desk.wrong + 1) % wrongs.max(1);
            }
            desk.jump();
        }
        Action::DeskInferred => {
            desk.inferred = !desk.inferred;
            desk.focus = Focus::Check;
        }
        Action::DeskOut => {
            if model.problem.take().is_some() {
                return Some(Vec::new());
            }
            if desk.peek.take().is_some() || desk.focus != Focus::Outline {
                desk.focus = Focus::Outline;
                desk.scroll = 0;
            } else {
                model.screen = super::Screen::Run;
            }
        }
        Action::DeskEdit | Action::DeskOutside => {
            return Some(edit(model, action == Action::DeskOutside));
        }
        Action::DeskTry => try_tool(model),
        Action::HandClose => {
            desk.hand = None;
            desk.focus = Focus::Outline;
        }
        Action::HandNext
        | Action::HandPrev
        | Action::HandRight
        | Action::HandLeft
        | Action::HandAgain
        | Action::HandPageDown
        | Action::HandPageUp => {
            if let Some(hand) = &mut desk.hand {
                match action {
                    Action::HandNext => hand.turn(true),
                    Action::HandPrev => hand.turn(false),
                    Action::HandRight => hand.choose(true),
                    Action::HandLeft => hand.choose(false),
                    Action::HandPageDown => hand.scroll = hand.scroll.saturating_add(PAGE),
                    Action::HandPageUp => hand.scroll = hand.scroll.saturating_sub(PAGE),
                    _ => {
                        hand.draw = hand.draw.wrapping_add(1);
                        hand.run();
                    }
                }
            }
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// Why an action of this screen cannot be done now; `None` for an action that
/// is not of this screen.
#[must_use]
pub fn able(model: &Model, action: Action) -> Option<Result<(), String>> {
    let no = |why: &str| Some(Err(why.to_owned()));
    let desk = &model.desk;
    match action {
        Action::DeskEdit | Action::DeskOutside => Some(editable(desk)),
        Action::DeskTry if desk.tool().is_none() => no("the chosen row is no tool"),
        Action::DeskProblem
            if desk
                .shown
                .as_ref()
                .is_none_or(|s| s.read.problems.is_empty()) =>
        {
            no("nothing is wrong")
        }
        Action::DeskInferred
            if desk
                .shown
                .as_ref()
                .is_none_or(|s| s.read.inferences.is_empty()) =>
        {
            no("nothing is inferred")
        }
        _ => None,
    }
}

/// What a verb of this kind does; `None` for another kind.
pub fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    if verb != Verb::Tool {
        return None;
    }
    let mut cmds = Vec::new();
    if model.screen != super::Screen::Scenario {
        model.screen = super::Screen::Scenario;
        cmds = entered(model);
    }
    let named = |row: &Row| row.item == Item::Tool && row.name == rest;
    let Some(at) = model.desk.rows.iter().position(named) else {
        return Some(Err(format!("there is no tool `{rest}`")));
    };
    model.desk.choose(at);
    try_tool(model);
    Some(Ok(cmds))
}

/// What may come next behind a verb of this kind; `None` for another kind.
#[must_use]
pub fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    if verb != Verb::Tool {
        return None;
    }
    let run = model.run.as_ref();
    let scenario = match (run, &model.desk.shown) {
        (Some(run), _) => Some(run.session.scenario_at(run.at())),
        (None, Some(shown)) => shown.read.scenario.as_ref(),
        (None, None) => None,
    };
    let tools = scenario.filter(|_| before.is_empty()).map(|s| &s.tools);
    Some(
        tools
            .into_iter()
            .flatten()
            .map(|tool| Word::new(tool.name.clone(), outline::executor(tool)))
            .collect(),
    )
}

/// Whether what is shown can be edited.
fn editable(desk: &Desk) -> Result<(), String> {
    let no = |why: &str| Err(why.to_owned());
    match &desk.shown {
        None => no("no scenario is shown"),
        Some(_) if desk.place().is_none() => no("no file says it: it is inferred"),
        Some(shown) if !shown.open && shown.read.folder.is_none() => {
            no("a sample has no file here; N makes a copy in the project")
        }
        Some(_) => Ok(()),
    }
}

/// Edits the file that is shown, from its line on.
fn edit(model: &mut Model, outside: bool) -> Vec<Cmd> {
    let (Some((path, line)), Some(shown)) = (model.desk.place(), &model.desk.shown) else {
        return Vec::new();
    };
    if shown.open {
        return editing::open(model, Subject::File(path, line), outside);
    }
    let Some(folder) = shown.read.folder.clone() else {
        return Vec::new();
    };
    let alone = Alone {
        scenario: shown.read.name.clone(),
        folder,
        files: shown.read.files.clone(),
    };
    editing::alone::open(model, alone, &path, line, outside)
}

/// The seed that draws what is shown: that of the open conversation.
fn seed(model: &Model) -> u64 {
    let open = model.desk.shown.as_ref().is_some_and(|shown| shown.open);
    match model.run.as_ref().filter(|_| open) {
        Some(run) => run.session.opened().seed,
        None => model.opening.seed,
    }
}

/// Puts the chosen tool on the table.
fn try_tool(model: &mut Model) {
    let seed = seed(model);
    let Some((scenario, tool)) = model.desk.tool() else {
        return;
    };
    let mut grounds = Vec::new();
    let open = model.desk.shown.as_ref().is_some_and(|shown| shown.open);
    if let Some(run) = model.run.as_ref().filter(|_| open) {
        let before = run.seen.path.get(..run.seen.upto).unwrap_or_default();
        let steps = before.iter().rev().filter_map(|place| place.step.as_ref());
        let called = |step: &crate::engine::step::Step| match &step.body.act {
            Act::Ran(ran) if ran.call.tool == tool.name => Some(ran.args.to_json()),
            _ => None,
        };
        grounds.push(Ground {
            name: match run.seen.upto {
                0 => String::from("this conversation at its start"),
                n => format!("this conversation after step {n}"),
            },
            world: run.session.place(run.at()).world.clone(),
            given: steps.into_iter().find_map(called).or_else(|| {
                let task = run.session.task_at(run.at());
                let call = task.path.iter().find(|c| c.tool == tool.name);
                call.map(|c| c.args.clone())
            }),
        });
    }
    for task in &scenario.tasks {
        if let Ok(bound) = scenario.bind(&task.id, seed) {
            let call = bound.path.iter().find(|c| c.tool == tool.name);
            grounds.push(Ground {
                name: format!("the start of {}", task.id),
                given: call.map(|c| c.args.clone()),
                world: bound.world,
            });
        }
    }
    // A task that uses it says more than one that does not.
    let from = usize::from(open && model.run.is_some());
    if let Some(rest) = grounds.get_mut(from..) {
        rest.sort_by_key(|ground| ground.given.is_none());
    }
    grounds.push(Ground {
        name: String::from("the scenario, before any task"),
        world: scenario.world.clone(),
        given: None,
    });
    let mut hand = Hand::new(Arc::clone(scenario), tool.clone(), grounds);
    hand.draw = Rng::new(seed, "by hand").next_u64();
    hand.run();
    model.desk.hand = Some(Box::new(hand));
    model.desk.focus = Focus::Middle;
}

/// Where its keys have their meaning.
#[must_use]
pub(in crate::tui) fn places(model: &Model) -> Vec<Place> {
    if model.desk.hand.is_some() {
        return vec![Place::Hand];
    }
    vec![Place::Scenario, Place::Everywhere]
}

/// A key that is no action.
pub(in crate::tui) fn typed(model: &mut Model, key: Key) -> Vec<Cmd> {
    if let Some(hand) = &mut model.desk.hand {
        hand.typed(key);
    }
    Vec::new()
}

/// Pasted text.
pub(in crate::tui) fn paste(model: &mut Model, text: &str) {
    if let Some(hand) = &mut model.desk.hand {
        hand.paste(text);
    }
}

/// A conversation was opened: what is shown may be another's.
pub(in crate::tui) fn opened(model: &mut Model) {
    model.desk.hand = None;
    if let Some(shown) = &mut model.desk.shown {
        shown.open = false;
    }
}

/// The session moved on: an edit makes another version.
pub(in crate::tui) fn moved(model: &mut Model) -> Vec<Cmd> {
    let open = model.desk.shown.as_ref().is_some_and(|shown| shown.open);
    if model.screen == super::Screen::Scenario && open {
        entered(model)
    } else {
        Vec::new()
    }
}

/// A scenario was read.
pub(in crate::tui) fn loaded(model: &mut Model, asked: &str, read: Result<Box<Read>, String>) {
    let desk = &mut model.desk;
    if desk.waits.as_deref() == Some(asked) {
        desk.waits = None;
        match read {
            Ok(read) => desk.put(Shown {
                read: *read,
                open: false,
                checked: true,
            }),
            Err(why) => {
                desk.shown = None;
                desk.rows.clear();
                desk.problem = Some(why);
            }
        }
        return;
    }
    // The same files: what is wrong with them is known now.
    if let (Some(shown), Ok(read)) = (&mut desk.shown, read)
        && shown.read.name == read.name
        && shown.read.files == read.files
    {
        shown.checked = true;
        shown.read.problems = read.problems;
        shown.read.inferences = read.inferences;
        shown.read.folder = read.folder;
    }
}

/// Shows a scenario by name, once it is read.
pub(in crate::tui) fn show(model: &mut Model, name: &str) -> Vec<Cmd> {
    model.desk.waits = Some(name.to_owned());
    vec![ask(Ask::Load(name.to_owned()))]
}
