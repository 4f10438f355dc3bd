//! A text in the person's own editor: written to a file that nobody else can
//! read, handed over with the terminal, read back.

use super::msg::External;
use super::terminal;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is started where no editor is named.
const EDITOR: &str = "vi";
/// Editors that take `+LINE`.
const TAKE_LINE: [&str; 8] = ["vi", "vim", "nvim", "nano", "emacs", "kak", "micro", "ne"];
/// Bytes that are read back.
const MOST: u64 = 64 << 20;

/// The text as the editor left it.
///
/// # Errors
/// Why there is none, in one sentence.
pub async fn edit(job: External) -> Result<String, String> {
    // ctrl-c in the editor is the editor's; it must not end the workbench too.
    terminal::hold_interrupts();
    match tokio::task::spawn_blocking(move || run(&job)).await {
        Ok(done) => done,
        Err(why) => Err(format!("the editor could not be started: {why}")),
    }
}

/// `$VISUAL`, `$EDITOR`, else `vi`.
fn named() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    set("VISUAL")
        .or_else(|| set("EDITOR"))
        .unwrap_or_else(|| EDITOR.to_owned())
}

fn run(job: &External) -> Result<String, String> {
    let folder = private().map_err(|why| format!("no file for the editor: {why}"))?;
    let done = within(&folder, job);
    let _ = fs::remove_dir_all(&folder);
    done
}

fn within(folder: &Path, job: &External) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name: String = job.name.chars().filter(|c| plain(*c)).collect();
    let name = name.trim_start_matches(['.', '-']);
    let path = folder.join(if name.is_empty() { "text.txt" } else { name });
    fs::write(&path, &job.text).map_err(|why| format!("no file for the editor: {why}"))?;
    let editor = named();
    let program = editor.split_whitespace().next().unwrap_or("");
    let program = program.rsplit('/').next().unwrap_or("");
    // The setting may hold options and quotes: the shell reads it.
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$@\"")).arg("sh");
    if job.line > 1 && TAKE_LINE.contains(&program) {
        command.arg(format!("+{}", job.line));
    }
    command.arg(&path);
    let status = command
        .status()
        .map_err(|why| format!("`{editor}` could not be started: {why}"))?;
    if !status.success() {
        return Err(format!(
            "`{editor}` ended with {status}; the text is as it was"
        ));
    }
    let mut text = Vec::new();
    fs::File::open(&path)
        .and_then(|file| file.take(MOST).read_to_end(&mut text))
        .map_err(|why| format!("the edited text cannot be read: {why}"))?;
    String::from_utf8(text).map_err(|_| String::from("the edited text is not UTF-8"))
}

/// A new folder that only this person can look into.
fn private() -> io::Result<PathBuf> {
    let base = std::env::temp_dir();
    for n in 0..100u32 {
        let folder = base.join(format!("stategen-{}-{n}", std::process::id()));
        match terminal::private_folder(&folder) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(why),
            Ok(()) => return Ok(folder),
        }
    }
    Err(io::Error::other("too many folders of this name"))
}
