//! The faults that can be put into the next step: those that fit whoever's turn it
//! is first, then the others with why they do not.

use crate::engine::fault::Fault;
use crate::surface::{Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::travel::turn;
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Which is chosen.
    pub at: usize,
}

/// A fault, and why it does not fit where it does not.
pub type Row = (Fault, Result<(), String>);

/// All faults at the cursor, those that fit first.
#[must_use]
pub fn rows(run: &Run) -> Vec<Row> {
    let mut all = run.session.faults_at(run.at());
    all.sort_by_key(|(_, fits)| fits.is_err());
    all
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, run: &Run, state: &Faults) {
    let rows = rows(run);
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let room = area.height.saturating_sub(2).max(3);
    let at = dialog(
        Rect {
            height: room.min(area.height),
            ..area
        },
        96,
        height.saturating_add(5).max(8),
    );
    canvas.clear(at);
    let title = Line::of(Meaning::HintKey, "!").and(Meaning::Title, " put a fault in");
    let inside = canvas.frame(at, true, &title);
    let who = turn::words(&run.session.turn(run.at()));
    let words = format!("Into the next step: {who}. The step is made at once and names the fault.");
    let mut head = wrapped(Meaning::TextMuted, &words, 0, usize::from(inside.width));
    head.push(Line::new());
    head.truncate(usize::from(inside.height.saturating_sub(2)));
    canvas.lines(inside, &head, 0);
    let used = u16::try_from(head.len()).unwrap_or(0).min(inside.height);
    let list = Rect {
        y: inside.y.saturating_add(used),
        height: inside.height.saturating_sub(used),
        ..inside
    };
    let wide = rows
        .iter()
        .map(|(fault, _)| text::width(fault.name()))
        .max()
        .unwrap_or(0);
    let height = usize::from(list.height);
    let chosen = state.at.min(rows.len().saturating_sub(1));
    let from = (chosen + 1).saturating_sub(height);
    let shown = rows.iter().enumerate().skip(from);
    for ((i, (fault, fits)), y) in shown.zip(list.top()..list.bottom()) {
        let at = Rect {
            y,
            height: 1,
            ..list
        };
        let name = fault.name();
        let pad = " ".repeat(wide.saturating_sub(text::width(name)) + 2);
        let line = match fits {
            Ok(()) => Line::of(Meaning::Text, format!("  {name}{pad}"))
                .and(Meaning::TextMuted, fault.about()),
            Err(why) => Line::of(Meaning::TextMuted, format!("- {name}{pad}"))
                .and(Meaning::TextMuted, format!("not now: {why}")),
        };
        canvas.line(at, &line);
        if i == chosen {
            canvas.over(at, Meaning::Selection);
        }
    }
    let below = rows.len().saturating_sub(from + height);
    crate::tui::view::more(canvas, at, from, below, true);
}
