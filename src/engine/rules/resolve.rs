//! Gives every name its slot, once, and finds what is wrong with names:
//! shadowing, procedures that are missing or call themselves, statements that
//! do not belong in a definition.

use super::ast::{Call, Def, DefKind, Ex, Kind, Loop, Part, Ref, Refusal, Stmt, StmtKind, Var};
use super::lexer::Span;
use super::near::nearest;
use crate::engine::problem::Problem;
use std::collections::HashMap;
use std::sync::Arc;

/// Resolves one definition.
pub(super) fn def(def: &mut Def, problems: &mut Vec<Problem>) {
    let mut body = std::mem::take(&mut def.body);
    let mut names = Names {
        file: &def.file,
        kind: def.kind,
        params: def.params.len() as u32,
        scope: def
            .params
            .iter()
            .map(|p| (p.name.clone(), p.slot))
            .collect(),
        slots: def.params.len() as u32,
        free: Vec::new(),
        bound: def.params.iter().map(|p| (p.name.clone(), p.at)).collect(),
        problems,
    };
    names.block(&mut body);
    let (slots, free, bound) = (names.slots, names.free, names.bound);
    def.body = body;
    def.slots = slots;
    def.free = free;
    def.bound = bound;
}

struct Names<'a> {
    file: &'a str,
    kind: DefKind,
    params: u32,
    scope: Vec<(Arc<str>, u32)>,
    slots: u32,
    free: Vec<(Arc<str>, Span)>,
    bound: Vec<(Arc<str>, Span)>,
    problems: &'a mut Vec<Problem>,
}

