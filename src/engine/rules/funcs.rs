//! What the functions of the language do.

use super::ast::Op;
use super::builtins::Builtin;
use super::calc;
use super::dates::{self, Stamp};
use super::num::{self, told};
use super::ops;
use super::place;
use super::run::{Res, Run, Stop};
use crate::engine::rng::Rng;
use crate::engine::world::{List, Map, Node};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

/// Longest list that `range` makes.
const MAX_RANGE: i64 = 100_000;

/// Calls a function; the number of values was checked when it was parsed.
pub(super) fn call(
    run: &mut Run<'_>,
    f: Builtin,
    args: &[Node],
    named: &[(&str, Node)],
) -> Res<Node> {
    let a = args.first().unwrap_or(&Node::Null);
    let b = args.get(1).unwrap_or(&Node::Null);
    match f {
        Builtin::Len => Ok(Node::Int(match a {
            Node::Str(s) => {
                run.spend(s.len() / 64)?;
                s.chars().count() as i64
            }
            Node::List(l) => l.len() as i64,
            Node::Map(m) => m.len() as i64,
            other => return Err(wrong(f, "a text, list or map", other)),
        })),
        Builtin::Sum => {
            let mut sum = Node::Int(0);
            for item in &list(run, f, a)? {
                sum = num::arithmetic(Op::Add, &sum, item)?;
            }
            Ok(sum)
        }
        Builtin::Min => extreme(run, f, args, Ordering::Less),
        Builtin::Max => extreme(run, f, args, Ordering::Greater),
        Builtin::Round => round(f, a, args.get(1)),
        Builtin::Floor => whole(f, a, f64::floor),
        Builtin::Ceil => whole(f, a, f64::ceil),
        Builtin::Abs => match a {
            Node::Int(i) => i.checked_abs().map(Node::Int).ok_or_else(too_large),
            Node::Float(x) => Ok(Node::Float(x.abs())),
            other => Err(wrong(f, "a number", other)),
        },
        Builtin::Int => match a {
            Node::Int(_) => Ok(a.clone()),
            Node::Str(s) => Ok(s.trim().parse().map_or(Node::Null, Node::Int)),
            Node::Bool(b) => Ok(Node::Int(i64::from(*b))),
            other => whole(f, other, f64::trunc),
        },
        Builtin::Float => match a {
            Node::Int(i) => Ok(Node::Float(*i as f64)),
            Node::Float(_) => Ok(a.clone()),
            Node::Str(s) => Ok(decimal(s).map_or(Node::Null, Node::Float)),
            other => Err(wrong(f, "a number or a text", other)),
        },
        Builtin::Str => {
            ops::admit(a, &mut run.left, 0)?;
            Ok(Node::str(num::plain(a)))
        }
        Builtin::Json => {
            ops::admit(a, &mut run.left, 0)?;
            Ok(Node::str(a.to_string()))
        }
        Builtin::Fixed => match (a.as_f64(), b) {
            (Some(x), Node::Int(digits @ 0..=15)) => {
                let digits = *digits as usize;
                Ok(Node::str(format!("{x:.digits$}")))
            }
            _ => Err(wrong(
                f,
                "a number and decimals from 0 to 15",
                if a.as_f64().is_some() { b } else { a },
            )),
        },
        Builtin::Calc => {
            let text = text(run, f, a)?;
            run.spend(text.len() / 4)?;
            Ok(calc::calc(&text).unwrap_or(Node::Null))
        }
        Builtin::Lower => {
            let text = text(run, f, a)?;
            let there = text
                .bytes()
                .all(|b| b.is_ascii() && !b.is_ascii_uppercase());
            Ok(if there {
                Node::Str(text)
            } else {
                Node::str(text.to_lowercase())
            })
        }
        Builtin::Upper => {
            let text = text(run, f, a)?;
            let there = text
                .bytes()
                .all(|b| b.is_ascii() && !b.is_ascii_lowercase());
            Ok(if there {
                Node::Str(text)
            } else {
                Node::str(text.to_uppercase())
            })
        }
        Builtin::Trim => Ok(Node::str(text(run, f, a)?.trim())),
        Builtin::Split => split(run, f, a, args.get(1)),
        Builtin::Join => join(run, f, a, args.get(1)),
        Builtin::StartsWith => Ok(Node::Bool(text(run, f, a)?.starts_with(&*text(run, f, b)?))),
        Builtin::EndsWith => Ok(Node::Bool(text(run, f, a)?.ends_with(&*text(run, f, b)?))),
        Builtin::Replace => {
            let (of, old) = (text(run, f, a)?, text(run, f, b)?);
            let new = text(run, f, args.get(2).unwrap_or(&Node::Null))?;
            if old.is_empty() {
                return Ok(Node::Str(of));
            }
            let times = of.matches(&*old).count();
            run.spend((of.len() + times.saturating_mul(new.len())) / 16)?;
            Ok(Node::str(of.replace(&*old, &new)))
        }
        Builtin::Keys => {
            let map = map(run, f, a)?;
            Ok(Node::List(
                map.keys().map(|k| Node::Str(k.clone())).collect(),
            ))
        }
        Builtin::Values => {
            let values = Node::List(map(run, f, a)?.values().cloned().collect());
            ops::admit(&values, &mut run.left, 0)?;
            Ok(values)
        }
        Builtin::Has => Ok(Node::Bool(child(f, a, b)?.is_some())),
        Builtin::Get => Ok(child(f, a, b)?.or(args.get(2)).cloned().unwrap_or_default()),
        Builtin::Sorted => sorted(run, f, a, named),
        Builtin::Unique => unique(run, f, a),
        Builtin::Reverse => {
            let mut items: Vec<Node> = list(run, f, a)?.iter().cloned().collect();
            items.reverse();
            Ok(Node::List(items.into_iter().collect()))
        }
        Builtin::Range => range(run, f, a, args.get(1)),
        Builtin::Any | Builtin::All => {
            let stop_at = f == Builtin::Any;
            for item in &list(run, f, a)? {
                match item {
                    Node::Bool(x) if *x == stop_at => return Ok(Node::Bool(stop_at)),
                    Node::Bool(_) => {}
                    other => return Err(wrong(f, "a list of true and false", other)),
                }
            }
            Ok(Node::Bool(!stop_at))
        }
        Builtin::First => Ok(list(run, f, a)?.get(0).cloned().unwrap_or_default()),
        Builtin::Last => {
            let list = list(run, f, a)?;
            let last = list.len().checked_sub(1).and_then(|at| list.get(at));
            Ok(last.cloned().unwrap_or_default())
        }
        Builtin::Slice => slice(run, f, a, b, args.get(2)),
        Builtin::Merge => {
            let mut out = Map::new();
            for arg in args {
                for (key, value) in &map(run, f, arg)? {
                    out.insert(key.clone(), value.clone());
                }
            }
            Ok(Node::Map(out))
        }
        Builtin::Without => without(run, f, a, b),
        Builtin::Type => Ok(Node::str(a.kind())),
        Builtin::Copy => Ok(a.clone()),
        Builtin::Now => Ok(Node::str(run.now)),
        Builtin::Date => Ok(match a {
            Node::Str(s) => dates::parse(s).map_or(Node::Null, |stamp| Node::str(stamp.date())),
            other => return Err(wrong(f, "a timestamp", other)),
        }),
        Builtin::DaysBetween => Ok(Node::Int(stamp(f, b)?.days - stamp(f, a)?.days)),
        Builtin::AddDays => moved(f, a, b, |stamp, n| stamp.plus(n, 0)),
        Builtin::AddMinutes => moved(f, a, b, |stamp, n| stamp.plus(0, n)),
        Builtin::Weekday => Ok(Node::str(stamp(f, a)?.weekday())),
        Builtin::NewId => {
            let prefix = text(run, f, a)?;
            let label = format!("new_id/{}", run.ids);
            run.ids += 1;
            let number = Rng::new(run.id_key, &label).below(1_000_000);
            Ok(Node::str(format!("{prefix}-{number:06}")))
        }
    }
}

