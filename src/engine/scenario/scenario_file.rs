//! scenario.yaml: title, clock, world files, agents, bounds. Everything in it
//! has a default, so the file itself may be missing.

use super::super::world::canon::Render;
use super::report::{Reader, Report};
use super::tree::{At, Tree};
use super::world_files::{self, Wanted};
use super::{JudgeWhen, Limits, Stop, faults, keys};

/// The file's name.
pub const FILE: &str = "scenario.yaml";
/// The clock of a scenario that names none.
pub const DEFAULT_NOW: &str = "2026-01-01T00:00:00Z";

/// scenario.yaml as read, with defaults filled in.
#[derive(Debug, Default)]
pub struct ScenarioFile {
    /// `id:`, else the folder's name.
    pub id: String,
    /// `title:`, else from the id.
    pub title: String,
    /// `now:`
    pub now: String,
    /// `world:` and `tables:`
    pub world: Wanted,
    /// `schema:` with its place.
    pub schema: Option<(String, At)>,
    /// `render:`
    pub render: Render,
    /// `agents:` in order.
    pub agents: Option<Vec<AgentSpec>>,
    /// `stop:`
    pub stop: Stop,
    /// `limits:`
    pub limits: Limits,
    /// `judge:`
    pub judge: JudgeWhen,
    /// `faults:`
    pub faults: Vec<faults::DeckEntry>,
}

/// An agent as written.
#[derive(Clone, Debug, Default)]
pub struct AgentSpec {
    /// Its name.
    pub name: String,
    /// Where it is named.
    pub at: At,
    /// Its policy file.
    pub policy: Option<(String, At)>,
    /// Its tools.
    pub tools: Option<Vec<(String, At)>>,
    /// Its sub-agents.
    pub agents: Vec<(String, At)>,
    /// For the agent that calls it.
    pub description: String,
}

/// Reads scenario.yaml; `tree` is `None` where there is no such file.
pub fn read(folder: &str, tree: Option<&Tree>, report: &mut Report) -> ScenarioFile {
    let mut reader = Reader { file: FILE, report };
    let empty = Tree {
        at: At { line: 1, column: 1 },
        value: super::tree::Value::Map(Vec::new()),
    };
    // A file that holds nothing but comments is a map without keys.
    let tree = tree
        .filter(|t| t.value != super::tree::Value::Null)
        .unwrap_or(&empty);
    let tree = reader.fields(tree, "", keys::SCENARIO).unwrap_or(&empty);
    let mut out = ScenarioFile {
        id: folder.to_owned(),
        now: DEFAULT_NOW.to_owned(),
        ..ScenarioFile::default()
    };
    match tree.get("id") {
        Some(id) => out.id = reader.words(id, "id").unwrap_or_default(),
        None => reader.report.infer(FILE, "id", folder, "the folder's name"),
    }
    match tree.get("title") {
        Some(title) => out.title = reader.words(title, "title").unwrap_or_default(),
        None => {
            out.title = title_of(&out.id);
            reader
                .report
                .infer(FILE, "title", out.title.clone(), "the id");
        }
    }
    match tree.get("now") {
        Some(now) => {
            if let Some(text) = reader.text(now, "now") {
                if is_time(&text) {
                    out.now = text;
                } else {
                    reader.error(
                        now.at,
                        format!("`now` is `{text}`, which is no time in UTC"),
                        "write it as 2026-03-14T09:30:00Z",
                    );
                }
            }
        }
        None => reader.report.infer(FILE, "now", DEFAULT_NOW, "the default"),
    }
    out.world.files = tree.get("world").and_then(|t| match t.text() {
        Some(one) => Some(vec![(one.to_owned(), t.at)]),
        None => reader.texts(t, "world"),
    });
    if let Some(tables) = tree.get("tables") {
        out.world.tables = world_files::tables(&mut reader, tables);
    }
    out.schema = tree
        .get("schema")
        .and_then(|t| reader.words(t, "schema").map(|s| (s, t.at)));
    match tree.get("render") {
        Some(render) => out.render = read_render(&mut reader, render).unwrap_or_default(),
        None => reader
            .report
            .infer(FILE, "render", "compact", "the default"),
    }
    out.agents = tree.get("agents").map(|t| agents(&mut reader, t));
    stop(&mut reader, tree, &mut out.stop);
    limits(&mut reader, tree, &mut out.limits);
    match tree.get("judge") {
        Some(judge) => {
            let word = reader.word(judge, "judge", keys::JUDGE);
            out.judge = match word.as_deref() {
                Some("each_round") => JudgeWhen::EachRound,
                Some("never") => JudgeWhen::Never,
                Some(_) | None => JudgeWhen::End,
            };
        }
        None => reader.report.infer(FILE, "judge", "end", "the default"),
    }
    if let Some(decks) = tree.get("faults") {
        out.faults = faults::read(&mut reader, decks);
    }
    out
}

/// `render:` of a scenario or a tool.
pub fn read_render(reader: &mut Reader<'_>, tree: &Tree) -> Option<Render> {
    let word = reader.word(tree, "render", keys::RENDERS)?;
    Some(if word == "python" {
        Render::Python
    } else {
        Render::Compact
    })
}

