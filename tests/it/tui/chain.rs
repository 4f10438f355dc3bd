//! The chain of a value: from where one points back to where it began, and along it.

use super::harness::{App, files, scenario};
use stategen::engine::grounding::Part;
use stategen::providers::scripted::Fault;
use stategen::tui::overlay::Overlay;
use stategen::tui::overlay::point::Taken;
use stategen::tui::pointing::value::{Target, label};

fn done() -> App {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("space");
    app
}

/// The cursor to a step.
fn at(app: &mut App, step: usize) {
    app.keys("g c g g");
    for _ in 0..step {
        app.keys("l");
    }
}

/// Points at a value of a step, in a part of it.
fn take(app: &mut App, step: u32, part: &Part, text: &str) {
    app.keys(".");
    let Some(Overlay::Point(point)) = &app.model.overlay else {
        panic!("no labels:\n{}", app.text());
    };
    let all = point.targets.len();
    let found = point.targets.iter().position(|t| {
        t.value.text == text
            && matches!(&t.value.stands, Some((s, p, _)) if *s == step && p == part)
    });
    let found = found.unwrap_or_else(|| panic!("{text} has no label:\n{}", app.text()));
    app.types(&label(found, all));
}

/// Points at a value of the world.
fn take_world(app: &mut App, text: &str) {
    app.keys(".");
    let Some(Overlay::Point(point)) = &app.model.overlay else {
        panic!("no labels:\n{}", app.text());
    };
    let all = point.targets.len();
    let is = |t: &Target| t.value.text == text && t.value.path.is_some();
    let found = point.targets.iter().position(is);
    let found = found.unwrap_or_else(|| panic!("{text} has no label:\n{}", app.text()));
    app.types(&label(found, all));
}

fn card(app: &App) -> &Taken {
    match &app.model.overlay {
        Some(Overlay::Value(taken)) => taken,
        _ => panic!("no card:\n{}", app.text()),
    }
}

/// The links of the chain: where each is, with its words.
fn links(app: &App) -> Vec<String> {
    let links = card(app).sources.iter().filter(|s| s.link.is_some());
    links.map(|s| format!("{}: {}", s.place, s.words)).collect()
}

fn has(app: &App, wanted: &[&str]) {
    let links = links(app);
    let mut rest = links.iter();
    for part in wanted {
        assert!(
            rest.any(|l| l.contains(part)),
            "`{part}` is not there in its turn: {links:#?}"
        );
    }
}

/// Down to the link that has some words, and there.
fn go_to(app: &mut App, words: &str) {
    let to = card(app)
        .sources
        .iter()
        .position(|s| s.link.is_some() && format!("{}: {}", s.place, s.words).contains(words));
    let to = to.unwrap_or_else(|| panic!("no link `{words}`: {:#?}", links(app)));
    app.keys("k k k k k k k k k k k k");
    for _ in 0..to {
        app.keys("j");
    }
    app.keys("enter");
}

fn upto(app: &App) -> usize {
    app.model.run.as_ref().unwrap().seen.upto
}

#[test]
fn an_id_in_a_text_goes_back_to_the_rule_that_drew_it() {
    let mut app = done();
    at(&mut app, 26);
    take(&mut app, 26, &Part::Said, "R-121052");
    has(
        &app,
        &[
            "step 26 agent",
            "step 25 tool: R-121052  issue_refund answers it, return_id",
            "step 24 agent: R-121052  issue_refund is called with it as return_id",
            "step 23 tool: R-121052  create_return answers it, return_id",
            "create_return writes it to returns.R-121052.return_id",
            "desk.rules:105",
            "create_return draws a new id",
        ],
    );
    app.frame("chain__id");
    // Along it: to the call, to the place of the world, to the rule, and back.
    go_to(&mut app, "issue_refund is called");
    assert_eq!(upto(&app), 24);
    app.keys("\"");
    assert_eq!(upto(&app), 26);
    take(&mut app, 26, &Part::Said, "R-121052");
    go_to(&mut app, "writes it to");
    assert_eq!(upto(&app), 23);
    app.sees("whole world")
        .sees("returns.R-121052.return_id: written in step 23 by create_return");
    app.keys("\"");
    assert_eq!(upto(&app), 26);
    take(&mut app, 26, &Part::Said, "R-121052");
    go_to(&mut app, "desk.rules:105");
    app.sees("desk.rules").sees("set returns[return_id] = {");
    app.keys("esc").sees("main");
    assert_eq!(upto(&app), 26);
}

#[test]
fn an_amount_goes_back_to_the_price_and_one_that_is_derived_to_its_parts() {
    let mut app = done();
    at(&mut app, 26);
    take(&mut app, 26, &Part::Said, "44.90");
    has(
        &app,
        &[
            "issue_refund answers it, refunded",
            "issue_refund is called with it as amount",
            "create_return answers it, value",
            "value: round(item.price * item.quantity, 2)",
            "orders.RD-27917.items[0].price",
            "orders.json:",
        ],
    );
    app.keys("esc");
    at(&mut app, 20);
    take(&mut app, 20, &Part::Said, "40.95");
    has(
        &app,
        &[
            "check_return answers it, refund_otherwise",
            "refund_otherwise: round(value - desk.return_fee, 2)",
            "derived: 40.95 = 44.9 - 3.95",
            "orders.RD-27917.items[0].price",
            "desk.return_fee",
            "world.json:2",
        ],
    );
    let depths: Vec<usize> = card(&app).sources.iter().filter_map(|s| s.link).collect();
    assert_eq!(depths, [0, 0, 0, 0, 1, 1, 1, 1]);
    app.frame("chain__derived");
    go_to(&mut app, "derived: ");
    app.sees("a reckoning is no place");
}

