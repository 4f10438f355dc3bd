//! What was done, in words, newest last.

use crate::surface::Meaning;
use crate::tui::model::Run;
use crate::tui::paint::Line;

/// All of it.
#[must_use]
pub fn lines(run: &Run) -> Vec<Line> {
    if run.log.is_empty() {
        return vec![Line::of(Meaning::TextMuted, "nothing was done yet")];
    }
    run.log
        .iter()
        .map(|text| match text.split_once("  ") {
            Some((act, rest)) => Line::of(Meaning::LogAct, format!("{act:<8} "))
                .and(Meaning::Text, rest.trim_start()),
            None => Line::of(Meaning::Text, text.clone()),
        })
        .collect()
}
