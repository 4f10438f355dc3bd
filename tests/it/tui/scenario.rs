//! The scenario screen: what a scenario is made of, what is wrong with it, its
//! tools tried by hand.

use super::desk;
use super::harness::{App, files, scenario};
use stategen::config::write_folder;
use std::sync::Arc;

fn shop(width: u16, height: u16) -> App {
    let tea = scenario("tea_shop", &desk::files());
    App::of(tea, "broken_kettle", 7, Vec::new(), width, height)
}

#[test]
fn the_outline_has_every_part_and_says_where_it_stands() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("3")
        .sees("go outline")
        .sees("of the open conversation");
    for part in [
        "tools", "agents", "personas", "tasks", "world", "rules", "judge", "files",
    ] {
        app.keys("g g");
        for _ in 0..12 {
            if app.text().contains(&format!("┃{part} ")) {
                break;
            }
            app.keys("l");
        }
        app.sees(&format!("┃{part} "));
    }
    // The last is a file: it is shown whole.
    app.keys("G").sees("ge world.schema.json").sees("   1 {");
}

#[test]
fn a_tool_says_who_uses_it_and_what_it_touches() {
    let mut app = shop(120, 40);
    app.keys("3 j j")
        .sees("ge get_order")
        .sees("no step used it");
    app.sees("can read   orders[*]").sees("can write  nothing");
    app.sees("shop.rules:2").sees("## Look an order up.");
    app.keys("1 space 3").sees("rules ×").sees("used by step");
}

#[test]
fn a_tool_is_tried_on_the_world_at_the_cursor_and_nothing_is_written() {
    let mut app = shop(120, 40);
    let before = app.session.as_ref().unwrap().place(None).world.clone();
    app.keys("3 j j j t")
        .sees("try refund")
        .sees("this conversation at its start");
    // The arguments are those of the task's reference path.
    app.sees("8841").sees("59.9").sees("ok  the agent reads:");
    app.sees("~ /orders/8841/status  \"delivered\" -> \"refunded\"");
    app.sees("rule line").sees("nothing is written");
    // Letters are text here, not keys.
    app.keys("tab")
        .types("9q3")
        .sees("59.99q3")
        .sees("it fails");
    app.keys("backspace backspace").sees("59.99   number");
    app.sees("59.99 is more than was paid")
        .sees("at shop.rules:");
    app.keys("backspace").sees("policy young_orders_only");
    app.keys("esc").lacks("try refund").sees("ge refund");
    let session = app.session.as_ref().unwrap();
    assert_eq!(session.place(session.head()).world, before);
    assert_eq!(session.head(), None);
}

#[test]
fn another_world_can_be_chosen_and_a_tool_of_a_person_says_so() {
    let mut app = shop(120, 40);
    app.keys("3 t backtab").sees("> world");
    app.keys("right").sees("the start of broken_kettle");
    app.keys("right").sees("the scenario, before any task");
    app.keys("left left").sees("this conversation at its start");
    app.keys("esc j t");
    app.sees("an agent answers this tool").keys("esc k t");
    app.sees("a person answers this tool");
    app.keys("esc l").sees("ge main").keys("t");
    app.sees("not now: the chosen row is no tool");
}

#[test]
fn a_tool_is_named_in_the_line() {
    let mut app = shop(120, 40);
    app.keys(":")
        .types("tool refund")
        .keys("enter")
        .sees("try refund");
}

#[test]
fn problems_lead_to_their_lines() {
    let tea = scenario("tea_shop", &desk::files());
    let mut app = App::closed(tea, Vec::new(), 120, 40);
    let mut broken = desk::files();
    let rules = String::from_utf8(broken["shop.rules"].to_vec()).unwrap();
    let rules = rules.replace("need amount <= order.total", "need amount <= order.");
    broken.insert(String::from("shop.rules"), Arc::from(rules.into_bytes()));
    let folder = app.room.project.root.join("scenarios/tea_shop");
    write_folder(&folder, &broken).unwrap();
    app.keys("3").sees("error").sees("!! shop.rules:9");
    app.keys("g k enter").sees("ge shop.rules:9");
    app.keys("esc").keys("<c-g>").sees("ge shop.rules:9");
    app.keys("esc").lacks("ge shop.rules:9");
}

