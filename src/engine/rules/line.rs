//! The statements that a tool runs, as they are written: which of them wrote a
//! value, and what its names stand for.

use super::Inner;
use super::ast::{Def, Stmt, StmtKind};
use serde::Serialize;

/// A statement that a tool can come to, in its own body, in the procedures that
/// it calls or in what runs after every call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Rules file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// As written, on one line.
    pub text: String,
    /// What it does to the flow of values.
    pub kind: StatementKind,
}

/// What a statement does to the flow of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// It gives a value a name.
    Names,
    /// It writes to the world.
    Writes,
    /// It returns a value.
    Returns,
    /// Anything else.
    Other,
}

/// All of a tool's statements, its own first.
pub(super) fn statements(program: &Inner, tool: &str) -> Vec<Statement> {
    let mut todo: Vec<usize> = program.tools.get(tool).copied().into_iter().collect();
    todo.extend(&program.afters);
    let mut seen = std::collections::HashSet::new();
    let mut out = Vec::new();
    let mut next = 0;
    while let Some(at) = todo.get(next).copied() {
        next += 1;
        let Some(def) = program.defs.get(at).filter(|_| seen.insert(at)) else {
            continue;
        };
        let mut calls = Vec::new();
        block(def, &def.body, &mut out, &mut calls);
        // What it calls comes before what runs after it.
        todo.splice(next..next, calls);
    }
    out
}

fn block(def: &Def, body: &[Stmt], out: &mut Vec<Statement>, calls: &mut Vec<usize>) {
    for stmt in body {
        let kind = match &stmt.kind {
            StmtKind::Let(..) => StatementKind::Names,
            StmtKind::LetCall(_, call) => {
                calls.extend(call.proc);
                StatementKind::Names
            }
            StmtKind::Call(call) => {
                calls.extend(call.proc);
                StatementKind::Other
            }
            StmtKind::Set(..) | StmtKind::Push(..) | StmtKind::Del(_) => StatementKind::Writes,
            StmtKind::Return(_) => StatementKind::Returns,
            StmtKind::Need(..) | StmtKind::Fail(_) | StmtKind::If(..) | StmtKind::Each(..) => {
                StatementKind::Other
            }
        };
        out.push(Statement {
            file: def.file.to_string(),
            line: stmt.at.line,
            text: def.text(stmt.at),
            kind,
        });
        match &stmt.kind {
            StmtKind::If(arms, otherwise) => {
                for (_, body) in arms {
                    block(def, body, out, calls);
                }
                block(def, otherwise, out, calls);
            }
            StmtKind::Each(_, body) => block(def, body, out, calls),
            StmtKind::Let(..)
            | StmtKind::LetCall(..)
            | StmtKind::Call(_)
            | StmtKind::Set(..)
            | StmtKind::Push(..)
            | StmtKind::Del(_)
            | StmtKind::Return(_)
            | StmtKind::Need(..)
            | StmtKind::Fail(_) => {}
        }
    }
}

/// What a statement gives a field: of `{value: round(a, 2), to: b}` for `value`
/// it is `round(a, 2)`; of `set x.y = a + b` what stands behind `=`. The whole
/// statement where neither is there.
#[must_use]
pub fn gives<'a>(statement: &'a str, field: &str) -> &'a str {
    let named = statement.match_indices(field).find_map(|(at, _)| {
        let before = statement.get(..at)?.chars().next_back();
        let rest = statement.get(at + field.len()..)?;
        let rest = rest.strip_prefix('"').unwrap_or(rest).trim_start();
        let starts = before.is_some_and(|c| matches!(c, '{' | ',' | ' ' | '"'));
        rest.strip_prefix(':').filter(|_| starts)
    });
    if let Some(rest) = named {
        let mut depth = 0_i32;
        let mut quoted = false;
        let end = rest.char_indices().find(|(_, c)| {
            match c {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            !quoted && (depth < 0 || depth == 0 && *c == ',')
        });
        return rest
            .get(..end.map_or(rest.len(), |(at, _)| at))
            .unwrap_or(rest)
            .trim();
    }
    statement
        .split_once(" = ")
        .map_or(statement, |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::gives;

    #[test]
    fn the_part_of_a_statement_that_gives_a_field() {
        let text = r#"set a[b] = {id: b, value: round(i.price * i.n, 2), note: "x: y, z", to: c}"#;
        assert_eq!(gives(text, "value"), "round(i.price * i.n, 2)");
        assert_eq!(gives(text, "note"), r#""x: y, z""#);
        assert_eq!(gives(text, "to"), "c");
        assert_eq!(gives("set x.y = a + b", "y"), "a + b");
        assert_eq!(gives("return order", "status"), "return order");
    }
}
