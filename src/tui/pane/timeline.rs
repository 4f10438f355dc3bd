//! One row a branch, a letter a step, the cursor in brackets; a window around
//! the cursor where it does not fit. A branch stands under the step that it
//! leaves; `'` marks a step that has other tries, `|` a place to stop at.

use super::conversation::{in_words, role_word};
use crate::engine::halt::Break;
use crate::engine::id::StepId;
use crate::engine::step::Step;
use crate::surface::{Meaning, text};
use crate::tui::deciding::stands;
use crate::tui::layout::Pane;
use crate::tui::model::{Run, Scroll};
use crate::tui::paint::Line;
use crate::tui::travel::tree::{Cell, Row, Tree};
use std::ops::Range;

/// Columns of a step: ` ─ U`, with room for brackets.
const STEP: usize = 4;
/// Columns behind the steps, for words about the branch.
const WORDS: usize = 24;
/// Tries of the step under the cursor that have a row of their own.
const TRIES: usize = 8;

/// What all rows have in common.
struct Frame<'a> {
    run: &'a Run,
    tree: &'a Tree,
    /// Columns of the names.
    label: usize,
    /// The steps in view.
    window: Range<usize>,
    /// Steps after which going on stops.
    stops: Vec<usize>,
    /// Whether the pane has the keys, and with them a chosen row.
    focus: bool,
}

/// All rows, and the row to begin with so that the current branch is in view.
#[must_use]
pub fn content(run: &Run, width: usize, height: usize) -> (Vec<Line>, usize) {
    let tree = &run.travel.tree;
    let label = tree
        .rows
        .iter()
        .map(|row| text::width(&text::clean_line(&row.name)))
        .max()
        .unwrap_or(4)
        .clamp(4, (width / 4).max(4))
        + 1;
    let room = width.saturating_sub(label + WORDS) / STEP;
    // The window of steps: the cursor in its middle, moved in at both ends.
    let from = run
        .seen
        .upto
        .saturating_sub(room / 2 + 1)
        .min(tree.longest.saturating_sub(room));
    let stops = run.session.breaks().iter().filter_map(|b| match b {
        Break::Step(number) => usize::try_from(*number).ok(),
        Break::Rule | Break::Tool(_) | Break::Score { .. } | Break::Finding => None,
    });
    let frame = Frame {
        run,
        tree,
        label,
        window: from..from.saturating_add(room.max(1)),
        stops: stops.collect(),
        focus: run.focus == Pane::Timeline,
    };
    let shown = if frame.focus {
        run.travel.chosen()
    } else {
        tree.current
    };
    let mut offset = shown
        .min(tree.rows.len().saturating_sub(1))
        .saturating_sub(height.saturating_sub(1));
    let top = match run.scroll.get(&Pane::Timeline) {
        Some(Scroll::At(row)) => *row,
        Some(Scroll::Follow) | None => offset,
    };
    // A trial can make many branches; those out of view are not drawn.
    let top = top.min(tree.rows.len().saturating_sub(height));
    let mut lines: Vec<Line> = (0..tree.rows.len())
        .map(|i| {
            if (top..top.saturating_add(height)).contains(&i) {
                frame.row(i)
            } else {
                Line::new()
            }
        })
        .collect();
    // A row of its own is worth having beside the branches, not instead.
    if height > 2 {
        let world = vec![frame.world()];
        let scores = frame.scores().into_iter().collect();
        for rows in [world, scores, frame.tries()] {
            if lines.len() + rows.len() <= height {
                lines.extend(rows);
                offset = 0;
            }
        }
    }
    (lines, offset)
}

