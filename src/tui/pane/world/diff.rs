//! The comparison of two worlds, by table and row: signs in the first column,
//! the changed part of a text underlined.

use super::Placed;
use crate::engine::id::StepId;
use crate::engine::session::Session;
use crate::engine::world::{Node, Path, changes};
use crate::surface::{Meaning, text};
use crate::tui::model::WorldView;
use crate::tui::paint::Line;
use crate::tui::pointing::tree::dotted;
use std::sync::Arc;

/// Unchanged fields beside a change that are named before they are counted.
const CONTEXT: usize = 3;
/// Fields of a row that are looked at for these.
const LOOK: usize = 64;
/// Changes that are listed; more are counted.
const MOST: usize = 400;
/// Letters before the changed part of a long text that are still shown.
const LEAD: usize = 24;

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it is, in the world after; where it was, for what is gone.
    pub path: Path,
    /// What it says.
    pub what: What,
}

/// What a line of the comparison says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The table, or table and row, that the next ones are about.
    Group(String),
    /// Something is new.
    Added(String, Node),
    /// Something is gone.
    Removed(String, Node),
    /// Something changed.
    Changed(String, String, String),
    /// Something beside a change is as it was.
    Same(String, String),
    /// So many more of the row are as they were.
    More(usize),
    /// So many more changes are not listed.
    Cut(usize),
}

impl Row {
    /// Whether it says that something differs.
    #[must_use]
    pub fn differs(&self) -> bool {
        matches!(
            self.what,
            What::Added(..) | What::Removed(..) | What::Changed(..)
        )
    }
}

/// The comparison that the pane shows at a step.
#[must_use]
pub fn rows(session: &Session, at: Option<StepId>, view: WorldView) -> Vec<Row> {
    let after = &session.place(at).world;
    let before = match view {
        WorldView::Start => None,
        WorldView::Step | WorldView::Whole => match at.and_then(|id| session.step(id)) {
            Some(step) => step.parent,
            None => return Vec::new(),
        },
    };
    compare(&session.place(before).world, after)
}

/// What differs, under the row of the table that it is in.
fn compare(before: &Node, after: &Node) -> Vec<Row> {
    let mut out = Vec::new();
    let mut group: Option<Group> = None;
    let all = changes(before, after);
    for change in all.iter().take(MOST) {
        let (at, below) = change.path.0.split_at(row_of(&change.path, before, after));
        if group.as_ref().is_none_or(|g| g.at != at) {
            if let Some(done) = group.take() {
                done.close(after, &mut out);
            }
            let name = dotted(after, &Path(at.to_vec()));
            let name = if name.is_empty() {
                String::from("world")
            } else {
                name
            };
            out.push(Row {
                path: Path(at.to_vec()),
                what: What::Group(name),
            });
            group = Some(Group {
                at: at.to_vec(),
                seen: Vec::new(),
                changed: false,
            });
        }
        let key = name_of(after, &Path(at.to_vec()), below);
        if let (Some(group), Some(first)) = (&mut group, below.first()) {
            group.seen.push(Arc::clone(first));
            group.changed |= change.before.is_some() && change.after.is_some();
        }
        let what = match (&change.before, &change.after) {
            (Some(old), Some(new)) => What::Changed(key, old.to_string(), new.to_string()),
            (Some(old), None) => What::Removed(key, old.clone()),
            (None, new) => What::Added(key, new.clone().unwrap_or_default()),
        };
        out.push(Row {
            path: change.path.clone(),
            what,
        });
    }
    if let Some(done) = group {
        done.close(after, &mut out);
    }
    if all.len() > MOST {
        out.push(Row {
            path: Path::root(),
            what: What::Cut(all.len() - MOST),
        });
    }
    out
}

