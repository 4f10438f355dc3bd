//! Values on the screen that can be pointed at: literals, texts in quotes, values
//! of the world, and words of a text that are a value somewhere; each with the
//! part of the step that it stands in.

use super::rows::{Cells, Joined};
use super::tree::{plain, visit};
use crate::engine::grounding::{Literal, LiteralKind, LiteralValue, Part, Sought, literals};
use crate::engine::step::Act;
use crate::engine::world::{Node, Path};
use crate::tui::layout::Pane;
use crate::tui::model::Run;
use crate::tui::pane::{Window, conversation, world};
use std::collections::{BTreeSet, HashMap};

/// Letters that labels are made of, those under the fingers first.
const LETTERS: &str = "asdfghjklqwertyuiopzxcvbnm";
/// The longest text in quotes that is taken as a value.
const LONGEST: usize = 120;
/// Letters of the longest word or name that is taken as a value in a text, and
/// how many of them are known at most.
const NAME: usize = 40;
const NAMES: usize = 4000;

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
    /// What is looked for, to find it elsewhere.
    pub sought: Sought,
    /// The step that it stands in and the part of it, and which of those that are
    /// the same there it is, where that is known.
    pub stands: Option<(u32, Part, usize)>,
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
    let mut found = read(&joined);
    if pane == Pane::Conversation {
        let turns = conversation::turns_in_view(run, window);
        named(run, &joined, &turns, &mut found);
        for target in &mut found {
            target.value.stands = stands(run, &turns, target);
        }
    }
    out.extend(found);
    // More than two letters can tell apart are not needed on any screen.
    out.truncate(LETTERS.len() * LETTERS.len());
    out.sort_by_key(|t| t.cells.first().map(|c| (c.row, c.col)));
    out
}

/// Adds the words of what was said that are a value of the world or of a result:
/// a status, a name. Each once a turn.
fn named(run: &Run, joined: &Joined, turns: &[Option<(usize, usize)>], out: &mut Vec<Target>) {
    let known = names(run);
    let mut done: BTreeSet<(usize, String)> = BTreeSet::new();
    for (row, (start, text)) in joined.rows().enumerate() {
        let Some((turn, inner)) = turns.get(row).copied().flatten() else {
            continue;
        };
        let step = run.seen.path.get(turn).and_then(|p| p.step.as_ref());
        let said = step.is_some_and(|s| {
            matches!(s.body.act, Act::Said { .. } | Act::Answered { .. }) && inner > 0
        });
        if !said {
            continue;
        }
        let words = words(text);
        let mut at = 0;
        while let Some((from, first)) = words.get(at).copied() {
            let rest = words.get(at..).unwrap_or(&[]);
            at += 1;
            // The longest that stands here.
            let mut names = known.get(&folded(first)).into_iter().flatten();
            let fits = |name: &&String| {
                let mut here = rest.iter().map(|(_, word)| folded(word));
                name.split(' ')
                    .all(|part| here.next().as_deref() == Some(part))
            };
            let Some(name) = names.find(fits) else {
                continue;
            };
            let parts = name.split(' ').count();
            let Some((last, word)) = rest.get(parts - 1).copied() else {
                continue;
            };
            let to = last + word.len();
            // `refund` in the name of the tool `issue_refund` is no value.
            let inner = |c: Option<char>| c == Some('_');
            if inner(text.get(..from).and_then(|t| t.chars().next_back()))
                || inner(text.get(to..).and_then(|t| t.chars().next()))
            {
                continue;
            }
            at += parts - 1;
            let cells = joined.cells(start + from, start + to);
            let free = out.iter().all(|t| {
                t.cells.iter().all(|c| {
                    cells.iter().all(|own| {
                        c.row != own.row
                            || c.col + c.width <= own.col
                            || own.col + own.width <= c.col
                    })
                })
            });
            if free && done.insert((turn, name.clone())) {
                let value = Value::of_text(text.get(from..to).unwrap_or(""));
                out.push(Target { cells, value });
            }
        }
    }
}

