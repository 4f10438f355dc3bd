//! Collects what is wrong and what was inferred, and reads typed parts of a
//! tree: each reader answers the value or reports why there is none.

use super::super::problem::{Problem, Severity};
use super::Inference;
use super::nearest::did_you_mean;
use super::tree::{At, Entry, Tree, Value};
use std::collections::BTreeSet;

/// Problems and inferences of one reading.
#[derive(Debug, Default)]
pub struct Report {
    problems: Vec<Problem>,
    inferences: Vec<Inference>,
    /// Files that could not be read at all: what they lack is not reported.
    broken: BTreeSet<String>,
}

impl Report {
    /// Adds a problem as it is, once.
    pub fn push(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
    /// Adds problems.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.push(problem);
        }
    }
    /// Adds an error.
    pub fn error(&mut self, file: &str, at: At, what: impl Into<String>, help: impl Into<String>) {
        self.push(Problem::error(file, at.line, at.column, what).help(help));
    }
    /// Adds a warning.
    pub fn warn(&mut self, file: &str, at: At, what: impl Into<String>, help: impl Into<String>) {
        self.push(Problem::warning(file, at.line, at.column, what).help(help));
    }
    /// Notes that a file could not be read.
    pub fn break_file(&mut self, file: &str) {
        self.broken.insert(file.to_owned());
    }
    /// Whether a file could not be read.
    pub fn is_broken(&self, file: &str) -> bool {
        self.broken.contains(file)
    }
    /// Notes something that was not written.
    pub fn infer(
        &mut self,
        file: &str,
        key: impl Into<String>,
        value: impl Into<String>,
        from: impl Into<String>,
    ) {
        self.inferences.push(Inference {
            file: file.to_owned(),
            key: key.into(),
            value: value.into(),
            from: from.into(),
        });
    }
    /// Whether something stands in the way of a scenario.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }
    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .count()
    }
    /// Whether a file has an error.
    pub fn has_errors_in(&self, file: &str) -> bool {
        self.problems
            .iter()
            .any(|p| p.severity == Severity::Error && p.file == file)
    }
    /// Whether an error is reported at this very place.
    pub fn has_error_at(&self, file: &str, at: At) -> bool {
        let here = |p: &Problem| p.file == file && (p.line, p.column) == (at.line, at.column);
        self.problems
            .iter()
            .any(|p| p.severity == Severity::Error && here(p))
    }
    /// How many errors stand in other files than this.
    pub fn errors_outside(&self, file: &str) -> usize {
        self.problems
            .iter()
            .filter(|p| p.severity == Severity::Error && p.file != file)
            .count()
    }
    /// Everything, problems in file order.
    pub fn finish(mut self) -> (Vec<Problem>, Vec<Inference>) {
        self.problems
            .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        self.inferences.sort_by(|a, b| a.file.cmp(&b.file));
        (self.problems, self.inferences)
    }
}

/// Reads the parts of one file's tree.
pub struct Reader<'a> {
    /// The file.
    pub file: &'a str,
    /// Where problems go.
    pub report: &'a mut Report,
}

