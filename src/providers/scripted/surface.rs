//! From a plain sentence to what the persona types: spelling, contractions,
//! slang, typing errors, case, marks and emojis. Facts come through untouched.

use super::voice::{Channel, Skill, Voice};
use crate::engine::persona::Bucket;
use crate::engine::rng::Rng;

/// US to British spelling, as far as the bank and common goals need it.
const BRITISH: [(&str, &str); 22] = [
    ("apologize", "apologise"),
    ("apologized", "apologised"),
    ("canceled", "cancelled"),
    ("canceling", "cancelling"),
    ("cancelation", "cancellation"),
    ("center", "centre"),
    ("color", "colour"),
    ("colors", "colours"),
    ("favor", "favour"),
    ("favorite", "favourite"),
    ("gray", "grey"),
    ("honor", "honour"),
    ("neighbor", "neighbour"),
    ("organize", "organise"),
    ("program", "programme"),
    ("realize", "realise"),
    ("realized", "realised"),
    ("recognize", "recognise"),
    ("reorganize", "reorganise"),
    ("traveling", "travelling"),
    ("traveler", "traveller"),
    ("alright", "all right"),
];

const SLANG: [(&str, &str); 26] = [
    ("you", "u"),
    ("your", "ur"),
    ("you're", "ur"),
    ("please", "pls"),
    ("thanks", "thx"),
    ("because", "cuz"),
    ("really", "rly"),
    ("okay", "ok"),
    ("though", "tho"),
    ("people", "ppl"),
    ("about", "abt"),
    ("something", "smth"),
    ("sorry", "sry"),
    ("are", "r"),
    ("before", "b4"),
    ("message", "msg"),
    ("picture", "pic"),
    ("information", "info"),
    ("probably", "prob"),
    ("minutes", "mins"),
    ("tomorrow", "tmrw"),
    ("yes", "yea"),
    ("great", "gr8"),
    ("want", "wanna"),
    ("going", "goin"),
    ("with", "w/"),
];

const EXPAND: [(&str, &str); 18] = [
    ("i'm", "I am"),
    ("i'd", "I would"),
    ("i've", "I have"),
    ("i'll", "I will"),
    ("it's", "it is"),
    ("that's", "that is"),
    ("what's", "what is"),
    ("don't", "do not"),
    ("doesn't", "does not"),
    ("didn't", "did not"),
    ("isn't", "is not"),
    ("can't", "can not"),
    ("couldn't", "could not"),
    ("won't", "will not"),
    ("wasn't", "was not"),
    ("there's", "there is"),
    ("you're", "you are"),
    ("haven't", "have not"),
];

/// A word with the marks around it.
struct Word {
    head: String,
    core: String,
    tail: String,
    /// A fact or a part of one: never touched.
    fact: bool,
}

fn take_apart(text: &str, facts: &[String]) -> Vec<Word> {
    // Places of facts in the text, as byte ranges.
    let low = text.to_lowercase();
    let mut fixed: Vec<(usize, usize)> = Vec::new();
    if low.len() == text.len() {
        for fact in facts
            .iter()
            .map(|f| f.to_lowercase())
            .filter(|f| !f.is_empty())
        {
            let mut from = 0;
            while let Some(at) = low.get(from..).and_then(|t| t.find(&fact)) {
                fixed.push((from + at, from + at + fact.len()));
                from += at + fact.len();
            }
        }
    }
    let mut out = Vec::new();
    let mut at = 0;
    for piece in text.split(' ') {
        let (start, end) = (at, at + piece.len());
        at = end + 1;
        if piece.is_empty() {
            continue;
        }
        let core_start = piece
            .find(|c: char| c.is_alphanumeric())
            .unwrap_or(piece.len());
        let core_end = piece
            .char_indices()
            .rev()
            .find(|(_, c)| c.is_alphanumeric())
            .map_or(core_start, |(i, c)| i + c.len_utf8());
        let get = |a: usize, b: usize| piece.get(a..b).unwrap_or_default().to_owned();
        let core = get(core_start, core_end);
        let fact = fixed.iter().any(|(a, b)| start < *b && *a < end)
            || core
                .chars()
                .any(|c| c.is_ascii_digit() || "@#_/:".contains(c));
        out.push(Word {
            head: get(0, core_start),
            tail: get(core_end, piece.len()),
            core,
            fact,
        });
    }
    out
}

