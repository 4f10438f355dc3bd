//! Answers that are looked at and not taken: what would become of a reply at a
//! step that was already made, and the same step seen under another version of
//! the scenario. Nothing here changes the session or its log.

use super::next::Next;
use super::reply::as_it_came;
use super::{Before, Place, Session, Setting};
use crate::engine::event::Opened;
use crate::engine::fault::Fault;
use crate::engine::id::{Sha, StepId};
use crate::engine::role::{Reply, Try, shortened};
use crate::engine::scenario::Scenario;
use crate::engine::step::{Act, Body};
use crate::engine::world::canon::jcs;
use crate::engine::world::{Node, Patch};
use std::fmt::Write;
use std::sync::Arc;

/// Letters of the line that says what a reply comes to.
const LINE: usize = 200;

/// What would become of a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The body of the step that it would make; `None` where the state manager
    /// would ask again.
    pub body: Option<Box<Body>>,
    /// Why it would be refused, a sentence each; empty where it is accepted.
    pub refused: Vec<String>,
    /// Equal for answers that come to the same: the same calls with the same
    /// arguments (whatever is said beside them), the same result and patch, the
    /// same scores, the same words.
    pub key: String,
    /// It in one line.
    pub what: String,
}

impl Session {
    /// What would become of `reply` in the place of step `id`, as an answer to
    /// its first request ([`Session::asked_again`]). `None` where a reply makes
    /// no such step: code or a person made it, or it is unknown.
    #[must_use]
    pub fn weigh(&self, id: StepId, reply: &Reply) -> Option<Weighed> {
        let (step, place) = self.spot(id).filter(|(s, _)| super::asked::was_asked(s))?;
        let attempt = step.body.attempt;
        let next = Self::due(step, place);
        if let Next::Model(call) = &next {
            let fault = Fault::ordered(&step.body.injected);
            let seen = self.seen_by_tool(place, &next, fault);
            let looked = self.looked(&seen, call, attempt, reply)?;
            let refused = looked.tried.refused.clone();
            let (key, what) = of_proposal(&looked.tried, looked.done.as_ref().map(|d| d.ok));
            let body = looked.done.is_some().then(|| {
                let before = Before {
                    fault,
                    ..Before::default()
                };
                let body = self.proposal_body(place, call, attempt, reply, looked, before);
                Box::new(body)
            });
            return Some(Weighed {
                body,
                refused,
                key,
                what,
            });
        }
        let (act, refused) = match self.read(place, &next, reply)? {
            Ok(act) => (act, Vec::new()),
            Err(why) => (
                Act::Malformed {
                    text: as_it_came(reply),
                    why: why.clone(),
                },
                vec![why],
            ),
        };
        let (key, what) = of_act(&act);
        let body = self.body(place, next.role(), attempt, reply.clone(), act);
        Some(Weighed {
            body: Some(Box::new(body)),
            refused,
            key,
            what,
        })
    }

    /// The same steps under another version of the scenario, to ask and to weigh;
    /// it is no session to go on with. The task is bound anew with the same seed;
    /// the worlds of the places stay as they were.
    ///
    /// # Errors
    /// One sentence where the task is not in it or cannot be bound.
    pub fn under(&self, scenario: &Arc<Scenario>) -> Result<Self, String> {
        let task = Arc::new(scenario.bind(&self.opened.task, self.opened.seed)?);
        let opened = Opened {
            scenario: scenario.id.clone(),
            version: scenario.version,
            files: scenario
                .files
                .iter()
                .map(|(name, bytes)| (name.clone(), Sha::of(bytes)))
                .collect(),
            ..(*self.opened).clone()
        };
        let mut other = self.clone();
        other.opened = Arc::new(opened);
        // Of what an edit set, the persona alone holds under it.
        let under = |place: &Place| {
            let persona = Arc::clone(&place.setting.persona);
            let setting = Setting::new(Arc::clone(scenario), Arc::clone(&task), persona);
            Arc::new(Place {
                setting: Arc::new(setting),
                ..place.clone()
            })
        };
        other.start = under(&self.start);
        other.places = self.places.iter().map(|(id, p)| (*id, under(p))).collect();
        other.flight = None;
        other.going = None;
        other.work = None;
        other.state = other.rest();
        Ok(other)
    }
}

/// White space of any kind and amount as one space.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// One line for a person.
fn line(text: &str) -> String {
    shortened(&folded(text), LINE)
}

fn of_act(act: &Act) -> (String, String) {
    match act {
        Act::Edited(edited) => (format!("edited {}", edited.what), line(&edited.what)),
        Act::Said { text, done } => {
            let end = if *done { " <done>" } else { "" };
            let text = folded(text);
            (format!("said {text}{end}"), format!("{}{end}", line(&text)))
        }
        Act::Answered { text, calls } if calls.is_empty() => {
            (format!("said {}", folded(text)), line(text))
        }
        Act::Answered { calls, .. } => {
            let all: Vec<String> = calls
                .iter()
                .map(|call| {
                    // What is no object is compared as it was written.
                    let args = match &call.args {
                        Node::Null => folded(&call.raw),
                        args => jcs(args),
                    };
                    format!("{}({args})", call.tool)
                })
                .collect();
            let all = all.join(", ");
            (format!("calls {all}"), line(&all))
        }
        Act::Judged(verdict) => {
            let scores: Vec<String> = verdict
                .axes
                .iter()
                .map(|a| format!("{} {}", a.axis, a.score))
                .collect();
            let scores = scores.join(", ");
            (
                format!("scores {scores}"),
                line(&format!("overall {:.1}: {scores}", verdict.overall)),
            )
        }
        Act::Malformed { text, why } => {
            let text = folded(text);
            let shown = if text.is_empty() { why } else { &text };
            (
                format!("unusable {text}: {why}"),
                line(&format!("unusable: {shown}")),
            )
        }
        // No reply is read as a run: the tool simulator's is a proposal.
        Act::Ran(run) => (format!("ran {}", run.call.tool), line(&run.text)),
    }
}

fn of_proposal(tried: &Try, served: Option<bool>) -> (String, String) {
    let (Some(result), Some(patch)) = (&tried.result, &tried.patch) else {
        let text = folded(&tried.text);
        return (format!("unread {text}"), line(&text));
    };
    let result_text = jcs(result);
    if served == Some(false) {
        return (
            format!("error {result_text}"),
            line(&format!("error {result_text}")),
        );
    }
    let as_node = serde_json::to_value(patch).map_or(Node::Null, |v| Node::from_json(&v));
    let key = format!("result {result_text} patch {}", jcs(&as_node));
    (key, line(&format!("{result_text}  {}", in_words(patch))))
}

/// `replace /orders/8841/status "sent"; remove /queue/0`
fn in_words(patch: &Patch) -> String {
    use crate::engine::world::Op;
    let mut out = String::new();
    for op in &patch.0 {
        if !out.is_empty() {
            out.push_str("; ");
        }
        let _ = match op {
            Op::Add { path, value } => write!(out, "add {path} {}", value.brief(60)),
            Op::Replace { path, value } => write!(out, "replace {path} {}", value.brief(60)),
            Op::Test { path, value } => write!(out, "test {path} {}", value.brief(60)),
            Op::Remove { path } => write!(out, "remove {path}"),
            Op::Move { from, path } => write!(out, "move {from} {path}"),
            Op::Copy { from, path } => write!(out, "copy {from} {path}"),
        };
    }
    if out.is_empty() {
        out.push_str("writes nothing");
    }
    out
}
