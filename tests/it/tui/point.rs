//! Pointing at values, finding, copying, findings, the whole tree.

use super::harness::{App, files, scenario};
use stategen::engine::world::Path;
use stategen::providers::scripted::Fault;
use stategen::tui::msg::Cmd;
use stategen::tui::overlay::Overlay;
use stategen::tui::pointing::value::label;

/// The returns desk, gone through to its end.
fn done() -> App {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("space");
    app
}

/// The same with an agent that claims what it did not do and invents amounts.
fn faulty() -> App {
    let scenario = scenario("returns_desk", &files("returns_desk"));
    let task = scenario.tasks[0].id.clone();
    let faults = vec![Fault::WrongId, Fault::ClaimNotDone, Fault::InventedAmount];
    let mut app = App::of(scenario, &task, 7, faults, 120, 40);
    app.keys("space");
    app
}

fn upto(app: &App) -> usize {
    app.model.run.as_ref().unwrap().seen.upto
}

fn copied(app: &App) -> &str {
    match app.commands.last() {
        Some(Cmd::Copy(text)) => text,
        other => panic!("nothing was copied: {other:?}"),
    }
}

/// Points at a value in view by typing its label.
fn take(app: &mut App, text: &str) {
    app.keys(".");
    let Some(Overlay::Point(point)) = &app.model.overlay else {
        panic!("no labels:\n{}", app.text());
    };
    let all = point.targets.len();
    let at = point.targets.iter().position(|t| t.value.text == text);
    let at = at.unwrap_or_else(|| panic!("{text} has no label:\n{}", app.text()));
    app.types(&label(at, all));
}

#[test]
fn a_value_is_no_part_of_a_name() {
    let mut app = done();
    app.keys("g c").sees("calls issue_refund(").keys(".");
    let Some(Overlay::Point(point)) = &app.model.overlay else {
        panic!("no labels:\n{}", app.text());
    };
    // `refund` is a value of the world, and `issue_refund` a tool.
    assert!(point.targets.len() > 3, "{}", app.text());
    app.sees("calls issue_refund(");
}

#[test]
fn the_whole_tree_opens_folds_and_is_filtered() {
    let mut app = done();
    app.keys("g w o")
        .sees("not now: a row is chosen in the whole tree alone; v shows it");
    app.keys("v").sees("since the start");
    app.keys("v").sees("whole world after step").sees("▸ desk");
    app.keys("o").sees("▾ desk").sees("window_days");
    app.keys("j")
        .sees("desk.window_days")
        .sees("from the start");
    app.keys("o").sees("not now: there is nothing below it");
    app.keys("k o").lacks("▾ desk");
    app.keys("F").sees("FILTER").types("status").sees("places");
    app.keys("enter").sees("filter status").sees(".status");
    app.keys("F backspace esc").sees("filter status");
    app.keys("esc").lacks("filter status").sees("▸ desk");
    app.keys("F")
        .types("no such thing")
        .sees("nothing has this");
}

#[test]
fn the_chosen_row_stays_in_view_and_never_leaves_the_tree() {
    let mut app = done();
    app.keys("g w v v F").types("orders").keys("enter o");
    for keys in ["<c-d>", "<c-d>", "j", "<c-u>", "k", "k"] {
        app.keys(keys);
        let run = app.model.run.as_ref().unwrap();
        let key = run.pointing.tree.at.0.last().unwrap().to_string();
        app.sees(&format!(" {key}"));
    }
    for _ in 0..40 {
        app.keys("<c-d>");
    }
    let at = app.model.run.as_ref().unwrap().pointing.tree.at.clone();
    app.keys("j");
    assert_eq!(app.model.run.as_ref().unwrap().pointing.tree.at, at);
    // Before the first step the world has what it began with.
    app.keys("g g").sees("whole world at the start");
}

#[test]
fn a_value_leads_to_the_step_that_wrote_it_and_back() {
    let mut app = done();
    let head = upto(&app);
    app.keys("g w v v F").types("R-121052 status").keys("enter");
    app.sees("written in step 25 by issue_refund");
    app.keys("'").sees("PAST 25/28");
    app.sees("returns.R-121052.status: written in step 25 by issue_refund");
    app.sees("~ ");
    app.keys("\"").lacks("PAST");
    assert_eq!(upto(&app), head);
    app.keys("\"")
        .sees("not now: there is nowhere to go back to");
    // What nobody wrote says so and moves nothing.
    app.keys("F <c-u>").types("window_days").keys("enter '");
    app.sees("desk.window_days: from the start").lacks("PAST");
}

