//! The kinds of findings that the check makes: one table for help, lists,
//! counts and weights.

use crate::engine::score::Severity;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The result of a tool.
    Result,
    /// An agent's call of a tool.
    Call,
    /// An agent's text.
    Text,
    /// What the user says.
    User,
    /// The conversation as a whole, or how it was made.
    Course,
    /// What the judge says.
    Judge,
}

impl Family {
    /// As it stands in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Call => "call",
            Self::Text => "text",
            Self::User => "user",
            Self::Course => "course",
            Self::Judge => "judge",
        }
    }
}

/// One kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its stable word.
    pub word: &'static str,
    /// What it is about.
    pub family: Family,
    /// How much it weighs.
    pub severity: Severity,
    /// Whether it counts in the hallucination rate: somebody said what is not so
    /// or has no source.
    pub untrue: bool,
    /// What it means, in one line.
    pub about: &'static str,
}

const fn kind(
    word: &'static str,
    family: Family,
    severity: Severity,
    untrue: bool,
    about: &'static str,
) -> Kind {
    Kind {
        word,
        family,
        severity,
        untrue,
        about,
    }
}

use Family::{Call, Course, Judge, Result, Text, User};
use Severity::{High, Low, Medium};

/// All kinds that the check makes.
pub const KINDS: &[Kind] = &[
    // --- results of tools, held against the world
    kind(
        "unknown_id",
        Result,
        High,
        true,
        "a result names an id that is not in the world",
    ),
    kind(
        "wrong_amount",
        Result,
        High,
        true,
        "a result says another amount or number than the world",
    ),
    kind(
        "wrong_status",
        Result,
        High,
        true,
        "a result says another status than the world",
    ),
    kind(
        "wrong_value",
        Result,
        High,
        true,
        "a result says another value than the world",
    ),
    kind(
        "wrong_entity",
        Result,
        High,
        true,
        "a result shows the data of another thing than was asked for",
    ),
    kind(
        "invented_entity",
        Result,
        High,
        true,
        "a result shows a thing that is not in the world",
    ),
    kind(
        "false_error",
        Result,
        High,
        true,
        "a result says that something failed that could be done, or is not there that is",
    ),
    kind(
        "false_success",
        Result,
        High,
        true,
        "a result says that something was done that ought to have failed",
    ),
    kind(
        "write_not_done",
        Result,
        High,
        true,
        "a result reports a write that the world does not show",
    ),
    kind(
        "write_elsewhere",
        Result,
        High,
        true,
        "a write went to another thing than the call names",
    ),
    kind(
        "undeclared_write",
        Result,
        High,
        true,
        "a write went outside what the tool declares or the call is about",
    ),
    kind(
        "missing_field",
        Result,
        Medium,
        true,
        "a result lacks a field that the thing has",
    ),
    kind(
        "invented_field",
        Result,
        Medium,
        true,
        "a result has a field that neither the world nor the schema knows",
    ),
    kind(
        "wrong_type",
        Result,
        Medium,
        true,
        "a result gives a value in another type than the world or the schema",
    ),
    kind(
        "stale_read",
        Result,
        High,
        true,
        "a result shows the world as it was before a write",
    ),
    kind(
        "wrong_arithmetic",
        Result,
        High,
        true,
        "a result of a reckoning is not what comes out",
    ),
    kind(
        "ungrounded_result",
        Result,
        High,
        true,
        "a result says a value that follows from nothing",
    ),
    kind(
        "outside_reads",
        Result,
        Medium,
        false,
        "a result needed a value that the tool does not declare to read",
    ),
    kind(
        "refused_proposal",
        Result,
        Medium,
        true,
        "the state manager refused what the tool simulator proposed",
    ),
    kind(
        "broken_rule",
        Result,
        Medium,
        false,
        "a rule could not go on",
    ),
    // --- calls
    kind(
        "wrong_id",
        Call,
        High,
        true,
        "a call names an id that nobody has named",
    ),
    kind(
        "ungrounded_argument",
        Call,
        Medium,
        true,
        "an argument has a value that nobody has named",
    ),
    kind(
        "unknown_tool",
        Call,
        Medium,
        true,
        "a call of a tool that is not on offer",
    ),
    kind(
        "bad_arguments",
        Call,
        Medium,
        true,
        "arguments that do not fit the tool's schema",
    ),
    kind(
        "bad_call",
        Call,
        Medium,
        true,
        "a call that could not be run",
    ),
    kind(
        "known_unmet",
        Call,
        Medium,
        true,
        "a call whose condition contradicts what the agent has read",
    ),
    kind(
        "policy",
        Call,
        Medium,
        false,
        "a call against a policy check of the scenario",
    ),
    // --- an agent's text
    kind(
        "ungrounded_literal",
        Text,
        Medium,
        true,
        "a text says a value that has no source",
    ),
    kind(
        "misstated_amount",
        Text,
        High,
        true,
        "a text says another amount than what was read",
    ),
    kind(
        "misstated_status",
        Text,
        High,
        true,
        "a text says another status than what was read",
    ),
    kind(
        "misstated_value",
        Text,
        Medium,
        true,
        "a text says another value or rule than what was read",
    ),
    kind(
        "claim_not_done",
        Text,
        High,
        true,
        "a text says that something was done that was not",
    ),
    kind(
        "claim_of_failed",
        Text,
        High,
        true,
        "a text tells a failed action as done",
    ),
    kind(
        "done_but_denied",
        Text,
        High,
        true,
        "a text says that something was not done that was",
    ),
    kind(
        "claim_differs",
        Text,
        High,
        true,
        "a text says that something was done with other values than it was",
    ),
    kind("cut_off", Text, Low, false, "a text was cut off"),
    // --- the user
    kind(
        "contradicts_facts",
        User,
        Medium,
        true,
        "the user says what contradicts the task's facts",
    ),
    kind(
        "premature_goodbye",
        User,
        Medium,
        false,
        "the user leaves before the goal is reached",
    ),
    // --- how it went
    kind(
        "not_recovered",
        Course,
        Medium,
        false,
        "the agent did not recover from a fault",
    ),
    // --- the judge
    kind(
        "judge_lenient",
        Judge,
        Medium,
        false,
        "the judge says that nothing was made up, and the check found what is untrue",
    ),
    kind(
        "judge_harsh",
        Judge,
        Medium,
        false,
        "the judge says that much was made up, and the check traced all",
    ),
    kind(
        "bad_verdict",
        Judge,
        Low,
        false,
        "a verdict that could not be used",
    ),
];

/// The kind of a word, if it is one of the check's.
#[must_use]
pub fn kind_of(word: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.word == word)
}

/// How much findings of a kind weigh; the middle for kinds of a judge.
#[must_use]
pub fn severity(word: &str) -> Severity {
    kind_of(word).map_or(Severity::Medium, |k| k.severity)
}
