//! `keys.toml`: other keys for actions, and all that is wrong in it.
//!
//! A table for each place, in it an action's name and its keys; an empty list
//! unbinds. What is not named keeps its own keys.
//!
//! ```toml
//! [run]
//! fork = ["f", "ctrl-f"]
//! step = []
//! ```

use super::action::{ACTIONS, Action, Place, Row};
use super::key::{self, Key};
use super::keymap::{Binding, Keymap};
use crate::engine::problem::Problem;
use crate::engine::scenario::nearest::nearest;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file, in the person's own folder.
pub const KEYS_FILE: &str = "keys.toml";
/// A file larger than this is no file of keys.
const LARGEST: u64 = 1 << 18;

impl Place {
    /// Its name in `keys.toml`: `run`, `from-past`.
    #[must_use]
    pub fn name(self) -> String {
        let mut out = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_uppercase() && !out.is_empty() {
                out.push('-');
            }
            out.extend(c.to_lowercase());
        }
        out
    }
}

impl Keymap {
    /// The keys of a person's folder; those of the table where there is none.
    #[must_use]
    pub fn of(folder: Option<&Path>) -> (Self, Vec<Problem>) {
        let Some(path) = folder.map(|dir| dir.join(KEYS_FILE)) else {
            return (Self::default(), Vec::new());
        };
        let file = path.display().to_string();
        let none = |what: String| {
            let problem = Problem::error(&file, 0, 0, what);
            (
                Self::default(),
                vec![problem.help("The usual keys are used.")],
            )
        };
        let size = std::fs::metadata(&path).map_or(0, |m| m.len());
        if size > LARGEST {
            return none(String::from("is larger than 256 KiB, and was not read"));
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::read(&file, &text),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => (Self::default(), Vec::new()),
            Err(why) => none(format!("cannot be read: {why}")),
        }
    }

    /// Reads a file of keys as far as it goes; `file` names it in problems.
    #[must_use]
    pub fn read(file: &str, text: &str) -> (Self, Vec<Problem>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader {
            file,
            text,
            map: Self::default(),
            lines: BTreeMap::new(),
            problems: Vec::new(),
        };
        for error in errors {
            let at = error.span().unwrap_or_default();
            reader.wrong(&at, error.message(), "The rest of the file is used.");
        }
        let places = places();
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            let known = places.iter().find(|(known, _)| known == name);
            match (known, value.get_ref()) {
                (Some((_, place)), DeValue::Table(table)) => reader.place(*place, table),
                (Some(_), _) => {
                    reader.wrong(
                        &key.span(),
                        "must be a table",
                        &format!("Write `[{name}]`."),
                    );
                }
                (None, _) => reader.unknown_place(name, &key.span(), &places),
            }
        }
        reader.conflicts();
        (reader.map, reader.problems)
    }
}