fn put_together(words: &[Word]) -> String {
    words
        .iter()
        .map(|w| format!("{}{}{}", w.head, w.core, w.tail))
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// `to` in the case of `from`.
fn in_case(from: &str, to: &str) -> String {
    if from.chars().next().is_some_and(char::is_uppercase) {
        super::words::capital(to)
    } else {
        to.to_owned()
    }
}

fn replace(words: &mut [Word], table: &[(&str, &str)], chance: f64, rng: &mut Rng) {
    for word in words.iter_mut().filter(|w| !w.fact) {
        let low = word.core.to_lowercase();
        if let Some((_, to)) = table.iter().find(|(from, _)| *from == low)
            && rng.chance(chance)
        {
            word.core = in_case(&word.core, to);
        }
    }
}

/// Turns a text into what the persona types. `facts` are values that come
/// through as they are.
#[must_use]
pub fn dress(text: &str, voice: &Voice, facts: &[String], rng: &mut Rng) -> String {
    let mut words = take_apart(text, facts);
    if voice.british {
        replace(&mut words, &BRITISH, 1.0, rng);
    }
    match voice.skill {
        Skill::Basic => {
            replace(&mut words, &EXPAND, 0.9, rng);
            simplify(&mut words, 0.6, rng);
        }
        Skill::Intermediate => {
            replace(&mut words, &EXPAND, 0.7, rng);
            simplify(&mut words, 0.18, rng);
        }
        Skill::Fluent => replace(&mut words, &EXPAND, 0.15, rng),
        Skill::Native => {}
    }
    let spoken = voice.channel == Channel::Phone;
    if !spoken {
        match voice.slang {
            Bucket::High => replace(&mut words, &SLANG, 0.75, rng),
            Bucket::Medium if voice.mix > 0.2 => {
                replace(&mut words, &SLANG, 0.15, rng);
            }
            Bucket::Medium | Bucket::Low => {}
        }
    }
    merge_wanna(&mut words);
    let mut typos = 0;
    let limit = 1 + words.len() / 8;
    if !spoken {
        for word in words.iter_mut().filter(|w| !w.fact) {
            if typos < limit
                && rng.chance(voice.typo_rate)
                && let Some(slip) = slip(&word.core, rng)
            {
                word.core = slip;
                typos += 1;
            }
        }
    }
    drop_doubles(&mut words);
    let mut out = put_together(&words);
    out = if voice.lower && !spoken {
        lower(&out, facts)
    } else {
        sentence_case(&out)
    };
    if voice.slang == Bucket::High && !spoken && rng.chance(0.45) {
        out = with_tag(&out, rng);
    }
    if voice.loose && !spoken {
        out = loosen(&out, rng);
    }
    if !spoken {
        out = with_emoji(&out, voice, rng);
    }
    out
}

/// Drops articles, as people do who learnt the language late.
fn simplify(words: &mut Vec<Word>, chance: f64, rng: &mut Rng) {
    let mut kept = Vec::with_capacity(words.len());
    let mut capital = false;
    for mut word in words.drain(..) {
        let low = word.core.to_lowercase();
        let article =
            matches!(low.as_str(), "the" | "a" | "an") && word.tail.is_empty() && !word.fact;
        if article && rng.chance(chance) {
            capital |= word.core.chars().next().is_some_and(char::is_uppercase);
            continue;
        }
        if capital {
            word.core = super::words::capital(&word.core);
            capital = false;
        }
        kept.push(word);
    }
    *words = kept;
}

/// "wanna to go" is "wanna go".
fn merge_wanna(words: &mut Vec<Word>) {
    let mut at = 0;
    while at < words.len() {
        let wanna = words
            .get(at)
            .is_some_and(|w| w.core.eq_ignore_ascii_case("wanna") && w.tail.is_empty());
        if wanna {
            const NO_VERB: [&str; 12] = [
                "it", "this", "that", "my", "the", "a", "an", "you", "u", "some", "any", "",
            ];
            let next = words
                .get(at + 1)
                .filter(|w| !w.fact)
                .map(|w| w.core.to_lowercase());
            if next.as_deref() == Some("to") {
                words.remove(at + 1);
            } else if next.is_none_or(|w| NO_VERB.contains(&w.as_str()))
                && let Some(w) = words.get_mut(at)
            {
                // "wanna it" is no one's English.
                w.core = in_case(&w.core, "want");
            }
        }
        at += 1;
    }
}

/// Takes out a word said twice in a row, which joining parts can make.
fn drop_doubles(words: &mut Vec<Word>) {
    let mut at = 1;
    while at < words.len() {
        let twice = match (words.get(at - 1), words.get(at)) {
            (Some(a), Some(b)) => {
                !a.fact
                    && a.tail.is_empty()
                    && !a.core.is_empty()
                    && a.core.eq_ignore_ascii_case(&b.core)
                    && !matches!(a.core.to_lowercase().as_str(), "that" | "had")
            }
            _ => false,
        };
        if twice {
            words.remove(at - 1);
        } else {
            at += 1;
        }
    }
}

/// One slip of the finger in a word of letters; `None` where none looks right.
fn slip(word: &str, rng: &mut Rng) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 || !letters.iter().all(char::is_ascii_alphabetic) {
        return None;
    }
    let at = 1 + rng.below(letters.len() - 2);
    let mut out = letters.clone();
    match rng.below(4) {
        0 | 1 => {
            // Two letters the wrong way round.
            if letters.get(at) == letters.get(at + 1) {
                return None;
            }
            out.swap(at, at + 1);
        }
        2 => {
            out.remove(at);
        }
        _ => {
            let c = *letters.get(at)?;
            out.insert(at, c);
        }
    }
    Some(out.into_iter().collect())
}

