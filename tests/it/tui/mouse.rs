//! The mouse: what a click, the wheel and dragging do.

use super::harness::{App, files, scenario};
use stategen::tui::layout::Pane;
use stategen::tui::msg::{Cmd, Mouse, Msg, Press};
use stategen::tui::screen::Screen;

fn desk() -> App {
    App::at("returns_desk", 120, 40)
}

fn did(app: &mut App, press: Press, column: u16, row: u16) {
    app.tell(Msg::Mouse(Mouse { press, column, row }));
}

/// Where a text stands on the screen.
fn find(app: &App, wanted: &str) -> (u16, u16) {
    let text = app.text();
    for (y, line) in text.lines().enumerate() {
        if let Some(at) = line.find(wanted) {
            return (line[..at].chars().count() as u16, y as u16);
        }
    }
    panic!("`{wanted}` is not on the screen:\n{text}");
}

fn click(app: &mut App, wanted: &str) {
    let (x, y) = find(app, wanted);
    did(app, Press::Down, x, y);
    did(app, Press::Up, x, y);
}

#[test]
fn a_click_gives_a_pane_the_keys() {
    let mut app = desk();
    for (words, pane) in [
        ("gw world", Pane::World),
        ("gp persona", Pane::Persona),
        ("gj judge", Pane::Judge),
        ("gt timeline", Pane::Timeline),
        ("gc conversation", Pane::Conversation),
    ] {
        click(&mut app, words);
        assert_eq!(app.model.run.as_ref().unwrap().focus, pane, "{words}");
    }
    // Where there is room for one inspector its title names all three.
    let mut app = App::at("returns_desk", 80, 24);
    click(&mut app, "gj judge");
    app.sees("gj judge  gw wld");
    click(&mut app, "gp pers");
    app.sees("gp persona  gw wld");
}

#[test]
fn a_click_puts_the_cursor_on_the_step() {
    let mut app = desk();
    app.keys("s s s s g g");
    let all = app.model.run.as_ref().unwrap().seen.path.len();
    click(&mut app, " 2 A agent");
    app.sees(&format!("PAST 2/{all}"));
    // The row stays under the mouse, so that a second click means the same.
    let (x, y) = find(&app, "> 2 A agent");
    did(&mut app, Press::Down, x, y + 1);
    app.sees(&format!("PAST 2/{all}"));
    // Where no step stands nothing moves; commands are none.
    let sent = app.commands.len();
    did(&mut app, Press::Down, 3, 37);
    assert_eq!(app.commands.len(), sent);
}

#[test]
fn the_wheel_scrolls_what_is_under_it() {
    let mut app = App::at("returns_desk", 80, 24);
    app.keys("space");
    let before = app.text();
    did(&mut app, Press::WheelUp, 5, 5);
    assert_ne!(app.text(), before);
    assert_eq!(app.model.run.as_ref().unwrap().focus, Pane::Conversation);
    did(&mut app, Press::WheelDown, 5, 5);
    assert_eq!(app.text(), before);
    // Over another pane that pane moves, and the keys stay where they are.
    let scroll = |app: &App| app.model.run.as_ref().unwrap().scroll.len();
    let had = scroll(&app);
    did(&mut app, Press::WheelDown, 70, 5);
    assert!(scroll(&app) > had);
    assert_eq!(app.model.run.as_ref().unwrap().focus, Pane::Conversation);
}

#[test]
fn the_wheel_and_clicks_go_through_lists() {
    let returns = scenario("returns_desk", &files("returns_desk"));
    let (second, third) = (returns.tasks[1].id.clone(), returns.tasks[2].id.clone());
    let mut app = App::closed(returns, Vec::new(), 100, 30);
    did(&mut app, Press::WheelDown, 10, 10);
    assert_eq!(app.model.picker.at, 1);
    click(&mut app, &third);
    assert_eq!(app.model.picker.at, 2);
    click(&mut app, &second);
    assert_eq!(app.model.picker.at, 1);
    assert!(app.commands.iter().all(|c| !matches!(c, Cmd::Open(_))));
    // A heading is nothing that could be chosen.
    click(&mut app, "Returns desk");
    assert_eq!(app.model.picker.at, 1);
    click(&mut app, &second);
    app.sees("before the first step").sees(&second);
}

#[test]
fn clicks_choose_in_the_palette_and_in_help() {
    let mut app = desk();
    app.keys(":").types("mouse ");
    click(&mut app, "as it is");
    assert_eq!(app.commands, []);
    click(&mut app, "as it is");
    assert_eq!(app.commands, [Cmd::Mouse(false)]);
    app.keys("?").types("screen");
    click(&mut app, "batch: running");
    app.sees("type to filter");
    click(&mut app, "batch: running");
    assert_eq!(app.model.screen, Screen::Batch);
    // Outside of what lies on top nothing is pressed.
    app.keys("1 :");
    did(&mut app, Press::Down, 1, 38);
    app.sees(": command");
}

#[test]
fn names_of_screens_can_be_clicked() {
    let mut app = desk();
    for (words, screen) in [
        ("2 Curate", Screen::Curate),
        ("4 Batch", Screen::Batch),
        ("1 Run", Screen::Run),
        ("3 Scenario", Screen::Scenario),
    ] {
        click(&mut app, words);
        assert_eq!(app.model.screen, screen, "{words}");
    }
}

#[test]
fn the_edge_between_the_columns_can_be_dragged() {
    let mut app = desk();
    let edge = |app: &App| find(app, "gw world").0;
    let before = edge(&app);
    did(&mut app, Press::Down, before - 2, 10);
    did(&mut app, Press::Drag, 50, 12);
    assert!((50..=54).contains(&edge(&app)), "{}", edge(&app));
    did(&mut app, Press::Up, 50, 12);
    did(&mut app, Press::Drag, 90, 12);
    assert!((50..=54).contains(&edge(&app)), "the button is up");
    // Neither side can be dragged away, and the next conversation has it too.
    let now = edge(&app);
    did(&mut app, Press::Down, now - 2, 10);
    did(&mut app, Press::Drag, 119, 10);
    did(&mut app, Press::Up, 119, 10);
    assert!((98..=104).contains(&edge(&app)), "{}", edge(&app));
    app.keys("<c-n> enter");
    assert!((98..=104).contains(&edge(&app)));
    app.frame("run__dragged");
}

#[test]
fn a_click_anywhere_does_no_harm() {
    for (width, height) in [(0, 0), (1, 1), (20, 5), (60, 16), (80, 24)] {
        let mut app = App::at("returns_desk", width, height);
        app.keys("s s s");
        for keys in ["", "?", "esc :", "esc 2", "3", "4", "1 h h s"] {
            app.keys(keys);
            for y in (0..=height).step_by(3) {
                for x in (0..=width).step_by(11) {
                    for press in [Press::WheelDown, Press::WheelUp, Press::Drag, Press::Up] {
                        did(&mut app, press, x, y);
                    }
                }
            }
            did(&mut app, Press::Down, width / 2, height / 2);
            app.text();
        }
    }
}
