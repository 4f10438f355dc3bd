//! One operation of a patch carried out on a tree, and exactly what it did: what
//! inverse patches, touched places and the ledger are derived from.

use super::node::{MAX_DEPTH, Map, Node};
use super::patch::Op;
use super::path::{Path, index};
use std::sync::Arc;

/// The world never grows past about so many bytes of JSON by a patch: values are
/// shared, so that a few dozen copies of copies would mean more than any memory.
const MAX_WEIGHT: u64 = 1 << 26;

/// After the removal of a key, at most so many keys behind it are put back in
/// order one by one; else the inverse replaces the whole map.
const FEW_BEHIND: usize = 16;

/// What was done, with places as they were found (`-` is a number here).
pub(super) enum Done {
    /// A key, an element or the root got a value; `was` is what stood there.
    Put { path: Path, was: Option<Node> },
    /// An element was inserted; `last` where it moved no other.
    Inserted { list: Path, at: usize, last: bool },
    /// A key was taken out; `behind` are the keys after it, or the whole map
    /// before where they are many.
    Cut {
        path: Path,
        was: Node,
        behind: Result<Vec<Arc<str>>, Node>,
    },
    /// An element was taken out.
    CutAt { list: Path, at: usize, was: Node },
}

/// Carries out one operation. On an error the world may be half changed: the
/// caller keeps the one before.
pub(super) fn perform(world: &mut Node, op: &Op) -> Result<Vec<Done>, String> {
    match op {
        Op::Add { path, value } => Ok(vec![add(world, path, value.clone())?]),
        Op::Remove { path } => Ok(vec![remove(world, path)?]),
        Op::Replace { path, value } => Ok(vec![replace(world, path, value.clone())?]),
        Op::Move { from, path } => shift(world, from, path),
        Op::Copy { from, path } => {
            let value = from
                .find(world)
                .ok_or_else(|| nothing(from, "copy"))?
                .clone();
            if world.weight().saturating_add(value.weight()) > MAX_WEIGHT {
                return Err(format!(
                    "the copy of {} would make the world larger than {} MB",
                    name(from),
                    MAX_WEIGHT >> 20
                ));
            }
            Ok(vec![add(world, path, value)?])
        }
        Op::Test { path, value } => {
            let found = path.find(world).ok_or_else(|| nothing(path, "test"))?;
            if found.same_value(value) {
                Ok(Vec::new())
            } else {
                Err(format!(
                    "the value at {} is {}, not {}",
                    name(path),
                    found.brief(60),
                    value.brief(60)
                ))
            }
        }
    }
}

fn name(path: &Path) -> String {
    if path.0.is_empty() {
        String::from("the root")
    } else {
        path.to_string()
    }
}

fn nothing(path: &Path, verb: &str) -> String {
    format!("there is nothing at {path} to {verb}")
}

fn fits(path: &Path, value: &Node) -> Result<(), String> {
    if path.0.len() + usize::from(value.depth()) > usize::from(MAX_DEPTH) {
        return Err(format!(
            "the value at {} would nest deeper than {MAX_DEPTH} levels",
            Node::str(path.to_string()).brief(60)
        ));
    }
    Ok(())
}

/// The place of a new element: an index up to the length, or `-`.
fn slot(list: &Path, key: &str, len: usize) -> Result<usize, String> {
    if key == "-" {
        return Ok(len);
    }
    let at = index(key).ok_or_else(|| {
        format!(
            "{} is a list: `{key}` is no index (digits without leading zeros, or `-`)",
            name(list)
        )
    })?;
    if at > len {
        return Err(format!(
            "{} has {len} elements: {at} is past its end",
            name(list)
        ));
    }
    Ok(at)
}

/// Changes the map there, which the caller knows to be one.
fn in_map(world: &mut Node, path: &Path, change: &mut dyn FnMut(&mut Map)) {
    world.update(path, &mut |node| {
        if let Node::Map(map) = node {
            change(map);
        }
    });
}

fn add(world: &mut Node, path: &Path, value: Node) -> Result<Done, String> {
    fits(path, &value)?;
    let Some((above, key)) = path.split() else {
        let was = Some(std::mem::replace(world, value));
        return Ok(Done::Put {
            path: path.clone(),
            was,
        });
    };
    let mut value = Some(value);
    match above.find(world) {
        None => Err(format!("there is nothing at {above} to add `{key}` to")),
        Some(Node::Map(_)) => {
            let mut was = None;
            in_map(world, &above, &mut |map| {
                was = map.insert(key.clone(), value.take().unwrap_or_default());
            });
            Ok(Done::Put {
                path: path.clone(),
                was,
            })
        }
        Some(Node::List(list)) => {
            let len = list.len();
            let at = slot(&above, key, len)?;
            world.update(&above, &mut |node| {
                if let Node::List(list) = node {
                    list.insert(at, value.take().unwrap_or_default());
                }
            });
            Ok(Done::Inserted {
                list: above,
                at,
                last: at == len,
            })
        }
        Some(other) => Err(format!(
            "{} is {}, not an object or a list: `{key}` cannot be added to it",
            name(&above),
            other.brief(60)
        )),
    }
}

fn replace(world: &mut Node, path: &Path, value: Node) -> Result<Done, String> {
    fits(path, &value)?;
    let was = path
        .find(world)
        .ok_or_else(|| nothing(path, "replace"))?
        .clone();
    let mut value = Some(value);
    world.update(path, &mut |node| *node = value.take().unwrap_or_default());
    Ok(Done::Put {
        path: path.clone(),
        was: Some(was),
    })
}

fn remove(world: &mut Node, path: &Path) -> Result<Done, String> {
    let Some((above, key)) = path.split() else {
        return Err(String::from("the root cannot be removed, only replaced"));
    };
    let none = || nothing(path, "remove");
    match above.find(world).ok_or_else(none)? {
        Node::Map(map) => {
            let at = map.position(key).ok_or_else(none)?;
            let behind = if map.len() - at > FEW_BEHIND + 1 {
                Err(Node::Map(map.clone()))
            } else {
                let places = at + 1..map.len();
                Ok(places.filter_map(|i| Some(map.at(i)?.0.clone())).collect())
            };
            let mut was = None;
            in_map(world, &above, &mut |map| was = map.remove(key));
            Ok(Done::Cut {
                path: path.clone(),
                was: was.ok_or_else(none)?,
                behind,
            })
        }
        Node::List(list) => {
            let at = index(key).filter(|at| *at < list.len()).ok_or_else(none)?;
            let mut was = None;
            world.update(&above, &mut |node| {
                if let Node::List(list) = node {
                    was = list.remove(at);
                }
            });
            Ok(Done::CutAt {
                list: above,
                at,
                was: was.ok_or_else(none)?,
            })
        }
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => Err(none()),
    }
}

fn shift(world: &mut Node, from: &Path, path: &Path) -> Result<Vec<Done>, String> {
    let value = from
        .find(world)
        .ok_or_else(|| nothing(from, "move"))?
        .clone();
    if from != path && from.covers(path) {
        return Err(format!(
            "{} cannot be moved into itself ({path})",
            name(from)
        ));
    }
    if from.0.is_empty() {
        return Err(String::from("the root cannot be moved"));
    }
    if path.0.is_empty() {
        return Ok(vec![add(world, path, value)?]);
    }
    let cut = remove(world, from)?;
    Ok(vec![cut, add(world, path, value)?])
}
