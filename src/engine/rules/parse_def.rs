//! Tokens to definitions: headers with their parameters and types.

use super::ast::{Def, DefKind, Var};
use super::lexer::{Piece, Span, Tok};
use super::near::nearest;
use super::parser::{Bad, DEFS, MAX_DEPTH, Parsed, Parser, STATEMENTS};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Types of parameters, as a header writes them.
const TYPES: [&str; 7] = [
    "string", "integer", "number", "boolean", "object", "array", "any",
];

impl Parser<'_> {
    // ---- definitions

    pub fn defs(&mut self) -> Vec<Def> {
        let mut defs = Vec::new();
        let mut docs: Vec<(Arc<str>, u32)> = Vec::new();
        loop {
            match self.tok() {
                Tok::End => break,
                Tok::Doc(text) => {
                    let line = self.span().line;
                    if docs.last().is_some_and(|(_, l)| l + 1 != line) {
                        docs.clear();
                    }
                    docs.push((text.clone(), line));
                    self.bump();
                }
                Tok::Newline | Tok::Dedent => self.bump(),
                Tok::Indent => {
                    // A block whose header could not be read: its lines are
                    // still looked at.
                    let mut lost = Vec::new();
                    self.block_lines(&mut lost);
                }
                Tok::Word(_) | Tok::Int(_) | Tok::Float(_) | Tok::Text(_) | Tok::Sign(_) => {
                    let line = self.span().line;
                    let near = docs.last().is_some_and(|(_, l)| l + 1 == line);
                    let doc: Vec<_> = docs.drain(..).map(|(t, _)| t.to_string()).collect();
                    match self.def(if near { doc.join("\n") } else { String::new() }) {
                        Ok(def) => defs.push(def),
                        Err(Bad) => self.skip_line(),
                    }
                }
            }
        }
        defs
    }

    fn def(&mut self, doc: String) -> Parsed<Def> {
        let at = self.span();
        let word = match self.tok() {
            Tok::Word(w) => w.clone(),
            _ => "".into(),
        };
        let kind = match &*word {
            "tool" => DefKind::Tool,
            "proc" => DefKind::Proc,
            "invariant" => DefKind::Invariant,
            "policy" => DefKind::Policy,
            "after" => DefKind::After,
            _ => return Err(self.no_def(at, &word)),
        };
        self.bump();
        let (name, _) = if kind == DefKind::After && !matches!(self.tok(), Tok::Word(_)) {
            ("after".into(), at)
        } else {
            self.name("a name")?
        };
        let mut def = Def {
            kind,
            name,
            file: self.file.clone(),
            source: self.source.clone(),
            at,
            doc,
            listed: false,
            params: Vec::new(),
            schema: None,
            on: Vec::new(),
            body: Vec::new(),
            slots: 0,
            free: Vec::new(),
            bound: Vec::new(),
        };
        if self.is("(") {
            match kind {
                DefKind::Tool => {
                    def.listed = true;
                    let (params, schema) = self.tool_params()?;
                    def.params = params;
                    def.schema = Some(schema);
                }
                DefKind::Proc => {
                    def.listed = true;
                    def.params = self.proc_params()?;
                }
                DefKind::Invariant | DefKind::Policy | DefKind::After | DefKind::Expr => {
                    return Err(self.wrong(
                        self.span(),
                        format!("`{word}` takes no parameters"),
                        "remove the parentheses",
                    ));
                }
            }
        }
        if kind == DefKind::Policy && self.eat_word("on") {
            loop {
                def.on.push(self.name("the name of a tool")?);
                if !self.eat(",") {
                    break;
                }
            }
        }
        def.at = self.since(at);
        def.body = self.block(&format!("`{word} {}`", def.name));
        Ok(def)
    }

    fn no_def(&mut self, at: Span, word: &str) -> Bad {
        if word.is_empty() {
            let found = self.found();
            return self.wrong(
                at,
                format!("expected a definition, found {found}"),
                "a file holds `tool`, `proc`, `invariant`, `policy` and `after` blocks",
            );
        }
        if STATEMENTS.contains(&word) {
            return self.wrong(
                at,
                format!("`{word}` stands outside of any definition"),
                "indent it below the `tool`, `proc`, `invariant`, `policy` or `after` it belongs to",
            );
        }
        let help = nearest(word, &DEFS).map_or_else(
            || {
                String::from(
                    "a definition begins with `tool`, `proc`, `invariant`, `policy` or `after`",
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        self.wrong(at, format!("`{word}` begins no definition"), help)
    }

    fn proc_params(&mut self) -> Parsed<Vec<Var>> {
        self.bump();
        let mut params: Vec<Var> = Vec::new();
        while !self.is(")") {
            let (name, at) = self.name("a parameter")?;
            self.add_param(&mut params, name, at);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")", "it closes the list of parameters")?;
        Ok(params)
    }

    pub fn add_param(&mut self, params: &mut Vec<Var>, name: Arc<str>, at: Span) {
        if params.iter().any(|p| p.name == name) {
            self.wrong(at, format!("a second parameter `{name}`"), "name each once");
        }
        let slot = params.len() as u32;
        params.push(Var { name, slot, at });
    }

    // ---- headers

    /// `(name: type "description", note?: string)`
    pub fn tool_params(&mut self) -> Parsed<(Vec<Var>, Value)> {
        self.bump();
        let mut params = Vec::new();
        let schema = self.fields(")", Some(&mut params))?;
        Ok((params, schema))
    }

    /// Fields up to `close`, as the schema of an object.
    fn fields(&mut self, close: &str, mut params: Option<&mut Vec<Var>>) -> Parsed<Value> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        while !self.is(close) {
            let (name, at) = self.name("a parameter")?;
            let optional = self.eat("?");
            let mut schema = if self.eat(":") {
                self.type_()?
            } else {
                json!({})
            };
            if let Tok::Text(pieces) = self.tok() {
                let text: String = pieces
                    .iter()
                    .map(|p| match p {
                        Piece::Text(t) => t.clone(),
                        Piece::Code { text, .. } => format!("{{{text}}}"),
                    })
                    .collect();
                self.bump();
                if let Value::Object(map) = &mut schema {
                    map.insert(String::from("description"), Value::from(text));
                }
            }
            if let Some(params) = params.as_deref_mut() {
                self.add_param(params, name.clone(), at);
            }
            if !optional {
                required.push(Value::from(&*name));
            }
            properties.insert(name.to_string(), schema);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(close, "parameters are separated with `,`")?;
        let mut out = Map::new();
        out.insert(String::from("type"), Value::from("object"));
        out.insert(String::from("properties"), Value::Object(properties));
        if !required.is_empty() {
            out.insert(String::from("required"), Value::Array(required));
        }
        out.insert(String::from("additionalProperties"), Value::Bool(false));
        Ok(Value::Object(out))
    }

    fn type_(&mut self) -> Parsed<Value> {
        self.depth += 1;
        let out = if self.depth > MAX_DEPTH {
            Err(self.wrong(self.span(), "nested too deeply", ""))
        } else {
            self.type_inner()
        };
        self.depth -= 1;
        out
    }

    fn type_inner(&mut self) -> Parsed<Value> {
        let at = self.span();
        match self.tok() {
            Tok::Word(w) if TYPES.contains(&&**w) => {
                self.bump();
                Ok(if &**w == "any" {
                    json!({})
                } else {
                    json!({"type": &**w})
                })
            }
            Tok::Word(w) => {
                let known: Vec<&str> = TYPES.to_vec();
                let help = match &**w {
                    "str" | "text" => String::from("did you mean `string`?"),
                    "int" => String::from("did you mean `integer`?"),
                    "float" => String::from("did you mean `number`?"),
                    "bool" => String::from("did you mean `boolean`?"),
                    "list" => String::from("did you mean `array`, or `[string]`?"),
                    "map" | "dict" => String::from("did you mean `object`?"),
                    _ => nearest(w, &known).map_or_else(
                        || {
                            format!(
                                "types are {}, `[type]`, `{{name: type}}` and `\"a\" | \"b\"`",
                                TYPES.join(", ")
                            )
                        },
                        |near| format!("did you mean `{near}`?"),
                    ),
                };
                Err(self.wrong(at, format!("`{w}` is no type"), help))
            }
            Tok::Sign("[") => {
                self.bump();
                let items = self.type_()?;
                self.expect("]", "it closes the type")?;
                Ok(json!({"type": "array", "items": items}))
            }
            Tok::Sign("{") => {
                self.bump();
                self.fields("}", None)
            }
            Tok::Text(_) => {
                let mut values = Vec::new();
                loop {
                    let Tok::Text(pieces) = self.tok() else {
                        let found = self.found();
                        return Err(self.wrong(
                            self.span(),
                            format!("expected a text, found {found}"),
                            "",
                        ));
                    };
                    let [Piece::Text(text)] = pieces.as_slice() else {
                        return Err(self.wrong(
                            self.span(),
                            "a choice is a plain text",
                            r"write `\{` for a brace",
                        ));
                    };
                    values.push(Value::from(text.as_str()));
                    self.bump();
                    if !self.eat("|") {
                        break;
                    }
                }
                Ok(json!({"type": "string", "enum": values}))
            }
            _ => {
                let found = self.found();
                Err(self.wrong(at, format!("expected a type, found {found}"), ""))
            }
        }
    }
}
