//! Texts in quotes and templates: letters, escapes, expressions in braces.

use super::lexer::{Begin, Lexer, Piece, Tok};
use crate::engine::problem::Problem;

/// Templates inside templates at most.
const MAX_NEST: usize = 8;

impl Lexer<'_> {
    pub fn text_token(&mut self) {
        let from = self.here(1);
        let pieces = self.pieces();
        let at = self.since(from);
        self.push(Tok::Text(pieces), at);
    }

    /// A quoted text; the cursor stands on its quote.
    fn pieces(&mut self) -> Vec<Piece> {
        let from = self.here(1);
        let quote = self.next().unwrap_or('"');
        let mut pieces = Vec::new();
        let mut text = String::new();
        loop {
            match self.peek(0) {
                None | Some('\n') => {
                    self.wrong(
                        from,
                        "this text is never closed",
                        format!("add `{quote}` at its end"),
                    );
                    break;
                }
                Some(c) if c == quote => {
                    self.next();
                    break;
                }
                Some('\\') => {
                    let at = self.here(2);
                    self.next();
                    match self.next() {
                        Some('n') => text.push('\n'),
                        Some('t') => text.push('\t'),
                        Some('r') => text.push('\r'),
                        Some(c @ ('"' | '\'' | '\\' | '{' | '}')) => text.push(c),
                        other => {
                            let c = other.unwrap_or(' ');
                            self.wrong(
                                at,
                                format!("`\\{}` is no escape", c.escape_debug()),
                                r#"escapes are \" \' \\ \{ \} \n \t \r"#,
                            );
                        }
                    }
                }
                Some('{') => {
                    let open = self.here(1);
                    self.next();
                    let code = self.here(0);
                    if self.skip_code(0) {
                        let at = self.since(code);
                        let range = (at.start - self.base) as usize..(at.end - self.base) as usize;
                        let source = self.text.get(range).unwrap_or("").to_owned();
                        self.next();
                        if !text.is_empty() {
                            pieces.push(Piece::Text(std::mem::take(&mut text)));
                        }
                        pieces.push(Piece::Code { text: source, at });
                    } else {
                        self.wrong(
                            open,
                            "`{` in this text is never closed",
                            r"add `}` behind the expression, or write `\{` for a brace",
                        );
                        while self.peek(0).is_some_and(|c| c != '\n') {
                            self.next();
                        }
                        break;
                    }
                }
                Some(c) => {
                    text.push(c);
                    self.next();
                }
            }
        }
        if !text.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(text));
        }
        pieces
    }

    /// Moves to the `}` that closes a template's expression; false where there
    /// is none on this line.
    fn skip_code(&mut self, nest: usize) -> bool {
        if nest > MAX_NEST {
            return false;
        }
        let mut depth = 0usize;
        loop {
            match self.peek(0) {
                None | Some('\n') => return false,
                Some('}') if depth == 0 => return true,
                Some('}' | ']' | ')') => {
                    depth = depth.saturating_sub(1);
                    self.next();
                }
                Some('{' | '[' | '(') => {
                    depth += 1;
                    self.next();
                }
                Some(quote @ ('"' | '\'')) => {
                    self.next();
                    loop {
                        match self.peek(0) {
                            None | Some('\n') => return false,
                            Some('\\') => {
                                self.next();
                                self.next();
                            }
                            Some('{') => {
                                self.next();
                                if !self.skip_code(nest + 1) {
                                    return false;
                                }
                                self.next();
                            }
                            Some(c) => {
                                self.next();
                                if c == quote {
                                    break;
                                }
                            }
                        }
                    }
                }
                Some(_) => {
                    self.next();
                }
            }
        }
    }
}

/// Splits an unquoted text into letters and expressions. `\{` and `\}` are
/// braces; every other backslash is itself.
pub(super) fn template(name: &str, text: &str, begin: &Begin) -> (Vec<Piece>, Vec<Problem>) {
    let mut lexer = Lexer::new(name, text, begin);
    let mut pieces = Vec::new();
    let mut plain = String::new();
    while let Some(c) = lexer.peek(0) {
        if c == '\\' && matches!(lexer.peek(1), Some('{' | '}')) {
            lexer.next();
            plain.extend(lexer.next());
        } else if c == '{' {
            let open = lexer.here(1);
            lexer.next();
            let code = lexer.here(0);
            if !lexer.skip_code(0) {
                lexer.wrong(
                    open,
                    "`{` in this text is never closed",
                    r"add `}` behind the expression, or write `\{` for a brace",
                );
                break;
            }
            let at = lexer.since(code);
            let range = (at.start - lexer.base) as usize..(at.end - lexer.base) as usize;
            let source = text.get(range).unwrap_or("").to_owned();
            lexer.next();
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Code { text: source, at });
        } else {
            plain.push(c);
            lexer.next();
        }
    }
    if !plain.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    (pieces, lexer.problems)
}
