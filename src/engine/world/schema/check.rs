//! A value held against rules: all of it, or only along and below the places
//! that a patch touched.

use super::compile::{Rule, Type};
use super::{Misfit, number, say};
use crate::engine::world::list::List;
use crate::engine::world::map::Map;
use crate::engine::world::node::Node;
use crate::engine::world::path::{Path, index};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Rules inside rules: a value of 100 levels with three rules a level.
const DEEPEST: usize = 300;

/// Rules applied before a check gives up, and how many more for each byte of the
/// value: a schema whose choices repeat themselves at every level would take for
/// ever. An ordinary schema needs one or two for each value.
const WORK: u64 = 1_000_000;
const WORK_A_BYTE: u64 = 64;

/// The touched places as a tree.
#[derive(Default)]
pub(super) struct Trail {
    /// All at and below may have changed.
    whole: bool,
    below: BTreeMap<Arc<str>, Trail>,
}

impl Trail {
    pub fn new(touched: &[Path]) -> Self {
        let mut root = Self::default();
        for path in touched {
            let end = path.0.iter().fold(&mut root, |trail, key| {
                trail.below.entry(key.clone()).or_default()
            });
            end.whole = true;
        }
        root
    }
}

pub(super) struct Checker<'a> {
    rules: &'a [Rule],
    at: Vec<Arc<str>>,
    depth: usize,
    /// Rules that may still be applied.
    work: u64,
    /// Only whether the value fits is asked, so that the first misfit ends it.
    quiet: bool,
    failed: bool,
    out: Vec<Misfit>,
}

impl<'a> Checker<'a> {
    /// Every misfit of a value; with a trail, of what lies along it.
    pub fn run(rules: &'a [Rule], root: usize, node: &Node, trail: Option<&Trail>) -> Vec<Misfit> {
        let mut checker = Self {
            rules,
            at: Vec::new(),
            depth: 0,
            work: WORK.saturating_add(node.weight().saturating_mul(WORK_A_BYTE)),
            quiet: false,
            failed: false,
            out: Vec::new(),
        };
        checker.check(root, node, trail);
        if checker.work == 0 {
            checker.out.push(Misfit {
                path: Path::root(),
                what: String::from("cannot be checked: the schema takes too many steps for it"),
            });
        }
        checker.out
    }

    fn misfit(&mut self, what: impl FnOnce() -> String) {
        self.failed = true;
        if !self.quiet {
            let path = Path(self.at.clone());
            self.out.push(Misfit { path, what: what() });
        }
    }

    /// Whether nothing more needs to be known.
    fn done(&self) -> bool {
        self.quiet && self.failed || self.work == 0
    }

    /// Holds a value against a rule; without a trail all of it.
    fn check(&mut self, number: usize, node: &Node, trail: Option<&Trail>) {
        self.work = self.work.saturating_sub(1);
        let Some(rule) = self.rules.get(number).filter(|_| !self.done()) else {
            return;
        };
        if self.depth >= DEEPEST {
            self.misfit(|| String::from("nests too deep for the schema to be checked"));
            return;
        }
        let trail = trail.filter(|trail| !trail.whole);
        self.depth += 1;
        self.itself(rule, node);
        match node {
            Node::List(list) => self.list(rule, list, trail),
            Node::Map(map) => self.map(rule, node, map, trail),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {}
        }
        self.combined(rule, node, trail);
        self.depth -= 1;
    }

    /// What a rule says of the value itself, of any type.
    fn itself(&mut self, rule: &Rule, node: &Node) {
        if rule.never {
            self.misfit(|| format!("is {}, but nothing is allowed here", say::found(node)));
        }
        if let Some(types) = &rule.types
            && !types.iter().any(|t| is(node, *t))
        {
            self.misfit(|| say::types(node, types));
        }
        if let Some(values) = &rule.values
            && !values.iter().any(|v| v.same_value(node))
        {
            self.misfit(|| say::values(node, values));
        }
        if let Some(constant) = &rule.constant
            && !constant.same_value(node)
        {
            self.misfit(|| {
                format!(
                    "is {}, but must be {}",
                    say::found(node),
                    say::found(constant)
                )
            });
        }
        match node {
            Node::Int(_) | Node::Float(_) => self.number(rule, node),
            Node::Str(text) => self.text(rule, node, text),
            Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => {}
        }
    }

