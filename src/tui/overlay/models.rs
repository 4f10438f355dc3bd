//! Who plays each seat, what that has cost, and what else could play it.

use crate::driver::SeatRow;
use crate::driver::spend::Used;
use crate::surface::{Meaning, text};
use crate::tui::calls::{Calls, money, spent, tokens};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line};
use crate::tui::pane::conversation::count;
use ratatui::layout::Rect;

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
    let of = |all: u64, part: u64, word: &str| match part {
        0 => tokens(all),
        part => format!("{} ({} {word})", tokens(all), tokens(part)),
    };
    out[2] = match used.failed {
        0 => used.calls.to_string(),
        failed => format!("{} ({failed} failed)", used.calls),
    };
    out[3] = of(used.tokens_in, used.cached, "cached");
    out[4] = of(used.tokens_out, used.reasoning, "reasoning");
    out[5] = spent(used);
    out
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
        let mut row = cells("all", "", Some(&total));
        if let Some(cap) = calls.spend.cap_micros {
            row[5] += " of ";
            row[5] += &money(cap);
        }
        rows.push(row);
    } else if let Some(cap) = calls.spend.cap_micros {
        let mut row = cells("all", "", None);
        row[5] = format!("$0 of {}", money(cap));
        rows.push(row);
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
    let height = u16::try_from(rows + choices + 8).unwrap_or(u16::MAX);
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
    let title = Line::of(Meaning::HintKey, "m").and(Meaning::Title, " models");
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
    let words = format!(
        "{} can be played by {}:",
        row.seat,
        count(row.choices.len(), "model")
    );
    canvas.line(below, &Line::of(Meaning::TextMuted, words));
    let list = Rect {
        y: below.y.saturating_add(1),
        height: below.height.saturating_sub(1),
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
