//! What becomes of replies as real models write them: cut off, refused, in the
//! wrong form, one of several; and of replies that are only looked at.

use crate::support::{Desk, SAMPLES, sample};
use proptest::prelude::*;
use serde_json::{Value, json};
use stategen::engine::event::{EndedBy, Event};
use stategen::engine::id::{CallId, StepId};
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::role::{By, Finish, RawCall, Reply, Request, Role, Speaker, tool};
use stategen::engine::scenario::{Executor, Scenario, load};
use stategen::engine::score::Blame;
use stategen::engine::session::{Session, State};
use stategen::engine::step::{Act, Step};
use stategen::engine::world::Schema;
use std::sync::Arc;

fn text(text: &str) -> Reply {
    Reply {
        text: text.to_owned(),
        by: By::Model(String::from("local/small")),
        ..Reply::default()
    }
}

fn ended(finish: Finish, reply: Reply) -> Reply {
    Reply { finish, ..reply }
}

fn calling(name: &str, arguments: &str) -> Reply {
    Reply {
        calls: vec![RawCall {
            id: String::from("x"),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        }],
        finish: Finish::ToolCalls,
        ..text("")
    }
}

/// Answers the call that is waited for with `reply`; gives the request back.
fn answer(desk: &mut Desk, reply: Reply) -> Request {
    let request = desk.waiting.take().expect("a call is in flight");
    let body = Box::new(reply);
    desk.give(Input::Reply {
        call: request.call,
        body,
    });
    while desk.on {
        desk.give(Input::Continue);
    }
    request
}

/// What the scripted stand-in would say to what is waited for.
fn scripted(desk: &Desk) -> Reply {
    desk.seats.stand_in(desk.waiting.as_ref().expect("a call"))
}

fn steps(session: &Session) -> Vec<Step> {
    let path = session.path(session.head());
    path.iter().filter_map(|p| p.step.clone()).collect()
}

fn last(desk: &Desk) -> Step {
    steps(&desk.session).pop().expect("a step")
}

fn replays(desk: &Desk) {
    let again = Session::replay(&desk.log, &desk.blob()).expect("the log replays");
    assert_eq!(steps(&again), steps(&desk.session));
    assert_eq!(again.head(), desk.session.head());
    let lines: Vec<String> = desk
        .log
        .iter()
        .map(|e| serde_json::to_string(e).unwrap())
        .collect();
    for (line, event) in lines.iter().zip(&desk.log) {
        assert_eq!(&serde_json::from_str::<Event>(line).unwrap(), event);
    }
}

/// The parts of a request that tell of unusable replies.
fn sent_back(request: &Request) -> Vec<(Speaker, String)> {
    let own = |s: Speaker| matches!(s, Speaker::Own | Speaker::System);
    request
        .messages
        .iter()
        .filter(|m| own(m.from))
        .map(|m| (m.from, m.text.clone()))
        .collect()
}

/// A conversation of the bank that has come to the call of a `model` tool.
fn at_the_tool(faults: &[&str]) -> Desk {
    let mut desk = Desk::open("bank_desk", 0, 3, faults);
    desk.command(Command::Go(Go::End));
    while desk.waiting.as_ref().is_none_or(|r| r.role != Role::Tool) {
        assert!(desk.answer(), "no tool was simulated");
    }
    desk
}

#[test]
fn an_unusable_reply_goes_back_with_its_reason_and_one_step_is_made_in_the_end() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::Step));
    answer(&mut desk, calling("refund", "{\"order_id\": 1}"));
    assert_eq!(
        sent_back(desk.waiting.as_ref().unwrap()),
        [
            (Speaker::Own, String::from("refund({\"order_id\": 1})")),
            (
                Speaker::System,
                String::from(
                    "Your last reply could not be used: the user simulator called a tool; it has none. Reply again."
                )
            ),
        ]
    );
    // Nothing was written: there is nothing to show, only the reason.
    answer(&mut desk, text("  "));
    let request = desk.waiting.clone().unwrap();
    let said = sent_back(&request);
    assert_eq!(said.len(), 3, "both tries in a row: {said:?}");
    assert!(said[2].1.contains("is empty"), "{said:?}");
    assert_eq!(request.messages.last().unwrap().from, Speaker::System);
    answer(&mut desk, text("Hello there, my kettle broke."));
    assert!(desk.waiting.is_none(), "a step is one act");
    let acts: Vec<bool> = steps(&desk.session)
        .iter()
        .map(|s| matches!(s.body.act, Act::Malformed { .. }))
        .collect();
    assert_eq!(acts, [true, true, false]);
    assert_eq!(desk.session.place(desk.session.head()).malformed, 0);
    // The agent hears nothing of it.
    desk.command(Command::Go(Go::Step));
    assert_eq!(sent_back(desk.waiting.as_ref().unwrap()), []);
    desk.command(Command::Stop);
    replays(&desk);
    desk.run(Command::Undo);
    assert_eq!(desk.session.head(), None, "undo takes the tries along");
}