    fn number(&mut self, rule: &Rule, node: &Node) {
        if let Some(of) = &rule.multiple_of
            && !number::is_multiple(node, of)
        {
            self.misfit(|| say::bound(node, "a multiple of", of));
        }
        let mut bound = |bound: &Option<Node>, fits: fn(Ordering) -> bool, words: &str| {
            if let Some(bound) = bound
                && !number::compare(node, bound).is_some_and(fits)
            {
                self.misfit(|| say::bound(node, words, bound));
            }
        };
        bound(&rule.minimum, Ordering::is_ge, "at least");
        bound(&rule.maximum, Ordering::is_le, "at most");
        bound(&rule.above, Ordering::is_gt, "more than");
        bound(&rule.below, Ordering::is_lt, "less than");
    }

    fn text(&mut self, rule: &Rule, node: &Node, text: &str) {
        if rule.min_length.is_some() || rule.max_length.is_some() {
            let letters = text.chars().count();
            if let Some(least) = rule.min_length.filter(|least| (letters as u64) < *least) {
                self.misfit(|| say::length(node, letters, "at least", least));
            }
            if let Some(most) = rule.max_length.filter(|most| letters as u64 > *most) {
                self.misfit(|| say::length(node, letters, "at most", most));
            }
        }
        if let Some(pattern) = &rule.pattern
            && !pattern.is_match(text)
        {
            self.misfit(|| format!("is {}, but must match `{pattern}`", say::found(node)));
        }
    }

    fn counted(&mut self, what: &str, count: usize, least: Option<u64>, most: Option<u64>) {
        if let Some(least) = least.filter(|least| (count as u64) < *least) {
            self.misfit(|| say::count(what, count, "at least", least));
        }
        if let Some(most) = most.filter(|most| count as u64 > *most) {
            self.misfit(|| say::count(what, count, "at most", most));
        }
    }

    fn list(&mut self, rule: &Rule, list: &List, trail: Option<&Trail>) {
        self.counted("elements", list.len(), rule.min_items, rule.max_items);
        if rule.unique
            && let Some((first, again)) = twice(list)
        {
            self.misfit(|| {
                let value = list.get(again).map(say::found).unwrap_or_default();
                format!("has {value} at {first} and again at {again}, but elements must differ")
            });
        }
        if let Some(contains) = rule.contains {
            let least = rule.min_contains.unwrap_or(1);
            let fitting = list.iter().filter(|node| self.fits(contains, node)).count();
            self.counted(
                "elements of the wanted kind",
                fitting,
                Some(least),
                rule.max_contains,
            );
        }
        if rule.prefix.is_empty() && rule.items.is_none() {
            return;
        }
        let rule_at = |i: usize| rule.prefix.get(i).copied().or(rule.items);
        match trail {
            None => {
                for (i, node) in list.iter().enumerate() {
                    let Some(rule) = rule_at(i).filter(|_| !self.done()) else {
                        return;
                    };
                    self.below(i.to_string(), rule, node, None);
                }
            }
            Some(trail) => {
                for (key, trail) in &trail.below {
                    let i = index(key);
                    let found = i.and_then(|i| Some((rule_at(i)?, list.get(i)?)));
                    if let Some((rule, node)) = found {
                        self.below(key.clone(), rule, node, Some(trail));
                    }
                }
            }
        }
    }

    fn below(&mut self, key: impl Into<Arc<str>>, rule: usize, node: &Node, trail: Option<&Trail>) {
        self.at.push(key.into());
        self.check(rule, node, trail);
        self.at.pop();
    }

