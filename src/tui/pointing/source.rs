//! Where a value came from, for the card: the chain back to where it began, then
//! the places of the world that hold it and the steps that say it.

use super::find::pieces;
use super::tree::{dotted, visit};
use super::value::Value;
use crate::engine::grounding::{Link, Part, Stand};
use crate::engine::world::{Node, Origin, Path};
use crate::surface::{Meaning, text};
use crate::tui::model::Run;
use crate::tui::pane::conversation::{count, role_word};
use crate::tui::pane::world;

/// Places of the world, and steps, that are listed for a value.
const MOST: usize = 12;

/// Somewhere that a value stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Where, in words.
    pub place: String,
    /// What is known of it.
    pub words: String,
    /// Where to go.
    pub go: Go,
    /// What it is.
    pub role: Meaning,
    /// How many derivations it lies below; `None` for what is no link of the chain.
    pub link: Option<usize>,
}

/// Where to go for a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Go {
    /// A place of the world, and the number of the step that wrote it.
    World(Path, Option<u32>),
    /// Behind so many steps, with what is said there.
    Step(usize, String),
    /// A file of the scenario, at a line.
    File(String, usize),
    /// Nowhere: it is no place.
    Stay,
}

/// The chain of a value, backwards: where it stands, where that came from.
fn chain(run: &Run, value: &Value) -> Vec<Source> {
    let head = run.session.head();
    let here = run.step().map_or(0, |s| s.body.number);
    let (step, part, nth) = match (&value.path, &value.stands) {
        (Some(path), _) => (here, Part::World(path.clone()), 0),
        (None, Some(stands)) => stands.clone(),
        (None, None) => (here, Part::Any, 0),
    };
    let chain = run.session.chain(head, step, &part, &value.sought, nth);
    let rows = chain.rows();
    rows.into_iter()
        .map(|(depth, link)| of_link(run, depth, link))
        .collect()
}

fn of_link(run: &Run, depth: usize, link: &Link) -> Source {
    let said = |step: u32, quote: &str| Go::Step(behind(run, step), quote.to_owned());
    let go = match &link.at {
        Stand::Said { step, .. }
        | Stand::Argument { step, .. }
        | Stand::Result { step, .. }
        | Stand::Drawn { step, .. }
        | Stand::Worded { step, .. }
        | Stand::Nowhere { step, .. } => said(*step, &link.value),
        Stand::Person { step, .. } => said(*step, ""),
        Stand::Patch { step, path, .. } | Stand::World { step, path, .. } => {
            Go::World(path.clone(), Some(*step))
        }
        Stand::Rule { .. }
        | Stand::Start { .. }
        | Stand::Fact { .. }
        | Stand::Policy { .. }
        | Stand::Tool { .. } => match link.at.file() {
            Some((file, line)) => Go::File(file.to_owned(), line as usize),
            None => Go::Stay,
        },
        Stand::Clock => Go::File(String::from("scenario.yaml"), 1),
        Stand::Derived { .. } => Go::Stay,
    };
    let role = match &link.at {
        Stand::Nowhere { .. } => Meaning::ScorePoor,
        Stand::World { outside: true, .. } | Stand::Person { .. } => Meaning::Mark,
        _ => Meaning::TextMuted,
    };
    let words = match &link.at {
        Stand::Derived { how } => format!("{} = {how}", link.value),
        Stand::Nowhere { .. } => format!("!! {}", link.at.words()),
        at => format!("{}  {}", link.value, at.words()),
    };
    Source {
        place: link.at.place(),
        words,
        go,
        role,
        link: Some(depth),
    }
}

/// How many steps there are up to the one of a number.
#[must_use]
pub fn behind(run: &Run, number: u32) -> usize {
    if number == 0 {
        return 0;
    }
    let steps = run.seen.path.iter().filter_map(|p| p.step.as_ref());
    let mut numbers = steps.map(|s| s.body.number);
    numbers
        .position(|n| n == number)
        .map_or(run.seen.upto, |i| i + 1)
}

/// Where a value stands: its chain, then in the world at the cursor, then in the steps of the
/// branch, and how many more places there are than are listed.
#[must_use]
pub fn sources(run: &Run, value: &Value) -> (Vec<Source>, usize) {
    let mut out = chain(run, value);
    let mut more = 0usize;
    if let Some(path) = &value.path {
        out.push(of_world(run, path));
    }
    if !matches!(
        value.node,
        Node::Map(_) | Node::List(_) | Node::Bool(_) | Node::Null
    ) {
        let (found, left) = in_world(run, value);
        more = more.saturating_add(left);
        out.extend(found.iter().map(|path| of_world(run, path)));
        let (found, left) = in_steps(run, value);
        more = more.saturating_add(left);
        out.extend(found);
    }
    (out, more)
}

