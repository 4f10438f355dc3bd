//! What the agent says: polite desk English in a few styles, and results put
//! into words. Lines must be heard by `hear` as what they are.

use super::words::{self, Form, capital, join_and};
use crate::engine::rng::Rng;
use serde_json::{Map, Value};

/// What a line of the agent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// First words.
    Greet,
    /// The user sounds unhappy.
    Sorry,
    /// The wish is not clear.
    Clarify,
    /// `{x}`: "your order number and your email address".
    Ask,
    /// The same again.
    AskAgain,
    /// `{x}`: "what happened", "about the receipt".
    AskTold,
    /// The same, after another question.
    AskToo,
    /// Between calls.
    Next,
    /// Cannot go on without `{x}`.
    NoGo,
    /// Before calls.
    Look,
    /// Before a writing call.
    Act,
    /// Before the question: `{x}` is what will be done.
    Propose,
    /// "Shall I go ahead?"
    Shall,
    /// The user said no.
    Stopped,
    /// Before a report of reads.
    Found,
    /// Nothing can be changed, only told.
    OnlyTell,
    /// Anything else?
    Else,
    /// To a question that the records do not answer.
    NotKnown,
    /// To a question about what is left to do.
    NothingLeft,
    /// To a question about a letter or a message: `{x}` is a reference.
    Written,
    /// To a question about when.
    NoDate,
    /// You are welcome.
    Welcome,
    /// Goodbye.
    Bye,
    /// A call failed: `{x}` is the action, the error follows.
    Failed,
    /// After a failure: what can be done.
    FailedSorry,
    /// The rules do not allow it.
    Declined,
    /// Refused once more.
    StillNo,
    /// Thanks for a fact.
    Got,
    /// An id was mistyped: `{x}` is what is looked up now.
    Slip,
    /// Nothing to do but wait for the user.
    Listening,
}

