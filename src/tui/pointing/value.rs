//! Values on the screen that can be pointed at, and where a value came from: its
//! places in the world with their origin, and the steps that say it.

use super::find::{has, pieces};
use super::rows::{Cells, Joined};
use super::tree::{dotted, plain, visit};
use crate::engine::grounding::{Literal, LiteralKind, LiteralValue, literals};
use crate::engine::world::{Node, Origin, Path};
use crate::surface::text;
use crate::tui::layout::Pane;
use crate::tui::model::Run;
use crate::tui::pane::conversation::{count, role_word};
use crate::tui::pane::{Window, world};

/// Letters that labels are made of, those under the fingers first.
const LETTERS: &str = "asdfghjklqwertyuiopzxcvbnm";
/// The longest text in quotes that is taken as a value.
const LONGEST: usize = 120;
/// Places of the world, and steps, that are listed for a value.
const MOST: usize = 12;

/// A value on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Where it is written, inside the pane.
    pub cells: Vec<Cells>,
    /// What it is.
    pub value: Value,
}

/// A value that can be pointed at.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// As it is written.
    pub text: String,
    /// As JSON.
    pub node: Node,
    /// Its place in the world, where it is one of the world pane.
    pub path: Option<Path>,
    /// How the engine reads it, where it is a literal.
    literal: Option<(LiteralKind, LiteralValue)>,
}

/// Somewhere that a value stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Where, in words.
    pub place: String,
    /// What is known of it.
    pub words: String,
    /// Where to go.
    pub go: Go,
}

/// Where to go for a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Go {
    /// A place of the world, and the number of the step that wrote it.
    World(Path, Option<u32>),
    /// Behind so many steps, with what is said there.
    Step(usize, String),
}

/// The label of a value, of so many.
#[must_use]
pub fn label(at: usize, of: usize) -> String {
    let letters: Vec<char> = LETTERS.chars().collect();
    let letter = |i: usize| letters.get(i % letters.len().max(1)).copied();
    if of <= letters.len() {
        return letter(at).into_iter().collect();
    }
    let first = letter(at / letters.len().max(1));
    first.into_iter().chain(letter(at)).collect()
}

/// All values in a window of a pane, in the order of reading.
#[must_use]
pub fn targets(run: &Run, pane: Pane, window: &Window) -> Vec<Target> {
    let root = &run.session.place(run.at()).world;
    let mut out: Vec<Target> = Vec::new();
    let mut lines = window.lines.clone();
    for (row, spot) in window.spots.iter().enumerate() {
        let Some(spot) = spot else { continue };
        // What has its place in the world is not read again as text.
        if let Some(line) = lines.get_mut(row) {
            line.spans.clear();
        }
        let Some(node) = spot.path.find(root) else {
            continue;
        };
        let cells = Cells {
            row,
            col: spot.col,
            width: window
                .lines
                .get(row)
                .map_or(1, |line| line.width().saturating_sub(spot.col).max(1)),
        };
        out.push(Target {
            cells: vec![cells],
            value: Value::of_world(node, spot),
        });
    }
    if pane == Pane::World
        && let Some(head) = lines.first_mut()
    {
        head.spans.clear();
    }
    let mut joined = Joined::new(&lines);
    blank_heads(&mut joined);
    out.extend(read(&joined));
    // More than two letters can tell apart are not needed on any screen.
    out.truncate(LETTERS.len() * LETTERS.len());
    out.sort_by_key(|t| t.cells.first().map(|c| (c.row, c.col)));
    out
}

/// The number of a step in its header is no value, nor is that of rows folded.
fn blank_heads(joined: &mut Joined) {
    let heads: Vec<(usize, usize)> = joined
        .rows()
        .filter_map(|(from, row)| {
            if row.starts_with("… ") {
                return Some((from + '…'.len_utf8(), from + row.len()));
            }
            let body = row.trim_start_matches(['>', ' ']);
            let start = from + (row.len() - body.len());
            let (number, rest) = body.split_once(' ')?;
            let role = rest.trim_start().split("  ").next()?;
            let is = ["U user", "A agent", "T tool", "J judge"].contains(&role.trim_end());
            let digits = number.bytes().all(|b| b.is_ascii_digit());
            (is && digits).then_some((start, start + number.len()))
        })
        .collect();
    for (from, to) in heads {
        joined.blank(from, to);
    }
}

