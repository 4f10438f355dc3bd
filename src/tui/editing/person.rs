//! A persona as text, and a persona back in `personas.yaml`.

use crate::engine::persona::tables::CHOICES;
use crate::engine::persona::{Complexity, Context, EMOTIONS, Persona, TIER1, TRAITS, sample};
use crate::engine::scenario::{Scenario, load};
use crate::engine::world::Schema;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// How near a value of the file must come to what is wanted.
const NEAR: f64 = 0.005;

/// A persona as a text of JSON, one key a line.
#[must_use]
pub fn text(persona: &Persona) -> String {
    let mut map = Map::new();
    map.insert("name".into(), json!(persona.name));
    for (key, value) in TIER1.iter().zip(&persona.tier1) {
        map.insert((*key).into(), json!(value));
    }
    let numbers = TRAITS.iter().zip(&persona.traits);
    for (key, value) in numbers.chain(EMOTIONS.iter().zip(&persona.emotions)) {
        map.insert((*key).into(), json!((value * 1000.0).round() / 1000.0));
    }
    map.insert("complexity".into(), json!(persona.complexity.word()));
    map.insert("context".into(), json!(persona.context.map(Context::word)));
    serde_json::to_string_pretty(&Value::Object(map)).unwrap_or_default()
}

/// What such a text must be.
#[must_use]
pub fn schema() -> Option<Schema> {
    let mut properties = Map::new();
    properties.insert("name".into(), json!({"type": "string", "minLength": 1}));
    for (key, choices) in TIER1.iter().zip(CHOICES) {
        let values: Vec<&str> = choices.iter().map(|c| c.value).collect();
        properties.insert((*key).into(), json!({"enum": values}));
    }
    for key in TRAITS.iter().chain(&EMOTIONS) {
        let number = json!({"type": "number", "minimum": 0, "maximum": 1});
        properties.insert((*key).into(), number);
    }
    let overlays = Complexity::ALL.map(Complexity::word);
    properties.insert("complexity".into(), json!({"enum": overlays}));
    let mut contexts: Vec<Value> = Context::ALL.iter().map(|c| json!(c.word())).collect();
    contexts.push(Value::Null);
    properties.insert("context".into(), json!({"enum": contexts}));
    let required: Vec<String> = properties.keys().cloned().collect();
    Schema::compile(&json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }))
    .ok()
}

/// The persona that such a text says; the profile is the old one's.
#[must_use]
pub fn read(text: &str, before: &Persona) -> Option<Persona> {
    let map: Map<String, Value> = serde_json::from_str(text).ok()?;
    let word = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut out = before.clone();
    out.name = word("name")?;
    for (key, slot) in TIER1.iter().zip(&mut out.tier1) {
        *slot = word(key)?;
    }
    let old = before.traits.iter().chain(&before.emotions);
    let slots = out.traits.iter_mut().chain(&mut out.emotions);
    for ((key, slot), old) in TRAITS.iter().chain(&EMOTIONS).zip(slots).zip(old) {
        let value = map.get(*key)?.as_f64()?;
        // The text shows three digits; what was not touched keeps all of them.
        *slot = if (value - old).abs() < 0.0006 {
            *old
        } else {
            value
        };
    }
    out.complexity = Complexity::parse(&word("complexity")?)?;
    out.context = match word("context") {
        Some(word) => Some(Context::parse(&word)?),
        None => None,
    };
    Some(out)
}

/// What differs, as it stands in `personas.yaml`.
fn changed(before: &Persona, after: &Persona) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    for ((key, old), new) in TIER1.iter().zip(&before.tier1).zip(&after.tier1) {
        if old != new {
            out.push((*key, new.clone()));
        }
    }
    let old = before.traits.iter().chain(&before.emotions);
    let new = after.traits.iter().chain(&after.emotions);
    for ((key, old), new) in TRAITS.iter().chain(&EMOTIONS).zip(old).zip(new) {
        if (old - new).abs() > f64::EPSILON {
            out.push((*key, format!("{new:.2}")));
        }
    }
    if before.complexity != after.complexity {
        out.push(("complexity", after.complexity.word().to_owned()));
    }
    out
}