/// The lines for it; never empty.
#[must_use]
pub fn lines(say: Say) -> &'static [&'static str] {
    match say {
        Say::Greet => &[
            "Hello, and thanks for getting in touch.",
            "Hi there!",
            "Hello!",
            "Thank you for reaching out.",
            "Hi, thanks for your message.",
            "Welcome, I'm glad to help with this.",
            "Hello, I'm happy to look into this for you.",
        ],
        Say::Sorry => &[
            "I'm sorry to hear that.",
            "I'm sorry for the trouble.",
            "I understand that this is frustrating.",
            "That's not how it should be, I'm sorry.",
            "I can see why you are unhappy.",
        ],
        Say::Clarify => &[
            "Could you tell me a bit more about what you need?",
            "What exactly can I do for you?",
            "Could you describe the problem in a few words?",
            "So that I understand you correctly: what exactly happened?",
            "Tell me more: what is it about, and what would you like as the outcome?",
        ],
        Say::Ask => &[
            "Could you tell me {x}?",
            "May I have {x}, please?",
            "To look into this, could you share {x}?",
            "What is {x}?",
            "Could you please give me {x}?",
            "So that I can find it, could you tell me {x}?",
            "Before I start, may I ask for {x}?",
        ],
        Say::AskAgain => &[
            "I still need {x} to go on. Could you share that?",
            "The details are not complete yet: could you tell me {x}?",
            "Just one thing is missing: what is {x}?",
            "Could you please check again and tell me {x}?",
        ],
        Say::AskTold => &[
            "Could you tell me {x}?",
            "May I ask {x}?",
            "Before I go on, could you tell me {x}?",
            "One thing I would like to know first: could you tell me {x}?",
        ],
        Say::AskToo => &[
            "And could you tell me {x}?",
            "May I also ask {x}?",
            "It would also help to know more: could you tell me {x}?",
        ],
        Say::Next => &[
            "Next step.",
            "Now for the next part.",
            "So far so good.",
            "Good, going on.",
        ],
        Say::NoGo => &[
            "I'm afraid I can't go on without {x}.",
            "Unfortunately, without {x} I'm not able to continue.",
            "I'm sorry, but I'm unable to find anything without {x}.",
        ],
        Say::Look => &[
            "Let me look that up.",
            "One moment, I'm checking.",
            "Let me check that for you.",
            "I'll pull that up now.",
            "Give me a second to look.",
            "Let me see.",
        ],
        Say::Act => &[
            "Right, I'm on it.",
            "Thank you. I'm doing that now.",
            "Good, one moment.",
            "Thanks for confirming. I'll take care of it now.",
            "On it.",
        ],
        Say::Propose => &[
            "With your agreement, I will {x}.",
            "Here is what I would do: {x}.",
            "I can {x} for you.",
            "What I can do is {x}.",
            "The next step would be to {x}.",
        ],
        Say::Shall => &[
            "Shall I go ahead?",
            "Would you like me to go ahead?",
            "Should I do that?",
            "Is that okay for you?",
            "Do you want me to proceed?",
            "Shall I go ahead with that?",
        ],
        Say::Stopped => &[
            "Understood, I will leave everything as it is.",
            "No problem, nothing was changed.",
            "All right, I won't touch anything.",
        ],
        Say::Found => &[
            "Here is what I found:",
            "This is what I see:",
            "I've looked it up:",
            "Thanks for waiting. Here are the details:",
        ],
        Say::OnlyTell => &[
            "That is what our records say.",
            "Those are the details on record.",
            "That's all that is on record about it.",
        ],
        Say::Else => &[
            "Is there anything else I can help you with?",
            "Is there anything else you need?",
            "Can I help with anything else?",
            "Anything else I can do for you?",
        ],
        Say::NotKnown => &[
            "I don't have that information in front of me, so I would rather not guess.",
            "My screen doesn't show that, and I don't want to promise something wrong.",
            "That is not in the records I can see, I'm sorry.",
        ],
        Say::NothingLeft => &[
            "As far as I can see, nothing more is needed from you.",
            "Nothing on record asks for anything else from your side.",
            "No, that was all. Nothing is left for you to do.",
        ],
        Say::Written => &[
            "I can't tell from here whether a message goes out, but it is on record under {x}.",
            "It is on record under {x}, so you can always refer to that.",
            "You can refer to {x}; that is where it is written down.",
        ],
        Say::NoDate => &[
            "I don't have an exact day in front of me, and I would rather not guess one.",
            "The records give no date for that, so I can't promise you one.",
            "No date is noted here, I'm sorry. I don't want to promise you a wrong one.",
        ],
        Say::Welcome => &[
            "You're welcome!",
            "Gladly.",
            "My pleasure.",
            "Happy to help.",
            "You're very welcome.",
        ],
        Say::Bye => &[
            "Have a good day!",
            "Take care!",
            "Have a nice day, and goodbye.",
            "Goodbye, and all the best.",
        ],
        Say::Failed => &[
            "I tried to {x}, but the system answered:",
            "I wanted to {x}, but it came back with this:",
            "My attempt to {x} was turned down:",
        ],
        Say::FailedSorry => &[
            "I'm afraid I can't do it that way.",
            "Unfortunately, that means it's not possible for me as things stand.",
            "I'm sorry, but I'm unable to get around that.",
        ],
        Say::Declined => &[
            "I'm afraid our rules don't allow that.",
            "Unfortunately, that is not possible under our rules.",
            "I'm sorry, but I'm unable to do that: the rules leave me no choice.",
        ],
        Say::StillNo => &[
            "I understand, and I'm sorry, but I'm still not able to do that.",
            "I looked at it once more. Unfortunately, the answer stays the same.",
            "I'm afraid there is no way for me to change that.",
        ],
        Say::Got => &[
            "Thank you.",
            "Thanks, got it.",
            "Perfect, thank you.",
            "Great, thanks.",
        ],
        Say::Slip => &[
            "Sorry, I mistyped that. Let me {x}.",
            "My mistake, that was a typo. I'll {x} now.",
            "I got that wrong, one second: I'll {x}.",
        ],
        Say::Listening => &[
            "I'm listening. What would you like to do next?",
            "How can I help you from here?",
        ],
    }
}

