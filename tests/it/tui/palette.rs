//! Finding one's way: the palette, the list of keys, the strip after a first
//! key, keys of one's own, and text that leaves for the clipboard.

use super::harness::{App, files, scenario};
use stategen::engine::input::{Command, Go};
use stategen::surface::{ACTIONS, Action, Keymap, VERBS};
use stategen::tui::job::{Done, Job, perform};
use stategen::tui::msg::{Cmd, Msg};
use std::path::Path;

fn desk() -> App {
    App::at("returns_desk", 120, 40)
}

fn step() -> Cmd {
    Cmd::Send(Command::Go(Go::Step).into())
}

#[test]
fn a_few_letters_find_an_action_and_enter_does_it() {
    let mut app = desk();
    app.keys("<c-p>")
        .sees(": command")
        .types("ste")
        .sees("step");
    app.keys("enter").lacks(": command").sees("1 U user");
    assert_eq!(app.commands, [step()]);
    // What was done before stands first.
    app.keys(":");
    let text = app.text();
    let step = text.find("one step: one role acts once").unwrap();
    let run = text.find("run, or pause").unwrap();
    assert!(step < run, "{text}");
}

#[test]
fn words_of_what_it_does_find_it_too() {
    desk()
        .keys(":")
        .types("newest")
        .sees("live")
        .sees("off: this is the newest step");
}

#[test]
fn what_cannot_be_done_says_why_and_the_line_stays() {
    let mut app = desk();
    app.keys(":")
        .types("retry")
        .sees("off: there is no step to make again")
        .keys("enter")
        .sees("!! not now: there is no step to make again")
        .sees(": retry");
    app.keys("backspace")
        .lacks("!!")
        .keys("esc")
        .lacks(": command");
    assert!(app.commands.is_empty());
}

#[test]
fn an_action_of_another_pane_gives_it_the_keys() {
    let mut app = desk();
    app.keys("s :").types("go-world").keys("enter");
    app.keys("g c").keys(":").types("world-view").keys("enter");
    assert!(app.text().contains("since the start") || app.text().contains("gw world"));
}

#[test]
fn slips_are_answered_by_the_nearest() {
    let mut app = desk();
    for (line, wanted) in [
        ("agian 3", "`again` is near it"),
        ("again 0", "not now"),
        ("fork me", "nothing follows `fork`"),
        ("approve-nothing-at-all x", "there is no command"),
        ("mouse sideways", "`mouse` takes on or off"),
        ("help-run", "not now: "),
    ] {
        app.keys(":")
            .types(line)
            .keys("enter")
            .sees(wanted)
            .keys("esc");
    }
    app.keys("s : enter").sees("type a command").keys("esc");
    for (line, wanted) in [
        ("again 0", "from 1 to 200"),
        ("again many", "from 1 to 200"),
        ("again 1 2", "takes one number"),
        ("report now", "nothing follows `report`"),
    ] {
        app.keys(":")
            .types(line)
            .keys("enter")
            .sees(wanted)
            .keys("esc");
    }
}

#[test]
fn every_verb_answers_and_offers_its_words() {
    for row in VERBS {
        let mut app = desk();
        app.keys("s s :").types(row.word).types(" ");
        app.text();
        app.types("nonsense never known").keys("enter");
        app.lacks("does nothing here");
    }
}

#[test]
fn the_palette_is_there_before_anything_is_opened() {
    let returns = scenario("returns_desk", &files("returns_desk"));
    let mut app = App::closed(returns, Vec::new(), 100, 30);
    app.keys(":")
        .sees(": command")
        .sees("pick-open")
        .lacks("run-pause");
    app.types("fork")
        .keys("enter")
        .sees("not now: nothing is open");
}

#[test]
fn the_list_of_keys_has_verbs_and_the_other_screens() {
    let mut app = desk();
    app.keys("?").types("mouse on").sees(":mouse [on|off]");
    app.keys("enter")
        .sees(": command")
        .sees(": mouse")
        .sees("as it is");
    app.keys("down enter").lacks(": command");
    assert_eq!(app.commands.last(), Some(&Cmd::Mouse(true)));
    assert!(app.model.mouse);
    // Long lists go by the page, and stay inside.
    app.keys("? pagedown pagedown pagedown pagedown pagedown pagedown pagedown pagedown");
    app.text();
    app.keys("pageup up").keys("esc").lacks("type to filter");
    app.keys("?")
        .types("xyzzy")
        .sees("no key is like this")
        .keys("enter");
}

