//! What leaves is what was approved, whole, and read by who it is for.

use super::Room;
use crate::support::Desk;
use serde_json::Value;
use stategen::dataset::export::{self, ExportError, Manifest, Wanted};
use stategen::dataset::filter::Filter;
use stategen::engine::event::Event;
use stategen::engine::id::Sha;
use stategen::engine::input::Command;
use stategen::engine::session::Session;
use stategen::store::Choice;
use std::path::Path;
use std::sync::Arc;

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn exported(room: &Room, name: &str, wanted: &Wanted) -> (Manifest, std::path::PathBuf) {
    let folder = room.dir.path().join(name);
    let manifest = export::export(&room.store, wanted, &folder, 1_234).unwrap();
    (manifest, folder)
}

#[test]
fn only_what_is_approved_leaves() {
    let room = Room::new();
    let a = room.made("01a", "returns_desk", 0, 1, &[]);
    let b = room.made("01b", "returns_desk", 0, 2, &[]);
    let c = room.made("01c", "travel_desk", 0, 3, &[]);
    room.made("01d", "travel_desk", 0, 4, &[]);
    room.decide(&a, Choice::Approve);
    room.decide(&b, Choice::Discard);
    let stale = room.decide(&c, Choice::Approve);
    // The branch goes back: what was approved is no more its head.
    let back = room.store.look(&c).unwrap().session;
    let earlier = back.path(Some(stale.head))[1].step.as_ref().map(|s| s.id);
    let moved = Event::Moved {
        why: "overwrite".into(),
        branch: "main".into(),
        head: earlier,
        from: None,
    };
    let at = stategen::store::Envelope::at(9_000);
    room.store.append(&c, &[(moved, at)]).unwrap();
    let seen = export::preview(&room.store, &Wanted::default()).unwrap();
    assert_eq!((seen.approved, seen.written), (1, 1));
    assert_eq!((seen.open, seen.discarded, seen.stale.len()), (1, 1, 1));
    assert_eq!(seen.stale[0].conversation, "01c");
    let (manifest, folder) = exported(&room, "out", &Wanted::default());
    assert_eq!(manifest.told, seen, "the preview says what is written");
    for line in lines(&folder.join("index.jsonl")) {
        assert_eq!(line["conversation"], "01a");
    }
    let own = lines(&folder.join("own.jsonl"));
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["decision"]["reason"], "because");
    // What the manifest says of a file is true of it.
    for made in &manifest.files {
        let bytes = std::fs::read(folder.join(&made.file)).unwrap();
        assert_eq!(made.sha256, Sha::of(&bytes).to_string());
        assert_eq!(made.bytes, bytes.len() as u64);
    }
    let read: Manifest =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(read, manifest);
}