#[test]
fn a_long_unusable_reply_is_shortened_for_its_writer_and_kept_whole() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::Step));
    let long = "ö".repeat(100_000);
    answer(&mut desk, calling("x", &long));
    let said = sent_back(desk.waiting.as_ref().unwrap());
    assert!(said[0].1.chars().count() <= 4001 && said[0].1.ends_with('…'));
    assert_eq!(last(&desk).body.text().chars().count(), 100_003);
}

#[test]
fn what_was_cut_off_or_declined_is_told_as_that() {
    let cut = "{\"order_id\": \"88";
    let whole = "{\"order_id\": \"8841\"}";
    type Wanted = Result<Option<&'static str>, &'static str>;
    let rows: Vec<(Reply, Wanted)> = vec![
        (
            ended(Finish::Length, calling("get_order", cut)),
            Err("raise max_tokens"),
        ),
        (ended(Finish::Length, calling("get_order", whole)), Ok(None)),
        // Without the word of the server it is a call that makes no sense.
        (calling("get_order", cut), Ok(None)),
        (
            ended(Finish::Length, text("I have looked at it and I th")),
            Ok(Some("cut_off")),
        ),
        (ended(Finish::Length, text("")), Err("raise max_tokens")),
        (ended(Finish::Refusal, text("")), Err("the model declined")),
        (
            ended(Finish::Refusal, text("I cannot help with that.")),
            Ok(None),
        ),
        (text(""), Err("neither text nor a tool call")),
    ];
    for (reply, wanted) in rows {
        let mut desk = Desk::open("returns_desk", 0, 1, &[]);
        desk.run(Command::Go(Go::Step));
        desk.command(Command::Go(Go::Step));
        answer(&mut desk, reply.clone());
        let body = last(&desk).body;
        match (&body.act, wanted) {
            (Act::Malformed { why, .. }, Err(part)) => {
                assert!(why.contains(part), "{why}");
                let told = sent_back(desk.waiting.as_ref().unwrap());
                let told = &told.last().unwrap().1;
                assert!(!told.contains("max_tokens"), "no word to a person: {told}");
            }
            (Act::Answered { text, .. }, Ok(kind)) => {
                let found = body.findings.iter().find(|f| f.kind == "cut_off");
                assert_eq!(found.map(|f| f.kind.as_str()), kind);
                if let Some(found) = found {
                    let (a, b) = found.span.unwrap();
                    assert_eq!(&text[a..b], found.quote);
                    assert_eq!(found.blame, Blame::Agent);
                }
            }
            (act, wanted) => panic!("{reply:?}: {act:?}, not {wanted:?}"),
        }
    }
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::Step));
    answer(&mut desk, ended(Finish::Length, text("My kettle is")));
    let found = &last(&desk).body.findings;
    assert_eq!(
        (found[0].kind.as_str(), found[0].blame),
        ("cut_off", Blame::User)
    );
}

#[test]
fn the_tool_simulator_hears_why_and_mends() {
    let mut desk = at_the_tool(&[]);
    let good = scripted(&desk);
    answer(
        &mut desk,
        ended(Finish::Length, text("{\"result\": {\"claim_id\": ")),
    );
    let first = desk.waiting.clone().unwrap();
    let said = sent_back(&first);
    assert_eq!(said[0].0, Speaker::Own);
    assert!(said[1].1.contains("cut off"), "{said:?}");
    answer(
        &mut desk,
        ended(Finish::Refusal, text("I would rather not.")),
    );
    assert_eq!(sent_back(desk.waiting.as_ref().unwrap()).len(), 4);
    answer(&mut desk, good);
    let run = steps(&desk.session)
        .into_iter()
        .rev()
        .find_map(|s| match s.body.act {
            Act::Ran(run) if run.executor == "model" => Some(run),
            _ => None,
        });
    let run = run.unwrap();
    let why: Vec<String> = run.tries.iter().flat_map(|t| t.refused.clone()).collect();
    assert_eq!(
        why,
        [
            "the reply was cut off at its token limit; raise max_tokens",
            "the model declined"
        ]
    );
    assert!(run.ok && run.tries.len() == 3);
}

