//! What went over the wire for a step: each try, what was sent, what came.
//! Rows are laid out when something changes, not once a frame: a body may be
//! large.

use super::wire_body::{Bodies, rows};
use crate::engine::id::{CallId, StepId};
use crate::engine::role::{By, Role};
use crate::store::{CallRecord, Outcome};
use crate::surface::Meaning;
use crate::tui::calls::{money, tokens};
use crate::tui::layout::Size;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use crate::tui::pane::conversation::role_word;
use ratatui::layout::Rect;
use std::sync::Arc;

/// Which calls are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The step before.
    pub parent: Option<StepId>,
    /// The number of the step.
    pub number: u32,
    /// The seat.
    pub role: Role,
    /// The agent path.
    pub agent: Vec<String>,
    /// What became of the calls.
    pub of: Of,
}

/// What became of the calls that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A step.
    Step {
        /// Who made it.
        by: By,
        /// Which attempt it was.
        attempt: u32,
        /// The call whose reply it is.
        call: Option<CallId>,
        /// Calls up to this number became another step.
        after: CallId,
    },
    /// Nothing yet, or nothing: in flight, failed or stopped, from this call on.
    Pending {
        /// The first.
        from: CallId,
        /// Whether one is in flight.
        flies: bool,
    },
}

/// Its state.
#[derive(Debug)]
pub struct Wire {
    /// Which calls.
    pub target: Target,
    /// All records that were found, or why there are none; `None`: not read yet.
    found: Option<Result<Arc<Vec<CallRecord>>, String>>,
    /// Those of the target.
    mine: Vec<usize>,
    /// Which try is shown.
    at: usize,
    /// Whether a person chose it.
    chosen: bool,
    /// As it went over the wire.
    raw: bool,
    /// The first row shown.
    offset: usize,
    /// The rows of the try.
    lines: Vec<Line>,
}

impl Wire {
    /// Nothing read yet.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
            target,
            found: None,
            mine: Vec::new(),
            at: 0,
            chosen: false,
            raw: false,
            offset: 0,
            lines: Vec::new(),
        }
    }
    /// Another step; how it is shown stays.
    pub fn go(&mut self, target: Target, size: (u16, u16)) {
        *self = Self {
            raw: self.raw,
            ..Self::new(target)
        };
        self.lay_out(size);
    }
    /// What was found.
    pub fn take(&mut self, found: Result<Arc<Vec<CallRecord>>, String>, size: (u16, u16)) {
        self.mine = match &found {
            Ok(all) => all
                .iter()
                .enumerate()
                .filter(|(_, record)| self.target.has(record))
                .map(|(i, _)| i)
                .collect(),
            Err(_) => Vec::new(),
        };
        self.found = Some(found);
        let last = self.mine.len().saturating_sub(1);
        // The newest try is what one wants to see, unless one chose another.
        let at = if self.chosen { self.at.min(last) } else { last };
        if at != self.at {
            self.at = at;
            self.offset = 0;
        }
        self.lay_out(size);
    }
    /// The try that is shown.
    #[must_use]
    pub fn record(&self) -> Option<&CallRecord> {
        let Some(Ok(all)) = &self.found else {
            return None;
        };
        self.mine.get(self.at).and_then(|i| all.get(*i))
    }
    /// How many tries there are.
    #[must_use]
    pub fn tries(&self) -> usize {
        self.mine.len()
    }
    /// Another try; from the last to the first.
    pub fn turn(&mut self, forward: bool, size: (u16, u16)) {
        let n = self.mine.len().max(1);
        self.at = (self.at + if forward { 1 } else { n - 1 }) % n;
        self.chosen = true;
        self.offset = 0;
        self.lay_out(size);
    }
    /// Laid out, or as it went over the wire.
    pub fn flip(&mut self, size: (u16, u16)) {
        self.raw = !self.raw;
        self.offset = 0;
        self.lay_out(size);
    }
    /// Scrolls to a row, never past the ends.
    pub fn scroll(&mut self, to: impl FnOnce(usize, usize) -> usize, size: (u16, u16)) {
        let (_, body) = self.places(Rect::new(0, 0, size.0, size.1));
        let height = usize::from(body.height);
        let most = self.lines.len().saturating_sub(height);
        self.offset = to(self.offset, (height / 2).max(1)).min(most);
    }
    /// Makes the rows anew: after a new size too.
    pub fn lay_out(&mut self, size: (u16, u16)) {
        let (_, body) = self.places(Rect::new(0, 0, size.0, size.1));
        let width = usize::from(body.width);
        let bodies = if self.raw {
            Bodies::Raw
        } else {
            Bodies::LaidOut
        };
        self.lines = match (self.record(), &self.found) {
            (Some(record), _) => rows(record, bodies, width),
            (None, Some(Err(why))) => wrapped(
                Meaning::NoticeProblem,
                &format!("It cannot be read: {why}"),
                0,
                width,
            ),
            (None, None) => vec![Line::of(Meaning::TextMuted, "reading …")],
            (None, Some(Ok(_))) => wrapped(Meaning::TextMuted, self.target.nobody(), 0, width),
        };
        let most = self.lines.len().saturating_sub(usize::from(body.height));
        self.offset = self.offset.min(most);
    }
    /// Where the tries and the rest stand.
    fn places(&self, area: Rect) -> (Rect, Rect) {
        let inside = inner(frame(area));
        let inside = Rect {
            x: inside.x.saturating_add(1).min(inside.right()),
            width: inside.width.saturating_sub(2),
            ..inside
        };
        let most = (inside.height / 3).max(1);
        let rows = u16::try_from(self.mine.len()).unwrap_or(u16::MAX);
        // A line between the tries and the rest.
        let rows = if rows == 0 { 0 } else { rows.min(most) + 1 };
        let rows = rows.min(inside.height);
        let head = Rect {
            height: rows.saturating_sub(1),
            ..inside
        };
        let body = Rect {
            y: inside.y.saturating_add(rows),
            height: inside.height - rows,
            ..inside
        };
        (head, body)
    }
}