    fn map(&mut self, rule: &Rule, node: &Node, map: &Map, trail: Option<&Trail>) {
        let lacking: Vec<&Arc<str>> = rule.required.iter().filter(|k| !map.contains(k)).collect();
        if !lacking.is_empty() {
            self.misfit(|| say::lacks(&lacking));
        }
        self.counted(
            "fields",
            map.len(),
            rule.min_properties,
            rule.max_properties,
        );
        for (key, names) in &rule.with_required {
            let lacking: Vec<&Arc<str>> = names.iter().filter(|k| !map.contains(k)).collect();
            if map.contains(key) && !lacking.is_empty() {
                self.misfit(|| format!("has `{key}` and {}", say::lacks(&lacking)));
            }
        }
        for (key, number) in &rule.with_schema {
            if map.contains(key) {
                let trail = trail.filter(|trail| !trail.below.contains_key(key));
                self.check(*number, node, trail);
            }
        }
        let speaks_of_fields = !rule.properties.is_empty()
            || !rule.patterns.is_empty()
            || rule.additional.is_some()
            || rule.names.is_some();
        if !speaks_of_fields {
            return;
        }
        match trail {
            None => {
                for (key, node) in map {
                    if self.done() {
                        return;
                    }
                    self.field(rule, key, node, None);
                }
            }
            Some(trail) => {
                for (key, trail) in &trail.below {
                    if let Some(node) = map.get(key) {
                        self.field(rule, key, node, Some(trail));
                    }
                }
            }
        }
    }

    fn field(&mut self, rule: &Rule, key: &Arc<str>, node: &Node, trail: Option<&Trail>) {
        if let Some(names) = rule.names {
            let name = Node::Str(key.clone());
            if !self.fits(names, &name) {
                let what = self.alone(names, &name).into_iter().next();
                let what = what.map(|m| m.what).unwrap_or_default();
                self.misfit(|| format!("has the field name `{key}`, which {what}"));
            }
        }
        let mut known = false;
        if let Some(number) = rule.properties.get(key) {
            known = true;
            self.below(key.clone(), *number, node, trail);
        }
        for (pattern, number) in &rule.patterns {
            if pattern.is_match(key) {
                known = true;
                self.below(key.clone(), *number, node, trail);
            }
        }
        let Some(additional) = rule.additional.filter(|_| !known) else {
            return;
        };
        if self.rules.get(additional).is_some_and(|rule| rule.never) {
            self.at.push(key.clone());
            self.misfit(|| say::additional(rule));
            self.at.pop();
        } else {
            self.below(key.clone(), additional, node, trail);
        }
    }

    /// What other schemas say of the same value.
    fn combined(&mut self, rule: &Rule, node: &Node, trail: Option<&Trail>) {
        for number in rule.reference.iter().chain(&rule.all) {
            self.check(*number, node, trail);
        }
        // What follows can turn on any part of the value, so it is looked at whole.
        if !rule.any.is_empty() && !rule.any.iter().any(|number| self.fits(*number, node)) {
            self.none_fits(&rule.any, node);
        }
        if !rule.one.is_empty() {
            let fitting: Vec<String> = (1..)
                .zip(&rule.one)
                .filter(|(_, number)| self.fits(**number, node))
                .map(|(i, _)| i.to_string())
                .collect();
            match fitting.len() {
                0 => self.none_fits(&rule.one, node),
                1 => {}
                _ => self.misfit(|| {
                    format!(
                        "is {}, which fits the choices {} at once, but must fit exactly one",
                        say::found(node),
                        fitting.join(" and ")
                    )
                }),
            }
        }
        if let Some(not) = rule.not
            && self.fits(not, node)
        {
            self.misfit(|| format!("is {}, which the schema excludes", say::found(node)));
        }
        if let Some(condition) = rule.condition {
            let branch = if self.fits(condition, node) {
                rule.then
            } else {
                rule.otherwise
            };
            if let Some(number) = branch {
                self.check(number, node, None);
            }
        }
    }

