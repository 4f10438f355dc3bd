//! Frames at the three sizes, text and roles, held against stored ones. The
//! names carry pane, state and size.

use super::desk::{after, files, paused, replies, shop};
use super::harness::{App, scenario};
use stategen::engine::role::{By, RawCall, Reply};
use stategen::tui::msg::Msg;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];
const ALL: usize = 8;

/// The same state at every size.
fn everywhere(name: &str, make: impl Fn(u16, u16) -> App) {
    for (width, height) in SIZES {
        make(width, height).frame(name);
    }
}

fn then(mut app: App, keys: &str) -> App {
    app.keys(keys);
    app
}

#[test]
fn the_run_screen_in_its_states() {
    everywhere("run__start", shop);
    everywhere("run__paused", |w, h| paused(4, w, h));
    everywhere("run__ended", |w, h| after(ALL, w, h));
    everywhere("run__past", |w, h| then(after(ALL, w, h), "h h h"));
    everywhere("run__past_start", |w, h| then(after(ALL, w, h), "g g"));
    everywhere("run__forked", |w, h| then(paused(5, w, h), "h h h f"));
    paused(4, 44, 12).frame("run__tiny");
}

#[test]
fn a_call_in_flight() {
    everywhere("run__streaming", |w, h| {
        let mut app = after(1, w, h);
        app.streams("I'm sorry about that. Let me")
            .tell(Msg::Second)
            .tell(Msg::Second);
        app
    });
    everywhere("run__call_failed", |w, h| {
        let mut app = after(1, w, h);
        app.fail("429 from test/large-1 after four tries");
        app
    });
}

#[test]
fn what_a_step_did_to_the_world() {
    // The step of the refund: a policy broken, three tables changed.
    everywhere("world__policy_broken", |w, h| {
        then(after(ALL, w, h), "h h h g w")
    });
    then(after(ALL, 120, 40), "h h h g w z").frame("world__zoomed");
    then(after(ALL, 80, 24), "g w v z").frame("world__since_start");
    // A call that the rule refused.
    let mut app = after(4, 120, 40);
    app.reply(Reply {
        calls: vec![RawCall {
            id: String::new(),
            name: String::from("refund"),
            arguments: String::from(r#"{"order_id":"8841","amount":9000}"#),
        }],
        by: By::Model(String::from("test/large-1")),
        ..Reply::default()
    });
    app.keys("x").frame("world__call_refused");
}

#[test]
fn who_the_user_is() {
    then(after(ALL, 80, 24), "g p").frame("persona__ended");
    then(after(ALL, 120, 40), "g p z").frame("persona__zoomed");
}

#[test]
fn checks_and_scores() {
    then(paused(4, 80, 24), "g j").frame("judge__checks");
    then(after(ALL, 80, 24), "g j").frame("judge__scores");
    then(after(ALL, 120, 40), "g j z").frame("judge__zoomed");
}

#[test]
fn folded_and_unfolded() {
    then(after(ALL, 80, 24), "g g l l enter z").frame("conversation__unfolded");
    then(after(ALL, 80, 24), "R z").frame("conversation__reasoning");
    let mut app = after(1, 80, 24);
    app.reply(Reply {
        calls: vec![RawCall {
            id: String::new(),
            name: String::from("refund"),
            arguments: String::from("{not json"),
        }],
        by: By::Model(String::from("test/large-1")),
        ..Reply::default()
    });
    app.keys("x z").frame("conversation__bad_arguments");
    let mut app = after(1, 80, 24);
    app.reply(Reply::default())
        .keys("x z")
        .frame("conversation__malformed");
}

#[test]
fn branches_and_log() {
    then(paused(6, 80, 24), "h h h h f g t").frame("timeline__forked");
    then(after(ALL, 60, 16), "h h").frame("timeline__window");
    then(after(ALL, 80, 24), "g l").frame("log__ended");
}

#[test]
fn what_lies_on_top() {
    for (width, height) in [(80, 24), (120, 40), (44, 12)] {
        then(paused(2, width, height), "?").frame("help__run");
        then(paused(2, width, height), "h h s").frame("question__from_past");
        then(after(2, width, height), "q").frame("question__quit");
        then(paused(2, width, height), "g").frame("strip__g");
    }
    let mut app = paused(2, 80, 24);
    app.keys("?").types("fork").frame("help__filtered");
}

#[test]
fn a_tool_that_a_person_answers() {
    for (width, height) in [(80, 24), (44, 12)] {
        let mut app = asking(width, height);
        app.frame("speak__human");
        app.types("{\"ok\": tru").frame("speak__not_json_yet");
    }
}

/// The agent asked the manager.
pub fn asking(width: u16, height: u16) -> App {
    let mut app = after(1, width, height);
    app.reply(Reply {
        text: String::from("I ask the manager."),
        calls: vec![RawCall {
            id: String::new(),
            name: String::from("ask_manager"),
            arguments: String::from(r#"{"question":"May I refund an order that is 41 days old?"}"#),
        }],
        by: By::Model(String::from("test/large-1")),
        ..Reply::default()
    });
    app
}

#[test]
fn choosing() {
    for (width, height) in SIZES {
        let shop = scenario("tea_shop", &files());
        App::closed(shop, Vec::new(), width, height).frame("picker");
    }
    App::closed(scenario("tea_shop", &files()), Vec::new(), 44, 12).frame("picker");
}

#[test]
fn ascii_signs() {
    let mut app = after(ALL, 80, 24);
    app.model.ascii = true;
    app.keys("g p");
    assert!(
        app.text().is_ascii() || app.text().contains('😡'),
        "{}",
        app.text()
    );
    app.frame("ascii__persona");
    assert_eq!(replies().len(), ALL);
}
