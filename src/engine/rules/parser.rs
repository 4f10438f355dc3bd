//! Tokens to definitions and statements. After a mistake it goes on with the
//! next line, so that all problems of a file come at once.

use super::ast::{Call, Def, Ex, Refusal, Stmt, StmtKind, Var};
use super::lexer::{self, Span, Tok, Token};
use super::near::nearest;
use crate::engine::problem::Problem;
use std::sync::Arc;

/// A problem was noted; the caller goes on elsewhere.
pub(super) struct Bad;
pub(super) type Parsed<T> = Result<T, Bad>;

pub(super) const STATEMENTS: [&str; 13] = [
    "let", "need", "fail", "if", "elif", "else", "each", "set", "push", "del", "call", "return",
    "pass",
];
pub(super) const DEFS: [&str; 5] = ["tool", "proc", "invariant", "policy", "after"];
/// Words that name nothing.
pub(super) const RESERVED: [&str; 23] = [
    "let", "need", "fail", "if", "elif", "else", "each", "set", "push", "del", "call", "return",
    "pass", "and", "or", "not", "in", "for", "find", "true", "false", "null", "is",
];

/// Blocks and brackets inside each other at most.
pub(super) const MAX_DEPTH: u32 = 48;

pub(super) struct Parser<'a> {
    pub file: Arc<str>,
    pub source: Arc<str>,
    tokens: &'a [Token],
    at: usize,
    pub depth: u32,
    pub problems: Vec<Problem>,
    /// Templates that this text is inside of.
    pub nest: u32,
}

/// Parses a whole file.
pub(super) fn file(name: &str, text: &str) -> (Vec<Def>, Vec<Problem>) {
    let (tokens, problems) = lexer::file(name, text);
    let mut parser = Parser::new(name, text, &tokens);
    parser.problems = problems;
    let defs = parser.defs();
    let mut problems = parser.problems;
    problems.sort_by_key(|p| (p.line, p.column));
    problems.dedup_by(|b, a| a.line == b.line && a.column == b.column);
    (defs, problems)
}

impl<'a> Parser<'a> {
    pub fn new(name: &str, source: &str, tokens: &'a [Token]) -> Self {
        Self {
            file: name.into(),
            source: source.into(),
            tokens,
            at: 0,
            depth: 0,
            problems: Vec::new(),
            nest: 0,
        }
    }

    // ---- tokens

