//! The turns of all roles up to the head of the branch: calls on one line,
//! results shortened, reasoning folded, sub-agents indented, what lies after
//! the cursor dim.

use super::{Window, marks};
use crate::engine::id::StepId;
use crate::engine::role::{By, Role, ToolCall, Try};
use crate::engine::score::Finding;
use crate::engine::session::State;
use crate::engine::step::{Act, Step, ToolRun};
use crate::engine::world::{Node, Op};
use crate::surface::{Meaning, text};
use crate::tui::memo::{Shape, Turning, Turns};
use crate::tui::model::{Run, Scroll};
use crate::tui::paint::{Line, wrapped};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// Columns before the text of a turn.
const INDENT: usize = 4;
/// The finding that a reply ended at its token limit.
const CUT_OFF: &str = "cut_off";
/// What stands before the turn under the cursor.
const CURSOR: &str = ">";
/// Rows of a result that are shown while it is folded.
const FOLDED: usize = 2;

/// A run of rows that belong together.
enum Piece {
    /// Made for this frame.
    Made(Vec<Line>),
    /// Turns, as they were wrapped once; where the cursor is among them, and
    /// whether they lie after it.
    Turns {
        turns: Arc<Turns>,
        which: Range<usize>,
        here: Option<usize>,
        after: bool,
    },
}

impl Piece {
    fn rows(&self) -> usize {
        match self {
            Self::Made(lines) => lines.len(),
            Self::Turns { turns, which, .. } => {
                turns.end(which.end).saturating_sub(turns.end(which.start))
            }
        }
    }
    /// One of its rows as it is painted.
    fn row(&self, row: usize) -> Line {
        match self {
            Self::Made(lines) => lines.get(row).cloned().unwrap_or_default(),
            Self::Turns {
                turns,
                which,
                here,
                after,
            } => {
                let (turn, row) = turns.at(turns.end(which.start).saturating_add(row));
                let lines = turns.all.get(turn);
                let mut line = lines.and_then(|l| l.get(row)).cloned().unwrap_or_default();
                if *here == Some(turn)
                    && row == 0
                    && let Some(sign) = line.spans.first_mut()
                {
                    CURSOR.clone_into(&mut sign.text);
                }
                if *after {
                    line.all(Meaning::TextMuted)
                } else {
                    line
                }
            }
        }
    }
}

/// The rows in view: as `scroll` says, else so that the cursor is in view.
#[must_use]
pub fn window(run: &Run, width: usize, height: usize, scroll: Option<usize>) -> Window {
    let (pieces, cursor_from, cursor_to) = pieces(run, width);
    let total: usize = pieces.iter().map(Piece::rows).sum();
    // The end of the cursor's turn is in view, with a part of what follows; its
    // beginning too, where it fits.
    let after = total.saturating_sub(cursor_to).min(height / 3);
    let follow = if run.past() {
        (cursor_to + after).saturating_sub(height).min(cursor_from)
    } else {
        cursor_to.saturating_sub(height)
    };
    let above = scroll.unwrap_or(follow).min(total.saturating_sub(height));
    let mut lines = Vec::with_capacity(height);
    let mut from = 0;
    for piece in &pieces {
        let rows = piece.rows();
        let skip = above.saturating_sub(from).min(rows);
        let room = height.saturating_sub(lines.len());
        lines.extend((skip..rows).take(room).map(|row| piece.row(row)));
        from += rows;
    }
    Window {
        lines,
        above,
        total,
        ..Window::default()
    }
}

/// The rows of the turn under the cursor, with how many stand above them.
#[must_use]
pub fn at_cursor(run: &Run, width: usize) -> Option<(usize, Arc<Vec<Line>>)> {
    let mut above = 0;
    for piece in pieces(run, width).0 {
        if let Piece::Turns {
            turns,
            here: Some(here),
            ..
        } = &piece
        {
            let lines = turns.all.get(*here)?;
            return Some((above + turns.end(*here), Arc::clone(lines)));
        }
        above += piece.rows();
    }
    None
}

