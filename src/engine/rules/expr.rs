//! Single expressions (assertions, bindings) and texts with expressions in
//! braces, outside of any rules file.

use super::ast::{Def, DefKind, Ex, Stmt, StmtKind};
use super::lex_text;
use super::lexer::{self, Begin, Piece, Span};
use super::parser::Parser;
use super::run::Run;
use super::{Env, Failure, Inner, explain, resolve, statics};
use crate::engine::problem::Problem;
use crate::engine::world::{Node, Pattern};
use std::sync::Arc;

/// An expression as a definition of its own.
#[derive(Debug)]
struct Single {
    def: Def,
    program: Inner,
}

impl Single {
    fn new(file: &str, source: &str, ex: Ex) -> Result<Self, Vec<Problem>> {
        let at = ex.at;
        let mut def = Def {
            kind: DefKind::Expr,
            name: "expression".into(),
            file: file.into(),
            source: source.into(),
            at,
            doc: String::new(),
            listed: false,
            params: Vec::new(),
            schema: None,
            on: Vec::new(),
            body: vec![Stmt {
                kind: StmtKind::Return(Some(ex)),
                at,
            }],
            slots: 0,
            free: Vec::new(),
            bound: Vec::new(),
        };
        let mut problems = Vec::new();
        resolve::def(&mut def, &mut problems);
        if problems.is_empty() {
            Ok(Self {
                def,
                program: Inner::default(),
            })
        } else {
            Err(problems)
        }
    }

    fn eval(&self, env: &Env<'_>, locals: &[(&str, &Node)]) -> Result<Node, Failure> {
        let mut run = Run::new(&self.program, &self.def, env);
        run.locals = locals;
        match run.start(&self.def) {
            Ok(node) => Ok(node),
            Err(stop) => Err(explain::failure(&mut run, *stop)),
        }
    }

    fn reads(&self) -> Vec<Pattern> {
        statics::of(&self.program, &self.def)
            .reads
            .into_iter()
            .collect()
    }

    fn unknown(&self, world: &Node, locals: &[&str]) -> Vec<String> {
        self.def
            .free
            .iter()
            .filter(|(name, _)| !locals.contains(&&**name) && world.child(name).is_none())
            .map(|(name, _)| name.to_string())
            .collect()
    }
}

/// A single expression with the places it reads (assertions, bindings).
#[derive(Clone, Debug)]
pub struct Expr {
    source: Arc<str>,
    inner: Arc<Single>,
}

impl Expr {
    /// Parses one expression that stands at `line`, `column` of `file`.
    ///
    /// # Errors
    /// Every problem of the text, placed in the file.
    pub fn parse(file: &str, line: u32, column: u32, text: &str) -> Result<Self, Vec<Problem>> {
        let begin = Begin {
            line,
            col: column,
            base: 0,
        };
        let (tokens, problems) = lexer::expression(file, text, &begin);
        let mut parser = Parser::new(file, text, &tokens);
        parser.problems = problems;
        let ex = parser.only_expr();
        let problems = parser.problems;
        match ex {
            Ok(ex) if problems.is_empty() => Ok(Self {
                source: text.into(),
                inner: Arc::new(Single::new(file, text, ex)?),
            }),
            _ => Err(problems),
        }
    }
    /// As written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
    /// The places it reads. A name that is a local stands there as a table.
    #[must_use]
    pub fn reads(&self) -> Vec<Pattern> {
        self.inner.reads()
    }
    /// Free names: neither `locals` nor a table of `world`.
    #[must_use]
    pub fn unknown(&self, world: &Node, locals: &[&str]) -> Vec<String> {
        self.inner.unknown(world, locals)
    }
    /// Its value; `locals` come before the world's tables, those before `env.args`.
    ///
    /// # Errors
    /// Where it cannot be evaluated (a missing field, wrong types, budget).
    pub fn eval(&self, env: &Env<'_>, locals: &[(&str, &Node)]) -> Result<Node, Failure> {
        self.inner.eval(env, locals)
    }
}

/// A text with expressions in braces, such as `Order {order.id}`. A text that
/// is exactly one expression keeps the type of its value.
#[derive(Clone, Debug)]
pub struct Template {
    source: Arc<str>,
    exprs: Vec<Expr>,
    inner: Arc<Single>,
}

impl Template {
    /// Parses a text that stands at `line`, `column` of `file`. `\{` is a brace.
    ///
    /// # Errors
    /// Every problem of the text, placed in the file.
    pub fn parse(file: &str, line: u32, column: u32, text: &str) -> Result<Self, Vec<Problem>> {
        let begin = Begin {
            line,
            col: column,
            base: 0,
        };
        let (pieces, problems) = lex_text::template(file, text, &begin);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut exprs = Vec::new();
        let mut problems = Vec::new();
        for piece in &pieces {
            if let Piece::Code { text, at } = piece {
                match Expr::parse(file, at.line, at.col, text) {
                    Ok(expr) => exprs.push(expr),
                    Err(mut wrong) => problems.append(&mut wrong),
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if let ([Piece::Code { .. }], [one]) = (pieces.as_slice(), exprs.as_slice()) {
            return Ok(Self {
                source: text.into(),
                inner: one.inner.clone(),
                exprs,
            });
        }
        let at = Span {
            line,
            col: column,
            start: 0,
            end: text.len() as u32,
        };
        let mut parser = Parser::new(file, text, &[]);
        let ex = parser.text(&pieces, at);
        match ex {
            Ok(ex) => Ok(Self {
                source: text.into(),
                exprs,
                inner: Arc::new(Single::new(file, text, ex)?),
            }),
            Err(_) => Err(parser.problems),
        }
    }
    /// As written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
    /// The expressions in it, in order.
    #[must_use]
    pub fn exprs(&self) -> &[Expr] {
        &self.exprs
    }
    /// Whether there is nothing to fill in.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.exprs.is_empty()
    }
    /// Free names: neither `locals` nor a table of `world`.
    #[must_use]
    pub fn unknown(&self, world: &Node, locals: &[&str]) -> Vec<String> {
        self.inner.unknown(world, locals)
    }
    /// The text with its values; the value itself where the text is exactly
    /// one expression.
    ///
    /// # Errors
    /// Where an expression cannot be evaluated.
    pub fn fill(&self, env: &Env<'_>, locals: &[(&str, &Node)]) -> Result<Node, Failure> {
        self.inner.eval(env, locals)
    }
}

/// Parses and fills a text at once (see [`Template`]).
///
/// # Errors
/// One sentence: what does not parse, or cannot be evaluated.
pub fn fill_template(text: &str, env: &Env<'_>, locals: &[(&str, &Node)]) -> Result<Node, String> {
    if !text.contains(['{', '\\']) {
        return Ok(Node::str(text));
    }
    let template = Template::parse("", 0, 0, text).map_err(|problems| {
        let what: Vec<String> = problems.into_iter().map(|p| p.what).collect();
        format!("`{text}`: {}", what.join("; "))
    })?;
    template
        .fill(env, locals)
        .map_err(|failure| format!("`{text}`: {}", failure.message))
}

/// The expressions in a text, in order.
///
/// # Errors
/// Every problem of the text, as of one that stands at line 1.
pub fn template_exprs(text: &str) -> Result<Vec<Expr>, Vec<Problem>> {
    Template::parse("", 1, 1, text).map(|t| t.exprs)
}
