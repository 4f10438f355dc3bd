//! Values with something wrong on purpose: an id with a slip in it, another day
//! or amount, a result with a number that is nowhere. The same wrong value for
//! the same right one, always.

use crate::engine::scenario::Tool;
use serde_json::{Value, json};

/// Days that another day lies off, the first that is one.
const DAYS: [i64; 4] = [9, -9, 4, -4];

/// Whether a value reads like an id: letters, digits and marks in one word, with
/// at least one digit.
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

/// Whether a fact names a person or a thing by an id. A number alone is one only
/// where it is long or its name says so: `amount: 320` is none.
#[must_use]
pub fn is_id(name: &str, value: &str) -> bool {
    const NAMES: [&str; 10] = [
        "id",
        "number",
        "no",
        "nr",
        "code",
        "ref",
        "reference",
        "card",
        "phone",
        "account",
    ];
    let named = || {
        let words = name.split(|c: char| !c.is_alphanumeric());
        words
            .map(str::to_lowercase)
            .any(|w| NAMES.contains(&w.as_str()))
    };
    let number = value.chars().all(|c| c.is_ascii_digit());
    is_id_like(value) && (!number || value.len() >= 5 || named())
}

/// Ids with one slip, the likeliest first: two neighbouring digits that changed
/// places, one digit that is another.
fn slips(id: &str) -> Vec<String> {
    let letters: Vec<char> = id.chars().collect();
    let mut out = Vec::new();
    for at in (1..letters.len()).rev() {
        if let (Some(a), Some(b)) = (letters.get(at - 1), letters.get(at))
            && a != b
            && a.is_ascii_digit()
            && b.is_ascii_digit()
        {
            let mut swapped = letters.clone();
            swapped.swap(at - 1, at);
            out.push(swapped.into_iter().collect());
        }
    }
    for at in (0..letters.len()).rev() {
        let next = match letters.get(at) {
            Some('9') => '0',
            Some(digit) if digit.is_ascii_digit() => char::from(*digit as u8 + 1),
            Some(_) | None => continue,
        };
        let mut other = letters.clone();
        if let Some(place) = other.get_mut(at) {
            *place = next;
        }
        out.push(other.into_iter().collect());
    }
    out.push(format!("{id}1"));
    out
}

/// An id with a slip in it. Never the id itself.
#[must_use]
pub fn mistyped(id: &str) -> String {
    mistyped_but(id, &[])
}

/// The same, and none of what stands in these texts: a slip that gives another
/// thing's id is no claim that could be seen through.
#[must_use]
pub fn mistyped_but(id: &str, told: &[String]) -> String {
    let mut all = slips(id);
    let free = all.iter().position(|slip| !stands(slip, told));
    all.swap_remove(free.unwrap_or(0))
}

fn stands(value: &str, told: &[String]) -> bool {
    told.iter().any(|text| text.contains(value))
}

/// Another value of the same sort: another day, another amount or number, another
/// code. `None` for what holds no digit. None of what stands in `told`.
#[must_use]
pub fn otherwise(value: &str, told: &[String]) -> Option<String> {
    if !value.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let free = |other: &String| other != value && !stands(other, told);
    if is_date(value) {
        let (day, rest) = (value.get(..10)?, value.get(10..).unwrap_or_default());
        let moved = |by: &i64| Some(format!("{}{rest}", moved(day, *by)?));
        if let Some(other) = DAYS.iter().filter_map(moved).find(free) {
            return Some(other);
        }
    }
    if let Ok(number) = value.parse::<f64>()
        && number.is_finite()
        && number.abs() < 1e12
        && !is_long(value)
    {
        let decimals = value.split_once('.').map_or(0, |(_, d)| d.len().min(6));
        // Half of the number's own order: 320 gives 370, 12.00 gives 17.00.
        let step = (10f64.powf(number.abs().max(1.0).log10().floor()) / 2.0).ceil();
        let others = (1..6).map(|n| format!("{:.decimals$}", number + step * f64::from(n)));
        if let Some(other) = others.into_iter().find(free) {
            return Some(other);
        }
    }
    Some(mistyped_but(value, told))
}

