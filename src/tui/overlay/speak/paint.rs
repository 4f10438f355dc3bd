//! The box of `speak` on the screen: at the top, so that the end of the
//! conversation stays in view below it.

use super::{Speak, Tools};
use crate::engine::scenario::Executor;
use crate::engine::session::Turn;
use crate::engine::world::Node;
use crate::surface::{Meaning, text};
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::pane::conversation::{count, role_word, signature};
use crate::tui::travel::turn;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use tui_textarea::TextArea;

/// Rows of a text where there is room.
const TEXT: u16 = 6;

/// The rows of an area, taken from its top.
struct Rows(Rect);

impl Rows {
    fn take(&mut self, rows: u16) -> Rect {
        let rows = rows.min(self.0.height);
        let taken = Rect {
            height: rows,
            ..self.0
        };
        self.0.y = self.0.y.saturating_add(rows);
        self.0.height -= rows;
        taken
    }
    fn last(&mut self) -> Rect {
        let rows = self.0.height.min(1);
        self.0.height -= rows;
        Rect {
            y: self.0.bottom(),
            height: rows,
            ..self.0
        }
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, run: &Run, state: &Speak) {
    let fields = u16::try_from(state.fields() + state.calls.len()).unwrap_or(u16::MAX);
    let wanted = match &state.turn {
        Turn::Tool { .. } => 2 * TEXT + 6,
        _ => TEXT.saturating_add(fields).saturating_add(9),
    };
    let room = area
        .height
        .saturating_sub(if area.height < 20 { 3 } else { 7 });
    let at = Rect {
        width: area.width.min(110),
        height: wanted.min(room).max(area.height.min(7)),
        x: area.x.saturating_add(area.width.saturating_sub(110) / 2),
        y: area.y.saturating_add(area.height.min(2) / 2),
    };
    let at = at.intersection(area);
    canvas.clear(at);
    let number = state
        .at
        .and_then(|id| run.session.step(id))
        .map_or(1, |s| s.body.number + 1);
    let mut title = Line::of(Meaning::HintKey, "i").and(
        Meaning::Title,
        format!(" act for {}", turn::words(&state.turn)),
    );
    title.push(Meaning::TextMuted, format!("  step {number}"));
    if state.at != run.session.head() {
        title.push(Meaning::ModePast, "  in the past");
    }
    let inside = canvas.frame(at, true, &title);
    let mut rows = Rows(Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    });
    if let Some(tools) = &state.tools {
        return offered(canvas, &mut rows, state, tools);
    }
    let foot = rows.last();
    canvas.line(foot, &verdict(state));
    match &state.turn {
        Turn::Tool { call, .. } => {
            let width = usize::from(rows.0.width);
            let mut head = wrapped(Meaning::TextStrong, &signature(call), 0, width);
            head.truncate(usize::from(rows.0.height / 4).max(1));
            let height = u16::try_from(head.len()).unwrap_or(1);
            let head_at = rows.take(height);
            canvas.lines(head_at, &head, 0);
            let half = rows.0.height.saturating_sub(2).div_ceil(2);
            label(canvas, &mut rows, "result", by(state), state.field == 0);
            text_area(canvas, rows.take(half), &state.area, state.field == 0);
            let words = "what it does to the world: a JSON patch, or nothing";
            label(canvas, &mut rows, "patch", words, state.field == 1);
            text_area(canvas, rows.0, &state.patch, state.field == 1);
        }
        Turn::User => {
            let width = usize::from(rows.0.width);
            let goal = format!("wants: {}", run.session.task_at(state.at).goal);
            let mut head = wrapped(Meaning::TextMuted, &goal, 0, width);
            head.truncate(2);
            head.extend(said_last(run, state, width));
            above(canvas, &mut rows, head);
            text_area(canvas, rows.0, &state.area, true);
        }
        Turn::Agent { .. } | Turn::Judge | Turn::Nobody => {
            let head = said_last(run, state, usize::from(rows.0.width));
            above(canvas, &mut rows, head);
            agent(canvas, &mut rows, state);
        }
    }
}

