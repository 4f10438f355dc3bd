//! Keys in, what is seen out.

use super::harness::{App, files, scenario};
use stategen::driver::Order;
use stategen::engine::input::{Command, Go};
use stategen::tui::msg::Cmd;

fn desk() -> App {
    App::at("returns_desk", 120, 40)
}

#[test]
fn one_step_is_one_role() {
    desk()
        .sees("before the first step")
        .keys("s")
        .sees("1 U user")
        .lacks("2 A agent")
        .keys("s")
        .sees("2 A agent");
}

#[test]
fn a_round_ends_where_the_user_is_next() {
    let mut app = desk();
    app.keys("S").sees("1 U user").sees("2 A agent");
    let session = app.session.as_ref().unwrap();
    assert!(
        session.place(session.head()).stack.is_empty(),
        "no agent is at work"
    );
    app.keys("s");
    let session = app.session.as_ref().unwrap();
    let last = session.step(session.head().unwrap()).unwrap();
    assert_eq!(last.body.role, stategen::engine::role::Role::User);
}

#[test]
fn running_goes_to_the_end_and_the_judge() {
    desk()
        .keys("space")
        .sees("ended:")
        .sees("overall")
        .keys("space")
        .sees("not now: the conversation has ended");
}

#[test]
fn looking_back_changes_nothing_and_every_pane_follows() {
    let mut app = desk();
    app.keys("space");
    let head = app.session.as_ref().unwrap().head();
    let all = app.model.run.as_ref().unwrap().seen.path.len();
    app.keys("h h")
        .sees(&format!("PAST {}/{all}", all - 2))
        .sees("-- after the cursor");
    app.keys("g g")
        .sees(&format!("PAST 0/{all}"))
        .sees("at the start")
        .sees("not judged yet");
    app.keys("h").sees("not now: this is the start");
    app.keys("l")
        .sees(&format!("PAST 1/{all}"))
        .sees("step 1  no change");
    app.keys("G").lacks("PAST").lacks("-- after the cursor");
    assert_eq!(app.session.as_ref().unwrap().head(), head);
    let sent = app.commands.iter().filter(|c| matches!(c, Cmd::Send(_)));
    assert_eq!(sent.count(), 1, "only the run itself was sent");
}

#[test]
fn a_past_view_equals_the_view_when_it_was_live() {
    let mut app = desk();
    app.keys("s s s s");
    let then: Vec<_> = {
        let run = app.model.run.as_ref().unwrap();
        run.seen
            .path
            .iter()
            .map(|p| p.step.as_ref().unwrap().id)
            .collect()
    };
    let world = app.model.run.as_ref().unwrap().seen.changes.clone();
    let traits = app.model.run.as_ref().unwrap().seen.traits;
    app.keys("space").keys("g g l l l l");
    let run = app.model.run.as_ref().unwrap();
    assert_eq!(run.at(), then.last().copied());
    assert_eq!(run.seen.changes, world);
    assert_eq!(run.seen.traits, traits);
}

#[test]
fn stepping_from_the_past_asks_first() {
    let mut app = desk();
    app.keys("s s s h h s")
        .sees("step from the past")
        .sees("Step 1 is in the past. Steps 2 to 3 are kept either way.");
    app.keys("esc").lacks("step from the past").sees("PAST 1/3");
    assert_eq!(app.session.as_ref().unwrap().branches().len(), 1);
    app.keys("s f")
        .lacks("PAST")
        .sees("main.2")
        .sees("2 A agent");
    assert_eq!(app.session.as_ref().unwrap().branches().len(), 2);
}

#[test]
fn overwriting_hides_the_tail_and_undo_brings_it_back() {
    let mut app = desk();
    app.keys("s s s s");
    let before = app.session.as_ref().unwrap().head();
    app.keys("h h h s o");
    let session = app.session.as_ref().unwrap();
    assert_eq!(session.branches().len(), 1);
    assert_eq!(session.path(session.head()).len(), 2);
    app.keys("u u");
    assert_eq!(app.session.as_ref().unwrap().head(), before);
}

#[test]
fn forking_needs_no_question_and_branches_can_be_walked() {
    let mut app = desk();
    app.keys("s s s s h h f")
        .sees("main.2")
        .keys("s")
        .sees("main.2");
    app.keys("b").sees("fork: main.2");
    app.keys("H")
        .sees("PAST 2/4")
        .keys("H")
        .sees("not now: no branch leaves before this step");
    app.keys("G b");
    assert_eq!(app.session.as_ref().unwrap().current().name, "main.2");
}

