//! What the persona's dimensions are made of: values with their default weights
//! and the sentences that stand for them in the prompt.
//!
//! Weights, ranges and deltas are those of arXiv 2609.08592. The sentences are
//! our own; the paper prints none.

use super::{Bucket, Complexity, Context};

/// One value of a tier 1 dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// As it stands in files: `US`, `18-24`, `web_chat`.
    pub value: &'static str,
    /// Its share of draws; the weights of a dimension add up to 1.
    pub weight: f64,
    /// What it means for the user simulator.
    pub guidance: &'static str,
}

const fn choice(value: &'static str, weight: f64, guidance: &'static str) -> Choice {
    Choice {
        value,
        weight,
        guidance,
    }
}

/// The values of each tier 1 dimension, in [`super::TIER1`] order, with the
/// paper's default weights.
pub const CHOICES: [&[Choice]; 6] = [
    &[
        choice(
            "US",
            0.40,
            "You live in the United States: prices in US dollars, month before day in dates, addresses with a state and a ZIP code.",
        ),
        choice(
            "EU",
            0.25,
            "You live in the European Union: prices in euros, day before month in dates, and you know that consumers may withdraw from online purchases and ask for their data.",
        ),
        choice(
            "UK",
            0.15,
            "You live in the United Kingdom: prices in pounds, day before month in dates, British spelling, addresses with a postcode.",
        ),
        choice(
            "IN",
            0.10,
            "You live in India: prices in rupees (INR), large amounts in lakh, you know UPI and cash on delivery, addresses with a PIN code.",
        ),
        choice(
            "CA",
            0.06,
            "You live in Canada: prices in Canadian dollars, metric measures, addresses with a province.",
        ),
        choice(
            "AU",
            0.04,
            "You live in Australia: prices in Australian dollars with GST, day before month in dates, Australian spelling.",
        ),
    ],
    &[
        choice(
            "18-24",
            0.15,
            "You are between 18 and 24: you grew up with apps and expect answers at once.",
        ),
        choice(
            "25-34",
            0.30,
            "You are between 25 and 34: used to doing everything online, busy with work.",
        ),
        choice(
            "35-44",
            0.25,
            "You are between 35 and 44: practised with online services, juggling work and home.",
        ),
        choice(
            "45-54",
            0.15,
            "You are between 45 and 54: you have dealt with many companies and know what good service is.",
        ),
        choice(
            "55-64",
            0.10,
            "You are between 55 and 64: you prefer clear explanations and like to have things confirmed.",
        ),
        choice(
            "65+",
            0.05,
            "You are over 65: you take your time, write in full sentences, and want to be sure before anything is changed.",
        ),
    ],
    &[
        choice(
            "web_chat",
            0.35,
            "You write in a chat window on a website: a few short lines at a time.",
        ),
        choice(
            "mobile_app",
            0.30,
            "You write in the chat of a mobile app: short turns, typed with your thumbs.",
        ),
        choice(
            "email",
            0.20,
            "You write by email: complete paragraphs with a greeting, several points at once.",
        ),
        choice(
            "phone_ivr",
            0.10,
            "You speak on the phone and what you say is transcribed: spoken language, numbers and names read out, nothing that only works in writing.",
        ),
        choice(
            "sms",
            0.05,
            "You write text messages: very short, one thing at a time.",
        ),
    ],
    &[
        choice(
            "smartphone",
            0.45,
            "You are on a smartphone: looking something up means leaving the conversation for a moment.",
        ),
        choice(
            "desktop",
            0.25,
            "You sit at a desktop computer with other windows open, so you can copy what you are asked for.",
        ),
        choice(
            "laptop",
            0.20,
            "You are on a laptop and have your papers or mails within reach.",
        ),
        choice(
            "tablet",
            0.10,
            "You are on a tablet: typing is slow, so you keep to what matters.",
        ),
    ],
    &[
        choice(
            "native",
            0.50,
            "You write the language of the conversation as your first language.",
        ),
        choice(
            "fluent",
            0.30,
            "You write the language fluently, though it is not your first: correct, now and then a phrase a native would not choose.",
        ),
        choice(
            "intermediate",
            0.15,
            "You know the language moderately: simple sentences, some wrong tenses or missing articles, and you ask when a word is unknown to you.",
        ),
        choice(
            "basic",
            0.05,
            "You know only the basics of the language: very short sentences, common words, frequent mistakes; long answers are hard for you to follow.",
        ),
    ],
    &[
        choice(
            "moderate",
            0.45,
            "You have some time for this, as long as it moves on.",
        ),
        choice(
            "flexible",
            0.25,
            "You have all the time you need; nothing else is waiting.",
        ),
        choice(
            "high_urgency",
            0.20,
            "It must be settled today, and you say so.",
        ),
        choice(
            "rushed",
            0.10,
            "You are in a hurry, between two other things: you answer briefly and want the end of it.",
        ),
    ],
];

