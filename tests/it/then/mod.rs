//! Then and now, similar cases, exports that were made, and what freezes: as a
//! shell sees them.

mod elsewhere;
mod freeze;
mod since;

use crate::shell::Shell;
use std::path::Path;

/// A project with a sample of its own, to be edited.
pub fn desk(sample: &str) -> Shell {
    let shell = Shell::project();
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample_scenarios")
        .join(sample);
    let to = shell.work().join("scenarios").join(sample);
    std::fs::create_dir_all(&to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    shell
}

/// Changes a file of it; what is to be changed must be there.
#[track_caller]
pub fn edit(shell: &Shell, file: &str, old: &str, new: &str) {
    let path = shell.work().join("scenarios").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "no `{old}` in {file}");
    std::fs::write(path, text.replace(old, new)).unwrap();
}