fn sentence_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if start && c.is_alphabetic() {
            // An address or an id at the start of a sentence stays as it is.
            let rest: String = letters.clone().take_while(|n| !n.is_whitespace()).collect();
            if rest.contains('@') || rest.chars().any(|n| n.is_ascii_digit() || n == '_') {
                out.push(c);
            } else {
                out.extend(c.to_uppercase());
            }
            start = false;
            continue;
        }
        if c.is_alphanumeric() {
            start = false;
        }
        out.push(c);
        if matches!(c, '.' | '!' | '?' | '\n')
            && letters.peek().is_none_or(|n| n.is_whitespace())
            && !out.ends_with("...")
        {
            start = true;
        }
    }
    // The pronoun, wherever it stands.
    out.split(' ')
        .map(|w| match w {
            "i" => "I".to_owned(),
            w if w.starts_with("i'") => w.replacen('i', "I", 1),
            "i," => "I,".to_owned(),
            w => w.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn lower(text: &str, facts: &[String]) -> String {
    let words = take_apart(text, facts);
    words
        .iter()
        .map(|w| {
            let core = if w.fact {
                w.core.clone()
            } else {
                w.core.to_lowercase()
            };
            format!("{}{core}{}", w.head, w.tail)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// "tbh" or "lol" at the end of a statement that has none of its kind yet.
fn with_tag(text: &str, rng: &mut Rng) -> String {
    const TAGS: [&str; 5] = ["tbh", "lol", "ngl", "btw", "haha"];
    let low = text.to_lowercase();
    let has = TAGS.iter().any(|t| super::facts::contains_word(&low, t));
    let words = text.split_whitespace().count();
    let bare = text.trim_end_matches('.');
    let ends_plain = bare.ends_with(|c: char| c.is_alphabetic());
    if has || words < 3 || !ends_plain || bare.contains('@') {
        return text.to_owned();
    }
    let tag = rng.pick(&TAGS).copied().unwrap_or("lol");
    format!("{bare} {tag}")
}

/// Drops the last full stop, and apostrophes here and there.
fn loosen(text: &str, rng: &mut Rng) -> String {
    let mut out = text.to_owned();
    if out.ends_with('.') && !out.ends_with("...") && rng.chance(0.8) {
        out.pop();
    }
    for (from, to) in [
        ("don't", "dont"),
        ("can't", "cant"),
        ("i'm", "im"),
        ("isn't", "isnt"),
        ("that's", "thats"),
        ("didn't", "didnt"),
    ] {
        if out.contains(from) && rng.chance(0.6) {
            out = out.replace(from, to);
        }
    }
    out
}

fn with_emoji(text: &str, voice: &Voice, rng: &mut Rng) -> String {
    let chance = match voice.emoji {
        Bucket::High => 0.9,
        Bucket::Medium => 0.3,
        Bucket::Low => 0.0,
    };
    if !rng.chance(chance) {
        return text.to_owned();
    }
    let low = text.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|w| low.contains(w));
    let bank: &[&str] = if any(&[
        "thank",
        "thx",
        "great",
        "perfect",
        "awesome",
        "sweet",
        "nice",
        "appreciate",
    ]) {
        &["🙏", "😊", "🎉", "👍", "🙌", "❤️"]
    } else if any(&[
        "yes",
        "yep",
        "sure",
        "go ahead",
        "do it",
        "sounds good",
        "of course",
    ]) {
        &["👍", "👌", "🙂", "✅"]
    } else if any(&[
        "ridiculous",
        "sick of",
        "annoy",
        "mad",
        "joke",
        "not good enough",
        "useless",
    ]) || voice.annoyed
    {
        &["😡", "😤", "🙄", "😠"]
    } else if any(&[
        "worried",
        "nervous",
        "stress",
        "hope",
        "stuck",
        "wrong",
        "sorry",
        "broken",
        "don't know",
        "no idea",
    ]) {
        &["😅", "😬", "😕", "🥺"]
    } else {
        &["🙂", "🙏", "😅", "✨", "👀"]
    };
    let Some(one) = rng.pick(bank) else {
        return text.to_owned();
    };
    let twice = voice.emoji == Bucket::High && rng.chance(0.3);
    let marks = if twice {
        format!("{one}{one}")
    } else {
        (*one).to_owned()
    };
    format!("{text} {marks}")
}
