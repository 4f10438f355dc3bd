//! What a step, or all since the start, did to the world: broken policies and
//! refusals on top, then changes by table and row, then the invariants. Or the
//! whole world as a tree, or the broken rules alone.
//!
//! The first column is a sign (`+` new, `-` gone, `~` changed); colour only
//! repeats it.

mod diff;
mod whole;

pub use diff::{Row, What, rows};
pub use whole::{changed_in_step, height_of_tree, origin_words};

use super::Window;
use super::conversation::{count, signature};
use crate::engine::step::{Act, ToolRun};
use crate::engine::world::Path;
use crate::surface::{Meaning, text};
use crate::tui::model::{Run, WorldView};
use crate::tui::paint::{Line, wrapped};

/// A value on a line: where it is in the world, and the column at which it is
/// written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Its place.
    pub path: Path,
    /// Columns before it.
    pub col: usize,
}

/// A line, and the value that stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The line.
    pub line: Line,
    /// The value, where it has one.
    pub spot: Option<Spot>,
}

impl Placed {
    /// A line that is no value.
    #[must_use]
    pub fn of(line: Line) -> Self {
        Self { line, spot: None }
    }
    /// A line with a value.
    #[must_use]
    pub fn at(line: Line, path: &Path, col: usize) -> Self {
        let spot = Some(Spot {
            path: path.clone(),
            col,
        });
        Self { line, spot }
    }
}

/// What of the pane is in view.
#[must_use]
pub fn window(run: &Run, width: usize, height: usize, from: Option<usize>) -> Window {
    if run.world_view == WorldView::Whole && !run.pointing.broken {
        return whole::window(run, width, height);
    }
    let all = if run.pointing.broken {
        broken_only(run, width)
    } else {
        lines(run, width)
    };
    let above = from.unwrap_or(0).min(all.len().saturating_sub(height));
    let total = all.len();
    let shown = all.into_iter().skip(above).take(height);
    let (lines, spots) = shown.map(|placed| (placed.line, placed.spot)).unzip();
    Window {
        lines,
        spots,
        above,
        total,
        chosen: None,
    }
}

/// The tool run of the step under the cursor.
fn ran(run: &Run) -> Option<&ToolRun> {
    match run.step().map(|s| &s.body.act) {
        Some(Act::Ran(ran)) => Some(&**ran),
        Some(
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_),
        )
        | None => None,
    }
}

/// All lines of the comparison.
fn lines(run: &Run, width: usize) -> Vec<Placed> {
    let mut out = vec![Placed::of(head(run, width))];
    let ran = ran(run);
    if let Some(ran) = ran {
        out.extend(broken(ran, width).into_iter().map(Placed::of));
    }
    out.extend(diff::lines(&run.seen.changes, width));
    if let Some(ran) = ran {
        out.extend(reasons(ran, width).into_iter().map(Placed::of));
    }
    out.extend(invariants(run, ran).into_iter().map(Placed::of));
    out
}

/// What no call may break, and whether one tried to.
fn invariants(run: &Run, ran: Option<&ToolRun>) -> Vec<Line> {
    let mut out = Vec::new();
    let invariants = run.session.scenario_at(run.at()).program.invariants();
    if !invariants.is_empty() {
        out.push(Line::of(Meaning::TextStrong, "invariants"));
        for name in invariants {
            let refused = ran.is_some_and(|r| r.refused.iter().any(|why| why.contains(&name)));
            // What would break one is refused, so the world always keeps them.
            out.push(if refused {
                Line::of(Meaning::ScorePoor, "!! ")
                    .and(Meaning::Text, format!("{name}: would break, refused"))
            } else {
                Line::of(Meaning::ScoreGood, "ok ").and(Meaning::Text, name)
            });
        }
    }
    out
}

