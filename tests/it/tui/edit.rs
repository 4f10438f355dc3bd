//! Editing in place: what is offered, checked while one types, applied.

use super::harness::{App, files};
use stategen::driver::Order;
use stategen::engine::input::{Acted, Command, Edit, Onto};
use stategen::engine::step::Act;
use stategen::tui::job::watch::OnDisk;
use stategen::tui::msg::{Cmd, Msg};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The desk after its first steps, at a size.
fn stepped(width: u16, height: u16) -> App {
    let mut app = App::at("returns_desk", width, height);
    app.keys("s s s s");
    app
}

/// The same with the scenario's files in the project's own folder.
fn on_disk() -> App {
    let mut app = stepped(120, 40);
    let folder = app.room.project.root.join("scenarios/returns_desk");
    for (path, bytes) in files("returns_desk") {
        std::fs::create_dir_all(folder.join(&path).parent().unwrap()).unwrap();
        std::fs::write(folder.join(&path), bytes).unwrap();
    }
    app.room.folder = Some(folder);
    app
}

/// The last command that was handed to the session.
fn sent(app: &App) -> &Command {
    app.commands
        .iter()
        .rev()
        .find_map(|cmd| match cmd {
            Cmd::Send(Order::Command(command)) => Some(command),
            _ => None,
        })
        .expect("a command")
}

/// Goes back to the first step that is a tool's.
fn to_a_tool(app: &mut App) {
    app.keys("s s s s s s s s g g");
    for _ in 0..20 {
        app.keys("l");
        let run = app.model.run.as_ref().unwrap();
        if matches!(run.step().unwrap().body.act, Act::Ran(_)) {
            return;
        }
    }
    panic!("no step of a tool");
}

#[test]
fn the_list_has_the_step_then_what_shaped_it_then_all_files() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = stepped(width, height);
        to_a_tool(&mut app);
        app.keys("e");
        app.sees("result of ")
            .sees("arguments of ")
            .sees("desk.rules");
        app.frame("edit__offers");
        app.keys("esc").lacks("result of ");
    }
}

#[test]
fn a_file_is_checked_while_one_types_and_problems_are_walked() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = stepped(width, height);
        app.keys(":").types("edit tasks.yaml").keys("enter");
        app.sees("tasks.yaml").sees("ok the scenario can be used");
        app.types("nonsense: [").keys("enter");
        app.sees("edited").sees("!! line ").lacks("ok the scenario");
        app.frame("edit__broken");
        // Nothing can be applied while something is wrong.
        app.keys("<c-s>").sees("something is wrong with the text");
        app.keys("<c-g>").sees("> ");
        for _ in 0..20 {
            app.keys("<c-u>");
        }
        app.sees("ok the scenario can be used").lacks("edited");
        app.keys("esc").lacks("ok the scenario");
    }
}

#[test]
fn leaving_asks_where_something_was_typed() {
    let mut app = stepped(80, 24);
    app.keys(":").types("edit policy.md").keys("enter");
    app.types("Be kind. ").keys("esc").sees("back to it");
    app.frame("edit__leave");
    app.keys("esc").sees("Be kind.").lacks("back to it");
    app.keys("esc d").lacks("Be kind.");
}

#[test]
fn a_message_goes_in_the_place_of_the_step() {
    let mut app = stepped(120, 40);
    app.keys("g g l e enter").sees("message of step 1");
    app.types("Hello there. ");
    app.keys("<c-s>")
        .sees("a try of the same step")
        .frame("edit__apply_message");
    app.keys("enter");
    let Command::Act { onto, act, instead } = sent(&app) else {
        panic!("{:?}", sent(&app));
    };
    assert_eq!(*onto, Onto::Fork(None));
    assert!(instead.is_some());
    let Acted::Said { text, .. } = act else {
        panic!("{act:?}");
    };
    assert!(text.starts_with("Hello there. "), "{text}");
}

#[test]
fn a_result_is_one_document_with_its_patch() {
    let mut app = stepped(120, 40);
    to_a_tool(&mut app);
    app.keys("e e").sees("\"ok\": true").sees("\"patch\"");
    // `ok` must be there.
    app.keys("down end backspace backspace backspace backspace backspace")
        .types("7,");
    app.sees("!! line ")
        .keys("<c-s>")
        .sees("something is wrong");
    app.keys("backspace backspace").types("false,");
    app.keys("<c-s> o");
    let Command::Act {
        act: Acted::Result { ok, patch, .. },
        onto,
        ..
    } = sent(&app)
    else {
        panic!("{:?}", sent(&app));
    };
    assert!(!ok && patch.is_some());
    assert!(matches!(onto, Onto::Overwrite(_)));
}

#[test]
fn arguments_are_held_against_the_schema_of_the_tool() {
    let mut app = stepped(120, 40);
    to_a_tool(&mut app);
    app.keys("e j e").sees("arguments of step");
    app.keys("down home")
        .types("\"nonsense\": 1,")
        .sees("nonsense")
        .sees("!! line ");
}

