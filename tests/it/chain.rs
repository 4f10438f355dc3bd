//! Where values came from, over any conversation: the chain ends, goes back and
//! never forward, and what the stand-in says without a fault has a source.

use crate::rewind::act;
use crate::shell::Shell;
use crate::support::{Desk, SAMPLES};
use proptest::prelude::*;
use stategen::engine::grounding::{Link, Part, Sought, Stand, literals};
use stategen::engine::session::Session;
use stategen::engine::step::Act;
use stategen::engine::world::{Node, Path};

/// Everything in a step that one can point at.
fn values(session: &Session, number: usize) -> Vec<(Part, Sought)> {
    let path = session.path(session.head());
    let step = path[number - 1].step.as_ref().unwrap();
    let mut out: Vec<(Part, Sought)> = literals(step.body.text())
        .iter()
        .map(|l| (Part::Any, Sought::of_literal(l)))
        .collect();
    let mut leaves = |part: Part, node: &Node| {
        let mut todo = vec![node.clone()];
        while let Some(node) = todo.pop() {
            match &node {
                Node::Map(map) => todo.extend(map.values().cloned()),
                Node::List(list) => todo.extend(list.iter().cloned()),
                plain => out.push((part.clone(), Sought::of_node(plain))),
            }
        }
    };
    match &step.body.act {
        Act::Answered { calls, .. } => calls.iter().for_each(|c| leaves(Part::Args, &c.args)),
        Act::Ran(run) => {
            leaves(Part::Args, &run.args);
            leaves(Part::Result, &run.result);
        }
        _ => {}
    }
    out
}

/// A chain is finite, each link in the step of the one before it or in an earlier.
fn goes_back(link: &Link, from: u32) {
    let at = link.at.step().unwrap_or(from);
    assert!(at <= from, "{} comes after step {from}", link.line());
    link.from.iter().for_each(|l| goes_back(l, at));
}

fn check(session: &Session) {
    let path = session.path(session.head());
    for number in (1..=path.len()).step_by(2) {
        for (part, value) in values(session, number).into_iter().take(2) {
            let chain = session.chain(session.head(), number as u32, &part, &value, 0);
            goes_back(&chain, number as u32);
            assert!(chain.rows().len() <= 1000, "{}", chain.line());
            assert!(!chain.ends().is_empty());
        }
    }
    let head = path.len() as u32;
    for odd in ["", "\u{0}", "9", "null", "\u{202e}é", "_"] {
        for (step, part) in [
            (0, Part::Any),
            (head, Part::Result),
            (head, Part::Args),
            (head + 7, Part::Any),
            (u32::MAX, Part::Said),
        ] {
            let chain = session.chain(session.head(), step, &part, &Sought::of_text(odd), 99);
            assert!(!chain.ends().is_empty());
        }
    }
    for odd in ["", "/nowhere/0", "/orders", "//", "/~1"] {
        let place = Part::World(Path::parse(odd).unwrap());
        let chain = session.chain(session.head(), head, &place, &Sought::of_text("x"), 0);
        assert!(!chain.ends().is_empty());
    }
}

#[test]
fn what_is_said_without_a_fault_came_from_somewhere() {
    for name in SAMPLES {
        for task in 0..3 {
            let mut desk = Desk::open(name, task, 5, &[]);
            desk.finish();
            let session = &desk.session;
            let path = session.path(session.head());
            let (mut all, mut nowhere) = (0, Vec::new());
            for number in 1..=path.len() {
                let step = path[number - 1].step.as_ref().unwrap();
                // A judge counts, and a user may exaggerate.
                if matches!(step.body.act, Act::Judged(_) | Act::Said { .. }) {
                    continue;
                }
                for (part, value) in values(session, number) {
                    if !value.is_telling() {
                        continue;
                    }
                    let chain = session.chain(session.head(), number as u32, &part, &value, 0);
                    all += 1;
                    if chain.is_ungrounded() {
                        let lines: Vec<String> =
                            chain.rows().iter().map(|(_, l)| l.line()).collect();
                        nowhere.push(lines.join("\n    "));
                    }
                }
            }
            assert!(all > 5, "{name} {task}: {all}");
            assert!(nowhere.is_empty(), "{name} {task}:\n{}", nowhere.join("\n"));
        }
    }
}

