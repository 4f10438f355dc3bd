//! The table of settings: names, what they may be, defaults, and words.

/// One setting of `stategen.toml`, `config.toml`, the environment and flags.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in files; the variable is `STATEGEN_` and the name in capitals.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Its default, as written.
    pub default: &'static str,
    /// What it does, for the commented file and `stategen config`.
    pub help: &'static str,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number from 0 to a bound.
    Number(u64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text that is not empty.
    Text,
}

/// All settings, in the order in which files and `stategen config` show them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "seed",
        kind: Kind::Number(u64::MAX),
        default: "1",
        help: "Seed of a conversation where none is named.",
    },
    Setting {
        name: "scenarios",
        kind: Kind::Text,
        default: "scenarios",
        help: "Folder that holds the scenarios, seen from this file.",
    },
    Setting {
        name: "theme",
        kind: Kind::Text,
        default: "auto",
        help: "Theme of the workbench; auto lets the terminal decide.",
    },
    Setting {
        name: "glyphs",
        kind: Kind::Choice(&["unicode", "ascii"]),
        default: "unicode",
        help: "Signs and gauges: unicode or ascii.",
    },
    Setting {
        name: "from_past",
        kind: Kind::Choice(&["ask", "fork", "overwrite"]),
        default: "ask",
        help: "What a step from the past does: ask, fork or overwrite.",
    },
    Setting {
        name: "mouse",
        kind: Kind::Choice(&["off", "on"]),
        default: "off",
        help: "Whether the workbench takes the mouse: on or off; off leaves it to the terminal.",
    },
    Setting {
        name: "live_delay_ms",
        kind: Kind::Number(60_000),
        default: "12",
        help: "Milliseconds between the words that the scripted stand-in streams; 0 streams none.",
    },
];

impl Setting {
    /// The setting of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|s| s.name == name)
    }

    /// Its variable of the environment.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("STATEGEN_{}", self.name.to_ascii_uppercase())
    }

    /// Whether a text can be its value.
    ///
    /// # Errors
    /// What it should be instead.
    pub fn check(&self, text: &str) -> Result<(), String> {
        match self.kind {
            Kind::Number(most) => match text.parse::<u64>() {
                Ok(n) if n <= most => Ok(()),
                Ok(_) | Err(_) => Err(format!(
                    "`{text}` is no whole number from 0 to {most}, which `{}` wants",
                    self.name
                )),
            },
            Kind::Choice(words) if words.contains(&text) => Ok(()),
            Kind::Choice(words) => Err(format!(
                "`{text}` is none of {}, which `{}` can be",
                words.join(", "),
                self.name
            )),
            Kind::Text if text.trim().is_empty() => Err(format!("`{}` cannot be empty", self.name)),
            Kind::Text => Ok(()),
        }
    }
}