#[test]
fn a_status_in_a_result_and_in_a_text_is_a_word_of_a_rule() {
    let mut app = done();
    at(&mut app, 25);
    take(&mut app, 25, &Part::Result, "refunded");
    has(
        &app,
        &[
            "issue_refund answers it, status",
            "writes it to returns.R-121052.status",
            "desk.rules:130: refunded  set back.status = \"refunded\"",
        ],
    );
    app.keys("esc");
    // Words that are no literal by their shape have labels too.
    at(&mut app, 26);
    take(&mut app, 26, &Part::Said, "announced");
    has(
        &app,
        &["create_return answers it, status", "status: \"announced\""],
    );
    app.keys("esc");
    at(&mut app, 20);
    take(&mut app, 20, &Part::Said, "returnable");
    has(
        &app,
        &["check_return answers it, verdict", "else \"returnable\""],
    );
}

#[test]
fn an_argument_goes_back_to_the_users_words_and_those_to_the_task() {
    let mut app = done();
    at(&mut app, 14);
    take(&mut app, 14, &Part::Args, "RD-27917");
    has(
        &app,
        &[
            "step 14 agent: RD-27917  get_order is called with it as order_id",
            "step 13 user: RD-27917  the user says it",
            "tasks.yaml:10: RD-27917  the user is told order number",
            "orders.json:117",
        ],
    );
    go_to(&mut app, "the user says it");
    assert_eq!(upto(&app), 13);
    take(&mut app, 13, &Part::Said, "RD-27917");
    has(&app, &["the user is told order number"]);
    app.keys("esc");
    at(&mut app, 15);
    take(&mut app, 15, &Part::Args, "RD-27917");
    has(&app, &["get_order is called with it", "the user says it"]);
}

#[test]
fn a_value_of_the_world_goes_back_to_a_rule_or_to_a_person() {
    let mut app = done();
    app.keys("g w v v F").types("R-121052 status").keys("enter");
    take_world(&mut app, "refunded");
    has(
        &app,
        &[
            "world after step 28: refunded  returns.R-121052.status",
            "step 25 tool: refunded  issue_refund writes it",
            "desk.rules:130",
        ],
    );
    app.keys("esc esc F").types("window_days").keys("enter e");
    app.keys("<c-u> backspace backspace")
        .types("45")
        .keys("<c-s> enter");
    app.sees("edited world desk.window_days");
    app.keys("g w F <c-u>").types("window_days").keys("enter");
    take_world(&mut app, "4530");
    has(
        &app,
        &["desk.window_days", "a person edited world desk.window_days"],
    );
}

#[test]
fn a_value_of_the_policy_and_one_of_nowhere() {
    let scenario = scenario("returns_desk", &files("returns_desk"));
    let task = scenario.tasks[0].id.clone();
    let mut app = App::of(scenario, &task, 7, vec![Fault::InventedAmount], 120, 40);
    app.hold = true;
    app.keys("s");
    app.answer().keys("s");
    app.reply(stategen::engine::role::Reply {
        text: String::from("We keep 3.95 for postage, and 77.31 for nothing."),
        ..Default::default()
    });
    at(&mut app, 2);
    take(&mut app, 2, &Part::Said, "3.95");
    has(
        &app,
        &["step 2 agent", "policy.md:16: 3.95  the policy of main"],
    );
    go_to(&mut app, "policy.md:16");
    app.sees("policy.md").sees("16 - Goods that arrived");
    app.keys("esc");
    take(&mut app, 2, &Part::Said, "77.31");
    has(&app, &["step 2 agent", "!! nowhere: no source"]);
}

#[test]
fn a_card_fits_the_smallest_terminal_and_obeys_no_value() {
    let mut app = App::at("returns_desk", 80, 24);
    app.keys("space");
    at(&mut app, 26);
    take(&mut app, 26, &Part::Said, "44.90");
    app.frame("chain__amount");
    for (width, height) in [(44, 12), (20, 6), (9, 3), (1, 1), (80, 24)] {
        app.resize(width, height);
        app.text();
    }
    app.keys("esc");
    let mut app = App::at("returns_desk", 100, 30);
    app.hold = true;
    app.keys("s").reply(stategen::engine::role::Reply {
        text: String::from(
            "\u{1b}[31mOrder\u{202e} RD-27917 \u{7} \"\u{1b}]52;c;xx\u{7}\" costs 5.55",
        ),
        ..Default::default()
    });
    app.keys(". enter");
    let text = app.text();
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text}");
    app.keys("esc . tab enter");
    assert!(!app.text().contains(['\u{1b}', '\u{202e}', '\u{7}']));
}
