//! How values travel: from saved results into the path's templates, and between
//! agents in words (`[order_id: 8841; amount: 59.9]`).

use super::Scripted;
use crate::engine::rules::{DEFAULT_BUDGET, Env, Expr};
use crate::engine::world::Node;
use serde_json::{Map, Value};

/// A value with its templates filled from `saved`, or from what was `given` in
/// words under the argument's name.
///
/// The error is the template that nothing fills.
pub(super) fn fill(
    s: &Scripted,
    value: &Value,
    saved: &Map<String, Value>,
    given: Option<&Map<String, Value>>,
    key: Option<&str>,
    depth: u32,
) -> Result<Value, String> {
    if depth > 64 {
        return Ok(value.clone());
    }
    match value {
        Value::String(text) => fill_text(s, text, saved)
            .or_else(|missing| key.and_then(|k| given?.get(k)).cloned().ok_or(missing)),
        Value::Array(items) => items
            .iter()
            .map(|i| fill(s, i, saved, given, key, depth + 1))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| fill(s, v, saved, given, Some(k), depth + 1).map(|v| (k.clone(), v)))
            .collect::<Result<_, _>>()
            .map(Value::Object),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
    }
}

fn fill_text(s: &Scripted, text: &str, saved: &Map<String, Value>) -> Result<Value, String> {
    if !text.contains('{') {
        return Ok(Value::from(text));
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'))
        && !inner.contains(['{', '}'])
    {
        return look_up(s, inner, saved).ok_or_else(|| inner.to_owned());
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('{') {
        if let Some(head) = head.strip_suffix('\\') {
            out.push_str(head);
            out.push('{');
            rest = tail;
            continue;
        }
        out.push_str(head);
        let Some((inner, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            break;
        };
        let value = look_up(s, inner, saved).ok_or_else(|| inner.to_owned())?;
        out.push_str(&match value {
            Value::String(t) => t,
            other => other.to_string(),
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(Value::from(out))
}

/// `ret.items[0].id` in what was saved; other expressions by the rules language.
fn look_up(s: &Scripted, inner: &str, saved: &Map<String, Value>) -> Option<Value> {
    let plain = inner.trim().replace('[', ".").replace([']', '"', '\''], "");
    let mut keys = plain.split('.').map(str::trim);
    let root = saved.get(keys.next()?);
    let found = root.and_then(|root| {
        keys.try_fold(root, |at, key| match at {
            Value::Object(map) => map.get(key),
            Value::Array(list) => key.parse::<usize>().ok().and_then(|i| list.get(i)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    });
    if let Some(found) = found {
        return Some(found.clone());
    }
    // What a sub-agent handed back in words has lost its shape, not its names.
    let (root, last) = (plain.split('.').next()?, plain.rsplit('.').next()?);
    let simple = plain
        .chars()
        .all(|c| c.is_alphanumeric() || "._ ".contains(c));
    if simple && let Some(found) = saved.get(root.trim()).and_then(|v| v.get(last.trim())) {
        return Some(found.clone());
    }
    let expr = Expr::parse("tasks.yaml", 0, 0, inner).ok()?;
    let nodes: Vec<(&str, Node)> = saved
        .iter()
        .map(|(k, v)| (k.as_str(), Node::from_json(v)))
        .collect();
    // A template may use bindings beside results, as `check` reads it.
    let bound = s.bound.bindings.iter().map(|(k, n)| (k.as_str(), n));
    let locals: Vec<(&str, &Node)> = nodes.iter().map(|(k, n)| (*k, n)).chain(bound).collect();
    let empty = Node::Map(crate::engine::world::Map::new());
    let env = Env {
        world: &s.bound.world,
        args: &empty,
        now: &s.scenario.now,
        id_key: s.seed,
        budget: DEFAULT_BUDGET,
    };
    expr.eval(&env, &locals)
        .ok()
        .map(|n| n.to_json())
        .filter(|v| !v.is_null())
}

/// The `[name: value; name: value]` groups at the end of a text: how agents
/// hand values to one another in words, one group for each call.
pub(super) fn groups(text: &str) -> Vec<Map<String, Value>> {
    let inner = text
        .match_indices('[')
        .filter_map(|(at, _)| text.get(at + 1..))
        .find(|rest| {
            let key: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            !key.is_empty() && rest.get(key.len()..).is_some_and(|r| r.starts_with(": "))
        })
        .and_then(|rest| rest.rsplit_once(']'))
        .map_or("", |(inner, _)| inner);
    inner
        .split("] [")
        .map(group)
        .filter(|g| !g.is_empty())
        .collect()
}

fn group(inner: &str) -> Map<String, Value> {
    inner
        .split("; ")
        .filter_map(|pair| pair.split_once(": "))
        .filter(|(k, _)| !k.is_empty() && k.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .map(|(k, v)| {
            // Only what was no text when it was written is read back as JSON.
            let value = serde_json::from_str(v).unwrap_or_else(|_| Value::from(v));
            (k.to_owned(), value)
        })
        .collect()
}

/// One group as [`groups`] reads it. A text that would read as something else
/// keeps its quotes.
pub(super) fn details(map: &Map<String, Value>) -> String {
    let items: Vec<String> = map
        .iter()
        .filter(|(_, v)| !v.is_null())
        .map(|(k, v)| {
            let said = match v {
                Value::String(t)
                    if serde_json::from_str::<Value>(t).is_err()
                        && !t.contains(['[', ']', ';', '\n']) =>
                {
                    t.clone()
                }
                other => other.to_string(),
            };
            format!("{k}: {said}")
        })
        .collect();
    if items.is_empty() {
        String::new()
    } else {
        format!("[{}]", items.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn details_come_back_as_they_went() {
        let map = json!({"order_id": "8841", "amount": 59.9, "reason": "it broke", "ok": true, "ids": ["a"]});
        let map = map.as_object().cloned().unwrap();
        let text = format!("Please do it. {}", details(&map));
        assert_eq!(groups(&text), std::slice::from_ref(&map));
        let two = format!("Please. {} {}", details(&map), details(&map));
        assert_eq!(groups(&two), [map.clone(), map]);
        assert!(text.contains("order_id: \"8841\""));
    }
}
