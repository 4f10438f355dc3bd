//! What a message means to the one who hears it: asks, proposals, reports,
//! refusals, yes and no. Key words only, wide enough for a real model's wording.

use super::facts::{self, Fact};

/// What the user makes of the agent's last words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Facts asked for, by place in the list given.
    pub asks: Vec<usize>,
    /// "Shall I …?"
    pub proposal: bool,
    /// Something was reported as done.
    pub done: bool,
    /// Something was declined.
    pub refusal: bool,
    /// "What can I help you with?"
    pub clarify: bool,
    /// A question of any other kind.
    pub question: bool,
    /// "One moment."
    pub wait: bool,
    /// Goodbye.
    pub farewell: bool,
}

/// What went wrong with a call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was done: it can be tried again.
    Again,
    /// Whether it was done is not known.
    Unknown,
    /// It is not allowed, or is said not to be there.
    Barred,
}

/// The trouble that a tool's answer tells of: how gateways word it, not how a
/// tool refuses.
#[must_use]
pub fn trouble(answer: &str) -> Option<Trouble> {
    let low = answer.trim_start().to_lowercase();
    let low = low.strip_prefix("error:")?.trim_start();
    let says = |words: &[&str]| words.iter().any(|w| low.contains(w));
    if says(&["timed out", "time-out", "timeout", "cut off"]) {
        Some(Trouble::Unknown)
    } else if says(&[
        "too many requests",
        "service unavailable",
        "internal server error",
    ]) {
        Some(Trouble::Again)
    } else if says(&["403 forbidden", "404 not found"]) {
        Some(Trouble::Barred)
    } else {
        None
    }
}

/// Whether a user says that they have changed their mind.
#[must_use]
pub fn changed_mind(text: &str) -> bool {
    let low = text.to_lowercase().replace('\u{2019}', "'");
    // `I changed my mind` alone is a reason why goods come back.
    low.contains("changed my mind") && low.contains("no longer want")
}

/// Sentences of a text, each with its mark.
#[must_use]
pub fn sentences(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut now = String::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if c == '\n' {
            out.push(std::mem::take(&mut now));
            continue;
        }
        now.push(c);
        let ends = matches!(c, '.' | '!' | '?')
            && letters
                .peek()
                .is_none_or(|n| n.is_whitespace() || *n == '"');
        if ends {
            out.push(std::mem::take(&mut now));
        }
    }
    out.push(now);
    out.into_iter()
        .map(|s| s.trim().to_owned())
        .filter(|s| !s.is_empty())
        .collect()
}

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| facts::contains_word(text, w))
}

