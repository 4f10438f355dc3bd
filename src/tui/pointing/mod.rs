//! Pointing at a value, finding, copying, and the whole tree of the world.
//!
//! `tree` makes the rows of a world that are asked for, `find` looks for words and
//! filters places, `rows` reads the screen as one text, `value` says what a value
//! is, `source` where it came from, `copy` what is focused as text and JSON, `act` does
//! what keys ask for.

mod act;
pub mod copy;
pub mod find;
pub mod rows;
pub mod source;
pub mod tree;
pub mod value;

use super::layout::Pane;
use super::model::{Cursor, Model, Run, WorldView};
use super::msg::Cmd;
use super::paint::Canvas;
use super::pane::Window;
use crate::engine::id::StepId;
use crate::engine::world::{Node, NodeHash, Path};
use crate::surface::{Action, Meaning, Verb, Word};
use find::{Filter, Find, in_step, in_world, places};
use ratatui::layout::Rect;
use rows::Joined;
use tree::{Open, Shown};

pub(super) use act::{able, about, fresh, to_quote, typed};

/// What is pointed at, found and opened in a conversation.
#[derive(Clone, Debug, Default)]
pub struct Pointing {
    /// The whole tree of the world.
    pub tree: Tree,
    /// Whether the world pane shows broken rules alone.
    pub broken: bool,
    /// What is looked for.
    pub find: Option<Find>,
    /// Words of a step that are shown where they stand, while the cursor is there.
    pub quote: Option<(StepId, String)>,
    /// Where one came from, newest last.
    pub back: Vec<Stand>,
    /// What the findings of `find` and the list of `tree` were read from.
    read: Read,
}

/// What something was read from: it is read again once that has changed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Read {
    found: Option<(String, Pane, Option<StepId>, usize, NodeHash)>,
    listed: Option<(String, NodeHash)>,
}

/// The whole tree of the world.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// What is open.
    pub open: Open,
    /// The chosen place.
    pub at: Path,
    /// The first row in view, as far as the chosen one allows.
    pub top: usize,
    /// The filter as it was typed; empty for none.
    pub filter: String,
    /// What the filter keeps; `None` without one.
    pub listed: Option<Listed>,
}

/// The places that a filter keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// In the order of the world.
    pub paths: Vec<Path>,
    /// Whether there are more.
    pub cut: bool,
}

/// Where one stands: the cursor, the pane, the row.
#[derive(Clone, Debug)]
pub struct Stand {
    cursor: Cursor,
    focus: Pane,
    view: WorldView,
    at: Path,
    filter: String,
}

impl Tree {
    /// Its rows in a world.
    #[must_use]
    pub fn shown<'a>(&'a self, world: &'a Node) -> Shown<'a> {
        Shown {
            world,
            open: &self.open,
            listed: self.listed.as_ref().map(|l| l.paths.as_slice()),
        }
    }

    /// The first row in view, so that the chosen one is.
    #[must_use]
    pub fn top(&self, chosen: usize, rows: usize, room: usize) -> usize {
        let least = chosen.saturating_add(1).saturating_sub(room);
        self.top
            .max(least)
            .min(chosen)
            .min(rows.saturating_sub(room))
    }
}

impl Stand {
    /// Where one stands now.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        Self {
            cursor: run.cursor,
            focus: run.focus,
            view: run.world_view,
            at: run.pointing.tree.at.clone(),
            filter: run.pointing.tree.filter.clone(),
        }
    }

    /// Back there.
    pub fn go(self, run: &mut Run) {
        run.focus(self.focus);
        run.world_view = self.view;
        run.pointing.tree.at = self.at;
        run.pointing.tree.filter = self.filter;
        run.cursor = self.cursor;
        run.scroll.clear();
        run.look();
    }
}

