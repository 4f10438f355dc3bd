//! The scripted stand-in, over whole conversations: every sample scenario, every
//! task, its personas and faults.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use stategen::engine::effect::Effect;
use stategen::engine::id::{CallId, ConvId};
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::persona::{Complexity, Persona, PersonaSpec, opening_problems, sample, seen};
use stategen::engine::role::{
    About, By, Message, Reply, Request, Role, Speaker, ToolCall, ToolSpec,
};
use stategen::engine::scenario::{Files, Scenario, load};
use stategen::engine::score::Finding;
use stategen::engine::session::{Session, State};
use stategen::engine::step::Act;
use stategen::engine::world::Node;
use stategen::providers::scripted::{Fault, Scripted, chunks};

/// A sample scenario by its folder's name.
fn sample_scenario(name: &str) -> Arc<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample_scenarios")
        .join(name);
    let mut files = Files::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let bytes: Arc<[u8]> = std::fs::read(entry.path()).unwrap().into();
        files.insert(entry.file_name().to_string_lossy().into_owned(), bytes);
    }
    let loaded = load(name, &files);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    loaded
        .scenario
        .unwrap_or_else(|| panic!("{name}: {}", problems.join("\n")))
}

const SAMPLES: [&str; 3] = ["returns_desk", "travel_desk", "bank_desk"];

/// A conversation from its first word to its verdict.
struct Played {
    session: Session,
    replies: Vec<(Request, Reply)>,
}

fn play_as(
    scenario: &Arc<Scenario>,
    task: &str,
    persona: Persona,
    seed: u64,
    faults: &[Fault],
) -> Played {
    let names = faults.iter().map(ToString::to_string).collect();
    let (mut session, first) = Session::open(
        ConvId(String::from("t")),
        Arc::clone(scenario),
        task,
        persona.clone(),
        seed,
        names,
    )
    .unwrap();
    let scripted = Scripted::new(
        Arc::clone(scenario),
        session.task().clone(),
        persona,
        seed,
        faults.to_vec(),
    );
    let mut queue: std::collections::VecDeque<Effect> = first.into();
    queue.extend(session.handle(Input::Command(Command::Go(Go::End))));
    let mut replies = Vec::new();
    for _ in 0..2000 {
        let Some(effect) = queue.pop_front() else {
            // A person's answer, where one is wanted: that it is done.
            let State::Human { .. } = session.state() else {
                break;
            };
            let answer = Command::Answer {
                result: Node::str("Done."),
                ok: true,
            };
            queue.extend(session.handle(Input::Command(answer)));
            queue.extend(session.handle(Input::Command(Command::Go(Go::End))));
            continue;
        };
        match effect {
            Effect::Call(request) => {
                let reply = scripted.reply(&request);
                let input = Input::Reply {
                    call: request.call,
                    body: Box::new(reply.clone()),
                };
                replies.push((*request, reply));
                queue.extend(session.handle(input));
            }
            Effect::Continue => queue.extend(session.handle(Input::Continue)),
            Effect::Append(_) | Effect::Cancel(_) | Effect::Tell(_) => {}
        }
    }
    Played { session, replies }
}

fn play(scenario: &Arc<Scenario>, task: &str, seed: u64, faults: &[Fault]) -> Played {
    let persona = scenario.persona_for(task, None, seed).unwrap();
    play_as(scenario, task, persona, seed, faults)
}

