//! The repair loop of a `model` tool: each try, what was proposed and why it was
//! refused, and the contract that the simulator was given.

use crate::engine::id::StepId;
use crate::engine::step::{Act, ToolRun};
use crate::surface::Meaning;
use crate::tui::layout::dialog;
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use crate::tui::pane::conversation::{count, operation, signature};
use ratatui::layout::Rect;

/// Columns before what belongs to a heading.
const INDENT: usize = 4;

/// Its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// The step that the tool made.
    pub step: StepId,
    /// The try that is chosen.
    pub at: usize,
    /// The first row shown.
    pub offset: usize,
}

/// What a view of some size shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// All rows.
    pub lines: Vec<Line>,
    /// Where each try begins.
    pub tries: Vec<usize>,
}

impl Tries {
    /// The run of its step.
    #[must_use]
    pub fn ran<'a>(&self, run: &'a Run) -> Option<&'a ToolRun> {
        match &run.session.step(self.step)?.body.act {
            Act::Ran(ran) => Some(ran),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => None,
        }
    }

    /// All of it, wrapped.
    #[must_use]
    pub fn shown(&self, run: &Run, width: usize) -> Shown {
        let mut out = Shown::default();
        let Some(ran) = self.ran(run) else {
            return out;
        };
        for (i, one) in ran.tries.iter().enumerate() {
            out.tries.push(out.lines.len());
            let refused = !one.refused.is_empty();
            let (word, role) = if refused {
                ("refused", Meaning::ScorePoor)
            } else {
                ("accepted", Meaning::ScoreGood)
            };
            let sign = if i == self.at { "> " } else { "  " };
            out.lines.push(
                Line::of(Meaning::TextStrong, sign)
                    .and(Meaning::Text, format!("try {}  ", i + 1))
                    .and(role, word),
            );
            let mut say = |role, words: &str| {
                out.lines.extend(wrapped(role, words, INDENT, width));
            };
            match (&one.result, &one.patch) {
                (None, None) => say(Meaning::TextMuted, &one.text),
                (result, patch) => {
                    if let Some(result) = result {
                        say(Meaning::Text, &format!("result {result}"));
                    }
                    for op in patch.iter().flat_map(|p| &p.0) {
                        let (role, words) = operation(op);
                        say(role, &words);
                    }
                    if patch.as_ref().is_some_and(|p| p.0.is_empty()) {
                        say(Meaning::TextMuted, "no change of the world");
                    }
                }
            }
            for why in &one.refused {
                say(Meaning::ScorePoor, &format!("!! {why}"));
            }
        }
        if ran.tries.is_empty() {
            let words = "  a person made this result; the simulator was not asked";
            out.lines.push(Line::of(Meaning::Mark, words));
        }
        out.lines.push(Line::new());
        match run.session.contract(self.step) {
            None => out.lines.push(Line::of(
                Meaning::TextMuted,
                "  the tool is no longer there; its contract cannot be shown",
            )),
            Some(contract) => {
                let words = format!(
                    "contract: {} at most",
                    count(contract.repairs as usize, "repair")
                );
                out.lines.push(Line::of(Meaning::TextStrong, words));
                for (heading, lines) in contract.sections() {
                    out.lines
                        .push(Line::of(Meaning::Title, format!("  {heading}")));
                    for line in lines {
                        out.lines
                            .extend(wrapped(Meaning::TextMuted, &line, INDENT, width));
                    }
                }
            }
        }
        out
    }

    /// Scrolls, within what there is.
    pub fn scroll(&mut self, run: &Run, area: Rect, by: isize) {
        let inside = inner(place(area));
        let rows = self.shown(run, usize::from(inside.width)).lines.len();
        let last = rows.saturating_sub(usize::from(inside.height));
        self.offset = self.offset.saturating_add_signed(by).min(last);
    }

    /// Chooses another try, and brings it into view.
    pub fn choose(&mut self, run: &Run, area: Rect, next: bool) {
        let all = self.ran(run).map_or(0, |r| r.tries.len()).max(1);
        let step = if next { 1 } else { all - 1 };
        self.at = (self.at + step) % all;
        let inside = inner(place(area));
        let shown = self.shown(run, usize::from(inside.width));
        let last = shown.lines.len().saturating_sub(usize::from(inside.height));
        let row = shown.tries.get(self.at).copied().unwrap_or(0);
        self.offset = row.min(last);
    }
}

/// Where it stands.
fn place(area: Rect) -> Rect {
    dialog(
        area,
        area.width.saturating_sub(4).min(120),
        area.height.saturating_sub(3).max(3),
    )
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, run: &Run, tries: &Tries) {
    let at = place(area);
    canvas.clear(at);
    let number = run.session.step(tries.step).map_or(0, |s| s.body.number);
    let mut title = Line::of(Meaning::Title, format!("tries of step {number}"));
    if let Some(ran) = tries.ran(run) {
        let refused = ran.tries.iter().filter(|t| !t.refused.is_empty()).count();
        title.push(
            Meaning::TextMuted,
            format!("  {refused} of {} refused", ran.tries.len()),
        );
        title.push(Meaning::TextMuted, format!("  {}", signature(&ran.call)));
    }
    let inside = canvas.frame(at, true, &title);
    let shown = tries.shown(run, usize::from(inside.width));
    let last = shown.lines.len().saturating_sub(usize::from(inside.height));
    canvas.lines(inside, &shown.lines, tries.offset.min(last));
}