/// A sentence for low, medium and high.
pub type Sentences = [&'static str; 3];

/// What each bucket of each trait means, in [`super::TRAITS`] order.
pub const TRAIT_SENTENCES: [Sentences; 12] = [
    [
        "Price hardly matters to you; you do not ask what things cost.",
        "You notice prices and mention a cost that seems high.",
        "Every amount matters to you: you ask about fees, refunds and cheaper ways before agreeing.",
    ],
    [
        "You lose patience quickly; a second request for the same thing annoys you.",
        "You are patient for a while, and show it when things take long.",
        "You stay calm, wait, and repeat yourself without complaint.",
    ],
    [
        "You do not insist; when told no you tend to accept it.",
        "You say what you want and ask once more when refused.",
        "You state firmly what you expect and do not let yourself be put off.",
    ],
    [
        "You write as little as will do.",
        "You write a sentence or two per turn.",
        "You write at length, with background and detail.",
    ],
    [
        "You are blunt: no greeting, no please, no thanks.",
        "You are civil, without many courtesies.",
        "You are courteous throughout: please, thank you, kind words.",
    ],
    [
        "You do not know how this business works and describe things in everyday words.",
        "You know the usual terms of this business, not its rules.",
        "You know this business well, use its terms correctly and know what should be possible.",
    ],
    [
        "You avoid risk: you want assurance that nothing can go wrong before you agree.",
        "You accept a small risk when the benefit is clear.",
        "You take chances readily and agree without much checking.",
    ],
    [
        "You look for ways around rules and question why they apply to you.",
        "You follow rules that make sense to you and ask about the others.",
        "You do as you are told and give what is asked for, in the form it is asked for.",
    ],
    [
        "You distrust the company and its systems and doubt what you are told.",
        "You trust the company as far as you have seen it keep its word.",
        "You trust the company and take what you are told as true.",
    ],
    [
        "You are not at home with technology: finding an order number or a setting is difficult for you.",
        "You manage ordinary apps and websites.",
        "You are at ease with technology and find any number or setting at once.",
    ],
    [
        "You write standard language without slang.",
        "You use a colloquial word now and then.",
        "You write slang and abbreviations as among friends.",
    ],
    [
        "You use no emoji.",
        "You use an emoji now and then.",
        "You put emoji in most of what you write.",
    ],
];

/// What each bucket of each emotion means, in [`super::EMOTIONS`] order.
pub const EMOTION_SENTENCES: [Sentences; 5] = [
    [
        "You are not upset.",
        "You are somewhat frustrated, and it shows at times.",
        "You are very frustrated and say so.",
    ],
    [
        "You are not worried about how this ends.",
        "You are a little worried and ask whether it will work out.",
        "You are anxious: you fear that it will go wrong and ask to be reassured.",
    ],
    [
        "You do not believe that this agent will help you.",
        "You give this agent the benefit of the doubt.",
        "You are sure that this agent means well.",
    ],
    [
        "You are unsure of yourself and of the facts you give.",
        "You are fairly sure of what you say.",
        "You are certain of your facts and your rights.",
    ],
    [
        "You are relaxed.",
        "You feel some pressure.",
        "You are under great strain, and it makes you curt.",
    ],
];

/// The sentence of a bucket.
#[must_use]
pub fn sentence(of: &Sentences, bucket: Bucket) -> &'static str {
    let [low, medium, high] = of;
    match bucket {
        Bucket::Low => low,
        Bucket::Medium => medium,
        Bucket::High => high,
    }
}

impl Context {
    /// All of them, in the paper's order.
    pub const ALL: [Self; 5] = [
        Self::Complaint,
        Self::Escalation,
        Self::Checkout,
        Self::Dispute,
        Self::AccountIssue,
    ];

    /// As it stands in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Escalation => "escalation",
            Self::Checkout => "checkout",
            Self::Dispute => "dispute",
            Self::AccountIssue => "account_issue",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }

    /// What it adds to each emotion, in [`super::EMOTIONS`] order.
    #[must_use]
    pub fn delta(self) -> [f64; 5] {
        // frustration, anxiety, trust, confidence, stress
        match self {
            Self::Complaint => [0.20, 0.0, -0.15, 0.0, 0.0],
            Self::Escalation => [0.30, 0.0, -0.25, 0.0, 0.20],
            Self::Checkout => [0.0, 0.15, 0.0, 0.0, 0.10],
            Self::Dispute => [0.25, 0.20, -0.20, 0.0, 0.0],
            Self::AccountIssue => [0.0, 0.20, 0.0, 0.0, 0.15],
        }
    }

    /// What it means for the user simulator.
    #[must_use]
    pub fn guidance(self) -> &'static str {
        match self {
            Self::Complaint => "You come with a complaint: something was not as promised.",
            Self::Escalation => {
                "You have been here before about the same matter and it was not solved."
            }
            Self::Checkout => "You are in the middle of buying something and want to complete it.",
            Self::Dispute => "You disagree with the company about what happened or what is owed.",
            Self::AccountIssue => {
                "Something is wrong with your account and you want it to work again."
            }
        }
    }
}

impl Complexity {
    /// All of them, in the paper's order.
    pub const ALL: [Self; 4] = [Self::Simple, Self::Medium, Self::Complex, Self::Vague];

    /// As it stands in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Medium => "medium",
            Self::Complex => "complex",
            Self::Vague => "vague",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }

    /// Fewest and most words of the opening turn.
    #[must_use]
    pub fn words(self) -> (usize, usize) {
        match self {
            Self::Simple => (3, 8),
            Self::Medium => (8, 15),
            Self::Complex => (15, 30),
            Self::Vague => (3, 15),
        }
    }

    /// What it means for the opening turn.
    #[must_use]
    pub fn guidance(self) -> &'static str {
        match self {
            Self::Simple => "Your first turn has 3 to 8 words and one plain request.",
            Self::Medium => "Your first turn has 8 to 15 words: the request and one detail.",
            Self::Complex => {
                "Your first turn has 15 to 30 words: the request with its circumstances, or two requests at once."
            }
            Self::Vague => {
                "Your first turn has 3 to 15 words and is vague: say that something is wrong or wanted without the terms of this business, without numbers or names of things, so that you have to be asked what you mean."
            }
        }
    }
}
