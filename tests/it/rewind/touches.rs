//! What an edit says that it would touch.

use super::{file, text_of};
use crate::support::Desk;
use stategen::engine::input::Edit;
use stategen::engine::role::Role;
use stategen::engine::session::{Session, Touches};
use stategen::engine::step::{Act, Body};
use stategen::engine::world::{Node, Op, Patch, Path};

fn ended() -> Desk {
    let mut desk = Desk::open("returns_desk", 0, 7, &[]);
    desk.finish();
    desk
}

fn touches(desk: &Desk, edit: &Edit) -> Touches {
    let touches = desk.session.touches(desk.session.head(), edit).unwrap();
    let first = touches.used.first().copied();
    assert_eq!(touches.first.map(|f| f.number), first);
    if let Some(first) = touches.first {
        assert_eq!(desk.session.place(first.after).number() + 1, first.number);
    }
    touches
}

fn numbers(session: &Session, is: impl Fn(&Body) -> bool) -> Vec<u32> {
    let path = session.path(session.head());
    let steps = path.iter().filter_map(|p| p.step.as_ref());
    steps
        .map(|s| &s.body)
        .filter(|b| is(b))
        .map(|b| b.number)
        .collect()
}

fn ran(body: &Body, tool: &str) -> bool {
    matches!(&body.act, Act::Ran(run) if run.call.tool == tool)
}

#[test]
fn a_persona_touches_user_turns_and_a_policy_its_agent() {
    let desk = ended();
    let mut persona = desk.session.persona().clone();
    persona.traits[0] = 1.0 - persona.traits[0];
    let found = touches(&desk, &Edit::Persona(Box::new(persona)));
    assert_eq!(found.used, numbers(&desk.session, |b| b.role == Role::User));
    assert!(found.what.starts_with("persona "));
    let policy = format!("{}\nBe brief.\n", text_of(&desk, "policy.md"));
    let found = touches(&desk, &file("policy.md", &policy));
    assert_eq!(
        found.used,
        numbers(&desk.session, |b| b.role == Role::Agent)
    );
    assert_eq!(found.what, "policy.md");
    let rubric = format!(
        "gate: 4\n{}",
        text_of(&desk, "rubric.yaml").replace("gate: 6", "")
    );
    if let Ok(found) = desk
        .session
        .touches(desk.session.head(), &file("rubric.yaml", &rubric))
    {
        assert_eq!(
            found.used,
            numbers(&desk.session, |b| b.role == Role::Judge)
        );
    }
}

#[test]
fn a_rule_touches_the_calls_of_its_tool_alone() {
    let desk = ended();
    let rules = text_of(&desk, "desk.rules");
    let other = rules.replace("status: \"verified\"}", "status: \"verified now\"}");
    assert_ne!(rules, other);
    let found = touches(&desk, &file("desk.rules", &other));
    let runs = numbers(&desk.session, |b| ran(b, "verify_customer"));
    assert!(!runs.is_empty());
    assert_eq!(found.used, runs);
    // A comment is no rule.
    let noted = format!("# A note.\n{rules}\n# Another.\n");
    assert_eq!(
        touches(&desk, &file("desk.rules", &noted)).used,
        Vec::<u32>::new()
    );
    // Its description is what agents are told from the first.
    let told = rules.replace("## Check a detail", "## Check one detail");
    assert_ne!(rules, told);
    let found = touches(&desk, &file("desk.rules", &told));
    let agents = numbers(&desk.session, |b| b.role == Role::Agent);
    assert_eq!(found.used.first(), agents.first());
    let calls = numbers(&desk.session, |b| {
        matches!(&b.act, Act::Answered { calls, .. }
            if calls.iter().any(|c| c.tool == "verify_customer"))
    });
    let mut all: Vec<u32> = [&agents[..1], &calls, &runs].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(found.used, all);
}

#[test]
fn a_value_touches_the_tools_that_read_it() {
    let desk = ended();
    let world = &desk.session.place(None).world;
    let got = numbers(&desk.session, |b| ran(b, "get_order"));
    assert!(!got.is_empty());
    let path = desk.session.path(desk.session.head());
    let Act::Ran(run) = &path[got[0] as usize - 1].step.as_ref().unwrap().body.act else {
        panic!("a run");
    };
    let id = run
        .args
        .child("order_id")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    let replace = |order: &str| {
        let path = Path::parse(&format!("/orders/{order}/placed")).unwrap();
        assert!(path.find(world).is_some(), "{path}");
        let value = Node::str("2026-03-01T10:00:00Z");
        Edit::World(Patch(vec![Op::Replace { path, value }]))
    };
    let found = touches(&desk, &replace(&id));
    assert!(got.iter().all(|n| found.used.contains(n)), "{found:?}");
    assert_eq!(found.what, format!("world orders.{id}.placed"));
    let orders = world.child("orders").unwrap().as_map().unwrap();
    let other = orders.keys().find(|k| k.as_ref() != id).unwrap();
    let found = touches(&desk, &replace(other));
    assert!(!got.iter().any(|n| found.used.contains(n)), "{found:?}");
}

#[test]
fn what_cannot_be_read_is_said_with_file_and_line() {
    let desk = ended();
    let why = desk
        .session
        .touches(None, &file("desk.rules", "tool x(:\n  return 1\n"))
        .unwrap_err();
    assert!(why[0].starts_with("desk.rules:1:"), "{why:?}");
    let same = file("policy.md", &text_of(&desk, "policy.md"));
    assert_eq!(
        desk.session.touches(None, &same).unwrap_err(),
        ["the edit changes nothing"]
    );
}