#[test]
fn a_retry_takes_another_attempt() {
    desk().keys("s s r").sees("try 2");
}

#[test]
fn text_of_a_call_in_flight_arrives_live_and_can_be_stopped() {
    let mut app = desk();
    app.hold = true;
    app.keys("s").sees("1 U user  asked").sees(" RUN ");
    app.streams("I bought a ket").sees("I bought a ket_");
    app.tell(stategen::tui::msg::Msg::Second)
        .sees("user writing 1s");
    app.keys("s")
        .sees("not now: a call is in flight; x stops it");
    app.keys("q").sees("A call is in flight.").keys("esc");
    app.keys("x").lacks("I bought a ket").sees(" PAUSED ");
    assert!(app.calls.is_empty(), "the call was dropped");
}

#[test]
fn pausing_lets_the_call_in_flight_finish() {
    let mut app = desk();
    app.hold = true;
    app.keys("space")
        .sees("space pause")
        .keys("space")
        .sees("pausing after the call in flight");
    app.answer().sees(" PAUSED ").sees("1 U user");
    assert!(app.calls.is_empty(), "nothing was asked after the pause");
}

#[test]
fn a_failed_call_says_what_is_safe_and_stays_until_dealt_with() {
    let mut app = desk();
    app.hold = true;
    app.keys("s")
        .fail("401 from api/large")
        .sees("user call failed: 401 from api/large. Nothing was written.");
    app.keys("j")
        .sees("401 from api/large")
        .keys("esc")
        .lacks("401 from api/large");
    app.keys("s")
        .fail("again")
        .keys("s")
        .lacks("again. Nothing");
}

#[test]
fn interrupt_stops_first_and_leaves_the_second_time() {
    let mut app = desk();
    app.hold = true;
    app.keys("space <c-c>").sees("stopped; ctrl-c again quits");
    assert_eq!(app.commands.last(), Some(&Cmd::Send(Command::Stop.into())));
    app.keys("<c-c>");
    assert_eq!(app.commands.last(), Some(&Cmd::Quit));
}

#[test]
fn a_key_between_makes_the_interrupt_a_first_one_again() {
    let mut app = desk();
    app.keys("<c-c> j <c-c>").sees("ctrl-c again quits");
    assert!(!app.commands.contains(&Cmd::Quit));
}

#[test]
fn panes_are_reached_by_tab_and_by_letter() {
    let mut app = App::at("returns_desk", 80, 24);
    app.keys("g")
        .sees("g the start")
        .keys("p")
        .sees("gp persona  gw wld  gj judge");
    app.keys("tab").sees("gj judge  gw wld  gp pers");
    app.keys("backtab backtab").sees("gw world");
    app.keys("z")
        .lacks("gc conversation")
        .sees("gw world")
        .keys("esc")
        .sees("gc conversation");
    app.keys("g l").sees("gl log").keys("esc").lacks("gl log");
}

#[test]
fn an_unknown_pair_of_keys_says_so() {
    desk().keys("g x").sees("g x means nothing here");
}

#[test]
fn help_filters_and_does_the_line() {
    let mut app = desk();
    app.keys("?")
        .sees("type to filter")
        .types("newest")
        .sees("back to the newest step")
        .lacks("run, or pause");
    app.sees("not now: this is the newest");
    app.keys("esc s s h ?")
        .types("newest")
        .keys("enter")
        .lacks("PAST")
        .lacks("type to filter");
}

#[test]
fn results_and_reasoning_unfold() {
    let mut app = desk();
    app.keys("space");
    let run = app.model.run.as_ref().unwrap();
    let reasons = run
        .seen
        .path
        .iter()
        .any(|p| !p.step.as_ref().unwrap().body.reasoning.is_empty());
    app.keys("g g");
    if reasons {
        app.keys("l l R z").sees("reasoning: ");
    }
}

#[test]
fn a_new_conversation_has_the_next_seed() {
    desk()
        .keys("s <c-n> enter")
        .sees("seed 8")
        .sees("before the first step");
}

