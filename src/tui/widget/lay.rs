//! A line of text laid out in rows of a width, letter by letter, so that the
//! cursor stands where it is in the text whatever the letters take.

use crate::surface::{Meaning, text};
use crate::tui::paint::Line;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// From so many letters on a plain line is broken anywhere.
const LONG: usize = 4_000;
/// Columns at the end of a row in which a space is looked for to break at.
const SEEK: usize = 24;

/// What is painted as one: a letter with its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Letter {
    /// Its first character, counted within the line.
    at: usize,
    /// Where it stands in the line's bytes.
    bytes: Range<usize>,
    /// Columns.
    wide: usize,
}

/// A line in rows.
#[derive(Debug)]
pub struct Laid<'a> {
    line: &'a str,
    /// Absent for a long line of plain ASCII, where each character is a column.
    letters: Option<Vec<Letter>>,
    /// Which letters stand in which row.
    rows: Vec<Range<usize>>,
}

/// What is painted for a letter: control characters and what would reorder the
/// text are shown, never obeyed.
fn shown(letter: &str) -> String {
    if letter == "\t" {
        return String::from("    ");
    }
    let mut out = String::new();
    for c in letter.chars() {
        match c {
            '\u{0}'..='\u{1f}' => {
                out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('?'));
            }
            '\u{7f}'..='\u{9f}' => out.push('␡'),
            c => out.push(c),
        }
    }
    text::clean_line(&out).into_owned()
}

impl<'a> Laid<'a> {
    /// Lays a line out.
    #[must_use]
    pub fn of(line: &'a str, columns: usize) -> Self {
        let columns = columns.max(1);
        let plain = |b: u8| (0x20..0x7f).contains(&b);
        if line.len() > LONG && line.bytes().all(plain) {
            let rows = (0..line.len())
                .step_by(columns)
                .map(|from| from..from.saturating_add(columns).min(line.len()))
                .collect();
            return Self {
                line,
                letters: None,
                rows,
            };
        }
        let mut letters = Vec::new();
        let mut at = 0;
        for (from, cluster) in line.grapheme_indices(true) {
            letters.push(Letter {
                at,
                bytes: from..from + cluster.len(),
                wide: text::width(&shown(cluster)),
            });
            at += cluster.chars().count();
        }
        let rows = broken(line, &letters, columns);
        Self {
            line,
            letters: Some(letters),
            rows,
        }
    }

