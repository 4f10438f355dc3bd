//! personas.yaml, rubric.yaml and replies.jsonl: who talks, what is judged,
//! what the scripted stand-in says word for word.

use super::super::persona::{self, PersonaSpec, Profile};
use super::super::score::{Axis, Rubric};
use super::keys;
use super::nearest::did_you_mean;
use super::report::{Reader, Report};
use super::tree::{At, Tree, Value};
use serde_json::Value as Json;

/// Name of the file of personas.
pub const PERSONAS: &str = "personas.yaml";
/// Name of the file of the rubric.
pub const RUBRIC: &str = "rubric.yaml";
/// Name of the file of scripted replies.
pub const REPLIES: &str = "replies.jsonl";

/// Reads personas.yaml: personas, and profiles of the scenario's own.
pub fn personas(tree: &Tree, report: &mut Report) -> (Vec<PersonaSpec>, Vec<Profile>) {
    let mut reader = Reader {
        file: PERSONAS,
        report,
    };
    let mut profiles: Vec<Profile> = Vec::new();
    let mut personas: Vec<PersonaSpec> = Vec::new();
    if tree.value == Value::Null {
        return (personas, profiles);
    }
    let Some(fields) = reader.fields(tree, "", keys::PERSONAS) else {
        return (personas, profiles);
    };
    if let Some(given) = fields.get("profiles") {
        for entry in reader.map(given, "profiles").unwrap_or_default() {
            let (profile, problems) = persona::profile_from(&entry.key, &entry.value.to_json());
            for why in problems {
                let at = inside(&entry.value, &why).unwrap_or(entry.at);
                reader.error(at, format!("the profile `{}`: {why}", entry.key), "");
            }
            profiles.push(profile);
        }
    }
    let named = fields
        .get("personas")
        .map(|t| reader.named(t, "personas", "id"));
    for (id, at, tree) in named.unwrap_or_default() {
        let mut spec = PersonaSpec {
            id: id.clone(),
            ..PersonaSpec::default()
        };
        if tree.value != Value::Null {
            for entry in reader.map(tree, &id).unwrap_or_default() {
                if entry.key == "id" {
                    continue;
                }
                if let Err(why) = persona::set(&mut spec, &entry.key, &entry.value.to_json()) {
                    reader.error(
                        entry.value.at.max(entry.at),
                        format!("the persona `{id}`: {why}"),
                        "",
                    );
                }
            }
        }
        if !spec.profile.is_empty() && persona::profile(&spec.profile, &profiles).is_none() {
            let known = profiles.iter().chain(persona::profiles()).map(|p| &*p.name);
            let help = did_you_mean(&spec.profile, known);
            let place = tree.locate(&["profile"]);
            reader.error(
                place,
                format!(
                    "the persona `{id}` has an unknown profile `{}`",
                    spec.profile
                ),
                help,
            );
        }
        if personas.iter().any(|p| p.id == id) {
            reader.error(at, format!("two personas are named `{id}`"), "rename one");
        }
        personas.push(spec);
    }
    (personas, profiles)
}

/// The place of the key that a sentence names first in backquotes.
fn inside(tree: &Tree, sentence: &str) -> Option<At> {
    let name = sentence.split('`').nth(1)?;
    for entry in tree.entries()? {
        if entry.key == name {
            return Some(entry.at);
        }
        if let Some(at) = inside(&entry.value, sentence) {
            return Some(at);
        }
    }
    None
}