impl Played {
    fn user(&self) -> Vec<String> {
        self.texts(Role::User)
    }
    fn texts(&self, role: Role) -> Vec<String> {
        self.replies
            .iter()
            .filter(|(q, _)| q.role == role)
            .map(|(_, r)| r.text.clone())
            .collect()
    }
    fn injected(&self) -> Vec<String> {
        self.replies
            .iter()
            .flat_map(|(_, r)| r.injected.clone())
            .collect()
    }
    fn holds(&self) -> bool {
        self.session
            .assertions(self.session.head())
            .iter()
            .all(|a| a.holds)
    }
    fn findings(&self) -> Vec<Finding> {
        let path = self.session.path(self.session.head());
        path.iter()
            .filter_map(|p| p.step.as_ref())
            .flat_map(|s| s.body.findings.clone())
            .collect()
    }
    /// As a person reads it.
    fn show(&self) -> String {
        let mut out = String::new();
        let p = self.session.persona();
        let _ = writeln!(
            out,
            "--- {} / {} {:?} {:?}",
            self.session.task().task,
            p.name,
            p.complexity,
            p.tier1
        );
        let _ = writeln!(out, "    goal: {}", self.session.task().goal);
        for place in self.session.path(self.session.head()) {
            let Some(step) = &place.step else { continue };
            let body = &step.body;
            let who = body.agent.join("/");
            match &body.act {
                Act::Said { text, done } => {
                    let _ = writeln!(
                        out,
                        "{:>3} U {text}{}",
                        body.number,
                        if *done { " <done>" } else { "" }
                    );
                }
                Act::Answered { text, calls } => {
                    let calls: Vec<String> = calls
                        .iter()
                        .map(|c| format!("{}({})", c.tool, c.raw))
                        .collect();
                    let _ = writeln!(
                        out,
                        "{:>3} A {who}: {text} {}",
                        body.number,
                        calls.join(" + ")
                    );
                    let _ = writeln!(out, "      ({})", body.reasoning);
                }
                Act::Ran(run) => {
                    let text: String = run.text.chars().take(220).collect();
                    let _ = writeln!(out, "{:>3} T {who} {} {}", body.number, run.call.tool, text);
                    for t in run.tries.iter().filter(|t| !t.refused.is_empty()) {
                        let _ = writeln!(out, "      refused: {:?} {}", t.refused, t.text);
                    }
                }
                Act::Judged(v) => {
                    let _ = writeln!(out, "{:>3} J overall {:.2}", body.number, v.overall);
                    for a in &v.axes {
                        let _ = writeln!(
                            out,
                            "      {} {} {} {:?}",
                            a.axis, a.score, a.reason, a.steps
                        );
                    }
                    for f in v.findings.iter().chain(&v.voided) {
                        let _ = writeln!(out, "      ! {f:?}");
                    }
                }
                Act::Malformed { text, why } => {
                    let _ = writeln!(out, "{:>3} malformed ({why}) {text}", body.number);
                }
            }
            for f in &body.findings {
                let _ = writeln!(
                    out,
                    "      !! {} {:?} {} | {}",
                    f.kind, f.blame, f.what, f.quote
                );
            }
            if !body.injected.is_empty() {
                let _ = writeln!(out, "      injected {:?}", body.injected);
            }
        }
        let _ = writeln!(
            out,
            "    ended {:?}, assertions hold: {}",
            self.session.ended(self.session.head()),
            self.holds()
        );
        out
    }
}

/// Not a check: prints conversations to be read, `SAMPLE TASK SEEDS FAULT` in `READ`,
/// from the seed in `FROM`.
#[test]
fn read_aloud() {
    let Ok(want) = std::env::var("READ") else {
        return;
    };
    let mut want = want.split(' ');
    let name = want.next().unwrap_or("returns_desk").to_owned();
    let task = want.next().unwrap_or("*").to_owned();
    let seeds: u64 = want.next().and_then(|s| s.parse().ok()).unwrap_or(1);
    let from: u64 = std::env::var("FROM")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    let faults: Vec<Fault> = want.map(|f| Fault::parse(f).unwrap()).collect();
    let scenario = sample_scenario(&name);
    for t in scenario
        .tasks
        .iter()
        .filter(|t| task == "*" || t.id == task)
    {
        if let Ok(profile) = std::env::var("AS") {
            for seed in from..from + seeds {
                let persona = scenario.persona_for(&t.id, Some(&profile), seed).unwrap();
                let traits: Vec<String> =
                    persona.traits.iter().map(|t| format!("{t:.1}")).collect();
                let played = play_as(&scenario, &t.id, persona, seed, &faults);
                println!(
                    "--- {} {traits:?} {:?}",
                    t.id,
                    played.session.persona().tier1
                );
                for text in played.user() {
                    println!("  | {}", text.replace('\n', " "));
                }
            }
            continue;
        }
        for seed in from..from + seeds {
            println!("{}", play(&scenario, &t.id, seed, &faults).show());
        }
    }
}

/// A scenario from texts.
fn scenario_of(files: &[(&str, &str)]) -> Arc<Scenario> {
    let files: Files = files
        .iter()
        .map(|(n, t)| ((*n).to_owned(), Arc::from(t.as_bytes())))
        .collect();
    let loaded = load("small", &files);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    loaded
        .scenario
        .unwrap_or_else(|| panic!("{}", problems.join("\n")))
}