#[test]
fn broken_rules_stand_alone_where_one_asks() {
    let mut app = done();
    app.keys("g w O")
        .sees("no rule broken so far")
        .lacks("invariants");
    app.keys("O").sees("invariants");
    app.keys("O esc").sees("invariants");
}

#[test]
fn finding_goes_from_step_to_step_and_around() {
    let mut app = done();
    app.keys("n")
        .sees("not now: nothing is looked for; / finds");
    app.keys("/").sees("FIND").types("REFUND");
    app.sees("steps in the conversation");
    app.keys("enter").lacks("FIND").sees("REFUND: ");
    let steps = app
        .model
        .run
        .as_ref()
        .unwrap()
        .pointing
        .find
        .clone()
        .unwrap()
        .steps;
    assert!(steps.len() > 2);
    app.sees(&format!("REFUND: 1 of {} steps", steps.len()));
    assert_eq!(upto(&app), steps[0] + 1);
    app.keys("n n").sees("REFUND: 3 of ");
    assert_eq!(upto(&app), steps[2] + 1);
    app.keys("N N N")
        .sees(&format!("REFUND: {} of ", steps.len()));
    app.keys("esc n").sees("nothing is looked for");
}

#[test]
fn finding_nothing_says_so_and_leaving_puts_all_back() {
    let mut app = done();
    app.keys("h h /")
        .types("xyzzy")
        .sees("nothing in the conversation");
    app.keys("enter")
        .sees("FIND")
        .keys("tab")
        .sees("nothing in the world");
    app.keys("esc").lacks("FIND").sees("PAST 26/28");
    assert!(app.model.run.as_ref().unwrap().pointing.find.is_none());
}

#[test]
fn the_world_is_found_in_too() {
    let mut app = done();
    app.keys("/")
        .types("R-121052")
        .keys("tab")
        .sees("in the world");
    app.keys("enter")
        .sees("R-121052: 1 of ")
        .sees("whole world");
    let at = |app: &App| app.model.run.as_ref().unwrap().pointing.tree.at.clone();
    let first = at(&app);
    app.keys("n").sees("R-121052: 2 of ");
    assert_ne!(at(&app), first);
    app.keys("N").sees("R-121052: 1 of ");
    assert_eq!(at(&app), first);
}

#[test]
fn what_a_folded_result_hides_is_found_and_unfolded() {
    let mut app = done();
    // Far down in the result of the order, which shows two rows.
    app.lacks("paid_with")
        .keys("/")
        .types("placed")
        .keys("enter");
    app.keys("/ <c-u>")
        .types("\"sku\"")
        .keys("enter")
        .sees("\"sku\"");
}

#[test]
fn the_line_of_verbs_finds_and_filters() {
    let mut app = done();
    app.keys(":")
        .types("find refund")
        .keys("enter")
        .sees("refund: ");
    app.keys(":")
        .types("find xyzzy")
        .keys("enter")
        .sees("`xyzzy` is not there");
    app.keys("esc :")
        .types("filter returns")
        .keys("enter")
        .sees("filter returns");
}

#[test]
fn a_value_of_the_conversation_shows_where_it_came_from() {
    let mut app = done();
    take(&mut app, "R-121052");
    app.sees("returns.R-121052")
        .sees("written in step")
        .sees("first said: ");
    app.keys("j j j j j j j j j k")
        .keys("esc")
        .lacks("first said");
    take(&mut app, "R-121052");
    app.keys("enter").sees("PAST 23/28");
    app.sees("returns.R-121052.return_id: written in step 23");
    app.keys("\"").lacks("PAST");
    app.keys("g c");
    take(&mut app, "44.90");
    app.keys("y").sees("copied the value");
    assert_eq!(copied(&app), "44.9");
    take(&mut app, "R-121052");
    app.keys("Y");
    assert_eq!(copied(&app), "\"R-121052\"");
    take(&mut app, "R-121052");
    app.keys("F")
        .sees("filter =R-121052")
        .sees("returns.R-121052");
    app.keys("\" g c");
    take(&mut app, "RD-27917");
    app.keys("/")
        .sees("/RD-27917")
        .sees("steps in the conversation");
    app.keys("enter").sees("RD-27917: ");
}

