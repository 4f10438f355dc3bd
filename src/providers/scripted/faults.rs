//! Faults that the stand-in makes on purpose, so that one knows what checks and
//! judges ought to find.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A kind of fault. Each is made once in a conversation, at a place drawn by
/// its seed, and is named on the reply that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The agent mistypes an id in a call, then puts it right.
    WrongId,
    /// The user leaves before the agent has done anything.
    PrematureGoodbye,
    /// The agent names an amount that is nowhere.
    InventedAmount,
    /// The tool simulator's first proposal holds a value that is nowhere.
    UngroundedResult,
    /// The agent says that it has done what it never does.
    ClaimNotDone,
}

impl Fault {
    /// All kinds.
    #[must_use]
    pub fn all() -> [Self; 5] {
        [
            Self::WrongId,
            Self::PrematureGoodbye,
            Self::InventedAmount,
            Self::UngroundedResult,
            Self::ClaimNotDone,
        ]
    }

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongId => "wrong_id",
            Self::PrematureGoodbye => "premature_goodbye",
            Self::InventedAmount => "invented_amount",
            Self::UngroundedResult => "ungrounded_result",
            Self::ClaimNotDone => "claim_not_done",
        }
    }

    /// What it does, in one line for help texts.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::WrongId => "the agent mistypes an id in one call, then puts it right",
            Self::PrematureGoodbye => "the user leaves before anything was done",
            Self::InventedAmount => "the agent names an amount that is nowhere",
            Self::UngroundedResult => {
                "the tool simulator's first proposal holds a value that is nowhere"
            }
            Self::ClaimNotDone => "the agent says it has done what it never does",
        }
    }

    /// Reads a name; `-` and `_` are the same.
    ///
    /// # Errors
    /// An unknown name: one sentence with the nearest name and all of them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = text.trim().to_lowercase().replace(['-', ' '], "_");
        if let Some(found) = Self::all().into_iter().find(|f| f.name() == name) {
            return Ok(found);
        }
        let all = Self::all().map(Self::name).join(", ");
        let near = Self::all()
            .into_iter()
            .map(|f| (distance(&name, f.name()), f.name()))
            .min()
            .filter(|(d, _)| *d <= 6)
            .map_or_else(
                || String::from("."),
                |(_, near)| format!("; did you mean `{near}`?"),
            );
        Err(format!(
            "no fault is called `{text}`{near} There are {all}."
        ))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Edits between two short words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().take(64).enumerate() {
        let mut next = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let at = |r: &[usize], k: usize| r.get(k).copied().unwrap_or(usize::MAX - 1);
            let cost = at(&row, j) + usize::from(ca != *cb);
            next.push(cost.min(at(&row, j + 1) + 1).min(at(&next, j) + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// An id with a slip in it: two neighbouring characters changed places, or one
/// digit is another. Never the id itself; the same slip for the same id.
#[must_use]
pub fn mistyped(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    for at in (1..letters.len()).rev() {
        let (a, b) = (letters.get(at - 1), letters.get(at));
        if let (Some(a), Some(b)) = (a, b)
            && a != b
            && a.is_ascii_digit()
            && b.is_ascii_digit()
        {
            let mut out = letters.clone();
            out.swap(at - 1, at);
            return out.into_iter().collect();
        }
    }
    let mut out = letters;
    match out
        .iter()
        .rposition(char::is_ascii_digit)
        .and_then(|at| out.get_mut(at))
    {
        Some(digit) => {
            *digit = if *digit == '9' {
                '0'
            } else {
                char::from(*digit as u8 + 1)
            }
        }
        None => out.push('1'),
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_the_nearest_is_named() {
        for fault in Fault::all() {
            assert_eq!(Fault::parse(fault.name()), Ok(fault));
        }
        assert_eq!(Fault::parse("Wrong-Id"), Ok(Fault::WrongId));
        let error = Fault::parse("wrongid").unwrap_err();
        assert!(error.contains("did you mean `wrong_id`?"), "{error}");
        assert!(
            Fault::parse("zzzzzzzzzzzzzzzzzzz")
                .unwrap_err()
                .contains("claim_not_done")
        );
    }

    #[test]
    fn a_mistyped_id_is_another_one() {
        for id in ["8841", "#W1234567", "R-1", "abc", "1111", "9", "", "line_7"] {
            assert_ne!(mistyped(id), id);
            assert_eq!(mistyped(id), mistyped(id));
        }
        assert_eq!(mistyped("8841"), "8814");
    }
}
