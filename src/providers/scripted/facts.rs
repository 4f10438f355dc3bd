//! What the user knows, and when they tell it: facts by their key words, asked
//! for in any wording, said or not yet said.

use super::words;
use crate::engine::scenario::Bound;
use serde_json::Value;

/// One fact of the task.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<'a> {
    /// Its key in the task.
    pub key: &'a str,
    /// Its value.
    pub value: &'a Value,
    /// Told only when asked for.
    pub hidden: bool,
}

/// All facts of a task, the known ones first.
#[must_use]
pub fn all(bound: &Bound) -> Vec<Fact<'_>> {
    let of = |hidden: bool| {
        let map = if hidden { &bound.hidden } else { &bound.known };
        map.iter()
            .map(move |(key, value)| Fact { key, value, hidden })
    };
    of(false)
        .chain(of(true))
        .filter(|f| !f.value.is_null())
        .collect()
}

/// Words that stand for one another in keys and questions. The first of each
/// is how a key's part is normalised.
const SAME: [&[&str]; 16] = [
    &[
        "id",
        "ids",
        "identifier",
        "number",
        "numbers",
        "no",
        "num",
        "ref",
        "reference",
        "code",
    ],
    &["email", "mail", "e-mail"],
    &["phone", "telephone", "mobile", "cell", "msisdn"],
    &["zip", "postcode", "postal", "zipcode"],
    &["birth", "birthday", "dob", "born"],
    &["photo", "picture", "image", "pictures", "photos", "images"],
    &["amount", "sum", "price", "cost"],
    &["reason", "why", "cause"],
    &["date", "when"],
    &["quantity", "qty", "many"],
    &["payment", "pay", "paid", "paying"],
    &["color", "colour"],
    &["item", "items", "product", "products", "article"],
    &["reservation", "booking"],
    &["city", "town", "destination"],
    &["preference", "prefer", "preferred", "favorite", "favourite"],
];

fn norm(word: &str) -> &str {
    SAME.iter()
        .find(|group| group.contains(&word))
        .and_then(|group| group.first())
        .copied()
        .unwrap_or(word)
}

/// Lower-case words of a text, marks dropped.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-')
        .map(|w| w.trim_matches('-').to_lowercase())
        .filter(|w| !w.is_empty())
        .collect()
}

fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (norm(a), norm(b));
    if a == b {
        return true;
    }
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let (short, long) = (
        a.chars().count().min(b.chars().count()),
        a.chars().count().max(b.chars().count()),
    );
    common >= 4 && common + 1 >= short && long - common <= 3
}

/// Words of a key that carry no topic of their own.
const EMPTY: [&str; 24] = [
    "what", "where", "when", "how", "who", "which", "why", "did", "do", "you", "is", "the", "of",
    "has", "was", "new", "my", "your", "user", "customer", "a", "to", "for", "on",
];

/// How people call a key: `order_id` is "order number", `dob` "date of birth".
#[must_use]
pub fn noun(key: &str) -> String {
    let parts = words::parts(key);
    let whole = parts.join(" ");
    match whole.as_str() {
        "email" | "email address" | "mail" => return String::from("email address"),
        "phone" | "mobile" | "telephone" | "phone number" => return String::from("phone number"),
        "zip" | "zip code" | "zipcode" => return String::from("zip code"),
        "dob" | "birth date" | "date of birth" | "birthday" => {
            return String::from("date of birth");
        }
        "name" | "full name" | "user name" | "customer name" => return String::from("full name"),
        _ => {}
    }
    match parts.split_last() {
        Some((last, init)) if last == "id" && !init.is_empty() => {
            let base = init.join(" ");
            match base.as_str() {
                "user" | "customer" | "account" | "member" | "line" | "plan" | "payment method"
                | "session" => format!("{base} ID"),
                _ => format!("{base} number"),
            }
        }
        Some((last, init)) if last == "ids" && !init.is_empty() => {
            format!("{} numbers", init.join(" "))
        }
        _ => words::label(key),
    }
}

