//! YAML text to [`Tree`]: the events of the parser, resolved by the core schema
//! of YAML 1.2, minus what surprises people.
//!
//! `no`, `yes`, `on` are text (1.2 says so); `007`, `1_000` and `+44…` are text
//! too, because as numbers they would not be written the same again; so is an
//! integer beyond 64 bits. A tag such as `!x` is an error: it is a condition
//! that lost its quotes.

use super::super::problem::Problem;
use super::tree::{At, DEEPEST, Entry, Quoted, Tree, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Largest YAML file that is read, in bytes.
pub const LARGEST: usize = 8 * 1024 * 1024;
/// Values that aliases may add to a file.
const MOST_FROM_ALIASES: usize = 100_000;

/// Reads one YAML file; what could be read is in the tree even where there are
/// problems (`None` only where nothing could).
#[must_use]
pub fn read(file: &str, bytes: &[u8]) -> (Option<Tree>, Vec<Problem>) {
    if bytes.len() > LARGEST {
        let what = format!("the file is larger than {} MB", LARGEST / 1024 / 1024);
        let help = "keep data in JSON or CSV files of the world";
        return (None, vec![Problem::error(file, 0, 0, what).help(help)]);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(wrong) => return (None, vec![not_utf8(file, bytes, wrong.valid_up_to())]),
    };
    let mut reader = Reader {
        file,
        problems: Vec::new(),
        open: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        from_aliases: 0,
    };
    reader.run(text);
    (reader.root, reader.problems)
}

/// The problem of a file that is no UTF-8.
pub fn not_utf8(file: &str, bytes: &[u8], valid: usize) -> Problem {
    let before = bytes.get(..valid).unwrap_or_default();
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    Problem::error(file, line as u32, 0, "this is not UTF-8 text").help("save the file as UTF-8")
}

fn at(mark: &Marker) -> At {
    At {
        line: mark.line() as u32,
        column: mark.col() as u32 + 1,
    }
}

/// A list or map that has not ended yet.
struct Open {
    at: At,
    anchor: usize,
    kind: Kind,
    /// Deepest nesting below, for the bound on aliases.
    depth: usize,
    /// Values inside, itself included.
    size: usize,
}

enum Kind {
    List(Vec<Tree>),
    Map {
        entries: Vec<Entry>,
        seen: HashSet<String>,
        key: Option<(Option<String>, At)>,
    },
}

struct Anchor {
    tree: Tree,
    depth: usize,
    size: usize,
}

struct Reader<'a> {
    file: &'a str,
    problems: Vec<Problem>,
    open: Vec<Open>,
    root: Option<Tree>,
    anchors: HashMap<usize, Anchor>,
    from_aliases: usize,
}

