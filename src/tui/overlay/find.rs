//! The line of what is looked for: words in the conversation or the world, or
//! the filter of the whole tree.

use crate::surface::{Code, Key, Meaning, text};
use crate::tui::layout::Pane;
use crate::tui::model::{Run, WorldView};
use crate::tui::paint::{Canvas, Line};
use crate::tui::pointing::Stand;
use crate::tui::pointing::find::Find;
use ratatui::layout::Rect;

/// What the line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Words that are looked for.
    Words,
    /// Which places of the world are shown.
    Filter,
}

/// Its state.
#[derive(Clone, Debug)]
pub struct FindLine {
    /// What it is for.
    pub what: For,
    /// What was typed.
    pub text: String,
    /// Where it is looked for.
    pub pane: Pane,
    /// Where one stood before, and what was looked for.
    pub before: (Stand, Option<Find>, String),
    /// What the world pane showed.
    pub view: WorldView,
}

impl FindLine {
    /// A key that is no action.
    pub fn typed(&mut self, key: Key) {
        match key.code {
            Code::Char('u') if key.ctrl => self.text.clear(),
            Code::Char(c) if !key.ctrl && !key.alt => self.text.push(c),
            Code::Backspace => drop(self.text.pop()),
            _ => {}
        }
    }
}

/// Paints it over the mode line.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, run: &Run, state: &FindLine) {
    let at = Rect {
        y: area.bottom().saturating_sub(2).max(area.y),
        height: area.height.min(1),
        ..area
    };
    canvas.clear(at);
    let (mode, sign, said) = match state.what {
        For::Words => (" FIND ", "/", found(run, state)),
        For::Filter => (" FILTER ", "F ", listed(run)),
    };
    let width = usize::from(at.width);
    let room = width
        .saturating_sub(mode.len() + 4)
        .saturating_sub(text::width(&said));
    // The end of a long text stays in view.
    let clean = text::clean_line(&state.text).into_owned();
    let mut shown = clean.as_str();
    while text::width(shown) > room.max(8) {
        let mut letters = shown.chars();
        letters.next();
        shown = letters.as_str();
    }
    let line = Line::of(Meaning::ModeEdit, mode)
        .and(Meaning::HintKey, format!(" {sign}"))
        .and(Meaning::Text, shown)
        .and(Meaning::EditorCursor, " ")
        .and(Meaning::TextMuted, format!("  {said}"));
    canvas.line(at, &line);
}

fn found(run: &Run, state: &FindLine) -> String {
    let place = match state.pane {
        Pane::World => "the world",
        _ => "the conversation",
    };
    match &run.pointing.find {
        Some(find) if !find.text.is_empty() => {
            format!("{} in {place}", find.counted())
        }
        _ => format!("in {place}"),
    }
}

fn listed(run: &Run) -> String {
    match &run.pointing.tree.listed {
        None => String::from("a path, orders[*].status, =value, ~part of one"),
        Some(listed) if listed.cut => format!("more than {} places", listed.paths.len()),
        Some(listed) if listed.paths.len() == 1 => String::from("1 place"),
        Some(listed) => format!("{} places", listed.paths.len()),
    }
}
