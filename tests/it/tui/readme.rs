//! The frames of the README, made by keys like any other: what stands there is
//! what one sees. `STATEGEN_UPDATE=1 cargo test` writes them anew.

use super::harness::App;
use std::fmt::Write as _;

/// A frame: its name in the README, its size, and the keys that lead to it from
/// a fresh conversation of the first sample.
const FRAMES: &[(&str, (u16, u16), &str)] = &[
    ("look back", (120, 40), "space h h h"),
    ("open", (100, 26), ""),
    ("step", (100, 26), "s s s s"),
    ("past", (100, 26), "space h h h h h h s"),
];

#[test]
fn the_readme_shows_what_one_sees() {
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
