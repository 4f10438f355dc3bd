//! Writes the table of the sample scenarios that are compiled into the program.
//!
//! Every file under `sample_scenarios/NAME/` becomes an `include_bytes!` of the
//! table that `config::sample` reads. Hidden files stay out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
        .join("sample_scenarios");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut table = String::from("&[\n");
    for (name, folder) in entries(&root)? {
        if folder.is_dir() {
            let mut files = Vec::new();
            walk(&folder, "", &mut files)?;
            let _ = writeln!(table, "({name:?}, &[");
            for (inside, path) in files {
                let _ = writeln!(
                    table,
                    "    ({inside:?}, include_bytes!({:?})),",
                    path.to_string_lossy()
                );
            }
            table.push_str("]),\n");
        }
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("samples.rs");
    fs::write(out, table)
}

/// Visible entries of a folder in name order; none where there is no folder.
fn entries(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut out = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if let Some(name) = path.file_name().and_then(|n| n.to_str())
                && !name.starts_with('.')
            {
                out.push((name.to_owned(), path));
            }
        }
    }
    out.sort();
    Ok(out)
}

fn walk(folder: &Path, above: &str, out: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for (name, path) in entries(folder)? {
        let inside = format!("{above}{name}");
        if path.is_dir() {
            walk(&path, &format!("{inside}/"), out)?;
        } else {
            out.push((inside, path));
        }
    }
    Ok(())
}
