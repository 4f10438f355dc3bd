//! One row a branch, a letter a step, the cursor in brackets; a window around
//! the cursor where it does not fit.

use super::conversation::role_word;
use crate::engine::session::{Branch, Place};
use crate::surface::{Meaning, text};
use crate::tui::model::Run;
use crate::tui::paint::Line;
use std::sync::Arc;

/// Columns of a step: ` ─ U`, with room for brackets.
const STEP: usize = 4;
/// Rows inside the frame from which the world's changes have a row of their own.
const WORLD_ROW: usize = 2;

/// All rows, and the row to begin with so that the current branch is in view.
#[must_use]
pub fn content(run: &Run, width: usize, height: usize) -> (Vec<Line>, usize) {
    let branches = run.session.branches();
    let current = run.session.current();
    let label = branches
        .iter()
        .map(|b| text::width(&text::clean_line(&b.name)))
        .max()
        .unwrap_or(4)
        .clamp(4, (width / 4).max(4))
        + 1;
    let room = width.saturating_sub(label + 16) / STEP;
    let longest = branches
        .iter()
        .map(|b| run.memo.path(&run.session, b.head).len())
        .max()
        .unwrap_or(0);
    // The window of steps: the cursor in its middle, moved in at both ends.
    let from = run
        .seen
        .upto
        .saturating_sub(room / 2 + 1)
        .min(longest.saturating_sub(room));
    let window = from..from.saturating_add(room.max(1));
    let mut lines: Vec<Line> = branches
        .iter()
        .map(|b| row(run, b, b.name == current.name, label, &window))
        .collect();
    let mut offset = branches
        .iter()
        .position(|b| b.name == current.name)
        .unwrap_or(0)
        .saturating_sub(height.saturating_sub(1));
    if height > WORLD_ROW && height > lines.len() {
        lines.push(world_row(run, label, &window));
        offset = 0;
    }
    (lines, offset)
}

fn row(
    run: &Run,
    branch: &Branch,
    current: bool,
    label: usize,
    window: &std::ops::Range<usize>,
) -> Line {
    let path = run.memo.path(&run.session, branch.head);
    // Where this branch left another: what lies before belongs to that row.
    let shared = if current {
        0
    } else {
        path.iter()
            .zip(run.seen.path.iter())
            .take_while(|(a, b)| same(a, b))
            .count()
    };
    let name = text::clean_line(&branch.name);
    let name = text::shorten(&name, label.saturating_sub(1)).into_owned();
    let pad = " ".repeat(label.saturating_sub(text::width(&name)));
    let name_role = if current {
        Meaning::TextStrong
    } else {
        Meaning::TextMuted
    };
    let mut line = Line::of(name_role, name).and(Meaning::Text, pad);
    line.push(Meaning::TextMuted, if window.start > 0 { "<" } else { " " });
    line.spans.extend(start_cell(run, current, window).spans);
    for i in window.clone() {
        let Some(place) = path.get(i) else { break };
        if i < shared {
            let sign = if i + 1 == shared { "   └" } else { "    " };
            line.push(Meaning::TextMuted, sign);
            continue;
        }
        let Some(step) = &place.step else { continue };
        let (letter, _, role) = role_word(step.body.role);
        let lead = if i == window.start { ' ' } else { '─' };
        line.push(Meaning::TextMuted, lead.to_string());
        if current && i + 1 == run.seen.upto {
            line.push(Meaning::Selection, format!("[{letter}]"));
        } else {
            let role = if current && i >= run.seen.upto {
                Meaning::TextMuted
            } else {
                role
            };
            line.push(role, format!(" {letter} "));
        }
    }
    if path.len() > window.end {
        line.push(Meaning::TextMuted, ">");
    }
    let words = if !current {
        format!(" {} steps", path.len())
    } else if run.past() {
        format!(" step {}/{}", run.seen.upto, path.len())
    } else {
        String::from(" live")
    };
    line.push(Meaning::TextMuted, words);
    line
}

/// The start, where the cursor may stand too.
fn start_cell(run: &Run, current: bool, window: &std::ops::Range<usize>) -> Line {
    match (window.start, current, run.seen.upto) {
        (0, true, 0) => Line::of(Meaning::Selection, "[·]"),
        (0, true, _) => Line::of(Meaning::TextMuted, " · "),
        (0, false, _) => Line::of(Meaning::TextMuted, "   "),
        _ => Line::new(),
    }
}

fn same(a: &Arc<Place>, b: &Arc<Place>) -> bool {
    match (&a.step, &b.step) {
        (Some(a), Some(b)) => a.id == b.id,
        _ => false,
    }
}

fn world_row(run: &Run, label: usize, window: &std::ops::Range<usize>) -> Line {
    let mut line = Line::of(Meaning::TextMuted, format!("{:label$} ", "world"));
    line.spans.extend(start_cell(run, false, window).spans);
    for i in window.clone() {
        let Some(step) = run.seen.path.get(i).and_then(|p| p.step.as_ref()) else {
            break;
        };
        let changes = step.body.patch().map_or(0, |p| p.0.len());
        let sign = match changes {
            0 => String::from("·"),
            n if n > 99 => String::from("++"),
            n => n.to_string(),
        };
        let role = if changes == 0 {
            Meaning::TextMuted
        } else {
            Meaning::DiffChange
        };
        line.push(role, format!("  {sign:<2}"));
    }
    line.push(Meaning::TextMuted, " changes a step");
    line
}