impl Reader<'_> {
    /// An error of this file.
    pub fn error(&mut self, at: At, what: impl Into<String>, help: impl Into<String>) {
        self.report.error(self.file, at, what, help);
    }

    fn wrong(&mut self, tree: &Tree, what: &str, wanted: &str, help: &str) {
        let kind = tree.kind();
        let what = if what.is_empty() {
            String::from("the file")
        } else {
            format!("`{what}`")
        };
        self.error(
            tree.at,
            format!("{what} is {kind}; {wanted} is expected"),
            help,
        );
    }

    /// A map with any keys. Nothing at all is an error.
    pub fn map<'t>(&mut self, tree: &'t Tree, what: &str) -> Option<&'t [Entry]> {
        let entries = tree.entries();
        if entries.is_none() {
            self.wrong(tree, what, "a map (`key: value`)", "");
        }
        entries
    }

    /// A map with only known keys.
    pub fn fields<'t>(&mut self, tree: &'t Tree, what: &str, known: &[&str]) -> Option<&'t Tree> {
        for entry in self.map(tree, what)? {
            if !known.contains(&entry.key.as_str()) {
                let help = did_you_mean(&entry.key, known.iter().copied());
                let inside = if what.is_empty() {
                    String::new()
                } else {
                    format!(" in `{what}`")
                };
                self.error(
                    entry.at,
                    format!("unknown key `{}`{inside}", entry.key),
                    help,
                );
            }
        }
        Some(tree)
    }

    /// A map of named things, or a list of things that name themselves under `id`.
    pub fn named<'t>(
        &mut self,
        tree: &'t Tree,
        what: &str,
        id: &str,
    ) -> Vec<(String, At, &'t Tree)> {
        match &tree.value {
            Value::Map(entries) => entries
                .iter()
                .map(|e| (e.key.clone(), e.at, &e.value))
                .collect(),
            Value::List(items) => {
                let mut out: Vec<(String, At, &Tree)> = Vec::new();
                for item in items {
                    let Some(name) = item.get(id).and_then(Tree::text) else {
                        self.error(
                            item.at,
                            format!("an entry of `{what}` has no `{id}`"),
                            format!("write `- {id}: name` first, or make `{what}` a map by name"),
                        );
                        continue;
                    };
                    let at = item.locate(&[id]);
                    if out.iter().any(|(n, ..)| n == name) {
                        self.error(at, format!("`{name}` stands here twice"), "rename one");
                        continue;
                    }
                    out.push((name.to_owned(), at, item));
                }
                out
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(..) => {
                self.wrong(tree, what, "a map by name", "");
                Vec::new()
            }
        }
    }

    /// A text.
    pub fn text(&mut self, tree: &Tree, what: &str) -> Option<String> {
        let text = tree.text();
        if text.is_none() {
            let help = match &tree.value {
                Value::Bool(_) | Value::Int(_) | Value::Float(_) => "put quotes around it",
                Value::Map(_) => "a text that begins with `{` or holds `: ` wants quotes",
                Value::Null | Value::List(_) | Value::Text(..) => "",
            };
            self.wrong(tree, what, "a text", help);
        }
        text.map(str::to_owned)
    }

    /// A text that is not blank.
    pub fn words(&mut self, tree: &Tree, what: &str) -> Option<String> {
        let text = self.text(tree, what)?;
        if text.trim().is_empty() {
            self.error(tree.at, format!("`{what}` is empty"), "");
            return None;
        }
        Some(text)
    }

    /// One of a few words.
    pub fn word(&mut self, tree: &Tree, what: &str, known: &[&str]) -> Option<String> {
        let text = self.text(tree, what)?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        let help = did_you_mean(&text, known.iter().copied());
        self.error(tree.at, format!("unknown {what} `{text}`"), help);
        None
    }

    /// A number within bounds (both included).
    pub fn number(&mut self, tree: &Tree, what: &str, least: f64, most: f64) -> Option<f64> {
        let number = match &tree.value {
            Value::Int(i) => *i as f64,
            Value::Float(f) => *f,
            Value::Null | Value::Bool(_) | Value::Text(..) | Value::List(_) | Value::Map(_) => {
                self.wrong(tree, what, "a number", "");
                return None;
            }
        };
        if (least..=most).contains(&number) {
            return Some(number);
        }
        self.error(
            tree.at,
            format!("`{what}` is {number}; it must be from {least} to {most}"),
            "",
        );
        None
    }

    /// A whole number within bounds (both included).
    pub fn whole(&mut self, tree: &Tree, what: &str, least: u64, most: u64) -> Option<u64> {
        let Value::Int(i) = &tree.value else {
            self.wrong(tree, what, "a whole number", "");
            return None;
        };
        match u64::try_from(*i) {
            Ok(n) if (least..=most).contains(&n) => Some(n),
            Ok(_) | Err(_) => {
                self.error(
                    tree.at,
                    format!("`{what}` is {i}; it must be from {least} to {most}"),
                    "",
                );
                None
            }
        }
    }

    /// A list of anything.
    pub fn list<'t>(&mut self, tree: &'t Tree, what: &str) -> Option<&'t [Tree]> {
        if let Value::List(items) = &tree.value {
            return Some(items);
        }
        self.wrong(tree, what, "a list", "write `[a, b]`, or one `- ` a line");
        None
    }

    /// A list of texts, each with its place.
    pub fn texts(&mut self, tree: &Tree, what: &str) -> Option<Vec<(String, At)>> {
        let items = self.list(tree, what)?;
        let mut out: Vec<(String, At)> = Vec::new();
        for item in items {
            let Some(text) = self.text(item, what) else {
                continue;
            };
            if out.iter().any(|(t, _)| *t == text) {
                self.error(
                    item.at,
                    format!("`{text}` stands twice in `{what}`"),
                    "remove one",
                );
            } else {
                out.push((text, item.at));
            }
        }
        Some(out)
    }
}
