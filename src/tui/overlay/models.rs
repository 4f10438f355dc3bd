//! Who plays each seat, what that has cost, and what else could play it.

use crate::driver::SeatRow;
use crate::driver::spend::Used;
use crate::surface::{Meaning, text};
use crate::tui::calls::{Calls, money, spent, tokens};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line, wrapped};
use crate::tui::pane::conversation::count;
use ratatui::layout::Rect;
use std::fmt::Write as _;

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Models {
    /// The seat that is chosen.
    pub seat: usize,
    /// The model that is chosen for it.
    pub at: usize,
}

impl Models {
    /// With the seat that acts next chosen, and who plays it.
    #[must_use]
    pub fn new(calls: &Calls, next: &str) -> Self {
        let row = calls.row(next).map(|row| row.seat.clone());
        let seat = calls
            .seats
            .iter()
            .position(|r| Some(&r.seat) == row.as_ref())
            .unwrap_or(0);
        let mut models = Self { seat, at: 0 };
        models.choose(calls);
        models
    }
    /// Another seat.
    pub fn turn(&mut self, calls: &Calls, forward: bool) {
        let n = calls.seats.len().max(1);
        self.seat = (self.seat + if forward { 1 } else { n - 1 }) % n;
        self.choose(calls);
    }
    /// The cursor to who plays the seat.
    fn choose(&mut self, calls: &Calls) {
        let row = calls.seats.get(self.seat);
        let now = row.and_then(|row| row.choices.iter().position(|c| *c == row.plays));
        self.at = now.unwrap_or(0);
    }
    /// Seat and model that are chosen.
    #[must_use]
    pub fn chosen<'a>(&self, calls: &'a Calls) -> Option<(&'a SeatRow, &'a str)> {
        let row = calls.seats.get(self.seat)?;
        Some((row, row.choices.get(self.at)?))
    }
}