impl Target {
    /// Whether a record is of these calls.
    fn has(&self, record: &CallRecord) -> bool {
        let same = !record.aside
            && record.parent == self.parent
            && record.step == self.number
            && record.role == self.role;
        same && match &self.of {
            Of::Step {
                attempt,
                call,
                after,
                ..
            } => {
                record.attempt == *attempt
                    && record.call > after.0
                    && call.is_none_or(|call| record.call <= call.0)
            }
            Of::Pending { from, .. } => record.call >= from.0,
        }
    }
    /// Why there is no record.
    fn nobody(&self) -> &'static str {
        match &self.of {
            Of::Step {
                by: By::Scripted, ..
            } => {
                "The scripted stand-in made this step: nobody was asked, nothing went over the wire."
            }
            Of::Step { by: By::Code, .. } => "Code made this step: nobody was asked.",
            Of::Step { by: By::Person, .. } => "A person made this step: no model was asked.",
            Of::Step {
                by: By::Model(_), ..
            } => "Nothing is kept of what went over the wire for this step.",
            Of::Pending { flies: true, .. } => {
                "A call is in flight; it is shown here once a try of it has ended."
            }
            Of::Pending { flies: false, .. } => "Nothing was sent.",
        }
    }
    fn title(&self) -> Line {
        let (letter, word, role) = role_word(self.role);
        let mut line = Line::of(Meaning::HintKey, "w")
            .and(Meaning::Title, " wire")
            .and(Meaning::TextMuted, format!("  step {}", self.number))
            .and(role, format!("  {letter} {word}"));
        if self.agent.len() > 1 {
            line.push(Meaning::TextMuted, format!("  {}", self.agent.join("/")));
        }
        match &self.of {
            Of::Step { .. } => {}
            Of::Pending { flies: true, .. } => line.push(Meaning::TextMuted, "  in flight"),
            Of::Pending { flies: false, .. } => line.push(Meaning::ScorePoor, "  no answer"),
        }
        line
    }
}

/// The whole screen but the mode line and the hints.
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

/// One try on one line.
fn one(record: &CallRecord, here: bool, by: usize) -> Line {
    let (sign, role) = if here {
        (">", Meaning::TextStrong)
    } else {
        (" ", Meaning::TextMuted)
    };
    let name = format!("{sign} {}.{}", record.call, record.tried);
    let mut line = Line::of(role, format!("{name:<7} {:<by$}", record.by));
    let (status, outcome) = match record.outcome {
        Outcome::Ok => (Meaning::ScoreGood, "ok"),
        Outcome::Failed => (Meaning::ScorePoor, "!! failed"),
        Outcome::Stopped => (Meaning::ScoreFair, "stopped"),
    };
    let code = match record.status {
        0 => String::from("---"),
        code => code.to_string(),
    };
    line.push(status, format!("  {code}"));
    line.push(
        Meaning::Text,
        format!("  {:>6}", seconds(record.duration_ms)),
    );
    line.push(
        Meaning::Text,
        format!(
            "  {:>11}",
            format!("{}+{}", tokens(record.tokens_in), tokens(record.tokens_out))
        ),
    );
    let cost = record.cost_micros.map_or_else(|| String::from("$?"), money);
    line.push(Meaning::Text, format!("  {cost:>7}"));
    line.push(status, format!("  {outcome}"));
    if !record.what.is_empty() {
        line.push(Meaning::Text, format!(": {}", record.what));
    }
    line
}

/// Milliseconds, as people read them.
pub(super) fn seconds(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        _ => format!("{:.1} s", ms as f64 / 1e3),
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, wire: &Wire) {
    let at = frame(area);
    canvas.clear(at);
    canvas.frame(at, true, &wire.target.title());
    let (head, body) = wire.places(area);
    if let Some(Ok(all)) = &wire.found {
        let mine: Vec<&CallRecord> = wire.mine.iter().filter_map(|i| all.get(*i)).collect();
        let by = mine
            .iter()
            .map(|r| r.by.chars().count())
            .max()
            .unwrap_or(0)
            .min(usize::from(head.width / 3));
        let lines: Vec<Line> = mine
            .iter()
            .enumerate()
            .map(|(i, record)| one(record, i == wire.at, by))
            .collect();
        let height = usize::from(head.height);
        let from = (wire.at + 1)
            .saturating_sub(height)
            .min(lines.len().saturating_sub(height));
        canvas.lines(head, &lines, from);
    }
    canvas.lines(body, &wire.lines, wire.offset);
    let below = wire
        .lines
        .len()
        .saturating_sub(wire.offset + usize::from(body.height));
    crate::tui::view::more(canvas, at, wire.offset, below, true);
}