/// Lines above the text, as far as they leave room for it.
fn above(canvas: &mut Canvas<'_>, rows: &mut Rows, mut lines: Vec<Line>) {
    lines.truncate(usize::from(rows.0.height / 2));
    let height = u16::try_from(lines.len()).unwrap_or(0);
    let at = rows.take(height);
    canvas.lines(at, &lines, 0);
}

/// What is answered: the box may lie over it.
fn said_last(run: &Run, state: &Speak, width: usize) -> Vec<Line> {
    let Some(step) = state.at.and_then(|id| run.session.step(id)) else {
        return Vec::new();
    };
    let (letter, word, role) = role_word(step.body.role);
    let mut out = vec![
        Line::of(
            Meaning::TextMuted,
            format!("said last: {} ", step.body.number),
        )
        .and(role, format!("{letter} {word}")),
    ];
    let text = crate::engine::role::shortened(step.body.text(), 600);
    let mut said = wrapped(Meaning::TextMuted, &text, 2, width);
    said.truncate(3);
    out.extend(said);
    out
}

/// How the tool would answer without a person.
fn by(state: &Speak) -> &'static str {
    let Turn::Tool { call, .. } = &state.turn else {
        return "";
    };
    match state.scenario.tool(&call.tool).map(|t| &t.executor) {
        Some(Executor::Rules | Executor::Table(_)) => {
            "as code would answer; changed by hand it is marked as an override"
        }
        _ => "as JSON or as plain text",
    }
}

fn label(canvas: &mut Canvas<'_>, rows: &mut Rows, name: &str, words: &str, here: bool) {
    let role = if here {
        Meaning::TextStrong
    } else {
        Meaning::TextMuted
    };
    let line = Line::of(role, if here { "> " } else { "  " })
        .and(role, name)
        .and(Meaning::TextMuted, format!("  {words}"));
    let at = rows.take(1);
    canvas.line(at, &line);
}

fn text_area(canvas: &mut Canvas<'_>, area: Rect, text: &TextArea<'static>, here: bool) {
    let body = area.intersection(canvas.buf.area);
    if body.is_empty() {
        return;
    }
    let mut shown = text.clone();
    let plain = canvas.theme.get(Meaning::Text);
    shown.set_style(plain);
    shown.set_cursor_line_style(plain);
    shown.set_cursor_style(if here {
        canvas.theme.get(Meaning::EditorCursor)
    } else {
        plain
    });
    (&shown).render(body, canvas.buf);
}

/// An agent's words, then its calls with a row an argument.
fn agent(canvas: &mut Canvas<'_>, rows: &mut Rows, state: &Speak) {
    let calls = state
        .calls
        .iter()
        .map(|c| c.args.len().max(1) + 1)
        .sum::<usize>();
    let calls = u16::try_from(calls).unwrap_or(u16::MAX);
    let text = rows.0.height.saturating_sub(calls).max(2);
    let text_at = rows.take(text);
    text_area(canvas, text_at, &state.area, state.field == 0);
    let mut lines = Vec::new();
    let mut here = 0;
    let mut field = 1;
    for call in &state.calls {
        let mut head = Line::of(Meaning::TextMuted, "  calls ").and(Meaning::RoleTool, &call.tool);
        if let Some(why) = call.wrong(&state.scenario) {
            head.push(Meaning::ScorePoor, format!("  !! {why}"));
        } else {
            head.push(Meaning::ScoreGood, "  ok");
        }
        lines.push(head);
        if call.args.is_empty() {
            if field == state.field {
                here = lines.len();
            }
            let sign = if field == state.field { "> " } else { "  " };
            lines.push(
                Line::of(Meaning::TextStrong, sign).and(Meaning::TextMuted, "  takes no argument"),
            );
            field += 1;
        }
        let wide = call
            .args
            .iter()
            .map(|a| text::width(&text::clean_line(&a.name)))
            .max()
            .unwrap_or(0);
        for arg in &call.args {
            let chosen = field == state.field;
            if chosen {
                here = lines.len();
            }
            let name = text::clean_line(&arg.name);
            let pad = " ".repeat(wide.saturating_sub(text::width(&name)));
            let mut line = Line::of(Meaning::TextStrong, if chosen { "> " } else { "  " });
            let role = if arg.required {
                Meaning::TextStrong
            } else {
                Meaning::Text
            };
            let need = if arg.required { "* " } else { "  " };
            line.push(Meaning::TextMuted, need);
            line.push(role, format!("{name}{pad}  "));
            line.push(Meaning::Text, arg.typed.clone());
            if chosen {
                line.push(Meaning::EditorCursor, " ");
            }
            if arg.typed.is_empty() {
                let about = if arg.about.is_empty() {
                    arg.kind.clone()
                } else {
                    format!("{}  {}", arg.kind, arg.about)
                };
                line.push(Meaning::TextMuted, format!(" {about}"));
            } else if let Err(why) = arg.value() {
                line.push(Meaning::ScorePoor, format!("  !! {why}"));
            }
            lines.push(line);
            field += 1;
        }
    }
    let height = usize::from(rows.0.height);
    let offset = (here + 1).saturating_sub(height);
    canvas.lines(rows.0, &lines, offset);
}