/// How many steps of the branch lie at or before a row in view: the step that
/// stands there is the last of them. `None` where no step stands.
#[must_use]
pub fn step_at(run: &Run, width: usize, height: usize, row: usize) -> Option<usize> {
    let scroll = match run.scroll.get(&super::Pane::Conversation) {
        Some(Scroll::At(row)) => Some(*row),
        Some(Scroll::Follow) | None => None,
    };
    let row = window(run, width, height, scroll).above + row;
    rows_of(run, width, row..row + 1)
        .into_iter()
        .next()
        .flatten()
        .map(|(turn, _)| turn + 1)
}

/// For each row of a window the turn that stands there, from 0, and which row of
/// it that is.
#[must_use]
pub fn turns_in_view(run: &Run, window: &Window) -> Vec<Option<(usize, usize)>> {
    let Some(width) = run.memo.width() else {
        return Vec::new();
    };
    rows_of(run, width, window.above..window.above + window.lines.len())
}

/// The lines of a turn, as they are wrapped now.
#[must_use]
pub fn lines_of(run: &Run, turn: usize) -> Option<Arc<Vec<Line>>> {
    let turns = turns(run, run.memo.width()?);
    turns.all.get(turn).cloned()
}

fn rows_of(run: &Run, width: usize, rows: Range<usize>) -> Vec<Option<(usize, usize)>> {
    let mut out = Vec::with_capacity(rows.len());
    let mut from = 0;
    for piece in pieces(run, width).0 {
        let to = from + piece.rows();
        for row in rows.start.max(from)..rows.end.min(to) {
            out.push(match &piece {
                Piece::Made(_) => None,
                Piece::Turns { turns, which, .. } => {
                    Some(turns.at(turns.end(which.start) + row - from))
                }
            });
        }
        from = to;
    }
    out
}

/// All of it, with the rows at which the cursor's turn begins and ends.
fn pieces(run: &Run, width: usize) -> (Vec<Piece>, usize, usize) {
    let seen = &run.seen;
    let mut pieces = Vec::with_capacity(6);
    let mut rows = 0;
    let mut cursor = (0, 0);
    let mut push = |piece: Piece| {
        let from = rows;
        rows += piece.rows();
        pieces.push(piece);
        (from, rows)
    };
    if seen.path.is_empty() || seen.upto == 0 {
        cursor.1 = push(Piece::Made(opening(run, width))).1;
    }
    let turns = turns(run, width);
    let upto = seen.upto.min(turns.all.len());
    // While a call is in flight, the cursor is at what it will become.
    let here = upto.checked_sub(1).filter(|_| run.past() || !waiting(run));
    let (before, _) = push(Piece::Turns {
        turns: Arc::clone(&turns),
        which: 0..upto,
        here,
        after: false,
    });
    if let Some(here) = here {
        cursor = (before + turns.end(here), before + turns.end(here + 1));
    }
    if upto < turns.all.len() {
        push(Piece::Made(vec![separator(width)]));
        push(Piece::Turns {
            which: upto..turns.all.len(),
            turns,
            here: None,
            after: true,
        });
    }
    let flight = in_flight(run, width);
    if run.past() {
        let flight = flight.into_iter().map(|line| line.all(Meaning::TextMuted));
        push(Piece::Made(flight.collect()));
    } else {
        push(Piece::Made(flight));
        cursor.1 = push(Piece::Made(ending(run, width))).1;
    }
    (pieces, cursor.0, cursor.1)
}

/// The turns of the branch, wrapped.
fn turns(run: &Run, width: usize) -> Arc<Turns> {
    let turning = Turning {
        head: run.session.head(),
        places: run.seen.path.len(),
        width,
        reasoning: run.reasoning,
        unfolded: run.unfolded.clone(),
        forks: leaving(run),
    };
    let forks = turning.forks.clone();
    run.memo.turns(turning, || {
        let steps = run.seen.path.iter().filter_map(|p| p.step.as_ref());
        let mut found: HashMap<usize, Vec<Finding>> = HashMap::new();
        for one in &run.seen.found {
            found.entry(one.upto).or_default().push(one.finding.clone());
        }
        Turns::of(steps.zip(1..).map(|(step, upto)| {
            let shape = Shape {
                width,
                open: run.unfolded.contains(&step.id),
                reasoning: run.reasoning && !step.body.reasoning.is_empty(),
                forks: forks
                    .iter()
                    .filter(|(from, _)| *from == step.id)
                    .map(|(_, name)| name.clone())
                    .collect(),
                found: found.remove(&upto).unwrap_or_default(),
            };
            run.memo
                .block(step.id, shape, |shape| block(run, step, shape))
        }))
    })
}

