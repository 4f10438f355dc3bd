//! Looking for words: in a text, in the turns, in a world; and the filter of the
//! whole tree.

use super::tree::{MOST, plain, visit};
use crate::engine::step::{Act, Step};
use crate::engine::world::{Node, Path, Pattern};
use crate::tui::layout::Pane;
use crate::tui::pane::conversation::{count, signature};
use std::borrow::Cow;
use std::sync::Arc;

/// What is looked for, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// The words.
    pub text: String,
    /// The conversation or the world.
    pub pane: Pane,
    /// Steps that have them, as places of the branch.
    pub steps: Vec<usize>,
    /// Places of the world that have them, in its order.
    pub places: Vec<Path>,
    /// Whether there are more places than are listed.
    pub cut: bool,
}

impl Find {
    /// Looked for, and not found yet.
    #[must_use]
    pub fn new(text: &str, pane: Pane) -> Self {
        Self {
            text: text.to_owned(),
            pane,
            steps: Vec::new(),
            places: Vec::new(),
            cut: false,
        }
    }
    /// How often it was found.
    #[must_use]
    pub fn of(&self) -> usize {
        self.steps.len().saturating_add(self.places.len())
    }
    /// How often it was found, in words.
    #[must_use]
    pub fn counted(&self) -> String {
        match (self.pane, self.of()) {
            (_, 0) => String::from("nothing"),
            (Pane::World, n) if self.cut => format!("more than {n} places"),
            (Pane::World, n) => count(n, "place"),
            (_, n) => count(n, "step"),
        }
    }
}

/// Whether a text has a word in it, whatever its case. `word` is in lower case.
#[must_use]
pub fn has(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    if !text.is_ascii() {
        return text.to_lowercase().contains(word);
    }
    text.as_bytes()
        .windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Where a word stands in a text, whatever its case; byte ranges of the text.
#[must_use]
pub fn places(text: &str, word: &str) -> Vec<(usize, usize)> {
    let wanted: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut out = Vec::new();
    if wanted.is_empty() {
        return out;
    }
    let mut free = 0;
    for (at, _) in text.char_indices() {
        if at < free {
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let mut left = wanted.iter();
        let mut end = at;
        let mut same = true;
        for c in rest.chars() {
            if left.len() == 0 {
                break;
            }
            if c.to_lowercase().any(|c| left.next() != Some(&c)) {
                same = false;
                break;
            }
            end += c.len_utf8();
        }
        if same && left.len() == 0 {
            out.push((at, end));
            free = end;
        }
    }
    out
}

/// What is said and done in a step, piece by piece, as one reads it.
#[must_use]
pub fn pieces(step: &Step, reasoning: bool) -> Vec<Cow<'_, str>> {
    let body = &step.body;
    let mut out: Vec<Cow<'_, str>> = Vec::new();
    if reasoning && !body.reasoning.is_empty() {
        out.push(Cow::Borrowed(&body.reasoning));
    }
    match &body.act {
        Act::Said { text, .. } => out.push(Cow::Borrowed(text)),
        Act::Answered { text, calls } => {
            out.push(Cow::Borrowed(text));
            out.extend(calls.iter().map(|call| Cow::Owned(signature(call))));
        }
        Act::Ran(run) => {
            out.push(Cow::Owned(signature(&run.call)));
            out.push(Cow::Borrowed(&run.text));
        }
        Act::Judged(verdict) => {
            out.extend(
                verdict
                    .axes
                    .iter()
                    .map(|a| Cow::Borrowed(a.reason.as_str())),
            );
            let found = verdict.findings.iter();
            out.extend(found.map(|f| Cow::Borrowed(f.what.as_str())));
        }
        Act::Malformed { text, why } => {
            out.extend([Cow::Borrowed(why.as_str()), Cow::Borrowed(text)]);
        }
        Act::Edited(edited) => out.push(Cow::Borrowed(&edited.what)),
    }
    out
}

/// Whether a step has a word in what is read of it.
#[must_use]
pub fn in_step(step: &Step, reasoning: bool, word: &str) -> bool {
    pieces(step, reasoning).iter().any(|piece| has(piece, word))
}

/// Places of a world whose key or plain value has a word in it; whether there
/// are more.
#[must_use]
pub fn in_world(world: &Node, word: &str) -> (Vec<Path>, bool) {
    let word = word.to_lowercase();
    collect(world, |keys, name, node| {
        key_of(keys, name).is_some_and(|key| has(key, &word))
            || match node {
                Node::Str(text) => has(text, &word),
                _ => plain(node).is_some_and(|value| has(&value, &word)),
            }
    })
}

/// The last key, where it is one of a map.
fn key_of<'a>(keys: &'a [Arc<str>], name: &str) -> Option<&'a Arc<str>> {
    keys.last().filter(|_| !name.ends_with(']'))
}

fn collect(world: &Node, wanted: impl Fn(&[Arc<str>], &str, &Node) -> bool) -> (Vec<Path>, bool) {
    let mut out = Vec::new();
    let mut cut = false;
    visit(world, &mut |keys, name, node| {
        if wanted(keys, name, node) {
            if out.len() >= MOST {
                cut = true;
                return false;
            }
            out.push(Path(keys.to_vec()));
        }
        true
    });
    (out, cut)
}

