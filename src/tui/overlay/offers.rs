//! The list of what can be edited at the cursor.

use crate::surface::{Meaning, text};
use crate::tui::editing::Offer;
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line, inner};
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// What there is.
    pub all: Vec<Offer>,
    /// Which is chosen.
    pub at: usize,
    /// Whether what is chosen is opened in `$EDITOR`.
    pub outside: bool,
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, state: &Offers) {
    let rows = u16::try_from(state.all.len()).unwrap_or(u16::MAX);
    let most = area.height.saturating_sub(4).max(3);
    let at = dialog(area, 74, rows.saturating_add(2).min(most));
    canvas.clear(at);
    let title = if state.outside {
        "edit in $EDITOR"
    } else {
        "edit"
    };
    canvas.frame(at, true, &Line::of(Meaning::Title, title));
    let inside = inner(at);
    let height = usize::from(inside.height);
    let offset = state
        .at
        .saturating_sub(height / 2)
        .min(state.all.len().saturating_sub(height));
    let room = state.all.iter().map(|o| text::width(&o.what)).max();
    let room = room.unwrap_or(0).min(usize::from(inside.width) / 2);
    let shown = state.all.iter().enumerate().skip(offset);
    for ((n, offer), y) in shown.zip(inside.top()..inside.bottom()) {
        let what = text::clean_line(&offer.what).into_owned();
        let what = text::shorten(&what, room).into_owned();
        let pad = " ".repeat(room.saturating_sub(text::width(&what)) + 2);
        let line = Line::of(Meaning::Text, format!(" {what}{pad}"))
            .and(Meaning::TextMuted, offer.why.clone());
        let row = Rect {
            y,
            height: 1,
            ..inside
        };
        canvas.line(row, &line);
        if n == state.at {
            canvas.over(row, Meaning::Selection);
        }
    }
}
