//! Deciding: on the run screen, on the curate screen, and what leaves. The
//! batch screen beside them.

use super::desk::paused;
use super::harness::App;
use stategen::store::{Choice, Status};
use stategen::tui::deciding::stands as stands_here;
use stategen::tui::screen::Screen;

/// The small shop's conversation, judged.
fn judged(width: u16, height: u16) -> App {
    paused(8, width, height)
}

/// Three conversations of a sample, each to its end; the newest is open.
fn three(width: u16, height: u16) -> App {
    let mut app = App::at("returns_desk", width, height);
    app.keys("space <c-n> enter space <c-n> enter space");
    app
}

fn status(app: &App, row: usize) -> Status {
    app.model.curate.list.rows[row].status
}

/// What is decided about the current branch, as the run screen has it.
fn now(app: &App) -> &'static str {
    let run = app.model.run.as_ref().unwrap();
    stands_here(run, &run.session.current().name).map_or("", |(_, word)| word)
}

/// What stands in the store about the current branch of a conversation.
fn stands(app: &App, id: &str) -> Option<(Choice, String)> {
    let id = stategen::engine::id::ConvId(id.to_owned());
    let item = app.room.store.queue_item(&id, None).unwrap().unwrap();
    item.decision.map(|d| (d.choice, d.reason))
}

#[test]
fn a_branch_is_approved_where_one_looks_at_it() {
    let mut app = judged(120, 40);
    app.lacks("approved").keys("a").sees("main approved");
    assert_eq!(
        stands(&app, "conversation-77"),
        Some((Choice::Approve, String::new()))
    );
    app.keys("a").sees("not now: it is approved already");
    app.frame("run__approved");
}

#[test]
fn a_discard_asks_why_and_a_later_one_holds() {
    let mut app = judged(120, 40);
    app.keys("a d")
        .sees("discard")
        .types("too rude")
        .frame("discard__reason");
    app.keys("enter").sees("main discarded");
    assert_eq!(
        stands(&app, "conversation-77"),
        Some((Choice::Discard, String::from("too rude")))
    );
    app.keys("u").sees("taken back: main discarded");
    assert_eq!(now(&app), "approved");
    app.keys("u").sees("taken back: main approved");
    assert_eq!(now(&app), "");
    assert_eq!(stands(&app, "conversation-77"), None);
    app.keys("d esc").lacks("main discarded");
    assert_eq!(stands(&app, "conversation-77"), None);
    // In one line, too; and what was a reason once is offered.
    app.keys(":")
        .types("discard no tact")
        .keys("enter")
        .sees("main discarded")
        .keys("u");
    app.keys("d down enter").sees("main discarded");
    assert_eq!(
        stands(&app, "conversation-77"),
        Some((Choice::Discard, String::from("too rude")))
    );
}

#[test]
fn nothing_is_decided_before_the_first_step_or_while_it_goes_on() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("a")
        .sees("not now: there is no step to decide about yet");
    app.hold = true;
    app.keys("s")
        .answer()
        .keys("s a")
        .sees("not now: it still goes on");
}

#[test]
fn commands_and_decisions_are_undone_in_one_order() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s s a s");
    app.sees("main stale").sees("3 ");
    let steps = |app: &App| app.model.run.as_ref().unwrap().seen.path.len();
    assert_eq!(steps(&app), 3);
    app.keys("u").sees("main approved");
    assert_eq!(steps(&app), 2, "the command after the decision first");
    app.keys("u").sees("taken back: main approved");
    assert_eq!((steps(&app), now(&app)), (2, ""), "then the decision");
    app.keys("u");
    assert_eq!(steps(&app), 1, "then the command before it");
    app.keys("U");
    assert_eq!((steps(&app), now(&app)), (2, ""));
    app.keys("U").sees("main approved");
    assert_eq!((steps(&app), now(&app)), (2, "approved"));
    app.keys("U").sees("main stale");
    assert_eq!(steps(&app), 3);
    // A new command gives up what could be done again.
    app.keys("u u s");
    assert_eq!(steps(&app), 3);
    app.keys("u U");
    assert_eq!((steps(&app), now(&app)), (3, ""));
}

#[test]
fn a_decision_is_shown_again_when_the_conversation_is_opened_again() {
    let mut app = three(120, 40);
    app.keys("a 2 j enter");
    assert_eq!(app.model.screen, Screen::Run);
    app.lacks("main approved")
        .keys("2 k enter")
        .sees("main approved");
}

