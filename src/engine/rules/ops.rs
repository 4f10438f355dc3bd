//! What two values give: equality, order, membership, sums of texts and lists.

use super::ast::Op;
use super::num::{self, told};
use super::run::{Res, Stop};
use crate::engine::world::{List, Node};
use std::cmp::Ordering;

/// Takes `cost` from what is left.
pub(super) fn spend(left: &mut u64, cost: usize) -> Res<()> {
    if let Some(rest) = left.checked_sub(cost as u64) {
        *left = rest;
        Ok(())
    } else {
        *left = 0;
        Err(Stop::budget())
    }
}

/// `a op b`.
pub(super) fn binary(op: Op, a: &Node, b: &Node, left: &mut u64) -> Res<Node> {
    match op {
        Op::Add => add(a, b, left),
        Op::Sub | Op::Mul | Op::Div | Op::FloorDiv | Op::Rem => num::arithmetic(op, a, b),
        Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::In | Op::NotIn => {
            test(op, a, b, left).map(Node::Bool)
        }
    }
}

/// `a op b` of an operator that [compares](Op::compares); false of another.
pub(super) fn test(op: Op, a: &Node, b: &Node, left: &mut u64) -> Res<bool> {
    Ok(match op {
        Op::Eq => equal(a, b, left, 0)?,
        Op::Ne => !equal(a, b, left, 0)?,
        Op::Lt => order(op, a, b)? == Ordering::Less,
        Op::Le => order(op, a, b)? != Ordering::Greater,
        Op::Gt => order(op, a, b)? == Ordering::Greater,
        Op::Ge => order(op, a, b)? != Ordering::Less,
        Op::In => contains(b, a, left)?,
        Op::NotIn => !contains(b, a, left)?,
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::FloorDiv | Op::Rem => false,
    })
}

/// Equal as JSON: numbers by value, maps without order.
pub(super) fn equal(a: &Node, b: &Node, left: &mut u64, depth: u32) -> Res<bool> {
    Ok(match (a, b) {
        (Node::Null, Node::Null) => true,
        (Node::Bool(a), Node::Bool(b)) => a == b,
        (Node::Str(a), Node::Str(b)) => a == b,
        (Node::Int(_) | Node::Float(_), Node::Int(_) | Node::Float(_)) => {
            num::compare(a, b) == Some(Ordering::Equal)
        }
        (Node::List(a), Node::List(b)) => {
            if a.same(b) {
                return Ok(true);
            }
            if a.len() != b.len() {
                return Ok(false);
            }
            deeper(depth)?;
            spend(left, a.len())?;
            for (x, y) in a.iter().zip(b.iter()) {
                if !equal(x, y, left, depth + 1)? {
                    return Ok(false);
                }
            }
            true
        }
        (Node::Map(a), Node::Map(b)) => {
            if a.same(b) {
                return Ok(true);
            }
            if a.len() != b.len() {
                return Ok(false);
            }
            deeper(depth)?;
            spend(left, a.len())?;
            for (key, x) in a {
                match b.get(key) {
                    Some(y) if equal(x, y, left, depth + 1)? => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        _ => false,
    })
}

fn deeper(depth: u32) -> Res<()> {
    if depth > 200 {
        return Err(Stop::broken("values are nested too deeply to compare"));
    }
    Ok(())
}

/// Orders numbers and texts.
pub(super) fn order(op: Op, a: &Node, b: &Node) -> Res<Ordering> {
    if let (Node::Str(a), Node::Str(b)) = (a, b) {
        return Ok(a.as_bytes().cmp(b.as_bytes()));
    }
    num::compare(a, b).ok_or_else(|| {
        Stop::broken(format!(
            "`{}` compares two numbers or two texts, not {} and {}",
            op.sign(),
            told(a),
            told(b)
        ))
    })
}

/// Whether `within` holds `what`: an element, a key, a part of a text.
fn contains(within: &Node, what: &Node, left: &mut u64) -> Res<bool> {
    match (within, what) {
        (Node::List(list), _) => {
            for item in list {
                spend(left, 1)?;
                if equal(item, what, left, 0)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (Node::Map(map), Node::Str(key)) => Ok(map.get(key).is_some()),
        (Node::Map(map), Node::Int(key)) => Ok(map.get(&key.to_string()).is_some()),
        (Node::Map(_), Node::Null) => Ok(false),
        (Node::Str(text), Node::Str(part)) => {
            spend(left, text.len() / 64)?;
            Ok(text.contains(&**part))
        }
        _ => Err(Stop::broken(format!(
            "`in` looks into an array, an object or a text, not for {} in {}",
            told(what),
            told(within)
        ))),
    }
}

fn add(a: &Node, b: &Node, left: &mut u64) -> Res<Node> {
    match (a, b) {
        (Node::Str(a), Node::Str(b)) => {
            spend(left, (a.len() + b.len()) / 16)?;
            Ok(Node::str(format!("{a}{b}")))
        }
        (Node::List(a), Node::List(b)) => {
            spend(left, a.len() + b.len())?;
            let all: List = a.iter().chain(b.iter()).cloned().collect();
            let all = Node::List(all);
            admit(&all, left, 0)?;
            Ok(all)
        }
        (Node::Str(_), _) | (_, Node::Str(_)) => Err(Stop::broken(format!(
            "`+` joins two texts or adds two numbers, not {} and {}; put values into a text with {{…}}",
            told(a),
            told(b)
        ))),
        _ => num::arithmetic(Op::Add, a, b),
    }
}

/// Lists and maps inside each other that rules may build.
const MAX_DEPTH: usize = 96;

/// Charges for what a made list or map holds, all the way down, and bounds its
/// depth: values that share their parts cannot grow without being paid for.
pub(super) fn admit(node: &Node, left: &mut u64, above: usize) -> Res<()> {
    if above + usize::from(node.depth()) > MAX_DEPTH {
        return Err(Stop::broken("a value is nested too deeply"));
    }
    match node {
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => Ok(()),
        Node::Str(_) => spend(left, weigh(node)),
        Node::List(list) => {
            let held = list.iter().map(weigh).fold(0, usize::saturating_add);
            spend(left, held.saturating_add(1 + list.len() / 8))
        }
        Node::Map(map) => {
            let held = map.values().map(weigh).fold(0, usize::saturating_add);
            spend(left, held.saturating_add(1 + map.len() / 8))
        }
    }
}

/// The price of one value inside another: its bytes as JSON, cached on lists
/// and maps.
fn weigh(node: &Node) -> usize {
    match node {
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => 0,
        Node::Str(text) => text.len() / 64,
        Node::List(_) | Node::Map(_) => usize::try_from(node.weight() / 64).unwrap_or(usize::MAX),
    }
}
