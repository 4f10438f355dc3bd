//! What the check says over many conversations.

use super::Linted;
use crate::engine::grounding::{Coverage, KINDS};
use crate::engine::score::{Blame, Counted, Disagree, Finding, Looks, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Every kind of finding that the check makes: a Markdown table.
#[must_use]
pub fn kinds_table() -> String {
    let mut out =
        String::from("| kind | about | weight | untrue | what |\n|---|---|---|---|---|\n");
    for kind in KINDS {
        let untrue = if kind.untrue { "yes" } else { "no" };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {untrue} | {} |",
            kind.word,
            kind.family.word(),
            kind.severity.word(),
            kind.about
        );
    }
    out
}

/// Sums over conversations.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Conversations that were checked.
    pub conversations: u64,
    /// Those that could not be read.
    pub unread: u64,
    /// Those with findings.
    pub with_findings: u64,
    /// Findings, by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Findings, by whose fault.
    pub blames: BTreeMap<&'static str, u64>,
    /// Findings, by how much they weigh.
    pub severities: BTreeMap<&'static str, u64>,
    /// How much was looked at.
    pub coverage: Coverage,
    /// Turns, and the untrue ones among them.
    #[serde(flatten)]
    pub counted: Counted,
    /// The share of turns that is untrue.
    pub rate: Option<f64>,
    /// How the check did where a person looked.
    pub looks: Looks,
    /// Where the judge and the check contradict each other, by how.
    pub disagree: BTreeMap<&'static str, u64>,
}

impl Totals {
    /// Counts a conversation; of its findings those that `wanted` lets through
    /// and nobody marked as wrong. What a person added counts as well.
    pub fn add(&mut self, linted: &Linted, wanted: &dyn Fn(&Finding) -> bool) {
        self.conversations += 1;
        let found = linted.findings.iter().filter(|f| !f.wrong);
        let found = found.map(|f| &f.finding).chain(&linted.missed);
        let mut any = false;
        for finding in found.filter(|f| wanted(f)) {
            any = true;
            self.find(&finding.kind, finding.blame, finding.severity);
        }
        self.with_findings += u64::from(any);
        self.coverage += linted.coverage;
        self.counted += linted.counted;
        self.rate = self.counted.rate();
        self.looks += linted.looks();
        if let Some(how) = linted.disagree.map(Disagree::word) {
            *self.disagree.entry(how).or_default() += 1;
        }
    }

    fn find(&mut self, kind: &str, blame: Blame, severity: Severity) {
        match self.kinds.get_mut(kind) {
            Some(n) => *n += 1,
            None => {
                self.kinds.insert(kind.to_owned(), 1);
            }
        }
        *self.blames.entry(blame.word()).or_default() += 1;
        *self.severities.entry(severity.word()).or_default() += 1;
    }

    /// All findings.
    #[must_use]
    pub fn findings(&self) -> u64 {
        self.kinds.values().sum()
    }
}