const PROPOSE: [&str; 22] = [
    "shall i",
    "should i",
    "would you like me to",
    "do you want me to",
    "may i go ahead",
    "can i go ahead",
    "is that okay",
    "is that ok",
    "is that all right",
    "is that alright",
    "does that work",
    "does that sound",
    "do you confirm",
    "please confirm",
    "can you confirm that",
    "are you happy for me",
    "would you like to proceed",
    "do you want to proceed",
    "yes or no",
    "(yes/no)",
    "go ahead with",
    "happy to proceed",
];
const REFUSE: [&str; 18] = [
    "unable to",
    "i can't",
    "i cannot",
    "not able to",
    "not possible",
    "can't be done",
    "i'm afraid",
    "unfortunately",
    "not allowed",
    "not eligible",
    "could not",
    "couldn't",
    "no way for me",
    "isn't possible",
    "won't be able",
    "against our policy",
    "i must decline",
    "can't go on",
];
const WAIT: [&str; 9] = [
    "one moment",
    "just a moment",
    "let me",
    "bear with me",
    "hold on",
    "i'll look",
    "looking into",
    "give me a",
    "i will check",
];
const CLARIFY: [&str; 14] = [
    "how can i help",
    "how may i help",
    "what can i help",
    "what can i do for you",
    "tell me a bit more",
    "tell me more",
    "more detail",
    "more details",
    "what exactly",
    "describe the problem",
    "describe the issue",
    "what is it about",
    "what would you like",
    "could you explain",
];
const ELSE: [&str; 5] = [
    "anything else",
    "something else",
    "any other",
    "further help",
    "else i can",
];
const BYE: [&str; 7] = [
    "goodbye",
    "bye",
    "have a good",
    "have a great",
    "have a nice",
    "take care",
    "have a lovely",
];
const DONE: [&str; 17] = [
    "all set",
    "that's done",
    "that is done",
    "it's done",
    "it is done",
    "all done",
    "successfully",
    "is complete",
    "are complete",
    "went through",
    "gone through",
    "taken care of",
    "is sorted",
    "has been processed",
    "is now",
    "are now",
    "everything is done",
];
/// Participles after "I have" or "has been" that report looking, not doing.
const LOOKED: [&str; 31] = [
    "found",
    "located",
    "looked",
    "checked",
    "pulled",
    "reviewed",
    "verified",
    "seen",
    "received",
    "noted",
    "understood",
    "got",
    "read",
    "heard",
    "tried",
    "been",
    "confirmed",
    "delivered",
    "shipped",
    "placed",
    "charged",
    "had",
    "asked",
    "identified",
    "listed",
    "searched",
    "paid",
    "needed",
    "shown",
    "told",
    "given",
];

/// Whether a text puts something to the other side for a yes or no.
#[must_use]
pub fn proposes(text: &str) -> bool {
    has(text, &PROPOSE) && !has(text, &["shall i do anything else"])
}

/// Whether a text declines something.
#[must_use]
pub fn refuses(text: &str) -> bool {
    has(text, &REFUSE)
}

/// Whether a sentence says that something was done.
#[must_use]
pub fn reports(text: &str) -> bool {
    sentences(text).iter().any(|s| {
        if s.ends_with('?') || refuses(s) {
            return false;
        }
        if has(s, &DONE) {
            return true;
        }
        let words = facts::tokens(&s.to_lowercase().replace("'ve", " have"));
        words.iter().enumerate().any(|(at, w)| {
            let i_have = (w == "have" || w == "has")
                && (at
                    .checked_sub(1)
                    .and_then(|p| words.get(p))
                    .is_some_and(|p| p == "i" || p == "we")
                    || words.get(at + 1).is_some_and(|n| n == "been"));
            i_have
                && words
                    .iter()
                    .skip(at + 1)
                    .filter(|n| {
                        !matches!(
                            n.as_str(),
                            "been" | "now" | "just" | "also" | "already" | "not"
                        )
                    })
                    .take(1)
                    .any(|n| is_participle(n) && !LOOKED.contains(&n.as_str()))
                && words.get(at + 1).is_none_or(|n| n != "not")
        })
    })
}

fn is_participle(word: &str) -> bool {
    const IRREGULAR: [&str; 20] = [
        "sent",
        "set",
        "made",
        "put",
        "done",
        "taken",
        "paid",
        "withdrawn",
        "written",
        "reset",
        "begun",
        "frozen",
        "unfrozen",
        "split",
        "undone",
        "resent",
        "redone",
        "held",
        "left",
        "cut",
    ];
    word.ends_with("ed") || IRREGULAR.contains(&word)
}

