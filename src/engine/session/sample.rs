//! The judge asked several times: each sample a call of its own, repaired on its
//! own, one step in the end.

use super::reply::as_it_came;
use super::{Flight, Place, Session};
use crate::engine::effect::Effect;
use crate::engine::role::{Reply, Role};
use crate::engine::score::{Sample, Unusable, join};
use crate::engine::step::Act;

impl Session {
    /// One of several answers of the judge came.
    pub(super) fn sampled(
        &mut self,
        mut flight: Flight,
        place: &Place,
        reply: Reply,
        out: &mut Vec<Effect>,
    ) {
        let Some(read) = self.read(place, &flight.what, &reply) else {
            return;
        };
        let before = &mut flight.before;
        let mut sample = Sample {
            by: reply.by.clone(),
            ..Sample::default()
        };
        match read {
            Ok(Act::Judged(verdict)) => {
                sample.axes = verdict.axes;
                sample.overall = verdict.overall;
                sample.findings = verdict.findings;
                sample.voided = verdict.voided;
                sample.reasoning.clone_from(&reply.reasoning);
            }
            // The judge's answer is read as a verdict and nothing else.
            Ok(
                Act::Said { .. }
                | Act::Answered { .. }
                | Act::Ran(_)
                | Act::Malformed { .. }
                | Act::Edited(_),
            ) => {
                return;
            }
            Err(why) => {
                before.unusable.push(Unusable {
                    text: as_it_came(&reply),
                    why: why.clone(),
                });
                let more = before.unusable.len() as u32 <= place.setting.scenario.limits.repairs;
                out.push(flight.repair(&why));
                if more {
                    return self.call(flight.what, flight.attempt, flight.before, out);
                }
            }
        }
        let before = &mut flight.before;
        sample.unusable = std::mem::take(&mut before.unusable);
        before.samples.push(sample);
        // A judge that has had all its repairs for nothing is not asked for more.
        let hopeless = !before.samples.iter().any(Sample::usable);
        if !hopeless && (before.samples.len() as u32) < self.samples {
            return self.call(flight.what, flight.attempt, flight.before, out);
        }
        let samples = std::mem::take(&mut before.samples);
        let last = samples.last().and_then(|s| s.unusable.last()).cloned();
        let act = if let Some(mut verdict) = join(&place.setting.scenario.rubric, samples) {
            verdict.assertions = self.assertions(self.head());
            Act::Judged(Box::new(verdict))
        } else {
            let Unusable { text, why } = last.unwrap_or_default();
            Act::Malformed { text, why }
        };
        let mut body = Self::bare(place, Role::Judge, reply.by, flight.attempt, act);
        body.injected = flight.before.injected;
        body.findings = self.findings(place, &body);
        self.made(body, Some(flight.call), out);
    }
}
