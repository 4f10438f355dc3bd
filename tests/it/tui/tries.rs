//! The repair loop of a `model` tool in view: what was proposed, why it was refused,
//! the contract; and the step tried again from there.

use super::harness::{App, files, scenario};
use stategen::engine::step::Act;
use stategen::providers::scripted::Fault;

/// The bank desk, gone through; one proposal of the tool simulator was refused.
pub fn refused(width: u16, height: u16) -> App {
    let bank = scenario("bank_desk", &files("bank_desk"));
    let task = bank.tasks[0].id.clone();
    App::of(bank, &task, 3, vec![Fault::UngroundedResult], width, height)
}

fn tries(app: &App) -> Vec<bool> {
    let run = app.model.run.as_ref().unwrap();
    match &run.step().unwrap().body.act {
        Act::Ran(ran) => ran.tries.iter().map(|t| t.refused.is_empty()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_try_shows_why_it_was_refused_and_the_contract() {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut app = refused(width, height);
        app.keys("space W")
            .sees("not now: no `model` tool made this step");
        app.keys("> W")
            .sees("tries of step ")
            .sees("1 of 2 refused");
        app.sees("> try 1  refused").sees("!! The text");
        app.frame("tries__refused");
        app.keys("tab").sees("> try 2  accepted");
        app.keys("<c-d> <c-d> j k <c-u> <c-u>").sees("contract: ");
        app.keys("esc").lacks("tries of step");
    }
    let mut app = refused(120, 60);
    app.keys("space > W").sees("may read").keys("<c-d>");
    app.sees("may write")
        .sees("claims[*]")
        .sees("told in words");
}

#[test]
fn a_step_in_the_past_is_tried_again_in_a_branch_of_its_own() {
    let mut app = refused(120, 40);
    app.keys("space >");
    let before = app.model.run.as_ref().unwrap().at();
    app.keys("W r");
    let run = app.model.run.as_ref().unwrap();
    assert_ne!(run.session.current().name, "main");
    assert_ne!(run.at(), before);
    assert_eq!(run.session.place(run.at()).number(), 17);
    assert!(tries(&app).contains(&true));
}

#[test]
fn the_tool_is_edited_and_the_step_tried_again_in_one_go() {
    let mut app = refused(120, 40);
    app.keys("space > W e").sees("tools.yaml");
    app.types("# another word for it");
    app.keys("enter <c-s>").sees("from here");
    app.keys("enter");
    let run = app.model.run.as_ref().unwrap();
    // The edit is step 17 of the new branch, the tool answers behind it.
    assert_eq!(run.session.place(run.at()).number(), 18, "{}", app.text());
    assert!(tries(&app).contains(&true));
    assert!(run.session.branches().len() > 1);
}

#[test]
fn a_proposal_by_hand_is_checked_as_the_simulators_are() {
    let mut app = refused(120, 40);
    app.keys("space > W p").sees("proposal of step 17");
    // The one that was refused is refused again, with the reason.
    app.types(" ");
    app.keys("<c-s>")
        .sees("not now: the state manager refuses it: The text");
    app.keys("esc d > < W tab p");
    app.types(" ");
    app.keys("<c-s>").sees("in a new branch");
    app.keys("enter").sees("by a person");
    let run = app.model.run.as_ref().unwrap();
    assert_eq!(run.session.place(run.at()).number(), 17);
}
