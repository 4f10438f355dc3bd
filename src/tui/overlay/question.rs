//! Questions with two ways out: going on from the past, and leaving while
//! something runs. The ways come from the table of actions.

use crate::surface::{ACTIONS, Keymap, Meaning, Place, Row, key};
use crate::tui::layout::dialog;
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use ratatui::layout::Rect;

/// Paints the question before going on from the past.
pub fn from_past(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap, run: &Run) {
    let (upto, all) = (run.seen.upto, run.seen.path.len());
    let here = match upto {
        0 => String::from("The start is in the past."),
        n => format!("Step {n} is in the past."),
    };
    let rest = match all.saturating_sub(upto) {
        1 => format!("Step {all} is kept either way."),
        _ => format!("Steps {} to {all} are kept either way.", upto + 1),
    };
    paint(
        canvas,
        area,
        keymap,
        Place::FromPast,
        "step from the past",
        &format!("{here} {rest}"),
    );
}

/// Paints the question before leaving.
pub fn quit(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap) {
    paint(
        canvas,
        area,
        keymap,
        Place::Quit,
        "quit",
        "A call is in flight.",
    );
}

/// Paints the question before leaving an editor in which something was changed.
pub fn leave(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap) {
    paint(
        canvas,
        area,
        keymap,
        Place::Leave,
        "leave",
        "What was changed is in no step and in no file yet.",
    );
}

/// The actions of a place, a line or more each, with their first keys.
#[must_use]
pub fn ways(keymap: &Keymap, place: Place, columns: usize) -> Vec<Line> {
    let keys = |row: &Row| {
        let keys = keymap.keys_of(row.action);
        keys.first().map(|k| key::sequence(k)).unwrap_or_default()
    };
    let rows = || ACTIONS.iter().filter(|row| row.place == place);
    let widest = rows().map(|row| keys(row).len()).max().unwrap_or(0);
    let wide = widest.saturating_add(2).max(5);
    let mut lines = Vec::new();
    for row in rows() {
        let keys = keys(row);
        let pad = wide.saturating_sub(keys.len());
        let room = columns.saturating_sub(wide);
        let mut parts = wrapped(Meaning::HintText, row.words, 0, room).into_iter();
        let mut first = Line::of(Meaning::HintKey, keys).and(Meaning::HintText, " ".repeat(pad));
        first.spans.extend(parts.next().unwrap_or_default().spans);
        lines.push(first);
        lines.extend(parts.map(|line| {
            let mut out = Line::of(Meaning::HintText, " ".repeat(wide));
            out.spans.extend(line.spans);
            out
        }));
    }
    lines
}

/// Paints a question with the ways out that a place has.
pub fn paint(
    canvas: &mut Canvas<'_>,
    area: Rect,
    keymap: &Keymap,
    place: Place,
    title: &str,
    words: &str,
) {
    let columns = usize::from(area.width.min(70).saturating_sub(4));
    let mut lines = wrapped(Meaning::Text, words, 0, columns);
    lines.push(Line::new());
    lines.extend(ways(keymap, place, columns));
    let height = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let at = dialog(area, 70, height);
    canvas.clear(at);
    canvas.frame(at, true, &Line::of(Meaning::Title, title));
    let inside = inner(at);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    canvas.lines(inside, &lines, 0);
}
