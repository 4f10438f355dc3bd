//! Findings where they stand: the words of a turn that are wrong, underlined, and
//! a sign of how much it weighs in the margin. While an agent's answer streams, so
//! far as whole words have come.

use super::conversation::count;
use crate::engine::grounding::Turn;
use crate::engine::score::{Finding, Severity};
use crate::engine::session::Session;
use crate::engine::step::{Act, Step};
use crate::engine::world::{Node, Path};
use crate::surface::Meaning;
use crate::tui::memo::Streamed;
use crate::tui::msg::Partial;
use crate::tui::paint::Line;
use crate::tui::pointing::find::places;
use crate::tui::pointing::rows::Joined;
use std::ops::Range;

/// Letters of a text that is checked at every word; a longer one is checked each
/// time that it has grown by an eighth.
const EVERY_WORD: usize = 16_000;

/// The rows of a turn that hold its parts.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// What was said, or the result.
    pub text: Range<usize>,
    /// The calls.
    pub calls: Range<usize>,
}

/// What a finding is painted as.
fn meaning(severity: Severity) -> Meaning {
    match severity {
        Severity::High => Meaning::FindingHigh,
        Severity::Medium => Meaning::FindingMedium,
        Severity::Low => Meaning::FindingLow,
    }
}

/// The sign in the margin.
fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "!!",
        Severity::Medium => "! ",
        Severity::Low => "· ",
    }
}

/// Underlines findings in the lines of their turn. One whose words are not in view
/// has its sign at the last row of the part that it is about.
pub fn paint(lines: &mut [Line], step: &Step, rows: &Rows, findings: &[Finding]) {
    // The weightiest has the margin.
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    for finding in findings {
        let part = part(step, rows, finding);
        let found = locate(lines, step, &part, finding);
        let last = part.end.checked_sub(1).filter(|_| !part.is_empty());
        over(lines, &found, last, finding.severity);
    }
}

/// The rows that a finding is about.
fn part(step: &Step, rows: &Rows, finding: &Finding) -> Range<usize> {
    let args = finding.place.contains("args");
    match &step.body.act {
        Act::Ran(_) if args => 0..1,
        Act::Answered { .. } if args => rows.calls.clone(),
        Act::Answered { .. } if rows.text.is_empty() => rows.calls.clone(),
        Act::Answered { .. }
        | Act::Ran(_)
        | Act::Said { .. }
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => rows.text.clone(),
    }
}

/// Row, and byte range of its text.
type Place = (usize, usize, usize);

/// Where the words of a finding stand.
fn locate(lines: &[Line], step: &Step, part: &Range<usize>, finding: &Finding) -> Vec<Place> {
    let Some(own) = lines.get(part.clone()) else {
        return Vec::new();
    };
    let joined = Joined::new(own);
    let found = at_place(&joined, step, finding).or_else(|| {
        let quote: Vec<&str> = finding.quote.split_whitespace().collect();
        let quote = quote.join(" ");
        if quote.is_empty() {
            return None;
        }
        // Which of the same words it is, the text before its span says.
        let before = finding
            .span
            .and_then(|(from, _)| step.body.text().get(..from));
        let nth = before.map_or(0, |text| {
            let words: Vec<&str> = text.split_whitespace().collect();
            places(&words.join(" "), &quote).len()
        });
        let all = places(&joined.text, &quote);
        all.get(nth).or(all.first()).copied()
    });
    let Some((from, to)) = found else {
        return Vec::new();
    };
    let places = joined.bytes(from, to).into_iter();
    places
        .map(|(row, from, to)| (part.start + row, from, to))
        .collect()
}

/// The value at the finding's place in arguments or a result, as it is printed:
/// behind the key of its place, the one in its turn of those of this name.
fn at_place(joined: &Joined, step: &Step, finding: &Finding) -> Option<(usize, usize)> {
    let keys: Vec<&str> = finding.place.split('.').filter(|k| !k.is_empty()).collect();
    let at = keys.iter().position(|k| matches!(*k, "args" | "result"))?;
    let call = keys
        .first()
        .and_then(|k| k.parse::<usize>().ok())
        .unwrap_or(0);
    let path: Vec<&str> = keys.get(at + 1..)?.to_vec();
    let root = match (&step.body.act, keys.get(at).copied()) {
        (Act::Ran(run), Some("args")) => &run.call.args,
        (Act::Ran(run), _) => &run.result,
        (Act::Answered { calls, .. }, _) => &calls.get(call)?.args,
        (Act::Said { .. } | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_), _) => {
            return None;
        }
    };
    let place = Path(path.iter().map(|k| (*k).into()).collect());
    let node = place.find(root)?;
    let named = |k: &&&str| !k.bytes().all(|b| b.is_ascii_digit());
    let key = path.iter().rev().find(named)?;
    // Arguments are shown as `key=value`, results as they are read.
    let forms = [format!("{key}="), format!("\"{key}\":")];
    let before = before(root, &place, key);
    let from = forms.iter().find_map(|form| {
        let mut all = joined.text.match_indices(form.as_str());
        all.nth(before).map(|(at, _)| at + form.len())
    })?;
    let rest = joined.text.get(from..)?;
    let from = from + (rest.len() - rest.trim_start().len());
    let rest = joined.text.get(from..)?;
    let value = match node {
        Node::Map(_) | Node::List(_) => finding.quote.clone(),
        _ => node.to_string(),
    };
    // Broken over two rows it has a space in it.
    let same = places(rest, &value);
    let whole = same.first().filter(|(at, _)| *at == 0).map(|(_, to)| *to);
    let to = whole.or_else(|| rest.find([',', '}', ')']));
    Some((from, from + to.unwrap_or(rest.len())))
}

