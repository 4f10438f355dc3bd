//! The scripted stand-in, over whole conversations: every sample scenario, every
//! task, its personas and faults.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use stategen::engine::effect::Effect;
use stategen::engine::id::ConvId;
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::persona::{Bucket, Complexity, Persona, PersonaSpec, sample, seen, words};
use stategen::engine::role::{About, By, Message, Reply, Request, Role, Speaker};
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

/// Not a check: prints conversations to be read, `TASK SEEDS FAULT` in `READ`.
#[test]
fn read_aloud() {
    let Ok(want) = std::env::var("READ") else {
        return;
    };
    let mut want = want.split(' ');
    let name = want.next().unwrap_or("returns_desk").to_owned();
    let task = want.next().unwrap_or("*").to_owned();
    let seeds: u64 = want.next().and_then(|s| s.parse().ok()).unwrap_or(1);
    let faults: Vec<Fault> = want.map(|f| Fault::parse(f).unwrap()).collect();
    let scenario = sample_scenario(&name);
    for t in scenario
        .tasks
        .iter()
        .filter(|t| task == "*" || t.id == task)
    {
        for seed in 0..seeds {
            println!("{}", play(&scenario, &t.id, seed, &faults).show());
        }
    }
}

/// Every task of every sample under a few seeds.
fn all_tasks(seeds: u64, mut each: impl FnMut(&Arc<Scenario>, &str, u64)) {
    for name in SAMPLES {
        let scenario = sample_scenario(name);
        for task in &scenario.tasks {
            for seed in 0..seeds {
                each(&scenario, &task.id, seed);
            }
        }
    }
}

#[test]
fn every_task_of_every_sample_reaches_its_end() {
    let mut wrong = Vec::new();
    all_tasks(2, |scenario, task, seed| {
        let played = play(scenario, task, seed, &[]);
        let agent: Vec<&Finding> = vec![];
        let findings: Vec<Finding> = played.findings();
        let bad = findings
            .iter()
            .filter(|f| f.by == "check")
            .map(|f| format!("{} {} {}", f.kind, f.what, f.quote))
            .collect::<Vec<_>>();
        let _ = agent;
        if !played.holds()
            || played.session.ended(played.session.head()).is_none()
            || !bad.is_empty()
        {
            wrong.push(format!(
                "{}/{task}/{seed} holds {} {:?}",
                scenario.id,
                played.holds(),
                bad
            ));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
