//! Patterns that the arguments of a call complete: `orders[{order_id}].status`
//! is the status of the order that the call names. Written in `reads` and
//! `writes` of `model` tools. An argument is a plain value, never syntax.

use super::node::Node;
use super::path::{Pattern, Seg, in_name, index, write_seg};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

/// Places that one pattern comes to for one call: more is no answer to one call.
const MOST: usize = 100_000;
/// Places inside each other's braces.
const DEEPEST: usize = 4;

/// One place of a pattern that a call completes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// As in any pattern.
    Seg(Seg),
    /// The keys or indexes that these values name, written `[{order_id}]`.
    Of(Source),
    /// The rows whose field has one of these values, written
    /// `[client_id={client_id}]` or `[status="open"]`.
    Where(Arc<str>, Is),
}

/// Where the values come from that complete a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// An argument of the call: a string, an integer, or a list of these. What
    /// is absent or anything else gives no value.
    Argument(Arc<str>),
    /// What stands at places of the world: `{claims[{claim_id}].txn_id}`.
    Place(Reach),
}

/// What a field is compared with, as `==` of the tool language does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Is {
    /// `"open"`
    Text(Arc<str>),
    /// `3`
    Whole(i64),
    /// `true`
    Truth(bool),
    /// `{client_id}`
    Of(Source),
}

/// A plain value as it is compared: a whole float is that integer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Plain {
    Text(Arc<str>),
    Whole(i64),
    Truth(bool),
}

/// A set of places that may depend on the call: a [`Pattern`] in which a bracket
/// may also hold `{argument}`, `{place}` or a comparison of a field.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Reach(pub Vec<Part>);

impl Reach {
    /// Reads the written form; an error says what is wrong and where.
    ///
    /// # Errors
    /// Where brackets, braces or quotes do not close, or a name is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read = Reading { text };
        let (reach, rest) = read.place(text.trim(), 0)?;
        if rest.is_empty() {
            Ok(reach)
        } else {
            Err(format!("`{text}`: expected `.name` or `[*]` at `{rest}`"))
        }
    }
    /// The pattern, where no call is needed to complete it.
    #[must_use]
    pub fn plain(&self) -> Option<Pattern> {
        let segs = self.0.iter().map(|part| match part {
            Part::Seg(seg) => Some(seg.clone()),
            Part::Of(_) | Part::Where(..) => None,
        });
        segs.collect::<Option<_>>().map(Pattern)
    }
    /// The pattern with `[*]` for all that a call completes: no call reaches more.
    #[must_use]
    pub fn widest(&self) -> Pattern {
        let segs = self.0.iter().map(|part| match part {
            Part::Seg(seg) => seg.clone(),
            Part::Of(_) | Part::Where(..) => Seg::Any,
        });
        Pattern(segs.collect())
    }
    /// The table that it begins with.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        match self.0.first() {
            Some(Part::Seg(Seg::Key(table))) => Some(table),
            Some(Part::Seg(Seg::Any) | Part::Of(_) | Part::Where(..)) | None => None,
        }
    }
    /// Arguments that it names, those inside of inner places too.
    #[must_use]
    pub fn arguments(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for source in self.sources() {
            match source {
                Source::Argument(name) => out.push(&**name),
                Source::Place(inner) => out.extend(inner.arguments()),
            }
        }
        out
    }
    /// What its braces hold, in order.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.0.iter().filter_map(|part| match part {
            Part::Of(source) | Part::Where(_, Is::Of(source)) => Some(source),
            Part::Seg(_) | Part::Where(_, Is::Text(_) | Is::Whole(_) | Is::Truth(_)) => None,
        })
    }
    /// Adds the places that it comes to for a call with `args` in `world`.
    fn bind(&self, args: &Node, world: &Node, out: &mut Vec<Pattern>) {
        let mut heads: Vec<Vec<Seg>> = vec![Vec::new()];
        for part in &self.0 {
            match part {
                Part::Seg(seg) => heads.iter_mut().for_each(|head| head.push(seg.clone())),
                Part::Of(source) => {
                    let values = source.values(args, world);
                    let mut next = Vec::new();
                    for head in heads {
                        // No value means "after the last" as `-` does in a patch.
                        let list = any_list(world, &head);
                        for value in &values {
                            let key: Arc<str> = match value {
                                Plain::Text(text) => Arc::clone(text),
                                Plain::Whole(number) => number.to_string().into(),
                                Plain::Truth(_) => continue,
                            };
                            if list && index(&key).is_none() {
                                continue;
                            }
                            if next.len() >= MOST {
                                break;
                            }
                            let mut longer = head.clone();
                            longer.push(Seg::Key(key));
                            next.push(longer);
                        }
                    }
                    heads = next;
                }
                Part::Where(field, is) => {
                    let wanted = is.values(args, world);
                    let mut next = Vec::new();
                    if !wanted.is_empty() {
                        for head in &heads {
                            rows(world, head, field, &wanted, &mut next);
                        }
                    }
                    heads = next;
                }
            }
        }
        out.extend(heads.into_iter().map(Pattern));
    }
}

