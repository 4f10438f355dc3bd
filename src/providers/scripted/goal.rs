//! A task's goal, turned from the author's words into what its owner would say:
//! first person, a main wish, what comes with it, and shorter forms of both.

use super::facts;
use super::words::lower_first;
use crate::engine::scenario::Bound;

/// A goal taken apart.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Goal {
    /// The wish from its longest form to its shortest: "get the money back for
    /// the kettle of order 8841", …, "get the money back". Base verb first,
    /// or a thing ("a refund for …") where `thing` is set.
    pub forms: Vec<String>,
    /// The wish is a thing, not a verb.
    pub thing: bool,
    /// The other side can do it ("cancel my order"), so that one can ask for it.
    pub agentive: bool,
    /// Other sentences, ready to be said: "It arrived broken."
    pub extras: Vec<String>,
}

/// Verbs of which the agent is the doer when the user asks.
const AGENTIVE: [&str; 46] = [
    "cancel",
    "change",
    "update",
    "refund",
    "check",
    "find",
    "move",
    "reset",
    "rebook",
    "fix",
    "send",
    "book",
    "add",
    "remove",
    "correct",
    "issue",
    "replace",
    "look",
    "swap",
    "modify",
    "transfer",
    "confirm",
    "upgrade",
    "downgrade",
    "reschedule",
    "unlock",
    "lock",
    "block",
    "unblock",
    "activate",
    "deactivate",
    "enable",
    "disable",
    "resend",
    "extend",
    "apply",
    "waive",
    "open",
    "close",
    "set",
    "freeze",
    "unfreeze",
    "reissue",
    "restore",
    "schedule",
    "renew",
];
/// Verbs that only the user is the doer of.
const OWN: [&str; 36] = [
    "get",
    "return",
    "know",
    "learn",
    "understand",
    "buy",
    "order",
    "pay",
    "receive",
    "keep",
    "switch",
    "stop",
    "complain",
    "dispute",
    "exchange",
    "have",
    "ask",
    "see",
    "make",
    "use",
    "travel",
    "fly",
    "report",
    "claim",
    "track",
    "register",
    "sign",
    "redeem",
    "withdraw",
    "join",
    "leave",
    "return",
    "request",
    "be",
    "start",
    "go",
];
const PREPOSITIONS: [&str; 16] = [
    "of", "for", "on", "from", "in", "with", "at", "to", "under", "by", "into", "onto", "because",
    "after", "before", "about",
];

/// Takes a task's goal apart.
#[must_use]
pub fn read(bound: &Bound) -> Goal {
    let values: Vec<String> = facts::all(bound).iter().map(facts::spoken).collect();
    of(&bound.goal, &values)
}

/// Takes a goal's text apart; `values` are the facts' values.
#[must_use]
pub fn of(text: &str, values: &[String]) -> Goal {
    let mut said = super::hear::sentences(text)
        .into_iter()
        .map(|s| plain_end(&s));
    let first = said.next().unwrap_or_else(|| String::from("get some help"));
    let first = strip_subject(&first);
    let (main, mut extras) = split_clauses(&first);
    extras.extend(said.map(|s| first_person(&s)));
    let main = first_person(&lower_first(&main));
    let verb = main
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let thing = matches!(
        verb.as_str(),
        "a" | "an"
            | "the"
            | "my"
            | "some"
            | "no"
            | "two"
            | "three"
            | "this"
            | "that"
            | "information"
            | "help"
            | "refund"
            | "compensation"
            | "one"
            | "new"
    ) && !AGENTIVE.contains(&verb.as_str());
    Goal {
        forms: shorter(&main, values),
        thing,
        agentive: AGENTIVE.contains(&verb.as_str()) && !OWN.contains(&verb.as_str()),
        extras: extras
            .into_iter()
            .map(|e| super::words::capital(e.trim()))
            .filter(|e| e.len() > 2)
            .collect(),
    }
}