/// The scenario with one file written anew.
fn edited(name: &str, file: &str, change: impl Fn(&str) -> String) -> Arc<Scenario> {
    let mut files = sample(name).files.clone();
    let old = String::from_utf8(files[file].to_vec()).unwrap();
    let new = change(&old);
    assert_ne!(old, new, "the edit changes something");
    files.insert(file.to_owned(), Arc::from(new.into_bytes()));
    let loaded = load(name, &files);
    loaded
        .scenario
        .unwrap_or_else(|| panic!("{:#?}", loaded.problems))
}

#[test]
fn the_schema_of_a_tools_answer_is_a_schema_and_fits_what_is_accepted() {
    let mut looked = 0;
    for name in SAMPLES {
        for def in &sample(name).tools {
            let schema = tool::schema(def);
            assert!(
                jsonschema::meta::is_valid(&schema),
                "{}: {schema}",
                def.name
            );
            looked += usize::from(def.executor == Executor::Model);
        }
    }
    assert!(looked >= 4);
    let mut desk = at_the_tool(&[]);
    let request = desk.waiting.clone().unwrap();
    let schema = request.schema.clone().expect("a schema");
    let good: Value = serde_json::from_str(&scripted(&desk).text).unwrap();
    for (answer, fits) in [
        (good.clone(), true),
        (json!({"error": "no such transaction"}), true),
        (json!({"error": 4}), false),
        (json!({"result": good["result"]}), false),
        (json!({"result": "ok", "patch": []}), false),
        (
            json!({"result": good["result"], "patch": [], "more": 1}),
            false,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "add", "path": "/a"}]}),
            false,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "add", "path": "/a", "value": null}]}),
            true,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "remove", "path": "/a"}]}),
            true,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "move", "path": "/a", "from": "/b"}]}),
            true,
        ),
        (
            json!({"result": good["result"], "patch": [{"op": "wipe", "path": "/a"}]}),
            false,
        ),
    ] {
        assert_eq!(jsonschema::is_valid(&schema, &answer), fits, "{answer}");
    }
    desk.command(Command::Stop);
}

#[test]
fn a_schema_that_refers_to_itself_keeps_its_references() {
    let mut def = sample("bank_desk")
        .tool("classify_dispute")
        .unwrap()
        .clone();
    let source = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/tree",
        "$ref": "#/$defs/node",
        "$defs": {"node": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"enum": ["a", {"$ref": "#/nowhere"}]},
                "$ref": {"type": "string"},
                "next": {"$ref": "#"},
                "all": {"items": {"$ref": "#/$defs/node"}},
            },
        }},
    });
    def.output = Some(Schema::compile(&source).unwrap());
    let schema = tool::schema(&def);
    assert!(jsonschema::meta::is_valid(&schema));
    let fits = |result: Value| {
        let answer = json!({"result": result, "patch": []});
        jsonschema::validator_for(&schema)
            .expect("every reference is found")
            .is_valid(&answer)
    };
    assert!(fits(
        json!({"name": "a", "next": {"name": {"$ref": "#/nowhere"}}, "$ref": "x"})
    ));
    assert!(!fits(json!({"name": "a", "next": {"name": "b"}})));
    assert!(!fits(
        json!({"name": "a", "all": [{"name": "a", "$ref": 4}]})
    ));
}

#[test]
fn the_tool_simulator_reads_the_calls_before_its_own_and_no_more() {
    let mut desk = at_the_tool(&[]);
    let mut seen = 0;
    loop {
        if let Some(request) = desk.waiting.clone().filter(|r| r.role == Role::Tool) {
            let asked = &request.messages[0].text;
            let before: Vec<&str> = asked.lines().filter(|l| l.starts_with("- ")).collect();
            assert!(before.len() <= 5, "{asked}");
            for step in steps(&desk.session) {
                // Blocking a card is no business of these tools.
                if let Act::Ran(run) = &step.body.act
                    && run.call.tool == "block_card"
                {
                    assert!(!asked.contains("block_card"), "{asked}");
                }
            }
            seen = seen.max(before.len());
        }
        if !desk.answer() {
            break;
        }
    }
    assert!(seen >= 2, "calls before are told: {seen}");
}

