//! A new scenario in the project: a small example, or a copy of another.

use super::list::{field, list};
use crate::surface::{Code, Key, Meaning, text};
use crate::tui::job::opening::named;
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Make {
    /// The name, as it was typed.
    pub name: String,
    /// What it can be a copy of: scenario, and where it comes from.
    pub sources: Vec<(String, String)>,
    /// Which is chosen; 0 is the small example.
    pub at: usize,
    /// Why it was not made.
    pub problem: Option<String>,
}

impl Make {
    /// The scenario to copy.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        let at = self.at.checked_sub(1)?;
        self.sources.get(at).map(|(name, _)| name.as_str())
    }
    /// A key that is no action.
    pub fn typed(&mut self, key: Key) {
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt => self.name.push(c),
            Code::Backspace => drop(self.name.pop()),
            _ => return,
        }
        self.problem = None;
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, make: &Make) {
    let rows = u16::try_from(make.sources.len()).unwrap_or(u16::MAX);
    let height = rows.saturating_add(6).clamp(8, 20);
    let at = dialog(area, 76, height.min(area.height.saturating_sub(2).max(3)));
    canvas.clear(at);
    let inside = canvas.frame(at, true, &Line::of(Meaning::Title, "new scenario"));
    let said = match (&make.problem, named(&make.name)) {
        (Some(why), _) => Line::of(Meaning::ScorePoor, format!("!! {why}")),
        (None, Err(why)) => Line::of(Meaning::TextMuted, why),
        (None, Ok(())) => Line::of(Meaning::TextMuted, "enter makes it, from:"),
    };
    let rest = field(canvas, inside, "name ", &make.name, &said);
    list(canvas, rest, make.sources.len() + 1, make.at, |i| {
        let Some(at) = i.checked_sub(1) else {
            return Some(
                Line::of(Meaning::Text, "a small example  ")
                    .and(Meaning::TextMuted, "one table, two tools, one task"),
            );
        };
        let (name, from) = make.sources.get(at)?;
        let name = text::clean_line(name).into_owned();
        Some(
            Line::of(Meaning::Text, format!("a copy of {name}  "))
                .and(Meaning::TextMuted, from.clone()),
        )
    });
}