/// What stands before the first step.
fn opening(run: &Run, width: usize) -> Vec<Line> {
    let task = run.session.task();
    let mut out = wrapped(
        Meaning::TextStrong,
        &format!("{}: {}", task.task, task.goal),
        0,
        width,
    );
    for (name, facts) in [
        ("knows", &task.known),
        ("tells only when asked", &task.hidden),
    ] {
        if !facts.is_empty() {
            let facts: Vec<String> = facts
                .iter()
                .map(|(key, value)| match value.as_str() {
                    Some(text) => format!("{key} {text}"),
                    None => format!("{key} {value}"),
                })
                .collect();
            let line = format!("{name}: {}", facts.join(", "));
            out.extend(wrapped(Meaning::TextMuted, &line, 0, width));
        }
    }
    out.push(Line::new());
    out
}

fn separator(width: usize) -> Line {
    let words = "-- after the cursor ";
    let rest = width.saturating_sub(words.len());
    Line::of(Meaning::TextMuted, format!("{words}{}", "-".repeat(rest)))
}

/// Letter and word of a role.
#[must_use]
pub fn role_word(role: Role) -> (char, &'static str, Meaning) {
    match role {
        Role::User => ('U', "user", Meaning::RoleUser),
        Role::Agent => ('A', "agent", Meaning::RoleAgent),
        Role::Tool => ('T', "tool", Meaning::RoleTool),
        Role::Judge => ('J', "judge", Meaning::RoleJudge),
    }
}

/// Columns that a step of a sub-agent is moved to the right.
fn depth(agent: &[String], width: usize) -> usize {
    (agent.len().saturating_sub(1) * 2).min(width / 4)
}

fn header(number: usize, cursor: bool, role: Role, agent: &[String], width: usize) -> Line {
    let (letter, word, meaning) = role_word(role);
    let indent = depth(agent, width);
    let sign = if cursor { CURSOR } else { " " };
    let mut line = Line::of(Meaning::TextStrong, sign)
        .and(Meaning::TextMuted, format!("{number:>2} "))
        .and(Meaning::Text, " ".repeat(indent))
        .and(meaning, format!("{letter} {word}"));
    if agent.len() > 1 {
        line.push(Meaning::TextMuted, format!("  {}", agent.join("/")));
    }
    line
}