/// Cells of a row of the table of seats.
fn cells(name: &str, plays: &str, used: Option<&Used>) -> [String; 6] {
    let mut out = [
        name.to_owned(),
        plays.to_owned(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ];
    let Some(used) = used.filter(|u| u.calls > 0) else {
        return out;
    };
    out[2] = used.calls.to_string();
    out[3] = tokens(used.tokens_in);
    out[4] = tokens(used.tokens_out);
    out[5] = spent(used);
    out
}

/// What one seat used, in words; empty where nothing.
fn detail(used: &Used) -> String {
    if used.calls == 0 {
        return String::from("no call yet");
    }
    let mut words = count(used.calls as usize, "call");
    if used.failed > 0 {
        let _ = write!(words, ", {} failed", used.failed);
    }
    for (all, word, part, of) in [
        (used.tokens_in, "read", used.cached, "cached"),
        (used.tokens_out, "written", used.reasoning, "reasoning"),
    ] {
        let _ = write!(words, "; {} tokens {word}", tokens(all));
        if part > 0 {
            let _ = write!(words, ", {} of them {of}", tokens(part));
        }
    }
    if used.unpriced > 0 {
        let _ = write!(words, "; {} without a price", used.unpriced);
    }
    words
}

fn table(calls: &Calls, width: usize) -> Vec<Line> {
    let mut rows = vec![[
        String::from("seat"),
        String::from("played by"),
        String::from("calls"),
        String::from("read"),
        String::from("written"),
        String::from("cost"),
    ]];
    for row in &calls.seats {
        let plays = match &row.once {
            Some(once) => format!("{}, next {once}", row.plays),
            None => row.plays.clone(),
        };
        rows.push(cells(&row.seat, &plays, calls.spend.seats.get(&row.seat)));
    }
    for (seat, used) in &calls.spend.seats {
        if !calls.seats.iter().any(|row| row.seat == *seat) {
            rows.push(cells(seat, "", Some(used)));
        }
    }
    let total = calls.spend.total();
    if total.calls > 0 {
        rows.push(cells("all", "", Some(&total)));
    }
    let clean = |cell: &String| text::clean_line(cell).into_owned();
    let rows: Vec<[String; 6]> = rows.iter().map(|row| row.each_ref().map(clean)).collect();
    let mut widths = [0usize; 6];
    for row in &rows {
        for (wide, cell) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(text::width(cell));
        }
    }
    // A long name gives way to the numbers.
    widths[0] = widths[0].min(width / 4).max(4);
    let rest: usize = widths[2..].iter().sum::<usize>() + 2 * 5 + widths[0] + 2;
    widths[1] = widths[1].min(width.saturating_sub(rest).max(9));
    rows.iter()
        .enumerate()
        .map(|(i, row)| {
            let mut line = Line::new();
            for (column, (cell, wide)) in row.iter().zip(widths).enumerate() {
                let cell = text::shorten(cell, wide);
                let pad = " ".repeat(wide.saturating_sub(text::width(&cell)));
                let role = match (i, column) {
                    (0, _) => Meaning::TextMuted,
                    (_, 0) => Meaning::TextStrong,
                    _ => Meaning::Text,
                };
                let cell = if column < 2 {
                    format!("{cell}{pad}  ")
                } else {
                    format!("{pad}{cell}  ")
                };
                line.push(role, cell);
            }
            line
        })
        .collect()
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, calls: &Calls, models: &Models) {
    let rows = calls.seats.len() + calls.spend.seats.len().min(4);
    let choices = calls
        .seats
        .get(models.seat)
        .map_or(0, |row| row.choices.len());
    let height = u16::try_from(rows + choices + 9).unwrap_or(u16::MAX);
    let room = area.height.saturating_sub(2).max(3);
    let at = dialog(
        Rect {
            height: room.min(area.height),
            ..area
        },
        108,
        height.max(12),
    );
    canvas.clear(at);
    let mut title = Line::of(Meaning::HintKey, "m").and(Meaning::Title, " models");
    if let Some(cap) = calls.spend.cap_micros {
        let words = format!("  {} of {}", spent(&calls.spend.total()), money(cap));
        title.push(Meaning::TextMuted, words);
    }
    let inside = canvas.frame(at, true, &title);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    let table = table(calls, usize::from(inside.width).saturating_sub(2));
    let head = u16::try_from(table.len()).unwrap_or(u16::MAX);
    // At least a few choices stay in view.
    let head = head.min(inside.height.saturating_sub(5));
    let from = (models.seat + 2).saturating_sub(usize::from(head));
    for (i, y) in (0..head).zip(inside.top()..inside.bottom()) {
        // The first row names the columns and stays.
        let i = if i == 0 { 0 } else { usize::from(i) + from };
        let Some(line) = table.get(i) else { break };
        let here = i == models.seat + 1 && !calls.seats.is_empty();
        let row = Rect {
            y,
            height: 1,
            ..inside
        };
        let mut shown = Line::of(Meaning::TextStrong, if here { "> " } else { "  " });
        shown.spans.extend(line.spans.iter().cloned());
        canvas.line(row, &shown);
    }
    let Some(row) = calls.seats.get(models.seat) else {
        return;
    };
    let below = Rect {
        y: inside.y.saturating_add(head).saturating_add(1),
        height: inside.height.saturating_sub(head.saturating_add(1)),
        ..inside
    };
    let used = calls.spend.seats.get(&row.seat);
    let mut lines = match used {
        Some(used) => wrapped(
            Meaning::TextMuted,
            &format!("{}: {}", row.seat, detail(used)),
            0,
            usize::from(inside.width),
        ),
        None => Vec::new(),
    };
    // Where it is low, the choices come first.
    lines.truncate(usize::from(below.height.saturating_sub(5)));
    let words = format!(
        "{} can be played by {}:",
        row.seat,
        count(row.choices.len(), "model")
    );
    lines.push(Line::of(Meaning::TextMuted, words));
    let used = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .min(below.height);
    canvas.lines(below, &lines, 0);
    let list = Rect {
        y: below.y.saturating_add(used),
        height: below.height.saturating_sub(used),
        ..below
    };
    let height = usize::from(list.height);
    let from = (models.at + 1)
        .saturating_sub(height.saturating_sub(height / 3))
        .min(row.choices.len().saturating_sub(height));
    for ((i, choice), y) in row
        .choices
        .iter()
        .enumerate()
        .skip(from)
        .zip(list.top()..list.bottom())
    {
        let at = Rect {
            y,
            height: 1,
            ..list
        };
        let mut line = Line::of(Meaning::Text, format!("  {choice}"));
        if *choice == row.plays {
            line.push(Meaning::TextMuted, "  plays");
        }
        if row.once.as_ref() == Some(choice) {
            line.push(Meaning::Mark, "  takes the next call");
        }
        canvas.line(at, &line);
        if i == models.at {
            canvas.over(at, Meaning::Selection);
        }
    }
}