/// How many keys of a path name the row that it is in: table and key, or the
/// table alone where it has no rows.
fn row_of(path: &Path, before: &Node, after: &Node) -> usize {
    let above = path.0.len().saturating_sub(1);
    let row = Path(path.0.iter().take(2).cloned().collect());
    let is_row = |world: &Node| matches!(row.find(world), Some(Node::Map(_)));
    above.min(if is_row(after) || is_row(before) {
        2
    } else {
        1
    })
}

/// A row of a table, while its changes are listed.
struct Group {
    at: Vec<Arc<str>>,
    seen: Vec<Arc<str>>,
    changed: bool,
}

impl Group {
    /// Names some of what is as it was, where a field of a row changed.
    fn close(self, after: &Node, out: &mut Vec<Row>) {
        let at = Path(self.at);
        let row = at
            .find(after)
            .and_then(Node::as_map)
            .filter(|_| self.changed);
        let Some(row) = row else { return };
        let mut named = 0;
        for (key, value) in row.iter().take(LOOK) {
            let plain = !matches!(value, Node::Map(_) | Node::List(_));
            if plain && named < CONTEXT && !self.seen.contains(key) {
                out.push(Row {
                    path: at.join(Arc::clone(key)),
                    what: What::Same(key.to_string(), value.to_string()),
                });
                named += 1;
            }
        }
        let mut seen = self.seen;
        seen.dedup();
        let more = row.len().saturating_sub(named + seen.len());
        if more > 0 {
            out.push(Row {
                path: at,
                what: What::More(more),
            });
        }
    }
}

/// Keys below `from` as one reads them: `payments[1].amount`.
fn name_of(world: &Node, from: &Path, keys: &[Arc<str>]) -> String {
    let mut out = String::new();
    let mut node = from.find(world);
    for key in keys {
        if matches!(node, Some(Node::List(_))) {
            out.extend(["[", key, "]"]);
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(key);
        }
        node = node.and_then(|n| n.child(key));
    }
    out
}

/// All lines of the comparison, each with the value that stands in it.
#[must_use]
pub fn lines(rows: &[Row], width: usize) -> Vec<Placed> {
    // Keys of one group stand in a column.
    let widest = rows
        .iter()
        .filter_map(|row| match &row.what {
            What::Added(k, _) | What::Removed(k, _) | What::Changed(k, ..) | What::Same(k, _) => {
                Some(text::width(&text::clean_line(k)))
            }
            What::Group(_) | What::More(_) | What::Cut(_) => None,
        })
        .filter(|w| *w <= width / 3)
        .max()
        .unwrap_or(0);
    let cell = |sign: &str, key: &str| {
        let key = text::clean_line(key);
        let pad = widest.saturating_sub(text::width(&key));
        format!("{sign} {key}{} ", " ".repeat(pad))
    };
    let mut out = Vec::new();
    for row in rows {
        match &row.what {
            What::Group(name) => out.push(Placed::at(
                Line::of(Meaning::TextStrong, name.clone()),
                &row.path,
                0,
            )),
            What::Added(key, value) => {
                let head = cell("+", key);
                out.extend(whole(Meaning::DiffAdd, &head, value, &row.path, width));
            }
            What::Removed(key, value) => {
                let gone = whole(Meaning::DiffDel, &cell("-", key), value, &row.path, width);
                // What is gone has no place in the world any more.
                out.extend(gone.into_iter().map(|placed| Placed::of(placed.line)));
            }
            What::Changed(key, old, new) => {
                out.extend(changed(&cell("~", key), old, new, &row.path, width));
            }
            What::Same(key, value) => {
                let head = cell(" ", key);
                let col = text::width(&head);
                let line = Line::of(Meaning::DiffContext, format!("{head}{value}"));
                out.push(Placed::at(line, &row.path, col));
            }
            What::Cut(n) => out.push(Placed::of(Line::of(
                Meaning::TextMuted,
                format!("… {n} more changes"),
            ))),
            What::More(n) => out.push(Placed::of(Line::of(
                Meaning::DiffContext,
                format!("  … {n} more unchanged"),
            ))),
        }
    }
    out
}

