//! How one persona talks: its 23 dimensions boiled down to what changes words,
//! and lines picked and dressed accordingly.

use super::bank::{self, Act, Register};
use super::surface;
use super::words::{capital, lower_first};
use crate::engine::persona::{Bucket, EMOTIONS, Persona, TIER1, TRAITS};
use crate::engine::rng::Rng;

/// Where the user writes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Web chat or app.
    Chat,
    /// E-mail.
    Email,
    /// Spoken.
    Phone,
    /// Text message.
    Sms,
}

/// How well they know the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skill {
    /// Their own.
    Native,
    /// Nearly.
    Fluent,
    /// With effort.
    Intermediate,
    /// A little.
    Basic,
}

/// A persona's way of talking.
#[derive(Clone, Debug)]
pub struct Voice {
    /// Which lines.
    pub register: Register,
    /// Trait.
    pub politeness: Bucket,
    /// Trait.
    pub verbosity: Bucket,
    /// Trait.
    pub slang: Bucket,
    /// Trait.
    pub emoji: Bucket,
    /// Trait.
    pub assertive: Bucket,
    /// Trait.
    pub patience: Bucket,
    /// Trait.
    pub thrift: Bucket,
    /// Trait.
    pub trust: Bucket,
    /// Tier 1.
    pub channel: Channel,
    /// Tier 1.
    pub skill: Skill,
    /// Spelling.
    pub british: bool,
    /// Time availability: rushed or high urgency.
    pub hurry: bool,
    /// Emotion in its high bucket.
    pub annoyed: bool,
    /// Emotion in its high bucket.
    pub worried: bool,
    /// Everything in small letters.
    pub lower: bool,
    /// Chance of a casual line from someone who is not.
    pub mix: f64,
    /// Trait.
    pub literacy: Bucket,
    /// Leaves marks out.
    pub loose: bool,
    /// Chance of a slip of the finger per word.
    pub typo_rate: f64,
}

impl Voice {
    /// The voice of a persona.
    #[must_use]
    pub fn of(persona: &Persona) -> Self {
        let tier1 = |name: &str| {
            TIER1
                .iter()
                .position(|n| *n == name)
                .and_then(|at| persona.tier1.get(at))
                .map_or("", String::as_str)
        };
        let value = |name: &str| {
            TRAITS
                .iter()
                .position(|n| *n == name)
                .and_then(|at| persona.traits.get(at).copied())
                .or_else(|| {
                    EMOTIONS
                        .iter()
                        .position(|n| *n == name)
                        .and_then(|at| persona.emotions.get(at).copied())
                })
                .unwrap_or(0.5)
        };
        let bucket = |name: &str| Bucket::of(value(name));
        let (politeness, slang) = (bucket("politeness"), bucket("slang_usage"));
        let older = matches!(tier1("age_bracket"), "55-64" | "65+");
        let register = match (slang, politeness) {
            (Bucket::High, _) => Register::Casual,
            (_, Bucket::High) => Register::Formal,
            (_, Bucket::Low) => Register::Blunt,
            (Bucket::Low | Bucket::Medium, Bucket::Medium) => Register::Plain,
        };
        let mix = match (slang, register) {
            (Bucket::Medium, Register::Plain) if !older => 0.35,
            (Bucket::Medium, _) if !older => 0.08,
            (Bucket::Low | Bucket::Medium | Bucket::High, _) => 0.0,
        };
        let channel = match tier1("channel") {
            "email" => Channel::Email,
            "phone_ivr" => Channel::Phone,
            "sms" => Channel::Sms,
            _ => Channel::Chat,
        };
        let skill = match tier1("language_proficiency") {
            "basic" => Skill::Basic,
            "intermediate" => Skill::Intermediate,
            "fluent" => Skill::Fluent,
            _ => Skill::Native,
        };
        let literacy = bucket("digital_literacy");
        let error_prone = persona.profile.contains("error");
        let mut typo_rate: f64 = match literacy {
            Bucket::Low => 0.035,
            Bucket::Medium => 0.008,
            Bucket::High => 0.0,
        };
        if error_prone {
            typo_rate += 0.07;
        }
        if skill == Skill::Basic {
            typo_rate += 0.03;
        }
        if slang == Bucket::High {
            typo_rate += 0.015;
        }
        let casual = register == Register::Casual;
        Self {
            register,
            mix,
            literacy,
            politeness,
            verbosity: bucket("verbosity"),
            slang,
            emoji: bucket("emoji_usage"),
            assertive: bucket("assertiveness"),
            patience: bucket("patience"),
            thrift: bucket("cost_sensitivity"),
            trust: bucket("platform_trust"),
            channel,
            skill,
            british: matches!(tier1("jurisdiction"), "UK" | "AU" | "IN" | "EU" | "CA"),
            hurry: matches!(tier1("time_availability"), "rushed" | "high_urgency"),
            annoyed: value("frustration") >= 0.6,
            worried: value("anxiety") >= 0.6 || value("stress") >= 0.7,
            lower: slang == Bucket::High
                || (channel == Channel::Sms && politeness != Bucket::High)
                || (error_prone && politeness == Bucket::Low),
            loose: casual || channel == Channel::Sms || error_prone,
            typo_rate,
        }
    }

