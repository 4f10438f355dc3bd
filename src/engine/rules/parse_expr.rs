//! Tokens to expressions, and the types of a tool's header.

use super::ast::{Comp, Ex, Kind, Loop, MAX_HEIGHT, Op, Part, Ref, Var};
use super::builtins::Builtin;
use super::lexer::{self, Begin, Piece, Span, Tok};
use super::near::nearest;
use super::parser::{Bad, MAX_DEPTH, Parsed, Parser};
use crate::engine::world::Node;
use std::sync::Arc;

impl Parser<'_> {
    fn ex(&mut self, kind: Kind, at: Span) -> Parsed<Ex> {
        let ex = Ex::new(kind, at);
        if ex.height > MAX_HEIGHT {
            return Err(self.wrong(
                at,
                "this expression is too long",
                "take parts out with `let`",
            ));
        }
        Ok(ex)
    }

    /// A whole expression.
    pub fn expr(&mut self) -> Parsed<Ex> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(self.wrong(
                self.span(),
                "nested too deeply",
                "take parts out with `let`",
            ));
        }
        let out = self.conditional();
        self.depth -= 1;
        out
    }

    fn conditional(&mut self) -> Parsed<Ex> {
        let at = self.span();
        let then = self.binary(0)?;
        if !self.is_word("if") {
            return Ok(then);
        }
        self.bump();
        let cond = self.binary(0)?;
        if !self.eat_word("else") {
            let found = self.found();
            return Err(self.wrong(
                self.span(),
                format!("expected `else`, found {found}"),
                "a choice has both sides: `a if condition else b`",
            ));
        }
        let other = self.expr()?;
        let at = self.since(at);
        self.ex(Kind::Cond(Box::new((cond, then, other))), at)
    }

    /// The operator here with its level, 0 (`or`) to 5 (`*`).
    fn operator(&self) -> Option<(u8, Option<Op>, usize)> {
        Some(match self.tok() {
            Tok::Word(w) => match &**w {
                "or" => (0, None, 1),
                "and" => (1, None, 1),
                "in" => (3, Some(Op::In), 1),
                "not" if matches!(self.ahead(1), Tok::Word(w) if &**w == "in") => {
                    (3, Some(Op::NotIn), 2)
                }
                _ => return None,
            },
            Tok::Sign(s) => match *s {
                "==" => (3, Some(Op::Eq), 1),
                "!=" => (3, Some(Op::Ne), 1),
                "<" => (3, Some(Op::Lt), 1),
                "<=" => (3, Some(Op::Le), 1),
                ">" => (3, Some(Op::Gt), 1),
                ">=" => (3, Some(Op::Ge), 1),
                "+" => (4, Some(Op::Add), 1),
                "-" => (4, Some(Op::Sub), 1),
                "*" => (5, Some(Op::Mul), 1),
                "/" => (5, Some(Op::Div), 1),
                "//" => (5, Some(Op::FloorDiv), 1),
                "%" => (5, Some(Op::Rem), 1),
                _ => return None,
            },
            Tok::Int(_)
            | Tok::Float(_)
            | Tok::Text(_)
            | Tok::Doc(_)
            | Tok::Newline
            | Tok::Indent
            | Tok::Dedent
            | Tok::End => return None,
        })
    }

    /// Operators of `level` and tighter.
    fn binary(&mut self, level: u8) -> Parsed<Ex> {
        if level == 2 && self.is_word("not") {
            let at = self.span();
            self.bump();
            self.depth += 1;
            let inner = if self.depth > MAX_DEPTH {
                Err(self.wrong(at, "nested too deeply", "take parts out with `let`"))
            } else {
                self.binary(2)
            };
            self.depth -= 1;
            let inner = inner?;
            let at = self.since(at);
            return self.ex(Kind::Not(Box::new(inner)), at);
        }
        if level > 5 {
            return self.unary();
        }
        let at = self.span();
        let mut left = self.binary(level + 1)?;
        let mut compared = false;
        while let Some((l, op, words)) = self.operator().filter(|(l, _, _)| *l == level) {
            if l == 3 && compared {
                return Err(self.wrong(
                    self.span(),
                    "comparisons do not chain",
                    "join them: `a < b and b < c`",
                ));
            }
            compared = l == 3;
            for _ in 0..words {
                self.bump();
            }
            let right = self.binary(level + 1)?;
            let (a, b) = (Box::new(left), Box::new(right));
            let kind = match (op, l) {
                (Some(op), _) => Kind::Bin(op, a, b),
                (None, 0) => Kind::Or(a, b),
                (None, _) => Kind::And(a, b),
            };
            let span = self.since(at);
            left = self.ex(kind, span)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Ex> {
        let at = self.span();
        if !self.eat("-") {
            return self.fallback();
        }
        self.depth += 1;
        let inner = if self.depth > MAX_DEPTH {
            Err(self.wrong(at, "nested too deeply", "take parts out with `let`"))
        } else {
            self.unary()
        };
        self.depth -= 1;
        let inner = inner?;
        let at = self.since(at);
        let kind = match &inner.kind {
            Kind::Lit(Node::Int(i)) => Kind::Lit(Node::Int(i.saturating_neg())),
            Kind::Lit(Node::Float(f)) => Kind::Lit(Node::Float(-f)),
            _ => Kind::Neg(Box::new(inner)),
        };
        self.ex(kind, at)
    }

    /// `a ?? b`
    fn fallback(&mut self) -> Parsed<Ex> {
        let at = self.span();
        let mut left = self.postfix()?;
        while self.eat("??") {
            let right = if self.is("-") {
                self.unary()?
            } else {
                self.postfix()?
            };
            let span = self.since(at);
            left = self.ex(Kind::Else(Box::new(left), Box::new(right)), span)?;
        }
        Ok(left)
    }

    pub fn postfix(&mut self) -> Parsed<Ex> {
        let at = self.span();
        let mut base = self.primary()?;
        loop {
            if self.eat(".") {
                let here = self.span();
                let Tok::Word(name) = self.tok() else {
                    let found = self.found();
                    return Err(self.wrong(
                        here,
                        format!("expected a field's name, found {found}"),
                        "other keys are written in brackets: `row[\"the key\"]`",
                    ));
                };
                self.bump();
                if self.is("(") {
                    let help = Builtin::named(name).map_or_else(
                        || String::from("there are no methods"),
                        |_| format!("write `{name}(…)` with the value inside"),
                    );
                    return Err(self.wrong(here, format!("`.{name}(…)` is no call"), help));
                }
                let span = self.since(at);
                base = self.ex(Kind::Field(Box::new(base), name.clone()), span)?;
            } else if self.is("[") {
                self.bump();
                let index = self.expr()?;
                self.expect("]", "it closes the key")?;
                let span = self.since(at);
                base = self.ex(Kind::Index(Box::new(base), Box::new(index)), span)?;
            } else {
                return Ok(base);
            }
        }
    }

    fn primary(&mut self) -> Parsed<Ex> {
        let at = self.span();
        match self.tok() {
            Tok::Int(i) => {
                self.bump();
                self.ex(Kind::Lit(Node::Int(*i)), at)
            }
            Tok::Float(f) => {
                self.bump();
                self.ex(Kind::Lit(Node::Float(*f)), at)
            }
            Tok::Text(pieces) => {
                self.bump();
                self.text(pieces, at)
            }
            Tok::Sign("(") => {
                self.bump();
                let inner = self.expr()?;
                self.expect(")", "it closes the parenthesis")?;
                Ok(inner)
            }
            Tok::Sign("[") => self.list(at),
            Tok::Sign("{") => self.map(at),
            Tok::Word(word) => self.word(word, at),
            Tok::Sign(_) | Tok::Doc(_) | Tok::Newline | Tok::Indent | Tok::Dedent | Tok::End => {
                let found = self.found();
                Err(self.wrong(at, format!("expected a value, found {found}"), ""))
            }
        }
    }

    fn word(&mut self, word: &Arc<str>, at: Span) -> Parsed<Ex> {
        match &**word {
            "true" | "false" => {
                self.bump();
                self.ex(Kind::Lit(Node::Bool(&**word == "true")), at)
            }
            "null" => {
                self.bump();
                self.ex(Kind::Lit(Node::Null), at)
            }
            "True" | "False" | "None" | "nil" => {
                let right = match &**word {
                    "True" => "true",
                    "False" => "false",
                    _ => "null",
                };
                Err(self.wrong(
                    at,
                    format!("`{word}` is written `{right}` here"),
                    format!("write `{right}`"),
                ))
            }
            "find" => {
                self.bump();
                let find = self.loop_head(false)?;
                let span = self.since(at);
                self.ex(Kind::Find(Box::new(find)), span)
            }
            "call" => Err(self.wrong(
                at,
                "`call` stands only at the start of a statement or right behind `let NAME =`",
                "call first, then use the name",
            )),
            _ if matches!(self.ahead(1), Tok::Sign("(")) => self.builtin(word, at),
            _ => {
                let (name, at) = self.name("a value")?;
                self.ex(Kind::Name(name, Ref::Free), at)
            }
        }
    }

    fn builtin(&mut self, word: &Arc<str>, at: Span) -> Parsed<Ex> {
        let Some(builtin) = Builtin::named(word) else {
            let names: Vec<&str> = Builtin::ALL.iter().map(|b| b.name()).collect();
            let help = nearest(word, &names).map_or_else(
                || String::from("a procedure is called by a statement: `let x = call NAME(…)`"),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(self.wrong(at, format!("there is no function `{word}`"), help));
        };
        self.bump();
        self.bump();
        let (mut args, mut named) = (Vec::new(), Vec::new());
        while !self.is(")") {
            if let (Tok::Word(name), Tok::Sign(":")) = (self.tok(), self.ahead(1)) {
                let here = self.span();
                if !builtin.named_args().contains(&&**name) {
                    return Err(self.wrong(
                        here,
                        format!("`{word}` has no argument called `{name}`"),
                        "",
                    ));
                }
                self.bump();
                self.bump();
                named.push((name.clone(), self.expr()?));
            } else {
                args.push(self.expr()?);
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")", "it closes the arguments")?;
        let span = self.since(at);
        let (least, most) = builtin.arity();
        if args.len() < least || args.len() > most {
            let count = if least == most {
                format!("{least}")
            } else if most == usize::MAX {
                format!("at least {least}")
            } else {
                format!("{least} to {most}")
            };
            let what = format!("`{word}` takes {count} values, not {}", args.len());
            return Err(self.wrong(at, what, builtin.usage()));
        }
        self.ex(Kind::Call(builtin, args, named), span)
    }

    /// `k, v in X if c`; of `each` the `if` is not part.
    pub fn loop_head(&mut self, statement: bool) -> Parsed<Loop> {
        let var = |(name, at): (Arc<str>, Span)| Var { name, slot: 0, at };
        let first = var(self.name("a name for each element")?);
        let second = if self.eat(",") {
            Some(var(self.name("a name for each value")?))
        } else {
            None
        };
        if !self.eat_word("in") {
            let found = self.found();
            return Err(self.wrong(self.span(), format!("expected `in`, found {found}"), ""));
        }
        let over = self.binary(0)?;
        let cond = if !statement && self.eat_word("if") {
            Some(self.binary(0)?)
        } else {
            None
        };
        let (key, var) = match second {
            Some(second) => (Some(first), second),
            None => (None, first),
        };
        Ok(Loop {
            key,
            var,
            over,
            cond,
        })
    }

    fn list(&mut self, at: Span) -> Parsed<Ex> {
        self.bump();
        let mut items = Vec::new();
        while !self.is("]") {
            let item = self.expr()?;
            if items.is_empty() && self.eat_word("for") {
                let each = self.loop_head(false)?;
                self.expect("]", "it closes the list")?;
                let span = self.since(at);
                let comp = Comp {
                    key: None,
                    value: item,
                    each,
                };
                return self.ex(Kind::Comp(Box::new(comp)), span);
            }
            items.push(item);
            if !self.eat(",") {
                break;
            }
        }
        self.expect("]", "it closes the list")?;
        let span = self.since(at);
        self.ex(Kind::List(items), span)
    }

    fn map(&mut self, at: Span) -> Parsed<Ex> {
        self.bump();
        let mut items = Vec::new();
        while !self.is("}") {
            let here = self.span();
            let bare = match (self.tok(), self.ahead(1)) {
                (Tok::Word(w), Tok::Sign(":")) => {
                    self.bump();
                    Some(w.clone())
                }
                _ => None,
            };
            let key = match &bare {
                Some(w) => Ex::new(Kind::Lit(Node::Str(w.clone())), here),
                None => self.expr()?,
            };
            self.expect(":", "`{name: value}`")?;
            let value = self.expr()?;
            if items.is_empty() && self.eat_word("for") {
                let key = match bare {
                    Some(w) => Ex::new(Kind::Name(w, Ref::Free), here),
                    None => key,
                };
                let each = self.loop_head(false)?;
                self.expect("}", "it closes the map")?;
                let span = self.since(at);
                let comp = Comp {
                    key: Some(key),
                    value,
                    each,
                };
                return self.ex(Kind::Comp(Box::new(comp)), span);
            }
            if !matches!(key.kind, Kind::Lit(Node::Str(_)) | Kind::Template(_)) {
                return Err(self.wrong(
                    here,
                    "a key is a name or a text",
                    "a computed key is written as a text: `{\"{expression}\": value}`",
                ));
            }
            items.push((key, value));
            if !self.eat(",") {
                break;
            }
        }
        self.expect("}", "it closes the map")?;
        let span = self.since(at);
        self.ex(Kind::Map(items), span)
    }

    /// A text: a literal, or a template.
    pub fn text(&mut self, pieces: &[Piece], at: Span) -> Parsed<Ex> {
        if let [Piece::Text(text)] = pieces {
            return self.ex(Kind::Lit(Node::str(text.as_str())), at);
        }
        let parts = self.parts(pieces)?;
        self.ex(Kind::Template(parts), at)
    }

    pub fn parts(&mut self, pieces: &[Piece]) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        let mut bad = false;
        for piece in pieces {
            match piece {
                Piece::Text(text) => parts.push(Part::Text(text.as_str().into())),
                Piece::Code { text, at } => match self.code(text, *at) {
                    Ok(ex) => parts.push(Part::Ex(ex)),
                    Err(Bad) => bad = true,
                },
            }
        }
        if bad { Err(Bad) } else { Ok(parts) }
    }

    /// The expression inside the braces of a template.
    fn code(&mut self, text: &str, at: Span) -> Parsed<Ex> {
        if self.nest >= 8 {
            return Err(self.wrong(at, "texts are nested too deeply", "use `let`"));
        }
        let begin = Begin {
            line: at.line,
            col: at.col,
            base: at.start,
        };
        let (tokens, problems) = lexer::expression(&self.file, text, &begin);
        let mut inner = Parser::new(&self.file, "", &tokens);
        inner.depth = self.depth;
        inner.nest = self.nest + 1;
        inner.problems = problems;
        let ex = inner.only_expr();
        let bad = !inner.problems.is_empty();
        self.problems.append(&mut inner.problems);
        match ex {
            Ok(ex) if !bad => Ok(ex),
            _ => Err(Bad),
        }
    }

    /// An expression and nothing behind it.
    pub fn only_expr(&mut self) -> Parsed<Ex> {
        let ex = self.expr()?;
        match self.tok() {
            Tok::End => Ok(ex),
            Tok::Sign("=") => {
                Err(self.wrong(self.span(), "`=` where `==` was meant", "`==` compares"))
            }
            _ => {
                let found = self.found();
                Err(self.wrong(self.span(), format!("expected the end, found {found}"), ""))
            }
        }
    }
}