#[test]
fn a_reply_weighed_in_its_own_place_is_the_step_that_was_made() {
    let mut looked = 0;
    for (at, name) in SAMPLES.into_iter().enumerate() {
        let mut desk = Desk::open(name, at, 5, &[]);
        desk.finish();
        for step in steps(&desk.session) {
            let Some(request) = desk.session.asked_again(step.id, step.body.attempt) else {
                assert!(desk.session.asked(step.id).is_none());
                assert_eq!(
                    desk.session.weigh(step.id, &text("x")),
                    None,
                    "code made it"
                );
                continue;
            };
            assert_eq!(desk.session.asked(step.id), Some(request.clone()));
            let reply = desk.seats.stand_in(&request);
            let weighed = desk.session.weigh(step.id, &reply).unwrap();
            assert_eq!(weighed.body.as_deref(), Some(&step.body));
            assert_eq!(weighed.refused, [String::new(); 0]);
            assert!(!weighed.what.contains('\n') && weighed.what.chars().count() < 220);
            looked += 1;
        }
    }
    assert!(looked > 20);
}

#[test]
fn the_first_request_is_asked_again_without_what_followed() {
    // The first proposal of the tool is spoilt and was refused.
    let mut desk = at_the_tool(&["ungrounded_result"]);
    let first = desk.waiting.clone().unwrap();
    let spoilt = scripted(&desk);
    while !desk.on && desk.waiting.as_ref().is_some_and(|r| r.role == Role::Tool) {
        assert!(desk.answer());
    }
    let session = &desk.session;
    let id = steps(session)
        .iter()
        .find(|s| matches!(&s.body.act, Act::Ran(run) if run.tries.len() == 2))
        .map(|s| s.id)
        .expect("a repaired step");
    assert_eq!(sent_back(&session.asked(id).unwrap()).len(), 2);
    let again = session.asked_again(id, 0).unwrap();
    assert_eq!((again.seed, &again.messages), (first.seed, &first.messages));
    let other = session.asked_again(id, 1).unwrap();
    assert_eq!(other.messages, first.messages);
    assert_ne!(other.seed, first.seed);
    let weighed = session.weigh(id, &spoilt).unwrap();
    assert_eq!(weighed.body, None, "the state manager would ask again");
    assert!(!weighed.refused.is_empty());

    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::Step));
    let first = answer(&mut desk, text(""));
    answer(&mut desk, text("Hello."));
    let again = desk
        .session
        .asked_again(desk.session.head().unwrap(), 0)
        .unwrap();
    assert_eq!((again.seed, again.messages), (first.seed, first.messages));
    let weighed = desk
        .session
        .weigh(desk.session.head().unwrap(), &text(""))
        .unwrap();
    assert_eq!(weighed.refused.len(), 1);
    assert_eq!(desk.session.weigh(StepId::of(b"nowhere"), &text("")), None);
}

#[test]
fn answers_that_come_to_the_same_have_one_key() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(Go::Round));
    let id = |role: Role| {
        steps(&desk.session)
            .iter()
            .find(|s| s.body.role == role)
            .unwrap()
            .id
    };
    let agent = id(Role::Agent);
    let key = |reply: &Reply| desk.session.weigh(agent, reply).unwrap().key;
    let a = calling("refund", "{\"id\": \"8\", \"n\": 5}");
    let mut b = calling("refund", "{ \"n\":5.0,\"id\":\"8\"}");
    b.text = String::from("One moment.");
    assert_eq!(key(&a), key(&b));
    assert_ne!(
        key(&a),
        key(&calling("refund", "{\"id\": \"8\", \"n\": 6}"))
    );
    assert_ne!(
        key(&a),
        key(&calling("refunds", "{\"id\": \"8\", \"n\": 5}"))
    );
    assert_eq!(key(&text("Well,\n then")), key(&text(" Well, then ")));
    assert_ne!(key(&text("Well, then")), key(&text("")));
    let user = id(Role::User);
    let key = |words: &str| desk.session.weigh(user, &text(words)).unwrap().key;
    assert_ne!(key("Bye."), key("Bye.\n<done>"));

    let desk = at_the_tool(&[]);
    let good: Value = serde_json::from_str(&scripted(&desk).text).unwrap();
    let mut after = at_the_tool(&[]);
    after.answer();
    let is_model = |s: &Step| matches!(&s.body.act, Act::Ran(run) if run.executor == "model");
    let id = steps(&after.session).into_iter().find(is_model).unwrap().id;
    let weigh = |answer: &str| after.session.weigh(id, &text(answer)).unwrap();
    let plain = weigh(&good.to_string());
    assert_eq!(plain.refused, [String::new(); 0]);
    let fenced = weigh(&format!(
        "```json\n{}\n```",
        serde_json::to_string_pretty(&good).unwrap()
    ));
    assert_eq!(plain.key, fenced.key);
    let error = weigh("{\"error\": \"not now\"}");
    assert_ne!(plain.key, error.key);
    assert_eq!(error.what, "error \"not now\"");
    assert_ne!(weigh("what?").key, error.key);
}

