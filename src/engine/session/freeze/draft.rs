//! A first draft of a rule, from one accepted answer: rows that the arguments
//! lead to are looked up, each value that was written or answered is named by
//! where it came from, and what comes from nowhere is written as it was.

use super::fresh;
use crate::engine::rules::is_builtin;
use crate::engine::world::{Map, Node, Op, Patch, Path};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Rows that are looked up.
const ROWS: usize = 8;
/// How far from an argument a row may be.
const FAR: usize = 3;
/// Columns from which a map stands on several lines.
const WIDE: usize = 88;
/// A number from which it is no coincidence that it stands somewhere else too.
const TELLING: f64 = 10.0;

/// What a draft is made from.
pub(super) struct Facts<'a> {
    pub now: &'a str,
    pub world: &'a Node,
    pub args: &'a Node,
    pub result: &'a Node,
    pub patch: &'a Patch,
}

/// A value with a name.
struct Named {
    expr: String,
    key: String,
    value: Node,
    /// The look-up that it needs.
    of: Option<usize>,
}

/// A statement that gives a name.
struct Let {
    name: String,
    line: String,
    of: Option<usize>,
    /// The row that it names.
    row: Option<(String, String)>,
    used: bool,
}

struct Draft<'a> {
    facts: &'a Facts<'a>,
    named: Vec<Named>,
    lets: Vec<Let>,
    taken: BTreeSet<String>,
}