impl Frame<'_> {
    /// A name in its column; the chosen row has its sign.
    fn label(&self, role: Meaning, name: &str, chosen: bool) -> Line {
        let name = text::clean_line(name);
        let name = text::shorten(&name, self.label.saturating_sub(1)).into_owned();
        let pad = self.label.saturating_sub(text::width(&name));
        let mut line = if chosen {
            Line::of(Meaning::Selection, name)
        } else {
            Line::of(role, name)
        };
        line.push(Meaning::Text, " ".repeat(pad));
        let sign = if chosen {
            ">"
        } else if self.window.start > 0 {
            "<"
        } else {
            " "
        };
        line.push(Meaning::TextMuted, sign);
        line
    }

    fn row(&self, index: usize) -> Line {
        let Some(row) = self.tree.rows.get(index) else {
            return Line::new();
        };
        let current = index == self.tree.current;
        let role = if current {
            Meaning::TextStrong
        } else {
            Meaning::TextMuted
        };
        let chosen = self.focus && self.tree.rows.len() > 1 && self.run.travel.chosen() == index;
        let mut line = self.label(role, &row.name, chosen);
        line.spans.extend(self.start(current).spans);
        let through = self.through(index);
        let last = through.iter().max().map_or(0, |column| column + 1);
        for i in self.window.start..self.window.end.min(row.len().max(last)) {
            match row.cell(i) {
                Some(cell) => self.cell(&mut line, i, cell, current),
                None if i + 1 == row.shared => {
                    let up = row.leaves.is_some_and(|leaves| leaves < index);
                    line.push(Meaning::TextMuted, if up { "   └" } else { "   ┌" });
                }
                None => {
                    let joint = if through.contains(&i) {
                        "   │"
                    } else {
                        "    "
                    };
                    line.push(Meaning::TextMuted, joint);
                }
            }
        }
        if row.len() > self.window.end {
            line.push(Meaning::TextMuted, ">");
        } else if current && self.stops.contains(&row.len()) {
            line.push(Meaning::Mark, "|");
        }
        line.push(Meaning::TextMuted, self.words(row, current));
        if let Some((role, word)) = stands(self.run, &row.name) {
            line.push(role, format!(" {word}"));
        }
        line
    }

    /// Columns where the line of another branch to the row that it leaves goes
    /// through this one.
    fn through(&self, index: usize) -> Vec<usize> {
        let rows = self.tree.rows.iter().enumerate();
        rows.filter_map(|(own, row)| {
            let leaves = row.leaves?;
            let between = own.min(leaves) < index && index < own.max(leaves);
            row.shared.checked_sub(1).filter(|_| between)
        })
        .collect()
    }

    fn cell(&self, line: &mut Line, at: usize, cell: &Cell, current: bool) {
        let (letter, _, role) = role_word(cell.role);
        let letter = if cell.edited { 'E' } else { letter };
        let upto = self.run.seen.upto;
        if current && self.stops.contains(&at) {
            line.push(Meaning::Mark, "|");
        } else {
            let lead = if at == self.window.start { " " } else { "─" };
            line.push(Meaning::TextMuted, lead);
        }
        let sign = if cell.tries > 1 { "'" } else { " " };
        if current && at + 1 == upto {
            line.push(Meaning::Selection, format!("[{letter}]"));
        } else {
            let role = if current && at >= upto {
                Meaning::TextMuted
            } else if cell.edited {
                Meaning::Mark
            } else {
                role
            };
            line.push(role, format!(" {letter}{sign}"));
        }
    }

    fn words(&self, row: &Row, current: bool) -> String {
        let run = self.run;
        if !current {
            let overall = row.overall.map(|o| format!("  {o:.1}")).unwrap_or_default();
            return format!(" {} steps{overall}", row.len());
        }
        let tries = match run.travel.try_of {
            Some((at, of)) => format!("  try {at} of {of}"),
            None => String::new(),
        };
        if run.past() {
            format!(" step {}/{}{tries}", run.seen.upto, run.seen.path.len())
        } else {
            format!(" live{tries}")
        }
    }

    /// The start, where the cursor may stand too.
    fn start(&self, current: bool) -> Line {
        match (self.window.start, current, self.run.seen.upto) {
            (0, true, 0) => Line::of(Meaning::Selection, "[·]"),
            (0, true, _) => Line::of(Meaning::TextMuted, " · "),
            (0, false, _) => Line::of(Meaning::TextMuted, "   "),
            _ => Line::new(),
        }
    }

    /// The steps of the current branch that are in view.
    fn path(&self) -> impl Iterator<Item = Option<&Cell>> {
        let row = self.tree.rows.get(self.tree.current);
        let upto = row.map_or(0, Row::len).min(self.window.end);
        (self.window.start..upto).map(move |i| row.and_then(|row| row.cell(i)))
    }

    fn world(&self) -> Line {
        let mut line = self.label(Meaning::TextMuted, "world", false);
        line.spans.extend(self.start(false).spans);
        for cell in self.path() {
            let changes = cell.map_or(0, |c| c.changes);
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

    /// What the judge gave, where it spoke.
    fn scores(&self) -> Option<Line> {
        let row = self.tree.rows.get(self.tree.current)?;
        row.overall?;
        let mut line = self.label(Meaning::TextMuted, "score", false);
        line.spans.extend(self.start(false).spans);
        for cell in self.path() {
            match cell.and_then(|c| c.overall) {
                Some(overall) => line.push(Meaning::Text, format!(" {overall:<3.1}")),
                None => line.push(Meaning::TextMuted, "    "),
            }
        }
        line.push(Meaning::TextMuted, " overall");
        Some(line)
    }

    /// The other tries of the step under the cursor that no branch leads to.
    fn tries(&self) -> Vec<Line> {
        let run = self.run;
        let Some(here) = run.at() else {
            return Vec::new();
        };
        let all = run.session.tries(here);
        let column = run.seen.upto.saturating_sub(1);
        let hidden = |id: &&StepId| **id != here && self.tree.row_of(**id).is_none();
        all.iter()
            .filter(hidden)
            .take(TRIES)
            .map(|id| {
                let number = all.iter().position(|t| t == id).unwrap_or(0) + 1;
                let mut line = self.label(Meaning::TextMuted, &format!("try {number}"), false);
                line.spans.extend(self.start(false).spans);
                for at in self.window.start..column {
                    let end = at + 1 == column;
                    line.push(Meaning::TextMuted, if end { "   └" } else { "    " });
                }
                if let Some(step) = run.session.step(*id) {
                    let (letter, _, role) = role_word(step.body.role);
                    line.push(Meaning::TextMuted, "─");
                    line.push(role, format!(" {letter} "));
                    line.push(Meaning::TextMuted, format!(" {}", brief(step)));
                }
                line
            })
            .collect()
    }
}

/// What a step says, or did, in a few words.
fn brief(step: &Step) -> String {
    let text = step.body.text();
    if text.trim().is_empty() {
        in_words(step)
    } else {
        let clean = text::clean_line(text);
        text::shorten(&clean, 60).into_owned()
    }
}
