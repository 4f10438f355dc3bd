//! Holds the result of a tool against the world.
//!
//! `tables` finds the tables of any world by its shape, `about` the rows that a
//! call and its result are about, `view` compares an object with its row, `same`
//! two plain values. `shown` judges objects and lists (`explain` says what its
//! differences mean together, `sources` what else a value can come from), `loose`
//! values that stand in no view of a row, `writes` what the call did, `errors` errors, `reckon`
//! arithmetic. `seen` is what earlier results leave behind.
//!
//! Nothing here knows any world: no name of a table or a field of data.

mod about;
mod errors;
mod explain;
mod loose;
mod reckon;
mod same;
mod seen;
mod shown;
mod sources;
mod tables;
mod view;
mod writes;

pub(in crate::engine) use errors::says_absent;
pub(super) use seen::Seen;

use super::check::{Check, Coverage, Report};
use super::known::Known;
use super::turn::{Ran, ToolFacts};
use crate::engine::score::{Blame, Finding};
use crate::engine::world::Node;
use about::About;
use reckon::Reckoned;
use std::cell::OnceCell;

/// Findings that one result can have: more would only bury the first.
const MOST: usize = 12;

/// What is wrong with a result.
pub(super) fn check(check: &Check, ran: &Ran<'_>, step: u32) -> Report {
    let facts = check.told.tools.iter().find(|t| t.name == ran.tool);
    let others = !check.told.tools.is_empty();
    hold(ran, step, facts, others, Some(&check.known), &check.results)
}

/// The same, from its parts: a proposal of a tool simulator is judged so before
/// it is a step.
pub(super) fn hold(
    ran: &Ran<'_>,
    step: u32,
    facts: Option<&ToolFacts>,
    others: bool,
    known: Option<&Known>,
    seen: &Seen,
) -> Report {
    let mut report = Report::default();
    if ran.computed {
        // True by definition.
        let literals = leaves(ran.result, 0);
        report.coverage.literals = literals;
        report.coverage.traced = literals;
        return report;
    }
    if let Some(found) = reckon::check(ran, step) {
        report.coverage.literals = 1;
        match found {
            Reckoned::Right => report.coverage.traced = 1,
            Reckoned::Wrong(finding) => {
                report.coverage.untraced = 1;
                report.findings.push(*finding);
            }
        }
        return report;
    }
    let writes = ran.patch.is_some_and(|p| !p.is_empty());
    let mutates = writes || facts.and_then(|t| t.mutates).unwrap_or(false);
    // A step that is judged before it is lived has no world after it yet.
    let made = match (ran.after, ran.before, ran.patch.filter(|_| writes)) {
        (None, Some(before), Some(patch)) => patch.apply(before).ok().map(|a| a.world),
        _ => None,
    };
    let after = ran.after.or(made.as_ref());
    let (Some(now), Some(before)) = (after.or(ran.before), ran.before.or(after)) else {
        return report;
    };
    if mutates && ran.patch.is_none() {
        // What it did was not recorded, so the world says nothing about it.
        return report;
    }
    let mut judge = Judge {
        ran,
        step,
        facts,
        others,
        known,
        seen,
        now,
        before,
        mutates,
        about: About::of(ran, now, before),
        viewed: false,
        may_know: OnceCell::new(),
        findings: Vec::new(),
        coverage: Coverage::default(),
    };
    if ran.ok && broken_off(ran.result) {
        judge.writes();
        judge.cut();
    } else if ran.ok {
        judge.writes();
        judge.result();
    } else {
        judge.error();
    }
    judge.findings.truncate(MOST);
    report.findings = judge.findings;
    report.coverage = judge.coverage;
    report
}

/// One result under judgement.
struct Judge<'a> {
    ran: &'a Ran<'a>,
    step: u32,
    facts: Option<&'a ToolFacts>,
    /// Whether other tools are known, so that one without facts is none.
    others: bool,
    known: Option<&'a Known>,
    seen: &'a Seen,
    /// The world that the result ought to show.
    now: &'a Node,
    before: &'a Node,
    mutates: bool,
    about: About<'a>,
    /// Whether an object of the result was held against its row.
    viewed: bool,
    /// What the tool may read, once it is asked for.
    may_know: OnceCell<Known>,
    findings: Vec<Finding>,
    coverage: Coverage,
}

impl Judge<'_> {
    fn find(&mut self, finding: Finding) {
        let new = |f: &Finding| f.kind != finding.kind || f.place != finding.place;
        if self.findings.iter().all(new) {
            self.findings.push(finding);
        }
    }

    fn finding(&self, kind: &str, what: impl Into<String>) -> Finding {
        Finding::of(kind, self.step, Blame::Tool, what)
    }

    /// A result that breaks off is one thing wrong: what stands in it, and where it
    /// was cut, is no value yet.
    fn cut(&mut self) {
        let text = self.ran.text;
        self.coverage.literals += 1;
        self.coverage.untraced += 1;
        let finding = self
            .finding("wrong_type", "the result is cut off: it is no whole value")
            .said(text, Some((0, text.len())))
            .at("result");
        self.find(finding);
    }

    /// Whether the call wrote nothing although its tool is there to write.
    fn did_nothing(&self) -> bool {
        self.mutates
            && self
                .ran
                .patch
                .is_some_and(super::super::world::Patch::is_empty)
    }
}

/// Whether a result is the beginning of an object or a list and no more: it begins
/// as one, is none, and ends inside of it.
fn broken_off(result: &Node) -> bool {
    let Some(text) = result.as_str().map(str::trim) else {
        return false;
    };
    if !text.starts_with(['{', '[']) || serde_json::from_str::<serde_json::Value>(text).is_ok() {
        return false;
    }
    // Objects of other languages quote with one stroke.
    let quote = if text.contains('"') { '"' } else { '\'' };
    let (mut open, mut inside, mut escaped) = (0usize, false, false);
    for c in text.chars() {
        match c {
            _ if std::mem::take(&mut escaped) => {}
            '\\' if inside => escaped = true,
            c if c == quote => inside = !inside,
            '{' | '[' if !inside => open += 1,
            '}' | ']' if !inside => open = open.saturating_sub(1),
            _ => {}
        }
    }
    inside || open > 0
}

/// Plain values in a value, apart from null and truth values.
fn leaves(node: &Node, depth: usize) -> usize {
    match node {
        _ if depth > 128 => 0,
        Node::Null | Node::Bool(_) => 0,
        Node::Int(_) | Node::Float(_) => 1,
        Node::Str(s) => usize::from(!s.is_empty()),
        Node::List(list) => list.iter().map(|n| leaves(n, depth + 1)).sum(),
        Node::Map(map) => map.values().map(|n| leaves(n, depth + 1)).sum(),
    }
}

#[cfg(test)]
mod tests;
