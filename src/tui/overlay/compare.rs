//! Two branches, or two tries of a step, side by side: what they come to,
//! scores, assertions, the world, and what was said and done since they parted.
//! Where it is narrow, one above the other, with `<` and `>` for the two.

use crate::engine::id::StepId;
use crate::engine::session::{Compared, Place, Session};
use crate::engine::step::{Act, Step};
use crate::engine::world::{Node, changes};
use crate::surface::{Meaning, text};
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use crate::tui::pane::conversation::{count, ended, operation, role_word, signature};
use ratatui::layout::Rect;
use std::sync::Arc;

/// Columns inside the frame from which the two stand side by side.
const SIDE_BY_SIDE: usize = 90;
/// Changes of the world that are listed.
const MOST: usize = 400;
/// Letters of a value of the world.
const LETTERS: usize = 400;

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// A branch.
    Branch {
        /// Its name.
        name: String,
        /// Its head.
        head: Option<StepId>,
    },
    /// A try of a step that no branch leads to.
    Try {
        /// Which try, from 1.
        number: usize,
        /// The step.
        step: StepId,
    },
}

impl Side {
    fn head(&self) -> Option<StepId> {
        match self {
            Self::Branch { head, .. } => *head,
            Self::Try { step, .. } => Some(*step),
        }
    }
    /// Its name.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Branch { name, .. } => name.clone(),
            Self::Try { number, .. } => format!("try {number}"),
        }
    }
}

/// Everything that can be compared here: the branches, and the tries of the step
/// under the cursor.
#[must_use]
pub fn sides(run: &Run) -> Vec<Side> {
    let session = &run.session;
    let mut out: Vec<Side> = session
        .branches()
        .iter()
        .map(|b| Side::Branch {
            name: b.name.clone(),
            head: b.head,
        })
        .collect();
    if let Some(here) = run.at() {
        for (i, step) in session.tries(here).into_iter().enumerate() {
            if step != here && run.travel.tree.row_of(step).is_none() {
                out.push(Side::Try {
                    number: i + 1,
                    step,
                });
            }
        }
    }
    out
}

/// Its state.
#[derive(Clone, Debug)]
pub struct Compare {
    /// The one.
    pub left: Side,
    /// The other.
    pub right: Side,
    /// The first row shown.
    pub offset: usize,
    facts: Facts,
}

/// What is read off the session once, when sides are chosen.
#[derive(Clone, Debug)]
struct Facts {
    compared: Compared,
    sums: [Sum; 2],
    world: Vec<(String, Option<String>, Option<String>)>,
    more: usize,
}

/// What one side comes to.
#[derive(Clone, Debug, Default)]
struct Sum {
    steps: usize,
    ended: Option<String>,
    overall: Option<f64>,
    axes: Vec<(String, f64)>,
    assertions: Vec<(String, bool)>,
    findings: usize,
}

impl Sum {
    fn of(session: &Session, head: Option<StepId>) -> Self {
        let verdict = session.verdict(head);
        Self {
            steps: head
                .and_then(|id| session.step(id))
                .map_or(0, |s| s.body.number as usize),
            ended: session.ended(head).map(ended),
            overall: verdict.as_ref().map(|v| v.overall),
            axes: verdict
                .map(|v| v.axes.into_iter().map(|a| (a.axis, a.score)).collect())
                .unwrap_or_default(),
            assertions: session
                .assertions(head)
                .into_iter()
                .map(|a| (a.text, a.holds))
                .collect(),
            findings: session
                .path(head)
                .iter()
                .filter_map(|p| p.step.as_ref())
                .map(|s| s.body.findings.len())
                .sum(),
        }
    }
}

impl Facts {
    fn of(session: &Session, left: &Side, right: &Side) -> Self {
        let (one, other) = (left.head(), right.head());
        let all = changes(&session.place(one).world, &session.place(other).world);
        let brief = |node: &Option<Node>| node.as_ref().map(|n| n.brief(LETTERS));
        Self {
            compared: session.compared(one, other),
            sums: [Sum::of(session, one), Sum::of(session, other)],
            world: all
                .iter()
                .take(MOST)
                .map(|c| (c.path.0.join("."), brief(&c.before), brief(&c.after)))
                .collect(),
            more: all.len().saturating_sub(MOST),
        }
    }
}

