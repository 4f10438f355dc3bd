//! Providers, models, and which of them plays each seat: joined from the files,
//! and checked against each other.

use super::Source;
use super::did_you_mean;
use super::section::{Item, Section};
use super::toml_file::TomlFile;
use crate::engine::problem::Problem;
use serde_json::Value;
use std::collections::BTreeMap;

/// The roles that a model can play. A sub-agent has a seat of its own under
/// `agent/NAME`, a simulated tool under `tool/NAME`.
pub const ROLES: [&str; 4] = ["user", "agent", "tool", "judge"];
/// The provider that needs no declaration.
pub const SCRIPTED: &str = "scripted";

/// What the files say of models, all together.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Models {
    /// Tables of providers, by name.
    pub providers: BTreeMap<String, Section>,
    /// Prices and contexts, by `provider/model`.
    pub models: BTreeMap<String, Section>,
    /// Who plays each seat, by seat. `provider` and `model` are apart here,
    /// however they were written.
    pub roles: BTreeMap<String, Section>,
    /// Bounds of a conversation.
    pub limits: Option<Section>,
    /// How many problems there are in all this: with one, no model is asked.
    pub wrong: usize,
}

/// Whether a text names a seat.
#[must_use]
pub fn is_seat(name: &str) -> bool {
    match name.split_once('/') {
        None => ROLES.contains(&name),
        Some((role, special)) => matches!(role, "agent" | "tool") && !special.is_empty(),
    }
}

impl Models {
    /// Joins files, later ones over earlier ones, key by key.
    pub(super) fn of(files: Vec<TomlFile>, problems: &mut Vec<Problem>) -> Self {
        let mut all = Self::default();
        let mut roles = Vec::new();
        for file in files {
            overlay(&mut all.providers, file.providers);
            overlay(&mut all.models, file.models);
            if let Some(limits) = file.limits {
                match &mut all.limits {
                    Some(before) => before.overlay(limits),
                    none => *none = Some(limits),
                }
            }
            all.wrong += file.wrong;
            roles.push(file.roles);
        }
        // Where a slash parts a provider from a model depends on the providers
        // of all files.
        for mut layer in roles {
            for role in layer.values_mut() {
                all.part(role);
            }
            overlay(&mut all.roles, layer);
        }
        let before = problems.len();
        all.check(problems);
        all.wrong += problems.len() - before;
        all
    }

    /// `model = "provider/model"` in two, where nothing else names the provider.
    fn part(&self, role: &mut Section) {
        if role.items.contains_key("provider") {
            return;
        }
        let Some(model) = role.items.get("model").cloned() else {
            return;
        };
        let Some((provider, rest)) = self.split(model.value.as_str().unwrap_or_default()) else {
            return;
        };
        let item = |text: &str| Item {
            value: Value::from(text),
            ..model.clone()
        };
        role.items.insert("provider", item(&provider));
        role.items.insert("model", item(&rest));
    }

    /// Parts `provider/model` at its first slash where a provider of that name
    /// is declared; `scripted` stands alone.
    #[must_use]
    pub fn split(&self, text: &str) -> Option<(String, String)> {
        if text == SCRIPTED {
            return Some((SCRIPTED.to_owned(), String::new()));
        }
        let (provider, model) = text.split_once('/')?;
        let known = self.providers.contains_key(provider) || provider == SCRIPTED;
        known.then(|| (provider.to_owned(), model.to_owned()))
    }

    /// A seat's table, with what its role says where it says nothing itself.
    #[must_use]
    pub fn role(&self, seat: &str) -> Option<Section> {
        let own = self.roles.get(seat);
        let Some((role, _)) = seat.split_once('/') else {
            return own.cloned();
        };
        match (self.roles.get(role).cloned(), own.cloned()) {
            (Some(mut all), Some(own)) => {
                all.overlay(own);
                Some(all)
            }
            (all, own) => own.or(all),
        }
    }

