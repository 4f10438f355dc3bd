//! Where and how often a fault is put in: a line of a scenario's deck, or a word
//! on the command line.

use super::{Fault, Means};
use std::fmt;

/// What names a deck of the scenario among the faults that a conversation was
/// opened with.
const DECK: &str = "deck/";
/// The tool that stands for all.
pub const ANY: &str = "any";

/// A named list of faults in a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Deck {
    /// Its name.
    pub name: String,
    /// What is put in.
    pub specs: Vec<Spec>,
}

impl Deck {
    /// The name of a deck as it stands among the faults of a conversation.
    #[must_use]
    pub fn asked_as(name: &str) -> String {
        format!("{DECK}{name}")
    }

    /// The deck that such a word names.
    #[must_use]
    pub fn named_by(word: &str) -> Option<&str> {
        word.strip_prefix(DECK)
    }
}

/// One fault, and where it is put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Which.
    pub fault: Fault,
    /// The tool; any where none is named.
    pub tool: Option<String>,
    /// At which of the tool's calls, or of the role's turns.
    pub when: When,
    /// How often at most in a conversation.
    pub times: u32,
}

/// At which of the occasions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// From this one on (the first is 1), as soon as the fault fits.
    From(u32),
    /// Each so-manieth.
    Every(u32),
    /// Each with this probability, drawn by seed, step and try.
    Chance(f64),
}

impl Spec {
    /// A fault once, as soon as it fits.
    #[must_use]
    pub fn once(fault: Fault) -> Self {
        Self {
            fault,
            tool: None,
            when: When::From(1),
            times: 1,
        }
    }

    /// Whether the stand-in alone makes it, where it likes.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.fault.means() == Means::StandIn
    }

    /// Whether the stand-in is told of it from the start: it makes the fault itself,
    /// or it makes room for it. For a stale read it looks at what it wrote.
    #[must_use]
    pub fn is_known_to_stand_in(&self) -> bool {
        self.is_free() || self.fault == Fault::StaleRead
    }

    /// Reads one as it is written on a command line: `lost_reply`,
    /// `lost_reply@issue_refund`, `timeout@get_order:2`, `timeout:every 3`,
    /// `timeout:chance 0.2`.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (head, when) = match text.split_once(':') {
            Some((head, when)) => (head, Some(when.trim())),
            None => (text, None),
        };
        let (word, tool) = match head.split_once('@') {
            Some((word, tool)) => (word, Some(tool.trim())),
            None => (head, None),
        };
        let mut out = Self::once(Fault::parse(word)?);
        out.tool = tool.filter(|t| *t != ANY).map(str::to_owned);
        if out.tool.is_some() && out.fault.seat() != super::Role::Tool {
            return Err(format!("`{}` is no fault of a tool", out.fault));
        }
        if let Some(when) = when {
            (out.when, out.times) = read_when(when)?;
        }
        if out.is_free() && (when.is_some() || tool.is_some()) {
            return Err(format!(
                "the stand-in chooses itself where it makes `{}`",
                out.fault
            ));
        }
        Ok(out)
    }
}

fn read_when(text: &str) -> Result<(When, u32), String> {
    let wrong = || {
        format!("`{text}` says not when: write first, a number from 1, `every 3` or `chance 0.2`")
    };
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match (word, rest.trim()) {
        ("first", "") => Ok((When::From(1), 1)),
        ("every", n) => match n.parse() {
            Ok(n) if n > 0 => Ok((When::Every(n), u32::MAX)),
            Ok(_) | Err(_) => Err(wrong()),
        },
        ("chance", p) => match p.parse::<f64>() {
            Ok(p) if (0.0..=1.0).contains(&p) => Ok((When::Chance(p), u32::MAX)),
            Ok(_) | Err(_) => Err(wrong()),
        },
        (n, "") => match n.parse() {
            Ok(n) if n > 0 => Ok((When::From(n), 1)),
            Ok(_) | Err(_) => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fault)?;
        if let Some(tool) = &self.tool {
            write!(f, "@{tool}")?;
        }
        match self.when {
            When::From(1) => Ok(()),
            When::From(n) => write!(f, ":{n}"),
            When::Every(n) => write!(f, ":every {n}"),
            When::Chance(p) => write!(f, ":chance {p}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for text in [
            "timeout",
            "lost_reply@issue_refund",
            "timeout@get_order:2",
            "rate_limit:every 3",
            "server_error:chance 0.2",
            "changes_mind:3",
            "wrong_id",
        ] {
            assert_eq!(Spec::parse(text).unwrap().to_string(), text);
        }
        for (text, why) in [
            ("timeuot", "did you mean `timeout`?"),
            ("timeout:0", "from 1"),
            ("timeout:chance 2", "chance 0.2"),
            ("timeout:every", "every 3"),
            ("changes_mind@get_order", "no fault of a tool"),
            ("wrong_id:2", "chooses itself"),
        ] {
            let found = Spec::parse(text).unwrap_err();
            assert!(found.contains(why), "{text}: {found}");
        }
        assert_eq!(Spec::parse("timeout@any").unwrap().tool, None);
    }
}
