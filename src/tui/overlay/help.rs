//! The list of keys: filtered by typing, `enter` does the line. What cannot be
//! done now is there too, dim, with its reason.

use crate::surface::{ACTIONS, Action, Code, Key, Keymap, Meaning, Place, Row, key};
use crate::tui::layout::dialog;
use crate::tui::paint::{Canvas, Line};
use ratatui::layout::Rect;

/// Its state.
#[derive(Clone, Debug, Default)]
pub struct Help {
    /// What was typed.
    pub filter: String,
    /// Which line is chosen.
    pub at: usize,
}

impl Help {
    /// A key that is no action.
    pub fn typed(&mut self, key: Key) {
        self.at = 0;
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt => self.filter.push(c),
            Code::Backspace => {
                self.filter.pop();
            }
            _ => {}
        }
    }
}

/// The rows that fit a filter, in the order of the table.
#[must_use]
pub fn rows(filter: &str, places: &[Place]) -> Vec<&'static Row> {
    let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
    ACTIONS
        .iter()
        .filter(|row| places.contains(&row.place))
        .filter(|row| {
            let text = format!(
                "{} {} {} {}",
                row.id,
                row.words,
                row.group,
                row.keys.join(" ")
            );
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word))
        })
        .collect()
}

/// Paints it. `reason` says why an action cannot be done now.
pub fn paint(
    canvas: &mut Canvas<'_>,
    area: Rect,
    keymap: &Keymap,
    help: &Help,
    places: &[Place],
    reason: &dyn Fn(Action) -> Option<String>,
) {
    let at = dialog(area, 96, area.height.saturating_sub(2).max(3));
    canvas.clear(at);
    let inside = canvas.frame(at, true, &Line::of(Meaning::Title, "? keys"));
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    let filter = Line::of(Meaning::TextMuted, "type to filter: ")
        .and(Meaning::Text, help.filter.clone())
        .and(Meaning::EditorCursor, " ")
        .and(Meaning::TextMuted, "  enter does the line, esc closes");
    canvas.line(inside, &filter);
    let list = Rect {
        y: inside.y.saturating_add(1),
        height: inside.height.saturating_sub(1),
        ..inside
    };
    let rows = rows(&help.filter, places);
    if rows.is_empty() {
        canvas.line(list, &Line::of(Meaning::TextMuted, "no key is like this"));
        return;
    }
    let chosen = help.at.min(rows.len() - 1);
    let mut lines = Vec::new();
    let mut chosen_line = 0;
    let mut group = "";
    for (i, row) in rows.iter().enumerate() {
        if row.group != group {
            group = row.group;
            lines.push((Line::of(Meaning::TextStrong, group), false));
        }
        if i == chosen {
            chosen_line = lines.len();
        }
        lines.push((line(keymap, row, reason(row.action)), i == chosen));
    }
    let height = usize::from(list.height);
    let offset = chosen_line.saturating_sub(height.saturating_sub(2));
    for ((line, chosen), y) in lines.iter().skip(offset).zip(list.top()..list.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..list
        };
        canvas.line(row, line);
        if *chosen {
            canvas.over(row, Meaning::Selection);
        }
    }
}

fn line(keymap: &Keymap, row: &Row, reason: Option<String>) -> Line {
    let keys: Vec<String> = keymap
        .keys_of(row.action)
        .iter()
        .map(|k| key::sequence(k))
        .collect();
    let keys = keys.join("  ");
    let pad = 18usize.saturating_sub(keys.len()).max(1);
    let (role, words) = match reason {
        Some(why) => (
            Meaning::TextMuted,
            format!("{}  (not now: {why})", row.words),
        ),
        None => (Meaning::HintText, row.words.to_owned()),
    };
    Line::of(Meaning::HintText, "  ")
        .and(Meaning::HintKey, keys)
        .and(role, format!("{}{words}", " ".repeat(pad)))
}