#[test]
fn the_queue_shows_what_there_is_and_the_conversation_beside_it() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = judged(width, height);
        app.keys("2").sees("1 open of 1").sees("U user");
        app.frame("curate__open");
    }
}

#[test]
fn one_decides_and_goes_on() {
    let mut app = three(120, 40);
    app.keys("2").sees("3 open of 3").sees("on-9 main");
    app.keys("a")
        .sees("2 open of 3")
        .sees("on-8 main")
        .sees("on-9 approved");
    assert_eq!(status(&app, 0), Status::Approved);
    app.frame("curate__decided");
    app.keys("d").types("rude").keys("enter");
    app.sees("1 open of 3")
        .sees("on-7 main")
        .sees("on-8 discarded");
    app.keys("a")
        .sees("0 open of 3")
        .sees("no other one is open");
    // An accidental key is seen, and taken back where it was.
    app.keys("u")
        .sees("1 open of 3")
        .sees("taken back: on-7 approved");
    app.keys("u").sees("2 open of 3").sees("on-8 main");
    assert_eq!(stands(&app, "conversation-8"), None);
    app.keys("U").sees("1 open of 3");
    assert_eq!(
        stands(&app, "conversation-8"),
        Some((Choice::Discard, String::from("rude")))
    );
    assert_eq!(stands(&app, "conversation-7"), None);
    app.keys("U u u u").sees("3 open of 3");
    app.keys("u").sees("not now: nothing was decided here");
}

#[test]
fn notes_are_kept_and_taken_back() {
    let mut app = three(120, 40);
    app.keys("2 m").sees("marked for later");
    app.keys("t").types("seed").keys("enter").sees("tags: seed");
    app.keys("t")
        .types("too long")
        .keys("enter")
        .sees("tags: seed, too-long");
    app.keys("c")
        .types("look again")
        .keys("enter")
        .sees("comment: look again");
    app.frame("curate__notes");
    app.keys("c")
        .sees("look again")
        .keys("<c-u> enter")
        .lacks("comment:");
    app.keys("t")
        .types("seed")
        .keys("enter")
        .sees("tags: too-long");
    app.keys("u").sees("tags: too-long, seed");
    app.keys("u").sees("comment: look again");
    app.keys("u u u u").lacks("marked for later").lacks("tags:");
}

#[test]
fn the_queue_is_filtered_and_sorted() {
    let mut app = three(120, 40);
    app.keys("2 j m F")
        .types("marked:yes")
        .frame("curate__filter");
    app.keys("enter")
        .sees("1 open of 1")
        .sees("filter marked:yes")
        .sees("on-8 main");
    app.keys("F <c-u>")
        .types("overal<3")
        .keys("enter")
        .sees("!!");
    app.keys("esc F <c-u>")
        .types("status:approved")
        .keys("enter");
    app.sees("no conversation fits the filter");
    app.keys("j").sees("not now: there is no conversation");
    app.keys("F <c-u> enter").sees("3 open of 3");
    app.keys("S").sees("sort oldest").sees("on-7 main");
    app.keys("S").sees("sort lowest");
    app.keys(":")
        .types("sort newest")
        .keys("enter")
        .sees("sort newest");
    app.keys(":")
        .types("queue tag:none")
        .keys("enter")
        .sees("filter tag:none");
}

#[test]
fn blind_hides_the_judge_until_one_has_decided() {
    let mut app = judged(120, 40);
    app.keys("2 <c-d>").sees("overall").sees("J judge");
    app.keys("b")
        .sees("blind")
        .lacks("overall")
        .lacks("J judge")
        .sees("hidden until you decide");
    app.frame("curate__blind");
    app.keys("a").sees("overall").sees("J judge");
    app.keys("u").lacks("J judge").keys("b").sees("J judge");
}

#[test]
fn all_that_pass_are_approved_after_the_number_was_shown() {
    let mut app = three(120, 40);
    app.keys("2 d enter A").sees("approve ").sees("meet");
    app.frame("curate__all");
    app.keys("n").lacks("approve 2");
    let passing = app
        .model
        .curate
        .list
        .rows
        .iter()
        .filter(|item| stategen::dataset::queue::passes(item))
        .count();
    assert!(passing > 0, "the sample's judge lets one pass at least");
    app.keys("A y").sees(&format!("{passing} approved"));
    let approved = |app: &App| {
        let rows = &app.model.curate.list.rows;
        rows.iter().filter(|i| i.status == Status::Approved).count()
    };
    assert_eq!(approved(&app), passing);
    app.keys("A").sees("none of 3 is open and meets every gate");
    app.keys("u");
    assert_eq!(approved(&app), 0);
}

