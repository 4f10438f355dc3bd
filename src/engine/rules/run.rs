//! Runs one definition on a world as one transaction: statements, writes along
//! a path, the record of what was written.

use super::Env;
use super::FailureKind;
use super::Inner;
use super::ast::{Call, Def, DefKind, Ex, Kind, Loop, Ref, Refusal, Stmt, StmtKind};
use super::num;
use super::ops;
use super::place::{Key, Link, Place, Val, change_at};
use crate::engine::world::{Node, Op, Path};
use std::rc::Rc;

/// Why a run stopped, before it is explained.
#[derive(Debug)]
pub(super) struct Stop {
    pub kind: FailureKind,
    pub code: Option<i64>,
    pub message: String,
}

impl Stop {
    pub fn broken(message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            kind: FailureKind::Broken,
            code: None,
            message: message.into(),
        })
    }
    pub fn budget() -> Box<Self> {
        Box::new(Self {
            kind: FailureKind::Budget,
            code: None,
            message: String::from("the tool took too many steps and was stopped"),
        })
    }
}

pub(super) type Res<T> = Result<T, Box<Stop>>;

/// Statements and expressions inside each other at most, procedures included.
const MAX_DEPTH: u32 = 160;

/// What a write does at its place.
pub(super) enum Change {
    Set(Node),
    Push(Node),
    Del,
}

/// A run in progress.
pub(super) struct Run<'p> {
    pub program: &'p Inner,
    pub args: &'p Node,
    pub locals: &'p [(&'p str, &'p Node)],
    pub now: &'p str,
    pub id_key: u64,
    pub world: Node,
    /// Grows with each write: what a place remembers of an older world is stale.
    pub version: u32,
    pub ops: Vec<Op>,
    pub lines: Vec<u32>,
    pub slots: Vec<Val>,
    pub base: usize,
    pub left: u64,
    pub budget: u64,
    depth: u32,
    pub ids: u64,
    pub def: &'p Def,
    pub stmt: Option<&'p Stmt>,
    /// Lists that loops are going through.
    guards: Vec<Rc<Link>>,
    /// The places read, where somebody wants to know.
    pub reads: Option<Vec<Path>>,
}

impl<'p> Run<'p> {
    pub fn new(program: &'p Inner, def: &'p Def, env: &Env<'p>) -> Self {
        Self {
            program,
            args: env.args,
            locals: &[],
            now: env.now,
            id_key: env.id_key,
            world: env.world.clone(),
            version: 0,
            ops: Vec::new(),
            lines: Vec::new(),
            slots: Vec::new(),
            base: 0,
            left: env.budget,
            budget: env.budget,
            depth: 0,
            ids: 0,
            def,
            stmt: None,
            guards: Vec::new(),
            reads: None,
        }
    }

    pub fn spend(&mut self, cost: usize) -> Res<()> {
        ops::spend(&mut self.left, cost)
    }

