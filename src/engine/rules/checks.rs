//! Invariants and policy checks: which of them a write can have broken, and
//! running those, row by row where their loop says so.

use super::ast::{Def, DefKind, Ex, Kind, Loop, Ref, Stmt, StmtKind};
use super::explain;
use super::place::{Key, Link, Place, Val};
use super::run::{Run, Stop};
use super::statics::{self, meets};
use super::{Broken, Env, FailureKind, Inner};
use crate::engine::world::{Node, Path, Pattern};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Broken rows told of one check.
const MAX_ROWS: usize = 50;

/// How a check is run again after a write.
#[derive(Debug)]
pub(super) struct Plan {
    /// The definition's place among the program's.
    pub def: usize,
    /// Its loops over tables, where it is made of nothing else.
    rows: Option<Vec<Rows>>,
    /// All it reads.
    reads: BTreeSet<Pattern>,
}

#[derive(Debug)]
struct Rows {
    table: Path,
    /// What it reads beside its row.
    outside: BTreeSet<Pattern>,
}

/// Plans a check.
pub(super) fn plan(program: &Inner, at: usize, def: &Def) -> Plan {
    let rows = def
        .body
        .iter()
        .map(|stmt| match &stmt.kind {
            StmtKind::Each(each, body) => {
                let table = table(&each.over)?;
                let outside = statics::of_row(program, def, each, body).outside;
                Some(Rows { table, outside })
            }
            _ => None,
        })
        .collect::<Option<Vec<_>>>();
    Plan {
        def: at,
        rows,
        reads: statics::of(program, def).reads,
    }
}

/// The path of a table named without computing.
fn table(ex: &Ex) -> Option<Path> {
    match &ex.kind {
        Kind::Name(name, Ref::Free) => Some(Path::root().join(name.clone())),
        Kind::Field(base, name) => Some(table(base)?.join(name.clone())),
        Kind::Index(base, index) => match &index.kind {
            Kind::Lit(Node::Str(name)) => Some(table(base)?.join(name.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// Runs a check over `env.world` as far as writes at `touched` concern it.
pub(super) fn run(
    program: &Inner,
    plan: &Plan,
    env: &Env<'_>,
    touched: Option<&[Path]>,
    out: &mut Vec<Broken>,
) {
    let Some(def) = program.defs.get(plan.def) else {
        return;
    };
    let Some(rows) = &plan.rows else {
        let concerned = touched.is_none_or(|touched| {
            touched
                .iter()
                .any(|t| plan.reads.iter().any(|p| meets(p, t)))
        });
        if concerned {
            whole(program, def, env, out);
        }
        return;
    };
    let mut state = Run::new(program, def, env);
    for (stmt, rows) in def.body.iter().zip(rows) {
        let StmtKind::Each(each, body) = &stmt.kind else {
            continue;
        };
        let keys = touched.and_then(|touched| touched_rows(rows, touched));
        if keys.as_ref().is_some_and(BTreeSet::is_empty) {
            continue;
        }
        each_row(&mut state, def, stmt, each, body, rows, keys.as_ref(), out);
    }
}

/// The rows that writes name; `None` where all must be looked at.
fn touched_rows(rows: &Rows, touched: &[Path]) -> Option<BTreeSet<Arc<str>>> {
    let mut keys = BTreeSet::new();
    for path in touched {
        if rows.outside.iter().any(|p| meets(p, path)) || path.covers(&rows.table) {
            return None;
        }
        if rows.table.covers(path) {
            keys.insert(path.0.get(rows.table.0.len())?.clone());
        }
    }
    Some(keys)
}

#[allow(
    clippy::too_many_arguments,
    reason = "one caller; a struct would say no more"
)]
fn each_row<'p>(
    state: &mut Run<'p>,
    def: &'p Def,
    stmt: &'p Stmt,
    each: &'p Loop,
    body: &'p [Stmt],
    rows: &Rows,
    keys: Option<&BTreeSet<Arc<str>>>,
    out: &mut Vec<Broken>,
) {
    let Some(table) = rows.table.find(&state.world).cloned() else {
        return;
    };
    let mut link: Option<Rc<Link>> = None;
    for key in &rows.table.0 {
        link = Some(Rc::new(Link {
            parent: link,
            key: Key::Name(key.clone()),
        }));
    }
    let mut told = 0;
    let mut row = |state: &mut Run<'p>, key: Key, name: Node, node: &Node| -> bool {
        state.frame(def);
        state.stmt = Some(stmt);
        if let Some(var) = &each.key {
            state.bind(var.slot, Val::Value(name));
        }
        let at = rows.table.join(key.text());
        let version = state.version;
        state.bind(
            each.var.slot,
            Val::Place(Place {
                parent: link.clone(),
                key,
                node: Some(node.clone()),
                version,
            }),
        );
        if let Err(stop) = state.block(body) {
            let left = state.left;
            out.push(broken(state, def, *stop, Some(at)));
            state.left = left;
            told += 1;
        }
        told < MAX_ROWS && state.left > 0
    };
    match &table {
        Node::Map(map) => match keys {
            Some(keys) => {
                for key in keys {
                    if let Some(node) = map.get(key)
                        && !row(state, Key::Name(key.clone()), Node::Str(key.clone()), node)
                    {
                        break;
                    }
                }
            }
            None => {
                for (key, node) in map {
                    if !row(state, Key::Name(key.clone()), Node::Str(key.clone()), node) {
                        break;
                    }
                }
            }
        },
        Node::List(list) => {
            let wanted: Option<BTreeSet<usize>> =
                keys.and_then(|keys| keys.iter().map(|k| k.parse().ok()).collect());
            for (at, node) in list.iter().enumerate() {
                if wanted.as_ref().is_some_and(|w| !w.contains(&at)) {
                    continue;
                }
                if !row(state, Key::At(at), Node::Int(at as i64), node) {
                    break;
                }
            }
        }
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
            state.frame(def);
            state.stmt = Some(stmt);
            let stop = Stop::broken(format!("`{}` is no table", rows.table));
            out.push(broken(state, def, *stop, None));
        }
    }
}

/// Runs a check from its first line.
pub(super) fn whole(program: &Inner, def: &Def, env: &Env<'_>, out: &mut Vec<Broken>) {
    let mut state = Run::new(program, def, env);
    state.frame(def);
    if let Err(stop) = state.block(&def.body) {
        out.push(broken(&mut state, def, *stop, None));
    }
}

fn broken(state: &mut Run<'_>, def: &Def, stop: Stop, at: Option<Path>) -> Broken {
    let message = match stop.kind {
        FailureKind::Refused => stop.message,
        FailureKind::Broken | FailureKind::Budget => {
            let what = match def.kind {
                DefKind::Policy => "policy",
                DefKind::Tool
                | DefKind::Proc
                | DefKind::Invariant
                | DefKind::After
                | DefKind::Expr => "invariant",
            };
            format!("the {what} could not be checked: {}", stop.message)
        }
    };
    Broken {
        name: def.name.to_string(),
        message,
        at,
        explain: explain::explain(state),
    }
}