/// A turn, as it looks where the cursor is elsewhere.
fn block(run: &Run, step: &Step, shape: &Shape) -> Vec<Line> {
    let body = &step.body;
    let (open, width) = (shape.open, shape.width);
    let indent = INDENT + depth(&body.agent, width);
    let mut head = header(body.number as usize, false, body.role, &body.agent, width);
    match &body.act {
        Act::Said { done, .. } => {
            head.push(
                Meaning::TextMuted,
                format!("  {}", run.session.persona_at(Some(step.id)).name),
            );
            if *done {
                head.push(Meaning::TextMuted, "  ends the conversation");
            }
        }
        Act::Ran(_) | Act::Answered { .. } => {}
        Act::Judged(verdict) => {
            let mut words = format!("  overall {:.1}", verdict.overall);
            if let Some(spread) = verdict.spread {
                let _ = write!(words, " ±{spread:.1}");
            }
            head.push(Meaning::Text, words + " of 10");
        }
        Act::Malformed { .. } => head.push(Meaning::ScorePoor, "  !! malformed"),
        Act::Edited(edited) => head.push(Meaning::Mark, format!("  edited {}", edited.what)),
    }
    let mut marks = Line::new();
    if body.attempt > 0 {
        marks.push(Meaning::TextMuted, format!("  try {}", body.attempt + 1));
    }
    match &body.by {
        By::Scripted => marks.push(Meaning::Mark, "  scripted"),
        By::Model(name) => marks.push(Meaning::TextMuted, format!("  {name}")),
        By::Person => {
            let words = match &body.act {
                // Code would have made another: what stands here is not the rules' word.
                Act::Ran(ran) if matches!(ran.executor.as_str(), "rules" | "table") => {
                    "  override by a person"
                }
                _ if body.instead.is_some() => "  edited by a person",
                _ => "  by a person",
            };
            marks.push(Meaning::Mark, words);
        }
        By::Code => {}
    }
    let cut = body.findings.iter().filter(|f| f.kind == CUT_OFF).count();
    if cut > 0 {
        marks.push(Meaning::ScorePoor, "  !! cut off at its token limit");
    }
    if body.findings.len() > cut {
        marks.push(
            Meaning::ScorePoor,
            format!("  !! {}", count(body.findings.len() - cut, "finding")),
        );
    }
    if shape.forks.len() > 2 {
        let words = format!("  {} branches leave here", shape.forks.len());
        marks.push(Meaning::TextMuted, words);
    }
    for branch in shape.forks.iter().filter(|_| shape.forks.len() <= 2) {
        marks.push(Meaning::TextMuted, format!("  fork: {branch}"));
    }
    if !body.reasoning.is_empty() && !shape.reasoning && !open {
        marks.push(Meaning::TextMuted, "  reasoning (R)");
    }
    if let Act::Ran(ran) = &body.act {
        called(&mut head, &ran.call, marks.width(), width);
    }
    head.spans.extend(marks.spans);
    let mut out = vec![head];
    if !body.injected.is_empty() {
        let words = format!("injected fault: {}", body.injected.join(", "));
        out.extend(wrapped(Meaning::Mark, &words, indent, width));
    }
    if !body.reasoning.is_empty() && (shape.reasoning || open) {
        let words = format!("reasoning: {}", body.reasoning);
        out.extend(wrapped(Meaning::TextMuted, &words, indent, width));
    }
    let mut rows = marks::Rows {
        text: out.len()..out.len(),
        calls: 0..0,
    };
    match &body.act {
        Act::Said { text, .. } => out.extend(wrapped(Meaning::Text, text, indent, width)),
        Act::Answered { text, calls } => {
            if !text.is_empty() {
                out.extend(wrapped(Meaning::Text, text, indent, width));
            }
            rows.text.end = out.len();
            rows.calls = out.len()..out.len();
            for call in calls {
                out.extend(call_lines(call, open, indent, width));
            }
        }
        Act::Ran(ran) => out.extend(result(ran, open, indent, width)),
        Act::Judged(verdict) => {
            for gate in &verdict.gates_failed {
                out.push(Line::of(
                    Meaning::ScorePoor,
                    format!("{:indent$}!! below its gate: {gate}", ""),
                ));
            }
        }
        Act::Edited(_) => {}
        Act::Malformed { text, why } => {
            out.extend(wrapped(Meaning::ScorePoor, why, indent, width));
            out.extend(fold(
                wrapped(Meaning::TextMuted, text, indent, width),
                open,
                indent,
            ));
        }
    }
    match &body.act {
        Act::Answered { .. } => rows.calls.end = out.len(),
        Act::Said { .. }
        | Act::Ran(_)
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => rows.text.end = out.len(),
    }
    marks::paint(&mut out, step, &rows, &shape.found);
    out
}

fn call_lines(call: &ToolCall, open: bool, indent: usize, width: usize) -> Vec<Line> {
    let words = format!("calls {}", signature(call));
    if open {
        return wrapped(Meaning::TextMuted, &words, indent, width);
    }
    let clean = text::clean_line(&words);
    let short = text::shorten(&clean, width.saturating_sub(indent));
    vec![Line::of(
        Meaning::TextMuted,
        format!("{:indent$}{short}", ""),
    )]
}

fn result(ran: &ToolRun, open: bool, indent: usize, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    let role = if ran.ok {
        Meaning::Text
    } else {
        Meaning::ScorePoor
    };
    let shown = if ran.ok {
        ran.text.clone()
    } else {
        let why = ran.text.strip_prefix("Error: ").unwrap_or(&ran.text);
        format!("failed: {why}")
    };
    out.extend(fold(wrapped(role, &shown, indent, width), open, indent));
    let refused = ran.tries.iter().filter(|t| !t.refused.is_empty()).count();
    if open && ran.tries.len() > usize::from(refused == 0) {
        for (i, one) in ran.tries.iter().enumerate() {
            out.extend(proposal(i + 1, one, indent, width));
        }
    } else if refused > 0 {
        let words = format!(
            "{} of the tool simulator refused (enter)",
            count(refused, "proposal")
        );
        out.push(Line::of(Meaning::Mark, format!("{:indent$}{words}", "")));
    }
    out
}

