//! Time travel: branches, tries, comparison, trials, breakpoints.

use super::desk::{after, paused, shop};
use super::harness::App;
use stategen::driver::Order;
use stategen::engine::halt::Break;
use stategen::engine::input::Command;
use stategen::tui::msg::Cmd;

fn sent(app: &App) -> Option<&Command> {
    app.commands.iter().rev().find_map(|cmd| match cmd {
        Cmd::Send(Order::Command(command)) => Some(command),
        _ => None,
    })
}

/// Three branches: main, one that leaves after step 2, one that leaves that.
fn forked(width: u16, height: u16) -> App {
    let mut app = App::at("returns_desk", width, height);
    app.keys("s s s s s h h h f s r s h f s r s s");
    app
}

#[test]
fn branches_stand_under_the_step_that_they_leave() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = forked(width, height);
        app.keys("g t").frame("timeline__tree");
    }
}

#[test]
fn a_branch_is_chosen_in_the_timeline_and_made_current() {
    let mut app = forked(120, 40);
    app.keys("g t").sees("main.3 ").keys("j");
    app.sees("not now: this is the last branch");
    app.keys("k k enter").sees("main  step 5");
    assert_eq!(app.session.as_ref().unwrap().current().name, "main");
    app.keys("enter").sees("not now: this branch is current");
}

#[test]
fn two_branches_stand_side_by_side() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = forked(width, height);
        app.keys("c")
            .sees("compare  main.3 with main.2")
            .frame("compare__two_branches");
    }
}

#[test]
fn what_is_compared_can_be_turned_swapped_and_gone_to() {
    let mut app = forked(120, 40);
    app.keys("c tab")
        .sees("compare  main.3 with main ")
        .keys("x")
        .sees("compare  main with main.3")
        .keys("esc")
        .lacks("compare  main");
    app.keys("c tab enter").lacks("compare  main");
    assert_eq!(app.session.as_ref().unwrap().current().name, "main");
    // The parts of it are a key away, round and round.
    app.resize(80, 24)
        .keys("c v v")
        .sees("messages and patches");
    app.keys("G").sees(" above");
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s c")
        .sees("not now: there is one branch and one try only");
}

#[test]
fn scores_and_worlds_are_compared() {
    let mut app = after(8, 120, 40);
    app.hold = false;
    app.keys("h h h h f space");
    app.keys("c")
        .sees("scores")
        .sees("assertions")
        .sees("world at the end");
    app.frame("compare__ended");
    app.keys("esc :").types("compare nonsense").keys("enter");
    app.sees("there is no branch `nonsense`");
}

#[test]
fn how_often_the_rest_is_run_is_asked() {
    let mut app = App::at("returns_desk", 80, 24);
    app.keys("s s s h t").sees("From step 2 to the end");
    app.frame("trial__ask");
    app.types("0")
        .keys("enter")
        .sees("a number from 1 to 100 is wanted");
    app.keys("backspace").types("3x").keys("enter");
    let at = {
        let session = app.session.as_ref().unwrap();
        session
            .path(session.head())
            .get(1)
            .and_then(|p| p.step.as_ref())
            .map(|s| s.id)
    };
    assert_eq!(sent(&app), Some(&Command::Trial { at, times: 3 }));
}

#[test]
fn the_question_can_be_left() {
    let mut app = App::at("returns_desk", 80, 24);
    app.keys("s t esc").lacks("how often");
    app.keys("T")
        .sees("not now: the rest was not run several times yet (t)");
}

#[test]
fn breakpoints_are_switched_filtered_and_typed() {
    let mut app = shop(80, 24);
    app.keys("B")
        .sees("stop by itself where")
        .frame("breaks__list");
    app.types("tool get")
        .sees("an agent calls get_order")
        .lacks("a finding is raised");
    app.keys("enter");
    let Some(Command::Break { on }) = sent(&app) else {
        panic!("{:?}", app.commands)
    };
    assert!(on.contains(&Break::Tool("get_order".into())));
    app.types("step 12")
        .sees("the branch has 12 steps")
        .keys("enter");
    let Some(Command::Break { on }) = sent(&app) else {
        panic!("{:?}", app.commands)
    };
    assert!(on.contains(&Break::Step(12)));
    app.types("stop now")
        .keys("enter")
        .sees("a breakpoint is one of");
    app.keys("esc").lacks("stop by itself");
    app.keys(":").types("break score overall<7").keys("enter");
    let Some(Command::Break { on }) = sent(&app) else {
        panic!("{:?}", app.commands)
    };
    assert!(on.iter().any(|b| b.to_string() == "score overall<7"));
}

#[test]
fn there_must_be_another_try_to_turn_to() {
    let mut app = paused(3, 80, 24);
    app.keys("[")
        .sees("not now: there is one try only; r makes another");
    app.keys("g g ]").sees("not now: there is no step here");
}

#[test]
fn tries_of_a_step_are_walked() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = App::at("returns_desk", width, height);
        app.keys("s s r s s h h").sees("try 2 of 2");
        app.keys("[").sees("try 1 of 2");
        app.keys("[").sees("not now: this is the first try");
        app.keys("g t").frame("timeline__tries");
        app.keys("]").sees("try 2 of 2").sees("PAST 2/4");
        app.keys("]").sees("not now: this is the last try");
        app.keys("h").sees("A'");
    }
}

#[test]
fn a_try_without_a_branch_can_be_compared_and_gone_to() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s s r").sees("try 2 of 2").keys("c");
    app.sees("compare  main with try 1")
        .keys("enter")
        .sees("try 1 of 2");
    app.keys("u").sees("try 2 of 2");
}

#[test]
fn the_rest_is_run_several_times_and_counted() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = App::at("returns_desk", width, height);
        app.keys("s s s t").types("3").keys("enter");
        app.sees("all 3")
            .sees("all assertions hold in")
            .frame("trial__report");
        app.keys("j enter");
        assert_eq!(app.session.as_ref().unwrap().current().name, "try.2");
        app.keys("T j c").sees("compare  try.2 with");
        app.keys("esc T j c").sees("compare  ").keys("esc");
        app.keys("u u");
        assert_eq!(app.session.as_ref().unwrap().branches().len(), 1);
    }
}

#[test]
fn a_trial_can_be_stopped_and_keeps_what_was_done() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s s s");
    app.hold = true;
    app.keys(":").types("try 4").keys("enter");
    app.sees("0 of 4, running").sees("run 1 of 4");
    app.keys("x")
        .sees("of 4, stopped")
        .keys("x")
        .sees("not now: no more are to come");
    app.keys("esc T").sees("the rest, several times");
}

#[test]
fn going_on_stops_at_a_breakpoint() {
    let mut app = App::at("returns_desk", 80, 24);
    app.keys(":")
        .types("break step 3")
        .keys("enter")
        .sees("stops at: step 3");
    app.keys("space").sees("stopped: step 3").sees("]| live");
    app.frame("breaks__stopped");
    app.keys(":")
        .types("unbreak")
        .keys("enter")
        .lacks("stops at");
    // The next conversation stops where this one did.
    let mut app = App::at("returns_desk", 80, 24);
    app.keys(":").types("break finding").keys("enter");
    app.keys(":").types("new").keys("enter enter");
    app.sees("stops at: finding");
}
