//! Tool names, argument names and values in plain English: "cancel_order" with
//! its arguments becomes "cancel order 8841", "cancelled order 8841", …

use serde_json::Value;

pub use crate::engine::fault::values::{is_date, is_id_like};

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

/// Whether the parts of an argument name end in a word for an id.
pub(super) fn is_key_name(parts: &[String]) -> bool {
    matches!(
        parts.last().map(String::as_str),
        Some("id" | "number" | "no" | "code" | "ref" | "reference" | "key")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
    }
}