/// The body of the rule.
///
/// # Errors
/// One sentence: what it did cannot be said in a rule.
pub(super) fn body(facts: &Facts<'_>) -> Result<String, String> {
    let mut draft = Draft {
        facts,
        named: Vec::new(),
        lets: Vec::new(),
        taken: BTreeSet::new(),
    };
    draft.names();
    draft.rows();
    draft.ids();
    let mut statements = String::new();
    let mut perhaps = String::new();
    for op in &facts.patch.0 {
        draft.statement(op, &mut statements, &mut perhaps)?;
    }
    let result = draft.value(facts.result, "", 0);
    let _ = writeln!(statements, "return {result}");
    let mut out = String::from(
        "# A draft from one accepted answer: it does not say yet when the call is refused.\n",
    );
    for line in &draft.lets {
        if line.used {
            out.push_str(&line.line);
            out.push('\n');
        }
    }
    out.push_str(&perhaps);
    out.push_str(&statements);
    Ok(out)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A text as the language writes it; braces are no templates.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '"' | '\\' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn field(expr: &str, key: &str) -> String {
    if is_name(key) {
        format!("{expr}.{key}")
    } else {
        format!("{expr}[{}]", quoted(key))
    }
}

/// Whether it is no coincidence that a value stands in two places.
fn telling(value: &Node) -> bool {
    match value {
        Node::Str(s) => {
            s.len() >= 6 || s.contains(' ') || s.len() >= 3 && s.contains(|c: char| c.is_numeric())
        }
        Node::Int(_) | Node::Float(_) => value.as_f64().is_some_and(|v| v.abs() >= TELLING),
        Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => false,
    }
}

impl Draft<'_> {
    /// What has a name before any look-up: the arguments, the clock.
    fn names(&mut self) {
        let world = self.facts.world;
        let tables = world.as_map().into_iter().flat_map(Map::keys);
        self.taken.extend(tables.map(ToString::to_string));
        for word in [
            "let", "need", "fail", "if", "elif", "else", "each", "set", "push", "del", "call",
            "return", "for", "in", "and", "or", "not", "find", "null", "true", "false", "tool",
            "proc",
        ] {
            self.taken.insert(word.to_owned());
        }
        let args = self.facts.args.clone();
        for (key, value) in args.as_map().into_iter().flat_map(|m| m.iter()) {
            self.taken.insert(key.to_string());
            self.leaves(key, key, value, None, 2);
        }
        let now = self.facts.now;
        let mut clock = |expr: &str, key: &str, text: Option<&str>| {
            if let Some(text) = text {
                self.named.push(Named {
                    expr: expr.to_owned(),
                    key: key.to_owned(),
                    value: Node::str(text),
                    of: None,
                });
            }
        };
        clock("now()", "", Some(now));
        clock("date(now())", "", now.get(..10));
    }

    fn leaves(&mut self, expr: &str, key: &str, value: &Node, of: Option<usize>, deep: usize) {
        match value {
            Node::Map(map) if deep > 0 => {
                for (key, value) in map {
                    self.leaves(&field(expr, key), key, value, of, deep - 1);
                }
            }
            Node::Str(_) | Node::Int(_) | Node::Float(_) => self.named.push(Named {
                expr: expr.to_owned(),
                key: key.to_owned(),
                value: value.clone(),
                of,
            }),
            Node::Map(_) | Node::List(_) | Node::Null | Node::Bool(_) => {}
        }
    }

    fn fresh_name(&mut self, stem: &str) -> String {
        let stem: String = stem
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let stem = if is_name(&stem) {
            stem
        } else {
            format!("row_{stem}")
        };
        let mut name = stem.clone();
        let mut n = 2;
        while is_builtin(&name) || !self.taken.insert(name.clone()) {
            name = format!("{stem}_{n}");
            n += 1;
        }
        name
    }

    /// The rows that the arguments lead to, and those that these lead to.
    fn rows(&mut self) {
        let tables: Vec<(String, Node)> = self
            .facts
            .world
            .as_map()
            .into_iter()
            .flat_map(|m| m.iter())
            .map(|(name, table)| (name.to_string(), table.clone()))
            .collect();
        let (mut from, mut far) = (0, 0);
        while far < FAR && self.lets.len() < ROWS {
            let upto = self.named.len();
            for at in from..upto {
                let Some((expr, value, of)) = self
                    .named
                    .get(at)
                    .map(|n| (n.expr.clone(), n.value.clone(), n.of))
                else {
                    continue;
                };
                let Some(key) = value.as_str().map(str::to_owned) else {
                    continue;
                };
                for (table, rows) in &tables {
                    let row = rows.as_map().and_then(|m| m.get(key.as_str()));
                    let Some(row) = row.filter(|r| r.as_map().is_some()) else {
                        continue;
                    };
                    let place = (table.clone(), key.clone());
                    let known = self.lets.iter().any(|l| l.row.as_ref() == Some(&place));
                    if known || self.lets.len() >= ROWS {
                        continue;
                    }
                    self.look_up(&expr, of, place, row);
                }
            }
            from = upto;
            far += 1;
        }
    }

    fn look_up(&mut self, expr: &str, of: Option<usize>, place: (String, String), row: &Node) {
        let single = place.0.strip_suffix('s').unwrap_or(&place.0).to_owned();
        let name = self.fresh_name(&single);
        let mut line = format!("let {name} = {}[{expr}]", place.0);
        if of.is_none() {
            let mut thing = single.replace('_', " ");
            if let Some(first) = thing.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let _ = write!(line, " else 404 \"{thing} {{{expr}}} not found\"");
        }
        let at = self.lets.len();
        self.lets.push(Let {
            name: name.clone(),
            line,
            of,
            row: Some(place),
            used: false,
        });
        for (key, value) in row.as_map().into_iter().flat_map(|m| m.iter()) {
            self.leaves(&field(&name, key), key, value, Some(at), 1);
        }
    }

    /// Ids that the answer made.
    fn ids(&mut self) {
        for (id, key) in fresh(
            self.facts.world,
            self.facts.args,
            self.facts.patch,
            self.facts.result,
        ) {
            let prefix = id
                .rsplit_once('-')
                .map_or(id.as_str(), |(p, _)| p)
                .to_owned();
            let stem = if is_name(&key) && !key.is_empty() {
                key
            } else {
                String::from("new")
            };
            let name = self.fresh_name(&stem);
            let at = self.lets.len();
            self.lets.push(Let {
                line: format!("let {name} = new_id({})", quoted(&prefix)),
                name: name.clone(),
                of: None,
                row: None,
                used: false,
            });
            self.named.push(Named {
                expr: name,
                key: String::new(),
                value: Node::Str(id.into()),
                of: Some(at),
            });
        }
    }

    /// Marks a look-up, and those that it needs, as used.
    fn mark(&mut self, of: Option<usize>) {
        let mut next = of;
        while let Some(found) = next.and_then(|at| self.lets.get_mut(at)) {
            found.used = true;
            next = found.of;
        }
    }

    /// The name of a value that stands under `key`.
    fn name_of(&mut self, value: &Node, key: &str) -> Option<String> {
        let same: Vec<usize> = (0..self.named.len())
            .filter(|at| self.named.get(*at).is_some_and(|n| n.value == *value))
            .collect();
        let is_key =
            |at: &&usize| !key.is_empty() && self.named.get(**at).is_some_and(|n| n.key == key);
        let is_new = |at: &&usize| self.named.get(**at).is_some_and(|n| n.key.is_empty());
        let at = same
            .iter()
            .find(is_key)
            .or_else(|| same.iter().find(is_new))
            .or_else(|| same.first().filter(|_| telling(value)))
            .copied()?;
        let (expr, of) = self.named.get(at).map(|n| (n.expr.clone(), n.of))?;
        self.mark(of);
        Some(expr)
    }

    /// A number that follows from two that have names.
    fn reckoned(&mut self, value: &Node) -> Option<String> {
        let wanted = value.as_f64().filter(|v| v.abs() >= TELLING)?;
        let numbers: Vec<(usize, f64)> = self
            .named
            .iter()
            .enumerate()
            .filter_map(|(i, n)| Some((i, n.value.as_f64()?)))
            .take(40)
            .collect();
        for (i, a) in &numbers {
            for (j, b) in &numbers {
                for (sign, sum) in [("-", a - b), ("+", a + b)] {
                    if i == j || (sum - wanted).abs() > 1e-9 {
                        continue;
                    }
                    let (left, right) = (self.named.get(*i)?, self.named.get(*j)?);
                    let text = format!("{} {sign} {}", left.expr, right.expr);
                    let (one, other) = (left.of, right.of);
                    self.mark(one);
                    self.mark(other);
                    return Some(match value {
                        Node::Float(_) => format!("round({text}, 2)"),
                        _ => text,
                    });
                }
            }
        }
        None
    }

    /// A text in which known values stand, as a template.
    fn template(&mut self, text: &str) -> String {
        let mut known: Vec<(String, String, Option<usize>)> = self
            .named
            .iter()
            .filter(|n| telling(&n.value) && !n.expr.contains('"'))
            .filter_map(|n| Some((n.value.as_str()?.to_owned(), n.expr.clone(), n.of)))
            .filter(|(value, ..)| value != text && value.len() <= text.len())
            .collect();
        known.sort_by_key(|(value, ..)| std::cmp::Reverse(value.len()));
        let mut out = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let before = text
                .get(..text.len() - rest.len())
                .and_then(|s| s.chars().next_back());
            let found = known.iter().find(|(value, ..)| {
                let after = rest.get(value.len()..).and_then(|s| s.chars().next());
                rest.starts_with(value.as_str()) && !word(before) && !word(after)
            });
            if let Some((value, expr, of)) = found.cloned() {
                let _ = write!(out, "{{{expr}}}");
                self.mark(of);
                rest = rest.get(value.len()..).unwrap_or_default();
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            out.push_str(&escaped(&c.to_string()));
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        format!("\"{out}\"")
    }

    /// A value as an expression, `indent` columns from the left.
    fn value(&mut self, value: &Node, key: &str, indent: usize) -> String {
        if let Some(name) = self.name_of(value, key) {
            return name;
        }
        match value {
            Node::Null => String::from("null"),
            Node::Bool(b) => b.to_string(),
            Node::Int(_) | Node::Float(_) => {
                self.reckoned(value).unwrap_or_else(|| value.to_string())
            }
            Node::Str(text) => self.template(text),
            Node::List(list) => {
                let items: Vec<String> = list
                    .iter()
                    .map(|item| self.value(item, "", indent + 4))
                    .collect();
                laid("[", &items, "]", indent)
            }
            Node::Map(map) => {
                let items: Vec<String> = map
                    .iter()
                    .map(|(key, item)| {
                        let name = if is_name(key) {
                            key.to_string()
                        } else {
                            quoted(key)
                        };
                        format!("{name}: {}", self.value(item, key, indent + 4))
                    })
                    .collect();
                laid("{", &items, "}", indent)
            }
        }
    }

    /// A place of the world as an expression.
    fn place(&mut self, path: &Path) -> Option<String> {
        let (table, rest) = path.0.split_first()?;
        let mut out = table.to_string();
        let mut rest = rest;
        if let [key, below @ ..] = rest {
            let row = (out.clone(), key.to_string());
            let known = self
                .lets
                .iter()
                .position(|l| l.row.as_ref() == Some(&row))
                .filter(|_| !below.is_empty());
            if let Some(at) = known {
                self.mark(Some(at));
                out.clone_from(&self.lets.get(at)?.name);
                rest = below;
            }
        }
        let mut here: Vec<_> = vec![table.clone()];
        here.extend(
            path.0
                .iter()
                .skip(1)
                .take(path.0.len() - 1 - rest.len())
                .cloned(),
        );
        for key in rest {
            let in_list = Path(here.clone())
                .find(self.facts.world)
                .is_some_and(|n| n.as_list().is_some());
            let text = Node::str(key.clone());
            if in_list {
                let _ = write!(out, "[{key}]");
            } else if let Some(name) = self.name_of(&text, "") {
                let _ = write!(out, "[{name}]");
            } else {
                out = field(&out, key);
            }
            here.push(key.clone());
        }
        Some(out)
    }

    fn statement(&mut self, op: &Op, out: &mut String, perhaps: &mut String) -> Result<(), String> {
        let no = || String::from("it writes the whole world at once");
        match op {
            Op::Add { path, value } => {
                let (above, last) = path.split().ok_or_else(no)?;
                let list = above.find(self.facts.world).and_then(Node::as_list);
                if last.as_ref() == "-" || list.is_some_and(|l| last.parse() == Ok(l.len())) {
                    let place = self.place(&above).ok_or_else(no)?;
                    let value = self.value(value, "", 0);
                    let _ = writeln!(out, "push {place} = {value}");
                    return Ok(());
                }
                if list.is_some() {
                    return Err(format!("it puts something into the midst of {above}"));
                }
                self.set(path, value, out).ok_or_else(no)
            }
            Op::Replace { path, value } => {
                let before = path.find(self.facts.world).filter(|n| {
                    matches!(n, Node::Str(_)) && n.as_str().is_some_and(|s| s.len() <= 24)
                });
                self.set(path, value, out).ok_or_else(no)?;
                if let Some(before) = before {
                    let place = self.place(path).ok_or_else(no)?;
                    let _ = writeln!(
                        perhaps,
                        "# Perhaps: need {place} == {} else 409 \"…\"",
                        quoted(before.as_str().unwrap_or_default())
                    );
                }
                Ok(())
            }
            Op::Remove { path } => {
                let place = self.place(path).ok_or_else(no)?;
                let _ = writeln!(out, "del {place}");
                Ok(())
            }
            Op::Test { .. } => Ok(()),
            Op::Move { path, .. } | Op::Copy { path, .. } => Err(format!(
                "it moves or copies to {path}, which a rule does not say"
            )),
        }
    }

    fn set(&mut self, path: &Path, value: &Node, out: &mut String) -> Option<()> {
        let key = path.0.last().map(ToString::to_string).unwrap_or_default();
        let place = self.place(path)?;
        let text = self.value(value, &key, 0);
        let _ = writeln!(out, "set {place} = {text}");
        // From here on the place has this value.
        for named in self.named.iter_mut().filter(|n| n.expr == place) {
            named.value = value.clone();
        }
        Some(())
    }
}

/// Items between brackets: on a line where they fit, else one a line.
fn laid(open: &str, items: &[String], close: &str, indent: usize) -> String {
    let line = format!("{open}{}{close}", items.join(", "));
    if indent + line.len() <= WIDE && !line.contains('\n') {
        return line;
    }
    let pad = " ".repeat(indent);
    let mut out = format!("{open}\n");
    for (at, item) in items.iter().enumerate() {
        let comma = if at + 1 < items.len() { "," } else { "" };
        let _ = writeln!(out, "{pad}    {item}{comma}");
    }
    out.push_str(&pad);
    out.push_str(close);
    out
}