#[test]
fn a_folder_is_never_overwritten_and_nothing_is_left_behind() {
    let room = Room::new();
    let a = room.made("01a", "returns_desk", 0, 1, &[]);
    let folder = room.dir.path().join("out");
    let none = export::export(&room.store, &Wanted::default(), &folder, 1);
    assert!(matches!(none, Err(ExportError::Nothing(_))));
    room.decide(&a, Choice::Approve);
    std::fs::create_dir(&folder).unwrap();
    let there = export::export(&room.store, &Wanted::default(), &folder, 1);
    assert!(matches!(there, Err(ExportError::Exists(_))));
    let wrong = Wanted {
        formats: vec![String::from("opnai")],
        ..Wanted::default()
    };
    let unknown = export::export(&room.store, &wrong, &room.dir.path().join("new"), 1);
    assert!(matches!(unknown, Err(ExportError::Wanted(_))));
    let mut left: Vec<String> = std::fs::read_dir(room.dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, [".stategen", "out"]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn our_own_record_replays_by_itself() {
    let room = Room::new();
    let mut desk = Desk::open("travel_desk", 0, 5, &["wrong_id"]);
    desk.finish();
    let at = desk.session.path(desk.session.head())[1]
        .step
        .as_ref()
        .map(|s| s.id);
    desk.run(Command::Fork { at });
    desk.finish();
    let id = room.keep("01a", &desk);
    let decision = room.decide(&id, Choice::Approve);
    let (_, folder) = exported(&room, "out", &Wanted::default());
    let own = &lines(&folder.join("own.jsonl"))[0];
    let events: Vec<Event> = own["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| serde_json::from_value(line["event"].clone()).unwrap())
        .collect();
    let blob = |sha: Sha| {
        let bytes = std::fs::read(folder.join("blobs").join(sha.to_string())).ok()?;
        Some(Arc::from(bytes))
    };
    let session = Session::replay(&events, &blob).unwrap();
    assert_eq!(session.head(), Some(decision.head));
    let there = desk.session.place(Some(decision.head));
    assert_eq!(
        session.place(session.head()).world.hash(),
        there.world.hash()
    );
    assert_eq!(
        session.ended(session.head()),
        desk.session.ended(Some(decision.head))
    );
    // Steps of other branches were not approved, and are not there.
    let steps = events.iter().filter(|e| matches!(e, Event::Stepped { .. }));
    assert_eq!(steps.count(), session.path(session.head()).len());
}

#[test]
fn the_same_talk_is_written_once() {
    let room = Room::new();
    let a = room.made("01a", "returns_desk", 0, 1, &[]);
    let b = room.made("01b", "returns_desk", 0, 1, &[]);
    room.decide(&a, Choice::Approve);
    room.decide(&b, Choice::Approve);
    let seen = export::preview(&room.store, &Wanted::default()).unwrap();
    assert_eq!((seen.approved, seen.written), (2, 1));
    assert_eq!(seen.duplicates.len(), 1);
    assert_eq!(seen.duplicates[0].conversation, "01b");
    let both = Wanted {
        duplicates: true,
        ..Wanted::default()
    };
    assert_eq!(export::preview(&room.store, &both).unwrap().written, 2);
    let one = Wanted {
        filter: Filter::parse("id:01b").unwrap(),
        ..Wanted::default()
    };
    assert_eq!(export::preview(&room.store, &one).unwrap().written, 1);
}

/// What a record of chat fine-tuning must be, whatever it is of.
fn check_chat(record: &Value) {
    let keys: Vec<&String> = record.as_object().unwrap().keys().collect();
    for key in keys {
        assert!(
            ["messages", "tools", "parallel_tool_calls"].contains(&key.as_str()),
            "{key}"
        );
    }
    let messages = record["messages"].as_array().unwrap();
    assert_eq!(messages[0]["role"], "system");
    assert_eq!(messages.last().unwrap()["role"], "assistant");
    let tools = record["tools"].as_array().cloned().unwrap_or_default();
    let named = |name: &Value| tools.iter().any(|t| t["function"]["name"] == *name);
    let mut open: Vec<Value> = Vec::new();
    for message in messages {
        if message["role"] == "tool" {
            let at = open
                .iter()
                .position(|id| *id == message["tool_call_id"])
                .unwrap();
            open.remove(at);
        } else {
            assert!(open.is_empty(), "calls without results: {open:?}");
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            assert!(named(&call["function"]["name"]), "{call}");
            let arguments = call["function"]["arguments"].as_str().unwrap();
            assert!(
                serde_json::from_str::<Value>(arguments)
                    .unwrap()
                    .is_object()
            );
            open.push(call["id"].clone());
        }
        if message["content"].is_null() {
            assert!(message["tool_calls"].is_array(), "{message}");
        }
        let text = message["content"].as_str().unwrap_or_default();
        assert!(!text.contains("<done>"), "{text}");
    }
}

#[test]
fn chat_records_hold_what_each_agent_saw_and_nothing_else() {
    let room = Room::new();
    for seed in 0..9u64 {
        let sample = crate::support::SAMPLES[seed as usize % 3];
        let id = room.made(&format!("01{seed}"), sample, seed as usize, seed, &[]);
        room.decide(&id, Choice::Approve);
    }
    let (manifest, folder) = exported(&room, "out", &Wanted::default());
    let records = lines(&folder.join("openai.jsonl"));
    let index: Vec<Value> = lines(&folder.join("index.jsonl"))
        .into_iter()
        .filter(|l| l["file"] == "openai.jsonl")
        .collect();
    assert_eq!(records.len(), index.len());
    assert!(records.len() >= 9, "{:?}", manifest.told);
    let mut inner = 0;
    for (record, at) in records.iter().zip(&index) {
        check_chat(record);
        let agent = at["agent"].as_str().unwrap();
        let id = stategen::engine::id::ConvId(at["conversation"].as_str().unwrap().into());
        let session = room.store.look(&id).unwrap().session;
        let name = agent.split('/').next_back().unwrap();
        let has = &session.scenario().agent(name).unwrap().tools;
        let tools: Vec<&str> = record["tools"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|t| t["function"]["name"].as_str().unwrap())
            .collect();
        assert_eq!(tools, *has, "{agent}");
        for tool in record["tools"].as_array().into_iter().flatten() {
            let name = tool["function"]["name"].as_str().unwrap();
            let def = session.scenario().tool(name).unwrap();
            assert_eq!(tool["function"]["parameters"], def.parameters);
            assert_eq!(tool["function"]["description"], *def.description);
        }
        inner += usize::from(agent.contains('/'));
        let text = record.to_string();
        for leak in ["goal_achievement", "\"overall\"", "world_last", "invariant"] {
            assert!(!text.contains(leak), "{leak} in {agent}");
        }
    }
    assert!(inner > 0, "no conversation had a sub-agent");
}

#[test]
fn a_call_that_makes_no_sense_keeps_a_conversation_out_of_chat_records() {
    use stategen::engine::input::Input;
    use stategen::engine::role::{RawCall, Reply};
    let room = Room::new();
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(stategen::engine::input::Go::Step));
    desk.command(Command::Go(stategen::engine::input::Go::End));
    let request = desk.waiting.take().unwrap();
    desk.give(Input::Reply {
        call: request.call,
        body: Box::new(Reply {
            calls: vec![RawCall {
                id: String::new(),
                name: "no_such_tool".into(),
                arguments: "{}".into(),
            }],
            ..Reply::default()
        }),
    });
    while desk.answer() {}
    let id = room.keep("01a", &desk);
    room.decide(&id, Choice::Approve);
    let seen = export::preview(&room.store, &Wanted::default()).unwrap();
    assert_eq!(seen.written, 1, "our own format holds everything");
    assert_eq!(seen.skipped.len(), 1);
    assert_eq!(seen.skipped[0].format.as_deref(), Some("openai"));
    assert!(
        seen.skipped[0].why.contains("no_such_tool"),
        "{:?}",
        seen.skipped
    );
}

#[test]
fn words_from_before_an_edit_are_context_and_not_learned() {
    use stategen::engine::input::{Edit, Go, Onto};
    let room = Room::new();
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(Go::Round));
    let policy = desk.session.scenario().files["policy.md"].clone();
    let mut text = policy.to_vec();
    text.extend(b"\nNever say please.\n");
    let edited: Arc<[u8]> = Arc::from(text);
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit: Edit::Files([(String::from("policy.md"), Some(Arc::clone(&edited)))].into()),
    });
    desk.finish();
    let id = room.keep("01a", &desk);
    let decision = room.decide(&id, Choice::Approve);
    let (manifest, folder) = exported(&room, "out", &Wanted::default());
    let record = &lines(&folder.join("openai.jsonl"))[0];
    check_chat(record);
    let messages = record["messages"].as_array().unwrap();
    assert!(
        messages[0]["content"]
            .as_str()
            .unwrap()
            .contains("Never say please.")
    );
    let weights: Vec<bool> = messages
        .iter()
        .filter(|m| m["role"] == "assistant")
        .map(|m| m["weight"] == 0)
        .collect();
    // First those from before, then those that are learned.
    assert!(weights[0] && !weights[weights.len() - 1], "{weights:?}");
    assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
    assert!(manifest.told.notes[0].why.contains("weight 0"));
    // Our own record holds the edit, and what it names.
    let own = &lines(&folder.join("own.jsonl"))[0];
    let blob = folder.join("blobs").join(Sha::of(&edited).to_string());
    assert_eq!(std::fs::read(blob).unwrap(), edited.to_vec());
    let events: Vec<Event> = own["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| serde_json::from_value(line["event"].clone()).unwrap())
        .collect();
    let blob = |sha: Sha| {
        let bytes = std::fs::read(folder.join("blobs").join(sha.to_string())).ok()?;
        Some(Arc::from(bytes))
    };
    assert_eq!(
        Session::replay(&events, &blob).unwrap().head(),
        Some(decision.head)
    );
}

