//! From a role's reply to a step: read strictly, checked by code, kept as it
//! came where it cannot be used.

use super::next::Next;
use super::{Flight, Place, Session};
use crate::engine::effect::{Effect, Notice};
use crate::engine::fault::{Fault, Means};
use crate::engine::role::{By, CUT_OFF, DECLINED, Finish, Reply, Role, agent, user};
use crate::engine::score;
use crate::engine::step::{Act, Body};
use std::fmt::Write;

impl Session {
    /// A call was answered.
    pub(super) fn replied(&mut self, mut flight: Flight, mut reply: Reply, out: &mut Vec<Effect>) {
        let place = self.place(self.head()).clone();
        if flight.what == Next::Judge {
            self.put_into_verdict(&mut flight, &place, &mut reply);
        }
        flight
            .before
            .injected
            .extend(reply.injected.iter().cloned());
        if let Next::Model(call) = &flight.what {
            let call = call.clone();
            return self.proposed(flight, &call, &place, &reply, out);
        }
        if flight.what == Next::Judge && (self.samples > 1 || !flight.before.samples.is_empty()) {
            return self.sampled(flight, &place, reply, out);
        }
        let Some(read) = self.read(&place, &flight.what, &reply) else {
            return;
        };
        let act = read.unwrap_or_else(|why| {
            out.push(flight.repair(&why));
            Act::Malformed {
                text: as_it_came(&reply),
                why,
            }
        });
        // The stand-in says itself whether it made it.
        if let (Some(fault), By::Model(_)) = (flight.before.fault, &reply.by)
            && fault.means() == Means::Told
        {
            flight.before.injected.push(fault.name().to_owned());
        }
        let role = flight.what.role();
        reply.injected = std::mem::take(&mut flight.before.injected);
        let body = self.body(&place, role, flight.attempt, reply, act);
        self.made(body, Some(flight.call), out);
    }

    /// Changes a judge's answer where that is the fault. Of several answers each is
    /// changed, but one alone is made unusable.
    fn put_into_verdict(&self, flight: &mut Flight, place: &Place, reply: &mut Reply) {
        let Some(fault) = flight.before.fault else {
            return;
        };
        let word = fault.name();
        let had = flight.before.injected.iter().any(|w| w == word);
        let once = fault == Fault::MalformedVerdict;
        if had && once || !self.spoil_verdict(place, flight.attempt, fault, reply) {
            return;
        }
        if !had {
            flight.before.injected.push(word.to_owned());
        }
    }

    /// Reads the reply of a role whose answer is a step of its own; `None` for
    /// the others.
    pub(super) fn read(
        &self,
        place: &Place,
        what: &Next,
        reply: &Reply,
    ) -> Option<Result<Act, String>> {
        let read = match what {
            Next::User => user::read(reply).map(|(text, done)| Act::Said { text, done }),
            Next::Agent => agent::read(reply, place.calls.saturating_add(1))
                .map(|(text, calls)| Act::Answered { text, calls }),
            Next::Judge => {
                let transcript = self.transcript(place);
                score::read_verdict(&reply.text, &place.setting.scenario.rubric, &transcript)
                    .map(|mut verdict| {
                        verdict.assertions = self.assertions(place.step.as_ref().map(|s| s.id));
                        Act::Judged(Box::new(verdict))
                    })
                    .map_err(|problems| problems.join("; "))
            }
            Next::Model(_) | Next::Code(_) | Next::Human(_) | Next::Nothing => return None,
        };
        // What cannot be read has its reason in how the reply ended.
        Some(read.map_err(|why| match reply.finish {
            Finish::Length => String::from(CUT_OFF),
            Finish::Refusal => String::from(DECLINED),
            Finish::Stop | Finish::ToolCalls => why,
        }))
    }

    /// The step that a reply makes.
    pub(super) fn body(
        &self,
        place: &Place,
        role: Role,
        attempt: u32,
        reply: Reply,
        act: Act,
    ) -> Body {
        let mut body = Self::bare(place, role, reply.by, attempt, act);
        body.reasoning = reply.reasoning;
        body.injected = reply.injected;
        body.findings = self.findings(place, &body);
        if reply.finish == Finish::Length {
            body.findings.extend(super::findings::cut_off(&body));
        }
        body
    }

    /// A body with the facts of its place, and no finding yet.
    pub(super) fn bare(place: &Place, role: Role, by: By, attempt: u32, act: Act) -> Body {
        let agent = match role {
            Role::Agent | Role::Tool => Self::agents(place),
            Role::User | Role::Judge => Vec::new(),
        };
        Body {
            number: place.number().saturating_add(1),
            role,
            agent,
            by,
            version: place.setting.scenario.version,
            attempt,
            act,
            reasoning: String::new(),
            findings: Vec::new(),
            injected: Vec::new(),
            instead: None,
            world: place.world.hash(),
        }
    }
}

impl Flight {
    /// The word to the person that a reply could not be used.
    pub(super) fn repair(&self, why: &str) -> Effect {
        Effect::Tell(Notice::Repair {
            seat: self.what.seat().to_owned(),
            why: why.to_owned(),
        })
    }
}

/// A reply as text, for the record of one that could not be used.
pub(super) fn as_it_came(reply: &Reply) -> String {
    let mut out = reply.text.clone();
    for call in &reply.calls {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = write!(out, "{}({})", call.name, call.arguments);
    }
    out
}