fn agents(reader: &mut Reader<'_>, tree: &Tree) -> Vec<AgentSpec> {
    let mut out = Vec::new();
    for entry in reader.map(tree, "agents").unwrap_or_default() {
        let what = format!("agents.{}", entry.key);
        let mut spec = AgentSpec {
            name: entry.key.clone(),
            at: entry.at,
            ..AgentSpec::default()
        };
        if !is_tool_name(&entry.key) {
            reader.error(
                entry.at,
                format!("`{}` is no name of an agent", entry.key),
                NAME_HELP,
            );
        }
        if let Some(fields) = reader.fields(&entry.value, &what, keys::AGENT) {
            let policy = fields.get("policy");
            spec.policy = policy.and_then(|t| {
                reader
                    .words(t, &format!("{what}.policy"))
                    .map(|p| (p, t.at))
            });
            let tools = fields.get("tools");
            spec.tools = tools.map(|t| {
                reader
                    .texts(t, &format!("{what}.tools"))
                    .unwrap_or_default()
            });
            let agents = fields.get("agents");
            spec.agents = agents
                .and_then(|t| reader.texts(t, &format!("{what}.agents")))
                .unwrap_or_default();
            let description = fields.get("description");
            spec.description = description
                .and_then(|t| reader.text(t, &format!("{what}.description")))
                .unwrap_or_default();
        }
        out.push(spec);
    }
    if out.is_empty() {
        reader.error(
            tree.at,
            "`agents` names no agent",
            "name one, or leave the key out",
        );
    }
    out
}

fn stop(reader: &mut Reader<'_>, tree: &Tree, out: &mut Stop) {
    let given = tree.get("stop");
    let fields = given.and_then(|t| reader.fields(t, "stop", keys::STOP));
    let mut whole = |key: &str, least: u64, most: u64, slot: &mut u32| {
        if let Some(n) = fields.and_then(|f| f.get(key)) {
            let read = reader.whole(n, &format!("stop.{key}"), least, most);
            *slot = read.and_then(|n| u32::try_from(n).ok()).unwrap_or(*slot);
        } else {
            reader
                .report
                .infer(FILE, format!("stop.{key}"), slot.to_string(), "the default");
        }
    };
    whole("max_turns", 1, 1000, &mut out.max_turns);
    whole("goodbyes", 1, 100, &mut out.goodbyes);
}

fn limits(reader: &mut Reader<'_>, tree: &Tree, out: &mut Limits) {
    let given = tree.get("limits");
    let fields = given.and_then(|t| reader.fields(t, "limits", keys::LIMITS));
    let mut whole = |key: &str, least: u64, most: u64, now: u64| -> u64 {
        match fields.and_then(|f| f.get(key)) {
            Some(n) => reader
                .whole(n, &format!("limits.{key}"), least, most)
                .unwrap_or(now),
            None => {
                reader.report.infer(
                    FILE,
                    format!("limits.{key}"),
                    now.to_string(),
                    "the default",
                );
                now
            }
        }
    };
    out.depth = whole("depth", 1, 16, u64::from(out.depth)) as u32;
    out.agent_steps = whole("agent_steps", 1, 10_000, u64::from(out.agent_steps)) as u32;
    out.repairs = whole("repairs", 0, 20, u64::from(out.repairs)) as u32;
    out.retries = whole("retries", 0, 20, u64::from(out.retries)) as u32;
    out.rule_budget = whole("rule_budget", 1000, 1_000_000_000, out.rule_budget);
}

/// What to do about a name that models cannot call.
pub const NAME_HELP: &str = "models call names of letters, digits, `_` and `-`, at most 64 of them";

/// Whether every provider takes this as the name of a tool.
#[must_use]
pub fn is_tool_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// `returns_desk` as a title: `Returns desk`.
fn title_of(id: &str) -> String {
    let spaced = id.replace(['_', '-'], " ");
    let mut letters = spaced.trim().chars();
    letters.next().map_or_else(
        || String::from("Scenario"),
        |first| first.to_uppercase().chain(letters).collect(),
    )
}

/// Whether a text is a time as RFC 3339 writes it, in UTC: `2026-03-14T09:30:00Z`.
#[must_use]
pub fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.strip_suffix('Z').and_then(|t| t.split_once('T')) else {
        return false;
    };
    let number = |part: Option<&str>, len: usize| -> Option<u32> {
        part.filter(|p| p.len() == len && p.bytes().all(|b| b.is_ascii_digit()))?
            .parse()
            .ok()
    };
    let mut date = date.split('-');
    let (year, month, day) = (
        number(date.next(), 4),
        number(date.next(), 2),
        number(date.next(), 2),
    );
    let (clock, fraction) = time
        .split_once('.')
        .map_or((time, None), |(c, f)| (c, Some(f)));
    let mut clock = clock.split(':');
    let (hour, minute, second) = (
        number(clock.next(), 2),
        number(clock.next(), 2),
        number(clock.next(), 2),
    );
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) = (hour, minute, second) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    let fraction_ok = fraction
        .is_none_or(|f| (1..=9).contains(&f.len()) && f.bytes().all(|b| b.is_ascii_digit()));
    date.next().is_none()
        && clock.next().is_none()
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && fraction_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_exist() {
        for good in ["2026-03-14T09:30:00Z", "2024-02-29T00:00:00.123Z"] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "2026-03-14",
            "2026-03-14T09:30:00",
            "2026-03-14T09:30:00+01:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-03-14T24:00:00Z",
            "26-03-14T09:30:00Z",
            "2026-03-14T09:30Z",
            "Z",
            "",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }

    #[test]
    fn a_title_follows_from_the_id() {
        assert_eq!(title_of("returns_desk"), "Returns desk");
        assert_eq!(title_of("_"), "Scenario");
    }
}
