//! What `personas.yaml` may say: reading one key at a time, with the nearest
//! name where one is unknown.

use super::profiles::{Profile, profile, profiles};
use super::tables::CHOICES;
use super::{Complexity, EMOTIONS, PersonaSpec, TIER1, TRAITS};
use serde_json::Value;
use std::borrow::Cow;

pub use crate::engine::scenario::nearest::nearest;

fn unknown(what: &str, word: &str, names: &[&str]) -> String {
    match nearest(word, names.iter().copied()) {
        Some(name) => format!("unknown {what} `{word}`; did you mean `{name}`?"),
        None => format!("unknown {what} `{word}`; known are {}", names.join(", ")),
    }
}

/// Sets one key of a persona as the file has it. Traits and emotions take a
/// number from 0 to 1 or `low`, `medium`, `high` (0.2, 0.5, 0.85).
///
/// # Errors
/// An unknown key or value, in one sentence with the nearest known one.
pub fn set(spec: &mut PersonaSpec, key: &str, value: &Value) -> Result<(), String> {
    let text = || match value {
        Value::String(s) => Ok(s.clone()),
        Value::Number(n) => Ok(n.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(format!("`{key}` must be a text, not {}", kind(value)))
        }
    };
    match key {
        "id" => spec.id = text()?,
        "name" => spec.name = text()?,
        "profile" => spec.profile = text()?,
        "complexity" => {
            let word = text()?;
            let names = Complexity::ALL.map(Complexity::word);
            let found = Complexity::parse(&word);
            spec.complexity = Some(found.ok_or_else(|| unknown("complexity", &word, &names))?);
        }
        "sigma" => {
            let sigma = value.as_f64().filter(|s| (0.0..=1.0).contains(s));
            spec.sigma = Some(sigma.ok_or("`sigma` must be a number from 0 to 1")?);
        }
        _ => {
            if let Some((name, choices)) = TIER1.iter().zip(CHOICES).find(|(n, _)| **n == key) {
                let word = text()?;
                let Some(choice) = choices.iter().find(|c| c.value == word) else {
                    let names: Vec<&str> = choices.iter().map(|c| c.value).collect();
                    return Err(unknown(name, &word, &names));
                };
                spec.tier1.insert(key.to_owned(), choice.value.to_owned());
            } else if TRAITS.contains(&key) || EMOTIONS.contains(&key) {
                spec.values.insert(key.to_owned(), share(key, value)?);
            } else {
                return Err(unknown("key", key, &keys()));
            }
        }
    }
    Ok(())
}

/// Every key that a persona may have.
fn keys() -> Vec<&'static str> {
    ["name", "profile", "complexity", "sigma"]
        .into_iter()
        .chain(TIER1)
        .chain(TRAITS)
        .chain(EMOTIONS)
        .collect()
}

