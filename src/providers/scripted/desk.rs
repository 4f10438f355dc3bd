//! What the agent says: polite desk English in a few styles, and results put
//! into words. Lines must be heard by `hear` as what they are.

use crate::engine::rng::Rng;

/// What a line of the agent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// First words.
    Greet,
    /// The user sounds unhappy.
    Sorry,
    /// The wish is not clear.
    Clarify,
    /// `{x}`: "your order number and your email address".
    Ask,
    /// The same again.
    AskAgain,
    /// `{x}`: "what happened", "about the receipt".
    AskTold,
    /// The same, after another question.
    AskToo,
    /// Between calls.
    Next,
    /// Cannot go on without `{x}`.
    NoGo,
    /// Before calls.
    Look,
    /// Before a writing call.
    Act,
    /// Before the question: `{x}` is what will be done.
    Propose,
    /// "Shall I go ahead?"
    Shall,
    /// The user said no.
    Stopped,
    /// Before a report of reads.
    Found,
    /// Nothing can be changed, only told.
    OnlyTell,
    /// Anything else?
    Else,
    /// To a question that the records do not answer.
    NotKnown,
    /// To a question about what is left to do.
    NothingLeft,
    /// To a question about a letter or a message: `{x}` is a reference.
    Written,
    /// To a question about when.
    NoDate,
    /// You are welcome.
    Welcome,
    /// Goodbye.
    Bye,
    /// A call failed: `{x}` is the action, the error follows.
    Failed,
    /// After a failure: what can be done.
    FailedSorry,
    /// The rules do not allow it.
    Declined,
    /// Refused once more.
    StillNo,
    /// Thanks for a fact.
    Got,
    /// An id was mistyped: `{x}` is what is looked up now.
    Slip,
    /// Nothing to do but wait for the user.
    Listening,
}

