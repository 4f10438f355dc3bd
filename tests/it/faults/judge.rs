//! A judge put wrong: lenient, harsh, with a verdict that cannot be read. It is
//! seen where judge and check are side by side, in the log and in the list.

use super::{bodies, hit, played, replays};
use crate::shell::Shell;
use crate::support::Desk;
use serde_json::{Value, json};
use stategen::engine::fault::Fault;
use stategen::engine::input::{Command, Go, Input, Onto};
use stategen::engine::role::{By, Reply, Role};
use stategen::engine::score::{Blame, Finding, Verdict};
use stategen::engine::session::Session;
use stategen::engine::step::Act;

fn verdict(session: &Session) -> Verdict {
    session.verdict(session.head()).expect("it was judged")
}

fn score(verdict: &Verdict, axis: &str) -> f64 {
    let found = verdict.axes.iter().find(|a| a.axis == axis);
    found.expect("the axis is judged").score
}

/// What is said of the judge's steps.
fn of_judge(session: &Session) -> Vec<Finding> {
    let all = bodies(session);
    let judged = all.iter().filter(|b| b.role == Role::Judge);
    judged.flat_map(|b| b.findings.clone()).collect()
}

#[test]
fn a_lenient_judge_contradicts_the_check() {
    for fault in ["wrong_id", "claim_not_done"] {
        let honest = played("returns_desk", 0, 3, &[fault]);
        assert_eq!(of_judge(&honest.session), [], "{fault}");
        let desk = played("returns_desk", 0, 3, &[fault, "lenient_judge"]);
        let body = hit(&desk.session, Fault::LenientJudge);
        let found = of_judge(&desk.session);
        assert_eq!(found.len(), 1, "{found:?}");
        let one = &found[0];
        assert_eq!(
            (one.kind.as_str(), one.blame),
            ("judge_lenient", Blame::Judge)
        );
        assert_eq!(one.step, body.number);
        // It names the finding that was passed over, and the verdict does not.
        assert!(one.what.contains(fault), "{}", one.what);
        let at: u32 = one.source.strip_prefix("step ").unwrap().parse().unwrap();
        let passed = bodies(&desk.session)[at as usize - 1].clone();
        assert!(passed.findings.iter().any(|f| f.kind == fault));
        let verdict = verdict(&desk.session);
        assert!(verdict.findings.iter().all(|f| f.step != at));
        let axis = one.place.strip_prefix("axes.").unwrap();
        assert!((score(&verdict, axis) - 10.0).abs() < 1e-9);
        assert!(score(&self::verdict(&honest.session), axis) < 8.0);
        replays(&desk);
    }
}

#[test]
fn a_harsh_judge_accuses_a_step_that_the_check_traced() {
    let desk = played("returns_desk", 0, 3, &["harsh_judge"]);
    let found = of_judge(&desk.session);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind.as_str(), found[0].blame),
        ("judge_harsh", Blame::Judge)
    );
    let verdict = verdict(&desk.session);
    assert!(score(&verdict, "reasoning_hallucination") < 4.0);
    // Its accusation stands in the transcript, so that it is no void one.
    let accused = verdict
        .findings
        .iter()
        .find(|f| f.kind == "made_up")
        .unwrap();
    let body = bodies(&desk.session)[accused.step as usize - 1].clone();
    assert!(body.text().contains(&accused.quote) && body.findings.is_empty());
    assert!(
        found[0].what.contains(&format!("step {}", accused.step)),
        "{}",
        found[0].what
    );
    replays(&desk);
}

