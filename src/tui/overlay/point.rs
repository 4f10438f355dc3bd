//! Pointing at a value: a label on each value of the focused pane; then what is
//! known of the one that was taken.

use crate::surface::{Code, Key, Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::pointing::source::{Source, more_words};
use crate::tui::pointing::value::{Target, Value, label};
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

/// Rows under the list for the whole words of the chosen place.
const WHOLE: usize = 3;
/// What stands between the chain and the other places.
const ELSEWHERE: &str = "  it stands here too";

/// Paints what is known of a value: the chain back, then where else it stands.
pub fn paint_value(canvas: &mut Canvas<'_>, area: Rect, taken: &Taken) {
    let width = area.width.saturating_sub(4).min(110);
    let room = usize::from(width.saturating_sub(2));
    let widest = widest(taken, room);
    let whole = whole(taken, widest, room);
    let (lines, chosen) = rows(taken, widest);
    let more = more_words(taken.more);
    let all = lines.len() + usize::from(more.is_some()) + whole.len();
    let height = u16::try_from(all.max(1))
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let at = dialog(
        area,
        width,
        height.min(area.height.saturating_sub(4)).max(3),
    );
    canvas.clear(at);
    let name = text::clean_line(&taken.value.text);
    let name = text::shorten(&name, usize::from(at.width / 2)).into_owned();
    let title =
        Line::of(Meaning::Title, name).and(Meaning::TextMuted, format!("  {}", taken.value.kind()));
    let inside = canvas.frame(at, true, &title);
    let below = whole.len() + usize::from(more.is_some());
    let room = usize::from(inside.height).saturating_sub(below).max(1);
    let from = (chosen + 1).saturating_sub(room);
    let mut shown: Vec<Line> = lines.into_iter().skip(from).take(room).collect();
    if let Some(words) = more {
        shown.push(Line::of(Meaning::TextMuted, format!("  {words}")));
    }
    shown.extend(whole);
    canvas.lines(inside, &shown, 0);
    if !taken.sources.is_empty()
        && let Ok(row) = u16::try_from(chosen.saturating_sub(from))
        && row < inside.height
    {
        let at = Rect {
            y: inside.y.saturating_add(row),
            height: 1,
            ..inside
        };
        canvas.over(at, Meaning::Selection);
    }
}

/// Where a source is, behind the sign of a link.
fn place(source: &Source, first: bool) -> String {
    let sign = match source.link {
        Some(_) if first => "",
        Some(_) => "<- ",
        None => "",
    };
    let depth = source.link.unwrap_or(0).min(8) * 2;
    format!("{:depth$}{sign}{}", "", text::clean_line(&source.place))
}

/// Columns of the places.
fn widest(taken: &Taken, room: usize) -> usize {
    let places = taken.sources.iter().enumerate();
    let widths = places.map(|(i, s)| text::width(&place(s, i == 0)));
    widths.max().unwrap_or(0).min(room / 2)
}

/// The rows, and which of them is chosen.
fn rows(taken: &Taken, widest: usize) -> (Vec<Line>, usize) {
    let mut lines = Vec::new();
    let mut chosen = 0;
    let mut linked = false;
    for (i, source) in taken.sources.iter().enumerate() {
        if linked && source.link.is_none() {
            lines.push(Line::of(Meaning::TextMuted, ELSEWHERE));
        }
        linked = source.link.is_some();
        if i == taken.at {
            chosen = lines.len();
        }
        let place = place(source, i == 0);
        let place = text::shorten(&place, widest);
        let pad = " ".repeat(widest.saturating_sub(text::width(&place)));
        let sign = if i == taken.at { "> " } else { "  " };
        lines.push(
            Line::of(Meaning::TextStrong, sign)
                .and(Meaning::Text, format!("{place}{pad}  "))
                .and(source.role, source.words.clone()),
        );
    }
    if lines.is_empty() {
        lines.push(Line::of(
            Meaning::Mark,
            "  it stands neither in the world nor in any step: nothing backs it",
        ));
    }
    (lines, chosen)
}

/// All words of the chosen place, where its row has no room for them.
fn whole(taken: &Taken, widest: usize, room: usize) -> Vec<Line> {
    let Some(source) = taken.sources.get(taken.at) else {
        return Vec::new();
    };
    let words = text::clean_line(&source.words);
    if text::width(&words) + widest + 4 <= room {
        return Vec::new();
    }
    let mut lines = wrapped(Meaning::Text, &words, 2, room);
    if lines.len() > WHOLE {
        lines.truncate(WHOLE);
        if let Some(line) = lines.last_mut() {
            line.push(Meaning::Text, "…");
        }
    }
    lines.insert(0, Line::new());
    lines
}
