//! What the agent tells: what was done or found, what failed, goodbye.

use super::Desk;
use crate::engine::rng::Rng;
use crate::engine::role::Reply;
use crate::engine::scenario::Executor;
use crate::providers::scripted::action::Form;
use crate::providers::scripted::desk::Say;
use crate::providers::scripted::faults::Fault;
use crate::providers::scripted::path::Leg;
use crate::providers::scripted::path::Status;
use crate::providers::scripted::{action, facts, handover, hear, path, tell, words};
use serde_json::Value;

impl Desk<'_> {
    pub(super) fn is_model(&self, leg: &Leg) -> bool {
        let Leg::Own(at) = leg else { return false };
        self.s
            .bound
            .path
            .get(*at)
            .and_then(|c| self.s.scenario.tool(&c.tool))
            .is_some_and(|t| t.executor == Executor::Model)
    }

    /// All done: report, or close where that was said.
    pub(super) fn finish(&self, rng: &mut Rng) -> Reply {
        let last = self
            .progress
            .legs
            .iter()
            .filter_map(|(_, s)| match s {
                Status::Done { at, .. } | Status::Failed { at, .. } => Some(*at),
                Status::Open => None,
            })
            .max()
            .unwrap_or(0);
        if self.own.iter().any(|(at, _)| *at > last) {
            return self.close(rng);
        }
        self.report(rng)
    }

    /// What was done (or found), with the values of the results.
    pub(super) fn report(&self, rng: &mut Rng) -> Reply {
        let mut parts = self.opener(rng);
        let wrote = self.done_writes();
        let mut said = String::new();
        if wrote.is_empty() {
            let found = self.findings();
            if found.is_empty() {
                if !self.turned_down() {
                    parts.push(String::from(
                        "I've looked it up, and nothing more is on record.",
                    ));
                }
            } else {
                parts.push(self.line(Say::Found, "", rng));
                parts.extend(found);
                if rng.chance(0.5) {
                    parts.push(self.line(Say::OnlyTell, "", rng));
                }
            }
        }
        let refused = self.turned_down();
        if refused {
            parts.push(self.line(Say::Declined, "", rng));
        }
        // What the user knows already is not told as news.
        let mut known: Vec<String> = self
            .progress
            .made
            .iter()
            .map(|m| m.args.to_string())
            .collect();
        known.extend(self.user.iter().map(|(_, t)| (*t).to_owned()));
        let known = known.join("\n");
        let many = wrote.len();
        for (n, (action, answer)) in wrote.iter().enumerate() {
            let lead = match n {
                0 => "I have",
                _ if n + 1 == many => "Finally, I have",
                _ => "I have also",
            };
            let lead = if n > 0 && many == 2 {
                "I have also"
            } else {
                lead
            };
            parts.push(format!("{lead} {action}."));
            said.push_str(action);
            let mut fields = tell::telling(answer, &said, &self.wanted, 5);
            fields.retain(|(k, v)| {
                let id = words::parts(k).last().is_some_and(|p| p == "id");
                let later = *k == "due" && n + 1 < many;
                !(later || (id && facts::says(&known, v)))
            });
            fields.truncate(if many > 2 { 2 } else { 3 });
            if !fields.is_empty() {
                let told = tell::tell(&fields, true);
                said.push_str(&told);
                parts.push(format!("{}.", words::capital(&told)));
            }
        }
        let mut injected = Vec::new();
        let amount = self.s.has(Fault::InventedAmount)
            && !self.own.iter().any(|(_, t)| t.contains("handling charge"));
        if amount {
            parts.push(format!(
                "A goodwill credit of {} comes on top of that.",
                self.invented()
            ));
            injected.push(Fault::InventedAmount.name().to_owned());
        }
        parts.push(self.line(Say::Else, "", rng));
        let mut reply = Self::text(
            &parts,
            "Every step is done; I report what the results say and nothing more.",
        );
        reply.injected = injected;
        reply
    }

    /// The writing calls that were made, in words, each with its result.
    pub(super) fn done_writes(&self) -> Vec<(String, Value)> {
        let mut out = Vec::new();
        for (leg, status) in &self.progress.legs {
            let Status::Done { answer, .. } = status else {
                continue;
            };
            let results: Vec<(usize, Value)> = match leg {
                Leg::Own(at) => vec![(*at, serde_json::from_str(answer).unwrap_or(Value::Null))],
                Leg::Sub { steps, .. } => {
                    let groups = handover::groups(answer).into_iter().map(Value::Object);
                    path::answering(self.s, steps)
                        .into_iter()
                        .zip(groups)
                        .collect()
                }
            };
            for at in leg.steps() {
                let Some(call) = self.s.bound.path.get(at) else {
                    continue;
                };
                if path::tells(self.s, &Leg::Own(at)) {
                    let action =
                        action::action(&call.tool, &self.progress.known(self.s, at), Form::Past);
                    let result = results.iter().find(|(place, _)| *place == at);
                    out.push((action, result.map_or(Value::Null, |(_, r)| r.clone())));
                }
            }
        }
        out
    }

    /// Whether what the path keeps for the record says that the wish is refused.
    pub(super) fn turned_down(&self) -> bool {
        const NO: [&str; 6] = [
            "declin",
            "refus",
            "denied",
            "reject",
            "not_eligible",
            "turned_down",
        ];
        self.progress
            .legs
            .iter()
            .filter(|(_, s)| matches!(s, Status::Done { .. }))
            .any(|(leg, _)| {
                leg.steps()
                    .into_iter()
                    .filter(|at| path::writes(self.s, &Leg::Own(*at)))
                    .any(|at| {
                        self.progress
                            .known(self.s, at)
                            .as_object()
                            .into_iter()
                            .flatten()
                            .any(|(k, v)| {
                                let word = v
                                    .as_str()
                                    .filter(|t| t.len() < 24 && !t.contains(' '))
                                    .unwrap_or_default();
                                !words::is_note(k) && NO.iter().any(|n| word.contains(n))
                            })
                    })
            })
    }

    /// What look-ups gave, as sentences.
    pub(super) fn findings(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for made in self.progress.made.iter().filter(|m| m.ok) {
            let tool = self.s.scenario.tool(&made.tool);
            let record = tool
                .is_none_or(|t| !t.writes.is_empty() && !matches!(t.executor, Executor::Agent(_)));
            let person = words::parts(&made.tool)
                .last()
                .is_some_and(|p| words::is_person(p));
            if record || (person && self.progress.made.len() > 1) {
                continue;
            }
            let answer = made.answer.as_deref().unwrap_or_default();
            let sub = matches!(
                self.s.scenario.tool(&made.tool).map(|t| &t.executor),
                Some(Executor::Agent(_))
            );
            let text = if sub {
                answer.split(" [").next().unwrap_or_default().to_owned()
            } else {
                tell::found(&made.tool, &made.args, answer, &self.wanted)
            };
            if !text.is_empty() && !out.contains(&text) {
                out.push(text);
            }
        }
        out.reverse();
        out.truncate(3);
        out.reverse();
        out
    }

    /// After the report: answers a last question, or says goodbye.
    pub(super) fn close(&self, rng: &mut Rng) -> Reply {
        let last = self.user.last().map_or("", |(_, t)| *t);
        let refused = self.turned_down() && self.own.last().is_some_and(|(_, t)| hear::refuses(t));
        if refused && !hear::thanks(last) {
            let parts = [self.line(Say::StillNo, "", rng)];
            return Self::text(
                &parts,
                "The rules do not allow it, and asking again does not change them.",
            );
        }
        // Questions that were answered after the report.
        let again = self
            .own
            .iter()
            .rev()
            .take_while(|(_, t)| !hear::reports(t))
            .count();
        if last.contains('?') && again < 2 {
            let low = last.to_lowercase();
            let any = |words: &[&str]| words.iter().any(|w| low.contains(w));
            let id = self.reference();
            let mut parts = if any(&[
                "need to do",
                "gotta do",
                "left for me",
                "my side",
                "something else from me",
                "that it",
            ]) {
                vec![self.line(Say::NothingLeft, "", rng)]
            } else if let Some(id) =
                id.filter(|_| any(&["confirm", "reference", "writing", "record", "keep"]))
            {
                vec![self.line(Say::Written, &id, rng)]
            } else if any(&["how long", "when", "how soon"]) {
                vec![self.line(Say::NoDate, "", rng)]
            } else {
                vec![self.line(Say::NotKnown, "", rng)]
            };
            parts.push(self.line(Say::Else, "", rng));
            return Self::text(
                &parts,
                "The user asks for something more; I say what the results tell and guess nothing.",
            );
        }
        let parts = [
            self.line(Say::Welcome, "", rng),
            self.line(Say::Bye, "", rng),
        ];
        Self::text(&parts, "Everything is said; I close politely.")
    }

    /// An id that a writing call returned, to be quoted: "return ID R-207".
    pub(super) fn reference(&self) -> Option<String> {
        self.done_writes().iter().rev().find_map(|(_, result)| {
            result.as_object()?.iter().find_map(|(k, v)| {
                let id = v
                    .as_str()
                    .filter(|v| words::is_id_like(v) && !words::is_person(k))?;
                words::parts(k).last().filter(|p| *p == "id")?;
                Some(format!("the {} {id}", words::label(k)))
            })
        })
    }

    pub(super) fn failed(&self, leg: &Leg, answer: &str, at: usize, rng: &mut Rng) -> Reply {
        if self.own.iter().any(|(i, _)| *i > at) {
            let parts = [self.line(Say::StillNo, "", rng)];
            return Self::text(
                &parts,
                "The system has refused this already and nothing has changed since.",
            );
        }
        let action = self.undone(leg);
        self.could_not(&action, answer, rng)
    }

    fn undone(&self, leg: &Leg) -> String {
        match leg {
            Leg::Own(at) => self.s.bound.path.get(*at).map_or_else(String::new, |c| {
                action::action(&c.tool, &self.progress.known(self.s, *at), Form::Base)
            }),
            Leg::Sub { tool, .. } => format!("get this done through {}", words::label(tool)),
        }
    }

    /// Tells the user that something could not be done, in the system's words.
    pub(super) fn could_not(&self, action: &str, answer: &str, rng: &mut Rng) -> Reply {
        let answer = answer
            .replace("I was not able to finish this:", "")
            .replace("Error:", "");
        let answer = answer.trim();
        let short: String = answer.chars().take(200).collect();
        let parts = [
            self.line(Say::Failed, action, rng),
            format!(
                "\"{}.\"",
                short
                    .replace('"', "'")
                    .replace('\n', " ")
                    .trim_end_matches('.')
            ),
            self.line(Say::FailedSorry, "", rng),
        ];
        let text = parts.join(" ");
        Reply {
            text,
            reasoning: String::from(
                "The call was refused; I tell the user what the system said instead of trying again.",
            ),
            ..Reply::default()
        }
    }

    pub(super) fn stuck(&self, rng: &mut Rng) -> Reply {
        let lost = self.progress.made.iter().rev();
        let mut lost = lost.filter(|m| m.trouble == Some(path::Trouble::Unknown));
        if let Some(bad) = lost.next().filter(|_| !self.s.has(Fault::IgnoresErrors)) {
            let action = action::action(&bad.tool, &bad.args, Form::Base);
            let told = format!(
                "I wanted to {action}, but the system did not answer, so I cannot tell what came \
                 of it and cannot go on from here."
            );
            let parts = [told, self.line(Say::FailedSorry, "", rng)];
            return Self::text(
                &parts,
                "What the lost answer held is needed for the next step, and no look-up shows it.",
            );
        }
        let told = self.own.iter().any(|(_, t)| hear::refuses(t));
        let say = if told { Say::StillNo } else { Say::FailedSorry };
        let mut parts = self.opener(rng);
        let found = self.findings();
        if !told && !found.is_empty() {
            parts.push(self.line(Say::Found, "", rng));
            parts.extend(found);
        }
        parts.push(self.line(say, "", rng));
        Self::text(
            &parts,
            "What I would need for the next step is in no result, so I cannot go on.",
        )
    }

    pub(super) fn stopped(&self, rng: &mut Rng) -> Reply {
        let parts = [
            self.line(Say::Stopped, "", rng),
            self.line(Say::Else, "", rng),
        ];
        Self::text(&parts, "The user does not want this, so I change nothing.")
    }
}