/// A proposal of the tool simulator: what it would write, and why it was refused.
fn proposal(number: usize, one: &Try, indent: usize, width: usize) -> Vec<Line> {
    let refused = !one.refused.is_empty();
    let (word, role) = if refused {
        ("refused", Meaning::Mark)
    } else {
        ("accepted", Meaning::ScoreGood)
    };
    let head = format!("{:indent$}proposal {number} {word}", "");
    let mut out = vec![Line::of(role, head)];
    let inner = indent + 2;
    match (&one.result, &one.patch) {
        (None, None) => {
            out.extend(wrapped(Meaning::TextMuted, &one.text, inner, width));
        }
        (result, patch) => {
            if let Some(result) = result {
                let words = format!("result {result}");
                out.extend(wrapped(Meaning::TextMuted, &words, inner, width));
            }
            for op in patch.iter().flat_map(|p| &p.0) {
                let (role, words) = operation(op);
                out.extend(wrapped(role, &words, inner, width));
            }
        }
    }
    for why in &one.refused {
        out.extend(wrapped(
            Meaning::ScorePoor,
            &format!("!! {why}"),
            inner,
            width,
        ));
    }
    out
}

/// An operation of a patch on one line, and what it is.
#[must_use]
pub fn operation(op: &Op) -> (Meaning, String) {
    match op {
        Op::Add { path, value } => (Meaning::DiffAdd, format!("+ {path} {value}")),
        Op::Remove { path } => (Meaning::DiffDel, format!("- {path}")),
        Op::Replace { path, value } => (Meaning::DiffChange, format!("~ {path} {value}")),
        Op::Move { from, path } => (Meaning::DiffChange, format!("~ {from} moved to {path}")),
        Op::Copy { from, path } => (Meaning::DiffAdd, format!("+ {path} copied from {from}")),
        Op::Test { path, value } => (Meaning::TextMuted, format!("test {path} {value}")),
    }
}

/// The first rows, and how many more there are.
fn fold(mut lines: Vec<Line>, open: bool, indent: usize) -> Vec<Line> {
    if !open && lines.len() > FOLDED + 1 {
        let more = lines.len() - FOLDED;
        lines.truncate(FOLDED);
        let words = format!("{:indent$}… {} (enter)", "", count(more, "more line"));
        lines.push(Line::of(Meaning::TextMuted, words));
    }
    lines
}

/// Steps after which other branches leave, with their names.
fn leaving(run: &Run) -> Vec<(StepId, String)> {
    let here = &run.session.current().name;
    run.session
        .branches()
        .iter()
        .filter(|b| b.name != *here)
        .filter_map(|b| Some((b.from?, b.name.clone())))
        .collect()
}

/// Adds the call to a header, short enough for what stands behind it.
fn called(head: &mut Line, call: &ToolCall, behind: usize, width: usize) {
    let whole = signature(call);
    let room = width.saturating_sub(head.width() + behind + 2).max(16);
    let clean = text::clean_line(&whole);
    head.push(Meaning::Text, format!("  {}", text::shorten(&clean, room)));
}

/// Whether the next step is being made.
fn waiting(run: &Run) -> bool {
    matches!(
        run.session.state(),
        State::Calling { .. } | State::Human { .. }
    )
}

fn in_flight(run: &Run, width: usize) -> Vec<Line> {
    match run.session.state() {
        State::Calling { call, role, agent } => {
            let live = !run.past();
            let mut head = header(run.seen.path.len() + 1, live, *role, agent, width);
            head.push(Meaning::TextMuted, format!("  {}", doing(run, *role)));
            if run.seconds > 0 {
                head.push(Meaning::TextMuted, format!("  {}s", run.seconds));
            }
            let indent = INDENT + depth(agent, width);
            let mut out = Vec::new();
            if let Some(words) = run.calls.waits(*call) {
                out.extend(wrapped(Meaning::Mark, words, indent, width));
            }
            if let Some(partial) = run.partial.as_ref().filter(|p| p.call == *call) {
                head.push(
                    Meaning::TextMuted,
                    format!("  {}", count(partial.text.chars().count(), "character")),
                );
                if !partial.reasoning.is_empty() && run.reasoning {
                    let words = format!("reasoning: {}", partial.reasoning);
                    out.extend(wrapped(Meaning::TextMuted, &words, indent, width));
                } else if !partial.reasoning.is_empty() {
                    let n = count(partial.reasoning.chars().count(), "character");
                    head.push(Meaning::TextMuted, format!("  reasoning {n} (R)"));
                }
                // The JSON of the tool simulator and of the judge is no text to
                // read along.
                if matches!(role, Role::User | Role::Agent) {
                    let text = format!("{}_", partial.text);
                    let mut lines = wrapped(Meaning::Text, &text, indent, width);
                    if *role == Role::Agent {
                        let memo = &run.memo.streamed;
                        marks::streaming(&run.session, partial, memo, &mut head, &mut lines);
                    }
                    out.extend(lines);
                }
            }
            out.insert(0, head);
            out
        }
        State::Human { call, agent } => {
            let mut head = header(
                run.seen.path.len() + 1,
                !run.past(),
                Role::Tool,
                agent,
                width,
            );
            let mark = "  waits for a person (i)";
            called(&mut head, call, mark.len(), width);
            head.push(Meaning::Mark, mark);
            vec![head]
        }
        _ => Vec::new(),
    }
}

