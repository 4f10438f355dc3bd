//! Results put into words: which fields are worth telling, and how.

use super::action::{self, Form};
use super::words::{self, capital, join_and};
use serde_json::{Map, Value};

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
        let action = action::action(tool, args, Form::Base);
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
    use super::*;
    use serde_json::json;

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