/// The literals of a text, and what stands in quotes.
fn read(joined: &Joined) -> Vec<Target> {
    let mut out: Vec<(usize, usize, Value)> = Vec::new();
    for (start, row) in joined.rows() {
        let mut rest = 0;
        while let Some((from, to)) = quoted(row, rest) {
            let inside = row.get(from..to).unwrap_or("");
            // Where a row begins within quotes, its first quote closes.
            if inside.starts_with([',', ':', '}', ']']) {
                rest = to;
                continue;
            }
            rest = to + 1;
            // A key of an object is no value.
            let key = row.get(to + 1..).is_some_and(|r| r.starts_with(':'));
            if !key && !inside.is_empty() && inside.len() <= LONGEST {
                out.push((start + from, start + to, Value::of_text(inside)));
            }
        }
    }
    for literal in literals(&joined.text) {
        let (from, to) = literal.span;
        if out.iter().all(|(a, b, _)| to <= *a || *b <= from) {
            out.push((from, to, Value::of_literal(&literal)));
        }
    }
    out.into_iter()
        .map(|(from, to, value)| Target {
            cells: joined.cells(from, to),
            value,
        })
        .filter(|target| !target.cells.is_empty())
        .collect()
}

/// The next text in quotes of a row, from a place on.
fn quoted(row: &str, from: usize) -> Option<(usize, usize)> {
    let open = from + row.get(from..)?.find('"')? + 1;
    let mut escaped = false;
    for (at, c) in row.get(open..)?.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((open, open + at)),
            _ => {}
        }
    }
    None
}

impl Value {
    /// A text, which may be a literal as a whole.
    #[must_use]
    pub fn of_text(inside: &str) -> Self {
        let literal = literals(inside)
            .into_iter()
            .find(|l| l.text == inside)
            .map(|l| (l.kind, l.value));
        Self {
            text: inside.to_owned(),
            node: Node::str(inside),
            path: None,
            literal,
        }
    }

    fn of_literal(literal: &Literal) -> Self {
        // A literal in words may be broken over two rows.
        let words: Vec<&str> = literal.text.split_whitespace().collect();
        let text = words.join(" ");
        let number = match (&literal.kind, &literal.value) {
            (LiteralKind::Time | LiteralKind::Tail | LiteralKind::Id, _)
            | (_, LiteralValue::Text(_) | LiteralValue::Date(_)) => None,
            (_, LiteralValue::Number(value)) => Some(*value),
        };
        let node = match number {
            Some(value) if value.fract() == 0.0 && value.abs() < 1e15 && !text.contains('.') => {
                Node::Int(value as i64)
            }
            Some(value) => Node::from(value),
            None => Node::str(text.as_str()),
        };
        Self {
            text,
            node,
            path: None,
            literal: Some((literal.kind, literal.value.clone())),
        }
    }

    fn of_world(node: &Node, spot: &world::Spot) -> Self {
        let text = plain(node).unwrap_or_else(|| node.to_string());
        let mut out = match node {
            Node::Map(_) | Node::List(_) => Self {
                literal: None,
                node: Node::Null,
                path: None,
                text: text.clone(),
            },
            Node::Int(_) | Node::Float(_) => Self {
                literal: node
                    .as_f64()
                    .map(|value| (LiteralKind::Number, LiteralValue::Number(value))),
                ..Self::of_text("")
            },
            Node::Str(_) | Node::Null | Node::Bool(_) => Self::of_text(&text),
        };
        out.text = text;
        out.node = node.clone();
        out.path = Some(spot.path.clone());
        out
    }