/// The check that was written apart from us; needs `STATEGEN_CHECKS` (the folder
/// of `check_openai_sft.py`) and a Python that has what it imports.
#[test]
fn an_independent_check_finds_nothing() {
    let tools = std::env::var("STATEGEN_CHECKS").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools"),
        std::path::PathBuf::from,
    );
    let script = tools.join("check_openai_sft.py");
    let python = std::env::var("STATEGEN_PYTHON").unwrap_or_else(|_| String::from("python3"));
    let ready = std::process::Command::new(&python)
        .args(["-c", "import openai, pydantic, jsonschema"])
        .output();
    if !script.is_file() || !ready.is_ok_and(|o| o.status.success()) {
        eprintln!(
            "skipped: needs check_openai_sft.py and a Python with openai, pydantic, jsonschema"
        );
        return;
    }
    let room = Room::new();
    for seed in 0..12u64 {
        let sample = crate::support::SAMPLES[seed as usize % 3];
        let faults: &[&str] = if seed % 4 == 0 { &["wrong_id"] } else { &[] };
        let id = room.made(&format!("01{seed:02}"), sample, seed as usize, seed, faults);
        room.decide(&id, Choice::Approve);
    }
    let (_, folder) = exported(&room, "out", &Wanted::default());
    let done = std::process::Command::new(&python)
        .arg(script)
        .arg(folder.join("openai.jsonl"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(said.lines().count() >= 12, "{said}");
}