fn wrong(f: Builtin, wanted: &str, got: &Node) -> Box<Stop> {
    Stop::broken(format!("`{}` needs {wanted}, not {}", f.name(), told(got)))
}

fn too_large() -> Box<Stop> {
    Stop::broken("the result does not fit a 64-bit integer")
}

fn list(run: &mut Run<'_>, f: Builtin, node: &Node) -> Res<List> {
    match node {
        Node::List(list) => {
            run.spend(list.len())?;
            Ok(list.clone())
        }
        other => Err(wrong(f, "a list", other)),
    }
}

fn map(run: &mut Run<'_>, f: Builtin, node: &Node) -> Res<Map> {
    match node {
        Node::Map(map) => {
            run.spend(map.len())?;
            Ok(map.clone())
        }
        other => Err(wrong(f, "a map", other)),
    }
}

fn text(run: &mut Run<'_>, f: Builtin, node: &Node) -> Res<Arc<str>> {
    match node {
        Node::Str(text) => {
            run.spend(text.len() / 16)?;
            Ok(text.clone())
        }
        other => Err(wrong(f, "a text", other)),
    }
}

fn stamp(f: Builtin, node: &Node) -> Res<Stamp> {
    node.as_str()
        .and_then(dates::parse)
        .ok_or_else(|| wrong(f, "a timestamp such as 2026-03-14T09:30:00Z", node))
}