    /// What kind of value it is, in a word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match (&self.literal, &self.node) {
            (_, Node::Map(_)) => "object",
            (_, Node::List(_)) => "list",
            (_, Node::Bool(_)) => "yes or no",
            (_, Node::Null) => "nothing",
            (Some((kind, _)), _) => match kind {
                LiteralKind::Id => "id",
                LiteralKind::Amount => "amount",
                LiteralKind::Date => "date",
                LiteralKind::Time => "time",
                LiteralKind::Percent => "share",
                LiteralKind::Tail => "last digits",
                LiteralKind::Email => "mail address",
                LiteralKind::Number => "number",
            },
            (None, _) => "text",
        }
    }

    /// What a search for it looks for.
    #[must_use]
    pub fn words(&self) -> String {
        plain(&self.node).unwrap_or_else(|| self.text.clone())
    }

    /// Whether a plain value of the world is this one.
    fn is(&self, node: &Node) -> bool {
        match (&self.literal, node) {
            (Some((_, LiteralValue::Number(want))), Node::Int(_) | Node::Float(_)) => {
                node.as_f64().is_some_and(|have| (have - want).abs() < 1e-6)
            }
            (_, Node::Str(have)) if **have == *self.text => true,
            (Some((_, LiteralValue::Text(want))), Node::Str(have)) => {
                have.trim_start_matches('#').eq_ignore_ascii_case(want)
            }
            (Some((_, LiteralValue::Text(want))), Node::Int(have)) => have.to_string() == *want,
            (Some((_, LiteralValue::Date(want))), Node::Str(have)) => {
                // A date, perhaps with a time behind it.
                have.len() <= 32
                    && literals(have).iter().any(|l| match &l.value {
                        LiteralValue::Date(date) => {
                            date.month == want.month
                                && date.day == want.day
                                && (want.year.is_none() || date.year == want.year)
                        }
                        LiteralValue::Text(_) | LiteralValue::Number(_) => false,
                    })
            }
            _ => false,
        }
    }

    /// Whether a key of the world is this one.
    fn is_key(&self, key: &str) -> bool {
        key == self.text
            || matches!(&self.literal, Some((_, LiteralValue::Text(want)))
                if key.trim_start_matches('#').eq_ignore_ascii_case(want))
    }

    /// Where a text says it; a byte range.
    fn in_text(&self, said: &str) -> Option<(usize, usize)> {
        if let Some((_, want)) = &self.literal {
            let same = |l: &Literal| match (&l.value, want) {
                (LiteralValue::Number(a), LiteralValue::Number(b)) => (a - b).abs() < 1e-6,
                (a, b) => a == b,
            };
            return literals(said).iter().find(|l| same(l)).map(|l| l.span);
        }
        if !has(said, &self.text.to_lowercase()) {
            return None;
        }
        super::find::places(said, &self.text)
            .into_iter()
            .find(|(from, to)| {
                let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                let before = said.get(..*from).and_then(|s| s.chars().next_back());
                let after = said.get(*to..).and_then(|s| s.chars().next());
                !part(before) && !part(after)
            })
    }
}

/// Where a value stands: in the world at the cursor, then in the steps of the
/// branch, and how many more places there are than are listed.
#[must_use]
pub fn sources(run: &Run, value: &Value) -> (Vec<Source>, usize) {
    let mut out = Vec::new();
    let mut more = 0usize;
    if let Some(path) = &value.path {
        out.push(of_world(run, path));
    }
    if !matches!(
        value.node,
        Node::Map(_) | Node::List(_) | Node::Bool(_) | Node::Null
    ) {
        let (found, left) = in_world(run, value);
        more = more.saturating_add(left);
        out.extend(found.iter().map(|path| of_world(run, path)));
        let (found, left) = in_steps(run, value);
        more = more.saturating_add(left);
        out.extend(found);
    }
    (out, more)
}

fn in_world(run: &Run, value: &Value) -> (Vec<Path>, usize) {
    let root = &run.session.place(run.at()).world;
    let mut found: Vec<Path> = Vec::new();
    let mut more = 0usize;
    visit(root, &mut |keys, name, node| {
        let key = keys.last().filter(|_| !name.ends_with(']'));
        let keyed = key.is_some_and(|key| value.is_key(key));
        // A key and the same id inside its row are one thing.
        let inside = |path: &Path| keys.starts_with(&path.0);
        let named = |path: &Path| path.0.last().is_some_and(|key| value.is_key(key));
        if (keyed || value.is(node))
            && value.path.as_ref().is_none_or(|own| own.0 != keys)
            && !found.last().is_some_and(|last| inside(last) && named(last))
        {
            if found.len() < MOST {
                found.push(Path(keys.to_vec()));
            } else {
                more = more.saturating_add(1);
            }
        }
        true
    });
    (found, more)
}

/// A place of the world, with how its value came to be.
fn of_world(run: &Run, path: &Path) -> Source {
    let place = run.session.place(run.at());
    let origin = origin(run, path);
    let step = match &origin {
        Origin::Start => None,
        Origin::Step { step, .. } | Origin::Person { step } => Some(*step),
    };
    let value = path.find(&place.world).map(|n| n.brief(40));
    Source {
        place: dotted(&place.world, path),
        words: format!(
            "{}  {}",
            world::origin_words(&origin),
            value.unwrap_or_default()
        ),
        go: Go::World(path.clone(), step),
    }
}

