//! Edits in the store and in case files: what they bring in travels with them.

use super::file;
use crate::support::sample;
use stategen::dataset::case::{Case, Taken};
use stategen::driver::{Driver, Seats, headless};
use stategen::engine::id::{ConvId, Sha};
use stategen::engine::input::{Acted, Command, Edit, Go, Onto};
use stategen::engine::session::{Session, State};
use stategen::engine::step::Act;
use stategen::store::Store;
use std::sync::Arc;
use std::time::Duration;

struct Room {
    _folder: tempfile::TempDir,
    store: Arc<Store>,
    driver: Driver,
    seats: Seats,
}

impl Room {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path()).unwrap());
        let scenario = sample("returns_desk");
        let task = scenario.tasks[0].id.clone();
        let persona = scenario.persona_for(&task, None, 7).unwrap();
        let id = ConvId(String::from("edited"));
        let (session, opening) =
            Session::open(id, scenario, &task, persona, 7, Vec::new()).unwrap();
        let seats = Seats::scripted(&session);
        let driver = Driver::open(session, &opening, Some(Arc::clone(&store))).unwrap();
        Self {
            _folder: folder,
            store,
            driver,
            seats,
        }
    }

    fn run(&mut self, command: Command) {
        let none = Duration::ZERO;
        headless::command(&mut self.driver, &self.seats, command, none, |_| {}).unwrap();
    }

    fn text(&self, name: &str) -> String {
        let files = &self.driver.session().scenario().files;
        String::from_utf8(files[name].to_vec()).unwrap()
    }
}

/// Edits of three kinds, a turn by hand and a trial; then to the end.
fn edited() -> Room {
    let mut room = Room::open();
    room.run(Command::Go(Go::Round));
    let policy = format!("{}\nBe brief.\n", room.text("policy.md"));
    room.run(Command::Edit {
        onto: Onto::Head,
        edit: file("policy.md", &policy),
    });
    let mut persona = room.driver.session().persona().clone();
    persona.name = String::from("Somebody Else");
    room.run(Command::Edit {
        onto: Onto::Fork(None),
        edit: Edit::Persona(Box::new(persona)),
    });
    let tasks = room
        .text("tasks.yaml")
        .replacen("goal: ", "goal: Politely, ", 1);
    room.run(Command::Edit {
        onto: Onto::Head,
        edit: file("tasks.yaml", &tasks),
    });
    let act = Acted::Said {
        text: String::from("Hello?"),
        done: false,
    };
    room.run(Command::Act {
        onto: Onto::Head,
        act,
        instead: None,
    });
    room.run(Command::Trial { at: None, times: 2 });
    room.run(Command::Go(Go::End));
    room
}

#[test]
fn edits_replay_from_the_store() {
    let room = edited();
    let live = room.driver.session();
    assert!(matches!(live.state(), State::Ended(_)));
    assert!(
        live.task().goal.starts_with("Politely, "),
        "{}",
        live.task().goal
    );
    let id = &live.opened().conversation;
    let stored = room.store.replay(id).unwrap();
    let again = &stored.session;
    assert_eq!(again.branches(), live.branches());
    assert_eq!(again.scenario().version, live.scenario().version);
    assert_eq!(again.scenario().files, live.scenario().files);
    assert_eq!(again.task(), live.task());
    assert_eq!(again.persona(), live.persona());
    assert_eq!(again.trial(), live.trial());
}

#[test]
fn edits_travel_in_a_case_file() {
    let room = edited();
    let id = room.driver.session().opened().conversation.clone();
    let case = Case::from_store(&room.store, &id).unwrap();
    let mut bytes = Vec::new();
    case.write(&mut bytes).unwrap();
    let read = Case::read(&mut bytes.as_slice()).unwrap();
    assert_eq!(read, case);
    assert!(read.replay().unwrap() > 10);
    let other = tempfile::tempdir().unwrap();
    let store = Store::open(other.path()).unwrap();
    assert_eq!(read.take_in(&store).unwrap(), Taken::New);
    let there = store.replay(&id).unwrap().session;
    assert_eq!(
        there.scenario().files,
        room.driver.session().scenario().files
    );

    // Without what an edit brought in, it is no case.
    let policy = there.scenario_at(None).files["tasks.yaml"].clone();
    let edited = there.scenario().files["tasks.yaml"].clone();
    assert_ne!(policy, edited);
    let mut lacks = case.clone();
    lacks.blobs.remove(&Sha::of(&edited));
    let mut bytes = Vec::new();
    lacks.write(&mut bytes).unwrap();
    let why = Case::read(&mut bytes.as_slice()).unwrap_err().to_string();
    assert!(why.contains("names a blob"), "{why}");
    assert!(lacks.replay().is_err());
}

#[test]
fn a_case_whose_edit_names_a_path_outside_is_refused() {
    let room = edited();
    let id = room.driver.session().opened().conversation.clone();
    let mut case = Case::from_store(&room.store, &id).unwrap();
    for (event, _) in &mut case.events {
        if let stategen::engine::event::Event::Stepped { step, .. } = event
            && let Act::Edited(edited) = &mut step.body.act
            && let Some(sha) = edited.files.remove("policy.md")
        {
            edited.files.insert(String::from("../policy.md"), sha);
        }
    }
    let mut bytes = Vec::new();
    case.write(&mut bytes).unwrap();
    let why = Case::read(&mut bytes.as_slice()).unwrap_err().to_string();
    assert!(why.contains("outside its folder"), "{why}");
    assert!(case.replay().is_err());
}
