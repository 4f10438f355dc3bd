//! The frame of the curate screen: the queue, the conversation, the judge.

use super::{Curate, Part};
use crate::store::{Item, Status};
use crate::surface::{Meaning, text};
use crate::tui::deciding;
use crate::tui::job::queue::short;
use crate::tui::layout::{Pane, Size};
use crate::tui::model::Model;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::pane;
use crate::tui::pane::conversation::count;
use crate::tui::view::more;
use ratatui::layout::Rect;
use std::fmt::Write as _;

/// Columns of a row from which every axis has one of its own.
const WIDE: usize = 64;
/// Columns of a row from which the lowest axis is named.
const ROOMY: usize = 36;

/// Where the parts stand. Absent parts are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
struct Parts {
    queue: Rect,
    conversation: Rect,
    judge: Rect,
}

fn parts(part: Part, area: Rect) -> Parts {
    // The rows that all screens have are around it.
    let size = Size::of(area.width, area.height.saturating_add(3));
    let mut out = Parts::default();
    match size {
        Size::Tiny => match part {
            Part::Queue => out.queue = area,
            Part::Conversation => out.conversation = area,
            Part::Judge => out.judge = area,
        },
        Size::Small | Size::Medium | Size::Large => {
            let share = if size == Size::Small { 43 } else { 40 };
            let column = (u32::from(area.width) * share / 100) as u16;
            out.queue = Rect {
                width: column.min(80),
                ..area
            };
            let right = Rect {
                x: out.queue.right(),
                width: area.width.saturating_sub(out.queue.width),
                ..area
            };
            if size == Size::Small {
                match part {
                    Part::Queue | Part::Conversation => out.conversation = right,
                    Part::Judge => out.judge = right,
                }
            } else {
                let share = if part == Part::Judge { 60 } else { 36 };
                let rows = (u32::from(right.height) * share / 100) as u16;
                out.conversation = Rect {
                    height: right.height.saturating_sub(rows),
                    ..right
                };
                out.judge = Rect {
                    y: out.conversation.bottom(),
                    height: rows,
                    ..right
                };
            }
        }
    }
    out
}

/// Where a pane is painted, so that it can be scrolled.
pub(super) fn place(model: &Model, pane: Pane) -> Option<Rect> {
    let mut area = model.area();
    // As `view` does it: the title, the mode line and the hints.
    let title = u16::from(area.height > 4);
    area.y = area.y.saturating_add(title);
    area.height = area.height.saturating_sub(title.saturating_add(2));
    let banner = u16::try_from(model.banner(area.width).len()).unwrap_or(0);
    area.height = area.height.saturating_sub(banner);
    let parts = parts(model.curate.part, area);
    let at = match pane {
        Pane::Judge => parts.judge,
        _ => parts.conversation,
    };
    (!at.is_empty()).then_some(at)
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let curate = &model.curate;
    let at = parts(curate.part, area);
    queue(canvas, curate, at.queue);
    conversation(canvas, curate, at.conversation);
    judge(canvas, curate, at.judge);
}

fn titled(keys: &str, words: &str) -> Line {
    Line::of(Meaning::HintKey, keys).and(Meaning::Title, format!(" {words}"))
}

fn queue(canvas: &mut Canvas<'_>, curate: &Curate, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focus = curate.part == Part::Queue;
    let mut title = titled("gq", "queue");
    if curate.blind {
        title.push(Meaning::Mark, "  blind");
    }
    let inside = canvas.frame(area, focus, &title);
    let width = usize::from(inside.width);
    let list = &curate.list;
    let counts = &curate.counts;
    let undecided = counts.open.saturating_add(counts.stale);
    let head = Line::of(
        Meaning::TextStrong,
        format!("{undecided} open of {}", counts.all()),
    )
    .and(
        Meaning::TextMuted,
        format!("   sort {}", curate.sort.word()),
    );
    canvas.line(inside, &head);
    let filter = if curate.filter.is_empty() {
        Line::of(Meaning::TextMuted, "no filter")
    } else {
        Line::of(Meaning::TextMuted, "filter ").and(Meaning::Text, curate.filter.clone())
    };
    let below = |rows: u16| Rect {
        y: inside.y.saturating_add(rows),
        height: inside.height.saturating_sub(rows),
        ..inside
    };
    if inside.height > 1 {
        canvas.line(below(1), &filter);
    }
    let mut rest = below(3);
    if let Some(why) = &curate.trouble {
        let lines = wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, width);
        canvas.lines(rest, &lines, 0);
        return;
    }
    if list.total == 0 {
        let words = match (list.known, curate.filter.is_empty()) {
            (false, _) => "reading the store",
            (true, true) => "no conversation is stored yet; 1 is the run screen, where one is made",
            (true, false) => "no conversation fits the filter; F changes it",
        };
        canvas.lines(rest, &wrapped(Meaning::TextMuted, words, 0, width), 0);
        return;
    }
    // What is known of the chosen one stands below the rows.
    if let Some(item) = curate.chosen() {
        let mut lines = about(curate, item, width);
        let most = usize::from(rest.height / 3);
        lines.truncate(most);
        let rows = u16::try_from(lines.len()).unwrap_or(0);
        if rows > 1 {
            rest.height = rest.height.saturating_sub(rows.saturating_add(1));
            let at = Rect {
                y: rest.bottom().saturating_add(1),
                height: rows,
                ..rest
            };
            canvas.lines(at, &lines, 0);
        }
    }
    let height = usize::from(rest.height);
    let offset = list
        .at
        .saturating_sub(height / 2)
        .min(list.total.saturating_sub(height));
    for (y, i) in (rest.top()..rest.bottom()).zip(offset..list.total) {
        let at = Rect {
            y,
            height: 1,
            ..rest
        };
        let row = i.checked_sub(list.from).and_then(|i| list.rows.get(i));
        let line = match row {
            Some(item) => row_of(curate, item, width),
            None => Line::of(Meaning::TextMuted, "…"),
        };
        canvas.line(at, &line);
        if i == list.at {
            canvas.over(at, Meaning::Selection);
        }
    }
    let shown = offset.saturating_add(height);
    more(
        canvas,
        area,
        offset,
        list.total.saturating_sub(shown),
        focus,
    );
}

