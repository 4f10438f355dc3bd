//! What the agent does where a call went wrong on its way: tries again what is
//! safe to try, looks first where a write may have landed, and tells the user
//! where neither can be done.

use super::Desk;
use crate::engine::rng::Rng;
use crate::engine::role::{Reply, Speaker};
use crate::providers::scripted::action::Form;
use crate::providers::scripted::faults::Fault;
use crate::providers::scripted::path::{
    Leg, Made, Status, Trouble, is_harmless, look_at, look_for, texts, writes,
};
use crate::providers::scripted::{action, hear, path};

/// Times that a call is made in all.
const TRIES: usize = 3;

impl Desk<'_> {
    /// The next reply, where the newest results want mending.
    pub(super) fn mend(&self, rng: &mut Rng) -> Option<Reply> {
        if self.request.messages.last()?.from != Speaker::Tool || self.s.has(Fault::IgnoresErrors) {
            return None;
        }
        let made = &self.progress.made;
        let newest = made.last()?.at;
        let fresh = made.iter().filter(|m| m.at == newest);
        if let Some((bad, trouble)) = fresh.clone().find_map(|m| Some((m, m.trouble?))) {
            return self.after(bad, trouble, rng);
        }
        // A look at what came of a write: not done, so it is made now.
        let look = made.last()?;
        let bad = made
            .iter()
            .rev()
            .find(|m| m.at < newest && m.trouble == Some(Trouble::Unknown))?;
        let before = self.looked_before(bad)?;
        let same = look.tool == before.tool && look.args == before.args && !bad.ok;
        let again = same && self.times(bad) < TRIES;
        again.then(|| self.once_more(bad, "It was not done, so I do it now.", rng))
    }

    fn after(&self, bad: &Made, trouble: Trouble, rng: &mut Rng) -> Option<Reply> {
        let blind = self.s.has(Fault::BlindRetry);
        let writes = self
            .s
            .scenario
            .tool(&bad.tool)
            .is_some_and(|t| !t.writes.is_empty())
            && !is_harmless(&bad.tool);
        let safe = match trouble {
            Trouble::Again => true,
            Trouble::Unknown => !writes,
            Trouble::Barred => !writes && self.times(bad) < 2,
        };
        if self.times(bad) < TRIES && (safe || blind && trouble != Trouble::Barred) {
            let mut reply = self.once_more(bad, "That did not go through; I try again.", rng);
            if blind && !safe {
                reply.injected = vec![Fault::BlindRetry.name().to_owned()];
            }
            return Some(reply);
        }
        if trouble == Trouble::Unknown
            && writes
            && self.times(bad) < TRIES
            && let Some(look) = self.looked_before(bad)
        {
            return Some(self.calling(
                &[],
                "No answer came, and it may have been done all the same: I look before I try again.",
                &[(look.tool.clone(), look.args.clone())],
            ));
        }
        if self.request.agent.len() > 1 {
            return None;
        }
        let action = action::action(&bad.tool, &bad.args, Form::Base);
        let answer = bad.answer.as_deref().unwrap_or_default();
        Some(self.could_not(&action, answer, rng))
    }

    /// A look at what came of the last write, where a read is to show what was there
    /// before: who takes care looks once more, who repeats blindly writes again.
    pub(super) fn look_again(&self) -> Option<Reply> {
        let tool = self.request.messages.last()?.from == Speaker::Tool;
        if !self.s.has(Fault::StaleRead) || !tool || self.request.agent.len() > 1 {
            return None;
        }
        let wrote = self.progress.legs.iter().filter_map(|(leg, status)| {
            let Status::Done { at, .. } = status else {
                return None;
            };
            writes(self.s, leg).then_some((leg, *at))
        });
        let (leg, wrote_at) = wrote.clone().next_back()?;
        let (mut named, mut tables) = (Vec::new(), Vec::new());
        for at in wrote.flat_map(|(leg, _)| leg.steps()) {
            named.extend(texts(&self.progress.known(self.s, at)));
            let tool = self.s.bound.path.get(at);
            let tool = tool.and_then(|call| self.s.scenario.tool(&call.tool));
            tables.extend(tool.into_iter().flat_map(path::tables));
        }
        let made = &self.progress.made;
        let look = look_at(self.s, made, wrote_at, named, &tables)?;
        let same = |m: &&Made| m.at > wrote_at && m.tool == look.tool && m.args == look.args;
        let looks: Vec<&Made> = made.iter().filter(same).collect();
        let again =
            |why: &str| Some(self.calling(&[], why, &[(look.tool.clone(), look.args.clone())]));
        match looks.as_slice() {
            [] => again("Before I report I look whether it shows."),
            [one] if one.answer == look.answer => {
                let bad = made.iter().find(|m| m.at == wrote_at && m.ok)?;
                let own = matches!(leg, Leg::Own(_)) && self.times(bad) < 2;
                if !self.s.has(Fault::BlindRetry) || !own {
                    return again("It does not show yet what was done, so I look once more.");
                }
                let call = (bad.tool.clone(), bad.args.clone());
                let mut reply = self.calling(&[], "It does not show, so I do it again.", &[call]);
                reply.injected = vec![Fault::BlindRetry.name().to_owned()];
                Some(reply)
            }
            _ => None,
        }
    }

    /// Whether an answer to a call of this leg was lost.
    pub(super) fn is_lost(&self, leg: &Leg) -> bool {
        let Leg::Own(at) = leg else { return false };
        let tool = self.s.bound.path.get(*at).map(|call| call.tool.as_str());
        let unknown = |m: &&Made| m.trouble == Some(Trouble::Unknown);
        let mut lost = self.progress.made.iter().filter(unknown);
        lost.any(|m| Some(m.tool.as_str()) == tool)
    }

    /// Whether the last word of a call was that it may have been done.
    pub(super) fn is_open(answer: &str) -> bool {
        hear::trouble(answer) == Some(Trouble::Unknown)
    }

    fn times(&self, bad: &Made) -> usize {
        let made = self.progress.made.iter();
        made.filter(|m| m.tool == bad.tool && m.args == bad.args)
            .count()
    }

    /// The last look-up before a call that shows what the call is about.
    fn looked_before(&self, bad: &Made) -> Option<&Made> {
        look_for(self.s, &self.progress.made, bad)
    }

    fn once_more(&self, bad: &Made, why: &str, rng: &mut Rng) -> Reply {
        let mut parts = Vec::new();
        if rng.chance(0.5) {
            parts.push(String::from("One moment, please; I'll try that again."));
        }
        self.calling(&parts, why, &[(bad.tool.clone(), bad.args.clone())])
    }
}
