//! What leaves: counts, duplicates, stale and skipped ones first, then the
//! folder and the formats, and nothing is written before one says so.

use crate::dataset::export::{FORMATS, Left, Preview, Wanted};
use crate::dataset::filter::Filter;
use crate::surface::{Code, Key, Keymap, Meaning, Place, text};
use crate::tui::job::export::Written;
use crate::tui::layout::dialog;
use crate::tui::overlay::question::ways;
use crate::tui::paint::{Canvas, Line, inner, wrapped};
use crate::tui::pane::conversation::count;
use ratatui::layout::Rect;

/// Rows that name conversations which are left out.
const NAMED: usize = 6;
/// Letters of a folder's name at most.
const MOST: usize = 1000;

/// Its state.
#[derive(Clone, Debug)]
pub struct Export {
    /// The folder, as typed.
    pub folder: String,
    /// Whether it was typed, and is not what was proposed.
    typed: bool,
    /// The formats, each with whether it is wanted.
    formats: Vec<(&'static str, &'static str, bool)>,
    /// Whether conversations that say the same as another are written, too.
    duplicates: bool,
    /// The filter of the queue, and whether only what fits it is written.
    filter: (String, bool),
    /// Which of these rows is chosen.
    pub at: usize,
    /// Number of the newest question.
    pub stamp: u64,
    /// What would be written; `None` while it is counted.
    pub preview: Option<Result<Preview, String>>,
    /// Whether it is being written.
    pub writing: bool,
    /// What was written, or why nothing was.
    pub written: Option<Result<Written, String>>,
}

impl Export {
    /// Of all that is approved, in every format; the filter of the queue can be
    /// added.
    #[must_use]
    pub fn new(filter: &str) -> Self {
        Self {
            folder: String::new(),
            typed: false,
            formats: FORMATS
                .iter()
                .map(|f| (f.name(), f.about(), true))
                .collect(),
            duplicates: false,
            filter: (filter.to_owned(), false),
            at: 0,
            stamp: 0,
            preview: None,
            writing: false,
            written: None,
        }
    }
    /// What is wanted, as it stands.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        let chosen = self.formats.iter().filter(|(_, _, on)| *on);
        let (filter, only) = &self.filter;
        Wanted {
            formats: chosen.map(|(name, _, _)| (*name).to_owned()).collect(),
            filter: match only {
                true => Filter::parse(filter).unwrap_or_default(),
                false => Filter::default(),
            },
            duplicates: self.duplicates,
        }
    }
    /// Only these formats; false where one of them is not there.
    pub fn only(&mut self, names: &[&str]) -> bool {
        let known = |name: &&&str| self.formats.iter().any(|(known, _, _)| known == *name);
        if names.iter().filter(known).count() < names.len() {
            return false;
        }
        for (name, _, on) in &mut self.formats {
            *on = names.contains(name);
        }
        true
    }
    fn rows(&self) -> usize {
        let filter = usize::from(!self.filter.0.is_empty());
        self.formats.len().saturating_add(1).saturating_add(filter)
    }
    /// Another row.
    pub fn turn(&mut self, forward: bool) {
        let last = self.rows().saturating_sub(1);
        self.at = if forward {
            self.at.saturating_add(1).min(last)
        } else {
            self.at.saturating_sub(1)
        };
    }
    /// The chosen row, on or off.
    pub fn toggle(&mut self) {
        let formats = self.formats.len();
        match self.formats.get_mut(self.at) {
            Some((_, _, on)) => *on = !*on,
            None if self.at == formats => self.duplicates = !self.duplicates,
            None => self.filter.1 = !self.filter.1,
        }
        self.preview = None;
        self.written = None;
    }
    /// A folder that is not there yet, unless one was typed.
    pub fn propose(&mut self, folder: String) {
        if !self.typed {
            self.folder = folder;
        }
    }
    /// Names the folder.
    pub fn name(&mut self, folder: &str) {
        folder.clone_into(&mut self.folder);
        self.typed = true;
    }
    /// A key that is no action.
    pub fn key(&mut self, key: Key) {
        match key.code {
            Code::Char(c) if !key.ctrl && !key.alt && self.folder.chars().count() < MOST => {
                self.folder.push(c);
            }
            Code::Backspace => {
                self.folder.pop();
            }
            _ => return,
        }
        self.typed = true;
        self.written = None;
    }
    /// Pasted text; nothing of it is obeyed.
    pub fn paste(&mut self, pasted: &str) {
        let room = MOST.saturating_sub(self.folder.chars().count());
        let clean = text::clean_line(pasted);
        self.folder.extend(clean.chars().take(room));
        self.typed = true;
    }
    /// Why it cannot be written as it stands; `None` where it can.
    #[must_use]
    pub fn lacks(&self) -> Option<&'static str> {
        if self.writing {
            Some("it is being written")
        } else if self.folder.trim().is_empty() {
            Some("the folder has no name")
        } else if !self.formats.iter().any(|(_, _, on)| *on) {
            Some("no format is chosen; tab chooses one")
        } else if matches!(&self.preview, Some(Ok(preview)) if preview.written == 0) {
            Some("nothing is approved that could be written")
        } else {
            None
        }
    }
}

