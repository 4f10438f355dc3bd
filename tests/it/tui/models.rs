//! Models at work: what a call waits for and costs, the wire, other models for
//! a seat, asking again, the command line.

use super::desk::{after, paused, shop};
use super::harness::App;
use stategen::driver::again::Group;
use stategen::driver::spend::Used;
use stategen::driver::{AgainReport, Order, SeatRow, Spend};
use stategen::engine::id::{CallId, StepId};
use stategen::engine::input::{Command, Go};
use stategen::engine::role::{By, Reply, Role};
use stategen::store::{CallRecord, Outcome};
use stategen::tui::msg::{Cmd, Msg};
use std::sync::Arc;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// Who plays which seat, as the driver tells it.
pub fn seated(app: &mut App) -> &mut App {
    let choices: Vec<String> = ["scripted", "local/small", "test/large-1"]
        .map(str::to_owned)
        .into();
    app.seats = [
        ("user", "local/small"),
        ("agent", "test/large-1"),
        ("agent/stock", "local/small"),
        ("tool", "scripted"),
        ("judge", "test/large-1"),
    ]
    .map(|(seat, plays)| SeatRow {
        seat: seat.to_owned(),
        plays: plays.to_owned(),
        once: None,
        choices: choices.clone(),
    })
    .into();
    let rows = app.seats.clone();
    app.tell(Msg::Seats(rows))
}

/// What it has cost.
pub fn spend(cap_micros: Option<u64>) -> Spend {
    let user = Used {
        calls: 3,
        tokens_in: 812,
        tokens_out: 96,
        unpriced: 3,
        ..Used::default()
    };
    let agent = Used {
        calls: 6,
        failed: 1,
        tokens_in: 12_480,
        cached: 8_100,
        tokens_out: 1_204,
        reasoning: 310,
        cost_micros: 30_870,
        ..Used::default()
    };
    Spend {
        seats: [("user", user), ("agent", agent)]
            .map(|(seat, used)| (seat.to_owned(), used))
            .into(),
        cap_micros,
    }
}

/// A record of the step that follows `parent`.
fn record(parent: Option<StepId>, step: u32, call: u64, tried: u32) -> CallRecord {
    CallRecord {
        call,
        tried,
        parent,
        step,
        attempt: 0,
        aside: false,
        role: Role::Agent,
        agent: vec![String::from("main")],
        by: String::from("test/large-1"),
        outcome: Outcome::Ok,
        what: String::from("tool_calls"),
        time_ms: 1_773_480_600_000,
        duration_ms: 1_904,
        first_ms: 412,
        tokens_in: 812,
        cached: 600,
        tokens_out: 90,
        reasoning: 40,
        cost_micros: Some(3_105),
        url: String::from("https://models.example/v1/chat/completions"),
        request_headers: vec![
            (
                String::from("content-type"),
                String::from("application/json"),
            ),
            (
                String::from("authorization"),
                String::from("Bearer [from $TEST_KEY]"),
            ),
        ],
        request: String::from(
            r#"{"model":"large-1","messages":[{"role":"system","content":"Be kind.\nRefund what is younger than 30 days."},{"role":"user","content":"My kettle came broken."}],"stream":true,"stop":["a","b"]}"#,
        ),
        status: 200,
        response_headers: vec![(
            String::from("Content-Type"),
            String::from("text/event-stream; charset=utf-8"),
        )],
        response: vec![
            (
                412,
                String::from(
                    "data: {\"choices\":[{\"delta\":{\"content\":null,\"reasoning\":\"The user names an order.\"}}]}\n\n",
                ),
            ),
            (
                530,
                String::from(
                    "data: {\"choices\":[{\"delta\":{\"content\":\"I'm sorry about \"}}]}\n\n",
                ),
            ),
            (
                800,
                String::from(
                    "data: {\"choices\":[{\"delta\":{\"content\":\"that.\",\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"get_order\",\"arguments\":\"{\\\"order_id\\\":\\\"8841\\\"}\"}}]}}]}\n\n",
                ),
            ),
            (1_900, String::from("data: [DONE]\n\n")),
        ],
    }
}

