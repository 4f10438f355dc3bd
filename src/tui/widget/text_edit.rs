//! An editor of text: what is typed, undone and pasted, where the cursor is, and
//! what is wrong with it. It never changes what one did not type.

use super::area_key;
use super::check::{Check, InScenario};
use super::lay::Laid;
use crate::engine::problem::{Problem, Severity};
use crate::surface::{Code, Key, text};
use crate::tui::job::Job;
use crate::tui::job::check::{Checked, Checking};
use crate::tui::msg::Cmd;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tui_textarea::{CursorMove, DataCursor, Input, TextArea};

/// Changes that can be taken back.
const HISTORY: usize = 10_000;

/// Tells editors apart, so that what a job says reaches the one that asked.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// How much of the text was painted last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    /// Columns for text.
    pub columns: usize,
    /// Rows for text.
    pub rows: usize,
    /// The first line painted, and the first of its rows.
    pub top: (usize, usize),
}

/// The editor.
#[derive(Debug)]
pub struct TextEdit {
    id: u64,
    name: String,
    area: TextArea<'static>,
    original: String,
    crlf: bool,
    changed: bool,
    check: Check,
    /// Counts changes.
    version: u64,
    /// The change that was checked last.
    checked: Option<u64>,
    /// The change whose check is awaited.
    asked: Option<u64>,
    problems: Vec<Problem>,
    at: Option<usize>,
    pub(super) window: Cell<Window>,
}