impl Compare {
    /// The current branch beside another: the one of this name, or the first.
    #[must_use]
    pub fn new(run: &Run, name: Option<&str>) -> Option<Self> {
        let current = run.session.current();
        let left = Side::Branch {
            name: current.name.clone(),
            head: current.head,
        };
        let others: Vec<Side> = sides(run).into_iter().filter(|s| *s != left).collect();
        let named = |side: &&Side| Some(side.words().as_str()) == name;
        let right = others.iter().find(named).or(others.last())?.clone();
        Some(Self {
            facts: Facts::of(&run.session, &left, &right),
            left,
            right,
            offset: 0,
        })
    }
    /// The next of what can stand on the right.
    pub fn turn(&mut self, run: &Run, forward: bool) {
        let others: Vec<Side> = sides(run).into_iter().filter(|s| *s != self.left).collect();
        let n = others.len().max(1);
        let at = others.iter().position(|s| *s == self.right);
        let next = match at {
            Some(at) => (at + if forward { 1 } else { n - 1 }) % n,
            None => 0,
        };
        if let Some(side) = others.get(next) {
            self.right = side.clone();
        }
        self.read(&run.session);
    }
    /// The one for the other.
    pub fn swap(&mut self, run: &Run) {
        std::mem::swap(&mut self.left, &mut self.right);
        self.read(&run.session);
    }
    fn read(&mut self, session: &Session) {
        self.facts = Facts::of(session, &self.left, &self.right);
        self.offset = 0;
    }
    /// Scrolls to a row, never past the ends.
    pub fn scroll(&mut self, to: impl FnOnce(usize, usize) -> usize, size: (u16, u16)) {
        let inside = within(Rect::new(0, 0, size.0, size.1));
        let height = usize::from(inside.height);
        let most = self
            .lines(usize::from(inside.width))
            .0
            .len()
            .saturating_sub(height);
        self.offset = to(self.offset.min(most), (height / 2).max(1)).min(most);
    }
    /// To the next heading, round and round.
    pub fn section(&mut self, size: (u16, u16)) {
        let inside = within(Rect::new(0, 0, size.0, size.1));
        let (lines, heads) = self.lines(usize::from(inside.width));
        let most = lines.len().saturating_sub(usize::from(inside.height));
        let at = self.offset;
        let next = heads.iter().copied().find(|h| *h > at && at < most);
        self.offset = next.unwrap_or(0).min(most);
    }

    /// All rows, and where headings stand.
    fn lines(&self, width: usize) -> (Vec<Line>, Vec<usize>) {
        let mut page = Page {
            width,
            column: if width >= SIDE_BY_SIDE {
                Some(width.saturating_sub(3) / 2)
            } else {
                None
            },
            lines: Vec::new(),
            heads: Vec::new(),
        };
        let [one, other] = &self.facts.sums;
        page.pair(
            &[Line::of(Meaning::TextStrong, self.left.words())],
            &[Line::of(Meaning::TextStrong, self.right.words())],
        );
        page.pair(&sum_lines(one, other), &sum_lines(other, one));
        page.scores(one, other);
        page.assertions(one, other);
        page.world(&self.facts);
        page.steps(&self.facts.compared);
        (page.lines, page.heads)
    }
}

/// Good where it is better than the other's, poor where worse.
fn against(one: f64, other: f64) -> Meaning {
    if one > other {
        Meaning::ScoreGood
    } else if one < other {
        Meaning::ScorePoor
    } else {
        Meaning::Text
    }
}

fn sum_lines(sum: &Sum, other: &Sum) -> Vec<Line> {
    let ended = sum
        .ended
        .as_ref()
        .map_or_else(|| String::from("not ended"), |why| format!("ended: {why}"));
    let held = |sum: &Sum| sum.assertions.iter().filter(|(_, holds)| *holds).count();
    let mut out = vec![Line::of(
        Meaning::TextMuted,
        format!("{}, {ended}", count(sum.steps, "step")),
    )];
    let mut line = Line::new();
    match sum.overall {
        Some(overall) => line.push(
            against(overall, other.overall.unwrap_or(overall)),
            format!("overall {overall:.1}"),
        ),
        None => line.push(Meaning::TextMuted, "not judged"),
    }
    if !sum.assertions.is_empty() {
        let n = held(sum);
        line.push(
            against(n as f64, held(other) as f64),
            format!("  {n} of {} assertions hold", sum.assertions.len()),
        );
    }
    line.push(
        against(other.findings as f64, sum.findings as f64),
        format!("  {}", count(sum.findings, "finding")),
    );
    out.push(line);
    out
}

/// Rows as they come about.
struct Page {
    width: usize,
    /// Width of one side; `None`: one above the other.
    column: Option<usize>,
    lines: Vec<Line>,
    heads: Vec<usize>,
}

