//! The JSON Schemas of a scenario's files, for editors (`stategen schema NAME`).
//! They are written by hand; the tests below hold them against what `load` takes.

/// A published schema.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// What `stategen schema` calls it.
    pub name: &'static str,
    /// The file that it is of.
    pub file: &'static str,
    /// The schema, as JSON text.
    pub text: &'static str,
}

/// All of them.
pub const ALL: [Published; 5] = [
    Published {
        name: "scenario",
        file: "scenario.yaml",
        text: include_str!("schemas/scenario.json"),
    },
    Published {
        name: "tools",
        file: "tools.yaml",
        text: include_str!("schemas/tools.json"),
    },
    Published {
        name: "tasks",
        file: "tasks.yaml",
        text: include_str!("schemas/tasks.json"),
    },
    Published {
        name: "personas",
        file: "personas.yaml",
        text: include_str!("schemas/personas.json"),
    },
    Published {
        name: "rubric",
        file: "rubric.yaml",
        text: include_str!("schemas/rubric.json"),
    },
];

/// A schema by its name, or by the name of its file.
#[must_use]
pub fn published(name: &str) -> Option<Published> {
    ALL.into_iter().find(|s| s.name == name || s.file == name)
}

/// A YAML file as JSON, for tools that check it against a schema.
///
/// # Errors
/// The file's problems.
pub fn yaml_to_json(
    file: &str,
    bytes: &[u8],
) -> Result<serde_json::Value, Vec<super::super::problem::Problem>> {
    let (tree, problems) = super::yaml::read(file, bytes);
    if problems.is_empty() {
        Ok(tree.unwrap_or_default().to_json())
    } else {
        Err(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys;
    use super::*;
    use crate::engine::persona::{EMOTIONS, TIER1, TRAITS, tables};
    use serde_json::Value as Json;

    fn schema(name: &str) -> Json {
        serde_json::from_str(published(name).unwrap().text).unwrap()
    }

    fn at(name: &str, pointer: &str) -> Json {
        let found = schema(name).pointer(pointer).cloned();
        found.unwrap_or_else(|| panic!("{name} has no {pointer}"))
    }

    fn keys_at(name: &str, pointer: &str) -> Vec<String> {
        at(name, pointer)
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    }

    fn words_at(name: &str, pointer: &str) -> Vec<String> {
        let words = at(name, pointer);
        let words = words.as_array().unwrap().iter();
        words.map(|w| w.as_str().unwrap().to_owned()).collect()
    }

    /// The keys that `load` knows are the keys that the schemas publish.
    #[test]
    fn schemas_and_known_keys_agree() {
        let persona: Vec<&str> = [&["id"], keys::PERSONA, &TIER1, &TRAITS, &EMOTIONS].concat();
        let s = "/$defs/scenario/properties";
        for (name, pointer, known) in [
            ("scenario", s.to_owned(), keys::SCENARIO),
            (
                "scenario",
                format!("{s}/tables/additionalProperties/properties"),
                keys::TABLE,
            ),
            (
                "scenario",
                format!("{s}/agents/additionalProperties/properties"),
                keys::AGENT,
            ),
            ("scenario", format!("{s}/stop/properties"), keys::STOP),
            ("scenario", format!("{s}/limits/properties"), keys::LIMITS),
            (
                "tools",
                String::from("/$defs/tool/anyOf/1/properties"),
                keys::TOOL,
            ),
            (
                "tools",
                String::from("/$defs/tool/anyOf/1/properties/table/anyOf/1/properties"),
                keys::TABLE_OP,
            ),
            ("tasks", String::from("/$defs/task/properties"), keys::TASK),
            (
                "personas",
                String::from("/anyOf/1/properties"),
                keys::PERSONAS,
            ),
            (
                "personas",
                String::from("/$defs/persona/anyOf/1/properties"),
                &persona,
            ),
            (
                "personas",
                String::from("/$defs/profile/properties"),
                keys::PROFILE,
            ),
            (
                "personas",
                String::from("/$defs/profile/properties/base/properties"),
                &TRAITS,
            ),
            (
                "personas",
                String::from("/$defs/profile/properties/emotions/properties"),
                &EMOTIONS,
            ),
            ("rubric", String::from("/anyOf/1/properties"), keys::RUBRIC),
            ("rubric", String::from("/$defs/axis/properties"), keys::AXIS),
        ] {
            let mut published = keys_at(name, &pointer);
            let mut known: Vec<String> = known.iter().map(|k| (*k).to_owned()).collect();
            published.sort();
            known.sort();
            assert_eq!(published, known, "{name} {pointer}");
        }
    }

    #[test]
    fn schemas_and_known_words_agree() {
        let task = "/$defs/task/properties";
        let tool = "/$defs/tool/anyOf/1/properties";
        for (name, pointer, known) in [
            (
                "scenario",
                String::from("/$defs/scenario/properties/judge/enum"),
                keys::JUDGE,
            ),
            (
                "scenario",
                String::from("/$defs/scenario/properties/render/enum"),
                keys::RENDERS,
            ),
            ("tools", format!("{tool}/executor/enum"), keys::EXECUTORS),
            ("tools", format!("{tool}/args/enum"), keys::ARGS),
            ("tools", format!("{tool}/render/enum"), keys::RENDERS),
            ("tasks", format!("{task}/context/enum"), keys::CONTEXTS),
            (
                "tasks",
                format!("{task}/complexity/enum"),
                keys::COMPLEXITIES,
            ),
        ] {
            assert_eq!(words_at(name, &pointer), known, "{name} {pointer}");
        }
        for (dimension, choices) in TIER1.iter().zip(tables::CHOICES) {
            let pointer = format!("/$defs/persona/anyOf/1/properties/{dimension}/enum");
            let known: Vec<&str> = choices.iter().map(|c| c.value).collect();
            assert_eq!(words_at("personas", &pointer), known, "{dimension}");
        }
    }

    /// What a word means must be said once: nothing without a description.
    #[test]
    fn every_property_has_a_description() {
        fn look(name: &str, schema: &Json, path: &str) {
            for (key, value) in schema["properties"].as_object().into_iter().flatten() {
                let said = value.get("description").is_some() || value.get("$ref").is_some();
                assert!(said || path.contains("/start"), "{name}{path}/{key}");
            }
            if let Json::Object(map) = schema {
                for (key, value) in map {
                    look(name, value, &format!("{path}/{key}"));
                }
            }
            if let Json::Array(list) = schema {
                for value in list {
                    look(name, value, path);
                }
            }
        }
        for s in ALL {
            let without_save = schema(s.name);
            look(s.name, &without_save, "");
        }
    }
}