/// One that came to nothing.
fn refused(mut record: CallRecord) -> CallRecord {
    record.outcome = Outcome::Failed;
    record.what = String::from("429 Too Many Requests: slow down");
    record.status = 429;
    record.duration_ms = 88;
    record.first_ms = 80;
    record.tokens_in = 0;
    record.cached = 0;
    record.tokens_out = 0;
    record.reasoning = 0;
    record.cost_micros = None;
    record.response_headers = vec![(String::from("retry-after"), String::from("2"))];
    record.response = vec![(80, String::from(r#"{"error":{"message":"slow down"}}"#))];
    record
}

/// The agent's first step with two tries on record, at its step.
pub fn wired(width: u16, height: u16) -> App {
    let mut app = paused(2, width, height);
    let session = app.session.as_ref().unwrap();
    let path = session.path(session.head());
    let step = path[1].step.as_ref().unwrap();
    let (parent, call) = (step.parent, step.call.unwrap().0);
    assert_eq!(step.body.role, Role::Agent);
    app.records = vec![
        refused(record(parent, 2, call, 1)),
        record(parent, 2, call, 2),
        // Of another step, and one asked beside the conversation: not shown.
        record(parent, 9, call, 1),
        CallRecord {
            aside: true,
            ..record(parent, 2, call, 1)
        },
    ];
    let back = path.len() - 2;
    app.keys(&"h ".repeat(back));
    app
}

#[test]
fn the_wire_of_a_step_shows_every_try() {
    let mut app = wired(120, 40);
    app.keys("w")
        .sees("w wire  step 2  A agent")
        .sees("!! failed: 429 Too Many Requests")
        .sees("POST https://models.example/v1/chat/completions")
        .sees("Bearer [from $TEST_KEY]")
        .sees("\"content\": \"Be kind.")
        .sees("812 tokens read (600 cached), 90 written (40 reasoning); $0.003");
    app.keys("G")
        .sees("text read together:")
        .sees("I'm sorry about that.")
        .sees("get_order {\"order_id\":\"8841\"}")
        .sees("   530 ms  data: ");
    app.keys("tab g g")
        .sees("came, 429")
        .sees("\"message\": \"slow down\"");
    app.keys("v").sees(r#"{"error":{"message":"slow down"}}"#);
    app.keys("tab").sees("data: [DONE]").lacks("530 ms");
    app.keys("esc").lacks("POST");
}

#[test]
fn the_wire_walks_the_steps_and_says_where_nobody_was_asked() {
    let mut app = wired(120, 40);
    app.keys("w l")
        .sees("w wire  step 3  T tool")
        .sees("Code made this step");
    app.keys("h h")
        .sees("step 1  U user")
        .sees("The scripted stand-in made this step");
    app.keys("h").sees("step 1");
    app.keys("w").sees("PAST 1/");
    let mut app = shop(120, 40);
    app.keys("w").sees("not now: there is no step here");
}

#[test]
fn a_call_in_flight_and_one_that_failed_have_a_wire_too() {
    let mut app = after(1, 120, 40);
    app.keys("w")
        .sees("step 2  A agent  in flight")
        .sees("A call is in flight");
    let request = app.calls.front().unwrap().clone();
    let parent = app.session.as_ref().unwrap().head();
    app.records = vec![refused(record(parent, 2, request.call.0, 1))];
    app.tell(Msg::Waiting(
        request.call,
        String::from("agent: 429 from test/large-1, try 2 of 5 in 4 s"),
    ));
    app.sees("429 Too Many Requests").sees("in flight");
    app.fail("429 from test/large-1 after five tries");
    app.sees("no answer");
    app.keys("esc")
        .sees("agent call failed")
        .keys("w")
        .sees("no answer")
        .sees("retry-after: 2");
}

#[test]
fn a_repair_belongs_to_the_same_wire() {
    let mut app = after(1, 120, 40);
    let parent = app.session.as_ref().unwrap().head();
    let first = app.calls.front().unwrap().call;
    app.reply(Reply {
        by: By::Model(String::from("test/large-1")),
        ..Reply::default()
    });
    // Either a repair is in flight, or the step was kept as malformed.
    app.records = vec![record(parent, 2, first.0, 1)];
    let session = app.session.as_ref().unwrap();
    if session.head() != parent {
        app.keys("x h");
        while app.model.run.as_ref().unwrap().seen.upto > 2 {
            app.keys("h");
        }
        if app.model.run.as_ref().unwrap().seen.upto < 2 {
            app.keys("l");
        }
    }
    app.keys("w").sees("tool_calls");
}

#[test]
fn what_a_call_waits_for_stands_in_the_mode_line() {
    let mut app = after(1, 120, 40);
    let call = app.calls.front().unwrap().call;
    app.streams("I'm");
    app.tell(Msg::Waiting(
        call,
        String::from("agent: 429 from test/large-1, try 2 of 5 in 4 s"),
    ));
    app.sees("step 2  agent: 429 from test/large-1, try 2 of 5 in 4 s")
        .lacks("I'm_");
    app.tell(Msg::Waiting(CallId(99), String::from("nobody")));
    app.lacks("nobody");
    app.streams("I am")
        .lacks("try 2 of 5")
        .sees("I am_")
        .sees("step 2  agent answering  4 chars");
}

#[test]
fn json_of_a_seat_is_counted_and_not_shown() {
    let mut app = after(7, 120, 40);
    app.sees("judge asked");
    app.streams("{\"axes\": [")
        .sees("10 characters")
        .lacks("{\"axes\"");
}

#[test]
fn reasoning_is_counted_or_shown() {
    let mut app = after(1, 120, 40);
    app.thinks("The user wants money.", "")
        .sees("reasoning 21 characters (R)")
        .lacks("wants money")
        .keys("R")
        .sees("reasoning: The user wants money.");
}

#[test]
fn spend_stands_in_the_mode_line() {
    let mut app = paused(4, 120, 40);
    app.lacks(" tok");
    app.tell(Msg::Spend(spend(None)))
        .sees("$0.031+?  14.6k tok");
    app.tell(Msg::Spend(spend(Some(500_000))))
        .sees("$0.031+? of $0.500");
    let mut free = spend(None);
    free.seats.remove("agent");
    app.tell(Msg::Spend(free)).sees("  $?  908 tok");
}

#[test]
fn a_seat_gets_another_model() {
    let mut app = shop(120, 40);
    app.keys("m").sees("not now: no model is configured");
    seated(&mut app)
        .keys("m")
        .sees("user can be played by 3 models");
    app.keys("j enter").lacks("can be played by");
    app.sees("test/large-1 takes the next call of user");
    let wanted = |seat: &str, choice: &str, once| {
        Cmd::Send(Order::Seat {
            seat: seat.to_owned(),
            choice: choice.to_owned(),
            once,
        })
    };
    assert_eq!(
        app.commands.last(),
        Some(&wanted("user", "test/large-1", true))
    );
    app.keys("g m")
        .sees("local/small, next test/large-1")
        .sees("takes the next call");
    app.keys("tab tab k k <c-s>");
    assert_eq!(
        app.commands.last(),
        Some(&wanted("agent/stock", "scripted", false))
    );
    app.keys("m backtab")
        .sees("judge can be played by")
        .keys("m")
        .lacks("judge can be");
}

#[test]
fn the_seat_that_acts_next_is_chosen() {
    for (n, seat) in [(0, "user"), (1, "agent"), (2, "agent/stock"), (7, "judge")] {
        let mut app = after(n, 120, 40);
        seated(&mut app)
            .keys("m")
            .sees(&format!("{seat} can be played by"));
    }
}

#[test]
fn after_a_failed_call_another_model_is_asked_with_the_same_aim() {
    let mut app = after(1, 120, 40);
    app.fail("401 from test/large-1: no such key.")
        .sees("401 from test/large-1: no such key. Nothing was written.  r retry  w wire");
    seated(&mut app).sees("r retry  m other model  w wire");
    app.keys("m").sees("agent can be played by 3 models");
    app.keys("k enter")
        .sees("local/small takes the next call of agent; r asks again");
    let steps = app.session.as_ref().unwrap().branches().len();
    app.keys("r").lacks("call failed").sees("agent asked");
    assert_eq!(
        app.commands.last(),
        Some(&Cmd::Send(Command::Go(Go::End).into())),
        "the run goes on"
    );
    assert_eq!(app.session.as_ref().unwrap().branches().len(), steps);
    app.keys("x");
    // Stopped by hand: nothing failed, and `r` makes the last step again.
    app.keys("r");
    assert_eq!(
        app.commands.last(),
        Some(&Cmd::Send(Command::Retry { clean: false }.into()))
    );
}

#[test]
fn a_retry_that_failed_is_tried_again_with_numbers_of_its_own() {
    let mut app = paused(2, 120, 40);
    app.keys("r");
    if app.calls.is_empty() {
        // Code makes the last step at once; the agent's is before it.
        app.keys("u h f r");
    }
    let first = app.calls.front().unwrap().clone();
    app.fail("the line is down").keys("r");
    let second = app.calls.front().unwrap();
    assert_eq!((first.step, first.role), (second.step, second.role));
    assert_eq!(first.attempt, second.attempt);
    assert!(second.attempt > 0);
}

/// What came of asking again so far.
pub fn report(answered: u32) -> Arc<AgainReport> {
    Arc::new(AgainReport {
        step: 2,
        seat: String::from("agent"),
        by: String::from("test/large-1"),
        answered,
        wanted: 10,
        failed: vec![String::from("500 from test/large-1: overloaded")],
        groups: vec![
            Group {
                times: answered.saturating_sub(3),
                what: String::from("get_order(order_id=\"8841\")"),
                text: String::from("I'm sorry about that. Let me look it up."),
                ..Group::default()
            },
            Group {
                times: 2,
                what: String::from("refund(order_id=\"8841\", amount=9000)"),
                text: String::from("{\"name\": \"refund\"}"),
                refused: vec![String::from("amount: 9000 is more than was paid")],
                ..Group::default()
            },
            Group {
                times: 1,
                what: String::from("I have refunded 59.90."),
                text: String::from("I have refunded 59.90.\nAnything else?"),
                findings: vec![String::from("says a refund was made, and none was")],
                ..Group::default()
            },
        ],
    })
}

#[test]
fn asking_again_grows_and_stops() {
    let mut app = paused(2, 120, 40);
    app.keys("A").sees("not now: code made this step");
    while !app.text().contains("PAST 2/") {
        app.keys("h");
    }
    app.keys("A").sees("asked 10 times; no answer yet");
    let step = app.model.run.as_ref().unwrap().at().unwrap();
    let order = |times| Cmd::Send(Order::Again { step, times });
    assert_eq!(app.commands.last(), Some(&order(10)));
    app.tell(Msg::Again(report(5)))
        .sees("6 of 10")
        .sees("3 different answers  2 of 5 refused (40%), 1 of 5 with findings (20%)")
        .sees("!!   2x  refund(order_id=\"8841\", amount=9000)")
        .sees("refused: amount: 9000 is more than was paid")
        .lacks("Anything else?");
    app.keys("enter").sees("Anything else?");
    // While it runs, the key shows it and sends nothing.
    let sent = app.commands.len();
    app.keys("esc A").sees("6 of 10");
    assert_eq!(app.commands.len(), sent);
    app.keys("x").sees("6 of 10, stopped");
    assert_eq!(app.commands.last(), Some(&order(0)));
    app.keys("x")
        .sees("not now: no more are to come")
        .keys("esc");
    // The next time says how it was before.
    app.keys("A").tell(Msg::Again(report(9)));
    app.sees("all 10")
        .sees("before: test/large-1  2 of 5 refused (40%)");
}

#[test]
fn the_command_line_does_and_says() {
    let mut app = paused(2, 120, 40);
    seated(&mut app);
    while !app.text().contains("PAST 2/") {
        app.keys("h");
    }
    app.keys(":")
        .sees(": command")
        .types("mod")
        .sees("SEAT MODEL [once]");
    app.keys("esc :")
        .types("agian 3")
        .keys("enter")
        .sees("there is no command `agian`; `again` is near it");
    app.keys("esc")
        .lacks(": command")
        .keys(":")
        .types("again 3")
        .keys("enter")
        .sees("A again  step 2");
    assert!(matches!(
        app.commands.last(),
        Some(Cmd::Send(Order::Again { times: 3, .. }))
    ));
    app.keys("esc :")
        .types("model judge local/small once")
        .keys("enter")
        .lacks(": command");
    assert!(matches!(
        app.commands.last(),
        Some(Cmd::Send(Order::Seat { once: true, .. }))
    ));
    // Words are chosen and taken.
    app.keys(":")
        .types("model")
        .keys("down enter")
        .sees("played by")
        .lacks("`model` takes a seat");
    app.keys("down enter").sees("`model` takes a seat");
    app.keys("esc :")
        .types("rep")
        .keys("tab enter")
        .sees("A again  step 2");
    app.keys("esc :")
        .types("help")
        .keys("enter")
        .sees("type to filter");
    app.keys("esc G :")
        .types("again")
        .keys("enter")
        .sees("this one is under way");
    app.keys("x esc :")
        .types("again")
        .keys("enter")
        .sees("not now: code made this step");
    app.keys("esc :").types("judge").keys("enter");
    assert_eq!(app.commands.last(), Some(&Cmd::Send(Command::Judge.into())));
    let mut app = shop(120, 40);
    app.keys(":")
        .types("report")
        .keys("enter")
        .sees("nothing was sent again yet");
    app.keys("esc :")
        .types("model agent x")
        .keys("enter")
        .sees("not now: no model is configured");
    app.keys("esc :")
        .tell(Msg::Paste(String::from("jud\u{1b}[31mge\n")));
    app.sees(": judge");
}

/// A judge's answer with these scores, in the order of the rubric.
fn judged(scores: [f64; 8], by: &str) -> Reply {
    const AXES: [&str; 8] = [
        "goal_achievement",
        "tool_usage",
        "tool_hallucination",
        "reasoning_quality",
        "reasoning_hallucination",
        "communication",
        "consistency",
        "error_handling",
    ];
    let axes: Vec<serde_json::Value> = AXES
        .iter()
        .zip(scores)
        .map(|(axis, score)| {
            serde_json::json!({"axis": axis, "score": score, "reason": "So it is.", "steps": []})
        })
        .collect();
    let finding = serde_json::json!({"kind": "policy", "step": 10, "quote": "I have refunded 59.90",
        "what": "The refund breaks the shop's own rule.", "blame": "agent"});
    Reply {
        text: serde_json::json!({"axes": axes, "findings": [finding]}).to_string(),
        by: By::Model(by.to_owned()),
        ..Reply::default()
    }
}

/// A conversation judged by the desk's judge, then by two models, the second
/// asked three times.
pub fn judged_thrice(width: u16, height: u16) -> App {
    let mut app = after(8, width, height);
    app.keys("J");
    app.reply(judged(
        [9.0, 8.0, 9.0, 7.0, 9.0, 8.0, 9.0, 8.0],
        "local/small",
    ));
    app.session.as_mut().unwrap().sample_judge(3);
    app.keys("J");
    for more in [0.0, 1.0, 0.0] {
        let scores = [8.0 + more, 8.0, 9.0, 5.0 + more, 9.0, 8.0, 9.0, 3.0];
        app.reply(judged(scores, "test/large-1"));
    }
    app
}

#[test]
fn verdicts_stand_side_by_side_with_their_spread() {
    let mut app = judged_thrice(120, 40);
    app.keys("g j z")
        .sees("3 verdicts; != where they disagree")
        .sees("b  local/small")
        .sees("c  test/large-1")
        .sees("3 samples: ")
        .sees("8.3±0.6");
    let text = app.text();
    let line = |word: &str| {
        let found = text
            .lines()
            .find(|l| l.contains(word) && !l.contains("/10"));
        found.unwrap_or_else(|| panic!("{word}\n{text}")).to_owned()
    };
    assert!(
        line("Error handling").contains("!= "),
        "3, 8 and 3 disagree"
    );
    assert!(!line("Tool usage").contains("!= "), "8, 8 and 8 agree");
    app.keys("<c-d>").sees("3 of 3 say so");
    // One verdict has no table.
    app.keys("z g c h h").lacks("verdicts; !=");
}

/// A desk whose notes a model makes up: its first proposals are refused.
fn proposals(width: u16, height: u16) -> App {
    let mut files = super::desk::files();
    let add = "\nnote_it:\n  description: Note something on an order.\n  parameters: {order_id: string}\n  output: {noted: boolean}\n  executor: model\n  reads: [\"orders[*]\"]\n  writes: [\"orders[*].item\"]\n  free_text: [\"orders[*].item\"]\n";
    let tools = files.get_mut("tools.yaml").unwrap();
    *tools = [&tools[..], add.as_bytes()].concat().into();
    let agents = files.get_mut("scenario.yaml").unwrap();
    let text = String::from_utf8(agents.to_vec()).unwrap();
    let text = text.replace("ask_manager]", "ask_manager, note_it]");
    *agents = text.into_bytes().into();
    let scenario = super::harness::scenario("tea_shop", &files);
    let mut app = App::of(scenario, "broken_kettle", 77, Vec::new(), width, height);
    app.hold = true;
    app.keys("space");
    let says = |text: &str| Reply {
        text: text.to_owned(),
        by: By::Model(String::from("test/large-1")),
        ..Reply::default()
    };
    app.reply(says("Please note that my kettle is broken. Order 8841."));
    app.reply(Reply {
        calls: vec![stategen::engine::role::RawCall {
            id: String::new(),
            name: String::from("note_it"),
            arguments: String::from(r#"{"order_id":"8841"}"#),
        }],
        ..says("")
    });
    app.reply(says(
        r#"{"result": {"noted": true}, "patch": [{"op": "replace", "path": "/till/balance", "value": 0}]}"#,
    ));
    app.reply(says("I would rather not."));
    app.reply(says(
        r#"{"result": {"noted": true}, "patch": [{"op": "replace", "path": "/orders/8841/item", "value": "broken kettle"}]}"#,
    ));
    app.keys("x");
    app
}

#[test]
fn proposals_of_the_tool_simulator_are_told_one_by_one() {
    let mut app = proposals(120, 40);
    app.sees("2 proposals of the tool simulator refused (enter)");
    app.keys("enter z")
        .sees("proposal 1 refused")
        .sees("~ /till/balance 0")
        .sees("proposal 2 refused")
        .sees("I would rather not.")
        .sees("proposal 3 accepted")
        .sees("~ /orders/8841/item \"broken kettle\"");
    app.frame("conversation__proposals");
}

#[test]
fn a_reply_that_was_cut_off_says_so() {
    let mut app = after(5, 120, 40);
    app.reply(Reply {
        text: String::from("I have refunded 59.90 to your"),
        finish: stategen::engine::role::Finish::Length,
        by: By::Model(String::from("test/large-1")),
        ..Reply::default()
    });
    app.sees("!! cut off at its token limit");
}

#[test]
fn a_call_that_was_stopped_has_a_wire_behind_the_newest_step() {
    let mut app = wired(120, 40);
    app.keys("G");
    let session = app.session.as_ref().unwrap();
    let parent = session.head();
    let number = session.path(parent).len() as u32 + 1;
    let flying = app.model.run.as_ref().unwrap().calls.flying.clone();
    let flying = flying.expect("a call was in flight");
    let mut stopped = record(parent, number, flying.call.0, 1);
    stopped.role = flying.role;
    stopped.outcome = Outcome::Stopped;
    app.records.push(stopped);
    // The newest step was made by code, so the stopped call is shown first.
    app.keys("w").sees("no answer").sees("stopped: tool_calls");
    app.keys("h")
        .sees("Code made this step")
        .keys("l")
        .sees("stopped: tool_calls");
    app.keys("l").sees("stopped: tool_calls");
}

#[test]
fn frames() {
    for (width, height) in SIZES {
        let mut app = wired(width, height);
        app.keys("w").frame("wire__answer");
        app.keys("G").frame("wire__answer_end");
        app.keys("tab").frame("wire__failed");
        app.keys("v").frame("wire__raw");
        app.keys("l").frame("wire__code");

        let mut app = paused(4, width, height);
        seated(&mut app).tell(Msg::Spend(spend(Some(500_000))));
        app.keys("m").frame("models__agent");
        app.keys("k enter m").frame("models__switched");

        let mut app = paused(2, width, height);
        app.keys("h h").keys("A").tell(Msg::Again(report(5)));
        app.frame("again__running");
        app.keys("x enter").frame("again__stopped");

        let mut app = paused(2, width, height);
        seated(&mut app).keys(":").frame("command__empty");
        app.types("model agnet x")
            .keys("enter")
            .frame("command__unknown");
        app.keys("esc :")
            .types("model agent ")
            .keys("down")
            .frame("command__models");

        let mut app = after(1, width, height);
        let call = app.calls.front().unwrap().call;
        seated(&mut app)
            .tell(Msg::Spend(spend(None)))
            .tell(Msg::Second);
        app.thinks("The user names an order. I look at it first.", "I'm sor");
        app.frame("run__thinking");
        app.keys("R").frame("run__thinking_shown");
        let words = String::from("agent: 429 from test/large-1, try 2 of 5 in 4 s");
        app.tell(Msg::Waiting(call, words)).frame("run__waiting");
        app.fail("429 from test/large-1 after five tries")
            .frame("run__call_failed_models");
    }
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        judged_thrice(width, height)
            .keys("g j")
            .frame("judge__beside");
    }
    judged_thrice(120, 40).frame("judge__beside_short");
    let mut app = wired(44, 12);
    app.keys("w").frame("wire__answer");
    let mut app = paused(4, 44, 12);
    seated(&mut app).keys("m").frame("models__agent");
}