/// A line, filled.
#[must_use]
pub fn line(say: Say, x: &str, before: &str, rng: &mut Rng) -> String {
    let all = lines(say);
    let mut out = String::new();
    for _ in 0..8 {
        let Some(one) = rng.pick(all) else { break };
        out.clear();
        out.push_str(one);
        let stem = out
            .split("{x}")
            .max_by_key(|p| p.len())
            .unwrap_or_default()
            .trim()
            .to_owned();
        if stem.len() < 4 || !before.contains(&stem) {
            break;
        }
    }
    out.replace("{x}", x)
}

/// Fields worth telling, best first.
const TELLING: [&str; 30] = [
    "status",
    "state",
    "verdict",
    "merchant",
    "product",
    "title",
    "name",
    "hotel",
    "route",
    "amount",
    "refund",
    "refunded",
    "total",
    "price",
    "cost",
    "fee",
    "balance",
    "paid",
    "kept",
    "date",
    "eta",
    "delivery",
    "departs",
    "arrives",
    "departure",
    "arrival",
    "plan",
    "seat",
    "due",
    "text",
];

/// The plain fields of a result that are worth telling, best first: `wanted`
/// words (the goal's) come before all, then new ids, then [`TELLING`], dates
/// and money. Names and values as the result has them.
#[must_use]
pub fn telling<'a>(
    result: &'a Value,
    said: &str,
    wanted: &[String],
    most: usize,
) -> Vec<(&'a str, &'a Value)> {
    let Some(map) = result.as_object() else {
        return Vec::new();
    };
    let mut found: Vec<(usize, usize, &str, &Value)> = Vec::new();
    for (at, (key, v)) in map.iter().enumerate() {
        let plain = match v {
            Value::String(t) => !t.is_empty() && t.len() <= 60,
            Value::Number(_) => true,
            Value::Array(a) => {
                !a.is_empty() && a.len() <= 3 && a.iter().all(|i| i.is_string() || i.is_number())
            }
            Value::Null | Value::Object(_) | Value::Bool(_) => false,
        };
        let text = words::value(key, v);
        let id = words::parts(key).last().is_some_and(|p| p == "id");
        let odd = matches!(
            words::parts(key).first().map(String::as_str),
            Some("to" | "from")
        ) || (!id && v.as_str().is_some_and(words::is_id_like))
            || matches!(
                key.as_str(),
                "opened" | "created" | "granted" | "closed" | "noted" | "updated"
            )
            || v.as_f64().is_some_and(|f| f.abs() < 0.005);
        if odd || !plain || super::facts::contains_word(said, &text) {
            continue;
        }
        let parts = words::parts(key);
        let person = parts.first().is_some_and(|p| {
            matches!(
                p.as_str(),
                "customer" | "client" | "user" | "traveller" | "passenger"
            )
        });
        let rank = if person {
            continue;
        } else if parts.last().is_some_and(|p| p == "id") && v.is_string() {
            1
        } else if let Some(i) = TELLING.iter().position(|t| parts.iter().any(|p| p == t)) {
            2 + i
        } else if v.as_str().is_some_and(words::is_date) || (words::is_money(key) && v.is_number())
        {
            40
        } else if parts.iter().any(|p| p.len() > 3 && wanted.contains(p)) {
            45
        } else {
            continue;
        };
        let asked = parts
            .iter()
            .any(|p| wanted.contains(p) && p != "order" && p != "item");
        found.push((if asked { rank / 4 } else { rank }, at, key, v));
    }
    found.sort_by_key(|(rank, at, ..)| (*rank, *at));
    found
        .into_iter()
        .take(most)
        .map(|(_, _, k, v)| (k, v))
        .collect()
}