/// What two texts have in common at their beginning and at their end, in bytes
/// of both; `None` where nothing inside their quotes is common.
fn common(old: &str, new: &str) -> Option<(usize, usize)> {
    if !old.starts_with('"') || !new.starts_with('"') {
        return None;
    }
    let same = |(a, b): &(char, char)| a == b;
    let len = |pairs: usize, mut chars: std::str::Chars<'_>| {
        let whole = chars.as_str().len();
        if pairs > 0 {
            chars.nth(pairs - 1);
        }
        whole - chars.as_str().len()
    };
    let start = old.chars().zip(new.chars()).take_while(same).count();
    let start = len(start, old.chars());
    let (a, b) = (old.get(start..)?, new.get(start..)?);
    let end: usize = a
        .chars()
        .rev()
        .zip(b.chars().rev())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .sum();
    // Two words that happen to end alike are two words.
    let shared = start.saturating_add(end).saturating_sub(2);
    let least = old.len().min(new.len()).saturating_sub(2);
    (shared.saturating_mul(3) >= least && shared > 0).then_some((start, end))
}

/// A text, and where in it the changed part stands. A long common beginning is
/// cut.
fn parted(shown: &str, common: Option<(usize, usize)>) -> (String, (usize, usize)) {
    let Some((start, end)) = common else {
        return (shown.to_owned(), (0, 0));
    };
    let (lead, rest) = shown.split_at_checked(start).unwrap_or(("", shown));
    let rest = rest.len().saturating_sub(end);
    let from = lead.char_indices().rev().nth(LEAD).map_or(0, |(at, _)| at);
    if from <= LEAD {
        return (shown.to_owned(), (start, start + rest));
    }
    let cut = format!("…{}", shown.get(from..).unwrap_or(""));
    let moved = from - '…'.len_utf8();
    (cut, (start - moved, start - moved + rest))
}

/// A part of a text as runs: what of it lies in `mark` has the role of a change.
fn runs(line: &mut Line, role: Meaning, part: &str, at: usize, mark: (usize, usize)) {
    let cut = |place: usize| place.saturating_sub(at).min(part.len());
    let (from, to) = (cut(mark.0), cut(mark.1));
    line.push(role, part.get(..from).unwrap_or(part));
    line.push(Meaning::DiffPart, part.get(from..to).unwrap_or(""));
    line.push(role, part.get(to..).unwrap_or(""));
}

fn changed(head: &str, old: &str, new: &str, path: &Path, width: usize) -> Vec<Placed> {
    let (old, new) = (text::clean_line(old), text::clean_line(new));
    let shared = common(&old, &new);
    let (old, before) = parted(&old, shared);
    let (new, after) = parted(&new, shared);
    let col = text::width(head);
    if col + text::width(&old) + 4 + text::width(&new) <= width {
        let mut line = Line::of(Meaning::DiffChange, head);
        runs(&mut line, Meaning::DiffChange, &old, 0, before);
        line.push(Meaning::DiffChange, " -> ");
        let col = line.width();
        runs(&mut line, Meaning::DiffChange, &new, 0, after);
        return vec![Placed::at(line, path, col)];
    }
    let mut out: Vec<Placed> = long(Meaning::DiffDel, head, &old, before, width)
        .into_iter()
        .map(Placed::of)
        .collect();
    let pad = " ".repeat(col.min(width / 2));
    let arrow = format!("{}-> ", pad.get(3..).unwrap_or(""));
    let col = text::width(&arrow);
    let mut below = long(Meaning::DiffAdd, &arrow, &new, after, width).into_iter();
    out.extend(below.next().map(|line| Placed::at(line, path, col)));
    out.extend(below.map(Placed::of));
    out
}

