//! Every breakpoint, one less, one more, and sizes that nobody has: nothing
//! panics, and nothing is drawn outside.

use super::harness::App;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use stategen::tui::theme::Theme;
use stategen::tui::view::view;

const WIDTHS: [u16; 14] = [0, 1, 2, 3, 12, 59, 60, 61, 109, 110, 111, 169, 170, 300];
const HEIGHTS: [u16; 14] = [0, 1, 2, 3, 5, 15, 16, 17, 31, 32, 33, 49, 50, 300];

/// Draws into the middle of a larger buffer and looks at what lies around.
pub fn sweep(app: &mut App) {
    for width in WIDTHS {
        for height in HEIGHTS {
            // One huge side is enough beside a few of the others.
            if width.max(height) == 300 && ![1, 60, 50, 300].contains(&width.min(height)) {
                continue;
            }
            app.resize(width, height);
            let whole = Rect::new(0, 0, width + 4, height + 4);
            let mut buf = Buffer::filled(whole, Cell::new("~"));
            let area = Rect::new(2, 2, width, height);
            view(&app.model, &Theme::probe(), area, &mut buf);
            let ring = (0..whole.height).flat_map(|y| {
                let inside = (2..height + 2).contains(&y);
                let skip = if inside { width } else { 0 };
                (0..2).chain(2 + skip..whole.width).map(move |x| (x, y))
            });
            for at in ring {
                assert!(
                    buf[at] == Cell::new("~"),
                    "{width}x{height}: drawn at {at:?}"
                );
            }
        }
    }
}

#[test]
fn no_size_breaks_the_run_screen() {
    for keys in [
        "",
        "space",
        "space h h",
        "s s s h s",
        "space g p z",
        "s g",
        "?",
        "space v g w",
    ] {
        let mut app = App::at("returns_desk", 120, 40);
        app.keys(keys);
        sweep(&mut app);
    }
}

#[test]
fn no_size_breaks_what_is_pointed_at_and_found() {
    for keys in [
        "space g w v v o",
        "space g w v v F",
        "space g w v v F s t enter j j",
        "space g w v v .",
        "space g w O",
        "space . a a",
        "space .",
        "space / r e",
        "space / r e enter n",
        "space g f",
    ] {
        let mut app = App::at("returns_desk", 120, 40);
        app.keys(keys);
        sweep(&mut app);
    }
}

#[test]
fn no_size_breaks_a_call_in_flight_or_the_list() {
    let mut app = App::at("travel_desk", 120, 40);
    app.hold = true;
    app.keys("s").streams("so far\tand 日本 on").keys("q");
    sweep(&mut app);
    let mut app = App::closed(
        super::harness::scenario("travel_desk", &super::harness::files("travel_desk")),
        Vec::new(),
        9,
        9,
    );
    sweep(&mut app);
}

#[test]
fn no_size_breaks_what_is_shown_of_models() {
    use super::models::{report, seated, spend, wired};
    use stategen::tui::msg::Msg;
    let mut app = wired(120, 40);
    app.keys("w");
    sweep(&mut app);
    app.keys("v tab G");
    sweep(&mut app);
    app.keys("esc");
    seated(&mut app)
        .tell(Msg::Spend(spend(Some(1))))
        .keys("m j");
    sweep(&mut app);
    app.keys("esc A")
        .tell(Msg::Again(report(7)))
        .keys("enter j j");
    sweep(&mut app);
    app.keys("esc :")
        .types("model agnet 日本語 once")
        .keys("enter");
    sweep(&mut app);
    app.keys("esc :").keys("up");
    sweep(&mut app);
    let mut app = super::models::judged_thrice(120, 40);
    app.keys("g j");
    sweep(&mut app);
}

#[test]
fn no_size_breaks_deciding() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("space <c-n> enter space 2 m t")
        .types("seed")
        .keys("enter");
    for keys in [
        "",
        "g j",
        "g c h",
        "b",
        "esc F down",
        "esc A",
        "n d",
        "esc X",
        "esc 4",
    ] {
        app.keys(keys);
        sweep(&mut app);
    }
}

#[test]
fn no_size_breaks_time_travel_and_seats() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s s s r s h h f s r s g t");
    sweep(&mut app);
    for keys in ["c", "B", "I", "i", "t", "z"] {
        app.resize(120, 40).keys(keys);
        sweep(&mut app);
        app.resize(120, 40).keys("esc");
    }
    app.keys("esc t").types("2").keys("enter");
    sweep(&mut app);
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s i <c-t>");
    sweep(&mut app);
    app.keys("enter")
        .types("日本 long enough to be cut at any width of a terminal");
    sweep(&mut app);
}