#[test]
fn the_same_steps_can_be_asked_under_an_edited_scenario() {
    let mut desk = Desk::open("bank_desk", 0, 3, &[]);
    desk.finish();
    let events = desk.log.len();
    let other = edited("bank_desk", "policy.md", |old| {
        format!("{old}\nAlways rhyme.\n")
    });
    let under = desk.session.under(Arc::clone(&other)).unwrap();
    for step in steps(&desk.session) {
        let (a, b) = (
            desk.session.asked_again(step.id, 1),
            under.asked_again(step.id, 1),
        );
        let Some((a, b)) = a.zip(b) else { continue };
        assert_eq!(a.seed, b.seed);
        let told = matches!(step.body.role, Role::Agent | Role::Judge);
        assert_eq!(
            b.system.contains("Always rhyme."),
            told,
            "{:?}",
            step.body.role
        );
        let weighed = under.weigh(step.id, &desk.seats.stand_in(&b)).unwrap();
        assert_eq!(weighed.body.unwrap().version, other.version);
    }
    assert_eq!(desk.log.len(), events);
    let gone = edited("bank_desk", "tasks.yaml", |old| {
        old.replace("unknown_payment:", "renamed:")
    });
    assert!(
        desk.session
            .under(gone)
            .unwrap_err()
            .contains("unknown_payment")
    );
}

/// A verdict that gives every axis `score`, with a finding at step 1.
fn verdict(desk: &Desk, score: f64, quote: &str) -> Reply {
    let axes: Vec<Value> = desk
        .session
        .scenario()
        .rubric
        .axes
        .iter()
        .map(|a| json!({"axis": a.id, "score": score, "reason": "so", "steps": [1]}))
        .collect();
    let finding =
        json!({"kind": "tone", "step": 1, "quote": quote, "what": "curt", "blame": "user"});
    text(&json!({"axes": axes, "findings": [finding]}).to_string())
}

/// A finished conversation that waits for its judge.
fn at_the_judge() -> Desk {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::End));
    while desk.waiting.as_ref().is_none_or(|r| r.role != Role::Judge) {
        assert!(desk.answer(), "the judge was never asked");
    }
    desk
}

