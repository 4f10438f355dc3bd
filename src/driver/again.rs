//! The same request many times: how often is the answer the same, and how often
//! would the state manager or a check refuse it?

/// Answers that come to the same.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Group {
    /// How many.
    pub times: u32,
    /// In one line: the calls, the result and patch, or the text.
    pub what: String,
    /// One of them as it came.
    pub text: String,
    /// Why the state manager or the reader refused them; empty where accepted.
    pub refused: Vec<String>,
    /// What the checks found in them, a sentence each.
    pub findings: Vec<String>,
}

/// What came of sending one step's request several times.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AgainReport {
    /// The step's number.
    pub step: u32,
    /// The seat asked.
    pub seat: String,
    /// Who answered.
    pub by: String,
    /// Answers so far.
    pub answered: u32,
    /// How many were asked for.
    pub wanted: u32,
    /// Calls that failed, by what happened.
    pub failed: Vec<String>,
    /// Groups, largest first.
    pub groups: Vec<Group>,
}

impl AgainReport {
    /// How many answers were refused.
    #[must_use]
    pub fn refused(&self) -> u32 {
        let bad = self.groups.iter().filter(|g| !g.refused.is_empty());
        bad.map(|g| g.times).sum()
    }

    /// How many answers were accepted, and a check found something in them.
    #[must_use]
    pub fn found(&self) -> u32 {
        let bad = self
            .groups
            .iter()
            .filter(|g| g.refused.is_empty() && !g.findings.is_empty());
        bad.map(|g| g.times).sum()
    }
}
