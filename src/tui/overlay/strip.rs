//! The strip that says what may follow a first key, such as `g`.

use crate::surface::{Action, Key, Meaning};
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// Paints it over the bottom of `area`. What is `off` now is dim.
pub fn paint(
    canvas: &mut Canvas<'_>,
    area: Rect,
    pressed: &str,
    next: &[(Key, Action)],
    off: &dyn Fn(Action) -> bool,
) {
    let cells: Vec<Line> = next
        .iter()
        .map(|(key, action)| {
            let words = action.row().map_or("", |row| row.words);
            // The first words name it; the rest is for help.
            let short = words.split([':', ',']).next().unwrap_or(words);
            let (key_role, role) = if off(*action) {
                (Meaning::TextMuted, Meaning::TextMuted)
            } else {
                (Meaning::HintKey, Meaning::HintText)
            };
            Line::of(key_role, key.to_string()).and(role, format!(" {short}"))
        })
        .collect();
    let widest = cells
        .iter()
        .map(Line::width)
        .max()
        .unwrap_or(1)
        .saturating_add(3);
    let inside = usize::from(area.width.saturating_sub(4)).max(1);
    let columns = (inside / widest.max(1)).clamp(1, cells.len().max(1));
    let mut lines = Vec::new();
    for row in cells.chunks(columns) {
        let mut line = Line::of(Meaning::HintText, " ");
        for cell in row {
            let pad = widest.saturating_sub(cell.width());
            line.spans.extend(cell.spans.iter().cloned());
            line.push(Meaning::HintText, " ".repeat(pad));
        }
        lines.push(line);
    }
    let height = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2)
        .min(area.height);
    let at = Rect {
        y: area.bottom().saturating_sub(height),
        height,
        ..area
    };
    canvas.clear(at);
    let inside = canvas.frame(at, true, &Line::of(Meaning::HintKey, pressed));
    canvas.lines(inside, &lines, 0);
}