/// The words of a text with where each begins.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut from = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, c) in ends {
        if c.is_alphanumeric() {
            from.get_or_insert(at);
        } else if let Some(begin) = from.take()
            && let Some(word) = text.get(begin..at)
        {
            out.push((begin, word));
        }
    }
    out
}

fn folded(word: &str) -> String {
    word.to_lowercase()
}

/// Values of the world and of results that are words, by the first of them; the
/// longest first.
fn names(run: &Run) -> HashMap<String, Vec<String>> {
    let mut all: BTreeSet<String> = BTreeSet::new();
    let mut take = |node: &Node| {
        if let Node::Str(text) = node
            && text.len() <= NAME
            && all.len() < NAMES
        {
            let parts: Vec<String> = words(text).iter().map(|(_, w)| folded(w)).collect();
            let name = parts.join(" ");
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            if letters >= 4 && Sought::of_text(text).literal.is_none() {
                all.insert(name);
            }
        }
    };
    for step in run.seen.path.iter().filter_map(|p| p.step.as_ref()) {
        if let Act::Ran(ran) = &step.body.act {
            visit(&ran.result, &mut |_, _, node| {
                take(node);
                true
            });
        }
    }
    visit(&run.session.place(run.at()).world, &mut |_, _, node| {
        take(node);
        true
    });
    let mut out: HashMap<String, Vec<String>> = HashMap::new();
    for name in all {
        let first = name.split(' ').next().unwrap_or("").to_owned();
        out.entry(first).or_default().push(name);
    }
    for names in out.values_mut() {
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    }
    out
}

/// The step that a target of the conversation stands in, the part of it, and which
/// of those that are the same in that part it is.
fn stands(
    run: &Run,
    turns: &[Option<(usize, usize)>],
    target: &Target,
) -> Option<(u32, Part, usize)> {
    let cell = target.cells.first()?;
    let (turn, row) = turns.get(cell.row).copied().flatten()?;
    let step = run.seen.path.get(turn)?.step.as_ref()?;
    let lines = conversation::lines_of(run, turn)?;
    let joined = Joined::new(&lines);
    let called = joined
        .rows()
        .position(|(_, text)| text.starts_with("calls "))
        .unwrap_or(usize::MAX);
    let part_of = |row: usize| match &step.body.act {
        Act::Ran(_) if row == 0 => Part::Args,
        Act::Ran(_) => Part::Result,
        Act::Answered { .. } if row >= called => Part::Args,
        Act::Said { .. }
        | Act::Answered { .. }
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => Part::Said,
    };
    let part = part_of(row);
    let places = target.value.sought.in_text(&joined.text);
    let cells = places
        .iter()
        .filter_map(|(from, to)| joined.cells(*from, *to).into_iter().next());
    let mut same = cells.filter(|c| part_of(c.row) == part && (c.row > 0 || part == Part::Args));
    // A text in quotes is cut without them.
    let nth = same.position(|c| c.row == row && c.col.abs_diff(cell.col) <= 1);
    Some((step.body.number, part, nth.unwrap_or(0)))
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
        Self {
            text: inside.to_owned(),
            node: Node::str(inside),
            path: None,
            sought: Sought::of_text(inside),
            stands: None,
        }
    }

    fn of_literal(literal: &Literal) -> Self {
        let sought = Sought::of_literal(literal);
        let text = sought.text.clone();
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
            sought,
            stands: None,
        }
    }

    fn of_world(node: &Node, spot: &world::Spot) -> Self {
        let text = plain(node).unwrap_or_else(|| node.to_string());
        Self {
            sought: Sought::of_node(node),
            text,
            node: node.clone(),
            path: Some(spot.path.clone()),
            stands: None,
        }
    }

    /// What kind of value it is, in a word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match (&self.sought.literal, &self.node) {
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