#[test]
fn what_a_fault_invents_came_from_nowhere() {
    let mut found = 0;
    for seed in 0..6 {
        let mut desk = Desk::open("returns_desk", 0, seed, &["invented_amount", "wrong_id"]);
        desk.finish();
        let session = &desk.session;
        for place in session.path(session.head()) {
            let body = &place.step.as_ref().unwrap().body;
            for finding in &body.findings {
                if !["ungrounded_literal", "wrong_id"].contains(&finding.kind.as_str()) {
                    continue;
                }
                let value = Sought::of_text(&finding.quote);
                let chain = session.chain(session.head(), body.number, &Part::Any, &value, 0);
                let end = chain.ends()[0].at.clone();
                assert!(
                    matches!(end, Stand::Nowhere { step, .. } if step == body.number),
                    "{finding:?}: {end:?}"
                );
                found += 1;
            }
        }
    }
    assert!(found > 2, "{found}");
}

#[test]
fn a_sub_agent_had_it_from_the_agent_that_asked() {
    let mut desk = Desk::open("travel_desk", 0, 5, &[]);
    desk.finish();
    let session = &desk.session;
    let path = session.path(session.head());
    let inner = path.iter().filter_map(|p| p.step.as_ref()).find_map(|s| {
        let Act::Answered { calls, .. } = &s.body.act else {
            return None;
        };
        let call = calls.first().filter(|_| s.body.agent.len() > 1)?;
        let values = call.args.as_map()?.values();
        let id = values
            .filter_map(Node::as_str)
            .find(|t| Sought::of_text(t).is_telling())?;
        Some((s.body.number, id.to_owned()))
    });
    let (number, id) = inner.expect("a sub-agent calls with an id");
    let chain = session.chain(
        session.head(),
        number,
        &Part::Args,
        &Sought::of_text(&id),
        0,
    );
    let lines: Vec<String> = chain.rows().iter().map(|(_, l)| l.line()).collect();
    assert!(!chain.is_ungrounded(), "{lines:#?}");
    assert!(lines.len() > 2, "{lines:#?}");
}

#[test]
fn the_command_prints_it_and_says_by_its_code_whether_it_ends_nowhere() {
    let shell = Shell::project();
    shell
        .run(&[
            "run",
            "returns_desk",
            "--seed",
            "7",
            "--task",
            "broken_kettle",
        ])
        .is(0);
    shell
        .run(&["why", "last", "20", "40.95"])
        .is(0)
        .says("step 20 agent: 40.95  the agent says it")
        .says("<- step 17 tool: 40.95  check_return answers it, refund_otherwise")
        .says("<- derived: 40.95 = 44.9 - 3.95")
        .says("  <- world.json:2: 3.95  desk.return_fee: the scenario's world");
    shell
        .run(&["why", "last", "25", "/returns/R-121052/status"])
        .is(0)
        .says("desk.rules:130: refunded  set back.status = \"refunded\"");
    shell
        .run(&["why", "last", "26", "99.12"])
        .is(1)
        .says("nowhere");
    let json = shell.run(&["why", "last", "14", "RD-27917", "--in", "args", "--json"]);
    let link: serde_json::Value = serde_json::from_str(json.is(0).out.trim()).unwrap();
    assert_eq!(link["at"], "argument");
    assert_eq!(link["path"], "/order_id");
    assert_eq!(link["from"][0]["at"], "said");
    assert_eq!(link["from"][0]["from"][0]["name"], "order number");
    shell
        .run(&["why", "last", "99", "x"])
        .is(2)
        .warns("there is no step 99");
    shell
        .run(&["why", "last", "3", "/no/where"])
        .is(2)
        .warns("there is no /no/where in the world after step 3");
    shell
        .run(&["why", "last", "3", "x", "--branch", "gone"])
        .is(2)
        .warns("There are: main");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Forks, edits, turns and results by persons: a chain comes to its end.
    #[test]
    fn chains_end_on_any_session(
        sample in 0usize..3, task in 0usize..6, seed in 0u64..1000,
        script in prop::collection::vec(
            (prop::sample::select("sssSSSFoiiewpr[]".chars().collect::<Vec<_>>()), 0usize..40),
            1..10
        )
    ) {
        let mut desk = Desk::open(SAMPLES[sample], task, seed, &["wrong_id", "ungrounded_result"]);
        for (letter, spot) in script {
            act(&mut desk, letter, spot);
        }
        check(&desk.session);
    }
}