#[test]
fn the_persona_has_sliders_the_text_it_comes_to_and_is_text_too() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = stepped(width, height);
        app.keys("g p e").sees("jurisdiction").sees("EDIT");
        app.keys("j j j j j j j 9").sees("0.90 high").sees("edited");
        app.frame("edit__sliders");
        if width < 100 {
            app.keys("tab").frame("edit__sliders_told");
            app.keys("tab");
        }
        app.keys("u").lacks("edited");
        app.keys("j L e").sees("\"assertiveness\"").sees("edited");
        app.keys("esc d");
    }
}

#[test]
fn the_judges_pane_opens_the_rubric() {
    let mut app = stepped(120, 40);
    app.keys("g j e").sees("rubric.yaml").sees("fair_dealing");
}

#[test]
fn a_value_of_the_world_is_held_against_its_schema() {
    let mut app = stepped(120, 40);
    let path = {
        let run = app.model.run.as_ref().unwrap();
        let world = run.session.place(None).world.to_json();
        let (order, _) = world["orders"].as_object().unwrap().iter().next().unwrap();
        format!("/orders/{order}/status")
    };
    app.keys(":").types(&format!("edit {path}")).keys("enter");
    app.sees("world /orders/");
    app.keys("<c-k>").types("17").sees("!! line 1");
}

#[test]
fn the_text_goes_to_the_editor_and_back() {
    let mut app = stepped(120, 40);
    app.editor = Some(Ok(String::from("Be brief.\n")));
    app.keys(":").types("edit policy.md").keys("enter <a-e>");
    app.sees("Be brief.").sees("edited");
    let external = app.commands.iter().rev().find_map(|cmd| match cmd {
        Cmd::External(external) => Some(external.clone()),
        _ => None,
    });
    assert_eq!(external.unwrap().name, "policy.md");
    app.editor = Some(Err(String::from(
        "`vi` ended with 1; the text is as it was",
    )));
    app.keys("<a-e>")
        .sees("the text is as it was")
        .sees("Be brief.");
    // From outside an editor: the list, then the editor at once.
    let mut app = stepped(120, 40);
    app.editor = Some(Ok(String::from("What now?")));
    app.keys("g g l E enter")
        .sees("What now?")
        .sees("message of step 1");
}

#[test]
fn pasted_text_is_not_obeyed() {
    let mut app = stepped(80, 24);
    app.keys(":").types("edit policy.md").keys("enter");
    app.tell(Msg::Paste(String::from(
        "one\r\ntwo \u{1b}[31mred\u{1b}[0m\u{7}",
    )));
    app.sees("two red").lacks("\u{1b}");
}

#[test]
fn what_changes_on_disk_is_offered() {
    let mut app = stepped(120, 40);
    let policy: Arc<[u8]> = b"Be brief.\n".as_slice().into();
    let changed = BTreeMap::from([(String::from("policy.md"), Some(policy))]);
    app.tell(Msg::OnDisk(Arc::new(OnDisk {
        scenario: String::from("returns_desk"),
        changed,
        problems: Vec::new(),
    })));
    app.sees("policy.md changed on disk, and can be used");
    app.keys("e")
        .sees("from disk")
        .keys("enter")
        .sees("apply policy.md");
}

#[test]
fn a_file_is_written_only_where_it_is_the_one_that_was_edited() {
    let mut app = on_disk();
    app.keys(":")
        .types("edit policy.md")
        .keys("enter")
        .types("Be kind. ");
    app.keys("<c-s>")
        .sees("this conversation only; the file is ");
    let file = app.room.folder.clone().unwrap().join("policy.md");
    let before = std::fs::read_to_string(&file).unwrap();
    // Somebody else was faster.
    std::fs::write(&file, "Something else.\n").unwrap();
    app.keys("w").sees("[x] also in the file").keys("enter");
    app.sees("not written").sees("was changed on disk");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "Something else.\n");
    std::fs::write(&file, &before).unwrap();
    app.keys("esc <c-s> w enter");
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written, format!("Be kind. {before}"));
    let Command::Edit {
        onto,
        edit: Edit::Files(edited),
    } = sent(&app)
    else {
        panic!("{:?}", sent(&app));
    };
    assert_eq!(*onto, Onto::Head);
    assert_eq!(edited["policy.md"].as_deref(), Some(written.as_bytes()));
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap())
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "nothing is left beside it");
}

#[test]
fn a_sample_has_no_file_and_says_so() {
    let mut app = stepped(120, 40);
    app.keys(":")
        .types("edit policy.md")
        .keys("enter")
        .types("Be kind. ");
    app.keys("<c-s>").sees("built in and has no file");
    app.keys("w").sees("not now: ");
}

#[test]
fn an_edit_is_a_step_and_what_follows_runs_under_it() {
    let mut app = stepped(120, 40);
    app.keys(":")
        .types("edit policy.md")
        .keys("enter")
        .types("Be kind. ");
    app.keys("<c-s>")
        .sees("apply policy.md")
        .frame("edit__apply");
    app.keys("enter");
    let edited = |app: &App| {
        let run = app.model.run.as_ref().unwrap();
        matches!(run.step().unwrap().body.act, Act::Edited(_))
    };
    assert!(edited(&app));
    let run = app.model.run.as_ref().unwrap();
    let now = run.session.scenario_at(run.at());
    assert!(now.agents[0].policy.starts_with("Be kind. "));
    app.keys("s u u");
    assert!(!edited(&app));
    app.keys("U");
    assert!(edited(&app));
}

