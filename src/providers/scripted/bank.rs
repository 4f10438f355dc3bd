//! What people say: lines by speech act and register, put together by `user`.
//! US spelling; `surface` turns it into what the persona would type. `{x}` is
//! what the line is about.

/// How someone talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Register {
    /// Polite and complete.
    Formal,
    /// Neither here nor there.
    Plain,
    /// To the point, no please.
    Blunt,
    /// Chatty, with slang.
    Casual,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// The first words.
    Greet,
    /// "I'd like to {x}": `x` is a base verb and what follows.
    Need,
    /// "Can you {x}?": `x` is something the other side does.
    Order,
    /// "I need {x}": `x` is a thing.
    Want,
    /// "Can you help?"
    Help,
    /// Something is wrong, in no one's vocabulary but one's own.
    Vague,
    /// What is wanted of whom, just as vaguely.
    VagueAsk,
    /// Before an answer: "Sure,".
    Lead,
    /// A fact: `x` is "my email address is a@b.c".
    Fact,
    /// Fact told before.
    Again,
    /// A fact offered unasked: `x` as for [`Act::Fact`].
    Offer,
    /// Asked for something one does not know.
    Unknown,
    /// Yes to a proposal.
    Yes,
    /// A question when it is done.
    FollowUp,
    /// A question when it is done and money is meant to come back.
    FollowMoney,
    /// Thanks, when it is done.
    Thanks,
    /// Goodbye.
    Bye,
    /// After a no: it is not accepted.
    Push,
    /// After a no: it is accepted for the moment, with one more question.
    Accept,
    /// After a second no.
    GiveUp,
    /// Nothing was asked: go on, please.
    Prod,
    /// While the other side is busy.
    Okay,
    /// Someone who is annoyed.
    Annoyed,
    /// Someone who is worried.
    Worried,
    /// Someone in a hurry.
    Hurry,
    /// Someone who likes to talk.
    Chat,
    /// More than was asked, at the end of an answer.
    More,
    /// More words to a yes.
    Agreed,
    /// Someone who is not at home with computers.
    Clumsy,
    /// Someone who does not trust the place.
    Doubt,
    /// Someone who watches their money.
    Thrift,
    /// Leaves before it is done (a fault put in on purpose).
    Leave,
}