/// What an agent's text says to a user who knows `facts`.
#[must_use]
pub fn agent(text: &str, facts: &[Fact<'_>]) -> Heard {
    let mut out = Heard {
        done: reports(text),
        refusal: refuses(text),
        ..Heard::default()
    };
    for s in sentences(text) {
        let asking = s.ends_with('?')
            || has(
                &s,
                &[
                    "please provide",
                    "please share",
                    "please tell",
                    "please give",
                    "please send",
                    "i need your",
                    "i'll need",
                    "i will need",
                    "please let me know",
                    "i still need",
                ],
            );
        if asking && has(&s, &ELSE) {
            continue;
        }
        if proposes(&s) {
            out.proposal = true;
            continue;
        }
        if has(&s, &CLARIFY) {
            out.clarify = true;
            continue;
        }
        if asking {
            let mut found = false;
            for (at, fact) in facts.iter().enumerate() {
                if facts::asked(fact.key, &s) {
                    found = true;
                    if !out.asks.contains(&at) {
                        out.asks.push(at);
                    }
                }
            }
            out.question |= !found;
        }
        out.wait |= has(&s, &WAIT);
        out.farewell |= has(&s, &BYE);
    }
    out
}

/// Whether a user is content: thanks, and asks nothing.
#[must_use]
pub fn thanks(text: &str) -> bool {
    !text.contains('?') && has(text, &["thanks", "thank", "thx", "cheers", "appreciate"])
}

/// A user's yes, no, or neither, to a proposal.
#[must_use]
pub fn yes(text: &str) -> Option<bool> {
    const NO: [&str; 16] = [
        "no",
        "nope",
        "nah",
        "don't",
        "dont",
        "do not",
        "stop",
        "wait",
        "not yet",
        "cancel that",
        "hold on",
        "never mind",
        "nevermind",
        "rather not",
        "no thanks",
        "not what i",
    ];
    const YES: [&str; 24] = [
        "yes",
        "yep",
        "yeah",
        "yup",
        "ya",
        "sure",
        "ok",
        "okay",
        "please do",
        "go ahead",
        "go for it",
        "do it",
        "correct",
        "right",
        "confirm",
        "confirmed",
        "fine",
        "sounds good",
        "absolutely",
        "of course",
        "by all means",
        "that works",
        "perfect",
        "please",
    ];
    let at = |words: &[&str]| {
        let low = text.to_lowercase();
        words
            .iter()
            .filter(|w| facts::contains_word(&low, w))
            .filter_map(|w| low.find(w))
            .min()
    };
    match (at(&YES), at(&NO)) {
        (None, None) => None,
        (Some(_), None) => Some(true),
        (None, Some(_)) => Some(false),
        // Both ("yes, no problem"; "no, please don't"): the first word decides.
        (Some(y), Some(n)) => Some(y < n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reports_are_told_from_looking_and_from_refusing() {
        for text in [
            "I have cancelled order 8841.",
            "I've now issued the refund.",
            "Your order has been cancelled.",
            "That's done. Anything else?",
            "You're all set!",
        ] {
            assert!(reports(text), "{text}");
        }
        for text in [
            "I have found your order.",
            "Your order has been delivered on Monday.",
            "I have not cancelled anything.",
            "I'm afraid I can't say that it has been cancelled.",
            "Has it been cancelled?",
            "Let me look that up.",
            "I can refund the order.",
        ] {
            assert!(!reports(text), "{text}");
        }
    }

    #[test]
    fn an_offer_of_more_help_is_no_question() {
        let heard = agent(
            "I have cancelled it. Is there anything else I can help with?",
            &[],
        );
        assert!(heard.done && !heard.question && !heard.proposal);
    }

    #[test]
    fn asks_and_proposals() {
        let email = json!("a@b.c");
        let facts = [Fact {
            key: "email",
            value: &email,
            hidden: false,
        }];
        assert_eq!(agent("What is your email address?", &facts).asks, vec![0]);
        let heard = agent("Shall I send it to your email address?", &facts);
        assert!(heard.proposal && heard.asks.is_empty());
        assert!(agent("What colour was the van?", &facts).question);
    }

    #[test]
    fn yes_and_no() {
        assert_eq!(yes("Yes please, go ahead."), Some(true));
        assert_eq!(yes("No, wait a second"), Some(false));
        assert_eq!(yes("yes, no problem"), Some(true));
        assert_eq!(yes("how long will it take?"), None);
    }
}