#[test]
fn a_verdict_that_cannot_be_read_is_asked_for_again_once() {
    for seed in 0..6 {
        let desk = played("returns_desk", 0, seed, &["malformed_verdict"]);
        let all = bodies(&desk.session);
        let judged: Vec<_> = all.iter().filter(|b| b.role == Role::Judge).collect();
        let [bad, good] = judged.as_slice() else {
            panic!("{} verdicts", judged.len())
        };
        let Act::Malformed { why, .. } = &bad.act else {
            panic!("{:?}", bad.act)
        };
        assert!(
            why.contains("cites step") || why.contains("unknown axis"),
            "{why}"
        );
        assert_eq!(bad.findings[0].kind, "bad_verdict");
        assert_eq!(bad.findings[0].blame, Blame::Judge);
        assert!(good.injected.is_empty() && good.findings.is_empty());
        assert!(matches!(good.act, Act::Judged(_)));
        replays(&desk);
    }
}

#[test]
fn each_sample_is_put_wrong_and_one_alone_is_unusable() {
    let judged = |faults: &[&str]| {
        let mut desk = Desk::open("returns_desk", 0, 3, faults);
        desk.session.sample_judge(3);
        desk.finish();
        replays(&desk);
        desk
    };
    let desk = judged(&["wrong_id", "lenient_judge"]);
    let verdict = verdict(&desk.session);
    assert_eq!(verdict.samples.len(), 3);
    assert!((score(&verdict, "tool_hallucination") - 10.0).abs() < 1e-9);
    assert_eq!(of_judge(&desk.session)[0].kind, "judge_lenient");
    assert_eq!(
        hit(&desk.session, Fault::LenientJudge).injected,
        ["lenient_judge"]
    );
    let desk = judged(&["malformed_verdict"]);
    let verdict = self::verdict(&desk.session);
    let unusable: Vec<usize> = verdict.samples.iter().map(|s| s.unusable.len()).collect();
    assert_eq!(unusable, [1, 0, 0]);
    assert_eq!(
        hit(&desk.session, Fault::MalformedVerdict).injected,
        ["malformed_verdict"]
    );
}

#[test]
fn a_judge_can_be_put_wrong_by_hand_where_there_is_something_to_be_wrong_about() {
    let to_judge = |faults: &[&str]| {
        let mut desk = Desk::open("returns_desk", 0, 3, faults);
        while desk.session.ended(desk.session.head()).is_none() {
            desk.run(Command::Go(Go::Step));
        }
        desk
    };
    let why = |desk: &Desk, fault: Fault| {
        let all = desk.session.faults_at(desk.session.head());
        let (_, fits) = all.into_iter().find(|(f, _)| *f == fault).unwrap();
        fits.err()
    };
    let clean = to_judge(&[]);
    assert!(
        why(&clean, Fault::LenientJudge)
            .unwrap()
            .contains("could pass over")
    );
    assert_eq!(why(&clean, Fault::HarshJudge), None);
    assert_eq!(why(&clean, Fault::MalformedVerdict), None);
    assert!(
        why(&clean, Fault::Timeout)
            .unwrap()
            .contains("the judge's turn")
    );
    let mut desk = to_judge(&["wrong_id"]);
    assert_eq!(why(&desk, Fault::LenientJudge), None);
    // What a model says is changed as well.
    desk.command(Command::Inject {
        onto: Onto::Head,
        fault: Fault::LenientJudge,
    });
    let request = desk.waiting.take().expect("the judge is asked");
    let rubric = desk.session.scenario().rubric.clone();
    let axes: serde_json::Map<String, Value> = rubric
        .axes
        .iter()
        .map(|a| {
            (
                a.id.clone(),
                json!({"reason": "so so", "steps": [1], "score": 3}),
            )
        })
        .collect();
    let text = json!({"axes": axes, "findings": []}).to_string();
    let by = By::Model(String::from("local/small"));
    let body = Box::new(Reply {
        text,
        by: by.clone(),
        ..Reply::default()
    });
    desk.give(Input::Reply {
        call: request.call,
        body,
    });
    let body = hit(&desk.session, Fault::LenientJudge);
    assert_eq!(body.by, by);
    assert!((score(&verdict(&desk.session), "tool_hallucination") - 10.0).abs() < 1e-9);
    assert!((score(&verdict(&desk.session), "tool_usage") - 3.0).abs() < 1e-9);
    assert_eq!(of_judge(&desk.session)[0].kind, "judge_lenient");
    replays(&desk);
    // An unusable one by hand is one, and not all that follow.
    let mut desk = to_judge(&[]);
    desk.run(Command::Inject {
        onto: Onto::Head,
        fault: Fault::MalformedVerdict,
    });
    let all = bodies(&desk.session);
    let judged = all.iter().filter(|b| b.role == Role::Judge);
    assert_eq!(judged.clone().count(), 2);
    assert!(verdict(&desk.session).overall > 0.0);
    replays(&desk);
}

