//! Tool names, argument names and values in plain English: "cancel_order" with
//! its arguments becomes "cancel order 8841", "cancelled order 8841", …

use serde_json::Value;
use std::fmt::Write as _;

/// `text` with its first letter in upper case.
#[must_use]
pub fn capital(text: &str) -> String {
    // An address or an id stays as it is.
    let first = text.split_whitespace().next().unwrap_or_default();
    if first.contains(['@', '_']) || first.chars().any(|c| c.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// `text` with its first letter in lower case, unless the first word looks like
/// a name, an abbreviation or the pronoun I.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    let inner_upper = word
        .chars()
        .skip(1)
        .any(|c| c.is_uppercase() || c.is_ascii_digit());
    if inner_upper || word == "I" || word.starts_with("I'") {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn join_and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// The parts of a name: `get_orderById` gives `get`, `order`, `by`, `id`.
#[must_use]
pub fn parts(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            out.push(String::new());
            last_lower = false;
            continue;
        }
        if (c.is_uppercase() && last_lower) || out.is_empty() {
            out.push(String::new());
        }
        last_lower = c.is_lowercase() || c.is_numeric();
        if let Some(word) = out.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

/// A field or argument name for people: `refund_id` is "refund ID", `order_ids`
/// "order IDs", `emailAddress` "email address".
#[must_use]
pub fn label(name: &str) -> String {
    parts(name)
        .iter()
        .map(|w| match w.as_str() {
            "id" => String::from("ID"),
            "ids" => String::from("IDs"),
            "sms" | "sku" | "url" | "vat" | "pin" | "imei" | "sim" | "iban" => w.to_uppercase(),
            "qty" => String::from("quantity"),
            "txn" | "tx" => String::from("transaction"),
            "acct" => String::from("account"),
            "num" | "no" => String::from("number"),
            _ => w.clone(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a name is about money, so that its number is said with cents.
#[must_use]
pub fn is_money(name: &str) -> bool {
    const MONEY: [&str; 18] = [
        "kept", "back", "amount", "price", "total", "cost", "fee", "balance", "refund", "refunded",
        "paid", "payment", "credit", "charge", "fare", "deposit", "subtotal", "due",
    ];
    parts(name).iter().any(|p| MONEY.contains(&p.as_str()))
}

/// Whether a value reads like an id: letters, digits and marks in one word,
/// with at least one digit.
#[must_use]
pub fn is_id_like(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.chars().any(|c| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "-_#.:/".contains(c))
        && text
            .parse::<f64>()
            .map_or(true, |_| text.len() >= 3 && !text.contains('.'))
        && !is_date(text)
}

/// Whether a text is a date, or a date and a time.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() >= 10
        && b.iter().take(10).enumerate().all(|(i, c)| match i {
            4 | 7 => *c == b'-',
            _ => c.is_ascii_digit(),
        })
}

/// A value as one says it. Money under a money name gets its cents; texts stay
/// as they are; lists become "a, b and c".
#[must_use]
pub fn value(name: &str, v: &Value) -> String {
    said(name, v, 0)
}

fn said(name: &str, v: &Value, depth: u8) -> String {
    match v {
        Value::Null => String::from("nothing"),
        Value::Bool(true) => String::from("yes"),
        Value::Bool(false) => String::from("no"),
        Value::Number(n) => match n.as_f64() {
            // Cents where nothing is lost by them; no "-0.00".
            Some(f) if n.is_f64() && is_money(name) => {
                let cents = format!("{:.2}", f + 0.0);
                if cents.parse() == Ok(f) {
                    cents
                } else {
                    n.to_string()
                }
            }
            Some(f) if n.is_f64() && f.fract() == 0.0 && f.abs() < 1e12 => {
                format!("{:.0}", f + 0.0)
            }
            _ => n.to_string(),
        },
        Value::String(s) => s.clone(),
        Value::Array(_) | Value::Object(_) if depth > 3 => String::from("…"),
        Value::Array(items) => join_and(
            &items
                .iter()
                .map(|i| said(name, i, depth + 1))
                .collect::<Vec<_>>(),
        ),
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| format!("{} {}", label(k), said(k, v, depth + 1)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Base verb, past participle and -ing form of verbs that are not regular, or
/// that double their last letter.
const VERBS: [(&str, &str, &str); 62] = [
    ("add", "added", "adding"),
    ("begin", "begun", "beginning"),
    ("book", "booked", "booking"),
    ("bring", "brought", "bringing"),
    ("buy", "bought", "buying"),
    ("cancel", "cancelled", "cancelling"),
    ("choose", "chosen", "choosing"),
    ("cut", "cut", "cutting"),
    ("do", "done", "doing"),
    ("draw", "drawn", "drawing"),
    ("drop", "dropped", "dropping"),
    ("edit", "edited", "editing"),
    ("find", "found", "finding"),
    ("forget", "forgotten", "forgetting"),
    ("freeze", "frozen", "freezing"),
    ("get", "looked up", "looking up"),
    ("give", "given", "giving"),
    ("grant", "granted", "granting"),
    ("hide", "hidden", "hiding"),
    ("hold", "held", "holding"),
    ("issue", "issued", "issuing"),
    ("keep", "kept", "keeping"),
    ("leave", "left", "leaving"),
    ("let", "let", "letting"),
    ("list", "listed", "listing"),
    ("log", "logged", "logging"),
    ("lookup", "looked up", "looking up"),
    ("look", "looked", "looking"),
    ("make", "made", "making"),
    ("offer", "offered", "offering"),
    ("open", "opened", "opening"),
    ("order", "ordered", "ordering"),
    ("pay", "paid", "paying"),
    ("permit", "permitted", "permitting"),
    ("plan", "planned", "planning"),
    ("put", "put", "putting"),
    ("read", "read", "reading"),
    ("rebook", "rebooked", "rebooking"),
    ("redo", "redone", "redoing"),
    ("refer", "referred", "referring"),
    ("refund", "refunded", "refunding"),
    ("resend", "resent", "resending"),
    ("reset", "reset", "resetting"),
    ("run", "run", "running"),
    ("sell", "sold", "selling"),
    ("send", "sent", "sending"),
    ("set", "set", "setting"),
    ("ship", "shipped", "shipping"),
    ("show", "shown", "showing"),
    ("split", "split", "splitting"),
    ("stop", "stopped", "stopping"),
    ("submit", "submitted", "submitting"),
    ("swap", "swapped", "swapping"),
    ("tag", "tagged", "tagging"),
    ("take", "taken", "taking"),
    ("tell", "told", "telling"),
    ("transfer", "transferred", "transferring"),
    ("undo", "undone", "undoing"),
    ("unfreeze", "unfrozen", "unfreezing"),
    ("verify", "verified", "verifying"),
    ("withdraw", "withdrawn", "withdrawing"),
    ("write", "written", "writing"),
];

/// The past participle of a base verb.
#[must_use]
pub fn past(verb: &str) -> String {
    if let Some((_, past, _)) = VERBS.iter().find(|(base, _, _)| *base == verb) {
        return (*past).to_owned();
    }
    if verb.ends_with('e') {
        format!("{verb}d")
    } else if let Some(stem) = verb.strip_suffix('y').filter(|s| !ends_in_vowel(s)) {
        format!("{stem}ied")
    } else {
        format!("{verb}ed")
    }
}

/// The -ing form of a base verb.
#[must_use]
pub fn doing(verb: &str) -> String {
    if let Some((_, _, doing)) = VERBS.iter().find(|(base, _, _)| *base == verb) {
        return (*doing).to_owned();
    }
    match verb.strip_suffix('e') {
        Some(stem) if !stem.ends_with('e') && !stem.is_empty() => format!("{stem}ing"),
        _ => format!("{verb}ing"),
    }
}

fn ends_in_vowel(text: &str) -> bool {
    text.ends_with(['a', 'e', 'i', 'o', 'u'])
}

/// Which form of the verb an action is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// "cancel order 8841"
    Base,
    /// "cancelled order 8841"
    Past,
    /// "cancelling order 8841"
    Doing,
}

/// Verbs whose object is there already ("find the customer"), against those
/// that make one ("create a return").
const EXISTING: [&str; 46] = [
    "upgrade",
    "downgrade",
    "rebook",
    "renew",
    "extend",
    "reschedule",
    "resend",
    "transfer",
    "reopen",
    "approve",
    "waive",
    "move",
    "find",
    "check",
    "verify",
    "search",
    "list",
    "update",
    "change",
    "set",
    "modify",
    "cancel",
    "close",
    "reverse",
    "block",
    "unblock",
    "confirm",
    "stop",
    "remove",
    "delete",
    "get",
    "lookup",
    "fetch",
    "read",
    "show",
    "calculate",
    "classify",
    "summarize",
    "edit",
    "reset",
    "lock",
    "unlock",
    "track",
    "view",
    "validate",
    "identify",
];

/// A call in words: "create a return for item 3 of order 8841 (reason: broken)".
#[must_use]
pub fn action(tool: &str, args: &Value, form: Form) -> String {
    let name = parts(tool);
    let (base, object) = match name.split_first() {
        Some((verb, object)) => (verb.as_str(), object),
        None => ("use", &[][..]),
    };
    // "pay back", "check in"
    let (particle, object) = match object.split_first() {
        Some((first, rest))
            if matches!(
                first.as_str(),
                "back" | "up" | "out" | "off" | "in" | "down" | "over" | "again"
            ) =>
        {
            (format!(" {first}"), rest)
        }
        _ => (String::new(), object),
    };
    let verb = match (base, form) {
        ("get" | "lookup" | "fetch" | "read", Form::Base) => String::from("look up"),
        ("fetch" | "read", Form::Past) => String::from("looked up"),
        ("fetch" | "read", Form::Doing) => String::from("looking up"),
        (v, Form::Base) => v.to_owned(),
        (v, Form::Past) => past(v),
        (v, Form::Doing) => doing(v),
    };
    let mut object: Vec<String> = object
        .iter()
        .take_while(|w| {
            !matches!(
                w.as_str(),
                "by" | "with" | "from" | "using" | "between" | "to" | "for"
            )
        })
        .cloned()
        .collect();
    if matches!(
        object.last().map(String::as_str),
        Some("details" | "info" | "record" | "data")
    ) {
        object.pop();
    }
    let empty = serde_json::Map::new();
    let map = args.as_object().unwrap_or(&empty);
    let mut rest: Vec<(&String, &Value)> = map
        .iter()
        .filter(|(_, v)| !v.is_null() && !is_empty(v))
        .collect();
    let mut out = format!("{verb}{particle}");
    let noun = object.join(" ");
    let last = object.last().cloned().unwrap_or_default();
    // "cancel order 8841" where an id is the object's own.
    let own = rest.iter().position(|(k, v)| {
        let key = parts(k);
        is_scalar(v)
            && is_key_name(&key)
            && !last.is_empty()
            && key
                .first()
                .is_some_and(|head| same_noun(head, &last) || key.len() == 1)
    });
    if let Some(at) = own {
        let (k, v) = rest.remove(at);
        let _ = write!(out, " {noun} {}", value(k, v));
    } else if !noun.is_empty() {
        let the = EXISTING.contains(&base);
        let _ = write!(out, " {} {noun}", if the { "the" } else { article(&noun) });
    }
    // "refund 59.90", "issue a refund of 59.90"
    if own.is_none()
        && let Some(at) = rest.iter().position(|(k, v)| is_money(k) && v.is_number())
    {
        let (k, v) = rest.remove(at);
        let of = if noun.is_empty() { "" } else { "of " };
        let _ = write!(out, " {of}{}", value(k, v));
    } else if noun.is_empty() && own.is_none() && particle.is_empty() {
        out.push_str(" this");
    }
    // "from account A-1 to account A-2"
    for way in ["from", "to"] {
        let at = rest.iter().position(|(k, v)| {
            parts(k).first().is_some_and(|p| p == way) && parts(k).len() > 1 && is_scalar(v)
        });
        if let Some(at) = at {
            let (k, v) = rest.remove(at);
            let _ = write!(out, " {} {}", label(k).trim_end_matches(" ID"), value(k, v));
        }
    }
    // Other ids: "for item 3 of order 8841"; who it is about goes without
    // saying where there is something else to say.
    let (mut refs, mut rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(k, v)| {
        let key = parts(k);
        is_scalar(v) && is_key_name(&key) && key.len() > 1
    });
    if refs.len() > 1 || own.is_some() {
        refs.retain(|(k, _)| !is_person(k));
    }
    let reference = |(k, v): &(&String, &Value)| format!("{} {}", subject(k), value(k, v));
    let of = |k: &str| {
        matches!(
            parts(k).first().map(String::as_str),
            Some("item" | "line" | "part" | "product")
        )
    };
    refs.sort_by_key(|(k, _)| !of(k));
    let said: Vec<String> = refs.iter().map(reference).collect();
    let for_or_of = if matches!(base, "update" | "change" | "set" | "modify" | "edit") {
        "of"
    } else {
        "for"
    };
    match said.as_slice() {
        [] => {}
        [one, two] if refs.first().is_some_and(|(k, _)| of(k)) => {
            let _ = write!(out, " {for_or_of} {one} of {two}");
        }
        all => {
            let way = if own.is_some() { "on" } else { for_or_of };
            let _ = write!(out, " {way} {}", join_and(all));
        }
    }
    // What is left: "by email a@b.c", "to 3 Pilot Steps, Harrow Quay", else in
    // brackets. Long texts are the record's business.
    rest.retain(|(k, v)| !(v.as_str().is_some_and(|t| t.len() > 44) || is_note(k)));
    if matches!(base, "verify" | "validate" | "authenticate") {
        rest.clear();
    }
    let via = rest.iter().position(|(k, v)| {
        parts(k)
            .iter()
            .any(|p| matches!(p.as_str(), "means" | "method" | "channel"))
            && is_scalar(v)
    });
    if let Some(at) = via {
        let (k, v) = rest.remove(at);
        let _ = write!(out, " via {}", spaced(&value(k, v)));
    }
    let texts = !rest.is_empty() && rest.iter().all(|(_, v)| v.is_string());
    if matches!(base, "find" | "search" | "identify") && texts && own.is_none() {
        let by: Vec<String> = rest
            .iter()
            .map(|(k, v)| format!("{} {}", label(k), value(k, v)))
            .collect();
        let _ = write!(out, " with {}", join_and(&by));
    } else if for_or_of == "of" && texts && rest.len() > 1 {
        let to: Vec<String> = rest.iter().map(|(k, v)| value(k, v)).collect();
        let _ = write!(out, " to {}", to.join(", "));
    } else if !rest.is_empty() {
        let tail: Vec<String> = rest
            .iter()
            .map(|(k, v)| format!("{}: {}", label(k), spaced(&value(k, v))))
            .collect();
        let _ = write!(out, " ({})", tail.join(", "));
    }
    out
}

/// What an id argument is about: `new_order_id` is "order", `to_account` "account".
#[must_use]
pub fn subject(key: &str) -> String {
    let mut all = parts(key);
    if all.len() > 1 && is_key_name(&all) {
        all.pop();
    }
    if all.len() > 1
        && matches!(
            all.first().map(String::as_str),
            Some("from" | "to" | "new" | "old")
        )
    {
        all.remove(0);
    }
    label(&all.join("_"))
}

/// `no_longer_needed` is "no longer needed"; ids and names stay as they are.
#[must_use]
pub fn spaced(text: &str) -> String {
    let word = text.contains('_') && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if word {
        text.replace('_', " ")
    } else {
        text.to_owned()
    }
}

/// Whether an id names the person who is served.
#[must_use]
pub fn is_person(key: &str) -> bool {
    parts(key).first().is_some_and(|p| {
        matches!(
            p.as_str(),
            "customer"
                | "user"
                | "client"
                | "member"
                | "traveller"
                | "traveler"
                | "passenger"
                | "patient"
                | "guest"
        )
    })
}

/// Whether an argument holds words for the record.
#[must_use]
pub fn is_note(key: &str) -> bool {
    parts(key).iter().any(|p| {
        matches!(
            p.as_str(),
            "note" | "notes" | "words" | "summary" | "comment" | "message" | "body"
        )
    })
}

fn is_scalar(v: &Value) -> bool {
    !v.is_array() && !v.is_object()
}

fn is_empty(v: &Value) -> bool {
    match v {
        Value::String(s) => s.is_empty(),
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether the parts of an argument name end in a word for an id.
fn is_key_name(parts: &[String]) -> bool {
    matches!(
        parts.last().map(String::as_str),
        Some("id" | "number" | "no" | "code" | "ref" | "reference" | "key")
    )
}

fn same_noun(a: &str, b: &str) -> bool {
    let single = |w: &str| w.strip_suffix('s').unwrap_or(w).to_owned();
    single(a) == single(b)
}

fn article(noun: &str) -> &'static str {
    let last = noun.split(' ').next_back().unwrap_or_default();
    if last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us") {
        return "the";
    }
    if noun.starts_with(['a', 'e', 'i', 'o']) || noun.starts_with("unu") {
        "an"
    } else {
        "a"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn calls_read_like_sentences() {
        let say = |tool, args, form| action(tool, &args, form);
        assert_eq!(
            say(
                "cancel_order",
                json!({"order_id": "8841", "reason": "no longer needed"}),
                Form::Past
            ),
            "cancelled order 8841 (reason: no longer needed)"
        );
        assert_eq!(
            say(
                "create_return",
                json!({"order_id": "8841", "reason": "broken"}),
                Form::Base
            ),
            "create a return for order 8841 (reason: broken)"
        );
        assert_eq!(
            say(
                "refund",
                json!({"return_id": "R-1", "amount": 59.9}),
                Form::Doing
            ),
            "refunding 59.90 for return R-1"
        );
        assert_eq!(
            say("get_order", json!({"order_id": "8841"}), Form::Base),
            "look up order 8841"
        );
        assert_eq!(
            say("get_order_details", json!({"id": "8841"}), Form::Past),
            "looked up order 8841"
        );
        assert_eq!(say("", json!(null), Form::Base), "use this");
        assert_eq!(
            say(
                "create_return",
                json!({"order_id": "R-1", "item_id": "R-1-2", "reason": "no_longer_needed"}),
                Form::Past
            ),
            "created a return for item R-1-2 of order R-1 (reason: no longer needed)"
        );
        assert_eq!(
            say("find_customer", json!({"email": "a@b.c"}), Form::Doing),
            "finding the customer with email a@b.c"
        );
        assert_eq!(
            say(
                "update_address",
                json!({"customer_id": "C-1", "street": "3 Pilot Steps", "city": "Harrow"}),
                Form::Base
            ),
            "update the address of customer C-1 to 3 Pilot Steps, Harrow"
        );
        assert_eq!(
            say(
                "issue_refund",
                json!({"return_id": "R-9", "amount": 36.4, "to": "original"}),
                Form::Past
            ),
            "issued a refund of 36.40 for return R-9 (to: original)"
        );
        assert_eq!(
            say(
                "pay_back",
                json!({"booking_id": "B-1", "means": "wallet", "amount": 136.7}),
                Form::Past
            ),
            "paid back 136.70 for booking B-1 via wallet"
        );
        assert_eq!(
            say(
                "transfer_between_own_accounts",
                json!({"from_account": "A-1", "to_account": "A-2", "amount": 320}),
                Form::Doing
            ),
            "transferring 320 from account A-1 to account A-2"
        );
        assert_eq!(
            say(
                "escalate",
                json!({"customer_id": "C-1", "order_id": "RD-2", "topic": "refused_return", "note": "x"}),
                Form::Base
            ),
            "escalate this for order RD-2 (topic: refused return)"
        );
    }

    #[test]
    fn names_and_values() {
        assert_eq!(label("refund_id"), "refund ID");
        assert_eq!(label("emailAddress"), "email address");
        assert_eq!(value("total", &json!(59.9)), "59.90");
        assert_eq!(
            value("total", &json!(0.049_999_999_999_997_16)),
            "0.04999999999999716"
        );
        assert_eq!(value("count", &json!(2)), "2");
        assert_eq!(value("x", &json!(["a", "b", "c"])), "a, b and c");
        assert!(is_id_like("#W123") && is_id_like("8841") && !is_id_like("2026-01-01"));
        assert!(!is_id_like("59.9") && !is_id_like("broken"));
        assert_eq!(
            (past("apply"), doing("create")),
            ("applied".into(), "creating".into())
        );
    }
}
