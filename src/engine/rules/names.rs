//! What a tool's header says of it, and the meaning errors of names that need
//! the world: unknown ones, and those that hide a table.

use super::ast::{Def, DefKind};
use super::lexer::Span;
use super::near::nearest;
use super::{Inner, ToolSig, statics};
use crate::engine::problem::Problem;
use crate::engine::world::Node;
use std::sync::Arc;

/// A tool's signature.
pub(super) fn sig(program: &Inner, def: &Def) -> ToolSig {
    let sets = statics::of(program, def);
    ToolSig {
        name: def.name.to_string(),
        file: def.file.to_string(),
        line: def.at.line,
        doc: def.doc.clone(),
        parameters: def.schema.clone(),
        uses: def.free.iter().map(|(name, _)| name.to_string()).collect(),
        reads: sets.reads.into_iter().collect(),
        writes: sets.writes.into_iter().collect(),
    }
}

/// The names of one definition.
pub(super) fn check(
    def: &Def,
    world: &Node,
    params: &dyn Fn(&str) -> Vec<String>,
    problems: &mut Vec<Problem>,
) {
    let args: Vec<String> = match def.kind {
        DefKind::Tool if def.listed => Vec::new(),
        DefKind::Tool => params(&def.name),
        DefKind::Policy => def.on.iter().flat_map(|(tool, _)| params(tool)).collect(),
        DefKind::Proc | DefKind::Invariant | DefKind::After | DefKind::Expr => Vec::new(),
    };
    for (name, at) in &def.free {
        let table = world.child(name).is_some();
        let argument = args.iter().any(|a| **a == **name);
        if argument && table {
            problems.push(hides(def, name, *at, "this argument"));
        } else if !argument && !table {
            problems.push(unknown(def, name, *at, world, &args));
        }
    }
    for (name, at) in &def.bound {
        if world.child(name).is_some() {
            problems.push(hides(def, name, *at, "this name"));
        }
    }
}

fn hides(def: &Def, name: &str, at: Span, what: &str) -> Problem {
    Problem::error(
        &def.file,
        at.line,
        at.col,
        format!("{what} hides the table `{name}`"),
    )
    .help("choose another name")
}

fn unknown(def: &Def, name: &Arc<str>, at: Span, world: &Node, args: &[String]) -> Problem {
    let mut known: Vec<&str> = args.iter().map(String::as_str).collect();
    if let Node::Map(tables) = world {
        known.extend(tables.keys().take(200).map(|k| &**k));
    }
    known.extend(def.bound.iter().map(|(n, _)| &**n));
    let help = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if def.bound.iter().any(|(n, _)| n == name) => {
            String::from("it is bound further down, or in another block")
        }
        None => {
            let mut tables: Vec<&str> = known;
            tables.truncate(12);
            format!("known here: {}", tables.join(", "))
        }
    };
    let problem = Problem::error(
        &def.file,
        at.line,
        at.col,
        format!("`{name}` is no local, argument or table"),
    );
    if help.ends_with(": ") {
        problem
    } else {
        problem.help(help)
    }
}
