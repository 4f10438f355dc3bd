//! Text of a rules file to tokens: words, numbers, texts with templates in
//! them, and the indentation that makes blocks. Everything that is wrong is
//! collected; reading goes on behind it.

use crate::engine::problem::Problem;
use std::sync::Arc;

/// Where something stands: line and column from 1, and its bytes in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub line: u32,
    pub col: u32,
    pub start: u32,
    pub end: u32,
}

/// A piece of a text: its own letters, or the source of an expression in braces.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Code { text: String, at: Span },
}

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok {
    Word(Arc<str>),
    Int(i64),
    Float(f64),
    Text(Vec<Piece>),
    Sign(&'static str),
    /// A `##` line.
    Doc(Arc<str>),
    Newline,
    Indent,
    Dedent,
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub tok: Tok,
    pub at: Span,
}

const SIGNS: [&str; 27] = [
    "??", "==", "!=", "<=", ">=", "//", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "<", ">",
    "+", "-", "*", "/", "%", "|", "?", "!", "&",
];

/// Words that begin a statement: a bracket that is still open there was forgotten.
const STARTS: [&str; 8] = [
    "let", "need", "fail", "each", "set", "push", "del", "return",
];
const DEFS: [&str; 5] = ["tool", "proc", "invariant", "policy", "after"];

pub(super) struct Lexer<'a> {
    file: &'a str,
    pub text: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    line: u32,
    col: u32,
    /// Added to byte offsets: where `text` begins in the file.
    pub base: u32,
    indents: Vec<usize>,
    open: Vec<(char, Span)>,
    out: Vec<Token>,
    pub problems: Vec<Problem>,
}

/// Where lexing begins, for a piece of a file.
pub(super) struct Begin {
    pub line: u32,
    pub col: u32,
    pub base: u32,
}

/// The tokens of a whole file.
pub(super) fn file(name: &str, text: &str) -> (Vec<Token>, Vec<Problem>) {
    let mut lexer = Lexer::new(
        name,
        text,
        &Begin {
            line: 1,
            col: 1,
            base: 0,
        },
    );
    lexer.lines();
    (lexer.out, lexer.problems)
}

/// The tokens of one expression; line ends in it are spaces.
pub(super) fn expression(name: &str, text: &str, begin: &Begin) -> (Vec<Token>, Vec<Problem>) {
    let mut lexer = Lexer::new(name, text, begin);
    lexer.tokens(false);
    lexer.close_all();
    lexer.push(Tok::End, lexer.here(0));
    (lexer.out, lexer.problems)
}

impl<'a> Lexer<'a> {
    pub fn new(file: &'a str, text: &'a str, begin: &Begin) -> Self {
        Self {
            file,
            text,
            chars: text.char_indices().collect(),
            at: 0,
            line: begin.line,
            col: begin.col,
            base: begin.base,
            indents: vec![0],
            open: Vec::new(),
            out: Vec::new(),
            problems: Vec::new(),
        }
    }

    pub fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    pub fn offset(&self) -> usize {
        self.chars
            .get(self.at)
            .map_or(self.text.len(), |(at, _)| *at)
    }

    /// The span of the next `len` characters of this line.
    pub fn here(&self, len: usize) -> Span {
        let start = self.offset();
        let end = self
            .chars
            .get(self.at + len)
            .map_or(self.text.len(), |(at, _)| *at);
        Span {
            line: self.line,
            col: self.col,
            start: self.base + start as u32,
            end: self.base + end as u32,
        }
    }