fn moved(f: Builtin, a: &Node, b: &Node, by: fn(Stamp, i64) -> Option<Stamp>) -> Res<Node> {
    let from = stamp(f, a)?;
    let Node::Int(count) = b else {
        return Err(wrong(f, "a whole number", b));
    };
    by(from, *count)
        .and_then(|stamp| stamp.text())
        .map(Node::str)
        .ok_or_else(|| Stop::broken(format!("`{}` leaves the calendar", f.name())))
}

fn child<'a>(f: Builtin, of: &'a Node, key: &Node) -> Res<Option<&'a Node>> {
    match of {
        Node::Map(_) | Node::List(_) => Ok(place::index(of, key)),
        Node::Null => Ok(None),
        other => Err(wrong(f, "a map", other)),
    }
}

/// A decimal number as people write it; not `inf` or `nan`.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse::<f64>().ok().filter(|x| x.is_finite())
}

fn whole(f: Builtin, node: &Node, by: fn(f64) -> f64) -> Res<Node> {
    match node {
        Node::Int(_) => Ok(node.clone()),
        Node::Float(x) => {
            let whole = by(*x);
            if (-9.2e18..9.2e18).contains(&whole) {
                Ok(Node::Int(whole as i64))
            } else {
                Err(too_large())
            }
        }
        other => Err(wrong(f, "a number", other)),
    }
}

fn round(f: Builtin, node: &Node, digits: Option<&Node>) -> Res<Node> {
    let digits = match digits {
        None => None,
        Some(Node::Int(d @ 0..=15)) => Some(*d as usize),
        Some(other) => return Err(wrong(f, "decimals from 0 to 15", other)),
    };
    match (node, digits) {
        (Node::Int(_), _) => Ok(node.clone()),
        (Node::Float(x), Some(digits)) => Ok(Node::Float(num::round_to(*x, digits))),
        (Node::Float(_), None) => whole(f, node, |x| num::round_to(x, 0)),
        (other, _) => Err(wrong(f, "a number", other)),
    }
}

fn extreme(run: &mut Run<'_>, f: Builtin, args: &[Node], wanted: Ordering) -> Res<Node> {
    let items = match args {
        [one] => list(run, f, one)?,
        many => many.iter().cloned().collect(),
    };
    let mut best: Option<&Node> = None;
    for item in &items {
        best = match best {
            Some(b) if ops::order(Op::Lt, item, b)? != wanted => Some(b),
            _ => Some(item),
        };
    }
    best.cloned()
        .ok_or_else(|| Stop::broken(format!("`{}` of an empty list", f.name())))
}

fn split(run: &mut Run<'_>, f: Builtin, a: &Node, separator: Option<&Node>) -> Res<Node> {
    let of = text(run, f, a)?;
    run.spend(of.len() / 4)?;
    let parts: List = match separator {
        None => of.split_whitespace().map(Node::str).collect(),
        Some(separator) => {
            let separator = text(run, f, separator)?;
            if separator.is_empty() {
                run.spend(of.len())?;
                of.chars().map(|c| Node::str(c.to_string())).collect()
            } else {
                of.split(&*separator).map(Node::str).collect()
            }
        }
    };
    Ok(Node::List(parts))
}

fn join(run: &mut Run<'_>, f: Builtin, a: &Node, separator: Option<&Node>) -> Res<Node> {
    let items = list(run, f, a)?;
    let separator = match separator {
        Some(s) => text(run, f, s)?,
        None => "".into(),
    };
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&separator);
        }
        match item {
            Node::List(_) | Node::Map(_) => return Err(wrong(f, "a list of texts", item)),
            Node::Str(s) => out.push_str(s),
            other => out.push_str(&num::plain(other)),
        }
        run.spend((separator.len() + item.as_str().map_or(8, str::len)) / 16)?;
    }
    Ok(Node::str(out))
}

fn range(run: &mut Run<'_>, f: Builtin, a: &Node, b: Option<&Node>) -> Res<Node> {
    let (from, to) = match (a, b) {
        (Node::Int(to), None) => (0, *to),
        (Node::Int(from), Some(Node::Int(to))) => (*from, *to),
        (Node::Int(_), Some(other)) | (other, _) => return Err(wrong(f, "integers", other)),
    };
    let count = to.saturating_sub(from).max(0);
    if count > MAX_RANGE {
        return Err(Stop::broken(format!(
            "`range` makes at most {MAX_RANGE} numbers"
        )));
    }
    run.spend(count as usize)?;
    Ok(Node::List((from..to).map(Node::Int).collect()))
}