fn left(out: &mut Vec<Line>, title: &str, list: &[Left], role: Meaning, width: usize) {
    if list.is_empty() {
        return;
    }
    out.push(Line::of(role, format!("{} {title}", list.len())));
    for one in list.iter().take(NAMED) {
        let format = one
            .format
            .as_ref()
            .map_or_else(String::new, |f| format!(" ({f})"));
        let words = format!("{} {}{format}: {}", one.conversation, one.branch, one.why);
        out.extend(
            wrapped(Meaning::TextMuted, &words, 2, width)
                .into_iter()
                .take(2),
        );
    }
    if list.len() > NAMED {
        let words = format!("  and {} more; the manifest names all", list.len() - NAMED);
        out.push(Line::of(Meaning::TextMuted, words));
    }
}

fn told(export: &Export, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    match &export.written {
        Some(Ok(written)) => {
            let many = usize::try_from(written.conversations).unwrap_or(usize::MAX);
            let words = format!(
                "{} written to {}",
                count(many, "conversation"),
                written.folder.display()
            );
            out.extend(wrapped(Meaning::ScoreGood, &words, 0, width));
            for file in &written.files {
                let words = format!("  {:<24} {:>7} lines", file.file, file.lines);
                out.push(Line::of(Meaning::Text, words));
            }
            return out;
        }
        Some(Err(why)) => {
            out.extend(wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, width));
            out.push(Line::new());
        }
        None => {}
    }
    if export.writing {
        out.push(Line::of(Meaning::Mark, "writing"));
        return out;
    }
    match &export.preview {
        None => out.push(Line::of(Meaning::TextMuted, "counting")),
        Some(Err(why)) => out.extend(wrapped(Meaning::ScorePoor, &format!("!! {why}"), 0, width)),
        Some(Ok(preview)) => {
            let words = format!(
                "{} approved, {} to be written; {} open and {} discarded stay here",
                preview.approved, preview.written, preview.open, preview.discarded
            );
            out.extend(wrapped(Meaning::TextStrong, &words, 0, width));
            let records: Vec<String> = preview
                .records
                .iter()
                .map(|(format, n)| format!("{format} {n}"))
                .collect();
            if !records.is_empty() {
                let words = format!("records: {}", records.join(", "));
                out.extend(wrapped(Meaning::Text, &words, 0, width));
            }
            let stale = "stale: changed since they were approved";
            left(&mut out, stale, &preview.stale, Meaning::Mark, width);
            let skipped = "skipped: a format cannot hold them";
            left(
                &mut out,
                skipped,
                &preview.skipped,
                Meaning::ScorePoor,
                width,
            );
            let same = "the same as another one";
            left(
                &mut out,
                same,
                &preview.duplicates,
                Meaning::ScoreFair,
                width,
            );
            let notes = "changed to fit a format";
            left(&mut out, notes, &preview.notes, Meaning::TextMuted, width);
        }
    }
    out
}

/// Paints it.
pub fn paint(canvas: &mut Canvas<'_>, area: Rect, keymap: &Keymap, export: &Export) {
    let columns = usize::from(area.width.min(84).saturating_sub(4));
    let mut foot = vec![
        Line::new(),
        Line::of(Meaning::TextMuted, "folder  ")
            .and(Meaning::TextStrong, export.folder.clone())
            .and(Meaning::EditorCursor, " "),
    ];
    let first = foot.len();
    let box_of = |on: bool| if on { "[x] " } else { "[ ] " };
    for (name, about, on) in &export.formats {
        foot.push(
            Line::of(Meaning::HintKey, box_of(*on))
                .and(Meaning::Text, format!("{name:<8}"))
                .and(Meaning::TextMuted, *about),
        );
    }
    let keep = "keep those that are the same as another one";
    foot.push(Line::of(Meaning::HintKey, box_of(export.duplicates)).and(Meaning::Text, keep));
    let (filter, only) = &export.filter;
    if !filter.is_empty() {
        let words = format!("only those that fit `{filter}`");
        foot.push(Line::of(Meaning::HintKey, box_of(*only)).and(Meaning::Text, words));
    }
    foot.push(Line::new());
    foot.extend(ways(keymap, Place::Export, columns));
    let mut head = told(export, columns);
    // The folder and the ways out always have their place.
    let room = usize::from(area.height.saturating_sub(2)).saturating_sub(foot.len());
    head.truncate(room.max(1));
    let at_row = head.len().saturating_add(first).saturating_add(export.at);
    let lines: Vec<Line> = head.into_iter().chain(foot).collect();
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let at = dialog(area, 84, rows.saturating_add(2));
    canvas.clear(at);
    canvas.frame(
        at,
        true,
        &Line::of(Meaning::Title, "export what is approved"),
    );
    let inside = inner(at);
    let inside = Rect {
        x: inside.x.saturating_add(1).min(inside.right()),
        width: inside.width.saturating_sub(2),
        ..inside
    };
    canvas.lines(inside, &lines, 0);
    let y = inside
        .y
        .saturating_add(u16::try_from(at_row).unwrap_or(u16::MAX));
    if y < inside.bottom() {
        let row = Rect {
            y,
            height: 1,
            ..inside
        };
        canvas.over(row, Meaning::Selection);
    }
}
