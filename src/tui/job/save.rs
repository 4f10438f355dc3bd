//! Writing a file of a scenario: whole or not at all, inside its folder, and
//! never over what somebody else changed.

use super::Room;
use crate::config::{Found, Origin, replace_file, resolve};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// A file of a scenario with another content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Path inside the folder, with `/`.
    pub path: String,
    /// What was edited; `None`: there was no such file.
    pub before: Option<Arc<[u8]>>,
    /// What it becomes.
    pub after: Arc<[u8]>,
    /// Files that are written with it, or none of them.
    pub with: Vec<FileChange>,
}

impl FileChange {
    /// A file alone.
    #[must_use]
    pub fn of(path: &str, before: Option<Arc<[u8]>>, after: Arc<[u8]>) -> Self {
        Self {
            path: path.to_owned(),
            before,
            after,
            with: Vec::new(),
        }
    }
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saving {
    /// Who asks.
    pub id: u64,
    /// The scenario's id.
    pub scenario: String,
    /// Its folder, where that is known.
    pub home: Option<PathBuf>,
    /// The file.
    pub file: FileChange,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Who asked.
    pub id: u64,
    /// Path inside the folder.
    pub path: String,
    /// Where it is now, or why nothing was written.
    pub result: Result<PathBuf, String>,
}

/// Where a scenario's folder is.
///
/// # Errors
/// It has none, in words that follow "off: ".
pub fn home(room: &Room, scenario: &str) -> Result<PathBuf, String> {
    if let Some(folder) = &room.folder {
        return Ok(folder.clone());
    }
    match resolve(scenario, &room.project, &room.config) {
        Ok(Found {
            origin: Origin::Folder(path),
            ..
        }) => Ok(path),
        Ok(Found {
            origin: Origin::Sample,
            ..
        }) => Err(format!(
            "{scenario} is built in and has no file; copy it to the project first"
        )),
        Err(_) => Err(format!("the folder of {scenario} is not here")),
    }
}

/// Where a file would be written, if it can be.
///
/// # Errors
/// Why not, in words that follow "off: ".
pub fn fits(room: &Room, scenario: &str, change: &FileChange) -> Result<PathBuf, String> {
    all_fit(&home(room, scenario)?, change)
}

/// As [`fits_in`], with all that is written with it.
fn all_fit(folder: &Path, change: &FileChange) -> Result<PathBuf, String> {
    for other in &change.with {
        fits_in(folder, other)?;
    }
    fits_in(folder, change)
}

/// Where a file would be written in a folder, if it can be.
fn fits_in(folder: &Path, change: &FileChange) -> Result<PathBuf, String> {
    let path = inside(folder, &change.path)?;
    let now = match fs::symlink_metadata(&path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => None,
        Err(why) => return Err(format!("{} cannot be read: {why}", path.display())),
        Ok(found) if !found.is_file() => {
            return Err(format!("{} is a link or no file", path.display()));
        }
        Ok(_) => match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(why) => return Err(format!("{} cannot be read: {why}", path.display())),
        },
    };
    if now.as_deref() == change.before.as_deref() {
        return Ok(path);
    }
    if now.as_deref() == Some(&change.after) {
        return Err(format!("{} has it already on disk", change.path));
    }
    let what = match (&now, &change.before) {
        (Some(_), None) => "is there already",
        (None, Some(_)) => "is gone",
        _ => "is not the version edited here: it was changed",
    };
    Err(format!("{} {what} on disk", change.path))
}

/// The path of a file that stands in a folder and nowhere else.
fn inside(folder: &Path, path: &str) -> Result<PathBuf, String> {
    let wrong = || format!("`{path}` is no path inside the scenario's folder");
    let parts: Vec<Component<'_>> = Path::new(path).components().collect();
    let plain = |c: &Component<'_>| match c {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    if parts.is_empty() || !parts.iter().all(plain) || path.contains('\\') {
        return Err(wrong());
    }
    let whole = folder.canonicalize().map_err(|_| wrong())?;
    let file = whole.join(path);
    // A folder in between may be a link that leads elsewhere.
    match file.parent().map(Path::canonicalize) {
        Some(Ok(above)) if above.starts_with(&whole) => Ok(file),
        _ => Err(wrong()),
    }
}

/// Writes it.
#[must_use]
pub fn save(room: &Room, job: &Saving) -> Saved {
    let path = match &job.home {
        Some(folder) => all_fit(folder, &job.file),
        None => fits(room, &job.scenario, &job.file),
    };
    let folder = match &job.home {
        Some(folder) => Ok(folder.clone()),
        None => home(room, &job.scenario),
    };
    let result = path.and_then(|path| {
        for other in &job.file.with {
            let path = fits_in(&folder.clone()?, other)?;
            replace_file(&path, &other.after)
                .map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
        }
        replace_file(&path, &job.file.after)
            .map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
        Ok(path)
    });
    Saved {
        id: job.id,
        path: job.file.path.clone(),
        result,
    }
}