/// Sign and role of a row.
fn sign(item: &Item) -> (&'static str, Meaning) {
    let role = deciding::look(item.status).0;
    match item.status {
        Status::Approved => ("+", role),
        Status::Discarded => ("-", role),
        Status::Stale => ("?", role),
        Status::Open if item.notes.marked => ("m", Meaning::Mark),
        Status::Open if item.row.ended.is_none() => ("~", role),
        Status::Open => (".", role),
    }
}

fn row_of(curate: &Curate, item: &Item, width: usize) -> Line {
    let (sign, role) = sign(item);
    let mut line =
        Line::of(role, sign).and(Meaning::TextMuted, format!(" {} ", short(&item.row.id)));
    let hidden = curate.hides(item);
    let mut right = Line::new();
    if hidden {
        if width >= ROOMY {
            right.push(Meaning::TextMuted, " hidden");
        }
    } else {
        if item.sums.disagree.is_some() {
            right.push(Meaning::Mark, " <>");
        }
        match item.row.overall {
            Some(overall) => right.push(
                score(overall, !item.gates.is_empty()),
                format!(" {overall:>4.1}"),
            ),
            None => right.push(Meaning::ScoreNone, "    -"),
        }
        if width >= WIDE {
            for axis in item.axes.iter().take(8) {
                let failed = item.gates.contains(&axis.axis);
                right.push(score(axis.score, failed), format!(" {:>2.0}", axis.score));
            }
            let missing = 8usize.saturating_sub(item.axes.len());
            right.push(Meaning::Text, "   ".repeat(missing));
        } else if width >= ROOMY {
            let lowest = item.axes.iter().min_by(|a, b| a.score.total_cmp(&b.score));
            let words = lowest.map_or_else(String::new, |axis| {
                let name: String = axis.axis.chars().take(9).collect();
                format!(" {name} {:.0}", axis.score)
            });
            let role = lowest.map_or(Meaning::TextMuted, |axis| {
                score(axis.score, item.gates.contains(&axis.axis))
            });
            right.push(role, format!("{words:<14}"));
        }
        let words = match item.row.findings {
            0 => String::from("    "),
            n => format!(" !{n:<2}"),
        };
        right.push(Meaning::ScoreFair, words);
    }
    let room = width.saturating_sub(line.width() + right.width());
    let mut words = item.row.task.clone();
    if item.row.branch != "main" {
        let _ = write!(words, " {}", item.row.branch);
    }
    if room > 40 && !item.row.title.is_empty() {
        let _ = write!(words, "  {}", item.row.title);
    }
    let clean = text::clean_line(&words);
    let title = text::shorten(&clean, room);
    let pad = " ".repeat(room.saturating_sub(text::width(&title)));
    line.push(Meaning::Text, format!("{title}{pad}"));
    line.spans.extend(right.spans);
    line
}

fn score(score: f64, failed: bool) -> Meaning {
    if failed || score < 4.0 {
        Meaning::ScorePoor
    } else if score < 7.0 {
        Meaning::ScoreFair
    } else {
        Meaning::ScoreGood
    }
}

