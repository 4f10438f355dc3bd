//! Then and now, cases like one and what freezes, by keys.

use super::harness::{App, files, scenario};
use stategen::engine::scenario::Files;
use stategen::engine::step::Act;
use stategen::providers::scripted::Fault;

/// The files of a sample with one of them changed.
fn edited(name: &str, file: &str, old: &str, new: &str) -> Files {
    let mut files = files(name);
    let text = String::from_utf8(files[file].to_vec()).unwrap();
    assert!(text.contains(old), "no `{old}` in {file}");
    files.insert(file.into(), text.replace(old, new).into_bytes().into());
    files
}

/// Puts them on disk, where the project's scenarios are.
fn on_disk(app: &App, name: &str, files: &Files) {
    let folder = app.room.project.root.join("scenarios").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (path, bytes) in files {
        std::fs::write(folder.join(path), bytes).unwrap();
    }
}

fn number(app: &App) -> u32 {
    let run = app.model.run.as_ref().unwrap();
    run.step().map_or(0, |s| s.body.number)
}

#[test]
fn an_edited_rule_says_the_first_step_that_differs_and_leads_there() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = App::at("returns_desk", width, height);
        app.keys("V").sees("not now: no step was made yet");
        app.keys("space V").sees("nothing has changed since");
        app.keys("esc");
        on_disk(
            &app,
            "returns_desk",
            &edited(
                "returns_desk",
                "desk.rules",
                "let value = round(item.price * item.quantity, 2)",
                "let value = round(item.price * item.quantity - 1, 2)",
            ),
        );
        app.keys("V")
            .sees("it would not happen again")
            .sees("tool check_return: its rule")
            .sees("result.refund_if_faulty")
            .frame("then__since");
        app.keys("tab enter").lacks("then and now");
        let at = number(&app);
        let run = app.model.run.as_ref().unwrap();
        let step = run.step().unwrap();
        assert!(step.body.text().contains("refund_if_faulty"), "step {at}");
        // The files' lines stand at the end.
        app.keys("V G")
            .sees("round(item.price * item.quantity - 1, 2)");
    }
}

#[test]
fn an_edit_that_it_does_not_use_would_change_nothing() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("space");
    on_disk(
        &app,
        "returns_desk",
        &edited(
            "returns_desk",
            "desk.rules",
            "No customer {name} at {postcode}",
            "Nobody {name} at {postcode}",
        ),
    );
    app.keys("V")
        .sees("it would still happen: what has changed since does not touch it");
    app.keys("enter").sees("not now: this row is about no step");
    app.keys("esc");
    // A file that cannot be used says so, and nothing else happens.
    on_disk(
        &app,
        "returns_desk",
        &edited("returns_desk", "desk.rules", "tool ", "tol "),
    );
    app.keys("V").sees("cannot be used as they are now");
}

#[test]
fn cases_like_a_finding_are_listed_and_opened() {
    for (width, height) in [(80, 24), (120, 40)] {
        let scenario = scenario("returns_desk", &files("returns_desk"));
        let task = scenario.tasks[0].id.clone();
        let faults = vec![Fault::ClaimNotDone, Fault::WrongId];
        let mut app = App::of(scenario, &task, 7, faults, width, height);
        app.keys("space g f M")
            .sees("no other conversation in the store has one");
        app.keys("esc <c-n> enter space g f");
        let here = app.model.run.as_ref().unwrap();
        let here = here.session.opened().conversation.clone();
        app.keys("M")
            .sees("cases like this")
            .sees("conversation-7")
            .frame("then__similar");
        app.keys("tab enter");
        let run = app.model.run.as_ref().unwrap();
        let there = &run.session.opened().conversation;
        assert_ne!(*there, here);
        assert_eq!(there.0, "conversation-7");
        let at = run.seen.upto;
        assert!(
            run.seen.found.iter().any(|f| f.upto == at),
            "no finding at step {at}"
        );
    }
}

/// The bank desk up to the first answer of a model, the cursor on it.
pub fn at_model(width: u16, height: u16) -> App {
    let scenario = scenario("bank_desk", &files("bank_desk"));
    let mut app = App::of(scenario, "unknown_payment", 7, Vec::new(), width, height);
    app.keys("space g g");
    let of_model = |app: &App| {
        let run = app.model.run.as_ref().unwrap();
        run.step().is_some_and(|s| match &s.body.act {
            Act::Ran(run) => run.executor == "model" && run.call.tool == "open_dispute",
            _ => false,
        })
    };
    while !of_model(&app) {
        let before = number(&app);
        app.keys("l");
        assert_ne!(number(&app), before, "no model answered open_dispute");
    }
    app
}

/// Executors of the tool steps of the current branch, by tool.
fn executors(app: &App, tool: &str) -> Vec<String> {
    let run = app.model.run.as_ref().unwrap();
    run.seen
        .path
        .iter()
        .filter_map(|p| match &p.step.as_ref()?.body.act {
            Act::Ran(run) if run.call.tool == tool => Some(run.executor.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn an_answer_freezes_into_a_row_and_the_rest_is_made_with_it() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = at_model(width, height);
        app.keys("h Z")
            .sees("not now: this step is no answer of a tool");
        app.keys("l Z")
            .sees("a row for this call of open_dispute does the same")
            .sees("answers:")
            .frame("then__freeze_row");
        app.keys("tab")
            .sees("the rule of open_dispute that is there");
        app.keys("tab")
            .sees("a new rule of open_dispute does the same");
        app.frame("then__freeze_rule");
        app.keys("tab enter").sees("apply freeze open_dispute");
        app.keys("f");
        app.keys("space");
        assert_eq!(executors(&app, "open_dispute"), ["table"]);
    }
}

#[test]
fn a_rule_goes_into_the_files_too_where_that_is_wanted() {
    let mut app = at_model(120, 40);
    on_disk(&app, "bank_desk", &files("bank_desk"));
    app.keys("Z tab tab").sees("a new rule of open_dispute");
    app.keys("enter w f");
    app.keys("space");
    assert_eq!(executors(&app, "open_dispute"), ["rules"]);
    let folder = app.room.project.root.join("scenarios/bank_desk");
    let rules = std::fs::read_to_string(folder.join("drafts.rules")).unwrap();
    assert!(rules.contains("# A draft from one accepted answer"));
    let tools = std::fs::read_to_string(folder.join("tools.yaml")).unwrap();
    assert!(
        tools.contains("open_dispute:\n  executor: rules\n"),
        "{tools}"
    );
}
