//! A schema read into rules: one for each schema in it, referring to each other
//! by number, so that references may go in circles.

use crate::engine::world::node::Node;
use crate::engine::world::path::Path;
use regex_lite::Regex;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// How deep schemas may nest.
const DEEPEST: usize = 100;

/// What one schema demands; the numbers name other rules.
#[derive(Debug, Default)]
pub(super) struct Rule {
    /// `false`: nothing fits.
    pub never: bool,
    /// The names of the types that fit.
    pub types: Option<Vec<Type>>,
    pub values: Option<Vec<Node>>,
    pub constant: Option<Node>,
    pub multiple_of: Option<Node>,
    pub minimum: Option<Node>,
    pub maximum: Option<Node>,
    pub above: Option<Node>,
    pub below: Option<Node>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub pattern: Option<Regex>,
    pub prefix: Vec<usize>,
    pub items: Option<usize>,
    pub contains: Option<usize>,
    pub min_contains: Option<u64>,
    pub max_contains: Option<u64>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique: bool,
    pub properties: BTreeMap<Arc<str>, usize>,
    pub patterns: Vec<(Regex, usize)>,
    pub additional: Option<usize>,
    pub names: Option<usize>,
    pub required: Vec<Arc<str>>,
    pub min_properties: Option<u64>,
    pub max_properties: Option<u64>,
    pub with_required: Vec<(Arc<str>, Vec<Arc<str>>)>,
    pub with_schema: Vec<(Arc<str>, usize)>,
    pub all: Vec<usize>,
    pub any: Vec<usize>,
    pub one: Vec<usize>,
    pub not: Option<usize>,
    pub condition: Option<usize>,
    pub then: Option<usize>,
    pub otherwise: Option<usize>,
    pub reference: Option<usize>,
}

/// A type of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    const ALL: [Self; 7] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::String,
        Self::Array,
        Self::Object,
    ];
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// Keywords that assert something and are not understood here.
const NOT_UNDERSTOOD: [&str; 8] = [
    "$dynamicRef",
    "$recursiveRef",
    "unevaluatedItems",
    "unevaluatedProperties",
    "additionalItems",
    "dependencies",
    "divisibleBy",
    "disallow",
];

type Problems = Vec<(Path, String)>;

/// A schema being read.
pub(super) struct Compiler<'a> {
    source: &'a Value,
    anchors: HashMap<&'a str, Path>,
    numbers: HashMap<Path, usize>,
    problems: Problems,
    pub rules: Vec<Rule>,
    pub root: usize,
    pub unsupported: Problems,
}

impl<'a> Compiler<'a> {
    pub fn new(source: &'a Value) -> Self {
        let mut anchors = HashMap::new();
        find_anchors(source, &Path::root(), &mut anchors);
        Self {
            source,
            anchors,
            numbers: HashMap::new(),
            problems: Vec::new(),
            rules: Vec::new(),
            root: 0,
            unsupported: Vec::new(),
        }
    }

    pub fn run(mut self) -> Result<Self, Problems> {
        self.root = self.schema(self.source, &Path::root());
        if self.problems.is_empty()
            && let Some(path) = self.circle()
        {
            let what = "this reference leads back to itself without going into the value";
            self.problems.push((path, what.to_owned()));
        }
        if self.problems.is_empty() {
            Ok(self)
        } else {
            Err(self.problems)
        }
    }

    fn problem(&mut self, at: &Path, what: impl Into<String>) {
        self.problems.push((at.clone(), what.into()));
    }

