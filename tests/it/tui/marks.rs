//! Findings underlined where they stand, in turns that are done and in one that
//! streams.

use super::harness::{App, files, rows, scenario};
use stategen::engine::role::{RawCall, Reply};
use stategen::providers::scripted::Fault;
use stategen::tui::theme::Theme;

/// What is underlined as a finding, run by run.
fn underlined(app: &App) -> Vec<String> {
    let buf = app.buffer();
    let mut out: Vec<String> = Vec::new();
    let mut last = None;
    for y in 0..buf.area.height {
        for x in 0..buf.area.width {
            let cell = buf.cell((x, y)).unwrap();
            let is = Theme::probed(cell.style()).starts_with("finding.");
            if is {
                match (last, out.last_mut()) {
                    (Some(at), Some(run)) if at == (x.wrapping_sub(1), y) => {
                        run.push_str(cell.symbol());
                    }
                    _ => out.push(cell.symbol().to_owned()),
                }
                last = Some((x, y));
            }
        }
    }
    out.into_iter()
        .filter(|run| !run.trim().is_empty())
        .collect()
}

fn faulty(faults: Vec<Fault>, width: u16, height: u16) -> App {
    let scenario = scenario("returns_desk", &files("returns_desk"));
    let task = scenario.tasks[0].id.clone();
    App::of(scenario, &task, 7, faults, width, height)
}

fn says(text: &str) -> Reply {
    Reply {
        text: text.to_owned(),
        ..Reply::default()
    }
}

/// An agent's turn is waited for.
fn asked(width: u16, height: u16) -> App {
    let mut app = App::at("returns_desk", width, height);
    app.hold = true;
    app.keys("s").answer();
    app.keys("s");
    app
}

#[test]
fn words_that_are_wrong_are_underlined_with_a_sign_in_the_margin() {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut app = faulty(
            vec![Fault::ClaimNotDone, Fault::InventedAmount, Fault::WrongId],
            width,
            height,
        );
        app.keys("space > >");
        let found = &app.model.run.as_ref().unwrap().seen.found;
        assert!(found.len() > 1);
        let words = underlined(&app);
        assert!(!words.is_empty(), "{}", app.text());
        app.frame("marks__text");
    }
}

#[test]
fn the_same_words_that_are_right_elsewhere_are_not() {
    let mut app = asked(120, 40);
    app.reply(Reply {
        text: String::from("We keep 3.95. We never keep 77.31, nor 3.95, nor 77.31 again."),
        ..Reply::default()
    });
    assert_eq!(underlined(&app), ["! ", "77.31"]);
    app.sees(" !  We keep 3.95");
}

#[test]
fn an_argument_that_is_wrong_is_underlined_in_the_call() {
    let mut app = asked(120, 40);
    app.reply(Reply {
        calls: vec![RawCall {
            id: String::new(),
            name: String::from("get_order"),
            arguments: String::from("{\"order_id\": \"RD-99999\"}"),
        }],
        ..Reply::default()
    });
    let words = underlined(&app);
    assert!(words.contains(&String::from("\"RD-99999\"")), "{words:?}");
}

#[test]
fn what_streams_is_underlined_as_it_comes_and_a_half_word_is_not() {
    let mut app = asked(120, 40);
    app.streams("It costs 77.31");
    assert!(underlined(&app).is_empty(), "{:?}", underlined(&app));
    app.streams("It costs 77.31 or 3.9");
    assert_eq!(underlined(&app), ["! ", "77.31"]);
    app.sees("!! 1 finding so far");
    app.streams("It costs 77.31 or 3.95 or the order RD-1234");
    assert_eq!(underlined(&app), ["! ", "77.31"]);
    app.streams("It costs 77.31 or 3.95 or the order RD-12345 which");
    assert_eq!(underlined(&app), ["! ", "77.31", "RD-12345"]);
    // A claim is one when its sentence is whole.
    app.streams("It costs 77.31. I have cancelled your order ");
    assert_eq!(underlined(&app), ["! ", "77.31"]);
    app.streams("It costs 77.31. I have cancelled your order. ");
    app.sees("!! 2 findings so far");
    app.frame("marks__streaming");
    // And the turn that comes of it has the same.
    app.reply(says("It costs 77.31. I have cancelled your order."));
    app.sees("!! 2 findings");
}

#[test]
fn a_user_who_streams_is_not_held_against_what_agents_know() {
    let mut app = App::at("returns_desk", 120, 40);
    app.hold = true;
    app.keys("s").streams("I paid 77.31 for it. ");
    assert!(underlined(&app).is_empty());
}

#[test]
fn signs_break_no_border_whatever_the_size() {
    let mut app = asked(120, 40);
    app.streams("日本語 77.31 👩‍👩‍👧‍👦 RD-12345 \u{1b}[31m99.99\u{202e} end ");
    for (width, height) in [(120, 40), (60, 16), (44, 12), (21, 7), (5, 3), (1, 1)] {
        app.resize(width, height);
        let all = rows(&app.buffer());
        assert!(all.iter().all(|r| !r.contains(['\u{1b}', '\u{202e}'])));
    }
    app.resize(120, 40);
    let words = underlined(&app);
    assert!(words.iter().any(|w| w == "77.31"), "{words:?}");
    assert!(words.iter().any(|w| w == "RD-12345"), "{words:?}");
}