    /// How many rows it takes; at least one.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.len().max(1)
    }

    /// The text of a row as it is painted.
    #[must_use]
    pub fn row(&self, row: usize) -> String {
        let Some(range) = self.rows.get(row).cloned() else {
            return String::new();
        };
        match &self.letters {
            None => self.line.get(range).unwrap_or("").to_owned(),
            Some(letters) => letters
                .get(range)
                .unwrap_or_default()
                .iter()
                .map(|l| shown(self.line.get(l.bytes.clone()).unwrap_or("")))
                .collect(),
        }
    }

    /// The same in pieces, each with the role of its first letter; `roles` has one
    /// for each character of the line, or none at all.
    #[must_use]
    pub fn lit(&self, row: usize, roles: &[Meaning]) -> Line {
        let (Some(letters), Some(range)) = (&self.letters, self.rows.get(row)) else {
            return Line::of(Meaning::Text, self.row(row));
        };
        let mut out = Line::new();
        for letter in letters.get(range.clone()).unwrap_or_default() {
            let role = roles.get(letter.at).copied().unwrap_or(Meaning::Text);
            let text = shown(self.line.get(letter.bytes.clone()).unwrap_or(""));
            match out.spans.last_mut() {
                Some(last) if last.role == role => last.text.push_str(&text),
                _ => out.push(role, text),
            }
        }
        out
    }

    /// Where a character is: its row, its column there, and how wide it is (one
    /// where it is the end of the line).
    #[must_use]
    pub fn place(&self, column: usize) -> (usize, usize, usize) {
        let index = match &self.letters {
            None => column,
            Some(letters) => letters
                .partition_point(|l| l.at <= column)
                .saturating_sub(1),
        };
        let end = match &self.letters {
            None => column >= self.line.len(),
            Some(letters) => letters.last().is_none_or(|l| {
                let cluster = self.line.get(l.bytes.clone()).unwrap_or("");
                column >= l.at + cluster.chars().count()
            }),
        };
        let last = self.height().saturating_sub(1);
        if end {
            let wide = self.wide(last, usize::MAX);
            return (last, wide, 1);
        }
        let row = self.rows.partition_point(|r| r.end <= index).min(last);
        let wide = match &self.letters {
            None => 1,
            Some(letters) => letters.get(index).map_or(1, |l| l.wide.max(1)),
        };
        (row, self.wide(row, index), wide)
    }

    /// Columns of a row before a letter.
    fn wide(&self, row: usize, before: usize) -> usize {
        let Some(range) = self.rows.get(row).cloned() else {
            return 0;
        };
        let range = range.start..range.end.min(before);
        match &self.letters {
            None => range.len(),
            Some(letters) => letters
                .get(range)
                .unwrap_or_default()
                .iter()
                .map(|l| l.wide)
                .sum(),
        }
    }

    /// The character that stands at a column of a row, or the last one there.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> usize {
        let Some(range) = self.rows.get(row).cloned() else {
            return 0;
        };
        // The end of a line is a place; the end of a row is the next row's start.
        let last = row + 1 == self.rows.len();
        let Some(letters) = &self.letters else {
            let most = if last {
                range.end
            } else {
                range.end.saturating_sub(1)
            };
            return range.start.saturating_add(column).min(most);
        };
        let mut used = 0;
        for letter in letters.get(range.clone()).unwrap_or_default() {
            if used + letter.wide > column {
                return letter.at;
            }
            used += letter.wide;
        }
        if last {
            self.line.chars().count()
        } else {
            letters
                .get(range.end.saturating_sub(1))
                .map_or(0, |letter| letter.at)
        }
    }
}

/// Which letters stand in which row: broken after a space near the end of a row
/// where there is one, else anywhere.
fn broken(line: &str, letters: &[Letter], columns: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let (mut from, mut used) = (0, 0);
    let mut space = None;
    let mut i = 0;
    while let Some(letter) = letters.get(i) {
        if used + letter.wide > columns && i > from {
            let at = space.filter(|at| *at > from && i - at <= SEEK).unwrap_or(i);
            rows.push(from..at);
            from = at;
            used = letters
                .get(from..i)
                .unwrap_or_default()
                .iter()
                .map(|l| l.wide)
                .sum();
            space = None;
        }
        used += letter.wide;
        i += 1;
        if line.get(letter.bytes.clone()) == Some(" ") {
            space = Some(i);
        }
    }
    if from < letters.len() || rows.is_empty() {
        rows.push(from..letters.len());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_a_place_and_every_place_its_character() {
        let long = "x".repeat(LONG + 9);
        for line in [
            "",
            "a",
            "one two three four",
            "日本語 テキスト",
            "e\u{301}te\tx",
            "a\u{1b}[31mb",
            long.as_str(),
        ] {
            for columns in [1, 2, 5, 7, 80] {
                let laid = Laid::of(line, columns);
                assert!(laid.height() >= 1);
                for (n, _) in line.chars().enumerate() {
                    let (row, column, _) = laid.place(n);
                    assert!(row < laid.height());
                    // A mark has the place of its letter.
                    assert!(laid.at(row, column) <= n, "{line:?} {columns} {n}");
                    let (again, there, _) = laid.place(laid.at(row, column));
                    assert_eq!((again, there), (row, column), "{line:?} {columns} {n}");
                }
                let end = line.chars().count();
                assert_eq!(laid.place(end).0, laid.height() - 1);
            }
        }
    }

    #[test]
    fn nothing_of_a_line_is_obeyed_and_nothing_is_lost() {
        let laid = Laid::of("a\u{1b}[31mb\u{202e}", 80);
        assert_eq!(laid.row(0), "a␛[31mb<U+202E>");
        let laid = Laid::of("one two three", 8);
        let rows: Vec<String> = (0..laid.height()).map(|r| laid.row(r)).collect();
        assert_eq!(rows, ["one two ", "three"]);
    }
}
