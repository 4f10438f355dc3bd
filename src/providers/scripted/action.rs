//! Calls in words: "cancel order 8841", "cancelled order 8841", "cancelling …".

use super::words::{
    is_key_name, is_money, is_note, is_person, join_and, label, parts, spaced, subject, value,
};
use serde_json::Value;
use std::fmt::Write as _;

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
}
