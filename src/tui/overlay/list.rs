//! What overlays with a line to type into and a list below it have in common.

use crate::surface::{Meaning, text};
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// The rows of an area without its first `rows`.
fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect {
        y: area.y.saturating_add(rows),
        height: area.height - rows,
        ..area
    }
}

/// A line that is typed into, its end always in view, and a word below it.
/// Answers the rows that are left.
pub fn field(canvas: &mut Canvas<'_>, area: Rect, sign: &str, typed: &str, said: &Line) -> Rect {
    let inside = Rect {
        x: area.x.saturating_add(1).min(area.right()),
        width: area.width.saturating_sub(2),
        ..area
    };
    input(canvas, inside, sign, typed, true);
    let rest = below(inside, 1);
    canvas.line(rest, said);
    below(rest, 1)
}

/// A line that is typed into, with the cursor at its end where it has the keys.
pub fn input(canvas: &mut Canvas<'_>, area: Rect, sign: &str, typed: &str, here: bool) {
    let clean = text::clean_line(typed).into_owned();
    let room = usize::from(area.width).saturating_sub(text::width(sign) + 1);
    let mut shown = clean.as_str();
    while text::width(shown) > room {
        let mut letters = shown.chars();
        letters.next();
        shown = letters.as_str();
    }
    let mut line = Line::of(Meaning::HintKey, sign).and(Meaning::Text, shown);
    if here {
        line.push(Meaning::EditorCursor, " ");
    }
    canvas.line(area, &line);
}

/// As many of `n` lines as fit, the chosen one among them.
pub fn list(
    canvas: &mut Canvas<'_>,
    area: Rect,
    n: usize,
    chosen: usize,
    line: impl Fn(usize) -> Option<Line>,
) {
    let height = usize::from(area.height);
    let from = chosen
        .saturating_sub(height / 2)
        .min(n.saturating_sub(height));
    for (i, y) in (from..n).zip(area.top()..area.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..area
        };
        if let Some(line) = line(i) {
            canvas.line(row, &line);
        }
        if i == chosen {
            canvas.over(row, Meaning::Selection);
        }
    }
}
