//! Edits, turns taken for a role, and seats. All of it replays.

use super::{file, ids, refused, text_of, tool_turn, until};
use crate::support::Desk;
use stategen::engine::effect::Notice;
use stategen::engine::input::{Acted, Command, Edit, Go, Onto};
use stategen::engine::role::{By, Role, ToolCall};
use stategen::engine::session::{Session, State, Turn};
use stategen::engine::step::{Act, Body, ToolRun};
use stategen::engine::world::{Node, Op, Origin, Patch, Path};

fn desk() -> Desk {
    Desk::open("returns_desk", 0, 7, &[])
}

/// The log so far gives the session that is there.
fn replays(desk: &Desk) {
    let again = Session::replay(&desk.log, &desk.blob()).expect("the log replays");
    assert_eq!(again.branches(), desk.session.branches());
    assert_eq!(again.current(), desk.session.current());
    assert_eq!(again.can_undo(), desk.session.can_undo());
    for branch in desk.session.branches() {
        let (a, b) = (again.path(branch.head), desk.session.path(branch.head));
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a.step.as_ref().unwrap().body, b.step.as_ref().unwrap().body);
            assert_eq!(a.world.hash(), b.world.hash());
            assert_eq!(a.ledger, b.ledger);
            assert_eq!(a.setting.scenario.version, b.setting.scenario.version);
            assert_eq!(a.setting.persona, b.setting.persona);
            assert_eq!(a.setting.task, b.setting.task);
        }
        assert_eq!(
            again.assertions(branch.head),
            desk.session.assertions(branch.head)
        );
    }
    assert_eq!(
        again.trial().map(|t| &t.runs),
        desk.session.trial().map(|t| &t.runs)
    );
}

#[test]
fn a_policy_edited_holds_from_there_and_nowhere_before() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let before = ids(&desk.session);
    let old = desk.session.scenario().version;
    let policy = format!("{}\nBe brief.\n", text_of(&desk, "policy.md"));
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit: file("policy.md", &policy),
    });
    let head = desk.session.head();
    let place = desk.session.place(head);
    let body = &place.step.as_ref().unwrap().body;
    assert_eq!((body.role, &body.by), (Role::Agent, &By::Person));
    assert_ne!(place.setting.scenario.version, old);
    assert_eq!(
        desk.session.scenario_at(before.last().copied()).version,
        old
    );
    desk.run(Command::Go(Go::Step));
    assert_eq!(tail(&desk).version, desk.session.scenario().version);
    // The agent is told the new one.
    desk.command(Command::Go(Go::Step));
    let request = desk.waiting.clone().expect("a call");
    if request.role == Role::Agent {
        assert!(request.system.contains("Be brief."));
    }
    while desk.answer() {}
    desk.finish();
    replays(&desk);
    for _ in 0..30 {
        desk.run(Command::Undo);
    }
    assert_eq!(desk.session.scenario().version, old);
    replays(&desk);
}

fn tail(desk: &Desk) -> Body {
    let head = desk.session.head().unwrap();
    desk.session.step(head).unwrap().body.clone()
}

#[test]
fn an_edit_that_does_not_load_says_every_problem_and_changes_nothing() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let events = desk.log.len();
    desk.run(Command::Edit {
        onto: Onto::Fork(None),
        edit: file("tasks.yaml", "one: {goal: 3}\ntwo: {}\n"),
    });
    let why = refused(&desk);
    assert!(why.contains("tasks.yaml:"), "{why}");
    assert!(why.lines().count() >= 2, "{why}");
    for path in ["../x", "/etc/passwd", "a\\b", ""] {
        desk.run(Command::Edit {
            onto: Onto::Head,
            edit: file(path, "x"),
        });
        assert!(refused(&desk).contains("no path"), "{path}");
    }
    assert_eq!(desk.log.len(), events);
}

fn ran(body: &Body) -> &ToolRun {
    match &body.act {
        Act::Ran(run) => run,
        other => panic!("no run: {other:?}"),
    }
}

