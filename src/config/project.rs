//! Where a project is, where its store is when there is none, and how one begins.

use super::field::{Field, LIMIT, MODEL, PROVIDER, ROLE};
use super::setting::SETTINGS;
use std::fmt;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "stategen.toml";

/// The project that a command works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its folder; the store is in `.stategen/` of it.
    pub root: PathBuf,
    /// Whether there was no project and this is the person's scratch folder
    /// (`scratch/` of the platform's data folder).
    pub scratch: bool,
}

impl Project {
    /// The project that `start` is in, else the scratch folder.
    #[must_use]
    pub fn of(start: &Path, data_dir: &Path) -> Self {
        find_project(start).map_or_else(
            || Self {
                root: data_dir.join("scratch"),
                scratch: true,
            },
            |root| Self {
                root,
                scratch: false,
            },
        )
    }
}

/// The nearest folder at or above `start` that holds a `stategen.toml`.
#[must_use]
pub fn find_project(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|dir| dir.join(PROJECT_FILE).is_file())
        .map(Path::to_owned)
}

/// The person's folders: configuration, and data. `STATEGEN_CONFIG_DIR` and
/// `STATEGEN_DATA_DIR` go before the platform's own; without a home the second
/// is below the working folder.
#[must_use]
pub fn user_dirs(env: &[(String, String)]) -> (Option<PathBuf>, PathBuf) {
    let named = |name: &str| {
        env.iter()
            .find(|(n, v)| n == name && !v.is_empty())
            .map(|(_, v)| PathBuf::from(v))
    };
    let platform = directories::ProjectDirs::from("", "", "stategen");
    let config = named("STATEGEN_CONFIG_DIR")
        .or_else(|| platform.as_ref().map(|p| p.config_dir().to_owned()));
    let data = named("STATEGEN_DATA_DIR")
        .or_else(|| platform.as_ref().map(|p| p.data_dir().to_owned()))
        .unwrap_or_else(|| PathBuf::from(".stategen-data"));
    (config, data)
}

/// Why a project was not made. Nothing was overwritten.
#[derive(Debug)]
pub enum InitError {
    /// There is one already.
    Exists(PathBuf),
    /// A file or folder cannot be made.
    Io(PathBuf, std::io::Error),
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(path) => write!(
                f,
                "{} is there already. Nothing was changed.",
                path.display()
            ),
            Self::Io(path, why) => write!(
                f,
                "{} cannot be made: {why}. Nothing was overwritten.",
                path.display()
            ),
        }
    }
}

impl std::error::Error for InitError {}

/// Makes a project: `stategen.toml` with every setting commented, `scenarios/`,
/// and a `.gitignore` that keeps the store out. Answers what was made.
///
/// # Errors
/// There is a `stategen.toml`, or a file cannot be made.
pub fn init(dir: &Path) -> Result<Vec<PathBuf>, InitError> {
    let file = dir.join(PROJECT_FILE);
    if file.exists() {
        return Err(InitError::Exists(file));
    }
    let io = |path: &Path| {
        let path = path.to_owned();
        move |why| InitError::Io(path, why)
    };
    let scenarios = dir.join("scenarios");
    std::fs::create_dir_all(&scenarios).map_err(io(&scenarios))?;
    let ignore = dir.join(".gitignore");
    let line = ".stategen/";
    let before = match std::fs::read_to_string(&ignore) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(why) => return Err(InitError::Io(ignore, why)),
    };
    let mut made = vec![file.clone(), scenarios];
    if !before.lines().any(|l| l.trim() == line) {
        let gap = if before.is_empty() || before.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        std::fs::write(&ignore, format!("{before}{gap}{line}\n")).map_err(io(&ignore))?;
        made.push(ignore);
    }
    // Last, so that a folder is no project before it is whole.
    std::fs::write(&file, commented()).map_err(io(&file))?;
    Ok(made)
}

/// `stategen.toml` with every setting at its default, commented out.
fn commented() -> String {
    let mut out = String::from(
        "# A StateGen project. Every setting is optional; a line without its `#` changes it.\n\
         # `stategen config` shows each value and where it comes from.\n",
    );
    for setting in SETTINGS {
        let quoted = match setting.kind {
            super::setting::Kind::Number(_) => setting.default.to_owned(),
            super::setting::Kind::Choice(_) | super::setting::Kind::Text => {
                format!("\"{}\"", setting.default)
            }
        };
        let _ = write!(out, "\n# {}\n# {} = {quoted}\n", setting.help, setting.name);
    }
    out.push_str(
        "\n# Models over HTTP; without these tables nobody is asked, and the scripted stand-in \
         plays\n# all four roles. `stategen models` shows what is configured, `stategen ping` tries \
         it,\n# `stategen help models` explains it. A key stays in the environment: `key_env` names \
         the\n# variable.\n",
    );
    table(&mut out, "providers.local", PROVIDER, &[]);
    out.push_str("\n# What a model costs and holds. Without a price nothing is counted.\n");
    table(&mut out, "models.\"local/small\"", MODEL, &[]);
    out.push_str(
        "\n# Who plays each role: user, agent, tool, judge; \"agent/NAME\" for a sub-agent and\n\
         # \"tool/NAME\" for one tool, which take from their role what they do not say.\n",
    );
    table(&mut out, "roles.agent", ROLE, &["provider", "samples"]);
    out.push_str("\n# [roles.\"tool/refund\"]\n# provider = \"local\"\n# model = \"small\"\n");
    out.push_str("\n# [roles.judge]\n# model = \"local/small\"\n");
    for field in ROLE.iter().filter(|f| f.name == "samples") {
        line(&mut out, field);
    }
    out.push('\n');
    table(&mut out, "limits", LIMIT, &[]);
    out
}

/// A table with all its fields, commented out.
fn table(out: &mut String, name: &str, fields: &[Field], without: &[&str]) {
    let _ = writeln!(out, "# [{name}]");
    for field in fields.iter().filter(|f| !without.contains(&f.name)) {
        line(out, field);
    }
}

fn line(out: &mut String, field: &Field) {
    let text = format!("# {} = {}", field.name, field.sample);
    let _ = writeln!(out, "{text:<50} # {}", field.help);
}