/// A value that is new or gone: behind its key where it fits, else a map has a
/// row for each field.
fn whole(role: Meaning, head: &str, value: &Node, path: &Path, width: usize) -> Vec<Placed> {
    let flat = value.brief(width.saturating_mul(4).max(64));
    let col = text::width(head);
    match value {
        Node::Map(map) if col + text::width(&flat) > width => {
            let sign = head.get(..1).unwrap_or(" ");
            let widest = map
                .keys()
                .take(LOOK)
                .map(|k| text::width(k))
                .max()
                .unwrap_or(0)
                .min(width / 3);
            let mut out = vec![Placed::at(Line::of(role, head.trim_end()), path, 2)];
            for (key, value) in map.iter().take(LOOK) {
                let shown = text::clean_line(key);
                let pad = " ".repeat(widest.saturating_sub(text::width(&shown)));
                let head = format!("{sign}   {shown}{pad} ");
                let col = text::width(&head);
                let line = Line::of(role, format!("{head}{}", value.brief(400)));
                out.push(Placed::at(line, &path.join(Arc::clone(key)), col));
            }
            if map.len() > LOOK {
                out.push(Placed::of(Line::of(
                    role,
                    format!("{sign}   … {} more", map.len() - LOOK),
                )));
            }
            out
        }
        _ => {
            let mut lines = long(role, head, &flat, (0, 0), width).into_iter();
            let first = lines.next().map(|line| Placed::at(line, path, col));
            first.into_iter().chain(lines.map(Placed::of)).collect()
        }
    }
}

/// A value behind its key, on at most three rows, its changed part marked.
fn long(role: Meaning, head: &str, value: &str, mark: (usize, usize), width: usize) -> Vec<Line> {
    const ROWS: usize = 3;
    let indent = text::width(head).min(width / 2);
    let clean = text::clean_line(value);
    let parts = text::wrap(&clean, width.saturating_sub(indent));
    let more = parts.len() > ROWS;
    let mut out: Vec<Line> = Vec::new();
    for part in parts.into_iter().take(ROWS) {
        // Where the part stands in the whole: both are slices of one text.
        let at = (part.as_ptr() as usize).saturating_sub(clean.as_ptr() as usize);
        let mut line = if out.is_empty() {
            Line::of(role, head)
        } else {
            Line::of(role, " ".repeat(indent))
        };
        runs(&mut line, role, part, at, mark);
        out.push(line);
    }
    if more && let Some(last) = out.last_mut() {
        last.push(role, "…");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        serde_json::from_str(text).unwrap()
    }

    fn shown(before: &str, after: &str) -> Vec<String> {
        let rows = compare(&node(before), &node(after));
        lines(&rows, 60)
            .iter()
            .map(|l| {
                l.line
                    .spans
                    .iter()
                    .map(|s| s.text.as_str())
                    .collect::<String>()
                    .trim_end()
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn changes_stand_under_their_row_with_some_siblings() {
        assert_eq!(
            shown(
                r#"{"orders":{"8841":{"id":"8841","status":"open","a":1,"b":2,"c":3},"9":{}}}"#,
                r#"{"orders":{"8841":{"id":"8841","status":"done","a":1,"b":2,"c":3},"9":{}}}"#,
            ),
            [
                "orders.8841",
                "~ status \"open\" -> \"done\"",
                "  id     \"8841\"",
                "  a      1",
                "  b      2",
                "  … 1 more unchanged",
            ]
        );
    }

    #[test]
    fn new_and_gone_rows_and_list_elements_have_their_sign() {
        assert_eq!(
            shown(
                r#"{"refunds":{"R-1":{"a":1}},"log":["x"],"gone":{"k":1},"t":{"r":{"list":[1,{"q":1}]}}}"#,
                r#"{"refunds":{"R-2":{"a":1}},"log":["x","y"],"gone":{},"t":{"r":{"list":[1,{"q":2}]}}}"#,
            ),
            [
                "refunds",
                "- R-1       {\"a\":1}",
                "+ R-2       {\"a\":1}",
                "log",
                "+ [1]       \"y\"",
                "gone",
                "- k         1",
                "t.r",
                "~ list[1].q 1 -> 2",
            ]
        );
    }
}
