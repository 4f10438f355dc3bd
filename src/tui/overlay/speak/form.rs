//! The fields in which a person fills in the arguments of a call, one for each
//! property of the tool's schema, and how what is typed becomes a value.

use crate::engine::role::{ToolCall, args};
use crate::engine::scenario::{Scenario, Tool};
use crate::engine::world::{Map, Node};
use serde_json::Value;

/// A call that a person is about to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub args: Vec<Arg>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its name.
    pub name: String,
    /// What the schema says of it, in a few words.
    pub kind: String,
    /// What it is for.
    pub about: String,
    /// Whether the call needs it.
    pub required: bool,
    /// Whether plain text is meant where it could be something else.
    pub textual: bool,
    /// What was typed.
    pub typed: String,
}

impl Call {
    /// An empty call of a tool.
    #[must_use]
    pub fn of(tool: &Tool) -> Self {
        let schema = &tool.parameters;
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        let args = properties
            .into_iter()
            .flatten()
            .map(|(name, property)| Arg {
                name: name.clone(),
                kind: kind(property),
                about: property
                    .get("description")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                required: required.contains(&name.as_str()),
                textual: textual(property),
                typed: String::new(),
            })
            .collect();
        Self {
            tool: tool.name.clone(),
            args,
        }
    }

    /// The arguments as they are typed; an empty one is left out.
    ///
    /// # Errors
    /// Which is no value, and why.
    pub fn value(&self) -> Result<Node, String> {
        let mut out = Map::new();
        for arg in &self.args {
            if let Some(value) = arg.value()? {
                out.insert(arg.name.as_str(), value);
            }
        }
        Ok(Node::Map(out))
    }

    /// What is wrong with the call, as its tool would say it.
    #[must_use]
    pub fn wrong(&self, scenario: &Scenario) -> Option<String> {
        let Some(tool) = scenario.tool(&self.tool) else {
            return Some(format!("there is no tool `{}`", self.tool));
        };
        match self.value() {
            Err(why) => Some(why),
            Ok(value) => args::read(tool.args, &tool.parameters_schema, &value).err(),
        }
    }

    /// The call as an agent makes it.
    #[must_use]
    pub fn made(&self) -> ToolCall {
        let args = self.value().unwrap_or_else(|_| {
            // Given as it is: what is no value goes as text.
            let mut out = Map::new();
            for arg in self.args.iter().filter(|a| !a.typed.trim().is_empty()) {
                out.insert(arg.name.as_str(), Node::str(arg.typed.as_str()));
            }
            Node::Map(out)
        });
        ToolCall {
            id: String::new(),
            tool: self.tool.clone(),
            raw: args.to_string(),
            args,
        }
    }
}

impl Arg {
    /// What is typed, as a value; `None` where nothing is.
    ///
    /// # Errors
    /// Why it is none.
    pub fn value(&self) -> Result<Option<Node>, String> {
        let typed = self.typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let read = serde_json::from_str::<Value>(typed);
        if self.textual {
            // A text may be written with its quotes, to be empty for one.
            return Ok(Some(match read {
                Ok(Value::String(text)) => Node::str(text),
                Ok(Value::Null) if self.kind.contains("null") => Node::Null,
                Ok(_) | Err(_) => Node::str(typed),
            }));
        }
        match read {
            Ok(value) => Ok(Some(Node::from_json(&value))),
            Err(_) if self.kind == "any" => Ok(Some(Node::str(typed))),
            Err(_) => Err(format!("{}: {} is wanted", self.name, self.kind)),
        }
    }
}

/// Whether a property takes text.
fn textual(property: &Value) -> bool {
    let says = |value: &Value| value.as_str() == Some("string");
    match property.get("type") {
        Some(Value::Array(all)) => all.iter().any(says),
        Some(one) => says(one),
        None => property
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)),
    }
}

/// What a property takes, in a few words: `string`, `paid | open`, `integer`.
fn kind(property: &Value) -> String {
    if let Some(all) = property.get("enum").and_then(Value::as_array) {
        let words = all.iter().map(|v| match v.as_str() {
            Some(text) => text.to_owned(),
            None => v.to_string(),
        });
        return words.collect::<Vec<_>>().join(" | ");
    }
    match property.get("type") {
        Some(Value::String(one)) if one == "array" => {
            let of = property.get("items").map(kind);
            of.map_or_else(|| String::from("array"), |of| format!("[{of}]"))
        }
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(all)) => {
            let words = all.iter().filter_map(Value::as_str);
            words.collect::<Vec<_>>().join(" | ")
        }
        _ => String::from("any"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn arg(property: &Value, typed: &str) -> Result<Option<String>, String> {
        let arg = Arg {
            name: String::from("x"),
            kind: kind(property),
            about: String::new(),
            required: false,
            textual: textual(property),
            typed: typed.to_owned(),
        };
        arg.value().map(|v| v.map(|v| v.to_string()))
    }

    #[test]
    fn what_is_typed_is_read_as_the_schema_wants_it() {
        let text = json!({"type": "string"});
        let number = json!({"type": "number"});
        let one_of = json!({"enum": ["paid", "open"]});
        let any = json!({});
        for (property, typed, wanted) in [
            (&text, "8841", Ok(Some("\"8841\""))),
            (&text, "\"\"", Ok(Some("\"\""))),
            (&text, "  ", Ok(None)),
            (&number, "59.9", Ok(Some("59.9"))),
            (&number, "much", Err("x: number is wanted")),
            (&one_of, "paid", Ok(Some("\"paid\""))),
            (&any, "[1]", Ok(Some("[1]"))),
            (&any, "so", Ok(Some("\"so\""))),
        ] {
            let wanted = wanted.map(|v| v.map(str::to_owned)).map_err(str::to_owned);
            assert_eq!(arg(property, typed), wanted, "{property} {typed}");
        }
        assert_eq!(kind(&one_of), "paid | open");
        assert_eq!(kind(&json!({"type": ["string", "null"]})), "string | null");
        assert_eq!(kind(&json!({"type": "array", "items": text})), "[string]");
    }
}