    /// Names of the providers, for a person.
    #[must_use]
    pub fn declared(&self) -> String {
        let names: Vec<&str> = self.providers.keys().map(String::as_str).collect();
        if names.is_empty() {
            String::from(
                "No provider is declared: write a table `[providers.NAME]` (see `stategen help \
                 models`).",
            )
        } else {
            format!("Declared: {}.", names.join(", "))
        }
    }

    /// What is wrong between the tables.
    fn check(&self, problems: &mut Vec<Problem>) {
        for (name, provider) in &self.providers {
            let said = |field| provider.items.contains_key(field);
            if !said("kind") {
                let what = format!("the provider `{name}` has no `kind`");
                let help = "Write `kind = \"chat\"` (chat completions), \"messages\" (Anthropic) or \"scripted\".";
                problems.push(at(provider, None, what).help(help));
            }
            if !said("url") && matches!(provider.text("kind"), Some("chat" | "messages")) {
                let what = format!("the provider `{name}` has no `url`");
                let help = "Write its base address: `url = \"http://127.0.0.1:8080/v1\"`.";
                problems.push(at(provider, None, what).help(help));
            }
        }
        for (name, model) in &self.models {
            let provider = name.split_once('/').map_or(name.as_str(), |(p, _)| p);
            if !self.providers.contains_key(provider) {
                let what = format!("`[models.\"{name}\"]`: there is no provider `{provider}`");
                let known = self.providers.keys().map(String::as_str);
                problems.push(at(model, None, what).help(self.or_none(provider, known)));
            }
        }
        for seat in self.roles.keys() {
            if let Some(role) = self.role(seat)
                && let Some(problem) = self.check_role(seat, &role)
            {
                problems.push(problem);
            }
        }
    }

    fn check_role(&self, seat: &str, role: &Section) -> Option<Problem> {
        let model = role.text("model").unwrap_or_default();
        let Some(provider) = role.text("provider") else {
            // A role that says only how to draw is played by whoever a flag names.
            role.items.get("model")?;
            let what = format!("role `{seat}`: `{model}` names no declared provider");
            let first = model.split_once('/').map(|(first, _)| first);
            let near =
                first.and_then(|f| super::nearest(f, self.providers.keys().map(String::as_str)));
            let help = near.map_or_else(
                || format!("Write `model = \"PROVIDER/MODEL\"`. {}", self.declared()),
                |near| format!("Did you mean `{near}`?"),
            );
            return Some(at(role, Some("model"), what).help(help));
        };
        if provider == SCRIPTED {
            return None;
        }
        let Some(declared) = self.providers.get(provider) else {
            let what =
                format!("role `{seat}` wants the provider `{provider}`, which is not declared");
            let known = self.providers.keys().map(String::as_str).chain([SCRIPTED]);
            return Some(at(role, Some("provider"), what).help(self.or_none(provider, known)));
        };
        if model.is_empty() && declared.text("kind") != Some(SCRIPTED) {
            let what = format!("role `{seat}` names the provider `{provider}` and no model");
            let help = format!("Write `model = \"{provider}/MODEL\"`.");
            return Some(at(role, Some("provider"), what).help(help));
        }
        None
    }

    fn or_none<'a>(&self, wanted: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
        if self.providers.is_empty() {
            self.declared()
        } else {
            did_you_mean(wanted, known)
        }
    }
}

fn overlay(all: &mut BTreeMap<String, Section>, later: BTreeMap<String, Section>) {
    for (name, section) in later {
        match all.get_mut(&name) {
            Some(before) => before.overlay(section),
            None => {
                all.insert(name, section);
            }
        }
    }
}

/// An error at a field of a table, or where the table begins.
fn at(section: &Section, field: Option<&str>, what: String) -> Problem {
    let item = field.and_then(|field| section.items.get(field));
    let (source, column) = item.map_or((&section.source, section.column), |item| {
        (&item.source, item.column)
    });
    let (file, line) = match source {
        Source::User { file, line } | Source::Project { file, line } => {
            (file.display().to_string(), *line)
        }
        Source::Default | Source::Environment(_) | Source::Flag(_) => (source.to_string(), 0),
    };
    Problem::error(&file, line, column, what)
}