#[test]
fn a_persona_edited_is_who_speaks_from_there() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let head = desk.session.head();
    let was = desk.session.persona().clone();
    let mut persona = was.clone();
    persona.name = String::from("Somebody Else");
    persona.traits[2] = 0.99;
    let edit = Edit::Persona(Box::new(persona.clone()));
    desk.run(Command::Edit {
        onto: Onto::Fork(None),
        edit: edit.clone(),
    });
    assert_eq!(desk.session.persona(), &persona);
    assert_eq!(desk.session.persona_at(head), &was);
    assert_eq!(tail(&desk).role, Role::User);
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit,
    });
    assert_eq!(refused(&desk), "the edit changes nothing");
    for wrong in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        persona.emotions[1] = wrong;
        let edit = Edit::Persona(Box::new(persona.clone()));
        desk.run(Command::Edit {
            onto: Onto::Head,
            edit,
        });
        assert!(refused(&desk).contains("anxiety"));
    }
    desk.finish();
    replays(&desk);
}

#[test]
fn a_value_edited_is_a_persons_and_holds_the_rules() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let world = desk.session.place(None).world.clone();
    let orders = world.child("orders").unwrap().as_map().unwrap();
    let id = orders.keys().next().unwrap().clone();
    let path = Path::parse(&format!("/orders/{id}/status")).unwrap();
    let edit = |value: Node| {
        Edit::World(Patch(vec![Op::Replace {
            path: path.clone(),
            value,
        }]))
    };
    let other = if path.find(&world).unwrap().as_str() == Some("cancelled") {
        "delivered"
    } else {
        "cancelled"
    };
    let events = desk.log.len();
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit: edit(Node::Int(7)),
    });
    assert!(refused(&desk).contains("schema: "), "{}", refused(&desk));
    let nowhere = Edit::World(Patch(vec![Op::Remove {
        path: Path::parse("/no/where").unwrap(),
    }]));
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit: nowhere,
    });
    assert!(refused(&desk).contains("nothing at"), "{}", refused(&desk));
    assert_eq!(desk.log.len(), events);
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit: edit(Node::str(other)),
    });
    let place = desk.session.place(desk.session.head());
    assert_eq!(path.find(&place.world).unwrap().as_str(), Some(other));
    let number = place.number();
    assert_eq!(place.ledger.origin(&path), Origin::Person { step: number });
    assert_eq!(tail(&desk).text(), format!("world orders.{id}.status"));
    replays(&desk);
}