/// The lines for it; never empty.
#[must_use]
pub fn lines(say: Say) -> &'static [&'static str] {
    match say {
        Say::Greet => &[
            "Hello, and thanks for getting in touch.",
            "Hi there!",
            "Hello!",
            "Thank you for reaching out.",
            "Hi, thanks for your message.",
            "Welcome, I'm glad to help with this.",
            "Hello, I'm happy to look into this for you.",
        ],
        Say::Sorry => &[
            "I'm sorry to hear that.",
            "I'm sorry for the trouble.",
            "I understand that this is frustrating.",
            "That's not how it should be, I'm sorry.",
            "I can see why you are unhappy.",
        ],
        Say::Clarify => &[
            "Could you tell me a bit more about what you need?",
            "What exactly can I do for you?",
            "Could you describe the problem in a few words?",
            "So that I understand you correctly: what exactly happened?",
            "Tell me more: what is it about, and what would you like as the outcome?",
        ],
        Say::Ask => &[
            "Could you tell me {x}?",
            "May I have {x}, please?",
            "To look into this, could you share {x}?",
            "What is {x}?",
            "Could you please give me {x}?",
            "So that I can find it, could you tell me {x}?",
            "Before I start, may I ask for {x}?",
        ],
        Say::AskAgain => &[
            "I still need {x} to go on. Could you share that?",
            "The details are not complete yet: could you tell me {x}?",
            "Just one thing is missing: what is {x}?",
            "Could you please check again and tell me {x}?",
        ],
        Say::AskTold => &[
            "Could you tell me {x}?",
            "May I ask {x}?",
            "Before I go on, could you tell me {x}?",
            "One thing I would like to know first: could you tell me {x}?",
        ],
        Say::AskToo => &[
            "And could you tell me {x}?",
            "May I also ask {x}?",
            "It would also help to know more: could you tell me {x}?",
        ],
        Say::Next => &[
            "Next step.",
            "Now for the next part.",
            "So far so good.",
            "Good, going on.",
        ],
        Say::NoGo => &[
            "I'm afraid I can't go on without {x}.",
            "Unfortunately, without {x} I'm not able to continue.",
            "I'm sorry, but I'm unable to find anything without {x}.",
        ],
        Say::Look => &[
            "Let me look that up.",
            "One moment, I'm checking.",
            "Let me check that for you.",
            "I'll pull that up now.",
            "Give me a second to look.",
            "Let me see.",
        ],
        Say::Act => &[
            "Right, I'm on it.",
            "Thank you. I'm doing that now.",
            "Good, one moment.",
            "Thanks for confirming. I'll take care of it now.",
            "On it.",
        ],
        Say::Propose => &[
            "With your agreement, I will {x}.",
            "Here is what I would do: {x}.",
            "I can {x} for you.",
            "What I can do is {x}.",
            "The next step would be to {x}.",
        ],
        Say::Shall => &[
            "Shall I go ahead?",
            "Would you like me to go ahead?",
            "Should I do that?",
            "Is that okay for you?",
            "Do you want me to proceed?",
            "Shall I go ahead with that?",
        ],
        Say::Stopped => &[
            "Understood, I will leave everything as it is.",
            "No problem, nothing was changed.",
            "All right, I won't touch anything.",
        ],
        Say::Found => &[
            "Here is what I found:",
            "This is what I see:",
            "I've looked it up:",
            "Thanks for waiting. Here are the details:",
        ],
        Say::OnlyTell => &[
            "That is what our records say.",
            "Those are the details on record.",
            "That's all that is on record about it.",
        ],
        Say::Else => &[
            "Is there anything else I can help you with?",
            "Is there anything else you need?",
            "Can I help with anything else?",
            "Anything else I can do for you?",
        ],
        Say::NotKnown => &[
            "I don't have that information in front of me, so I would rather not guess.",
            "My screen doesn't show that, and I don't want to promise something wrong.",
            "That is not in the records I can see, I'm sorry.",
        ],
        Say::NothingLeft => &[
            "As far as I can see, nothing more is needed from you.",
            "Nothing on record asks for anything else from your side.",
            "No, that was all. Nothing is left for you to do.",
        ],
        Say::Written => &[
            "I can't tell from here whether a message goes out, but it is on record under {x}.",
            "It is on record under {x}, so you can always refer to that.",
            "You can refer to {x}; that is where it is written down.",
        ],
        Say::NoDate => &[
            "I don't have an exact day in front of me, and I would rather not guess one.",
            "The records give no date for that, so I can't promise you one.",
            "No date is noted here, I'm sorry. I don't want to promise you a wrong one.",
        ],
        Say::Welcome => &[
            "You're welcome!",
            "Gladly.",
            "My pleasure.",
            "Happy to help.",
            "You're very welcome.",
        ],
        Say::Bye => &[
            "Have a good day!",
            "Take care!",
            "Have a nice day, and goodbye.",
            "Goodbye, and all the best.",
        ],
        Say::Failed => &[
            "I tried to {x}, but the system answered:",
            "I wanted to {x}, but it came back with this:",
            "My attempt to {x} was turned down:",
        ],
        Say::FailedSorry => &[
            "I'm afraid I can't do it that way.",
            "Unfortunately, that means it's not possible for me as things stand.",
            "I'm sorry, but I'm unable to get around that.",
        ],
        Say::Declined => &[
            "I'm afraid our rules don't allow that.",
            "Unfortunately, that is not possible under our rules.",
            "I'm sorry, but I'm unable to do that: the rules leave me no choice.",
        ],
        Say::StillNo => &[
            "I understand, and I'm sorry, but I'm still not able to do that.",
            "I looked at it once more. Unfortunately, the answer stays the same.",
            "I'm afraid there is no way for me to change that.",
        ],
        Say::Got => &[
            "Thank you.",
            "Thanks, got it.",
            "Perfect, thank you.",
            "Great, thanks.",
        ],
        Say::Slip => &[
            "Sorry, I mistyped that. Let me {x}.",
            "My mistake, that was a typo. I'll {x} now.",
            "I got that wrong, one second: I'll {x}.",
        ],
        Say::Listening => &[
            "I'm listening. What would you like to do next?",
            "How can I help you from here?",
        ],
    }
}

/// A line, filled.
#[must_use]
pub fn line(say: Say, x: &str, before: &str, rng: &mut Rng) -> String {
    let all = lines(say);
    let mut out = String::new();
    for _ in 0..8 {
        let Some(one) = rng.pick(all) else { break };
        out.clear();
        out.push_str(one);
        let stem = out
            .split("{x}")
            .max_by_key(|p| p.len())
            .unwrap_or_default()
            .trim()
            .to_owned();
        if stem.len() < 4 || !before.contains(&stem) {
            break;
        }
    }
    out.replace("{x}", x)
}

#[cfg(test)]
mod tests {
    use super::super::hear;
    use super::*;

    #[test]
    fn the_user_hears_what_is_meant() {
        for say in lines(Say::Shall) {
            assert!(hear::proposes(say), "{say}");
        }
        for say in lines(Say::Clarify) {
            assert!(hear::agent(say, &[]).clarify, "{say}");
        }
        for list in [Say::NoGo, Say::FailedSorry, Say::Declined, Say::StillNo] {
            for say in lines(list) {
                let heard = hear::agent(say, &[]);
                assert!(heard.refusal && !heard.done, "{say}");
            }
        }
        for list in [
            Say::Greet,
            Say::Sorry,
            Say::Look,
            Say::Propose,
            Say::Found,
            Say::Got,
            Say::NotKnown,
            Say::Else,
        ] {
            for say in lines(list) {
                let heard = hear::agent(say, &[]);
                assert!(
                    !heard.done && !heard.refusal && !heard.question && !heard.proposal,
                    "{say} {heard:?}"
                );
            }
        }
        for list in [Say::Ask, Say::AskAgain] {
            for say in lines(list) {
                assert!(!hear::agent(say, &[]).refusal, "{say}");
            }
        }
    }
}