/// The filter of the whole tree: all of its words must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    words: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq)]
enum Word {
    /// The path has this in it.
    Path(String),
    /// The path is one of these, or lies below one.
    Places(Pattern),
    /// The value, or the last key, is this.
    Is(String),
    /// The value has this in it.
    Has(String),
}

/// The first word of a text, and the rest; quotes keep spaces together.
fn word(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let mut out = String::new();
    let mut quoted = false;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                end = at;
                break;
            }
            c => out.push(c),
        }
    }
    (end > 0).then(|| (out, text.get(end..).unwrap_or("")))
}

impl Filter {
    /// Reads `orders status`, `orders[*].status`, `=refunded`, `~kettle`; `None`
    /// where there is no word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = Vec::new();
        let mut rest = text;
        while let Some((word, after)) = word(rest) {
            rest = after;
            let lower = word.to_lowercase();
            words.push(if let Some(value) = lower.strip_prefix('=') {
                Word::Is(value.to_owned())
            } else if let Some(part) = lower.strip_prefix('~') {
                Word::Has(part.to_owned())
            } else if word.contains("[*]")
                && let Ok(pattern) = Pattern::parse(&word)
            {
                Word::Places(pattern)
            } else {
                Word::Path(lower)
            });
        }
        (!words.is_empty()).then_some(Self { words })
    }

    /// A filter for one value, as one would type it.
    #[must_use]
    pub fn value(text: &str) -> String {
        if text.contains(char::is_whitespace) {
            format!("=\"{}\"", text.replace('"', ""))
        } else {
            format!("={text}")
        }
    }

    /// The topmost places that it keeps, in order; whether there are more.
    #[must_use]
    pub fn list(&self, world: &Node) -> (Vec<Path>, bool) {
        let mut kept: Option<Path> = None;
        let mut out = Vec::new();
        let mut cut = false;
        let about_values = self.words.iter().any(Word::about_value);
        visit(world, &mut |keys, name, node| {
            // What lies below a place that is kept shows when that is opened.
            let inside = kept.as_ref().is_some_and(|top| keys.starts_with(&top.0));
            if (about_values || !inside) && self.words.iter().all(|w| w.holds(keys, name, node)) {
                if out.len() >= MOST {
                    cut = true;
                    return false;
                }
                let path = Path(keys.to_vec());
                out.push(path.clone());
                kept = Some(path);
            }
            true
        });
        (out, cut)
    }
}

impl Word {
    fn about_value(&self) -> bool {
        match self {
            Self::Is(_) | Self::Has(_) => true,
            Self::Path(_) | Self::Places(_) => false,
        }
    }

    fn holds(&self, keys: &[Arc<str>], name: &str, node: &Node) -> bool {
        match self {
            Self::Path(part) => has(name, part),
            Self::Places(pattern) => {
                let path = Path(keys.to_vec());
                pattern.covers(&path)
            }
            Self::Is(value) => {
                let same = |text: &str| text == value || text.to_lowercase() == *value;
                key_of(keys, name).is_some_and(|key| same(key))
                    || match node {
                        Node::Str(text) => same(text),
                        _ => plain(node).is_some_and(|text| same(&text)),
                    }
            }
            Self::Has(part) => match node {
                Node::Str(text) => has(text, part),
                _ => plain(node).is_some_and(|text| has(&text, part)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> Node {
        serde_json::from_str(
            r#"{"orders":{"8841":{"status":"open","who":"Maya Lind"},"12":{"status":"done"}},"log":["8841"]}"#,
        )
        .unwrap()
    }

    fn kept(text: &str) -> Vec<String> {
        let (paths, cut) = Filter::parse(text).unwrap().list(&world());
        assert!(!cut);
        paths.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn filters_name_places_and_values() {
        assert_eq!(kept("orders"), ["/orders"]);
        assert_eq!(kept("STATUS"), ["/orders/8841/status", "/orders/12/status"]);
        assert_eq!(kept("orders[*].who"), ["/orders/8841/who"]);
        assert_eq!(kept("status =done"), ["/orders/12/status"]);
        assert_eq!(kept("=8841"), ["/orders/8841", "/log/0"]);
        assert_eq!(kept("=\"maya lind\""), ["/orders/8841/who"]);
        assert_eq!(kept(&Filter::value("Maya Lind")), ["/orders/8841/who"]);
        assert_eq!(kept("~lin"), ["/orders/8841/who"]);
        assert_eq!(kept("nothing here"), [] as [&str; 0]);
        assert_eq!(Filter::parse("  "), None);
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        assert_eq!(places("Äh, äH, x", "ÄH"), [(0, 3), (5, 8)]);
        assert_eq!(places("aaa", "aa"), [(0, 2)]);
        assert_eq!(places("abc", ""), []);
        assert_eq!(places("abc", "bcd"), []);
        assert!(has("Where is ORDER 7", "order 7") && !has("x", "order"));
        assert!(has("Straße", "straße") && !has("abc", ""));
        let (found, cut) = in_world(&world(), "8841");
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, ["/orders/8841", "/log/0"]);
        assert!(!cut);
    }
}