impl Names<'_> {
    fn wrong(&mut self, at: Span, what: impl Into<String>, help: impl Into<String>) {
        self.problems
            .push(Problem::error(self.file, at.line, at.col, what).help(help));
    }

    fn bind(&mut self, var: &mut Var) {
        if self.scope.iter().any(|(n, _)| *n == var.name) {
            self.wrong(
                var.at,
                format!("`{}` already means something here", var.name),
                "choose another name (`set` changes a local that is there)",
            );
        }
        var.slot = self.slots;
        self.slots += 1;
        self.scope.push((var.name.clone(), var.slot));
        self.bound.push((var.name.clone(), var.at));
    }

    fn block(&mut self, stmts: &mut [Stmt]) {
        let mark = self.scope.len();
        let mut ended = false;
        for stmt in stmts {
            if std::mem::take(&mut ended) {
                let at = stmt.at;
                self.problems.push(
                    Problem::warning(self.file, at.line, at.col, "this line is never reached")
                        .help("the line above ends the block"),
                );
            }
            ended = matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Fail(_));
            self.stmt(stmt);
        }
        self.scope.truncate(mark);
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        let at = stmt.at;
        match &mut stmt.kind {
            StmtKind::Let(var, value, refusal) => {
                self.ex(value);
                self.refusal(refusal.as_mut());
                self.bind(var);
            }
            StmtKind::LetCall(var, call) => {
                self.writes(at, "call");
                self.call(call);
                self.bind(var);
            }
            StmtKind::Need(cond, refusal) => {
                self.ex(cond);
                self.refusal(refusal.as_mut());
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
                let mark = self.scope.len();
                self.head(each);
                self.block(body);
                self.scope.truncate(mark);
            }
            StmtKind::Set(place, value) => {
                self.ex(value);
                self.target(place, "set");
            }
            StmtKind::Push(place, value) => {
                self.ex(value);
                self.target(place, "push");
            }
            StmtKind::Del(place) => self.target(place, "del"),
            StmtKind::Call(call) => {
                self.writes(at, "call");
                self.call(call);
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.ex(value);
                }
            }
        }
    }

    fn call(&mut self, call: &mut Call) {
        for arg in &mut call.args {
            self.ex(arg);
        }
    }

    /// Checks may look, not touch.
    fn writes(&mut self, at: Span, word: &str) {
        let what = match self.kind {
            DefKind::Invariant => "an invariant",
            DefKind::Policy => "a policy",
            DefKind::Tool | DefKind::Proc | DefKind::After | DefKind::Expr => return,
        };
        self.wrong(
            at,
            format!("`{word}` in {what}"),
            format!("{what} only looks: let, need, fail, if, each, return"),
        );
    }

    fn target(&mut self, place: &mut Ex, word: &str) {
        self.ex(place);
        let at = place.at;
        let mut root = &*place;
        while let Kind::Field(base, _) | Kind::Index(base, _) = &root.kind {
            root = base;
        }
        match &root.kind {
            Kind::Name(name, Ref::Local(slot))
                if self.kind == DefKind::Tool && *slot < self.params =>
            {
                let name = name.clone();
                self.wrong(
                    at,
                    format!("`{name}` is an argument and cannot be changed"),
                    "take a copy: `let NAME = …`",
                );
            }
            Kind::Name(_, Ref::Local(_)) => {}
            _ => self.writes(at, word),
        }
    }

    fn refusal(&mut self, refusal: Option<&mut Refusal>) {
        if let Some(refusal) = refusal {
            self.ex(&mut refusal.text);
        }
    }

    fn head(&mut self, each: &mut Loop) {
        self.ex(&mut each.over);
        if let Some(key) = &mut each.key {
            self.bind(key);
        }
        self.bind(&mut each.var);
        if let Some(cond) = &mut each.cond {
            self.ex(cond);
        }
    }

    fn ex(&mut self, ex: &mut Ex) {
        let at = ex.at;
        match &mut ex.kind {
            Kind::Lit(_) => {}
            Kind::Name(name, which) => {
                if let Some((_, slot)) = self.scope.iter().rev().find(|(n, _)| n == name) {
                    *which = Ref::Local(*slot);
                } else {
                    *which = Ref::Free;
                    if !self.free.iter().any(|(n, _)| n == name) {
                        self.free.push((name.clone(), at));
                    }
                }
            }
            Kind::Template(parts) => {
                for part in parts {
                    if let Part::Ex(ex) = part {
                        self.ex(ex);
                    }
                }
            }
            Kind::Field(a, _) | Kind::Not(a) | Kind::Neg(a) => self.ex(a),
            Kind::Index(a, b)
            | Kind::Bin(_, a, b)
            | Kind::And(a, b)
            | Kind::Or(a, b)
            | Kind::Else(a, b) => {
                self.ex(a);
                self.ex(b);
            }
            Kind::Cond(three) => {
                self.ex(&mut three.0);
                self.ex(&mut three.1);
                self.ex(&mut three.2);
            }
            Kind::List(items) => items.iter_mut().for_each(|i| self.ex(i)),
            Kind::Map(items) => {
                for (key, value) in items {
                    self.ex(key);
                    self.ex(value);
                }
            }
            Kind::Comp(comp) => {
                let mark = self.scope.len();
                self.head(&mut comp.each);
                if let Some(key) = &mut comp.key {
                    self.ex(key);
                }
                self.ex(&mut comp.value);
                self.scope.truncate(mark);
            }
            Kind::Find(find) => {
                let mark = self.scope.len();
                self.head(find);
                self.scope.truncate(mark);
            }
            Kind::Call(_, args, named) => {
                for arg in args {
                    self.ex(arg);
                }
                for (_, arg) in named {
                    self.ex(arg);
                }
            }
        }
    }
}

