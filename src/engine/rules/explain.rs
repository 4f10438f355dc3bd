//! Says which statement decided and what it saw: the paths in it with the
//! values that they have at that moment.

use super::ast::{Ex, Kind, Op, Stmt, StmtKind, each_child};
use super::run::{Run, Stop};
use super::{Explain, Failure};
use crate::engine::world::Node;

/// Values told at most.
const MAX_SAW: usize = 12;
/// Steps that looking again may take.
const BUDGET: u64 = 20_000;

/// A stopped run as a failure, explained.
pub(super) fn failure(run: &mut Run<'_>, stop: Stop) -> Failure {
    Failure {
        kind: stop.kind,
        code: stop.code,
        message: stop.message,
        explain: explain(run),
    }
}

/// The statement that the run stands at.
pub(super) fn explain(run: &mut Run<'_>) -> Explain {
    let def = run.def;
    let Some(stmt) = run.stmt else {
        return Explain {
            file: def.file.to_string(),
            line: def.at.line,
            statement: def.text(def.at),
            saw: Vec::new(),
        };
    };
    run.left = BUDGET;
    run.reads = None;
    let mut saw = Vec::new();
    each_top(stmt, &mut |ex| look(run, ex, &mut saw));
    Explain {
        file: def.file.to_string(),
        line: stmt.at.line,
        statement: def.text(stmt.at),
        saw,
    }
}

/// The expressions of a statement that decide; not those of its block.
fn each_top<'p>(stmt: &'p Stmt, visit: &mut dyn FnMut(&'p Ex)) {
    match &stmt.kind {
        StmtKind::Let(_, value, refusal) => {
            visit(value);
            if let Some(refusal) = refusal {
                visit(&refusal.text);
            }
        }
        StmtKind::Need(cond, refusal) => {
            visit(cond);
            if let Some(refusal) = refusal {
                visit(&refusal.text);
            }
        }
        StmtKind::Fail(refusal) => visit(&refusal.text),
        StmtKind::If(arms, _) => arms.iter().for_each(|(cond, _)| visit(cond)),
        StmtKind::Each(each, _) => visit(&each.over),
        StmtKind::Set(place, value) | StmtKind::Push(place, value) => {
            visit(value);
            visit(place);
        }
        StmtKind::Del(place) => visit(place),
        StmtKind::LetCall(_, call) | StmtKind::Call(call) => call.args.iter().for_each(visit),
        StmtKind::Return(value) => {
            if let Some(value) = value {
                visit(value);
            }
        }
    }
}

fn look<'p>(run: &mut Run<'p>, ex: &'p Ex, saw: &mut Vec<(String, Node)>) {
    if saw.len() >= MAX_SAW {
        return;
    }
    match &ex.kind {
        Kind::Name(..) | Kind::Field(..) | Kind::Index(..) => {
            if let Ok(Some(node)) = run.optional(ex) {
                note(run, ex, node, saw);
            } else if let Kind::Field(base, _) | Kind::Index(base, _) = &ex.kind {
                look(run, base, saw);
            }
            keys(run, ex, saw);
            return;
        }
        Kind::Bin(Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, a, b) => {
            for side in [a, b] {
                // A computed side is told as a whole, then what it is made of.
                let computed = matches!(side.kind, Kind::Call(..) | Kind::Bin(..) | Kind::Cond(_));
                if computed && let Ok(node) = run.eval(side) {
                    note(run, side, node, saw);
                }
            }
        }
        _ => {}
    }
    each_child(&ex.kind, &mut |child| look(run, child, saw));
}

/// The computed keys inside a path.
fn keys<'p>(run: &mut Run<'p>, ex: &'p Ex, saw: &mut Vec<(String, Node)>) {
    match &ex.kind {
        Kind::Field(base, _) => keys(run, base, saw),
        Kind::Index(base, index) => {
            keys(run, base, saw);
            look(run, index, saw);
        }
        _ => {}
    }
}

fn note(run: &Run<'_>, ex: &Ex, node: Node, saw: &mut Vec<(String, Node)>) {
    let text = run.def.text(ex.at);
    if saw.len() < MAX_SAW && !text.is_empty() && !saw.iter().any(|(t, _)| *t == text) {
        saw.push((text, node));
    }
}
