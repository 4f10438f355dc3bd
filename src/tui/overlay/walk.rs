//! A report that one walks through row by row, and from which one goes to steps:
//! then and now, and cases like one in other conversations.

use crate::engine::id::{ConvId, StepId};
use crate::engine::session::{Freeze, Frozen, Told, Tone};
use crate::surface::Meaning;
use crate::tui::layout::Size;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use ratatui::layout::Rect;

/// Columns before the words of a row: the cursor, and a sign.
const INDENT: usize = 5;

/// Where a row leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// A step of the branch that is open.
    Step(StepId),
    /// A step of another conversation: the one of this number on the way to
    /// `step`, and words of it.
    Case {
        /// The conversation.
        conversation: ConvId,
        /// The step.
        step: StepId,
        /// The number.
        number: u32,
        /// The words.
        quote: String,
    },
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How it is meant.
    pub tone: Tone,
    /// It.
    pub text: String,
    /// Columns from the left.
    pub indent: usize,
    /// Where it leads.
    pub to: Option<To>,
}

impl From<Told> for Row {
    fn from(told: Told) -> Self {
        Self {
            tone: told.tone,
            text: told.text,
            indent: told.indent,
            to: told.step.map(To::Step),
        }
    }
}

/// Its state.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Tells it apart from others: a late answer is of another.
    pub id: u64,
    /// The key that brought it.
    pub key: &'static str,
    /// What it is.
    pub title: String,
    /// Beside the title.
    pub about: String,
    /// The rows; `None`: they are being read.
    pub rows: Option<Vec<Row>>,
    /// Which is chosen.
    pub at: usize,
}

impl Walk {
    /// The chosen row.
    #[must_use]
    pub fn chosen(&self) -> Option<&Row> {
        self.rows.as_ref()?.get(self.at)
    }
    fn last(&self) -> usize {
        self.rows
            .as_ref()
            .map_or(0, |rows| rows.len().saturating_sub(1))
    }
    /// To another row, never past the ends.
    pub fn go(&mut self, to: impl FnOnce(usize, usize) -> usize, size: (u16, u16)) {
        let inside = within(Rect::new(0, 0, size.0, size.1));
        let page = usize::from(inside.height / 2).max(1);
        self.at = to(self.at, page).min(self.last());
    }
    /// The next row that leads somewhere, or the one before.
    #[must_use]
    pub fn leading(&self, forward: bool) -> Option<usize> {
        let rows = self.rows.as_ref()?;
        let mut all = rows.iter().enumerate().filter(|(_, r)| r.to.is_some());
        let found = if forward {
            all.find(|(i, _)| *i > self.at)
        } else {
            all.rfind(|(i, _)| *i < self.at)
        };
        found.map(|(i, _)| i)
    }
}

/// An answer that is to be frozen: what is proposed, as rows.
#[derive(Clone, Debug)]
pub struct Freezing {
    /// The rows, and how one moves in them.
    pub walk: Walk,
    /// The step whose answer it is.
    pub step: StepId,
    /// What it becomes.
    pub how: Freeze,
    /// What is proposed, once it is there, or why nothing is.
    pub told: Option<Result<Frozen, String>>,
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

fn meaning(tone: Tone) -> (&'static str, Meaning) {
    match tone {
        Tone::Head => ("   ", Meaning::TextStrong),
        Tone::Good => ("ok ", Meaning::ScoreGood),
        Tone::Fair => ("?  ", Meaning::ScoreFair),
        Tone::Poor => ("!! ", Meaning::ScorePoor),
        Tone::Text => ("   ", Meaning::Text),
        Tone::Muted => ("   ", Meaning::TextMuted),
        Tone::Came => ("   ", Meaning::DiffAdd),
        Tone::Gone => ("   ", Meaning::DiffDel),
    }
}

/// The lines of a row: the cursor, the sign, the words.
fn lines(row: &Row, chosen: bool, width: usize) -> Vec<Line> {
    let (sign, role) = meaning(row.tone);
    let columns = width.saturating_sub(INDENT + row.indent);
    let words = wrapped(role, &row.text, 0, columns.max(1));
    let mut out = Vec::with_capacity(words.len());
    for (i, words) in words.into_iter().enumerate() {
        let first = i == 0;
        let cursor = if chosen && first { "> " } else { "  " };
        let mut line = Line::of(Meaning::TextStrong, cursor);
        line.push(role, if first { sign } else { "   " });
        line.push(role, " ".repeat(row.indent));
        line.spans.extend(words.spans);
        out.push(line);
    }
    if out.is_empty() {
        out.push(Line::new());
    }
    out
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, state: &Walk) {
    let at = frame(area);
    canvas.clear(at);
    let mut title =
        Line::of(Meaning::HintKey, state.key).and(Meaning::Title, format!(" {}", state.title));
    title.push(Meaning::TextMuted, format!("  {}", state.about));
    canvas.frame(at, true, &title);
    let inside = within(area);
    let Some(rows) = &state.rows else {
        let words = Line::of(Meaning::TextMuted, "being read");
        canvas.lines(inside, &[words], 0);
        return;
    };
    let width = usize::from(inside.width);
    let height = usize::from(inside.height);
    let mut all: Vec<Line> = Vec::new();
    let mut chosen = (0, 0);
    for (i, row) in rows.iter().enumerate() {
        if row.tone == Tone::Head && i > 0 {
            all.push(Line::new());
        }
        let from = all.len();
        all.extend(lines(row, i == state.at, width));
        if i == state.at {
            chosen = (from, all.len());
        }
    }
    // The chosen row is in view, with as much before it as follows.
    let most = all.len().saturating_sub(height);
    let middle = chosen.0.saturating_sub(height / 2);
    let offset = middle.min(most);
    canvas.lines(inside, &all, offset);
    for row in chosen.0..chosen.1 {
        let y = row.checked_sub(offset).and_then(|y| u16::try_from(y).ok());
        if let Some(y) = y.filter(|y| usize::from(*y) < height) {
            let line = Rect {
                y: inside.y.saturating_add(y),
                height: 1,
                ..inside
            };
            canvas.over(line, Meaning::Selection);
        }
    }
    let below = all.len().saturating_sub(offset + height);
    crate::tui::view::more(canvas, at, offset, below, true);
}
