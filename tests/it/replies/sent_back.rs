//! Unusable replies go back to whoever wrote them, with the reason.

use super::{answer, at_the_tool, calling, ended, last, replays, scripted, sent_back, steps, text};
use crate::support::Desk;
use stategen::engine::input::{Command, Go};
use stategen::engine::role::{Finish, Reply, Speaker};
use stategen::engine::score::Blame;
use stategen::engine::step::Act;

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
