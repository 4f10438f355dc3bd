//! Providers, and which of them plays each role. They are read and checked; the
//! scripted stand-in is the only provider that answers so far.

use super::did_you_mean;
use crate::engine::problem::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The roles that a model can play.
pub const ROLES: [&str; 4] = ["user", "agent", "tool", "judge"];
/// Keys of `[roles.NAME]`.
pub const ROLE_KEYS: [&str; 2] = ["provider", "model"];
/// Keys of `[providers.NAME]`.
pub const PROVIDER_KEYS: [&str; 3] = ["kind", "url", "key_env"];
/// What a provider can be.
pub const KINDS: [&str; 3] = ["scripted", "chat", "messages"];
/// The provider that needs no declaration.
pub const SCRIPTED: &str = "scripted";

/// Who plays a role.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct RoleConfig {
    /// A provider's name; `scripted` needs no declaration.
    pub provider: String,
    /// The model, as the provider names it; empty where the provider has one.
    pub model: String,
    /// The file that says so.
    #[serde(skip)]
    pub file: PathBuf,
    /// The line that says so.
    #[serde(skip)]
    pub line: u32,
}

/// A provider of models.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct ProviderConfig {
    /// `scripted`, `chat` (chat completions) or `messages`.
    pub kind: String,
    /// Its address.
    pub url: String,
    /// The variable of the environment that holds the key. The key itself is
    /// never in a file.
    pub key_env: String,
    /// The file that says so.
    #[serde(skip)]
    pub file: PathBuf,
    /// The line that says so.
    #[serde(skip)]
    pub line: u32,
}

/// Roles that name a provider that nobody declared.
pub(super) fn check(
    roles: &BTreeMap<String, RoleConfig>,
    providers: &BTreeMap<String, ProviderConfig>,
    problems: &mut Vec<Problem>,
) {
    for (name, role) in roles {
        if role.provider != SCRIPTED && !providers.contains_key(&role.provider) {
            let known = providers.keys().map(String::as_str).chain([SCRIPTED]);
            problems.push(
                Problem::error(
                    &role.file.display().to_string(),
                    role.line,
                    0,
                    format!(
                        "role `{name}` wants the provider `{}`, which is not declared",
                        role.provider
                    ),
                )
                .help(did_you_mean(&role.provider, known)),
            );
        } else if providers
            .get(&role.provider)
            .is_some_and(|p| p.kind != SCRIPTED)
        {
            problems.push(
                Problem::warning(
                    &role.file.display().to_string(),
                    role.line,
                    0,
                    format!(
                        "role `{name}` names the provider `{}`, and this StateGen asks no models \
                         yet",
                        role.provider
                    ),
                )
                .help("The scripted stand-in plays the role, and says so on every step."),
            );
        }
    }
}