#[test]
fn a_step_that_says_a_value_is_gone_to() {
    let mut app = done();
    take(&mut app, "RD-27917");
    let Some(Overlay::Value(taken)) = &app.model.overlay else {
        panic!("no value");
    };
    let said = taken
        .sources
        .iter()
        .position(|s| s.words.starts_with("first said"));
    // The chain stands before it, and its second link is chosen.
    for _ in taken.at..said.unwrap() {
        app.keys("j");
    }
    app.keys("enter").sees("PAST 13/28");
}

#[test]
fn labels_can_be_walked_and_other_keys_do_no_harm() {
    let mut app = done();
    app.keys("g w v v .")
        .keys("tab tab backtab enter")
        .sees("object");
    app.keys(". ! esc").lacks("this value");
    app.keys("g t").keys(".");
    app.resize(44, 12).resize(120, 40).keys("esc");
}

#[test]
fn turns_values_and_panes_are_copied_as_text_and_as_json() {
    let mut app = done();
    app.keys("h y").sees("copied step 27");
    assert_eq!(copied(&app), "Great, thanks. ❤️");
    app.keys("h h Y").sees("copied step 25 as JSON");
    let value: serde_json::Value = serde_json::from_str(copied(&app)).unwrap();
    assert_eq!(value["tool"], "issue_refund");
    assert_eq!(value["arguments"]["return_id"], "R-121052");
    assert_eq!(value["ok"], true);
    app.keys("h y");
    assert!(
        copied(&app).starts_with("issue_refund("),
        "{}",
        copied(&app)
    );
    app.keys("l g w Y").sees("copied the patch as JSON");
    let patch: stategen::engine::world::Patch = serde_json::from_str(copied(&app)).unwrap();
    assert!(!patch.is_empty());
    app.keys("y");
    assert!(copied(&app).contains("status"), "{}", copied(&app));
    app.keys("v v F").types("R-121052").keys("enter Y");
    let row: serde_json::Value = serde_json::from_str(copied(&app)).unwrap();
    assert_eq!(row["return_id"], "R-121052");
    for pane in ["p", "j", "t", "l"] {
        app.keys(&format!("g {pane} y"));
        assert!(!copied(&app).is_empty());
        app.keys("Y");
        serde_json::from_str::<serde_json::Value>(copied(&app)).unwrap();
    }
    app.keys("g c g g y").sees("not now: there is no step here");
    app.keys("g f y").sees("not now: nothing was found");
}

#[test]
fn findings_are_listed_and_gone_through() {
    let mut app = faulty();
    let found = app.model.run.as_ref().unwrap().seen.found.clone();
    assert!(found.len() > 1, "{found:?}");
    assert!(found.is_sorted_by_key(|f| f.upto));
    app.keys("g f")
        .sees(&format!("{} findings", found.len()))
        .frame("findings__listed");
    app.keys(">").sees(&format!("finding 1 of {}", found.len()));
    assert_eq!(upto(&app), found[0].upto);
    app.keys(">").sees("finding 2 of ");
    assert_eq!(upto(&app), found[1].upto);
    app.keys("<").sees("finding 1 of ");
    app.keys("<").sees("not now: this is the first finding");
    for _ in 1..found.len() {
        app.keys("j");
    }
    app.keys("enter")
        .sees(&format!("finding {0} of {0}", found.len()));
    app.keys(">").sees("not now: this is the last finding");
    app.keys("y");
    assert!(copied(&app).contains(&found.last().unwrap().finding.what));
    app.keys("Y");
    let one: serde_json::Value = serde_json::from_str(copied(&app)).unwrap();
    assert_eq!(one["step"], found.last().unwrap().finding.step);
    app.keys("G g c <")
        .sees(&format!("finding {0} of {0}", found.len()));
    let mut app = done();
    app.keys(">")
        .sees("not now: nothing was found on this branch");
}

#[test]
fn what_a_world_says_is_not_obeyed() {
    let mut app = done();
    let run = app.model.run.as_mut().unwrap();
    run.pointing.tree.at = Path::parse("/gone/\u{1b}[31m").unwrap();
    app.keys("g w v v").sees("whole world");
    app.keys("F").types("\u{202e}x").keys("enter");
    assert!(!app.text().contains('\u{202e}'));
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
        app.keys("esc");
        take(&mut app, "R-121052");
        app.frame("point__value");
        app.keys("esc /").types("order").frame("find__line");
        app.keys("enter").frame("find__found");
        app.keys("g f").frame("findings__none");
    }
}