impl Page {
    fn head(&mut self, words: &str) {
        self.lines.push(Line::new());
        self.heads.push(self.lines.len());
        self.lines.push(Line::of(Meaning::Title, words));
    }

    /// Columns of what one side says.
    fn room(&self) -> usize {
        self.column.unwrap_or(self.width.saturating_sub(2))
    }

    /// Two blocks beside each other, or above.
    fn pair(&mut self, left: &[Line], right: &[Line]) {
        let Some(column) = self.column else {
            for (sign, block) in [("< ", left), ("> ", right)] {
                for line in block {
                    let mut out = Line::of(Meaning::TextMuted, sign);
                    out.spans.extend(line.spans.iter().cloned());
                    self.lines.push(out);
                }
            }
            return;
        };
        for i in 0..left.len().max(right.len()) {
            let mut line = fit(left.get(i), column);
            line.push(Meaning::Border, " │ ");
            if let Some(right) = right.get(i) {
                line.spans.extend(right.spans.iter().cloned());
            }
            self.lines.push(line);
        }
    }

    fn scores(&mut self, one: &Sum, other: &Sum) {
        if one.axes.is_empty() && other.axes.is_empty() {
            return;
        }
        self.head("scores");
        let mut names: Vec<&String> = one.axes.iter().map(|(name, _)| name).collect();
        for (name, _) in &other.axes {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let of = |sum: &Sum| sum.axes.iter().find(|(n, _)| n == name).map(|(_, s)| *s);
            let (a, b) = (of(one), of(other));
            let cell = |score: Option<f64>| {
                score.map_or_else(|| String::from("  n/a"), |s| format!("{s:5.1}"))
            };
            let mut line = Line::of(Meaning::Text, format!("{name:<24}"));
            line.push(Meaning::TextMuted, cell(a));
            line.push(Meaning::TextMuted, "  ");
            line.push(Meaning::TextMuted, cell(b));
            if let (Some(a), Some(b)) = (a, b) {
                let words = if a.total_cmp(&b).is_eq() {
                    String::from("   same")
                } else {
                    format!("  {:+5.1}", b - a)
                };
                line.push(against(b, a), words);
            }
            self.lines.push(line);
        }
    }

    fn assertions(&mut self, one: &Sum, other: &Sum) {
        if one.assertions.is_empty() && other.assertions.is_empty() {
            return;
        }
        self.head("assertions");
        for i in 0..one.assertions.len().max(other.assertions.len()) {
            let (a, b) = (one.assertions.get(i), other.assertions.get(i));
            let mut line = Line::new();
            for side in [a, b] {
                match side {
                    Some((_, true)) => line.push(Meaning::ScoreGood, "ok "),
                    Some((_, false)) => line.push(Meaning::ScorePoor, "!! "),
                    None => line.push(Meaning::TextMuted, "-  "),
                }
            }
            let words = a.or(b).map_or("", |(text, _)| text.as_str());
            let room = self.width.saturating_sub(6);
            let clean = text::clean_line(words);
            line.push(Meaning::Text, text::shorten(&clean, room).into_owned());
            self.lines.push(line);
        }
    }

    fn world(&mut self, facts: &Facts) {
        self.head("world at the end");
        if facts.world.is_empty() {
            self.lines
                .push(Line::of(Meaning::TextMuted, "the same in both"));
            return;
        }
        for (path, left, right) in &facts.world {
            self.lines.push(Line::of(Meaning::TextStrong, path.clone()));
            let room = self.room();
            let side = |value: &Option<String>, sign: &str, role: Meaning| match value {
                Some(value) => wrapped(role, &format!("{sign} {value}"), 0, room),
                None => vec![Line::of(Meaning::TextMuted, "  not there")],
            };
            let (a, b) = match (left, right) {
                (Some(_), Some(_)) => ("~", "~"),
                _ => ("-", "+"),
            };
            let left = side(left, a, Meaning::DiffDel);
            let right = side(right, b, Meaning::DiffAdd);
            self.pair(&left, &right);
        }
        if facts.more > 0 {
            let words = format!("… {} more changes", facts.more);
            self.lines.push(Line::of(Meaning::TextMuted, words));
        }
    }

    fn steps(&mut self, compared: &Compared) {
        let common = match compared.common {
            0 => String::from("from the first step on"),
            n => format!("after step {n}, the last that both have"),
        };
        self.head(&format!("messages and patches, {common}"));
        let n = compared.left.len().max(compared.right.len());
        if n == 0 {
            self.lines
                .push(Line::of(Meaning::TextMuted, "the same in both"));
        }
        for i in 0..n {
            let (a, b) = (step(compared.left.get(i)), step(compared.right.get(i)));
            let same = matches!((a, b), (Some(a), Some(b)) if a.body.act == b.body.act);
            let room = self.room();
            let left = block(a, same, room);
            let right = block(b, same, room);
            self.pair(&left, &right);
        }
    }
}