/// What an agent asks for: "your order number", "what happened", "what you have
/// tried already", "about the receipt" (where the answer is a sentence).
#[must_use]
pub fn wanted(fact: &Fact<'_>) -> String {
    let parts = words::parts(fact.key);
    let whole = parts.join(" ");
    match parts.first().map(String::as_str) {
        Some("what" | "where" | "when" | "why" | "how" | "who" | "which") => return whole,
        Some("tried" | "done" | "used" | "bought" | "seen" | "paid" | "heard" | "told")
            if parts.len() > 1 =>
        {
            return format!("what you have {whole}");
        }
        _ => {}
    }
    if is_prose(fact) {
        return format!("about the {}", noun(fact.key));
    }
    let own = is_personal(fact.key)
        || (parts.len() <= 2 && parts.last().is_some_and(|p| norm(p) == "id"));
    format!("{} {}", if own { "your" } else { "the" }, noun(fact.key))
}

/// Whether a fact is told in a sentence of its own rather than as "the x is y":
/// "it arrived with a cracked lid", "three e-mails and a call".
#[must_use]
pub fn is_prose(fact: &Fact<'_>) -> bool {
    const VERBS: [&str; 26] = [
        "is", "was", "were", "are", "has", "have", "had", "never", "not", "no", "it", "they", "i",
        "when", "that", "after", "before", "will", "arrived", "came", "because", "only", "does",
        "did", "would", "there",
    ];
    let Some(text) = fact.value.as_str() else {
        return false;
    };
    let first = text.chars().next().is_some_and(char::is_lowercase);
    let said = tokens(text);
    said.len() >= 3
        && (said.iter().any(|w| VERBS.contains(&w.as_str()))
            || (first && text.split_whitespace().count() >= 4))
        && !text.contains('@')
}

/// Whether an agent should ask for it at all: what the author wrote down for the
/// player's mood is no one's question.
#[must_use]
pub fn is_askable(fact: &Fact<'_>) -> bool {
    !words::parts(fact.key).iter().any(|p| {
        matches!(
            p.as_str(),
            "mood" | "attitude" | "tone" | "secret" | "feeling"
        )
    })
}

/// Whether a sentence asks for this fact.
#[must_use]
pub fn asked(key: &str, sentence: &str) -> bool {
    let heard = tokens(sentence);
    let birth = heard.iter().any(|h| norm(h) == "birth");
    let parts = words::parts(key);
    let own_birth = parts.iter().any(|p| norm(p) == "birth");
    let has = |word: &str| {
        // "date of birth" asks for no other date.
        !(birth && !own_birth && norm(word) == "date") && heard.iter().any(|h| alike(h, word))
    };
    let wants_id = parts.iter().any(|p| norm(p) == "id");
    let (generic, topic): (Vec<&String>, Vec<&String>) = parts
        .iter()
        .partition(|p| norm(p) == "id" || EMPTY.contains(&p.as_str()));
    if topic.is_empty() {
        return !generic.is_empty() && generic.iter().all(|p| has(p));
    }
    let hits: Vec<&&String> = topic.iter().filter(|p| has(p)).collect();
    if wants_id {
        let which = heard.windows(2).any(|w| {
            matches!(w, [a, b] if (a == "which" || a == "what") && topic.iter().any(|t| alike(t, b)))
        });
        return hits.len() == topic.len() && (has("id") || which);
    }
    if hits.len() == topic.len() {
        return true;
    }
    // "Do you have a photo of it?" asks for `photo_taken`: half of the words
    // will do, unless all that is left says little.
    const VAGUE: [&str; 12] = [
        "date", "name", "type", "time", "address", "last", "first", "old", "payment", "already",
        "taken", "used",
    ];
    hits.len() * 2 >= topic.len() && hits.iter().any(|p| !VAGUE.contains(&norm(p)))
}

/// Whether a text already says a value: as whole words, in any case.
#[must_use]
pub fn says(text: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => false,
        Value::Number(n) => {
            let plain = n.to_string();
            contains_word(text, &plain)
                || n.as_f64().is_some_and(|f| {
                    contains_word(text, &format!("{f:.2}"))
                        || (f.fract() == 0.0 && contains_word(text, &format!("{f:.0}")))
                })
        }
        Value::String(s) => contains_word(text, s),
        Value::Array(items) => items.iter().all(|i| says(text, i)),
        Value::Object(map) => map.values().all(|v| says(text, v)),
    }
}