    /// The misfits of a value by itself, as if nothing had been found so far.
    fn alone(&mut self, number: usize, node: &Node) -> Vec<Misfit> {
        if self.quiet {
            return Vec::new();
        }
        let before = std::mem::take(&mut self.out);
        self.check(number, node, None);
        std::mem::replace(&mut self.out, before)
    }

    fn fits(&mut self, number: usize, node: &Node) -> bool {
        let before = (self.quiet, self.failed);
        (self.quiet, self.failed) = (true, false);
        self.check(number, node, None);
        let failed = self.failed;
        (self.quiet, self.failed) = before;
        !failed
    }

    fn none_fits(&mut self, choices: &[usize], node: &Node) {
        if self.quiet {
            self.failed = true;
            return;
        }
        let above = self.at.len();
        let all: Vec<Vec<Misfit>> = choices.iter().map(|n| self.alone(*n, node)).collect();
        // The nearest choice: the one whose first misfit is deepest, and of
        // those the one with the fewest.
        let nearness = |misfits: &&Vec<Misfit>| {
            let depth = misfits.first().map_or(0, |m| m.path.0.len());
            (depth, std::cmp::Reverse(misfits.len()))
        };
        let mut nearest: Option<&Vec<Misfit>> = None;
        for misfits in &all {
            if nearest.is_none_or(|best| nearness(&misfits) > nearness(&best)) {
                nearest = Some(misfits);
            }
        }
        let why = nearest
            .and_then(|misfits| misfits.first())
            .map_or_else(String::new, |m| {
                let below = Path(m.path.0.iter().skip(above).cloned().collect());
                let place = if below.0.is_empty() {
                    String::from("it")
                } else {
                    below.to_string()
                };
                format!("; the nearest says that {place} {}", m.what)
            });
        let many = choices.len();
        self.misfit(|| {
            format!(
                "is {}, which fits none of the {many} choices{why}",
                say::found(node)
            )
        });
    }
}

fn is(node: &Node, kind: Type) -> bool {
    match kind {
        Type::Null => matches!(node, Node::Null),
        Type::Boolean => matches!(node, Node::Bool(_)),
        Type::Integer => match node {
            Node::Int(_) => true,
            Node::Float(f) => f.fract() == 0.0,
            Node::Null | Node::Bool(_) | Node::Str(_) | Node::List(_) | Node::Map(_) => false,
        },
        Type::Number => matches!(node, Node::Int(_) | Node::Float(_)),
        Type::String => matches!(node, Node::Str(_)),
        Type::Array => matches!(node, Node::List(_)),
        Type::Object => matches!(node, Node::Map(_)),
    }
}

/// The first element that is there already, and where.
fn twice(list: &List) -> Option<(usize, usize)> {
    let mut seen: HashMap<u64, Vec<(usize, &Node)>> = HashMap::new();
    for (i, node) in list.iter().enumerate() {
        let alike = seen.entry(loose_hash(node)).or_default();
        if let Some((first, _)) = alike.iter().find(|(_, other)| node.same_value(other)) {
            return Some((*first, i));
        }
        alike.push((i, node));
    }
    None
}

/// Equal for values that are equal as JSON: key order and number type do not count.
fn loose_hash(node: &Node) -> u64 {
    use xxhash_rust::xxh3::xxh3_64_with_seed as hash;
    match node {
        Node::Null | Node::Bool(_) | Node::Str(_) => node.hash().0 as u64,
        Node::Int(_) | Node::Float(_) => {
            // Adding 0 makes -0.0 and 0.0 one.
            let float = node.as_f64().unwrap_or(0.0) + 0.0;
            hash(&float.to_bits().to_le_bytes(), 1)
        }
        Node::List(list) => list
            .iter()
            .fold(2, |seed, node| hash(&loose_hash(node).to_le_bytes(), seed)),
        Node::Map(map) => map
            .iter()
            .map(|(key, node)| hash(key.as_bytes(), loose_hash(node)))
            .fold(3, u64::wrapping_add),
    }
}