fn plain_end(text: &str) -> String {
    text.trim().trim_end_matches(['.', '!', ' ']).to_owned()
}

/// "The user wants to return …", "You want to …", "Maya would like to …": what
/// follows.
fn strip_subject(text: &str) -> String {
    const WISHES: [&str; 12] = [
        " wants to ",
        " want to ",
        " would like to ",
        " needs to ",
        " need to ",
        " is trying to ",
        " are trying to ",
        " wishes to ",
        " wish to ",
        " is looking to ",
        " hopes to ",
        " tries to ",
    ];
    const THINGS: [&str; 6] = [
        " wants ",
        " want ",
        " would like ",
        " needs ",
        " need ",
        " is asking for ",
    ];
    let low = text.to_lowercase();
    for wish in WISHES.iter().chain(&THINGS) {
        if let Some(at) = low.find(wish)
            && facts::tokens(low.get(..at).unwrap_or_default()).len() <= 3
            && let Some(rest) = text.get(at + wish.len()..)
        {
            return rest.to_owned();
        }
    }
    text.to_owned()
}

/// The main clause, and what hangs on it as sentences of their own.
fn split_clauses(text: &str) -> (String, Vec<String>) {
    const CUTS: [(&str, &str); 9] = [
        (", which ", "It "),
        (", who ", "They "),
        ("; ", ""),
        (", because ", ""),
        (", since ", ""),
        (", but ", "But "),
        (", and ", "And "),
        (" because ", ""),
        (": ", ""),
    ];
    let mut main = text.to_owned();
    let mut extras = Vec::new();
    for _ in 0..4 {
        let cut = CUTS
            .iter()
            .filter_map(|(mark, lead)| main.find(mark).map(|at| (at, *mark, *lead)))
            .filter(|(at, ..)| facts::tokens(main.get(..*at).unwrap_or_default()).len() >= 2)
            .max_by_key(|(at, ..)| *at);
        let Some((at, mark, lead)) = cut else { break };
        let rest = main.get(at + mark.len()..).unwrap_or_default().to_owned();
        main = main
            .get(..at)
            .unwrap_or_default()
            .trim_end_matches(',')
            .to_owned();
        // ", which you never made": what it is about comes last.
        let subject = rest
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if lead == "It "
            && matches!(
                subject.as_str(),
                "you" | "i" | "we" | "they" | "he" | "she" | "the" | "nobody" | "no"
            )
        {
            extras.insert(0, first_person(&format!("{rest} it")));
            continue;
        }
        let lead = if lead == "And " && starts_with_verb(&rest) {
            "And I want to "
        } else {
            lead
        };
        extras.insert(
            0,
            first_person(&format!(
                "{lead}{}",
                if lead.is_empty() {
                    rest
                } else {
                    lower_first(&rest)
                }
            )),
        );
    }
    (main, extras)
}

fn starts_with_verb(text: &str) -> bool {
    let word = text
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    AGENTIVE.contains(&word.as_str()) || OWN.contains(&word.as_str())
}

