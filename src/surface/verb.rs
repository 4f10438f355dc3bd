//! The one table of verbs: words of the `:` line that take arguments
//! (`again 3`, `model agent local/small`). What takes none is an action and
//! stands in `action.rs`; its id is its word in the `:` line.
//!
//! To add a verb:
//!
//! 1. A row below, under the heading of your domain: its name here, its word,
//!    what it takes (capitals for what is to be filled in, `[ ]` around what
//!    may be left out, `a|b` for a choice), what it does. `like Action` lends
//!    it that action's reasons: where `able` forbids the action it forbids the
//!    verb, and the palette shows it dim with the reason. A verb whose word is
//!    the id of an action stands for it in the palette, with its keys.
//! 2. In your domain file (`tui/<domain>.rs`, `tui/screen/<screen>.rs`), an arm
//!    of `verb(model, verb, rest)`: `rest` is what was typed behind the word,
//!    trimmed. `None` where the verb is not of your kind; `Some(Ok(cmds))`
//!    where it is done; `Some(Err(why))` with one sentence for the person,
//!    which stands in the palette while the line stays as it was typed. The
//!    palette is closed when you are asked: an overlay that you put up stays.
//! 3. An arm of `words(model, verb, before)` for what may come next: `before`
//!    are the whole words behind the verb. All that may come; the palette
//!    filters by what is typed of the next word. `None` for another's verb.

use super::action::Action;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct VerbRow {
    /// What is said.
    pub verb: Verb,
    /// Its word in the line.
    pub word: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What it does, for help.
    pub words: &'static str,
    /// The action that has its reasons, where one has.
    pub like: Option<Action>,
}

/// A word that may come next in the line, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub word: String,
    /// What follows it.
    pub then: String,
    /// What it is, in a few words; may be empty.
    pub what: String,
}

impl Word {
    /// A word with what it is.
    #[must_use]
    pub fn new(word: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            word: word.into(),
            then: String::new(),
            what: what.into(),
        }
    }
}

macro_rules! verbs {
    ($($name:ident $word:literal $takes:literal $words:literal $(like $like:ident)?;)+) => {
        /// Something that a person can say with arguments.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Verb { $(#[doc = $words] $name),+ }

        /// All of them, in the order of help.
        pub const VERBS: &[VerbRow] = &[$(VerbRow {
            verb: Verb::$name,
            word: $word,
            takes: $takes,
            words: $words,
            like: verbs!(@like $($like)?),
        }),+];
    };
    (@like) => { None };
    (@like $like:ident) => { Some(Action::$like) };
}

verbs! {
    // --- models
    Again       "again"     "[HOW OFTEN]"       "send this step's request again and compare the answers" like Again;
    Model       "model"     "SEAT MODEL [once]" "another model for a seat; once: for the next call alone" like Models;
    Report      "report"    ""                  "what came of the last `again`";

    // --- time travel
    Try         "try"       "[HOW OFTEN]"       "run the rest from here so often, with fresh seeds" like Trial;
    Compare     "compare"   "[BRANCH]"          "compare this branch with another, side by side" like Compare;
    Branch      "branch"    "BRANCH"            "make this branch current";
    Break       "break"     "WHERE"             "stop where: rule, finding, tool NAME, step N, score AXIS<N";
    Unbreak     "unbreak"   "[WHERE]"           "stop there no longer; alone: nowhere";

    // --- seats
    Take        "take"      "SEAT [once]"       "play a seat yourself: user, agent, tool/NAME";
    HandBack    "hand-back" "[SEAT]"            "give a seat back; alone: all of them";

    // --- faults
    Fault       "fault"     "[WORD]"            "put a fault into the next step; alone: the list of them" like Faults;

    // --- editing
    Edit        "edit"      "[FILE|persona|/WORLD/PATH]" "edit a file of the scenario, the persona, a value of the world" like EditHere;

    // --- pointing, finding, copying
    Find        "find"      "WORDS"             "find words in the conversation or the world" like Find;
    Filter      "filter"    "[WORDS]"           "the world as a tree, only places of a path, `=value` or `~part`";

    // --- findings

    // --- deciding
    Discard     "discard"   "[REASON]"          "discard this branch as it is now";
    Export      "export"    "[FOLDER [FORMATS]]" "export what is approved: counts first, then a new folder";
    Queue       "queue"     "[FILTER]"          "which conversations curate and batch list";
    Sort        "sort"      "ORDER"             "the order of the queue";

    // --- opening

    // --- looks
    Theme       "theme"     "[NAME]"            "another theme; without a name the list, to try them on";

    // --- the screens
    Tool        "tool"      "NAME"              "try a tool by hand on the world at the cursor";

    // --- the mouse
    Mouse       "mouse"     "[on|off]"          "clicks, wheel and dragging, or the terminal's own selection";
}

impl Verb {
    /// The verb of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        VERBS
            .iter()
            .find(|row| row.word == word)
            .map(|row| row.verb)
    }
    /// Its row.
    #[must_use]
    pub fn row(self) -> Option<&'static VerbRow> {
        VERBS.iter().find(|row| row.verb == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_one_word_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for row in VERBS {
            assert!(seen.insert(row.word), "{} stands twice", row.word);
            assert!(!row.words.is_empty(), "{}", row.word);
            assert!(
                row.word.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{} is typed as one word",
                row.word
            );
            assert_eq!(Verb::parse(row.word), Some(row.verb));
        }
        assert_eq!(Verb::parse("nonsense"), None);
    }
}
