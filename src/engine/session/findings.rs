//! What code finds about a step the moment it is made: no model is asked.

use super::{Place, Session};
use crate::engine::fault::Fault;
use crate::engine::role::execute::Executed;
use crate::engine::role::{CUT_OFF, Role};
use crate::engine::score::{Blame, Finding, Transcript};
use crate::engine::step::{Act, Body, ToolRun};

impl Session {
    /// The findings of a step that follows `place`.
    pub(super) fn findings(&self, place: &Place, body: &Body) -> Vec<Finding> {
        let mut out = self.found(place, body);
        out.extend(self.not_recovered(place, body));
        out
    }

    fn found(&self, place: &Place, body: &Body) -> Vec<Finding> {
        match &body.act {
            Act::Said { text, done } => {
                let mut out = self.ungrounded(place, body);
                out.extend(done.then(|| self.too_early(place, body, text)).flatten());
                out
            }
            Act::Answered { .. } => self.ungrounded(place, body),
            Act::Ran(run) => {
                let mut out = of_run(body, run, self.told_off(place, run));
                out.extend(self.ungrounded(place, body));
                let typed = out.iter().any(|f| f.kind == "wrong_type");
                out.extend(cut_short(body, run).filter(|_| !typed));
                out
            }
            Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => Vec::new(),
        }
    }

    /// Whether the step that made a call has a finding for it already.
    fn told_off(&self, place: &Place, run: &ToolRun) -> bool {
        let head = place.step.as_ref().map(|s| s.id);
        let path = self.path(head);
        let mut steps = path.iter().rev().filter_map(|p| p.step.as_ref());
        let made = steps.find(|s| match &s.body.act {
            Act::Answered { calls, .. } => calls.iter().any(|c| c.id == run.call.id),
            Act::Said { .. }
            | Act::Ran(_)
            | Act::Judged(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => false,
        });
        made.is_some_and(|s| {
            let call = |f: &&Finding| matches!(f.kind.as_str(), "bad_arguments" | "unknown_tool");
            let mut found = s.body.findings.iter().filter(call);
            found.any(|f| f.what.contains(&run.call.tool))
        })
    }

    /// The stop rule is held against the goal: a goodbye while an assertion of
    /// the task does not hold is seen, unless the agent said that all was done or
    /// the last tool refused.
    fn too_early(&self, place: &Place, body: &Body, text: &str) -> Option<Finding> {
        let head = place.step.as_ref().map(|s| s.id);
        let open: Vec<String> = self
            .assertions(head)
            .into_iter()
            .filter(|a| !a.holds)
            .map(|a| a.text)
            .collect();
        let first = open.first()?;
        let misled = self
            .path(head)
            .iter()
            .filter_map(|p| p.step.as_ref())
            .flat_map(|s| &s.body.findings)
            .any(|f| f.kind == "claim_not_done");
        // Nor is it early to leave when the last that a tool said was no: the
        // user stayed for the answer.
        let refused = self
            .path(head)
            .iter()
            .rev()
            .filter_map(|p| p.step.as_ref())
            .find_map(|s| match &s.body.act {
                Act::Ran(run) => Some(!run.ok),
                Act::Said { .. }
                | Act::Answered { .. }
                | Act::Judged(_)
                | Act::Malformed { .. }
                | Act::Edited(_) => None,
            })
            .unwrap_or(false);
        // Nor where a fault that was put in has stopped the agent.
        let stopped = self
            .recoveries(head)
            .iter()
            .any(|r| r.fault.seat() == Role::Tool && r.how.stopped());
        (!misled && !refused && !stopped).then(|| {
            let what = format!("the user left while `{first}` did not hold");
            Finding::of("premature_goodbye", body.number, Blame::User, what).said(text, None)
        })
    }
}

fn of_run(body: &Body, run: &ToolRun, told_off: bool) -> Vec<Finding> {
    let finding =
        |kind: &str, what: String, blame: Blame| Finding::of(kind, body.number, blame, what);
    let mut out = Vec::new();
    for broken in &run.policy {
        out.push(finding(
            "policy",
            format!("{}: {}", broken.name, broken.message),
            Blame::Agent,
        ));
    }
    for tried in run.tries.iter().filter(|t| !t.refused.is_empty()) {
        let why = tried.refused.first().cloned().unwrap_or_default();
        out.push(finding("refused_proposal", why, Blame::Tool));
    }
    if run.executor == "none" && !told_off {
        out.push(finding(
            "bad_call",
            format!("{}: {}", run.call.tool, run.text),
            Blame::Agent,
        ));
    }
    out
}

/// A result that is cut off in the middle is no value at all.
fn cut_short(body: &Body, run: &ToolRun) -> Option<Finding> {
    let text = run.text.as_str();
    let cut = super::faults::has(body, Fault::Malformed)
        && serde_json::from_str::<serde_json::Value>(text).is_err();
    cut.then(|| {
        let what = "the result is cut off: it is no whole value";
        Finding::of("wrong_type", body.number, Blame::Tool, what)
            .said(text, Some((0, text.len())))
            .at("result")
    })
}

/// A text that was cut off is kept, and seen.
pub(super) fn cut_off(body: &Body) -> Option<Finding> {
    let (text, blame) = match &body.act {
        Act::Said { text, .. } => (text, Blame::User),
        Act::Answered { text, calls } if calls.is_empty() => (text, Blame::Agent),
        Act::Answered { .. }
        | Act::Ran(_)
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => return None,
    };
    // Its last words, where the cut is.
    let start = text.char_indices().rev().nth(39).map_or(0, |(at, _)| at);
    let quote = text.get(start..).unwrap_or_default();
    Some(Finding::of("cut_off", body.number, blame, CUT_OFF).said(quote, Some((start, text.len()))))
}

/// A rule that could not go on is the scenario's fault.
pub(super) fn broken_rule(body: &Body, done: &Executed) -> Finding {
    let place = done
        .explain
        .as_ref()
        .map_or(String::new(), |e| format!(" ({}:{})", e.file, e.line));
    let what = format!("{}{place}", done.text);
    Finding::of("broken_rule", body.number, Blame::Scenario, what)
}

impl Session {
    /// What the judge's quotes are looked up in: all but what judges said.
    pub(super) fn transcript(&self, place: &Place) -> Transcript {
        let mut out = Transcript::default();
        for step in self
            .path(place.step.as_ref().map(|s| s.id))
            .iter()
            .filter_map(|p| p.step.as_ref())
        {
            let body = &step.body;
            if body.role == Role::Judge {
                continue;
            }
            out.push(body.number, body.role, body.text());
            if let Act::Answered { calls, .. } = &body.act {
                for call in calls {
                    out.push(
                        body.number,
                        body.role,
                        format!("{}({})", call.tool, call.raw),
                    );
                }
            }
        }
        out
    }
}