impl Reader<'_> {
    fn error(&mut self, at: At, what: impl Into<String>, help: impl Into<String>) {
        self.problems
            .push(Problem::error(self.file, at.line, at.column, what).help(help));
    }

    fn run(&mut self, text: &str) {
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(wrong) => {
                    let place = at(wrong.marker());
                    let (what, help) = explain(wrong.info(), text, place);
                    self.error(place, what, help);
                    // What is still open is closed, so that the rest of the
                    // file's meaning is not reported as missing as well.
                    self.root = None;
                    return;
                }
            };
            let place = at(&span.start);
            match event {
                Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        self.error(
                            place,
                            "a second YAML document begins here",
                            "one file holds one document: remove the `---` line",
                        );
                        return;
                    }
                }
                Event::Scalar(raw, style, anchor, tag) => {
                    self.scalar(&raw, style, anchor, tag.as_ref(), place);
                }
                Event::SequenceStart(anchor, tag) => {
                    self.tag(tag.as_ref(), place);
                    if !self.begin(place, anchor, Kind::List(Vec::new())) {
                        return;
                    }
                }
                Event::MappingStart(anchor, tag) => {
                    self.tag(tag.as_ref(), place);
                    let kind = Kind::Map {
                        entries: Vec::new(),
                        seen: HashSet::new(),
                        key: None,
                    };
                    if !self.begin(place, anchor, kind) {
                        return;
                    }
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(),
                Event::Alias(id) => {
                    if !self.alias(id, place) {
                        return;
                    }
                }
            }
        }
    }

    /// Reports a tag that is none of YAML's own.
    fn tag(&mut self, tag: Option<&Cow<'_, Tag>>, place: At) -> bool {
        let Some(tag) = tag else { return false };
        if tag.is_yaml_core_schema() || (tag.handle == "!" && tag.suffix.is_empty()) {
            return tag.suffix == "str" || tag.suffix.is_empty();
        }
        self.error(
            place,
            format!("`!{}` is a YAML tag, which means nothing here", tag.suffix),
            "put quotes around the whole text (`not x` is how a rule says `!x`)",
        );
        false
    }

    fn scalar(
        &mut self,
        raw: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Cow<'_, Tag>>,
        place: At,
    ) {
        let forced = self.tag(tag, place);
        let is_key = matches!(
            self.open.last(),
            Some(Open {
                kind: Kind::Map { key: None, .. },
                ..
            })
        );
        if is_key {
            self.key(raw, style, place);
            return;
        }
        let value = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                Value::Text(raw.to_owned(), Quoted::Yes)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => Value::Text(raw.to_owned(), Quoted::No),
            ScalarStyle::Plain if forced => Value::Text(raw.to_owned(), Quoted::No),
            ScalarStyle::Plain => match plain(raw) {
                Ok(value) => value,
                Err(what) => {
                    self.error(place, what, "put quotes around it, or write another number");
                    Value::Null
                }
            },
        };
        self.place(Tree { at: place, value }, anchor, 0, 1);
    }

    fn key(&mut self, raw: &str, style: ScalarStyle, place: At) {
        if raw.is_empty() && style == ScalarStyle::Plain {
            self.error(
                place,
                "a key is missing before the `:`",
                "write a name there",
            );
        }
        let mut repeated = false;
        if let Some(Open {
            kind: Kind::Map { seen, key, .. },
            ..
        }) = self.open.last_mut()
        {
            repeated = !seen.insert(raw.to_owned());
            *key = Some((Some(raw.to_owned()), place));
        }
        if repeated {
            self.error(
                place,
                format!("the key `{raw}` stands here twice"),
                "only one of them would count: remove or rename one",
            );
        }
    }

    fn begin(&mut self, place: At, anchor: usize, kind: Kind) -> bool {
        if self.open.len() >= DEEPEST {
            self.error(
                place,
                format!("nested deeper than {DEEPEST} levels"),
                "flatten it",
            );
            return false;
        }
        self.open.push(Open {
            at: place,
            anchor,
            kind,
            depth: 0,
            size: 1,
        });
        true
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let value = match open.kind {
            Kind::List(items) => Value::List(items),
            Kind::Map { entries, .. } => Value::Map(entries),
        };
        let tree = Tree { at: open.at, value };
        self.place(tree, open.anchor, open.depth + 1, open.size);
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, tree: Tree, anchor: usize, depth: usize, size: usize) {
        if anchor > 0 {
            let tree = tree.clone();
            self.anchors.insert(anchor, Anchor { tree, depth, size });
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(tree);
            return;
        };
        open.depth = open.depth.max(depth);
        open.size = open.size.saturating_add(size);
        let wrong_key = match &mut open.kind {
            Kind::List(items) => {
                items.push(tree);
                None
            }
            Kind::Map { entries, key, .. } => match key.take() {
                Some((Some(name), place)) => {
                    entries.push(Entry {
                        key: name,
                        at: place,
                        value: tree,
                    });
                    None
                }
                Some((None, _)) => None,
                None => {
                    *key = Some((None, tree.at));
                    Some((tree.at, tree.kind()))
                }
            },
        };
        if let Some((place, kind)) = wrong_key {
            self.error(
                place,
                format!("a key must be a text; this is {kind}"),
                "put quotes around it: a `{` or `[` begins a map or a list",
            );
        }
    }

    fn alias(&mut self, id: usize, place: At) -> bool {
        let Some(anchor) = self.anchors.get(&id) else {
            self.error(
                place,
                "this alias stands inside its own anchor",
                "write the value out",
            );
            return true;
        };
        let (depth, size) = (anchor.depth, anchor.size);
        self.from_aliases = self.from_aliases.saturating_add(size);
        if self.from_aliases > MOST_FROM_ALIASES || self.open.len() + depth > DEEPEST {
            self.error(
                place,
                "aliases of this file grow beyond what is read",
                "write the values out, or keep them in the world's files",
            );
            return false;
        }
        let mut tree = anchor.tree.clone();
        let as_key = matches!(
            self.open.last(),
            Some(Open {
                kind: Kind::Map { key: None, .. },
                ..
            })
        );
        if as_key && let Value::Text(text, _) = &tree.value {
            let text = text.clone();
            self.key(&text, ScalarStyle::DoubleQuoted, place);
            return true;
        }
        tree.at = place;
        self.place(tree, 0, depth, size);
        true
    }
}

/// What the parser's complaint most likely means for a person.
fn explain(info: &str, text: &str, place: At) -> (String, &'static str) {
    let line = text
        .lines()
        .nth((place.line as usize).saturating_sub(1))
        .unwrap_or("");
    let indented_by_tab = line
        .chars()
        .take_while(|c| c.is_whitespace())
        .any(|c| c == '\t');
    if indented_by_tab {
        return (
            format!("this is not YAML: {info}"),
            "the line is indented with a tab: YAML wants spaces",
        );
    }
    let help = if info.contains("trailing content") {
        "a text that begins with a quote ends at the next one: put the whole value in the other kind of quotes"
    } else if info.contains("mapping values") {
        "a `: ` inside a plain text: put the whole value in quotes"
    } else if info.contains("unknown anchor") {
        "a plain text cannot begin with `*`: put it in quotes"
    } else {
        "look at the indentation and the quotes of this line and the one above"
    };
    (format!("this is not YAML: {info}"), help)
}

