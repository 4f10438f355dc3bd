//! Seen traits: what of the vector can be read back from what a user wrote.
//!
//! The measures are plain counts, and the scales that turn them into [0, 1] are
//! ours: good for comparing a transcript with its target and one transcript with
//! another, not for judging people. Where nothing in a text speaks of a trait
//! (domain knowledge, risk tolerance, compliance, platform trust, digital
//! literacy), there is no number.

use super::prompt::words;

/// Counts over a user's turns.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Measures {
    /// Turns that hold a word.
    pub turns: usize,
    /// Words per turn.
    pub words_per_turn: f64,
    /// Share of turns with a courtesy (please, thanks, sorry, …).
    pub polite: f64,
    /// Slang words and abbreviations per turn.
    pub slang: f64,
    /// Emoji per turn.
    pub emoji: f64,
    /// Likely slips of typing per 100 words.
    pub typos: f64,
    /// Share of turns that ask something.
    pub questions: f64,
    /// Share of turns that demand or insist.
    pub demands: f64,
    /// Share of turns that hedge (maybe, I guess, if possible, …).
    pub hedges: f64,
    /// Share of turns that escalate (supervisor, complaint, lawyer, …).
    pub escalations: f64,
    /// Share of turns that press for time or show annoyance.
    pub impatience: f64,
    /// Share of turns that speak of cost.
    pub cost: f64,
}

// Each list holds single words and phrases in lower case; phrases match on word
// borders as well.
const POLITE: &[&str] = &[
    "please",
    "thanks",
    "thank you",
    "thank",
    "appreciate",
    "sorry",
    "kindly",
    "grateful",
    "could you",
    "would you mind",
    "hello",
    "hi",
    "good morning",
    "good afternoon",
    "cheers",
];
const SLANG: &[&str] = &[
    "gonna", "wanna", "gotta", "lol", "lmao", "omg", "btw", "idk", "tbh", "imo", "u", "ur", "pls",
    "plz", "thx", "ty", "yeah", "yep", "nah", "nope", "dude", "bro", "kinda", "sorta", "cuz",
    "ain't", "y'all", "wtf", "asap", "rn", "ok so", "ya", "sup", "yo", "lemme", "dunno", "legit",
    "smh", "ngl", "fyi", "cool",
];
const DEMANDS: &[&str] = &[
    "i want",
    "i demand",
    "i expect",
    "i insist",
    "you must",
    "you have to",
    "you need to",
    "i need you to",
    "right now",
    "immediately",
    "unacceptable",
    "not good enough",
    "do it",
    "fix this",
    "fix it",
    "i require",
    "no excuses",
    "as i said",
    "i already told",
];
const HEDGES: &[&str] = &[
    "maybe",
    "perhaps",
    "i guess",
    "i think",
    "if possible",
    "not sure",
    "i suppose",
    "would it be",
    "if that's ok",
    "if that is ok",
    "whatever you",
    "i was wondering",
    "no worries",
    "that's fine",
];
const ESCALATIONS: &[&str] = &[
    "supervisor",
    "manager",
    "complaint",
    "lawyer",
    "legal",
    "chargeback",
    "report you",
    "someone else",
    "speak to a",
    "talk to a",
    "real person",
    "human agent",
    "bad review",
    "social media",
    "ombudsman",
    "escalate",
];
const IMPATIENCE: &[&str] = &[
    "hurry",
    "asap",
    "quickly",
    "waiting",
    "how long",
    "again",
    "already",
    "ridiculous",
    "seriously",
    "come on",
    "waste of time",
    "wasting",
    "right now",
    "no time",
    "fed up",
    "enough",
    "just do",
    "still not",
    "still nothing",
    "taking forever",
];
const COST: &[&str] = &[
    "price",
    "prices",
    "cost",
    "costs",
    "fee",
    "fees",
    "cheap",
    "cheaper",
    "cheapest",
    "expensive",
    "discount",
    "coupon",
    "refund",
    "money",
    "charge",
    "charged",
    "budget",
    "afford",
    "save",
    "free",
    "deal",
];
/// Frequent misspellings, and words that show one.
const TYPOS: &[&str] = &[
    "teh",
    "adn",
    "recieve",
    "recieved",
    "definately",
    "seperate",
    "wierd",
    "occured",
    "untill",
    "tommorow",
    "tomorow",
    "adress",
    "acount",
    "accout",
    "pasword",
    "orderd",
    "cancle",
    "cancled",
    "refnd",
    "retrun",
    "becuase",
    "beacuse",
    "wich",
    "thier",
    "freind",
    "plase",
    "pleas",
    "helo",
    "waht",
    "hte",
    "taht",
    "dont",
    "cant",
    "wont",
    "didnt",
    "doesnt",
    "isnt",
    "im",
    "ive",
    "thats",
    "whats",
    "alot",
    "shiping",
    "shippng",
    "delivry",
    "delievery",
    "numer",
    "nubmer",
    "emial",
];

