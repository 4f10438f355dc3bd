//! What stands on the screen as one text, and back from a part of that text to
//! its cells: words that are broken over two rows are found all the same.

use crate::surface::text;
use crate::tui::paint::Line;

/// A part of a row: the row, the column at which it begins, its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Row, from the first line given.
    pub row: usize,
    /// Column.
    pub col: usize,
    /// How many columns.
    pub width: usize,
}

/// Rows as one text.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// Each row without the spaces around it, parted by one space.
    pub text: String,
    /// Where each row begins in the text and ends, with the columns before it.
    rows: Vec<(usize, usize, usize)>,
    /// For each row the bytes before it.
    leads: Vec<usize>,
}

/// The text of a line as it is painted.
#[must_use]
pub fn text_of(line: &Line) -> String {
    let parts = line.spans.iter().map(|span| text::clean_line(&span.text));
    parts.collect()
}

impl Joined {
    /// The lines of a window.
    #[must_use]
    pub fn new(lines: &[Line]) -> Self {
        let mut out = Self::default();
        for line in lines {
            let whole = text_of(line);
            let body = whole.trim_start();
            let before = text::width(whole.get(..whole.len() - body.len()).unwrap_or(""));
            let from = out.text.len();
            out.text.push_str(body.trim_end());
            out.rows.push((from, out.text.len(), before));
            out.leads.push(whole.len() - body.len());
            out.text.push(' ');
        }
        out
    }

    /// The cells of a part of the text, one run a row.
    #[must_use]
    pub fn cells(&self, from: usize, to: usize) -> Vec<Cells> {
        let first = self.rows.partition_point(|(_, end, _)| *end <= from);
        let mut out = Vec::new();
        for (row, (start, end, before)) in self.rows.iter().enumerate().skip(first) {
            if *start >= to {
                break;
            }
            let (a, b) = (from.max(*start), to.min(*end));
            let lead = self.text.get(*start..a).unwrap_or("");
            let part = self.text.get(a..b).unwrap_or("");
            if !part.is_empty() {
                out.push(Cells {
                    row,
                    col: before.saturating_add(text::width(lead)),
                    width: text::width(part),
                });
            }
        }
        out
    }

    /// The same as bytes of each row's own text.
    #[must_use]
    pub fn bytes(&self, from: usize, to: usize) -> Vec<(usize, usize, usize)> {
        let rows = self.rows.iter().zip(&self.leads).enumerate();
        rows.filter_map(|(row, ((start, end, _), lead))| {
            let (a, b) = (from.max(*start), to.min(*end));
            (a < b).then(|| (row, a - start + lead, b - start + lead))
        })
        .collect()
    }

    /// The rows of the text, each with where it begins.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &str)> {
        self.rows
            .iter()
            .map(|(from, to, _)| (*from, self.text.get(*from..*to).unwrap_or("")))
    }

    /// Takes a part out of what is read, without moving the rest.
    pub fn blank(&mut self, from: usize, to: usize) {
        let plain = self.text.get(from..to).is_some_and(str::is_ascii);
        if plain {
            let spaces = " ".repeat(to.saturating_sub(from));
            self.text.replace_range(from..to, &spaces);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::Meaning;

    #[test]
    fn parts_are_found_over_the_end_of_a_row() {
        let lines =
            ["    the order", "    8841 é", "", "  of Maya"].map(|t| Line::of(Meaning::Text, t));
        let joined = Joined::new(&lines);
        assert_eq!(joined.text, "the order 8841 é  of Maya ");
        let at = joined.text.find("order 8841").unwrap();
        assert_eq!(
            joined.cells(at, at + 10),
            [
                Cells {
                    row: 0,
                    col: 8,
                    width: 5
                },
                Cells {
                    row: 1,
                    col: 4,
                    width: 4
                },
            ]
        );
        let at = joined.text.find("Maya").unwrap();
        assert_eq!(
            joined.cells(at, at + 4),
            [Cells {
                row: 3,
                col: 5,
                width: 4
            }]
        );
        assert_eq!(joined.cells(0, 0), []);
    }
}