/// Reads rubric.yaml onto the standard axes.
pub fn rubric(tree: Option<&Tree>, report: &mut Report) -> Rubric {
    let mut out = Rubric::standard();
    let standard = out.axes.len();
    let mut written: Vec<String> = Vec::new();
    let mut reader = Reader {
        file: RUBRIC,
        report,
    };
    if let Some(fields) = tree
        .filter(|t| t.value != Value::Null)
        .and_then(|t| reader.fields(t, "", keys::RUBRIC))
    {
        out.gate = fields
            .get("gate")
            .and_then(|t| reader.number(t, "gate", 1.0, 10.0));
        let axes = fields
            .get("axes")
            .map(|t| (reader.map(t, "axes").unwrap_or_default(), t.at));
        for entry in axes.map(|(all, _)| all).unwrap_or_default() {
            let what = format!("axes.{}", entry.key);
            let mut axis = out.axis(&entry.key).cloned().unwrap_or_else(|| Axis {
                id: entry.key.clone(),
                title: title(&entry.key),
                description: String::new(),
                weight: 1.0,
                gate: None,
            });
            let is_new = out.axis(&entry.key).is_none();
            if entry.value.value != Value::Null
                && let Some(fields) = reader.fields(&entry.value, &what, keys::AXIS)
            {
                if let Some(t) = fields.get("title") {
                    axis.title = reader
                        .words(t, &format!("{what}.title"))
                        .unwrap_or_default();
                }
                if let Some(t) = fields.get("description") {
                    axis.description = reader
                        .words(t, &format!("{what}.description"))
                        .unwrap_or_default();
                }
                if let Some(t) = fields.get("weight") {
                    axis.weight = reader
                        .number(t, &format!("{what}.weight"), 0.0, 1000.0)
                        .unwrap_or(1.0);
                }
                if let Some(t) = fields.get("gate") {
                    axis.gate = reader.number(t, &format!("{what}.gate"), 1.0, 10.0);
                }
            }
            if is_new && axis.description.is_empty() {
                let known = out.axes.iter().take(standard).map(|a| a.id.as_str());
                let help = super::nearest::nearest(&entry.key, known).map_or_else(
                    || String::from("write `description:`, what the judge looks at"),
                    |near| format!("did you mean `{near}`? Else write `description:`, what the judge looks at"),
                );
                reader.error(
                    entry.at,
                    format!("the axis `{}` does not say what is judged", entry.key),
                    help,
                );
            }
            written.push(entry.key.clone());
            match out.axes.iter_mut().find(|a| a.id == axis.id) {
                Some(slot) => *slot = axis,
                None => out.axes.push(axis),
            }
        }
        if let Some((_, at)) = axes.filter(|_| out.axes.iter().all(|a| a.weight <= 0.0)) {
            reader.error(
                at,
                "every axis weighs 0: overall would mean nothing",
                "give one a weight",
            );
        }
    }
    let missing: Vec<&str> = out
        .axes
        .iter()
        .map(|a| a.id.as_str())
        .filter(|id| !written.iter().any(|w| w == id))
        .collect();
    if !missing.is_empty() {
        report.infer(
            RUBRIC,
            "axes",
            missing.join(", "),
            "the standard axes, each with weight 1",
        );
    }
    out
}

fn title(id: &str) -> String {
    let spaced = id.replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Reads replies.jsonl.
pub fn replies(bytes: &[u8], report: &mut Report) -> Vec<Json> {
    const HELP: &str = "write `{\"role\": \"user\", \"turn\": 1, \"text\": \"…\"}`, one a line";
    let mut out = Vec::new();
    for (at, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let at = At {
            line: at as u32 + 1,
            column: 1,
        };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Json>(line) {
            Ok(value) => {
                let role = value.get("role").and_then(Json::as_str);
                match role {
                    Some("user" | "agent" | "tool" | "judge") => out.push(value),
                    Some(other) => {
                        let help = did_you_mean(other, ["user", "agent", "tool", "judge"]);
                        report.error(REPLIES, at, format!("unknown role `{other}`"), help);
                    }
                    None => report.error(REPLIES, at, "this reply has no `role`", HELP),
                }
            }
            Err(why) => {
                let at = At {
                    column: why.column() as u32,
                    ..at
                };
                let text = why.to_string();
                let what = text.split(" at line ").next().unwrap_or(&text);
                report.error(REPLIES, at, format!("this is not JSON: {what}"), HELP);
            }
        }
    }
    out
}