#[test]
fn what_was_put_into_a_tool_is_no_matter_between_judge_and_check() {
    // The check finds a false error of high weight; the judge is told that it was
    // put in, and gives the best score.
    let desk = played("returns_desk", 0, 3, &["lost_reply@issue_refund"]);
    let heavy = bodies(&desk.session);
    assert!(
        heavy
            .iter()
            .flat_map(|b| &b.findings)
            .any(|f| f.kind == "false_error")
    );
    assert!((score(&verdict(&desk.session), "tool_hallucination") - 10.0).abs() < 1e-9);
    assert_eq!(of_judge(&desk.session), []);
}

#[test]
fn such_conversations_are_marked_listed_and_come_first() {
    let shell = Shell::new();
    let run = |faults: &[&str]| {
        let mut args = vec!["run", "returns_desk", "--seed", "3", "--quiet"];
        for fault in faults {
            args.extend(["--fault", fault]);
        }
        shell.run(&args).is(0);
    };
    run(&["wrong_id"]);
    run(&["wrong_id", "lenient_judge"]);
    run(&["harsh_judge"]);
    run(&[]);
    let listed = |args: &[&str]| {
        let mut all = vec!["list", "--json"];
        all.extend(args);
        shell.run(&all).is(0).lines()
    };
    let how =
        |lines: &[Value]| -> Vec<Value> { lines.iter().map(|l| l["disagree"].clone()).collect() };
    let first = listed(&["--sort", "check"]);
    assert_eq!(
        how(&first),
        [
            json!("judge_high"),
            json!("judge_low"),
            json!(null),
            json!(null)
        ]
    );
    assert_eq!(listed(&["disagree"]).len(), 2);
    assert_eq!(listed(&["blame:judge"]).len(), 2);
    let lenient = listed(&["kind:judge_lenient"]);
    assert_eq!(lenient.len(), 1);
    let id = lenient[0]["id"].as_str().unwrap();
    // The check says the same of the stored conversation.
    let told = shell.run(&["lint", id, "--json"]).is(1).lines();
    assert_eq!(told[0]["disagree"], "judge_high");
    let found = told[0]["findings"].as_array().unwrap();
    let judge = found.iter().find(|f| f["blame"] == "judge").unwrap();
    assert_eq!(judge["kind"], "judge_lenient");
    assert!(
        judge["fault"]
            .as_str()
            .unwrap()
            .starts_with("lenient_judge at step"),
        "{judge}"
    );
    // Marked as wrong, what was passed over is no lie of the judge's either.
    let all = shell.run(&["finding", "list", id, "--json"]).is(0).lines();
    let passed = all.iter().find(|l| l["finding"]["kind"] == "wrong_id");
    let key = passed.unwrap()["key"].as_str().unwrap();
    shell.run(&["finding", "wrong", id, key]).is(0);
    let told = shell.run(&["lint", id, "--json"]).lines();
    assert_eq!(told[0]["disagree"], json!(null));
    let found = told[0]["findings"].as_array().unwrap();
    assert!(
        found.iter().all(|f| f["kind"] != "judge_lenient"),
        "{found:?}"
    );
    assert_eq!(listed(&["disagree"]).len(), 1);
}