/// Links calls to procedures over all files; finds names given twice and
/// procedures that come back to themselves.
pub(super) fn link(defs: &mut [Def], problems: &mut Vec<Problem>) {
    let mut procs: HashMap<Arc<str>, usize> = HashMap::new();
    let mut seen: HashMap<(u8, Arc<str>), (Arc<str>, u32)> = HashMap::new();
    for (at, def) in defs.iter().enumerate() {
        if def.kind == DefKind::After {
            continue;
        }
        if def.kind == DefKind::Proc {
            procs.entry(def.name.clone()).or_insert(at);
        }
        let kind = match def.kind {
            DefKind::Tool => 0,
            DefKind::Proc => 1,
            DefKind::Invariant => 2,
            DefKind::Policy | DefKind::After | DefKind::Expr => 3,
        };
        let place = (def.file.clone(), def.at.line);
        if let Some((file, line)) = seen.insert((kind, def.name.clone()), place) {
            problems.push(
                Problem::error(
                    &def.file,
                    def.at.line,
                    def.at.col,
                    format!("a second definition of `{}`", def.name),
                )
                .help(format!("the first is at {file}:{line}")),
            );
        }
    }
    let arity: Vec<usize> = defs.iter().map(|d| d.params.len()).collect();
    let mut edges: Vec<Vec<(usize, Span)>> = Vec::new();
    for def in defs.iter_mut() {
        let mut out = Vec::new();
        let (file, mut body) = (def.file.clone(), std::mem::take(&mut def.body));
        each_call(&mut body, &mut |call| {
            let Some(at) = procs.get(&call.name).copied() else {
                let known: Vec<&str> = procs.keys().map(|k| &**k).collect();
                let help = nearest(&call.name, &known).map_or_else(
                    || String::from("define it: `proc NAME(…):`"),
                    |n| format!("did you mean `{n}`?"),
                );
                let what = format!("there is no proc `{}`", call.name);
                problems.push(Problem::error(&file, call.at.line, call.at.col, what).help(help));
                return;
            };
            let wanted = arity.get(at).copied().unwrap_or(0);
            if wanted != call.args.len() {
                let what = format!(
                    "`{}` takes {wanted} values, not {}",
                    call.name,
                    call.args.len()
                );
                problems.push(Problem::error(&file, call.at.line, call.at.col, what));
            }
            call.proc = Some(at);
            out.push((at, call.at));
        });
        def.body = body;
        edges.push(out);
    }
    for (at, def) in defs.iter_mut().enumerate() {
        let Some(span) = comes_back(at, &edges) else {
            continue;
        };
        let what = format!("`{}` calls itself, directly or through others", def.name);
        problems.push(
            Problem::error(&def.file, span.line, span.col, what)
                .help("procedures do not recurse: go over the data with `each`"),
        );
        each_call(&mut def.body, &mut |call| call.proc = None);
    }
}

/// The call by which a definition comes back to itself.
fn comes_back(of: usize, edges: &[Vec<(usize, Span)>]) -> Option<Span> {
    for (first, span) in edges.get(of)? {
        let mut seen = vec![false; edges.len()];
        let mut todo = vec![*first];
        while let Some(at) = todo.pop() {
            if at == of {
                return Some(*span);
            }
            if seen.get(at).copied().unwrap_or(true) {
                continue;
            }
            if let Some(mark) = seen.get_mut(at) {
                *mark = true;
            }
            todo.extend(edges.get(at).into_iter().flatten().map(|(next, _)| *next));
        }
    }
    None
}

fn each_call(stmts: &mut [Stmt], visit: &mut dyn FnMut(&mut Call)) {
    for stmt in stmts {
        match &mut stmt.kind {
            StmtKind::LetCall(_, call) | StmtKind::Call(call) => visit(call),
            StmtKind::If(arms, other) => {
                for (_, block) in arms {
                    each_call(block, visit);
                }
                each_call(other, visit);
            }
            StmtKind::Each(_, block) => each_call(block, visit),
            StmtKind::Let(..)
            | StmtKind::Need(..)
            | StmtKind::Fail(_)
            | StmtKind::Set(..)
            | StmtKind::Push(..)
            | StmtKind::Del(_)
            | StmtKind::Return(_) => {}
        }
    }
}
