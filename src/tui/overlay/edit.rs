//! The editor of something that shaped a step: text, what is wrong with it, who
//! used it.

use crate::engine::session::Touches;
use crate::surface::Meaning;
use crate::tui::editing::Subject;
use crate::tui::editing::alone::Alone;
use crate::tui::layout::{Pane, Size};
use crate::tui::model::Model;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::screen::{Screen, scenario};
use crate::tui::widget::TextEdit;
use ratatui::layout::Rect;

/// Its state.
#[derive(Debug)]
pub struct Edit {
    /// What is edited.
    pub subject: Subject,
    /// The text.
    pub text: TextEdit,
    /// Who used what changes, as far as is known.
    pub uses: Option<Touches>,
    /// The scenario, where no conversation is open of it.
    pub alone: Option<Alone>,
    /// Whether the step that follows is made again once it is applied.
    pub again: bool,
}

/// Where it stands: over the conversation where there is room beside it, else
/// over all; and the row of the mode line.
fn parts(model: &Model, area: Rect) -> (Rect, Rect) {
    let size = Size::of(area.width, area.height);
    let rows = if size == Size::Tiny { 1 } else { 2 };
    let whole = Rect {
        height: area.height.saturating_sub(rows),
        ..area
    };
    let mode = Rect {
        y: whole.bottom(),
        height: area.height.min(1),
        ..area
    };
    if model.screen == Screen::Scenario {
        return (scenario::editor_area(model, area), mode);
    }
    let beside = match &model.run {
        Some(run) if model.screen == Screen::Run && size >= Size::Medium && !run.zoom => {
            model.layout(run, area).of(Pane::Conversation)
        }
        Some(_) | None => None,
    };
    (beside.unwrap_or(whole), mode)
}

/// `used by steps 6 and 9`, for the pane of problems.
#[must_use]
pub fn used(touches: &Touches) -> String {
    let numbers: Vec<String> = touches.used.iter().map(ToString::to_string).collect();
    match numbers.split_last() {
        None => String::from("no step used the old version"),
        Some((one, [])) => format!("the old version was used by step {one}"),
        Some((_, rest)) if rest.len() > 11 => format!(
            "the old version was used by {} steps, from step {} on",
            numbers.len(),
            rest.first().map_or("", String::as_str)
        ),
        Some((last, rest)) => {
            format!(
                "the old version was used by steps {} and {last}",
                rest.join(", ")
            )
        }
    }
}

/// The mode line of everything that edits.
pub fn mode(canvas: &mut Canvas<'_>, model: &Model, area: Rect, words: &str) {
    canvas.clear(area);
    let mut line = Line::of(Meaning::ModeEdit, " EDIT ");
    match &model.note {
        Some(note) => line.push(Meaning::NoticeNote, format!("  {note}")),
        None => line.push(Meaning::Text, format!("  {words}")),
    }
    canvas.line(area, &line);
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, model: &Model, area: Rect, edit: &Edit) {
    let (at, row) = parts(model, area);
    canvas.clear(at);
    let mut more = Vec::new();
    if let Some(uses) = &edit.uses
        && edit.text.changed()
        && !edit.text.broken()
    {
        let width = usize::from(at.width.saturating_sub(2));
        more = wrapped(Meaning::TextMuted, &used(uses), 3, width);
    }
    edit.text.paint(canvas, at, true, &more);
    let words = format!("{}  {}", edit.text.name(), edit.text.status());
    mode(canvas, model, row, &words);
}