#[test]
fn several_samples_make_one_verdict_with_its_spread() {
    let mut desk = at_the_judge();
    desk.command(Command::Stop);
    desk.session.sample_judge(3);
    desk.command(Command::Judge);
    let first = steps(&desk.session)[0].body.text().to_owned();
    let quote: String = first
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join("  ");
    let before = desk.log.len();
    let mut seeds = Vec::new();
    let good = verdict(&desk, 6.0, &quote);
    seeds.push(answer(&mut desk, good).seed);
    let good = verdict(&desk, 9.0, "never said");
    seeds.push(answer(&mut desk, good).seed);
    let bad = answer(&mut desk, text("8 out of 10"));
    assert_eq!(sent_back(&bad).len(), 1, "the facts alone");
    let repaired = desk.waiting.clone().unwrap();
    assert_eq!(repaired.seed, bad.seed);
    assert_eq!(
        sent_back(&repaired)[1],
        (Speaker::Own, String::from("8 out of 10"))
    );
    assert_eq!(desk.log.len(), before, "no step is made on the way");
    let good = verdict(&desk, 9.0, &quote);
    seeds.push(answer(&mut desk, good).seed);
    assert_eq!(desk.log.len(), before + 1);
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 3, "each sample draws for itself");

    let step = last(&desk);
    let v = desk.session.verdict(desk.session.head()).unwrap();
    assert_eq!(v.samples.len(), 3);
    assert_eq!(v.samples[2].unusable[0].text, "8 out of 10");
    assert!(v.axes.iter().all(|a| (a.score - 8.0).abs() < 1e-9));
    let spread = v.axes[0].spread.unwrap();
    assert!((spread - 3.0_f64.sqrt()).abs() < 1e-9);
    assert!((v.spread.unwrap() - 3.0_f64.sqrt()).abs() < 1e-9);
    assert_eq!(
        (v.findings.len(), v.said.as_slice(), v.voided.len()),
        (1, &[2][..], 1)
    );
    assert!(!v.assertions.is_empty());
    assert_eq!(step.body.by, By::Model(String::from("local/small")));
    let asked = desk.session.asked(step.id).unwrap();
    assert_eq!(
        (asked.seed, &asked.messages),
        (repaired.seed, &repaired.messages)
    );
    replays(&desk);
}

#[test]
fn one_sample_asks_and_writes_what_it_always_did() {
    let mut desk = at_the_judge();
    let request = desk.waiting.clone().unwrap();
    desk.session.sample_judge(0);
    let good = verdict(&desk, 7.0, "x");
    answer(&mut desk, good);
    let body = serde_json::to_value(last(&desk).body).unwrap();
    for key in ["samples", "spread", "said"] {
        assert_eq!(body["act"].get(key), None, "{key}");
        assert_eq!(body["act"]["axes"][0].get(key), None, "{key}");
    }
    let mut other = at_the_judge();
    other.session.sample_judge(4);
    assert_eq!(other.waiting.clone().unwrap().seed, request.seed);
}

#[test]
fn a_judge_that_never_answers_in_form_is_given_up_in_bounds() {
    for samples in [1, 5] {
        let mut desk = at_the_judge();
        desk.session.sample_judge(samples);
        let mut asked = 0;
        while desk.waiting.is_some() {
            answer(&mut desk, text("fine, I suppose"));
            asked += 1;
            assert!(asked < 20);
        }
        assert_eq!(asked, if samples == 1 { 3 } else { 9 });
        assert_eq!(desk.session.verdict(desk.session.head()), None);
        assert_eq!(desk.session.state(), &State::Ended(EndedBy::UserDone));
        replays(&desk);
        // It can be asked again all the same.
        desk.session.sample_judge(1);
        desk.command(Command::Judge);
        assert_eq!(sent_back(desk.waiting.as_ref().unwrap()).len(), 1 + 2 * 3);
        let good = verdict(&desk, 7.0, "x");
        answer(&mut desk, good);
        assert!(desk.session.verdict(desk.session.head()).is_some());
    }
}

#[test]
fn another_judge_speaks_beside_the_first() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.finish();
    let end = desk.session.head();
    let first = desk.session.asked(end.unwrap()).unwrap();
    let why = desk.session.state().clone();
    desk.command(Command::Judge);
    let second = desk
        .waiting
        .clone()
        .expect("an ended conversation is judged again");
    assert_eq!(
        second.messages, first.messages,
        "what a judge said is no evidence"
    );
    assert_ne!(second.seed, first.seed);
    answer(&mut desk, text("no"));
    let good = verdict(&desk, 4.0, "x");
    answer(&mut desk, good);
    assert_eq!(desk.session.state(), &why);
    let all = desk.session.verdicts(desk.session.head());
    let who: Vec<&By> = all.iter().map(|j| &j.by).collect();
    assert_eq!(
        who,
        [&By::Scripted, &By::Model(String::from("local/small"))]
    );
    assert_eq!(Some(all[0].step), end);
    assert_eq!(
        desk.session.verdict(desk.session.head()),
        Some(all[1].verdict.clone())
    );
    let ends = desk
        .log
        .iter()
        .filter(|e| matches!(e, Event::Ended { .. }))
        .count();
    assert_eq!(ends, 1, "it ended once");
    replays(&desk);
    // A retry asks the judge, not whoever would be next.
    desk.command(Command::Retry);
    assert_eq!(desk.waiting.as_ref().unwrap().role, Role::Judge);
    let good = verdict(&desk, 5.0, "x");
    answer(&mut desk, good);
    assert_eq!(desk.session.verdicts(desk.session.head()).len(), 2);
    desk.run(Command::Undo);
    desk.run(Command::Undo);
    assert_eq!(desk.session.head(), end);
    desk.run(Command::Go(Go::Step));
    assert_eq!(desk.session.head(), end, "nothing follows an end");
    replays(&desk);
}

