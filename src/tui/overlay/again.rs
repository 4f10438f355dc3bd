//! What came of a step's request sent several times: answers that come to the
//! same in one group, and how often they would be refused.

use crate::driver::AgainReport;
use crate::surface::{Meaning, text};
use crate::tui::calls::Again;
use crate::tui::layout::Size;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use crate::tui::pane::conversation::count;
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Whether answers are shown whole.
    pub whole: bool,
    /// The first row shown.
    pub offset: usize,
}

impl Report {
    /// Scrolls to a row, never past the ends.
    pub fn scroll(
        &mut self,
        again: &Again,
        to: impl FnOnce(usize, usize) -> usize,
        size: (u16, u16),
    ) {
        let inside = within(Rect::new(0, 0, size.0, size.1));
        let height = usize::from(inside.height);
        let lines = rows(again, self.whole, usize::from(inside.width));
        let most = lines.len().saturating_sub(height);
        self.offset = to(self.offset.min(most), (height / 2).max(1)).min(most);
    }
}

fn frame(area: Rect) -> Rect {
    let rows = match Size::of(area.width, area.height) {
        Size::Tiny => 1,
        Size::Small | Size::Medium | Size::Large => 2,
    };
    Rect {
        height: area.height.saturating_sub(rows),
        ..area
    }
}

fn within(area: Rect) -> Rect {
    let inside = inner(frame(area));
    Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    }
}

/// `3 of 10 refused (30%)`.
fn rate(part: u32, all: u32, word: &str) -> String {
    let percent = (f64::from(part) * 100.0 / f64::from(all.max(1))).round();
    format!("{part} of {all} {word} ({percent}%)")
}

/// The rates of a report.
fn rates(report: &AgainReport) -> String {
    format!(
        "{}, {}",
        rate(report.refused(), report.answered, "refused"),
        rate(report.found(), report.answered, "with findings")
    )
}

fn rows(again: &Again, whole: bool, width: usize) -> Vec<Line> {
    let Some(report) = &again.report else {
        let words = if again.stopped {
            String::from("stopped before the first answer")
        } else {
            format!(
                "asked {}; no answer yet",
                count(again.times as usize, "time")
            )
        };
        return vec![Line::of(Meaning::TextMuted, words)];
    };
    let different = count(report.groups.len(), "different answer");
    let role = if report.refused() > 0 {
        Meaning::ScorePoor
    } else if report.found() > 0 {
        Meaning::ScoreFair
    } else {
        Meaning::ScoreGood
    };
    let words = format!("{different}  {}", rates(report));
    let mut out = wrapped(role, &words, 0, width);
    if let Some(before) = &again.before {
        let words = format!("before: {}  {}", before.by, rates(before));
        out.extend(wrapped(Meaning::TextMuted, &words, 0, width));
    }
    for group in &report.groups {
        out.push(Line::new());
        let (sign, role) = if !group.refused.is_empty() {
            ("!!", Meaning::ScorePoor)
        } else if group.findings.is_empty() {
            ("ok", Meaning::ScoreGood)
        } else {
            ("? ", Meaning::ScoreFair)
        };
        let mut head = Line::of(role, format!("{sign} "))
            .and(Meaning::TextStrong, format!("{:>3}x  ", group.times));
        let columns = width.saturating_sub(head.width());
        let clean = text::clean_line(&group.what);
        head.push(Meaning::Text, text::shorten(&clean, columns).into_owned());
        out.push(head);
        for why in &group.refused {
            let words = format!("refused: {why}");
            out.extend(wrapped(Meaning::ScorePoor, &words, 9, width));
        }
        for found in &group.findings {
            let words = format!("finding: {found}");
            out.extend(wrapped(Meaning::ScoreFair, &words, 9, width));
        }
        if whole && !group.text.is_empty() {
            out.extend(wrapped(Meaning::TextMuted, &group.text, 9, width));
        }
    }
    if !report.failed.is_empty() {
        out.push(Line::new());
        let words = format!("{} failed:", count(report.failed.len(), "call"));
        out.push(Line::of(Meaning::ScorePoor, words));
        for why in &report.failed {
            out.extend(wrapped(Meaning::TextMuted, why, 9, width));
        }
    }
    out
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, again: Option<&Again>, report: &Report) {
    let at = frame(area);
    canvas.clear(at);
    let mut title = Line::of(Meaning::HintKey, "A").and(Meaning::Title, " again");
    let Some(again) = again else {
        canvas.frame(at, true, &title);
        return;
    };
    title.push(Meaning::TextMuted, format!("  step {}", again.number));
    if let Some(report) = &again.report {
        title.push(
            Meaning::TextMuted,
            format!("  {}  {}", report.seat, report.by),
        );
    }
    let wanted = again.report.as_ref().map_or(again.times, |r| r.wanted);
    let (words, role) = if again.running() {
        (format!("{} of {wanted}", again.done()), Meaning::Mark)
    } else if again.stopped && again.done() < wanted {
        (
            format!("{} of {wanted}, stopped", again.done()),
            Meaning::ScoreFair,
        )
    } else {
        (format!("all {wanted}"), Meaning::TextMuted)
    };
    title.push(role, format!("  {words}"));
    canvas.frame(at, true, &title);
    let inside = within(area);
    let lines = rows(again, report.whole, usize::from(inside.width));
    let height = usize::from(inside.height);
    let offset = report.offset.min(lines.len().saturating_sub(height));
    canvas.lines(inside, &lines, offset);
    let below = lines.len().saturating_sub(offset + height);
    crate::tui::view::more(canvas, at, offset, below, true);
}