#[test]
fn the_parts_of_the_screen_are_scrolled_and_walked() {
    let mut app = judged(120, 40);
    app.keys("2 tab j j j").sees("3 above");
    app.keys("<c-u>")
        .lacks("3 above")
        .keys("<c-d>")
        .sees(" above");
    app.keys("h h").sees("-- after the cursor");
    app.keys("l l")
        .lacks("-- after the cursor")
        .keys("l")
        .sees("not now: this is the newest");
    app.keys("R")
        .sees("reasoning: ")
        .keys("R")
        .lacks("reasoning: ");
    app.keys("tab j k tab j")
        .sees("not now: this is the last one");
    app.keys("g j esc k").sees("not now: this is the first one");
    app.keys("o");
    let mut app = judged(80, 24);
    app.keys("2 g j").frame("curate__judge");
    app.resize(50, 12).keys("g q").frame("curate__tiny");
}

#[test]
fn a_stale_decision_is_open_again() {
    let mut app = three(120, 40);
    app.keys("a J 2")
        .sees("3 open of 3")
        .sees("1 stale")
        .sees("changed since");
    app.frame("curate__stale");
    app.keys("a").sees("2 open of 3");
}

#[test]
fn the_branch_that_is_decided_about_is_the_one_that_is_opened() {
    let mut app = App::at("returns_desk", 120, 40);
    app.keys("s s s a h h f s a 2");
    // Both branches are in the queue: one is current, one is decided about.
    app.sees("0 open of 2");
    let rows = app.model.curate.list.rows.clone();
    let main = rows.iter().position(|i| i.row.branch == "main").unwrap();
    app.keys("g g");
    for _ in 0..main {
        app.keys("j");
    }
    app.sees(" main ").keys("enter");
    assert_eq!(app.model.screen, Screen::Run);
    let session = &app.model.run.as_ref().unwrap().session;
    assert_eq!(session.current().name, "main");
    app.sees("main approved");
}

#[test]
fn what_is_approved_is_exported_and_nothing_else() {
    let mut app = three(120, 40);
    app.keys("X").sees("0 approved").keys("enter");
    app.sees("not now: nothing is approved")
        .keys("esc 2 a d enter X");
    app.sees("1 approved, 1 to be written")
        .sees("exports/export-1");
    app.frame("export__dialog");
    app.keys("down tab")
        .sees("[ ] openai")
        .keys("tab")
        .sees("[x] openai");
    app.keys("enter").sees("1 conversation written to");
    let folder = app.room.project.root.join("exports/export-1");
    let own = std::fs::read_to_string(folder.join("own.jsonl")).expect("a file a format");
    assert_eq!(own.lines().count(), 1);
    assert!(folder.join("manifest.json").exists());
    // Never over what is there.
    app.keys("esc X")
        .sees("exports/export-2")
        .keys("<c-u>")
        .types("exports/export-1");
    app.keys("enter").sees("is there already, and was kept");
    app.keys("esc :").types("export out/mine own").keys("enter");
    app.sees("out/mine")
        .sees("[ ] openai")
        .keys("enter")
        .sees("written to");
    assert!(app.room.project.root.join("out/mine/own.jsonl").exists());
}

#[test]
fn the_batch_screen_lists_what_runs_and_what_is_done() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = three(width, height);
        app.keys("<c-n> enter");
        app.hold = true;
        app.keys("s 4").sees("4 stored").sees("running");
        app.frame("batch__list");
    }
    let mut app = three(120, 40);
    app.keys("a 4")
        .sees("approved")
        .keys("k")
        .sees("not now: this is the first one");
    app.keys("F")
        .types("status:open")
        .keys("enter")
        .sees("2 stored")
        .lacks("on-9  approved");
    app.keys("j enter").sees("returns_desk");
    assert_eq!(app.model.screen, Screen::Run);
    let session = &app.model.run.as_ref().unwrap().session;
    assert_eq!(session.opened().conversation.to_string(), "conversation-7");
    app.keys("4 r g g G j")
        .sees("not now: this is the last one");
}

#[test]
fn an_empty_store_says_where_conversations_are_made() {
    let scenario = super::harness::scenario("returns_desk", &super::harness::files("returns_desk"));
    let mut app = App::closed(scenario, Vec::new(), 120, 40);
    app.keys("2")
        .sees("no conversation is stored yet")
        .keys("a")
        .sees("not now: there is no");
    app.keys("4")
        .sees("no conversation is stored yet")
        .keys("enter")
        .sees("not now");
}
