//! The tree of a rules file. Names are resolved once: a local is a place in
//! the frame, anything else is free (an argument or a table of the world).

use super::builtins::Builtin;
use super::lexer::Span;
use crate::engine::world::Node;
use std::sync::Arc;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ref {
    /// A slot of the frame.
    Local(u32),
    /// An argument, else a table of the world.
    Free,
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
}

/// An expression.
#[derive(Debug)]
pub(super) struct Ex {
    pub kind: Kind,
    pub at: Span,
    /// Nodes on the longest way down: bounds every recursion over the tree.
    pub height: u16,
}

#[derive(Debug)]
pub(super) enum Kind {
    Lit(Node),
    Template(Vec<Part>),
    Name(Arc<str>, Ref),
    Field(Box<Ex>, Arc<str>),
    Index(Box<Ex>, Box<Ex>),
    Not(Box<Ex>),
    Neg(Box<Ex>),
    Bin(Op, Box<Ex>, Box<Ex>),
    And(Box<Ex>, Box<Ex>),
    Or(Box<Ex>, Box<Ex>),
    /// `a ?? b`
    Else(Box<Ex>, Box<Ex>),
    /// `then if cond else other`: condition, then, other.
    Cond(Box<(Ex, Ex, Ex)>),
    List(Vec<Ex>),
    Map(Vec<(Ex, Ex)>),
    /// `[value for …]`, or `{key: value for …}`.
    Comp(Box<Comp>),
    Find(Box<Loop>),
    Call(Builtin, Vec<Ex>, Vec<(Arc<str>, Ex)>),
}

#[derive(Debug)]
pub(super) struct Comp {
    pub key: Option<Ex>,
    pub value: Ex,
    pub each: Loop,
}

/// `k, v in over if cond`
#[derive(Debug)]
pub(super) struct Loop {
    pub key: Option<Var>,
    pub var: Var,
    pub over: Ex,
    pub cond: Option<Ex>,
}

/// A name that something binds.
#[derive(Clone, Debug)]
pub(super) struct Var {
    pub name: Arc<str>,
    pub slot: u32,
    pub at: Span,
}

/// A piece of a text.
#[derive(Debug)]
pub(super) enum Part {
    Text(Arc<str>),
    Ex(Ex),
}

/// A statement.
#[derive(Debug)]
pub(super) struct Stmt {
    pub kind: StmtKind,
    /// The statement; of a block its header line.
    pub at: Span,
}

/// `else 404 "text"`
#[derive(Debug)]
pub(super) struct Refusal {
    pub code: Option<i64>,
    pub text: Ex,
}

#[derive(Debug)]
pub(super) struct Call {
    pub name: Arc<str>,
    /// Place of the procedure among the program's; set when all files are read.
    pub proc: Option<usize>,
    pub args: Vec<Ex>,
    pub at: Span,
}

#[derive(Debug)]
pub(super) enum StmtKind {
    Let(Var, Ex, Option<Refusal>),
    LetCall(Var, Call),
    Need(Ex, Option<Refusal>),
    Fail(Refusal),
    /// Each condition with its block, then the block of `else`.
    If(Vec<(Ex, Vec<Stmt>)>, Vec<Stmt>),
    Each(Box<Loop>, Vec<Stmt>),
    Set(Ex, Ex),
    Push(Ex, Ex),
    Del(Ex),
    Call(Call),
    Return(Option<Ex>),
}

/// What a definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DefKind {
    Tool,
    Proc,
    Invariant,
    Policy,
    After,
    /// A single expression.
    Expr,
}

/// A definition of a file.
#[derive(Debug)]
pub(super) struct Def {
    pub kind: DefKind,
    pub name: Arc<str>,
    pub file: Arc<str>,
    pub source: Arc<str>,
    pub at: Span,
    pub doc: String,
    /// Whether the header lists parameters.
    pub listed: bool,
    /// Parameters: the first slots of the frame.
    pub params: Vec<Var>,
    /// Their JSON Schema, of a tool whose header lists them.
    pub schema: Option<serde_json::Value>,
    /// Tools a policy is on, with where they are named.
    pub on: Vec<(Arc<str>, Span)>,
    pub body: Vec<Stmt>,
    /// Slots of the frame.
    pub slots: u32,
    /// Free names with where each is used first.
    pub free: Vec<(Arc<str>, Span)>,
    /// Every name that the body binds, with where.
    pub bound: Vec<(Arc<str>, Span)>,
}

impl Def {
    /// The bytes of a span, on one line.
    pub fn text(&self, at: Span) -> String {
        let text = self
            .source
            .get(at.start as usize..at.end as usize)
            .unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Longest way down an expression may have.
pub(super) const MAX_HEIGHT: u16 = 64;

impl Ex {
    pub fn new(kind: Kind, at: Span) -> Self {
        let mut height = 0;
        each_child(&kind, &mut |child| height = height.max(child.height));
        Self {
            kind,
            at,
            height: height.saturating_add(1),
        }
    }
    /// Names, fields and indexes only: something that can be a live place.
    pub fn is_path(&self) -> bool {
        match &self.kind {
            Kind::Name(..) | Kind::Find(_) => true,
            Kind::Field(base, _) | Kind::Index(base, _) => base.is_path(),
            Kind::Lit(_)
            | Kind::Template(_)
            | Kind::Not(_)
            | Kind::Neg(_)
            | Kind::Bin(..)
            | Kind::And(..)
            | Kind::Or(..)
            | Kind::Else(..)
            | Kind::Cond(_)
            | Kind::List(_)
            | Kind::Map(_)
            | Kind::Comp(_)
            | Kind::Call(..) => false,
        }
    }
}

/// Visits the expressions directly inside one.
pub(super) fn each_child<'a>(kind: &'a Kind, visit: &mut dyn FnMut(&'a Ex)) {
    match kind {
        Kind::Lit(_) | Kind::Name(..) => {}
        Kind::Template(parts) => {
            for part in parts {
                if let Part::Ex(ex) = part {
                    visit(ex);
                }
            }
        }
        Kind::Field(a, _) | Kind::Not(a) | Kind::Neg(a) => visit(a),
        Kind::Index(a, b)
        | Kind::Bin(_, a, b)
        | Kind::And(a, b)
        | Kind::Or(a, b)
        | Kind::Else(a, b) => {
            visit(a);
            visit(b);
        }
        Kind::Cond(three) => {
            visit(&three.0);
            visit(&three.1);
            visit(&three.2);
        }
        Kind::List(items) => items.iter().for_each(visit),
        Kind::Map(items) => {
            for (k, v) in items {
                visit(k);
                visit(v);
            }
        }
        Kind::Comp(comp) => {
            visit(&comp.each.over);
            if let Some(cond) = &comp.each.cond {
                visit(cond);
            }
            if let Some(key) = &comp.key {
                visit(key);
            }
            visit(&comp.value);
        }
        Kind::Find(find) => {
            visit(&find.over);
            if let Some(cond) = &find.cond {
                visit(cond);
            }
        }
        Kind::Call(_, args, named) => {
            for arg in args {
                visit(arg);
            }
            for (_, arg) in named {
                visit(arg);
            }
        }
    }
}
