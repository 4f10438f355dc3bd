//! A scenario's folder as files in memory: bounded, and never more than what
//! stands in the folder itself.

use crate::engine::problem::Problem;
use crate::engine::scenario::Files;
use std::io::Write as _;
use std::path::Path;
use std::{fs, io};

/// Folders inside folders that are read.
const DEPTH: usize = 4;
/// Bytes of one file, and of all together.
const BYTES: u64 = 64 << 20;

/// A folder's visible files. Hidden ones are skipped, and so are links: one
/// could lead anywhere.
///
/// # Errors
/// What cannot be read or is too large.
pub fn read_folder(path: &Path) -> Result<Files, Vec<Problem>> {
    let mut files = Files::new();
    let mut left = BYTES;
    let mut queue = vec![(path.to_owned(), String::new(), 0)];
    let bad =
        |path: &Path, why: String| vec![Problem::error(&path.display().to_string(), 0, 0, why)];
    while let Some((folder, above, depth)) = queue.pop() {
        let entries = std::fs::read_dir(&folder)
            .map_err(|why| bad(&folder, format!("cannot be read: {why}")))?;
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if name.starts_with('.') || kind.is_symlink() {
                continue;
            }
            let inside = format!("{above}{name}");
            if kind.is_dir() {
                if depth < DEPTH {
                    queue.push((entry.path(), format!("{inside}/"), depth + 1));
                }
                continue;
            }
            if !kind.is_file() {
                continue;
            }
            let size = entry.metadata().map(|m| m.len()).unwrap_or_default();
            left = left.checked_sub(size).ok_or_else(|| {
                bad(
                    path,
                    String::from("holds more than 64 MiB, which no scenario may"),
                )
            })?;
            let bytes = std::fs::read(entry.path())
                .map_err(|why| bad(&entry.path(), format!("cannot be read: {why}")))?;
            files.insert(inside, bytes.into());
        }
    }
    Ok(files)
}

/// Writes files into a folder that does not exist yet.
///
/// # Errors
/// The folder exists, or something cannot be written.
pub fn write_folder(path: &Path, files: &Files) -> std::io::Result<()> {
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above)?;
    }
    // Fails where there is one already: nothing is ever overwritten.
    std::fs::create_dir(path)?;
    for (name, bytes) in files {
        let file = path.join(name);
        if let Some(above) = file.parent() {
            std::fs::create_dir_all(above)?;
        }
        std::fs::write(file, bytes)?;
    }
    Ok(())
}

/// Puts a file in the place of another in one go: who reads it sees the old one
/// or the new one.
///
/// # Errors
/// It cannot be written; the old one is as it was.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(bytes)?;
        if let Ok(before) = fs::metadata(path) {
            file.set_permissions(before.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
