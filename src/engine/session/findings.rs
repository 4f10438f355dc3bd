//! What code finds about a step the moment it is made: no model is asked.

use super::{Place, Session};
use crate::engine::fault::Fault;
use crate::engine::grounding::{Family, kind_of, says_absent};
use crate::engine::role::execute::Executed;
use crate::engine::role::{CUT_OFF, Role};
use crate::engine::score::{Blame, Finding, Transcript};
use crate::engine::step::{Act, Body, Step, ToolRun};
use crate::engine::world::{List, Node};

/// Letters of the true result beside one that is not.
const TRUE_RESULT: usize = 300;

impl Session {
    /// The findings of a step that follows `place`.
    pub(super) fn findings(&self, place: &Place, body: &Body) -> Vec<Finding> {
        let mut out = self.found(place, body);
        out.extend(self.not_recovered(place, body));
        let path = self.path(place.step.as_ref().map(|s| s.id));
        self.lay_to_faults(&mut out, body, &path);
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
                self.held_to_rule(place, body, run, &mut out);
                let typed = out.iter().any(|f| f.kind == "wrong_type");
                out.extend(cut_short(body, run).filter(|_| !typed));
                out
            }
            Act::Judged(_) | Act::Malformed { .. } => self.against_judge(place, body),
            Act::Edited(_) => Vec::new(),
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

impl Session {
    /// Says of findings which fault they come of: one that was put into their own
    /// step, into the step where the truth stands, or that took away the result in
    /// which the value would have been named; where a user leaves early, the change
    /// of mind before. `path` holds the places up to the one before the step.
    pub(super) fn lay_to_faults(
        &self,
        findings: &mut [Finding],
        body: &Body,
        path: &[std::sync::Arc<Place>],
    ) {
        let mut faulty = path.iter().filter_map(|p| p.step.as_ref());
        let any = laid(body).is_some() || faulty.any(|s| laid(&s.body).is_some());
        if !any {
            return;
        }
        for finding in findings.iter_mut().filter(|f| f.fault.is_empty()) {
            // A judge says nothing of what it comes of.
            let of_judge = finding.blame == Blame::Judge;
            let mut steps = path.iter().filter_map(|p| p.step.as_ref());
            let fault = laid(body).or_else(|| {
                steps.find_map(|step| {
                    let fault = laid(&step.body).filter(|_| !of_judge)?;
                    self.comes_of(finding, step).then_some(fault)
                })
            });
            finding.fault = fault.unwrap_or_default();
        }
    }

    /// Whether a finding comes of a step with a fault in it.
    fn comes_of(&self, finding: &Finding, step: &Step) -> bool {
        let at = finding.source.strip_prefix("step ");
        if at.and_then(|n| n.parse().ok()) == Some(step.body.number) {
            return true;
        }
        match (&step.body.act, finding.kind.as_str()) {
            (_, "premature_goodbye") => super::faults::has(&step.body, Fault::ChangesMind),
            (Act::Ran(run), "wrong_id" | "ungrounded_argument" | "ungrounded_literal")
                if !finding.quote.is_empty()
                    && matches!(run.executor.as_str(), "table" | "rules") =>
            {
                let place = self.place(step.parent);
                let (honest, _) = self.execute(place, &run.call, step.body.attempt);
                honest.text.contains(&finding.quote) && !run.text.contains(&finding.quote)
            }
            _ => false,
        }
    }

    /// A result held against what the tool's rule or table gives by itself, where
    /// code answers and the result is not plainly its own. What it gave before a
    /// write is an old result, and all that differs comes of that; what it finds is
    /// there, whatever an error says.
    pub(super) fn held_to_rule(
        &self,
        place: &Place,
        body: &Body,
        run: &ToolRun,
        out: &mut Vec<Finding>,
    ) {
        let by_code = matches!(run.executor.as_str(), "table" | "rules");
        let honest = !body.is_override() && body.injected.is_empty();
        let absent = !run.ok && says_absent(&run.text);
        if !by_code || honest || !run.patch.is_empty() || !run.ok && !absent {
            return;
        }
        let gives = |world: &Node| {
            let old = Place {
                world: world.clone(),
                ..place.clone()
            };
            self.execute(&old, &run.call, body.attempt).0
        };
        let now = gives(&place.world);
        let nothing = now.result.as_list().is_some_and(List::is_empty);
        if !now.ok || now.result == run.result || absent && nothing {
            return;
        }
        let finding = |kind: &str, what: String| {
            Finding::of(kind, body.number, Blame::Tool, what)
                .said(run.text.as_str(), Some((0, run.text.len())))
                .at("result")
                .truth(now.result.brief(TRUE_RESULT), "world")
        };
        let tool = &run.call.tool;
        if absent {
            if out.iter().all(|f| f.kind != "false_error") {
                let what = format!("`{tool}` says that it is not there, and its rule finds it");
                out.push(finding("false_error", what));
            }
            return;
        }
        let path = self.path(place.step.as_ref().map(|s| s.id));
        let mut worlds = path
            .iter()
            .rev()
            .map(|p| &p.world)
            .chain([&self.start.world]);
        let is_old = |world: &Node| {
            let old = gives(world);
            old.ok && old.result == run.result
        };
        if worlds.any(is_old) {
            let of_result =
                |f: &Finding| kind_of(&f.kind).is_some_and(|k| k.family == Family::Result);
            let known = out.iter().any(|f| f.kind == "stale_read");
            out.retain(|f| f.kind == "stale_read" || f.by != "check" || !of_result(f));
            if !known {
                let what = format!("`{tool}` is shown as it was before a write");
                out.push(finding("stale_read", what));
            }
        }
    }
}

/// The fault of a step that can make a finding: what only comes late makes none.
fn laid(body: &Body) -> Option<String> {
    let mut words = body.injected.iter();
    let word = words.find(|word| *word != Fault::Slow.name())?;
    Some(format!("{word} at step {}", body.number))
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