/// A text in lower case, its words apart by single spaces, with a space at both
/// ends, so that a phrase is found with `contains(" phrase ")`.
fn normal(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c == '\u{2019}' { '\'' } else { c };
        if c.is_alphanumeric() || c == '\'' {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

fn hits(normal: &str, list: &[&str]) -> usize {
    list.iter()
        .filter(|w| normal.contains(&format!(" {w} ")))
        .count()
}

/// Pictographs as people use them; signs such as `™` are none.
fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1F300..=0x1FAFF | 0x2600..=0x27BF | 0x2B50 | 0x2B55)
}

/// Old-style faces count as emoji too.
const FACES: &[&str] = &[":)", ":-)", ":(", ":-(", ";)", ":D", ":P", "xD", "<3", ":/"];

fn emoji_in(text: &str) -> usize {
    text.chars().filter(|c| is_emoji(*c)).count()
        + text
            .split_whitespace()
            .filter(|w| FACES.contains(w))
            .count()
}

/// Counts over the turns of a user, in any order.
#[must_use]
pub fn measure(texts: &[&str]) -> Measures {
    let mut counts = Counts::default();
    for text in texts {
        counts.add(text);
    }
    counts.measures()
}

/// Counts that grow turn by turn, so that a long conversation is read once.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Counts {
    /// Sums where [`Measures`] has means.
    sums: Measures,
    words: usize,
    typos: usize,
}

impl Counts {
    /// Takes in one more turn.
    pub fn add(&mut self, text: &str) {
        let m = &mut self.sums;
        let n = words(text);
        let emoji = emoji_in(text);
        if n == 0 && emoji == 0 {
            return;
        }
        m.turns += 1;
        self.words += n;
        let normal = normal(text);
        let share = |list| f64::from(u8::from(hits(&normal, list) > 0));
        m.polite += share(POLITE);
        m.slang += hits(&normal, SLANG) as f64;
        m.emoji += emoji as f64;
        self.typos += hits(&normal, TYPOS);
        m.questions += f64::from(u8::from(text.contains('?')));
        m.demands += share(DEMANDS);
        m.hedges += share(HEDGES);
        m.escalations += share(ESCALATIONS);
        m.impatience += f64::from(u8::from(
            hits(&normal, IMPATIENCE) > 0 || text.contains("!!"),
        ));
        m.cost += share(COST);
    }

    /// What was counted so far.
    #[must_use]
    pub fn measures(&self) -> Measures {
        let mut m = self.sums;
        if m.turns == 0 {
            return m;
        }
        let turns = m.turns as f64;
        m.words_per_turn = self.words as f64 / turns;
        m.typos = 100.0 * self.typos as f64 / self.words.max(1) as f64;
        for value in [
            &mut m.polite,
            &mut m.slang,
            &mut m.emoji,
            &mut m.questions,
            &mut m.demands,
            &mut m.hedges,
            &mut m.escalations,
            &mut m.impatience,
            &mut m.cost,
        ] {
            *value /= turns;
        }
        m
    }