/// "your order" to "my order", "you" to "I" or "me".
#[must_use]
pub fn first_person(text: &str) -> String {
    let text = replace_word(text, "the user's", "my");
    let text = replace_word(&text, "the customer's", "my");
    let text = replace_word(&text, "the user", "you");
    let text = replace_word(&text, "the customer", "you");
    let mut out: Vec<String> = Vec::new();
    let all: Vec<&str> = text.split(' ').collect();
    for (at, word) in all.iter().copied().enumerate() {
        let core: String = word
            .trim_matches(|c: char| !c.is_alphanumeric() && c != '\'')
            .to_owned();
        let low = core.to_lowercase();
        let to = match low.as_str() {
            "your" | "their" => "my",
            "yours" | "theirs" => "mine",
            "yourself" | "themselves" => "myself",
            "you" | "them" | "they" if low != "you" && !out.is_empty() && low == "them" => {
                // "them" is as often about things as about people: left alone.
                core.as_str()
            }
            "you" => {
                let object = out.last().is_some_and(|p| {
                    let p = p.to_lowercase();
                    PREPOSITIONS.contains(&p.as_str())
                        || matches!(
                            p.as_str(),
                            "give"
                                | "send"
                                | "tell"
                                | "let"
                                | "help"
                                | "refund"
                                | "pay"
                                | "told"
                                | "charged"
                                | "sent"
                                | "gave"
                                | "owe"
                                | "charge"
                                | "contact"
                                | "call"
                        )
                });
                // "cost you a penny", "it suits you."
                let next = all.get(at + 1).map(|w| w.to_lowercase());
                let ends = next.is_none() || word.ends_with(['.', ',', ';', '!', '?']);
                let thing = next.is_some_and(|w| {
                    matches!(
                        w.as_str(),
                        "a" | "an" | "the" | "any" | "some" | "your" | "back" | "more" | "to"
                    ) || PREPOSITIONS.contains(&w.as_str())
                });
                let object = object || (!out.is_empty() && (ends || thing));
                if object { "me" } else { "I" }
            }
            "you're" => "I'm",
            "you've" => "I've",
            "you'd" => "I'd",
            "you'll" => "I'll",
            "are" if out.last().is_some_and(|p| p == "I") => "am",
            "were" if out.last().is_some_and(|p| p == "I") => "was",
            _ => core.as_str(),
        };
        if to == core {
            out.push(word.to_owned());
        } else {
            out.push(word.replacen(&core, to, 1));
        }
    }
    out.join(" ")
}

fn replace_word(text: &str, from: &str, to: &str) -> String {
    let low = text.to_lowercase();
    match low.find(from) {
        Some(at) if low.len() == text.len() => {
            let (head, tail) = (
                text.get(..at).unwrap_or_default(),
                text.get(at + from.len()..).unwrap_or_default(),
            );
            format!("{head}{to}{}", replace_word(tail, from, to))
        }
        _ => text.to_owned(),
    }
}

/// The wish from long to short: as it is, without ids, without what hangs on it.
fn shorter(main: &str, values: &[String]) -> Vec<String> {
    let mut forms = vec![main.to_owned()];
    let bare = without_values(main, values);
    if !bare.is_empty() {
        forms.push(bare.clone());
    }
    // Cut at prepositions from the right, as long as a verb and its object stay.
    let words: Vec<&str> = bare.split_whitespace().collect();
    for at in (3..words.len()).rev() {
        if words
            .get(at)
            .is_some_and(|w| PREPOSITIONS.contains(w) || matches!(*w, "and" | "that" | "which"))
            && let Some(head) = words.get(..at)
            && head.len() >= 3
            && !cuts_value(&bare, &head.join(" "), values)
            && !head.last().is_some_and(|w| {
                PREPOSITIONS.contains(w)
                    || matches!(
                        *w,
                        "and"
                            | "or"
                            | "the"
                            | "a"
                            | "an"
                            | "one"
                            | "it"
                            | "my"
                            | "be"
                            | "is"
                            | "not"
                            | "that"
                            | "which"
                            | "than"
                            | "have"
                            | "ones"
                    )
            })
        {
            forms.push(head.join(" ").trim_end_matches(',').to_owned());
        }
    }
    forms.dedup();
    forms
}

/// Whether a head of a text ends in the middle of a value.
fn cuts_value(text: &str, head: &str, values: &[String]) -> bool {
    values.iter().filter(|v| v.contains(' ')).any(|v| {
        text.find(v.as_str())
            .is_some_and(|at| at < head.len() && head.len() < at + v.len())
    })
}

