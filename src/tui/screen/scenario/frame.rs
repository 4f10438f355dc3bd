//! The scenario screen as a frame: outline, middle, check, and the mode line.

use super::outline::{Item, Row};
use super::{Focus, Shown, card, check, seed};
use crate::engine::problem::Severity;
use crate::engine::step::Act;
use crate::surface::{Meaning, text};
use crate::tui::layout::Size;
use crate::tui::model::Model;
use crate::tui::paint::{Canvas, Line};
use crate::tui::pane::conversation::count;
use crate::tui::view::more;
use ratatui::layout::Rect;

/// What the mode line says of it, between the mode and the right.
#[must_use]
pub fn mode(model: &Model) -> Line {
    let desk = &model.desk;
    let Some(shown) = &desk.shown else {
        let words = match &desk.waits {
            Some(name) => format!("  reading {name}"),
            None => String::from("  no scenario is chosen"),
        };
        return Line::of(Meaning::TextMuted, words);
    };
    let mut line = Line::of(Meaning::TextStrong, format!("  {}", shown.read.name));
    if let Some(scenario) = &shown.read.scenario {
        let version = scenario.version.short();
        line.push(Meaning::TextMuted, format!("  version {version}"));
    }
    let of = match (&shown.read.folder, shown.open) {
        (_, true) => String::from("  of the open conversation"),
        (Some(folder), false) => format!("  {}", folder.display()),
        (None, false) => String::from("  a sample"),
    };
    line.push(Meaning::TextMuted, of);
    if shown.checked {
        for (severity, sign, word, role) in [
            (Severity::Error, "!!", "error", Meaning::ScorePoor),
            (Severity::Warning, "?", "warning", Meaning::ScoreFair),
        ] {
            let problems = shown.read.problems.iter();
            let n = problems.filter(|p| p.severity == severity).count();
            if n > 0 {
                line.push(role, format!("  {sign} {}", count(n, word)));
            }
        }
    } else {
        line.push(Meaning::TextMuted, "  being checked");
    }
    line
}

/// Outline, middle and check; empty where there is no room.
pub(super) fn parts(model: &Model, area: Rect) -> [Rect; 3] {
    let none = Rect::default();
    let focus = model.desk.focus;
    if Size::of(model.size.0, model.size.1) == Size::Tiny {
        return match focus {
            Focus::Outline => [area, none, none],
            Focus::Middle => [none, area, none],
            Focus::Check => [none, none, area],
        };
    }
    let wide = (area.width / 4).clamp(26, 40).min(area.width);
    let outline = Rect {
        width: wide,
        ..area
    };
    let rest = Rect {
        x: outline.right(),
        width: area.width - wide,
        ..area
    };
    let share = if focus == Focus::Check { 2 } else { 4 };
    let low = (rest.height / share).clamp(4, 24).min(rest.height);
    let middle = Rect {
        height: rest.height - low,
        ..rest
    };
    let check = Rect {
        y: middle.bottom(),
        height: low,
        ..rest
    };
    [outline, middle, check]
}

/// Where the screen's own part of the whole screen is.
pub(super) fn own(area: Rect) -> Rect {
    let top = u16::from(area.height > 4);
    Rect {
        y: area.y.saturating_add(top),
        height: area.height.saturating_sub(top + 2),
        ..area
    }
}

/// Where an editor stands: beside the outline, over middle and check.
#[must_use]
pub(in crate::tui) fn editor_area(model: &Model, area: Rect) -> Rect {
    let area = own(area);
    let [outline, middle, _] = parts(model, area);
    if middle.is_empty() {
        return area;
    }
    Rect {
        x: outline.right(),
        width: area.width.saturating_sub(outline.width),
        ..area
    }
}

/// The lines of the middle.
pub(super) fn middle(model: &Model, width: usize) -> Vec<Line> {
    let desk = &model.desk;
    let Some(shown) = &desk.shown else {
        return Vec::new();
    };
    if let Some((path, line)) = &desk.peek {
        return card::source(&shown.read.files, path, *line, true, width);
    }
    let Some(row) = desk.row() else {
        return Vec::new();
    };
    let used = used(model, shown, row);
    let scenario = shown.read.scenario.as_deref();
    let files = &shown.read.files;
    card::lines(row, scenario, files, used.as_ref(), seed(model), width)
}