/// "the refund ID is R-207 and the status is now issued"
#[must_use]
pub fn tell(fields: &[(&str, &Value)], changed: bool) -> String {
    let items: Vec<String> = fields
        .iter()
        .map(|(key, v)| tell_one(key, v, changed))
        .collect();
    join_and(&items)
}

fn tell_one(key: &str, v: &Value, changed: bool) -> String {
    let label = words::label(key);
    let said = words::spaced(&words::value(key, v));
    let said = v.as_str().filter(|t| words::is_date(t)).map_or(said, clock);
    match label.as_str() {
        "departs" | "arrives" | "starts" | "ends" | "expires" | "leaves" | "begins" => {
            return format!("it {label} on {said}");
        }
        "paid" | "paid back" | "refunded" | "charged" | "kept" | "credited" if v.is_number() => {
            return format!("{said} was {label}");
        }
        "granted" | "created" | "opened" | "closed" | "updated" | "placed" | "delivered"
        | "issued" | "shipped"
            if v.as_str().is_some_and(words::is_date) =>
        {
            return format!("it was {label} on {said}");
        }
        "due" => return format!("{said} is still due"),
        _ => {}
    }
    let state = ["status", "balance", "state"]
        .iter()
        .any(|w| label.ends_with(w));
    let now = if changed && state { "now " } else { "" };
    let many = label.ends_with('s') && !label.ends_with("ss") && !label.ends_with("status");
    format!(
        "the {label} {} {now}{said}",
        if many { "are" } else { "is" }
    )
}