/// The wish without ids and values: "cancel order 8841" is "cancel my order",
/// "the kettle of order 8841" is "the kettle".
fn without_values(main: &str, values: &[String]) -> String {
    let mut words: Vec<String> = main.split_whitespace().map(str::to_owned).collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let core = word.trim_matches(|c: char| matches!(c, ',' | '.' | '(' | ')' | '"' | '\''));
        let is_value = super::words::is_id_like(core)
            || core.contains('@')
            || values.iter().any(|v| {
                v.eq_ignore_ascii_case(core)
                    && core.len() > 2
                    && core.chars().any(|c| c.is_ascii_digit())
            });
        // "move 320 from …" without its number is no sentence.
        let bare_number = at <= 1 && core.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !is_value || bare_number {
            at += 1;
            continue;
        }
        // The comma of what goes stays with what is before it.
        if word.ends_with(',')
            && let Some(before) = at.checked_sub(1).and_then(|p| words.get_mut(p))
            && !before.ends_with(',')
        {
            before.push(',');
        }
        // Back over "order", "number", "(" to a preposition or a verb.
        let mut from = at;
        while let Some(before) = from.checked_sub(1).and_then(|p| words.get(p)) {
            let low = before
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase();
            let kept = PREPOSITIONS.contains(&low.as_str())
                || from <= 1
                || at - from >= 3
                || (before.ends_with(',') && from != at);
            if kept {
                break;
            }
            from -= 1;
        }
        let prep = from
            .checked_sub(1)
            .and_then(|p| words.get(p))
            .is_some_and(|w| {
                PREPOSITIONS.contains(&w.as_str()) && !matches!(w.as_str(), "to" | "with")
            });
        if prep && from > 2 {
            words.drain(from - 1..=at);
            at = from.saturating_sub(1);
        } else {
            let own = words.get(from).is_some_and(|w| {
                matches!(
                    w.to_lowercase().as_str(),
                    "my" | "the" | "a" | "an" | "this" | "that" | "both"
                )
            });
            if from == at {
                words.remove(at);
            } else {
                words.remove(at);
                // "order number 8841" is "order" once the number is gone.
                let hanging = at
                    .checked_sub(1)
                    .and_then(|p| words.get(p))
                    .is_some_and(|w| {
                        matches!(
                            w.to_lowercase().as_str(),
                            "number" | "id" | "reference" | "no."
                        )
                    });
                if hanging && at >= 2 {
                    words.remove(at - 1);
                }
                if !own {
                    words.insert(from, String::from("my"));
                }
            }
            at = from.saturating_add(1);
        }
    }
    while words.last().is_some_and(|w| {
        PREPOSITIONS.contains(&w.as_str()) || matches!(w.as_str(), "and" | "or" | "my" | "the")
    }) {
        words.pop();
    }
    if words.len() < 2 {
        String::new()
    } else {
        words.join(" ").trim_end_matches(',').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_become_wishes() {
        let goal = of(
            "Get the money back for the kettle of order 8841, which arrived broken.",
            &["8841".into()],
        );
        assert_eq!(
            goal.forms,
            [
                "get the money back for the kettle of order 8841",
                "get the money back for the kettle",
                "get the money back"
            ]
        );
        assert_eq!(goal.extras, ["It arrived broken"]);
        assert!(!goal.thing && !goal.agentive);
        let goal = of(
            "Cancel order #W123 because you no longer need it.",
            &["#W123".into()],
        );
        assert_eq!(goal.forms, ["cancel order #W123", "cancel my order"]);
        assert_eq!(goal.extras, ["I no longer need it"]);
        assert!(goal.agentive);
        let goal = of(
            "You want to change the address of your order to Paris.",
            &[],
        );
        assert_eq!(
            goal.forms.first().map(String::as_str),
            Some("change the address of my order to Paris")
        );
        let goal = of("The user wants a refund", &[]);
        assert!(goal.thing);
        assert_eq!(of("", &[]).forms, ["get some help"]);
        assert_eq!(
            first_person("it must not cost you a penny"),
            "it must not cost me a penny"
        );
        assert_eq!(
            first_person("you moved, which suits you"),
            "I moved, which suits me"
        );
    }
}
