//! The frames of the README, made by keys like any other: what stands there is
//! what one sees. `STATEGEN_UPDATE=1 cargo test` writes them anew.

use super::harness::App;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// A frame: its name in the README, its size, and the keys that lead to it from
/// a fresh conversation of the first sample.
const FRAMES: &[(&str, (u16, u16), &str)] = &[
    ("look back", (120, 40), "space h h h"),
    ("step", (110, 26), "space g g l l l l l l l"),
    ("past", (110, 26), "space h h h h h h s"),
    ("edit", (110, 32), "space h h h h h e j j enter x"),
    ("apply", (110, 32), "space h h h h h e j j j enter x <c-s>"),
    ("several", (110, 18), "space h h h h h h h h t 4 enter"),
    ("point", (110, 26), "space . a v"),
    ("curate", (110, 32), "space a <c-n> enter space 2"),
];

/// Those who write a file of the project take turns.
pub static WRITING: Mutex<()> = Mutex::new(());

#[test]
fn the_readme_shows_what_one_sees() {
    let _turn = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut readme = std::fs::read_to_string(&path).unwrap();
    for (name, (width, height), keys) in FRAMES {
        let mut app = App::at("returns_desk", *width, *height);
        app.keys(keys);
        let mut shown = String::from("```text\n");
        for row in app.text().lines() {
            let _ = writeln!(shown, "{row}");
        }
        shown.push_str("```\n");
        let begins = format!("<!-- frame: {name} -->\n");
        let from = readme
            .find(&begins)
            .unwrap_or_else(|| panic!("the README has no mark for the frame `{name}`"))
            + begins.len();
        let to = from
            + readme[from..]
                .find("<!-- /frame -->")
                .expect("a mark where the frame ends");
        if std::env::var_os("STATEGEN_UPDATE").is_some() {
            readme.replace_range(from..to, &shown);
        } else {
            assert_eq!(
                &readme[from..to],
                shown,
                "STATEGEN_UPDATE=1 cargo test writes it anew"
            );
        }
    }
    if std::env::var_os("STATEGEN_UPDATE").is_some() {
        std::fs::write(&path, readme).unwrap();
    }
}