/// A date and a time without the letters between them.
fn clock(text: &str) -> String {
    match text.split_once('T') {
        Some((date, time)) => match time.get(..5) {
            Some(minutes) => format!("{date} at {minutes}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    }
}

/// A row for people: "status delivered, total 59.90".
#[must_use]
pub fn row(result: &Value, said: &str, wanted: &[String], most: usize) -> String {
    telling(result, said, wanted, most + 2)
        .into_iter()
        .filter(|(k, _)| words::parts(k).last().is_none_or(|p| p != "id"))
        .take(most)
        .map(|(k, v)| {
            let said = v
                .as_str()
                .filter(|t| words::is_date(t))
                .map_or_else(|| words::spaced(&words::value(k, v)), clock);
            let label = words::label(k);
            // "hotel Hotel Molo" is the hotel's name, said once.
            if said.to_lowercase().starts_with(&label.to_lowercase()) {
                said
            } else {
                format!("{label} {said}")
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// What a look-up gave, as a sentence; empty where there is nothing to tell.
#[must_use]
pub fn found(tool: &str, args: &Value, answer: &str, wanted: &[String]) -> String {
    let subject = {
        let action = words::action(tool, args, Form::Base);
        let rest = action
            .strip_prefix("look up ")
            .or_else(|| action.split_once(' ').map(|(_, r)| r));
        rest.unwrap_or_default().to_owned()
    };
    let value: Value = serde_json::from_str(answer).unwrap_or_else(|_| Value::from(answer));
    match &value {
        Value::Object(_) => {
            let row = row(&value, &subject, wanted, 4);
            let thin = !row.contains(", ") && !row.starts_with("status");
            if row.is_empty() || thin {
                String::new()
            } else {
                format!("{}: {row}.", capital(&strip_article(&subject)))
            }
        }
        Value::Array(items) => {
            let rows: Vec<String> = items
                .iter()
                .take(2)
                .map(|i| match i {
                    Value::Object(map) => {
                        let told = row(i, "", wanted, 4);
                        match map.iter().find(|(k, v)| {
                            words::parts(k).last().is_some_and(|p| p == "id")
                                && v.is_string()
                                && !words::is_person(k)
                        }) {
                            Some((k, id)) if !told.is_empty() => {
                                format!("{} {told}", words::value(k, id))
                            }
                            _ => told,
                        }
                    }
                    other => words::value("", other),
                })
                .filter(|r| !r.is_empty())
                .collect();
            match rows.len() {
                0 if subject.is_empty() => String::from("Nothing is on record for that."),
                0 => format!("Nothing is on record for {subject}."),
                _ => format!(
                    "{}: {}.",
                    capital(&strip_article(&subject)),
                    rows.join("; ")
                ),
            }
        }
        Value::Null => String::new(),
        Value::String(t) if t.len() > 200 || t.is_empty() => String::new(),
        Value::String(t) => format!(
            "{}: {}.",
            capital(&strip_article(&subject)),
            t.trim_end_matches('.')
        ),
        Value::Bool(_) | Value::Number(_) => {
            format!(
                "{}: {}.",
                capital(&strip_article(&subject)),
                words::value(tool, &value)
            )
        }
    }
}

fn strip_article(text: &str) -> String {
    for article in ["the ", "a ", "an "] {
        if let Some(rest) = text.strip_prefix(article) {
            return rest.to_owned();
        }
    }
    text.to_owned()
}

/// The object inside a value whose own id this is: the first of its ids.
#[must_use]
pub fn own_row<'a>(value: &'a Value, id: &Value, depth: u32) -> Option<&'a Map<String, Value>> {
    if depth > 32 {
        return None;
    }
    match value {
        Value::Object(map) => {
            let own = map.iter().find(|(k, _)| {
                matches!(
                    words::parts(k).last().map(String::as_str),
                    Some("id" | "sku" | "code" | "number")
                )
            });
            if own.is_some_and(|(_, v)| v == id) {
                return Some(map);
            }
            map.values().find_map(|v| own_row(v, id, depth + 1))
        }
        Value::Array(items) => items.iter().find_map(|v| own_row(v, id, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The first object inside a value that has this scalar as a field.
#[must_use]
pub fn row_with<'a>(
    value: &'a Value,
    wanted: &Value,
    depth: u32,
) -> Option<&'a Map<String, Value>> {
    if depth > 32 {
        return None;
    }
    match value {
        Value::Object(map) => {
            if map.values().any(|v| v == wanted) {
                return Some(map);
            }
            map.values().find_map(|v| row_with(v, wanted, depth + 1))
        }
        Value::Array(items) => items.iter().find_map(|v| row_with(v, wanted, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::hear;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_user_hears_what_is_meant() {
        for say in lines(Say::Shall) {
            assert!(hear::proposes(say), "{say}");
        }
        for say in lines(Say::Clarify) {
            assert!(hear::agent(say, &[]).clarify, "{say}");
        }
        for list in [Say::NoGo, Say::FailedSorry, Say::Declined, Say::StillNo] {
            for say in lines(list) {
                let heard = hear::agent(say, &[]);
                assert!(heard.refusal && !heard.done, "{say}");
            }
        }
        for list in [
            Say::Greet,
            Say::Sorry,
            Say::Look,
            Say::Propose,
            Say::Found,
            Say::Got,
            Say::NotKnown,
            Say::Else,
        ] {
            for say in lines(list) {
                let heard = hear::agent(say, &[]);
                assert!(
                    !heard.done && !heard.refusal && !heard.question && !heard.proposal,
                    "{say} {heard:?}"
                );
            }
        }
        for list in [Say::Ask, Say::AskAgain] {
            for say in lines(list) {
                assert!(!hear::agent(say, &[]).refusal, "{say}");
            }
        }
    }

    #[test]
    fn results_are_told_in_words() {
        let result = json!({"return_id": "R-207", "order_id": "8841", "status": "requested", "amount": 59.9, "items": [{"a": 1}]});
        let fields = telling(&result, "create a return for order 8841", &[], 3);
        assert_eq!(
            tell(&fields, true),
            "the return ID is R-207, the status is now requested and the amount is 59.90"
        );
        assert_eq!(
            found(
                "get_order",
                &json!({"order_id": "8841"}),
                "{\"order_id\":\"8841\",\"status\":\"in_transit\"}",
                &[]
            ),
            "Order 8841: status in transit."
        );
        assert_eq!(
            found("x", &json!(null), "[]", &[]),
            "Nothing is on record for this."
        );
    }
}