#[test]
fn a_person_plays_every_role() {
    let mut desk = desk();
    let say = |text: &str, done: bool| Acted::Said {
        text: text.to_owned(),
        done,
    };
    let act = |act: Acted| Command::Act {
        onto: Onto::Head,
        act,
        instead: None,
    };
    desk.run(act(say("   ", false)));
    assert!(refused(&desk).contains("says something"));
    desk.run(act(say("Hello, I am a person.", false)));
    let body = tail(&desk);
    assert_eq!(
        (body.role, &body.by, body.text()),
        (Role::User, &By::Person, "Hello, I am a person.")
    );
    desk.run(act(say("Me again.", false)));
    assert_eq!(refused(&desk), "it is an agent's turn there");
    let call = |raw: &str, args: Node| ToolCall {
        id: String::from("mine"),
        tool: String::from("find_customer"),
        raw: raw.to_owned(),
        args,
    };
    let args: Node = serde_json::from_str("{\"email\": \"a@b.c\"}").unwrap();
    desk.run(act(Acted::Answered {
        text: String::from("Let me look."),
        calls: vec![call("", args.clone()), call("{\"email\": 3", Node::Null)],
    }));
    let body = tail(&desk);
    let Act::Answered { calls, .. } = &body.act else {
        panic!("an answer")
    };
    let names: Vec<&str> = calls.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(names, ["c1", "c2"], "calls are numbered as a model's are");
    assert_eq!(calls[0].raw, "{\"email\":\"a@b.c\"}");
    assert_eq!(calls[1].args, Node::Null);
    assert_eq!(body.agent, ["main"]);
    // A rule's result by hand keeps its executor, and says whose it is.
    desk.run(act(Acted::Result {
        result: serde_json::from_str("{\"customer_id\": \"C-1\"}").unwrap(),
        ok: true,
        patch: None,
    }));
    let body = tail(&desk);
    assert_eq!(
        (ran(&body).executor.as_str(), &body.by),
        ("rules", &By::Person)
    );
    assert!(body.is_override());
    // What cannot be called is answered all the same, and writes nothing.
    let path = Path::parse("/desk/note").unwrap();
    let patch = Patch(vec![Op::Add {
        path,
        value: Node::Int(1),
    }]);
    desk.run(act(Acted::Result {
        result: Node::Null,
        ok: true,
        patch: Some(patch),
    }));
    assert!(refused(&desk).contains("no tool that can write"));
    desk.run(act(Acted::Result {
        result: Node::str("no"),
        ok: false,
        patch: None,
    }));
    assert_eq!(ran(&tail(&desk)).executor, "none");
    desk.run(act(Acted::Answered {
        text: String::from("Bye."),
        calls: Vec::new(),
    }));
    desk.run(act(say("Thanks!\n<done>", false)));
    let body = tail(&desk);
    assert_eq!(
        body.act,
        Act::Said {
            text: String::from("Thanks!"),
            done: true
        }
    );
    assert!(desk.session.ended(desk.session.head()).is_some());
    desk.run(act(say("More.", false)));
    assert!(refused(&desk).contains("has ended"));
    replays(&desk);
    for _ in 0..6 {
        desk.run(Command::Undo);
    }
    assert_eq!(
        ids(&desk.session).len(),
        0,
        "each act is a command of its own"
    );
}

#[test]
fn a_result_by_hand_writes_what_code_would_or_what_is_said() {
    let mut desk = desk();
    let writes = |s: &Session| {
        tool_turn(s) && {
            let mut ahead = s.clone();
            let effects = ahead.handle(stategen::engine::input::Input::Command(Command::Go(
                Go::Step,
            )));
            drop(effects);
            ahead
                .step(ahead.head().unwrap())
                .is_some_and(|s| s.body.patch().is_some())
        }
    };
    until(&mut desk, writes);
    let before = desk.session.head();
    desk.run(Command::Go(Go::Step));
    let step = desk.session.head().unwrap();
    let code = tail(&desk);
    // Code's patch under a person's words.
    let act = Acted::Result {
        result: Node::str("done by hand"),
        ok: true,
        patch: None,
    };
    let onto = Onto::Overwrite(before);
    desk.run(Command::Act {
        onto,
        act,
        instead: Some(step),
    });
    let body = tail(&desk);
    assert_eq!(body.patch(), code.patch());
    assert_eq!(body.instead, Some(step));
    assert_eq!(body.number, code.number);
    assert_eq!(ran(&body).text, "done by hand");
    let touched = code.patch().unwrap().0[0].path().clone();
    let place = desk.session.place(desk.session.head());
    assert!(
        matches!(place.ledger.origin(&touched), Origin::Step { .. })
            || touched.find(&place.world).is_none()
    );
    desk.run(Command::Undo);
    assert_eq!(
        desk.session.head(),
        Some(step),
        "one undo takes it back whole"
    );
    // A patch of the person's own, held against schema and invariants.
    let bad = Patch(vec![Op::Replace {
        path: Path::parse("/orders").unwrap(),
        value: Node::Int(1),
    }]);
    let act = Acted::Result {
        result: Node::Null,
        ok: true,
        patch: Some(bad),
    };
    desk.run(Command::Act {
        onto,
        act,
        instead: None,
    });
    assert!(refused(&desk).contains("orders"), "{}", refused(&desk));
    assert_eq!(desk.session.head(), Some(step));
    let none = Acted::Result {
        result: Node::Null,
        ok: true,
        patch: Some(Patch::default()),
    };
    desk.run(Command::Act {
        onto: Onto::Fork(before),
        act: none,
        instead: None,
    });
    assert_eq!(tail(&desk).patch(), None);
    assert_eq!(desk.session.current().name, "main.2");
    // The step that it stands in for has the same parent.
    let act = Acted::Result {
        result: Node::Null,
        ok: true,
        patch: None,
    };
    desk.run(Command::Act {
        onto: Onto::Fork(None),
        act,
        instead: Some(step),
    });
    assert!(refused(&desk).contains("stands in for"));
    desk.finish();
    replays(&desk);
}