/// Reads again what depends on the cursor and has changed.
pub fn reread(run: &mut Run) {
    let place = run.session.place(run.at());
    let world = &place.world;
    let hash = world.hash();
    let head = run.session.head();
    let pointing = &mut run.pointing;
    if let Some(find) = &mut pointing.find {
        let read = (
            find.text.clone(),
            find.pane,
            head,
            run.seen.path.len(),
            hash,
        );
        if pointing.read.found.as_ref() != Some(&read) {
            let word = find.text.to_lowercase();
            (find.steps, find.places, find.cut) = (Vec::new(), Vec::new(), false);
            if !word.is_empty() && find.pane == Pane::World {
                (find.places, find.cut) = in_world(world, &find.text);
            } else if !word.is_empty() {
                let steps = run.seen.path.iter().enumerate();
                let has = steps.filter(|(_, p)| {
                    p.step
                        .as_ref()
                        .is_some_and(|s| in_step(s, run.reasoning, &word))
                });
                find.steps = has.map(|(i, _)| i).collect();
            }
            pointing.read.found = Some(read);
        }
    }
    let tree = &mut pointing.tree;
    match Filter::parse(&tree.filter) {
        None => {
            tree.listed = None;
            pointing.read.listed = None;
        }
        Some(filter) => {
            let read = (tree.filter.clone(), hash);
            if pointing.read.listed.as_ref() != Some(&read) {
                let (paths, cut) = filter.list(world);
                tree.listed = Some(Listed { paths, cut });
                pointing.read.listed = Some(read);
            }
        }
    }
    if run.world_view == WorldView::Whole {
        // The chosen row is one that there is.
        while tree.shown(world).index(&tree.at).is_none() {
            let Some((above, _)) = tree.at.split() else {
                let first = tree.shown(world).window(0, 1).pop();
                tree.at = first.map(|row| row.path).unwrap_or_default();
                break;
            };
            tree.at = above;
        }
    }
}

/// Whether the whole tree has the keys.
fn in_tree(run: &Run) -> bool {
    run.focus == Pane::World && run.world_view == WorldView::Whole && !run.pointing.broken
}

/// Paints what is chosen and what was found over a pane.
pub fn marks(canvas: &mut Canvas<'_>, run: &Run, pane: Pane, inside: Rect, window: &Window) {
    let mut over = |words: &str| {
        let joined = Joined::new(&window.lines);
        for (from, to) in places(&joined.text, words) {
            for cells in joined.cells(from, to) {
                let (Ok(col), Ok(row)) = (u16::try_from(cells.col), u16::try_from(cells.row))
                else {
                    continue;
                };
                let at = Rect {
                    x: inside.x.saturating_add(col),
                    y: inside.y.saturating_add(row),
                    width: u16::try_from(cells.width).unwrap_or(u16::MAX),
                    height: 1,
                };
                canvas.over(at.intersection(inside), Meaning::Match);
            }
        }
    };
    if let Some(find) = run.pointing.find.as_ref().filter(|find| find.pane == pane) {
        over(&find.text);
    }
    if pane == Pane::Conversation
        && let Some((step, words)) = &run.pointing.quote
        && run.at() == Some(*step)
    {
        let words: Vec<&str> = words.split_whitespace().collect();
        over(&words.join(" "));
    }
    if run.focus == pane
        && let Some(row) = window.chosen.and_then(|row| u16::try_from(row).ok())
        && row < inside.height
    {
        let at = Rect {
            y: inside.y.saturating_add(row),
            height: 1,
            ..inside
        };
        canvas.over(at, Meaning::Selection);
    }
}

/// What a verb of this kind does; `None` for another kind.
pub(super) fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    let filter = match verb {
        Verb::Find => false,
        Verb::Filter => true,
        _ => return None,
    };
    if model.run.is_none() {
        return Some(Err(String::from("no conversation is open")));
    }
    Some(if filter {
        Ok(act::filter(model, rest))
    } else if rest.is_empty() {
        Err(String::from("`find` takes the words to look for"))
    } else {
        act::look_for(model, rest)
    })
}

/// What may come next behind a verb of this kind; `None` for another kind.
pub(super) fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    match verb {
        Verb::Filter if before.is_empty() => {
            let run = model.run.as_ref()?;
            let world = &run.session.place(run.at()).world;
            let tables = world.as_map()?.keys().take(64);
            Some(
                tables
                    .map(|key| Word::new(key.as_ref(), "a table"))
                    .collect(),
            )
        }
        Verb::Find | Verb::Filter => Some(Vec::new()),
        _ => None,
    }
}

/// Whether an action is about what was taken by pointing.
fn of_value(action: Action) -> bool {
    matches!(
        action,
        Action::ValueGo
            | Action::ValueDown
            | Action::ValueUp
            | Action::ValueText
            | Action::ValueJson
            | Action::ValueFilter
            | Action::ValueFind
            | Action::ValueAgain
            | Action::ValueClose
    )
}
