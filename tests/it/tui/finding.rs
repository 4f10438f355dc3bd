//! Marks of findings by keys: one that is wrong, one that was missed; what is
//! listed, and what is said of the whole.

use super::harness::{App, files, scenario};
use stategen::providers::scripted::Fault;
use stategen::store::{Mark, Says};

/// A conversation with findings, judged, in their pane.
fn faulty(width: u16, height: u16) -> App {
    let returns = scenario("returns_desk", &files("returns_desk"));
    let task = returns.tasks[0].id.clone();
    let faults = vec![Fault::WrongId, Fault::InventedAmount, Fault::ClaimNotDone];
    let mut app = App::of(returns, &task, 7, faults, width, height);
    app.keys("space g f");
    app
}

fn marks(app: &App) -> Vec<Mark> {
    let id = app.session.as_ref().unwrap().opened().conversation.clone();
    app.room.store.marks(&id).unwrap().all
}

fn listed(app: &App) -> usize {
    app.model.run.as_ref().unwrap().seen.found.len()
}

#[test]
fn a_finding_is_marked_as_wrong_and_that_is_taken_back() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = faulty(width, height);
        let all = listed(&app);
        assert!(all > 1);
        app.sees("untrue").sees("literals: ");
        app.keys("-").sees("marked wrong").sees("1 marked wrong");
        let [mark] = marks(&app).try_into().expect("one mark");
        assert_eq!(mark.says, Says::Wrong);
        assert_eq!(mark.by, "tester");
        assert_eq!(listed(&app), all, "it stays in the list");
        app.frame("findings__marked");
        // The same key again takes it back; u and U walk through both.
        app.keys("-").sees("no longer marked wrong");
        assert_eq!(marks(&app).len(), 0);
        app.keys("u").sees("taken back");
        assert_eq!(marks(&app).len(), 1);
        app.keys("u");
        assert_eq!(marks(&app).len(), 0);
        app.keys("U");
        assert_eq!(marks(&app).len(), 1);
        // It is there when the conversation is opened again.
        app.keys("2 enter g f").sees("1 marked wrong");
    }
}

#[test]
fn a_mark_needs_a_finding_that_is_chosen() {
    let mut app = faulty(120, 40);
    app.keys("g c -").sees("not now: no finding is chosen");
    app.keys("g g > -").sees("is marked wrong");
    assert_eq!(marks(&app).len(), 1);
    let mut clean = App::at("returns_desk", 120, 40);
    clean.keys("-").sees("not now: nothing was found");
    clean.keys("+").sees("not now: there is no step here");
}

#[test]
fn a_missed_finding_is_asked_for_part_by_part() {
    let mut app = faulty(120, 40);
    let before = listed(&app);
    app.keys("g c g g l +").sees("missed: what kind of finding");
    app.types("no such").keys("enter").sees("there is no kind");
    app.keys("<c-u>")
        .types("contradicts")
        .frame("findings__missed");
    app.keys("down enter").sees("which words");
    app.types("kettle").keys("enter").sees("whose fault");
    app.keys("<c-u>")
        .types("nobody")
        .keys("enter")
        .sees("user, agent, tool");
    app.keys("<c-u>").types("user").keys("enter").sees("a note");
    app.types("it was a toaster").keys("enter");
    app.sees("contradicts facts is added");
    let [mark] = marks(&app).try_into().expect("one mark");
    assert_eq!((mark.says, mark.finding.step), (Says::Missed, 1));
    assert_eq!(mark.finding.quote, "kettle");
    assert_eq!(mark.note, "it was a toaster");
    assert_eq!(listed(&app), before + 1);
    app.keys("g f").sees("by a person").sees("1 missed");
    // Escape on the way leaves nothing behind.
    app.keys("+ esc");
    assert_eq!(marks(&app).len(), 1);
    app.keys("u");
    assert_eq!((marks(&app).len(), listed(&app)), (0, before));
}

#[test]
fn the_list_is_narrowed_by_words() {
    let mut app = faulty(120, 40);
    let all = listed(&app);
    app.keys("F").types("kind:wrong_id").keys("enter");
    app.sees("hidden: kind:wrong_id");
    let some = listed(&app);
    assert!(some > 0 && some < all);
    app.keys("F <c-u>")
        .types("blame:scenario by:person")
        .keys("enter");
    app.sees("none fits the filter");
    app.keys("F <c-u> enter");
    assert_eq!(listed(&app), all);
}

#[test]
fn the_rate_stands_beside_the_judge_and_over_the_batch() {
    let mut app = faulty(120, 40);
    app.keys("g j").sees("turns untrue, rate");
    app.keys("4")
        .sees("turns untrue, rate")
        .sees("with findings");
    app.keys("2").sees("rate 0.");
    app.keys("F")
        .types("blame:agent rate>0")
        .keys("enter")
        .sees("open of 1");
    app.keys("F <c-u>")
        .types("disagree:perhaps")
        .keys("enter")
        .sees("judge_high");
}
