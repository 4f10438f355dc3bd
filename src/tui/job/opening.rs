//! Reading, finding and making what can be opened: scenarios, their tasks,
//! stored conversations.

use super::Room;
use crate::config::{Origin, resolve, scenario_names, write_folder};
use crate::driver::clock;
use crate::engine::id::{ConvId, Seed, StepId};
use crate::engine::problem::Problem;
use crate::engine::scenario::draft::{Begin, begin};
use crate::engine::scenario::{Files, Inference, Loaded, Scenario, load};
use crate::store::{Filter, Row, new_id, os_random};
use crate::tui::model::Entry;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::path::PathBuf;
use std::sync::Arc;

/// Finds that are shown at most; how many more there are is counted.
const SHOWN: usize = 500;
/// Conversations that are listed before all of them are read.
const FIRST: u32 = 100;
/// Newest conversations that stand before the tasks while nothing is typed.
const RECENT: usize = 6;

/// What can be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// The names of all scenarios.
    Names,
    /// A scenario's tasks.
    Tasks {
        /// The scenario.
        scenario: String,
        /// Draws the bindings that goals name.
        seed: Seed,
    },
    /// A scenario whole, with what is wrong in it.
    Load(String),
    /// What is wrong in files, and what is inferred from them.
    Check {
        /// The folder's name.
        scenario: String,
        /// The files.
        files: Files,
    },
    /// What a text finds.
    Find(Box<Find>),
    /// A copy of a conversation up to a step of it.
    Duplicate {
        /// The conversation.
        from: ConvId,
        /// The step; `None` is its head.
        at: Option<StepId>,
    },
    /// A new scenario in the project.
    Make {
        /// Its name.
        name: String,
        /// The scenario that it is a copy of; `None`: a small example.
        from: Option<String>,
    },
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Find {
    /// Answers to earlier ones are no longer wanted.
    pub number: u64,
    /// What was typed.
    pub query: String,
    /// Among what.
    pub among: Among,
    /// The tasks.
    pub tasks: Vec<Entry>,
    /// The conversations, where they were read before.
    pub stored: Option<Arc<Vec<Row>>>,
    /// Whether to read all conversations, where they were not; else the newest.
    pub all: bool,
}

/// What is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Among {
    /// Everything.
    #[default]
    All,
    /// Tasks of scenarios.
    Tasks,
    /// Stored conversations.
    Stored,
}

/// Something found.
#[derive(Clone, Debug, PartialEq)]
pub enum Hit {
    /// A task, to begin a conversation of.
    Task(Entry),
    /// A stored conversation, to go on with.
    Stored(Box<Row>),
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Finds {
    /// As it was asked.
    pub number: u64,
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub of: usize,
    /// The conversations that were looked through.
    pub stored: Arc<Vec<Row>>,
    /// Whether these are all that there are.
    pub all: bool,
    /// Why the store cannot be read.
    pub problem: Option<String>,
}

/// A scenario as it was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its name.
    pub name: String,
    /// Its files.
    pub files: Files,
    /// Its folder; `None` for a sample that is compiled in.
    pub folder: Option<PathBuf>,
    /// The scenario, where it can be used.
    pub scenario: Option<Arc<Scenario>>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What was inferred.
    pub inferences: Vec<Inference>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Names, each with where it comes from.
    Names(Vec<(String, String)>),
    /// The tasks of a scenario.
    Tasks {
        /// The scenario.
        scenario: String,
        /// Them, or one row that says why there are none.
        entries: Vec<Entry>,
    },
    /// A scenario.
    Loaded {
        /// As it was asked for.
        scenario: String,
        /// It, or why not.
        read: Result<Box<Read>, String>,
    },
    /// What a text found.
    Found(Box<Finds>),
    /// The copy of a conversation, or why there is none.
    Duplicated(Result<ConvId, String>),
    /// A scenario was made.
    Made {
        /// Its name.
        name: String,
        /// Why it was not.
        problem: Option<String>,
    },
}