#[test]
fn the_list_opens_what_is_chosen() {
    let returns = scenario("returns_desk", &files("returns_desk"));
    let second = returns.tasks[1].id.clone();
    let mut app = App::closed(returns, Vec::new(), 100, 30);
    app.sees("choose a task")
        .keys("j enter")
        .sees("before the first step")
        .sees(&second);
}

#[test]
fn hints_never_lie() {
    let mut app = desk();
    app.lacks("x stop").sees("s step").sees("? keys");
    app.hold = true;
    app.keys("s").sees("x stop").lacks("s step").sees("? keys");
    app.resize(60, 16).sees("? keys");
}

#[test]
fn scrolling_stays_inside_and_the_end_is_followed() {
    let mut app = App::at("returns_desk", 60, 16);
    app.keys("space").keys("k k k");
    let up = app.text();
    app.keys(
        "<c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u> <c-u>",
    );
    assert_ne!(app.text(), up);
    app.keys(&"j ".repeat(500));
    let end = app.text();
    app.keys("j");
    assert_eq!(app.text(), end);
    assert!(!matches!(
        app.commands.last(),
        Some(Cmd::Send(Order::Command(Command::Go(Go::Step))))
    ));
}

#[test]
fn a_person_answers_a_tool_and_the_conversation_goes_on() {
    let mut app = super::frames::asking(100, 30);
    app.sees("act for the tool ask_manager")
        .types("{\"ok\": ")
        .keys("<c-s>")
        .sees("no JSON yet");
    app.keys("esc")
        .lacks("act for the tool")
        .sees("waits for a person (i)");
    app.keys("s")
        .sees("not now: a person must answer the tool call first");
    app.keys("i").tell(stategen::tui::msg::Msg::Paste(
        "\ttrue,\u{1b}[31m\n\"by\": \"Ann\"}".into(),
    ));
    app.sees("ok JSON object")
        .keys("<c-s>")
        .sees("by a person")
        .sees("\"by\":\"Ann\"");
}

#[test]
fn plain_text_is_an_answer_too_and_so_is_a_failure() {
    let mut app = super::frames::asking(100, 30);
    app.types("yes, do")
        .sees("ok plain text")
        .keys("<c-e>")
        .sees("failed: yes, do");
}

#[test]
fn what_a_step_from_the_past_does_can_be_set() {
    use stategen::tui::model::FromPast;
    for (set, branches) in [(FromPast::Fork, 2), (FromPast::Overwrite, 1)] {
        let mut app = desk();
        app.model.from_past = set;
        app.keys("s s s h h s")
            .lacks("step from the past")
            .lacks("PAST");
        assert_eq!(app.session.as_ref().unwrap().branches().len(), branches);
    }
}

#[test]
fn no_colour_is_named_outside_the_theme() {
    fn sources(dir: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() {
                sources(&entry.path(), out);
            } else {
                out.push(entry.path());
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root.join("tui"), &mut files);
    sources(&root.join("surface"), &mut files);
    assert!(files.len() > 20);
    let helpers = [
        "red", "green", "yellow", "blue", "magenta", "cyan", "white", "black", "gray",
    ];
    for file in files.iter().filter(|f| !f.ends_with("tui/theme.rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(!text.contains("Color::"), "{}", file.display());
        for colour in helpers {
            for call in [
                format!(".{colour}()"),
                format!(".on_{colour}()"),
                format!(".light_{colour}()"),
            ] {
                assert!(!text.contains(&call), "{}: {call}", file.display());
            }
        }
    }
}

/// Holds what stands between two marks of a file against what it should be;
/// `STATEGEN_UPDATE=1 cargo test` writes it anew.
fn generated(file: &str, wanted: &str) {
    let _turn = super::readme::WRITING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let start = text
        .find("<!-- keys")
        .expect("the mark where the keys begin");
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = text
        .find("<!-- /keys -->")
        .expect("the mark where the keys end");
    if std::env::var_os("STATEGEN_UPDATE").is_some() {
        let text = format!("{}{wanted}{}", &text[..start], &text[end..]);
        std::fs::write(&path, text).unwrap();
        return;
    }
    assert_eq!(
        &text[start..end],
        wanted,
        "{file}: STATEGEN_UPDATE=1 cargo test writes it anew"
    );
}

#[test]
fn the_tables_of_keys_are_those_of_the_program() {
    generated("README.md", &stategen::surface::readme_keys());
    generated("docs/keys.md", &stategen::surface::all_keys());
}
