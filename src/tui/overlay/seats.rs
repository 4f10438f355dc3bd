//! The seats that a person can take: one a role, one for each sub-agent and each
//! tool, with who plays it now.

use crate::engine::scenario::Executor;
use crate::surface::{Meaning, text};
use crate::tui::layout::dialog;
use crate::tui::model::Run;
use crate::tui::paint::{Canvas, Line, wrapped};
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    /// Which is chosen.
    pub at: usize,
}

/// A seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name, as it is taken.
    pub seat: String,
    /// Who plays it otherwise.
    pub plays: String,
    /// Whether a person has it, and whether for one turn alone.
    pub taken: Option<bool>,
}

/// All seats of the scenario.
#[must_use]
pub fn rows(run: &Run) -> Vec<Row> {
    let scenario = run.session.scenario_at(run.session.head());
    let plays = |seat: &str| {
        let row = run.calls.row(seat);
        row.map_or_else(String::new, |row| row.plays.clone())
    };
    let mut all = vec![
        (String::from("user"), plays("user")),
        (String::from("agent"), plays("agent")),
    ];
    for agent in scenario.agents.iter().skip(1) {
        let seat = format!("agent/{}", agent.name);
        all.push((seat.clone(), plays(&seat)));
    }
    all.push((String::from("tool"), String::from("every tool")));
    for tool in &scenario.tools {
        let seat = format!("tool/{}", tool.name);
        let by = match &tool.executor {
            Executor::Table(_) => String::from("code: a table"),
            Executor::Rules => String::from("code: its rule"),
            Executor::Model => {
                let model = plays(&seat);
                if model.is_empty() {
                    String::from("the tool simulator")
                } else {
                    model
                }
            }
            // A sub-agent's seat is its own; a person has the other already.
            Executor::Agent(_) | Executor::Human => continue,
        };
        all.push((seat, by));
    }
    let taken = run.session.taken();
    all.into_iter()
        .map(|(seat, plays)| Row {
            taken: taken
                .iter()
                .find(|(s, _)| *s == seat)
                .map(|(_, once)| *once),
            seat,
            plays,
        })
        .collect()
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, run: &Run, state: &Seats) {
    let rows = rows(run);
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let room = area.height.saturating_sub(2).max(3);
    let at = dialog(
        Rect {
            height: room.min(area.height),
            ..area
        },
        84,
        height.saturating_add(5).max(8),
    );
    canvas.clear(at);
    let title = Line::of(Meaning::HintKey, "I").and(Meaning::Title, " take a seat");
    let inside = canvas.frame(at, true, &title);
    let words = "Where it is the turn of a seat that you have, the conversation waits for you (i).";
    let mut head = wrapped(Meaning::TextMuted, words, 0, usize::from(inside.width));
    head.push(Line::new());
    head.truncate(usize::from(inside.height.saturating_sub(2)));
    canvas.lines(inside, &head, 0);
    let used = u16::try_from(head.len()).unwrap_or(0).min(inside.height);
    let list = Rect {
        y: inside.y.saturating_add(used),
        height: inside.height.saturating_sub(used),
        ..inside
    };
    let wide = rows
        .iter()
        .map(|row| text::width(&text::clean_line(&row.seat)))
        .max()
        .unwrap_or(0);
    let height = usize::from(list.height);
    let chosen = state.at.min(rows.len().saturating_sub(1));
    let from = (chosen + 1).saturating_sub(height);
    let shown = rows.iter().enumerate().skip(from);
    for ((i, row), y) in shown.zip(list.top()..list.bottom()) {
        let at = Rect {
            y,
            height: 1,
            ..list
        };
        let name = text::clean_line(&row.seat);
        let pad = " ".repeat(wide.saturating_sub(text::width(&name)) + 2);
        let sign = if row.taken.is_some() { "[x] " } else { "[ ] " };
        let mut line = Line::of(Meaning::Mark, sign).and(Meaning::Text, format!("{name}{pad}"));
        match row.taken {
            Some(true) => line.push(Meaning::Mark, "you, for its next turn  "),
            Some(false) => line.push(Meaning::Mark, "you  "),
            None => {}
        }
        line.push(Meaning::TextMuted, row.plays.clone());
        canvas.line(at, &line);
        if i == chosen {
            canvas.over(at, Meaning::Selection);
        }
    }
    let below = rows.len().saturating_sub(from + height);
    crate::tui::view::more(canvas, at, from, below, true);
}
