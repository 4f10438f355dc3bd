//! Answers of a `model` tool that were accepted once and stand in tools.yaml:
//! the call with these arguments need not be asked again.

use super::report::Reader;
use super::tree::{At, Tree};
use super::{Answer, keys};
use crate::engine::world::{Map, Node, Op};
use serde_json::{Map as JsonMap, Value as Json, json};

const HELP: &str = "write `- {args: {order_id: \"8841\"}, result: {…}, patch: […]}`, or `error: why` \
                    in the place of `result`";

/// Reads `answers:`.
pub fn read(reader: &mut Reader<'_>, tree: &Tree, what: &str) -> Vec<(Answer, At)> {
    let mut out = Vec::new();
    for item in reader.list(tree, what).unwrap_or_default() {
        let Some(fields) = reader.fields(item, what, keys::ANSWER) else {
            continue;
        };
        let args = match fields.get("args") {
            None => Node::Map(Map::new()),
            Some(args) if args.entries().is_some() => args.to_node(),
            Some(args) => {
                let said = format!("`{what}`: arguments are a map, not {}", args.kind());
                reader.error(args.at, said, HELP);
                continue;
            }
        };
        let proposal = match (fields.get("result"), fields.get("error")) {
            (Some(result), None) => {
                let patch = fields.get("patch");
                let mut ops = Vec::new();
                for op in patch
                    .map(|t| reader.list(t, what).unwrap_or_default())
                    .unwrap_or_default()
                {
                    let json = op.to_json();
                    if let Err(why) = serde_json::from_value::<Op>(json.clone()) {
                        reader.error(
                            op.at,
                            format!("this is no operation of a patch: {why}"),
                            "write `{op: replace, path: /orders/8841/status, value: delivered}` \
                             (RFC 6902)",
                        );
                    }
                    ops.push(json);
                }
                json!({"result": result.to_json(), "patch": ops})
            }
            (None, Some(error)) if error.text().is_some() => json!({"error": error.to_json()}),
            _ => {
                let said = format!("`{what}`: an answer has a `result` or an `error`");
                reader.error(item.at, said, HELP);
                continue;
            }
        };
        out.push((Answer { args, proposal }, item.at));
    }
    out
}

/// An answer as it stands in the file.
pub fn written(answer: &Answer) -> Json {
    let mut out = JsonMap::new();
    out.insert(String::from("args"), answer.args.to_json());
    if let Json::Object(proposal) = &answer.proposal {
        for (key, value) in proposal {
            let none = value.as_array().is_some_and(Vec::is_empty);
            if !(key == "patch" && none) {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    Json::Object(out)
}
