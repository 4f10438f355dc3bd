//! The user's faults that are ordered for a turn: a claim that is not so, an id
//! with a slip, a change of mind, a goodbye.

use super::bank::Act;
use super::facts::{self, Fact};
use super::faults::{Fault, mistyped};
use super::hear::Heard;
use super::user::{DONE, Turn};
use super::words;
use crate::engine::role::Reply;

impl Turn<'_> {
    /// The turn with the fault that was ordered; `None` where none was, or where
    /// this user knows nothing that it could be made with.
    pub(super) fn faulty(&self, last: &Heard, before: &[Heard], turns: usize) -> Option<Reply> {
        let fault = self.request.fault.as_deref().and_then(Fault::of)?;
        let mut rng = self.rng("fault");
        let text = match fault {
            Fault::WalksAway => {
                let line = self.line(Act::Leave, "", &mut rng);
                let text = self.voice.dress(&[line], &self.values, &mut rng);
                format!("{text}\n{DONE}")
            }
            Fault::ChangesMind => String::from(
                "Actually, I have changed my mind. I no longer want this; please leave everything \
                 as it is.",
            ),
            Fault::MisgivesId => {
                let id = |f: &&Fact<'_>| words::is_id_like(&facts::spoken(f));
                self.misstated(self.facts.iter().find(id)?, last, before, turns)
            }
            Fault::FalseClaim => {
                let digit = |f: &&Fact<'_>| facts::spoken(f).chars().any(|c| c.is_ascii_digit());
                let plain = |f: &&Fact<'_>| digit(f) && !words::is_id_like(&facts::spoken(f));
                let fact = self.facts.iter().find(plain);
                let fact = fact.or_else(|| self.facts.iter().find(digit))?;
                self.misstated(fact, last, before, turns)
            }
            Fault::Timeout
            | Fault::RateLimit
            | Fault::ServerError
            | Fault::Permission
            | Fault::NotFound
            | Fault::Malformed
            | Fault::StaleRead
            | Fault::LostReply
            | Fault::Slow
            | Fault::UngroundedResult
            | Fault::PrematureGoodbye
            | Fault::WrongId
            | Fault::InventedAmount
            | Fault::ClaimNotDone
            | Fault::BlindRetry
            | Fault::IgnoresErrors => return None,
        };
        Some(Reply {
            text,
            injected: vec![fault.name().to_owned()],
            ..Reply::default()
        })
    }

    /// The turn as it would be, with this fact's value mistyped, or said beside it.
    fn misstated(&self, fact: &Fact<'_>, last: &Heard, before: &[Heard], turns: usize) -> String {
        let (text, done) = self.react(last, before, turns);
        let value = facts::spoken(fact);
        let wrong = mistyped(&value);
        let text = if text.contains(&value) {
            text.replace(&value, &wrong)
        } else {
            let said = format!("By the way, the {} is {wrong}.", self.noun(fact));
            format!("{text} {said}")
        };
        if done {
            format!("{text}\n{DONE}")
        } else {
            text
        }
    }

    /// The last words of one who no longer wants it.
    pub(super) fn leaving(&self) -> String {
        let mut rng = self.rng("leaving");
        let parts = self.thanks(&mut rng);
        self.voice.dress(&parts, &self.values, &mut rng)
    }
}