/// `personas.yaml` with what was changed of a persona, nothing else touched.
///
/// # Errors
/// Why that cannot be done, in words that follow "off: ".
pub fn in_file(scenario: &Scenario, before: &Persona, after: &Persona) -> Result<String, String> {
    const FILE: &str = "personas.yaml";
    let found = scenario
        .personas
        .iter()
        .find(|spec| spec.name == before.name || spec.id == before.name);
    let Some(spec) = found else {
        return Err(format!(
            "{FILE} has no persona {}; it was drawn",
            before.name
        ));
    };
    let text = scenario
        .files
        .get(FILE)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .ok_or_else(|| format!("there is no {FILE}"))?;
    if before.context != after.context {
        return Err(String::from("the context is the task's: edit tasks.yaml"));
    }
    if before.name != after.name {
        return Err(format!("a name is changed in {FILE} itself"));
    }
    let by_hand = || format!("{FILE} is written in a way of its own; edit the file itself");
    let mut new = text.to_owned();
    for (key, value) in changed(before, after) {
        new = set(&new, &spec.id, key, &value).ok_or_else(by_hand)?;
    }
    // What the file says now must be what was wanted.
    let mut files = scenario.files.clone();
    files.insert(String::from(FILE), new.as_bytes().into());
    let read = load(&scenario.id, &files).scenario.ok_or_else(by_hand)?;
    let spec = read.personas.iter().find(|s| s.id == spec.id);
    let made = sample(
        spec.ok_or_else(by_hand)?,
        &read.profiles,
        after.context,
        Some(after.complexity),
        0,
    );
    let all = |p: &Persona| -> Vec<f64> { p.traits.iter().chain(&p.emotions).copied().collect() };
    let numbers = all(before).into_iter().zip(all(after)).zip(all(&made));
    for ((old, new), made) in numbers {
        if (old - new).abs() > f64::EPSILON && (made - new).abs() > NEAR {
            return Err(String::from(
                "the task's context shifts an emotion of the file; edit the file itself",
            ));
        }
    }
    Ok(new)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn says(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

/// One key of one persona set, in a file that is written in blocks, or with the
/// persona in braces on one line.
fn set(text: &str, id: &str, key: &str, value: &str) -> Option<String> {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let top = lines.iter().position(|l| l.starts_with("personas:"))?;
    let is = |line: &str, name: &str| {
        let line = line.trim_start();
        let rest = line
            .strip_prefix(name)
            .or_else(|| line.strip_prefix(&format!("\"{name}\"")))?;
        rest.strip_prefix(':').map(str::to_owned)
    };
    let head = (top + 1..lines.len())
        .take_while(|n| lines.get(*n).is_some_and(|l| !says(l) || indent(l) > 0))
        .find(|n| lines.get(*n).is_some_and(|l| is(l, id).is_some()))?;
    let line = lines.get(head)?.clone();
    let depth = indent(&line);
    let after = is(&line, id)?;
    if after.trim_start().starts_with('{') {
        *lines.get_mut(head)? = in_braces(&line, key, value)?;
        return Some(lines.join("\n"));
    }
    if says(&after) {
        return None;
    }
    let mut last = head;
    let mut inner = None;
    for n in head + 1..lines.len() {
        let line = lines.get(n)?.clone();
        if !says(&line) {
            continue;
        }
        if indent(&line) <= depth {
            break;
        }
        let own = *inner.get_or_insert(indent(&line));
        last = n;
        if indent(&line) == own
            && let Some(rest) = is(&line, key)
        {
            let comment = rest.find(" #").and_then(|at| rest.get(at..)).unwrap_or("");
            *lines.get_mut(n)? = format!("{:own$}{key}: {value}{comment}", "");
            return Some(lines.join("\n"));
        }
    }
    let own = inner?;
    lines.insert(last + 1, format!("{:own$}{key}: {value}", ""));
    Some(lines.join("\n"))
}

/// The same in `name: {a: b, c: d}`.
fn in_braces(line: &str, key: &str, value: &str) -> Option<String> {
    let (open, close) = (line.find('{')?, line.rfind('}')?);
    let inside = line.get(open + 1..close)?;
    if inside.contains(['{', '[', '"', '\'']) {
        return None;
    }
    let mut out = String::new();
    let mut done = false;
    for part in inside.split(',') {
        let (name, _) = part.split_once(':')?;
        let mut part = part.trim().to_owned();
        if name.trim() == key {
            part = format!("{key}: {value}");
            done = true;
        }
        let gap = if out.is_empty() { "" } else { ", " };
        let _ = write!(out, "{gap}{part}");
    }
    if !done {
        let _ = write!(out, ", {key}: {value}");
    }
    Some(format!("{}{out}{}", line.get(..=open)?, line.get(close..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::persona::PersonaSpec;

    #[test]
    fn a_persona_is_the_same_from_its_text() {
        let persona = sample(
            &PersonaSpec::default(),
            &[],
            Some(Context::Complaint),
            None,
            5,
        );
        let text = text(&persona);
        let value = serde_json::from_str(&text).unwrap();
        let node = crate::engine::world::Node::from_json(&value);
        assert_eq!(schema().unwrap().check(&node), []);
        assert_eq!(read(&text, &persona), Some(persona));
    }

    #[test]
    fn one_value_changes_and_the_rest_of_the_file_stays() {
        let file = "# people\npersonas:\n  maya:\n    name: Maya  # hers\n    patience: 0.2 # low\n\n  tom: {patience: 0.4, profile: tier_1}\nprofiles: {}\n";
        assert_eq!(
            set(file, "maya", "patience", "0.90").unwrap(),
            file.replace("patience: 0.2 # low", "patience: 0.90 # low")
        );
        assert_eq!(
            set(file, "maya", "stress", "0.10").unwrap(),
            file.replace("0.2 # low\n", "0.2 # low\n    stress: 0.10\n")
        );
        assert_eq!(
            set(file, "tom", "patience", "0.90").unwrap(),
            file.replace("{patience: 0.4, profile", "{patience: 0.90, profile")
        );
        assert_eq!(set(file, "ann", "patience", "0.9"), None);
        assert_eq!(set("personas: {a: {}}", "a", "patience", "0.9"), None);
    }
}