/// The places that patterns come to for a call with `args` in `world`: keys
/// stand for themselves, comparisons are done on the world as it is.
#[must_use]
pub fn bound(list: &[Reach], args: &Node, world: &Node) -> Vec<Pattern> {
    let mut out = Vec::new();
    for reach in list {
        reach.bind(args, world, &mut out);
    }
    out
}

/// What a call with `args` may see of `world`. A table that is named, and of
/// which the call reaches no row, is shown empty.
#[must_use]
pub fn project(list: &[Reach], args: &Node, world: &Node) -> Node {
    let seen = world.project(&bound(list, args, world));
    let (Node::Map(map), Node::Map(shown)) = (world, &seen) else {
        return seen;
    };
    let named: HashSet<&str> = list.iter().filter_map(Reach::table).collect();
    let tables = map.iter().filter_map(|(name, table)| {
        let empty = match table {
            Node::Map(_) => Node::Map(super::Map::new()),
            Node::List(_) => Node::List(super::List::new()),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
                return shown.get(name).map(|n| (name.clone(), n.clone()));
            }
        };
        match shown.get(name) {
            Some(node) => Some((name.clone(), node.clone())),
            None => named.contains(&**name).then(|| (name.clone(), empty)),
        }
    });
    Node::Map(tables.collect())
}

impl Source {
    fn values(&self, args: &Node, world: &Node) -> BTreeSet<Plain> {
        let mut out = BTreeSet::new();
        match self {
            Self::Argument(name) => {
                if let Some(value) = args.as_map().and_then(|all| all.get(name)) {
                    take(value, &mut out);
                }
            }
            Self::Place(reach) => {
                let mut places = Vec::new();
                reach.bind(args, world, &mut places);
                for place in &places {
                    each_at(world, &place.0, &mut Vec::new(), &mut |_, node| {
                        take(node, &mut out);
                    });
                }
            }
        }
        out
    }
}

impl Is {
    fn values(&self, args: &Node, world: &Node) -> BTreeSet<Plain> {
        let one = match self {
            Self::Text(text) => Plain::Text(Arc::clone(text)),
            Self::Whole(number) => Plain::Whole(*number),
            Self::Truth(truth) => Plain::Truth(*truth),
            Self::Of(source) => return source.values(args, world),
        };
        BTreeSet::from([one])
    }
}

impl Plain {
    fn of(node: &Node) -> Option<Self> {
        match node {
            Node::Str(text) => Some(Self::Text(Arc::clone(text))),
            Node::Int(number) => Some(Self::Whole(*number)),
            // 2^53: up to there a float and its integer are the same number.
            Node::Float(float)
                if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 =>
            {
                Some(Self::Whole(*float as i64))
            }
            Node::Bool(truth) => Some(Self::Truth(*truth)),
            Node::Null | Node::Float(_) | Node::List(_) | Node::Map(_) => None,
        }
    }
}

/// Takes a string or an integer, or those of a list.
fn take(node: &Node, out: &mut BTreeSet<Plain>) {
    let mut one = |node: &Node| match Plain::of(node) {
        Some(value @ (Plain::Text(_) | Plain::Whole(_))) => {
            out.insert(value);
        }
        Some(Plain::Truth(_)) | None => {}
    };
    match node {
        Node::List(list) => list.iter().for_each(one),
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Str(_)
        | Node::Map(_) => {
            one(node);
        }
    }
}

/// Visits what stands at the places of a pattern.
pub fn visit(world: &Node, pattern: &Pattern, see: &mut dyn FnMut(&Node)) {
    each_at(world, &pattern.0, &mut Vec::new(), &mut |_, node| see(node));
}

