//! The scripted stand-in, over whole conversations: every sample scenario, every
//! task, its personas and faults.

mod arbitrary;
mod people;
mod work;

use stategen::engine::effect::Effect;
use stategen::engine::id::{CallId, ConvId};
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::persona::{Complexity, Persona, PersonaSpec, sample};
use stategen::engine::role::{About, Message, Reply, Request, Role, Speaker};
use stategen::engine::scenario::{Files, Scenario, load};
use stategen::engine::score::Finding;
use stategen::engine::session::{Session, State};
use stategen::engine::step::Act;
use stategen::engine::world::Node;
use stategen::providers::scripted::{Fault, Scripted};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

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
                Act::Edited(edited) => {
                    let _ = writeln!(out, "{:>3} edited {}", body.number, edited.what);
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
        fault: None,
    }
}
