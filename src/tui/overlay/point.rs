//! Pointing at a value: a label on each value of the focused pane; then what is
//! known of the one that was taken.

use crate::surface::{Code, Key, Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line};
use crate::tui::pointing::value::{Source, Target, Value, label, more_words};
use ratatui::layout::Rect;

/// Labels on values.
#[derive(Clone, Debug)]
pub struct Point {
    /// Where the pane is, without its frame.
    pub area: Rect,
    /// Its values.
    pub targets: Vec<Target>,
    /// Letters of a label that were typed.
    pub typed: String,
    /// Which one enter takes.
    pub at: usize,
}

impl Point {
    /// A key that is no action: a letter of a label.
    pub fn typed(&mut self, key: Key) {
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt => {
                let typed = format!("{}{}", self.typed, c.to_ascii_lowercase());
                if self.labels().any(|label| label.starts_with(&typed)) {
                    self.typed = typed;
                } else {
                    self.typed.clear();
                }
            }
            Code::Backspace => drop(self.typed.pop()),
            _ => {}
        }
    }

    fn labels(&self) -> impl Iterator<Item = String> {
        let all = self.targets.len();
        (0..all).map(move |i| label(i, all))
    }

    /// The value whose label was typed.
    #[must_use]
    pub fn taken(&self) -> Option<&Target> {
        let at = self.labels().position(|label| label == self.typed)?;
        self.targets.get(at)
    }
}

/// Paints the labels over the values.
pub fn paint(canvas: &mut Canvas<'_>, point: &Point) {
    let cell = |cells: &crate::tui::pointing::rows::Cells| -> Option<Rect> {
        let x = u16::try_from(cells.col).ok()?;
        let y = u16::try_from(cells.row).ok()?;
        let at = Rect {
            x: point.area.x.saturating_add(x),
            y: point.area.y.saturating_add(y),
            width: u16::try_from(cells.width).unwrap_or(u16::MAX),
            height: 1,
        };
        let at = at.intersection(point.area);
        (!at.is_empty()).then_some(at)
    };
    for (i, (target, label)) in point.targets.iter().zip(point.labels()).enumerate() {
        if i == point.at {
            for at in target.cells.iter().filter_map(cell) {
                canvas.over(at, Meaning::Match);
            }
        }
        let Some(rest) = label.strip_prefix(&point.typed) else {
            continue;
        };
        if let Some(at) = target.cells.first().and_then(cell) {
            let at = Rect {
                width: u16::try_from(label.len())
                    .unwrap_or(1)
                    .min(point.area.right().saturating_sub(at.x)),
                ..at
            };
            let line = Line::of(Meaning::TextMuted, &point.typed).and(Meaning::Label, rest);
            canvas.line(at, &line);
        }
    }
}

/// A value that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub sources: Vec<Source>,
    /// Places that are not listed.
    pub more: usize,
    /// Which of them is chosen.
    pub at: usize,
}

/// Paints what is known of a value.
pub fn paint_value(canvas: &mut Canvas<'_>, area: Rect, taken: &Taken) {
    let more = more_words(taken.more);
    let rows = taken.sources.len().max(1) + usize::from(more.is_some());
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2);
    let at = dialog(
        area,
        area.width.saturating_sub(4).min(110),
        height.min(area.height.saturating_sub(4)).max(3),
    );
    canvas.clear(at);
    let name = text::clean_line(&taken.value.text);
    let name = text::shorten(&name, usize::from(at.width / 2)).into_owned();
    let title =
        Line::of(Meaning::Title, name).and(Meaning::TextMuted, format!("  {}", taken.value.kind()));
    let inside = canvas.frame(at, true, &title);
    let mut lines = Vec::new();
    let widest = taken
        .sources
        .iter()
        .map(|s| text::width(&text::clean_line(&s.place)))
        .max()
        .unwrap_or(0)
        .min(usize::from(inside.width / 2));
    for (i, source) in taken.sources.iter().enumerate() {
        let place = text::clean_line(&source.place);
        let place = text::shorten(&place, widest);
        let pad = " ".repeat(widest.saturating_sub(text::width(&place)));
        let sign = if i == taken.at { "> " } else { "  " };
        lines.push(
            Line::of(Meaning::TextStrong, sign)
                .and(Meaning::Text, format!("{place}{pad}  "))
                .and(Meaning::TextMuted, source.words.clone()),
        );
    }
    if lines.is_empty() {
        lines.push(Line::of(
            Meaning::Mark,
            "  it stands neither in the world nor in any step: nothing backs it",
        ));
    }
    let room = usize::from(inside.height).saturating_sub(usize::from(more.is_some()));
    let from = (taken.at + 1).saturating_sub(room.max(1));
    let body = inside;
    let mut shown: Vec<Line> = lines.into_iter().skip(from).take(room.max(1)).collect();
    if let Some(words) = more {
        shown.push(Line::of(Meaning::TextMuted, format!("  {words}")));
    }
    canvas.lines(body, &shown, 0);
    if !taken.sources.is_empty()
        && let Ok(row) = u16::try_from(taken.at.saturating_sub(from))
        && row < body.height
    {
        let at = Rect {
            y: body.y.saturating_add(row),
            height: 1,
            ..body
        };
        canvas.over(at, Meaning::Selection);
    }
}