/// Rules that were broken, or would have been, in all steps up to the cursor;
/// the newest stand on top.
fn broken_only(run: &Run, width: usize) -> Vec<Placed> {
    let mut out = Vec::new();
    let mut rules = 0usize;
    let path = run.seen.path.get(..run.seen.upto).unwrap_or_default();
    for step in path.iter().rev().filter_map(|p| p.step.as_ref()) {
        let Act::Ran(ran) = &step.body.act else {
            continue;
        };
        if ran.policy.is_empty() && ran.refused.is_empty() {
            continue;
        }
        rules = rules
            .saturating_add(ran.policy.len())
            .saturating_add(ran.refused.len());
        let words = format!("step {}  {}", step.body.number, signature(&ran.call));
        out.push(Line::of(Meaning::TextStrong, words));
        out.extend(broken(ran, width));
        out.extend(reasons(ran, width));
    }
    let words = match rules {
        0 => String::from("no rule broken so far"),
        n => format!("{} broken or refused so far", count(n, "rule")),
    };
    out.insert(0, Line::of(Meaning::TextMuted, words));
    out.into_iter().map(Placed::of).collect()
}

fn head(run: &Run, width: usize) -> Line {
    let changes = run.seen.changes.iter().filter(|row| row.differs()).count();
    let changed = match changes {
        0 => String::from("no change"),
        n => count(n, "change"),
    };
    match run.world_view {
        WorldView::Start => Line::of(Meaning::TextMuted, format!("since the start  {changed}")),
        WorldView::Step | WorldView::Whole => match run.step() {
            None => Line::of(Meaning::TextMuted, "at the start"),
            Some(step) => {
                let mut line = Line::of(Meaning::TextMuted, format!("step {}", step.body.number));
                if let Act::Ran(ran) = &step.body.act {
                    // The numbers matter more than the name where it is narrow.
                    if width >= 40 {
                        line.push(Meaning::TextMuted, format!("  {} ->", ran.call.tool));
                    }
                    let broken = ran.policy.len();
                    line.push(Meaning::TextMuted, format!(" {changed}"));
                    if broken > 0 {
                        line.push(Meaning::ScorePoor, format!(", {broken} broken"));
                    }
                } else {
                    line.push(Meaning::TextMuted, format!("  {changed}"));
                }
                line
            }
        },
    }
}

/// Broken policies, what was refused and why.
fn broken(ran: &ToolRun, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    for policy in &ran.policy {
        let words = format!("!! {}: {}", policy.name, policy.message);
        out.extend(hanging(Meaning::ScorePoor, &words, width));
    }
    for why in &ran.refused {
        out.extend(hanging(
            Meaning::ScorePoor,
            &format!("!! refused: {why}"),
            width,
        ));
    }
    if !ran.ok {
        let words = format!("{} failed: nothing was written", signature(&ran.call));
        out.extend(hanging(Meaning::TextMuted, &words, width));
    }
    out
}

/// The statements that decided, with what they saw; below the changes, because
/// in a short pane the changes matter more.
fn reasons(ran: &ToolRun, width: usize) -> Vec<Line> {
    let all = ran.policy.iter().map(|p| &p.explain).chain(&ran.explain);
    let mut out: Vec<Line> = all.flat_map(|e| explain(e, width)).collect();
    if !out.is_empty() {
        out.insert(0, Line::of(Meaning::TextStrong, "why"));
    }
    out
}

fn explain(explain: &crate::engine::rules::Explain, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    if !explain.statement.is_empty() {
        let words = format!(
            "{}:{}  {}",
            explain.file,
            explain.line,
            explain.statement.trim()
        );
        out.extend(wrapped(Meaning::TextMuted, &words, 3, width));
    }
    for (name, value) in &explain.saw {
        out.extend(wrapped(
            Meaning::TextMuted,
            &format!("{name} = {value}"),
            3,
            width,
        ));
    }
    out
}

/// Wrapped, later rows under the text after the sign.
fn hanging(role: Meaning, words: &str, width: usize) -> Vec<Line> {
    let clean = text::clean_line(words);
    let (sign, rest) = clean.split_at_checked(3).unwrap_or(("", &clean));
    let mut lines = wrapped(role, rest, 3, width);
    if let Some(span) = lines.first_mut().and_then(|l| l.spans.first_mut())
        && let Some(tail) = span.text.strip_prefix("   ")
    {
        span.text = format!("{sign}{tail}");
    }
    lines
}