/// Every place that has keys, with its name.
fn places() -> Vec<(String, Place)> {
    let mut out: Vec<(String, Place)> = Vec::new();
    for row in ACTIONS {
        if !out.iter().any(|(_, place)| *place == row.place) {
            out.push((row.place.name(), row.place));
        }
    }
    out
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    map: Keymap,
    /// Where an action was given its keys: line and column.
    lines: BTreeMap<Action, (u32, u32)>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn at(&self, span: &Range<usize>) -> (u32, u32) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line as u32, column as u32)
    }

    fn wrong(&mut self, span: &Range<usize>, what: &str, help: &str) {
        let (line, column) = self.at(span);
        let problem = Problem::error(self.file, line, column, what).help(help);
        self.problems.push(problem);
    }

    fn unknown_place(&mut self, name: &str, span: &Range<usize>, places: &[(String, Place)]) {
        // The name of an action outside any table.
        if let Some(row) = ACTIONS.iter().find(|row| row.id == name) {
            let help = format!("Write it below `[{}]`.", row.place.name());
            self.wrong(span, &format!("`{name}` stands in no table"), &help);
            return;
        }
        let names = places.iter().map(|(name, _)| name.as_str());
        let help = meant(name, names);
        self.wrong(span, &format!("there is no place `{name}`"), &help);
    }

    fn place(&mut self, place: Place, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let row = ACTIONS.iter().find(|row| row.id == name);
            let Some(row) = row.filter(|row| row.place == place) else {
                let what = format!("there is no action `{name}` in [{}]", place.name());
                let help = if let Some(row) = row {
                    format!("It stands in `[{}]`.", row.place.name())
                } else {
                    let here = ACTIONS.iter().filter(|row| row.place == place);
                    meant(name, here.map(|row| row.id))
                };
                self.wrong(&key.span(), &what, &help);
                continue;
            };
            if let Some(keys) = self.keys(row, value) {
                let at = self.at(&key.span());
                self.lines.insert(row.action, at);
                self.map.bind(row, keys);
            }
        }
    }

    /// The keys that an action is given; `None` where none of them reads, so
    /// that it keeps its own.
    fn keys(&mut self, row: &Row, value: &Spanned<DeValue<'_>>) -> Option<Vec<Vec<Key>>> {
        let texts: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            DeValue::String(_) => vec![value],
            other => {
                let what = format!(
                    "`{}` must be a list of keys, not {}",
                    row.id,
                    other.type_str()
                );
                self.wrong(&value.span(), &what, "Write `[\"f\", \"ctrl-f\"]`.");
                return None;
            }
        };
        let mut out: Vec<Vec<Key>> = Vec::new();
        let mut bad = false;
        for text in texts {
            let DeValue::String(keys) = text.get_ref() else {
                let help = "Write each of them in quotes.";
                self.wrong(&text.span(), "a key must be a text", help);
                bad = true;
                continue;
            };
            match Key::parse_all(keys) {
                Ok(read) if read.is_empty() => {
                    self.wrong(&text.span(), "names no key", "An empty list unbinds.");
                    bad = true;
                }
                Ok(read) if row.action != Action::Interrupt && read.contains(&Key::STOP) => {
                    let help = "It always stops the call, and leaves when pressed again.";
                    self.wrong(&text.span(), "ctrl-c cannot be given away", help);
                    bad = true;
                }
                Ok(read) if out.contains(&read) => {}
                Ok(read) => out.push(read),
                Err(what) => {
                    let word = keys.split_whitespace().find(|w| Key::parse(w).is_none());
                    let near = word.and_then(|word| nearest(word, key::names()));
                    let help = match near {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => String::from(
                            "A key is a letter or a sign, or one of space, enter, esc, tab, up, \
                             …; ctrl- and alt- go before it; several in a row are parted by \
                             spaces.",
                        ),
                    };
                    self.wrong(&text.span(), &what, &help);
                    bad = true;
                }
            }
        }
        (!bad || !out.is_empty()).then_some(out)
    }

    /// Two actions of one place on the same keys, or keys that begin those of
    /// another, where the file has a part in it.
    fn conflicts(&mut self) {
        let bound = self.map.bindings().to_vec();
        let own = |b: &Binding| self.map.changed(b.action);
        let mut found = Vec::new();
        for (i, one) in bound.iter().enumerate() {
            for other in bound.iter().skip(i + 1) {
                if one.place != other.place || one.action == other.action {
                    continue;
                }
                let (short, long) = if one.keys.len() <= other.keys.len() {
                    (one, other)
                } else {
                    (other, one)
                };
                if !(own(one) || own(other)) || !long.keys.starts_with(&short.keys) {
                    continue;
                }
                let whose = if own(one) { one.action } else { other.action };
                let (line, column) = self.lines.get(&whose).copied().unwrap_or_default();
                let keys = key::sequence(&short.keys);
                let place = one.place.name();
                let (a, b) = (one.action.id(), other.action.id());
                let problem = if short.keys == long.keys {
                    let what = format!("`{keys}` is both `{a}` and `{b}` in [{place}]");
                    Problem::error(self.file, line, column, what)
                        .help(format!("It does `{a}`. Give one of them another key."))
                } else {
                    let (a, b) = (short.action.id(), long.action.id());
                    let more = key::sequence(&long.keys);
                    let what = format!("`{keys}` is `{a}`, so that `{more}` never is `{b}`");
                    Problem::error(self.file, line, column, what)
                        .help("Give one of them another key.")
                };
                found.push(problem);
            }
        }
        found.sort_by_key(|p| (p.line, p.column));
        self.problems.extend(found);
    }
}