/// Where the value at a place came from; for a list or a map, its newest part.
#[must_use]
pub fn origin(run: &Run, path: &Path) -> Origin {
    let ledger = &run.session.place(run.at()).ledger;
    let number = |origin: &Origin| match origin {
        Origin::Start => 0,
        Origin::Step { step, .. } | Origin::Person { step } => *step,
    };
    let below = ledger.marks().filter(|(at, _)| path.covers(at));
    let below = below.map(|(_, origin)| origin.clone());
    std::iter::once(ledger.origin(path))
        .chain(below)
        .max_by_key(number)
        .unwrap_or_default()
}

/// The steps that say a value, oldest first.
fn in_steps(run: &Run, value: &Value) -> (Vec<Source>, usize) {
    let mut found = Vec::new();
    let mut more = 0usize;
    for (i, step) in run
        .seen
        .path
        .iter()
        .filter_map(|p| p.step.as_ref())
        .enumerate()
    {
        let said = pieces(step, false);
        let Some((said, (from, to))) = said
            .iter()
            .find_map(|piece| Some((piece, value.in_text(piece)?)))
        else {
            continue;
        };
        if found.len() >= MOST {
            more = more.saturating_add(1);
            continue;
        }
        let (_, word, _) = role_word(step.body.role);
        let first = if found.is_empty() { "first said: " } else { "" };
        found.push(Source {
            place: format!("step {} {word}", step.body.number),
            words: format!("{first}{}", around(said, from, to)),
            go: Go::Step(i + 1, said.get(from..to).unwrap_or("").to_owned()),
        });
    }
    (found, more)
}

/// A value with the words around it, on one line.
fn around(said: &str, from: usize, to: usize) -> String {
    const LETTERS: usize = 30;
    let before = said.get(..from).unwrap_or("");
    let after = said.get(to..).unwrap_or("");
    let start = before
        .char_indices()
        .rev()
        .nth(LETTERS)
        .map_or(0, |(at, _)| at);
    let end = after
        .char_indices()
        .nth(LETTERS)
        .map_or(after.len(), |(at, _)| at);
    let words = format!(
        "{}{}{}",
        before.get(start..).unwrap_or(""),
        said.get(from..to).unwrap_or(""),
        after.get(..end).unwrap_or("")
    );
    let words = text::clean_line(&words).trim().to_owned();
    let lead = if start > 0 { "…" } else { "" };
    let tail = if end < after.len() { "…" } else { "" };
    format!("{lead}{words}{tail}")
}

/// How many places are not listed, in words.
#[must_use]
pub fn more_words(more: usize) -> Option<String> {
    (more > 0).then(|| format!("… and {} that are not listed", count(more, "more place")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::Meaning;
    use crate::tui::paint::Line;

    fn values(rows: &[&str]) -> Vec<(String, String)> {
        let lines: Vec<Line> = rows.iter().map(|r| Line::of(Meaning::Text, *r)).collect();
        let mut joined = Joined::new(&lines);
        blank_heads(&mut joined);
        let mut found = read(&joined);
        found.sort_by_key(|t| (t.cells[0].row, t.cells[0].col));
        found
            .into_iter()
            .map(|t| (t.value.text, t.value.node.to_string()))
            .collect()
    }

    #[test]
    fn literals_and_texts_in_quotes_are_values_and_step_numbers_are_not() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            values(&[
                "> 3 T tool  get_order(order_id=\"8841\")",
                "    {\"status\":\"open\",\"total\":59.90}"
            ]),
            [
                pair("8841", "\"8841\""),
                pair("open", "\"open\""),
                pair("59.90", "59.9")
            ]
        );
        assert_eq!(
            values(&[
                "    9643\",\"status\":\"refunded\"}",
                "    … 3 more lines (enter)"
            ]),
            [pair("9643", "9643"), pair("refunded", "\"refunded\"")]
        );
        assert_eq!(
            values(&["    It came on 12", "    March 2026 for $30."]),
            [
                pair("12 March 2026", "\"12 March 2026\""),
                pair("$30", "30")
            ]
        );
    }

    #[test]
    fn labels_are_short_and_all_different() {
        for of in [1, 26, 27, 600] {
            let all: std::collections::BTreeSet<String> = (0..of).map(|i| label(i, of)).collect();
            assert_eq!(all.len(), of);
            let lengths: std::collections::BTreeSet<usize> = all.iter().map(String::len).collect();
            assert_eq!(lengths.len(), 1, "no label begins another");
        }
    }
}