/// Steps up to the cursor that used a tool.
fn used(model: &Model, shown: &Shown, row: &Row) -> Option<card::Used> {
    let run = model.run.as_ref().filter(|_| shown.open)?;
    let before = run.seen.path.get(..run.seen.upto)?;
    let steps = before.iter().filter_map(|place| place.step.as_ref());
    let calls =
        steps.filter(|step| matches!(&step.body.act, Act::Ran(ran) if ran.call.tool == row.name));
    Some(calls.map(|step| step.body.number).collect())
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let [outline_at, middle_at, check_at] = parts(model, area);
    let desk = &model.desk;
    paint_outline(canvas, model, outline_at);
    let focus = desk.focus == Focus::Middle;
    if let Some(hand) = &desk.hand {
        let inside = canvas.frame(middle_at, true, &hand.title());
        hand.paint(canvas, inside);
    } else {
        let mut title = Line::of(Meaning::HintKey, "ge");
        match (desk.place(), desk.row()) {
            (Some((path, line)), None) => {
                title.push(Meaning::Title, format!(" {path}:{line}"));
            }
            (Some((path, line)), Some(_)) if desk.peek.is_some() => {
                title.push(Meaning::Title, format!(" {path}:{line}"));
            }
            (_, Some(row)) => title.push(Meaning::Title, format!(" {}", row.name)),
            (None, None) => {}
        }
        let inside = canvas.frame(middle_at, focus, &title);
        let lines = middle(model, usize::from(inside.width));
        let height = usize::from(inside.height);
        let offset = desk.scroll.min(lines.len().saturating_sub(height));
        canvas.lines(inside, &lines, offset);
        let below = lines.len().saturating_sub(offset + height);
        more(canvas, middle_at, offset, below, focus);
    }
    let focus = desk.focus == Focus::Check;
    let title = Line::of(Meaning::HintKey, "gk").and(Meaning::Title, " check");
    let inside = canvas.frame(check_at, focus, &title);
    let lines = check::lines(desk, usize::from(inside.width));
    let height = usize::from(inside.height);
    let chosen = |n: &Option<usize>| focus && *n == Some(desk.wrong);
    let first = lines.iter().position(|(_, n)| chosen(n));
    let last = lines.iter().rposition(|(_, n)| chosen(n)).unwrap_or(0);
    let most = lines.len().saturating_sub(height);
    let offset = match first {
        // The last problem is chosen, and more stands below it.
        Some(_) if desk.inferred && last + 1 < lines.len() && desk.wrong > 0 => most,
        Some(first) => (last + 1).saturating_sub(height).min(first).min(most),
        None => 0,
    };
    for ((line, n), y) in lines.iter().skip(offset).zip(inside.top()..inside.bottom()) {
        let at = Rect {
            y,
            height: 1,
            ..inside
        };
        canvas.line(at, line);
        if chosen(n) {
            canvas.over(at, Meaning::Selection);
        }
    }
    more(
        canvas,
        check_at,
        offset,
        lines.len().saturating_sub(offset + height),
        focus,
    );
}

fn paint_outline(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let desk = &model.desk;
    let focus = desk.focus == Focus::Outline && desk.hand.is_none();
    let title = Line::of(Meaning::HintKey, "go").and(Meaning::Title, " outline");
    let inside = canvas.frame(area, focus, &title);
    let height = usize::from(inside.height);
    let from = desk
        .at
        .saturating_sub(height / 2)
        .min(desk.rows.len().saturating_sub(height));
    let width = usize::from(inside.width);
    for (i, y) in (from..desk.rows.len()).zip(inside.top()..inside.bottom()) {
        let Some(row) = desk.rows.get(i) else { break };
        let at = Rect {
            y,
            height: 1,
            ..inside
        };
        let head = row.item == Item::Heading;
        let detail = match &desk.shown {
            Some(shown) if row.item == Item::Tool => match used(model, shown, row) {
                Some(used) if !used.is_empty() => {
                    format!("{} ×{}", row.detail, used.len())
                }
                Some(_) | None => row.detail.clone(),
            },
            Some(_) | None => row.detail.clone(),
        };
        let detail = text::clean_line(&detail).into_owned();
        let wide = text::width(&detail);
        let indent = if head { "" } else { "  " };
        let room = width.saturating_sub(wide + indent.len() + 1);
        let name = text::clean_line(&row.name).into_owned();
        let name = text::shorten(&name, room);
        let pad = room.saturating_sub(text::width(&name)) + 1;
        let role = if head {
            Meaning::TextStrong
        } else {
            Meaning::Text
        };
        let line = Line::of(role, format!("{indent}{name}"))
            .and(Meaning::TextMuted, format!("{}{detail}", " ".repeat(pad)));
        canvas.line(at, &line);
        if i == desk.at && !head {
            canvas.over(at, Meaning::Selection);
        }
    }
    more(
        canvas,
        area,
        from,
        desk.rows.len().saturating_sub(from + height),
        focus,
    );
}