/// What a name probably means, or what there is.
fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("There are: {}.", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::keymap::Found;

    fn read(text: &str) -> (Keymap, Vec<String>) {
        let (map, problems) = Keymap::read(KEYS_FILE, text);
        (map, problems.iter().map(ToString::to_string).collect())
    }

    fn find(map: &Keymap, place: Place, keys: &str) -> Found {
        map.find(&[place], &Key::parse_all(keys).unwrap())
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let (map, problems) = read("[run]\nfork = [\"F\", \"ctrl-f\"]\nstep = []\nround = \"O\"\n");
        assert_eq!(problems, Vec::<String>::new());
        for keys in ["F", "<c-f>"] {
            assert_eq!(find(&map, Place::Run, keys), Found::Action(Action::Fork));
        }
        assert_eq!(find(&map, Place::Run, "f"), Found::Nothing);
        assert_eq!(find(&map, Place::Run, "s"), Found::Nothing);
        assert_eq!(find(&map, Place::Run, "O"), Found::Action(Action::Round));
        assert_eq!(find(&map, Place::Run, "x"), Found::Action(Action::Stop));
        assert_eq!(map.texts(Action::Fork), ["F", "ctrl-f"]);
        assert!(map.changed(Action::Step) && !map.changed(Action::Stop));
        assert_eq!(read("").1, Vec::<String>::new());
        assert!(!read("").0.any_changed());
    }

    #[test]
    fn slips_are_problems_with_their_line_and_the_nearest_name() {
        for (text, wanted) in [
            ("[rnu]\n", ["keys.toml:1:2", "no place `rnu`", "`run`"]),
            (
                "[run]\n\nfrok = [\"f\"]\n",
                ["keys.toml:3:1", "no action `frok` in [run]", "`fork`"],
            ),
            (
                "[run]\nfork = [\"spcae\"]\n",
                ["keys.toml:2:9", "`spcae` is no key", "`space`"],
            ),
            (
                "[wire]\nfork = [\"f\"]\n",
                ["keys.toml:2:1", "`fork`", "`[run]`"],
            ),
            ("fork = [\"f\"]\n", ["keys.toml:1:1", "no table", "`[run]`"]),
            (
                "[run]\nfork = 3\n",
                ["keys.toml:2:8", "list of keys", "[\"f\""],
            ),
            (
                "[run]\nfork = [3]\n",
                ["keys.toml:2:9", "must be a text", "quotes"],
            ),
            (
                "[run]\nfork = [\"\"]\n",
                ["keys.toml:2:9", "no key", "unbinds"],
            ),
            (
                "[run]\nfork = [\"<c-c>\"]\n",
                ["keys.toml:2:9", "ctrl-c", "always"],
            ),
            ("run = 1\n", ["keys.toml:1:1", "must be a table", "[run]"]),
            ("[run\n", ["keys.toml:1", "error", "rest of the file"]),
        ] {
            let (map, problems) = read(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            for part in wanted {
                assert!(problems[0].contains(part), "{text}: {problems:?}");
            }
            let fork = Found::Action(Action::Fork);
            assert_eq!(find(&map, Place::Run, "f"), fork, "{text}");
        }
    }

    #[test]
    fn one_key_with_two_meanings_names_both() {
        let (map, problems) = read("[run]\nfork = [\"u\"]\n");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("keys.toml:2:1"), "{problems:?}");
        assert!(
            problems[0].contains("`fork` and `undo` in [run]"),
            "{problems:?}"
        );
        // It does what the person said.
        assert_eq!(find(&map, Place::Run, "u"), Found::Action(Action::Fork));
        // A swap is none.
        let (map, problems) = read("[run]\nfork = [\"u\"]\nundo = [\"f\"]\n");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(find(&map, Place::Run, "f"), Found::Action(Action::Undo));
        // Nor is one letter in two places.
        assert_eq!(read("[wire]\nscreen-run = []\n").1.len(), 1);
        let (_, problems) = read("[run]\nfork = [\"g\"]\n");
        assert!(
            problems.iter().all(|p| p.contains("never is")),
            "{problems:?}"
        );
        assert!(problems.iter().any(|p| p.contains("`g w`")), "{problems:?}");
    }

    #[test]
    fn the_table_itself_has_no_conflict() {
        let bound = Keymap::default();
        let all = bound.bindings();
        for (i, one) in all.iter().enumerate() {
            for other in all.iter().skip(i + 1).filter(|o| o.place == one.place) {
                let apart =
                    !one.keys.starts_with(&other.keys) && !other.keys.starts_with(&one.keys);
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn places_have_names() {
        assert_eq!(Place::FromPast.name(), "from-past");
        assert_eq!(Place::Run.name(), "run");
    }
}