/// Does it.
#[must_use]
pub fn perform(room: &Room, ask: Ask) -> Answer {
    match ask {
        Ask::Names => Answer::Names(names_of(scenario_names(&room.project, &room.config))),
        Ask::Tasks { scenario, seed } => Answer::Tasks {
            entries: tasks(room, &scenario, seed),
            scenario,
        },
        Ask::Load(scenario) => Answer::Loaded {
            read: read(room, &scenario).map(Box::new),
            scenario,
        },
        Ask::Check { scenario, files } => {
            let folder = resolve(&scenario, &room.project, &room.config)
                .ok()
                .and_then(|found| folder(&found.origin));
            Answer::Loaded {
                read: Ok(Box::new(checked(&scenario, files, folder))),
                scenario,
            }
        }
        Ask::Find(find) => Answer::Found(Box::new(found(room, *find))),
        Ask::Duplicate { from, at } => {
            let now = clock::now_ms();
            let to = new_id(now, os_random());
            let made = room.store.duplicate(&from, &to, at, now);
            Answer::Duplicated(made.map(|()| to).map_err(|why| why.to_string()))
        }
        Ask::Make { name, from } => Answer::Made {
            problem: make(room, &name, from.as_deref()).err(),
            name,
        },
    }
}

/// Names as they are listed.
#[must_use]
pub fn names_of(names: Vec<(String, Origin)>) -> Vec<(String, String)> {
    let from = |origin| match origin {
        Origin::Folder(_) => String::from("project"),
        Origin::Sample => String::from("sample"),
    };
    let names = names.into_iter();
    names.map(|(name, origin)| (name, from(origin))).collect()
}

fn folder(origin: &Origin) -> Option<PathBuf> {
    match origin {
        Origin::Folder(path) => Some(path.clone()),
        Origin::Sample => None,
    }
}

fn read(room: &Room, scenario: &str) -> Result<Read, String> {
    let found = resolve(scenario, &room.project, &room.config).map_err(|why| why.to_string())?;
    let folder = folder(&found.origin);
    Ok(checked(&found.name, found.files, folder))
}

fn checked(name: &str, files: Files, folder: Option<PathBuf>) -> Read {
    let Loaded {
        scenario,
        problems,
        inferences,
    } = load(name, &files);
    Read {
        name: name.to_owned(),
        files,
        folder,
        scenario,
        problems,
        inferences,
    }
}

fn tasks(room: &Room, name: &str, seed: Seed) -> Vec<Entry> {
    let found = resolve(name, &room.project, &room.config);
    let from = match &found {
        Ok(found) if found.origin == Origin::Sample => "sample",
        Ok(_) | Err(_) => "project",
    };
    let entry = |title: &str, task: &str, goal: String| Entry {
        scenario: name.to_owned(),
        title: title.to_owned(),
        task: task.to_owned(),
        goal,
        from: from.to_owned(),
    };
    let scenario = found
        .ok()
        .and_then(|found| load(&found.name, &found.files).scenario);
    let Some(scenario) = scenario else {
        let goal = format!("stategen check {name} says why");
        return vec![entry(name, "cannot be used", goal)];
    };
    let goal = |task: &crate::engine::scenario::Task| {
        let bound = scenario.bind(&task.id, seed);
        bound.map_or_else(|_| task.goal.clone(), |bound| bound.goal)
    };
    let tasks = scenario.tasks.iter();
    tasks
        .map(|task| entry(&scenario.title, &task.id, goal(task)))
        .collect()
}

fn found(room: &Room, find: Find) -> Finds {
    let mut problem = None;
    let mut all = find.all || find.stored.is_some();
    let stored = find.stored.unwrap_or_else(|| {
        let filter = Filter {
            limit: (!find.all).then_some(FIRST),
            ..Filter::default()
        };
        let rows = room.store.list(&filter).unwrap_or_else(|why| {
            problem = Some(why.to_string());
            Vec::new()
        });
        // Fewer than were asked for: there are no more.
        all |= rows.len() < FIRST as usize;
        Arc::new(rows)
    });
    let (hits, of) = hits(&find.query, find.among, &find.tasks, &stored);
    Finds {
        number: find.number,
        hits,
        of,
        stored,
        all,
        problem,
    }
}

