//! Whatever comes in, `handle` answers, and what it logs still replays.

use super::properties::seen;
use crate::support::{Desk, SAMPLES};
use proptest::prelude::*;
use stategen::engine::halt::Break;
use stategen::engine::id::{CallId, Sha};
use stategen::engine::input::{Acted, Command, Edit, Go, Input, Onto};
use stategen::engine::role::{Finish, RawCall, Reply, ToolCall};
use stategen::engine::session::Session;
use stategen::engine::world::{Node, Op, Patch, Path};
use std::sync::Arc;

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// 9.
    #[test]
    fn handle_never_panics(
        sample in 0usize..3, seed in any::<u64>(), inputs in prop::collection::vec(hostile(), 1..60)
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 2, seed, &["wrong_id", "ungrounded_result"]);
        desk.session.sample_judge((seed % 3) as u32);
        for (input, follow, spot) in inputs {
            let input = match (input, desk.waiting.as_ref().map(|r| r.call)) {
                // Half of the hostile replies hit the call that is waited for.
                (Input::Reply { call, body }, Some(due)) if call.0 % 2 == 0 => {
                    desk.waiting = None;
                    Input::Reply { call: due, body }
                }
                (Input::Command(command), _) => Input::Command(aimed(&desk, command, spot)),
                (input, _) => input,
            };
            if let Input::Command(Command::Edit { edit, .. }) = &input {
                let _ = desk.session.touches(desk.session.head(), edit);
            }
            desk.give(input);
            if follow {
                desk.answer();
            }
        }
        // A call in flight would still make its step.
        desk.command(Command::Stop);
        let again = Session::replay(&desk.log, &desk.blob()).expect("the log replays");
        prop_assert_eq!(seen(&again), seen(&desk.session));
    }
}

/// Names a step that is there in the place of the one that is not, half the time.
fn aimed(desk: &Desk, command: Command, spot: usize) -> Command {
    let path = super::ids(&desk.session);
    let Some(id) = path.get(spot % (path.len() * 2).max(1)).copied() else {
        return command;
    };
    match command {
        Command::Try { .. } => Command::Try { step: id },
        Command::Fork { .. } => Command::Fork { at: Some(id) },
        Command::Trial { times, .. } => Command::Trial {
            at: Some(id),
            times,
        },
        Command::Act { act, .. } => {
            let parent = desk.session.step(id).unwrap().parent;
            Command::Act {
                onto: Onto::Fork(parent),
                act,
                instead: Some(id),
            }
        }
        Command::Edit { edit, .. } => Command::Edit {
            onto: Onto::Overwrite(Some(id)),
            edit,
        },
        other => other,
    }
}

fn hostile() -> impl Strategy<Value = (Input, bool, usize)> {
    let text = prop_oneof![
        Just(String::new()),
        Just(String::from("<done>")),
        Just(String::from("bye")),
        Just(String::from(
            "{\"result\": 1, \"patch\": [{\"op\": \"remove\", \"path\": \"\"}]}"
        )),
        Just(String::from("{\"axes\": []}")),
        ".{0,40}",
    ];
    let call = ("[a-z_]{0,12}", "\\PC{0,30}").prop_map(|(name, arguments)| RawCall {
        id: String::new(),
        name,
        arguments,
    });
    let finish = prop::sample::select(vec![
        Finish::Stop,
        Finish::ToolCalls,
        Finish::Length,
        Finish::Refusal,
    ]);
    let calls = prop::collection::vec(call, 0..3);
    let reply = (text, calls, finish).prop_map(|(text, calls, finish)| Reply {
        text,
        calls,
        finish,
        ..Reply::default()
    });
    let command = prop_oneof![
        4 => Just(Command::Go(Go::Step)),
        4 => Just(Command::Go(Go::Round)),
        2 => Just(Command::Go(Go::End)),
        1 => Just(Command::Pause),
        1 => Just(Command::Stop),
        1 => any::<bool>().prop_map(|clean| Command::Retry { clean }),
        1 => Just(Command::Undo),
        1 => Just(Command::Redo),
        1 => Just(Command::Judge),
        1 => Just(Command::Fork { at: None }),
        1 => Just(Command::Overwrite { at: None }),
        1 => Just(Command::Switch { branch: String::from("nowhere") }),
        1 => Just(Command::Answer { result: Node::Null, ok: true }),
        4 => by_person(),
    ];
    let input = prop_oneof![
        5 => command.prop_map(Input::Command),
        4 => (0u64..40, reply)
            .prop_map(|(n, body)| Input::Reply { call: CallId(n), body: Box::new(body) }),
        1 => (0u64..40)
            .prop_map(|n| Input::Failed { call: CallId(n), error: String::from("no route") }),
        1 => Just(Input::Continue),
    ];
    (input, any::<bool>(), 0usize..100)
}

