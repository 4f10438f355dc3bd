//! What the stand-in's users say.

use super::{CANCEL, all_tasks, message, persona, play, play_as, sample_scenario, shop, user_turn};
use stategen::engine::persona::{Complexity, Persona, opening_problems, seen};
use stategen::engine::role::{Role, Speaker};
use stategen::engine::scenario::Scenario;
use stategen::providers::scripted::Scripted;
use std::collections::BTreeSet;
use std::sync::Arc;

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
