//! Lines in roles, and the one place that puts them on the screen. Whatever is
//! painted here is cleaned and clipped, so that no text of a model and no size
//! of a terminal can do harm.

use super::theme::Theme;
use crate::surface::{Meaning, text};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A run of text in one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text; cleaned when painted.
    pub text: String,
    /// What it is.
    pub role: Meaning,
}

/// One line of the screen.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Line {
    /// From left to right.
    pub spans: Vec<Span>,
}

impl Line {
    /// An empty line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// A line of one run.
    #[must_use]
    pub fn of(role: Meaning, text: impl Into<String>) -> Self {
        Self::new().and(role, text)
    }
    /// The same with one more run.
    #[must_use]
    pub fn and(mut self, role: Meaning, text: impl Into<String>) -> Self {
        self.push(role, text);
        self
    }
    /// Adds a run.
    pub fn push(&mut self, role: Meaning, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.spans.push(Span { text, role });
        }
    }
    /// Columns that it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spans
            .iter()
            .map(|s| text::width(&text::clean_line(&s.text)))
            .sum()
    }
    /// All of it in one role: what lies after the cursor is dim. What is wrong
    /// stays to be seen.
    #[must_use]
    pub fn all(mut self, role: Meaning) -> Self {
        for span in &mut self.spans {
            if !span.role.is_finding() {
                span.role = role;
            }
        }
        self
    }
    /// Gives a part of it, in bytes of its text, another role.
    pub fn over(&mut self, from: usize, to: usize, role: Meaning) {
        let mut out = Vec::with_capacity(self.spans.len() + 2);
        let mut at = 0;
        for span in std::mem::take(&mut self.spans) {
            // Places are those of the text as it is painted.
            let text = text::clean_line(&span.text).into_owned();
            let (start, end) = (at, at + text.len());
            at = end;
            let cut =
                |a: usize, b: usize| text.get(a.max(start) - start..b.min(end).max(start) - start);
            if to <= start || end <= from {
                out.push(Span {
                    text,
                    role: span.role,
                });
                continue;
            }
            let parts = [
                (cut(start, from), span.role),
                (cut(from, to), role),
                (cut(to.min(end), end), span.role),
            ];
            for (part, role) in parts {
                if let Some(part) = part.filter(|p| !p.is_empty()) {
                    out.push(Span {
                        text: part.to_owned(),
                        role,
                    });
                }
            }
        }
        self.spans = out;
    }
}

/// A text wrapped into lines of one role, each behind `indent` spaces.
pub fn wrapped(role: Meaning, words: &str, indent: usize, columns: usize) -> Vec<Line> {
    let clean = text::clean(words);
    text::wrap(&clean, columns.saturating_sub(indent))
        .into_iter()
        .map(|part| Line::of(role, format!("{:indent$}{part}", "")))
        .collect()
}

/// Where and how to paint.
pub struct Canvas<'a> {
    /// The cells.
    pub buf: &'a mut Buffer,
    /// What roles look like.
    pub theme: &'a Theme,
}

impl Canvas<'_> {
    /// Paints a line at the top left of `area`, cut at its right edge with `…`.
    pub fn line(&mut self, area: Rect, line: &Line) {
        let area = area.intersection(self.buf.area);
        if area.is_empty() {
            return;
        }
        let mut x = area.x;
        let fits = line.width() <= usize::from(area.width);
        for span in &line.spans {
            let left = area.right().saturating_sub(x);
            if left == 0 {
                break;
            }
            let clean = text::clean_line(&span.text);
            let shown = if fits {
                clean
            } else {
                std::borrow::Cow::Owned(text::shorten(&clean, usize::from(left)).into_owned())
            };
            let style = self.theme.get(span.role);
            let (next, _) = self
                .buf
                .set_stringn(x, area.y, shown, usize::from(left), style);
            x = next;
        }
        // The cut may fall exactly between two runs.
        if !fits
            && x >= area.right()
            && let Some(cell) = self.buf.cell_mut((area.right().saturating_sub(1), area.y))
        {
            cell.set_symbol("…");
        }
    }

    /// Paints lines from `offset` on, one a row, as many as fit.
    pub fn lines(&mut self, area: Rect, lines: &[Line], offset: usize) {
        for (line, y) in lines.iter().skip(offset).zip(area.top()..area.bottom()) {
            self.line(
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                line,
            );
        }
    }

    /// Empties an area, so that what lies under a dialog is gone.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buf.area);
        let ground = self.theme.ground();
        for y in area.top()..area.bottom() {
            // A wide letter whose right half is covered would cover the frame.
            if let Some(cell) = area
                .left()
                .checked_sub(1)
                .and_then(|x| self.buf.cell_mut((x, y)))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
            for x in area.left()..area.right() {
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(ground);
                }
            }
        }
    }

    /// Lays a role over what is painted: the chosen line of a list.
    pub fn over(&mut self, area: Rect, role: Meaning) {
        let style = self.theme.get(role);
        self.buf.set_style(area.intersection(self.buf.area), style);
    }

    /// A frame with a title; heavy where it has the keys. Answers what is inside.
    pub fn frame(&mut self, area: Rect, focus: bool, title: &Line) -> Rect {
        let area = area.intersection(self.buf.area);
        if area.width < 2 || area.height < 2 {
            return Rect {
                width: 0,
                height: 0,
                ..area
            };
        }
        let role = if focus {
            Meaning::BorderFocus
        } else {
            Meaning::Border
        };
        let style = self.theme.get(role);
        let [tl, tr, bl, br, h, v] = if focus {
            ["┏", "┓", "┗", "┛", "━", "┃"]
        } else {
            ["┌", "┐", "└", "┘", "─", "│"]
        };
        let (left, right) = (area.left(), area.right().saturating_sub(1));
        let (top, bottom) = (area.top(), area.bottom().saturating_sub(1));
        for x in left..=right {
            for (y, l, r) in [(top, tl, tr), (bottom, bl, br)] {
                let sign = if x == left {
                    l
                } else if x == right {
                    r
                } else {
                    h
                };
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.set_symbol(sign).set_style(style);
                }
            }
        }
        for y in top.saturating_add(1)..bottom {
            for x in [left, right] {
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.set_symbol(v).set_style(style);
                }
            }
        }
        let room = area.width.saturating_sub(2);
        let mut spaced = Line::of(role, " ");
        spaced.spans.extend(title.spans.iter().cloned());
        if spaced.width() < usize::from(room) {
            spaced.push(role, " ");
        }
        if !title.spans.is_empty() && room > 0 {
            let at = Rect::new(left.saturating_add(1), top, room, 1);
            self.line(at, &spaced);
        }
        inner(area)
    }
}

/// What is inside a frame.
#[must_use]
pub fn inner(area: Rect) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect {
            width: 0,
            height: 0,
            ..area
        };
    }
    Rect::new(
        area.x.saturating_add(1),
        area.y.saturating_add(1),
        area.width - 2,
        area.height - 2,
    )
}
