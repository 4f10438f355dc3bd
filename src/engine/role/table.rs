//! The `table` executor: rows of a world's table, without a rule.

use crate::engine::scenario::TableOp;
use crate::engine::world::{List, Map, Node};

/// Answers a call: one row by key, or the rows whose fields equal the
/// arguments given (null counts as not given), at most `op.limit` of them.
/// Numbers compare by value.
///
/// # Errors
/// What the agent is told where there is no such row.
pub fn run(op: &TableOp, world: &Node, args: &Node) -> Result<Node, String> {
    let table = world
        .child(&op.table)
        .ok_or_else(|| format!("No table {}", op.table))?;
    let Some(name) = &op.get else {
        let wanted: Vec<(&str, &Node)> = args
            .as_map()
            .into_iter()
            .flat_map(|m| m.iter())
            .filter(|(_, value)| !matches!(value, Node::Null))
            .map(|(key, value)| (&**key, value))
            .collect();
        let fits = |row: &&Node| {
            wanted
                .iter()
                .all(|(k, v)| row.child(k).is_some_and(|w| same(v, w)))
        };
        let rows: List = rows(table)
            .filter(fits)
            .take(op.limit)
            .map(|row| shown(op, row))
            .collect();
        return Ok(Node::List(rows));
    };
    let key = args.child(name).cloned().unwrap_or_default();
    let row = match table {
        Node::Map(map) => map.get(&written(&key)),
        // A list has no keys of its own: the argument names the field.
        Node::List(list) => list
            .iter()
            .find(|row| row.child(name).is_some_and(|v| same(v, &key))),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => None,
    };
    row.map(|row| shown(op, row))
        .ok_or_else(|| format!("No {} row {}", op.table, written(&key)))
}

fn rows(table: &Node) -> Box<dyn Iterator<Item = &Node> + '_> {
    match table {
        Node::Map(map) => Box::new(map.values()),
        Node::List(list) => Box::new(list.iter()),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Str(_) => {
            Box::new(std::iter::empty())
        }
    }
}

/// A key as text.
fn written(key: &Node) -> String {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}

fn same(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::Int(_) | Node::Float(_), Node::Int(_) | Node::Float(_)) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

/// The fields of a row that the tool shows.
fn shown(op: &TableOp, row: &Node) -> Node {
    if op.fields.is_empty() || row.as_map().is_none() {
        return row.clone();
    }
    let fields = op.fields.iter();
    let shown = fields.filter_map(|f| row.child(f).map(|v| (f.as_str(), v.clone())));
    Node::Map(shown.collect::<Map>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn answer(op: &Value, args: &Value) -> Result<String, String> {
        let world = Node::from_json(&json!({"orders": {
            "1": {"id": "1", "total": 5.0, "status": "open"},
            "2": {"id": "2", "total": 7.5, "status": "open"},
            "3": {"id": "3", "total": 5, "status": "sent"}}, "log": [{"id": "a", "n": 1}]}));
        let text = |k: &str| op[k].as_str().map(str::to_owned);
        let op = TableOp {
            table: text("table").unwrap_or_default(),
            get: text("get"),
            fields: op["fields"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|f| f.as_str().map(str::to_owned))
                .collect(),
            limit: op["limit"].as_u64().unwrap_or(20) as usize,
        };
        run(&op, &world, &Node::from_json(args)).map(|n| n.to_string())
    }

    #[test]
    fn rows_are_got_by_key_and_found_by_equality() {
        let orders = |more: Value| {
            let mut op = json!({"table": "orders"});
            op.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            op
        };
        for (op, args, wanted) in [
            (
                orders(json!({"get": "id", "fields": ["status", "none"]})),
                json!({"id": "1"}),
                Ok("{\"status\":\"open\"}"),
            ),
            (
                orders(json!({"get": "id"})),
                json!({"id": 3}),
                Ok("{\"id\":\"3\",\"total\":5,\"status\":\"sent\"}"),
            ),
            (
                orders(json!({"get": "id"})),
                json!({"id": "9"}),
                Err("No orders row 9"),
            ),
            (
                orders(json!({"fields": ["id"]})),
                json!({"total": 5, "status": null}),
                Ok("[{\"id\":\"1\"},{\"id\":\"3\"}]"),
            ),
            (
                orders(json!({"fields": ["id"], "limit": 1})),
                json!({}),
                Ok("[{\"id\":\"1\"}]"),
            ),
            (orders(json!({})), json!({"status": "lost"}), Ok("[]")),
            (
                json!({"table": "log", "get": "id"}),
                json!({"id": "a"}),
                Ok("{\"id\":\"a\",\"n\":1}"),
            ),
            (
                json!({"table": "nope", "get": "id"}),
                json!({"id": "a"}),
                Err("No table nope"),
            ),
        ] {
            let wanted = wanted.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(answer(&op, &args), wanted);
        }
    }
}
