//! The whole world as a tree: what is open, the chosen row, where that came
//! from. Only the rows in view are made.

use super::{Spot, What};
use crate::engine::world::{Node, Origin, Path};
use crate::surface::{Meaning, text};
use crate::tui::model::Run;
use crate::tui::paint::Line;
use crate::tui::pane::Window;
use crate::tui::pane::conversation::count;
use crate::tui::pointing::tree::{Row, children, dotted};

/// Columns from which a place and its origin stand on one row.
const WIDE: usize = 70;

/// Rows that the tree has in a pane of this size, below what is said of it.
#[must_use]
pub fn height_of_tree(width: usize, height: usize) -> usize {
    let head: usize = if width < WIDE { 3 } else { 2 };
    height.saturating_sub(head.min(height / 2))
}

/// How a value came to be what it is, in words.
#[must_use]
pub fn origin_words(origin: &Origin) -> String {
    match origin {
        Origin::Start => String::from("from the start"),
        Origin::Step {
            step,
            tool,
            line: 0,
        } => format!("written in step {step} by {tool}"),
        Origin::Step { step, tool, line } => {
            format!("written in step {step} by {tool}, rules line {line}")
        }
        Origin::Person { step } => format!("written in step {step} by a person"),
    }
}

/// The sign of a place: what the step under the cursor did there.
#[must_use]
pub fn changed_in_step(run: &Run, path: &Path) -> &'static str {
    let mut sign = " ";
    for row in run.seen.changes.iter().filter(|row| row.differs()) {
        match row.what {
            What::Added(..) if row.path.covers(path) => return "+",
            _ if path.covers(&row.path) => sign = "~",
            _ => {}
        }
    }
    sign
}

/// What is in view.
#[must_use]
pub fn window(run: &Run, width: usize, height: usize) -> Window {
    let tree = &run.pointing.tree;
    let place = run.session.place(run.at());
    let shown = tree.shown(&place.world);
    let rows = shown.rows();
    let room = height_of_tree(width, height);
    let chosen = shown.index(&tree.at).unwrap_or(0);
    let above = tree.top(chosen, rows, room);
    let mut lines = head(run, rows, width);
    lines.resize(height.saturating_sub(room), Line::new());
    let mut spots = vec![None; lines.len()];
    let over = lines.len();
    for row in shown.window(above, room) {
        let (line, spot) = one(run, &place.world, &row, width);
        lines.push(line);
        spots.push(Some(spot));
    }
    if rows == 0 && lines.len() < height {
        let words = if tree.listed.is_some() {
            "nothing has this"
        } else {
            "the world is empty"
        };
        lines.push(Line::of(Meaning::TextMuted, words));
        spots.push(None);
    }
    Window {
        lines,
        spots,
        above,
        total: rows.saturating_add(over),
        chosen: (rows > 0).then(|| over.saturating_add(chosen.saturating_sub(above))),
    }
}

/// What is shown, and where the chosen value came from.
fn head(run: &Run, rows: usize, width: usize) -> Vec<Line> {
    let tree = &run.pointing.tree;
    let place = run.session.place(run.at());
    let at = match run.step() {
        None => String::from("at the start"),
        Some(step) => format!("after step {}", step.body.number),
    };
    let what = match &tree.listed {
        Some(listed) => {
            let more = if listed.cut { "more than " } else { "" };
            let found = count(listed.paths.len(), "place");
            format!("whole world {at}  filter {}  {more}{found}", tree.filter)
        }
        None => format!(
            "whole world {at}  {}",
            count(children(&place.world), "table")
        ),
    };
    let what = Line::of(Meaning::TextMuted, what);
    if rows == 0 || tree.at.0.is_empty() {
        return vec![what];
    }
    let name = dotted(&place.world, &tree.at);
    let mut name = Line::of(Meaning::TextStrong, text::clean_line(&name).into_owned());
    let origin = origin_words(&place.ledger.origin(&tree.at));
    if width < WIDE {
        return vec![what, name, Line::of(Meaning::TextMuted, origin)];
    }
    name.push(Meaning::TextMuted, format!("  {origin}"));
    vec![what, name]
}

/// A row of the tree.
fn one(run: &Run, world: &Node, row: &Row, width: usize) -> (Line, Spot) {
    let tree = &run.pointing.tree;
    let node = row.path.find(world);
    let kids = node.map_or(0, children);
    let sign = changed_in_step(run, &row.path);
    let role = match sign {
        "+" => Meaning::DiffAdd,
        "~" => Meaning::DiffChange,
        _ => Meaning::Text,
    };
    let mark = match (kids, tree.open.contains(&row.path)) {
        (0, _) => " ",
        (_, true) => "▾",
        (_, false) => "▸",
    };
    let indent = (row.depth * 2).min(width / 3);
    let listed = tree.listed.is_some() && row.depth == 0;
    let name = if listed {
        dotted(world, &row.path)
    } else {
        row.path
            .0
            .last()
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    let mut line = Line::of(role, format!("{sign} {:indent$}", ""))
        .and(Meaning::TextMuted, format!("{mark} "))
        .and(role, text::clean_line(&name).into_owned());
    line.push(role, "  ");
    let col = line.width();
    match node {
        None => {}
        Some(Node::Map(map)) if !map.is_empty() => {
            line.push(Meaning::TextMuted, format!("{{{kids}}}"));
            peek(&mut line, node, mark, width);
        }
        Some(Node::List(list)) if !list.is_empty() => {
            line.push(Meaning::TextMuted, format!("[{kids}]"));
            peek(&mut line, node, mark, width);
        }
        Some(plain) => {
            let room = width.saturating_sub(col).max(8);
            line.push(role, plain.brief(room.saturating_mul(2)));
        }
    }
    let spot = Spot {
        path: row.path.clone(),
        col,
    };
    (line, spot)
}

/// The beginning of what is closed.
fn peek(line: &mut Line, node: Option<&Node>, mark: &str, width: usize) {
    let room = width.saturating_sub(line.width().saturating_add(2));
    if mark == "▸"
        && room > 12
        && let Some(node) = node
    {
        let brief = node.brief(room);
        line.push(Meaning::TextMuted, format!("  {brief}"));
    }
}
