//! Texts with `{expression}` in them: goals, facts, start patches, reference
//! paths. `\{` is a brace. Only what a scenario's author wrote is ever read as
//! a template; a value that was filled in is escaped before anything reads the
//! text again.

use super::super::problem::Problem;
use super::super::rules::{Env, Expr};
use super::super::world::{Map, Node};
use super::tree::At;
use serde_json::Value as Json;

/// Deepest value whose texts are filled.
const DEEPEST: usize = 128;

/// A text taken apart.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Code(Expr),
}

impl Template {
    /// Takes a text apart that stands at a place of a file.
    ///
    /// # Errors
    /// A brace that never closes, or what is wrong with an expression.
    pub fn parse(file: &str, at: At, text: &str) -> Result<Self, Vec<Problem>> {
        let mut parts = Vec::new();
        let mut problems = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        let mut column = at.column;
        while let Some(letter) = rest.chars().next() {
            if let Some(after) = rest
                .strip_prefix("\\{")
                .or_else(|| rest.strip_prefix("\\}"))
            {
                plain.push(if rest.starts_with("\\{") { '{' } else { '}' });
                rest = after;
                column = column.saturating_add(2);
            } else if let Some(after) = rest.strip_prefix('{') {
                let Some((code, after)) = code(after) else {
                    problems.push(
                        Problem::error(file, at.line, column, "`{` in this text is never closed")
                            .help("add `}` behind the expression, or write `\\{` for a brace"),
                    );
                    break;
                };
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                match Expr::parse(file, at.line, column.saturating_add(1), code) {
                    Ok(expr) => parts.push(Part::Code(expr)),
                    Err(wrong) => problems.extend(wrong),
                }
                rest = after;
                column = column.saturating_add(code.chars().count() as u32 + 2);
            } else {
                plain.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or("");
                column = column.saturating_add(1);
            }
        }
        if !plain.is_empty() || parts.is_empty() {
            parts.push(Part::Text(plain));
        }
        if problems.is_empty() {
            Ok(Self { parts })
        } else {
            Err(problems)
        }
    }

    /// Its expressions, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Code(expr) => Some(expr),
            Part::Text(_) => None,
        })
    }

    /// The text with its expressions evaluated; of a text that is one
    /// expression, the value.
    fn fill(&self, fill: &Fill<'_>) -> Result<Node, String> {
        if let [Part::Code(expr)] = self.parts.as_slice() {
            if fill.is_later(expr)? {
                return Ok(Node::str(format!("{{{}}}", expr.source())));
            }
            return Ok(fill.guard(fill.eval(expr)?));
        }
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(&fill.escape(text)),
                Part::Code(expr) if fill.is_later(expr)? => {
                    out.push('{');
                    out.push_str(expr.source());
                    out.push('}');
                }
                Part::Code(expr) => {
                    let value = fill.eval(expr)?;
                    let text = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    out.push_str(&fill.escape(&text));
                }
            }
        }
        Ok(Node::str(out))
    }
}

/// The expression before the brace that closes it, and what comes after.
fn code(text: &str) -> Option<(&str, &str)> {
    let mut open = 0usize;
    let mut quote: Option<char> = None;
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (Some(_), '\\') => {
                letters.next();
            }
            (Some(q), c) => quote = (c != q).then_some(q),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '{' | '[' | '(') => open += 1,
            (None, '}') if open == 0 => {
                return Some((text.get(..at)?, text.get(at + 1..)?));
            }
            (None, '}' | ']' | ')') => open = open.saturating_sub(1),
            (None, _) => {}
        }
    }
    None
}

/// What texts are filled with.
pub struct Fill<'a> {
    /// The world, clock and budget.
    pub env: Env<'a>,
    /// Bindings and results.
    pub locals: Vec<(&'a str, &'a Node)>,
    /// Names that are known only later: a template that uses one stays.
    pub later: &'a [&'a str],
    /// Whether what comes out is read as a template again.
    pub again: bool,
}

impl Fill<'_> {
    fn is_later(&self, expr: &Expr) -> Result<bool, String> {
        let names: Vec<&str> = self.locals.iter().map(|(n, _)| *n).collect();
        let unknown = expr.unknown(self.env.world, &names);
        match unknown.iter().find(|u| !self.later.contains(&u.as_str())) {
            Some(name) => Err(format!(
                "`{{{}}}`: `{name}` is neither a binding, a saved result nor a table of the world",
                expr.source()
            )),
            None => Ok(!unknown.is_empty()),
        }
    }

    fn eval(&self, expr: &Expr) -> Result<Node, String> {
        expr.eval(&self.env, &self.locals)
            .map_err(|failure| format!("`{{{}}}`: {}", expr.source(), failure.message))
    }

    /// A text so that reading it as a template gives it back.
    fn escape(&self, text: &str) -> String {
        if self.again {
            text.replace("\\}", "\\\\}").replace('{', "\\{")
        } else {
            text.to_owned()
        }
    }

    /// Escapes every text inside a value.
    fn guard(&self, node: Node) -> Node {
        if !self.again {
            return node;
        }
        match node {
            Node::Str(text) => Node::str(self.escape(&text)),
            Node::List(list) => Node::List(list.iter().map(|n| self.guard(n.clone())).collect()),
            Node::Map(map) => Node::Map(
                map.iter()
                    .map(|(k, v)| (k.clone(), self.guard(v.clone())))
                    .collect::<Map>(),
            ),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => node,
        }
    }

    /// A text, filled.
    ///
    /// # Errors
    /// One sentence: which expression, and what is wrong.
    pub fn text(&self, text: &str) -> Result<Node, String> {
        if !text.contains(['{', '\\']) {
            return Ok(Node::str(text));
        }
        let template = Template::parse("", At::default(), text).map_err(|problems| {
            let first = problems.first().map(|p| p.what.clone()).unwrap_or_default();
            format!("`{text}`: {first}")
        })?;
        template.fill(self)
    }

    /// A text, filled, as text.
    ///
    /// # Errors
    /// As [`Fill::text`].
    pub fn words(&self, text: &str) -> Result<String, String> {
        let node = self.text(text)?;
        Ok(node
            .as_str()
            .map_or_else(|| node.to_string(), str::to_owned))
    }

    /// A value with every text in it filled.
    ///
    /// # Errors
    /// As [`Fill::text`].
    pub fn value(&self, value: &Json) -> Result<Json, String> {
        self.value_at(value, 0)
    }

    fn value_at(&self, value: &Json, depth: usize) -> Result<Json, String> {
        if depth > DEEPEST {
            return Err(format!("nested deeper than {DEEPEST} levels"));
        }
        Ok(match value {
            Json::String(text) => self.text(text)?.to_json(),
            Json::Array(items) => Json::Array(
                items
                    .iter()
                    .map(|item| self.value_at(item, depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            Json::Object(map) => Json::Object(
                map.iter()
                    .map(|(k, v)| Ok((k.clone(), self.value_at(v, depth + 1)?)))
                    .collect::<Result<_, String>>()?,
            ),
            Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
        })
    }
}
