//! Which places a definition can read and write, from its text alone. Live
//! places are followed through `let`, loops and procedures; a computed key is
//! any key.

use super::Inner;
use super::ast::{Call, Def, Ex, Kind, Loop, Part, Ref, Refusal, Stmt, StmtKind};
use crate::engine::world::path::Seg;
use crate::engine::world::{Node, Path, Pattern};
use std::collections::{BTreeSet, HashSet};

/// Longest pattern kept; a shorter one covers more, never less.
const MAX_SEGS: usize = 24;
/// Procedure bodies looked at for one definition; beyond, all is assumed.
const MAX_BODIES: usize = 400;

/// A place as far as the text says; `row` where it is the row of the loop
/// that an invariant stands in.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Abs {
    segs: Vec<Seg>,
    row: bool,
}

impl Abs {
    fn join(mut self, seg: Seg) -> Self {
        if self.segs.len() < MAX_SEGS {
            self.segs.push(seg);
        }
        self
    }
}

/// What a definition can touch.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    pub reads: BTreeSet<Pattern>,
    pub writes: BTreeSet<Pattern>,
    /// Reads that do not go through the row of a checked loop.
    pub outside: BTreeSet<Pattern>,
}

/// The sets of a whole definition.
pub(super) fn of(program: &Inner, def: &Def) -> Sets {
    let mut walk = Walk::new(program, def);
    walk.block(&def.body);
    walk.finish()
}

/// The sets of one loop of an invariant, with its row known as such.
pub(super) fn of_row(program: &Inner, def: &Def, each: &Loop, body: &[Stmt]) -> Sets {
    let mut walk = Walk::new(program, def);
    let row = walk.place(&each.over).map(|over| Abs {
        row: true,
        ..over.join(Seg::Any)
    });
    walk.bind(each.var.slot, row);
    walk.block(body);
    walk.finish()
}

struct Walk<'a> {
    program: &'a Inner,
    slots: Vec<Option<Abs>>,
    reads: BTreeSet<Pattern>,
    outside: BTreeSet<Pattern>,
    writes: BTreeSet<Pattern>,
    /// Places whose existence alone was asked for.
    exist: BTreeSet<(Pattern, bool)>,
    seen: HashSet<(usize, Vec<Option<Abs>>)>,
}

impl<'a> Walk<'a> {
    fn new(program: &'a Inner, def: &Def) -> Self {
        Self {
            program,
            slots: vec![None; def.slots as usize],
            reads: BTreeSet::new(),
            outside: BTreeSet::new(),
            writes: BTreeSet::new(),
            exist: BTreeSet::new(),
            seen: HashSet::new(),
        }
    }

    fn finish(mut self) -> Sets {
        for (pattern, row) in std::mem::take(&mut self.exist) {
            if !row && !self.outside.iter().any(|r| pattern.includes(r)) {
                self.outside.insert(pattern.clone());
            }
            if !self.reads.iter().any(|r| pattern.includes(r)) {
                self.reads.insert(pattern);
            }
        }
        Sets {
            reads: least(&self.reads),
            writes: least(&self.writes),
            outside: least(&self.outside),
        }
    }

