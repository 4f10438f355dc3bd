//! What the agent asks: missing facts, and whether it may go ahead.

use super::{ASKS, Desk, fact_in, scalars};
use crate::engine::rng::Rng;
use crate::engine::role::{Reply, Speaker};
use crate::providers::scripted::action::Form;
use crate::providers::scripted::desk::Say;
use crate::providers::scripted::facts::Fact;
use crate::providers::scripted::faults::Fault;
use crate::providers::scripted::path::Leg;
use crate::providers::scripted::words::join_and;
use crate::providers::scripted::{action, facts, hear, path, tell, user, words};
use serde_json::Value;

impl<'a> Desk<'a> {
    /// Values of a leg's arguments that are facts of the user and were not told.
    pub(super) fn missing(&self, leg: &Leg) -> Vec<&Fact<'a>> {
        let mut legs = vec![leg];
        // Some desks ask for everything at once.
        if self.fixed("ask_all").chance(0.4) {
            legs.extend(
                self.progress
                    .legs
                    .iter()
                    .map(|(l, _)| l)
                    .filter(|l| *l != leg),
            );
        }
        let mut out: Vec<&Fact<'a>> = Vec::new();
        for leg in legs {
            for at in leg.steps() {
                let Ok(args) = self.progress.fill(self.s, at) else {
                    continue;
                };
                let mut values = Vec::new();
                scalars(&args, &mut values, 0);
                for fact in &self.facts {
                    let needed = facts::yes_no(fact).is_none() && fact_in(fact, &values);
                    if needed
                        && out.len() < 3
                        && !self.told(fact)
                        && !out.iter().any(|f| f.key == fact.key)
                    {
                        out.push(fact);
                    }
                }
            }
        }
        out
    }

    /// Whether a value was said by the user or stands in a result.
    pub(super) fn told(&self, fact: &Fact<'_>) -> bool {
        let value = fact.value;
        if facts::is_prose(fact) {
            // Sentences come back in other words: half of them will do, or any
            // answer once it was asked for.
            let all: Vec<&str> = self.user.iter().map(|(_, t)| *t).collect();
            let asked = self.own.iter().any(|(at, t)| {
                hear::agent(t, std::slice::from_ref(fact)).asks == [0]
                    && self.user.iter().any(|(i, _)| i > at)
            });
            return asked || user::shared(&all.join("\n"), &facts::spoken(fact)) >= 0.5;
        }
        self.user.iter().any(|(_, t)| facts::says(t, value))
            || self.user.len() > 1 && {
                let all: Vec<&str> = self.user.iter().map(|(_, t)| *t).collect();
                facts::says(&all.join("\n"), value)
            }
            || self
                .request
                .messages
                .iter()
                .any(|m| m.from == Speaker::Tool && facts::says(&m.text, value))
    }

    /// Hidden facts that this desk asks about before it changes anything: those
    /// its policy speaks of, others by chance, each once.
    pub(super) fn unasked(&self) -> Vec<&Fact<'a>> {
        let policy = self
            .s
            .scenario
            .agents
            .first()
            .map_or("", |a| a.policy.as_str());
        let policy = facts::tokens(policy);
        self.facts
            .iter()
            .filter(|f| f.hidden && facts::is_askable(f) && !self.told(f))
            .filter(|f| {
                !self
                    .own
                    .iter()
                    .any(|(_, t)| hear::agent(t, std::slice::from_ref(*f)).asks == [0])
            })
            .filter(|f| {
                let named = words::parts(f.key)
                    .iter()
                    .any(|p| p.len() > 3 && policy.contains(p));
                named || self.fixed(f.key).chance(0.4)
            })
            .take(2)
            .collect()
    }

    pub(super) fn ask(&self, wanted: &[&Fact<'a>], rng: &mut Rng) -> Reply {
        let asked = |f: &Fact<'_>| {
            self.own
                .iter()
                .filter(|(_, t)| {
                    hear::sentences(t)
                        .iter()
                        .any(|s| s.ends_with('?') && facts::asked(f.key, s))
                })
                .count()
        };
        let nouns: Vec<String> = wanted.iter().map(|f| facts::wanted(f)).collect();
        let nouns = join_and(&nouns).replace("about ", "");
        let times = wanted.iter().map(|f| asked(f)).max().unwrap_or(0);
        if times >= ASKS {
            let parts = [self.line(Say::NoGo, &nouns, rng)];
            return Self::text(
                &parts,
                format!("I asked for {nouns} several times and cannot go on without it."),
            );
        }
        let questions: Vec<&&Fact<'a>> = wanted
            .iter()
            .filter(|f| facts::yes_no(f).is_some())
            .collect();
        let mut parts = self.opener(rng);
        if !self.before.is_empty() && rng.chance(0.4) {
            parts.push(self.line(Say::Got, "", rng));
        }
        // "what happened" and "about the receipt" fit other frames than a name does.
        let (told, named): (Vec<String>, Vec<String>) = wanted
            .iter()
            .filter(|f| facts::yes_no(f).is_none())
            .map(|f| facts::wanted(f))
            .partition(|w| !w.starts_with("your ") && !w.starts_with("the "));
        if !named.is_empty() {
            let say = if times == 0 { Say::Ask } else { Say::AskAgain };
            parts.push(plural(self.line(say, &join_and(&named), rng), named.len()));
        }
        if !told.is_empty() {
            let say = if named.is_empty() {
                Say::AskTold
            } else {
                Say::AskToo
            };
            parts.push(self.line(say, &join_and(&told), rng));
        }
        for fact in questions {
            parts.push(yes_no_question(fact.key, rng));
        }
        Self::text(
            &parts,
            format!("Before I go on I need {nouns}, which the user has not told me yet."),
        )
    }

    /// Whether a proposal was agreed to.
    pub(super) fn agreed(&self) -> bool {
        self.answers().any(|yes| yes != Some(false)) && !self.declined()
    }

    /// Whether the last proposal was turned down.
    pub(super) fn declined(&self) -> bool {
        self.answers().last() == Some(Some(false))
    }

    /// Whether the user has just said that they no longer want it.
    pub(super) fn withdrawn(&self) -> bool {
        let last = self.request.messages.last();
        last.is_some_and(|m| m.from == Speaker::User && hear::changed_mind(&m.text))
    }

    /// What the user said to each proposal. An answer that asks back once is
    /// none; the second time it counts as agreement.
    pub(super) fn answers(&self) -> impl DoubleEndedIterator<Item = Option<bool>> + '_ {
        let proposals: Vec<usize> = self
            .own
            .iter()
            .filter(|(_, t)| hear::proposes(t))
            .map(|(i, _)| *i)
            .collect();
        let many = proposals.len();
        proposals
            .into_iter()
            .enumerate()
            .filter_map(move |(n, at)| {
                let (_, text) = self.user.iter().find(|(i, _)| *i > at)?;
                match hear::yes(text) {
                    None if text.contains('?') && many < 2 && n == 0 => None,
                    answer => Some(answer),
                }
            })
    }

    pub(super) fn propose(&self, leg: &Leg, rng: &mut Rng) -> Reply {
        let mut parts = self.opener(rng);
        let asked = self.user.last().is_some_and(|(_, t)| t.contains('?'))
            && self.own.iter().any(|(_, t)| hear::proposes(t));
        if asked {
            parts.push(self.line(Say::NotKnown, "", rng));
        }
        let actions = self.actions(leg, Form::Base);
        parts.extend(self.seen(leg, &actions.join(" ")));
        parts.push(self.line(Say::Propose, &join_and(&actions), rng));
        let mut injected = Vec::new();
        if self.s.has(Fault::InventedAmount) && self.fixed("amount_at").chance(0.5) && !asked {
            parts.push(format!(
                "There is a handling charge of {} for this.",
                self.invented()
            ));
            injected.push(Fault::InventedAmount.name().to_owned());
        }
        parts.push(self.line(Say::Shall, "", rng));
        let mut reply = Self::text(
            &parts,
            format!(
                "This would change records, so I ask before I {}.",
                join_and(&actions)
            ),
        );
        reply.injected = injected;
        reply
    }

    /// What is still to be written, in words: this leg and later ones whose
    /// arguments are known already.
    pub(super) fn actions(&self, leg: &Leg, form: Form) -> Vec<String> {
        let from = self
            .progress
            .legs
            .iter()
            .position(|(l, _)| l == leg)
            .unwrap_or(0);
        let mut out: Vec<String> = Vec::new();
        for (leg, _) in self.progress.legs.iter().skip(from).take(6) {
            for at in leg.steps() {
                let Some(call) = self.s.bound.path.get(at) else {
                    continue;
                };
                if !path::tells(self.s, &Leg::Own(at)) {
                    continue;
                }
                // What nobody has named yet is not promised either.
                let mut args = self.progress.known(self.s, at);
                if let (Form::Base, Some(map)) = (form, args.as_object_mut()) {
                    map.retain(|k, v| {
                        let exact = v.as_str().is_some_and(words::is_id_like)
                            || (v.is_number() && words::is_money(k));
                        !exact || self.named(v)
                    });
                }
                let said = action::action(&call.tool, &args, form);
                if !out.contains(&said) {
                    out.push(said);
                }
            }
        }
        out
    }

    /// "I can see order 8841: status delivered, total 59.90.", from the newest
    /// result that holds an id of the leg.
    pub(super) fn seen(&self, leg: &Leg, said: &str) -> Option<String> {
        let mut named: Vec<(String, Value)> = Vec::new();
        for at in leg.steps() {
            let args = self.progress.known(self.s, at);
            let ids =
                args.as_object().into_iter().flatten().filter(|(k, v)| {
                    !words::is_person(k) && v.as_str().is_some_and(words::is_id_like)
                });
            named.extend(ids.map(|(k, v)| (k.clone(), v.clone())));
        }
        let newest = self.progress.made.iter().rev().filter(|m| m.ok);
        newest
            .flat_map(|made| named.iter().map(move |id| (made, id)))
            .find_map(|(made, (key, id))| {
                let text = made.answer.as_deref()?;
                let Ok(answer) = serde_json::from_str::<Value>(text) else {
                    // A colleague's words are passed on as they are.
                    let text = text.split(" [").next().unwrap_or_default();
                    let told = |t: &String| facts::says(t, id) && t.contains(": ");
                    return hear::sentences(text).into_iter().find(told);
                };
                let asked = made
                    .args
                    .as_object()
                    .is_some_and(|m| m.values().any(|v| v == id));
                let row = tell::own_row(&answer, id, 0)
                    .or_else(|| answer.as_object().filter(|_| asked))?;
                let fields = tell::row(&Value::Object(row.clone()), said, &self.wanted, 3);
                let subject = format!("{} {}", words::subject(key), words::value("", id));
                (!fields.is_empty()).then(|| format!("I can see {}: {fields}.", subject.trim()))
            })
    }
}