/// The lines of an act in a register; never empty.
#[must_use]
pub fn lines(act: Act, register: Register) -> &'static [&'static str] {
    use Register::{Blunt, Casual, Formal, Plain};
    match (act, register) {
        (
            Act::Greet
            | Act::Need
            | Act::Order
            | Act::Want
            | Act::Help
            | Act::Vague
            | Act::VagueAsk,
            _,
        ) => super::bank_opening::lines(act, register),
        (Act::Lead, Formal) => &[
            "Of course.",
            "Certainly.",
            "Yes, of course.",
            "Gladly.",
            "Thank you for asking.",
            "By all means.",
        ],
        (Act::Lead, Plain) => &[
            "Sure.",
            "OK.",
            "Yes.",
            "Sure thing.",
            "Here you go.",
            "Right.",
        ],
        (Act::Lead, Blunt) => &["Fine.", "Whatever you need.", "OK.", "Here."],
        (Act::Lead, Casual) => &["sure", "yep", "ok so", "yeah np", "here u go", "oh right"],

        (Act::Fact, Formal) => &[
            "{X}.",
            "{X}.",
            "{X}, if that helps.",
            "{X}, for your records.",
        ],
        (Act::Fact, Plain) => &[
            "{X}.",
            "{X}.",
            "{X}, hope that helps.",
            "Let me check... {x}.",
        ],
        (Act::Fact, Blunt) => &[
            "{X}.",
            "{X}.",
            "{X}. What else?",
            "{X}. Now can we get on with it?",
        ],
        (Act::Fact, Casual) => &["{x}", "{x}", "uhh {x}", "here: {x}"],

        (Act::Again, Formal) => &[
            "As I mentioned, {x}.",
            "As I wrote above, {x}.",
            "I think I already said it, but {x}.",
        ],
        (Act::Again, Plain) => &["Like I said, {x}.", "As I said, {x}.", "Again, {x}."],
        (Act::Again, Blunt) => &[
            "I already told you: {x}.",
            "I said it already: {x}.",
            "Do you read what I write? {X}.",
        ],
        (Act::Again, Casual) => &["like i said, {x}", "already said lol, {x}", "again, {x}"],

        (Act::Offer, Formal) => &[
            "For reference, {x}.",
            "In case it is useful, {x}.",
            "To save you time, {x}.",
            "I should add that {x}.",
        ],
        (Act::Offer, Plain) => &[
            "{X}.",
            "By the way, {x}.",
            "In case you need it, {x}.",
            "{X}, if you need it.",
        ],
        (Act::Offer, Blunt) => &["{X}.", "Before you ask, {x}."],
        (Act::Offer, Casual) => &["{x} btw", "oh and {x}", "{x} if u need it"],

        (Act::Unknown, Formal) => &[
            "I'm sorry, I'm afraid I don't know that.",
            "I don't have that to hand, I'm sorry.",
            "I apologize, but I can't answer that one.",
            "I'm not certain about that, I'm afraid.",
        ],
        (Act::Unknown, Plain) => &[
            "I don't know, sorry.",
            "I'm not sure about that.",
            "I don't have that with me.",
            "No idea, to be honest.",
            "I can't say, sorry.",
        ],
        (Act::Unknown, Blunt) => &[
            "No idea.",
            "How should I know?",
            "I don't know. You have the records.",
            "Not something I know.",
            "Can't tell you.",
        ],
        (Act::Unknown, Casual) => &[
            "no idea tbh",
            "idk sorry",
            "not sure lol",
            "couldn't tell you",
            "hmm dunno",
        ],

        (Act::Yes, Formal) => &[
            "Yes, please go ahead.",
            "Yes, that would be perfect, thank you.",
            "Please do, that is exactly what I need.",
            "Yes, please proceed.",
            "That sounds right. Please go ahead.",
            "Yes, I agree with that. Thank you.",
            "Certainly, please continue.",
        ],
        (Act::Yes, Plain) => &[
            "Yes, go ahead.",
            "Yes, that's right.",
            "Sounds good, do it.",
            "Yes please.",
            "OK, go ahead.",
            "That works, yes.",
            "Yes, that's what I want.",
            "Sure, go for it.",
        ],
        (Act::Yes, Blunt) => &[
            "Yes.",
            "Yes, do it.",
            "Obviously, yes.",
            "Yes. That's what I asked for.",
            "Go ahead.",
            "Yes, get on with it.",
        ],
        (Act::Yes, Casual) => &[
            "yep go for it",
            "yeah do it",
            "yess please",
            "yup sounds good",
            "ok do it",
            "yeah that works",
        ],

        (Act::FollowUp, Formal) => &[
            "Thank you. Is there anything I still need to do on my side?",
            "Thank you very much. Will I receive a confirmation?",
            "That is good to hear. May I ask how long it takes until I can see it?",
            "Thank you. Should I keep anything for my records?",
            "Wonderful. Is there a reference I should keep, please?",
        ],
        (Act::FollowUp, Plain) => &[
            "Great. Will I get a confirmation?",
            "OK, and do I need to do anything else?",
            "Good. How long does that take to show up?",
            "Thanks. Is there a reference number for this?",
            "And that's all, nothing left for me to do?",
        ],
        (Act::FollowUp, Blunt) => &[
            "And how long until it shows?",
            "Do I get that in writing?",
            "Is that it, or will you need something else from me later?",
            "And what if it doesn't go through?",
            "I want a reference for that.",
        ],
        (Act::FollowUp, Casual) => &[
            "sweet, do i get a confirmation?",
            "nice, anything i gotta do?",
            "cool, how long till it shows?",
            "ok and is there like a reference?",
        ],

        (Act::FollowMoney, Formal) => &[
            "Thank you. May I ask when the money should arrive?",
            "That is a relief, thank you. How long does the payment usually take?",
            "Thank you very much. Where will the money be sent?",
        ],
        (Act::FollowMoney, Plain) => &[
            "Great. When will I see the money?",
            "OK, and how long does the money take?",
            "Good. Which account does it go to?",
        ],
        (Act::FollowMoney, Blunt) => &[
            "And when do I see my money?",
            "How long will you sit on my money?",
            "When exactly does it arrive?",
        ],
        (Act::FollowMoney, Casual) => &[
            "nice, when does the money land?",
            "sweet, how long till i get the money?",
            "ok when do i get paid back?",
        ],

        (Act::Thanks, Formal) => &[
            "Thank you very much for your help.",
            "Thank you, that is exactly what I needed.",
            "I really appreciate your help, thank you.",
            "That's wonderful, thank you so much.",
            "Thank you for taking care of it so kindly.",
            "Many thanks for sorting this out.",
        ],
        (Act::Thanks, Plain) => &[
            "Great, thanks.",
            "Perfect, thank you.",
            "Thanks for the help.",
            "That's all I needed, thanks.",
            "Good, thanks a lot.",
            "Thanks, that does it.",
        ],
        (Act::Thanks, Blunt) => &[
            "Fine.",
            "Good. Finally.",
            "OK, that's all.",
            "About time.",
            "Good.",
            "That's what I wanted.",
        ],
        (Act::Thanks, Casual) => &[
            "awesome thx",
            "sweet, ur a lifesaver",
            "nice one thanks",
            "perfect, appreciate it",
            "yay thanks!",
            "legend, thx",
        ],

        (Act::Bye, Formal) => &[
            "I wish you a pleasant day.",
            "Have a lovely day.",
            "Goodbye, and thank you again.",
            "All the best.",
            "Kind regards.",
        ],
        (Act::Bye, Plain) => &[
            "Have a good day.",
            "Bye.",
            "Take care.",
            "That's everything.",
            "Have a good one.",
        ],
        (Act::Bye, Blunt) => &["Bye.", "We're done.", "That's it.", "Goodbye."],
        (Act::Bye, Casual) => &["bye!", "cya", "have a good one", "later!", "peace"],

        (Act::Push, Formal) => &[
            "I understand, but I would ask you to look at it once more, please.",
            "I'm sorry to insist, but is there really no other way?",
            "That is disappointing. Would you please check whether something can be done?",
            "I see. Could someone else make an exception, please?",
        ],
        (Act::Push, Plain) => &[
            "Is there really nothing you can do?",
            "Can you check again?",
            "That doesn't help me. Is there another way?",
            "Hmm, why not? Could you try once more?",
            "I was hoping for a better answer. What else is possible?",
        ],
        (Act::Push, Blunt) => &[
            "That's not good enough. Try again.",
            "No. I want this solved, not explained.",
            "Then get me someone who can do it.",
            "I don't accept that. What else can you do?",
            "Not my problem. Find a way.",
        ],
        (Act::Push, Casual) => &[
            "wait what, why not?",
            "bruh is there no other way?",
            "come on, can u try again?",
            "nah there must be something you can do",
        ],

        (Act::Accept, Formal) => &[
            "I see, thank you for telling me. What would you suggest instead?",
            "I understand. What are my options, then?",
            "Thank you for being open about it. Is there anything I can do myself?",
        ],
        (Act::Accept, Plain) => &[
            "OK. What can I do instead?",
            "I see. So what are my options?",
            "Alright, what would you suggest?",
        ],
        (Act::Accept, Blunt) => &[
            "So what can you do?",
            "And now?",
            "What do you suggest, then?",
        ],
        (Act::Accept, Casual) => &[
            "ok so what can i do?",
            "hmm ok, any other options?",
            "ugh ok, what now?",
        ],

        (Act::GiveUp, Formal) => &[
            "I see. That is a pity, but thank you for trying.",
            "I understand. I will leave it there, then. Thank you for your time.",
            "That is disappointing, but thank you for your patience.",
        ],
        (Act::GiveUp, Plain) => &[
            "OK, I'll leave it then.",
            "Alright, I'll try some other way.",
            "Never mind then. Thanks anyway.",
            "Well, that's a shame. Thanks for trying.",
        ],
        (Act::GiveUp, Blunt) => &[
            "This is a waste of my time.",
            "Unbelievable. Forget it.",
            "Useless. I'm done here.",
            "Then I'll take this somewhere else.",
        ],
        (Act::GiveUp, Casual) => &[
            "ok whatever, nvm",
            "ugh fine, forget it",
            "oh well, thanks anyway",
            "lame but ok",
        ],

        (Act::Prod, Formal) => &[
            "Thank you. What happens next?",
            "Understood. Could you please continue?",
            "Thank you. How do we go on from here?",
            "I see, thank you. Please let me know the next step.",
        ],
        (Act::Prod, Plain) => &[
            "OK. What happens next?",
            "Alright, so what now?",
            "Got it. Can you go on?",
            "OK, and what's the next step?",
        ],
        (Act::Prod, Blunt) => &[
            "And?",
            "So?",
            "Then do it.",
            "OK, and when does something happen?",
            "Go on, then.",
        ],
        (Act::Prod, Casual) => &[
            "ok and now?",
            "cool so what's next?",
            "k, go on",
            "alright so?",
        ],

        (Act::Okay, Formal) => &[
            "Of course, take your time.",
            "Thank you, I'll wait.",
            "No problem, please take the time you need.",
        ],
        (Act::Okay, Plain) => &[
            "OK, I'll wait.",
            "Sure, no problem.",
            "Alright.",
            "OK, thanks.",
        ],
        (Act::Okay, Blunt) => &["Hurry up.", "Fine, but be quick.", "I'm waiting."],
        (Act::Okay, Casual) => &["k", "no worries", "ok waiting", "take ur time"],

        (
            Act::Annoyed
            | Act::Worried
            | Act::Hurry
            | Act::Chat
            | Act::Clumsy
            | Act::Doubt
            | Act::Thrift
            | Act::Leave
            | Act::More
            | Act::Agreed,
            _,
        ) => super::bank_asides::lines(act, register),
    }
}

#[cfg(test)]
mod tests {
    use super::super::hear;
    use super::*;

    #[test]
    fn every_line_is_heard_as_what_it_is() {
        for register in [
            Register::Formal,
            Register::Plain,
            Register::Blunt,
            Register::Casual,
        ] {
            for line in lines(Act::Yes, register) {
                assert_eq!(hear::yes(line), Some(true), "{line}");
            }
            for act in [Act::Push, Act::Thanks, Act::FollowUp, Act::Prod] {
                assert!(!lines(act, register).is_empty());
            }
        }
    }
}
