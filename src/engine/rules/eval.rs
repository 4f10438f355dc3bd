//! Evaluates expressions. Paths are looked at where they stand; nothing is
//! copied for a comparison.

use super::ast::{Comp, DefKind, Ex, Kind, Part, Ref};
use super::funcs;
use super::num;
use super::ops;
use super::place::{self, Key, Place, Val};
use super::run::{Res, Run, Stop};
use crate::engine::world::{List, Map, Node, Path};
use std::sync::Arc;

static NULL: Node = Node::Null;

impl<'p> Run<'p> {
    /// The value of an expression; a missing path is a failure.
    pub fn eval(&mut self, ex: &'p Ex) -> Res<Node> {
        self.enter()?;
        let out = self.eval_inner(ex)?;
        self.leave();
        Ok(out)
    }

    fn eval_inner(&mut self, ex: &'p Ex) -> Res<Node> {
        match &ex.kind {
            Kind::Lit(node) => Ok(node.clone()),
            Kind::Name(..) | Kind::Field(..) | Kind::Index(..) | Kind::Find(_) => {
                match self.read(ex)? {
                    Some(node) => Ok(node),
                    None => Err(self.missing(ex)),
                }
            }
            Kind::Bin(op, a, b) => {
                if self.reads.is_none()
                    && let (Some(Some(x)), Some(Some(y))) = (self.peek(a), self.peek(b))
                {
                    let mut left = self.left;
                    let out = ops::binary(*op, x, y, &mut left);
                    self.left = left;
                    return out;
                }
                let x = self.eval(a)?;
                let y = self.eval(b)?;
                ops::binary(*op, &x, &y, &mut self.left)
            }
            Kind::And(a, b) => Ok(Node::Bool(self.truth(a)? && self.truth(b)?)),
            Kind::Or(a, b) => Ok(Node::Bool(self.truth(a)? || self.truth(b)?)),
            Kind::Not(a) => Ok(Node::Bool(!self.truth(a)?)),
            Kind::Neg(a) => self.negative(a),
            Kind::Else(a, b) => match self.optional(a)? {
                None | Some(Node::Null) => self.eval(b),
                Some(node) => Ok(node),
            },
            Kind::Cond(three) => {
                if self.truth(&three.0)? {
                    self.eval(&three.1)
                } else {
                    self.eval(&three.2)
                }
            }
            Kind::Template(parts) => self.template(parts),
            Kind::List(items) => self.list(items),
            Kind::Map(items) => self.map(items),
            Kind::Comp(comp) => self.comp(comp),
            Kind::Call(builtin, args, named) if named.is_empty() && args.len() <= 2 => {
                // No list of values for the calls that loops are made of.
                match args.as_slice() {
                    [] => funcs::call(self, *builtin, &[], &[]),
                    [a] => {
                        let values = [self.eval(a)?];
                        funcs::call(self, *builtin, &values, &[])
                    }
                    _ => {
                        let mut values = [Node::Null, Node::Null];
                        for (value, arg) in values.iter_mut().zip(args) {
                            *value = self.eval(arg)?;
                        }
                        funcs::call(self, *builtin, &values, &[])
                    }
                }
            }
            Kind::Call(builtin, args, named) => {
                let mut values = Vec::with_capacity(args.len());
                for arg in args {
                    values.push(self.eval(arg)?);
                }
                let mut options = Vec::with_capacity(named.len());
                for (name, arg) in named {
                    options.push((&**name, self.eval(arg)?));
                }
                funcs::call(self, *builtin, &values, &options)
            }
        }
    }

    /// As [`Run::eval`], with `None` where a path leads nowhere.
    pub fn optional(&mut self, ex: &'p Ex) -> Res<Option<Node>> {
        match &ex.kind {
            Kind::Name(..) | Kind::Field(..) | Kind::Index(..) | Kind::Find(_) => self.read(ex),
            Kind::Else(a, b) => match self.optional(a)? {
                None | Some(Node::Null) => self.optional(b),
                found => Ok(found),
            },
            _ => self.eval(ex).map(Some),
        }
    }

    #[inline(never)]
    fn negative(&mut self, ex: &'p Ex) -> Res<Node> {
        match self.eval(ex)? {
            Node::Int(i) => i
                .checked_neg()
                .map(Node::Int)
                .ok_or_else(|| Stop::broken("the result does not fit a 64-bit integer")),
            Node::Float(f) => Ok(Node::Float(-f)),
            other => Err(Stop::broken(format!(
                "`-` needs a number, not {}",
                num::told(&other)
            ))),
        }
    }

