//! What an edit makes stale is what used the edited part, from its first use.

use super::Room;
use crate::support::{files, sample};
use stategen::dataset::stale::{Changed, stale};
use stategen::engine::scenario::load;
use std::path::Path;
use std::sync::Arc;

#[test]
fn an_edit_reaches_those_who_used_what_it_changes() {
    let room = Room::new();
    for seed in 0..6u64 {
        room.made(
            &format!("01{seed}"),
            "returns_desk",
            seed as usize,
            seed,
            &[],
        );
    }
    room.made("01x", "travel_desk", 0, 1, &[]);
    let old = sample("returns_desk");
    assert!(Changed::between(&old, &old).is_empty());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_scenarios/returns_desk");
    let edited = |name: &str, change: &dyn Fn(String) -> String| {
        let mut files = files(&folder);
        let text = String::from_utf8(files[name].to_vec()).unwrap();
        files.insert(name.into(), Arc::from(change(text).into_bytes()));
        load("returns_desk", &files).scenario.unwrap()
    };
    let policy = edited("policy.md", &|text| text + "\nBe brief.\n");
    let changed = Changed::between(&old, &policy);
    assert!(changed.tools.is_empty() && !changed.world, "{changed:?}");
    assert_eq!(changed.agents.len(), 1);
    let found = stale(&room.store, "returns_desk", &changed).unwrap();
    assert_eq!(found.len(), 6);
    assert!(
        found.iter().all(|s| s.step == 2),
        "the first reply of the agent"
    );
    // A tool concerns those who called it, from the call on.
    let tool = old.agents[0].tools[0].clone();
    let changed = Changed {
        tools: std::iter::once(tool.clone()).collect(),
        ..Changed::default()
    };
    let found = stale(&room.store, "returns_desk", &changed).unwrap();
    for id in 0..6 {
        let id = stategen::engine::id::ConvId(format!("01{id}"));
        let session = room.store.look(&id).unwrap().session;
        let first = session
            .path(session.head())
            .iter()
            .filter_map(|p| p.step.as_ref())
            .find(|s| match &s.body.act {
                stategen::engine::step::Act::Answered { calls, .. } => {
                    calls.iter().any(|c| c.tool == tool)
                }
                _ => false,
            })
            .map(|s| s.body.number);
        let told = found.iter().find(|s| s.item.row.id == id).map(|s| s.step);
        assert_eq!(told, first, "{id}");
    }
    let changed = Changed {
        world: true,
        ..Changed::default()
    };
    let found = stale(&room.store, "returns_desk", &changed).unwrap();
    assert_eq!(found.len(), 6);
    assert!(found.iter().all(|s| s.step == 1));
}