    pub fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
            self.col = 1;
        } else {
            self.col += 1;
        }
        Some(c)
    }

    pub fn push(&mut self, tok: Tok, at: Span) {
        self.out.push(Token { tok, at });
    }

    pub fn wrong(&mut self, at: Span, what: impl Into<String>, help: impl Into<String>) {
        self.problems
            .push(Problem::error(self.file, at.line, at.col, what).help(help));
    }

    /// The span from `from` to here.
    pub fn since(&self, from: Span) -> Span {
        Span {
            end: self.base + self.offset() as u32,
            ..from
        }
    }

    /// Whole file: indentation, then the tokens of each line.
    fn lines(&mut self) {
        while self.peek(0).is_some() {
            let mut width = 0;
            let mut tab = None;
            while let Some(c @ (' ' | '\t')) = self.peek(0) {
                if c == '\t' && tab.is_none() {
                    tab = Some(self.here(1));
                }
                width += if c == '\t' { 4 } else { 1 };
                self.next();
            }
            match self.peek(0) {
                None => break,
                Some('\n') => {
                    self.next();
                    continue;
                }
                Some('\r') if self.peek(1) == Some('\n') => {
                    self.next();
                    self.next();
                    continue;
                }
                Some('#') => {
                    // A description belongs to the definition below it, so the
                    // block above ends here, unless it goes on behind the lines
                    // of comment.
                    if width == 0
                        && self.indents.len() > 1
                        && self.peek(1) == Some('#')
                        && self.ends_block()
                    {
                        self.indent(0);
                    }
                    self.comment(width == 0);
                    continue;
                }
                Some(_) => {}
            }
            if let Some(at) = tab {
                self.wrong(at, "a tab in the indentation", "indent with spaces");
            }
            self.indent(width);
            self.tokens(true);
        }
        self.close_all();
        let here = self.here(0);
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(Tok::Dedent, here);
        }
        self.push(Tok::End, here);
    }

    fn indent(&mut self, width: usize) {
        let here = self.here(0);
        let last = self.indents.last().copied().unwrap_or(0);
        if width > last {
            self.indents.push(width);
            self.push(Tok::Indent, here);
            return;
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|w| *w > width) {
            self.indents.pop();
            self.push(Tok::Dedent, here);
        }
        if self.indents.last().is_some_and(|w| *w != width) {
            self.wrong(
                here,
                "this indentation fits no line above",
                "use as many spaces as the line that this one belongs with",
            );
        }
    }

    /// Whether the next line that is neither blank nor a comment begins at the
    /// margin; the cursor stands at the start of a line.
    fn ends_block(&self) -> bool {
        let mut at = 0;
        while at < 20_000 {
            match self.peek(at) {
                Some('#') => {
                    while self.peek(at).is_some_and(|c| c != '\n') {
                        at += 1;
                    }
                    at += 1;
                }
                Some('\n' | '\r') => at += 1,
                Some(' ' | '\t') => {
                    let mut next = at;
                    while matches!(self.peek(next), Some(' ' | '\t' | '\r')) {
                        next += 1;
                    }
                    match self.peek(next) {
                        None => return true,
                        Some('\n') => at = next + 1,
                        Some('#') => at = next,
                        Some(_) => return false,
                    }
                }
                None | Some(_) => return true,
            }
        }
        true
    }

    fn comment(&mut self, doc_allowed: bool) {
        let at = self.here(0);
        let mut text = String::new();
        while let Some(c) = self.peek(0) {
            if c == '\n' {
                break;
            }
            text.push(c);
            self.next();
        }
        if doc_allowed && let Some(doc) = text.strip_prefix("##") {
            self.push(Tok::Doc(doc.trim().into()), at);
        }
    }

    fn close_all(&mut self) {
        if let Some((bracket, at)) = self.open.first().copied() {
            self.wrong(
                at,
                format!("`{bracket}` is never closed"),
                format!("add `{}`", closer(bracket)),
            );
        }
        self.open.clear();
    }

    /// Tokens up to the end of the logical line (`by_line`), or of the text.
    fn tokens(&mut self, by_line: bool) {
        loop {
            match self.peek(0) {
                None => break,
                Some('\n') => {
                    if by_line && self.open.is_empty() && !self.goes_on() {
                        break;
                    }
                    self.next();
                    if by_line && self.statement_begins() {
                        self.close_all();
                        let here = self.here(0);
                        self.push(Tok::Newline, here);
                        return;
                    }
                }
                Some(' ' | '\r' | '\t') => {
                    self.next();
                }
                Some('#') => self.comment(false),
                Some('"' | '\'') => self.text_token(),
                Some(c) if c.is_ascii_digit() => self.number(),
                Some(c) if c.is_alphabetic() || c == '_' => {
                    let from = self.here(0);
                    let mut word = String::new();
                    while let Some(c) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
                        word.push(c);
                        self.next();
                    }
                    let at = self.since(from);
                    self.push(Tok::Word(word.into()), at);
                }
                Some(c) => self.sign(c),
            }
        }
        if by_line {
            let here = self.here(0);
            self.push(Tok::Newline, here);
            self.next();
        }
    }

    /// Whether the next line goes on with this one: it is indented deeper and
    /// begins with `else`, `and` or `or`, which begin no statement there.
    fn goes_on(&self) -> bool {
        let mut at = 1;
        while self.peek(at) == Some(' ') {
            at += 1;
        }
        let deeper = at - 1 > self.indents.last().copied().unwrap_or(0);
        let mut word = String::new();
        while let Some(c) = self.peek(at).filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
            at += 1;
        }
        deeper && matches!(word.as_str(), "else" | "and" | "or")
    }

    /// Whether the line that begins here is clearly a new statement although a
    /// bracket is open.
    fn statement_begins(&self) -> bool {
        let mut at = 0;
        while matches!(self.peek(at), Some(' ' | '\t')) {
            at += 1;
        }
        let column = at;
        let mut word = String::new();
        while let Some(c) = self.peek(at).filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
            at += 1;
        }
        let spaced = self.peek(at) == Some(' ');
        while self.peek(at) == Some(' ') {
            at += 1;
        }
        let named = self
            .peek(at)
            .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"');
        (STARTS.contains(&word.as_str()) && spaced && named)
            || (column == 0 && DEFS.contains(&word.as_str()) && (named || word == "after"))
    }

    fn sign(&mut self, c: char) {
        let from = self.here(1);
        let (at, next) = (self.offset(), self.peek(1));
        let rest = self.text.get(at..).unwrap_or("");
        let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)).copied() else {
            self.next();
            self.wrong(
                from,
                format!("`{}` has no meaning here", c.escape_debug()),
                "",
            );
            return;
        };
        for _ in 0..sign.len() {
            self.next();
        }
        let instead = match (sign, next) {
            ("&", _) => Some("and"),
            ("|", Some('|')) => Some("or"),
            ("!", _) => Some("not"),
            _ => None,
        };
        if let Some(word) = instead {
            if matches!((sign, next), ("&", Some('&')) | ("|", Some('|'))) {
                self.next();
            }
            self.wrong(
                from,
                format!("`{c}` is written `{word}` here"),
                format!("write `{word}`"),
            );
            let at = self.since(from);
            self.push(Tok::Word(word.into()), at);
            return;
        }
        let at = self.since(from);
        match sign {
            "(" | "[" | "{" => self.open.push((c, at)),
            ")" | "]" | "}" => match self.open.pop() {
                None => self.wrong(
                    at,
                    format!("`{c}` closes nothing"),
                    "remove it, or open it before",
                ),
                Some((open, where_)) if closer(open) != c => {
                    self.wrong(
                        at,
                        format!("`{c}` where `{}` was expected", closer(open)),
                        format!(
                            "`{open}` was opened at line {}, column {}",
                            where_.line, where_.col
                        ),
                    );
                }
                Some(_) => {}
            },
            _ => {}
        }
        self.push(Tok::Sign(sign), at);
    }

    fn number(&mut self) {
        let from = self.here(0);
        let mut text = String::new();
        let mut float = false;
        while let Some(c) = self.peek(0) {
            let take = c.is_ascii_digit()
                || c == '_'
                || (c == '.' && !float && self.peek(1).is_some_and(|d| d.is_ascii_digit()))
                || (matches!(c, 'e' | 'E')
                    && (self.peek(1).is_some_and(|d| d.is_ascii_digit())
                        || (matches!(self.peek(1), Some('+' | '-'))
                            && self.peek(2).is_some_and(|d| d.is_ascii_digit()))));
            if !take {
                break;
            }
            self.next();
            if matches!(c, 'e' | 'E') {
                float = true;
                text.push(c);
                if let Some(s @ ('+' | '-')) = self.peek(0) {
                    text.push(s);
                    self.next();
                }
                continue;
            }
            float |= c == '.';
            if c != '_' {
                text.push(c);
            }
        }
        let at = self.since(from);
        let tok = if float {
            text.parse::<f64>()
                .ok()
                .filter(|f| f.is_finite())
                .map(Tok::Float)
        } else {
            text.parse::<i64>().ok().map(Tok::Int)
        };
        if tok.is_none() {
            self.wrong(
                at,
                format!("the number `{text}` is too large"),
                "integers have 64 bits with sign; write `1e20` for a large float",
            );
        }
        self.push(tok.unwrap_or(Tok::Int(0)), at);
    }
}

fn closer(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