fn in_world(run: &Run, value: &Value) -> (Vec<Path>, usize) {
    let root = &run.session.place(run.at()).world;
    let mut found: Vec<Path> = Vec::new();
    let mut more = 0usize;
    visit(root, &mut |keys, name, node| {
        let key = keys.last().filter(|_| !name.ends_with(']'));
        let keyed = key.is_some_and(|key| value.sought.is_key(key));
        // A key and the same id inside its row are one thing.
        let inside = |path: &Path| keys.starts_with(&path.0);
        let named = |path: &Path| path.0.last().is_some_and(|key| value.sought.is_key(key));
        if (keyed || value.sought.is(node))
            && value.path.as_ref().is_none_or(|own| own.0 != keys)
            && !found.last().is_some_and(|last| inside(last) && named(last))
        {
            if found.len() < MOST {
                found.push(Path(keys.to_vec()));
            } else {
                more = more.saturating_add(1);
            }
        }
        true
    });
    (found, more)
}

/// A place of the world, with how its value came to be.
fn of_world(run: &Run, path: &Path) -> Source {
    let place = run.session.place(run.at());
    let origin = origin(run, path);
    let step = match &origin {
        Origin::Start => None,
        Origin::Step { step, .. } | Origin::Person { step } => Some(*step),
    };
    let value = path.find(&place.world).map(|n| n.brief(40));
    Source {
        place: dotted(&place.world, path),
        words: format!(
            "{}  {}",
            world::origin_words(&origin),
            value.unwrap_or_default()
        ),
        go: Go::World(path.clone(), step),
        role: Meaning::TextMuted,
        link: None,
    }
}

/// Where the value at a place came from; for a list or a map, its newest part.
#[must_use]
pub fn origin(run: &Run, path: &Path) -> Origin {
    let ledger = &run.session.place(run.at()).ledger;
    let number = |origin: &Origin| match origin {
        Origin::Start => 0,
        Origin::Step { step, .. } | Origin::Person { step } => *step,
    };
    let below = ledger.marks().filter(|(at, _)| path.covers(at));
    let below = below.map(|(_, origin)| origin.clone());
    std::iter::once(ledger.origin(path))
        .chain(below)
        .max_by_key(number)
        .unwrap_or_default()
}

/// The steps that say a value, oldest first.
fn in_steps(run: &Run, value: &Value) -> (Vec<Source>, usize) {
    let mut found = Vec::new();
    let mut more = 0usize;
    for (i, step) in run
        .seen
        .path
        .iter()
        .filter_map(|p| p.step.as_ref())
        .enumerate()
    {
        let said = pieces(step, false);
        let Some((said, (from, to))) = said
            .iter()
            .find_map(|piece| Some((piece, value.sought.in_text(piece).first().copied()?)))
        else {
            continue;
        };
        if found.len() >= MOST {
            more = more.saturating_add(1);
            continue;
        }
        let (_, word, _) = role_word(step.body.role);
        let first = if found.is_empty() { "first said: " } else { "" };
        found.push(Source {
            place: format!("step {} {word}", step.body.number),
            words: format!("{first}{}", around(said, from, to)),
            go: Go::Step(i + 1, said.get(from..to).unwrap_or("").to_owned()),
            role: Meaning::TextMuted,
            link: None,
        });
    }
    (found, more)
}

/// A value with the words around it, on one line.
fn around(said: &str, from: usize, to: usize) -> String {
    const LETTERS: usize = 30;
    let before = said.get(..from).unwrap_or("");
    let after = said.get(to..).unwrap_or("");
    let start = before
        .char_indices()
        .rev()
        .nth(LETTERS)
        .map_or(0, |(at, _)| at);
    let end = after
        .char_indices()
        .nth(LETTERS)
        .map_or(after.len(), |(at, _)| at);
    let words = format!(
        "{}{}{}",
        before.get(start..).unwrap_or(""),
        said.get(from..to).unwrap_or(""),
        after.get(..end).unwrap_or("")
    );
    let words = text::clean_line(&words).trim().to_owned();
    let lead = if start > 0 { "…" } else { "" };
    let tail = if end < after.len() { "…" } else { "" };
    format!("{lead}{words}{tail}")
}

/// How many places are not listed, in words.
#[must_use]
pub fn more_words(more: usize) -> Option<String> {
    (more > 0).then(|| format!("… and {} that are not listed", count(more, "more place")))
}