    pub fn tok(&self) -> &'a Tok {
        self.ahead(0)
    }
    pub fn ahead(&self, n: usize) -> &'a Tok {
        self.tokens.get(self.at + n).map_or(&Tok::End, |t| &t.tok)
    }
    pub fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .or_else(|| self.tokens.last())
            .map_or(Span::default(), |t| t.at)
    }
    /// The span from `from` to the token before this one.
    pub fn since(&self, from: Span) -> Span {
        let end = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(from.end, |t| t.at.end);
        Span {
            end: end.max(from.end),
            ..from
        }
    }
    pub fn bump(&mut self) {
        if self.at < self.tokens.len() {
            self.at += 1;
        }
    }
    pub fn is(&self, sign: &str) -> bool {
        matches!(self.tok(), Tok::Sign(s) if *s == sign)
    }
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self.tok(), Tok::Word(w) if &**w == word)
    }
    pub fn eat(&mut self, sign: &str) -> bool {
        let yes = self.is(sign);
        if yes {
            self.bump();
        }
        yes
    }
    pub fn eat_word(&mut self, word: &str) -> bool {
        let yes = self.is_word(word);
        if yes {
            self.bump();
        }
        yes
    }
    pub fn wrong(&mut self, at: Span, what: impl Into<String>, help: impl Into<String>) -> Bad {
        self.problems
            .push(Problem::error(&self.file, at.line, at.col, what).help(help));
        Bad
    }
    /// What stands here, for people.
    pub fn found(&self) -> String {
        match self.tok() {
            Tok::Word(w) => format!("`{w}`"),
            Tok::Int(i) => format!("`{i}`"),
            Tok::Float(f) => format!("`{f}`"),
            Tok::Text(_) => String::from("a text"),
            Tok::Sign(s) => format!("`{s}`"),
            Tok::Doc(_) => String::from("a `##` line"),
            Tok::Newline => String::from("the end of the line"),
            Tok::Indent => String::from("a deeper line"),
            Tok::Dedent => String::from("the end of the block"),
            Tok::End => String::from("the end"),
        }
    }
    pub fn expect(&mut self, sign: &str, what_for: &str) -> Parsed<()> {
        if self.eat(sign) {
            return Ok(());
        }
        let found = self.found();
        Err(self.wrong(
            self.span(),
            format!("expected `{sign}`, found {found}"),
            what_for,
        ))
    }
    pub fn name(&mut self, what: &str) -> Parsed<(Arc<str>, Span)> {
        let at = self.span();
        match self.tok() {
            Tok::Word(w) if !RESERVED.contains(&&**w) => {
                self.bump();
                Ok((w.clone(), at))
            }
            Tok::Word(w) => {
                let what = format!("`{w}` is a word of the language and cannot be {what}");
                Err(self.wrong(at, what, "choose another name"))
            }
            Tok::Int(_)
            | Tok::Float(_)
            | Tok::Text(_)
            | Tok::Sign(_)
            | Tok::Doc(_)
            | Tok::Newline
            | Tok::Indent
            | Tok::Dedent
            | Tok::End => {
                let found = self.found();
                Err(self.wrong(at, format!("expected {what}, found {found}"), ""))
            }
        }
    }
    /// Skips the rest of the line, not a block under it.
    pub fn skip_line(&mut self) {
        while !matches!(
            self.tok(),
            Tok::Newline | Tok::End | Tok::Indent | Tok::Dedent
        ) {
            self.bump();
        }
        if matches!(self.tok(), Tok::Newline) {
            self.bump();
        }
    }

    // ---- blocks

    /// `:` and an indented block, or one statement on the same line.
    pub fn block(&mut self, of: &str) -> Vec<Stmt> {
        let mut out = Vec::new();
        let at = self.span();
        if !self.eat(":") {
            if matches!(self.tok(), Tok::Newline) {
                self.wrong(at, format!("`:` is missing at the end of {of}"), "add `:`");
            } else if self.is("=") {
                self.wrong(
                    at,
                    "`=` where `==` was meant",
                    "`==` compares; `set` stores",
                );
                self.skip_line();
            } else {
                let found = self.found();
                self.wrong(at, format!("expected `:` after {of}, found {found}"), "");
                self.skip_line();
            }
            if matches!(self.tok(), Tok::Newline) {
                self.bump();
            }
        } else if matches!(self.tok(), Tok::Newline) {
            self.bump();
        } else {
            match self.statement() {
                Ok(stmt) => {
                    if let StmtKind::If(..) | StmtKind::Each(..) = stmt.kind {
                        self.wrong(
                            stmt.at,
                            "only a simple statement may stand on the same line",
                            "put it on a line of its own, indented",
                        );
                    }
                    out.push(stmt);
                }
                Err(Bad) => self.skip_line(),
            }
            return out;
        }
        if matches!(self.tok(), Tok::Doc(_)) {
            self.bump();
        }
        if !matches!(self.tok(), Tok::Indent) {
            self.wrong(
                at,
                format!("{of} has no lines"),
                "indent its statements below it (`pass` does nothing)",
            );
            return out;
        }
        self.block_lines(&mut out);
        out
    }

    /// From `Indent` to its `Dedent`.
    pub fn block_lines(&mut self, out: &mut Vec<Stmt>) {
        self.bump();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.wrong(self.span(), "blocks are nested too deeply", "use a `proc`");
            let mut open = 1;
            while open > 0 && !matches!(self.tok(), Tok::End) {
                match self.tok() {
                    Tok::Indent => open += 1,
                    Tok::Dedent => open -= 1,
                    Tok::Word(_)
                    | Tok::Int(_)
                    | Tok::Float(_)
                    | Tok::Text(_)
                    | Tok::Sign(_)
                    | Tok::Doc(_)
                    | Tok::Newline
                    | Tok::End => {}
                }
                self.bump();
            }
            self.depth -= 1;
            return;
        }
        loop {
            match self.tok() {
                Tok::Dedent => {
                    self.bump();
                    break;
                }
                Tok::End => break,
                Tok::Newline | Tok::Doc(_) => self.bump(),
                Tok::Indent => {
                    self.wrong(
                        self.span(),
                        "this line is indented deeper than the one above",
                        "only the lines of a block are: is a `:` missing above?",
                    );
                    self.block_lines(out);
                }
                Tok::Word(w) if DEFS.contains(&&**w) && self.span().col == 1 => break,
                Tok::Word(_) | Tok::Int(_) | Tok::Float(_) | Tok::Text(_) | Tok::Sign(_) => {
                    if let Ok(stmt) = self.statement() {
                        out.push(stmt);
                    } else {
                        self.skip_line();
                        if matches!(self.tok(), Tok::Indent) {
                            let mut lost = Vec::new();
                            self.block_lines(&mut lost);
                        }
                    }
                }
            }
        }
        self.depth -= 1;
    }

    fn end_of_statement(&mut self) -> Parsed<()> {
        match self.tok() {
            Tok::Newline => {
                self.bump();
                Ok(())
            }
            Tok::End | Tok::Dedent => Ok(()),
            Tok::Sign("=") => Err(self.wrong(
                self.span(),
                "`=` where `==` was meant",
                "`==` compares; `set PLACE = VALUE` stores",
            )),
            _ => {
                let found = self.found();
                Err(self.wrong(
                    self.span(),
                    format!("expected the end of the line, found {found}"),
                    "one statement a line",
                ))
            }
        }
    }

    fn statement(&mut self) -> Parsed<Stmt> {
        let at = self.span();
        let Tok::Word(word) = self.tok() else {
            let found = self.found();
            return Err(self.wrong(
                at,
                format!("expected a statement, found {found}"),
                "a statement begins with a word: let, need, if, each, set, push, del, call, return, fail",
            ));
        };
        match &**word {
            "if" => return self.if_chain(at),
            "each" => return self.each(at),
            "else" | "elif" => {
                return Err(self.wrong(
                    at,
                    format!("`{word}` without an `if` above it"),
                    "it stands at the indentation of its `if`",
                ));
            }
            _ => {}
        }
        if !STATEMENTS.contains(&&**word) {
            return Err(self.no_statement(at, word));
        }
        self.bump();
        let kind = self.simple(word)?;
        let span = self.since(at);
        self.end_of_statement()?;
        Ok(Stmt { kind, at: span })
    }

    fn simple(&mut self, word: &str) -> Parsed<StmtKind> {
        Ok(match word {
            "let" => {
                let (name, at) = self.name("a new name")?;
                let var = Var { name, slot: 0, at };
                if self.is(".") || self.is("[") {
                    return Err(self.wrong(
                        at,
                        "`let` makes a new name",
                        "write `set` to store at a place",
                    ));
                }
                self.expect("=", "`let NAME = VALUE`")?;
                if self.is_word("call") {
                    self.bump();
                    StmtKind::LetCall(var, self.call()?)
                } else {
                    let value = self.expr()?;
                    let refusal = self.refusal()?;
                    StmtKind::Let(var, value, refusal)
                }
            }
            "need" => {
                let cond = self.condition()?;
                StmtKind::Need(cond, self.refusal()?)
            }
            "fail" => StmtKind::Fail(self.refusal_body()?),
            "set" | "push" => {
                let place = self.place(word)?;
                if self.is("==") {
                    let help = format!("write `{word} PLACE = VALUE`");
                    return Err(self.wrong(self.span(), "`==` where `=` was meant", help));
                }
                self.expect("=", &format!("`{word} PLACE = VALUE`"))?;
                let value = self.expr()?;
                if word == "set" {
                    StmtKind::Set(place, value)
                } else {
                    StmtKind::Push(place, value)
                }
            }
            "del" => StmtKind::Del(self.place(word)?),
            "call" => StmtKind::Call(self.call()?),
            "return" => {
                if matches!(self.tok(), Tok::Newline | Tok::Dedent | Tok::End) {
                    StmtKind::Return(None)
                } else {
                    StmtKind::Return(Some(self.expr()?))
                }
            }
            // `pass`: an empty choice.
            _ => StmtKind::If(Vec::new(), Vec::new()),
        })
    }

    fn no_statement(&mut self, at: Span, word: &str) -> Bad {
        // `order.status = …`, `x = …`: a store without its word.
        let mut n = 1;
        while !matches!(
            self.ahead(n),
            Tok::Newline | Tok::End | Tok::Dedent | Tok::Indent
        ) {
            if matches!(self.ahead(n), Tok::Sign("=")) {
                return self.wrong(
                    at,
                    format!("`{word} …` stores without saying how"),
                    "write `set PLACE = VALUE` for a place, `let NAME = VALUE` for a new name",
                );
            }
            n += 1;
        }
        if let Some(near) = nearest(word, &STATEMENTS) {
            return self.wrong(
                at,
                format!("`{word}` begins no statement"),
                format!("did you mean `{near}`?"),
            );
        }
        let help = match word {
            "for" => "loops over data are written `each NAME in LIST:`",
            "while" => "there is no `while`; loops go over data: `each NAME in LIST:`",
            "assert" | "require" | "ensure" => "write `need CONDITION else 409 \"why not\"`",
            "raise" | "throw" | "error" => "write `fail 409 \"why\"`",
            "delete" | "remove" => "write `del PLACE`",
            "append" | "add" => "write `push LIST = VALUE`",
            "var" | "const" => "write `let NAME = VALUE`",
            _ if matches!(self.ahead(1), Tok::Sign("(")) => {
                "a procedure is called with `call NAME(…)`"
            }
            _ => "statements are let, need, if, each, set, push, del, call, return, fail",
        };
        self.wrong(at, format!("`{word}` begins no statement"), help)
    }

    /// A condition; `=` in it is read as `==` after complaining.
    fn condition(&mut self) -> Parsed<Ex> {
        let cond = self.expr()?;
        if self.is("=") {
            self.wrong(self.span(), "`=` where `==` was meant", "`==` compares");
            self.bump();
            self.expr()?;
        }
        Ok(cond)
    }

    fn refusal(&mut self) -> Parsed<Option<Refusal>> {
        if self.eat_word("else") {
            self.refusal_body().map(Some)
        } else {
            Ok(None)
        }
    }

    fn refusal_body(&mut self) -> Parsed<Refusal> {
        let code = match (self.tok(), self.ahead(1)) {
            (Tok::Int(code), Tok::Text(_) | Tok::Word(_)) => {
                self.bump();
                Some(*code)
            }
            _ => None,
        };
        if matches!(self.tok(), Tok::Newline | Tok::End | Tok::Dedent) {
            return Err(self.wrong(
                self.span(),
                "the text to refuse with is missing",
                "for example `else 404 \"Order {order_id} not found\"`",
            ));
        }
        let text = self.expr()?;
        Ok(Refusal { code, text })
    }

    fn place(&mut self, word: &str) -> Parsed<Ex> {
        let at = self.span();
        let place = self.postfix()?;
        if place.is_path() {
            return Ok(place);
        }
        Err(self.wrong(
            at,
            format!("`{word}` needs a place"),
            "a place is a name with fields and keys: `orders[order_id].status`",
        ))
    }

    fn call(&mut self) -> Parsed<Call> {
        let (name, at) = self.name("the name of a procedure")?;
        self.expect("(", "`call NAME(…)`")?;
        let mut args = Vec::new();
        while !self.is(")") {
            args.push(self.expr()?);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")", "it closes the arguments")?;
        Ok(Call {
            name,
            proc: None,
            args,
            at,
        })
    }

    fn if_chain(&mut self, at: Span) -> Parsed<Stmt> {
        self.bump();
        let mut arms = Vec::new();
        let mut other = Vec::new();
        let cond = self.condition()?;
        let span = self.since(at);
        arms.push((cond, self.block("`if`")));
        loop {
            if self.eat_word("elif") {
                let cond = self.condition()?;
                arms.push((cond, self.block("`elif`")));
            } else if self.is_word("else") {
                let here = self.span();
                self.bump();
                if self.is_word("if") {
                    return Err(self.wrong(here, "`else if` is written `elif`", "write `elif`"));
                }
                other = self.block("`else`");
                break;
            } else {
                break;
            }
        }
        Ok(Stmt {
            kind: StmtKind::If(arms, other),
            at: span,
        })
    }

    fn each(&mut self, at: Span) -> Parsed<Stmt> {
        self.bump();
        let each = self.loop_head(true)?;
        let span = self.since(at);
        let body = self.block("`each`");
        Ok(Stmt {
            kind: StmtKind::Each(Box::new(each), body),
            at: span,
        })
    }
}