/// A shop with one order; `tasks` and `more` are added.
fn shop(tasks: &str, more: &[(&str, &str)]) -> Arc<Scenario> {
    let rules = r#"
## Look up an order.
tool get_order(order_id: string):
    let order = orders[order_id] else 404 "Order {order_id} not found"
    return order

## Cancel a pending order.
tool cancel_order(order_id: string, reason: "no_longer_needed" | "late"):
    let order = orders[order_id] else 404 "Order {order_id} not found"
    need order.status == "pending" else 409 "Order {order_id} is {order.status}"
    set order.status = "cancelled"
    return order
"#;
    let world = r#"{"orders": {"W-8841": {"order_id": "W-8841", "status": "pending", "total": 59.9}, "W-7003": {"order_id": "W-7003", "status": "delivered", "total": 12.5}}}"#;
    let mut files = vec![
        ("world.json", world),
        ("shop.rules", rules),
        ("policy.md", "Be kind."),
        ("tasks.yaml", tasks),
    ];
    files.extend(more);
    scenario_of(&files)
}

const CANCEL: &str = r#"
cancel_it:
  goal: Cancel order W-8841, because you no longer need it.
  known: {order_id: W-8841}
  hidden: {gift_card_used: "no"}
  path:
    - get_order: {order_id: W-8841}
    - cancel_order: {order_id: W-8841, reason: no_longer_needed}
  assertions:
    - orders["W-8841"].status == "cancelled"
"#;

/// A neutral persona with some values fixed.
fn persona(values: &[(&str, f64)], complexity: Complexity, seed: u64) -> Persona {
    let all = [
        "politeness",
        "verbosity",
        "slang_usage",
        "emoji_usage",
        "patience",
        "assertiveness",
        "frustration",
    ];
    let mut spec = PersonaSpec {
        profile: String::from("tier_1"),
        ..PersonaSpec::default()
    };
    for name in all {
        spec.values.insert(name.to_owned(), 0.5);
    }
    spec.values.insert(String::from("frustration"), 0.2);
    spec.values.insert(String::from("slang_usage"), 0.1);
    spec.values.insert(String::from("emoji_usage"), 0.1);
    spec.tier1
        .insert(String::from("channel"), String::from("web_chat"));
    spec.tier1
        .insert(String::from("language_proficiency"), String::from("native"));
    for (name, value) in values {
        spec.values.insert((*name).to_owned(), *value);
    }
    sample(&spec, &[], None, Some(complexity), seed)
}

/// Every task of every sample under a few seeds.
fn all_tasks(seeds: std::ops::Range<u64>, mut each: impl FnMut(&Arc<Scenario>, &str, u64)) {
    for name in SAMPLES {
        let scenario = sample_scenario(name);
        for task in &scenario.tasks {
            for seed in seeds.clone() {
                each(&scenario, &task.id, seed);
            }
        }
    }
}