    /// The traits as [`seen`] has them.
    #[must_use]
    pub fn traits(&self) -> [Option<f64>; 12] {
        traits(&self.measures())
    }
}

/// The traits as seen, in [`super::TRAITS`] order; `None` where a text says
/// nothing about the trait, and for all of them where nothing was written.
///
/// | trait | from |
/// |---|---|
/// | cost_sensitivity | share of turns that speak of cost; 0.8 of them is 1 |
/// | patience | 1 less what impatience and escalation take away |
/// | assertiveness | 0.4, plus demands and escalations, less hedges |
/// | verbosity | words per turn: 3 is 0, 18 is 0.5, 60 is 1 (logarithmic) |
/// | politeness | share of turns with a courtesy |
/// | slang_usage | slang per turn; 1.5 is 1 |
/// | emoji_usage | emoji per turn; 1 is 1 |
#[must_use]
pub fn seen(texts: &[&str]) -> [Option<f64>; 12] {
    traits(&measure(texts))
}

fn traits(m: &Measures) -> [Option<f64>; 12] {
    if m.turns == 0 {
        return [None; 12];
    }
    let unit = |v: f64| Some(v.clamp(0.0, 1.0));
    let verbosity = (m.words_per_turn.max(1.0) / 3.0).ln() / (60.0f64 / 3.0).ln();
    [
        unit(m.cost / 0.8),
        unit(0.9 - 0.8 * m.impatience - 0.6 * m.escalations),
        unit(0.4 + 0.6 * m.demands + 0.6 * m.escalations - 0.4 * m.hedges),
        unit(verbosity),
        unit(m.polite),
        None,
        None,
        None,
        None,
        None,
        unit(m.slang / 1.5),
        unit(m.emoji),
    ]
}

/// The mean distance of the seen traits from their target, over those that were
/// seen; `None` where none was.
#[must_use]
pub fn drift(target: &[f64; 12], seen: &[Option<f64>; 12]) -> Option<f64> {
    let far: Vec<f64> = target
        .iter()
        .zip(seen)
        .filter_map(|(t, s)| s.map(|s| (s - t).abs()))
        .collect();
    (!far.is_empty()).then(|| far.iter().sum::<f64>() / far.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_is_nothing_seen() {
        assert_eq!(seen(&[]), [None; 12]);
        assert_eq!(seen(&["", "  \n"]), [None; 12]);
        assert_eq!(drift(&[0.5; 12], &[None; 12]), None);
    }

    #[test]
    fn curt_and_courteous_users_are_told_apart() {
        let curt = seen(&["fix this now", "get me a manager!!", "still not done?"]);
        let kind = seen(&[
            "Hello, could you please help me with an order that I placed last week for my mother? Thank you so much!",
            "Thanks, I appreciate that. Whenever it suits you is fine, maybe tomorrow.",
        ]);
        let at = |s: &[Option<f64>; 12], i: usize| s[i].unwrap();
        assert!(at(&curt, 4) < 0.35 && at(&kind, 4) >= 0.70, "politeness");
        assert!(at(&curt, 3) < at(&kind, 3), "verbosity");
        assert!(at(&curt, 1) < 0.35 && at(&kind, 1) >= 0.70, "patience");
        assert!(at(&curt, 2) >= 0.70 && at(&kind, 2) < 0.35, "assertiveness");
        assert_eq!(curt[5], None);
    }

    #[test]
    fn slang_and_emoji_are_counted() {
        let casual = seen(&["yo can u check my order lol 😂", "thx bro 🙏🙏"]);
        assert!(casual[10].unwrap() >= 0.70 && casual[11].unwrap() >= 0.70);
        let m = measure(&["I cant find teh order"]);
        assert!((m.typos - 40.0).abs() < 1e-9, "{m:?}");
    }
}
