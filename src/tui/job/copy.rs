//! A text that was too long for the clipboard, as a file of the project.

use super::Room;
use std::path::PathBuf;

/// The folder of the store; nobody shares it.
const FOLDER: &str = ".stategen";
/// Its name; the next long text replaces it.
const FILE: &str = "copied.txt";

/// Writes it.
///
/// # Errors
/// Why it cannot be written, in one sentence.
pub fn write(room: &Room, text: &str) -> Result<PathBuf, String> {
    let folder = room.project.root.join(FOLDER);
    let file = folder.join(FILE);
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&file, text))
        .map_err(|why| format!("{} cannot be written: {why}", file.display()))?;
    Ok(file)
}
