//! The agent's faults, made on purpose.

use super::Desk;
use crate::engine::rng::Rng;
use crate::engine::role::{Reply, Speaker};
use crate::providers::scripted::action::Form;
use crate::providers::scripted::desk::Say;
use crate::providers::scripted::faults::Fault;
use crate::providers::scripted::path::Leg;
use crate::providers::scripted::path::Status;
use crate::providers::scripted::voice::join;
use crate::providers::scripted::{action, faults, hear, path, words};
use serde_json::Value;

impl Desk<'_> {
    /// Makes a fault of a reply, at the turn at which a person orders it; `false`
    /// where the reply holds nothing that it could be made of.
    pub(super) fn fail(&self, fault: Fault, reply: &mut Reply) -> bool {
        match fault {
            Fault::InventedAmount => {
                let amount = self.invented();
                reply.text = join(&[
                    std::mem::take(&mut reply.text),
                    format!("There is a handling charge of {amount} for this."),
                ]);
                true
            }
            Fault::WrongId => reply.calls.iter_mut().any(|call| {
                let Ok(mut args) = serde_json::from_str::<Value>(&call.arguments) else {
                    return false;
                };
                let ids = args.as_object_mut().into_iter().flatten();
                let id = ids
                    .map(|(_, v)| v)
                    .find(|v| v.as_str().is_some_and(words::is_id_like));
                let Some(id) = id else { return false };
                *id = Value::from(faults::mistyped(id.as_str().unwrap_or_default()));
                call.arguments = args.to_string();
                true
            }),
            Fault::ClaimNotDone => {
                let next = self.progress.next(self.s);
                let claims = next.is_some_and(|(leg, status)| {
                    matches!(status, Status::Open) && path::tells(self.s, leg)
                });
                if claims {
                    *reply = self.claim(&mut self.rng("claim"));
                    reply.injected.clear();
                }
                claims
            }
            _ => false,
        }
    }

    /// An amount that stands nowhere in what was said, found or set up.
    pub(super) fn invented(&self) -> String {
        let mut rng = self.fixed("amount");
        let world = self.s.bound.world.to_string();
        let said =
            |a: &str| self.request.messages.iter().any(|m| m.text.contains(a)) || world.contains(a);
        let mut amount = String::from("17.43");
        for _ in 0..64 {
            let cents = 1 + 10 * rng.below(10) + rng.below(8);
            amount = format!("{}.{cents:02}", 6 + rng.below(48));
            if !amount.ends_with('0') && !said(&amount) {
                break;
            }
        }
        amount
    }

    /// The call of this leg with an id mistyped, where this is the leg drawn for
    /// it: a look-up before a write, since a look-up harms nothing.
    pub(super) fn wrong_call(&self, leg: &Leg) -> Option<(String, Value)> {
        let with_id = |leg: &Leg| {
            let Leg::Own(at) = leg else { return None };
            let call = self.s.bound.path.get(*at)?;
            let args = self.progress.fill(self.s, *at).ok()?;
            let (key, id) = args.as_object()?.iter().find_map(|(k, v)| {
                v.as_str()
                    .filter(|v| words::is_id_like(v))
                    .map(|v| (k.clone(), v.to_owned()))
            })?;
            let mut wrong = args;
            wrong
                .as_object_mut()?
                .insert(key, Value::from(faults::mistyped(&id)));
            Some((call.tool.clone(), wrong))
        };
        let has_id = |leg: &Leg| {
            let Leg::Own(at) = leg else { return false };
            self.s
                .bound
                .path
                .get(*at)
                .and_then(|c| c.args.as_object())
                .is_some_and(|m| {
                    m.values()
                        .any(|v| v.as_str().is_some_and(words::is_id_like))
                })
        };
        let legs: Vec<&Leg> = self
            .progress
            .legs
            .iter()
            .map(|(l, _)| l)
            .filter(|l| has_id(l))
            .collect();
        let reads: Vec<&Leg> = legs
            .iter()
            .copied()
            .filter(|l| !path::writes(self.s, l))
            .collect();
        let from = if reads.is_empty() { legs } else { reads };
        let drawn = self.fixed("wrong_id").pick(&from).copied()?;
        if drawn == leg { with_id(leg) } else { None }
    }

    /// Right after the mistyped call: the same call with the right id.
    pub(super) fn recover(&self, rng: &mut Rng) -> Option<Reply> {
        if !self.s.has(Fault::WrongId) || self.request.messages.last()?.from != Speaker::Tool {
            return None;
        }
        let (leg, status) = self.progress.next(self.s)?;
        let (tool, wrong) = self.wrong_call(leg)?;
        let last = self.progress.made.last()?;
        if !matches!(status, Status::Open) || last.tool != tool || last.args != wrong {
            return None;
        }
        let Leg::Own(at) = leg else { return None };
        let args = self.progress.fill(self.s, *at).ok()?;
        let action = action::action(&tool, &args, Form::Base);
        let parts = [self.line(Say::Slip, &action, rng)];
        Some(self.calling(
            &parts,
            "The id in my last call had a typo; I call again with the right one.",
            &[(tool, args)],
        ))
    }

    /// Whether the newest results hold a trouble that is passed over.
    pub(super) fn passes_over(&self) -> bool {
        let last = self.request.messages.last();
        let newest = self.progress.made.last().map(|m| m.at);
        let fresh = self.progress.made.iter().filter(|m| Some(m.at) == newest);
        last.is_some_and(|m| m.from == Speaker::Tool)
            && fresh.into_iter().any(|m| m.trouble.is_some())
    }

    /// Whether this leg is the one that is claimed instead of done.
    pub(super) fn is_claim(&self, leg: &Leg) -> bool {
        let writes: Vec<&Leg> = self
            .progress
            .legs
            .iter()
            .map(|(l, _)| l)
            .filter(|l| path::tells(self.s, l))
            .collect();
        self.fixed("claim").pick(&writes).copied() == Some(leg)
    }

    pub(super) fn claim(&self, rng: &mut Rng) -> Reply {
        let mut parts = Vec::new();
        let next = self.progress.next(self.s).map(|(l, _)| l.clone());
        let mut actions: Vec<String> = self.done_writes().into_iter().map(|(a, _)| a).collect();
        if let Some(leg) = next {
            actions.extend(self.actions(&leg, Form::Past));
        }
        for (n, action) in actions.iter().enumerate() {
            let lead = if n == 0 { "I have" } else { "I have also" };
            parts.push(format!("{lead} {action}."));
        }
        parts.push(self.line(Say::Else, "", rng));
        let mut reply = Self::text(&parts, "The user agreed; I report it as done.");
        reply.injected = vec![Fault::ClaimNotDone.name().to_owned()];
        reply
    }

    /// Whether the claim was made: a report to the user after the agreement
    /// while the leg drawn for it is open.
    pub(super) fn claimed(&self) -> bool {
        if !self.s.has(Fault::ClaimNotDone) {
            return false;
        }
        self.progress.next(self.s).is_some_and(|(leg, status)| {
            matches!(status, Status::Open)
                && self.is_claim(leg)
                && self.own.iter().any(|(_, t)| hear::reports(t))
        })
    }
}
