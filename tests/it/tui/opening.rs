//! Finding, opening, beginning and making, without leaving the workbench.

use super::harness::{App, files, scenario};
use stategen::tui::msg::Open;
use stategen::tui::msg::{Cmd, Msg};

fn shop() -> App {
    App::at("returns_desk", 120, 40)
}

#[test]
fn what_is_typed_finds_tasks_and_stored_conversations() {
    let mut app = shop();
    app.keys("s s <c-o>").sees("open: tasks and conversations");
    // The one that is open is stored; the tasks of all samples can be begun.
    app.sees("returns_desk/")
        .sees("2 steps")
        .sees("travel_desk/");
    app.types("travel").lacks("bank_desk/").sees("travel_desk/");
    app.keys("tab").sees("open: tasks");
    app.keys("tab")
        .sees("open: conversations")
        .sees("nothing is like this");
    app.keys("esc")
        .lacks("open: conversations")
        .sees("2 A agent");
}

#[test]
fn a_task_of_another_scenario_is_begun_where_one_stands() {
    let mut app = shop();
    app.keys("s 4 <c-o>").types("travel").keys("enter");
    app.sees("travel_desk / ").sees("before the first step");
}

#[test]
fn a_stored_conversation_is_gone_on_with() {
    let mut app = shop();
    let first = app.session.as_ref().unwrap().opened().conversation.clone();
    app.keys("s s s <c-n> enter").sees("before the first step");
    let second = app.session.as_ref().unwrap().opened().conversation.clone();
    assert_ne!(first, second);
    app.keys("<c-o> tab tab")
        .types("conversation-7")
        .keys("enter");
    let now = app.session.as_ref().unwrap();
    assert_eq!(now.opened().conversation, first);
    app.sees("step 3").keys("s").sees("step 4");
    // The one that is open is shown, not read again.
    app.keys("2 <c-o> tab tab")
        .types("conversation-7")
        .keys("enter");
    let opened = app
        .commands
        .iter()
        .filter(|c| matches!(c, Cmd::Open(Open { conversation: Some(id), .. }) if *id == first));
    assert_eq!(opened.count(), 1);
    app.sees("step 4");
}

#[test]
fn a_copy_ends_at_the_cursor_and_leaves_the_other_as_it_was() {
    let mut app = shop();
    app.keys("D").sees("not now: there is no step yet");
    app.keys("s s s s h h D");
    let copy = app.session.as_ref().unwrap();
    assert_eq!(copy.path(copy.head()).len(), 2);
    assert_ne!(copy.opened().conversation.0, "conversation-7");
    app.sees("step 2").keys("s").sees("step 3");
    app.keys("<c-o> tab tab")
        .types("conversation-7")
        .keys("enter");
    app.sees("step 4");
}

#[test]
fn nothing_else_is_opened_while_a_call_is_in_flight() {
    let mut app = shop();
    app.hold = true;
    app.keys("s <c-o>").types("travel").keys("enter");
    app.sees("not now: a call is in flight").keys("esc <c-n>");
    app.sees("not now: a call is in flight");
}

#[test]
fn a_new_conversation_has_any_task_persona_and_seed() {
    let mut app = shop();
    let scenario = app.session.as_ref().unwrap().scenario().clone();
    let task = scenario.tasks[1].id.clone();
    app.keys("s <c-n>").sees("new conversation").sees("> task");
    app.types(&task).keys("tab").sees("> persona");
    app.types("profile").keys("tab").sees("> seed").sees("8");
    app.keys("backspace")
        .types("x")
        .sees("a seed is a whole number");
    app.keys("enter").sees("> seed");
    app.keys("backspace").types("123").keys("enter");
    let opened = app.session.as_ref().unwrap().opened().clone();
    assert_eq!((opened.task, opened.seed), (task, 123));
    let first = &stategen::engine::persona::profiles()[0];
    assert_eq!(opened.persona.profile, first.name);
}

#[test]
fn the_picker_is_filled_while_one_looks_at_it() {
    let mut app = App::closed(
        scenario("bank_desk", &files("bank_desk")),
        Vec::new(),
        120,
        40,
    );
    app.model.picker.entries.clear();
    app.sees("nothing to open here");
    // Opening the finder asks for the names of all scenarios.
    app.keys("<c-o> esc");
    app.sees("bank_desk")
        .sees("returns_desk")
        .sees("travel_desk");
    app.lacks("reading its tasks");
    app.keys("G <c-n>").sees("new conversation").sees("> task");
}

#[test]
fn a_scenario_is_made_from_an_example_and_from_a_copy() {
    let mut app = shop();
    app.keys("3 N").sees("new scenario").sees("a small example");
    app.types("../up").keys("enter").sees("a name is letters");
    app.keys("esc N").types("mine").keys("enter");
    let made = app.room.project.root.join("scenarios/mine/tools.yaml");
    assert!(made.is_file());
    app.keys("N")
        .types("mine")
        .keys("enter")
        .sees("is there already");
    app.keys("esc N").types("copied").keys("down enter");
    let copied = app.room.project.root.join("scenarios/copied");
    assert!(copied.join("scenario.yaml").is_file());
}

#[test]
fn a_store_that_cannot_be_read_says_so() {
    let mut app = shop();
    app.tell(Msg::NotOpened(String::from("the log does not replay")));
    app.sees("the log does not replay");
}

#[test]
fn opening_frames() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = App::at("returns_desk", width, height);
        app.keys("s s <c-o>").frame("finder");
        app.types("lamp").frame("finder__typed");
        app.keys("esc <c-n>").frame("begin__task");
        app.keys("tab").frame("begin__persona");
        app.keys("esc 3 N").frame("make");
    }
}
