//! The question before all that pass are approved: how many there are.

use crate::surface::{Keymap, Place};
use crate::tui::job::queue::Match;
use crate::tui::overlay::question;
use crate::tui::paint::Canvas;
use crate::tui::pane::conversation::count;
use ratatui::layout::Rect;

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap, filter: &str, found: &Match) {
    let all = usize::try_from(found.counts.all()).unwrap_or(usize::MAX);
    let undecided = found.counts.open.saturating_add(found.counts.stale);
    let of = if filter.is_empty() {
        String::from("in the store")
    } else {
        format!("that fit `{filter}`")
    };
    let words = format!(
        "Of {} {of}, {undecided} are open, and {} of these {} judged and {} every gate.",
        count(all, "conversation"),
        found.passing,
        if found.passing == 1 { "is" } else { "are" },
        if found.passing == 1 { "meets" } else { "meet" },
    );
    let title = format!("approve {}", found.passing);
    question::paint(canvas, area, keymap, Place::ApproveAll, &title, &words);
}