#[test]
fn editors_hold_at_every_size() {
    let mut app = stepped(120, 40);
    for keys in ["g p e", "e", "e"] {
        app.keys("esc esc esc").keys(keys);
        if keys == "e" {
            app.keys("enter");
        }
        for (width, height) in [
            (0, 0),
            (1, 1),
            (3, 2),
            (20, 5),
            (59, 15),
            (60, 16),
            (109, 31),
            (300, 100),
        ] {
            app.resize(width, height).buffer();
        }
        app.types("x").keys("<c-s>");
        for (width, height) in [(0, 0), (1, 1), (20, 5), (60, 16), (300, 100)] {
            app.resize(width, height).buffer();
        }
        app.resize(120, 40);
    }
}

#[test]
fn an_edit_says_which_steps_used_it_and_offers_to_begin_there() {
    let mut app = stepped(120, 40);
    app.keys(":")
        .types("edit policy.md")
        .keys("enter")
        .types("Be kind. ");
    app.sees("the old version was used by steps 2 and 4");
    app.keys("<c-s>")
        .sees("steps 2 and 4 of main")
        .sees("before step 2, in a new branch");
    app.frame("edit__apply_first").keys("f");
    let run = app.model.run.as_ref().unwrap();
    assert_ne!(run.session.current().name, "main");
    assert_eq!(run.step().unwrap().body.number, 2);
}

#[test]
fn other_conversations_that_used_it_are_named() {
    let mut app = stepped(120, 40);
    app.keys("<c-n>");
    let bare = app.model.overlay.is_some();
    if bare {
        app.keys("enter");
    }
    app.keys("s s");
    app.keys(":")
        .types("edit policy.md")
        .keys("enter")
        .types("Be kind. ");
    app.keys("<c-s>")
        .sees("1 other conversation used it")
        .sees("from step 2");
}

#[test]
fn a_slider_goes_into_the_file_and_nothing_else_does() {
    let mut app = on_disk();
    let file = app.room.folder.clone().unwrap().join("personas.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    app.keys("g p e j j j j j j j 9 <c-s> w enter");
    let after = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        after,
        before.replacen("patience: 0.2\n", "patience: 0.90\n", 1)
    );
    let run = app.model.run.as_ref().unwrap();
    assert!((run.session.persona_at(run.at()).traits[1] - 0.9).abs() < 1e-9);
    // An emotion that the task's context shifts cannot stand in the file as it is.
    app.keys("e esc g p e");
    app.keys(&"j ".repeat(18))
        .keys("2 <c-s>")
        .sees("also in the file: off");
}

#[test]
fn a_value_of_the_world_is_a_patch_by_a_person() {
    let mut app = stepped(120, 40);
    app.keys("g w v v").keys("j enter").sees("world /");
    app.keys("esc e").sees("world /").keys("esc");
    let world = app.session.as_ref().unwrap().place(None).world.to_json();
    let (order, _) = world["orders"].as_object().unwrap().iter().next().unwrap();
    let path = format!("/orders/{order}/status");
    app.keys(":")
        .types(&format!("edit {path}"))
        .keys("enter <c-k>");
    app.types("\"cancelled\"")
        .keys("<c-s>")
        .sees("apply world")
        .keys("enter");
    let run = app.model.run.as_ref().unwrap();
    assert!(matches!(run.step().unwrap().body.act, Act::Edited(_)));
    let now = run.session.place(run.at()).world.to_json();
    assert_eq!(now["orders"][order]["status"], "cancelled");
}

#[test]
fn a_result_by_hand_of_a_rule_is_marked_as_an_override() {
    let mut app = stepped(120, 40);
    to_a_tool(&mut app);
    app.keys("e e <c-g> down down end").types(" ");
    app.keys("<c-s> enter").sees("override by a person");
}

#[test]
fn what_the_session_refuses_is_back_in_the_editor() {
    let mut app = stepped(120, 40);
    to_a_tool(&mut app);
    app.keys("e e");
    let text =
        "{\"ok\": true, \"result\": 1, \"patch\": [{\"op\": \"remove\", \"path\": \"/nowhere\"}]}";
    app.editor = Some(Ok(text.to_owned()));
    app.keys("<a-e> <c-s> enter")
        .sees("not done: ")
        .sees("/nowhere");
}

#[test]
fn what_changes_on_disk_is_in_an_untouched_editor_at_once() {
    let mut app = stepped(120, 40);
    app.keys(":").types("edit policy.md").keys("enter");
    let policy: Arc<[u8]> = b"Be brief.\n".as_slice().into();
    app.tell(Msg::OnDisk(Arc::new(OnDisk {
        scenario: String::from("returns_desk"),
        changed: BTreeMap::from([(String::from("policy.md"), Some(policy))]),
        problems: Vec::new(),
    })));
    app.sees("Be brief.").sees("edited");
}