/// The tools to choose from.
fn offered(canvas: &mut Canvas<'_>, rows: &mut Rows, state: &Speak, tools: &Tools) {
    let head = rows.take(1);
    let line = Line::of(Meaning::TextMuted, "call which tool: ")
        .and(Meaning::Text, tools.typed.clone())
        .and(Meaning::EditorCursor, " ");
    canvas.line(head, &line);
    let all = state.offered();
    let height = usize::from(rows.0.height);
    let chosen = tools.at.min(all.len().saturating_sub(1));
    let from = (chosen + 1).saturating_sub(height);
    let list = rows.0;
    let shown = all.iter().enumerate().skip(from);
    for ((i, name), y) in shown.zip(list.top()..list.bottom()) {
        let at = Rect {
            y,
            height: 1,
            ..list
        };
        let about = state.scenario.tool(name).map_or("", |t| &t.description);
        let line = Line::of(Meaning::Text, format!("  {name}"))
            .and(Meaning::TextMuted, format!("  {about}"));
        canvas.line(at, &line);
        if i == chosen {
            canvas.over(at, Meaning::Selection);
        }
    }
    if all.is_empty() {
        canvas.line(
            list,
            &Line::of(Meaning::TextMuted, "  no tool of this agent is called so"),
        );
    }
}

/// What can be said of what is typed.
fn verdict(state: &Speak) -> Line {
    if let Some(said) = &state.said {
        return Line::of(Meaning::ScorePoor, format!("!! {said}"));
    }
    let good = |words: String| Line::of(Meaning::ScoreGood, format!("ok {words}"));
    let poor = |why: String| Line::of(Meaning::ScorePoor, format!("!! {why}"));
    match &state.turn {
        Turn::Tool { .. } => {
            let result = match state.result() {
                Ok(result) => result,
                Err(why) => return poor(why),
            };
            let patch = match state.changes() {
                Ok(patch) => patch,
                Err(why) => return poor(why),
            };
            if let Some(why) = state.refused(&result, patch.as_ref()) {
                return poor(format!("refused: {why}"));
            }
            let changes = match &patch {
                Some(patch) => format!(", {}", count(patch.0.len(), "change")),
                None => String::new(),
            };
            match result {
                Node::Str(text) if text.is_empty() => Line::of(
                    Meaning::TextMuted,
                    "the tool's result, as JSON or as plain text",
                ),
                Node::Str(_) => good(format!("plain text{changes}")),
                result => good(format!("JSON {}{changes}", result.kind())),
            }
        }
        Turn::Agent { .. } if state.calls.is_empty() => Line::of(
            Meaning::TextMuted,
            "what the agent says; ctrl-t adds a call of a tool",
        ),
        Turn::Agent { .. } => Line::of(Meaning::TextMuted, "* is needed; an empty one is left out"),
        Turn::User | Turn::Judge | Turn::Nobody => {
            Line::of(Meaning::TextMuted, "what the user says")
        }
    }
}
