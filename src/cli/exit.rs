//! Exit codes, in one place, and what makes a command fail.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | the thing asked about is wrong: `check` found errors, a replay differs, a tool call failed, assertions failed under `--strict` |
//! | 2 | the command line is wrong: an unknown command, flag, scenario, task, conversation |
//! | 3 | the store or a file cannot be read or written |
//! | 4 | a role could not be asked: a call failed for good |

use crate::config::NotFound;
use crate::store::{ReplayError, StoreError};
use std::fmt;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0
    Ok,
    /// 1
    Wrong,
    /// 2
    Usage,
    /// 3
    Store,
    /// 4
    Call,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Wrong => 1,
            Self::Usage => 2,
            Self::Store => 3,
            Self::Call => 4,
        }
    }
}

/// Why a command stopped, in words for a person.
#[derive(Debug)]
pub struct Failure {
    /// How it ends.
    pub exit: Exit,
    /// What happened, what is safe, what to do; empty where all was said.
    pub message: String,
}

impl Failure {
    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
        }
    }
    /// The thing asked about is wrong.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Wrong,
            message: message.into(),
        }
    }
    /// A file or the store.
    pub fn store(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Store,
            message: message.into(),
        }
    }
    /// A role could not be asked.
    pub fn call(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Call,
            message: message.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<StoreError> for Failure {
    fn from(why: StoreError) -> Self {
        let exit = match why {
            StoreError::Unknown { .. }
            | StoreError::Ambiguous { .. }
            | StoreError::Decision { .. }
            | StoreError::Mark { .. } => Exit::Usage,
            StoreError::Open { .. }
            | StoreError::Full { .. }
            | StoreError::ReadOnly { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::NotAStore { .. }
            | StoreError::Disk { .. }
            | StoreError::Busy { .. }
            | StoreError::Conflict { .. }
            | StoreError::Exists(_)
            | StoreError::Blob { .. }
            | StoreError::Event { .. }
            | StoreError::Other { .. } => Exit::Store,
        };
        Self {
            exit,
            message: why.to_string(),
        }
    }
}

impl From<ReplayError> for Failure {
    fn from(why: ReplayError) -> Self {
        match why {
            ReplayError::Store(why) => why.into(),
            ReplayError::Log(..) => Self::wrong(why.to_string()),
        }
    }
}

impl From<NotFound> for Failure {
    fn from(why: NotFound) -> Self {
        let exit = match why {
            NotFound::Unknown { .. } => Exit::Usage,
            NotFound::Unreadable(_) => Exit::Store,
        };
        Self {
            exit,
            message: why.to_string(),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(why: std::io::Error) -> Self {
        // `stategen list | head` closes the pipe: nothing is wrong.
        if why.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                exit: Exit::Ok,
                message: String::new(),
            };
        }
        Self::store(format!("the output cannot be written: {why}"))
    }
}

/// How the workbench ended, where it ended with an error: the store's and the
/// system's errors are 3, all others say that it cannot start as it was asked to.
#[must_use]
pub fn of(why: &anyhow::Error) -> Exit {
    let of_one = |cause: &(dyn std::error::Error + 'static)| {
        cause.is::<StoreError>() || cause.is::<ReplayError>() || cause.is::<std::io::Error>()
    };
    if why.chain().any(of_one) {
        Exit::Store
    } else {
        Exit::Usage
    }
}

/// What a command gives back.
pub type Outcome = Result<Exit, Failure>;