/// What a seat does while its call is in flight; before its first word it is
/// only known to be asked.
#[must_use]
pub fn doing(run: &Run, role: Role) -> &'static str {
    if run.said() == 0 {
        return "asked";
    }
    match role {
        Role::User => "writing",
        Role::Agent => "answering",
        Role::Tool => "proposing",
        Role::Judge => "judging",
    }
}

fn ending(run: &Run, width: usize) -> Vec<Line> {
    match run.session.state() {
        State::Ended(why) => wrapped(Meaning::TextMuted, &format!("-- {}", ended(why)), 0, width),
        _ => Vec::new(),
    }
}

/// Why a conversation ended, in words.
#[must_use]
pub fn ended(why: &crate::engine::event::EndedBy) -> String {
    use crate::engine::event::EndedBy;
    match why {
        EndedBy::UserDone => String::from("the user is done"),
        EndedBy::Goodbyes => String::from("nothing new was said any more"),
        EndedBy::MaxTurns => String::from("the scenario's bound on turns is reached"),
        EndedBy::Unusable(what) => format!("no usable reply: {what}"),
    }
}

/// A call on one line: `get_order(order_id="8841")`.
#[must_use]
pub fn signature(call: &ToolCall) -> String {
    match &call.args {
        Node::Map(map) => {
            let args: Vec<String> = map.iter().map(|(k, v)| format!("{k}={v}")).collect();
            format!("{}({})", call.tool, args.join(", "))
        }
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Str(_)
        | Node::List(_) => {
            format!("{}({})", call.tool, call.raw)
        }
    }
}

/// `1 change`, `2 changes`.
#[must_use]
pub fn count(n: usize, word: &str) -> String {
    if n == 1 {
        format!("1 {word}")
    } else {
        format!("{n} {word}s")
    }
}

/// What a step did, for the log: an act, two spaces, the rest.
#[must_use]
pub fn in_words(step: &Step) -> String {
    let body = &step.body;
    let (_, word, _) = role_word(body.role);
    let at = format!("step {}", body.number);
    let path = if body.agent.len() > 1 {
        format!(" {}", body.agent.join("/"))
    } else {
        String::new()
    };
    let what = match &body.act {
        Act::Said { done: true, .. } => String::from("spoke, and is done"),
        Act::Said { .. } => String::from("spoke"),
        Act::Answered { calls, .. } if calls.is_empty() => String::from("answered"),
        Act::Answered { calls, .. } => {
            let names: Vec<&str> = calls.iter().map(|c| c.tool.as_str()).collect();
            format!("called {}", names.join(", "))
        }
        Act::Ran(ran) => {
            let outcome = if !ran.ok {
                String::from("failed, nothing was written")
            } else if ran.patch.is_empty() {
                String::from("no change")
            } else {
                format!("applied, {}", count(ran.patch.0.len(), "change"))
            };
            format!("{} by {} -> {outcome}", signature(&ran.call), ran.executor)
        }
        Act::Judged(verdict) => format!("spoke: overall {:.1}", verdict.overall),
        Act::Malformed { why, .. } => format!("gave a reply that could not be used: {why}"),
        Act::Edited(edited) => format!("edited {}", edited.what),
    };
    format!("{at}  {word}{path} {what}")
}
