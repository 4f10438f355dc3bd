//! The user's side: opens with the goal in the persona's words, tells facts when
//! asked, agrees, pushes back, thanks and leaves. Knows nothing but the goal
//! and the facts, and hears nothing but the agent's text.

use super::bank::{Act, Register};
use super::facts::{self, Fact};
use super::faults::Fault;
use super::goal::{self, Goal};
use super::hear::{self, Heard};
use super::voice::{Channel, Voice};
use super::{Scripted, opening, path, words};
use crate::engine::persona::Bucket;
use crate::engine::rng::Rng;
use crate::engine::role::{Reply, Request, Speaker};

/// The last line of a user who is done.
pub(super) const DONE: &str = "<done>";
/// The user's turns after which a conversation that leads nowhere is left.
const TURNS: usize = 14;

/// What a turn of the user is made from.
pub(super) struct Turn<'a> {
    pub(super) s: &'a Scripted,
    pub(super) request: &'a Request,
    pub(super) voice: Voice,
    pub(super) goal: Goal,
    pub(super) facts: Vec<Fact<'a>>,
    /// What the user said so far.
    pub(super) own: String,
    /// Values that dressing leaves alone.
    pub(super) values: Vec<String>,
}

/// The user's next turn.
pub(super) fn reply(s: &Scripted, request: &Request) -> Reply {
    let facts = facts::all(&s.bound);
    let own: Vec<&str> = texts(request, Speaker::User);
    let heard: Vec<Heard> = answered(request)
        .iter()
        .map(|t| hear::agent(t, &facts))
        .collect();
    let mut values: Vec<String> = facts.iter().map(facts::spoken).collect();
    values.retain(|v| {
        v.chars().any(|c| c.is_ascii_digit() || c == '@') || v.contains(char::is_uppercase)
    });
    let turn = Turn {
        s,
        request,
        voice: Voice::of(&s.persona),
        goal: goal::read(&s.bound),
        own: own.join("\n"),
        values,
        facts,
    };
    let Some(last) = heard.last().filter(|_| !own.is_empty()) else {
        let text = match &s.bound.opening {
            Some(text) => text.clone(),
            None => opening::compose(&turn),
        };
        return Reply {
            text,
            ..Reply::default()
        };
    };
    let before = heard
        .get(..heard.len().saturating_sub(1))
        .unwrap_or_default();
    if s.has(Fault::PrematureGoodbye) && turn.leaves_early(last, before, own.len()) {
        let mut rng = turn.rng("leave");
        let line = turn.voice.line(Act::Leave, "", &turn.own, &mut rng);
        let text = turn.voice.dress(&[line], &turn.values, &mut rng);
        return Reply {
            text: format!("{text}\n{DONE}"),
            injected: vec![Fault::PrematureGoodbye.name().to_owned()],
            ..Reply::default()
        };
    }
    if let Some(reply) = turn.faulty(last, before, own.len()) {
        return reply;
    }
    let (text, done) = if own.iter().any(|t| hear::changed_mind(t)) {
        (turn.leaving(), true)
    } else {
        turn.react(last, before, own.len())
    };
    let text = if done {
        format!("{text}\n{DONE}")
    } else {
        text
    };
    Reply {
        text,
        ..Reply::default()
    }
}

/// What the agent said last before each of the user's turns; words that only
/// go with a look-up are not answered.
fn answered(request: &Request) -> Vec<&str> {
    let mut out = Vec::new();
    let mut last: Option<&str> = None;
    for message in &request.messages {
        match message.from {
            Speaker::Agent if !message.text.trim().is_empty() => last = Some(&message.text),
            Speaker::User => out.extend(last.take()),
            Speaker::Agent | Speaker::Tool | Speaker::System | Speaker::Own => {}
        }
    }
    out.extend(last);
    out
}

fn texts(request: &Request, who: Speaker) -> Vec<&str> {
    request
        .messages
        .iter()
        .filter(|m| m.from == who && !m.text.trim().is_empty())
        .map(|m| m.text.as_str())
        .collect()
}

