//! `faults:` of scenario.yaml: named decks, each a list of faults with the tool or
//! the role that they are made in and how often.

use super::super::fault::{ANY, DECK, Deck, Fault, Spec, When};
use super::super::role::Role;
use super::nearest::did_you_mean;
use super::report::{Reader, Report};
use super::scenario_file::FILE;
use super::tasks_file::{self, TaskEntry};
use super::tree::{At, Tree};
use super::{Executor, Tool, keys};
use serde_json::{Map, Value as Json, json};

/// The deck that is put in without being asked for.
pub const ALWAYS: &str = "always";

/// A deck, and where its lines stand.
#[derive(Clone, Debug)]
pub struct DeckEntry {
    /// The deck.
    pub deck: Deck,
    /// Where each tool is named.
    tools_at: Vec<At>,
}

/// Reads `faults:`.
pub fn read(reader: &mut Reader<'_>, tree: &Tree) -> Vec<DeckEntry> {
    let mut out = Vec::new();
    for entry in reader.map(tree, "faults").unwrap_or_default() {
        let what = format!("faults.{}", entry.key);
        let mut deck = DeckEntry {
            deck: Deck {
                name: entry.key.clone(),
                specs: Vec::new(),
            },
            tools_at: Vec::new(),
        };
        for item in reader.list(&entry.value, &what).unwrap_or_default() {
            if let Some((spec, at)) = line(reader, item, &what) {
                deck.deck.specs.push(spec);
                deck.tools_at.push(at);
            }
        }
        out.push(deck);
    }
    out
}

/// A line of a deck: a word alone, or a map.
fn line(reader: &mut Reader<'_>, tree: &Tree, what: &str) -> Option<(Spec, At)> {
    if tree.text().is_some() {
        return Some((Spec::once(word(reader, tree, what, None)?), tree.at));
    }
    let fields = reader.fields(tree, what, keys::FAULT)?;
    let role = match fields.get("role") {
        Some(t) => Some((reader.word(t, "role", keys::FAULT_ROLES)?, t.at)),
        None => None,
    };
    let Some(given) = fields.get("fault") else {
        reader.error(
            tree.at,
            format!("an entry of `{what}` has no `fault`"),
            "write which: `{tool: issue_refund, fault: lost_reply}`",
        );
        return None;
    };
    let seat = role.as_ref().map(|(role, _)| role.as_str());
    let mut spec = Spec::once(word(reader, given, what, seat)?);
    let own = seat_word(spec.fault.seat());
    if let Some((role, at)) = &role
        && role != own
    {
        let help = format!("`{}` is a fault of the {own}", spec.fault);
        reader.error(*at, format!("`role` is {role}"), help);
        return None;
    }
    let mut at = tree.at;
    if let Some(tool) = fields.get("tool") {
        at = tool.at;
        let name = reader.words(tool, &format!("{what}.tool"))?;
        if spec.fault.seat() != Role::Tool {
            let help = format!("`{}` is a fault of the {own}", spec.fault);
            reader.error(at, "a tool is named for what no tool does", help);
            return None;
        }
        spec.tool = (name != ANY).then_some(name);
    }
    when(reader, fields, what, &mut spec)?;
    Some((spec, at))
}

/// `at`, `every`, `chance` and `times` of a line.
fn when(reader: &mut Reader<'_>, fields: &Tree, what: &str, spec: &mut Spec) -> Option<()> {
    let given: Vec<&str> = ["at", "every", "chance"]
        .into_iter()
        .filter(|key| fields.get(key).is_some())
        .collect();
    if let [_, second, ..] = given.as_slice() {
        let at = fields.locate(&[second]);
        reader.error(
            at,
            format!("`{what}` says twice when"),
            "write one of `at`, `every` and `chance`",
        );
        return None;
    }
    let many = 1_000_000;
    if let Some(t) = fields.get("at") {
        let first = t.text() == Some("first");
        let n = if first {
            1
        } else {
            reader.whole(t, &format!("{what}.at"), 1, many)?
        };
        spec.when = When::From(u32::try_from(n).unwrap_or(u32::MAX));
    }
    if let Some(t) = fields.get("every") {
        let n = reader.whole(t, &format!("{what}.every"), 1, many)?;
        spec.when = When::Every(u32::try_from(n).unwrap_or(u32::MAX));
        spec.times = u32::MAX;
    }
    if let Some(t) = fields.get("chance") {
        spec.when = When::Chance(reader.number(t, &format!("{what}.chance"), 0.0, 1.0)?);
        spec.times = u32::MAX;
    }
    if let Some(t) = fields.get("times") {
        let n = reader.whole(t, &format!("{what}.times"), 1, many)?;
        spec.times = u32::try_from(n).unwrap_or(u32::MAX);
    }
    if spec.is_free() && (!given.is_empty() || fields.get("times").is_some()) {
        reader.error(
            fields.at,
            format!(
                "the stand-in chooses itself where it makes `{}`",
                spec.fault
            ),
            "leave out when and how often",
        );
        return None;
    }
    Some(())
}

