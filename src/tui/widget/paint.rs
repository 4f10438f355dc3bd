//! The editor on the screen: lines with numbers, a sign where something is
//! wrong, the cursor; and below or beside it what is wrong, in words.

use super::check::Check;
use super::lay::Laid;
use super::light::Light;
use super::text_edit::{TextEdit, Window};
use crate::engine::problem::{Problem, Severity};
use crate::surface::Meaning;
use crate::tui::paint::{Canvas, Line, wrapped};
use ratatui::layout::Rect;

/// Rows that the pane of problems takes at most, where it stands below.
const PROBLEMS: u16 = 7;

fn sign(problem: &Problem) -> (&'static str, Meaning) {
    match problem.severity {
        Severity::Error => ("!!", Meaning::ScorePoor),
        Severity::Warning => ("? ", Meaning::ScoreFair),
    }
}

impl TextEdit {
    /// The title of its frame: `tools.yaml  edited`.
    #[must_use]
    pub fn title(&self) -> Line {
        let line = Line::of(Meaning::Title, self.name().to_owned());
        if self.changed() {
            line.and(Meaning::Mark, "  edited")
        } else {
            line
        }
    }

    /// Frame, text, and the pane of problems below it, all in `area`. `focus`
    /// says whether it has the keys; `more` is said after the problems.
    pub fn paint(&self, canvas: &mut Canvas<'_>, area: Rect, focus: bool, more: &[Line]) {
        let width = usize::from(area.width.saturating_sub(2));
        let lines = self.problem_lines(width, more);
        let wanted = u16::try_from(lines.len()).unwrap_or(PROBLEMS);
        let below = if area.height < 9 {
            0
        } else {
            wanted
                .clamp(1, PROBLEMS.min(area.height / 3))
                .saturating_add(2)
        };
        let above = Rect {
            height: area.height.saturating_sub(below),
            ..area
        };
        let inside = canvas.frame(above, focus, &self.title());
        self.paint_text(canvas, inside, focus);
        if below > 0 {
            let at = Rect {
                y: above.bottom(),
                height: below,
                ..area
            };
            let inside = canvas.frame(at, false, &Line::of(Meaning::Title, "check"));
            self.paint_problems(canvas, inside, more);
        }
    }

    /// The text alone.
    pub fn paint_text(&self, canvas: &mut Canvas<'_>, area: Rect, focus: bool) {
        let area = area.intersection(canvas.buf.area);
        let lines = self.lines();
        let digits = lines.len().to_string().len().max(2);
        // A sign, the number, a space.
        let gutter = u16::try_from(digits + 2).unwrap_or(4);
        let gutter = if area.width > gutter.saturating_add(12) {
            gutter
        } else {
            0
        };
        let text = Rect {
            x: area.x.saturating_add(gutter),
            width: area.width.saturating_sub(gutter),
            ..area
        };
        // The end of the line has a column of its own for the cursor.
        let columns = usize::from(text.width.saturating_sub(1)).max(1);
        let rows = usize::from(area.height);
        let (line, column) = self.cursor();
        let (line, column) = (line - 1, column - 1);
        let cursor = Laid::of(lines.get(line).map_or("", |l| l.as_str()), columns).place(column);
        let top = self.top(columns, rows, (line, cursor.0));
        self.window.set(Window { columns, rows, top });
        let light = match self.check() {
            Check::Json(_) | Check::Value { .. } => Light::Json,
            Check::Nothing | Check::Words | Check::File(_) => Light::of(self.name()),
        };
        let mut y = area.y;
        let (mut n, mut skip) = top;
        while y < area.bottom() {
            let Some(words) = lines.get(n) else { break };
            let laid = Laid::of(words, columns);
            let roles = light.roles(words);
            let marked = self
                .problems()
                .iter()
                .filter(|p| self.owns(p) && p.line as usize == n + 1)
                .min_by_key(|p| p.severity != Severity::Error);
            for row in skip..laid.height() {
                if y >= area.bottom() {
                    break;
                }
                let at = Rect {
                    y,
                    height: 1,
                    ..text
                };
                canvas.line(at, &laid.lit(row, &roles));
                if gutter > 0 {
                    let at = Rect {
                        y,
                        height: 1,
                        width: gutter,
                        ..area
                    };
                    canvas.line(at, &number(n, row, digits, marked));
                }
                if focus && n == line && row == cursor.0 {
                    let x = text
                        .x
                        .saturating_add(u16::try_from(cursor.1).unwrap_or(u16::MAX));
                    let wide = u16::try_from(cursor.2).unwrap_or(1);
                    let at = Rect {
                        x,
                        y,
                        width: wide,
                        height: 1,
                    };
                    canvas.over(at.intersection(text), Meaning::EditorCursor);
                }
                y = y.saturating_add(1);
            }
            skip = 0;
            n += 1;
        }
    }

