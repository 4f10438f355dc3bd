//! The persona as text for the user simulator: tier 1 guidance, tier 2 and tier
//! 3 by bucket, the situation, the rules that fired, the opening's overlay.
//!
//! A number of the vector never appears: models read sentences better than
//! decimals, and the reader of a transcript could not tell 0.52 from 0.55.

use super::tables::{CHOICES, EMOTION_SENTENCES, TRAIT_SENTENCES, sentence};
use super::{Bucket, Complexity, Persona, TRAITS};
use std::fmt::Write as _;

/// A correlation rule: fires on the sampled traits, adds its sentence, changes
/// no number (arXiv 2609.08592).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// `R1` to `R7`.
    pub id: &'static str,
    /// Its two conditions: trait, at least (or at most), threshold.
    pub when: [(&'static str, Bound); 2],
    /// What it adds to the prompt.
    pub sentence: &'static str,
}

/// One side of a rule's condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// The trait is this or more.
    AtLeast(f64),
    /// The trait is this or less.
    AtMost(f64),
}

use Bound::{AtLeast, AtMost};

/// All seven, in order.
pub const RULES: [Rule; 7] = [
    Rule {
        id: "R1",
        when: [
            ("digital_literacy", AtLeast(0.70)),
            ("domain_knowledge", AtLeast(0.70)),
        ],
        sentence: "You ask technical, specific questions.",
    },
    Rule {
        id: "R2",
        when: [
            ("cost_sensitivity", AtLeast(0.70)),
            ("patience", AtLeast(0.60)),
        ],
        sentence: "You compare the options carefully before choosing one.",
    },
    Rule {
        id: "R3",
        when: [
            ("risk_tolerance", AtMost(0.30)),
            ("compliance_tendency", AtLeast(0.70)),
        ],
        sentence: "You follow each procedure precisely, step by step.",
    },
    Rule {
        id: "R4",
        when: [("patience", AtMost(0.40)), ("assertiveness", AtLeast(0.60))],
        sentence: "When you are blocked you escalate quickly: you ask for a supervisor or say that you will complain.",
    },
    Rule {
        id: "R5",
        when: [("verbosity", AtLeast(0.70)), ("politeness", AtLeast(0.70))],
        sentence: "You explain the background first and ask afterwards.",
    },
    Rule {
        id: "R6",
        when: [
            ("digital_literacy", AtMost(0.30)),
            ("platform_trust", AtMost(0.50)),
        ],
        sentence: "You double-check every step and ask whether it really worked.",
    },
    Rule {
        id: "R7",
        when: [
            ("slang_usage", AtLeast(0.70)),
            ("emoji_usage", AtLeast(0.70)),
        ],
        sentence: "Your register is casual and your turns are shorter than they would otherwise be.",
    },
];

/// The rules that fire for a persona, in order.
#[must_use]
pub fn fired_rules(persona: &Persona) -> Vec<&'static Rule> {
    let value = |name: &str| {
        let at = TRAITS.iter().position(|t| *t == name)?;
        persona.traits.get(at).copied()
    };
    RULES
        .iter()
        .filter(|rule| {
            rule.when.iter().all(|(name, bound)| {
                value(name).is_some_and(|v| match bound {
                    Bound::AtLeast(least) => v >= *least,
                    Bound::AtMost(most) => v <= *most,
                })
            })
        })
        .collect()
}

/// The persona's part of the user simulator's prompt.
#[must_use]
pub fn prompt(persona: &Persona) -> String {
    prompt_for(persona, &[])
}

/// The same with the words that a vague opening must not use: the domain's
/// vocabulary (names of tables, things, procedures).
#[must_use]
pub fn prompt_for(persona: &Persona, vocabulary: &[String]) -> String {
    // No name: the facts of the task say who is calling.
    let mut out = String::from("Who you are:\n");
    for (value, choices) in persona.tier1.iter().zip(CHOICES) {
        if let Some(choice) = choices.iter().find(|c| c.value == value) {
            let _ = writeln!(out, "- {}", choice.guidance);
        }
    }
    out.push_str("\nHow you are:\n");
    for (value, sentences) in persona.traits.iter().zip(&TRAIT_SENTENCES) {
        let _ = writeln!(out, "- {}", sentence(sentences, Bucket::of(*value)));
    }
    out.push_str("\nHow you feel today:\n");
    if let Some(context) = persona.context {
        let _ = writeln!(out, "- {}", context.guidance());
    }
    for (value, sentences) in persona.emotions.iter().zip(&EMOTION_SENTENCES) {
        let _ = writeln!(out, "- {}", sentence(sentences, Bucket::of(*value)));
    }
    let fired = fired_rules(persona);
    if !fired.is_empty() {
        out.push_str("\nAnd therefore:\n");
        for rule in fired {
            let _ = writeln!(out, "- {}", rule.sentence);
        }
    }
    let _ = write!(
        out,
        "\nHow you begin:\n- {}\n",
        persona.complexity.guidance()
    );
    if persona.complexity == Complexity::Vague && !vocabulary.is_empty() {
        let _ = writeln!(
            out,
            "- These words must not appear in it: {}.",
            vocabulary.join(", ")
        );
    }
    out
}

/// How many words a text has: runs without white space that hold a letter or a
/// digit.
#[must_use]
pub fn words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|w| w.chars().any(char::is_alphanumeric))
        .count()
}

/// What an opening turn breaks of its overlay: too few or too many words, and
/// for a vague one the words of the domain that it uses.
#[must_use]
pub fn opening_problems(complexity: Complexity, text: &str, vocabulary: &[String]) -> Vec<String> {
    let (least, most) = complexity.words();
    let mut out = Vec::new();
    let n = words(text);
    if n < least || n > most {
        out.push(format!(
            "the opening has {n} words; {} means {least} to {most}",
            complexity.word()
        ));
    }
    if complexity == Complexity::Vague {
        let lower = text.to_lowercase();
        let used: Vec<&str> = lower
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|w| vocabulary.iter().any(|v| v.to_lowercase() == **w))
            .collect();
        if !used.is_empty() {
            out.push(format!(
                "a vague opening must not use the domain's words, but says {}",
                used.join(", ")
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::persona::{PersonaSpec, sample};

    #[test]
    fn rules_fire_at_their_thresholds() {
        let mut p = sample(&PersonaSpec::default(), &[], None, None, 1);
        p.traits = [0.5; 12];
        assert!(fired_rules(&p).is_empty());
        p.traits[0] = 0.70;
        p.traits[1] = 0.60;
        assert_eq!(fired_rules(&p)[0].id, "R2");
        p.traits[1] = 0.599;
        assert!(fired_rules(&p).is_empty());
        p.traits[9] = 0.30;
        p.traits[8] = 0.50;
        assert_eq!(fired_rules(&p)[0].id, "R6");
        for name in RULES.iter().flat_map(|r| r.when.map(|(n, _)| n)) {
            assert!(TRAITS.contains(&name), "{name}");
        }
    }

    #[test]
    fn openings_are_held_to_their_overlay() {
        let v = vec![String::from("order")];
        assert!(opening_problems(Complexity::Simple, "Where is my order?", &v).is_empty());
        assert_eq!(opening_problems(Complexity::Simple, "Help!", &v).len(), 1);
        assert!(opening_problems(Complexity::Vague, "it is not working at all", &v).is_empty());
        let said = opening_problems(Complexity::Vague, "My Order is not here", &v);
        assert!(said[0].contains("order"), "{said:?}");
    }
}
