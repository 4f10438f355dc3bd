//! The list of themes: each is tried on as it is chosen, `esc` puts the one
//! before back on.

use crate::surface::Meaning;
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug)]
pub struct Themes {
    /// Which is chosen.
    pub at: usize,
    /// What was worn when it was opened.
    pub before: String,
}

impl Themes {
    /// With the one chosen that is worn.
    #[must_use]
    pub fn new(names: &[String], worn: &str) -> Self {
        Self {
            at: names.iter().position(|n| n == worn).unwrap_or(0),
            before: worn.to_owned(),
        }
    }

    /// The next or the previous, around the ends.
    pub fn turn(&mut self, down: bool, of: usize) {
        let of = of.max(1);
        let step = if down { 1 } else { of.saturating_sub(1) };
        self.at = self.at.saturating_add(step) % of;
    }
}

/// What each of ours is for.
#[must_use]
pub fn words(name: &str) -> &'static str {
    match name {
        "ansi" => "the terminal's own sixteen colours",
        "mono" => "no colour: bold, dim, underline, reverse",
        "dark" => "a dark background of its own",
        "light" => "a light background of its own",
        "deuter" => "blue and orange, for deuteranopia",
        "tritan" => "teal and red, for tritanopia",
        "contrast" => "black and white, 7:1 and more",
        _ => "your own",
    }
}

/// Paints it, in a corner, so that one sees what a theme does to the rest.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, names: &[String], state: &Themes) {
    let rows = u16::try_from(names.len()).unwrap_or(u16::MAX);
    let mut at = dialog(area, 56, rows.saturating_add(2));
    at.x = area.right().saturating_sub(at.width);
    at.y = area
        .y
        .saturating_add(1)
        .min(area.bottom().saturating_sub(at.height));
    canvas.clear(at);
    let title =
        Line::of(Meaning::Title, "theme").and(Meaning::TextMuted, "  enter keeps, esc goes back");
    let inside = canvas.frame(at, true, &title);
    let skip = state
        .at
        .saturating_sub(usize::from(inside.height).saturating_sub(1));
    for ((i, name), y) in names
        .iter()
        .enumerate()
        .skip(skip)
        .zip(inside.top()..inside.bottom())
    {
        let row = Rect {
            y,
            height: 1,
            ..inside
        };
        let line =
            Line::of(Meaning::Text, format!(" {name:<10} ")).and(Meaning::TextMuted, words(name));
        canvas.line(row, &line);
        if i == state.at {
            canvas.over(row, Meaning::Selection);
        }
    }
}
