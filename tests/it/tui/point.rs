//! Pointing at values, finding, copying, findings, the whole tree.

use super::harness::App;
use stategen::tui::msg::Cmd;

/// The returns desk, gone through to its end.
fn done() -> App {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("space");
    app
}

fn copied(app: &App) -> &str {
    match app.commands.last() {
        Some(Cmd::Copy(text)) => text,
        other => panic!("nothing was copied: {other:?}"),
    }
}

#[test]
fn the_whole_tree_opens_folds_and_is_filtered() {
    let mut app = done();
    app.keys("g w v").sees("since the start");
    app.keys("v").sees("whole world after step").sees("▸ desk");
    app.keys("o").sees("▾ desk").sees("window_days");
    app.keys("j").sees("desk.window_days  from the start");
    app.keys("k o").lacks("▾ desk");
    app.keys("F").sees("FILTER").types("status").sees("places");
    app.keys("enter").sees("filter status").sees(".status");
    app.keys("esc").lacks("filter status").sees("▸ desk");
}

#[test]
fn frames() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = App::at("returns_desk", width, height);
        app.keys("space g w v v o").frame("world__whole");
        app.keys("F").types("status").frame("world__filter_line");
        app.keys("enter").frame("world__filtered");
        app.keys("esc O").frame("world__broken_rules");
        app.keys("O v").keys(".").frame("point__world");
        app.keys("esc g c .").frame("point__conversation");
        app.keys("esc /").types("order").frame("find__line");
        app.keys("enter").frame("find__found");
        app.keys("g f").frame("findings__pane");
    }
}
