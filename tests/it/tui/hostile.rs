//! What a model writes is data: no sequence of it gets out, no width of it
//! breaks a border.

use super::harness::{App, rows};
use stategen::engine::role::{By, Reply};

const HOSTILE: &str =
    "a\u{1b}[2Jb\u{1b}]0;owned\u{7}c\u{9b}31md\te\u{202e}f\r\ng\u{0}h\u{1b}]52;c;Zm9v\u{1b}\\i";

#[test]
fn no_escape_sequence_of_a_model_reaches_the_screen() {
    for text in [
        HOSTILE,
        "日本語\u{200d}👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301} 🏳️‍🌈",
        &"x".repeat(5000),
        "\n\n\n",
        "",
    ] {
        let mut app = App::at("returns_desk", 120, 40);
        app.hold = true;
        app.keys("s").streams(text);
        check(&app);
        app.reply(Reply {
            text: text.to_owned(),
            by: By::Model(text.to_owned()),
            ..Reply::default()
        });
        check(&app);
        app.keys("s");
        if !app.calls.is_empty() {
            app.fail(text);
            check(&app);
        }
        app.keys("z");
        check(&app);
    }
}

fn check(app: &App) {
    let buf = app.buffer();
    for cell in &buf.content {
        assert!(
            !cell
                .symbol()
                .chars()
                .any(|c| c.is_control() || c == '\u{202e}'),
            "{:?}",
            cell.symbol()
        );
    }
    for (y, row) in rows(&buf).iter().enumerate() {
        assert!(!row.contains("[31m") && !row.contains("owned"), "{row}");
        assert!(
            stategen::surface::text::width(row) <= usize::from(buf.area.width),
            "row {y} is too wide: {row}"
        );
    }
}

#[test]
fn tabs_and_reordering_marks_are_shown() {
    let mut app = App::at("returns_desk", 120, 40);
    app.hold = true;
    app.keys("s")
        .streams(HOSTILE)
        .sees("ab")
        .sees("<U+202E>f")
        .sees("cd");
}