impl Turn<'_> {
    /// Draws for this turn (another `attempt` draws others).
    pub(super) fn rng(&self, label: &str) -> Rng {
        Rng::new(
            self.request.seed,
            &format!("user/{label}/{}", self.request.attempt),
        )
    }

    /// Draws that hold for the whole conversation.
    fn fixed(&self, label: &str) -> Rng {
        Rng::new(self.s.seed, &format!("scripted/{label}"))
    }

    pub(super) fn line(&self, act: Act, x: &str, rng: &mut Rng) -> String {
        self.voice.line(act, x, &self.own, rng)
    }

    /// The fault: at the second turn by chance, else at the third, or when the
    /// agent asks whether to go ahead; only while nothing is reported as done.
    fn leaves_early(&self, last: &Heard, before: &[Heard], turns: usize) -> bool {
        // A refusal is an answer too: who leaves after it does not leave early.
        let answered = |h: &Heard| h.done || (h.refusal && !h.proposal);
        let reported = answered(last) || before.iter().any(answered);
        let early = turns >= 2 || self.fixed("leave").chance(0.5);
        !reported && (early || last.proposal)
    }

    pub(super) fn react(&self, last: &Heard, before: &[Heard], turns: usize) -> (String, bool) {
        let mut rng = self.rng("turn");
        let reports = before.iter().filter(|h| h.done).count();
        let refusals = before
            .iter()
            .chain(Some(last))
            .filter(|h| h.refusal && !h.proposal)
            .count();
        let found =
            self.looking() && !last.question && last.asks.is_empty() && !last.clarify && !last.wait;
        let (parts, done) = if last.clarify {
            (self.explain(last, &mut rng), false)
        } else if !last.asks.is_empty() {
            (self.answer(last, before, &mut rng), false)
        } else if last.proposal {
            (self.agree(&mut rng), false)
        } else if last.refusal {
            self.refused(refusals, &mut rng)
        } else if last.done || (found && !last.farewell) {
            let asked_before = reports > 0 || (self.looking() && turns > 3);
            if !asked_before && self.fixed("follow").chance(self.curiosity()) {
                (vec![self.follow_up(&mut rng)], false)
            } else {
                (self.thanks(&mut rng), true)
            }
        } else if reports > 0 {
            (self.thanks(&mut rng), true)
        } else if last.question {
            (self.explain(last, &mut rng), false)
        } else if last.farewell {
            (vec![self.line(Act::Bye, "", &mut rng)], true)
        } else if last.wait {
            (vec![self.line(Act::Okay, "", &mut rng)], false)
        } else {
            (vec![self.line(Act::Prod, "", &mut rng)], false)
        };
        let idle = |h: &&Heard| {
            !(h.done || h.refusal || h.proposal || h.clarify || h.question || h.wait)
                && h.asks.is_empty()
        };
        let idle = before.iter().chain(Some(last)).filter(idle).count() >= 3;
        if (turns >= TURNS || idle) && !done && !last.done {
            let text = self.voice.dress(
                &[self.line(Act::GiveUp, "", &mut rng)],
                &self.values,
                &mut rng,
            );
            return (text, true);
        }
        let mut parts = parts;
        let upset = self.voice.patience == Bucket::Low;
        if !done && !last.done && upset && rng.chance(0.5) {
            let cross = self.voice.annoyed && !last.proposal && rng.chance(0.5);
            let act = if cross { Act::Annoyed } else { Act::Hurry };
            parts.push(self.line(act, "", &mut rng));
        }
        if self.voice.channel == Channel::Phone && rng.chance(0.3) {
            let um = ["Um,", "Uh,", "Well,", "Erm,"];
            parts.insert(0, rng.pick(&um).copied().unwrap_or_default().to_owned());
        }
        (self.voice.dress(&parts, &self.values, &mut rng), done)
    }

    /// Whether the goal is to learn something: nothing on its path writes.
    fn looking(&self) -> bool {
        let steps = 0..self.s.bound.path.len();
        !steps
            .into_iter()
            .any(|at| path::tells(self.s, &path::Leg::Own(at)))
    }

    fn curiosity(&self) -> f64 {
        let base = match self.voice.verbosity {
            Bucket::Low => 0.12,
            Bucket::Medium => 0.35,
            Bucket::High => 0.6,
        };
        if self.s.persona.profile.contains("curious") {
            0.9
        } else {
            base
        }
    }

    fn follow_up(&self, rng: &mut Rng) -> String {
        let money = ["refund", "money", "reimburse", "compensat", "paid back"];
        let goal = self.s.bound.goal.to_lowercase();
        let act = if money.iter().any(|m| goal.contains(m)) && rng.chance(0.6) {
            Act::FollowMoney
        } else {
            Act::FollowUp
        };
        self.line(act, "", rng)
    }

    pub(super) fn thanks(&self, rng: &mut Rng) -> Vec<String> {
        let mut parts = vec![self.line(Act::Thanks, "", rng)];
        let chance = match self.voice.verbosity {
            Bucket::Low => 0.2,
            Bucket::Medium => 0.5,
            Bucket::High => 0.85,
        };
        if rng.chance(chance) {
            parts.push(self.line(Act::Bye, "", rng));
        }
        parts
    }

    fn agree(&self, rng: &mut Rng) -> Vec<String> {
        let mut parts = vec![self.line(Act::Yes, "", rng)];
        if self.voice.verbosity == Bucket::High && rng.chance(0.6) {
            parts.push(self.line(Act::Agreed, "", rng));
        } else if self.voice.verbosity != Bucket::Low {
            if self.voice.thrift == Bucket::High && rng.chance(0.4) {
                parts.push(self.line(Act::Thrift, "", rng));
            } else if self.voice.trust == Bucket::Low && rng.chance(0.4) {
                parts.push(self.line(Act::Doubt, "", rng));
            }
        }
        let said = self.voice.patience == Bucket::Low;
        if self.voice.hurry && !said && rng.chance(0.3) {
            parts.push(self.line(Act::Hurry, "", rng));
        }
        parts
    }

    fn refused(&self, refusals: usize, rng: &mut Rng) -> (Vec<String>, bool) {
        if refusals >= 2 {
            return (vec![self.line(Act::GiveUp, "", rng)], true);
        }
        let pushes = match (self.voice.assertive, self.voice.patience) {
            (Bucket::High, _) | (_, Bucket::Low) => true,
            (Bucket::Low, _) => false,
            (Bucket::Medium, Bucket::Medium | Bucket::High) => rng.chance(0.5),
        };
        let mut parts = Vec::new();
        if self.voice.annoyed && rng.chance(0.6) {
            parts.push(self.line(Act::Annoyed, "", rng));
        }
        parts.push(self.line(if pushes { Act::Push } else { Act::Accept }, "", rng));
        (parts, false)
    }

    /// What the agent asked for, in one go.
    fn answer(&self, last: &Heard, before: &[Heard], rng: &mut Rng) -> Vec<String> {
        let asked: Vec<&Fact<'_>> = last
            .asks
            .iter()
            .filter_map(|i| self.facts.get(*i))
            .collect();
        let repeated = asked.iter().all(|f| facts::says(&self.own, f.value))
            && before
                .iter()
                .any(|h| last.asks.iter().any(|a| h.asks.contains(a)));
        let alone = asked.len() == 1;
        let mut parts = Vec::new();
        let plain: Vec<&&Fact<'_>> = asked
            .iter()
            .filter(|f| facts::yes_no(f).is_none() && !facts::is_prose(f))
            .collect();
        let terse = self.voice.verbosity == Bucket::Low && rng.chance(0.6);
        let phrases: Vec<String> = plain
            .iter()
            .map(|f| {
                if terse {
                    facts::spoken(f)
                } else {
                    self.fact(f, alone, rng)
                }
            })
            .collect();
        if rng.chance(if self.voice.verbosity == Bucket::Low {
            0.15
        } else {
            0.45
        }) && !repeated
        {
            parts.push(self.line(Act::Lead, "", rng));
        }
        if !phrases.is_empty() {
            let act = if repeated { Act::Again } else { Act::Fact };
            // Two or three go into one sentence; more get one each.
            let listed = self.voice.literacy == Bucket::High
                && self.voice.channel != Channel::Phone
                && !repeated
                && rng.chance(0.5);
            if listed && !terse {
                // As people write who fill in forms all day: "order number: 8841".
                let items: Vec<String> = plain
                    .iter()
                    .map(|f| format!("{}: {}", self.noun(f), facts::spoken(f)))
                    .collect();
                parts.push(format!("{}.", words::capital(&items.join(", "))));
            } else if phrases.len() <= 3 && rng.chance(0.75) {
                parts.push(self.line(act, &words::join_and(&phrases), rng));
            } else {
                let mut lines = phrases.iter();
                parts.extend(lines.next().map(|p| self.line(act, p, rng)));
                parts.extend(lines.map(|p| format!("{}.", words::capital(p))));
            }
        }
        for fact in asked.iter().filter(|f| facts::is_prose(f)) {
            parts.push(format!(
                "{}.",
                words::capital(facts::spoken(fact).trim_end_matches('.'))
            ));
        }
        for fact in &asked {
            if let Some(yes) = facts::yes_no(fact) {
                parts.push(self.yes_no(fact, yes, alone, rng));
            }
        }
        // People who talk add something that they would be asked next, or that
        // nobody asked for.
        if self.voice.verbosity == Bucket::High && rng.chance(0.55) {
            parts.push(self.line(Act::More, "", rng));
        } else if self.voice.literacy == Bucket::Low
            && self.voice.verbosity != Bucket::Low
            && rng.chance(0.3)
        {
            parts.push(self.line(Act::Clumsy, "", rng));
        }
        if self.voice.verbosity == Bucket::High && rng.chance(0.35) {
            let next = self.facts.iter().find(|f| {
                !f.hidden
                    && !asked.iter().any(|a| a.key == f.key)
                    && facts::yes_no(f).is_none()
                    && !facts::is_prose(f)
                    && !facts::says(&self.own, f.value)
            });
            if let Some(next) = next {
                parts.push(self.line(Act::Offer, &self.fact(next, false, rng), rng));
            }
        }
        parts
    }

    fn yes_no(&self, fact: &Fact<'_>, yes: bool, alone: bool, rng: &mut Rng) -> String {
        let word = match (yes, self.voice.register) {
            (true, Register::Formal) => ["yes, that is the case", "yes, indeed"],
            (true, Register::Plain) => ["yes", "yes, that's right"],
            (true, Register::Blunt) => ["yes", "yes, of course"],
            (true, Register::Casual) => ["yep", "yeah"],
            (false, Register::Formal) => ["no, I'm afraid not", "no, that is not the case"],
            (false, Register::Plain) => ["no", "no, sorry"],
            (false, Register::Blunt) => ["no", "no, why would I"],
            (false, Register::Casual) => ["nope", "nah sorry"],
        };
        let word = rng.pick(&word).copied().unwrap_or("yes");
        if alone {
            format!("{}.", words::capital(word))
        } else {
            let parts = words::parts(fact.key);
            let topic = parts
                .iter()
                .max_by_key(|p| p.len())
                .cloned()
                .unwrap_or_default();
            format!("As for the {topic}, {word}.")
        }
    }

    /// What this person calls a fact.
    pub(super) fn noun(&self, fact: &Fact<'_>) -> String {
        let noun = facts::noun(fact.key);
        if self.voice.british {
            noun.replace("zip code", "postcode")
        } else {
            noun
        }
    }

    /// "my email address is a@b.c"
    pub(super) fn fact(&self, fact: &Fact<'_>, alone: bool, rng: &mut Rng) -> String {
        let value = facts::spoken(fact);
        let noun = self.noun(fact);
        let parts = words::parts(fact.key);
        let asks = matches!(
            parts.first().map(String::as_str),
            Some("what" | "where" | "when" | "why" | "how" | "who" | "which" | "tried" | "done")
        );
        if asks {
            return value;
        }
        if let [verb] = parts.as_slice()
            && matches!(
                verb.as_str(),
                "starts" | "ends" | "departs" | "arrives" | "leaves" | "begins" | "expires"
            )
        {
            return format!("it {verb} on {value}");
        }
        if alone {
            let bare = match self.voice.verbosity {
                Bucket::Low => 0.6,
                Bucket::Medium => 0.25,
                Bucket::High => 0.05,
            };
            if rng.chance(bare) {
                return value;
            }
            if rng.chance(0.4) {
                return format!("it's {value}");
            }
        }
        let whose = if facts::is_personal(fact.key) {
            "my"
        } else {
            "the"
        };
        let plural = matches!(fact.value, serde_json::Value::Array(a) if a.len() > 1)
            || noun.ends_with("numbers");
        format!(
            "{whose} {noun} {} {value}",
            if plural { "are" } else { "is" }
        )
    }

    /// To an open question: what was not said yet of the goal and what hangs on
    /// it; to a question about something else: that one does not know.
    fn explain(&self, last: &Heard, rng: &mut Rng) -> Vec<String> {
        let mut parts = Vec::new();
        let wish = self.goal.forms.first().cloned().unwrap_or_default();
        let told = shared(&self.own, &wish) >= 0.6;
        if last.clarify && !told {
            if rng.chance(0.4) {
                parts.push(self.line(Act::Lead, "", rng));
            }
            let forms = &self.goal.forms;
            let form = if self.voice.verbosity == Bucket::Low {
                forms.get(1).or(forms.first())
            } else {
                forms.first()
            };
            parts.push(self.line(self.wish_act(rng), form.map_or("", String::as_str), rng));
        }
        let extras = self
            .goal
            .extras
            .iter()
            .filter(|e| shared(&self.own, e) < 0.6);
        let many = if self.voice.verbosity == Bucket::Low {
            1
        } else {
            3
        };
        parts.extend(
            extras
                .take(many)
                .map(|e| format!("{}.", e.trim_end_matches('.'))),
        );
        if parts.is_empty() {
            if last.clarify {
                // Said once already: once more, another way.
                let form = self.goal.forms.last().cloned().unwrap_or_default();
                parts.push(self.line(Act::Again, &format!("I want to {form}"), rng));
            } else {
                parts.push(self.line(Act::Unknown, "", rng));
            }
        }
        parts
    }

    /// Which frame the wish goes into.
    pub(super) fn wish_act(&self, rng: &mut Rng) -> Act {
        if self.goal.thing {
            Act::Want
        } else if self.goal.agentive && rng.chance(0.65) {
            Act::Order
        } else {
            Act::Need
        }
    }
}

/// How much of a phrase's words a text already has, 0 to 1.
pub(super) fn shared(text: &str, phrase: &str) -> f64 {
    let have = facts::tokens(text);
    let want: Vec<String> = facts::tokens(phrase)
        .into_iter()
        .filter(|w| w.len() > 3)
        .collect();
    if want.is_empty() {
        return 0.0;
    }
    want.iter().filter(|w| have.contains(w)).count() as f64 / want.len() as f64
}