fn by_person() -> impl Strategy<Value = Command> {
    let nowhere = Sha::of(b"nowhere");
    let onto = prop_oneof![
        3 => Just(Onto::Head),
        1 => Just(Onto::Fork(None)),
        1 => Just(Onto::Fork(Some(nowhere))),
        1 => Just(Onto::Overwrite(None)),
        1 => Just(Onto::Overwrite(Some(nowhere))),
    ];
    let node = prop_oneof![
        Just(Node::Null),
        Just(Node::Int(i64::MIN)),
        ".{0,12}".prop_map(|text| Node::str(text.as_str())),
        "\\PC{0,20}".prop_map(|text| serde_json::from_str(&text).unwrap_or_default()),
    ];
    let path = prop::sample::select(vec![
        "",
        "/",
        "/orders",
        "/desk/verified/-",
        "/a/b",
        "/clients",
    ]);
    let op = (path, node.clone(), 0..4).prop_map(|(path, value, kind)| {
        let path = Path::parse(path).unwrap_or_default();
        match kind {
            0 => Op::Add { path, value },
            1 => Op::Remove { path },
            2 => Op::Replace { path, value },
            _ => Op::Move {
                from: path.clone(),
                path,
            },
        }
    });
    let patch = prop::collection::vec(op, 0..3).prop_map(Patch);
    let call =
        ("[a-z_]{0,12}", "\\PC{0,20}", node.clone()).prop_map(|(tool, raw, args)| ToolCall {
            id: String::new(),
            tool,
            raw,
            args,
        });
    let act = prop_oneof![
        (".{0,20}", any::<bool>()).prop_map(|(text, done)| Acted::Said { text, done }),
        (".{0,20}", prop::collection::vec(call, 0..3))
            .prop_map(|(text, calls)| Acted::Answered { text, calls }),
        (node, any::<bool>(), prop::option::of(patch.clone()))
            .prop_map(|(result, ok, patch)| Acted::Result { result, ok, patch }),
    ];
    let name = prop::sample::select(vec![
        "policy.md",
        "tasks.yaml",
        "tools.yaml",
        "world.json",
        "new.rules",
        "../up",
        "",
    ]);
    let content = prop::option::of("(after:|tool x:|\\PC){0,20}");
    let files = (name, content).prop_map(|(name, content)| {
        let bytes = content.map(|text| Arc::from(text.as_bytes()));
        Edit::Files([(name.to_owned(), bytes)].into())
    });
    let edit = prop_oneof![files, patch.prop_map(Edit::World)];
    let seat = prop::sample::select(vec![
        "user",
        "agent",
        "tool",
        "agent/main",
        "tool/get_order",
        "judge",
        "",
        "/",
        "tool/",
    ]);
    prop_oneof![
        4 => (onto.clone(), act).prop_map(|(onto, act)| Command::Act { onto, act, instead: None }),
        2 => (onto, edit).prop_map(|(onto, edit)| Command::Edit { onto, edit }),
        2 => (seat.clone(), any::<bool>())
            .prop_map(|(seat, once)| Command::Take { seat: seat.to_owned(), once }),
        2 => seat.prop_map(|seat| Command::HandBack { seat: seat.to_owned() }),
        1 => Just(Command::Try { step: nowhere }),
        1 => (0u32..3).prop_map(|times| Command::Trial { at: None, times }),
        1 => Just(Command::Break { on: vec![Break::Finding, Break::Tool(String::from("x"))] }),
    ]
}