/// What is known of the chosen one.
fn about(curate: &Curate, item: &Item, width: usize) -> Vec<Line> {
    let row = &item.row;
    let mut out = Vec::new();
    let (role, word) = deciding::look(item.status);
    let mut head = Line::of(role, word);
    if let Some(decision) = &item.decision {
        let mut words = format!("  {} by {}", decision.choice.done(), decision.by);
        if item.status == Status::Stale {
            words.push_str(", and changed since");
        }
        head.push(Meaning::TextMuted, words);
        out.push(head);
        if !decision.reason.is_empty() {
            let words = format!("because: {}", decision.reason);
            out.extend(wrapped(Meaning::Text, &words, 0, width));
        }
    } else {
        out.push(head);
    }
    if item.notes.marked {
        out.push(Line::of(Meaning::Mark, "marked for later"));
    }
    if !item.notes.tags.is_empty() {
        let words = format!("tags: {}", item.notes.tags.join(", "));
        out.extend(wrapped(Meaning::Text, &words, 0, width));
    }
    if !item.notes.comment.is_empty() {
        let words = format!("comment: {}", item.notes.comment);
        out.extend(wrapped(Meaning::Text, &words, 0, width));
    }
    let ended = row.ended.as_deref().map_or_else(
        || String::from("not ended"),
        |why| format!("ended: {}", why.replace('_', " ")),
    );
    let words = format!(
        "{} / {}  {}  {}  {ended}",
        row.scenario,
        row.task,
        row.persona,
        count(row.steps as usize, "step")
    );
    out.extend(wrapped(Meaning::TextMuted, &words, 0, width));
    if !curate.hides(item) {
        let mut words = Vec::new();
        if row.assertions > 0 {
            words.push(format!(
                "{} of {} assertions hold",
                row.held, row.assertions
            ));
        }
        if row.findings > 0 {
            let blames = item.sums.blames.iter();
            let blames: Vec<String> = blames.map(|(who, n)| format!("{who} {n}")).collect();
            let findings = count(row.findings as usize, "finding");
            words.push(format!("{findings} ({})", blames.join(", ")));
        }
        if let Some(rate) = item.sums.counted.rate().filter(|rate| *rate > 0.0) {
            words.push(format!("rate {rate:.2}"));
        }
        if let Some(spread) = item.spread {
            words.push(format!("samples ±{spread:.1}"));
        }
        if !item.gates.is_empty() {
            words.push(format!("below its gate: {}", item.gates.join(", ")));
        }
        if !words.is_empty() {
            let words = words.join("  ");
            out.extend(wrapped(Meaning::TextMuted, &words, 0, width));
        }
        if let Some(how) = item.sums.disagree {
            let words = format!("<> {}", how.words());
            out.extend(wrapped(Meaning::Mark, &words, 0, width));
        }
        if item.sums.looks.any() {
            let words = item.sums.looks.to_string();
            out.extend(wrapped(Meaning::TextMuted, &words, 0, width));
        }
    }
    out
}

fn conversation(canvas: &mut Canvas<'_>, curate: &Curate, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focus = curate.part == Part::Conversation;
    let title = match &curate.shown {
        Some(shown) => {
            let id = short(&shown.key.conversation);
            titled("gc", &format!("{id} {}", shown.key.branch))
        }
        None => titled("gc", "conversation"),
    };
    panel(canvas, curate, Pane::Conversation, &title, area, focus);
}

fn judge(canvas: &mut Canvas<'_>, curate: &Curate, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focus = curate.part == Part::Judge;
    let title = titled("gj", "judge");
    if curate.chosen().is_some_and(|item| curate.hides(item)) {
        let inside = canvas.frame(area, focus, &title);
        let words = "hidden until you decide; b shows it";
        let width = usize::from(inside.width);
        canvas.lines(inside, &wrapped(Meaning::TextMuted, words, 0, width), 0);
        return;
    }
    panel(canvas, curate, Pane::Judge, &title, area, focus);
}

/// A pane as the run screen has it, of the conversation that is shown.
fn panel(
    canvas: &mut Canvas<'_>,
    curate: &Curate,
    pane: Pane,
    title: &Line,
    area: Rect,
    focus: bool,
) {
    let inside = canvas.frame(area, focus, title);
    let width = usize::from(inside.width);
    let Some(shown) = &curate.shown else { return };
    if let Some(why) = &shown.why {
        let lines = wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, width);
        canvas.lines(inside, &lines, 0);
        return;
    }
    let Some(run) = &shown.run else {
        canvas.line(inside, &Line::of(Meaning::TextMuted, "reading it"));
        return;
    };
    let height = usize::from(inside.height);
    let mut window = pane::window(pane, run, width, height);
    // Here `enter` opens the conversation, and only `o` unfolds a step.
    let spans = window.lines.iter_mut().flat_map(|line| &mut line.spans);
    for span in spans.filter(|s| matches!(s.role, Meaning::TextMuted | Meaning::Mark)) {
        if let Some(words) = span.text.strip_suffix("(enter)") {
            span.text = format!("{words}(o)");
        }
    }
    canvas.lines(inside, &window.lines, 0);
    more(canvas, area, window.above, window.below(), focus);
}

/// What the mode line says: how far one is, how fast, and the last decision.
pub(super) fn mode(model: &Model) -> Line {
    let curate = &model.curate;
    let counts = &curate.counts;
    let decided = counts.approved.saturating_add(counts.discarded);
    let mut line = Line::of(
        Meaning::TextStrong,
        format!("  {decided} of {} decided", counts.all()),
    );
    line.push(
        Meaning::Text,
        format!(
            "  {} approved  {} discarded",
            counts.approved, counts.discarded
        ),
    );
    if counts.stale > 0 {
        line.push(Meaning::Mark, format!("  {} stale", counts.stale));
    }
    if let Some(pace) = model.deciding.pace() {
        line.push(Meaning::TextMuted, format!("  {pace:.1}s each"));
    }
    if let Some(last) = model.deciding.last() {
        line.push(Meaning::NoticeNote, format!("   {last}"));
    }
    line
}