#[test]
fn every_task_of_every_sample_reaches_its_end() {
    let mut wrong = Vec::new();
    all_tasks(0..2, |scenario, task, seed| {
        let played = play(scenario, task, seed, &[]);
        let found: Vec<String> = played
            .findings()
            .iter()
            .map(|f| format!("{} {}", f.kind, f.what))
            .collect();
        let ended = played.session.ended(played.session.head()).is_some();
        if !played.holds()
            || !ended
            || !found.is_empty()
            || played.session.verdict(played.session.head()).is_none()
        {
            wrong.push(format!(
                "{}/{task}/{seed}: holds {} {found:?}",
                scenario.id,
                played.holds()
            ));
        }
        assert!(
            played
                .replies
                .iter()
                .all(|(_, r)| r.by == By::Scripted && r.injected.is_empty())
        );
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_request_has_the_same_reply_and_another_try_another() {
    let scenario = sample_scenario("returns_desk");
    let task = &scenario.tasks[0].id;
    let (one, two) = (play(&scenario, task, 3, &[]), play(&scenario, task, 3, &[]));
    assert_eq!(one.replies, two.replies);
    let scripted = Scripted::new(
        Arc::clone(&scenario),
        one.session.task().clone(),
        one.session.persona().clone(),
        3,
        vec![],
    );
    let (first, reply) = &one.replies[0];
    let others: BTreeSet<String> = (0..12)
        .map(|attempt| {
            scripted
                .reply(&Request {
                    attempt,
                    ..first.clone()
                })
                .text
        })
        .collect();
    assert!(
        others.contains(&reply.text) && others.len() > 4,
        "{others:?}"
    );
}

#[test]
fn ten_seeds_give_ten_openings() {
    let scenario = shop(CANCEL, &[]);
    for complexity in [
        Complexity::Simple,
        Complexity::Medium,
        Complexity::Complex,
        Complexity::Vague,
    ] {
        let texts: BTreeSet<String> = (0..10)
            .map(|seed| {
                play_as(
                    &scenario,
                    "cancel_it",
                    persona(&[], complexity, seed),
                    seed,
                    &[],
                )
                .user()[0]
                    .clone()
            })
            .collect();
        assert_eq!(texts.len(), 10, "{complexity:?}: {texts:#?}");
    }
}

/// Words that a vague opening keeps away from.
fn vocabulary(scenario: &Scenario) -> Vec<String> {
    scenario
        .world
        .as_map()
        .unwrap()
        .keys()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn openings_keep_to_their_word_counts_and_hide_what_is_hidden() {
    let mut wrong = Vec::new();
    all_tasks(0..1, |scenario, task, seed| {
        for (n, complexity) in [
            Complexity::Simple,
            Complexity::Medium,
            Complexity::Complex,
            Complexity::Vague,
        ]
        .into_iter()
        .enumerate()
        {
            for more in 0..2 {
                let seed = seed * 100 + n as u64 * 10 + more;
                let mut persona = scenario
                    .persona_for(
                        task,
                        Some(
                            ["error_prone", "curious", "power_user", "ambiguous"]
                                [(more * 2 + n as u64 % 2) as usize],
                        ),
                        seed,
                    )
                    .unwrap();
                persona.complexity = complexity;
                let bound = scenario.bind(task, seed).unwrap();
                let hidden: Vec<String> = bound
                    .hidden
                    .values()
                    .filter_map(|v| v.as_str())
                    .map(str::to_lowercase)
                    .collect();
                let scripted = Scripted::new(Arc::clone(scenario), bound, persona, seed, vec![]);
                let text = scripted.reply(&user_turn(seed, Vec::new())).text;
                let problems = opening_problems(complexity, &text, &vocabulary(scenario));
                if !problems.is_empty()
                    || hidden
                        .iter()
                        .any(|h| h.len() > 3 && text.to_lowercase().contains(h.as_str()))
                {
                    wrong.push(format!(
                        "{}/{task} {complexity:?}: {text} {problems:?}",
                        scenario.id
                    ));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn message(from: Speaker, text: &str) -> Message {
    Message {
        from,
        text: text.to_owned(),
        calls: Vec::new(),
        call_id: None,
        step: 0,
    }
}

fn user_turn(seed: u64, messages: Vec<Message>) -> Request {
    Request {
        call: CallId(1),
        role: Role::User,
        agent: Vec::new(),
        step: 1,
        attempt: 0,
        seed: seed.wrapping_mul(7919),
        system: String::new(),
        messages,
        tools: Vec::new(),
        schema: None,
        about: About::UserTurn,
    }
}

/// The user's answer to what an agent says.
fn answer(scenario: &Arc<Scenario>, persona: Persona, agent: &[&str]) -> String {
    let task = scenario.tasks[0].id.clone();
    let scripted = Scripted::new(
        Arc::clone(scenario),
        scenario.bind(&task, 1).unwrap(),
        persona,
        1,
        vec![],
    );
    let mut messages = vec![message(Speaker::User, "I need to cancel my order.")];
    for text in agent {
        messages.push(message(Speaker::Agent, text));
        messages.push(message(Speaker::User, "Hm."));
    }
    messages.pop();
    scripted.reply(&user_turn(1, messages)).text
}

#[test]
fn the_user_answers_what_it_hears() {
    let scenario = shop(CANCEL, &[]);
    let say = |agent: &[&str]| answer(&scenario, persona(&[], Complexity::Medium, 1), agent);
    let told = say(&["Hello! Could you give me the order number?"]);
    assert!(
        told.contains("W-8841") && !told.contains("<done>"),
        "{told}"
    );
    // A hidden fact comes out when asked for, and no sooner.
    let told = say(&["Was the gift card used for this?"]);
    assert!(told.to_lowercase().starts_with("no"), "{told}");
    assert!(!say(&["I will cancel it. Shall I go ahead?"]).ends_with("<done>"));
    // What nobody told the user, the user does not know.
    let told = say(&["What colour was the van that brought it?"]);
    assert!(
        !told.contains("W-8841") && !told.to_lowercase().contains("gift"),
        "{told}"
    );
    // Done is done; a second no is one too many.
    let told = say(&["I have cancelled it.", "You're welcome. Bye!"]);
    assert!(told.ends_with("\n<done>"), "{told}");
    assert!(!say(&["I'm afraid I can't do that."]).contains("<done>"));
    let told = say(&[
        "I'm afraid I can't do that.",
        "Unfortunately it is still not possible.",
    ]);
    assert!(told.ends_with("\n<done>"), "{told}");
}

#[test]
fn personas_can_be_told_apart_by_what_they_write() {
    let scenario = sample_scenario("returns_desk");
    let trait_at = |name: &str| {
        stategen::engine::persona::TRAITS
            .iter()
            .position(|t| *t == name)
            .unwrap()
    };
    let seen_of = |name: &str, value: f64| {
        let mut texts = Vec::new();
        for seed in 0..6 {
            let task = &scenario.tasks[seed as usize % scenario.tasks.len()].id;
            let persona = persona(&[(name, value)], Complexity::Medium, seed);
            texts.extend(play_as(&scenario, task, persona, seed, &[]).user());
        }
        let texts: Vec<&str> = texts
            .iter()
            .map(|t| t.trim_end_matches("<done>").trim())
            .collect();
        seen(&texts)[trait_at(name)].unwrap()
    };
    for (name, by) in [
        ("politeness", 0.35),
        ("verbosity", 0.08),
        ("slang_usage", 0.3),
        ("emoji_usage", 0.5),
    ] {
        let (low, high) = (seen_of(name, 0.05), seen_of(name, 0.95));
        assert!(high - low > by, "{name}: low {low:.2} high {high:.2}");
    }
    let (low, high) = (seen_of("patience", 0.05), seen_of("patience", 0.95));
    assert!(high > low, "patience: low {low:.2} high {high:.2}");
}

#[test]
fn what_people_write_reads_like_writing() {
    let mut wrong = Vec::new();
    all_tasks(3..4, |scenario, task, seed| {
        let played = play(scenario, task, seed, &[]);
        let texts = played
            .texts(Role::User)
            .into_iter()
            .chain(played.texts(Role::Agent));
        for text in texts {
            let plain = text
                .split(" [")
                .next()
                .unwrap_or_default()
                .replace("\n<done>", "");
            let words: Vec<String> = plain.split(' ').map(str::to_lowercase).collect();
            let twice = words
                .windows(2)
                .any(|w| w[0] == w[1] && w[0].chars().all(char::is_alphabetic) && w[0] != "that");
            let odd = [
                "  ", " ,", " .", "{", "..,", ",.", "?.", "!.", ".?", " ?", "the your", "a the ",
                " is is ", "your the",
            ];
            if twice || odd.iter().any(|o| plain.contains(o)) || plain.ends_with(',') {
                wrong.push(format!("{}/{task}/{seed}: {plain}", scenario.id));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_fault_is_made_once_and_named() {
    let returns = sample_scenario("returns_desk");
    let bank = sample_scenario("bank_desk");
    for fault in Fault::all() {
        let scenario = if fault == Fault::UngroundedResult {
            &bank
        } else {
            &returns
        };
        for seed in 0..4 {
            let task = &scenario.tasks[0].id;
            let played = play(scenario, task, seed, &[fault]);
            assert_eq!(
                played.injected(),
                [fault.name()],
                "{fault} seed {seed}\n{}",
                played.show()
            );
            let kinds: Vec<String> = played.findings().into_iter().map(|f| f.kind).collect();
            let (seen, holds) = match fault {
                Fault::WrongId => ("wrong_id", true),
                Fault::PrematureGoodbye => ("premature_goodbye", false),
                Fault::InventedAmount => ("ungrounded_literal", true),
                Fault::UngroundedResult => ("refused_proposal", true),
                // Where another call wrote, the claim can pass for told.
                Fault::ClaimNotDone => ("", false),
            };
            assert!(
                seen.is_empty() || kinds.iter().any(|k| k == seen),
                "{fault} {kinds:?}\n{}",
                played.show()
            );
            assert_eq!(
                played.holds(),
                holds,
                "{fault} seed {seed}\n{}",
                played.show()
            );
        }
    }
}

#[test]
fn a_refusal_is_told_and_not_tried_for_ever() {
    let scenario = shop(CANCEL, &[]);
    let persona = persona(&[], Complexity::Medium, 1);
    let bound = scenario.bind("cancel_it", 1).unwrap();
    let scripted = Scripted::new(Arc::clone(&scenario), bound, persona, 1, vec![]);
    let call = |id: &str, tool: &str, raw: &str| ToolCall {
        id: id.to_owned(),
        tool: tool.to_owned(),
        raw: raw.to_owned(),
        args: serde_json::from_str(raw).unwrap(),
    };
    let result = |id: &str, text: &str| Message {
        call_id: Some(id.to_owned()),
        ..message(Speaker::Tool, text)
    };
    let mut messages = vec![
        message(
            Speaker::User,
            "Please cancel order W-8841, I no longer need it.",
        ),
        Message {
            calls: vec![call("c1", "get_order", r#"{"order_id": "W-8841"}"#)],
            ..message(Speaker::Agent, "")
        },
        result(
            "c1",
            r#"{"order_id": "W-8841", "status": "pending", "total": 59.9}"#,
        ),
        message(Speaker::Agent, "Shall I go ahead?"),
        message(Speaker::User, "Yes."),
        Message {
            calls: vec![call(
                "c2",
                "cancel_order",
                r#"{"order_id": "W-8841", "reason": "no_longer_needed"}"#,
            )],
            ..message(Speaker::Agent, "")
        },
        result("c2", "Error: Order W-8841 is shipped"),
    ];
    let ask = |messages: &[Message]| {
        let role = Role::Agent;
        let agent = vec![String::from("main")];
        scripted.reply(&Request {
            role,
            agent,
            about: About::AgentTurn,
            ..user_turn(1, messages.to_vec())
        })
    };
    let told = ask(&messages);
    assert!(
        told.text.contains("Order W-8841 is shipped") && told.calls.is_empty(),
        "{told:?}"
    );
    messages.push(message(Speaker::Agent, &told.text));
    messages.push(message(Speaker::User, "Try again."));
    let again = ask(&messages);
    assert!(
        again.calls.is_empty() && again.text != told.text,
        "{again:?}"
    );
}

#[test]
fn a_task_without_a_path_is_looked_into_and_changes_nothing() {
    let tasks =
        "ask:\n  goal: Find out whether your order has left.\n  known: {order_id: W-7003}\n";
    let scenario = shop(tasks, &[]);
    let played = play(&scenario, "ask", 1, &[]);
    let said = played.texts(Role::Agent).join("\n");
    assert!(said.contains("delivered"), "{}", played.show());
    assert!(
        played.user().last().unwrap().ends_with("<done>"),
        "{}",
        played.show()
    );
    let calls: Vec<&str> = played
        .replies
        .iter()
        .flat_map(|(_, r)| &r.calls)
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(calls, ["get_order"], "{}", played.show());
}

#[test]
fn an_opening_and_written_replies_come_word_for_word() {
    let tasks = CANCEL.replace(
        "  path:",
        "  opening: \"Cancel W-8841, would you?\"\n  path:",
    );
    let replies = "{\"role\": \"user\", \"turn\": 2, \"text\": \"Yes. Do it.\"}\n";
    let scenario = shop(&tasks, &[("replies.jsonl", replies)]);
    let played = play(&scenario, "cancel_it", 0, &[]);
    assert_eq!(
        played.user()[..2],
        ["Cancel W-8841, would you?", "Yes. Do it."]
    );
}

#[test]
fn a_reply_comes_in_pieces_that_make_it_up() {
    for text in ["", " ", "one", "two words", "  a\nb  c ", "grüße 🙂 ok"] {
        assert_eq!(chunks(text).concat(), text);
    }
    assert_eq!(chunks("two short words"), ["two", " short", " words"]);
}

mod arbitrary;