#[test]
fn the_list_says_why_a_line_cannot_be_done() {
    let mut app = desk();
    app.keys("?").types("take the last command").keys("enter");
    app.sees("type to filter")
        .sees("not now: there is nothing to take back");
}

#[test]
fn after_a_first_key_the_strip_shows_what_may_follow() {
    let mut app = desk();
    app.keys("g").frame("strip__start");
    app.keys("esc").lacks("g c");
    assert!(app.model.pending.is_empty());
    assert!(app.commands.is_empty());
}

#[test]
fn keys_of_ones_own_are_used_hinted_and_marked() {
    let mut app = desk();
    let (map, problems) = Keymap::read(
        "keys.toml",
        "[run]\nstep = [\"K\"]\nround = [\"<c-t> r\"]\nfork = []\n",
    );
    assert_eq!(problems, []);
    app.model.keymap = map;
    app.sees("K step").lacks("s step");
    app.keys("K").sees("1 U user");
    assert_eq!(app.commands, [step()]);
    app.keys("<c-t>").sees("round").keys("r");
    assert_eq!(app.commands[1], Cmd::Send(Command::Go(Go::Round).into()));
    app.keys("?")
        .types("one role acts")
        .sees("K*")
        .sees("changed in keys.toml");
    app.keys("esc f").lacks("main.2");
    app.keys(":").types("fork").keys("enter").sees("main.2");
}

#[test]
fn a_file_of_keys_is_read_from_the_persons_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (map, problems) = Keymap::of(Some(folder.path()));
    assert!(problems.is_empty() && !map.any_changed());
    std::fs::write(folder.path().join("keys.toml"), "[run]\nfrok = [\"f\"]\n").unwrap();
    let (_, problems) = Keymap::of(Some(folder.path()));
    assert_eq!(problems.len(), 1);
    assert!(problems[0].file.ends_with("keys.toml"));
    std::fs::remove_file(folder.path().join("keys.toml")).unwrap();
    std::fs::create_dir(folder.path().join("keys.toml")).unwrap();
    let (_, problems) = Keymap::of(Some(folder.path()));
    assert!(problems[0].what.contains("cannot be read"), "{problems:?}");
    assert!(Keymap::of(None).1.is_empty());
}

#[test]
fn a_text_too_long_for_the_clipboard_goes_into_a_file() {
    let mut app = desk();
    let done = perform(&app.room, Job::Copy("long ".repeat(20_000)));
    let Done::Copied(Ok(file)) = &done else {
        panic!("{done:?}");
    };
    let written = std::fs::read_to_string(file).unwrap();
    assert_eq!(written.len(), 100_000);
    app.tell(Msg::Done(done))
        .sees("too long for the clipboard; it is in");
    app.room.project.root = Path::new("/proc/nowhere").to_owned();
    let done = perform(&app.room, Job::Copy(String::from("x")));
    app.tell(Msg::Done(done)).sees("nothing was copied: ");
}

#[test]
fn frames() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = App::at("returns_desk", width, height);
        app.keys("s s h :").types("fo").frame("palette__found");
        app.keys("esc :").types("xyzzy").frame("palette__none");
        app.keys("esc :").types("mouse ").frame("palette__words");
        app.keys("esc ?").types("branch").frame("help__narrowed");
    }
    let mut app = App::at("returns_desk", 40, 10);
    app.keys(":").types("fo").frame("palette__found");
}

/// Every id can be typed: no word of it needs a key that text does not have.
#[test]
fn every_action_has_a_name_that_can_be_typed() {
    for row in ACTIONS {
        let fine = |c: char| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit();
        assert!(row.id.chars().all(fine), "{}", row.id);
    }
    assert_eq!(Action::Command.id(), "command");
}