/// A number from 0 to 1, or the middle of a bucket by its name.
fn share(key: &str, value: &Value) -> Result<f64, String> {
    match value.as_str() {
        Some("low") => return Ok(0.2),
        Some("medium") => return Ok(0.5),
        Some("high") => return Ok(0.85),
        Some(_) | None => {}
    }
    value
        .as_f64()
        .filter(|v| (0.0..=1.0).contains(v))
        .ok_or_else(|| {
            format!("`{key}` must be a number from 0 to 1, or low, medium or high, not {value}")
        })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// What is wrong with a spec, in sentences: unknown profile, dimension, value,
/// a number out of range.
#[must_use]
pub fn problems_of(spec: &PersonaSpec, own: &[Profile]) -> Vec<String> {
    let mut out = Vec::new();
    if !spec.profile.is_empty() && profile(&spec.profile, own).is_none() {
        let names: Vec<&str> = own.iter().chain(profiles()).map(|p| &*p.name).collect();
        out.push(unknown("profile", &spec.profile, &names));
    }
    let mut scratch = PersonaSpec::default();
    for (key, value) in &spec.tier1 {
        if TIER1.contains(&key.as_str()) {
            out.extend(set(&mut scratch, key, &Value::from(value.as_str())).err());
        } else {
            out.push(unknown("dimension", key, &TIER1));
        }
    }
    for (key, value) in &spec.values {
        if TRAITS.contains(&key.as_str()) || EMOTIONS.contains(&key.as_str()) {
            out.extend(share(key, &Value::from(*value)).err());
        } else {
            let names: Vec<&str> = TRAITS.into_iter().chain(EMOTIONS).collect();
            out.push(unknown("trait or emotion", key, &names));
        }
    }
    if spec.sigma.is_some_and(|s| !(0.0..=1.0).contains(&s)) {
        out.push(String::from("`sigma` must be a number from 0 to 1"));
    }
    out
}

/// Reads a profile of `personas.yaml`: `{about, base: {trait: number},
/// emotions: {emotion: [low, high]}}`. What is not given is middling
/// ([`Profile::neutral`]); every problem comes back beside it.
#[must_use]
pub fn profile_from(name: &str, value: &Value) -> (Profile, Vec<String>) {
    let mut out = Profile::neutral(name);
    let mut problems = Vec::new();
    let Some(map) = value.as_object() else {
        problems.push(format!(
            "profile `{name}` must be a map, not {}",
            kind(value)
        ));
        return (out, problems);
    };
    for (key, value) in map {
        match (key.as_str(), value) {
            ("about", Value::String(s)) => out.about = Cow::Owned(s.clone()),
            ("base", Value::Object(base)) => {
                for (key, value) in base {
                    let slot = TRAITS.iter().position(|t| t == key);
                    match slot.and_then(|at| out.base.get_mut(at)) {
                        Some(slot) => match share(key, value) {
                            Ok(v) => *slot = v,
                            Err(why) => problems.push(why),
                        },
                        None => problems.push(unknown("trait", key, &TRAITS)),
                    }
                }
            }
            ("emotions", Value::Object(emotions)) => {
                for (key, value) in emotions {
                    let slot = EMOTIONS.iter().position(|t| t == key);
                    match slot.and_then(|at| out.emotions.get_mut(at)) {
                        Some(slot) => match range(key, value) {
                            Ok(v) => *slot = v,
                            Err(why) => problems.push(why),
                        },
                        None => problems.push(unknown("emotion", key, &EMOTIONS)),
                    }
                }
            }
            ("about" | "base" | "emotions", other) => problems.push(format!(
                "`{key}` of profile `{name}` cannot be {}",
                kind(other)
            )),
            (other, _) => {
                problems.push(unknown("key", other, &["about", "base", "emotions"]));
            }
        }
    }
    (out, problems)
}

/// `[low, high]`, both from 0 to 1.
fn range(key: &str, value: &Value) -> Result<(f64, f64), String> {
    let wrong = || format!("`{key}` must be [low, high] with 0 <= low <= high <= 1, not {value}");
    match value.as_array().map(Vec::as_slice) {
        Some([low, high]) => {
            let (low, high) = (share(key, low)?, share(key, high)?);
            if low <= high {
                Ok((low, high))
            } else {
                Err(wrong())
            }
        }
        Some(_) | None => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn unknown_names_get_the_nearest_known_one() {
        assert_eq!(nearest("patiense", TRAITS), Some("patience"));
        assert_eq!(
            nearest("Domain knowledge", TRAITS),
            Some("domain_knowledge")
        );
        assert_eq!(nearest("zebra", TRAITS), None);
    }

    #[test]
    fn keys_are_set_or_refused_with_a_reason() {
        let mut spec = PersonaSpec::default();
        for (key, value) in [
            ("name", json!("Maya")),
            ("profile", json!("curious")),
            ("patience", json!(0.2)),
            ("trust", json!("high")),
            ("jurisdiction", json!("UK")),
            ("complexity", json!("vague")),
            ("sigma", json!(0.05)),
        ] {
            set(&mut spec, key, &value).unwrap();
        }
        assert_eq!(spec.complexity, Some(Complexity::Vague));
        assert!((spec.values["trust"] - 0.85).abs() < 1e-12);
        assert!(problems_of(&spec, &[]).is_empty());
        let wrong = set(&mut spec, "jurisdicton", &json!("UK")).unwrap_err();
        assert!(wrong.contains("`jurisdiction`"), "{wrong}");
        let wrong = set(&mut spec, "channel", &json!("webchat")).unwrap_err();
        assert!(wrong.contains("`web_chat`"), "{wrong}");
        assert!(set(&mut spec, "patience", &json!(1.5)).is_err());
        spec.profile = "tech_savy".into();
        spec.values.insert("stress".into(), 2.0);
        let all = problems_of(&spec, &[]);
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all[0].contains("`tech_savvy`"), "{all:?}");
    }

    #[test]
    fn own_profiles_are_read_whole_with_their_problems() {
        let (p, problems) = profile_from(
            "own",
            &json!({"about": "x", "base": {"patience": 0.4, "patiens": 1}, "emotions": {"trust": [0.2, 0.5], "stress": [0.9, 0.1]}}),
        );
        assert_eq!(p.trait_base("patience"), Some(0.4));
        assert_eq!(p.emotion_range("trust"), Some((0.2, 0.5)));
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}