/// Visits what stands where `segs` lead, with the keys on the way there.
fn each_at(node: &Node, segs: &[Seg], at: &mut Vec<Seg>, visit: &mut dyn FnMut(&[Seg], &Node)) {
    let Some((seg, rest)) = segs.split_first() else {
        visit(at, node);
        return;
    };
    match seg {
        Seg::Key(key) => {
            if let Some(kid) = node.child(key) {
                at.push(seg.clone());
                each_at(kid, rest, at, visit);
                at.pop();
            }
        }
        Seg::Any => each_kid(node, &mut |key, kid| {
            at.push(Seg::Key(key));
            each_at(kid, rest, at, visit);
            at.pop();
        }),
    }
}

fn each_kid(node: &Node, visit: &mut dyn FnMut(Arc<str>, &Node)) {
    match node {
        Node::Map(map) => map
            .iter()
            .for_each(|(key, kid)| visit(Arc::clone(key), kid)),
        Node::List(list) => list
            .iter()
            .enumerate()
            .for_each(|(at, kid)| visit(at.to_string().into(), kid)),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
    }
}

fn any_list(world: &Node, head: &[Seg]) -> bool {
    let mut any = false;
    each_at(world, head, &mut Vec::new(), &mut |_, node| {
        any |= node.as_list().is_some();
    });
    any
}

/// Adds the rows below `head` whose `field` is one of the `wanted`.
fn rows(
    world: &Node,
    head: &[Seg],
    field: &str,
    wanted: &BTreeSet<Plain>,
    out: &mut Vec<Vec<Seg>>,
) {
    each_at(world, head, &mut Vec::new(), &mut |at, table| {
        each_kid(table, &mut |key, row| {
            let value = row
                .as_map()
                .and_then(|row| row.get(field))
                .and_then(Plain::of);
            if value.is_some_and(|v| wanted.contains(&v)) && out.len() < MOST {
                out.push(at.iter().cloned().chain([Seg::Key(key)]).collect());
            }
        });
    });
}

/// Reads the written form; each part gives what follows it.
struct Reading<'a> {
    /// The whole pattern, for messages.
    text: &'a str,
}

