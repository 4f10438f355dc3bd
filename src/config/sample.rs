//! Finding a scenario by what a person typed: a folder, a name of the project's
//! `scenarios/`, or one of the samples that are compiled in.

use super::files::read_folder;
use super::nearest::nearest;
use super::{Config, Project};
use crate::engine::problem::Problem;
use crate::engine::scenario::Files;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Names, and files by their path inside.
type Table = &'static [(&'static str, &'static [(&'static str, &'static [u8])])];

/// Written by `build.rs` from `sample_scenarios/`.
const TABLE: Table = include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// The samples that are compiled in, by name.
pub fn samples() -> &'static [(&'static str, Files)] {
    static SAMPLES: OnceLock<Vec<(&'static str, Files)>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        TABLE
            .iter()
            .map(|(name, files)| {
                let files = files
                    .iter()
                    .map(|(path, bytes)| ((*path).to_owned(), Arc::from(*bytes)))
                    .collect();
                (*name, files)
            })
            .collect()
    })
}

/// Where a scenario was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A folder on disk: its edits can be watched and saved.
    Folder(PathBuf),
    /// Compiled in.
    Sample,
}

/// A scenario's files.
#[derive(Clone, Debug)]
pub struct Found {
    /// The folder's name.
    pub name: String,
    /// The files.
    pub files: Files,
    /// Where they were.
    pub origin: Origin,
}

/// Why no scenario was found.
#[derive(Clone, Debug)]
pub enum NotFound {
    /// Nothing of this name.
    Unknown {
        /// What was typed.
        wanted: String,
        /// What was probably meant.
        near: Option<String>,
        /// All names that there are.
        names: Vec<String>,
    },
    /// The folder is there and cannot be read.
    Unreadable(Vec<Problem>),
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown {
                wanted,
                near,
                names,
            } => {
                write!(f, "there is no scenario `{wanted}`: no such folder, ")?;
                f.write_str("none in the project's scenarios, and no sample.")?;
                if let Some(near) = near {
                    write!(f, " Did you mean `{near}`?")?;
                }
                if names.is_empty() {
                    f.write_str(" `stategen new NAME` makes one.")
                } else {
                    write!(f, " There are: {}.", names.join(", "))
                }
            }
            Self::Unreadable(problems) => {
                for (n, problem) in problems.iter().enumerate() {
                    if n > 0 {
                        f.write_str("\n")?;
                    }
                    write!(f, "{problem}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for NotFound {}

/// Finds a scenario: a path to a folder, a name in the project's scenarios, a
/// sample, in this order.
///
/// # Errors
/// There is none, with the names that there are; or it cannot be read.
pub fn resolve(wanted: &str, project: &Project, config: &Config) -> Result<Found, NotFound> {
    let direct = PathBuf::from(wanted);
    let folder = project.root.join(&config.scenarios.value);
    // A bare name is looked for in the project; anything else is a path.
    let bare = direct.components().count() == 1 && !wanted.contains(['/', '\\', '.']);
    let in_project = (bare && !project.scratch).then(|| folder.join(wanted));
    for path in [Some(direct), in_project].into_iter().flatten() {
        if path.is_dir() {
            return read(&path);
        }
    }
    if let Some((name, files)) = samples().iter().find(|(name, _)| *name == wanted) {
        return Ok(Found {
            name: (*name).to_owned(),
            files: files.clone(),
            origin: Origin::Sample,
        });
    }
    let names: Vec<String> = scenario_names(project, config)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    Err(NotFound::Unknown {
        wanted: wanted.to_owned(),
        near: nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned),
        names,
    })
}

/// All scenarios that have a name here: the project's, then the samples.
#[must_use]
pub fn scenario_names(project: &Project, config: &Config) -> Vec<(String, Origin)> {
    let mut out = Vec::new();
    if !project.scratch {
        let folder = project.root.join(&config.scenarios.value);
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if let Ok(name) = entry.file_name().into_string()
                && path.is_dir()
                && !name.starts_with('.')
            {
                out.push((name, Origin::Folder(path)));
            }
        }
        out.sort_by(|a, b| a.0.cmp(&b.0));
    }
    for (name, _) in samples() {
        if !out.iter().any(|(n, _)| n == name) {
            out.push(((*name).to_owned(), Origin::Sample));
        }
    }
    out
}

fn read(path: &Path) -> Result<Found, NotFound> {
    // `.` and `..` have no name of their own.
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = whole.file_name().map_or_else(
        || "scenario".to_owned(),
        |n| n.to_string_lossy().into_owned(),
    );
    let files = read_folder(path).map_err(NotFound::Unreadable)?;
    Ok(Found {
        name,
        files,
        origin: Origin::Folder(path.to_owned()),
    })
}