#[test]
fn a_judge_in_the_middle_is_repaired_and_the_talk_goes_on() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(Go::Round));
    for _ in 0..2 {
        desk.command(Command::Judge);
        answer(&mut desk, text("eight"));
        assert_eq!(desk.waiting.as_ref().unwrap().role, Role::Judge);
        answer(&mut desk, text("nine"));
        answer(&mut desk, text("ten"));
        assert!(desk.waiting.is_none());
    }
    // Its failures are not laid at another's door.
    desk.command(Command::Go(Go::Step));
    assert_eq!(desk.waiting.as_ref().unwrap().role, Role::User);
    assert_eq!(sent_back(desk.waiting.as_ref().unwrap()), []);
    answer(&mut desk, text(""));
    assert!(desk.session.ended(desk.session.head()).is_none());
    desk.answer();
    desk.finish();
    assert_eq!(desk.session.state(), &State::Ended(EndedBy::UserDone));
    replays(&desk);
}

#[test]
fn calls_are_numbered_on_from_the_highest_that_is_known() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(Go::Round));
    let known = steps(&desk.session)
        .iter()
        .filter_map(|s| s.call)
        .max()
        .unwrap();
    let mut again = Session::replay(&desk.log, &desk.blob()).unwrap();
    let number = |session: &mut Session| {
        session.handle(Input::Command(Command::Go(Go::Step)));
        match session.state() {
            State::Calling { call, .. } => *call,
            other => panic!("{other:?}"),
        }
    };
    assert!(number(&mut again.clone()) > known);
    again.calls_from(CallId(40));
    again.calls_from(CallId(7));
    assert_eq!(number(&mut again), CallId(41));
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let words = prop_oneof![
        Just(String::new()),
        Just(String::from("Thanks. <DONE>")),
        Just(String::from("{\"result\": 1, \"patch\": []}")),
        Just(String::from("{\"error\": \"no\"}")),
        Just(String::from("{\"axes\": [], \"findings\": []}")),
        "\\PC{0,30}",
    ];
    let finish = prop::sample::select(vec![
        Finish::Stop,
        Finish::ToolCalls,
        Finish::Length,
        Finish::Refusal,
    ]);
    let call = ("[a-z_]{0,8}", "[{}\":a-z0-9 ]{0,20}");
    (words, finish, prop::collection::vec(call, 0..3)).prop_map(|(words, finish, calls)| Reply {
        finish,
        calls: calls
            .into_iter()
            .map(|(name, arguments)| RawCall {
                id: String::new(),
                name,
                arguments,
            })
            .collect(),
        ..text(&words)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever replies come in between, the log replays to the live session,
    /// requests can be asked again, and weighing changes nothing.
    #[test]
    fn replay_is_live_with_repairs_and_samples(
        sample in 0usize..3, seed in 0u64..100, samples in 1u32..4,
        script in prop::collection::vec(prop::option::weighted(0.3, any_reply()), 1..60)
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 1, seed, &["ungrounded_result"]);
        desk.session.sample_judge(samples);
        desk.command(Command::Go(Go::End));
        for reply in script {
            match reply {
                Some(reply) if desk.waiting.is_some() => {
                    answer(&mut desk, reply.clone());
                    if let Some(id) = desk.session.head() {
                        let events = desk.log.len();
                        let weighed = desk.session.weigh(id, &reply);
                        prop_assert_eq!(weighed.is_some(), desk.session.asked_again(id, 2).is_some());
                        prop_assert_eq!(desk.log.len(), events);
                    }
                }
                _ => { desk.answer(); }
            }
            if desk.waiting.is_none() && !desk.on {
                desk.command(Command::Judge);
            }
        }
        replays(&desk);
        for step in steps(&desk.session) {
            let asked = desk.session.asked(step.id);
            prop_assert_eq!(asked.is_some(), step.call.is_some());
        }
    }
}
