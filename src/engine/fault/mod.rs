//! The deck of faults: what can be put in on purpose, in one table. The scenario
//! file, the command line, the workbench and the stand-in all read it.
//!
//! `spec` says where and how often one is put in, `values` what a wrong value is
//! made of, `verdict` what becomes of a judge's answer. What a fault does to a step
//! stands in `session::faults`, and whether the agent recovered in
//! `session::recovery`.

mod spec;
pub mod values;
pub mod verdict;

pub use spec::{ANY, Deck, Spec, When};

use super::role::Role;
use super::scenario::nearest::did_you_mean;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who brings a fault about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Code, whoever answers for the tool: the call is not made.
    Instead,
    /// Code, whoever answers for the tool: what comes back is changed.
    After,
    /// Whoever plays the user is told to, for one turn.
    Told,
    /// The stand-in alone, at a place that it draws; no model is told to fail.
    StandIn,
}

/// One row of the deck.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which.
    pub fault: Fault,
    /// Its name in files, in the log and on the command line.
    pub word: &'static str,
    /// The seat that it is made in.
    pub seat: Role,
    /// Who brings it about.
    pub means: Means,
    /// What happens, in one line.
    pub about: &'static str,
}

macro_rules! deck {
    ($($name:ident $word:literal $seat:ident $means:ident $about:literal;)+) => {
        /// A fault of the deck.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Fault { $(#[doc = $about] $name),+ }

        /// All of them, in the order of the loop.
        pub const DECK: &[Row] = &[$(Row {
            fault: Fault::$name,
            word: $word,
            seat: Role::$seat,
            means: Means::$means,
            about: $about,
        }),+];

        impl Fault {
            /// Its row.
            #[must_use]
            pub fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        fault: Self::$name,
                        word: $word,
                        seat: Role::$seat,
                        means: Means::$means,
                        about: $about,
                    }),+
                }
            }
        }
    };
}

deck! {
    Timeout          "timeout"           Tool  Instead "the call times out; nothing was done";
    RateLimit        "rate_limit"        Tool  Instead "429: too many requests; nothing was done";
    ServerError      "server_error"      Tool  Instead "503: the system is down; nothing was done";
    Permission       "permission"        Tool  Instead "403: the agent may not call the tool";
    NotFound         "not_found"         Tool  Instead "404: what is there is said not to be there";
    Malformed        "malformed"         Tool  After   "the result is cut off in the middle";
    StaleRead        "stale_read"        Tool  After   "the result shows the world as it was before the last write that matters";
    LostReply        "lost_reply"        Tool  After   "the write lands, and the agent reads a time-out";
    Slow             "slow"              Tool  After   "the result comes late, and says so";
    UngroundedResult "ungrounded_result" Tool  After   "the tool simulator's first proposal holds a value that is nowhere";
    FalseClaim       "false_claim"       User  Told    "the user claims what is not so";
    MisgivesId       "misgives_id"       User  Told    "the user gives an id with a slip in it";
    ChangesMind      "changes_mind"      User  Told    "the user no longer wants what was asked for";
    WalksAway        "walks_away"        User  Told    "the user leaves at once, whatever is open";
    PrematureGoodbye "premature_goodbye" User  StandIn "the user leaves before anything was done";
    WrongId          "wrong_id"          Agent StandIn "the agent mistypes an id in one call, then puts it right";
    InventedAmount   "invented_amount"   Agent StandIn "the agent names an amount that is nowhere";
    ClaimNotDone     "claim_not_done"    Agent StandIn "the agent says it has done what it never does";
    BlindRetry       "blind_retry"       Agent StandIn "the agent repeats a call that failed without looking what came of it";
    IgnoresErrors    "ignores_errors"    Agent StandIn "the agent takes a call that failed for one that was done";
    LenientJudge     "lenient_judge"     Judge After   "the judge passes over what the check found";
    HarshJudge       "harsh_judge"       Judge After   "the judge accuses a step of something made up where the check traced all";
    MalformedVerdict "malformed_verdict" Judge After   "the verdict cites a step or an axis that is not there";
}

impl Fault {
    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().word
    }

    /// The seat that it is made in.
    #[must_use]
    pub fn seat(self) -> Role {
        self.row().seat
    }

    /// Who brings it about.
    #[must_use]
    pub fn means(self) -> Means {
        self.row().means
    }

    /// What happens, in one line.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// The one of exactly this name, as it stands in a log.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        DECK.iter().find(|row| row.word == word).map(|r| r.fault)
    }

    /// The fault that the engine put into a step, or had put in: what must be
    /// known to ask for the step again as it was asked.
    #[must_use]
    pub fn ordered(injected: &[String]) -> Option<Self> {
        let found = injected.iter().filter_map(|word| Self::of(word));
        found.into_iter().find(|f| f.means() != Means::StandIn)
    }

    /// Reads a name; `-`, `_` and spaces are the same.
    ///
    /// # Errors
    /// An unknown name: one sentence with the nearest name or all of them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = text.trim().to_lowercase().replace(['-', ' '], "_");
        Self::of(&name).ok_or_else(|| {
            let words: Vec<&str> = DECK.iter().map(|row| row.word).collect();
            let near = did_you_mean(&name, words.iter().copied());
            let near = if near.starts_with("did") {
                format!("; {near}")
            } else {
                String::from(".")
            };
            format!(
                "no fault is called `{}`{near} There are {}.",
                text.trim(),
                words.join(", ")
            )
        })
    }

    /// What the agent reads in place of a result; `None` where a result comes
    /// back. A time-out and a lost reply read alike: that is what is hard.
    #[must_use]
    pub fn says(self, tool: &str, named: Option<&str>) -> Option<String> {
        match self {
            Self::Timeout | Self::LostReply => Some(format!(
                "`{tool}` timed out after 30 s; whether it was done is not known."
            )),
            Self::RateLimit => Some(String::from(
                "429 Too Many Requests: the call was not made; try again in a moment.",
            )),
            Self::ServerError => Some(String::from(
                "503 Service Unavailable: the call was not made.",
            )),
            Self::Permission => Some(format!("403 Forbidden: `{tool}` may not be called here.")),
            Self::NotFound => Some(match named {
                Some(id) => format!("404 Not Found: there is no {id}."),
                None => String::from("404 Not Found: there is nothing like that."),
            }),
            Self::Malformed
            | Self::StaleRead
            | Self::Slow
            | Self::UngroundedResult
            | Self::FalseClaim
            | Self::MisgivesId
            | Self::ChangesMind
            | Self::WalksAway
            | Self::PrematureGoodbye
            | Self::WrongId
            | Self::InventedAmount
            | Self::ClaimNotDone
            | Self::BlindRetry
            | Self::IgnoresErrors
            | Self::LenientJudge
            | Self::HarshJudge
            | Self::MalformedVerdict => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_the_nearest_is_named() {
        for row in DECK {
            assert_eq!(Fault::parse(row.word), Ok(row.fault));
            assert_eq!(row.fault.name(), row.word);
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
    fn a_lost_reply_reads_like_a_time_out() {
        let says = |f: Fault| f.says("refund", Some("8841"));
        assert_eq!(says(Fault::Timeout), says(Fault::LostReply));
        assert!(says(Fault::NotFound).unwrap().contains("8841"));
    }
}
