//! What the agent does where a call went wrong on its way: tries again what is
//! safe to try, looks first where a write may have landed, and tells the user
//! where neither can be done.

use super::Desk;
use crate::engine::rng::Rng;
use crate::engine::role::{Reply, Speaker};
use crate::providers::scripted::action::Form;
use crate::providers::scripted::faults::Fault;
use crate::providers::scripted::path::{Leg, Made, Trouble, is_harmless, look_for};
use crate::providers::scripted::{action, hear};

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