fn step(place: Option<&Arc<Place>>) -> Option<&Step> {
    place?.step.as_ref()
}

/// A line of exactly so many columns.
fn fit(line: Option<&Line>, columns: usize) -> Line {
    let mut out = Line::new();
    let mut room = columns;
    for span in line.iter().flat_map(|l| &l.spans) {
        let clean = text::clean_line(&span.text);
        let shown = text::shorten(&clean, room).into_owned();
        room = room.saturating_sub(text::width(&shown));
        out.push(span.role, shown);
    }
    out.push(Meaning::Text, " ".repeat(room));
    out
}

/// What one step said and did.
fn block(step: Option<&Step>, same: bool, columns: usize) -> Vec<Line> {
    const INDENT: usize = 4;
    let Some(step) = step else {
        return Vec::new();
    };
    let body = &step.body;
    let (letter, word, role) = role_word(body.role);
    let mut head = Line::of(
        Meaning::TextMuted,
        format!("{}{:>2} ", if same { "=" } else { " " }, body.number),
    )
    .and(role, format!("{letter} {word}"));
    if body.attempt > 0 {
        head.push(Meaning::TextMuted, format!("  try {}", body.attempt + 1));
    }
    let mut out = Vec::new();
    match &body.act {
        Act::Said { text, done } => {
            if *done {
                head.push(Meaning::TextMuted, "  ends the conversation");
            }
            out.extend(wrapped(Meaning::Text, text, INDENT, columns));
        }
        Act::Answered { text, calls } => {
            if !text.is_empty() {
                out.extend(wrapped(Meaning::Text, text, INDENT, columns));
            }
            for call in calls {
                let words = format!("calls {}", signature(call));
                out.extend(wrapped(Meaning::TextMuted, &words, INDENT, columns));
            }
        }
        Act::Ran(ran) => {
            head.push(Meaning::Text, format!("  {}", ran.call.tool));
            let role = if ran.ok {
                Meaning::Text
            } else {
                Meaning::ScorePoor
            };
            let clean = text::clean_line(&ran.text);
            let short = crate::engine::role::shortened(&clean, LETTERS);
            out.extend(wrapped(role, &short, INDENT, columns));
        }
        Act::Judged(verdict) => {
            head.push(Meaning::Text, format!("  overall {:.1}", verdict.overall));
        }
        Act::Malformed { why, .. } => {
            head.push(Meaning::ScorePoor, "  !! malformed");
            out.extend(wrapped(Meaning::ScorePoor, why, INDENT, columns));
        }
        Act::Edited(edited) => head.push(Meaning::Mark, format!("  edited {}", edited.what)),
    }
    for op in body.patch().iter().flat_map(|p| &p.0) {
        let (role, words) = operation(op);
        out.extend(wrapped(role, &words, INDENT, columns));
    }
    for finding in &body.findings {
        let words = format!("!! {}: {}", finding.kind, finding.what);
        out.extend(wrapped(Meaning::ScorePoor, &words, INDENT, columns));
    }
    out.insert(0, head);
    if same {
        out = out
            .into_iter()
            .map(|line| line.all(Meaning::TextMuted))
            .collect();
    }
    out
}

fn frame(area: Rect) -> Rect {
    let rows = crate::tui::travel::below((area.width, area.height));
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

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, state: &Compare) {
    let at = frame(area);
    canvas.clear(at);
    let title = Line::of(Meaning::HintKey, "c")
        .and(Meaning::Title, " compare")
        .and(Meaning::TextStrong, format!("  {}", state.left.words()))
        .and(Meaning::TextMuted, " with")
        .and(Meaning::TextStrong, format!(" {}", state.right.words()))
        .and(
            Meaning::TextMuted,
            format!("  {} in common", count(state.facts.compared.common, "step")),
        );
    canvas.frame(at, true, &title);
    let inside = within(area);
    let (lines, _) = state.lines(usize::from(inside.width));
    let height = usize::from(inside.height);
    let offset = state.offset.min(lines.len().saturating_sub(height));
    canvas.lines(inside, &lines, offset);
    let below = lines.len().saturating_sub(offset + height);
    crate::tui::view::more(canvas, at, offset, below, true);
}
