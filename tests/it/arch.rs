//! Who may use whom, how long a file may get, and where colour may stand:
//! the fences of the source, read from the source.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer with the layers of ours that it may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("engine", &[]),
    ("providers", &["engine"]),
    ("store", &["engine"]),
    ("config", &["engine"]),
    ("surface", &["engine"]),
    ("dataset", &["engine", "store"]),
    ("driver", &["engine", "providers", "store"]),
    (
        "cli",
        &[
            "engine",
            "providers",
            "store",
            "config",
            "surface",
            "dataset",
            "driver",
        ],
    ),
    (
        "tui",
        &["engine", "driver", "store", "dataset", "config", "surface"],
    ),
];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
    out.sort();
    out
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The code of a file without comments and without its unit tests.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    body.lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The layers of ours that a file names by `crate::layer`.
fn named(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(inner) = rest.strip_prefix('{') {
            let list = inner.split('}').next().unwrap_or("");
            out.extend(list.split(',').map(|item| word(item.trim())));
        } else {
            out.push(word(rest));
        }
    }
    out
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn a_layer_uses_only_what_it_may() {
    let src = root().join("src");
    let mut wrong = Vec::new();
    let mut looked = 0;
    for (layer, may) in LAYERS {
        for path in sources(&src.join(layer)) {
            let text = code(&fs::read_to_string(&path).unwrap());
            for other in named(&text) {
                let ours = LAYERS.iter().any(|(name, _)| *name == other);
                if ours && other != *layer && !may.contains(&other.as_str()) {
                    wrong.push(format!("{}: {layer} must not use {other}", path.display()));
                }
            }
            looked += 1;
        }
    }
    assert!(
        looked > 40,
        "only {looked} files were found: is the test looking in the right place?"
    );
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_folder_of_the_source_is_a_known_layer() {
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(
                LAYERS.iter().any(|(layer, _)| *layer == name),
                "src/{name} has no fence"
            );
        }
    }
}

#[test]
fn the_engine_has_no_clock_no_files_and_no_threads() {
    let banned = [
        "std::fs",
        "std::io::std",
        "std::net",
        "std::thread",
        "std::process",
        "std::env",
        "Instant::now",
        "SystemTime",
        "println!",
        "eprintln!",
        "tokio",
        "rusqlite",
        "ratatui",
        "crossterm",
    ];
    for path in sources(&root().join("src/engine")) {
        let text = code(&fs::read_to_string(&path).unwrap());
        for word in banned {
            assert!(
                !text.contains(word),
                "{}: the engine is pure, no `{word}`",
                path.display()
            );
        }
    }
}

#[test]
fn a_file_says_what_it_is_for_and_stays_short() {
    for dir in ["src", "tests", "benches"] {
        for path in sources(&root().join(dir)) {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().count();
            assert!(
                text.starts_with("//! "),
                "{}: the first line says what for",
                path.display()
            );
            assert!(
                lines <= 800,
                "{} has {lines} lines; 800 is the hard stop",
                path.display()
            );
        }
    }
}

#[test]
fn colour_stands_in_the_theme_alone() {
    let banned = [
        "Color::",
        ".red()",
        ".green()",
        ".blue()",
        ".yellow()",
        ".cyan()",
        ".magenta()",
        ".on_red()",
        ".on_green()",
        ".on_blue()",
        "Rgb(",
    ];
    for path in sources(&root().join("src/tui")) {
        if path.file_name().is_some_and(|n| n == "theme.rs") {
            continue;
        }
        let text = code(&fs::read_to_string(&path).unwrap());
        for word in banned {
            assert!(
                !text.contains(word),
                "{}: draw in roles, not `{word}`",
                path.display()
            );
        }
    }
}

#[test]
fn only_the_terminal_layer_is_unix() {
    for path in sources(&root().join("src")) {
        if path.ends_with("tui/terminal.rs") {
            continue;
        }
        let text = code(&fs::read_to_string(&path).unwrap());
        assert!(
            !text.contains("std::os::unix"),
            "{}: unix only in tui/terminal.rs",
            path.display()
        );
    }
}