/// How many keys of a name stand in a value before a place of it.
fn before(root: &Node, place: &Path, name: &str) -> usize {
    fn walk(node: &Node, left: &[std::sync::Arc<str>], name: &str, seen: &mut usize) -> bool {
        let target = left.first();
        match node {
            Node::Map(map) => {
                for (key, child) in map {
                    let on = target.is_some_and(|t| **t == **key);
                    if on && left.len() == 1 {
                        return true;
                    }
                    *seen += usize::from(**key == *name);
                    if on {
                        let rest = left.get(1..).unwrap_or(&[]);
                        // An index behind the key belongs to it.
                        if rest.iter().all(|k| k.bytes().all(|b| b.is_ascii_digit())) {
                            *seen = seen.saturating_sub(usize::from(**key == *name));
                            return true;
                        }
                        return walk(child, rest, name, seen);
                    }
                    walk(child, &[], name, seen);
                }
            }
            Node::List(list) => {
                for (i, child) in list.iter().enumerate() {
                    if target.is_some_and(|t| **t == i.to_string()) {
                        return walk(child, left.get(1..).unwrap_or(&[]), name, seen);
                    }
                    walk(child, &[], name, seen);
                }
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
        }
        false
    }
    let mut seen = 0;
    walk(root, &place.0, name, &mut seen);
    seen
}

/// Underlines places, each row of them with the sign in its margin.
fn over(lines: &mut [Line], found: &[Place], last: Option<usize>, severity: Severity) {
    for (row, from, to) in found {
        if let Some(line) = lines.get_mut(*row) {
            line.over(*from, *to, meaning(severity));
        }
    }
    let first = found.first().map(|(row, ..)| *row).or(last);
    if let Some(line) = first.and_then(|row| lines.get_mut(row)) {
        margin(line, severity);
    }
}

/// The sign in the margin of a row, where nothing weightier stands there.
fn margin(line: &mut Line, severity: Severity) {
    let Some(first) = line.spans.first() else {
        return;
    };
    if matches!(first.role, Meaning::FindingHigh) {
        return;
    }
    // The margin is empty but in a head, which says how many there are.
    let whole: String = line.spans.iter().map(|s| s.text.as_str()).collect();
    if whole.starts_with("   ") {
        line.over(1, 3, meaning(severity));
        if let Some(span) = line.spans.iter_mut().find(|s| s.text == "  ") {
            sign(severity).clone_into(&mut span.text);
        }
    }
}

/// Underlines what is wrong with an answer so far, and says how many.
pub fn streaming(
    session: &Session,
    partial: &Partial,
    memo: &Streamed,
    head: &mut Line,
    lines: &mut [Line],
) {
    let found = memo.findings(partial, |text| {
        let step = session.place(session.head()).number().saturating_add(1);
        let turn = Turn::Agent {
            agent: &partial.agent,
            text,
            calls: &[],
        };
        let mut found = memo.with_check(session, |check| check.judge(&turn, step).findings);
        let ends = text.rfind(['.', '!', '?', '\n']).map_or(0, |at| at + 1);
        // What is said with a whole sentence is known at its end.
        found.retain(|f| {
            f.span.is_some_and(|(_, to)| to <= ends) || f.quote.split_whitespace().count() <= 3
        });
        found
    });
    if found.is_empty() {
        return;
    }
    head.push(
        Meaning::ScorePoor,
        format!("  !! {} so far", count(found.len(), "finding")),
    );
    let joined = Joined::new(lines);
    let mut all = Vec::new();
    for finding in &found {
        let quote: Vec<&str> = finding.quote.split_whitespace().collect();
        let quote = quote.join(" ");
        let before = finding.span.and_then(|(from, _)| partial.text.get(..from));
        let nth = before.map_or(0, |text| {
            let words: Vec<&str> = text.split_whitespace().collect();
            places(&words.join(" "), &quote).len()
        });
        let places = places(&joined.text, &quote);
        if let Some((from, to)) = places.get(nth).or(places.first()) {
            all.push((joined.bytes(*from, *to), finding.severity));
        }
    }
    all.sort_by_key(|(_, severity)| std::cmp::Reverse(*severity));
    for (found, severity) in all {
        over(lines, &found, None, severity);
    }
}

/// The part of a text that grows which can be checked: whole words, and a literal
/// that may still grow is none.
#[must_use]
pub fn whole_words(text: &str) -> &str {
    let cut = text.trim_end_matches(|c: char| !c.is_whitespace());
    cut.trim_end()
}

/// Whether a text has grown enough since it was checked to be checked again.
#[must_use]
pub fn grown(checked: usize, now: usize) -> bool {
    if now <= EVERY_WORD {
        now > checked
    } else {
        now > checked + checked / 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_being_written_is_not_checked() {
        assert_eq!(whole_words("Order #W12"), "Order");
        assert_eq!(whole_words("Order #W123 is "), "Order #W123 is");
        assert_eq!(whole_words("x"), "");
        assert_eq!(whole_words(""), "");
    }

    #[test]
    fn keys_before_a_place_are_counted_in_the_order_of_reading() {
        let root = Node::from_json(&serde_json::json!({
            "price": 1, "items": [{"price": 2, "n": {"price": 3}}, {"price": 4}], "tags": ["a", "b"]
        }));
        let at = |text: &str| before(&root, &Path::parse(text).unwrap(), "price");
        assert_eq!(at("/price"), 0);
        assert_eq!(at("/items/0/price"), 1);
        assert_eq!(at("/items/0/n/price"), 2);
        assert_eq!(at("/items/1/price"), 3);
        assert_eq!(before(&root, &Path::parse("/tags/1").unwrap(), "tags"), 0);
    }
}