    pub fn enter(&mut self) -> Res<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::broken(
                "statements and procedures are nested too deeply",
            ));
        }
        ops::spend(&mut self.left, 1)
    }
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Runs a definition from its first line, with parameters from `args`.
    pub fn start(&mut self, def: &'p Def) -> Res<Node> {
        self.frame(def);
        if def.kind == DefKind::Tool {
            for param in &def.params {
                let value = self.args.child(&param.name).cloned().unwrap_or_default();
                self.bind(param.slot, Val::Value(value));
            }
        }
        Ok(self.block(&def.body)?.unwrap_or_default())
    }

    /// An empty frame for a definition, in place of all others.
    pub fn frame(&mut self, def: &'p Def) {
        self.def = def;
        self.base = 0;
        self.depth = 0;
        self.guards.clear();
        self.slots.clear();
        self.slots.resize(def.slots as usize, Val::Empty);
    }

    pub fn bind(&mut self, slot: u32, val: Val) {
        if let Some(place) = self.slots.get_mut(self.base + slot as usize) {
            *place = val;
        }
    }
    pub fn slot(&self, slot: u32) -> &Val {
        self.slots
            .get(self.base + slot as usize)
            .unwrap_or(&Val::Empty)
    }

    /// Runs statements; a value where one of them returned.
    pub fn block(&mut self, stmts: &'p [Stmt]) -> Res<Option<Node>> {
        for stmt in stmts {
            self.stmt = Some(stmt);
            self.enter()?;
            let returned = self.statement(stmt)?;
            self.leave();
            if returned.is_some() {
                return Ok(returned);
            }
        }
        Ok(None)
    }

    fn statement(&mut self, stmt: &'p Stmt) -> Res<Option<Node>> {
        match &stmt.kind {
            StmtKind::Let(var, value, refusal) => {
                let val = self.bound(value, refusal.as_ref())?;
                self.bind(var.slot, val);
            }
            StmtKind::LetCall(var, call) => {
                let value = self.call(call)?;
                self.stmt = Some(stmt);
                self.bind(var.slot, Val::Value(value));
            }
            StmtKind::Call(call) => {
                self.call(call)?;
                self.stmt = Some(stmt);
            }
            StmtKind::Need(cond, refusal) => {
                if !self.truth(cond)? {
                    return Err(self.refuse(refusal.as_ref(), stmt));
                }
            }
            StmtKind::Fail(refusal) => return Err(self.refuse(Some(refusal), stmt)),
            StmtKind::If(arms, other) => {
                for (cond, block) in arms {
                    if self.truth(cond)? {
                        return self.block(block);
                    }
                }
                return self.block(other);
            }
            StmtKind::Each(each, body) => return self.each(each, body),
            StmtKind::Set(place, value) => {
                let value = self.eval(value)?;
                self.write(place, Change::Set(value))?;
            }
            StmtKind::Push(place, value) => {
                let value = self.eval(value)?;
                self.write(place, Change::Push(value))?;
            }
            StmtKind::Del(place) => self.write(place, Change::Del)?,
            StmtKind::Return(value) => {
                return Ok(Some(match value {
                    Some(value) => self.eval(value)?,
                    None => Node::Null,
                }));
            }
        }
        Ok(None)
    }

    /// What `let` binds: a live place, or a value.
    fn bound(&mut self, value: &'p Ex, refusal: Option<&'p Refusal>) -> Res<Val> {
        let val = if value.is_path() {
            self.place(value)?
        } else {
            Val::Value(self.eval(value)?)
        };
        let missing = match &val {
            Val::Empty | Val::Missing => true,
            Val::Place(place) => place.node.is_none(),
            Val::Value(node) => refusal.is_some() && matches!(node, Node::Null),
        };
        if !missing {
            return Ok(val);
        }
        match refusal {
            Some(refusal) => Err(self.refuse_with(refusal)),
            None => Err(self.missing(value)),
        }
    }

    fn refuse(&mut self, refusal: Option<&'p Refusal>, stmt: &'p Stmt) -> Box<Stop> {
        match refusal {
            Some(refusal) => self.refuse_with(refusal),
            None => Box::new(Stop {
                kind: FailureKind::Refused,
                code: None,
                message: format!("not so: {}", self.def.text(stmt.at)),
            }),
        }
    }

    fn refuse_with(&mut self, refusal: &'p Refusal) -> Box<Stop> {
        match self.eval(&refusal.text) {
            Ok(text) => Box::new(Stop {
                kind: FailureKind::Refused,
                code: refusal.code,
                message: num::plain(&text),
            }),
            Err(stop) => stop,
        }
    }

    pub fn truth(&mut self, cond: &'p Ex) -> Res<bool> {
        // What conditions are made of, without a value in between.
        match &cond.kind {
            Kind::And(a, b) => {
                self.enter()?;
                let both = self.truth(a)? && self.truth(b)?;
                self.leave();
                return Ok(both);
            }
            Kind::Bin(op, a, b) if op.compares() && self.reads.is_none() => {
                if let (Some(Some(x)), Some(Some(y))) = (self.peek(a), self.peek(b)) {
                    let mut left = self.left;
                    let out =
                        ops::spend(&mut left, 1).and_then(|()| ops::test(*op, x, y, &mut left));
                    self.left = left;
                    return out;
                }
            }
            _ => {}
        }
        match self.eval(cond)? {
            Node::Bool(b) => Ok(b),
            other => {
                let text = self.def.text(cond.at);
                Err(Stop::broken(format!(
                    "`{text}` is {}, where true or false was needed",
                    num::told(&other)
                )))
            }
        }
    }

    fn each(&mut self, each: &'p Loop, body: &'p [Stmt]) -> Res<Option<Node>> {
        let mut returned = None;
        self.iterate(each, true, &mut |run| {
            returned = run.block(body)?;
            Ok(returned.is_some())
        })?;
        Ok(returned)
    }

    /// Goes through a list or map as it is now; `step` answers whether to stop.
    pub fn iterate(
        &mut self,
        each: &'p Loop,
        guard: bool,
        step: &mut dyn FnMut(&mut Self) -> Res<bool>,
    ) -> Res<()> {
        let over = self.place(&each.over)?;
        let (node, link) = match over {
            Val::Value(node) => (node, None),
            Val::Place(Place {
                node: Some(node),
                parent,
                key,
                ..
            }) => (node, Some(Rc::new(Link { parent, key }))),
            Val::Place(_) | Val::Missing | Val::Empty => return Err(self.missing(&each.over)),
        };
        let guarded = match &link {
            Some(link) if guard => {
                self.guards.push(link.clone());
                true
            }
            _ => false,
        };
        let version = self.version;
        let element = |key: Key, node: &Node| match &link {
            Some(link) => Val::Place(Place {
                parent: Some(link.clone()),
                key,
                node: Some(node.clone()),
                version,
            }),
            None => Val::Value(node.clone()),
        };
        match &node {
            Node::List(list) => {
                for (at, item) in list.iter().enumerate() {
                    if let Some(key) = &each.key {
                        self.bind(key.slot, Val::Value(Node::Int(at as i64)));
                    }
                    if self.turn(each, element(Key::At(at), item), step)? {
                        break;
                    }
                }
            }
            Node::Map(map) => {
                for (name, item) in map {
                    if let Some(key) = &each.key {
                        self.bind(key.slot, Val::Value(Node::Str(name.clone())));
                    }
                    if self.turn(each, element(Key::Name(name.clone()), item), step)? {
                        break;
                    }
                }
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                let text = self.def.text(each.over.at);
                return Err(Stop::broken(format!(
                    "`{text}` is {}, where an array or object was needed",
                    num::told(&node)
                )));
            }
        }
        if guarded {
            self.guards.pop();
        }
        Ok(())
    }

    fn turn(
        &mut self,
        each: &'p Loop,
        element: Val,
        step: &mut dyn FnMut(&mut Self) -> Res<bool>,
    ) -> Res<bool> {
        ops::spend(&mut self.left, 1)?;
        self.bind(each.var.slot, element);
        if let Some(cond) = &each.cond
            && !self.truth(cond)?
        {
            return Ok(false);
        }
        step(self)
    }

    fn call(&mut self, call: &'p Call) -> Res<Node> {
        let Some(proc) = call.proc.and_then(|at| self.program.defs.get(at)) else {
            return Err(Stop::broken(format!("there is no proc `{}`", call.name)));
        };
        let mut vals = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            let val = if arg.is_path() {
                self.place(arg)?
            } else {
                Val::Value(self.eval(arg)?)
            };
            match val {
                Val::Missing | Val::Empty | Val::Place(Place { node: None, .. }) => {
                    return Err(self.missing(arg));
                }
                Val::Value(_) | Val::Place(_) => vals.push(val),
            }
        }
        self.enter()?;
        let (def, base) = (self.def, self.base);
        self.base = self.slots.len();
        self.def = proc;
        self.slots
            .resize(self.base + proc.slots as usize, Val::Empty);
        for (at, val) in vals.into_iter().enumerate() {
            self.bind(at as u32, val);
        }
        // A failure leaves the frame as it is: the explanation reads it.
        let value = self.block(&proc.body)?.unwrap_or_default();
        self.slots.truncate(self.base);
        self.def = def;
        self.base = base;
        self.leave();
        Ok(value)
    }

    // ---- writes

    fn write(&mut self, target: &'p Ex, change: Change) -> Res<()> {
        if let Some((slot, keys)) = self.local(target)? {
            return self.write_local(target, slot, &keys, change);
        }
        let place = match self.place(target)? {
            Val::Place(place) => place,
            Val::Empty | Val::Missing | Val::Value(_) => {
                let text = self.def.text(target.at);
                return Err(Stop::broken(format!("`{text}` is no place in the world")));
            }
        };
        let keys = place.keys();
        self.write_at(target, &place, &keys, change)
    }

    /// The slot and the keys below it, where `target` lies in a local value.
    fn local(&mut self, target: &'p Ex) -> Res<Option<(u32, Vec<Key>)>> {
        let mut at = target;
        let mut steps: Vec<Result<&'p std::sync::Arc<str>, &'p Ex>> = Vec::new();
        loop {
            match &at.kind {
                Kind::Name(_, Ref::Local(slot)) => {
                    if !matches!(self.slot(*slot), Val::Value(_)) {
                        return Ok(None);
                    }
                    let mut keys = Vec::new();
                    for step in steps.into_iter().rev() {
                        match step {
                            Ok(name) => keys.push(Key::Name(name.clone())),
                            Err(index) => {
                                let index = self.eval(index)?;
                                let Some(key) = Key::of(&index) else {
                                    return Err(Stop::broken(format!(
                                        "a key is a text or an integer, not {}",
                                        num::told(&index)
                                    )));
                                };
                                keys.push(key);
                            }
                        }
                    }
                    return Ok(Some((*slot, keys)));
                }
                Kind::Field(base, name) => {
                    steps.push(Ok(name));
                    at = base;
                }
                Kind::Index(base, index) => {
                    steps.push(Err(&**index));
                    at = base;
                }
                _ => return Ok(None),
            }
        }
    }

    fn write_local(&mut self, target: &'p Ex, slot: u32, keys: &[Key], change: Change) -> Res<()> {
        let Val::Value(root) = self.slot(slot) else {
            return Ok(());
        };
        let root = root.clone();
        let made = match (keys, change) {
            ([], Change::Set(value)) => value,
            (keys, change) => {
                self.admitted(&change, keys.len())?;
                change_at(&root, keys, &change)
                    .map_err(|why| Stop::broken(format!("`{}`: {why}", self.def.text(target.at))))?
            }
        };
        self.bind(slot, Val::Value(made));
        Ok(())
    }

    fn admitted(&mut self, change: &Change, above: usize) -> Res<()> {
        match change {
            Change::Set(node) | Change::Push(node) => ops::admit(node, &mut self.left, above),
            Change::Del => Ok(()),
        }
    }

    fn write_at(&mut self, target: &'p Ex, place: &Place, keys: &[Key], change: Change) -> Res<()> {
        if let (Change::Set(value), Some(there)) = (&change, &place.node)
            && there == value
        {
            return Ok(());
        }
        self.admitted(&change, keys.len())?;
        if matches!(change, Change::Del)
            && matches!(place.key, Key::At(_))
            && let Some(parent) = &place.parent
            && self.guards.iter().any(|g| g.keys() == parent.keys())
        {
            return Err(Stop::broken(format!(
                "`{}` takes an element out of the list that a loop is going through",
                self.def.text(target.at)
            )));
        }
        let world = change_at(&self.world, keys, &change)
            .map_err(|why| Stop::broken(format!("`{}`: {why}", self.def.text(target.at))))?;
        let path = Path(keys.iter().map(Key::text).collect());
        self.ops.push(match change {
            Change::Set(value) if place.node.is_some() => Op::Replace { path, value },
            Change::Set(value) => Op::Add { path, value },
            Change::Push(value) => Op::Add {
                path: path.join("-"),
                value,
            },
            Change::Del => Op::Remove { path },
        });
        self.lines.push(self.stmt.map_or(0, |s| s.at.line));
        self.world = world;
        self.version = self.version.wrapping_add(1);
        Ok(())
    }
}
