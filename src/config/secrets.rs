//! What looks like a key: such a thing must not stand in a file, and is never
//! repeated.

/// Beginnings that services give to their keys.
const BEGINNINGS: [&str; 10] = [
    "sk-", "sk_", "gsk_", "hf_", "xai-", "ghp_", "pplx-", "r8_", "AIza", "eyJ",
];

/// What a key is called where somebody writes one into a file.
const NAMES: [&str; 14] = [
    "key",
    "api_key",
    "apikey",
    "x_api_key",
    "token",
    "access_token",
    "auth_token",
    "auth",
    "authorization",
    "bearer",
    "secret",
    "password",
    "passwd",
    "credentials",
];

/// Whether a name of a field says that a key follows.
pub(super) fn names_a_key(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    NAMES.contains(&name.as_str())
}

/// Whether a header of this name carries a secret.
pub(super) fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = [
        "authorization",
        "api-key",
        "apikey",
        "cookie",
        "token",
        "secret",
        "password",
    ];
    parts.iter().any(|part| name.contains(part))
}

/// Whether a text looks like a key itself.
pub(super) fn looks_like_a_key(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("bearer ") || lower.starts_with("basic ") {
        return true;
    }
    let begins = BEGINNINGS.iter().any(|b| text.starts_with(b));
    let one_piece = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    text.len() >= 16
        && text.chars().any(|c| c.is_ascii_digit())
        && (begins || one_piece && text.len() >= 24)
        && !text.contains(' ')
}

/// Whether a text can be the name of a variable of the environment.
pub(super) fn is_variable(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !looks_like_a_key(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_names() {
        for key in [
            "sk-ant-api03-abcdef0123",
            "hf_aBcDeFgHiJkLmN012",
            "Bearer x",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(looks_like_a_key(key) && !is_variable(key), "{key}");
        }
        for name in ["LOCAL_KEY", "hf_token", "_x", "OPENAI_API_KEY_2", "my_key"] {
            assert!(is_variable(name), "{name}");
        }
        for name in ["", "1x", "a b", "$KEY", "KEY="] {
            assert!(!is_variable(name), "{name}");
        }
        assert!(names_a_key("API-Key") && !names_a_key("key_env") && !names_a_key("max_tokens"));
        assert!(is_secret_header("X-Api-Key") && !is_secret_header("x-team"));
    }
}