    #[inline(never)]
    fn template(&mut self, parts: &'p [Part]) -> Res<Node> {
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Ex(ex) => {
                    let node = self.eval(ex)?;
                    match &node {
                        Node::Str(s) => out.push_str(s),
                        other => {
                            ops::admit(other, &mut self.left, 0)?;
                            out.push_str(&num::plain(other));
                        }
                    }
                }
            }
            self.spend(1 + out.len() / 64)?;
        }
        Ok(Node::str(out))
    }

    #[inline(never)]
    fn list(&mut self, items: &'p [Ex]) -> Res<Node> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            out.push(self.eval(item)?);
        }
        self.made(Node::List(out.into_iter().collect()))
    }

    #[inline(never)]
    fn map(&mut self, items: &'p [(Ex, Ex)]) -> Res<Node> {
        let mut out = Map::new();
        for (key, value) in items {
            let key: Arc<str> = match &key.kind {
                Kind::Lit(Node::Str(s)) => s.clone(),
                _ => num::plain(&self.eval(key)?).into(),
            };
            let value = self.eval(value)?;
            out.insert(key, value);
        }
        self.made(Node::Map(out))
    }

    #[inline(never)]
    fn comp(&mut self, comp: &'p Comp) -> Res<Node> {
        let made = if let Some(key) = &comp.key {
            let mut out = Map::new();
            self.iterate(&comp.each, false, &mut |run| {
                let key: Arc<str> = match run.eval(key)? {
                    Node::Str(s) => s,
                    other => num::plain(&other).into(),
                };
                let value = run.eval(&comp.value)?;
                out.insert(key, value);
                Ok(false)
            })?;
            Node::Map(out)
        } else {
            let mut out = Vec::new();
            self.iterate(&comp.each, false, &mut |run| {
                out.push(run.eval(&comp.value)?);
                Ok(false)
            })?;
            Node::List(out.into_iter().collect::<List>())
        };
        self.unbind(&comp.each);
        self.made(made)
    }

    fn unbind(&mut self, each: &super::ast::Loop) {
        self.bind(each.var.slot, Val::Empty);
        if let Some(key) = &each.key {
            self.bind(key.slot, Val::Empty);
        }
    }

    /// Pays for a new list or map.
    fn made(&mut self, node: Node) -> Res<Node> {
        ops::admit(&node, &mut self.left, 0)?;
        Ok(node)
    }

    // ---- paths

    /// A given local. They come before the world.
    fn given(&self, name: &str) -> Option<&Node> {
        self.locals
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, node)| *node)
    }

    /// An argument that no header lists. Tables come before it, so that a call
    /// with a surplus argument cannot put itself in a table's place.
    fn argument(&self, name: &str) -> Option<&Node> {
        match self.def.kind {
            DefKind::Tool if self.def.listed => None,
            DefKind::Tool | DefKind::Policy | DefKind::Expr => self.args.child(name),
            DefKind::Proc | DefKind::Invariant | DefKind::After => None,
        }
    }

    /// Whether a name that nothing has is an argument that was not given.
    fn absent_is_null(&self) -> bool {
        matches!(self.def.kind, DefKind::Tool | DefKind::Policy)
    }

    /// A path that can be followed without evaluating anything: the node, or
    /// `None` inside where it leads nowhere.
    #[allow(
        clippy::option_option,
        reason = "outside: can it be followed; inside: is something there"
    )]
    pub fn peek(&self, ex: &'p Ex) -> Option<Option<&Node>> {
        match &ex.kind {
            Kind::Lit(node) => Some(Some(node)),
            Kind::Name(_, Ref::Local(slot)) => match self.slot(*slot) {
                Val::Value(node) => Some(Some(node)),
                Val::Place(place) if place.version == self.version => Some(place.node.as_ref()),
                Val::Place(place) => Some(place.find(&self.world)),
                Val::Missing => Some(None),
                Val::Empty => None,
            },
            Kind::Name(name, Ref::Free) => {
                let found = self
                    .given(name)
                    .or_else(|| place::field(&self.world, name))
                    .or_else(|| self.argument(name));
                Some(found.or_else(|| self.absent_is_null().then_some(&NULL)))
            }
            Kind::Field(base, name) => {
                let base = self.peek(base)?;
                Some(base.and_then(|b| place::field(b, name)))
            }
            Kind::Index(base, index) => {
                let index = self.peek(index)??;
                let base = self.peek(base)?;
                Some(base.and_then(|b| place::index(b, index)))
            }
            _ => None,
        }
    }

    /// The node at a path, `None` where it leads nowhere.
    fn read(&mut self, ex: &'p Ex) -> Res<Option<Node>> {
        if self.reads.is_none()
            && let Some(found) = self.peek(ex)
        {
            return Ok(found.cloned());
        }
        Ok(match self.place(ex)? {
            Val::Value(node) => Some(node),
            Val::Place(place) => {
                if let Some(reads) = &mut self.reads {
                    reads.push(Path(place.keys().iter().map(Key::text).collect()));
                }
                place.node
            }
            Val::Missing | Val::Empty => None,
        })
    }

    /// The place that a path names, or the value of what is no path.
    pub fn place(&mut self, ex: &'p Ex) -> Res<Val> {
        match &ex.kind {
            Kind::Name(name, Ref::Local(slot)) => match self.slot(*slot) {
                Val::Place(place) if place.version != self.version => {
                    let mut place = place.clone();
                    place.node = place.find(&self.world).cloned();
                    place.version = self.version;
                    Ok(Val::Place(place))
                }
                Val::Empty => Err(Stop::broken(format!("`{name}` has no value yet"))),
                val => Ok(val.clone()),
            },
            Kind::Name(name, Ref::Free) => {
                if let Some(node) = self.given(name) {
                    return Ok(Val::Value(node.clone()));
                }
                let node = place::field(&self.world, name).cloned();
                if node.is_none() {
                    if let Some(node) = self.argument(name) {
                        return Ok(Val::Value(node.clone()));
                    }
                    if self.absent_is_null() {
                        return Ok(Val::Value(Node::Null));
                    }
                }
                Ok(Val::Place(Place {
                    parent: None,
                    key: Key::Name(name.clone()),
                    node,
                    version: self.version,
                }))
            }
            Kind::Field(base, name) => Ok(match self.place(base)? {
                Val::Place(base) => {
                    let node = base.node.as_ref().and_then(|b| place::field(b, name));
                    Val::Place(Place {
                        parent: Some(base.link()),
                        key: Key::Name(name.clone()),
                        node: node.cloned(),
                        version: self.version,
                    })
                }
                Val::Value(base) => place::field(&base, name)
                    .cloned()
                    .map_or(Val::Missing, Val::Value),
                Val::Missing | Val::Empty => Val::Missing,
            }),
            Kind::Index(base, index) => {
                let index = self.eval(index)?;
                Ok(match self.place(base)? {
                    Val::Place(base) => self.indexed(&base, &index),
                    Val::Value(base) => place::index(&base, &index)
                        .cloned()
                        .map_or(Val::Missing, Val::Value),
                    Val::Missing | Val::Empty => Val::Missing,
                })
            }
            Kind::Find(find) => {
                self.enter()?;
                let mut found = Val::Missing;
                self.iterate(find, false, &mut |run| {
                    found = run.slot(find.var.slot).clone();
                    Ok(true)
                })?;
                self.unbind(find);
                self.leave();
                Ok(found)
            }
            _ => self.eval(ex).map(Val::Value),
        }
    }

    fn indexed(&self, base: &Place, index: &Node) -> Val {
        let key = match (&base.node, index) {
            (Some(Node::List(list)), Node::Int(at)) => match place::place_in(*at, list.len()) {
                Some(at) => Key::At(at),
                None => return Val::Missing,
            },
            (_, Node::Int(at)) => Key::Name(at.to_string().into()),
            (_, Node::Str(name)) => Key::Name(name.clone()),
            _ => return Val::Missing,
        };
        let node = base.node.as_ref().and_then(|b| place::step(b, &key));
        Val::Place(Place {
            parent: Some(base.link()),
            node: node.cloned(),
            key,
            version: self.version,
        })
    }

    /// The failure of a path that leads nowhere: says where it broke off.
    #[cold]
    pub fn missing(&mut self, ex: &'p Ex) -> Box<Stop> {
        let text = self.def.text(ex.at);
        let (base, key) = match &ex.kind {
            Kind::Name(name, _) => {
                return Stop::broken(format!("there is no table or name `{name}`"));
            }
            Kind::Field(base, name) => (base, name.to_string()),
            Kind::Index(base, index) => match self.eval(index) {
                Ok(key) => (base, num::plain(&key)),
                Err(stop) => return stop,
            },
            _ => return Stop::broken(format!("`{text}`: nothing was found")),
        };
        let node = match self.place(base) {
            Ok(
                Val::Value(node)
                | Val::Place(Place {
                    node: Some(node), ..
                }),
            ) => node,
            Ok(_) => return self.missing(base),
            Err(stop) => return stop,
        };
        let above = self.def.text(base.at);
        Stop::broken(match &node {
            Node::Map(map) => {
                let known: Vec<&str> = map.keys().take(64).map(|k| &**k).collect();
                let hint = super::near::nearest(&key, &known).map_or_else(
                    || match map.len() {
                        0 => String::from("it is empty"),
                        n if n <= 12 => format!("it has {}", known.join(", ")),
                        _ => format!("it has {} keys", map.len()),
                    },
                    |near| format!("is `{near}` meant?"),
                );
                format!("`{text}`: `{above}` has no `{key}`; {hint}")
            }
            Node::List(list) => {
                format!(
                    "`{text}`: `{above}` is an array of {} and has no `{key}`",
                    list.len()
                )
            }
            other => format!(
                "`{text}`: `{above}` is {} and has no fields",
                num::told(other)
            ),
        })
    }
}