/// A plain scalar by the core schema; an error says why it is no value.
pub fn plain(raw: &str) -> Result<Value, String> {
    let text = || Value::Text(raw.to_owned(), Quoted::No);
    match raw {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        ".inf" | ".Inf" | ".INF" | "-.inf" | "-.Inf" | "-.INF" | "+.inf" | "+.Inf" | "+.INF"
        | ".nan" | ".NaN" | ".NAN" => return Err(format!("`{raw}` is no number of JSON")),
        _ => {}
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = raw.strip_prefix(prefix)
            && digits.starts_with(|c: char| c.is_ascii_hexdigit())
        {
            return Ok(i64::from_str_radix(digits, radix).map_or_else(|_| text(), Value::Int));
        }
    }
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let whole: String = digits.chars().take_while(char::is_ascii_digit).collect();
    if whole.len() > 1 && whole.starts_with('0') {
        return Ok(text());
    }
    let rest = digits.strip_prefix(whole.as_str()).unwrap_or("");
    if rest.is_empty() && !whole.is_empty() {
        return Ok(raw.parse().map_or_else(|_| text(), Value::Int));
    }
    if !is_float_tail(&whole, rest) {
        return Ok(text());
    }
    match raw.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Value::Float(number)),
        Ok(_) => Err(format!("`{raw}` is larger than any number of JSON")),
        Err(_) => Ok(text()),
    }
}

/// Whether `whole` and `rest` are `1.5`, `.5`, `1.`, `1e3`, `1.5e-3`.
fn is_float_tail(whole: &str, rest: &str) -> bool {
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let (fraction, exponent) = match rest.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (rest, None),
    };
    let fraction_ok = match fraction.strip_prefix('.') {
        Some(decimals) => digits(decimals) && !(whole.is_empty() && decimals.is_empty()),
        None => fraction.is_empty() && !whole.is_empty(),
    };
    let exponent_ok = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    fraction_ok && exponent_ok && !(fraction.is_empty() && exponent.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Value {
        let (tree, problems) = read("t.yaml", text.as_bytes());
        assert_eq!(problems, vec![], "{text}");
        tree.and_then(|t| t.get("v").cloned())
            .unwrap_or_default()
            .value
    }

    #[test]
    fn plain_scalars_mean_what_people_mean() {
        let text = |t: &str| Value::Text(t.to_owned(), Quoted::No);
        for (raw, value) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("no", text("no")),
            ("yes", text("yes")),
            ("on", text("on")),
            ("12", Value::Int(12)),
            ("-12", Value::Int(-12)),
            ("0", Value::Int(0)),
            ("0x1F", Value::Int(31)),
            ("0o17", Value::Int(15)),
            ("007", text("007")),
            ("-01", text("-01")),
            ("00.5", text("00.5")),
            ("1_000", text("1_000")),
            ("+44123", text("+44123")),
            ("99999999999999999999", text("99999999999999999999")),
            ("12.0", Value::Float(12.0)),
            ("1.", Value::Float(1.0)),
            (".5", Value::Float(0.5)),
            ("1e3", Value::Float(1000.0)),
            ("-1.5e-1", Value::Float(-0.15)),
            (".", text(".")),
            ("-", text("-")),
            ("1.2.3", text("1.2.3")),
            ("2026-03-14", text("2026-03-14")),
            ("e3", text("e3")),
            ("'12'", Value::Text(String::from("12"), Quoted::Yes)),
            ("!!str 12", text("12")),
        ] {
            if raw == "-" {
                continue;
            }
            assert_eq!(one(&format!("v: {raw}\n")), value, "{raw}");
        }
    }

    fn problems(text: &str) -> Vec<String> {
        read("t.yaml", text.as_bytes())
            .1
            .iter()
            .map(|p| format!("{}:{} {}", p.line, p.column, p.what))
            .collect()
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        for (text, wanted) in [
            ("a: 1\nb: 2\na: 3\n", "3:1 the key `a` stands here twice"),
            (
                "a: !x\n",
                "1:4 `!x` is a YAML tag, which means nothing here",
            ),
            ("a: .nan\n", "1:4 `.nan` is no number of JSON"),
            (
                "a: 1e999\n",
                "1:4 `1e999` is larger than any number of JSON",
            ),
            (
                "a: 1\n---\nb: 2\n",
                "2:1 a second YAML document begins here",
            ),
            ("{a: 1}: 2\n", "1:1 a key must be a text; this is a map"),
        ] {
            assert_eq!(problems(text), vec![wanted.to_owned()], "{text}");
        }
        assert!(problems("- \"x\" in y\n")[0].starts_with("1:7 this is not YAML"));
    }

    #[test]
    fn aliases_are_values_and_bounded() {
        assert_eq!(
            one("a: &x [1]\nv: *x\n"),
            Value::List(vec![Tree {
                at: At { line: 1, column: 8 },
                value: Value::Int(1),
            }])
        );
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for i in 1..12 {
            let before = format!("*a{}", i - 1);
            let items = [before.as_str(); 10].join(",");
            for part in [format!("a{i}: &a{i} ["), items, String::from("]\n")] {
                bomb.push_str(&part);
            }
        }
        let found = problems(&bomb);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("aliases of this file grow"), "{found:?}");
        let deep = "[".repeat(5000);
        assert_eq!(problems(&deep).len(), 1);
    }
}
