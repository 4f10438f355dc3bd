//! What a step, or all since the start, did to the world: broken policies and
//! refusals on top, then changes by table and row, then the invariants.
//!
//! The first column is a sign (`+` new, `-` gone, `~` changed); colour only
//! repeats it.

use super::conversation::{count, signature};
use crate::engine::id::StepId;
use crate::engine::session::Session;
use crate::engine::step::{Act, ToolRun};
use crate::engine::world::{Node, Path, changes};
use crate::surface::{Meaning, text};
use crate::tui::model::{Run, WorldView};
use crate::tui::paint::{Line, wrapped};
use std::sync::Arc;

/// Unchanged fields beside a change that are named before they are counted.
const CONTEXT: usize = 3;
/// Fields of a row that are looked at for these.
const LOOK: usize = 64;
/// Changes that are listed; more are counted.
const MOST: usize = 400;

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
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

/// The comparison that the pane shows at a step.
#[must_use]
pub fn rows(session: &Session, at: Option<StepId>, view: WorldView) -> Vec<Row> {
    let after = &session.place(at).world;
    let before = match view {
        WorldView::Start => None,
        WorldView::Step => match at.and_then(|id| session.step(id)) {
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
            let name = name_of(after, &Path::root(), at);
            out.push(Row::Group(if name.is_empty() {
                String::from("world")
            } else {
                name
            }));
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
        out.push(match (&change.before, &change.after) {
            (Some(old), Some(new)) => Row::Changed(key, old.to_string(), new.to_string()),
            (Some(old), None) => Row::Removed(key, old.clone()),
            (None, new) => Row::Added(key, new.clone().unwrap_or_default()),
        });
    }
    if let Some(done) = group {
        done.close(after, &mut out);
    }
    if all.len() > MOST {
        out.push(Row::Cut(all.len() - MOST));
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
        let row = Path(self.at)
            .find(after)
            .and_then(Node::as_map)
            .filter(|_| self.changed);
        let Some(row) = row else { return };
        let mut named = 0;
        for (key, value) in row.iter().take(LOOK) {
            let plain = !matches!(value, Node::Map(_) | Node::List(_));
            if plain && named < CONTEXT && !self.seen.contains(key) {
                out.push(Row::Same(key.to_string(), value.to_string()));
                named += 1;
            }
        }
        let mut seen = self.seen;
        seen.dedup();
        let more = row.len().saturating_sub(named + seen.len());
        if more > 0 {
            out.push(Row::More(more));
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

/// All lines of the pane.
#[must_use]
pub fn lines(run: &Run, width: usize) -> Vec<Line> {
    let mut out = vec![head(run, width)];
    let ran = match run.step().map(|s| &s.body.act) {
        Some(Act::Ran(ran)) => Some(&**ran),
        Some(
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_),
        )
        | None => None,
    };
    if let Some(ran) = ran {
        out.extend(broken(ran, width));
    }
    out.extend(diff(&run.seen.changes, width));
    if let Some(ran) = ran {
        out.extend(reasons(ran, width));
    }
    let invariants = run.session.scenario().program.invariants();
    if !invariants.is_empty() {
        out.push(Line::of(Meaning::TextStrong, "invariants"));
        for name in invariants {
            let refused = ran.is_some_and(|r| r.refused.iter().any(|why| why.contains(&name)));
            // What would break one is refused, so the world always keeps them.
            out.push(if refused {
                Line::of(Meaning::ScorePoor, "!! ")
                    .and(Meaning::Text, format!("{name}: would break, refused"))
            } else {
                Line::of(Meaning::ScoreGood, "ok ").and(Meaning::Text, name)
            });
        }
    }
    out
}

fn head(run: &Run, width: usize) -> Line {
    let changes = run
        .seen
        .changes
        .iter()
        .filter(|r| matches!(r, Row::Added(..) | Row::Removed(..) | Row::Changed(..)))
        .count();
    let changed = match changes {
        0 => String::from("no change"),
        n => count(n, "change"),
    };
    match run.world_view {
        WorldView::Start => Line::of(Meaning::TextMuted, format!("since the start  {changed}")),
        WorldView::Step => match run.step() {
            None => Line::of(Meaning::TextMuted, "at the start"),
            Some(step) => {
                let mut line = Line::of(Meaning::TextMuted, format!("step {}", step.body.number));
                if let Act::Ran(ran) = &step.body.act {
                    // The numbers matter more than the name where it is narrow.
                    if width >= 40 {
                        line.push(Meaning::TextMuted, format!("  {} ->", ran.call.tool));
                    }
                    let broken = ran.policy.len();
                    line.push(Meaning::TextMuted, format!(" {changed}"));
                    if broken > 0 {
                        line.push(Meaning::ScorePoor, format!(", {broken} broken"));
                    }
                } else {
                    line.push(Meaning::TextMuted, format!("  {changed}"));
                }
                line
            }
        },
    }
}

/// Broken policies, what was refused and why.
fn broken(ran: &ToolRun, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    for policy in &ran.policy {
        let words = format!("!! {}: {}", policy.name, policy.message);
        out.extend(hanging(Meaning::ScorePoor, &words, width));
    }
    for why in &ran.refused {
        out.extend(hanging(
            Meaning::ScorePoor,
            &format!("!! refused: {why}"),
            width,
        ));
    }
    if !ran.ok {
        let words = format!("{} failed: nothing was written", signature(&ran.call));
        out.extend(hanging(Meaning::TextMuted, &words, width));
    }
    out
}

/// The statements that decided, with what they saw; below the changes, because
/// in a short pane the changes matter more.
fn reasons(ran: &ToolRun, width: usize) -> Vec<Line> {
    let all = ran.policy.iter().map(|p| &p.explain).chain(&ran.explain);
    let mut out: Vec<Line> = all.flat_map(|e| explain(e, width)).collect();
    if !out.is_empty() {
        out.insert(0, Line::of(Meaning::TextStrong, "why"));
    }
    out
}

fn explain(explain: &crate::engine::rules::Explain, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    if !explain.statement.is_empty() {
        let words = format!(
            "{}:{}  {}",
            explain.file,
            explain.line,
            explain.statement.trim()
        );
        out.extend(wrapped(Meaning::TextMuted, &words, 3, width));
    }
    for (name, value) in &explain.saw {
        out.extend(wrapped(
            Meaning::TextMuted,
            &format!("{name} = {value}"),
            3,
            width,
        ));
    }
    out
}

/// Wrapped, later rows under the text after the sign.
fn hanging(role: Meaning, words: &str, width: usize) -> Vec<Line> {
    let clean = text::clean_line(words);
    let (sign, rest) = clean.split_at_checked(3).unwrap_or(("", &clean));
    let mut lines = wrapped(role, rest, 3, width);
    if let Some(span) = lines.first_mut().and_then(|l| l.spans.first_mut())
        && let Some(tail) = span.text.strip_prefix("   ")
    {
        span.text = format!("{sign}{tail}");
    }
    lines
}

fn diff(rows: &[Row], width: usize) -> Vec<Line> {
    // Keys of one group stand in a column.
    let widest = rows
        .iter()
        .filter_map(|row| match row {
            Row::Added(k, _) | Row::Removed(k, _) | Row::Changed(k, ..) | Row::Same(k, _) => {
                Some(text::width(&text::clean_line(k)))
            }
            Row::Group(_) | Row::More(_) | Row::Cut(_) => None,
        })
        .filter(|w| *w <= width / 3)
        .max()
        .unwrap_or(0);
    let cell = |sign: &str, key: &str| {
        let key = text::clean_line(key);
        let pad = widest.saturating_sub(text::width(&key));
        format!("{sign} {key}{} ", " ".repeat(pad))
    };
    rows.iter()
        .flat_map(|row| match row {
            Row::Group(name) => vec![Line::of(Meaning::TextStrong, name.clone())],
            Row::Added(key, value) => whole(Meaning::DiffAdd, &cell("+", key), value, width),
            Row::Removed(key, value) => whole(Meaning::DiffDel, &cell("-", key), value, width),
            Row::Changed(key, old, new) => {
                let flat = format!("{old} -> {new}");
                let head = cell("~", key);
                if text::width(&head) + text::width(&flat) <= width {
                    vec![Line::of(Meaning::DiffChange, format!("{head}{flat}"))]
                } else {
                    let mut out = long(Meaning::DiffDel, &cell("~", key), old, width);
                    let pad = " ".repeat(text::width(&head).min(width / 2));
                    out.extend(long(
                        Meaning::DiffAdd,
                        &format!("{}-> ", pad.get(3..).unwrap_or("")),
                        new,
                        width,
                    ));
                    out
                }
            }
            Row::Same(key, value) => {
                vec![Line::of(
                    Meaning::DiffContext,
                    format!("{}{value}", cell(" ", key)),
                )]
            }
            Row::Cut(n) => vec![Line::of(Meaning::TextMuted, format!("… {n} more changes"))],
            Row::More(n) => vec![Line::of(
                Meaning::DiffContext,
                format!("  … {n} more unchanged"),
            )],
        })
        .collect()
}

/// A value that is new or gone: behind its key where it fits, else a map has a
/// row for each field.
fn whole(role: Meaning, head: &str, value: &Node, width: usize) -> Vec<Line> {
    let flat = value.to_string();
    match value {
        Node::Map(map) if text::width(head) + text::width(&flat) > width => {
            let sign = head.get(..1).unwrap_or(" ");
            let widest = map
                .keys()
                .map(|k| text::width(k))
                .max()
                .unwrap_or(0)
                .min(width / 3);
            let mut out = vec![Line::of(role, head.trim_end())];
            for (key, value) in map.iter().take(LOOK) {
                let key = text::clean_line(key);
                let pad = " ".repeat(widest.saturating_sub(text::width(&key)));
                out.push(Line::of(role, format!("{sign}   {key}{pad} {value}")));
            }
            if map.len() > LOOK {
                out.push(Line::of(
                    role,
                    format!("{sign}   … {} more", map.len() - LOOK),
                ));
            }
            out
        }
        _ => long(role, head, &flat, width),
    }
}

/// A value behind its key, on at most three rows.
fn long(role: Meaning, head: &str, value: &str, width: usize) -> Vec<Line> {
    const ROWS: usize = 3;
    let indent = text::width(head).min(width / 2);
    let clean = text::clean_line(value);
    let mut parts = wrapped(role, &clean, indent, width);
    if parts.len() > ROWS {
        parts.truncate(ROWS);
        if let Some(last) = parts.last_mut() {
            last.push(role, "…");
        }
    }
    if let Some(span) = parts.first_mut().and_then(|l| l.spans.first_mut()) {
        let rest = span.text.get(indent..).unwrap_or("").to_owned();
        span.text = format!("{head}{rest}");
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        serde_json::from_str(text).unwrap()
    }

    fn shown(before: &str, after: &str) -> Vec<String> {
        let rows = compare(&node(before), &node(after));
        diff(&rows, 60)
            .iter()
            .map(|l| {
                l.spans
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