/// "What is your order number and your email address?" takes "are".
fn plural(text: String, many: usize) -> String {
    if many < 2 {
        return text;
    }
    text.replacen("What is ", "What are ", 1)
        .replacen("what is ", "what are ", 1)
        .replacen("share that?", "share them?", 1)
}

/// A question for a fact that is a yes or no: `photo_taken` is "a photo taken".
fn yes_no_question(key: &str, rng: &mut Rng) -> String {
    let parts = words::parts(key);
    let participle = parts
        .last()
        .filter(|p| p.ends_with("ed") || p.ends_with("en") || *p == "sent" || *p == "kept");
    match (participle, parts.split_last()) {
        (Some(last), Some((_, init)))
            if !init.is_empty()
                && !matches!(init.first().map(String::as_str), Some("is" | "was" | "has")) =>
        {
            let thing = init.join(" ");
            let verb = ["Was", "Has"];
            match rng.below(2) {
                0 => format!(
                    "One more thing: {} the {thing} {last}?",
                    verb.first().copied().unwrap_or("Was").to_lowercase()
                ),
                _ => format!("May I also ask: {} the {thing} been {last}?", "has"),
            }
        }
        _ => {
            let topic: Vec<&str> = parts
                .iter()
                .map(String::as_str)
                .filter(|p| !matches!(*p, "is" | "was" | "has" | "have" | "had"))
                .collect();
            match parts.first().map(String::as_str) {
                Some("has" | "have" | "had") => {
                    format!("May I ask, do you have the {}?", topic.join(" "))
                }
                Some("is" | "was") => format!("May I ask, is it {}?", topic.join(" ")),
                _ => format!(
                    "May I ask about one more thing: {}, yes or no?",
                    topic.join(" ")
                ),
            }
        }
    }
}
