//! Find and open anything: tasks of scenarios and stored conversations.

use super::list::{field, list};
use crate::store::Row;
use crate::surface::{Code, Key, Meaning, text};
use crate::tui::job::opening::{Among, Hit};
use crate::tui::layout::dialog;
use crate::tui::model::Entry;
use crate::tui::paint::{Canvas, Line};
use crate::tui::pane::conversation::count;
use ratatui::layout::Rect;
use std::sync::Arc;

/// Its state.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    /// What was typed.
    pub query: String,
    /// Among what.
    pub among: Among,
    /// Which is chosen.
    pub at: usize,
    /// What was found, best first.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub of: usize,
    /// Counts what was asked.
    pub number: u64,
    /// All conversations, once they are read.
    pub stored: Option<Arc<Vec<Row>>>,
    /// Whether they are being read.
    pub reading: bool,
    /// Whether all of them were looked through.
    pub all: bool,
    /// Why the store cannot be read.
    pub problem: Option<String>,
}

impl Finder {
    /// A key that is no action.
    pub fn typed(&mut self, key: Key) {
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt => self.query.push(c),
            Code::Backspace => drop(self.query.pop()),
            _ => return,
        }
        self.at = 0;
    }
    /// Pasted text.
    pub fn paste(&mut self, words: &str) {
        self.query.push_str(&text::clean_line(words));
        self.at = 0;
    }
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, finder: &Finder) {
    let height = area.height.saturating_sub(4).clamp(6, 30);
    let at = dialog(area, 110, height);
    canvas.clear(at);
    let among = match finder.among {
        Among::All => "tasks and conversations",
        Among::Tasks => "tasks",
        Among::Stored => "conversations",
    };
    let title = Line::of(Meaning::Title, format!("open: {among}"));
    let inside = canvas.frame(at, true, &title);
    let said = match (&finder.problem, finder.of) {
        (Some(why), _) => Line::of(Meaning::ScorePoor, format!("!! {why}")),
        (None, _) if finder.reading && finder.hits.is_empty() => {
            Line::of(Meaning::TextMuted, "reading")
        }
        (None, 0) => Line::of(Meaning::TextMuted, "nothing is like this"),
        (None, of) => {
            let more = if finder.all { "" } else { ", and reading more" };
            Line::of(Meaning::TextMuted, format!("{of} found{more}"))
        }
    };
    let rows = field(canvas, inside, "> ", &finder.query, &said);
    let columns = usize::from(rows.width);
    list(canvas, rows, finder.hits.len(), finder.at, |i| {
        finder.hits.get(i).map(|hit| line(hit, columns))
    });
}

/// One row: what it opens, and what that is.
fn line(hit: &Hit, columns: usize) -> Line {
    let wide = (columns * 2 / 5).clamp(8, 40);
    let (sign, name, rest) = match hit {
        Hit::Task(Entry {
            scenario,
            task,
            goal,
            ..
        }) => {
            let name = if task.is_empty() {
                scenario.clone()
            } else {
                format!("{scenario}/{task}")
            };
            ("new ", name, goal.clone())
        }
        Hit::Stored(row) => {
            let mut rest = row
                .overall
                .map_or_else(|| String::from("   -"), |overall| format!("{overall:4.1}"));
            rest.push_str("  ");
            rest.push_str(&day(row.started_ms));
            rest.push_str("  ");
            rest.push_str(&count(row.steps as usize, "step"));
            rest.push_str("  ");
            rest.push_str(&row.persona);
            rest.push_str("  ");
            rest.push_str(&row.title);
            ("    ", format!("{}/{}", row.scenario, row.task), rest)
        }
    };
    let name = text::clean_line(&name).into_owned();
    let name = text::shorten(&name, wide);
    let pad = " ".repeat(wide.saturating_sub(text::width(&name)) + 1);
    Line::of(Meaning::Mark, sign)
        .and(Meaning::Text, name)
        .and(Meaning::TextMuted, format!("{pad}{rest}"))
}

/// The day of a time in milliseconds since 1970 (UTC): `2026-03-14`.
#[must_use]
pub fn day(ms: i64) -> String {
    // Days are counted from March, so that a leap day is the last of its year.
    let days = ms.div_euclid(86_400_000).saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400_000), "2000-02-29");
        assert_eq!(day(1_700_000_000_000), "2023-11-14");
        assert_eq!(day(-1), "1969-12-31");
        let _ = (day(i64::MAX), day(i64::MIN));
    }
}