fn word(reader: &mut Reader<'_>, tree: &Tree, what: &str, seat: Option<&str>) -> Option<Fault> {
    let text = reader.words(tree, &format!("{what}.fault"))?;
    let words: Vec<&str> = DECK
        .iter()
        .filter(|row| seat.is_none_or(|seat| seat == seat_word(row.seat)))
        .map(|row| row.word)
        .collect();
    let found = Fault::of(&text);
    if found.is_none() {
        let help = did_you_mean(&text, words);
        reader.error(tree.at, format!("no fault is called `{text}`"), help);
    }
    found
}

fn seat_word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Agent => "agent",
        Role::Tool => "tool",
        Role::Judge => "judge",
    }
}

/// Holds the decks against the tools, and the tasks against the decks.
pub fn check(
    decks: &[DeckEntry],
    tools: &[Tool],
    known: &[String],
    tasks: &[TaskEntry],
    report: &mut Report,
) {
    for deck in decks {
        for (spec, at) in deck.deck.specs.iter().zip(&deck.tools_at) {
            let Some(name) = &spec.tool else { continue };
            if !known.contains(name) {
                let help = did_you_mean(name, known.iter().map(String::as_str));
                report.error(FILE, *at, format!("there is no tool `{name}`"), help);
                continue;
            }
            let Some(tool) = tools.iter().find(|t| t.name == *name) else {
                continue;
            };
            if let Some(why) = never(spec.fault, tool) {
                report.error(
                    FILE,
                    *at,
                    format!("`{}` never fits `{name}`: {why}", spec.fault),
                    "name another tool, or another fault",
                );
            }
        }
    }
    let names = || decks.iter().map(|d| d.deck.name.as_str());
    for entry in tasks {
        if let Some(name) = &entry.task.faults
            && !names().any(|n| n == name)
        {
            report.error(
                tasks_file::FILE,
                entry.tree.locate(&["faults"]),
                format!("scenario.yaml has no deck of faults `{name}`"),
                did_you_mean(name, names()),
            );
        }
    }
}

/// Why a fault can never be made by a tool.
#[must_use]
pub fn never(fault: Fault, tool: &Tool) -> Option<&'static str> {
    if matches!(tool.executor, Executor::Agent(_)) {
        return Some("a sub-agent answers it");
    }
    match fault {
        Fault::LostReply if tool.writes.is_empty() => Some("it writes nothing"),
        Fault::StaleRead if !tool.writes.is_empty() => Some("it does not only read"),
        Fault::StaleRead if tool.executor == Executor::Human => Some("a person answers it"),
        Fault::UngroundedResult if tool.executor != Executor::Model => Some("no model answers it"),
        Fault::Timeout
        | Fault::RateLimit
        | Fault::ServerError
        | Fault::Permission
        | Fault::NotFound
        | Fault::Malformed
        | Fault::StaleRead
        | Fault::LostReply
        | Fault::Slow
        | Fault::UngroundedResult => None,
        Fault::FalseClaim
        | Fault::MisgivesId
        | Fault::ChangesMind
        | Fault::WalksAway
        | Fault::PrematureGoodbye
        | Fault::WrongId
        | Fault::InventedAmount
        | Fault::ClaimNotDone
        | Fault::BlindRetry
        | Fault::IgnoresErrors
        | Fault::LenientJudge
        | Fault::HarshJudge
        | Fault::MalformedVerdict => Some("it is no fault of a tool"),
    }
}

/// Decks as they stand in a file.
#[must_use]
pub fn written(decks: &[Deck]) -> Json {
    let all = decks.iter().map(|deck| {
        let lines = deck.specs.iter().map(|spec| {
            let mut out = Map::new();
            let mut put = |key: &str, value: Json| {
                out.insert(key.to_owned(), value);
            };
            if let Some(tool) = &spec.tool {
                put("tool", json!(tool));
            }
            put("fault", json!(spec.fault.name()));
            if !spec.is_free() {
                let bound = match spec.when {
                    When::From(n) => {
                        put("at", json!(n));
                        1
                    }
                    When::Every(n) => {
                        put("every", json!(n));
                        u32::MAX
                    }
                    When::Chance(p) => {
                        put("chance", json!(p));
                        u32::MAX
                    }
                };
                if spec.times != bound {
                    put("times", json!(spec.times));
                }
            }
            Json::Object(out)
        });
        (deck.name.clone(), Json::Array(lines.collect()))
    });
    Json::Object(all.collect())
}
