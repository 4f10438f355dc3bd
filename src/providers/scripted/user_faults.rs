//! The user's faults that are ordered for a turn: a claim that is not so, an id
//! with a slip, a change of mind, a goodbye.

use super::bank::Act;
use super::facts::{self, Fact};
use super::faults::{Fault, is_id, mistyped_but, otherwise};
use super::hear::Heard;
use super::user::{DONE, Turn};
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
            Fault::MisgivesId => self.misstated(last, before, turns, |fact, told| {
                let value = facts::spoken(fact);
                is_id(fact.key, &value).then(|| mistyped_but(&value, told))
            })?,
            Fault::FalseClaim => {
                let of = |ids: bool| {
                    self.misstated(last, before, turns, |fact, told| {
                        let value = facts::spoken(fact);
                        let fits = !facts::is_prose(fact) && is_id(fact.key, &value) == ids;
                        fits.then(|| otherwise(&value, told)).flatten()
                    })
                };
                // A thing's number only where there is nothing else.
                of(false).or_else(|| of(true))?
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
            | Fault::IgnoresErrors
            | Fault::LenientJudge
            | Fault::HarshJudge
            | Fault::MalformedVerdict => return None,
        };
        Some(Reply {
            text,
            injected: vec![fault.name().to_owned()],
            ..Reply::default()
        })
    }

    /// The turn as it would be, with another value for a fact: for one that it
    /// tells, where it tells one, else for one that is said beside it. The value is
    /// none that this user has been told, or it could be meant as it stands. `None`
    /// where no fact can be misstated.
    fn misstated(
        &self,
        last: &Heard,
        before: &[Heard],
        turns: usize,
        wrong: impl Fn(&Fact<'_>, &[String]) -> Option<String>,
    ) -> Option<String> {
        let (text, done) = self.react(last, before, turns);
        let mut told: Vec<String> = self.facts.iter().map(facts::spoken).collect();
        told.push(self.s.bound.goal.clone());
        told.extend(self.s.bound.opening.clone());
        let wrong: Vec<(&Fact<'_>, String)> = self
            .facts
            .iter()
            .filter_map(|fact| Some((fact, wrong(fact, &told)?)))
            .collect();
        let said = wrong
            .iter()
            .find(|(fact, _)| facts::contains_word(&text, &facts::spoken(fact)));
        let text = if let Some((fact, wrong)) = said {
            replaced(&text, &facts::spoken(fact), wrong)
        } else {
            let (fact, wrong) = wrong.first()?;
            let other = serde_json::Value::from(wrong.as_str());
            let other = Fact {
                value: &other,
                ..(*fact).clone()
            };
            let mut rng = self.rng("aside");
            format!("{text} By the way, {}.", self.fact(&other, false, &mut rng))
        };
        let text = if done {
            format!("{text}\n{DONE}")
        } else {
            text
        };
        Some(text)
    }

    /// The last words of one who no longer wants it.
    pub(super) fn leaving(&self) -> String {
        let mut rng = self.rng("leaving");
        let parts = self.thanks(&mut rng);
        self.voice.dress(&parts, &self.values, &mut rng)
    }
}

/// A text with a value put for another, where that stands as a word of its own.
fn replaced(text: &str, value: &str, other: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once(value) {
        let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let whole = !inner(head.chars().next_back()) && !inner(tail.chars().next());
        out.push_str(head);
        out.push_str(if whole { other } else { value });
        rest = tail;
    }
    out.push_str(rest);
    out
}
