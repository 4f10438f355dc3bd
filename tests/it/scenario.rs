//! Scenario folders: what loads, and each problem where it is.

use stategen::engine::scenario::{Files, Loaded, load};
use std::path::Path;
use std::sync::Arc;

/// The files of a fixture folder.
fn fixture(name: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let bytes = std::fs::read(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), Arc::from(bytes))
        })
        .collect()
}

fn said(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_tiny_fixture_loads() {
    let loaded = load("tiny", &fixture("tiny"));
    assert_eq!(said(&loaded), Vec::<String>::new());
    let scenario = loaded.scenario.unwrap();
    assert_eq!(scenario.title, "Kettle desk");
}