fn sorted(run: &mut Run<'_>, f: Builtin, a: &Node, named: &[(&str, Node)]) -> Res<Node> {
    let items = list(run, f, a)?;
    let option = |name: &str| named.iter().find(|(n, _)| *n == name).map(|(_, v)| v);
    let desc = match option("desc") {
        None => false,
        Some(Node::Bool(b)) => *b,
        Some(other) => return Err(wrong(f, "`desc:` true or false", other)),
    };
    let by = match option("by") {
        None => None,
        Some(Node::Str(name)) => Some(name.clone()),
        Some(other) => return Err(wrong(f, "`by:` the name of a field", other)),
    };
    let mut keyed = Vec::with_capacity(items.len());
    for item in &items {
        let key = match &by {
            None => item,
            Some(name) => place::field(item, name).ok_or_else(|| {
                Stop::broken(format!("`sorted`: an element has no field `{name}`"))
            })?,
        };
        keyed.push((key.clone(), item.clone()));
    }
    run.spend(keyed.len() * 4)?;
    // All keys must be of one kind: checked first, as a sort cannot fail.
    for pair in keyed.windows(2) {
        if let [(x, _), (y, _)] = pair {
            ops::order(Op::Lt, x, y)?;
        }
    }
    keyed.sort_by(|(x, _), (y, _)| {
        let order = ops::order(Op::Lt, x, y).unwrap_or(Ordering::Equal);
        if desc { order.reverse() } else { order }
    });
    Ok(Node::List(
        keyed.into_iter().map(|(_, item)| item).collect(),
    ))
}

fn unique(run: &mut Run<'_>, f: Builtin, a: &Node) -> Res<Node> {
    let items = list(run, f, a)?;
    let mut seen: HashSet<Arc<str>> = HashSet::new();
    let mut rest: Vec<Node> = Vec::new();
    let mut out = Vec::new();
    for item in &items {
        let fresh = if let Node::Str(s) = item {
            seen.insert(s.clone())
        } else {
            let mut found = false;
            for other in &rest {
                run.spend(1)?;
                if ops::equal(other, item, &mut run.left, 0)? {
                    found = true;
                    break;
                }
            }
            if !found {
                rest.push(item.clone());
            }
            !found
        };
        if fresh {
            out.push(item.clone());
        }
    }
    Ok(Node::List(out.into_iter().collect()))
}

fn slice(run: &mut Run<'_>, f: Builtin, of: &Node, from: &Node, to: Option<&Node>) -> Res<Node> {
    let bound = |node: &Node, len: usize| -> Res<usize> {
        match node {
            Node::Int(at) => Ok(place::place_in(*at, len).unwrap_or(0).min(len)),
            other => Err(wrong(f, "integers", other)),
        }
    };
    match of {
        Node::List(items) => {
            run.spend(items.len())?;
            let from = bound(from, items.len())?;
            let to = to.map_or(Ok(items.len()), |to| bound(to, items.len()))?;
            Ok(Node::List(
                items
                    .iter()
                    .skip(from)
                    .take(to.saturating_sub(from))
                    .cloned()
                    .collect(),
            ))
        }
        Node::Str(text) => {
            run.spend(text.len() / 16)?;
            let len = text.chars().count();
            let from = bound(from, len)?;
            let to = to.map_or(Ok(len), |to| bound(to, len))?;
            let part: String = text
                .chars()
                .skip(from)
                .take(to.saturating_sub(from))
                .collect();
            Ok(Node::str(part))
        }
        other => Err(wrong(f, "a list or a text", other)),
    }
}

fn without(run: &mut Run<'_>, f: Builtin, of: &Node, what: &Node) -> Res<Node> {
    match (of, what) {
        (Node::Map(_), Node::Str(key)) => {
            let mut map = map(run, f, of)?;
            if map.get(key).is_some() {
                map.remove(key);
            }
            Ok(Node::Map(map))
        }
        (Node::List(_), _) => {
            let mut out = Vec::new();
            for item in &list(run, f, of)? {
                if !ops::equal(item, what, &mut run.left, 0)? {
                    out.push(item.clone());
                }
            }
            Ok(Node::List(out.into_iter().collect()))
        }
        (Node::Map(_), other) => Err(wrong(f, "the name of a key", other)),
        (other, _) => Err(wrong(f, "a map or a list", other)),
    }
}
