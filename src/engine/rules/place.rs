//! Live places: a key under a parent, with what stood there when it was last
//! looked at; and changing a tree along a path.

use super::run::Change;
use crate::engine::world::Node;
use std::rc::Rc;
use std::sync::Arc;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name(Arc<str>),
    At(usize),
}

impl Key {
    /// From an index; `None` where it is neither text nor integer.
    pub fn of(node: &Node) -> Option<Self> {
        match node {
            Node::Str(s) => Some(Self::Name(s.clone())),
            Node::Int(i) => Some(
                usize::try_from(*i).map_or_else(|_| Self::Name(i.to_string().into()), Self::At),
            ),
            Node::Null | Node::Bool(_) | Node::Float(_) | Node::List(_) | Node::Map(_) => None,
        }
    }
    /// As a step of a JSON Pointer.
    pub fn text(&self) -> Arc<str> {
        match self {
            Self::Name(name) => name.clone(),
            Self::At(at) => at.to_string().into(),
        }
    }
}

/// The way to a place, from the place upwards.
#[derive(Debug)]
pub(super) struct Link {
    pub parent: Option<Rc<Link>>,
    pub key: Key,
}

impl Link {
    /// From the world's table down.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = vec![self.key.clone()];
        let mut at = &self.parent;
        while let Some(link) = at {
            keys.push(link.key.clone());
            at = &link.parent;
        }
        keys.reverse();
        keys
    }

    /// What is there now.
    pub fn find<'a>(&self, world: &'a Node) -> Option<&'a Node> {
        let above = match &self.parent {
            Some(parent) => parent.find(world)?,
            None => world,
        };
        step(above, &self.key)
    }
}

/// A live place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub parent: Option<Rc<Link>>,
    pub key: Key,
    /// What stood there at `version` of the world; `None` where nothing did.
    pub node: Option<Node>,
    pub version: u32,
}

impl Place {
    /// The link of this place, to hang others below it.
    pub fn link(&self) -> Rc<Link> {
        Rc::new(Link {
            parent: self.parent.clone(),
            key: self.key.clone(),
        })
    }
    /// From the world's table down.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = self.parent.as_ref().map_or_else(Vec::new, |p| p.keys());
        keys.push(self.key.clone());
        keys
    }
    /// What is there now.
    pub fn find<'a>(&self, world: &'a Node) -> Option<&'a Node> {
        let above = match &self.parent {
            Some(parent) => parent.find(world)?,
            None => world,
        };
        step(above, &self.key)
    }
}

/// What a name or an expression stands for.
#[derive(Clone, Debug)]
pub(super) enum Val {
    /// Not bound yet.
    Empty,
    /// A path of a value that leads nowhere.
    Missing,
    Value(Node),
    Place(Place),
}

/// The child under a key.
pub(super) fn step<'a>(node: &'a Node, key: &Key) -> Option<&'a Node> {
    match (node, key) {
        (Node::Map(map), Key::Name(name)) => map.get(name),
        (Node::Map(map), Key::At(at)) => map.get(&at.to_string()),
        (Node::List(list), Key::At(at)) => list.get(*at),
        _ => None,
    }
}

/// The child under a field's name.
pub(super) fn field<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    match node {
        Node::Map(map) => map.get(name),
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Str(_)
        | Node::List(_) => None,
    }
}

/// The child under a computed key; a negative one counts from a list's end.
pub(super) fn index<'a>(node: &'a Node, key: &Node) -> Option<&'a Node> {
    match (node, key) {
        (Node::Map(map), Node::Str(name)) => map.get(name),
        (Node::Map(map), Node::Int(at)) => map.get(&at.to_string()),
        (Node::List(list), Node::Int(at)) => list.get(place_in(*at, list.len())?),
        _ => None,
    }
}

/// The place of an index in a list of `len`; `None` before its begin.
pub(super) fn place_in(at: i64, len: usize) -> Option<usize> {
    if at >= 0 {
        usize::try_from(at).ok()
    } else {
        len.checked_sub(usize::try_from(at.unsigned_abs()).ok()?)
    }
}

/// The tree with a change at the end of `keys`; an error says why not.
pub(super) fn change_at(node: &Node, keys: &[Key], change: &Change) -> Result<Node, String> {
    let Some((key, below)) = keys.split_first() else {
        return match (change, node) {
            (Change::Push(value), Node::List(list)) => {
                let mut list = list.clone();
                list.push(value.clone());
                Ok(Node::List(list))
            }
            (Change::Push(_), _) => Err(format!("`push` needs an array, this is {}", node.kind())),
            (Change::Set(value), _) => Ok(value.clone()),
            (Change::Del, _) => Err(String::from("this cannot be deleted")),
        };
    };
    let delete = below.is_empty() && matches!(change, Change::Del);
    match node {
        Node::Map(map) => {
            let name = key.text();
            let mut map = map.clone();
            if delete {
                return match map.remove(&name) {
                    Some(_) => Ok(Node::Map(map)),
                    None => Err(format!("there is no `{name}` to delete")),
                };
            }
            let made = match map.get(&name) {
                Some(child) => change_at(child, below, change)?,
                None => match (below, change) {
                    ([], Change::Set(value)) => value.clone(),
                    _ => return Err(format!("there is no `{name}`")),
                },
            };
            map.insert(name, made);
            Ok(Node::Map(map))
        }
        Node::List(list) => {
            let Key::At(at) = key else {
                return Err(format!("an array has no `{}`", key.text()));
            };
            let Some(child) = list.get(*at) else {
                return Err(format!("the array has no element {at}; `push` appends"));
            };
            let mut changed = list.clone();
            if delete {
                changed.remove(*at);
            } else {
                let made = change_at(child, below, change)?;
                changed.set(*at, made);
            }
            Ok(Node::List(changed))
        }
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => Err(format!(
            "`{}` cannot be stored inside {}",
            key.text(),
            node.kind()
        )),
    }
}