    /// The number of the rule for the schema at a place.
    fn schema(&mut self, value: &'a Value, at: &Path) -> usize {
        if let Some(number) = self.numbers.get(at) {
            return *number;
        }
        let number = self.rules.len();
        self.numbers.insert(at.clone(), number);
        self.rules.push(Rule::default());
        let rule = match value {
            Value::Object(_) if at.0.len() > 2 * DEEPEST => {
                self.problem(at, "the schema nests too deep");
                Rule::default()
            }
            Value::Object(keywords) => self.keywords(keywords, at),
            Value::Bool(fits) => Rule {
                never: !fits,
                ..Rule::default()
            },
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.problem(at, "a schema is an object, true or false");
                Rule::default()
            }
        };
        if let Some(slot) = self.rules.get_mut(number) {
            *slot = rule;
        }
        number
    }

    fn keywords(&mut self, keywords: &'a Map<String, Value>, at: &Path) -> Rule {
        let mut rule = Rule::default();
        for (key, value) in keywords {
            let here = at.join(key.as_str());
            match key.as_str() {
                "type" => rule.types = self.types(value, &here),
                "enum" => match value.as_array() {
                    Some(values) => {
                        rule.values = Some(values.iter().map(Node::from_json).collect());
                    }
                    None => self.problem(&here, "`enum` takes a list of values"),
                },
                "const" => rule.constant = Some(Node::from_json(value)),
                "multipleOf" => {
                    rule.multiple_of = self.number(value, &here);
                    if rule
                        .multiple_of
                        .as_ref()
                        .and_then(Node::as_f64)
                        .is_some_and(|n| n <= 0.0)
                    {
                        self.problem(&here, "`multipleOf` takes a number above 0");
                    }
                }
                "minimum" => rule.minimum = self.number(value, &here),
                "maximum" => rule.maximum = self.number(value, &here),
                "exclusiveMinimum" => rule.above = self.number(value, &here),
                "exclusiveMaximum" => rule.below = self.number(value, &here),
                "minLength" => rule.min_length = self.count(value, &here),
                "maxLength" => rule.max_length = self.count(value, &here),
                "pattern" => match value.as_str() {
                    Some(text) => rule.pattern = self.pattern(text, &here),
                    None => self.problem(&here, "`pattern` takes a text"),
                },
                "prefixItems" => rule.prefix = self.list(value, &here),
                "items" if value.is_array() => {
                    let what = "`items` takes one schema for all elements; for one schema a place use `prefixItems`";
                    self.problem(&here, what);
                }
                "items" => rule.items = Some(self.schema(value, &here)),
                "contains" => rule.contains = Some(self.schema(value, &here)),
                "minContains" => rule.min_contains = self.count(value, &here),
                "maxContains" => rule.max_contains = self.count(value, &here),
                "minItems" => rule.min_items = self.count(value, &here),
                "maxItems" => rule.max_items = self.count(value, &here),
                "uniqueItems" => match value.as_bool() {
                    Some(unique) => rule.unique = unique,
                    None => self.problem(&here, "`uniqueItems` takes true or false"),
                },
                "properties" => {
                    rule.properties = self.map(value, &here).into_iter().collect();
                }
                "patternProperties" => {
                    for (text, number) in self.map(value, &here) {
                        if let Some(pattern) = self.pattern(&text, &here.join(text.clone())) {
                            rule.patterns.push((pattern, number));
                        }
                    }
                }
                "additionalProperties" => rule.additional = Some(self.schema(value, &here)),
                "propertyNames" => rule.names = Some(self.schema(value, &here)),
                "required" => rule.required = self.names(value, &here),
                "minProperties" => rule.min_properties = self.count(value, &here),
                "maxProperties" => rule.max_properties = self.count(value, &here),
                "dependentRequired" => match value.as_object() {
                    Some(map) => {
                        for (key, names) in map {
                            let names = self.names(names, &here.join(key.as_str()));
                            rule.with_required.push((key.as_str().into(), names));
                        }
                    }
                    None => self.problem(
                        &here,
                        "`dependentRequired` takes an object of lists of names",
                    ),
                },
                "dependentSchemas" => rule.with_schema = self.map(value, &here),
                "allOf" => rule.all = self.choices(value, &here),
                "anyOf" => rule.any = self.choices(value, &here),
                "oneOf" => rule.one = self.choices(value, &here),
                "not" => rule.not = Some(self.schema(value, &here)),
                "if" => rule.condition = Some(self.schema(value, &here)),
                "then" => rule.then = Some(self.schema(value, &here)),
                "else" => rule.otherwise = Some(self.schema(value, &here)),
                "$ref" => rule.reference = self.reference(value, &here),
                "$defs" | "definitions" => {
                    self.map(value, &here);
                }
                key if NOT_UNDERSTOOD.contains(&key) => {
                    let what = format!("`{key}` is not understood, so it is not checked");
                    self.unsupported.push((here, what));
                }
                _ => {}
            }
        }
        rule
    }

    fn types(&mut self, value: &Value, at: &Path) -> Option<Vec<Type>> {
        let names = match value {
            Value::Array(names) => names.iter().collect(),
            one => vec![one],
        };
        let known = |name: &Value| {
            Type::ALL
                .into_iter()
                .find(|t| name.as_str() == Some(t.name()))
        };
        let types: Option<Vec<Type>> = names.into_iter().map(known).collect();
        if types.as_ref().is_none_or(Vec::is_empty) {
            let what =
                "`type` takes one or more of null, boolean, integer, number, string, array, object";
            self.problem(at, what);
        }
        types
    }

    fn number(&mut self, value: &Value, at: &Path) -> Option<Node> {
        if value.is_number() {
            return Some(Node::from_json(value));
        }
        self.problem(at, "this keyword takes a number");
        None
    }

    fn count(&mut self, value: &Value, at: &Path) -> Option<u64> {
        let whole = value.as_f64().filter(|f| *f >= 0.0 && f.fract() == 0.0);
        let count = value.as_u64().or(whole.map(|f| f as u64));
        if count.is_none() {
            self.problem(at, "this keyword takes a whole number from 0");
        }
        count
    }

    fn pattern(&mut self, text: &str, at: &Path) -> Option<Regex> {
        match Regex::new(text) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let what = format!("the pattern is not checked: {error}");
                self.unsupported.push((at.clone(), what));
                None
            }
        }
    }

    fn names(&mut self, value: &Value, at: &Path) -> Vec<Arc<str>> {
        let names: Option<Vec<Arc<str>>> = value
            .as_array()
            .and_then(|names| names.iter().map(|n| n.as_str().map(Arc::from)).collect());
        if names.is_none() {
            self.problem(at, "this keyword takes a list of names");
        }
        names.unwrap_or_default()
    }

    fn list(&mut self, value: &'a Value, at: &Path) -> Vec<usize> {
        let Some(schemas) = value.as_array() else {
            self.problem(at, "this keyword takes a list of schemas");
            return Vec::new();
        };
        let schemas = schemas.iter().enumerate();
        schemas
            .map(|(i, schema)| self.schema(schema, &at.join(i.to_string())))
            .collect()
    }

    fn choices(&mut self, value: &'a Value, at: &Path) -> Vec<usize> {
        if value.as_array().is_some_and(Vec::is_empty) {
            self.problem(at, "this keyword takes at least one schema");
        }
        self.list(value, at)
    }

    fn map(&mut self, value: &'a Value, at: &Path) -> Vec<(Arc<str>, usize)> {
        let Some(schemas) = value.as_object() else {
            self.problem(at, "this keyword takes an object of schemas");
            return Vec::new();
        };
        let schemas = schemas.iter();
        schemas
            .map(|(key, schema)| {
                (
                    key.as_str().into(),
                    self.schema(schema, &at.join(key.as_str())),
                )
            })
            .collect()
    }

    fn reference(&mut self, value: &Value, at: &Path) -> Option<usize> {
        let Some(text) = value.as_str() else {
            self.problem(at, "`$ref` takes a text");
            return None;
        };
        let Some(inside) = text.strip_prefix('#') else {
            let what = format!(
                "`{text}` leads outside this schema; only references such as `#/$defs/row` are followed"
            );
            self.problem(at, what);
            return None;
        };
        let path = match self.anchors.get(inside) {
            Some(path) => Some(path.clone()),
            None => Path::parse(&percent_decoded(inside)),
        };
        let target = path.and_then(|path| Some((find(self.source, &path)?, path)));
        let Some((target, path)) = target else {
            self.problem(at, format!("`{text}` leads nowhere"));
            return None;
        };
        Some(self.schema(target, &path))
    }

    /// A place from which rules lead back to themselves without a step into
    /// the value.
    fn circle(&self) -> Option<Path> {
        // 0: not seen, 1: on the way, 2: done.
        let mut state = vec![0_u8; self.rules.len()];
        for start in 0..self.rules.len() {
            let mut way = vec![(start, false)];
            while let Some((number, back)) = way.pop() {
                let Some(slot) = state.get_mut(number) else {
                    continue;
                };
                if back {
                    *slot = 2;
                } else if *slot == 1 {
                    let found = self.numbers.iter().find(|(_, n)| **n == number);
                    return found.map(|(path, _)| path.clone());
                } else if *slot == 0 {
                    *slot = 1;
                    way.push((number, true));
                    let here = self.rules.get(number).map(in_place).unwrap_or_default();
                    way.extend(here.into_iter().map(|next| (next, false)));
                }
            }
        }
        None
    }
}

/// The rules that hold for the same value.
fn in_place(rule: &Rule) -> Vec<usize> {
    let single = [
        rule.not,
        rule.condition,
        rule.then,
        rule.otherwise,
        rule.reference,
    ];
    let lists = [&rule.all, &rule.any, &rule.one]
        .into_iter()
        .flatten()
        .copied();
    let with = rule.with_schema.iter().map(|(_, number)| *number);
    single
        .into_iter()
        .flatten()
        .chain(lists)
        .chain(with)
        .collect()
}

fn find<'a>(root: &'a Value, path: &Path) -> Option<&'a Value> {
    path.0.iter().try_fold(root, |value, key| match value {
        Value::Object(map) => map.get(&**key),
        Value::Array(list) => list.get(key.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

fn find_anchors<'a>(value: &'a Value, at: &Path, out: &mut HashMap<&'a str, Path>) {
    if at.0.len() > 2 * DEEPEST {
        return;
    }
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$anchor").and_then(Value::as_str) {
                out.insert(name, at.clone());
            }
            for (key, value) in map {
                find_anchors(value, &at.join(key.as_str()), out);
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                find_anchors(value, &at.join(i.to_string()), out);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `%24` as in the fragment of a URI.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
