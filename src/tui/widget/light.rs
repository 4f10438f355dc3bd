//! What the characters of a line are, for the eye: keys, strings, numbers,
//! remarks. Line by line and by the look of it; nothing is judged here.

use crate::surface::Meaning;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// As it is.
    None,
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// The language of rules.
    Rules,
}

/// Longer lines are left as they are.
const LONG: usize = 4_000;

/// Words of the language of rules.
const WORDS: [&str; 26] = [
    "tool",
    "proc",
    "invariant",
    "policy",
    "after",
    "on",
    "let",
    "need",
    "else",
    "fail",
    "if",
    "elif",
    "each",
    "in",
    "set",
    "push",
    "del",
    "call",
    "return",
    "and",
    "or",
    "not",
    "find",
    "true",
    "false",
    "null",
];

impl Light {
    /// By the name of what is edited.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name.rsplit_once('.').map(|(_, end)| end) {
            Some("yaml" | "yml") => Self::Yaml,
            Some("json" | "jsonl") => Self::Json,
            Some("rules") => Self::Rules,
            Some(_) | None => Self::None,
        }
    }

    /// A role for each character of a line; empty where all are text.
    #[must_use]
    pub fn roles(self, line: &str) -> Vec<Meaning> {
        if self == Self::None || line.len() > LONG {
            return Vec::new();
        }
        let chars: Vec<char> = line.chars().collect();
        let mut out = vec![Meaning::Text; chars.len()];
        let mut at = 0;
        if self == Self::Yaml {
            at = key(&chars, &mut out);
        }
        while let Some(c) = chars.get(at).copied() {
            let before = at.checked_sub(1).and_then(|i| chars.get(i)).copied();
            let apart = before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '.'));
            let (to, role) = match c {
                '#' if self != Self::Json && before.is_none_or(char::is_whitespace) => {
                    (chars.len(), Meaning::TextMuted)
                }
                '"' => self.string(&chars, at),
                '\'' if self == Self::Yaml && apart => self.string(&chars, at),
                '0'..='9' | '-' if apart && self.number(&chars, at) > at => {
                    (self.number(&chars, at), Meaning::EditorNumber)
                }
                c if c.is_alphabetic() && apart && self == Self::Rules => word(&chars, at),
                _ => (at + 1, Meaning::Text),
            };
            for slot in out.iter_mut().take(to).skip(at) {
                *slot = role;
            }
            at = to.max(at + 1);
        }
        out
    }

    /// Past a string, and what it is: before a colon a key.
    fn string(self, chars: &[char], from: usize) -> (usize, Meaning) {
        let quote = chars.get(from).copied().unwrap_or('"');
        let mut at = from + 1;
        while let Some(c) = chars.get(at).copied() {
            at += 1;
            if c == '\\' && quote == '"' {
                at += 1;
            } else if c == quote {
                break;
            }
        }
        let at = at.min(chars.len());
        let after = chars.iter().skip(at).find(|c| !c.is_whitespace());
        let role = if after == Some(&':') && self != Self::Rules {
            Meaning::EditorKey
        } else {
            Meaning::EditorString
        };
        (at, role)
    }

    /// Past a number that stands alone; where there is none, no farther.
    fn number(self, chars: &[char], from: usize) -> usize {
        let digits = |c: &char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
        let to = from + chars.iter().skip(from).take_while(|c| digits(c)).count();
        let some = chars.get(from..to).unwrap_or_default();
        let next = chars.get(to);
        let alone = next.is_none_or(|c| !(c.is_alphanumeric() || *c == '_' || *c == ':'))
            || (self == Self::Rules && next == Some(&':'));
        if some.iter().any(char::is_ascii_digit) && alone {
            to
        } else {
            from
        }
    }
}

/// Past a key of YAML at the beginning of a line.
fn key(chars: &[char], out: &mut [Meaning]) -> usize {
    let from = chars.iter().take_while(|c| matches!(c, ' ' | '-')).count();
    if matches!(chars.get(from), None | Some('#' | '"' | '\'' | '{' | '[')) {
        return 0;
    }
    for (at, c) in chars.iter().enumerate().skip(from) {
        let ends = chars.get(at + 1).is_none_or(|next| next.is_whitespace());
        if *c == ':' && ends {
            for slot in out.iter_mut().take(at).skip(from) {
                *slot = Meaning::EditorKey;
            }
            return at;
        }
    }
    0
}

/// Past a word; those of the language are keys.
fn word(chars: &[char], from: usize) -> (usize, Meaning) {
    let part = |c: &&char| c.is_alphanumeric() || **c == '_';
    let text: String = chars.iter().skip(from).take_while(part).collect();
    let role = if WORDS.contains(&text.as_str()) {
        Meaning::EditorKey
    } else {
        Meaning::Text
    };
    (from + text.chars().count(), role)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(light: Light, line: &str) -> String {
        light
            .roles(line)
            .iter()
            .map(|role| match role {
                Meaning::EditorKey => 'k',
                Meaning::EditorString => 's',
                Meaning::EditorNumber => 'n',
                Meaning::TextMuted => '#',
                _ => '.',
            })
            .collect()
    }

    #[test]
    fn characters_have_roles() {
        assert_eq!(seen(Light::Yaml, "  a b: 1.5 # x"), "..kkk..nnn.###");
        assert_eq!(seen(Light::Yaml, "- id: 'a: b'"), "..kk..ssssss");
        assert_eq!(seen(Light::Json, "{\"a\": -3, \"b\"}"), ".kkk..nn..sss.");
        assert_eq!(seen(Light::Rules, "need x1 > 10 # no"), "kkkk......nn.####");
        assert_eq!(seen(Light::None, "a: 1"), "");
        for line in ["", "\"", "\"\\", "'", ":", "- ", "é: 1", "9", "-"] {
            for light in [Light::Yaml, Light::Json, Light::Rules] {
                assert_eq!(light.roles(line).len(), line.chars().count());
            }
        }
    }
}