    /// A line of the bank, filled with `x`. Lines that already stand in `before`
    /// are passed over while there are others.
    pub fn line(&self, act: Act, x: &str, before: &str, rng: &mut Rng) -> String {
        let mut all = bank::lines(act, self.register).to_vec();
        // Now and then people fall out of their register.
        if rng.chance(self.mix) {
            all = bank::lines(act, Register::Casual).to_vec();
        } else if rng.chance(0.1) {
            all = bank::lines(act, self.beside()).to_vec();
        }
        // Few words or many: the shorter, or the longer, half of the lines.
        let half = all.len().div_ceil(2);
        match self.verbosity {
            Bucket::Low if all.len() > 4 => {
                all.sort_by_key(|l| l.len());
                all.truncate(half + 1);
            }
            Bucket::High if all.len() > 4 => {
                all.sort_by_key(|l| std::cmp::Reverse(l.len()));
                all.truncate(half + 1);
            }
            Bucket::Low | Bucket::Medium | Bucket::High => {}
        }
        let mut line = String::new();
        for _ in 0..8 {
            let Some(one) = rng.pick(&all) else { break };
            line.clear();
            line.push_str(one);
            let stem = line.replace("{x}", "").replace("{X}", "");
            let stem = stem
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase();
            if stem.len() < 3 || !before.to_lowercase().contains(&stem) {
                break;
            }
        }
        fill(&line, x)
    }

    /// The register next to one's own.
    fn beside(&self) -> Register {
        match self.register {
            Register::Formal | Register::Blunt => Register::Plain,
            Register::Plain if self.politeness == Bucket::High => Register::Formal,
            Register::Plain | Register::Casual => self.register,
        }
    }

    /// Parts, joined into one text and dressed.
    pub fn dress(&self, parts: &[String], facts: &[String], rng: &mut Rng) -> String {
        surface::dress(&join(parts), self, facts, rng)
    }
}

/// A line with its `x`, in the case that its place wants.
#[must_use]
pub fn fill(line: &str, x: &str) -> String {
    // "I would like to {x}, please." with an `x` that ends in a mark of its own.
    let x = x.trim().trim_end_matches('.');
    line.replace("{x}", x).replace("{X}", &capital(x))
}

/// Sentences after one another: what ends in a comma goes on in small letters,
/// what has no mark at its end gets one where something follows.
#[must_use]
pub fn join(parts: &[String]) -> String {
    let mut out = String::new();
    let parts: Vec<&str> = parts
        .iter()
        .map(|p| p.trim())
        .filter(|p| !p.is_empty())
        .collect();
    for (at, part) in parts.iter().enumerate() {
        if out.is_empty() {
            out.push_str(part);
        } else if out.ends_with(',') || out.ends_with("ok so") {
            out.push(' ');
            out.push_str(&lower_first(part));
        } else {
            out.push(' ');
            out.push_str(part);
        }
        let last = at + 1 == parts.len();
        let marked = out.ends_with(['.', '!', '?', ',', ':', '…']);
        if !marked && !last && !out.ends_with("ok so") {
            out.push(if out.split_whitespace().count() <= 2 {
                ','
            } else {
                '.'
            });
        }
    }
    if out.ends_with(',') {
        out.pop();
    }
    if !out.is_empty() && !out.ends_with(['.', '!', '?', '…']) {
        out.push('.');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_join_as_people_write_them() {
        let join =
            |parts: &[&str]| join(&parts.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            join(&["Hi,", "I need to cancel my order."]),
            "Hi, I need to cancel my order."
        );
        assert_eq!(join(&["Hi,", "Can you help?"]), "Hi, can you help?");
        assert_eq!(join(&["ugh", "I want my money"]), "ugh, I want my money.");
        assert_eq!(join(&["", "Yes."]), "Yes.");
        assert_eq!(join(&["Hello,"]), "Hello.");
    }
}
