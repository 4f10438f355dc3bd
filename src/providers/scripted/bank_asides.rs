//! What people add to what they say: moods, doubts, small talk, and a sudden
//! farewell. Lines by act and register, as in `bank`.

use super::bank::{Act, Register};

/// The lines of an aside; empty for any other act.
#[must_use]
pub(super) fn lines(act: Act, register: Register) -> &'static [&'static str] {
    use Register::{Blunt, Casual, Formal, Plain};
    match (act, register) {
        (Act::Annoyed, Formal) => &[
            "I have to say that I am rather disappointed.",
            "I must admit that this has been frustrating.",
            "I am quite unhappy about the whole thing.",
        ],
        (Act::Annoyed, Plain) => &[
            "I'm pretty annoyed about this.",
            "Not happy, to be honest.",
            "It's really frustrating.",
            "This is getting on my nerves.",
        ],
        (Act::Annoyed, Blunt) => &[
            "This is ridiculous.",
            "I'm sick of this.",
            "Not acceptable.",
            "What a joke.",
            "I've had enough of this.",
        ],
        (Act::Annoyed, Casual) => &[
            "this is so annoying",
            "not gonna lie i'm kinda mad",
            "ugh",
            "so over this",
        ],

        (Act::Worried, Formal) => &[
            "I am a little worried about it.",
            "It has been on my mind, I must say.",
            "I do hope nothing goes wrong.",
        ],
        (Act::Worried, Plain) => &[
            "I'm a bit worried about it.",
            "I hope it's not too late.",
            "It's making me nervous.",
        ],
        (Act::Worried, Blunt) => &[
            "I don't want any surprises.",
            "This had better not go wrong.",
            "I'm losing sleep over this.",
        ],
        (Act::Worried, Casual) => &[
            "kinda stressing about it",
            "lil nervous ngl",
            "hope it's not too late",
        ],

        (Act::Hurry, Formal) => &[
            "I am afraid I don't have much time.",
            "It is somewhat urgent, I'm sorry.",
            "A quick answer would mean a lot to me.",
        ],
        (Act::Hurry, Plain) => &[
            "I don't have much time.",
            "It's kind of urgent.",
            "Quickly, if you can.",
            "I need this soon.",
        ],
        (Act::Hurry, Blunt) => &[
            "Make it quick.",
            "I don't have all day.",
            "It's urgent.",
            "Now would be good.",
        ],
        (Act::Hurry, Casual) => &[
            "kinda in a rush",
            "gotta be quick",
            "in a hurry sry",
            "asap if u can",
        ],

        (Act::Chat, Formal) => &[
            "I hope I have come to the right place with this.",
            "I wanted to write it down properly so that there is no misunderstanding.",
            "I have been meaning to get in touch about it for a while.",
            "Please bear with me if I explain more than you need.",
            "I thought it best to ask you directly before doing anything myself.",
        ],
        (Act::Chat, Plain) => &[
            "I wasn't sure where else to ask, so I thought I'd just write to you.",
            "I've been going back and forth on this for a while now.",
            "I hope this is the right place for it.",
            "I figured it's easier to ask than to guess.",
            "Just so you have the whole picture before we start.",
        ],
        (Act::Chat, Blunt) => &[
            "And before you send me somewhere else, no, I don't want to fill in a form.",
            "I'd rather say it once and properly than ten times.",
            "I'm telling you all of it now so that nobody can say they didn't know.",
            "I don't want to explain this to five different people.",
        ],
        (Act::Chat, Casual) => &[
            "so basically i've been putting this off for ages and figured i'd just ask",
            "long story short i really don't know how any of this works",
            "not even sure this is the right chat for it but whatever",
            "anyway that's pretty much the whole story",
        ],

        (Act::More, Formal) => &[
            "Please let me know if anything else is missing, I have all my papers here in front of me.",
            "I hope this is what you were looking for; otherwise please just ask, and I will look it up.",
            "Should you need anything more from my side, please do not hesitate to tell me.",
        ],
        (Act::More, Plain) => &[
            "Let me know if you need anything else, I've got everything here in front of me.",
            "If that's not what you meant, just tell me and I'll have another look.",
            "I hope that's the right one, otherwise ask me again and I'll check.",
            "I'm staying right here, so just tell me when you need something else.",
        ],
        (Act::More, Blunt) => &[
            "That should be all you need, so let's not drag this out any longer than we have to.",
            "I've got everything in front of me, so if there's more to ask, ask it now.",
            "I expect that to be enough for you to finally get moving on this.",
        ],
        (Act::More, Casual) => &[
            "lmk if you need anything else cuz i've got it all open right here",
            "hope that's the one, if not just tell me and i'll look again",
            "i'm right here so just shout if something's missing",
        ],

        (Act::Agreed, Formal) => &[
            "I have read it twice, and it is just what I was hoping for.",
            "It is good to know what will happen before it does.",
            "I would be glad if it could be done right away, now that we understand each other.",
        ],
        (Act::Agreed, Plain) => &[
            "I read through it twice and it looks right to me.",
            "It's good to know what's going to happen before it does.",
            "That's pretty much how I pictured it when I wrote to you.",
        ],
        (Act::Agreed, Blunt) => &[
            "I've read it and it's what I asked for, so there's nothing more to discuss.",
            "I don't need another explanation, I need it done, so let's have it done.",
        ],
        (Act::Agreed, Casual) => &[
            "read it twice and it looks good to me",
            "glad you checked with me first instead of just doing stuff",
            "that's exactly what i had in mind when i texted you guys",
        ],

        (Act::Clumsy, Formal) => &[
            "I am not very good with these things, I'm afraid.",
            "I do hope I am doing this right.",
            "Please tell me if I typed it in the wrong place.",
        ],
        (Act::Clumsy, Plain) => &[
            "I'm not great with computers.",
            "I hope I'm doing this right.",
            "Sorry, I'm slow at typing.",
            "Not sure if I clicked the right thing.",
        ],
        (Act::Clumsy, Blunt) => &[
            "I hate these chat windows.",
            "Why can't one just call somebody?",
            "I'm not typing that twice.",
        ],
        (Act::Clumsy, Casual) => &[
            "no clue how this chat works",
            "tech isn't my thing",
            "hope this went through",
        ],

        (Act::Doubt, Formal) => &[
            "Before we go on, may I ask that you double-check everything?",
            "Could you please make sure that it is really the right one?",
        ],
        (Act::Doubt, Plain) => &[
            "Please double-check that it's the right one.",
            "Are you sure that's all correct on your side?",
        ],
        (Act::Doubt, Blunt) => &["And check it twice.", "I don't trust that it goes through."],
        (Act::Doubt, Casual) => &["double check it tho", "u sure that's right?"],

        (Act::Thrift, Formal) => &[
            "May I ask whether there is any cost for me?",
            "I would like to avoid any extra charges, please.",
        ],
        (Act::Thrift, Plain) => &[
            "Does that cost me anything?",
            "As long as there's no fee for it.",
        ],
        (Act::Thrift, Blunt) => &["I'm not paying anything extra.", "And no fees."],
        (Act::Thrift, Casual) => &["there's no fee right?", "as long as it's free lol"],

        (Act::Leave, Formal) => &[
            "Thank you, I have to leave now. Goodbye.",
            "I'm sorry, something has come up. Goodbye, and thank you.",
        ],
        (Act::Leave, Plain) => &[
            "Thanks, I have to go. Bye.",
            "OK thanks, that's all from me. Goodbye.",
        ],
        (Act::Leave, Blunt) => &["I've got to go. Bye.", "That's enough for today. Goodbye."],
        (Act::Leave, Casual) => &["gotta run, thx bye!", "ok gtg, bye"],
        (_, _) => &[],
    }
}