impl<'a> Reading<'a> {
    fn wrong<T>(&self, what: &str, at: &str) -> Result<T, String> {
        Err(format!("`{}`: {what} at `{at}`", self.text))
    }
    /// A place: to the end of the text, or to the brace that closes it.
    fn place(&self, text: &'a str, depth: usize) -> Result<(Reach, &'a str), String> {
        let mut parts = Vec::new();
        let mut rest = text;
        // Within braces a place ends where no bracket and no name follows.
        let ends = |rest: &str, first: bool| {
            rest.is_empty()
                || depth > 0
                    && if first {
                        rest.starts_with('}')
                    } else {
                        !rest.starts_with(['.', '['])
                    }
        };
        while !ends(rest, parts.is_empty()) {
            let (part, after) = if let Some(inside) = rest.strip_prefix('[') {
                self.bracket(inside, rest, depth)?
            } else {
                let name = match rest.strip_prefix('.') {
                    Some(name) if !parts.is_empty() => name,
                    None if parts.is_empty() => rest,
                    Some(_) | None => return self.wrong("expected `.name` or `[*]`", rest),
                };
                let end = name.find(|c| !in_name(c)).unwrap_or(name.len());
                match name.split_at(end) {
                    ("", after) => {
                        if let Some(after) = after.strip_prefix('*') {
                            (Part::Seg(Seg::Any), after)
                        } else if let Some(inside) = after.strip_prefix('{') {
                            let (source, after) = self.source(inside, after, depth)?;
                            (Part::Of(source), after)
                        } else {
                            return self.wrong("a name is missing", rest);
                        }
                    }
                    (key, after) => (Part::Seg(Seg::Key(key.into())), after),
                }
            };
            if parts.is_empty() && !matches!(part, Part::Seg(_)) {
                return self.wrong("a place begins with the name of a table", rest);
            }
            parts.push(part);
            rest = after;
        }
        Ok((Reach(parts), rest))
    }
    /// What stands after `[`, with its `]`.
    fn bracket(&self, inside: &'a str, at: &str, depth: usize) -> Result<(Part, &'a str), String> {
        let closed = |part: Part, after: &'a str| match after.strip_prefix(']') {
            Some(after) => Ok((part, after)),
            None => self.wrong("a `]` is missing", at),
        };
        if let Some(after) = inside.strip_prefix('*') {
            return closed(Part::Seg(Seg::Any), after);
        }
        if let Some(after) = inside.strip_prefix('{') {
            let (source, after) = self.source(after, inside, depth)?;
            return closed(Part::Of(source), after);
        }
        let name: Option<(Arc<str>, &str)> = if inside.starts_with('"') {
            quoted(inside)
        } else {
            let end = inside.find(|c| !in_name(c)).unwrap_or(inside.len());
            let (name, after) = inside.split_at(end);
            (!name.is_empty()).then(|| (name.into(), after))
        };
        match name {
            Some((field, after)) if after.starts_with('=') => {
                let after = after.strip_prefix('=').unwrap_or(after);
                let (is, after) = self.is(after, depth)?;
                closed(Part::Where(field, is), after)
            }
            Some((key, after)) if inside.starts_with('"') || index(&key).is_some() => {
                closed(Part::Seg(Seg::Key(key)), after)
            }
            Some(_) | None => self.wrong(
                "expected `[*]`, `[0]`, `[\"key\"]`, `[{argument}]` or `[field={argument}]`",
                at,
            ),
        }
    }
    /// What a field is compared with.
    fn is(&self, text: &'a str, depth: usize) -> Result<(Is, &'a str), String> {
        if let Some(inside) = text.strip_prefix('{') {
            let (source, after) = self.source(inside, text, depth)?;
            return Ok((Is::Of(source), after));
        }
        if let Some((text, after)) = quoted(text) {
            return Ok((Is::Text(text), after));
        }
        let end = text.find(|c| !in_name(c)).unwrap_or(text.len());
        let (word, after) = text.split_at(end);
        let is = match word {
            "true" => Some(Is::Truth(true)),
            "false" => Some(Is::Truth(false)),
            _ => word.parse().ok().map(Is::Whole),
        };
        match is {
            Some(is) => Ok((is, after)),
            None => self.wrong(
                "expected `{argument}`, `\"text\"`, a whole number, true or false",
                text,
            ),
        }
    }
    /// What stands after `{`, with its `}`: an argument's name, or a place.
    fn source(&self, inside: &'a str, at: &str, depth: usize) -> Result<(Source, &'a str), String> {
        let end = inside.find(|c| !in_name(c)).unwrap_or(inside.len());
        let (name, after) = inside.split_at(end);
        if let Some(after) = after.strip_prefix('}').filter(|_| !name.is_empty()) {
            return Ok((Source::Argument(name.into()), after));
        }
        if depth >= DEEPEST {
            return self.wrong("braces are nested too deeply", at);
        }
        let (reach, after) = self.place(inside, depth + 1)?;
        if reach.0.is_empty() {
            return self.wrong("the name of an argument is missing", at);
        }
        match after.strip_prefix('}') {
            Some(after) => Ok((Source::Place(reach), after)),
            None => self.wrong("a `}` is missing", at),
        }
    }
}

/// A text in quotes, and what follows it.
fn quoted(text: &str) -> Option<(Arc<str>, &str)> {
    let mut chars = text.strip_prefix('"')?.chars();
    let mut out = String::new();
    loop {
        match chars.next()? {
            '"' => return Some((out.into(), chars.as_str())),
            '\\' => out.push(chars.next()?),
            c => out.push(c),
        }
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) => write!(f, "{{{name}}}"),
            Self::Place(reach) => write!(f, "{{{reach}}}"),
        }
    }
}
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            match part {
                Part::Seg(seg) => write_seg(f, seg, i == 0)?,
                Part::Of(source) => write!(f, "[{source}]")?,
                Part::Where(field, is) => {
                    f.write_str("[")?;
                    if !field.is_empty() && field.chars().all(in_name) {
                        f.write_str(field)?;
                    } else {
                        write_quoted(f, field)?;
                    }
                    f.write_str("=")?;
                    match is {
                        Is::Text(text) => write_quoted(f, text)?,
                        Is::Whole(number) => write!(f, "{number}")?,
                        Is::Truth(truth) => write!(f, "{truth}")?,
                        Is::Of(source) => write!(f, "{source}")?,
                    }
                    f.write_str("]")?;
                }
            }
        }
        Ok(())
    }
}
impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl From<Pattern> for Reach {
    fn from(pattern: Pattern) -> Self {
        Self(pattern.0.into_iter().map(Part::Seg).collect())
    }
}
impl Serialize for Reach {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Reach {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