#[test]
fn a_seat_taken_waits_and_is_handed_back() {
    let mut desk = desk();
    desk.run(Command::Take {
        seat: String::from("judge"),
        once: false,
    });
    assert!(refused(&desk).contains("no seat"));
    desk.run(Command::Take {
        seat: String::from("agent"),
        once: false,
    });
    assert_eq!(desk.session.taken(), [(String::from("agent"), false)]);
    desk.run(Command::Go(Go::End));
    assert!(matches!(
        desk.session.state(),
        State::Person {
            role: Role::Agent,
            ..
        }
    ));
    assert!(
        desk.notices
            .contains(&Notice::SeatWaits(String::from("agent")))
    );
    assert_eq!(
        desk.session.turn(desk.session.head()),
        Turn::Agent {
            agent: vec![String::from("main")]
        }
    );
    desk.run(Command::Go(Go::Step));
    assert!(refused(&desk).contains("your turn"));
    // Acting goes on with what was wanted, until it is that seat's turn again.
    let act = Acted::Answered {
        text: String::from("Which order?"),
        calls: Vec::new(),
    };
    desk.run(Command::Act {
        onto: Onto::Head,
        act,
        instead: None,
    });
    assert!(matches!(
        desk.session.state(),
        State::Person {
            role: Role::Agent,
            ..
        }
    ));
    assert_eq!(ids(&desk.session).len(), 3);
    // Handed back, whoever plays it goes on at once.
    desk.run(Command::HandBack {
        seat: String::from("agent"),
    });
    assert!(desk.session.ended(desk.session.head()).is_some());
    desk.run(Command::HandBack {
        seat: String::from("agent"),
    });
    assert!(refused(&desk).contains("not taken"));
    replays(&desk);
}

#[test]
fn a_seat_for_one_turn_is_given_back_by_itself() {
    let mut desk = desk();
    desk.run(Command::Take {
        seat: String::from("user"),
        once: true,
    });
    desk.run(Command::Go(Go::Step));
    assert_eq!(
        desk.session.state(),
        &State::Person {
            role: Role::User,
            agent: Vec::new()
        }
    );
    let act = Acted::Said {
        text: String::from("Hello."),
        done: false,
    };
    desk.run(Command::Act {
        onto: Onto::Head,
        act,
        instead: None,
    });
    assert!(desk.session.taken().is_empty());
    assert_eq!(desk.session.state(), &State::Paused);
    desk.run(Command::Take {
        seat: String::from("tool/find_customer"),
        once: true,
    });
    until(&mut desk, |s| matches!(s.state(), State::Human { .. }));
    let State::Human { call, .. } = desk.session.state() else {
        panic!()
    };
    assert_eq!(call.tool, "find_customer");
    desk.run(Command::Answer {
        result: Node::str("nobody"),
        ok: false,
    });
    assert_eq!(ran(&tail(&desk)).text, "Error: nobody");
    assert!(desk.session.taken().is_empty());
    // A trial runs by itself.
    desk.run(Command::Take {
        seat: String::from("user"),
        once: false,
    });
    desk.run(Command::Trial {
        at: desk.session.head(),
        times: 1,
    });
    assert!(desk.session.trial().unwrap().runs[0].ended.is_some());
}
