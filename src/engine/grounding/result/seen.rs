//! What earlier results of a conversation leave for judging the next: the fields
//! that a tool's results had, and the worlds before each write.

use crate::engine::grounding::turn::Ran;
use crate::engine::world::{Map, Node};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Earlier worlds that a stale read is looked for in.
const WORLDS: usize = 24;
/// Shapes that are kept.
const SHAPES: usize = 64;

/// Fields of one object of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shape {
    tool: Arc<str>,
    fields: BTreeSet<Arc<str>>,
}

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub(in crate::engine::grounding) struct Seen {
    shapes: Vec<Shape>,
    worlds: Vec<Node>,
}

impl Seen {
    /// Takes the result of a call in.
    pub fn hear(&mut self, ran: &Ran<'_>) {
        if ran.ok {
            let first = match ran.result {
                Node::List(list) => list.get(0),
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Str(_)
                | Node::Map(_) => Some(ran.result),
            };
            if let Some(map) = first.and_then(Node::as_map) {
                self.shape(ran.tool, map);
            }
        }
        if let (Some(before), Some(after)) = (ran.before, ran.after)
            && before != after
        {
            self.worlds.push(before.clone());
            if self.worlds.len() > WORLDS {
                self.worlds.remove(0);
            }
        }
    }

    fn shape(&mut self, tool: &str, map: &Map) {
        let shape = Shape {
            tool: tool.into(),
            fields: map.keys().take(64).cloned().collect(),
        };
        if self.shapes.len() < SHAPES && !self.shapes.contains(&shape) {
            self.shapes.push(shape);
        }
    }

    /// Earlier worlds, newest first.
    pub fn worlds(&self) -> impl Iterator<Item = &Node> {
        self.worlds.iter().rev()
    }

    /// Results of a tool that are about the same sort of thing as an object: at
    /// least half of the fields are shared.
    fn like<'s>(
        &'s self,
        tool: &'s str,
        map: &'s Map,
    ) -> impl Iterator<Item = &'s BTreeSet<Arc<str>>> {
        self.shapes
            .iter()
            .filter(move |s| &*s.tool == tool)
            .map(|s| &s.fields)
            .filter(move |fields| {
                let shared = map.keys().filter(|k| fields.contains(*k)).count();
                shared * 2 >= map.len().max(fields.len())
            })
    }

    /// Whether results of the tool had the field; `None` where there were none.
    pub fn had(&self, tool: &str, map: &Map, key: &str) -> Option<bool> {
        let mut like = self.like(tool, map).peekable();
        like.peek()?;
        Some(like.any(|fields| fields.contains(key)))
    }
}
