//! The list of keys and verbs: filtered by typing, `enter` does the line. What
//! cannot be done now is there too, dim, with its reason; keys of the other
//! screens stand at the end.

use super::palette::Does;
use crate::surface::{ACTIONS, Code, Key, Meaning, Place, VERBS};
use crate::tui::layout::dialog;
use crate::tui::model::Model;
use crate::tui::paint::{Canvas, Line};
use crate::tui::palette::{here, off};
use ratatui::layout::Rect;

/// Heading of the verbs.
const VERBS_GROUP: &str = "Words of the : line";
/// Letters of a filter; more is not taken.
const LONGEST: usize = 200;
/// Columns of the keys.
const KEYS: usize = 18;

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
            Code::Char(c) if !key.ctrl && !key.alt && self.filter.len() < LONGEST => {
                self.filter.push(c);
            }
            Code::Backspace => {
                self.filter.pop();
            }
            _ => {}
        }
    }
    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.at = 0;
        let room = LONGEST.saturating_sub(self.filter.len());
        self.filter.extend(text.chars().take(room));
    }
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its heading.
    pub group: &'static str,
    /// Its keys, or the verb with what it takes.
    pub keys: String,
    /// What it does.
    pub words: &'static str,
    /// What `enter` does.
    pub does: Does,
}

/// The lines that fit a filter: each heading once, in the order of the tables.
#[must_use]
pub fn entries(model: &Model, filter: &str) -> Vec<Entry> {
    let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
    let fits = |entry: &Entry, id: &str| {
        let text = format!("{id} {} {} {}", entry.words, entry.group, entry.keys).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut out: Vec<Entry> = Vec::new();
    let mut take = |entry: Entry, id: &str| {
        if fits(&entry, id) {
            // Behind the last of its heading.
            let at = out.iter().rposition(|e| e.group == entry.group);
            out.insert(at.map_or(out.len(), |at| at + 1), entry);
        }
    };
    let near: Vec<_> = here(model).map(|row| row.action).collect();
    let screens = [
        Place::Run,
        Place::Conversation,
        Place::World,
        Place::Persona,
        Place::Judging,
        Place::Findings,
        Place::Timeline,
        Place::Curate,
        Place::Scenario,
        Place::Batch,
    ];
    for away in [false, true] {
        for row in ACTIONS {
            let is_near = near.contains(&row.action);
            if is_near == away || (away && !screens.contains(&row.place)) {
                continue;
            }
            let keys: Vec<String> = model.keymap.texts(row.action);
            let changed = if model.keymap.changed(row.action) {
                "*"
            } else {
                ""
            };
            let entry = Entry {
                group: row.group,
                keys: format!("{}{changed}", keys.join("  ")),
                words: row.words,
                does: Does::Act(row.action),
            };
            take(entry, row.id);
        }
        if away {
            break;
        }
        for row in VERBS {
            let entry = Entry {
                group: VERBS_GROUP,
                keys: format!(":{} {}", row.word, row.takes).trim_end().to_owned(),
                words: row.words,
                does: Does::Say(row.verb),
            };
            take(entry, row.word);
        }
    }
    out
}

/// Where the whole, the filter and the list stand.
fn places(area: Rect) -> (Rect, Rect, Rect) {
    let at = dialog(area, 96, area.height.saturating_sub(2).max(3));
    let inside = Rect {
        x: at.x.saturating_add(2),
        y: at.y.saturating_add(1),
        width: at.width.saturating_sub(4),
        height: at.height.saturating_sub(2),
    };
    let list = Rect {
        y: inside.y.saturating_add(1),
        height: inside.height.saturating_sub(1),
        ..inside
    };
    (at, inside, list)
}

/// What stands in a row of the list.
#[derive(Clone, Debug)]
enum Shown {
    Heading(&'static str),
    Entry(usize),
    /// Why the chosen entry cannot be done now.
    Reason(String),
}

/// What stands in the rows of the list, the chosen entry among them.
fn rows(model: &Model, entries: &[Entry], at: usize, height: usize) -> Vec<Shown> {
    let mut rows = Vec::new();
    let mut chosen = 0;
    let mut group = "";
    for (i, entry) in entries.iter().enumerate() {
        if entry.group != group {
            group = entry.group;
            rows.push(Shown::Heading(group));
        }
        if i == at {
            chosen = rows.len();
        }
        rows.push(Shown::Entry(i));
        if i == at
            && let Some(why) = why(model, entry)
        {
            rows.push(Shown::Reason(why));
        }
    }
    let offset = chosen.saturating_sub(height.saturating_sub(3));
    rows.drain(..offset.min(rows.len()));
    rows
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, model: &Model, help: &Help) {
    let (whole, inside, list) = places(area);
    canvas.clear(whole);
    let screen = model.screen.title().to_lowercase();
    let title = Line::of(Meaning::HintKey, "?")
        .and(Meaning::Title, " keys")
        .and(Meaning::TextMuted, format!("  {screen} screen"));
    canvas.frame(whole, true, &title);
    let mut filter = Line::of(Meaning::TextMuted, "type to filter: ")
        .and(Meaning::Text, help.filter.clone())
        .and(Meaning::EditorCursor, " ")
        .and(Meaning::TextMuted, "  enter does the line, esc closes");
    if model.keymap.any_changed() {
        filter.push(Meaning::TextMuted, "   * changed in keys.toml");
    }
    canvas.line(inside, &filter);
    let entries = entries(model, &help.filter);
    if entries.is_empty() {
        canvas.line(list, &Line::of(Meaning::TextMuted, "no key is like this"));
        return;
    }
    let chosen = help.at.min(entries.len() - 1);
    let rows = rows(model, &entries, chosen, usize::from(list.height));
    for (shown, y) in rows.into_iter().zip(list.top()..list.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..list
        };
        match shown {
            Shown::Heading(group) => canvas.line(row, &Line::of(Meaning::TextStrong, group)),
            Shown::Reason(why) => {
                let pad = " ".repeat(KEYS + 2);
                canvas.line(
                    row,
                    &Line::of(Meaning::NoticeNote, format!("{pad}not now: {why}")),
                );
            }
            Shown::Entry(i) => {
                let Some(entry) = entries.get(i) else {
                    continue;
                };
                canvas.line(row, &line(model, entry, i == chosen));
                if i == chosen {
                    canvas.over(row, Meaning::Selection);
                }
            }
        }
    }
}

/// Why an entry cannot be done now.
fn why(model: &Model, entry: &Entry) -> Option<String> {
    match entry.does {
        Does::Act(action) => off(model, action),
        Does::Say(verb) => verb
            .row()
            .and_then(|row| row.like)
            .and_then(|like| off(model, like)),
        Does::Fill => None,
    }
}

fn line(model: &Model, entry: &Entry, chosen: bool) -> Line {
    let wide = crate::surface::text::width(&entry.keys);
    let room = if entry.group == VERBS_GROUP {
        KEYS * 2
    } else {
        KEYS
    };
    let pad = " ".repeat(room.saturating_sub(wide).max(2));
    let (role, words) = match why(model, entry) {
        Some(_) if chosen => (Meaning::TextMuted, entry.words.to_owned()),
        Some(why) => (
            Meaning::TextMuted,
            format!("{}  (not now: {why})", entry.words),
        ),
        None => (Meaning::HintText, entry.words.to_owned()),
    };
    Line::of(Meaning::HintText, "  ")
        .and(Meaning::HintKey, entry.keys.clone())
        .and(role, format!("{pad}{words}"))
}