impl TextEdit {
    /// For a text; `name` is what the title says is edited.
    #[must_use]
    pub fn new(name: impl Into<String>, text: &str, check: Check) -> Self {
        let name = name.into();
        let crlf =
            text.contains("\r\n") && text.matches('\n').count() == text.matches("\r\n").count();
        let lines = if crlf {
            text.split("\r\n").map(str::to_owned).collect()
        } else {
            text.split('\n').map(str::to_owned).collect()
        };
        let mut area = TextArea::new(lines);
        area.set_max_histories(HISTORY);
        let rules = name.rsplit_once('.').is_some_and(|(_, end)| end == "rules");
        let tab = if rules { 4 } else { 2 };
        area.set_tab_length(tab);
        let mut out = Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            name,
            area,
            original: text.to_owned(),
            crlf,
            changed: false,
            check,
            version: 0,
            checked: None,
            asked: None,
            problems: Vec::new(),
            at: None,
            window: Cell::default(),
        };
        out.look();
        out
    }

    /// Tells it apart from all others.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }
    /// What is edited.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The lines as they are.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }
    /// The text as it is.
    #[must_use]
    pub fn text(&self) -> String {
        self.area
            .lines()
            .join(if self.crlf { "\r\n" } else { "\n" })
    }
    /// The text as it was.
    #[must_use]
    pub fn original(&self) -> &str {
        &self.original
    }
    /// Whether it differs from what it was.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.changed
    }
    /// What it is held against.
    #[must_use]
    pub fn check(&self) -> &Check {
        &self.check
    }
    /// What is wrong, as far as is known.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
    /// Whether the text as it is was checked to the end.
    #[must_use]
    pub fn settled(&self) -> bool {
        !matches!(self.check, Check::File(_)) || self.checked == Some(self.version)
    }
    /// Whether something stands in the way of using it.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }
    /// Line and column of the cursor, both from 1.
    #[must_use]
    pub fn cursor(&self) -> (usize, usize) {
        let DataCursor(line, column) = self.area.cursor();
        (line + 1, column + 1)
    }
    /// The problem that was walked to last.
    #[must_use]
    pub fn chosen(&self) -> Option<usize> {
        self.at
    }

    /// A key that is no action.
    pub fn key(&mut self, key: Key) {
        let plain = !key.ctrl && !key.alt;
        let page = self.window.get().rows.saturating_sub(1).max(1);
        let to = match key.code {
            Code::Up if plain => return self.vertical(false, 1),
            Code::Down if plain => return self.vertical(true, 1),
            Code::PageUp if plain => return self.vertical(false, page),
            Code::PageDown if plain => return self.vertical(true, page),
            Code::Enter => return self.newline(),
            Code::Esc => return,
            code => area_key(code),
        };
        let modified = self.area.input(Input {
            key: to,
            ctrl: key.ctrl,
            alt: key.alt,
            shift: false,
        });
        if modified {
            self.touched();
        }
    }

    /// Pasted text; nothing of it is obeyed.
    pub fn paste(&mut self, pasted: &str) {
        if self.area.insert_str(text::clean(pasted)) {
            self.touched();
        }
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        if self.area.undo() {
            self.touched();
        }
    }

    /// Makes it again.
    pub fn redo(&mut self) {
        if self.area.redo() {
            self.touched();
        }
    }

    /// Another text in the place of this one: one change, the cursor stays.
    pub fn replace(&mut self, text: &str) {
        if text == self.text() {
            return;
        }
        let (line, column) = self.cursor();
        let text = if self.crlf {
            text.replace("\r\n", "\n")
        } else {
            text.to_owned()
        };
        self.area.select_all();
        self.area.insert_str(text);
        self.go(line, column);
        self.touched();
    }

    /// The text as it is counts as unchanged from now on.
    pub fn kept(&mut self) {
        self.original = self.text();
        self.changed = false;
    }

    /// Puts the cursor at a line and column, both from 1.
    pub fn go(&mut self, line: usize, column: usize) {
        self.area.cancel_selection();
        let line = line.saturating_sub(1);
        let column = column.saturating_sub(1);
        let far = u16::MAX;
        let near = |n: usize| u16::try_from(n).unwrap_or(far);
        self.area
            .move_cursor(CursorMove::Jump(near(line), near(column)));
        // The library jumps no farther than this.
        for _ in usize::from(far)..line {
            self.area.move_cursor(CursorMove::Down);
        }
    }

    /// Puts the cursor at the next problem of this text after it, else at the
    /// first.
    pub fn next_problem(&mut self) {
        let (line, column) = self.cursor();
        let here = |p: &Problem| (p.line as usize, p.column.max(1) as usize);
        let own = |p: &&Problem| self.owns(p) && p.line > 0;
        let next = self
            .problems
            .iter()
            .filter(own)
            .filter(|p| here(p) > (line, column))
            .min_by_key(|p| here(p))
            .or_else(|| self.problems.iter().filter(own).min_by_key(|p| here(p)));
        let Some((line, column)) = next.map(here) else {
            return;
        };
        self.at = self.problems.iter().position(|p| here(p) == (line, column));
        self.go(line, column);
    }

    /// Whether a problem is of this text.
    #[must_use]
    pub fn owns(&self, problem: &Problem) -> bool {
        match &self.check {
            Check::File(file) => problem.file == file.path,
            Check::Nothing | Check::Words | Check::Json(_) | Check::Value { .. } => {
                problem.file.is_empty()
            }
        }
    }

    /// The check that a job has to do, where the text has changed since the last
    /// one and none is under way.
    pub fn check_job(&mut self) -> Option<Cmd> {
        let Check::File(file) = &self.check else {
            return None;
        };
        if self.asked.is_some() || self.checked == Some(self.version) {
            return None;
        }
        let file = Arc::clone(file);
        self.asked = Some(self.version);
        Some(Cmd::Job(Job::Check(Box::new(Checking {
            id: self.id,
            version: self.version,
            file,
            text: self.text(),
        }))))
    }

    /// What a job found, and the next check where the text has changed since.
    pub fn take(&mut self, found: &Checked) -> Option<Cmd> {
        if found.id != self.id {
            return None;
        }
        if self.asked == Some(found.version) {
            self.asked = None;
        }
        self.checked = Some(found.version);
        let mut all = found.problems.clone();
        // What is wrong here comes before what that breaks elsewhere.
        all.sort_by_key(|p| (p.severity != Severity::Error, !self.owns(p), p.line));
        self.problems = all;
        self.at = None;
        self.check_job()
    }

    /// Another scenario to be read with: a file beside it has changed.
    pub fn beside(&mut self, file: InScenario) {
        self.check = Check::File(Arc::new(file));
        self.version = self.version.saturating_add(1);
    }

    /// Lines that are new and lines that are gone, where one piece changed.
    #[must_use]
    pub fn difference(&self) -> (usize, usize) {
        if !self.changed {
            return (0, 0);
        }
        let old: Vec<&str> = self.original.lines().collect();
        let text = self.text();
        let new: Vec<&str> = text.lines().collect();
        let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let tail = old
            .iter()
            .rev()
            .zip(new.iter().rev())
            .take(old.len().min(new.len()).saturating_sub(head))
            .take_while(|(a, b)| a == b)
            .count();
        (new.len() - head - tail, old.len() - head - tail)
    }

    /// `7:36  +1 -0`, for a mode line.
    #[must_use]
    pub fn status(&self) -> String {
        let (line, column) = self.cursor();
        let (new, gone) = self.difference();
        if self.changed {
            format!("{line}:{column}  +{new} -{gone}")
        } else {
            format!("{line}:{column}")
        }
    }

    fn touched(&mut self) {
        self.version = self.version.saturating_add(1);
        let sep = if self.crlf { "\r\n" } else { "\n" };
        let size: usize = self.area.lines().iter().map(String::len).sum();
        let seps = self.area.lines().len().saturating_sub(1) * sep.len();
        self.changed = size + seps != self.original.len() || self.text() != self.original;
        self.look();
    }

    fn look(&mut self) {
        if !matches!(self.check, Check::File(_)) {
            self.problems = self.check.quick(&self.text());
            self.at = None;
        }
    }

    /// A new line that begins as far in as this one.
    fn newline(&mut self) {
        let DataCursor(line, column) = self.area.cursor();
        let indent: String = self
            .area
            .lines()
            .get(line)
            .map(|l| l.chars().take(column).take_while(|c| *c == ' ').collect())
            .unwrap_or_default();
        self.area.insert_str(format!("\n{indent}"));
        self.touched();
    }

    /// Up or down by rows as they are painted, in the same column.
    fn vertical(&mut self, down: bool, rows: usize) {
        let columns = self.window.get().columns;
        if columns == 0 {
            for _ in 0..rows {
                let by = if down {
                    CursorMove::Down
                } else {
                    CursorMove::Up
                };
                self.area.move_cursor(by);
            }
            return;
        }
        let DataCursor(mut line, mut at) = self.area.cursor();
        for _ in 0..rows {
            let lines = self.area.lines();
            let Some(text) = lines.get(line) else { break };
            let laid = Laid::of(text, columns);
            let (row, column, _) = laid.place(at);
            if down && row + 1 < laid.height() {
                at = laid.at(row + 1, column);
            } else if !down && row > 0 {
                at = laid.at(row - 1, column);
            } else if down {
                let Some(next) = lines.get(line + 1) else {
                    break;
                };
                line += 1;
                at = Laid::of(next, columns).at(0, column);
            } else {
                let Some(above) = line.checked_sub(1).and_then(|l| lines.get(l)) else {
                    break;
                };
                line -= 1;
                let laid = Laid::of(above, columns);
                at = laid.at(laid.height() - 1, column);
            }
        }
        self.go(line + 1, at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(edit: &mut TextEdit, keys: &str) {
        for key in Key::parse_all(keys).unwrap() {
            edit.key(key);
        }
    }

    #[test]
    fn what_is_not_typed_stays_as_it_was() {
        for text in [
            "",
            "a",
            "a\n",
            "a\r\nb\r\n",
            "\n\n",
            "a\tb\n  c",
            "a\r\nb\n",
        ] {
            let mut edit = TextEdit::new("x", text, Check::Nothing);
            assert_eq!(edit.text(), text);
            press(&mut edit, "x");
            assert!(edit.changed());
            edit.undo();
            assert_eq!(edit.text(), text, "{text:?}");
            assert!(!edit.changed());
        }
    }

    #[test]
    fn a_new_line_begins_as_far_in_and_a_whole_text_is_one_change() {
        let mut edit = TextEdit::new("x.yaml", "a:\n  b: 1\nc: 2", Check::Nothing);
        edit.go(2, 99);
        press(&mut edit, "enter d");
        assert_eq!(edit.text(), "a:\n  b: 1\n  d\nc: 2");
        assert_eq!(edit.difference(), (1, 0));
        assert_eq!(edit.status(), "3:4  +1 -0");
        edit.replace("other\n");
        assert_eq!(edit.text(), "other\n");
        edit.kept();
        assert!(!edit.changed());
    }

    #[test]
    fn problems_are_walked_round() {
        let mut edit = TextEdit::new("x", "{\n \"a\": ,\n}", Check::Json(None));
        assert!(edit.broken());
        edit.next_problem();
        assert_eq!(edit.cursor().0, 2);
        edit.go(3, 1);
        edit.next_problem();
        assert_eq!(edit.cursor().0, 2);
        assert_eq!(edit.chosen(), Some(0));
    }

    #[test]
    fn up_and_down_go_by_rows() {
        let mut edit = TextEdit::new("x", "abcdef\nxy", Check::Nothing);
        edit.window.set(Window {
            columns: 3,
            rows: 5,
            top: (0, 0),
        });
        edit.go(1, 2);
        press(&mut edit, "down");
        assert_eq!(edit.cursor(), (1, 5));
        press(&mut edit, "down");
        assert_eq!(edit.cursor(), (2, 2));
        press(&mut edit, "up up");
        assert_eq!(edit.cursor(), (1, 2));
        press(&mut edit, "pagedown");
        assert_eq!(edit.cursor(), (2, 2));
    }
}