    fn bind(&mut self, slot: u32, abs: Option<Abs>) {
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = abs;
        }
    }

    fn read(&mut self, abs: Option<Abs>) {
        if let Some(abs) = abs {
            let pattern = Pattern(abs.segs);
            if !abs.row {
                self.outside.insert(pattern.clone());
            }
            self.reads.insert(pattern);
        }
    }

    fn exists(&mut self, abs: Option<&Abs>) {
        if let Some(abs) = abs {
            self.exist.insert((Pattern(abs.segs.clone()), abs.row));
        }
    }

    fn write(&mut self, abs: Option<Abs>) {
        if let Some(abs) = abs {
            self.writes.insert(Pattern(abs.segs));
        }
    }

    fn block(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Let(var, value, refusal) => {
                    let abs = self.place(value);
                    self.exists(abs.as_ref());
                    self.refusal(refusal.as_ref());
                    self.bind(var.slot, abs);
                }
                StmtKind::LetCall(var, call) => {
                    self.call(call);
                    self.bind(var.slot, None);
                }
                StmtKind::Need(cond, refusal) => {
                    self.ex(cond);
                    self.refusal(refusal.as_ref());
                }
                StmtKind::Fail(refusal) => self.refusal(Some(refusal)),
                StmtKind::If(arms, other) => {
                    for (cond, block) in arms {
                        self.ex(cond);
                        self.block(block);
                    }
                    self.block(other);
                }
                StmtKind::Each(each, body) => {
                    self.head(each);
                    self.block(body);
                }
                StmtKind::Set(place, value) => {
                    self.ex(value);
                    let abs = self.place(place);
                    self.write(abs);
                }
                StmtKind::Push(place, value) => {
                    self.ex(value);
                    let abs = self.place(place).map(|p| p.join(Seg::Any));
                    self.write(abs);
                }
                StmtKind::Del(place) => {
                    // In a list all later elements move up.
                    let abs = self.place(place).map(|mut abs| {
                        if let (Kind::Index(..), Some(last)) = (&place.kind, abs.segs.last_mut()) {
                            *last = Seg::Any;
                        }
                        abs
                    });
                    self.write(abs);
                }
                StmtKind::Call(call) => self.call(call),
                StmtKind::Return(value) => {
                    if let Some(value) = value {
                        self.ex(value);
                    }
                }
            }
        }
    }

    fn refusal(&mut self, refusal: Option<&Refusal>) {
        if let Some(refusal) = refusal {
            self.ex(&refusal.text);
        }
    }

    fn head(&mut self, each: &Loop) {
        let element = self.place(&each.over).map(|p| p.join(Seg::Any));
        self.exists(element.as_ref());
        self.bind(each.var.slot, element);
        if let Some(key) = &each.key {
            self.bind(key.slot, None);
        }
        if let Some(cond) = &each.cond {
            self.ex(cond);
        }
    }

    fn call(&mut self, call: &Call) {
        let args: Vec<Option<Abs>> = call.args.iter().map(|a| self.place(a)).collect();
        for arg in &args {
            self.exists(arg.as_ref());
        }
        let Some((at, proc)) = call
            .proc
            .and_then(|at| Some((at, self.program.defs.get(at)?)))
        else {
            return;
        };
        if !self.seen.insert((at, args.clone())) {
            return;
        }
        if self.seen.len() > MAX_BODIES {
            self.reads.insert(Pattern::default());
            self.outside.insert(Pattern::default());
            self.writes.insert(Pattern::default());
            return;
        }
        let mut frame = args;
        frame.resize(proc.slots as usize, None);
        let outer = std::mem::replace(&mut self.slots, frame);
        self.block(&proc.body);
        self.slots = outer;
    }

    /// An expression for its value: what it reads.
    fn ex(&mut self, ex: &Ex) {
        let abs = self.place(ex);
        self.read(abs);
    }

    /// The place that a path names; what lies beside the path is read.
    fn place(&mut self, ex: &Ex) -> Option<Abs> {
        match &ex.kind {
            Kind::Lit(_) => None,
            Kind::Name(_, Ref::Local(slot)) => self.slots.get(*slot as usize).cloned().flatten(),
            Kind::Name(name, Ref::Free) => Some(Abs {
                segs: vec![Seg::Key(name.clone())],
                row: false,
            }),
            Kind::Field(base, name) => {
                let base = self.place(base);
                base.map(|b| b.join(Seg::Key(name.clone())))
            }
            Kind::Index(base, index) => {
                self.ex(index);
                let seg = match &index.kind {
                    Kind::Lit(Node::Str(s)) => Seg::Key(s.clone()),
                    Kind::Lit(Node::Int(i)) if *i >= 0 => Seg::Key(i.to_string().into()),
                    _ => Seg::Any,
                };
                let base = self.place(base);
                base.map(|b| b.join(seg))
            }
            Kind::Find(find) => {
                self.head(find);
                self.slots.get(find.var.slot as usize).cloned().flatten()
            }
            Kind::Comp(comp) => {
                self.head(&comp.each);
                if let Some(key) = &comp.key {
                    self.ex(key);
                }
                self.ex(&comp.value);
                None
            }
            Kind::Template(parts) => {
                for part in parts {
                    if let Part::Ex(ex) = part {
                        self.ex(ex);
                    }
                }
                None
            }
            Kind::Not(a) | Kind::Neg(a) => {
                self.ex(a);
                None
            }
            Kind::Bin(_, a, b) | Kind::And(a, b) | Kind::Or(a, b) | Kind::Else(a, b) => {
                self.ex(a);
                self.ex(b);
                None
            }
            Kind::Cond(three) => {
                self.ex(&three.0);
                self.ex(&three.1);
                self.ex(&three.2);
                None
            }
            Kind::List(items) => {
                for item in items {
                    self.ex(item);
                }
                None
            }
            Kind::Map(items) => {
                for (key, value) in items {
                    self.ex(key);
                    self.ex(value);
                }
                None
            }
            Kind::Call(_, args, named) => {
                for arg in args {
                    self.ex(arg);
                }
                for (_, arg) in named {
                    self.ex(arg);
                }
                None
            }
        }
    }
}

/// Without those that another covers.
fn least(all: &BTreeSet<Pattern>) -> BTreeSet<Pattern> {
    all.iter()
        .filter(|p| !all.iter().any(|q| q != *p && q.includes(p)))
        .cloned()
        .collect()
}

/// Whether a write at `path` can have changed what `pattern` names.
pub(super) fn meets(pattern: &Pattern, path: &Path) -> bool {
    pattern.0.iter().zip(&path.0).all(|(seg, key)| match seg {
        Seg::Key(k) => k == key,
        Seg::Any => true,
    })
}