/// Whether `needle` stands in `text` with no letter or digit right beside it.
#[must_use]
pub fn contains_word(text: &str, needle: &str) -> bool {
    let needle = needle.trim().to_lowercase();
    if needle.is_empty() {
        return true;
    }
    let hay = text.to_lowercase();
    let mut from = 0;
    while let Some(found) = hay.get(from..).and_then(|rest| rest.find(&needle)) {
        let start = from + found;
        let end = start + needle.len();
        let before = hay.get(..start).and_then(|t| t.chars().next_back());
        let after = hay.get(end..).and_then(|t| t.chars().next());
        let decimal = after == Some('.')
            && hay
                .get(end + 1..)
                .and_then(|t| t.chars().next())
                .is_some_and(|c| c.is_ascii_digit())
            && needle.ends_with(|c: char| c.is_ascii_digit());
        // Nor are the cents of a price, or the end of an id, a number of their own.
        let head = hay.get(..start).unwrap_or_default();
        let cents = needle.chars().all(|c| c.is_ascii_digit())
            && head
                .strip_suffix(['.', '-', '_'])
                .is_some_and(|t| t.ends_with(char::is_alphanumeric));
        if !before.is_some_and(char::is_alphanumeric)
            && !after.is_some_and(char::is_alphanumeric)
            && !decimal
            && !cents
        {
            return true;
        }
        from = end;
    }
    false
}

/// A fact's value as its owner would say it.
#[must_use]
pub fn spoken(fact: &Fact<'_>) -> String {
    words::value(fact.key, fact.value)
}

/// Whether a fact is a plain yes or no.
#[must_use]
pub fn yes_no(fact: &Fact<'_>) -> Option<bool> {
    match fact.value {
        Value::Bool(b) => Some(*b),
        Value::String(s) if s.eq_ignore_ascii_case("yes") || s.eq_ignore_ascii_case("true") => {
            Some(true)
        }
        Value::String(s) if s.eq_ignore_ascii_case("no") || s.eq_ignore_ascii_case("false") => {
            Some(false)
        }
        Value::String(_) | Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// Whether people say "my" before it (my email address, the order number).
#[must_use]
pub fn is_personal(key: &str) -> bool {
    const MINE: [&str; 18] = [
        "email",
        "mail",
        "phone",
        "name",
        "address",
        "zip",
        "postcode",
        "birth",
        "dob",
        "account",
        "user",
        "customer",
        "card",
        "member",
        "membership",
        "loyalty",
        "passport",
        "birthday",
    ];
    words::parts(key).iter().any(|p| MINE.contains(&p.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_question_asks_for_what_it_names() {
        for (key, text) in [
            ("order_id", "Could you tell me your order number?"),
            ("order_id", "Which order is this about?"),
            ("email", "May I have the e-mail address on the account?"),
            ("zip", "And your postcode, please"),
            ("photo_taken", "Do you have a photo of the damage?"),
            ("payment_method", "Which payment method should I use?"),
            ("name", "Your full name?"),
            ("reservation_id", "What is your booking reference?"),
            ("user_id", "Could you give me your user id?"),
        ] {
            assert!(asked(key, text), "{key}: {text}");
        }
        for (key, text) in [
            ("order_id", "I can cancel the order for you."),
            ("email", "What is your order number?"),
            ("photo_taken", "When did it arrive?"),
            ("phone", "What is your order number?"),
        ] {
            assert!(!asked(key, text), "{key}: {text}");
        }
    }

    #[test]
    fn every_key_is_asked_for_by_its_own_noun() {
        for key in [
            "order_id",
            "email",
            "zip",
            "dob",
            "first_name",
            "card_last_four",
            "item_ids",
            "id",
            "line",
            "device_model",
            "flight_number",
            "reason",
            "new_address",
            "user_id",
            "qty",
        ] {
            assert!(
                asked(key, &format!("Could you share your {}?", noun(key))),
                "{key}"
            );
        }
    }

    #[test]
    fn values_are_found_as_whole_words() {
        assert!(says("it is order 8841.", &json!("8841")));
        assert!(!says("it is order 88412", &json!("8841")));
        assert!(!says("59.90 was charged", &json!("59")));
        assert!(says("I paid 59.90", &json!(59.9)) && says("it is 25.", &json!(25.0)));
        assert!(!says("it is 25.50", &json!(25.0)));
        assert!(!says("it is 121.60 for H-60", &json!(60.0)));
        assert!(says(
            "mail Maya@Example.com please",
            &json!("maya@example.com")
        ));
        assert!(says("", &json!([])));
        assert!(!says("a", &json!(["a", "b"])));
    }
}