#[test]
fn what_is_inferred_is_shown_on_demand() {
    let mut app = shop(120, 40);
    app.keys("3")
        .sees("i shows them")
        .sees("ok  the scenario can be used");
    app.keys("i").sees("i hides them").sees(", from ");
}

#[test]
fn with_none_open_the_chosen_one_is_shown() {
    let mut app = App::closed(
        scenario("travel_desk", &files("travel_desk")),
        Vec::new(),
        120,
        40,
    );
    app.keys("3")
        .sees("travel_desk")
        .sees("a sample")
        .sees("outline");
    app.keys("esc").sees("choose a task");
}

#[test]
fn no_size_breaks_it() {
    let mut app = shop(120, 40);
    app.keys("space 3");
    for keys in ["", "G", "g k i", "esc", "g g j j j t", "backtab"] {
        app.keys(keys);
        super::sizes::sweep(&mut app);
        app.resize(120, 40);
    }
}

#[test]
fn scenario_frames() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = shop(width, height);
        app.keys("space 3").frame("desk__tool");
        app.keys("l l").frame("desk__persona");
        app.keys("l l").frame("desk__table");
        app.keys("i").frame("desk__inferred");
        app.keys("esc g g j j j t tab").frame("desk__try");
    }
    let mut app = shop(44, 12);
    app.keys("3").frame("desk__outline");
    app.keys("enter").frame("desk__middle");
}

#[test]
fn an_edit_beside_the_outline_goes_into_the_conversation() {
    let mut app = shop(120, 40);
    app.keys("space 3 j j j e")
        .sees("go outline")
        .sees("shop.rules");
    let version = app.session.as_ref().unwrap().scenario().version;
    app.keys("home")
        .types("# mind the till")
        .keys("enter")
        .sees("edited");
    app.keys("<c-s>")
        .sees("shop.rules")
        .keys("esc")
        .sees("edited");
    app.keys("<c-s> enter").lacks("edited");
    let now = app.session.as_ref().unwrap().scenario().version;
    assert_ne!(now, version, "{}", app.text());
}

#[test]
fn with_none_open_an_edit_goes_into_the_file() {
    let tea = scenario("tea_shop", &desk::files());
    let mut app = App::closed(tea, Vec::new(), 120, 40);
    let folder = app.room.project.root.join("scenarios/tea_shop");
    write_folder(&folder, &desk::files()).unwrap();
    app.keys("3 g g j j j e").types("oops").sees("!!");
    app.keys("<c-u> <c-u> <c-u> <c-u>").lacks("edited");
    app.keys("home").types("# mind the till").keys("enter");
    app.sees("edited").keys("<c-s>").sees("was written");
    let text = std::fs::read_to_string(folder.join("shop.rules")).unwrap();
    assert!(text.contains("# mind the till\ntool refund"), "{text}");
    app.sees("shop.rules:8");
    // Somebody else was there meanwhile: nothing is lost.
    app.keys("e").types("# two");
    std::fs::write(folder.join("shop.rules"), "theirs").unwrap();
    app.keys("enter <c-s>")
        .sees("changed on disk")
        .sees("edited");
    let text = std::fs::read_to_string(folder.join("shop.rules")).unwrap();
    assert_eq!(text, "theirs");
}

#[test]
fn a_sample_says_how_it_can_be_edited() {
    let mut app = App::closed(
        scenario("travel_desk", &files("travel_desk")),
        Vec::new(),
        120,
        40,
    );
    app.keys("3 e").sees("N makes a copy in the project");
}