    /// Where painting begins, so that the cursor is in view and the text stands
    /// still where it was already.
    fn top(&self, columns: usize, rows: usize, cursor: (usize, usize)) -> (usize, usize) {
        let lines = self.lines();
        let height = |n: usize| lines.get(n).map_or(1, |l| Laid::of(l, columns).height());
        let before = self.window.get();
        let mut top = before.top;
        if before.columns != columns {
            top.1 = 0;
        }
        if cursor <= top {
            return cursor;
        }
        // The latest beginning that shows the cursor in the last row.
        let (mut n, mut row) = cursor;
        let mut left = rows.saturating_sub(1);
        while left > 0 {
            if row >= left {
                row -= left;
                break;
            }
            left -= row;
            let Some(above) = n.checked_sub(1) else {
                row = 0;
                break;
            };
            n = above;
            row = height(n) - 1;
            left -= 1;
        }
        top.max((n, row))
    }

    /// What is wrong, in words; `more` is said after it.
    #[must_use]
    pub fn problem_lines(&self, width: usize, more: &[Line]) -> Vec<Line> {
        let mut out = Vec::new();
        for (n, problem) in self.problems().iter().enumerate() {
            let (sign, role) = sign(problem);
            let mut words = match (self.owns(problem), problem.line) {
                (true, 0) => String::new(),
                (true, line) => format!("line {line}: "),
                (false, 0) => format!("{}: ", problem.file),
                (false, line) => format!("{}:{line}: ", problem.file),
            };
            words.push_str(&problem.what);
            let chosen = self.chosen() == Some(n);
            let sign = if chosen { "> " } else { sign };
            let mut lines = wrapped(role, &words, 3, width).into_iter();
            let mut first = Line::of(role, format!("{sign} "));
            if let Some(line) = lines.next() {
                for span in line.spans {
                    first.push(span.role, span.text.trim_start().to_owned());
                }
            }
            out.push(first);
            out.extend(lines);
            if !problem.help.is_empty() {
                out.extend(wrapped(Meaning::TextMuted, &problem.help, 3, width));
            }
        }
        if !self.settled() {
            out.insert(0, Line::of(Meaning::TextMuted, "…  being checked"));
        } else if out.is_empty() {
            let words = format!("ok {}", self.check().fine());
            out.push(Line::of(Meaning::ScoreGood, words));
        }
        out.extend(more.iter().cloned());
        out
    }

    /// What is wrong, in an area; the problem walked to is in view.
    pub fn paint_problems(&self, canvas: &mut Canvas<'_>, area: Rect, more: &[Line]) {
        let lines = self.problem_lines(usize::from(area.width), more);
        let chosen = lines
            .iter()
            .position(|l| l.spans.first().is_some_and(|s| s.text == ">  "))
            .unwrap_or(0);
        let most = lines.len().saturating_sub(usize::from(area.height));
        canvas.lines(area, &lines, chosen.min(most));
    }
}

/// What stands before a row.
fn number(line: usize, row: usize, digits: usize, marked: Option<&Problem>) -> Line {
    if row > 0 {
        return Line::new();
    }
    let number = format!("{:>digits$} ", line + 1);
    match marked.map(|p| p.severity) {
        Some(Severity::Error) => Line::of(Meaning::EditorError, format!("!{number}")),
        Some(Severity::Warning) => Line::of(Meaning::ScoreFair, format!("?{number}")),
        None => Line::of(Meaning::EditorGutter, format!(" {number}")),
    }
}
