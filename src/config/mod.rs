//! Configuration: files, environment and flags become one [`Config`], each value
//! with where it came from, and every problem with its file and line.
//!
//! Flags win over the environment, that over the project's `stategen.toml`, that
//! over the person's `config.toml`, that over the defaults. A value that cannot
//! be read is a problem and the next source is used: nothing here is fatal.
//! Keys and secrets are never read from a file.

mod field;
mod files;
mod models;
mod nearest;
mod project;
mod sample;
mod secrets;
mod section;
mod setting;
mod toml_file;
mod value;

pub use field::{Field, Is, KINDS, LIMIT, MODEL, PROVIDER, ROLE};
pub use files::{read_folder, replace_file, write_folder};
pub use models::{Models, ROLES, SCRIPTED, is_seat};
pub use nearest::nearest;
pub use project::{InitError, PROJECT_FILE, Project, find_project, init, user_dirs};
pub use sample::{Found, NotFound, Origin, resolve, samples, scenario_names};
pub use section::{Item, Section};
pub use setting::{SETTINGS, Setting};

use crate::engine::problem::Problem;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The person's own settings, in the platform's configuration folder.
pub const USER_FILE: &str = "config.toml";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The person's `config.toml`.
    User {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u32,
    },
    /// The project's `stategen.toml`.
    Project {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u32,
    },
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::User { file, line } | Self::Project { file, line } => {
                write!(f, "{}:{line}", file.display())
            }
            Self::Environment(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub source: Source,
}

/// Everything that can be configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Seed of a conversation where none is named.
    pub seed: Value<u64>,
    /// Folder of the project that holds its scenarios.
    pub scenarios: Value<PathBuf>,
    /// Theme of the workbench; `auto` lets the terminal decide.
    pub theme: Value<String>,
    /// `unicode` or `ascii`.
    pub glyphs: Value<String>,
    /// What a step from the past does: `ask`, `fork` or `overwrite`.
    pub from_past: Value<String>,
    /// `on` or `off`: whether the workbench takes the mouse.
    pub mouse: Value<String>,
    /// Milliseconds between the words that the scripted stand-in streams; 0
    /// gives its replies at once.
    pub live_delay_ms: Value<u64>,
    /// Providers, models, and who plays each seat.
    pub models: Models,
    /// Folder of the person's own settings, keys and themes.
    pub user_dir: Option<PathBuf>,
}

/// What a configuration is made of. Everything that it may depend on is in here.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The person's folder (see [`user_dirs`]).
    pub user_dir: Option<PathBuf>,
    /// The project's folder, where there is one.
    pub project: Option<PathBuf>,
    /// Variables of the environment; those that do not begin with `STATEGEN_`
    /// are passed over.
    pub env: Vec<(String, String)>,
    /// Flags: setting, value, the flag as written.
    pub flags: Vec<(String, String, String)>,
}

/// Variables that are no settings: folders, and what tests read.
const OTHER_VARIABLES: [&str; 3] = ["STATEGEN_CONFIG_DIR", "STATEGEN_DATA_DIR", "STATEGEN_CASES"];

impl Config {
    /// Reads everything; the problems are all that is wrong in any source.
    #[must_use]
    pub fn load(inputs: &Inputs) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut layers: BTreeMap<&'static str, (String, Source)> = BTreeMap::new();
        let mut files = Vec::new();
        let user = inputs.user_dir.as_ref().map(|dir| dir.join(USER_FILE));
        let project = inputs.project.as_ref().map(|dir| dir.join(PROJECT_FILE));
        for (path, ours) in [(user, false), (project, true)] {
            let Some(path) = path else { continue };
            let source = |line| {
                let file = path.clone();
                if ours {
                    Source::Project { file, line }
                } else {
                    Source::User { file, line }
                }
            };
            let Some(mut file) = toml_file::read(&path, &source, &mut problems) else {
                continue;
            };
            for (setting, text, line) in file.settings.drain(..) {
                layers.insert(setting.name, (text, source(line)));
            }
            files.push(file);
        }
        for (name, text) in &inputs.env {
            let Some(rest) = name.strip_prefix("STATEGEN_") else {
                continue;
            };
            if OTHER_VARIABLES.contains(&name.as_str()) {
                continue;
            }
            let Some(setting) = Setting::named(&rest.to_ascii_lowercase()) else {
                let known: Vec<String> = SETTINGS
                    .iter()
                    .map(Setting::variable)
                    .chain(OTHER_VARIABLES.map(String::from))
                    .collect();
                problems.push(
                    Problem::warning("environment", 0, 0, format!("${name} is no setting"))
                        .help(did_you_mean(name, known.iter().map(String::as_str))),
                );
                continue;
            };
            match setting.check(text) {
                Ok(()) => {
                    let source = Source::Environment(name.clone());
                    layers.insert(setting.name, (text.clone(), source));
                }
                Err(why) => problems.push(
                    Problem::error("environment", 0, 0, format!("${name}: {why}"))
                        .help("The next source is used instead."),
                ),
            }
        }
        for (name, text, flag) in &inputs.flags {
            let Some(setting) = Setting::named(name) else {
                continue;
            };
            match setting.check(text) {
                Ok(()) => {
                    let source = Source::Flag(flag.clone());
                    layers.insert(setting.name, (text.clone(), source));
                }
                Err(why) => problems.push(Problem::error("flags", 0, 0, format!("{flag}: {why}"))),
            }
        }
        let models = Models::of(files, &mut problems);
        let config = Self {
            seed: value(&layers, "seed"),
            scenarios: value(&layers, "scenarios"),
            theme: value(&layers, "theme"),
            glyphs: value(&layers, "glyphs"),
            from_past: value(&layers, "from_past"),
            mouse: value(&layers, "mouse"),
            live_delay_ms: value(&layers, "live_delay_ms"),
            models,
            user_dir: inputs.user_dir.clone(),
        };
        (config, problems)
    }

    /// Each setting's name, its value as written and its source, in table order.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String, &Source)> {
        let path = |v: &Path| v.display().to_string();
        vec![
            ("seed", self.seed.value.to_string(), &self.seed.source),
            (
                "scenarios",
                path(&self.scenarios.value),
                &self.scenarios.source,
            ),
            ("theme", self.theme.value.clone(), &self.theme.source),
            ("glyphs", self.glyphs.value.clone(), &self.glyphs.source),
            (
                "from_past",
                self.from_past.value.clone(),
                &self.from_past.source,
            ),
            ("mouse", self.mouse.value.clone(), &self.mouse.source),
            (
                "live_delay_ms",
                self.live_delay_ms.value.to_string(),
                &self.live_delay_ms.source,
            ),
        ]
    }
}

/// The value of a setting: every text that gets here was checked, so that the
/// table's default stands in for nothing but a setting that nobody set.
fn value<T: FromStr + Default>(
    layers: &BTreeMap<&'static str, (String, Source)>,
    name: &str,
) -> Value<T> {
    let default = || {
        let text = Setting::named(name).map_or("", |s| s.default);
        Value {
            value: text.parse().unwrap_or_default(),
            source: Source::Default,
        }
    };
    layers.get(name).map_or_else(default, |(text, source)| {
        text.parse().map_or_else(
            |_| default(),
            |value| Value {
                value,
                source: source.clone(),
            },
        )
    })
}

/// `Did you mean …?`, or the names there are.
fn did_you_mean<'a>(wanted: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    nearest(wanted, known.clone()).map_or_else(
        || {
            let all: Vec<&str> = known.collect();
            format!("There are: {}.", all.join(", "))
        },
        |near| format!("Did you mean `{near}`?"),
    )
}