/// Whether a number is written as a code is: it counts nothing.
fn is_long(value: &str) -> bool {
    value.starts_with('0') && value.len() > 1 && !value.starts_with("0.")
        || value.len() >= 7 && value.chars().all(|c| c.is_ascii_digit())
}

/// The day that lies so many days off, within its month.
fn moved(day: &str, by: i64) -> Option<String> {
    let (head, last) = day.split_at_checked(8)?;
    let other = last.parse::<i64>().ok()?.checked_add(by)?;
    (1..=28)
        .contains(&other)
        .then(|| format!("{head}{other:02}"))
}

/// Whether a name is about money.
fn is_money(name: &str) -> bool {
    const MONEY: [&str; 14] = [
        "amount", "price", "total", "cost", "fee", "balance", "refund", "refunded", "paid",
        "payment", "credit", "charge", "fare", "due",
    ];
    name.split(|c: char| !c.is_alphanumeric())
        .any(|part| MONEY.contains(&part.to_lowercase().as_str()))
}

/// Puts a value that is nowhere into a tool simulator's proposal: an amount, else
/// another number, else an id; none in a field of free text. `None` where there is
/// nothing that could be spoilt.
#[must_use]
pub fn ungrounded(proposal: &Value, tool: &Tool) -> Option<Value> {
    let mut out = proposal.clone();
    let result = out.get_mut("result")?;
    spoil(result, tool, "result", 0).then_some(out)
}

fn spoil(value: &mut Value, tool: &Tool, at: &str, depth: u32) -> bool {
    if depth > 16 || tool.free_text.iter().any(|p| p.to_string() == at) {
        return false;
    }
    match value {
        Value::Number(n) => {
            let Some(next) = n.as_f64().map(|f| ((f + 13.37) * 100.0).round() / 100.0) else {
                return false;
            };
            *value = if n.is_f64() {
                json!(next)
            } else {
                json!(next.floor() as i64 + 4000)
            };
            true
        }
        Value::String(text) if is_id_like(text) => {
            *text = mistyped(&mistyped(&format!("{text}7")));
            true
        }
        Value::Object(map) => {
            let mut keys: Vec<String> = map.keys().cloned().collect();
            keys.sort_by_key(|k| !is_money(k));
            keys.iter().any(|k| {
                map.get_mut(k)
                    .is_some_and(|v| spoil(v, tool, &format!("{at}.{k}"), depth + 1))
            })
        }
        Value::Array(items) => items
            .iter_mut()
            .any(|v| spoil(v, tool, &format!("{at}[*]"), depth + 1)),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_id_is_another_one() {
        for id in ["8841", "#W1234567", "R-1", "abc", "1111", "9", "", "line_7"] {
            assert_ne!(mistyped(id), id);
            assert_eq!(mistyped(id), mistyped(id));
        }
        assert_eq!(mistyped("8841"), "8814");
        // Not the id of something else that is known.
        let told = vec![String::from("flights KV131 and KV113")];
        assert_eq!(mistyped_but("KV131", &told), "KV311");
    }

    #[test]
    fn what_is_not_so_is_of_the_same_sort() {
        for (value, other) in [
            ("2000-02-28", "2000-02-19"),
            ("2026-05-05", "2026-05-14"),
            ("12.00", "17.00"),
            ("320", "370"),
            ("113.1", "163.1"),
            ("25", "30"),
            ("2", "3"),
            ("HQ23 1LP", "HQ32 1LP"),
            ("3 Pilot Steps", "4 Pilot Steps"),
        ] {
            assert_eq!(otherwise(value, &[]).as_deref(), Some(other), "{value}");
        }
        assert_eq!(otherwise("a cracked lid", &[]), None);
        let told = vec![String::from("30 days")];
        assert_eq!(otherwise("25", &told).as_deref(), Some("35"));
    }

    #[test]
    fn an_amount_is_no_id() {
        assert!(is_id("order number", "RD-27588") && is_id("order_id", "8841"));
        assert!(is_id("zip", "92164"));
        for (name, value) in [
            ("amount", "320"),
            ("fee", "12.00"),
            ("date of birth", "2000-02-28"),
            ("postcode", "HQ23 1LP"),
        ] {
            assert!(!is_id(name, value), "{name}");
        }
    }
}