/// What a text finds, best first, and how many that are.
fn hits(query: &str, among: Among, tasks: &[Entry], stored: &[Row]) -> (Vec<Hit>, usize) {
    let tasks = if among == Among::Stored { &[] } else { tasks };
    let stored = if among == Among::Tasks { &[] } else { stored };
    let of = tasks.len() + stored.len();
    let task = |at: usize| tasks.get(at).cloned().map(Hit::Task);
    let row = |at: usize| {
        stored
            .get(at)
            .cloned()
            .map(|row| Hit::Stored(Box::new(row)))
    };
    if query.trim().is_empty() {
        let recent = RECENT.min(stored.len());
        let hits = (0..recent)
            .filter_map(row)
            .chain((0..tasks.len()).filter_map(task))
            .chain((recent..stored.len()).filter_map(row));
        return (hits.take(SHOWN).collect(), of);
    }
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let lower = query.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let mut text = String::new();
    let mut scored: Vec<(u32, usize)> = Vec::new();
    for at in 0..of {
        // A name may be hinted at by some of its letters; in a long text nearly
        // any letters are found, so it must have the words themselves.
        let (names, texts): ([&str; 2], [&str; 3]) =
            match (tasks.get(at), stored.get(at.wrapping_sub(tasks.len()))) {
                (Some(entry), _) => (
                    [&entry.scenario, &entry.task],
                    [&entry.title, &entry.goal, "new"],
                ),
                (None, Some(row)) => (
                    [&row.scenario, &row.task],
                    [&row.persona, &row.title, &row.id.0],
                ),
                (None, None) => continue,
            };
        text.clear();
        text.push_str(names[0]);
        text.push('/');
        text.push_str(names[1]);
        let named = pattern.score(Utf32Str::new(&text, &mut letters), &mut matcher);
        if let Some(score) = named {
            scored.push((score.saturating_add(1), at));
            continue;
        }
        for part in texts {
            text.push(' ');
            text.push_str(part);
        }
        text.make_ascii_lowercase();
        if words.iter().all(|word| text.contains(word)) {
            scored.push((0, at));
        }
    }
    let of = scored.len();
    // Of two that fit alike, the one that is listed first.
    let best = |a: &(u32, usize), b: &(u32, usize)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
    if of > SHOWN {
        scored.select_nth_unstable_by(SHOWN, best);
        scored.truncate(SHOWN);
    }
    scored.sort_unstable_by(best);
    let hits = scored.into_iter().filter_map(|(_, at)| {
        let below = at.checked_sub(tasks.len());
        below.map_or_else(|| task(at), row)
    });
    (hits.collect(), of)
}

/// Makes a scenario in the project's folder of scenarios.
fn make(room: &Room, name: &str, from: Option<&str>) -> Result<(), String> {
    if room.project.scratch {
        return Err(String::from(
            "there is no project here; `stategen init` makes one",
        ));
    }
    named(name)?;
    let folder = room
        .project
        .root
        .join(&room.config.scenarios.value)
        .join(name);
    if folder.exists() {
        return Err(format!(
            "`{name}` is there already, and nothing is overwritten"
        ));
    }
    let files = match from {
        Some(from) => {
            let found = resolve(from, &room.project, &room.config);
            found.map_err(|why| why.to_string())?.files
        }
        None => begin(name, &Begin::default()).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            lines.join("; ")
        })?,
    };
    write_folder(&folder, &files)
        .map_err(|why| format!("{} cannot be made: {why}", folder.display()))
}

/// Whether a name can be a scenario's folder.
///
/// # Errors
/// Why it cannot.
pub fn named(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() {
        Err(String::from("type a name"))
    } else if !name.chars().all(plain) {
        Err(String::from("a name is letters, digits, `_` and `-`"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(task: &str) -> Entry {
        Entry {
            scenario: String::from("shop"),
            title: String::from("Tea shop"),
            task: task.to_owned(),
            goal: String::new(),
            from: String::from("sample"),
        }
    }

    #[test]
    fn the_best_fit_comes_first_and_all_are_counted() {
        let tasks: Vec<Entry> = ["broken_kettle", "late_parcel", "kettle"].map(entry).into();
        let (found, of) = hits("kettle", Among::All, &tasks, &[]);
        assert_eq!(of, 2);
        assert!(matches!(&found[0], Hit::Task(e) if e.task.contains("kettle")));
        assert_eq!(hits("", Among::All, &tasks, &[]).1, 3);
        assert_eq!(hits("kettle", Among::Stored, &tasks, &[]).1, 0);
        assert!(hits("zzzz", Among::All, &tasks, &[]).0.is_empty());
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        for bad in ["", "../up", "a/b", "a b", "\u{1b}x", ".hidden"] {
            assert!(named(bad).is_err(), "{bad:?}");
        }
        assert!(named("kettle-shop_2").is_ok());
    }
}
