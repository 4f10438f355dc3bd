//! What a model writes is data: no sequence of it gets out, no width of it
//! breaks a border.

use super::harness::{App, rows};
use stategen::engine::role::{By, Reply};
use stategen::tui::msg::Msg;

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
        let call = app.calls[0].call;
        app.tell(Msg::Waiting(call, text.to_owned()));
        check(&app);
        app.keys("R").thinks(text, text);
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
        // Within JSON a control character stands as `\\u001b` and does no harm.
        let bare = row.contains("\\u001b") || row.contains("\\u0007");
        assert!(
            bare || (!row.contains("[31m") && !row.contains("owned")),
            "{row}"
        );
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

#[test]
fn what_a_server_wrote_is_data_too() {
    for text in [
        HOSTILE,
        "日本語\u{200d}👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301} 🏳️‍🌈",
        &"x".repeat(5000),
        "\n\n\n",
        "",
    ] {
        let mut app = super::models::wired(120, 40);
        let json = serde_json::json!({"content": [text, {text: text}]}).to_string();
        for (i, record) in app.records.iter_mut().enumerate() {
            record.by = text.to_owned();
            record.what = text.to_owned();
            record.url = text.to_owned();
            record.request = if i == 0 {
                text.to_owned()
            } else {
                json.clone()
            };
            record.request_headers = vec![(text.to_owned(), text.to_owned())];
            record
                .response_headers
                .push((text.to_owned(), text.to_owned()));
            let event = serde_json::json!({"choices": [{"delta": {"content": text, "reasoning": text, "tool_calls": [{"function": {"name": text, "arguments": text}}]}}]});
            record.response.push((7, format!("data: {event}\n\n")));
            record.response.push((u64::MAX, text.to_owned()));
        }
        app.keys("w");
        for keys in ["", "G", "v", "tab", "g g", "G", "v", "g g"] {
            app.keys(keys);
            check(&app);
        }
        app.keys("esc");
        super::models::seated(&mut app);
        let mut rows = app.seats.clone();
        for row in &mut rows {
            row.seat = text.to_owned();
            row.plays = text.to_owned();
            row.once = Some(text.to_owned());
            row.choices.push(text.to_owned());
        }
        app.tell(Msg::Seats(rows)).keys("m");
        check(&app);
        app.keys("esc :").tell(Msg::Paste(format!("model {text}")));
        check(&app);
        app.keys("enter");
        check(&app);
        app.keys("esc A");
        let mut report = (*super::models::report(6)).clone();
        report.by = text.to_owned();
        report.failed.push(text.to_owned());
        for group in &mut report.groups {
            group.what = text.to_owned();
            group.text = text.to_owned();
            group.refused.push(text.to_owned());
            group.findings.push(text.to_owned());
        }
        app.tell(Msg::Again(std::sync::Arc::new(report)));
        check(&app);
        app.keys("enter");
        check(&app);
    }
}
