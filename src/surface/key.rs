//! Keys as people write them: `s`, `space`, `<esc>`, `<c-p>`, `g g`.

use std::fmt;

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A letter, digit or sign; capitals are letters of their own.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Left arrow.
    Left,
    /// Right arrow.
    Right,
    /// Up arrow.
    Up,
    /// Down arrow.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// Names of the keys that are no single character.
const NAMES: [(&str, Code); 16] = [
    ("space", Code::Char(' ')),
    ("enter", Code::Enter),
    ("ret", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backtab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("del", Code::Delete),
    ("left", Code::Left),
    ("right", Code::Right),
    ("up", Code::Up),
    ("down", Code::Down),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
];

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The key.
    pub code: Code,
    /// With ctrl.
    pub ctrl: bool,
    /// With alt.
    pub alt: bool,
}

/// Names of the keys that are no single character, as help writes them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

impl Key {
    /// The key that always stops, and leaves when pressed again.
    pub const STOP: Self = Self {
        code: Code::Char('c'),
        ctrl: true,
        alt: false,
    };

    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// Reads one key: `s`, `space`, `<esc>`, `<c-p>`, `ctrl-p`, `<a-x>`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text
            .strip_prefix('<')
            .and_then(|t| t.strip_suffix('>'))
            .unwrap_or(text);
        let mut key = Self::plain(Code::Esc);
        let mut rest = inner;
        loop {
            if let Some(after) = strip_any(rest, &["c-", "ctrl-"]) {
                key.ctrl = true;
                rest = after;
            } else if let Some(after) = strip_any(rest, &["a-", "alt-"]) {
                key.alt = true;
                rest = after;
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) => Code::Char(c),
            _ => NAMES.iter().find(|(name, _)| *name == rest)?.1,
        };
        Some(key)
    }

    /// Reads keys parted by spaces: `g g`, `s s s h`. The first that is none is
    /// the error.
    ///
    /// # Errors
    /// The word that names no key.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        text.split_whitespace()
            .map(|word| Self::parse(word).ok_or_else(|| format!("`{word}` is no key")))
            .collect()
    }
}

/// The rest after one of some prefixes, where something follows it.
fn strip_any<'a>(text: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    prefixes
        .iter()
        .find_map(|p| text.strip_prefix(p))
        .filter(|rest| !rest.is_empty())
}

/// As help and hints write it: `ctrl-p`, `esc`, `S`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match NAMES.iter().find(|(_, code)| *code == self.code) {
            Some((name, _)) => f.write_str(name),
            None => match self.code {
                Code::Char(c) => write!(f, "{c}"),
                // Every other code has a name in the table above.
                _ => Ok(()),
            },
        }
    }
}

/// Several keys in a row, as help writes them: `g g`.
#[must_use]
pub fn sequence(keys: &[Key]) -> String {
    keys.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_they_are_written() {
        for (text, shown) in [
            ("s", "s"),
            ("S", "S"),
            ("space", "space"),
            ("<esc>", "esc"),
            ("<c-p>", "ctrl-p"),
            ("ctrl-p", "ctrl-p"),
            ("<a-e>", "alt-e"),
            ("<", "<"),
            ("-", "-"),
            ("<c-->", "ctrl--"),
            ("<ret>", "enter"),
            ("<tab>", "tab"),
        ] {
            assert_eq!(Key::parse(text).unwrap().to_string(), shown, "{text}");
        }
        assert_eq!(Key::parse("nonsense"), None);
        assert_eq!(Key::parse(""), None);
        assert_eq!(sequence(&Key::parse_all("g g").unwrap()), "g g");
        assert!(Key::parse_all("s bogus").unwrap_err().contains("bogus"));
    }
}
